"""Who does what to whom in the clause round a trigger: its bounds, its parties, the assets and goods that it names."""

from __future__ import annotations

import re

from straits.evidence.drafting.page import Page, Sentence
from straits.evidence.finding.mentions import Mention
from straits.evidence.records import CANDIDATE

_BREAK = re.compile(
    r"[;:]\s|\s[–—-]\s|,\s+(?=(?:but|while|which|who|where|although|because|since|so|thus|whereas|and\s+(?:he|she|it|they|the|then|also|to)|as\s+well\s+as)\b)"
    r"|\s(?=(?:after|when|while|because|before|as\s+long\s+as|although|so\s+that|but)\s)|\sthat\s(?=\w+\s\w+)",
    re.I,
)
_PREPOSITION = re.compile(
    r"\b(?:of|in|on|with|for|to|from|at|against|between|via|through|about|into|toward|towards|over|than|like)\s+(?:the\s+|its\s+|his\s+)?(?:[\w-]+\s+)?$",
    re.I,
)
_WITH = re.compile(r"\b(?:with|between|and)\s+(?:[\w-]+\s+){0,4}$", re.I)
_FACILITY_WORD = (
    r"(?:pipeline|port|seaport|terminal|oil\s?field|gas\s?field|field|refinery"
    r"|corridor|railway|route|strait|canal|plant|station|consortium)"
)
_FACILITY_IN = re.compile(rf"\b{_FACILITY_WORD}\b", re.I)
_FACILITY_AFTER = re.compile(rf"(?:\s*\([A-Z]{{2,6}}\))?\s+(?:\w+\s+)?{_FACILITY_WORD}s?\b")
_FACILITY_BEFORE = re.compile(rf"\b{_FACILITY_WORD}s?\s+(?:of|at|in)\s+(?:the\s+)?$", re.I)
_CIRCUMSTANCE = re.compile(
    r"\b(?:via|through|from|in|at|on|bypassing|bypass|instead\s+of|like|including|over)\s+(?:the\s+)?(?:[\w-]+\s+)?$",
    re.I,
)
_POSSESSIVE = re.compile(r"['’]s?\s+(?:[\w-]+\s+){1,3}(?:not\s+)?to\s+$")


def clause_bounds(text: str, s: Sentence, start: int, end: int, says: bool) -> tuple[int, int]:
    """Bound the clause round a trigger; of a statement, what is stated belongs to it."""
    first = s.start
    last = s.start + len(text[s.start : s.end].rstrip(" .,;:!?…"))
    for m in _BREAK.finditer(text, s.start, s.end):
        if m.end() <= start:
            first = m.end()
        elif m.start() >= end:
            if says and m[0].startswith(" that") and m.start() - end < 30:
                continue
            last = m.start()
            break
    while first < start and text[first] in " ,–—\"“”'‘":
        first += 1
    return first, max(last, end)


def _actors(s: Sentence, first: int, last: int) -> list[Mention]:
    return [
        m
        for m in s.mentions
        if first <= m.start and m.end <= last and m.kind in ("actor", "person", "organisation", "name")
    ]


def roles(
    page: Page, s: Sentence, start: int, end: int, first: int, last: int, passive: bool, form: str, name: str
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Give sources and targets: subject and object, turned round in the passive; a noun's parties stand on both sides."""
    text = page.text
    left = _actors(s, first, start)
    right = [m for m in _actors(s, end, last) if m.form != "adjective"]
    agents = [
        m
        for m in right
        if re.search(r"\bby\s+(?:the\s+)?(?:[\w-]+\s+){0,2}$", text[max(end, m.start - 30) : m.start])
    ]
    objects = [m for m in right if m not in agents and _object(text, m, end, name)]
    if form == "noun":
        return _nominal_roles(page, left, objects, start, first)
    subjects = [m for m in left if _subject(text, m, first)]
    if not subjects:
        owner = [m for m in left if _POSSESSIVE.match(text[m.end : start])]
        wider = [m for m in _actors(s, s.start, start) if _subject(text, m, s.start)]
        subjects = owner[-1:] or _pronoun(page, first, start) or wider[-1:]
    if passive:
        return _unique(agents), _unique([*subjects[-2:], *objects[:1]])
    chosen = subjects[-1:]
    if len(subjects) > 1 and re.fullmatch(
        r"\s*(?:,|and|&|,\s*and)\s*(?:the\s+)?", text[subjects[-2].end : subjects[-1].start]
    ):
        chosen = subjects[-2:]
    return _unique(chosen), _unique([m for m in objects if m not in chosen][:3])


def _nominal_roles(
    page: Page, left: list[Mention], right: list[Mention], start: int, first: int
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Give the parties of a noun: whose it is ("Tokayev's visit"), of whom ("visit of"), with or between whom."""
    text = page.text
    owner = [m for m in left if m.form != "adjective" and text[m.end : m.end + 2] in ("’s", "'s")][-1:]
    of_whom = [
        m
        for m in right
        if re.search(r"\bof\s+(?:the\s+)?(?:[\w-]+\s+){0,3}$", text[max(start, m.start - 40) : m.start])
    ][:1]
    joined = [m for m in right if _WITH.search(text[max(first, m.start - 40) : m.start])]
    subject = [m for m in left if _subject(text, m, first)][-1:]
    parties = [*(owner or of_whom or subject), *joined]
    return _unique(parties), _unique([m for m in right if m not in parties][:2])


def _subject(text: str, m: Mention, first: int) -> bool:
    return m.form != "adjective" and not _PREPOSITION.search(text[max(first, m.start - 30) : m.start])


def _object(text: str, m: Mention, end: int, name: str) -> bool:
    """Tell an object from a circumstance ("via Baku", "at the forum"); of a visit the place is what it aims at."""
    if name == "visit":
        return not re.search(
            r"\b(?:from|via|bypassing)\s+(?:the\s+)?$", text[max(end, m.start - 20) : m.start]
        )
    return not _CIRCUMSTANCE.search(text[max(end, m.start - 30) : m.start]) and not (
        m.kind == "name" and _facility(text, m)
    )


def _pronoun(page: Page, first: int, start: int) -> list[Mention]:
    """Give whom "he" or "she" before a trigger means."""
    person = page.person_before(first) if re.search(r"\b(?:he|she)\b", page.text[first:start], re.I) else None
    return [person] if person else []


def _unique(mentions: list[Mention]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(m.id for m in mentions))


def assets_named(page: Page, s: Sentence, first: int, last: int) -> tuple[str, ...]:
    """Give the assets named in a clause: those that are known, and names that stand with the word for a facility."""
    found = []
    for m in s.mentions:
        if (
            first <= m.start
            and m.end <= last
            and (m.kind == "asset" or (m.id.startswith(CANDIDATE) and _facility(page.text, m)))
        ):
            found.append(m.id)
    return tuple(dict.fromkeys(found))


def _facility(text: str, m: Mention) -> bool:
    """Tell whether a name is that of a facility: it holds the word, or the word stands beside it."""
    return bool(
        _FACILITY_IN.search(m.text)
        or _FACILITY_IN.search(m.id)
        or _FACILITY_AFTER.match(text, m.end)
        or _FACILITY_BEFORE.search(text[max(0, m.start - 24) : m.start])
    )


def goods_named(s: Sentence, first: int, last: int) -> tuple[str, ...]:
    return tuple(
        dict.fromkeys(
            h.meaning.key for h in s.hits if h.meaning.kind == "goods" and first <= h.start and h.end <= last
        )
    )
