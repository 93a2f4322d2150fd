"""Conflicts as they are stored: steps that are read back in their order, the last of a sort counting; and sums at their edges."""

from __future__ import annotations

import pytest

from straits.evidence.ledger.conflicts import (
    Position,
    check_capacity,
    check_growth,
    check_parts,
    conflict,
    conflicts,
    open_conflict,
    rate_claim,
    rate_outlet,
    reliability,
    rule,
)
from straits.evidence.ledger.ledger import Ledger, LedgerError
from straits.evidence.records import Quantity, canonical


@pytest.fixture
def pair(ledger: Ledger) -> tuple[Ledger, str, str]:
    a, b = [e.id for e in ledger.records("event")][:2]
    return ledger, a, b


def test_every_step_is_kept_and_the_last_counts(pair: tuple[Ledger, str, str]) -> None:
    """Proves: question, topic, positions, grades and rulings come back from the file as they were given; a later grade or
    ruling of the same sort counts and the earlier one stays a row. Without it: a loser, or who ruled and why, could be lost."""
    ledger, a, b = pair
    opened = open_conflict(
        ledger, "one stop or two?", {"one": [a], "two": [a, b]}, "Ann", "two dates", topic="ports"
    )
    assert (opened.ruling, opened.preferred, opened.by, opened.reason, opened.credibility) == (
        "open",
        None,
        "",
        "",
        {},
    )
    rate_claim(ledger, opened.id, a, "5", "Ann", "rumour")
    rate_claim(ledger, opened.id, b, "1", "Ann", "seen")
    rate_claim(ledger, opened.id, a, "2", "Ben", "confirmed since")
    rule(ledger, opened.id, "prefer", "Ann", "the court's paper", prefer="two")
    rule(ledger, opened.id, "both", "Ben", "both happened")
    path = ledger.path
    with Ledger(path) as again:
        (kept,) = conflicts(again)
        steps = again.db.execute("SELECT action, by FROM conflicts ORDER BY seq").fetchall()
    assert (kept.question, kept.topic) == ("one stop or two?", "ports")
    assert kept.positions == [Position("one", (a,)), Position("two", (a, b))]
    assert kept.credibility == {a: "2", b: "1"}
    assert (kept.ruling, kept.preferred, kept.by, kept.reason) == ("both", None, "Ben", "both happened")
    assert steps == [
        ("open", "Ann"),
        *[("credibility", x) for x in ("Ann", "Ann", "Ben")],
        ("rule", "Ann"),
        ("rule", "Ben"),
    ]


def test_the_same_question_is_opened_once(pair: tuple[Ledger, str, str]) -> None:
    """Proves: the same question with the same positions is one conflict, another topic is another; ids are found by an
    unambiguous beginning. Without it: a ruling could be made on one of two twins."""
    ledger, a, b = pair
    first = open_conflict(ledger, "which?", {"x": [a], "y": [b]}, "Ann", "r")
    assert open_conflict(ledger, "which?", {"x": [a], "y": [b]}, "Ben", "again").id == first.id
    assert len(conflicts(ledger)) == 1
    other = open_conflict(ledger, "which?", {"x": [a], "y": [b]}, "Ann", "r", topic="oil")
    assert other.id != first.id and conflict(ledger, first.id[:20]).id == first.id
    with pytest.raises(LedgerError, match="several conflicts begin"):
        conflict(ledger, "conflict:")
    with pytest.raises(LedgerError, match="no conflict begins"):
        conflict(ledger, "x")


