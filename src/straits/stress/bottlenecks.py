"""What one more unit of each bottleneck would bring, and what the last one is worth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from straits.case.units import customary
from straits.engine.prices.ranges import without_ranges
from straits.lp.marginal import Marginal
from straits.lp.tolerance import NOTHING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from straits.model import Solution

_COLUMNS = ["asset", "kind", "unit", "steps_binding", "mean_value", "worth", "worth_of_last"]


def bottleneck_values(solution: Solution) -> pd.DataFrame:
    """Worth of one more unit of capacity per day of each bottleneck, and of the last one, over the whole run.

    Parameters
    ----------
    solution : Solution

    Returns
    -------
    DataFrame
        Columns asset, kind (link, supply, fleet, joint, store), unit, steps_binding, mean_value (currency per unit where it
        binds),
        worth (million currency, gained by one more unit per day, or one more unit of storage, or one more vessel of the fleet's
        availability, throughout),
        worth_of_last (lost by one less in the steps in which there is one; infinite if a promise could not be kept, nan where
        all of it is closed), sorted by worth. Only what is worth something.

    Notes
    -----
    Exact for a plan made with perfect foresight (`straits.lp.marginal`). Of two lines one behind the other neither brings
    anything alone, and losing a unit of either costs the same. A plan decided step by step has the prices at which each
    step was decided, by surprise the nearest to those of what it is compared with, and no `worth_of_last`. With tariffs paid it
    is worth to shippers and owners; tariffs on more cargo come on top.
    """
    exact = solution.remaining is None and without_ranges(solution) is None
    rows = _exact(solution) if exact else _as_priced(solution)
    table = pd.DataFrame(rows, columns=_COLUMNS)
    return table.sort_values(["worth", "worth_of_last"], ascending=False, ignore_index=True)


def _exact(solution: Solution) -> Iterator[tuple[Any, ...]]:
    """Ask for every asset that some step presses against what a little more and a little less of it changes."""
    marginal = Marginal(solution.model, solution.x, solution.dual, solution.basis)
    days = solution.network.steps.days
    for kind, asset in assets_of(solution):
        columns, rows = limits_of(solution, kind, asset)
        # What no step presses against is no bottleneck, and need not be asked about.
        column_binds, row_binds = marginal.binds(columns, rows)
        binding = np.any(np.concatenate([column_binds, row_binds]).reshape(-1, len(days)), axis=0)
        if not binding.any():
            continue
        rate = _rate(solution, kind, asset)
        more = marginal.change(columns, _spread(rate, columns), rows, _spread(rate, rows)) / 1e3
        used = _used(solution, columns, rows)
        narrower = -_spread(rate, columns) * used[: len(columns)], -_spread(rate, rows) * used[len(columns) :]
        less = -marginal.change(columns, narrower[0], rows, narrower[1]) / 1e3 if used.any() else np.nan
        if more > NOTHING or less > NOTHING:
            unit, size = _unit_of(solution, kind, asset)
            mean = more * 1e6 / (size * float(rate[binding].sum()))
            yield asset, kind, unit, int(binding.sum()), mean, more, less + 0.0


def _rate(solution: Solution, kind: str, asset: str) -> np.ndarray:
    """Give what one more unit of capacity adds in each step, shape (T,): its days, of a vessel those on which it works."""
    days = solution.network.steps.days
    if kind == "store":
        return np.ones(len(days))
    return days * solution.case.rows("fleets")[asset].availability if kind == "fleet" else days


def _spread(rate: np.ndarray, entries: np.ndarray) -> np.ndarray:
    """Repeat a rate for each entry of an asset: pairs of a link, steps within."""
    return np.tile(rate, len(entries) // len(rate))


def _used(solution: Solution, columns: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Say where there is a unit to lose: what is closed has none."""
    b = solution.model.bounds
    open_columns = b.column_upper[columns] > np.maximum(b.column_lower[columns], 0.0)
    return np.concatenate([open_columns, b.row_upper[rows] > 0.0])


def _as_priced(solution: Solution) -> Iterator[tuple[Any, ...]]:
    """Add up the prices of the steps' own solves."""
    for (kind, asset), part in solution.bottlenecks.groupby(["kind", "asset"], sort=False):
        value, step = part["value"].to_numpy(dtype=float), part["step"].to_numpy(dtype=int)
        weight = _rate(solution, str(kind), str(asset))[step]
        unit, size = _unit_of(solution, str(kind), str(asset))
        yield (
            asset,
            kind,
            unit,
            len(step),
            float(np.average(value, weights=weight)),
            float(value @ weight) * size / 1e6,
            np.nan,
        )


def assets_of(solution: Solution) -> list[tuple[str, str]]:
    """List what has a capacity, by kind and id: links, processes, supplies, fleets, joint capacities, stores."""
    n = solution.network
    ships, joint = (
        [key for key, is_joint in zip(n.fleets.ids, n.fleets.joint, strict=True) if is_joint == wanted]
        for wanted in (False, True)
    )
    processes = solution.case.rows("converts")
    named = {
        "link": [key for key in n.link_ids if key not in processes],
        "process": [key for key in n.link_ids if key in processes],
        "supply": n.supplies.ids, "fleet": ships, "joint": joint, "store": n.stores.ids
    }  # fmt: skip
    return [(kind, asset) for kind, ids in named.items() for asset in ids]


def limits_of(solution: Solution, kind: str, asset: str) -> tuple[np.ndarray, np.ndarray]:
    """Give the columns and the rows whose upper bounds are the capacity of an asset, all steps of each."""
    n, f = solution.network, solution.formulation
    none = np.empty(0, dtype=int)
    if kind == "supply":
        return f.supply.every(np.array([n.supplies.ids.index(asset)])).ravel(), none
    if kind in ("fleet", "joint", "store"):
        block, ids = (f.fleet_days, n.fleets.ids) if kind != "store" else (f.level, n.stores.ids)
        return none, block.every(np.array([ids.index(asset)])).ravel()
    link = n.link_ids.index(asset)
    if link in f.shared:
        return none, f.capacity.every(np.flatnonzero(f.shared == link)).ravel()
    return f.flow.every(np.flatnonzero(n.pair_link == link)).ravel(), none


def _unit_of(solution: Solution, kind: str, asset: str) -> tuple[str, float]:
    """Unit of one more unit of capacity, and customary units of price in it."""
    if kind == "fleet":
        return solution.case.rows("fleets")[asset].kind, 1.0
    if kind == "joint":
        return f"{solution.case.rows('joints')[asset].unit}/d", 1.0
    tables = {"link": "links", "process": "converts", "supply": "supplies", "store": "stores"}
    row = solution.case.rows(tables[kind])[asset]
    commodity = row.commodities[0] if kind == "link" else row.commodity
    unit = solution.case.rows("commodities")[commodity].unit
    return (unit if kind == "store" else f"{unit}/d"), customary(unit)
