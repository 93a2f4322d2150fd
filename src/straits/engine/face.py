"""All optima of a linear program at once, from one of them.

By complementary slackness every optimal plan keeps where it is what has a price in any optimal dual solution, and every optimal
dual solution prices nothing that an optimal plan leaves off its bounds (Schrijver 1986, *Theory of Linear and Integer
Programming*, section 7.9). So the optimal plans, and the optimal duals, are the solutions of two systems of inequalities.
"""

from __future__ import annotations

import numpy as np
from scipy import sparse

from straits.engine.compact import Program
from straits.errors import SolveError
from straits.model import Bounds, highs

#: Reduced costs and duals beyond this are not zero, thousand currency per unit: the solver's own tolerance.
PRICED = 1e-7
#: Columns and rows this close to a bound are on it, relative to 1 + |value|.
_ON = 1e-7
#: Gap between the worth of a plan and that of its duals, as a share, beyond which they do not prove each other.
_GAP = 1e-6


def is_optimum(program: Program, x: np.ndarray, dual: np.ndarray) -> bool:
    """Say whether duals prove that a plan is an optimum of a program: whether both are worth the same."""
    b, reduced = program.bounds, program.cost - program.matrix.T @ dual
    columns = np.where(reduced > 0, b.column_lower, b.column_upper)
    rows = np.where(dual > 0, b.row_lower, b.row_upper)
    priced, valued = np.abs(reduced) > _GAP, np.abs(dual) > _GAP
    worth = float(program.cost @ x)
    proved = float(reduced[priced] @ columns[priced] + dual[valued] @ rows[valued])
    return abs(worth - proved) <= _GAP * (1.0 + abs(worth))


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
    return Bounds(
        np.where(fixed, x, bounds.column_lower),
        np.where(fixed, x, bounds.column_upper),
        np.where(held, row_value, bounds.row_lower),
        np.where(held, row_value, bounds.row_upper),
    )


class Duals:
    """All optimal duals of a program, from one optimum.

    Parameters
    ----------
    program : Program
    x : ndarray, shape (columns,)
        An optimal plan.
    dual : ndarray, shape (rows,)
        Optimal duals.
    """

    def __init__(self, program: Program, x: np.ndarray, dual: np.ndarray) -> None:
        b, matrix = program.bounds, program.matrix
        row_value, reduced_cost = matrix @ x, program.cost - matrix.T @ dual
        at_lower, at_upper = on(x, b.column_lower), on(x, b.column_upper)
        tight_lower, tight_upper = on(row_value, b.row_lower), on(row_value, b.row_upper)
        # Unknown is how far each dual moves, so that no move is a solution in spite of all rounding, and a place to start from.
        self._free = np.flatnonzero(tight_lower | tight_upper)
        self._held = np.flatnonzero(~(at_lower & at_upper))
        lower, upper = _moves(dual, tight_upper, tight_lower)
        least, most = _moves(reduced_cost, at_upper, at_lower)
        self._solver = highs.new_solver()
        highs.load(
            self._solver,
            np.zeros(len(self._free)),
            sparse.csc_matrix(-matrix.T[self._held][:, self._free]),
            lower[self._free], upper[self._free], least[self._held], most[self._held],
        )  # fmt: skip
        highs.prefer_primal(self._solver)

    def range_of(self, weights: np.ndarray) -> tuple[float, float]:
        """Give by how much the sum of weights (rows,) times duals can fall and rise; infinite where nothing limits it.

        Raises
        ------
        SolveError
            The solver stopped without an answer.
        """
        weights = weights[self._free]
        if not weights.any():
            return 0.0, 0.0
        every = np.arange(len(weights))
        found = []
        for sign in (1.0, -1.0):
            highs.change_costs(self._solver, every, sign * weights)
            answer = highs.run(self._solver, read=False)
            if answer.status not in (highs.OPTIMAL, highs.UNBOUNDED):
                raise SolveError(f"range of prices: the solver stopped without an answer ({answer.status})")
            found.append(sign * answer.value if answer.status == highs.OPTIMAL else -sign * np.inf)
        return min(found[0], 0.0), max(found[1], 0.0)


def on(value: np.ndarray, bound: np.ndarray) -> np.ndarray:
    """Say which values are on their bounds."""
    return np.abs(value - bound) <= _ON * (1.0 + np.abs(value))


def _moves(price: np.ndarray, may_fall: np.ndarray, may_rise: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Give how far prices can move: down without end where they may be negative, else to zero; up likewise."""
    fall = np.where(may_fall, -np.inf, -price)
    rise = np.where(may_rise, np.inf, -price)
    return np.minimum(fall, 0.0), np.maximum(rise, 0.0)
