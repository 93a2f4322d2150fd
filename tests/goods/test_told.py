"""What is told of files, ledgers and cases beside the tables."""

from __future__ import annotations

from pathlib import Path

import pytest

from goods.common import write
from goods.test_answers import diverted
from straits import goods
from straits.goods.readers.base import read_file
from straits.goods.readers.gs1 import party
from straits.goods.reading import options_of
from straits.goods.refusals import InputRefused, Refusals
from straits.goods.screening.names.score import _initials
from straits.goods.tracing.certificate import _limit_text
from straits.testing import build, link, market, places, supply

LEDGER = "event_id,time,kind,holder,to_holder,hs6,quantity,unit,origin,destination,document"


def test_what_stays_unmet_is_told_by_good(tmp_path: Path) -> None:
    """Proves: what is promised and not delivered is told with its unit, each good by itself, as are the flows that rise; a market
    that promises nothing leaves nothing unmet. Without it: tonnes and boxes were added up to a number of nothing."""
    goods_of = [{"id": "oil", "name": "crude", "unit": "kt"}, {"id": "box", "name": "boxes", "unit": "TEU"}]
    promise = {"demand_kind": "fixed", "unmet_price": 500}
    case = build(
        {
            "commodities": goods_of,
            "places": places("A", "B"),
            "links": [
                link("pipe", "A", "B", capacity=5, cost=1), link("rail", "A", "B", capacity=2, cost=9),
                link("road", "A", "B", commodities="box", capacity=9, capacity_unit="TEU/d", cost=1, cost_unit="USD/TEU"),
            ],
            "supplies": [
                supply("s", "A", 10, cost=1),
                supply("b", "A", 2, commodity="box", capacity_unit="TEU/d", cost=1, cost_unit="USD/TEU"),
            ],
            "markets": [
                market("m", "B", 100, demand=3, **promise),
                market("n", "B", 100, commodity="box", demand=4, demand_unit="TEU/d", price_unit="USD/TEU",
                       **promise | {"unmet_price_unit": "USD/TEU"}),
            ],
        }
    )  # fmt: skip
    case.save(tmp_path / "case")
    asked = {"hub": "KZ", "kg_per_currency": (0.1, 0.2), "folder": tmp_path / "case"}
    told = goods.to_case(diverted(), str(tmp_path / "case"), links=["pipe"], **asked).sentences
    days = (case.settings.time.end - case.settings.time.start).days
    assert f"With pipe closed it reappears on rail +{2 * days:g} kt of crude." in told
    assert f"Unmet: {2 * days:g} TEU of boxes and {days:g} kt of crude." in told
    oil = {
        "places": places("A", "B"),
        "links": [link("pipe", "A", "B", cost=1), link("rail", "A", "B", cost=9)],
    }
    oil |= {"supplies": [supply("s", "A", 10)], "markets": [market("m", "B", 100, demand=3, **promise)]}
    build(oil).save(tmp_path / "oil")
    told = goods.to_case(
        diverted(), str(tmp_path / "oil"), links=["rail"], **asked | {"folder": tmp_path / "oil"}
    ).sentences
    assert "Nothing that is promised stays unmet." in told


def test_an_event_that_stands_twice_says_whether_it_is_the_same(tmp_path: Path) -> None:
    """Proves: of an id that stands again it is said whether its values are others. Without it: a copy and a clash look alike."""
    first = "E1,2023-04-01,entry,A,,854231,100,piece,CN,,D1"
    path = write(tmp_path, "l.csv", "\n".join([LEDGER, first, first, first.replace("100", "90")]))
    with pytest.raises(InputRefused) as refused:
        goods.trace(path, target="RU", barred=["DE"])
    assert [(one.code, one.found) for one in refused.value.refusals] == [
        ("duplicate_key", "'E1' again"),
        ("conflicting_key", "'E1' again, with other values"),
    ]


def test_goods_without_a_record_are_told(tmp_path: Path) -> None:
    """Proves: events that took more than there was are counted in words, and where none did nothing is said.
    Without it: a ledger with holes would read like one without."""
    rows = ["E1,2023-04-01,entry,A,,854231,100,piece,CN,,D1", "X1,2023-04-02,exit,A,,854231,120,piece,,UZ,X1"]
    path = write(tmp_path, "d.csv", "\n".join([LEDGER, *rows]))
    short = "1 event took more than there was on record; see table deficits."
    assert short in goods.trace(path, target="RU", barred=["DE"]).sentences
    path = write(tmp_path, "e.csv", "\n".join([LEDGER, *rows]).replace("120", "90"))
    assert not any(
        "more than there was" in said for said in goods.trace(path, target="RU", barred=["DE"]).sentences
    )


def test_limits_of_a_certificate_are_told_by_kind() -> None:
    """Proves: a stock, what was received, and what was made are three things. Without it: goods made would be goods received."""
    event = {"event_id": "P1", "holder": "A", "quantity": 12.5}
    assert [_limit_text(event | {"kind": kind}) for kind in ("stock", "transfer", "process")] == [
        "stock of A before P1: 12.5",
        "received by P1 from outside: 12.5",
        "made by P1: 12.5",
    ]


