"""What a scenario does to links: flows of a commodity by link while it acts, and the share of capacity that it takes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from straits.model import Effect, Solution

#: Share of the disrupted time for which nothing of an asset's capacity may remain for it to be drawn as closed.
CLOSED = 0.98


def links_of(
    solution: Solution, reference: Solution, shown: np.ndarray, lost: dict[str, float], commodity: str
) -> pd.DataFrame:
    """Return flows by link while a scenario's disruptions act; the columns are those of `Study.links_table`.

    Parameters
    ----------
    solution, reference : Solution
        Of the scenario, and what it is compared with.
    shown : ndarray of bool, shape (T,)
        Steps whose flows are averaged.
    lost : dict of str to float
        Share of capacity lost by link; see `lost_capacity`.
    commodity : str
    """
    network = solution.network
    weight = shown.astype(float)
    days = float(weight @ network.steps.days)
    capacity = dict(zip(network.link_ids, network.link_capacity[:, shown].sum(axis=1) / days, strict=True))
    carried = network.pair_link[[network.cargoes[k].commodity == commodity for k in network.pair_cargo]]
    wanted = {network.link_ids[i] for i in np.unique(carried)}
    rows = [row for key, row in solution.case.rows("links").items() if key in wanted]
    table = pd.DataFrame(
        {
            "id": [row.id for row in rows],
            "name": [row.name for row in rows],
            "from_place": [row.from_place for row in rows],
            "to_place": [row.to_place for row in rows],
            "mode": [row.mode for row in rows],
            "capacity": [float(capacity[row.id]) for row in rows],
        }
    )
    flow, before = (_rates(s, commodity, weight, days) for s in (solution, reference))
    table["reference"] = table["id"].map(before).fillna(0.0).astype(float)
    table["flow"] = table["id"].map(flow).fillna(0.0).astype(float)
    table["change"] = table["flow"] - table["reference"]
    table["lost_capacity"] = table["id"].map(lost).fillna(0.0).astype(float)
    table["closed"] = (table["lost_capacity"] >= CLOSED) | (table["capacity"] <= 0)
    # Links that have no capacity in any run (options that were not taken) are no part of the network shown.
    return table[(table["capacity"] > 0) | (table["flow"] > 0) | (table["reference"] > 0)].reset_index(
        drop=True
    )


def _rates(solution: Solution, commodity: str, weight: np.ndarray, days: float) -> dict[str, float]:
    table = solution.flows[solution.flows["commodity"] == commodity]
    part = table["amount"].to_numpy(float) * weight[table["step"].to_numpy(int)]
    return {
        str(key): float(value) / days
        for key, value in pd.Series(part).groupby(table["link"].to_numpy()).sum().items()
    }


def lost_capacity(
    solution: Solution, effects: Sequence[Effect], struck: np.ndarray, commodity: str
) -> dict[str, float]:
    """Return, for links that a scenario's disruptions strike, the share of capacity lost while any of them acts.

    A link counts through its own disruption or, where only some cargo is struck, through that of the commodity.

    Parameters
    ----------
    solution : Solution
    effects : sequence of Effect
        What the scenario takes from capacities.
    struck : ndarray, shape (T,)
        Share of each step in which some disruption acts.
    commodity : str
    """
    from straits.model import factors_of

    if not effects:
        return {}
    network = solution.network
    weight = struck * network.steps.days
    factors = factors_of(network, effects)
    lost = {
        network.link_ids[index]: float((1 - factor) @ network.steps.days / weight.sum())
        for index, factor in factors.by_kind["link"].items()
    }
    pairs: dict[str, list[float]] = {}
    for index, (link, cargo) in enumerate(zip(network.pair_link, network.pair_cargo, strict=True)):
        if network.cargoes[cargo].commodity == commodity:
            factor = factors.by_kind["pair"].get(index)
            share = 0.0 if factor is None else float((1 - factor) @ network.steps.days / weight.sum())
            pairs.setdefault(network.link_ids[link], []).append(share)
    for link_id, shares in pairs.items():
        share = float(np.mean(shares))
        if share > lost.get(link_id, 0.0):
            lost[link_id] = share
    return {link: share for link, share in lost.items() if share > 0}
