"""The part of a program on which answers differ: what was alike in all answers seen is settled, and each answer is proved.

Drawn histories move a small part of a plan. Columns that were at one bound in all optimal bases seen are fixed there, rows that
were never tight are left out, and rows that always were give columns that always were basic. What is left is the *working set*,
a program of a third of the rows and columns. Its optimum is that of the whole program if what was settled keeps its bounds and
the signs of its prices, which takes two sparse triangles to see; if not, the whole program is solved. (Sifting: Bixby, Gregory,
Lustig, Marsten and Shanno 1992, *Operations Research* 40, 885-897; here for rows too.)
"""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import highspy
import numpy as np
from scipy.sparse.linalg import splu

from straits.engine.elimination import eliminate
from straits.engine.variant import Patch
from straits.model import Bounds
from straits.model.highs import Answer
from straits.model.program import Program

#: How far a value may be from a bound and count as on it, relative to 1 + |value|.
_ON = 1e-9
#: Reduced costs and duals below this count as zero, thousand currency per unit: the solver's own tolerance.
_ZERO = 1e-7


class Seen:
    """Where columns and rows were in all optimal bases seen so far.

    Parameters
    ----------
    program : Program
        Whose bases they are.
    column_family, row_family : ndarray of int, shapes (columns,) and (rows,)
        The same number for the same thing in all its steps.

    Attributes
    ----------
    news : bool
        Whether something moved since a working set was made of it.
    at_lower, at_upper, free : ndarray of bool, shape (columns,)
        Columns that were always on that bound and not basic; that always were basic.
    tight_lower, tight_upper, slack : ndarray of bool, shape (rows,)
        The same of rows.
    """

    def __init__(self, program: Program, column_family: np.ndarray, row_family: np.ndarray) -> None:
        rows, columns = program.matrix.shape
        self._bounds = program.bounds
        self._column_family, self._row_family = column_family, row_family
        self.news = True
        self.at_lower, self.at_upper, self.free = (np.ones(columns, dtype=bool) for _ in range(3))
        self.tight_lower, self.tight_upper, self.slack = (np.ones(rows, dtype=bool) for _ in range(3))

    def release(self, columns: np.ndarray, rows: np.ndarray) -> None:
        """Settle these columns and rows, and those of their families, no more."""
        self.news = True
        columns = np.isin(self._column_family, self._column_family[columns])
        rows = np.isin(self._row_family, self._row_family[rows])
        self.at_lower[columns] = self.at_upper[columns] = self.free[columns] = False
        self.tight_lower[rows] = self.tight_upper[rows] = self.slack[rows] = False

    def add(self, answer: Answer, basic: np.ndarray) -> None:
        """Look at an optimal answer to the program with some entries changed, which are never settled.

        Parameters
        ----------
        answer : Answer
            With the values of columns and rows.
        basic : ndarray of bool, shape (columns + rows,)
        """
        b, columns = self._bounds, len(answer.x)
        column, row = basic[:columns], basic[columns:]
        self.free &= column
        self.at_lower &= ~column & _on(answer.x, b.column_lower)
        self.at_upper &= ~column & _on(answer.x, b.column_upper)
        self.slack &= row
        self.tight_lower &= ~row & _on(answer.row_value, b.row_lower)
        self.tight_upper &= ~row & _on(answer.row_value, b.row_upper)


def _on(value: np.ndarray, bound: np.ndarray) -> np.ndarray:
    # The scale is that of the value: a bound that is not there is infinitely far.
    return np.abs(value - bound) <= _ON * (1.0 + np.abs(value))


class Moved(NamedTuple):
    """Columns and rows that were settled and would have to move."""

    columns: np.ndarray
    rows: np.ndarray


