"""The ledger: what it refuses, what it keeps, and that it survives being killed."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import textwrap
import time

import pytest
from pydantic import ValidationError

from straits.evidence.documents.document import DocumentError, describe
from straits.evidence.ledger.ledger import Ledger, LedgerError
from straits.evidence.ledger.validate import RecordRefused
from straits.evidence.records import Claim, Event, Quantity, When, parse_record, sealed
from straits.evidence.text import select

from ..conftest import ARTICLE


def first(ledger, kind, **wanted):
    """Give the first record of a kind with the wanted fields."""
    for record in ledger.records(kind):
        if all(getattr(record, k) == v for k, v in wanted.items()):
            return record
    raise AssertionError(f"no {kind} with {wanted}")


def forge(record, **changes):
    """Give a copy of a record with other fields, its id unset."""
    return record.model_copy(update={"id": "", **changes})


def _shift(selector, by):
    return selector.model_copy(update={"start": selector.start + by, "end": selector.end + by})


FORGERIES = {
    "words that are not there": lambda e, q, c: forge(
        e, evidence=e.evidence.model_copy(update={"exact": e.evidence.exact[:-3] + "xyz"})
    ),
    "right words, wrong place": lambda e, q, c: forge(e, evidence=_shift(e.evidence, 5)),
    "invented context": lambda e, q, c: forge(e, evidence=e.evidence.model_copy(update={"prefix": "He denied that "})),
    "beyond the end": lambda e, q, c: forge(q, span=_shift(q.span, 100_000)),
    "trigger outside the evidence": lambda e, q, c: forge(e, trigger=q.span),
    "unknown actor": lambda e, q, c: forge(e, sources=("Atlantis",)),
    "unknown asset": lambda e, q, c: forge(e, assets=("south-terminal",)),
    "unknown goods": lambda e, q, c: forge(e, goods=("unobtainium",)),
    "unknown voice": lambda e, q, c: forge(e, voice="Mr Nobody"),
    "a candidate whom the document does not name": lambda e, q, c: forge(e, sources=("candidate:Atlantis Shipping",)),
    "empty candidate": lambda e, q, c: forge(e, sources=("candidate:",)),
    "type outside the codebook": lambda e, q, c: forge(e, type="miracle"),
    "another day than the words say": lambda e, q, c: forge(e, when=e.when.model_copy(update={"value": "2021-03-04"})),
    "date words from elsewhere": lambda e, q, c: forge(
        e, when=When(value="2021-03-09", precision="day", basis="relative", text="March 9")
    ),
    "a machine that infers a date": lambda e, q, c: forge(e, when=When(value="2021-03-02", precision="day", basis="inferred")),
    "another duration than the words say": lambda e, q, c: forge(e, duration="P90D"),
    "a duration without words": lambda e, q, c: forge(e, duration="P45D", duration_text=None),
    "another number": lambda e, q, c: forge(q, value=q.value * 10),
    "another unit": lambda e, q, c: forge(q, unit="bbl"),
    "another kind of quantity": lambda e, q, c: forge(q, measure="money"),
    "a bound nobody stated": lambda e, q, c: forge(q, op=">="),
    "words that hold no number": lambda e, q, c: forge(q, span=c.content, evidence=c.evidence),
    "a speaker who is not named there": lambda e, q, c: forge(c, speaker_text="Pope Joan"),
    "a speaker nobody knows": lambda e, q, c: forge(c, speaker="Pope Joan"),
    "another document": lambda e, q, c: forge(e, document="0" * 64),
    "an id that is no hash of the content": lambda e, q, c: e.model_copy(update={"modality": "planned"}),
}  # fmt: skip


@pytest.mark.parametrize("kind", FORGERIES)
def test_forgeries_are_refused(ledger, kind):
    """Proves: each way to forge a record is refused and nothing of it is kept.
    Without it: an invented span, name, date or number would look like evidence."""
    event = first(ledger, "event", type="closure")
    quantity, claim = first(ledger, "quantity", unit="t"), first(ledger, "claim", form="direct")
    before = sum(1 for _ in ledger.records())
    record = FORGERIES[kind](event, quantity, claim)
    with pytest.raises((RecordRefused, LedgerError)):
        ledger.add([record if record.id else sealed(record)])
    assert sum(1 for _ in ledger.records()) == before


@pytest.mark.parametrize(
    "changes",
    [
        {"secret": 1},
        {"when": {"value": "6 July", "basis": "stated"}},
        {"when": {"value": "2021-02-30", "basis": "stated"}},
        {"duration": "a month"},
    ],
)
def test_shapes_are_refused(ledger, changes):
    """Proves: extra fields, and dates and durations that are none, never become a record.
    Without it: anything could be carried along under a record's name."""
    body = first(ledger, "event").model_dump(mode="json")
    with pytest.raises(ValidationError):
        parse_record({**body, **changes})


