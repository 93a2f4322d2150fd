"""How did each code of a corridor change after an event, against what its own past and its chapter let expect?

Logarithms of months, less what the usual code of the chapter did in each month. What a code should have had after is predicted
from its past: how much each quarter of the past tells is learnt over all codes, by a regression that outliers do not bend
(Huber 1964). Variances are moderated over codes (Smyth 2004), since a dozen months say little about one. Months of a code
follow each other, so a t value spreads wider than tables of t say: the scale is taken from the middle half of all codes
(empirical null, Efron 2004).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special, stats

#: Part of the target's usual month that is added before taking logarithms, so that small trade weighs little.
OFFSET = 0.05
#: Codes of a chapter from which on it has month effects of its own.
CHAPTER = 15
#: Codes from which on the weights of the past are learnt, and the spread of t values is measured.
LEARNT = 40
#: Pieces into which the past is cut.
PIECES = 4
#: Change of a chapter against the usual code of the corridor, in logarithms, that is taken for season and noise.
USUAL = 0.2
LATE_MONTHS = 6


@dataclass(frozen=True)
class Change:
    """Changes of one corridor, each array of shape (goods,).

    Attributes
    ----------
    moved : ndarray of float
        Change in logarithms against what was expected; against the usual code of the chapter and the corridor.
    error : ndarray of float
        Its standard error.
    freedom : float
        Degrees of freedom.
    late : ndarray of float
        Change against the last months before the event alone.
    own : ndarray of float
        Change against the usual code, before what the whole chapter did is added back.
    amount : ndarray of float
        Change of a usual month, in months of the target's usual trade.
    sign : float
        −1 for a corridor that should fall, 1 for one that should rise.
    """

    moved: np.ndarray
    error: np.ndarray
    freedom: float
    late: np.ndarray
    own: np.ndarray
    amount: np.ndarray
    sign: float

    def p(self, least: float) -> np.ndarray:
        """Return p of no change beyond `least` (in logarithms) in the direction asked about."""
        with np.errstate(divide="ignore", invalid="ignore"):
            one = stats.t.sf((self.sign * self.moved - least) / self.error, self.freedom)
        found: np.ndarray = np.where(np.isfinite(one), one, 1.0)
        return found

    def held_lately(self, part: float) -> np.ndarray:
        """Say whether so large a part of the change also stands against the last months: what came earlier has another cause."""
        held: np.ndarray = self.sign * self.late >= part * self.sign * self.own
        return held


def changes(
    values: np.ndarray,
    scale: np.ndarray,
    chapters: np.ndarray,
    before: np.ndarray,
    after: np.ndarray,
    tested: np.ndarray,
    sign: float,
) -> Change:
    """Measure the change of every code.

    Parameters
    ----------
    values : ndarray of float, shape (goods, months)
    scale : ndarray of float, shape (goods,)
        The target's usual month, above 0.
    chapters : ndarray of str, shape (goods,)
    before, after : ndarray of int
        Places of the months.
    tested : ndarray of bool, shape (goods,)
        Codes that say what is usual.
    sign : float
        Direction asked about: −1 a fall, 1 a rise.
    """
    raw = np.log(values / scale[:, None] + OFFSET)
    net = _net_of_months(raw, chapters, tested)
    level, spread, freedom = net[:, after].mean(axis=1), *_moderated(net, before, after, tested)
    own = _centred(level - _expected(net, level, before, tested), tested)
    late = _centred(level - net[:, before[-LATE_MONTHS:]].mean(axis=1), tested)
    error = np.sqrt(spread * (1 / len(after) + 1 / len(before)))
    error = error * _inflation(own, error, tested & (net[:, before].std(axis=1) > 1e-3))
    moved = own + _shared(raw, net, before, after, tested, sign)
    now = raw[:, after].mean(axis=1)
    return Change(moved, error, freedom, late, own, np.exp(now) - np.exp(now - moved), sign)


def _centred(change: np.ndarray, tested: np.ndarray) -> np.ndarray:
    return change - np.median(change[tested]) if tested.any() else change


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


def _expected(net: np.ndarray, level: np.ndarray, before: np.ndarray, tested: np.ndarray) -> np.ndarray:
    """Return the level after that a code's past lets expect: its mean, or a mean whose weights are learnt over all codes."""
    if tested.sum() < LEARNT or len(before) < 2 * PIECES:
        plain: np.ndarray = net[:, before].mean(axis=1)
        return plain
    pieces = [net[:, months].mean(axis=1) for months in np.array_split(before, PIECES)]
    columns = np.column_stack([np.ones(len(net)), *pieces])
    known = tested & (net.std(axis=1) > 1e-3)
    if known.sum() < LEARNT:
        known = tested
    learnt: np.ndarray = columns @ _huber(columns[known], level[known])
    return learnt


def _huber(columns: np.ndarray, outcome: np.ndarray, steps: int = 30) -> np.ndarray:
    """Fit a regression in which residuals beyond 1.3 spreads count by their size, not its square (Huber 1964)."""
    weight = np.ones(len(outcome))
    beta = np.zeros(columns.shape[1])
    for _ in range(steps):
        root = np.sqrt(weight)
        beta = np.linalg.lstsq(columns * root[:, None], outcome * root, rcond=None)[0]
        left = outcome - columns @ beta
        left = np.abs(left - np.median(left)) / (1.3 * max(_spread(left), 1e-9))
        weight = 1 / np.maximum(1.0, left)
    return beta


def _spread(values: np.ndarray) -> float:
    """Return the standard deviation of a normal distribution with the same middle half."""
    upper, lower = np.percentile(values, [75, 25])
    return float(upper - lower) / 1.349


def _inflation(change: np.ndarray, error: np.ndarray, known: np.ndarray) -> float:
    """Return by what factor t values spread wider than they should, 1 or more (Efron 2004)."""
    known = known & (error > 0)
    return max(1.0, _spread(change[known] / error[known])) if known.sum() >= LEARNT else 1.0


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


def _moderated(
    logs: np.ndarray, before: np.ndarray, after: np.ndarray, tested: np.ndarray
) -> tuple[np.ndarray, float]:
    """Return the variance of a month of each code, drawn towards that of the others, and its degrees of freedom."""
    freedom = len(after) + len(before) - 2
    spread = (logs[:, after].var(axis=1) * len(after) + logs[:, before].var(axis=1) * len(before)) / freedom
    prior, prior_freedom = _prior(spread[tested & (spread > 0)], freedom)
    if np.isinf(prior_freedom):
        return np.full_like(spread, prior), prior_freedom
    return (prior_freedom * prior + freedom * spread) / (prior_freedom + freedom), freedom + prior_freedom


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
