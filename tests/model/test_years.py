"""Cases over several years in steps of a year, solved by hand three ways."""

from __future__ import annotations

import datetime as dt

import pytest

import straits
from small import build, link, market, places, store, supply
from straits.case.schema.settings import TimeAxis
from straits.case.timeaxis import Steps, finer_round
from straits.errors import CaseError
from straits.testing import reference_lp

#: Three years, the second of 366 days.
YEARS = {"start": "2023-01-01", "end": "2026-01-01", "step": "year", "boundary": "empty"}


def line(**more):
    """A field of 100 kt a year, a pipe, and a buyer of 80 kt a year who pays 100 USD/t."""
    tables = {
        "places": places("A", "B"),
        "links": [link("pipe", "A", "B", capacity=1)],
        "supplies": [supply("field", "A", 100, capacity_unit="kt/y")],
        "markets": [market("buyer", "B", 100, demand=80, demand_unit="kt/y")],
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


def test_years_end_on_the_first_of_january():
    """Proves: years begin on 1 January, the first and the last may be shorter, 2024 has 366 days.
    Without it: a year would have 365 days from whatever day the case starts.
    """
    axis = Steps(TimeAxis(start=dt.date(2023, 3, 1), end=dt.date(2025, 2, 1), step="year"))
    assert axis.labels == ("2023-03-01", "2024-01-01", "2025-01-01")
    assert axis.days.tolist() == [306, 366, 31]


def test_demand_that_grows_meets_a_field_that_does_not(solved):
    """Proves: demand of 80, 96 and 115.2 kt (a fifth more each year) is met up to 100 kt a year; a rate by the year gives a leap
    year no more, one by the day a day more; the worth is 100 USD/t of each.
    Without it: growth would start a year late, or a yearly amount would hang on the leap day.
    """
    grows = {
        "id": "g",
        "profile": "grows",
        "start": "2023-01-01",
        "step": "year",
        "every": "year",
        "growth": 0.2,
        "value": 1,
    }
    buyer = market("buyer", "B", 100, demand=80, demand_unit="kt/y", demand_profile="grows")
    s = both(solved, line(markets=[buyer], profiles=[grows]), time=YEARS)
    assert s.sales["amount"].tolist() == pytest.approx([80, 96, 100])
    assert s.objective == pytest.approx(27.6)
    narrow = both(solved, line(links=[link("pipe", "A", "B", capacity=0.1)]), time=YEARS)
    assert narrow.sales["amount"].tolist() == pytest.approx([36.5, 36.6, 36.5])


def test_a_rate_by_the_step_is_that_of_a_year(solved):
    """Proves: 60 kt/step are 60 kt in each year, and their part in the months that a year is cut into.
    Without it: a case by the year would read it by the day.
    """
    tables = line(supplies=[supply("field", "A", 60, capacity_unit="kt/step")])
    assert both(solved, tables, time=YEARS).sales["amount"].tolist() == pytest.approx([60, 60, 60])
    cut = YEARS | {"refine": [{"from": "2024-01-01", "to": "2024-03-01", "step": "month"}]}
    found = both(solved, tables, time=cut).sales["amount"].tolist()
    assert found == pytest.approx([60, 60 * 31 / 366, 60 * 29 / 366, 60 * 306 / 366, 60])


def test_a_store_carries_from_year_to_year(solved):
    """Proves: what a field of 100 kt a year makes beyond 80 kt is kept for a third year in which it makes 50: 20 + 20 come out
    of store, of which 30 are asked for.
    Without it: years would be islands.
    """
    ends = [
        {"id": f"c{year}", "profile": "less", "start": f"{year}-01-01", "step": "year", "value": value}
        for year, value in ((2023, 1), (2024, 1), (2025, 0.5))
    ]
    tables = line(
        supplies=[supply("field", "A", 100, capacity_unit="kt/y", capacity_profile="less")],
        stores=[store("tank", "A", 100)], profiles=ends,
    )  # fmt: skip
    s = both(solved, tables, time=YEARS)
    assert s.sales["amount"].tolist() == pytest.approx([80, 80, 80])
    levels = s.stores.groupby("step")["level"].sum().tolist()
    assert levels[1] >= 30 - 1e-6
    assert levels[0] <= 20 + 1e-6


def test_holding_costs_no_more_in_a_leap_year(solved):
    """Proves: 10 kt kept over 2023 and 2024 cost twice 10 kt times 12 USD/t a year, by years, and by months of 2024 within them.
    Without it: holding would cost 366 days at 1/365 of a year's price in a leap year, beside rates spread over 366.
    """
    sold_late = [
        {"id": f"p{year}", "profile": "late", "start": f"{year}-01-01", "step": "year", "value": value}
        for year, value in ((2023, 0), (2024, 0), (2025, 1))
    ]
    tables = line(
        supplies=[supply("field", "A", 0, capacity_unit="kt/y")],
        stores=[store("tank", "B", 50, start=10, cost=12, cost_unit="USD/t", start_origin="AAA")],
        markets=[market("buyer", "B", 100, demand=80, demand_unit="kt/y", demand_profile="late")],
        profiles=sold_late,
    )
    for refine in ((), ({"from": "2024-01-01", "to": "2025-01-01", "step": "month"},)):
        s = both(solved, tables, time=YEARS | {"refine": list(refine)})
        assert s.stores["level"].iloc[-2] == pytest.approx(10)
        assert s.lp_value == pytest.approx((10 * 100 - 2 * 10 * 12) / 1000)


def test_a_short_stop_cuts_years_into_months_and_these_into_days():
    """Proves: round a stop of ten days in June 2024 the year is cut into months, and only May to July into days; the stop takes
    ten days of a field that no rest of a year can make up for.
    Without it: a year would hide a stop, or be cut into 366 days for one of ten.
    """
    stop = {"asset": "pipe", "start": "2024-06-05", "end": "2024-06-15"}
    tables = line(links=[link("pipe", "A", "B", capacity=2)], markets=[market("buyer", "B", 100)])
    case = build(tables, scenarios=[{"id": "stop", "title": "Stop", "disruptions": [stop]}], time=YEARS)
    parts = finer_round(case.settings.time, [(dt.date(2024, 6, 5), dt.date(2024, 6, 15))])
    assert [(p.step, str(p.start), str(p.end)) for p in parts] == [
        ("month", "2024-01-01", "2025-01-01"), ("day", "2024-05-01", "2024-07-01"),
    ]  # fmt: skip
    fine, whole = straits.solve(case, "stop"), straits.solve(case)
    assert fine.network.T == 2 + 10 + 61
    assert whole.objective - fine.objective == pytest.approx(10 * 100 / 366 * 0.1)
    assert straits.solve(case, "stop", refine=False).objective == pytest.approx(whole.objective)


def test_seasons_in_years_take_their_mean_and_rest_is_a_year_that_repeats(solved):
    """Proves: demand of twice as much in the second half of each year is its mean by the year, in a steady case with transit
    time whose boundary is a year that repeats.
    Without it: profiles that tell of months would need steps of months.
    """
    season = [
        {
            "id": "s1",
            "profile": "s",
            "start": "2020-01-01",
            "end": "2020-07-01",
            "every": "year",
            "value": 0.5,
        },
        {
            "id": "s2",
            "profile": "s",
            "start": "2020-07-01",
            "end": "2021-01-01",
            "every": "year",
            "value": 1.0,
        },
    ]
    buyer = market("buyer", "B", 100, demand=0.2, demand_profile="s")
    tables = line(links=[link("pipe", "A", "B", transit_days=10)], markets=[buyer], profiles=season)
    s = both(solved, tables, time=YEARS | {"boundary": "steady"})
    assert s.sales["amount"].tolist() == pytest.approx(
        [0.1 * (181 + 2 * 184), 0.1 * (182 + 2 * 184), 0.1 * (181 + 2 * 184)]
    )
    assert "a year that repeats" in s.provenance["boundary"]


def test_an_unknown_step_is_told_with_those_accepted():
    """Proves: a step of a quarter is refused, and the error names the steps there are."""
    with pytest.raises(CaseError, match=r"time.step.*day.*week.*month.*year"):
        build(line(), time=YEARS | {"step": "quarter"})


# ------------------------------------------------------------------ options from the day on which they work


def widened(day=None, **option):
    """A pipe of 40 kt a year, and a scenario that doubles it; with the day of its decision, if there is one."""
    row = {"id": "more", "name": "Second pipe", "asset": "pipe", "adds": 40, "adds_unit": "kt/y"} | option
    tables = line(links=[link("pipe", "A", "B", capacity=40, capacity_unit="kt/y")], options=[row])
    scenario = {"id": "wide", "title": "Wide", "options": ["more"]}
    return tables, [scenario | ({"decisions": [{"option": "more", "day": day}]} if day else {})]


@pytest.mark.parametrize(
    ("day", "option", "sold"),
    [
        (None, {"years_to_build": 1, "life_years": 1}, [80, 80, 80]),
        ("2023-07-01", {}, [40 + 40 * 184 / 365, 80, 80]),
        ("2023-07-01", {"years_to_build": 1}, [40, 40 + 40 * 184 / 366, 80]),
        ("2023-07-01", {"years_to_build": 1, "life_years": 1}, [40, 40 + 40 * 184 / 366, 40 + 40 * 181 / 365]),
        ("2020-01-01", {"years_to_build": 3.2}, [40 + 40 * 292 / 365, 80, 80]),
        ("2019-03-01", {"life_years": 5}, [80, 40 + 40 * 60 / 366, 40]),
    ],
)  # fmt: skip
def test_an_option_works_from_its_decision_and_its_years_to_build(solved, day, option, sold):
    """Proves: what a scenario builds adds to the pipe from the day of the decision and the years to build it, for its life, in
    part of a step for its days; a fifth of a year is 73 days; without a decision it has always been there.
    Without it: a pipe that takes years to build would bring its gain from the first day.
    """
    tables, scenarios = widened(day, **option)
    s = both(solved, tables, scenarios=scenarios, time=YEARS, how={"scenario": "wide"})
    assert s.sales["amount"].tolist() == pytest.approx(sold)


def test_an_agreement_grows_from_its_day(solved):
    """Proves: a greatest flow of 10 kt a year that an option lifts by 20 from July 2024 lets 10, 10 + 20 * 184 / 366, 30 pass.
    Without it: only assets would heed the day.
    """
    agreed = {
        "id": "q",
        "name": "quota",
        "kind": "greatest",
        "asset": "pipe",
        "amount": 10,
        "amount_unit": "kt/y",
        "per": "step",
    }
    tables, scenarios = widened("2024-07-01", asset="q", adds=20)
    s = solved(tables | {"contracts": [agreed]}, scenarios=scenarios, time=YEARS, how={"scenario": "wide"})
    assert s.sales["amount"].tolist() == pytest.approx([10, 10 + 20 * 184 / 366, 30])


def test_what_is_under_way_at_either_end_went_by_what_stood_there(solved):
    """Proves: of a line of 5 kt/d and a day that opens on the third of four days nothing is on its way at the start; what is on
    its way at the end is worth its price; one given up after two days delivers what was on its way, and leaves nothing.
    Without it: half of it would be there before it is built, and after its end.
    """
    four = {"start": "2022-01-01", "end": "2022-01-05", "step": "day", "boundary": "steady"}
    row = {"id": "more", "name": "more", "asset": "line", "adds": 5, "adds_unit": "kt/d", "life_years": 1}
    tables = {
        "places": places("A", "B"), "links": [link("line", "A", "B", capacity=0, capacity_unit="kt/d", transit_days=1)],
        "supplies": [supply("field", "A", 9)], "markets": [market("buyer", "B", 100)], "options": [row],
    }  # fmt: skip
    for day, sold, worth in (("2022-01-03", [0, 0, 0, 5], 0.5), ("2021-01-03", [5, 5, 5, 0], 0.0)):
        scenario = {
            "id": "wide",
            "title": "Wide",
            "options": ["more"],
            "decisions": [{"option": "more", "day": day}],
        }
        s = both(solved, tables, scenarios=[scenario], time=four, how={"scenario": "wide"})
        by_step = s.sales.groupby("step")["amount"].sum().reindex(range(4), fill_value=0).tolist()
        assert by_step == pytest.approx(sold)
        assert s.closing_worth == pytest.approx(worth)


def test_slips_in_decisions_are_told():
    """Proves: a decision on what the scenario does not build, a second one on the same, and a column that is none are errors with
    their place; an option that never works within the case is warned of.
    """
    tables, scenarios = widened("2024-07-01")
    for made, told in (
        ([{"option": "mor", "day": "2024-07-01"}], "decisions: found 'mor'.*did you mean"),
        ([{"option": "more", "day": "2024-07-01"}] * 2, "decided twice"),
        ([{"option": "more", "year": 2024}], "option, day"),
        ([{"option": "more", "day": "2024-07"}], "2024-07"),
    ):
        with pytest.raises(CaseError, match=rf"(?s)scenarios/wide.*{told}"):
            build(tables, scenarios=[scenarios[0] | {"decisions": made}], time=YEARS)
    late, scenarios = widened("2024-07-01", years_to_build=2)
    found = [
        f.message for f in build(late, scenarios=scenarios, time=YEARS).check() if f.code == "outside_axis"
    ]
    assert len(found) == 1
    assert "works from 2026-07-01" in found[0]


@pytest.mark.parametrize(
    ("ahead", "told"),
    [
        ({"years_to_build": 9}, "works from 2031-07-01 and does nothing"),
        (
            {"years_to_build": 1, "life_years": 20},
            "has come to its end before the last of them works, on 2023-07-01",
        ),
    ],
)
def test_an_option_whose_ground_comes_too_late_is_warned_of(ahead, told):
    """Proves: what hangs on an option that works after the case, or after its own life, is warned of, with a decision of its
    own or without. Without it: a doubled line whose station comes when it is scrapped would be read as worth nothing.
    """
    tables, scenarios = widened("2022-07-01", requires="ground", life_years=1)
    ground = {"id": "ground", "name": "ground", "asset": "pipe", "adds": 1, "adds_unit": "kt/y"} | ahead
    tables["options"] = [*tables["options"], ground]
    made = [{"option": "ground", "day": "2022-07-01"}]
    own = scenarios[0]["decisions"] if "life_years" in ahead else []
    scenarios = [scenarios[0] | {"options": ["more", "ground"], "decisions": [*own, *made]}]
    found = [
        f.message for f in build(tables, scenarios=scenarios, time=YEARS).check() if f.code == "outside_axis"
    ]
    assert any(f.startswith("'more'") and told in f for f in found), found
