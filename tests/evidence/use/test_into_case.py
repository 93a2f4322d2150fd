"""From accepted records to rows and scenarios of a case."""

from __future__ import annotations

import csv
import json
from datetime import date

import pytest

from straits.evidence.drafting.drafts import draft
from straits.evidence.ledger.ledger import Ledger
from straits.evidence.use.into_case import (
    NotUsable,
    OpenParameters,
    Setting,
    to_claim,
    to_measure,
    to_scenario,
)

from ..ledger.test_ledger import first


def _order(ledger):
    stop, lift = first(ledger, "event", type="closure"), first(ledger, "event", type="lifting")
    for record in (stop, lift):
        ledger.accept(record.id, "Ann", "read it")
    return stop.id, lift.id


def test_an_order_becomes_a_measure_without_a_physical_effect(ledger):
    """Proves: day, duration and end come from records, each claim points to its record, and no factor is invented.
    By hand: 2 March + 45 days ordered, lifted 9 March. Without it: an order would silently be a stop."""
    stop, lift = _order(ledger)
    into = to_measure(ledger, stop, lifted=lift)
    m = into.measure
    assert (m.asset, m.start, m.end, m.factor, m.expected_days) == (
        "north-terminal",
        date(2021, 3, 2),
        date(2021, 3, 9),
        None,
        45,
    )
    assert (m.status, m.kind) == ("lifted", "order")
    columns = {c.column: c.locator for c in into.claims}
    assert set(columns) == {"asset", "start", "end", "expected_days"}
    assert stop in columns["start"] and lift in columns["end"]
    factor = next(p for p in into.parameters if p.name == "factor")
    assert factor.open and (factor.low, factor.high) == (0.0, 1.0)


def test_a_scenario_asks_for_what_the_text_does_not_say(ledger):
    """Proves: without a factor it stops and names the interval; with one the analyst's name and reason are required; an
    interval gives its two ends. Without it: an unknown effect would be taken for a full stop."""
    stop, lift = _order(ledger)
    with pytest.raises(OpenParameters, match=r"factor between 0\.0 and 1\.0"):
        to_scenario(ledger, stop, lifted=lift)
    with pytest.raises(NotUsable, match="name and a reason"):
        Setting(factor=(0, 0))
    (one,) = to_scenario(
        ledger, stop, lifted=lift, setting=Setting("Ann", "as ordered", factor=(0, 0))
    ).scenarios
    d = one.disruptions[0]
    assert (d.asset, d.factor, d.start, d.end, d.expected_days) == (
        "north-terminal",
        0,
        date(2021, 3, 2),
        date(2021, 3, 9),
        45,
    )
    assert (
        one.foresight == "surprise"
        and stop in d.note
        and lift in d.note
        and "set by Ann (as ordered)" in d.note
    )
    ordered = to_scenario(ledger, stop, setting=Setting("Ann", "as ordered", factor=(0, 0.5)))
    assert [s.disruptions[0].factor for s in ordered.scenarios] == [0, 0.5]
    assert {s.disruptions[0].end for s in ordered.scenarios} == {date(2021, 4, 16)}


def test_what_cannot_be_used_is_refused(ledger):
    """Proves: drafts, rejected and denied events, other kinds of record and unknown assets never enter a case.
    Without it: an unread draft could change a result."""
    stop = first(ledger, "event", type="closure")
    setting = Setting("Ann", "test", factor=(0, 0))
    with pytest.raises(NotUsable, match="is draft"):
        to_scenario(ledger, stop.id, setting=setting)
    ledger.reject(stop.id, "Ann", "no")
    with pytest.raises(NotUsable, match="is rejected"):
        to_measure(ledger, stop.id)
    denied = ledger.amend(stop.id, {"modality": "denied"}, "Ann", "test")
    with pytest.raises(NotUsable, match="denied"):
        to_measure(ledger, denied.id)
    bare = ledger.amend(stop.id, {"assets": []}, "Ann", "test")
    with pytest.raises(NotUsable, match="no known asset"):
        to_measure(ledger, bare.id)
    with pytest.raises(NotUsable, match=r"set|name"):
        Setting(start=date(2021, 1, 1))
    quantity = first(ledger, "quantity", unit="t")
    with pytest.raises(NotUsable, match="is draft"):
        to_claim(ledger, quantity.id, "supplies", "x", "capacity")
    ledger.accept(quantity.id, "Ann", "read it")
    with pytest.raises(NotUsable, match="comes from an event"):
        to_measure(ledger, quantity.id)


