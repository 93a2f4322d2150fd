"""Dates in running text (English and Russian), resolved against the publication date.

A date that is complete in the text is *stated*. One that needs the publication date ("July 6", "on Monday", "last year") is
*relative*: a month or day without a year is put into the year that brings it nearest to publication, the past being twice as
near as the future unless the words around it speak of the future or of the past. Without a publication date it stays
unresolved; nothing is guessed.
"""

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

_EN = "January February March April May June July August September October November December".split()
_RU = {
    "январ": 1, "феврал": 2, "март": 3, "апрел": 4, "мая": 5, "май": 5, "мае": 5, "июн": 6, "июл": 7, "август": 8,
    "сентябр": 9, "октябр": 10, "ноябр": 11, "декабр": 12,
}  # fmt: skip
_WEEKDAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
_NUMBERS = {
    w: i for i, w in enumerate("zero one two three four five six seven eight nine ten eleven twelve".split())
}
_NUMBERS |= {"a": 1, "an": 1, "several": 0, "couple": 2}
_SEASONS = {"spring": 21, "summer": 22, "autumn": 23, "fall": 23, "winter": 24}
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "1st": 1, "2nd": 2, "3rd": 3, "4th": 4}

_MONTH = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December"
    r"|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\b\.?)(?!\w)"
)
_MONTH_RU = r"(?i:январ[яьею]|феврал[яьею]|март[аеу]?|апрел[яьею]|ма[яйею]|июн[яьею]|июл[яьею]|август[аеу]?|сентябр[яьею]|октябр[яьею]|ноябр[яьею]|декабр[яьею])\b"
_WD = r"(?:Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)"
_YEAR = r"(?:19|20)\d\d"
_EDGE = (
    r"(?:(?P<edge>early|mid|late|the\s+(?:very\s+)?(?:beginning|start|middle|end)\s+of)(?:\s+|-)(?:the\s+)?)?"
)
_PREP = r"(?:(?P<prep>[Ii]n|[Bb]y|[Ss]ince|[Uu]ntil|[Tt]ill|[Tt]hrough|[Aa]t|[Dd]uring|[Bb]ack\s+in)\s+)?"
_NOT_COUNT = r"(?!\d|[.,:]\d|\s*(?:%|percent|per\s+cent|million|billion|thousand|tons?|tonnes|barrels))"


@dataclass(frozen=True)
class DateHit:
    """A date expression and what it means."""

    start: int
    end: int
    text: str
    value: str | None
    precision: str | None
    basis: Basis
    kind: Literal["date", "until", "since"]


def _month(name: str) -> int:
    low = name.lower().rstrip(".")
    for i, english in enumerate(_EN, 1):
        if english.lower().startswith(low[:3]):
            return i
    return next(i for stem, i in _RU.items() if low.startswith(stem))


def _nearest(published: date, tense: Tense | None, span: Callable[[int], tuple[date, date]]) -> int | None:
    """Give the year in which a yearless date falls: nearest to publication, the future counting double."""
    best: tuple[float, int] | None = None
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
            best = (distance, year)
    return best[1] if best else None


class _Ground:
    """What an expression is resolved against."""

    def __init__(self, published: date | None, tense: Tense | None) -> None:
        self.published = published
        self.tense = tense

    def day(self, month: int, day: int, year: str | None) -> tuple[str | None, Basis]:
        if year:
            date(int(year), month, day)
            return f"{year}-{month:02d}-{day:02d}", "stated"
        if not self.published:
            return None, "relative"
        found = _nearest(self.published, self.tense, lambda y: (date(y, month, day), date(y, month, day)))
        return (f"{found}-{month:02d}-{day:02d}" if found else None), "relative"

    def month(self, month: int, year: str | None) -> tuple[str | None, Basis]:
        if year:
            return f"{year}-{month:02d}", "stated"
        if not self.published:
            return None, "relative"
        found = _nearest(
            self.published, self.tense, lambda y: (date(y, month, 1), date(y, month, monthrange(y, month)[1]))
        )
        return f"{found}-{month:02d}", "relative"

    def season(self, season: int, year: str | None) -> tuple[str | None, Basis]:
        if year:
            return f"{year}-{season}", "stated"
        if not self.published:
            return None, "relative"

        def span(y: int) -> tuple[date, date]:
            first, last = edtf.bounds(f"{y}-{season}")
            assert first and last
            return first, last

        return f"{_nearest(self.published, self.tense, span)}-{season}", "relative"

    def year(self, shift: int) -> tuple[str | None, Basis]:
        return (str(self.published.year + shift) if self.published else None), "relative"


