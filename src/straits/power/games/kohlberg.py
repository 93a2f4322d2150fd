"""Check of a nucleolus (or least core), apart from the program that found it: no solver, only sums and ranks.

Kohlberg (1971) characterised the nucleolus by balanced collections; Sobolev the prenucleolus. The
certificate has one level for each step of the lexicographic minimisation. A level names coalitions that
share the largest excess among those not settled before, with positive weights. If the weighted sum of their
0/1 vectors (for the nucleolus also of players held at their value alone, with positive weights) lies in the
span of what is settled, no allocation that keeps what is settled can lower this excess, and all that keep
it give these coalitions the same. So they are settled too. When what is settled has rank n, one allocation
is left.

Why: let λ be the weights and y any other allocation. Then the weighted mean of the excesses of the named
coalitions under y is at least that under x, because Σ λ(S) y(S) is fixed by what is settled (or lower,
where players at their value alone get more). So the largest is at least as large, and equal only if all are
equal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from straits.lp.tolerance import SAME
from straits.power.games.game import Array, Game, GameError, indicator, sizes, subset_sums
from straits.power.games.lazygame import exact

Kind = Literal["nucleolus", "prenucleolus", "least core"]


@dataclass(frozen=True)
class Level:
    """Coalitions that share the largest unsettled excess, and why it cannot be lowered.

    Attributes
    ----------
    epsilon : float
        The excess (per head, if the certificate says so).
    coalitions : tuple of int
        Bit masks.
    weights : tuple of float
        Positive, one for each coalition.
    held : tuple of int
        Positions of players that get exactly what they are worth alone (nucleolus only).
    held_weights : tuple of float
        Positive, one for each held player.
    """

    epsilon: float
    coalitions: tuple[int, ...]
    weights: tuple[float, ...]
    held: tuple[int, ...] = ()
    held_weights: tuple[float, ...] = ()


@dataclass(frozen=True)
class Certificate:
    """Proof that an allocation is a nucleolus or prenucleolus, or that the excess of a least core is least
    (one level)."""

    kind: Kind
    per_capita: bool
    levels: tuple[Level, ...]


@dataclass(frozen=True)
class Verdict:
    """Whether a certificate proves what it says; if not, `problems` says why."""

    problems: tuple[str, ...]

    @property
    def proved(self) -> bool:
        """Whether no problem was found."""
        return not self.problems

    def __bool__(self) -> bool:
        return self.proved


def verify(game: Game, x: Array, certificate: Certificate, tolerance: float = SAME) -> Verdict:
    """Check that `certificate` proves `x` to be what it says.

    Parameters
    ----------
    game : Game
        The game.
    x : ndarray, shape (n,)
        The allocation.
    certificate : Certificate
        As found in `Allocation.certificate`.
    tolerance : float
        Largest error of excesses, as a share of the largest absolute value of the game; of weights, as a
        share of their sum.

    Returns
    -------
    Verdict
        True in a condition if the proof holds.

    Raises
    ------
    GameError
        What is given is no certificate: formulas such as the Shapley value have none.
    """
    game, x = exact(game, "verify"), np.asarray(x, dtype=float)
    if not isinstance(certificate, Certificate):
        raise GameError(
            "verify: certificate: expected one of a nucleolus, prenucleolus or least core (`Allocation.certificate`), found "
            f"{type(certificate).__name__}"
        )
    n, slack = game.n, tolerance * game.scale
    heads = sizes(n).astype(float) if certificate.per_capita else np.ones(1 << n)
    excess = game.excesses(x) / np.maximum(heads, 1.0)
    problems: list[str] = []
    if abs(x.sum() - game.grand) > slack:
        problems.append(f"x adds up to {x.sum():g}, not to v(N) = {game.grand:g}")
    if certificate.kind == "nucleolus" and (x < game.alone - slack).any():
        problems.append("a player gets less than alone, so x is no imputation")
    settled = np.ones((1, n))
    for number, level in enumerate(certificate.levels, start=1):
        problems += [
            f"level {number}: {p}"
            for p in _check_level(level, game, x, excess, settled, certificate.kind, tolerance)
        ]
        settled = np.vstack([settled, indicator(level.coalitions, n), np.eye(n)[list(level.held)]])
    rank = int(np.linalg.matrix_rank(settled))
    if certificate.kind != "least core" and rank < n:
        problems.append(
            f"the levels settle a space of rank {rank} only, so that x is not shown to be the only one"
        )
    return Verdict(tuple(problems))


def _check_level(
    level: Level, game: Game, x: Array, excess: Array, settled: Array, kind: Kind, tolerance: float
) -> list[str]:
    slack = tolerance * game.scale
    weights, held_weights = np.array(level.weights), np.array(level.held_weights)
    if len(weights) != len(level.coalitions) or len(held_weights) != len(level.held) or not len(weights):
        return ["weights and coalitions do not match"]
    problems = []
    if (weights <= 0).any() or (held_weights <= 0).any():
        problems.append("a weight is not positive")
    if level.held and kind != "nucleolus":
        problems.append("only imputations are bounded by what a player is worth alone")
    free = ~_in_span(settled)
    if not free[list(level.coalitions)].all():
        problems.append("a coalition was settled before")
    if np.abs(excess[list(level.coalitions)] - level.epsilon).max() > slack:
        problems.append(f"a coalition has another excess than {level.epsilon:g}")
    if excess[free].max() > level.epsilon + slack:
        worst = int(np.flatnonzero(free)[excess[free].argmax()])
        problems.append(f"coalition {game.coalition(worst)} has a larger excess")
    held = list(level.held)
    if held and np.abs(x[held] - game.alone[held]).max() > slack:
        problems.append("a held player gets more than alone")
    total = weights @ indicator(level.coalitions, game.n) + held_weights @ np.eye(game.n)[held]
    fitted = settled.T @ np.linalg.lstsq(settled.T, total, rcond=None)[0]
    if np.abs(fitted - total).max() > tolerance * max(float(weights.sum()), 1.0):
        problems.append("the weighted coalitions do not lie in the span of what is settled")
    return problems


def _in_span(settled: Array) -> np.ndarray:
    """Return for each of the 2^n coalitions whether its vector is a combination of the rows."""
    values, vectors = np.linalg.eigh(settled.T @ settled)
    inside = np.ones(1 << settled.shape[1], dtype=bool)
    for vector in vectors[:, values <= 1e-9 * values.max()].T:
        inside &= np.abs(subset_sums(vector)) <= 1e-9
    return inside


__all__ = ["Certificate", "Level", "Verdict", "verify"]
