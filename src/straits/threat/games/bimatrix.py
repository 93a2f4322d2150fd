"""Games of two players in a matrix: all equilibria by support enumeration over fractions, and the value of zero-sum games."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations

from straits.errors import GameError
from straits.threat.games.exact import ONE, ZERO, Number, Vector, dot, matrix, solved

#: Most rows and columns: the number of supports grows with the binomial of twice that.
MOST = 6


@dataclass(frozen=True)
class Mixed:
    """An equilibrium of a game of two players.

    Attributes
    ----------
    row, column : tuple of Fraction
        Chance with which each pure strategy is played.
    payoffs : (Fraction, Fraction)
        Of the row and of the column player.
    """

    row: Vector
    column: Vector
    payoffs: tuple[Fraction, Fraction]

    @property
    def pure(self) -> bool:
        """Whether nobody mixes."""
        return max(self.row) == max(self.column) == 1


@dataclass(frozen=True)
class Equilibria:
    """All equilibria of a game of two players.

    Attributes
    ----------
    found : tuple of Mixed
        Those that are no mixture of others. In a game that is not degenerate these are all.
    degenerate : bool
        Whether some mixture of as many strategies as it has has more best replies than strategies. Then there may be
        infinitely many equilibria: all mixtures within each of `sets`.
    sets : tuple of (tuple of int, tuple of int)
        Maximal Nash subsets: numbers of `found` whose rows, and whose columns, may be mixed in any way and stay in equilibrium.
    """

    found: tuple[Mixed, ...]
    degenerate: bool
    sets: tuple[tuple[tuple[int, ...], tuple[int, ...]], ...]

    def __len__(self) -> int:
        return len(self.found)

    def __iter__(self):  # type: ignore[no-untyped-def]
        return iter(self.found)

    def __getitem__(self, k: int) -> Mixed:
        return self.found[k]


def bimatrix(a: Sequence[Sequence[Number]], b: Sequence[Sequence[Number]]) -> Equilibria:
    """Find all equilibria of a game of two players with at most 6 strategies each.

    Parameters
    ----------
    a, b : matrices, shape (rows, columns)
        Payoffs of the row and of the column player. Anything that `exact` takes.

    Returns
    -------
    Equilibria

    Raises
    ------
    GameError
        Matrices of different shapes, with more than 6 rows or columns, or with something that is no number.

    Notes
    -----
    Support enumeration: for each pair of supports of equal size, the mixture of one player that makes the other indifferent.
    These are the corners of the best-reply polytopes; equilibria are pairs of corners in which every strategy is unused or a
    best reply (Mangasarian 1964, *SIAM Journal* 12(4); Avis, Rosenberg, Savani and von Stengel 2010, *Economic Theory* 42).
    Exact.
    """
    rows, columns = matrix(a, "a"), matrix(b, "b")
    shape, other = (len(rows), len(rows[0])), (len(columns), len(columns[0]))
    if shape != other:
        raise GameError(
            f"a is {shape[0]} x {shape[1]} and b {other[0]} x {other[1]}; both need the same shape"
        )
    if max(shape) > MOST:
        raise GameError(f"the game is {shape[0]} x {shape[1]}; accepted: at most {MOST} x {MOST}")
    m, n = shape
    # A corner has labels: bit i where row i is unused or a best reply, bit m + j for column j.
    xs = _corners([list(column) for column in zip(*columns, strict=True)])
    ys = _corners(rows)
    every = (1 << (m + n)) - 1
    of_row = {x: _mask(unused) | _mask(best) << m for x, (unused, best) in xs.items()}
    of_column = {y: _mask(unused) << m | _mask(best) for y, (unused, best) in ys.items()}
    pairs = [(x, y) for x, seen in of_row.items() for y, also in of_column.items() if seen | also == every]
    found = [Mixed(x, y, (_worth(rows, x, y), _worth(columns, x, y))) for x, y in sorted(pairs, reverse=True)]
    degenerate = any(len(u) + len(best) > m for u, best in xs.values()) or any(
        len(u) + len(best) > n for u, best in ys.values()
    )
    return Equilibria(tuple(found), degenerate, _nash_sets(found))


def _corners(gains: Sequence[Sequence[Fraction]]) -> dict[Vector, tuple[list[int], list[int]]]:
    """Return mixtures at which the opponent is held: unused strategies, and the opponent's best replies.

    `gains[r][s]`: what reply r of the opponent gains against strategy s of the one who mixes.
    """
    replies, n = len(gains), len(gains[0])
    found: dict[Vector, tuple[list[int], list[int]]] = {}
    for size in range(1, min(replies, n) + 1):
        for support in combinations(range(n), size):
            for chosen in combinations(range(replies), size):
                mixture = _indifferent(gains, support, chosen)
                if mixture is None or mixture in found:
                    continue
                worth = [dot(gain, mixture) for gain in gains]
                best = max(worth)
                if all(worth[r] == best for r in chosen):
                    found[mixture] = (
                        [s for s in range(n) if not mixture[s]],
                        [r for r in range(replies) if worth[r] == best],
                    )
    return found


def _indifferent(
    gains: Sequence[Sequence[Fraction]], support: Sequence[int], chosen: Sequence[int]
) -> Vector | None:
    """Return the mixture on a support against which some replies gain alike; None if there is none, or several."""
    first = gains[chosen[0]]
    rows = [[ONE] * len(support)]
    rows += [[gains[r][s] - first[s] for s in support] for r in chosen[1:]]
    weights = solved(rows, [ONE, *[ZERO] * (len(chosen) - 1)])
    if weights is None or min(weights) < 0:
        return None
    mixture = [ZERO] * len(first)
    for s, weight in zip(support, weights, strict=True):
        mixture[s] = weight
    return tuple(mixture)


def _mask(members: Sequence[int]) -> int:
    return sum(1 << i for i in members)


def _worth(payoffs: Sequence[Sequence[Fraction]], x: Vector, y: Vector) -> Fraction:
    return dot(x, [dot(row, y) for row in payoffs])


def _nash_sets(found: Sequence[Mixed]) -> tuple[tuple[tuple[int, ...], tuple[int, ...]], ...]:
    """Return the maximal sets of rows and columns every pair of which is an equilibrium (Winkels 1979)."""
    rows = list(dict.fromkeys(e.row for e in found))
    partners = {x: frozenset(e.column for e in found if e.row == x) for x in rows}
    closed = set(partners.values())
    while True:  # all intersections of the partners of some rows
        more = {a & b for a in closed for b in closed} - closed - {frozenset()}
        if not more:
            break
        closed |= more
    number = {(e.row, e.column): k for k, e in enumerate(found)}
    sets = []
    for columns in closed:
        own = [x for x in rows if columns <= partners[x]]
        if frozenset.intersection(*(partners[x] for x in own)) == columns:
            first_row, first_column = own[0], next(iter(sorted(columns, reverse=True)))
            sets.append(
                (
                    tuple(sorted(number[x, first_column] for x in own)),
                    tuple(sorted(number[first_row, y] for y in columns)),
                )
            )
    return tuple(sorted(sets))


@dataclass(frozen=True)
class Value:
    """The value of a zero-sum game and optimal mixtures.

    Attributes
    ----------
    value : Fraction
        What the row player gains.
    row, column : tuple of Fraction
        A mixture of each with which it cannot do worse.
    """

    value: Fraction
    row: Vector
    column: Vector


def zero_sum(payoffs: Sequence[Sequence[Number]]) -> Value:
    """Solve a zero-sum game of any size exactly.

    Parameters
    ----------
    payoffs : matrix
        What the row player gains and the column player loses.

    Returns
    -------
    Value

    Notes
    -----
    The simplex method on max {sum(y): M y <= 1, y >= 0} for the matrix M, made positive by a shift, over fractions, with
    Bland's rule against cycles (Dantzig 1951; Bland 1977, *Mathematics of Operations Research* 2(2)). Rows' mixture is the
    dual.
    """
    given = matrix(payoffs, "payoffs")
    m, n = len(given), len(given[0])
    shift = ONE - min(min(row) for row in given)
    table = [
        [*(x + shift for x in row), *(ONE if i == k else ZERO for k in range(m)), ONE]
        for i, row in enumerate(given)
    ]
    table.append([*[-ONE] * n, *[ZERO] * m, ZERO])
    basis = [n + i for i in range(m)]
    while True:
        enters = next((j for j in range(n + m) if table[-1][j] < 0), None)
        if enters is None:
            break
        ratios = [(table[i][-1] / table[i][enters], basis[i], i) for i in range(m) if table[i][enters] > 0]
        _, _, leaves = min(ratios)
        basis[leaves] = enters
        pivot = table[leaves][enters]
        table[leaves] = [x / pivot for x in table[leaves]]
        for i in range(m + 1):
            factor = table[i][enters]
            if i != leaves and factor:
                table[i] = [x - factor * y for x, y in zip(table[i], table[leaves], strict=True)]
    total = table[-1][-1]
    weights = [ZERO] * (n + m)
    for i, column in enumerate(basis):
        weights[column] = table[i][-1]
    return Value(
        ONE / total - shift,
        tuple(x / total for x in table[-1][n : n + m]),
        tuple(y / total for y in weights[:n]),
    )


__all__ = ["MOST", "Equilibria", "Mixed", "Value", "bimatrix", "zero_sum"]
