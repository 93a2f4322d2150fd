"""The forms that dates take in running text, and what each resolves to."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

from straits.evidence import edtf
from straits.evidence.finding.date_parts.words import (
    AMOUNTS,
    COUNT,
    MEASURED,
    MONTH,
    MONTH_RU,
    REL_YEAR,
    WD,
    YEAR,
    YEAR_GROUP,
    Ground,
    SaidYear,
    Value,
    count_of,
    month_of,
    moved,
    said_year,
    span,
    weekday_is,
    weekday_of,
)

_SEASONS = {"spring": 21, "summer": 22, "autumn": 23, "fall": 23, "winter": 24}
_ORDINALS = {
    "last": 0,
    "final": 0,
    "first": 1,
    "second": 2,
    "third": 3,
    "fourth": 4,
    "1st": 1,
    "2nd": 2,
    "3rd": 3,
    "4th": 4,
}
_DASH = r"(?:\s?[–—-]\s?|\s+(?:to|through|until)\s+)"
_EDGE = (
    r"(?:(?P<edge>early|mid|late|the\s+(?:very\s+)?(?:beginning|start|middle|end)\s+of)(?:\s+|-)(?:the\s+)?)?"
)
_PREP = r"(?:(?P<prep>[Ii]n|[Bb]y|[Ss]ince|[Uu]ntil|[Tt]ill|[Tt]hrough|[Aa]t|[Dd]uring|[Bb]ack\s+in)\s+)?"
_NOT_COUNT = r"(?!\d|[.,:]\d|[a-z]|\s*(?:%|percent|per\s+cent|million|billion|thousand|tons?|tonnes|barrels))"

#: A month and a number of things, "in July, 14 tankers", "since March, 12 ships"; but "on August, 24 the president".
_COUNTED = (
    rf"(?:(?<=\b[Ii]n\s){MONTH},?|(?<!\b[Oo]n\s){MONTH},)\s+[0-3]?\d\s+"
    r"(?!(?:the|an?|at|in|and|or|to|of|by|on|this|that|last|next|he|she|it|they|when|after|before|was|were|is|are)\b)[a-z]"
)


def _full(m: re.Match[str], g: Ground) -> Value:
    month, day, year = month_of(m["month"]), int(m["day"]), said_year(m, g)
    groups = m.groupdict()
    if groups.get("day3"):
        if int(m["day3"]) != day + 1 or m["more"]:
            return None, "relative"
        return span(g.day(month, day, year), g.day(month, day + 1, year))
    if m["day2"]:
        if moved(m):
            return None, "relative"
        return span(g.day(month, day, year), g.day(month, int(m["day2"]), year))
    value = g.day(month, day, year)
    named = re.match(WD, m[0])
    if named and value[0] and not weekday_is(value[0], named[0]):
        return None, value[1]  # "Tuesday, July 6" of a year in which that is a Wednesday
    return value


def _numeric(m: re.Match[str], g: Ground) -> Value:
    return g.day(int(m["mm"] or m["m2"]), int(m["dd"] or m["d2"]), SaidYear(m["yyyy"] or m["y2"], "stated"))


def _narrowed(value: Value, edge: str | None) -> Value:
    """Narrow a season or year to its beginning or end, where the words do."""
    text, basis = value
    if not text or not edge:
        return value
    first, last = edtf.bounds(text)
    assert first and last
    if edtf.precision(text) == "month":
        return value
    point = (
        last if re.search(r"end|late", edge) else first if re.search(r"early|beginning|start", edge) else None
    )
    if edtf.precision(text) == "season" and point:
        return f"{point.year}-{point.month:02d}", basis
    return (f"{text}~" if edtf.precision(text) == "year" else text), basis


def _month_year(m: re.Match[str], g: Ground) -> Value:
    year, first, second = said_year(m, g), month_of(m["month"]), m["month2"]
    which = (m.groupdict().get("prep") or "").lower()
    if which in ("last", "next") and not year and g.published:
        p = g.published
        if p.month == first:
            return None, "relative"  # the one that runs, or that of a year ago?
        past = which == "last"
        year = SaidYear(
            str(p.year + (past and first > p.month) * -1 + (not past and first < p.month)), "relative"
        )
    if second:
        last = month_of(second)
        link = m.string[m.end("month") : m.start("month2")].strip().lower()
        if (link == "and" and last != first + 1) or moved(m):
            return None, "relative"
        if year and year.value and first > last:
            return span(g.month(first, SaidYear(str(int(year.value) - 1), year.basis)), g.month(last, year))
        return span(g.month(first, year), g.month(last, year))
    return g.month(first, year)


def _season(m: re.Match[str], g: Ground) -> Value:
    season = _SEASONS[m["season"].lower()]
    which, year = (m["which"] or "").lower(), said_year(m, g)
    if year:
        value: Value = g.season(season, year)
    elif which in ("last", "next") and g.published:
        value = _other_season(season, which, g.published)
    else:
        value = g.season(season)
    return _narrowed(value, m["edge"])


def _other_season(season: int, which: str, published: date) -> Value:
    """Give the season that ended last or begins next; none in the middle of one, of which "last" may mean two."""
    for year in (published.year - 2, published.year - 1, published.year, published.year + 1):
        first, last = edtf.bounds(f"{year}-{season}")
        assert first and last
        if which == "next" and first > published:
            return f"{year}-{season}", "relative"
        if which == "last" and last >= published:
            return (f"{year - 1}-{season}" if first > published else None), "relative"
    return None, "relative"


def _relative_year(words: str | None, year: str | None, g: Ground) -> Value:
    if year:
        return year, "stated"
    low = (words or "").lower()
    return g.year(-1 if "last" in low or "previous" in low else 1 if "next" in low else 0)


def _part_of_year(m: re.Match[str], g: Ground) -> Value:
    if m["half_now"]:
        if not g.published:
            return None, "relative"
        year, start = str(g.published.year), 1 if g.published.month <= 6 else 7
        return f"{year}-{start:02d}/{year}-{start + 5:02d}", "relative"
    text, basis = _relative_year(m["rel"], m["year"], g)
    if m["code"]:
        number, length = int(m["code"][1]), 6 if m["code"][0] in "Hh" else 3
    elif m["months"]:
        number, length = 1, count_of(m["months"])
    else:
        number, length = _ORDINALS[m["ordinal"].lower()], 6 if m["part"].lower() == "half" else 3
        number = number or 12 // length
    start = (number - 1) * length + 1
    if text is None or not 1 <= start <= start + length - 1 <= 12:
        return None, basis
    return f"{text}-{start:02d}/{text}-{start + length - 1:02d}", basis


def _relative(m: re.Match[str], g: Ground) -> Value:
    p = g.published
    if not p:
        return None, "relative"
    step = {"last": -1, "previous": -1, "this": 0, "current": 0, "next": 1, "coming": 1}[m["which"].lower()]
    unit = m["unit"].lower()
    if unit == "year":
        return _narrowed(g.year(step), m["edge"])
    if unit == "month":
        year, month = divmod(p.year * 12 + p.month - 1 + step, 12)
        return f"{year}-{month + 1:02d}", "relative"
    monday = p - timedelta(days=p.weekday()) + timedelta(weeks=step)
    if unit == "week":
        return f"{monday}/{monday + timedelta(days=6)}", "relative"
    return str(weekday_of(p, unit, "future" if step > 0 else "past", strict=step != 0)), "relative"


def _on_weekday(m: re.Match[str], g: Ground) -> Value:
    return (str(weekday_of(g.published, m["wd"], g.tense)) if g.published else None), "relative"


def _ago(m: re.Match[str], g: Ground) -> Value:
    p, n, unit = g.published, count_of(m["n"]), m["unit"].lower().rstrip("s")
    if not p or not n or m["hedge"]:
        return None, "relative"
    if unit == "day":
        return str(p - timedelta(days=n)), "relative"
    if unit == "week":
        return f"{p - timedelta(weeks=n)}~", "relative"
    if unit == "month":
        year, month = divmod(p.year * 12 + p.month - 1 - n, 12)
        return f"{year}-{month + 1:02d}", "relative"
    return str(p.year - n), "relative"


def _deictic(m: re.Match[str], g: Ground) -> Value:
    shift = {"yesterday": -1, "tomorrow": 1, "вчера": -1, "завтра": 1}[m["word"].lower()]
    return (str(g.published + timedelta(days=shift)) if g.published else None), "relative"


def _year_only(m: re.Match[str], _g: Ground) -> Value:
    if m["to"]:
        to = m["to"] if len(m["to"]) == 4 else m["year"][:2] + m["to"]
        return (f"{m['year']}/{to}" if to > m["year"] else None), "stated"
    return _narrowed((m["year"], "stated"), m["edge"])


_UNITS = r"(?P<unit>days?|weeks?|months?|years?)"
#: Forms from the fullest to the barest: pattern, what resolves it, and which hints (of `hints_of`) it cannot do without.
RULES: list[tuple[re.Pattern[str], Callable[[re.Match[str], Ground], Value], frozenset[str]]] = [
    (
        re.compile(
            rf"(?:{WD},?\s+)?(?:(?<![\d.,:])(?P<day>[0-3]?\d)(?:st|nd|rd|th)?(?:{_DASH}(?P<day2>[0-3]?\d)(?:st|nd|rd|th)?)?"
            rf"(?:\s+of)?\s+(?P<month>{MONTH}|{MONTH_RU}))(?:,?\s+{YEAR_GROUP}|{REL_YEAR})?(?!\d)"
        ),
        _full,
        frozenset(("month",)),
    ),
    (
        re.compile(
            rf"(?:{WD},?\s+)?\b(?!{_COUNTED})(?P<month>{MONTH}),?\s+(?P<day>[0-3]?\d)(?:st|nd|rd|th)?(?:{_DASH}(?P<day2>[0-3]?\d)(?:st|nd|rd|th)?"
            rf"|(?P<more>(?:,\s+[0-3]?\d(?:st|nd|rd|th)?){{0,9}}),?\s+(?:and|or)\s+(?P<day3>[0-3]?\d)(?:st|nd|rd|th)?(?=,?\s+(?:{YEAR}|(?:of\s+)?(?:last|this|next)\s+year))"
            rf")?{_NOT_COUNT}(?:,?\s+{YEAR_GROUP}|{REL_YEAR})?"
        ),
        _full,
        frozenset(("month",)),
    ),
    (
        re.compile(
            rf"(?<!\d)(?:(?P<yyyy>{YEAR})-(?P<mm>\d\d)-(?P<dd>\d\d)|(?P<d2>\d{{1,2}})\.(?P<m2>\d{{1,2}})\.(?P<y2>{YEAR}))(?!\d)"
        ),
        _numeric,
        frozenset(("digits", "year")),
    ),
    (
        re.compile(
            rf"\b{_PREP}(?:the\s+)?(?:(?P<half_now>this\s+half\s+of\s+the\s+year)|(?:(?P<ordinal>first|second|third|fourth|last|final|[1-4](?:st|nd|rd|th))"
            rf"\s+(?P<part>half|quarter)|first\s+(?P<months>\w+)\s+months)\s+of\s+(?:(?P<year>{YEAR})|(?P<rel>(?:this|last|next|the|the\s+current|the\s+previous)\s+year))"
            rf"|(?P<code>[QH][1-4])\s+(?:of\s+)?(?P<year2>{YEAR}))\b".replace("(?P<year2>", "(?P<year_code>")
        ),
        lambda m, g: _part_of_year(_Code(m), g),  # type: ignore[arg-type]
        frozenset(("period", "year",)),
    ),
    (
        re.compile(
            rf"\b{_PREP}{_EDGE}(?:(?P<last>last|next|this)\s+)?\b(?P<month>{MONTH}|{MONTH_RU})(?:\s?(?:[–-]|to|and)\s?(?P<month2>{MONTH}))?"
            rf"(?:,?\s+(?:of\s+)?{YEAR_GROUP}|{REL_YEAR})"
        ),
        _month_year,
        frozenset(("month",)),
    ),
    (
        re.compile(
            rf"\b(?P<prep>[Ii]n|[Bb]y|[Ss]ince|[Uu]ntil|[Tt]ill|[Tt]hrough|[Dd]uring|[Bb]ack\s+in|[Ff]rom|[Ll]ast|[Nn]ext|[Ee]arly|[Ll]ate|[Mm]id-?)"
            rf"\s*{_EDGE}\b(?P<month>{MONTH})(?:\s?(?:[–-]|to|and)\s?(?P<month2>{MONTH}))?(?!\s+\d)"
        ),
        _month_year,
        frozenset(("month",)),
    ),
    (
        re.compile(
            rf"\b(?P<prep>[Вв]|[Сс]|[Кк]|[Дд]о|[Пп]о|[Пп]осле)\s+(?P<month>{MONTH_RU})(?:\s?[–-]\s?(?P<month2>{MONTH_RU}))?(?!\s+\d|\s?[–-])"
        ),
        _month_year,
        frozenset(("month",)),
    ),
    (
        re.compile(
            rf"\b{_PREP}{_EDGE}(?:(?P<which>the|this|last|next)\s+)?(?P<season>summer|winter|spring|autumn)\b(?:,?\s+(?:of\s+)?(?P<year>{YEAR}|['’]\d\d)(?:(?:/|[–-])\d\d)?(?!\d|[/–-]\d)|{REL_YEAR})?",
            re.I,
        ),
        _season,
        frozenset(("season",)),
    ),
    (
        re.compile(
            rf"\b{_PREP}(?:earlier\s+|later\s+)?{_EDGE}(?:the\s+)?(?P<which>last|this|next|previous|current|coming)\s+"
            # Not "the last week of June".
            rf"(?P<unit>week|month|year|{WD})\b(?!['’]s|-|\s+of\b|\s+in\s+{MONTH})",
            re.I,
        ),
        _relative,
        frozenset(("period", "weekday",)),
    ),
    (re.compile(rf"\b(?:[Oo]n\s+(?P<wd>{WD}))\b"), _on_weekday, frozenset(("weekday",))),
    (
        re.compile(
            rf"(?P<hedge>\b(?:(?:more|less)\s+than|over|under|almost|nearly|half|(?:and|or|to)(?:\s+a\s+half)?)\s+)?"
            rf"(?<![-–])\b(?P<n>\d{{1,3}}|{COUNT})\s+{_UNITS}\s+ago\b",
            re.I,
        ),
        _ago,
        frozenset(("ago",)),
    ),
    (re.compile(r"\b(?P<word>yesterday|tomorrow|вчера|завтра)\b(?!['’]s)", re.I), _deictic, frozenset(("deictic",))),
    (
        re.compile(
            rf"(?!{AMOUNTS})(?:\b(?P<prep>[Ii]n|[Ss]ince|[Uu]ntil|[Tt]ill|[Bb]y|[Dd]uring|[Tt]hrough|[Bb]ack\s+in|[Ff]rom|[Oo]f|[Aa]t|[Ff]or|[Bb]efore|[Aa]fter|[Bb]etween|[Aa]nd|[Вв])\s+|(?<=\())"
            rf"{_EDGE}(?P<year>{YEAR})(?:\s?[–-]\s?(?P<to>(?:19|20)?\d\d))?(?![\d%]|[.,/]\d|{MEASURED})"
        ),
        _year_only,
        frozenset(("year",)),
    ),
]  # fmt: skip


class _Code:
    """A match whose year may stand in either of two groups."""

    def __init__(self, match: re.Match[str]) -> None:
        self.match = match

    def __getitem__(self, key: str) -> str | None:
        if key == "year":
            return self.match["year"] or self.match["year_code"]
        found: str | None = self.match[key]
        return found
