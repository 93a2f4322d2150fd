"""Models solved by hand. Every test runs three ways: solved, saved as a folder and solved, saved as a workbook and solved."""

from __future__ import annotations

import pytest

from small import TWO, amount, days, link, market, million, places, supply


def test_cheap_route_first(solved):
    """Proves: the cheap route is filled before the dear one is used.
    Without it: cost would be 6 x 40 = 240, with it 4 x 10 + 2 x 40 = 120 thousand.
    """
    s = solved(TWO)
    assert amount(s, "cheap") == pytest.approx(4)
    assert amount(s, "dear") == pytest.approx(2)
    assert s.objective == pytest.approx(million((6, 200), (-6, 50), (-4, 10), (-2, 40)))


def test_price_is_worth_of_one_more_unit(solved):
    """Proves: the local price at the field is 200 - 40 (the dear route is the marginal one), at the buyer 200.
    Without it: the dual might carry the wrong sign or unit and every account with it.
    """
    s = solved(TWO)
    price = s.prices.set_index("place")["price"]
    assert price["A"] == pytest.approx(160)
    assert price["B"] == pytest.approx(200)


def test_bottlenecks(solved):
    """Proves: one more tonne of cheap capacity saves 30 USD, one more tonne of output earns 200 - 40 - 50 = 110.
    Without it: the value of a bottleneck could be read off the wrong row, or in the wrong unit.
    """
    value = solved(TWO).bottlenecks.set_index("asset")["value"].to_dict()
    assert value == pytest.approx({"cheap": 30.0, "field": 110.0})


def test_blocked_without_other_way_is_unmet(solved):
    """Proves: a promise of 5 that only a route of 3 can serve leaves 2 unmet, priced and shown.
    Without it: the missing 2 kt would vanish from the result.
    """
    s = solved(
        {
            "places": places("A", "B"),
            "links": [link("only", "A", "B", capacity=3, cost=1)],
            "supplies": [supply("field", "A", 9)],
            "markets": [market("city", "B", 100, demand=5, demand_kind="fixed", unmet_price=400)],
        }
    )
    assert s.unmet["amount"].tolist() == pytest.approx([2])
    assert s.unmet["cost"].tolist() == pytest.approx([0.8])
    assert s.objective == pytest.approx(million((3, 100), (-3, 1), (-2, 400)))


def test_loss(solved):
    """Proves: of 10 kt that enter a link with a loss of 20 %, 8 arrive and are sold.
    Without it: 10 would be sold.
    """
    s = solved(
        {
            "places": places("A", "B"),
            "links": [link("leaky", "A", "B", capacity=10, loss=0.2)],
            "supplies": [supply("field", "A", 30)],
            "markets": [market("buyer", "B", 100)],
        }
    )
    assert amount(s, "leaky") == pytest.approx(10)
    assert s.sales["amount"].sum() == pytest.approx(8)


def test_fleet_days(solved):
    """Proves: 2 ships of 5 kt with a round trip of 2 x 2 + 1 days (888.96 km at 10 knots) move 2 x 5 / 5 = 2 kt a day.
    Without it: the link would carry all 9.
    """
    s = solved(
        {
            "places": places("A", "B"),
            "links": [link("sea", "A", "B", capacity=20, length_km=888.96, mode="sea")],
            "supplies": [supply("field", "A", 9)],
            "markets": [market("buyer", "B", 100)],
            "fleets": [{"id": "ships", "name": "ships", "kind": "vessel", "commodity": "oil", "links": "sea", "count": 2,
                        "payload": 5, "payload_unit": "kt", "speed_knots": 10, "turnaround_days": 1}],
        },
        time=days(1),
    )  # fmt: skip
    assert amount(s, "sea") == pytest.approx(2)


