"""Ships of one player on the routes of another."""

from __future__ import annotations

import pytest

from small import build, days, link, market, places, supply
from straits.power import game

FLEET = {"id": "ships", "name": "ships", "kind": "vessel", "commodity": "oil", "links": "route", "count": 2, "payload": 2,
         "payload_unit": "kt", "speed_knots": 10, "turnaround_days": 2}  # fmt: skip


def _case(owner: str):
    """AAA's field and route of 5 kt/d, on which ships carry 2 x 2 / (2 + 2) kt a day, and a pipe of its own of 0.25 kt/d."""
    tables = {
        "places": places("A", "B", A="AAA", B="AAA"),
        "links": [link("route", "A", "B", capacity=5, mode="sea", length_km=10 * 1.852 * 24),
                  link("pipe", "A", "B", capacity=0.25)],
        "supplies": [supply("field", "A", 9)],
        "markets": [market("buyer", "B", 100)],
        "fleets": [FLEET],
        "controls": [{"id": "c", "asset": "ships", "actor": owner, "role": "owner", "share": 1.0}],
    }  # fmt: skip
    return build(tables, time=days(4))


def test_ships_of_another_are_closed_without_it():
    """Proves: with BBB's ships AAA sells 1.25 kt a day, without them 0.25; BBB alone has ships and nothing to carry.
    Without it: a fleet would be open to all, and BBB have no part of what it makes possible.
    """
    found = game(_case("BBB"), ["AAA", "BBB"])
    assert found.values.tolist() == pytest.approx([0, 0.1, 0, 0.5])


def test_ships_of_ones_own_are_open():
    """Proves: where AAA owns the ships, it has all of it alone. Without it: fleets could be closed for everybody."""
    assert game(_case("AAA"), ["AAA", "BBB"]).values.tolist() == pytest.approx([0, 0.5, 0, 0.5])
