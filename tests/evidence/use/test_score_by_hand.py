"""Scores worked out by hand: what counts as found, and how each field is counted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from straits.evidence.drafting.drafts import DatedSpan, Drafts
from straits.evidence.finding.gazetteer import Entry, Gazetteer
from straits.evidence.text import Selector, select
from straits.evidence.use.score import (
    ScoreError,
    find_file,
    score_dates,
    score_quantities,
    score_quotes,
    score_regions,
)
from straits.evidence.use.score_events import score_events
from straits.evidence.use.tally import Names, Score, Tally, iou, match

from .. import made

TEXT = "Ruritania shut the quay for 30 days, and Borduria lost 12 million tons there."
NAMES = Names(Gazetteer((Entry(id="RUR", kind="actor", names=("Ruritania", "Old Kingdom")),)))


def at(words: str) -> dict[str, int]:
    start = TEXT.index(words)
    return {"start": start, "end": start + len(words)}


def counts(score: Score, name: str, field: str) -> tuple[int, int, int]:
    tally = score.rows[name, field]
    return tally.tp, tally.fp, tally.fn


def test_measures_by_hand() -> None:
    """Proves: 3 right, 1 wrong, 2 missed are precision 3/4, recall 3/5, F1 2/3; of nothing there is no share; spans
    0–10 and 6–12 share 4 of 12, spans that touch nothing.
    Without it: the figures of the codebook would mean something else."""
    tally = Tally(3, 1, 2)
    assert (tally.precision, tally.recall, tally.f1) == (3 / 4, 3 / 5, pytest.approx(2 / 3))
    assert (Tally().precision, Tally().recall, Tally().f1) == (None, None, None)
    assert (Tally(0, 1, 0).precision, Tally(0, 1, 0).recall) == (0.0, None)
    assert (Tally(0, 0, 1).precision, Tally(0, 0, 1).recall, Tally(0, 0, 1).f1) == (None, 0.0, 0.0)
    assert iou((0, 10), (6, 12)) == pytest.approx(4 / 12) and iou((6, 12), (0, 10)) == pytest.approx(4 / 12)
    assert iou((0, 5), (5, 9)) == 0.0 and iou((2, 4), (0, 10)) == pytest.approx(0.2)
    assert match([]) == match([[]]) == [] and match([[0.0]]) == []
    score = Score()
    score.rows["events", "found"] = tally
    (row,) = score.table()
    assert row == {
        "draft": "events", "field": "found", "tp": 3, "fp": 1, "fn": 2, "precision": 3 / 4, "recall": 3 / 5, "f1": tally.f1,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ("country:RUR", "RUR", True),
        ("country:old_kingdom", "RUR", True),
        ("RUR", "candidate:Ruritania", True),
        ("org:international_monetary_fund", "candidate:IMF", True),
        ("person:keel", "candidate:Boris Keel", True),
        ("person:boris", "candidate:Boris Keel", False),
        ("person:josé_niño", "candidate:Jose Nino", True),
        ("org:north_pipe", "candidate:NP", False),
        ("candidate:Ж", "candidate:Щ", False),
        ("country:BOR", "RUR", False),
    ],
)
def test_ids_that_agree(a: str, b: str, same: bool) -> None:
    """Proves: ids agree by words, last words, names of the list, accents aside, and initials from three words on;
    first words, two initials and ids without a Latin letter do not.
    Without it: scores would be too good or too bad."""
    assert NAMES.same(a, b) is same and NAMES.same(b, a) is same


def _event(evidence: str, trigger: str, **more: Any) -> Any:
    return made.event(TEXT, "d", evidence, trigger, **more)


def _gold(
    evidence: dict[str, int], trigger: dict[str, int], type: str = "RESTRICT", **more: Any
) -> dict[str, Any]:
    blank: dict[str, Any] = {
        "source": [], "target": [], "assets": [], "goods": [], "date": {"value": None}, "duration": None, "amount": None,
        "modality": "asserted", "voice": "outlet", "salience": "core",
    }  # fmt: skip
    return {"evidence": evidence, "trigger": trigger, "type": type, **blank, **more}


def test_events_field_by_field() -> None:
    """Proves: one label met by one draft counts each field by hand: a source of two found (1 right, 1 missed), a
    foreign target (1 wrong, 1 missed), an asset too much, the day right, the duration wrong (wrong and missed), an
    amount given, modality wrong, voice right, salience wrong; nothing wanted and nothing given counts nowhere.
    Without it: a column of the score could be another's."""
    amount = made.quantity(TEXT, "d", TEXT, "12 million tons", 1.2e7, "t", "mass")
    draft = _event(
        "Ruritania shut the quay", "shut", type="closure", sources=("RUR",), targets=("SYL",), assets=("quay",),
        when="2021-03-02", duration="P30D", amount=amount.id, modality="planned", salience="minor",
    )  # fmt: skip
    gold = _gold(
        at("Ruritania shut the quay for"), at("shut"), source=["country:RUR", "country:BOR"], target=["country:BOR"],
        date={"value": "2021-03-02"}, duration="P31D", amount={"value": 3},
    )  # fmt: skip
    score = Score()
    score_events(score, [gold], Drafts(events=[draft], quantities=[amount]), NAMES)
    assert {f: counts(score, "events", f) for d, f in score.rows if d == "events"} == {
        "found": (1, 0, 0),
        "source": (1, 0, 1),
        "target": (0, 1, 1),
        "assets": (0, 1, 0),
        "goods": (0, 0, 0),
        "date": (1, 0, 0),
        "duration": (0, 1, 1),
        "amount given": (1, 0, 0),
        "modality": (0, 1, 1),
        "voice": (1, 0, 0),
        "salience": (0, 1, 1),
        "evidence IoU >= 0.5": (1, 0, 0),
    }
    assert counts(score, "events by type", "RESTRICT") == (1, 0, 0)
    score_events(score, [gold], Drafts(events=[draft]), NAMES)
    # A second document adds to the first; its draft names an amount that is not there.
    assert counts(score, "events", "found") == (2, 0, 0) and counts(score, "events", "amount given") == (
        1,
        0,
        1,
    )
    assert counts(score, "events by type", "RESTRICT") == (2, 0, 0)
    bare = Score()
    score_events(
        bare,
        [_gold(at("Ruritania shut"), at("shut"))],
        Drafts(events=[_event("Ruritania shut", "shut", type="ban")]),
        NAMES,
    )
    for empty in ("date", "duration", "amount given", "source"):
        assert counts(bare, "events", empty) == (0, 0, 0)


