"""How often the right known event of a case is among those that the review offers for a draft.

    python benchmarks/evidence_known.py GOLD.json [--documents FOLDER] [--case caspian]

Reads labelled events (schema `straits-evidence-gold/0.1`); `evidence_known.csv` says by hand which known event of `caspian` each
tells of (a blank `event`: of none), and was written before any was offered. Drafts are made by rules with the names of the case,
as `straits evidence draft` makes them. The case took some of its known events from the same articles, so the figures are an upper
bound. No such labels are part of this package.
"""

from __future__ import annotations

import argparse
import csv
import json
from pathlib import Path
from types import SimpleNamespace

import straits
from straits.evidence.documents.document import describe
from straits.evidence.drafting.drafts import draft
from straits.evidence.finding.gazetteer import from_tables, with_world
from straits.evidence.review.known import KnownEvents, sentence_of
from straits.evidence.use.score import find_file
from straits.evidence.use.tally import LEAST_IOU, iou, pairs_of, span_of


def overlap(label: dict, event) -> float:  # type: ignore[no-untyped-def]
    """Weigh how far a draft is of what a label is of, as `straits evidence score` does."""
    triggers = iou(span_of(label["trigger"]), (event.trigger.start, event.trigger.end))
    evidences = iou(span_of(label["evidence"]), (event.evidence.start, event.evidence.end))
    return max(evidences, 0.01) if triggers > 0 or evidences >= LEAST_IOU else 0.0


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("gold", type=Path)
    parser.add_argument("--documents", type=Path, nargs="*", default=[])
    parser.add_argument("--case", default="caspian")
    asked = parser.parse_args()
    rows = csv.DictReader(Path(__file__).with_suffix(".csv").read_text(encoding="utf-8").splitlines())
    right = {row["label"]: row["event"] for row in rows}
    gazetteer = with_world(from_tables(straits.load_case(asked.case).tables))
    known = KnownEvents(gazetteer)
    data = json.loads(asked.gold.read_text(encoding="utf-8"))
    first = among = told = missed = new = silent = 0
    for entry in data["documents"]:
        content = find_file(entry["file"], asked.gold, asked.documents).read_bytes()
        published = (entry.get("pub_date") or {}).get("value") or "unknown"
        document, reading = describe(content, entry["file"], entry.get("outlet") or "unknown", published)
        events = draft(document, reading, gazetteer).events
        labels = [x for x in data["events"] if x["doc"] == entry["id"]]
        pairs = dict(pairs_of(labels, events, overlap))
        ledger = SimpleNamespace(reading=lambda _, reading=reading: reading)
        for i, label in enumerate(labels):
            wanted = right[label["id"]]
            if i not in pairs:
                missed += bool(wanted)
                continue
            event = events[pairs[i]]
            offered = [c.id for c in known.candidates(event, sentence_of(ledger, event))]
            if not wanted:
                new, silent = new + 1, silent + (not offered)
                continue
            told, first, among = (
                told + 1,
                first + (offered[:1] == [wanted]),
                among + (wanted in offered),
            )
            if wanted not in offered:
                print(f"  {label['id']}: {wanted}, offered {', '.join(offered) or 'none'}")
    print(
        f"drafts that tell of a known event: {told} ({missed} more were not drafted); the right one among three: {among}, first: "
        f"{first}; drafts of what the case does not know: {new}, of which nothing is offered: {silent}"
    )


if __name__ == "__main__":
    main()
