"""Solve a large program by few of its columns, more of which enter as the prices of the others ask for them.

Of the columns of a network in time one in ten is used. Those that may be are found by prices: at the duals of the rows that are
no balances, each balance has its worth (`substitution`), and following the columns that get it gives whole ways, not single
links. A few rounds find all that an optimum needs; the rest of the columns then confirms it. (Sifting, as Bixby, Gregory, Lustig,
Marsten and Shanno 1992, *Operations Research* 40(5), but with prices repaired along the network.)

The first columns and duals are those of the same program in longer steps, solved in the same way.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import sparse

from straits.lp import highs
from straits.lp.answer import Basis, Status
from straits.lp.program import Arrays
from straits.lp.sifting.repeated import Repeated, in_runs
from straits.lp.sifting.substitution import Substitution, Worth
from straits.lp.tolerance import NOTHING, PRICED

#: Rows from which it pays: 2.3 times at 31,000 and 0.6 times at 8,400, but where half of the flow or more arrives in shares 1.7
#: times at 4,300 and 13 times at 33,000.
_LARGE, _LARGE_SPREAD, _HALF = 15_000, 3_000, 0.5
#: Steps that are put together on the way to longer ones, and how few are solved as they are.
_RUN, _FEW = 4, 6
#: Share of its columns that may still enter when a round is the last one: of the program itself, and in longer steps.
_LAST, _LAST_COARSE = 0.002, 0.01
#: Rounds after which the columns found so far must do.
_ROUNDS = 60
#: Share of its columns that must enter for a start from nothing, with presolve, to be quicker than going on by the primal
#: simplex; never where flow arrives in shares, which take the dual simplex many iterations.
_MANY = 0.1
#: How to go on from a basis to which columns were added.
_PRIMAL: dict[str, highs.Option] = {"presolve": "off", "simplex_strategy": 4}


def pays(rows: int, repeated: Repeated) -> bool:
    """Say whether a program of so many rows is solved sooner by few of its columns than by all of them from the start."""
    return rows >= (_LARGE_SPREAD if repeated.spread >= _HALF else _LARGE)


def first_basis(p: Arrays, repeated: Repeated) -> tuple[Basis | None, int]:
    """Find a basis of a program that is optimal or nearly so.

    Parameters
    ----------
    p : Arrays
    repeated : Repeated

    Returns
    -------
    basis : Basis or None
        None where the program is no network in time, some way round pays for itself, or the solver does not answer.
    iterations : int
        Of the simplex, all rounds together.
    """
    search = _Search()
    sift = search.solved(p, repeated)
    if sift is None:
        return None, search.iterations
    sift.key(~sift.touched())
    sift.chosen[:] = True
    done = sift.solve()
    return Basis(sift.columns, sift.rows) if done else None, search.iterations


class _Search:
    """The way from longer steps to those of a program.

    Attributes
    ----------
    iterations : int
        Of the simplex so far.
    """

    def __init__(self) -> None:
        self.iterations = 0

    def solved(
        self, p: Arrays, repeated: Repeated, *, last: float = _LAST, whole: bool = True
    ) -> _Sift | None:
        """Solve a program by the columns that its prices ask for.

        Parameters
        ----------
        last : float
            Share of the columns that may still enter in the last round.
        whole : bool
            Whether balances that no cargo comes to must have their right worth as well.
        """
        network = Substitution(p, repeated)
        guess = self.guess(p, repeated) if network.holds and len(repeated.days) > 1 else None
        if guess is None:
            return None
        x, dual = guess
        worth = network.worth(network.gains(p.cost, dual))
        if worth is None:
            return None
        sift = _Sift(self, p, network, x > NOTHING)
        network.follow(worth, network.heads[network.enters].indices, sift.chosen)
        used_only, added = True, 0
        for _ in range(_ROUNDS):
            feasible = sift.solve(afresh=not network.shares and added > _MANY * sift.chosen.sum())
            entered = None if feasible is None else sift.enter(used_only=used_only)
            if entered is None or not (feasible or entered):
                return None
            added = entered
            if feasible and added <= last * sift.chosen.sum():
                if not (whole and used_only):
                    break
                used_only = False
        return sift if sift.begun else None

    def guess(self, p: Arrays, repeated: Repeated) -> tuple[np.ndarray, np.ndarray] | None:
        """Give a plan and duals of a program from those in longer steps."""
        coarser = in_runs(p, repeated, _RUN)
        found: tuple[np.ndarray, np.ndarray] | None = None
        if len(coarser.repeated.days) <= _FEW:
            solver = highs.new_solver(scaled=False)
            if highs.load(solver, coarser.program) and self.run(solver) == Status.OPTIMAL:
                solution = highs.solution(solver)
                found = highs.values(solution), highs.duals(solution)
        else:
            sift = self.solved(coarser.program, coarser.repeated, last=_LAST_COARSE, whole=False)
            found = None if sift is None else (sift.x, sift.dual)
        return None if found is None else (found[0][coarser.column], found[1][coarser.row])

    def run(self, solver: Any) -> Status:
        """Solve what is loaded, counting iterations."""
        said = highs.run(solver)
        self.iterations += said.iterations
        return said.status


class _Sift:
    """A program and the columns of it that are solved with.

    Attributes
    ----------
    chosen : ndarray of bool, shape (columns,)
    x : ndarray, shape (columns,)
        The last plan.
    dual : ndarray, shape (rows,)
    columns, rows : ndarray of int8
        The last basis, of all columns and rows.
    begun : bool
        Whether the chosen columns had a plan once.
    """

    def __init__(self, search: _Search, p: Arrays, network: Substitution, chosen: np.ndarray) -> None:
        self._search, self.p, self.network = search, p, network
        # What enters, what is in no balance and what cannot be nothing is in the program from the start.
        self.chosen = chosen | (network.tail < 0) | (p.column_lower != 0.0)
        self.x = np.zeros(len(p.cost))
        self.dual = np.zeros(len(p.row_lower))
        self.columns = np.full(len(p.cost), Basis.LOWER, dtype=np.int8)
        self.rows = np.full(len(p.row_lower), Basis.BASIC, dtype=np.int8)
        self._worth = Worth(np.empty(0), np.empty(0, dtype=int))
        self.begun = False

    def solve(self, *, afresh: bool = False) -> bool | None:
        """Solve with the chosen columns.

        Parameters
        ----------
        afresh : bool
            Whether from nothing, not from the last basis.

        Returns
        -------
        bool or None
            Whether they have a plan; None where the solver does not say. Without a plan `dual` proves that there is none, so
            that what enters by it is what a plan needs (Farkas).
        """
        p, chosen = self.p, np.flatnonzero(self.chosen)
        matrix = sparse.csc_matrix(p.matrix[:, chosen])
        # A row that no chosen column is in stays out, unless it cannot hold without one.
        rows = np.flatnonzero(self._rows_of(matrix))
        some = Arrays(
            p.cost[chosen], sparse.csc_matrix(matrix[rows]), p.column_lower[chosen], p.column_upper[chosen],
            p.row_lower[rows], p.row_upper[rows],
        )  # fmt: skip
        for warm in (True, False) if self.begun and not afresh else (False,):
            solver = highs.new_solver(scaled=False, options=_PRIMAL if warm else None)
            if not highs.load(solver, some):
                return None
            if warm:
                highs.start_from(solver, Basis(self.columns[chosen], self.rows[rows]))
            status = self._search.run(solver)
            if status == Status.OPTIMAL:
                break
        if status == Status.INFEASIBLE and not self.begun:
            ray = highs.infeasible_ray(solver)
            if ray is None or len(ray) != len(rows):
                return None
            self.dual[:] = 0.0
            self.dual[rows] = ray
            return False
        if status != Status.OPTIMAL:
            return None
        self.begun = True
        found, basis = highs.solution(solver), highs.basis(solver)
        self.x[:], self.columns[:], self.dual[:], self.rows[:] = 0.0, Basis.LOWER, 0.0, Basis.BASIC
        self.x[chosen], self.dual[rows] = highs.values(found), highs.duals(found)
        self.rows[rows] = basis.rows
        self.columns[chosen] = basis.columns
        return True

    def enter(self, *, used_only: bool) -> int | None:
        """Let the columns enter that the last duals ask for; give how many, or None where some way round pays for itself.

        Parameters
        ----------
        used_only : bool
            Whether only at balances that cargo comes to, or at all that some chosen column touches.
        """
        p, network = self.p, self.network
        # A proof that there is no plan prices rows alone.
        cost = p.cost if self.begun else np.zeros(len(p.cost))
        gain = network.gains(cost, self.dual)
        # What a chosen column gets beyond the worth, because its upper bound holds it, is that bound's.
        held = self.chosen & (network.tail >= 0) & np.isfinite(p.column_upper)
        reduced = np.asarray(cost - p.transposed @ self.dual)
        gain[held] += np.minimum(reduced[held], 0.0)
        worth = network.worth(gain)
        if worth is None:
            return None
        self._worth = worth
        touched = self.touched()
        used = touched
        if used_only and self.begun:
            used = network.heads.T @ np.where(self.x > NOTHING, self.x, 0.0) > NOTHING
        here = self.dual[network.balance]
        rises = used & (worth.unit > here + PRICED * (1.0 + np.abs(here)))
        enters = network.enters[self.columns[network.enters] != Basis.UPPER]
        profit = gain[enters] + network.heads[enters] @ np.where(worth.best < 0, -1e300, worth.unit)
        at = network.heads[enters[profit > PRICED]].indices
        before = self.chosen.sum()
        network.follow(worth, np.union1d(np.flatnonzero(rises), at), self.chosen)
        added = int(self.chosen.sum() - before)
        self.key(self.touched() & ~touched)
        return added

    def touched(self) -> np.ndarray:
        """Say which balances some chosen column is in, or cannot hold without one, shape (balances,)."""
        return self._rows_of(self.p.matrix[:, np.flatnonzero(self.chosen)])[self.network.balance]

    def _rows_of(self, matrix: sparse.csc_matrix) -> np.ndarray:
        """Say which rows some column of a matrix is in, or cannot hold without one."""
        there = np.bincount(matrix.indices, minlength=len(self.rows)) > 0
        return there | (self.p.row_lower > 0.0) | (self.p.row_upper < 0.0)

    def key(self, which: np.ndarray) -> None:
        """Let the column that gets the worth of each of these balances be basic there, in place of the slack."""
        best = self._worth.best[which]
        known = best >= 0
        row = np.flatnonzero(self.network.balance)[which]
        self.chosen[best[known]] = True
        self.columns[best[known]], self.rows[row[known]] = Basis.BASIC, Basis.LOWER
