"""Where the entries of a program stand in time, and the same program in longer steps."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from straits.lp.program import Arrays
from straits.lp.tolerance import ZERO


@dataclass(frozen=True)
class Span:
    """Rows or columns of one kind from `offset` on: `count` entries with `steps` steps each, entry by entry.

    `level`: whether a value is what there is at the end of the step, not what passes during it.
    """

    offset: int
    count: int
    steps: int
    level: bool = False

    @property
    def slice(self) -> slice:
        """Where it stands in the whole."""
        return slice(self.offset, self.offset + self.count * self.steps)


@dataclass(frozen=True)
class Repeated:
    """How a program repeats itself in time.

    Attributes
    ----------
    columns, rows : tuple of Span
        All of them, in order. One of a single step stands for all time.
    balance : int
        Which span of rows balances what comes to a place and what leaves it.
    days : ndarray, shape (steps,)
        Lengths of the steps.
    spread : float
        Share of the columns whose flow arrives in more than one step.
    """

    columns: tuple[Span, ...]
    rows: tuple[Span, ...]
    balance: int
    days: np.ndarray
    spread: float = 0.0


@dataclass(frozen=True)
class Coarser:
    """A program summed over runs of its steps.

    Attributes
    ----------
    program : Arrays
    repeated : Repeated
    column, row : ndarray of int
        Which of the shorter program each column and row of the longer one belongs to.
    """

    program: Arrays
    repeated: Repeated
    column: np.ndarray
    row: np.ndarray


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
    steps = len(repeated.days)
    run = np.arange(steps) // length
    days = np.bincount(run, weights=repeated.days)
    column, columns, weight = _side(repeated.columns, run, repeated.days / days[run])
    row, rows, _ = _side(repeated.rows, run, np.ones(steps))
    size, height = (sum(s.count * s.steps for s in spans) for spans in (columns, rows))
    share = sparse.csc_matrix((weight, (np.arange(len(column)), column)), shape=(len(column), size))
    total = sparse.csr_matrix((np.ones(len(row)), (row, np.arange(len(row)))), shape=(height, len(row)))
    matrix = sparse.csc_matrix(total @ p.matrix @ share)
    # What a store keeps within a run leaves rounding where it cancels.
    matrix.data[np.abs(matrix.data) < ZERO * length] = 0.0
    matrix.eliminate_zeros()
    # Bounds of what passes add up; of levels the mean is taken.
    mean = np.ones(len(column))
    for span in repeated.columns:
        if span.level:
            mean[span.slice] = 1.0 / np.bincount(column, minlength=size)[column[span.slice]]
    lower, upper = (
        np.bincount(column, weights=bound * mean, minlength=size)
        for bound in (p.column_lower, p.column_upper)
    )
    row_lower, row_upper = (
        np.bincount(row, weights=bound, minlength=height) for bound in (p.row_lower, p.row_upper)
    )
    program = Arrays(share.T @ p.cost, matrix, lower, upper, row_lower, row_upper)
    return Coarser(program, Repeated(columns, rows, repeated.balance, days), column, row)


def _side(
    spans: tuple[Span, ...], run: np.ndarray, share: np.ndarray
) -> tuple[np.ndarray, tuple[Span, ...], np.ndarray]:
    """Give where each entry goes, the spans there, and its share of what stands there."""
    goes, weight, found = [], [], []
    offset, runs = 0, int(run[-1]) + 1
    for span in spans:
        steps = runs if span.steps > 1 else 1
        at = run if span.steps > 1 else np.zeros(1, dtype=int)
        goes.append((offset + np.arange(span.count)[:, None] * steps + at).ravel())
        weight.append(
            np.tile(share if span.steps > 1 and not span.level else np.ones(span.steps), span.count)
        )
        found.append(Span(offset, span.count, steps, span.level))
        offset += span.count * steps
    return np.concatenate(goes), tuple(found), np.concatenate(weight)
