"""Prices that answer, solved by hand: elastic and linear demand, prices by order, and a world market that joins places."""

from __future__ import annotations

import math

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import straits
from randomcases import cases
from small import build, days, link, market, places, supply
from straits.case.schema.settings import Change
from straits.errors import CaseError, ModelError
from straits.model.reading.curves import elastic
from straits.testing import random_case

USD_T = "USD/t"
#: A table of links needs a row; this one leads nowhere that matters.
NONE = [link("aside", "A", "Z", capacity=0)]


def world(**more):
    """The whole world buys 980 kt/d at 100 USD/t, 24.5 of them from the case: steps of 1 kt/d, with 24.5 in the middle of one."""
    row = {"id": "oil", "name": "oil", "commodity": "oil", "volume": 980, "volume_unit": "kt/d", "price": 100}
    row |= {"price_unit": USD_T, "sold": 24.5, "sold_unit": "kt/d"}
    return {"world_markets": [row | more], "price_responses": [answer("months", -0.25)]}


def answer(horizon, elasticity, **more):
    return {"id": horizon, "world": "oil", "horizon": horizon, "elasticity": elasticity, **more}


def two_ways(output, scenarios=(), **tables):
    """A field of AAA that is `output` kt/d, and two places at sea: one at the world price, one 10 above it."""
    found = {
        "places": places("A", "B", "C"),
        "links": [link("north", "A", "B", cost=5), link("south", "A", "C", capacity=4, cost=5)],
        "supplies": [supply("field", "A", output, cost=20)],
        "markets": [market("near", "B", 100, world="oil"), market("far", "C", 110, world="oil")],
    }
    found = {name: rows for name, rows in (found | world() | tables).items() if rows}
    return build(found, scenarios=scenarios)


def test_two_sellers_on_linear_demand():
    """Proves: inverse demand 200 - 10 q (100 at 10 kt, elasticity -1). A seller at a cost of 20 fills 4 kt, one at 60 the rest:
    14 kt at a price of 60, value 1820, costs 4·20 + 10·60, so that 1140 are left: 980 with the buyer, 160 with the first.
    Without it: the cheap seller could be paid its cost, or the dear one sell at a loss. (14 kt is no end of a step of 1.25: the
    buyer's value lies 0.5 below the curve's, an eighth of width times fall at most.)
    """
    case = build({
        "actors": [{"id": k, "name": k, "kind": "company", "state": "AAA"} for k in ("ONE", "TWO")],
        "places": places("A", "Z"),
        "supplies": [supply("cheap", "A", 4, cost=20), supply("dear", "A", 50, cost=60)],
        "links": NONE,
        "markets": [market("shop", "A", 100, demand=10, demand_kind="linear", elasticity=-1, buyer="CCC")],
        "controls": [{"id": a, "asset": a, "actor": o, "role": "owner", "share": 1}
                     for a, o in (("cheap", "ONE"), ("dear", "TWO"))],
    })  # fmt: skip
    s = straits.solve(case)
    assert s.sales["amount"].sum() == pytest.approx(
        13.75
    )  # the whole steps whose price of the middle is above 60
    assert s.prices["price"].iloc[0] == pytest.approx(60)
    gains = s.accounts().groupby("actor")["amount"].sum() * 1000
    assert gains["ONE"] == pytest.approx(160) and gains.get("TWO", 0) == pytest.approx(0)
    assert gains["CCC"] == pytest.approx(980, abs=10 * 1.25 * 1.25 / 8)


@pytest.mark.parametrize("elasticity", [-0.05, -0.5, -1.0, -2.0])
def test_steps_of_elastic_demand_hold_the_value_of_the_curve(elasticity):
    """Proves: steps from a choke price of 400 to a floor of 50 add up to the demand at 50, and their value to the area under the
    curve, worked out by hand, with demand 1 at 100.
    Without it: the middle price, which is wrong where a curve bends, could pass.
    """
    steps = elastic(100, 400, 50, elasticity)
    first, last = 4**elasticity, 0.5**elasticity
    assert sum(width for _, width in steps) == pytest.approx(last)
    power = 1 + 1 / elasticity
    area = math.log(last / first) if power == 0 else (last**power - first**power) / power
    assert sum(p * w for p, w in steps) == pytest.approx(400 * first + 100 * area)
    prices = [p for p, _ in steps]
    assert prices == sorted(prices, reverse=True) and prices[-1] > 50
    # A curve without room is the one step of a flat demand.
    assert elastic(100, 100, 100, elasticity) == [(100, 1.0)]


