"""The tables of a ledger: what the file declares, and what each row has to be.

Triggers let the tables only grow; what a file declares is compared with them letter by letter. Every body that is read is held
against the columns beside it and its own hash.
"""

from __future__ import annotations

import functools
import hashlib
import json
import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from pydantic import ValidationError

from straits.evidence.documents.document import Document
from straits.evidence.ledger.chain import LedgerError
from straits.evidence.records import Claim, Event, Quantity, canonical, content_id, parse_record

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


# ---- rows ------------------------------------------------------------------------------------------------------------

Action = Literal["accept", "amend", "reject", "merge", "flag"]
Standing = Literal["draft", "accepted", "amended", "rejected", "merged", "flagged"]
#: Standing that each action gives.
STANDING: dict[str, Standing] = {
    "accept": "accepted", "amend": "amended", "reject": "rejected", "merge": "merged", "flag": "flagged",
}  # fmt: skip
#: Columns of a record's row, as `record_of` takes them.
RECORD = "seq, id, kind, document, body"


@dataclass(frozen=True)
class Judgement:
    """One line of the review log."""

    seq: int
    record: str
    action: Action
    by: str
    reason: str
    payload: dict[str, Any]
    at: str


def record_of(row: tuple[Any, ...]) -> Event | Quantity | Claim:
    """Read a record from its row (number, id, kind, document, body), all of which have to agree.

    Raises
    ------
    LedgerError
        If the body is no record, or not the one whose hash the id is.
    """
    seq, id, kind, document, body = row
    try:
        _check_record(id, kind, document, body)
        return parse_record(body)
    except (ValueError, TypeError, RecursionError) as error:
        raise LedgerError(
            f"records, row {seq}: {id!r}: the record is not the one that was added: {short(error)}"
        ) from None


def _check_record(id: Any, kind: Any, document: Any, body: Any) -> None:
    data = json.loads(body)
    if not isinstance(data, dict) or canonical(data) != body or data.pop("id", None) != id:
        raise ValueError("the body was not written like this")
    if (data.get("kind"), data.get("document")) != (kind, document):
        raise ValueError("kind or document are not those of the body")
    if id != content_id(data):
        raise ValueError("the id is not the hash of the body")


def document_of(row: tuple[Any, ...]) -> Document:
    """Read a document's description from its row (number, hash, body).

    Raises
    ------
    LedgerError
        If it is none, or of another document.
    """
    seq, sha256, body = row
    try:
        document = Document.model_validate_json(body)
        if document.sha256 != sha256:
            raise ValueError(f"it describes {document.sha256[:12]!r}")
    except (ValueError, TypeError) as error:
        raise LedgerError(f"documents, row {seq}: no description of {sha256!r}: {short(error)}") from None
    return document


def judgement(row: tuple[Any, ...]) -> Judgement:
    """Read a row of the log (number, record, action, by, reason, payload, at).

    Raises
    ------
    LedgerError
        If it is no judgement.
    """
    seq, record, action, by, reason, payload, at = row
    try:
        if not all(isinstance(text, str) for text in row[1:]):
            raise ValueError("a column holds no text")
        if action not in STANDING:
            raise ValueError(f"found {action!r}; accepted: {', '.join(STANDING)}")
        body = json.loads(payload)
        if not isinstance(body, dict):
            raise ValueError("the payload is no object")
        if action == "merge" and not isinstance(body.get("into"), str):
            raise ValueError("a merger names the record into which it goes")
    except (ValueError, RecursionError) as error:
        raise LedgerError(f"log, row {seq}: is no judgement: {error}") from None
    return Judgement(seq, record, action, by, reason, body, at)


def wrong_types(table: str, row: tuple[Any, ...]) -> list[str]:
    """Give the columns of a row (after its number) that hold something else than the ledger writes there."""
    found = []
    for column, value in zip(COLUMNS[table], row[1:], strict=True):
        wanted = bytes if column == "bytes" else str
        if not isinstance(value, wanted) and not (value is None and (table, column) in BLANK):
            found.append(f"{column} holds {type(value).__name__}, not {wanted.__name__}")
    return found


def row_faults(table: str, row: tuple[Any, ...]) -> list[str]:
    """Give what is wrong with a row by itself; that it is the one that was written, the chain shows."""
    faults = wrong_types(table, row)
    if faults:
        return faults
    try:
        if table == "contents" and hashlib.sha256(row[2]).hexdigest() != row[1]:
            return ["the bytes are not those that were added"]
        if table == "documents":
            document_of(row[:3])
        elif table == "records":
            _check_record(*row[1:5])
        elif table == "log":
            judgement(row)
        elif table != "contents":
            json.loads(row[COLUMNS[table].index("body" if table == "gazetteers" else "payload") + 1])
    except (ValueError, RecursionError) as error:
        return [short(error).removeprefix(f"{table}, row {row[0]}: ")]
    return []


def short(error: Exception) -> str:
    """Give what a library says in one line, without its address."""
    if isinstance(error, ValidationError):
        return "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()[:3])
    return (str(error) or type(error).__name__).splitlines()[0][:200]


# ---- what is written with every row -----------------------------------------------------------------------------------


def now() -> str:
    """Give the moment, as the ledger writes it."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def named(by: str, reason: str) -> None:
    """Refuse a judgement without the name of who makes it, or without a reason."""
    if not by.strip() or not reason.strip():
        raise LedgerError("a judgement carries the name of who makes it and a reason")
