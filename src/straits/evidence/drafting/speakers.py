"""Who speaks beside a word that introduces speech: persons before organisations before bare nouns."""

from __future__ import annotations

import re
from dataclasses import dataclass

from straits.evidence.drafting.page import Page, Sentence
from straits.evidence.finding.mentions import Mention
from straits.evidence.records import CANDIDATE

#: Nouns of one person who speaks.
_PERSON = re.compile(
    r"analyst|expert|observer|commentator|official|minister|president|spokes(?:man|woman|person)|leader|politician|scientist|economist|diplomat"
    r"|ambassador|governor|director|chairman|trader|journalist|columnist|senator|head",
    re.I,
)
_PRONOUN = re.compile(r"\b(?:he|she|him|her)\b", re.I)


@dataclass(frozen=True, slots=True)
class QuoteHit:
    """Attributed content. `start`, `end` bound what is said; `first`, `last` also hold speaker and cue."""

    form: str
    start: int
    end: int
    first: int
    last: int
    speaker: str
    speaker_text: str | None
    cue: str
    minor: bool


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who speaks, and the words that name him."""

    id: str
    text: str
    start: int
    end: int


def speaker_of(
    page: Page,
    sentences: list[Sentence],
    start: int,
    end: int,
    cue: int,
    cue_end: int,
    after_only: bool = False,
) -> Speaker | None:
    """Give who stands nearest to a cue: persons before organisations before bare nouns; to its left first."""
    candidates = [
        Speaker(m.id, m.text, m.start, m.end)
        for s in sentences
        for m in s.mentions
        if m.speaks
        and start <= m.start
        and m.end <= end
        and (
            _cited(page.text, m)
            if page.text[cue:cue_end].lower() == "citing"
            else after_only or _not_object(page.text, m)
        )
    ]
    persons = {m.start for s in sentences for m in s.mentions if m.kind == "person"}
    nouns = [
        Speaker(
            CANDIDATE + page.text[h.start : h.end].lower(),
            _with_article(page.text, h.start, h.end),
            h.start,
            h.end,
        )
        for s in sentences
        for h in s.hits
        if h.meaning.kind == "speaker"
        and start <= h.start
        and h.end <= end
        and not page.text[h.start].isupper()
    ] + [
        Speaker(CANDIDATE + page.text[h.start : h.end].lower(), page.text[h.start : h.end], h.start, h.end)
        for s in sentences
        for h in s.hits
        if h.meaning.kind == "speaker" and h.start == s.start and start <= h.start and h.end <= end
    ]

    def before(x: Speaker) -> bool:
        return x.end <= cue

    def after(x: Speaker) -> bool:
        return x.start >= cue_end

    for side in (after,) if after_only else (before, after):
        near = [c for c in candidates if side(c) and min(abs(c.end - cue), abs(c.start - cue_end)) < 110]
        named = [c for c in near if c.start in persons]
        bare = [n for n in nouns if side(n) and min(abs(n.end - cue), abs(n.start - cue_end)) < 60]
        for group in (named, near, bare):
            if group:
                chosen = min(group, key=lambda c: min(abs(c.end - cue), abs(c.start - cue_end)))
                closer = [
                    b for b in bare if group is not bare and abs(b.end - cue) < abs(chosen.end - cue) - 45
                ]
                return closer[0] if closer else chosen
        pronoun = [m for m in _PRONOUN.finditer(page.text, start, end) if abs(m.start() - cue) < 40]
        if pronoun and sentences:
            last = page.person_before(sentences[0].start)
            if last:
                nearer = _noun_between(page, last.end, sentences[0].start)
                return Speaker(nearer or last.id, pronoun[0][0], pronoun[0].start(), pronoun[0].end())
    return None


def _noun_between(page: Page, start: int, end: int) -> str | None:
    """Give the candidate of a person who spoke last and is not named ("the governor estimated"): "he" is that one."""
    found = None
    for s in page.sentences_in(start, end):
        cues = [h for h in s.hits if h.meaning.kind == "cue" and start <= h.start < end]
        for h in s.hits:
            person = (
                h.meaning.kind == "speaker"
                and h.start >= start
                and _PERSON.fullmatch(page.text, h.start, h.end)
            )
            if person and any(0 <= c.start - h.end < 12 or 0 <= h.start - c.end < 8 for c in cues):
                found = CANDIDATE + page.text[h.start : h.end].lower()
    return found


def _not_object(text: str, mention: Mention) -> bool:
    """Leave out "of Kazakhstan", "with Putin", "at the Forum": what a preposition governs does not speak."""
    if mention.kind == "person":
        return True
    return not re.search(
        r"\b(?:of|in|on|with|for|to|from|at|against|between|by|via)\s+(?:the\s+)?$",
        text[max(0, mention.start - 14) : mention.start],
    )


#: What of somebody can be cited.
_WORDS_OF = re.compile(
    r"(?:['’]s?)?\s+(?:[\w-]+\s+){0,2}?(?:data|figures?|statistics|sources?|officials?|reports?|statements?|documents?|spokes\w+|ministr?\w*|"
    r"government|service|agency|analysts?|experts?|traders?|press|authorit\w+|people|company|operator)\b",
    re.I,
)


def _cited(text: str, mention: Mention) -> bool:
    """Tell whether a name behind "citing" is that of a source, not of a reason: "citing EU sanctions"."""
    return not re.match(r"(?:['’]s?)?\s+[a-z]", text[mention.end : mention.end + 8]) or bool(
        _WORDS_OF.match(text, mention.end)
    )


def _with_article(text: str, start: int, end: int) -> str:
    match = re.search(
        r"\b(?:the|a|some|many|most|both|several|local|foreign|russian)\s+$",
        text[max(0, start - 12) : start],
        re.I,
    )
    return text[start - len(match[0]) if match else start : end]


__all__ = ["QuoteHit", "Speaker", "speaker_of"]
