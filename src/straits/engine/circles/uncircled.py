"""Plans in which no cargo goes round.

A linear program cannot forbid that cargo passes a place twice. Where its optimum does, one link of each circle must carry none of
the cargo then. All circles are broken at once, again and again: from the optimum, and from that of the program in which no cargo
goes straight back (`straits.engine.circles.returns`). Of the better of these plans one barred link after the other is opened, and
circles broken elsewhere. Where there are programs enough each choice is tried, the most promising first (branch and bound, Land
and Doig 1960, *Econometrica* 28(3)).
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import count

import numpy as np

from straits.engine.circles.returns import WithoutReturns, without_returns
from straits.lp import Answer, Basis, Status
from straits.lp.session import Session
from straits.lp.tolerance import PROVED
from straits.model import Bounds, Model
from straits.model.circles import Circle, can_go_round, circles

#: Programs that are solved for one plan at most.
LIMIT = 60
#: Programs that are solved for a better plan, where one was found, at most.
_BETTER = 12
#: Programs that breaking circles elsewhere may take, for one link that is opened.
_DEEP = 4
#: Where a plan is no further from the bound than this part of its worth, no better one is looked for from elsewhere.
_NEAR = 1e-3
#: Links that a circle has at least: branching tries each of them in turn.
_LINKS = 2

#: Solves under other bounds.
Solve = Callable[[Bounds], Answer]
#: An answer, and the bounds under which it is optimal.
_Plan = tuple[Answer, Bounds]
#: Solves without the flow of some columns besides; None if that cannot be.
_Try = Callable[[Bounds, np.ndarray], _Plan | None]


@dataclass(frozen=True)
class Uncircled:
    """A plan without circles.

    Attributes
    ----------
    answer : Answer
        Infeasible where there is no such plan.
    bounds : Bounds
        Under which it is optimal.
    circles : list of Circle
        What would go round in the plan that may do so; if none, that is the answer.
    left : list of Circle
        What still goes round: no plan without was found in time.
    bound : float
        No plan costs less, with circles or without, thousand currency.
    uncircled_bound : float
        No plan without circles costs less, thousand currency.
    """

    answer: Answer
    bounds: Bounds
    circles: list[Circle]
    left: list[Circle]
    bound: float
    uncircled_bound: float


def uncircled(
    model: Model,
    bounds: Bounds,
    answer: Answer,
    solve: Solve,
    limit: int = LIMIT,
    *,
    cost: np.ndarray | None = None,
    basis: Basis | None = None,
) -> Uncircled:
    """Give the best plan that is found in which no cargo goes round.

    Parameters
    ----------
    model : Model
    bounds : Bounds
    answer : Answer
        Optimal under these bounds.
    solve : callable
        Solves under other bounds.
    limit : int
        Programs to solve at most.
    cost : ndarray, shape (columns,), optional
        Default: that of the model.
    basis : Basis, optional
        Of the answer. With it the program in which no cargo goes straight back is solved too, for the bound and for a plan, where
        the first plan is not near.
    """
    search = _Search(model, bounds, solve, limit)
    found = search.circles(answer)
    if not found:
        return Uncircled(answer, bounds, [], [], answer.value, answer.value)
    search.bound = answer.value
    search.dive(answer)
    if basis is not None and limit and not search.within(_NEAR):
        ahead = without_returns(model, bounds, model.cost if cost is None else cost, answer, basis)
        if ahead is not None:
            search.bound = max(answer.value, ahead.answer.value)
            search.dive_without_returns(ahead)
    search.improve()
    if search.may_branch:
        search.branch(answer, found, search.by_pair)
    if search.best is None:
        # A plan may break one circle at one of its links now and at another later: only single ways leave none out.
        search.branch(answer, found, search.by_way)
    if search.best is not None:
        reply, b = search.best
        barred = b.column_upper < bounds.column_upper
        reply = replace(reply, reduced_cost=np.where(barred, 0.0, reply.reduced_cost))
        return Uncircled(reply, b, found, [], answer.value, min(search.bound, reply.value))
    if search.exhausted:
        none = replace(answer, status=Status.INFEASIBLE)
        return Uncircled(none, search.last, found, [], answer.value, search.bound)
    return Uncircled(answer, bounds, found, found, answer.value, search.bound)


def told_of_circles(model: Model) -> list[str]:
    """Say what goes round in the optimum of the linear program, for analyses of many variants, which solve it alone.

    Their flows, corridors and values are gross of it; those of `solve` and `stress` are of a plan without. Nothing is solved
    where no cargo could go round.
    """
    if not can_go_round(model.formulation):
        return []
    answer = Session(model).solve()
    if answer.status != Status.OPTIMAL:
        return []
    n = model.network
    told = []
    for circle in circles(model.formulation, answer.x):
        cargo = n.cargoes[circle.cargo]
        way = " → ".join(n.link_ids[n.pair_link[p]] for p in circle.pairs)
        told.append(
            f"{circle.amount:.4g} of {cargo.commodity} ({cargo.origin}) go round by {way} in the plan without failures: flows "
            "and values of this analysis count them; solve and stress show a plan without"
        )
    return told


class _Search:
    """The search for the best plan without circles."""

    def __init__(self, model: Model, bounds: Bounds, solve: Solve, limit: int) -> None:
        self._formulation, self._bounds, self._solve, self._limit = model.formulation, bounds, solve, limit
        self._solved = self._broken = 0
        self.best: _Plan | None = None
        #: No plan without circles costs less.
        self.bound = -np.inf
        self.last = bounds
        self.exhausted = False
        self._unsure = False

    def circles(self, answer: Answer) -> list[Circle]:
        """Give the circles of a plan that are not all decided already."""
        return [
            c for c in circles(self._formulation, answer.x) if any(len(self._open(c, p)) for p in c.pairs)
        ]

    def _open(self, circle: Circle, pair: int) -> np.ndarray:
        """Columns of a pair where the circle uses it, but for those that are decided."""
        return self._columns(sorted(use for use in circle.uses if use[0] == pair))

    def _columns(self, uses: Sequence[tuple[int, int]]) -> np.ndarray:
        """Columns of some flows, but for those that are decided."""
        pairs, steps = np.array(uses, dtype=int).reshape(-1, 2).T
        columns = self._formulation.flow.at(pairs, steps)
        return np.asarray(columns[self._bounds.column_lower[columns] <= 0.0])

    def by_pair(self, circle: Circle) -> list[np.ndarray]:
        """Give what may be barred to break a circle in all steps: the columns of one of its links."""
        return [columns for pair in circle.pairs if len(columns := self._open(circle, pair))]

    def by_way(self, circle: Circle) -> list[np.ndarray]:
        """Give what may be barred to break a circle once: a column of it. A plan without circles is without one of them."""
        ways = self._by_each_way(circle)
        return ways[0] if ways else []

    def _by_each_way(self, circle: Circle) -> list[list[np.ndarray]]:
        """Give, for each time that cargo goes round, the single columns of which one must be barred."""
        ways = [columns for way in circle.ways if len(columns := self._columns(way))]
        return [[columns[at : at + 1] for at in range(len(columns))] for columns in ways]

    def _least(self, circle: Circle, x: np.ndarray, but: np.ndarray | None = None) -> np.ndarray:
        """Give the columns of the link on which least of a circle goes, of one with none that is to stay open if there is one."""
        choices = self.by_pair(circle)
        if but is not None:
            choices = [at for at in choices if not np.isin(at, but).any()] or choices
        return min(choices, key=lambda at: float(x[at].sum()))

    def _least_of_each_way(self, circle: Circle, x: np.ndarray, guide: np.ndarray) -> np.ndarray:
        """Give, of each time that cargo goes round, the column of which another plan has least, and then this one."""
        ways = self._by_each_way(circle)
        return np.concatenate([min(way, key=lambda at: (guide[at[0]], x[at[0]])) for way in ways])

    def _try(self, bounds: Bounds, columns: np.ndarray) -> _Plan | None:
        """Solve without the flow of some columns; None if that cannot be."""
        self.last = b = _barred(bounds, columns)
        self._solved += 1
        answer = self._solve(b)
        # What has no answer that could be believed may have a plan all the same.
        self._unsure |= answer.status not in (Status.OPTIMAL, Status.INFEASIBLE)
        return (answer, b) if answer.status == Status.OPTIMAL else None

    def _worse(self, answer: Answer) -> bool:
        """Whether an answer is no better than the best plan."""
        if self.best is None:
            return False
        best = self.best[0].value
        return answer.value >= best - PROVED * (1.0 + abs(best))

    def _keep(self, plan: _Plan | None) -> None:
        if plan is not None and not self._worse(plan[0]):
            self.best = plan

    def within(self, part: float) -> bool:
        """Whether the best plan is no further from the bound than a part of its worth."""
        return self.best is not None and self.best[0].value <= self.bound + part * (1.0 + abs(self.bound))

    @property
    def may_branch(self) -> bool:
        """Whether the programs that are left can be enough for branching to end at a plan.

        Branching breaks one circle a level and tries each of its links. Where there is a plan already, and it took to break more
        circles than there are programs for, branching turns over plans with circles until none is left.
        """
        if self.within(PROVED):
            return False
        return self.best is None or _LINKS * self._broken <= self._limit - self._solved

    def _broken_up(
        self,
        plan: _Plan,
        choose: Callable[[Circle, np.ndarray], np.ndarray],
        most: int,
        solve: _Try | None = None,
    ) -> _Plan | None:
        """Break every circle of a plan, again and again, until none is left; None if that cannot be, or is no better."""
        solve = solve or self._try
        end = min(self._solved + most, self._limit)
        while found := self.circles(plan[0]):
            if self._solved >= end or self._worse(plan[0]):
                return None
            self._broken += len(found)
            reply = solve(plan[1], np.concatenate([choose(circle, plan[0].x) for circle in found]))
            if reply is None:
                return None
            plan = reply
        return plan

    def dive(self, answer: Answer) -> None:
        """Break every circle of the optimum where least goes round."""
        self._keep(self._broken_up((answer, self._bounds), self._least, self._limit // 2))

    def dive_without_returns(self, ahead: WithoutReturns) -> None:
        """Break every circle of a plan in which no cargo goes straight back, then those of the plan without the rows for that.

        Of each time that cargo goes round then, the link is barred of which the former has least: mostly it has none.
        """

        def solved(bounds: Bounds, columns: np.ndarray) -> _Plan | None:
            b = _barred(bounds, columns)
            self._solved += 1
            answer = ahead.solve(b)
            return (answer, b) if answer.status == Status.OPTIMAL else None

        most, broken = self._limit // 4, self._broken
        guide = self._broken_up((ahead.answer, self._bounds), self._least, most, solved)
        if guide is not None and self._solved < self._limit:
            plan = self._try(guide[1], np.empty(0, dtype=int))
            if plan is not None:
                by_guide = partial(self._least_of_each_way, guide=guide[0].x)
                self._keep(self._broken_up(plan, by_guide, most))
        self._broken = broken

    def improve(self) -> None:
        """Open links that were barred, and break what goes round then elsewhere; where most could be gained comes first."""
        flow, tried, broken = self._formulation.flow, set[int](), self._broken
        end = min(self._solved + _BETTER, self._limit)
        while self.best is not None and self._solved < end and not self.within(_NEAR):
            answer, bounds = self.best
            barred = np.flatnonzero(bounds.column_upper < self._bounds.column_upper)
            pair = (barred - flow.offset) // flow.steps
            gain = np.bincount(pair, np.maximum(-answer.reduced_cost[barred], 0.0), flow.count)
            gain[list(tried)] = 0.0
            opened = int(np.argmax(gain))
            if gain[opened] <= 0.0:
                break
            tried.add(opened)
            columns = barred[pair == opened]
            looser = bounds.copy()
            looser.column_upper[columns] = self._bounds.column_upper[columns]
            plan = self._try(looser, np.empty(0, dtype=int))
            if plan is not None:
                elsewhere = partial(self._least, but=columns)
                self._keep(self._broken_up(plan, elsewhere, min(_DEEP, end - self._solved)))
        self._broken = broken

    def branch(
        self, answer: Answer, found: list[Circle], choices: Callable[[Circle], list[np.ndarray]]
    ) -> None:
        """Try each choice that breaks a circle in turn, the plans worth most first, the deepest of equals."""
        number = count()
        self._unsure = False
        waiting = [(answer.value, 0, self._bounds, found)]
        while waiting:
            value, _, bounds, round_ = heapq.heappop(waiting)
            if self.best is not None and value >= self.best[0].value - PROVED * (1.0 + abs(value)):
                return
            for columns in choices(round_[0]):
                if self._solved >= self._limit:
                    return
                reply = self._try(bounds, columns)
                if reply is None:
                    continue
                still = self.circles(reply[0])
                if still:
                    heapq.heappush(waiting, (reply[0].value, -next(number), reply[1], still))
                else:
                    self._keep(reply)
        self.exhausted = choices == self.by_way and not self._unsure


def _barred(bounds: Bounds, columns: np.ndarray) -> Bounds:
    """Return bounds without the flow of some columns."""
    b = bounds.copy()
    b.column_upper[columns] = 0.0
    return b
