"""Portfolios chosen by a program: of many options, and of parts of options, against trying everything."""

from __future__ import annotations

import itertools
import sys

import numpy as np
import pytest

from hedge.random_options import Everything, allowed_sets, random_case, tail_mean
from hedge.test_staircase import NAMES, SPAN, check
from small import build, days, link, market, places, store, supply
from straits.hedge import hedge
from straits.hedge.mixed.curve import AMOUNTS
from straits.model.options import yearly_cost


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    ("against", "measure"),
    [
        ("attack", "worst"),
        ("hazards", "expected"),
        ("hazards", "cvar"),
        ("both", "expected"),
        ("both", "cvar"),
    ],
)
def test_the_program_finds_the_staircase(seed, against, measure, monkeypatch):
    """Proves: with the program in place of going through all sets, cost and loss of each step, its attack and its proof are
    those of trying all portfolios and attacks. Without it: of many options a portfolio could be missed and called proved."""
    # The name `straits.hedge.hedge` is that of the function.
    monkeypatch.setattr(sys.modules["straits.hedge.hedge"], "MOST_GONE_THROUGH", 0)
    check(300 + seed, against, measure, 1 + seed % 2)


def test_eighteen_options_are_a_knapsack():
    """Proves: with 18 lines that each open a market of their own, the least loss for every amount is the best knapsack of all
    262,144 sets. Without it: more options than can be gone through would rest on the program alone."""
    rng, count = np.random.default_rng(5), 18
    gain, cost = rng.integers(1, 60, count), rng.integers(1, 60, count)
    tables = {
        "places": places("A", *(f"B{i}" for i in range(count))),
        "links": [link(f"l{i}", "A", f"B{i}", capacity=0) for i in range(count)],
        "supplies": [supply("s", "A", 1000)],
        "markets": [market(f"m{i}", f"B{i}", 1, demand=int(gain[i])) for i in range(count)],
        "options": [
            {"id": f"o{i}", "name": "o", "asset": f"l{i}", "adds": 100, "adds_unit": "kt/d", "capital_cost": 0,
             "life_years": 1, "yearly_cost": int(cost[i]), "yearly_cost_unit": "kUSD/y"}
            for i in range(count)
        ],
    }  # fmt: skip
    case = build(tables, scenarios=[{"id": "quiet", "title": "q", "probability": 1}], time=days(1))
    frontier = hedge(case, "hazards", histories=["quiet"], spend=0.05).frontier
    bits = np.arange(1 << count)[:, None] >> np.arange(count) & 1
    spent, won = bits @ cost, bits @ gain
    order = np.lexsort((-won, spent))
    best, steps = -1, []
    for at, worth in zip(spent[order].tolist(), won[order].tolist(), strict=True):
        if at <= 50 and worth > best:
            best = worth
            steps.append((at / 1000, worth))
    assert frontier["proved"].all()
    assert frontier["cost"].to_numpy() == pytest.approx([c for c, _ in steps])
    # A price of 1 USD a tonne on kilotonnes: a thousandth of a million each.
    assert -frontier["loss"].to_numpy() * 1000 == pytest.approx([w for _, w in steps])


def in_part(seed):
    """A random case in which up to two options can be built in part."""
    case = random_case(seed, most=3)
    tables = {name: frame.to_dict("records") for name, frame in case.tables.items() if len(frame)}
    for row in tables["options"][:2]:
        row["divisible"] = True
    return type(case).from_tables(tables, scenarios=case.scenarios.values(), **case.settings.model_dump())


class Parts:
    """Losses of parts of options, each by compiling the case with options that add that part."""

    def __init__(self, case, measure):
        self.case, self.measure, self._known = case, measure, {}
        self.ground = Everything(case, ()).value(())

    def loss(self, parts, budget, histories):
        key = tuple(sorted(parts.items()))
        if key not in self._known:
            tables = {
                name: frame.to_dict("records") for name, frame in self.case.tables.items() if len(frame)
            }
            for row in tables["options"]:
                row["adds"] = row["adds"] * parts.get(row["id"], 1.0)
            case = type(self.case).from_tables(
                tables, scenarios=self.case.scenarios.values(), **self.case.settings.model_dump()
            )
            whole = Everything(case, case.rows("links"))
            self._known[key] = max(
                self.measure(
                    np.array([self.ground - whole.value(tuple(sorted(parts)), a, h) for h in histories])
                )
                for a in whole.attacks(budget)
            )
        return self._known[key]

    def cost(self, parts):
        rows = self.case.rows("options")
        return sum(yearly_cost(rows[k], "USD", 0.08).of(part) for k, part in parts.items())


