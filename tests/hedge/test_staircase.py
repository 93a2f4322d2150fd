"""The staircase against trying everything."""

from __future__ import annotations

import numpy as np
import pytest

from hedge.random_options import WINDOW, Everything, random_case, stairs, tail_mean
from straits.hedge import hedge

SPAN = ":".join(WINDOW)
NAMES = ["quiet", "one", "two"]


def check(
    seed: int,
    against: str,
    measure: str,
    budget: int,
    window: tuple[str, str] = WINDOW,
    *,
    surprise: bool = False,
) -> int:
    """Hold the frontier of a random case against all portfolios and attacks; give the number of its steps."""
    case = random_case(seed)
    everything = Everything(case, case.rows("links"), window, surprise=surprise)
    weight = np.array([case.scenarios[name].probability for name in NAMES])
    histories = [None] if against == "attack" else NAMES
    of = {
        "worst": lambda loss: loss[0],
        "expected": lambda loss: float(weight @ loss),
        "cvar": lambda loss: tail_mean(loss, weight, 0.9),
    }[measure]
    more = {} if against == "attack" else {"histories": NAMES}
    if against != "hazards":
        more |= {"budget": budget, "window": ":".join(window)}
    if surprise:
        more["foresight"] = "surprise"
    found = hedge(case, against, measure=measure, level=0.9, **more)
    expected = stairs(
        case, lambda chosen: everything.loss(chosen, budget if against != "hazards" else 0, histories, of)
    )
    frontier = found.frontier
    assert frontier["proved"].all() and (frontier["loss"] == frontier["least_loss"]).all()
    np.testing.assert_allclose(
        frontier[["cost", "loss"]].to_numpy(), np.array(expected), rtol=1e-6, atol=1e-8
    )
    assert frontier["cost"].is_monotonic_increasing and frontier["loss"].is_monotonic_decreasing
    for row in frontier.to_dict("records"):
        chosen = tuple(row["portfolio"].split("|")) if row["portfolio"] else ()
        attack = tuple(row["attack"].split("|")) if row["attack"] else ()
        ground = everything.value(())
        named = of(np.array([ground - everything.value(chosen, attack, h) for h in histories]))
        assert named == pytest.approx(row["loss"], rel=1e-6, abs=1e-8)
        assert row["quiet_gain"] == pytest.approx(everything.value(chosen) - ground, rel=1e-6, abs=1e-8)
        if "loss_known" in row:
            known = Everything(case, case.rows("links"), window).loss(chosen, budget, histories, of)
            assert row["loss_known"] == pytest.approx(known, rel=1e-6, abs=1e-8)
    for row in found.portfolios.to_dict("records"):
        chosen = tuple(row["portfolio"].split("|")) if row["portfolio"] else ()
        true = everything.loss(chosen, budget if against != "hazards" else 0, histories, of)
        assert row["least_loss"] <= true + 1e-6 * (1 + abs(true))
        assert np.isnan(row["loss"]) or row["loss"] == pytest.approx(true, rel=1e-6, abs=1e-8)
    return len(frontier)


@pytest.mark.parametrize("seed", [0, 1, 3, 4, 6, 7, 8, 9, 13, 16, 18, 20])
def test_worst(seed: int) -> None:
    """Proves: cost and loss of every step, the attack named on it, and what every portfolio loses at least, are those of trying
    all portfolios and all attacks.
    Without it: a portfolio could be left out, or a proof be none."""
    steps = check(seed, "attack", "worst", 1 + seed % 2)
    # Not all of them may be cases in which nothing helps.
    assert steps > 1 or seed not in (0, 1, 3, 4, 6, 7, 16, 18)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("measure", ["expected", "cvar"])
def test_hazards(seed: int, measure: str) -> None:
    """Proves: the same over histories, for their mean and for that of the worst tenth, of which one history counts in part.
    Without it: weights could be forgotten, or a history be answered with a plan that it does not allow."""
    check(100 + seed, "hazards", measure, 0)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("measure", ["expected", "cvar"])
def test_both(seed: int, measure: str) -> None:
    """Proves: the attacker who chooses knowing what was built and not what will happen takes what trying all attacks takes.
    Without it: it could choose anew in each history, and the loss would be too great."""
    check(200 + seed, "both", measure, 1 + seed % 2)
