"""All drafts in one sheet and its decisions back: what is written, and every reason to write nothing."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from straits.case.files.xlsx import read_sheets
from straits.cli.evidence import evidence_app
from straits.evidence.finding.gazetteer import Gazetteer, KnownEvent
from straits.evidence.ledger.ledger import Ledger, LedgerError
from straits.evidence.review.judge import SheetRefused, carry_out, decisions
from straits.evidence.review.known import KnownEvents
from straits.evidence.review.sheet import COLUMNS, rows_of, write_sheet
from straits.evidence.use.tables import timeline

from ..conftest import ARTICLE, NAMES

KNOWN = (
    KnownEvent(
        id="ev1", kind="closure", title="Portville court stops loading at the terminal", start="2021-03-02"
    ),
    KnownEvent(id="ev2", kind="lifting", title="Court lifts the ban", start="2021-03-09"),
    KnownEvent(id="ev3", kind="visit", title="A king comes to Borduria", start="2021-03-02"),
    KnownEvent(id="ev4", kind="closure", title="Portville court stops loading again", start="2021-12-02"),
)


@pytest.fixture
def book(ledger: Ledger) -> Iterator[Ledger]:
    ledger.set_gazetteer(Gazetteer(NAMES.entries, (), KNOWN))
    yield ledger


Change = Callable[[list[dict[str, str]]], None]


def judged(book: Ledger, path: Path, change: Change) -> Path:
    """Write a sheet and read it as a spreadsheet would hold it, changed."""
    write_sheet(book, path)
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    change(rows)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
    return path


def row_of(rows: list[dict[str, str]], kind: str) -> dict[str, str]:
    return next(r for r in rows if r["type"] == kind)


def test_known_events_of_a_draft(book: Ledger) -> None:
    """Proves: the event whose rare words, kind and day agree comes first; one that begins after publication, or months away,
    is none; a draft that shares nothing has no candidate.
    Without it: reports of one event would stay apart, or all be joined."""
    known = KnownEvents(book.gazetteer)
    events = {e.type: e for e in book.records("event")}
    first = known.candidates(events["closure"])
    assert first[0].id == "ev1" and set(first[0].reasons) >= {"dates", "kind", "words"} and len(first) <= 3
    assert "ev4" not in {c.id for c in first}
    assert "ev3" not in {c.id for c in known.candidates(events["lifting"])}
    assert KnownEvents(NAMES).candidates(events["closure"]) == []


def test_a_sheet_holds_every_draft(book: Ledger, tmp_path: Path) -> None:
    """Proves: a row per draft, most useful first, with its sentence, passage, fields, candidates and an empty decision, the same
    in both formats; text that begins like a formula is text; another ending is refused.
    Without it: somebody would judge what is not there."""
    rows = rows_of(book)
    drafts = list(book.records(standing="draft"))
    assert {r["record"] for r in rows} == {d.id for d in drafts} and all(r["decision"] is None for r in rows)
    assert rows[0]["assets"] == "north-terminal" and rows[0]["candidate_1"].startswith("ev1: ")
    assert all(r["passage"] in r["sentence"] or r["passage"][:40] in " ".join(ARTICLE.split()) for r in rows)
    assert write_sheet(book, tmp_path / "a.csv") == write_sheet(book, tmp_path / "a.xlsx") == len(drafts)
    (sheet,) = list(read_sheets(tmp_path / "a.xlsx", lambda name: True))
    assert list(sheet.rows[1].values()) == list(COLUMNS) and len(sheet.rows) == len(drafts) + 1
    with pytest.raises(LedgerError, match=r"accepted: \.xlsx or \.csv"):
        write_sheet(book, tmp_path / "a.ods")


def test_text_that_begins_like_a_formula(tmp_path: Path) -> None:
    """Proves: a passage that begins with `=` is written as text, and the sheet can be judged all the same.
    Without it: a newspaper could run a formula in an analyst's spreadsheet, or its records could not be judged."""
    text = b"Quay talk in the harbour town\n\n=HYPERLINK was closed: Borduria suspended the oil exports of the port.\n"
    with Ledger(tmp_path / "e.db", create=True) as book:
        book.add_document(text, "=cmd.txt", "=Tide", "2021-03-03")
        from straits.evidence.drafting.drafts import draft

        document = next(book.documents())
        book.add(draft(document, book.reading(document.sha256), book.gazetteer).records)
        write_sheet(book, tmp_path / "a.xlsx")
        (sheet,) = list(read_sheets(tmp_path / "a.xlsx", lambda name: True))
        assert "=Tide" in sheet.rows[2].values() and not sheet.faults
        path = judged(book, tmp_path / "a.csv", lambda rows: rows[0].update(decision="accept"))
        assert "\n=" not in path.read_text() and ",=" not in path.read_text()
        carry_out(book, decisions(book, path, "Ann"), "Ann")
        assert "accepted" in {book.standing(e.id) for e in book.records("event")}


