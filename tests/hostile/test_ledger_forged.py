"""A ledger that somebody changed with an SQLite editor: it is not opened, or `verify` says what was changed."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner

from straits.cli import app
from straits.evidence.ledger.ledger import Ledger, LedgerError
from straits.report.sections.support.documents import read_documents

from .ledgers import LAST, behind, edit, refusal, stops


def test_a_sound_ledger_is_called_unchanged(book: Path) -> None:
    """Proves: the ledger that all other tests spoil is sound. Without it: they could be refused for anything."""
    with Ledger(book) as opened:
        assert opened.verify() == opened.head()
        assert opened.standing(stops(opened)[0]) == "rejected"


ROWS = {
    "the last judgement deleted": ("log", LAST),
    "a judgement in the middle deleted": ("log", "DELETE FROM log WHERE seq = 2"),
    "a judgement deleted and the rest moved up": ("log", "DELETE FROM log WHERE seq = 1", "UPDATE log SET seq = seq - 1"),
    "a judgement changed": ("log", "UPDATE log SET action = 'accept' WHERE action = 'reject'"),
    "a judge renamed": ("log", "UPDATE log SET by = 'Eve' WHERE seq = 1"),
    "a moment changed": ("log", "UPDATE log SET at = '1999-01-01T00:00:00+00:00' WHERE seq = 1"),
    "a judgement invented": ("log", "INSERT INTO log SELECT 4, record, 'accept', by, reason, '{}', at FROM log WHERE seq = 3"),
    "a judgement far ahead": ("log", "INSERT INTO log SELECT 9e18, record, 'accept', by, reason, '{}', at FROM log LIMIT 1"),
    "a judgement below one": ("log", "INSERT INTO log SELECT -1, record, 'accept', by, reason, '{}', at FROM log LIMIT 1"),
    "two judgements swapped": ("log", "UPDATE log SET seq = 99 WHERE seq = 2", "UPDATE log SET seq = 2 WHERE seq = 3",
                               "UPDATE log SET seq = 3 WHERE seq = 99"),
    "a text made a blob": ("log", "UPDATE log SET action = CAST(action AS BLOB) WHERE seq = 1"),
    "a NUL in a reason": ("log", "UPDATE log SET reason = reason || char(0) || 'x' WHERE seq = 1"),
    "bytes that are no UTF-8": ("log", "UPDATE log SET reason = CAST(x'ff41' AS TEXT) WHERE seq = 1"),
    "an outlet changed": ("documents", "UPDATE documents SET body = replace(body, 'The Tide', 'The Wave')"),
    "the first description changed": ("documents", "UPDATE documents SET body = replace(body, 'Tide', 'Wave') WHERE seq = 1"),
    "a correction deleted": ("documents", "DELETE FROM documents WHERE seq = 2"),
    "a correction without a name": ("documents", "UPDATE documents SET by = NULL"),
    "names changed": ("gazetteers", "UPDATE gazetteers SET body = replace(body, 'RUR', 'RUS')"),
    "names put on top": ("gazetteers", "INSERT INTO gazetteers SELECT 2, '[]', at FROM gazetteers"),
    "a ruling deleted": ("conflicts", "DELETE FROM conflicts WHERE action = 'rule'"),
    "a ruling changed": ("conflicts", "UPDATE conflicts SET payload = replace(payload, 'both', 'open')"),
    "a record's kind": ("records", "UPDATE records SET kind = 'claim' WHERE kind = 'event'"),
    "a record's body": ("records", "UPDATE records SET body = replace(body, 'closure', 'opening')"),
    "a record twice": ("records", "INSERT INTO records SELECT 99, id || 'x', kind, document, body, at FROM records LIMIT 1"),
    "a record deleted with its judgements": ("records", "PRAGMA foreign_keys=OFF",
                                             "DELETE FROM records WHERE seq = (SELECT max(seq) FROM records)"),
    "the bytes of a document": ("contents", "UPDATE contents SET bytes = bytes || x'0a'"),
    "bytes made a text": ("contents", "UPDATE contents SET bytes = CAST(bytes AS TEXT)"),
    "a document of nobody": ("contents", "INSERT INTO contents VALUES (2, 'abc', x'61')"),
    "a link of the chain": ("chain", "UPDATE chain SET hash = hash || ' ' WHERE seq = 3"),
    "a link made a number": ("chain", "UPDATE chain SET hash = 7 WHERE seq = 3"),
    "a link to a table that is none": ("chain", "UPDATE chain SET of_table = 'sqlite_master' WHERE seq = 3"),
    "the chain emptied": ("chain", "DELETE FROM chain"),
}  # fmt: skip


@pytest.mark.parametrize("how", ROWS)
def test_rows_changed_behind_the_triggers(book: Path, how: str) -> None:
    """Proves: whatever row of whatever table is changed, added or taken away, with all triggers put back, is told.
    Without it: a rejected event could be accepted again, or an outlet renamed, in a ledger that is called unchanged."""
    table, *queries = ROWS[how]
    with Ledger(book) as opened:
        last = opened.head()
    behind(book, table, *queries)
    said = refusal(book)
    assert str(book) in said and "Traceback" not in said
    with pytest.raises(LedgerError), Ledger(book) as opened:
        opened.verify(last)


SCHEMAS = {
    "a trigger that swallows judgements": (
        "CREATE TRIGGER swallow AFTER INSERT ON log BEGIN DELETE FROM log WHERE seq = NEW.seq; END",
    ),
    "a trigger that ignores them": ("CREATE TRIGGER a BEFORE INSERT ON log BEGIN SELECT RAISE(IGNORE); END",),
    "a trigger that answers otherwise": (
        "CREATE TRIGGER turn AFTER INSERT ON log WHEN NEW.action = 'reject' BEGIN "
        "INSERT INTO log VALUES (NEW.seq + 1, NEW.record, 'accept', NEW.by, NEW.reason, '{}', NEW.at); END",
    ),
    "a view of standings": ("CREATE VIEW standings AS SELECT r.*, 'accept' AS last FROM records r",),
    "a view without an end": (
        "CREATE VIEW standings AS WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x FROM n",
    ),
    "a table more": ("CREATE TABLE more (a)",),
    "an index more": ("CREATE INDEX more ON log (by)",),
    "an index on an expression": ("CREATE INDEX more ON log (abs(seq))",),
    "an index less": ("DROP INDEX log_by_record",),
    "a trigger less": ("DROP TRIGGER log_no_delete",),
    "a column more": ("ALTER TABLE log ADD COLUMN note TEXT",),
    "a generated column": ("ALTER TABLE log ADD COLUMN verdict TEXT GENERATED ALWAYS AS ('accept') VIRTUAL",),
    "a column renamed": ("ALTER TABLE log RENAME COLUMN reason TO why",),
    "statistics that mislead the planner": ("ANALYZE",),
    "a full-text table": ("CREATE VIRTUAL TABLE words USING fts5(a)",),
    "another format": ("PRAGMA user_version = 7",),
}


@pytest.mark.parametrize("how", SCHEMAS)
def test_what_the_file_declares(book: Path, how: str) -> None:
    """Proves: a file that declares anything beside our tables, indexes and triggers is not opened, and none of it runs.
    Without it: a trigger could swallow what is accepted, and a view say what stands."""
    edit(book, *SCHEMAS[how])
    with pytest.raises(LedgerError):
        Ledger(book)


REWRITTEN = {
    "a table without rowids": ("replace(sql, 'hash TEXT NOT NULL)', 'hash TEXT NOT NULL) WITHOUT ROWID')", "chain"),
    "a changed type": ("replace(sql, 'action TEXT', 'action INTEGER')", "log"),
    "a default": ("replace(sql, 'reason TEXT NOT NULL', 'reason TEXT NOT NULL DEFAULT (0)')", "log"),
    "a constraint": ("replace(sql, 'action TEXT NOT NULL', 'action TEXT NOT NULL CHECK (action <> ''reject'')')", "log"),
    "a collation": ("replace(sql, 'id TEXT NOT NULL', 'id TEXT COLLATE NOCASE NOT NULL')", "records"),
    "a comment": ("replace(sql, 'seq INTEGER', '/* x */ seq INTEGER')", "log"),
    "no text at all": ("NULL", "log"),
    "no SQL": ("'CREATE nonsense'", "log"),
    "a view in its place": ("'CREATE VIEW log AS SELECT 1'", "log"),
}  # fmt: skip


@pytest.mark.parametrize("how", REWRITTEN)
def test_the_schema_rewritten_in_place(book: Path, how: str) -> None:
    """Proves: definitions changed through `writable_schema` are seen, letter by letter. Without it: a changed type, default or
    constraint would decide what is stored."""
    text, table = REWRITTEN[how]
    edit(
        book,
        "PRAGMA writable_schema=ON",
        f"UPDATE sqlite_master SET sql = {text} WHERE name = '{table}' AND type = 'table'",
    )
    with pytest.raises(LedgerError):
        Ledger(book)


def test_a_second_table_of_the_same_name(book: Path) -> None:
    """Proves: an entry of the schema under a false name and kind does not take a table's place. Without it: reading `log` would
    read what the stranger declared."""
    for kind, name in (("view", "log"), ("table", "LOG"), ("other", "zzz")):
        copy = Path(shutil.copy(book, book.with_name(f"{kind}.db")))
        edit(
            copy,
            "PRAGMA writable_schema=ON",
            f"INSERT INTO sqlite_master (type, name, tbl_name, rootpage, sql) VALUES ('{kind}', '{name}', '{name}', 0, "
            "'CREATE VIEW log AS SELECT 1')",
        )
        with pytest.raises(LedgerError):
            Ledger(copy)


def test_an_index_that_hides_a_row(book: Path) -> None:
    """Proves: an index that lacks the last judgement, though the table has it, is told. Without it: a look-up by the index and a
    walk through the table would give two standings."""
    with closing(sqlite3.connect(book, isolation_level=None)) as db:
        db.execute("DROP TRIGGER log_no_delete")
        row = db.execute("SELECT * FROM log ORDER BY seq DESC LIMIT 1").fetchone()
        db.execute("DELETE FROM log WHERE seq = ?", (row[0],))
        text = db.execute("SELECT sql, rootpage FROM sqlite_master WHERE name = 'log_by_record'").fetchone()
        db.execute("PRAGMA writable_schema=ON")
        db.execute("DELETE FROM sqlite_master WHERE name = 'log_by_record'")
    with closing(sqlite3.connect(book, isolation_level=None)) as db:
        db.execute(f"INSERT INTO log VALUES ({', '.join('?' * len(row))})", row)
        db.execute("PRAGMA writable_schema=ON")
        db.execute("INSERT INTO sqlite_master VALUES ('index', 'log_by_record', 'log', ?, ?)", text[::-1])
        # As it was before, so that only the pages tell.
        from straits.evidence.ledger.schema import SCHEMA

        begin = SCHEMA.index("CREATE TRIGGER log_no_delete")
        sql = SCHEMA[begin : SCHEMA.index("END;", begin) + 3]
        db.execute("INSERT INTO sqlite_master VALUES ('trigger', 'log_no_delete', 'log', 0, ?)", (sql,))
    assert "log_by_record" in refusal(book)


def test_bytes_after_the_end(book: Path) -> None:
    """Proves: what is hung on the end of the file, where SQLite does not look, is told. Without it: "unchanged" would be said of
    a file that carries something else."""
    with book.open("ab") as file:
        file.write(b"PK\x03\x04" + b"\0" * 2000)
    assert "2004 bytes follow" in refusal(book)


def test_a_rejected_event_does_not_come_back_into_a_report(book: Path, tmp_path: Path) -> None:
    """Proves: report, export and scenario refuse a ledger whose last judgement was taken away, in the middle of the file too.
    Without it: what a person rejected would stand in a report as accepted."""
    with Ledger(book) as opened:
        stop, lift = stops(opened)
        opened.flag(lift, "Cy", "a later row, so that the end of the file looks right")
    behind(book, "log", "DELETE FROM log WHERE action = 'reject'")
    behind(
        book, "gazetteers", "INSERT INTO gazetteers SELECT 2, '[]', at FROM gazetteers"
    )  # so that the numbers agree
    with pytest.raises(LedgerError):
        read_documents(book)
    for command in (
        ("export", str(tmp_path / "out")),
        ("to-scenario", stop, "--out", str(tmp_path / "s"), "--factor", "0"),
    ):
        result = CliRunner().invoke(app, ["evidence", *command, "-l", str(book)])
        assert result.exit_code == 1 and isinstance(result.exception, SystemExit)
    assert not (tmp_path / "out").exists() and not (tmp_path / "s").exists()


def test_a_trigger_that_comes_while_the_ledger_is_open(book: Path) -> None:
    """Proves: the schema is compared again before each writing, and the judgement is not called made. Without it: `accept` would
    end with status 0 and the file would not know of it."""
    with Ledger(book) as opened:
        stop, _ = stops(opened)
        before = len(opened.log())
        edit(book, SCHEMAS["a trigger that ignores them"][0])
        with pytest.raises(LedgerError, match="trigger a is not ours"):
            opened.accept(stop, "Ann", "read it")
        edit(book, "DROP TRIGGER a")
        assert len(opened.log()) == before and opened.standing(stop) == "rejected"
        opened.accept(stop, "Ann", "read it")
        assert opened.standing(stop) == "accepted"


def test_a_writing_that_does_not_hold_is_told(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Proves: what is written is read back: with the check of the schema out of the way, a trigger that turns a judgement is
    still told, and nothing is kept. Without it: one gap in that check would be enough."""
    swallowed = "CREATE TEMP TRIGGER turn AFTER INSERT ON main.log BEGIN UPDATE log SET by = 'Eve' WHERE seq = NEW.seq; END"
    with Ledger(book) as opened:
        stop, _ = stops(opened)
        before = opened.log()
        opened.db.execute("DROP TRIGGER log_no_update")
        monkeypatch.setattr(type(opened), "_check_schema", lambda self: None)
        opened.db.execute(swallowed)
        with pytest.raises(LedgerError, match="not in the file as it was written"):
            opened.accept(stop, "Ann", "read it")
        assert opened.log() == before


