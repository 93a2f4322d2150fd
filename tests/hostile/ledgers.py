"""A small ledger, as it would come by mail, and what somebody with an SQLite editor does to it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from straits.evidence.finding.gazetteer import Entry, Gazetteer
from straits.evidence.ledger.ledger import Ledger, LedgerError

NAMES = Gazetteer(
    (
        Entry(id="RUR", kind="actor", names=("Ruritania",)),
        Entry(id="quay", kind="asset", names=("North Quay",)),
    )
)
TEXT = """Quay closed for a month

3 March 2021, 09:15

On Tuesday, March 2, the court of Ruritania suspended loading at North Quay for 30 days. Ruritania exported 12 million \
tons of oil in 2020.

“The quay is safe,” said Boris Keel, the director of the port.

On March 9 the court of Ruritania lifted the ban on loading at North Quay.
"""


def stops(book: Ledger) -> tuple[str, str]:
    """Give the ids of the closure and of its lifting."""
    events = [e for e in book.records("event") if e.kind == "event"]
    return next(e.id for e in events if e.type == "closure"), next(
        e.id for e in events if e.type == "lifting"
    )


def edit(path: Path, *queries: str, values: tuple[object, ...] = ()) -> None:
    """Change a file as an editor of SQLite files does, through whatever triggers there are."""
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        for query in queries:
            db.execute(query, values if "?" in query else ())


def behind(path: Path, table: str, *queries: str) -> None:
    """Change rows as `edit`, with the table's triggers gone meanwhile and put back to the letter afterwards."""
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        triggers = db.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ?", (table,)
        ).fetchall()
        for name, _ in triggers:
            db.execute(f"DROP TRIGGER {name}")
        for query in queries:
            db.execute(query)
        for _, text in triggers:
            db.execute(text)


#: Takes off the last entry of the log.
LAST = "DELETE FROM log WHERE seq = (SELECT max(seq) FROM log)"


def refusal(path: Path) -> str:
    """Open a ledger and verify it; give what it is refused for."""
    with pytest.raises(LedgerError) as refused, Ledger(path) as book:
        book.verify()
    return str(refused.value)
