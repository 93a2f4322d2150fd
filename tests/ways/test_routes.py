"""The best ways between two places, against all ways and against sums by hand."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import straits
from straits.errors import ModelError
from straits.testing import build, link, market, places, supply
from straits.ways.shortest import Arc, shortest_ways


def every_way(arcs, starts, ends):
    """Walk all ways that pass no node twice."""
    found = []

    def walk(node, seen, keys, length):
        if node in ends and keys:
            found.append((length, keys))
        for arc in arcs:
            if arc.start == node and arc.end not in seen:
                walk(arc.end, {*seen, arc.end}, (*keys, arc.key), length + arc.length)

    for start in starts:
        walk(start, {start}, (), 0.0)
    return sorted(found)


@given(st.randoms(use_true_random=False), st.sampled_from([1, 3, 50]))
@settings(max_examples=150, deadline=None)
def test_the_shortest_ways_are_those_of_all(chance, count):
    """Proves: on random networks with several arcs between two nodes, several starts and ends, and ties, the k shortest ways and
    their order are those found by walking all.
    Without it: a route could be missing, or a detour be told for the next best.
    """
    nodes = "ABCDEF"[: chance.randint(2, 6)]
    arcs = [
        Arc(f"a{i:02}", *chance.sample(nodes, 2), float(chance.randint(0, 5)))
        for i in range(chance.randint(1, 10))
    ]
    starts, ends = (set(chance.sample(nodes, chance.randint(1, 2))) for _ in range(2))
    found = [(way.length, tuple(a.key for a in way.arcs)) for way in shortest_ways(arcs, starts, ends, count)]
    assert found == every_way(arcs, starts, ends)[:count]


def test_a_length_below_zero_is_refused():
    """Proves: a negative length, with which no shortest way is found by this method, is refused."""
    with pytest.raises(ValueError, match="0 or more"):
        shortest_ways([Arc("a", "A", "B", -1.0)], ["A"], ["B"], 1)


def two_ways(**more):
    """From A to C: by land through B at 3 days, or by sea, dear and quick."""
    links = [
        link("ab", "A", "B", capacity=5, cost=2, tariff=10, transit_days=2, length_km=100, tariff_to="co"),
        link("bc", "B", "C", capacity=3, cost=4, tariff=1, transit_days=1, length_km=50, loss=0.1, corridor="land"),
        link("ac", "A", "C", capacity=9, cost=30, transit_days=1, mode="sea", corridor="sea", origins="AAA", tariff=0),
    ]  # fmt: skip
    return build(
        {
            "actors": [{"id": "co", "name": "co", "kind": "company", "state": "BBB"}],
            "places": places("A", "B", "C", B="BBB", C="CCC"),
            "links": links,
            "supplies": [supply("f", "A", 5)],
            "markets": [market("m", "C", 100)],
            "controls": [{"id": "c", "asset": "bc", "actor": "CCC", "role": "owner", "share": 1}],
            **more,
        },
        scenarios=[
            {"id": "stop", "title": "stop", "disruptions": [{"asset": "ab", "start": "2022-01-03", "end": "2022-01-05"}]}
        ],
        time={"start": "2022-01-01", "end": "2022-01-11", "step": "day", "boundary": "empty"},
    )  # fmt: skip


def test_sums_by_hand():
    """Proves: days, cost, tariff, what arrives and the least capacity add up along the way; states get equal parts of a link, the
    sea none, tariffs go to their receivers.
    Without it: a minister would quote a sum of other links.
    """
    found = straits.routes(two_ways(), "f", "m", "oil")
    land, sea = found.table.to_dict("records")
    assert (land["ways"], sea["ways"]) == ("land", "sea") and found.parameters["count"] == 5
    assert (land["days"], land["cost"], land["tariff"], land["paid"]) == (3, 6, 11, 17)
    assert (land["arrives"], land["km"], land["capacity"]) == (0.9, 150, 3 * 365)
    assert (sea["days"], sea["paid"]) == (1, 30)
    assert straits.routes(two_ways(), "A", "C", "oil", by="days").table["ways"].tolist() == ["sea", "land"]
    states = found.tables["states"].set_index(["route", "state"])
    assert states.loc[(1, "AAA"), "days"] == 1 and states.loc[(1, "BBB"), "days"] == 1.5
    assert states.loc[(1, "BBB"), "tariff"] == 10 and states.loc[(1, "CCC"), "tariff"] == 1
    assert states.loc[(2, "(open sea)"), "days"] == 1
    assert "quickest" in found.sentences[1]


def test_what_is_shut_or_not_admitted_is_left_out():
    """Proves: a link that is closed on a day, or does not admit an origin, is on no route; without any the error says so."""
    case = two_ways()
    on = dt.date(2022, 1, 3)
    assert straits.routes(case, "AAA", "CCC", "oil", scenario="stop", on=on).table["ways"].tolist() == ["sea"]
    assert len(straits.routes(case, "AAA", "CCC", "oil", scenario="stop", on=dt.date(2022, 1, 5)).table) == 2
    assert straits.routes(case, "A", "C", "oil", origin="BBB").table["ways"].tolist() == ["land"]
    with pytest.raises(ModelError, match="no way leads"):
        straits.routes(case, "C", "A", "oil")


@pytest.mark.parametrize(
    ("asked", "told"),
    [({"start": "Aa"}, "neither"), ({"commodity": "ol"}, "no commodity"), ({"by": "day"}, "days"), ({"scenario": "stp"}, "stop")],
)  # fmt: skip
def test_slips_are_named(asked, told):
    """Proves: an unknown place, commodity, measure or scenario is named, with what would be accepted."""
    with pytest.raises(ModelError, match=told):
        straits.routes(two_ways(), **({"start": "A", "end": "C", "commodity": "oil"} | asked))


def test_north_and_middle():
    """Proves: in the reference case a container takes 15 days by the north, 42 by the Middle Corridor through Poti and 30 through
    Kars; Kars is quicker and dearer than Poti, and the north is both quicker and cheaper than either.
    Without it: the question of the articles would have another answer than the tables.
    """
    found = straits.routes(straits.load_case("caspian"), "xian", "duisburg", "container", count=6).table
    kinds = {
        name: found[found["places"].str.contains(name)].iloc[0] for name in ("Malaszewicze", "Poti", "Kars")
    }
    assert {name: row["days"] for name, row in kinds.items()} == {"Malaszewicze": 15, "Poti": 42, "Kars": 30}
    assert kinds["Malaszewicze"]["paid"] < kinds["Poti"]["paid"] < kinds["Kars"]["paid"]


def test_what_changes_over_time_is_that_of_the_day():
    """Proves: a cost of 2 that is five times as much from the third of ten days, a change of the other link to 7 on the fourth, a
    premium of 100 on the third and one of 3 for CCC, a toll of 40 for the owner of a strait, and an option that comes on the
    fifth: all as on the day, or as the mean over the ten days.
    Without it: routes would read cells that profiles and scenarios have replaced, and the dear way would look cheap.
    """
    during = [("2022-01-01", "2022-01-03", 1), ("2022-01-03", "2022-01-11", 5)]
    profile = [
        {"id": f"p{i}", "profile": "dear", "start": a, "end": b, "value": v}
        for i, (a, b, v) in enumerate(during)
    ]
    act = {"kind": "other", "status": "in_force", "cost_unit": "USD/t"}
    case = build(
        {
            "places": places("A", "B", B="BBB"),
            "links": [
                link("p", "A", "B", capacity=1, cost=2, cost_profile="dear", tariff=5, corridor="p"),
                link("q", "A", "B", capacity=4, cost=30, corridor="q"),
            ],
            "supplies": [supply("f", "A", 5)],
            "markets": [market("m", "B", 500)],
            "profiles": profile,
            "joints": [{"id": "strait", "name": "strait", "links": "p", "capacity": 1e6, "unit": "t", "toll": 40}],
            "controls": [{"id": "c", "asset": "strait", "actor": "CCC", "role": "owner", "share": 1}],
            "measures": [
                {"id": "war", "name": "w", "asset": "q", "start": "2022-01-03", "end": "2022-01-04", "cost": 100, **act},
                {"id": "pay", "name": "w", "asset": "strait", "start": "2022-01-03", "end": "2022-01-04", "cost": 3,
                 "cost_to": "CCC", **act},
            ],
            "options": [{"id": "o", "name": "o", "asset": "p", "adds": 2, "adds_unit": "kt/d", "years_to_build": 4 / 365}],
        },
        scenarios=[
            {
                "id": "s", "title": "s", "measures": ["war", "pay"], "options": ["o"],
                "decisions": [{"option": "o", "day": "2022-01-01"}],
                "changes": [{"table": "links", "row": "q", "column": "cost", "value": 7, "start": "2022-01-04",
                             "end": "2022-01-05"}],
            }
        ],
        time={"start": "2022-01-01", "end": "2022-01-11", "step": "week", "boundary": "empty"},
    )  # fmt: skip

    def told(**asked):
        found = straits.routes(case, "A", "B", "oil", scenario="s", **asked)
        rows = found.table.set_index("ways")[["cost", "tariff", "capacity"]]
        return found, {name: row.round(9).tolist() for name, row in rows.iterrows()}

    third, numbers = told(on=dt.date(2022, 1, 3))
    assert numbers == {"p": [10, 48, 365], "q": [130, 0, 4 * 365]}
    states = third.tables["states"].query("route == 1").set_index("state")["tariff"]
    assert states["CCC"] == 43 and states["(nobody)"] == 5
    assert told(on=dt.date(2022, 1, 4))[1] == {"p": [10, 45, 365], "q": [7, 0, 4 * 365]}
    assert told(on=dt.date(2022, 1, 5))[1]["p"] == [10, 45, 3 * 365]
    assert told()[1] == {"p": [8.4, 45.3, 803], "q": [37.7, 0, 4 * 365]}
    with pytest.raises(ModelError, match="from 2022-01-01 to the day before 2022-01-11"):
        told(on=dt.date(2022, 1, 11))


def test_closed_joint_capacities_and_fleets_close_their_links():
    """Proves: a canal that is closed as a joint capacity, and the only fleet of a link, close it for that day; one of two fleets
    does not; the plan of that day uses the same links.
    Without it: a route would lead through a canal that is shut.
    """
    fleet = {"name": "f", "kind": "vessel", "commodity": "oil", "count": 1, "payload": 5, "payload_unit": "kt",
             "turnaround_days": 1}  # fmt: skip
    shut = [{"id": key, "title": key, "disruptions": [{"asset": key, "start": "2022-01-01", "end": "2022-01-02"}]}
            for key in ("canal", "tugs", "ships")]  # fmt: skip
    case = build(
        {
            "places": places("A", "B", "C", B="BBB", C="CCC"),
            "links": [link("ac", "A", "C", cost=1, corridor="canal"), link("cb", "C", "B", cost=1),
                      link("ab", "A", "B", cost=50, corridor="road")],
            "supplies": [supply("f", "A", 1)],
            "markets": [market("m", "B", 100)],
            "joints": [{"id": "canal", "name": "canal", "links": "ac", "capacity": 5000, "unit": "t"}],
            "fleets": [{"id": "ships", "links": "ac|cb", **fleet}, {"id": "more", "links": "ac", **fleet},
                       {"id": "tugs", "links": "cb", **fleet}, {"id": "lorries", "links": "ab", **fleet}],
        },
        scenarios=[*shut, {"id": "both", "title": "b", "disruptions": [d for s in shut[1:] for d in s["disruptions"]]}],
        time={"start": "2022-01-01", "end": "2022-01-03", "step": "day", "boundary": "empty"},
    )  # fmt: skip
    on = dt.date(2022, 1, 1)
    for scenario, first in {"canal": "road", "tugs": "canal", "ships": "canal", "both": "road"}.items():
        found = straits.routes(case, "A", "B", "oil", scenario=scenario, on=on).table
        flows = straits.solve(case, scenario, foresight="perfect").flows
        assert found["ways"].iloc[0] == first
        assert found["links"].iloc[0] == "|".join(flows[flows["step"] == 0]["link"].unique())
    # What takes nothing of the canal passes when it is shut, and pays no toll.
    tables = {name: frame for name, frame in case.tables.items() if len(frame)}
    tables["joints"] = tables["joints"].assign(weights="oil=0", toll=9)
    free = straits.Case.from_tables(
        tables,
        scenarios=shut,
        id="w",
        title="w",
        time=case.settings.time.model_dump(mode="json", by_alias=True),
    )
    best = straits.routes(free, "A", "B", "oil", scenario="canal", on=on).table.iloc[0]
    assert (best["ways"], best["tariff"]) == ("canal", 0)
