"""Series read off a solution's arrays, without long tables: what the map needs at every toggle."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from straits.lp.tolerance import NOTHING
from straits.stress.tables.measures import exports

if TYPE_CHECKING:
    from straits.model import Solution

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

#: What is under way at either end makes routes and sales differ by less than this.
_MORE = 1.005


def shown_steps(after: Solution, before: Solution) -> np.ndarray:
    """Give the steps (T,) whose flows show a run: those that its disruptions fill, else those they touch, else all.

    As the maps of the report, see `Study.shown_steps`.
    """
    steps = after.network.steps
    usual = set(before.model.effects)
    share = np.zeros(len(steps.days))
    for effect in after.model.effects:
        if effect not in usual and effect.factor < 1:
            share = np.maximum(share, steps.overlap(effect.start, effect.end))
    if not share.any():
        return np.ones(len(share), bool)
    whole = share > 0.999
    return np.asarray(whole if whole.any() else share > 0)


def link_rates(solution: Solution, commodity: str) -> dict[str, np.ndarray]:
    """Flow of a commodity that enters each link, unit a day, shape (T,), by id of the links that may carry it."""
    return once(solution, f"links {commodity}", lambda: _link_rates(solution, commodity))


def _link_rates(solution: Solution, commodity: str) -> dict[str, np.ndarray]:
    n, f = solution.network, solution.formulation
    of = np.array([n.cargoes[k].commodity == commodity for k in n.pair_cargo], dtype=bool) & ~n.pair_process
    flow = np.zeros((len(n.link_ids), n.T))
    np.add.at(flow, n.pair_link[of], solution.block(f.flow)[of])
    flow = _still(flow, solution) / n.steps.days
    return {n.link_ids[i]: flow[i] for i in np.unique(n.pair_link[of])}


def corridor_rates(solution: Solution) -> dict[tuple[str, str, str], np.ndarray]:
    """Flow that enters the links of each corridor, unit a day, shape (T,), by corridor, commodity and origin."""
    return once(solution, "corridors", lambda: _corridor_rates(solution))


def _corridor_rates(solution: Solution) -> dict[tuple[str, str, str], np.ndarray]:
    n, f = solution.network, solution.formulation
    rows = solution.case.arcs
    flow = _still(solution.block(f.flow), solution) / n.steps.days
    found: dict[tuple[str, str, str], np.ndarray] = {}
    for i, (link, cargo) in enumerate(zip(n.pair_link, n.pair_cargo, strict=True)):
        corridor = rows[n.link_ids[link]].corridor
        if corridor and flow[i].any():
            key = (corridor, n.cargoes[cargo].commodity, n.cargoes[cargo].origin or "")
            found[key] = found[key] + flow[i] if key in found else flow[i]
    return found


def shared_routes(solution: Solution) -> set[tuple[str, str]]:
    """Give goods and origins of which some cargo takes two routes: one leads on to another, and all carry more than is sold."""
    days = solution.network.steps.days
    carried: dict[tuple[str, str], float] = {}
    for (_, good, origin), rates in corridor_rates(solution).items():
        carried[good, origin] = carried.get((good, origin), 0.0) + float(rates @ days)
    # Sold abroad, where any is.
    sold: dict[tuple[str, str], float] = {}
    for table in (solution.sales, exports(solution)):
        sums = table.groupby(["commodity", "origin"], as_index=False)[["amount"]].sum()
        sold |= {(str(r["commodity"]), str(r["origin"])): float(r["amount"]) for r in sums.to_dict("records")}
    # What processes take in is not sold.
    processed = {row.commodity for row in solution.case.rows("converts").values()}
    return {
        key
        for key, amount in carried.items()
        if key[0] not in processed and amount > _MORE * sold.get(key, 0.0) and _leads_on(solution, *key)
    }


def _leads_on(solution: Solution, good: str, origin: str) -> bool:
    """Say whether from a link of one route cargo moves on, link by link, to one of another."""
    flows = solution.flows
    mine = flows[(flows["commodity"] == good) & (flows["origin"] == origin) & (flows["amount"] > NOTHING)]
    links = [solution.case.arcs[key] for key in mine["link"].unique()]
    onward = defaultdict(list)
    for link in links:
        onward[link.from_place].append(link)
    for first in links:
        places, waiting = {first.to_place}, [first.to_place] if first.corridor else []
        while waiting:
            for link in onward[waiting.pop()]:
                if link.corridor not in (None, first.corridor):
                    return True
                if link.to_place not in places:
                    places.add(link.to_place)
                    waiting.append(link.to_place)
    return False


def level_shares(solution: Solution) -> dict[str, np.ndarray]:
    """Content of each store at the end of each step as a share of its capacity, shape (T,)."""
    n, f = solution.network, solution.formulation
    s = n.stores
    level = np.zeros((len(s.ids), n.T))
    np.add.at(level, s.stock_store, solution.block(f.stock))
    whole = s.capacity + s.min_level[:, None]
    share = (level + s.min_level[:, None]) / np.where(whole > 0, whole, 1.0)
    return {key: share[i] for i, key in enumerate(s.ids)}


def told(series: Mapping[K, np.ndarray]) -> dict[K, list[float]]:
    """Give the series that are not nothing throughout, as a screen shows them."""
    some = [key for key, values in series.items() if values.any()]
    return dict(zip(some, rounded(np.array([series[key] for key in some])), strict=True)) if some else {}


def once(solution: Solution, name: str, make: Callable[[], V]) -> V:
    """Read something off a solution once: every answer is shown beside the same undisturbed plan."""
    memory: dict[str, V] = vars(solution).setdefault("_series", {})
    if name not in memory:
        memory[name] = make()
    return memory[name]


def rounded(values: np.ndarray) -> Any:
    """Give numbers with five figures, nothing where the solver rounds: what a screen shows."""
    size = np.abs(values)
    some = size >= 1e-9
    # Figures before and after the point, so that rounding is of decimals: exact to the nearest number with five figures.
    decimals = 4 - np.floor(np.log10(np.where(some, size, 1.0))).astype(int)
    found = np.zeros(values.shape)
    for places in np.unique(decimals[some]):
        of = some & (decimals == places)
        found[of] = np.round(values[of], int(places))
    return found.tolist()


def _still(values: np.ndarray, solution: Solution) -> np.ndarray:
    """Set the solver's rounding to nothing."""
    least = 1e-9 * max(1.0, float(np.abs(solution.x).max(initial=0.0)))
    return np.where(np.abs(values) > least, values, 0.0)
