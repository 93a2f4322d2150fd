"""What is asked of contradictions, what is not, and what a case is told of them; on records made by hand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from straits.evidence.ledger.conflicts import check_growth, open_conflict, rule, suggest_conflicts
from straits.evidence.ledger.ledger import Ledger, LedgerError
from straits.evidence.records import Event, Quantity
from straits.evidence.use.into_case import NotUsable, to_claim, to_measure

from .. import made

TEXT = (
    "Exports fell by 15% to 30 million tons. Exports rose by 5 percentage points. A decline of 20% in exports. "
    "Exports rose by 12%, though imports fell. Exports fell 3 times. Exports fell by 100%. Exports were at least 4 million tons. "
    "Exports were 5 million tons. Exports were 3 million tons. The quay was shut."
)
SENTENCES = [s.rstrip(".") for s in TEXT.split(". ")]


@pytest.fixture
def book(tmp_path: Path) -> Iterator[tuple[Ledger, str]]:
    with Ledger(tmp_path / "e.db", create=True) as ledger:
        yield ledger, ledger.add_document(TEXT.encode(), "a.txt", "Tide", "2021-03-03").sha256


def _quantity(
    sha: str, place: int, words: str, value: float, unit: str, measure: str, **more: object
) -> Quantity:
    return made.quantity(TEXT, sha, SENTENCES[place], words, value, unit, measure, object="RUR", **more)


def test_a_fall_is_no_growth(book: tuple[Ledger, str]) -> None:
    """Proves: 30 million after a fall by 15 % mean 35.3 before, by the word nearest to the number; one of 3 times leaves a third;
    points are no growth, and a fall by all tells nothing of before, without an error of the other questions.
    Without it: a fall would be counted as a rise, and the former level told as 26."""
    ledger, sha = book
    level = _quantity(sha, 0, "30 million tons", 3e7, "t", "mass")
    fell = _quantity(sha, 0, "15%", 15, "%", "change")
    assert check_growth(fell, level).computed == pytest.approx(3e7 / 0.85)
    assert "falling to 0.85 of what it was" in check_growth(fell, level).says
    declined, rose = _quantity(sha, 2, "20%", 20, "%", "change"), _quantity(sha, 3, "12%", 12, "%", "change")
    assert check_growth(declined, level).computed == pytest.approx(3e7 / 0.8)
    assert check_growth(rose, level).computed == pytest.approx(3e7 / 1.12)
    assert check_growth(_quantity(sha, 4, "3 times", 3, "times", "factor"), level).computed == pytest.approx(
        9e7
    )
    points = _quantity(sha, 1, "5 percentage points", 5, "percentage point", "change")
    with pytest.raises(LedgerError, match="percentage point is not a growth"):
        check_growth(points, level)
    all_of_it = _quantity(sha, 5, "100%", 100, "%", "change", period="2019")
    made.put(ledger, level, fell, points, all_of_it)
    assert [s.records for s in suggest_conflicts(ledger)] == [(fell.id, level.id)]
    nought = check_growth(rose, level, _quantity(sha, 8, "3 million tons", 0.0, "t", "mass"))
    assert nought.contradicts and nought.says.endswith("stated is 0")


def test_bounds_that_leave_room_are_no_question(book: tuple[Ledger, str]) -> None:
    """Proves: 5 is at least 4, and 3 is not; what stands in an open question, or was ruled on, is not asked again.
    Without it: every bound would be a contradiction, and every ruling would be asked for anew."""
    ledger, sha = book
    least = _quantity(sha, 6, "4 million tons", 4e6, "t", "mass", op=">=", period="2020")
    five, three = (
        _quantity(sha, n, f"{n_} million tons", n_ * 1e6, "t", "mass", period="2020")
        for n, n_ in ((7, 5), (8, 3))
    )
    made.put(ledger, least, five)
    assert suggest_conflicts(ledger) == []
    made.put(ledger, three)
    assert {s.records for s in suggest_conflicts(ledger)} == {(least.id, three.id), (five.id, three.id)}
    opened = open_conflict(
        ledger, "How much?", {"5": [five.id, least.id], "3": [three.id]}, "Ann", "two figures"
    )
    assert suggest_conflicts(ledger) == []
    rule(ledger, opened.id, "not_a_conflict", "Ann", "two regions")
    assert suggest_conflicts(ledger) == []


def test_events_of_other_years_are_others(book: tuple[Ledger, str]) -> None:
    """Proves: a closure of one year and a denial of the next are not asked about, nor two days a year apart; within a month, and
    without a date, they are. Without it: a berth shut once a year would be a question for every two years."""
    ledger, sha = book

    def shut(trigger: str, **more: object) -> Event:
        return made.event(TEXT, sha, SENTENCES[9], trigger, type="closure", assets=("quay",), **more)

    first = shut("shut", when="2021-03-02")
    made.put(
        ledger,
        first,
        shut("was", when="2022-07-05"),
        shut("quay", when="2022-07-06/2022-08", modality="denied"),
    )
    assert {s.question for s in suggest_conflicts(ledger)} == {"closure on quay: asserted or denied?"}
    near, undated = shut("The", when="2021-04-01"), shut("The quay", modality="denied")
    made.put(ledger, near)
    questions = [s for s in suggest_conflicts(ledger) if first.id in s.records]
    assert [s.question for s in questions] == [
        "closure on quay: one event on 2021-03-02 or 2021-04-01, or two?"
    ]
    made.put(ledger, undated)
    assert (first.id, undated.id) in {s.records for s in suggest_conflicts(ledger)}


def test_a_case_is_told_of_the_other_side(book: tuple[Ledger, str]) -> None:
    """Proves: a claim made of a record in an open question says so and has low confidence; one that a ruling did not prefer
    cannot be the chosen value; one that is preferred can; a measure says it too; what was ruled no conflict is left out.
    Without it: the figure that lost would enter the case as if nobody had contradicted it."""
    ledger, sha = book
    five, three = (
        _quantity(sha, n, f"{n_} million tons", n_ * 1e6, "t", "mass") for n, n_ in ((7, 5), (8, 3))
    )
    closure = made.event(TEXT, sha, SENTENCES[9], "shut", type="closure", assets=("quay",), when="2021-03-02")
    made.put(ledger, five, three, closure)
    for record in (five, three, closure):
        ledger.accept(record.id, "Ann", "read it")
    assert to_claim(ledger, three.id, "markets", "m", "demand")[0].confidence == "medium"
    how_much = open_conflict(
        ledger, "How much?", {"5": [five.id], "3": [three.id, closure.id]}, "Ann", "two figures"
    ).id
    row = to_claim(ledger, three.id, "markets", "m", "demand", chosen=True)[0]
    assert row.note == f"in question: 'How much?' ({how_much}): open" and row.confidence == "low"
    rule(ledger, how_much, "prefer", "Ann", "customs", prefer="5")
    with pytest.raises(NotUsable, match="'5' is preferred"):
        to_claim(ledger, three.id, "markets", "m", "demand", chosen=True)
    assert "'5' is preferred" in str(to_claim(ledger, three.id, "markets", "m", "demand")[0].note)
    assert to_claim(ledger, five.id, "markets", "m", "demand", chosen=True)[0].chosen
    measure = to_measure(ledger, closure.id).measure
    assert measure.confidence == "low" and "'5' is preferred" in str(measure.note)
    rule(ledger, how_much, "not_a_conflict", "Ann", "two regions")
    assert to_claim(ledger, three.id, "markets", "m", "demand", chosen=True)[0].note is None
    assert to_measure(ledger, closure.id).measure.confidence == "medium"
