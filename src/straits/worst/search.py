"""The worst attack of a budget, with proof: best-first over sets of closures, bounded by what plans can lose.

Each best reply that is found bounds the harm of every attack at once (`straits.worst.pieces`, `straits.worst.cuts`). The search
goes on where these bounds are greatest: it answers the attack there, which gives a tighter bound around it, or branches on which
asset is closed next. When no bound is above the worst attack found, that attack is proved.
"""

from __future__ import annotations

import heapq
import itertools
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from straits.errors import ModelError
from straits.lp.tolerance import ON, SAME
from straits.worst.cuts import UNKNOWN, Cuts
from straits.worst.oracle import Oracle, Reply, bits, mask_of
from straits.worst.question import Question

#: Ties that are named; with more, the rest is only counted as "more".
MOST_TIES = 50


@dataclass
class Found:
    """The worst attack of one budget.

    Attributes
    ----------
    attack : int
        Assets closed, as bits.
    value : float
        What remains.
    bound : float
        No attack of the budget leaves less. Equal to `value` if proved.
    ties : list of int
        All attacks that leave the same, without idle members; the first is `attack`.
    all_ties : bool
        Whether `ties` is complete.
    solves : int
    seconds : float
    """

    attack: int
    value: float
    bound: float
    ties: list[int] = field(default_factory=list)
    all_ties: bool = True
    solves: int = 0
    seconds: float = 0.0


class _Stop(Exception):
    """The time is used up, or an attack takes enough."""


class _Node(NamedTuple):
    """All attacks that go on from one; sorted, what can take most comes first."""

    least: float  # minus the most that any of them takes
    size: int  # minus the number of assets closed
    number: int
    attack: int
    more: int  # assets that may be closed besides
    seen: int  # bounds that `least` rests on
    answered: bool


