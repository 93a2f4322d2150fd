"""Where the entries of a program stand in time, and the same program in longer steps."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from straits.lp.program import Arrays
from straits.lp.tolerance import ZERO


@dataclass(frozen=True)
class Places:
    """Where each row, or each column, stands in time.

    Attributes
    ----------
    entry : ndarray of int
        Its entry: rows or columns of one entry mean the same in different steps.
    step : ndarray of int
        Its step; -1: all time.
    level : ndarray of bool
        Whether it is what there is at the end of the step, not what passes during it.
    """

    entry: np.ndarray
    step: np.ndarray
    level: np.ndarray

    def some(self, which: np.ndarray) -> Places:
        """Give those of some rows or columns."""
        return Places(self.entry[which], self.step[which], self.level[which])


@dataclass(frozen=True)
class Repeated:
    """How a program repeats itself in time.

    Attributes
    ----------
    columns, rows : Places
    balance : ndarray of bool, shape (rows,)
        Rows that balance what comes to a place and what leaves it.
    days : ndarray, shape (steps,)
        Lengths of the steps.
    spread : float
        Share of the columns whose flow arrives in more than one step.
    """

    columns: Places
    rows: Places
    balance: np.ndarray
    days: np.ndarray
    spread: float = 0.0

    def some(self, columns: np.ndarray, rows: np.ndarray) -> Repeated:
        """Give how a part of the program repeats itself: the chosen columns and rows of it."""
        return Repeated(
            self.columns.some(columns), self.rows.some(rows), self.balance[rows], self.days, self.spread
        )


@dataclass(frozen=True)
class Coarser:
    """A program summed over runs of its steps.

    Attributes
    ----------
    program : Arrays
    repeated : Repeated
    column, row : ndarray of int
        Which of the shorter program each column and row of the longer one belongs to.
    share : ndarray, shape (columns of the longer one,)
        What of the value of that column is that of this one: its part of what passes, all of a level.
    """

    program: Arrays
    repeated: Repeated
    column: np.ndarray
    row: np.ndarray
    share: np.ndarray


def in_runs(p: Arrays, repeated: Repeated, length: int) -> Coarser:
    """Give a program in which each run of steps is one step.

    Parameters
    ----------
    p : Arrays
    repeated : Repeated
    length : int
        Steps in a run; the last may be shorter.

    Returns
    -------
    Coarser

    Notes
    -----
    Rows are summed, and columns share a run by the lengths of its steps; a level stands still in a run. This is aggregation of
    rows and columns with fixed weights (Rogers, Plante, Wong and Evans 1991, *Operations Research* 39(4), section 1). A dual of a
    sum is a guess of the dual of each of its rows.
    """
    run = np.arange(len(repeated.days)) // length
    column, columns = _in_runs(repeated.columns, run)
    row, rows = _in_runs(repeated.rows, run)
    size, height = len(columns.entry), len(rows.entry)
    # What passes in a run passes evenly; a level is the same in all of its steps, and what is of all time stands for itself.
    days = np.where(
        repeated.columns.level | (repeated.columns.step < 0), 1.0, repeated.days[repeated.columns.step]
    )
    still = repeated.columns.level | (repeated.columns.step < 0)
    weight = np.where(still, 1.0, days / np.bincount(column, weights=days, minlength=size)[column])
    share = sparse.csc_matrix((weight, (np.arange(len(column)), column)), shape=(len(column), size))
    total = sparse.csr_matrix((np.ones(len(row)), (row, np.arange(len(row)))), shape=(height, len(row)))
    matrix = sparse.csc_matrix(total @ p.matrix @ share)
    # What a store keeps within a run leaves rounding where it cancels.
    matrix.data[np.abs(matrix.data) < ZERO * length] = 0.0
    matrix.eliminate_zeros()
    # Bounds of what passes add up; of levels the mean is taken.
    mean = np.where(still, 1.0 / np.bincount(column, minlength=size)[column], 1.0)
    lower, upper = (
        np.bincount(column, weights=bound * mean, minlength=size)
        for bound in (p.column_lower, p.column_upper)
    )
    row_lower, row_upper = (
        np.bincount(row, weights=bound, minlength=height) for bound in (p.row_lower, p.row_upper)
    )
    balance = np.zeros(height, dtype=bool)
    balance[row[repeated.balance]] = True
    program = Arrays(share.T @ p.cost, matrix, lower, upper, row_lower, row_upper)
    longer = Repeated(columns, rows, balance, np.bincount(run, weights=repeated.days), repeated.spread)
    return Coarser(program, longer, column, row, weight)


def _in_runs(places: Places, run: np.ndarray) -> tuple[np.ndarray, Places]:
    """Give where each row or column goes, and where what they go to stands."""
    step = np.where(places.step < 0, -1, run[places.step])
    runs = int(run[-1]) + 2
    _, first, goes = np.unique(places.entry * runs + step + 1, return_index=True, return_inverse=True)
    return goes, Places(places.entry[first], step[first], places.level[first])
