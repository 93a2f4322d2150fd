"""Bargains under threat: what each gets if all act together for the most, and threats decide how it is shared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, product
from math import comb
from typing import Any

from straits.errors import GameError
from straits.threat.games.bimatrix import zero_sum
from straits.threat.games.exact import ZERO, Number, Vector, exact, matrix


@dataclass(frozen=True)
class Coco:
    """The cooperative-competitive value of a game of two players.

    Attributes
    ----------
    together : Fraction
        The most that both can have together.
    advantage : Fraction
        Value of the zero-sum game of half the difference of payoffs: what the row player has above half of `together`.
    payoffs : (Fraction, Fraction)
    threats : (tuple of Fraction, tuple of Fraction)
        Optimal threats: mixtures of rows and of columns.
    threat_point : (Fraction, Fraction)
        What both would have if the threats were carried out.
    transfer : Fraction
        What the column player pays the row player at the first cell with the greatest sum; negative the other way.
    """

    together: Fraction
    advantage: Fraction
    payoffs: tuple[Fraction, Fraction]
    threats: tuple[Vector, Vector]
    threat_point: tuple[Fraction, Fraction]
    transfer: Fraction


def coco(a: Sequence[Sequence[Number]], b: Sequence[Sequence[Number]]) -> Coco:
    """Find the coco value of a game of two players with side payments.

    Parameters
    ----------
    a, b : matrices
        Payoffs of the row and of the column player.

    Notes
    -----
    max (A + B) / 2 plus and minus the value of (A − B) / 2: Nash's bargaining with variable threats (1953, *Econometrica* 21)
    where money can be passed on, as Kalai and Kalai (2013, *Quarterly Journal of Economics* 128) write it.
    """
    mine, theirs = matrix(a, "a"), matrix(b, "b")
    if (len(mine), len(mine[0])) != (len(theirs), len(theirs[0])):
        raise GameError("a and b: both need the same shape")
    cells = [(x, y) for u, v in zip(mine, theirs, strict=True) for x, y in zip(u, v, strict=True)]
    best = max(cells, key=sum)
    together = sum(best, ZERO)
    half = zero_sum(
        [[(x - y) / 2 for x, y in zip(u, v, strict=True)] for u, v in zip(mine, theirs, strict=True)]
    )
    share = together / 2 + half.value
    weights = [x * y for x in half.row for y in half.column]
    point = tuple(sum((w * cell[k] for w, cell in zip(weights, cells, strict=True)), ZERO) for k in (0, 1))
    return Coco(
        together, half.value, (share, together - share), (half.row, half.column), (point[0], point[1]), share - best[0]
    )  # fmt: skip


def variable_threats(payoffs: Any) -> Vector:
    """Find the value of a game of any number of players with side payments and variable threats.

    Parameters
    ----------
    payoffs : nested sequences, shape (strategies of 1, ..., strategies of n, n)
        What each player has for each choice of all.

    Returns
    -------
    tuple of Fraction

    Raises
    ------
    GameError
        Not one payoff for each player in each cell, or more than 6 players.

    Notes
    -----
    Kohlberg and Neyman 2021, *Games and Economic Behavior* 127: δ(S) is the value of the zero-sum game in which the members of
    S play as one against all others, for the difference of their sums; player i has the mean over k = 1 … n of the mean of δ(S)
    over the coalitions of k members with i. For two players this is the coco value.
    """
    shape, cells = _array(payoffs)
    n = len(shape)
    if n > 6:
        raise GameError(f"found {n} players; accepted: at most 6")
    delta = {
        members: _delta(members, shape, cells)
        for k in range(1, n + 1)
        for members in combinations(range(n), k)
    }
    return tuple(
        sum((value / comb(n - 1, len(members) - 1) for members, value in delta.items() if i in members), ZERO)
        / n
        for i in range(n)
    )


def _delta(
    members: tuple[int, ...], shape: tuple[int, ...], cells: dict[tuple[int, ...], Vector]
) -> Fraction:
    others = tuple(i for i in range(len(shape)) if i not in members)
    table = []
    for own in product(*(range(shape[i]) for i in members)):
        row = []
        for reply in product(*(range(shape[i]) for i in others)):
            chosen = dict(zip((*members, *others), (*own, *reply), strict=True))
            worth = cells[tuple(chosen[i] for i in range(len(shape)))]
            row.append(sum((worth[i] for i in members), ZERO) - sum((worth[i] for i in others), ZERO))
        table.append(row)
    return zero_sum(table).value if others else max(row[0] for row in table)


def _array(payoffs: Any) -> tuple[tuple[int, ...], dict[tuple[int, ...], Vector]]:
    """Return the shape of nested sequences without the innermost, and the innermost by place."""
    shape: list[int] = []
    at = payoffs
    while not isinstance(at, int | float | str | Fraction):
        shape.append(len(at))
        if not shape[-1]:
            raise GameError("payoffs: found an empty sequence")
        at = at[0]
    *strategies, last = shape
    if last != len(strategies):
        raise GameError(
            f"payoffs: found {last} payoffs in a cell; accepted: {len(strategies)}, one for each player"
        )
    cells = {}
    for place in product(*map(range, strategies)):
        cell = payoffs
        try:
            for k in place:
                cell = cell[k]
            cells[place] = tuple(exact(x, f"payoffs at {place}") for x in cell)
        except (IndexError, TypeError):
            raise GameError(
                f"payoffs: the cell at {place} is missing; all rows need the same length"
            ) from None
        if len(cells[place]) != last:
            raise GameError(f"payoffs at {place}: found {len(cells[place])} payoffs; accepted: {last}")
    return tuple(strategies), cells


__all__ = ["Coco", "coco", "variable_threats"]
