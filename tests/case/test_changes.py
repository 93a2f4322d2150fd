"""Other values for some cells, and the claims about them."""

from __future__ import annotations

from pathlib import Path

import pytest

from straits.case import Case, Change, load_case
from straits.errors import CaseError, StraitsError

from .conftest import SETTINGS, Tables


def change(column: str, value: str | float, table: str = "links", row: str = "pipe") -> Change:
    return Change(table=table, row=row, column=column, value=value)


def test_a_change_gives_another_case(small: Case) -> None:
    """Proves: the new case has the value, the old one is as it was, and their hashes differ."""
    other = small.with_changes([change("cost", 7.0), change("capacity", "unlimited")])
    assert (small.rows("links")["pipe"].cost, other.rows("links")["pipe"].cost) == (5.0, 7.0)
    assert other.rows("links")["pipe"].capacity == float("inf")
    assert other.hash != small.hash
    assert other.scenarios == small.scenarios
    assert small.with_changes([]).hash == small.hash


def test_a_changed_number_rests_on_no_source(small: Case, tmp_path: Path) -> None:
    """Proves: a changed number is an assumption, and the claim it replaces stays to be tried. Without it: a source would be
    quoted for a number that it does not give."""
    other = small.with_changes([change("capacity", 35.0)])
    claims = other.rows("claims")
    assert not claims["cl1"].chosen
    added = claims["change-links-pipe-capacity"]
    assert (added.value, added.unit, added.source, added.chosen) == ("35", None, None, True)
    assert ("pipe", "capacity") in set(
        zip(other.check().unsourced["row"], other.check().unsourced["column"], strict=True)
    )
    assert other.check().errors == []
    other.save(tmp_path / "a")
    assert load_case(tmp_path / "a").hash == other.hash
    again = other.with_changes([change("capacity", 21.0)])
    assert again.rows("claims")["change-links-pipe-capacity+"].value == "21"


def test_a_competing_claim_is_chosen(tables: Tables) -> None:
    """Proves: a change to what another source says makes that claim the chosen one, also in another unit."""
    tables["claims"].append(
        {**tables["claims"][0], "id": "cl2", "value": "84", "unit": "kt/week", "chosen": False}
    )
    case = Case.from_tables(tables, **SETTINGS)
    other = case.with_changes([change("capacity", 12.0), change("capacity_unit", "kt/d")])
    assert {key: row.chosen for key, row in other.rows("claims").items()} == {"cl1": False, "cl2": True}


def test_a_change_of_unit_changes_what_is_claimed(small: Case) -> None:
    """Proves: another unit alone is another number."""
    other = small.with_changes([change("capacity_unit", "kt/d")])
    assert not other.rows("claims")["cl1"].chosen
    same = small.with_changes([change("capacity_unit", "kt/d"), change("capacity", 10.0)])
    assert list(same.rows("claims")) == ["cl1"]
    assert same.rows("claims")["cl1"].chosen


@pytest.mark.parametrize(
    ("wrong", "text"),
    [
        (change("cost", 7.0, table="link"), "did you mean 'links'"),
        (change("cost", 7.0, row="pip"), "did you mean 'pipe'"),
        (change("cots", 7.0), "did you mean 'cost'"),
        (change("id", "x"), "cannot be changed"),
        (change("cost", -7.0), r"\[range\]"),
        (change("cost", "cheap"), r"\[number\]"),
        (change("to_place", "nowhere"), r"\[unknown_id\]"),
        (change("cost", ""), r"\[missing_value\]"),
    ],
)
def test_wrong_changes(small: Case, wrong: Change, text: str) -> None:
    """Proves: a change is checked like a cell. Without it: a scenario could change nothing, or break the case."""
    with pytest.raises(CaseError, match=text):
        small.with_changes([wrong])


def test_unknown_table_of_rows(small: Case) -> None:
    """Proves: asking for rows of an unknown table names the near miss."""
    with pytest.raises(StraitsError, match="did you mean 'links'"):
        small.rows("link")
