"""Solve a large program by few of its columns, more of which enter as the prices of the others ask for them.

Of the columns of a network in time one in ten is used. Those that may be are found by prices: at the duals of the rows that are
no balances, each balance has its worth (`substitution`), and following the columns that get it gives whole ways, not single
links. A few rounds find all that an optimum needs; the rest of the columns then confirms it. (Sifting, as Bixby, Gregory, Lustig,
Marsten and Shanno 1992, *Operations Research* 40(5), but with prices repaired along the network.)

The first columns and duals are those of the same program in longer steps, solved in the same way. Where nothing arrives in
shares, runs of steps are then solved apart, first single ones (`runs`), and their bases, joined, are what is begun with.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from scipy import sparse

from straits.lp import highs
from straits.lp.answer import Basis, Status
from straits.lp.program import Arrays
from straits.lp.sifting.repeated import Coarser, Repeated, in_runs
from straits.lp.sifting.runs import DUAL, Runs
from straits.lp.sifting.substitution import Substitution, Worth
from straits.lp.tolerance import NOTHING, PRICED

#: Rows from which it pays: 2.3 times at 31,000 and 0.6 times at 8,400, but where half of the flow or more arrives in shares 1.7
#: times at 4,300 and 13 times at 33,000.
_LARGE, _LARGE_SPREAD, _HALF = 15_000, 3_000, 0.5
#: Steps that are put together on the way to longer ones.
_RUN = 4
#: How few steps are solved as they are where flow arrives in shares; elsewhere a single one.
_FEW = 6
#: Share of its columns that may still enter when a round is the last one: of the program itself, and in longer steps.
_LAST, _LAST_COARSE = 0.0005, 0.01
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
    if len(repeated.days) == 1:
        return None, 0
    sift = search.solved(p, repeated)
    if sift is None:
        return None, search.iterations
    sift.key(~sift.touched())
    sift.chosen[:] = True
    done = sift.solve(_PRIMAL)
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

    def solved(self, p: Arrays, repeated: Repeated, *, whole: bool = True) -> _Sift | None:
        """Solve a program by the columns that its prices ask for.

        Parameters
        ----------
        p : Arrays
        repeated : Repeated
        whole : bool
            Whether its own optimum is asked for, or what helps to begin with that of shorter steps.
        """
        network = Substitution(p, repeated)
        if not network.holds:
            return None
        sift = _Sift(self, p, network)
        if not whole and len(repeated.days) <= (_FEW if network.shares else 1):
            sift.chosen[:] = True
            return sift if sift.solve(None) else None
        coarser = in_runs(p, repeated, _RUN)
        longer = self.solved(coarser.program, coarser.repeated, whole=False)
        if longer is None or not sift.begin(longer, coarser):
            return None
        if network.shares:
            how, used_only = None, True
        else:
            sift.join(repeated)
            how, used_only = DUAL, False
        last = _LAST if whole else _LAST_COARSE
        for _ in range(_ROUNDS):
            feasible = sift.solve(how)
            entered = None if feasible is None else sift.enter(used_only=used_only)
            if entered is None or not (feasible or entered):
                return None
            many = not network.shares and entered > _MANY * sift.chosen.sum()
            how = None if many or not feasible else _PRIMAL
            if feasible and entered <= last * sift.chosen.sum():
                if not (whole and used_only):
                    break
                used_only = False
        return sift if sift.begun else None

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

    def __init__(self, search: _Search, p: Arrays, network: Substitution) -> None:
        self._search, self.p, self.network = search, p, network
        # What enters, what is in no balance and what cannot be nothing is in the program from the start.
        self.chosen = (network.tail < 0) | (p.column_lower != 0.0)
        self.x = np.zeros(len(p.cost))
        self.dual = np.zeros(len(p.row_lower))
        self.columns = np.full(len(p.cost), Basis.LOWER, dtype=np.int8)
        self.rows = np.full(len(p.row_lower), Basis.BASIC, dtype=np.int8)
        self._worth = Worth(np.empty(0), np.empty(0, dtype=int))
        self.begun = False

    def begin(self, longer: _Sift, coarser: Coarser) -> bool:
        """Begin with what the same program in longer steps came to; say whether no way round pays for itself at its prices."""
        p, network = self.p, self.network
        self.x = np.clip(longer.x[coarser.column] * coarser.share, p.column_lower, p.column_upper)
        self.dual = longer.dual[coarser.row]
        self.columns, self.rows = longer.columns[coarser.column], longer.rows[coarser.row]
        worth = network.worth(network.gains(p.cost, self.dual))
        if worth is None:
            return False
        self.chosen |= self.x > NOTHING
        network.follow(worth, network.heads[network.enters].indices, self.chosen)
        return True

    def join(self, repeated: Repeated) -> None:
        """Join the bases of runs of steps to one of the program, and choose what is in the basis of any."""
        runs = Runs(self.p, repeated, self.x, self.dual, self.columns, self.rows, self._search.run)
        length = 1
        while length < len(repeated.days):
            # Short runs are quick with all columns; what these do not use, longer ones will not either.
            runs.solve(length, self.chosen | (length <= _RUN))
            self.chosen |= self.columns != Basis.LOWER
            length *= _RUN

    def solve(self, how: Mapping[str, highs.Option] | None) -> bool | None:
        """Solve with the chosen columns.

        Parameters
        ----------
        how : mapping, optional
            Options with which to go on from the last basis. Default: from nothing, with presolve.

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
        for options in (None,) if how is None else (how, None):
            solver = highs.new_solver(scaled=False, options=options)
            if not highs.load(solver, some):
                return None
            if options is not None:
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
        found = highs.solution(solver)
        basis = highs.basis_of(solver, some, found)
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
