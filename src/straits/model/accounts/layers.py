"""Fiscal layers: what takers have of an asset after the plan, in the order royalty, fixed payment, share of what is left.

Duties come before: shippers pay them on the way (`straits.model.reading.duties`), so that the local prices at fields are net of
them. All of it is linear in the prices. A margin below zero is shared as it is: the taker of a share bears its part of a loss.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from straits.model.accounts.books import Worth, Writer
from straits.model.earning import Earners

if TYPE_CHECKING:
    from straits.model.network import Network

#: Asset by number, taker, and the rate in each step, shape (T,).
Layer = tuple[int, str, np.ndarray]


class Layers:
    """The fiscal rows that stand on the assets of a kind.

    Parameters
    ----------
    network : Network
    ids : sequence of str
        Ids of the assets, in their order.
    """

    def __init__(self, network: Network, ids: Sequence[str]) -> None:
        self._n = network
        number = {key: i for i, key in enumerate(ids)}
        self._rows = [
            (number[row.asset], row)
            for _, row in sorted(network.case.rows("fiscal").items())
            if row.asset in number
        ]
        self._count = len(ids)

    def of(self, kind: str) -> list[Layer]:
        """Give the layers of a kind: shares, or thousand currency per step for fixed payments."""
        n = self._n
        return [
            (a, row.taker, n.fixed_payments[row.id] if kind == "fixed" else row.rate * n.steps.overlap(row.start, row.end))
            for a, row in self._rows
            if row.kind == kind
        ]  # fmt: skip

    def total(self, kind: str) -> np.ndarray:
        """Add up the layers of a kind by asset and step, shape (A, T)."""
        found = np.zeros((self._count, self._n.T))
        for a, _, rate in self.of(kind):
            found[a] += rate
        return found


def take(writer: Writer, item: str, layers: Sequence[Layer], base: Worth) -> None:
    """Enter what takers have of a base (A, T) by their rates."""
    for a, taker, rate in layers:
        weight = np.zeros(base.constant.shape)
        weight[a] = rate
        found = base.times(weight).summed(np.zeros(len(weight), dtype=int), 1)
        writer.enter(item, [writer.always({taker: 1.0})], found)


def bear(writer: Writer, item: str, earners: Sequence[Earners], base: Worth, rate: np.ndarray) -> Worth:
    """Enter what those who earn of the assets give of a base by all rates, and give it."""
    given = base.times(rate)
    if rate.any():
        writer.enter(item, earners, given.times(-1.0))
    return given


def fixed_of(layers: Layers, like: Worth) -> Worth:
    """Give what the assets owe in fixed payments, shape (A, T)."""
    return Worth.make(layers.total("fixed").reshape(like.constant.shape))


def share_what_is_left(writer: Writer, layers: Layers, earners: Sequence[Earners], left: Worth) -> None:
    """Take fixed payments, and then the shares of what is left, from those who earn of the assets."""
    fixed = fixed_of(layers, left)
    one = Worth.make(np.ones(left.constant.shape))
    take(writer, "fixed payment", layers.of("fixed"), one)
    if layers.of("fixed"):
        writer.enter("fixed payment", earners, fixed.times(-1.0))
    left = left.plus(fixed.times(-1.0))
    take(writer, "profit share", layers.of("profit_share"), left)
    bear(writer, "profit share", earners, left, layers.total("profit_share"))
