"""Routes of the ledger of evidence: documents, judgements, timeline, conflicts, and scenarios made of events."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any, Literal

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import Field

from straits.app.serving.cases import save
from straits.app.serving.replies import clean, reply
from straits.app.serving.state import Held, State
from straits.app.views.scene import scenario_view
from straits.app.world.edits import cells_of, rebuilt
from straits.app.world.opened import NAME
from straits.app.world.question import Asked, Short
from straits.case.schema.tables import TABLES
from straits.errors import StraitsError
from straits.evidence.ledger.conflicts import conflicts, open_conflict, rule, suggest_conflicts
from straits.evidence.ledger.ledger import Ledger
from straits.evidence.records import Claim, Event, Quantity, told_by
from straits.evidence.review.alike import likely_twins
from straits.evidence.review.known import candidates_of
from straits.evidence.review.terminal import FIELD_KEYS, JUDGEMENT_KEYS, changes_for
from straits.evidence.use.into_case import to_scenario
from straits.evidence.use.parameters import Setting
from straits.evidence.use.tables import timeline
from straits.results.plain import records

router = APIRouter(prefix="/evidence")
Reason = Annotated[str, Field(min_length=1, max_length=2000)]


@contextmanager
def _ledger(held: State) -> Iterator[Ledger]:
    if held.ledger is None:
        raise StraitsError(
            "no ledger is open: start the app with --ledger evidence.db (`straits evidence init` makes one)"
        )
    with Ledger(held.ledger) as ledger:
        yield ledger


@router.get("")
def overview(held: Held) -> Response:
    """List documents, with how many records of each stand how."""
    with _ledger(held) as ledger:
        found = []
        for document in ledger.documents():
            count = Counter(ledger.standing(r.id) for r in ledger.records(document=document.sha256))
            found.append(
                {
                    "id": document.sha256,
                    "outlet": document.outlet,
                    "published": document.published.value,
                    "language": document.language,
                    "title": _title(ledger, document.sha256),
                    "standings": dict(count),
                }
            )
    return reply(clean({"documents": found, "keys": JUDGEMENT_KEYS, "fields": FIELD_KEYS}))


def _title(ledger: Ledger, sha256: str) -> str:
    """Give what the document calls its title, else its first long line."""
    document, text = ledger.document(sha256), ledger.reading(sha256).raw
    titles = [text[r.start : r.end].strip() for r in document.regions if r.label == "title"]
    lines = [line.strip() for line in text.splitlines()]
    long = (line for line in lines if len(line) > 25)
    return next((" ".join(t.split()) for t in titles if t), next(long, sha256[:12]))[:160]


@router.get("/documents/{document}")
def show_document(document: Short, held: Held) -> Response:
    """Give the text of a document, and its records with their passages as places in it."""
    with _ledger(held) as ledger:
        reading = ledger.reading(ledger.document(document).sha256)
        found = [_record(ledger, r, reading) for r in ledger.records(document=document)]
        return reply(clean({"id": document, "text": reading.text, "records": found}))


def _record(ledger: Ledger, record: Event | Quantity | Claim, reading: Any) -> dict[str, Any]:
    inner = (
        record.trigger
        if isinstance(record, Event)
        else record.span
        if isinstance(record, Quantity)
        else record.content
    )
    body = record.model_dump(
        mode="json", exclude={"evidence", "trigger", "span", "content", "document", "origin", "id", "kind"}
    )
    keys = {field: key for key, field in FIELD_KEYS[record.kind].items()}
    return {
        "id": record.id,
        "kind": record.kind,
        "standing": ledger.standing(record.id),
        "passage": reading.from_raw(record.evidence.start, record.evidence.end),
        "words": reading.from_raw(inner.start, inner.end),
        "says": inner.exact,
        "told": told_by(record) if isinstance(record, Claim) else "",
        "fields": [{"field": f, "key": keys.get(f, ""), "value": _shown(v)} for f, v in body.items()],
        "known": [
            {"id": c.id, "title": c.title, "likeness": c.likeness, "reasons": list(c.reasons)}
            for c in candidates_of(ledger, record)
        ],
        "twins": [{"id": t.id, "likeness": t.likeness, "reasons": list(t.reasons)} for t in likely_twins(ledger, record.id)[:3]],
        "log": [
            {"action": j.action, "by": j.by, "reason": j.reason, "at": j.at, "event": j.payload.get("event")}
            for j in ledger.log(record.id)
        ],
    }  # fmt: skip


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return str(value.get("value") or value.get("text") or "")
    if isinstance(value, list):
        return " | ".join(map(str, value))
    return "" if value is None else str(value)


class Judged(Asked):
    """A judgement on a record."""

    action: Literal["accept", "amend", "reject", "flag", "merge"]
    by: Annotated[str, Field(min_length=1, max_length=100)]
    reason: Reason
    into: Short | None = None
    event: Short | None = None
    changes: dict[Short, Annotated[str, Field(max_length=5000)]] = Field(default_factory=dict, max_length=40)


@router.post("/records/{record}/judge")
def judge(record: Short, asked: Judged, held: Held) -> Response:
    """Accept, amend, reject, flag or merge a record."""
    with _ledger(held) as ledger:
        found = ledger.record(record)
        if asked.event and asked.action not in ("accept", "amend"):
            raise StraitsError(f"{asked.action}: only what is accepted tells of a known event, {asked.event}")
        if asked.action == "merge":
            if not asked.into:
                raise StraitsError("merge: name the record into which it is merged")
            ledger.merge(found.id, asked.into, asked.by, asked.reason)
        elif asked.action == "amend":
            changes: dict[str, Any] = {}
            for name, text in asked.changes.items():
                changes.update(changes_for(found, name, text))
            if not changes:
                raise StraitsError("amend: nothing is changed")
            found = ledger.amend(found.id, changes, asked.by, asked.reason, asked.event)
        elif asked.action == "accept":
            ledger.accept(found.id, asked.by, asked.reason, asked.event)
        else:
            getattr(ledger, asked.action)(found.id, asked.by, asked.reason)
        return reply(clean(_record(ledger, ledger.record(found.id), ledger.reading(found.document))))


@router.get("/timeline")
def show_timeline(held: Held, drafts: bool = False) -> Response:
    """Give events in time; drafts only if asked for."""
    with _ledger(held) as ledger:
        found = timeline(ledger, ("accepted", "merged", "draft") if drafts else ("accepted", "merged"))
        return reply({"events": records(found)})


@router.get("/conflicts")
def show_conflicts(held: Held) -> Response:
    """Give conflicts with their positions, and those that the ledger suggests."""
    with _ledger(held) as ledger:
        opened = [
            {
                "id": c.id, "question": c.question, "topic": c.topic, "ruling": c.ruling, "preferred": c.preferred, "by": c.by,
                "reason": c.reason,
                "positions": [
                    {"label": p.label, "says": [_says(ledger, r) for r in p.records]} for p in c.positions
                ],
            }
            for c in conflicts(ledger)
        ]  # fmt: skip
        suggested = [
            {"question": s.question, "says": [_says(ledger, r) for r in s.records]}
            for s in suggest_conflicts(ledger)[:50]
        ]
        return reply(clean({"conflicts": opened, "suggested": suggested}))


def _says(ledger: Ledger, record: str) -> dict[str, Any]:
    found = ledger.record(record)
    document = ledger.document(found.document)
    return {
        "record": found.id,
        "outlet": document.outlet,
        "words": found.evidence.exact[:400],
        "document": found.document,
    }


class OpenedConflict(Asked):
    """A question on which records differ: what they hold, by position."""

    question: Annotated[str, Field(min_length=1, max_length=1000)]
    positions: Annotated[dict[Short, Annotated[list[Short], Field(max_length=100)]], Field(max_length=20)]
    topic: Short | None = None
    by: Annotated[str, Field(min_length=1, max_length=100)]
    reason: Reason


@router.post("/conflicts")
def open_new(asked: OpenedConflict, held: Held) -> Response:
    """Open a conflict, such as one that was suggested."""
    with _ledger(held) as ledger:
        open_conflict(ledger, asked.question, asked.positions, asked.by, asked.reason, asked.topic)
    return show_conflicts(held)


class Ruled(Asked):
    """A ruling on a conflict."""

    ruling: Literal["open", "not_a_conflict", "both", "prefer"]
    by: Annotated[str, Field(min_length=1, max_length=100)]
    reason: Reason
    prefer: Short | None = None


@router.post("/conflicts/{conflict}/rule")
def rule_conflict(conflict: Short, asked: Ruled, held: Held) -> Response:
    """Rule on a conflict; an earlier ruling stays in the file."""
    with _ledger(held) as ledger:
        rule(ledger, conflict, asked.ruling, asked.by, asked.reason, asked.prefer)
    return show_conflicts(held)


class MakeScenario(Asked):
    """A scenario that is to be made of an accepted event: what the document leaves open has to be set."""

    case: Short
    record: Short
    lifted: Short | None = None
    asset: Short | None = None
    factor: Annotated[list[Annotated[float, Field(ge=0, le=1)]], Field(min_length=1, max_length=2)]
    start: dt.date | None = None
    end: dt.date | None = None
    by: Annotated[str, Field(min_length=1, max_length=100)]
    reason: Reason
    id: Annotated[str, Field(pattern=NAME)]
    mark: Short | None = None
    copy_to: Short | None = None


@router.post("/scenario")
def make_scenario(asked: MakeScenario, held: Held) -> Response:
    """Make a scenario of an accepted event and save it with its sources into a case."""
    opened = held.cases.get(asked.case)
    setting = _setting(asked)
    with _ledger(held) as ledger, opened.lock:
        into = to_scenario(ledger, asked.record, lifted=asked.lifted, setting=setting, id=asked.id)
        tables = {name: cells_of(opened.case, name) for name in TABLES}
        known = set(opened.case.rows("sources"))
        for row in into.sources:
            if row.id not in known:
                tables["sources"].append(
                    {k: v for k, v in row.model_dump(mode="json").items() if v is not None}
                )
        new = {s.id for s in into.scenarios}
        kept = [s for s in opened.case.scenarios.values() if s.id not in new]
        made = rebuilt(opened.case, tables, [*kept, *into.scenarios])
        key = save(opened, made, asked.mark, asked.copy_to, held)
        fresh = held.cases.get(key)
        return reply(
            {
                "key": key,
                "mark": fresh.mark,
                "scenarios": clean([scenario_view(fresh.case, s) for s in sorted(new)]),
            }
        )


def _setting(asked: MakeScenario) -> Setting:
    factor = (min(asked.factor), max(asked.factor))
    return Setting(
        by=asked.by,
        reason=asked.reason,
        asset=asked.asset,
        factor=factor,
        start=asked.start,
        end=asked.end,
    )
