"""Scenarios beside the baseline, on cases small enough to check by hand."""

from __future__ import annotations

import numpy as np
import pytest

import straits
from small import build, days, link, market, places, store, supply
from straits.errors import ModelError
from straits.stress import back_test, bypass, corridors, exports, storage_days
from straits.stress.bottlenecks import _as_priced, bottleneck_values
from straits.stress.tables import changes
from straits.stress.tables.fleets import fleet_use
from straits.stress.varied.sensitivity import cost_intervals, sensitivity, uncertain_numbers

FOCUS = {"actor": "AAA", "commodity": "oil", "against": "BBB"}


def two_ways(**more):
    """AAA exports 6 kt/d: 5 by a port of BBB, 1 by a railway over BBB to CCC, and up to 2 by a way of its own."""
    tables = {
        "places": places("F", "P", "S", "R", "C", F="AAA", P="BBB", R="BBB", C="CCC"),
        "links": [
            link("pipe", "F", "P", capacity=5, cost=5, cost_low=2, cost_high=8, corridor="port"),
            link("ship", "P", "S", capacity=5, mode="loading"),
            link("rail-in", "F", "R", capacity=1, cost=8, mode="rail", corridor="rail"),
            link("rail-out", "R", "C", capacity=1, mode="rail"),
            link("own", "F", "C", capacity=2, cost=50, corridor="own"),
        ],
        "supplies": [supply("field", "F", 6, cost=10)],
        "markets": [market("sea", "S", 100), market("land", "C", 100), market("home", "F", 1, demand=1)],
        "observations": [
            {"id": "o1", "name": "port in the first half", "target_kind": "corridor", "target": "port", "commodity": "oil",
             "origin": "AAA", "start": "2022-01-01", "end": "2022-01-03", "value": 8, "value_unit": "kt", "note": "why"},
            {"id": "o2", "name": "exports", "target_kind": "exports", "commodity": "oil", "origin": "AAA",
             "start": "2022-01-01", "end": "2022-01-05", "value": 24, "value_unit": "kt"},
            {"id": "o3", "name": "next year", "target_kind": "exports", "commodity": "oil", "origin": "AAA",
             "start": "2023-01-01", "end": "2023-01-05", "value": 24, "value_unit": "kt"},
        ],
    }  # fmt: skip
    scenarios = [
        {"id": "port-shut", "title": "port shut", "back_test": True, "disruptions": [
            {"asset": "ship", "start": "2022-01-02", "end": "2022-01-04"}]},
        {"id": "nothing", "title": "nothing"},
    ]  # fmt: skip
    return build(tables | more, time=days(4), scenarios=scenarios, focus=FOCUS)


def test_both_meanings_of_bypassing():
    """Proves: of 6 kt/d, 5 use a port of BBB and all 6 its territory: 17 % go round its ports, none round its territory.
    Without it: one number would be quoted for two questions.
    """
    table = bypass(straits.solve(two_ways()), "AAA", "oil", "BBB").set_index("definition")
    assert table.loc["ports", ["exports", "through", "around"]].tolist() == pytest.approx([24, 20, 4])
    assert table.loc["territory", "around"] == pytest.approx(0)
    assert table["share"].to_dict() == pytest.approx({"ports": 1 / 6, "territory": 0.0})


def test_home_sales_are_no_exports():
    """Proves: what is sold inside AAA is not counted as exported.
    Without it: a case with a home market would show too large exports.
    """
    case = two_ways(markets=[market("sea", "S", 100), market("home", "F", 500, demand=2)])
    sold = exports(straits.solve(case))
    assert set(sold["market"]) == {"sea"}
    assert sold["amount"].sum() == pytest.approx(16)


def test_loss_by_corridor_and_in_total():
    """Proves: two days without the port lose 10 kt there, 2 x 2 of which find the own way: 6 kt of exports are lost.
    Without it: loss by corridor and in total would be one number.
    """
    found = straits.stress(two_ways())
    lost = found.lost_exports.groupby(["scenario", "corridor"])["lost"].sum()
    assert lost["port-shut", "port"] == pytest.approx(10)
    assert lost["port-shut", "own"] == pytest.approx(-4)
    summary = found.summary.set_index("scenario").loc["port-shut"]
    assert summary["lost_exports"] == pytest.approx(6)
    assert summary["lost_share"] == pytest.approx(0.25)
    assert summary["revenue_lost"] == pytest.approx(0.6)
    assert summary["days_to_loss"] == 0 and summary["days_to_recovery"] == 2


