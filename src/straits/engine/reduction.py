"""The smaller program that variants of a model are answered on, and the way back to the answers of the model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from straits.errors import SolveError
from straits.lp import Answer, Patch, Program, Status
from straits.lp.parts.parted import Parted
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

    Attributes
    ----------
    program : Program
        What is solved.
    session : Parted
        The program in the solver, part by part.
    answer, basis
        Of the program as it is.
    columns, rows : ndarray of int
        Of the program: those that a variant may change.

    Raises
    ------
    SolveError
        If the solver fails.
    """

    def __init__(self, model: Model, parts: Sequence[Patch], *, whole: bool) -> None:
        self._compact = None if whole else Compact(model, parts)
        self.program: Program = self._compact or model
        none = [np.empty(0, dtype=int)]
        self.columns = np.unique(np.concatenate([*none, *(p.columns for p in parts)]))
        self.rows = np.unique(np.concatenate([*none, *(p.rows for p in parts)]))
        if self._compact is not None:
            self.columns, self.rows = self._compact.moved_by(self.columns, self.rows)
        # Prices that an optimum leaves open would be others.
        self.session = Parted(self.program, local=not whole)
        self.answer = self.session.answer
        if self.answer.status not in (Status.OPTIMAL, Status.INFEASIBLE):
            raise SolveError(
                f"the model without any change ends {self.answer.status}, so no variant can start from it{self.answer.told}"
            )
        self.basis = self.session.basis_of_all

    def patch(self, patch: Patch) -> Patch:
        """Return what a patch of the model changes in the program."""
        return patch if self._compact is None else self._compact.patch(patch)

    def postsolve(self, answer: Answer) -> Answer:
        """Return the answer of the model from that of the program: its columns, if those of the program were read."""
        if self._compact is None or not len(answer.x):
            return answer
        return replace(answer, x=self._compact.spread(answer.x))
