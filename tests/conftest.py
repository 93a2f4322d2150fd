"""What holds for all tests."""

import os

# Before numpy is loaded: on two cores OpenBLAS's second thread only spins, and tests that run beside others take twice the time.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from hypothesis import settings

# What decides over a commit decides the same way each time, and says how to draw the case again; at a desk cases are drawn anew,
# and what they find becomes a test of its own.
settings.register_profile("ci", derandomize=True, print_blob=True, database=None)
if os.environ.get("CI"):
    settings.load_profile("ci")
