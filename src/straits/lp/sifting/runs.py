"""Solve runs of steps apart, the last one first, and join their bases.

What happens in a run hangs on the rest of time by what it begins with and by what is worth what when it ends. Later runs are
solved first, so their duals say what things are worth to earlier ones; what a run begins with is taken from a plan in longer
steps. Joined, the bases of all runs are one whose duals are right and whose amounts are off where runs meet: that is for the dual
simplex to mend, in longer and longer runs. (The backward pass of nested decomposition by stages: Ho and Manne 1974,
*Mathematical Programming* 6, 121-140.)
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import sparse

from straits.lp import highs
from straits.lp.answer import Basis, Status
from straits.lp.program import Arrays
from straits.lp.sifting.repeated import Repeated

#: How to go on from a basis whose duals are right: by the dual simplex, with weights that cost nothing to begin with.
DUAL: dict[str, highs.Option] = {"presolve": "off", "simplex_dual_edge_weight_strategy": 1}


class Runs:
    """The parts of a program in runs of steps, and what is known of the whole.

    Parameters
    ----------
    p : Arrays
    repeated : Repeated
    x : ndarray, shape (columns,)
        A plan of about what comes from run to run.
    dual : ndarray, shape (rows,)
        A guess of the duals.
    columns, rows : ndarray of int8
        A guess of the basis; `solve` changes these two and the duals in place.
    run : callable
        Solves what a solver holds.
    """

    def __init__(
        self,
        p: Arrays,
        repeated: Repeated,
        x: np.ndarray,
        dual: np.ndarray,
        columns: np.ndarray,
        rows: np.ndarray,
        run: Callable[[Any], Status],
    ) -> None:
        self._p, self._repeated, self._run = p, repeated, run
        self._x, self._dual, self._columns, self._rows = x, dual, columns, rows

    def solve(self, length: int, chosen: np.ndarray) -> None:
        """Solve each run of so many steps by its chosen columns.

        Parameters
        ----------
        length : int
        chosen : ndarray of bool, shape (columns,)

        Notes
        -----
        What is of all time is in no run: such columns are where the guess has them, such rows have the duals of the guess. Of a
        run that has no plan the guess stays.
        """
        p, of = self._p, self._repeated
        column, row = (np.where(s >= 0, s // length, -1) for s in (of.columns.step, of.rows.step))
        matrix = p.matrix
        owner = np.repeat(np.arange(len(column)), np.diff(matrix.indptr))
        at = np.flatnonzero(row[matrix.indices] != column[owner])
        came = np.bincount(matrix.indices[at], matrix.data[at] * self._x[owner[at]], len(row))
        columns, rows = _by_run(column, chosen), _by_run(row, row >= 0)
        place = np.empty(len(row), dtype=int)
        for which in rows.values():
            place[which] = np.arange(len(which))
        for number in sorted(columns, reverse=True):
            if number >= 0 and number in rows:
                self._solve(columns[number], rows[number], came, row == number, place)

    def _solve(
        self, columns: np.ndarray, rows: np.ndarray, came: np.ndarray, inside: np.ndarray, place: np.ndarray
    ) -> None:
        """Solve a run, whose rows are `inside`, each at its `place`."""
        p = self._p
        part = sparse.csc_matrix(p.matrix[:, columns])
        owner = np.repeat(np.arange(len(columns)), np.diff(part.indptr))
        here = inside[part.indices]
        later = np.flatnonzero(~here)
        gets = np.bincount(owner[later], part.data[later] * self._dual[part.indices[later]], len(columns))
        start = np.append(0, np.cumsum(here))[part.indptr]
        matrix = sparse.csc_matrix(
            (part.data[here], place[part.indices[here]], start), shape=(len(rows), len(columns))
        )
        solver = highs.new_solver(scaled=False, options=DUAL)
        run = Arrays(
            p.cost[columns] - gets, matrix, p.column_lower[columns], p.column_upper[columns],
            p.row_lower[rows] - came[rows], p.row_upper[rows] - came[rows],
        )  # fmt: skip
        if not highs.load(solver, run):
            return
        highs.start_from(solver, Basis(self._columns[columns], self._rows[rows]))
        if self._run(solver) == Status.OPTIMAL:
            found = highs.solution(solver)
            basis = highs.basis_of(solver, run, found)
            self._columns[columns], self._rows[rows] = basis.columns, basis.rows
            self._dual[rows] = highs.duals(found)


def _by_run(run: np.ndarray, which: np.ndarray) -> dict[int, np.ndarray]:
    """Give those of some rows or columns that are in each run."""
    at = np.flatnonzero(which)
    at = at[np.argsort(run[at], kind="stable")]
    numbers, first = np.unique(run[at], return_index=True)
    return dict(zip(numbers.tolist(), np.split(at, first[1:]), strict=True))
