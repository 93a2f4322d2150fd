"""The check of an answer beside the same conditions, written number by number."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from straits.lp.program import Arrays
from straits.lp.solver.proof import PROVED, Flaw, flaw_of_optimum

INF = np.inf


def finite(*bounds: float) -> float:
    return max(abs(b) if np.isfinite(b) else 0.0 for b in bounds)


def plainly(p: Arrays, x: np.ndarray, dual: np.ndarray) -> list[Flaw]:
    """Go through all columns and rows as the head of `straits.lp.solver.proof` tells it; the worst, and those as bad."""
    a = p.matrix.toarray()
    m, n = a.shape
    value, reduced = a @ x, p.cost - a.T @ dual
    row = [max(1.0, finite(p.row_lower[i], p.row_upper[i]), np.abs(a[i] * x).sum()) for i in range(m)]
    cost = [max(1.0, abs(p.cost[j]), np.abs(a[:, j] * dual).sum()) for j in range(n)]

    def least(sizes: list[float], entries: np.ndarray) -> float:
        return min((s / abs(e) for s, e in zip(sizes, entries, strict=True) if e), default=0.0)

    column = [
        max(1.0, finite(p.column_lower[j], p.column_upper[j]), abs(x[j]), least(row, a[:, j]))
        for j in range(n)
    ]
    price = [max(1.0, abs(dual[i]), least(cost, a[i])) for i in range(m)]
    found, gap = [], 0.0
    for kind, prices, v, d, low, up, size, price_size in (
        ("column", "reduced cost", x, reduced, p.column_lower, p.column_upper, column, cost),
        ("row", "dual", value, dual, p.row_lower, p.row_upper, row, price),
    ):
        for k in range(len(v)):
            found.append(Flaw(kind, k, max(low[k] - v[k], v[k] - up[k]) / size[k]))
            if abs(d[k]) > PROVED:
                away = abs(v[k] - (low[k] if d[k] > 0 else up[k]))
                if away / size[k] > PROVED:
                    found.append(Flaw(prices, k, min(away / size[k], abs(d[k]) / price_size[k])))
                gap += abs(d[k]) * (away if np.isfinite(away) else 0.0)
    found = [f for f in found if f.share > PROVED]
    if not found:
        found = [Flaw("gap", -1, gap / max(np.abs(p.cost * x).sum(), 1.0))]
    worst = max(f.share for f in found)
    return [f for f in found if f.share > worst * (1 - 1e-6)] if worst > PROVED else []


def spoiled(seed: int) -> tuple[Arrays, np.ndarray, np.ndarray]:
    """A plan and duals that prove each other, and one to three numbers of all that moved by anything from 1e-13 to 1."""
    rng = np.random.default_rng(seed)
    m, n = int(rng.integers(1, 8)), int(rng.integers(2, 12))
    a = rng.normal(size=(m, n)) * (rng.random((m, n)) < 0.5) * 10.0 ** rng.uniform(-3, 3, (m, n))
    x = rng.choice([0.0, 1.0, 50.0, -3.0, 1e6], n)
    dual = rng.choice([0.0, 2.0, -7.0, 1e4], m)
    reduced = rng.choice([0.0, 3.0, -2.0, 1e-3], n)
    low = np.where(reduced > 0, x, x - rng.choice([1.0, INF], n))
    up = np.where(reduced < 0, x, x + rng.choice([0.0, 5.0, INF], n))
    value = a @ x
    row_low = np.where(dual > 0, value, value - rng.choice([1.0, INF], m))
    row_up = np.where(dual < 0, value, value + rng.choice([0.0, 5.0, INF], m))
    p = Arrays(reduced + a.T @ dual, sparse.csc_matrix(a), low, up, row_low, row_up)
    for _ in range(rng.integers(0, 4)):
        of = (x, dual)[rng.integers(2)]
        of[rng.integers(len(of))] += rng.choice([-1, 1]) * 10.0 ** rng.uniform(-13, 0)
    return p, x, dual


@pytest.mark.parametrize("part", range(4))
def test_the_check_is_the_same_as_number_by_number(part):
    """Proves: the check, which works out sizes only of what does not rest to the last digit, finds the same worst condition by
    the same share as a loop over all columns and rows, on 1,600 answers that are right, nearly right or wrong.
    Without it: a quicker check could be a weaker one.
    """
    kinds = set()
    for seed in range(400 * part, 400 * (part + 1)):
        p, x, dual = spoiled(seed)
        ours, theirs = flaw_of_optimum(p, x, dual), plainly(p, x, dual)
        if ours is None or not theirs:
            # At the edge of what is tolerated the order of a sum decides.
            assert all(f.share < PROVED * (1 + 1e-6) for f in (ours, *theirs) if f is not None)
        else:
            assert ours.share == pytest.approx(theirs[0].share, rel=1e-6)
            assert (ours.kind, ours.at) in {(f.kind, f.at) for f in theirs}
        kinds.add(theirs[0].kind if theirs else None)
    assert kinds >= {None, "column", "row", "reduced cost", "dual"}
