"""For which state somebody acts: by the list of people in office, else by the words beside the name.

"Russian Energy Minister X" acts for Russia, "the Kazakh authorities" for Kazakhstan, "the government of Georgia" for Georgia. A
person is looked up in the list first, at the time of publication; whom it does not know, the words beside the name place, if they
agree wherever the document names him. Two people of one name in office for two states at once are not told apart.
"""

from __future__ import annotations

import bisect
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from straits.evidence.finding.mentions import Mention
from straits.evidence.finding.people import People, Term

_LEADER = (
    r"president|leader|head\s+of\s+state|ruler|strongman|king|queen|emperor|emir|sultan|chief\s+of\s+state"
)
_HEAD = r"prime\s+minister|premier|chancellor|head\s+of\s+(?:the\s+)?government"
_BODY = (
    r"ministers?|ministr(?:y|ies)|governments?|authorit(?:y|ies)|leadership|leaders|cabinet|parliament|senate|senators?|congress|duma|"
    r"lawmakers?|legislators?|deputies|courts?|judges?|tribunal|prosecutors?|officials?|diplomats?|diplomacy|ambassadors?|envoys?|embassy|"
    r"consulate|spokes(?:man|woman|person|men)|delegations?|negotiators?|representatives?|military|army|navy|troops|forces|soldiers|air\s+force|"
    r"warplanes|jets|aircraft|helicopters?|warships?|gunboats?|tanks|artillery|commandos?|generals?|commanders?|police|border\s+guards?|"
    r"coast\s+guard|customs|intelligence|secret\s+service|security\s+(?:forces|service|council)|regulator|central\s+bank|national\s+bank|treasury|"
    r"state\s+department|foreign\s+office|secretary\s+of\s+state|foreign\s+secretary|secretary|side|administration|counterparts?|colleagues?|"
    r"monarch|crown\s+prince|vice[\s-]president|federal\s+(?:service|agency)|presidency|regime|politicians?"
)
#: An office or a body that acts for a state.
_OFFICE = rf"(?:{_LEADER}|{_HEAD}|{_BODY})"
_NOT = (
    r"(?:of|in|on|at|to|for|from|by|with|and|or|but|as|is|are|was|were|has|have|had|will|would|that|which|who|than|about|over|"
    r"against|between)"
)
#: Behind an adjective or a possessive: "Kazakh (deputy energy) minister".
_BEHIND = re.compile(
    rf"(?:['’]s?)?\s+(?:(?!{_NOT}\b)[\w’'-]+\s+){{0,3}}?(?P<office>{_OFFICE})\b(?!\s*-)", re.I
)
#: In front of a state: "the government of (the Republic of)", "Minister of Energy of".
_BEFORE = re.compile(
    rf"\b(?P<office>{_OFFICE})(?:\s+(?:of|for)\s+(?:the\s+)?[\w’'-]+(?:\s+and\s+[\w’'-]+)?)?\s+of\s+(?:the\s+)?(?:(?:Republic|Kingdom)\s+of\s+)?$",
    re.I,
)
_HEAD_OF = re.compile(r"\b(?P<office>head|leader|president|ruler)\s+of\s+(?:the\s+)?$", re.I)
_STATE_WORD = re.compile(r"\s+(?:state|government|republic|parliament|delegation|cabinet)\b", re.I)
_BLANK = re.compile(r"\s+")
_AND = re.compile(r"\s*(?:,|and|&|,\s*and)\s*(?:the\s+)?")
#: Between a state and the person who acts for it: titles, and no verb.
_TITLES = re.compile(rf"(?:['’]s?)?\s+(?:(?!{_NOT}\b)[\w’'.-]+\s+){{0,6}}$", re.I)
_TITLE = re.compile(rf"\b(?:{_OFFICE}|mr|mrs|ms|dr)\b", re.I)
_APPOSITION = re.compile(r"\s*(?:,|\()\s*")
_OF = re.compile(r"\s+of\s+(?:the\s+)?")
_CHIEF = re.compile(rf"(?:{_LEADER}|head)$", re.I)
_REACH = 90


def with_states(
    text: str,
    mentions: Sequence[Mention],
    spans: Sequence[tuple[int, int]],
    people: People,
    published: tuple[date | None, date | None],
    acting: Mapping[str, str],
) -> list[Mention]:
    """Give the mentions, each with the state it acts for if that can be told, and with the offices that no name stands for.

    Parameters
    ----------
    spans : sequence of (start, end)
        Sentences.
    people : People
        Who held which office.
    published : (date or None, date or None)
        First and last day on which the document may have appeared.
    acting : mapping of str to str
        The state for which each state, authority and court acts.
    """
    own = [replace(m, state=acting[m.id]) if m.kind == "actor" and m.id in acting else m for m in mentions]
    own = _with_offices(text, own)
    listed = {m.id: _listed(m, people, published) for m in own if m.kind in ("person", "name")}
    beside: dict[str, set[str]] = defaultdict(set)
    ends = [e for _, e in spans]
    for i, m in enumerate(own):
        if m.kind == "person" or (m.kind == "name" and " " in m.text):
            stop = ends[min(bisect.bisect_left(ends, m.end), len(ends) - 1)]
            found = _beside(text, own, i, stop)
            if found:
                beside[m.id].add(found)
    placed = [_placed(m, listed.get(m.id), beside.get(m.id, set())) for m in own]
    return _leaders(placed, listed)


