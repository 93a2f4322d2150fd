"""How much of fleets and joint capacities a plan uses: whether a detour is longer than there are ships."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from straits.model import Solution

_COLUMNS = ["asset", "kind", "unit", "step", "start", "used", "available", "share"]


def fleet_use(solution: Solution) -> pd.DataFrame:
    """Give what each fleet, and each joint capacity of several links, does in each step.

    Parameters
    ----------
    solution : Solution

    Returns
    -------
    DataFrame
        Columns asset, kind (fleet, joint), unit (vessel-day, wagon-day, train-day, or the unit of the joint capacity), step,
        start, used and available (in the step, with what disruptions leave), share (used of what is available; nan where
        nothing is).
    """
    n, f = solution.network, solution.formulation
    fleets = n.fleets
    used = np.zeros(fleets.days.shape)
    amount = solution.block(f.flow)[fleets.use_pair]
    amount[f.carried] = solution.block(f.carry)
    np.add.at(used, fleets.use_fleet, amount * fleets.use_days[:, None])
    np.add.at(used, fleets.leg_fleet, solution.block(f.ballast) * fleets.leg_days[:, None])
    available = solution.model.bounds.row_upper[f.fleet_days.slice].reshape(fleets.days.shape)
    share = np.divide(used, available, out=np.full(used.shape, np.nan), where=available > 0)
    joints = solution.case.rows("joints")
    unit = [
        joints[key].unit if joint else f"{solution.case.rows('fleets')[key].kind}-day"
        for key, joint in zip(fleets.ids, fleets.joint, strict=True)
    ]
    kind = np.where(fleets.joint, "joint", "fleet").astype(object)
    table = {
        "asset": np.repeat(np.array(fleets.ids, dtype=object), n.T),
        "kind": np.repeat(kind, n.T),
        "unit": np.repeat(np.array(unit, dtype=object), n.T),
        "step": np.tile(np.arange(n.T), len(fleets.ids)),
        "start": np.tile(np.array(n.steps.dates, dtype="datetime64[ns]"), len(fleets.ids)),
        "used": used.ravel(),
        "available": available.ravel(),
        "share": share.ravel(),
    }
    return pd.DataFrame(table, columns=_COLUMNS)


__all__ = ["fleet_use"]
