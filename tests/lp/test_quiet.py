"""Nothing but our own words reaches standard output."""

from __future__ import annotations

import json
import os
import subprocess
import sys

PRINTS_AT_FIRST = """
import ctypes, os, sys
sys.path[:0] = {path!r}
from straits.lp import quiet

class Loud:
    made = 0
    def __init__(self):
        Loud.made += 1
        os.write(1, b"past sys.stdout\\n")
        ctypes.CDLL(None).puts(b"in the library's own buffer")

print("before")
quiet.first_time_quietly(Loud)
print("after", Loud.made)
"""


def test_a_banner_of_the_solver_is_not_printed():
    """Proves: what a library prints when it is used first, straight to the process or by a buffer of its own, does not reach
    the output, and what we print before and after does. Without it: a banner stood before the JSON of every command.
    """
    done = subprocess.run(
        [sys.executable, "-c", PRINTS_AT_FIRST.format(path=sys.path)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines() == ["before", "after 1"]


def test_without_standard_output():
    """Proves: a process whose standard output is closed can solve. Without it: a service without a console would end in an
    error of the operating system.
    """
    program = "import os; os.close(1); import straits; straits.solve(straits.load_case('two-routes'))"
    subprocess.run(
        [sys.executable, "-c", program],
        check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )


def test_json_is_all_that_a_command_prints():
    """Proves: the output of a command with --json is JSON from its first letter to its last, in a process of its own.
    Without it: a test within a process where the solver is loaded already would not see a banner.
    """
    done = subprocess.run(
        [sys.executable, "-m", "straits.cli", "solve", "two-routes", "--json"],
        capture_output=True, text=True, check=True, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip
    assert json.loads(done.stdout)["objective_million"] > 0