def test_what_is_missing_raises_an_elastic_price():
    """Proves: a buyer of 10 kt at 100, elasticity -0.5, choke price 400, who gets 7: (100/q)^2 for q = 7 is 204, within the step
    of a sixteenth of fourfold; with all 20 that a seller at 30 has it takes 10, because no floor is given.
    Without it: a buyer with curve would be one with a price.
    """

    def found(output):
        case = build({"places": places("A", "Z"), "links": NONE, "supplies": [supply("s", "A", output, cost=30)],
                      "markets": [market("m", "A", 100, demand=10, demand_kind="elastic", elasticity=-0.5, choke_price=0.4,
                                         choke_price_unit="kUSD/t")]})  # fmt: skip
        s = straits.solve(case)
        return s.sales["amount"].sum(), s.prices["price"].iloc[0]

    sold, price = found(7)
    assert sold == pytest.approx(7)
    assert price == pytest.approx(100 * (10 / 7) ** 2, rel=4 ** (1 / 16) - 1)
    assert found(20) == (pytest.approx(10), pytest.approx(30))
    assert found(3) == (pytest.approx(3), pytest.approx(400))


def test_world_market_has_one_price_that_passes_through_to_all():
    """Proves: at 24.5 kt/d the listed prices hold. 5 kt/d less are 0.51 per cent of what the world buys; with an elasticity
    of -0.25 the price rises by 2.04 per cent, and by as much where it is 10 above the world's. All beyond lose the rise on the
    19.5 kt that still come and half of it on what is missing; the accounts add up.
    Without it: each place would have its own price, or the price would not know what is missing elsewhere.
    """
    usual, less = straits.solve(two_ways(24.5)), straits.solve(two_ways(19.5))
    prices = [s.prices.set_index("place")["price"] for s in (usual, less)]
    assert prices[0]["B"] == pytest.approx(100) and prices[0]["C"] == pytest.approx(110)
    rise = 100 * (24.5 - 19.5) / 980 / 0.25
    assert prices[1]["B"] == pytest.approx(100 + rise) and prices[1]["C"] == pytest.approx(110 + rise)
    lost = [-s.accounts().query("item == 'world price'")["amount"].sum() * 1000 for s in (usual, less)]
    # In the middle of a step the area is short of the curve's by an eighth of width times fall: 3 kt wide at 24.5, 1 at 19.5.
    short = (3 * 3 - 1) * (rise / 5) / 8
    assert lost[1] - lost[0] == pytest.approx(rise * 19.5 + rise * 5 / 2 - short)
    for s in (usual, less):
        assert s.accounts()["amount"].sum() == pytest.approx(s.objective)
        owner = s.accounts().query("item == 'world price'")["actor"].tolist()
        assert owner == ["(nobody) oil"]
    sold = less.network.markets.worlds[0]
    assert sold.price_at(less.world_sales[0])[0] == pytest.approx(100 + rise)


def test_a_price_moves_by_the_barrel():
    """Proves: a grade of 6 barrels a tonne, of a commodity with 7.5, counts for 0.8 in the world, and its price a tonne rises by
    0.8 of the world's.
    Without it: a heavy grade would gain more a barrel than a light one.
    """
    case = two_ways(19.5).with_changes([
        Change(table="markets", row="near", column="bbl_per_t", value=6),
        Change(table="links", row="south", column="capacity", value=0),
    ])  # fmt: skip
    s = straits.solve(case)
    rise = 100 * (24.5 - 19.5 * 0.8) / 980 / 0.25
    step = 100 * (1 / 980) / 0.25
    found = s.prices.set_index("place")["price"]["B"]
    assert found == pytest.approx(100 + 0.8 * rise, abs=0.8 * step / 2 + 1e-9)


def test_the_horizon_says_which_elasticity_holds():
    """Proves: over days, with -1, five kt/d less raise the price by a quarter of what they do over months, with -0.25; a row
    that is not used, or of one side alone, changes nothing.
    Without it: a storm would be priced as a season.
    """
    rows = [answer("months", -0.25), answer("days", -1.0), answer("year", -0.01, used=False),
            answer("d", -0.01) | {"horizon": "days", "side": "demand", "id": "side"}]  # fmt: skip
    rise = []
    for horizon in ("months", "days"):
        tables = world(horizon=horizon) | {"price_responses": rows}
        s = straits.solve(two_ways(19.5, **tables))
        rise.append(s.prices.set_index("place")["price"]["B"] - 100)
    assert rise[0] == pytest.approx(4 * rise[1])
    with pytest.raises(CaseError, match="no used row of price_responses"):
        two_ways(19.5, **(world(horizon="year") | {"price_responses": rows}))
    with pytest.raises(CaseError, match="are all used for 'oil' over months"):
        two_ways(
            19.5,
            **(world() | {"price_responses": [answer("months", -1), answer("months", -2) | {"id": "b"}]}),
        )