def test_a_file_put_in_its_place_while_it_is_open(book: Path, sound: Path, tmp_path: Path) -> None:
    """Proves: a ledger swapped between opening and writing is told, the new file is not written to; so is one that has gone.
    Without it: a judgement would be reported and be in no file that anybody has."""
    with Ledger(book) as opened:
        stop, _ = stops(opened)
        book.rename(tmp_path / "aside.db")
        with pytest.raises(LedgerError, match="has gone"):
            opened.accept(stop, "Ann", "read it")
        shutil.copy(sound, book)
        bytes_before = book.read_bytes()
        with pytest.raises(LedgerError, match="another file"):
            opened.accept(stop, "Ann", "read it")
    assert book.read_bytes() == bytes_before


def test_links_pipes_and_folders_are_not_opened(book: Path, tmp_path: Path) -> None:
    """Proves: a link, a pipe, a folder or a link beside the ledger under the names that SQLite uses is refused by name.
    Without it: a mailed folder could have another file of the reader's written to, or wait for ever."""
    import os

    (tmp_path / "link.db").symlink_to(book)
    os.mkfifo(tmp_path / "pipe.db")
    (tmp_path / "folder.db").mkdir()
    (tmp_path / "dangling.db").symlink_to(tmp_path / "nowhere.db")
    for name, word in (
        ("link", "is a link"),
        ("pipe", "no regular file"),
        ("folder", "no regular file"),
        ("dangling", "is a link"),
    ):
        with pytest.raises(LedgerError, match=word):
            Ledger(tmp_path / f"{name}.db", create=True)
    assert not (tmp_path / "nowhere.db").exists()
    for end in ("-wal", "-journal", "-shm"):
        beside = Path(f"{book}{end}")
        beside.unlink(missing_ok=True)
        beside.symlink_to(tmp_path / "victim")
        with pytest.raises(LedgerError, match="is a link"):
            Ledger(book)
        beside.unlink()
    (tmp_path / "new.db-wal").write_bytes(b"left")
    with pytest.raises(LedgerError, match="left of another ledger"):
        Ledger(tmp_path / "new.db", create=True)


