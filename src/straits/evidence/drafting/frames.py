"""Event frames: where a trigger of the codebook stands with what it needs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from straits.evidence.drafting import parsed
from straits.evidence.drafting.modality import modality_of
from straits.evidence.drafting.page import Page, Sentence
from straits.evidence.drafting.parties import (
    accused_of,
    assets_named,
    clause_bounds,
    goods_named,
    ids_of,
    roles,
    states_of,
    told_beside,
)
from straits.evidence.finding.lexicon import codebook
from straits.evidence.finding.search import Hit

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
_INFINITIVE = re.compile(r"(?:\s+[\w’'-]+){0,7}?\s+to\s+[a-z]")
_NOMINAL = ("noun",)
#: Types whose verb asks another to act: "urged Georgia to reopen".
_ASKING = ("statement", "proposal", "directive")
_TO = re.compile(r"\s(?:not\s+)?to\s+(?:\w+ly\s+)?$", re.I)
#: What is dropped and no amount of trade: "dropped the idea".
_IDEA = re.compile(
    r"\s+(?:the|its|his|her|their|an?|all)\s+(?:\w+\s+)?(?:ideas?|plans?|proposals?|cases?|charges?|claims?|demands?|bids?|request|project)\b",
    re.I,
)
#: Verbs whose past is written as the infinitive.
_ALSO_PAST = frozenset(("shut", "cut", "hit", "put", "set"))
#: Who only does not speak refuses nothing: "declined to comment".
_TO_SPEAK = re.compile(
    r"\s+(?:any\s+|further\s+)?(?:(?:to\s+)?(?:\w+ly\s+)?(?:comments?|say|elaborate|specify|disclose|be\s+(?:named|identified|quoted))"
    r"|to\s+(?:answer|reply\s+to|respond\s+to)\s+(?:\w+\s+)?(?:questions?|requests?\s+for\s+comment|queries|calls|emails?)"
    r"|to\s+(?:give|name|provide)\s+(?:\w+\s+)?(?:details?|figures?|names?|reasons?|numbers?))\b",
    re.I,
)


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
    source_states: tuple[str, ...]
    target_states: tuple[str, ...]
    assets: tuple[str, ...]
    goods: tuple[str, ...]
    modality: str
    nominal: bool
    passive: bool
    covers: tuple[int, int]
    """From the first to the last word that makes it: the trigger and what it needs."""
    stem: str
    """Beginning of the trigger's verb, to tell verbs apart."""


def find_events(page: Page, trees: Mapping[int, parsed.Tree] | None = None) -> list[EventHit]:
    """Find the events in the page's prose, in order; of frames that share their words the first of the codebook is kept.

    Parameters
    ----------
    trees : mapping of int to Tree, optional
        Parsed sentences by their start, to tell the parties by.
    """
    order = {name: i for i, name in enumerate(codebook())}
    found: list[EventHit] = []
    for sentence in page.sentences:
        here: list[EventHit] = []
        for hit in sentence.hits:
            if hit.meaning.kind == "trigger":
                event = _fire(page, sentence, hit, (trees or {}).get(sentence.start))
                if event:
                    here.append(event)
        here.sort(key=lambda e: (e.nominal, order[e.type], e.start - e.end))
        kept: list[EventHit] = []
        for event in here:
            if not any(_told(event, k) for k in kept):
                kept.append(event)
        found.extend(_once_per_clause(_shared_subjects(page.text, sorted(kept, key=lambda e: e.start))))
    return found


def _told(event: EventHit, kept: EventHit) -> bool:
    """Tell whether the words of an event are those of one that is kept: of a noun, also what that one's verb needs."""
    first, last = kept.covers if event.nominal and not kept.nominal else (kept.start, kept.end)
    return event.start < last and first < event.end


def _shared_subjects(text: str, events: list[EventHit]) -> list[EventHit]:
    """Let verbs that are joined in one clause share the subject of the first ("refused …, announced … and offered …").

    A verb that is told beside, in a relative clause, has a subject of its own.
    """
    shared: list[EventHit] = []
    for event in events:
        head = shared[-1] if shared else None
        if (
            head
            and not (event.nominal or head.nominal or event.passive or head.passive)
            and head.first == event.first
            and head.sources
            and not accused_of(text[head.start : event.start])
            and not (head.type in _ASKING and event.sources and _TO.search(text, head.end, event.start))
            and not any(a < head.start < b for a, b in told_beside(text, event.first, event.start))
        ):
            event = replace(event, sources=head.sources, source_states=head.source_states)
        shared.append(event)
    return shared


def _once_per_clause(events: list[EventHit]) -> list[EventHit]:
    """Keep one event of a type in a clause ("rallies escalated into riots"), or one for each of its verbs."""
    seen: dict[tuple[str, int, int], list[EventHit]] = {}
    kept = []
    for event in events:
        before = seen.setdefault((event.type, event.first, event.last), [])
        another = not event.nominal and all(not e.nominal and e.stem != event.stem for e in before)
        if not before or another:
            kept.append(event)
            before.append(event)
    return kept


