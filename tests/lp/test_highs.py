"""What the solver says and what it means."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from straits.lp import Session, Solver, Status, highs
from straits.lp.optimal_set import equally_good
from straits.lp.program import Bounds
from straits.model import compile_case
from straits.testing import random_case


@pytest.mark.parametrize(("least", "status"), [(8.0, Status.INFEASIBLE), (0.0, Status.OPTIMAL)])
def test_a_model_without_columns_is_not_always_feasible(least, status):
    """Proves: a row that wants 8 of nothing is infeasible, one that allows nothing is met. Without it: the solver's word for a
    model without columns, which it gives without a look at the rows, would count as an optimum."""
    none = np.zeros(0)
    solver = Solver(none, sparse.csc_matrix((1, 0)), none, none, np.array([least]), np.array([8.0]))
    assert solver.run().status == status


def test_a_warm_solve_that_needs_many_iterations_is_begun_again_with_exact_weights(monkeypatch):
    """Proves: where programs of any size count as large, a warm solve of another question gives the proved optimum of a cold
    one, all iterations counted, nothing else tried, and leaves the solver as it was for the next one.
    As it is, so small a program keeps its weights to the end.
    Without it: news that turns a whole plan would take ten times as long, or end at the limit and climb the ladder.
    """
    asked = []
    weigh = highs._weigh_exactly

    def weighed(solver, start):
        asked.append(solver.getInfo().simplex_iteration_count)
        weigh(solver, start)

    monkeypatch.setattr(highs, "_weigh_exactly", weighed)
    model = compile_case(random_case(9, generic=True, hard=0.0))
    small = Session(model)
    small.solve()
    assert small.solve(model.bounds, -model.cost).iterations > 0 and not asked
    monkeypatch.setattr(highs, "_LARGE", 1)
    limit = max(1, model.matrix.shape[0] // 10)
    warm = Session(model)
    first = warm.solve()
    for cost in (-model.cost, model.cost):
        bounds = model.bounds.copy()
        bounds.column_upper[:] = np.minimum(bounds.column_upper, 100.0)
        found, cold = warm.solve(bounds, cost), Session(model).solve(bounds, cost)
        assert (found.status, found.tried) == (Status.OPTIMAL, ())
        assert found.value == pytest.approx(cold.value, rel=1e-9)
        rest = warm._solver._solver.getInfo().simplex_iteration_count
        assert asked[-1] >= limit and found.iterations == asked[-1] + rest
    assert len(asked) == 2
    assert warm.solve().value == pytest.approx(first.value, rel=1e-9)


def test_the_plan_itself_is_one_of_those_that_are_as_good():
    """Proves: what rounding put a hair beyond its bound stays within the bounds of equally good plans, and what has no price may
    still move to the other end. Without it: the solver would find no plan at all where there is one.
    """
    zero, ten = np.zeros(2), np.full(2, 10.0)
    x, rows = np.array([-1e-9, 3.0]), np.array([10.0 + 1e-9])
    face = equally_good(Bounds(zero, ten, np.zeros(1), np.full(1, 10.0)), x, rows, zero, np.zeros(1))
    assert (face.column_lower <= x).all() and (x <= face.column_upper).all()
    assert face.row_lower[0] <= rows[0] <= face.row_upper[0]
    assert face.column_upper.tolist() == [10.0, 10.0]
