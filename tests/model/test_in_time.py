"""Models over time, solved by hand: transit, storage, ramps, dated disruptions. Every test runs three ways."""

from __future__ import annotations

import pytest

from small import TWO, amount, days, link, market, million, places, store, supply


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


def test_what_the_start_gives(solved):
    """Proves: two days of 8 kt under way at the start and 5 kt in store are worth 2.1 million at 100 USD/t, and the joint value
    without them is what the run itself earned: five days of 8 kt at 100 - 30.
    Without it: a long way would look like a gain.
    """
    tables = {
        "places": places("A", "B"),
        "links": [link("sea", "A", "B", capacity=8, transit_days=2)],
        "supplies": [supply("field", "A", 8, cost=30)],
        "markets": [market("buyer", "B", 100)],
        "stores": [store("tank", "B", 9, start=5, start_origin="AAA")],
    }
    s = solved(tables, time=days(5, boundary="steady"))
    assert s.opening_worth == pytest.approx(million((16, 100), (5, 100)))
    assert s.objective - s.opening_worth == pytest.approx(million((5 * 8, 100 - 30)))


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
        how={"scenario": "stop", "refine": False},
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


def test_a_rate_per_step_counts_the_barrels_of_its_grade(solved):
    """Proves: a buyer of 70 kb a step of a grade of 7 barrels a tonne takes 10 kt, not the 9.33 of the commodity's 7.5.
    Without it: demand in barrels per step would be of another grade than the same demand per day.
    """
    buyer = market("buyer", "B", 100, demand=70, bbl_per_t=7.0) | {"demand_unit": "kb/step"}
    tables = {"places": places("A", "B"), "links": [link("pipe", "A", "B")], "supplies": [supply("field", "A", 20)],
              "markets": [buyer]}  # fmt: skip
    assert amount(solved(tables), "pipe") == pytest.approx(10)
