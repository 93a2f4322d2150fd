"""A patch: the few bounds and costs in which one question differs from another."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from straits.lp.program import Program


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

    def reprices(self, cost: np.ndarray) -> bool:
        """Whether it changes any of these costs, those of all columns."""
        return bool(np.any(self.cost != cost[self.columns]))

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
