"""Work a plan and its duals out afresh from a basis: what a solver updates step by step, drifts."""

from __future__ import annotations

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import splu

from straits.lp.program import Arrays

#: Rounds in which what is left of the equations is solved for again.
_ROUNDS = 2


def vertex_of(
    p: Arrays, columns: np.ndarray, rows: np.ndarray, x: np.ndarray, row_value: np.ndarray
) -> tuple[np.ndarray, np.ndarray] | None:
    """Give plan and duals of a basis.

    Parameters
    ----------
    p : Arrays
    columns, rows : ndarray of bool, shapes (columns,) and (rows,)
        Which are basic.
    x, row_value : ndarray
        About where they are: what is not basic rests on the bound that is nearest.

    Returns
    -------
    tuple of ndarray, shapes (columns,) and (rows,), or None
        None if the basis is singular.
    """
    tight = np.flatnonzero(~rows)
    basic = np.flatnonzero(columns)
    if len(tight) != len(basic):
        return None
    rest = np.where(columns, 0.0, _nearest(x, p.column_lower, p.column_upper))
    dual = np.zeros(len(p.row_lower))
    if len(basic):
        square = sparse.csc_matrix(p.by_row[tight][:, basic])
        side = (_nearest(row_value, p.row_lower, p.row_upper) - p.matrix @ rest)[tight]
        try:
            factor = splu(square)
        except RuntimeError:
            return None
        rest[basic] = _solved(square, factor.solve, side)
        dual[tight] = _solved(square.T, lambda v: factor.solve(v, trans="T"), p.cost[basic])
    if not (np.isfinite(rest).all() and np.isfinite(dual).all()):
        return None
    return rest, dual


def _solved(matrix, solve, side) -> np.ndarray:  # type: ignore[no-untyped-def]
    found = solve(side)
    for _ in range(_ROUNDS):
        found = found + solve(side - matrix @ found)
    return np.asarray(found)


def _nearest(value: np.ndarray, lower: np.ndarray, upper: np.ndarray) -> np.ndarray:
    """Give the nearer bound; zero where there is none."""
    with np.errstate(invalid="ignore"):
        bound = np.where(np.abs(value - lower) <= np.abs(upper - value), lower, upper)
    return np.where(np.isfinite(bound), bound, 0.0)
