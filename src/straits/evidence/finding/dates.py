"""Dates in running text (English and Russian), resolved against the publication date.

A date that is complete in the text is *stated*. One that needs the publication date ("July 6", "on Monday", "last year") is
*relative*: a month or day without a year is put into the year that brings it nearest to publication, the past being twice as
near as the future unless the words around it speak of the future or of the past. Without a publication date it stays
unresolved; nothing is guessed.
"""

from __future__ import annotations

import functools
import itertools
import re
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from straits.evidence import edtf
from straits.evidence.finding.date_parts.compounds import COMPOUNDS, LATER, MASTHEAD
from straits.evidence.finding.date_parts.rules import RULES
from straits.evidence.finding.date_parts.spans import SPANS
from straits.evidence.finding.date_parts.words import (
    MONTH,
    MONTH_RU,
    YEAR,
    Ground,
    Rules,
    Tense,
    Value,
    hints_of,
)
from straits.evidence.records import Basis


@dataclass(frozen=True)
class DateHit:
    """A date expression and what it means."""

    start: int
    end: int
    text: str
    value: str | None
    precision: str | None
    basis: Basis
    kind: Literal["date", "until", "since", "citation_date"]
    """citation_date: that of what is cited, not of what it tells."""


#: When a document appeared: a day, or the first and the last day on which it may have.
Published = date | tuple[date | None, date | None] | None


_KEPT_PREPOSITIONS = re.compile(
    r"in|by|since|until|till|through|at|during|back\s+in|last|next|early|late|mid-?", re.I
)
_UNTIL = re.compile(r"(?:until|till|through|by|before|not?\s+later|до|к|по|не\s+позднее)\b", re.I)
_LEADS = re.compile(
    r"\b(not?\s+later\s+than|until|till|through|by|before|since|from|after|до|к|по|не\s+позднее|с|со|после)\s+(?:(?:on|the)\s+)?$",
    re.I,
)
_SINCE = re.compile(r"(?:since|from|after|с|со|после)\b", re.I)
#: Before the date of what is done: "told on", "since"; not of what is "to be signed on" or "expected in".
_DONE = re.compile(
    r"\b(?P<verb>\w+ed|said|told|wrote|met|held|began|fell|rose|sent|left|went|came|took)\s+(?:on|in)?\s*$",
    re.I,
)
_TO_COME = re.compile(
    r"\b(?:be|being|is|are|get|will|would|shall|to)\b[^.,;]{0,40}$|\b(?:schedul|plann|expect|propos|slat|envisag|intend|need|delay|postpon)ed$",
    re.I,
)
_BEGUN = re.compile(r"\bsince\s*(?:the\s+)?$", re.I)
#: Between a date without a year and one that has it: "in May and in August 2021".
_BESIDE = re.compile(r",?\s+(?:and|or|then|и|или)(?:\s+(?:then|again))?(?:\s+(?:in|on|в))?\s+|,\s+", re.I)
_YEARLESS, _MONTHLY = re.compile(rf"{YEAR}|['’]\d\d|year|года", re.I), re.compile(rf"{MONTH}|{MONTH_RU}")


def find_dates(
    text: str,
    published: Published,
    start: int = 0,
    end: int | None = None,
    tense: Tense | None = None,
    masthead: bool = False,
) -> list[DateHit]:
    """Find the date expressions in `text[start:end]`.

    Parameters
    ----------
    published : date, (date, date) or None
        Publication date, or the first and last day that it may be: what resolves to one value at both is that, what does not is
        the time between. Without it relative expressions are found but carry no value.
    tense : {"past", "future"}, optional
        What the words around say about the side on which a yearless date lies.
    masthead : bool
        Whether `30.06` is a day, as in a line of dates; in running text it is a number.

    Returns
    -------
    list of DateHit
        In order, not overlapping; the earlier rule wins, rules going from the fullest form to the barest.
    """
    end = len(text) if end is None else end
    hints = hints_of(text, start, end)
    if masthead:
        hints.add("digits")
    if not hints:
        return []
    grounds, plain = _grounds(published, tense), _grounds(published, None)
    taken: list[tuple[int, int]] = []
    hits: list[DateHit] = []
    for pattern, resolve, _ in _rules(frozenset(hints), masthead):
        for m in pattern.finditer(text, start, end):
            if any(m.start() < e and s < m.end() for s, e in taken):
                continue
            over = tense == "future" and _is_over(text, start, m)
            try:
                value, basis = _between([resolve(m, g) for g in (plain if over else grounds)])
                precision = edtf.precision(value) if value else None
            except ValueError:
                taken.append((m.start(), m.end()))  # no part of "31 April 2021" is a date
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
            if prep.lower() == "from" and value and "/" in value:
                prep = ""  # the interval says it
            lead = prep or ("" if value and "/" in value else _before(text, start, m.start()))
            if lead.lower() == "before" and re.search(
                r"\bnot\s+(?:before\s+)?$", text[start : m.start()], re.I
            ):
                lead = "since"
            kind: Literal["date", "until", "since", "citation_date"] = (
                "until" if _UNTIL.match(lead) else "since" if _SINCE.match(lead) else "date"
            )
            taken.append((m.start(), m.end()))
            hits.append(DateHit(begin, m.end(), text[begin : m.end()], value, precision, basis, kind))
    return _beside(text, sorted(hits, key=lambda h: h.start))


