"""Whole tables of a comparison, worked out by hand: who loses, what is delivered, what is tried in full."""

from __future__ import annotations

import numpy as np
import pytest

import straits
from refinerycase import trade
from small import build, days, link, market, places, store, supply
from straits.stress import back_test
from straits.stress.bottlenecks import bottleneck_values
from straits.stress.losses import lost_of
from straits.stress.varied.numbers import PRICES, Uncertain, uncertain_numbers
from straits.stress.varied.sensitivity import _may_bind, can_act

FOCUS = {"actor": "AAA", "commodity": "oil"}


def owned(*, focus=FOCUS, **more):
    """A company of AAA sells 4 kt/d to CCC at 100: it costs 10 to lift, 5 to move, and 10 of tariff to a company of BBB. On the
    second of two days the ship does not go."""
    tables = {
        "actors": [
            {"id": "ACo", "name": "ACo", "kind": "company", "member_of": "AAA"},
            {"id": "BCo", "name": "BCo", "kind": "company", "member_of": "BBB"},
        ],
        "commodities": [
            {"id": "oil", "name": "oil", "unit": "kt"},
            {"id": "gas", "name": "gas", "unit": "mcm"},
        ],
        "places": places("F", "P", "S", P="BBB", S="CCC"),
        "links": [
            link("pipe", "F", "P", capacity=9, cost=5, tariff=10, tariff_unit="USD/t"),
            link("ship", "P", "S", capacity=9),
            link("spare", "P", "S", capacity=8, cost=20),
        ],
        "supplies": [supply("field", "F", 4, cost=10)],
        "markets": [market("sea", "S", 100, buyer="CCC")],
        "controls": [
            {"id": "c1", "asset": "field", "actor": "ACo", "role": "owner", "share": 1.0},
            {"id": "c2", "asset": "pipe", "actor": "BCo", "role": "owner", "share": 1.0},
        ],
    }
    struck = [{"asset": a, "start": "2022-01-02", "end": "2022-01-03"} for a in ("ship", "spare")]
    scenarios = [{"id": "shut", "title": "shut", "disruptions": struck, "back_test": True}]
    return build(tables | more, time=days(2), scenarios=scenarios, focus=focus)


def test_parties_and_states_by_hand():
    """Proves: a day without 4 kt costs the company of AAA 4 × (100 - 10 - 5 - 10) = 300 thousand and that of BBB its tariff, 40
    thousand: home and foreign companies to AAA, companies where nobody is in focus; to the states in which they reside.
    Without it: what foreign companies lose would be counted as the state's own.
    """
    found = straits.stress(owned())
    parties = found.parties.set_index("party")
    assert parties["change"].round(9).to_dict() == {"home companies": -0.3, "foreign companies": -0.04}
    assert parties.loc["home companies", ["reference", "amount"]].tolist() == pytest.approx([0.6, 0.3])
    assert found.states.set_index("state")["change"].round(9).to_dict() == {"AAA": -0.3, "BBB": -0.04}
    whole = straits.stress(owned(focus=None)).parties.groupby("party")["change"].sum()
    assert whole.round(9).to_dict() == {"companies": -0.34}


def test_loss_counts_tariffs():
    """Proves: 4 kt that are not sold cost shippers 300 thousand and the owner of the pipe 40 thousand of tariff: 340 together.
    Without it: what a line earns would be no part of the joint loss, or be taken off it.
    """
    case = owned()
    assert lost_of([straits.solve(case), straits.solve(case, "shut")], "AAA", "oil") == pytest.approx(
        (4.0, 0.34)
    )


def test_deliveries_only_of_what_is_sold_or_owed():
    """Proves: deliveries name oil, which is sold, and not gas, which nobody trades; of a case in which nothing is sold, all.
    Without it: tables would be full of zeros.
    """
    (row,) = straits.stress(owned()).deliveries.to_dict("records")
    assert (row["scenario"], row["commodity"], row["unit"]) == ("shut", "oil", "kt")
    assert [row[c] for c in ("sold", "sold_less", "unmet", "unmet_more", "value_lost")] == pytest.approx(
        [4, 4, 0, 0, 0.34]
    )
    nothing = straits.stress(owned(markets=[market("sea", "S", 1, buyer="CCC")])).deliveries
    assert nothing["commodity"].tolist() == ["gas", "oil"] and not nothing["sold"].any()


