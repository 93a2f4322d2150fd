"""Numbers ranked by first-order effects: which are solved, what is said of those that are not."""

from __future__ import annotations

import time

import numpy as np
import pytest

import straits
from small import build, days, link, market, places, store, supply
from straits.stress.varied.effort import DRAWS, NUMBERS
from straits.stress.varied.sensitivity import chosen_of, sensitivity
from straits.stress.varied.uncertain import uncertainty

FOCUS = {"actor": "AAA", "commodity": "oil"}


def rich():
    """AAA sells 6 kt/d over a pipe of 4 with a loss, and a dear road of 3, with a tank before them; the pipe stops for a day."""
    tables = {
        "places": places("F", "S", F="AAA", S="CCC"),
        "links": [
            link("pipe", "F", "S", capacity=4, cost=5, loss=0.1),
            link("road", "F", "S", capacity=3, cost=40, mode="road"),
        ],
        "supplies": [supply("field", "F", 6, cost=10)],
        "stores": [store("tank", "F", 5)],
        "markets": [market("sea", "S", 100), market("home", "F", 2)],
    }
    struck = [{"asset": "pipe", "start": "2022-01-02", "end": "2022-01-03"}]
    return build(
        tables, time=days(4), scenarios=[{"id": "stop", "title": "s", "disruptions": struck}], focus=FOCUS
    )


def test_first_order_by_brute_force():
    """Proves: over an interval so small that no plan turns, what prices say of a number is how far the value lost moves when
    it is solved at both ends: capacities, prices, costs.
    Without it: numbers would be ranked by something else than what they do.
    """
    table = sensitivity(rich(), "stop", limit="all", spread=1e-4)
    narrow = table[table["basis"] != "interval"]
    assert {"capacity", "cost", "price"} <= set(narrow.loc[narrow["first_order"] > 0, "column"])
    assert narrow["value_swing"].to_numpy() == pytest.approx(
        narrow["first_order"].to_numpy(), rel=1e-3, abs=1e-9
    )


def test_none_of_the_largest_is_left_out():
    """Proves: of a case that varies demand, capacities, transit times and curves, the five numbers that move the answer most, and
    the five that move the value most, are among the ten of 21 that are solved by default in the largest case.
    Without it: a budget could leave out what matters, and the report would not know it.
    """
    case = straits.load_case("landlocked-importer")
    whole = sensitivity(case, "near-port-stops", limit="all").assign(
        key=lambda t: t["row"] + "." + t["column"]
    )
    part = sensitivity(case, "near-port-stops", limit=NUMBERS.least).assign(
        key=lambda t: t["row"] + "." + t["column"]
    )
    solved = set(part.loc[part["solved"], "key"])
    assert len(whole) == 21 and whole["solved"].all() and len(solved) == NUMBERS.least
    for column in ("swing", "value_swing"):
        assert set(whole.nlargest(5, column)["key"]) <= solved
    # What is solved is what it is where all are.
    both = part[part["solved"]].merge(whole, on="key", suffixes=("", "_all"))
    assert both["lost_low"].to_numpy() == pytest.approx(both["lost_low_all"].to_numpy(), nan_ok=True)
    assert both["value_swing"].to_numpy() == pytest.approx(both["value_swing_all"].to_numpy(), nan_ok=True)


def test_what_is_left_out_is_said():
    """Proves: with a budget of two numbers the other seven are listed below, marked, without any answer but their first-order
    effect; the words say two of nine, and the largest of the others; without a budget they say that all were solved.
    Without it: a number that was not worked out would look like one that moves nothing.
    """
    table = sensitivity(rich(), "stop", limit=2)
    assert table["solved"].tolist() == [True] * 2 + [False] * 7
    others = table[~table["solved"]]
    assert others[["lost_low", "lost_high", "swing", "value_lost_low", "value_swing"]].isna().all().all()
    assert np.isfinite(others["first_order"]).all() and others["first_order"].is_monotonic_decreasing
    told = chosen_of(table, "USD")
    assert (
        told.startswith("2 of 9 uncertain numbers") and "more than 0.12 million USD (pipe, capacity)." in told
    )
    assert chosen_of(sensitivity(rich(), "stop", limit="all"), "USD").startswith("All 9 ")


def test_a_limit_that_binds_at_its_low_end_only():
    """Proves: a road of 3 that carries 2.9 has no price, but at its low end of 2.4 it would stop half a kt a day: it comes before
    the cost of the road, whose first-order effect is not zero.
    Without it: numbers that do nothing to the first order, and much beyond it, would never be solved.
    """
    tables = {
        "places": places("F", "S", F="AAA", S="CCC"),
        "links": [
            link("pipe", "F", "S", capacity=9),
            link("road", "F", "S", capacity=3, cost=1, mode="road"),
        ],
        "supplies": [supply("field", "F", 2.9)],
        "markets": [market("sea", "S", 100)],
    }
    struck = [{"asset": "pipe", "start": "2022-01-01", "end": "2022-01-03"}]
    case = build(
        tables, time=days(2), scenarios=[{"id": "stop", "title": "s", "disruptions": struck}], focus=FOCUS
    )
    table = sensitivity(case, "stop", limit=1)
    assert table.loc[0, ["row", "column", "first_order"]].tolist() == ["road", "capacity", 0.0]
    assert table.loc[0, "swing"] == pytest.approx(2 * 0.5)
    assert (table["first_order"] > 0).any()


def test_how_many_are_solved_does_not_hang_on_the_clock(monkeypatch):
    """Proves: how many numbers are solved follows from columns and programs alone, within its ends; a clock that runs a thousand
    times as fast changes nothing.
    Without it: two machines would give two reports of one case.
    """
    assert [NUMBERS.variants(100, 4), NUMBERS.variants(20_000, 8), NUMBERS.variants(10**7, 4)] == [25, 18, 10]
    assert [DRAWS.variants(100, 2), DRAWS.variants(30_000, 3), DRAWS.variants(10**7, 2)] == [30, 19, 12]
    table = sensitivity(rich(), "stop", limit=3)
    began = time.perf_counter()
    for clock in ("perf_counter", "time", "process_time", "monotonic"):
        monkeypatch.setattr(time, clock, lambda of=getattr(time, clock): began + 1000.0 * of())
    assert sensitivity(rich(), "stop", limit=3).equals(table)


def test_draws_of_a_report_follow_from_the_size():
    """Proves: where nothing is asked for, a small case is drawn as often as the largest number of draws of a report says.
    Without it: the report of a large case would take as long as its size wants, or all be drawn as seldom as the largest.
    """
    assert uncertainty(rich(), "stop", draws=None).parameters["draws"] == 30
