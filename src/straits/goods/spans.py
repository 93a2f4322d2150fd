"""Spans of time as months: 2022, 2022-H1, 2022-Q3, 2022-03, 2021-05/2021-11."""

from __future__ import annotations

import re

from straits.errors import StraitsError

_PART = re.compile(r"(\d{4})(?:-(?:(\d{2})|H([12])|Q([1-4])))?")


def months_of(text: str) -> list[str]:
    """Return the months of a span, in order.

    Raises
    ------
    StraitsError
        A text that names no span, or one that ends before it begins.
    """
    first, mark, last = str(text).strip().partition("/")
    begins = _part(first, text)
    if not mark:
        return begins
    ends = _part(last, text)
    found = between(begins[0], ends[-1])
    if not found:
        raise StraitsError(f"span {text}: it ends before it begins")
    return found


def _part(text: str, whole: str) -> list[str]:
    match = _PART.fullmatch(text.strip())
    if match is None or (match[2] and not 1 <= int(match[2]) <= 12):
        raise StraitsError(
            f"span {whole!r}: accepted are 2022, 2022-H1, 2022-Q3, 2022-03 and 2021-05/2021-11"
        )
    year = match[1]
    if match[2]:
        return [f"{year}-{match[2]}"]
    if match[3]:
        start = 6 * (int(match[3]) - 1) + 1
        return [f"{year}-{month:02d}" for month in range(start, start + 6)]
    if match[4]:
        start = 3 * (int(match[4]) - 1) + 1
        return [f"{year}-{month:02d}" for month in range(start, start + 3)]
    return [f"{year}-{month:02d}" for month in range(1, 13)]


def between(first: str, last: str) -> list[str]:
    """Return the months from one to another, both of them included."""
    start, end = number_of(first), number_of(last)
    return [month_at(place) for place in range(start, end + 1)]


def number_of(month: str) -> int:
    """Return the number of a month, counted from year 0."""
    return int(month[:4]) * 12 + int(month[5:7]) - 1


def month_at(number: int) -> str:
    """Return the month of a number of `number_of`."""
    return f"{number // 12:04d}-{number % 12 + 1:02d}"


def shifted(months: list[str], by: int) -> list[str]:
    """Return months so many later (or earlier, below 0)."""
    return [month_at(number_of(month) + by) for month in months]


def whole_years(months: list[str]) -> list[str] | None:
    """Return the years if the months are whole ones, else None."""
    years = sorted({month[:4] for month in months})
    return years if len(months) == 12 * len(years) else None


def told(months: list[str]) -> str:
    """Return a short text for months in order: a year, a month or first/last."""
    if not months:
        return ""
    years = whole_years(months)
    if years and len(years) == 1:
        return years[0]
    return months[0] if len(months) == 1 else f"{months[0]}/{months[-1]}"
