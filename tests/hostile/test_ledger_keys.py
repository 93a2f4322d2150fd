"""Ledgers whose chain was worked out anew: heads kept elsewhere, seals and their keys tell."""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner

from straits.cli import app
from straits.evidence.ledger.chain import BEGINNING, Head, link_hash
from straits.evidence.ledger.ledger import Ledger, LedgerError
from straits.evidence.ledger.schema import COLUMNS
from straits.evidence.records import canonical

from .ledgers import LAST, behind, edit, stops


def _rewrite(path: Path) -> None:
    """Take the last judgement away and work the whole chain out anew, as somebody does who knows how it is made."""
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        triggers = db.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in triggers:
            db.execute(f"DROP TRIGGER {name}")
        db.execute(LAST)
        db.execute("UPDATE log SET by = 'Eve' WHERE seq = 1")
        links = db.execute("SELECT of_table, of_row FROM chain ORDER BY seq").fetchall()[:-1]
        db.execute("DELETE FROM chain")
        last = BEGINNING
        for link, (table, row) in enumerate(links, 1):
            values = db.execute(
                f"SELECT {', '.join(COLUMNS[table])} FROM {table} WHERE seq = ?", (row,)
            ).fetchone()
            last = link_hash(last, table, row, values)
            db.execute("INSERT INTO chain VALUES (?, ?, ?, ?)", (link, table, row, last))
        for _, text in triggers:
            db.execute(text)


def test_a_chain_worked_out_anew(book: Path, sound: Path, tmp_path: Path) -> None:
    """Proves: a whole rewriting passes an unkeyed check, as the page says, and not one against a head kept elsewhere, given as
    text, as a file or as a copy. Without it: what the chain cannot do would be hidden."""
    with Ledger(book) as opened:
        head = opened.verify()
    _rewrite(book)
    with Ledger(book) as opened:
        assert opened.verify() != head
        with pytest.raises(LedgerError, match=r"rows are missing"):
            opened.verify(head)
        with pytest.raises(LedgerError, match="of other rows"):
            opened.verify(Head(head.link - 1, head.hash))
    (tmp_path / "head.txt").write_text(f"{head}\n")
    for option in (("--head", str(head)), ("--head", str(tmp_path / "head.txt")), ("--copy", str(sound))):
        result = CliRunner().invoke(app, ["evidence", "verify", "-l", str(book), *option])
        assert result.exit_code == 1 and isinstance(result.exception, SystemExit)
        assert CliRunner().invoke(app, ["evidence", "verify", "-l", str(sound), *option]).exit_code == 0


def test_a_head_kept_elsewhere_stays_good(book: Path) -> None:
    """Proves: a ledger that only grew begins with the rows of every earlier head; a false hash, a head of more rows and a text
    that is none are refused. Without it: a kept head would be of no use, or of no force."""
    with Ledger(book) as opened:
        first = opened.verify()
        opened.flag(stops(opened)[1], "Cy", "look again")
        second = opened.verify(first)
        assert second.link == first.link + 1 and opened.verify(str(second)) == second
        for false in (Head(first.link, "0" * 64), Head(second.link + 1, second.hash), Head(0, "0" * 64)):
            with pytest.raises(LedgerError, match="kept elsewhere"):
                opened.verify(false)
        with pytest.raises(LedgerError, match="ROWS:HASH"):
            opened.verify("yes")


