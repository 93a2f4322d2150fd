"""Leverage, balance, unions, and their sentences and commands."""

from __future__ import annotations

import datetime as dt
import json
import re
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize
from typer.testing import CliRunner

import straits
from straits.case import Case
from straits.cli.power import power_app
from straits.power import GameError, balance, leverage, union, with_each_option
from straits.power.network.alliance import union_text
from straits.power.network.summary import balance_text, leverage_text, shares_table, shares_text

from .ways import case_of_ways as _case
from .ways import link as _link


def test_leverage_by_hand():
    """Proves: P sends 10 through T and earns 10·(10-1-2) = 70, T's tariff 20. When T withholds, 6 go by sea and earn
    6·(10-4) = 36: P loses 34 where 70 would be lost without rerouting, so 36/70 is saved; T loses its 20; the ratio
    is 1.7; exports fall by 4 units, 40 of revenue. When B buys nothing, P loses 70 and T 20. Without it: loss, cost
    and reply could be mixed up."""
    found = leverage(_case(), ["P", "T", "B"])
    rows = {(r["actor"], r["target"]): r for r in found.table.to_dict("records")}
    hit = rows["T", "P"]
    assert hit["loss"] == pytest.approx(34.0)
    assert hit["loss_without_reply"] == pytest.approx(70.0)
    assert hit["saved"] == pytest.approx(36 / 70)
    assert hit["own_cost"] == pytest.approx(20.0)
    assert hit["ratio"] == pytest.approx(1.7)
    assert hit["joint_loss"] == pytest.approx(90 - 36)
    assert rows["B", "P"]["loss"] == pytest.approx(70.0)
    assert rows["B", "T"]["loss"] == pytest.approx(20.0)
    lost = found.exports.set_index(["actor", "target"]).loc[("T", "P")]
    assert (lost["amount_lost"], lost["revenue_lost"]) == (pytest.approx(4.0), pytest.approx(40.0))
    assert found.matrix().loc["T", "P"] == pytest.approx(34.0)
    assert "34 million USD" in leverage_text(leverage(_case(), ["P", "T"]))[1]


def test_an_option_weakens_leverage():
    """Proves: with room for 10 at sea, T's withholding costs P 70 - 60 = 10. Without it: options could be ignored."""
    option = [{"id": "berth", "name": "berth", "asset": "ship", "adds": 4, "adds_unit": "unit/step"}]
    found = leverage(_case(options=option), ["P", "T"], options=["berth"])
    assert found.matrix().loc["T", "P"] == pytest.approx(10.0)
    each = with_each_option(_case(options=option), ["P", "T"], ["berth"]).set_index(["actor", "target"])
    assert each.loc[("T", "P")].tolist() == pytest.approx([34.0, 10.0])


def test_what_changes_nothing_saves_nothing_in_the_reference_case():
    """Proves: ten more tankers, which July 2022 has no use for, change no loss by half a million USD.
    Without it: they would take a ninth, 12 million USD, off what China can do to Kazakhstan, by prices that are as good."""
    when = {"start": dt.date(2022, 7, 1), "days": 31}
    each = with_each_option(straits.load_case("caspian"), ["KAZ", "RUS", "CHN"], ["opt-ten-tankers"], **when)
    assert each["as_it_is"].max() > 1000.0
    assert each["opt-ten-tankers"].to_numpy() == pytest.approx(each["as_it_is"].to_numpy(), abs=0.5)


def test_leverage_for_part_of_the_time():
    """Proves: only steps whose middle lies in the time are closed, and a time without any is refused if steps are left
    as they are. Without it: a day's closure could count as a year's."""
    case = straits.load_case("two-routes")
    whole = leverage(case, ["LND", "NBR"]).matrix().loc["NBR", "LND"]
    month = leverage(case, ["LND", "NBR"], start=case.settings.time.start, days=28).matrix().loc["NBR", "LND"]
    assert 0 < month < 0.2 * whole
    with pytest.raises(GameError, match=r"no step .* within 2 days"):
        leverage(case, ["LND", "NBR"], start=case.settings.time.start, days=2, refine=False)


