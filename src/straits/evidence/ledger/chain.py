"""The chain: every row of every table of a ledger, in the order of writing, each with a hash that holds the one before.

A chain without a key shows what was changed by somebody who did not work it out anew. It cannot stop whoever rewrites all of
it; a head that is kept elsewhere can (`Head`), and so can a seal, a message authentication code of the head under a key that
is not in the file (HMAC, RFC 2104, with SHA-256).
"""

from __future__ import annotations

import hashlib
import hmac
import re
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from straits.errors import StraitsError
from straits.evidence.records import canonical

#: Stands before the first row.
BEGINNING = hashlib.sha256(b"straits ledger 2").hexdigest()
_LEAST_KEY, _MOST_KEY = 16, 4096
_HEAD = re.compile(r"(\d{1,18}):([0-9a-f]{64})")


class LedgerError(StraitsError, ValueError):
    """Something the ledger cannot do or does not have."""


@dataclass(frozen=True)
class Head:
    """The end of a chain. Whoever keeps it can later tell whether the ledger still begins with the same rows."""

    link: int
    """How many rows the chain has."""
    hash: str

    def __str__(self) -> str:
        return f"{self.link}:{self.hash}"

    @classmethod
    def parse(cls, text: str) -> Head:
        """Read what `str` gave, blanks around it aside.

        Raises
        ------
        LedgerError
            If it is something else.
        """
        match = _HEAD.fullmatch(text.strip())
        if not match:
            raise LedgerError(
                f"a head is ROWS:HASH, 64 hex digits after the colon, as `verify` prints it; found {text[:90]!r}"
            )
        return cls(int(match[1]), match[2])


def link_hash(last: str, table: str, row: int, values: tuple[Any, ...]) -> str:
    """Give the hash of a link: of the link before it, the table, the number of the row and its values.

    Bytes count by their own SHA-256 and length, so that a file of many megabytes is hashed once.
    """
    plain = [
        {"bytes": len(v), "sha256": hashlib.sha256(v).hexdigest()} if isinstance(v, bytes) else v
        for v in values
    ]
    return hashlib.sha256(canonical([last, table, row, *plain]).encode()).hexdigest()


def seal_of(key: bytes, head: Head) -> str:
    """Give the code that whoever has not the key cannot make for this head."""
    return hmac.new(key, f"straits ledger seal {head}".encode(), hashlib.sha256).hexdigest()


def same(a: str, b: str) -> bool:
    """Tell whether two codes are one, in a time that does not depend on where they differ."""
    return hmac.compare_digest(a.encode(), b.encode())


def read_key(path: Path) -> bytes:
    """Read a key from a file: its bytes, white space at the ends aside.

    Raises
    ------
    LedgerError
        If it is no regular file, or has fewer than 16 bytes or more than 4,096.
    """
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise LedgerError(f"{path}: the key is read from a regular file")
        with path.open("rb") as file:
            key = file.read(_MOST_KEY + 3).strip()
    except OSError as error:
        raise LedgerError(f"{path}: the key cannot be read: {error.strerror}") from None
    if not _LEAST_KEY <= len(key) <= _MOST_KEY:
        raise LedgerError(
            f"{path}: a key has {_LEAST_KEY} to {_MOST_KEY} bytes, this has {len(key)}; `openssl rand -hex 32` makes one"
        )
    return key
