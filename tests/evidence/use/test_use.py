"""What is made of records: conflicts, exports, tables, review, scores, commands."""

from __future__ import annotations

import csv
import io
import json

import pytest
from rich.console import Console
from typer.testing import CliRunner

from straits.cli.evidence import evidence_app
from straits.evidence.drafting.drafts import draft
from straits.evidence.ledger.conflicts import (
    check_capacity,
    check_growth,
    check_parts,
    conflicts,
    open_conflict,
    rate_claim,
    rate_outlet,
    reliability,
    rule,
    suggest_conflicts,
)
from straits.evidence.ledger.ledger import LedgerError
from straits.evidence.review import terminal as review
from straits.evidence.review.alike import independent_lines, likely_twins
from straits.evidence.use import exports
from straits.evidence.use.score import ScoreError, score_file
from straits.evidence.use.tables import term_counts, terms, timeline
from straits.evidence.use.tally import Names, iou, match

from ..conftest import ARTICLE, NAMES
from ..ledger.test_ledger import first

SECOND = """Quay quarrel drags on

Portville, 4 March 2021

The Portville District Court suspended loading at the North Pipeline terminal on March 2 after the Sea Agency found \
violations at the \
berth, The Tide reported. The operator denied that a special operation was under way in the harbour.

The trade turnover of Ruritania increased 13 times last year, officials of the port said at a meeting. The trade \
turnover of Ruritania \
amounted to $24.5 billion, and a year earlier the turnover had been $20 billion, the bank of the port said.
"""


@pytest.fixture
def two(ledger):
    """The ledger with a second document, of another outlet."""
    document = ledger.add_document(SECOND.encode(), "quay.txt", "The Wave", "2021-03-04")
    ledger.add(draft(document, ledger.reading(document.sha256), ledger.gazetteer).records)
    return ledger, document.sha256


def _closures(ledger):
    return [e for e in ledger.records("event") if e.type == "closure"]


def test_twins_are_suggested_and_never_merged(two):
    """Proves: the same stop told by two outlets is suggested as a twin, and stays two records until a person merges it.
    Without it: one event would count twice, or two events would silently become one."""
    ledger, _ = two
    a, b = _closures(ledger)
    (twin,) = [t for t in likely_twins(ledger, a.id, drafts=True) if t.id == b.id]
    assert twin.likeness > 0.7 and {"same assets", "same time"} <= set(twin.reasons)
    assert ledger.standing(a.id) == ledger.standing(b.id) == "draft"


def test_repeating_a_source_is_no_corroboration(two):
    """Proves: a second outlet that names the first as its source is one line with it; an unrelated one is another.
    Without it: a report copied ten times would look confirmed ten times."""
    ledger, _ = two
    a, b = _closures(ledger)
    assert len(independent_lines(ledger, [a.id, b.id])) == 1
    other = (
        "Silent quay\n\nNobody loads now: judges of Portville halted work at the North Pipeline "
        "terminal, our man at the pier saw it."
    )
    document = ledger.add_document(other.encode(), "other.txt", "The Gull", "2021-03-05")
    ledger.add(draft(document, ledger.reading(document.sha256), ledger.gazetteer).records)
    c = next(e for e in _closures(ledger) if e.document == document.sha256)
    lines = independent_lines(ledger, [a.id, b.id, c.id])
    assert sorted(len(line.records) for line in lines) == [1, 2]


def test_a_conflict_keeps_its_losers(two):
    """Proves: positions, grades and every ruling stay; the last ruling counts; a ruling names a position and a reason.
    Without it: the side that lost would vanish from the file."""
    ledger, _ = two
    a, b = (r.id for r in _closures(ledger))
    found = open_conflict(
        ledger, "One stop or two?", {"one": [a], "two": [b]}, "Ann", "dates differ", topic="harbour"
    )
    rate_outlet(ledger, "The Tide", "harbour", "B", "Ann", "was there")
    rate_claim(ledger, found.id, b, "3", "Ann", "second hand")
    rule(ledger, found.id, "both", "Ben", "not known yet")
    ruled = rule(ledger, found.id, "prefer", "Ann", "first hand", prefer="one")
    assert (ruled.ruling, ruled.preferred, ruled.by, ruled.credibility) == ("prefer", "one", "Ann", {b: "3"})
    assert [p.records for p in conflicts(ledger)[0].positions] == [(a,), (b,)]
    assert reliability(ledger) == {("The Tide", "harbour"): "B"}
    with pytest.raises(LedgerError):
        rule(ledger, found.id, "prefer", "Ann", "typing error", prefer="three")
    with pytest.raises(LedgerError):
        rate_claim(ledger, found.id, b, "9", "Ann", "no such grade")


