"""Whether a ledger is as this program wrote it: what it declares, every row of every table, the seal, the file itself."""

from __future__ import annotations

import sqlite3
from typing import Any

from straits.evidence.ledger.chain import BEGINNING, Head, LedgerError, link_hash, same
from straits.evidence.ledger.file import LedgerFile
from straits.evidence.ledger.schema import COLUMNS, differences, row_faults

#: Most faults of one sort that are looked for.
_MOST = 8


def faults_of(file: LedgerFile, kept: Head | None = None) -> list[str]:
    """Give what shows that the file is not as this program wrote it, at most a few; empty if nothing does.

    Parameters
    ----------
    kept : Head, optional
        A head of this ledger that was kept elsewhere.
    """
    faults: list[str] = []
    try:
        declared, readable = differences(file.db)
        faults += declared
        if readable:
            faults += _damage(file)
            faults += _Walk(file, kept).faults()
            faults += file.seal_faults()
    except (sqlite3.Error, UnicodeError, OverflowError) as error:
        faults.append(str(error))
    except LedgerError as error:
        faults.append(str(error).removeprefix(f"{file.path}: "))
    return list(dict.fromkeys(faults))


def _damage(file: LedgerFile) -> list[str]:
    """Give what SQLite itself finds: pages used twice, indexes that disagree with tables, references into nothing."""
    found = [text for (text,) in file.rows(f"PRAGMA integrity_check({_MOST})") if text != "ok"]
    found += [
        f"{table}, row {row}: refers to what is not in {other}"
        for (table, row, other, _), _ in zip(
            file.rows("PRAGMA foreign_key_check"), range(_MOST), strict=False
        )
    ]
    pages, size = (file.db.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "page_size"))
    extra = file.path.stat().st_size - pages * size
    return [*found, *([f"{extra} bytes follow the last page of the file"] if extra > 0 else [])]


class _Walk:
    """The chain worked out anew from the rows of all tables, each of which has to be in it once, in order."""

    def __init__(self, file: LedgerFile, kept: Head | None) -> None:
        self.links = file.rows("SELECT seq, of_table, of_row, hash FROM chain ORDER BY seq")
        self.tables = {
            t: file.rows(f"SELECT seq, {', '.join(columns)} FROM {t} ORDER BY seq")
            for t, columns in COLUMNS.items()
        }
        self.read = dict.fromkeys(COLUMNS, 0)
        self.head = Head(0, BEGINNING)
        self.kept = kept

    def faults(self) -> list[str]:
        """Walk to the end, or to the first row after which nothing can be told."""
        found = self._kept_faults()
        for link in self.links:
            broken = self._broken(link)
            if broken:
                return [*found, *broken]
            found += [*self.weak, *self._kept_faults()]
            if len(found) >= _MOST:
                return found
        for table, rows in self.tables.items():
            rest = next(rows, None)
            if rest is not None:
                found.append(f"{table}, row {rest[0]}: is not in the chain")
        if self.kept is not None and self.kept.link > self.head.link:
            found.append(
                f"the head kept elsewhere has {self.kept.link} rows, the ledger {self.head.link}: rows are missing"
            )
        return found

    def _broken(self, link: tuple[Any, ...]) -> list[str]:
        """Follow one link; give why nothing after it can be told, if so."""
        seq, table, of_row, digest = link
        self.weak: list[str] = []
        if seq != self.head.link + 1 or table not in self.tables or not isinstance(digest, str):
            return [f"chain, row {seq}: is not the link after row {self.head.link}"]
        row = next(self.tables[table], None)
        self.read[table] += 1
        if row is None or row[0] != self.read[table] or of_row != self.read[table]:
            return [f"{table}, row {of_row}: is missing, or stands where another stood"]
        self.weak = [f"{table}, row {of_row}: {fault}" for fault in row_faults(table, row)]
        try:
            right = link_hash(self.head.hash, table, of_row, row[1:]) == digest
        except (TypeError, ValueError, RecursionError):
            right = False
        if not right:
            return [
                *self.weak, f"{table}, row {of_row}: changed from outside, or a row before it is missing"
            ]  # fmt: skip
        self.head = Head(seq, digest)
        return []

    def _kept_faults(self) -> list[str]:
        if self.kept is None or self.kept.link != self.head.link or same(self.kept.hash, self.head.hash):
            return []
        return [f"the head kept elsewhere, {self.kept.link}:{self.kept.hash[:12]}…, is of other rows"]


__all__ = ["faults_of"]
