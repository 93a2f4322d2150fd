"""From a ledger of format 1: nothing is lost, and nothing forged comes along."""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner

from straits.cli import app
from straits.evidence.ledger.conflicts import conflicts, open_conflict
from straits.evidence.ledger.ledger import Ledger, LedgerError
from straits.evidence.ledger.migrate import SCHEMA_1, migrate
from straits.evidence.ledger.schema import COLUMNS
from straits.evidence.records import canonical

ROWS = {"contents": "rowid"}


def dump(path: Path) -> dict[str, list[tuple]]:
    """Give the rows of every table that both formats have."""
    with closing(sqlite3.connect(path)) as db:
        return {
            t: db.execute(f"SELECT {', '.join(c)} FROM {t} ORDER BY {ROWS.get(t, 'seq')}").fetchall()
            for t, c in COLUMNS.items()
        }


@pytest.fixture
def old(ledger: Ledger, tmp_path: Path) -> Path:
    """Give the small ledger, with judgements and a conflict, as the earlier straits wrote it."""
    a, b = [e.id for e in ledger.records("event")][:2]
    ledger.accept(a, "Ann", "read it")
    ledger.reject(b, "Ben", "no")
    open_conflict(ledger, "which?", {"one": [a], "two": [b]}, "Ann", "unclear")
    path = tmp_path / "old.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.executescript(f"BEGIN; {SCHEMA_1} PRAGMA user_version = 1; COMMIT;")
        db.execute("PRAGMA journal_mode=WAL")
        last = ""
        for table, rows in dump(ledger.path).items():
            for row in rows:
                if table == "log":
                    last = hashlib.sha256((last + canonical(list(row))).encode()).hexdigest()
                    row = (*row, last)
                columns = (*COLUMNS[table], "hash") if table == "log" else COLUMNS[table]
                places = ", ".join("?" * len(row))
                db.execute(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})", row)
    return path


def test_everything_comes_along(old: Path, ledger: Ledger, tmp_path: Path) -> None:
    """Proves: an old ledger is told with the command that copies it; then every row of every table is in the new one, in its
    order, with its moment and its judge, and the old file is as it was. Without it: judgements of years would be lost."""
    with pytest.raises(LedgerError, match=r"format 1.*evidence migrate"):
        Ledger(old)
    before, rows = old.read_bytes(), dump(old)
    new = tmp_path / "new.db"
    result = CliRunner().invoke(app, ["evidence", "migrate", str(new), "-l", str(old)])
    assert result.exit_code == 0, result.output
    assert dump(new) == rows and all(rows.values()) and old.read_bytes() == before
    with Ledger(new) as book:
        book.verify()
        assert book.log() == ledger.log()
        assert conflicts(book) == conflicts(ledger) and book.gazetteer == ledger.gazetteer
    assert sorted(p.name for p in tmp_path.iterdir() if p.name.startswith(("new", "."))) == ["new.db"]


def test_a_sealed_copy(old: Path, tmp_path: Path) -> None:
    """Proves: with a key the copy is sealed from its first row. Without it: there would be a time in which it was not."""
    migrate(old, tmp_path / "new.db", b"sixteen bytes or more")
    with Ledger(tmp_path / "new.db", key=b"sixteen bytes or more") as book:
        assert book.sealed and book.verify().link == sum(map(len, dump(old).values()))


@pytest.mark.parametrize(
    "how",
    [
        "UPDATE log SET by = 'Eve' WHERE seq = 1",
        "DELETE FROM log WHERE seq = 1",
        "UPDATE records SET body = replace(body, 'closure', 'opening')",
        "UPDATE contents SET bytes = x'00'",
        "DELETE FROM conflicts; INSERT INTO conflicts VALUES (2, 'c', 'open', 'no json', 'a', 'b', 'c')",
        "CREATE VIEW more AS SELECT 1",
        "DROP VIEW standings; CREATE VIEW standings AS SELECT *, 'accept' AS last FROM records",
        "CREATE TRIGGER t AFTER INSERT ON log BEGIN DELETE FROM log; END",
        "PRAGMA user_version = 0",
    ],
)
def test_forged_old_ledgers(old: Path, tmp_path: Path, how: str) -> None:
    """Proves: an old ledger that was changed from outside is refused, and no new file is left. Without it: a forgery would get a
    new and faultless chain."""
    with closing(sqlite3.connect(old, isolation_level=None)) as db:
        triggers = db.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in triggers:
            db.execute(f"DROP TRIGGER {name}")
        db.executescript(how)
        for _, sql in triggers:
            db.execute(sql)
    with pytest.raises(LedgerError):
        migrate(old, tmp_path / "new.db")
    assert not (tmp_path / "new.db").exists()


def test_files_that_are_not_migrated(old: Path, ledger: Ledger, tmp_path: Path) -> None:
    """Proves: a ledger of today, a missing file and a target that is there are refused. Without it: one could be lost."""
    for source, target in (
        (ledger.path, "new.db"),
        (tmp_path / "none.db", "new.db"),
        (old, "old.db"),
        (old, "no/new.db"),
    ):
        with pytest.raises(LedgerError):
            migrate(source, tmp_path / target)
