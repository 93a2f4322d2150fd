"""The tables of the ledger file, the triggers that let them only grow, and what a file has that is not ours."""

from __future__ import annotations

import functools
import sqlite3

FORMAT = 2
#: Tables whose rows are in the chain, and their columns beside `seq`, which counts the rows of each from 1 without a gap.
COLUMNS: dict[str, tuple[str, ...]] = {
    "contents": ("sha256", "bytes"),
    "documents": ("sha256", "body", "by", "reason", "at"),
    "records": ("id", "kind", "document", "body", "at"),
    "log": ("record", "action", "by", "reason", "payload", "at"),
    "gazetteers": ("body", "at"),
    "conflicts": ("conflict", "action", "payload", "by", "reason", "at"),
}
TABLES = tuple(COLUMNS)
#: Columns that may be blank: the first description of a document has nobody who corrected it.
BLANK = {("documents", "by"), ("documents", "reason")}
_TABLES = """
CREATE TABLE contents (seq INTEGER PRIMARY KEY, sha256 TEXT NOT NULL UNIQUE, bytes BLOB NOT NULL);
CREATE TABLE documents (seq INTEGER PRIMARY KEY, sha256 TEXT NOT NULL REFERENCES contents (sha256), body TEXT NOT NULL,
    by TEXT, reason TEXT, at TEXT NOT NULL);
CREATE INDEX documents_by_sha ON documents (sha256, seq);
CREATE TABLE records (seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL,
    document TEXT NOT NULL REFERENCES contents (sha256), body TEXT NOT NULL, at TEXT NOT NULL);
CREATE INDEX records_by_kind ON records (kind, seq);
CREATE INDEX records_by_document ON records (document, kind);
CREATE TABLE log (seq INTEGER PRIMARY KEY, record TEXT NOT NULL REFERENCES records (id), action TEXT NOT NULL, by TEXT NOT NULL,
    reason TEXT NOT NULL, payload TEXT NOT NULL, at TEXT NOT NULL);
CREATE INDEX log_by_record ON log (record, seq);
CREATE TABLE gazetteers (seq INTEGER PRIMARY KEY, body TEXT NOT NULL, at TEXT NOT NULL);
CREATE TABLE conflicts (seq INTEGER PRIMARY KEY, conflict TEXT NOT NULL, action TEXT NOT NULL, payload TEXT NOT NULL,
    by TEXT NOT NULL, reason TEXT NOT NULL, at TEXT NOT NULL);
CREATE TABLE chain (seq INTEGER PRIMARY KEY, of_table TEXT NOT NULL, of_row INTEGER NOT NULL, hash TEXT NOT NULL);
CREATE TABLE seal (seq INTEGER PRIMARY KEY CHECK (seq = 1), link INTEGER NOT NULL, mac TEXT NOT NULL);
"""
_REFUSE = """
CREATE TRIGGER {t}_no_update BEFORE UPDATE ON {t} BEGIN SELECT RAISE(ABORT, 'the ledger only grows: {t} cannot be changed'); END;
CREATE TRIGGER {t}_no_delete BEFORE DELETE ON {t} BEGIN SELECT RAISE(ABORT, 'the ledger only grows: {t} cannot be deleted'); END;
CREATE TRIGGER {t}_no_replace BEFORE INSERT ON {t} WHEN EXISTS (SELECT 1 FROM {t} WHERE seq = NEW.seq OR {key} = NEW.{key})
    BEGIN SELECT RAISE(ABORT, 'the ledger only grows: {t} cannot be replaced'); END;
"""
_KEYS = {"contents": "sha256", "records": "id"}
SCHEMA = _TABLES + "".join(_REFUSE.format(t=t, key=_KEYS.get(t, "seq")) for t in (*TABLES, "chain"))
#: What makes an empty file a ledger, all of it or nothing.
MAKE = f"BEGIN; {SCHEMA} PRAGMA user_version = {FORMAT}; COMMIT;"

Entry = tuple[str, str, str, str | None]


def _listing(db: sqlite3.Connection, most: int) -> list[Entry]:
    """Give what the file declares (kind, name, table, text), at most so much of it. Runs nothing of it."""
    query = "SELECT type, name, tbl_name, sql FROM sqlite_master LIMIT ?"
    return [tuple(row) for row in db.execute(query, (most,))]


@functools.cache
def declared(schema: str = SCHEMA) -> frozenset[Entry]:
    """Give what a file of this schema declares, automatic indexes included."""
    db = sqlite3.connect(":memory:")
    try:
        db.executescript(schema)
        return frozenset(_listing(db, 1000))
    finally:
        db.close()


def differences(db: sqlite3.Connection, schema: str = SCHEMA) -> tuple[list[str], bool]:
    """Compare what a file declares with our schema, letter by letter.

    Returns
    -------
    list of str
        What is missing, changed or not ours; empty if the file is as we make it.
    bool
        Whether all tables are ours, so that reading them runs nothing that somebody else wrote.
    """
    ours = declared(schema)
    listed = _listing(db, len(ours) + 20)
    found = frozenset(listed)
    names = {(kind, name): sql for kind, name, _, sql in ours}
    problems = []
    for kind, name, _, _ in sorted(found - ours, key=str):
        problems.append(f"{kind} {name} {'was changed' if (kind, name) in names else 'is not ours'}")
    present = {(kind, name) for kind, name, _, _ in found}
    problems += [f"{kind} {name} is missing" for kind, name in sorted(names) if (kind, name) not in present]
    if len(listed) != len(found):
        problems.append("something is declared twice")
    # Whatever is not ours, under whatever name and kind, may stand in a table's place; what is only missing may not.
    return problems, found <= ours and {e for e in ours if e[0] == "table"} <= found
