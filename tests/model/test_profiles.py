"""Numbers that change over time, solved by hand three ways: profiles of factors and of numbers, and changes for a time."""

from __future__ import annotations

import pytest

import straits
from small import amount, build, days, link, market, million, places, store, supply
from straits.case import Change
from straits.errors import StraitsError
from straits.testing import reference_lp


def rows(profile, *values, unit=None, first=1, **more):
    """One row of a profile for each day of January 2022, from the `first`."""
    return [
        {"id": f"{profile}{d}", "profile": profile, "start": f"2022-01-{d:02d}", "step": "day", "value": v, **more,
         "value_unit": unit}
        for d, v in enumerate(values, start=first)
    ]  # fmt: skip


def line(**more):
    """A field and a buyer, joined by a pipe that carries all."""
    tables = {
        "places": places("A", "B"),
        "links": [link("pipe", "A", "B", capacity=100)],
        "supplies": [supply("field", "A", 10)],
        "markets": [market("buyer", "B", 100)],
    }
    return tables | more


def both(solved, tables, **how):
    """Solve three ways, and hold the value against the plain program."""
    s = solved(tables, **how)
    expected = reference_lp(
        build(tables, scenarios=how.get("scenarios", ()), time=how.get("time")), s.scenario_id
    )
    assert s.lp_value == pytest.approx(expected.lp_value)
    return s


def test_factors_multiply_a_capacity(solved):
    """Proves: a field of 10 kt/d that makes half on the first day, one and a half on the second, puts out 5 and 15.
    Without it: the factor could be read for the wrong day, or be cut at 1.
    """
    tables = line(supplies=[supply("field", "A", 10, capacity_profile="p")], profiles=rows("p", 0.5, 1.5))
    s = both(solved, tables, time=days(2))
    assert s.supply["amount"].tolist() == pytest.approx([5, 15])


def test_a_unit_takes_the_place_of_the_cell(solved):
    """Proves: values with a unit are the capacity itself, whatever stands in the cell and in whatever unit: 4 kt/d and 700 t/h.
    Without it: they could multiply the cell, or be read in its unit.
    """
    tables = line(
        links=[link("pipe", "A", "B", capacity="unlimited", capacity_profile="p")],
        supplies=[supply("field", "A", 50)],
        profiles=[*rows("p", 4, unit="kt/d"), *rows("p", 700, unit="t/h", first=2)],
    )
    s = both(solved, tables, time=days(2))
    assert s.flows["amount"].tolist() == pytest.approx([4, 16.8])


def test_prices_and_costs_follow_time(solved):
    """Proves: shippers earn price less cost, tariff and lifting of each day: 100 - (10 + 5 + 20), then 300 - (40 + 0 + 10).
    Without it: a cost of the wrong step would enter the value, and the accounts would not add up.
    """
    tables = line(
        links=[
            link("pipe", "A", "B", capacity=100, cost=10, cost_profile="c", tariff=5, tariff_profile="t", tariff_to="CCC")
        ],
        supplies=[supply("field", "A", 10, cost=20, cost_profile="l")],
        markets=[market("buyer", "B", 100, price_profile="p")],
        profiles=[*rows("c", 1, 4), *rows("t", 1, 0), *rows("l", 20, 10, unit="USD/t"), *rows("p", 1, 3)],
    )  # fmt: skip
    s = both(solved, tables, time=days(2))
    assert s.lp_value == pytest.approx(million((10, 65), (10, 250)))
    assert s.tariffs_paid == pytest.approx(million((10, 5)))
    assert s.accounts()["amount"].sum() == pytest.approx(s.objective)
    assert s.prices.set_index(["place", "step"])["price"].loc["B"].tolist() == pytest.approx([100, 300])


