"""What comes back to shippers: the scarcity of what carries at a tariff, and what is levied on their cargo on its way.

It belongs to the owners of the supplies that the cargo comes from, step by step, as `straits.model.accounts.tracing` finds
them. What was under way or in store at the start comes from no supply: it stands with the state that it originates from, as item
`untraced`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from straits.case.ownership import rule_of
from straits.model.accounts.books import Worth, Writer
from straits.model.accounts.layers import Layers
from straits.model.accounts.tracing import Tracing

if TYPE_CHECKING:
    from straits.model.plan import Plan

BY_RIGHT, TO_SHIPPERS, UNTRACED = "scarcity by right", "scarcity to shippers", "untraced"
_NO_STEPS, _NO_AMOUNTS = np.empty(0, dtype=int), np.empty(0)
#: Shares this close to the whole are the whole.
_ROUNDING = 1e-6


class Scarcity:
    """Who keeps the scarcity of each asset of one table, by its rule.

    Attributes
    ----------
    to_owner : ndarray of bool, shape (A,)
        Whose owner keeps all of it.
    holders : list of (asset, actor, ndarray of shape (T,))
        Who has which part of it by right, of assets at a tariff.
    left : ndarray, shape (A, T)
        Part that the shippers have.
    """

    def __init__(self, plan: Plan, table: str) -> None:
        n = plan.network
        ids = {"links": n.link_ids, "stores": n.stores.ids, "fleets": n.fleets.ids}[table]
        rows: dict[str, Any] = dict(n.case.rows(table))
        of = dict.fromkeys(rows, table)
        if table == "links":
            rows |= n.case.rows("converts")
            of |= dict.fromkeys(n.case.rows("converts"), "converts")
        if table == "fleets":
            rows |= n.case.rows("joints")
            of |= dict.fromkeys(n.case.rows("joints"), "joints")
        self.to_owner = np.array(
            [rule_of(n.case, of[key], rows[key]) == "scarcity" for key in ids], dtype=bool
        )
        self.left = np.repeat(np.where(self.to_owner, 0.0, 1.0)[:, None], n.T, axis=1)
        given: list[tuple[int, str, np.ndarray]] = []
        number = {key: i for i, key in enumerate(ids)}
        for key, right in sorted(n.case.rows("rights").items()):
            asset = number.get(right.asset)
            if asset is not None and not self.to_owner[asset]:
                part = n.right_parts[key] * n.steps.overlap(right.start, right.end)
                given.append((asset, right.actor, part))
        total = np.zeros_like(self.left)
        for asset, _, part in given:
            total[asset] += part
        # Amounts that a scenario's smaller capacity does not hold shrink alike.
        self.holders = [(a, actor, part / np.maximum(total[a], 1.0)) for a, actor, part in given]
        for asset, _, part in self.holders:
            self.left[asset] -= part
        self.left = np.maximum(self.left, 0.0)


class Shippers:
    """Collects what belongs to the owners of cargo, and gives it to the supplies that the cargo comes from.

    Parameters
    ----------
    plan : Plan
    writer : Writer
    """

    def __init__(self, plan: Plan, writer: Writer) -> None:
        self._s, self._writer = plan, writer
        self._tracing = Tracing(plan)
        self._alike = _alike(plan, writer)
        self._traced: dict[str, list[tuple[int, np.ndarray, np.ndarray, np.ndarray, np.ndarray]]] = (
            defaultdict(list)
        )

    def by_pair(self, item: str, worth: Worth) -> None:
        """Give what each pair of link and cargo (P, T) brings to whose cargo enters it."""
        f, n = self._s.formulation, self._s.network
        self._give(item, worth, n.pair_cargo, lambda p: self._tracing.balance_nodes(f.pair_from[p]))

    def by_sale(self, item: str, worth: Worth) -> None:
        """Give what each sale (Q, T) brings to whose cargo is sold."""
        f, m = self._s.formulation, self._s.network.markets
        self._give(item, worth, m.sale_cargo, lambda q: self._tracing.balance_nodes(f.sale_at[q]))

    def by_stock(self, item: str, put_in: Worth, kept: Worth, drawn: Worth) -> None:
        """Give what each content of a store brings to whose cargo is put in, lies there, and is taken out."""
        f, cargo = self._s.formulation, self._s.network.stores.stock_cargo
        self._give(item, put_in, cargo, lambda j: self._tracing.balance_nodes(f.stock_at[j]))
        self._give(item, kept, cargo, self._tracing.store_nodes)
        self._give(item, drawn, cargo, self._held_before)

    def _held_before(self, stocks: np.ndarray) -> np.ndarray:
        """Number what lies in stores before each step; nowhere (-1) before the first."""
        nodes = self._tracing.store_nodes(stocks)
        return np.where(np.arange(nodes.shape[1]) > 0, nodes - 1, -1)

    def _give(
        self, item: str, worth: Worth, cargo: np.ndarray, nodes_of: Callable[[np.ndarray], np.ndarray]
    ) -> None:
        """Give what things (A, T) of known cargo bring to those whose cargo is at their nodes."""
        if not len(worth.of):
            self._give_valued(item, worth.constant, cargo, nodes_of)
            return
        order = np.argsort(worth.of, kind="stable")
        of, step, row, amount = (part[order] for part in (worth.of, worth.step, worth.row, worth.amount))
        used = np.union1d(of, np.flatnonzero(worth.constant.any(axis=1))).tolist()
        rest = np.zeros(worth.constant.shape)
        for thing in used:
            own, k = slice(*np.searchsorted(of, [thing, thing + 1])), int(cargo[thing])
            nodes = nodes_of(np.array([thing]))[0]
            share, rest[thing] = self._shared(k, nodes)
            shares = self._tracing.shares(k)[nodes] * share[:, None]
            for j, supply in enumerate(self._tracing.supplies(k).tolist()):
                if shares[:, j].any():
                    part = amount[own] * shares[step[own], j]
                    self._traced[item].append(
                        (supply, worth.constant[thing] * shares[:, j], step[own], row[own], part)
                    )
        self._enter_untraced(worth.times(rest), cargo)

    def _give_valued(
        self, item: str, value: np.ndarray, cargo: np.ndarray, nodes_of: Callable[[np.ndarray], np.ndarray]
    ) -> None:
        """Give what has been valued (A, T), cargo by cargo; of steps that are alike, all in the first."""
        used, rest = np.flatnonzero(value.any(axis=1)), np.zeros(value.shape)
        first, alike = self._alike
        for k in np.unique(cargo[used]).tolist():
            things = used[cargo[used] == k]
            nodes, total = nodes_of(things), self._tracing.totals(k)
            share, rest[things] = self._shared(k, nodes)
            # Nowhere has no share, so that it may stand for any node.
            cells = np.maximum(nodes, 0) * len(first) + alike
            size = len(total) * len(first)
            at_nodes = np.bincount(cells.ravel(), (value[things] * share).ravel(), size).reshape(
                len(total), -1
            )
            parts = np.zeros((len(self._tracing.supplies(k)), value.shape[1]))
            parts[:, first] = self._tracing.given(k, at_nodes)
            for supply, part in zip(self._tracing.supplies(k).tolist(), parts, strict=True):
                if part.any():
                    self._traced[item].append((supply, part, _NO_STEPS, _NO_STEPS, _NO_AMOUNTS))
        self._enter_untraced(Worth.make(value * rest), cargo)

    def _shared(self, cargo: int, nodes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Give what shares at some nodes (…) of a cargo are multiplied by, so that they add up to one where they nearly do, and
        what they leave: the leak of the tracing is rounding. Nowhere (-1) there are none."""
        total = np.where(nodes >= 0, self._tracing.totals(cargo)[nodes], 0.0)
        near = total > 1.0 - _ROUNDING
        share = np.where(nodes >= 0, 1.0 / np.where(near, total, 1.0), 0.0)
        return share, np.where(near, 0.0, 1.0 - total)

    def _enter_untraced(self, untraced: Worth, cargo: np.ndarray) -> None:
        if len(untraced.amount) or untraced.constant.any():
            cargoes = self._s.network.cargoes
            owners = [self._writer.always({k.origin: 1.0}) for k in cargoes]
            self._writer.enter(UNTRACED, owners, untraced.summed(cargo, len(cargoes)))

    def close(self) -> Worth:
        """Enter all that was collected for the owners of supplies, and give it by supply, shape (S, T)."""
        n = self._s.network
        owners, count = [self._writer.earning.of(key) for key in n.supplies.ids], len(n.supplies.ids)
        whole = Worth.nothing(count, n.T)
        for item, parts in self._traced.items():
            constant = np.zeros((count, n.T))
            for supply, fixed, *_ in parts:
                constant[supply] += fixed
            found = Worth.make(
                constant, *((np.array(supply), step, row, part) for supply, _, step, row, part in parts)
            )
            self._writer.enter(item, owners, found)
            whole = whole.plus(found)
        return whole


