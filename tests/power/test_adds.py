"""What a union adds beside its pairs, a member leaving, waiting and less cargo; balance of imports, and with options."""

from __future__ import annotations

import pandas as pd
import pytest

import straits
from straits.power import GameError, balance, game, union
from straits.power.network.adds import adds_text, members_of
from straits.testing import build, link, market, places, supply
from straits.wording import as_money

AXIS = {"start": "2022-01-01", "end": "2022-01-11", "step": "day", "boundary": "empty"}


def three_states(**more):
    """Oil of AAA (6 kt/d) and of CCC (2 kt/d) goes through BBB to sea; a way round BBB has room for 1, and an option adds 3."""
    actors = [
        {"id": "PACT", "name": "Pact", "kind": "alliance"},
        {"id": "AAA", "name": "AAA", "kind": "state", "member_of": "PACT"},
        {"id": "BBB", "name": "BBB", "kind": "state", "member_of": "PACT"},
        {"id": "CCC", "name": "CCC", "kind": "state"},
    ]
    return build(
        {
            "actors": actors,
            "commodities": [{"id": "oil", "name": "oil", "unit": "kt", "tracked": True, "bbl_per_t": 7.5}],
            "places": places("A", "B", "C", "S", B="BBB", C="CCC"),
            "links": [
                link("ab", "A", "B", capacity=9, corridor="main"), link("cb", "C", "B", capacity=9, corridor="east"),
                link("bs", "B", "S", capacity=9), link("as", "A", "S", capacity=1, cost=50, corridor="round"),
            ],
            "supplies": [supply("fa", "A", 6), supply("fc", "C", 2)],
            "markets": [market("sea", "S", 100), market("home", "B", 120, demand=3)],
            "options": [{"id": "wider", "name": "wider", "asset": "as", "adds": 3, "adds_unit": "kt/d",
                         "capital_cost": 0.01, "capital_cost_unit": "MUSD", "life_years": 20, "years_to_build": 1}],
            **more,
        },
        time=AXIS,
    )  # fmt: skip


def test_what_a_union_adds_is_a_difference_of_coalitions():
    """Proves: beside no union, each pair, each member leaving, waiting and no cargo of one origin, the union adds what the values
    of those coalitions, worked out by themselves, say; texts quote them.
    Without it: a union would be praised for what a pair, a wait or somebody else's cargo brings.
    """
    case, who = three_states(), ["AAA", "BBB", "CCC"]
    found = union(case, who, options=True, apart=["CCC"])
    rows = found.adds.set_index("beside")
    v = game(case, who, options=True)
    alone = {name: v[name] for name in who}
    assert rows.loc["no union", "value"] == pytest.approx(sum(alone.values()))
    assert rows.loc["pair AAA and BBB", "value"] == pytest.approx(v["AAA", "BBB"] + alone["CCC"])
    assert rows.loc["without BBB", "value"] == pytest.approx(v["AAA", "CCC"] + alone["BBB"])
    assert rows.loc["waiting", "value"] == pytest.approx(game(case, who).grand)
    assert (rows["adds"].iloc[:-1] == found.value - rows["value"].iloc[:-1]).all()
    quiet = game(three_states(supplies=[supply("fa", "A", 6), supply("fc", "C", 0)]), who, options=True)
    assert rows.loc["no cargo of CCC", "adds"] == pytest.approx(quiet.grand - float(quiet.alone.sum()))
    told = " ".join(adds_text(found.adds, "USD"))
    assert (
        f"{as_money(rows.loc['no union', 'adds'])} million USD" in told
        and "waiting" in told
        and "cargo of CCC" in told
    )
    assert told.count("which only passes or is bought") == 1
    same = [("no union", 5.0), ("no cargo of CCC", 5.0), ("without BBB", 2.0)]
    said = adds_text(pd.DataFrame(same, columns=["beside", "adds"]), "USD")[-1]
    assert said.endswith("over no union: 0 of what it adds is that cargo.")


def test_an_alliance_stands_for_its_members():
    """Proves: a union named by an alliance is that of who is a member of it; one without members, and an origin without supply,
    are refused.
    Without it: CSTO would be one player who holds nothing.
    """
    case = three_states()
    assert members_of(case, ["PACT"]) == ["AAA", "BBB"]
    assert union(case, ["PACT"]).value == pytest.approx(union(case, ["AAA", "BBB"]).value)
    with pytest.raises(GameError, match="no supply has the origin"):
        union(case, ["PACT"], apart=["BBB"])
    lonely = three_states(actors=[{"id": "PACT", "name": "Pact", "kind": "alliance"},
                                  *({"id": s, "name": s, "kind": "state"} for s in ("AAA", "BBB", "CCC"))])  # fmt: skip
    with pytest.raises(GameError, match="is a member of PACT"):
        union(lonely, ["PACT"])


