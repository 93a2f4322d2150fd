"""Bases: arrays that can be kept, compared and handed back."""

from __future__ import annotations

import pickle

import numpy as np
from scipy import sparse

from straits.lp import Basis, Solver


def two_roads() -> Solver:
    """Ten units are wanted; road a costs 1 and carries 6, road b costs 3."""
    return Solver(
        np.array([1.0, 3.0]), sparse.csc_matrix([[1.0, 1.0]]), np.zeros(2), np.array([6.0, np.inf]),
        np.array([10.0]), np.array([np.inf]),
    )  # fmt: skip


def test_a_basis_says_what_stands_where():
    """Proves: road a stands at its capacity, road b is basic, and the row stands at what is wanted.
    Without it: a basis would be a box that only the solver can open."""
    solver = two_roads()
    solver.run()
    assert solver.basis().columns.tolist() == [Basis.UPPER, Basis.BASIC]
    assert solver.basis().rows.tolist() == [Basis.LOWER]


def test_a_basis_survives_pickling_and_starts_another_solver():
    """Proves: a basis that was pickled equals the one that was not, and another solver has nothing left to do from it; from the
    basis of all rows, it has.
    Without it: workers and stores could not hand on where they stopped."""
    solver = two_roads()
    solver.run()
    again = pickle.loads(pickle.dumps(solver.basis()))
    assert again == solver.basis() and hash(again) == hash(solver.basis())
    for basis, steps in ((again, 0), (Basis(np.array([0, 0], np.int8), np.array([1], np.int8)), 1)):
        other = two_roads()
        other.prefer_warm()
        other.start_from(basis)
        answer = other.run()
        assert (answer.iterations, answer.value) == (steps, 18.0)
        assert other.basis() == again
    assert again != Basis(np.array([0, 0], np.int8), np.array([1], np.int8))
