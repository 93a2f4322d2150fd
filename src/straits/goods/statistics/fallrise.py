"""Which codes fell to the target and rose to the hub? A test of both at once, code by code, and the mass that moved.

Both must hold, so the p-value is the larger of two (intersection–union, Berger 1982). Each is a t test of monthly
logarithms, after against before, with variances moderated over codes (Smyth 2004) since a dozen months say little about one.
Benjamini–Hochberg counts only codes of which one half holds at the level (the filter of Wang, Gui, Su, Sabatti, Owen
2022): most codes neither fell nor rose.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import special, stats

#: Part of the target's usual month that is added before taking logarithms, so that small trade weighs little.
OFFSET = 0.05


@dataclass(frozen=True)
class Bar:
    """What a change must be to count.

    Attributes
    ----------
    fall, rise : float
        Least fall to the target and least rise to the hub, in logarithms.
    share : float
        Least rise to the hub as a part of the fall to the target.
    lately : float
        Part of a change that must also stand against the last months before the event: what changed earlier has another cause.
    """

    fall: float
    rise: float
    share: float
    lately: float


#: For what is found, and for what is likely but not found.
STRICT, LOOSE = Bar(0.15, 0.05, 0.08, 0.5), Bar(0.0, 0.0, 0.03, float("-inf"))
LATE_MONTHS = 6
#: Codes of a chapter from which on it has month effects of its own.
CHAPTER = 8
#: Change of a chapter against the usual code of the corridor, in logarithms, that is taken for season and noise.
USUAL = 0.2
#: Error of the mass beyond its standard error: codes missed and found wrongly. Measured on planted diversions (benchmarks).
DETECTION = 0.08


@dataclass(frozen=True)
class Moved:
    """What was found.

    Attributes
    ----------
    table : DataFrame
        A row per code.
    mass, low, high : float
        Diverted mass and its interval.
    fall : float
        Fall to the target of the codes found.
    """

    table: pd.DataFrame
    mass: float
    low: float
    high: float
    fall: float


def fall_and_rise(
    goods: tuple[str, ...],
    target: np.ndarray,
    hub: np.ndarray,
    before: np.ndarray,
    after: np.ndarray,
    *,
    fdr: float,
    level: float,
    least: float,
) -> Moved:
    """Find the codes that fell to the target and rose to the hub.

    Parameters
    ----------
    goods : tuple of str
    target, hub : ndarray of float, shape (goods, months)
        Values.
    before, after : ndarray of int
        Places of the months.
    fdr : float
        Part of the codes found that may be wrong, on average.
    level : float
        Level of the interval of the mass.
    least : float
        Least yearly value to the target before; codes below it are not tested.
    """
    size = target[:, before].mean(axis=1)
    tested = (size * 12 >= least) & (size > 0)
    p_fall, p_rise = _p_values(goods, target, hub, before, after, size, tested, STRICT)
    loosely = np.maximum(*_p_values(goods, target, hub, before, after, size, tested, LOOSE))
    q = np.ones(len(goods))
    q[tested] = filtered_q(p_fall[tested], p_rise[tested])
    expected, spread = _expected(hub, before, after, _own_growth(hub, before, after))
    delta_hub = hub[:, after].sum(axis=1) - expected
    delta_target = target[:, after].sum(axis=1) - len(after) * size
    found = q <= fdr
    mass, low, high = _mass(delta_hub, delta_target, spread, q, loosely, fdr, level)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(delta_target < 0, delta_hub / -delta_target, np.nan)
    table = pd.DataFrame(
        {
            "good": goods, "found": found, "tested": tested, "target_change": delta_target, "hub_change": delta_hub,
            "hub_low": delta_hub - stats.norm.ppf(0.5 + level / 2) * np.sqrt(spread),
            "hub_high": delta_hub + stats.norm.ppf(0.5 + level / 2) * np.sqrt(spread),
            "substitution": ratio, "p_fall": p_fall, "p_rise": p_rise, "q": q,
        }
    )  # fmt: skip
    return Moved(table, mass, low, high, float(-delta_target[found].sum()))


def _p_values(
    goods: tuple[str, ...], target: np.ndarray, hub: np.ndarray, before: np.ndarray, after: np.ndarray, size: np.ndarray,
    tested: np.ndarray, bar: Bar,
) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
    """Return p of no fall and of no rise beyond the bar."""
    scale = np.where(size > 0, size, 1.0)[:, None]
    chapters = np.array([good[:2] for good in goods])
    p = []
    for values, least, sign in ((target, bar.fall, -1.0), (hub, bar.rise, 1.0)):
        logs = _net_of_months(np.log(values / scale + OFFSET), chapters, tested)
        moved, error, freedom = _moderated(logs, before, after, tested)
        moved = moved + _shared(np.log(values / scale + OFFSET), logs, before, after, tested, sign)
        lately = before[-LATE_MONTHS:]
        late = logs[:, after].mean(axis=1) - logs[:, lately].mean(axis=1)
        with np.errstate(divide="ignore", invalid="ignore"):
            one = stats.t.sf((sign * moved - least) / error, freedom)
        one = np.where(np.isfinite(one), one, 1.0)
        held = bar.lately == float("-inf") or sign * late >= bar.lately * sign * moved
        p.append(np.where(held, one, 1.0))
    rise = hub[:, after].mean(axis=1) - hub[:, before].mean(axis=1)
    fall = target[:, before].mean(axis=1) - target[:, after].mean(axis=1)
    material = (fall > 0) & (rise > bar.share * fall)
    return np.where(tested, p[0], 1.0), np.where(tested & material, p[1], 1.0)


def _shared(
    logs: np.ndarray, net: np.ndarray, before: np.ndarray, after: np.ndarray, tested: np.ndarray, sign: float
) -> np.ndarray:
    """Return the part of a change that month effects took out but that counts: what all codes, or all of a chapter, did.

    A fall of everything to the target is a fall; what a chapter did beyond the usual code of the corridor is what moved.
    Changes up to `USUAL` are left to the month effects: the median of a chapter is not exact.
    """
    if not tested.any():
        return np.zeros(len(logs))
    taken = logs - net
    change = taken[:, after].mean(axis=1) - taken[:, before].mean(axis=1)
    usual = float(np.median(logs[tested][:, after].mean(axis=1) - logs[tested][:, before].mean(axis=1)))
    held = min(0.0, usual) if sign < 0 else 0.0
    beyond = sign * (change - usual) - USUAL
    return np.where(beyond > 0, sign * beyond, 0.0) + held


def _net_of_months(logs: np.ndarray, chapters: np.ndarray, tested: np.ndarray) -> np.ndarray:
    """Take out what the usual code of the same chapter did in each month: seasons, and the corridor's own growth."""
    if not tested.any():
        return logs
    net = logs - np.median(logs[tested], axis=0)
    for chapter in np.unique(chapters[tested]):
        inside = chapters == chapter
        if (inside & tested).sum() >= CHAPTER:
            net[inside] = logs[inside] - np.median(logs[inside & tested], axis=0)
    return net