def test_imports_by_hand():
    """Proves: BBB buys 3 of 120 from whoever comes: all comes from AAA, whose way is cheaper, by its own entry; half could
    come from CCC. Goods that may leave again are not counted by entry.
    Without it: an importer could not see on whom it depends.
    """
    one_way = [
        link("ab", "A", "B", capacity=9, corridor="main"),
        link("cb", "C", "B", capacity=9, cost=1, corridor="east"),
    ]
    other = [{"id": "wider", "name": "wider", "asset": "ab", "adds": 1, "adds_unit": "kt/d"}]
    buyer = [market("home", "B", 120, demand=3)]
    case = three_states(links=one_way, markets=buyer, options=other)
    found = balance(case, "BBB", "oil", extra_cost=1.0, imports=True)
    index = found.indices.set_index("way")
    assert list(index.columns) == ["observed", "modelled", "lowest"]
    for way in ("seller", "entry", "corridor"):
        assert index.loc[way, "modelled"] == pytest.approx(1.0)
        assert index.loc[way, "lowest"] == pytest.approx(0.5, abs=1e-4)
    assert found.parameters["exported"] == pytest.approx(30)
    assert "imports" in found.sentences[0]
    passing = balance(three_states(), "BBB", "oil", extra_cost=0.0, imports=True)
    assert passing.parameters["left_out"] == ["entry"] and "entry" not in set(passing.indices["way"])
    with pytest.raises(GameError, match="nothing of oil from abroad"):
        balance(case, "CCC", "oil", extra_cost=0.0, imports=True)


def test_balance_with_options():
    """Proves: with the way round widened from 1 to 4 kt a day exports of 6 can be spread 4 and 2 instead of 1 and 5, and what the
    option costs is told apart; an unknown option is named.
    Without it: what could be built to depend less on one way would not be seen.
    """
    case = three_states(markets=[market("sea", "S", 100)], supplies=[supply("fa", "A", 6)])
    before = balance(case, "AAA", "oil", extra_cost=99.0).indices.set_index("way")
    after = balance(case, "AAA", "oil", extra_cost=99.0, options=["wider"])
    assert before.loc["corridor", "lowest"] == pytest.approx((1 + 25) / 36, abs=1e-4)
    assert after.indices.set_index("way").loc["corridor", "lowest"] == pytest.approx(0.5, abs=1e-4)
    assert after.parameters["options"] == ["wider"] and after.parameters["capital"] == pytest.approx(0.01)
    assert any("wider" in told for told in after.sentences)
    with pytest.raises(GameError, match="wide"):
        balance(case, "AAA", "oil", extra_cost=0.0, options=["wide"])


def test_groups_stand_after_others():
    """Proves: a buyer that is a group of many is marked and stands after the others in the shares of a balance."""
    found = balance(straits.load_case("caspian"), "KAZ", "crude", extra_cost=0.0)
    kinds = found.table.query("way == 'market'")["kind"].tolist()
    assert "group" in kinds and kinds == sorted(kinds, key=lambda kind: kind == "group")


def test_imports_of_a_pool_that_is_supplied_at_home_too():
    """Proves: of oil whose origin is not tracked BBB needs 3 a day and makes 1; what enters, 2 a day, comes from AAA, and half
    of it could come from CCC. Sending oil round by DDD and taking it in again would be a third partner, and is none.
    Without it: nobody could ask how concentrated the gas of a Union is, which is pooled and partly its own; or a partner
    could be made up by a circle.
    """
    tables = {
        "actors": [{"id": s, "name": s, "kind": "state"} for s in ("AAA", "BBB", "CCC", "DDD")],
        "commodities": [{"id": "oil", "name": "oil", "unit": "kt", "tracked": "false"}],
        "places": places("A", "B", "C", "D", A="AAA", B="BBB", C="CCC", D="DDD"),
        "links": [
            link("ab", "A", "B", capacity=9, corridor="main"),
            link("cb", "C", "B", capacity=9, cost=1, corridor="east"),
            link("bd", "B", "D", capacity=9),
            link("db", "D", "B", capacity=9, corridor="round"),
        ],
        "supplies": [
            supply("fa", "A", 9, cost=20),
            supply("fc", "C", 9, cost=20),
            supply("own", "B", 1, cost=5),
        ],
        "markets": [market("home", "B", 120, demand=3)],
    }
    found = balance(build(tables, time=AXIS), "BBB", "oil", extra_cost=99.0, imports=True)
    index = found.indices.set_index("way")
    assert set(index.index) == {"entry", "corridor"}
    for way in index.index:
        assert index.loc[way, "modelled"] == pytest.approx(1.0)
        assert index.loc[way, "lowest"] == pytest.approx(0.5, abs=1e-4)
    assert found.parameters["exported"] == pytest.approx(20)
    assert "counted is all that enters" in found.sentences[-1].replace("\n", " ")
