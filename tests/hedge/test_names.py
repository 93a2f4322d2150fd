"""What the room offers are functions, whatever was asked first."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.parametrize("first", ["hedge", "design", "timing"])
def test_names_are_functions_whichever_is_used_first(first: str) -> None:
    """Proves: after any one of them was loaded, `hedge`, `design` and `timing` are functions and not the modules of that name.
    Without it: a module that one of them imports would take the place of a function."""
    after = "import straits.hedge as h; assert all(map(callable, (h.hedge, h.design, h.timing)))"
    code = f"from straits.hedge import {first}; {after}"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
