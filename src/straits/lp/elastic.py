"""Why nothing fits: what is missing, and what stands in its way (Chinneck 2008, *Feasibility and Infeasibility in Optimization*,
ch. 4)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy import sparse

from straits.lp.answer import Status
from straits.lp.program import Bounds, LinearProgram
from straits.lp.solver.door import Solver
from straits.lp.tolerance import DIFFERS, PROVED


class ConflictSet(NamedTuple):
    """What cannot hold together.

    Attributes
    ----------
    crossed, crossed_rows : list of int
        Columns and rows whose bounds exclude each other; then nothing else is looked at.
    unsolved : str
        How the elastic program ended, if not with an optimum: then nothing is known of what is missed. Where it is empty, and
        nothing is crossed or broken, nothing is missed by more than rounding.
    broken : ndarray, shape (rows,)
        By how much each row is missed where that costs least.
    rows, columns : list of int
        Rows and upper bounds of columns in conflict with what is missed, nearest first.
    """

    crossed: list[int]
    crossed_rows: list[int]
    unsolved: str
    broken: np.ndarray
    rows: list[int]
    columns: list[int]


def conflict_set(matrix: sparse.csc_matrix, bounds: Bounds, price: np.ndarray) -> ConflictSet:
    """Find what an infeasible program misses, and what it misses it for.

    Parameters
    ----------
    matrix : csc_matrix, shape (rows, columns)
    bounds : Bounds
    price : ndarray, shape (rows,)
        Of missing a row by one unit: what is dear is missed last.

    Notes
    -----
    Solves the elastic program in which every row may be broken at its price: broken rows are what is missing; rows and bounds
    with a dual there form a Farkas certificate.
    """
    b, (rows, columns) = bounds, matrix.shape
    one = sparse.identity(rows, format="csc")
    free = Bounds(
        np.concatenate([b.column_lower, np.zeros(2 * rows)]),
        np.concatenate([b.column_upper, np.full(2 * rows, np.inf)]),
        b.row_lower, b.row_upper,
    )  # fmt: skip
    cost = np.concatenate([np.zeros(columns), price, price])
    elastic = LinearProgram(cost, sparse.hstack([matrix, one, -one], format="csc"), free)
    answer = Solver.of(elastic).run()
    broken = np.zeros(rows)
    if answer.status == Status.OPTIMAL:
        broken = answer.x[columns : columns + rows] + answer.x[columns + rows :]
    most = float(broken.max(initial=0.0))
    if most <= PROVED:
        crossed, crossed_rows = (
            np.flatnonzero(low > high).tolist()
            for low, high in ((b.column_lower, b.column_upper), (b.row_lower, b.row_upper))
        )
        unsolved = "" if answer.status == Status.OPTIMAL else f"{answer.status}{answer.told}"
        return ConflictSet(crossed, crossed_rows, unsolved, np.zeros(rows), [], [])
    # The solver looks closer than what differs: where nothing is missed by as much, what is missed by less is named.
    least = min(DIFFERS, most / 2)
    priced = (np.abs(answer.dual) > DIFFERS) | (broken > least)
    near_rows, near_columns = _connected(matrix, broken > least, priced)
    at_limit = np.isfinite(b.column_upper) & (np.abs(answer.x[:columns] - b.column_upper) <= DIFFERS)
    at_limit &= np.abs(answer.reduced_cost[:columns]) > DIFFERS
    return ConflictSet(
        [],
        [],
        "",
        np.where(broken > least, broken, 0.0),
        [i for i in near_rows if broken[i] <= least],
        [j for j in near_columns if at_limit[j]],
    )


def _connected(
    matrix: sparse.csc_matrix, start: np.ndarray, allowed: np.ndarray
) -> tuple[list[int], list[int]]:
    """Rows of `allowed` that hang together with `start` by common columns, nearest first, and these columns."""
    by_row = matrix.tocsr()
    seen_rows, seen_columns = start.copy(), np.zeros(matrix.shape[1], dtype=bool)
    rows: list[int] = []
    columns: list[int] = []
    frontier = np.flatnonzero(start)
    while len(frontier):
        rows += frontier.tolist()
        touched = np.unique(by_row[frontier].indices)
        touched = touched[~seen_columns[touched]]
        seen_columns[touched] = True
        columns += touched.tolist()
        frontier = np.unique(matrix[:, touched].indices)
        frontier = frontier[allowed[frontier] & ~seen_rows[frontier]]
        seen_rows[frontier] = True
    return rows, columns
