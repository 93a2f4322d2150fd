"""Games of more players than have room for all their coalitions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np

from straits.power.games.game import MAX_EXACT, Coalition, Game, GameError, Named, check_players


class LazyGame(Named):
    """A game whose coalitions are valued when asked, once each: for more players than exact solutions allow.

    Parameters
    ----------
    players : sequence of str
        Names.
    value : callable
        Takes a bit mask, gives the value of that coalition. It is never asked about the empty coalition.
    unit : str
        Unit of the values.
    parameters : Mapping
        How the values come about.
    check : callable, optional
        Takes the values known so far by bit mask, holds some of them against the truth, and says how many (see
        `straits.engine.cold`).
    """

    def __init__(
        self,
        players: Sequence[str],
        value: Callable[[int], float],
        *,
        unit: str = "",
        parameters: Mapping[str, Any] | None = None,
        check: Callable[[Mapping[int, float]], dict[str, Any]] | None = None,
    ) -> None:
        self.players = check_players(players)
        self.unit = unit
        self.parameters = MappingProxyType(dict(parameters or {}))
        self._value, self._check = value, check
        self._known: dict[int, float] = {0: 0.0}

    def value(self, mask: int) -> float:
        """Return the value of a coalition given as bit mask; raise `GameError` if it is not finite."""
        if mask not in self._known:
            value = float(self._value(mask))
            if not np.isfinite(value):
                raise GameError(
                    f"v({', '.join(self.coalition(mask))}) is {value}; every value must be a finite number"
                )
            self._known[mask] = value
        return self._known[mask]

    def __getitem__(self, coalition: Coalition) -> float:
        return self.value(self.mask(coalition))

    @property
    def grand(self) -> float:
        """Value of the coalition of all, v(N)."""
        return self.value((1 << self.n) - 1)

    def checked(self) -> dict[str, Any]:
        """Hold some of the values known so far against the truth, and say how many."""
        return {} if self._check is None else self._check(self._known)

    @property
    def asked(self) -> int:
        """Number of coalitions valued so far."""
        return len(self._known) - 1


def exact(game: Game | LazyGame, function: str) -> Game:
    """Return a game whose values are all known, or raise `GameError` in the name of a function."""
    if not isinstance(game, Game):
        raise GameError(
            f"{function}: needs the value of every coalition; this game values them when asked. Make it without sample=True "
            f"(at most {MAX_EXACT} players), or estimate with shapley(game, sample=…, rng=…)"
        )
    return game


__all__ = ["LazyGame", "exact"]
