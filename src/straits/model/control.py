"""Who holds what, brought to the arrays of a network: what an actor strikes and when, and who earns, step by step.

The answer itself stands in `straits.case.ownership`; here it only gets the numbers of assets and steps."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np

from straits.case.ownership import HOLDING, Access, closable_by, holdings_of

if TYPE_CHECKING:
    from datetime import date

    from straits.model.network import Network

#: Who earns the profit of an asset, in shares that add up to one, for each period of `Earning`.
Earners = tuple[dict[str, float], ...]


def held_by(
    network: Network, actor: str, start: date, end: date, access: Access = "veto"
) -> Iterator[tuple[tuple[str, int], date, date]]:
    """Yield what an actor, and who belongs to it, owns or operates: (kind, index), first day and day after the last."""
    for item in closable_by(network.case, actor, start, end, access=access, roles=HOLDING):
        if item.asset in network.index_of:
            yield network.index_of[item.asset], item.start, item.end


class Earning:
    """Who earns the profit of each asset of a network, over time.

    Attributes
    ----------
    first : ndarray of int, shape (periods,)
        First step of each period. Within a period of several steps nothing changes hands; a step in which something does is
        a period of its own, and is divided by days.
    period : ndarray of int, shape (T,)
        Period of each step.
    """

    def __init__(self, network: Network) -> None:
        self._held, self._known = holdings_of(network.case), dict[str, Earners]()
        steps = network.steps
        breaks = np.zeros(len(steps.days), dtype=bool)
        breaks[0] = True
        marks = {start for asset in self._held.table for start, _ in self._held.periods(asset)[1:]}
        for day in (steps.day(mark) for mark in marks):
            step = int(np.searchsorted(steps.edges, day, side="right")) - 1
            breaks[step] = True
            if steps.edges[step] != day and step + 1 < len(breaks):
                breaks[step + 1] = True
        self.first = np.flatnonzero(breaks)
        self.period = np.cumsum(breaks) - 1
        edges = [*steps.edges[self.first], steps.edges[-1]]
        self._dates = [steps.start + timedelta(days=float(edge)) for edge in edges]

    def of(self, asset: str) -> Earners:
        """Give who earns the profit of an asset in each period; see `Holdings.earners`."""
        if asset not in self._known:
            self._known[asset] = tuple(
                self._between(asset, a, b) for a, b in zip(self._dates[:-1], self._dates[1:], strict=True)
            )
        return self._known[asset]

    def _between(self, asset: str, start: date, end: date) -> dict[str, float]:
        parts = self._held.periods(asset, start, end)
        if len(parts) == 1:
            return self._held.earners(asset, start)
        shares = dict[str, float]()
        for first, last in parts:
            for actor, share in self._held.earners(asset, first).items():
                shares[actor] = shares.get(actor, 0.0) + share * ((last - first) / (end - start))
        return shares