def _alike(plan: Plan, writer: Writer) -> tuple[np.ndarray, np.ndarray]:
    """Number steps in which what supplies get goes to the same owners at the same rates: the first of each kind, and the kind of
    each step (T,)."""
    n = plan.network
    layers = Layers(n, n.supplies.ids)
    rates = [rate for kind in ("royalty", "profit_share") for _, _, rate in layers.of(kind)]
    _, first, kind = np.unique(
        np.vstack([writer.earning.period, *rates]), axis=1, return_index=True, return_inverse=True
    )
    return first, kind.ravel()


def divide(
    writer: Writer,
    shippers: Shippers,
    scarcity: Scarcity,
    worth: Worth,
    asset: np.ndarray,
    by_right: str = BY_RIGHT,
    to_shippers: str = TO_SHIPPERS,
) -> None:
    """Give what the pairs of link and cargo (P, T) bring, on assets at a tariff, to holders of rights and to shippers.

    `asset` (P,) says on which asset of `scarcity` each pair moves.
    """
    for a, actor, part in scarcity.holders:
        weight = np.where((asset == a)[:, None], part, 0.0)
        held = worth.times(weight).summed(np.zeros(len(asset), dtype=int), 1)
        writer.enter(by_right, [writer.always({actor: 1.0})], held)
    if len(asset):
        shippers.by_pair(to_shippers, worth.times(scarcity.left[asset]))
