"""When something is withheld: steps that begin and end with it, or the whole steps nearest to it."""

from __future__ import annotations

import datetime as dt
import math
from numbers import Real
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from straits.case.schema.settings import Refine
from straits.case.timeaxis import Steps, day_of
from straits.engine.steps import Fitted, fitted
from straits.power.games.game import GameError

if TYPE_CHECKING:
    from straits.case.case import Case
    from straits.case.schema.settings import Scenario


def fitted_to(
    case: Case, scenario: Scenario | None, start: str | dt.date | None, days: float | None, *, refine: bool
) -> Fitted:
    """Give the case with steps that begin and end with a time, and are no longer than a third of it.

    Parameters
    ----------
    case : Case
    scenario : Scenario or None
    start : str, date or None
        First day; None: that of the case.
    days : float or None
        How long; None: to the end of the case.
    refine : bool
        False leaves the steps of the case.

    Raises
    ------
    GameError
        A start outside the case, or a length that is no number above 0.
    """
    axis = case.settings.time
    start = day_of(start, "start", GameError)
    if days is not None and not (isinstance(days, Real) and days > 0):
        raise GameError(f"days: expected a number above 0, found {days!r}")
    if start is not None and not axis.start <= start < axis.end:
        raise GameError(
            f"start: {start} lies outside the time of case {case.settings.id}, {axis.start} to {axis.end}"
        )
    begin = start or axis.start
    left = (axis.end - begin).days
    end = begin + dt.timedelta(days=left if days is None else min(math.ceil(days), left))
    found = fitted(case, [scenario], [(begin, end)], refine=refine)
    if refine and not {begin, end} <= {*Steps(found.case.settings.time).dates, axis.end}:
        exact = Refine.of(begin, end, "week")
        return Fitted(case, found.case.with_steps([exact]), (*found.refine, exact), found.told)
    return found


def steps_of(
    axis: Steps, start: str | dt.date | None, days: float | None, name: str
) -> tuple[NDArray[np.bool_], str]:
    """Give the steps that have their middle within a time, and words for how far they are another time than was asked for.

    Parameters
    ----------
    axis : Steps
    start, days
        As in `fitted_to`.
    name : str
        Of the case, for messages.

    Returns
    -------
    steps : ndarray of bool, shape (T,)
    moved : str
        Empty where they are the time asked for.

    Raises
    ------
    GameError
        No step has its middle in it.
    """
    edges = axis.edges
    start = day_of(start, "start", GameError)
    begin = 0.0 if start is None else float(axis.day(start))
    end = float(edges[-1]) if days is None else begin + days
    middle = (edges[:-1] + edges[1:]) / 2
    chosen = (middle >= begin) & (middle < end)
    first_day = axis.start + dt.timedelta(days=begin)
    if not chosen.any():
        raise GameError(
            f"leverage: no step of case {name} has its middle within {end - begin:g} days from {first_day}; steps are "
            f"{edges[1] - edges[0]:g} days long"
        )
    first, last = np.flatnonzero(chosen)[[0, -1]]
    asked = (begin, min(end, float(edges[-1])))
    if (edges[first], edges[last + 1]) == asked:
        return chosen, ""
    taken = [axis.start + dt.timedelta(days=float(e)) for e in (edges[first], edges[last + 1])]
    return chosen, (
        f"Asked for were {asked[1] - asked[0]:g} days from {first_day}; whole steps were taken, from {taken[0]} to {taken[1]} "
        "(the day after the last)."
    )
