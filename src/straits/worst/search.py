"""The worst attack of a budget, with proof: every better attack must break into every set of assets known to be harmless.

If closing all of W leaves more than the present worst, so does closing any part of W. So an attack that is as bad or worse
needs an asset outside W, for each such W: it hits all their complements. Growing each W as far as it stays harmless makes the
complements small, and the tree of hitting sets (Reiter 1987, *Artificial Intelligence* 32(1)) over them is small too. The
covering cuts are those of Israeli and Wood (2002, *Networks* 40(2)), made as strong as they can be.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from straits.worst.oracle import Oracle, bits, mask_of

#: Ties that are named; with more, the rest is only counted as "more".
MOST_TIES = 50
#: Values closer than this, relative to the value without attack, count as equal.
SAME = 1e-7


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
    """The time or the number of solves is used up."""


class Search:
    """Searches for worst attacks; what it learns about harmless sets serves later budgets and protections.

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
        self.whole = oracle.value(0)
        self.near = SAME * (1.0 + abs(self.whole))
        self.harmless: dict[int, float] = {}
        self.tried: dict[int, float] = {0: self.whole}
        self._harm: list[float] | None = None
        self._deadline = np.inf
        self._fixed = False

    # ------------------------------------------------------------------ the search

    def worst(self, budget: float, start: int = 0, protected: int = 0, enough: float = -np.inf) -> Found:
        """Find the worst attack of a budget.

        Parameters
        ----------
        budget : float
        start : int
            An attack to improve.
        protected : int
            Assets that cannot be closed.
        enough : float
            Stop without proof once an attack leaves no more than this.
        """
        began, solves = time.perf_counter(), self.oracle.solves
        self._deadline = began + self.seconds
        self.budget, self.open, self.enough = budget, self.all & ~protected, enough
        self.best, self.best_attack = self.whole, 0
        self.ties: list[int] = []
        self.all_ties, proved = True, True
        try:
            self._try(start & self.open)
            self._improve()
            self._grow_tree(0, 0)
        except _Stop:
            proved = False
        settled = self.best <= enough
        bound = self.best if proved else -np.inf if settled else self._bound()
        ties = self._named_ties()
        return Found(
            ties[0], self.best, bound, ties, self.all_ties and proved, self.oracle.solves - solves,
            time.perf_counter() - began,
        )  # fmt: skip

    def cut_sets(self, budget: float, level: float) -> Found:
        """Find every attack within the budget that leaves no more than `level` and has no idle member, as `ties`."""
        began, solves = time.perf_counter(), self.oracle.solves
        self._deadline = began + self.seconds
        self.budget, self.open, self.enough = budget, self.all, -np.inf
        self.best, self.best_attack, self.ties, self.all_ties = level, 0, [], True
        self._fixed, proved = True, True
        try:
            self._grow_tree(0, 0)
        except _Stop:
            proved = False
        finally:
            self._fixed = False
        ties = self._named_ties() if self.ties else []
        return Found(
            ties[0] if ties else 0, level, level if proved else -np.inf, ties, self.all_ties and proved,
            self.oracle.solves - solves, time.perf_counter() - began,
        )  # fmt: skip

    def _weight(self, attack: int) -> float:
        return sum(self.weights[i] for i in bits(attack))

    def _fits(self, attack: int) -> bool:
        return self._weight(attack) <= self.budget + 1e-9

    def _try(self, attack: int) -> float:
        """Answer an attack and remember it if it is the worst so far or ties with it."""
        if time.perf_counter() > self._deadline:
            raise _Stop
        value = self.oracle.value(attack)
        self.tried[attack] = value
        if value < self.best - self.near and not self._fixed:
            self.best, self.best_attack, self.ties = value, attack, []
            self.all_ties = True
        if value <= self.enough:
            self.best = min(self.best, value)
            self.best_attack = attack
            raise _Stop
        return value

    def _improve(self) -> None:
        """Add the asset that hurts most while the budget lasts, then swap single assets while that helps."""
        attack = self.best_attack
        while True:
            used = [i for i in bits(self.oracle.reply(attack)[1] & self.open) if self._fits(attack | 1 << i)]
            if not used:
                break
            values = {i: self._try(attack | 1 << i) for i in used}
            worst = min(values, key=lambda i: (values[i], i))
            attack |= 1 << worst
        improved = True
        while improved:
            improved = False
            attack = self.best_attack
            for out in list(bits(attack)):
                rest = attack & ~(1 << out)
                for i in bits(self.oracle.reply(rest)[1] & self.open):
                    if (
                        i != out
                        and self._fits(rest | 1 << i)
                        and self._try(rest | 1 << i) < self.best + self.near / 2
                    ):
                        improved = improved or self.best_attack != attack
                if improved:
                    break

    # ------------------------------------------------------------------ the proof

    def _grow_tree(self, attack: int, forbidden: int) -> None:
        """Visit every attack within the budget that hits all complements, without repetition."""
        if any(attack & tie == tie for tie in self.ties):
            return  # no attack needs more than what ties already; supersets have idle members
        cut = self._missed(attack, forbidden)
        if cut is None:
            cut = self._learn(attack)
            if cut is None:
                return
        cut &= self.open & ~forbidden
        for i in sorted(bits(cut), key=lambda i: -self._harms()[i]):
            if self._fits(attack | 1 << i):
                self._grow_tree(attack | 1 << i, forbidden)
            forbidden |= 1 << i

    def _missed(self, attack: int, forbidden: int) -> int | None:
        """Give the smallest complement of a harmless set that the attack does not hit."""
        floor, found, size = self.best + self.near, None, 1 << 30
        for inside, value in self.harmless.items():
            if value > floor and attack & ~inside == 0:
                cut = self.open & ~inside & ~forbidden
                if cut.bit_count() < size:
                    found, size = self.open & ~inside, cut.bit_count()
        return found

    def _learn(self, attack: int) -> int | None:
        """Answer an attack; give the complement of a harmless set around it, or None if it is among the worst."""
        value = self._try(attack)
        if value <= self.best + self.near:
            if len(self.ties) < MOST_TIES:
                self.ties.append(self._without_idle(attack))
            else:
                self.all_ties = False
            return None
        inside, value = self._grow(attack)
        self.harmless[inside] = value
        return self.open & ~inside

    def _grow(self, attack: int) -> tuple[int, float]:
        """Add assets to an attack, the least harmful first, as long as what remains is above the worst."""
        floor = self.best + self.near
        value, used = self.oracle.reply(attack)
        inside = self.all & ~used | attack
        waiting = sorted((i for i in bits(used & self.open)), key=lambda i: self._harms()[i])
        protected_used = used & ~self.open
        inside &= ~protected_used
        step = max(1, len(waiting) // 2)
        # An asset that alone takes away more than the room that is left would hardly fit; trying it costs a solve.
        while waiting := [i for i in waiting if self._harms()[i] < value - floor]:
            chosen = waiting[:step]
            reply = self.oracle.reply_above(inside | mask_of(chosen), floor)
            if reply is not None:
                value, used = reply
                inside |= mask_of(chosen)
                inside |= self.open & ~used
                waiting = [i for i in waiting[step:] if not inside >> i & 1]
                step = 2 * step
            elif step == 1:
                waiting = waiting[1:]
            else:
                step = max(1, step // 2)
            if time.perf_counter() > self._deadline:
                break
        return inside, value

    def _harms(self) -> list[float]:
        """What each asset alone takes away: a guess of where the worst attacks are."""
        if self._harm is None:
            used = self.oracle.reply(0)[1]
            self._harm = [
                self.whole - self.oracle.value(1 << i) if used >> i & 1 else 0.0
                for i in range(len(self.weights))
            ]
        return self._harm

    def _without_idle(self, attack: int) -> int:
        """Drop assets that the attack does not need."""
        for i in list(bits(attack)):
            smaller = attack & ~(1 << i)
            if self.oracle.value(smaller) <= self.best + self.near:
                attack = smaller
        return attack

    def _named_ties(self) -> list[int]:
        if not self.ties:
            return [self.best_attack]
        found = sorted(set(self.ties), key=lambda t: (t.bit_count(), list(bits(t))))
        return [t for t in found if not any(o != t and t & o == o for o in found)]

    # ------------------------------------------------------------------ the bound of a search that was stopped

    def _bound(self) -> float:
        """Greatest value below which no attack within the budget is proved to get, from the harmless sets known so far."""
        floor = min(self.best, self.oracle.value(self.open))
        levels = sorted({min(v, self.best) for v in self.harmless.values() if v > floor})
        low, high = 0, len(levels)
        while low < high:
            middle = (low + high) // 2
            if self._all_hit(levels[middle]):
                low = middle + 1
            else:
                high = middle
        return levels[low - 1] if low else floor

    def _all_hit(self, level: float) -> bool:
        """Whether every attack within the budget lies inside a harmless set that leaves at least `level`."""
        cuts = [self.open & ~inside for inside, value in self.harmless.items() if value >= level]
        left = [20_000]

        def covered(attack: int, forbidden: int) -> bool:
            left[0] -= 1
            if left[0] < 0:
                return False
            missed = [cut for cut in cuts if cut & attack == 0]
            if not missed:
                return False
            cut = min(missed, key=lambda c: (c & ~forbidden).bit_count())
            for i in bits(cut & ~forbidden):
                if self._fits(attack | 1 << i) and not covered(attack | 1 << i, forbidden):
                    return False
                forbidden |= 1 << i
            return True

        return covered(0, 0)
