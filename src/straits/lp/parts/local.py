"""A patch answered where it acts: by the columns and rows that it moves, with the rest of a known optimum left as it is.

A basis pairs each of its columns with a row of its own. Rows are *closed* if their columns stand in no other rows: then what
changes in them is taken up within them, and no plan outside changes (the basis is block triangular: Dulmage and Mendelsohn 1958,
*Canadian Journal of Mathematics* 10). In a network closed rows are the way from a place to where its cargo comes from or goes to.

The rows that a patch touches, closed, make a small program, in which all basic columns of these rows can move. Its duals are
changes of those of the optimum; outside they follow by one solve with the basis, so that no basic column is worth more or less
than it costs. Of all others those enter that are, with the rows that they stand in, closed (column generation: Desrosiers and
Lübbecke 2005, *A Primer in Column Generation*). When none is left, plan and duals are those of the whole program.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import breadth_first_order, maximum_bipartite_matching
from scipy.sparse.linalg import splu

from straits.lp import highs
from straits.lp.answer import Basis, Status
from straits.lp.patch import Patch
from straits.lp.program import Arrays, Program
from straits.lp.solver.scaling import one_unit
from straits.lp.tolerance import NOTHING, ON, PRICED

#: Rows from which it pays: below, a solve of the whole takes a few hundredths of a second. Where half of the flow arrives in
#: shares, so that most prices move whatever closes, it pays sooner: 0.9 to 1.1 times at 4,000 to 7,600 rows, 1.4 to 1.8 at 8,200.
_LARGE, _LARGE_SPREAD, _HALF = 20_000, 8_000, 0.5
#: Columns that enter in a round: as a share of those that are there, and at least. Those that ask first are those that were
#: nearest to being worth their cost; later ones are often not needed once these are there.
_SHARE, _LEAST = 0.03, 200
#: Rounds, and share of all columns, after which the whole program is solved instead.
_ROUNDS, _MOST = 60, 0.5
#: What it costs to break a row that the patch touches, in multiples of the largest cost: little at first, as prices that rise
#: further lead to columns that are not needed; where that breaks a row in the end, more. What the last breaks cannot be kept.
_PENALTIES = (1 / 16, 2.0, 32.0, 512.0)
#: How SuperLU factors a basis: those of networks fall apart into trees, of which columns taken together are mostly zeros (twice
#: as soon, and each solve too).
TREES: dict[str, Any] = {"relax": 1, "panel_size": 1}
#: Changes of duals up to this are what rounding leaves.
_STILL = 1e-10
_WARM: dict[str, highs.Option] = {"presolve": "off", "simplex_dual_edge_weight_strategy": 1}
#: With columns added the last plan stays one.
_ADDED: dict[str, highs.Option] = {
    **_WARM, "simplex_strategy": 4, "primal_simplex_bound_perturbation_multiplier": 0.0,
}  # fmt: skip


def pays(rows: int) -> bool:
    """Say whether patches of a program of so many rows are answered sooner by a part of it."""
    return rows >= _LARGE


def pays_by_shares(p: Program) -> bool:
    """Say whether they are because of what arrives in shares: columns that stand in three equations, left from and arrived at."""
    rows, columns = p.matrix.shape
    if rows < _LARGE_SPREAD:
        return False
    entries = sparse.csc_matrix(p.matrix)
    equal = (p.bounds.row_lower == p.bounds.row_upper)[entries.indices]
    of = np.repeat(np.arange(columns), np.diff(entries.indptr))
    return bool(np.mean(np.bincount(of, equal, columns) > 2) >= _HALF)


@dataclass(frozen=True)
class Located:
    """An optimum of a patched program, found in a part of it.

    Attributes
    ----------
    x : ndarray, shape (columns,)
    dual : ndarray, shape (rows,)
    basis : Basis
    iterations : int
        Of the simplex, all rounds together.
    rounds : int
    size : (int, int)
        Columns and rows of the part in the end.
    """

    x: np.ndarray
    dual: np.ndarray
    basis: Basis
    iterations: int
    rounds: int
    size: tuple[int, int]


class Local:
    """A program at an optimum, to be asked what patches of its bounds change.

    Parameters
    ----------
    p : Arrays
    basis : Basis
        Of an optimum, or nearly so.

    Attributes
    ----------
    holds : bool
        Whether there is an optimum to start from.
    """

    def __init__(self, p: Arrays, basis: Basis) -> None:
        self._scale = one_unit(p)
        self.p = p = p if self._scale.is_one else self._scale.applied(p)
        solver = highs.new_solver(scaled=False, options=_WARM)
        self.holds = False
        if not highs.load(solver, p):
            return
        highs.start_from(solver, basis)
        self.holds = highs.run(solver).status == Status.OPTIMAL
        if self.holds:
            self._read(solver)
            del solver
            self._pair()
            self._order_prices()

    def _read(self, solver: Any) -> None:
        """Read the optimum."""
        p = self.p
        found = highs.solution(solver)
        self.x, self.dual = highs.values(found), highs.duals(found)
        self.row_value = p.matrix @ self.x
        self.basis = highs.basis_of(solver, p, found)
        self.basic, self.basic_row = self.basis.columns == Basis.BASIC, self.basis.rows == Basis.BASIC
        self.reduced = np.where(self.basic, 0.0, p.cost - p.transposed @ self.dual)
        self.dual[self.basic_row] = 0.0

    def _pair(self) -> None:
        """Pair each row with what is in the basis: a column that stands in it, or itself."""
        p, rows = self.p, self.p.matrix.shape[0]
        tight, self._basic_columns = np.flatnonzero(~self.basic_row), np.flatnonzero(self.basic)
        #: The rows whose duals the basic columns decide; those of other rows are nothing.
        self._tight, self._of_basic = tight, p.matrix[:, self._basic_columns].T
        square = sparse.csc_matrix(p.by_row[tight][:, self._basic_columns])
        pair = maximum_bipartite_matching(sparse.csr_matrix(square), perm_type="column")
        self.holds = square.shape[0] == square.shape[1] and bool((pair >= 0).all())
        if not self.holds:
            return
        #: The basic column, or columns + the basic row, that each row is paired with.
        self.pair = len(p.cost) + np.arange(rows)
        self.pair[tight] = self._basic_columns[pair]
        #: The rows in which what each row is paired with stands: to these it leads.
        both = sparse.hstack([p.matrix, sparse.eye_array(rows)], format="csc")[:, self.pair]
        self._leads = both.indptr, both.indices
        self._ones = np.ones(both.nnz + rows)
        try:
            self._factor = splu(square, **TREES)
        except RuntimeError:
            self.holds = False

    def _order_prices(self) -> None:
        """Set up, for each column and row that could move, at which change of its price it asks to."""
        p = self.p
        near = ON * (1.0 + np.abs(self.x))
        rises = np.flatnonzero(~self.basic & (self.x < p.column_upper - near))
        falls = np.flatnonzero(~self.basic & (self.x > p.column_lower + near))
        sign = np.repeat([1.0, -1.0], [len(rises), len(falls)])
        self._columns = np.concatenate([rises, falls])
        #: What duals make of them, by how much the price of each falls in the direction in which it could go.
        self._falls = sparse.csr_matrix(p.matrix[:, self._columns].T)
        self._falls.data *= np.repeat(sign, np.diff(self._falls.indptr))
        self._most = sign * self.reduced[self._columns]
        self._rows = np.flatnonzero(~self.basic_row & (p.row_lower != p.row_upper))
        self._row_sign = np.where(self.basis.rows[self._rows] == Basis.UPPER, 1.0, -1.0)
        self._row_most = -self._row_sign * self.dual[self._rows]

    def closed(self, rows: np.ndarray) -> np.ndarray:
        """Give some rows and all that they lead to."""
        count = len(self.pair)
        if not len(rows):
            return rows
        # One more node leads to these rows, so that they are followed together.
        to, indices = self._leads[0], np.concatenate([self._leads[1], rows.astype(np.int32)])
        graph = sparse.csr_array(
            (self._ones[: len(indices)], indices, np.append(to, len(indices))), shape=(count + 1, count + 1)
        )
        return np.asarray(breadth_first_order(graph, count, return_predecessors=False)[1:])

    def answer(self, patch: Patch) -> Located | None:
        """Find the optimum of the program under a patch that changes no cost.

        Returns
        -------
        Located or None
            None where the part grows too large, or the solver finds no plan in it.
        """
        amount, price = float(self._scale.row), self._scale.cost / float(self._scale.row)
        search = _Search(self, patch, amount)
        found = search.run()
        if found is None:
            return None
        x, dual = found
        return Located(
            x * amount, dual * price, search.basis(), search.iterations, search.rounds,
            (int(search.columns.sum()), int(search.rows.sum())),
        )  # fmt: skip

    def extended(self, rows: np.ndarray, change: np.ndarray, columns: np.ndarray) -> np.ndarray:
        """Give changes of all duals from those of closed rows, at which basic columns elsewhere are worth what they cost.

        Parameters
        ----------
        rows : ndarray of int
        change : ndarray, shape (len(rows),)
        columns : ndarray of bool, shape (columns,)
            Among them all basic ones that are paired with these rows.
        """
        found = np.zeros(len(self.pair))
        found[rows] = change
        worth = self._of_basic @ found
        worth[columns[self._basic_columns]] = 0.0
        if worth.any():
            more = self._factor.solve(worth, trans="T")
            more[np.abs(more) <= _STILL] = 0.0
            found[self._tight] -= more
            found[rows] = change
        return found

    def asking(self, change: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Give the columns and rows that ask to move once duals change, and at which share of the change each begins to."""
        falls, row_falls = self._falls @ change, self._row_sign * change[self._rows]
        at = np.flatnonzero(falls > np.maximum(self._most, 0.0) + PRICED)
        row_at = np.flatnonzero(row_falls > np.maximum(self._row_most, 0.0) + PRICED)
        first = np.concatenate([self._most[at] / falls[at], self._row_most[row_at] / row_falls[row_at]])
        return self._columns[at], self._rows[row_at], first


