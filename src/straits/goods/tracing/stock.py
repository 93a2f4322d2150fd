"""The stock ledger: what each holder has after each event, where more left than there was, and what is there at the end."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from straits.goods.tracing.legs import Legs


@dataclass(frozen=True)
class Stocks:
    """Stocks along the legs.

    Attributes
    ----------
    before, after : (m,) array of int64
        Stock of the leg's account before and after it, in steps. Never negative: what is missing was there without a record.
    missing : (m,) array of int64
        What a leg took beyond the stock on record.
    order : (m,) array of int
        Legs by account, in time within each.
    """

    before: np.ndarray
    after: np.ndarray
    missing: np.ndarray
    order: np.ndarray


def stocks(legs: Legs) -> Stocks:
    """Add up the legs of each account.

    If more leaves than is there, the rest must have come from somewhere: that much is *missing* and the stock is zero, from which
    later legs go on. The sum of what is missing is the deepest point of the plain running balance, so a deficit is counted once.
    """
    plain = pd.Series(legs.change).groupby(legs.account, sort=False).cumsum()
    lowest = plain.groupby(legs.account, sort=False).cummin().clip(upper=0).to_numpy()
    after = plain.to_numpy() - lowest
    order = np.argsort(legs.account, kind="stable")
    first = np.empty(len(order), dtype=bool)
    first[:1] = True
    first[1:] = legs.account[order][1:] != legs.account[order][:-1]
    before = np.zeros_like(after)
    before[order[1:]] = np.where(first[1:], 0, after[order[:-1]])
    return Stocks(before=before, after=after, missing=after - before - legs.change, order=order)


def stock_table(legs: Legs, held: Stocks) -> pd.DataFrame:
    """Give for each account what came in, what went out, what is missing and what is there at the end.

    Returns
    -------
    DataFrame
        Columns `holder`, `hs6`, `unit`, `came_in`, `went_out`, `deficit`, `end_stock`; quantities in `unit`.
        `came_in + deficit = went_out + end_stock`.
    """
    count = len(legs.accounts)
    scale = legs.scale[np.asarray(legs.accounts["good"])]

    def total(steps: np.ndarray) -> np.ndarray:
        sums = np.zeros(count, dtype=np.int64)
        np.add.at(sums, legs.account, steps)
        return sums / scale

    came, went, missing = (
        total(np.maximum(legs.change, 0)),
        total(np.maximum(-legs.change, 0)),
        total(held.missing),
    )
    table = legs.accounts.drop(columns="good")
    return table.assign(came_in=came, went_out=went, deficit=missing, end_stock=came + missing - went)


def deficit_table(legs: Legs, held: Stocks, events: pd.DataFrame) -> pd.DataFrame:
    """Give the events that took more than there was.

    Returns
    -------
    DataFrame
        Columns `event_id`, `time`, `kind`, `holder`, `hs6`, `unit`, `quantity`, `stock_before`, `missing`.
    """
    short = np.flatnonzero(held.missing > 0)
    scale = legs.scale[legs.good[short]]
    rows = events[["event_id", "time", "kind"]].iloc[legs.row[short]]
    accounts = legs.accounts.iloc[legs.account[short]]
    return pd.DataFrame(
        {
            "event_id": rows["event_id"].to_numpy(),
            "time": rows["time"].to_numpy(),
            "kind": rows["kind"].to_numpy(),
            "holder": accounts["holder"].to_numpy(),
            "hs6": accounts["hs6"].to_numpy(),
            "unit": accounts["unit"].to_numpy(),
            "quantity": -legs.change[short] / scale,
            "stock_before": held.before[short] / scale,
            "missing": held.missing[short] / scale,
        }
    )
