"""What a scenario loses, where equally good plans leave it open: of all of them, the loss that is nearest to another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from straits.case.ownership import state_of
from straits.engine.measures import Measures, export_weights, supply_weights
from straits.engine.prices.ranges import program_of, without_ranges
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
        if (swing((sold, usual[0])) or swing((tariffs, usual[1]))) and not any(map(without_ranges, solved)):
            # Of a plan that was decided window by window, no set of equally good plans is known.
            plans = [Plans(program, s.x, dual) for s in solved for program, dual in [program_of(s)]]
            paid = [_tariffs(s.model) for s in solved]
            sold = _nearest(sold, usual[0], plans, counted)
            tariffs = _nearest(tariffs, usual[1], plans, paid)
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


def _tariffs(model: Model) -> np.ndarray:
    """Return weights of columns whose sum is the tariffs that are paid."""
    _, where, weights = Measures(model, ["tariffs"]).parts_of("tariffs", 0.0)
    paid = np.zeros(len(model.cost))
    paid[where] = weights
    return paid


def _nearest(found: float, near: float, plans: Sequence[Plans], weights: Sequence[np.ndarray]) -> float:
    """Return, of all losses of a sum of weights in equally good plans, the one nearest to another; `found` where it cannot move.

    Only the side on which the other lies is looked at, and the scenario's plans only where those of the run compared with do
    not reach it.
    """
    if not swing((found, near)):
        return found
    sign = 1.0 if near > found else -1.0
    # More is lost where the run compared with has more, and the scenario less.
    room = 0.0
    for of, counted, side in zip(plans, weights, (-sign, sign), strict=True):
        room -= of.fall_of(side * counted)
        if room >= abs(near - found):
            return near
    return found + sign * room if swing((room, 0.0)) else found
