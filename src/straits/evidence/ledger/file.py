"""The file of a ledger: what is opened, how rows are written and read back, and whether anything was changed from outside.

A ledger comes by mail like any file, so nothing in it is believed: before a table is read, what the file declares (tables,
indexes, triggers, views) is compared with our schema letter by letter, again before each writing; what is written is read back,
once in the transaction and once through the file after it.
"""

from __future__ import annotations

import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, Self

from straits.evidence.ledger.chain import BEGINNING, Head, LedgerError, link_hash, same, seal_of
from straits.evidence.ledger.schema import COLUMNS, FORMAT, MAKE, TABLES, differences
from straits.files import replacing

#: Longest text or file that is read from a ledger, bytes.
MOST_BYTES = 256_000_000


def connect(path: Path) -> sqlite3.Connection:
    """Open an SQLite file that is there, and let nothing that it declares run.

    Raises
    ------
    LedgerError
        If it is a link or no regular file, or one of the files that SQLite keeps beside it is.
    """
    for part in (path, *_beside(path)):
        _refuse_irregular(part)
    try:
        db = sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, isolation_level=None)
    except (sqlite3.Error, UnicodeError) as error:
        raise told(path, error) from None
    try:
        db.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MOST_BYTES)
        db.execute("PRAGMA trusted_schema=OFF")
        db.execute("PRAGMA cell_size_check=ON")
        db.execute("PRAGMA synchronous=FULL")
        db.execute("PRAGMA foreign_keys=ON")
    except (sqlite3.Error, UnicodeError) as error:  # its messages, too, may be no UTF-8
        # Left open, it would keep the files beside it until the process ends.
        db.close()
        raise told(path, error) from None
    return db


def told(path: Path, error: Exception) -> LedgerError:
    """Give the error of ours that tells what SQLite, or the reading of its texts, met."""
    name = getattr(error, "sqlite_errorname", "")
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return LedgerError(f"{path}: another process is writing to it; try again")
    if name.startswith(("SQLITE_NOTADB", "SQLITE_CORRUPT")):
        return LedgerError(f"{path} is not a ledger, or is damaged: {error}")
    return LedgerError(f"{path}: {error}")


def _beside(path: Path) -> list[Path]:
    """Give the files that SQLite keeps beside a file, where there are any; what they hold is part of it."""
    return [path.with_name(path.name + end) for end in ("-wal", "-shm", "-journal")]


def _refuse_irregular(path: Path) -> None:
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return
    except (OSError, ValueError) as error:
        raise LedgerError(f"{path}: {getattr(error, 'strerror', None) or error}") from None
    if stat.S_ISLNK(mode):
        raise LedgerError(f"{path} is a link, which is not followed; name the file that it leads to")
    if not stat.S_ISREG(mode):
        raise LedgerError(f"{path} is no regular file")


def build(path: Path) -> None:
    """Make a ledger without rows of an empty file.

    Raises
    ------
    LedgerError
        If the disk does not take it.
    """
    try:
        with closing(sqlite3.connect(path, isolation_level=None)) as db:
            db.execute("PRAGMA journal_mode=MEMORY")
            db.executescript(MAKE)
    except sqlite3.Error as error:
        raise LedgerError(f"{path}: the ledger cannot be made: {error}") from None


