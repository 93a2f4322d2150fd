"""Which states exports cross: as modelled, from flows on links, and as observed, from the routes that were measured."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from straits.model import Model, Network

#: Modes on which cargo puts to sea.
TO_SEA = ("sea", "loading")


def transit_links(network: Network, origin: str) -> dict[str, set[int]]:
    """Give for each other state the links on which cargo of `origin` leaves it, or crosses it without stopping.

    Cargo sold in a state does not leave it: its buyer is no transit state."""
    states = {s for a in range(len(network.link_ids)) for s in network.crossed(a)}
    states |= {s for s in map(network.territory_of_place, range(len(network.place_ids))) if s is not None}
    found = {state: set(network.transit_links(state)) for state in sorted(states - {origin})}
    return {state: links for state, links in found.items() if links}


def port_links(network: Network, cargo: int) -> dict[str, set[int]]:
    """Give for each state the links by which a cargo puts to sea from it."""
    rows = network.case.arcs
    found: dict[str, set[int]] = {}
    for p in np.flatnonzero(network.pair_cargo == cargo):
        a = int(network.pair_link[p])
        tail, head = (network.territory_of_place(int(x[a])) for x in (network.link_tail, network.link_head))
        if rows[network.link_ids[a]].mode in TO_SEA and tail is not None and head is None:
            found.setdefault(tail, set()).add(a)
    return found


def sails_again(model: Model, cargo: int) -> bool:
    """Return whether cargo that put to sea can come to a port from which it puts to sea once more, or to a market at home."""
    net, links = model.network, _usable(model, cargo)
    departures = set().union(*port_links(net, cargo).values()) & links
    chosen = np.array(sorted(links), dtype=int)
    tail, head = np.asarray(net.link_tail), np.asarray(net.link_head)
    reached = _reached({int(head[a]) for a in departures}, tail[chosen], head[chosen])
    return bool(reached & ({int(tail[a]) for a in departures} | _markets_at_home(net, cargo)))


def comes_home(model: Model, cargo: int) -> bool:
    """Return whether cargo that left or crossed another state can come to a market at home, or leave the same state again."""
    net, links = model.network, _usable(model, cargo)
    chosen = np.array(sorted(links), dtype=int)
    tail, head = np.asarray(net.link_tail), np.asarray(net.link_head)
    home = _markets_at_home(net, cargo)
    for group in transit_links(net, net.cargoes[cargo].origin).values():
        departures = group & links
        reached = _reached({int(head[a]) for a in departures}, tail[chosen], head[chosen])
        if reached & (home | {int(tail[a]) for a in departures}):
            return True
    return False


def _markets_at_home(net: Network, cargo: int) -> set[int]:
    return {p for p in _uses(net, cargo) if net.territory_of_place(p) == net.cargoes[cargo].origin}


def _uses(net: Network, cargo: int) -> set[int]:
    """Give the places at which a cargo is bought, or taken in by a process."""
    bought = net.markets.place[net.markets.sale_market[net.markets.sale_cargo == cargo]]
    taken = net.link_tail[net.pair_link[net.pair_process & (net.pair_cargo == cargo)]]
    return {int(p) for p in (*bought, *taken)}


def forced(model: Model, cargo: int, corridor: str, groups: Mapping[str, set[int]]) -> set[str]:
    """Return the groups of links of which each way of a cargo through a corridor to a buyer abroad uses one.

    Only links that can carry something count. Where ways through a corridor use different groups, none of them is forced.
    """
    net = model.network
    links = _usable(model, cargo)
    rows = net.case.arcs
    named = {a for a in links if rows[net.link_ids[a]].corridor == corridor}
    sources = {int(p) for p in net.supplies.place[net.supplies.cargo == cargo]}
    goals = {p for p in _uses(net, cargo) if net.territory_of_place(p) != net.cargoes[cargo].origin}
    if not _passes(net, links, named, sources, goals):
        return set()
    return {g for g, used in groups.items() if not _passes(net, links - used, named, sources, goals)}


def _usable(model: Model, cargo: int) -> set[int]:
    """List the links that a cargo can use: those with room in some step, and without a contract that lets nothing pass."""
    net, f, b = model.network, model.formulation, model.bounds
    pairs = np.flatnonzero(net.pair_cargo == cargo)
    columns = f.flow.every(pairs)
    shut = np.zeros(model.matrix.shape[0], dtype=bool)
    for block in (f.capacity, f.contract):
        shut[block.slice] = b.row_upper[block.slice] <= 0
    room = (b.column_upper[columns] > 0) & (abs(model.matrix[shut]).sum(axis=0).A1[columns] == 0)
    return {int(a) for a in net.pair_link[pairs[room.any(axis=1)]]}


def _passes(network: Network, links: set[int], named: set[int], sources: set[int], goals: set[int]) -> bool:
    """Return whether some way over the links leads from a source by one of the named links to a goal."""
    chosen = np.array(sorted(links), dtype=int)
    tail, head = np.asarray(network.link_tail)[chosen], np.asarray(network.link_head)[chosen]
    before, after = _reached(sources, tail, head), _reached(goals, head, tail)
    return any(
        int(network.link_tail[a]) in before and int(network.link_head[a]) in after for a in named & links
    )


def _reached(start: set[int], tail: NDArray[np.int64], head: NDArray[np.int64]) -> set[int]:
    found, left = set(start), list(start)
    while left:
        here = left.pop()
        for place in head[tail == here]:
            if int(place) not in found:
                found.add(int(place))
                left.append(int(place))
    return found


__all__ = ["comes_home", "forced", "port_links", "sails_again", "transit_links"]
