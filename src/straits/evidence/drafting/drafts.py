"""Drafts by rules: from a document to events, quantities and claims that a person has yet to judge."""

from __future__ import annotations

import bisect
import itertools
import re
from dataclasses import dataclass, field
from typing import Any, Literal

from straits.errors import MissingExtra
from straits.evidence.documents.document import Document, published_between, unread
from straits.evidence.documents.reading import Reading
from straits.evidence.drafting import parsed
from straits.evidence.drafting.event_dates import date_of
from straits.evidence.drafting.frames import EventHit, find_events
from straits.evidence.drafting.of_what import around, counted, object_of, period_of
from straits.evidence.drafting.page import Page, Sentence, open_page
from straits.evidence.drafting.quotes import find_quotes
from straits.evidence.drafting.speakers import QuoteHit
from straits.evidence.finding.dates import DateHit, kinds_of_dates
from straits.evidence.finding.gazetteer import Gazetteer, world
from straits.evidence.finding.lexicon import rules_version
from straits.evidence.finding.quantities import QuantityHit
from straits.evidence.records import Claim, Event, Origin, Quantity, When, sealed
from straits.evidence.text import Selector, select

TOOL = "straits.evidence.rules"
_ISO = {"day": "D", "week": "W", "month": "M", "year": "Y"}


@dataclass(frozen=True)
class DatedSpan:
    """A date expression of a document: what it says and what kind it is."""

    span: Selector
    value: str | None
    kind: str
    """date, until, since, citation_date; pub_date, mod_date in the document's own date lines."""


@dataclass
class Drafts:
    """What the rules find in one document."""

    events: list[Event] = field(default_factory=list)
    quantities: list[Quantity] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    dates: list[DatedSpan] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    """What of the document was not read."""

    @property
    def records(self) -> list[Event | Quantity | Claim]:
        """All records, claims and quantities before the events that name them."""
        return [*self.claims, *self.quantities, *self.events]


def rules_origin(parser: str | None = None) -> Origin:
    """Give the origin that drafts of these rules carry; a parser that they used is named in it."""
    return Origin(method="rules", tool=TOOL, version="; ".join(filter(None, (rules_version(), parser))))


class _Maker:
    """Turns what was found on a page into records with raw spans."""

    def __init__(self, page: Page, parser: str | None = None) -> None:
        self.page = page
        self.common: dict[str, Any] = {"document": page.document.sha256, "origin": rules_origin(parser)}
        last = published_between(page.document)[1]
        self.published = last.isoformat() if last else None

    def at(self, start: int, end: int) -> Selector:
        return select(self.page.reading.raw, *self.page.reading.to_raw(start, end))

    def raw(self, start: int, end: int) -> str:
        first, last = self.page.reading.to_raw(start, end)
        return self.page.reading.raw[first:last]

    def when(self, hit: DateHit | None, found: Literal["clause", "sentence"] | None = None) -> When | None:
        if hit is None:
            return None
        words = self.raw(hit.start, hit.end)
        return When(value=hit.value, precision=hit.precision, basis=hit.basis, text=words, found=found)

    def claim(self, q: QuoteHit) -> Claim:
        return sealed(
            Claim(
                **self.common,
                evidence=self.at(q.first, q.last),
                content=self.at(q.start, q.end),
                form=q.form,
                voice=q.speaker,
                voice_text=q.speaker_text,
                speaker=q.speaker,
                speaker_text=q.speaker_text,
                cue=q.cue,
                salience="minor" if q.minor else "core",
            )
        )

    def quantity(self, q: QuantityHit, s: Sentence, said: QuoteHit | None) -> Quantity:
        first, last = around(self.page.text, s, q.start, q.end)
        subject = object_of(s, q, first, last)
        period = period_of(self.page.text, s, q, last, said.start if said else s.start)
        if period:
            first = min(first, period.start)
        return sealed(
            Quantity(
                **self.common,
                **_voice(said),
                evidence=self.at(first, last),
                span=self.at(q.start, q.end),
                value=q.value,
                unit=q.unit,
                measure=q.measure,
                op=q.op,
                approx=q.approx,
                of=q.of or counted(self.page.text, s, q, last),
                object=subject,
                period=self.when(period),
            )
        )

    def event(
        self,
        e: EventHit,
        s: Sentence,
        said: QuoteHit | None,
        quoted: bool,
        quantities: list[tuple[QuantityHit, Quantity]],
        others: list[EventHit],
    ) -> Event:
        first, last = e.first, e.last
        begin, stop = (
            (said.start, s.end if said.form == "fragment" else said.end) if said else (s.start, s.end)
        )
        date, where = date_of(self.page.text, s, e, begin, stop, others) or (None, None)
        span = next(
            (
                q
                for q, _ in quantities
                if q.measure == "duration"
                and q.op == "="
                and _lasts(self.page.text, q)
                and q.start >= e.start
            ),
            None,
        )
        for extra in (date, span):
            if extra is not None:
                first, last = min(first, extra.start), max(last, extra.end)
        amount = next(
            (r for q, r in quantities if q.measure != "duration" and first <= q.start and q.end <= last), None
        )
        told = date is not None or amount is not None or bool(e.assets)
        minor = s.region == "lead" or (e.nominal and date is None) or (quoted and not told)
        return sealed(
            Event(
                **self.common,
                **_voice(said),
                evidence=self.at(first, last),
                trigger=self.at(e.start, e.end),
                type=e.type,
                sources=e.sources,
                targets=e.targets,
                source_states=e.source_states,
                target_states=e.target_states,
                assets=e.assets,
                goods=e.goods,
                when=self.when(date, where),
                not_after=self.published if e.modality == "asserted" else None,
                duration=f"P{span.value:g}{_ISO[span.unit]}" if span else None,
                duration_text=self.raw(span.start, span.end) if span else None,
                amount=amount.id if amount else None,
                modality=e.modality,
                salience="minor" if minor else "core",
            )
        )