def test_a_store_carries_from_the_cheap_season_to_the_dear_one(solved):
    """Proves: of a promise of 4, 8, 4 a day with a field of 6, the tank carries 2 into the second day at its rate of 2, which its
    profile halves on the first day, so that 1 is unmet; holding one kt costs 3 USD/t a day, the profile's.
    Without it: rates or the cost of a store would stay those of the cell.
    """
    tables = line(
        supplies=[supply("field", "A", 6)],
        markets=[
            market("buyer", "B", 100, demand=4, demand_kind="fixed", unmet_price=500, demand_profile="d")
        ],
        stores=[
            store("tank", "B", 9, in_rate=2, in_rate_profile="i", cost=365, cost_unit="USD/t", cost_profile="h")
        ],
        profiles=[*rows("d", 1, 2, 1), *rows("i", 0.5, 1, 1), *rows("h", 3, 3, 3)],
    )  # fmt: skip
    s = both(solved, tables, time=days(3))
    assert s.unmet["amount"].tolist() == pytest.approx([1])
    assert s.lp_value == pytest.approx(million((15, 100), (-1, 500), (-1, 3)))


def test_a_step_takes_the_mean_of_its_days(solved):
    """Proves: a week of four days at 1 and three at 2 lets (4 + 6) x 10 through, and a price of 100 and 170 is 130 for it.
    Without it: the value of the first day, or of the last, would hold for the week.
    """
    tables = line(
        supplies=[supply("field", "A", 10, capacity_profile="p")],
        markets=[market("buyer", "B", 100, price_profile="q")],
        profiles=[
            {"id": "a", "profile": "p", "start": "2021-12-01", "end": "2022-01-05", "value": 1},
            {"id": "b", "profile": "p", "start": "2022-01-05", "end": "2022-02-01", "value": 2},
            {"id": "c", "profile": "q", "start": "2021-12-01", "end": "2022-01-05", "value": 1},
            {"id": "d", "profile": "q", "start": "2022-01-05", "step": "month", "value": 1.7},
        ],
    )
    s = both(
        solved, tables, time={"start": "2022-01-01", "end": "2022-01-08", "step": "week", "boundary": "empty"}
    )
    assert amount(s, "pipe") == pytest.approx(100)
    assert s.lp_value == pytest.approx(million((100, 130)))


def test_seasons_come_back_every_year(solved):
    """Proves: a winter from November to April, over New Year, holds in both winters of the axis, of true length: February has 28
    days, or 29.
    Without it: a stretch would hold in its own year alone, or slip by a day in a leap year.
    """
    tables = line(
        supplies=[supply("field", "A", 10, capacity_profile="p")],
        profiles=[
            {
                "id": "w",
                "profile": "p",
                "start": "2019-11-01",
                "end": "2020-04-01",
                "every": "year",
                "value": 2,
            },
            {
                "id": "s",
                "profile": "p",
                "start": "2019-04-01",
                "end": "2019-11-01",
                "every": "year",
                "value": 1,
            },
        ],
    )
    s = both(
        solved,
        tables,
        time={"start": "2023-01-01", "end": "2024-05-01", "step": "month", "boundary": "empty"},
    )
    out = s.supply["amount"].tolist()
    assert out[:5] == pytest.approx([620, 560, 620, 300, 310])
    assert out[9:15] == pytest.approx([310, 600, 620, 620, 580, 620])
    assert out[15] == pytest.approx(300)


def test_a_curve_moves_with_its_price_and_demand(solved):
    """Proves: steps 100:2 and 60:2 become 200:1 and 120:1 where the price doubles and demand halves; linear demand likewise.
    Without it: only the first step of a curve would move.
    """
    profiles = [*rows("p", 1, 2), *rows("d", 1, 0.5)]
    steps = market("buyer", "B", 100, demand=4, steps="100:2|60:2", price_profile="p", demand_profile="d")
    s = both(solved, line(markets=[steps], profiles=profiles), time=days(2))
    assert s.lp_value == pytest.approx(million((2, 100), (2, 60), (1, 200), (1, 120)))
    straight = market(
        "buyer",
        "B",
        100,
        demand=4,
        demand_kind="linear",
        elasticity=-1,
        price_profile="p",
        demand_profile="d",
    )
    s = both(solved, line(markets=[straight], profiles=profiles), time=days(2))
    assert s.sales["amount"].tolist() == pytest.approx([8, 4])
    assert s.lp_value == pytest.approx(million((8, 100), (4, 200)))