def test_parties_as_states_dates_by_reach_and_named_assets() -> None:
    """Proves: where labels say so, parties count as states (the draft's states first, its own parties where it has none),
    dates by what makes them known, and assets by those that the passage names; a date given where the label has none is
    counted as wrong apart.
    Without it: a person never agrees with his state, and a date that only a reader can infer looks like a fault of the rules."""
    draft = _event(
        "Ruritania shut the quay", "shut", type="closure", sources=("candidate:Ada Marlow",), source_states=("RUR",),
        targets=("BOR",), assets=("quay",), when="2021-03-02",
    )  # fmt: skip
    label = _gold(
        at("Ruritania shut the quay"), at("shut"), source=["person:marlow"], source_states=["RUR"], target=["country:BOR"],
        target_states=["BOR"], assets=["quay", "flow:oil"], assets_named=["quay"], date={"value": "2021-03-02", "reach": "words"},
    )  # fmt: skip
    score = Score()
    score_events(score, [label], Drafts(events=[draft]), NAMES)
    for field, wanted in (
        ("source as state", (1, 0, 0)), ("target as state", (1, 0, 0)), ("source", (1, 0, 0)), ("assets", (1, 0, 1)),
        ("assets named", (1, 0, 0)), ("date that words give", (1, 0, 0)), ("date that a reader infers", (0, 0, 0)),
    ):  # fmt: skip
        assert counts(score, "events", field) == wanted, field
    inferred = {**label, "date": {"value": "2021-03", "reach": "inferred"}}
    score_events(score, [inferred], Drafts(events=[draft]), NAMES)
    assert counts(score, "events", "date that a reader infers") == (0, 1, 1)
    none = {**label, "date": {"value": None, "reach": None}}
    score_events(score, [none], Drafts(events=[draft]), NAMES)
    assert counts(score, "events", "date where there is none") == (0, 1, 0)


