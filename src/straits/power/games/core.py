"""Core and least core: is there an allocation that no coalition can better, and by how much is it missed or
kept?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from straits.lp.tolerance import SAME
from straits.power.games.allocation import Allocation
from straits.power.games.excess import ExcessProgram
from straits.power.games.game import Array, Game, GameError
from straits.power.games.kohlberg import Certificate, Level
from straits.power.games.lazygame import exact
from straits.power.games.lexicographic import LEAST_WEIGHT, centred
from straits.power.games.values import check_efficient


@dataclass(frozen=True)
class CoreCheck:
    """Whether an allocation lies in the core.

    Attributes
    ----------
    inside : bool
        No coalition could get more on its own.
    worst : tuple of str
        The coalition with the largest excess.
    excess : float
        Its value less what it gets; what it is short of, if positive.
    tolerance : float
        Largest excess that counts as none.
    """

    inside: bool
    worst: tuple[str, ...]
    excess: float
    tolerance: float

    def __bool__(self) -> bool:
        return self.inside


def core_check(game: Game, x: Allocation | Sequence[float] | Array, tolerance: float = SAME) -> CoreCheck:
    """Say whether `x` lies in the core, and which coalition is closest to leaving or gains most by it.

    Parameters
    ----------
    game : Game
        The game.
    x : Allocation or sequence of float
        What each player gets; must add up to v(N).
    tolerance : float
        Largest excess that counts as none, as a share of the largest absolute value of the game.

    Raises
    ------
    GameError
        `x` does not share out v(N).
    """
    game = exact(game, "core_check")
    point = x.values if isinstance(x, Allocation) else np.asarray(x, dtype=float)
    check_efficient(game, point, "core_check")
    excess = game.excesses(point)[1:-1]
    if not len(excess):
        return CoreCheck(True, game.players, 0.0, tolerance * game.scale)
    worst = int(excess.argmax())
    slack = tolerance * game.scale
    return CoreCheck(bool(excess[worst] <= slack), game.coalition(worst + 1), float(excess[worst]), slack)


def least_core(game: Game) -> Allocation:
    """Find the least ε for which some efficient allocation leaves no coalition with an excess above ε, and
    one such allocation.

    ε ≤ 0: the core is not empty, and coalitions could be taxed by -ε before one leaves. ε > 0: the core is
    empty, and each coalition must be made ε worse by leaving (or paid ε to stay). The certificate's weights
    are a balanced collection that proves ε to be least.

    Returns
    -------
    Allocation
        One point of the least core; `parameters["epsilon"]`, `parameters["core_empty"]`. For a unique point
        use `prenucleolus`.

    Raises
    ------
    GameError
        A game of one player, which has no coalition beside N.
    """
    game = exact(game, "least_core")
    if game.n < 2:
        raise GameError("least_core: a game of one player has no coalition that could leave")
    origin, unit, values = centred(game)
    program = ExcessProgram(values, np.ones(len(values)))
    best = program.solve()
    binding = {m: w for m, w in best.weights.items() if w > LEAST_WEIGHT}
    epsilon = best.epsilon * unit
    return Allocation(
        game,
        "least core",
        origin + best.x * unit,
        {"epsilon": epsilon, "core_empty": bool(epsilon > 1e-9 * game.scale)},
        solves=program.solves,
        tolerance=1e-8 * unit,
        certificate=Certificate(
            "least core", False, (Level(epsilon, tuple(binding), tuple(binding.values())),)
        ),
    )


@dataclass(frozen=True)
class Split:
    """All players in two parts that reach most apart.

    Attributes
    ----------
    parts : tuple of two tuples of str
        The part without the last player, and the rest.
    excess : float
        What the two reach apart less v(N); above 0 the game is not superadditive, and not even cohesive.
    """

    parts: tuple[tuple[str, ...], tuple[str, ...]]
    excess: float


def best_split(game: Game, tolerance: float = SAME) -> Split | None:
    """Find the two parts that reach most apart, if that is more than all reach together.

    Then no division of v(N) satisfies both parts, and what they reach cannot all be had at once: a game that values each
    coalition without the others counts twice what both use or both sell to.

    Parameters
    ----------
    game : Game
        The game.
    tolerance : float
        Largest excess that counts as none, as a share of the largest absolute value of the game.

    Returns
    -------
    Split or None
        None where no two parts reach more.
    """
    game = exact(game, "best_split")
    half = np.arange(1, 1 << (game.n - 1))
    if not len(half):
        return None
    excess = game.values[half] + game.values[::-1][half] - game.grand
    best = int(excess.argmax())
    if excess[best] <= tolerance * game.scale:
        return None
    mask = int(half[best])
    return Split((game.coalition(mask), game.coalition(len(game.values) - 1 - mask)), float(excess[best]))


__all__ = ["CoreCheck", "Split", "best_split", "core_check", "least_core"]
