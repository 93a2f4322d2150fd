"""What processes take in and make in a scenario and in what it is compared with: how a stop of crude is seen as diesel."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from straits.lp.tolerance import NOTHING
from straits.stress.tables.changes import Pair, less

if TYPE_CHECKING:
    from straits.model import Solution

COLUMNS = [
    "scenario",
    "compared_with",
    "process",
    "side",
    "commodity",
    "unit",
    "reference",
    "amount",
    "lost",
    "lost_share",
    "days_idle",
]


def process_table(pairs: Mapping[str, Pair]) -> pd.DataFrame:
    """Compare what processes take in and make.

    Parameters
    ----------
    pairs : mapping of str to Pair
        Each scenario's plan, and the one that it is compared with.

    Returns
    -------
    DataFrame
        One row per scenario, process, side (takes, makes) and commodity, all origins together: scenario, compared_with, process,
        side, commodity, unit; reference and amount over the whole axis; lost (reference less amount), lost_share (of the
        reference; nan where it is nothing); days_idle (days of the steps in which the process takes in nothing).
    """
    rows = []
    for name, (after, before) in pairs.items():
        goods = after.case.rows("commodities")
        own, usual, idle = _totals(after), _totals(before), _idle(after)
        for key in dict.fromkeys((*usual, *own)):
            process, side, commodity = key
            reference, amount = usual.get(key, 0.0), own.get(key, 0.0)
            lost = less(reference, amount)
            rows.append(
                (name, before.scenario_id, process, side, commodity, goods[commodity].unit, reference, amount, lost,
                 lost / reference if reference > NOTHING else np.nan, idle.get(process, np.nan))
            )  # fmt: skip
    return pd.DataFrame(rows, columns=COLUMNS)


def _totals(solution: Solution) -> dict[tuple[str, str, str], float]:
    """Add up what each process takes in and makes, those that stand still included."""
    n = solution.network
    flow = solution.block(solution.formulation.flow).sum(axis=1)
    ids, found = np.array(n.link_ids, dtype=object)[n.pair_link], dict[tuple[str, str, str], float]()
    for p in np.flatnonzero(n.pair_process):
        key = ids[p], "takes", n.cargoes[n.pair_cargo[p]].commodity
        found[key] = found.get(key, 0.0) + float(flow[p])
    for p, k, share in zip(*n.made, strict=True):
        key = ids[p], "makes", n.cargoes[k].commodity
        found[key] = found.get(key, 0.0) + float(flow[p]) * float(share)
    return found


def _idle(solution: Solution) -> dict[str, float]:
    """Give the days of the steps in which each process takes in nothing."""
    n = solution.network
    taken = np.zeros((len(n.link_ids), n.T))
    np.add.at(taken, n.pair_link, solution.block(solution.formulation.flow))
    nothing = NOTHING * max(1.0, float(np.abs(solution.x).max(initial=0.0)))
    return {
        key: float(n.steps.days[taken[a] <= nothing].sum())
        for a, key in enumerate(n.link_ids)
        if n.link_process[a]
    }


__all__ = ["process_table"]