class _Search:
    """The part of a program that a patch moves, growing until nothing outside asks to move.

    Attributes
    ----------
    columns : ndarray of bool, shape (columns,)
    rows : ndarray of bool, shape (rows,)
        Closed.
    x, change : ndarray
        Values of these columns, and changes of the duals of these rows, in the last optimum of the part.
    broken : float
        How much it still breaks of what the patch touches.
    iterations, rounds : int
    """

    def __init__(self, home: Local, patch: Patch, amount: float) -> None:
        self._home, p = home, home.p
        self._patch, self._amount = patch, amount
        self.columns = np.zeros(len(p.cost), dtype=bool)
        self.rows = np.zeros(len(p.row_lower), dtype=bool)
        self._number = np.empty(len(p.row_lower), dtype=np.int32)
        #: Statuses in the last basis of the part: of columns, of rows, and of equations that say what a row with a price is.
        self._of_columns, self._of_rows = home.basis.columns.copy(), home.basis.rows.copy()
        self._of_equations = np.full(len(p.row_lower), Basis.LOWER, dtype=np.int8)
        self._may_break = np.union1d(patch.rows, self._rows_of(patch.columns))
        self._of_breaking = np.full(2 * len(self._may_break), Basis.LOWER, dtype=np.int8)
        self._dearest, self._penalties = float(np.abs(p.cost).max(initial=1.0)), iter(_PENALTIES)
        self._penalty = next(self._penalties) * self._dearest
        self.x = self.change = np.empty(0)
        self.broken, self.iterations, self.rounds = 0.0, 0, 0
        self._enter(patch.columns, self._may_break)

    def run(self) -> tuple[np.ndarray, np.ndarray] | None:
        """Give plan and duals of the whole program, or None."""
        home = self._home
        while self.rounds < _ROUNDS and self.columns.sum() <= _MOST * len(self.columns):
            self.rounds += 1
            # The first plan breaks what the patch takes, at no wrong price; later ones are plans, of which some prices are wrong.
            if not self._solve(_WARM if self.rounds == 1 else _ADDED):
                return None
            rows = np.flatnonzero(self.rows)
            change = home.extended(rows, self.change, self.columns)
            columns, others = self._asking(change)
            if not len(columns) and not len(others):
                if self.broken > NOTHING:
                    more = next(self._penalties, None)
                    if more is None:
                        return None
                    self._penalty = more * self._dearest
                    continue
                x = home.x.copy()
                x[self.columns] = self.x
                return x, home.dual + change
            self._enter(columns, others)
        return None

    def basis(self) -> Basis:
        """Give the basis of the whole program: that of the part, and around it that of the optimum it starts from.

        What says what a row is, and what breaks it, stand in the basis as the row itself would. Where they are
        basic at nothing, the duals of this basis are other ones.
        """
        rows = self._of_rows
        broken = np.tile(self._may_break, 2)[self._of_breaking == Basis.BASIC]
        rows[broken] = rows[self._of_equations == Basis.BASIC] = Basis.BASIC
        return Basis(self._of_columns, rows)

    def _rows_of(self, columns: np.ndarray) -> np.ndarray:
        """Give the rows in which some columns stand, with repetitions."""
        return np.asarray(self._home.p.matrix[:, columns].indices)

    def _enter(self, columns: np.ndarray, rows: np.ndarray) -> None:
        """Add columns and rows, and the rows and basic columns that these lead to."""
        self.columns[columns] = True
        front = np.concatenate([rows, self._rows_of(columns)])
        rows = self._home.closed(np.unique(front[~self.rows[front]]))
        self.rows[rows] = True
        pairs = self._home.pair[rows]
        self.columns[pairs[pairs < len(self.columns)]] = True

    def _solve(self, options: dict[str, highs.Option]) -> bool:
        """Solve the part from its last basis; say whether it has an optimum."""
        home, p = self._home, self._home.p
        columns, rows = np.flatnonzero(self.columns), np.flatnonzero(self.rows)
        self._number[rows] = np.arange(len(rows))
        part = p.matrix[:, columns]
        entries = self._number[part.indices]
        standing = np.repeat(home.x[columns], np.diff(part.indptr))
        others = home.row_value[rows] - np.bincount(entries, part.data * standing, len(rows))
        patch, amount, of = self._patch, self._amount, np.searchsorted(rows, self._patch.rows)
        lower, upper = p.row_lower[rows], p.row_upper[rows]
        lower[of], upper[of] = patch.row_lower / amount, patch.row_upper / amount
        lower, upper = lower - others, upper - others
        column_lower, column_upper = p.column_lower[columns], p.column_upper[columns]
        of = np.searchsorted(columns, patch.columns)
        column_lower[of], column_upper[of] = patch.column_lower / amount, patch.column_upper / amount
        # What a row with a price comes to is a column of its own, so that its price can be counted from what it was.
        priced = np.flatnonzero(~home.basic_row[rows] & (lower != upper))
        breaks = self._number[self._may_break]
        count, free = len(columns) + len(priced), np.full(2 * len(breaks), np.inf)
        beside = np.concatenate([priced, breaks, breaks])
        sign = np.concatenate([np.full(len(priced) + len(breaks), -1.0), np.ones(len(breaks))])
        matrix = sparse.csc_matrix(
            (
                np.concatenate([part.data, sign]), np.concatenate([entries, beside]),
                np.concatenate([part.indptr, part.nnz + 1 + np.arange(len(beside))]),
            ),
            shape=(len(rows), len(columns) + len(beside)),
        )  # fmt: skip
        some = Arrays(
            np.concatenate([home.reduced[columns], home.dual[rows[priced]], np.full(len(free), self._penalty)]),
            matrix,
            np.concatenate([column_lower, lower[priced], np.zeros(len(free))]),
            np.concatenate([column_upper, upper[priced], free]),
            lower, upper,
        )  # fmt: skip
        some.row_lower[priced] = some.row_upper[priced] = 0.0
        start = self._of_rows[rows]
        start[priced] = self._of_equations[rows[priced]]
        solver = highs.new_solver(scaled=False, options=options)
        if not highs.load(solver, some):
            return False
        standing = np.concatenate([self._of_columns[columns], self._of_rows[rows[priced]], self._of_breaking])
        highs.start_from(solver, Basis(standing, start))
        said = highs.run(solver)
        self.iterations += said.iterations
        if said.status != Status.OPTIMAL:
            return False
        found = highs.solution(solver)
        values, basis = highs.values(found), highs.basis_of(solver, some, found)
        self.x, self.broken = values[: len(columns)], float(values[count:].sum())
        self.change = highs.duals(found)
        self.change[np.abs(self.change) <= _STILL] = 0.0
        self._of_rows[rows] = basis.rows
        self._of_columns[columns] = basis.columns[: len(columns)]
        self._of_equations[rows[priced]] = basis.rows[priced]
        self._of_rows[rows[priced]] = basis.columns[len(columns) : count]
        self._of_breaking = basis.columns[count:]
        return True

    def _asking(self, change: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Give the columns and rows outside whose prices ask for them once duals change; of many, those that ask first."""
        columns, rows, first = self._home.asking(change)
        new = np.concatenate([~self.columns[columns], ~self.rows[rows]])
        columns, rows, first = columns[new[: len(columns)]], rows[new[len(columns) :]], first[new]
        most = max(_LEAST, int(_SHARE * self.columns.sum()))
        if len(first) > most:
            chosen = np.zeros(len(first), dtype=bool)
            chosen[np.argpartition(first, most)[:most]] = True
            columns, rows = columns[chosen[: len(columns)]], rows[chosen[len(columns) :]]
        return columns, rows
