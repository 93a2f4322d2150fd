"""Models solved by hand. Every test runs three ways: solved, saved as a folder and solved, saved as a workbook and solved."""

from __future__ import annotations

import pytest
from small import days, link, market, places, store, supply

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


def test_transit_splits_between_neighbours(solved):
    """Proves: what enters on day 1 with 1.5 days of transit arrives half on day 2 and half on day 3.
    Without it: a rounded transit time would deliver everything on one day.
    """
    s = solved(
        {
            "places": places("A", "B"),
            "links": [link("sea", "A", "B", capacity=10, transit_days=1.5)],
            "supplies": [supply("field", "A", 8)],
            "markets": [market("buyer", "B", 100)],
        },
        time=days(4),
        scenarios=[{"id": "once", "title": "once", "disruptions": [
            {"asset": "field", "start": "2022-01-02", "end": "2022-01-05"}]}],
        how={"scenario": "once"},
    )  # fmt: skip
    sold = s.sales.set_index("step")["amount"]
    assert sold.to_dict() == pytest.approx({1: 4.0, 2: 4.0})


def test_steady_boundary_keeps_mass_and_worth(solved):
    """Proves: with a steady boundary the first days are served by what left before the start, and what is on its way at
    the end keeps its worth: 5 days of 8 kt sold, none lost to the ends of the axis.
    Without it: only 3 of 5 days would be sold (value 2.4 instead of 4.0 million).
    """
    tables = {
        "places": places("A", "B"),
        "links": [link("sea", "A", "B", capacity=8, transit_days=2)],
        "supplies": [supply("field", "A", 8)],
        "markets": [market("buyer", "B", 100)],
    }
    s = solved(tables, time=days(5, boundary="steady"))
    assert s.sales["amount"].tolist() == pytest.approx([8] * 5)
    # Sold 5 x 8; two days of arrivals came from before, two days of departures are on their way: 40 + 16 - 0 of worth.
    assert s.objective == pytest.approx(million((5 * 8, 100), (2 * 8, 100)))
    cold = solved(tables, time=days(5))
    assert cold.objective == pytest.approx(million((3 * 8, 100)))


def test_store_carries_over_a_stop(solved):
    """Proves: a tank of 3 kt takes in what cannot be loaded on the day of a stop and delivers it the next day.
    Without it: 4 kt are lost instead of 1.
    """
    s = solved(
        {
            "places": places("A", "P", "B"),
            "links": [link("pipe", "A", "P", capacity=4), link("load", "P", "B", capacity=8)],
            "supplies": [supply("field", "A", 4)],
            "markets": [market("buyer", "B", 100)],
            "stores": [store("tank", "P", 3)],
        },
        time=days(3),
        scenarios=[{"id": "stop", "title": "stop", "disruptions": [
            {"asset": "load", "start": "2022-01-02", "end": "2022-01-03"}]}],
        how={"scenario": "stop"},
    )  # fmt: skip
    assert s.sales["amount"].sum() == pytest.approx(11)
    assert s.stores["level"].max() == pytest.approx(3)


def test_store_rates(solved):
    """Proves: a tank that fills at 1 kt/d takes 1 kt of a day's stop, although it could hold 3.
    Without it: 3 kt would be saved.
    """
    s = solved(
        {
            "places": places("A", "P", "B"),
            "links": [link("pipe", "A", "P", capacity=4), link("load", "P", "B", capacity=8)],
            "supplies": [supply("field", "A", 4)],
            "markets": [market("buyer", "B", 100)],
            "stores": [store("tank", "P", 3, in_rate=1)],
        },
        time=days(3),
        scenarios=[{"id": "stop", "title": "stop", "disruptions": [
            {"asset": "load", "start": "2022-01-02", "end": "2022-01-03"}]}],
        how={"scenario": "stop"},
    )  # fmt: skip
    assert s.sales["amount"].sum() == pytest.approx(9)


def test_part_of_a_step(solved):
    """Proves: a stop of 2 days in a week takes two sevenths of that week's capacity.
    Without it: it would take the whole week or nothing.
    """
    s = solved(
        {
            "places": places("A", "B"),
            "links": [link("pipe", "A", "B", capacity=7)],
            "supplies": [supply("field", "A", 7)],
            "markets": [market("buyer", "B", 100)],
        },
        time={"start": "2022-01-01", "end": "2022-01-15", "step": "week", "boundary": "empty"},
        scenarios=[{"id": "stop", "title": "stop", "disruptions": [
            {"asset": "pipe", "start": "2022-01-03", "end": "2022-01-05"}]}],
        how={"scenario": "stop"},
    )  # fmt: skip
    assert s.flows["amount"].tolist() == pytest.approx([35, 49])


def test_overlapping_disruptions_multiply(solved):
    """Proves: two disruptions that leave 50 % each on the same day leave 25 %.
    Without it: the later one would overwrite the earlier.
    """
    half = {"asset": "pipe", "start": "2022-01-01", "end": "2022-01-02", "factor": 0.5}
    s = solved(
        {
            "places": places("A", "B"),
            "links": [link("pipe", "A", "B", capacity=8)],
            "supplies": [supply("field", "A", 8)],
            "markets": [market("buyer", "B", 100)],
        },
        scenarios=[{"id": "twice", "title": "twice", "disruptions": [half, half]}],
        how={"scenario": "twice"},
    )
    assert s.flows["amount"].tolist() == pytest.approx([2])


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


