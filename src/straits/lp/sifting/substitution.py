"""Columns that take from one balance and give to others, and what a unit is worth at each balance.

In a network each column takes cargo from one place at most. Once all other rows have prices, what a unit is worth at a place is
what the best column that takes it there gets for it: a shortest path in a directed hypergraph, since what leaves in one step may
arrive in two. (Jeroslow, Martin, Rardin and Wang 1992, *Mathematical Programming* 57, Leontief substitution flow; Gallo, Longo,
Pallottino and Nguyen 1993, *Discrete Applied Mathematics* 42, shortest hyperpaths.)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy import sparse

from straits.lp.program import Arrays
from straits.lp.sifting.repeated import Repeated
from straits.lp.tolerance import ON

#: Passes over the balances of one step after which a way round that pays for itself is taken for the reason.
_PASSES = 1_000
#: How much less worths rise then than half of the passes before, where they do come to an end.
_NEARER = 0.5


class Worth(NamedTuple):
    """What a unit is worth at each balance, -inf where nothing takes it; and the column that gets it, -1 where none does."""

    unit: np.ndarray
    best: np.ndarray


@dataclass(frozen=True)
class _Stage:
    """Columns that take in one step, ordered by the balance that they take from; `first` of each of these `tails`."""

    columns: np.ndarray
    tails: np.ndarray
    first: np.ndarray
    heads: sparse.csr_matrix


class Substitution:
    """The columns of a program by what they take from and give to balances.

    Attributes
    ----------
    balance : ndarray of bool, shape (rows,)
    tail : ndarray of int, shape (columns,)
        Number of the balance that each column takes from; -1: none.
    heads : csr_matrix, shape (columns, balances)
        What it gives to each balance for a unit.
    enters : ndarray of int
        Columns that take from none and give to one.
    """

    def __init__(self, p: Arrays, repeated: Repeated) -> None:
        columns = p.matrix.shape[1]
        self.balance = repeated.balance
        self._step = repeated.rows.step[self.balance]
        by_row = p.by_row
        inside = sparse.csc_matrix(by_row[self.balance])
        takes = inside.data < 0.0
        of = np.repeat(np.arange(columns), np.diff(inside.indptr))
        self._takers = np.bincount(of[takes], minlength=columns)
        self.tail = np.full(columns, -1)
        self.tail[of[takes]] = inside.indices[takes]
        self._taken = np.ones(columns)
        self._taken[of[takes]] = -inside.data[takes]
        inside.data[takes] = 0.0
        inside.eliminate_zeros()
        self.heads = sparse.csr_matrix(inside.T)
        self._beside = sparse.csr_matrix(by_row[~self.balance].T)
        # What is fixed takes no more, whatever it gets.
        self._open = (p.column_upper > 0.0) & (p.column_upper > p.column_lower)
        gives = np.diff(self.heads.indptr) > 0
        self.enters = np.flatnonzero((self.tail < 0) & gives & self._open)
        self._equal = bool((p.row_lower == p.row_upper)[self.balance].all())
        self._stages = [self._stage(t) for t in np.unique(self._step)]

    @property
    def holds(self) -> bool:
        """Whether balances are equations, each column takes from one at most, and nothing arrives before it left."""
        late = np.repeat(self.tail, np.diff(self.heads.indptr))
        known = late >= 0
        in_time = self._step[self.heads.indices[known]] >= self._step[late[known]]
        return self._equal and bool(self._takers.max(initial=0) <= 1 and in_time.all())

    @property
    def shares(self) -> bool:
        """Whether what some column takes goes to more than one balance."""
        return bool(np.diff(self.heads.indptr).max(initial=0) > 1)

    def _stage(self, step: int) -> _Stage:
        columns = np.flatnonzero((self.tail >= 0) & self._open)
        columns = columns[self._step[self.tail[columns]] == step]
        columns = columns[np.argsort(self.tail[columns], kind="stable")]
        tails, first = np.unique(self.tail[columns], return_index=True)
        return _Stage(columns, tails, first, self.heads[columns])

    def gains(self, cost: np.ndarray, dual: np.ndarray) -> np.ndarray:
        """Give what a unit of each column brings at the duals of all rows but balances, shape (columns,)."""
        return np.asarray(self._beside @ dual[~self.balance] - cost)

    def worth(self, gain: np.ndarray) -> Worth | None:
        """Give what a unit is worth at each balance: the most that a column which takes it gets for it.

        Parameters
        ----------
        gain : ndarray, shape (columns,)
            What a unit of each column brings beside what it gives to balances.

        Returns
        -------
        Worth or None
            None where some way round pays for itself, so that there is no most.

        Notes
        -----
        Backward over steps; within a step until nothing rises. The column kept is that of the last rise, so that following the
        kept ones never leads round.
        """
        unit = np.full(len(self._step), -np.inf)
        best = np.full(len(self._step), -1)
        for stage in reversed(self._stages):
            if not len(stage.columns):
                continue
            brings, taken = gain[stage.columns], self._taken[stage.columns]
            size = np.diff(np.append(stage.first, len(stage.columns)))
            number = np.repeat(np.arange(len(stage.tails)), size)
            rise: list[float] = []
            for k in range(_PASSES):
                gets = (brings + stage.heads @ unit) / taken
                most = np.maximum.reduceat(gets, stage.first)
                size_of = np.abs(np.where(np.isfinite(most), most, 0.0))
                rises = most > unit[stage.tails] + ON * (1.0 + size_of)
                if not rises.any():
                    break
                if k in (_PASSES // 2, _PASSES - 1):
                    rise.append(float((most - unit[stage.tails])[rises].max()))
                unit[stage.tails[rises]] = most[rises]
                at = np.flatnonzero((gets == most[number]) & rises[number])
                best[stage.tails[number[at]]] = stage.columns[at]
            else:
                # What a way round loses, by losses or in shares that arrive later, makes worths draw near to their ends.
                if not rise[-1] < _NEARER * rise[0]:
                    return None
        return Worth(unit, best)

    def follow(self, worth: Worth, seeds: np.ndarray, chosen: np.ndarray) -> None:
        """Add to `chosen` the columns that get what a unit is worth at some balances, and at all that they lead to."""
        seen = np.zeros(len(self._step), dtype=bool)
        front = np.unique(seeds)
        while len(front):
            seen[front] = True
            columns = worth.best[front]
            columns = columns[columns >= 0]
            chosen[columns] = True
            reached = np.unique(self.heads[columns].indices)
            front = reached[~seen[reached]]
