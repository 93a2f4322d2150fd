"""Scale a program so that its numbers lie near 1; plans and duals of the one are those of the other, times powers of two."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import sparse

from straits.lp.program import Arrays, typical
from straits.lp.solver.proof import Units

#: Rounds of scaling rows and columns in turn; they change little after the first few.
_ROUNDS = 6
#: Exponents of two are kept within this, so that nothing overflows.
_MOST = 60.0


@dataclass(frozen=True)
class Scale:
    """Factors, all powers of two so that scaling rounds nothing: a column is `column` times the scaled one, and so on.

    Attributes
    ----------
    column : ndarray, shape (columns,), or float
    row : ndarray, shape (rows,), or float
    cost : float
    """

    column: np.ndarray | float
    row: np.ndarray | float
    cost: float

    @cached_property
    def is_one(self) -> bool:
        """Whether nothing is scaled."""
        return self.cost == 1.0 and bool(np.all(self.column == 1.0) and np.all(self.row == 1.0))

    def applied(self, p: Arrays) -> Arrays:
        """Give the scaled program."""
        matrix = p.matrix
        if np.ndim(self.column) or np.ndim(self.row) or self.column != self.row:
            columns, rows = (
                np.broadcast_to(self.column, len(p.cost)),
                np.broadcast_to(self.row, len(p.row_lower)),
            )
            matrix = sparse.csc_matrix(sparse.diags_array(1.0 / rows) @ matrix @ sparse.diags_array(columns))
        return Arrays(
            p.cost * self.column / self.cost, matrix, p.column_lower / self.column, p.column_upper / self.column,
            p.row_lower / self.row, p.row_upper / self.row,
        )  # fmt: skip


def one_unit(p: Arrays) -> Scale:
    """Give the scale that brings the typical amount and the typical cost of a program near 1, the same for all."""
    amount = typical(p.column_lower, p.column_upper, p.row_lower, p.row_upper)
    return Scale(amount, amount, amount * typical(p.cost))


def units_of(scale: Scale) -> Units:
    """Give what counts as one in a program of which `one_unit` made this scale."""
    amount = float(np.max(scale.row))
    return Units(min(1.0, amount), min(1.0, scale.cost / amount))


def each_its_own(p: Arrays) -> Scale:
    """Give the scale that brings the numbers of each row and column near 1.

    Geometric means of the entries of rows and columns in turn (Curtis and Reid 1972, *IMA Journal of Applied Mathematics* 10,
    118-124, minimise the same spread), in which each bound counts as an entry of its row or column: so amounts of very different
    size are scaled apart even where all coefficients are 1.
    """
    entries = sparse.coo_matrix(p.matrix)
    there = entries.data != 0
    i, j, size = entries.row[there], entries.col[there], np.log2(np.abs(entries.data[there]))
    columns, rows = np.zeros(len(p.cost)), np.zeros(len(p.row_lower))
    of_column, of_row = _bound(p.column_lower, p.column_upper), _bound(p.row_lower, p.row_upper)
    for _ in range(_ROUNDS):
        # log2 of an entry once scaled: size - row + column; of a bound: bound - column, bound - row.
        rows = _mean(i, size + columns[j], of_row, len(rows))
        columns = _mean(j, rows[i] - size, of_column, len(columns))
    columns, rows = (2.0 ** np.clip(np.rint(v), -_MOST, _MOST) for v in (columns, rows))
    return Scale(columns, rows, typical(p.cost * columns))


def _bound(lower: np.ndarray, upper: np.ndarray) -> np.ndarray:
    """Give log2 of the larger bound, nan where there is none."""
    ends = np.maximum(
        np.where(np.isfinite(lower), np.abs(lower), 0.0), np.where(np.isfinite(upper), np.abs(upper), 0.0)
    )
    return np.log2(ends, out=np.full(len(ends), np.nan), where=ends > 0)


def _mean(index: np.ndarray, value: np.ndarray, bound: np.ndarray, count: int) -> np.ndarray:
    """Give means by index, with the bound as one value more."""
    there = ~np.isnan(bound)
    total = np.bincount(index, weights=value, minlength=count) + np.where(there, bound, 0.0)
    return total / np.maximum(np.bincount(index, minlength=count) + there, 1)
