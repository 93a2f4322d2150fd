"""Games with transferable utility: a number for every coalition.

A coalition is a bit mask: player `i` of `players` is in it when bit `i` is set. `values[mask]` is what it
can reach."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from numbers import Integral
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from straits.access.players import check_players
from straits.errors import GameError, did_you_mean
from straits.lp.tolerance import PROVED

#: Above this, the 2^n values are neither stored nor solved one by one.
MAX_EXACT = 20

Array = NDArray[np.float64]
Coalition = Iterable[str]


@lru_cache(maxsize=8)
def sizes(n: int) -> NDArray[np.int8]:
    """Return the number of players in each of the 2^n coalitions."""
    size = np.zeros(1, dtype=np.int8)
    for _ in range(n):
        size = np.concatenate([size, size + np.int8(1)])
    size.setflags(write=False)
    return size


@lru_cache(maxsize=8)
def listing_order(n: int) -> NDArray[np.int64]:
    """Return the masks of the nonempty coalitions by size, then lexicographically: 1, 2, …, n, 12, 13, …,
    N."""
    reverse = subset_sums(2.0 ** np.arange(n - 1, -1, -1))
    order = np.lexsort((-reverse, sizes(n)))[1:]
    order.setflags(write=False)
    return order


def subset_sums(x: Sequence[float] | NDArray[Any]) -> NDArray[Any]:
    """Return x(S), the sum of `x` over the members, for each of the 2^n coalitions S."""
    x = np.asarray(x)
    sums = np.zeros(1, dtype=x.dtype)
    for entry in x:
        sums = np.concatenate([sums, sums + entry])
    return sums


def members(mask: int, players: Sequence[str]) -> tuple[str, ...]:
    """Return the names of the players in a coalition."""
    return tuple(p for i, p in enumerate(players) if mask >> i & 1)


def indicator(masks: Sequence[int] | NDArray[np.int64], n: int) -> Array:
    """Return the 0/1 matrix (coalitions × players) of coalitions given as masks."""
    return ((np.asarray(masks, dtype=np.int64)[:, None] >> np.arange(n)) & 1).astype(float)


class Named:
    """What every kind of game can do with the names of its players."""

    players: tuple[str, ...]

    @property
    def n(self) -> int:
        """Number of players."""
        return len(self.players)

    def index(self, player: str) -> int:
        """Return the position of a player; raise `GameError` with a suggestion if there is none of that
        name."""
        try:
            return self.players.index(player)
        except ValueError:
            hint = did_you_mean(str(player), self.players) or f"; players are {', '.join(self.players)}"
            raise GameError(f"unknown player {player!r}{hint}") from None

    def mask(self, coalition: Coalition) -> int:
        """Return the bit mask of a coalition given by names."""
        if isinstance(coalition, str):
            coalition = (coalition,)
        mask = 0
        for player in coalition:
            mask |= 1 << self.index(player)
        return mask

    def coalition(self, mask: int) -> tuple[str, ...]:
        """Return the names of the members of a coalition given as bit mask."""
        return members(mask, self.players)


@dataclass(frozen=True, eq=False)
class Game(Named):
    """A game with a known value for each of its 2^n coalitions, of at most 20 players.

    Attributes
    ----------
    players : tuple of str
        Names, in the order of all results.
    values : ndarray, shape (2**n,)
        Value of each coalition by bit mask; read-only; `values[0]` is 0.
    unit : str
        Unit of the values, for tables and figures.
    parameters : Mapping
        How the values came about: access regime, options, number of solves, …
    """

    players: tuple[str, ...]
    values: Array
    unit: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        players = check_players(self.players)
        n = len(players)
        if n > MAX_EXACT:
            raise GameError(
                f"{n} players have 2^{n} coalitions; exact games have at most {MAX_EXACT} players. "
                "Use LazyGame and give sample= to shapley()"
            )
        values = np.array(self.values, dtype=float)
        if values.shape != (2**n,):
            raise GameError(
                f"values: {n} players need {2**n} values (by mask, the empty set first), found {values.size}"
            )
        bad = np.flatnonzero(~np.isfinite(values))
        if bad.size:
            mask = int(bad[0])
            raise GameError(
                f"values: v({', '.join(members(mask, players)) or 'empty set'}) is {values[mask]}; "
                f"every value must be a finite number ({bad.size} are not)"
            )
        if values[0] != 0.0:
            raise GameError(f"values: the empty coalition must have value 0, found {values[0]}")
        values.setflags(write=False)
        object.__setattr__(self, "players", players)
        object.__setattr__(self, "values", values)
        object.__setattr__(self, "parameters", MappingProxyType(dict(self.parameters)))

    @classmethod
    def from_values(cls, players: Sequence[str] | int, v: Sequence[float] | Array, *, unit: str = "") -> Game:
        """Make a game from its values listed by size, then lexicographically, without the empty set.

        Parameters
        ----------
        players : sequence of str, or int
            Names; a number n stands for players "1" to "n".
        v : sequence of float, length 2**n - 1
            v(1), …, v(n), v(12), v(13), …, v(N).
        unit : str
            Unit of the values.

        Raises
        ------
        GameError
            Wrong number of values, or a value that is not finite.

        Examples
        --------
        >>> Game.from_values(2, [0, 0, 1])["1", "2"]
        1.0
        """
        if isinstance(players, Integral):
            players = [str(i + 1) for i in range(int(players))]
        elif not isinstance(players, Iterable):
            raise GameError(f"players: expected names or a whole number, found {players!r}")
        names = check_players(players)
        n = len(names)
        if n > MAX_EXACT:
            return cls(names, np.zeros(0))
        try:
            listed = np.asarray(v, dtype=float)
        except (TypeError, ValueError) as error:
            raise GameError(f"v: expected numbers, by size then lexicographic ({error})") from None
        if listed.shape != (2**n - 1,):
            raise GameError(
                f"v: {n} players need {2**n - 1} values, by size then lexicographic without the empty set; "
                f"found {listed.size}"
            )
        values = np.zeros(2**n)
        values[listing_order(n)] = listed
        return cls(names, values, unit)

    @classmethod
    def from_function(
        cls, players: Sequence[str], value: Callable[[frozenset[str]], float], *, unit: str = ""
    ) -> Game:
        """Make a game by asking `value` for each coalition (a frozen set of names)."""
        names = check_players(players)
        if len(names) > MAX_EXACT:
            return cls(names, np.zeros(0))
        asked = [0.0] + [float(value(frozenset(members(m, names)))) for m in range(1, 2 ** len(names))]
        return cls(names, np.array(asked), unit)

    @classmethod
    def weighted_voting(cls, weights: Mapping[str, float] | Sequence[float], quota: float) -> Game:
        """Make the simple game in which a coalition wins (value 1) when its weights reach the quota.

        Raises
        ------
        GameError
            Negative weights, or a quota that is not positive or that all together do not reach.
        """
        named = weights if isinstance(weights, Mapping) else {str(i + 1): w for i, w in enumerate(weights)}
        names = check_players(list(named))
        if len(names) > MAX_EXACT:
            return cls(names, np.zeros(0))
        w = np.array([float(x) for x in named.values()])
        if not np.isfinite(w).all() or (w < 0).any():
            raise GameError("weights: must be finite and not negative")
        if not 0 < quota <= w.sum():
            raise GameError(
                f"quota: must lie above 0 and at most at the sum of weights {w.sum():g}, found {quota:g}"
            )
        # A quota of 0.6 must be reached by 0.1 + 0.2 + 0.3 although the sum of these doubles is not 0.6.
        wins = subset_sums(w) >= quota - 1e-12 * w.sum()
        return cls(names, wins.astype(float), "")

    def __getitem__(self, coalition: Coalition) -> float:
        return float(self.values[self.mask(coalition)])

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Game):
            return NotImplemented
        return self.players == other.players and np.array_equal(self.values, other.values)

    __hash__ = None  # type: ignore[assignment]

    def __getstate__(self) -> dict[str, Any]:
        """Travel to another process or a file: a view of a dict does not."""
        return {**self.__dict__, "parameters": dict(self.parameters)}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state | {"parameters": MappingProxyType(state["parameters"])})

    def __repr__(self) -> str:
        shown = ", ".join(self.players[:6]) + (", …" if self.n > 6 else "")
        return f"Game({self.n} players: {shown}; v(N) = {self.grand:g}{' ' + self.unit if self.unit else ''})"

    @property
    def grand(self) -> float:
        """Value of the coalition of all, v(N)."""
        return float(self.values[-1])

    @cached_property
    def alone(self) -> Array:
        """Value of each player alone, v(i)."""
        return self.values[1 << np.arange(self.n)]

    @cached_property
    def utopia(self) -> Array:
        """What each player adds to all the others, v(N) - v(N without i)."""
        full = len(self.values) - 1
        return self.grand - self.values[full ^ (1 << np.arange(self.n))]

    @property
    def scale(self) -> float:
        """Largest absolute value: what tolerances are relative to. 1 for the zero game."""
        return float(np.abs(self.values).max()) or 1.0

    @property
    def listed(self) -> Array:
        """Values by size, then lexicographically, without the empty set: the inverse of `from_values`."""
        return self.values[listing_order(self.n)]

    def marginals(self, player: int) -> Array:
        """Return v(S with i) - v(S) for the 2^(n-1) coalitions S without player `i`, in order of mask."""
        split = self.values.reshape(-1, 2, 1 << player)
        return (split[:, 1] - split[:, 0]).ravel()

    def excesses(self, x: Sequence[float] | Array) -> Array:
        """Return v(S) - x(S) for every coalition, by mask: what S lacks under the allocation `x`."""
        return self.values - subset_sums(np.asarray(x, dtype=float))

    def restricted(self, coalition: Coalition) -> Game:
        """Return the game among the members of a coalition alone."""
        bits = [i for i in range(self.n) if self.mask(coalition) >> i & 1]
        masks = subset_sums(np.array([1 << b for b in bits], dtype=np.int64))
        return Game(tuple(self.players[b] for b in bits), self.values[masks], self.unit, self.parameters)

    def merged(self, unions: Mapping[str, Coalition]) -> Game:
        """Return the game in which the members of each union act as one player, under the union's name."""
        masks: dict[str, int] = {}
        taken = 0
        for name, group in unions.items():
            mask = self.mask(group)
            if mask & taken:
                raise GameError(
                    f"union {name!r}: {', '.join(self.coalition(mask & taken))} is in another union already"
                )
            taken |= mask
            masks[name] = mask
        for i, p in enumerate(self.players):
            if not taken >> i & 1:
                masks[p] = 1 << i
        return Game(
            tuple(masks),
            self.values[subset_sums(np.array(list(masks.values()), dtype=np.int64))],
            self.unit,
            self.parameters,
        )

    def is_monotone(self, tolerance: float = PROVED) -> bool:
        """Whether no player ever lowers a coalition's value."""
        return all(self.marginals(i).min() >= -tolerance * self.scale for i in range(self.n))

    def is_convex(self, tolerance: float = PROVED) -> bool:
        """Whether what a player adds never falls as the coalition grows (supermodular)."""
        for i in range(self.n):
            gain = self.marginals(i)
            for j in range(self.n - 1):
                split = gain.reshape(-1, 2, 1 << j)
                if (split[:, 1] - split[:, 0]).min() < -tolerance * self.scale:
                    return False
        return True

    def is_superadditive(self, tolerance: float = PROVED) -> bool:
        """Whether two coalitions without common members never lose by joining. Takes 3^n steps; meant for n
        up to 14."""
        full = len(self.values) - 1
        for mask in range(1, full + 1):
            rest = [1 << i for i in range(self.n) if not mask >> i & 1]
            others = subset_sums(np.array(rest, dtype=np.int64))
            gap = self.values[others | mask] - self.values[others] - self.values[mask]
            if gap.min() < -tolerance * self.scale:
                return False
        return True


__all__ = [
    "MAX_EXACT",
    "Game",
    "GameError",
    "Named",
    "check_players",
    "indicator",
    "listing_order",
    "members",
    "sizes",
    "subset_sums",
]
