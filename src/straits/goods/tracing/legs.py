"""Events of a ledger as legs: what each event adds to, or takes from, one account.

An account is a holder with one good in one unit. An entry adds to one account; a transfer takes from one and adds to
another; an exit and a use take; a process takes its inputs and adds its outputs. Stocks, networks and certificates are all
made of legs.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from straits.goods.tracing.scale import to_integers

#: What a leg is. The sign of its change follows from it. Legs of one event happen in this order: what is consumed goes first.
SEND, CONSUME, EXIT, USE, ENTRY, RECEIVE, PRODUCE = range(7)


@dataclass(frozen=True)
class Legs:
    """Legs in the order in which they happened.

    Attributes
    ----------
    row : (m,) array of int
        Row of the event table that the leg belongs to.
    role : (m,) array of int
        `ENTRY`, `RECEIVE`, …
    account : (m,) array of int
        Row of `accounts`.
    change : (m,) array of int64
        What the stock changes by, in steps of `1 / scale[account]` of the unit.
    process : (m,) array of int
        Number of the process that consumes or produces it; -1 for none.
    accounts : DataFrame
        Columns `holder`, `hs6`, `unit`, `good`.
    scale : (goods,) array of int
        Steps in one unit of a good.
    goods : DataFrame
        Columns `hs6`, `unit`; its index is `accounts.good`.
    """

    row: np.ndarray
    role: np.ndarray
    account: np.ndarray
    change: np.ndarray
    process: np.ndarray
    accounts: pd.DataFrame
    scale: np.ndarray
    goods: pd.DataFrame

    @cached_property
    def good(self) -> np.ndarray:
        """The good of each leg."""
        return np.asarray(self.accounts["good"], dtype=np.int64)[self.account]


def make_legs(events: pd.DataFrame) -> Legs:
    """Take events apart into legs.

    Parameters
    ----------
    events : DataFrame
        As the readers of events give it, in file order. Rows are taken in the order of `time`; rows of one time stay in file
        order. Rows of kind `processing` that share holder and `process` are one process.
    """
    place = np.empty(len(events), dtype=np.int64)
    place[np.argsort(clock(events["time"]), kind="stable")] = np.arange(len(events))
    process = _processes(events)
    place = _together(place, process, events["time"])
    (holder, to_holder), holders = _codes(events, ("holder", "to_holder"))
    (hs6, to_hs6), codes = _codes(events, ("hs6", "to_hs6"))
    (unit, to_unit), units = _codes(events, ("unit", "to_unit"))
    quantity, to_quantity = _numbers(events, "quantity"), _numbers(events, "to_quantity")
    of_kind = dict(zip(*_rows_by_value(events["kind"]), strict=True))
    parts = []
    for name, role, sign, who, good, measure, amount in (
        ("entry", ENTRY, 1, holder, hs6, unit, quantity),
        ("transfer", SEND, -1, holder, hs6, unit, quantity),
        ("transfer", RECEIVE, 1, to_holder, hs6, unit, quantity),
        ("exit", EXIT, -1, holder, hs6, unit, quantity),
        ("use", USE, -1, holder, hs6, unit, quantity),
        ("processing", CONSUME, -1, holder, hs6, unit, quantity),
        ("processing", PRODUCE, 1, holder, to_hs6, to_unit, to_quantity),
    ):
        rows = of_kind.get(name, np.zeros(0, dtype=np.int64))
        # A row of a process may have an input only, or an output only.
        rows = rows[~np.isnan(amount[rows])] if name == "processing" else rows
        fixed = np.empty((2, len(rows)), dtype=np.int64)
        fixed[0], fixed[1] = role, sign
        parts.append((np.vstack([rows, fixed, who[rows], good[rows], measure[rows]]), amount[rows]))
    row, role_of, sign_of, who_of, good_of, unit_of = np.hstack([part for part, _ in parts])
    amounts = np.concatenate([amount for _, amount in parts])
    order = np.argsort(place[row] * 8 + role_of, kind="stable")
    row, role_of, sign_of, amounts = row[order], role_of[order], sign_of[order], amounts[order]
    # One number for each pair of code and unit, and one for each account.
    pairs, good = np.unique(good_of[order] * len(units) + unit_of[order], return_inverse=True)
    keys, account = np.unique(who_of[order] * len(pairs) + good, return_inverse=True)
    goods = pd.DataFrame({"hs6": codes[pairs // len(units)], "unit": units[pairs % len(units)]})
    accounts = (
        pd.DataFrame({"holder": holders[keys // len(pairs)]}) if len(pairs) else pd.DataFrame({"holder": []})
    )
    of_account = keys % max(len(pairs), 1)
    accounts = accounts.assign(
        hs6=goods["hs6"].to_numpy()[of_account], unit=goods["unit"].to_numpy()[of_account]
    )
    steps, scale = to_integers(amounts, good, len(goods))
    return Legs(
        row=row,
        role=role_of,
        account=account,
        change=steps * sign_of,
        process=process[row],
        accounts=accounts.assign(good=of_account),
        scale=scale,
        goods=goods,
    )


def _codes(
    events: pd.DataFrame, columns: tuple[str, str]
) -> tuple[tuple[np.ndarray, np.ndarray], np.ndarray]:
    """Number the texts of two columns together; give both columns of numbers and the texts, in order of the alphabet."""
    both = pd.concat([_texts(events, columns[0]), _texts(events, columns[1])], ignore_index=True)
    numbers, texts = pd.factorize(both, sort=True)
    return (numbers[: len(events)], numbers[len(events) :]), np.asarray(texts, dtype=object)


def _rows_by_value(column: pd.Series) -> tuple[list[str], list[np.ndarray]]:
    """Give the distinct texts of a column and, for each, its rows."""
    numbers, texts = pd.factorize(column.astype(str))
    order = np.argsort(numbers, kind="stable")
    return list(texts), np.split(order, np.searchsorted(numbers[order], np.arange(1, len(texts))))


def clock(time: pd.Series) -> np.ndarray:
    """Give what rows are ordered by: the time; on days of which some row has no time of day, the day alone."""
    codes, distinct = pd.factorize(time.astype(str))
    moments = pd.Series(distinct, dtype=str)
    days = moments.str[:10]
    bare = set(days[moments.str.len() <= 10])
    keys = moments.where(~days.isin(bare), days)
    return keys.rank(method="dense").to_numpy(dtype=np.int64)[codes]


def _texts(rows: pd.DataFrame, column: str) -> pd.Series:
    if column not in rows.columns:
        return pd.Series("", index=rows.index, dtype=str)
    return rows[column].astype(str).where(rows[column].notna(), "")


def _numbers(rows: pd.DataFrame, column: str) -> np.ndarray:
    if column not in rows.columns:
        return np.full(len(rows), np.nan)
    return pd.to_numeric(rows[column]).to_numpy(dtype=float)


def _processes(events: pd.DataFrame) -> np.ndarray:
    """Number the processes; rows of other kinds have -1."""
    numbers = np.full(len(events), -1, dtype=np.int64)
    chosen = np.flatnonzero(np.asarray(events["kind"].astype(str)) == "processing")
    if not len(chosen):
        return numbers
    rows = events.iloc[chosen]
    name = _texts(rows, "process").reset_index(drop=True)
    own = rows["event_id"].astype(str).reset_index(drop=True)
    label = ("p:" + name).where(name != "", "e:" + own)
    keys = pd.DataFrame({"holder": rows["holder"].to_numpy(), "label": label})
    numbers[chosen] = keys.groupby(["holder", "label"], sort=False).ngroup().to_numpy()
    return numbers


def _together(place: np.ndarray, process: np.ndarray, time: pd.Series) -> np.ndarray:
    """Put the rows of a process that have one time where the first of them stands."""
    chosen = np.flatnonzero(process >= 0)
    if not len(chosen):
        return place
    moved = place.copy()
    rows = pd.DataFrame(
        {"process": process[chosen], "time": time.iloc[chosen].astype(str), "place": place[chosen]}
    )
    moved[chosen] = rows.groupby(["process", "time"])["place"].transform("min").to_numpy()
    return moved
