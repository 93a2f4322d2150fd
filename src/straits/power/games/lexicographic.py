"""Nucleolus and prenucleolus: the largest excess as low as can be, then the next, and so on.

A sequence of at most n - 1 programs (Maschler, Peleg and Shapley 1979; Kopelowitz 1967). After each, the
coalitions with a positive dual weight have the same excess in every optimum and are settled; those whose
0/1 vector lies in the span of the settled ones follow and are dropped (rank is exact, see
`straits.power.games.span`). Coalitions enter the programs only when violated (see `straits.power.games.excess`)."""

from __future__ import annotations

import numpy as np

from straits.lp.tolerance import PROVED
from straits.power.games.allocation import Allocation
from straits.power.games.excess import ExcessProgram, Optimum
from straits.power.games.game import Array, Game, GameError, indicator, sizes, subset_sums
from straits.power.games.kohlberg import Certificate, Kind, Level
from straits.power.games.lazygame import exact
from straits.power.games.span import Span
from straits.power.games.values import shapley

#: Dual weights add up to 1. Below this, a weight is taken as zero: the coalition is settled at a later
#: level if it must be.
LEAST_WEIGHT = 1e-7


def prenucleolus(game: Game, *, per_capita: bool = False) -> Allocation:
    """Find the efficient allocation whose excesses, from the largest down, are lexicographically least.

    Exists and is unique for every game; a player may get less than alone.

    Parameters
    ----------
    game : Game
        The game.
    per_capita : bool
        Divide each excess by the number of members.

    Returns
    -------
    Allocation
        With a certificate that `straits.power.verify` checks. `parameters["epsilon"]` is the largest excess.
    """
    return _lexicographic(exact(game, "prenucleolus"), "prenucleolus", per_capita)


def nucleolus(game: Game, *, per_capita: bool = False) -> Allocation:
    """Find the imputation whose excesses, from the largest down, are lexicographically least (Schmeidler
    1969).

    An imputation gives nobody less than he is worth alone. Where players lose by being together, so that
    v(N) is below the sum of the values alone, there is no imputation and no nucleolus; `prenucleolus` still
    exists.

    Parameters
    ----------
    game : Game
        The game.
    per_capita : bool
        Divide each excess by the number of members.

    Returns
    -------
    Allocation
        With a certificate that `straits.power.verify` checks. `parameters["epsilon"]` is the largest excess.

    Raises
    ------
    GameError
        The set of imputations is empty.
    """
    game = exact(game, "nucleolus")
    alone = float(game.alone.sum())
    if alone > game.grand + 1e-9 * game.scale:
        raise GameError(
            f"nucleolus: there is no imputation: the players are worth {alone:g} alone, but "
            f"v(N) = {game.grand:g}. Use prenucleolus(), which lets a player get less than alone"
        )
    return _lexicographic(game, "nucleolus", per_capita)


def _lexicographic(game: Game, kind: Kind, per_capita: bool) -> Allocation:
    origin, unit, values = centred(game)
    heads = np.maximum(sizes(game.n), 1).astype(float) if per_capita else np.ones(len(values))
    lower = values[1 << np.arange(game.n)] if kind == "nucleolus" else None
    if lower is not None:  # an additive game's only imputation must not be lost to rounding
        lower = lower - max(0.0, float(lower.sum() - values[-1])) / game.n
    program = ExcessProgram(values, heads, lower)
    span = Span(game.n)
    span.add(len(values) - 1)
    kept = {len(values) - 1}
    levels: list[Level] = []
    while span.rank < game.n:
        best = program.solve()
        level = _level(best)
        levels.append(level)
        for mask in level.coalitions:
            if span.add(mask):
                kept.add(mask)
                program.settle(mask, float(values[mask] - heads[mask] * best.epsilon))
        for i in level.held:
            if lower is not None and span.add(1 << i):
                kept.add(1 << i)
                program.settle(1 << i, float(lower[i]))
        program.release(span.contained(), kept)
    x, epsilons = polish(values, heads, lower, levels)
    levels = [
        Level(float(e) * unit, lv.coalitions, lv.weights, lv.held, lv.held_weights)
        for e, lv in zip(epsilons, levels, strict=True)
    ]
    method = f"per-capita {kind}" if per_capita else kind
    return Allocation(
        game,
        method,
        origin + x * unit,
        {"per_capita": per_capita, "epsilon": levels[0].epsilon if levels else 0.0},
        solves=program.solves,
        tolerance=PROVED * unit,
        certificate=Certificate(kind, per_capita, tuple(levels)),
    )


def centred(game: Game) -> tuple[Array, float, Array]:
    """Return origin a, unit u and the values (v - a) / u of a game that is equivalent and well scaled.

    Excesses do not change when an additive game is taken off values and payoffs; taking off the Shapley
    value leaves what matters."""
    origin = shapley(game).values.copy()
    values = game.values - subset_sums(origin)
    values[0] = 0.0
    largest = float(np.abs(values).max())
    unit = largest if largest > 1e-12 * game.scale else 1.0
    return origin, unit, values / unit


def _level(best: Optimum) -> Level:
    binding = {m: w for m, w in best.weights.items() if w > LEAST_WEIGHT}
    held = {i: float(w) for i, w in enumerate(best.bounds) if w > LEAST_WEIGHT}
    return Level(best.epsilon, tuple(binding), tuple(binding.values()), tuple(held), tuple(held.values()))


def polish(values: Array, heads: Array, lower: Array | None, levels: list[Level]) -> tuple[Array, Array]:
    """Return x and the ε of each level from the equations that bind, free of the solver's tolerance.

    The unknowns are x and all ε; the equations x(S) + w(S) ε = v(S), x(i) = l(i) and x(N) = v(N) have one
    solution."""
    n = int(np.log2(len(values)))
    width = n + len(levels)
    rows = [np.r_[np.ones(n), np.zeros(len(levels))]]
    right = [float(values[-1])]
    for k, level in enumerate(levels):
        block = np.zeros((len(level.coalitions), width))
        block[:, :n] = indicator(level.coalitions, n)
        block[:, n + k] = heads[list(level.coalitions)]
        rows += list(block)
        right += list(values[list(level.coalitions)])
        for i in level.held:
            assert lower is not None
            rows.append(np.eye(width)[i])
            right.append(float(lower[i]))
    solution = np.linalg.lstsq(np.array(rows), np.array(right), rcond=None)[0]
    return solution[:n], solution[n:]


__all__ = ["nucleolus", "prenucleolus"]
