"""One capacity that several links share, worked out by hand."""

from __future__ import annotations

import pytest

import straits
from small import build, days, link, market, million, places, supply
from straits.contingency import sweep
from straits.errors import CaseError
from straits.power import leverage
from straits.worst import worst

#: Kinds of box; TEU are a unit of their own.
BOX = {"id": "box", "name": "box", "unit": "TEU"}
OIL = {"id": "oil", "name": "oil", "unit": "kt"}


def strait(**more):
    """A strait that 10 ships a day can pass: oil goes east (6 kt/d; a ship takes 1 kt), boxes west (up to 500 TEU/d; a ship takes
    50). Each ship pays CCC, whose canal it is, 100 USD."""
    row = {"id": "strait", "name": "strait", "links": "east|west", "capacity": 10, "unit": "call",
           "weights": "oil=0.001|box=0.02", "toll": 100} | more  # fmt: skip
    teu = {"capacity_unit": "TEU/d", "cost_unit": "USD/TEU", "price_unit": "USD/TEU"}
    return {
        "commodities": [OIL, BOX],
        "places": places("A", "B", B="BBB"),
        "links": [
            link("east", "A", "B", cost=10),
            link("west", "B", "A", commodities="box", cost=1) | {"cost_unit": "USD/TEU"},
        ],
        "supplies": [
            supply("field", "A", 6, cost=20),
            {"id": "works", "name": "works", "place": "B", "commodity": "box", "capacity": 500, "cost": 10}
            | {k: v for k, v in teu.items() if k != "price_unit"},
        ],
        "markets": [
            market("east-buys", "B", 100),
            {"id": "west-buys", "name": "west-buys", "place": "A", "commodity": "box", "demand_kind": "stepwise",
             "demand": "unlimited", "price": 31, "price_unit": "USD/TEU"},
        ],
        "joints": [row],
        "controls": [{"id": "c", "asset": "strait", "actor": "CCC", "role": "owner", "share": 1}],
    }  # fmt: skip


STOP = {
    "id": "stop",
    "title": "stop",
    "disruptions": [{"asset": "strait", "start": "2022-01-02", "end": "2022-01-03"}],
}
HALF = {"id": "half", "title": "half", "disruptions": [
    {"asset": "strait", "start": "2022-01-02", "end": "2022-01-03", "factor": 0.5}
]}  # fmt: skip


def test_both_directions_and_goods_share_it(solved):
    """Proves: oil takes 6 of 10 ships, worth more a ship (69,900 USD) than boxes (900), which get the other 4, 200 TEU; the joint
    value is what both bring, and the toll of 10 ships a day, 0.001 million, is CCC's.
    Without it: each direction would have a strait of its own.
    """
    s = solved(strait(), time=days(2))
    flows = s.flows.groupby("link")["amount"].sum()
    assert flows["east"] == pytest.approx(12)
    assert flows["west"] == pytest.approx(400)
    assert s.objective == pytest.approx(million((12, 70)) + 400 * 20 / 1e6)
    accounts = s.accounts().groupby(["actor", "item"])["amount"].sum()
    assert accounts["CCC", "toll"] == pytest.approx(0.002)
    assert s.accounts()["amount"].sum() == pytest.approx(s.objective)


@pytest.mark.parametrize(("scenario", "oil", "boxes"), [(STOP, 6, 200), (HALF, 11, 200)])
def test_it_is_closed_as_one(solved, scenario, oil, boxes):
    """Proves: a stop takes both directions for a day; half of it leaves 5 ships, all of which take oil.
    Without it: a strait would have to be closed link by link, and half of it was nothing.
    """
    s = solved(strait(), time=days(2), scenarios=[scenario], how={"scenario": scenario["id"]})
    flows = s.flows.groupby("link")["amount"].sum()
    assert flows["east"] == pytest.approx(oil)
    assert flows.get("west", 0.0) == pytest.approx(boxes)


def test_who_keeps_its_scarcity(solved):
    """Proves: with the rule `scarcity` the owner has what the last ship is worth, 900 USD for each of 20, beside the toll; to
    internal tariffs there is no toll and the last ship is worth 1,000.
    Without it: scarcity of a strait would stand with whoever owns links.
    """
    s = solved(strait(scarcity_rule="scarcity"), time=days(2))
    held = s.accounts().groupby(["actor", "item"])["amount"].sum()
    assert held["CCC", "joint scarcity"] == pytest.approx(20 * 900 / 1e6)
    free = solved(strait(scarcity_rule="scarcity"), time=days(2), how={"tariffs": "internal"})
    held = free.accounts().groupby(["actor", "item"])["amount"].sum()
    assert held["CCC", "joint scarcity"] == pytest.approx(20 * 1000 / 1e6)
    assert ("CCC", "toll") not in held


def test_it_fails_and_is_attacked_as_one_asset():
    """Proves: a day without it costs 6 kt at 70 and 200 TEU at 20, and the worst closure of links and joints is the strait.
    Without it: the asset that matters would be in no ranking.
    """
    case = build(strait(), time=days(2))
    lost = million((6, 70)) + 200 * 20 / 1e6
    found = sweep(case, over="joints,links", window="2022-01-02:1d", check=0).table.set_index("failure")
    assert found["loss"].idxmax() == "strait"
    assert found.loc["strait", "loss"] == pytest.approx(lost)
    closed = worst(
        case, assets=["strait", "east", "west"], window="2022-01-02:1d", budget=1, tariffs="internal"
    )
    assert closed.curve["attack"].tolist() == ["", "strait"]
    assert closed.curve["loss"].iloc[1] == pytest.approx(lost)


