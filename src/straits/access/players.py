"""The names of players."""

from __future__ import annotations

from collections.abc import Sequence

from straits.errors import GameError


def check_players(players: Sequence[str]) -> tuple[str, ...]:
    """Return the players as a tuple of distinct names, or raise `GameError`."""
    names = tuple(str(p) for p in players)
    if not names:
        raise GameError("players: a game needs at least one player, none was given")
    twice = sorted({p for p in names if names.count(p) > 1})
    if twice:
        raise GameError(f"players: named more than once: {', '.join(twice)}")
    return names