def test_a_scenario_that_does_nothing():
    """Proves: a scenario without disruption loses nothing and has no times.
    Without it: noise between equally good optima could be reported as a loss.
    """
    row = straits.stress(two_ways(), ["nothing"]).summary.set_index("scenario").loc["nothing"]
    assert row["lost_exports"] == pytest.approx(0)
    assert np.isnan(row["days_to_loss"]) and np.isnan(row["days_to_recovery"])


def test_rounding_is_no_loss():
    """Proves: of a million, what differs in the twelfth figure is no loss; a whole one is. Without it: tables would show
    losses of nothing.
    """
    assert changes.difference(1e6, 1e6 - 1e-5) == 0.0
    assert changes.difference(1e6, 1e6 - 1.0) == 1.0


def test_who_gains_and_loses_adds_up():
    """Proves: the changes of all actors add up to the change of the joint value.
    Without it: somebody's loss would be missing from the table.
    """
    found = straits.stress(two_ways())
    changes = found.actors.groupby("scenario")["change"].sum()
    for name, solution in found.solutions.items():
        assert changes.get(name, 0.0) == pytest.approx(solution.objective - found.baseline.objective)


def test_back_test():
    """Proves: modelled and observed amounts of the same days are set side by side, with the reason noted; an
    observation outside the axis is left out.
    Without it: the error of the model could be taken over other days than the observation's.
    """
    found = straits.stress(two_ways(), ["port-shut"]).back_test.set_index("observation")
    assert list(found.index) == ["o1", "o2"]
    assert found.loc["o1", "modelled"] == pytest.approx(5)
    assert found.loc["o1", "error"] == pytest.approx(-3 / 8)
    assert found.loc["o1", "reason"] == "why"
    assert found.loc["o2", "modelled"] == pytest.approx(18)
    assert len(back_test(straits.solve(two_ways()))) == 2


def test_storage_days():
    """Proves: a tank of 12 kt at a port that takes 4 kt a day holds 3 days.
    Without it: storage would be a number of tonnes nobody can judge.
    """
    case = build(
        {
            "places": places("F", "P", "S"),
            "links": [link("pipe", "F", "P", capacity=4), link("ship", "P", "S", capacity=9)],
            "supplies": [supply("field", "F", 4)],
            "markets": [market("sea", "S", 100)],
            "stores": [
                store(
                    "tank",
                    "P",
                    14,
                    start=2,
                    start_origin="AAA",
                    min_level=2,
                    min_level_unit="kt",
                    cost=1,
                    cost_unit="USD/t",
                )
            ],
        },
        time=days(4),
    )
    row = storage_days(straits.solve(case)).set_index("store").loc["tank"]
    assert row["days_from_empty"] == pytest.approx(3)
    assert row["days_from_mean"] == pytest.approx(3)
    assert row["capacity"] == pytest.approx(14)


def test_bottleneck_worth():
    """Proves: with 7 kt/d the own way carries 1, so one more kt/d of output for four days earns 4 x (100 - 50 - 10) thousand
    USD; one more of pipe would save 4 x (50 - 5) thousand, but the ship behind it carries no more, so that neither brings
    anything alone, and one less of either costs as much.
    Without it: the worth of a bottleneck would be per tonne and not comparable between assets.
    """
    found = straits.stress(two_ways(supplies=[supply("field", "F", 7, cost=10)]), []).bottlenecks
    table = found.set_index("asset")
    assert table["worth"]["field"] == pytest.approx(4 * 40 / 1000)
    assert table.loc["field", ["unit", "steps_binding", "mean_value"]].tolist() == [
        "kt/d",
        4,
        pytest.approx(40),
    ]
    assert table["worth"][["pipe", "ship"]].tolist() == [0.0, 0.0]
    assert table["worth_of_last"][["pipe", "ship"]].tolist() == pytest.approx([4 * 45 / 1000] * 2)


