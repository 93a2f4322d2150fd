"""Bounds on what any attack takes, each from one plan: a base, and what each asset adds if it is closed too."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from straits.lp.tolerance import ON

#: A loss for which no bound is known; finite, so that sums keep their order.
UNKNOWN = 1e30
#: Bounds that are tried for branching, the tightest.
_TRIED = 16


class Cuts:
    """Bounds `base + sum of loss over the attack`, all of which hold for every attack.

    Parameters
    ----------
    weights : sequence of float
        What it costs to close each asset.
    """

    def __init__(self, weights: Sequence[float]) -> None:
        self.weights = np.array(weights, dtype=float)
        n = len(self.weights)
        self.count = 0
        self._from: set[int] = set()
        self._base = np.empty(16)
        self._loss = np.empty((16, n))
        self._order = np.empty((16, n), dtype=np.int64)

    def __contains__(self, attack: int) -> bool:
        return attack in self._from

    def add(self, attack: int, base: float, loss: np.ndarray) -> None:
        """Take up the bound that the reply to an attack gives; infinite losses are unknown ones."""
        self._from.add(attack)
        if self.count == len(self._base):
            self._base, self._loss, self._order = (
                np.concatenate([a, np.empty_like(a)]) for a in (self._base, self._loss, self._order)
            )
        loss = np.minimum(loss, UNKNOWN)
        self._base[self.count], self._loss[self.count] = base, loss
        # Worth most for its weight first: so filled, a budget takes the most that any attack within it does.
        self._order[self.count] = np.argsort(-loss / self.weights, kind="stable")
        self.count += 1

    def _alone(self, attack: Sequence[int], since: int) -> np.ndarray:
        loss = self._loss[since : self.count]
        return self._base[since : self.count] + loss[:, list(attack)].sum(axis=1)

    def within(self, attack: Sequence[int], more: np.ndarray, room: float, since: int = 0) -> float:
        """Most that closing these assets and others can take.

        Parameters
        ----------
        attack : sequence of int
        more : ndarray of bool, shape (assets,)
            What else may be closed.
        room : float
            What it may weigh.
        since : int
            Look only at bounds from this one on.
        """
        return float(self._each(attack, more, room, since).min())

    def _each(self, attack: Sequence[int], more: np.ndarray, room: float, since: int = 0) -> np.ndarray:
        order = self._order[since : self.count]
        loss = np.take_along_axis(self._loss[since : self.count], order, axis=1)
        weight = np.where((more & (self.weights <= room + ON))[order], self.weights[order], 0.0)
        taken = _filled(weight, room) / self.weights[order]
        return self._alone(attack, since) + (loss * taken).sum(axis=1)

    def children(self, attack: Sequence[int], more: np.ndarray, room: float, least: float) -> list[int]:
        """Give the assets of which an attack that goes on from this one and takes at least `least` must close one.

        They are those of the bound with the fewest, the one worth most for its weight first: an attack without the first few is
        limited to what comes after them.
        """
        can = more & (self.weights <= room + ON)
        found, alone = None, self._alone(attack, 0)
        for p in np.argsort(self._each(attack, more, room))[:_TRIED].tolist():
            if alone[p] >= least:
                continue
            order = self._order[p][can[self._order[p]]]
            loss, weight = self._loss[p][order], self.weights[order]
            needed = 0
            for j in range(len(order)):
                taken = _filled(weight[j:], room) / weight[j:]
                if alone[p] + float(loss[j:] @ taken) < least:
                    break
                needed = j + 1
            if found is None or needed < len(found):
                found = order[:needed].tolist()
        return np.flatnonzero(can).tolist() if found is None else found


def _filled(weight: np.ndarray, room: float) -> np.ndarray:
    """Give how much of each weight fits, the first ones first, the last one in part."""
    before = np.cumsum(weight, axis=-1) - weight
    # Sums of weights that are meant to be equal to the room are not, to the last digit.
    return np.where(before < room - ON, np.clip(room + ON - before, 0.0, weight), 0.0)
