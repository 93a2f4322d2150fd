"""Tables of small cases, and what tests of several rooms ask of them."""

from __future__ import annotations

from straits.testing import DAY, build, days, link, market, places, store, supply

__all__ = ["DAY", "TWO", "amount", "build", "days", "link", "market", "million", "places", "store", "supply"]

#: Field A, two routes to market B: a cheap one of 4 kt/d and a dear one.
TWO = {
    "places": places("A", "B"),
    "links": [link("cheap", "A", "B", capacity=4, cost=10), link("dear", "A", "B", capacity=10, cost=40)],
    "supplies": [supply("field", "A", 6, cost=50)],
    "markets": [market("buyer", "B", 200)],
}


def amount(solution, link_id):
    flows = solution.flows
    return flows.loc[flows["link"] == link_id, "amount"].sum()


def million(*terms):
    """Sum of amount (kt) times USD/t, in million USD."""
    return sum(a * b for a, b in terms) / 1000.0
