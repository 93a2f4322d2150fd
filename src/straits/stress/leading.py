"""Which scenario a comparison leads with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from straits.case.ownership import state_of
from straits.errors import ModelError

if TYPE_CHECKING:
    from straits.stress.compared import Compared

#: Share of its trade below which a scenario takes nothing from the focus.
TAKEN = 1e-3


def main_scenario(found: Compared, origin: str | None, commodity: str | None) -> str:
    """Return the scenario that a comparison leads with.

    The one that the focus of the case names; else the one by which most is lost of what the focus counts: exports of an origin,
    or what an importer uses. Where none takes a thousandth of that, the one by which most joint value is lost.

    Parameters
    ----------
    found : Compared
    origin, commodity : str, optional
        Whose trade of what counts. Default: all exports.

    Raises
    ------
    ModelError
        There is no scenario.
    """
    focus = found.case.settings.focus
    if focus and focus.scenario in found.solutions:
        return str(focus.scenario)
    if not found.solutions:
        raise ModelError("there is no scenario to compare with the baseline")
    if focus and found.direction == "imports":
        lost, table = "lost", found.imports
        table = table[
            (table["state"] == state_of(found.case, focus.actor)) & (table["commodity"] == focus.commodity)
        ]
    else:
        lost, table = "lost_exports", found.summary
        if origin is not None and len(table):
            table = table[(table["origin"] == origin) & (table["commodity"] == commodity)]
    if len(table) and (table["lost_share"] > TAKEN).any():
        return str(table["scenario"].iloc[int(table[lost].to_numpy(float).argmax())])
    values = pd.Series({name: found.value_lost(name) for name in found.solutions}, dtype=float)
    return str(values.index[int(np.nan_to_num(values.to_numpy(), nan=-np.inf).argmax())])


__all__ = ["TAKEN", "main_scenario"]