def test_callable_room():
    """Proves: `straits.stress(...)` is the function and `straits.stress` still the room.
    Without it: importing the room would hide the function of the same name.
    """
    assert straits.stress(two_ways(), []).solutions == {}
    assert straits.stress.corridors is corridors


def test_main_scenario_is_the_one_that_loses_most():
    """Proves: without a choice in the settings, the main answer is the largest loss.
    Without it: the first scenario of the alphabet would be.
    """
    assert straits.stress(two_ways()).main_scenario() == "port-shut"


def test_sensitivity_by_brute_force():
    """Proves: the answer at the ends of every number is the one of a case written with that number.
    Without it: warm solves could carry bounds of one number over to the next.
    """
    case = two_ways()
    table = sensitivity(case, "port-shut", limit=99)
    assert {"ship", "own", "pipe", "field"} <= set(table["row"])
    for row in table.itertuples():
        for end, lost in ((row.low, row.lost_low), (row.high, row.lost_high)):
            frames = case.tables
            frame = frames[row.table]
            frame.loc[frame["id"] == row.row, row.column] = end
            other = straits.Case.from_tables(
                frames, scenarios=case.scenarios.values(), **case.settings.model_dump()
            )
            before, after = (exports(straits.solve(other, s))["amount"].sum() for s in (None, "port-shut"))
            assert lost == pytest.approx(before - after, abs=1e-6), (row.row, row.column, end)
    assert table["swing"].is_monotonic_decreasing


def test_numbers_with_a_good_source_are_not_varied():
    """Proves: a number whose chosen claim has a source and is not of low confidence is left alone.
    Without it: the table would be full of numbers that are known.
    """
    claim = {"id": "c1", "table": "links", "row": "own", "column": "capacity", "value": "2", "unit": "kt/d", "source": "s1",
             "confidence": "high"}  # fmt: skip
    known = two_ways(claims=[claim], sources=[{"id": "s1", "title": "t"}])
    cells = {(u.row, u.column) for u in uncertain_numbers(known)}
    assert ("own", "capacity") not in cells
    assert ("own", "capacity") in {(u.row, u.column) for u in uncertain_numbers(two_ways())}
    (interval,) = [u for u in uncertain_numbers(known) if u.basis == "interval"]
    assert (interval.row, interval.low, interval.high) == ("pipe", 2, 8)


def test_cost_intervals():
    """Proves: with the cost of the pipe at 2 and 8 instead of 5, the value lost by 10 kt at the port moves by 30 thousand.
    Without it: the report could not say how far unknown costs matter.
    """
    table = cost_intervals(two_ways(), "port-shut").set_index("setting")
    given, low, high = (table.loc[s, "value_lost"] for s in ("as given", "all low", "all high"))
    assert low - given == pytest.approx(0.03)
    assert given - high == pytest.approx(0.03)
    # There is no price with an interval, so costs and prices have no ends apart.
    assert table["lost"].tolist() == pytest.approx([6] * 3)


def test_refusals():
    """Proves: questions that need a focus, or a scenario, are refused with what is missing.
    Without it: they would fail somewhere inside.
    """
    plain = build({"places": places("A", "B"), "links": [link("l", "A", "B", capacity=1)],
                   "supplies": [supply("s", "A", 1)], "markets": [market("m", "B", 5)]})  # fmt: skip
    with pytest.raises(ModelError, match="focus"):
        sensitivity(plain, "x")
    with pytest.raises(ModelError, match="focus"):
        _ = straits.stress(plain).bypass
    with pytest.raises(ModelError, match="name a scenario"):
        sensitivity(two_ways(), "baseline")


def test_back_test_of_a_store_counts_its_least_content():
    """Proves: a tank measured at 7 kt, of which 3 are its least content, is modelled at 7: the 4 that fill it and
    the 3 that stay. Of one origin only the 4 are asked for.
    Without it: the table of stores would say 7 and the back-test 4.
    """
    seen = {"name": "o", "target_kind": "store", "target": "tank", "commodity": "oil", "start": "2022-01-01", "end": "2022-01-03",
            "value": 7, "value_unit": "kt"}  # fmt: skip
    tables = {
        "places": places("A", "P", A="AAA", P="AAA"),
        "links": [link("pipe", "A", "P", capacity=2)],
        "supplies": [supply("field", "A", 2, min_output=2)],
        "stores": [store("tank", "P", 9, start=3, start_origin="AAA", min_level=3, min_level_unit="kt")],
        "observations": [{"id": "all", **seen}, {"id": "own", **seen, "origin": "AAA"}],
    }
    scenarios = [{"id": "plain", "title": "plain", "back_test": True}]
    found = back_test(straits.solve(build(tables, time=days(2), scenarios=scenarios), "plain"))
    assert found.set_index("observation")["modelled"].to_dict() == pytest.approx({"all": 7.0, "own": 4.0})


