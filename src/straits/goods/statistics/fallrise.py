"""Which codes fell to the target and rose to the hub? A test of both at once, code by code, and the mass that moved.

Both must hold (intersection–union, Berger 1982): `changes` measures each half, `discoveries` says how many of the codes found are
found by chance.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from straits.goods.statistics.changes import Change, changes
from straits.goods.statistics.discoveries import q_of_both

#: Change in logarithms that is usual; a code found must have changed by more.
USUAL_CHANGE = 0.2
#: Least rise to the hub as a part of the fall to the target: for what is found, and for what is likely but not found.
SHARE, LIKELY_SHARE = 0.08, 0.03
#: Greatest rise as a part of the fall: what is more has another cause. A little above 1, since both are measured with error.
MOST = 1.15
#: Part of a change that must also stand against the last months before the event.
LATELY = 0.5
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
    scale, chapters = np.where(size > 0, size, 1.0), np.array([good[:2] for good in goods])
    fell = changes(target, scale, chapters, before, after, tested, -1.0)
    rose = changes(hub, scale, chapters, before, after, tested, 1.0)
    p_fall, p_rise = _p_values(fell, rose, tested)
    q = np.ones(len(goods))
    q[tested] = q_of_both(p_fall[tested], p_rise[tested])
    expected, spread = _expected(hub, before, after, _own_growth(hub, before, after))
    delta_hub = hub[:, after].sum(axis=1) - expected
    delta_target = target[:, after].sum(axis=1) - len(after) * size
    found = q <= fdr
    likely = ~found & tested & _likely(fell, rose, delta_hub, delta_target)
    mass, low, high = _mass(delta_hub, delta_target, spread, np.where(found, 1.0 - q, 0.0), likely, level)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(delta_target < 0, delta_hub / -delta_target, np.nan)
    reach = float(stats.norm.ppf(0.5 + level / 2))
    table = pd.DataFrame(
        {
            "good": goods, "found": found, "tested": tested, "target_change": delta_target, "hub_change": delta_hub,
            "hub_low": delta_hub - reach * np.sqrt(spread), "hub_high": delta_hub + reach * np.sqrt(spread),
            "substitution": ratio, "p_fall": p_fall, "p_rise": p_rise, "q": q,
        }
    )  # fmt: skip
    return Moved(table, mass, low, high, float(-delta_target[found].sum()))


def _p_values(fell: Change, rose: Change, tested: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return p of no fall and of no rise beyond what is usual; 1 where a change is older, or rise and fall do not match."""
    p_fall = np.where(tested & fell.held_lately(LATELY), fell.p(USUAL_CHANGE), 1.0)
    lost = -fell.amount
    matching = (lost > 0) & (rose.amount > SHARE * lost) & (rose.amount <= MOST * lost)
    return p_fall, np.where(tested & rose.held_lately(LATELY) & matching, rose.p(USUAL_CHANGE), 1.0)


def _likely(fell: Change, rose: Change, delta_hub: np.ndarray, delta_target: np.ndarray) -> np.ndarray:
    """Say which codes more likely than not did both, however little."""
    either = np.maximum(fell.p(0.0), rose.p(0.0)) < 0.5
    likely: np.ndarray = either & (delta_target < 0) & (delta_hub > LIKELY_SHARE * -delta_target)
    return likely


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
    delta_hub: np.ndarray, delta_target: np.ndarray, spread: np.ndarray, weight: np.ndarray, likely: np.ndarray, level: float
) -> tuple[float, float, float]:  # fmt: skip
    """Return the diverted mass and its interval.

    Each code found counts with weight 1 − q, and not with more than it lost at the target. The interval holds the scatter of
    what the hub would have had, the doubt about each code, the error of detection, and above it the mass of codes that are
    likely but not found.
    """
    capped = np.minimum(delta_hub, np.maximum(0.0, -delta_target))
    mass = float((weight * capped).sum())
    variance = (weight**2 * spread + weight * (1 - weight) * capped**2).sum() + (DETECTION * mass) ** 2
    reach = float(stats.norm.ppf(0.5 + level / 2) * np.sqrt(variance))
    more = likely & (capped > 0)
    return mass, max(0.0, mass - reach), mass + reach + float(capped[more].sum())
