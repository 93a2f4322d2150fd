"""Who and what a text names: entries of the gazetteer, and other capitalised names as candidates.

A person is named in full once and by surname afterwards, an organisation by an acronym that stands in brackets beside its
name; both are traced back to the full name within the document. What no gazetteer knows gets a `candidate:` id.
"""

from __future__ import annotations

import bisect
import functools
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from straits.evidence.finding.lexicon import lexicon
from straits.evidence.finding.longer_names import longer_kind, without_parts
from straits.evidence.finding.search import Hit
from straits.evidence.records import CANDIDATE
from straits.evidence.text import fold

_WORD = r"(?:(?:St|Mt|Ft)\.[ ])?[A-ZÀ-ÖØ-ÞА-ЯЁ][\w’'.-]*\w"
_NAMES = re.compile(
    rf"\b{_WORD}(?:(?:[ \u00a0]+(?:of|for|on|and)(?:[ ]+the)?[ ]+|[ \u00a0]+(?:al-|bin[ ]|de[ ]|von[ ]|van[ ])?){_WORD})*"
)
_ROLE = re.compile(
    r"(?:Presidents?|Prime|Deputy|Vice|First|Foreign|Energy|Finance|Economy|Defen[cs]e|Trade|Interior|Transport|Ministers?|Chairm[ae]n|Chairwoman|Chief|"
    r"Head|Director|Director-General|Secretary|Secretary-General|General|Senator|Ambassador|Governor|Mayor|King|Prince|Sheikh|Chancellor|Premier|Speaker|"
    r"Dr|Mr|Mrs|Ms|Prof|Professor|Sir|Analyst|Expert|Political|Scientist|Leader|Representative|Special|Envoy|Commissioner|Spokesman|Spokeswoman|"
    r"Spokesperson|CEO|Colonel|Admiral|Network|Economist|Columnist|Journalist|Observer|Official|Executive|Akim|Acting|Former|Leading|Senior)\.?$"
)
_PERSON_ROLE = re.compile(
    r"\b(?:president|minister|chairman|chairwoman|head|director|secretary|secretary-general|senator|ambassador|governor|mayor|chancellor|premier|leader|"
    r"representative|spokesman|spokeswoman|spokesperson|analyst|expert|scientist|columnist|journalist|economist|philosopher|politician|observer|"
    r"professor|deputy|commissioner|envoy|official|mr|mrs|ms|dr|prof|correspondent|historian|diplomat|lawyer|publicist|blogger|researcher|ceo)\.?\s*$",
    re.I,
)
_ORGANISATION = re.compile(
    r"\b(?:Court|Ministry|Department|Agency|Group|Bank|Company|Corporation|Consortium|Organi[sz]ation|Union|Committee|Commission|Council|"
    r"Institute|Foundation|University|Government|Parliament|Service|Authority|Treasury|Party|Association|Federation|Center|Centre|Fund|Times|Post|"
    r"News|Gazeta|gazeta|Inc|Ltd|LLC|Corp|AG|Academy|Assembly|Forum|Office|Oil|Gas|Energy|Railways?|Airlines|Operator|Chamber|Board|Duma|Senate|"
    r"Congress|Army|Forces|Guard|Police|Alliance|Treaty|Journal|Herald|Daily|Radio|Television|TV|Press|Media)\b"
)
_PLACE = re.compile(
    r"\b(?:Sea|Ocean|Strait|Canal|Gulf|River|Mountains?|Field|Port|Region|Oblast|Province|Territory|Peninsula|Corridor|Route|Island|City|Valley)$"
)
_FACILITY_WORD = (
    r"(?:pipeline|port|seaport|terminal|oil\s?field|gas\s?field|field|refinery"
    r"|corridor|railway|route|strait|canal|plant|station|consortium|junction|harbou?r|berth|depot|hub|warehouse|airport)"
)
_FACILITY_IN = re.compile(rf"\b{_FACILITY_WORD}\b", re.I)
_FACILITY_AFTER = re.compile(rf"(?:\s*\([A-Z]{{2,6}}\))?\s+(?:\w+\s+)?{_FACILITY_WORD}s?\b")
_FACILITY_BEFORE = re.compile(rf"\b{_FACILITY_WORD}s?\s+(?:of|at|in)\s+(?:the\s+)?$", re.I)
_NATIONAL = re.compile(r"(?:an|ian|ese|ish|akh|ani|i|ek|yk|ic)$")


@functools.cache
def _not_names() -> frozenset[str]:
    return frozenset(lexicon()["names"]["not_names"])


