"""Solutions for players who are tied: Owen's value for unions formed beforehand, Myerson's for a graph of
relations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from straits.lp.tolerance import NOISE
from straits.power.games.allocation import Allocation
from straits.power.games.game import Game, GameError, sizes, subset_sums
from straits.power.games.lazygame import exact
from straits.power.games.values import shapley, shapley_weights


def owen(game: Game, unions: Mapping[str, Sequence[str]] | Sequence[Sequence[str]]) -> Allocation:
    """Divide first among unions, then within each, members being able to deal with other unions (Owen 1977).

    Parameters
    ----------
    game : Game
        The game.
    unions : mapping of name to players, or sequence of sequences of players
        Unions formed beforehand. Players who are in none stand alone.

    Raises
    ------
    GameError
        An unknown player, or a player in two unions.
    """
    game = exact(game, "owen")
    groups = list(unions.values()) if isinstance(unions, Mapping) else list(unions)
    masks, taken = [], 0
    for group in groups:
        mask = game.mask(group)
        if mask == 0:
            raise GameError("owen: a union without members was given")
        if mask & taken:
            raise GameError(f"owen: {', '.join(game.coalition(mask & taken))} stands in two unions")
        taken |= mask
        masks.append(mask)
    masks += [1 << i for i in range(game.n) if not taken >> i & 1]
    values = np.zeros(game.n)
    between = shapley_weights(len(masks))[sizes(len(masks) - 1)]
    for k, union in enumerate(masks):
        others = subset_sums(np.array(masks[:k] + masks[k + 1 :], dtype=np.int64))
        inside = [i for i in range(game.n) if union >> i & 1]
        within = shapley_weights(len(inside))[sizes(len(inside) - 1)]
        for i in inside:
            mates = subset_sums(np.array([1 << j for j in inside if j != i], dtype=np.int64))
            base = others[:, None] | mates[None, :]
            gain = game.values[base | (1 << i)] - game.values[base]
            values[i] = between @ gain @ within
    named = [list(game.coalition(m)) for m in masks]
    return Allocation(game, "Owen value", values, {"unions": named}, tolerance=NOISE * game.scale)


def myerson(game: Game, edges: Iterable[tuple[str, str]]) -> Allocation:
    """Give the Shapley value of the game in which only players linked by a graph can act together (Myerson
    1977).

    Parameters
    ----------
    game : Game
        The game.
    edges : iterable of pairs of players
        Relations; undirected.

    Raises
    ------
    GameError
        The graph does not link all players: then its parts have nothing to divide between them and each is
        a game of its own (`game.restricted`).
    """
    game = exact(game, "myerson")
    pairs = [tuple(edge) for edge in edges]
    neighbours = [0] * game.n
    for pair in pairs:
        if len(pair) != 2:
            raise GameError(f"myerson: an edge is a pair of players, found {pair!r}")
        a, b = game.index(pair[0]), game.index(pair[1])
        if a == b:
            raise GameError(f"myerson: an edge from {pair[0]} to itself")
        neighbours[a] |= 1 << b
        neighbours[b] |= 1 << a
    first = first_components(neighbours)
    everyone = len(game.values) - 1
    if first[everyone] != everyone:
        part = int(first[everyone])
        raise GameError(
            "myerson: the graph is not connected: no edge leads from "
            f"{{{', '.join(game.coalition(part))}}} to {{{', '.join(game.coalition(everyone ^ part))}}}; "
            "add an edge, or solve each part with game.restricted(part)"
        )
    linked = game.values[first]
    size = sizes(game.n)
    for s in range(2, game.n + 1):
        # what remains of S without its first component has fewer members, so it is done
        masks = np.flatnonzero(size == s)
        linked[masks] += linked[masks ^ first[masks]]
    solved = shapley(Game(game.players, linked, game.unit, game.parameters))
    return Allocation(
        game,
        "Myerson value",
        solved.values,
        {"edges": pairs, "graph_game": solved.game},
        tolerance=solved.tolerance,
    )


def first_components(neighbours: Sequence[int]) -> NDArray[np.int64]:
    """Return for every coalition the connected part that holds its first member; `neighbours[i]` is a
    mask."""
    n = len(neighbours)
    masks = np.arange(1 << n, dtype=np.int64)
    part = masks & -masks
    while True:
        grown = part.copy()
        for i in range(n):
            grown |= np.where(part >> i & 1, neighbours[i], 0)
        grown &= masks
        if np.array_equal(grown, part):
            return part
        part = grown


__all__ = ["first_components", "myerson", "owen"]
