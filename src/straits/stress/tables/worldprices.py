"""What a scenario does to world prices, and what that brings or costs those who sell and buy beyond the network."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pandas as pd

from straits.case.answers import response_of
from straits.case.units import customary
from straits.model.reading.reader import Reader

if TYPE_CHECKING:
    from straits.model import Solution

PRICES = ["world", "step", "start", "missing", "reference", "price", "change"]
EXPOSED = ["actor", "world", "net_exports", "unit", "rise", "change", "change_low", "change_high"]


def price_changes(reference: Solution, solution: Solution) -> pd.DataFrame:
    """Give the prices of world markets beside those of another run.

    Returns
    -------
    DataFrame
        Columns world, step, start, missing (beside the reference, as a share of what the world buys), reference, price, change
        (currency per customary unit, such as USD/t).
    """
    keys = ["world", "step", "start"]
    after, before = solution.world_prices, reference.world_prices
    both = after.merge(before, on=keys, suffixes=("", "_before"))
    both["missing"] -= both["missing_before"]
    both["reference"], both["change"] = both["price_before"], both["price"] - both["price_before"]
    return both[PRICES]


def exposures(reference: Solution, solution: Solution) -> pd.DataFrame:
    """Give what a change of world prices brings those who sell or buy beyond the network.

    Parameters
    ----------
    reference, solution : Solution

    Returns
    -------
    DataFrame
        Columns actor, world, net_exports and unit (over the axis; below 0 for importers), rise (mean, currency per customary
        unit), change, change_low, change_high (million currency): over the ends of the elasticity in use and of the net exports,
        with the plans as they are.

    Notes
    -----
    No part of the objective or of any account: exporters gain what importers pay. Prices are those on the curve itself.
    """
    case, n = solution.case, solution.network
    reader = Reader(case, n.steps)
    worlds = {world.id: i for i, world in enumerate(n.markets.worlds)}
    commodities, rows = case.rows("commodities"), []
    for row in case.rows("exposures").values():
        if row.world not in worlds:
            continue
        i = worlds[row.world]
        world, commodity = n.markets.worlds[i], case.rows("world_markets")[row.world].commodity
        sold = [s.world_sales[i] for s in (reference, solution)]
        answer = response_of(case, row.world)
        given = (answer.elasticity, answer.elasticity_low, answer.elasticity_high)
        amounts = [row.net_exports, row.net_exports_low, row.net_exports_high]
        rise = [world.price_at(sold[1], e) - world.price_at(sold[0], e) for e in given if e is not None]
        net = [reader.rate(a, row.net_exports_unit, commodity) for a in amounts if a is not None]
        change = [float(r @ a) / 1000.0 for r, a in itertools.product(rise, net)]
        unit = commodities[commodity].unit
        mean = float(rise[0] @ n.steps.days / n.steps.days.sum()) * 1000.0 / customary(unit)
        rows.append(
            (row.actor, row.world, float(net[0].sum()), unit, mean, change[0], min(change), max(change))
        )
    table = pd.DataFrame(rows, columns=EXPOSED)
    return table.sort_values("change", ascending=False, kind="stable", ignore_index=True)