_Value = tuple[str | None, Basis]


def _full(m: re.Match[str], g: _Ground) -> _Value:
    month, day = _month(m["month"]), int(m["day"])
    if m["day2"]:
        first, basis = g.day(month, day, m["year"])
        last, _ = g.day(month, int(m["day2"]), m["year"])
        return (f"{first}/{last}" if first and last else None), basis
    return g.day(month, day, m["year"])


def _numeric(m: re.Match[str], g: _Ground) -> _Value:
    return g.day(int(m["mm"] or m["m2"]), int(m["dd"] or m["d2"]), m["yyyy"] or m["y2"])


def _narrowed(value: _Value, edge: str | None) -> _Value:
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


def _month_year(m: re.Match[str], g: _Ground) -> _Value:
    if m["month2"]:
        first, basis = g.month(_month(m["month"]), m["year"])
        last, _ = g.month(_month(m["month2"]), m["year"])
        return (f"{first}/{last}" if first and last and first <= last else None), basis
    return g.month(_month(m["month"]), m["year"])


def _season(m: re.Match[str], g: _Ground) -> _Value:
    season = _SEASONS[m["season"].lower()]
    which = (m["which"] or "").lower()
    if m["year"]:
        value: _Value = g.season(season, m["year"])
    elif which in ("last", "next") and g.published:
        value = _Ground(g.published, "past" if which == "last" else "future").season(season, None)
    else:
        value = g.season(season, None)
    return _narrowed(value, m["edge"])


def _relative_year(words: str | None, year: str | None, g: _Ground) -> _Value:
    if year:
        return year, "stated"
    low = (words or "").lower()
    return g.year(-1 if "last" in low or "previous" in low else 1 if "next" in low else 0)


def _part_of_year(m: re.Match[str], g: _Ground) -> _Value:
    if m["half_now"]:
        if not g.published:
            return None, "relative"
        year, start = str(g.published.year), 1 if g.published.month <= 6 else 7
        return f"{year}-{start:02d}/{year}-{start + 5:02d}", "relative"
    text, basis = _relative_year(m["rel"], m["year"], g)
    if m["code"]:
        number, length = int(m["code"][1]), 6 if m["code"][0] in "Hh" else 3
    elif m["months"]:
        number, length = 1, _count(m["months"])
    else:
        number, length = _ORDINALS[m["ordinal"].lower()], 6 if m["part"].lower() == "half" else 3
    start = (number - 1) * length + 1
    if text is None or not 1 <= start <= start + length - 1 <= 12:
        return None, basis
    return f"{text}-{start:02d}/{text}-{start + length - 1:02d}", basis


def _count(word: str) -> int:
    return int(word) if word.isdigit() else _NUMBERS.get(word.lower(), 0)


def _relative(m: re.Match[str], g: _Ground) -> _Value:
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
    return str(_weekday(p, unit, "future" if step > 0 else "past", strict=step != 0)), "relative"


def _weekday(published: date, name: str, tense: Tense | None, strict: bool = False) -> date:
    shift = (published.weekday() - _WEEKDAYS.index(name.lower())) % 7
    if tense == "future":
        return published + timedelta(days=(7 - shift) % 7 or (7 if strict else 0))
    return published - timedelta(days=shift or (7 if strict else 0))


def _on_weekday(m: re.Match[str], g: _Ground) -> _Value:
    return (str(_weekday(g.published, m["wd"], g.tense)) if g.published else None), "relative"


def _ago(m: re.Match[str], g: _Ground) -> _Value:
    p, n, unit = g.published, _count(m["n"]), m["unit"].lower().rstrip("s")
    if not p or not n:
        return None, "relative"
    if unit == "day":
        return str(p - timedelta(days=n)), "relative"
    if unit == "week":
        return f"{p - timedelta(weeks=n)}~", "relative"
    if unit == "month":
        year, month = divmod(p.year * 12 + p.month - 1 - n, 12)
        return f"{year}-{month + 1:02d}", "relative"
    return str(p.year - n), "relative"


def _deictic(m: re.Match[str], g: _Ground) -> _Value:
    shift = {"yesterday": -1, "tomorrow": 1, "вчера": -1, "завтра": 1}[m["word"].lower()]
    return (str(g.published + timedelta(days=shift)) if g.published else None), "relative"


def _year_only(m: re.Match[str], _g: _Ground) -> _Value:
    if m["to"]:
        to = m["to"] if len(m["to"]) == 4 else m["year"][:2] + m["to"]
        return (f"{m['year']}/{to}" if to > m["year"] else None), "stated"
    return _narrowed((m["year"], "stated"), m["edge"])


