"""Which cargo can use which link: only what lies on some way from where it comes from to where it is used or kept.

A way passes no place twice. A link that cargo could use only on its way back to where it has been leads to no use: flow on it
would go round for nothing, or to burn what is lost on the way, or to be counted again for an agreed flow.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from straits.model.assets import Landing
from straits.model.network import Network

#: Extensions of a way that are tried for one link before it is kept unproved. To find two ways that do not meet is hard in
#: general (Fortune, Hopcroft and Wyllie 1980, *Theoretical Computer Science* 10(2)), and easy on nearly every network of trade.
_TRIES = 500


def prune(network: Network) -> Network:
    """Drop pairs of link and cargo, sales and stocks that lie on no way of any cargo; see `ways`. A process stays where its cargo
    comes to it.

    Fleets and contracts are read afterwards, on what is left.
    """
    markets, stores = network.markets, network.stores
    reached = _reached(network)
    keep = ways(network, reached)
    made = network.made
    still = keep[made.pair]
    number = np.cumsum(keep) - 1
    sold = reached[markets.place[markets.sale_market], markets.sale_cargo]
    kept = reached[stores.place[stores.stock_store], stores.stock_cargo]
    return replace(
        network,
        pair_link=network.pair_link[keep],
        pair_cargo=network.pair_cargo[keep],
        pair_cost=network.pair_cost[keep],
        pair_tariff=network.pair_tariff[keep],
        made=Landing(number[made.pair[still]], made.cargo[still], made.share[still]),
        markets=replace(markets, sale_market=markets.sale_market[sold], sale_cargo=markets.sale_cargo[sold]),
        stores=replace(
            stores,
            stock_store=stores.stock_store[kept],
            stock_cargo=stores.stock_cargo[kept],
            stock_start=stores.stock_start[kept],
        ),
    )


def _reached(network: Network) -> np.ndarray:
    """Mark the (place, cargo) that cargo can come to from a supply or a store with content, or out of a process."""
    reached = np.zeros((len(network.place_ids), len(network.cargoes)), dtype=bool)
    reached[network.supplies.place, network.supplies.cargo] = True
    stores = network.stores
    started = stores.stock_start > 0
    reached[stores.place[stores.stock_store[started]], stores.stock_cargo[started]] = True
    landing = network.landing
    link = network.pair_link[landing.pair]
    tail, head, enters = network.link_tail[link], network.link_head[link], network.pair_cargo[landing.pair]
    while True:
        fresh = reached[tail, enters] & ~reached[head, landing.cargo]
        if not fresh.any():
            return reached
        reached[head[fresh], landing.cargo[fresh]] = True


def ways(network: Network, reached: np.ndarray) -> np.ndarray:
    """Mark the pairs of link and cargo that lie on a way without a place twice, shape (P,).

    A way begins at a supply, at a store, where a process makes the cargo, or at the end of a link with transit time, where cargo
    may arrive that was sent before it was known what would be closed. It ends at a market that accepts the cargo, at a store, or
    at a process that takes it.

    Parameters
    ----------
    network : Network
    reached : ndarray of bool, shape (places, cargoes)
        Where each cargo can come to.
    """
    tail, head = network.link_tail[network.pair_link], network.link_head[network.pair_link]
    open_ = reached[tail, network.pair_cargo] & (tail != head)
    kept = np.zeros((len(network.place_ids), len(network.cargoes)), dtype=bool)
    kept[network.stores.place[network.stores.stock_store], network.stores.stock_cargo] = True
    begins, ends = kept & reached, kept.copy()
    begins[network.supplies.place, network.supplies.cargo] = True
    slow = open_ & (network.link_transit[network.pair_link] > 0)
    begins[head[slow], network.pair_cargo[slow]] = True
    ends[network.markets.place[network.markets.sale_market], network.markets.sale_cargo] = True
    keep = network.pair_process & reached[tail, network.pair_cargo]
    made, process = network.made, np.flatnonzero(keep)
    ends[tail[process], network.pair_cargo[process]] = True
    out = keep[made.pair]
    begins[head[made.pair[out]], made.cargo[out]] = True
    known: dict[tuple[bytes, ...], np.ndarray] = {}
    for k in range(len(network.cargoes)):
        pairs = np.flatnonzero(open_ & (network.pair_cargo == k))
        arcs = np.stack([tail[pairs], head[pairs]])
        key = (arcs.tobytes(), begins[:, k].tobytes(), ends[:, k].tobytes())
        if key not in known:
            known[key] = _Ways(arcs, np.flatnonzero(begins[:, k]), np.flatnonzero(ends[:, k])).on_some()
        keep[pairs] = known[key]
    return keep


class _Ways:
    """Ways of one cargo over a network. Sets of places are whole numbers, a bit for each place.

    Parameters
    ----------
    arcs : ndarray of int, shape (2, arcs)
        Places from and to.
    begins, ends : ndarray of int
        Places where ways begin and end.
    """

    def __init__(self, arcs: np.ndarray, begins: np.ndarray, ends: np.ndarray) -> None:
        self._arcs = list(zip(*arcs.tolist(), strict=True))
        size = int(max(arcs.max(initial=-1), begins.max(initial=-1), ends.max(initial=-1))) + 1
        self._after, self._before = [0] * size, [0] * size
        for a, b in self._arcs:
            self._after[a] |= 1 << b
            self._before[b] |= 1 << a
        self._begins = sum(1 << p for p in begins.tolist())
        self._ends = sum(1 << p for p in ends.tolist())

    def on_some(self) -> np.ndarray:
        """Mark the arcs that lie on some way, shape (arcs,)."""
        to, on = self._shortest(self._begins, self._after), self._shortest(self._ends, self._before)
        found = {}
        for a, b in self._arcs:
            if (a, b) not in found:
                found[a, b] = bool(to[a] and on[b]) and (not to[a] & on[b] or self._search(a, b))
        return np.array([found[arc] for arc in self._arcs], dtype=bool)

    @staticmethod
    def _shortest(start: int, following: list[int]) -> list[int]:
        """Give the places on a shortest way from some of the start to each place, itself included; 0 where there is none."""
        found, seen = [0] * len(following), start
        front = list(_bits(start))
        for p in front:
            found[p] = 1 << p
        while front:
            fresh = []
            for p in front:
                for q in _bits(following[p] & ~seen):
                    found[q] = found[p] | 1 << q
                    fresh.append(q)
                seen |= following[p]
            front = fresh
        return found

    def _search(self, a: int, b: int) -> bool:
        """Say whether a way to `a` and a way on from `b` do not meet."""
        to = self._path(1 << a, self._begins, self._before, 1 << b)
        if not to:
            return False
        if self._path(1 << b, self._ends, self._after, to):
            return True
        on = self._path(1 << b, self._ends, self._after, 1 << a)
        if not on:
            return False
        return bool(self._path(1 << a, self._begins, self._before, on)) or self._tried(a, b)

    def _tried(self, a: int, b: int) -> bool:
        """Try the ways back from `a`, one place after another, as long as they leave a way on from `b`."""
        waiting, tries = [(a, 1 << a)], 0
        while waiting and tries < _TRIES:
            tries += 1
            place, passed = waiting.pop()
            if not self._path(1 << b, self._ends, self._after, passed):
                continue
            if 1 << place & self._begins:
                return True
            waiting += [(p, passed | 1 << p) for p in _bits(self._before[place] & ~passed & ~(1 << b))]
        return bool(waiting)

    @staticmethod
    def _path(start: int, goal: int, following: list[int], barred: int) -> int:
        """Give the places on a shortest way from the start to a goal that keeps off barred places; 0 if there is none."""
        front, seen, layers = start & ~barred, start | barred, []
        while front:
            layers.append(front)
            if front & goal:
                break
            fresh = 0
            for p in _bits(front):
                fresh |= following[p]
            front = fresh & ~seen
            seen |= front
        if not front:
            return 0
        last = next(_bits(front & goal))
        path = 1 << last
        for layer in reversed(layers[:-1]):
            last = next(p for p in _bits(layer) if following[p] >> last & 1)
            path |= 1 << last
        return path


def _bits(places: int) -> Iterator[int]:
    while places:
        low = places & -places
        yield low.bit_length() - 1
        places ^= low
