"""Dates that are told in two parts, of which neither alone is the date: "the day before yesterday", "Monday last week",
"from March 5 to April 2, 2019", "two days after March 5".

They are looked for before the plain forms, so that no part of them is read for itself. Where the parts do not give a day for
certain the date is found and has no value.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta

from straits.evidence.finding.date_parts.words import (
    COUNT,
    REL_YEAR,
    WD,
    YEAR_GROUP,
    Ground,
    Rules,
    SaidYear,
    Value,
    count_of,
    day_month,
    month_and_day,
    moved,
    said_year,
    span,
    weekday_of,
)


def _from_to(m: re.Match[str], g: Ground) -> Value:
    """Give the interval of two days whose year stands with the second."""
    (month_a, day_a), (month_b, day_b), year = month_and_day(m, "a"), month_and_day(m, "b"), said_year(m, g)
    if m["link"].strip().lower() in ("and", "or", "и", "или") and not m["between"]:
        return None, "relative"  # two days, not the time between them
    if moved(m):
        return None, "relative"
    earlier = year
    if year and year.value and (month_a, day_a) > (month_b, day_b):
        earlier = SaidYear(str(int(year.value) - 1), year.basis)
    return span(g.day(month_a, day_a, earlier), g.day(month_b, day_b, year))


def _shifted(m: re.Match[str], g: Ground) -> Value:
    """Give the day so many days or weeks from another."""
    month, day = month_and_day(m, "a")
    base = g.day(month, day, said_year(m, g))[0]
    unit = m["unit"].lower().rstrip("s")
    number = 1 if m["n"].lower() == "the" else count_of(m["n"])
    if (
        base is None
        or not number
        or unit not in ("day", "week")
        or (m["n"].lower() == "the" and unit == "week")
    ):
        return None, "relative"
    days = number * (7 if unit == "week" else 1)
    back = re.match(r"before|prior", m["side"], re.I)
    return str(date.fromisoformat(base) + timedelta(days=-days if back else days)), "relative"


def _day_but_one(m: re.Match[str], g: Ground) -> Value:
    low = m["word"].lower()
    days = -2 if "yesterday" in low or low == "позавчера" else 2
    return (str(g.published + timedelta(days=days)) if g.published else None), "relative"


def _from_deictic(m: re.Match[str], g: Ground) -> Value:
    """Give the day so many days or weeks before or after yesterday, today or tomorrow."""
    number, unit = count_of(m["n"]), m["unit"].lower().rstrip("s")
    if g.published is None or not number or unit not in ("day", "week"):
        return None, "relative"
    days = (
        number
        * (7 if unit == "week" else 1)
        * (-1 if m["side"].lower().startswith(("before", "prior")) else 1)
    )
    days += {"yesterday": -1, "today": 0, "tomorrow": 1}[m["word"].lower()]
    return str(g.published + timedelta(days=days)), "relative"


def _day_of_month(m: re.Match[str], g: Ground) -> Value:
    """Give a day of last, this or next month."""
    if g.published is None:
        return None, "relative"
    step = {"last": -1, "previous": -1, "this": 0, "current": 0, "next": 1}[m["which"].lower()]
    year, month = divmod(g.published.year * 12 + g.published.month - 1 + step, 12)
    return str(date(year, month + 1, int(m["day"]))), "relative"


def _but_one(m: re.Match[str], g: Ground) -> Value:
    """Give the week, month, year or weekday before the last or after the next."""
    p, unit, step = g.published, m["unit"].lower(), -1 if m["side"].lower().startswith("before") else 1
    if not p:
        return None, "relative"
    if unit == "year":
        return g.year(2 * step)
    if unit == "month":
        year, month = divmod(p.year * 12 + p.month - 1 + 2 * step, 12)
        return f"{year}-{month + 1:02d}", "relative"
    if unit == "week":
        monday = p - timedelta(days=p.weekday()) + timedelta(weeks=2 * step)
        return f"{monday}/{monday + timedelta(days=6)}", "relative"
    first = weekday_of(p, unit, "future" if step > 0 else "past", strict=True)
    return str(first + timedelta(weeks=step)), "relative"


def _in_week(m: re.Match[str], g: Ground) -> Value:
    """Give a weekday of a week that is told by its distance."""
    which = " ".join((m["which"] or m["which2"] or m["which3"]).lower().split())
    step = {"last": -1, "this": 0, "next": 1, "before last": -2, "after next": 2}.get(which)
    if g.published is None or step is None:
        return None, "relative"
    monday = g.published - timedelta(days=g.published.weekday()) + timedelta(weeks=step)
    name = (m["wd"] or m["wd2"]).lower()
    return str(monday + timedelta(days=_DAYS.index(name))), "relative"


_DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


def _past(m: re.Match[str], g: Ground) -> Value:
    """Give so many days, weeks, months or years that end with publication."""
    p, number, unit = g.published, count_of(m["n"] or "one"), (m["unit"] or m["unit1"]).lower().rstrip("s")
    if p is None or not number:
        return None, "relative"
    if unit in ("day", "week"):
        return f"{p - timedelta(days=number * (7 if unit == 'week' else 1))}/{p}", "relative"
    return f"{_months_before(p, number * (12 if unit == 'year' else 1))}/{p}", "relative"


def _months_before(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _edge_of(m: re.Match[str], g: Ground) -> Value:
    """Give the beginning or the end of the year or month that runs: about then, no nearer."""
    if g.published is None:
        return None, "relative"
    year = str(g.published.year)
    return (f"{year}~" if m["unit"].lower() == "year" else f"{year}-{g.published.month:02d}~"), "relative"


def _day_and_month(m: re.Match[str], g: Ground) -> Value:
    return g.day(int(m["month"]), int(m["day"]))


def _open(_m: re.Match[str], _g: Ground) -> Value:
    return None, "relative"


_N = rf"(?P<n>the|\d{{1,3}}|{COUNT})"
_WEEKS = r"(?P<which>last|this|next|that|the\s+(?:previous|same|following|next))\s+week"

COMPOUNDS: Rules = [
    (
        re.compile(
            r"\b(?P<word>(?:the\s+)?day\s+(?:before\s+yesterday|after\s+tomorrow)|позавчера|послезавтра)\b", re.I
        ),
        _day_but_one,
        frozenset(("deictic",)),
    ),
    (
        re.compile(
            rf"\b{_N}\s+(?P<unit>days?|weeks?|months?|years?)\s+(?P<side>before|prior\s+to|after|from)\s+(?P<word>yesterday|today|tomorrow)\b",
            re.I,
        ),
        _from_deictic,
        frozenset(("period", "deictic", "ago")),
    ),
    (
        re.compile(
            r"\b(?P<day>[0-3]?\d)(?:st|nd|rd|th)\s+(?:day\s+)?of\s+(?:the\s+)?(?P<which>last|this|next|previous|current)\s+month\b(?!['’]s)",
            re.I,
        ),
        _day_of_month,
        frozenset(("period",)),
    ),
    (
        # "A year ago last Friday", "a week from Tuesday" or "on Monday", "tomorrow week", "the eve of July 5": no certain day.
        re.compile(
            rf"\b{_N.replace('?P<n>', '?:')}\s+(?:weeks?|months?|years?)\s+(?:ago,?\s+)?"
            rf"(?:last|next|this|from|on|before|after)\s+(?:(?:last|next)\s+)?{WD}\b"
            rf"|\b{_N.replace('?P<n>', '?:')}\s+(?:days?|weeks?|months?|years?)\s+ago\s+(?:yesterday|tomorrow)\b"
            rf"|\b(?:days?|weeks?|months?|years?)\s+(?:before|after)\s+(?:last|next)\s+{WD}\b"
            r"|\b(?:yesterday|today|tomorrow)\s+week\b(?!-)",
            re.I,
        ),
        _open,
        frozenset(("weekday", "deictic")),
    ),
    (
        re.compile(rf"\b(?:[Ee]ve\s+of|(?:[Nn]ight|[Ee]vening|[Mm]orning)\s+(?:before|after))\s+{day_month('a')}(?:,?\s+{YEAR_GROUP}|{REL_YEAR})?"),
        _open,
        frozenset(("month",)),
    ),
    (
        re.compile(
            # "For 30 days from July 6" lasts so long, and begins on July 6.
            rf"(?<!\bfor\s)(?<!\bof\s)\b{_N}\s+(?P<unit>days?|weeks?|months?|years?)\s+(?P<side>before|prior\s+to|after|following|from)\s+(?:the\s+)?"
            rf"{day_month('a')}"
            rf"(?:,?\s+{YEAR_GROUP}|{REL_YEAR})?"
        ),
        _shifted,
        frozenset(("month",)),
    ),
    (
        re.compile(
            rf"(?=[\dbA-Zа-яА-Я])(?P<between>\b[Bb]etween\s+)?{day_month('a')}(?P<link>\s?[–—-]\s?|\s+(?:to|until|till|through|and|or|по|до|и|или)\s+){day_month('b')}"
            rf"(?:,?\s+{YEAR_GROUP}|{REL_YEAR})"
        ),
        _from_to,
        frozenset(("months",)),
    ),
    (
        re.compile(
            rf"\b(?P<wd>{WD})\b,?\s+(?:of\s+)?(?:{_WEEKS}|the\s+week\s+(?P<which2>before\s+last|after\s+next))\b(?!['’]s)"
            rf"|\b(?P<which3>last|this|next)\s+week,?\s+on\s+(?P<wd2>{WD})\b",
            re.I,
        ),
        _in_week,
        frozenset(("weekday",)),
    ),
    (
        re.compile(rf"\b(?:the\s+)?(?P<unit>{WD})\s+(?P<side>before\s+last|after\s+next)\b", re.I),
        _but_one,
        frozenset(("weekday",)),
    ),
    (
        re.compile(
            rf"\b{WD}\s+(?:{_N}\s+weeks?\s+(?:ago|earlier|before|later)|week\b)"
            rf"|\b{_N.replace('?P<n>', '?:')}\s+weeks?\s+ago,?\s+(?:on\s+)?{WD}\b",
            re.I,
        ),
        _open,
        frozenset(("weekday",)),
    ),
]  # fmt: skip

COMPOUNDS += [
    (
        re.compile(
            r"\b(?:over|in|during|for|within|throughout)\s+(?:the\s+)?(?:(?:past|last)\s+(?P<n>\d{1,3}|two|three|four|five|six|seven|eight|"
            r"nine|ten|twelve)\s+(?P<unit>days|weeks|months|years)|past\s+(?P<unit1>week|month|year))\b(?!['’]s|-|\s+of\b)",
            re.I,
        ),
        _past,
        frozenset(("period",)),
    ),
    (
        re.compile(
            r"\b(?P<prep>at|by|since|from|until|till|before|after|in)\s+the\s+(?:very\s+)?(?:beginning|start|middle|end)\s+of\s+"
            r"(?:the|this|the\s+current)\s+(?P<unit>year|month)\b(?!['’]s|-|\s+before|\s+after)",
            re.I,
        ),
        _edge_of,
        frozenset(("period",)),
    ),
]

#: A day of a line of dates that lacks its year.
MASTHEAD: Rules = [
    (
        re.compile(r"(?<![\d.,:])(?P<day>[0-3]?\d)\.(?P<month>[01]\d)\.?(?![\d:]|\.\d|\s*%)"),
        _day_and_month,
        frozenset(("digits",)),
    ),
]

#: Forms that are looked for after the plain ones, which may hold them ("March 5 the year before last").
LATER: Rules = [
    (
        re.compile(r"\b(?:the\s+)?(?P<unit>week|month|year)\s+(?P<side>before\s+last|after\s+next)\b", re.I),
        _but_one,
        frozenset(("period",)),
    ),
]


__all__ = ["COMPOUNDS", "LATER", "MASTHEAD"]