def _is_over(text: str, start: int, m: re.Match[str]) -> bool:
    """Tell whether a date is that of something done or begun: "said on Friday", "since May"; whatever else will come."""
    at = m.end("prep") if m.re.groupindex.get("prep") and m["prep"] else m.start()
    before = text[max(start, at - 60) : at]
    verb = _DONE.search(before)
    done = verb is not None and not _TO_COME.search(before[: verb.start()] + verb["verb"])
    return done or _BEGUN.search(before) is not None


def _beside(text: str, hits: list[DateHit]) -> list[DateHit]:
    """Leave open the year of a date that is joined to one of another year: "in May and in August 2021"."""
    for i, (a, b) in enumerate(itertools.pairwise(hits)):
        if not _BESIDE.fullmatch(text[a.end : b.start]):
            continue
        for at, bare, full in ((i, a, b), (i + 1, b, a)):
            told = re.search(YEAR, full.text)
            if (
                told
                and _MONTHLY.search(full.text)
                and bare.value
                and not _YEARLESS.search(bare.text)
                and _MONTHLY.search(bare.text)
                and told[0] != bare.value[:4]
            ):
                hits[at] = replace(bare, value=None, precision=None)
    return hits


@functools.cache
def _rules(hints: frozenset[str], masthead: bool) -> Rules:
    """Give the forms of which a text with these hints may hold one, in their order."""
    rules = (*SPANS, *COMPOUNDS, *RULES, *LATER, *(MASTHEAD if masthead else ()))
    return [rule for rule in rules if hints & rule[2]]


def _grounds(published: Published, tense: Tense | None) -> list[Ground]:
    """Give what expressions are resolved against: the day of publication, both ends of its interval, or nothing."""
    first, last = published if isinstance(published, tuple) else (published, published)
    if first is None or last is None:
        return [Ground(None, tense)]
    return [Ground(first, tense)] if first == last else [Ground(first, tense), Ground(last, tense)]


def _between(values: list[Value]) -> Value:
    """Give the value that all agree on, or the time from the first to the last day that they can mean."""
    texts = [text for text, _ in values]
    if len(set(texts)) == 1 or None in texts:
        return (texts[0] if len(set(texts)) == 1 else None), values[0][1]
    ends = [edtf.bounds(text) for text in texts if text]
    firsts, lasts = [a for a, _ in ends if a], [b for _, b in ends if b]
    if len(firsts) < len(ends) or len(lasts) < len(ends):
        return None, values[0][1]
    return f"{min(firsts)}/{max(lasts)}", values[0][1]


def _before(text: str, start: int, at: int) -> str:
    """Give the word before a date that says whether something ends or begins with it."""
    found = _LEADS.search(text[max(start, at - 24) : at])
    return found[1] if found else ""


def readings(text: str, published: Published) -> set[str]:
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
#: A line that is nothing but a day and a time: the day may lack its year.
_MASTHEAD = re.compile(r"[0-3]?\d\.[01]\d\.?(?:,?\s+\d{1,2}:\d\d)?|\d{1,2}:\d\d,?\s+[0-3]?\d\.[01]\d\.?")
_MODIFIED = re.compile(r"modif|updat|обновл|измен", re.I)


def only_dates(text: str) -> bool:
    """Tell whether a line is nothing but dates, times and words such as "published"."""
    if not re.search(r"\d", text) or len(text) > 120:
        return False
    rest = list(text)
    hits = find_dates(text, date(2000, 1, 1), masthead=_MASTHEAD.fullmatch(text.strip()) is not None)
    if not any(h.precision == "day" for h in hits):
        return False
    for hit in hits:
        rest[hit.start : hit.end] = " " * (hit.end - hit.start)
    left = re.sub(r"\d{1,2}:\d\d(?::\d\d)?", " ", "".join(rest))
    return not re.search(r"\w", _PUBLISHING.sub(" ", left))


WEEKDAY_WORD = re.compile(
    r"\b(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\b|\b(?:понедельник|вторник|сред[ау]|четверг|пятниц[ау]|суббот[ау]|воскресенье)\b",
    re.I,
)
_PUBLISHED = re.compile(r"publi[sc]|posted|опублик|размещ|дата публ", re.I)


def kinds_of_dates(line: str, published: Published = None) -> list[tuple[DateHit, str]]:
    """Give the dates of a line of dates, each with what the line calls it: published, modified, or nothing ("").

    The last word before a date, since the date before it, names it; a word behind the last date of a line names that.
    """
    hits, found, at = find_dates(line, published, masthead=True), [], 0
    for i, hit in enumerate(hits):
        named = [(m.start(), "modified") for m in _MODIFIED.finditer(line, at, hit.start)]
        named += [(m.start(), "published") for m in _PUBLISHED.finditer(line, at, hit.start)]
        if not named and i == len(hits) - 1:
            named += [(m.start(), "modified") for m in _MODIFIED.finditer(line, hit.end)]
        found.append((hit, max(named)[1] if named else ""))
        at = hit.end
    return found
