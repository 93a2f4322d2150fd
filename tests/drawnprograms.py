"""Small linear programs drawn at random, and bounds of them that move."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from straits.lp import LinearProgram
from straits.lp.patch import Patch
from straits.model import Bounds


def drawn(random: np.random.Generator) -> LinearProgram:
    """A program in which rows of two and three columns hang together, with equations, ranges and bounds below zero."""
    rows, columns = int(random.integers(2, 12)), int(random.integers(4, 24))
    matrix = sparse.lil_matrix((rows, columns))
    for j in range(columns):
        for i in random.choice(rows, min(rows, int(random.integers(1, 4))), replace=False):
            matrix[i, j] = random.choice([-1.0, 1.0, -0.5, 2.0])
    lower = random.choice([0.0, 0.0, -3.0], columns)
    plan = lower + random.integers(0, 4, columns)
    there = matrix.tocsr() @ plan
    loose = random.choice([0.0, 2.0, np.inf], rows)
    bounds = Bounds(
        lower, lower + random.integers(4, 9, columns), there - random.choice([0.0, 1.0], rows), there + loose
    )
    return LinearProgram(random.integers(-5, 9, columns).astype(float), sparse.csc_matrix(matrix), bounds)


def bounds_moved(random: np.random.Generator, p: LinearProgram) -> Patch:
    """Other bounds of a few columns and rows: closed, tighter, wider, or such that nothing may fit."""
    rows, columns = p.matrix.shape
    b = p.bounds
    c = np.sort(random.choice(columns, int(random.integers(0, 4)), replace=False))
    r = np.sort(random.choice(rows, int(random.integers(0, 3)), replace=False))
    upper = b.column_lower[c] + random.choice([0.0, 0.0, 1.0, 12.0], len(c))
    row_upper = b.row_upper[r] + random.choice([-1.0, 0.0, 1.0, 3.0], len(r))
    row_lower = np.minimum(b.row_lower[r], row_upper) - random.choice([0.0, 1.0], len(r))
    return Patch("p", c, b.column_lower[c], upper, p.cost[c], r, row_lower, row_upper)
