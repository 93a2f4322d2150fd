"""How many of the codes found are found by chance? q-values of one test for each code, and of two that must both hold."""

from __future__ import annotations

import numpy as np

#: So many codes' worth of the nominal level stand beside what is counted among codes that did not fall.
NOMINAL = 20
#: Level beyond which nothing is found: where most codes are, none is left alone to count by.
HIGHEST = 0.5


def benjamini_hochberg(p: np.ndarray) -> np.ndarray:
    """Return q-values (Benjamini, Hochberg 1995); NaN stays NaN and counts as no test."""
    q = np.full(len(p), np.nan)
    told = np.flatnonzero(~np.isnan(p))
    order = told[np.argsort(p[told], kind="stable")]
    raw = p[order] * len(order) / np.arange(1, len(order) + 1)
    q[order] = np.minimum(np.minimum.accumulate(raw[::-1])[::-1], 1.0)
    return q


def q_of_both(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Return q-values of "both hold", from how many codes hold the first alone and the second alone.

    A code is found at γ if p1 + p2 ≤ γ. Both p are then γ or less, so that this is an intersection–union test (Berger 1982),
    and of two codes with one equal half the one whose other half is surer stands first. If the halves had nothing to do with
    each other, then of `a` codes with the first half alone (p1 ≤ γ), `b` with the second alone and `c` with neither, `a·b/c` more
    would have both by chance. This over the number found is q, least over all γ from the code's own on, as Benjamini and
    Hochberg (1995) do; a few codes' worth of the nominal level are added to b and c, which may be small.

    Parameters
    ----------
    first, second : ndarray of float, shape (codes,)
        p-values of the two halves, of codes whose halves can belong together.
    """
    both = np.minimum(first + second, 1.0)
    order = np.argsort(both, kind="stable")
    level = both[order]
    found = np.searchsorted(level, level, side="right")
    one = np.searchsorted(np.sort(first), level, side="right") - found
    other = np.searchsorted(np.sort(second), level, side="right") - found
    neither = np.maximum(len(level) - found - one - other, 0)
    chance = one * (other + level * NOMINAL) / (neither + (1 - level) * NOMINAL + 1e-12)
    raw = np.where(level <= HIGHEST, chance / found, 1.0)
    q = np.empty(len(level))
    q[order] = np.minimum.accumulate(np.minimum(raw, 1.0)[::-1])[::-1]
    return q
