"""The worst attack on each set of options: the search of `straits.worst`, taught by what other sets have shown."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from straits.hedge.histories import Measure
from straits.hedge.replies.lattice import Lattice
from straits.hedge.replies.part import Known
from straits.hedge.replies.past import History
from straits.worst.oracle import Reply
from straits.worst.search import Found, Search


class Facing:
    """What remains of a set of options under attacks, as `Search` asks for it: minus the measure of losses over histories.

    Parameters
    ----------
    lattice : Lattice
    histories : sequence of History
        Of which one happens after the attack was chosen.
    measure : callable
        Coherent: of a sum at most the sum of each, and larger losses are no better.
    ground : float
        What losses are counted from.
    built : int
    """

    def __init__(
        self, lattice: Lattice, histories: Sequence[History], measure: Measure, ground: float, built: int
    ) -> None:
        self.lattice, self.histories, self.measure = lattice, list(histories), measure
        self.ground, self.built = ground, built
        self.known: dict[int, Reply] = {}

    @property
    def solves(self) -> int:
        """Linear programs solved so far, by all that ask the lattice."""
        return self.lattice.solves

    def value(self, attack: int) -> float:
        """Return minus the measure of losses."""
        return self.reply(attack).value

    def losses(self, attack: int) -> np.ndarray:
        """Return the loss of each history, shape (histories,)."""
        return np.array(
            [self.ground - self.lattice.reply(h, attack, self.built).value for h in self.histories]
        )

    def reply(self, attack: int) -> Reply:
        """Return the best reply to an attack, over all histories."""
        if attack not in self.known:
            replies = [self.lattice.reply(h, attack, self.built) for h in self.histories]
            self.known[attack] = self._together(replies)
        return self.known[attack]

    def _together(self, replies: Sequence[Known]) -> Reply:
        value = -self.measure(np.array([self.ground - r.value for r in replies]))
        if value == -np.inf:
            return Reply(value, np.zeros_like(replies[0].loss))
        if len(replies) == 1:
            return Reply(value, replies[0].loss)
        each = np.minimum(np.array([r.loss for r in replies]), 1e30)
        return Reply(value, np.array([self.measure(column) for column in each.T]))


class Adversary(Search):
    """The search for the worst attack on one set of options.

    Parameters
    ----------
    facing : Facing
    weights : sequence of float
    tried : sequence of int
        Attacks to begin with.
    seconds : float
    """

    def __init__(
        self, facing: Facing, weights: Sequence[float], tried: Sequence[int], *, seconds: float = np.inf
    ) -> None:
        super().__init__(facing, weights, seconds=seconds)  # type: ignore[arg-type]  # it asks as `Search` does
        self._tried = list(tried)

    def _begin(self, budget: float, can_close: int, enough: float) -> None:
        super()._begin(budget, can_close, enough)
        # Attacks that take as much are not looked for: one is enough to know the loss.
        self.all_ties = False

    def _try_some(self) -> None:
        for attack in self._tried:
            if attack & ~self.open == 0:
                self._try(attack)
        super()._try_some()


__all__ = ["Adversary", "Facing", "Found", "Measure"]
