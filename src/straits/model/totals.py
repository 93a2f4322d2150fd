"""Sums over a whole plan as plain rows: what a command prints without importing pandas, which takes as long as to solve."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np

from straits.lp.tolerance import NOTHING
from straits.model.accounts import entries

if TYPE_CHECKING:
    from straits.model.blocks import Block
    from straits.model.plan import Plan


def least_amount(plan: Plan) -> float:
    """Give the amount up to which a number of a plan is taken for nothing."""
    return NOTHING * max(1.0, float(np.abs(plan.x).max(initial=0.0)))


def occurs(plan: Plan, block: Block) -> bool:
    """Tell whether any number of a block of columns is more than nothing."""
    return bool((np.abs(plan.x[block.slice]) > least_amount(plan)).any())


def corridor_totals(plan: Plan) -> list[tuple[str, str, str, str, float]]:
    """Add up what enters the links of each corridor, over all steps.

    Returns
    -------
    list of (corridor, commodity, origin, unit, amount)
        In this order; amount in the unit of the commodity.
    """
    n, case = plan.network, plan.case
    links, goods = case.rows("links"), case.rows("commodities")
    flow = plan.block(plan.formulation.flow)
    moved = np.where(np.abs(flow) > least_amount(plan), flow, 0.0).sum(axis=1)
    total: dict[tuple[str, str, str], float] = defaultdict(float)
    for pair in np.flatnonzero(moved):
        link = links.get(n.link_ids[n.pair_link[pair]])  # None for a process
        if link is not None and link.corridor:
            cargo = n.cargoes[n.pair_cargo[pair]]
            total[link.corridor, cargo.commodity, cargo.origin] += float(moved[pair])
    return [(*key, goods[key[1]].unit, amount) for key, amount in sorted(total.items())]


def account_totals(plan: Plan) -> list[tuple[str, float]]:
    """Add up what each actor gains, million currency: (actor, amount), in the order of the actors."""
    total: dict[str, float] = defaultdict(float)
    for actor, _, amount, _, _ in entries(plan):
        total[actor] += amount
    return sorted(total.items())
