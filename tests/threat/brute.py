"""Slow and simple twins of what straits.threat.games does; they share no code with it."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import combinations, product

import numpy as np


def perfect_profiles(tree) -> set[tuple[tuple[int, str], ...]]:
    """All pure profiles of a tree of perfect information that are an equilibrium from every decision on."""
    decisions = [s for s in tree.spots if s.player >= 0]

    def worth(number: int, profile: dict[int, str]) -> list[Fraction]:
        spot = tree.spots[number]
        if not spot.children:
            return list(spot.node.payoffs)
        if spot.player < 0:
            below = [worth(c, profile) for c in spot.children]
            return [
                sum(p * b[i] for p, b in zip(spot.chances, below, strict=True))
                for i in range(len(tree.players))
            ]
        return worth(spot.children[spot.moves.index(profile[number])], profile)

    def perfect(profile: dict[int, str]) -> bool:
        for top in decisions:
            below = [d for d in decisions if top.number <= d.number < top.after]
            for player in {d.player for d in below}:
                own = [d for d in below if d.player == player]
                now = worth(top.number, profile)[player]
                for other in product(*(d.moves for d in own)):
                    if (
                        worth(
                            top.number, {**profile, **{d.number: m for d, m in zip(own, other, strict=True)}}
                        )[player]
                        > now
                    ):
                        return False
        return True

    profiles = (
        dict(zip((d.number for d in decisions), moves, strict=True))
        for moves in product(*(d.moves for d in decisions))
    )
    return {tuple(sorted(p.items())) for p in profiles if perfect(p)}


def vertex_equilibria(a: np.ndarray, b: np.ndarray) -> set[tuple[float, ...]]:
    """All extreme equilibria of a game by the vertices of {x >= 0, B'x <= 1} and {Ay <= 1, y >= 0}, in floating point."""
    a, b = a - a.min() + 1.0, b - b.min() + 1.0
    m, n = a.shape

    def vertices(rows: np.ndarray, right: np.ndarray) -> Iterator[tuple[np.ndarray, frozenset[int]]]:
        for tight in combinations(range(len(rows)), rows.shape[1]):
            square = rows[list(tight)]
            if abs(np.linalg.det(square)) < 1e-9:
                continue
            point = np.linalg.solve(square, right[list(tight)])
            slack = right - rows @ point
            if slack.min() > -1e-9:
                yield point, frozenset(np.flatnonzero(slack < 1e-9).tolist())

    # Labels: i < m row i, m + j column j.
    xs = list(vertices(np.vstack([-np.eye(m), b.T]), np.r_[np.zeros(m), np.ones(n)]))
    ys = list(vertices(np.vstack([a, -np.eye(n)]), np.r_[np.ones(m), np.zeros(n)]))
    found = set()
    for x, seen in xs:
        for y, also in ys:
            if x.sum() > 1e-9 and y.sum() > 1e-9 and len(seen | also) == m + n:
                found.add(tuple(np.round(np.r_[x / x.sum(), y / y.sum()], 7) + 0.0))
    return found


def is_signalling_equilibrium(prior, sender, receiver, sends, yes, beliefs) -> str:
    """Say what is wrong with an assessment of a signalling game; empty if it is a perfect Bayesian equilibrium."""
    messages = list(next(iter(sender.values())))

    def of(payoff, chance) -> Fraction:
        if isinstance(payoff, tuple):
            return Fraction(payoff[0]) * chance + Fraction(payoff[1]) * (1 - chance)
        return Fraction(payoff)

    for t in prior:
        worth = {m: of(sender[t][m], yes.get(m, Fraction(0))) for m in messages}
        for m, chance in sends[t].items():
            if chance > 0 and worth[m] < max(worth.values()):
                return f"type {t} would rather not send {m}"
        if sum(sends[t].values()) != 1:
            return f"type {t}: chances"
    for m in messages:
        if sum(beliefs[m].values()) != 1 or min(beliefs[m].values()) < 0:
            return f"beliefs at {m}"
        mass = {t: Fraction(p) * sends[t].get(m, Fraction(0)) for t, p in prior.items()}
        if sum(mass.values()) > 0 and any(beliefs[m][t] * sum(mass.values()) != mass[t] for t in prior):
            return f"Bayes' rule at {m}"
        if m in yes:
            reply = {r: sum(beliefs[m][t] * of(receiver[t][m], Fraction(r)) for t in prior) for r in (0, 1)}
            if (yes[m] > 0 and reply[1] < reply[0]) or (yes[m] < 1 and reply[0] < reply[1]):
                return f"reply to {m}"
    return ""