def test_a_log_beside_the_ledger_is_part_of_it(sound: Path, tmp_path: Path) -> None:
    """Proves: rows that a forged write-ahead log brings are held against the chain like all others. Without it: a ledger whose
    own file is sound could be changed by the one beside it."""
    mailed, worked = tmp_path / "mailed.db", tmp_path / "worked.db"
    shutil.copy(sound, worked)
    db = sqlite3.connect(worked, isolation_level=None)
    db.execute("PRAGMA wal_autocheckpoint=0")
    text = db.execute("SELECT sql FROM sqlite_master WHERE name = 'log_no_update'").fetchone()[0]
    db.execute("DROP TRIGGER log_no_update")
    db.execute("UPDATE log SET action = 'accept' WHERE action = 'reject'")
    db.execute(text)
    shutil.copy(worked, mailed)
    shutil.copy(f"{worked}-wal", f"{mailed}-wal")
    db.close()
    assert "log, row 3" in refusal(mailed)


def test_what_opening_alone_refuses(book: Path) -> None:
    """Proves: a ledger without its last judgement is not opened by any command. Without it: only who calls `verify` would
    know."""
    behind(book, "log", LAST)
    with pytest.raises(LedgerError, match="rows, its chain"):
        Ledger(book)


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("UPDATE log SET seq = 40 WHERE seq = 3", "log, row 3"),
        ("INSERT INTO log SELECT 4, record, 'accept', by, reason, '{}', at FROM log WHERE seq = 3",
         "log, row 4: is not in the chain"),
        ("DELETE FROM log WHERE seq = 3", "log, row 3: is missing"),
    ],
)  # fmt: skip
def test_what_verify_alone_tells(book: Path, query: str, told: str) -> None:
    """Proves: rows moved, added or taken away while the ledger is open are told by row. Without it: the check at opening would
    be the only one."""
    with Ledger(book) as opened:
        behind(book, "log", query)
        with pytest.raises(LedgerError, match=told):
            opened.verify()


def test_what_reading_alone_refuses(book: Path) -> None:
    """Proves: a record or a description that does not fit its own hash is not given, without any check of the chain. Without
    it: a forged record would be listed until somebody verifies."""
    behind(book, "records", "UPDATE records SET body = replace(body, 'closure', 'opening')")
    behind(book, "documents", "UPDATE documents SET body = replace(body, sha256, 'ab')")
    behind(book, "contents", "UPDATE contents SET bytes = bytes || x'0a'")
    with Ledger(book) as opened:
        sha256 = opened.row("SELECT sha256 FROM contents")[0]  # type: ignore[index]
        for read in (
            lambda: list(opened.records()),
            lambda: list(opened.documents()),
            lambda: opened.content(sha256),
        ):
            with pytest.raises(LedgerError):
                read()
