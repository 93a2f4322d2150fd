"""What moves nothing costs nobody anything: prices stay those of what it is compared with, where they can."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import straits
from small import build, link, market, places, supply
from straits.stress.unmoved import with_prices_kept


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
    kept = with_prices_kept(with_scarce(after, "field"), with_scarce(before, "pipe"))
    price = kept.prices.query("place == 'A'")["price"]
    assert price.to_numpy() == pytest.approx(np.full(len(price), 20.0 if option == "more-road" else 90.0))
    theirs = with_prices_kept(with_scarce(after, "pipe"), with_scarce(before, "field")).prices.query(
        "place == 'A'"
    )
    assert theirs["price"].to_numpy() == pytest.approx(90.0)


def test_where_something_moves_prices_are_its_own():
    """Proves: another plan, or another cost, keeps its own prices. Without it: a stop would be valued at prices of before."""
    case = tied()
    before = straits.solve(case)
    dearer = straits.solve(case.with_number("links", "road", "cost", 210.0))
    assert with_prices_kept(dearer, before) is dearer
    after = replace(before, x=before.x * 0.5)
    assert with_prices_kept(after, before) is after


def test_berths_alone_move_no_money_in_the_reference_case():
    """Proves: larger berths, which bring nothing while tankers lack, change no state's account by a dollar.
    Without it: the report said that they take 13.8 million USD from Russia.
    """
    found = straits.stress(straits.load_case("caspian"), ["closure-berths-alone"])
    assert found.states["change"].abs().max() < 1e-6
    assert found.money_moved("closure-berths-alone") == []
    assert "It brings nothing beside the same without it." in found.told("closure-berths-alone")[1]
