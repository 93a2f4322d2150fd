"""Exact arithmetic for games: payoffs as fractions, small linear systems, corners of small polytopes."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import combinations
from typing import Any

from straits.errors import GameError

#: What a payoff or a chance may be given as.
Number = int | float | str | Decimal | Fraction
Vector = tuple[Fraction, ...]
Rows = Sequence[Sequence[Fraction]]

ZERO, ONE = Fraction(0), Fraction(1)
#: Most digits of a number, and largest power of ten: beyond that it is a slip, and fractions of it would take for ever.
_LONGEST = 60


def exact(value: Any, where: str = "payoff") -> Fraction:
    """Return a number as a fraction: 0.1 is a tenth, as it is written, not the binary number next to it.

    Parameters
    ----------
    value : int, float, str, Decimal or Fraction
        A text may be a fraction, `1/3`.
    where : str
        What it is, for the error.

    Raises
    ------
    GameError
        No finite number, or one of more than 60 digits.
    """
    if isinstance(value, Fraction):
        return value
    if isinstance(value, bool) or value is None:
        raise GameError(f"{where}: found {value!r}; accepted: a number or a fraction such as '1/3'")
    if isinstance(value, int):
        return Fraction(value)
    text = value.strip() if isinstance(value, str) else str(value)
    try:
        if not isinstance(value, str) and not math.isfinite(value):
            raise ValueError
        if len(text) > _LONGEST or abs(_power(text)) > _LONGEST:
            raise ValueError
        return Fraction(text)
    except (ValueError, TypeError, OverflowError, ZeroDivisionError):
        shown = text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
        raise GameError(f"{where}: found {shown!r}; accepted: a number or a fraction such as '1/3'") from None


def _power(text: str) -> int:
    _, _, power = text.lower().partition("e")
    return int(power) if power else 0


def matrix(values: Sequence[Sequence[Number]], what: str) -> list[list[Fraction]]:
    """Return a matrix of fractions.

    Raises
    ------
    GameError
        No rows or columns, rows of unequal length, or what is no number.
    """
    rows = [list(row) for row in values]
    if not rows or not rows[0]:
        raise GameError(f"{what}: expected a matrix with at least one row and one column")
    if len({len(row) for row in rows}) > 1:
        raise GameError(
            f"{what}: rows have {', '.join(str(len(row)) for row in rows)} entries; all need as many"
        )
    return [
        [exact(cell, f"{what}, row {i + 1}, column {j + 1}") for j, cell in enumerate(row)]
        for i, row in enumerate(rows)
    ]


def solved(rows: Rows, right: Sequence[Fraction]) -> Vector | None:
    """Return the one solution of a square linear system, or None if it has none or many (Gauss, exact)."""
    n = len(rows)
    left = [[*row, b] for row, b in zip(rows, right, strict=True)]
    for k in range(n):
        pivot = next((i for i in range(k, n) if left[i][k]), None)
        if pivot is None:
            return None
        left[k], left[pivot] = left[pivot], left[k]
        first = left[k]
        scale = first[k]
        if scale != 1:
            first = left[k] = [x / scale for x in first]
        for i in range(n):
            factor = left[i][k]
            if i != k and factor:
                left[i] = [x - factor * y for x, y in zip(left[i], first, strict=True)]
    return tuple(row[-1] for row in left)


def corners(
    equal: Rows, equal_to: Sequence[Fraction], above: Rows, above_of: Sequence[Fraction]
) -> list[Vector]:
    """Return all corners of a bounded polytope {x: equal x = equal_to, above x >= above_of}, each once, in order.

    Every choice of tight rows is tried: for polytopes of a handful of dimensions.
    """
    dims = len((above or equal)[0])
    base, base_to = independent(equal, equal_to)
    if base is None:
        return []
    found: dict[Vector, None] = {}
    for tight in combinations(range(len(above)), dims - len(base)):
        point = solved([*base, *(above[i] for i in tight)], [*base_to, *(above_of[i] for i in tight)])
        if point is not None and point not in found and _holds(point, above, above_of):
            found[point] = None
    return sorted(found)


def independent(rows: Rows, right: Sequence[Fraction]) -> tuple[list[list[Fraction]] | None, list[Fraction]]:
    """Return as many independent rows of a system of equations as it has; None where it contradicts itself."""
    kept: list[list[Fraction]] = []
    for row, b in zip(rows, right, strict=True):
        new = [*row, b]
        for old in kept:
            at = next(i for i, x in enumerate(old) if x)
            if new[at]:
                factor = new[at] / old[at]
                new = [x - factor * y for x, y in zip(new, old, strict=True)]
        if any(new[:-1]):
            kept.append(new)
        elif new[-1]:
            return None, []
    return [row[:-1] for row in kept], [row[-1] for row in kept]


def _holds(point: Vector, above: Rows, above_of: Sequence[Fraction]) -> bool:
    return all(dot(row, point) >= b for row, b in zip(above, above_of, strict=True))


def dot(a: Sequence[Fraction], b: Sequence[Fraction]) -> Fraction:
    """Return the sum of products."""
    return sum((x * y for x, y in zip(a, b, strict=True) if x and y), ZERO)


def subsets(n: int) -> Iterator[tuple[int, ...]]:
    """Yield the nonempty subsets of range(n), small ones first."""
    for size in range(1, n + 1):
        yield from combinations(range(n), size)


__all__ = [
    "ONE",
    "ZERO",
    "Number",
    "Vector",
    "corners",
    "dot",
    "exact",
    "independent",
    "matrix",
    "solved",
    "subsets",
]
