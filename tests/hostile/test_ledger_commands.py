"""The commands of `straits evidence` on hostile files: no steering, no batch ended, no traceback."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from typer.testing import CliRunner

from straits.cli import app
from straits.evidence.ledger.conflicts import open_conflict
from straits.evidence.ledger.ledger import Ledger

from .ledgers import TEXT, stops

#: Clears the screen, ends a mark-up of ours, opens one, links, turns the line, a C1 sequence, a second line that looks like ours.
EVIL = "\x1b[2J[/b][bold][link=file:///etc/passwd]x[/link]\u202e\x9b31m\nunchanged; head 1:00"
STEERING = ("\x1b", "\x9b", "\u202e", "\x07", "\r")


def run(*arguments: str, status: int | None = 0, **how: object) -> str:
    result = CliRunner().invoke(app, ["evidence", *arguments], **how)  # type: ignore[arg-type]
    assert result.exception is None or isinstance(result.exception, SystemExit), repr(result.exception)
    assert status is None or result.exit_code == status, result.output
    return result.output


@pytest.fixture
def evil(tmp_path: Path) -> Path:
    """Give a ledger whose document, outlet, author, reasons, names and questions all try to steer the terminal."""
    path = tmp_path / "evil.db"
    text = TEXT.replace(
        "the court of Ruritania suspended", f"the court of {EVIL.replace(chr(10), ' ')} suspended"
    )
    run("init", "-l", str(path))
    with Ledger(path) as book:
        book.add_document(text.encode(), f"a{EVIL.replace('/', '')}.txt", EVIL, "2021-03-03", author=EVIL)
    run("draft", "-l", str(path))
    with Ledger(path) as book:
        stop, lift = stops(book)
        book.flag(stop, EVIL, EVIL)
        book.amend(lift, {"note": EVIL, "outcome": EVIL, "sources": []}, EVIL, EVIL)
        book.accept(stop, EVIL, EVIL)
        open_conflict(book, EVIL, {EVIL: [stop], "b": [lift]}, EVIL, EVIL)
    return path


def test_nothing_of_a_document_steers_the_terminal(evil: Path, tmp_path: Path) -> None:
    """Proves: whatever names, texts, reasons and questions hold, no command prints a steering sign, loses a bracket, breaks at
    mark-up or shows a line that somebody else wrote as its own. Without it: `[/b]` in an outlet ends `show` in a traceback, and a
    reason could say "unchanged"."""
    with Ledger(evil) as book:
        stop, lift = stops(book)
        head = str(book.head())
        amended = book.log(lift)[-1].payload["by"]
    ledger = ("-l", str(evil))
    said = [run("show", i, *ledger) for i in (stop, lift, amended)]
    commands = (
        ("list",),
        ("list", "--json"),
        ("conflicts", "--suggest"),
        ("twins", stop),
        ("verify",),
        ("draft",),
    )
    said += [run(*command, *ledger) for command in commands]
    who = ("--by", EVIL, "--reason", EVIL)
    said.append(
        run(
            "to-scenario",
            stop,
            "--asset",
            "quay",
            "--factor",
            "0",
            *who,
            "--out",
            str(tmp_path / "s"),
            *ledger,
        )
    )
    said.append(run("show", EVIL, *ledger, status=1))
    for output in said:
        assert not any(sign in output for sign in STEERING)
        assert not any(line.startswith("unchanged; head 1:00") for line in output.splitlines())
    assert f"unchanged; head {head}" in said[7]
    assert "[/b][bold]" in "".join(said[0].split())


def test_one_bad_document_ends_no_batch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Proves: of several files those that can be read are added, and of several documents those that can be drafted are drafted,
    whatever the others bring; the others are named, and the status is 1. Without it: one article would stop a night's work.
    """
    from straits.evidence.drafting import drafts

    (tmp_path / "a.txt").write_text(TEXT)
    (tmp_path / "b.txt").write_bytes(b"\xff\xfe\x00 caf\xe9\x01")
    (tmp_path / "c.txt").write_text(TEXT + "\nOn March 12 the quay opened.\n")
    (tmp_path / "d.txt").write_text(TEXT + "\nBad.\n")
    os.mkfifo(tmp_path / "pipe.txt")
    ledger = ("-l", str(tmp_path / "e.db"))
    run("init", *ledger)
    files = [str(tmp_path / f"{name}.txt") for name in ("b", "a", "pipe", "c", "d")]
    said = run("add", *files, "--outlet", "Tide", "--published", "2021-03-03", *ledger, status=1)
    assert (
        "b.txt" in said
        and "pipe.txt: is no regular file" in said
        and "2 of 5 documents were not added" in said
    )
    real = drafts.draft

    def draft(document: object, *rest: object) -> object:
        if document.name == "a.txt":  # type: ignore[attr-defined]
            raise RecursionError("too deep")
        return real(document, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(drafts, "draft", draft)
    said = run("draft", *ledger, status=1)
    assert "a.txt: RecursionError" in said and "1 of 3 documents were not drafted" in said
    with Ledger(tmp_path / "e.db") as book:
        assert len({r.document for r in book.records()}) == 2


def test_a_document_that_is_too_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Proves: a document above the stated size is refused before it is read. Without it: memory would be what ends it."""
    from straits.evidence.ledger import documents as module

    monkeypatch.setattr(module, "MOST_DOCUMENT", 50)
    (tmp_path / "a.txt").write_text(TEXT)
    run("init", "-l", str(tmp_path / "e.db"))
    origin = ("--outlet", "T", "--published", "unknown", "-l", str(tmp_path / "e.db"))
    said = run("add", str(tmp_path / "a.txt"), *origin, status=1)
    assert "a document of at most 50 is read" in said


def test_a_full_disk(tmp_path: Path) -> None:
    """Proves: where the disk is full `init` ends in one line, and leaves nothing behind; what does not fit is told, and the
    ledger is as it was. Without it: a traceback, and half a ledger that is then refused."""
    code = f"""
        import resource, signal, sys
        from pathlib import Path
        from straits.cli import app
        from typer.testing import CliRunner
        from straits.evidence.ledger.ledger import Ledger
        new, old = Path({str(tmp_path / "new.db")!r}), Path({str(tmp_path / "old.db")!r})
        Ledger(old, create=True).close()
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, resource.RLIM_INFINITY))
        origin = ["--outlet", "T", "--published", "unknown"]
        for arguments in (["init", "-l", str(new)], ["add", str(new.parent / "a.txt"), *origin, "-l", str(old)]):
            result = CliRunner().invoke(app, ["evidence", *arguments])
            assert result.exit_code == 1 and isinstance(result.exception, SystemExit), repr(result.exception)
            assert str(new.parent) in result.output or "a.txt" in result.output, result.output
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        with Ledger(old) as book:
            book.verify()
            assert book.head().link == 0
    """
    (tmp_path / "a.txt").write_text(TEXT * 200)
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.txt", "old.db"]


def test_drafting_without_the_extra(tmp_path: Path) -> None:
    """Proves: where the packages of the extra are missing, `draft` says what to install. Without it: ModuleNotFoundError."""
    code = f"""
        import sys
        sys.modules["ahocorasick"] = sys.modules["syntok"] = sys.modules["syntok.tokenizer"] = None
        from straits.cli import app
        sys.argv = ["straits", "evidence", *sys.argv[1:], "-l", {str(tmp_path / "e.db")!r}]
        app()
    """
    with Ledger(tmp_path / "e.db", create=True) as book:
        book.add_document(TEXT.encode(), "a.txt", "T", "unknown")
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code), "draft"], capture_output=True, text=True, timeout=60
    )
    assert (
        done.returncode == 1
        and "pip install 'straits[evidence]'" in done.stderr
        and "Traceback" not in done.stderr
    )


def test_review_without_a_terminal(evil: Path) -> None:
    """Proves: review without a terminal names the commands that need none. Without it: a traceback of the terminal's own."""
    done = subprocess.run(
        [sys.executable, "-m", "straits.cli", "evidence", "review", "--by", "Ann", "-l", str(evil)],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert (
        done.returncode == 1 and "review needs a terminal" in done.stderr and "Traceback" not in done.stderr
    )


@pytest.mark.parametrize(
    "text", ["", "x", "SQLite format 3\0" + "\0" * 84, "SQLite format 3\0" + "\xff" * 500]
)
def test_files_that_are_no_ledger(tmp_path: Path, text: str) -> None:
    """Proves: empty, cut and foreign files end in one line for every command. Without it: a traceback for no tables."""
    path = tmp_path / "e.db"
    path.write_bytes(text.encode("latin-1"))
    out = str(tmp_path / "o")
    for command in (
        ("list",),
        ("verify",),
        ("show", "x"),
        ("review", "--by", "A"),
        ("conflicts",),
        ("export", out),
        ("seal",),
    ):
        assert "e.db" in run(*command, "-l", str(path), status=1).replace("\n", "")


def test_texts_that_no_file_can_hold(evil: Path) -> None:
    """Proves: half a letter in a name or reason is refused in words, NUL is kept. Without it: a traceback of the encoder."""
    with Ledger(evil) as book:
        stop, _ = stops(book)
        with pytest.raises(ValueError, match="lone surrogate"):
            book.accept(stop, "Ann", "\ud800")
        book.accept(stop, "A\0nn", "read\0it")
        book.verify()
        assert book.log(stop)[-1].by == "A\0nn"
    run("accept", stop, "--by", "\udcff", "--reason", "r", "-l", str(evil), status=1)


def test_a_report_checks_the_seal(evil: Path, tmp_path: Path) -> None:
    """Proves: `straits run` with the key of a sealed ledger refuses one that is sealed under another key, before it solves, and
    opens its own. Without it: a ledger rewritten as a whole would stand in the report."""
    from straits.report.sections.support.documents import read_documents

    ours, other = tmp_path / "ours", tmp_path / "other"
    ours.write_text("a" * 64)
    other.write_text("b" * 64)
    run("--key-file", str(other), "seal", "-l", str(evil))
    asked = [
        "run",
        "two-routes",
        "--ledger",
        str(evil),
        "--key-file",
        str(ours),
        "--out",
        str(tmp_path / "study"),
    ]
    result = CliRunner().invoke(app, asked)
    assert result.exit_code == 1
    assert "not of this ledger under this key" in result.output
    assert not (tmp_path / "study").exists()
    from straits.evidence.ledger.chain import read_key

    assert len(read_documents(evil, read_key(other)).timeline) == 2
