"""Losses over histories that can be worked out by hand: tail means, means of draws, and how large a tank should be."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from hedge.random_options import tail_mean as by_hand
from small import build, days, link, market, places, store, supply
from straits.hedge import design, hedge
from straits.hedge.ask import read
from straits.hedge.hedge import told
from straits.hedge.histories import Histories, quantile, tail_mean


@pytest.mark.parametrize("seed", range(20))
def test_tail_means(seed: int) -> None:
    """Proves: the mean of the worst share of all that can happen, with the history on the line counted in part, is that of adding
    up histories from the worst down; it is no less than the mean and the quantile.
    Without it: with few histories the tail would begin a whole history too early or too late."""
    rng = np.random.default_rng(seed)
    weight = rng.dirichlet(np.ones(7))
    loss = rng.integers(0, 5, 7).astype(float)
    for level in (0.05, 0.5, 0.9, 0.95, 0.999):
        found = tail_mean(loss, weight, level)
        assert found == pytest.approx(by_hand(loss, weight, level), abs=1e-9)
        assert found >= max(float(weight @ loss), quantile(loss, weight, level)) - 1e-12


def test_a_history_counted_in_part() -> None:
    """Proves: of 0.92 without loss, 0.05 with 10 and 0.03 with 20 the worst tenth is 0.03 · 20 + 0.05 · 10 over 0.1; the worst
    hundredth is 20 whole.
    Without it: the test above could share a slip with its other way."""
    loss, weight = np.array([0.0, 10.0, 20.0]), np.array([0.92, 0.05, 0.03])
    assert tail_mean(loss, weight, 0.9) == pytest.approx(11.0)
    assert tail_mean(loss, weight, 0.99) == pytest.approx(20.0)
    assert tail_mean(loss, weight, 0.95) == pytest.approx((0.03 * 20 + 0.02 * 10) / 0.05)


def test_errors_are_those_of_differences() -> None:
    """Proves: where an option saves the same in every history, what it saves has no error, however far losses are apart.
    Without it: the error of a level would be shown beside a difference."""
    drawn = Histories(
        [(), (), ()], np.array([0.4, 0.3, 0.3]), np.array([0, 5, 5]), ["a", "b", "c"], np.array([0, 1, 1])
    )
    assert drawn.error_of_mean(np.array([0.0, 7.0, 7.0])) == 0.0
    spread = drawn.error_of_mean(np.array([0.0, 6.0, 8.0]))
    assert spread == pytest.approx(0.6 * np.sqrt(10 / 9) / np.sqrt(10))


def tank_case(sizes, chances):
    """A field of 1 kt/d; the road to the market is closed for the first days of a history. Tanks of 1 kt there, in a row."""
    scenarios = [
        {"id": f"h{i}", "title": "h", "probability": p,
         **({"disruptions": [{"asset": "road", "start": "2022-01-01", "end": f"2022-01-{1 + size:02d}"}]} if size else {})}
        for i, (size, p) in enumerate(zip(sizes, chances, strict=True))
    ]  # fmt: skip
    options = [
        {"id": f"t{k}", "name": "t", "asset": "tank", "adds": 1, "adds_unit": "kt", "capital_cost": 0, "life_years": 1,
         "yearly_cost": 0.008 * 365 / 12, "yearly_cost_unit": "MUSD/y", **({"requires": f"t{k - 1}"} if k else {})}
        for k in range(max(sizes))
    ]  # fmt: skip
    tables = {
        "places": places("A", "B"),
        "links": [link("road", "A", "B", capacity=20)],
        "supplies": [supply("s", "A", 1)],
        "markets": [market("m", "B", 100)],
        "stores": [store("tank", "A", 0, in_rate=9, out_rate=9)],
        "options": options,
    }
    return build(tables, scenarios=scenarios, time=days(12))


def test_a_tank_for_stops_of_unknown_length() -> None:
    """Proves: of tanks in a row so many should be built as the newsvendor's fractile says: the k-th saves 0.1 million with the
    probability that a stop lasts k days or more, and costs 0.008 (over the axis of twelve days).
    Without it: means over histories could be of other histories than those that a tank helps in."""
    chances = [0.4, 0.3, 0.2, 0.06, 0.04]
    found = hedge(tank_case([0, 1, 2, 3, 4], chances), "hazards", histories=[f"h{i}" for i in range(5)])
    beyond = [sum(chances[k:]) for k in range(1, 5)]
    expected = 0.1 * sum(beyond)
    losses = [expected - 0.1 * sum(beyond[:k]) for k in range(5)]
    assert found.frontier["loss"].tolist() == pytest.approx(losses, abs=1e-9)
    best = found.frontier["net"].to_numpy(float).argmax()
    # One more tank pays while the chance that a stop is that long is at least 0.008 / 0.1: three tanks of four.
    assert best == sum(b * 0.1 > 0.008 for b in beyond) == 3


def test_draws_are_the_same_for_all_and_agree_with_the_mean() -> None:
    """Proves: the expected loss of drawn histories lies within four errors of that by hand, the seed decides it; an option that
    removes all loss saves it all.
    Without it: portfolios could face different draws."""
    tables = {
        "places": places("A", "B"),
        "links": [link("old", "A", "B", capacity=10), link("new", "A", "B", capacity=0)],
        "supplies": [supply("s", "A", 10)],
        "markets": [market("m", "B", 100)],
        "options": [{"id": "way", "name": "way", "asset": "new", "adds": 10, "adds_unit": "kt/d", "capital_cost": 1,
                     "capital_cost_unit": "MUSD", "life_years": 20}],
        "hazards": [{"id": "storm", "name": "storm", "assets": "old", "rate_per_year": 36.5, "duration_days": 1,
                     "duration_shape": "fixed"}],
    }  # fmt: skip
    case = build(tables, time=days(10))
    found = hedge(case, "hazards", draws=400, rng=3)
    again = hedge(case, "hazards", draws=400, rng=3)
    first, last = found.frontier.iloc[0], found.frontier.iloc[1]
    # Each day is struck with chance 1 - exp(-0.1), and a day is worth a million.
    mean = 10 * -np.expm1(-0.1)
    assert abs(first["loss"] - mean) < 4 * last["standard_error"]
    assert last["loss"] == pytest.approx(0.0, abs=1e-9) and last["saved"] == pytest.approx(first["loss"])
    assert found.frontier["loss"].tolist() == again.frontier["loss"].tolist()


def test_what_is_worth_nothing_costs_no_program() -> None:
    """Proves: of two roads in a row, 1 kt/d each, to widen one alone is worth nothing, and the prices of the reply without either
    say so of one of them: three programs answer the four sets of each history, with 2 kt/d through where both are widened.
    Without it: each history would be solved anew for every set of options that differ by what nobody needs.
    """
    tables = {
        "places": places("A", "C", "B"),
        "links": [link("first", "A", "C", capacity=1), link("then", "C", "B", capacity=1)],
        "supplies": [supply("field", "A", 3)],
        "markets": [market("m", "B", 100)],
        "options": [
            {"id": f"wider-{way}", "name": way, "asset": way, "adds": 1, "adds_unit": "kt/d", "capital_cost": 1, "life_years": 1,
             "capital_cost_unit": "USD"}
            for way in ("first", "then")
        ],
    }  # fmt: skip
    stops = [
        {"id": f"h{d}", "title": "h", "probability": 1 / 3,
         "disruptions": [{"asset": "first", "start": "2022-01-01", "end": f"2022-01-{1 + d:02d}"}]}
        for d in (1, 2, 3)
    ]  # fmt: skip
    h = read(build(tables, scenarios=stops, time=days(5)), "hazards", histories=["h1", "h2", "h3"])
    for number, history in enumerate(h.histories.effects, start=1):
        before = h.lattice.solves
        values = [h.lattice.reply(history, 0, built, many=True).value for built in (0b00, 0b01, 0b10, 0b11)]
        through = (5 - number) * 0.1
        assert values == pytest.approx([through, through, through, 2 * through])
        # The first set of each was answered when the question was read.
        assert h.lattice.solves - before <= 1


@pytest.mark.parametrize("gone_through", [16, 0])
def test_what_costs_nothing_is_set_beside_nothing_built(gone_through: int, monkeypatch) -> None:
    """Proves: a stop of the line takes 5 kt a day at 100 USD/t for ten days, 5 million; a way round of 2 that costs nothing
    saves 2. Both stand on the staircase, nothing built first, and the sentences say 5 and 3.
    Without it: 3 would be said to be lost with nothing built, and that no option lowers it."""
    monkeypatch.setattr(sys.modules["straits.hedge.hedge"], "MOST_GONE_THROUGH", gone_through)
    tables = {
        "places": places("A", "B"),
        "links": [link("line", "A", "B", capacity=5), link("round", "A", "B", capacity=0)],
        "supplies": [supply("s", "A", 5)],
        "markets": [market("m", "B", 100)],
        "options": [{"id": "way", "name": "way", "asset": "round", "adds": 2, "adds_unit": "kt/d", "capital_cost": 0,
                     "life_years": 1}],
    }  # fmt: skip
    found = hedge(build(tables, time=days(10)), assets="line")
    assert found.frontier["portfolio"].tolist() == ["", "way"]
    assert found.frontier[["loss", "saved"]].to_numpy().ravel().tolist() == pytest.approx(
        [5.0, 0.0, 3.0, 2.0]
    )
    assert found.frontier["ties"].isin([1, np.nan]).all()
    assert (
        found.sentences[0].startswith("With nothing built, 5 million") and ": 3 million" in found.sentences[1]
    )


@pytest.mark.parametrize("tariffs", ["paid", "internal"])
def test_what_earns_more_than_is_lost_leaves_nothing_to_lose(tariffs: str) -> None:
    """Proves: a way that carries 5 kt a day more, where a stop takes 5, leaves 5 million more than undisturbed with nothing
    built, and both hedge and design say whose value they count: with tariffs paid, what shippers keep after them.
    Without it: "-3.5 million USD remain to be lost", and a design that seemed to earn less than the plan without it."""
    tables = {
        "places": places("A", "B"),
        "links": [
            link("line", "A", "B", capacity=5),
            link("round", "A", "B", capacity=0, tariff=10, tariff_unit="USD/t"),
        ],
        "supplies": [supply("s", "A", 20)],
        "markets": [market("m", "B", 100)],
        "options": [{"id": "way", "name": "way", "asset": "round", "adds": 10, "adds_unit": "kt/d", "capital_cost": 0,
                     "life_years": 1}],
    }  # fmt: skip
    case = build(tables, time=days(10))
    found = hedge(case, assets="line", tariffs=tariffs)
    whose, each = ("value to shippers after tariffs", 90) if tariffs == "paid" else ("joint value", 100)
    more = (10 * each - 5 * 100) * 10 / 1000.0
    assert found.sentences[1].endswith(
        f"nothing remains to be lost, with {more:g} million USD of {whose} more than undisturbed with nothing built."
    )
    net = (5 * 100 + 10 * each) * 10 / 1000.0
    assert (
        f"leaves {net:g} million USD of {whose}, its cost taken off"
        in design(case, tariffs=tariffs).sentences[0]
    )
    # The same of what would be lost if all had known.
    known = told(found.frontier.assign(loss_known=-62.0), "million USD", "million USD", "worst")
    assert known[2].endswith(
        "nothing remains to be lost, with 62 million USD more than undisturbed with nothing built."
    )
