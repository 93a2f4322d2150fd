"""What buyers take at which price: steps of a curve, and the one price of a world market."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

#: Steps of a world market below what the case sells there, of which that amount lies half a step above the last.
WORLD_STEPS = 24
#: Steps above one and a half times that amount, each twice as far.
WORLD_DOUBLED = 8


class Tranche(NamedTuple):
    """A step of a demand curve: `price` (T,) in thousand currency per unit, `width` (T,) in units per step."""

    price: np.ndarray
    width: np.ndarray


@dataclass(frozen=True)
class World:
    """A world market: one price for the markets that it joins.

    Attributes
    ----------
    id : str
    buyer : str or None
        Who stands for all beyond the network.
    price : ndarray, shape (T,)
        Thousand currency per unit, where the joined markets buy `sold`.
    sold, volume : ndarray, shape (T,)
        What they buy at that price with nothing out, and what the whole world buys, units per step.
    usual : ndarray, shape (T,)
        What they buy at that price: `sold` less what measures of the baseline take of the supplies of the commodity. These belong
        to every run, so that the price knows them already.
    elasticity : float
        Of demand and of supply elsewhere together, below 0.
    """

    id: str
    buyer: str | None
    price: np.ndarray
    sold: np.ndarray
    volume: np.ndarray
    usual: np.ndarray
    elasticity: float

    @property
    def share(self) -> float:
        """Part of what the world buys that the joined markets buy at the price."""
        return math.fsum(self.sold) / math.fsum(self.volume)

    def price_at(self, sold: np.ndarray, elasticity: float | None = None) -> np.ndarray:
        """Give the price where the joined markets buy `sold` (T,), thousand currency per unit."""
        elasticity = self.elasticity if elasticity is None else elasticity
        return self.price * (1.0 - self.missing(sold) / elasticity)

    def missing(self, sold: np.ndarray) -> np.ndarray:
        """Give what is missing where the joined markets buy `sold` (T,), as a share of what the whole world buys."""
        return (self.usual - sold) / self.sold * self.share

    @property
    def tranches(self) -> list[Tranche]:
        """Cut what the rest of the world would pay into steps, prices falling.

        The inverse demand P(z) = price · (1 + (z - usual) / (volume · elasticity)) is straight. In units of `sold`, a step ends
        at each multiple of 1/24.5, up to one and a half; what is usual lies in the middle of one three times as wide, so that
        small changes leave the price. From there steps double, to where the price is zero. Where less than `sold` is usual, all
        move down by the difference and those below zero have no width.
        """
        zero = 1.0 - self.elasticity / self.share
        width = 1.0 / (WORLD_STEPS + 0.5)
        # The step in the middle is three wide, so that ordinary weeks have one price and nobody stores cargo for a step of it.
        ends = [k * width for k in range(WORLD_STEPS + WORLD_STEPS // 2 + 1) if k - WORLD_STEPS not in (0, 1)]
        # As many steps whatever the elasticity, so that models with another have the same columns: some have no width.
        ends += [ends[-1] * 2.0**k for k in range(1, WORLD_DOUBLED + 1)]
        ends = [min(end, zero) for end in ends] + [zero]
        at = np.maximum(self.usual + (np.array(ends)[:, None] - 1.0) * self.sold, 0.0)
        prices = [
            self.price * (1.0 + ((a + b) / 2 - 1.0) * self.share / self.elasticity)
            for a, b in itertools.pairwise(ends)
        ]
        return [Tranche(price, wide) for price, wide in zip(prices, np.diff(at, axis=0), strict=True)]
