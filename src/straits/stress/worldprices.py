"""What a scenario does to world prices, and what that brings or costs those who sell and buy beyond the network."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from straits.case.ownership import state_of
from straits.case.schema.prices import response_of
from straits.errors import ModelError
from straits.model import find_scenario
from straits.model.reading.reader import Reader

if TYPE_CHECKING:
    from straits.case.case import Case
    from straits.case.schema.settings import Scenario
    from straits.model import Solution
    from straits.stress.comparison import Comparison

PRICES = ["world", "step", "start", "missing", "reference", "price", "change"]
EXPOSED = ["actor", "world", "net_exports", "unit", "rise", "change", "change_low", "change_high"]
OVER = [
    "setting", "world", "elasticity", "rise", "actor", "within", "outside", "outside_low", "outside_high", "together",
]  # fmt: skip


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
        size = {"kt": 1000.0, "mcm": 1000.0}.get(unit, 1.0)
        mean = float(rise[0] @ n.steps.days / n.steps.days.sum()) * 1000.0 / size
        rows.append(
            (row.actor, row.world, float(net[0].sum()), unit, mean, change[0], min(change), max(change))
        )
    table = pd.DataFrame(rows, columns=EXPOSED)
    return table.sort_values("change", ascending=False, kind="stable", ignore_index=True)


def over_elasticity(case: Case, scenario: Scenario | str, *, tariffs: str | None = None) -> pd.DataFrame:
    """Solve a scenario, and what it is compared with, at the ends of the elasticity of each world market in use.

    The answer to what carrying out a threat costs who makes it: what it loses or gains within the network, as a state with all
    that belongs to it, and what the price brings it beyond.

    Parameters
    ----------
    case : Case
    scenario : Scenario or str
    tariffs : {"paid", "internal"}, optional
        Default: the setting of the case.

    Returns
    -------
    DataFrame
        A row for each setting (as given, answers least, answers most) and exposed actor: setting, world, elasticity, rise (share
        of the price, mean of the steps in which some is missing), actor, within, outside, outside_low, outside_high (over the
        interval of the net exports alone), together = within + outside, million currency.

    Raises
    ------
    ModelError
        If no scenario is named, or the case has no world market that anybody is exposed to.
    """
    from straits.stress.scenarios import stress

    found = find_scenario(case, scenario)
    if found is None:
        raise ModelError("the baseline changes nothing beside itself: name a scenario")
    # A scenario can set another horizon, and with it another row.
    acting = case.with_changes(found.changes) if found.changes else case
    used = sorted({row.world for row in case.rows("exposures").values()})
    answers = {world: response_of(acting, world) for world in used}
    if not any(answers.values()):
        raise ModelError(f"case {case.settings.id} has no world market that anybody is exposed to")
    parts = []
    for setting, end in (("as given", ""), ("answers least", "_low"), ("answers most", "_high")):
        varied = case
        for row in answers.values():
            value = getattr(row, f"elasticity{end}")
            if value is not None:
                varied = varied.with_number("price_responses", row.id, "elasticity", value)
        parts.append(_at(stress(varied, [found], tariffs=tariffs), found.id).assign(setting=setting))
    return pd.concat(parts, ignore_index=True)[OVER]


def _at(comparison: Comparison, scenario: str) -> pd.DataFrame:
    solution = comparison.solutions[scenario]
    states = comparison.states.set_index("state")["change"]
    prices = price_changes(comparison.reference(scenario), solution)
    rows = []
    table = _without_elasticity(comparison.reference(scenario), solution)
    for record in table.to_dict("records"):
        moved = prices[prices["world"] == record["world"]]
        short = moved[moved["missing"] > 0.01 * moved["missing"].abs().max()]
        rise = float((short["change"] / short["reference"]).mean()) if len(short) else 0.0
        answer = response_of(solution.case, record["world"])
        within = float(states.get(state_of(solution.case, record["actor"]), 0.0))
        outside = [record["change"], record["change_low"], record["change_high"]]
        rows.append(
            (record["world"], answer.elasticity, rise, record["actor"], within, *outside, within + outside[0])
        )
    return pd.DataFrame(rows, columns=OVER[1:])


def _without_elasticity(reference: Solution, solution: Solution) -> pd.DataFrame:
    """Give exposures over the interval of net exports alone, at the elasticity of the run."""
    table = exposures(reference, solution)
    rows = {(row.actor, row.world): row for row in solution.case.rows("exposures").values()}
    for end in ("low", "high"):
        share = []
        for key in zip(table["actor"], table["world"], strict=True):
            row, value = rows[key], getattr(rows[key], f"net_exports_{end}")
            share.append(1.0 if value is None or not row.net_exports else value / row.net_exports)
        table[f"change_{end}"] = table["change"] * np.array(share)
    ends = table[["change_low", "change_high"]].to_numpy()
    return table.assign(change_low=ends.min(axis=1), change_high=ends.max(axis=1))
