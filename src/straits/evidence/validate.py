"""What a record must be before the ledger takes it, whoever made it.

A record is refused if a span is not in the document to the letter, a name is neither known nor marked as a candidate, a date
or a number cannot be read from the record's own evidence, or its id is not the hash of its content. Fields that do not exist
are refused by the record classes themselves.
"""

from __future__ import annotations

import functools

from straits.errors import StraitsError
from straits.evidence import dates, quantities
from straits.evidence.documents import Document
from straits.evidence.gazetteer import Gazetteer, UnknownName
from straits.evidence.lexicon import codebook
from straits.evidence.page import publication_day
from straits.evidence.reading import Reading, read
from straits.evidence.records import OUTLET, Claim, Event, Quantity, When, content_id
from straits.evidence.text import Selector, SpanError, check_selector, fold

_DURATION_UNITS = {"day": "D", "week": "W", "month": "M", "year": "Y"}


class RecordRefused(StraitsError, ValueError):
    """A record is not supported by its document. `problems` lists every reason."""

    def __init__(self, id: str, problems: list[str]) -> None:
        self.problems = problems
        super().__init__(f"{id or 'record'} refused: " + "; ".join(problems))


@functools.lru_cache(maxsize=2)
def _reading(raw: str, media: str) -> Reading:
    """Give the reading of a document; records come document by document."""
    return read(raw, media)


class _Check:
    def __init__(
        self, record: Event | Quantity | Claim, raw: str, document: Document, gazetteer: Gazetteer
    ) -> None:
        self.record = record
        self.raw = raw
        self.document = document
        self.gazetteer = gazetteer
        self.problems: list[str] = []

    def say(self, problem: str) -> None:
        self.problems.append(problem)

    def plain(self, text: str, start: int | None = None) -> str:
        """Give a piece of the raw file as a person reads it: the one at `start`, else the first in the evidence."""
        evidence = self.record.evidence
        at = self.raw.find(text, evidence.start, evidence.end) if start is None else start
        if at < 0:
            return read(text, self.document.media).text.strip()
        reading = _reading(self.raw, self.document.media)
        first, last = reading.from_raw(at, at + len(text))
        return reading.text[first:last].strip()

    def span(self, selector: Selector, name: str) -> None:
        try:
            check_selector(self.raw, selector, name)
        except SpanError as error:
            self.say(str(error))
        outer = self.record.evidence
        if selector is not outer and not (outer.start <= selector.start and selector.end <= outer.end):
            self.say(
                f"{name}: {selector.start}..{selector.end} is not inside the evidence {outer.start}..{outer.end}"
            )

    def name(self, id: str, field: str, *kinds: str) -> None:
        if any(self.gazetteer.has(id, kind) for kind in kinds):
            return
        try:
            self.gazetteer.check(id, kinds[0], field)
        except UnknownName as error:
            self.say(str(error))

    def inside(self, text: str, field: str) -> None:
        evidence = self.record.evidence
        if fold(text) not in fold(evidence.exact) and fold(text) not in fold(
            self.plain(evidence.exact, evidence.start)
        ):
            self.say(f"{field}: {text!r} does not stand in the evidence")

    def when(self, when: When | None, field: str) -> None:
        if when is None:
            return
        if when.text is None:
            if when.basis != "inferred":
                self.say(f"{field}: a {when.basis} date shows the words it was read from")
            elif self.record.origin.method != "hand":
                self.say(
                    f"{field}: only a person infers a date; {self.record.origin.method} shows the words it was read from"
                )
            return
        self.inside(when.text, field)
        if when.value is None or (when.basis == "inferred" and self.record.origin.method == "hand"):
            return
        if when.basis == "inferred":
            self.say(f"{field}: only a person infers a date")
            return
        readable = dates.readings(self.plain(when.text), publication_day(self.document))
        if when.value not in readable:
            found = ", ".join(sorted(readable)) or "no date"
            self.say(
                f"{field}: {when.value} cannot be read from {when.text!r} (published {self.document.published.value}): {found}"
            )


