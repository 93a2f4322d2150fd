"""When a loss sets in, and when it ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from straits.model import Solution

#: A step at or above this share of the reference counts as recovered.
WHOLE = 0.99

#: Days of trade by which a scenario must be behind its reference for a loss to have set in. Below it, optima that differ only in
#: the day on which a full tank is emptied would count as losses.
NOTICEABLE = 0.25


def times(
    solution: Solution, reference: Solution, usual: np.ndarray, found: np.ndarray
) -> tuple[float, float]:
    """Give the time to survive and the time to recover, in days from the first day of a disruption.

    Parameters
    ----------
    solution, reference : Solution
    usual, found : ndarray, shape (steps,)
        What is asked about in the reference and in the scenario, as exports or what a state uses.

    Returns
    -------
    survive : float
        To the start of the first step at whose end `found` is behind `usual` by a quarter of a day; nan if that never happens.
    recover : float
        To the end of the last step in which it falls further behind, by more than 1 % of the step; inf if that is the last step
        of the axis; nan with the other. Both to the length of a step.
    """
    steps = solution.network.steps
    usual_effects = set(reference.model.effects)
    own = [e for e in solution.model.effects if e not in usual_effects]
    starts = [steps.day(e.start) for e in own if e.factor < 1 and steps.day(e.end) > 0]
    if not starts:
        return np.nan, np.nan
    begin = max(min(starts), 0.0)
    # Exports are below zero where what processes abroad make of them comes home: what is behind is measured by their size.
    size = np.abs(usual)
    per_day = size.sum() / steps.days.sum()
    behind = np.cumsum(np.where(steps.edges[1:] > begin, usual - found, 0.0))
    late = behind > NOTICEABLE * per_day
    if not late.any():
        return np.nan, np.nan
    falls = np.diff(behind, prepend=0.0)
    growing = falls > (1 - WHOLE) * size
    if not growing.any():
        # A loss that lasts and is small in each step: there is no whole step to call the last bad one by.
        growing = falls > falls.max() / 2
    first, last = int(np.flatnonzero(late)[0]), int(np.flatnonzero(growing)[-1])
    recovery = np.inf if last == len(steps.days) - 1 else float(steps.edges[last + 1] - begin)
    return max(float(steps.edges[first] - begin), 0.0), recovery
