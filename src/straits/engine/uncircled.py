"""Plans in which no cargo goes round.

A linear program cannot forbid that cargo passes a place twice. Where its optimum does, one link of each circle must carry none of
the cargo then: each choice is tried, the most promising first (branch and bound, Land and Doig 1960, *Econometrica* 28(3)).
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import count

import numpy as np

from straits.lp import Answer, Status
from straits.lp.session import Session
from straits.lp.tolerance import PROVED
from straits.model import Bounds, Model
from straits.model.circles import Circle, can_go_round, circles

#: Programs that are solved for one plan at most.
LIMIT = 60
#: Links that a circle has at least: branching tries each of them in turn.
_LINKS = 2


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
        No plan without circles costs less, thousand currency.
    """

    answer: Answer
    bounds: Bounds
    circles: list[Circle]
    left: list[Circle]
    bound: float


def uncircled(
    model: Model, bounds: Bounds, answer: Answer, solve: Callable[[Bounds], Answer], limit: int = LIMIT
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
    """
    search = _Search(model, bounds, solve, limit)
    found = search.circles(answer)
    if not found:
        return Uncircled(answer, bounds, [], [], answer.value)
    search.dive(answer, found)
    if search.may_branch:
        search.branch(answer, found, search.by_pair)
    if search.best is None:
        # A plan may break one circle at one of its links now and at another later: only single ways leave none out.
        search.branch(answer, found, search.by_way)
    if search.best is not None:
        reply, b = search.best
        barred = b.column_upper < bounds.column_upper
        reply = replace(reply, reduced_cost=np.where(barred, 0.0, reply.reduced_cost))
        return Uncircled(reply, b, found, [], answer.value)
    if search.exhausted:
        none = replace(answer, status=Status.INFEASIBLE)
        return Uncircled(none, search.last, found, [], answer.value)
    return Uncircled(answer, bounds, found, found, answer.value)


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

    def __init__(self, model: Model, bounds: Bounds, solve: Callable[[Bounds], Answer], limit: int) -> None:
        self._formulation, self._bounds, self._solve, self._limit = model.formulation, bounds, solve, limit
        self._solved = self._broken = 0
        self.best: tuple[Answer, Bounds] | None = None
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
        ways = [columns for way in circle.ways if len(columns := self._columns(way))]
        return [ways[0][at : at + 1] for at in range(len(ways[0]))] if ways else []

    def _try(self, bounds: Bounds, columns: np.ndarray) -> tuple[Answer, Bounds] | None:
        """Solve without the flow of some columns; None if that cannot be."""
        self.last = b = bounds.copy()
        b.column_upper[columns] = 0.0
        self._solved += 1
        answer = self._solve(b)
        # What has no answer that could be believed may have a plan all the same.
        self._unsure |= answer.status not in (Status.OPTIMAL, Status.INFEASIBLE)
        return (answer, b) if answer.status == Status.OPTIMAL else None

    def _keep(self, answer: Answer, bounds: Bounds) -> None:
        if self.best is None or answer.value < self.best[0].value:
            self.best = answer, bounds

    @property
    def may_branch(self) -> bool:
        """Whether the programs that are left can be enough for branching to end at a plan.

        Branching breaks one circle a level and tries each of its links. Where there is a plan already, and it took to break more
        circles than there are programs for, branching turns over plans with circles until none is left.
        """
        return self.best is None or _LINKS * self._broken <= self._limit - self._solved

    def dive(self, answer: Answer, found: list[Circle]) -> None:
        """Break every circle where least goes round, again and again, until none is left or nothing is possible."""
        bounds = self._bounds
        while found and self._solved < self._limit // 2:
            self._broken += len(found)
            columns = [min(self.by_pair(c), key=lambda at: float(answer.x[at].sum())) for c in found]
            reply = self._try(bounds, np.concatenate(columns))
            if reply is None:
                return
            answer, bounds = reply
            found = self.circles(answer)
        if not found:
            self._keep(answer, bounds)

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
                    self._keep(*reply)
        self.exhausted = choices == self.by_way and not self._unsure
