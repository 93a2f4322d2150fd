"""Names of states and capitals inside longer names: Michael Jordan, New Mexico, Atlanta, Georgia, The Moscow Times.

A word of the gazetteer that is a part of another name is not that state. The words that make it so are data (`longer_names` of
the lexicon): prefixes (New, Lake, Gulf of), endings (Times, Airlines, Agreement), whole names (Northern Ireland), given names,
and the states of other countries that share a name.
"""

from __future__ import annotations

import functools
import re

from straits.evidence.finding.gazetteer import world
from straits.evidence.finding.lexicon import lexicon
from straits.evidence.finding.search import Hit

_CAP = r"[A-ZÀ-ÖØ-ÞА-ЯЁ][\w’'.-]*"
_WORD_BEFORE = re.compile(rf"(?<![\w’'-])(?P<word>{_CAP})[ \u00a0]+(?:(?P<joint>of|for)[ ]+(?:the[ ]+)?)?$")
_WORD_AFTER = re.compile(r"[ \u00a0]+(?P<word>[A-ZÀ-ÖØ-Þ][\w’'-]*)")
_INITIAL = re.compile(r"[A-Z]\.$")
_PREPOSITION = re.compile(
    r"\b(?:in|from|to|of|at|with|by|for|against|between|and|near|via|into|through|over|on|inside|outside)\s+(?:the\s+)?$",
    re.I,
)
_TITLE = re.compile(
    r"\b(?:Mr|Mrs|Ms|Dr|Prof|Sir|Judge|Justice|Senator|Sen|Rep|Congressman|Congresswoman|Captain|Colonel|Coach|Lady|Lord)\.?\s+$"
)
_CITY = re.compile(rf"\b(?:in|at|from|near|of|to|outside|around)\s+(?P<city>{_CAP}(?:[ ]{_CAP}){{0,2}}),\s+$")
#: A city that begins a sentence or stands before the agency, with what must follow the state: no list goes on there.
_CITY_FIRST = re.compile(rf"(?:^|[\n.!?“\"]\s*)(?P<city>{_CAP}(?:[ ]{_CAP}){{0,2}}),\s+$")
_NO_LIST = re.compile(r",?\s+(?!(?:and|or|as\s+well)\b)(?:[a-z(]|[A-Z][a-z]+day\b)|\s*[(—–-]|,\s+\d")
_HOME_STATE = re.compile(r"\b(?:state|State|Governor|governor|Gov\.)\s+of\s+$")
_HOME_OFFICE = re.compile(
    r"(?:['’]s)?\s+(?:Governor|governor|Gov\b|Senator|Sen\b|Legislature|legislature|statehouse|[Ss]tate\b|Democrats?|Republicans?)"
)


@functools.cache
def _words(name: str) -> frozenset[str]:
    return frozenset(lexicon()["longer_names"][name])


@functools.cache
def _wholes() -> re.Pattern[str]:
    names = sorted(lexicon()["longer_names"]["wholes"], key=len, reverse=True)
    return re.compile(r"\b(?:" + "|".join(map(re.escape, names)) + r")\b")


@functools.cache
def _foreign() -> re.Pattern[str]:
    names = sorted(_words("other_states"), key=len, reverse=True)
    return re.compile(r",\s+(?:" + "|".join(map(re.escape, names)) + r")(?!\w)")


@functools.cache
def _names() -> frozenset[str]:
    """Names, adjectives and capitals of the states of the world, lower case."""
    return frozenset(
        n.lower()
        for e in world().entries
        if e.kind == "actor"
        for n in (*e.names, *e.adjectives, *e.capitals)
    )


def without_parts(text: str, hits: list[Hit], starts: set[int]) -> list[Hit]:
    """Leave out the states that are parts of longer names.

    Parameters
    ----------
    hits : list of Hit
        Names found, longest first of those that overlap.
    starts : set of int
        Where sentences begin: their first word is capitalised for no reason of its own.
    """
    ends = {h.end for h in hits}
    begins = {h.start for h in hits}
    return [h for h in hits if not _is_part(text, h, starts, begins, ends)]


