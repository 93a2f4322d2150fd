"""Who earns the profit of an asset, step by step; `straits.case.ownership` says so of each day."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from straits.case.data import CaseData
from straits.case.ownership import holdings_of
from straits.case.timeaxis import Steps

#: Who earns the profit of an asset, in shares that add up to one, for each period of `Earning`.
Earners = tuple[dict[str, float], ...]


class Earning:
    """Who earns the profit of each asset of a case, over time.

    Parameters
    ----------
    case : CaseData
    steps : Steps

    Attributes
    ----------
    first : ndarray of int, shape (periods,)
        First step of each period. Within a period of several steps nothing changes hands; a step in which something does is
        a period of its own, and is divided by days.
    period : ndarray of int, shape (T,)
        Period of each step.
    """

    def __init__(self, case: CaseData, steps: Steps) -> None:
        self._held, self._known = holdings_of(case), dict[str, Earners]()
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
