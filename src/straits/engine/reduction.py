"""The smaller program that variants of a model are answered on, and the way back to the answers of the model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from straits.engine.foresight.settled import goes_round
from straits.engine.prices.base import reference_dual
from straits.engine.prices.passing import passing_at
from straits.errors import SolveError
from straits.lp import Answer, Patch, Program, Status
from straits.lp.chosen import Wish
from straits.lp.parts.parted import Bases, Parted
from straits.lp.parts.reduce import Compact
from straits.model import Model


class Reduction:
    """A model without what no variant can make a difference to.

    Parameters
    ----------
    model : Model
    parts : sequence of Patch
        What variants may change.
    whole : bool
        Whether the model itself is solved: duals are asked for, which the smaller program does not have.
    wish : Wish, optional
        Of the model: which plan is chosen of equally good ones (`straits.engine.foresight.settled`). Default: those that the
        solver ends with.

    Attributes
    ----------
    program : Program
        What is solved.
    session : Parted
        The program in the solver, part by part.
    answer, basis
        Of the program as it is.
    chosen : Bases
        Where its plan stands, if it was chosen.
    columns, rows : ndarray of int
        Of the program: those that a variant may change.

    Raises
    ------
    SolveError
        If the solver fails.
    """

    def __init__(
        self, model: Model, parts: Sequence[Patch], *, whole: bool, wish: Wish | None = None
    ) -> None:
        self._model = model
        self._compact = None if whole else Compact(model, parts)
        self.program: Program = self._compact or model
        none = [np.empty(0, dtype=int)]
        self.columns = np.unique(np.concatenate([*none, *(p.columns for p in parts)]))
        self.rows = np.unique(np.concatenate([*none, *(p.rows for p in parts)]))
        if self._compact is not None:
            self.columns, self.rows = self._compact.moved_by(self.columns, self.rows)
        self.session = Parted(self.program, local=True)
        self.answer = self.session.answer
        if self.answer.status not in (Status.OPTIMAL, Status.INFEASIBLE):
            raise SolveError(
                f"the model without any change ends {self.answer.status}, so no variant can start from it{self.answer.told}"
            )
        self.basis = self.chosen = self.session.basis_of_all
        self._wish = wish if wish is None or self._compact is None else self._compact.wish(wish)
        if self._wish is not None and self.answer.status == Status.OPTIMAL:
            was = self.answer.x
            self.chosen = self.session.choose_plan(self._wish, lambda x: not self._goes_round(x, was))
            dual = reference_dual(model)
            if whole and dual is not None:
                self.session.set_duals(dual)
            self.answer = self.session.answer

    def settled(self, answer: Answer, start: Bases) -> tuple[Answer, Bases]:
        """Give the plan that is chosen of all that are as good as that of the last solve, and for the model itself the duals that
        are nearest to those of the model without any change.

        Parameters
        ----------
        answer : Answer
            Of the last solve, with its vectors.
        start : Bases
            Where the plan stands that was chosen of another variant: the nearer, the sooner it is found.

        Returns
        -------
        Answer
        Bases
            Where its plan stands.
        """
        if self._wish is None:
            return answer, start
        found, basis = self.session.with_chosen_plan(answer, self._wish, start)
        if self._goes_round(found.x, answer.x):
            found = answer
        if self._compact is not None:
            return found, basis
        nearest = self.session.with_nearest_duals(answer, passing_at(self._model, found.x))
        return replace(found, dual=nearest.dual, reduced_cost=nearest.reduced_cost), basis

    def _goes_round(self, x: np.ndarray, other: np.ndarray) -> bool:
        """Say whether more cargo goes round in a plan of the program than in another."""
        return goes_round(self._model.formulation, self._spread(x), self._spread(other))

    def _spread(self, x: np.ndarray) -> np.ndarray:
        return x if self._compact is None else self._compact.spread(x)

    def patch(self, patch: Patch) -> Patch:
        """Return what a patch of the model changes in the program."""
        return patch if self._compact is None else self._compact.patch(patch)

    def postsolve(self, answer: Answer) -> Answer:
        """Return the answer of the model from that of the program: its columns, if those of the program were read."""
        if self._compact is None or not len(answer.x):
            return answer
        return replace(answer, x=self._spread(answer.x))
