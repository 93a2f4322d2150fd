"""What the solver says and what it means."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from straits.lp import Solver, Status


@pytest.mark.parametrize(("least", "status"), [(8.0, Status.INFEASIBLE), (0.0, Status.OPTIMAL)])
def test_a_model_without_columns_is_not_always_feasible(least, status):
    """Proves: a row that wants 8 of nothing is infeasible, one that allows nothing is met. Without it: the solver's word for a
    model without columns, which it gives without a look at the rows, would count as an optimum."""
    none = np.zeros(0)
    solver = Solver(none, sparse.csc_matrix((1, 0)), none, none, np.array([least]), np.array([8.0]))
    assert solver.run().status == status