class LedgerFile:
    """An SQLite file with the tables of a ledger.

    Parameters
    ----------
    path : path
    create : bool
        Whether to make it if it is not there.
    key : bytes, optional
        Key of the ledger's seal; see `seal`.

    Raises
    ------
    LedgerError
        If there is no such file, or it is not a ledger, or it declares anything that our ledgers do not.
    """

    def __init__(self, path: Path | str, create: bool = False, key: bytes | None = None) -> None:
        self.path = Path(path)
        self._key = key
        _refuse_irregular(self.path)
        if not self.path.exists() or not self.path.stat().st_size:
            self._make(create)
        self._identity = self._file()
        self.db = connect(self.path)
        try:
            self._check_format()
            self.db.execute("PRAGMA journal_mode=WAL")
            self._check_end()
        except (sqlite3.Error, UnicodeError) as error:
            self.db.close()
            raise told(self.path, error) from None
        except BaseException:
            self.db.close()
            raise

    def _make(self, create: bool) -> None:
        if not create:
            what = "is empty" if self.path.exists() else "is not there"
            raise LedgerError(f"no ledger at {self.path}: the file {what}; `straits evidence init` makes one")
        if not self.path.parent.is_dir():
            raise LedgerError(f"{self.path}: name a file in a folder that exists")
        for beside in _beside(self.path):
            if beside.exists() or beside.is_symlink():
                raise LedgerError(
                    f"{beside} is left of another ledger and would become part of this one: move it away"
                )
        try:
            with replacing(self.path) as beside:
                build(beside)
        except LedgerError as error:
            raise LedgerError(str(error).replace(str(beside), str(self.path))) from None
        except OSError as error:
            raise LedgerError(f"{self.path}: the ledger cannot be made: {error.strerror}") from None

    def _check_format(self) -> None:
        version = self.db.execute("PRAGMA user_version").fetchone()[0]
        if version == 1:
            raise LedgerError(
                f"{self.path} has format 1, of an earlier straits: `straits evidence migrate NEW.db --ledger {self.path}` "
                f"copies all of it into format {FORMAT} and leaves it as it is"
            )
        if version == 0:
            raise LedgerError(f"{self.path} is an SQLite file of something else")
        if version != FORMAT:
            raise LedgerError(f"{self.path} has format {version}; this version reads {FORMAT}")
        self._check_schema()

    def _check_schema(self) -> None:
        faults, _ = differences(self.db)
        if faults:
            raise LedgerError(
                f"{self.path} was changed from outside, and is not read: {'; '.join(faults[:8])}"
            )

    def _check_end(self) -> None:
        """Refuse a ledger that lacks its last row, or has a row that is not in the chain; the rest is for `verify`."""
        head = self.head()
        ends = {t: self.db.execute(f"SELECT coalesce(max(seq), 0) FROM {t}").fetchone()[0] for t in TABLES}
        if sum(ends.values()) != head.link:
            raise LedgerError(
                f"{self.path} was changed from outside: its tables have {sum(ends.values())} rows, its chain {head.link}"
            )

    def close(self) -> None:
        """Close the file."""
        self.db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # ---- reading ---------------------------------------------------------------------------------------------------

    def rows(self, query: str, values: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
        """Give the rows of a query.

        Raises
        ------
        LedgerError
            If the file cannot be read.
        """
        try:
            # Not from the cursor itself, which a forgotten generator would close after the file.
            yield from iter(self.db.execute(query, values).fetchone, None)
        except (sqlite3.Error, UnicodeError, OverflowError) as error:
            raise told(self.path, error) from None

    def row(self, query: str, values: tuple[Any, ...] = ()) -> tuple[Any, ...] | None:
        """Give the first row of a query, or None."""
        return next(self.rows(query, values), None)

    def head(self) -> Head:
        """Give the end of the chain, to be kept elsewhere and checked with `verify`."""
        last = self.row("SELECT seq, hash FROM chain ORDER BY seq DESC LIMIT 1")
        if last is None:
            return Head(0, BEGINNING)
        if not isinstance(last[1], str):
            raise LedgerError(f"{self.path}: chain, row {last[0]}: the hash is no text")
        return Head(*last)

    # ---- writing ---------------------------------------------------------------------------------------------------

    def transaction(self) -> _Transaction:
        """Open a transaction: all of what follows, or nothing."""
        return _Transaction(self)

    def append(self, table: str, *values: Any) -> int:
        """Write a row and its link of the chain, and read both back.

        Returns
        -------
        int
            Number of the row.

        Raises
        ------
        LedgerError
            If the file does not hold afterwards what was written.
        """
        for value in values:
            if isinstance(value, str):
                try:
                    value.encode()
                except UnicodeError:
                    raise LedgerError(
                        f"{table}: {value!r} holds half a letter (a lone surrogate), which no file can hold"
                    ) from None
        columns = ", ".join(("seq", *COLUMNS[table]))
        with self.transaction():
            head = self.head()
            row = 1 + self.db.execute(f"SELECT coalesce(max(seq), 0) FROM {table}").fetchone()[0]
            new = Head(head.link + 1, link_hash(head.hash, table, row, values))
            places = ", ".join("?" * (len(values) + 1))
            self.db.execute(f"INSERT INTO {table} ({columns}) VALUES ({places})", (row, *values))
            self.db.execute("INSERT INTO chain VALUES (?, ?, ?, ?)", (new.link, table, row, new.hash))
            kept = self.db.execute(f"SELECT {columns} FROM {table} WHERE seq = ?", (row,)).fetchone()
            if kept != (row, *values) or self.head() != new:
                raise LedgerError(
                    f"{self.path}: {table}, row {row} is not in the file as it was written; nothing is kept"
                )
        return row

    def _begin(self) -> None:
        self._same_file()
        self.db.execute("BEGIN IMMEDIATE")
        self._check_schema()
        self._check_end()
        if self._key is None and self.sealed:
            raise LedgerError(f"{self.path} is sealed: writing to it needs the key, with --key-file")
        if self._key is not None:
            faults = self.seal_faults()
            if faults:
                raise LedgerError(f"{self.path}: {faults[0]}")

    def _commit(self) -> None:
        head = self.head()
        if self._key is not None:
            self._put_seal(head)
        self._same_file()
        self.db.execute("COMMIT")
        self._same_file()
        with closing(connect(self.path)) as again:
            kept = again.execute("SELECT hash FROM chain WHERE seq = ?", (head.link,)).fetchone()
        if head.link and kept != (head.hash,):
            raise LedgerError(f"{self.path}: what was written is not in the file")

    def _file(self) -> tuple[int, int]:
        try:
            found = self.path.lstat()
        except OSError:
            raise LedgerError(f"{self.path}: the file has gone while it was open") from None
        return found.st_dev, found.st_ino

    def _same_file(self) -> None:
        if self._file() != self._identity:
            raise LedgerError(
                f"{self.path} is another file than the one that was opened; nothing is written to it"
            )

    # ---- the seal --------------------------------------------------------------------------------------------------

    @property
    def sealed(self) -> bool:
        """Whether the file carries a seal, so that writing needs the key."""
        return self._seal() is not None

    def _seal(self) -> tuple[Any, ...] | None:
        return self.row("SELECT link, mac FROM seal")

    def _put_seal(self, head: Head) -> None:
        assert self._key is not None
        self.db.execute("INSERT OR REPLACE INTO seal VALUES (1, ?, ?)", (head.link, seal_of(self._key, head)))

    def seal_faults(self) -> list[str]:
        """Give why the seal does not hold for the end of the chain; nothing can be said without the key."""
        seal, head = self._seal(), self.head()
        if self._key is None:
            return []
        if seal is None:
            return ["there is no seal; `straits evidence seal` puts one on a ledger that you trust"]
        link, mac = seal
        if not isinstance(link, int) or not isinstance(mac, str) or not 0 <= link <= head.link:
            return ["the seal is of another ledger"]
        row = self.row("SELECT hash FROM chain WHERE seq = ?", (link,))
        sealed = Head(link, row[0]) if row else Head(0, BEGINNING)
        if not same(mac, seal_of(self._key, sealed)):
            return ["the seal is not of this ledger under this key"]
        if link != head.link:
            return [f"rows {link + 1} to {head.link} of the chain were written without the key"]
        return []


class _Transaction:
    """All of what a block writes, or nothing; blocks inside blocks are one."""

    def __init__(self, file: LedgerFile) -> None:
        self.file = file
        self.outer = False

    def __enter__(self) -> None:
        self.outer = not self.file.db.in_transaction
        if not self.outer:
            return
        try:
            self.file._begin()
        except BaseException as error:
            self._undo()
            if isinstance(error, sqlite3.Error | UnicodeError):
                raise told(self.file.path, error) from None
            raise

    def __exit__(self, kind: object, error: BaseException | None, _: object) -> None:
        if not self.outer:
            return
        try:
            if error is not None:
                raise error
            self.file._commit()
        except BaseException as failure:
            self._undo()
            if isinstance(failure, sqlite3.Error | UnicodeError):
                raise told(self.file.path, failure) from None
            raise

    def _undo(self) -> None:
        with suppress(sqlite3.Error):
            if self.file.db.in_transaction:
                self.file.db.execute("ROLLBACK")


__all__ = ["LedgerError", "LedgerFile", "build", "connect", "told"]