def _one_line(step="day", count=4, **left):
    """A line of 10 kt/d that is left `left[day]` of itself on days of January; sold at 200, lifted at 50, moved at 10."""
    tables = {"places": places("A", "B", B="BBB"), "links": [link("line", "A", "B", capacity=10, cost=10)],
              "supplies": [supply("field", "A", 12, cost=50)], "markets": [market("sea", "B", 200)]}  # fmt: skip
    struck = [{"asset": "line", "factor": share, "start": f"2022-01-{int(day[1:]):02d}", "end": f"2022-01-{int(day[1:]) + 1:02d}"}
              for day, share in left.items()]  # fmt: skip
    scenario = {"id": "less", "title": "less", "disruptions": struck}
    return build(tables, time=days(count, step=step), scenarios=[scenario], focus=FOCUS)


@pytest.mark.parametrize(
    ("left", "times"),
    [
        ({"d2": 0.8}, (np.nan, np.nan)),  # a fifth of a day's exports is not noticed
        ({"d2": 0.7}, (0, 1)),
        ({"d2": 0.8, "d3": 0.8}, (1, 2)),  # noticed on the second day
        ({"d2": 0.7, "d3": 0.995}, (0, 1)),  # half a percent does not put off the recovery
        ({"d2": 0.7, "d3": 0.98}, (0, 2)),
        ({"d3": 0.5, "d4": 0.5}, (0, np.inf)),  # not within the axis
    ],
)
def test_times_of_loss_and_recovery(left, times):
    """Proves: a quarter of a day's exports is when a loss counts, one percent of a step's when it goes on.
    Without it: another threshold would give other days, and no test would ask.
    """
    row = straits.stress(_one_line(**left)).summary.iloc[0]
    assert (row["days_to_loss"], row["days_to_recovery"]) == pytest.approx(times, nan_ok=True)


def test_only_marked_scenarios_are_back_tested():
    """Proves: of two scenarios only the one that tells what happened is set beside observations.
    Without it: a threat that was not carried out would count against the model.
    """
    found = straits.stress(two_ways(), ["port-shut", "nothing"]).back_test
    assert set(found["scenario"]) == {"port-shut"}
    assert len(straits.stress(two_ways(), ["nothing"]).back_test) == 0


def test_bottlenecks_of_a_plan_made_step_by_step():
    """Proves: prices of the steps' own solves are added up by days: 140 USD/t on a line, over steps of 7 and 3 days, are 1.4
    million for a kt a day; and nothing is said of the last unit of a plan that is no optimum.
    Without it: the sum of prices would never be run.
    """
    (row,) = _as_priced(straits.solve(_one_line("week", 10)))
    assert row[0] == "line"
    kind, unit, binding, mean, worth, last = row[1:]
    assert (kind, unit, binding) == ("link", "kt/d", 2)
    assert (mean, worth) == pytest.approx((140, 1.4))
    assert np.isnan(last)


