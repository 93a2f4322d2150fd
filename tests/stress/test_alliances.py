"""A focus on an alliance: its members are one importer, worked out by hand."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

import straits
from small import build, days, link, market, places, supply
from straits.cli import app
from straits.contingency import sweep
from straits.engine import ranges
from straits.engine.measures import supply_measures
from straits.power import balance
from straits.report import format as fmt
from straits.report.study.content import Study
from straits.report.writing.headline import headline, plain
from straits.stress.tables.imports import direction_of, entries, supplies
from straits.worst import worst

STOP = {
    "id": "stop",
    "title": "stop",
    "disruptions": [{"asset": "pipe", "start": "2022-01-02", "end": "2022-01-04"}],
}
STATES = ("AAA", "BBB", "CCC", "DDD")


def union(own=None, members=("AAA", "CCC"), **focus):
    """UNI is AAA and CCC. Oil of BBB comes to AAA by one pipe, goes on to CCC, which makes 1 kt/d itself and sells 1 on to DDD.
    AAA is promised 3 kt/d and CCC 2, at 100 and 300 if it is missed. With `own`, UNI itself is promised 2 kt/d at E, of which 1
    comes from A and 1 from B: E is UNI's ("land"), or of no state ("sea")."""
    tables = {
        "actors": [{"id": "UNI", "name": "Union", "kind": "alliance"}]
        + [{"id": s, "name": s, "kind": "state", "member_of": "UNI" if s in members else None} for s in STATES],
        "places": places("A", "B", "C", "D", A="AAA", B="BBB", C="CCC", D="DDD"),
        "links": [
            link("pipe", "B", "A", capacity=6, cost=10),
            link("inner", "A", "C", capacity=4, cost=5),
            link("on", "C", "D", capacity=1, cost=5),
        ],
        "supplies": [supply("wells", "B", 9, cost=20), supply("own", "C", 1, cost=5)],
        "markets": [
            market("home-a", "A", 100, demand=3, demand_kind="fixed", unmet_price=300),
            market("home-c", "C", 100, demand=2, demand_kind="fixed", unmet_price=300),
            market("spot", "D", 90, demand=1),
        ],
    }  # fmt: skip
    if own is not None:
        tables["places"] += places("E", E="UNI" if own == "land" else None)
        tables["links"] += [
            link("spur", "A", "E", capacity=1, cost=5),
            link("over", "B", "E", capacity=1, cost=5),
        ]
        tank = market("tank", "E", 100, demand=2, demand_kind="fixed", unmet_price=300)
        tables["markets"].append({**tank, "buyer": "UNI"})
    focus = {"actor": "UNI", "commodity": "oil", "direction": "imports"} | focus
    return build(tables, time=days(4), scenarios=[STOP], focus=focus)


@pytest.fixture(params=["solve", "folder", "workbook"])
def case(request, tmp_path):
    """Give the case as it is, or loaded again from what was saved."""
    if request.param == "solve":
        return union()
    path = tmp_path / ("case.xlsx" if request.param == "workbook" else "case")
    union().save(path)
    return straits.load_case(path)


def test_an_alliance_is_told_of_as_one(case):
    """Proves: of 5 kt a day that come by the pipe the union uses 4 and its member 1 of its own, and 1 goes on; what moves between
    members neither enters it nor leaves it. Members stand beside it as they did.
    Without it: no importer could be more than one state, and the union's pipes within would count as its suppliers.
    """
    plan = straits.solve(case)
    found = supplies(plan).groupby("state")[["used", "made", "brought", "drawn"]].sum()
    assert found.loc["UNI"].tolist() == pytest.approx([20, 4, 16, 0])
    assert found.loc["AAA"].tolist() == pytest.approx([12, 0, 12, 0])
    assert found.loc["CCC"].tolist() == pytest.approx([8, 4, 4, 0])
    ways = entries(plan).groupby(["state", "link"])["amount"].sum().to_dict()
    assert ways == pytest.approx(
        {("UNI", "pipe"): 20, ("AAA", "pipe"): 20, ("CCC", "inner"): 8, ("DDD", "on"): 4}
    )
    assert direction_of(plan) == "imports"


def test_without_that_focus_nothing_is_told_twice():
    """Proves: where the focus is on a member, tables hold the states alone.
    Without it: sums over all states would count a member's oil twice in cases that have an alliance and ask nothing of it.
    """
    plan = straits.solve(union(actor="AAA"))
    assert set(supplies(plan)["state"]) == {"AAA", "CCC", "DDD"}
    assert "UNI" not in set(entries(plan)["state"])
    assert not any(name.endswith("UNI") for name in supply_measures(plan.model))


def test_what_a_stop_takes_from_it(case):
    """Proves: two days without the pipe leave the union the 2 kt that it makes: 8 of 20 kt are lost, and all 8 were promised. The
    command prints that line.
    Without it: a report on the union would be empty.
    """
    row = straits.stress(case).imports.set_index("state").loc["UNI"]
    assert row[["lost", "unmet_more", "brought_less"]].tolist() == pytest.approx([8, 8, 8])
    found = sweep(case, window="2022-01-02:1d", check=0).table.set_index("failure")
    assert found.loc["pipe", ["used:oil:UNI", "unmet:oil:UNI"]].tolist() == pytest.approx([4, 4])
    # Oil that does not go on to CCC has no other way: it is CCC's loss alone, and so the union's.
    assert found.loc["inner", ["used:oil:UNI", "unmet:oil:UNI"]].tolist() == pytest.approx([1, 1])


