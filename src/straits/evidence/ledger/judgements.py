"""A judgement on a record: what can be said, and what standing that gives."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from straits.evidence.ledger.chain import LedgerError

Action = Literal["accept", "amend", "reject", "merge", "flag"]
Standing = Literal["draft", "accepted", "amended", "rejected", "merged", "flagged"]
#: Standing that each action gives.
STANDING: dict[str, Standing] = {
    "accept": "accepted", "amend": "amended", "reject": "rejected", "merge": "merged", "flag": "flagged",
}  # fmt: skip


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


def now() -> str:
    """Give the moment, as the ledger writes it."""
    return datetime.now(UTC).isoformat(timespec="seconds")


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


def named(by: str, reason: str) -> None:
    """Refuse a judgement without the name of who makes it, or without a reason."""
    if not by.strip() or not reason.strip():
        raise LedgerError("a judgement carries the name of who makes it and a reason")
