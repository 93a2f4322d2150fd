"""The year that repeats before the start and after the end of a seasonal axis, solved by hand three ways."""

from __future__ import annotations

import pytest

import straits
from small import build, days, link, market, million, places, store, supply
from straits.model import compile_case
from straits.testing import reference_lp

#: A winter half year and a summer half year.
SEASONS = [
    {"id": "w", "profile": "p", "start": "2021-10-01", "end": "2022-04-01", "every": "year", "value": 1.5},
    {"id": "s", "profile": "p", "start": "2021-04-01", "end": "2021-10-01", "every": "year", "value": 0.5},
]


def town(**tank):
    """A field of 12 kt/d at 40, a promise of 15 in winter and 5 in summer, and a tank that evens them out at 2 USD/t a year."""
    return {
        "places": places("A", "B"),
        "links": [link("pipe", "A", "B", capacity=100, transit_days=3)],
        "supplies": [supply("field", "A", 12, cost=40)],
        "markets": [market("heat", "B", 100, demand=10, demand_kind="fixed", unmet_price=500, demand_profile="p")],
        "stores": [store("tank", "B", 2000, cost=2, cost_unit="USD/t", start_origin="AAA", **tank)],
        "profiles": SEASONS,
    }  # fmt: skip


def axis(start, end):
    return {"start": start, "end": end, "step": "month", "boundary": "steady"}


def both(solved, tables, time):
    """Solve three ways, and hold the value against the plain program, which finds the least cargo under way to five digits."""
    s = solved(tables, time=time)
    assert s.lp_value == pytest.approx(reference_lp(build(tables, time=time)).lp_value, rel=1e-5)
    return s


def test_what_is_under_way_is_that_of_the_season(solved):
    """Proves: on 1 July the 5 a day of the early summer are on their way, since the tank is filled as late as it can be; on
    1 October 12, of which 7 go into the tank.
    Without it: the mean of the year, 10, would arrive in the first three days.
    """
    for start, end, arriving in (("2022-07-01", "2023-07-01", 5.0), ("2022-10-01", "2023-10-01", 12.0)):
        s = both(solved, town(start=1000), axis(start, end))
        assert s.model.formulation.boundary.flow == pytest.approx([arriving])
        assert s.provenance["boundary"] == "a year that repeats: stores end it with what they began it with"


def test_gas_in_store_is_worth_what_the_next_season_gives(solved):
    """Proves: what lies in store at the end of September is worth 40, what it would cost to lift it, where the field's 12 a day
    are enough for the year; and 100 + 500, what a promise that is kept is worth, where its 8 are not.
    Without it: the mean price of the year would empty a store before winter, or fill it before summer.
    """
    rich = compile_case(build(town(start=1000), time=axis("2021-10-01", "2022-10-01"))).formulation.boundary
    assert rich.in_store[0] == pytest.approx(40, abs=2)
    tables = town(start=100)
    tables["supplies"][0]["capacity"] = 8.0
    poor = compile_case(build(tables, time=axis("2021-10-01", "2022-10-01"))).formulation.boundary
    assert poor.in_store[0] == pytest.approx(600, abs=2)
    both(solved, tables, axis("2021-10-01", "2022-10-01"))


def test_a_rate_that_binds_lowers_the_worth_of_more_in_store(solved):
    """Proves: where the tank gives no more than 1 a day in winter and is full enough for that, more in it is worth nothing but
    next year's saving, though gas at its place is worth 600.
    Without it: the price of the place would be paid for gas that cannot come out.
    """
    tables = town(start=500, out_rate=1)
    tables["supplies"][0]["capacity"] = 13.0
    found = compile_case(build(tables, time=axis("2021-10-01", "2022-10-01"))).formulation.boundary
    assert found.price.max() == pytest.approx(600)
    assert found.in_store[0] < 45
    both(solved, tables, axis("2021-10-01", "2022-10-01"))


def test_seasons_that_are_not_known_give_an_average_step(solved):
    """Proves: a profile that covers three months only leaves the state at rest, and the answer says why.
    Without it: months that nobody described would be guessed.
    """
    tables = town(start=100)
    tables["profiles"] = [{"id": "q", "profile": "p", "start": "2022-01-01", "step": "quarter", "value": 1.5}]
    s = both(solved, tables, axis("2022-01-01", "2022-04-01"))
    told = "one average step, at rest, because profile p does not say enough of a whole year"
    assert s.provenance["boundary"] == told


def test_days_of_other_years_stand_for_those_that_are_missing(solved):
    """Proves: with a profile of July 2022 to September 2023 alone, the first year and the last of this axis are both known.
    Without it: prices of the first year would value what is left after the second.
    """
    tables = town(start=1000)
    tables["profiles"] = [
        {"id": f"m{n}", "profile": "p", "start": f"{2022 + (n + 5) // 12}-{(n + 5) % 12 + 1:02d}-01", "step": "month",
         "value": 1.5 if n in (4, 5, 6, 7, 8, 9) else 0.5}
        for n in range(1, 16)
    ]  # fmt: skip
    s = both(solved, tables, axis("2022-07-01", "2023-10-01"))
    assert s.provenance["boundary"].startswith("a year that repeats")


def test_without_profiles_nothing_changes():
    """Proves: a case without profiles starts from one average step, as before.
    Without it: every case would pay for twelve steps at rest.
    """
    tables = town(start=10)
    del tables["profiles"], tables["markets"][0]["demand_profile"]
    s = straits.solve(build(tables, time=days(9, boundary="steady")))
    assert s.provenance["boundary"] == "one average step, at rest"
    assert s.lp_value < million((1000, 100))
