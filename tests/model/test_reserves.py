"""Reserves: content that is held back, solved by hand three ways."""

from __future__ import annotations

import pytest

import straits
from small import build, days, link, market, million, places, store, supply
from straits.errors import CaseError, InfeasibleError, ModelError
from straits.power import game, leverage
from straits.testing import reference_lp
from straits.worst import worst

#: The field stops on the second day and the third.
STOP = {"id": "stop", "title": "stop", "disruptions": [
    {"asset": "field", "factor": 0.0, "start": "2022-01-02", "end": "2022-01-04"}]}  # fmt: skip


def city(*, demand=4, **tank):
    """A field of 5 kt/d at 20, a city that is promised 4 at 100 (500 more for what is missed), and a tank with 6 kt."""
    units = {"reserve": "kt", "release_price": "USD/t", "end_level": "kt"}
    given = {f"{name}_unit": unit for name, unit in units.items() if name in tank}
    tank = {"start": 6, "start_origin": "AAA", **tank}
    return {
        "places": places("A", "B"),
        "links": [link("pipe", "A", "B", capacity=9)],
        "supplies": [supply("field", "A", 5, cost=20)],
        "markets": [
            market("heat", "B", 100, demand=demand, demand_kind="fixed", unmet_price=500),
            market("spot", "B", 90, demand=3),
        ],
        "stores": [store("tank", "B", 9, **given, **tank)],
    }


def both(solved, tables, scenario=None, **how):
    """Solve three ways; hold the value against the plain program, and the accounts against the value."""
    time = days(4)
    s = solved(tables, scenarios=[STOP], time=time, how={"scenario": scenario, **how})
    if how.get("foresight", "perfect") == "perfect":
        expected = reference_lp(build(tables, scenarios=[STOP], time=time), scenario)
        assert s.lp_value == pytest.approx(expected.lp_value)
    assert s.accounts()["amount"].sum() == pytest.approx(s.objective)
    return s


def levels(s):
    return s.stores["level"].tolist()


def test_without_a_reserve_nobody_holds_for_what_is_not_known(solved):
    """Proves: a tank without a rule is sold empty by the time the stop comes by surprise; 8 kt are missed.
    Without it: the reserve below could seem to help whatever it did.
    """
    s = both(solved, city(), "stop", foresight="surprise")
    assert levels(s)[0] <= 6 - 2 + 1e-9
    assert s.unmet["amount"].sum() >= 4


def test_a_reserve_is_kept_for_what_is_missed(solved):
    """Proves: 6 kt that are released at 200 stay while the spot market would pay 90, and go to the promises of the two days of a
    surprise: 2 kt are missed.
    Without it: a tank farm would be worth nothing under surprise.
    """
    s = both(solved, city(reserve=6, release_price=200), "stop", foresight="surprise")
    assert levels(s)[:3] == pytest.approx([6, 2, 0])
    assert s.unmet["amount"].sum() == pytest.approx(2)


def test_what_a_release_costs(solved):
    """Proves: known from the start, the reserve of 6 is drawn on at 200 a tonne for 6 of the 8 kt promised
    on the two days, and 2 are missed at 500; accounts add up with the release on the owner's side.
    Without it: the price would be a threshold that no account sees.
    """
    s = both(solved, city(reserve=6, release_price=200, in_rate=0), "stop")
    sold = (14, 100), (2, 90)
    assert s.lp_value == pytest.approx(million(*sold, (-10, 20), (-6, 200), (-2, 500)))
    books = s.accounts().set_index("item")["amount"]
    assert books["release of reserves"] == pytest.approx(million((-6, 200)))


def test_released_on_some_days_only(solved):
    """Proves: released from the third day on, the reserve lets the second day's 4 kt be missed; without a price it is never
    drawn on.
    Without it: a day on which nobody may open the tank would be served.
    """
    s = both(solved, city(reserve=6, release_price=200, release_start="2022-01-03", in_rate=0), "stop")
    assert s.unmet.set_index("step")["amount"].to_dict() == pytest.approx({1: 4.0}) or s.unmet[
        "amount"
    ].sum() == pytest.approx(4)
    s = both(solved, city(reserve=6, in_rate=0), "stop")
    assert s.unmet["amount"].sum() == pytest.approx(8)
    assert levels(s) == pytest.approx([6, 6, 6, 6])


def test_a_target_that_rises_is_filled(solved):
    """Proves: a target of 1 that is 3 from the third day on is filled by 2, all but what lacked at the start, since the release
    price of 200 is more than the 90 of the spot market; from half a kt a day to spare, by 1.5.
    Without it: a fill target would need a promise that makes cases infeasible.
    """
    tables = city(start=0, reserve=3, reserve_profile="p", release_price=200)
    tables["profiles"] = [
        {"id": "a", "profile": "p", "start": "2022-01-01", "end": "2022-01-03", "value": 1 / 3},
        {"id": "b", "profile": "p", "start": "2022-01-03", "end": "2022-01-05", "value": 1},
    ]
    s = both(solved, tables)
    assert levels(s)[2] == pytest.approx(2)
    tables["supplies"][0]["capacity"] = 4.5
    assert levels(both(solved, tables))[2] == pytest.approx(1.5)


