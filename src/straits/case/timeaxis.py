"""The time axis of a case: calendar steps of true length, shorter ones where it is refined. Which row of a profile holds when."""

from __future__ import annotations

import calendar
import math
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

import numpy as np

from straits.case.schema.settings import Refine, TimeAxis
from straits.errors import ModelError, StraitsError

if TYPE_CHECKING:
    from straits.case.schema.profiles import Profile

_DAY = timedelta(days=1)

#: A disruption shorter than so many of its steps is blurred by them.
FEWEST = 3
#: Length of the shortest step by that of the longest from which on they count as alike: months, and years.
_ALIKE = 0.9
#: Days before and after a short disruption that are refined too: what is shipped ahead, and what is made up for after it.
MARGIN = timedelta(days=14)
#: Days of a step on average, by its name.
LENGTHS = {"day": 1.0, "week": 7.0, "month": 365 / 12, "year": 365.0}
#: Days of the longest week and month.
_WEEK, _MONTH = 7, 31


def _next_edge(current: date, step: str) -> date:
    if step == "day":
        return current + _DAY
    if step == "week":
        return current + 7 * _DAY
    if step == "year":
        return date(current.year + 1, 1, 1)
    year, month = divmod(current.year * 12 + current.month, 12)
    return date(year, month + 1, 1)


def _edges(start: date, end: date, step: str) -> Iterator[date]:
    """Yield the first day of each step, and the end."""
    while start < end:
        yield start
        start = _next_edge(start, step)
    yield end


class Steps:
    """Steps of a time axis.

    Days are steps of one day; weeks count from the start; months end on the first day of each calendar month, years on
    each 1 January. The last step ends at the end of the axis, so the last week, and the first and last month or year, may be
    shorter. Where the axis is refined,
    these *calendar* steps are cut into shorter ones; no edge is taken away, so that a finer axis says more about each of them.

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
    calendar_edges : ndarray of float, shape (C+1,)
        Edges without any refinement.
    calendar : ndarray of int, shape (T,)
        Calendar step in which each step lies.

    Raises
    ------
    StraitsError
        If the end is not after the start.
    """

    def __init__(self, axis: TimeAxis, *, whole: bool = False) -> None:
        if axis.end <= axis.start:
            raise StraitsError(f"time axis: end {axis.end} is not after start {axis.start}")
        rough = [axis.start, axis.end] if whole else list(_edges(axis.start, axis.end, axis.step))
        marks = set(rough)
        for part in () if whole else axis.refine:
            fine = _edges(part.start, part.end, part.step)
            marks |= {mark for mark in fine if axis.start < mark < axis.end}
        ordered = sorted(marks)
        self.start = axis.start
        self.end = axis.end
        self.step = axis.step
        self.edges: np.ndarray = np.array([(mark - axis.start).days for mark in ordered], dtype=float)
        self.days: np.ndarray = np.diff(self.edges)
        self.dates: tuple[date, ...] = tuple(ordered[:-1])
        self.labels: tuple[str, ...] = tuple(mark.isoformat() for mark in self.dates)
        self.calendar_edges: np.ndarray = np.array([(mark - axis.start).days for mark in rough], dtype=float)
        self.calendar: np.ndarray = np.searchsorted(self.calendar_edges, self.edges[:-1], side="right") - 1
        for array in (self.edges, self.days, self.calendar_edges, self.calendar):
            array.flags.writeable = False

    def __len__(self) -> int:
        return len(self.days)

    @property
    def part_of_calendar(self) -> np.ndarray:
        """Share of its calendar step that each step is, shape (T,)."""
        return self.days / np.diff(self.calendar_edges)[self.calendar]

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

    def longest(self, start: date, end: date) -> float:
        """Give the length of the longest step that a period touches, days; 0 where it touches none."""
        return float(np.max(self.days * (self.overlap(start, end) > 0), initial=0.0))

    def filled(self, start: date, end: date) -> float:
        """Give how many steps a period within the axis fills; infinite where they are days.

        Those of different lengths count as the longest of them: an end that lies in a long step is blurred by it.
        """
        longest = self.longest(start, end)
        if longest <= 1:
            return math.inf
        shares = self.overlap(start, end)
        if self.days[shares > 0].min() > _ALIKE * longest:
            return float(shares.sum())
        return (end - start).days / longest

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


#: Steps are never changed, and the checks ask hundreds of times for those of one axis.
_steps = lru_cache(maxsize=16)(Steps)


def too_short(axis: TimeAxis, start: date, end: date) -> float:
    """Give how many of its steps a time within the axis fills, if that is less than `FEWEST` and steps are longer than a day.

    Parameters
    ----------
    axis : TimeAxis
    start, end : date
        First day, and day after the last; what lies outside the axis does not count.

    Returns
    -------
    float
        Days of the time by the longest step that it touches, or its share of each if these are alike, as months are; 0 for a
        time that is long enough, or lies outside.
    """
    start, end = max(start, axis.start), min(end, axis.end)
    if start >= end:
        return 0.0
    filled = _steps(axis).filled(start, end)
    return filled if filled < FEWEST else 0.0


def so_short(start: date, end: date, filled: float) -> str:
    """Say how short a time is for its steps, in words that follow what it is."""
    return f"from {start} to {end} it fills {filled:.2g} of its steps, less than {FEWEST}"