def test_edits_per_draft() -> None:
    """Proves: a draft that is right throughout needs no edit; one whose source, date and modality are wrong needs three, one of
    another type a fourth; an open date that only a reader infers is none; labels that the codebook has not are counted apart
    and never as missed events.
    Without it: the work that a draft leaves to a person would be unknown."""
    draft = _event("Ruritania shut the quay", "shut", type="closure", sources=("RUR",))
    right = _gold(at("Ruritania shut the quay"), at("shut"), source_states=["RUR"], target_states=[])
    score = Score()
    score_events(score, [right], Drafts(events=[draft]), NAMES)
    assert (score.matched, score.whole, sum(score.edits.values())) == (1, 1, 0)
    inferred = {**right, "date": {"value": "2021", "reach": "inferred"}}
    score_events(score, [inferred], Drafts(events=[draft]), NAMES)
    assert (score.matched, score.whole) == (2, 2)
    wrong = {
        **right, "source_states": ["RUR", "BOR"], "date": {"value": "2021", "reach": "words"}, "modality": "denied",
    }  # fmt: skip
    score_events(score, [wrong], Drafts(events=[draft]), NAMES)
    score_events(score, [{**wrong, "type": "LIFT"}], Drafts(events=[draft]), NAMES)
    assert dict(score.edits) == {"type": 1, "source": 2, "target": 0, "date": 2, "modality": 2}
    assert score.summary() == {
        "drafts that meet a label": 4, "right throughout": 2, "edits per draft": 7 / 4,
        "by field": {"type": 0.25, "source": 0.5, "target": 0.0, "date": 0.5, "modality": 0.5},
    }  # fmt: skip
    assert Score().summary()["edits per draft"] is None
    odd = Score()
    score_events(odd, [{**right, "type": "GOSSIP"}], Drafts(events=[draft]), NAMES)
    assert counts(odd, "labels not in the codebook", "GOSSIP") == (0, 0, 1)
    assert counts(odd, "events", "found") == (0, 1, 0) and counts(odd, "events (any type)", "found") == (
        1,
        0,
        0,
    )


def test_which_events_are_found() -> None:
    """Proves: a draft meets a label if triggers overlap, or evidences by one half and not less; another label counts
    only where no label is asked; core labels are counted apart.
    Without it: precision and recall would be of another question."""
    evidence = "Ruritania shut the quay"  # 23 signs
    half = {"start": 0, "end": 46}
    less = {"start": 0, "end": 47}
    off = at("there")
    draft = _event(evidence, "shut", type="closure")

    def found(gold: dict[str, Any], field: str = "events") -> tuple[int, int, int]:
        score = Score()
        score_events(score, [gold], Drafts(events=[draft]), NAMES)
        return counts(score, field, "found")

    assert found(_gold(half, off)) == (1, 0, 0) and found(_gold(less, off)) == (0, 1, 1)
    assert found(_gold(less, at("shut the"))) == (1, 0, 0)
    other = _gold(half, at("shut"), type="LIFT")
    assert found(other) == (0, 1, 1) and found(other, "events (any type)") == (1, 0, 0)
    minor = _gold(half, at("shut"), salience="minor")
    assert found(minor) == (1, 0, 0) and found(minor, "events (core labels only)") == (0, 1, 0)
    score = Score()
    score_events(score, [_gold(less, at("shut"))], Drafts(events=[draft]), NAMES)
    assert counts(score, "events", "evidence IoU >= 0.5") == (0, 0, 1)
    score = Score()
    score_events(score, [other], Drafts(events=[draft]), NAMES)
    assert counts(score, "events by type", "LIFT") == (0, 0, 1) and counts(
        score, "events by type", "RESTRICT"
    ) == (0, 1, 0)


