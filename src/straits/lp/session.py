"""One program in the solver, warm from question to question."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass, replace

import numpy as np

from straits.lp.answer import Answer, Basis, Status
from straits.lp.parts.local import Local, Located, pays_by_shares
from straits.lp.parts.local import pays as pays_locally
from straits.lp.patch import Patch
from straits.lp.program import Arrays, Bounds, Program
from straits.lp.sifting.repeated import Repeated
from straits.lp.sifting.rounds import pays
from straits.lp.solver.door import Solver

#: Optima beside that of the program as it is that patches are answered from by what they move: each holds it in a solver again.
_KEPT = 2


@dataclass
class _Home:
    """An optimum that patches are answered from by what they move: its basis, the patch it was found under, what answers them."""

    basis: Basis
    patch: Patch | None
    local: Local | None = None


class Session:
    """A model loaded once; each solve changes only the bounds and costs that differ from the last one.

    The first solve is cold with presolve; that of a large network in time goes by few of its columns (`straits.lp.sifting`).
    Later ones start from the last basis with the serial dual simplex and without presolve, because presolve throws the basis
    away and the parallel dual simplex ignores it.

    Parameters
    ----------
    model : Program
    scaled : bool
        Whether the solver scales rows and columns.
    local : bool
        Whether a patch of a large program may be answered by the part of it that it moves (`straits.lp.parts.local`), from the
        basis of the program as it is or of another patch whose basis was asked for not long ago. The value is the same; of
        equally good plans and prices it can find others.
    """

    def __init__(self, model: Program, *, scaled: bool = True, local: bool = False) -> None:
        self.model = model
        self._bounds, self._cost = model.bounds, model.cost
        self._patch: Patch | None = None
        repeated: Repeated | None = getattr(model, "repeated", None)
        sifts = repeated is not None and pays(model.matrix.shape[0], repeated)
        #: How the program repeats itself in time, where solving it by few of its columns first pays.
        self._repeated = repeated if sifts else None
        self._solver = Solver.of(model, scaled=scaled)
        self._warm = self._tuned = False
        #: The basis that the last solve was told to start from.
        self.started: Basis | None = None
        #: Whether patches are answered by what they move where that can be.
        self.locates = local and (pays_locally(model.matrix.shape[0]) or pays_by_shares(model))
        #: Where patches are answered locally from: the program as it is, and the last patches whose basis was asked for.
        self._as_it_is: _Home | None = None
        self._patched: deque[_Home] = deque(maxlen=_KEPT)
        #: From which of them the next solve starts: the solver is told only if it is asked.
        self._home: _Home | None = None
        self._located: Located | None = None

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
            self._columns(old.columns, b)
            self._rows(old.rows, b)
            recost = old.columns[old.cost != model.cost[old.columns]]
            self._costs(recost, model.cost)
        if patch is not None:
            self._solver.set_columns(patch.columns, patch.column_lower, patch.column_upper)
            self._solver.set_rows(patch.rows, patch.row_lower, patch.row_upper)
            differs = patch.cost != model.cost[patch.columns]
            if differs.any():
                self._solver.set_costs(patch.columns[differs], patch.cost[differs])
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
        return self._run(read=read, duals=duals, repeated=self._repeated)

    def _run(self, *, read: bool, duals: bool = True, repeated: Repeated | None = None) -> Answer:
        self._located = None
        if self._home is not None:
            began = time.perf_counter()
            answer = self._answered_locally()
            if answer is not None:
                answer = replace(answer, seconds=time.perf_counter() - began)
                return self.read(answer, duals=duals) if read else answer
            self._solver.start_from(self._home.basis)
            self._home = None
        warm = self._warm
        if warm and not self._tuned:
            self._solver.prefer_warm()
            self._tuned = True
        answer = self._solver.run(read=read, duals=duals, fresh=not warm, repeated=repeated)
        self._warm = answer.status == Status.OPTIMAL
        if not self._warm:
            self._forget()
        return answer

    def _answered_locally(self) -> Answer | None:
        """Answer the present patch by the part of the program that it moves; None where that finds no proved answer."""
        model, patch, home = self.model, self._patch, self._home
        if patch is None or patch.reprices(model.cost) or home is None:
            return None
        if home.local is None:
            home.local = Local(_under(model, home.patch), home.basis)
        if home.patch is not None:
            patch = _between(model, home.patch, patch)
        self._located = home.local.answer(patch) if home.local.holds else None
        if self._located is None:
            return None
        answer = self._solver.take(self._located.x, self._located.dual, self._located.iterations)
        if answer is None:
            self._located = None
        return answer

    def read(self, answer: Answer, *, duals: bool = True) -> Answer:
        """Add its vectors to the answer of the last solve."""
        return self._solver.read(answer, duals=duals)

    def run_cold(self, *, read: bool = True) -> Answer:
        """Solve what is set from nothing, with presolve, however large it is."""
        self._forget()
        return self._run(read=read)

    def cold(self) -> Session:
        """Let the next solve start from nothing, unless it is told a basis; return the session."""
        self._forget()
        return self

    def _forget(self) -> None:
        self._warm = self._tuned = False
        self._home = None
        self._solver.prefer_cold()

    def basis(self) -> Basis:
        """Give the basis of the last solve."""
        basis = self._solver.basis() if self._located is None else self._located.basis
        model, patch = self.model, self._patch
        if self.locates and self._bounds is model.bounds and self._cost is model.cost:
            if patch is None:
                self._as_it_is = _Home(basis, None)
            elif not patch.reprices(model.cost) and all(home.basis is not basis for home in self._patched):
                self._patched.append(_Home(basis, patch))
        return basis

    def basic(self) -> np.ndarray:
        """Say which columns, then rows, are in the basis of the last solve."""
        if self._located is not None:
            basis = self._located.basis
            return np.concatenate([basis.columns, basis.rows]) == Basis.BASIC
        return self._solver.basic()

    def start_from(self, basis: Basis) -> None:
        """Let the next solve start from a basis alone, so that its answer does not depend on what was solved before."""
        homes = (self._as_it_is, *self._patched)
        self._home = next((home for home in homes if home is not None and home.basis is basis), None)
        if self._home is None:
            self._solver.start_from(basis)
        self.started = basis
        self._warm = True

    def _move(self, bounds: Bounds, cost: np.ndarray) -> None:
        old = self._bounds
        changed = np.flatnonzero(
            (bounds.column_lower != old.column_lower) | (bounds.column_upper != old.column_upper)
        )
        self._columns(changed, bounds)
        changed = np.flatnonzero((bounds.row_lower != old.row_lower) | (bounds.row_upper != old.row_upper))
        self._rows(changed, bounds)
        changed = np.flatnonzero(cost != self._cost)
        self._costs(changed, cost)
        self._bounds, self._cost = bounds, cost

    def _columns(self, which: np.ndarray, b: Bounds) -> None:
        self._solver.set_columns(which, b.column_lower[which], b.column_upper[which])

    def _rows(self, which: np.ndarray, b: Bounds) -> None:
        self._solver.set_rows(which, b.row_lower[which], b.row_upper[which])

    def _costs(self, which: np.ndarray, cost: np.ndarray) -> None:
        self._solver.set_costs(which, cost[which])


def _under(model: Program, patch: Patch | None) -> Arrays:
    """Give a program under a patch of its bounds."""
    b = model.bounds
    bounds = [v.copy() for v in (b.column_lower, b.column_upper, b.row_lower, b.row_upper)]
    if patch is not None:
        bounds[0][patch.columns], bounds[1][patch.columns] = patch.column_lower, patch.column_upper
        bounds[2][patch.rows], bounds[3][patch.rows] = patch.row_lower, patch.row_upper
    return Arrays(model.cost, model.matrix, *bounds)


def _between(model: Program, before: Patch, after: Patch) -> Patch:
    """Give what bounds one patch of a program changes in what another one made of it."""
    old, new = _undone(model, after).with_over(before), _undone(model, before).with_over(after)
    c = (old.column_lower != new.column_lower) | (old.column_upper != new.column_upper)
    r = (old.row_lower != new.row_lower) | (old.row_upper != new.row_upper)
    return Patch(
        after.name, new.columns[c], new.column_lower[c], new.column_upper[c], new.cost[c],
        new.rows[r], new.row_lower[r], new.row_upper[r],
    )  # fmt: skip


def _undone(model: Program, patch: Patch) -> Patch:
    """Give the patch that sets what another one changes back to what the program has."""
    b, c, r = model.bounds, patch.columns, patch.rows
    return Patch(
        "", c, b.column_lower[c], b.column_upper[c], model.cost[c], r, b.row_lower[r], b.row_upper[r]
    )
