"""How sure an answer is: draws of small cases whose range can be worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

import straits
from small import build, days, link, market, places, store, supply
from straits.case import Change
from straits.errors import ModelError
from straits.stress.varied.draws import drawn
from straits.stress.varied.indices import spread_evenly
from straits.stress.varied.numbers import uncertain_numbers, with_numbers
from straits.stress.varied.runs import runs_of
from straits.stress.varied.sensitivity import sensitivity
from straits.stress.varied.uncertain import uncertainty


def two_ways(**more):
    """5 kt/d pass at the port (capacity 4 to 8), 10 by rail; a stop of the port for one of two days loses what it carried."""
    tables = {
        "places": places("A", "P", "B", P="BBB", B="BBB"),
        "links": [
            link("port", "A", "P", capacity=5, capacity_low=4, capacity_high=8, cost=1),
            link("ship", "P", "B", capacity=100, cost=0),
            link("rail", "A", "B", capacity=10, cost=2),
        ],
        "supplies": [supply("field", "A", 30, cost=10)],
        "markets": [market("sea", "B", 100, buyer="CCC")],
    } | more  # fmt: skip
    known = [
        (t, r["id"], c, r[c])
        for t, rows in tables.items()
        for r in rows
        for c in ("capacity", "cost", "price")
        if c in r
    ]
    sure = [{"id": f"k{i}", "table": t, "row": r, "column": c, "value": f"{v:g}", "source": "s", "confidence": "high"}
            for i, (t, r, c, v) in enumerate(known)]  # fmt: skip
    tables["claims"] = sure
    tables["sources"] = [{"id": "s", "title": "s"}]
    stop = {
        "id": "stop",
        "title": "stop",
        "disruptions": [{"asset": "port", "factor": 0, "start": "2022-01-02", "end": "2022-01-03"}],
    }
    return build(
        tables, time=days(2), scenarios=[stop], focus={"actor": "AAA", "commodity": "oil", "scenario": "stop"}
    )


def test_the_range_of_one_number_by_hand():
    """Proves: only the capacity of the port is uncertain, 4 to 8 with 5 given: what is lost is that capacity, so that the range
    of the draws is its own, half of them below 5, and each kt that is lost costs 89. Nothing else is drawn.
    Without it: "between" in a headline could be anything.
    """
    found = uncertainty(two_ways(), draws=40)
    assert found.parameters["numbers_drawn"] == 1 and found.parameters["failed"] == 0
    lost = found.answers.set_index("answer").loc["lost exports"]
    assert lost["given"] == pytest.approx(5)
    # A Latin hypercube of 40: quantile q lies within a fortieth of that of the distribution.
    width = {"q05": (4.1, 0.06), "q50": (5.0, 0.1), "q95": (7.7, 0.2)}
    for name, (value, near) in width.items():
        assert lost[name] == pytest.approx(value, abs=near), name
    draws = found.draws
    assert draws["value lost"].to_numpy() == pytest.approx(draws["lost exports"].to_numpy() * 0.089)
    assert found.numbers["number"].tolist() == ["links:port:capacity"]
    assert found.numbers["rank_correlation"].tolist() == pytest.approx([1.0])
    assert "port, capacity" in found.sentences[-2]
    again = uncertainty(two_ways(), draws=40)
    assert again.draws.equals(draws)


def test_what_matters_most():
    """Proves: lost exports are the port's capacity, and the price of the sea moves the value lost alone: of lost exports the
    capacity has all of the variance, first and total, and the price none.
    Without it: the ranking would say nothing.
    """
    sea = market("sea", "B", 100, buyer="CCC", price_low=50, price_high=150)
    found = uncertainty(two_ways(markets=[sea]), draws=16, indices=32)
    table = found.numbers.set_index("number")
    assert table["total"].to_dict() == pytest.approx(
        {"links:port:capacity": 1.0, "markets:sea:price": 0.0}, abs=0.35
    )
    assert table.index[0] == "links:port:capacity"
    assert table.loc["markets:sea:price", "total"] == pytest.approx(0, abs=1e-9)


def test_states_have_a_range_of_prices_and_of_numbers():
    """Proves: with a field and a buyer that have only each other, by a pipe that is not full, the price between them is open from
    the field's cost to the buyer's price: the range of each state's account holds that and what the draws add.
    Without it: an account would look sure that the optimum leaves open.
    """
    case = build(
        {
            "places": places("A", "B", B="BBB"),
            "links": [link("pipe", "A", "B", capacity=20, cost=0, cost_low=0, cost_high=4)],
            "supplies": [supply("field", "A", 10, cost=10)],
            "markets": [market("sea", "B", 100, demand=10)],
            "controls": [{"id": "c", "asset": "field", "actor": "AAA", "role": "owner", "share": 1}],
        },
        time=days(2), focus={"actor": "AAA", "commodity": "oil", "scenario": "half"},
        scenarios=[{"id": "half", "title": "half", "disruptions": [{"asset": "sea", "factor": 0.5,
                                                                     "start": "2022-01-01", "end": "2022-01-02"}]}],
    )  # fmt: skip
    found = uncertainty(case, draws=8, spread=0)
    row = found.states.set_index("state").loc["AAA"]
    assert row["open_least"] <= row["given"] <= row["open_most"]
    assert row["open_most"] - row["open_least"] > 0.5
    assert row["low"] == pytest.approx(row["q05"] + row["open_least"] - row["given"])
    assert row["high"] == pytest.approx(row["q95"] + row["open_most"] - row["given"])


def test_claims_that_compete_are_an_interval():
    """Proves: a capacity of 7 kt/d, of which another claim says 2.92 Mt/y (8 kt/d), is drawn from 7 to 8, though its source is
    good; of a store the start is not drawn below the least content.
    Without it: two sources that disagree would count as certainty.
    """
    tank = store("tank", "P", 20, start=5, start_origin="AAA", min_level=4500, min_level_unit="t")
    links = [link("port", "A", "P", capacity=7, cost=1), link("ship", "P", "B", capacity=9, cost=0)]
    case = two_ways(links=links, stores=[tank])
    tables = {name: frame.to_dict("records") for name, frame in case.tables.items() if len(frame)}
    tables = {
        name: [{k: v for k, v in r.items() if v == v and v is not None} for r in rows]
        for name, rows in tables.items()
    }
    other = {
        "id": "other",
        "table": "links",
        "row": "port",
        "column": "capacity",
        "value": "2.92",
        "unit": "Mt/y",
    }
    tables["claims"].append(other | {"chosen": False})
    found = {i.key: i for i in uncertain_numbers(build(tables, time=days(2)))}
    port = found["links:port:capacity"]
    assert (port.basis, port.low, port.high) == ("claims", 7, pytest.approx(8))
    assert found["stores:tank:start"].low == pytest.approx(4.5)
    changed = with_numbers(case, [(port, 7.5), (found["stores:tank:start"], 6.0)])
    assert changed.rows("links")["port"].capacity == 7.5 and changed.rows("stores")["tank"].start == 6.0
    assert case.rows("links")["port"].capacity == 7


def test_draws_without_an_answer_are_counted():
    """Proves: a promise that the port keeps only in a part of the draws makes the others infeasible: they are counted, said, and
    in no quantile. Two workers give the answers of one.
    Without it: a range would hold draws that cannot be.
    """
    hard = {"id": "owed", "name": "owed", "kind": "least", "asset": "port", "amount": 4.4, "amount_unit": "kt/d",
            "start": "2022-01-01", "end": "2022-01-02"}  # fmt: skip
    case = two_ways(contracts=[hard])
    found = uncertainty(case, draws=10, spread=0)
    assert found.parameters["failed"] == 2
    assert found.answers.set_index("answer").loc["lost exports", "least"] >= 4.4
    assert "2 more have no answer" in found.sentences[-1]
    assert uncertainty(case, draws=10, spread=0, workers=2).draws.equals(found.draws)


def test_draws_do_not_hang_on_the_order_of_rows():
    """Proves: the same seed gives the same draws of the same case, in whatever order the rows of its tables stand. Without it:
    sorting a table in a spreadsheet would move every range, of a case that counts as the same."""
    links = [
        link("port", "A", "P", capacity=5, capacity_low=4, capacity_high=8, cost=1),
        link("ship", "P", "B", capacity=100, cost=0),
        link("rail", "A", "B", capacity=10, capacity_low=2, capacity_high=12, cost=2),
    ]
    case = two_ways(links=links)
    turned = {name: rows[::-1] for name, rows in case.tables.items() if len(rows)}
    again = straits.Case.from_tables(
        turned,
        scenarios=[s.model_dump(exclude_unset=True) for s in case.scenarios.values()],
        **case.settings.model_dump(),
    )
    assert again.hash == case.hash
    assert uncertainty(again, draws=5).draws.equals(uncertainty(case, draws=5).draws)


def test_refusals():
    """Proves: no scenario, one draw, and a case without uncertain numbers are refused with what is missing.
    Without it: an empty range would look like certainty.
    """
    for workers in (0, -1, True):
        with pytest.raises(ModelError, match=f"workers={workers}: expected a whole number, 1 or more"):
            uncertainty(two_ways(), draws=2, workers=workers)
    with pytest.raises(ModelError, match="draws=1"):
        uncertainty(two_ways(), draws=1)
    with pytest.raises(ModelError, match="needs a scenario"):
        uncertainty(two_ways(), "baseline")
    sure = two_ways(
        links=[link("port", "A", "P", capacity=5, cost=1), link("ship", "P", "B", capacity=100, cost=0)]
    )
    with pytest.raises(ModelError, match="no uncertain number"):
        uncertainty(sure)


def test_the_reference_case_lists_money_numbers():
    """Proves: in `caspian` the rates of treasuries, the answer of the world price and trade beyond the network are drawn, and the
    numbers that only divide money are not among those that can change a plan.
    Without it: the range of an account would be that of costs alone.
    """
    case = straits.load_case("caspian")
    every = {i.table for i in uncertain_numbers(case, "crude", of_plan=False)}
    assert {
        "fiscal",
        "price_responses",
        "exposures",
        "world_markets",
        "links",
        "supplies",
        "stores",
        "fleets",
    } <= every
    plan = uncertain_numbers(case, "crude")
    assert not any(i.column in ("regulated_price", "net_exports") for i in plan)
    assert {"exposures"}.isdisjoint({i.table for i in plan})


def test_a_duty_can_turn_what_is_lost():
    """Proves: of a margin of 88 an export duty of 20 leaves exports, one of 95 at its high end none: with it a stop of the port
    loses nothing, and the table of single numbers says so. A royalty, which changes no plan, is not tried.
    Without it: the tables of what moves an answer would know costs and no treasury.
    """
    terms = [
        {"id": "duty", "asset": "field", "taker": "AAA", "kind": "export_duty", "rate": 20, "rate_unit": "USD/t", "rate_low": 10,
         "rate_high": 95},
        {"id": "share", "asset": "field", "taker": "AAA", "kind": "royalty", "rate": 0.1, "rate_low": 0.05, "rate_high": 0.2},
    ]  # fmt: skip
    table = sensitivity(two_ways(fiscal=terms), "stop").set_index(["table", "row"])
    row = table.loc[("fiscal", "duty")]
    assert (row["lost_low"], row["lost"], row["lost_high"]) == pytest.approx((5, 5, 0), abs=1e-6)
    assert ("fiscal", "share") not in table.index
    assert row["name"] == "export duty, field"


def test_a_surprise_has_ranges_of_prices_too():
    """Proves: where the scenario is a surprise, what prices leave open after it is added to the range of the draws: in a case in
    which all prices are what they must be, nothing.
    Without it: a range would be quoted as if it counted prices that nobody asked about.
    """
    ends = [
        Change(table="links", row="rail", column=name, value=value)
        for name, value in (("cost_low", 30), ("cost_high", 40))
    ]
    case = straits.load_case("two-routes").with_changes(ends)
    found = uncertainty(case, "pipeline-stop", draws=4, spread=0)
    ends = found.states[["open_least", "open_most"]].to_numpy()
    assert ends == pytest.approx(np.column_stack([found.states["given"]] * 2))
    row = found.states.set_index("state").loc["LND"]
    assert (row["low"], row["high"]) == pytest.approx((row["q05"], row["q95"]))
    assert row["low"] < row["high"]


def two_goods():
    """Oil by the port, and gas that a pipe of its own brings to the same place: both stop for a day."""
    pipe = {"id": "pipe", "name": "pipe", "from_place": "A", "to_place": "B", "mode": "pipeline", "commodities": ["gas"],
            "capacity": 7, "capacity_unit": "kt/d", "cost": 1, "cost_unit": "USD/t"}  # fmt: skip
    oil = two_ways()
    tables = {
        name: oil.tables[name].dropna(axis=1, how="all")
        for name in ("places", "links", "supplies", "markets", "sources")
    }
    rows = {
        name: [{k: v for k, v in r.items() if v == v} for r in t.to_dict("records")]
        for name, t in tables.items()
    }
    rows["commodities"] = [{"id": c, "name": c, "unit": "kt"} for c in ("oil", "gas")]
    rows["links"].append(pipe)
    rows["supplies"].append({**rows["supplies"][0], "id": "well", "name": "well", "commodity": "gas"})
    rows["markets"].append({**rows["markets"][0], "id": "stove", "name": "stove", "commodity": "gas"})
    rows["claims"] = [
        {
            "id": f"k{i}",
            "table": t,
            "row": r["id"],
            "column": c,
            "value": f"{r[c]:g}",
            "source": "s",
            "confidence": "high",
        }
        for i, (t, r, c) in enumerate(
            (t, r, c)
            for t in ("links", "supplies", "markets")
            for r in rows[t]
            for c in ("capacity", "cost", "price")
            if c in r
        )
    ]
    stops = [{"asset": a, "factor": 0, "start": "2022-01-02", "end": "2022-01-03"} for a in ("port", "pipe")]
    return build(
        rows, time=days(2), scenarios=[{"id": "stop", "title": "stop", "disruptions": stops}],
        focus={"actor": "AAA", "commodity": "oil", "scenario": "stop"},
    )  # fmt: skip


def test_what_other_goods_lose_stays_part_of_the_answer():
    """Proves: where numbers about oil are varied only oil is solved again, and what gas loses is in every answer all the same:
    each draw is what solving the whole case with its numbers says, and so is each end of a single number.
    Without it: the value lost would be that of oil alone.
    """
    case = two_goods()
    both = runs_of(case, "stop", "oil")
    assert both.part[0].network.markets.ids == ["sea"] and both.whole[0].network.markets.ids == [
        "sea",
        "stove",
    ]
    (item,) = uncertain_numbers(case, "oil")
    assert item.key == "links:port:capacity"

    def lost(value):
        other = with_numbers(case, [(item, value)])
        return straits.solve(other).objective - straits.solve(other, "stop").objective

    found = uncertainty(case, draws=6)
    points = spread_evenly(6, 1, np.random.default_rng(0))[:, 0]
    assert found.draws["value lost"].tolist() == pytest.approx([lost(drawn(item, u)) for u in points])
    assert found.draws["value lost"].min() > 7 * 0.08
    row = sensitivity(case, "stop").iloc[0]
    assert row[["value_lost_low", "value_lost", "value_lost_high"]].tolist() == pytest.approx(
        [lost(v) for v in (4, 5, 8)]
    )


def test_a_part_of_a_case_has_the_joint_capacities_of_its_links():
    """Proves: where only oil is solved again, a joint capacity that also holds a lane of containers, on which none come, stays
    with the strait alone and binds there; one of lanes alone is gone, and so is the stop of it.
    Without it: the part would name links that it does not have, and end in words about lists.
    """
    boxes = {"commodity": "box", "capacity_unit": "TEU/d", "cost_unit": "USD/TEU"}
    lane, road = (
        link(*row, commodities="box", cost_unit="USD/TEU") for row in (("lane", "C", "D"), ("road", "E", "F"))
    )
    case = build(
        {
            "commodities": [{"id": "oil", "name": "oil", "unit": "kt"}, {"id": "box", "name": "box", "unit": "TEU"}],
            "places": places("A", "B", "C", "D", "E", "F", E="BBB"),
            "links": [link("strait", "A", "B", capacity=9, capacity_low=2, capacity_high=10), lane, road],
            "joints": [
                {"id": "both", "name": "both", "links": "strait|lane", "capacity": 4, "unit": "call",
                 "weights": "oil=0.001|box=0.001"},
                {"id": "lanes", "name": "lanes", "links": "lane|road", "capacity": 9, "unit": "TEU"},
            ],
            "supplies": [supply("field", "A", 6), supply("plant", "E", 5, **boxes)],
            "markets": [market("oil", "B", 100), market("goods", "F", 100, commodity="box", price_unit="USD/TEU")],
        },
        time=days(2),
        scenarios=[
            {"id": "stop", "title": "stop", "disruptions": [
                {"asset": asset, "factor": 0.5, "start": "2022-01-02", "end": "2022-01-03"} for asset in ("both", "lanes")]},
        ],
    )  # fmt: skip
    part = runs_of(case, "stop", "oil").part[1]
    assert part.network.link_ids == ["strait"]
    assert part.network.fleets.ids == ["both"]
    assert part.case.tables["joints"]["links"].tolist() == ["strait"]
    assert part.sales["amount"].tolist() == pytest.approx([4, 2])


@pytest.mark.parametrize("spread", [-0.1, 1.0, 5.0, float("nan")])
def test_a_spread_that_leaves_nothing_is_refused(spread):
    """Proves: half a width of the whole number or more is refused, and so are one below 0 and no number.
    Without it: capacities and prices would be drawn below zero.
    """
    with pytest.raises(ModelError, match="a share from 0 to below 1"):
        uncertain_numbers(straits.load_case("two-routes"), spread=spread)


def test_shares_are_drawn_up_to_the_whole():
    """Proves: a royalty of 0.9 that nothing supports is drawn from 0.72 to 1, not to 1.08.
    Without it: a treasury would take more than a tonne is worth.
    """
    case = straits.load_case("two-routes")
    tables = {name: frame for name, frame in case.tables.items() if len(frame)}
    supply = next(iter(case.rows("supplies")))
    tables["fiscal"] = [{"id": "r", "asset": supply, "taker": "LND", "kind": "royalty", "rate": 0.9}]
    more = straits.Case.from_tables(
        tables, id="r", title="r", time=case.settings.time.model_dump(mode="json", by_alias=True)
    )
    (found,) = [i for i in uncertain_numbers(more, of_plan=False) if i.table == "fiscal"]
    assert (found.low, found.high) == pytest.approx((0.72, 1.0))
