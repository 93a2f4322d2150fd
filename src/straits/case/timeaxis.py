"""The time axis of a case: calendar steps of true length."""

from __future__ import annotations

import calendar
from datetime import date, timedelta
from functools import cached_property

import numpy as np

from straits.case.schema.settings import TimeAxis
from straits.errors import StraitsError

_DAY = timedelta(days=1)


def _next_edge(start: date, current: date, step: str) -> date:
    if step == "day":
        return current + _DAY
    if step == "week":
        return current + 7 * _DAY
    year, month = divmod(current.year * 12 + current.month, 12)
    return date(year, month + 1, 1)


class Steps:
    """Steps of a time axis.

    Days are steps of one day; weeks count from the start; months end on the first day of each calendar month. The last
    step ends at the end of the axis, so the last week, and the first and last month, may be shorter.

    Parameters
    ----------
    axis : TimeAxis
        `settings.time` of a case.
    whole : bool
        One step for the whole axis, whatever its step.

    Attributes
    ----------
    start, end : date
        First day, and day after the last.
    edges : ndarray of float, shape (T+1,)
        Days since `start` at which steps begin, and the end.
    days : ndarray of float, shape (T,)
        Length of each step.
    dates : tuple of date, length T
        First day of each step.
    labels : tuple of str, length T
        The same as ISO text.

    Raises
    ------
    StraitsError
        If the end is not after the start.
    """

    def __init__(self, axis: TimeAxis, *, whole: bool = False) -> None:
        if axis.end <= axis.start:
            raise StraitsError(f"time axis: end {axis.end} is not after start {axis.start}")
        marks = [axis.start]
        while marks[-1] < axis.end:
            marks.append(axis.end if whole else min(_next_edge(axis.start, marks[-1], axis.step), axis.end))
        self.start = axis.start
        self.end = axis.end
        self.step = axis.step
        self.edges: np.ndarray = np.array([(mark - axis.start).days for mark in marks], dtype=float)
        self.days: np.ndarray = np.diff(self.edges)
        self.dates: tuple[date, ...] = tuple(marks[:-1])
        self.labels: tuple[str, ...] = tuple(mark.isoformat() for mark in self.dates)
        self.edges.flags.writeable = False
        self.days.flags.writeable = False

    def __len__(self) -> int:
        return len(self.days)

    def day(self, when: date) -> float:
        """Give the days from the start of the axis to a date; negative before it."""
        return float((when - self.start).days)

    def overlap(self, start: date | None, end: date | None) -> np.ndarray:
        """Give the share of each step that lies in a period.

        Parameters
        ----------
        start : date or None
            First day; None for a period that began before the axis.
        end : date or None
            Day after the last; None for a period that outlasts the axis.

        Returns
        -------
        ndarray of float, shape (T,)
            Between 0 and 1; zero everywhere for an empty or reversed period.
        """
        first = self.edges[0] if start is None else self.day(start)
        last = self.edges[-1] if end is None else self.day(end)
        shared = np.minimum(self.edges[1:], last) - np.maximum(self.edges[:-1], first)
        return np.clip(shared, 0.0, None) / self.days

    @cached_property
    def year_days(self) -> np.ndarray:
        """Days of the calendar year that each step lies in, shape (T,).

        A step across New Year takes the harmonic mean by days, so that a yearly amount spread over each year gives the step
        the sum of both parts.
        """
        return np.array(
            [self._year_days(first, int(length)) for first, length in zip(self.dates, self.days, strict=True)]
        )

    @staticmethod
    def _year_days(first: date, length: int) -> float:
        years: dict[int, int] = {}
        for offset in range(length):
            year = (first + offset * _DAY).year
            years[year] = years.get(year, 0) + 1
        return length / sum(count / (366 if calendar.isleap(year) else 365) for year, count in years.items())
