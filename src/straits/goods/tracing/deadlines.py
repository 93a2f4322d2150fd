"""Goods past their deadline: how much of what should have left by a day is certainly still here.

Goods of one code cannot be told apart, so the question is answered for the best case: every piece that left may have been
one that was due. On a day, the most of the due goods that can have left is a maximum flow from the due entries to the exits
up to that day; what is over is certainly still here, or left without a record.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from straits.goods.tracing.flows import by_group, coloured_flow
from straits.goods.tracing.legs import ENTRY, EXIT, USE, make_legs
from straits.goods.tracing.network import make_nodes
from straits.goods.tracing.stock import stocks

COLUMNS = ("hs6", "unit", "day", "due", "left_at_most", "overdue_at_least", "entries")


def overdue(
    events: pd.DataFrame, as_of: str | None = None, released_by: tuple[str, ...] = ("exit",)
) -> pd.DataFrame:
    """Find, for every good and every deadline that has passed, what is certainly overdue.

    Parameters
    ----------
    events : DataFrame
        In time. Entries with a `deadline` (a day) are due; they may leave on that day still.
    as_of : str, optional
        The day of the question; default: the last day of the ledger. Deadlines before it are asked about, each on its own
        day, and all of them once more as of the day itself.
    released_by : tuple of str
        Events that end the duty: `exit`, and `use` if goods may be used up here.

    Returns
    -------
    DataFrame
        Columns `hs6`, `unit`, `day`, `due` (entered with a deadline up to that day), `left_at_most`, `overdue_at_least`,
        `entries`.
    """
    due = events[(events["kind"] == "entry") & (events["deadline"] != "")]
    if not len(due):
        return pd.DataFrame(columns=list(COLUMNS))
    last = as_of or str(events["time"].str[:10].max())
    rows = []
    for (code, unit), entries in due.groupby(["hs6", "unit"], sort=True):
        passed = sorted(day for day in entries["deadline"].str[:10].unique() if day < last)
        for day in dict.fromkeys([*passed, *([last] if passed else [])]):
            rows += _on_day(
                events, str(code), str(unit), day, day if day != last else passed[-1], released_by
            )
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _on_day(
    events: pd.DataFrame, code: str, unit: str, day: str, deadline: str, released_by: tuple[str, ...]
) -> list[tuple[object, ...]]:
    until = events[events["time"].str[:10] <= day].reset_index(drop=True)
    legs = make_legs(until)
    kinds = [role for name, role in (("exit", EXIT), ("use", USE)) if name in released_by]
    is_due = ((until["deadline"] != "") & (until["deadline"].str[:10] <= deadline)).to_numpy()
    rows: list[tuple[object, ...]] = []
    for mine, stock in by_group(legs, stocks(legs)):
        goods = legs.goods.iloc[mine.good]
        asked_good = ((goods["hs6"] == code) & (goods["unit"] == unit)).to_numpy()
        entry = (mine.role == ENTRY) & is_due[mine.row] & asked_good
        if not entry.any():
            continue
        scale = int(legs.scale[mine.good[entry][0]])
        total = int(mine.change[entry].sum())
        released = np.isin(mine.role, kinds) & asked_good
        left = coloured_flow(mine, make_nodes(mine, stock), entry, released, every_input=False).flow
        ids = "; ".join(until["event_id"].iloc[mine.row[entry]])
        rows.append((code, unit, day, total / scale, left / scale, max(0.0, (total - left) / scale), ids))
    return rows
