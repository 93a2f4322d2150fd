"""One compiled model in the solver, warm from question to question."""

from __future__ import annotations

import numpy as np

from straits.model import Bounds, Model, highs
from straits.model.highs import Answer


class Session:
    """A model loaded once; each solve changes only the bounds and costs that differ from the last one.

    The first solve is cold with presolve. Later ones start from the last basis with the serial dual simplex and without
    presolve, because presolve throws the basis away and the parallel dual simplex ignores it.

    Parameters
    ----------
    model : Model
    """

    def __init__(self, model: Model) -> None:
        self.model = model
        self._solver = highs.new_solver()
        b = model.bounds
        self._bounds = Bounds(*(a.copy() for a in (b.column_lower, b.column_upper, b.row_lower, b.row_upper)))
        self._cost = model.cost.copy()
        highs.load(
            self._solver, self._cost, model.matrix, b.column_lower, b.column_upper, b.row_lower, b.row_upper
        )
        self._warm = False

    def solve(self, bounds: Bounds | None = None, cost: np.ndarray | None = None) -> Answer:
        """Solve under other bounds or costs.

        Parameters
        ----------
        bounds : Bounds, optional
            Default: those of the model.
        cost : ndarray, shape (columns,), optional
            Default: that of the model.

        Returns
        -------
        Answer
            Also for infeasible questions; look at its status.
        """
        self._move(bounds or self.model.bounds, self.model.cost if cost is None else cost)
        if self._warm:
            highs.prefer_warm(self._solver)
        answer = highs.run(self._solver)
        self._warm = answer.status == highs.OPTIMAL
        if not self._warm:
            highs.prefer_cold(self._solver)
        return answer

    def _move(self, bounds: Bounds, cost: np.ndarray) -> None:
        old = self._bounds
        changed = np.flatnonzero(
            (bounds.column_lower != old.column_lower) | (bounds.column_upper != old.column_upper)
        )
        highs.change_columns(self._solver, changed, bounds.column_lower, bounds.column_upper)
        changed = np.flatnonzero((bounds.row_lower != old.row_lower) | (bounds.row_upper != old.row_upper))
        highs.change_rows(self._solver, changed, bounds.row_lower, bounds.row_upper)
        changed = np.flatnonzero(cost != self._cost)
        highs.change_costs(self._solver, changed, cost)
        self._bounds, self._cost = bounds, cost
