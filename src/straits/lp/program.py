"""A linear program as arrays: minimise cost x with bounds on x and on matrix x."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cached_property
from typing import Protocol

import numpy as np
from scipy import sparse

#: Typical sizes within these are left as they are: the solver works best near 1, and there is nothing to gain.
_NEAR_ONE = (2.0**-10, 2.0**14)


@dataclass(frozen=True)
class Bounds:
    """Bounds of columns and rows.

    Attributes
    ----------
    column_lower, column_upper : ndarray, shape (columns,)
    row_lower, row_upper : ndarray, shape (rows,)
    """

    column_lower: np.ndarray
    column_upper: np.ndarray
    row_lower: np.ndarray
    row_upper: np.ndarray

    def copy(self) -> Bounds:
        """Return bounds that can be changed."""
        return Bounds(*(getattr(self, f.name).copy() for f in fields(self)))


class Program(Protocol):
    """What every linear program has, whoever made it."""

    @property
    def cost(self) -> np.ndarray:
        """Shape (columns,)."""

    @property
    def matrix(self) -> sparse.csc_matrix:
        """Shape (rows, columns)."""

    @property
    def bounds(self) -> Bounds:
        """Of columns and rows."""


@dataclass(frozen=True)
class LinearProgram:
    """A linear program and nothing besides.

    Attributes
    ----------
    cost : ndarray, shape (columns,)
    matrix : csc_matrix, shape (rows, columns)
    bounds : Bounds
    """

    cost: np.ndarray
    matrix: sparse.csc_matrix
    bounds: Bounds


@dataclass
class Arrays:
    """What the solver was last told: a linear program; its bounds and costs may be changed in place.

    Attributes
    ----------
    cost : ndarray, shape (columns,)
    matrix : csc_matrix, shape (rows, columns)
    column_lower, column_upper : ndarray, shape (columns,)
    row_lower, row_upper : ndarray, shape (rows,)
    """

    cost: np.ndarray
    matrix: sparse.csc_matrix
    column_lower: np.ndarray
    column_upper: np.ndarray
    row_lower: np.ndarray
    row_upper: np.ndarray

    @cached_property
    def transposed(self) -> sparse.csr_matrix:
        """The matrix with rows and columns changed over, sharing its memory."""
        return self.matrix.T

    @cached_property
    def by_row(self) -> sparse.csr_matrix:
        """The matrix, stored row by row."""
        return sparse.csr_matrix(self.matrix)

    def bounds(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Give the bounds of columns and of rows."""
        return self.column_lower, self.column_upper, self.row_lower, self.row_upper

    @cached_property
    def absolute(self) -> sparse.csc_matrix:
        """The matrix of the sizes of coefficients."""
        return abs(self.matrix)


def typical(*vectors: np.ndarray) -> float:
    """Give the geometric mean of what is neither zero nor infinite, as a power of two; 1 if it is near 1 or there is none.

    Only exponents are averaged: a product of many numbers would leave the range of numbers.
    """
    sizes = np.abs(np.concatenate(vectors))
    sizes = sizes[(sizes > 0) & np.isfinite(sizes)]
    if not len(sizes):
        return 1.0
    mean = 2.0 ** np.rint(np.log2(sizes).mean())
    return 1.0 if _NEAR_ONE[0] <= mean <= _NEAR_ONE[1] else float(mean)
