"""A judgement on a record: what can be said, what standing that gives, and the hash that chains it to the one before."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from straits.evidence.ledger_file import LedgerError
from straits.evidence.records import canonical

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


def chain(last: str, line: tuple[str, ...]) -> str:
    """Give the hash of a line of the log, which holds that of the line before."""
    return hashlib.sha256((last + canonical(list(line))).encode()).hexdigest()


def named(by: str, reason: str) -> None:
    """Refuse a judgement without the name of who makes it, or without a reason."""
    if not by.strip() or not reason.strip():
        raise LedgerError("a judgement carries the name of who makes it and a reason")
