"""Questions that cannot be answered, or only in part: each says so."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import numpy as np
import pytest

import straits
from straits.case import Change, Scenario
from straits.engine import Session
from straits.model import Solution
from straits.power import (
    Game,
    GameError,
    balance,
    banzhaf,
    core_check,
    game,
    gately,
    least_core,
    leverage,
    myerson,
    nucleolus,
    owen,
    prenucleolus,
    propensity_to_disrupt,
    shapley,
    tau,
    union,
    verify,
)
from straits.power.network.alliance import union_text
from straits.power.network.program import build_program
from straits.power.network.summary import balance_text, shares_table, shares_text
from straits.report.sections.asked.powertables import leverage_on_focus
from straits.report.study.trade import Trade

from .ways import case_of_ways, link


def _home_by_way_of(transit: str):
    """P sells 10 to B by sea; 5 more reach its own town by way of a plant abroad, as gas of Karachaganak does."""
    places = [
        {"id": "field", "name": "field", "kind": "field", "territory": "P"},
        {"id": "port", "name": "port", "kind": "port", "territory": "P"},
        {"id": "plant", "name": "plant", "kind": "junction", "territory": transit},
        {"id": "town", "name": "town", "kind": "market", "territory": "B"},
        {"id": "home", "name": "home", "kind": "market", "territory": "P"},
    ]
    links = [
        link("rail", "field", "port", "rail", "unlimited", 0),
        link("ship", "port", "town", "sea", 10, 1),
        link("out", "field", "plant", "pipeline", 5, 0),
        link("back", "plant", "home", "pipeline", "unlimited", 0),
        link("through", "plant", "town", "pipeline", "unlimited", 20),
    ]
    market = {"place": "town", "commodity": "x", "buyer": "B", "demand_kind": "stepwise", "demand": "unlimited",
              "demand_unit": "unit/step", "price": 10, "price_unit": "MUSD/unit"}  # fmt: skip
    return case_of_ways(
        places=places,
        links=links,
        supplies=[{"id": "well", "name": "well", "place": "field", "commodity": "x", "capacity": 15,
                   "capacity_unit": "unit/step", "cost": 0}],
        markets=[
            {"id": "shop", "name": "shop", **market},
            {"id": "kitchen", "name": "kitchen", **market, "place": "home", "buyer": "P"},
        ],
        controls=[{"id": "c1", "asset": "out", "actor": transit, "role": "owner", "share": 1}],
    )  # fmt: skip


def test_what_comes_home_from_abroad_is_no_transit_of_exports():
    """Proves: where cargo can come home from a state that exports cross too, nothing is said by territory, and the text says
    why. Without it: the 5 units that T sends back would count as half of the 10 exported; of the reference case's gas 146 %
    would cross Russia."""
    found = balance(_home_by_way_of("T"), "P", "x", extra_cost=0.0)
    assert found.parameters["left_out"] == ["territory"]
    assert "territory" not in set(found.table["way"]) and "market" in set(found.table["way"])
    assert "come back home" in balance_text(found)[-1]
    caspian = balance(straits.load_case("caspian"), "KAZ", "gas", extra_cost=0.0)
    assert caspian.parameters["left_out"] == ["territory"]
    assert not (caspian.table["modelled"] > 1 + 1e-9).any()


@pytest.mark.parametrize("origin", ["RUS", "any"])
def test_goods_of_untracked_origin_have_no_exports_of_one_state(origin):
    """Proves: the exports of a good whose origin is not tracked are refused, by any name. Without it: what each uses at home
    would count as exported."""
    with pytest.raises(GameError, match=r"origin of gas is not tracked"):
        balance(straits.load_case("eurasian-gas"), origin, "gas", extra_cost=0.0)


EXACT = (nucleolus, prenucleolus, banzhaf, least_core, tau, gately)


def _lazy():
    return game(case_of_ways(), ["P", "T"], sample=True)


@pytest.mark.parametrize(
    "solve",
    [
        *EXACT,
        lambda g: owen(g, [["P", "T"]]),
        lambda g: myerson(g, [("P", "T")]),
        lambda g: core_check(g, [1.0, 2.0]),
        lambda g: propensity_to_disrupt(g, [1.0, 2.0]),
    ],
)
def test_solutions_that_need_every_coalition_say_so(solve):
    """Proves: a game whose coalitions are valued when asked is refused by all solutions but Shapley, with the way out. Without
    it: they would end in an AttributeError, or speak of a sample of Shapley values that nobody asked for."""
    with pytest.raises(GameError, match=r"needs the value of every coalition.*without sample=True"):
        solve(_lazy())


def _sampled(**how):
    return lambda: shapley(_lazy(), **how)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (_sampled(sample=3, rng=-1), r"rng: a seed must not be negative, found -1"),
        (_sampled(sample=2.5, rng=1), r"sample: expected a whole number of replicates, found 2.5"),
        (_sampled(sample="3", rng=1), r"sample: expected a whole number of replicates, found '3'"),
        (lambda: shapley(Game.from_values(2, [0, 0, 1]), rng=1), r"rng= and store= are for samples: give sample="),
        (lambda: shapley(Game.from_values(2, [0, 0, 1]), store="x"), r"rng= and store= are for samples: give sample="),
        (lambda: Game.from_values(2, ["a", 0, 1]), r"v: expected numbers.*'a'"),
        (lambda: Game.from_values(2.0, [0, 0, 1]), r"players: expected names or a whole number, found 2.0"),
        (lambda: verify(Game.from_values(2, [0, 0, 1]), [1, 0], None), r"certificate: expected one of a nucleolus.*NoneType"),
        (lambda: leverage(case_of_ways(), ["P"]), r"leverage: needs at least two players, found 1"),
        (lambda: leverage(case_of_ways(), ["P", "T"], start="2022-13-01"), r"start: expected a date.*found '2022-13-01'"),
        (lambda: leverage(case_of_ways(), ["P", "T"], start=20220101), r"start: expected a date.*found 20220101"),
        (lambda: leverage(case_of_ways(), ["P", "T"], days="7"), r"days: expected a number above 0, found '7'"),
        (lambda: leverage(case_of_ways(), ["P", "T"], days=-5), r"days: expected a number above 0, found -5"),
        (lambda: leverage(case_of_ways(), ["P", "T"], days=float("nan")), r"days: expected a number above 0, found nan"),
        (lambda: leverage(case_of_ways(), ["P", "T"], access=None), r"access: expected 'veto', 'host', 'regulated'; found None"),
        (lambda: game(case_of_ways(), "P"), r"players: expected a list of actors, found the text 'P'"),
        (lambda: union(case_of_ways(), ["P", "T"], commodity="y"), r"'y' is not in table commodities; there are x"),
        (lambda: balance(case_of_ways(), "Q", "x", extra_cost=0.0), r"'Q' is not in table actors"),
        (lambda: balance(case_of_ways(), "P", "x", extra_cost="1"), r"extra_cost: expected a number from 0 up, found '1'"),
    ],
)  # fmt: skip
def test_bad_questions(call, message):
    """Proves: each slip ends in an error that says what was found and what would be accepted. Without it: users would read a
    traceback of numpy, or an empty table."""
    with pytest.raises(GameError, match=message):
        call()


def test_slips_that_have_one_meaning_are_understood():
    """Proves: one option given as text, a moment as a day, a count of players by numpy. Without it: 'b' would be said to be no
    option, and a time stamp of pandas could not be compared."""
    routes = straits.load_case("two-routes")
    assert game(routes, ["LND", "NBR"], options="berth").parameters["options"] == ["berth"]
    held = leverage(case_of_ways(), ["P", "T"], start=dt.datetime(2022, 1, 1, 12))
    assert held.window[0] == dt.date(2022, 1, 1)
    assert Game.from_values(np.int64(2), [0, 0, 1]).grand == 1.0
    assert game(case_of_ways(), {"all": "P", "T": ["T"]}).players == ("all", "T")
    solved = nucleolus(Game.from_values(2, [0, 0, 1]))
    assert solved.certificate is not None
    assert verify(solved.game, [0.5, 0.5], solved.certificate)  # type: ignore[arg-type]


def test_players_who_can_reach_nothing():
    """Proves: where all together reach nothing, shares are blank and the text says so. Without it: the table would be an
    error."""
    nothing = Game.from_values(["a", "b"], [0, 0, 0], unit="million USD")
    table = shares_table({"now": nothing})
    assert table["share"].isna().all() and table["shapley"].tolist() == [0.0, 0.0]
    assert "together the players are worth nothing" in shares_text({"now": nothing})[0]


def test_a_sample_is_kept_where_it_can_be_written(tmp_path):
    """Proves: a place that cannot be written is an error with its name. Without it: the sample would end in a traceback."""
    (tmp_path / "file").write_text("mine")
    with pytest.raises(GameError, match=r"cannot be written"):
        shapley(_lazy(), sample=2, rng=1, store=tmp_path / "file" / "store")


def test_a_union_that_loses_says_less():
    """Proves: a union worth less than its members alone is said to reach less. Without it: '-1,800 more' would be read over."""
    told = union_text(union(straits.load_case("eurasian-gas"), ["UKR", "BLR"]))
    assert "1,800 less than its members alone" in told[0]


def test_a_game_of_one_good_holds_no_other():
    """Proves: with `commodity`, goods that are on their way or in store when the time starts are no part of the values: whoever
    closes only the way of containers adds nothing to a game of gas, and nothing but gas is sold. Without it: the worth of a
    gas union would hold containers and oil that are under way on New Year's Day."""
    caspian = straits.load_case("caspian")
    assert np.abs(game(caspian, ["BLR", "POL"], commodity="gas").values).max() < 1e-6
    program = build_program(caspian, ["RUS", "KAZ", "UZB"], commodity="gas")
    answer = Session(program.model).solve(program.bounds(np.ones(len(program.switches), dtype=bool)))
    sales = Solution(program.model, answer.x, answer.dual, answer.reduced_cost, answer.status).sales
    assert set(sales.loc[sales["amount"] > 1e-6, "commodity"]) == {"gas"}
    scenario = Scenario(
        id="more",
        title="more oil",
        changes=(Change(table="supplies", row="oil-tengiz", column="capacity", value=9.0),),
    )
    plain, more = (game(caspian, ["RUS", "KAZ"], commodity="gas", scenario=s) for s in (None, scenario))
    assert more.values == pytest.approx(plain.values, abs=1e-6)


