"""The file of a ledger: opened, checked for its format, and written in transactions."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Self

from straits.errors import StraitsError
from straits.evidence.ledger_schema import FORMAT, KEYS, REFUSE, SCHEMA, TABLES


class LedgerError(StraitsError, ValueError):
    """Something the ledger cannot do or does not have."""


class LedgerFile:
    """An SQLite file with the tables of a ledger.

    Parameters
    ----------
    path : path
    create : bool
        Whether to make it if it is not there.

    Raises
    ------
    LedgerError
        If there is no such file, or it is not a ledger.
    """

    def __init__(self, path: Path | str, create: bool = False) -> None:
        self.path = Path(path)
        if not self.path.exists() and not create:
            raise LedgerError(f"no ledger at {self.path}; `straits evidence init` makes one")
        try:
            self.db = sqlite3.connect(self.path, isolation_level=None)
        except sqlite3.OperationalError as error:
            raise LedgerError(f"{self.path}: {error}; name a file in a folder that exists") from None
        try:
            version = self.db.execute("PRAGMA user_version").fetchone()[0]
            self.db.execute("PRAGMA journal_mode=WAL")
        except sqlite3.DatabaseError:
            raise LedgerError(f"{self.path} is not a ledger") from None
        self.db.execute("PRAGMA synchronous=FULL")
        self.db.execute("PRAGMA foreign_keys=ON")
        if version == 0:
            if self.db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
                raise LedgerError(f"{self.path} is an SQLite file of something else")
            triggers = "".join(REFUSE.format(t=t, key=KEYS.get(t, "seq")) for t in TABLES)
            self.db.executescript(f"BEGIN; {SCHEMA} {triggers} PRAGMA user_version = {FORMAT}; COMMIT;")
        elif version != FORMAT:
            raise LedgerError(f"{self.path} has format {version}; this version reads {FORMAT}")

    def close(self) -> None:
        """Close the file."""
        self.db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def transaction(self) -> _Transaction:
        """Open a transaction: all of what follows, or nothing."""
        return _Transaction(self.db)


class _Transaction:
    def __init__(self, db: sqlite3.Connection) -> None:
        self.db = db
        self.outer = False

    def __enter__(self) -> None:
        self.outer = not self.db.in_transaction
        if self.outer:
            self.db.execute("BEGIN IMMEDIATE")

    def __exit__(self, kind: object, *_: object) -> None:
        if self.outer:
            self.db.execute("ROLLBACK" if kind else "COMMIT")
