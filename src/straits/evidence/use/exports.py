"""The ledger for others: JSON-LD (Web Annotation and PROV-O) that can be read back, and CSV."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from straits.evidence.documents.document import Document
from straits.evidence.ledger.ledger import Judgement, Ledger, LedgerError
from straits.evidence.ledger.schema import judgement, short
from straits.evidence.records import Claim, Event, Quantity, canonical, content_id, parse_record
from straits.evidence.text import Selector
from straits.files import write_together
from straits.spreadsheet import frame_bytes, rows_bytes

if TYPE_CHECKING:
    import pandas as pd

CONTEXT = {
    "oa": "http://www.w3.org/ns/oa#",
    "prov": "http://www.w3.org/ns/prov#",
    "dcterms": "http://purl.org/dc/terms/",
    "straits": "urn:straits:evidence:",
    "id": "@id",
    "type": "@type",
}
_ANCHORS = ("trigger", "span", "content")


@dataclass
class Contents:
    """What a JSON-LD file of a ledger holds."""

    documents: list[Document]
    records: list[Event | Quantity | Claim]
    judgements: list[Judgement]


def _selector(selector: Selector) -> list[dict[str, Any]]:
    return [
        {"type": "oa:TextPositionSelector", "oa:start": selector.start, "oa:end": selector.end},
        {
            "type": "oa:TextQuoteSelector",
            "oa:exact": selector.exact,
            "oa:prefix": selector.prefix,
            "oa:suffix": selector.suffix,
        },
    ]


def _read_selector(parts: list[dict[str, Any]]) -> dict[str, Any]:
    position = next(p for p in parts if p["type"] == "oa:TextPositionSelector")
    quote = next(p for p in parts if p["type"] == "oa:TextQuoteSelector")
    return {
        "start": position["oa:start"],
        "end": position["oa:end"],
        "exact": quote["oa:exact"],
        "prefix": quote["oa:prefix"],
        "suffix": quote["oa:suffix"],
    }


def _urn(sha256: str) -> str:
    return f"urn:sha256:{sha256}"


def _document(document: Document) -> dict[str, Any]:
    return {
        "id": _urn(document.sha256),
        "type": "prov:Entity",
        "dcterms:title": document.name,
        "dcterms:publisher": document.outlet,
        "dcterms:issued": document.published.value,
        "straits:document": document.model_dump(mode="json"),
    }


def _record(record: Event | Quantity | Claim) -> dict[str, Any]:
    body = record.model_dump(mode="json", exclude={"id", "document", "evidence", "origin"})
    for name in _ANCHORS:
        if name in body:
            body[name] = _selector(getattr(record, name))
    agent = {"type": "prov:SoftwareAgent" if record.origin.method != "hand" else "prov:Person"}
    return {
        "id": f"straits:{record.id}",
        "type": ["oa:Annotation", "prov:Entity"],
        "oa:hasBody": {"type": f"straits:{record.kind}", "straits:fields": body},
        "oa:hasTarget": {"oa:hasSource": _urn(record.document), "oa:hasSelector": _selector(record.evidence)},
        "prov:wasDerivedFrom": _urn(record.document),
        "prov:wasGeneratedBy": {
            "type": "prov:Activity",
            "prov:wasAssociatedWith": {**agent, "straits:origin": record.origin.model_dump(mode="json")},
        },
    }


def _judgement(j: Judgement) -> dict[str, Any]:
    return {
        "id": f"straits:judgement:{j.seq}",
        "type": "prov:Activity",
        "prov:used": f"straits:{j.record}",
        "prov:wasAssociatedWith": {"type": "prov:Person", "straits:name": j.by},
        "prov:endedAtTime": j.at,
        "straits:action": j.action,
        "straits:reason": j.reason,
        "straits:payload": j.payload,
    }


def to_jsonld(ledger: Ledger) -> dict[str, Any]:
    """Give documents (without their bytes), records and judgements as JSON-LD.

    A record is a Web Annotation: its target is the passage, with text position and text quote selectors, its body the fields.
    Who made it and who judged it stand in PROV-O terms.
    """
    return {
        "@context": CONTEXT,
        "@graph": [
            *(_document(d) for d in ledger.documents()),
            *(_record(r) for r in ledger.records()),
            *(_judgement(j) for j in ledger.log()),
        ],
    }


def from_jsonld(data: Any) -> Contents:
    """Read what `to_jsonld` gave. Records come back equal, with equal ids.

    Raises
    ------
    LedgerError
        If it is something else, or a record is not the one whose hash its id is.
    """
    found, read = Contents([], [], []), 0
    try:
        for node in data["@graph"]:
            read += 1
            _read_node(node, found)
    except (LookupError, TypeError, ValueError, AttributeError, StopIteration, RecursionError) as error:
        raise LedgerError(f"@graph, node {read}: is not what `to_jsonld` writes: {short(error)}") from None
    return found


def _read_node(node: dict[str, Any], found: Contents) -> None:
    if "straits:document" in node:
        found.documents.append(Document.model_validate(node["straits:document"]))
    elif "oa:hasBody" in node:
        body = dict(node["oa:hasBody"]["straits:fields"])
        for name in _ANCHORS:
            if name in body:
                body[name] = _read_selector(body[name])
        target = node["oa:hasTarget"]
        record = parse_record(
            {
                **body,
                "id": node["id"].removeprefix("straits:"),
                "document": target["oa:hasSource"].removeprefix("urn:sha256:"),
                "evidence": _read_selector(target["oa:hasSelector"]),
                "origin": node["prov:wasGeneratedBy"]["prov:wasAssociatedWith"]["straits:origin"],
            }
        )
        if record.id != content_id(record):
            raise ValueError(f"{record.id!r} is not the hash of the record")
        found.records.append(record)
    elif "straits:action" in node:
        found.judgements.append(
            judgement(
                (
                    int(node["id"].rsplit(":", 1)[1]),
                    node["prov:used"].removeprefix("straits:"),
                    node["straits:action"],
                    node["prov:wasAssociatedWith"]["straits:name"],
                    node["straits:reason"],
                    canonical(node["straits:payload"]),
                    node["prov:endedAtTime"],
                )
            )
        )


def _flat(value: Any, name: str = "") -> Iterable[tuple[str, Any]]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _flat(item, f"{name}_{key}" if name else key)
    elif isinstance(value, list):
        yield (
            name,
            "|".join(map(str, value)) if all(not isinstance(v, dict) for v in value) else json.dumps(value),
        )
    else:
        yield name, value


def write_csv(ledger: Ledger, folder: Path, beside: Mapping[str, pd.DataFrame] | None = None) -> list[Path]:
    """Write events, quantities, claims, documents and judgements, and tables `beside`, as one CSV each: all of them or none.
    Lists are joined by `|`.

    A spreadsheet takes no text in them for a formula.
    """
    tables: dict[str, list[dict[str, Any]]] = {}
    outlets = {d.sha256: d.outlet for d in ledger.documents()}
    tables["documents"] = [
        dict(_flat(d.model_dump(mode="json", exclude={"regions"}))) for d in ledger.documents()
    ]
    for kind, name in (("event", "events"), ("quantity", "quantities"), ("claim", "claims")):
        tables[name] = [
            {
                **dict(_flat(r.model_dump(mode="json", exclude={"when", "period"}))),
                **dict(_flat({n: v.model_dump() for n in ("when", "period") if (v := getattr(r, n, None))})),
                "outlet": outlets[r.document],
                "standing": ledger.standing(r.id),
            }
            for r in ledger.records(kind)
        ]
    tables["log"] = [
        dict(_flat({**vars(j), "payload": json.dumps(j.payload, ensure_ascii=False)})) for j in ledger.log()
    ]
    files = {}
    for name, rows in tables.items():
        columns = list(dict.fromkeys(c for row in rows for c in row))
        files[f"{name}.csv"] = rows_bytes(columns, [[row.get(column) for column in columns] for row in rows])
    files |= {f"{name}.csv": frame_bytes(frame) for name, frame in (beside or {}).items()}
    write_together(folder, files)
    return [folder / name for name in files]
