"""What a state uses, makes, brings in and draws from store, by hand."""

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings

import straits
from randomcases import cases
from small import build, days, link, market, places, store, supply
from straits.stress.tables.imports import direction_of, supplies

#: AAA needs 10 kt/d and makes 2; a gate of 8 kt/d from BBB, through a yard of CCC; a tank with 30 kt at home.
HOME = {
    "places": places("home", "wells", "yard", wells="BBB", yard="CCC"),
    "links": [link("way", "wells", "yard", cost=5), link("gate", "yard", "home", capacity=8, cost=5)],
    "supplies": [supply("own", "home", 2, cost=20), supply("theirs", "wells", 20, cost=50)],
    "markets": [market("town", "home", 300, demand=10, demand_kind="fixed", unmet_price=500)],
    "stores": [store("tank", "home", 30, start=30)],
}
NO_TANK = {key: rows for key, rows in HOME.items() if key != "stores"}
STOP = {
    "id": "stop",
    "title": "stop",
    "disruptions": [{"asset": "gate", "start": "2022-01-03", "end": "2022-01-08"}],
}


def case(scenarios=(STOP,), **focus):
    return build(
        HOME, time=days(10) | {"boundary": "empty"}, scenarios=list(scenarios),
        focus={"actor": "AAA", "commodity": "oil", **focus},
    )  # fmt: skip


def test_accounts_of_what_is_used():
    """Proves: of 100 kt, 20 are made at home, 30 drawn from the tank, 50 brought in; with the gate shut for five days the gate
    brings 40 and 10 are owed, for the tank is empty then. The loss is told as lost, unmet and brought less, not as exports.
    Without it: an importer would be told of exports it does not have, or its tank would count as a supplier.
    """
    row = straits.stress(case()).imports.set_index("state").loc["AAA"]
    told = row[
        ["used", "lost", "lost_share", "unmet", "unmet_more", "made", "brought", "brought_less", "drawn"]
    ]
    assert told.astype(float).tolist() == pytest.approx([90, 10, 0.1, 10, 10, 20, 40, 10, 30])
    assert row["cover_days"] == pytest.approx(0)
    assert row["price"] > row["price_usual"]
    assert row["days_to_loss"] < 5


def test_price_is_what_one_more_unit_is_worth():
    """Proves: with room at the gate one more tonne in AAA costs 60; where all is owed it is worth 800: the price of 300, and 500
    saved.
    Without it: the rise would be that of a list price that nobody pays.
    """
    shut = STOP | {
        "disruptions": [{"asset": key, "start": "2022-01-01", "end": "2022-01-11"} for key in ("gate", "own")]
    }
    tables = NO_TANK | {
        "links": [link("way", "wells", "yard", cost=5), link("gate", "yard", "home", cost=5)],
    }
    row = straits.stress(build(tables, time=days(10), scenarios=[shut])).imports.iloc[0]
    assert [row["price_usual"], row["price"], row["price_rise"]] == pytest.approx([60, 800, 740])


def test_entries_name_the_gate_and_where_it_comes_from():
    """Proves: oil of BBB enters CCC by the way and AAA by the gate, from CCC; what is lost under way is not counted.
    Without it: a supplier could be named by who stands last, or a transit yard be left out.
    """
    tables = NO_TANK | {"links": [HOME["links"][0], HOME["links"][1] | {"loss": 0.5}]}
    found = straits.stress(build(tables, time=days(1)), []).entries.set_index("link")
    assert found.loc["gate", ["state", "origin", "from_state"]].tolist() == ["AAA", "BBB", "CCC"]
    assert found.loc["way", ["state", "origin", "from_state"]].tolist() == ["CCC", "BBB", "BBB"]
    assert found["amount"].to_dict() == pytest.approx({"gate": 4, "way": 8})


@pytest.mark.parametrize(
    ("focus", "direction"),
    [
        ({}, "imports"),
        ({"actor": "BBB"}, "exports"),
        ({"actor": "CCC"}, "transit"),
        ({"direction": "balance"}, "balance"),
        ({"direction": "exports"}, "exports"),
    ],
)
def test_direction_of_the_focus(focus, direction):
    """Proves: who brings in more than it sells is an importer, who sells abroad an exporter, who only lets pass a way; what the
    case says goes first.
    Without it: the answer would be about the wrong side of its trade.
    """
    found = case((), **focus)
    assert direction_of(straits.solve(found)) == straits.stress(found, []).direction == direction


def test_no_price_and_no_cover_where_there_is_none():
    """Proves: a state without stores has no days of cover, and one whose market is gone no price: both are empty, not zero.
    Without it: a state without tanks would seem to live from hand to mouth, and a closed market to be free.
    """
    row = straits.stress(build(NO_TANK, time=days(2), scenarios=[])).baseline
    assert supplies(row)["stock"].sum() == 0
    none = straits.stress(build(NO_TANK, time=days(2), scenarios=[STOP | {"disruptions": []}])).imports.iloc[
        0
    ]
    assert pd.isna(none["cover_days"])
    assert none["lost"] == none["price_rise"] == 0


@given(cases())
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_nothing_is_used_or_made_twice(case):
    """Proves: what states use adds up to all sales at markets of a state, and what they make to all output on their territory.
    Without it: a market, a field or a border could count for two states, or for none.
    """
    solution = straits.solve(case)
    n, table = solution.network, supplies(solution)
    place = {key: n.territory_of_place(int(p)) for key, p in zip(n.markets.ids, n.markets.place, strict=True)}
    buyer = {key: row.buyer for key, row in case.rows("markets").items()}
    sold = solution.sales.groupby("market")["amount"].sum()
    for state in {s for s in (*place.values(), *buyer.values()) if s}:
        mine = [key for key in place if (place[key] or buyer[key]) == state]
        used = table.loc[table["state"] == state, "used"].sum()
        assert used == pytest.approx(sum(sold.get(key, 0.0) for key in mine), abs=1e-6)
        fields = [
            k
            for k, p in zip(n.supplies.ids, n.supplies.place, strict=True)
            if n.territory_of_place(int(p)) == state
        ]
        if (table["state"] == state).any():
            made = solution.supply[solution.supply["supply"].isin(fields)]["amount"].sum()
            assert table.loc[table["state"] == state, "made"].sum() == pytest.approx(made, abs=1e-6)


def test_a_good_that_nothing_brings_is_missed_all_the_same():
    """Proves: heat that AAA was promised and that no field gives is used by nobody and unmet, 2 a day, beside the oil that comes.
    Without it: a good without any cargo would end the table with an error.
    """
    heat = market("heat", "home", 200, commodity="gas", demand=2, demand_kind="fixed", unmet_price=500)
    goods = [{"id": name, "name": name, "unit": "kt"} for name in ("oil", "gas")]
    found = straits.stress(
        build(
            HOME | {"commodities": goods, "markets": [*HOME["markets"], heat]},
            time=days(10),
            scenarios=[STOP],
        )
    ).imports.set_index(["state", "commodity"])
    assert found.loc[("AAA", "gas"), ["used", "unmet", "unmet_more"]].tolist() == pytest.approx([0, 20, 0])
    assert found.loc[("AAA", "oil"), "unmet"] == pytest.approx(10)
