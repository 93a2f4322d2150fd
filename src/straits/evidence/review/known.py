"""Which known event of the case a record may tell of: up to three candidates, or none of them and so a new one.

Words count by how rare they are among the events (inverse document frequency); actors and dates that agree count beside them.
Accepting a record as a telling of a known event joins it with what other outlets tell of the same.
"""

from __future__ import annotations

import functools
import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from straits.evidence import edtf
from straits.evidence.finding.gazetteer import Gazetteer, KnownEvent
from straits.evidence.finding.lexicon import codebook
from straits.evidence.ledger.ledger import Ledger
from straits.evidence.records import Claim, Event, Quantity
from straits.evidence.text import fold

#: Weights of what speaks for a candidate; words weigh as much as the rest together.
_WORDS, _ACTORS, _DATES, _KIND = 1.0, 0.4, 0.4, 0.2
#: Least sum for a candidate: one rare word, or a day and an actor.
_LEAST = 0.35
_MOST = 3
#: Signs of a sentence that are looked at.
_LONGEST = 600
_STOP = frozenset(
    (
        "the",
        "of",
        "and",
        "to",
        "in",
        "for",
        "on",
        "by",
        "at",
        "from",
        "with",
        "its",
        "is",
        "are",
        "was",
        "were",
        "has",
        "over",
        "after",
    )
)


@dataclass(frozen=True)
class Candidate:
    """A known event that a record may tell of."""

    id: str
    title: str
    likeness: float
    """The sum of what speaks for it; not a probability."""
    reasons: tuple[str, ...]


def words_of(text: str) -> list[str]:
    """Give the words of a text for comparison: lower case, endings of number and tense cut, empty words left out."""
    found = []
    for word in re.findall(r"\w+", fold(text).lower()):
        if len(word) > 2 and word not in _STOP:
            found.append(re.sub(r"(?:ing|ed|es|s|ion|ions)$", "", word) if len(word) > 5 else word)
    return found


class KnownEvents:
    """The events of a case, ready to be compared with."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self.events = gazetteer.known
        self._acting = gazetteer.acting
        names = {e.id: " ".join(e.names[:3]) for e in gazetteer.entries}
        self._words = [
            Counter(words_of(" ".join((e.title, *(names.get(i, "") for i in (*e.actors, e.asset or ""))))))
            for e in self.events
        ]
        spread = Counter(w for words in self._words for w in words)
        self._weight = {w: math.log(1 + len(self.events) / n) for w, n in spread.items()}

    def candidates(self, record: Event, context: str = "") -> list[Candidate]:
        """Give up to three known events that a record may tell of, likeliest first; none if it is likely a new one.

        Parameters
        ----------
        context : str
            Words round the record, such as its sentence; the evidence counts anyway.
        """
        told = set(words_of(record.evidence.exact + " " + context))
        found = []
        for event, words in zip(self.events, self._words, strict=True):
            reasons = _reasons(record, event, self._acting)
            shared = sum(self._weight[w] for w in words if w in told)
            whole = sum(self._weight[w] for w in words)
            reasons["words"] = _WORDS * shared / whole if whole else 0.0
            if reasons["dates"] < 0:
                continue
            total = sum(reasons.values())
            if total >= _LEAST and (shared or reasons["actors"]):
                why = tuple(name for name, value in reasons.items() if value > 0)
                found.append(Candidate(event.id, event.title, round(total, 3), why))
        return sorted(found, key=lambda c: (-c.likeness, c.id))[:_MOST]


def _reasons(record: Event, event: KnownEvent, acting: Mapping[str, str] | None = None) -> dict[str, float]:
    named = {*record.sources, *record.targets}
    # An authority is looked for by itself: its state has a part in many events.
    bodies = {acting[i] for i in named if acting.get(i, i) != i} if acting else set()
    parties = named | ({*record.source_states, *record.target_states} - bodies)
    own = set(event.actors)
    actors = len(parties & own) / min(len(parties), len(own)) if parties and own else 0.0
    if event.asset and event.asset in record.assets:
        actors = 1.0
    labels = {name: spec["label"] for name, spec in codebook().items()}
    kind = event.kind in labels and labels[event.kind] == labels.get(record.type)
    return {"actors": _ACTORS * actors, "dates": _DATES * _dates(record, event), "kind": _KIND * kind}


def _dates(record: Event, event: KnownEvent) -> float:
    """Give 1 for a day in common, less for days apart, 0 for unknown days, and -1 where one cannot be the other."""
    span = edtf.bounds(event.start) if event.start else (None, None)
    last_day = edtf.bounds(event.end)[1] if event.end else span[1]
    first, last = span[0], last_day
    reported = edtf.bounds(record.not_after)[1] if record.not_after else None
    if reported and first and first > reported:
        return -1.0
    value = record.when.value if record.when else None
    if not value or first is None or last is None:
        return 0.0
    begin, end = edtf.bounds(value)
    gap = max((begin - last).days if begin else 0, (first - end).days if end else 0, 0)
    return 1.0 if gap == 0 else 0.5 if gap <= 7 else 0.0 if gap <= 92 else -1.0


@functools.lru_cache(maxsize=4)
def _known(gazetteer: Gazetteer) -> KnownEvents:
    return KnownEvents(gazetteer)


def candidates_of(ledger: Ledger, record: Event | Quantity | Claim) -> list[Candidate]:
    """Give the known events that a draft may tell of, as the sheet, the terminal and the app show them.

    None for what is no event, and for what is judged already.
    """
    if not isinstance(record, Event) or not ledger.gazetteer.known or ledger.standing(record.id) != "draft":
        return []
    return _known(ledger.gazetteer).candidates(record, sentence_of(ledger, record))


def sentence_of(ledger: Ledger, record: Event | Quantity | Claim) -> str:
    """Give the sentence or sentences that hold the evidence, as a reader sees them, in one line."""
    reading = ledger.reading(record.document)
    first, last = reading.from_raw(record.evidence.start, record.evidence.end)
    text = reading.text
    signs = (". ", "\n", "! ", "? ")
    begins = [at + len(s) for s in signs if (at := text.rfind(s, max(0, first - _LONGEST), first)) >= 0]
    ends = [at for s in signs if (at := text.find(s, max(first, last - 1), last + _LONGEST)) >= 0]
    start = max(begins, default=max(0, first - _LONGEST))
    stop = min(ends, default=min(len(text), last + _LONGEST))
    return " ".join(text[start : max(stop + 1, last)].split())


def titles(candidates: Sequence[Candidate]) -> list[str]:
    """Give candidates as lines for people."""
    return [f"{c.id}: {c.title} ({c.likeness:.2f}: {', '.join(c.reasons)})" for c in candidates]


__all__ = ["Candidate", "KnownEvents", "candidates_of", "sentence_of", "titles", "words_of"]
