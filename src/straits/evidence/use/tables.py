"""Tables for a report: events in time with what each outlet said, and the terms that outlets choose for the same thing.

Neither scores sentiment. Both need pandas and give plain DataFrames.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from straits.evidence import edtf
from straits.evidence.finding.lexicon import lexicon
from straits.evidence.ledger.ledger import Ledger, Standing
from straits.evidence.records import OUTLET, Event
from straits.evidence.text import fold, line_of

if TYPE_CHECKING:
    import pandas as pd

TIMELINE_COLUMNS = (
    "event", "when", "first_day", "last_day", "type", "sources", "targets", "assets", "modality", "outlet", "published",
    "voice", "says", "line", "standing", "record",
)  # fmt: skip
TERM_COLUMNS = ("concept", "term", "outlet", "voice", "line", "start", "end", "exact", "context", "document")


def _standing_of(ledger: Ledger) -> dict[str, str]:
    return {r.id: ledger.standing(r.id) for r in ledger.records("event")}


def _merged_into(ledger: Ledger) -> dict[str, str]:
    into: dict[str, str] = {}
    for line in ledger.log():
        if line.action == "merge":
            into[line.record] = line.payload["into"]
        else:
            into.pop(line.record, None)
    return into


def _told(ledger: Ledger) -> dict[str, str]:
    """Give the known event of each record that was accepted as a telling of one."""
    told: dict[str, str] = {}
    for line in ledger.log():
        if "event" in line.payload:
            told[line.record] = line.payload["event"]
        else:
            told.pop(line.record, None)
    return told


def timeline(ledger: Ledger, standings: Sequence[Standing] = ("accepted", "merged")) -> pd.DataFrame:
    """Give events in time, one row for each outlet's telling.

    Tellings that were merged share the `event` of the record into which they were merged, and those that were accepted as
    tellings of a known event have that; nothing is merged here.

    Parameters
    ----------
    standings : sequence of str
        Standings that are shown. Drafts are left out unless asked for.

    Returns
    -------
    DataFrame
        Columns `TIMELINE_COLUMNS`; sorted by first day, events without a date last.
    """
    import pandas as pd

    standing, into, told = _standing_of(ledger), _merged_into(ledger), _told(ledger)
    rows: list[dict[str, Any]] = []
    for record in ledger.records("event"):
        if standing[record.id] not in standings or not isinstance(record, Event):
            continue
        head, passed = record.id, {record.id}
        while head in into and into[head] not in passed:
            head = into[head]
            passed.add(head)
        document = ledger.document(record.document)
        value = record.when.value if record.when else None
        first, last = edtf.bounds(value) if value else (None, None)
        rows.append(
            {
                "event": told.get(head, head),
                "when": value,
                "first_day": first.isoformat() if first else None,
                "last_day": last.isoformat() if last else None,
                "type": record.type,
                "sources": ", ".join(record.sources),
                "targets": ", ".join(record.targets),
                "assets": ", ".join(record.assets),
                "modality": record.modality,
                "outlet": document.outlet or "unknown",
                "published": document.published.value,
                "voice": record.voice,
                "says": ledger.words(record.document, record.evidence),
                "line": line_of(ledger.text(record.document), record.evidence.start),
                "standing": standing[record.id],
                "record": record.id,
            }
        )
    frame = pd.DataFrame(rows, columns=list(TIMELINE_COLUMNS))
    return frame.sort_values(
        ["first_day", "event", "published"], na_position="last", kind="stable", ignore_index=True
    )


def term_lists() -> dict[str, list[str]]:
    """Give the concepts and the terms that the word lists have for each."""
    return {entry["concept"]: list(entry["terms"]) for entry in lexicon()["terms"]}


def terms(ledger: Ledger, concepts: Mapping[str, Sequence[str]] | None = None) -> pd.DataFrame:
    """Find which term each outlet, and each speaker it quotes, chooses for the same thing.

    Parameters
    ----------
    concepts : mapping of concept to terms, optional
        Default: `term_lists()`. Within a concept the longest term that fits a place counts.

    Returns
    -------
    DataFrame
        One row for each place, columns `TERM_COLUMNS`; `voice` is `outlet`, or the speaker of the accepted or drafted claim in
        which the term stands. Title, lead and body are searched; menus and comments are not the outlet's words.
    """
    import pandas as pd

    wanted = term_lists() if concepts is None else concepts
    patterns = {concept: _pattern(words) for concept, words in wanted.items()}
    rows: list[dict[str, Any]] = []
    for document in ledger.documents():
        text, reading = ledger.text(document.sha256), ledger.reading(document.sha256)
        claims = [
            c
            for c in ledger.records("claim", document=document.sha256)
            if ledger.standing(c.id) not in ("rejected", "amended")
        ]
        plain = fold(reading.text)
        for region in document.regions:
            if region.label not in ("title", "lead", "body"):
                continue
            for concept, pattern in patterns.items():
                for match in pattern.finditer(plain, *reading.from_raw(region.start, region.end)):
                    start, end = reading.to_raw(match.start(), match.end())
                    holding = [c for c in claims if c.content.start <= start < c.content.end]  # type: ignore[union-attr]
                    inner = min(holding, key=lambda c: c.content.end - c.content.start, default=None)  # type: ignore[union-attr]
                    rows.append(
                        {
                            "concept": concept,
                            "term": " ".join(match[0].lower().split()),
                            "outlet": document.outlet or "unknown",
                            "voice": inner.speaker if inner else OUTLET,  # type: ignore[union-attr]
                            "line": line_of(text, start),
                            "start": start,
                            "end": end,
                            "exact": text[start:end],
                            "context": reading.text[max(0, match.start() - 60) : match.end() + 60].replace(
                                "\n", " "
                            ),
                            "document": document.sha256,
                        }
                    )
    frame = pd.DataFrame(rows, columns=list(TERM_COLUMNS))
    return frame.sort_values(["concept", "term", "outlet", "start"], kind="stable", ignore_index=True)


def term_counts(places: pd.DataFrame) -> pd.DataFrame:
    """Count the places of `terms` by concept and term (rows) and outlet (columns)."""
    import pandas as pd

    return pd.crosstab([places["concept"], places["term"]], places["outlet"])


def _pattern(words: Sequence[str]) -> re.Pattern[str]:
    longest = sorted({fold(w) for w in words}, key=len, reverse=True)
    return re.compile(
        r"(?<!\w)(?:" + "|".join(r"\s+".join(map(re.escape, w.split())) for w in longest) + r")(?!\w)", re.I
    )
