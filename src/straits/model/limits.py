"""Bounds of columns and rows, asset by asset: what the capacity of one asset limits is said once, here.

The whole of the bounds is put together from the assets; a disruption then needs only the bounds of what it touches.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from straits.lp import Bounds
from straits.model.availability import Factors
from straits.model.formulation import Formulation

INF = float("inf")

#: Bound of one cargo on a link that several share, in capacities of the link: above 1, so that it never binds.
SLACK = 2.0


class Entry(NamedTuple):
    """Values of some entries of one array of `Bounds`."""

    array: str
    at: np.ndarray
    value: np.ndarray


def share_of(capacity: np.ndarray, factor: np.ndarray) -> np.ndarray:
    """Give capacity times factor; of an unlimited capacity, 0 leaves nothing and any other factor leaves it unlimited."""
    unlimited = np.isinf(capacity)
    if not unlimited.any():
        return np.asarray(capacity * factor)
    return np.where(
        unlimited, np.where(factor == 0, 0.0, capacity), np.where(unlimited, 0.0, capacity) * factor
    )


class Limits:
    """What each asset of a formulation limits.

    Parameters
    ----------
    formulation : Formulation
    """

    def __init__(self, formulation: Formulation) -> None:
        self.f = formulation
        self.n = formulation.network
        self._one = np.ones(self.n.T)
        self._shared_row = np.full(len(self.n.link_ids), -1)
        self._shared_row[formulation.shared] = np.arange(len(formulation.shared))
        order = np.argsort(self.n.pair_link, kind="stable")
        edges = np.searchsorted(self.n.pair_link[order], np.arange(len(self.n.link_ids) + 1))
        self._pairs = [order[a:b] for a, b in pairwise(edges)]
        of = formulation.network.fleets.leg_link
        self._legs = {a: np.flatnonzero(of == a) for a in np.unique(of).tolist()}
        self._lots = {int(p): j for j, pairs in enumerate(formulation.lots) for p in pairs}
        m = formulation.tranche_market
        first = np.searchsorted(m, np.arange(len(self.n.markets.ids) + 1))
        self._tranches = [np.arange(a, b) for a, b in pairwise(first)]

    def on(self, formulation: Formulation) -> Limits:
        """Return the limits of a formulation with the same rows and columns and other capacities."""
        made = copy.copy(self)
        made.f, made.n = formulation, formulation.network
        made.__dict__.pop("undisturbed", None)
        return made

    @cached_property
    def _under_way(self) -> np.ndarray:
        return self.f.most_under_way(self.n.T - 1)

    @cached_property
    def undisturbed(self) -> Bounds:
        """Bounds when every asset has its whole capacity."""
        f, n = self.f, self.n
        b = Bounds(
            np.zeros(f.columns.size), np.full(f.columns.size, INF), np.full(f.rows.size, -INF), np.full(f.rows.size, INF)
        )  # fmt: skip
        b.row_lower[f.carried_by.slice] = b.row_upper[f.carried_by.slice] = 0.0
        # As `_link` and `_pair`, of all links at once.
        b.row_upper[f.capacity.slice] = n.link_capacity[f.shared].ravel()
        slack = np.where(self._shared_row[n.pair_link] >= 0, SLACK, 1.0)[:, None]
        b.column_upper[f.flow.slice] = np.minimum(
            slack * n.link_capacity[n.pair_link], self._under_way
        ).ravel()
        b.column_upper[f.stranded.slice] = f.committed().ravel()
        b.row_lower[f.balance.slice] = b.row_upper[f.balance.slice] = -f.opening_arrivals().ravel()
        b.row_lower[f.ships.slice] = b.row_upper[f.ships.slice] = 0.0
        b.row_lower[f.one_price.slice] = b.row_upper[f.one_price.slice] = 0.0
        widths = [part.width for part in f.world_parts]
        b.column_upper[f.world.slice] = np.concatenate([np.empty(0), *widths])
        b.row_upper[f.level.slice] = n.stores.capacity.ravel()
        b.row_lower[f.level.at(np.arange(f.level.count), n.T - 1)] = n.stores.end_level
        reserve, released = n.stores.reserve[f.reserved], n.stores.released[f.reserved]
        b.row_lower[f.reserve.slice] = reserve.ravel()
        b.column_upper[f.lacking.slice] = reserve.ravel()
        b.column_upper[f.drawn.slice] = np.where(released, INF, 0.0).ravel()
        # Whoever cannot fill a target that rises has not drawn on it: no day and no refusal keeps that from happening.
        rise = np.maximum(np.diff(reserve, axis=1, prepend=reserve[:, :1]), 0.0)
        priced = ~np.isnan(n.stores.release_price[f.reserved])
        b.column_upper[f.unfilled.slice] = np.where(priced[:, None], rise, 0.0).ravel()
        start = np.bincount(n.stores.stock_store, n.stores.stock_start, len(n.stores.ids))[f.reserved]
        b.row_upper[f.release.slice] = 0.0
        if len(f.reserved):
            b.row_upper[f.release.at(np.arange(f.release.count), 0)] = np.maximum(reserve[:, 0] - start, 0.0)
        for r, row in enumerate(n.contracts.rows):
            least = n.contracts.kind[row.contract] == "least"
            (b.row_lower if least else b.row_upper)[f.contract.offset + r] = row.amount
        sizes = {"supply": len(n.supplies.ids), "market": len(n.markets.ids), "store": len(n.stores.ids),
                 "fleet": len(n.fleets.ids)}  # fmt: skip
        for kind, count in sizes.items():
            for index in range(count):
                self._write(b, self.of(kind, index, Factors()))
        return b

    def under(self, factors: Factors) -> Bounds:
        """Bounds when assets keep the share `factors` of their capacity."""
        b = self.undisturbed.copy()
        for kind, touched in factors.by_kind.items():
            for index in touched:
                self._write(b, self.of(kind, index, factors))
        return b

    @staticmethod
    def _write(b: Bounds, entries: Iterable[Entry]) -> None:
        for entry in entries:
            getattr(b, entry.array)[entry.at] = entry.value

    def whole(self, kind: str, index: int, factors: Factors) -> Iterator[Entry]:
        """Give all entries that the capacity of an asset, or the amount of a contract, sets; `of` gives those that effects move.

        Parameters
        ----------
        kind : {"link", "supply", "store", "fleet", "contract"}
        index : int
        factors : Factors
        """
        if kind == "contract":
            for r, row in enumerate(self.n.contracts.rows):
                if row.contract == index:
                    at = np.array([self.f.contract.offset + r])
                    least = self.n.contracts.kind[index] == "least"
                    yield Entry("row_lower" if least else "row_upper", at, np.array([row.amount]))
            return
        if kind == "link":
            for array, _, at, value in self.links(np.array([index]), factors):
                yield Entry(array, at.ravel(), value.ravel())
            return
        yield from self.of(kind, index, factors)
        if kind == "store":
            rows = self.f.level.every(np.array([index]))[0]
            yield Entry("row_upper", rows, self.n.stores.capacity[index])

    def links(
        self, which: np.ndarray, factors: Factors
    ) -> Iterator[tuple[str, np.ndarray, np.ndarray, np.ndarray]]:
        """Give all entries that the capacities of some links set, all at once.

        Parameters
        ----------
        which : ndarray of int
            Links, each once.
        factors : Factors

        Yields
        ------
        (array, of, at, value)
            `of` says to which place in `which` each row of `at` and `value`, shape (entries, T), belongs.
        """
        capacity = self.n.link_capacity[which]
        factor = np.ones(capacity.shape)
        for place, a in enumerate(which.tolist()):
            if a in factors.by_kind["link"]:
                factor[place] = factors.by_kind["link"][a]
        shared = self._shared_row[which]
        some = np.flatnonzero(shared >= 0)
        if len(some):
            rows = self.f.capacity.every(shared[some])
            yield "row_upper", some, rows, share_of(capacity[some], factor[some])
        of = np.repeat(np.arange(len(which)), [len(self._pairs[a]) for a in which])
        pairs = np.concatenate([np.empty(0, dtype=int), *(self._pairs[a] for a in which)])
        # As `_pair`, which says why.
        slack = np.where((shared >= 0)[:, None], SLACK * np.maximum(factor, 1.0), factor)[of]
        upper = share_of(capacity[of], slack)
        for place, p in enumerate(pairs.tolist()):
            struck = factors.by_kind["pair"].get(p)
            if struck is not None:
                held = np.minimum(upper[place], share_of(capacity[of[place]], struck))
                upper[place] = np.where(struck < 1, held, upper[place])
        yield "column_upper", of, self.f.flow.every(pairs), np.minimum(upper, self._under_way[pairs])
        for place, p in enumerate(pairs.tolist()):
            if p in self._lots:
                array, at, value = self._origin(p, factors)
                yield array, of[place : place + 1], at[None, :], value[None, :]

    def of(self, kind: str, index: int, factors: Factors) -> Iterator[Entry]:
        """Give the entries that an asset limits, under factors of this and other assets.

        Parameters
        ----------
        kind : {"link", "pair", "supply", "market", "store", "fleet", "release"}
        index : int
        factors : Factors

        Yields
        ------
        Entry
        """
        factor = factors.by_kind[kind].get(index, self._one)
        if kind == "pair":
            yield self._pair(index, factors)
            if index in self._lots:
                yield self._origin(index, factors)
            return
        yield from {
            "link": self._link, "supply": self._supply, "market": self._market, "store": self._store, "fleet": self._fleet,
            "release": self._release,
        }[kind](index, factor, factors)  # fmt: skip

    def _link(self, a: int, factor: np.ndarray, factors: Factors) -> Iterator[Entry]:
        legs = self._legs.get(a)
        if legs is not None:
            # Where a link is closed no ship sails it empty either.
            sailed = np.broadcast_to(np.where(factor > 0, INF, 0.0), (len(legs), self.n.T))
            yield Entry("column_upper", self.f.ballast.every(legs).ravel(), sailed.ravel())
        row = int(self._shared_row[a])
        if row >= 0:
            yield Entry(
                "row_upper",
                self.f.capacity.every(np.array([row]))[0],
                share_of(self.n.link_capacity[a], factor),
            )
            if np.all(factor <= 1):
                return
        for p in self._pairs[a]:
            yield self._pair(int(p), factors)

    def _pair(self, p: int, factors: Factors) -> Entry:
        """Flow of one cargo on a link: limited by the link if no other cargo shares it, and by what strikes the cargo."""
        a = int(self.n.pair_link[p])
        capacity = self.n.link_capacity[a]
        factor = factors.by_kind["link"].get(a, self._one)
        if self._shared_row[a] >= 0:
            # The shared capacity row binds first, so this bound never carries a price. It is there for the solver: with
            # every flow between two bounds the simplex method can start without a first phase (five times faster on large
            # cases). Closing the link leaves it as it is, so that a variant changes the row alone.
            factor = SLACK * np.maximum(factor, 1.0)
        upper = share_of(capacity, factor)
        struck = factors.by_kind["pair"].get(p)
        if struck is not None:
            upper = np.where(struck < 1, np.minimum(upper, share_of(capacity, struck)), upper)
        upper = np.minimum(upper, self._under_way[p])
        return Entry("column_upper", self.f.flow.every(np.array([p]))[0], upper)

    def _origin(self, p: int, factors: Factors) -> Entry:
        """Lots of one origin on a link: together they have what an effect on the origin leaves of the capacity."""
        struck = factors.by_kind["pair"].get(p, self._one)
        left = share_of(self.n.link_capacity[int(self.n.pair_link[p])], struck)
        rows = self.f.of_origin.every(np.array([self._lots[p]]))[0]
        return Entry("row_upper", rows, np.where(struck < 1, left, INF))

    def _supply(self, s: int, factor: np.ndarray, _: Factors) -> Iterator[Entry]:
        f, table, days = self.f, self.n.supplies, self.n.steps.days
        available, least = share_of(table.capacity[s], factor), share_of(table.min_output[s], factor)
        columns = f.supply.every(np.array([s]))[0]
        yield Entry("column_upper", columns, available)
        if len(found := np.flatnonzero(f.least == s)):
            yield Entry("row_lower", f.least_output.every(found)[0], least)
        else:
            yield Entry("column_lower", columns, least)
        later = np.arange(1, self.n.T)
        for block, chosen, share, sign, array in (
            (f.ramp_down, f.ramps_down, table.ramp_down, -1.0, "row_lower"),
            (f.ramp_up, f.ramps_up, table.ramp_up, 1.0, "row_upper"),
        ):
            for j in np.flatnonzero(chosen == s):
                reach = share[s] * (table.capacity[s] / days)[1:] * (days[1:] + days[:-1]) / 2
                # A fall or rise of what is available is no act of the producer and needs no emergency.
                reach = np.maximum(reach, np.maximum(sign * np.diff(available / days), 0.0))
                yield Entry(array, block.at(int(j), later), sign * reach)

    def _market(self, m: int, factor: np.ndarray, _: Factors) -> Iterator[Entry]:
        f, curve = self.f, self.n.markets.tranches[m]
        rows = f.demand.every(np.array([m]))[0]
        if len(curve) > 1:
            yield Entry("row_lower", rows, np.zeros(self.n.T))
            yield Entry("row_upper", rows, np.zeros(self.n.T))
            for b, tranche in zip(self._tranches[m], curve, strict=True):
                yield Entry(
                    "column_upper", f.tranche.every(np.array([b]))[0], share_of(tranche.width, factor)
                )
            return
        demand = share_of(curve[0].width, factor)
        yield Entry("row_upper", rows, demand)
        if self.n.markets.kind[m] == "fixed":
            yield Entry("row_lower", rows, demand)

    def _store(self, h: int, factor: np.ndarray, _: Factors) -> Iterator[Entry]:
        s = self.n.stores
        rows = self.f.rate.every(np.array([h]))[0]
        # The first change is counted from the content at the start, a constant.
        start = np.zeros(self.n.T)
        start[0] = s.stock_start[s.stock_store == h].sum()
        yield Entry("row_lower", rows, start - share_of(s.out_rate[h], factor))
        yield Entry("row_upper", rows, start + share_of(s.in_rate[h], factor))

    def _release(self, h: int, factor: np.ndarray, _: Factors) -> Iterator[Entry]:
        found = np.flatnonzero(self.f.reserved == h)
        if len(found):
            drawn = np.where(self.n.stores.released[h] & (factor > 0), INF, 0.0)
            yield Entry("column_upper", self.f.drawn.every(found)[0], drawn)

    def _fleet(self, i: int, factor: np.ndarray, _: Factors) -> Iterator[Entry]:
        rows = self.f.fleet_days.every(np.array([i]))[0]
        yield Entry("row_upper", rows, share_of(self.n.fleets.days[i], factor))
