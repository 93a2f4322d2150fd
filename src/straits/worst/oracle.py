"""What remains when a set of assets is closed, answered warm and remembered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from straits.engine.variant import combine
from straits.errors import SolveError
from straits.lp import Basis, Status
from straits.lp.parts.reduce import Compact
from straits.lp.patch import Patch
from straits.lp.session import Session
from straits.model import Model
from straits.worst.pieces import Losses


@dataclass(frozen=True)
class Reply:
    """The best reply to an attack.

    Attributes
    ----------
    value : float
        What remains.
    loss : ndarray, shape (assets,)
        What closing each asset besides takes at most (see `straits.worst.pieces`), 0 for those that the reply does not use.
    """

    value: float
    loss: np.ndarray


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
    known : dict of int to Reply
        The attacks (as bits) that were answered.
    """

    def __init__(self, model: Model, patches: Sequence[Patch], scale: float) -> None:
        self.model, self.patches, self.scale = model, list(patches), scale
        self.solves = 0
        #: What was decided before a surprise, half of a year as a rule, is not asked again.
        self._compact = Compact(model, self.patches)
        self._session = Session(self._compact, local=True)
        self._losses = Losses(model, self.patches)
        self.known: dict[int, Reply] = {}
        #: Of the first reply, from which every other starts: what is found does not depend on what was asked before.
        self._basis: Basis | None = None

    def value(self, attack: int) -> float:
        """Give v(A), minus infinity if nothing feasible is left; `attack` is A as bits."""
        return self.reply(attack).value

    def reply(self, attack: int) -> Reply:
        """Give the best reply to an attack."""
        if attack not in self.known:
            self.known[attack] = self._solve(attack)
        return self.known[attack]

    def _solve(self, attack: int) -> Reply:
        self.solves += 1
        patch = combine(self.model, [self.patches[i] for i in bits(attack)]) if attack else None
        self._session.take(None if patch is None else self._compact.patch(patch))
        if self._basis is not None:
            self._session.start_from(self._basis)
        answer = self._session.run(duals=False)
        if answer.status == Status.INFEASIBLE:
            return Reply(-np.inf, np.zeros(len(self.patches)))
        if answer.status != Status.OPTIMAL:
            raise SolveError(
                f"the best reply to {[self.patches[i].name for i in bits(attack)]} ends {answer.status}{answer.told}"
            )
        if self._basis is None:
            self._basis = self._session.basis()
        x = self._compact.spread(answer.x)
        answer = replace(answer, x=x, row_value=self.model.matrix @ x)
        return Reply(-answer.value * self.scale, self._losses.of(answer, patch) * self.scale)


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
