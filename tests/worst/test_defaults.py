"""What a question about closures counts where nobody says it: the trade and the good of the focus."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

import straits
from small import build, days, link, market, places, supply
from straits.cli import app
from straits.errors import ModelError
from straits.worst import minimal_cut_sets, protect, worst


def _two_goods(focus, **more):
    """AAA sells oil and ore to BBB, each on a link of its own, and oil by a second one; CCC buys oil by way of BBB."""
    goods = [{"id": g, "name": g, "unit": "kt"} for g in ("oil", "ore")]
    tables = {
        "commodities": goods,
        "places": places("A", "B", "C", B="BBB", C="CCC"),
        "links": [
            link("one", "A", "B", capacity=4),
            link("two", "A", "B", capacity=2, cost=20),
            link("ores", "A", "B", capacity=3, commodities="ore"),
            link("on", "B", "C", capacity=1),
        ],
        "supplies": [supply("wells", "A", 9), supply("mine", "A", 3, commodity="ore")],
        "markets": [market("b", "B", 200, demand=5), market("c", "C", 300, demand=1), market("d", "B", 90, commodity="ore")],
        **more,
    }  # fmt: skip
    return build(tables, time=days(4), focus=focus)


def test_the_good_of_the_focus_counts():
    """Proves: without a good, that of the focus is counted and named; one by one the oil stops at one and two, not at ores.
    Without it: two goods that do not add up were an error, or the answer did not say which."""
    case = _two_goods({"actor": "AAA", "commodity": "oil"})
    found = minimal_cut_sets(case, budget=3)
    assert found.table["attack"].tolist() == ["one|two"]
    assert found.parameters["commodity"] == "oil"
    assert found.sentences[0] == "1 smallest set, whose closures stop exports of oil."
    lost = worst(case, objective="volume", target="AAA", budget=1)
    assert lost.curve["loss"].tolist() == pytest.approx([0, 16]) and lost.parameters["commodity"] == "oil"
    with pytest.raises(ModelError, match="oil, ore do not add up"):
        worst(_two_goods(None), objective="volume", budget=1)


@pytest.mark.parametrize("said", [None, "imports"])
def test_an_importer_is_asked_about_its_imports(said, tmp_path):
    """Proves: of a focus on CCC, which only buys, command and Python find out that imports are meant, and whose: its one way
    in stops them, whether the focus says so or not, and balance speaks of imports.
    Without it: a blank direction, which a new case has, was read as exports, and sets stopped those of all."""
    focus = {"actor": "CCC", "commodity": "oil"} | ({"direction": said} if said else {})
    _two_goods(focus).save(tmp_path / "case")
    shown = (
        CliRunner().invoke(app, ["worst", "cut-sets", str(tmp_path / "case")], env={"COLUMNS": "120"}).stdout
    )
    # A test before may have made the console, with lines of its own length.
    assert "stop imports of oil by CCC; value: what is left of them, kt" in " ".join(shown.split())
    assert "on " in shown and "one, two" in shown
    shown = CliRunner().invoke(
        app, ["power", "balance", str(tmp_path / "case"), "--extra-cost", "1"], env={"COLUMNS": "120"}
    )
    assert "4 kt imported" in " ".join(shown.stdout.split()), shown.stdout
    found = minimal_cut_sets(straits.load_case(tmp_path / "case"))
    assert found.parameters["target"] == "CCC" and "stop imports of oil by CCC" in found.question


def test_what_lifts_an_obligation_is_named():
    """Proves: what to make safe and sets of closures name the buyers whose closing lifts a promise, and what to do.
    Without it: a user was told of buyers with fixed demand, and not which."""
    promised = market("c", "C", 300, demand=1) | {
        "demand_kind": "fixed",
        "unmet_price": 900,
        "unmet_price_unit": "USD/t",
    }
    case = _two_goods(None, markets=[promised, market("b", "B", 200, demand=5)])
    for asked in (
        lambda: protect(case, protect=1, assets=["on", "c"]),
        lambda: minimal_cut_sets(case, assets=["on", "c"], commodity="oil"),
    ):
        with pytest.raises(
            ModelError, match=r"closing c lifts an obligation .*name the assets .*\(`assets`, --over\)"
        ):
            asked()
