"""What accepted records say of a measure, and what they leave to the analyst: every parameter with where it comes from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from straits.errors import StraitsError
from straits.evidence import edtf
from straits.evidence.ledger.ledger import Ledger
from straits.evidence.records import CANDIDATE, Claim, Event, Quantity


class NotUsable(StraitsError, ValueError):
    """A record cannot enter a case: not accepted, denied, or on no known asset."""


class OpenParameters(StraitsError, ValueError):
    """The document does not say something that the scenario needs, and the analyst has not set it."""

    def __init__(self, open: list[Parameter]) -> None:
        self.open = open
        super().__init__("to be set by the analyst: " + "; ".join(f"{p.name} {p.interval}" for p in open))


@dataclass(frozen=True)
class Parameter:
    """One number or date of a measure or scenario, and where it comes from."""

    name: str
    value: Any = None
    low: Any = None
    high: Any = None
    record: str | None = None
    """Record that says it."""
    document: str | None = None
    words: str | None = None
    """The record's words for it."""
    by: str | None = None
    """Analyst who set it."""
    reason: str | None = None

    @property
    def interval(self) -> str:
        """The interval in words."""
        return (
            f"between {'…' if self.low is None else self.low} and {'…' if self.high is None else self.high}"
        )

    @property
    def open(self) -> bool:
        """Whether it is still an interval without a value."""
        return self.value is None


def accepted(ledger: Ledger, id: str) -> Event | Quantity | Claim:
    """Give a record that was accepted, or refuse."""
    record = ledger.record(id)
    standing = ledger.standing(record.id)
    if standing != "accepted":
        raise NotUsable(f"{record.id} is {standing}; only accepted records enter a case")
    return record


def event_of(ledger: Ledger, id: str) -> Event:
    """Give an accepted event that its document does not deny, or refuse."""
    record = accepted(ledger, id)
    if not isinstance(record, Event):
        raise NotUsable(f"{record.id} is a {record.kind}; a measure comes from an event")
    if record.modality == "denied":
        raise NotUsable(f"{record.id} is denied by its document: {record.evidence.exact[:60]!r}")
    return record


def _asset(event: Event, asset: str | None, by: str | None, reason: str | None) -> Parameter:
    known = [a for a in event.assets if not a.startswith(CANDIDATE)]
    if asset is not None:
        if asset in known:
            return Parameter(
                "asset", asset, record=event.id, document=event.document, words=event.evidence.exact
            )
        return Parameter("asset", asset, by=by, reason=reason)
    if len(known) != 1:
        raise NotUsable(
            f"{event.id} names {'no known asset' if not known else 'several assets: ' + ', '.join(known)}; name one with --asset"
        )
    return Parameter("asset", known[0], record=event.id, document=event.document, words=event.evidence.exact)


def _day(event: Event, name: str, given: date | None, by: str | None, reason: str | None) -> Parameter:
    when = event.when
    if given is not None:
        return Parameter(name, given, by=by, reason=reason)
    if when is None or when.value is None:
        return Parameter(name)
    first, last = edtf.bounds(when.value)
    value = first if first == last else None
    return Parameter(name, value, first, last, record=event.id, document=event.document, words=when.text)


@dataclass(frozen=True)
class Setting:
    """What the analyst sets beside the documents, with a name and a reason for all of it."""

    by: str | None = None
    reason: str | None = None
    asset: str | None = None
    factor: tuple[float, float] | None = None
    """Share of capacity that remained: lowest and highest; both equal for one value."""
    start: date | None = None
    end: date | None = None
    """Day after the last."""

    def __post_init__(self) -> None:
        set_here = [n for n in ("factor", "start", "end") if getattr(self, n) is not None]
        if set_here and not (self.by and self.reason):
            raise NotUsable(f"{', '.join(set_here)}: what an analyst sets carries a name and a reason")
        if self.factor is not None and not 0 <= self.factor[0] <= self.factor[1] <= 1:
            raise NotUsable(f"factor {self.factor} is not an interval between 0 and 1")


def parameters(
    ledger: Ledger, order: str, lifted: str | None = None, setting: Setting = Setting()
) -> dict[str, Parameter]:
    """Read what the records say of a measure: asset, start, ordered duration, end, and the factor that they never say.

    Parameters
    ----------
    order : str
        Accepted event that begins it.
    lifted : str, optional
        Accepted event that ends it.
    """
    event = event_of(ledger, order)
    by, reason = setting.by, setting.reason
    found = {
        "asset": _asset(event, setting.asset, by, reason),
        "start": _day(event, "start", setting.start, by, reason),
    }
    start = found["start"].value
    if event.duration:
        ordered = edtf.duration_end(start, event.duration) if start else None
        days = (ordered - start).days if ordered and start else None
        found["ordered_days"] = Parameter(
            "ordered_days", days, record=event.id, document=event.document, words=event.duration_text
        )
        found["ordered_end"] = Parameter(
            "ordered_end", ordered, record=event.id, document=event.document, words=event.duration_text
        )
    if setting.end is not None:
        found["end"] = Parameter("end", setting.end, by=by, reason=reason)
    elif lifted is not None:
        found["end"] = _day(event_of(ledger, lifted), "end", None, by, reason)
    elif "ordered_end" in found:
        found["end"] = found["ordered_end"]
    else:
        found["end"] = Parameter("end", low=start)
    if start and found["end"].value and found["end"].value <= start:
        raise NotUsable(f"end {found['end'].value} is not after start {start}")
    factor = setting.factor
    if factor is None:
        found["factor"] = Parameter("factor", None, 0.0, 1.0)
    else:
        single = factor[0] if factor[0] == factor[1] else None
        found["factor"] = Parameter("factor", single, factor[0], factor[1], by=by, reason=reason)
    return found


def as_text(value: Any) -> Any:
    """Give a date as ISO text, anything else as it is."""
    return value.isoformat() if isinstance(value, date) else value
