"""Which of the dates of a sentence is that of an event."""

from __future__ import annotations

import re
from typing import Literal

from straits.evidence.drafting.frames import EventHit
from straits.evidence.drafting.page import Sentence
from straits.evidence.finding.dates import DateHit

#: Types whose date may be the day on which somebody spoke.
_SPOKEN = frozenset(("statement",))
#: Between the date of one verb and another verb that shares its subject: "reduced supplies on 1 October, and threatened".
_JOINT = re.compile(r"[,;]|\b(?:and|but|or|then)\b", re.I)
#: Where a part of a sentence with a verb of its own begins.
_PART = re.compile(
    r"[;:–—]\s|,\s|\s(?=(?:because|while|whereas|after|before|although|since|but|and|that|as)\s)", re.I
)
_LEADS = re.compile(r"(?:since|after|before)\s+(?:the\s+)?", re.I)
_VERB = re.compile(r"\b(?:is|are|was|were|has|have|had|will|would|did|stood|fell|rose|said|[a-z]{3,}ed)\b")


def date_of(
    text: str, s: Sentence, e: EventHit, begin: int, stop: int, others: list[EventHit]
) -> tuple[DateHit, Literal["clause", "sentence"]] | None:
    """Give the date of an event and where it stands: in its clause, nearest to the trigger; else nearest in its sentence.

    What stands before `begin` or behind `stop`, between which somebody tells the event, is the day on which it was said
    ("said on Monday that"). A date in the clause of another event is that event's, unless it heads the sentence, and so is
    one behind another verb of the same clause; one in a part of the sentence with another verb is of that. No date is taken
    from another sentence.
    """
    dated = [
        d
        for d in s.dates
        if d.kind not in ("until", "citation_date")
        and (begin <= d.start < stop or e.type in _SPOKEN)
        and not _bracketed(text, s, d.start)
    ]

    def distance(d: DateHit) -> int:
        return min(abs(d.start - e.end), abs(e.start - d.end))

    def of_another(d: DateHit) -> bool:
        """Whether a verb stands before the date, and what joins another one between the date and the event."""
        return (
            any(o.end <= d.start for o in others)
            and d.end <= e.start
            and _JOINT.search(text, d.end, e.start) is not None
        )

    inside = [d for d in dated if e.first <= d.start and d.end <= e.last and not of_another(d)]
    if inside:
        return min(inside, key=distance), "clause"
    free = [
        d
        for d in dated
        if (d.start - s.start < 24 and d.end <= e.start and not _VERB.search(text, s.start, d.start))
        or not (
            any(o.first <= d.start and d.end <= o.last for o in others)
            or (e.type not in _SPOKEN and _elsewhere(text, s, e, d))
        )
    ]
    return (min(free, key=distance), "sentence") if free else None


def _elsewhere(text: str, s: Sentence, e: EventHit, d: DateHit) -> bool:
    """Tell whether a date stands in a part of the sentence that has a verb of its own, and is not the event's."""
    if e.first <= d.start and d.end <= e.last:
        return True  # in the clause, and yet another verb's
    cuts = [s.start, *(m.end() for m in _PART.finditer(text, s.start, s.end)), s.end]
    first = max(c for c in cuts if c <= d.start and not _LEADS.fullmatch(text, c, d.start))
    last = min((c for c in cuts if c >= d.end), default=s.end)
    if first <= e.start < last:
        return False
    return _VERB.search(text, first, d.start) is not None or _VERB.search(text, d.end, last) is not None


def _bracketed(text: str, s: Sentence, at: int) -> bool:
    """Tell whether `at` stands in brackets, where dates belong to what is cited."""
    opened = text.rfind("(", s.start, at)
    return opened >= 0 and text.find(")", opened, at) < 0


__all__ = ["date_of"]
