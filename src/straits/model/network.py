"""A case as arrays in canonical units: what the formulation reads. No mathematics here, only data and lookups."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from straits.case.ownership import release_of
from straits.case.scopes import touched
from straits.case.territory import is_transit, territories_of
from straits.model.assets import (
    Cargo,
    Contracts,
    Duty,
    Fleets,
    Landing,
    Markets,
    Premium,
    Stores,
    Supplies,
)
from straits.model.earning import Earning
from straits.results.brief import Brief

if TYPE_CHECKING:
    from straits.case.case import Case
    from straits.case.timeaxis import Steps


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