def finer_round(axis: TimeAxis, times: Iterable[tuple[date, date]]) -> tuple[Refine, ...]:
    """Give the refinements that the axis lacks for some times to have `FEWEST` steps, or steps of a day.

    Parameters
    ----------
    axis : TimeAxis
    times : iterable of (date, date)
        First day, and day after the last, of each.

    Returns
    -------
    tuple of Refine
        Round each time that is too short, with `MARGIN` before and after it, in whole calendar steps; none where all are long
        enough. Years are cut into months, and only the months round it into weeks or days.
    """
    found: dict[Refine, None] = {}
    for start, end in times:
        own = axis
        while too_short(own, start, end):
            part = _finer(own, max(start, axis.start), min(end, axis.end))
            found[part] = None
            own = own.model_copy(
                update={"refine": (*own.refine, part), "step": "month" if part.step == "month" else own.step}
            )
    return tuple(found)


def _finer(axis: TimeAxis, start: date, end: date) -> Refine:
    """Give the next refinement round a time within the axis."""
    steps = Steps(axis)
    days, longest = (end - start).days, steps.longest(start, end)
    finer = "week" if days >= FEWEST * _WEEK and longest > _WEEK else "day"
    finer = "month" if longest > _MONTH else finer
    edges = steps.calendar_edges
    first = edges[max(int(np.searchsorted(edges, steps.day(start - MARGIN), side="right")) - 1, 0)]
    last = edges[min(int(np.searchsorted(edges, steps.day(end + MARGIN))), len(edges) - 1)]
    return Refine.of(axis.start + int(first) * _DAY, axis.start + int(last) * _DAY, finer)


#: Months or days of a stretch of a profile, by the name of its step.
_IN_MONTHS = {"month": 1, "quarter": 3, "year": 12}
_IN_DAYS = {"day": 1, "week": 7}


def end_of(row: Profile, start: date | None = None) -> date:
    """Give the day after the last of a stretch that begins on its `start`, or on another day.

    A month from the 31st ends on the last day of the next month, if that is shorter.
    """
    start = start or row.start
    if row.end is not None:
        return date(start.year + row.end.year - row.start.year, row.end.month, row.end.day)
    if row.step in _IN_DAYS:
        return start + _IN_DAYS[row.step] * _DAY
    year, month = divmod(start.year * 12 + start.month - 1 + _IN_MONTHS[row.step or "month"], 12)
    return date(year, month + 1, min(start.day, calendar.monthrange(year, month + 1)[1]))


def times_of(row: Profile, start: date, end: date) -> Iterator[tuple[date, date]]:
    """Yield first day and day after the last of each time, from one day to before another, in which a row holds."""
    years = range(start.year - 1, end.year + 1) if row.every else [row.start.year]
    for year in years:
        first = date(year, row.start.month, row.start.day)
        last = end_of(row, first)
        if max(first, start) < min(last, end):
            yield max(first, start), min(last, end)


def by_day(
    rows: Sequence[Profile], start: date, end: date, *, around: bool = False
) -> tuple[np.ndarray, np.ndarray]:
    """Tell which row of a profile holds on each day.

    Parameters
    ----------
    rows : sequence of Profile
        Rows of one profile.
    start, end : date
        First day, and day after the last.
    around : bool
        Whether a day on which no row holds takes the one of the same day of the nearest other year.

    Returns
    -------
    holds : ndarray of int, shape (days,)
        Number of the row, the last of several; -1 for none.
    count : ndarray of int, shape (days,)
        How many rows hold.
    """
    days = max((end - start).days, 0)
    holds, count = np.full(days, -1), np.zeros(days, dtype=int)
    for number, row in enumerate(rows):
        for first, last in times_of(row, start, end):
            span = slice((first - start).days, (last - start).days)
            holds[span] = number
            count[span] += 1
    for years in _NEAREST if around else ():
        if (holds >= 0).all():
            break
        moved = [same_day(start + day * _DAY, years) for day in range(days)]
        there, _ = by_day(rows, min(moved), max(moved) + _DAY)
        then = there[[(day - min(moved)).days for day in moved]]
        holds = np.where(holds < 0, then, holds)
    return holds, count


def growth_by_day(row: Profile, start: date, end: date) -> np.ndarray:
    """Give what a row of a profile has grown to on each day, as a multiple of its value, shape (days,).

    Parameters
    ----------
    row : Profile
    start, end : date
        First day, and day after the last.
    """
    days = max((end - start).days, 0)
    if row.growth == 0 or row.every is None:
        return np.ones(days)
    dates = (start + day * _DAY for day in range(days))
    # A stretch over New Year belongs to the year in which it begins.
    since = [
        day.year - row.start.year - ((day.month, day.day) < (row.start.month, row.start.day)) for day in dates
    ]
    return np.asarray((1.0 + row.growth) ** np.array(since, dtype=float))


#: Years in which the same day is looked for, the nearest first.
_NEAREST = (1, -1, 2, -2, 3, -3, 4, -4, 5, -5)


def day_of(value: str | date | None, name: str, error: type[StraitsError] = ModelError) -> date | None:
    """Give the day that an argument names.

    Parameters
    ----------
    value : str, date, datetime or None
        A text is one such as 2022-07-01. None stays None.
    name : str
        Of the argument, for the error.
    error : type
        What is raised.

    Raises
    ------
    StraitsError
        If it is no day.
    """
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            value = repr(value)
    elif isinstance(value, datetime):
        return value.date()
    elif value is None or isinstance(value, date):
        return value
    raise error(f"{name}: expected a date, or a text such as 2022-07-01, found {value}")


def same_day(day: date, years: int) -> date:
    """Give the same day of another year; 28 February for the 29th."""
    return day.replace(year=day.year + years, day=28 if (day.month, day.day) == (2, 29) else day.day)


def later(day: date, years: float) -> date:
    """Give the day some years later: whole years of the calendar, then days of a year of 365; at most the last day of all."""
    if years >= date.max.year - day.year:
        return date.max
    year = day.year + int(years)
    begun = date(year, day.month, min(day.day, calendar.monthrange(year, day.month)[1]))
    return begun + timedelta(days=round((years - int(years)) * 365))