def test_bottleneck_worth_of_a_tank_and_of_ships():
    """Proves: with the line closed on the first of two days, one more kt of tank is one more kt sold at 100 on the second; and
    with two ships that carry 1 kt a day of 5, one more carries half a kt on each of four days.
    Without it: a tank would be priced as ships are, or ships by their route.
    """
    way = {
        "places": places("A", "B"),
        "supplies": [supply("field", "A", 4)],
        "markets": [market("sea", "B", 100)],
    }
    shut = {
        "id": "shut",
        "title": "shut",
        "disruptions": [{"asset": "line", "start": "2022-01-01", "end": "2022-01-02"}],
    }
    tank = build(way | {"links": [link("line", "A", "B", capacity=10)], "stores": [store("tank", "A", 2)]}, time=days(2),
                 scenarios=[shut])  # fmt: skip
    table = bottleneck_values(straits.solve(tank, "shut")).set_index("asset")
    assert table.loc["tank", ["kind", "unit", "steps_binding"]].tolist() == ["store", "kt", 1]
    assert table.loc["tank", ["mean_value", "worth", "worth_of_last"]].tolist() == pytest.approx(
        [100, 0.1, 0.1]
    )
    fleet = {"id": "ships", "name": "ships", "kind": "vessel", "commodity": "oil", "links": "route", "count": 2, "payload": 2,
             "payload_unit": "kt", "speed_knots": 10, "turnaround_days": 2}  # fmt: skip
    route = link("route", "A", "B", capacity=5, length_km=10 * 1.852 * 24)
    sea = build(way | {"links": [route], "fleets": [fleet]}, time=days(4))
    table = bottleneck_values(straits.solve(sea)).set_index("asset")
    assert table.loc["ships", ["kind", "unit", "steps_binding"]].tolist() == ["fleet", "vessel", 4]
    assert table.loc["ships", "worth"] == pytest.approx(4 * 0.5 * 100 / 1000)


def test_one_more_vessel_works_as_the_others_do() -> None:
    """Proves: one more wagon of a fleet that works four days in five is worth four fifths of one that always works: what one
    wagon more of the table brings, and not a wagon-day for each day; by surprise too. Its unit is that of the fleet.
    Without it: a fleet that rests would be told a twentieth, or a fifth, too dear, and wagons would be called vessels.
    """
    fleet = {"id": "train", "name": "train", "kind": "wagon", "commodity": "oil", "links": "route", "count": 2, "payload": 2,
             "payload_unit": "kt", "speed_knots": 10, "turnaround_days": 2, "availability": 0.8}  # fmt: skip
    shut = {"id": "shut", "title": "shut", "foresight": "surprise", "disruptions": [
        {"asset": "route", "start": "2022-01-02", "end": "2022-01-03"}]}  # fmt: skip
    tables = {
        "places": places("A", "B"),
        "links": [link("route", "A", "B", capacity=5, length_km=10 * 1.852 * 24)],
        "supplies": [supply("field", "A", 9)],
        "markets": [market("buyer", "B", 100)],
        "fleets": [fleet],
    }
    case = build(tables, time=days(4), scenarios=[shut])
    base = straits.solve(case)
    more = straits.solve(build(tables | {"fleets": [fleet | {"count": 2.01}]}, time=days(4)))
    row = bottleneck_values(base).set_index("asset").loc["train"]
    assert row["unit"] == "wagon"
    assert row["worth"] == pytest.approx((more.objective - base.objective) / 0.01)
    assert row["worth"] == pytest.approx(4 * 0.8 * 0.5 * 100 / 1000)
    assert row["mean_value"] == pytest.approx(0.5 * 100 * 1000)
    surprised = bottleneck_values(straits.solve(case, "shut")).set_index("asset").loc["train"]
    assert surprised["worth"] == pytest.approx(3 * 0.8 * 0.5 * 100 / 1000)
    assert fleet_use(base)["unit"].tolist() == ["wagon-day"] * 4


def test_exports_added_up_are_those_of_the_table() -> None:
    """Proves: amounts and revenue of each cargo, read off arrays, are the sums of the table of exports, also where supplies of
    one origin are told apart by what they pay. Without it: the summary and the table would give two numbers for one thing."""
    from straits.stress.tables import measures

    for name in ("two-routes", "landlocked-importer", "caspian"):
        solution = straits.solve(straits.load_case(name))
        table = measures.exports(solution)
        found = measures.exported(solution)
        sums = table.groupby(["commodity", "origin"])[["amount", "revenue"]].sum()
        assert set(found) == set(sums.index)
        for key, row in sums.iterrows():
            assert found[key].amount.sum() == pytest.approx(row["amount"])
            assert found[key].revenue == pytest.approx(row["revenue"])
            steps = (
                table[(table["commodity"] == key[0]) & (table["origin"] == key[1])]
                .groupby("step")["amount"]
                .sum()
            )
            assert np.flatnonzero(found[key].amount).tolist() == steps.index.tolist()
