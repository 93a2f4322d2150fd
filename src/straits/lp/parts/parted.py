"""A program in parts that share no row, each in the solver by itself: a question is put to those parts alone that it changes.

Oil, gas and containers of one case meet in no row. A variant that closes a pipeline then needs no look at the other parts, whose
answer stays that of the program as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from straits.lp.answer import Answer, Basis, Status, Trial
from straits.lp.chosen import Wish, chosen_plan
from straits.lp.nearest import nearest_duals
from straits.lp.optimal_set import is_optimum
from straits.lp.patch import Patch
from straits.lp.program import Bounds, LinearProgram, Program
from straits.lp.session import Session

#: Parts with less than this share of the columns are put together: a call of the solver takes time, however small the program.
_LEAST = 0.05
_NONE = np.empty(0)


class Bases(NamedTuple):
    """Where each part of a program stands."""

    parts: tuple[Basis, ...]


@dataclass
class _Part:
    """A part: its columns and rows of the whole, its own program in the solver, and its answer as it is."""

    columns: np.ndarray
    rows: np.ndarray
    session: Session
    answer: Answer
    basis: Basis

    def of(self, answer: Answer) -> Answer:
        """Give the part of an answer of the whole."""
        c, r = self.columns, self.rows
        vectors = answer.x[c], answer.reduced_cost[c], answer.row_value[r], answer.dual[r]
        return Answer(answer.status, answer.value, *vectors, answer.iterations, answer.seconds, answer.tried)


class Parted:
    """A program loaded part by part, asked as a `Session` is asked of patches.

    Parameters
    ----------
    program : Program
    basis : Basis, optional
        From which the program as it is is solved. Default: from nothing.
    local : bool
        Whether patches of large parts may be answered by what they move; see `Session`.

    Notes
    -----
    Answers of parts add up: values are sums, plans and duals stand beside each other.
    """

    def __init__(self, program: Program, basis: Basis | None = None, *, local: bool = False) -> None:
        self.program, self._local = program, local
        # Solved whole first, so that of equally good plans the parts have those of the whole.
        whole = Session(program)
        if basis is not None:
            whole.start_from(basis)
        #: The program as it is.
        self.answer = whole.run()
        self._basis = whole.basis()
        self._of_column, self._of_row = labels(program)
        self._place = [np.zeros(len(of), dtype=int) for of in (self._of_column, self._of_row)]
        self._parts = [self._load(number) for number in range(int(self._of_column.max(initial=-1)) + 1)]
        self._patches: list[Patch | None] = [None] * len(self._parts)
        self._starts: Sequence[Basis] = [part.basis for part in self._parts]
        self._own: dict[int, Patch] = {}
        self._touched: list[int] = []
        self._last = [part.answer for part in self._parts]
        self._wished: tuple[Wish, list[Wish]] | None = None
        #: Whether patches of some part are answered by what they move.
        self.locates = any(part.session.locates for part in self._parts)
        #: Where the program as it is stands.
        self.basis_of_all = Bases(tuple(part.basis for part in self._parts))

    def _load(self, number: int) -> _Part:
        columns, rows = np.flatnonzero(self._of_column == number), np.flatnonzero(self._of_row == number)
        self._place[0][columns], self._place[1][rows] = np.arange(len(columns)), np.arange(len(rows))
        p, b = self.program, self.program.bounds
        matrix = sparse.csc_matrix(sparse.csr_matrix(p.matrix)[rows][:, columns])
        bounds = Bounds(
            b.column_lower[columns], b.column_upper[columns], b.row_lower[rows], b.row_upper[rows]
        )
        session = Session(LinearProgram(p.cost[columns], matrix, bounds), local=self._local)
        if self.answer.status == Status.OPTIMAL:
            session.start_from(Basis(self._basis.columns[columns], self._basis.rows[rows]))
        answer = session.run()
        return _Part(columns, rows, session, answer, session.basis())

    # ------------------------------------------------------------------ asking

    def take(self, patch: Patch) -> None:
        """Set the program's own bounds and costs, changed by a patch."""
        of_columns, of_rows = self._of_column[patch.columns], self._of_row[patch.rows]
        self._touched, self._own = np.union1d(of_columns, of_rows).tolist(), {}
        for number in self._touched:
            c, r = of_columns == number, of_rows == number
            own = Patch(
                patch.name, self._place[0][patch.columns[c]], patch.column_lower[c], patch.column_upper[c], patch.cost[c],
                self._place[1][patch.rows[r]], patch.row_lower[r], patch.row_upper[r],
            )  # fmt: skip
            self._parts[number].session.take(own)
            self._own[number] = own

    def start_from(self, bases: Bases) -> None:
        """Let the next solve start from bases of the parts alone."""
        for number in self._touched:
            self._parts[number].session.start_from(bases.parts[number])

    def run(self, *, read: bool = True) -> Answer:
        """Solve what is set; the parts that the patch leaves as they are keep their answer."""
        return self._answered([self._parts[number].session.run(read=False) for number in self._touched], read)

    def run_cold(self, *, read: bool = True) -> Answer:
        """Solve what is set from nothing."""
        return self._answered(
            [self._parts[number].session.run_cold(read=False) for number in self._touched], read
        )

    def _answered(self, found: list[Answer], read: bool) -> Answer:
        answers = [part.answer for part in self._parts]
        for number, answer in zip(self._touched, found, strict=True):
            answers[number] = answer
        self._last = answers
        worst = next((a for a in answers if a.status != Status.OPTIMAL), None)
        iterations, seconds = sum(a.iterations for a in found), sum(a.seconds for a in found)
        tried: tuple[Trial, ...] = tuple(trial for a in found for trial in a.tried)
        if worst is not None:
            return Answer(worst.status, worst.value, _NONE, _NONE, _NONE, _NONE, iterations, seconds, tried)
        value = float(sum(a.value for a in answers))
        answer = Answer(Status.OPTIMAL, value, _NONE, _NONE, _NONE, _NONE, iterations, seconds, tried)
        return self.read(answer) if read else answer

    def read(self, answer: Answer, *, duals: bool = True) -> Answer:
        """Add its vectors to the answer of the last solve."""
        answers = list(self._last)
        for number in self._touched:
            answers[number] = self._parts[number].session.read(answers[number], duals=duals)
        joined = self._joined(answers, duals=duals)
        return Answer(
            answer.status, answer.value, joined.x, joined.reduced_cost, joined.row_value, joined.dual,
            answer.iterations, answer.seconds, answer.tried,
        )  # fmt: skip

    def with_chosen_plan(self, answer: Answer, wish: Wish, start: Bases) -> tuple[Answer, Bases]:
        """Give the answer of the last solve with that plan of all that are as good that is wished for.

        Parameters
        ----------
        answer : Answer
            Optimal, with its vectors.
        wish : Wish
            Parts that the patch leaves as they are keep their plan.
        start : Bases
            From which it is looked for.

        Returns
        -------
        Answer
        Bases
            Where its plan stands.
        """
        x, bases = answer.x.copy(), list(start.parts)
        for number in self._touched:
            part = self._parts[number]
            program = part.session.model
            bounds = self._own[number].bounds_over(program.bounds)
            x[part.columns], bases[number] = chosen_plan(
                program.matrix, bounds, part.of(answer), self._wish_of_each(wish)[number], bases[number]
            )
        return replace(answer, x=x, row_value=self.program.matrix @ x), Bases(tuple(bases))

    def with_nearest_duals(self, answer: Answer, weights: np.ndarray) -> Answer:
        """Give the answer of the last solve at the duals that are nearest to those of the program as it is.

        Parameters
        ----------
        answer : Answer
            Optimal, with its vectors, as the solver ended with it.
        weights : ndarray, shape (rows,)
            What it counts that a dual moves; see `straits.lp.nearest.nearest_duals`.
        """
        dual, reduced = answer.dual.copy(), answer.reduced_cost.copy()
        for number in self._touched:
            part, own = self._parts[number], self._own[number]
            p, mine = part.session.model, part.of(answer)
            cost = p.cost.copy()
            cost[own.columns] = own.cost
            program = LinearProgram(cost, p.matrix, own.bounds_over(p.bounds))
            found = nearest_duals(
                program, mine.x, mine.dual, part.session.basis(), part.answer.dual, weights[part.rows]
            )
            if found is None:
                continue
            dual[part.rows] = found
            reduced[part.columns] = cost - p.matrix.T @ found
        return replace(answer, dual=dual, reduced_cost=reduced)

    def choose_plan(self, wish: Wish, allowed: Callable[[np.ndarray], bool]) -> Bases:
        """Let the plan of the program as it is be that which is wished for, of all that are as good.

        Parameters
        ----------
        wish : Wish
        allowed : callable
            Says whether that plan may be had; if not, the plan stays what it is.

        Returns
        -------
        Bases
            Where the plan stands.
        """
        x, bases = self.answer.x.copy(), []
        for part, own in zip(self._parts, self._wish_of_each(wish), strict=True):
            p = part.session.model
            x[part.columns], basis = chosen_plan(p.matrix, p.bounds, part.answer, own, part.basis)
            bases.append(basis)
        if not allowed(x):
            return self.basis_of_all
        for part in self._parts:
            plan = x[part.columns]
            part.answer = replace(part.answer, x=plan, row_value=part.session.model.matrix @ plan)
        self.answer = replace(self.answer, x=x, row_value=self.program.matrix @ x)
        return Bases(tuple(bases))

    def _wish_of_each(self, wish: Wish) -> list[Wish]:
        """Give what is wished of each part, kept for the wish of the last call."""
        if self._wished is None or self._wished[0] is not wish:
            self._wished = wish, [wish.within(part.columns) for part in self._parts]
        return self._wished[1]

    def set_duals(self, dual: np.ndarray) -> bool:
        """Let the duals of the program as it is be known ones (rows,), if these support its plan; say whether."""
        p = self.program
        if not is_optimum(p, self.answer.x, dual):
            return False
        self.answer = replace(self.answer, dual=dual, reduced_cost=p.cost - p.matrix.T @ dual)
        for part in self._parts:
            part.answer = replace(part.of(self.answer), value=part.answer.value)
        return True

    def basis(self) -> Bases:
        """Give where each part stands: that of the last solve, or of the program as it is."""
        bases = [part.basis for part in self._parts]
        for number in self._touched:
            bases[number] = self._parts[number].session.basis()
        return Bases(tuple(bases))

    def _joined(self, answers: Sequence[Answer], *, duals: bool = True) -> Answer:
        """Put the answers of all parts together."""
        worst = next((a for a in answers if a.status != Status.OPTIMAL), None)
        iterations, seconds = sum(a.iterations for a in answers), sum(a.seconds for a in answers)
        tried: tuple[Trial, ...] = tuple(trial for a in answers for trial in a.tried)
        if worst is not None:
            return Answer(worst.status, worst.value, _NONE, _NONE, _NONE, _NONE, iterations, seconds, tried)
        x, row_value = np.zeros(len(self._of_column)), np.zeros(len(self._of_row))
        reduced, dual = (np.zeros_like(x), np.zeros_like(row_value)) if duals else (_NONE, _NONE)
        for part, answer in zip(self._parts, answers, strict=True):
            x[part.columns], row_value[part.rows] = answer.x, answer.row_value
            if duals:
                reduced[part.columns], dual[part.rows] = answer.reduced_cost, answer.dual
        value = float(sum(a.value for a in answers))
        return Answer(Status.OPTIMAL, value, x, reduced, row_value, dual, iterations, seconds, tried)


def labels(program: Program) -> tuple[np.ndarray, np.ndarray]:
    """Number the parts: the largest first, small ones together as the last; of each column and of each row."""
    rows, columns = program.matrix.shape
    joined = sparse.block_array([[None, program.matrix], [program.matrix.T, None]], format="csr")
    count, label = connected_components(joined, directed=False)
    size = np.bincount(label[rows:], minlength=count)
    large = [k for k in np.argsort(-size, kind="stable").tolist() if size[k] >= max(_LEAST * columns, 1)]
    number = np.full(count, len(large))
    number[large] = np.arange(len(large))
    of_column, of_row = number[label[rows:]], number[label[:rows]]
    # Rows without columns are kept or broken whatever is asked; they need a part all the same.
    return of_column, np.minimum(of_row, of_column.max(initial=0))


__all__ = ["Bases", "Parted"]
