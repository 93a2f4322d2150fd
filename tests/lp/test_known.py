"""Optima that were found before: the same answer as from the solver, and the same way on from there."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from straits.lp import LinearProgram, Session, Status, highs
from straits.lp.program import Bounds
from straits.lp.solver import door
from straits.lp.solver.known import Known


def small(cost: float = 1.0) -> LinearProgram:
    """Three units from two sources, of which the first gives two: 2 cost + 3."""
    bounds = Bounds(np.zeros(2), np.array([2.0, 5.0]), np.array([3.0]), np.array([3.0]))
    return LinearProgram(np.array([cost, 3.0]), sparse.csc_matrix(np.ones((1, 2))), bounds)


def test_what_was_found_is_not_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Proves: the same program is asked of the solver once, one with another cost or bound anew.

    Without it: every question would solve the case as it is from nothing, or worse, be given the answer of another.
    """
    asked = []
    real = highs.run
    monkeypatch.setattr(highs, "run", lambda solver, better=None: (asked.append(1), real(solver))[1])
    first, again = Session(small()).run(), Session(small()).run()
    assert (first.value, again.value, len(asked)) == (5.0, 5.0, 1)
    assert np.array_equal(first.x, again.x) and np.array_equal(first.dual, again.dual)
    assert again.iterations == first.iterations and again.status == Status.OPTIMAL
    assert (Session(small(2.0)).run().value, len(asked)) == (7.0, 2)
    tighter = Bounds(np.zeros(2), np.array([1.0, 5.0]), np.array([3.0]), np.array([3.0]))
    session = Session(small())
    assert (session.solve(tighter).value, len(asked)) == (7.0, 3)
    assert Session(small(), scaled=False).run().value == 5.0 and len(asked) == 4


@pytest.mark.parametrize(
    "place", ["column_lower", "column_upper", "row_lower", "row_upper", "cost", "matrix"]
)
def test_every_number_counts(place: str) -> None:
    """Proves: a program that differs in one number of any kind is another. Without it: its answer would be that of the other."""
    one, other = Session(small())._solver._p, Session(small())._solver._p
    assert door.key_of(one) == door.key_of(other)
    numbers = other.matrix.data if place == "matrix" else getattr(other, place)
    numbers[0] += 0.5
    assert door.key_of(one) != door.key_of(other)


@given(st.integers(0, 2**32 - 1), st.integers(1, 8), st.integers(1, 6))
def test_the_way_on_is_the_same(seed: int, columns: int, rows: int) -> None:
    """Proves: after an optimum that was known, the next solve ends as after the same optimum just found: plan, duals, basis.

    Without it: answers would depend on what else was asked in the process before.
    """
    rng = np.random.default_rng(seed)
    matrix = sparse.csc_matrix(rng.integers(-1, 3, (rows, columns)).astype(float))
    upper = rng.integers(1, 6, columns).astype(float)
    held = matrix @ (upper * rng.random(columns))
    bounds = Bounds(np.zeros(columns), upper, np.where(rng.random(rows) < 0.5, held, -np.inf), held)
    program = LinearProgram(rng.integers(-4, 5, columns).astype(float), matrix, bounds)
    other = Bounds(
        bounds.column_lower, upper + rng.integers(0, 3, columns), bounds.row_lower, bounds.row_upper
    )
    door.KNOWN.clear()
    found = []
    for _ in range(2):
        session = Session(program)
        first = session.run()
        found.append((first, session.basis(), session.solve(other)))
    (one, basis, after), (again, other_basis, after_again) = found
    assert one.status == Status.OPTIMAL and basis == other_basis
    for a, b in ((one, again), (after, after_again)):
        assert all(
            np.array_equal(getattr(a, n), getattr(b, n)) for n in ("x", "dual", "row_value", "reduced_cost")
        )
        assert (a.status, a.iterations) == (b.status, b.iterations)


def test_what_is_known_cannot_be_changed() -> None:
    """Proves: the vectors that many are given are not to be written in. Without it: one question would spoil those after it."""
    answer = Session(small()).run()
    for vector in (answer.x, answer.dual, answer.row_value, answer.reduced_cost):
        with pytest.raises(ValueError, match="read-only"):
            vector[0] = 1.0


class _Numbers:
    def __init__(self, size: int) -> None:
        self.size = size


def test_what_was_not_asked_for_longest_makes_room() -> None:
    """Proves: no more numbers are held than allowed, and the last asked stay. Without it: memory would grow."""
    known: Known[_Numbers] = Known(10)
    four, five, three = _Numbers(4), _Numbers(5), _Numbers(3)
    known.put(b"four", four)
    known.put(b"five", five)
    assert known.get(b"four") is four
    known.put(b"three", three)
    assert known.get(b"five") is None and known.get(b"four") is four and known.get(b"three") is three
    known.put(b"eleven", _Numbers(11))
    assert known.get(b"eleven") is None and known.get(b"four") is four
    known.clear()
    assert known.get(b"four") is None
    known.put(b"ten", _Numbers(10))
    assert known.get(b"ten") is not None