def test_balance_by_hand():
    """Proves: all 10 go by land, index 1. Each unit moved to the sea costs 4 - 1 = 3 (tariffs are transfers): for 9
    MUSD three can be moved, shares 0.7 and 0.3, index 0.58; for 15, five, index 0.5; more money changes nothing. Through
    T go 0.7, then 0.5, then, as no more than 6 have room at sea, 0.4 of the exports: 0.49, 0.25, 0.16. Without it: extra
    cost or the square could be wrong."""
    for extra, lowest, through in ((0.0, 1.0, 1.0), (9.0, 0.58, 0.49), (15.0, 0.5, 0.25), (99.0, 0.5, 0.16)):
        found = balance(_case(), "P", "x", extra_cost=extra)
        rows = found.indices.set_index("way")
        for way in ("corridor", "territory", "ports"):
            assert rows.loc[way, "modelled"] == pytest.approx(1.0)
            assert rows.loc[way, "lowest"] == pytest.approx(
                through if way == "territory" else lowest, abs=1e-4
            )
        assert rows.loc["market", "lowest"] == pytest.approx(1.0)
    shares = found.table.set_index(["way", "partner"])["spread"]
    assert shares["ports", "P"] == pytest.approx(0.5, abs=1e-3)
    assert shares["territory"].to_dict() == pytest.approx({"T": 0.4}, abs=1e-3)
    assert "0.500 at the least" in balance_text(found)[-1]


OWNER = [{"id": "c1", "asset": "two", "actor": "T", "role": "owner", "share": 1}]


def _three_ways(**replaced) -> Case:
    """P sends 6 through T and U (cost 1), 4 through T alone (cost 2, to a port of T); by sea there is room for 5 more."""
    places = [
        {"id": "field", "name": "field", "kind": "field", "territory": "P"},
        {"id": "hub", "name": "hub", "kind": "junction", "territory": "T"},
        {"id": "quay", "name": "quay", "kind": "port", "territory": "T"},
        {"id": "pass", "name": "pass", "kind": "junction", "territory": "U"},
        {"id": "sea", "name": "sea", "kind": "junction"},
        {"id": "town", "name": "town", "kind": "market", "territory": "B"},
    ]
    actors = [{"id": k, "name": k, "kind": "state"} for k in ("P", "T", "U", "B")]
    return _case(
        **{"actors": actors, "places": places, "links": _three_links(), "controls": OWNER, **replaced}
    )


def _three_links():
    return [
        _link("one", "field", "hub", "pipeline", 6, 0, corridor="far"),
        _link("two", "hub", "pass", "pipeline", "unlimited", 0),
        _link("three", "pass", "town", "pipeline", "unlimited", 1),
        _link("side", "field", "quay", "rail", 4, 1, corridor="near"),
        _link("quay-sea", "quay", "sea", "loading", "unlimited", 1),
        _link("ship", "sea", "town", "sea", "unlimited", 0),
        _link("straight", "field", "sea", "sea", 5, 5, corridor="free"),
    ]


def test_transit_counts_each_state_that_is_crossed():
    """Proves: of 10 units 6 cross T and U, 4 cross T and leave by its port: T has 10/10, U 6/10, index 1 + 0.36; B, who
    buys, is no transit state. By port: 4 by T, 6 by land, 0.52. Moving 5 to the open sea, 4 dearer than through U
    (cost 5 against 1) and 3 dearer than by T's port (5 against 2): with 20 all 5 come from those that cross both, T 0.5,
    U 0.1. Without it: a unit that crosses two states could count once, or its buyer as one of them."""
    found = balance(_three_ways(), "P", "x", extra_cost=0.0)
    rows, shares = found.indices.set_index("way"), found.table.set_index(["way", "partner"])
    assert shares.loc["territory", "modelled"].to_dict() == pytest.approx({"T": 1.0, "U": 0.6})
    assert rows.loc["territory", "modelled"] == pytest.approx(1.36)
    assert rows.loc["ports", "modelled"] == pytest.approx(0.16 + 0.36)
    spread = balance(_three_ways(), "P", "x", extra_cost=20.0)
    wide = spread.table.set_index(["way", "partner"])["spread"]
    assert wide["territory"].to_dict() == pytest.approx({"T": 0.5, "U": 0.1}, abs=1e-3)
    assert spread.indices.set_index("way").loc["territory", "lowest"] == pytest.approx(0.26, abs=1e-4)


