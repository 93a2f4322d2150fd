"""Solutions that are formulas: Shapley, Banzhaf, tau, Gately."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from math import factorial
from pathlib import Path

import numpy as np

from straits.lp.tolerance import NOISE
from straits.power.games.allocation import Allocation
from straits.power.games.game import MAX_EXACT, Array, Game, GameError, sizes, subset_sums
from straits.power.games.lazygame import LazyGame, exact


def shapley_weights(n: int) -> Array:
    """Return s!(n-s-1)!/n! for s = 0, …, n-1: the chance that exactly a given set of size s precedes a
    player."""
    return np.array([factorial(s) * factorial(n - s - 1) / factorial(n) for s in range(n)])


def shapley(
    game: Game | LazyGame,
    *,
    sample: int | None = None,
    rng: int | np.random.Generator | None = None,
    store: str | Path | None = None,
) -> Allocation:
    """Give each player the mean of what he adds over all orders of joining (Shapley 1953).

    Parameters
    ----------
    game : Game or LazyGame
        An exact game (up to 20 players), or a lazy one together with `sample`.
    sample : int, optional
        Estimate from this many independent replicates instead (see `ShapleySampler`); at least 2.
    rng : int or numpy.random.Generator, optional
        Seed or generator of the sample. Required with `sample`, so that the result can be repeated.
    store : path or str, optional
        Folder or address that keeps the sample after each replicate, as for `straits.engine.solve_many`. What is there of this
        game and seed goes on, up to `sample` replicates in all: also after the process was killed.

    Raises
    ------
    GameError
        A lazy game without `sample`, a sample without `rng`, or `rng` and `store` without `sample`; a store that cannot be
        written, is damaged, or holds a sample of a game with other values.
    """
    if sample is not None:
        from straits.power.games.sampling import ShapleySampler

        if rng is None:
            raise GameError(
                "shapley: a sample needs rng= (a seed or a numpy Generator), so that it can be repeated"
            )
        if isinstance(sample, bool) or not isinstance(sample, int | np.integer):
            raise GameError(f"sample: expected a whole number of replicates, found {sample!r}")
        made = partial(ShapleySampler, game) if store is None else partial(ShapleySampler.stored, game, store)
        sampler = made(rng=rng)
        if sample < 1 or sampler.replicates < sample:
            sampler.run(sample - sampler.replicates)
        return sampler.result()
    if isinstance(game, LazyGame):
        limit = f"; exact games have at most {MAX_EXACT} players" if game.n > MAX_EXACT else ""
        raise GameError(f"shapley: {game.n} players have 2^{game.n} coalitions{limit}; give sample= and rng=")
    if rng is not None or store is not None:
        raise GameError("shapley: rng= and store= are for samples: give sample= too")
    weight = shapley_weights(game.n)[sizes(game.n - 1)]
    values = np.array([weight @ game.marginals(i) for i in range(game.n)])
    return Allocation(game, "Shapley value", values, tolerance=NOISE * game.scale)


def banzhaf(game: Game, *, normalised: bool = False) -> Allocation:
    """Give each player the mean of what he adds over all coalitions of the others (Banzhaf 1965; Owen 1975).

    Parameters
    ----------
    game : Game
        The game.
    normalised : bool
        Scale the values so that they add up to v(N). For voting games this is the normalised Banzhaf index.

    Raises
    ------
    GameError
        `normalised` where the values add up to zero but v(N) is not zero.
    """
    game = exact(game, "banzhaf")
    values = np.array([game.marginals(i).mean() for i in range(game.n)])
    if normalised:
        total = values.sum()
        if abs(total) <= NOISE * game.scale:
            if abs(game.grand) > NOISE * game.scale:
                raise GameError("banzhaf: the values add up to zero and cannot be scaled to v(N)")
        else:
            values = values * (game.grand / total)
    method = "normalised Banzhaf value" if normalised else "Banzhaf value"
    return Allocation(game, method, values, {"normalised": normalised}, tolerance=NOISE * game.scale)


def tau(game: Game) -> Allocation:
    """Compromise between what each could hope for and what each can insist on (Tijs 1981).

    The utopia payoff of i is v(N) - v(N without i); the minimal right is the most that is left to i in a
    coalition that pays the others their utopia payoffs. The value is the efficient point between them.

    Raises
    ------
    GameError
        The game is not quasi-balanced: a minimal right exceeds the utopia payoff, or their sums do not
        enclose v(N).
    """
    game = exact(game, "tau")
    utopia = game.utopia
    rest = game.values - subset_sums(utopia)
    rights = np.array([(rest.reshape(-1, 2, 1 << i)[:, 1]).max() for i in range(game.n)]) + utopia
    slack = 1e-9 * game.scale
    above = np.flatnonzero(rights > utopia + slack)
    if above.size:
        i = int(above[0])
        raise GameError(
            f"tau: not defined, the game is not quasi-balanced: {game.players[i]} can insist on "
            f"{rights[i]:g}, more than the utopia payoff {utopia[i]:g}"
        )
    low, high = rights.sum(), utopia.sum()
    if not low - slack <= game.grand <= high + slack:
        raise GameError(
            f"tau: not defined, the game is not quasi-balanced: v(N) = {game.grand:g} does not lie "
            f"between the sum of minimal rights {low:g} and the sum of utopia payoffs {high:g}"
        )
    part = 0.0 if high - low <= slack else (game.grand - low) / (high - low)
    values = rights + part * (utopia - rights)
    return Allocation(
        game, "tau value", values, {"utopia": utopia, "rights": rights}, tolerance=NOISE * game.scale
    )


def gately(game: Game) -> Allocation:
    """Make every player equally ready to disrupt: equal ratio of what leaving costs the others to what it
    costs him.

    The point of Gately (1974), generalised to n players by Littlechild and Vaidya (1976).
    `parameters["propensity"]` is the common propensity to disrupt.

    Raises
    ------
    GameError
        There is no surplus to divide, or a player adds less to the others than he is worth alone (then no
        point is equal).
    """
    game = exact(game, "gately")
    gain = game.utopia - game.alone
    surplus = game.grand - game.alone.sum()
    slack = 1e-9 * game.scale
    if surplus <= slack:
        raise GameError(
            f"gately: not defined, there is no surplus to divide: v(N) less the values alone is {surplus:g}"
        )
    low = np.flatnonzero(gain < -slack)
    if low.size:
        i = int(low[0])
        raise GameError(
            f"gately: not defined, {game.players[i]} adds {game.utopia[i]:g} to the others "
            f"but is worth {game.alone[i]:g} alone"
        )
    total = gain.sum()
    if total <= slack:
        raise GameError("gately: not defined, no player adds more to the others than he is worth alone")
    values = game.alone + gain * (surplus / total)
    propensity = total / surplus - 1.0
    return Allocation(game, "Gately point", values, {"propensity": propensity}, tolerance=NOISE * game.scale)


def propensity_to_disrupt(game: Game, x: Allocation | Sequence[float] | Array) -> Array:
    """Return for each player what the others would lose if he left, per unit that he would lose himself.

    (x(N without i) - v(N without i)) / (x(i) - v(i)), Gately (1974). `inf`: leaving costs him nothing and
    the others something. Negative infinity: it costs him nothing and the others gain. `nan`: it costs
    nobody anything.

    Raises
    ------
    GameError
        `x` has another length or does not share out v(N).
    """
    game = exact(game, "propensity_to_disrupt")
    point = x.values if isinstance(x, Allocation) else np.asarray(x, dtype=float)
    check_efficient(game, point, "propensity_to_disrupt")
    own = point - game.alone
    others = game.utopia - point
    slack = 1e-9 * game.scale
    own = np.where(np.abs(own) <= slack, 0.0, own)
    others = np.where(np.abs(others) <= slack, 0.0, others)
    with np.errstate(divide="ignore", invalid="ignore"):
        return others / own


def check_efficient(game: Game, x: Array, function: str) -> None:
    """Raise `GameError` unless `x` has one entry per player and shares out v(N)."""
    if x.shape != (game.n,):
        raise GameError(f"{function}: x needs {game.n} entries, one per player, found shape {x.shape}")
    if not np.isfinite(x).all():
        raise GameError(f"{function}: x has entries that are not finite")
    if abs(x.sum() - game.grand) > 1e-6 * game.scale:
        raise GameError(f"{function}: x adds up to {x.sum():g}, but v(N) = {game.grand:g}")


__all__ = ["banzhaf", "gately", "propensity_to_disrupt", "shapley", "shapley_weights", "tau"]