def test_quantities_dates_quotes_by_hand() -> None:
    """Proves: spans meet from one half on; each field of the pair counts; `2021-H1` and `2021-Q3` are the intervals
    that drafts write; a speaker agrees by id, by any of several, or by the words.
    Without it: fields of the score could be exchanged."""
    q = made.quantity(
        TEXT,
        "d",
        TEXT,
        "12 million tons",
        1.2e7,
        "t",
        "mass",
        object="BOR",
        period="2021-01/2021-06",
        approx=True,
    )
    gold = {
        "span": at("12 million tons"), "value": 1.2e7 * (1 + 5e-10), "unit": "t", "kind": "volume", "op": ">", "approx": True,
        "object": "country:BOR", "period": "2021-H1",
    }  # fmt: skip
    score = Score()
    score_quantities(score, [gold, {**gold, "span": at("30 days")}], Drafts(quantities=[q]), NAMES)
    assert {f: counts(score, "quantities", f) for _, f in score.rows} == {
        "found": (1, 0, 1), "value": (1, 0, 0), "unit": (1, 0, 0), "kind": (0, 1, 1), "op": (0, 1, 1), "approx": (1, 0, 0),
        "object": (1, 0, 0), "period": (1, 0, 0),
    }  # fmt: skip
    score = Score()
    third = q.model_copy(
        update={"period": q.period.model_copy(update={"value": "2021-07/2021-09"}), "value": 1.2e7 + 1}
    )
    score_quantities(
        score, [{**gold, "value": 1.2e7, "period": "2021-Q3"}], Drafts(quantities=[third]), NAMES
    )
    assert counts(score, "quantities", "period") == (1, 0, 0) and counts(score, "quantities", "value") == (
        0,
        1,
        1,
    )

    span = Selector(**select(TEXT, 0, 10).model_dump())
    dates = Drafts(dates=[DatedSpan(span, "2021-03-02", "until")])
    score = Score()
    score_dates(score, [{"span": {"start": 0, "end": 20}, "value": "2021-03-02", "kind": "date"}], dates)
    assert {f: counts(score, "dates", f) for _, f in score.rows} == {
        "found": (1, 0, 0),
        "value": (1, 0, 0),
        "kind": (0, 1, 1),
    }
    score = Score()
    score_dates(score, [{"span": {"start": 0, "end": 21}, "value": "2021-03-02", "kind": "date"}], dates)
    assert counts(score, "dates", "found") == (0, 1, 1)

    said = made.claim(TEXT, "d", TEXT, "shut the quay", "candidate:Ada Marlow", speaker_text="the president")
    for speaker, words, right in (
        ("person:marlow", None, True),
        (["person:keel", "person:marlow"], "x", True),
        ("person:keel", "The President", True),
        ("person:keel", None, False),
        (["person:keel", "person:vale"], "the mayor", False),
    ):
        score = Score()
        label = {"span": at("shut the quay"), "speaker": speaker, "speaker_text": words, "form": "direct"}
        score_quotes(score, [label], Drafts(claims=[said]), NAMES)
        assert counts(score, "quotes", "speaker") == ((1, 0, 0) if right else (0, 1, 1))
        assert counts(score, "quotes", "form") == (0, 1, 1) and counts(score, "quotes", "found") == (1, 0, 0)


def test_a_draft_that_names_its_speaker_by_no_words() -> None:
    """Proves: a label without words and a draft without words do not agree by these, only by id.
    Without it: every unnamed speaker would be the right one."""
    said = made.claim(TEXT, "d", TEXT, "shut the quay", "candidate:Ada Marlow")
    for speaker, right in (("person:keel", False), ("person:marlow", True)):
        score = Score()
        label = {"span": at("shut the quay"), "speaker": speaker, "speaker_text": None, "form": "indirect"}
        score_quotes(score, [label], Drafts(claims=[said]), NAMES)
        assert counts(score, "quotes", "speaker") == ((1, 0, 0) if right else (0, 1, 1))


def test_regions_are_counted_in_code_points() -> None:
    """Proves: a body of 10 of which 6 are given, with 2 too many, is 6 right, 2 wrong, 4 missed, and labels add up
    over documents.
    Without it: a region that is off by a page would look as good."""
    score = Score()
    given = [
        type("R", (), {"label": "body", "start": 4, "end": 12})(),
        type("R", (), {"label": "menu", "start": 0, "end": 4})(),
    ]
    for _ in range(2):
        score_regions(score, [{"label": "body", "start": 0, "end": 10}], given)
    assert counts(score, "regions (code points)", "body") == (12, 4, 8)
    assert counts(score, "regions (code points)", "menu") == (0, 8, 0)
    assert [label for _, label in score.rows] == ["body", "menu"]


def test_where_labelled_documents_lie(tmp_path: Path) -> None:
    """Proves: a document is looked for in the named folders first, then beside the labels, then in `documents` beside
    and above them; else it is refused.
    Without it: other bytes of the same name could be scored."""
    gold = tmp_path / "labels" / "gold.json"
    places = [tmp_path / "named", gold.parent, gold.parent / "documents", tmp_path / "documents"]
    with pytest.raises(ScoreError, match="name its folder with --documents"):
        find_file("a.txt", gold, [places[0]])
    for place in reversed(places):
        place.mkdir(parents=True, exist_ok=True)
        (place / "a.txt").write_text("x")
        assert find_file("a.txt", gold, [places[0]]) == place / "a.txt"