def _twice(back: list[dict]) -> Case:
    """P's 10 units go by sea from its port to T, over land, and from T's other port by sea to B; or straight by the sea."""
    places = [
        {"id": "field", "name": "field", "kind": "field", "territory": "P"},
        {"id": "sea", "name": "sea", "kind": "junction"},
        {"id": "east", "name": "east", "kind": "port", "territory": "T"},
        {"id": "west", "name": "west", "kind": "port", "territory": "T"},
        {"id": "ocean", "name": "ocean", "kind": "junction"},
        {"id": "town", "name": "town", "kind": "market", "territory": "B"},
    ]
    links = [
        _link("load", "field", "sea", "loading", "unlimited", 0),
        _link("round", "sea", "ocean", "sea", "unlimited", 5),
        _link("ship", "ocean", "town", "sea", "unlimited", 0) | {"loss": 0.1},
        _link("out", "east", "west", "pipeline", "unlimited", 0),
        _link("reload", "west", "ocean", "loading", "unlimited", 0),
    ]
    return _case(places=places, links=[*links, *back])


def test_ports_where_cargo_is_lost_at_sea_or_sails_twice():
    """Proves: of 10 units that leave P's port 9 arrive: P's port has 10/9 of what is sold, nothing goes by land. Where they
    can land in T and sail again, nothing is said by port, all crosses T, and the text says so. Without it: both cases would
    end in a solver's error, or a share by land below zero."""
    lost = balance(_twice([]), "P", "x", extra_cost=0.0)
    ports = lost.table.set_index(["way", "partner"]).loc["ports", ["modelled", "spread"]]
    assert ports.loc["P"].tolist() == pytest.approx([10 / 9, 10 / 9])
    assert ports.loc["by land"].tolist() == pytest.approx([0.0, 0.0])
    found = balance(_twice([_link("land", "sea", "east", "sea", "unlimited", 0)]), "P", "x", extra_cost=0.0)
    assert set(found.indices["way"]) == {"market", "territory"} and found.parameters["left_out"] == ["ports"]
    assert found.table.set_index(["way", "partner"])["modelled"]["territory", "T"] == pytest.approx(10 / 9)
    assert "put to sea twice" in balance_text(found)[-1] and "twice" not in " ".join(balance_text(lost))


def test_transit_observed_follows_from_corridors():
    """Proves: 5 observed on the far way are 5 through T and U; 3 on the near one, 3 through T and by its port; 2 by sea
    cross nobody: T 0.8, U 0.5, index 0.89; ports, T 0.3 and P 0.2. With a second, open way on from the hub by T's port
    the far way no longer forces U, with a shut one it does. Without it: states could be counted that the oil need not
    have crossed."""
    seen = [_seen(k, value) for k, value in (("far", 5), ("near", 3), ("free", 2))]
    found = balance(_three_ways(observations=seen), "P", "x", extra_cost=0.0)
    shares = found.table.set_index(["way", "partner"])["observed"]
    assert shares["territory"].to_dict() == pytest.approx({"T": 0.8, "U": 0.5})
    assert found.indices.set_index("way").loc["territory", "observed"] == pytest.approx(0.89)
    assert shares["ports"].dropna().to_dict() == pytest.approx({"T": 0.3, "P": 0.2})
    for room, states in ((2, {"T": 0.8}), (0, {"T": 0.8, "U": 0.5})):
        more = [*_three_links(), _link("switch", "hub", "quay", "rail", room, 0)]
        found = balance(_three_ways(observations=seen, links=more), "P", "x", extra_cost=0.0)
        assert found.table.set_index(["way", "partner"])["observed"][
            "territory"
        ].dropna().to_dict() == pytest.approx(states)


