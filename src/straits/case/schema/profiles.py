"""The table that says how a number changes over time: seasons, ramps of demand, prices month by month."""

from __future__ import annotations

from datetime import date
from typing import Literal

from straits.case.schema.records import Sourced


class Profile(Sourced):
    """A stretch of time of one profile, and what holds in it. Rows of the tables of the network name a profile; several may name
    the same. The stretches of a profile cover the whole time of the case, without a gap and without meeting twice."""

    id: str
    profile: str
    """Profile that the stretch belongs to: the name that a column `..._profile` of another table holds."""
    start: date
    """First day."""
    end: date | None = None
    """Day after the last. Blank: `step` says how long it is."""
    step: Literal["day", "week", "month", "quarter", "year"] | None = None
    """How long the stretch is, where `end` is blank. Months, quarters and years are of the calendar, from `start` on."""
    value: float
    """Without a unit, a factor by which the number in the cell is multiplied; it may be above 1. With a unit, the number itself:
    the cell is then not read. Steps of the time axis take the mean over their days."""
    value_unit: str | None = None
    """Unit of `value`, such as that of the cell. Blank for factors. All rows of a profile have one, or none."""
    growth: float = 0.0
    """With `every: year`: what `value` grows by from year to year, as a share, counted from the year of `start`: 0.02 makes 1.02
    times as much in the next year and 1.02² in the one after. Below 0 it falls. Default 0."""
    every: Literal["year"] | None = None
    """year: it holds on the same days of every year. A stretch may then reach over New Year, and is no longer than a year."""