def problems_of(
    record: Event | Quantity | Claim, raw: str, document: Document, gazetteer: Gazetteer
) -> list[str]:
    """Give every reason to refuse a record; empty if there is none.

    Parameters
    ----------
    raw : str
        The document's decoded text.
    """
    check = _Check(record, raw, document, gazetteer)
    if record.document != document.sha256:
        check.say(f"document: the record names {record.document[:12]}…, this is {document.sha256[:12]}…")
        return check.problems
    check.span(record.evidence, "evidence")
    if record.voice != OUTLET:
        check.name(record.voice, "voice", "actor")
    if isinstance(record, Event):
        _event(check, record)
    elif isinstance(record, Quantity):
        _quantity(check, record)
    else:
        _claim(check, record)
    if record.id and record.id != content_id(record):
        check.say(f"id: {record.id} is not the hash of the content, {content_id(record)}")
    return check.problems


def _event(check: _Check, record: Event) -> None:
    if record.type not in codebook():
        import difflib

        near = difflib.get_close_matches(record.type, codebook(), 1)
        check.say(
            f"type: {record.type!r} is not in the codebook" + (f"; did you mean {near[0]}?" if near else "")
        )
    check.span(record.trigger, "trigger")
    for field, kind in (("sources", "actor"), ("targets", "actor"), ("assets", "asset"), ("goods", "goods")):
        for id in getattr(record, field):
            check.name(id, field, kind)
    check.when(record.when, "when")
    if record.duration is None:
        return
    if record.duration_text is None:
        if record.origin.method != "hand":
            check.say("duration: the words it was read from are missing")
        return
    check.inside(record.duration_text, "duration")
    read = [
        f"P{q.value:g}{_DURATION_UNITS[q.unit]}"
        for q in quantities.readings(check.plain(record.duration_text))
        if q.unit in _DURATION_UNITS
    ]
    if record.duration not in read:
        check.say(
            f"duration: {record.duration} cannot be read from {record.duration_text!r}: {', '.join(read) or 'no time'}"
        )


def _quantity(check: _Check, record: Quantity) -> None:
    check.span(record.span, "span")
    check.when(record.period, "period")
    if record.object is not None:
        check.name(record.object, "object", "asset", "actor")
    text = check.plain(record.span.exact, record.span.start)
    read = quantities.readings(text)
    if not read:
        check.say(f"value: no quantity can be read from {text!r}")
        return
    # A range reads as two quantities, its bounds; nan, too, is near none.
    fitting = [q for q in read if abs(q.value - record.value) <= 1e-9 * max(abs(q.value), 1.0)]
    q = (fitting or read)[0]
    if not fitting:
        check.say(
            f"value: {record.value:g} cannot be read from {text!r}: {' or '.join(f'{r.value:g}' for r in read)}"
        )
    if q.unit != record.unit:
        check.say(f"unit: {record.unit!r} cannot be read from {text!r}: {q.unit!r}")
    if q.measure != record.measure and {q.measure, record.measure} != {"share", "change"}:
        check.say(f"measure: {record.measure!r} cannot be read from {text!r}: {q.measure!r}")
    if record.op == q.op or (record.op == "=" and len(read) == 1):
        return
    # What makes it a bound, or two levels of what looks like a range, may stand beside the span.
    reading = _reading(check.raw, check.document.media)
    first, last = reading.from_raw(record.span.start, record.span.end)
    begin, stop = max(0, first - 60), min(len(reading.text), last + 60)
    wider = quantities.find_quantities(reading.text, begin, stop)
    if not any((w.start, w.end, w.op, w.value) == (first, last, record.op, q.value) for w in wider):
        check.say(f"op: {record.op!r} cannot be read from {reading.text[begin:stop]!r}")


def _claim(check: _Check, record: Claim) -> None:
    check.span(record.content, "content")
    check.name(record.speaker, "speaker", "actor")
    if record.via is not None:
        check.name(record.via, "via", "actor")
    if record.speaker_text is not None:
        check.inside(record.speaker_text, "speaker_text")
    elif record.origin.method != "hand":
        check.say("speaker_text: how the document names the speaker is missing")


def validate(record: Event | Quantity | Claim, raw: str, document: Document, gazetteer: Gazetteer) -> None:
    """Refuse a record that its document does not support.

    Raises
    ------
    RecordRefused
        With every reason.
    """
    problems = problems_of(record, raw, document, gazetteer)
    if problems:
        raise RecordRefused(record.id, problems)


__all__ = ["RecordRefused", "problems_of", "validate"]
