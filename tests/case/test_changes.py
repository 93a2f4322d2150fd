"""Other values for some cells, and the claims about them."""

from __future__ import annotations

import copy
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from straits.case import TABLES, Case, Change, load_case
from straits.case.schema.tables import columns
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


#: Values to try in a cell, by what its column holds: fitting ones, slips, and a blank.
TRIED = {
    "number": ("", "-1", "7", "1e25"),
    "limit": ("-1", "3", "unlimited"),
    "date": ("", "2023-01-01", "2021-01-01"),
}


def told(make: Callable[[], Case]) -> list[tuple[str, str | None, str | None, str | None, str]]:
    """What is wrong with a case that somebody makes."""
    try:
        make()
    except CaseError as error:
        return sorted((f.code, f.table, f.row, f.column, f.message) for f in error.findings)
    return []


@pytest.mark.parametrize("table", TABLES)
def test_a_change_is_checked_as_if_it_had_been_read(
    small: Case, table: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Proves: of any value in any cell, the checks of a changed case, which look only at what can have become wrong, say what
    they say of the whole case; and the case, its frames and its hash are those of a case that was read so.
    Without it: a wrong number would pass because no check looked at it."""
    from straits.case import changes

    wholly: Callable[..., Any] = lambda made, *_: made  # noqa: E731
    row = next(iter(small.rows(table)), None)
    good: dict[str, Change] = {}
    for name, column in columns(table).items():
        if name == "id" or row is None:
            continue
        unit = name.endswith("_unit")
        for value in TRIED.get(column.kind, ("", "kt/d", "USD/t") if unit else ("AAA", "fixed")):
            change = Change(table=table, row=row, column=name, value=value)
            quick = told(lambda c=change: small.with_changes([c]))
            with monkeypatch.context() as patch:
                patch.setattr(changes, "_narrowed", wholly)
                assert quick == told(lambda c=change: small.with_changes([c])), change
            if not quick and not told(lambda c=change: small.with_changes([*good.values(), c])):
                good[name] = change
    made = small.with_changes(good.values()).without_scenarios()
    frames = {name: frame for name, frame in made.tables.items() if len(frame)}
    assert made.hash == Case.from_tables(frames, **SETTINGS).hash


def test_thousands_of_changes_beside_thousands_of_claims(tables: Tables) -> None:
    """Proves: the work of many changes grows with their number, not with its square: ten times as many changes and claims take
    at most thirty times as many looks at a claim. Without it: two thousand changes took a minute."""
    from straits.case import changes

    def looks(count: int) -> int:
        seen = 0
        many = copy.deepcopy(tables)
        many["places"] += [
            {"id": f"p{i}", "name": f"P{i}", "kind": "city", "lon": 1.0, "lat": 1.0, "territory": "AAA"}
            for i in range(count)
        ]
        many["claims"] += [
            {
                "id": f"q{i}",
                "table": "places",
                "row": f"p{i}",
                "column": "lon",
                "value": "1",
                "source": "book",
            }
            for i in range(count)
        ]
        case = Case.from_tables(many, **SETTINGS)

        def trace(frame: Any, event: str, _: Any) -> Any:
            nonlocal seen
            seen += event == "line"
            return trace if frame.f_code.co_filename == changes.__file__ else None

        sys.settrace(trace)
        try:
            made = case.with_changes(
                Change(table="places", row=f"p{i}", column="lon", value=2.0) for i in range(count)
            )
        finally:
            sys.settrace(None)
        assert {made.rows("places")[f"p{i}"].lon for i in range(count)} == {2.0}
        assert not made.rows("claims")["q1"].chosen
        return seen

    assert looks(200) < 30 * looks(20)


def test_changes_of_scenarios_are_tried_on_each_case(tables: Tables) -> None:
    """Proves: a scenario whose changes are right in one case is an error in another in which they are wrong, although both cases
    share it. Without it: what was tried once would pass for right everywhere."""
    dear = {
        "id": "dear",
        "title": "Dear",
        "changes": [{"table": "links", "row": "pipe", "column": "cost_high", "value": 6}],
    }
    case = Case.from_tables(tables, scenarios=[dear], **SETTINGS)
    other = case.with_changes([change("cost", 7.0)])
    assert other.scenarios["dear"] is case.scenarios["dear"]
    assert case.check().errors == []
    (found,) = other.check().errors
    assert (found.code, found.table) == ("scenario_change", "scenarios/dear")
    assert "found 7, above cost_high 6" in found.message


def test_what_is_wrong_in_the_case_is_said_once(tables: Tables) -> None:
    """Proves: an error of the case itself is not told again of a scenario that changes another cell; one of its own is.
    Without it: a unit that does not fit would be told as an error of every scenario with changes, and looked for there."""
    tables["links"][0] |= {"tariff": 3, "tariff_unit": "kt"}
    scenarios = [
        {"id": key, "title": key, "changes": [{"table": "links", "row": "pipe", "column": "cost", "value": value}]}
        for key, value in (("dear", 7.0), ("wrong", -1.0))
    ]  # fmt: skip
    with pytest.raises(CaseError) as raised:
        Case.from_tables(tables, scenarios=scenarios, **SETTINGS)
    found = [(finding.code, finding.table) for finding in raised.value.findings]
    assert ("unit", "links") in found
    assert [where for code, where in found if code == "scenario_change"] == ["scenarios/wrong"]