def test_sums_that_do_not_come_out(two):
    """Proves: "13 times" against 24.5 billion implies 1.88 billion and contradicts a stated 20 billion; without the former
    level nothing is decided. Parts above the whole and a flow above capacity are found. By hand: 24.5/13 = 1.8846.
    Without it: figures that exclude each other would stand side by side unnoticed."""
    ledger, sha256 = two
    mine = list(ledger.records("quantity", document=sha256))
    factor = next(q for q in mine if q.measure == "factor")
    level, before = (next(q for q in mine if q.value == v) for v in (24.5e9, 20e9))
    alone = check_growth(factor, level)
    assert alone.computed == pytest.approx(24.5e9 / 13) and alone.contradicts is None
    assert check_growth(factor, level, before).contradicts is True
    grown = before.model_copy(update={"value": level.value / 13})
    assert check_growth(factor, level, grown).contradicts is False
    assert any(set(s.records) == {factor.id, level.id} for s in suggest_conflicts(ledger))
    assert check_parts([level, before], level).contradicts is True
    assert check_parts([before], level).contradicts is False
    assert check_parts([before], level, complete=True).contradicts is True
    flow = level.model_copy(update={"value": 73.0, "unit": "t/y", "measure": "rate"})
    daily = level.model_copy(update={"value": 0.1, "unit": "t/d", "measure": "rate"})
    assert (
        check_capacity(flow, daily).computed == pytest.approx(2.0) and check_capacity(flow, daily).contradicts
    )
    with pytest.raises(LedgerError, match="not comparable"):
        check_parts([flow], level)


def test_json_ld_there_and_back(two):
    """Proves: documents, records and judgements come back equal from JSON-LD, ids included; targets are W3C selectors.
    Without it: what others get would not be what we have."""
    ledger, _ = two
    one, other = _closures(ledger)
    ledger.amend(one.id, {"targets": ["RUR"]}, "Ann", "named there")
    ledger.reject(other.id, "Ben", "second hand")
    data = json.loads(json.dumps(exports.to_jsonld(ledger)))
    back = exports.from_jsonld(data)
    assert back.documents == list(ledger.documents())
    assert back.records == list(ledger.records())
    assert back.judgements == ledger.log()
    annotation = next(n for n in data["@graph"] if "oa:hasTarget" in n)
    kinds = [s["type"] for s in annotation["oa:hasTarget"]["oa:hasSelector"]]
    assert kinds == ["oa:TextPositionSelector", "oa:TextQuoteSelector"]


def test_csv_files(two, tmp_path):
    """Proves: one row for each record, with outlet, standing, day and words.
    Without it: a spreadsheet would lack the evidence."""
    ledger, _ = two
    exports.write_csv(ledger, tmp_path)
    rows = list(csv.DictReader((tmp_path / "events.csv").open(encoding="utf-8")))
    assert len(rows) == sum(1 for _ in ledger.records("event"))
    stop = next(r for r in rows if r["type"] == "closure" and r["outlet"] == "The Tide")
    assert (
        stop["when_value"] == "2021-03-02"
        and stop["evidence_exact"].startswith("On Tuesday")
        and stop["standing"] == "draft"
    )


def test_timeline_shows_what_each_outlet_said(two):
    """Proves: drafts are left out, merged tellings share an event, each keeps its outlet and words, order is by day.
    Without it: the report could show unread drafts, or one outlet's version only."""
    ledger, _ = two
    assert timeline(ledger).empty
    a, b = _closures(ledger)
    lift = first(ledger, "event", type="lifting")
    for record in (lift, a):
        ledger.accept(record.id, "Ann", "read it")
    ledger.merge(b.id, a.id, "Ann", "the same stop")
    frame = timeline(ledger)
    assert list(frame["first_day"]) == ["2021-03-02", "2021-03-02", "2021-03-09"]
    assert set(frame[frame["event"] == a.id]["outlet"]) == {"The Tide", "The Wave"}
    assert ARTICLE.split("\n")[int(frame[frame["record"] == a.id]["line"].iloc[0]) - 1].startswith(
        "On Tuesday"
    )