def test_options_of_others_lower_what_is_lost():
    """Proves: where all are worth less with options than without, the text says why. Without it: a reader would take it for a
    slip that options to build cost value."""
    gas = straits.load_case("eurasian-gas")
    players = ["RUS", "UKR", "BLR"]
    told = shares_text({"as it is": game(gas, players), "with options": game(gas, players, options=True)})
    assert "with options: together the players are worth 23,134" in " ".join(told)
    assert "others can then build round them" in " ".join(told)


def test_exports_of_untracked_goods_are_blank_in_the_report():
    """Proves: what nobody can know is left blank, what is nothing is 0. Without it: a stop of all transit would be said to cost
    the producer no exports."""
    gas = straits.load_case("eurasian-gas")
    assert leverage(gas, ["RUS", "UKR"], days=31).exports.empty
    for case, good, players, blank in (
        (gas, "gas", {"RUS": "RUS", "UKR": "UKR"}, True),
        (case_of_ways(), "x", {"P": "P", "T": "T"}, False),
    ):
        study = SimpleNamespace(
            case=case,
            focus=(next(iter(players)), good, None),
            found=lambda _, held=SimpleNamespace(players=players, leverage=leverage(case, list(players))): (
                held
            ),
            name=lambda table, key: key,
            asset_name=str,
            currency="USD",
            commodity_unit="unit",
            trade=Trade(False, "exports", "", np.zeros(1), "", ""),
        )
        lost = leverage_on_focus(study).frame["exports_lost"]  # type: ignore[arg-type]
        assert lost.isna().all() == blank and (blank or lost.tolist() == pytest.approx([4.0]))


