"""Games and brute-force answers that the tests of this room hold the clever ways against."""

from __future__ import annotations

from itertools import combinations, permutations

import numpy as np
from hypothesis import strategies as st
from scipy.optimize import linprog

from straits.power import Game
from straits.power.games.game import indicator, sizes, subset_sums

NAMES = ("KAZ", "RUS", "AZE", "GEO", "TUR", "CHN", "UZB", "TKM")


@st.composite
def games(draw, least=1, most=5, whole=True):
    """Draw a game, often with equal values, so that solutions are degenerate."""
    n = draw(st.integers(least, most))
    number = st.integers(-5, 12) if whole else st.floats(-5, 12, allow_nan=False)
    v = draw(st.lists(number, min_size=2**n - 1, max_size=2**n - 1))
    return Game.from_values(NAMES[:n], [float(x) for x in v])


@st.composite
def convex_games(draw, least=2, most=6):
    """Draw a convex game: squares of sums of weights, plus an additive part."""
    n = draw(st.integers(least, most))
    weights = draw(st.lists(st.integers(0, 6), min_size=n, max_size=n))
    own = draw(st.lists(st.integers(-5, 5), min_size=n, max_size=n))
    return Game(NAMES[:n], subset_sums(np.array(weights, float)) ** 2 + subset_sums(np.array(own, float)))


def shapley_by_orders(game: Game) -> np.ndarray:
    """Shapley value from its definition: mean over all orders of joining."""
    total = np.zeros(game.n)
    orders = list(permutations(range(game.n)))
    for order in orders:
        mask = 0
        for i in order:
            total[i] += game.values[mask | 1 << i] - game.values[mask]
            mask |= 1 << i
    return total / len(orders)


def nucleolus_by_full_programs(game: Game, imputations: bool, per_capita: bool = False) -> np.ndarray:
    """Nucleolus by the plain sequence of programs over all coalitions, settling every row that is tight in
    all optima.

    A row is tight in all optima if its slack cannot be made positive: one more program for each row. Slow
    and simple."""
    n, full = game.n, 2**game.n - 1
    if n == 1:
        return np.array([game.grand])
    scale = game.scale
    masks = np.arange(1, full)
    rows = indicator(masks, n)
    heads = sizes(n)[1:-1].astype(float) if per_capita else np.ones(len(masks))
    v = game.values[1:-1] / scale
    bounds = [(x / scale if imputations else None, None) for x in game.alone] + [(None, None)]
    settled_a, settled_b = [np.r_[np.ones(n), 0.0]], [game.grand / scale]
    free = np.ones(len(masks), bool)
    options = {"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10}
    while free.any():
        a = -np.c_[rows, heads][free]
        cost = np.r_[np.zeros(n), 1.0]
        best = linprog(cost, a, -v[free], settled_a, settled_b, bounds, options=options)
        assert best.status == 0
        epsilon = best.fun
        tight = []
        for k in np.flatnonzero(free):
            most = linprog(
                np.r_[-rows[k], 0.0],
                a,
                -v[free],
                settled_a,
                settled_b,
                [*bounds[:-1], (epsilon, epsilon + 1e-9)],
                options=options,
            )
            if most.status == 0 and -most.fun <= v[k] - heads[k] * epsilon + 1e-6:
                tight.append(k)
        assert tight
        for k in tight:
            settled_a.append(np.r_[rows[k], 0.0])
            settled_b.append(v[k] - heads[k] * epsilon)
            free[k] = False
        if np.linalg.matrix_rank(np.array(settled_a)) == n:
            break
    solved = np.linalg.lstsq(np.array(settled_a)[:, :n], np.array(settled_b), rcond=None)[0]
    return solved * scale


def listing(n: int) -> list[int]:
    """Masks by size then lexicographic, written the slow way."""
    return [sum(1 << i for i in c) for s in range(1, n + 1) for c in combinations(range(n), s)]
