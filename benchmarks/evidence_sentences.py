"""Types and parties of single sentences against labels that others made.

    python benchmarks/evidence_sentences.py SENTENCES.json [--parse]

Reads a JSON file of `records` with `text`, `event`, `source`, `target`: states as ISO 3166-1 alpha-3 codes, or lists of objects
with a `code`. Types of the codebook stand as they are; those of PLOVER (Open Event Data Alliance) count as met by any of the
types of `FITTING`. Each sentence is a document of its own, without a date. Source and target are counted over the sentences in
which anything was drafted: those of the first draft of a fitting type, else of the first draft. No such file is part of this
package.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

from straits.evidence.documents.document import Document, Published, digest
from straits.evidence.documents.reading import read
from straits.evidence.documents.regions import Region
from straits.evidence.drafting.drafts import draft
from straits.evidence.finding.gazetteer import world
from straits.evidence.use.tally import Tally

FITTING = {
    "AGREE": ("agreement", "proposal", "statement", "policy"),
    "CONSULT": ("meeting", "visit"),
    "SUPPORT": ("statement", "agreement", "policy"),
    "COOPERATE": ("agreement", "trade_change", "route", "investment"),
    "AID": ("investment", "agreement"),
    "CONCEDE": ("lifting", "statement", "agreement"),
    "YIELD": ("lifting", "statement", "agreement"),
    "DEMAND": ("statement", "proposal", "threat", "directive"),
    "DISAPPROVE": ("statement", "legal"),
    "REJECT": ("refusal", "statement"),
    "THREATEN": ("threat", "sanction_risk"),
    "PROTEST": ("unrest",),
    "SANCTION": ("sanction", "restriction", "ban", "closure", "policy"),
    "COERCE": ("policy", "closure", "restriction", "ban", "sanction", "military"),
    "INVESTIGATE": ("inspection", "legal"),
    "MOBILIZE": ("military",),
    "FIGHT": ("military",),
    "ASSAULT": ("military", "unrest", "incident"),
    "RETREAT": ("lifting", "policy", "military", "statement"),
}  # fmt: skip


def _codes(value: Any) -> set[str]:
    items = value if isinstance(value, list) else []
    return {i["code"] if isinstance(i, dict) else i for i in items if i} - {"", None}


def _document(text: str, language: str) -> Document:
    body = Region(label="body", start=0, end=len(text))
    return Document(
        sha256=digest(text.encode()), name="sentence", media="text/plain", encoding="utf-8", chars=len(text), outlet=None,
        published=Published(value=None, basis="unknown"), language=language, regions=(body,),
    )  # fmt: skip


def main(path: Path, parse: bool) -> None:
    """Print what was met, and how long it took."""
    from straits.evidence.documents.document import language

    records = json.loads(path.read_text(encoding="utf-8"))["records"]
    source, target, types = Tally(), Tally(), Tally()
    begin = time.process_time()
    for record in records:
        document = _document(record["text"], language(record["text"]))
        events = draft(document, read(record["text"], "text/plain"), world(), parse).events
        fitting = FITTING.get(record["event"] or "", (record["event"],))
        fits = [e for e in events if e.type in fitting]
        types.tp += bool(fits)
        types.fn += bool(record["event"]) and not fits
        types.fp += not record["event"] and bool(events)
        if not events:
            continue
        chosen = (fits or events)[0]
        for tally, wanted, given in (
            (source, _codes(record.get("source")), chosen.source_states or chosen.sources),
            (target, _codes(record.get("target")), chosen.target_states or chosen.targets),
        ):
            found = set(given)
            tally.tp += len(found & wanted)
            tally.fp += len(found - wanted)
            tally.fn += len(wanted - found)
    seconds = time.process_time() - begin
    print(f"{len(records)} sentences, {len(records) / seconds:.0f} a second of one processor")
    for name, tally in (("fitting type", types), ("source", source), ("target", target)):
        figures = [f"{x:.2f}" if x is not None else "–" for x in (tally.precision, tally.recall)]
        print(
            f"{name:14} right {tally.tp:4} wrong {tally.fp:4} missed {tally.fn:4}  P {figures[0]} R {figures[1]}"
        )


if __name__ == "__main__":
    main(Path(sys.argv[1]), "--parse" in sys.argv[2:])
