"""What a little more or less of a limit changes: one-sided derivatives of an optimum.

Where an optimum is degenerate a limit has several shadow prices: the least is what one more unit brings, the greatest what the
last one is worth. Where a line carries exactly what its one buyer takes, more of either alone brings nothing and less of either
costs the whole. (A survey of shadow prices where optima are degenerate: Gal 1986, *OR Spektrum* 8, 59-71.)
"""

from __future__ import annotations

from functools import cached_property

import numpy as np

from straits.errors import SolveError
from straits.lp.answer import Basis, Status
from straits.lp.optimal_set import Duals, on
from straits.lp.parts.parted import Parted
from straits.lp.patch import Patch
from straits.lp.program import Bounds, LinearProgram, Program
from straits.lp.tolerance import PRICED


class Marginal:
    """What widening or narrowing limits of a program adds to its optimum or takes from it.

    Parameters
    ----------
    program : Program
    x : ndarray, shape (columns,)
        An optimal plan.
    dual : ndarray, shape (rows,)
        Optimal duals.
    basis : Basis, optional
        The solver's basis there, from which few steps remain.
    """

    def __init__(self, program: Program, x: np.ndarray, dual: np.ndarray, basis: Basis | None = None) -> None:
        b, row_value = program.bounds, program.matrix @ x
        self._program, self._dual, self._basis = program, dual, basis
        self._duals = Duals(program, x, dual)
        self._at_lower, self._at_upper = on(x, b.column_lower), on(x, b.column_upper)
        self._tight_lower, self._tight_upper = on(row_value, b.row_lower), on(row_value, b.row_upper)
        # What has a price rests on a bound, also where sums of many numbers left it a little off: else it could move for ever.
        reduced = program.cost - program.matrix.T @ dual
        self._at_lower |= (reduced > PRICED) & np.isfinite(b.column_lower)
        self._at_upper |= (reduced < -PRICED) & np.isfinite(b.column_upper)
        self._tight_lower |= (dual > PRICED) & np.isfinite(b.row_lower)
        self._tight_upper |= (dual < -PRICED) & np.isfinite(b.row_upper)
        self._fixed = self._at_lower & self._at_upper
        # A price that is next to none of what rests on no bound is rounding: else it could move for ever, for next to nothing.
        loose = ((reduced > 0) & ~self._at_lower) | ((reduced < 0) & ~self._at_upper)
        self._cost = program.cost - np.where(loose & (np.abs(reduced) <= PRICED), reduced, 0.0)

    def binds(self, columns: np.ndarray, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Say which of these columns and rows the plan presses against their upper bounds."""
        return self._at_upper[columns], self._tight_upper[rows]

    def change(
        self, columns: np.ndarray, column_rate: np.ndarray, rows: np.ndarray, row_rate: np.ndarray
    ) -> float:
        """Give the change of the optimum, per unit of a change that moves upper bounds at these rates.

        Parameters
        ----------
        columns, rows : ndarray of int
            Whose upper bounds move; those that the plan does not press against make no difference.
        column_rate, row_rate : ndarray
            By how much each: positive to widen, negative to narrow.

        Returns
        -------
        float
            The derivative on that side; minus infinity if the limits cannot be narrowed at all.

        Raises
        ------
        SolveError
            The solver stopped without an answer.
        """
        binding, tight = self.binds(columns, rows)
        column_rate, row_rate = column_rate * binding, row_rate * tight
        rate = np.zeros(len(self._program.cost))
        rate[columns] = column_rate
        weights = self._program.matrix @ rate
        weights[rows] -= row_rate
        # What is closed has no one price in any dual solution: it may be held by either of its bounds.
        if np.any(self._fixed[columns] & (column_rate != 0)) or not self._duals.settle(weights):
            return self._by_directions(columns, column_rate, rows, row_rate)
        return float(weights @ self._dual - self._program.cost @ rate)

    @cached_property
    def _directions(self) -> Parted:
        """Directions in which the plan can move, from the plan's basis: to stay is the best of them."""
        bounds = Bounds(
            np.where(self._at_lower, 0.0, -np.inf),
            np.where(self._at_upper, 0.0, np.inf),
            np.where(self._tight_lower, 0.0, -np.inf),
            np.where(self._tight_upper, 0.0, np.inf),
        )
        return Parted(LinearProgram(self._cost, self._program.matrix, bounds), self._basis)

    def _by_directions(
        self, columns: np.ndarray, column_rate: np.ndarray, rows: np.ndarray, row_rate: np.ndarray
    ) -> float:
        """Look for the best direction in which the plan can move: the dual simplex has few steps to go from the plan's basis."""
        parts = self._directions
        b, cost = parts.program.bounds, parts.program.cost
        columns, column_rate = _in_order(columns, column_rate)
        rows, row_rate = _in_order(rows, row_rate)
        parts.take(
            Patch(
                "", columns, b.column_lower[columns], b.column_upper[columns] + column_rate, cost[columns],
                rows, b.row_lower[rows], b.row_upper[rows] + row_rate,
            )
        )  # fmt: skip
        parts.start_from(parts.basis_of_all)
        answer = parts.run(read=False)
        if answer.status == Status.INFEASIBLE:
            return -np.inf
        if answer.status != Status.OPTIMAL:
            raise SolveError(
                f"worth of a little more: the solver stopped without an answer ({answer.status}{answer.told})"
            )
        return -answer.value + 0.0


def _in_order(which: np.ndarray, rate: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    order = np.argsort(which)
    return which[order], rate[order]
