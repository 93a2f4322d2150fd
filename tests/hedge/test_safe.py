"""What is newly built and safe, against trying everything: a closed asset keeps what its options added."""

from __future__ import annotations

import numpy as np
import pytest

from hedge.random_options import WINDOW, Everything, random_case, stairs
from straits.case.schema.settings import Disruption, Scenario
from straits.engine import Session
from straits.hedge import hedge
from straits.model import compile_case, effects_of

NAMES = ["quiet", "one", "two"]


class Spared(Everything):
    """The same, where a closed link keeps the part of its capacity that options added, which histories strike all the same."""

    def _solve(self, chosen, attack, history):
        model = compile_case(self.case, Scenario(id="built", title="built", options=chosen))
        rows = self.case.rows("options")
        stops = []
        for asset in attack:
            added = sum(rows[key].adds for key in chosen if rows[key].asset == asset)
            old = self.case.rows("links")[asset].capacity
            kept = added / (old + added) if added else 0.0
            stops.append(Disruption(asset=asset, start=self.window[0], end=self.window[1], factor=kept))
        effects = list(effects_of(self.case, Scenario(id="x", title="x", disruptions=tuple(stops))))
        if history is not None:
            effects += effects_of(self.case, self.case.scenarios[history])
        answer = Session(model).solve(model.bounds_under(effects), read=False)
        return -answer.value / 1000.0 if answer.status == "optimal" else -np.inf


def of_one_origin(case):
    """Let histories strike the oil of one origin on their links, and not the links."""
    for name, scenario in list(case.scenarios.items()):
        struck = tuple(d.model_copy(update={"origins": ("AAA",)}) for d in scenario.disruptions)
        case.scenarios[name] = scenario.model_copy(update={"disruptions": struck})
    return case


@pytest.mark.parametrize("seed", [1, 2, 4, 5])
@pytest.mark.parametrize("origin", [False, True])
def test_new_and_safe(seed: int, origin: bool) -> None:
    """Proves: the staircase against an attacker who spares what is new, over histories that strike links or the oil of an origin
    on them, is that of trying all portfolios and attacks, where a closed link keeps the part that options added.
    Without it: an effect on cargo of a link would be taken for one on another asset, or what is new be safe from storms."""
    case = random_case(300 + seed)
    case = of_one_origin(case) if origin else case
    everything = Spared(case, case.rows("links"), WINDOW)
    weight = np.array([case.scenarios[name].probability for name in NAMES])
    found = hedge(
        case,
        "both",
        measure="expected",
        histories=NAMES,
        budget=1,
        window=":".join(WINDOW),
        new_assets="safe",
    )
    expected = stairs(
        case, lambda chosen: everything.loss(chosen, 1, NAMES, lambda loss: float(weight @ loss))
    )
    np.testing.assert_allclose(
        found.frontier[["cost", "loss"]].to_numpy(), np.array(expected), rtol=1e-6, atol=1e-8
    )
