"""Proofs that a variant has the same answer as the one it starts from, so that it need not be solved."""

from __future__ import annotations

import numpy as np

from straits.engine.variant import Patch
from straits.model import Model
from straits.model.highs import Answer

#: How far a value may be from a bound and count as on it, relative to 1 + |bound|. Far below the solver's own 1e-7.
_ON = 1e-9
#: Reduced costs and duals below this count as zero, thousand currency per unit: the solver's own tolerance.
_ZERO = 1e-7


def still_optimal(model: Model, answer: Answer, before: Patch | None, after: Patch) -> bool:
    """Whether an optimal answer under `before` is optimal under `after`.

    Parameters
    ----------
    model : Model
    answer : Answer
        Optimal under `before`, with all vectors.
    before, after : Patch
        None: the model as it is.

    Returns
    -------
    bool

    Notes
    -----
    The optimality conditions of a linear program: the values keep all bounds; each reduced cost keeps its sign (positive only
    on the lower bound, negative only on the upper); the same for rows and their duals. Only what changed needs a look. So
    closing what an optimum does not use changes nothing, and neither does opening what it would not use.
    """
    columns = _where(before, after, "columns")
    lower, upper = _bounds(model, after, columns, "column")
    reduced = answer.reduced_cost[columns] + _costs(model, after, columns) - _costs(model, before, columns)
    if not _holds(answer.x[columns], reduced, lower, upper):
        return False
    rows = _where(before, after, "rows")
    lower, upper = _bounds(model, after, rows, "row")
    return _holds(answer.row_value[rows], answer.dual[rows], lower, upper)


def only_tighter(model: Model, before: Patch | None, after: Patch) -> bool:
    """Whether `after` allows nothing that `before` did not allow; then it is infeasible if `before` was."""
    for at, kind in (("columns", "column"), ("rows", "row")):
        where = _where(before, after, at)
        old, new = _bounds(model, before, where, kind), _bounds(model, after, where, kind)
        if np.any(new[0] < old[0]) or np.any(new[1] > old[1]):
            return False
    return True


def cost_change(model: Model, answer: Answer, before: Patch | None, after: Patch) -> float:
    """What an answer costs more under `after` than under `before`, thousand currency."""
    columns = _where(before, after, "columns")
    return float((_costs(model, after, columns) - _costs(model, before, columns)) @ answer.x[columns])


def _holds(value: np.ndarray, dual: np.ndarray, lower: np.ndarray, upper: np.ndarray) -> bool:
    with np.errstate(invalid="ignore"):
        near = _ON * (1.0 + np.abs(value))
        inside = (value >= lower - near) & (value <= upper + near)
        resting = np.where(
            dual > _ZERO,
            np.abs(value - lower) <= near,
            np.where(dual < -_ZERO, np.abs(value - upper) <= near, True),
        )
    return bool(np.all(inside & resting))


def _where(before: Patch | None, after: Patch | None, at: str) -> np.ndarray:
    found = [getattr(p, at) for p in (before, after) if p is not None]
    return np.unique(np.concatenate(found)) if found else np.empty(0, dtype=int)


def _bounds(model: Model, patch: Patch | None, where: np.ndarray, kind: str) -> tuple[np.ndarray, np.ndarray]:
    lower, upper = (
        getattr(model.bounds, f"{kind}_lower")[where],
        getattr(model.bounds, f"{kind}_upper")[where],
    )
    if patch is not None:
        index = np.searchsorted(where, getattr(patch, f"{kind}s"))
        lower[index], upper[index] = getattr(patch, f"{kind}_lower"), getattr(patch, f"{kind}_upper")
    return lower, upper


def _costs(model: Model, patch: Patch | None, where: np.ndarray) -> np.ndarray:
    cost = model.cost[where]
    if patch is not None:
        cost[np.searchsorted(where, patch.columns)] = patch.cost
    return cost