def test_what_an_importer_uses_less_stands_beside_its_account():
    """Proves: of who lives by what comes in, the table of the report holds what it uses less when another withholds, as the
    question itself found it, under that name. Without it: it held exports that an importer has none of."""
    case = straits.load_case("landlocked-importer")
    held = leverage(case, ["CST", "UPL"], start=dt.date(2023, 5, 7), days=31)
    study = SimpleNamespace(
        case=case,
        focus=("UPL", "fuel", None),
        found=lambda _: SimpleNamespace(players={"CST": "CST", "UPL": "UPL"}, leverage=held),
        name=lambda table, key: key,
        asset_name=str,
        currency="USD",
        commodity_unit="kt",
        trade=Trade(True, "deliveries", "", np.zeros(1), "", ""),
    )
    table = leverage_on_focus(study)  # type: ignore[arg-type]
    less = held.supplies.query("target == 'UPL' and commodity == 'fuel' and actor == 'CST'")["used_lost"]
    assert less.iloc[0] > 1
    assert table.frame["deliveries_lost"].tolist() == pytest.approx(less.tolist())
    assert table.units["deliveries_lost"] == "kt" and "uses less" in table.note


def test_a_group_of_buyers_counts_as_one_and_the_text_says_so():
    """Proves: where a buyer is a group, the text says that it counts as one partner; where buyers are states, it does not.
    Without it: all oil sold on the open sea would read as if one buyer took it."""
    told = " ".join(balance_text(balance(straits.load_case("two-routes"), "LND", "crude", extra_cost=0.0)))
    assert (
        "By buyer, World buyers count as one partner, though they are a group: by each of them the index would be lower."
        in told
    )
    assert "a group" not in " ".join(balance_text(balance(case_of_ways(), "P", "x", extra_cost=0.0)))


