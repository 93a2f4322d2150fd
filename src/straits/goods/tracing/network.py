"""The event-time network of one good, and the most of one colour of goods that can have reached the exits that are asked about.

A node is a stretch of one account's history in which goods first come in and then go out; the next coming-in begins the next
node. Arcs are transfers, with what they moved, and stock carried from one node of an account to its next, with what was
there. Merging the events of a stretch loses nothing: inside it the stock never binds more than what comes in before and what
goes out after. (An event that took more than there was is a stretch of its own.)

Colour one kind of entries (lawful ones, or barred ones). Whatever the identity of the goods was, the coloured part of every
movement lies between nothing and the whole of it. So the most that can have reached the exits is a maximum flow (Ford,
Fulkerson 1956), and the least that has another colour is what the exits took, less that flow. A minimum cut proves it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph

from straits.goods.tracing.legs import ENTRY, RECEIVE, SEND, Legs
from straits.goods.tracing.stock import Stocks

#: Capacities that the maximum-flow routine of SciPy can hold.
LARGEST = 2**31 - 1


@dataclass(frozen=True)
class Nodes:
    """Where the legs lie in the network.

    Attributes
    ----------
    of_leg : (m,) array of int
        Node of each leg.
    carry_from, carry_to, carried : (c,) arrays
        Stock between two nodes of one account.
    send_leg, receive_leg : (k,) arrays of int
        The two legs of each transfer.
    count : int
    """

    of_leg: np.ndarray
    carry_from: np.ndarray
    carry_to: np.ndarray
    carried: np.ndarray
    send_leg: np.ndarray
    receive_leg: np.ndarray
    count: int


def make_nodes(legs: Legs, held: Stocks) -> Nodes:
    """Cut the history of each account into nodes, and find the stock carried between them."""
    order = held.order
    account = legs.account[order]
    coming = legs.change[order] > 0
    new_account = np.ones(len(order), dtype=bool)
    new_account[1:] = account[1:] != account[:-1]
    starts = new_account.copy()
    # A leg that took more than there was can have no more than that, and leaves nothing: a node of its own.
    short = held.missing[order] > 0
    starts[1:] |= (coming[1:] & ~coming[:-1]) | short[1:] | short[:-1]
    number = np.cumsum(starts) - 1
    of_leg = np.empty(len(order), dtype=np.int64)
    of_leg[order] = number
    goes_on = np.flatnonzero(starts & ~new_account)
    sends, receives = np.flatnonzero(legs.role == SEND), np.flatnonzero(legs.role == RECEIVE)
    # Both are found by row: a transfer is one row.
    sends = sends[np.argsort(legs.row[sends], kind="stable")]
    receives = receives[np.argsort(legs.row[receives], kind="stable")]
    return Nodes(
        of_leg=of_leg,
        carry_from=number[goes_on] - 1,
        carry_to=number[goes_on],
        carried=held.before[order[goes_on]],
        send_leg=sends,
        receive_leg=receives,
        count=int(number[-1]) + 1 if len(number) else 0,
    )


@dataclass(frozen=True)
class Cut:
    """A maximum flow and the side of the exits in a minimum cut.

    Attributes
    ----------
    flow : float
        The most of the colour that can have reached the exits, in steps; whole unless goods are processed.
    inside : (n,) array of float
        Weight of each node: 1 on the side of the exits, 0 on the other. With processes, the worth of a unit there.
    part : (n,) array of int
        Connected part of the side of the exits; -1 outside it.
    """

    flow: float
    inside: np.ndarray
    part: np.ndarray


def max_flow(legs: Legs, nodes: Nodes, coloured: np.ndarray, asked: np.ndarray) -> Cut | None:
    """Find the most of one colour that can have reached the exits, in goods that no process touches.

    Parameters
    ----------
    legs, nodes
        Of one good, and its network.
    coloured : (m,) array of bool
        Legs of role `ENTRY` that bring goods of the colour.
    asked : (m,) array of bool
        Legs of role `EXIT` that are asked about.

    Returns
    -------
    Cut or None
        None if quantities are too large for whole numbers of 32 bits, even without their common divisor.
    """
    source, sink = nodes.count, nodes.count + 1
    tails, heads, sizes = _arcs(legs, nodes, coloured, asked, source, sink)
    divisor = int(np.gcd.reduce(sizes)) if len(sizes) else 1
    capacity = sparse.coo_matrix(
        (sizes // max(divisor, 1), (tails, heads)), shape=(sink + 1, sink + 1)
    ).tocsr()
    if capacity.nnz and (capacity.data.max() > LARGEST or capacity[source].sum() > LARGEST):
        return None
    capacity = capacity.astype(np.int32)
    found = csgraph.maximum_flow(capacity, source, sink, method="dinic")
    residual = (capacity - found.flow).tocsr()
    residual.data = np.maximum(residual.data, 0)
    residual.eliminate_zeros()
    back = csgraph.breadth_first_order(residual.T.tocsr(), sink, return_predecessors=False)
    inside = np.zeros(sink + 1, dtype=bool)
    inside[back] = True
    inside[[source, sink]] = False
    return Cut(
        flow=int(found.flow_value) * divisor,
        inside=inside[:source].astype(float),
        part=_parts(capacity, inside)[:source],
    )


def _arcs(
    legs: Legs, nodes: Nodes, coloured: np.ndarray, asked: np.ndarray, source: int, sink: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Give tail, head and capacity of every arc."""
    entries = np.flatnonzero(coloured & (legs.role == ENTRY))
    exits = np.flatnonzero(asked)
    full = nodes.carried > 0
    at, send, receive = nodes.of_leg, nodes.send_leg, nodes.receive_leg
    return (
        np.concatenate([np.full(len(entries), source), nodes.carry_from[full], at[send], at[exits]]),
        np.concatenate([at[entries], nodes.carry_to[full], at[receive], np.full(len(exits), sink)]),
        np.concatenate(
            [legs.change[entries], nodes.carried[full], legs.change[receive], -legs.change[exits]]
        ),
    )


def _parts(capacity: sparse.csr_matrix, inside: np.ndarray) -> np.ndarray:
    """Number the connected parts of the nodes inside; -1 for nodes outside."""
    part = np.full(len(inside), -1, dtype=np.int64)
    chosen = np.flatnonzero(inside)
    if len(chosen):
        part[chosen] = csgraph.connected_components(capacity[chosen][:, chosen], directed=False)[1]
    return part
