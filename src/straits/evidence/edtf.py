"""Dates as the Extended Date/Time Format of the Library of Congress writes them: the part of levels 0 and 1 that news needs.

Read: year, month, day (`2022`, `2022-07`, `2022-07-06`), seasons (`2022-21` spring … `2022-24` winter), unspecified digits
from the right (`202X`, `2022-XX`, `2022-07-XX`), the qualifiers `?`, `~` and `%` at the end, intervals (`2022-07-06/2022-07-11`),
open (`2022/..`, `../2026`) and unknown (`2022/`, `/2026`) ends. Times of day, years of five digits and level 2 are refused.
"""

from __future__ import annotations

import calendar
import functools
import re
from datetime import date, timedelta

from straits.errors import StraitsError

_PART = re.compile(r"(?P<y>\d{4}|\d{3}X|\d{2}XX)(?:-(?P<m>\d{2}|XX)(?:-(?P<d>\d{2}|XX))?)?(?P<q>[?~%])?")
_SEASON_MONTH = {21: 3, 22: 6, 23: 9, 24: 12}


class EdtfError(StraitsError, ValueError):
    """A text is not a date of the format."""


def _bounds_of_part(text: str) -> tuple[date, date]:
    match = _PART.fullmatch(text)
    if not match:
        raise EdtfError(
            f"{text!r} is not an EDTF date; write 2022, 2022-07, 2022-07-06, 2022-22 (summer) or 2022-07-XX"
        )
    year, month, day = match["y"], match["m"], match["d"]
    if "X" in year:
        if month:
            raise EdtfError(f"{text!r}: only digits from the right may be unspecified")
        return _year(int(year.replace("X", "0")), text), _year(int(year.replace("X", "9")), text, last=True)
    y = int(year)
    if month is None or month == "XX":
        if day not in (None, "XX"):
            raise EdtfError(f"{text!r}: only digits from the right may be unspecified")
        return _year(y, text), _year(y, text, last=True)
    m = int(month)
    if m in _SEASON_MONTH:
        if day:
            raise EdtfError(f"{text!r}: a season has no day")
        first = _SEASON_MONTH[m]
        last_year, last_month = (y, first + 2) if first < 12 else (y + 1, 2)
        return _day(y, first, 1, text), _day(
            last_year, last_month, calendar.monthrange(last_year, last_month)[1], text
        )
    if not 1 <= m <= 12:
        raise EdtfError(f"{text!r} has month {month}")
    if day is None or day == "XX":
        return _day(y, m, 1, text), _day(y, m, calendar.monthrange(y, m)[1], text)
    single = _day(y, m, int(day), text)
    return single, single


def _year(year: int, text: str, last: bool = False) -> date:
    return _day(year, 12 if last else 1, 31 if last else 1, text)


def _day(year: int, month: int, day: int, text: str) -> date:
    try:
        return date(year, month, day)
    except ValueError as error:
        raise EdtfError(f"{text!r}: {error}") from None


@functools.lru_cache(maxsize=4096)
def bounds(value: str) -> tuple[date | None, date | None]:
    """Give the first and the last day that `value` can mean; None for an open or unknown end.

    Raises
    ------
    EdtfError
        If `value` is not a date of the format, or an interval runs backwards.
    """
    if "/" not in value:
        return _bounds_of_part(value)
    parts = value.split("/")
    if len(parts) != 2 or all(p in ("", "..") for p in parts):
        raise EdtfError(
            f"{value!r} is not an interval of two dates, such as 2022-02-01/2022-03-15; a day is written as 2022-02-01"
        )
    first = None if parts[0] in ("", "..") else _bounds_of_part(parts[0])[0]
    last = None if parts[1] in ("", "..") else _bounds_of_part(parts[1])[1]
    if first and last and last < first:
        raise EdtfError(f"{value!r} runs backwards")
    return first, last


def precision(value: str) -> str:
    """Give `day`, `month`, `season`, `year` or `interval`."""
    bounds(value)
    if "/" in value:
        return "interval"
    bare = value.rstrip("?~%")
    if "X" in bare:
        return "month" if re.fullmatch(r"\d{4}-\d{2}-XX", bare) else "year"
    if len(bare) == 7:
        return "season" if int(bare[5:]) > 12 else "month"
    return "year" if len(bare) == 4 else "day"


def overlaps(a: str, b: str) -> bool:
    """Tell whether two dates can mean a common day."""
    (a0, a1), (b0, b1) = bounds(a), bounds(b)
    return not ((a1 and b0 and a1 < b0) or (b1 and a0 and b1 < a0))


_DURATION = re.compile(r"P(?:(?P<y>\d+)Y)?(?:(?P<m>\d+)M)?(?:(?P<w>\d+)W)?(?:(?P<d>\d+)D)?(?:T(?P<h>\d+)H)?")


def duration_end(start: date, duration: str) -> date:
    """Give the day after the last of a time of `duration` (ISO 8601: `P30D`, `P2W`, `P3M`, `P1Y`) that begins on `start`.

    Months and years are calendar months and years. Hours count as part of a day, rounded up.
    """
    match = _DURATION.fullmatch(duration)
    if not match or not any(match.groups()):
        raise EdtfError(f"{duration!r} is not a duration; write P30D, P2W, P3M or P1Y")
    part = {k: int(v or 0) for k, v in match.groupdict().items()}
    months = start.year * 12 + start.month - 1 + part["y"] * 12 + part["m"]
    year, month = divmod(months, 12)
    moved = date(year, month + 1, min(start.day, calendar.monthrange(year, month + 1)[1]))
    return moved + timedelta(days=part["w"] * 7 + part["d"] + -(-part["h"] // 24))