def test_named_routes_that_carry_nothing():
    """Proves: where the only route with a name is too dear to be used, shares by route are left out with a sentence, the other
    ways stand. Without it: shares of nothing would end in a division by zero."""
    tables = {
        name: table.to_dict("records") for name, table in case_of_ways().tables.items() if name == "links"
    }
    links = [{**row, "corridor": None if row["id"] == "in" else row["corridor"]} for row in tables["links"]]
    found = balance(case_of_ways(links=links), "P", "x", extra_cost=9.0)
    assert found.indices["way"].tolist() == ["market", "ports", "territory"]
    assert found.parameters["left_out"] == ["corridor"]
    assert "By route nothing is said" in balance_text(found)[-1]


def test_outsiders_who_could_do_as_well_otherwise():
    """Proves: where cargo of an outsider goes one of two ways that cost the same, the game says that its baseline is not unique,
    and so does the text; where one way is cheaper, it is. Without it: values that hang on the solver's choice would be quoted."""
    for cost, unique in ((1, False), (0.5, True)):
        links = [link("one", "field", "town", "sea", 10, 1), link("two", "field", "town", "sea", 10, cost)]
        mine = [{"id": "c1", "asset": "well", "actor": "P", "role": "owner", "share": 1}]
        found = game(case_of_ways(links=links, controls=mine), ["P", "B"], outsiders="baseline")
        assert found.parameters["baseline_unique"] is unique
        told = " ".join(shares_text({"now": found}))
        assert ("All together could do as well in other ways" in told) is not unique
