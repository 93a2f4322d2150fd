"""Slips at the commands of `straits evidence`: each ends in one line, and none is passed over."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from straits.cli import app
from straits.evidence import Ledger
from straits.evidence.ledger.ledger import LedgerError

TEXT = """Harbour stop leaves tankers waiting

3 March 2021, 09:15

On Tuesday, March 2, the Portville District Court suspended loading at the CPC marine terminal for 45 days. About 60% of the oil
exports of the region pass through it.
"""


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a ledger with drafts of one document."""
    folder = tmp_path_factory.mktemp("slips")
    (folder / "harbour.txt").write_text(TEXT)
    path = folder / "e.db"
    for arguments in (
        ("init",),
        ("add", str(folder / "harbour.txt"), "--outlet", "Tide", "--published", "2021-03-03"),
        ("draft",),
    ):
        assert CliRunner().invoke(app, ["evidence", *arguments, "-l", str(path)]).exit_code == 0
    return path


def refused(book: Path, *arguments: str) -> str:
    """Give what a command says that ends with an error, and not with a traceback."""
    from straits.cli.shared import console

    with pytest.MonkeyPatch.context() as patch, console.err.capture() as said:
        patch.setattr(console.err, "soft_wrap", True)
        result = CliRunner().invoke(app, ["evidence", *arguments, "-l", str(book)])
    assert result.exit_code == 1 and isinstance(result.exception, SystemExit), repr(result.exception)
    return said.get()


def ids(book: Path) -> tuple[str, str]:
    with Ledger(book) as ledger:
        return next(ledger.records("event")).id, next(
            q for q in ledger.records("quantity") if q.value == 60
        ).id


def test_kinds_and_standings_that_are_none(book: Path) -> None:
    """Proves: an unknown kind or standing is refused, with what is accepted. Without it: one listed nothing, the other all."""
    assert "accepted: event, quantity, claim" in refused(book, "list", "--kind", "evnt")
    assert "did you mean 'accepted'" in refused(book, "list", "--standing", "acepted")
    assert "accepted: event" in refused(book, "review", "--by", "Ann", "--kind", "x")
    with Ledger(book) as ledger, pytest.raises(LedgerError):
        next(ledger.records(standing="x"))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("change", "word"),
    [("value=abc", "a number"), ("value=nan", "cannot be read"), ("value=inf", "cannot be read"), ("value=", "value"),
     ("period=1/2/2022", "2022-02-01"), ("unit=", "unit")],
)  # fmt: skip
def test_amending_a_quantity_amiss(book: Path, change: str, word: str) -> None:
    """Proves: what is no number, date or text is refused by name, and nothing is written. Without it: a traceback; and nan was
    accepted as the amount."""
    with Ledger(book) as ledger:
        before = len(ledger.log())
    assert word in refused(book, "amend", ids(book)[1], "--by", "Ann", "--reason", "read", "--set", change)
    with Ledger(book) as ledger:
        assert len(ledger.log()) == before


def test_amending_an_event_amiss(book: Path) -> None:
    """Proves: a duration of another form is answered with the form. Without it: the error of a library, with its address."""
    said = refused(book, "amend", ids(book)[0], "--by", "Ann", "--reason", "read", "--set", "duration=30")
    assert "duration" in said and "P30D" in said and "http" not in said


def test_options_that_would_be_passed_over(book: Path) -> None:
    """Proves: a model without an endpoint, an address that is none, and a basis that is none are refused. Without it: the rules
    drafted where a model was asked for, and a slip in the basis was dropped."""
    assert "--url" in refused(book, "draft", "--model", "large")
    assert "http" in refused(book, "draft", "--url", "localhost:1", "--model", "x")
    text = str(book.parent / "harbour.txt")
    assert "given or inferred" in refused(
        book, "add", text, "--outlet", "Tide", "--published", "2021-03-03", "--basis", "x"
    )


def test_dates_of_a_scenario(book: Path) -> None:
    """Proves: a day written as 1/2/2022 is answered with the form. Without it: a traceback."""
    event = ids(book)[0]
    with Ledger(book) as ledger:
        ledger.accept(event, by="Ann", reason="read")
    said = refused(
        book,
        "to-scenario",
        event,
        "--out",
        str(book.parent / "x"),
        "--start",
        "1/2/2022",
        "--by",
        "A",
        "--reason",
        "b",
    )
    assert "--start" in said and "YYYY-MM-DD" in said


def test_documents_that_cannot_be_read(book: Path, tmp_path: Path) -> None:
    """Proves: of several files the one in another encoding is named; a date that is none is answered with the form; an outlet
    that the document does not name is not suggested as None."""
    (tmp_path / "latin.txt").write_bytes("Caf\u00e9".encode("latin-1"))
    origin = ("--outlet", "Tide", "--published")
    assert "latin.txt" in refused(
        book, "add", str(book.parent / "harbour.txt"), str(tmp_path / "latin.txt"), *origin, "2021-03-03"
    )
    said = refused(
        book, "add", str(book.parent / "harbour.txt"), "--outlet", "Tide", "--published", "1/2/2022"
    )
    assert "2022-02-01" in said
    assert "None" not in refused(book, "add", str(book.parent / "harbour.txt"), "--published", "unknown")


def test_labels_that_are_no_json(book: Path, tmp_path: Path) -> None:
    """Proves: a labelled file that is no JSON is an error that names it. Without it: a traceback."""
    (tmp_path / "gold.json").write_text("hello")
    result = CliRunner().invoke(app, ["evidence", "score", str(tmp_path / "gold.json")])
    assert result.exit_code == 1 and isinstance(result.exception, SystemExit)