@pytest.mark.parametrize(
    ("seed", "against", "measure", "budget"),
    [(1, "attack", "worst", 1), (3, "attack", "worst", 1), (6, "attack", "worst", 1), (3, "hazards", "expected", 0),
     (6, "both", "cvar", 1)],
)  # fmt: skip
def test_parts_of_options_against_a_grid(seed, against, measure, budget):
    """Proves: each row's loss is that of its parts, compiled anew; and of a grid of parts of all sets none loses less than the
    row of the next larger amount. Without it: a part could be counted at another capacity or cost than its own, or a better
    part be missed."""
    case = in_part(seed)
    weight = np.array([case.scenarios[name].probability for name in NAMES])
    of = {
        "worst": lambda loss: loss[0],
        "expected": lambda loss: float(weight @ loss),
        "cvar": lambda loss: tail_mean(loss, weight, 0.9),
    }[measure]
    histories = [None] if against == "attack" else NAMES
    more = {} if against == "attack" else {"histories": NAMES}
    if budget:
        more |= {"budget": budget, "window": SPAN}
    frontier = hedge(case, against, measure=measure, level=0.9, **more).frontier
    parts = Parts(case, of)
    assert frontier["proved"].all() and frontier["cost"].is_monotonic_increasing
    steps = [(row["cost"], row["loss"]) for row in frontier.to_dict("records")]
    for row in frontier.to_dict("records"):
        named = dict(part.partition(":")[::2] for part in row["portfolio"].split("|") if part)
        own = {key: float(part or 1.0) for key, part in named.items()}
        assert parts.cost(own) == pytest.approx(row["cost"], rel=1e-4, abs=1e-7)
        assert parts.loss(own, budget, histories) == pytest.approx(row["loss"], rel=1e-4, abs=1e-5)
    rows = case.rows("options")
    for chosen in allowed_sets(case):
        grids = [np.linspace(1 / 3, 1.0, 3) if rows[key].divisible else [1.0] for key in chosen]
        for at in itertools.product(*grids):
            own = dict(zip(chosen, map(float, at), strict=True))
            spent, lost = parts.cost(own), parts.loss(own, budget, histories)
            above = min((loss for cost, loss in steps if cost >= spent - 1e-9), default=steps[-1][1])
            assert lost >= above - 1e-6 * (1 + abs(above)), own


def test_a_tank_of_any_size_by_hand():
    """Proves: a road that may be closed for one, two or no days makes a tank of any size worth, for each kt, its price in the
    histories that fill it: the expected loss is a broken line in the size, with its corners at 1 and 2 kt. Without it: a part of
    an option would be worth a part of what all of it is."""
    scenarios = [
        {"id": f"h{n}", "title": "h", "probability": p,
         **({"disruptions": [{"asset": "road", "start": "2022-01-01", "end": f"2022-01-0{1 + n}"}]} if n else {})}
        for n, p in ((0, 0.5), (1, 0.3), (2, 0.2))
    ]  # fmt: skip
    tables = {
        "places": places("A", "B"),
        "links": [link("road", "A", "B", capacity=20)],
        "supplies": [supply("s", "A", 1)],
        "markets": [market("m", "B", 100)],
        "stores": [store("tank", "A", 0, in_rate=9, out_rate=9)],
        "options": [
            {"id": "t", "name": "t", "asset": "tank", "adds": 2, "adds_unit": "kt", "capital_cost": 0, "life_years": 1,
             "yearly_cost": 48, "yearly_cost_unit": "kUSD/y", "divisible": True}
        ],
    }  # fmt: skip
    case = build(tables, scenarios=scenarios, time=days(12))
    told: list[tuple[float, float, float]] = []
    found = hedge(case, "hazards", histories=["h0", "h1", "h2"], progress=lambda *at: told.append(at))
    frontier = found.frontier
    # Each step is told once it is found: how many are proved, how many there are, and that nobody knows how long the rest takes.
    steps = [at[:2] for at in told]
    assert steps[0] == (1, 1) and steps[-1] == (AMOUNTS + 1, AMOUNTS + 1) and steps == sorted(steps)
    assert all(np.isnan(at[2]) for at in told)
    assert len(frontier) == AMOUNTS + 1 and frontier["proved"].all()
    size = frontier["cost"].to_numpy() / 0.048 * 2
    # 0.1 million USD a kilotonne: one kt lost in h1, two in h2.
    by_hand = 0.1 * (0.3 * np.maximum(1 - size, 0) + 0.2 * np.maximum(2 - size, 0))
    assert frontier["loss"].to_numpy() == pytest.approx(by_hand, abs=1e-6)
    assert frontier["portfolio"].iloc[12] == "t:0.5"
    assert found.options["alone"].iloc[0] == pytest.approx(0.1 * 0.7)
