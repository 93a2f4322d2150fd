"""What need not be solved again: by hand, and against solving it again."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from straits.lp import Bounds, LinearProgram, Patch, Solver, Status
from straits.lp.certificate import change_of, only_tighter, repriced, still_optimal, summed

INF = np.inf


def _roads(upper=(6.0, INF, INF, 0.0), cost=(1.0, 3.0, 9.0, 2.0)) -> LinearProgram:
    """Ten units are wanted. Road a costs 1 and carries 6, b costs 3; c costs 9 and is not used; d costs 2 and is closed."""
    one = sparse.csc_matrix(np.ones((1, 4)))
    bounds = Bounds(np.zeros(4), np.array(upper), np.array([10.0]), np.array([INF]))
    return LinearProgram(np.array(cost), one, bounds)


def _patch(program, upper=(), cost=(), name="p") -> Patch:
    """A patch of other upper ends and costs, given as {column: value}."""
    upper, cost = dict(upper), dict(cost)
    columns = np.array(sorted({*upper, *cost}), dtype=int)
    none, empty = np.empty(0, dtype=int), np.empty(0)
    return Patch(
        name, columns, program.bounds.column_lower[columns],
        np.array([upper.get(j, program.bounds.column_upper[j]) for j in columns]),
        np.array([cost.get(j, program.cost[j]) for j in columns]), none, empty, empty,
    )  # fmt: skip


def _solved(program, patch=None):
    if patch is not None:
        bounds, cost = program.bounds.copy(), program.cost.copy()
        bounds.column_lower[patch.columns], bounds.column_upper[patch.columns] = (
            patch.column_lower,
            patch.column_upper,
        )
        cost[patch.columns] = patch.cost
        program = LinearProgram(cost, program.matrix, bounds)
    return Solver.of(program).run()


@pytest.mark.parametrize(
    ("upper", "cost", "still", "value"),
    [
        ({2: 0.0}, {}, True, 18),  # closing what is not used
        ({0: 0.0}, {}, False, 30),  # closing what is used
        ({3: INF}, {}, False, 14),  # opening what is wanted: it costs 2, and the last unit 3
        ({3: INF}, {3: 4.0}, True, 18),  # opening what nobody would use at its new price
        ({0: 4.0}, {}, False, 22),  # narrowing what is full
        ({0: 8.0}, {}, False, 14),  # widening what is full
        ({1: 5.0}, {}, True, 18),  # narrowing what has room
        ({2: 0.0}, {0: 2.5}, True, 27),  # closing one column and repricing another that stays full
        ({2: 0.0}, {0: 3.5}, False, 30),  # ... that is then no longer wanted
        ({0: 0.0}, {2: 5.0}, False, 30),  # closing what is used and repricing what is not
        ({3: 0.0}, {2: 2.0}, False, 14),  # what was dear is now the cheaper way
    ],
)
def test_a_changed_program_is_skipped_only_if_its_optimum_stays(upper, cost, still, value):
    """Proves: the optimum of 6 on a and 4 on b is kept where no bound or price speaks against it, with its value at new prices.
    Without it: a variant that opens what is wanted, or closes one thing and reprices another, would get the old answer.
    """
    program = _roads()
    answer, patch = _solved(program), _patch(program, upper, cost)
    assert answer.value == pytest.approx(18)
    assert still_optimal(program, answer, None, patch) == still
    assert _solved(program, patch).value == pytest.approx(value)
    if still:
        after = repriced(program, answer, None, patch)
        assert after.value == pytest.approx(value)
        assert after.reduced_cost[0] == pytest.approx(cost.get(0, 1.0) - 3.0)


def test_what_allows_more_is_not_tighter():
    """Proves: closing is tighter, opening is not, and one that closes and opens is not. Without it: infeasibility would be
    handed on to a variant that has a way out."""
    program = _roads()
    assert only_tighter(program, None, _patch(program, {0: 3.0}))
    assert not only_tighter(program, None, _patch(program, {3: 1.0}))
    assert not only_tighter(program, None, _patch(program, {0: 0.0, 3: 1.0}))
    assert not only_tighter(program, _patch(program, {0: 1.0}), _patch(program, {0: 2.0}))


@pytest.mark.parametrize("seed", range(60))
def test_what_is_skipped_is_what_solving_gives(seed):
    """Proves: on random programs and patches that close, open and reprice, an answer that is kept, or made of the sum of two
    changes, has the value that a cold solve has.
    Without it: a rule that holds by hand could fail where several rows meet.
    """
    rng = np.random.default_rng(seed)
    columns, rows = 7, 3
    upper = rng.choice([0.0, 2.0, 5.0, 9.0], columns)
    program = LinearProgram(
        rng.integers(1, 9, columns).astype(float),
        sparse.csc_matrix(rng.integers(0, 3, (rows, columns)).astype(float)),
        Bounds(
            np.zeros(columns),
            np.r_[upper[:-1], INF],
            rng.integers(0, 9, rows).astype(float),
            np.full(rows, INF),
        ),
    )
    answer = _solved(program)
    if answer.status != Status.OPTIMAL:
        pytest.skip("nothing fits")

    def draw(among) -> Patch:
        at = rng.choice(among, rng.integers(1, 3), replace=False)
        new = {int(j): float(rng.choice([0.0, 1.0, 5.0, 20.0])) for j in at}
        price = {int(j): float(rng.integers(1, 9)) for j in at if rng.random() < 0.3}
        return _patch(program, new, price)

    one, other = draw([0, 1, 2]), draw([3, 4, 5])
    parts = ("columns", "column_lower", "column_upper", "cost")
    both = Patch(
        "both", *(np.concatenate([getattr(p, name) for p in (one, other)]) for name in parts),
        one.rows, one.row_lower, one.row_upper,
    )  # fmt: skip
    for patch in (one, other, both):
        cold = _solved(program, patch)
        if still_optimal(program, answer, None, patch):
            again = repriced(program, answer, None, patch)
            assert again.value == pytest.approx(cold.value) and again.iterations == 0
    alone = [_solved(program, patch) for patch in (one, other)]
    if all(a.status == Status.OPTIMAL for a in alone):
        changes = [change_of(patch, answer, a) for patch, a in zip((one, other), alone, strict=True)]
        found = summed(program, answer, None, changes, both)
        if found is not None:
            assert found.value == pytest.approx(_solved(program, both).value) and found.iterations == 0
            assert found.value == pytest.approx(float((_cost(program, both)) @ found.x))


def _cost(program, patch):
    cost = program.cost.copy()
    cost[patch.columns] = patch.cost
    return cost
