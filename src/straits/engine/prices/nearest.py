"""Prices of a scenario, of all that support its plan: those nearest to the prices of what it is compared with.

Prices are seldom the only ones that support a plan. Those that a solver ends with are one choice of many, and another path to the
same plan ends with others; beside a reference, money would then go from one to another though nobody does or pays anything else.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from straits.engine.coarser import duals_in_finer_steps
from straits.engine.prices.passing import passing_or_idle
from straits.engine.prices.ranges import program_of, without_ranges
from straits.engine.solve import alike
from straits.lp.nearest import nearest_duals
from straits.lp.tolerance import NEAR

if TYPE_CHECKING:
    from straits.model import Solution


def with_nearest_prices(after: Solution, before: Solution) -> Solution:
    """Give a scenario the prices that move least from those of what it is compared with.

    Parameters
    ----------
    after, before : Solution
        The scenario, and what it is compared with; or what that is in finer steps, and in the steps of the case.

    Returns
    -------
    Solution
        `after`, with other duals that support its plan as well: those at which what passes each place, times how far its price
        moved, is least in sum. `after` itself where rows differ by more than finer steps, where not one program has all prices
        that are as good, or where the solver does not find them, which `duals` of its provenance says.

    Notes
    -----
    One linear program (`straits.lp.nearest`). What was decided before the last news keeps its prices, which are the nearest
    already (`straits.engine.foresight.stepwise.with_surprises`).
    """
    wanted: np.ndarray | None = before.dual
    if alike(after.model, before.model):
        if _proved(after, before):
            return _at(after, before.dual, before.reduced_cost, before)
    elif before.network.T < after.network.T:
        wanted = duals_in_finer_steps(before.model, before.dual, after.model)
    else:
        wanted = None
    if wanted is None or without_ranges(after) is not None:
        return after
    program, own = program_of(after)
    past, weights = program.decided, passing_or_idle(program, after.x)
    if past is not None:
        weights[past.rows] = 0.0
    dual = nearest_duals(program, after.x, own, after.basis, wanted, weights)
    if dual is None:
        # The plan has prices that support it: an answer is not lost because others were not found.
        how = f"{after.provenance.get('duals', 'last basis')}; the nearest to those of {before.scenario_id} were not found"
        return replace(after, provenance={**after.provenance, "duals": how})
    reduced = program.cost - program.matrix.T @ dual
    if past is not None:
        dual = np.where(past.rows, after.dual, dual)
        reduced = np.where(past.columns, after.reduced_cost, reduced)
    found = _at(after, dual, reduced, before)
    return found if without_ranges(found) is None else after


def _at(after: Solution, dual: np.ndarray, reduced_cost: np.ndarray, before: Solution) -> Solution:
    """Give a plan at other prices, with a word on which they are."""
    how = {**after.provenance, "duals": f"nearest to those of {before.scenario_id}"}
    return replace(after, dual=dual, reduced_cost=reduced_cost, provenance=how)


def _proved(after: Solution, before: Solution) -> bool:
    """Say whether a plan is the same as another and the prices of that one prove it: of every bound that differs, either it does
    not bind or its dual has the sign of one that binds (complementary slackness)."""
    same = NEAR * (1.0 + np.abs(before.x))
    if not np.array_equal(after.model.cost, before.model.cost) or (np.abs(after.x - before.x) > same).any():
        return False
    new, old = after.model.bounds, before.model.bounds
    activity = before.model.matrix @ before.x
    for value, dual, lower, upper, was in (
        (before.x, before.reduced_cost, new.column_lower, new.column_upper, (old.column_lower, old.column_upper)),
        (activity, before.dual, new.row_lower, new.row_upper, (old.row_lower, old.row_upper)),
    ):  # fmt: skip
        near = NEAR * (1.0 + np.abs(value))
        proves = (dual > 0) & (value <= lower + near) | (dual < 0) & (value >= upper - near)
        if ((np.abs(dual) > NEAR) & ~proves & ((lower != was[0]) | (upper != was[1]))).any():
            return False
    return True