def test_decisions_are_carried_out(book: Ledger, tmp_path: Path) -> None:
    """Proves: accept, reject, flag, amend, same as a known event and same as a record do what the commands do, with name and
    reason; rows without a decision stay drafts; tellings of a known event share it in the timeline.
    Without it: a sheet would be another ledger."""

    def change(rows: list[dict[str, str]]) -> None:
        row_of(rows, "closure").update(decision="same as", same_as="ev1: the title may stand", reason="read")
        row_of(rows, "lifting").update(decision="Amend", sources="court", reason="the court")
        claims = [r for r in rows if r["kind"] == "claim"]
        claims[0]["decision"], claims[1]["decision"] = "reject", "flag"
        quantities = [r for r in rows if r["kind"] == "quantity"]
        quantities[0]["decision"] = "accept"
        quantities[1].update(decision="same as", same_as=quantities[0]["record"])

    found = decisions(book, judged(book, tmp_path / "a.csv", change), "Ann")
    assert all(book.standing(d.record.id) == "draft" for d in found)
    carry_out(book, found, "Ann")
    standing = {d.action: book.standing(d.record.id) for d in found}
    assert standing == {
        "accept as": "accepted", "amend": "amended", "reject": "rejected", "flag": "flagged", "accept": "accepted",
        "merge": "merged",
    }  # fmt: skip
    line = next(j for j in book.log() if "event" in j.payload)
    assert (line.by, line.reason, line.payload) == ("Ann", "read", {"event": "ev1"})
    (new,) = [e for e in book.records("event", "accepted") if e.type == "lifting"]
    assert new.sources == ("court",) and new.source_states == ()
    assert set(timeline(book)["event"]) >= {"ev1"}
    book.verify()


def unknown_id(rows: list[dict[str, str]]) -> None:
    rows[0].update(decision="accept", record="event:0123456789abcdef")


def ambiguous_id(rows: list[dict[str, str]]) -> None:
    rows[0].update(decision="accept", record="event:")


def other_passage(rows: list[dict[str, str]]) -> None:
    rows[0].update(decision="accept", passage="something else")


def other_actor(rows: list[dict[str, str]]) -> None:
    row_of(rows, "closure").update(decision="amend", sources="RUX")


def bad_date(rows: list[dict[str, str]]) -> None:
    row_of(rows, "closure").update(decision="amend", when="2 March")


def bad_type(rows: list[dict[str, str]]) -> None:
    row_of(rows, "closure").update(decision="amend", type="closing")


def bad_number(rows: list[dict[str, str]]) -> None:
    next(r for r in rows if r["kind"] == "quantity").update(decision="amend", value="many")


def nothing_amended(rows: list[dict[str, str]]) -> None:
    rows[0].update(decision="amend")


def change_without_amend(rows: list[dict[str, str]]) -> None:
    row_of(rows, "closure").update(decision="accept", modality="planned")


def other_decision(rows: list[dict[str, str]]) -> None:
    rows[0].update(decision="acept")


def no_decision(rows: list[dict[str, str]]) -> None:
    rows[0].update(reason="because")


def twice(rows: list[dict[str, str]]) -> None:
    rows[0].update(decision="accept")
    rows.append(dict(rows[0], decision="reject"))


def same_as_nothing(rows: list[dict[str, str]]) -> None:
    row_of(rows, "closure").update(decision="same as")


def same_as_unknown(rows: list[dict[str, str]]) -> None:
    row_of(rows, "closure").update(decision="same as", same_as="ev9")


