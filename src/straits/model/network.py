"""A case as arrays in canonical units: what the formulation reads. No mathematics here, only data and lookups."""

from __future__ import annotations

import datetime as dt
import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from straits.case.ownership import release_of
from straits.case.scopes import touched
from straits.case.territory import is_transit, territories_of
from straits.model.demand import Tranche, World
from straits.model.earning import Earning
from straits.results.brief import Brief

if TYPE_CHECKING:
    from straits.case.case import Case
    from straits.case.timeaxis import Steps

#: Origin of the cargo of a commodity whose origin is not tracked.
UNTRACKED = "any"


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


@dataclass(frozen=True, repr=False)
class Network(Brief):
    """All of a case that the model needs, in canonical units, pruned to cargo that can reach a buyer.

    A process is a link that begins and ends at its place: `link_process` (L,) tells them, `made` what they make.
    Link arrays have length L, arrays of pairs (link, cargo) length P; `link_capacity` is (L, T) in units per step,
    `pair_cost` and `pair_tariff` are (P, T).
    Money is in thousands of the currency.
    """

    case: Case
    steps: Steps
    tariffs: str
    place_ids: list[str]
    cargoes: list[Cargo]
    link_ids: list[str]
    link_tail: np.ndarray
    link_head: np.ndarray
    link_loss: np.ndarray
    link_transit: np.ndarray
    link_capacity: np.ndarray
    pair_link: np.ndarray
    pair_cargo: np.ndarray
    pair_cost: np.ndarray
    pair_tariff: np.ndarray
    supplies: Supplies
    markets: Markets
    stores: Stores
    fleets: Fleets
    contracts: Contracts
    link_process: np.ndarray
    made: Landing
    duties: tuple[Duty, ...] = ()
    #: Part of the capacity that each row of rights holds, and what each fixed payment comes to, in each step, shape (T,).
    right_parts: Mapping[str, np.ndarray] = field(default_factory=dict)
    fixed_payments: Mapping[str, np.ndarray] = field(default_factory=dict)
    #: What measures that act add to costs. A state at rest has none, as it has no disruption.
    premiums: tuple[Premium, ...] = ()

    @property
    def T(self) -> int:
        """Number of steps."""
        return len(self.steps.days)

    @cached_property
    def pair_process(self) -> np.ndarray:
        """Whether each pair is of a process, shape (P,)."""
        return np.asarray(self.link_process[self.pair_link], dtype=bool)

    @cached_property
    def landing(self) -> Landing:
        """What comes out at the end of each pair: of links the cargo less its loss, of processes what they make."""
        moved = np.flatnonzero(~self.pair_process)
        return Landing(
            np.concatenate([moved, self.made.pair]),
            np.concatenate([self.pair_cargo[moved], self.made.cargo]),
            np.concatenate([1.0 - self.link_loss[self.pair_link[moved]], self.made.share]),
        )

    @cached_property
    def pair_duty(self) -> np.ndarray:
        """Duties on what enters a link, thousand currency per unit, shape (P, T)."""
        return self._duty_on("flow", len(self.pair_link))

    @cached_property
    def sale_duty(self) -> np.ndarray:
        """Duties on what is sold at a market, thousand currency per unit, shape (Q, T)."""
        return self._duty_on("sale", len(self.markets.sale_market))

    def _duty_on(self, block: str, count: int) -> np.ndarray:
        found = np.zeros((count, self.T))
        for duty in self.payments:
            if duty.block == block:
                np.add.at(found, duty.entries, duty.rate)
        return found

    @cached_property
    def payments(self) -> tuple[Duty, ...]:
        """All that shippers pay on the way besides tariffs: duties and tolls, and premiums that somebody receives."""
        found = list(self.duties)
        for p in self.premiums:
            during = self.steps.overlap(p.start, p.end)
            for taker in sorted(p.takers):
                rate = p.rate[:, None] * (during / len(p.takers))
                found.append(Duty(p.measure, "premium", taker, "flow", p.pairs, rate))
        return tuple(found)

    @cached_property
    def pair_premium(self) -> np.ndarray:
        """What measures add to the cost of moving and nobody receives, thousand currency per unit, shape (P, T)."""
        return self.added_cost(p for p in self.premiums if not p.takers)

    def added_cost(self, premiums: Iterable[Premium]) -> np.ndarray:
        """Give what premiums add to the cost of each pair, thousand currency per unit, shape (P, T)."""
        found = np.zeros((len(self.pair_link), self.T))
        for p in premiums:
            np.add.at(found, p.pairs, p.rate[:, None] * self.steps.overlap(p.start, p.end))
        return found

    @cached_property
    def earning(self) -> Earning:
        """Who earns the profit of each asset, over time; accounts of many solutions ask for the same."""
        return Earning(self.case, self.steps)

    @cached_property
    def index_of(self) -> dict[str, tuple[str, int]]:
        """Kind and index of each asset but places, by its id."""
        found = {key: (kind, i) for kind, ids in self._asset_ids() for i, key in enumerate(ids)}
        stores = self.case.rows("stores")
        for h, key in enumerate(self.stores.ids):
            if stores[key].releaser is not None and stores[key].release_price is not None:
                found[release_of(key)] = "release", h
        return found

    def assets_of(self, asset: str) -> list[tuple[str, int]] | None:
        """List the (kind, index) behind an asset id or `territory:X`, `actor:X`; None if there is no such asset."""
        if asset in self.index_of:
            return [self.index_of[asset]]
        scope, _, actor = asset.partition(":")
        if actor and (scope not in ("territory", "actor") or actor not in self.case.rows("actors")):
            return None
        if not actor and asset not in self.place_ids:
            return None
        return [self.index_of[row.id] for _, row in touched(self.case, asset) if row.id in self.index_of]

    def unknown_asset(self, asset: str) -> str:
        """Word the error for an unknown asset, with the nearest known ids."""
        known = [*self.place_ids, *(i for _, ids in self._asset_ids() for i in ids)]
        known += [f"{s}:{a}" for s in ("transit", "territory", "actor") for a in self.case.rows("actors")]
        near = difflib.get_close_matches(asset, known, n=3, cutoff=0.5)
        hint = f" Did you mean {' or '.join(near)}?" if near else ""
        kinds = "link, place, supply, market, store, process, fleet or joint capacity"
        return f"asset {asset!r} is not in the case: expected the id of a {kinds}.{hint}"

    def _asset_ids(self) -> Iterable[tuple[str, list[str]]]:
        yield "link", self.link_ids
        yield "supply", self.supplies.ids
        yield "market", self.markets.ids
        yield "store", self.stores.ids
        yield "fleet", self.fleets.ids

    def territory_of_place(self, place: int) -> str | None:
        """Territory on which a place lies."""
        return self.case.rows("places")[self.place_ids[place]].territory

    def crossed(self, link: int) -> set[str]:
        """States on whose territory a link lies: those listed, or else those of its ends."""
        return set(territories_of(self.case, "links", self.case.arcs[self.link_ids[link]]))

    def transit_links(self, actor: str) -> list[int]:
        """List the links on which cargo of others leaves the territory of `actor`, or crosses it without stopping."""
        rows = self.case.arcs
        return [a for a, key in enumerate(self.link_ids) if is_transit(self.case, rows[key], actor)]

    def matches(self, kind: str, index: int, commodity: str | None, origins: tuple[str, ...]) -> bool:
        """Whether a supply, market, store or fleet handles the commodity and (for a supply) the origin."""
        if kind == "supply":
            cargo = self.cargoes[self.supplies.cargo[index]]
            return commodity in (None, cargo.commodity) and (not origins or cargo.origin in origins)
        if kind == "release":
            return not origins and self.case.rows("stores")[self.stores.ids[index]].commodity == commodity
        table = {"market": "markets", "store": "stores", "fleet": "fleets"}[kind]
        if kind == "fleet" and self.fleets.joint[index]:
            return commodity is None and not origins
        return not origins and self.case.rows(table)[self.name_of(kind, index)].commodity == commodity

    def name_of(self, kind: str, index: int) -> str:
        """Id of an asset; for a pair, link and cargo."""
        if kind == "pair":
            return f"{self.link_ids[self.pair_link[index]]},{self.cargoes[self.pair_cargo[index]].label}"
        if kind == "release":
            return release_of(self.stores.ids[index])
        return dict(self._asset_ids())[kind][index]

    def capacities_of(self, kind: str, index: int) -> dict[str, np.ndarray]:
        """Capacities (T,) of an asset before any disruption, by their columns; for a pair, that of its link."""
        match kind:
            case "link":
                return {"capacity": self.link_capacity[index]}
            case "pair":
                return {"capacity": self.link_capacity[self.pair_link[index]]}
            case "supply":
                return {"capacity": self.supplies.capacity[index]}
            case "store":
                return {"in_rate": self.stores.in_rate[index], "out_rate": self.stores.out_rate[index]}
            case "fleet":
                return {"count": self.fleets.days[index]}
            case "release":
                return {"release": np.full(self.T, np.inf)}
            case _:
                return {"demand": np.sum([tranche.width for tranche in self.markets.tranches[index]], axis=0)}
