"""A new case runs at once, and bundled cases are found by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from straits.case import load_case
from straits.case.files.scaffold import new_case
from straits.cases import bundled, find_bundled
from straits.errors import StraitsError


def test_new_case_is_sound(tmp_path: Path) -> None:
    """Proves: the scaffold has no error, nothing stranded, a scenario and its folder's name. Without it: a bad first minute."""
    case = load_case(new_case(tmp_path / "my case"))
    assert case.settings.id == "my case"
    assert list(case.scenarios) == ["pipeline-stop"]
    found = case.check()
    assert {finding.code for finding in found} == {"unsourced"}
    assert not found.unsourced.empty
    assert case.tables["stores"].shape[0] == 1


@pytest.mark.parametrize("name", ["NO", "001", "it's", "a: b"])
def test_new_case_in_a_folder_of_any_name(tmp_path: Path, name: str) -> None:
    """Proves: a folder name that YAML could misread becomes the id as it stands."""
    assert load_case(new_case(tmp_path / name)).settings.id == name


def test_new_case_refuses_what_is_there(tmp_path: Path) -> None:
    """Proves: nothing of a user is overwritten."""
    (tmp_path / "mine.txt").write_text("x")
    with pytest.raises(StraitsError, match="not empty"):
        new_case(tmp_path)
    with pytest.raises(StraitsError, match="is a file"):
        new_case(tmp_path / "mine.txt")
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


@pytest.mark.parametrize("name", bundled())
def test_bundled_cases_load(name: str) -> None:
    """Proves: every bundled case loads by its name and has that id."""
    assert load_case(name).settings.id == name


def test_unknown_names() -> None:
    """Proves: a name that is no bundled case, or a path, is none."""
    assert "two-routes" in bundled()
    assert find_bundled("nowhere") is None
    assert find_bundled("../cases/two-routes") is None
