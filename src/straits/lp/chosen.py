"""One plan of all that are as good as an optimal one: that in which a weighted sum of columns is least."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from straits.lp.answer import Answer, Basis, Status
from straits.lp.optimal_set import moves_of
from straits.lp.program import Bounds
from straits.lp.solver.remaining import solve_remaining


def chosen_plan(
    matrix: sparse.csc_matrix, bounds: Bounds, answer: Answer, wanted: np.ndarray, start: Basis
) -> tuple[np.ndarray, Basis]:
    """Give the plan whose weighted sum is least, of all that are as good as an optimum.

    Parameters
    ----------
    matrix : csc_matrix, shape (rows, columns)
    bounds : Bounds
        Of the program.
    answer : Answer
        Optimal, with its vectors.
    wanted : ndarray, shape (columns,)
        Weights whose sum is to be least.
    start : Basis
        From which it is looked for.

    Returns
    -------
    ndarray, shape (columns,)
        The plan; that of the optimum where the sum has no end.
    Basis
        Where it stands; the start where it is that of the optimum.

    Notes
    -----
    What is asked for is the way from the optimum to the plan: to stay is a way, to the last digit. Asked for the plan itself, the
    solver now and then found that none was allowed, the optimum included.
    """
    way, basis = solve_remaining(wanted, matrix, moves_of(matrix, bounds, answer), start, duals=False)
    return (answer.x + way.x, basis) if way.status == Status.OPTIMAL else (answer.x, start)