def test_its_account_is_that_of_its_members():
    """Proves: `state:UNI` and its parts add up those of the two members, and what `used:oil:UNI` reads off is what they use.
    Without it: an alliance would seem to own nothing.
    """
    plan = straits.solve(union())
    accounts = plan.accounts().groupby("residence")["amount"].sum()
    people = (
        plan.accounts()
        .query("kind == 'consumers' or kind == 'consumer'")
        .groupby("residence")["amount"]
        .sum()
    )
    names = ["state:UNI", "consumers:UNI", "used:oil:UNI"]
    read = ranges(plan, names).set_index("measure")["amount"]
    assert read["state:UNI"] == pytest.approx(accounts["AAA"] + accounts["CCC"])
    assert read["consumers:UNI"] == pytest.approx(people["AAA"] + people["CCC"])
    assert read["used:oil:UNI"] == pytest.approx(20)


@pytest.mark.parametrize("own", ["land", "sea"])
def test_what_an_alliance_buys_itself_counts_once(own):
    """Proves: of 7 kt a day that the union is promised it has 5 with its members and 2 itself, in one row a step beside theirs.
    Where E is its land, what moves from A to E is at home and 24 + 4 kt enter. Two days without the pipe leave it 1 kt of its
    own and 1 that comes straight to E: 10 of 28 kt are lost, all promised. A measure that reads it is named once.
    Without it: the union stood twice in the table, once for what it buys and once for all, and comparing two plans ended in
    shapes that do not fit.
    """
    case = union(own)
    plan = straits.solve(case)
    table = supplies(plan)
    assert not table.duplicated(["state", "commodity", "step"]).any()
    found = table.groupby("state")["used"].sum()
    assert found[["AAA", "CCC", "UNI"]].tolist() == pytest.approx([12, 8, 28])
    ways = entries(plan)
    ways = ways[ways["state"] == "UNI"].groupby("link")["amount"].sum().to_dict()
    assert ways == pytest.approx({"pipe": 24} | ({"over": 4} if own == "land" else {}))
    names = supply_measures(plan.model)
    assert len(set(names)) == len(names) and {"used:oil:UNI", "unmet:oil:UNI"} < set(names)
    assert ranges(plan, ["used:oil:UNI"])["amount"].tolist() == pytest.approx([28])
    compared = straits.stress(case).imports.set_index("state")
    assert compared.loc["UNI", ["used", "lost", "unmet_more"]].tolist() == pytest.approx([18, 10, 10])
    failed = sweep(case, window="2022-01-02:1d", check=0).table.set_index("failure")
    assert failed.loc["pipe", ["used:oil:UNI", "unmet:oil:UNI"]].tolist() == pytest.approx([5, 5])
    attack = worst(case, objective="unmet", target="UNI", window="2022-01-02:1d", budget=1).curve
    assert attack["loss"].tolist() == pytest.approx([0, 5])


def test_an_alliance_without_members_that_buys():
    """Proves: it has one row a step, of the 2 kt a day that it buys, of which a stop of two days takes the half from A.
    Without it: it stood twice, and its loss could not be told.
    """
    case = union("land", members=())
    table = supplies(straits.solve(case)).query("state == 'UNI'")
    assert table["used"].tolist() == pytest.approx([2] * 4)
    row = straits.stress(case).imports.set_index("state").loc["UNI"]
    assert row[["used", "lost", "unmet_more", "brought_less"]].tolist() == pytest.approx([6, 2, 2, 2])


def test_the_report_says_what_a_buying_alliance_and_its_members_lose():
    """Proves: the first sentences add the union's own loss to its members'. Without it: they told its own part as all of it."""
    study = Study(straits.stress(union("land")))
    table = study.comparison.states.query("scenario == 'stop'").set_index("state")["change"]
    told = " ".join(plain(text) for text in headline(study))
    lost = fmt.money(-float(table[["UNI", "AAA", "CCC"]].sum()), "USD")
    assert f"Union and its members together are {lost} worse off" in told


def test_worst_and_balance_of_an_alliance(case):
    """Proves: closing the pipe for a day leaves 4 of the union's 5 promises unmet, and takes the 5 kt of foreign oil that it
    could use at most; all of what it buys abroad is sold by BBB and enters from there.
    Without it: the worst attack on a union, and its dependence, could not be asked for.
    """
    asked = {"target": "UNI", "window": "2022-01-02:1d", "budget": 1}
    missed = worst(case, objective="unmet", **asked).curve
    assert missed["loss"].tolist() == pytest.approx([0, 4])
    brought = worst(case, objective="imports", **asked).curve
    assert brought["loss"].tolist() == pytest.approx([0, 5])
    shares = balance(case, "UNI", "oil", extra_cost=0.0, imports=True).table
    assert shares[shares["way"] == "seller"]["partner"].tolist() == ["BBB"]


def test_the_command_prints_the_alliance(tmp_path):
    """Proves: `straits stress` prints the line of the union and says whose it is."""
    union().save(tmp_path / "case")
    shown = CliRunner().invoke(app, ["stress", str(tmp_path / "case")], env={"COLUMNS": "160"})
    assert shown.exit_code == 0
    assert "What is used of UNI beside the baseline" in shown.stdout
    assert "lost, million USD: stop" in shown.stdout