_UNITS = r"(?P<unit>days?|weeks?|months?|years?)"
_RULES: list[tuple[re.Pattern[str], Callable[[re.Match[str], _Ground], _Value]]] = [
    (
        re.compile(
            rf"(?:{_WD},?\s+)?(?:(?<![\d.,:])(?P<day>[0-3]?\d)(?:st|nd|rd|th)?(?:\s?[–-]\s?(?P<day2>[0-3]?\d))?"
            rf"(?:\s+of)?\s+(?P<month>{_MONTH}|{_MONTH_RU}))(?:,?\s+(?P<year>{_YEAR}))?(?!\d)"
        ),
        _full,
    ),
    (
        re.compile(
            rf"(?:{_WD},?\s+)?\b(?P<month>{_MONTH}),?\s+(?P<day>[0-3]?\d)(?:st|nd|rd|th)?(?:\s?[–-]\s?(?P<day2>[0-3]?\d))?"
            rf"{_NOT_COUNT}(?:,?\s+(?P<year>{_YEAR})(?!\d))?"
        ),
        _full,
    ),
    (
        re.compile(
            rf"(?<!\d)(?:(?P<yyyy>{_YEAR})-(?P<mm>\d\d)-(?P<dd>\d\d)|(?P<d2>\d{{1,2}})\.(?P<m2>\d{{1,2}})\.(?P<y2>{_YEAR}))(?!\d)"
        ),
        _numeric,
    ),
    (
        re.compile(
            rf"\b{_PREP}(?:the\s+)?(?:(?P<half_now>this\s+half\s+of\s+the\s+year)|(?:(?P<ordinal>first|second|third|fourth|[1-4](?:st|nd|rd|th))"
            rf"\s+(?P<part>half|quarter)|first\s+(?P<months>\w+)\s+months)\s+of\s+(?:(?P<year>{_YEAR})|(?P<rel>(?:this|last|next|the|the\s+current|the\s+previous)\s+year))"
            rf"|(?P<code>[QH][1-4])\s+(?:of\s+)?(?P<year2>{_YEAR}))\b".replace("(?P<year2>", "(?P<year_code>")
        ),
        lambda m, g: _part_of_year(_Code(m), g),  # type: ignore[arg-type]
    ),
    (
        re.compile(
            rf"\b{_PREP}{_EDGE}(?:(?P<last>last|next|this)\s+)?\b(?P<month>{_MONTH}|{_MONTH_RU})(?:\s?(?:[–-]|to|and)\s?(?P<month2>{_MONTH}))?"
            rf",?\s+(?:of\s+)?(?P<year>{_YEAR})(?!\d)"
        ),
        _month_year,
    ),
    (
        re.compile(
            rf"\b(?P<prep>[Ii]n|[Bb]y|[Ss]ince|[Uu]ntil|[Tt]ill|[Tt]hrough|[Dd]uring|[Bb]ack\s+in|[Ff]rom|[Ll]ast|[Nn]ext|[Ee]arly|[Ll]ate|[Mm]id-?)"
            rf"\s*{_EDGE}\b(?P<month>{_MONTH})(?:\s?(?:[–-]|to|and)\s?(?P<month2>{_MONTH}))?(?!\s+\d)(?P<year>(?!))?"
        ),
        _month_year,
    ),
    (
        re.compile(
            rf"\b{_PREP}{_EDGE}(?:(?P<which>the|this|last|next)\s+)?(?P<season>summer|winter|spring|autumn)\b(?:\s+(?:of\s+)?(?P<year>{_YEAR}))?",
            re.I,
        ),
        _season,
    ),
    (
        re.compile(
            rf"\b{_PREP}(?:earlier\s+|later\s+)?{_EDGE}(?:the\s+)?(?P<which>last|this|next|previous|current|coming)\s+"
            rf"(?P<unit>week|month|year|{_WD})\b(?!['’]s|-)",
            re.I,
        ),
        _relative,
    ),
    (re.compile(rf"\b(?:[Oo]n\s+(?P<wd>{_WD}))\b"), _on_weekday),
    (
        re.compile(rf"\b(?P<n>\d{{1,3}}|an?|one|two|three|four|five|six|seven|eight|nine|ten|twelve)\s+{_UNITS}\s+ago\b", re.I),
        _ago,
    ),
    (re.compile(r"\b(?P<word>yesterday|tomorrow|вчера|завтра)\b(?!['’]s)", re.I), _deictic),
    (
        re.compile(
            rf"(?:\b(?P<prep>[Ii]n|[Ss]ince|[Uu]ntil|[Tt]ill|[Bb]y|[Dd]uring|[Tt]hrough|[Bb]ack\s+in|[Ff]rom|[Oo]f|[Aa]t|[Ff]or|[Bb]efore|[Aa]fter|[Bb]etween|[Aa]nd|[Вв])\s+|(?<=\())"
            rf"{_EDGE}(?P<year>{_YEAR})(?:\s?[–-]\s?(?P<to>(?:19|20)?\d\d))?(?![\d%]|[.,]\d|\s+(?:tons?|tonnes|people|km|barrels))"
        ),
        _year_only,
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


_KEPT_PREPOSITIONS = re.compile(
    r"in|by|since|until|till|through|at|during|back\s+in|last|next|early|late|mid-?", re.I
)
_UNTIL = re.compile(r"(?:until|till|through|by|before)\b", re.I)
_SINCE = re.compile(r"(?:since|from|after)\b", re.I)
_HINT = re.compile(
    rf"{_MONTH}|{_MONTH_RU}|(?<!\d){_YEAR}(?!\d)|\d\.\d\d?\.\d|\b(?i:year|month|week|summer|winter|spring|autumn|ago|yesterday|tomorrow|вчера|завтра)|{_WD}"
)


def find_dates(
    text: str, published: date | None, start: int = 0, end: int | None = None, tense: Tense | None = None
) -> list[DateHit]:
    """Find the date expressions in `text[start:end]`.

    Parameters
    ----------
    published : date or None
        Publication date. Without it relative expressions are found but carry no value.
    tense : {"past", "future"}, optional
        What the words around say about the side on which a yearless date lies.

    Returns
    -------
    list of DateHit
        In order, not overlapping; the earlier rule wins, rules going from the fullest form to the barest.
    """
    end = len(text) if end is None else end
    if not _HINT.search(text, start, end):
        return []
    ground, taken, hits = _Ground(published, tense), [], []
    for pattern, resolve in _RULES:
        for m in pattern.finditer(text, start, end):
            if any(m.start() < e and s < m.end() for s, e in taken):
                continue
            try:
                value, basis = resolve(m, ground)
                precision = edtf.precision(value) if value else None
            except ValueError:
                continue
            groups = m.re.groupindex
            prep = (m["prep"] or "") if "prep" in groups else ""
            begin = m.start()
            if prep and not _KEPT_PREPOSITIONS.fullmatch(prep):
                begin = (
                    m.end("prep")
                    + len(text[m.end("prep") : m.end()])
                    - len(text[m.end("prep") : m.end()].lstrip())
                )
            kind: Literal["date", "until", "since"] = (
                "until" if _UNTIL.match(prep) else "since" if _SINCE.match(prep) else "date"
            )
            taken.append((m.start(), m.end()))
            hits.append(DateHit(begin, m.end(), text[begin : m.end()], value, precision, basis, kind))
    return sorted(hits, key=lambda h: h.start)


def readings(text: str, published: date | None) -> set[str]:
    """Give every value that the whole of `text` can have as a date, whatever its surroundings say of past or future."""
    values, bare = set(), text.strip(" ,.")
    for prefix in ("", "in ", "on ", "("):
        whole = prefix + bare
        for tense in _TENSES:
            for hit in find_dates(whole, published, tense=tense):
                if hit.value and hit.start <= len(prefix) and hit.end == len(whole):
                    values.add(hit.value)
    return values


_TENSES: tuple[Tense | None, ...] = (None, "past", "future")
_PUBLISHING = re.compile(
    r"\b(?:first|last|originally|posted|published|publication|date|modified|updated|on|at|by|utc|gmt|msk|[ap]\.?m\.?|et|est|"
    r"опубликовано|обновлено|изменено|дата|размещено|г|года|monday|tuesday|wednesday|thursday|friday|saturday|sunday)\b\.?",
    re.I,
)
_MODIFIED = re.compile(r"modif|updat|обновл|измен", re.I)


def only_dates(text: str) -> bool:
    """Tell whether a line is nothing but dates, times and words such as "published"."""
    if not re.search(r"\d", text) or len(text) > 120:
        return False
    rest = list(text)
    hits = find_dates(text, date(2000, 1, 1))
    if not any(h.precision == "day" for h in hits):
        return False
    for hit in hits:
        rest[hit.start : hit.end] = " " * (hit.end - hit.start)
    left = re.sub(r"\d{1,2}:\d\d(?::\d\d)?", " ", "".join(rest))
    return not re.search(r"\w", _PUBLISHING.sub(" ", left))


def says_modified(line: str) -> bool:
    """Tell whether a line of dates gives the date of a later change."""
    return bool(_MODIFIED.search(line))