def test_observed_transit_of_the_reference_case():
    """Proves: of the observed exports of 2022, CPC, Samara and Makhachkala, 97 % crossed Russia, as the sum of routes by
    hand says: (52.2 + 8 + 2.018) / 64.158. Without it: routes that end in Russian ports could be left out, or China's."""
    found = balance(straits.load_case("caspian"), "KAZ", "crude", extra_cost=0.0)
    shares = found.table.set_index(["way", "partner"])["observed"]
    assert shares["territory", "RUS"] == pytest.approx(62.218 / 64.158, abs=1e-4)
    assert shares["ports", "RUS"] == pytest.approx(62.218 / 64.158, abs=1e-4)
    assert shares["territory", "TUR"] == pytest.approx(0.25 / 64.158, abs=1e-5)
    assert "CHN" not in shares["territory"].index


def _seen(corridor, value):
    return {"id": f"o{corridor}", "name": corridor, "target_kind": "corridor", "target": corridor, "commodity": "x",
            "origin": "P", "start": "2022-01-01", "end": "2022-02-01", "value": value, "value_unit": "unit"}  # fmt: skip


def test_balance_against_a_general_solver():
    """Proves: with three ways of costs 1, 2 and 5 and little money, the cutting planes end at the optimum that a
    general convex solver finds. Without it: tangents could cut off the optimum."""
    links = [
        _link("in", "field", "hub", "pipeline", "unlimited", 1, corridor="a"),
        _link("out", "hub", "town", "pipeline", "unlimited", 0),
        _link("straight", "field", "town", "rail", "unlimited", 2, corridor="b"),
        _link("ship", "field", "sea", "sea", "unlimited", 5, corridor="c"),
        _link("land", "sea", "town", "sea", "unlimited", 0),
    ]
    found = (
        balance(_case(links=links), "P", "x", extra_cost=8.0)
        .indices.set_index("way")
        .loc["corridor", "lowest"]
    )
    cost = np.array([1.0, 2.0, 5.0])
    best = minimize(
        lambda s: s @ s, [0.9, 0.1, 0.0], jac=lambda s: 2 * s, bounds=[(0, 1)] * 3,
        constraints=[{"type": "eq", "fun": lambda s: s.sum() - 1}, {"type": "ineq", "fun": lambda s: 18.0 - 10 * cost @ s}],
    )  # fmt: skip
    assert found == pytest.approx(best.fun, abs=2e-5)


def test_balance_observed():
    """Proves: observations of the whole time make observed shares: 8 by land and 2 by sea give 0.68; 0.8 crossed T, 0.64.
    Without it: they could be of another origin or time."""
    seen = [
        {"id": f"o{k}", "name": k, "target_kind": "corridor", "target": k, "commodity": "x", "origin": "P", "start": "2022-01-01",
         "end": end, "value": value, "value_unit": "unit"}
        for k, value, end in (("land", 8, "2022-02-01"), ("sea", 2, "2022-02-01"), ("land", 99, "2022-01-15"))
    ]  # fmt: skip
    seen[2]["id"] = "part"
    found = balance(_case(observations=seen), "P", "x", extra_cost=0.0).indices.set_index("way")
    assert found.loc["corridor", "observed"] == pytest.approx(0.68)
    assert found.loc["territory", "observed"] == pytest.approx(0.64)
    assert np.isnan(found.loc["market", "observed"])


