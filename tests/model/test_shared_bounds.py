"""The bound that each cargo has on a link that several share is there for the solver only."""

from __future__ import annotations

import numpy as np
import pytest

import straits
from small import build, days, link, market, places, supply
from straits.case import Scenario
from straits.model import Factors, compile_case

TABLES = {
    "places": places("A", "B"),
    "links": [link("pipe", "A", "B", capacity=5, cost=10)],
    "supplies": [
        supply("mine", "A", 30, cost=50, origin="AAA"),
        supply("theirs", "A", 0.1, cost=60, origin="CCC"),
    ],
    "markets": [market("buyer", "B", 200)],
}


def solve(factor: float | None):
    case = build(TABLES, time=days(1))
    if factor is None:
        return straits.solve(case)
    stop = {"asset": "pipe", "factor": factor, "start": "2022-01-01", "end": "2022-01-02"}
    return straits.solve(case, Scenario.model_validate({"id": "x", "title": "x", "disruptions": [stop]}))


def test_price_of_a_shared_link_stays_with_its_row():
    """Proves: where one cargo fills a shared link, the whole worth of the link, 200 - 50 - 10, is in its capacity row.
    Without it: the cargo's own bound could take a part, and owners of links would earn too little.
    """
    solution = solve(None)
    value = solution.bottlenecks.set_index("asset")["value"]
    assert value["pipe"] == pytest.approx(140)
    flow = solution.formulation.flow.slice
    assert solution.reduced_cost[flow].min() >= -1e-9


@pytest.mark.parametrize("factor", [0.0, 0.5, 1.0, 1.9, 2.1, 4.0])
def test_more_than_the_whole_capacity(factor):
    """Proves: a factor above 1 raises a shared link as far as it says, beyond the bound of the undisturbed case too.
    Without it: a doubled link could carry no more than the bound that once could not bind.
    """
    carried = solve(factor).flows["amount"].sum()
    assert carried == pytest.approx(5 * factor)


@pytest.mark.parametrize("name", ["caspian", "two-routes", "red-sea"])
def test_all_links_at_once_are_as_one_by_one(name):
    """Proves: the bounds that undisturbed links set all at once are those that each sets by itself. Without it: closing a link
    and opening it again would not lead back."""
    limits = compile_case(straits.load_case(name)).limits
    every = limits.undisturbed
    apart = every.copy()
    for kind, count in (("link", len(limits.n.link_ids)), ("pair", len(limits.n.pair_link))):
        for index in range(count):
            for entry in limits.of(kind, index, Factors()):
                getattr(apart, entry.array)[entry.at] = entry.value
    for field in ("column_lower", "column_upper", "row_lower", "row_upper"):
        assert np.array_equal(getattr(apart, field), getattr(every, field)), field