def test_a_price_by_order_is_not_the_price_of_what_is_missing():
    """Proves: 10 kt are promised at home, 6 come, and each of the 4 that are missing costs 400. Without an order the six are
    sold at the 460 that one more would be worth, and the field earns 6·(460 - 20); with an order for 60 it earns 6·40, the
    buyer pays 60 and bears what is missing, and the plan is the same. A royalty of a tenth is taken of the 60.
    Without it: a supplier would grow rich on a shortage that it may not charge for.
    """

    def found(price: float | None = 60, **more):
        case = build({
            "actors": [{"id": "GAS", "name": "GAS", "kind": "company", "state": "AAA"}],
            "places": places("A", "Z"), "links": NONE, "supplies": [supply("field", "A", 6, cost=20)],
            "markets": [market("home", "A", 60, demand=10, demand_kind="fixed", unmet_price=400, buyer="AAA", **more)],
            "controls": [{"id": "c", "asset": "field", "actor": "GAS", "role": "owner", "share": 1}],
            "fiscal": [{"id": "r", "asset": "field", "taker": "BBB", "kind": "royalty", "rate": 0.1}],
        })  # fmt: skip
        s = straits.solve(case)
        gains = s.accounts().groupby("actor")["amount"].sum() * 1000
        assert gains.sum() == pytest.approx(s.objective * 1000)
        return s, gains

    free, gains = found()
    assert gains["GAS"] == pytest.approx(6 * (460 * 0.9 - 20))
    assert gains["AAA"] == pytest.approx(6 * (60 - 460) - 4 * 400)
    ordered, gains = found(regulated_price=60, regulated_price_unit=USD_T)
    assert gains["GAS"] == pytest.approx(6 * (60 * 0.9 - 20))
    assert gains["AAA"] == pytest.approx(-4 * 400)
    assert gains["BBB"] == pytest.approx(6 * 6)
    assert free.lp_value == pytest.approx(ordered.lp_value)
    kinds = ordered.accounts().set_index("item")["kind"]
    assert kinds["regulated price"] == "company" and kinds["unmet demand"] == "consumer"


def test_who_sells_by_order_bears_what_the_order_leaves():
    """Proves: AAA's field sells 9 kt/d at the border at 20, its cost; a full pipe of 6 kt/d brings them to homes in BBB that are
    promised 10 for 60 and miss 4 at 400. Its right is the importer's, who so has 6 times 440, sells by order for 60 in place of
    460, and pays a tenth of the 60 on each: 6 times 34 are left. The field earns nothing and loses nothing. Without a seller the
    field, which has 20 a tonne, would bear the 400 that the order leaves of each. Without an order nobody sells by one: the field
    bears the tenth of 460, and `check` says that the seller changes nothing.
    Without it: a pipe that bursts would cost a company that sells at the border what it never received.
    """

    def found(price: float | None = 60, **more):
        case = build({
            "actors": [{"id": "GAS", "name": "GAS", "kind": "company", "state": "BBB"}],
            "places": places("A", "B", B="BBB"),
            "links": [link("pipe", "A", "B", capacity=6)],
            "supplies": [supply("field", "A", 9, cost=20)],
            "markets": [market("homes", "B", 60, demand=10, demand_kind="fixed", unmet_price=400, buyer="BBB",
                               regulated_price=price, regulated_price_unit=USD_T, **more)],
            "controls": [{"id": "c", "asset": "field", "actor": "AAA", "role": "owner", "share": 1}],
            "rights": [{"id": "r", "asset": "pipe", "actor": "GAS", "share": 1}],
            "fiscal": [{"id": "vat", "asset": "homes", "taker": "BBB", "kind": "royalty", "rate": 0.1}],
        })  # fmt: skip
        s = straits.solve(case)
        gains = s.accounts().groupby("actor")["amount"].sum() * 1000
        assert gains.sum() == pytest.approx(s.objective * 1000)
        idle = [f.row for f in case.check() if (f.code, f.column) == ("changes_nothing", "seller")]
        assert idle == (["homes"] if price is None and more else [])
        return gains

    gains = found(seller="GAS")
    assert gains["GAS"] == pytest.approx(6 * (440 - 400 - 6))
    assert gains.get("AAA", 0.0) == pytest.approx(0.0)
    assert gains["BBB"] == pytest.approx(6 * 6 - 4 * 400)
    far = found()
    assert far["GAS"] == pytest.approx(6 * 440) and far["AAA"] == pytest.approx(6 * (-400 - 6))
    free = found(price=None, seller="GAS")
    assert free["GAS"] == pytest.approx(6 * 440) and free["AAA"] == pytest.approx(-6 * 46)