def test_union_by_hand():
    """Proves: P and T share 90 (10·9); alone P has 36 by sea, T nothing; each gains 27 by Shapley. Without tariffs all
    90 are left with P, who owns the well: P pays T 27 (as tariff or otherwise). Without it: side
    payments could have the wrong sign."""
    found = union(_case(), ["P", "T"])
    rows = found.members.set_index("member")
    assert found.value == pytest.approx(90.0)
    assert found.surplus == pytest.approx(54.0)
    assert rows["alone"].tolist() == pytest.approx([36.0, 0.0])
    assert rows["shapley"].tolist() == pytest.approx([63.0, 27.0])
    assert rows["gain"].tolist() == pytest.approx([27.0, 27.0])
    assert rows["in_best_pair"].tolist() == pytest.approx([63.0, 27.0])
    assert rows["gain_on_pair"].tolist() == pytest.approx([0.0, 0.0])
    assert rows["own_account"].tolist() == pytest.approx([90.0, 0.0])
    assert rows["side_payment"].tolist() == pytest.approx([-27.0, 27.0])
    assert found.stable
    assert found.core
    told = " ".join(union_text(found))
    assert "P pays 27; T receives 27" in told
    assert "others" not in told.split("prenucleolus")[1]


def test_union_against_pairs_by_hand():
    """Proves: of the 28,050 that three reach (22,950 and 6,900 in the pairs with RUS, nothing in the third pair or alone), UKR
    gets (22,950 + 2 · 21,150) / 6 = 10,875, and half of 22,950 in its best pair, so it loses 600 by the third; RUS and UKR
    together get 2,250 more than as a pair; the members earn 11,800 less than they divide, which the text asks of others.
    Without it: a member that the union costs something could be shown as one that gains."""
    found = union(straits.load_case("eurasian-gas"), ["RUS", "UKR", "BLR"])
    rows, pairs = found.members.set_index("member"), found.pairs.set_index(["first", "second"])
    assert rows["shapley"].tolist() == pytest.approx([14325, 10875, 2850])
    assert rows["in_best_pair"].tolist() == pytest.approx([11475, 11475, 3450])
    assert rows["gain_on_pair"].tolist() == pytest.approx([2850, -600, -600])
    assert pairs["gain"].tolist() == pytest.approx([2250, 10275, 13725])
    told = " ".join(union_text(found))
    assert "against its best pair: RUS 2,850, UKR -600, BLR -600" in told
    missing = found.value - rows["own_account"].sum()
    assert missing == pytest.approx(11800) == found.others["account"].sum()
    assert f"That takes {missing:,.0f} from others, who earn it" in told


def test_sentences_of_shares():
    """Proves: the sentences name the largest share and how the values were found. Without it: text and table could
    part."""
    from straits.power import game

    solved = game(_case(), ["P", "T", "B"])
    table = shares_table({"now": solved})
    assert table["shapley"].sum() == pytest.approx(solved.grand)
    told = shares_text({"now": solved})
    assert "P has the largest Shapley share" in told[0] or "B has the largest Shapley share" in told[0]
    assert "8 coalitions" in told[1]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: balance(_case(), "P", "x", extra_cost=-1.0), r"extra_cost.*-1"),
        (lambda: balance(_case(), "T", "x", extra_cost=0.0), r"no cargo x of T.*x of P"),
        (lambda: union(_case(), ["P"]), r"at least two members, found 1"),
        (lambda: union(_case(), ["P", "T"], commodity="y"), r"'y' is not in table commodities"),
    ],
)
def test_bad_questions(call, message):
    """Proves: what cannot be meant is refused. Without it: numbers would come out of a slip."""
    with pytest.raises(GameError, match=message):
        call()


