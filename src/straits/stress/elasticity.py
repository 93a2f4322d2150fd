"""What carrying out a threat costs who makes it, over how far the price of the world answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from straits.case.answers import response_of
from straits.case.ownership import state_of
from straits.errors import ModelError
from straits.model import find_scenario
from straits.stress.comparison import Comparison
from straits.stress.scenarios import stress
from straits.stress.tables.worldprices import exposures, price_changes

if TYPE_CHECKING:
    from straits.case.case import Case
    from straits.case.schema.settings import Scenario
    from straits.model import Solution

OVER = [
    "setting", "world", "elasticity", "rise", "actor", "within", "outside", "outside_low", "outside_high", "together",
]  # fmt: skip


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
