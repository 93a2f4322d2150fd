"""Demand curves as steps: of one buyer, and of the world beyond the network.

Every curve is cut into steps whose price is the mean of the inverse demand over the step, so that what the buyer gains is exact
wherever a step ends, and too low by at most an eighth of (width of the step × fall of the price over it) in between, where the
curve is straight.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from straits.case.answers import response_of
from straits.errors import ModelError
from straits.model.assets import Tranche, World
from straits.model.availability import effects_of, factors_of
from straits.model.network import Network

if TYPE_CHECKING:
    from straits.model.reading.reader import Reader

#: Steps by which a linear demand curve is approximated. With prices taken at the middle of each step the buyer's value is
#: exact at every multiple of a sixteenth of the demand at price zero, and between them too low by at most 1/1024 of the
#: area under the whole curve.
LINEAR_STEPS = 16
#: Steps of elastic demand between its highest price and the next, and from there on down: prices fall by equal shares.
ELASTIC_STEPS = 16


def tranches(reader: Reader, row: Any) -> list[Tranche]:
    """Give the demand curve of a market, prices falling."""

    price_then = reader.price_of(row, "price", row.commodity, row.bbl_per_t)
    demand_then = reader.rate_of(row, "demand", row.commodity, row.bbl_per_t)
    dearer = _in_proportion(
        row, "price", price_then, reader.price(row.price, row.price_unit, row.commodity, row.bbl_per_t)
    )
    larger = _in_proportion(
        row, "demand", demand_then, reader.rate(row.demand, row.demand_unit, row.commodity, row.bbl_per_t)
    )

    def tranche(price: float, demand: float) -> Tranche:
        """Give a step of the demand at its listed price and amount, moved as the profiles move these."""
        return Tranche(
            reader.price(price, row.price_unit, row.commodity, row.bbl_per_t) * dearer,
            reader.rate(demand, row.demand_unit, row.commodity, row.bbl_per_t) * larger,
        )

    if row.demand_kind in ("linear", "elastic") and (row.elasticity is None or row.elasticity >= 0):
        raise ModelError(
            f"markets, row {row.id}, column elasticity: {row.demand_kind} demand needs a negative elasticity"
        )
    if row.demand_kind == "linear":
        # Inverse demand P(q) = price · (1 + (q/demand - 1)/elasticity), zero at q0 = demand · (1 - elasticity).
        full = row.demand * (1 - row.elasticity)
        middle = full * (np.arange(LINEAR_STEPS) + 0.5) / LINEAR_STEPS
        prices = row.price * (1 + (middle / row.demand - 1) / row.elasticity)
        return [tranche(float(p), full / LINEAR_STEPS) for p in prices]
    if row.demand_kind == "elastic":
        if row.choke_price is None:
            raise ModelError(f"markets, row {row.id}, column choke_price: elastic demand needs one")
        choke = reader.price(row.choke_price, row.choke_price_unit, row.commodity, row.bbl_per_t)
        floor = reader.price(row.floor_price, row.floor_price_unit, row.commodity, row.bbl_per_t)
        return _elastic_over_time(price_then, choke, floor, row.elasticity, demand_then)
    if row.demand_kind == "stepwise" and row.steps:
        pairs = [_step(row, text) for text in row.steps]
        if any(a[0] < b[0] for a, b in itertools.pairwise(pairs)):
            raise ModelError(
                f"markets, row {row.id}, column steps: prices must fall from step to step, found {row.steps}"
            )
        return [tranche(price, demand) for price, demand in pairs]
    return [Tranche(price_then, demand_then)]


def _in_proportion(row: Any, column: str, then: np.ndarray, listed: float | np.ndarray) -> np.ndarray:
    """Give by what a number over time (T,) differs from the one that is listed, as a factor; 1 where no profile moves it."""
    if getattr(row, f"{column}_profile") is None:
        return np.ones(len(then))
    with np.errstate(divide="ignore", invalid="ignore"):
        return then / listed


def _elastic_over_time(
    price: np.ndarray, choke: float, floor: float, elasticity: float, demand: np.ndarray
) -> list[Tranche]:
    """Cut demand of constant elasticity into steps that follow the listed price (T,); it is the floor too if that is nan."""
    of_price = {
        p: elastic(p, choke, p if np.isnan(floor) else floor, elasticity)
        for p in dict.fromkeys(price.tolist())
    }
    count = max(len(parts) for parts in of_price.values())
    # At a listed price as high as the highest there is one step only: the others have no width.
    padded = {p: parts + [(parts[-1][0], 0.0)] * (count - len(parts)) for p, parts in of_price.items()}
    table = np.array([padded[p] for p in price.tolist()])
    return [Tranche(table[:, b, 0], table[:, b, 1] * demand) for b in range(count)]


def _step(row: Any, text: str) -> tuple[float, float]:
    try:
        price, demand = (float(part) for part in text.split(":"))
    except ValueError:
        raise ModelError(
            f"markets, row {row.id}, column steps: found {text!r}, expected `price:demand`, for example 650:12.5"
        ) from None
    return price, demand


def elastic(price: float, choke: float, floor: float, elasticity: float) -> list[tuple[float, float]]:
    """Cut demand of constant elasticity into steps.

    Parameters
    ----------
    price : float
        At which a demand of 1 is bought.
    choke, floor : float
        Highest price, above which nothing is bought, and lowest, below which no more is; `choke >= price >= floor > 0`.
    elasticity : float
        Below 0: q(p) = (p / price) ** elasticity.

    Returns
    -------
    list of (price, width)
        The first is bought at the highest price; then prices fall by equal shares, each the mean of p over its step.
    """
    q = (choke / price) ** elasticity
    found = [(choke, q)]
    if choke > floor * (1 + 1e-12):  # a price over time can miss it by rounding
        prices = choke * (floor / choke) ** (np.arange(ELASTIC_STEPS + 1) / ELASTIC_STEPS)
        ends = (prices / price) ** elasticity
        for a, b in itertools.pairwise(ends.tolist()):
            found.append((price * _area(a, b, 1.0 / elasticity) / (b - a), b - a))
    return found


def _area(a: float, b: float, power: float) -> float:
    """Integrate q ** power from a to b."""
    if abs(power + 1.0) < 1e-9:
        return math.log(b / a)
    return (b ** (power + 1.0) - a ** (power + 1.0)) / (power + 1.0)


def worlds(reader: Reader) -> tuple[World, ...]:
    """Read table world_markets, with the elasticity of the horizon of each; those that join no market are left out."""
    joined = {row.world for row in reader.rows("markets").values()}
    return tuple(_world(reader, row) for key, row in reader.rows("world_markets").items() if key in joined)


def _world(reader: Reader, row: Any) -> World:
    response = response_of(reader.case, row.id)
    if response is None:
        raise ModelError(
            f"world_markets, row {row.id}, column horizon: no used row of price_responses gives its elasticity over {row.horizon}"
        )
    sold = reader.rate(row.sold, row.sold_unit, row.commodity)
    return World(
        id=row.id,
        buyer=row.buyer,
        price=reader.price_of(row, "price", row.commodity),
        sold=sold,
        usual=sold,
        volume=reader.rate(row.volume, row.volume_unit, row.commodity),
        elasticity=float(response.elasticity),
    )


#: Least part of `sold` that is usual, whatever the baseline takes.
_LEAST_USUAL = 0.1


def known_in_price(network: Network) -> Network:
    """Give a network in which the price of world markets knows what measures of the baseline take of supplies."""
    m, supplies = network.markets, network.supplies
    if not m.worlds:
        return network
    struck = factors_of(network, effects_of(network.case, None)).by_kind["supply"]
    rows, found = network.case.rows("world_markets"), []
    for world in m.worlds:
        usual = world.sold.copy()
        for s, factor in struck.items():
            if network.cargoes[supplies.cargo[s]].commodity == rows[world.id].commodity:
                usual = usual - np.where(
                    np.isfinite(supplies.capacity[s]), supplies.capacity[s] * (1.0 - factor), 0.0
                )
        found.append(replace(world, usual=np.maximum(usual, _LEAST_USUAL * world.sold)))
    return replace(network, markets=replace(m, worlds=tuple(found)))


def members(reader: Reader, found: tuple[World, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Give the world market of each market, -1 for none, and how many units of it one unit sold there is, each shape (M,).

    A tonne of a grade with fewer barrels counts for fewer: a price moves by the barrel.
    """
    number = {world.id: i for i, world in enumerate(found)}
    rows = list(reader.rows("markets").values())
    of = np.array([number.get(row.world, -1) for row in rows], dtype=int)
    usual = [reader.commodities[row.commodity].bbl_per_t for row in rows]
    weight = [
        row.bbl_per_t / all_ if row.bbl_per_t and all_ else 1.0 for row, all_ in zip(rows, usual, strict=True)
    ]
    return of, np.array(weight, dtype=float)
