"""What a record must be before the ledger takes it, whoever made it.

A record is refused if a span is not in the document to the letter, or begins or ends in what no reader sees (comments, scripts,
attributes, hidden elements); if a name is neither known nor marked as a candidate, or does not stand there; if a date or a
number cannot be read from the record's own evidence; or if its id is not the hash of its content. Fields that do not exist are
refused by the record classes themselves.
"""

from __future__ import annotations

import functools
import re
import unicodedata

from straits.errors import StraitsError
from straits.evidence.documents.document import Document, published_between
from straits.evidence.documents.reading import Reading, read
from straits.evidence.finding import dates, quantities
from straits.evidence.finding.gazetteer import Gazetteer, UnknownName
from straits.evidence.finding.lexicon import codebook
from straits.evidence.records import CANDIDATE, OUTLET, Claim, Event, Quantity, When, content_id
from straits.evidence.text import Selector, SpanError, check_selector, fold

_DURATION_UNITS = {"day": "D", "week": "W", "month": "M", "year": "Y"}


class RecordRefused(StraitsError, ValueError):
    """A record is not supported by its document. `problems` lists every reason."""

    def __init__(self, id: str, problems: list[str]) -> None:
        self.problems = problems
        super().__init__(f"{id or 'record'} refused: " + "; ".join(problems))


class _Seen:
    """A document as a reader sees it, and what of it stands in a piece of the raw file."""

    def __init__(self, raw: str, media: str) -> None:
        self.reading: Reading = read(raw, media)
        self.squeezed = squeeze(self.reading.text)

    def bounds(self, start: int, end: int) -> tuple[int, int] | None:
        """Give the readable part of `raw[start:end]`; None if it begins or ends in what nobody sees."""
        reading = self.reading
        if reading.starts is None or reading.ends is None:
            return start, end
        first, last = reading.from_raw(start, end)
        # Line ends that mark-up stands for have no letter of their own in the file.
        while first < last and reading.starts[first] == reading.ends[first]:
            first += 1
        while first < last and reading.starts[last - 1] == reading.ends[last - 1]:
            last -= 1
        if first >= last or (reading.starts[first], reading.ends[last - 1]) != (start, end):
            return None
        return first, last

    def words(self, start: int, end: int) -> str | None:
        """Give what a reader sees of `raw[start:end]`; None as `bounds`."""
        bounds = self.bounds(start, end)
        return None if bounds is None else self.reading.text[slice(*bounds)]


@functools.lru_cache(maxsize=2)
def _seen(raw: str, media: str) -> _Seen:
    return _Seen(raw, media)


def squeeze(text: str) -> str:
    """Give a text in one form for comparison: plain signs, small letters, single blanks, nothing invisible."""
    visible = "".join(c for c in unicodedata.normalize("NFC", text) if unicodedata.category(c) != "Cf")
    return " ".join(fold(visible).casefold().split())


def stands(name: str, squeezed: str) -> bool:
    """Tell whether a name stands in a squeezed text as whole words."""
    wanted = squeeze(name)
    return bool(wanted) and re.search(rf"(?<!\w){re.escape(wanted)}(?!\w)", squeezed) is not None


#: Most places that are tried for words that stand in the evidence more than once.
_MOST_PLACES = 100


