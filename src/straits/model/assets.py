"""What a network is made of, as arrays in canonical units: cargo, supplies, markets, stores, fleets, contracts, payments."""

from __future__ import annotations

import datetime as dt
import itertools
import math
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

#: Origin of the cargo of a commodity whose origin is not tracked.
UNTRACKED = "any"
#: Steps of a world market below what the case sells there, of which that amount lies half a step above the last.
WORLD_STEPS = 24
#: Steps above one and a half times that amount, each twice as far.
WORLD_DOUBLED = 8


class Cargo(NamedTuple):
    """What moves: a commodity of an origin, and of a lot where supplies of one origin pay other duties (`model.duties`)."""

    commodity: str
    origin: str
    lot: str = ""

    @property
    def label(self) -> str:
        """Text used in names of rows and columns."""
        return ".".join(part for part in self if part)


@dataclass(frozen=True)
class Supplies:
    """Fields, mines and inflows. Arrays of length S; capacities (S, T) in units per step, `cost` (S, T) per unit."""

    ids: list[str]
    place: np.ndarray
    cargo: np.ndarray
    capacity: np.ndarray
    cost: np.ndarray
    min_output: np.ndarray
    ramp_down: np.ndarray
    ramp_up: np.ndarray
    forced_cost: np.ndarray


class Tranche(NamedTuple):
    """A step of a demand curve: `price` (T,) in thousand currency per unit, `width` (T,) in units per step."""

    price: np.ndarray
    width: np.ndarray