def test_a_quantity_becomes_a_claim(ledger):
    """Proves: value, unit, period, source and place go over, unconverted, and the claim is not chosen by itself.
    Without it: a figure would enter a case without its source."""
    quantity = first(ledger, "quantity", unit="t")
    ledger.accept(quantity.id, "Ann", "read it")
    claim, source = to_claim(ledger, quantity.id, "supplies", "fields", "capacity", source="tide")
    assert (claim.value, claim.unit, claim.period, claim.source, claim.chosen) == (
        "12500000",
        "t",
        "2020",
        "tide",
        False,
    )
    assert quantity.id in claim.locator and source.publisher == "The Tide"
    assert (claim.confidence, claim.note) == ("medium", None)


@pytest.mark.parametrize(
    ("changes", "note"),
    [
        ({"op": ">="}, "stated as >= 1.25e+07"),
        ({"approx": True}, "stated as approximate"),
        ({"voice": "RUS"}, "said by RUS"),
        (
            {"op": "<=", "approx": True, "voice": "RUS"},
            "stated as <= 1.25e+07; stated as approximate; said by RUS",
        ),
    ],
)
def test_what_is_not_plainly_said_stays_visible(ledger, monkeypatch, changes, note):
    """Proves: a bound, an approximate figure and one that somebody is said to have said are of low confidence and say why; what
    the outlet says itself is not. Without it: "up to 12.5 million tonnes, an official claimed" would be a figure like any
    other."""
    from straits.evidence.use import into_case

    quantity = first(ledger, "quantity", unit="t").model_copy(update=changes)
    monkeypatch.setattr(into_case, "accepted", lambda *_: quantity)
    monkeypatch.setattr(into_case, "_locator", lambda *_: "there")
    claim, _ = to_claim(ledger, quantity.id, "supplies", "fields", "capacity", source="tide")
    assert (claim.confidence, claim.note, claim.value) == ("low", note, "12500000")


def test_files_of_a_scenario(ledger, tmp_path):
    """Proves: the scenario file reads back as the scenario, and every parameter's record is in the file beside it.
    Without it: the link from number to record would end at the file's edge."""
    from ruamel.yaml import YAML

    from straits.case.schema.settings import Scenario

    stop, lift = _order(ledger)
    into = to_scenario(
        ledger, stop, lifted=lift, setting=Setting("Ann", "as ordered", factor=(0, 0)), id="harbour-stop"
    )
    into.write(tmp_path)
    data = YAML(typ="safe").load(tmp_path / "scenarios" / "harbour-stop.yaml")
    assert Scenario.model_validate(data) == into.scenarios[0]
    pointers = {
        p["name"]: p["record"] or p["by"]
        for p in json.loads((tmp_path / "harbour-stop.evidence.json").read_text())
    }
    assert pointers["start"] == stop and pointers["end"] == lift and pointers["factor"] == "Ann"
    rows = list(csv.DictReader((tmp_path / "measures.csv").open()))
    assert rows[0]["id"] == "harbour-stop" and rows[0]["source"].startswith("doc-")


def test_the_july_order_on_the_reference_case(shared, tmp_path):
    """Proves: from article 002 the order of 6 July 2022 (30 days, lifted 11 July) becomes a scenario that runs on `caspian`,
    and each of its parameters points to a record of that article or to the analyst.
    Without it: the road from press report to result would be broken somewhere."""
    import straits
    from straits.evidence.finding.gazetteer import from_tables

    case = straits.load_case("caspian")
    path = shared / "documents" / "002_1a1c74a75355c14e.txt"
    with Ledger(tmp_path / "l.db", create=True) as ledger:
        ledger.set_gazetteer(from_tables(case.tables))
        document = ledger.add_document(path.read_bytes(), path.name, "Novye Izvestia", "read")
        ledger.add(draft(document, ledger.reading(document.sha256), ledger.gazetteer).records)
        order = next(e for e in ledger.records("event") if e.duration == "P30D")
        lift = next(e for e in ledger.records("event") if e.type == "lifting")
        for record in (order, lift):
            ledger.accept(record.id, "Ann", "read it")
        setting = Setting("Ann", "what a full stop would do", asset="cpc-shore", factor=(0, 0))
        into = to_scenario(
            ledger, order.id, lifted=lift.id, setting=setting, sources={document.sha256: "DOC2"}
        )
        (scenario,) = into.scenarios
        (d,) = scenario.disruptions
        assert (d.start, d.end, d.expected_days) == (date(2022, 7, 6), date(2022, 7, 11), 30)
        named = {p.name: p.record or p.by for p in into.parameters}
        assert (
            named["start"] == named["ordered_days"] == order.id
            and named["end"] == lift.id
            and named["factor"] == "Ann"
        )
        assert all(p.record or p.by for p in into.parameters)
        for p in into.parameters:
            if p.record:
                assert ledger.record(p.record).document == document.sha256
    base = straits.solve(case, foresight="perfect")
    stopped = straits.solve(case, scenario, foresight="perfect")
    assert stopped.objective < base.objective
