"""Goods whose origin is not tracked: what is sold of them is told as sales, never as exports of nobody in particular."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

import straits
from straits.cli import app
from straits.model.assets import UNTRACKED
from straits.stress.tables.imports import direction_of
from straits.testing import build, link, market, places, supply
from straits.worst import minimal_cut_sets, worst


def _told(*arguments: str) -> str:
    found = CliRunner().invoke(app, [*arguments])
    assert found.exit_code == 0, found.output
    return " ".join(found.output.split())


def test_stress_all_tells_sales_of_untracked_goods():
    """Proves: with `--all` fuel and grain of any origin stand among sales, with what is sold less; no line and no sentence is
    about exports of "any", and what a surprise costs is told of sales. A good that is tracked keeps its exports.
    Without it: an importer read that its neighbour's stop took 59 kt of exports "of any".
    """
    told = _told("stress", "landlocked-importer", "near-port-stops", "--all")
    assert "Exports beside" not in told and "lost exports" not in told and "fuel of any" not in told
    assert "Sales by commodity beside the baseline" in told and "lost sales" in told
    told = _told("stress", "two-routes", "--all")
    assert "Exports beside the baseline" in told and "Sales by commodity" not in told
    found = straits.stress(straits.load_case("landlocked-importer"), ["near-port-stops"])
    assert found.sentences[-1].startswith("near-port-stops is a surprise: joint value lost")
    assert "lost sales of fuel 59.11 kt (known from the start: 5.744 kt)" in found.sentences[-1]
    assert not any("export" in text or f" {UNTRACKED}" in text for text in found.sentences)


@pytest.mark.parametrize("tracked", [True, False])
def test_without_a_focus_only_tracked_goods_are_exported(tracked):
    """Proves: a case without a focus is about exports where some are known to be, else about imports.
    Without it: a case of goods without origins would be asked what it exports."""
    case = build(
        {
            "commodities": [{"id": "oil", "name": "Oil", "unit": "kt", "tracked": tracked}],
            "places": places("A", "B", B="BBB"),
            "links": [link("way", "A", "B", capacity=10)],
            "supplies": [supply("works", "A", 5)],
            "markets": [market("buyers", "B", 200)],
        }
    )
    assert direction_of(straits.solve(case)) == ("exports" if tracked else "imports")


def test_what_lies_in_tanks_is_said_to_count_as_brought_in():
    """Proves: sets of closures that stop imports, and the worst attack on them, say how much lies in the target's stores at
    the start and counts; asked for less than that, what is left is explained by it; where stores hold nothing, nothing is said.
    Without it: a country with 20 kt in its tanks read that no closure stops its imports, and not why.
    """
    case = straits.load_case("landlocked-importer")
    said = (
        "what lies in stores in UPL at the start, 20 kt of fuel that may come from abroad, counts as brought in where it "
        "is used"
    )
    found = minimal_cut_sets(case, budget=2, check=0)
    assert any(said in text for text in found.parameters["warnings"]) and found.parameters["least"] >= 20
    assert "goods under way or in store at the start" in found.sentences[1]
    attack = worst(case, target="UPL", objective="imports", window="2023-03-01:42d", budget=1, check=0)
    assert any(said in text for text in attack.warnings)
    unmet = worst(case, target="UPL", objective="unmet", window="2023-03-01:42d", budget=1, check=0)
    empty = case.with_changes(
        [straits.case.Change(table="stores", row=key, column="start", value=0) for key in case.rows("stores")]
    )
    none = minimal_cut_sets(empty, budget=2, check=0)
    assert not any("in stores" in text for text in (*none.parameters["warnings"], *unmet.warnings))
