"""What a little more or less of each option would change of a loss: the duals of a best reply times what the option lifts.

More capacity never helps more than the capacity before it: the loss is convex in what is built, and the duals of any best reply
give a plane that lies nowhere above it (Benders 1962, *Numerische Mathematik* 4; Geoffrion 1972, *Journal of Optimization Theory
and Applications* 10).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from straits.hedge.choices import Choices
from straits.hedge.replies.closures import Closures, owner
from straits.hedge.replies.past import History
from straits.lp import Bounds
from straits.model import Effect
from straits.model.availability import spans_of

#: Part of an option by which it is moved to see what it lifts.
_STEP = 1e-4

#: What moves of each array of bounds: columns below and above, rows below and above.
Moved = list[np.ndarray]


class Slopes:
    """Slopes of the least cost over options.

    Parameters
    ----------
    choices : Choices
        Whole.
    closures : Closures
    """

    def __init__(self, choices: Choices, closures: Closures) -> None:
        self._choices, self._options, self._closures = choices, choices.options, closures
        self._undisturbed: dict[tuple[int, bool], Moved] = {}
        self._touched: dict[Effect, set[tuple[str, int]]] = {}
        assets = [(a.kind, a.index) for a in self._options.added.values()]
        self._shared = {asset for asset in assets if assets.count(asset) > 1}

    def of(
        self,
        choices: Choices,
        built: int,
        effects: tuple[History, Sequence[Effect]],
        prices: tuple[np.ndarray, np.ndarray],
    ) -> np.ndarray:
        """Return by how much the least cost moves with each whole option, shape (options,).

        Parameters
        ----------
        choices : Choices
            With the part of each option that is built.
        built : int
            Those that are, as bits.
        effects : (History, sequence of Effect)
            History and attack.
        prices : (ndarray, ndarray)
            Reduced costs of columns and duals of rows.

        Notes
        -----
        A plane through this set with these slopes lies nowhere above the least cost of another: of options on one asset each adds
        less the more stand, so that what is added counts at its most and what is taken away at its least.
        """
        parts = choices.parts(built)
        struck = set().union(*(self._struck(e) for e in (*effects[0], *effects[1])))
        reduced, dual = prices
        # A bound counts where it is the one that holds.
        priced = (
            np.maximum(reduced, 0.0),
            np.minimum(reduced, 0.0),
            np.maximum(dual, 0.0),
            np.minimum(dual, 0.0),
        )
        found = np.zeros(len(choices.ids))
        for i, key in enumerate(choices.ids):
            a = self._options.added.get(key)
            if a is None:
                continue
            if (a.kind, a.index) in struck or choices.divisible >> i & 1:
                moved = self._lifted(choices, parts, i, effects)
            else:
                moved = self._still(i, key in parts)
            found[i] = sum(float(p @ m) for p, m in zip(priced, moved, strict=True))
        return found

    def _struck(self, effect: Effect) -> set[tuple[str, int]]:
        """Return the assets that an effect takes from."""
        if effect not in self._touched:
            model = self._options.model
            self._touched[effect] = {owner(model, key) for key in spans_of(model.network, (effect,))}
        return self._touched[effect]

    def _still(self, i: int, has: bool) -> Moved:
        """Return what a whole option lifts where nothing strikes its asset."""
        if (i, has) not in self._undisturbed:
            self._undisturbed[i, has] = self._lifted(
                self._choices, {self._choices.ids[i]: 1.0} if has else {}, i, ((), ())
            )
        return self._undisturbed[i, has]

    def _lifted(
        self, choices: Choices, parts: Mapping[str, float], i: int, effects: tuple[History, Sequence[Effect]]
    ) -> Moved:
        """Return what a whole option lifts of each array of bounds, at the pace that it has at these parts."""
        key = choices.ids[i]
        part = parts.get(key, 0.0)
        a = self._options.added[key]

        def at(value: float, others: Mapping[str, float]) -> Bounds:
            return self.bounds({**others, key: value}, *effects)

        if choices.divisible >> i & 1:
            other = part - _STEP if part >= _STEP else part + _STEP
            return [m / (part - other) for m in _less(at(part, parts), at(other, parts))]
        if (a.kind, a.index) not in self._shared:
            return _less(at(1.0, {}), at(0.0, {}))
        every = dict.fromkeys(choices.ids, 1.0)
        return _less(at(1.0, every), at(0.0, every)) if part else _less(at(1.0, {}), at(0.0, {}))

    def bounds(self, parts: Mapping[str, float], history: History, effects: Sequence[Effect]) -> Bounds:
        """Return the bounds where parts of options are built, under a history and an attack."""
        model = self._options.built(parts)
        b = model.bounds.copy()
        if history or effects:
            patch = self._closures.patch(model, parts, history, effects)
            b.column_lower[patch.columns], b.column_upper[patch.columns] = (
                patch.column_lower,
                patch.column_upper,
            )
            b.row_lower[patch.rows], b.row_upper[patch.rows] = patch.row_lower, patch.row_upper
        return b


def _less(more: Bounds, less: Bounds) -> Moved:
    """Return by how much bounds differ; what has no end does not move."""
    found = []
    for name in ("column_lower", "column_upper", "row_lower", "row_upper"):
        with np.errstate(invalid="ignore"):
            moved = getattr(more, name) - getattr(less, name)
        found.append(np.where(np.isfinite(moved), moved, 0.0))
    return found


__all__ = ["Slopes"]
