"""What an infeasible program misses and what it misses it for, by hand."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from straits.lp import Basis
from straits.lp.elastic import conflict_set
from straits.lp.program import Bounds

INF = np.inf


def chain(*upper: float, wanted: float = 10.0) -> tuple[sparse.csc_matrix, Bounds]:
    """A field fills a road, the road a ship, and the ship must bring what is wanted; beside them one thing that is well.

    Columns field, road, ship, other. Rows: the road carries what the field makes, the ship what the road carries, the ship
    brings what is wanted; the other is at least one.
    """
    matrix = sparse.csc_matrix(
        [[1.0, -1.0, 0.0, 0.0], [0.0, 1.0, -1.0, 0.0], [0.0, 0.0, 1.0, 0.0], [0.0, 0.0, 0.0, 1.0]]
    )
    low = np.array([0.0, 0.0, wanted, 1.0])
    return matrix, Bounds(np.zeros(4), np.array([*upper, 5.0]), low, np.array([0.0, 0.0, INF, INF]))


@pytest.mark.parametrize(
    ("upper", "missing", "rows", "columns"),
    [
        ((4.0, 9.0, 3.0), 7.0, [], [2]),  # the ship is too small: nothing behind it matters
        ((4.0, 9.0, 30.0), 6.0, [1, 0], [0]),  # the field is: both balances on the way, the nearer first
        ((40.0, 2.0, 30.0), 8.0, [1], [1]),
    ],
)
def test_what_is_missed_and_why(upper, missing, rows, columns):
    """Proves: what is missed is what the smallest of three has too little of; the conflict names the rows between it and what is
    missed, the nearest first, and it alone of the limits; nothing of what is well.
    Without it: an infeasible case would be explained by what has nothing to do with it.
    """
    found = conflict_set(*chain(*upper), np.ones(4) * [50.0, 50.0, 1.0, 50.0])
    assert found.crossed == []
    assert found.broken.tolist() == pytest.approx([0.0, 0.0, missing, 0.0])
    assert (found.rows, found.columns) == (rows, columns)


def test_what_is_dear_is_missed_last():
    """Proves: the prices say what is missed: where a balance is cheap, the road carries its 9 with a field of 4, and 1 of 10 is
    missed.
    Without it: cargo would be said to be missing at a place, and not to whom it was promised.
    """
    found = conflict_set(*chain(4.0, 9.0, 30.0), np.array([1.0, 50.0, 50.0, 50.0]))
    assert found.broken.tolist() == pytest.approx([5.0, 0.0, 1.0, 0.0])


def test_bounds_that_cross():
    """Proves: a least amount above the greatest is the conflict itself, by its column; a program that can be met has none.
    Without it: a least output above the capacity would have no explanation.
    """
    matrix, bounds = chain(40.0, 40.0, 40.0)
    assert conflict_set(matrix, bounds, np.ones(4)).crossed == []
    bounds.column_lower[1] = 41.0
    found = conflict_set(matrix, bounds, np.ones(4))
    assert found.crossed == [1] and not found.broken.any()


def test_bases_are_equal_in_all_their_parts():
    """Proves: two bases that differ in a column alone, or in a row alone, are not equal.
    Without it: an answer would be taken for one that starts elsewhere.
    """
    one = Basis(np.array([0, 1], np.int8), np.array([2], np.int8))
    assert one == Basis(np.array([0, 1], np.int8), np.array([2], np.int8))
    assert one != Basis(np.array([1, 1], np.int8), np.array([2], np.int8))
    assert one != Basis(np.array([0, 1], np.int8), np.array([1], np.int8))
    assert one != "a basis"
