"""What a scenario loses, where equally good plans leave it open: of all of them, the loss that is nearest to another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from straits.case.ownership import state_of
from straits.engine.measures import Measures, export_weights, supply_weights
from straits.engine.ranges import without_ranges
from straits.lp.optimal_set import Plans
from straits.stress.tables.changes import Pair, value_lost

if TYPE_CHECKING:
    from straits.model import Model, Solution


def swing(values: Sequence[float]) -> float:
    """Largest less smallest; differences of rounding are none."""
    width = float(np.nanmax(values) - np.nanmin(values))
    return width if width > 1e-6 * max(1.0, float(np.nanmax(np.abs(values)))) else 0.0


def lost_of(
    solved: Sequence[Solution],
    actor: str,
    commodity: str,
    near: Sequence[Solution] | None = None,
    *,
    imports: bool = False,
) -> tuple[float, float]:
    """Return exports of a cargo lost (unit of the commodity), and joint value lost (million currency).

    Parameters
    ----------
    solved : sequence of Solution
        The run compared with, and the scenario.
    actor, commodity : str
    near : sequence of Solution, optional
        The same two with other numbers. Of equally good plans, those are meant whose loss is nearest to theirs: of exports, and
        of tariffs, which is all of the joint value that can be open.
    imports : bool
        Whether what the actor's state uses less of the commodity is lost, instead of exports.
    """
    counted = [_counted(s.model, actor, commodity, imports=imports) for s in solved]
    sold, tariffs = _moved(solved, counted)
    before, after = solved
    worth = value_lost(Pair(after, before)) - tariffs
    if near is not None:
        usual = _moved(near, [_counted(s.model, actor, commodity, imports=imports) for s in near])
        if (swing((sold, usual[0])) or swing((tariffs, usual[1]))) and (room := _room(solved, counted)):
            sold, tariffs = (_nearest(*of) for of in zip((sold, tariffs), usual, room, strict=True))
    return sold, worth + tariffs


def _counted(model: Model, actor: str, commodity: str, *, imports: bool) -> np.ndarray:
    """Return weights of columns whose sum is what can be lost."""
    if imports:
        return supply_weights(model, commodity, state_of(model.case, actor))
    return export_weights(model, commodity, actor)


def _moved(solved: Sequence[Solution], counted: Sequence[np.ndarray]) -> tuple[float, float]:
    """Return what is counted, and tariffs, lost."""
    sold = [float((weights * s.x).sum()) for s, weights in zip(solved, counted, strict=True)]
    return sold[0] - sold[1], solved[0].tariffs_paid - solved[1].tariffs_paid


def _nearest(found: float, near: float, room: tuple[float, float]) -> float:
    """Return, of all that a number can be, what is nearest to another; `found` where it cannot move."""
    fall, rise = room
    if not swing((fall, rise, 0.0)):
        return found
    return float(np.clip(near, found + fall, found + rise))


def _room(
    solved: Sequence[Solution], counted: Sequence[np.ndarray]
) -> tuple[tuple[float, float], tuple[float, float]] | None:
    """Return by how much losses of what is counted and of tariffs can fall and rise in equally good plans; None if nobody knows.

    Of a plan that was decided step by step, no set of equally good plans is known.
    """
    if any(without_ranges(solution) is not None for solution in solved):
        return None
    spans = []
    for solution, weights_of_cargo in zip(solved, counted, strict=True):
        model = solution.model
        plans = Plans(model, solution.x, solution.dual)
        _, where, weights = Measures(model, ["tariffs"]).parts_of("tariffs", 0.0)
        paid = np.zeros(len(model.cost))
        paid[where] = weights
        spans.append([plans.range_of(weights_of_cargo), plans.range_of(paid)])
    # The least is lost where the run compared with has least and the scenario most.
    sold, tariffs = (
        (before[0] - after[1], before[1] - after[0]) for before, after in zip(*spans, strict=True)
    )
    return sold, tariffs
