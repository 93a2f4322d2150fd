"""What moves nothing costs nobody anything: prices stay those of what it is compared with, where they can."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

import straits
from randomcases import cases
from small import build, link, market, places, supply
from straits.case.schema.settings import Scenario
from straits.lp.optimal_set import is_optimum
from straits.stress.nearest import with_nearest_prices


def tied():
    """A field of 5 kt/d, a pipe of 5, a buyer at 100 USD/t: what is scarce, oil or pipe, is open. An option widens the pipe or a
    road that nobody uses."""
    wider = {"life_years": 10, "capital_cost": 1, "capital_cost_unit": "MUSD", "adds": 2, "adds_unit": "kt/d"}
    return build(
        {
            "places": places("A", "B", B="BBB"),
            "links": [link("pipe", "A", "B", capacity=5, cost=10), link("road", "A", "B", capacity=1, cost=200)],
            "supplies": [supply("wells", "A", 5, cost=20)],
            "markets": [market("buyers", "B", 100, demand=9)],
            "options": [
                {"id": "wide", "name": "wide", "asset": "pipe", **wider},
                {"id": "lane", "name": "lane", "asset": "road", **wider},
            ],
        },
        scenarios=[
            {"id": "wider", "title": "wider", "options": ["wide"]},
            {"id": "more-road", "title": "more road", "options": ["lane"]},
        ],
    )  # fmt: skip


def with_scarce(plan, scarce):
    """The same plan, with the 70 USD/t of each day either the pipe's or the field's, told by the price at the field."""
    f, dual, reduced = plan.formulation, plan.dual.copy(), plan.reduced_cost.copy()
    worth = 20.0 if scarce == "pipe" else 90.0
    steps = range(f.supply.steps)
    for t in steps:
        dual[f.balance.at(0, t)] = worth
        reduced[f.supply.at(0, t)] = 20.0 - worth
        reduced[f.flow.at(0, t)] = 10.0 + worth - 100.0
    return replace(plan, dual=dual, reduced_cost=reduced)


@pytest.mark.parametrize("option", ["more-road", "wider"])
def test_what_moves_nothing_moves_no_money(option):
    """Proves: a road that nobody uses is made wider, and every account stays as it was, whichever of several prices either was
    solved with. Prices that the scenario rules out, those of a scarce pipe that is scarce no more, are not kept.
    Without it: berths that nobody needs would take 13.8 million USD from Russia and give them to Uzbekistan.
    """
    found = straits.stress(tied(), [option])
    after, before = found.solutions[option], found.baseline
    assert found.value_lost(option) == pytest.approx(0.0)
    kept = with_nearest_prices(with_scarce(after, "field"), with_scarce(before, "pipe"))
    price = kept.prices.query("place == 'A'")["price"]
    assert price.to_numpy() == pytest.approx(np.full(len(price), 20.0 if option == "more-road" else 90.0))
    theirs = with_nearest_prices(with_scarce(after, "pipe"), with_scarce(before, "field")).prices.query(
        "place == 'A'"
    )
    assert theirs["price"].to_numpy() == pytest.approx(90.0)


def test_a_price_that_must_move_moves_no_further_than_it_must():
    """Proves: the scarce pipe's oil was worth its cost, 20 USD/t, at the field; where the field asks 30 that no longer supports
    the plan, and of all prices from 30 to 90 the one nearest to 20 is taken, whatever the solver ended with; where it asks 20
    again, all prices are as before. A plan that is no optimum keeps what prices it has.
    Without it: a field that costs 10 USD/t more would seem to take up to 70 from its pipe.
    """
    case = tied()
    before = with_scarce(straits.solve(case), "pipe")
    for cost, price in ((30.0, 30.0), (20.0, 20.0), (10.0, 20.0)):
        after = straits.solve(case.with_number("supplies", "wells", "cost", cost))
        found = with_nearest_prices(after, before).prices.query("place == 'A'")["price"]
        assert found.to_numpy() == pytest.approx(np.full(len(found), price))
    half = replace(before, x=before.x * 0.5)
    assert with_nearest_prices(half, before) is half


@given(cases(), st.integers(0, 3))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_nearest_prices_are_those_of_another_program(case, number):
    """Proves: on drawn cases with a capacity cut to a half, the prices found support the plan, no price lies nearer by a program
    that is written in another way, and it does not matter with which prices the solver ended.
    Without it: money would move by the choice of a solver.
    """
    before = straits.solve(case)
    assume(before.circles.empty)
    links = list(case.rows("links"))
    cut = {
        "asset": links[number % len(links)],
        "factor": 0.5,
        "start": case.settings.time.start,
        "end": case.settings.time.end,
    }
    scenario = Scenario.model_validate(
        {"id": "cut", "title": "cut", "disruptions": [cut], "foresight": "perfect"}
    )
    try:
        warm, cold = straits.solve(case, scenario, near=before), straits.solve(case, scenario)
    except straits.errors.SolveError:
        assume(False)
    assume(warm.circles.empty and warm.model.matrix.shape == before.model.matrix.shape)
    model = warm.model
    passing = np.abs(model.matrix) @ np.abs(warm.x) / 2.0
    weights = passing + 1e-6 * max(passing.max(), 1.0)
    least = least_away(model, before.dual, weights, float(model.cost @ warm.x))
    for after in (warm, cold):
        if np.abs(after.x - warm.x).max() > 1e-6:
            continue
        found = with_nearest_prices(after, before)
        assert is_optimum(model, found.x, found.dual)
        away = float(weights @ np.abs(found.dual - before.dual))
        assert away == pytest.approx(least, rel=1e-5, abs=1e-5 * (1.0 + weights.sum()))


def least_away(model, wanted, weights, worth):
    """Solve for the least weighted distance to some duals, of all that are worth as much as the plan: a price for each bound."""
    b, (rows, columns) = model.bounds, model.matrix.shape
    sides = [(b.row_lower, 1), (b.row_upper, -1), (b.column_lower, 1), (b.column_upper, -1)]
    finite = [np.isfinite(bound) for bound, _ in sides]
    each = [np.eye(rows)] * 2 + [np.eye(columns)] * 2
    matrix = model.matrix.toarray()
    into = [
        (matrix.T if k < 2 else np.eye(columns)) @ (s * each[k][:, finite[k]])
        for k, (_, s) in enumerate(sides)
    ]
    dual = [
        s * each[k][:, finite[k]] if k < 2 else np.zeros((rows, finite[k].sum()))
        for k, (_, s) in enumerate(sides)
    ]
    value = np.concatenate([s * bound[finite[k]] for k, (bound, s) in enumerate(sides)])
    count = len(value)
    found = linprog(
        np.concatenate([np.zeros(count), weights, weights]),
        A_ub=[np.concatenate([-value, np.zeros(2 * rows)])],
        b_ub=[-worth + 1e-9 * (1 + abs(worth))],
        A_eq=np.block(
            [[np.hstack(into), np.zeros((columns, 2 * rows))], [np.hstack(dual), -np.eye(rows), np.eye(rows)]]
        ),
        b_eq=np.concatenate([model.cost, wanted]),
        bounds=(0, None),
    )
    assume(found.status == 0)
    return found.fun


def test_berths_alone_move_no_money_in_the_reference_case():
    """Proves: larger berths, which bring nothing while tankers lack, change no state's account by a dollar.
    Without it: the report said that they take 13.8 million USD from Russia.
    """
    found = straits.stress(straits.load_case("caspian"), ["closure-berths-alone"])
    assert found.states["change"].abs().max() < 1e-6
    assert found.money_moved("closure-berths-alone") == []
    assert "It brings nothing beside the same without it." in found.told("closure-berths-alone")[1]
