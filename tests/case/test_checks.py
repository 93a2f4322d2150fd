"""Every check is triggered by a case spoilt for it, and silent on the whole one."""

from __future__ import annotations

import io
import json

import pytest
from rich.console import Console

from straits.case import Case, Findings, check_case, load_case
from straits.case.checks.registry import CHECKS

from .conftest import SETTINGS, Tables
from .conftest import TABLES as SMALL
from .spoils import GRADE, RIVAL, STEPS, Cell, Spoil, add, both, disrupt, findings, put
from .triggers import TRIGGERS


@pytest.mark.parametrize(("code", "spoil", "cell"), TRIGGERS)
def test_trigger(code: str, spoil: Spoil, cell: Cell) -> None:
    """Proves: the check finds what it is for, and names the cell. Without it: a wrong case would run."""
    found = [finding for finding in findings(spoil) if finding.code == code]
    assert found, findings(spoil)
    assert cell in [(finding.table, finding.row, finding.column) for finding in found]
    assert {finding.severity for finding in found} == {CHECKS[code].severity}


@pytest.mark.parametrize(
    ("spoil", "cell"),
    [
        (put("fiscal", "kind", "tax"), ("fiscal", "tax", "kind")),
        (put("links", "scarcity_rule", "auction"), ("links", "pipe", "scarcity_rule")),
    ],
)
def test_words_of_the_division(spoil: Spoil, cell: Cell) -> None:
    """Proves: a kind of fiscal term and a rule of scarcity that are none are refused, and the cell is named.
    Without it: a misspelt word would be read as no term and no rule."""
    found = [finding for finding in findings(spoil) if finding.code == "choice"]
    assert [(finding.table, finding.row, finding.column) for finding in found] == [cell]
    assert found[0].severity == "error"


def test_every_check_has_a_trigger() -> None:
    """Proves: no check is untested. Without it: a check could be dead and nobody would know."""
    assert {code for code, _, _ in TRIGGERS} == set(CHECKS)


def test_the_small_case_is_sound() -> None:
    """Proves: no check objects to a sound case, apart from counting unsourced numbers and telling of short stops."""
    assert {finding.code for finding in findings(both())} == {"unsourced", "short_for_steps"}


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (both(put("links", "cost", 0.0), put("links", "cost_unit", None)), "missing_unit"),
        (
            both(put("claims", "value", "8"), put("claims", "unit", "wagon/d"), put("commodities", "t_per_wagon", 1250.0)),
            "claim_value",
        ),
        (both(add("claims", **{**RIVAL, "chosen": False})), "claim_chosen"),
        (both(put("options", "asset", "ships"), put("options", "adds_unit", None)), "missing_unit"),
        (both(put("options", "asset", "tanks"), put("options", "adds_unit", "kb")), "unit"),
        (both(put("controls", "share", 0.5), add("controls", **{**SMALL["controls"][0], "id": "c3", "share": 0.5})), "shares"),
        (both(STEPS, put("markets", "steps", ["500:10", "490:20"])), "demand"),
        (both(put("stores", "start", 799.0), put("stores", "start_unit", "kb")), "bounds"),
        (disrupt(asset="pipe", factor=0.0), "part_of_unlimited"),
        (disrupt(asset="tanks", factor=0.0), "part_stops"),
        (put("supplies", "cost", 5e-17), "range"),
        (disrupt(asset="territory:BBB", origins=["AAA"]), "origins_of_store"),
        (both(put("supplies", "min_output", 40.0), put("supplies", "min_output_unit", "kt/step")), "bounds"),
        (both(add("commodities", **GRADE), put("links", "commodities", ["crude", "light"])), "mixed_units"),
        (put("commodities", "tracked", False), "no_origin"),
        (both(put("places", "territory", None), put("commodities", "tracked", False)), "no_origin"),
        (both(put("links", "cost_low", 5.0), put("links", "cost_high", 5.0)), "interval"),
    ],
)  # fmt: skip
def test_no_false_alarm(spoil: Spoil, code: str) -> None:
    """Proves: what is right at the edge of a check passes. Without it: users would learn to ignore the checks."""
    assert code not in {finding.code for finding in findings(spoil)}


