"""What a plan uses of the options that are built: it stays optimal without the rest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from straits.hedge.choices import Choices, bits
from straits.hedge.replies.closures import Closures
from straits.lp.tolerance import ON
from straits.model import Effect, Model


class Uses:
    """Tells what plans use.

    Parameters
    ----------
    choices : Choices
    closures : Closures
        On the same options.
    """

    def __init__(self, choices: Choices, closures: Closures) -> None:
        self._choices, self._closures, self._base = choices, closures, choices.options.model
        #: The options that add to each asset or contract, as bits.
        self._groups: dict[tuple[str, int], int] = {}
        for i, key in enumerate(choices.ids):
            if key in choices.options.added:
                a = choices.options.added[key]
                self._groups[a.kind, a.index] = self._groups.get((a.kind, a.index), 0) | 1 << i

    def of(
        self,
        x: np.ndarray,
        activity: np.ndarray,
        history: Sequence[Effect],
        attack: Sequence[Effect],
        built: int,
    ) -> int:
        """Return a least set of options that a plan needs, among those built.

        Parameters
        ----------
        x, activity : ndarray
            Of all columns and rows.
        history, attack : sequence of Effect
            Under which it is a plan.
        built : int
        """
        used = built
        plain = self._closures.factors(self._base, {}, history, attack)
        for (kind, index), group in self._groups.items():
            here = group & built
            if here and self._fits(x, activity, kind, index, plain, self._base):
                used &= ~here
            elif here & (here - 1):
                # Several options add to one asset: the dearest that the plan can do without goes first.
                for i in sorted(bits(here), key=lambda i: -self._choices.cost[i].total):
                    rest = used & group & ~(1 << i)
                    parts = self._choices.parts(rest)
                    model = self._choices.options.built(parts)
                    left = self._closures.factors(model, parts, history, attack)
                    if rest and self._fits(x, activity, kind, index, left, model):
                        used &= ~(1 << i)
        return used

    @staticmethod
    def _fits(
        x: np.ndarray,
        activity: np.ndarray,
        kind: str,
        index: int,
        left: Mapping[tuple[str, int], np.ndarray],
        model: Model,
    ) -> bool:
        """Whether a plan keeps the bounds that an asset sets, with the assets' shares `left`."""
        factors = model.factors
        if left:
            merged = {k: dict(own) for k, own in factors.by_kind.items()}
            for (k, i), share in left.items():
                merged[k][i] = share
            factors = replace(factors, by_kind=merged)
        for entry in model.limits.whole(kind, index, factors):
            column = entry.array.startswith("column")
            value = (x if column else activity)[entry.at]
            near = ON * (1.0 + np.abs(value))
            low = entry.array.endswith("lower")
            broken = value < entry.value - near if low else value > entry.value + near
            if model.decided is not None:
                # What was decided before the news keeps its own limits.
                broken &= ~(model.decided.columns if column else model.decided.rows)[entry.at]
            if np.any(broken):
                return False
        return True


__all__ = ["Uses"]
