"""Event frames: where a trigger of the codebook stands with what it needs, and who does what to whom there."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

from straits.evidence.lexicon import Hit, codebook
from straits.evidence.mentions import Mention
from straits.evidence.page import Page, Sentence
from straits.evidence.records import CANDIDATE

_BE = re.compile(
    r"\b(?:is|are|was|were|be|been|being|got)\s+(?:\w+ly\s+|also\s+|not\s+|already\s+|first\s+)?$", re.I
)
_TO_OR_MODAL = re.compile(
    r"\b(?:to|will|would|may|might|can|could|shall|should|must|not|n't|did|does|do|and|or|they|we|who|that|which|[a-z]{3,}s)\s+(?:\w+ly\s+)?$",
    re.I,
)
_DETERMINER = re.compile(
    r"\b(?:the|a|an|this|that|these|its|his|her|their|our|of|no|any|all|new|such|in)\s+$", re.I
)
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
_INFINITIVE = re.compile(r"(?:\s+[\w’'-]+){0,7}?\s+to\s+[a-z]")
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
_NOMINAL = ("noun",)


@dataclass(frozen=True, slots=True)
class EventHit:
    """A frame that fired."""

    type: str
    start: int
    end: int
    first: int
    last: int
    sources: tuple[str, ...]
    targets: tuple[str, ...]
    assets: tuple[str, ...]
    goods: tuple[str, ...]
    modality: str
    nominal: bool
    passive: bool


def find_events(page: Page) -> list[EventHit]:
    """Find the events in the page's prose, in order; of frames that share their words the first of the codebook is kept."""
    order = {name: i for i, name in enumerate(codebook())}
    found: list[EventHit] = []
    for sentence in page.sentences:
        here: list[EventHit] = []
        for hit in sentence.hits:
            if hit.meaning.kind == "trigger":
                event = _fire(page, sentence, hit)
                if event:
                    here.append(event)
        here.sort(key=lambda e: (e.nominal, order[e.type], e.start - e.end))
        kept: list[EventHit] = []
        for event in here:
            if not any(event.start < k.end and k.start < event.end for k in kept):
                kept.append(event)
        found.extend(_once_per_clause(_shared_subjects(sorted(kept, key=lambda e: e.start))))
    return found


def _shared_subjects(events: list[EventHit]) -> list[EventHit]:
    """Let verbs that are joined in one clause share the subject of the first ("refused …, announced … and offered …")."""
    shared: list[EventHit] = []
    for event in events:
        head = shared[-1] if shared else None
        if (
            head
            and not (event.nominal or head.nominal or event.passive or head.passive)
            and head.first == event.first
            and head.sources
        ):
            event = replace(event, sources=head.sources)
        shared.append(event)
    return shared


def _once_per_clause(events: list[EventHit]) -> list[EventHit]:
    """Keep one event of a type in a clause: "rallies escalated into riots", "invests to expand"."""
    seen: set[tuple[str, int, int]] = set()
    kept = []
    for event in events:
        key = (event.type, event.first, event.last)
        if key not in seen:
            kept.append(event)
        seen.add(key)
    return kept


def _fire(page: Page, s: Sentence, hit: Hit) -> EventHit | None:
    name, _, number = hit.meaning.key.partition("/")
    frame: dict[str, Any] = codebook()[name]["frames"][int(number)]
    text, form = page.text, hit.meaning.form
    before = text[max(s.start, hit.start - 40) : hit.start]
    word = text[hit.start : hit.end].lower()
    passive = bool(form == "verb" and re.search(r"(?:ed|n|t|ld|id)$", word.split()[0]) and _BE.search(before))
    if form in ("base", "verb") and not _verbal(word, form, before, passive, frame):
        return None
    reach = frame.get("reach", 60)
    left, right = max(s.start, hit.start - reach), min(s.end, hit.end + reach)
    after_only = (
        form in ("base", "verb")
        and not passive
        and not frame.get("either")
        and not word.split()[0].endswith("ed")
    )
    needed = None
    if frame.get("needs"):
        needed = _find(page, s, hit, frame["needs"], hit.start if after_only or not passive else left, right)
        if needed is None and not after_only:
            needed = _find(page, s, hit, frame["needs"], left, right)
        if needed is None:
            return None
    if frame.get("once") and _find(page, s, hit, frame["once"], left, right, other=needed) is None:
        return None
    start, end = hit.start, hit.end
    if (
        needed
        and needed[0] >= end
        and len(text[end : needed[1]].split()) <= 4
        and form != "noun"
        and needed[2] in _OBJECTS
    ):
        end = needed[1]
    first, last = _clause(text, s, start, end, name == "statement")
    sources, targets = _roles(page, s, start, end, first, last, passive, form, name)
    if codebook()[name].get("mutual"):
        sources, targets = tuple(dict.fromkeys((*sources, *targets))), ()
    return EventHit(
        name, start, end, first, last, sources, targets,
        _assets(page, s, first, last),
        _goods(s, first, last),
        _modality(page, s, start, end, first),
        form in _NOMINAL,
        passive,
    )  # fmt: skip


