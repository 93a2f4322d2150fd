"""Words of the calendar, and what an expression that lacks a part of its date is resolved against."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from straits.evidence import edtf
from straits.evidence.records import Basis

Tense = Literal["past", "future"]
#: An EDTF date, None where it cannot be told, and on what it rests.
Value = tuple[str | None, Basis]

_EN = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
]  # fmt: skip
_RU = {
    "январ": 1, "феврал": 2, "март": 3, "апрел": 4, "ма": 5, "июн": 6, "июл": 7, "август": 8,
    "сентябр": 9, "октябр": 10, "ноябр": 11, "декабр": 12,
}  # fmt: skip
_WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
_NUMBERS = {
    "a": 1, "an": 1, "one": 1, "couple": 2, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "eleven": 11, "twelve": 12,
}  # fmt: skip

MONTH = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December"
    r"|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\b\.?)(?!\w)"
)
MONTH_RU = (
    r"(?i:январ[яьею]|феврал[яьею]|март[аеу]?|апрел[яьею]|ма[яйею]"
    r"|июн[яьею]|июл[яьею]|август[аеу]?|сентябр[яьею]|октябр[яьею]|ноябр[яьею]|декабр[яьею])\b"
)
ANY_MONTH = rf"(?:{MONTH}|{MONTH_RU})"
DAY = r"[0-3]?\d(?:st|nd|rd|th)?(?![\d.,:]\d|\d)"
WD = r"(?:Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)"
YEAR = r"(?:19|20)\d\d"
#: Small numbers in words, as they stand with units of time.
COUNT = "an?|one|two|three|four|five|six|seven|eight|nine|ten|twelve"
#: A year in four digits, or in two behind an apostrophe.
YEAR_GROUP = rf"(?P<year>{YEAR}|['’]\d\d)(?!\d|/\d)"
#: A year that is told by its distance. What hangs on another date of the text ("that year", "a year earlier") has none here.
REL_YEAR = (
    r"(?:,?\s+(?:(?:of|in)\s+)?(?:(?P<rel_year>last|this|next|the\s+(?:current|past|coming|same|following|previous|preceding|next)|that)\s+year"
    rf"\b(?!['’]s)|(?P<years>\d{{1,2}}|{COUNT})\s+years?\s+(?P<years_side>ago|earlier|before|later|prior)\b"
    r"|the\s+year\s+(?P<year_side>before\s+last|after\s+next|before|after)\b"
    r"|(?P<year_ru>прошлого|минувшего|этого|текущего|нынешнего|следующего|будущего)\s+года\b))"
)

#: Behind four digits: what they count, so that they are no year. One euro or dollar is no amount: "in 2022 euro area imports".
MEASURED = (
    r"\s?(?:thousand\s+|million\s+|тыс\.?\s+|млн\s+)?(?:t|tons?|tonnes?|kt|Mt|people|km|kilomet(?:er|re)s?|miles?|barrels?|bpd|b/d|[bmt]cm|MWh?|GWh?|TWh|TEU"
    r"|dollars|euros|m3|m³|cubic|kg|тонн\w*|т|баррел\w*|кубометр\w*|км|МВт|ДФЭ|долл\w*|евро|руб\w*|тенге)(?!\w)"
)
#: Two amounts that look like years, "between 2000 and 2500 tonnes"; not a year and an amount, "in 2021 and 2500 tonnes in 2022".
AMOUNTS = rf"\b(?:[Ff]rom|[Bb]etween|[Oo]f)\s+{YEAR}\s+(?:to|and|or)\s+\d{{4}}{MEASURED}"

#: Words that tell what sort of date a sentence may hold. English months have their capital.
_HINTS = {
    **dict.fromkeys((*_EN, *(name[:3] for name in _EN), "Sept"), "month"),
    **dict.fromkeys((stem + end for stem in _RU for end in ("", *"яьеюауий")), "month"),
    **dict.fromkeys(
        ["year", "years", "month", "months", "week", "weeks", "day", "days", "half", "quarter"], "period"
    ),
    **dict.fromkeys(["summer", "winter", "spring", "autumn"], "season"),
    **dict.fromkeys(["yesterday", "tomorrow", "вчера", "завтра", "позавчера", "послезавтра"], "deictic"),
    **dict.fromkeys(_WEEKDAYS, "weekday"),
    "ago": "ago",
}
_TOKEN = re.compile(r"\w+")
_ANY_YEAR, _ANY_NUMERIC = re.compile(YEAR), re.compile(r"\d\.\d\d?\.\d")


def hints_of(text: str, start: int, end: int) -> set[str]:
    """Give which words and signs that dates cannot do without stand in `text[start:end]`; rarely one too many, never one too few.

    They are month, months (two), year, years (two), digits, period, season, ago, deictic and weekday.
    """
    tokens = _TOKEN.findall(text, start, end)
    words = set(tokens)
    found = {_HINTS[word] for word in _HINTS.keys() & {*words, *map(str.lower, words)}}
    if "month" in found and sum("month" in (_HINTS.get(t), _HINTS.get(t.lower())) for t in tokens) > 1:
        found.add("months")
    years = len(_ANY_YEAR.findall(text, start, end))
    if years:
        found.add("year")
    if years > 1:
        found.add("years")
    if _ANY_NUMERIC.search(text, start, end):
        found.add("digits")
    return found


def day_month(suffix: str, day: str = DAY) -> str:
    """Give the pattern of a day with its month, in either order; its groups end in `suffix`."""
    return (
        rf"(?:(?:{WD},?\s+)?(?:\b(?P<m1{suffix}>{ANY_MONTH})\s+(?P<d1{suffix}>{day})"
        rf"|(?<![\d.,:])\b(?P<d2{suffix}>{day})(?:\s+of)?\s+(?P<m2{suffix}>{ANY_MONTH})))"
    )


def month_and_day(m: re.Match[str], suffix: str) -> tuple[int, int]:
    """Give the month and the day of a match of `day_month`."""
    month, day = m["m1" + suffix] or m["m2" + suffix], m["d1" + suffix] or m["d2" + suffix]
    return month_of(month), int(re.sub(r"\D", "", day))


def month_of(name: str) -> int:
    """Give the number of a month by its English or Russian name, whole or cut short."""
    low = name.lower().rstrip(".")
    for i, english in enumerate(_EN, 1):
        if english.lower().startswith(low[:3]):
            return i
    return next(i for stem, i in _RU.items() if low.startswith(stem))


#: Days: where words speak of the future, a yearless date so far back is not taken for the past.
_LONG_PAST = 30


def _nearest(published: date, tense: Tense | None, span: Callable[[int], tuple[date, date]]) -> int | None:
    """Give the year in which a yearless date falls: nearest to publication, the future counting double.

    None where words of the future stand beside what would lie long back: "will close in December", said in March.
    """
    best: tuple[float, int] | None = None
    back = 0
    for year in (published.year - 1, published.year, published.year + 1):
        try:
            first, last = span(year)
        except ValueError:
            continue
        ahead, behind = (first - published).days, (published - last).days
        if ahead > 0:
            distance = ahead * (0.5 if tense == "future" else 1e6 if tense == "past" else 2.0)
        elif behind > 0:
            distance = behind * (2.0 if tense == "future" else 1.0)
        else:
            distance = 0.0
        if best is None or distance < best[0]:
            best, back = (distance, year), behind
    return best[1] if best and not (tense == "future" and back > _LONG_PAST) else None


@dataclass(frozen=True)
class SaidYear:
    """A year that stands with a date: its value, if it can be told, and on what it rests."""

    value: str | None
    basis: Basis


Year = SaidYear | None


class Ground:
    """What an expression is resolved against."""

    def __init__(self, published: date | None, tense: Tense | None) -> None:
        self.published = published
        self.tense = tense

    def day(self, month: int, day: int, year: Year = None) -> tuple[str | None, Basis]:
        if year:
            if year.value is None:
                return None, "relative"
            date(int(year.value), month, day)
            return f"{year.value}-{month:02d}-{day:02d}", year.basis
        date(2000, month, day)  # a day of some year, at least
        if not self.published:
            return None, "relative"
        found = _nearest(self.published, self.tense, lambda y: (date(y, month, day), date(y, month, day)))
        return (f"{found}-{month:02d}-{day:02d}" if found else None), "relative"

    def month(self, month: int, year: Year = None) -> tuple[str | None, Basis]:
        if year:
            return (f"{year.value}-{month:02d}" if year.value else None), year.basis
        if not self.published:
            return None, "relative"
        found = _nearest(
            self.published, self.tense, lambda y: (date(y, month, 1), date(y, month, monthrange(y, month)[1]))
        )
        return (f"{found}-{month:02d}" if found else None), "relative"

    def season(self, season: int, year: Year = None) -> tuple[str | None, Basis]:
        if year:
            return (f"{year.value}-{season}" if year.value else None), year.basis
        if not self.published:
            return None, "relative"

        def span(y: int) -> tuple[date, date]:
            first, last = edtf.bounds(f"{y}-{season}")
            assert first and last
            return first, last

        found = _nearest(self.published, self.tense, span)
        return (f"{found}-{season}" if found else None), "relative"

    def year(self, shift: int) -> tuple[str | None, Basis]:
        return (str(self.published.year + shift) if self.published else None), "relative"


#: Forms of dates: pattern, what resolves a match, and which hints (of `hints_of`) it cannot do without.
Rules = list[tuple[re.Pattern[str], Callable[[re.Match[str], Ground], Value], frozenset[str]]]


def said_year(m: re.Match[str], g: Ground) -> Year:
    """Give the year that stands with a date, or None if none does."""
    groups = m.groupdict()
    year = groups.get("year")
    if year:
        if len(year) == 3:
            year = ("19" if year[1] >= "5" else "20") + year[1:]
        return SaidYear(year, "stated")
    rel, count, side = groups.get("rel_year"), groups.get("years"), groups.get("year_side")
    russian = groups.get("year_ru")
    if not (rel or count or side or russian):
        return None
    shift: int | None = None
    if rel:
        shift = {"last": -1, "the past": -1, "this": 0, "the current": 0, "next": 1, "the coming": 1}.get(
            " ".join(rel.lower().split())
        )
    elif count:
        shift = -count_of(count) if groups["years_side"].lower() == "ago" else None
    elif side:
        shift = {"before last": -2, "after next": 2}.get(" ".join(side.lower().split()))
    elif russian:
        low = russian.lower()
        shift = -1 if low in ("прошлого", "минувшего") else 1 if low in ("следующего", "будущего") else 0
    return SaidYear(g.year(shift)[0] if shift is not None else None, "relative")


#: What is said of a day that is put off, in the clause of both days.
_MOVED = re.compile(
    r"\b(?:postpon|mov(?:e|ed|ing)\b(?!\s+through)|delay(?!s\b)|reschedul|shift|exten(?:d|sion)|push|brought\s+forward|chang(?:ed|ing)\b|перенес|перенос|продл|отлож|сдвин)[^.;,]*$",
    re.I,
)


def moved(m: re.Match[str]) -> bool:
    """Tell whether something is put from one date to another, not going on between them."""
    return _MOVED.search(m.string, max(0, m.start() - 60), m.start()) is not None


def span(first: Value, last: Value) -> Value:
    """Give the interval of two dates; none if one is not known or they run backwards."""
    whole = bool(first[0] and last[0] and first[0] <= last[0])
    return (f"{first[0]}/{last[0]}" if whole else None), first[1]


def count_of(word: str) -> int:
    """Give the number that a word or digits say, 0 for another word."""
    return int(word) if word.isdigit() else _NUMBERS.get(word.lower(), 0)


def weekday_is(day: str, name: str) -> bool:
    """Whether a day in ISO form is of that name."""
    return date.fromisoformat(day).weekday() == _WEEKDAYS.index(name.lower())


def weekday_of(published: date, name: str, tense: Tense | None, strict: bool = False) -> date:
    """Give the day of that name next to publication, on the side that the tense names; never the day itself if `strict`."""
    shift = (published.weekday() - _WEEKDAYS.index(name.lower())) % 7
    if tense == "future":
        return published + timedelta(days=(7 - shift) % 7 or (7 if strict else 0))
    return published - timedelta(days=shift or (7 if strict else 0))