def test_elastic_demand_follows_its_price(solved):
    """Proves: at elasticity -1 a buyer of 4 at 100 spends 400 a day whatever the price; at four times the price it buys
    4, because its listed amount is bought at the listed price of the day, which is then its highest.
    Without it: the curve of the first day would hold on the second.
    """
    buyer = market("buyer", "B", 100, demand=4, demand_kind="elastic", elasticity=-1, choke_price=400,
                   choke_price_unit="USD/t", price_profile="p")  # fmt: skip
    s = both(solved, line(markets=[buyer], profiles=rows("p", 1, 4)), time=days(2))
    assert s.sales["amount"].tolist() == pytest.approx([4, 4])


def test_a_world_price_over_time(solved):
    """Proves: a market listed 10 above a world price of 90 follows it: 100, then 190 where the world's doubles.
    Without it: markets of a world market would keep the price of the first step.
    """
    tables = line(
        markets=[market("buyer", "B", 100, world="w", price_profile="q")],
        world_markets=[{"id": "w", "name": "w", "commodity": "oil", "volume": 1e6, "volume_unit": "kt/d", "price": 90,
                        "price_unit": "USD/t", "price_profile": "p", "sold": 10, "sold_unit": "kt/d"}],
        price_responses=[{"id": "r", "world": "w", "horizon": "months", "elasticity": -0.2}],
        profiles=[*rows("p", 1, 2), *rows("q", 100, 190, unit="USD/t")],
    )  # fmt: skip
    s = both(solved, tables, time=days(2))
    assert s.world_prices["price"].tolist() == pytest.approx([90, 180])
    assert s.lp_value == pytest.approx(million((10, 100), (10, 190)), rel=1e-4)


def test_what_a_season_leaves_of_a_least_output(solved):
    """Proves: a field that must put out 6 and can put out 4 on the first day puts out 4; on the second, 6, though it loses money.
    Without it: a season would make the case infeasible.
    """
    tables = line(
        supplies=[supply("field", "A", 8, cost=150, min_output=6, capacity_profile="p")],
        profiles=rows("p", 0.5, 1),
    )
    s = both(solved, tables, time=days(2))
    assert s.supply["amount"].tolist() == pytest.approx([4, 6])


def test_a_change_for_a_time(solved):
    """Proves: a scenario's tariff of 30 holds from the second day to the fourth, beside a capacity for good; a week holds it in
    part; and what a profile says does not hold then.
    Without it: a change with days would hold for good, or be lost where a case is saved.
    """
    scenario = {"id": "toll", "title": "toll", "changes": [
        {"table": "links", "row": "pipe", "column": "tariff", "value": 30, "start": "2022-01-02", "end": "2022-01-04"},
        {"table": "links", "row": "pipe", "column": "capacity", "value": 5},
    ]}  # fmt: skip
    tables = line(
        links=[link("pipe", "A", "B", capacity=100, tariff=10, tariff_profile="t", tariff_to="CCC")],
        profiles=rows("t", 1, 2, 3, 4),
    )
    s = both(solved, tables, scenarios=[scenario], time=days(4), how={"scenario": "toll"})
    assert s.lp_value == pytest.approx(million((5, 90), (10, 70), (5, 60)))
    week = {"start": "2022-01-01", "end": "2022-01-08", "step": "week", "boundary": "empty"}
    tables["links"][0] |= {"tariff_profile": None}
    del tables["profiles"]
    s = both(solved, tables, scenarios=[scenario], time=week, how={"scenario": "toll"})
    assert s.lp_value == pytest.approx(million((35, 100 - (5 * 10 + 2 * 30) / 7)))


