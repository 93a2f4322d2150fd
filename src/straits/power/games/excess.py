"""The linear program behind core, least core and nucleolus: lower the largest excess. Coalitions enter as
they are needed.

    minimise    ε
    subject to  x(S) + w(S) ε ≥ v(S)     for every coalition S that is not settled
                x(S) = b(S)              for every coalition that is settled, N first
                x(i) ≥ l(i)              for imputations

Of the 2^n rows, a few dozen bind. So the program starts with the coalitions of one player and of all but
one (they bound it), solves, computes all excesses at once, adds the largest, and ends when no row is
violated: then the solution is that of the whole program."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from straits.errors import SolveError
from straits.lp import Answer, Solver, Status
from straits.lp.tolerance import PROVED
from straits.power.games.game import Array, subset_sums

#: Rows that enter at a time.
BATCH = 40


@dataclass(frozen=True)
class Optimum:
    """Solution of the program: ε, x, and the dual weights of coalitions and of lower bounds."""

    epsilon: float
    x: Array
    weights: dict[int, float]
    bounds: Array


class ExcessProgram:
    """The program for one game, kept in one solver from level to level.

    Parameters
    ----------
    values : ndarray, shape (2**n,)
        Values by mask, scaled to about 1.
    heads : ndarray, shape (2**n,)
        w(S): ones, or numbers of members for excesses per head.
    lower : ndarray, shape (n,), or None
        l(i), least payoffs.
    """

    def __init__(self, values: Array, heads: Array, lower: Array | None = None) -> None:
        self.values = values
        self.heads = heads
        self.n = int(np.log2(len(values)))
        self.free = np.ones(len(values), dtype=bool)
        self.free[[0, -1]] = False
        self.solves = 0
        self._rows: dict[int, int] = {}  # mask -> row of the solver
        none = np.zeros(0)
        least = np.full(self.n + 1, -np.inf)
        if lower is not None:
            least[: self.n] = lower
        cost, most = np.append(np.zeros(self.n), 1.0), np.full(self.n + 1, np.inf)
        self._solver = Solver(cost, sparse.csc_matrix((0, self.n + 1)), least, most, none, none, tight=True)
        full = len(values) - 1
        self._add([full])
        self.settle(full, float(values[full]))
        single = [1 << i for i in range(self.n)]
        self._add(sorted({m for s in single for m in (s, full ^ s)} - {0, full}))

    def _add(self, masks: list[int] | NDArray[np.int64]) -> None:
        masks = np.asarray(masks, dtype=np.int64)
        if not len(masks):
            return
        for mask in masks.tolist():
            self._rows[mask] = len(self._rows)
        members = (masks[:, None] >> np.arange(self.n)) & 1
        rows = sparse.csr_matrix(np.column_stack([members.astype(float), self.heads[masks]]))
        self._solver.add_rows(rows, self.values[masks].astype(float), np.full(len(masks), np.inf))

    def settle(self, mask: int, payoff: float) -> None:
        """Fix what a coalition gets."""
        if mask not in self._rows:
            self._add([mask])
        row = self._rows[mask]
        self._solver.set_coefficient(row, self.n, 0.0)
        self._bound(row, payoff, payoff)
        self.free[mask] = False

    def release(self, settled: NDArray[np.bool_], kept: set[int]) -> None:
        """Drop the rows of coalitions whose payoff follows from those `kept`."""
        self.free &= ~settled
        for mask, row in self._rows.items():
            if settled[mask] and mask not in kept:
                self._bound(row, -np.inf, np.inf)

    def _bound(self, row: int, lower: float, upper: float) -> None:
        self._solver.set_rows(np.array([row]), np.array([lower]), np.array([upper]))

    def _run(self) -> Answer:
        answer = self._solver.run()
        self.solves += 1
        if answer.status == Status.OPTIMAL:
            return answer
        raise SolveError(
            f"the program of excesses ended {answer.status}, not optimal; are the values of the game of very different sizes? "
            f"Tried: {answer.story or 'once, and proved so'}"
        )

    def solve(self) -> Optimum:
        """Return the optimum over all coalitions; raise `SolveError` if the solver fails."""
        while True:
            answer = self._run()
            x, epsilon = answer.x[: self.n], float(answer.x[self.n])
            gap = self.values - subset_sums(x) - self.heads * epsilon
            gap[~self.free] = -np.inf
            gap[list(self._rows)] = -np.inf  # rows present hold as well as the solver can make them
            new = np.flatnonzero(gap > PROVED)
            if not len(new):
                weights = {m: float(answer.dual[r]) for m, r in self._rows.items() if self.free[m]}
                return Optimum(epsilon, x, weights, answer.reduced_cost[: self.n])
            if len(new) > BATCH:
                new = new[np.argpartition(-gap[new], BATCH)[:BATCH]]
            self._add(new)


__all__ = ["BATCH", "ExcessProgram", "Optimum"]
