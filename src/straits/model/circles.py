"""Cargo that goes round: flows of one cargo along links that lead back to a place where it has been, without a stay in store.

Nobody gains by them but who counts flows (a least flow agreed) or wants cargo gone (a field that must go on, and a loss on the
way). They are found here, place by place; `straits.engine.circles.uncircled` finds plans without them.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from straits.lp.tolerance import DIFFERS
from straits.model.formulation import Formulation
from straits.model.network import Network

#: When cargo enters which pair of link and cargo, link by link.
_Way = list[tuple[int, int]]


@dataclass(frozen=True)
class Circle:
    """Cargo that goes round.

    Attributes
    ----------
    cargo : int
    pairs : tuple of int
        Pairs of link and cargo on which it goes round, in order of the way.
    amount : float
        What can go round in all steps: of what enters the first link of each way, as much as can enter the last.
        No flow counts twice.
    ways : tuple of tuple of (pair, step)
        Each time that it goes round: when it enters which.
    """

    cargo: int
    pairs: tuple[int, ...]
    amount: float
    ways: tuple[tuple[tuple[int, int], ...], ...]

    @property
    def uses(self) -> set[tuple[int, int]]:
        """When it enters which pair, in all ways."""
        return {use for way in self.ways for use in way}

    @property
    def steps(self) -> np.ndarray:
        """Steps in which it enters any of its links."""
        return np.unique([t for _, t in self.uses])


def circles(f: Formulation, x: np.ndarray) -> list[Circle]:
    """Find the circles in the flows of a plan, those that move most first; an empty list where nothing goes round.

    Parameters
    ----------
    f : Formulation
    x : ndarray, shape (columns,)
    """
    n = f.network
    flow = x[f.flow.slice].reshape(f.flow.count, f.flow.steps)
    found: dict[tuple[int, ...], list[_Way]] = {}
    most = np.zeros(len(n.cargoes))
    np.maximum.at(most, n.pair_cargo, flow.max(axis=1, initial=0.0))
    least = DIFFERS * (1.0 + most)
    used = np.flatnonzero((flow > least[n.pair_cargo][:, None]).any(axis=1))
    back = used[_in_circles(n, used)]
    for k in np.unique(n.pair_cargo[back]).tolist():
        for way in _Space(f, flow, back[n.pair_cargo[back] == k], least[k]).ways_back():
            found.setdefault(_from_least(p for p, _ in way), []).append(way)
    left = flow.copy()
    result = [
        Circle(
            int(n.pair_cargo[pairs[0]]),
            pairs,
            sum(_taken(f, left, way) for way in ways),
            tuple(tuple(way) for way in ways),
        )
        for pairs, ways in found.items()
    ]
    return sorted(result, key=lambda c: (-c.amount, c.pairs))


def _taken(f: Formulation, left: np.ndarray, way: _Way) -> float:
    """Give what can enter the last link of a way of what enters the first, and take it out of the flows that are left."""
    n, comes = f.network, [1.0]
    for (p, t), (_, then) in pairwise(way):
        arrivals = f.transit[float(n.link_transit[n.pair_link[p]])]
        share = arrivals.share[(arrivals.departure == t) & (arrivals.arrival == then)].sum()
        comes.append(comes[-1] * float(share) * (1.0 - float(n.link_loss[n.pair_link[p]])))
    first = max(min(float(left[use]) / part for use, part in zip(way, comes, strict=True)), 0.0)
    for use, part in zip(way, comes, strict=True):
        left[use] -= first * part
    return first * comes[-1]


def can_go_round(f: Formulation) -> bool:
    """Whether the links of some cargo lead back to where it has been, so that a plan may have circles."""
    n = f.network
    # Asked of every plan, and many plans are of one formulation.
    memory = vars(f)
    if "_goes_round" not in memory:
        memory["_goes_round"] = _in_circles(n, np.arange(len(n.pair_cargo))).any()
    return bool(memory["_goes_round"])


def _in_circles(n: Network, pairs: np.ndarray) -> np.ndarray:
    """Mark the pairs of link and cargo whose two ends can reach each other by pairs of the same cargo."""
    of = n.pair_cargo[pairs] * len(n.place_ids)
    tail, head = of + n.link_tail[n.pair_link[pairs]], of + n.link_head[n.pair_link[pairs]]
    size = int(max(tail.max(initial=-1), head.max(initial=-1))) + 1
    graph = sparse.csr_matrix((np.ones(len(tail)), (tail, head)), shape=(size, size))
    label = connected_components(graph, connection="strong")[1] if size else np.empty(0, dtype=int)
    # A process begins and ends at its place, and what comes out is something else.
    return np.asarray((label[tail] == label[head]) & (tail != head))


def _from_least(pairs: Iterator[int]) -> tuple[int, ...]:
    """Let a circle begin at the pair of the least number."""
    way = list(pairs)
    first = way.index(min(way))
    return tuple(way[first:] + way[:first])


class _Space:
    """Places and steps, and the flows that lead from one to another."""

    def __init__(self, f: Formulation, flow: np.ndarray, pairs: np.ndarray, least: float) -> None:
        n = f.network
        #: From each (place, step): pair, place of arrival, steps of arrival.
        self._on: dict[tuple[int, int], list[tuple[int, int, list[int]]]] = {}
        for p in pairs.tolist():
            a = n.pair_link[p]
            arrivals = f.transit[float(n.link_transit[a])]
            for t in np.flatnonzero(flow[p] > least).tolist():
                later = arrivals.arrival[arrivals.departure == t].tolist()
                if arrivals.beyond[t] > 0:
                    # After the end of the axis: it comes back all the same.
                    later.append(n.T)
                self._on.setdefault((int(n.link_tail[a]), t), []).append((p, int(n.link_head[a]), later))

    def ways_back(self) -> Iterator[_Way]:
        """Give, from each place and step, a shortest way back to the place as (pair, step), each circle once."""
        given: set[frozenset[tuple[int, int]]] = set()
        for place, step in sorted(self._on):
            way = self._way_back(place, step)
            # Within a step the same circle is found from each of its places. What comes back later comes back to one place alone.
            if way is not None and frozenset(way) not in given:
                given.add(frozenset(way))
                yield way

    def _way_back(self, place: int, step: int) -> _Way | None:
        came: dict[tuple[int, int], tuple[tuple[int, int], int]] = {}
        waiting, seen = deque([(place, step)]), {(place, step)}
        while waiting:
            here = waiting.popleft()
            for p, there, later in self._on.get(here, ()):
                for t in later:
                    if there == place:
                        return [*self._back_to(came, (place, step), here), (p, here[1])]
                    if (there, t) not in seen:
                        seen.add((there, t))
                        came[there, t] = here, p
                        waiting.append((there, t))
        return None

    @staticmethod
    def _back_to(
        came: dict[tuple[int, int], tuple[tuple[int, int], int]],
        start: tuple[int, int],
        here: tuple[int, int],
    ) -> list[tuple[int, int]]:
        way = []
        while here != start:
            here, p = came[here]
            way.append((p, here[1]))
        return way[::-1]