def test_its_owner_can_withhold_it():
    """Proves: CCC, who owns the canal and nothing else, takes 0.42 million a day from AAA by closing it. Without it: who holds a
    strait would have no hand on it."""
    held = leverage(build(strait(), time=days(2)), ["AAA", "CCC"], access="veto")
    row = held.table.set_index(["actor", "target"]).loc[("CCC", "AAA")]
    assert row["joint_loss"] == pytest.approx(2 * (million((6, 70)) + 200 * 20 / 1e6))
    assert held.rests_on("CCC", "AAA")["asset"].tolist() == ["strait"]


def test_an_option_widens_it():
    """Proves: 2 more ships a day carry 100 TEU more. Without it: a second lane of a canal could not be asked about."""
    tables = strait() | {"options": [{"id": "lane", "name": "lane", "asset": "strait", "adds": 2}]}
    built = {"id": "wider", "title": "wider", "options": ["lane"]}
    s = straits.solve(build(tables, time=days(2), scenarios=[built]), "wider")
    assert s.flows.groupby("link")["amount"].sum()["west"] == pytest.approx(600)


def test_a_blank_weight_counts_customary_units(solved):
    """Proves: without weights a capacity of 5,000 counts t: 5 of 6 kt pass. Without it: kt and t could be mixed up."""
    tables = strait(weights=None, links="east", capacity=5000, unit="t", toll=0)
    assert solved(tables, time=days(1)).flows.groupby("link")["amount"].sum()["east"] == pytest.approx(5)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"weights": "oil=0.001"}, "no weight for box"),
        ({"weights": None}, "do not add up"),
        ({"weights": "oil=0.001|box=0.02|ore=1"}, "none of its links carries 'ore'"),
        ({"weights": "oil=much|box=1"}, "expected COMMODITY=NUMBER"),
        ({"links": "east|east", "weights": "oil=1"}, "expected each link once"),
        ({"links": "esat"}, "did you mean"),
        ({"capacity": -1}, "accepted: 0 or more"),
    ],
)
def test_what_cannot_be_right_is_refused(wrong, told):
    """Proves: weights and links that mean nothing stop with the row and what would do. Without it: a good without a weight would
    pass a full strait for nothing."""
    with pytest.raises(CaseError, match=told):
        case = build(strait(**wrong), time=days(2))
        if errors := case.check().errors:
            raise CaseError(errors, "small")


def test_it_is_struck_whole_or_not_at_all():
    """Proves: a disruption of its oil alone is refused with what to name instead. Without it: nothing would happen, unsaid."""
    of_oil = [STOP["disruptions"][0] | {"commodity": "oil"}]
    case = build(strait(), time=days(2), scenarios=[{"id": "stop", "title": "stop", "disruptions": of_oil}])
    assert any("joint 'strait'" in f.message for f in case.check().errors)


def test_a_detour_that_uses_up_the_ships_is_seen():
    """Proves: two ships of 1 kt take 2 days a round trip by the strait, 4 by the cape: 1 kt/d needs 2 vessel-days a day by the
    strait, all there are; with the strait shut 0.5 kt/d use all again, of 3 kt of ships' days none is left. The strait itself
    goes from 1 of 10 t to none. Without it: who lacks ships would be told that the cape has room.
    """
    tables = {
        "places": places("A", "B", B="BBB"),
        "links": [
            link("short", "A", "B", cost=1) | {"mode": "sea", "transit_days": 1},
            link("cape", "A", "B", cost=2) | {"mode": "sea", "transit_days": 2},
        ],
        "supplies": [supply("field", "A", 1, cost=20)],
        "markets": [market("sea", "B", 100)],
        "fleets": [
            {"id": "ships", "name": "ships", "kind": "vessel", "commodity": "oil", "links": "short|cape", "count": 2,
             "payload": 1, "payload_unit": "kt"}
        ],
        "joints": [{"id": "strait", "name": "strait", "links": "short", "capacity": 2000, "unit": "t"}],
    }  # fmt: skip
    shut = [{"asset": "strait", "start": "2022-01-01", "end": "2022-01-11"}]
    case = build(
        tables,
        time=days(10, boundary="steady"),
        scenarios=[{"id": "shut", "title": "s", "disruptions": shut}],
    )
    found = straits.stress(case).fleets.groupby(["scenario", "asset"])[["used", "available"]].sum()
    assert found.loc[("baseline", "ships")].tolist() == pytest.approx([20, 20])
    assert found.loc[("shut", "ships")].tolist() == pytest.approx([20, 20])
    assert found.loc[("baseline", "strait")].tolist() == pytest.approx([10_000, 20_000])
    assert found.loc[("shut", "strait")].tolist() == pytest.approx([0, 0])
    table = straits.stress(case).fleets
    assert set(table["unit"]) == {"vessel-day", "t"}
    assert table.loc[table["scenario"] == "shut", "share"].max() == pytest.approx(1)
