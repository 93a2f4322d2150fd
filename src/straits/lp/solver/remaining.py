"""A program of which much is decided: only what can still move is put to the solver.

Columns that are fixed, and rows in which only fixed columns stand, are left out. The simplex would pass them over as well; but a
basis holds them, and where cargo arrives in shares, rounding of what was decided grows along such a basis from step to step until
no answer can be believed.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy import sparse

from straits.lp.answer import Answer, Basis, Status
from straits.lp.program import Bounds
from straits.lp.sifting.repeated import Repeated
from straits.lp.sifting.rounds import pays
from straits.lp.solver.door import Solver
from straits.lp.tolerance import NOISE, PROVED

_NONE = np.empty(0)


def solve_remaining(
    cost: np.ndarray,
    matrix: sparse.csc_matrix,
    bounds: Bounds,
    start: Basis,
    repeated: Repeated | None = None,
    *,
    duals: bool = True,
) -> tuple[Answer, Basis]:
    """Solve a program without what is fixed in it.

    Parameters
    ----------
    cost : ndarray, shape (columns,)
    matrix : csc_matrix, shape (rows, columns)
    bounds : Bounds
    start : Basis
        Of the whole program; what it says of columns and rows that stay is where the solver starts.
    repeated : Repeated, optional
        How the whole program repeats itself in time: where going on takes many iterations, few columns come first.
    duals : bool
        Whether the answer carries values of rows, duals and reduced costs too.

    Returns
    -------
    Answer
        Of the whole program. Rows that are left out have no dual.
    Basis
        Of the whole program: of what was solved that of the answer, of the rest that of the start. The start itself where there
        is no optimum.
    """
    b = bounds
    # Not "less than": bounds that cross are for the solver to find.
    free = b.column_lower != b.column_upper
    held = np.where(free, 0.0, b.column_lower)
    there = sizes = np.zeros(matrix.shape[0])
    if held.any():
        there, sizes = matrix @ held, abs(matrix) @ np.abs(held)
    least, most = _off(b.row_lower, there, sizes), _off(b.row_upper, there, sizes)
    part = matrix[:, free]
    open_ = np.bincount(part.indices, minlength=matrix.shape[0]) > 0
    # A row in which nothing can move is kept or broken as it is.
    if np.any(~open_ & (np.maximum(least, -most) > PROVED * np.maximum(1.0, sizes))):
        return Answer(Status.INFEASIBLE, np.inf, _NONE, _NONE, _NONE, _NONE, 0, 0.0), start
    open_ &= np.isfinite(least) | np.isfinite(most)
    part = _rows_of(part, open_)
    # Scaled, plans decided step by step took twice the iterations, and as many answers had to be mended.
    solver = Solver(
        cost[free], part, b.column_lower[free], b.column_upper[free], least[open_], most[open_], scaled=False,
    )  # fmt: skip
    solver.start_from(Basis(start.columns[free], start.rows[open_]))
    solver.prefer_warm()
    large = repeated is not None and pays(part.shape[0], repeated)
    found = solver.run(repeated=repeated.some(free, open_) if repeated is not None and large else None)
    if found.status != Status.OPTIMAL:
        return found, start
    x, last = held, solver.basis()
    x[free] = found.x
    value = float(np.einsum("i,i->", cost, x))
    answer = replace(found, value=value, x=x, reduced_cost=_NONE, row_value=_NONE, dual=_NONE)
    if duals:
        dual = np.zeros(matrix.shape[0])
        dual[open_] = found.dual
        answer = replace(answer, reduced_cost=cost - matrix.T @ dual, row_value=matrix @ x, dual=dual)
    return answer, Basis.later(lambda: _within(start, last, free, open_))


def _rows_of(matrix: sparse.csc_matrix, rows: np.ndarray) -> sparse.csc_matrix:
    """Give some rows of a matrix, column by column as it is: by way of rows and back takes four times as long."""
    stays = rows[matrix.indices]
    number, begin = np.cumsum(rows) - 1, np.concatenate([[0], np.cumsum(stays)])
    kept = (matrix.data[stays], number[matrix.indices[stays]], begin[matrix.indptr])
    found = sparse.csc_matrix(kept, shape=(np.count_nonzero(rows), matrix.shape[1]))
    found.sort_indices()
    return found


def _within(
    whole: Basis, part: Basis, columns: np.ndarray, rows: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Give the statuses of a basis in which some columns and rows stand as in the basis of a part."""
    found = whole.columns.copy(), whole.rows.copy()
    found[0][columns], found[1][rows] = part.columns, part.rows
    return found


def _off(bound: np.ndarray, there: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """Give how far bounds are from what is there; nothing where that is rounding, which would count as an amount of its own."""
    off = bound - there
    return np.where(np.abs(off) <= NOISE * np.maximum(1.0, sizes), 0.0, off)