_OBJECTS = frozenset(
    (
        "barrier",
        "pact",
        "legal_act",
        "violation",
        "law",
        "plans",
        "recognition",
        "sanctions",
        "limits",
        "prohibitions",
        "goods",
        "bargain",
        "problem",
        "way",
    )
)


def _verbal(word: str, form: str, before: str, passive: bool, frame: dict[str, Any]) -> bool:
    """Tell a verb from the noun or adjective that is written alike."""
    if frame.get("finite") and (form == "base" or word.endswith("ing")):
        return False
    if form == "base":
        return bool(_TO_OR_MODAL.search(before))
    if passive:
        return True
    return not _DETERMINER.search(before) or (word.endswith("ing") and before.rstrip().endswith(("of", "in")))


def _find(
    page: Page,
    s: Sentence,
    hit: Hit,
    wanted: list[str],
    left: int,
    right: int,
    other: tuple[int, int, str] | None = None,
) -> tuple[int, int, str] | None:
    """Give the nearest word of a wanted class or kind in `text[left:right]`: (start, end, class)."""
    options: list[tuple[int, int, str]] = []

    def inside(start: int, end: int) -> bool:
        overlaps = start < hit.end and hit.start < end
        return left <= start and end <= right and (not overlaps or end > hit.end or start < hit.start)

    kinds = {w.rstrip("<>") for w in wanted}
    before, after = {w[:-1] for w in wanted if w[-1] == "<"}, {w[:-1] for w in wanted if w[-1] == ">"}
    for h in s.hits:
        m = h.meaning
        if m.kind == "class" and m.key in kinds:
            if m.key == "joint":
                fits = h.start == hit.start
            elif m.key in before or m.key in after:
                fits = inside(h.start, h.end) and (
                    h.end <= hit.start if m.key in before else h.start >= hit.end
                )
            else:
                fits = inside(h.start, h.end)
            if fits:
                options.append((h.start, h.end, m.key))
        elif m.kind == "goods" and "goods" in kinds and inside(h.start, h.end):
            options.append((h.start, h.end, "goods"))
        elif m.kind == "speaker" and "speaker" in kinds and inside(h.start, h.end):
            options.append((h.start, h.end, "speaker"))
    for mention in s.mentions:
        if not inside(mention.start, mention.end):
            continue
        for kind, fits in (
            ("asset", mention.kind == "asset"),
            ("actor", mention.kind == "actor"),
            (
                "place",
                mention.kind in ("asset", "place")
                or mention.form == "capital"
                or (mention.kind == "actor" and mention.form == "name"),
            ),
            ("somebody", mention.kind in ("person", "organisation", "actor") and mention.form != "adjective"),
            ("somewhere", mention.kind in ("name", "place", "person", "organisation")),
        ):
            if fits and kind in kinds:
                options.append((mention.start, mention.end, kind))
    if "date" in kinds:
        options += [(d.start, d.end, "date") for d in s.dates if inside(d.start, d.end)]
    if "money" in kinds:
        options += [
            (q.start, q.end, "money") for q in s.quantities if q.measure == "money" and inside(q.start, q.end)
        ]
    if "infinitive" in kinds and _INFINITIVE.match(page.text[hit.end : right]):
        options.append((hit.end, hit.end, "infinitive"))
    if other:
        options = [o for o in options if o[:2] != other[:2]]
    return min(
        options,
        key=lambda o: (o[2] == "infinitive", min(abs(o[0] - hit.end), abs(hit.start - o[1]))),
        default=None,
    )


def _clause(text: str, s: Sentence, start: int, end: int, says: bool) -> tuple[int, int]:
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


def _roles(
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


def _assets(page: Page, s: Sentence, first: int, last: int) -> tuple[str, ...]:
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


def _goods(s: Sentence, first: int, last: int) -> tuple[str, ...]:
    return tuple(
        dict.fromkeys(
            h.meaning.key for h in s.hits if h.meaning.kind == "goods" and first <= h.start and h.end <= last
        )
    )


def _modality(page: Page, s: Sentence, start: int, end: int, first: int) -> str:
    """Read planned, denied or hypothetical off the words between the clause's head and the trigger, and just behind it."""
    near = [h for h in s.hits if h.meaning.kind == "modality" and (max(first, start - 60) <= h.start < start)]
    behind = page.text[end : min(s.end, end + 120)]
    if re.search(r"\bnot\s+ruled\s+out\b", behind):
        return "hypothetical"
    kinds = {
        h.meaning.key
        for h in near
        if not (h.meaning.key == "denied" and (start - h.end > 12 or page.text[h.end : h.end + 5] == " only"))
        and not (h.meaning.key == "planned" and start - h.end > 25)
    }
    if "hypothetical" in kinds:
        return "hypothetical"
    if "denied" in kinds:
        return "denied"
    if "planned" in kinds:
        return "planned"
    return "asserted"
