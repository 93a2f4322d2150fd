"""The page of the Python interface names what the package promises."""

import importlib
import re
from pathlib import Path

import straits

PAGE = Path(__file__).parents[2] / "docs" / "python.md"


def test_every_room_and_every_name_of_the_package_is_there() -> None:
    """Proves: every room that can be had as an attribute of the package is on the page with all it promises, and every other name
    of the package stands in its table.
    Without it: a new function would be found by nobody who reads the documentation."""
    text = PAGE.read_text(encoding="utf-8")
    described = set(re.findall(r"auto\w+:: straits\.(\w+)", text))
    assert set(straits._ROOMS) <= described
    for room in described:
        assert importlib.import_module(f"straits.{room}").__doc__
    for name in set(straits.__all__) - {"__version__"}:
        assert re.search(rf"`straits\.{name}\b", text), name
