"""Steps that fit the shock: shorter ones where something short happens, and both answers."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import straits
from straits.case.schema.settings import Refine, TimeAxis
from straits.case.timeaxis import FEWEST, Steps, finer_round, too_short
from straits.contingency import sweep
from straits.engine.coarser import basis_in_finer_steps
from straits.engine.solve import solve_fitted
from straits.engine.steps import apart, fitted
from straits.errors import ModelError
from straits.power import leverage
from straits.stress import stress
from straits.testing import build, link, market, places, store, supply
from straits.worst import worst

#: Ten weeks from a Saturday.
WEEKS = {"start": "2022-01-01", "end": "2022-03-12", "step": "week", "boundary": "empty"}
STOP = {"asset": "pipe", "start": "2022-02-06", "end": "2022-02-11"}


def one_pipe(*, scenario=None, time=WEEKS, **more):
    """A field of 6 kt/d behind a pipe of 21 kt/d: in the rest of a week the pipe makes up for five days, the field cannot."""
    return build(
        {
            "places": places("A", "B", B="BBB"),
            "links": [link("pipe", "A", "B", capacity=21)],
            "supplies": [supply("field", "A", 6)],
            "markets": [market("buyers", "B", 500)],
            "controls": [
                {"id": "c1", "asset": "pipe", "actor": "BBB", "role": "operator"},
                {"id": "c2", "asset": "field", "actor": "AAA", "role": "owner", "share": 1},
            ],
            **more,
        },
        scenarios=[scenario or {"id": "stop", "title": "Stop", "disruptions": [STOP]}],
        time=time,
    )


def sold(solution):
    return float(solution.sales["amount"].sum())


def test_a_stop_of_five_days_costs_five_days():
    """Proves: behind a pipe with room to spare, a stop of five days takes five days of a field, 30 kt, and not nothing, which is
    what weeks say; the run says what it did, and the same without being refined warns.
    Without it: a week would hide a stop of five days, in the report and in the sign of accounts.
    """
    case = one_pipe()
    whole, fine = straits.solve(case), straits.solve(case, "stop")
    assert sold(whole) - sold(fine) == pytest.approx(30)
    assert any("days from" in told for told in fine.warnings)
    assert fine.provenance["refined"] == ["days from 2022-01-22 to 2022-02-26"]
    assert fine.provenance["case_hash"] == case.hash
    coarse = straits.solve(case, "stop", refine=False)
    assert sold(coarse) == pytest.approx(sold(whole))
    assert any("may blur" in told for told in coarse.warnings)
    assert not whole.warnings


def test_both_answers_are_shown():
    """Proves: a comparison sets what weeks say beside what days say, on one axis for scenario and reference, and tells it.
    Without it: a reader could not know how far the steps of the case mislead, or losses would be differences of two axes.
    """
    found = stress(one_pipe())
    table = found.steps.set_index("answer")
    lost = table.loc["lost exports"]
    assert (lost["coarse"], lost["fine"], lost["differs"]) == (pytest.approx(0), pytest.approx(30), True)
    assert table.loc["joint value lost", "fine"] == pytest.approx(15)
    assert found.summary["lost_exports"].iloc[0] == pytest.approx(30)
    assert found.reference("stop").network.steps.labels == found.solutions["stop"].network.steps.labels
    assert len(found.baseline.network.steps) == 10
    assert any("in the steps of the case: 0 kt" in told for told in found.sentences)
    alone = stress(one_pipe(), refine=False)
    assert not len(alone.steps)
    assert alone.summary["lost_exports"].iloc[0] == pytest.approx(0)
    assert any("may blur" in told for told in alone.warnings["stop"])


def test_the_answer_does_not_hang_on_what_else_is_asked():
    """Proves: a scenario of six weeks is solved in weeks though another asked for with it is solved in days."""
    long = {
        "id": "long",
        "title": "Long",
        "disruptions": [STOP | {"start": "2022-01-08", "end": "2022-02-19"}],
    }
    case = one_pipe()
    both = straits.Case.from_tables(
        case.tables, scenarios=[case.scenarios["stop"], long], id="x", title="x", time=WEEKS
    )
    found = stress(both)
    assert len(found.solutions["long"].network.steps) == 10
    assert list(found.coarse) == ["stop"]


def test_failures_and_attacks_of_two_days():
    """Proves: closing the pipe for two days of a week takes 12 kt, worth 6 million, of failures and of the worst attack, where
    weeks say nothing is lost.
    Without it: the ranking of a short window would be that of nothing.
    """
    found = sweep(one_pipe(), over="links", window="2022-02-06:2d")
    assert found.table["loss"].tolist() == pytest.approx([6.0])
    assert found.table["loss_coarse"].tolist() == pytest.approx([0.0])
    assert any("finer steps" in told for told in found.sentences)
    assert found.window == (dt.date(2022, 2, 6), dt.date(2022, 2, 8))
    alone = sweep(one_pipe(), over="links", window="2022-02-06:2d", beside=False).table
    assert "loss_coarse" not in alone and alone["loss"].tolist() == pytest.approx(
        found.table["loss"].tolist()
    )
    coarse = sweep(one_pipe(), over="links", window="2022-02-06:2d", refine=False)
    assert coarse.table["loss"].tolist() == pytest.approx([0.0])
    assert "loss_coarse" not in coarse.table
    attack = worst(one_pipe(), budget=1, window="2022-02-06:2d")
    last = attack.curve.iloc[-1]
    assert (last["loss"], last["loss_coarse"]) == (pytest.approx(6.0), pytest.approx(0.0))
    assert worst(one_pipe(), budget=1, window="2022-02-06:2d", refine=False).curve["loss"].iloc[-1] == 0


def test_nothing_is_lost_in_steps_that_have_no_answer():
    """Proves: two days of a pipe without limit, which weeks refuse, are answered in days, beside no answer of weeks."""
    case = one_pipe(links=[link("pipe", "A", "B")])
    found = sweep(case, over="links", window="2022-02-06:2d")
    assert found.table["loss"].tolist() == pytest.approx([6.0])
    assert np.isnan(found.table["loss_coarse"]).all()
    with pytest.raises(ModelError, match="unlimited"):
        sweep(case, over="links", window="2022-02-06:2d", refine=False)


@pytest.mark.parametrize(("days", "lost"), [(5, 15.0), (30, 90.0)])
def test_a_withholding_lasts_as_long_as_it_was_asked_for(days, lost):
    """Proves: withheld from a Sunday for 5 or 30 days, the field loses so many days and the answer names them; without finer
    steps it is told that whole weeks were taken instead.
    Without it: a window would be moved without a word, by up to half a week at each end.
    """
    case, start = one_pipe(), dt.date(2022, 1, 9)
    found = leverage(case, ["AAA", "BBB"], start=start, days=days, access="veto")
    row = found.table[(found.table["actor"] == "BBB") & (found.table["target"] == "AAA")].iloc[0]
    assert row["loss"] == pytest.approx(days * 6 * 500 / 1000)
    assert row["loss"] == pytest.approx(lost)
    assert found.parameters["start"] == start.isoformat()
    assert found.parameters["end"] == (start + dt.timedelta(days=days)).isoformat()
    assert not found.parameters["moved"]
    moved = leverage(case, ["AAA", "BBB"], start=start, days=days, access="veto", refine=False)
    assert "whole steps were taken" in moved.parameters["moved"]
    assert moved.parameters["moved"] in moved.sentences
    assert row["loss_coarse"] == pytest.approx(moved.table.loc[moved.table["actor"] == "BBB", "loss"].iloc[0])


def test_an_agreement_by_step_counts_steps_of_the_calendar():
    """Proves: at most 7 kt a week may be 7 kt on three days; cut into days, the agreement is no stricter.
    Without it: refining would change what was agreed.
    """
    effect = {"asset": "field", "start": "2022-02-08", "end": "2022-02-12"}
    finer = {"from": "2022-02-05", "to": "2022-02-12"}
    scenario = {"id": "stop", "title": "Stop", "disruptions": [effect], "refine": [finer]}
    agreed = {
        "id": "k",
        "name": "k",
        "kind": "greatest",
        "asset": "pipe",
        "amount": 7,
        "amount_unit": "kt/step",
        "per": "step",
    }
    found = straits.solve(one_pipe(scenario=scenario, contracts=[agreed]), "stop", refine=False)
    assert len(found.network.steps) == 16
    assert sold(found) == pytest.approx(70)


def test_a_rolling_view_reaches_as_far_in_fine_steps():
    """Proves: with rolling(2), in weeks cut into days, a tank is filled in the week before the pipe stops for one; with
    rolling(1) nothing is promised for it yet.
    Without it: rolling(2) would mean two days there, and the tank would be all but empty.
    """
    scenario = {"id": "stop", "title": "Stop", "disruptions": [STOP | {"start": "2022-02-05", "end": "2022-02-12"}],
                "refine": [{"from": "2022-01-15", "to": "2022-02-12"}]}  # fmt: skip
    case = one_pipe(
        scenario=scenario, supplies=[supply("field", "A", 12)],
        stores=[store("tank", "B", 60, cost=1, cost_unit="USD/t")],
        markets=[market("buyers", "B", 500, demand_kind="fixed", demand=6, unmet_price=900)],
    )  # fmt: skip
    unmet = {
        f: straits.solve(case, "stop", foresight=f).unmet["amount"].sum()
        for f in ("rolling(2)", "rolling(1)")
    }
    assert unmet == {"rolling(2)": pytest.approx(0, abs=1e-6), "rolling(1)": pytest.approx(42)}


def test_refinements_are_kept_by_folder_and_workbook(tmp_path):
    """Proves: times with shorter steps come back as they were from a folder and from a workbook, and count for the hash.
    Without it: a case would be another after it was saved.
    """
    finer = {"from": "2022-02-05", "to": "2022-02-12", "step": "day"}
    scenario = {"id": "stop", "title": "Stop", "disruptions": [STOP], "refine": [finer]}
    case = one_pipe(
        scenario=scenario, time=WEEKS | {"refine": [finer, {"from": "2022-01-01", "to": "2022-01-03"}]}
    )
    for name in ("folder", "book.xlsx"):
        case.save(tmp_path / name)
        again = straits.load_case(tmp_path / name)
        assert again.hash == case.hash != one_pipe().hash
        assert again.settings.time.refine == case.settings.time.refine
        assert again.scenarios["stop"].refine == (Refine.of(dt.date(2022, 2, 5), dt.date(2022, 2, 12)),)


def test_slips_in_refinements_are_told():
    """Proves: a time that ends before it begins is an error, one that cuts nothing a warning, an unknown name is answered with
    those accepted.
    """
    with pytest.raises(straits.errors.CaseError, match="not after"):
        one_pipe(time=WEEKS | {"refine": [{"from": "2022-02-05", "to": "2022-02-01"}]})
    with pytest.raises(straits.errors.CaseError, match="from, to, step"):
        one_pipe(time=WEEKS | {"refine": [{"from": "2022-02-05", "until": "2022-02-01"}]})
    idle = one_pipe(time=WEEKS | {"refine": [{"from": "2023-02-05", "to": "2023-03-01"}]})
    assert "refine_nothing" in {f.code for f in idle.check()}
    codes = [f.code for f in one_pipe().check()]
    assert codes.count("short_for_steps") == 1


@given(
    st.sampled_from(["day", "week", "month", "year"]),
    st.dates(dt.date(2021, 12, 1), dt.date(2023, 2, 1)),
    st.integers(1, 120),
)
def test_finer_axes_keep_every_edge_and_fit(step, start, days):
    """Proves: refined round any time, an axis keeps all its edges, has three steps or days in it, and the same length in all.
    Without it: amounts of a week could not be compared with those of its days.
    """
    axis = TimeAxis(start=dt.date(2021, 11, 15), end=dt.date(2023, 7, 1), step=step)
    end = start + dt.timedelta(days=days)
    finer = axis.model_copy(update={"refine": finer_round(axis, [(start, end)])})
    rough, fine = Steps(axis), Steps(finer)
    assert set(rough.edges) <= set(fine.edges)
    assert fine.days.sum() == rough.days.sum()
    assert np.array_equal(np.bincount(fine.calendar, fine.days), rough.days)
    within = (max(start, axis.start), min(end, axis.end))
    if within[0] < within[1]:
        assert fine.longest(*within) <= 1 or fine.overlap(*within).sum() >= FEWEST
    assert not too_short(finer, start, end)


@pytest.mark.parametrize(
    ("step", "start", "end", "filled"),
    [
        ("month", "2022-01-01", "2022-04-01", 0.0),  # 31 + 28 + 31 days are three months
        ("month", "2022-01-01", "2022-03-31", 2 + 30 / 31),
        ("year", "2022-01-01", "2025-01-01", 0.0),
        ("year", "2022-01-01", "2024-01-01", 2.0),
        ("week", "2022-01-01", "2022-01-22", 0.0),
        ("week", "2022-01-04", "2022-01-11", 1.0),
    ],
)
def test_whole_months_and_years_count_as_such(step, start, end, filled):
    """Proves: three whole months or years fill three steps, whatever their days; a day less does not.
    Without it: a stop from January to March would be cut into weeks because February is short.
    """
    axis = TimeAxis(start=dt.date(2021, 1, 1), end=dt.date(2026, 1, 1), step=step)
    found = too_short(axis, dt.date.fromisoformat(start), dt.date.fromisoformat(end))
    assert found == pytest.approx(filled)


def test_an_end_in_a_long_step_counts_by_that_step():
    """Proves: of ten days, seven in steps of a day and three in a week, the week decides: they fill 10 / 7 of it.
    Without it: the days would make up for the week that blurs the end.
    """
    axis = TimeAxis(start=dt.date(2022, 1, 1), end=dt.date(2022, 3, 5), step="week",
                    refine=[{"from": "2022-01-08", "to": "2022-01-15", "step": "day"}])  # fmt: skip
    assert too_short(axis, dt.date(2022, 1, 8), dt.date(2022, 1, 18)) == pytest.approx(10 / 7)


def test_answers_differ_by_a_tenth_of_the_larger():
    """Proves: 100 and 91 are the same answer, 100 and 89 are not, nothing and rounding are the same, as two infinities."""
    assert not apart(100, 91)
    assert apart(89, 100) and apart(100, -100)
    assert not apart(0, 0.5, noise=1)
    assert not apart(np.inf, np.inf)
    assert apart(np.nan, 5)


def test_what_is_asked_of_a_fitted_case():
    """Proves: only the scenario's own effects count, those of every run are told where nothing else is asked."""
    always = {"id": "m", "name": "m", "kind": "maintenance", "asset": "pipe", "status": "not_legal", "start": "2022-01-03",
              "end": "2022-01-05", "factor": 0.5, "baseline": True}  # fmt: skip
    case = one_pipe(measures=[always])
    assert not fitted(case).refine
    assert "m:" in fitted(case).told[0]
    fit = fitted(case, [case.scenarios["stop"]])
    assert [part.start for part in fit.refine] == [dt.date(2022, 1, 22)]


