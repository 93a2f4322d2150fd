"""A program in parts is answered as the whole is."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from straits.lp import LinearProgram, Session, Status
from straits.lp.parts.parted import Parted
from straits.lp.patch import Patch
from straits.model import Bounds


def blocks(random: np.random.Generator, count: int) -> LinearProgram:
    """Parts of a few columns and rows each, whose columns and rows are mixed; one more row and column that meet nothing."""
    parts = [
        sparse.csc_matrix(random.integers(-2, 3, (random.integers(1, 4), random.integers(1, 5))))
        for _ in range(count)
    ]
    matrix = sparse.block_diag([*parts, sparse.csc_matrix((1, 1))], format="csc")
    rows, columns = matrix.shape
    matrix = matrix[random.permutation(rows)][:, random.permutation(columns)]
    upper = random.integers(1, 9, columns).astype(float)
    bounds = Bounds(
        np.zeros(columns), upper, np.full(rows, -np.inf), random.integers(0, 9, rows).astype(float)
    )
    return LinearProgram(random.normal(size=columns), sparse.csc_matrix(matrix), bounds)


def some(random: np.random.Generator, p: LinearProgram) -> Patch:
    """Other bounds and costs for a few columns and rows; now and then none that can be kept."""
    rows, columns = p.matrix.shape
    c = np.sort(random.choice(columns, random.integers(0, min(columns, 3) + 1), replace=False))
    r = np.sort(random.choice(rows, random.integers(0, min(rows, 2) + 1), replace=False))
    lower = random.choice([0.0, 0.0, 3.0], len(c))
    least = random.choice([-np.inf, -np.inf, 2.0], len(r))
    return Patch("p", c, lower, lower + random.integers(0, 5, len(c)), random.normal(size=len(c)), r, least,
                 np.where(np.isfinite(least), least + 3.0, 4.0))  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 4))
def test_parts_answer_as_the_whole(seed, count):
    """Proves: of programs of one to four parts and of patches one after another, a program in parts has the status and the
    value of the whole, and its plan and duals are of that value. Without it: a part that a patch does not touch could keep the
    answer to another question.
    """
    random = np.random.default_rng(seed)
    p = blocks(random, count)
    parted, whole = Parted(p), Session(p)
    first = whole.run()
    assert parted.answer.status == first.status
    for patch in (some(random, p) for _ in range(4)):
        parted.take(patch)
        parted.start_from(parted.basis_of_all)
        whole.take(patch)
        found, meant = parted.run(), whole.run_cold()
        assert found.status == meant.status
        if meant.status != Status.OPTIMAL:
            continue
        assert found.value == pytest.approx(meant.value, abs=1e-7)
        cost = p.cost.copy()
        cost[patch.columns] = patch.cost
        assert cost @ found.x == pytest.approx(meant.value, abs=1e-7)
        assert p.matrix @ found.x == pytest.approx(found.row_value, abs=1e-9)
        assert cost - p.matrix.T @ found.dual == pytest.approx(found.reduced_cost, abs=1e-9)


def test_only_what_a_patch_touches_is_solved():
    """Proves: of three parts that share nothing, a patch of one leaves two unasked, and the answer counts no iteration of theirs;
    a patch that changes nothing asks none. Without it: closing a pipeline would solve containers too.
    """
    one = sparse.csc_matrix([[1.0, 1.0]])
    p = LinearProgram(
        -np.arange(1.0, 7.0),
        sparse.block_diag([one, one, one], format="csc"),
        Bounds(np.zeros(6), np.full(6, 4.0), np.full(3, -np.inf), np.full(3, 5.0)),
    )
    parted = Parted(p)
    none, nothing = np.empty(0, dtype=int), np.empty(0)
    assert parted.answer.value == pytest.approx(-(4 * 2 + 1 + 4 * 4 + 3 + 4 * 6 + 5))
    parted.take(Patch("x", np.array([2]), np.zeros(1), np.array([0.0]), p.cost[[2]], none, nothing, nothing))
    assert len(parted._touched) == 1
    parted.start_from(parted.basis_of_all)
    answer = parted.run()
    assert answer.value == pytest.approx(-(9 + 16 + 29))
    assert answer.x.tolist() == [1, 4, 0, 4, 1, 4]
    parted.take(Patch("y", none, nothing, nothing, nothing, none, nothing, nothing))
    assert parted.run().iterations == 0 and parted.run().value == pytest.approx(parted.answer.value)


def test_a_part_may_have_an_answer_where_the_whole_has_none():
    """Proves: of two parts one asks for more than it can have; a patch that lets it have more gives both their answer.
    Without it: what is repaired would stay without a plan.
    """
    one = sparse.csc_matrix([[1.0]])
    bounds = Bounds(np.zeros(2), np.array([1.0, 5.0]), np.array([2.0, -np.inf]), np.array([np.inf, 4.0]))
    parted = Parted(LinearProgram(np.array([1.0, -1.0]), sparse.block_diag([one, one], format="csc"), bounds))
    assert parted.answer.status == Status.INFEASIBLE
    none, nothing = np.empty(0, dtype=int), np.empty(0)
    parted.take(
        Patch("wider", np.array([0]), np.zeros(1), np.array([3.0]), np.ones(1), none, nothing, nothing)
    )
    answer = parted.run_cold()
    assert (
        answer.status == Status.OPTIMAL and answer.x.tolist() == [2, 4] and answer.value == pytest.approx(-2)
    )
