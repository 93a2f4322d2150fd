"""A smaller program with the same answers: what passes through a place unchanged is one quantity, not two.

Of a row that says a x + b y = 0 only x is kept, y being -a/b times it; a row with one column left is a bound of that column. Both
hold whatever bounds and costs a variant changes, so many variants are answered on the smaller program. (Andersen and Andersen
1995, *Mathematical Programming* 71, sections 3.1 and 3.2, of which only these two hold for all variants.) And what no variant
moves is left out: columns that can take one value only, such as all that was decided before news, are multiples of one of them;
rows without a bound ask for nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from straits.errors import SolveError
from straits.lp.chosen import Wish
from straits.lp.patch import Patch
from straits.lp.program import Bounds, Program
from straits.lp.sifting.repeated import Repeated
from straits.lp.tolerance import ON, ZERO


class Compact:
    """A program with fewer rows and columns that has the same value, and whose columns give those of the whole one.

    Parameters
    ----------
    program : Program
    parts : iterable of Patch
        What variants may change; rows that they touch are not used to leave out a column, and stay; columns that they touch are
        not taken for fixed.

    Attributes
    ----------
    cost, matrix, bounds
        Of the smaller program.
    columns, rows : ndarray of int
        Which of the whole program's each of its columns and rows is.
    repeated : Repeated or None
        How it repeats itself in time, if that is known of the whole one.
    """

    def __init__(self, program: Program, parts: Iterable[Patch]) -> None:
        self._whole = program
        rows, columns = program.matrix.shape
        b = program.bounds
        touched = np.zeros(rows, dtype=bool)
        self._still = b.column_lower == b.column_upper
        for part in parts:
            touched[part.rows] = True
            self._still[part.columns] = False
        owner, times, stands = _still(program, self._still)
        standing, left, used_up = _chains(program, touched, owner, times)
        self.columns = kept = np.flatnonzero(np.bincount(standing.indices, minlength=columns) > 0)
        self._place = np.full(columns, -1)
        self._place[kept] = np.arange(len(kept))
        #: Each column of the whole program is `_times` that of the smaller one at `_owner`.
        self._owner = self._place[standing.indices]
        self._times = standing.data

        short = (left @ standing).tocsr()
        short.data[np.abs(short.data) < ZERO] = 0.0
        short.eliminate_zeros()
        entries = np.diff(short.indptr)
        idle = (entries == 0) & (b.row_lower <= 0.0) & (b.row_upper >= 0.0)
        idle = (idle | (np.isneginf(b.row_lower) & np.isposinf(b.row_upper))) & ~touched
        alone = np.flatnonzero((entries == 1) & ~used_up & ~idle)
        self.rows = stay = np.flatnonzero((entries != 1) & ~used_up & ~idle)
        self._row = np.full(rows, -1)
        self._row[stay] = np.arange(len(stay))
        self._gone = used_up | idle
        single = short[alone]
        # A multiple of what is fixed bounds nothing; times zero, it could not be turned round either.
        self._bounding(np.flatnonzero(stands), alone, self._place[single.indices], single.data)

        self.matrix = sparse.csc_matrix(short[stay][:, kept])
        self.cost = self.summed(program.cost)
        lower, upper = self._tightest(np.arange(len(kept)))
        self.bounds = Bounds(lower, upper, b.row_lower[stay], b.row_upper[stay])
        of_whole: Repeated | None = getattr(program, "repeated", None)
        self.repeated = None if of_whole is None else of_whole.some(kept, stay)

    def _bounding(self, own: np.ndarray, rows: np.ndarray, owner: np.ndarray, times: np.ndarray) -> None:
        """Set up, for each column, what bounds it: the columns that are a multiple of it and the rows that hold it alone."""
        b, columns = self._whole.bounds, len(self._owner)
        source = np.concatenate([own, columns + rows])
        owner, times = np.concatenate([self._owner[own], owner]), np.concatenate([self._times[own], times])
        order = np.argsort(owner, kind="stable")
        self._source, self._by, self._factor = source[order], owner[order], times[order]
        self._first = np.searchsorted(self._by, np.arange(self._by[-1] + 2 if len(self._by) else 1))
        self._at = np.full(columns + len(b.row_lower), -1)
        self._at[self._source] = np.arange(len(self._source))
        self._lower = np.concatenate([b.column_lower, b.row_lower])
        self._upper = np.concatenate([b.column_upper, b.row_upper])

    def _tightest(self, which: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Give the bounds of some columns: the tightest of all that bound them."""
        if not len(which):
            return np.empty(0), np.empty(0)
        count = self._first[which + 1] - self._first[which]
        begin = np.concatenate([[0], np.cumsum(count)[:-1]])
        at = np.repeat(self._first[which] - begin, count) + np.arange(count.sum())
        low, high, factor = self._lower[self._source[at]], self._upper[self._source[at]], self._factor[at]
        low, high = np.where(factor > 0, low, high) / factor, np.where(factor > 0, high, low) / factor
        lower, upper = np.maximum.reduceat(low, begin), np.minimum.reduceat(high, begin)
        crossed = (lower > upper) & (lower - upper <= ON * (1.0 + np.abs(upper)))
        lower[crossed] = upper[crossed]
        return lower, upper

    def _summed(self, columns: np.ndarray, cost: np.ndarray, size: int) -> np.ndarray:
        return np.bincount(self._owner[columns], weights=self._times[columns] * cost, minlength=size)

    def moved_by(self, columns: np.ndarray, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Give the columns and rows whose bounds can move with those of some columns and rows of the whole program."""
        at = self._at[np.concatenate([columns, len(self._owner) + rows])]
        rows = self._row[rows]
        return np.unique(self._by[at[at >= 0]]), rows[rows >= 0]

    def patch(self, patch: Patch) -> Patch:
        """Give what a patch of the whole program changes in the smaller one.

        Raises
        ------
        SolveError
            If it touches a row that is left out, or a column that was taken for fixed.
        """
        if np.any(self._gone[patch.rows]):
            raise SolveError(f"patch {patch.name!r} changes a row that the smaller program no longer has")
        if np.any(self._still[patch.columns]):
            raise SolveError(
                f"patch {patch.name!r} changes a column that the smaller program takes for fixed"
            )
        columns, b = len(self._owner), self._whole.bounds
        source = np.concatenate([patch.columns, columns + patch.rows])
        where, rows = self.moved_by(patch.columns, patch.rows)
        self._lower[source] = np.concatenate([patch.column_lower, patch.row_lower])
        self._upper[source] = np.concatenate([patch.column_upper, patch.row_upper])
        lower, upper = self._tightest(where)
        self._lower[source] = np.concatenate([b.column_lower[patch.columns], b.row_lower[patch.rows]])
        self._upper[source] = np.concatenate([b.column_upper[patch.columns], b.row_upper[patch.rows]])
        cost = self.cost[where]
        dearer = np.flatnonzero(patch.cost != self._whole.cost[patch.columns])
        if len(dearer):
            at = patch.columns[dearer]
            np.add.at(
                cost,
                np.searchsorted(where, self._owner[at]),
                self._times[at] * (patch.cost[dearer] - self._whole.cost[at]),
            )
        standing = self._row[patch.rows] >= 0
        return Patch(
            patch.name, where, lower, upper, cost, rows, patch.row_lower[standing], patch.row_upper[standing],
        )  # fmt: skip

    def summed(self, weights: np.ndarray) -> np.ndarray:
        """Give weights of the columns of the smaller program from those of the whole one, so that weighted sums are the same."""
        return self._summed(np.arange(len(self._owner)), weights, len(self.columns))

    def wish(self, wish: Wish) -> Wish:
        """Give a wish of the smaller program from one of the whole, so that the sums are the same."""
        weights, planned = self.summed(wish.weights), wish.planned
        if planned is None:
            return Wish(weights)
        of = planned.columns
        return Wish(weights, replace(planned, columns=self._owner[of], times=planned.times * self._times[of]))

    def spread(self, x: np.ndarray) -> np.ndarray:
        """Give the columns of the whole program from those of the smaller one."""
        return self._times * x[self._owner]

    def prices(
        self, reduced_cost: np.ndarray, dual: np.ndarray, patch: Patch | None
    ) -> tuple[np.ndarray, np.ndarray]:
        """Give what a bound of the whole program is worth, from the reduced costs and duals of the smaller one.

        Parameters
        ----------
        reduced_cost, dual : ndarray
            Of an optimum of the smaller program.
        patch : Patch, optional
            Of the whole program, under which it is one.

        Returns
        -------
        reduced_cost, dual : ndarray
            Of the whole program's columns and rows: how the optimum moves at most with a bound. Of several that bound a column
            of the smaller program the tightest has its price; a row that was followed has none.
        """
        columns = len(self._owner)
        low, high = self._lower, self._upper
        if patch is not None:
            low, high = low.copy(), high.copy()
            source = np.concatenate([patch.columns, columns + patch.rows])
            low[source] = np.concatenate([patch.column_lower, patch.row_lower])
            high[source] = np.concatenate([patch.column_upper, patch.row_upper])
        least, most = low[self._source], high[self._source]
        straight = self._factor > 0
        least, most = (
            np.where(straight, least, most) / self._factor,
            np.where(straight, most, least) / self._factor,
        )
        own = reduced_cost[self._by]
        # Above zero it is a lower bound that holds, and the largest of these.
        how_tight = np.where(own > 0, least, -most)
        order = np.lexsort((-how_tight, self._by))
        first = order[np.unique(self._by, return_index=True)[1]]
        found = np.zeros(columns + len(self._row))
        found[self._source[first]] = own[first] / self._factor[first]
        found[columns + self.rows] = dual
        return found[:columns], found[columns:]


def _still(program: Program, still: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Let one fixed column stand for all that hang together with it, so that parts of the program that share no row stay apart.

    Returns
    -------
    owner, times : ndarray, shape (columns,)
        Which column stands for each, and how many times.
    stands : ndarray of bool, shape (columns,)
        The columns that stand for themselves.
    """
    rows, columns = program.matrix.shape
    owner, times = np.arange(columns), np.ones(columns)
    fixed, value = np.flatnonzero(still), program.bounds.column_lower
    if len(fixed):
        joined = sparse.block_array([[None, program.matrix], [program.matrix.T, None]], format="csr")
        part = connected_components(joined, directed=False)[1][rows:]
        # The largest of each part, so that no multiple is more than 1.
        order = fixed[np.lexsort((-np.abs(value[fixed]), part[fixed]))]
        first = np.flatnonzero(np.diff(part[order], prepend=-1))
        held = np.repeat(order[first], np.diff(first, append=len(order)))
        owner[order] = held
        times[order] = np.divide(value[order], value[held], out=np.zeros(len(order)), where=value[held] != 0)
        times[held] = 1.0
    return owner, times, owner == np.arange(columns)


def _chains(
    program: Program, touched: np.ndarray, owner: np.ndarray, times: np.ndarray
) -> tuple[sparse.csr_matrix, sparse.csr_matrix, np.ndarray]:
    """Follow rows a x + b y = 0 until none is left, from columns for which others stand already.

    Returns
    -------
    standing : csr_matrix, shape (columns, columns)
        One entry in each row: which column stands for it, and how many times.
    matrix : csr_matrix
        That of the program.
    used_up : ndarray of bool, shape (rows,)
        The rows that were followed.
    """
    matrix = sparse.csr_matrix(program.matrix)
    rows, columns = matrix.shape
    b = program.bounds
    equal = (b.row_lower == 0.0) & (b.row_upper == 0.0) & ~touched
    used_up = np.zeros(rows, dtype=bool)
    while True:
        standing = sparse.csr_matrix((times, owner, np.arange(columns + 1)), shape=(columns, columns))
        short = (matrix @ standing).tocsr()
        short.data[np.abs(short.data) < ZERO] = 0.0
        short.eliminate_zeros()
        pairs = np.flatnonzero((np.diff(short.indptr) == 2) & equal & ~used_up)
        chosen = _apart(short, pairs)
        if not len(chosen):
            return standing, matrix, used_up
        first = short.indptr[chosen]
        stays, goes = short.indices[first], short.indices[first + 1]
        factor = np.ones(columns)
        target = np.arange(columns)
        target[goes], factor[goes] = stays, -short.data[first] / short.data[first + 1]
        times, owner = times * factor[owner], target[owner]
        used_up[chosen] = True


def _apart(matrix: sparse.csr_matrix, pairs: np.ndarray) -> np.ndarray:
    """Choose rows of two columns each, of which no two share a column."""
    taken: set[int] = set()
    chosen = []
    for row in pairs.tolist():
        ends = matrix.indices[matrix.indptr[row] : matrix.indptr[row] + 2].tolist()
        if taken.isdisjoint(ends):
            taken.update(ends)
            chosen.append(row)
    return np.array(chosen, dtype=int)