def _fire(page: Page, s: Sentence, hit: Hit, tree: parsed.Tree | None = None) -> EventHit | None:
    name, _, number = hit.meaning.key.partition("/")
    frame: dict[str, Any] = codebook()[name]["frames"][int(number)]
    text, form = page.text, hit.meaning.form
    before = text[max(s.start, hit.start - 40) : hit.start]
    word = text[hit.start : hit.end].lower()
    if form == "base" and word.split()[0] in _ALSO_PAST and not _TO_OR_MODAL.search(before):
        form = "verb"
    passive = bool(form == "verb" and re.search(r"(?:ed|n|t|ld|id)$", word.split()[0]) and _BE.search(before))
    # A phrase may hold the auxiliary itself: "was fined".
    passive = passive or bool(
        form == "phrase" and re.fullmatch(r"(?:is|are|was|were|been|being)\s+\w+ed", word)
    )
    if form in ("base", "verb") and not _verbal(word, form, before, passive, frame):
        return None
    if form == "base" and _purpose(text, s.start, hit.start):
        return None
    if name == "trade_change" and _IDEA.match(text, hit.end):
        return None
    if name == "refusal" and _TO_SPEAK.match(text, hit.end):
        return None
    if name == "closure" and not passive and form != "noun" and text[hit.end : hit.end + 1] == ",":
        return None  # "if attacks stop, ships may come": nothing is stopped
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
        and not (passive and re.search(r"\bby\b", text[end : needed[0]]))
    ):
        end = needed[1]
    first, last = clause_bounds(text, s, start, end, name == "statement")
    sources, targets = roles(page, s, start, end, first, last, passive, form, name)
    if tree:
        sources, targets = parsed.roles(page, s, tree, (hit.start, hit.end), form, name, (sources, targets))
    if codebook()[name].get("mutual"):
        sources, targets = [*sources, *targets], []
    elif codebook()[name].get("undergone"):
        sources, targets = [], sources or targets
    return EventHit(
        name, start, end, first, last, ids_of(sources), ids_of(targets), states_of(sources), states_of(targets),
        assets_named(page, s, first, last),
        goods_named(s, first, last),
        modality_of(page, s, start, end, first, name),
        form in _NOMINAL,
        passive,
        (min(start, needed[0]), max(end, needed[1])) if needed else (start, end),
        word[:4],
    )  # fmt: skip


#: Words after which "to" and a verb tell what is done, meant or asked, not what for.
_GOVERNS = re.compile(
    r"(?:plan\w*|intend\w*|intention\w*|deci\w+|agree\w*|refus\w+|threat\w*|promis\w+|pledg\w+|vow\w*|ready|readiness|willing\w*|going|want\w*|wish\w*|"
    r"hop(?:e|es|ed|ing)|need\w*|able|unable|begin\w*|beg[au]n|start\w*|continu\w+|likely|unlikely|due|set|about|expect\w*|schedul\w+|prepar\w+|attempt\w*|"
    r"tr(?:y|ies|ied|ying)|seek\w*|sought|manag\w+|fail\w*|is|are|was|were|be|been|being|has|have|had|having|used|appear\w*|seem\w*|tend\w*|offer\w*|"
    r"propos\w+|right|not|whether|how|when|where|ought|supposed|obliged|bound|move\w*|afraid|call\w*|chose\w*|choos\w+|dare\w*|mean\w*|possib\w+|order\w*|demand\w*|urg\w+|"
    r"forced|requir\w+|allow\w*|permit\w*|ask\w*|said|reported|believed|known|n't|or|and)$",
    re.I,
)
#: Verbs that let somebody else do something: their object may stand before "to".
_LETS = re.compile(
    r"\b(?:order|instruct|ask|urg|forc|allow|permit|oblig|requir|tell|told|task|demand|invit|authori[sz]|call(?:s|ed|ing)?\s+(?:on|for)|want|compel|"
    r"persuad|caus|enabl|ban|forbid|recommend|advis)\w*\s+(?:[\w’'-]+\s+){1,8}$",
    re.I,
)


def _purpose(text: str, first: int, at: int) -> bool:
    """Tell whether a verb behind "to" says what something is done for: "closed the road to block the trucks"."""
    before = text[max(first, at - 90) : at]
    to = re.search(r"(?P<word>[\w’'-]+)?[,\s]*\bto\s+(?:\w+ly\s+)?$", before)
    if to is None:
        return False
    if to["word"] is None or re.search(r"\bin\s+order\s+to\s+$", before, re.I):
        return True
    if _GOVERNS.fullmatch(to["word"]):
        return False
    return _LETS.search(before[: to.start()] + " " + to["word"] + " ") is None


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
