"""What is left to decide of a program is answered as the whole is."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy import sparse

from straits.lp import LinearProgram, Session, Status
from straits.lp.nearest import nearest_duals
from straits.lp.optimal_set import Plans, can_move, moves_of
from straits.lp.program import Arrays
from straits.lp.solver.proof import flaw_of_optimum
from straits.lp.solver.remaining import _rows_of, solve_remaining
from straits.model import Bounds

SEEDS = st.integers(0, 10**6)


def drawn(random: np.random.Generator) -> LinearProgram:
    """A program with equations and inequalities that some plan keeps."""
    rows, columns = int(random.integers(2, 7)), int(random.integers(3, 10))
    matrix = sparse.csc_matrix(random.integers(-2, 3, (rows, columns)).astype(float))
    upper = random.integers(1, 9, columns).astype(float)
    value = matrix @ (upper * random.integers(0, 3, columns) / 2.0)
    least = np.where(random.random(rows) < 0.5, value, value - 2.0)
    bounds = Bounds(np.zeros(columns), upper, least, np.where(random.random(rows) < 0.7, value, np.inf))
    return LinearProgram(random.integers(-3, 4, columns).astype(float), matrix, bounds)


def proves(cost: np.ndarray, p: LinearProgram, b: Bounds, answer) -> bool:
    """Whether plan and duals prove each other."""
    whole = Arrays(cost, p.matrix, b.column_lower, b.column_upper, b.row_lower, b.row_upper)
    return flaw_of_optimum(whole, answer.x, answer.dual) is None


@settings(max_examples=150, deadline=None)
@given(SEEDS)
@example(159)
def test_what_remains_is_answered_as_the_whole(seed):
    """Proves: with some columns fixed where an optimum had them, or elsewhere, under other bounds, a program has the status and
    the value of a cold solve of the whole, its plan and duals prove each other for the whole program, and the basis that comes
    back is where the whole is solved from in no iteration. Without it: a row in which nothing can move any more would be
    forgotten though it is broken, or a price would be one of a smaller program only.
    """
    random = np.random.default_rng(seed)
    p = drawn(random)
    session = Session(p)
    first = session.run()
    if first.status != Status.OPTIMAL:
        return
    b = p.bounds.copy()
    fixed = random.random(len(p.cost)) < random.choice([0.3, 0.6, 1.0])
    at = np.where(random.random(len(p.cost)) < 0.9, first.x, 1.0)
    b.column_lower[fixed] = b.column_upper[fixed] = at[fixed]
    b.column_upper[~fixed] = random.integers(0, 9, (~fixed).sum())
    cost = random.integers(-3, 4, len(p.cost)).astype(float)
    answer, basis = solve_remaining(cost, p.matrix, b, session.basis())
    alone, _ = solve_remaining(cost, p.matrix, b, session.basis(), duals=False)
    assert np.array_equal(alone.x, answer.x) and alone.value == answer.value and not alone.dual.size
    meant = Session(LinearProgram(cost, p.matrix, b)).run()
    assert answer.status == meant.status
    if answer.status == Status.OPTIMAL:
        assert answer.value == pytest.approx(meant.value, abs=1e-8)
        assert proves(cost, p, b, answer)
        again, last = solve_remaining(cost, p.matrix, b, basis)
        assert (again.iterations, again.value) == (0, pytest.approx(answer.value))
        assert last == basis
    else:
        assert basis == session.basis()


@settings(max_examples=150, deadline=None)
@given(SEEDS)
def test_the_way_to_a_plan_as_good(seed):
    """Proves: among plans as good as an optimum, the one of least weights that is reached by moves from the optimum is as good,
    has the least sum that asking without a start gives, and to stay is always within the bounds of moves. Without it: the plan
    under way could cost more than the optimum.
    """
    random = np.random.default_rng(seed)
    p = drawn(random)
    # Costs are often zero, so that many plans are as good.
    p = LinearProgram(p.cost * (random.random(len(p.cost)) < 0.3), p.matrix, p.bounds)
    session = Session(p)
    answer = session.run()
    if answer.status != Status.OPTIMAL:
        return
    weights = random.normal(size=len(p.cost))
    moves = moves_of(p.matrix, p.bounds, answer)
    for lower, upper in (
        (moves.column_lower, moves.column_upper),
        (moves.row_lower, moves.row_upper),
    ):
        assert np.all(lower <= 0.0) and np.all(upper >= 0.0)
    way, _ = solve_remaining(weights, p.matrix, moves, session.basis())
    assert way.status == Status.OPTIMAL
    x = answer.x + way.x
    assert p.cost @ x == pytest.approx(answer.value, abs=1e-8)
    assert np.all(x >= p.bounds.column_lower - 1e-9) and np.all(x <= p.bounds.column_upper + 1e-9)
    assert weights @ x == pytest.approx(weights @ Plans(p, answer.x, answer.dual).least(weights), abs=1e-7)


def test_a_row_in_which_nothing_can_move():
    """Proves: a row that fixed columns break by more than rounding leaves no plan, and one that they break by rounding does.
    Without it: what was decided before could be set against what is promised later, and nobody would be told.
    """
    matrix = sparse.csc_matrix([[1.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
    bounds = Bounds(np.zeros(3), np.full(3, 9.0), np.array([5.0, 1.0]), np.full(2, 9.0))
    p = LinearProgram(np.ones(3), matrix, bounds)
    session = Session(p)
    session.run()
    for off, status in ((1e-3, Status.INFEASIBLE), (1e-12, Status.OPTIMAL)):
        b = p.bounds.copy()
        b.column_lower[:2] = b.column_upper[:2] = (2.0, 3.0 - off)
        answer, _ = solve_remaining(p.cost, p.matrix, b, session.basis())
        assert answer.status == status
    assert answer.x.tolist() == [2.0, 3.0 - 1e-12, 1.0]


@settings(max_examples=150, deadline=None)
@given(SEEDS)
@example(3)
def test_what_cannot_move_is_found_row_by_row(seed):
    """Proves: the columns that are left are those that going through the rows again and again leaves: each row that must stay and
    has one free column holds it, and a coefficient of zero is none. Without it: what can move would be taken for fixed, or
    programs of what is open would hold what is decided."""
    random = np.random.default_rng(seed)
    rows, columns = int(random.integers(1, 9)), int(random.integers(1, 12))
    matrix = sparse.csc_matrix(
        random.integers(1, 3, (rows, columns)) * (random.random((rows, columns)) < 0.3)
    )
    matrix.data[random.random(matrix.nnz) < 0.1] = 0
    free, equal = random.random(columns) < 0.8, random.random(rows) < 0.7
    there, left = matrix.toarray() != 0, free.copy()
    for _ in range(columns):
        for row in np.flatnonzero(equal):
            if (there[row] & left).sum() == 1:
                left &= ~there[row]
    assert np.array_equal(can_move(matrix, free, equal), left)


def test_what_rounding_leaves_of_a_price_is_nothing():
    """Proves: where what is wanted of duals adds up to 5.6e-17 in a price that must be 0, they are what is wanted; where to half
    a cent, one of them is half a cent off.
    Without it: sums of 1e-19 that contradict each other, and scenarios of `red-sea` without an answer.
    """
    matrix = sparse.csc_matrix(np.array([[1.0], [1.0], [-1.0]]))
    row = np.array([1.0, 1.0, -1.0])
    p = LinearProgram(np.zeros(1), matrix, Bounds(np.zeros(1), np.full(1, 2.0), row, row))
    for wanted, away in ((np.array([0.1, 0.2, 0.3]), 0.0), (np.array([0.1, 0.2, 0.305]), 0.005)):
        found = nearest_duals(p, np.ones(1), np.zeros(3), None, wanted, np.array([1.0, 2.0, 3.0]))
        assert found == pytest.approx(wanted + np.array([away, 0.0, 0.0]), abs=1e-12)
        assert matrix.T @ found == pytest.approx([0.0], abs=1e-12)


@given(SEEDS)
@settings(max_examples=50, deadline=None)
def test_some_rows_of_a_matrix(seed):
    """Proves: rows are taken out of a matrix as slicing takes them, entries in order. Without it: a plan would be chosen among
    those of another network.
    """
    random = np.random.default_rng(seed)
    matrix = sparse.csc_matrix(random.integers(-2, 3, (6, 8)).astype(float))
    rows = random.random(6) < random.choice([0.0, 0.5, 1.0])
    found, meant = _rows_of(matrix, rows), sparse.csc_matrix(sparse.csr_matrix(matrix)[rows])
    assert found.shape == meant.shape
    for of in ("data", "indices", "indptr"):
        assert np.array_equal(getattr(found, of), getattr(meant, of))
