"""What remains when a set of assets is closed, answered warm and remembered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from straits.engine.session import Session
from straits.engine.variant import Patch, combine
from straits.errors import SolveError
from straits.model import Model, highs

#: How far a value may be beyond a bound and count as within it, relative to 1 + |value|.
_ON = 1e-9


class Oracle:
    """The value v(A) that the best reply reaches when the assets A are closed.

    Parameters
    ----------
    model : Model
        Its minimised cost is minus the value.
    patches : sequence of Patch
        One per asset; each must only tighten the model, so that closing more never helps.
    scale : float
        Turns the minimised cost into the unit of the value.

    Attributes
    ----------
    solves : int
        Linear programs solved so far.
    """

    def __init__(self, model: Model, patches: Sequence[Patch], scale: float) -> None:
        self.model, self.patches, self.scale = model, list(patches), scale
        self.solves = 0
        self._session = Session(model)
        self._known: dict[int, tuple[float, int]] = {}
        self._columns = _stacked(self.patches, "columns", "column_lower", "column_upper")
        self._rows = _stacked(self.patches, "rows", "row_lower", "row_upper")

    def value(self, attack: int) -> float:
        """Give v(A), minus infinity if nothing feasible is left; `attack` is A as bits."""
        return self.reply(attack)[0]

    def reply(self, attack: int) -> tuple[float, int]:
        """Give v(A), and the assets (as bits) that the best reply found uses."""
        if attack not in self._known:
            found = self._solve(attack, np.inf)
            assert found is not None
            self._known[attack] = found
        return self._known[attack]

    def reply_above(self, attack: int, level: float) -> tuple[float, int] | None:
        """Give the reply if v(A) > level, else None; stops as soon as it is proved to be below."""
        if attack in self._known:
            found = self._known[attack]
            return found if found[0] > level else None
        solved = self._solve(attack, -level / self.scale)
        if solved is None:
            return None
        self._known[attack] = solved
        return solved if solved[0] > level else None

    def _solve(self, attack: int, beyond: float) -> tuple[float, int] | None:
        self.solves += 1
        self._session.take(combine(self.model, [self.patches[i] for i in bits(attack)]) if attack else None)
        answer = self._session.run(beyond=beyond, duals=False)
        if answer.status == highs.STOPPED:
            answer = self._session.run_cold()
        if answer.status == highs.BEYOND:
            return None
        if answer.status == highs.INFEASIBLE:
            return -np.inf, 0
        if answer.status != highs.OPTIMAL:
            raise SolveError(
                f"the best reply to {[self.patches[i].name for i in bits(attack)]} ends {answer.status}"
            )
        return -answer.value * self.scale, mask_of(self._used(answer)) & ~attack

    def _used(self, answer: highs.Answer) -> list[int]:
        """Give the assets whose closing the answer would break."""
        broken: list[np.ndarray] = []
        for value, (at, lower, upper, owner) in ((answer.x, self._columns), (answer.row_value, self._rows)):
            v = value[at]
            near = _ON * (1.0 + np.abs(v))
            broken.append(owner[(v > upper + near) | (v < lower - near)])
        return np.unique(np.concatenate(broken)).tolist()


def _stacked(patches: Sequence[Patch], at: str, lower: str, upper: str) -> tuple[np.ndarray, ...]:
    """Put the bounds of all patches one after another, with the number of the patch beside each."""
    none = [np.empty(0)]
    where = np.concatenate([*none, *(getattr(p, at) for p in patches)]).astype(int)
    owner = np.repeat(np.arange(len(patches)), [len(getattr(p, at)) for p in patches])
    lows, highs_ = (np.concatenate([*none, *(getattr(p, a) for p in patches)]) for a in (lower, upper))
    return where, lows, highs_, owner


def bits(mask: int) -> Iterable[int]:
    """Give the positions of the bits that are set, lowest first."""
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


def mask_of(items: Iterable[int]) -> int:
    """Give the bits of some positions."""
    mask = 0
    for item in items:
        mask |= 1 << item
    return mask
