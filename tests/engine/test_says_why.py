"""What is too much in an infeasible case is named, with its scenario."""

from __future__ import annotations

import numpy as np
import pytest

import straits
from small import build, days, link, market, places, supply
from straits.engine.explain import explain
from straits.errors import InfeasibleError
from straits.lp import elastic
from straits.lp.answer import Answer, Status, Trial
from straits.model import compile_case

WAY = {
    "places": places("A", "B"),
    "links": [link("pipe", "A", "B", capacity=4)],
    "markets": [market("buyer", "B", 100)],
}


def _stop(first, last, factor=0.0):
    asset = {"asset": "pipe", "start": f"2022-01-{first:02d}", "end": f"2022-01-{last:02d}", "factor": factor}
    return [{"id": "stop", "title": "stop", "disruptions": [asset]}]


def _why(tables, scenario="stop", **how):
    case = build(tables, **how)
    with pytest.raises(InfeasibleError) as error:
        straits.solve(case, scenario, foresight="perfect")
    return str(error.value)


def test_a_least_output_without_a_way_is_named():
    """Proves: a field that must put out 3 kt a day before a closed pipe is the hard requirement, with its step and amount.
    Without it: the answer would be that its cargo's balance does not close, of which nobody knows what to do.
    """
    text = _why(
        WAY | {"supplies": [supply("field", "A", 6, min_output=3)]}, time=days(3), scenarios=_stop(2, 3)
    )
    assert "case small, scenario stop" in text
    assert "least_output(field,2022-01-02): 3 kt of the least output have no way on" in text
    assert "1 hard requirement " in text and "pipe" in text


def test_a_ramp_that_is_too_slow_is_named():
    """Proves: output of 4 kt that is agreed for the day before a stop would have to fall by 3.5 more than a tenth of 5 kt a day.
    Without it: nobody would know that the ramp was what did not fit.
    """
    agreed = {"id": "day", "name": "day", "kind": "least", "asset": "field", "amount": 4, "amount_unit": "kt/d",
              "start": "2022-01-01", "end": "2022-01-02"}  # fmt: skip
    tables = WAY | {"supplies": [supply("field", "A", 5, ramp_down=0.1)], "contracts": [agreed]}
    text = _why(tables, time=days(2), scenarios=_stop(2, 3))
    assert "scenario stop" in text
    assert "ramp_down(field,2022-01-02): output would have to fall by 3.5 kt a day more than it can" in text


def test_what_does_not_fit_at_rest_is_named():
    """Proves: where the network at rest has no plan, its least output is named, for the scenario that was asked, and the way out.
    Without it: "no steady state" says neither what nor where.
    """
    tables = WAY | {"links": [link("pipe", "A", "B", capacity=4, transit_days=1)],
                    "supplies": [supply("field", "A", 9, min_output=7)]}  # fmt: skip
    text = _why(tables, None, time=days(2, boundary="steady"))
    assert "scenario baseline, at rest" in text and "boundary: empty" in text
    assert "least_output(field): 6 kt of the least output have no way on" in text


def test_a_promise_is_named_with_its_scenario():
    """Proves: of a hard promise of 4 kt a day half is named in the step that the stop covers.
    Without it: a comparison of many scenarios would not say which one it was.
    """
    tables = WAY | {
        "supplies": [supply("field", "A", 6)],
        "markets": [market("buyer", "B", 100, demand=4, demand_kind="fixed")],
    }
    text = _why(tables, time=days(3), scenarios=_stop(3, 4, 0.5))
    assert "scenario stop" in text
    assert "demand(buyer,2022-01-03): 2 kt cannot be had" in text


def test_what_is_explained_are_the_bounds_that_were_asked():
    """Proves: under bounds of its own, a pipe of 9 of which 2 are left, the explanation is of these: 3 of the 5 that are promised
    each day, and the pipe. Without it: a plan that is decided step by step would be explained by a model that can be solved.
    """
    home = market("home", "B", 100, demand=5, demand_kind="fixed")
    case = build(
        {
            "places": places("A", "B"),
            "links": [link("pipe", "A", "B", capacity=9)],
            "supplies": [supply("field", "A", 9)],
            "markets": [home],
        },
        time=days(2),
    )
    model = compile_case(case)
    bounds = model.bounds.copy()
    bounds.column_upper[model.formulation.flow.slice] = 2.0
    error = explain(model, bounds)
    dates = ("2022-01-01", "2022-01-02")
    assert error.conflicts == (
        *(f"demand(home,{day})" for day in dates), *(f"flow(pipe,oil.AAA,{day})" for day in dates),
    )  # fmt: skip
    assert "3 kt cannot be had" in str(error)


@pytest.mark.parametrize("more", [2e-8, 5e-7, 1e-6, 2e-6])
def test_a_conflict_by_a_hair_is_named(more):
    """Proves: a promise beyond the pipe by less than what two answers may differ by is named all the same, with what is in its
    way.
    Without it: the solver, which looks closer, would end in an error that names nothing.
    """
    promise = {
        "id": "c",
        "name": "c",
        "kind": "least",
        "asset": "pipe",
        "amount": 4 + more,
        "amount_unit": "kt/d",
        "per": "step",
    }
    case = build(WAY | {"supplies": [supply("field", "A", 6)], "contracts": [promise]}, time=days(2))
    with pytest.raises(InfeasibleError) as error:
        straits.solve(case)
    names = [f"{row},2022-01-0{day})" for row in ("contract(c", "flow(pipe,oil.AAA") for day in (1, 2)]
    assert list(error.value.conflicts) == names
    assert "contract(c,2022-01-01): " in str(error.value)


def test_what_misses_nothing_is_not_called_a_conflict():
    """Proves: of bounds that all can hold no conflict is made up: the error names none, and says that the solver found no plan.
    Without it: an error would name a list of nothing as what excludes each other.
    """
    model = compile_case(build(WAY | {"supplies": [supply("field", "A", 6)]}, time=days(1)))
    error = explain(model)
    assert error.conflicts == ()
    assert "the solver finds no plan" in str(error)


def test_an_explanation_that_cannot_be_had_says_so(monkeypatch):
    """Proves: where the solver gives up on the program that would tell what is missing, the error says that, how it ended, and
    names nothing.
    Without it: the error would say that all can hold but for rounding, of which nothing is known.
    """
    case = build(
        WAY
        | {
            "supplies": [supply("field", "A", 6)],
            "markets": [market("buyer", "B", 100, demand=9, demand_kind="fixed")],
        },
        time=days(1),
    )
    model = compile_case(case)
    none = np.empty(0)
    gave_up = Answer(
        Status.STOPPED, np.nan, none, none, none, none, 0, 0.0, tried=(Trial("simplex", "no end"),)
    )
    monkeypatch.setattr(elastic.Solver, "run", lambda self: gave_up)
    error = explain(model)
    assert error.conflicts == ()
    assert "could not be found" in str(error) and "ended stopped; tried: simplex" in str(error)
    assert "rounding" not in str(error)


def test_a_row_of_which_the_ends_cross_is_named():
    """Proves: a row that must be at least 3 and at most 2 is the conflict, by its name.
    Without it: the elastic program has no plan either, and the error would name nothing.
    """
    model = compile_case(build(WAY | {"supplies": [supply("field", "A", 6)]}, time=days(1)))
    bounds = model.bounds.copy()
    row = model.formulation.balance.slice.start
    bounds.row_lower[row], bounds.row_upper[row] = 3.0, 2.0
    error = explain(model, bounds)
    assert error.conflicts == (model.row_name(row),)
    assert "exclude each other" in str(error)