def test_a_file_is_told_with_its_first_and_last_period(tmp_path: Path) -> None:
    """Proves: `check` names the first and the last period of a file, whatever the order of its rows; an asked list that lacks the
    one column it needs says which. Without it: a year that is missing would be seen only in an answer."""
    path = write(
        tmp_path, "r.csv", "exporter,importer,year,value_eur\nDE,KZ,2021,5\nDE,KZ,2019,4\nDE,KZ,2020,4"
    )
    assert goods.check(path).table[["rows", "first", "last"]].values.tolist() == [[3, "2019", "2021"]]
    refusals = Refusals()
    read_file(write(tmp_path, "a.csv", "who,kind\nX,person"), options_of(format="asked_parties"), refusals)
    assert [(one.column, one.accepted) for one in refusals] == [
        ("name", "a column map: --column name=COLUMN")
    ]


def test_initials_stand_for_names_once() -> None:
    """Proves: `JC` is paired with `Jean Claude`, and a second `JC` with nothing that is taken.
    Without it: two persons with the same initials would both be found in one name."""
    found = _initials(("jc", "jc"), ("jean", "claude"), set(), set())
    assert [(i, j) for i, j, *_ in found] == [(0, 0), (0, 1)]


def test_a_file_of_another_kind_is_no_helper(tmp_path: Path) -> None:
    """Proves: trade given for rates or for a concordance is refused by its kind, in every question that takes one.
    Without it: each ended in `KeyError: 'per'` or `'old'`."""
    months = [f"{year}-{month:02d}" for year in (2020, 2021, 2022) for month in range(1, 13)]
    codes = [f"EU,{who},{month},854231,5,EUR" for month in months for who in ("RU", "KZ")]
    trade = write(tmp_path, "t.csv", "\n".join(["exporter,importer,month,hs6,value,currency", *codes]))
    two = write(
        tmp_path,
        "w.csv",
        "\n".join(["exporter,importer,year,value,currency,flow", "DE,KZ,2021,5,EUR,X", "DE,KZ,2022,5,USD,X"]),
    )
    span = {"before": "2021", "after": "2022"}
    for asked in (
        lambda: goods.growth(two, rates=trade, **span), lambda: goods.gap(two, rates=trade),
        lambda: goods.surges(two, rates=trade, **span), lambda: goods.divert(trade, target="RU", rates=two),
        lambda: goods.reexport(two, hub="KZ", target="RU", rates=trade),
        lambda: goods.surges(trade, concordance=two, **span), lambda: goods.divert(trade, target="RU", concordance=two),
    ):  # fmt: skip
        refused = asked().refused
        assert "wrong_kind" in set(refused["code"]) and "a file of trade" in set(refused["found"])
    with pytest.raises(InputRefused, match="a file of trade; accepted: a concordance"):
        goods.screen(
            write(tmp_path, "l.csv", "list,edition,hs6,tier\nCHPL,2023-05-19,854231,1"),
            as_of="2023-05-19", goods=["854231"], edition="HS2022", concordance=trade,
        )  # fmt: skip


def test_documents_of_any_shape_end_in_words(tmp_path: Path) -> None:
    """Proves: entries of an EPCIS document's vocabulary that are no objects say nothing, and a list is no document.
    Without it: a list of names where objects belong ended in `AttributeError`."""
    shapes = '["bad", {"id": "g", "attributes": null}, {"id": "g", "attributes": ["y", {"id": "hs", "attribute": "1"}]}]'
    head = f'{{"vocabularyList": [{{"type": "x", "vocabularyElementList": {shapes}}}, "z", {{"vocabularyElementList": null}}]}}'
    body = '"epcisBody": {"eventList": []}'
    for text, codes in (
        (f'{{"schemaVersion": "2.0", "epcisHeader": {{"epcisMasterData": {head}}}, {body}}}', []),
        ("[1]", ["epcis_version"]),
    ):
        refusals = Refusals()
        read_file(write(tmp_path, "e.json", text), options_of(format="epcis"), refusals)
        assert [one.code for one in refusals] == codes


def test_only_locations_and_parties_are_holders() -> None:
    """Proves: of names of GS1 that hold twelve digits those of locations and parties are holders by their number.
    Without it: a class of goods with the same digits would be somebody."""
    assert (
        party("urn:epc:id:sgln:0614141.12345.0")
        == party("urn:epc:id:pgln:0614141.12345")
        == "gln:0614141123452"
    )
    assert party("urn:epc:id:sgtin:0614141.12345.7") == "urn:epc:id:sgtin:0614141.12345.7"


def test_editions_of_months_and_years_are_compared(tmp_path: Path) -> None:
    """Proves: that both sides count by other editions is told also where one gives months and the other years.
    Without it: codes that were renumbered would be compared in silence."""
    rows = [
        f"DE,KZ,X,{y}-{m:02d},854231,5,HS{2022 if y == 2022 else 2017}"
        for y in (2020, 2021, 2022)
        for m in range(1, 13)
    ]
    rows += [f"DE,KZ,M,{y},854231,50,HS2017" for y in (2020, 2021, 2022)]
    head = "exporter,importer,flow,period,hs6,value_eur,edition"
    found = goods.gap(write(tmp_path, "e.csv", "\n".join([head, *rows])), importer="KZ")
    assert found.findings["found"].tolist() == ["2022: exports by HS2022, imports by HS2017"]
