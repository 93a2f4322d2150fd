"""What a document yields: events, quantities and claims, in one shape however they were made.

Every record names its document, the passage that shows it (W3C text selectors), who says it and how it was made. Its id is a
hash of its content: the same bytes read by the same rules give the same ids.
"""

from __future__ import annotations

import hashlib
import json
from datetime import date
from typing import Annotated, Any, Literal, TypeVar, cast

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    TypeAdapter,
    field_validator,
    model_serializer,
)

from straits.evidence import edtf
from straits.evidence.text import Selector

Modality = Literal["asserted", "planned", "denied", "hypothetical"]
Basis = Literal["stated", "relative", "inferred"]

#: Begins the id of an actor or asset that no gazetteer knows.
CANDIDATE = "candidate:"
#: Voice of a record that the outlet states itself.
OUTLET = "outlet"


class Frozen(BaseModel):
    """Immutable, and nothing beside what is declared."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


def without_blanks(data: dict[str, Any], fields: tuple[str, ...]) -> dict[str, Any]:
    """Leave fields out that say nothing: records written before there were such fields keep their ids."""
    return {key: value for key, value in data.items() if key not in fields or value not in (None, (), [])}


class Origin(Frozen):
    """How a record was made."""

    method: Literal["hand", "rules", "model"]
    """By a person, by the rules of this package, or by a language model."""
    tool: str
    """Program or model."""
    version: str
    """Its version; for rules, also the hash of their data."""
    by: str | None = None
    """Person, where there is one."""


class When(Frozen):
    """A time, as the document tells it."""

    value: str | None = None
    """EDTF date or interval. Blank: the document does not say, or not in a way that can be resolved."""
    precision: Literal["day", "month", "season", "year", "interval"] | None = None
    basis: Basis
    """stated: complete in the text. relative: resolved against the publication date. inferred: a person concluded it."""
    text: str | None = None
    """The words, a part of the record's evidence. Blank only for what a person inferred."""
    found: Literal["clause", "sentence"] | None = None
    """Where the rules found the words: in the clause of the event, or elsewhere in its sentence."""

    @model_serializer(mode="wrap")
    def _plain(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return without_blanks(handler(self), ("found",))

    @field_validator("value")
    @classmethod
    def _readable(cls, value: str | None) -> str | None:
        if value is not None:
            edtf.bounds(value)
        return value


class Base(Frozen):
    """What every record carries."""

    id: str = ""
    """Content hash, given by `sealed`."""
    document: str
    """SHA-256 of the document's bytes."""
    evidence: Selector
    """The passage that shows it."""
    voice: str = OUTLET
    """Who says it: `outlet`, or the id of the one whom it quotes."""
    voice_text: str | None = None
    """How the document names that voice."""
    origin: Origin
    salience: Literal["core", "minor"] = "core"
    """minor: told in passing, as background or a second time."""
    note: str | None = None


class Event(Base):
    """An act or a change that has to do with an actor or an asset."""

    kind: Literal["event"] = "event"
    type: str
    """Type of the codebook."""
    trigger: Selector
    """The words that tell it, inside the evidence."""
    sources: tuple[str, ...] = ()
    """Actors who act, as the document names them."""
    targets: tuple[str, ...] = ()
    """Actors acted upon."""
    source_states: tuple[str, ...] = ()
    """The same as states: a person in office or a public body by the state that it acts for, others by their own id."""
    target_states: tuple[str, ...] = ()
    assets: tuple[str, ...] = ()
    goods: tuple[str, ...] = ()
    when: When | None = None
    not_after: str | None = None
    """Last day of publication: what a document reports as done was done by then."""
    duration: str | None = None
    """ISO 8601 duration that the document gives."""
    duration_text: str | None = None
    """Its words, a part of the evidence."""
    amount: str | None = None
    """Id of the Quantity that belongs to it."""
    outcome: str | None = None
    modality: Modality = "asserted"

    @model_serializer(mode="wrap")
    def _plain(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return without_blanks(handler(self), ("source_states", "target_states", "not_after"))

    @field_validator("not_after")
    @classmethod
    def _day(cls, value: str | None) -> str | None:
        if value is not None and edtf.precision(value) != "day":
            raise ValueError(f"found {value!r}; accepted: a day, such as 2022-07-06")
        return value

    @field_validator("duration")
    @classmethod
    def _duration(cls, value: str | None) -> str | None:
        if value is not None:
            edtf.duration_end(date(2000, 1, 1), value)
        return value


class Quantity(Base):
    """A number with a unit or an object."""

    kind: Literal["quantity"] = "quantity"
    span: Selector
    """The number and its unit, inside the evidence."""
    value: float
    """In `unit`, scale words (thousand, million) worked in."""
    unit: str
    measure: Literal[
        "share", "change", "factor", "money", "price", "mass", "volume", "energy", "rate", "length", "duration", "count",
    ]  # fmt: skip
    """What sort of quantity it is."""
    op: Literal["=", ">", ">=", "<", "<="] = "="
    approx: bool = False
    of: str | None = None
    """What is counted or measured, in the document's words."""
    object: str | None = None
    """Actor or asset that it is about."""
    period: When | None = None


class Claim(Base):
    """What a document lets somebody else say."""

    kind: Literal["claim"] = "claim"
    form: Literal["direct", "indirect", "fragment"]
    content: Selector
    """What is said, without the marks, inside the evidence."""
    speaker: str
    """Id of who says it."""
    speaker_text: str | None = None
    """How the document names the speaker."""
    cue: str | None = None
    """The word that introduces it."""
    via: str | None = None
    """Medium through which the outlet has it."""


Record = Annotated[Event | Quantity | Claim, Field(discriminator="kind")]
_ADAPTER: TypeAdapter[Event | Quantity | Claim] = TypeAdapter(Record)


_CANONICAL = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def canonical(value: Any) -> str:
    """Give the one JSON text of a value: sorted keys, no spaces, no escapes."""
    return _CANONICAL.encode(value)


def content_id(record: Event | Quantity | Claim | dict[str, Any]) -> str:
    """Give the id that belongs to the content of a record, or of its plain data without the id: `<kind>:<16 hex of SHA-256>`."""
    body = record if isinstance(record, dict) else record.model_dump(mode="json", exclude={"id"})
    return f"{body['kind']}:{hashlib.sha256(canonical(body).encode()).hexdigest()[:16]}"


R = TypeVar("R", bound=Event | Quantity | Claim)


def sealed(record: R) -> R:
    """Give the record with its content id."""
    return cast(R, record.model_copy(update={"id": content_id(record)}))


def told_by(claim: Claim) -> str:
    """Name who says a claim, with the document's word for it: what is denied is not said."""
    return " ".join(word for word in (claim.speaker_text or claim.speaker, claim.cue) if word)


def parse_record(data: Any) -> Event | Quantity | Claim:
    """Read a record from plain data (dict) or JSON text; unknown fields are errors."""
    return _ADAPTER.validate_json(data) if isinstance(data, str | bytes) else _ADAPTER.validate_python(data)