def _is_part(text: str, hit: Hit, starts: set[int], begins: set[int], ends: set[int]) -> bool:
    name = text[hit.start : hit.end]
    if name.lower() not in _names() or hit.meaning.form.partition(":")[0] != "actor":
        return False
    before, behind = text[max(0, hit.start - 60) : hit.start], text[hit.end : hit.end + 60]
    begin = max(0, hit.start - 60)
    if _in_whole(text, hit):
        return True
    adjective = hit.meaning.form.endswith("adjective")
    after = _WORD_AFTER.match(behind)
    if after and after["word"] in _words("endings"):
        return True
    if adjective:
        return False
    elsewhere = _foreign().match(behind)
    if elsewhere and (
        hit.meaning.form.endswith("capital") or elsewhere[0].strip(", ").lower() not in _names()
    ):
        return True
    if _homonym(name, before, behind):
        return True
    if (
        after
        and name in _words("also_given")
        and hit.end + after.start("word") not in begins
        and _is_surname(after["word"])
    ):
        return not _PREPOSITION.search(before)
    if _TITLE.search(before) and not (after and after["word"][0].isupper()):
        return True
    previous = _WORD_BEFORE.search(before)
    if not previous:
        return False
    word, at = previous["word"], begin + previous.start("word")
    if previous["joint"]:
        return word in _words("of_prefixes")
    return _swallows(text, word, at, starts, ends)


def longer_kind(name: str, words: list[str]) -> str | None:
    """Give the kind of a name that holds a state: place, organisation; None for other names."""
    if len(words) < 2:
        return None
    if name in lexicon()["longer_names"]["wholes"] or (
        words[0] in _words("prefixes") and words[-1].lower() in _names()
    ):
        return "organisation" if words[0] in ("Air", "Team", "Radio", "Bank") else "place"
    return "organisation" if words[-1] in _words("endings") and words[0].lower() in _names() else None


def _in_whole(text: str, hit: Hit) -> bool:
    """Tell whether a name of the list of whole names holds the hit."""
    begin, stop = max(0, hit.start - 40), hit.end + 40
    return any(m.start() <= hit.start and hit.end <= m.end() for m in _wholes().finditer(text, begin, stop))


def _homonym(name: str, before: str, behind: str) -> bool:
    """Tell whether a name is that of a state elsewhere: "Atlanta, Georgia", "Georgia Governor", "the state of Washington"."""
    if name not in _words("also_states"):
        return False
    if _HOME_STATE.search(before) or re.match(
        r"(?:['’]s)?\s+(?:Governor|Gov\b|Senator|Sen\b|Legislature|legislature|governor|statehouse|state\b|State\b|Democrats?|Republicans?)",
        behind,
    ):
        return True
    city = _CITY.search(before) or (_NO_LIST.match(behind) and _CITY_FIRST.search(before))
    return bool(city and city["city"] not in _words("own_cities") and city["city"].lower() not in _names())


def _is_surname(word: str) -> bool:
    return (
        word not in _words("not_surnames")
        and word not in lexicon()["names"]["not_names"]
        and not word.isupper()
    )


def _swallows(text: str, word: str, at: int, starts: set[int], ends: set[int]) -> bool:
    """Tell whether a capitalised word directly before a state makes it a part of that word's name."""
    plain = word.rstrip(".")
    if word in _words("prefixes"):
        return True
    if _INITIAL.match(word):
        return _starts_name(text, at)
    if word.endswith((".", "'s", "’s", "s'", "s’")) or plain.isupper() or "-" in plain:
        return False
    if any(e in ends for e in range(at, at + len(word) + 1)) or plain in _words("qualifiers"):
        return False
    if plain in _words("given_names"):
        return True
    if at in starts or not re.search(r"[\w,’')\]][ \u00a0]+$", text[max(0, at - 3) : at]):
        return False
    return plain not in lexicon()["names"]["not_names"] and not _ROLE.match(plain)


def _starts_name(text: str, at: int) -> bool:
    """Tell whether an initial stands behind a given name or begins one: "Michael B. Jordan", "J. Jordan"; not "U.S. Jordan"."""
    return not re.search(r"\.$", text[max(0, at - 1) : at])


_ROLE = re.compile(
    r"(?:President|Prime|Deputy|Vice|Foreign|Energy|Finance|Minister|Ministry|Chairman|Chief|Head|Director|Secretary|General|Ambassador|Governor|Mayor|King|"
    r"Queen|Prince|Chancellor|Premier|Republic|Kingdom|Embassy|Government|Parliament|Former|Neighbou?ring|Today|Yesterday|January|February|March|April|May|"
    r"June|July|August|September|October|November|December|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)s?$"
)

__all__ = ["longer_kind", "without_parts"]
