"""One plan of all that are as good as an optimal one: that in which a weighted sum is least."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy import sparse

from straits.lp.answer import Answer, Basis, Status
from straits.lp.optimal_set import moves_of
from straits.lp.program import Bounds
from straits.lp.solver.remaining import solve_remaining


@dataclass(frozen=True)
class Planned:
    """Amounts that should not fall short of what was planned, each a multiple of one column.

    Attributes
    ----------
    columns : ndarray of int, shape (amounts,)
    times : ndarray, shape (amounts,)
        An amount is this many times its column.
    least : ndarray, shape (amounts,)
        What was planned.
    weights : ndarray, shape (amounts,)
        What a unit counts that is missing; what is more than was planned counts nothing.
    """

    columns: np.ndarray
    times: np.ndarray
    least: np.ndarray
    weights: np.ndarray
    _under: list[sparse.csc_matrix] = field(default_factory=list, init=False, compare=False, repr=False)

    def under(self, matrix: sparse.csc_matrix) -> sparse.csc_matrix:
        """Put a row for each amount under a matrix, and a column for what it falls short beside it.

        Kept for the matrix of the last call: many variants of one program are asked one after another.
        """
        if not self._under or self._under[0] is not matrix:
            size = len(self.columns)
            amounts = sparse.csc_matrix(
                (self.times, (np.arange(size), self.columns)), shape=(size, matrix.shape[1])
            )
            joined = sparse.block_array([[matrix, None], [amounts, sparse.eye_array(size)]], format="csc")
            self._under[:] = [matrix, sparse.csc_matrix(joined)]
        return self._under[1]


@dataclass(frozen=True)
class Wish:
    """What is wished of a plan: that a sum is least.

    Attributes
    ----------
    weights : ndarray, shape (columns,)
        Of the columns in the sum.
    planned : Planned or None
        What else counts in it.
    """

    weights: np.ndarray
    planned: Planned | None = None

    @property
    def amounts(self) -> int:
        """How many amounts were planned."""
        return 0 if self.planned is None else len(self.planned.columns)

    def within(self, columns: np.ndarray) -> Wish:
        """Give the wish of a part of the program, by the numbers of its columns in rising order."""
        weights, p = self.weights[columns], self.planned
        if p is None:
            return Wish(weights)
        at = np.isin(p.columns, columns)
        place = np.searchsorted(columns, p.columns[at])
        return Wish(weights, Planned(place, p.times[at], p.least[at], p.weights[at]))


def chosen_plan(
    matrix: sparse.csc_matrix, bounds: Bounds, answer: Answer, wish: Wish, start: Basis
) -> tuple[np.ndarray, Basis]:
    """Give the plan that is wished for, of all that are as good as an optimum.

    Parameters
    ----------
    matrix : csc_matrix, shape (rows, columns)
    bounds : Bounds
        Of the program.
    answer : Answer
        Optimal, with its vectors.
    wish : Wish
    start : Basis
        From which it is looked for: of the program, or one that was returned for a like wish, of as many amounts or of others.

    Returns
    -------
    ndarray, shape (columns,)
        The plan; that of the optimum where the sum has no end.
    Basis
        Where it stands; the start where it is that of the optimum. If amounts were planned, what falls short stands behind the
        columns, and a row for each of them behind the rows.

    Notes
    -----
    What is asked for is the way from the optimum to the plan: to stay is a way, to the last digit. Asked for the plan itself, the
    solver now and then found that none was allowed, the optimum included.
    """
    moves, weights = moves_of(matrix, bounds, answer), wish.weights
    if len(start.columns) != len(answer.x) + wish.amounts:
        start = Basis(start.columns[: len(answer.x)], start.rows[: matrix.shape[0]])
    if wish.planned is not None:
        weights, matrix, moves, start = _with_shortfall(wish, wish.planned, matrix, moves, answer.x, start)
    way, basis = solve_remaining(weights, matrix, moves, start, duals=False)
    found = way.status == Status.OPTIMAL
    return (answer.x + way.x[: len(answer.x)], basis) if found else (answer.x, start)


def _with_shortfall(
    wish: Wish, planned: Planned, matrix: sparse.csc_matrix, moves: Bounds, x: np.ndarray, start: Basis
) -> tuple[np.ndarray, sparse.csc_matrix, Bounds, Basis]:
    """Add a column to the program of moves for what each amount falls short, and a row that says how far that is at least.

    The change of what falls short is the column; to stay is a way here too.
    """
    of, times, size = planned.columns, planned.times, len(planned.columns)
    missing = planned.least - times * x[of]
    ends = times * moves.column_lower[of], times * moves.column_upper[of]
    low, high = np.minimum(*ends), np.maximum(*ends)
    # On one side of what was planned, wherever the amount moves: its weight is one of the column, or none.
    short, enough = missing >= high, missing <= low
    weights = wish.weights.copy()
    np.subtract.at(weights, of[short], (planned.weights * times)[short])
    either = ~(short | enough)
    least, most = np.where(either, -np.maximum(missing, 0.0), 0.0), np.where(either, np.inf, 0.0)
    at_least = np.where(either, np.minimum(missing, 0.0), -np.inf)
    bounds = Bounds(
        np.concatenate([moves.column_lower, least]),
        np.concatenate([moves.column_upper, most]),
        np.concatenate([moves.row_lower, at_least]),
        np.concatenate([moves.row_upper, np.full(size, np.inf)]),
    )
    if len(start.columns) == len(x):
        stands = (
            np.where(missing > 0, Basis.BASIC, Basis.LOWER),
            np.where(missing > 0, Basis.LOWER, Basis.BASIC),
        )
        start = Basis(
            np.concatenate([start.columns, stands[0]]).astype(np.int8),
            np.concatenate([start.rows, stands[1]]).astype(np.int8),
        )
    return np.concatenate([weights, planned.weights]), planned.under(matrix), bounds, start
