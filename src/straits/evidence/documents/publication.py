"""When a document says that it was published: its mark-up, or the line of dates that belongs to its title.

A page shows other dates too: the clock in its head, the day of the last change, the dates of other stories. Only what says
"published", or stands with the title, is suggested; a day that no calendar has, and the zero of a computer's clock, never is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date

from straits.evidence.documents.markup import Stamp
from straits.evidence.documents.reading import Reading
from straits.evidence.documents.regions import Region
from straits.evidence.finding.dates import WEEKDAY_WORD, find_dates, kinds_of_dates

_ISO = re.compile(r"\s*(\d{4})-?(\d\d)-?(\d\d)(?=\D|$)")
_CLOCK = re.compile(r"\d:\d\d:\d\d")
#: What a system writes that knows no date.
_FILLERS = frozenset((date(1970, 1, 1), date(1969, 12, 31), date(1900, 1, 1)))
#: Lines that may stand between a date and the title below it.
_BETWEEN = frozenset(("caption", "byline", "date_meta", "duplicate", "title"))


def day_of(text: str) -> str | None:
    """Give the day that a text of the mark-up states (ISO 8601 in the local time that is written, or in words); None if there
    is no such day."""
    match = _ISO.match(text)
    if match:
        try:
            found = date(*map(int, match.groups()))
        except ValueError:
            return None
        return found.isoformat() if found not in _FILLERS and found.year >= 1600 else None
    days = [h.value for h in find_dates(text[:200], None) if h.precision == "day" and h.basis == "stated"]
    return days[0] if days else None


def first_day(text: str) -> tuple[str, str] | None:
    """Give the words and the day of the first full date of a text, such as that of a dateline; None if there is none."""
    hits = [h for h in find_dates(text, None) if h.precision == "day" and h.basis == "stated" and h.value]
    return (hits[0].text, str(hits[0].value)) if hits else None


def _stamped(stamps: Sequence[Stamp], kind: str, *sources: str) -> str | None:
    days = (day_of(s.text) for source in sources for s in stamps if s.kind == kind and s.source == source)
    return next((d for d in days if d), None)


def published_day(reading: Reading, regions: Sequence[Region]) -> str | None:
    """Give the day of publication that a document states, or None."""
    lines = list(_lines(reading, regions))
    return (
        _stamped(reading.stamps, "published", "meta", "data", "page", "time")
        or _said(lines)
        or _stamped(reading.stamps, "time", "time")
        or _by_title(lines)
    )


def _lines(reading: Reading, regions: Sequence[Region]) -> Iterator[tuple[str, str]]:
    """Give (label, text) of each line."""
    for region in regions:
        begin, end = reading.from_raw(region.start, region.end)
        for line in reading.text[begin:end].split("\n"):
            if line.strip():
                yield region.label, line


def _said(lines: list[tuple[str, str]]) -> str | None:
    """Give the first day that a line outside the prose calls that of publication."""
    for label, line in lines:
        if label in ("date_meta", "byline", "menu", "footer") and len(line) <= 300:
            for hit, kind in kinds_of_dates(line):
                if kind == "published" and hit.precision == "day" and hit.value:
                    return hit.value
    return None


def _by_title(lines: list[tuple[str, str]]) -> str | None:
    """Give the first plain day in a line of dates below the title, or in one just above it that is no clock."""
    title = next((i for i, (label, _) in enumerate(lines) if label == "title"), None)
    stop = next((i for i, (label, _) in enumerate(lines) if label == "body"), len(lines))
    for i, (label, line) in enumerate(lines):
        if label != "date_meta":
            continue
        if title is not None and i < title:
            above = all(name in _BETWEEN for name, _ in lines[i:title])
            if not above or _CLOCK.search(line) or WEEKDAY_WORD.search(line):
                continue
        elif i > stop and title is None:
            continue
        for hit, kind in kinds_of_dates(line):
            if kind != "modified" and hit.precision == "day" and hit.basis == "stated" and hit.value:
                return hit.value
    return None


__all__ = ["day_of", "first_day", "published_day"]