def test_terms_are_placed_and_counted(two):
    """Proves: each term has its outlet, line and exact place; comments do not count; the longest term wins.
    Without it: a reader's word would be put into an outlet's mouth."""
    ledger, _ = two
    places = terms(ledger, {"stop": ["blockade", "ban"], "war": ["operation", "special operation", "garden"]})
    assert sorted(zip(places["term"], places["outlet"], strict=True)) == [
        ("ban", "The Tide"), ("blockade", "The Tide"), ("special operation", "The Wave"),
    ]  # fmt: skip
    for row in places.itertuples():
        assert ledger.text(row.document)[row.start : row.end] == row.exact
    assert places[places["term"] == "blockade"]["voice"].iloc[0] == "candidate:Ada Marlow"
    assert term_counts(places).loc[("war", "special operation"), "The Wave"] == 1
    assert not terms(ledger).empty


def test_review_at_the_terminal(ledger):
    """Proves: keys judge and amend, the paragraph shows the passage, an error is shown and asks again.
    Without it: the terminal could write something else than was pressed."""
    keys = iter(["t", "d", "a", "r", "f", " ", "q"])
    answers = iter(["miracle", "planned", "typed", "amends", "no", "odd"])
    shown = Console(file=io.StringIO(), width=120)

    def ask(_prompt):
        return next(answers)

    events = [e.id for e in ledger.records("event")]
    made = review.review(ledger, "Ann", shown, lambda: next(keys), ask, kind="event")
    assert made >= 1
    text = shown.file.getvalue()
    assert "not in the codebook" in text or "miracle" in text
    assert "suspended loading" in text.replace("\n", " ")
    assert ledger.standing(events[0]) in ("amended", "rejected", "flagged", "draft")


def test_review_amends_and_accepts(ledger):
    """Proves: a typed value becomes an amendment under the reviewer's name on accept.
    Without it: keys would be pressed and nothing written."""
    keys, answers = iter(["d", "a", "a", "q"]), iter(["planned", "the text says so", "fine"])
    events = [e.id for e in ledger.records("event")]
    made = review.review(
        ledger, "Ann", Console(file=io.StringIO()), lambda: next(keys), lambda _p: next(answers), kind="event"
    )
    assert made == 2
    assert (ledger.standing(events[0]), ledger.standing(events[1])) == ("amended", "accepted")
    new = ledger.record(ledger.log(events[0])[0].payload["by"])
    assert new.modality == "planned" and new.origin.by == "Ann"


def test_pairs_are_matched_like_brute_force():
    """Proves: matching gives as many pairs as any assignment, and of those the heaviest. Without it: scores depend on order."""
    from itertools import permutations

    import numpy as np

    rng = np.random.default_rng(5)
    for _ in range(60):
        w = np.where(rng.random((3, 4)) < 0.5, rng.random((3, 4)), 0.0)
        best = max(
            (sum(w[i, j] > 0 for i, j in enumerate(p)), sum(w[i, j] for i, j in enumerate(p)))
            for p in permutations(range(4), 3)
        )
        pairs = match(w.tolist())
        assert (len(pairs), sum(w[i, j] for i, j in pairs)) == pytest.approx(best)


def test_overlap_and_names():
    """Proves: IoU by hand (0–10 and 5–15 share 5 of 15), and ids that agree. Without it: the scores' yardstick is unknown."""
    assert iou((0, 10), (5, 15)) == pytest.approx(1 / 3) and iou((0, 5), (5, 9)) == 0
    names = Names(NAMES)
    assert names.same("country:RUR", "RUR") and names.same("person:keel", "candidate:Boris Keel")
    assert names.same("org:npc", "candidate:North Pipeline Company") and not names.same(
        "person:keel", "candidate:Ada Marlow"
    )


