"""Of all plans that are as good the one is chosen that is wished for: held against a program written another way."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from scipy.optimize import linprog

from straits.lp import LinearProgram, Session, Status
from straits.lp.chosen import Planned, Wish, chosen_plan
from straits.lp.parts.parted import Parted
from straits.lp.parts.reduce import Compact
from straits.lp.patch import Patch
from straits.model import Bounds


def drawn(random: np.random.Generator) -> LinearProgram:
    """A program with many optima: few costs, sums of amounts, and columns of which one is a multiple of another."""
    sources, columns = 3, 10
    matrix = np.zeros((5, columns))
    matrix[:3, :3] = np.eye(3)
    for way in range(3, columns):
        matrix[random.integers(3), way] = -1.0
        matrix[random.integers(3, 5), way] = random.choice([1.0, 0.5])
    upper = np.where(
        np.arange(columns) < sources, random.integers(2, 9, columns), random.integers(1, 6, columns)
    )
    need = np.zeros(5)
    most = np.where(np.arange(5) < 3, 0.0, random.integers(1, 9, 5))
    cost = np.where(np.arange(columns) < 3, 1.0, -random.integers(1, 3, columns).astype(float))
    bounds = Bounds(np.zeros(columns), upper.astype(float), need, most)
    return LinearProgram(cost, sparse.csc_matrix(matrix), bounds)


def wished(random: np.random.Generator, columns: int) -> Wish:
    """Weights that are all different, and three amounts that should not fall short."""
    planned = Planned(np.arange(3), np.ones(3), random.integers(0, 6, 3) + 0.5, random.random(3) * 20 + 5)
    return Wish(random.random(columns) + 0.1, planned)


def sum_of(wish: Wish, x: np.ndarray) -> float:
    """What is to be least."""
    total = float(wish.weights @ x)
    p = wish.planned
    return total + float(p.weights @ np.maximum(p.least - p.times * x[p.columns], 0.0)) if p else total


def least_sum(program: LinearProgram, wish: Wish, value: float) -> float:
    """The same by a program over plans and what falls short, with the value of the optimum as a row."""
    b, p, columns = program.bounds, wish.planned, program.matrix.shape[1]
    a, size = program.matrix.toarray(), len(p.columns)
    short = np.zeros((size, columns))
    short[np.arange(size), p.columns] = -p.times
    above = np.hstack(
        [np.vstack([a, -a, program.cost[None], short]), np.zeros((2 * len(a) + 1 + size, size))]
    )
    above[-size:, columns:] = -np.eye(size)
    most = np.concatenate([b.row_upper, -b.row_lower, [value + 1e-9], -p.least])
    bounds = [*zip(b.column_lower, b.column_upper, strict=True), *[(0, None)] * size]
    found = linprog(np.concatenate([wish.weights, p.weights]), A_ub=above, b_ub=most, bounds=bounds)
    assert found.status == 0
    return float(found.fun)


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 10**6))
def test_what_is_planned_is_kept_as_far_as_it_is_as_good(seed):
    """Proves: the plan is an optimum, and of all optima that in which weights and what falls short are least; from the basis of
    the optimum, from that of another choice, and in the smaller program too.
    Without it: fields would be cut though there is room, or run on where nothing is gained by it.
    """
    random = np.random.default_rng(seed)
    program = drawn(random)
    wish = wished(random, program.matrix.shape[1])
    session = Session(program)
    answer = session.run()
    assert answer.status == Status.OPTIMAL
    expected = least_sum(program, wish, answer.value)
    start = session.basis()
    for _ in range(2):
        x, start = chosen_plan(program.matrix, program.bounds, answer, wish, start)
        assert program.cost @ x == pytest.approx(answer.value, abs=1e-7)
        assert sum_of(wish, x) == pytest.approx(expected, abs=1e-6)
    compact = Compact(program, [])
    parted = Parted(compact)
    parted.choose_plan(compact.wish(wish), lambda _: True)
    assert sum_of(wish, compact.spread(parted.answer.x)) == pytest.approx(expected, abs=1e-6)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6))
def test_the_plan_of_two_programs_side_by_side_is_that_of_each(seed):
    """Proves: programs that share no row keep their own wishes when one of them changes, and the other keeps its plan.
    Without it: what was planned of one part would be looked for among the columns of another.
    """
    random = np.random.default_rng(seed)
    alone = [drawn(random), drawn(random)]
    wishes = [wished(random, p.matrix.shape[1]) for p in alone]
    columns = alone[0].matrix.shape[1]
    both = LinearProgram(
        np.concatenate([p.cost for p in alone]),
        sparse.csc_matrix(sparse.block_diag([p.matrix for p in alone])),
        Bounds(
            *(
                np.concatenate([getattr(p.bounds, name) for p in alone])
                for name in Bounds.__dataclass_fields__
            )
        ),
    )
    first, second = (w.planned for w in wishes)
    planned = Planned(
        np.concatenate([first.columns, second.columns + columns]), np.ones(6),
        np.concatenate([first.least, second.least]), np.concatenate([first.weights, second.weights]),
    )  # fmt: skip
    wish = Wish(np.concatenate([w.weights for w in wishes]), planned)
    parted = Parted(both)
    chosen = parted.choose_plan(wish, lambda _: True)
    before = parted.answer.x
    least = [least_sum(p, w, Session(p).run().value) for p, w in zip(alone, wishes, strict=True)]
    assert sum_of(wish, before) == pytest.approx(sum(least), abs=1e-6)

    closed = columns + 3 + int(random.integers(7))
    patch = Patch("closed", np.array([closed]), np.zeros(1), np.zeros(1), both.cost[[closed]], *_NO_ROWS)
    parted.take(patch)
    parted.start_from(parted.basis())
    answer = parted.run()
    found, _ = parted.with_chosen_plan(answer, wish, chosen)
    np.testing.assert_array_equal(found.x[:columns], before[:columns])
    upper = alone[1].bounds.column_upper.copy()
    upper[closed - columns] = 0.0
    b = alone[1].bounds
    shut = LinearProgram(
        alone[1].cost, alone[1].matrix, Bounds(b.column_lower, upper, b.row_lower, b.row_upper)
    )
    expected = least_sum(shut, wishes[1], Session(shut).run().value)
    assert sum_of(wishes[1], found.x[columns:]) == pytest.approx(expected, abs=1e-6)


_NO_ROWS = (np.empty(0, dtype=int), np.empty(0), np.empty(0))