def test_a_line_of_a_back_test():
    """Proves: every column of a back-test: 30 kbbl observed are 4 kt at 7.5 barrels, 8 are modelled, 100 % too much; where
    nothing was observed the error has no number; source and note go along, blanks stay blank.
    Without it: columns that nobody asserts could hold anything.
    """
    sourced = {"source": "book", "confidence": "high", "note": "n"}
    seen = {
        "target_kind": "link",
        "target": "pipe",
        "commodity": "oil",
        "start": "2022-01-01",
        "end": "2022-01-03",
    }
    case = owned(
        sources=[{"id": "book", "title": "book"}],
        commodities=[{"id": "oil", "name": "oil", "unit": "kt", "bbl_per_t": 7.5}],
        observations=[
            {"id": "o", "name": "first", **seen, "value": 30, "value_unit": "kb", **sourced},
            {"id": "z", "name": "none", **seen, "value": 0, "target_kind": "production", "target": None},
            {"id": "late", "name": "late", **seen, "end": "2022-01-04", "value": 1, "value_unit": "kt"},
            {"id": "input", "name": "input", **seen, "value": 1, "value_unit": "kt", "use": "context"},
        ],
    )  # fmt: skip
    found = back_test(straits.solve(case)).set_index("observation")
    assert list(found.index) == ["o", "z"]
    columns = ["unit", "observed", "modelled", "difference", "error"]
    assert found.loc["o", columns].tolist() == [
        "kt",
        pytest.approx(4),
        pytest.approx(8),
        pytest.approx(4),
        pytest.approx(1),
    ]
    assert found.loc["o", ["origin", "source", "confidence", "reason"]].tolist() == ["", "book", "high", "n"]
    assert found.loc["z", ["target", "source", "reason"]].tolist() == ["", "", ""]
    assert found.loc["z", ["modelled", "difference"]].tolist() == pytest.approx([8, 8]) and np.isnan(
        found.loc["z", "error"]
    )


def test_bottlenecks_below_one_unit_and_in_order():
    """Proves: a line of half a kt a day for two goods has a last unit to lose, as a large one has, 100 USD/t over two days; so
    has a tank of half a kt, which keeps for the second day what the first cannot send; what is worth most comes first.
    Without it: small assets would be shown as closed, and the table upside down.
    """
    tables = {
        "commodities": [
            {"id": "oil", "name": "oil", "unit": "kt"},
            {"id": "gas", "name": "gas", "unit": "kt"},
        ],
        "places": places("A", "B", "C", C="AAA"),
        "links": [
            link("line", "A", "B", capacity=0.5, commodities="oil|gas"),
            link("other", "C", "B", capacity=9),
        ],
        "supplies": [supply("field", "A", 0.75), supply("far", "C", 4, cost=70)],
        "markets": [market("sale", "B", 100)],
        "stores": [store("tank", "C", 0.5)],
    }
    struck = {"asset": "other", "start": "2022-01-01", "end": "2022-01-02"}
    shut = {"id": "shut", "title": "shut", "disruptions": [struck]}
    table = bottleneck_values(straits.solve(build(tables, time=days(2), scenarios=[shut]), "shut"))
    assert table["asset"][0] == "line" and table["worth"].is_monotonic_decreasing
    table = table.set_index("asset")[["steps_binding", "mean_value", "worth", "worth_of_last"]]
    assert table.loc["line"].tolist() == pytest.approx([2, 100, 0.2, 0.2])
    assert table.loc["tank"].tolist() == pytest.approx([1, 30, 0.03, 0.03])


def test_what_can_act():
    """Proves: of amounts, those are asked about whose use comes within their interval in one of the runs: the field, which is
    used to the full, not lines of 8 and 9 that carry 4; rates, fleets and contracts always; and all prices.
    Without it: a number that moves the answer could be left out, or the table be full of what limits nothing.
    """
    case = owned()
    solved = [straits.solve(case), straits.solve(case, "shut")]
    asked = can_act(uncertain_numbers(case, "oil"), solved)
    amounts = [(i.row, i.column) for i in asked if i.column not in PRICES]
    assert amounts == [("field", "capacity")]
    assert [(i.row, i.column) for i in asked if i.column in PRICES] == [
        ("pipe", "cost"), ("pipe", "tariff"), ("spare", "cost"), ("field", "cost"), ("sea", "price"),
    ]  # fmt: skip

    def number(table, row, column, low):
        return Uncertain(table, row, column, row, 9.0, "kt/d", low, 10.0, "interval", "no source")

    # Of 9 kt/d 4 are used: within an interval that goes down to 4, not to 4.1.
    assert _may_bind(number("links", "pipe", "capacity", 4.0), solved[0])
    assert not _may_bind(number("links", "pipe", "capacity", 4.1), solved[0])
    assert _may_bind(number("links", "pipe", "transit_days", 8.0), solved[0])
    assert _may_bind(number("fleets", "any", "count", 8.0), solved[0])
    assert _may_bind(number("contracts", "any", "amount", 8.0), solved[0])