def test_all_or_none(ledger):
    """Proves: one refused record keeps the whole batch out. Without it: half an answer would be in the ledger."""
    event = first(ledger, "event", type="closure")
    good = sealed(forge(event, note="a second look"))
    with pytest.raises(RecordRefused):
        ledger.add([good, sealed(forge(event, type="miracle"))])
    assert not ledger.has(good.id)


def test_outlet_and_date_are_asked_for(tmp_path):
    """Proves: a document without outlet or date is refused, and the text's own date is only suggested.
    Without it: a guess would decide how every relative date is read."""
    with Ledger(tmp_path / "l.db", create=True) as book:
        with pytest.raises(
            DocumentError,
            match=r"outlet is missing.*published is missing; the document suggests '2021-03-03'",
        ):
            book.add_document(ARTICLE.encode(), "a.txt", None, None)
        document = book.add_document(ARTICLE.encode(), "a.txt", "unknown", "unknown")
        assert (document.outlet, document.published.basis) == (None, "unknown")


def test_descriptions_are_corrected_not_overwritten(ledger):
    """Proves: the same bytes with another outlet are refused; a correction carries name and reason and keeps the old one.
    Without it: the basis of a date could change without a trace."""
    (document,) = ledger.documents()
    with pytest.raises(LedgerError, match="redescribe"):
        ledger.add_document(ARTICLE.encode(), "harbour.txt", "The Wave", "read")
    ledger.redescribe(document.sha256, "Ann", "imprint says so", outlet="The Wave")
    (now,) = ledger.documents()
    assert now.outlet == "The Wave" and ledger.document(document.sha256[:8]) == now
    assert ledger.db.execute("SELECT count(*) FROM documents").fetchone()[0] == 2


@pytest.mark.parametrize("table", ["contents", "documents", "records", "log", "gazetteers", "conflicts"])
def test_nothing_is_deleted_changed_or_replaced(ledger, table):
    """Proves: the file itself refuses delete, update and replace, through any connection.
    Without it: append-only would be a promise of our code alone."""
    from straits.evidence.ledger.conflicts import rate_outlet

    ledger.accept(first(ledger, "event").id, "Ann", "read it")
    rate_outlet(ledger, "The Tide", "oil", "C", "Ann", "known for errors")
    other = sqlite3.connect(ledger.path)
    count = other.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
    assert count > 0
    column = {"contents": "bytes", "log": "by"}.get(table, "at")
    for query in (
        f"DELETE FROM {table}",
        f"UPDATE {table} SET {column} = 'x'",
        f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}",
    ):
        with pytest.raises(sqlite3.DatabaseError, match="the ledger only grows"):
            other.execute(query)
    assert other.execute(f"SELECT count(*) FROM {table}").fetchone()[0] == count
    other.close()


def test_no_row_without_what_it_rests_on(ledger):
    """Proves: through our connection the file refuses a record without its document and a step without its record; what is
    written is on the disk, and nothing that a file declares is trusted. Without it: a record could point at a document that
    nobody has."""
    from straits.evidence.ledger.file import connect

    db = connect(ledger.path)
    told = {
        name: db.execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("foreign_keys", "trusted_schema", "synchronous")
    }
    assert told == {"foreign_keys": 1, "trusted_schema": 0, "synchronous": 2}
    for query in (
        "INSERT INTO records (id, kind, document, body, at) VALUES ('event:x', 'event', 'nowhere', '{}', '2021')",
        "INSERT INTO documents (sha256, body, at) VALUES ('nowhere', '{}', '2021')",
    ):
        with pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY"):
            db.execute(query)
    db.close()


def test_amending_keeps_the_original(ledger):
    """Proves: an amendment is a new accepted record by hand; the original is unchanged and stands as amended.
    Without it: what a machine first said could not be compared with what was made of it."""
    old = first(ledger, "event", type="closure")
    new = ledger.amend(old.id, {"targets": ["RUR"]}, "Ann", "the text names the exporter")
    assert ledger.record(old.id) == old
    assert (ledger.standing(old.id), ledger.standing(new.id)) == ("amended", "accepted")
    assert new.targets == ("RUR",) and new.origin.method == "hand" and new.origin.by == "Ann"
    with pytest.raises(RecordRefused):
        ledger.amend(new.id, {"duration": "P1D"}, "Ann", "no such words")