def _moderated(
    logs: np.ndarray, before: np.ndarray, after: np.ndarray, tested: np.ndarray
) -> tuple[np.ndarray, np.ndarray, float]:
    """Return the change after against before, less its median over codes, its standard error and degrees of freedom."""
    n1, n0 = len(after), len(before)
    freedom = n1 + n0 - 2
    spread = (logs[:, after].var(axis=1) * n1 + logs[:, before].var(axis=1) * n0) / freedom
    prior, prior_freedom = _prior(spread[tested & (spread > 0)], freedom)
    if np.isinf(prior_freedom):
        shrunk = np.full_like(spread, prior)
    else:
        shrunk = (prior_freedom * prior + freedom * spread) / (prior_freedom + freedom)
    moved = logs[:, after].mean(axis=1) - logs[:, before].mean(axis=1)
    if tested.any():
        moved = moved - np.median(moved[tested])
    return moved, np.sqrt(shrunk * (1 / n1 + 1 / n0)), freedom + prior_freedom


def _prior(spread: np.ndarray, freedom: float) -> tuple[float, float]:
    """Fit a scaled inverse χ² to variances by the moments of their logarithms (Smyth 2004, section 6.2)."""
    if len(spread) < 2:
        return float(spread.mean()) if len(spread) else 0.0, 0.0
    logs = np.log(spread) - special.digamma(freedom / 2) + np.log(freedom / 2)
    extra = logs.var(ddof=1) - special.polygamma(1, freedom / 2)
    if extra <= 0:
        return float(np.exp(logs.mean())), float("inf")
    half = _trigamma_inverse(float(extra))
    return float(np.exp(logs.mean() + special.digamma(half) - np.log(half))), 2 * half


