"""From accepted records to rows of a case: an event becomes a measure and a scenario, a quantity a claim on a field.

An order is not a stop. What the document says of the order (its day, its duration, when it was lifted) comes from records;
how much capacity remained is a parameter of its own, an interval from 0 to 1 until an analyst sets it. Every parameter points
to the record it comes from, or to the person who set it. Drafts are refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from straits.case.schema.records import Claim as CaseClaim
from straits.case.schema.records import Measure, Source
from straits.case.schema.settings import Disruption, Scenario
from straits.evidence.documents.document import Document
from straits.evidence.ledger.conflicts import ruled_against, standing_against
from straits.evidence.ledger.ledger import Ledger
from straits.evidence.records import CANDIDATE, Event, Quantity, canonical
from straits.evidence.text import line_of
from straits.evidence.use.parameters import (
    NotUsable,
    OpenParameters,
    Parameter,
    Setting,
    accepted,
    as_text,
    event_of,
    parameters,
)
from straits.files import write_together

_KIND = {
    "closure": "order", "restriction": "order", "ban": "ban", "sanction": "sanction", "legal": "court_order",
    "incident": "accident", "military": "attack", "directive": "order", "threat": "other",
}  # fmt: skip
_NOT_LEGAL = {"incident", "military"}


@dataclass
class IntoCase:
    """Rows for a case."""

    measure: Measure
    scenarios: list[Scenario]
    claims: list[CaseClaim]
    sources: list[Source]
    parameters: list[Parameter] = field(default_factory=list)

    def write(self, folder: Path) -> list[Path]:
        """Write `scenarios/<id>.yaml`, one CSV of new rows per table, and `<id>.evidence.json` with every parameter's record.

        All or none. The tables are a case's own, so their texts are exact.
        """
        import csv
        import io

        from ruamel.yaml import YAML

        files: dict[str, bytes] = {}
        yaml = YAML()
        yaml.default_flow_style = False
        for scenario in self.scenarios:
            out = io.StringIO()
            yaml.dump(scenario.model_dump(mode="json", exclude_defaults=True), out)
            files[f"scenarios/{scenario.id}.yaml"] = out.getvalue().encode("utf-8")
        for name, rows in (("measures", [self.measure]), ("claims", self.claims), ("sources", self.sources)):
            out = io.StringIO(newline="")
            writer = csv.DictWriter(out, list(type(rows[0]).model_fields))
            writer.writeheader()
            for row in rows:
                cells = row.model_dump(mode="json").items()
                writer.writerow({k: "|".join(v) if isinstance(v, list) else v for k, v in cells})
            files[f"{name}.csv"] = out.getvalue().encode("utf-8")
        listed = canonical([{k: as_text(v) for k, v in vars(p).items()} for p in self.parameters])
        files[f"{self.measure.id}.evidence.json"] = listed.encode("utf-8")
        write_together(folder, files)
        return [folder / name for name in files]


def source_row(document: Document, id: str | None = None) -> Source:
    """Give the row of `sources` for a document."""
    return Source(
        id=id or f"doc-{document.sha256[:10]}",
        title=document.name,
        publisher=document.outlet,
        date=document.published.value,
        kind="document",
        address=f"sha256:{document.sha256}",
    )


def to_measure(
    ledger: Ledger,
    order: str,
    *,
    lifted: str | None = None,
    setting: Setting = Setting(),
    id: str | None = None,
    sources: dict[str, str] | None = None,
) -> IntoCase:
    """Make a measure of an accepted event: its legal life from the documents, its physical effect only if set.

    Parameters
    ----------
    sources : dict, optional
        Ids that the case gives to documents (by SHA-256). Others get `doc-` and the head of their hash.

    Raises
    ------
    NotUsable
        If a record is not accepted, is denied, or names no known asset.
    OpenParameters
        If the day on which it began is neither in the document nor set.
    """
    found = parameters(ledger, order, lifted, setting)
    if found["start"].open:
        raise OpenParameters([found["start"]])
    event = event_of(ledger, order)
    name = id or f"{event.type}-{found['asset'].value}-{found['start'].value}".lower()
    name = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    ids = _source_ids(ledger, list(found.values()), event, sources or {})
    factor = found["factor"]
    status = "not_legal" if event.type in _NOT_LEGAL else "lifted" if lifted else "ordered"
    if event.type == "threat" or event.modality in ("planned", "hypothetical"):
        status = "threatened"
    against = [
        text
        for one in dict.fromkeys([event.id, *_ends(ledger, lifted)])
        for text in standing_against(ledger, one)
    ]
    measure = Measure(
        id=name,
        name=f"{event.type}: {ledger.words(event.document, event.trigger)}",
        kind=_KIND.get(event.type, "other"),
        actor=next((s for s in (*event.source_states, *event.sources) if not s.startswith(CANDIDATE)), None),
        asset=found["asset"].value,
        status=status,
        start=found["start"].value,
        end=found["end"].value,
        factor=factor.value,
        expected_days=found["ordered_days"].value if "ordered_days" in found else None,
        source=ids[event.document],
        locator=_locator(ledger, event.id),
        confidence="low" if against else "medium",
        note="; ".join(f"in question: {text}" for text in against) or None,
    )
    listed = list(dict.fromkeys(found.values()))
    claims = [_claim(ledger, measure, p, ids) for p in listed if not p.open and _column(p.name)]
    rows = [source_row(ledger.document(d), i) for d, i in ids.items()]
    return IntoCase(measure, [], claims, rows, listed)


def _ends(ledger: Ledger, lifted: str | None) -> list[str]:
    """Give the whole id of the event that ended a measure, if one did."""
    return [] if lifted is None else [ledger.record(lifted).id]


def to_scenario(
    ledger: Ledger,
    order: str,
    *,
    lifted: str | None = None,
    setting: Setting = Setting(),
    id: str | None = None,
    sources: dict[str, str] | None = None,
) -> IntoCase:
    """Make scenarios of an accepted event: one, or one for either end of the factor's interval.

    The disruption lasts from the first day to the day on which it was lifted (or the ordered end). If the order named another
    duration than came to pass, the scenario is one of surprise and the ordered duration is what was expected.

    Raises
    ------
    OpenParameters
        Naming every interval that the analyst has to set.
    """
    found = parameters(ledger, order, lifted, setting)
    unset = [found[n] for n in ("start", "end") if found[n].open]
    if setting.factor is None:
        unset.append(found["factor"])
    if unset:
        raise OpenParameters(unset)
    into = to_measure(ledger, order, lifted=lifted, setting=setting, id=id, sources=sources)
    assert setting.factor is not None
    event, base = event_of(ledger, order), into.measure
    expected = found["ordered_days"].value if "ordered_days" in found else None
    surprise = expected is not None and expected != (found["end"].value - found["start"].value).days
    factors = sorted(set(setting.factor))
    for factor in factors:
        suffix = "" if len(factors) == 1 else "-low" if factor == factors[0] else "-high"
        disruption = Disruption(
            asset=found["asset"].value,
            factor=factor,
            start=found["start"].value,
            end=found["end"].value,
            expected_days=expected,
            source=base.source,
            note="; ".join(_pointer(p) for p in into.parameters if not p.open or p.by),
        )
        into.scenarios.append(
            Scenario(
                id=f"{base.id}{suffix}",
                title=f"{ledger.words(event.document, event.trigger)}: {base.asset}, {base.start} to {base.end}",
                description=f"From the record {event.id}; {100 * factor:g} % of capacity remains.",
                disruptions=(disruption,),
                foresight="surprise" if surprise else "perfect",
            )
        )
    return into


def to_claim(
    ledger: Ledger,
    quantity: str,
    table: str,
    row: str,
    column: str,
    *,
    source: str | None = None,
    chosen: bool = False,
) -> tuple[CaseClaim, Source]:
    """Make a claim on one field of a case of an accepted quantity, with the row of its source.

    Bounds (`at least 5`) and figures said to be approximate stay visible in the note, and so do questions in which other records
    stand against it; nothing is converted.

    Raises
    ------
    NotUsable
        If it is no accepted quantity, or is to be the chosen one although a ruling prefers another.
    """
    record = accepted(ledger, quantity)
    if not isinstance(record, Quantity):
        raise NotUsable(f"{record.id} is a {record.kind}; a claim on a number comes from a quantity")
    document = ledger.document(record.document)
    origin = source_row(document, source)
    hedge = [f"stated as {record.op} {record.value:g}"] if record.op != "=" else []
    hedge += ["stated as approximate"] if record.approx else []
    hedge += [f"said by {record.voice}"] if record.voice != "outlet" else []
    lost = ruled_against(ledger, record.id)
    if chosen and lost:
        raise NotUsable(f"{record.id} cannot be the chosen value: {'; '.join(lost)}")
    hedge += [f"in question: {text}" for text in standing_against(ledger, record.id)]
    return (
        CaseClaim(
            id=f"{table}-{row}-{column}-{record.id.split(':')[1][:8]}",
            table=table,
            row=row,
            column=column,
            value=f"{record.value:.12g}",
            unit=record.unit,
            period=record.period.value if record.period else None,
            source=origin.id,
            locator=_locator(ledger, record.id),
            confidence="medium" if not hedge else "low",
            chosen=chosen,
            note="; ".join(hedge) or None,
        ),
        origin,
    )


def _source_ids(
    ledger: Ledger, found: list[Parameter], event: Event, given: dict[str, str]
) -> dict[str, str]:
    documents = dict.fromkeys([event.document, *(p.document for p in found if p.document)])
    return {d: given.get(d) or source_row(ledger.document(d)).id for d in documents}


def _locator(ledger: Ledger, id: str) -> str:
    record = ledger.record(id)
    text = ledger.text(record.document)
    return f"{record.id}, line {line_of(text, record.evidence.start)}, characters {record.evidence.start}-{record.evidence.end}"


def _column(name: str) -> str | None:
    return {
        "asset": "asset",
        "start": "start",
        "end": "end",
        "factor": "factor",
        "ordered_days": "expected_days",
    }.get(name)


def _claim(ledger: Ledger, measure: Measure, p: Parameter, ids: dict[str, str]) -> CaseClaim:
    column = _column(p.name)
    assert column is not None
    return CaseClaim(
        id=f"measures-{measure.id}-{column}",
        table="measures",
        row=measure.id,
        column=column,
        value=str(as_text(p.value)),
        source=ids[p.document] if p.document else None,
        locator=_locator(ledger, p.record) if p.record else None,
        confidence="medium" if p.record else "low",
        note=f"set by {p.by}: {p.reason}" if p.by else None,
    )


def _pointer(p: Parameter) -> str:
    return f"{p.name}: {p.record}" if p.record else f"{p.name}: set by {p.by} ({p.reason})"


__all__ = [
    "IntoCase",
    "NotUsable",
    "OpenParameters",
    "Parameter",
    "Setting",
    "source_row",
    "to_claim",
    "to_measure",
    "to_scenario",
]
