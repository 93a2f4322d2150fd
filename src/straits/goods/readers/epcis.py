"""EPCIS 2.0 documents in JSON as events of consignments (GS1, EPCIS 2.0 and Core Business Vocabulary 2.0).

| event | becomes |
|---|---|
| ObjectEvent ADD | entry at its place |
| ObjectEvent DELETE, with a country of destination or `departing`, `shipping`, `exporting` | exit |
| ObjectEvent DELETE otherwise | use |
| ObjectEvent OBSERVE or TransactionEvent with owners as source and destination | transfer |
| TransformationEvent | processing |
| AggregationEvent | nothing moves; what is in a pallet is known from then on |

A good is the HS code that its master data, `ilmd` or the event gives (a field that ends in `hs6`, `hsCode` or
`commodityCode`); where none does, its GTIN.
"""

from __future__ import annotations

import json
from typing import Any

import pandas as pd

from straits.goods.cells import LINE
from straits.goods.readers.base import Options, Reader, Source
from straits.goods.readers.epcis_events import Document
from straits.goods.readers.events import COLUMNS, finish
from straits.goods.refusals import Refusals

ASSUMED = (
    ("order", "events happen in the order of their time, then of the file", "EPCIS gives each event a time"),
    (
        "holders",
        "places and parties with one Global Location Number are one holder",
        "stock is kept where a party is",
    ),
    (
        "goods",
        "an HS code stands for a good; its GTIN where no HS code is given",
        "documents name classes and lots",
    ),
)


def _knows(source: Source) -> bool:
    start = source.start.lstrip()
    return start.startswith("{") and ("EPCIS" in source.start or "epcis" in source.start)


def _read(
    source: Source, options: Options, refusals: Refusals
) -> tuple[pd.DataFrame, tuple[tuple[str, str, str], ...]]:
    empty = pd.DataFrame(columns=list(COLUMNS))
    events, vocabulary = _events(source, refusals)
    if events is None:
        return empty, ()
    rows = Document(source.file, refusals, vocabulary).rows(events)
    if not rows:
        return empty, ASSUMED
    cells = pd.DataFrame(
        [{name: str(row.get(name, "")) for name in COLUMNS if name != LINE} for row in rows], dtype="str"
    )
    cells[LINE] = [row[LINE] for row in rows]
    return finish(cells, source.file, options, refusals), ASSUMED


def _events(source: Source, refusals: Refusals) -> tuple[list[Any] | None, list[Any]]:
    """Find the list of events, and the master data of the header."""
    try:
        found = json.loads(source.data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        refusals.refuse(source.file, "", "", "letters that are not UTF-8", "JSON in UTF-8", "encoding")
        return None, []
    except json.JSONDecodeError as error:
        refusals.refuse(
            source.file,
            error.lineno,
            "",
            f"broken JSON: {error.msg}",
            "a whole EPCIS 2.0 document",
            "unreadable_file",
        )
        return None, []
    version = str(found.get("schemaVersion", "2.0")) if isinstance(found, dict) else ""
    if not version.startswith("2"):
        refusals.refuse(source.file, "", "schemaVersion", repr(version), "EPCIS 2.0", "epcis_version")
        return None, []
    body = found.get("epcisBody", {})
    events = body.get("eventList") if isinstance(body, dict) else None
    if events is None and isinstance(body, dict):
        results = body.get("queryResults", {})
        events = results.get("resultsBody", {}).get("eventList") if isinstance(results, dict) else None
    if not isinstance(events, list):
        refusals.refuse(
            source.file, "", "epcisBody", "no list of events", "epcisBody.eventList", "epcis_no_events"
        )
        return None, []
    master = found.get("epcisHeader", {})
    master = master.get("epcisMasterData", {}) if isinstance(master, dict) else {}
    vocabulary = master.get("vocabularyList", []) if isinstance(master, dict) else []
    return events, vocabulary if isinstance(vocabulary, list) else []


READERS = (
    Reader(
        "epcis", "events", "EPCIS 2.0 JSON: Object, Aggregation, Transaction, Transformation", _knows, _read
    ),
)