SLOW = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.mark.parametrize("foresight", ["perfect", "surprise", "rolling(2)"])
def test_accounts_add_up_where_prices_answer(foresight):
    """Proves: on drawn cases, with world markets, elastic demand and prices by order, the accounts add up to the joint value.
    Without it: what sellers do not get by order, or what a world price moves, could be lost between two accounts.
    """
    told = set()
    for seed in range(40):
        case = random_case(seed, hard=0.0)
        if not case.rows("world_markets") and seed % 3:
            continue
        try:
            s = straits.solve(case, "stop", foresight=foresight)
        except ModelError:
            continue  # no steady state
        found = s.accounts()
        told |= set(found["item"])
        size = max(1.0, found["amount"].abs().sum())
        assert found["amount"].sum() == pytest.approx(s.objective, abs=1e-6 * size), seed
    assert {"world price", "regulated price"} <= told


@given(cases(), st.sampled_from(["paid", "internal"]))
@SLOW
def test_a_world_that_does_not_answer_changes_nothing(case, tariffs):
    """Proves: joined to a world market so large that what the case sells does not move its price, a case is worth what it is
    without: flat demand gives the answers of before.
    Without it: a case without such tables could not be read as one with a flat price.
    """
    plain = straits.solve(case, "stop", tariffs=tariffs)
    flat = {"id": "w", "name": "w", "commodity": "oil", "volume": 1e9, "volume_unit": "kt/d", "price": 77, "price_unit": USD_T,
            "sold": 100, "sold_unit": "kt/d"}  # fmt: skip
    tables = {name: frame.to_dict("records") for name, frame in case.tables.items() if len(frame)}
    tables = {
        name: [{k: v for k, v in r.items() if v == v and v is not None} for r in rows]
        for name, rows in tables.items()
    }
    for row in tables["markets"]:
        row["world"] = "w"
    tables |= {"world_markets": [flat], "price_responses": [answer("months", -1e3) | {"world": "w"}]}
    joined = type(case).from_tables(
        tables, scenarios=case.scenarios.values(), **case.settings.model_dump(mode="json")
    )
    found = straits.solve(joined, "stop", tariffs=tariffs)
    beyond = found.accounts().query("item == 'world price'")["amount"].sum()

    # Where cargo would go round, of the plans in which it does not the best that is found is shown: the optimum is the same.
    def optimum(plan):
        return plan.provenance.get("lp_value_at_most", plan.lp_value)

    scale = max(1.0, abs(plain.lp_value))
    assert optimum(found) - beyond == pytest.approx(optimum(plain), abs=1e-5 * scale)


def test_what_cannot_be_is_refused_with_its_place():
    """Proves: elastic demand without a choke price or with one below the price, a world market of another commodity, and one
    in which the case sells more than the world buys, are errors that name the cell.
    Without it: a curve could rise.
    """
    shop = {"demand": 5, "demand_kind": "elastic", "elasticity": -0.5}
    tables = {"places": places("A", "Z"), "links": NONE, "supplies": [supply("s", "A", 1)]}
    for more, at in (({}, "choke_price"), ({"choke_price": 50, "choke_price_unit": USD_T}, "choke_price"),
                     ({"choke_price": 200, "choke_price_unit": USD_T, "floor_price": 150, "floor_price_unit": USD_T},
                      "floor_price")):  # fmt: skip
        with pytest.raises(CaseError) as caught:
            build(tables | {"markets": [market("m", "A", 100, **shop, **more)]})
        assert {(f.code, f.row, f.column) for f in caught.value.findings} == {("demand", "m", at)}
    with pytest.raises(CaseError) as caught:
        two_ways(1, **world(sold=5, sold_unit="Mt/d"))
    assert {(f.code, f.column) for f in caught.value.findings} == {("world_market", "sold")}
    goods = [{"id": k, "name": k, "unit": "kt"} for k in ("oil", "coal")]
    with pytest.raises(CaseError) as caught:
        two_ways(1, commodities=goods, **world(commodity="coal"))
    assert {(f.code, f.row, f.column) for f in caught.value.findings} == {
        ("world_market", "near", "world"), ("world_market", "far", "world")
    }  # fmt: skip


