"""Ships that go on from where a voyage ends: cargo both ways, several legs, empty legs, worked out by hand."""

from __future__ import annotations

import pytest

import straits
from small import build, days, link, market, million, places, supply
from straits.stress.tables.fleets import fleet_use
from straits.testing import reference_lp


def ports(*keys, waypoints=(), **territories):
    """Ports; those named `waypoints` are junctions, which ships only pass."""
    return [
        row | {"kind": "junction" if row["id"] in waypoints else "port"}
        for row in places(*keys, **territories)
    ]


def sea(key, a, b, sailing, **more):
    """A sea link on which a ship sails for some days."""
    return link(key, a, b, mode="sea", length_km=sailing * 444.48, **more)


def fleet(links, count, **more):
    """Ships of 1 kt at 10 knots, 444.48 km a day, with two days in ports for each cargo, free to go on."""
    row = {"id": "ships", "name": "Ships", "kind": "vessel", "commodity": "oil", "links": links, "count": count, "payload": 1,
           "payload_unit": "kt", "speed_knots": 10, "turnaround_days": 2, "returns": "free"}  # fmt: skip
    return row | more


def two_ways(east=9, west=9, **more):
    """Oil of AAA goes from A to B (100 USD/t), coal of BBB from B to A (60 USD/t), by ships that sail for 4 days; 60 ship-days a
    day."""
    return {
        "commodities": [{"id": "oil", "name": "oil", "unit": "kt"}, {"id": "coal", "name": "coal", "unit": "kt"}],
        "places": ports("A", "B", B="BBB"),
        "links": [sea("out", "A", "B", 4), sea("home", "B", "A", 4, commodities="coal")],
        "supplies": [supply("field", "A", east), supply("mine", "B", west, commodity="coal")],
        "markets": [market("refiner", "B", 100), market("plant", "A", 60, commodity="coal")],
        "fleets": [fleet("out|home", 60, **more)],
        "controls": [{"id": "c", "asset": "ships", "actor": "CCC", "role": "owner", "share": 1}],
    }  # fmt: skip


def both(solved, tables, scenario=None, scenarios=(), time=None):
    """Solve three ways; hold the value against the plain program, and the accounts against the value."""
    s = solved(
        tables, time=time or days(1), scenarios=scenarios, how={"scenario": scenario, "foresight": "perfect"}
    )
    expected = reference_lp(build(tables, time=time or days(1), scenarios=scenarios), scenario)
    assert s.lp_value == pytest.approx(expected.lp_value)
    assert s.accounts()["amount"].sum() == pytest.approx(s.objective)
    return s


def carried(s):
    return s.flows.groupby("link")["amount"].sum().to_dict()


def test_an_empty_way_back_is_a_round_trip(solved):
    """Proves: with cargo one way a ship takes 4 days out, 2 in port and 4 back: 60 ship-days carry 6 kt, free to go on or not.
    Without it: freedom alone would make ships.
    """
    for returns in ("free", "empty"):
        s = both(solved, two_ways(west=0, returns=returns))
        assert carried(s) == pytest.approx({"out": 6.0})
        assert fleet_use(s)["used"].tolist() == pytest.approx([60.0])


def test_cargo_both_ways_shares_the_voyage(solved):
    """Proves: with coal for the way back a ship takes 4 + 2 days each way: 60 ship-days carry 5 kt out and 5 home. Each counted
    as a round trip of its own, only oil would go, 6 kt. The fleet has all that both earn, 160 USD/t over 12 days.
    Without it: a ship that comes home loaded would be counted twice.
    """
    s = both(solved, two_ways())
    assert carried(s) == pytest.approx({"out": 5.0, "home": 5.0})
    assert s.objective == pytest.approx(million((5, 100), (5, 60)))
    assert s.accounts().set_index(["actor", "item"])["amount"]["CCC", "fleet scarcity"] == pytest.approx(
        s.objective
    )
    assert s.bottlenecks.set_index("asset").loc["ships", "value"] == pytest.approx(160_000 / 12)
    assert carried(both(solved, two_ways(returns="empty"))) == pytest.approx({"out": 6.0})


def test_what_is_short_is_made_up_empty(solved):
    """Proves: with 3 kt of coal, 3 round voyages are loaded both ways (12 days each, 36), and the other 24 ship-days make 2.4
    round trips of 10 days, empty on their way back.
    Without it: a few tonnes of cargo home would count as none, or as much.
    """
    assert carried(both(solved, two_ways(west=3))) == pytest.approx({"out": 5.4, "home": 3.0})


