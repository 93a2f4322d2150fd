"""Times from one date to another, and dates whose year stands before them or with their neighbour.

They are looked for first: the parts of "between 5 and 7 March", "from 2019 to 2021", "January through September of last year" or
"the year to March 2021" are no dates of their own. Where the parts give no time for certain it is found and has no value.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date

from straits.evidence import edtf
from straits.evidence.finding.date_parts.words import (
    ANY_MONTH,
    COUNT,
    MEASURED,
    MONTH,
    MONTH_RU,
    REL_YEAR,
    WD,
    YEAR,
    YEAR_GROUP,
    Ground,
    Rules,
    SaidYear,
    Value,
    count_of,
    day_month,
    month_and_day,
    month_of,
    moved,
    said_year,
    span,
)

_D = r"[0-3]?\d(?:st|nd|rd|th|-?го)?(?![\d.,:]\d|\d|\s*%)"
_SAID = rf"(?:,?\s+{YEAR_GROUP}|{REL_YEAR})?"
_YEARLESS = rf"(?!,?\s+(?:{YEAR}|['’]\d\d)|{REL_YEAR.replace('?P<', '?P<no_')})"
_TO = r"(?:\s?[–—-]\s?|,?\s+(?:to|until|till|through|по|до)\s+)"
_AND = r"\s+(?:and|и)\s+"
#: Behind the second of two years: no unit, and nothing that may be counted.
_NO_COUNT = (
    rf"(?![\d%]|[.,/]\d|{MEASURED})"
    r"(?=(?P<things>\s+(?:ships|vessels|tankers|wagons|railcars|trains|trucks|containers|cars|судов|вагонов)\b)?)"
)
_NUMBER = r"\d{1,2}|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"


def _dated(suffix: str, year: bool = False) -> str:
    """Give the pattern of a day with its month in either order, or of a month with its year alone."""
    day = day_month(suffix, _D)
    if not year:
        return day
    return rf"(?:{day}|\b(?P<m3{suffix}>{ANY_MONTH})),?\s+(?P<y{suffix}>{YEAR})(?!\d|/\d)"


def _value(m: re.Match[str], suffix: str, g: Ground, year: SaidYear | None) -> Value:
    alone = m.groupdict().get(f"m3{suffix}")
    return g.month(month_of(alone), year) if alone else g.day(*month_and_day(m, suffix), year)


def _both_dated(m: re.Match[str], g: Ground) -> Value:
    if moved(m):
        return None, "stated"
    first, last = (_value(m, x, g, SaidYear(m[f"y{x}"], "stated")) for x in "ab")
    return span(first, last)


def _both_yearless(m: re.Match[str], g: Ground) -> Value:
    return (None, "relative") if moved(m) else span(_value(m, "a", g, None), _value(m, "b", g, None))


def _days(m: re.Match[str], g: Ground) -> Value:
    """Give the time of two days of one month; only days that follow each other if no word says that it is one."""
    month, first, last = month_of(m["month"]), *(int(re.sub(r"\D", "", m[k])) for k in ("day", "day2"))
    groups, year = m.groupdict(), said_year(m, g)
    link = (groups.get("link") or "and").strip().lower()
    whole = (
        groups.get("between")
        or link in ("по", "до", "на", "to", "until", "through")
        or (link in ("and", "и") and last == first + 1)
    )
    ends = g.day(month, first, year), g.day(month, last, year)
    return span(*ends) if whole and not moved(m) and not groups.get("more") else (None, "relative")


def _months(m: re.Match[str], g: Ground) -> Value:
    first, last, year = month_of(m["month"]), month_of(m["month2"]), said_year(m, g)
    link = m["link"].strip().lower()
    apart = link in ("and", "и") and not m.groupdict().get("between") and last != first + 1
    if apart or link in ("or", "или") or moved(m):
        return None, "relative"
    earlier = SaidYear(str(int(year.value) - 1), year.basis) if year and year.value and first > last else year
    return span(g.month(first, earlier), g.month(last, year))


def _years(m: re.Match[str], _g: Ground) -> Value:
    first, last = m["year_a"], m["year_b"]
    link = m["link"].strip().lower()
    if (
        m["things"]
        or link in ("or", "или")
        or first >= last
        or (link == "and" and not m.groupdict().get("between"))
        or moved(m)
    ):
        return None, "stated"
    return f"{first}/{last}", "stated"


def _ending(m: re.Match[str], g: Ground) -> Value:
    """Give so many months that end with a month, or with the last day of one."""
    months = count_of(m["n"]) if m["n"] else {"y": 12, "h": 6, "q": 3}[m["unit"][0].lower()]
    month = month_of(m["month"])
    value, basis = g.month(month, said_year(m, g))
    if value is None or not 0 < months <= 24:
        return None, "relative"
    year = int(value[:4])
    day = m["d1"] or m["d2"]
    if day and int(re.sub(r"\D", "", day)) != monthrange(year, month)[1]:
        return None, basis
    start = year * 12 + month - months
    return f"{start // 12}-{start % 12 + 1:02d}/{value}", basis


def _year_first(m: re.Match[str], g: Ground) -> Value:
    """Give a day or month whose year stands before it: "last year, in July", "In 2021, on July 6"."""
    return _value(m, "a", g, said_year(m, g))


def _not_before(m: re.Match[str], g: Ground) -> Value:
    """Give the time from a day, month or year on: "no earlier than July 20"."""
    first: Value = (m["bare"], "stated") if m["bare"] else _value(m, "a", g, said_year(m, g))
    return (f"{first[0]}/.." if first[0] else None), first[1]


def _open(_m: re.Match[str], _g: Ground) -> Value:
    return None, "relative"


def _this_weekday(m: re.Match[str], g: Ground) -> Value:
    """Give the day of that name in the week that runs; none where the one of the next may be meant."""
    if g.published is None:
        return None, "relative"
    shift = _DAYS.index(m["wd"].lower()) - g.published.weekday()
    if shift < -3 or (shift < 0 and g.tense == "future"):
        return None, "relative"
    return str(date.fromordinal(g.published.toordinal() + shift)), "relative"


def _this_season(m: re.Match[str], g: Ground) -> Value:
    """Give the season of the year that runs; of a winter only the one that runs."""
    if g.published is None:
        return None, "relative"
    season = {"spring": 21, "summer": 22, "autumn": 23, "winter": 24}[m["season"].lower()]
    if season < 24:
        return f"{g.published.year}-{season}", "relative"
    for year in (g.published.year - 1, g.published.year):
        first, last = edtf.bounds(f"{year}-24")
        if first and last and first <= g.published <= last:
            return f"{year}-24", "relative"
    return None, "relative"


_DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
_BETWEEN = r"(?P<between>\b(?:[Bb]etween|[Мм]ежду)\s+)"
_FROM = r"\b(?:[Ff]rom|[Сс]о?)\s+"

SPANS: Rules = [
    (
        re.compile(rf"(?=[\dfA-Zа-яА-Я])(?:{_FROM})?{_dated('a', True)}(?:,?{_TO}){_dated('b', True)}"),
        _both_dated,
        frozenset(("months",)),
    ),
    (
        re.compile(rf"{_BETWEEN}{_dated('a', True)},?{_AND}{_dated('b', True)}"),
        _both_dated,
        frozenset(("months",)),
    ),
    (
        re.compile(
            rf"(?=[\dfA-Zа-яА-Я])(?:{_FROM})?{_dated('a')}{_TO}{_dated('b')}{_YEARLESS}"
        ),
        _both_yearless,
        frozenset(("months",)),
    ),
    (
        re.compile(
            rf"{_BETWEEN}{_dated('a')}{_AND}{_dated('b')}{_YEARLESS}"
        ),
        _both_yearless,
        frozenset(("months",)),
    ),
    (
        re.compile(
            rf"(?=[\dBbFfСсМмt])(?:{_BETWEEN}|{_FROM})?(?:\bthe\s+)?(?<![\d.,:$€])\b(?P<day>{_D})(?P<more>(?:,\s+{_D}){{0,9}}),?"
            rf"(?P<link>\s+(?:and|or|и|или|по|до|на|to(?=\s+the)|until|through)\s+)(?:the\s+)?(?P<day2>{_D})(?:\s+of)?\s+(?P<month>{ANY_MONTH}){_SAID}"
        ),
        _days,
        frozenset(("month",)),
    ),
    (
        re.compile(rf"{_BETWEEN}(?P<month>{MONTH})\s+(?P<day>{_D}){_AND}(?P<day2>{_D})(?!\s+{ANY_MONTH}){_SAID}"),
        _days,
        frozenset(("month",)),
    ),
    (
        re.compile(
            rf"\b(?:(?P<n>{_NUMBER})[\s-]months?|(?P<unit>year|half[\s-]?year|half|quarter))(?:\s+period)?\s+(?:that\s+)?(?:to|end(?:ing|ed|s)|through)\s+"
            rf"(?:on\s+|in\s+|with\s+|(?:the\s+)?end\s+of\s+|end-)?(?:(?P<d1>{_D})\s+)?(?P<month>{MONTH})(?:\s+(?P<d2>{_D}))?{_SAID}"
        ),
        _ending,
        frozenset(("month",)),
    ),
    (
        re.compile(
            rf"(?=[fA-Zа-яА-Я])(?:{_FROM})?\b(?P<month>{ANY_MONTH})"
            rf"(?P<link>\s+(?:through|until|till|по|до|or|или)\s+)(?P<month2>{ANY_MONTH})(?!\s+[0-3]?\d\b){_SAID}"
        ),
        _months,
        frozenset(("months",)),
    ),
    (
        re.compile(
            rf"\b(?P<month>{MONTH_RU})(?P<link>\s?[–—-]\s?|\s+и\s+)(?P<month2>{MONTH_RU}){_SAID}"
        ),
        _months,
        frozenset(("months",)),
    ),
    (
        re.compile(rf"{_BETWEEN}(?P<month>{ANY_MONTH})(?P<link>{_AND})(?P<month2>{ANY_MONTH})(?!\s+[0-3]?\d\b){_SAID}"),
        _months,
        frozenset(("months",)),
    ),
    (
        # A year of two calendars: which of them a month belongs to is not certain.
        re.compile(rf"\b{MONTH}(?:\s?(?:[–-]|to)\s?{MONTH})?\s+{YEAR}/\d\d\b"),
        _open,
        frozenset(("month",)),
    ),
    (
        re.compile(
            rf"(?:{_FROM}|{_BETWEEN}|\b(?:the\s+)?(?:years?|period)\s+(?:from\s+|of\s+)?)(?P<year_a>{YEAR})(?P<link>\s+(?:to|until|till|through|and|по|до)\s+)(?P<year_b>{YEAR})"
            rf"{_NO_COUNT}"
        ),
        _years,
        frozenset(("years",)),
    ),
    (
        re.compile(
            rf"\b(?:[Ii]n\s+|[Вв]\s+)?(?P<year_a>{YEAR})(?P<link>\s+(?:through|or|или)\s+)(?P<year_b>{YEAR}){_NO_COUNT}"
        ),
        _years,
        frozenset(("years",)),
    ),
    (
        re.compile(
            rf"(?=[\diIlLtTnNaofse])(?:\b(?:[Ii]n\s+)?(?P<year>{YEAR})|\b(?P<rel_year>[Ll]ast|[Tt]his|[Nn]ext)\s+year|\b(?P<years>\d{{1,2}}|{COUNT})"
            rf"\s+years?\s+(?P<years_side>ago)),?\s+(?:in|on)\s+(?:{_dated('a')}|(?P<m3a>{MONTH}))(?!,?\s+(?:{YEAR}|\d))"
        ),
        _year_first,
        frozenset(("month",)),
    ),
    (
        re.compile(
            rf"\b(?:same|corresponding|comparable|similar)\s+(?!time,)(?:period|months?|time|quarter|half|weeks?|day|season|stretch)(?:,?\s+(?:of|in|a|the|one)){{0,2}}"
            rf"\s+(?:(?:last|previous|preceding|prior|past)\s+(?:year|month|quarter|season)|year\s+(?:ago|earlier|before)|{YEAR}|{MONTH}(?:\s+{YEAR})?)\b",
            re.I,
        ),
        _open,
        frozenset(("period", "year")),
    ),
    (
        re.compile(rf"(?<!\bfirst\s)\b(?P<n>{_NUMBER})\s+months\s+of\s+{YEAR}\b", re.I),
        _open,
        frozenset(("year",)),
    ),
    (
        re.compile(
            rf"\b(?:[Nn]ot?\s+(?:earlier|sooner)\s+than|[Nn]ot\s+before|[Нн]е\s+(?:ранее|раньше))\s+(?:on\s+|in\s+)?"
            rf"(?:(?:{_dated('a')}|(?P<m3a>{ANY_MONTH})){_SAID}|(?P<bare>{YEAR})(?!\d))"
        ),
        _not_before,
        frozenset(("month", "year")),
    ),
    (re.compile(rf"\b[Tt]his\s+(?P<wd>{WD})\b(?!['’]s|-)"), _this_weekday, frozenset(("weekday",))),
    (
        re.compile(r"\b[Tt]his\s+(?P<season>summer|winter|spring|autumn)\b(?!['’]s|-)"),
        _this_season,
        frozenset(("season",)),
    ),
    (
        # What is known by its day alone.
        re.compile(r"\bSept(?:ember|\.)?\s+11(?:th)?,?\s+(?:terror\w*|attacks?|hijack\w*)"),
        _open,
        frozenset(("month",)),
    ),
    (
        re.compile(
            rf"\b(?:за|через|спустя)\s+\w+\s+(?:дн\w*|день|недел\w*|месяц\w*|год\w*|лет)\s+(?:до|после|с|от)\s+{_D}\s+{MONTH_RU}(?:\s+{YEAR})?",
            re.I,
        ),
        _open,
        frozenset(("month",)),
    ),
]  # fmt: skip


__all__ = ["SPANS"]
