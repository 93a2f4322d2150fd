"""What an act takes from whom: against plain runs, against power, and where prices leave it open."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import straits
from small import build, days, link, market, places, supply
from straits.case.schema.settings import Scenario
from straits.lp.nearest import nearest_duals
from straits.threat import threat
from straits.threat.network.states import States

from .threatened import BASE, STATED, asked


def test_payoffs_are_those_of_two_runs(case):
    """Proves: with and without the option built, the joint loss is the difference of two `solve` runs, and the target's loss
    that of its accounts. Without it: a payoff could be of another network."""
    states = States(case, asked())
    for built in ((), ("berth",)):
        runs = []
        for strikes in ((), ({"asset": "pipe", "start": "2022-03-05", "end": "2022-04-02"},)):
            scenario = Scenario.model_validate(
                {"id": "x", "title": "x", "options": built, "disruptions": strikes}
            )
            runs.append(straits.solve(case, scenario))
        loss, accounts = states.losses(built), [r.accounts() for r in runs]
        assert loss.joint == pytest.approx(runs[0].objective - runs[1].objective, rel=1e-9)
        for player, members in (("LND", ("LND", "oilco", "railco", "portco")), ("NBR", ("NBR", "pipeco"))):
            held = [a.loc[a["actor"].isin(members), "amount"].sum() for a in accounts]
            low, high = loss.by_player[player].low, loss.by_player[player].high
            assert low - 1e-6 <= held[0] - held[1] <= high + 1e-6
        assert sum(v.point for v in loss.by_player.values()) == pytest.approx(loss.joint)


@pytest.fixture
def tied(monkeypatch):
    """A field, a pipe that is full, an idle road and what would widen it: what oil is worth at the field is open. Whatever is not
    undisturbed and as it is ends with other prices than the solver's."""
    lane = {"life_years": 10, "capital_cost": 1, "capital_cost_unit": "MUSD", "adds": 2, "adds_unit": "kt/d"}
    tables = {
        "places": places("A", "B", B="BBB"),
        "links": [
            {**link("pipe", "A", "B", capacity=5, cost=10), "scarcity_rule": "scarcity"},
            link("road", "A", "B", capacity=1, cost=200),
        ],
        "supplies": [supply("wells", "A", 5, cost=20)],
        "markets": [market("buyers", "B", 100, demand=9, buyer="BBB")],
        "controls": [
            {"id": "p", "asset": "pipe", "actor": "CCC", "role": "operator"},
            {"id": "w", "asset": "wells", "actor": "AAA", "role": "owner", "share": 1},
        ],
        "options": [{"id": "lane", "name": "lane", "asset": "road", **lane}],
    }
    ended, moved = States._solved, []

    def elsewhere(states, session, model, bounds, built):
        plan = ended(states, session, model, bounds, built)
        if bounds is model.bounds and not built:
            return plan
        ends = [
            nearest_duals(plan.model, plan.x, plan.dual, None, plan.dual + far, np.ones(len(plan.dual)))
            for far in (-1e3, 1e3)
        ]
        dual = max(ends, key=lambda end: np.abs(end - plan.dual).max())
        moved.append(np.abs(dual - plan.dual).max())
        return replace(plan, dual=dual, reduced_cost=model.cost - model.matrix.T @ dual)

    monkeypatch.setattr(States, "_solved", elsewhere)
    yield build(tables, time=days(8))
    assert moved and max(moved) > 1.0


def _struck(case, asset):
    act = {"disruptions": [{"asset": asset, "factor": 0.5}]}
    return States(case, asked(act=act, sender="CCC", target="AAA", packages=[], start="2022-01-02", days=3))


def test_an_act_that_stops_nothing_takes_nothing(tied):
    """Proves: an act against a line that nobody uses takes nothing from anybody where the price at a field is open.
    Without it: an empty threat could be told as one that works, by the choice of a solver."""
    loss = _struck(tied, "road").losses()
    assert [x.point for x in loss.by_player.values()] == pytest.approx([0.0] * len(loss.by_player), abs=1e-9)
    assert not loss.items


def test_what_changes_nothing_saves_nothing(tied):
    """Proves: where an option widens what nobody uses, an act takes from each what it took without.
    Without it: a package could be told to save what the choice of a solver had moved."""
    states = _struck(tied, "pipe")
    bare, built = states.losses(), states.losses(("lane",))
    assert max(x.point for x in bare.by_player.values()) > 0.1
    for player, was in bare.by_player.items():
        now = built.by_player[player]
        assert (now.low, now.point, now.high) == pytest.approx((was.low, was.point, was.high), abs=1e-9)


