"""Leverage and unions, and the sentences and commands of all analyses of power."""

from __future__ import annotations

import datetime as dt
import json
import re
from types import SimpleNamespace

import pandas as pd
import pytest
from typer.testing import CliRunner

import straits
from straits.cli.power import power_app
from straits.power import GameError, balance, leverage, union, with_each_option
from straits.power.network.alliance import union_text
from straits.power.network.summary import balance_text, leverage_text, shares_table, shares_text

from .ways import case_of_ways as _case


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
