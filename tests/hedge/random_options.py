"""Small random cases with options, and the answer to every question about them by trying everything."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from small import build, days, link, market, places, store, supply
from straits.case.schema.settings import Disruption, Scenario
from straits.engine import Session
from straits.engine.foresight.stepwise import with_surprises
from straits.errors import InfeasibleError
from straits.model import compile_case, effects_of
from straits.model.options import yearly_cost

NODES = "ABCDEF"
WINDOW = ("2022-01-02", "2022-01-04")


def random_case(seed: int, *, most: int = 5):
    """A field or two, links, a tank, ships and an agreed flow; up to `most` options with what they require and exclude."""
    chance = random.Random(seed)
    edges = [("A", "C"), ("B", "C"), ("C", "E"), ("A", "D"), ("D", "F"), ("B", "F")]
    rest = [(a, b) for a in NODES for b in NODES if a != b and (a, b) not in edges]
    edges = chance.sample(edges, 6) + chance.sample(rest, chance.randint(0, 2))
    links = [
        link(
            f"l{i}", a, b, capacity=chance.choice([0, 2, 3, 5, 8]), cost=chance.randint(0, 15),
            loss=chance.choice([0, 0, 0.1]), transit_days=chance.choice([0, 0, 1, 1.5]),
            mode=chance.choice(["sea", "pipeline"]), length_km=500,
        )
        for i, (a, b) in enumerate(edges)
    ]  # fmt: skip
    tables = {
        "places": places(*NODES, B="BBB"),
        "links": links,
        "supplies": [
            supply("s0", "A", chance.randint(3, 12), cost=chance.randint(0, 20)),
            supply("s1", "B", chance.randint(3, 12), cost=chance.randint(0, 20), origin="AAA"),
        ],
        "markets": [
            market("m0", "E", 100, demand=chance.randint(2, 15)),
            market("m1", "F", 60, demand=9, steps="60:4|20:5"),
        ],
        "stores": [store("t", chance.choice("CDEF"), chance.choice([0, 6]), in_rate=4, out_rate=4)],
        "fleets": [{"id": "f", "name": "f", "kind": "vessel", "commodity": "oil", "links": "l0", "count": 2, "payload": 4,
                    "payload_unit": "kt", "speed_knots": 10, "turnaround_days": 1}],
        "contracts": [{"id": "q", "name": "q", "kind": "greatest", "asset": "l1", "amount": chance.choice([0, 1, 3]),
                       "amount_unit": "kt/d", "per": chance.choice(["period", "step"])}],
    }  # fmt: skip
    for row in tables["supplies"]:
        row["origin"] = "AAA"
    pool = [(f"l{i}", "kt/d") for i in range(len(edges))] * 2
    pool += [
        ("s0", "kt/d"),
        ("t", "kt"),
        ("f", None),
        ("q", "kt/d"),
        ("q", "kt/d"),
        ("l0", "kt/d"),
        ("l1", "kt/d"),
    ]
    ids = [f"o{i}" for i in range(chance.randint(2, most))]
    tables["options"] = []
    for i, key in enumerate(ids):
        asset, unit = chance.choice(pool)
        row = {"id": key, "name": key, "asset": asset, "adds": chance.randint(1, 6), "adds_unit": unit,
               "capital_cost": chance.randint(1, 40), "capital_cost_unit": "kUSD", "life_years": chance.choice([1, 5, 20]),
               "yearly_cost": chance.choice([0, 1]), "yearly_cost_unit": "kUSD/y", "fixed_cost": chance.choice([0, 5]),
               "fixed_cost_unit": "kUSD"}  # fmt: skip
        others = ids[:i]
        if others and chance.random() < 0.25:
            row["requires"] = chance.choice(others)
        elif others and chance.random() < 0.25:
            row["excludes"] = chance.choice(others)
        tables["options"].append(row)
    tables["hazards"] = [
        {"id": "storm", "name": "storm", "assets": "|".join(chance.sample([f"l{i}" for i in range(len(edges))], 2)),
         "rate_per_year": 60, "duration_days": 2, "factor": chance.choice([0, 0.5])},
        {"id": "strike", "name": "strike", "assets": "s0", "rate_per_year": 40, "duration_days": 1, "duration_shape": "fixed"},
    ]  # fmt: skip
    chances = chance.choice([(0.5, 0.3, 0.2), (0.9, 0.06, 0.04)])
    stop = [
        {"asset": chance.choice([f"l{i}" for i in range(len(edges))]), "start": "2022-01-01", "end": "2022-01-03",
         "factor": chance.choice([0, 0.5])}
        for _ in range(3)
    ]  # fmt: skip
    scenarios = [
        {"id": "quiet", "title": "quiet", "probability": chances[0]},
        {"id": "one", "title": "one", "probability": chances[1], "disruptions": stop[:1]},
        {"id": "two", "title": "two", "probability": chances[2], "disruptions": stop[1:]},
    ]
    step = chance.choice(["day", "week"])
    time = days(6) | {"step": step}
    return build(tables, time=time, scenarios=scenarios)


def allowed_sets(case) -> list[tuple[str, ...]]:
    """All sets of options that may stand together, by the words of the table alone."""
    rows = case.rows("options")
    found = []
    for size in range(len(rows) + 1):
        for chosen in itertools.combinations(rows, size):
            needs = all(other in chosen for key in chosen for other in rows[key].requires)
            apart = not any(other in chosen for key in chosen for other in rows[key].excludes)
            if needs and apart:
                found.append(chosen)
    return found


def cost(case, chosen: Iterable[str], rate: float = 0.08) -> float:
    return sum(yearly_cost(case.rows("options")[key], "USD", rate).total for key in chosen)


class Everything:
    """Values of a case with options built, assets closed and a scenario on, each by compiling the scenario and solving it.

    By surprise the closures become known on their first day, as the engine plays scenarios; the scenario is known from the start.
    """

    def __init__(self, case, assets, window=WINDOW, *, surprise=False):
        self.case, self.assets, self.window, self.surprise = case, list(assets), window, surprise
        self._known: dict = {}
        self._models: dict = {}

    def value(self, chosen, attack=(), history=None):
        key = (tuple(chosen), tuple(attack), history)
        if key not in self._known:
            self._known[key] = self._solve(*key)
        return self._known[key]

    def _solve(self, chosen, attack, history):
        if chosen not in self._models:
            model = compile_case(self.case, Scenario(id="built", title="built", options=chosen))
            self._models[chosen] = model, Session(model)
        model, session = self._models[chosen]
        stops = [Disruption(asset=a, start=self.window[0], end=self.window[1]) for a in attack]
        acting = Scenario(id="x", title="x", disruptions=tuple(stops))
        effects = list(effects_of(self.case, acting))
        if history is not None:
            first = self.case.settings.time.start
            effects += [replace(e, known=first) for e in effects_of(self.case, self.case.scenarios[history])]
        if self.surprise:
            acting = replace(model, effects=tuple(effects), bounds=model.bounds_under(effects))
            try:
                return -float(model.cost @ with_surprises(acting, Session(acting)).x) / 1000.0
            except InfeasibleError:
                return -np.inf
        answer = session.solve(model.bounds_under(effects), read=False)
        return -answer.value / 1000.0 if answer.status == "optimal" else -np.inf

    def attacks(self, budget):
        for size in range(budget + 1):
            yield from itertools.combinations(self.assets, size)

    def loss(self, chosen, budget, histories, measure):
        """The worst, over attacks, of the measure of losses over histories."""
        ground = self.value(())
        return max(
            measure(np.array([ground - self.value(chosen, attack, h) for h in histories]))
            for attack in self.attacks(budget)
        )


def stairs(case, loss_of):
    """Cost and loss of the steps: sets that nothing as cheap beats."""
    points = sorted((cost(case, chosen), loss_of(chosen)) for chosen in allowed_sets(case))
    found, best = [], np.inf
    for at, loss in points:
        if loss < best - 1e-6 * (1 + abs(best) if best < np.inf else 1):
            found.append((at, loss))
            best = loss
    return found


def tail_mean(loss, weight, level):
    """The worst `1 - level`, counted history by history, the last in part: another way than the one under test."""
    left, total = 1.0 - level, 0.0
    for i in sorted(range(len(loss)), key=lambda i: -loss[i]):
        part = min(left, weight[i])
        total += part * loss[i]
        left -= part
        if left <= 1e-15:
            break
    return total / (1.0 - level)