def test_standing_is_the_last_judgement(ledger):
    """Proves: standing follows the log, judgements need name and reason, and mergers need one that stands.
    Without it: a stored status could disagree with its history."""
    a, b = [e.id for e in ledger.records("event")][:2]
    assert ledger.standing(a) == "draft"
    ledger.flag(a, "Ann", "odd")
    ledger.accept(a, "Ben", "fine")
    ledger.reject(b, "Ben", "no")
    assert (ledger.standing(a), ledger.standing(b)) == ("accepted", "rejected")
    with pytest.raises(LedgerError, match="rejected"):
        ledger.merge(a, b, "Ben", "same")
    with pytest.raises(LedgerError, match="name of who makes it and a reason"):
        ledger.accept(b, "Ben", " ")
    assert [j.action for j in ledger.log(a)] == ["flag", "accept"]
    assert [r.id for r in ledger.records("event", "accepted")] == [a]


def test_a_row_changed_from_outside_shows(ledger):
    """Proves: someone who drops the triggers and rewrites a judgement is found out.
    Without it: a file that passed through other hands could not be trusted."""
    one = first(ledger, "event").id
    ledger.accept(one, "Ann", "read it")
    ledger.reject(one, "Ben", "no")
    ledger.verify()
    ledger.db.execute("DROP TRIGGER log_no_update")
    ledger.db.execute("UPDATE log SET by = 'Eve' WHERE seq = 1")
    with pytest.raises(LedgerError, match="row 1"):
        ledger.verify()


def test_adding_again_changes_nothing(ledger, drafts):
    """Proves: the same records added twice are there once. Without it: every run of the rules would double the work."""
    before = sum(1 for _ in ledger.records())
    ledger.add(drafts.records)
    assert sum(1 for _ in ledger.records()) == before


def test_a_killed_process_loses_no_accepted_review(ledger, tmp_path):
    """Proves: what was reported as accepted before a process was killed is in the file, and the file opens and verifies.
    Without it: a power cut could take a day of judgements."""
    path = ledger.path
    ledger.close()
    code = f"""
        from straits.evidence.ledger.ledger import Ledger
        book = Ledger({str(path)!r})
        ids = [r.id for r in book.records()]
        n = 0
        while True:
            book.accept(ids[n % len(ids)], "Ann", f"round {{n}}")
            print(n, flush=True)
            n += 1
    """
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    reported = [int(process.stdout.readline()) for _ in range(5)]
    time.sleep(0.05)
    os.kill(process.pid, signal.SIGKILL)
    reported += [int(line) for line in process.stdout.read().split("\n")[:-1]]
    process.wait()
    with Ledger(path) as book:
        kept = {j.reason for j in book.log()}
        book.verify()
    assert {f"round {n}" for n in reported} <= kept


def test_what_is_no_ledger_is_refused(tmp_path):
    """Proves: a missing file, another file and another database are refused by name.
    Without it: a typing error would start an empty ledger or spoil a stranger's database."""
    with pytest.raises(LedgerError, match="no ledger at"):
        Ledger(tmp_path / "missing.db")
    (tmp_path / "text.db").write_text("not a database, just words " * 50)
    with pytest.raises(LedgerError, match="not a ledger"):
        Ledger(tmp_path / "text.db")
    other = sqlite3.connect(tmp_path / "other.db")
    other.execute("CREATE TABLE t (a)")
    other.commit()
    other.close()
    with pytest.raises(LedgerError, match="something else"):
        Ledger(tmp_path / "other.db", create=True)


def test_a_record_by_hand_may_infer_but_not_invent(ledger):
    """Proves: a person may infer a date without words, a number still has to be read from its span.
    Without it: either people could not say what they know, or anything would pass under a name."""
    event = first(ledger, "event", type="fine")
    new = ledger.amend(
        event.id,
        {"when": {"value": "2021-03", "precision": "month", "basis": "inferred", "text": None}},
        "Ann",
        "context",
    )
    assert new.when.value == "2021-03"
    quantity = first(ledger, "quantity", unit="t")
    with pytest.raises(RecordRefused, match="cannot be read from"):
        ledger.amend(quantity.id, {"value": 13e6}, "Ann", "I know better")


def test_kinds_are_told_apart(ledger):
    """Proves: records come back as what they are. Without it: a claim could be taken for an event."""
    kinds = {type(r) for r in ledger.records()}
    assert kinds == {Event, Quantity, Claim}
    document, _ = describe(ARTICLE.encode(), "harbour.txt", "The Tide", "read")
    assert select(ARTICLE, 0, 4).exact == "Home" and document.chars == len(ARTICLE)
