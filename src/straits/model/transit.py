"""When cargo arrives: transit time shifts flow into later steps and keeps mass."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np


class Arrivals(NamedTuple):
    """How flow that enters a link in a step arrives.

    Attributes
    ----------
    departure, arrival : ndarray of int
        Steps; `share` of what enters in `departure` arrives in `arrival`.
    share : ndarray
    beyond : ndarray, shape (T,)
        Share that arrives after the end of the axis.
    opening : ndarray, shape (T,)
        Days of a step during which cargo arrives that entered before the start of the axis.
    """

    departure: np.ndarray
    arrival: np.ndarray
    share: np.ndarray
    beyond: np.ndarray
    opening: np.ndarray

    def later_than(self, last: int) -> np.ndarray:
        """Give the share of what enters in each step that arrives after step `last`, shape (T,)."""
        late = self.arrival > last
        return self.beyond + np.bincount(self.departure[late], self.share[late], len(self.beyond))


def arrivals(edges: np.ndarray, days: float) -> Arrivals:
    """Spread what enters evenly during a step over the steps in which it arrives.

    Parameters
    ----------
    edges : ndarray, shape (T+1,)
        Edges of the steps, days since the start.
    days : float
        Transit time.

    Returns
    -------
    Arrivals
        For every departure step, the shares and `beyond` add up to one.

    Notes
    -----
    Cargo that enters during [a, b) arrives during [a + days, b + days): the share in a step is the share of that interval
    which the step covers.
    """
    return _arrivals(np.asarray(edges, dtype=float).tobytes(), float(days))


@lru_cache(maxsize=256)  # many models of one axis ask for the same
def _arrivals(packed: bytes, days: float) -> Arrivals:
    edges = np.frombuffer(packed)
    steps = len(edges) - 1
    if days == 0:
        index = np.arange(steps)
        return Arrivals(index, index, np.ones(steps), np.zeros(steps), np.zeros(steps))
    begin, end = edges[:-1] + days, edges[1:] + days
    first = np.searchsorted(edges, begin, side="right") - 1
    last = np.minimum(np.searchsorted(edges, end, side="left") - 1, steps - 1)
    count = np.maximum(last - first + 1, 0)
    departure = np.repeat(np.arange(steps), count)
    arrival = (
        np.concatenate([np.arange(a, a + n) for a, n in zip(first, count, strict=True)])
        if steps
        else departure
    )
    arrival = arrival.astype(int)
    covered = np.minimum(edges[arrival + 1], end[departure]) - np.maximum(edges[arrival], begin[departure])
    share = covered / (end - begin)[departure]
    kept = share > 0
    departure, arrival, share = departure[kept], arrival[kept], share[kept]
    beyond = 1.0 - np.bincount(departure, weights=share, minlength=steps)
    opening = np.clip(np.minimum(edges[1:], days) - edges[:-1], 0, None)
    return Arrivals(departure, arrival, share, np.where(np.abs(beyond) < 1e-12, 0.0, beyond), opening)