def _listed(m: Mention, people: People, published: tuple[date | None, date | None]) -> list[Term]:
    return people.holders(m.id.partition(":")[2], *published)


def _placed(m: Mention, listed: list[Term] | None, beside: set[str]) -> Mention:
    """Give a person with the state that the list knows, or the one that all words beside the name agree on."""
    if listed is None:
        return m
    known = {t.state for t in listed}
    if len(known) > 1:
        known &= beside
    elif not known:
        known = beside
    if len(known) != 1:
        return m
    return replace(m, state=next(iter(known)), kind="person")


def _with_offices(text: str, mentions: list[Mention]) -> list[Mention]:
    """Let a state stand for the office or body that is named with it, unless the name of a person follows."""
    persons = {m.start for m in mentions if m.kind == "person"}
    found = [_office(text, m, persons) if m.state else m for m in mentions]
    return _outside(sorted(_shared(text, found), key=lambda m: (m.start, -m.end)))


def _office(text: str, m: Mention, persons: set[int]) -> Mention:
    """Give "the X-ian ministry", "the government of X", "the head of the X-ian state" as an office of that state."""

    def named(end: int) -> bool:
        return (blank := _BLANK.match(text, end)) is not None and blank.end() in persons

    behind = _BEHIND.match(text, m.end, m.end + _REACH) if m.form in ("adjective", "name") else None
    if behind:
        if named(behind.end()):
            return m
        start, end, word = m.start, behind.end(), behind["office"]
    else:
        # Nearly all stand behind something else, which is seen without a search.
        near = text[max(0, m.start - 20) : m.start].lower()
        pattern = {"name": _BEFORE, "adjective": _HEAD_OF}.get(m.form) if " of" in near else None
        begin = max(0, m.start - _REACH)
        before = pattern.search(text[begin : m.start]) if pattern else None
        if before is None or named(m.end) or (m.form == "adjective" and not _STATE_WORD.match(text, m.end)):
            return m
        start, end, word = begin + before.start(), m.end, before["office"]
    return replace(
        m, start=start, end=end, text=text[start:end], form="office", office=" ".join(word.lower().split())
    )


def _shared(text: str, mentions: list[Mention]) -> list[Mention]:
    """Let adjectives that are joined share the office that follows: "French and Egyptian warships"."""
    found = list(mentions)
    for i in range(len(found) - 2, -1, -1):
        m, following = found[i], found[i + 1]
        if (
            m.state
            and m.form == "adjective"
            and following.form == "office"
            and _AND.fullmatch(text, m.end, following.start)
        ):
            found[i] = replace(m, form="office", office=following.office)
    return found


def _outside(mentions: list[Mention]) -> list[Mention]:
    """Leave out what stands inside the words of an office."""
    kept: list[Mention] = []
    end = -1
    for m in mentions:
        if m.form != "office" and m.start < end:
            continue
        kept.append(m)
        if m.form == "office":
            end = max(end, m.end)
    return kept


def _beside(text: str, mentions: list[Mention], i: int, stop: int) -> str | None:
    """Give the state that the words beside a person's name tell: before it with titles alone between, or in apposition."""
    m = mentions[i]
    for other in reversed(mentions[max(0, i - 3) : i]):
        if other.state and other.kind == "actor" and m.start - other.end < _REACH:
            between = text[other.end : m.start]
            titled = other.form == "office" or _TITLE.search(between) or between.strip() in ("'s", "’s")
            if titled and _TITLES.fullmatch(between if other.form != "office" else " " + between.lstrip()):
                return other.state
    for other in mentions[i + 1 : i + 2]:
        if other.state and other.kind == "actor" and _OF.fullmatch(text, m.end, other.start):
            return other.state
    apposition = _APPOSITION.match(text, m.end, stop)
    if not apposition:
        return None
    end = text.find(",", apposition.end(), stop)
    end = stop if end < 0 else end
    for other in mentions[i + 1 : i + 4]:
        if (
            other.state
            and other.kind == "actor"
            and other.end <= end
            and other.start - apposition.end() < _REACH
        ):
            return (
                other.state if other.form == "office" or _TITLE.search(text, apposition.end(), end) else None
            )
    return None


def _leaders(mentions: list[Mention], listed: dict[str, list[Term]]) -> list[Mention]:
    """Give "the Kazakh leader" as the person whom the document names as head of that state, if it is one."""
    heads: dict[str, set[str]] = defaultdict(set)
    for m in mentions:
        if m.kind == "person" and m.state and any(t.office == "chief of state" for t in listed.get(m.id, ())):
            heads[m.state].add(m.id)
    found = []
    for m in mentions:
        if m.form == "office" and _CHIEF.fullmatch(m.office) and len(heads[m.state]) == 1:
            m = replace(m, id=next(iter(heads[m.state])), kind="person", form="name")
        found.append(m)
    return found


__all__ = ["with_states"]