def test_commands():
    """Proves: the command takes its case first and options after it, in all four questions; names of actors work as
    their ids; errors end with status 1 and their text. Without it: the group could swallow the options."""
    run = CliRunner().invoke
    found = run(power_app, ["eurasian-gas", "--players", "Russia,UKR,BLR", "--options", "--json"])
    assert found.exit_code == 0
    shares = json.loads(found.stdout)["shares"]
    assert [r["player"] for r in shares] == ["RUS", "UKR", "BLR"] * 2
    assert run(power_app, ["two-routes", "--leverage"]).exit_code == 0
    each = run(power_app, ["two-routes", "--leverage", "--options", "--json"])
    options = {(r["actor"], r["target"]): r for r in json.loads(each.stdout)["options"]}
    assert options["NBR", "LND"]["berth"] < options["NBR", "LND"]["as_it_is"]
    plain = run(power_app, ["two-routes", "--leverage", "--options"]).output
    assert "pipe or pipe-sea" in plain
    assert "berth" in plain
    assert run(power_app, ["two-routes", "--leverage", "--access", "regulated"]).exit_code == 0
    union_found = run(
        power_app,
        ["eurasian-gas", "--union", "Russia,Kazakhstan,Turkmenistan", "--commodity", "gas", "--json"],
    )
    assert {r["member"] for r in json.loads(union_found.stdout)["members"]} == {"RUS", "KAZ", "TKM"}
    spread = run(power_app, ["two-routes", "--balance", "LND", "--commodity", "crude", "--extra-cost", "10"])
    assert spread.exit_code == 0
    for question, answer in (
        (["two-routes", "--players", "LND,NBRR"], "did you mean 'NBR'"),
        (["two-routes", "--access", "free"], "expected 'veto', 'host', 'regulated'; found 'free'"),
        (["two-routes", "--union", "LND"], "at least two members, found 1"),
        (["two-routes", "--balance", "LND"], "needs --commodity, one of crude"),
        (["caspian", "--players", "KGZ"], "no asset of case caspian is controlled by KGZ"),
        (["caspian", "--players", MANY], "21 players: coalitions of more than 20 are too many"),
    ):
        bad = run(power_app, question)
        assert bad.exit_code == 1
        assert answer in " ".join(bad.output.split())


MANY = "KAZ,RUS,CHN,AZE,GEO,TUR,UZB,TKM,BLR,POL,DEU,ROU,NLD,ITA,FRA,USA,GBR,JPN,HUN,NOR,IND"


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (["--leverage", "--commodity", "crude"], "--commodity: says nothing about leverage"),
        (["--balance", "LND", "--commodity", "crude", "--days", "3"], "--days: says nothing about balance"),
        (["--balance", "LND,NBR", "--commodity", "crude"], "--balance: expected one actor, found 'LND,NBR'"),
        (["--extra-cost", "3"], "--extra-cost: says nothing about shares"),
        (["--leverage", "--union", "LND,NBR"], "--union and --leverage are different questions"),
    ],
)
def test_an_option_that_means_nothing_is_refused(asked, message):
    """Proves: options that the question does not heed end in an error that names them. Without it: leverage of one commodity
    would be printed for all without a word."""
    found = CliRunner().invoke(power_app, ["two-routes", *asked])
    assert found.exit_code == 1 and message in " ".join(found.stderr.split())


def test_a_union_with_options():
    """Proves: a union that may build is worth what the game with options says. Without it: --options would be passed over."""
    found = CliRunner().invoke(power_app, ["eurasian-gas", "--union", "RUS,BLR", "--options", "--json"])
    from straits.power import game

    worth = game(straits.load_case("eurasian-gas"), ["RUS", "BLR"], options=True)
    assert json.loads(found.stdout)["pairs"][0]["value"] == pytest.approx(worth.grand)


def test_players_of_the_focus_are_the_default():
    """Proves: without --players those of the case's focus are asked about. Without it: the reference case would need
    2^22 coalitions."""
    found = CliRunner().invoke(power_app, ["caspian", "--leverage", "--json"])
    told = json.loads(found.stdout)
    assert {r["actor"] for r in told["leverage"]} == {"KAZ", "RUS", "CHN", "AZE", "GEO", "TUR", "UZB", "TKM"}
    # A veto that hosts would not allow is told with what it would add.
    lies = [
        n for n in told["notes"] if re.search(r"would take [\d,]+ million USD from [A-Z]+, not [\d,]+", n)
    ]
    assert any("kenkiyak-kumkol (owner of 50%)" in note for note in lies), told["notes"]


