"""Records made by hand over a text of our own, and a ledger that holds such texts."""

from __future__ import annotations

from typing import Any

from straits.evidence.ledger.ledger import Ledger
from straits.evidence.records import Claim, Event, Origin, Quantity, When, sealed
from straits.evidence.text import select

ORIGIN = Origin(method="hand", tool="test", version="1", by="Ann")


def _common(text: str, document: str, evidence: str, **more: Any) -> dict[str, Any]:
    at = text.index(evidence)
    return {"document": document, "origin": ORIGIN, "evidence": select(text, at, at + len(evidence)), **more}


def _span(text: str, evidence: str, words: str) -> Any:
    at = text.index(evidence) + evidence.index(words)
    return select(text, at, at + len(words))


def event(text: str, document: str, evidence: str, trigger: str, **more: Any) -> Event:
    """Make an event; `when` may be an EDTF text."""
    when = more.pop("when", None)
    if isinstance(when, str):
        precision = "day" if len(when) == 10 else "interval" if "/" in when else None
        more["when"] = When(value=when, precision=precision, basis="inferred")
    common = _common(text, document, evidence, **more)
    return sealed(Event(trigger=_span(text, evidence, trigger), **common))


def quantity(
    text: str, document: str, evidence: str, words: str, value: float, unit: str, measure: str, **more: Any
) -> Quantity:
    """Make a quantity; `period` may be an EDTF text."""
    period = more.pop("period", None)
    if isinstance(period, str):
        more["period"] = When(value=period, precision="year", basis="inferred")
    common = _common(text, document, evidence, **more)
    return sealed(
        Quantity(span=_span(text, evidence, words), value=value, unit=unit, measure=measure, **common)
    )


def claim(text: str, document: str, evidence: str, content: str, speaker: str, **more: Any) -> Claim:
    """Make an indirect claim."""
    common = _common(
        text, document, evidence, speaker=speaker, voice=speaker, cue="say", form="indirect", **more
    )
    return sealed(Claim(content=_span(text, evidence, content), **common))


def put(ledger: Ledger, *records: Event | Quantity | Claim) -> None:
    """Write records as they are, without the checks against the document that `add` makes."""
    with ledger.transaction():
        for record in records:
            ledger._put_record(record)
