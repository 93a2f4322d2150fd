"""Gaussian elimination that keeps a program sparse: rows that hold as equations give columns, and both leave it.

Those that fill the rest least go first (Markowitz 1957, *Management Science* 3, 255-269), among rows in which the column weighs
enough (threshold pivoting: Duff, Erisman and Reid 1986, *Direct Methods for Sparse Matrices*, chapter 5): programs of networks in
time are long chains, along which small pivots would enlarge errors step by step.
"""

from __future__ import annotations

from heapq import heapify, heappop, heappush

import numpy as np
from scipy import sparse

#: Coefficients below are what rounding left of a sum that is zero.
_NOTHING = 1e-13
#: Least size of a coefficient that gives a column, as a share of the largest of that column.
_SAFE = 0.9
#: Entries that giving one column may add.
_FILL = 10


def eliminate(
    matrix: sparse.csr_matrix, free: np.ndarray, tight: np.ndarray
) -> tuple[np.ndarray, np.ndarray, sparse.csc_matrix]:
    """Let rows give columns.

    Parameters
    ----------
    matrix : csr_matrix, shape (rows, columns)
    free : ndarray of bool, shape (columns,)
        Columns that may be given.
    tight : ndarray of bool, shape (rows,)
        Rows that may give one.

    Returns
    -------
    given, giving : ndarray of int
        Columns, and the rows that give them.
    left : csc_matrix
        What is left of the other rows and columns.
    """
    entries = _Entries(matrix)
    ready = set(np.flatnonzero(tight).tolist())
    waiting = [
        (best[0], j)
        for j in np.flatnonzero(free).tolist()
        if (best := entries.cheapest(j, ready)) is not None
    ]
    heapify(waiting)
    given, giving = [], []
    while waiting:
        _, j = heappop(waiting)
        best = entries.cheapest(j, ready)
        if best is None or best[0] > _FILL:
            continue
        if waiting and best[0] > waiting[0][0]:
            heappush(waiting, (best[0], j))
            continue
        i = best[1]
        entries.pivot(i, j)
        ready.discard(i)
        given.append(j)
        giving.append(i)
    others = np.setdiff1d(np.arange(matrix.shape[1]), given)
    left = entries.without(set(giving), matrix.shape[1])[:, others]
    return np.array(given, dtype=int), np.array(giving, dtype=int), left.tocsc()


class _Entries:
    """Entries of a matrix, row by row, and the rows in which each column stands."""

    def __init__(self, matrix: sparse.csr_matrix) -> None:
        self.rows = [
            dict(zip(matrix.indices[a:b].tolist(), matrix.data[a:b].tolist(), strict=True))
            for a, b in zip(matrix.indptr, matrix.indptr[1:], strict=False)
        ]
        self.holders: list[set[int]] = [set() for _ in range(matrix.shape[1])]
        for i, row in enumerate(self.rows):
            for j in row:
                self.holders[j].add(i)

    def cheapest(self, j: int, ready: set[int]) -> tuple[int, int] | None:
        """Give the entries that giving a column adds at most, and the row, of those that are ready, that does it."""
        sizes = {i: abs(self.rows[i][j]) for i in self.holders[j]}
        least = _SAFE * max(sizes.values(), default=0.0)
        able = [(len(self.rows[i]), i) for i, size in sizes.items() if size >= least and i in ready]
        if not able:
            return None
        length, i = min(able)
        return (length - 1) * (len(sizes) - 1) - length - len(sizes) + 1, i

    def pivot(self, i: int, j: int) -> None:
        """Put what row i says of column j into all other rows that hold it."""
        row = self.rows[i]
        pivot = row.pop(j)
        for k in (j, *row):
            self.holders[k].discard(i)
        for other in self.holders[j]:
            target = self.rows[other]
            times = target.pop(j) / pivot
            for k, value in row.items():
                new = target.get(k, 0.0) - times * value
                if abs(new) > _NOTHING:
                    target[k] = new
                    self.holders[k].add(other)
                elif k in target:
                    del target[k]
                    self.holders[k].discard(other)
        self.holders[j].clear()

    def without(self, gone: set[int], columns: int) -> sparse.csr_matrix:
        """Give the matrix without some rows."""
        stay = [row for i, row in enumerate(self.rows) if i not in gone]
        ends = np.cumsum([0, *(len(row) for row in stay)])
        values = [value for row in stay for value in row.values()]
        return sparse.csr_matrix((values, [j for row in stay for j in row], ends), shape=(len(stay), columns))