def test_days_of_an_axis_have_their_own_missing_barrels():
    """Proves: a field that is out for one of three days raises the price of that day alone; there is no store.
    Without it: a stop of a day could raise the price of the year.
    """
    stop = {"id": "out", "title": "out", "disruptions": [{"asset": "field", "factor": 0.2, "start": "2022-01-02",
                                                          "end": "2022-01-03"}]}  # fmt: skip
    base = two_ways(24.5)
    tables = {name: frame.to_dict("records") for name, frame in base.tables.items() if len(frame)}
    tables = {
        name: [{k: v for k, v in r.items() if v == v and v is not None} for r in rows]
        for name, rows in tables.items()
    }
    case = build(tables, time=days(3), scenarios=[stop])
    found = straits.solve(case, "out").world_prices["price"].tolist()
    rise = 100 * (24.5 * 0.8) / 980 / 0.25
    assert found == [pytest.approx(100), pytest.approx(100 + rise), pytest.approx(100)]


def test_what_the_baseline_takes_is_in_the_price_already():
    """Proves: a measure of the baseline that takes 5 of 24.5 kt/d leaves the price at 100; a stop of 5 more raises it by what
    5 kt raise it, and one of 5 without the measure by as much.
    Without it: known outages of a field would be priced twice, and cargo would be kept for the days on which they fall.
    """
    works = {"id": "works", "name": "works", "kind": "maintenance", "asset": "second", "status": "not_legal",
             "start": "2022-01-01", "end": "2022-02-01", "factor": 0, "baseline": True}  # fmt: skip
    fields = [
        supply("field", "A", 14.5, cost=20),
        supply("second", "A", 5, cost=20),
        supply("third", "A", 5, cost=20),
    ]
    stop = [{"id": "stop", "title": "stop", "disruptions": [{"asset": "third", "factor": 0, "start": "2022-01-01",
                                                             "end": "2022-01-02"}]}]  # fmt: skip
    rise = 100 * 5 / 980 / 0.25
    for measures, usual in (([works], 100), (None, 100)):
        case = two_ways(24.5, supplies=fields, measures=measures, scenarios=stop)
        found = [straits.solve(case, s).world_prices["price"].iloc[0] for s in (None, "stop")]
        assert found == pytest.approx([usual, usual + rise])


def test_what_is_agreed_at_a_market_counts_its_grade():
    """Proves: at a market whose grade has 8 barrels a tonne, 4 kb a day agreed at most are half a kt, and 8 more by an option let
    its whole demand of 8 kb through; of 16 agreed at least one kt falls short at 1 USD a barrel. On a pipe a barrel is that of
    the good.
    Without it: a market could buy more barrels than were agreed, because one tonne was taken for 7.5 of them.
    """
    tables = {
        "places": places("A", "B", B="BBB"),
        "links": [link("p", "A", "B")],
        "supplies": [supply("f", "A", 5)],
        "markets": [market("m", "B", 10, price_unit="USD/bbl", demand=8, demand_unit="kb/d", bbl_per_t=8)],
    }
    agreed = {"id": "k", "name": "k", "kind": "greatest", "asset": "m", "amount": 4, "amount_unit": "kb/d"}
    more = {"id": "o", "name": "o", "asset": "k", "adds": 8, "adds_unit": "kb/d"}
    built = {"id": "s", "title": "s", "options": ["o"]}
    case = build(tables | {"contracts": [agreed], "options": [more]}, scenarios=[built])
    assert straits.solve(case).sales["amount"].sum() == pytest.approx(0.5)
    assert straits.solve(case, "s").sales["amount"].sum() == pytest.approx(1.0)
    on_pipe = build(tables | {"contracts": [agreed | {"asset": "p"}]})
    assert straits.solve(on_pipe).sales["amount"].sum() == pytest.approx(4 / 7.5)
    least = agreed | {"kind": "least", "amount": 16, "penalty": 1, "penalty_unit": "USD/bbl"}
    found = straits.solve(build(tables | {"contracts": [least]}))
    assert found.shortfall["amount"].sum() == pytest.approx(1.0)
    assert found.objective == pytest.approx((80 - 8) / 1000)
