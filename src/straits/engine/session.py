"""One compiled model in the solver, warm from question to question."""

from __future__ import annotations

from dataclasses import replace

import highspy
import numpy as np

from straits.engine.compact import Program
from straits.engine.variant import Patch
from straits.model import Bounds, highs
from straits.model.highs import Answer


class Session:
    """A model loaded once; each solve changes only the bounds and costs that differ from the last one.

    The first solve is cold with presolve. Later ones start from the last basis with the serial dual simplex and without
    presolve, because presolve throws the basis away and the parallel dual simplex ignores it.

    Parameters
    ----------
    model : Model or other Program
    scaled : bool
        Whether the solver scales rows and columns.
    """

    def __init__(self, model: Program, *, scaled: bool = True) -> None:
        self.model = model
        self._solver = highs.new_solver(scaled=scaled)
        b = model.bounds
        self._bounds = b
        self._cost = model.cost
        self._patch: Patch | None = None
        highs.load(
            self._solver, self._cost, model.matrix, b.column_lower, b.column_upper, b.row_lower, b.row_upper
        )
        self._transposed = model.matrix.T
        self._warm = self._tuned = False
        #: The basis that the last solve was told to start from.
        self.started: highspy.HighsBasis | None = None

    def solve(
        self, bounds: Bounds | None = None, cost: np.ndarray | None = None, *, read: bool = True
    ) -> Answer:
        """Solve under other bounds or costs.

        Parameters
        ----------
        bounds : Bounds, optional
            Default: those of the model.
        cost : ndarray, shape (columns,), optional
            Default: that of the model.
        read : bool
            Whether the answer carries values and duals; see `read`.

        Returns
        -------
        Answer
            Also for infeasible questions; look at its status.
        """
        if self._patch is not None:
            self.take(None)
        self._move(bounds or self.model.bounds, self.model.cost if cost is None else cost)
        return self.run(read=read)

    def take(self, patch: Patch | None) -> None:
        """Set the model's own bounds and costs, changed by a patch."""
        model = self.model
        if self._bounds is not model.bounds or self._cost is not model.cost:
            self._move(model.bounds, model.cost)
        if (old := self._patch) is not None:
            b = model.bounds
            highs.change_columns(self._solver, old.columns, b.column_lower, b.column_upper)
            highs.change_rows(self._solver, old.rows, b.row_lower, b.row_upper)
            recost = old.columns[old.cost != model.cost[old.columns]]
            highs.change_costs(self._solver, recost, model.cost)
        if patch is not None:
            highs.set_columns(self._solver, patch.columns, patch.column_lower, patch.column_upper)
            highs.set_rows(self._solver, patch.rows, patch.row_lower, patch.row_upper)
            differs = patch.cost != model.cost[patch.columns]
            if differs.any():
                highs.set_costs(self._solver, patch.columns[differs], patch.cost[differs])
        self._patch = patch

    def run(self, *, read: bool = True, duals: bool = True) -> Answer:
        """Solve what is set.

        Parameters
        ----------
        read : bool
            Whether the answer carries values of columns and rows, or its value only.
        duals : bool
            Whether it carries duals and reduced costs too.

        Returns
        -------
        Answer
        """
        warm = self._warm
        if warm and not self._tuned:
            highs.prefer_warm(self._solver)
            self._tuned = True
        answer = highs.run(self._solver, read=read, duals=duals)
        if warm and answer.status == highs.STOPPED:
            # Seen rarely: from an unlucky basis the simplex gives up on a model that it solves from nothing.
            return self.run_cold(read=read)
        self._warm = answer.status == highs.OPTIMAL
        if not self._warm:
            self._forget()
        return answer

    def read(self, answer: Answer, *, duals: bool = True) -> Answer:
        """Add its vectors to the answer of the last solve.

        Two of the four are worked out from the others: that takes a tenth of the time of copying them one number at a time.
        """
        x, dual = highs.values(self._solver), highs.duals(self._solver) if duals else answer.dual
        answer = replace(answer, x=x, row_value=self.model.matrix @ x, dual=dual)
        if not duals:
            return answer
        reduced = self._cost - self._transposed @ dual
        if self._patch is not None:
            at = self._patch.columns
            reduced[at] += self._patch.cost - self.model.cost[at]
        return replace(answer, reduced_cost=reduced)

    def run_cold(self, *, read: bool = True) -> Answer:
        """Solve what is set from nothing, with presolve."""
        self._forget()
        return self.run(read=read)

    def _forget(self) -> None:
        self._warm = self._tuned = False
        highs.prefer_cold(self._solver)

    def basis(self) -> highspy.HighsBasis:
        """Give the basis of the last solve."""
        return highs.basis(self._solver)

    def basic(self) -> np.ndarray:
        """Say which columns, then rows, are in the basis of the last solve."""
        return highs.basic(self._solver)

    def start_from(self, basis: highspy.HighsBasis) -> None:
        """Let the next solve start from a basis alone, so that its answer does not depend on what was solved before."""
        highs.start_from(self._solver, basis)
        self.started = basis
        self._warm = True

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
