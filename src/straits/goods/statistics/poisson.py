"""Poisson pseudo-maximum likelihood with high-dimensional fixed effects (Santos Silva, Tenreyro 2006).

Weighted least squares, iterated; each step takes the fixed effects out by alternating projections (Guimarães, Portugal 2010;
Correia, Guimarães, Zylkin 2020). Observations that a fixed effect or a regressor separates, so that no estimate exists, are found
first: groups that are all nought, then the iterative rectifier of Correia, Guimarães, Zylkin (2019, arXiv:1903.01633).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import stats

from straits.errors import StraitsError

if TYPE_CHECKING:
    from collections.abc import Callable

#: Relative change of the deviance at which the iteration ends, and the most steps of it.
TOLERANCE, STEPS = 1e-9, 200
#: Largest change of a demeaned column, relative to its size, at which projections end, and the most sweeps.
PROJECTION, SWEEPS = 1e-9, 5000
#: Fitted value below which the rectifier takes an observation as separated.
SEPARATED = 1e-5


@dataclass(frozen=True)
class Poisson:
    """Estimates of a Poisson regression.

    Attributes
    ----------
    table : DataFrame
        A row per regressor: coefficient, standard error clustered, t, p.
    used, separated : int
        Observations used, and left out because they are separated.
    deviance : float
    steps : int
    """

    table: pd.DataFrame
    used: int
    separated: int
    deviance: float
    steps: int


def ppml(
    frame: pd.DataFrame,
    *,
    outcome: str,
    regressors: Sequence[str],
    effects: Sequence[Sequence[str] | str],
    cluster: str | None = None,
    progress: Callable[[int, float], None] | None = None,
) -> Poisson:
    """Estimate E[y] = exp(x'β + fixed effects).

    Parameters
    ----------
    frame : DataFrame
        A row per observation, zeros among them.
    outcome : str
        Column of 0 or more.
    regressors : sequence of str
    effects : sequence of str or sequence of sequences of str
        Fixed effects; several columns make one effect of their combinations: `[("corridor", "hs6"), ("hs6", "month")]`.
    cluster : str, optional
        Column by which standard errors are clustered; None: robust.
    progress : callable, optional
        Called with step and relative change of the deviance.

    Returns
    -------
    Poisson

    Raises
    ------
    StraitsError
        Columns that are not there, values below 0, or a regressor that the fixed effects explain.
    """
    y, x, groups, clusters = _arrays(frame, outcome, regressors, effects, cluster)
    kept = _with_positive(y, groups)
    kept &= ~_rectified(y, x, groups, kept)
    kept &= _with_positive(np.where(kept, y, 0.0), groups)
    if not kept.any():
        raise StraitsError("nothing is left to estimate from: every observation is separated")
    y, x, clusters = y[kept], x[kept], clusters[kept]
    groups = [np.unique(group[kept], return_inverse=True)[1] for group in groups]
    beta, mu, demeaned, deviance, steps = _fit(y, x, groups, list(regressors), progress)
    error = _clustered(y, mu, demeaned, clusters)
    with np.errstate(divide="ignore", invalid="ignore"):
        t = beta / error
    count = len(np.unique(clusters))
    table = pd.DataFrame(
        {
            "regressor": list(regressors), "coefficient": beta, "standard_error": error, "t": t,
            "p": 2 * stats.norm.sf(np.abs(t)), "clusters": count,
        }
    )  # fmt: skip
    return Poisson(table, int(kept.sum()), int((~kept).sum()), deviance, steps)


def _arrays(
    frame: pd.DataFrame, outcome: str, regressors: Sequence[str], effects: Sequence[Sequence[str] | str], cluster: str | None
) -> tuple[np.ndarray, np.ndarray, list[np.ndarray], np.ndarray]:  # fmt: skip
    sets = [[effect] if isinstance(effect, str) else list(effect) for effect in effects]
    wanted = [
        outcome,
        *regressors,
        *(name for names in sets for name in names),
        *([cluster] if cluster else []),
    ]
    missing = [name for name in wanted if name not in frame]
    if missing:
        raise StraitsError(
            f"ppml: no column {', '.join(missing)}; there are {', '.join(map(str, frame.columns))}"
        )
    y = frame[outcome].to_numpy(dtype=float)
    x = frame[list(regressors)].to_numpy(dtype=float)
    if not (np.isfinite(y).all() and (y >= 0).all() and np.isfinite(x).all()):
        raise StraitsError(f"ppml: {outcome} must be 0 or more and no number may be missing")
    groups = [_codes(frame, names) for names in sets]
    clusters = _codes(frame, [cluster]) if cluster else np.arange(len(y))
    return y, x, groups, clusters


def _codes(frame: pd.DataFrame, names: Sequence[str]) -> np.ndarray:
    """Return the number of each combination of columns."""
    code = np.zeros(len(frame), dtype=np.int64)
    for name in names:
        part, levels = pd.factorize(frame[name])
        code = code * len(levels) + part
    return pd.factorize(code)[0]


def _with_positive(y: np.ndarray, groups: list[np.ndarray]) -> np.ndarray:
    """Say which observations belong to no group whose outcomes are all nought; repeated until none is left."""
    kept = np.ones(len(y), dtype=bool)
    while True:
        before = kept.sum()
        for group in groups:
            kept &= np.bincount(group, weights=np.where(kept, y, 0.0))[group] > 0
        if kept.sum() == before:
            return kept


def _rectified(y: np.ndarray, x: np.ndarray, groups: list[np.ndarray], kept: np.ndarray) -> np.ndarray:
    """Say which observations regressors and effects together separate.

    They can only if, among the observations with y > 0, the effects explain a regressor or a sum of regressors wholly.
    Where that is so, the iterative rectifier decides: a regression of 1 on everything, in which observations with y > 0
    weigh so much that their fit is 0, is repeated with what it fits until that is nowhere below 0; what is above 0 is separated.
    """
    separated = np.zeros(len(y), dtype=bool)
    positive = np.flatnonzero(kept & (y > 0))
    if (
        not x.shape[1]
        or len(positive) == kept.sum()
        or not _explained(x[positive], [group[positive] for group in groups])
    ):
        return separated
    place = np.flatnonzero(kept)
    zero = y[place] == 0
    inner = [np.unique(group[place], return_inverse=True)[1] for group in groups]
    weight = np.where(zero, 1.0, float(zero.sum()) / SEPARATED**0.5)
    target = zero.astype(float)
    for _ in range(30):
        columns = _project(np.column_stack([target, x[place]]), weight, inner, tolerance=1e-7, sweeps=400)
        root = np.sqrt(weight)[:, None]
        beta = np.linalg.lstsq(columns[:, 1:] * root, columns[:, 0] * root[:, 0], rcond=None)[0]
        fitted = target - (columns[:, 0] - columns[:, 1:] @ beta)
        fitted[np.abs(fitted) < SEPARATED] = 0.0
        fitted[~zero] = 0.0
        if (fitted >= 0).all():
            separated[place[fitted > 0]] = True
            return separated
        target = np.maximum(fitted, 0.0)
    return separated


def _explained(x: np.ndarray, groups: list[np.ndarray]) -> bool:
    """Say whether effects explain a regressor, or a sum of them, wholly."""
    if not len(x):
        return True
    inner = [np.unique(group, return_inverse=True)[1] for group in groups]
    left = _project(x, np.ones(len(x)), inner, tolerance=1e-7, sweeps=400)
    size = np.sqrt((x**2).sum(axis=0))
    if (size == 0).any():
        return True
    return bool(np.linalg.matrix_rank(left / size, tol=1e-5) < x.shape[1])


def _project(
    columns: np.ndarray, weight: np.ndarray, groups: list[np.ndarray], *, tolerance: float = PROJECTION, sweeps: int = SWEEPS
) -> np.ndarray:  # fmt: skip
    """Take weighted group means out of columns by turns until nothing changes."""
    if not groups:
        return columns - (weight @ columns) / weight.sum()
    sizes = [np.bincount(group, weights=weight) for group in groups]
    out = np.empty_like(columns)
    for place in range(columns.shape[1]):
        out[:, place] = _project_one(columns[:, place], weight, groups, sizes, tolerance, sweeps)
    return out


def _project_one(
    column: np.ndarray,
    weight: np.ndarray,
    groups: list[np.ndarray],
    sizes: list[np.ndarray],
    tolerance: float,
    sweeps: int,
) -> np.ndarray:
    # Panels of trade are well connected: a dozen sweeps do, and conjugate gradients took 2.5 times as long.
    size = np.sqrt(np.average(column**2, weights=weight)) or 1.0
    for _ in range(sweeps):
        before = column
        for group, total in zip(groups, sizes, strict=True):
            means = np.bincount(group, weights=weight * column, minlength=len(total)) / total
            column = column - means[group]
        if (
            len(groups) == 1
            or np.sqrt(np.average((column - before) ** 2, weights=weight)) <= tolerance * size
        ):
            break
    return column


def _fit(
    y: np.ndarray, x: np.ndarray, groups: list[np.ndarray], names: list[str], progress: Callable[[int, float], None] | None
) -> tuple[np.ndarray, np.ndarray, np.ndarray, float, int]:  # fmt: skip
    """Iterate weighted least squares; return coefficients, fitted values, demeaned regressors, deviance and steps."""
    mu = (y + y.mean()) / 2
    eta = np.log(mu)
    deviance = _deviance(y, mu)
    beta = np.zeros(x.shape[1])
    held, working, loose = x, eta, 1e-4
    for step in range(1, STEPS + 1):
        # A column less any effects has the same projection: each step begins where the last one ended.
        held = _project(held, mu, groups, tolerance=loose)
        if step == 1:
            _refuse_explained(x, held, mu, names)
        right = _project((working + (y - mu) / mu)[:, None], mu, groups, tolerance=loose)[:, 0]
        left = held * mu[:, None]
        gram = held.T @ left
        if np.linalg.matrix_rank(gram) < len(names):
            raise StraitsError(f"ppml: regressors {', '.join(names)} depend on each other; leave one out")
        beta = np.linalg.solve(gram, left.T @ right)
        eta = eta + (y - mu) / mu - (right - held @ beta)
        mu = np.exp(np.clip(eta, -500, 500))
        working = held @ beta
        fresh = _deviance(y, mu)
        change = abs(fresh - deviance) / max(min(fresh, deviance), 0.1)
        deviance = fresh
        if progress is not None:
            progress(step, change)
        if change < TOLERANCE and loose <= PROJECTION:
            return beta, mu, held, deviance, step
        # Exact projections only near the end, where they matter.
        loose = max(PROJECTION, min(loose, change * 1e-3))
    raise StraitsError(
        f"ppml: no convergence after {STEPS} steps; the last change of the deviance was {change:.2g}"
    )


def _refuse_explained(x: np.ndarray, held: np.ndarray, mu: np.ndarray, names: list[str]) -> None:
    before, after = (np.sqrt((columns**2 * mu[:, None]).sum(axis=0)) for columns in (x, held))
    told = ", ".join(name for name, a, b in zip(names, after, before, strict=True) if a <= 1e-3 * b)
    if told:
        raise StraitsError(
            f"ppml: the fixed effects explain {told} wholly; nothing of it is left to estimate"
        )


def _deviance(y: np.ndarray, mu: np.ndarray) -> float:
    with np.errstate(divide="ignore", invalid="ignore"):
        part = np.where(y > 0, y * np.log(y / mu), 0.0)
    return float(2 * (part - (y - mu)).sum())


def _clustered(y: np.ndarray, mu: np.ndarray, demeaned: np.ndarray, clusters: np.ndarray) -> np.ndarray:
    """Return standard errors clustered, with the correction G/(G − 1)."""
    bread = np.linalg.inv(demeaned.T @ (demeaned * mu[:, None]))
    _, place = np.unique(clusters, return_inverse=True)
    count = place.max() + 1
    scores = np.column_stack(
        [np.bincount(place, weights=column * (y - mu), minlength=count) for column in demeaned.T]
    )
    middle = scores.T @ scores * count / max(count - 1, 1)
    return np.sqrt(np.diag(bread @ middle @ bread))