def test_two_fleets_on_one_link_add(solved):
    """Proves: a second fleet adds its own vessel-days: 2 + 1 = 3 kt a day, and a shared fleet is divided.
    Without it: each fleet would have to carry all of the flow, and the smaller would limit it to 1.
    """
    ship = {
        "kind": "vessel",
        "commodity": "oil",
        "payload": 5,
        "payload_unit": "kt",
        "speed_knots": 10,
        "turnaround_days": 1,
    }
    s = solved(
        {
            "places": places("A", "B"),
            "links": [link("sea", "A", "B", capacity=20, length_km=888.96, mode="sea")],
            "supplies": [supply("field", "A", 9)],
            "markets": [market("buyer", "B", 100)],
            "fleets": [{"id": "two", "name": "two", "links": "sea", "count": 2, **ship},
                       {"id": "one", "name": "one", "links": "sea", "count": 1, **ship}],
        },
        time=days(1),
    )  # fmt: skip
    assert amount(s, "sea") == pytest.approx(3)
    assert s.accounts()["amount"].sum() == pytest.approx(s.objective)


def test_stepwise_demand(solved):
    """Proves: with steps of 3 at 300 and 3 at 120 and a cost of 150, only the first step is served.
    Without it: demand would have one price.
    """
    tables = {
        "places": places("A", "B"),
        "links": [link("pipe", "A", "B", capacity=9)],
        "supplies": [supply("field", "A", 9, cost=150)],
        "markets": [market("buyer", "B", 300, demand=6, steps="300:3|120:3")],
    }
    s = solved(tables)
    assert s.sales["amount"].sum() == pytest.approx(3)
    assert s.objective == pytest.approx(million((3, 150)))


def test_linear_demand(solved):
    """Proves: linear demand through (8, 100) with elasticity -1 is P(q) = 100 (2 - q/8), zero at 16; at a cost of 100 it
    buys 8 and the value is the area under the line, 8 x 150.
    Without it: the buyer's value would be 8 x 100.
    """
    s = solved(
        {
            "places": places("A", "B"),
            "links": [link("pipe", "A", "B", capacity=99)],
            "supplies": [supply("field", "A", 99, cost=100)],
            "markets": [market("buyer", "B", 100, demand=8, demand_kind="linear", elasticity=-1.0)],
        }
    )
    assert s.sales["amount"].sum() == pytest.approx(8)
    assert s.objective == pytest.approx(million((8, 150), (-8, 100)))


def test_least_contract_and_its_shortfall(solved):
    """Proves: a promise to send 5 by the dear route of 3 sends 3 and pays for 2; the rest goes the cheap way.
    Without it: the dear route would carry only the overflow of the cheap one.
    """
    s = solved(
        {
            "places": places("A", "B"),
            "links": [link("cheap", "A", "B", capacity=9, cost=10), link("dear", "A", "B", capacity=3, cost=40)],
            "supplies": [supply("field", "A", 6)],
            "markets": [market("buyer", "B", 200)],
            "contracts": [{"id": "pay", "name": "ship or pay", "kind": "least", "asset": "dear", "amount": 5,
                           "amount_unit": "kt/d", "penalty": 70, "penalty_unit": "USD/t"}],
        }
    )  # fmt: skip
    assert amount(s, "dear") == pytest.approx(3)
    assert s.shortfall["amount"].tolist() == pytest.approx([2])
    assert s.objective == pytest.approx(million((6, 200), (-3, 10), (-3, 40), (-2, 70)))
    assert s.accounts()["amount"].sum() == pytest.approx(s.objective)


def test_origins_are_kept_apart(solved):
    """Proves: a buyer who refuses oil of origin BBB gets only that of AAA although both meet in one pipeline.
    Without it: the cheaper oil of BBB would be sold to him.
    """
    s = solved(
        {
            "places": places("A", "B", "J", "M", A="AAA", B="BBB"),
            "links": [
                link("a", "A", "J", capacity=5),
                link("b", "B", "J", capacity=5),
                link("joint", "J", "M", capacity=6),
            ],
            "supplies": [supply("field-a", "A", 5, cost=20), supply("field-b", "B", 5, cost=15)],
            "markets": [market("picky", "M", 100, demand=3, origins="AAA"), market("other", "M", 90)],
        }
    )
    sold = s.sales.groupby(["market", "origin"])["amount"].sum().to_dict()
    assert sold == pytest.approx({("picky", "AAA"): 3, ("other", "BBB"): 3})