@dataclass(frozen=True, slots=True)
class Mention:
    """A name in the text."""

    start: int
    end: int
    text: str
    id: str
    kind: str
    """actor, asset, person, organisation, medium (a web address), place or name."""
    form: str
    """name, adjective, capital, or office: a state that stands for one of its offices or bodies."""
    state: str = ""
    """Id of the state that it is or acts for, if that is known."""
    office: str = ""
    """The word for the office."""

    @property
    def speaks(self) -> bool:
        """Whether it can act or speak: not the adjective in "Kazakh oil", not an asset or a place."""
        return self.form != "adjective" and self.kind in ("actor", "person", "organisation", "name")


def _longest(hits: Sequence[Hit]) -> list[Hit]:
    """Keep of overlapping names the longest; several meanings of one word all stay."""
    kept: list[Hit] = []
    for hit in hits:
        if hit.meaning.kind != "name":
            continue
        if kept and hit.start < kept[-1].end and (hit.start, hit.end) != (kept[-1].start, kept[-1].end):
            continue
        kept.append(hit)
    return kept


def _strip_roles(words: list[str]) -> tuple[list[str], bool]:
    """Cut off what precedes a person's name: "Russian Energy Minister Nikolai Shulginov" → Nikolai Shulginov."""
    last = max((i for i, w in enumerate(words[:-1]) if _ROLE.match(w)), default=-1)
    if last < 0 or (last + 1 < len(words) and words[last + 1] in ("of", "for", "and")):
        return words, False
    return words[last + 1 :], True


def find_mentions(
    text: str,
    hits: Sequence[Hit],
    spans: Sequence[tuple[int, int]],
    knows: Callable[[str], bool] = lambda name: False,
) -> list[Mention]:
    """Find the names in the given stretches of `text`.

    Parameters
    ----------
    hits : sequence of Hit
        What the searcher found in `text`.
    spans : sequence of (start, end)
        Sentences to read; the first word of each is capitalised for no reason of its own.
    knows : callable, optional
        Tells whether a word alone is somebody's name, so that it needs no other sign of being one.

    Returns
    -------
    list of Mention
        In order of place.
    """
    firsts = [s for s, _ in spans]
    inside = [
        h
        for h in _longest(hits)
        if (i := bisect.bisect_right(firsts, h.start) - 1) >= 0 and h.start < spans[i][1]
    ]
    known = [
        Mention(h.start, h.end, text[h.start : h.end], h.meaning.key, *h.meaning.form.split(":"))
        for h in without_parts(text, inside, set(firsts))
    ]
    starts = [m.start for m in known]
    raw: list[tuple[int, int, bool, bool]] = []
    for start, end in spans:
        here = known[bisect.bisect_left(starts, start) : bisect.bisect_left(starts, end)]
        for match in _NAMES.finditer(text, start, end):
            near = [m for m in here if m.start < match.end() and match.start() < m.end]
            if len(near) == 1 and (near[0].start, near[0].end) == (match.start(), match.end()):
                continue
            for part in _trim(text, match.start(), match.end(), start, near):
                if not any(part[0] < m.end and m.start < part[1] for m in near):
                    raw.append(part)
    full: dict[str, str] = {}
    elsewhere = {text[s:e] for s, e, initial, _ in raw if not initial}
    surnames = {text[s:e].rsplit(" ", 1)[1] for s, e, _, _ in raw if " " in text[s:e]}
    found: list[Mention] = []
    for start, end, initial, role in raw:
        name = text[start:end]
        words = name.split()
        bare = len(words) == 1 and initial and not role and not name.isupper()
        if bare and name not in elsewhere and name not in surnames and not knows(name):
            continue
        kind = _kind(name, words, role, text[max(0, start - 30) : start])
        found.append(Mention(start, end, name, "", kind, "name"))
        if kind == "person" and len(words) > 1:
            full.setdefault(words[-1], name)
        acronym = re.match(r"\s*\(([A-Z]{2,8})\)", text[end : end + 12])
        if acronym and kind == "organisation":
            full.setdefault(acronym[1], name)
    resolved = [_resolve(m, full) for m in found]
    return sorted([*known, *resolved], key=lambda m: (m.start, m.end))


def _trim(
    text: str, start: int, end: int, sentence: int, known: list[Mention]
) -> list[tuple[int, int, bool, bool]]:
    """Cut a run of capitalised words into names: (start, end, begins a sentence, follows a role)."""
    parts = []
    at = start
    if not _ORGANISATION.search(text, start, end):
        for joint in re.finditer(r"(?<=\s)and(?=\s)", text[start:end]):
            parts += _name(text, at, start + joint.start(), sentence, known)
            at = start + joint.end()
    return [*parts, *_name(text, at, end, sentence, known)]


