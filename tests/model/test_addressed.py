"""What is struck when it is not named by a plain id: some origins, a territory, an actor, transit; by hand, on one network.

Fields of AAA and BBB send 3 kt a day each on one line of 10 (A to H, all over AAA) and on to two buyers, in C and in D.
"""

from __future__ import annotations

import pytest

import straits
from small import build, days, link, market, places, store, supply

TABLES = {
    "actors": [{"id": "co", "name": "co", "kind": "company", "state": "BBB"}],
    "places": places("A", "H", "C", "D", A="AAA", H="AAA", C="CCC", D="BBB"),
    "links": [
        link("line", "A", "H", capacity=10),
        link("to-c", "H", "C", capacity=10, cost=1),
        link("to-d", "H", "D", capacity=2, cost=2),
    ],
    "supplies": [supply("a", "A", 3, origin="AAA"), supply("b", "A", 3, origin="BBB")],
    "markets": [market("c", "C", 100), market("d", "D", 100)],
    "controls": [
        {"id": "k1", "asset": "to-c", "actor": "co", "role": "operator"},
        {"id": "k2", "asset": "to-d", "actor": "CCC", "role": "operator"},
    ],
}  # fmt: skip


def _moved(tables=TABLES, time=None, **struck):
    """Flow by link and origin, all days together, under one disruption of the first day."""
    item = {"start": "2022-01-01", "end": "2022-01-02", **struck}
    case = build(tables, time=time or days(1), scenarios=[{"id": "s", "title": "s", "disruptions": [item]}])
    flows = straits.solve(case, "s").flows
    return flows.groupby(["link", "origin"])["amount"].sum().to_dict()


def _sum(moved, link_id, origin=None):
    return sum(v for (a, o), v in moved.items() if a == link_id and origin in (None, o))


def test_some_origins_of_a_link_are_struck_and_not_the_others():
    """Proves: a ban of cargo of BBB on the line stops 3 kt of BBB and leaves 3 kt of AAA.
    Without it: the others could be stopped.
    """
    moved = _moved(asset="line", origins=["BBB"])
    assert _sum(moved, "line", "AAA") == pytest.approx(3)
    assert _sum(moved, "line", "BBB") == 0


def test_some_origins_of_a_field_are_struck_and_not_the_others():
    """Proves: an order against fields of origin AAA on the land of AAA shuts `a` and not `b`.
    Without it: both or none would stop.
    """
    moved = _moved(asset="territory:AAA", origins=["AAA"])
    assert {origin for _, origin in moved} == {"BBB"}


def test_a_part_by_origin_is_a_part_of_the_links_capacity():
    """Proves: a fifth of the line for cargo of BBB is 2 kt of its 10; AAA keeps its 3.
    Without it: a part of what BBB used before.
    """
    moved = _moved(asset="line", origins=["BBB"], factor=0.2)
    assert (_sum(moved, "line", "BBB"), _sum(moved, "line", "AAA")) == pytest.approx((2, 3))


def test_a_territory_with_origins_leaves_buyers_and_other_links():
    """Proves: `territory:BBB` for origin BBB closes the link that ends in BBB to cargo of BBB; the buyer there still takes what
    comes from AAA, and the link to CCC, which does not lie in BBB, carries both.
    Without it: the whole buyer would close, or the links that do not cross BBB.
    """
    moved = _moved(asset="territory:BBB", origins=["BBB"])
    assert _sum(moved, "to-d", "BBB") == 0
    assert _sum(moved, "to-c", "BBB") == pytest.approx(3)
    dear = TABLES | {"markets": [market("c", "C", 100), market("d", "D", 200)]}
    moved = _moved(dear, asset="territory:BBB", origins=["BBB"])
    assert _sum(moved, "to-d", "AAA") == pytest.approx(2)


def test_a_territory_closes_what_lies_there_and_nothing_else():
    """Proves: `territory:BBB` closes the link to D and the buyer there; the line and the link to C go on with all 6 kt.
    Without it: links that do not cross BBB would close.
    """
    moved = _moved(asset="territory:BBB")
    assert _sum(moved, "to-d") == 0
    assert (_sum(moved, "line"), _sum(moved, "to-c")) == pytest.approx((6, 6))


