"""The k shortest ways through a network that pass no node twice (Yen 1971)."""

from __future__ import annotations

import heapq
from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple


class Arc(NamedTuple):
    """A link from one node to another; several may join the same two."""

    key: str
    start: str
    end: str
    length: float


class Way(NamedTuple):
    """Arcs one after another, and their length."""

    length: float
    arcs: tuple[Arc, ...]


def shortest_ways(
    arcs: Iterable[Arc], starts: Collection[str], ends: Collection[str], count: int
) -> list[Way]:
    """Give the shortest ways from any start to any end that pass no node twice, the shortest first.

    Parameters
    ----------
    arcs : iterable of Arc
        Lengths are at least zero. Several arcs between the same two nodes make different ways.
    starts, ends : collection of str
        Nodes where a way may begin and end. A node that is both is no way by itself.
    count : int
        How many at most.

    Returns
    -------
    list of Way
        Ways of equal length in the order of the keys of their arcs.

    Raises
    ------
    ValueError
        A length below zero.

    Notes
    -----
    Yen (1971), *Finding the k shortest loopless paths in a network*, Management Science 17(11). Each next way leaves one that is
    known at some node, by an arc that no known way with the same beginning takes there.
    """
    leaving: dict[str, list[Arc]] = {}
    for arc in sorted(arcs):
        if not arc.length >= 0:
            raise ValueError(f"arc {arc.key}: length {arc.length}; expected 0 or more")
        leaving.setdefault(arc.start, []).append(arc)
    goals = frozenset(ends)
    found: list[Way] = []
    waiting: list[tuple[float, tuple[str, ...], Way]] = []
    seen: set[tuple[Arc, ...]] = set()

    def offer(way: Way | None) -> None:
        if way is not None and way.arcs and way.arcs not in seen:
            seen.add(way.arcs)
            heapq.heappush(waiting, (way.length, tuple(arc.key for arc in way.arcs), way))

    for start in sorted(set(starts)):
        offer(_shortest(leaving, start, goals, frozenset(), frozenset(), leave=True))
    while waiting and len(found) < count:
        way = heapq.heappop(waiting)[2]
        found.append(way)
        for at in range(len(way.arcs) + 1):
            root = way.arcs[:at]
            spur = way.arcs[at].start if at < len(way.arcs) else way.arcs[-1].end
            passed = frozenset(arc.start for arc in root)
            alike = [w.arcs for w in found if w.arcs[:at] == root and (root or w.arcs[0].start == spur)]
            taken = frozenset(known[at].key for known in alike if len(known) > at)
            # Where a way ended, others that begin like it may go on to another end.
            rest = _shortest(leaving, spur, goals, passed, taken, leave=not root or root in alike)
            if rest is not None:
                offer(Way(_sum([*root, *rest.arcs]), (*root, *rest.arcs)))
    return found


def _sum(arcs: Iterable[Arc]) -> float:
    total = 0.0
    for arc in arcs:
        total += arc.length
    return total


def _shortest(
    leaving: Mapping[str, list[Arc]],
    start: str,
    ends: frozenset[str],
    closed: frozenset[str],
    taken: frozenset[str],
    *,
    leave: bool = False,
) -> Way | None:
    """Give the shortest way from a node that passes none of some nodes and begins with none of some arcs (Dijkstra 1959).

    `leave`: whether it must leave the node, though that is an end. The empty way is one where the node is an end.
    """
    queue: list[tuple[float, tuple[str, ...], str, tuple[Arc, ...]]] = [(0.0, (), start, ())]
    done: set[str] = set()
    while queue:
        length, keys, node, arcs = heapq.heappop(queue)
        if node in ends and not (leave and not arcs):
            return Way(length, arcs)
        if node in done:
            continue
        done.add(node)
        for arc in leaving.get(node, ()):
            if arc.end in done or arc.end in closed or (not arcs and arc.key in taken):
                continue
            heapq.heappush(queue, (length + arc.length, (*keys, arc.key), arc.end, (*arcs, arc)))
    return None
