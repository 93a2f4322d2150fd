"""Demand curves cut into parts, for the reference program."""

from __future__ import annotations

import itertools
import math
from typing import Any

#: Parts into which linear demand is cut.
PARTS = 16


def curve_of(row: Any) -> list[tuple[float, float]]:
    """Give the price and width of each part of a market's demand, as shares of its price and its demand."""
    if row.demand_kind == "linear":
        whole = 1 - row.elasticity
        middles = [(b + 0.5) / PARTS * whole for b in range(PARTS)]
        return [(1 + (q - 1) / row.elasticity, whole / PARTS) for q in middles]
    pairs = [(float(p), float(q)) for p, q in (text.split(":") for text in row.steps)]
    return [(p / row.price, q / row.demand) for p, q in pairs]


def elastic(usual: float, elasticity: float, choke: float, floor: float) -> list[tuple[float, float]]:
    """Cut demand of constant elasticity into parts at the mean price of each, by adding the price up bit by bit."""
    bits = 2000

    def bought(price: float) -> float:
        return math.exp(elasticity * math.log(price / usual))

    parts = [(choke, bought(choke))]
    edges = (
        [choke * (floor / choke) ** (b / PARTS) for b in range(PARTS + 1)]
        if choke > floor * (1 + 1e-12)
        else []
    )
    for high, low in itertools.pairwise(edges):
        # Value of a part: from price to price, what is bought more, at the mean of the two prices (trapezoids).
        inner = [high * (low / high) ** (i / bits) for i in range(bits + 1)]
        value = math.fsum((p + q) / 2 * (bought(q) - bought(p)) for p, q in itertools.pairwise(inner))
        width = bought(low) - bought(high)
        parts.append((value / width, width))
    return parts


def of_world(share: float, elasticity: float) -> list[tuple[float, float, float]]:
    """Cut what the world would pay into parts: share of its price, and both ends as shares of what the case sells there."""

    def price(bought: float) -> float:
        return 1 + (bought - 1) * share / elasticity

    zero, edge = 1 - elasticity / share, 1 / 24.5
    edges = [k * edge for k in range(37) if k not in (24, 25)]
    while edges[-1] < zero:
        edges.append(2 * edges[-1])
    edges = [e for e in edges if e < zero] + [zero]
    return [((price(a) + price(b)) / 2, a, b) for a, b in itertools.pairwise(edges)]