def test_slips_are_refused_and_nothing_is_written(pair: tuple[Ledger, str, str]) -> None:
    """Proves: one position, a position without records, unknown records, grades off the scale, grades of strangers, rulings
    that are none, and preferences where there are none are refused before anything is written. Without it: a false step would
    be for ever."""
    ledger, a, b = pair
    opened = open_conflict(ledger, "which?", {"x": [a], "y": [a]}, "Ann", "r")
    head = ledger.head()
    slips = [
        lambda: open_conflict(ledger, "q", {"x": [a]}, "Ann", "r"),
        lambda: open_conflict(ledger, "q", {"x": [a], "y": []}, "Ann", "r"),
        lambda: open_conflict(ledger, "q", {"x": [a], "y": ["event:zzz"]}, "Ann", "r"),
        lambda: open_conflict(ledger, "q", {"x": [a], "y": [b]}, " ", "r"),
        *[lambda g=g: rate_claim(ledger, opened.id, a, g, "Ann", "r") for g in ("0", "7", "12", "", "A")],
        lambda: rate_claim(ledger, opened.id, b, "1", "Ann", "r"),
        *[lambda g=g: rate_outlet(ledger, "Tide", "oil", g, "Ann", "r") for g in ("G", "AB", "", "1", "a")],
        lambda: rule(ledger, opened.id, "maybe", "Ann", "r"),  # type: ignore[arg-type]
        lambda: rule(ledger, opened.id, "prefer", "Ann", "r"),
        lambda: rule(ledger, opened.id, "prefer", "Ann", "r", prefer="z"),
        lambda: rule(ledger, opened.id, "both", "Ann", "r", prefer="x"),
        lambda: rule(ledger, opened.id, "both", "Ann", ""),
    ]
    for slip in slips:
        with pytest.raises(LedgerError):
            slip()
    assert ledger.head() == head


def test_outlets_are_graded_by_topic(ledger: Ledger) -> None:
    """Proves: grades are kept by outlet and topic, the last counts, and they are no conflicts. Without it: a paper good on
    ports would be good on everything."""
    for topic, grade in (("oil", "A"), ("ports", "F"), ("oil", "C")):
        rate_outlet(ledger, "outlet: of/odd", topic, grade, "Ann", "years of reading")
    assert reliability(ledger) == {("outlet: of/odd", "oil"): "C", ("outlet: of/odd", "ports"): "F"}
    assert conflicts(ledger) == []


def quantity(ledger: Ledger, **fields: object) -> Quantity:
    found = next(q for q in ledger.records("quantity") if isinstance(q, Quantity))
    return found.model_copy(update=fields)


def test_parts_at_the_edge(ledger: Ledger) -> None:
    """Proves by hand: parts of 60 and 41 are too much of 100 by more than 1 %, 60 and 40.9 are not; as all parts, 98 are too
    little and 99.5 are not. Without it: a rounding would be a contradiction, or a contradiction a rounding."""

    def found(*parts: float, complete: bool = False) -> tuple[float, bool | None]:
        whole = quantity(ledger, value=100.0, unit="t")
        result = check_parts([quantity(ledger, value=p, unit="t") for p in parts], whole, complete)
        return result.computed, result.contradicts

    assert found(60, 41.1) == (pytest.approx(101.1), True) and found(60, 40.9) == (
        pytest.approx(100.9),
        False,
    )
    assert (
        found(98) == (98, False)
        and found(98, complete=True) == (98, True)
        and found(99.5, complete=True)[1] is False
    )
    with pytest.raises(LedgerError, match="not comparable"):
        check_parts([quantity(ledger, value=1.0, unit="bbl")], quantity(ledger, value=2.0, unit="t"))


def test_capacity_over_periods(ledger: Ledger) -> None:
    """Proves by hand: 36.5 million t a year are 100,000 a day, the whole of a capacity of 100,000 a day, half of 200,000; 3
    million a month are 36 a year. Without it: a flow by the year would be set against a capacity by the day."""

    def share(flow: tuple[float, str], most: tuple[float, str]) -> tuple[float, bool | None]:
        result = check_capacity(
            quantity(ledger, value=flow[0], unit=flow[1]), quantity(ledger, value=most[0], unit=most[1])
        )
        return result.computed, result.contradicts

    assert share((36.5e6, "t/y"), (1e5, "t/d")) == (pytest.approx(1), False)
    assert share((36.5e6, "t/y"), (2e5, "t/d"))[0] == pytest.approx(0.5)
    assert share((3e6, "t/month"), (36e6, "t/y"))[0] == pytest.approx(1)
    assert (
        share((1.02e5, "t/d"), (1e5, "t/d"))[1] is True and share((1.009e5, "t/d"), (1e5, "t/d"))[1] is False
    )
    for flow, most in (((1, "t"), (1, "t/d")), ((1, "t/d"), (1, "bbl/d"))):
        with pytest.raises(LedgerError):
            share(flow, most)