def test_several_legs(solved):
    """Proves: ships go round three ports: oil from A to B (4 days), none from B to C (3, empty), oil from C to A (5). With a day
    at each end of a loaded leg a round takes 4 + 2 + 3 + 5 + 2 = 16 days; 64 ship-days make 4.
    Without it: each leg would be paid for with a way back, 10 + 12 days for the two.
    """
    tables = {
        "places": ports("A", "B", "C", B="BBB", C="CCC"),
        "links": [
            sea("one", "A", "B", 4, origins="AAA"), sea("two", "B", "C", 3, commodities="coal"), sea("three", "C", "A", 5,
            origins="CCC"),
        ],
        "commodities": [{"id": "oil", "name": "oil", "unit": "kt"}, {"id": "coal", "name": "coal", "unit": "kt"}],
        "supplies": [supply("a", "A", 9), supply("c", "C", 9)],
        "markets": [market("b", "B", 100, origins="AAA"), market("a-buys", "A", 100, origins="CCC")],
        "fleets": [fleet("one|two|three", 64)],
    }  # fmt: skip
    assert carried(both(solved, tables)) == pytest.approx({"one": 4.0, "three": 4.0})
    tables["fleets"] = [fleet("one|two|three", 64, returns="empty")]
    s = both(solved, tables)
    assert sum(carried(s).values()) == pytest.approx(6.4)


def test_a_waypoint_is_no_port(solved):
    """Proves: a way over a strait, 1 day to it and 3 from it, takes the days of one voyage, 4 + 2 and 4 back: 6 kt of 60
    ship-days. Where the strait counts as a port, two days more are spent there.
    Without it: each waypoint would cost a call.
    """

    def straight(waypoints):
        return {
            "places": ports("A", "S", "B", B="BBB", waypoints=waypoints),
            "links": [sea("near", "A", "S", 1), sea("far", "S", "B", 3)],
            "supplies": [supply("field", "A", 9)],
            "markets": [market("refiner", "B", 100)],
            "fleets": [fleet("near|far", 60)],
        }

    assert carried(both(solved, straight({"S"}))) == pytest.approx({"near": 6.0, "far": 6.0})
    assert carried(both(solved, straight(()))) == pytest.approx({"near": 5.0, "far": 5.0})


def detour(canal=0.0):
    """From A to B by a canal (4 days) or round a cape (14): what is left of the canal."""
    tables = two_ways(west=0)
    tables["links"] = [sea("canal", "A", "B", 4), sea("cape", "A", "B", 14)]
    tables["fleets"] = [fleet("canal|cape", 60)]
    stop = {"asset": "canal", "factor": canal, "start": "2022-01-01", "end": "2022-01-02"}
    return tables, [{"id": "closed", "title": "closed", "disruptions": [stop]}]


def test_a_detour_uses_up_the_ships(solved):
    """Proves: round the cape a ship takes 14 + 2 + 14 days, so that 60 ship-days carry 2 kt instead of 6; it does not come back
    through the canal that is closed, 14 + 2 + 4, as it does where it is open.
    Without it: a detour would cost fuel alone, or ships would pass empty where nothing passes.
    """
    tables, scenarios = detour()
    s = both(solved, tables, "closed", scenarios)
    assert carried(s) == pytest.approx({"cape": 2.0})
    narrow = [{**tables["links"][0], "capacity": 1, "capacity_unit": "kt/d"}, tables["links"][1]]
    s = both(solved, tables | {"links": narrow})
    assert carried(s) == pytest.approx({"canal": 1.0, "cape": 2.5})


def test_two_fleets_on_one_link(solved):
    """Proves: where two fleets serve a link, each returns its own ships: the free one, with cargo home, carries 5 of 60
    ship-days each way, the other 3 of 30 out.
    Without it: one fleet could bring the ships of another home.
    """
    tables = two_ways(east=20, west=20)
    tables["fleets"].append(fleet("out", 30, id="others", name="Others", returns="empty"))
    assert carried(both(solved, tables)) == pytest.approx({"out": 8.0, "home": 5.0})


def test_over_time(solved):
    """Proves: in each step as many ships come to a place as leave it, so that a step without coal has empty ways back.
    Without it: a ship could come home before it left.
    """
    tables = two_ways()
    stop = {"asset": "mine", "start": "2022-01-02", "end": "2022-01-03"}
    s = both(solved, tables, "no-coal", [{"id": "no-coal", "title": "x", "disruptions": [stop]}], days(3))
    assert s.flows.query("link == 'out'")["amount"].tolist() == pytest.approx([5.0, 6.0, 5.0])


def test_the_default_is_as_before():
    """Proves: a fleet that does not say how it returns returns empty. Without it: answers of cases would change unseen."""
    tables = two_ways()
    del tables["fleets"][0]["returns"]
    assert carried(straits.solve(build(tables))) == pytest.approx({"out": 6.0})