def test_a_start_from_longer_steps_leads_to_the_same_answer_in_fewer_iterations():
    """Proves: the optimum in weeks, spread over the days in them, is taken as a start for days although it need be no basis, and
    the answer is that of a start from nothing; a model with other entries gets no start.
    Without it: an axis refined for six days of news would be solved from nothing, at thirty times the price of its months, or
    a start of another network would be handed to the solver.
    """
    case = one_pipe(stores=[store("tank", "A", 30)])
    fit = fitted(case, [case.scenarios["stop"]])
    weeks = straits.solve(case)
    cold = solve_fitted(fit, None)
    warm = solve_fitted(fit, None, near=weeks)
    assert weeks.network.T < warm.network.T
    assert warm.objective == pytest.approx(cold.objective, rel=1e-9)
    assert warm.provenance["iterations"] < cold.provenance["iterations"]
    start = basis_in_finer_steps(weeks.model, weeks.basis, warm.model)
    weeks = straits.solve(case, "stop", foresight="perfect", refine=False)
    start = basis_in_finer_steps(weeks.model, weeks.basis, warm.model)
    longer = np.searchsorted(weeks.network.steps.edges, warm.network.steps.edges[:-1], side="right") - 1
    for layout, basis, spread in (
        ("columns", weeks.basis.columns, start.columns),
        ("rows", weeks.basis.rows, start.rows),
    ):
        for name, block in getattr(warm.formulation, layout).blocks.items():
            of = getattr(weeks.formulation, layout).blocks[name]
            if block.steps > 1:
                entries = np.arange(block.count)[:, None]
                assert (spread[block.every(np.arange(block.count))] == basis[of.at(entries, longer)]).all()
    assert (len(start.columns), len(start.rows)) == (len(warm.x), warm.model.matrix.shape[0])
    assert (
        basis_in_finer_steps(weeks.model, weeks.basis, solve_fitted(fitted(one_pipe()), None).model) is None
    )


def test_times_in_shorter_steps_are_told_once_and_in_order():
    """Proves: two stops near each other are solved in one time of shorter steps, and a third of another month in its own; each is
    told once, the first first.
    Without it: four stops of one summer were each said to be solved in weeks from May to September, July to October, August to
    November, April to August.
    """
    year = {"start": "2022-01-01", "end": "2023-01-01", "step": "month", "boundary": "empty"}
    late, first, second = (
        (f"2022-{m}", f"2022-{n}") for m, n in (("11-10", "11-20"), ("05-08", "05-20"), ("06-05", "06-15"))
    )
    stops = [STOP | {"start": start, "end": end} for start, end in (late, second, first)]
    case = one_pipe(time=year, scenario={"id": "stop", "title": "Stop", "disruptions": stops})
    found = fitted(case, [case.scenarios["stop"]])
    assert len(found.refine) == 3
    assert len(found.words) == 2 and found.words == sorted(found.words)
    assert all(told.endswith(f"solved in {', '.join(found.words)}") for told in found.told)