def test_owners_may_change(tables: Tables) -> None:
    """Proves: shares add to 1 on each day, not over all owners that ever were."""
    tables["controls"][0]["end"] = "2022-02-01"
    tables["controls"].append({**SMALL["controls"][0], "id": "c3", "actor": "BBB", "start": "2022-02-01"})
    assert Case.from_tables(tables, **SETTINGS).check().errors == []


def test_unsourced_numbers(small: Case) -> None:
    """Proves: a number is unsourced unless its chosen claim, or its row, has a source. Without it: guesses pass as facts."""
    found = small.check()
    listed = set(
        zip(found.unsourced["table"], found.unsourced["row"], found.unsourced["column"], strict=True)
    )
    assert ("links", "pipe", "cost") in listed
    assert ("links", "pipe", "capacity") not in listed, "claim cl1 has a source"
    assert ("contracts", "quota", "amount") not in listed, "its row has a source"
    assert ("markets", "spot", "demand") not in listed, "unlimited is no number"
    assert found.unsourced_by_table == {
        "commodities": 1,
        "links": 1,
        "supplies": 2,
        "markets": 2,
        "stores": 4,
        "joints": 2,
        "fleets": 3,
    }


def test_a_claim_without_source_supports_nothing(tables: Tables) -> None:
    """Proves: a claim that rests on nothing leaves its number unsourced; coordinates are counted apart."""
    tables["claims"][0]["source"] = None
    tables["places"][0].update(lon=50.0, lat=45.0)
    counts = Case.from_tables(tables, **SETTINGS).check().unsourced_by_table
    assert counts["links"] == 2
    assert counts["places (coordinates)"] == 2


def test_findings_as_json_and_text(tables: Tables) -> None:
    """Proves: findings can be read by machines and people: valid JSON, and lines with cell, message and code."""
    tables["markets"][0].update(demand_kind="fixed", demand=4.0, demand_unit="kt/d")
    found = Case.from_tables(tables, **SETTINGS).check()
    read = json.loads(found.to_json())
    assert read["errors"] == []
    assert {"hard_promise", "unsourced"} <= {item["code"] for item in read["warnings"]}
    assert read["unsourced"]["total"] == len(found.unsourced) == len(read["unsourced"]["numbers"])
    console = Console(width=200, record=True, file=io.StringIO())
    console.print(found)
    text = console.export_text()
    assert "markets, row 'spot', column unmet_price: fixed demand" in text
    assert "0 errors" in text
    assert isinstance(found, Findings)
    assert next(iter(found)) is found[0]


def test_checks_run_on_a_bare_network() -> None:
    """Proves: a case of places and no links is checked without a crash, and each check has a sentence for the reference."""
    bare = {"places": [{"id": "a", "name": "A", "kind": "port"}, {"id": "b", "name": "B", "kind": "port"}]}
    import pandas as pd

    links = pd.DataFrame(columns=list(Case.from_tables(SMALL, **SETTINGS).tables["links"].columns))
    found = Case.from_tables({**bare, "links": links}, **SETTINGS).check()
    assert [finding.code for finding in found] == ["place_unreached", "place_unreached"]
    assert all(
        check.doc.endswith(".") and check.severity in ("error", "warning") for check in CHECKS.values()
    )


def test_a_case_read_and_checked_at_once_is_told_as_one_that_was_loaded() -> None:
    """Proves: what is found in a bundled case is the same whether it is loaded and then checked, or read and checked at once,
    when the checks that keep it from being loaded run once. Without it: a warning could be lost with the errors."""
    at_once, loaded = check_case("two-routes"), load_case("two-routes").check()
    assert [f.text for f in at_once.all] == [f.text for f in loaded.all]
    assert at_once.unsourced.equals(loaded.unsourced)
