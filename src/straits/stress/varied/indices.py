"""Which input matters most: first-order and total Sobol indices, of single inputs and of groups of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd


def spread_evenly(draws: int, count: int, rng: np.random.Generator) -> np.ndarray:
    """Draw a Latin hypercube: each of `count` inputs has one draw in each of `draws` equal parts, shape (draws, count)."""
    # Imported when it is needed: it takes half a second.
    from scipy.stats import qmc

    return np.asarray(qmc.LatinHypercube(d=count, seed=rng).random(draws)) if count else np.empty((draws, 0))


def sobol_indices(
    answer: Callable[[np.ndarray], np.ndarray],
    groups: Sequence[Sequence[int]],
    base: int,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Estimate first-order and total indices of groups of inputs.

    Parameters
    ----------
    answer : callable
        Gives the answers, shape (n,), to inputs of shape (n, inputs), each between 0 and 1; nan where there is none.
    groups : sequence of sequence of int
        Inputs by number; each input stands in one group.
    base : int
        Points of each of the two samples; `answer` is asked base · (groups + 2) times.
    rng : numpy.random.Generator

    Returns
    -------
    DataFrame
        For each group: first (part of the variance that goes if the group alone is known), first_error, total (part that stays if
        all but the group is known), total_error: standard errors by the bootstrap over points.

    Notes
    -----
    First order by Saltelli et al. 2010, *Computer Physics Communications* 181, table 2 (b); total by Jansen 1999, *Computer
    Physics Communications* 117. Points by a scrambled Sobol sequence where their count is a power of two and the inputs are few
    enough, else by Latin hypercubes. Points of which one answer is missing are left out.
    """
    from scipy.stats import qmc

    count = sum(map(len, groups))
    if base & (base - 1) == 0 and 2 * count <= qmc.Sobol.MAXDIM:
        points = np.asarray(qmc.Sobol(2 * count, seed=rng).random(base))
    else:
        points = np.hstack([spread_evenly(base, count, rng) for _ in range(2)])
    a, b = points[:, :count], points[:, count:]
    mixed = [a.copy() for _ in groups]
    for of, group in zip(mixed, groups, strict=True):
        of[:, list(group)] = b[:, list(group)]
    found = answer(np.vstack([a, b, *mixed])).reshape(len(groups) + 2, base)
    found = found[:, np.isfinite(found).all(axis=0)]
    first, total = _indices(found)
    again = (
        [_indices(found[:, rng.integers(0, found.shape[1], found.shape[1])]) for _ in range(200)]
        if found.shape[1]
        else []
    )
    errors = np.nanstd(np.array(again), axis=0) if again else np.full((2, len(groups)), np.nan)
    return pd.DataFrame({"first": first, "first_error": errors[0], "total": total, "total_error": errors[1]})


def _indices(found: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Give both indices of answers (groups + 2, n): of both samples, and of the first with each group of the second."""
    if not found.shape[1]:
        return (np.full(len(found) - 2, np.nan),) * 2
    a, b, mixed = found[0], found[1], found[2:]
    variance = float(np.var(found[:2]))
    if variance <= 1e-18 * max(1.0, float(np.mean(found[:2]) ** 2)):
        return (np.zeros(len(mixed)),) * 2
    return (b * (mixed - a)).mean(axis=1) / variance, ((a - mixed) ** 2).mean(axis=1) / (2 * variance)


__all__ = ["sobol_indices", "spread_evenly"]