def test_scores_of_a_labelled_file(tmp_path, drafts):
    """Proves: labels made of the drafts themselves score 1, a missing and a foreign label cost recall, other bytes are refused.
    Without it: the figures in the docs could be anything."""
    (tmp_path / "harbour.txt").write_text(ARTICLE, encoding="utf-8")
    spans = lambda s: {"start": s.start, "end": s.end, "exact": s.exact}  # noqa: E731
    quantities = [
        {
            "doc": "d",
            "span": spans(q.span),
            "value": q.value,
            "unit": q.unit,
            "kind": q.measure,
            "op": q.op,
            "approx": q.approx,
            "object": q.object,
            "period": None,
        }
        for q in drafts.quantities
    ]
    gold = {
        "schema": "straits-evidence-gold/0.1",
        "documents": [{"id": "d", "file": "harbour.txt"}],
        "quantities": quantities,
    }
    path = tmp_path / "gold.json"
    path.write_text(json.dumps(gold))
    score, _ = score_file(path)
    assert score.rows["quantities", "found"].f1 == 1 and score.rows["quantities", "value"].f1 == 1
    quantities.append({**quantities[0], "span": {"start": 0, "end": 4}})
    path.write_text(json.dumps(gold))
    score, _ = score_file(path)
    assert score.rows["quantities", "found"].recall == pytest.approx((len(quantities) - 1) / len(quantities))
    gold["documents"][0]["sha256"] = "0" * 64
    path.write_text(json.dumps(gold))
    with pytest.raises(ScoreError, match="not the bytes"):
        score_file(path)


def test_the_commands_end_to_end(tmp_path):
    """Proves: init, add, draft, list, judge, export, verify work from the command line, and errors end with status 1.
    Without it: the how-to would describe commands that fail."""
    run, book = CliRunner(), str(tmp_path / "l.db")

    def straits(*args, status=0):
        result = run.invoke(evidence_app, [*args, "--ledger", book])
        assert result.exit_code == status, result.output
        return result.output

    article = tmp_path / "harbour.txt"
    article.write_text(ARTICLE, encoding="utf-8")
    straits("add", str(article), status=1)
    straits("init")
    straits("add", str(article), "--outlet", "The Tide", status=1)
    assert "The Tide, 2021-03-03 (read)" in straits(
        "add", str(article), "--outlet", "The Tide", "--published", "read"
    )
    assert "events" in straits("draft")
    listed = json.loads(straits("list", "--kind", "event", "--json"))
    stop = next(r for r in listed if r["type"] == "closure")["id"]
    other = next(r for r in listed if r["type"] == "fine")["id"]
    who = ("--by", "Ann", "--reason", "read it")
    straits("accept", stop, *who)
    amended = straits("amend", other, *who, "--set", "modality=planned").strip()
    assert amended.startswith("event:")
    straits("amend", other, *who, "--set", "modalty=planned", status=1)
    assert "suspended" in straits("show", stop)
    straits("to-scenario", stop, "--out", str(tmp_path / "o"), "--asset", "north", status=1)
    shown = straits(
        "to-scenario",
        stop,
        "--out",
        str(tmp_path / "o"),
        "--asset",
        "north",
        "--factor",
        "0..0.5",
        "--by",
        "Ann",
        "--reason",
        "try",
    )
    assert stop in shown and len(list((tmp_path / "o" / "scenarios").iterdir())) == 2
    straits("export", str(tmp_path / "out.jsonld"))
    straits("export", str(tmp_path / "csv"))
    assert (tmp_path / "csv" / "timeline.csv").read_text().count("closure") == 1
    straits("conflicts", "--suggest")
    straits("verify")


def test_contradictions_are_suggested_and_not_opened(two):
    """Proves: one type on one asset with two days, or asserted and denied, and two values of one object and time are
    suggested; agreeing records are not; nothing is opened. Without it: contradictions would be found by luck."""
    ledger, _ = two
    a, b = _closures(ledger)

    def about(words):
        return [s for s in suggest_conflicts(ledger) if words in s.question]

    assert not about("closure on")
    day = {"value": "2021-03-03", "precision": "day", "basis": "inferred", "text": None}
    c = ledger.amend(b.id, {"when": day}, "Ann", "the register says so")
    (days,) = about("one event on 2021-03-02 or 2021-03-03")
    assert set(days.records) == {a.id, c.id}
    ledger.amend(c.id, {"modality": "denied"}, "Ann", "test")
    assert about("asserted or denied?")
    big, small = (q for q in ledger.records("quantity") if q.value in (24.5e9, 20e9))
    for q in (big, small):
        ledger.amend(q.id, {"object": "RUR", "period": None}, "Ann", "test")
    assert about("'$20 billion' or '$24.5 billion'") or about("'$24.5 billion' or '$20 billion'")
    assert conflicts(ledger) == []
