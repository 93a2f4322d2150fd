"""A linear program in which some columns are whole numbers: the best plan found, and what none can fall below."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from straits.lp import highs
from straits.lp.answer import Answer, Status
from straits.lp.program import Arrays, Program
from straits.lp.session import Session

#: Whole numbers may miss it by so much on the way; the plan that is given does not.
_WHOLE = {"mip_rel_gap": 0.0, "mip_abs_gap": 1e-9, "mip_feasibility_tolerance": 1e-7}


@dataclass(frozen=True)
class MixedAnswer:
    """What was found.

    Attributes
    ----------
    status : Status
        `stopped` if the time was used up before any plan was found.
    value : float
        Minimised cost of the plan; infinite without one.
    bound : float
        No plan costs less.
    x : ndarray, shape (columns,)
        Columns of whole numbers hold whole numbers.
    answer : Answer or None
        The program with those columns fixed there: proved as every linear program is, with duals.
    seconds : float
    """

    status: Status
    value: float
    bound: float
    x: NDArray[np.float64]
    answer: Answer | None
    seconds: float


def solve_mixed(program: Program, whole: NDArray[np.int64], *, seconds: float = np.inf) -> MixedAnswer:
    """Minimise with some columns whole numbers (branch and cut of HiGHS), then solve what is left of it, proved.

    Parameters
    ----------
    program : Program
    whole : ndarray of int
        Columns that take whole numbers only.
    seconds : float
        Time after which the best plan found is given with its bound.
    """
    began, b = time.perf_counter(), program.bounds
    arrays = Arrays(program.cost, program.matrix, b.column_lower, b.column_upper, b.row_lower, b.row_upper)
    limit = {} if np.isinf(seconds) else {"time_limit": float(seconds)}
    solver = highs.new_solver(options={**_WHOLE, **limit, "solver": "choose"})
    none: NDArray[np.float64] = np.empty(0)
    if not highs.load(solver, arrays):
        return MixedAnswer(Status.STOPPED, np.inf, -np.inf, none, None, time.perf_counter() - began)
    highs.set_whole(solver, whole)
    said = highs.run(solver)
    if said.status in (Status.INFEASIBLE, Status.UNBOUNDED):
        return MixedAnswer(said.status, np.inf, np.inf, none, None, time.perf_counter() - began)
    bound, plan = highs.bound_of_whole(solver), highs.values(highs.solution(solver))
    if len(plan) != len(program.cost) or not np.isfinite(said.value):
        return MixedAnswer(Status.STOPPED, np.inf, bound, none, None, time.perf_counter() - began)
    fixed = b.copy()
    fixed.column_lower[whole] = fixed.column_upper[whole] = np.rint(plan[whole])
    answer = Session(program).solve(fixed)
    if answer.status != Status.OPTIMAL:
        return MixedAnswer(Status.STOPPED, np.inf, bound, none, None, time.perf_counter() - began)
    proved = said.status == Status.OPTIMAL
    bound = answer.value if proved else min(bound, answer.value)
    return MixedAnswer(Status.OPTIMAL, answer.value, bound, answer.x, answer, time.perf_counter() - began)
