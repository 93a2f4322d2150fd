"""Shares as one result: every division side by side, what coalitions reach, and a share as a fee for carrying."""

from __future__ import annotations

import pytest

import straits
from straits.power import GameError, default_players, game, shapley, shares, union
from straits.results import load
from straits.testing.small import build, days, link, market, places, supply


def carried():
    """A sells 10 kt/d at 100 USD/t through the pipe of B, which costs 20; by road, 10 kt/d at a cost of 70, it needs nobody."""
    return build(
        {
            "places": places("W", "S"),
            "links": [link("pipe", "W", "S", capacity=10, cost=20), link("road", "W", "S", capacity=10, cost=70)],
            "supplies": [supply("field", "W", 10)],
            "markets": [market("sea", "S", 100)],
            "controls": [{"id": "a", "asset": "field", "actor": "AAA", "role": "owner", "share": 1},
                         {"id": "b", "asset": "pipe", "actor": "BBB", "role": "owner", "share": 1}],
        },
        time=days(10),
    )  # fmt: skip


def test_a_share_as_a_fee():
    """Proves: with the pipe 100 kt earn 80 a tonne, by road 30, so that B adds 50 a tonne and its Shapley value is half of that:
    a fee of 25 USD/t, at 7.5 barrels a tonne 3.33 a barrel. A, who brings the cargo, has no fee. Without it: nobody could say
    what a transit fee of so many dollars is beside what the game says is due.
    """
    found = shares(carried(), ["AAA", "BBB"])
    fees = found.carriage.set_index("player")
    assert list(fees.index) == ["BBB"]
    row = fees.loc["BBB"]
    assert (row["asset"], row["commodity"], row["unit"]) == ("pipe", "oil", "kt")
    assert row["carried"] == pytest.approx(100)
    assert row["shapley"] == pytest.approx(2.5)
    assert row["fee"] == pytest.approx(25)
    assert row["fee_per_bbl"] == pytest.approx(25 / 7.5)
    assert any(
        "25.0 USD/t of oil that passes, most of it by pipe, 3.33 USD a barrel" in told
        for told in found.sentences
    )


def test_a_fee_is_over_all_that_passes_once():
    """Proves: B lets 10 kt/d pass by two pipes of 6 and 4 to a town and on from there by a third: 100 kt in ten days, not the
    200 of all three; and where the third is nobody's still 100, not the 60 of the busier. With a second commodity on its pipes
    there is no fee, and there is one again of oil alone. Without it: a fee could be told that is half, or nearly twice, what
    each tonne would have to pay.
    """
    two = [link("pipe", "W", "M", capacity=6, cost=20), link("pipe2", "W", "M", capacity=4, cost=20)]
    further = link("pipe3", "M", "S", capacity=20, commodities="oil|gas")
    tables = {
        "places": places("W", "M", "S"),
        "links": [*two, further],
        "supplies": [supply("field", "W", 10)],
        "markets": [market("sea", "S", 100)],
        "controls": [{"id": "a", "asset": "field", "actor": "AAA", "role": "owner", "share": 1},
                     *({"id": k, "asset": k, "actor": "BBB", "role": "owner", "share": 1} for k in ("pipe", "pipe2", "pipe3"))],
        "commodities": [{"id": "oil", "name": "oil", "unit": "kt", "bbl_per_t": 7.5}, {"id": "gas", "name": "gas", "unit": "kt"}],
    }  # fmt: skip
    fees = shares(build(tables, time=days(10)), ["AAA", "BBB"]).carriage
    assert fees["carried"].tolist() == pytest.approx([100])
    assert fees["fee"].tolist() == pytest.approx([fees["shapley"][0] * 1e6 / 100e3])
    short = {**tables, "controls": tables["controls"][:-1]}
    assert shares(build(short, time=days(10)), ["AAA", "BBB"]).carriage["carried"].tolist() == pytest.approx(
        [100]
    )
    gas = (
        {**supply("wells", "M", 5), "commodity": "gas", "origin": "AAA"},
        {**market("town", "S", 50), "commodity": "gas"},
    )
    tables["supplies"], tables["markets"] = [*tables["supplies"], gas[0]], [*tables["markets"], gas[1]]
    tables["controls"] = [
        *tables["controls"],
        {"id": "g", "asset": "wells", "actor": "AAA", "role": "owner", "share": 1},
    ]
    both = build(tables, time=days(10))
    assert not len(shares(both, ["AAA", "BBB"]).carriage)
    assert shares(both, ["AAA", "BBB"], commodity="oil").carriage["carried"].tolist() == pytest.approx([100])


def test_shares_are_those_of_the_game_and_are_kept(tmp_path):
    """Proves: the table holds the values of the game, the coalitions what each reaches, the default players are those who may
    close something, and what is saved is the same again, of the same class. Without it: Python had no shares but those one
    put together by hand, and none could be kept.
    """
    case = straits.load_case("eurasian-gas")
    found = shares(case)
    solved = game(case, default_players(case))
    assert found.table["shapley"].tolist() == pytest.approx(shapley(solved).values.tolist())
    values = found.values.set_index("coalition")["value"]
    assert values["RUS|UKR"] == pytest.approx(solved["RUS", "UKR"]) and len(values) == len(solved.values) - 1
    again = load(found.save(tmp_path / "shares"))
    assert type(again) is type(found) and again.carriage.equals(found.carriage)
    with pytest.raises(GameError, match="more than 20 are too many"):
        shares(case, [f"A{i}" for i in range(21)])


def test_with_options_both_networks_stand_side_by_side():
    """Proves: with options the table has each player twice, and the fees are those of the network as it is. Without it: a
    share with a pipe that nobody has built could be read as one of today.
    """
    case = straits.load_case("two-routes")
    found = shares(case, ["LND", "NBR"], options=True)
    assert found.table.groupby("network")["player"].count().to_dict() == {"as it is": 2, "with options": 2}
    plain = shares(case, ["LND", "NBR"])
    assert found.carriage.equals(plain.carriage)


def test_a_union_is_kept(tmp_path):
    """Proves: a union prints as two lines, is saved with its tables, worth and sentences, and is read again. Without it: of all
    analyses this one could not be kept.
    """
    found = union(straits.load_case("eurasian-gas"), ["RUS", "UKR"])
    assert repr(found).startswith("Union: What is a union of RUS, UKR worth") and repr(found).count("\n") == 1
    again = load(found.save(tmp_path / "union.zip"))
    assert again.members.equals(found.members) and again.sentences == found.sentences
    assert again.parameters["value"] == found.value and again.parameters["stable"] == found.stable
    assert set(found.with_tables(more=found.pairs).tables) == {*found.tables, "more"}
