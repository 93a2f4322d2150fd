"""What moves nothing costs nobody anything: prices stay those of what it is compared with, where they can."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

import straits
from leastaway import least_away
from randomcases import cases
from small import build, days, link, market, places, supply
from straits.case.schema.settings import Refine, Scenario
from straits.engine.prices import nearest
from straits.engine.prices.nearest import with_nearest_prices
from straits.engine.prices.passing import passing_or_idle
from straits.engine.prices.ranges import without_ranges
from straits.lp.optimal_set import is_optimum


def tied(**more):
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
        **more,
    )  # fmt: skip


def at_price(plan, worth, *, cost=20.0, price=100.0):
    """The same plan with oil at the field worth so much, which says how much of what is gained is the pipe's and how much the
    field's."""
    f, dual, reduced = plan.formulation, plan.dual.copy(), plan.reduced_cost.copy()
    for t in range(f.supply.steps):
        dual[f.balance.at(0, t)] = worth
        reduced[f.supply.at(0, t)] = cost - worth
        reduced[f.flow.at(0, t)] = 10.0 + worth - price
    return replace(plan, dual=dual, reduced_cost=reduced)


def with_scarce(plan, scarce):
    """The same plan, with the 70 USD/t of each day either the pipe's or the field's, told by the price at the field."""
    return at_price(plan, 20.0 if scarce == "pipe" else 90.0)


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


@pytest.mark.parametrize(
    ("cost", "price", "was", "ends_with", "nearest"),
    [(30.0, 100.0, 20.0, 90.0, 30.0), (20.0, 80.0, 90.0, 20.0, 70.0), (20.0, 80.0, 50.0, 70.0, 50.0)],
)
def test_a_price_that_must_move_moves_no_further_than_it_must(cost, price, was, ends_with, nearest):
    """Proves: oil at the field may be worth anything from what it costs there to what the buyer pays less the way. Where it was
    worth 20 and now costs 30 it is worth 30; where it was worth 90 and the buyer now pays 80, it is worth 70; where it was
    worth 50 it stays, whatever the solver ended with.
    Without it: a field that costs 10 USD/t more would seem to take up to 70 from its pipe.
    """
    case = tied()
    before = at_price(straits.solve(case), was)
    varied = case.with_number("supplies", "wells", "cost", cost).with_number(
        "markets", "buyers", "price", price
    )
    after = at_price(straits.solve(varied), ends_with, cost=cost, price=price)
    assert without_ranges(after) is None
    found = with_nearest_prices(after, before)
    shown = found.prices.query("place == 'A'")["price"].to_numpy()
    assert shown == pytest.approx(np.full(len(shown), nearest))
    assert found.accounts()["amount"].sum() == pytest.approx(found.objective)
    assert found.provenance["duals"] == "nearest to those of baseline"
    half = replace(before, x=before.x * 0.5)
    assert with_nearest_prices(half, before) is half


def test_an_answer_is_not_lost_for_want_of_other_prices(monkeypatch):
    """Proves: where the solver finds no nearest prices, a scenario has its own, and says so.
    Without it: a study of many scenarios would end at one whose prices are hard to find."""
    monkeypatch.setattr(nearest, "nearest_duals", lambda *_: None)
    before = with_scarce(straits.solve(tied()), "pipe")
    after = with_scarce(straits.solve(tied(), "wider"), "field")
    kept = with_nearest_prices(after, before)
    assert np.array_equal(kept.dual, after.dual)
    assert "the nearest to those of baseline were not found" in kept.provenance["duals"]


def test_finer_steps_have_the_prices_of_the_longer_ones():
    """Proves: a plan in weeks, one of them in days, has the prices of the plan in weeks, wherever these are not the only ones and
    whatever the solver ended with; other rows have no prices to be near to.
    Without it: what is told in the steps of the case and in finer ones would differ by the choice of a solver.
    """
    case = tied(time={"start": "2022-01-03", "end": "2022-01-31", "step": "week", "boundary": "empty"})
    weeks = at_price(straits.solve(case), 50.0)
    week = date(2022, 1, 10), date(2022, 1, 17)
    finer = case.with_steps([Refine.of(*week, "day")])
    fine = straits.solve(finer)
    assert (weeks.network.T, fine.network.T) == (4, 10)
    for ends_with in (20.0, 90.0):
        found = with_nearest_prices(at_price(fine, ends_with), weeks)
        price = found.prices.query("place == 'A'")["price"].to_numpy()
        assert price == pytest.approx(np.full(10, 50.0))
        assert found.accounts()["amount"].sum() == pytest.approx(weeks.objective)
    assert with_nearest_prices(weeks, fine) is weeks


def test_what_the_news_does_not_touch_changes_by_nothing():
    """Proves: a seller and a buyer who have only each other, a day apart, and a stop of another line by surprise: how they share
    is open, but neither what they gain nor what it could be changes.
    Without it: what was sent before the news would give prices of one of the two plans a limit, and not of the other.
    """
    tables = {
        "places": places("A", "B", "C", "D", B="BBB", C="CCC", D="CCC"),
        "links": [link("one", "A", "B", capacity=20, cost=10, transit_days=1.5), link("far", "C", "D", capacity=9, cost=10)],
        "supplies": [supply("field", "A", 6, cost=50), supply("other", "C", 9, cost=50)],
        "markets": [market("buyer", "B", 200, demand=6, buyer="BBB"), market("third", "D", 200, buyer="CCC")],
        "controls": [
            {"id": key, "asset": asset, "actor": actor, "role": "owner", "share": 1}
            for key, asset, actor in (("f", "field", "AAA"), ("o", "one", "AAA"), ("t", "other", "CCC"), ("l", "far", "CCC"))
        ],
    }  # fmt: skip
    stop = {"asset": "far", "start": "2022-01-04", "end": "2022-01-06", "factor": 0}
    scenario = {"id": "stop", "title": "stop", "foresight": "surprise", "disruptions": [stop]}
    compared = straits.stress(build(tables, scenarios=[scenario], time=days(8)))
    levels = straits.ranges(compared.solutions["stop"], ["state:AAA"]).iloc[0]
    assert levels["open"] and levels["most"] - levels["least"] > 0.1
    found = compared.state_ranges("stop").set_index("state")
    assert found.loc["CCC", "change"] == pytest.approx(-2 * 9 * 0.14)
    for state in ("AAA", "BBB"):
        assert found.loc[state, ["change", "least", "most"]].to_numpy(float) == pytest.approx(
            np.zeros(3), abs=1e-9
        )


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
    weights = passing_or_idle(model, warm.x)
    least = least_away(model, before.dual, weights, float(model.cost @ warm.x))
    for after in (warm, cold):
        if np.abs(after.x - warm.x).max() > 1e-6:
            continue
        found = with_nearest_prices(after, before)
        assert is_optimum(model, found.x, found.dual)
        away = float(weights @ np.abs(found.dual - before.dual))
        assert away == pytest.approx(least, rel=1e-5, abs=1e-5 * (1.0 + weights.sum()))


def test_berths_alone_move_no_money_in_the_reference_case():
    """Proves: larger berths, which bring nothing while tankers lack, change no state's account by a dollar.
    Without it: the report said that they take 13.8 million USD from Russia.
    """
    found = straits.stress(straits.load_case("caspian"), ["closure-berths-alone"])
    assert found.states["change"].abs().max() < 1e-6
    assert found.money_moved("closure-berths-alone") == []
    assert "It brings nothing beside the same without it." in found.told("closure-berths-alone")[1]
