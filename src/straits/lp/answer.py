"""What a solve can end with, and what was tried to get there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray


class Status(StrEnum):
    """What a solve can end with."""

    OPTIMAL = "optimal"
    INFEASIBLE = "infeasible"
    UNBOUNDED = "unbounded"
    #: No answer that could be believed.
    STOPPED = "stopped"


class Trial(NamedTuple):
    """One way in which a program was tried: which, and what came of it in words."""

    way: str
    outcome: str


class Basis:
    """Where each column and row stands in a vertex of a program. Equal ones compare equal; it can be pickled.

    Parameters
    ----------
    columns, rows : ndarray of int8
        `LOWER`, `BASIC`, `UPPER`, `ZERO` (free, and not basic) or `NONBASIC` (at whichever bound).

    Notes
    -----
    What the solver gave is kept in its own form as well and read only when it is looked at: most bases are only handed back.
    """

    LOWER, BASIC, UPPER, ZERO, NONBASIC = range(5)

    def __init__(self, columns: NDArray[np.int8], rows: NDArray[np.int8]) -> None:
        self._arrays: tuple[NDArray[np.int8], NDArray[np.int8]] | None = (columns, rows)
        self._read: Callable[[], tuple[NDArray[np.int8], NDArray[np.int8]]] | None = None
        #: The same as the solver holds it, if it comes from there.
        self.native: Any = None

    @classmethod
    def held(cls, native: Any, read: Callable[[Any], tuple[NDArray[np.int8], NDArray[np.int8]]]) -> Basis:
        """Return the basis that the solver holds in its own form, and that `read` gives as arrays."""
        basis = cls.later(lambda: read(native))
        basis.native = native
        return basis

    @classmethod
    def later(cls, read: Callable[[], tuple[NDArray[np.int8], NDArray[np.int8]]]) -> Basis:
        """Return a basis whose arrays are read when they are looked at: most never are."""
        basis = cls.__new__(cls)
        basis._arrays, basis._read, basis.native = None, read, None
        return basis

    def _statuses(self) -> tuple[NDArray[np.int8], NDArray[np.int8]]:
        if self._arrays is None:
            assert self._read is not None
            self._arrays, self._read = self._read(), None
        return self._arrays

    @property
    def columns(self) -> NDArray[np.int8]:
        """Status of each column."""
        return self._statuses()[0]

    @property
    def rows(self) -> NDArray[np.int8]:
        """Status of each row."""
        return self._statuses()[1]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Basis):
            return NotImplemented
        return np.array_equal(self.columns, other.columns) and np.array_equal(self.rows, other.rows)

    def __hash__(self) -> int:
        return hash((self.columns.tobytes(), self.rows.tobytes()))

    def __reduce__(self) -> tuple[type[Basis], tuple[NDArray[np.int8], NDArray[np.int8]]]:
        return Basis, self._statuses()

    def __repr__(self) -> str:
        if self._arrays is None:
            return "Basis(not read yet)"
        basic = int((self.columns == self.BASIC).sum())
        return f"Basis({len(self.columns)} columns, {basic} of them basic, {len(self.rows)} rows)"


@dataclass(frozen=True)
class Answer:
    """What the solver found.

    Attributes
    ----------
    status : Status
    value : float
        Objective value (minimised).
    x, reduced_cost : ndarray, shape (columns,)
    row_value, dual : ndarray, shape (rows,)
    iterations : int
    seconds : float
    tried : tuple of Trial
        Empty where the first try was proved; else all tries, in order.
    """

    status: Status
    value: float
    x: np.ndarray
    reduced_cost: np.ndarray
    row_value: np.ndarray
    dual: np.ndarray
    iterations: int
    seconds: float
    tried: tuple[Trial, ...] = ()

    @property
    def story(self) -> str:
        """What was tried, in words; empty where the first try was proved."""
        return "; ".join(f"{way}: {outcome}" for way, outcome in self.tried)

    @property
    def told(self) -> str:
        """The same as the end of a sentence."""
        return f"; tried: {self.story}" if self.tried else ""
