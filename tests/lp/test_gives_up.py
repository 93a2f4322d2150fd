"""One question without an answer does not take the others with it, and says why it has none."""

from __future__ import annotations

import json

import numpy as np
import pytest
from typer.testing import CliRunner

import straits
from small import build, days, link, market, places, supply
from straits.cli import app
from straits.contingency import ensemble, sweep
from straits.engine import Variant, close, solve_many
from straits.errors import InfeasibleError, ModelError, SolveError
from straits.lp import Solver, highs
from straits.lp.solver import door
from straits.model import compile_case
from straits.report import build_study
from straits.stress import stress

GIVEN_UP = highs.Said("stopped", "Not Set", np.nan, 0)


def case_of(**changed) -> straits.Case:
    """Two days of 5 kt of oil at 10; road a carries 3 at 1, road b 4 at 2: 43 thousand a day."""
    scenarios = changed.pop("scenarios", ())
    tables = {
        "places": places("field", "town"),
        "links": [
            link("a", "field", "town", capacity=3, cost=1),
            link("b", "field", "town", capacity=4, cost=2),
        ],
        "supplies": [supply("wells", "field", 5)],
        "markets": [market("buyer", "town", 10)],
    }
    focus = {"actor": "AAA", "commodity": "oil"}
    return build(tables | changed, scenarios=scenarios, time=days(2), focus=focus)


def hard() -> dict:
    """A promise of 2 kt a day without a price for missing it: with both roads closed it cannot be kept."""
    return {"markets": [market("buyer", "town", 10, demand=2, demand_kind="fixed")]}


def scenario(key: str, *assets: str, **more) -> dict:
    struck = [{"asset": a, "start": "2022-01-01", "end": "2022-01-03"} for a in assets]
    return {"id": key, "title": key, "disruptions": struck} | more


def shut_b(solver: Solver) -> bool:
    """Whether road b, the one of cost 2, is closed in the program of a solver, which may be of one day."""
    b = solver._p.cost == 2.0
    return bool(b.any() and (solver._p.column_upper[b] == 0).all())


@pytest.fixture
def fails(monkeypatch):
    """Let the solver give up, whatever way it is asked, on every program for which a function says so."""

    def install(when) -> None:
        judged = Solver._judged

        def failing(self, solver, said, scale):
            return judged(self, solver, GIVEN_UP if when(self) else said, scale)

        monkeypatch.setattr(Solver, "_judged", failing)

    return install


def test_one_variant_of_a_batch(fails, tmp_path):
    """Proves: of three closures one has no answer: its numbers are nan, it is named with what was tried, the others have theirs,
    and a store does not keep it. By hand: 18 a day; without a 4 × 8 = 32 less than 3 × 9 + 2 × 8 = 43."""
    model = compile_case(case_of())
    axis = model.case.settings.time
    parts = [close(model, [x], axis.start, axis.end) for x in ("a", "b")]
    fails(shut_b)
    variants = [Variant("none"), *(Variant(p.name, (p,)) for p in parts), Variant("both", tuple(parts))]
    batch = solve_many(model, variants, ["lp_value", "account:AAA"], check=3, store=tmp_path)
    table = batch.table.set_index("variant")
    assert table["status"].tolist() == ["optimal", "optimal", "stopped", "stopped"]
    assert table["lp_value"].iloc[:2].tolist() == pytest.approx([0.086, 0.064])
    assert table["lp_value"].iloc[2:].isna().all() and table["account:AAA"].iloc[2:].isna().all()
    assert set(batch.stats["failed"]) == {parts[1].name, "both"}
    assert "interior point" in batch.stats["failed"]["both"] and "Not Set" in batch.stats["failed"]["both"]
    again = solve_many(model, variants, ["lp_value", "account:AAA"], check=0, store=tmp_path)
    assert again.table["method"].tolist()[:2] == ["stored", "stored"] and len(again.stats["failed"]) == 2


def test_repaired_answers_are_counted(monkeypatch):
    """Proves: of two solved variants whose plans drift, each is repaired, the values stay, and the batch says how many."""
    model = compile_case(case_of())
    axis = model.case.settings.time
    values = highs.values
    monkeypatch.setattr(highs, "values", lambda s: values(s) * (1 + 1e-7))
    variants = [Variant(p.name, (p,)) for p in (close(model, [x], axis.start, axis.end) for x in ("a", "b"))]
    batch = solve_many(model, variants, check=2)
    assert batch.stats["repaired"] == 2 and batch.stats["failed"] == {}
    assert batch.table["lp_value"].tolist() == pytest.approx([0.064, 0.054], rel=1e-12)