def test_a_seal_needs_the_key(book: Path, tmp_path: Path) -> None:
    """Proves: a sealed ledger is written only with the key, and whoever rewrites the whole chain, takes rows off the end or the
    seal away, or seals with a key of his own, is found out with it. Without it: the key would promise too much."""
    key = b"sixteen bytes or more"
    with Ledger(book, key=key) as opened:
        stop, _ = stops(opened)
        with pytest.raises(LedgerError, match="no seal"):
            opened.accept(stop, "Ann", "read it")
        opened.seal()
        opened.accept(stop, "Ann", "read it")
        opened.verify()
        with pytest.raises(LedgerError, match="sealed already"):
            opened.seal()
    with Ledger(book) as opened:
        opened.verify()
        with pytest.raises(LedgerError, match="needs the key"):
            opened.reject(stop, "Ben", "no")
    attacks = {
        "rewritten": lambda path: _rewrite(path),
        "cut": lambda path: (behind(path, "log", LAST), behind(path, "chain", LAST.replace("log", "chain"))),
        "unsealed": lambda path: edit(path, "DELETE FROM seal"),
        "sealed anew": lambda path: _reseal(path),
    }
    for name, attack in attacks.items():
        copy = Path(shutil.copy(book, tmp_path / f"{name}.db"))
        attack(copy)
        with Ledger(copy) as opened:
            opened.verify()
        with Ledger(copy, key=key) as opened:
            with pytest.raises(LedgerError, match="seal"):
                opened.verify()
            with pytest.raises(LedgerError, match="seal"):
                opened.accept(stop, "Ann", "again")
    with (
        Ledger(book, key=b"another key of some bytes") as opened,
        pytest.raises(LedgerError, match="under this key"),
    ):
        opened.verify()


def _reseal(path: Path) -> None:
    edit(path, "DELETE FROM seal")
    with Ledger(path, key=b"a key of the attacker's own") as opened:
        opened.seal()


def test_keys_come_from_files(book: Path, tmp_path: Path) -> None:
    """Proves: the commands take the key from the file that an option or the environment names; a short key, a folder and a
    missing file are refused. Without it: the list of processes would show the key."""
    key = tmp_path / "key"
    key.write_text("0123456789abcdef\n")

    def run(*arguments: str, variable: str | None = None) -> tuple[int, str]:
        result = CliRunner().invoke(app, ["evidence", *arguments], env={"STRAITS_LEDGER_KEY_FILE": variable})
        assert result.exception is None or isinstance(result.exception, SystemExit), repr(result.exception)
        return result.exit_code, result.output

    ledger = ("-l", str(book))
    assert run("seal", *ledger)[0] == 1
    assert run("--key-file", str(key), "seal", *ledger)[0] == 0
    assert "sealed;" in run("verify", *ledger, variable=str(key))[1]
    assert "not checked" in run("verify", *ledger)[1]
    (tmp_path / "short").write_text("abc")
    for false in (tmp_path / "short", tmp_path, tmp_path / "none"):
        assert run("--key-file", str(false), "verify", *ledger)[0] == 1


def test_hashes_of_a_chain_by_hand() -> None:
    """Proves: a link's hash is the SHA-256 of the JSON of the hash before, table, row and values, bytes counting by their own
    hash. Without it: an independent checker could not be written."""
    line = canonical(["a", "log", 2, "x", None])
    assert link_hash("a", "log", 2, ("x", None)) == hashlib.sha256(line.encode()).hexdigest()
    inner = {"bytes": 2, "sha256": hashlib.sha256(b"hi").hexdigest()}
    whole = json.dumps(["", "contents", 1, inner], sort_keys=True, separators=(",", ":"))
    assert link_hash("", "contents", 1, (b"hi",)) == hashlib.sha256(whole.encode()).hexdigest()


def test_rows_written_without_the_key(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Proves: rows that were added to a sealed ledger by whoever has not the key are told by their numbers. Without it: the
    seal would cover only what was there when it was made."""
    key = b"sixteen bytes or more"
    with Ledger(book, key=key) as opened:
        end = opened.seal()
        stop, _ = stops(opened)
    with monkeypatch.context() as patch, Ledger(book) as opened:
        patch.setattr(type(opened), "sealed", False)
        opened.accept(stop, "Eve", "without the key")
    with (
        Ledger(book, key=key) as opened,
        pytest.raises(LedgerError, match=f"rows {end.link + 1} to {end.link + 1} of the chain"),
    ):
        opened.verify()
