"""Calendar steps of true length."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from straits.case.schema.settings import TimeAxis
from straits.case.timeaxis import Steps
from straits.errors import StraitsError


def steps(start: str, end: str, step: str) -> Steps:
    return Steps(TimeAxis(start=date.fromisoformat(start), end=date.fromisoformat(end), step=step))  # type: ignore[arg-type]


def test_months_are_calendar_months() -> None:
    """Proves: months begin on their first day and February 2024 has 29. Without it: every month would have 30.4 days."""
    axis = steps("2024-01-15", "2024-04-10", "month")
    assert axis.labels == ("2024-01-15", "2024-02-01", "2024-03-01", "2024-04-01")
    assert axis.days.tolist() == [17, 29, 31, 9]


def test_last_week_is_short() -> None:
    """Proves: 365 days are 52 weeks and one day. Without it: the last day of the year would be lost."""
    axis = steps("2022-01-01", "2023-01-01", "week")
    assert len(axis) == 53
    assert axis.days[-1] == 1
    assert axis.edges[-1] == 365


def test_overlap_takes_its_part_of_a_step() -> None:
    """Proves: a closure of 3 days in a week takes 3/7 of it. Without it: a short closure would take a week or nothing."""
    axis = steps("2022-01-03", "2022-01-24", "week")
    assert axis.overlap(date(2022, 1, 8), date(2022, 1, 12)) == pytest.approx([2 / 7, 2 / 7, 0])
    assert axis.overlap(None, None).tolist() == [1, 1, 1]
    assert axis.overlap(date(2021, 1, 1), date(2022, 1, 3)).tolist() == [0, 0, 0]
    assert axis.overlap(date(2022, 1, 12), date(2022, 1, 8)).tolist() == [0, 0, 0]


def test_year_days_across_new_year() -> None:
    """Proves: a yearly amount gives a week across 2023 and 2024 the sum of both parts. Without it: the leap day is lost."""
    axis = steps("2023-12-28", "2024-01-04", "week")
    assert 7 / axis.year_days[0] == pytest.approx(4 / 365 + 3 / 366)
    assert steps("2024-05-01", "2024-05-02", "day").year_days.tolist() == [366]


def test_reversed_axis_is_an_error() -> None:
    """Proves: an axis without a day is refused."""
    with pytest.raises(StraitsError, match="not after"):
        steps("2022-01-02", "2022-01-02", "day")


@given(
    st.dates(date(2019, 1, 1), date(2025, 1, 1)),
    st.integers(1, 800),
    st.sampled_from(["day", "week", "month", "year"]),
    st.integers(-50, 850),
    st.integers(0, 200),
)
def test_steps_cover_the_axis_and_overlap_counts_days(
    start: date, length: int, step: str, first: int, size: int
) -> None:
    """Proves: steps cover each day once, and overlap counts exactly the days of a period. Without it: days lost or doubled."""
    axis = Steps(TimeAxis(start=start, end=start + timedelta(length), step=step))  # type: ignore[arg-type]
    assert axis.days.sum() == length
    assert (axis.days > 0).all()
    begin = start + timedelta(first)
    share = axis.overlap(begin, begin + timedelta(size))
    inside = sum(1 for day in range(first, first + size) if 0 <= day < length)
    assert np.dot(share, axis.days) == pytest.approx(inside)
