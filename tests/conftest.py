"""What holds for all tests."""

import os

# Before numpy is loaded: on two cores OpenBLAS's second thread only spins, and tests that run beside others take twice the time.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
