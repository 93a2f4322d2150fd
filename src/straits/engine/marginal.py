"""What a little more of a limit is worth: one-sided derivatives of an optimum.

Where an optimum is degenerate a limit has several shadow prices: the least is what one more unit brings, the greatest what the
last one is worth. Where a line carries exactly what its one buyer takes, more of either alone brings nothing and less of either
costs the whole. A derivative is the optimum of the program of all directions in which the plan can move (Gal 1986,
*Mathematical Programming Study* 26, 60-72).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy import sparse

from straits.engine.compact import Program
from straits.engine.face import on
from straits.engine.session import Session
from straits.errors import SolveError
from straits.model import Bounds, highs


@dataclass(frozen=True)
class _Directions:
    """The directions in which a plan can move, as a program."""

    cost: np.ndarray
    matrix: sparse.csc_matrix
    bounds: Bounds


class Marginal:
    """What widening or narrowing limits of a program adds to its optimum or takes from it.

    Parameters
    ----------
    program : Program
    x : ndarray, shape (columns,)
        An optimal plan.
    basis : object, optional
        The solver's basis there, from which few steps remain.
    """

    def __init__(self, program: Program, x: np.ndarray, basis: Any = None) -> None:
        b, row_value = program.bounds, program.matrix @ x
        self._bounds = Bounds(
            np.where(on(x, b.column_lower), 0.0, -np.inf),
            np.where(on(x, b.column_upper), 0.0, np.inf),
            np.where(on(row_value, b.row_lower), 0.0, -np.inf),
            np.where(on(row_value, b.row_upper), 0.0, np.inf),
        )
        self._session = Session(_Directions(program.cost, program.matrix, self._bounds))
        self._basis = basis

    def binds(self, columns: np.ndarray, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Say which of these columns and rows the plan presses against their upper bounds."""
        return self._bounds.column_upper[columns] == 0.0, self._bounds.row_upper[rows] == 0.0

    def change(
        self, columns: np.ndarray, column_rate: np.ndarray, rows: np.ndarray, row_rate: np.ndarray
    ) -> float:
        """Give the change of the optimum, per unit of a change that moves upper bounds at these rates; thousand currency.

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
        column_upper, row_upper = self._bounds.column_upper.copy(), self._bounds.row_upper.copy()
        column_upper[columns] += column_rate
        row_upper[rows] += row_rate
        if self._basis is not None:
            self._session.start_from(self._basis)
        bounds = replace(self._bounds, column_upper=column_upper, row_upper=row_upper)
        answer = self._session.solve(bounds, read=False)
        if answer.status == highs.INFEASIBLE:
            return -np.inf
        if answer.status != highs.OPTIMAL:
            raise SolveError(
                f"worth of a little more: the solver stopped without an answer ({answer.status})"
            )
        # Not minus zero.
        return -answer.value + 0.0