def _lasts(text: str, q: QuantityHit) -> bool:
    """Tell whether a time says how long something lasts ("for 30 days", "a 30-day")."""
    if q.unit not in _ISO or q.value != int(q.value):
        return False
    return bool(
        re.search(
            r"\b(?:for|of|during|a|lasting|next)\s+(?:about\s+|at least\s+|up to\s+)?$",
            text[max(0, q.start - 18) : q.start],
        )
    )


def _lasts_in_russian(text: str, at: int, q: QuantityHit) -> bool:
    """Tell whether a time says how long what ends at `at` lasts: "приостановил … (сроком) на 30 дней"."""
    if (
        q.unit not in _ISO
        or q.op != "="
        or q.value != int(q.value)
        or re.search(r"[,;:]", text[at : q.start])
    ):
        return False
    return re.search(r"\b(?:на|в\s+течение)\s+$", text[at : q.start], re.I) is not None


def draft(
    document: Document, reading: Reading, gazetteer: Gazetteer | None = None, parse: bool = False
) -> Drafts:
    """Draft the records of a document by rules.

    Parameters
    ----------
    document, reading
        As `describe` or `Ledger.open_document` give them.
    gazetteer : Gazetteer, optional
        Names to know beside those of the world.
    parse : bool
        Whether a parser of English tells the parties (`straits[parse]`); the origin of drafts then names it and its model.

    Returns
    -------
    Drafts
        The same for the same bytes, description and gazetteer, ids included.

    Raises
    ------
    MissingExtra, ModelError
        With `parse`, if parser or model are missing, or there in another version.
    """
    known = world() if gazetteer is None else gazetteer
    parser = parsed.reader() if parse else None
    page = open_page(document, reading, known)
    maker, drafts = _Maker(page, parser), Drafts()
    quotes = find_quotes(page)
    drafts.claims = [maker.claim(q) for q in quotes]
    quoted = _Around(quotes)
    measured: dict[int, list[tuple[QuantityHit, Quantity]]] = {}
    for s in page.sentences:
        if s.quantities:
            measured[s.start] = [
                (q, maker.quantity(q, s, _innermost(quoted.at(q.start), q.start))) for q in s.quantities
            ]
            drafts.quantities += [r for _, r in measured[s.start]]
    events = find_events(page, parsed.trees_of(page) if parse else None)
    together: dict[int, list[EventHit]] = {}
    for e in events:
        sentence = page.sentence_at(e.start)
        assert sentence is not None
        together.setdefault(sentence.start, []).append(e)
    for e in events:
        sentence = page.sentence_at(e.start)
        assert sentence is not None
        spoken = any(q.form == "direct" and q.start <= e.start < q.end for q in quoted.at(e.start))
        drafts.events.append(
            maker.event(
                e,
                sentence,
                _innermost(quoted.at(e.start), e.start),
                spoken,
                measured.get(sentence.start, []),
                [o for o in together[sentence.start] if o is not e],
            )
        )
    drafts.dates = _dates(page, maker)
    read = _draft_russian(page, maker, drafts, known) if "ru" in document.language.split("+") else False
    foreign = unread(document, _cyrillic(page), read)
    drafts.warnings = [w for w in (_open_dates(document, drafts), foreign) if w]
    for name in ("events", "quantities", "claims"):
        unique = {r.id: r for r in getattr(drafts, name)}
        setattr(drafts, name, list(unique.values()))
    return drafts