def test_growth_by_hand(ledger: Ledger) -> None:
    """Proves: 24.5 after growing 13 times means 1.885 before; beside a stated 20 that contradicts, beside 1.9 it does not (1
    %); after a growth by 25 % it was 19.6. Without it: "13 times" beside levels that grew by a fifth would pass."""
    level, times = (
        quantity(ledger, value=24.5, unit="USD"),
        quantity(ledger, value=13.0, measure="factor", unit="1"),
    )

    def found(factor: Quantity, before: float | None) -> tuple[float, bool | None]:
        stated = None if before is None else quantity(ledger, value=before, unit="USD")
        result = check_growth(factor, level, stated)
        return result.computed, result.contradicts

    assert found(times, None) == (pytest.approx(24.5 / 13), None)
    assert found(times, 20.0)[1] is True and found(times, 1.9)[1] is False
    by = quantity(ledger, value=25.0, measure="change", unit="%")
    assert found(by, None)[0] == pytest.approx(19.6)


def test_small_levels_and_growths_below_nothing(ledger: Ledger) -> None:
    """Proves: 0.4 after doubling means 0.2 before; a stated 0.3 is off by a third, and a stated 0.22 by a tenth of it or
    less; a fall by 100 % or more leaves no level and is refused.
    Without it: small levels would never contradict, or a level of nothing end in a traceback."""
    some = next(q for q in ledger.records("quantity") if q.measure == "mass")
    twice = some.model_copy(update={"measure": "factor", "value": 2.0})
    level, off, near = (some.model_copy(update={"value": v}) for v in (0.4, 0.3, 0.22))
    assert check_growth(twice, level).computed == pytest.approx(0.2)
    assert check_growth(twice, level, off).contradicts is True
    assert check_growth(twice, level, near).contradicts is False
    for lost in (-100.0, -150.0):
        with pytest.raises(LedgerError, match="cannot have grown"):
            check_growth(some.model_copy(update={"measure": "change", "value": lost}), level)


def test_parts_that_reach_the_whole_but_for_the_tolerance(ledger: Ledger) -> None:
    """Proves: 99 of 100 is within the hundredth that is left, 98 is not; parts need not be complete unless it is said.
    Without it: every rounding would be a contradiction, or none."""
    some = next(q for q in ledger.records("quantity") if q.measure == "mass")
    whole, most, less = (some.model_copy(update={"value": v}) for v in (100.0, 99.0, 98.0))
    assert check_parts([most], whole, complete=True).contradicts is False
    assert check_parts([less], whole, complete=True).contradicts is True
    assert check_parts([less], whole).contradicts is False


@pytest.mark.parametrize(
    ("action", "payload"),
    [
        ("odd", {"topic": "x", "grade": "A"}),
        ("reliability", {"topic": 3, "grade": "A"}),
        ("reliability", {"topic": "x", "grade": "G"}),
        ("credibility", {"record": 3, "grade": "1"}),
        ("credibility", {"record": "r", "grade": "7"}),
        ("rule", {"ruling": "maybe", "prefer": None}),
        ("rule", {"ruling": "prefer", "prefer": "three"}),
        ("open", {"question": "q", "topic": None, "positions": {"a": "b"}}),
    ],
)
def test_rows_that_are_no_steps(
    pair: tuple[Ledger, str, str], action: str, payload: dict[str, object]
) -> None:
    """Proves: a row of the file that is no step of a conflict is refused by its number, whatever is wrong in it.
    Without it: a file that comes by mail could put a grade or a ruling where none was given."""
    ledger, a, b = pair
    known = open_conflict(ledger, "Which?", {"one": [a], "two": [b]}, "Ann", "they differ")
    ledger.append(
        "conflicts", known.id, action, canonical(payload), "Eve", "forged", "2021-03-03T00:00:00+00:00"
    )
    with pytest.raises(LedgerError, match="row 2: is no step of a conflict"):
        conflicts(ledger)