class WorkingSet:
    """A program in which what was alike in all answers seen is settled.

    Parameters
    ----------
    program : Program
    columns, rows : ndarray of int
        What variants may change; none of it is settled.
    seen : Seen

    Attributes
    ----------
    cost, matrix, bounds
        Of the smaller program.
    """

    def __init__(self, program: Program, columns: np.ndarray, rows: np.ndarray, seen: Seen) -> None:
        self._whole = program
        b, matrix = program.bounds, program.matrix.tocsr()
        still, still_row = np.ones(matrix.shape[1], dtype=bool), np.ones(matrix.shape[0], dtype=bool)
        still[columns] = still_row[rows] = False
        at_upper = seen.at_upper & ~seen.at_lower
        fixed = still & (seen.at_lower | at_upper)
        out = still_row & seen.slack
        tight = still_row & (seen.tight_lower | seen.tight_upper)
        self._fixed = np.flatnonzero(fixed)
        self._out = np.flatnonzero(out)
        #: Whole columns with the fixed at their bounds, all others at nothing.
        self._x = np.where(fixed, np.where(at_upper, b.column_upper, b.column_lower), 0.0)
        short = matrix[~out][:, ~fixed]
        given, giving, left = eliminate(short, (still & seen.free)[~fixed], tight[~out])
        self._given, self._giving = np.flatnonzero(~fixed)[given], np.flatnonzero(~out)[giving]
        fixed[self._given] = out[self._giving] = True
        self._columns, self._rows = np.flatnonzero(~fixed), np.flatnonzero(~out)
        self._number_columns, self._number_rows = (np.cumsum(~gone) - 1 for gone in (fixed, out))
        self._number_columns[fixed] = self._number_rows[out] = -1
        self._statuses(at_upper, seen)
        self._conditions(at_upper, seen)

        self._lu = splu(matrix[self._giving][:, self._given].tocsc())
        side = np.where(seen.tight_upper, b.row_upper, b.row_lower)[self._giving]
        self._of_rest = matrix[self._giving][:, self._columns]
        self._into_left = matrix[self._rows][:, self._given].T
        self._transposed = program.matrix.T
        self._start = side - matrix[self._giving] @ self._x
        self._x[self._given] = self._lu.solve(self._start)
        self._level = matrix[self._rows] @ self._x
        self._price = self._lu.solve(program.cost[self._given], trans="T")
        self.matrix = left
        self.cost = program.cost[self._columns] - self._of_rest.T @ self._price
        self._value = float(program.cost @ self._x)
        self.bounds = Bounds(
            b.column_lower[self._columns], b.column_upper[self._columns],
            b.row_lower[self._rows] - self._level, b.row_upper[self._rows] - self._level,
        )  # fmt: skip

    def _statuses(self, at_upper: np.ndarray, seen: Seen) -> None:
        """Set up what a basis says of what is settled."""
        status = highspy.HighsBasisStatus
        columns = [status.kUpper if up else status.kLower for up in at_upper.tolist()]
        for j in self._given.tolist():
            columns[j] = status.kBasic
        rows = [status.kBasic] * len(seen.slack)
        for i in self._giving.tolist():
            rows[i] = status.kUpper if seen.tight_upper[i] else status.kLower
        self._column_status, self._row_status = columns, rows

    def _conditions(self, at_upper: np.ndarray, seen: Seen) -> None:
        """Set up what must hold of the settled: bounds of what is not at one, and the signs of prices of what is."""
        b = self._whole.bounds
        self._lower = np.concatenate(
            [b.column_lower[self._given], b.row_lower[self._out], b.row_lower[self._giving]]
        )
        self._upper = np.concatenate(
            [b.column_upper[self._given], b.row_upper[self._out], b.row_upper[self._giving]]
        )
        lower = np.concatenate([b.column_lower[self._fixed], b.row_lower[self._giving]])
        upper = np.concatenate([b.column_upper[self._fixed], b.row_upper[self._giving]])
        on_upper = np.concatenate([at_upper[self._fixed], seen.tight_upper[self._giving]])
        #: 1 where a price may not be negative, -1 where it may not be positive.
        self._sign = np.where(lower == upper, 0.0, np.where(on_upper, -1.0, 1.0))

    def smaller(self, columns: np.ndarray, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Number columns and rows of the whole program as in the smaller one, without what is settled."""
        columns, rows = self._number_columns[columns], self._number_rows[rows]
        return columns[columns >= 0], rows[rows >= 0]

    def patch(self, patch: Patch) -> Patch:
        """Give what a patch of the whole program changes in the smaller one.

        What it changes of the settled is left out, and seen by `postsolve`.
        """
        columns, rows = self._number_columns[patch.columns], self._number_rows[patch.rows]
        c, r = columns >= 0, rows >= 0
        columns, rows = columns[c], rows[r]
        dearer = patch.cost[c] - self._whole.cost[patch.columns[c]]
        return Patch(
            patch.name, columns, patch.column_lower[c], patch.column_upper[c], self.cost[columns] + dearer, rows,
            patch.row_lower[r] - self._level[rows], patch.row_upper[r] - self._level[rows],
        )  # fmt: skip

    def postsolve(self, answer: Answer, patch: Patch | None) -> Answer | Moved:
        """Give the optimum of the whole program, if that of the smaller one gives it.

        Parameters
        ----------
        answer : Answer
            Optimum of the smaller program, with all its vectors.
        patch : Patch or None
            Of the whole program.

        Returns
        -------
        Answer or Moved
        """
        whole = self._whole
        cost = whole.cost
        if patch is not None:
            columns = patch.columns[self._number_columns[patch.columns] < 0]
            rows = patch.rows[self._number_rows[patch.rows] < 0]
            if len(columns) or len(rows):
                return Moved(columns, rows)
            cost = cost.copy()
            cost[patch.columns] = patch.cost
        x = self._x.copy()
        x[self._columns] = answer.x
        x[self._given] = self._lu.solve(self._start - self._of_rest @ answer.x)
        dual = np.zeros(len(self._number_rows))
        dual[self._rows] = answer.dual
        dual[self._giving] = self._lu.solve(cost[self._given] - self._into_left @ answer.dual, trans="T")
        row_value = whole.matrix @ x
        reduced = cost - self._transposed @ dual
        moved = self._moved(x, row_value, reduced, dual)
        if moved is not None:
            return moved
        value = answer.value + self._value
        return replace(answer, value=value, x=x, row_value=row_value, dual=dual, reduced_cost=reduced)

    def _moved(
        self, x: np.ndarray, row_value: np.ndarray, reduced: np.ndarray, dual: np.ndarray
    ) -> Moved | None:
        """Look for what was settled and fails an optimality condition."""
        value = np.concatenate([x[self._given], row_value[self._out], row_value[self._giving]])
        slack = _ON * (1.0 + np.abs(value))
        outside = (value < self._lower - slack) | (value > self._upper + slack)
        price = np.concatenate([reduced[self._fixed], dual[self._giving]])
        wrong = self._sign * price < -_ZERO
        if not outside.any() and not wrong.any():
            return None
        given, fixed = len(self._given), len(self._fixed)
        rows = np.concatenate([self._out, self._giving])
        return Moved(
            np.concatenate([self._given[outside[:given]], self._fixed[wrong[:fixed]]]),
            np.concatenate([rows[outside[given:]], self._giving[wrong[fixed:]]]),
        )

    def larger_basis(self, basis: highspy.HighsBasis) -> highspy.HighsBasis:
        """Give the basis of the whole program that a basis of the smaller one stands for."""
        columns, rows = list(self._column_status), list(self._row_status)
        for j, status in zip(self._columns.tolist(), basis.col_status, strict=True):
            columns[j] = status
        for i, status in zip(self._rows.tolist(), basis.row_status, strict=True):
            rows[i] = status
        return _basis(columns, rows)

    def smaller_basis(self, basis: highspy.HighsBasis) -> highspy.HighsBasis:
        """Give the basis of the smaller program for one of the whole in which all that is settled is as it was seen."""
        columns, rows = basis.col_status, basis.row_status
        return _basis([columns[j] for j in self._columns.tolist()], [rows[i] for i in self._rows.tolist()])


def _basis(
    columns: list[highspy.HighsBasisStatus], rows: list[highspy.HighsBasisStatus]
) -> highspy.HighsBasis:
    basis = highspy.HighsBasis()
    basis.col_status, basis.row_status, basis.valid = columns, rows, True
    return basis
