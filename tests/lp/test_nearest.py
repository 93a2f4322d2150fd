"""Duals nearest to others, of all that support a plan, of programs drawn at random."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import sparse

from leastaway import least_away
from straits.lp import LinearProgram, Session, Status, nearest
from straits.lp.answer import Basis
from straits.lp.nearest import nearest_duals
from straits.lp.optimal_set import is_optimum
from straits.model import Bounds

SEEDS = st.integers(0, 10**6)


def tied(random: np.random.Generator) -> LinearProgram:
    """A program with few different numbers, so that most optima have many duals; some columns are fixed."""
    rows, columns = int(random.integers(1, 8)), int(random.integers(1, 10))
    matrix = random.integers(-1, 2, (rows, columns)) * (random.random((rows, columns)) < 0.5)
    upper = random.integers(0, 3, columns).astype(float)
    value = matrix @ (upper * random.integers(0, 3, columns) / 2.0)
    least = np.where(
        random.random(rows) < 0.5, value, np.where(random.random(rows) < 0.5, value - 1.0, -np.inf)
    )
    most = np.where(random.random(rows) < 0.7, value, np.inf)
    bounds = Bounds(np.where(random.random(columns) < 0.1, upper, 0.0), upper, least, most)
    return LinearProgram(
        random.integers(-2, 3, columns).astype(float), sparse.csc_matrix(matrix.astype(float)), bounds
    )


@given(SEEDS)
@settings(max_examples=300, deadline=None)
def test_no_duals_are_nearer_on_any_path(seed):
    """Proves: from the basis of the plan, from nothing, or from a basis of something else, the same duals are found; they support
    the plan, and no others are nearer by a program that is written in another way. Rows that count nothing do not count.
    Without it: which prices are told would be the choice of a solver, and some would move further than they must.
    """
    random = np.random.default_rng(seed)
    p = tied(random)
    session = Session(p)
    answer = session.run()
    assume(answer.status == Status.OPTIMAL)
    rows, columns = p.matrix.shape
    wanted = answer.dual + random.integers(-3, 4, rows)
    weights = random.uniform(1.0, 9.0, rows) * (random.random(rows) < 0.8)
    least = least_away(p, wanted, weights, float(p.cost @ answer.x))
    other = Basis(random.integers(0, 3, columns).astype(np.int8), random.integers(0, 3, rows).astype(np.int8))
    found = []
    for basis in (session.basis(), None, other):
        at = nearest_duals(p, answer.x, answer.dual, basis, wanted, weights)
        assert at is not None and is_optimum(p, answer.x, at)
        assert weights @ np.abs(at - wanted) == pytest.approx(least, abs=1e-6 * (1.0 + weights.sum()))
        again = nearest_duals(p, answer.x, at, basis, wanted, weights)
        assert again is not None and weights @ np.abs(again - at) == pytest.approx(0.0, abs=1e-6)
        found.append(at)
    for at in found[1:]:
        assert weights @ np.abs(at - found[0]) == pytest.approx(0.0, abs=1e-6)


def test_what_is_not_proved_is_not_given(monkeypatch):
    """Proves: duals that do not support the plan are not taken for the nearest, however the solver came to them; where none do,
    none are given.
    Without it: accounts would be those of prices at which the plan is none that anybody would make.
    """
    one = np.ones(1)
    p = LinearProgram(one, sparse.csc_matrix([[1.0]]), Bounds(0 * one, 4 * one, 2 * one, 2 * one))
    answer = Session(p).run()
    assert answer.dual == pytest.approx([1.0])
    wrong = iter([5.0] * 100)
    monkeypatch.setattr(nearest, "can_move", lambda matrix, free, equal: free)
    monkeypatch.setattr(nearest.highs, "duals", lambda found: np.array([next(wrong)]))
    assert nearest_duals(p, answer.x, answer.dual, None, 3 * one, one) is None


def test_ends_that_have_no_limit_are_reached():
    """Proves: where a plan is held by two rows alike, their duals are moved to what is wanted of both, as far as their sum stays.
    Without it: which of two pipes is scarce would be told by the solver.
    """
    p = LinearProgram(
        np.array([-1.0]),
        sparse.csc_matrix(np.ones((2, 1))),
        Bounds(np.zeros(1), np.full(1, np.inf), np.full(2, -np.inf), np.full(2, 3.0)),
    )
    answer = Session(p).run()
    assert answer.dual.sum() == pytest.approx(-1.0)
    for wanted, weights, meant in (
        ([-0.25, -0.75], [1.0, 1.0], [-0.25, -0.75]),
        ([-5.0, 5.0], [1.0, 1.0], [-1.0, 0.0]),
        ([-0.5, -0.1], [2.0, 1.0], [-0.5, -0.5]),
        ([-0.5, -0.1], [1.0, 2.0], [-0.9, -0.1]),
        ([-0.5, -0.1], [0.0, 2.0], [-0.9, -0.1]),
    ):
        found = nearest_duals(p, answer.x, answer.dual, None, np.array(wanted), np.array(weights))
        assert found == pytest.approx(meant, abs=1e-9)