def same_as_rejected(rows: list[dict[str, str]]) -> None:
    a, b = [r for r in rows if r["kind"] == "quantity"][:2]
    a.update(decision="same as", same_as=b["record"])
    b.update(decision="reject")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (unknown_id, "line 2: no record begins with"), (ambiguous_id, "line 2: several records begin with"),
        (other_passage, "line 2: .*the passage was changed: found 'something else'"), (other_actor, "no actor 'RUX' is known"),
        (bad_date, "when: '2 March' is not an EDTF date"), (bad_type, "'closing' is not in the codebook"),
        (bad_number, "value: found 'many'"), (nothing_amended, "no field was changed"),
        (change_without_amend, "modality changed, and the decision is accept"),
        (other_decision, "found 'acept'; accepted: accept.*did you mean"), (no_decision, "without a decision"),
        (twice, "lines 2, .* is decided more than once"), (same_as_nothing, "found 'nothing'"),
        (same_as_unknown, "no known event 'ev9'"), (same_as_rejected, "decides to reject"),
    ],
)  # fmt: skip
def test_what_is_refused(book: Ledger, tmp_path: Path, change: Change, words: str) -> None:
    """Proves: each slip is told with its line, beside a row that is right, and nothing at all is written.
    Without it: half of a sheet would stand in the log, and nobody would know which."""

    def both(rows: list[dict[str, str]]) -> None:
        change(rows)
        rows[-2 if change is twice else -1].update(decision="reject")

    head = book.head()
    with pytest.raises(SheetRefused, match=words):
        decisions(book, judged(book, tmp_path / "a.csv", both), "Ann")
    assert book.head() == head


def test_all_slips_at_once_and_a_record_judged_meanwhile(book: Ledger, tmp_path: Path) -> None:
    """Proves: every row that cannot be carried out is listed; a record that somebody judged after the sheet was written is one.
    Without it: a sheet is mended row by row, and a later judgement is overruled unseen."""

    def change(rows: list[dict[str, str]]) -> None:
        for row in rows[:3]:
            row["decision"] = "accept"
        rows[1]["passage"] = "x"
        rows[2]["record"] = "event:"

    path = judged(book, tmp_path / "a.csv", change)
    with path.open(newline="", encoding="utf-8") as file:
        first = next(csv.DictReader(file))["record"]
    book.reject(first, "Bob", "before")
    with pytest.raises(SheetRefused) as caught:
        decisions(book, path, "Ann")
    assert [p.partition(":")[0] for p in caught.value.problems] == ["line 2", "line 3", "line 4"]
    assert "was judged meanwhile: it is rejected" in caught.value.problems[0]


def test_files_that_are_no_sheet(book: Ledger, tmp_path: Path) -> None:
    """Proves: a file without the needed columns, with an unknown or a doubled one, a workbook without the sheet, and no name are
    refused.
    Without it: another table would be taken for judgements."""
    for name, text, words in (
        ("a.csv", "decision,record\n", "column passage, standing is missing"),
        ("b.csv", "decision,passage,standing,record,sauces\n", "sauces is not known.*did you mean"),
        ("c.csv", "decision,passage,standing,record,record\n", "stands twice"),
        ("d.csv", "", "header"),
        ("e.xlsx", "no workbook", "no .xlsx workbook"),
    ):
        (tmp_path / name).write_text(text)
        with pytest.raises(LedgerError, match=words):
            decisions(book, tmp_path / name, "Ann")
    with pytest.raises(LedgerError, match="the name of who makes it"):
        decisions(book, judged(book, tmp_path / "f.csv", lambda rows: None), " ")


def test_commands(tmp_path: Path, book: Ledger) -> None:
    """Proves: `sheet` and `judge --dry-run` write nothing to the ledger, `judge` does, without `--by` it is refused, and `accept`
    and `reject` take several ids, all or none.
    Without it: the commands would do other things than their functions."""
    runner, path = CliRunner(), str(book.path)

    def run(*words: str) -> Any:
        return runner.invoke(evidence_app, [*words, "--ledger", path])

    file, before = tmp_path / "a.xlsx", book.head()
    assert run("sheet", str(file)).exit_code == 0 and run("judge", str(file)).exit_code == 2
    csv_file = judged(book, tmp_path / "a.csv", lambda rows: rows[0].update(decision="accept"))
    dry = run("judge", str(csv_file), "--by", "Ann", "--dry-run")
    assert dry.exit_code == 0 and "1 decisions would be written" in dry.output and book.head() == before
    assert run("judge", str(csv_file), "--by", "Ann").exit_code == 0 and book.head() != before
    again = run("judge", str(csv_file), "--by", "Ann")
    assert again.exit_code != 0
    left = [r.id for r in book.records(standing="draft")][:3]
    head = book.head()
    assert (
        run("reject", left[0], "event:", "--by", "Ann", "--reason", "x").exit_code != 0
        and book.head() == head
    )
    assert run("reject", *left, "--by", "Ann", "--reason", "x").exit_code == 0
    assert {book.standing(r) for r in left} == {"rejected"}
