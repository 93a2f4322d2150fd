"""Proofs that a variant has the same answer as the one it starts from, so that it need not be solved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from straits.lp.answer import Answer
from straits.lp.patch import Patch
from straits.lp.program import Program
from straits.lp.tolerance import NOISE, ON, PRICED


@dataclass(frozen=True)
class Change:
    """How the answer to one patch alone differs from that to none: on which columns and rows, and by how much.

    Attributes
    ----------
    patch : Patch
    columns, rows : ndarray of int
        Increasing.
    x, reduced_cost : ndarray, shape (len(columns),)
    row_value, dual : ndarray, shape (len(rows),)
    """

    patch: Patch
    columns: np.ndarray
    x: np.ndarray
    reduced_cost: np.ndarray
    rows: np.ndarray
    row_value: np.ndarray
    dual: np.ndarray


def change_of(patch: Patch, before: Answer, after: Answer) -> Change:
    """Give the change from the answer without a patch to that with it; both with all vectors."""

    def differ(*pairs: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
        far = [np.abs(new - old) > NOISE * (1.0 + np.abs(old)) for old, new in pairs]
        return np.flatnonzero(far[0] | far[1])

    columns = differ((before.x, after.x), (before.reduced_cost, after.reduced_cost))
    rows = differ((before.row_value, after.row_value), (before.dual, after.dual))
    return Change(
        patch,
        columns,
        after.x[columns] - before.x[columns],
        after.reduced_cost[columns] - before.reduced_cost[columns],
        rows,
        after.row_value[rows] - before.row_value[rows],
        after.dual[rows] - before.dual[rows],
    )


def still_optimal(model: Program, answer: Answer, before: Patch | None, after: Patch) -> bool:
    """Whether an optimal answer under `before` is optimal under `after`.

    Parameters
    ----------
    model : Model or other Program
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


def summed(
    model: Program, answer: Answer, before: Patch | None, changes: Sequence[Change], after: Patch
) -> Answer | None:
    """Add changes to an answer, if the sum is optimal under all their patches together.

    Parameters
    ----------
    model : Model or other Program
    answer : Answer
        Optimal under `before`, with all vectors.
    before : Patch
        None: the model as it is.
    changes : sequence of Change
        Of the patches that `after` has besides `before`, each alone.
    after : Patch

    Returns
    -------
    Answer or None
        None if the sum fails one of the optimality conditions.

    Notes
    -----
    Closures that are far apart in the network or in time do not meet: plans and prices change by the sum of what each alone
    changes. Values and duals add up on rows by themselves, both being linear; what is left to look at are the conditions of
    `still_optimal` on the entries that some change or some patch touches.
    """
    touched = [where for c in changes for where in (c.columns, c.patch.columns)]
    columns = np.unique(np.concatenate([_where(before, after, "columns"), *touched]))
    x, reduced = answer.x[columns], answer.reduced_cost[columns]
    old, new = _costs(model, before, columns), _costs(model, after, columns)
    value = answer.value - float(old @ x)
    reduced += new - old
    for c in changes:
        place = np.searchsorted(columns, c.columns)
        x[place] += c.x
        reduced[place] += c.reduced_cost
        reduced -= _costs(model, c.patch, columns) - model.cost[columns]
    if not _holds(x, reduced, *_bounds(model, after, columns, "column")):
        return None
    rows = np.unique(np.concatenate([_where(before, after, "rows"), *(c.rows for c in changes)]))
    row_value, dual = answer.row_value[rows], answer.dual[rows]
    for c in changes:
        place = np.searchsorted(rows, c.rows)
        row_value[place] += c.row_value
        dual[place] += c.dual
    if not _holds(row_value, dual, *_bounds(model, after, rows, "row")):
        return None

    def with_(vector: np.ndarray, where: np.ndarray, values: np.ndarray) -> np.ndarray:
        vector = vector.copy()
        vector[where] = values
        return vector

    return replace(
        answer,
        value=value + float(new @ x),
        x=with_(answer.x, columns, x),
        reduced_cost=with_(answer.reduced_cost, columns, reduced),
        row_value=with_(answer.row_value, rows, row_value),
        dual=with_(answer.dual, rows, dual),
        iterations=0,
    )


def only_tighter(model: Program, before: Patch | None, after: Patch) -> bool:
    """Whether `after` allows nothing that `before` did not allow; then it is infeasible if `before` was."""
    for at, kind in (("columns", "column"), ("rows", "row")):
        where = _where(before, after, at)
        old, new = _bounds(model, before, where, kind), _bounds(model, after, where, kind)
        if np.any(new[0] < old[0]) or np.any(new[1] > old[1]):
            return False
    return True


def repriced(model: Program, answer: Answer, before: Patch | None, after: Patch) -> Answer:
    """Give an answer that is optimal under `before` and `after` as that to `after`: with value and reduced costs at its costs."""
    columns = _where(before, after, "columns")
    dearer = _costs(model, after, columns) - _costs(model, before, columns)
    if not dearer.any():
        return replace(answer, iterations=0)
    reduced = answer.reduced_cost.copy()
    reduced[columns] += dearer
    value = answer.value + float(dearer @ answer.x[columns])
    return replace(answer, value=value, reduced_cost=reduced, iterations=0)


def _holds(value: np.ndarray, dual: np.ndarray, lower: np.ndarray, upper: np.ndarray) -> bool:
    with np.errstate(invalid="ignore"):
        near = ON * (1.0 + np.abs(value))
        inside = (value >= lower - near) & (value <= upper + near)
        resting = np.where(
            dual > PRICED,
            np.abs(value - lower) <= near,
            np.where(dual < -PRICED, np.abs(value - upper) <= near, True),
        )
    return bool(np.all(inside & resting))


def _where(before: Patch | None, after: Patch | None, at: str) -> np.ndarray:
    found = [getattr(p, at) for p in (before, after) if p is not None]
    return np.unique(np.concatenate(found)) if found else np.empty(0, dtype=int)


def _bounds(
    model: Program, patch: Patch | None, where: np.ndarray, kind: str
) -> tuple[np.ndarray, np.ndarray]:
    lower, upper = (
        getattr(model.bounds, f"{kind}_lower")[where],
        getattr(model.bounds, f"{kind}_upper")[where],
    )
    if patch is not None:
        index = np.searchsorted(where, getattr(patch, f"{kind}s"))
        lower[index], upper[index] = getattr(patch, f"{kind}_lower"), getattr(patch, f"{kind}_upper")
    return lower, upper


def _costs(model: Program, patch: Patch | None, where: np.ndarray) -> np.ndarray:
    cost = model.cost[where]
    if patch is not None:
        cost[np.searchsorted(where, patch.columns)] = patch.cost
    return cost