def test_ramp_down_forces_an_emergency(solved):
    """Proves: a field of 10 kt/d that can fall by 20 % of capacity a day needs an emergency of 8 kt on the day of a stop,
    and 0 on the next (it is down already).
    Without it: the field would follow the stop at no cost.
    """
    s = solved(
        {
            "places": places("A", "B"),
            "links": [link("pipe", "A", "B", capacity=10)],
            "supplies": [supply("field", "A", 10, ramp_down=0.2, forced_cost=30)],
            "markets": [market("buyer", "B", 100)],
        },
        time=days(3),
        scenarios=[{"id": "stop", "title": "stop", "foresight": "surprise", "disruptions": [
            {"asset": "pipe", "start": "2022-01-02", "end": "2022-01-04"}]}],
        how={"scenario": "stop"},
    )  # fmt: skip
    assert s.supply["amount"].tolist() == pytest.approx([10, 0, 0])
    assert s.supply["forced"].tolist() == pytest.approx([0, 8, 0])
    assert s.objective == pytest.approx(million((10, 100), (-8, 30)))


def test_ramp_up(solved):
    """Proves: after a stop a field that rises by 25 % of capacity a day comes back over several days.
    Without it: day 3 would be at 8 kt again.
    """
    s = solved(
        {
            "places": places("A", "B"),
            "links": [link("pipe", "A", "B", capacity=8)],
            "supplies": [supply("field", "A", 8, ramp_up=0.25)],
            "markets": [market("buyer", "B", 100)],
        },
        time=days(5),
        scenarios=[{"id": "stop", "title": "stop", "disruptions": [
            {"asset": "pipe", "start": "2022-01-02", "end": "2022-01-03"}]}],
        how={"scenario": "stop"},
    )  # fmt: skip
    assert s.supply["amount"].tolist() == pytest.approx([8, 0, 2, 4, 6])


def test_min_output(solved):
    """Proves: a field that must give 4 while its market pays less than its cost gives 4, at a loss.
    Without it: it would give nothing.
    """
    s = solved(
        {
            "places": places("A", "B"),
            "links": [link("pipe", "A", "B", capacity=8)],
            "supplies": [supply("field", "A", 8, cost=150, min_output=4)],
            "markets": [market("buyer", "B", 100)],
        }
    )
    assert s.supply["amount"].tolist() == pytest.approx([4])
    assert s.objective == pytest.approx(million((4, -50)))


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


def test_greatest_contract_over_the_period(solved):
    """Proves: a quota of 2 kt/d over four days leaves free on which days its 8 kt move.
    Without it: (or with `per` step) every day would be limited to 2.
    """
    quota = {
        "id": "quota",
        "name": "quota",
        "kind": "greatest",
        "asset": "pipe",
        "amount": 2,
        "amount_unit": "kt/d",
    }
    tables = {
        "places": places("A", "B"),
        "links": [link("pipe", "A", "B", capacity=5)],
        "supplies": [supply("field", "A", 5)],
        "markets": [market("buyer", "B", 100)],
        "contracts": [quota],
    }
    scenarios = [{"id": "late", "title": "late", "disruptions": [
        {"asset": "pipe", "start": "2022-01-01", "end": "2022-01-03"}]}]  # fmt: skip
    s = solved(tables, time=days(4), scenarios=scenarios, how={"scenario": "late"})
    assert amount(s, "pipe") == pytest.approx(8)
    s = solved({**tables, "contracts": [quota | {"per": "step"}]}, time=days(4), scenarios=scenarios,
               how={"scenario": "late"})  # fmt: skip
    assert amount(s, "pipe") == pytest.approx(4)


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


def test_an_order_is_not_a_stop(solved):
    """Proves: a measure without physical effect changes nothing; the same with factor 0 stops the route.
    Without it: a court order would stop oil that in truth kept flowing.
    """
    order = {"id": "order", "name": "order", "kind": "court_order", "asset": "cheap", "status": "lifted",
             "start": "2022-01-01", "end": "2022-01-02"}  # fmt: skip
    scenarios = [{"id": "act", "title": "act", "measures": ["order"]}]
    s = solved(TWO | {"measures": [order]}, scenarios=scenarios, how={"scenario": "act"})
    assert amount(s, "cheap") == pytest.approx(4)
    s = solved(TWO | {"measures": [order | {"factor": 0}]}, scenarios=scenarios, how={"scenario": "act"})
    assert amount(s, "cheap") == 0


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


def test_least_content_is_no_cargo(solved):
    """Proves: of a tank that holds 5 with a least content of 3, 2 can be sold, and 1 of 4 fits in on a day of a stop.
    Without it: 5 would be sold, or the least content would need an origin.
    """
    s = solved(
        {
            "places": places("A", "P", "B"),
            "links": [link("pipe", "A", "P", capacity=4), link("load", "P", "B", capacity=8)],
            "supplies": [supply("field", "A", 1)],
            "markets": [market("buyer", "B", 100)],
            "stores": [store("tank", "P", 6, start=5, start_origin="AAA", min_level=3, min_level_unit="kt")],
        },
        time=days(2),
    )
    assert s.sales["amount"].sum() == pytest.approx(4)
    assert s.stores["level"].max() <= 3
