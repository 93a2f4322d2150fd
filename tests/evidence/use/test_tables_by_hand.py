"""Timeline and terms on records made by hand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from straits.evidence.ledger.ledger import Ledger
from straits.evidence.use.tables import term_counts, term_lists, terms, timeline

from .. import made

TEXT = (
    "Quay talk in the harbour town\n\nThe court shut the quay in March and shut the pier too, as the harbour office told us.\n\n"
    "Keel said that the special\noperation is a ban on trade, and that the blockade of the port will be long.\n"
)
SHUT, PIER = "The court shut the quay in March", "shut the pier too"
SAID = "Keel said that the special\noperation is a ban on trade"


@pytest.fixture
def book(tmp_path: Path) -> Iterator[tuple[Ledger, str]]:
    with Ledger(tmp_path / "e.db", create=True) as ledger:
        yield ledger, ledger.add_document(TEXT.encode(), "a.txt", "Tide", "2021-03-03").sha256


def test_timeline_row_by_row(book: tuple[Ledger, str]) -> None:
    """Proves: every column of a row by hand; a chain of mergers leads to the last head, also where it was undone in
    between; rows are in order of days, undated ones last; only standings asked for are shown.
    Without it: two tellings would be two events, or a column stand under another's name."""
    ledger, sha = book
    a = made.event(
        TEXT, sha, SHUT, "shut", type="closure", sources=("court", "RUR"), targets=("BOR",), assets=("quay", "pier"),
        when="2021-03", modality="planned", voice="candidate:Keel",
    )  # fmt: skip
    b = made.event(TEXT, sha, PIER, "shut", type="closure", when="2021-02-01")
    c = made.event(TEXT, sha, PIER, "pier", type="closure")
    d = made.event(TEXT, sha, PIER, "too", type="closure", when="2021-04-01")
    made.put(ledger, a, b, c, d)
    for record in (a, d):
        ledger.accept(record.id, "Ann", "read it")
    ledger.merge(b.id, a.id, "Ann", "the same")
    frame = timeline(ledger)
    assert list(frame["record"]) == [b.id, a.id, d.id] and list(frame["event"]) == [a.id, a.id, d.id]
    row = frame.iloc[1].to_dict()
    assert row == {
        "event": a.id, "when": "2021-03", "first_day": "2021-03-01", "last_day": "2021-03-31", "type": "closure",
        "sources": "court, RUR", "targets": "BOR", "assets": "quay, pier", "modality": "planned", "outlet": "Tide",
        "published": "2021-03-03", "voice": "candidate:Keel", "says": SHUT, "line": 3, "standing": "accepted", "record": a.id,
    }  # fmt: skip
    assert frame["standing"].tolist() == ["merged", "accepted", "accepted"]
    assert timeline(ledger, ("draft",))["record"].tolist() == [c.id]
    assert timeline(ledger, ("draft",))["first_day"].isna().all() and list(frame.index) == [0, 1, 2]
    text = "Quay talk in town\n\nThe court shut the quay, and people there know all of it.\n"
    other = ledger.add_document(text.encode(), "b", "unknown", "unknown").sha256
    e = made.event(text, other, "The court shut the quay", "shut", type="ban")
    made.put(ledger, e)
    row = timeline(ledger, ("draft",)).set_index("record").loc[e.id]
    assert (row["outlet"], row["sources"]) == ("unknown", "") and pd.isna(row["published"])
    ledger.accept(c.id, "Ann", "read it")
    assert timeline(ledger)["record"].tolist()[-1] == c.id
    ledger.merge(c.id, d.id, "Ann", "the same")
    ledger.merge(d.id, a.id, "Ann", "the same")
    assert set(timeline(ledger)["event"]) == {a.id}
    ledger.accept(d.id, "Ben", "not the same")
    assert dict(zip(timeline(ledger)["record"], timeline(ledger)["event"], strict=True)) == {
        a.id: a.id, b.id: a.id, c.id: d.id, d.id: d.id,
    }  # fmt: skip


def test_terms_place_by_place(book: tuple[Ledger, str]) -> None:
    """Proves: the longest term that fits counts, over a line end, whole words only, in any case; its place is that of
    the raw file and its line begins at 1; the voice is that of the innermost claim round it that was not rejected,
    else the outlet.
    Without it: a quoted word would be the outlet's, or a term be counted twice."""
    ledger, sha = book
    wide = made.claim(TEXT, sha, SAID, "the special\noperation is a ban on trade", "candidate:Keel")
    inner = made.claim(TEXT, sha, SAID, "a ban on trade", "candidate:Marlow")
    made.put(ledger, wide, inner)
    concepts = {
        "war": ["operation", "Special operation"],
        "stop": ["ban", "blockade", "port"],
        "none": ["lock", "garden"],
    }
    found = terms(ledger, concepts)
    assert found[["concept", "term", "voice", "line"]].to_records(index=False).tolist() == [
        ("stop", "ban", "candidate:Marlow", 6),
        ("stop", "blockade", "outlet", 6),
        ("stop", "port", "outlet", 6),
        ("war", "special operation", "candidate:Keel", 5),
    ]
    war = found.iloc[3]
    at = TEXT.index("special")
    assert (war["start"], war["end"], war["exact"], war["outlet"]) == (
        at,
        at + 17,
        "special\noperation",
        "Tide",
    )
    assert war["document"] == sha and "\n" not in war["context"] and "special operation" in war["context"]
    assert term_counts(found).to_dict() == {
        "Tide": {
            ("stop", "ban"): 1,
            ("stop", "blockade"): 1,
            ("stop", "port"): 1,
            ("war", "special operation"): 1,
        }
    }
    assert list(found.index) == [0, 1, 2, 3]
    nameless = ledger.add_document(
        b"Quay talk in town\n\nThere is a ban on the quay, and people there know all of it.\n",
        "b",
        "unknown",
        "unknown",
    )
    assert terms(ledger, {"stop": ["ban"]}).set_index("document").loc[nameless.sha256, "outlet"] == "unknown"
    ledger.reject(inner.id, "Ann", "not hers")
    assert terms(ledger, {"stop": ["ban"]})["voice"].tolist() == ["candidate:Keel", "outlet"]
    assert set(term_lists()) and all(words for words in term_lists().values())