def _name(
    text: str, start: int, end: int, sentence: int, known: list[Mention]
) -> list[tuple[int, int, bool, bool]]:
    """Cut a run of capitalised words to the name in it, if there is one."""
    words = [(m.start() + start, m.end() + start) for m in re.finditer(r"\S+", text[start:end])]
    while words and (
        text[words[0][0] : words[0][1]] in _not_names()
        or text[words[0][0] : words[0][1]] in ("of", "for", "on", "and", "the")
    ):
        words.pop(0)
    while words and (
        text[words[-1][0] : words[-1][1]] in _not_names()
        or text[words[-1][0] : words[-1][1]] in ("of", "for", "on", "and", "the")
    ):
        words.pop()
    if not words:
        return []
    stripped, role = _strip_roles([text[s:e] for s, e in words])
    words = words[len(words) - len(stripped) :]
    texts = [text[s:e] for s, e in words]
    # "President of Kazakhstan Tokayev", "Kazakh President": what the gazetteer knows is cut off at either end.
    for mention in known:
        if (
            words
            and mention.start <= words[0][0]
            and words[-1][1] > mention.end >= words[0][1]
            and not _ORGANISATION.search(text[mention.end : words[-1][1]])
        ):
            words = [w for w in words if w[0] >= mention.end]
            role = role or bool(_ROLE.match(texts[0]))
        elif (
            words
            and words[0][0] < mention.start
            and mention.end <= words[-1][1]
            and _ROLE.match(text[words[0][0] : words[0][1]])
        ):
            words, role = [w for w in words if w[0] >= mention.end], True
        elif (
            words
            and words[0][0] < mention.start < words[-1][1] <= mention.end
            and not _ORGANISATION.search(text[words[0][0] : mention.start])
        ):  # "Ivan Vale of Syldavia"
            words = [w for w in words if w[1] <= mention.start]
    joints = ("of", "for", "on", "and", "the")
    while words and text[words[0][0] : words[0][1]] in joints:
        words.pop(0)
    while words and text[words[-1][0] : words[-1][1]] in joints:
        words.pop()
    if not words:
        return []
    first, last = words[0][0], words[-1][1]
    name = fold(text[first:last])
    if name.endswith("'s"):
        last -= 2
    elif name.endswith("'"):
        last -= 1
    if last - first < 2 or _ROLE.match(text[first:last]) or text[first:last] in _not_names():
        return []
    return [(first, last, first == sentence, role)]


def _kind(name: str, words: list[str], role: bool, before: str) -> str:
    if re.search(r"\w\.[a-z]{2,4}$", name):
        return "medium"
    longer = longer_kind(name, words)
    if longer and not role:
        return longer
    if _ORGANISATION.search(name) and not role:
        return "organisation"
    if _PLACE.search(name):
        return "place"
    if role or _PERSON_ROLE.search(before):
        return "person"
    if name.isupper() and len(words) == 1:
        return "organisation"
    if 2 <= len(words) <= 3 and "of" not in words and not _NATIONAL.search(words[0]):
        return "person"
    return "name"


def _resolve(mention: Mention, full: dict[str, str]) -> Mention:
    name = full.get(mention.text, mention.text)
    kind = mention.kind
    if name != mention.text:
        kind = "organisation" if mention.text.isupper() else "person"
    return Mention(mention.start, mention.end, mention.text, CANDIDATE + name, kind, mention.form)


def facility(text: str, m: Mention) -> bool:
    """Tell whether a name is that of a facility: it holds the word, or the word stands beside it."""
    return bool(_FACILITY_IN.search(m.text) or _FACILITY_IN.search(m.id) or _facility_beside(text, m))


def _facility_beside(text: str, m: Mention) -> bool:
    return bool(
        _FACILITY_AFTER.match(text, m.end) or _FACILITY_BEFORE.search(text[max(0, m.start - 24) : m.start])
    )


def cities_or_assets(text: str, mentions: Sequence[Mention]) -> list[Mention]:
    """Tell a seat of government from an asset of its name: "Baku said" from "the port of Baku".

    Such a name is the asset only beside a word for its kind, and there it is nothing else.
    """
    seats = {(m.start, m.end) for m in mentions if m.form == "capital"}
    assets = {(m.start, m.end) for m in mentions if m.kind == "asset"}
    return [
        m
        for m in mentions
        if (m.start, m.end) not in seats & assets or (m.kind == "asset") == _facility_beside(text, m)
    ]
