"""What fails, how likely, and what is worst for who lives by what reaches it: worked out by hand."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

import straits
from small import build, days, link, market, places, supply
from straits.cli import app
from straits.contingency import ensemble, sweep
from straits.errors import ModelError
from straits.worst import minimal_cut_sets, protect, worst

#: On which day of four ways are closed.
DAY_TWO = "2022-01-02:1d"


def importer(**more):
    """AAA is promised 5 kt/d, worth 100 and 300 if it is missed, and supplies 1 of them. A road (4 kt/d) and a rail (3 kt/d, 20
    dearer) bring in the rest from BBB."""
    tables = {
        "commodities": [{"id": "oil", "name": "oil", "unit": "kt", "tracked": more.pop("tracked", "true")}],
        "places": places("A", "B", B="BBB"),
        "links": [link("road", "B", "A", capacity=4, cost=10), link("rail", "B", "A", capacity=3, cost=30)],
        "supplies": [supply("wells", "B", 9, cost=20), supply("own", "A", 1, cost=5)],
        "markets": [market("home", "A", 100, demand=5, demand_kind="fixed", unmet_price=300)],
    }
    focus = {"actor": "AAA", "commodity": "oil", "direction": "imports"}
    return build(tables | more, time=days(4), focus=focus)


@pytest.fixture(params=["solve", "folder", "workbook"])
def kept(request, tmp_path):
    """Give a case as it is, or loaded again from what was saved."""

    def of(case):
        if request.param == "solve":
            return case
        path = tmp_path / ("case.xlsx" if request.param == "workbook" else "case")
        case.save(path)
        return straits.load_case(path)

    return of


def test_failures_by_what_is_used(kept):
    """Proves: a day without the road takes 1 kt (the rail brings 3 of 4), promised and not delivered, at 100 + 300 less 10 + 20,
    and 3 kt 20 dearer: 0.43 million; without the rail nothing. Without it: a sweep told an importer its money only."""
    found = sweep(kept(importer()), k=2, window=DAY_TWO, check=0)
    table = found.table.set_index("failure")
    assert table.loc["road", ["loss", "used:oil:AAA", "unmet:oil:AAA"]].tolist() == pytest.approx(
        [0.43, 1, 1]
    )
    assert table.loc["rail", ["loss", "used:oil:AAA", "unmet:oil:AAA"]].tolist() == [0, 0, 0]
    both = [name for name in table.index if "+" in name]
    assert table.loc[both[0], ["used:oil:AAA", "unmet:oil:AAA"]].tolist() == pytest.approx([4, 4])
    assert found.table.attrs["units"]["unmet:oil:AAA"] == "kt"


def test_worst_by_what_comes_in_and_what_is_missed(kept):
    """Proves: on one day the most that can come in is 5 of the 7 that ways carry and buyers take; one closure leaves 3 with the
    road closed, two leave nothing; of what is promised, 1 and 4 are missed. Without it: worst had no answer for who exports
    nothing."""
    case = kept(importer())
    brought = worst(case, target="AAA", objective="imports", window=DAY_TWO, budget=2).curve
    # 5 a day: foreign oil can take the place of what is made at home.
    assert brought["value"].tolist() == pytest.approx([20, 18, 15])
    assert brought["loss"].tolist() == pytest.approx([0, 2, 5])
    missed = worst(case, target="AAA", objective="unmet", window=DAY_TWO, budget=2)
    assert missed.curve["loss"].tolist() == pytest.approx([0, 1, 4])
    assert missed.curve["proved"].all()
    assert missed.unit == "kt"
    assert missed.question.startswith(
        "How much more of AAA of what is promised can closures leave undelivered"
    )


def test_what_to_make_safe_and_what_stops_imports(kept):
    """Proves: with the road safe, one closure takes nothing of what is promised; all imports stop only with both ways.
    Without it: cut sets asked for exports that an importer has not."""
    case = kept(importer())
    safe = protect(case, target="AAA", objective="unmet", window=DAY_TWO, budget=1, protect=1).table
    assert safe["loss"].tolist() == pytest.approx([1, 0])
    cuts = minimal_cut_sets(case, target="AAA", budget=2)
    assert cuts.table["attack"].tolist() == ["rail|road"]
    assert "stop imports" in cuts.sentences[0]


def test_own_supply_that_cannot_be_told_apart_is_said():
    """Proves: where origins are not kept, what AAA makes counts as brought in, and the answer says so.
    Without it: a number would be called imports that is not."""
    found = worst(importer(tracked="false"), target="AAA", objective="imports", window=DAY_TWO, budget=1)
    assert found.curve["loss"].tolist() == pytest.approx([0, 1])
    assert "not tracked" in found.warnings[0]


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"objective": "unmet", "target": "BBB"}, "nowhere in BBB is promised anything"),
        ({"objective": "imports", "target": "CCC"}, "nowhere in CCC is anything sold"),
        ({"objective": "imports", "target": "AAA", "commodity": "ol"}, "expected oil"),
        ({"objective": "value", "commodity": "oil"}, "only objectives 'volume', 'imports', 'unmet' count"),
    ],
)
def test_questions_without_an_answer(asked, told):
    """Proves: who is promised nothing, buys nothing, or names another good is told so. Without it: zero would be an answer."""
    with pytest.raises(ModelError, match=told):
        worst(importer(), **asked)


def test_expected_loss_of_what_is_used():
    """Proves: each day's event of the road leaves 1 kt unmet, so that losses are whole kt, in kt, whichever is asked about.
    Without it: more unmet would count as a gain."""
    hazard = {"id": "storm", "name": "storm", "assets": "road", "rate_per_year": 60, "duration_days": 1,
              "duration_shape": "fixed"}  # fmt: skip
    case = importer(hazards=[hazard])
    lost = [
        ensemble(case, draws=20, check=0, measure=f"{what}:oil:AAA", contributions=False)
        for what in ("used", "unmet")
    ]
    assert lost[0].unit == "kt"
    assert lost[0].histories["loss"].tolist() == pytest.approx(lost[1].histories["loss"].tolist())
    assert lost[0].histories["loss"].max() > 0
    with pytest.raises(ModelError, match="no state"):
        ensemble(case, draws=2, measure="used:oil:AA")


def test_the_command_shows_what_goes_without(tmp_path):
    """Proves: `straits sweep` and `worst attack` print tonnes for an importer. Without it: an importer saw money alone."""
    importer().save(tmp_path / "case")
    shown = CliRunner().invoke(
        app, ["sweep", str(tmp_path / "case"), "--window", DAY_TWO], env={"COLUMNS": "160"}
    )
    assert "Used less, unmet more: oil sold and promised in AAA" in shown.stdout
    asked = [
        "worst",
        "attack",
        str(tmp_path / "case"),
        "--objective",
        "unmet",
        "--target",
        "AAA",
        "--budget",
        "1",
    ]
    assert "more of AAA unmet, kt" in " ".join(CliRunner().invoke(app, asked).stdout.split())


@pytest.mark.parametrize(
    ("foresight", "told"), [(None, "known to all from the start of the case"), ("surprise", "by surprise")]
)
def test_the_ranking_says_who_knew(tmp_path, foresight, told):
    """Proves: above the failures stands whether all knew of them from the start or nobody. Without it: a port whose failure
    costs 39 by surprise and 28 if known was quoted with 28, and a report of the same case with 39."""
    importer().save(tmp_path / "case")
    asked = [
        "sweep",
        str(tmp_path / "case"),
        "--window",
        DAY_TWO,
        *(["--foresight", foresight] if foresight else []),
    ]
    shown = CliRunner().invoke(app, asked, env={"COLUMNS": "150"}).stdout
    assert f"closed from 2022-01-02 for 1 day, {told}" in " ".join(shown.split())