def test_transit_ban_strikes_only_foreign_cargo(solved):
    """Proves: closing transit through BBB stops oil of AAA that leaves BBB, and neither BBB's own oil nor what AAA sells
    inside BBB.
    Without it: a closure of the link would stop both.
    """
    s = solved(
        {
            "places": places("A", "P", "M", A="AAA", P="BBB"),
            "links": [link("in", "A", "P", capacity=9), link("out", "P", "M", capacity=9, mode="loading")],
            "supplies": [supply("field-a", "A", 5), supply("field-b", "P", 3)],
            "markets": [market("abroad", "M", 100), market("inside", "P", 10, demand=1, origins="AAA")],
        },
        scenarios=[{"id": "ban", "title": "ban", "disruptions": [
            {"asset": "transit:BBB", "start": "2022-01-01", "end": "2022-01-02"}]}],
        how={"scenario": "ban"},
    )  # fmt: skip
    sold = s.sales.groupby(["market", "origin"])["amount"].sum().to_dict()
    assert sold == pytest.approx({("abroad", "BBB"): 3, ("inside", "AAA"): 1})


def test_option_adds_capacity(solved):
    """Proves: an option that adds 3 kt/d to the cheap route of 4 lets all 6 go by it.
    Without it: 2 would still take the dear route.
    """
    tables = TWO | {
        "options": [{"id": "more", "name": "more", "asset": "cheap", "adds": 3, "adds_unit": "kt/d"}]
    }
    scenarios = [{"id": "built", "title": "built", "options": ["more"]}]
    assert amount(solved(tables, scenarios=scenarios, how={"scenario": "built"}), "dear") == 0
    assert amount(solved(tables, scenarios=scenarios), "dear") == pytest.approx(2)


def test_tariffs_paid_and_internal(solved):
    """Proves: a tariff of 35 makes shippers leave the cheap route for the dear one; together they would not.
    Without it: the tariff would either be no cost to anybody or a loss to everybody.
    """
    tables = TWO | {"links": [link("cheap", "A", "B", capacity=9, cost=10, tariff=35),
                              link("dear", "A", "B", capacity=9, cost=40)]}  # fmt: skip
    paid, together = solved(tables), solved(tables, how={"tariffs": "internal"})
    assert amount(paid, "cheap") == 0
    assert amount(together, "cheap") == pytest.approx(6)
    assert together.objective - paid.objective == pytest.approx(million((6, 30)))


def test_tariff_goes_to_whom_it_belongs(solved):
    """Proves: a tariff of 20 on 4 kt is 80 thousand USD to its receiver, and accounts still add up.
    Without it: tariffs would be lost from the accounts.
    """
    tables = TWO | {"links": [link("cheap", "A", "B", capacity=4, cost=10, tariff=20, tariff_to="CCC"),
                              link("dear", "A", "B", capacity=10, cost=40)]}  # fmt: skip
    s = solved(tables)
    accounts = s.accounts().set_index(["actor", "item"])["amount"]
    assert accounts["CCC", "tariff"] == pytest.approx(million((4, 20)))
    assert accounts.sum() == pytest.approx(s.objective)


def test_owners_share_by_their_shares(solved):
    """Proves: of the margin of a field with owners 0.75 and 0.25, each gets his part.
    Without it: the first owner would get all.
    """
    controls = [
        {"id": "c1", "asset": "field", "actor": "BBB", "role": "owner", "share": 0.75},
        {"id": "c2", "asset": "field", "actor": "CCC", "role": "owner", "share": 0.25},
    ]
    s = solved(TWO | {"controls": controls})
    accounts = s.accounts().set_index(["actor", "item"])["amount"]
    assert accounts["BBB", "supply margin"] == pytest.approx(million((6, 110)) * 0.75)
    assert accounts["CCC", "supply margin"] == pytest.approx(million((6, 110)) * 0.25)
