"""Which of the dates of a sentence is that of an event."""

from __future__ import annotations

from typing import Literal

from straits.evidence.drafting.frames import EventHit
from straits.evidence.drafting.page import Sentence
from straits.evidence.finding.dates import DateHit

#: Types whose date may be the day on which somebody spoke.
_SPOKEN = frozenset(("statement",))


def date_of(
    text: str, s: Sentence, e: EventHit, begin: int, others: list[EventHit]
) -> tuple[DateHit, Literal["clause", "sentence"]] | None:
    """Give the date of an event and where it stands: in its clause, nearest to the trigger; else nearest in its sentence.

    What stands before `begin`, where somebody begins to tell the event, is the day on which it was said ("said on Monday that").
    A date in the clause of another event is that event's, unless it heads the sentence. No date is taken from another sentence.
    """
    dated = [
        d
        for d in s.dates
        if d.kind not in ("until", "citation_date")
        and (d.start >= begin or e.type in _SPOKEN)
        and not _bracketed(text, s, d.start)
    ]

    def distance(d: DateHit) -> int:
        return min(abs(d.start - e.end), abs(e.start - d.end))

    inside = [d for d in dated if e.first <= d.start and d.end <= e.last]
    if inside:
        return min(inside, key=distance), "clause"
    free = [
        d
        for d in dated
        if (d.start - s.start < 24 and d.end <= e.start)
        or not any(o.first <= d.start and d.end <= o.last for o in others)
    ]
    return (min(free, key=distance), "sentence") if free else None


def _bracketed(text: str, s: Sentence, at: int) -> bool:
    """Tell whether `at` stands in brackets, where dates belong to what is cited."""
    opened = text.rfind("(", s.start, at)
    return opened >= 0 and text.find(")", opened, at) < 0


__all__ = ["date_of"]