def test_withholding_is_leverage(case):
    """Proves: a threat to withhold takes what `power.leverage` says, at the same own cost and with the same range. Without
    it: two analyses that answer one question would give two numbers."""
    import datetime as dt

    theirs = straits.power.leverage(case, ["NBR", "LND"], start=dt.date(2022, 3, 5), days=28).table.iloc[0]
    loss = States(case, asked(act={"withhold": True})).losses()
    got = loss.by_player["LND"]
    assert (got.low, got.point, got.high) == pytest.approx(tuple(theirs[["loss_least", "loss", "loss_most"]]))
    assert loss.by_player["NBR"].point == pytest.approx(theirs["own_cost"])
    assert loss.joint == pytest.approx(theirs["joint_loss"])
    assert got.point > 0


def test_rules_of_scarcity_are_those_of_the_case_with_these_rules(case):
    """Proves: losses with owners keeping scarcity, and with tariffs alone, are those of a case whose assets all have that
    rule. Without it: the verdict without scarcity rents would be of no stated rule."""
    from straits.case.schema.settings import Change

    states = States(case, asked())
    for rule, word in (("owners", "scarcity"), ("tariffs", "tariff")):
        cells = [(t, key) for t in ("links", "stores", "fleets") for key in case.rows(t)]
        other = case.with_changes(
            [Change(table=t, row=key, column="scarcity_rule", value=word) for t, key in cells]
        )
        theirs = States(other, asked()).losses()
        for player, loss in theirs.by_player.items():
            assert states.losses().by_rule[rule][player] == pytest.approx(loss.point, abs=1e-6)
    owners, tariffs = (states.losses().by_rule[r]["LND"] for r in ("owners", "tariffs"))
    assert owners != pytest.approx(tariffs)


def test_leverage_after_counts_all_of_a_second_act(case):
    """Proves: what a second act takes besides is that of two acts less that of one, from runs of twice the length, and losses
    that are stated come with it again. Without it: leverage after would leave out what the file states."""
    states = States(case, asked())
    stated = States(case, asked(act={**BASE["act"], "stated": [{"actor": "LND", "loss": 7}]}))
    twice = States(case, asked(days=56, step="quarter")).losses(()).by_player["LND"].point
    assert states.again() == pytest.approx(twice - states.losses(()).by_player["LND"].point)
    assert stated.again() == pytest.approx(states.again() + 7.0)
    assert States(case, asked(STATED)).again() == 500.0


def test_a_stated_loss_of_a_company_is_that_of_its_state(case):
    """Proves: what the act takes from a company of the target counts as the target's, and what it takes from another state as
    that bystander's. Without it: both would vanish among all others."""
    act = {
        "stated": [
            {"actor": "oilco", "loss": 300},
            {"actor": "LND", "loss": 200},
            {"actor": "buyers", "loss": 70},
        ]
    }
    found = threat(case, asked(STATED, act=act)).destroyed.set_index(["what", "actor"])["amount"]
    assert found["loss", "LND"] == 500 and found["loss of bystander", "buyers"] == 70


@pytest.mark.parametrize("third", [[], ["CCC"]])
def test_who_is_shown_by_name_changes_nothing(third):
    """Proves: AAA sells 5 kt a day to BBB at a gain of 90 a tonne and 3 to CCC at one of 70, over ten days: withheld from all,
    4.5 + 2.1 million USD are lost, whether CCC is named or not; the line within CCC, which keeps it open, is no lever of its
    owner AAA, so that BBB loses nothing. So says `power.leverage` of the two alone.
    Without it: with nobody named BBB would lose 1.8, and AAA go on selling to CCC; with CCC named neither."""
    whole = {"role": "owner", "share": 0.5, "asset": "inner"}
    case = build(
        {
            "actors": [{"id": x, "name": x, "kind": "state"} for x in ("AAA", "BBB", "CCC")],
            "places": [
                {"id": p, "name": p, "kind": "junction", "territory": p[0] * 3} for p in ("A", "B", "B2", "C", "C2")
            ],
            "links": [
                link("ab", "A", "B", capacity=5), link("ac", "A", "C", capacity=3),
                link("bc", "B2", "C", capacity=3), link("inner", "C", "C2", capacity=9),
            ],
            "supplies": [supply("own", "A", 8, cost=10), supply("theirs", "B2", 3, cost=20)],
            "markets": [market("mb", "B", 100, demand=5), market("mc", "C2", 80, demand=9)],
            "controls": [
                {"id": "c1", "actor": "AAA", **whole}, {"id": "c2", "actor": "CCC", **whole},
                {"id": "c3", "asset": "theirs", "actor": "BBB", "role": "owner", "share": 1},
            ],
        },
        time=days(10),
    )  # fmt: skip
    act = {"withhold": True}
    of = asked(sender="AAA", target="BBB", third=third, act=act, start="2022-01-01", days=10, packages=[])
    loss = States(case, of).losses()
    theirs = straits.power.leverage(case, ["AAA", "BBB"], foresight="perfect").table.iloc[0]
    assert loss.by_player["AAA"].point == pytest.approx(theirs["own_cost"])
    assert loss.by_player["BBB"].point == pytest.approx(theirs["loss"])
    assert loss.joint == pytest.approx(theirs["joint_loss"]) == pytest.approx(6.6)