class _Check:
    def __init__(
        self, record: Event | Quantity | Claim, raw: str, document: Document, gazetteer: Gazetteer
    ) -> None:
        self.record = record
        self.raw = raw
        self.document = document
        self.gazetteer = gazetteer
        self.seen = _seen(raw, document.media)
        self.evidence = self.seen.words(record.evidence.start, record.evidence.end) or ""
        self.problems: list[str] = []

    def say(self, problem: str) -> None:
        self.problems.append(problem)

    def span(self, selector: Selector, name: str) -> None:
        try:
            check_selector(self.raw, selector, name)
        except SpanError as error:
            self.say(str(error))
        else:
            if self.seen.words(selector.start, selector.end) is None:
                self.say(f"{name}: no reader sees where {selector.exact[:60]!r} begins or ends")
        outer = self.record.evidence
        if selector is not outer and not (outer.start <= selector.start and selector.end <= outer.end):
            self.say(
                f"{name}: {selector.start}..{selector.end} is not inside the evidence {outer.start}..{outer.end}"
            )

    def name(self, id: str, field: str, *kinds: str) -> None:
        if not any(self.gazetteer.has(id, kind) for kind in kinds):
            try:
                self.gazetteer.check(id, kinds[0], field)
            except UnknownName as error:
                self.say(str(error))
            else:
                self._candidate(id.removeprefix(CANDIDATE), field)
        elif self.record.origin.method == "model":
            # A person may know, and rules find by the name alone, who is meant; a model is not believed.
            names = [
                n
                for e in self.gazetteer.entries
                if e.id == id
                for n in (id, *e.names, *e.adjectives, *e.capitals)
            ]
            if not any(stands(n, self.seen.squeezed) for n in names):
                self.say(f"{field}: no name of {id} stands in the document")

    def _candidate(self, name: str, field: str) -> None:
        """Refuse a candidate whose name the document lacks; a model's has to stand in the evidence itself.

        Rules and persons may find in an earlier sentence who "he" is.
        """
        if self.record.origin.method == "model":
            if not stands(name, squeeze(self.evidence)):
                self.say(f"{field}: {name!r} does not stand in the evidence")
        elif not stands(name, self.seen.squeezed):
            self.say(f"{field}: {name!r} does not stand in the document")

    def inside(self, text: str, field: str) -> str:
        """Refuse words that a reader does not find in the evidence; give them as the reader sees them."""
        start, wanted = self.record.evidence.start, fold(text)
        evidence = fold(self.record.evidence.exact)
        at, tries = evidence.find(wanted), 0
        while wanted and at >= 0 and tries < _MOST_PLACES:
            words = self.seen.words(start + at, start + at + len(text))
            if words is not None:
                return words
            at, tries = evidence.find(wanted, at + 1), tries + 1
        if squeeze(text) and squeeze(text) in squeeze(self.evidence):
            return text
        self.say(f"{field}: {text!r} does not stand in the evidence")
        return ""

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
        words = self.inside(when.text, field)
        if when.value is None or (when.basis == "inferred" and self.record.origin.method == "hand"):
            return
        if when.basis == "inferred":
            self.say(f"{field}: only a person infers a date")
            return
        readable = dates.readings(words, published_between(self.document))
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
    if record.voice_text is not None and not stands(record.voice_text, check.seen.squeezed):
        check.say(f"voice_text: {record.voice_text!r} does not stand in the document")
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
    for field, kind in (
        ("sources", "actor"), ("targets", "actor"), ("source_states", "actor"), ("target_states", "actor"),
        ("assets", "asset"), ("goods", "goods"),
    ):  # fmt: skip
        for id in getattr(record, field):
            check.name(id, field, kind)
    check.when(record.when, "when")
    if record.duration is None:
        return
    if record.duration_text is None:
        if record.origin.method != "hand":
            check.say("duration: the words it was read from are missing")
        return
    words = check.inside(record.duration_text, "duration")
    read = [
        f"P{q.value:g}{_DURATION_UNITS[q.unit]}"
        for q in quantities.readings(words)
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
    if record.of is not None and record.origin.method == "model":
        check.inside(record.of, "of")
    bounds = check.seen.bounds(record.span.start, record.span.end)
    if bounds is None:
        return
    whole = check.seen.reading.text
    text = whole[slice(*bounds)]
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
    begin, stop = max(0, bounds[0] - 60), min(len(whole), bounds[1] + 60)
    wider = quantities.find_quantities(whole, begin, stop)
    if not any((w.start, w.end, w.op, w.value) == (*bounds, record.op, q.value) for w in wider):
        check.say(f"op: {record.op!r} cannot be read from {whole[begin:stop]!r}")


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