def _trigamma_inverse(value: float) -> float:
    """Solve trigamma(x) = value by Newton's method (Smyth 2004, appendix)."""
    x = 0.5 + 1 / value
    for _ in range(60):
        there = float(special.polygamma(1, x))
        step = there * (1 - there / value) / float(special.polygamma(2, x))
        x += step
        if -step / x < 1e-10:
            break
    return x


def filtered_q(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Return q-values of "both hold", counting among the tests only those of which one half holds (Wang and others 2022).

    `q(γ) = γ · #{min(p1, p2) ≤ γ} / #{max(p1, p2) ≤ γ}`, least over all γ from the code's own on.
    """
    larger, smaller = np.maximum(first, second), np.sort(np.minimum(first, second))
    order = np.argsort(larger, kind="stable")
    counted = np.searchsorted(smaller, larger[order], side="right")
    rank = np.searchsorted(larger[order], larger[order], side="right")
    raw = larger[order] * counted / rank
    q = np.empty(len(larger))
    q[order] = np.minimum.accumulate(raw[::-1])[::-1]
    return np.minimum(q, 1.0)


def benjamini_hochberg(p: np.ndarray) -> np.ndarray:
    """Return q-values (Benjamini, Hochberg 1995); NaN stays NaN and counts as no test."""
    q = np.full(len(p), np.nan)
    told = np.flatnonzero(~np.isnan(p))
    order = told[np.argsort(p[told], kind="stable")]
    raw = p[order] * len(order) / np.arange(1, len(order) + 1)
    q[order] = np.minimum(np.minimum.accumulate(raw[::-1])[::-1], 1.0)
    return q


def _own_growth(hub: np.ndarray, before: np.ndarray, after: np.ndarray) -> float:
    """Return the factor by which the hub's usual regularly traded code grew."""
    regular = (hub[:, before] > 0).mean(axis=1) > 0.6
    if not regular.any():
        return 1.0
    logs = np.log((hub[regular][:, after].mean(axis=1) + 1) / (hub[regular][:, before].mean(axis=1) + 1))
    return float(np.exp(np.median(logs)))


def _expected(
    hub: np.ndarray, before: np.ndarray, after: np.ndarray, growth: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return what each code would have had after by its own past and the hub's growth, and the variance of the difference."""
    n1, n0 = len(after), len(before)
    usual = hub[:, before].mean(axis=1)
    regular = (hub[:, before] > 0).mean(axis=1) > 0.6
    spread_of_growth = 0.0
    if regular.sum() > 3:
        logs = np.log((hub[regular][:, after].mean(axis=1) + 1) / (hub[regular][:, before].mean(axis=1) + 1))
        upper, lower = np.percentile(logs, [75, 25])
        spread_of_growth = float(upper - lower) / 1.349
    expected = n1 * growth * usual
    months = (n1 + n1 * n1 / n0) * hub[:, before].var(axis=1, ddof=1) * growth**2
    return expected, months + (expected * spread_of_growth) ** 2


def _mass(
    delta_hub: np.ndarray, delta_target: np.ndarray, spread: np.ndarray, q: np.ndarray, p: np.ndarray, fdr: float, level: float
) -> tuple[float, float, float]:  # fmt: skip
    """Return the diverted mass and its interval.

    Each code counts with weight 1 − q, and not with more than it lost at the target. The interval holds the scatter of
    what the hub would have had, the doubt about each code, the error of detection, and above it the mass of codes that are
    likely but not found.
    """
    capped = np.minimum(delta_hub, np.maximum(0.0, -delta_target))
    weight = np.clip(1.0 - q, 0.0, 1.0)
    mass = float((weight * capped).sum())
    variance = (weight**2 * spread + weight * (1 - weight) * capped**2).sum() + (DETECTION * mass) ** 2
    reach = float(stats.norm.ppf(0.5 + level / 2) * np.sqrt(variance))
    likely = (q > fdr) & (p < 0.5) & (capped > 0)
    return mass, max(0.0, mass - reach), mass + reach + float(((1 - weight) * capped)[likely].sum())