@dataclass(frozen=True)
class World:
    """A world market: one price for the markets that it joins.

    Attributes
    ----------
    id : str
    buyer : str or None
        Who stands for all beyond the network.
    price : ndarray, shape (T,)
        Thousand currency per unit, where the joined markets buy `sold`.
    sold, volume : ndarray, shape (T,)
        What they buy at that price with nothing out, and what the whole world buys, units per step.
    usual : ndarray, shape (T,)
        What they buy at that price: `sold` less what measures of the baseline take of the supplies of the commodity. These belong
        to every run, so that the price knows them already.
    elasticity : float
        Of demand and of supply elsewhere together, below 0.
    """

    id: str
    buyer: str | None
    price: np.ndarray
    sold: np.ndarray
    volume: np.ndarray
    usual: np.ndarray
    elasticity: float

    @property
    def share(self) -> float:
        """Part of what the world buys that the joined markets buy at the price."""
        return math.fsum(self.sold) / math.fsum(self.volume)

    def price_at(self, sold: np.ndarray, elasticity: float | None = None) -> np.ndarray:
        """Give the price where the joined markets buy `sold` (T,), thousand currency per unit."""
        elasticity = self.elasticity if elasticity is None else elasticity
        return self.price * (1.0 - self.missing(sold) / elasticity)

    def missing(self, sold: np.ndarray) -> np.ndarray:
        """Give what is missing where the joined markets buy `sold` (T,), as a share of what the whole world buys."""
        return (self.usual - sold) / self.sold * self.share

    @property
    def tranches(self) -> list[Tranche]:
        """Cut what the rest of the world would pay into steps, prices falling.

        The inverse demand P(z) = price · (1 + (z - usual) / (volume · elasticity)) is straight. In units of `sold`, a step ends
        at each multiple of 1/24.5, up to one and a half; what is usual lies in the middle of one three times as wide, so that
        small changes leave the price. From there steps double, to where the price is zero. Where less than `sold` is usual, all
        move down by the difference and those below zero have no width.
        """
        zero = 1.0 - self.elasticity / self.share
        width = 1.0 / (WORLD_STEPS + 0.5)
        # The step in the middle is three wide, so that ordinary weeks have one price and nobody stores cargo for a step of it.
        ends = [k * width for k in range(WORLD_STEPS + WORLD_STEPS // 2 + 1) if k - WORLD_STEPS not in (0, 1)]
        # As many steps whatever the elasticity, so that models with another have the same columns: some have no width.
        ends += [ends[-1] * 2.0**k for k in range(1, WORLD_DOUBLED + 1)]
        ends = [min(end, zero) for end in ends] + [zero]
        at = np.maximum(self.usual + (np.array(ends)[:, None] - 1.0) * self.sold, 0.0)
        prices = [
            self.price * (1.0 + ((a + b) / 2 - 1.0) * self.share / self.elasticity)
            for a, b in itertools.pairwise(ends)
        ]
        return [Tranche(price, wide) for price, wide in zip(prices, np.diff(at, axis=0), strict=True)]


@dataclass(frozen=True)
class Markets:
    """Buyers. `tranches[m]` is the demand curve; `unmet_price` is nan where a fixed demand is hard.

    `sale_market`, `sale_cargo` list the pairs of market and accepted cargo, arrays of length Q. `regulated` (M,) is the price
    that is paid by order, nan for none. `world` (M,) is the world market among `worlds` that a market belongs to, -1 for none,
    and `world_weight` (M,) how many units of it one unit sold there is.
    """

    ids: list[str]
    place: np.ndarray
    kind: list[str]
    tranches: list[list[Tranche]]
    unmet_price: np.ndarray
    sale_market: np.ndarray
    sale_cargo: np.ndarray
    regulated: np.ndarray
    worlds: tuple[World, ...]
    world: np.ndarray
    world_weight: np.ndarray

    @cached_property
    def listed(self) -> np.ndarray:
        """Price of each market that has one, 0 for those with a curve, thousand currency per unit, shape (M, T)."""
        steps = max((len(t[0].width) for t in self.tranches), default=0)
        prices = [t[0].price if len(t) == 1 else np.zeros(steps) for t in self.tranches]
        return np.array(prices, dtype=float).reshape(len(self.tranches), steps)

    @cached_property
    def beside_world(self) -> np.ndarray:
        """The same less what the world price holds of it, at markets that belong to a world market, shape (M, T)."""
        none = np.zeros(self.listed.shape[1])
        price = np.array([*(world.price for world in self.worlds), none])
        return self.listed - self.world_weight[:, None] * price[self.world]

    @cached_property
    def joined(self) -> np.ndarray:
        """Sales at markets that belong to a world market."""
        return np.flatnonzero(self.world[self.sale_market] >= 0) if len(self.ids) else np.empty(0, dtype=int)


@dataclass(frozen=True)
class Stores:
    """Tank farms and storages. Arrays of length H; `in_rate`, `out_rate` (H, T) per step, `cost` (H, T) per unit and day.

    `capacity` (H, T) and `stock_start` count from `min_level` up: the least content stays and is no cargo of the model.

    `reserve` (H, T) is held back unless `release_price` (H,) per unit is paid in a step that is `released` (H, T); `end_level`
    (H,) is the least content at the end, minus infinity for none. Both count from `min_level` up.

    `stock_store`, `stock_cargo` list the pairs of store and cargo; `stock_start` is the content of a pair at the start.
    """

    ids: list[str]
    place: np.ndarray
    capacity: np.ndarray
    min_level: np.ndarray
    in_rate: np.ndarray
    out_rate: np.ndarray
    cost: np.ndarray
    stock_store: np.ndarray
    stock_cargo: np.ndarray
    stock_start: np.ndarray
    reserve: np.ndarray
    release_price: np.ndarray
    released: np.ndarray
    end_level: np.ndarray


@dataclass(frozen=True)
class Fleets:
    """Vessels and wagons, and capacities that links have jointly: both limit a weighted sum of flows.

    `days` (F, T) vessel-days, or units of a joint capacity, in a step; an entry of `use_*` says that a pair of link and
    cargo needs `use_days` of them per unit. `use_voyages` (U,) is how many ships a unit takes from the start of the link to its
    end, where these do not come back by themselves, else 0. Such fleets sail empty on legs: `leg_fleet`, `leg_link` (G,), from
    `leg_from` to `leg_to` (G,), places, in `leg_days` (G,). `joint` (F,) tells joint capacities, which stand after the fleets:
    what passes counts in each of them, where fleets share it.
    """

    ids: list[str]
    days: np.ndarray
    use_fleet: np.ndarray
    use_pair: np.ndarray
    use_days: np.ndarray
    joint: np.ndarray
    use_voyages: np.ndarray
    leg_fleet: np.ndarray
    leg_link: np.ndarray
    leg_from: np.ndarray
    leg_to: np.ndarray
    leg_days: np.ndarray


class Duty(NamedTuple):
    """What shippers pay a treasury, as they pay a tariff: of what enters a link (`flow`) or is sold at a market (`sale`).

    `entries` (E,) are numbers of pairs or of sales, `rate` (E, T) thousand currency per unit.
    """

    row: str
    kind: str
    taker: str
    block: str
    entries: np.ndarray
    rate: np.ndarray


@dataclass(frozen=True)
class Premium:
    """What a measure adds to the cost of some pairs of link and cargo for a time.

    `pairs` (E,) are numbers of pairs, `rate` (E,) thousand currency per unit. `takers` receive it in equal parts; where there are
    none it is used up. `known` is the day on which it becomes known, `expected_end` the end that is then expected.
    """

    measure: str
    pairs: np.ndarray
    rate: np.ndarray
    takers: tuple[str, ...]
    start: dt.date
    end: dt.date
    known: dt.date
    expected_end: dt.date


class ContractRow(NamedTuple):
    """One period of one contract: `amount` over the steps with weights `weight` (T,) of the entries (`block`, index)."""

    contract: int
    label: str
    weight: np.ndarray
    amount: float


@dataclass(frozen=True)
class Contracts:
    """Agreed flows. `entries[c]` lists what counts as (block, index, share): block is "flow", "supply" or "sale".

    A share below zero takes off what comes back; see `straits.model.reading.rows.contracts`.
    """

    ids: list[str]
    kind: list[str]
    asset: list[tuple[str, int]]
    entries: list[list[tuple[str, int, float]]]
    penalty: np.ndarray
    rows: list[ContractRow]


class Landing(NamedTuple):
    """What comes out at the end of a pair, one entry for each pair and cargo: of a link what enters less its loss, of a process
    what it makes. `share` (V,) units of `cargo` come out for one unit that enters `pair`."""

    pair: np.ndarray
    cargo: np.ndarray
    share: np.ndarray


def nothing_made() -> Landing:
    """Give the products of no process."""
    none = np.empty(0, dtype=int)
    return Landing(none, none, np.empty(0))
