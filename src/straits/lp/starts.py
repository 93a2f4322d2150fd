"""Where to start a solve from: the answered variant whose duals say most about the next one."""

from __future__ import annotations

import numpy as np

from straits.lp.answer import Answer
from straits.lp.parts.parted import Bases
from straits.lp.patch import Patch
from straits.lp.program import Program

#: Bases that are remembered: the last ones, and the first of all. More take longer to compare than they save.
_KEPT = 64


class Starts:
    """Bases to start from, for variants that change bounds only.

    Duals of one variant are feasible for another, and so bound its value (weak duality). The basis whose duals bound it best
    is the one that the dual simplex has the least way to go from.

    Parameters
    ----------
    model : Program
    columns, rows : ndarray of int
        All that variants may change.
    """

    def __init__(self, model: Program, columns: np.ndarray, rows: np.ndarray) -> None:
        size, b = len(model.cost), model.bounds
        self._at = np.concatenate([columns, size + rows])
        self._place = np.full(size + model.matrix.shape[0], -1)
        self._place[self._at] = np.arange(len(self._at))
        self._columns = size
        self._lower = np.concatenate([b.column_lower, b.row_lower])[self._at]
        self._upper = np.concatenate([b.column_upper, b.row_upper])[self._at]
        self._bases: list[Bases] = []
        #: Per basis: the part of its bound that no patch changes, and the prices of lower and of upper bounds.
        self._fixed = np.empty(_KEPT)
        self._priced = np.empty((2, _KEPT, len(self._at)))
        self._next = 0

    def add(self, patch: Patch | None, answer: Answer, basis: Bases) -> None:
        """Remember an optimal answer, with its duals, and its basis; the oldest but the first is forgotten."""
        if len(self._bases) < _KEPT:
            self._bases.append(basis)
            place = len(self._bases) - 1
        else:
            place = 1 + self._next % (_KEPT - 1)
            self._next += 1
            self._bases[place] = basis
        prices = np.concatenate([answer.reduced_cost, answer.dual])[self._at]
        lower, upper = self._bounds(patch)
        self._priced[0, place], self._priced[1, place] = np.maximum(prices, 0.0), np.minimum(prices, 0.0)
        self._fixed[place] = answer.value - self._priced[0, place] @ lower - self._priced[1, place] @ upper

    def best(self, patch: Patch) -> Bases:
        """Give the basis whose duals bound the cost of a variant best."""
        known = len(self._bases)
        lower, upper = self._bounds(patch)
        bound = self._fixed[:known] + self._priced[0, :known] @ lower + self._priced[1, :known] @ upper
        return self._bases[int(np.argmax(bound))]

    def _bounds(self, patch: Patch | None) -> tuple[np.ndarray, np.ndarray]:
        lower, upper = self._lower.copy(), self._upper.copy()
        if patch is not None:
            # Patches together can change a bound that none of them changes alone (ramps of a field that is cut twice); what it
            # adds is not counted: a start that could be better is no error.
            place = self._place[np.concatenate([patch.columns, self._columns + patch.rows])]
            known = place >= 0
            lower[place[known]] = np.concatenate([patch.column_lower, patch.row_lower])[known]
            upper[place[known]] = np.concatenate([patch.column_upper, patch.row_upper])[known]
        # A bound that is not there has no price; zero times infinity would be nan.
        return np.where(np.isfinite(lower), lower, 0.0), np.where(np.isfinite(upper), upper, 0.0)
