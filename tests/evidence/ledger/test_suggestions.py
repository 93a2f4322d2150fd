"""Which contradictions are suggested, on records made by hand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from straits.evidence.ledger.conflicts import suggest_conflicts
from straits.evidence.ledger.ledger import Ledger

from .. import made

TEXT = (
    "Exports were 20 million tons. Exports reached 30 million tons. Exports grew by 50%. Weddings doubled to 30 million. "
    "Exports were worth 9 million dollars. The quay was shut."
)
TWENTY, THIRTY, GREW, WEDDINGS, WORTH, SHUT = (s.rstrip(".") for s in TEXT.split(". "))


@pytest.fixture
def book(tmp_path: Path) -> Iterator[tuple[Ledger, str]]:
    with Ledger(tmp_path / "e.db", create=True) as ledger:
        yield ledger, ledger.add_document(TEXT.encode(), "a.txt", "Tide", "2021-03-03").sha256


def _mass(sha: str, evidence: str, value: float, **more: object) -> object:
    words = {TWENTY: "20 million tons", THIRTY: "30 million tons", WEDDINGS: "30 million"}[evidence]
    return made.quantity(TEXT, sha, evidence, words, value, "t", "mass", **more)


def test_two_values_for_one_thing(book: tuple[Ledger, str]) -> None:
    """Proves: two values of one object, unit, measure and time, both told of the same trade, are a question; another
    time, unit or object, no object, no common word of trade, or the same value are none.
    Without it: questions would be drowned or missed."""
    ledger, sha = book
    a = _mass(sha, TWENTY, 2e7, object="RUR", period="2020")
    b = _mass(sha, THIRTY, 3e7, object="RUR", period="2020")
    others = [
        _mass(sha, THIRTY, 3e7, object="RUR", period="2019"),
        _mass(sha, THIRTY, 3e7, object="RUR"),
        _mass(sha, THIRTY, 3e7, object="BOR", period="2020"),
        _mass(sha, THIRTY, 3e7, period="2020"),
        _mass(sha, THIRTY, 2e7, object="RUR", period="2020"),
        _mass(sha, WEDDINGS, 3e7, object="RUR", period="2020"),
        made.quantity(
            TEXT, sha, WORTH, "9 million dollars", 9e6, "USD", "money", object="RUR", period="2020"
        ),
    ]
    made.put(ledger, a, *others)
    assert suggest_conflicts(ledger) == []
    made.put(ledger, b)
    questions = {s.records: s.question for s in suggest_conflicts(ledger)}
    assert questions[a.id, b.id] == "'20 million tons' or '30 million tons' for RUR?"
    # and b against the one that tells a's value in b's words
    assert set(questions) == {(a.id, b.id), (others[4].id, b.id)}
    ledger.reject(b.id, "Ann", "a slip")
    assert suggest_conflicts(ledger) == []


def test_growths_beside_levels(book: tuple[Ledger, str]) -> None:
    """Proves: a growth of exports by 50 % is set beside a level of exports of the same or no object, which it implies
    to have been 20 million before; not beside weddings, another's level or a share.
    Without it: sums would be set against the wrong figure."""
    ledger, sha = book
    grew = made.quantity(TEXT, sha, GREW, "50%", 50, "%", "change", object="RUR")
    level = _mass(sha, THIRTY, 3e7, object="RUR")
    nobody = _mass(sha, TWENTY, 2e7)
    apart = [
        _mass(sha, TWENTY, 2e7, object="BOR"),
        _mass(sha, WEDDINGS, 3e7, object="RUR"),
        made.quantity(TEXT, sha, GREW, "50%", 50, "%", "share", object="RUR"),
    ]
    made.put(ledger, grew, level, nobody, *apart)
    found = {s.records: s.question for s in suggest_conflicts(ledger)}
    assert set(found) == {(grew.id, level.id), (grew.id, nobody.id)}
    assert "means 2e+07 t before" in found[grew.id, level.id]
    everybody = made.quantity(TEXT, sha, GREW, "50%", 50, "%", "change")
    made.put(ledger, everybody)
    assert {r[1] for r in (s.records for s in suggest_conflicts(ledger)) if r[0] == everybody.id} == {
        level.id,
        nobody.id,
        apart[0].id,
    }


def test_one_event_on_two_days(book: tuple[Ledger, str]) -> None:
    """Proves: events of one type on one asset with two days are a question, and so are asserted and denied; a month
    beside a day, the same day, another type or asset, or planned beside asserted are none.
    Without it: every pair of events would be asked about, or none."""
    ledger, sha = book

    def shut(trigger: str, asset: str = "quay", kind: str = "closure", **more: object) -> object:
        return made.event(TEXT, sha, SHUT, trigger, type=kind, assets=(asset,), **more)

    a = shut("shut", when="2021-03-02")
    made.put(
        ledger, a,
        shut("was", when="2021-03-02"),
        shut("quay", when="2021-03"),
        shut("The", when="2021-03-04", asset="pier"),
        shut("The", when="2021-03-04", kind="ban"),
        shut("quay was", modality="planned"),
    )  # fmt: skip
    assert suggest_conflicts(ledger) == []
    denied = shut("was shut", modality="denied")
    made.put(ledger, denied)
    found = suggest_conflicts(ledger)
    assert {s.question for s in found} == {"closure on quay: asserted or denied?"} and len(found) == 3
    late = shut("The quay", when="2021-03-05")
    made.put(ledger, late)
    days = [
        s
        for s in suggest_conflicts(ledger)
        if s.question == "closure on quay: one event on 2021-03-02 or 2021-03-05, or two?"
    ]
    assert (
        len(days) == 2
        and all(late.id in s.records for s in days)
        and a.id in {r for s in days for r in s.records}
    )