def test_the_level_at_the_end(solved):
    """Proves: 5 kt must lie there at the end, above a dead stock of 1; one that cannot be reached is infeasible and says where.
    Without it: a tank would be sold out on the last day.
    """
    s = both(solved, city(end_level=5, min_level=1, min_level_unit="kt"))
    assert levels(s)[-1] + 1 == pytest.approx(5)
    with pytest.raises(InfeasibleError, match="tank"):
        straits.solve(build(city(start=0, end_level=9), time=days(1)))


def test_reserves_that_cannot_be_right():
    """Proves: a reserve above the capacity, an end below the dead stock, and days that are reversed are refused.
    Without it: each would end as infeasible, without its cause.
    """
    for wrong, words in (
        ({"reserve": 10}, "reserve 10 is above capacity 9"),
        ({"reserve": 9.0000004}, r"reserve 9\.0000004 is above capacity 9 in"),
        ({"end_level": 1, "min_level": 2, "min_level_unit": "kt"}, "min_level 2 is above end_level 1"),
        (
            {"release_start": "2022-01-03", "release_end": "2022-01-02"},
            "release_end 2022-01-02 is not after release_start",
        ),
    ):
        with pytest.raises(CaseError, match=words):
            build(city(**wrong), time=days(4))


def agency(**tank):
    """The same city in BBB, whose tank is run by CCC; the agency of BBB may release its 6 kt at 200."""
    tables = city(in_rate=0, reserve=6, release_price=200, releaser="BBB", **tank)
    tables["places"] = places("A", "B", B="CCC")
    tables["markets"] = [row | {"buyer": "AAA"} for row in tables["markets"]]
    tables["controls"] = [{"id": "c", "asset": "tank", "actor": "CCC", "role": "owner", "share": 1}]
    return tables


def test_who_releases_bears_it_and_may_refuse(solved):
    """Proves: the release price of 6 kt stands with BBB, which may release, not with the owner; BBB, which controls nothing else,
    can refuse: 6 kt more are missed at 500 and their worth of 100, less the 200 a tonne of the release. A reserve without such an
    actor is released by its owner.
    Without it: a government that opens its stocks would do nothing, and could withhold nothing.
    """
    s = both(solved, agency(), "stop")
    books = s.accounts().set_index(["item", "actor"])["amount"]
    assert books["release of reserves"].to_dict() == pytest.approx({"BBB": million((-6, 200))})
    case = build(agency(), scenarios=[STOP], time=days(4))
    found = worst(case, attacker="BBB", scenario="stop", budget=1, refine=False)
    assert found.assets == ["release:tank"]
    refused = million((6, 600 - 200))
    assert found.curve.iloc[-1]["loss"] == pytest.approx(refused)
    lever = leverage(case, ["BBB", "CCC"], scenario="stop")
    assert lever.supplies.set_index(["actor", "target"])["unmet_more"]["BBB", "CCC"] == pytest.approx(6.0)
    shares = game(case, ["AAA", "BBB"], scenario="stop")
    assert shares.values[0b11] - shares.values[0b01] == pytest.approx(refused)
    with pytest.raises(ModelError, match="controls nothing"):
        worst(
            build(agency() | {"stores": city(reserve=6, release_price=200)["stores"]}, time=days(4)),
            attacker="BBB",
        )


def rising(**tank):
    """A target of 2 that is 6 from the third day on, of a tank with 2 kt; the field stops on the second day and for good."""
    profiles = [
        {"id": "a", "profile": "p", "start": "2022-01-01", "end": "2022-01-03", "value": 1 / 3},
        {"id": "b", "profile": "p", "start": "2022-01-03", "end": "2022-01-05", "value": 1},
    ]
    return agency(start=2, reserve_profile="p", **tank) | {"profiles": profiles}


@pytest.mark.parametrize("days_given", [{}, {"release_start": "2022-02-01"}])
def test_a_target_that_cannot_be_filled_is_missed_at_the_price_of_release(solved, days_given):
    """Proves: while nothing comes a target that rises by 4 cannot be filled: that costs 4 times the 200 of a release, for whoever
    may release, also where it refuses or where no day is one of release; the 2 kt held before stay, and 12 kt are missed.
    Without it: the state that refuses, or days without a release, would make every stop in a season of filling impossible.
    """
    stop = {"id": "stop", "title": "stop", "disruptions": [
        {"asset": "field", "factor": 0.0, "start": "2022-01-02", "end": "2022-01-05"}]}  # fmt: skip
    case = build(rising(**days_given), scenarios=[stop], time=days(4))
    if days_given:
        s = straits.solve(case, "stop")
        assert s.lp_value == pytest.approx(reference_lp(case, "stop").lp_value)
        assert levels(s) == pytest.approx([2, 2, 2, 2])
        assert s.unmet["amount"].sum() == pytest.approx(12)
        books = s.accounts().set_index(["item", "actor"])["amount"]
        assert books["release of reserves"].to_dict() == pytest.approx({"BBB": million((-4, 200))})
    else:
        found = worst(case, attacker="BBB", scenario="stop", budget=1, refine=False)
        assert found.assets == ["release:tank"]
        assert found.curve.iloc[-1]["loss"] == pytest.approx(million((2, 600 - 200)))
        shares = game(case, ["AAA", "BBB"], scenario="stop")
        assert shares.values[0b11] - shares.values[0b01] == pytest.approx(million((2, 600 - 200)))
