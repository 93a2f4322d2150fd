"""Smaller programs that variants of a model are answered on, and the way back to the answers of the model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from straits.engine.compact import Compact
from straits.engine.refusal import tried
from straits.engine.session import Session
from straits.engine.variant import Patch
from straits.engine.workingset import Moved, Seen, WorkingSet
from straits.errors import SolveError
from straits.model import Model, highs
from straits.model.blocks import Layout
from straits.model.highs import Answer
from straits.model.program import Program


class Reduction:
    """A model without what no variant can make a difference to.

    Parameters
    ----------
    model : Model
    parts : sequence of Patch
        What variants may change.
    whole : bool
        Whether the model itself is solved: duals are asked for, which the smaller program does not have, or making the
        smaller one would take longer than it saves.

    Attributes
    ----------
    program : Program
        What is solved.
    session : Session
        The program in the solver.
    answer, basis
        Of the program as it is.
    columns, rows : ndarray of int
        Of the program: those that a variant may change.
    seen : Seen or None
        Where answers are noted down, to settle later what was alike in all of them.

    Raises
    ------
    SolveError
        If the solver fails.
    """

    def __init__(self, model: Model, parts: Sequence[Patch], *, whole: bool) -> None:
        self._model = model
        self._compact = None if whole else Compact(model, parts)
        self.program: Program = self._compact or model
        none = [np.empty(0, dtype=int)]
        self.columns = np.unique(np.concatenate([*none, *(p.columns for p in parts)]))
        self.rows = np.unique(np.concatenate([*none, *(p.rows for p in parts)]))
        if self._compact is not None:
            self.columns, self.rows = self._compact.moved_by(self.columns, self.rows)
        self.session = Session(self.program)
        self.answer = self.session.run()
        if self.answer.status not in (highs.OPTIMAL, highs.INFEASIBLE):
            raise SolveError(
                f"the model without any change ends {self.answer.status}, so no variant can start from it{tried(self.answer)}"
            )
        self.basis = self.session.basis()
        self.seen: Seen | None = None

    def patch(self, patch: Patch) -> Patch:
        """Give what a patch of the model changes in the program."""
        return patch if self._compact is None else self._compact.patch(patch)

    @property
    def needs_all(self) -> bool:
        """Whether the way back needs all vectors of an answer."""
        return self.seen is not None

    def postsolve(self, answer: Answer, patch: Patch | None, *, fresh: bool) -> Answer:
        """Give the answer of the model from that of the program.

        Parameters
        ----------
        answer : Answer
            Of the program.
        patch : Patch or None
            Of the model.
        fresh : bool
            Whether it is the answer of the session's last solve.
        """
        if fresh:
            self.note(answer)
        return self.spread(answer)

    def note_down(self) -> Seen | None:
        """Note down from now on where columns and rows are in optimal bases; None if the program has no optimum as it is."""
        if self.answer.status == highs.OPTIMAL:
            self.seen = Seen(self.program, *self._families())
            self.session.take(None)
            self.session.start_from(self.basis)
            self.note(self.session.run())
        return self.seen

    def _families(self) -> tuple[np.ndarray, np.ndarray]:
        """Give, for each column and row, a number that those of the same thing in other steps have too."""
        form, (rows, columns) = self._model.formulation, self._model.matrix.shape
        of_column, of_row = _family(form.columns, columns), _family(form.rows, rows)
        if self._compact is not None:
            of_column, of_row = of_column[self._compact.columns], of_row[self._compact.rows]
        return of_column, of_row

    def note(self, answer: Answer) -> None:
        """Note down the answer of the last solve, if answers are noted down."""
        if self.seen is not None and answer.status == highs.OPTIMAL:
            self.seen.add(answer, self.session.basic())

    def spread(self, answer: Answer) -> Answer:
        """Give the columns of the model, if those of the program were read."""
        if self._compact is None or not len(answer.x):
            return answer
        return replace(answer, x=self._compact.spread(answer.x))


def _family(layout: Layout, size: int) -> np.ndarray:
    """Give the families of a layout; what was added to the model behind it (options to build) has none but itself."""
    of = layout.families()
    return np.concatenate([of, len(of) + np.arange(size - len(of))])


class Settled:
    """A reduction without what was alike in all answers seen; the same attributes and methods.

    Parameters
    ----------
    whole : Reduction
        Answers what the smaller program does not.
    seen : Seen
    """

    needs_all = True

    def __init__(self, whole: Reduction, seen: Seen) -> None:
        self.whole = whole
        self._working = WorkingSet(whole.program, whole.columns, whole.rows, seen)
        self.program: Program = self._working
        self.columns, self.rows = self._working.smaller(whole.columns, whole.rows)
        # Scaled, what is left of chains of rows takes nearly twice the iterations (caspian: 98 against 57 a history).
        self.session = Session(self.program, scaled=False)
        # Not from nothing: among equally good plans it would end at another, beyond bounds that are not in the program.
        self.session.start_from(self._working.smaller_basis(whole.basis))
        self.answer = self.session.run()
        self.basis = self.session.basis()
        self._last: tuple[Patch | None, Patch | None] = None, None

    def patch(self, patch: Patch) -> Patch:
        """Give what a patch of the model changes in the program."""
        return self._working.patch(self._changed(patch))

    def _changed(self, patch: Patch) -> Patch:
        """Give what a patch changes in the whole reduction; remembered, because the way back needs it again."""
        if self._last[0] is not patch or self._last[1] is None:
            self._last = patch, self.whole.patch(patch)
        assert self._last[1] is not None
        return self._last[1]

    def postsolve(self, answer: Answer, patch: Patch | None, *, fresh: bool) -> Answer:
        """Give the answer of the model from that of the program; where it gives none, that of the whole reduction."""
        changed = None if patch is None else self._changed(patch)
        if answer.status == highs.OPTIMAL:
            found = self._working.postsolve(answer, changed)
            if not isinstance(found, Moved):
                return self.whole.spread(found)
            if self.whole.seen is not None:
                self.whole.seen.release(*found)
        start = self.session.started if fresh else None
        again = self.whole.session
        again.take(changed)
        again.start_from(self._working.larger_basis(start or self.basis))
        answer = replace(found := again.run(), iterations=answer.iterations + found.iterations)
        self.whole.note(answer)
        return self.whole.spread(answer)