def test_figures_print_every_number():
    """Proves: the heat map says its direction in the title and prints each loss; the bars print each value of each
    network. Without it: a colour without a number could mislead."""
    from xml.etree import ElementTree

    from straits.power import game
    from straits.report.drawing.powercharts import leverage_map, share_bars

    found = leverage(_case(), ["P", "T", "B"])
    drawn = leverage_map("lev", found, {"P": "Producer"})
    ElementTree.fromstring(drawn)
    assert "Row withholds, column loses" in drawn
    assert ">Producer<" in drawn
    assert all(f">{number}<" in drawn for number in ("34", "70", "20"))
    large = found.with_tables(leverage=found.table.assign(loss=[1000.0, 0.4, -0.4, -3.0, 0.0, 0.0]))
    cells = leverage_map("large", large)
    assert cells.count('fill-opacity="0.0"') + cells.count('fill-opacity="0"') == 4 and ">−3<" in cells
    solved = game(_case(), ["P", "T", "B"])
    bars = share_bars("bars", shares_table({"now": solved, "then": solved}), solved.unit)
    ElementTree.fromstring(bars)
    assert bars.count("<rect") == 2 + 6


def test_an_index_of_two_states_stays_in_its_figure():
    """Proves: where all exports cross two states the index of 2 is drawn on an axis that reaches it. Without it: the mark would
    lie outside the figure."""
    from xml.etree import ElementTree

    from straits.report.drawing.charts import WIDTH
    from straits.report.drawing.rankings import Span, index_spans

    drawn = ElementTree.fromstring(
        index_spans("i", "T", "D", [Span("a", 2.0, 1.4), Span("b", 0.4, 0.3)], "index")
    )
    centres = [float(e.get("cx", "nan")) for e in drawn.iter() if e.tag.endswith("circle")]
    assert len(centres) == 2 + 4 and max(centres) <= WIDTH - 60.0
    assert any(e.text == "2" for e in drawn.iter() if e.tag.endswith("text"))


def test_sentences_name_states_with_their_article_and_every_amount_with_its_unit():
    """Proves: "the EU-27" stands in sentences, no amount is without its money, and what balance leaves out is told by names.
    Without it: "EU-27 has the largest share", "at a cost of 7,744", "EU supplies gas too".
    """
    row = {"actor": "EU-27", "target": "United States", "loss": 5000.0, "loss_least": 4000.0, "loss_most": 6000.0,
           "own_cost": 70.0, "saved": 0.0, "loss_veto": 5000.0, "loss_known": 100.0}  # fmt: skip
    assets = pd.DataFrame(
        [
            {
                "actor": "EU-27",
                "target": "United States",
                "asset": "pipe",
                "loss_alone": 40.0,
                "kept_open_by": "",
            }
        ]
    )
    asked = {
        "withheld_from": "all",
        "start": "2022-01-01",
        "end": "2022-02-01",
        "foresight": "surprise",
        "told": [],
        "currency": "USD",
    }
    told = leverage_text(
        SimpleNamespace(parameters=asked, table=pd.DataFrame([row]), tables={"assets": assets})
    )
    assert told[1] == (
        "The largest loss is that of the United States when the EU-27 withholds: 5,000 million USD (between 4,000 million USD "
        "and 6,000 million USD: prices leave open who earns the rent of what is full), at a cost of 70 million USD to the EU-27. "
        "Had all known it from the start, it would be 100 million USD. What closing one asset alone takes: pipe (40 million USD)."
    )
    gross = {"options": [], "groups": {}, "proof": {}, "gross": True, "left_out": [], "origin": "EU", "commodity": "gas",
             "names": {"EU": "EU-27", "gas": "Natural gas"}}  # fmt: skip
    nothing = pd.DataFrame(columns=["way", "observed", "modelled", "lowest"])
    said = balance_text(SimpleNamespace(parameters=gross, tables={"indices": nothing}))
    assert "the EU-27 supplies natural gas too" in said[0]
