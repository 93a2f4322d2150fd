"""Twins and lines of testimony, on records made by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from straits.evidence.ledger.ledger import Ledger
from straits.evidence.records import told_by
from straits.evidence.review.alike import independent_lines, likely_twins, likeness, shingles

from .. import made

STOP = "The court of the town closed the northern quay on Tuesday for all ships."
OTHER = "Nobody loads there: judges shut the quay, our man at the pier saw it."
LONG = "Tonnage: 100 tons of grain left. Tonnage: 101 tons of grain left. Tonnage: 102 tons of grain left."


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger(tmp_path / "e.db", create=True) as ledger:
        yield ledger


def add(book: Ledger, text: str, outlet: str, name: str = "a.txt") -> str:
    return book.add_document(text.encode(), name, outlet, "2021-03-03").sha256


def test_likeness_by_hand() -> None:
    """Proves: "a b c d" and "b c d e" share one word triple of three, signs and case aside; texts of fewer than three
    words are compared whole.
    Without it: what counts as told in the same words would be anything."""
    assert likeness("A b, c d.", "b c d e") == pytest.approx(1 / 3)
    assert shingles("one two three four") == {("one", "two", "three"), ("two", "three", "four")}
    assert shingles("one two") == {("one", "two")} and likeness("one two", "One two!") == 1.0
    assert likeness("one two three", "one two four") == 0.0


def test_twin_events_by_hand(book: Ledger) -> None:
    """Proves: of two events of one label, "same type" counts 1, actors and assets the share in common, time whether
    the dates overlap, and the likeness is their mean: (1 + 1/3 + 1/2 + 1) / 4 = 0.708, and 0.458 with another day,
    which is below one half; reasons of no weight are not named. Another label, and what was rejected, is no twin; at
    the least likeness it still is one.
    Without it: twins would be suggested, or not, by chance."""
    one, two = add(book, STOP, "Tide"), add(book, OTHER, "Gull", "b.txt")
    a = made.event(
        STOP,
        one,
        STOP,
        "closed",
        type="closure",
        sources=("RUR",),
        targets=("BOR",),
        assets=("quay",),
        when="2021-03-02",
    )
    same = {"sources": ("RUR",), "targets": ("SYL",), "assets": ("quay", "pier")}
    b = made.event(OTHER, two, OTHER, "shut", type="ban", when="2021-03", **same)
    off = made.event(OTHER, two, OTHER, "shut", type="restriction", when="2021-04-02", **same)
    dateless = made.event(OTHER, two, OTHER, "shut", type="restriction", **same)
    lifting = made.event(OTHER, two, OTHER, "shut", type="lifting", when="2021-03-02", **same)
    made.put(book, a, b, off, dateless, lifting)
    found = {t.id: t for t in likely_twins(book, a.id, drafts=True)}
    assert set(found) == {b.id, dateless.id}
    assert found[b.id].likeness == pytest.approx((1 + 1 / 3 + 1 / 2 + 1) / 4, abs=5e-4)
    assert found[b.id].reasons == ("same type", "same actors", "same assets", "same time")
    assert found[dateless.id].likeness == pytest.approx((1 + 1 / 3 + 1 / 2) / 3, abs=5e-4)
    assert [t.id for t in likely_twins(book, a.id, drafts=True)] == [b.id, dateless.id]
    third = {t.id: t for t in likely_twins(book, a.id, least=0.3, drafts=True)}[off.id]
    assert (
        third.likeness == pytest.approx((1 + 1 / 3 + 1 / 2) / 4, abs=5e-4)
        and "same time" not in third.reasons
    )
    book.reject(b.id, "Ann", "a slip")
    assert b.id not in {t.id for t in likely_twins(book, a.id, drafts=True)}
    exact = (1 + 1 + 0) / 4
    alone = made.event(
        STOP, one, STOP, "quay", type="fine", sources=("RUR",), assets=("x",), when="2020-01-01"
    )
    other = made.event(
        OTHER, two, OTHER, "quay", type="fine", sources=("RUR",), assets=("y",), when="2021-01-01"
    )
    made.put(book, alone, other)
    assert [t.likeness for t in likely_twins(book, alone.id, drafts=True)] == [exact]


def test_twin_events_without_names_meet_by_day(book: Ledger) -> None:
    """Proves: an event that names nobody is compared with those of its day, and one without day or name with none.
    Without it: an unnamed strike told twice would never be suggested."""
    one, two = add(book, STOP, "Tide"), add(book, OTHER, "Gull", "b.txt")
    a = made.event(STOP, one, STOP, "closed", type="closure", when="2021-03-02")
    b = made.event(OTHER, two, OTHER, "shut", type="closure", when="2021-03-02")
    c = made.event(OTHER, two, OTHER, "judges", type="closure", when="2021-03-05")
    blank = made.event(OTHER, two, OTHER, "quay", type="closure")
    made.put(book, a, b, c, blank)
    assert [(t.id, t.likeness) for t in likely_twins(book, a.id, drafts=True)] == [
        (b.id, pytest.approx(2 / 3, abs=5e-4))
    ]
    assert likely_twins(book, blank.id, drafts=True) == []


def test_twin_quantities_by_hand(book: Ledger) -> None:
    """Proves: quantities of one unit within a hundredth of the larger are compared: 100 and 101 (1 of 1.01) are, 100
    and 102 not; one object counts 1, none or another 0.
    Without it: other figures would be offered as the same."""
    one, two = add(book, LONG, "Tide"), add(book, LONG + " ", "Gull", "b.txt")
    texts = LONG.split(". ")
    kind = ("t", "mass")
    a = made.quantity(LONG, one, texts[0], "100 tons", 100, *kind, object="port")
    near = made.quantity(LONG, two, texts[1], "101 tons", 101, *kind, object="port")
    blank = made.quantity(LONG, two, texts[1], "101 tons", 101, *kind)
    far = made.quantity(LONG, two, texts[2], "102 tons", 102, *kind, object="port")
    money = made.quantity(LONG, two, texts[0], "100 tons", 100, "USD", "money", object="port")
    made.put(book, a, near, blank, far, money)
    # "tonnage 100 tons of grain left" and "tonnage 101 tons of grain left": two of six triples in common
    words = likeness(texts[0], texts[1])
    assert words == pytest.approx(2 / 6)
    found = {t.id: t.likeness for t in likely_twins(book, a.id, least=0, drafts=True)}
    assert found == {
        near.id: pytest.approx((1 + 1 + words) / 3, abs=5e-4),
        blank.id: pytest.approx((1 + 0 + words) / 3, abs=5e-4),
    }
    unsaid = made.quantity(LONG, one, texts[1], "101 tons", 101, *kind)
    made.put(book, unsaid)
    # No object beside no object is not the same object.
    assert {t.id: t.likeness for t in likely_twins(book, unsaid.id, least=0, drafts=True)}[
        blank.id
    ] == pytest.approx(2 / 3, abs=5e-4)


def test_twin_claims_by_hand(book: Ledger) -> None:
    """Proves: claims of one speaker are compared by the words said; claims of another speaker are none.
    Without it: what two people said would be offered as one saying."""
    text = "Ann said that the quay is safe today. Ann said that the quay is safe now. Bob said that the quay is safe today."
    sha = add(book, text, "Tide")
    first, second, third = (s.rstrip(".") for s in text.split(". "))
    a = made.claim(text, sha, first, "the quay is safe today", "candidate:Ann")
    b = made.claim(text, sha, second, "the quay is safe now", "candidate:Ann")
    c = made.claim(text, sha, third, "the quay is safe today", "candidate:Bob")
    made.put(book, a, b, c)
    # the quay is / quay is safe / is safe today|now: 2 of 4
    assert [(t.id, t.likeness) for t in likely_twins(book, a.id, drafts=True)] == [(b.id, (1 + 0.5) / 2)]


def test_a_denial_is_no_saying() -> None:
    """Proves: who says a claim is told with the document's word for it. Without it: a list of claims would show what somebody
    denied as what he said."""
    text = "Ann denied that the quay is safe."
    claim = made.claim(text, "0" * 64, text, "the quay is safe", "candidate:Ann")
    assert told_by(claim.model_copy(update={"speaker_text": "Ann", "cue": "denied"})) == "Ann denied"
    assert told_by(claim.model_copy(update={"speaker_text": None, "cue": None})) == "candidate:Ann"


Make = Callable[..., object]


@pytest.mark.parametrize(
    ("outlets", "voices", "reason"),
    [
        (("Tide", "Tide"), ("outlet", "outlet"), "one outlet, Tide"),
        (("Tide", "Gull"), ("RUR", "RUR"), "one speaker, RUR"),
        (("Tide", "Gull"), ("outlet", "candidate:Tide"), "has it from Tide"),
        (("The Tide", "Gull"), ("outlet", "candidate:Tide"), "has it from The Tide"),
        (("Tide", "Gull"), ("outlet", "candidate:Newspaper Tide"), "has it from Tide"),
        (("Reuters", "Gull"), ("outlet", "candidate:Reuters"), "has it from Reuters"),
        (("Tide", "Gull"), ("outlet", "outlet"), None),
        (("Tide", "Gull"), ("RUR", "BOR"), None),
        (("unknown", "unknown"), ("outlet", "outlet"), None),
        (("Neap Tide", "Gull"), ("outlet", "candidate:Tideway"), None),
        (("AB", "Gull"), ("outlet", "candidate:AB"), None),
    ],
)
def test_who_is_one_witness(
    book: Ledger, outlets: tuple[str, str], voices: tuple[str, str], reason: str | None
) -> None:
    """Proves: one outlet, one quoted speaker, or one that names the other is one witness, whichever comes first; the
    outlet's own voice is no speaker in common, an unknown outlet is not the same as another, a name of two letters or
    a part of a word names nobody.
    Without it: copies would look like confirmation, or two witnesses like one."""
    one, two = add(book, STOP, outlets[0]), add(book, OTHER, outlets[1], "b.txt")
    a = made.event(STOP, one, STOP, "closed", type="closure", voice=voices[0])
    b = made.event(OTHER, two, OTHER, "shut", type="closure", voice=voices[1])
    made.put(book, a, b)
    for order in ([a.id, b.id], [b.id, a.id]):
        lines = independent_lines(book, order)
        assert [line.reasons for line in lines] == ([(reason,)] if reason else [(), ()])
        assert [r for line in lines for r in line.records] == order


def test_lines_join_through_a_third(book: Ledger) -> None:
    """Proves: a and b that have nothing in common are one line if c stands in the document of one and in the words of
    the other; a fourth stays apart; words in common count from one half.
    Without it: a chain of copies would count as several witnesses."""
    twice = OTHER + " " + STOP
    one, two, three = (
        add(book, STOP, "Tide"),
        add(book, twice, "Gull", "b.txt"),
        add(book, LONG, "Sun", "c.txt"),
    )
    a = made.event(STOP, one, STOP, "closed", type="closure")
    b = made.event(twice, two, OTHER, "shut", type="closure")
    c = made.event(twice, two, STOP, "closed", type="closure")
    d = made.event(LONG, three, LONG, "left", type="closure")
    made.put(book, a, b, c, d)
    lines = independent_lines(book, [a.id, b.id, d.id, c.id])
    assert [line.records for line in lines] == [(a.id, b.id, c.id), (d.id,)] or [
        set(line.records) for line in lines
    ] == [{a.id, b.id, c.id}, {d.id}]
    (joined,) = (line for line in lines if len(line.records) == 3)
    assert set(joined.reasons) == {"told in the same words", "one document"}
    assert len(independent_lines(book, [a.id, b.id])) == 2
    assert independent_lines(book, [a.id])[0].reasons == ()
