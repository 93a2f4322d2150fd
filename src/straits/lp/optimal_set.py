"""All optima of a linear program at once, from one of them.

By complementary slackness every optimal plan keeps where it is what has a price in any optimal dual solution, and every optimal
dual solution prices nothing that an optimal plan leaves off its bounds (Schrijver 1986, *Theory of Linear and Integer
Programming*, section 7.9). So the optimal plans, and the optimal duals, are the solutions of two systems of inequalities.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np
from scipy import sparse

from straits.errors import SolveError
from straits.lp.answer import Answer, Status
from straits.lp.program import Bounds, Program
from straits.lp.solver.door import Solver
from straits.lp.tolerance import DIFFERS, NEAR, ON, PRICED


def is_optimum(program: Program, x: np.ndarray, dual: np.ndarray) -> bool:
    """Say whether duals prove that a plan is an optimum of a program: whether both are worth the same."""
    b, reduced = program.bounds, program.cost - program.matrix.T @ dual
    columns = np.where(reduced > 0, b.column_lower, b.column_upper)
    rows = np.where(dual > 0, b.row_lower, b.row_upper)
    priced, valued = np.abs(reduced) > DIFFERS, np.abs(dual) > DIFFERS
    worth = float(program.cost @ x)
    proved = float(reduced[priced] @ columns[priced] + dual[valued] @ rows[valued])
    return abs(worth - proved) <= DIFFERS * (1.0 + abs(worth))


def equally_good(
    bounds: Bounds, x: np.ndarray, row_value: np.ndarray, reduced_cost: np.ndarray, dual: np.ndarray
) -> Bounds:
    """Give the bounds within which all plans are as good as an optimal one.

    Parameters
    ----------
    bounds : Bounds
        Of the program.
    x, row_value : ndarray, shapes (columns,) and (rows,)
        An optimal plan.
    reduced_cost, dual : ndarray, shapes (columns,) and (rows,)
        Optimal duals.
    """
    fixed, held = np.abs(reduced_cost) > PRICED, np.abs(dual) > PRICED
    # The plan itself is one of them, also where rounding put it a hair beyond a bound: else the solver may find none at all.
    return Bounds(
        np.where(fixed, x, np.minimum(bounds.column_lower, x)),
        np.where(fixed, x, np.maximum(bounds.column_upper, x)),
        np.where(held, row_value, np.minimum(bounds.row_lower, row_value)),
        np.where(held, row_value, np.maximum(bounds.row_upper, row_value)),
    )


def moves_of(matrix: sparse.csc_matrix, bounds: Bounds, answer: Answer) -> Bounds:
    """Give how far columns and rows may move from an optimum for the plan to stay as good.

    Parameters
    ----------
    matrix : csc_matrix, shape (rows, columns)
    bounds : Bounds
        Of the program.
    answer : Answer
        Optimal, with its vectors.

    Returns
    -------
    Bounds
        Of moves: to stay is always allowed, to the last digit. What is seen to be unable to move is fixed.
    """
    x, row_value = answer.x, answer.row_value
    face = equally_good(bounds, x, row_value, answer.reduced_cost, answer.dual)
    lower, upper = _within(x, face.column_lower, face.column_upper)
    least, most = _within(row_value, face.row_lower, face.row_upper)
    able = can_move(matrix, lower < upper, (least == 0.0) & (most == 0.0))
    return Bounds(np.where(able, lower, 0.0), np.where(able, upper, 0.0), least, most)


class _Moves:
    """How far sums of moves can go, within bounds of moves and of rows that hold no move at all.

    Parameters
    ----------
    matrix : csc_matrix, shape (rows, columns)
    lower, upper : ndarray, shape (columns,)
    least, most : ndarray, shape (rows,)
    """

    def __init__(
        self,
        matrix: sparse.csc_matrix,
        lower: np.ndarray,
        upper: np.ndarray,
        least: np.ndarray,
        most: np.ndarray,
    ) -> None:
        free = can_move(matrix, lower < upper, (least == 0.0) & (most == 0.0))
        self._free = np.flatnonzero(free)
        part = matrix[:, self._free]
        stands = np.bincount(part.indices, minlength=matrix.shape[0]) > 0
        rows = np.flatnonzero(stands & (np.isfinite(least) | np.isfinite(most)))
        self._matrix = part.tocsr()[rows].tocsc()
        self._bounds = Bounds(lower[self._free], upper[self._free], least[rows], most[rows])

    @cached_property
    def _solver(self) -> Solver:
        b = self._bounds
        solver = Solver(
            np.zeros(len(self._free)), self._matrix, b.column_lower, b.column_upper, b.row_lower, b.row_upper
        )
        solver.prefer_primal()
        return solver

    def may_move(self, weights: np.ndarray) -> bool:
        """Say whether a weighted sum (columns,) takes of anything that can move."""
        return bool(weights[self._free].any())

    def fall_of(self, weights: np.ndarray) -> float:
        """Give by how much a weighted sum (columns,) can fall: zero or less, minus infinity where nothing limits it.

        Raises
        ------
        SolveError
            The solver stopped without an answer.
        """
        if not self.may_move(weights):
            return 0.0
        self._solver.set_costs(np.arange(len(self._free)), weights[self._free])
        answer = self._solver.run(read=False)
        if answer.status not in (Status.OPTIMAL, Status.UNBOUNDED):
            raise SolveError(f"range: the solver stopped without an answer ({answer.status}; {answer.story})")
        return min(answer.value, 0.0) if answer.status == Status.OPTIMAL else -np.inf

    def least(self, weights: np.ndarray) -> np.ndarray:
        """Give the moves (columns,) by which a weighted sum falls furthest; none if it cannot move.

        Raises
        ------
        SolveError
            The solver found no end.
        """
        moves = np.zeros(len(weights))
        if self.may_move(weights):
            self._solver.set_costs(np.arange(len(self._free)), weights[self._free])
            answer = self._solver.run()
            if answer.status != Status.OPTIMAL:
                raise SolveError(
                    f"equally good plans: the solver stopped without an answer ({answer.status})"
                )
            moves[self._free] = answer.x
        return moves


def can_move(matrix: sparse.csc_matrix, free: np.ndarray, equal: np.ndarray) -> np.ndarray:
    """Give the columns that can move: not those that stand alone in a row which must stay, and so on along trees of a network.

    Parameters
    ----------
    matrix : csc_matrix, shape (rows, columns)
    free : ndarray of bool, shape (columns,)
        Which could by themselves.
    equal : ndarray of bool, shape (rows,)
        Which must stay.

    Returns
    -------
    ndarray of bool, shape (columns,)
    """
    free = free.copy()
    begin, row, there = matrix.indptr, matrix.indices, (matrix.data != 0.0).astype(np.int64)
    count = sparse.csc_matrix((there, row, begin), shape=matrix.shape)
    # How many free columns stand in each row, and their numbers added up: where one is left, that is its number.
    left, total = count @ free.astype(np.int64), count @ np.where(free, np.arange(len(free)), 0)
    alone, place = np.flatnonzero(equal & (left == 1)), np.empty(len(free), np.int64)
    while len(alone):
        # Each once: np.unique takes longer than all else here.
        stuck, order = total[alone], np.arange(len(alone))
        place[stuck] = order
        stuck = stuck[place[stuck] == order]
        free[stuck] = False
        size = begin[stuck + 1] - begin[stuck]
        entry = np.repeat(begin[stuck] - np.cumsum(size) + size, size) + np.arange(size.sum())
        met = row[entry]
        np.subtract.at(left, met, there[entry])
        np.subtract.at(total, met, there[entry] * np.repeat(stuck, size))
        alone = met[equal[met] & (left[met] == 1)]
    return free


class Plans:
    """All optimal plans of a program, from one optimum.

    Parameters
    ----------
    program : Program
    x : ndarray, shape (columns,)
        An optimal plan.
    dual : ndarray, shape (rows,)
        Optimal duals.
    """

    def __init__(self, program: Program, x: np.ndarray, dual: np.ndarray) -> None:
        self._x, self._columns = x, len(x)
        row_value = program.matrix @ x
        face = equally_good(program.bounds, x, row_value, program.cost - program.matrix.T @ dual, dual)
        self._moves = _Moves(
            sparse.csc_matrix(program.matrix),
            *_within(x, face.column_lower, face.column_upper),
            *_within(row_value, face.row_lower, face.row_upper),
        )

    def range_of(self, weights: np.ndarray) -> tuple[float, float]:
        """Give by how much the sum of weights (columns,) times columns can fall and rise in plans that are as good."""
        return self.fall_of(weights), -self.fall_of(-weights)

    def fall_of(self, weights: np.ndarray) -> float:
        """Give by how much that sum can fall: zero or less, minus infinity where nothing limits it."""
        return self._moves.fall_of(weights)

    def least(self, weights: np.ndarray) -> np.ndarray:
        """Give the plan (columns,), of those as good, whose sum of weights times columns is least."""
        return np.asarray(self._x + self._moves.least(weights))

    def same(self, columns: np.ndarray) -> bool:
        """Say whether some columns are the same in all plans that are as good.

        Where they are not, a sum of them with weights drawn at random is not the same either, with probability one.
        """
        weights = np.zeros(self._columns)
        weights[columns] = np.random.default_rng(0).uniform(1.0, 2.0, len(columns))
        return all(abs(end) <= DIFFERS for end in self.range_of(weights))


class Duals:
    """All optimal duals of a program, from one optimum.

    Parameters
    ----------
    program : Program
    x : ndarray, shape (columns,)
        An optimal plan.
    dual : ndarray, shape (rows,)
        Optimal duals.
    held : ndarray of bool, shape (rows,), optional
        Rows whose duals stay as they are. Default: none.
    """

    def __init__(
        self, program: Program, x: np.ndarray, dual: np.ndarray, held: np.ndarray | None = None
    ) -> None:
        b, matrix, self._dual = program.bounds, program.matrix, dual
        row_value, reduced_cost = matrix @ x, program.cost - matrix.T @ dual
        lower, upper = _prices(dual, on(row_value, b.row_upper), on(row_value, b.row_lower))
        if held is not None:
            lower, upper = np.where(held, dual, lower), np.where(held, dual, upper)
        least, most = _prices(reduced_cost, on(x, b.column_upper), on(x, b.column_lower))
        self._moves = _Moves(
            sparse.csc_matrix(-matrix.T), *_within(dual, lower, upper), *_within(reduced_cost, least, most)
        )

    def range_of(self, weights: np.ndarray) -> tuple[float, float]:
        """Give by how much the sum of weights (rows,) times duals can fall and rise among those that support the plan."""
        return self.fall_of(weights), -self.fall_of(-weights)

    def fall_of(self, weights: np.ndarray) -> float:
        """Give by how much that sum can fall: zero or less, minus infinity where nothing limits it."""
        return self._moves.fall_of(weights)

    def settle(self, weights: np.ndarray) -> bool:
        """Say whether it is seen without solving anything that the sum of weights (rows,) times duals cannot move."""
        return not self._moves.may_move(weights)


def on(value: np.ndarray, bound: np.ndarray) -> np.ndarray:
    """Say which values are on their bounds."""
    return np.abs(value - bound) <= NEAR * (1.0 + np.abs(value))


def _prices(
    price: np.ndarray, may_be_negative: np.ndarray, may_be_positive: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Give the bounds of prices; what may be neither is zero, but for rounding."""
    lower = np.where(may_be_negative, -np.inf, np.minimum(price, 0.0))
    return lower, np.where(may_be_positive, np.inf, np.maximum(price, 0.0))


def _within(value: np.ndarray, lower: np.ndarray, upper: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Give how far values can move within bounds, at which they are but for rounding: to stay is always allowed."""
    return _clean(np.minimum(lower - value, 0.0), value), _clean(np.maximum(upper - value, 0.0), value)


def _clean(move: np.ndarray, value: np.ndarray) -> np.ndarray:
    return np.where(np.abs(move) <= ON * (1.0 + np.abs(value)), 0.0, move)