def test_a_case_with_changes_for_a_time_is_another_one():
    """Proves: changes for a time are part of what a case says (its hash), and no table could hold them, so saving refuses.
    Without it: a saved case would be another one, in silence.
    """
    case = build(line(), time=days(3))
    change = Change(table="links", row="pipe", column="capacity", value=1, start="2022-01-02")
    made = case.with_changes([change])
    assert made.hash != case.hash
    assert straits.solve(made).flows["amount"].tolist() == pytest.approx([10, 1, 1])
    with pytest.raises(StraitsError, match=r"links\.pipe\.capacity differ for a time only"):
        made.save("nowhere")


def test_what_repeats_every_year_grows(solved):
    """Proves: a field of 10 kt/d with a summer of half, growing by a tenth a year from 2021, puts out 11 on a day of winter 2022
    and 5.5 in summer, 12.1 and 6.05 a year later; a winter over New Year belongs to the year in which it begins.
    Without it: growth over several years would need a profile without seasons, or one row for each season of each year.
    """
    season = [
        {"id": "w", "profile": "p", "start": "2021-10-01", "end": "2022-04-01", "every": "year", "value": 1, "growth": 0.1},
        {"id": "s", "profile": "p", "start": "2021-04-01", "end": "2021-10-01", "every": "year", "value": 0.5, "growth": 0.1},
    ]  # fmt: skip
    tables = line(supplies=[supply("field", "A", 10, capacity_profile="p")], profiles=season)
    for start, rate in (
        ("2021-11-01", 10.0),
        ("2022-02-01", 10.0),
        ("2022-06-01", 5.5),
        ("2022-11-01", 11.0),
        ("2024-06-01", 6.655),
    ):
        time = {"start": start, "end": start[:-1] + "2", "step": "day", "boundary": "empty"}
        assert both(solved, tables, time=time).supply["amount"].tolist() == pytest.approx([rate])
    once = [
        {"id": "a", "profile": "p", "start": "2022-01-01", "end": "2022-02-01", "value": 1, "growth": 0.1}
    ]
    with pytest.raises(StraitsError, match="growth is from year to year"):
        build(line(supplies=[supply("field", "A", 10, capacity_profile="p")], profiles=once), time=days(2))


def test_a_change_for_a_time_takes_the_place_of_just_its_days(solved):
    """Proves: in one step of a week a field rests for four days and makes 10 kt/d on three; a change to 20 kt/d on the first two
    days, and a later one to 30 on the second and third, give 20 + 30 + 30 + 3 * 10 kt.
    Without it: the change would take its part of what the other days make, or two changes would add up on one day.
    """
    week = {"start": "2022-01-01", "end": "2022-01-08", "step": "week", "boundary": "empty"}
    stretches = [
        {"id": "p1", "profile": "p", "start": "2022-01-01", "end": "2022-01-05", "value": 0},
        {"id": "p2", "profile": "p", "start": "2022-01-05", "end": "2022-01-08", "value": 1},
    ]
    changes = [
        {"table": "supplies", "row": "field", "column": "capacity", "value": v, "start": f"2022-01-{a}", "end": f"2022-01-{b}"}
        for v, a, b in ((20, "01", "03"), (30, "02", "04"))
    ]  # fmt: skip
    scenario = {"id": "busy", "title": "Busy", "changes": changes}
    tables = line(supplies=[supply("field", "A", 10, capacity_profile="p")], profiles=stretches)
    s = both(solved, tables, time=week, scenarios=[scenario], how={"scenario": "busy"})
    assert s.supply["amount"].tolist() == pytest.approx([110])
    numbers = [row | {"value": 10 * row["value"], "value_unit": "kt/d"} for row in stretches]
    s = both(
        solved, tables | {"profiles": numbers}, time=week, scenarios=[scenario], how={"scenario": "busy"}
    )
    assert s.supply["amount"].tolist() == pytest.approx([110])
