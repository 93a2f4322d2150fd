"""From a ledger of format 1 to one of the present format: checked, copied row by row, and left as it is."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from straits.evidence.ledger.chain import Head, LedgerError
from straits.evidence.ledger.file import build, connect, told
from straits.evidence.ledger.ledger import Ledger
from straits.evidence.ledger.schema import COLUMNS, differences, row_faults
from straits.evidence.records import canonical
from straits.files import replacing

_TABLES = ("contents", "documents", "records", "log", "gazetteers", "conflicts")
_REFUSE = """
CREATE TRIGGER {t}_no_update BEFORE UPDATE ON {t} BEGIN SELECT RAISE(ABORT, 'the ledger only grows: {t} cannot be changed'); END;
CREATE TRIGGER {t}_no_delete BEFORE DELETE ON {t} BEGIN SELECT RAISE(ABORT, 'the ledger only grows: {t} cannot be deleted'); END;
CREATE TRIGGER {t}_no_replace BEFORE INSERT ON {t} WHEN EXISTS (SELECT 1 FROM {t} WHERE {key} = NEW.{key})
    BEGIN SELECT RAISE(ABORT, 'the ledger only grows: {t} cannot be replaced'); END;
"""
#: What a file of format 1 declares.
SCHEMA_1 = """
CREATE TABLE contents (sha256 TEXT PRIMARY KEY, bytes BLOB NOT NULL);
CREATE TABLE documents (seq INTEGER PRIMARY KEY, sha256 TEXT NOT NULL REFERENCES contents, body TEXT NOT NULL,
    by TEXT, reason TEXT, at TEXT NOT NULL);
CREATE INDEX documents_by_sha ON documents (sha256, seq);
CREATE TABLE records (seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL,
    document TEXT NOT NULL REFERENCES contents, body TEXT NOT NULL, at TEXT NOT NULL);
CREATE INDEX records_by_kind ON records (kind, seq);
CREATE INDEX records_by_document ON records (document, kind);
CREATE TABLE log (seq INTEGER PRIMARY KEY, record TEXT NOT NULL REFERENCES records (id), action TEXT NOT NULL, by TEXT NOT NULL,
    reason TEXT NOT NULL, payload TEXT NOT NULL, at TEXT NOT NULL, hash TEXT NOT NULL);
CREATE INDEX log_by_record ON log (record, seq);
CREATE TABLE gazetteers (seq INTEGER PRIMARY KEY, body TEXT NOT NULL, at TEXT NOT NULL);
CREATE TABLE conflicts (seq INTEGER PRIMARY KEY, conflict TEXT NOT NULL, action TEXT NOT NULL, payload TEXT NOT NULL,
    by TEXT NOT NULL, reason TEXT NOT NULL, at TEXT NOT NULL);
CREATE VIEW standings AS SELECT r.seq, r.id, r.kind, r.document, r.body,
    (SELECT action FROM log l WHERE l.record = r.id ORDER BY l.seq DESC LIMIT 1) AS last FROM records r;
""" + "".join(_REFUSE.format(t=t, key={"contents": "sha256", "records": "id"}.get(t, "seq")) for t in _TABLES)


def migrate(old: Path | str, new: Path | str, key: bytes | None = None) -> Head:
    """Copy a ledger of format 1 into a new file of the present format.

    Its tables and triggers are compared with those of format 1 and its chain of judgements is checked first. Every row keeps its
    number, its moment and who wrote it; ids of records do not change.

    Parameters
    ----------
    key : bytes, optional
        Seals the new ledger.

    Returns
    -------
    Head
        The end of the new chain.

    Raises
    ------
    LedgerError
        If the old file is no ledger of format 1 or was changed from outside, or there is a new file already.
    """
    source, target = Path(old), Path(new)
    if not source.exists():
        raise LedgerError(f"no ledger at {source}")
    if target.exists() or target.is_symlink():
        raise LedgerError(f"{target} is there already; name a new file")
    if not target.parent.is_dir():
        raise LedgerError(f"{target}: name a file in a folder that exists")
    try:
        with closing(connect(source)) as db:
            _check(db, source)
            with replacing(target) as beside:
                head = _copy(db, beside, key)
    except (sqlite3.Error, UnicodeError) as error:
        raise told(source, error) from None
    return head


def _copy(db: sqlite3.Connection, target: Path, key: bytes | None) -> Head:
    build(target)
    with Ledger(target) as book:
        with book.transaction():
            for table, columns in COLUMNS.items():
                order = "rowid" if table == "contents" else "seq"
                for number, *values in _rows(
                    db, f"SELECT {order}, {', '.join(columns)} FROM {table} ORDER BY {order}"
                ):
                    faults = row_faults(table, (number, *values))
                    if faults:
                        raise LedgerError(f"{table}, row {number}: {faults[0]}")
                    if book.append(table, *values) != number and table != "contents":
                        raise LedgerError(f"{table}: a row before row {number} is missing")
        head = book.verify()
    if key is not None:
        with Ledger(target, key=key) as book:
            book.seal()
    return head


def _rows(db: sqlite3.Connection, query: str) -> Iterator[tuple[Any, ...]]:
    yield from db.execute(query)


def _check(db: sqlite3.Connection, path: Path) -> None:
    version = db.execute("PRAGMA user_version").fetchone()[0]
    if version != 1:
        raise LedgerError(f"{path} has format {version}; ledgers of format 1 are migrated")
    faults, _ = differences(db, SCHEMA_1)
    if faults:
        raise LedgerError(f"{path} was changed from outside, and is not read: {'; '.join(faults[:8])}")
    last = ""
    for seq, *line, digest in db.execute(
        "SELECT seq, record, action, by, reason, payload, at, hash FROM log ORDER BY seq"
    ):
        last = hashlib.sha256((last + canonical(line)).encode()).hexdigest()
        if last != digest:
            raise LedgerError(f"{path}: log, row {seq}: changed from outside, or a row before it is missing")


__all__ = ["SCHEMA_1", "migrate"]
