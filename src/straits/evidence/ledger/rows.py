"""What a row of a ledger has to be: every body that is read is held against the columns beside it and its own hash."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from pydantic import ValidationError

from straits.evidence.documents.document import Document
from straits.evidence.ledger.chain import LedgerError
from straits.evidence.ledger.judgements import judgement
from straits.evidence.ledger.schema import BLANK, COLUMNS
from straits.evidence.records import Claim, Event, Quantity, canonical, content_id, parse_record

#: Columns of a record's row, as `record_of` takes them.
RECORD = "seq, id, kind, document, body"


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


__all__ = ["RECORD", "document_of", "record_of", "row_faults", "short", "wrong_types"]
