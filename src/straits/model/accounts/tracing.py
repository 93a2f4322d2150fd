"""Whose cargo moves where: the supplies behind every flow of a plan, by proportional mixing.

What comes to a place in a step is mixed, and each thing that leaves it takes from every supply the share that this supply has of
what came (Bialek 1996, *Tracing the flow of electricity*, IEE Proceedings - Generation, Transmission and Distribution 143(4)). A
store mixes what it holds with what is put in. What a process makes comes from the supplies of what goes in. Cargo that was under
way or in store at the start comes from no supply: it stays untraced.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components
from scipy.sparse.linalg import splu

if TYPE_CHECKING:
    from straits.model.network import Network
    from straits.model.plan import Plan

#: Cargo that only goes round has no source; this leak at every place makes it untraced instead of unsolvable.
_LEAK = 1e-9
#: Amounts below this share of the largest are the solver's rounding.
_NOTHING = 1e-12


class _Mixing(NamedTuple):
    """What comes to the places and stores of some cargoes, each in each step a node, and how it mixes there.

    Attributes
    ----------
    factor : SuperLU
        Of shares less what is mixed of them, at all nodes.
    at, part : ndarray, shape (supplies, T)
        The node that each supply enters at, and which part of all that comes there it brings.
    nodes : int
    """

    factor: Any
    at: np.ndarray
    part: np.ndarray
    nodes: int


class Tracing:
    """Shares of supplies in what passes each place and lies in each store, worked out when asked for, cargo by cargo; cargoes
    that processes make of one another are worked out together.

    Parameters
    ----------
    plan : Plan
    """

    def __init__(self, plan: Plan) -> None:
        self._s = plan
        self._group = _groups(plan.network)
        self._mixed: dict[int, _Mixing | None] = {}
        self._shares: dict[int, np.ndarray] = {}
        self._totals: dict[int, np.ndarray] = {}
        #: Number of each (place, cargo), and of each content of a store, among those of its group of cargoes.
        self._place = _number_within(self._group[plan.formulation.balance_cargo])
        self._stock = _number_within(self._group[plan.network.stores.stock_cargo])
        self._under_way = plan.formulation.under_way_at_start()

    def supplies(self, cargo: int) -> np.ndarray:
        """Give the numbers of the supplies of which a cargo may come, shape (m,)."""
        return np.flatnonzero(self._group[self._s.network.supplies.cargo] == self._group[cargo])

    def balance_nodes(self, balances: np.ndarray) -> np.ndarray:
        """Number some (place, cargo) in each step among all that is traced together, shape (n, T)."""
        steps = self._s.network.T
        return np.asarray(self._place[balances][:, None] * steps + np.arange(steps))

    def store_nodes(self, stocks: np.ndarray) -> np.ndarray:
        """Number some contents of stores at the end of each step among all that is traced together, shape (n, T)."""
        s, steps = self._s, self._s.network.T
        groups = self._group[s.network.stores.stock_cargo[stocks]]
        places = np.bincount(self._group[s.formulation.balance_cargo], minlength=len(self._group))[groups]
        return np.asarray((places + self._stock[stocks])[:, None] * steps + np.arange(steps))

    def at_balances(self, balances: np.ndarray) -> np.ndarray:
        """Give the share of each supply of their cargo in what passes some (place, cargo) of one cargo, shape (n, T, m); the rest
        is untraced."""
        cargo = int(self._s.formulation.balance_cargo[balances[0]])
        return np.asarray(self.shares(cargo)[self.balance_nodes(balances)])

    def in_stores(self, stocks: np.ndarray) -> np.ndarray:
        """Give the share of each supply of their cargo in what some contents of stores of one cargo are at the end of each step,
        shape (n, T, m)."""
        cargo = int(self._s.network.stores.stock_cargo[stocks[0]])
        return np.asarray(self.shares(cargo)[self.store_nodes(stocks)])

    def shares(self, cargo: int) -> np.ndarray:
        """Give the share of each supply of a cargo at each node, shape (nodes, m)."""
        group, mixed = int(self._group[cargo]), self._mixing(cargo)
        if mixed is None:
            # A tank held it at the start, or it was on its way: nobody's supply brought it.
            return np.zeros((self._nodes(cargo), 0))
        if group not in self._shares:
            entering = np.zeros((mixed.nodes, len(mixed.at)))
            entering[mixed.at, np.arange(len(mixed.at))[:, None]] = mixed.part
            self._shares[group] = np.clip(mixed.factor.solve(entering), 0.0, 1.0)
        return self._shares[group]

    def totals(self, cargo: int) -> np.ndarray:
        """Give the share of all supplies of a cargo together at each node, shape (nodes,)."""
        group, mixed = int(self._group[cargo]), self._mixing(cargo)
        if mixed is None:
            return np.zeros(self._nodes(cargo))
        if group not in self._totals:
            entering = np.bincount(mixed.at.ravel(), mixed.part.ravel(), mixed.nodes)
            self._totals[group] = np.clip(mixed.factor.solve(entering), 0.0, 1.0)
        return self._totals[group]

    def given(self, cargo: int, value: np.ndarray) -> np.ndarray:
        """Give to each supply of a cargo its share of what has a value at each node.

        Parameters
        ----------
        cargo : int
        value : ndarray, shape (nodes, k)

        Returns
        -------
        ndarray, shape (m, k)
            As `shares` would give it, by one solve for each of k instead of one for each supply.
        """
        mixed = self._mixing(cargo)
        if mixed is None:
            return np.zeros((0, value.shape[1]))
        from_all = mixed.factor.solve(value, trans="T")
        return np.asarray(np.einsum("mt,mtk->mk", mixed.part, from_all[mixed.at]))

    def _nodes(self, cargo: int) -> int:
        s, together = self._s, self._group == self._group[cargo]
        places = np.count_nonzero(together[s.formulation.balance_cargo])
        return int(places + np.count_nonzero(together[s.network.stores.stock_cargo])) * s.network.T

    def _mixing(self, cargo: int) -> _Mixing | None:
        group = int(self._group[cargo])
        if group not in self._mixed:
            self._mixed[group] = self._worked_out(cargo) if len(self.supplies(cargo)) else None
        return self._mixed[group]

    def _worked_out(self, cargo: int) -> _Mixing:
        """Set up share = inflow from supplies + what came from other places times their shares, over all of what came."""
        s, n, f = self._s, self._s.network, self._s.formulation
        together = self._group == self._group[cargo]
        balances = np.flatnonzero(together[f.balance_cargo])
        stocks = np.flatnonzero(together[n.stores.stock_cargo])
        supplies, nodes = self.supplies(cargo), self._nodes(cargo)
        local = np.full(f.balance.count, -1)
        local[balances] = np.arange(len(balances))
        least = _NOTHING * max(float(np.abs(s.x).max(initial=0.0)), 1e-9)

        def at(balance: np.ndarray, step: np.ndarray) -> np.ndarray:
            return np.asarray(local[balance] * n.T + step)

        into, source, amount = _Edges(s, together, at, self._under_way).all(stocks, len(balances))
        kept = amount > least
        into, source, amount = into[kept], source[kept], amount[kept]
        enter = at(f.supply_at[supplies][:, None], np.arange(n.T))
        output = np.maximum(s.block(f.supply)[supplies], 0.0)
        came = np.bincount(into, amount, nodes) + np.bincount(enter.ravel(), output.ravel(), nodes)
        came = np.where(came > least, came, np.inf)
        traced = source >= 0
        into, source, every = into[traced], source[traced], np.arange(nodes)
        mixed = (1.0 - _LEAK) * amount[traced] / came[into]
        left = sparse.csc_matrix(
            (
                np.concatenate([np.ones(nodes), -mixed]),
                (np.concatenate([every, into]), np.concatenate([every, source])),
            ),
            shape=(nodes, nodes),
        )
        return _Mixing(splu(left), enter, output / came[enter], nodes)


class _Edges:
    """What comes to each place and store of some cargoes in each step, and from where; source -1 where nobody knows."""

    def __init__(self, plan: Plan, cargoes: np.ndarray, at, under_way: np.ndarray) -> None:  # type: ignore[no-untyped-def]
        self.s, self.cargoes, self.at, self._under_way = plan, cargoes, at, under_way
        self._found: list[tuple[np.ndarray, ...]] = []

    def all(self, stocks: np.ndarray, balances: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Give places or stores, sources and amounts."""
        self._links()
        self._stores(stocks, balances)
        self._opening()
        into, source, amount = (np.concatenate(part) for part in zip(*self._found, strict=True))
        return into, source, amount

    def _add(self, into: np.ndarray, source: np.ndarray | int, amount: np.ndarray) -> None:
        parts = np.broadcast_arrays(into, source, amount)
        self._found.append(tuple(part.ravel() for part in parts))

    def _links(self) -> None:
        f = self.s.formulation
        # Many plans are of one formulation.
        memory = vars(f).setdefault("_moved", {})
        first = int(np.argmax(self.cargoes))
        if first not in memory:
            memory[first] = self._moving()
        into, source, pair, departure, part = memory[first]
        self._found.append((into, source, np.maximum(self.s.block(f.flow)[pair, departure], 0.0) * part))

    def _moving(self) -> tuple[np.ndarray, ...]:
        """Give where what enters each pair of link and cargo in each step comes from and arrives, and which part of it."""
        n, f = self.s.network, self.s.formulation
        found = []
        for d, every in f.by_transit():
            landed = every[self.cargoes[n.pair_cargo[f.landing_pair[every]]]]
            pairs, a = f.landing_pair[landed], f.transit[d]
            parts = np.broadcast_arrays(
                self.at(f.landing_at[landed][:, None], a.arrival), self.at(f.pair_from[pairs][:, None], a.departure),
                pairs[:, None], a.departure, a.share * f.landing_share[landed][:, None],
            )  # fmt: skip
            found.append([part.ravel() for part in parts])
        none = np.empty(0, dtype=int)
        if not found:
            return none, none, none, none, np.empty(0)
        return tuple(np.concatenate(part) for part in zip(*found, strict=True))

    def _stores(self, stocks: np.ndarray, balances: int) -> None:
        n, f = self.s.network, self.s.formulation
        stock, steps = np.maximum(self.s.block(f.stock), 0.0)[stocks], np.arange(n.T)
        held = (balances + np.arange(len(stocks)))[:, None] * n.T + steps
        before = np.where(steps > 0, held - 1, -1)
        had = np.concatenate([n.stores.stock_start[stocks][:, None], stock[:, :-1]], axis=1)
        place = self.at(f.stock_at[stocks][:, None], steps)
        self._add(held, before, np.minimum(had, stock))
        self._add(held, place, np.maximum(stock - had, 0.0))
        self._add(place, before, np.maximum(had - stock, 0.0))

    def _opening(self) -> None:
        f = self.s.formulation
        here = np.flatnonzero(self.cargoes[f.balance_cargo])
        self._add(self.at(here[:, None], np.arange(self.s.network.T)), -1, self._under_way[here])


def _groups(network: Network) -> np.ndarray:
    """Number the groups of cargoes that processes make of one another, shape (cargoes,)."""
    count, made = len(network.cargoes), network.made
    taken = network.pair_cargo[made.pair]
    graph = sparse.csr_matrix((np.ones(len(taken)), (taken, made.cargo)), shape=(count, count))
    return np.asarray(connected_components(graph, directed=False)[1]) if count else np.empty(0, dtype=int)


def _number_within(group: np.ndarray) -> np.ndarray:
    """Number the entries of each group from 0."""
    found = np.zeros(len(group), dtype=int)
    for of in np.unique(group):
        found[group == of] = np.arange(np.count_nonzero(group == of))
    return found
