"""A scenario beside what it is compared with: what is gone, table by table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pandas as pd

from straits.lp.tolerance import DIFFERS, NOTHING
from straits.model import Solution


class Pair(NamedTuple):
    """A scenario and what it is compared with, solved on one axis."""

    after: Solution
    before: Solution


def difference(before: float, after: float) -> float:
    """Give what is gone; nothing if it is less than the solver's rounding."""
    lost = float(before - after)
    return 0.0 if abs(lost) <= NOTHING * abs(before) else lost


def less(before: float, after: float) -> float:
    """Give how much less an amount is; nothing where it is less than what two solves of one question differ by."""
    lost = float(before - after)
    return 0.0 if abs(lost) <= DIFFERS * max(1.0, abs(before), abs(after)) else lost


def value_lost(pair: Pair) -> float:
    """Give the joint value that is lost, what is left at the end worth the same in both plans (million currency)."""
    return difference(pair.before.objective, pair.after.objective - dearer_at_the_end(pair))


def dearer_at_the_end(pair: Pair) -> float:
    """Say how much more what a scenario leaves at the end is worth at its own prices there than at those of the reference.

    Prices at the end are those at which the network rests. Where a scenario changes fees, costs or links, they are others, and
    the same cargo on its way would seem to have gained: a fee on it is paid within the axis and got back after it.

    Returns
    -------
    float
        Million currency; 0 where the prices are the same.
    """
    f, before = pair.after.formulation, pair.before.formulation
    if f.boundary is None or before.boundary is None:
        return 0.0
    usual = dict(zip(_balances(pair.before), before.boundary.price, strict=True))
    there = zip(_balances(pair.after), f.boundary.price, strict=True)
    price = np.array([usual.get(key, own) for key, own in there])
    if np.array_equal(price, f.boundary.price):
        return 0.0
    alike = copy(f)
    alike.boundary = replace(f.boundary, price=price)
    usual_worth = float(alike.closing_value(f.network.T - 1) @ pair.after.x) / 1000.0
    dearer = pair.after.closing_worth - usual_worth
    return 0.0 if abs(dearer) <= NOTHING * abs(pair.before.objective) else dearer


def _balances(solution: Solution) -> list[tuple[str, object]]:
    """Name each balance: the id of its place, and its cargo."""
    n, f = solution.network, solution.formulation
    return [(n.place_ids[p], n.cargoes[k]) for p, k in zip(f.balance_place, f.balance_cargo, strict=True)]


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
        before, after = (totals(solution, table, keys) for solution in (pair.before, pair.after))
        both = pd.concat([before.rename("reference"), after], axis=1).fillna(0.0).reset_index()
        both.insert(0, "scenario", name)
        parts.append(both)
    columns = ["scenario", *keys, "reference", "amount"]
    return pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)


def totals(solution: Solution, table: Callable[[Solution], pd.DataFrame], keys: list[str]) -> pd.Series:
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
