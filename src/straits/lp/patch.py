"""A patch: the few bounds and costs in which one question differs from another."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from straits.lp.program import Bounds, Program


@dataclass(frozen=True, eq=False)
class Patch:
    """Changed bounds and costs of some columns and rows: the values they have instead of the program's.

    Attributes
    ----------
    name : str
        Unique within a batch; variants share their beginnings by it.
    columns, rows : ndarray of int
        Increasing indices.
    column_lower, column_upper, cost : ndarray, shape (len(columns),)
    row_lower, row_upper : ndarray, shape (len(rows),)
    made_of : tuple
        What it was made from, for those who put patches together that meet in an entry. Empty if nothing stands behind it.
    """

    name: str
    columns: np.ndarray
    column_lower: np.ndarray
    column_upper: np.ndarray
    cost: np.ndarray
    rows: np.ndarray
    row_lower: np.ndarray
    row_upper: np.ndarray
    made_of: tuple[Any, ...] = ()

    @property
    def idle(self) -> bool:
        """Whether it leaves everything as it is."""
        return not (len(self.columns) or len(self.rows))

    @cached_property
    def key(self) -> str:
        """Fingerprint of what it changes, whatever its name."""
        digest = hashlib.sha256()
        for array in (
            self.columns, self.column_lower, self.column_upper, self.cost, self.rows, self.row_lower, self.row_upper,
        ):  # fmt: skip
            digest.update(np.ascontiguousarray(array).tobytes())
            digest.update(b"|")
        return digest.hexdigest()

    def with_over(self, over: Patch) -> Patch:
        """Return this patch with another laid over it, which has its way where both set an entry."""
        columns, at = _laid(self.columns, over.columns)
        rows, row_at = _laid(self.rows, over.rows)

        def pick(name: str, which: np.ndarray) -> np.ndarray:
            return np.concatenate([getattr(self, name), getattr(over, name)])[which]

        return Patch(
            over.name or self.name, columns, pick("column_lower", at), pick("column_upper", at), pick("cost", at),
            rows, pick("row_lower", row_at), pick("row_upper", row_at),
        )  # fmt: skip

    def reprices(self, cost: np.ndarray) -> bool:
        """Whether it changes any of these costs, those of all columns."""
        return bool(np.any(self.cost != cost[self.columns]))

    def bounds_over(self, bounds: Bounds) -> Bounds:
        """Give the bounds of a program as this patch changes them."""
        b = bounds.copy()
        b.column_lower[self.columns], b.column_upper[self.columns] = self.column_lower, self.column_upper
        b.row_lower[self.rows], b.row_upper[self.rows] = self.row_lower, self.row_upper
        return b

    def only_tightens(self, program: Program) -> bool:
        """Whether everything that the changed program allows, the program allows too, at the same cost."""
        b = program.bounds
        return bool(
            np.all(self.column_lower >= b.column_lower[self.columns])
            and np.all(self.column_upper <= b.column_upper[self.columns])
            and np.all(self.row_lower >= b.row_lower[self.rows])
            and np.all(self.row_upper <= b.row_upper[self.rows])
            and np.all(self.cost == program.cost[self.columns])
        )


def _laid(under: np.ndarray, over: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return all indices, increasing, and where in the two put together the value of each stands."""
    both = np.concatenate([under, over])
    order = np.argsort(both, kind="stable")
    last = np.append(np.diff(both[order]) != 0, True) if len(both) else np.empty(0, dtype=bool)
    return both[order][last], order[last]
