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

from straits.errors import SolveError
from straits.power.games import Array, subset_sums

#: Largest violation of a row that is left, and tolerances of the solver; values are scaled to 1 before.
TOLERANCE = 1e-9
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
        import highspy

        self.values = values
        self.heads = heads
        self.n = int(np.log2(len(values)))
        self.free = np.ones(len(values), dtype=bool)
        self.free[[0, -1]] = False
        self.solves = 0
        self._rows: dict[int, int] = {}  # mask -> row of the solver
        self._optimal = highspy.HighsModelStatus.kOptimal
        self._solver = highspy.Highs()
        self._solver.setOptionValue("output_flag", False)
        self._solver.setOptionValue("threads", 1)
        self._solver.setOptionValue("presolve", "off")
        self._solver.setOptionValue("primal_feasibility_tolerance", TOLERANCE / 10)
        self._solver.setOptionValue("dual_feasibility_tolerance", TOLERANCE / 10)
        for i in range(self.n):
            self._solver.addVar(-highspy.kHighsInf if lower is None else float(lower[i]), highspy.kHighsInf)
        self._solver.addVar(-highspy.kHighsInf, highspy.kHighsInf)
        self._solver.changeColCost(self.n, 1.0)
        full = len(values) - 1
        self._add([full])
        self.settle(full, float(values[full]))
        single = [1 << i for i in range(self.n)]
        self._add(sorted({m for s in single for m in (s, full ^ s)} - {0, full}))

    def _add(self, masks: list[int] | NDArray[np.int64]) -> None:
        for mask in (int(m) for m in masks):
            columns = [i for i in range(self.n) if mask >> i & 1]
            entries = [1.0] * len(columns) + [float(self.heads[mask])]
            self._rows[mask] = len(self._rows)
            self._solver.addRow(
                float(self.values[mask]),
                np.inf,
                len(entries),
                np.array([*columns, self.n], dtype=np.int32),
                np.array(entries),
            )

    def settle(self, mask: int, payoff: float) -> None:
        """Fix what a coalition gets."""
        if mask not in self._rows:
            self._add([mask])
        row = self._rows[mask]
        self._solver.changeCoeff(row, self.n, 0.0)
        self._solver.changeRowBounds(row, payoff, payoff)
        self.free[mask] = False

    def release(self, settled: NDArray[np.bool_], kept: set[int]) -> None:
        """Drop the rows of coalitions whose payoff follows from those `kept`."""
        self.free &= ~settled
        for mask, row in self._rows.items():
            if settled[mask] and mask not in kept:
                self._solver.changeRowBounds(row, -np.inf, np.inf)

    def _run(self) -> None:
        """Solve warm; where that ends without an optimum, solve from nothing before believing it: a basis that was optimal
        before a row was settled can be singular after."""
        for _ in range(2):
            self._solver.run()
            self.solves += 1
            status = self._solver.getModelStatus()
            if status == self._optimal:
                return
            self._solver.clearSolver()
        raise SolveError(
            f"the program of excesses ended as {self._solver.modelStatusToString(status)!r}, not as optimal; "
            "are the values of the game of very different sizes?"
        )

    def solve(self) -> Optimum:
        """Return the optimum over all coalitions; raise `SolveError` if the solver fails."""
        while True:
            self._run()
            solution = self._solver.getSolution()
            x, epsilon = np.array(solution.col_value[: self.n]), float(solution.col_value[self.n])
            gap = self.values - subset_sums(x) - self.heads * epsilon
            gap[~self.free] = -np.inf
            gap[list(self._rows)] = -np.inf  # rows present hold as well as the solver can make them
            new = np.flatnonzero(gap > TOLERANCE)
            if not len(new):
                duals = np.array(solution.row_dual)
                weights = {m: float(duals[r]) for m, r in self._rows.items() if self.free[m]}
                return Optimum(epsilon, x, weights, np.array(solution.col_dual[: self.n]))
            if len(new) > BATCH:
                new = new[np.argpartition(-gap[new], BATCH)[:BATCH]]
            self._add(new)


__all__ = ["BATCH", "TOLERANCE", "ExcessProgram", "Optimum"]
