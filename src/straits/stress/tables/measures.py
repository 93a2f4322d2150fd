"""What is read off one solution: exports, corridors, both meanings of bypassing a state, revenue, storage."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import wraps
from typing import TYPE_CHECKING, NamedTuple, TypeVar, cast

import numpy as np
import pandas as pd

from straits.engine.measures import processed_abroad
from straits.lp.tolerance import NOTHING

if TYPE_CHECKING:
    from straits.model import Network, Solution
    from straits.model.assets import Cargo

T = TypeVar("T")

#: Modes by which cargo leaves a port.
FROM_PORT = ("sea", "loading")

#: The two meanings of going round a state. They give different numbers, and both are always shown.
BYPASSES = ("ports", "territory")


def kept(reading: Callable[[Solution], T]) -> Callable[[Solution], T]:
    """Read something off a solution once: many scenarios are compared with one plan."""

    @wraps(reading)
    def read_once(solution: Solution) -> T:
        memory = vars(solution)
        name = f"_measures_{reading.__name__}"
        if name not in memory:
            memory[name] = reading(solution)
        found: T = memory[name]
        return found

    return read_once


def _once(table: Callable[[Solution], pd.DataFrame]) -> Callable[[Solution], pd.DataFrame]:
    """Work a table of a solution out once, and give copies of it."""
    once = kept(table)

    @wraps(table)
    def copied(solution: Solution) -> pd.DataFrame:
        return once(solution).copy()

    return copied


@_once
def exports(solution: Solution) -> pd.DataFrame:
    """Sales of cargo outside the state it originates from, to markets and to processes.

    Parameters
    ----------
    solution : Solution

    Returns
    -------
    DataFrame
        Columns commodity, origin, market, step, start, amount (unit of the commodity per step), revenue (million currency,
        at the buyer's price). A process abroad stands like a market: what it takes in is sold to it at the local price, and what
        it makes there has not been exported and is taken off, below zero.
    """
    n = solution.network
    places = {
        key: n.territory_of_place(int(p)) for key, p in zip(n.markets.ids, n.markets.place, strict=True)
    }
    table = solution.sales
    abroad = table[table["market"].map(places).fillna("") != table["origin"]]
    sold = abroad.assign(revenue=abroad["amount"] * _buyer_price(solution, abroad) / 1000.0)
    if n.pair_process.any():
        sold = pd.concat([sold, _processed_abroad(solution, list(sold.columns))])
    return sold.reset_index(drop=True)


def _processed_abroad(solution: Solution, names: list[str]) -> pd.DataFrame:
    """Give what processes abroad take in and make, as rows of `exports`."""
    n = solution.network
    starts = np.array(n.steps.dates, dtype="datetime64[ns]")
    rows = [
        (
            n.link_ids[n.pair_link[pair]],
            cargo.commodity,
            cargo.origin,
            t,
            starts[t],
            amount[t],
            amount[t] * price[t] / 1000.0,
        )
        for pair, cargo, amount, price in _of_processes(solution)
        for t in np.flatnonzero(amount)
    ]
    found = pd.DataFrame(
        rows, columns=["market", "commodity", "origin", "step", "start", "amount", "revenue"]
    )
    return found.astype({"step": int, "start": "datetime64[ns]", "amount": float, "revenue": float})[names]


def _of_processes(solution: Solution) -> Iterator[tuple[int, Cargo, np.ndarray, np.ndarray]]:
    """Yield pair, cargo, amount (T,) and local price (T,) of what processes abroad take in, and below zero make."""
    n, f = solution.network, solution.formulation
    flow = solution.block(f.flow)
    least = NOTHING * max(1.0, float(np.abs(solution.x).max(initial=0.0)))
    number = {cargo: k for k, cargo in enumerate(n.cargoes)}
    for pair, cargo, share in processed_abroad(n):
        amount = share * np.where(flow[pair] > least, flow[pair], 0.0)
        at = f.balance_of[n.link_tail[n.pair_link[pair]], number[cargo]]
        yield pair, cargo, amount, solution.local_price[at]


class Exported(NamedTuple):
    """What is exported of a cargo: amount (T,) in the unit of the commodity, revenue in million currency."""

    amount: np.ndarray
    revenue: float


@kept
def exported(solution: Solution) -> Mapping[tuple[str, str], Exported]:
    """Add `exports` up by commodity and origin."""
    n, f = solution.network, solution.formulation
    m = n.markets
    sold = solution.block(f.sale)
    sold = np.where(np.abs(sold) > NOTHING * max(1.0, float(np.abs(solution.x).max(initial=0.0))), sold, 0.0)
    home = [n.territory_of_place(int(p)) or "" for p in m.place]
    cargo = {(c.commodity, c.origin): k for k, c in enumerate(n.cargoes)}
    found: dict[tuple[str, str], Exported] = {}
    for row in np.flatnonzero(sold.any(axis=1)):
        market, of = int(m.sale_market[row]), n.cargoes[m.sale_cargo[row]]
        key = (of.commodity, of.origin)
        if home[market] == of.origin:
            continue
        usual = solution.buyer_price[market]
        local = solution.local_price[f.balance_of[m.place[market], cargo[key]]]
        paid = float(sold[row] @ np.where(np.isfinite(usual), usual, local)) / 1000.0
        before = found.get(key, Exported(np.zeros(n.T), 0.0))
        found[key] = Exported(before.amount + sold[row], before.revenue + paid)
    for _, of, amount, price in _of_processes(solution):
        if amount.any():
            before = found.get((of.commodity, of.origin), Exported(np.zeros(n.T), 0.0))
            paid = float(amount @ price) / 1000.0
            found[of.commodity, of.origin] = Exported(before.amount + amount, before.revenue + paid)
    return found


@kept
def sold_and_missed(solution: Solution) -> tuple[Mapping[str, float], Mapping[str, float]]:
    """Add up sales, and what was promised and not delivered, by commodity."""
    sold, missed = (t.groupby("commodity")["amount"].sum() for t in (solution.sales, solution.unmet))
    return _plain(sold), _plain(missed)


def _plain(series: pd.Series) -> dict[str, float]:
    return {str(key): float(value) for key, value in series.items()}


def _buyer_price(solution: Solution, sales: pd.DataFrame) -> np.ndarray:
    """Price that a buyer pays, thousand currency per unit: by order, listed, of the world, or local on a demand curve."""
    n, f = solution.network, solution.formulation
    number = {key: i for i, key in enumerate(n.markets.ids)}
    cargo = {(c.commodity, c.origin): k for k, c in enumerate(n.cargoes)}
    at = np.array([number[m] for m in sales["market"]], dtype=int)
    what = zip(sales["commodity"], sales["origin"], strict=True)
    row = np.array(
        [f.balance_of[n.markets.place[m], cargo[w]] for m, w in zip(at, what, strict=True)], dtype=int
    )
    step = sales["step"].to_numpy(dtype=int)
    usual = solution.buyer_price[at, step]
    return np.where(np.isfinite(usual), usual, solution.local_price[row, step])


#: Parts of the joint value, and the columns whose costs they are.
VALUE_PARTS = {
    "worth to buyers": ("sale", "tranche", "world"),
    "production": ("supply",),
    "moving": ("flow",),
    "holding": ("stock",),
    "emergency shut-in": ("forced",),
    "unmet demand": ("unmet",),
    "shortfall penalty": ("shortfall",),
    "release of reserves": ("drawn", "unfilled"),
}


def value_parts(solution: Solution) -> pd.DataFrame:
    """Say what the joint value is made of: why what is lost with a tonne is more, or less, than its price.

    Returns
    -------
    DataFrame
        Columns part, amount (million currency). worth to buyers: of what is sold, to those beyond the network where they answer
        to its price; production, moving, processing, holding and what is missing are costs, below zero; left at the end: worth
        of what is on its way or in store then. They add up to `solution.objective`.
    """
    f, x = solution.formulation, solution.x
    closing = f.closing_value(solution.network.T - 1)
    real = solution.model.cost - f.transfers() + closing
    rows = [
        (
            part,
            -sum(float(real[f.columns.blocks[b].slice] @ x[f.columns.blocks[b].slice]) for b in blocks)
            / 1000.0,
        )
        for part, blocks in VALUE_PARTS.items()
        if part != "release of reserves" or f.drawn.count  # few cases hold any
    ]
    if (processed := solution.network.pair_process).any():
        columns = f.flow.every(np.flatnonzero(processed)).ravel()
        cost = -float(real[columns] @ x[columns]) / 1000.0
        at = [part for part, _ in rows].index("moving")
        rows[at : at + 1] = [("moving", rows[at][1] - cost), ("processing", cost)]
    return pd.DataFrame([*rows, ("left at the end", float(closing @ x) / 1000.0)], columns=["part", "amount"])


@_once
def corridors(solution: Solution) -> pd.DataFrame:
    """Flow that enters the links of each corridor.

    Returns
    -------
    DataFrame
        Columns corridor, commodity, origin, step, start, amount.
    """
    label = {key: row.corridor for key, row in solution.case.rows("links").items() if row.corridor}
    table = solution.flows.assign(corridor=solution.flows["link"].map(label)).dropna(subset=["corridor"])
    keys = ["corridor", "commodity", "origin", "step", "start"]
    return table.groupby(keys, as_index=False)[["amount"]].sum()


def through(solution: Solution, state: str, meaning: str) -> pd.DataFrame:
    """Cargo of other origins that uses a state's ports, or its territory.

    Parameters
    ----------
    solution : Solution
    state : str
        Id of the state.
    meaning : {"ports", "territory"}
        ports: cargo that leaves the state by sea or at a mooring. territory: cargo that enters the state, or crosses it on a
        link that ends outside.

    Returns
    -------
    DataFrame
        Columns commodity, origin, step, start, amount.
    """
    chosen = set(
        _port_links(solution.network, state) if meaning == "ports" else _entry_links(solution.network, state)
    )
    ids = {solution.network.link_ids[a] for a in chosen}
    table = solution.flows[solution.flows["link"].isin(ids) & (solution.flows["origin"] != state)]
    return table.groupby(["commodity", "origin", "step", "start"], as_index=False)[["amount"]].sum()


def _port_links(n: Network, state: str) -> list[int]:
    rows = n.case.arcs
    return [
        a
        for a, key in enumerate(n.link_ids)
        if rows[key].mode in FROM_PORT
        and n.territory_of_place(int(n.link_tail[a])) == state
        and n.territory_of_place(int(n.link_head[a])) != state
    ]


def _entry_links(n: Network, state: str) -> list[int]:
    found = []
    for a in range(len(n.link_ids)):
        starts = n.territory_of_place(int(n.link_tail[a])) == state
        ends = n.territory_of_place(int(n.link_head[a])) == state
        if not starts and (ends or state in n.crossed(a)):
            found.append(a)
    return found


def bypass(solution: Solution, origin: str, commodity: str, state: str) -> pd.DataFrame:
    """Exports that go round a state, in both meanings.

    Returns
    -------
    DataFrame
        Columns definition (ports, territory), exports, through, around, share (of exports that go round), amounts in the
        unit of the commodity over the whole axis.

    Notes
    -----
    around = exports - through, from none to all of them. Cargo sold inside the state counts as through its territory, and
    goes round nothing: of exports by its ports it is no part of what goes through, nor of what goes round.
    Counting is by flow entering links, so losses under way appear as through.
    """
    sold = exports(solution)
    total = _total(sold, commodity, origin)
    places, markets = solution.case.rows("places"), solution.case.rows("markets").items()
    there = [key for key, market in markets if places[market.place].territory == state]
    inside = sold[sold["market"].isin(there)]
    ends = {"ports": _total(inside, commodity, origin), "territory": 0.0}
    rows = []
    for meaning in BYPASSES:
        used = _total(through(solution, state, meaning), commodity, origin)
        # What is lost on the way, or under way at either end, makes what enters and what is sold differ by a little.
        around = min(max(total - used - ends[meaning], 0.0), max(total, 0.0))
        rows.append((meaning, total, used, around, around / total if total else np.nan))
    return pd.DataFrame(rows, columns=["definition", "exports", "through", "around", "share"])


def _total(table: pd.DataFrame, commodity: str, origin: str) -> float:
    chosen = (table["commodity"] == commodity) & (table["origin"] == origin)
    return float(table.loc[chosen, "amount"].sum())


def per_step(table: pd.DataFrame, steps: int, value: str = "amount") -> np.ndarray:
    """Sum a long table over everything but the step, shape (steps,)."""
    return np.bincount(
        table["step"].to_numpy(dtype=int), weights=table[value].to_numpy(dtype=float), minlength=steps
    )


@_once
def storage(solution: Solution) -> pd.DataFrame:
    """Content of stores over time, all origins and the least content together.

    Returns
    -------
    DataFrame
        Columns store, commodity, step, start, level, capacity, share (of capacity).
    """
    n = solution.network
    capacity = dict(zip(n.stores.ids, n.stores.capacity + n.stores.min_level[:, None], strict=True))
    least = dict(zip(n.stores.ids, n.stores.min_level, strict=True))
    table = solution.stores.groupby(["store", "commodity", "step", "start"], as_index=False)[["level"]].sum()
    table["level"] += table["store"].map(least).astype(float)
    table["capacity"] = [capacity[h][t] for h, t in zip(table["store"], table["step"], strict=True)]
    return table.assign(share=table["level"] / table["capacity"])


def storage_days(solution: Solution) -> pd.DataFrame:
    """Days that each store could take in all that passes its place, from empty and from its mean content.

    Returns
    -------
    DataFrame
        Columns store, commodity, unit, capacity, mean_level, throughput_per_day, days_from_empty, days_from_mean.
    """
    n, rows = solution.network, solution.case.rows("stores")
    commodities = solution.case.rows("commodities")
    days = n.steps.days.sum()
    content = storage(solution)
    length = n.steps.days[content["step"].to_numpy(dtype=int)]
    levels = (content["level"] * length).groupby(content["store"]).sum() / days
    flows, made = _by_commodity(solution.flows, "link"), _by_commodity(solution.supply, "supply")
    processed = solution.processes[solution.processes["side"] == "makes"]
    flows |= _by_commodity(processed, "process")
    found = []
    for h, key in enumerate(n.stores.ids):
        row, place = rows[key], n.stores.place[h]
        # What a process makes comes out where it stands: at its start.
        comes = np.where(n.link_process, n.link_tail, n.link_head) == place
        arriving = sum(flows.get((n.link_ids[a], row.commodity), 0.0) for a in np.flatnonzero(comes)) / days
        at_place = [i for i, p in zip(n.supplies.ids, n.supplies.place, strict=True) if p == place]
        rate = arriving + sum(made.get((i, row.commodity), 0.0) for i in at_place) / days
        mean = float(levels.get(key, 0.0))
        room = float(np.average(n.stores.capacity[h], weights=n.steps.days))
        whole = room + n.stores.min_level[h]
        found.append(
            (key, row.commodity, commodities[row.commodity].unit, whole, mean, rate, _days(room, rate),
             _days(whole - mean, rate))
        )  # fmt: skip
    names = [
        "store", "commodity", "unit", "capacity", "mean_level", "throughput_per_day", "days_from_empty", "days_from_mean",
    ]  # fmt: skip
    return pd.DataFrame(found, columns=names)


def _by_commodity(table: pd.DataFrame, column: str) -> dict[tuple[str, str], float]:
    """Add the amounts of a table up by one of its columns and by commodity."""
    total = table.groupby([column, "commodity"])["amount"].sum()
    return {cast("tuple[str, str]", key): float(amount) for key, amount in total.items()}


def _days(room: float, rate: float) -> float:
    return room / rate if rate > 0 else np.inf