def test_listed_territory_is_the_whole_list():
    """Proves: a link that lists BBB and not its ends is struck by `territory:BBB` and not by `territory:CCC`.
    Without it: the ends would count beside the list, or the list be ignored.
    """
    over = TABLES | {
        "controls": TABLES["controls"][:1],
        "links": [TABLES["links"][0], TABLES["links"][1] | {"territory": "BBB"}],
    }
    assert _sum(_moved(over, asset="territory:BBB"), "to-c") == 0
    closed = _moved(over, asset="territory:CCC", commodity="oil")
    assert _sum(closed, "to-c") == 0  # the buyer in CCC is closed, not the link
    assert _sum(_moved(over, asset="territory:CCC", origins=["AAA"]), "to-c", "AAA") == pytest.approx(3)


def test_an_actor_closes_its_own():
    """Proves: `actor:BBB` closes what its company operates, the link to C, and leaves the 2 kt by the link that CCC operates.
    Without it: everybody's assets would close.
    """
    moved = _moved(asset="actor:BBB")
    assert _sum(moved, "to-c") == 0
    assert _sum(moved, "to-d") == pytest.approx(2)


def test_a_control_that_begins_within_the_axis_counts_from_its_day():
    """Proves: an operator from the third of four days on, struck on all of them, closes its link on two: 12 of 24 kt pass by it.
    Without it: it would close all four days or none.
    """
    later = TABLES | {"links": TABLES["links"][:2], "markets": TABLES["markets"][:1],
                      "controls": [TABLES["controls"][0] | {"start": "2022-01-03"}]}  # fmt: skip
    moved = _moved(later, days(4), asset="actor:BBB", end="2022-01-05")
    assert _sum(moved, "to-c") == pytest.approx(12)


def test_transit_spares_the_states_own_cargo_and_its_buyers():
    """Proves: `transit:AAA` stops cargo of BBB where it leaves AAA, not on the line within AAA, and not the cargo of AAA.
    Without it: a state would close its own exports, or its inland network.
    """
    moved = _moved(asset="transit:AAA")
    assert (_sum(moved, "to-c", "AAA") + _sum(moved, "to-d", "AAA")) == pytest.approx(3)
    assert _sum(moved, "to-c", "BBB") + _sum(moved, "to-d", "BBB") == 0
    home = TABLES | {"markets": [*TABLES["markets"], market("h", "H", 500)]}
    assert _sum(_moved(home, asset="transit:AAA"), "line", "BBB") == pytest.approx(3)


def test_a_place_closes_what_stands_and_ends_there():
    """Proves: a stop of place C closes the buyer and the link to it; the tank at H keeps its content and the rest goes to D.
    Without it: a place would be a dot on a map.
    """
    tank = TABLES | {"stores": [store("tank", "H", 9)]}
    moved = _moved(tank, asset="C")
    assert _sum(moved, "to-c") == 0 and _sum(moved, "to-d") == pytest.approx(2)


def test_a_commodity_is_struck_and_not_the_others():
    """Proves: a stop of wax on a line that oil shares leaves the oil. Without it: the whole line would close."""
    both = TABLES | {
        "controls": TABLES["controls"][:1],
        "commodities": [{"id": c, "name": c, "unit": "kt"} for c in ("oil", "wax")],
        "links": [
            TABLES["links"][0] | {"commodities": "oil|wax"},
            TABLES["links"][1] | {"commodities": "oil|wax"},
        ],
        "supplies": [supply("a", "A", 3), supply("w", "A", 2, commodity="wax")],
        "markets": [market("c", "C", 100), market("v", "C", 100, commodity="wax")],
    }
    item = {"asset": "line", "commodity": "wax", "start": "2022-01-01", "end": "2022-01-02"}
    case = build(both, scenarios=[{"id": "s", "title": "s", "disruptions": [item]}])
    flows = straits.solve(case, "s").flows.groupby(["link", "commodity"])["amount"].sum()
    assert flows["line", "oil"] == pytest.approx(3)
    assert ("line", "wax") not in flows.index