def test_a_solution_says_what_was_tried(monkeypatch):
    """Proves: what was tried, and why, stands in the provenance; with nothing tried there is nothing."""
    assert straits.solve(case_of()).provenance["tried"] == []
    run, asked = highs.run, []

    def once(s, better=None):
        asked.append(s)
        return GIVEN_UP if len(asked) == 1 else run(s)

    monkeypatch.setattr(highs, "run", once)
    door.KNOWN.clear()
    solution = straits.solve(case_of())
    assert solution.lp_value == pytest.approx(0.086)
    assert solution.provenance["tried"] == ["as asked: no answer (Not Set); from nothing: optimal"]


def test_the_error_says_which_and_how_far_apart(fails):
    """Proves: if all ways fail, the error names the scenario, the range of coefficients, and the cells with the smallest and the
    largest number of each kind. Without it: `the solver stopped without an answer (stopped)`."""
    fails(lambda s: True)
    with pytest.raises(SolveError) as error:
        straits.solve(case_of(scenarios=[scenario("shut", "a")]), "shut")
    text = str(error.value)
    assert (
        "small, scenario shut: " in text
        and "as asked: no answer (Not Set)" in text
        and "rescaled, interior point" in text
    )
    assert "costs from 1 (flow(a,oil.AAA,2022-01-01)) to 10 (sale(" in text
    assert (
        "amounts from 3 kt/d (links, row a, column capacity) to 5 kt/d (supplies, row wells, column capacity)"
        in text
    )
    assert (
        "prices from 1 USD/t (links, row a, column cost) to 10 USD/t (markets, row buyer, column price)"
        in text
    )


def three(**more) -> straits.Case:
    scenarios = [
        scenario("part", "a"),
        scenario("all", "a", "b"),
        scenario("beside", "b", compare_with="all"),
    ]
    return case_of(**hard(), scenarios=scenarios, **more)


def test_one_scenario_of_several(capsys):
    """Proves: an infeasible scenario, and one that is compared with it, are listed with their reasons; the third has its answer.
    One that is asked for alone is an error, as before."""
    found = stress(three())
    assert list(found.solutions) == ["part"] and list(found.failed) == ["all", "beside"]
    assert "infeasible" in found.failed["all"] and "compared with all" in found.failed["beside"]
    assert found.summary["scenario"].tolist() == ["part"]
    with pytest.raises(InfeasibleError):
        stress(three(), ["all"])


def test_commands_end_with_status_3(tmp_path):
    """Proves: `stress`, `sweep` and `run` print and write all that has an answer, list what has none, and end with status 3."""
    folder = tmp_path / "roads"
    three().save(folder)
    run = CliRunner().invoke
    got = run(app, ["stress", str(folder), "--json"])
    assert got.exit_code == 3 and "no answer: all" in got.stderr
    content = json.loads(got.stdout)
    assert [r["scenario"] for r in content["summary"]] == ["part"] and list(content["failed"]) == [
        "all",
        "beside",
    ]
    got = run(app, ["stress", str(folder)])
    assert got.exit_code == 3 and "part" in got.stdout and "infeasible" in got.stderr
    got = run(app, ["stress", str(folder), "part"])
    assert got.exit_code == 0
    out = tmp_path / "study"
    got = run(app, ["run", str(folder), "--out", str(out)])
    assert got.exit_code == 3 and "no answer: scenario all" in got.stderr
    assert list(json.loads((out / "summary.json").read_text())["failed"])[:2] == [
        "scenario all",
        "scenario beside",
    ]
    assert "What could not be answered" in (out / "report.html").read_text()


def test_a_report_where_no_scenario_has_a_solution():
    """Proves: with all scenarios infeasible the rest of the study is there."""
    from straits.report.sections.asked.single import Failures

    study = build_study(case_of(**hard(), scenarios=[scenario("all", "a", "b")]))
    assert (
        next(iter(study.failed)) == "scenario all" and study.main is None and study.part(Failures) is not None
    )


def test_a_sweep_goes_on(fails):
    """Proves: a failure without an answer is nan, last in the ranking and named; the loss of the other is 86 - 64."""
    case = case_of()
    fails(shut_b)
    found = sweep(case, split=False)
    assert found.table["failure"].tolist()[0] == "a" and found.table["loss"].iloc[0] == pytest.approx(0.022)
    assert np.isnan(found.table["loss"].iloc[1]) and list(found.stats["failed"]) == ["b"]
    with pytest.raises(ModelError):
        ensemble(case)
