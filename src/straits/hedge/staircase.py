"""The staircase of loss over cost: which sets of options no other set beats, each proved.

Every set has a least loss, from the attacks known so far and from larger sets (building more never hurts). The staircase of
these least losses lies nowhere above the true one. Its steps are proved one after another, by the search for the worst attack; an
attack that takes more is held against the others, which may leave the staircase. When all steps are proved, it is the true one:
whatever is not on it loses no less than a step that costs no more.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from straits.engine.executors import Progress
from straits.hedge.adversary import Adversary, Facing, Measure
from straits.hedge.choices import Choices
from straits.hedge.replies.lattice import Lattice
from straits.hedge.replies.part import Known
from straits.hedge.replies.past import History
from straits.lp.tolerance import SAME


@dataclass
class Proof:
    """What is known of one set of options.

    Attributes
    ----------
    attack : int
        The worst found.
    loss, least_loss : float
        It loses no more, and no less; equal if proved.
    solves : int
    seconds : float
    """

    attack: int
    loss: float
    least_loss: float
    solves: int = 0
    seconds: float = 0.0


@dataclass(frozen=True)
class Step:
    """A portfolio that nothing as cheap beats.

    Attributes
    ----------
    cost : float
        In a year, million currency.
    portfolio : str
    loss, least_loss : float
        It loses no more, and no portfolio that costs as much or less loses less.
    attack : int
        The worst found.
    quiet_gain : float
    losses : ndarray or None, shape (histories,)
        Under that attack; None where it was not looked for.
    ties : float
        Portfolios of this cost and loss; nan where they were not counted.
    solves : int
    seconds : float
    """

    cost: float
    portfolio: str
    loss: float
    least_loss: float
    attack: int
    quiet_gain: float
    losses: np.ndarray | None
    ties: float
    solves: int
    seconds: float

    @property
    def proved(self) -> bool:
        """Whether no portfolio that costs as much or less loses less."""
        return self.least_loss >= self.loss - Staircase._near(self.loss)


class Staircase:
    """Searches the sets of options.

    Parameters
    ----------
    choices : Choices
    lattice : Lattice
    histories : sequence of History
    measure : callable
        Of losses over histories; coherent.
    ground : float
        What losses are counted from.
    weights : sequence of float
        What it costs to close each asset.
    budget : float
        0 where nobody attacks.
    spend : float
        Sets that cost more in a year are left out.
    seconds : float
        Time after which what is not proved keeps its bounds.
    progress : callable, optional
        Called with steps proved, steps as they now stand, and nan for the seconds left.
    counted : callable, optional
        Gives what each history counts in the measure, where replies carry slopes: then each set that is answered gives a plane
        below the loss of all.
    least : float
        No set loses less, whatever is closed.

    Attributes
    ----------
    sets : ndarray of int
        All that are allowed, the cheapest first.
    cost : ndarray
        Of each in a year, million currency.
    low, high : ndarray
        Least and most that each loses.
    """

    def __init__(
        self,
        choices: Choices,
        lattice: Lattice,
        histories: Sequence[History],
        measure: Measure,
        ground: float,
        weights: Sequence[float],
        budget: float,
        *,
        spend: float = np.inf,
        seconds: float = np.inf,
        progress: Progress | None = None,
        counted: Callable[[np.ndarray], np.ndarray] | None = None,
        least: float = -np.inf,
    ) -> None:
        self.counted = counted
        self.choices, self.lattice, self.histories, self.measure = choices, lattice, list(histories), measure
        self.ground, self.weights, self.budget = ground, list(weights), budget
        self.deadline, self.progress = time.perf_counter() + seconds, progress
        known = [(choices.cost_of(p), p.bit_count(), p) for p in choices.portfolios()]
        known = sorted(k for k in known if k[0] <= spend * (1 + 1e-12))
        self.sets = np.array([p for _, _, p in known], dtype=np.int64)
        self.cost = np.array([c for c, _, _ in known])
        self.low, self.high = np.full(len(known), least), np.full(len(known), np.inf)
        #: Which options each has, shape (sets, options).
        self._has = (self.sets[:, None] >> np.arange(len(choices.ids)) & 1).astype(float)
        self.proofs: dict[int, Proof] = {}
        #: Attacks that were the worst on some set, the last one first.
        self.attacks: list[int] = [0]
        self._held: set[tuple[int, int]] = set()
        self._place = {int(p): i for i, p in enumerate(self.sets)}

    @property
    def solves(self) -> int:
        """Linear programs solved so far."""
        return self.lattice.solves

    # ------------------------------------------------------------------ the search

    def search(self) -> None:
        """Prove every step, or stop when the time is used up."""
        while True:
            steps = self.steps(self.low)
            left = [i for i in steps if self.low[i] < self.high[i] - self._near(self.low[i])]
            if self.progress is not None:
                self.progress(len(steps) - len(left), len(steps), np.nan)
            if not left:
                return
            place = left[0]
            built = int(self.sets[place])
            if time.perf_counter() > self.deadline and built in self.proofs:
                return
            before = self.low[place]
            self.hold(built)
            if self.low[place] > before + self._near(before):
                continue
            if self.low[place] < self.high[place]:
                self.prove(built)
            if time.perf_counter() > self.deadline:
                return

    def steps(self, loss: np.ndarray) -> list[int]:
        """Return the places of the sets that lose less than all that cost no more, after that of nothing built."""
        found: list[int] = []
        best = np.inf
        least = np.minimum.accumulate(loss)
        # Only where the least so far falls can a step be.
        for i in np.flatnonzero(np.append(True, least[1:] < least[:-1])).tolist():
            if best == np.inf or loss[i] < best - self._near(best):
                if found and self.sets[found[-1]] and self.cost[i] <= self.cost[found[-1]] * (1 + 1e-12):
                    found.pop()  # it costs the same but for rounding
                found.append(i)
                best = loss[i]
        return found

    def hold(self, built: int) -> None:
        """Hold all attacks known against a set of options: it loses no less than to the worst of them."""
        for attack in self.attacks:
            if (attack, built) in self._held:
                continue
            self._held.add((attack, built))
            replies = [self.lattice.reply(h, attack, built, many=True) for h in self.histories]
            least, every = self.lattice.shared(self.histories, built)
            for known in replies:
                every &= known.built
            each = np.array([self.ground - known.value for known in replies])
            loss = self.measure(each)
            if self.counted is not None and np.isfinite(each).all():
                self._lie_below(self.counted(each), replies)
            # All sets within those that every history's reply answers, with the same past, lose no less.
            within = ((self.sets & ~every) == 0) & ((self.sets & least) == least)
            self.low[within] = np.maximum(self.low[within], loss)
            if built in self._place:
                self.low[self._place[built]] = max(self.low[self._place[built]], loss)
            if not self.budget:
                self._keep(built, Proof(attack, loss, loss))

    def _lie_below(self, weight: np.ndarray, replies: Sequence[Known]) -> None:
        """Take up that no set loses less than a plane of what each history counts, and of slopes of its best reply."""
        slopes = weight @ np.array([known.slopes for known in replies])
        height = float(weight @ np.array([known.height for known in replies]))
        worth = height + self._has @ slopes
        # Planes are sums of many products: what is rounding proves nothing.
        bound = self.ground * float(weight.sum()) - worth
        bound -= self._near(self.ground) + SAME * np.abs(worth)
        self.low = np.minimum(np.maximum(self.low, bound), self.high)

    def prove(self, built: int) -> Proof:
        """Find the worst attack on a set of options, with proof."""
        known = self.proofs.get(built)
        if known is not None and known.loss <= known.least_loss:
            return known
        began, solved = time.perf_counter(), self.lattice.solves
        if not self.budget:
            self.hold(built)
            return self.proofs[built]
        facing = Facing(self.lattice, self.histories, self.measure, self.ground, built)
        left = max(self.deadline - time.perf_counter(), 0.0)
        found = Adversary(facing, self.weights, [a for a in self.attacks[:2] if a], seconds=left).worst(
            self.budget
        )
        proof = Proof(
            found.attack,
            -found.bound,
            -found.value,
            self.lattice.solves - solved,
            time.perf_counter() - began,
        )
        if found.attack in self.attacks:
            self.attacks.remove(found.attack)
        self.attacks.insert(0, found.attack)
        self._held.add((found.attack, built))
        self._keep(built, proof)
        return proof

    def _keep(self, built: int, proof: Proof) -> None:
        self.proofs[built] = proof
        if built in self._place:
            self.low[self._place[built]] = max(self.low[self._place[built]], proof.least_loss)
        # With the same past building more never hurts, and building less never helps.
        least, most = self.lattice.shared(self.histories, built)
        more = ((self.sets & built) == built) & ((self.sets & ~most) == 0)
        less = ((self.sets & ~built) == 0) & ((self.sets & least) == least)
        self.high[more] = np.minimum(self.high[more], proof.loss)
        self.low[less] = np.maximum(self.low[less], proof.least_loss)
        self.low = np.minimum(self.low, self.high)

    @staticmethod
    def _near(loss: float) -> float:
        return SAME * (1.0 + abs(loss)) if np.isfinite(loss) else 0.0

    # ------------------------------------------------------------------ what it says

    def found(self) -> list[Step]:
        """Return the steps as they now stand, the cheapest first."""
        steps = []
        least = np.minimum.accumulate(self.low)
        for place in self.steps(self.high):
            built, cost, loss = int(self.sets[place]), float(self.cost[place]), float(self.high[place])
            proof = self.proofs.get(built, Proof(0, loss, loss))
            # Costs that are the same are the same step.
            within = int(np.searchsorted(self.cost, cost * (1 + 1e-12) + 1e-12, side="right")) - 1
            same = np.abs(self.cost - cost) <= 1e-9 * (1 + cost)
            as_much = (self.low <= loss + self._near(loss)) & (self.high >= loss - self._near(loss))
            ties = int((same & as_much).sum())
            quiet = self.lattice.reply((), 0, built, many=True).value - self.ground
            losses = self.losses(built, proof.attack) if built in self.proofs else None
            steps.append(
                Step(
                    cost, self.choices.text(built), loss, min(float(least[within]), loss), proof.attack, quiet, losses,
                    max(ties, 1), proof.solves, proof.seconds,
                )
            )  # fmt: skip
        return steps

    def known_least(self, built: int) -> float:
        """Return the least that a set of options can lose by what is known, without asking more."""
        return float(self.low[self._place[built]]) if built in self._place else -np.inf

    def losses(self, built: int, attack: int) -> np.ndarray:
        """Return the loss of each history with a set of options under an attack, shape (histories,)."""
        found = [self.lattice.reply(h, attack, built).value for h in self.histories]
        return self.ground - np.array(found)