def _cyrillic(page: Page) -> float:
    """Give the part of the letters of the prose that is Cyrillic."""
    prose = "".join(page.text[first:last] for first, last in page.paragraphs)
    cyrillic = len(re.findall(r"[\u0400-\u04ff]", prose))
    return cyrillic / len(re.findall(r"[^\W\d_]", prose)) if cyrillic else 0.0


def _draft_russian(page: Page, maker: _Maker, drafts: Drafts, gazetteer: Gazetteer) -> bool:
    """Draft the events of Russian sentences, if the extra is there; tell whether it is."""
    from straits.evidence.drafting import russian

    try:
        tool = russian.reader()
    except MissingExtra:
        return False
    origin = rules_origin(tool)
    for s, e in russian.russian_events(page, gazetteer.people, published_between(page.document)):
        date = next((d for d in s.dates if d.kind not in ("until", "citation_date")), None)
        span = next(
            (q for q in s.quantities if q.start >= e.end and _lasts_in_russian(page.text, e.end, q)), None
        )
        drafts.events.append(
            sealed(
                Event(
                    document=page.document.sha256,
                    origin=origin,
                    evidence=maker.at(s.start, s.start + len(page.text[s.start : s.end].rstrip(" .!?…"))),
                    trigger=maker.at(e.start, e.end),
                    type=e.type,
                    sources=e.sources,
                    targets=e.targets,
                    source_states=e.source_states,
                    target_states=e.target_states,
                    goods=e.goods,
                    when=maker.when(date, "sentence" if date else None),
                    not_after=maker.published if e.modality == "asserted" else None,
                    duration=f"P{span.value:g}{_ISO[span.unit]}" if span else None,
                    duration_text=maker.raw(span.start, span.end) if span else None,
                    modality=e.modality,
                    salience="minor" if s.region == "lead" else "core",
                )
            )
        )
    return True


def _open_dates(document: Document, drafts: Drafts) -> str | None:
    """Say how many dates stay open because nobody knows when a document appeared, and what sets them."""
    number = sum(d.value is None for d in drafts.dates)
    if document.published.value is not None or not number:
        return None
    words = f"{number} dates stay open" if number > 1 else "a date stays open"
    return (
        f"{document.name}: {words}, since the day of publication is not known; an interval such as 2022-07-01/2022-07-31 "
        "will do: `straits evidence redescribe` with --published sets it, and draft again"
    )


class _Around:
    """Quotations by place: those that may stand round a sign are found without a look at all."""

    def __init__(self, quotes: list[QuoteHit]) -> None:
        self.quotes = quotes
        self.starts = [q.start for q in quotes]
        self.reach = list(itertools.accumulate((q.end for q in quotes), max))

    def at(self, offset: int) -> list[QuoteHit]:
        """Give the quotations that begin before `offset`, as far back as one may reach it."""
        last = bisect.bisect_right(self.starts, offset)
        return self.quotes[bisect.bisect_right(self.reach, offset, hi=last) : last]


def _innermost(quotes: list[QuoteHit], at: int) -> QuoteHit | None:
    """Give the shortest quotation that holds `at`, if one does."""
    return min((q for q in quotes if q.start <= at < q.end), key=lambda q: q.end - q.start, default=None)


def _voice(said: QuoteHit | None) -> dict[str, Any]:
    """Give who says what a quotation tells; without one, nothing: the outlet does."""
    return {"voice": said.speaker, "voice_text": said.speaker_text} if said else {}


def _dates(page: Page, maker: _Maker) -> list[DatedSpan]:
    found = [DatedSpan(maker.at(d.start, d.end), d.value, d.kind) for s in page.sentences for d in s.dates]
    text, published = page.text, published_between(page.document)
    for region in page.document.regions:
        if region.label != "date_meta":
            continue
        begin, end = page.reading.from_raw(region.start, region.end)
        for line in re.finditer(r"[^\n]+", text[begin:end]):
            at = begin + line.start()
            for hit, said in kinds_of_dates(line[0], published):
                kind = "mod_date" if said == "modified" else "pub_date"
                found.append(DatedSpan(maker.at(at + hit.start, at + hit.end), hit.value, kind))
    return sorted(found, key=lambda d: d.span.start)


__all__ = ["DatedSpan", "Drafts", "draft", "rules_origin"]
