"""What holds for all tests."""

import atexit
import os
import shutil
import sys
import tempfile

# Before numpy is loaded: on two cores OpenBLAS's second thread only spins, and tests that run beside others take twice the time.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import pytest
from hypothesis import HealthCheck, settings

# What a run keeps for the next must not answer a test, nor stay with who runs the tests.
os.environ["STRAITS_CACHE"] = tempfile.mkdtemp(prefix="straits-tests-")
atexit.register(shutil.rmtree, os.environ["STRAITS_CACHE"], ignore_errors=True)

# A slow machine, or one that is shared, is no fault of what is tested; nor is an old Hypothesis that draws more slowly.
slow = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("desk", **slow)
# What decides over a commit decides the same way each time, and says how to draw the case again; at a desk cases are drawn anew,
# and what they find becomes a test of its own.
settings.register_profile("ci", derandomize=True, print_blob=True, database=None, **slow)
settings.load_profile("ci" if os.environ.get("CI") else "desk")


@pytest.fixture(autouse=True)
def _nothing_known() -> None:
    """What one test solved from nothing must not answer another, which may have spoiled the solver to see what is noticed."""
    if (door := sys.modules.get("straits.lp.solver.door")) is not None:
        door.KNOWN.clear()
