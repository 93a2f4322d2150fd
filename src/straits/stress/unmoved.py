"""Prices of a scenario that moves nothing: those of what it is compared with, where they support its plan as well."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from straits.lp.tolerance import NEAR

if TYPE_CHECKING:
    from straits.model import Solution


def with_prices_kept(after: Solution, before: Solution) -> Solution:
    """Give a scenario the prices of what it is compared with, if its plan is the same and they support it.

    Prices are seldom the only ones that support a plan. Where a scenario moves nothing, others would show as money that goes from
    one to another, though nobody does or pays anything else.

    Parameters
    ----------
    after, before : Solution
        The scenario, and what it is compared with.

    Returns
    -------
    Solution
        `after`, with other duals where all hold: costs and plan are the same, and of every bound that differs either it does not
        bind or its dual has the sign of one that binds (complementary slackness, so that the prices prove the plan).
    """
    if len(after.x) != len(before.x) or len(after.dual) != len(before.dual):
        return after
    same = NEAR * (1.0 + np.abs(before.x))
    if not np.array_equal(after.model.cost, before.model.cost) or (np.abs(after.x - before.x) > same).any():
        return after
    new, old = after.model.bounds, before.model.bounds
    activity = before.model.matrix @ before.x
    for value, dual, lower, upper, was in (
        (before.x, before.reduced_cost, new.column_lower, new.column_upper, (old.column_lower, old.column_upper)),
        (activity, before.dual, new.row_lower, new.row_upper, (old.row_lower, old.row_upper)),
    ):  # fmt: skip
        near = NEAR * (1.0 + np.abs(value))
        proves = (dual > 0) & (value <= lower + near) | (dual < 0) & (value >= upper - near)
        if ((np.abs(dual) > NEAR) & ~proves & ((lower != was[0]) | (upper != was[1]))).any():
            return after
    return replace(after, dual=before.dual, reduced_cost=before.reduced_cost)