class Search:
    """Searches for worst attacks; what it learns serves later budgets and protections.

    Parameters
    ----------
    oracle : Oracle
    weights : sequence of float
        What it costs to close each asset.
    seconds : float
        Time after which a search stops with its bound.
    """

    def __init__(self, oracle: Oracle, weights: Sequence[float], *, seconds: float = np.inf) -> None:
        self.oracle, self.weights, self.seconds = oracle, list(weights), seconds
        self.all = mask_of(range(len(self.weights)))
        self.cuts = Cuts(self.weights)
        self.whole = oracle.value(0)
        self.near = SAME * (1.0 + abs(self.whole))
        self._reply(0)

    @classmethod
    def on(cls, question: Question, *, seconds: float = np.inf) -> Search:
        """Begin the search for a question.

        Raises
        ------
        ModelError
            If nothing is feasible even without an attack.
        """
        search = cls(
            Oracle(question.model, question.patches, question.scale), question.weights, seconds=seconds
        )
        if search.whole == -np.inf:
            raise ModelError("the case has no solution even if nothing is closed; `straits.solve` says why")
        return search

    # ------------------------------------------------------------------ the questions

    def worst(self, budget: float, protected: int = 0, enough: float = -np.inf) -> Found:
        """Find the worst attack of a budget.

        Parameters
        ----------
        budget : float
        protected : int
            Assets that cannot be closed.
        enough : float
            Stop without proof once an attack leaves no more than this.
        """
        self._begin(budget, self.all & ~protected, enough)
        self.best, self.best_attack, self._fixed = self.whole, 0, False
        proved = self._run()
        if proved:
            bound = self.best
        elif self.best <= enough:
            bound = -np.inf
        else:
            # Where the bounds say nothing, no attack is worse than to close all.
            least = self.whole - self._most if self._most < UNKNOWN / 2 else self.oracle.value(self.open)
            bound = min(self.best, least)
        return self._found(self._named_ties() or [self.best_attack], bound, proved)

    def cut_sets(self, budget: float, level: float) -> Found:
        """Find every attack within the budget that leaves no more than `level` and has no idle member, as `ties`."""
        self._begin(budget, self.all, -np.inf)
        self.best, self.best_attack, self._fixed = level, 0, True
        proved = self._run()
        return self._found(self._named_ties(), level if proved else -np.inf, proved)

    def _begin(self, budget: float, can_close: int, enough: float) -> None:
        self._began, self._solved = time.perf_counter(), self.oracle.solves
        self._deadline = self._began + self.seconds
        self.budget, self.open, self.enough = budget, can_close, enough
        self.ties: list[int] = []
        self.all_ties = True
        self._heap: list[_Node] = []
        self._numbers = itertools.count()
        self._most = self._bound(0, self.open)

    def _found(self, ties: list[int], bound: float, proved: bool) -> Found:
        return Found(
            ties[0] if ties else 0, self.best, bound, ties, self.all_ties and proved,
            self.oracle.solves - self._solved, time.perf_counter() - self._began,
        )  # fmt: skip

    def _run(self) -> bool:
        """Search until nothing is left to look at, or until it is stopped; tell which."""
        try:
            if not self._fixed:
                self._try_some()
            self._push(0, self.open)
            self._explore()
        except _Stop:
            return False
        return True

    # ------------------------------------------------------------------ the proof

    def _explore(self) -> None:
        while self._heap:
            node = heapq.heappop(self._heap)
            self._most = -node.least
            if time.perf_counter() > self._deadline:
                raise _Stop
            most = self._bound(node.attack, node.more, node.seen, -node.least)
            if not self._matters(node.attack, most):
                continue
            if self._heap and most < -self._heap[0].least:
                self._push(node.attack, node.more, most, node.answered)
            elif not node.answered:
                seen = self.cuts.count
                self._answer(node.attack)
                self._push(node.attack, node.more, self._bound(node.attack, node.more, seen, most), True)
            else:
                self._branch(node.attack, node.more)

    def _push(self, attack: int, more: int, most: float | None = None, answered: bool = False) -> None:
        most = self._bound(attack, more) if most is None else most
        if self._matters(attack, most):
            number = next(self._numbers)
            node = _Node(-most, -attack.bit_count(), number, attack, more, self.cuts.count, answered)
            heapq.heappush(self._heap, node)

    def _bound(self, attack: int, more: int, seen: int = 0, most: float = np.inf) -> float:
        """Most that attacks which go on from this one can take; the bounds seen before say `most`."""
        if seen == self.cuts.count:
            return most
        return min(most, self.cuts.within(list(bits(attack)), self._flags(more), self._room(attack), seen))

    def _matters(self, attack: int, most: float) -> bool:
        return most >= self._floor(attack)

    def _floor(self, attack: int) -> float:
        """Least that attacks which go on from this one must take to matter."""
        if any(attack & tie == tie for tie in self.ties):
            # What takes no more than a tie with fewer assets has idle members.
            return np.inf if self._fixed else self.whole - self.best + self.near
        # An attack that leaves nothing feasible takes more than any bound says.
        return min(self.whole - self.best + (-self.near if self.all_ties else self.near), UNKNOWN / 2)

    def _answer(self, attack: int) -> None:
        """Answer an attack, and keep it if it is among the worst."""
        if self._try(attack) > self.best + self.near:
            return
        if len(self.ties) < MOST_TIES:
            self.ties.append(self._without_idle(attack))
        else:
            self.all_ties = False

    def _branch(self, attack: int, more: int) -> None:
        """Close one asset more: each that the attacks which matter cannot do without, and none of those before it."""
        here, floor = list(bits(attack)), self._floor(attack)
        for i in self.cuts.children(here, self._flags(more), self._room(attack), floor):
            more &= ~(1 << i)
            self._push(attack | 1 << i, more)

    def _room(self, attack: int) -> float:
        return self.budget - sum(self.weights[i] for i in bits(attack))

    def _flags(self, mask: int) -> np.ndarray:
        flags = np.zeros(len(self.weights), dtype=bool)
        flags[list(bits(mask))] = True
        return flags

    # ------------------------------------------------------------------ attacks

    def _reply(self, attack: int) -> Reply:
        """Answer an attack and learn what bound its reply gives."""
        reply = self.oracle.reply(attack)
        if attack not in self.cuts:
            self.cuts.add(attack, self.whole - reply.value, reply.loss)
        return reply

    def _try(self, attack: int) -> float:
        """Answer an attack and remember it if it is the worst so far."""
        if time.perf_counter() > self._deadline:
            raise _Stop
        value = self._reply(attack).value
        if value < self.best - self.near and not self._fixed:
            self.best, self.best_attack, self.ties = value, attack, []
            self.all_ties = True
        if value <= self.enough > -np.inf:
            self.best, self.best_attack = min(self.best, value), attack
            raise _Stop
        return value

    def _try_some(self) -> None:
        """Try what is known, then close what the bounds say takes most, one after another: attacks to begin with."""
        for attack in list(self.oracle.known):
            if attack & ~self.open == 0 and self._room(attack) >= -ON:
                self._try(attack)
        attack = 0
        while True:
            loss = np.where(self._flags(self.open & ~attack), self._reply(attack).loss, 0.0)
            loss[np.array(self.weights) > self._room(attack) + ON] = 0.0
            if not loss.any():
                break
            attack |= 1 << int(loss.argmax())
            self._try(attack)

    def _without_idle(self, attack: int) -> int:
        """Drop assets that the attack does not need."""
        for i in list(bits(attack)):
            smaller = attack & ~(1 << i)
            if self._reply(smaller).value <= self.best + self.near:
                attack = smaller
        return attack

    def _named_ties(self) -> list[int]:
        found = sorted(set(self.ties), key=lambda t: (t.bit_count(), list(bits(t))))
        return [t for t in found if not any(o != t and t & o == o for o in found)]