def test_a_link_never_loses_all():
    """Proves: a loss of 0.9 without a source is tried from 0.72 to 0.92, where a fifth less arrives, one of 0.05 from 0.04 to
    0.06; a claim of a loss of all, or of one below nought, is no end. Without it: a link that loses everything would be tried,
    which no case may have."""
    links = [link("a", "F", "S", loss=0.9), link("b", "F", "S", loss=0.05), link("c", "F", "S", loss=0.1)]
    claims = [
        {"id": f"k{n}", "table": "links", "row": "c", "column": "loss", "value": value, "confidence": "low", "chosen": value ==
        "0.1"} for n, value in enumerate(("0.1", "0.3", "1", "-0.2"))
    ]  # fmt: skip
    tables = {
        "places": places("F", "S", S="CCC"),
        "links": links,
        "supplies": [supply("field", "F", 4)],
        "markets": [market("sea", "S", 100, buyer="CCC")],
        "claims": claims,
    }
    found = {u.row: (u.low, u.high) for u in uncertain_numbers(build(tables), "oil") if u.column == "loss"}
    assert found["a"] == pytest.approx((0.72, 0.92)) and found["b"] == pytest.approx((0.04, 0.06))
    assert found["c"] == pytest.approx((0.1, 0.3))


def test_intervals_of_uncertain_numbers():
    """Proves: a number without an interval is moved by a fifth to each side, one with an interval to its ends, a zero and what is
    unlimited not at all; a loss ends at 1. Only rows of the commodity asked for are listed.
    Without it: an end could lie on the wrong side of its number.
    """
    gasline = link("gasline", "P", "S", capacity=7, commodities="gas")
    case = owned(
        links=[
            link("pipe", "F", "P", cost=5, cost_low=2, cost_high=9, tariff=3, tariff_unit="USD/t", loss=0.9),
            link("ship", "P", "S", cost=0),
            link("spare", "P", "S", cost=0),
            gasline | {"capacity_unit": "mcm/d", "cost_unit": None},
        ]
    )
    found = {(u.row, u.column): u for u in uncertain_numbers(case, "oil")}
    assert set(found) == {
        ("pipe", "cost"), ("pipe", "tariff"), ("pipe", "loss"), ("field", "capacity"), ("field", "cost"), ("sea", "price"),
    }  # fmt: skip
    ends = {cell: (u.low, u.high, u.basis) for cell, u in found.items()}
    assert ends["pipe", "cost"] == (2, 9, "interval") and ends["field", "cost"] == (8, 12, "±20%")
    assert ends["pipe", "loss"] == (pytest.approx(0.72), pytest.approx(0.92), "±20%")
    assert ("gasline", "capacity") in {(u.row, u.column) for u in uncertain_numbers(case)}


def test_a_surprise_has_the_prices_of_its_steps():
    """Proves: a plan decided step by step, though worth what its prices say to the last digits, is asked for no exact worth of a
    little more: its bottlenecks have the prices of their steps alone.
    Without it: the program that asks has no end, and takes the whole report with it.
    """
    found = straits.stress(straits.load_case("caspian"), ["demining-june"])
    rows = found.bottlenecks[found.bottlenecks["scenario"] == "demining-june"]
    assert len(rows)
    assert rows["worth_of_last"].isna().all()


def test_what_comes_home_from_a_refinery_abroad():
    """Proves: oil of AAA that BBB refines comes home as diesel: 10 kt of oil are exported a day, of diesel 5 below zero. Sold for
    less at home on the second day, it stays abroad, and exports of diesel are 5 more.
    Without it: exports below zero would have no time at which they fall behind, and end the table with an error.
    """
    stays = {
        "id": "stop",
        "title": "stop",
        "disruptions": [{"asset": "truck", "start": "2022-01-02", "end": "2022-01-03"}],
    }
    home = {
        "links": [link("pipe", "A", "B", cost=5), link("truck", "B", "A", commodities="diesel", cost=20)],
        "markets": [market("cars", "A", 1000, commodity="diesel"), market("ships", "B", 200, commodity="fuel"),
                    market("traders", "B", 900, commodity="diesel")],
    }  # fmt: skip
    found = straits.stress(trade(scenarios=[stays], **home)).summary.set_index(["commodity", "origin"])
    row = found.loc[("diesel", "AAA")]
    assert row[["exports", "lost_exports"]].tolist() == pytest.approx([-15, -5])
    assert row[["lost_share", "days_to_loss", "days_to_recovery"]].isna().all()
    assert found.loc[("oil", "AAA"), "exports"] == pytest.approx(40)


def test_barrels_observed_at_a_market_are_of_its_grade():
    """Proves: 8 kb sold at a market whose grade has 8 barrels a tonne are the kt that is modelled there.
    Without it: a back-test would show an error of 6 % where there is none.
    """
    seen = {
        "id": "o", "name": "o", "target_kind": "market", "target": "m", "commodity": "oil", "start": "2022-01-01",
        "end": "2022-01-02", "value": 8, "value_unit": "kb",
    }  # fmt: skip
    case = build(
        {
            "places": places("A", "B", B="BBB"),
            "links": [link("p", "A", "B")],
            "supplies": [supply("f", "A", 5)],
            "markets": [market("m", "B", 100, demand=8, demand_unit="kb/d", bbl_per_t=8)],
            "observations": [seen],
        },
        scenarios=[{"id": "s", "title": "s", "back_test": True}],
    )
    assert straits.stress(case).back_test["error"].tolist() == pytest.approx([0.0])
