"""Known events in the review at the terminal: the same candidates as in the sheet, and what the digits write."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from rich.console import Console

from straits.evidence.drafting.drafts import draft
from straits.evidence.finding.gazetteer import Entry, Gazetteer, KnownEvent
from straits.evidence.ledger.ledger import Ledger, LedgerError
from straits.evidence.review.known import KnownEvents, _reasons, candidates_of, sentence_of
from straits.evidence.review.sheet import rows_of
from straits.evidence.review.terminal import parse_value, review, show
from straits.evidence.use.tables import timeline

from ..conftest import NAMES

KNOWN = (
    KnownEvent(
        id="ev1", kind="closure", title="Portville court stops loading at the terminal", start="2021-03-02"
    ),
    KnownEvent(id="ev2", kind="closure", title="Inspectors stop loading at the terminal", start="2021-03-01"),
    KnownEvent(id="ev3", kind="visit", title="A king comes to Borduria", start="2020-03-02"),
)
AGAIN = (
    "Loading stands still\n\n4 March 2021\n\nOn Tuesday, March 2, the Portville District Court suspended loading at the North "
    "Pipeline terminal. Nobody in the town knew why.\n"
)


@pytest.fixture
def book(ledger: Ledger) -> Iterator[Ledger]:
    """Give the ledger of one article with the known events of a case and a second article on the same stop."""
    ledger.set_gazetteer(Gazetteer(NAMES.entries, (), KNOWN))
    document = ledger.add_document(AGAIN.encode(), "again.txt", "The Wave", "read")
    ledger.add(draft(document, ledger.reading(document.sha256), ledger.gazetteer).records)
    yield ledger


def closures(book: Ledger) -> list[str]:
    return [e.id for e in book.records("event") if e.type == "closure"]


def pressed(book: Ledger, keys: str, *answers: str, document: str | None = None) -> str:
    """Review the events with the given keys and answers and give what was shown."""
    console, typed, said = Console(file=io.StringIO(), width=200), iter(keys), iter(answers)
    review(book, "Ann", console, lambda: next(typed), lambda _: next(said), "event", document)
    return console.file.getvalue()  # type: ignore[attr-defined]


def test_each_draft_shows_its_known_events(book: Ledger) -> None:
    """Proves: the terminal shows the candidates of the sheet in their order, numbered, and what `a` means beside them; a draft
    without candidates, a quantity and a judged record show none.
    Without it: two ways of review would join different reports."""
    one = closures(book)[0]
    row = next(r for r in rows_of(book) if r["record"] == one)
    assert [c.id for c in candidates_of(book, book.record(one))] == ["ev1", "ev2"]
    assert (
        row["candidate_1"].startswith("ev1: ")
        and row["candidate_2"].startswith("ev2: ")
        and row["candidate_3"] is None
    )
    shown = pressed(book, " q")
    assert (
        f"  1 may tell of {row['candidate_1']}" in shown and f"  2 may tell of {row['candidate_2']}" in shown
    )
    assert "1 2 accept as that event  a accept as new  r reject" in shown and "  3 may tell" not in shown
    threat = next(e for e in book.records("event") if e.type == "threat")
    assert candidates_of(book, threat) == []
    assert all(candidates_of(book, q) == [] for q in book.records("quantity"))
    book.accept(one, "Ann", "read")
    console = Console(file=io.StringIO(), width=200)
    show(book, book.record(one), console)
    assert "may tell of" not in console.file.getvalue()  # type: ignore[attr-defined]


def test_a_digit_joins_reports_across_outlets(book: Ledger) -> None:
    """Proves: a digit accepts a draft as telling of the known event of that number, with the changes made before; `a` accepts it
    as a new event; a digit without a candidate writes nothing; reports of two outlets then share the event in the timeline.
    Without it: what was pressed and what the timeline joins would be two things."""
    first, second = closures(book)
    of = {id: book.record(id).document for id in (first, second)}
    shown = pressed(book, "31q", "same court, same day", document=of[first])
    assert "t type" in shown and book.standing(first) == "accepted"
    assert [(j.action, j.reason, j.payload) for j in book.log(first)] == [
        ("accept", "same court, same day", {"event": "ev1"})
    ]
    pressed(book, "u2q", "P9D", "nine days, says the page", document=of[second])
    new = book.log(second)[0].payload["by"]
    assert book.standing(second) == "amended" and book.record(new).duration == "P9D"
    assert book.log(new)[0].payload == {"amends": second, "event": "ev2"}
    lifting = next(e.id for e in book.records("event") if e.type == "lifting")
    while book.standing(lifting) == "draft":
        pressed(book, "aq", "read")
    told = {r.record: r.event for r in timeline(book).itertuples()}
    assert told[first] == "ev1" and told[new] == "ev2" and told[lifting] == lifting
    book.accept(new, "Ann", "the same after all", "ev1")
    rows = timeline(book)
    assert set(rows[rows["event"] == "ev1"]["outlet"]) == {"The Tide", "The Wave"}


def test_an_amendment_names_a_known_event_or_none(book: Ledger) -> None:
    """Proves: an amendment as telling of an event that is not known is refused before anything is written.
    Without it: a record would be amended, and half of the judgement lost."""
    one = closures(book)[0]
    with pytest.raises(LedgerError, match="no event 'ev9' is known"):
        book.amend(one, {"duration": "P9D", "duration_text": None}, "Ann", "read", "ev9")
    assert book.standing(one) == "draft" and book.log(one) == []


@pytest.mark.parametrize(
    ("text", "passage", "wanted"),
    [
        ("One came. Two shut the port! Three left.", "shut the port", "Two shut the port!"),
        ("One came? Two shut. Three left.", "Two shut. Three", "Two shut. Three left."),
        ("A title\nTwo shut the\u00a0 port\nThree", "shut", "Two shut the port"),
        ("Two shut", "Two shut", "Two shut"),
        ("Two shut. ", "Two shut.", "Two shut."),
        ("ab " * 300 + "shut" + " cd" * 300, "shut", "ab " * 200 + "shut" + " cd" * 200),
        ("One. " + "ab " * 300 + "shut", "shut", "ab " * 200 + "shut"),
    ],
)
def test_the_sentence_of_a_passage(text: str, passage: str, wanted: str) -> None:
    """Proves: the sentence that holds a passage is given with its stop, in one line, of a long one 600 signs on either side.

    Without it: words of the sentence before would speak for a known event, or the sheet would show half a sentence.
    """
    start = text.index(passage)
    reading = SimpleNamespace(text=text, from_raw=lambda first, last: (first, last))
    record = SimpleNamespace(document="d", evidence=SimpleNamespace(start=start, end=start + len(passage)))
    ledger = SimpleNamespace(reading=lambda document: reading)
    assert sentence_of(ledger, record) == wanted  # type: ignore[arg-type]


def told(**fields: Any) -> Any:
    """Give what is compared of a record."""
    blank = dict.fromkeys(("sources", "targets", "source_states", "target_states", "assets"), ())
    whole = {
        **blank,
        "type": "closure",
        "when": None,
        "not_after": None,
        "evidence": SimpleNamespace(exact=""),
    } | fields
    return SimpleNamespace(**whole)


def test_what_speaks_for_a_known_event() -> None:
    """Proves: an asset counts if the record names it, actors by the part that is shared, unknown days count nothing, and rare
    words weigh more than common ones, the asset's own name among them.
    Without it: every event of a busy port would be the first candidate."""
    entry = Entry(id="pipe", kind="asset", names=("Zephyr",))
    events = (
        KnownEvent(id="a", kind="closure", title="port shut", asset="pipe", actors=("RUR", "BOR")),
        KnownEvent(id="b", kind="visit", title="port shut"),
        KnownEvent(id="c", kind="visit", title="port quay"),
    )
    known = KnownEvents(Gazetteer((entry,), (), events))
    weight = {"port": math.log(2), "shut": math.log(2.5), "quay": math.log(4), "zephyr": math.log(4)}
    a, _, c = events
    assert _reasons(told(), a) == {"actors": 0.0, "dates": 0.0, "kind": 0.2}
    assert (
        _reasons(told(assets=("pipe",)), a)["actors"] == 0.4
        and _reasons(told(assets=("pipe",)), c)["actors"] == 0.0
    )
    assert _reasons(told(sources=("RUR", "XXX", "YYY")), a)["actors"] == pytest.approx(0.2)
    found = {x.id: x.likeness for x in known.candidates(told(), "Zephyr quay")}
    rare = weight["zephyr"] / (weight["port"] + weight["shut"] + weight["zephyr"])
    assert found == {
        "a": round(0.2 + rare, 3),
        "c": round(weight["quay"] / (weight["port"] + weight["quay"]), 3),
    }


def test_every_key_does_what_it_says(book: Ledger) -> None:
    """Proves: reject, flag and merge at the terminal write the judgement with its reason; a record is shown with its id, outlet,
    paragraph and fields; what will be amended and what is wrong are said; blanks and lists are read as the fields take them.
    Without it: a key could do nothing, and nobody would see it."""
    events = [e.id for e in book.records("event")]
    second = closures(book)[1]
    shown = pressed(book, "uuwrfq", "P9X", "P9D", "soon", "no event", "ask Bo")
    assert [book.standing(e) for e in events[:2]] == ["rejected", "flagged"]
    assert book.log(events[0])[-1].reason == "no event" and book.log(events[1])[-1].reason == "ask Bo"
    assert f"{events[0]} · draft · The Tide · 2021-03-03" in shown
    assert (
        "On Tuesday, March 2, the Portville District Court suspended" in shown
        and "modality" in shown
        and "2021-03-02" in shown
    )
    assert "to be amended on accept: {'duration': 'P9D'" in shown and "soon" in shown
    pressed(book, "mq", events[2], "the same act", document=book.record(second).document)
    assert book.standing(second) == "merged" and book.log(second)[-1].payload == {"into": events[2]}
    assert parse_value("sources", " A | | B ") == ["A", "B"] and parse_value("note", " ") is None
    assert (
        parse_value("when", '{"value": "2021"}') == {"value": "2021"} and parse_value("value", "2.5") == 2.5
    )
