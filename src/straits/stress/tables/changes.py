"""A scenario beside what it is compared with: what is gone, table by table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

import pandas as pd

from straits.lp.tolerance import NOTHING
from straits.model import Solution


class Pair(NamedTuple):
    """A scenario and what it is compared with, solved on one axis."""

    after: Solution
    before: Solution


def difference(before: float, after: float) -> float:
    """Give what is gone; nothing if it is less than the solver's rounding."""
    lost = float(before - after)
    return 0.0 if abs(lost) <= NOTHING * abs(before) else lost


def joined(
    pairs: Mapping[str, Pair], table: Callable[[Solution], pd.DataFrame], keys: list[str]
) -> pd.DataFrame:
    """Put the amounts of a table beside those of the reference.

    Parameters
    ----------
    pairs : mapping of str to Pair
        By scenario.
    table : callable
        Gives a table of a solution, with the keys and a column amount.
    keys : list of str
        Columns that tell its rows apart; amounts of one key add up.

    Returns
    -------
    DataFrame
        Columns scenario, keys, reference, amount.
    """
    parts = []
    for name, pair in pairs.items():
        before, after = (_totals(solution, table, keys) for solution in (pair.before, pair.after))
        both = pd.concat([before.rename("reference"), after], axis=1).fillna(0.0).reset_index()
        both.insert(0, "scenario", name)
        parts.append(both)
    columns = ["scenario", *keys, "reference", "amount"]
    return pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)


def _totals(solution: Solution, table: Callable[[Solution], pd.DataFrame], keys: list[str]) -> pd.Series:
    """Add the amounts of a table up by its keys, once for each solution: many scenarios are compared with one plan."""
    memory: dict[object, pd.Series] = vars(solution).setdefault("_totals", {})
    key = table, *keys
    if key not in memory:
        memory[key] = table(solution).groupby(keys)["amount"].sum()
    return memory[key]


def stacked(pairs: Mapping[str, Pair], table: Callable[[Solution, Solution], pd.DataFrame]) -> pd.DataFrame:
    """Stack tables that are made of reference and solution, with the scenario before each."""
    parts = []
    for name, pair in pairs.items():
        part = table(pair.before, pair.after)
        part.insert(0, "scenario", name)
        parts.append(part)
    kept = [p for p in parts if len(p)] or parts[:1]
    return pd.concat(kept, ignore_index=True) if kept else pd.DataFrame()
