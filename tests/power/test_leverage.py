"""What a leverage rests on: which rights, which assets, which items, and how far prices determine it."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest

import straits
from refinerycase import trade
from straits.access.rights import rights_of, spokesmen, under_access
from straits.case import Case
from straits.lp.nearest import nearest_duals
from straits.model import compile_case
from straits.power import GameError, game, leverage
from straits.power.network.summary import leverage_text
from straits.power.network.withheld.asked import Asked
from straits.report.format import between

from .ways import case_of_ways as _case
from .ways import link as _link

#: T holds half of the line within P's own territory, and lies on the way of the other.
HALF = [
    {"id": "c0", "asset": "inner", "actor": "P", "role": "owner", "share": 0.5},
    {"id": "c1", "asset": "inner", "actor": "T", "role": "owner", "share": 0.5},
]
INNER = [
    _link("inner", "field", "port", "pipeline", "unlimited", 0, corridor="home"),
    _link("ship", "port", "sea", "sea", 6, 1),
    _link("land", "sea", "town", "sea", "unlimited", 0),
    _link("through", "field", "hub", "pipeline", 3, 2, corridor="land"),
    _link("out", "hub", "town", "pipeline", "unlimited", 0),
]


def test_a_host_keeps_its_line_open_against_an_owner():
    """Proves: T may stop the 3 units on its land, worth 8 each to P, but not the 6 by a line within P of which it owns
    half: P loses 24; it would lose 24 + 54 if owners' rights held. The assets behind both numbers are named, with the
    right and who keeps them open. Without it: a shareholder would seem as strong as a gatekeeper."""
    found = leverage(_case(links=INNER, controls=HALF), ["P", "T"])
    row = found.table.set_index(["actor", "target"]).loc[("T", "P")]
    assert row["loss"] == pytest.approx(24.0)
    assert row["loss_veto"] == pytest.approx(78.0)
    behind = found.rests_on("T", "P").set_index("asset")
    assert behind.loc["inner", ["right", "kept_open_by"]].tolist() == ["owner of 50%", "P"]
    assert behind.loc["inner", "loss_alone"] == pytest.approx(54.0)
    assert behind.loc["through", ["right", "kept_open_by"]].tolist() == ["territory", ""]
    assert behind.loc["through", ["moved", "loss_alone"]].tolist() == pytest.approx([3.0, 24.0])
    assert found.matrix().loc["T", "P"] == pytest.approx(24.0)
    strict = leverage(_case(links=INNER, controls=HALF), ["P", "T"], access="veto")
    assert strict.matrix().loc["T", "P"] == pytest.approx(78.0)


def test_what_is_refined_abroad_is_exported():
    """Proves: of 12 kt of oil a day that AAA sends to BBB, 10 to a refinery and 2 to a buyer, BBB's stop takes 48 kt in four
    days, at the 150 dollars that oil is worth there; diesel made of it abroad is no export of AAA's.
    Without it: only what is sold as oil would count, a sixth of it."""
    lost = leverage(trade(), ["AAA", "BBB", "CCC"]).exports.set_index(["actor", "target", "commodity"])
    assert lost.loc[("BBB", "AAA", "oil"), ["amount_lost", "revenue_lost"]].tolist() == pytest.approx(
        [48.0, 7.2]
    )
    assert lost.loc[("BBB", "AAA", "diesel"), "amount_lost"] == pytest.approx(0.0)
    assert lost.loc[("CCC", "AAA", "oil"), "amount_lost"] == pytest.approx(0.0)


def test_what_moves_nothing_takes_nothing():
    """Proves: of T's land, which a way of 20 a unit crosses that nobody uses, the stop alone takes nothing from P, nor from all
    together. Without it: what an asset rests on would be more than nothing where nothing passes."""
    dear = [link if link["id"] != "through" else link | {"cost": 20} for link in INNER]
    behind = leverage(_case(links=dear, controls=HALF), ["P", "T"]).rests_on("T", "P").set_index("asset")
    assert behind.loc["through", ["moved", "loss_alone", "joint_alone"]].tolist() == [0.0, 0.0, 0.0]
    assert behind.loc["inner", "joint_alone"] == pytest.approx(54.0)


def test_who_else_plays_changes_no_loss():
    """Proves: P keeps its line open whether it plays or not, so that what all lose by T, 24 of P's sales, is the same with two
    players and with three, and the answer names P. Without it: the number would hang on who else was asked about: 78 and 24."""
    two, three = (
        leverage(_case(links=INNER, controls=HALF), players) for players in (["T", "B"], ["T", "P", "B"])
    )
    for found in (two, three):
        row = found.table.set_index(["actor", "target"]).loc[("T", "B")]
        assert row["joint_loss"] == pytest.approx(24.0)
        assert found.rests_on("T", "B").set_index("asset").loc["inner", "kept_open_by"] == "P"


def test_own_cargo_is_withheld_from_all_or_from_players_only():
    """Proves: P sells 9 units to B, who is no player here, at 9 each, by ship (cost 1) and by land (cost 2): withheld from all it
    loses 6 x 8 + 3 x 7; withheld from players only, as T buys nothing, nothing. The title says which.
    Without it: an exporter could seem to withhold from a buyer while selling to him because he was not named.
    """
    case = _case(links=INNER, controls=[])
    all_, some = (leverage(case, ["P", "T"], from_players_only=only) for only in (False, True))
    cost = [found.table.set_index("actor").loc["P", "own_cost"] for found in (all_, some)]
    whole = straits.solve(case).objective
    assert cost == pytest.approx([whole, 0.0])
    assert "from all others" in all_.question and "from the other players only" in some.question


def test_the_same_rule_in_games():
    """Proves: under host, P reaches 54 by its own line without T; under veto, nothing. Without it: leverage and shares
    would answer for different rights."""
    case = _case(links=INNER, controls=HALF)
    assert game(case, ["P", "T"], access="host")["P"] == pytest.approx(54.0)
    assert game(case, ["P", "T"], access="veto")["P"] == pytest.approx(0.0)
    assert game(case, ["P", "T"], access={"inner": "host"})["P"] == pytest.approx(54.0)


def test_operators_and_regulators_are_no_mere_owners():
    """Proves: as operator or regulator T closes P's line also under host. Without it: the rule would void rights that act
    at the valve."""
    for role in ("operator", "regulator"):
        controls = [*HALF, {"id": "c2", "asset": "inner", "actor": "T", "role": role}]
        found = leverage(_case(links=INNER, controls=controls), ["P", "T"])
        assert found.matrix().loc["T", "P"] == pytest.approx(78.0)
        assert found.rests_on("T", "P").set_index("asset").loc["inner", "right"] == f"{role}, owner of 50%"


def test_under_regulated_access_transit_is_no_lever():
    """Proves: regulated access leaves T nothing to withhold. Without it: a rule agreed would not show."""
    found = leverage(_case(links=INNER, controls=HALF), ["P", "T"], access="regulated")
    assert found.matrix().loc["T", "P"] == pytest.approx(0.0)
    assert set(found.rests_on("T", "P")["kept_open_by"]) == {"access rule"}
    with pytest.raises(
        GameError, match=r"expected 'veto', 'host', 'regulated'; found 'hosts'.*did you mean 'host'"
    ):
        leverage(_case(), ["P", "T"], access="hosts")


def _open_price(capacity: float) -> Case:
    """P's well gives 10, T's line carries `capacity`, B pays 10: for 10, the price between well and line is open."""
    return _case(
        links=[{**_link("line", "field", "town", "pipeline", capacity, 1), "scarcity_rule": "scarcity"}],
        controls=[{"id": "c1", "asset": "line", "actor": "T", "role": "operator"}],
    )


def test_a_loss_that_prices_leave_open_has_a_range():
    """Proves: where well and line are both full, any price at the field between 0 and 9 supports the plan: P may lose all
    of 90 or nothing when B buys nothing, T what is left. With room in the line it is P's for certain. Without it: an
    accident of the solver would be quoted as P's loss."""
    rows = leverage(_open_price(10), ["P", "T", "B"]).table.set_index(["actor", "target"])
    for target in ("P", "T"):
        assert rows.loc[("B", target), ["loss_least", "loss_most"]].tolist() == pytest.approx(
            [0.0, 90.0], abs=1e-6
        )
    assert rows.loc[("B", "P"), "loss"] + rows.loc[("B", "T"), "loss"] == pytest.approx(90.0)
    rows = leverage(_open_price(12), ["P", "T", "B"]).table.set_index(["actor", "target"])
    assert rows.loc[("B", "P"), ["loss_least", "loss_most"]].tolist() == pytest.approx([90.0, 90.0], abs=1e-6)


def test_what_takes_nothing_from_anybody_moves_no_money(monkeypatch):
    """Proves: Q withholds a line that nobody uses while the price at the field is open, and nobody loses anything, with whichever
    prices the solver ends. Without it: the choice of a solver would be told as what Q can do to P."""
    idle = {**_link("idle", "field", "town", "pipeline", 5, 50), "scarcity_rule": "scarcity"}
    case = _case(
        links=[{**_link("line", "field", "town", "pipeline", 10, 1), "scarcity_rule": "scarcity"}, idle],
        controls=[
            {"id": "c1", "asset": "line", "actor": "T", "role": "operator"},
            {"id": "c2", "asset": "idle", "actor": "Q", "role": "operator"},
        ],
        actors=[{"id": k, "name": k, "kind": "state"} for k in ("P", "T", "B", "Q")],
    )
    ended, moved = Asked._reply, []

    def elsewhere(asked, bounds):
        plan = ended(asked, bounds)
        ends = [
            nearest_duals(plan.model, plan.x, plan.dual, None, plan.dual + far, np.ones(len(plan.dual)))
            for far in (-1e3, 1e3)
        ]
        dual = max(ends, key=lambda end: np.abs(end - plan.dual).max())
        moved.append(np.abs(dual - plan.dual).max())
        return replace(plan, dual=dual, reduced_cost=plan.model.cost - plan.model.matrix.T @ dual)

    monkeypatch.setattr(Asked, "_reply", elsewhere)
    rows = leverage(case, ["P", "T", "Q"]).table.set_index(["actor", "target"])
    assert max(moved) > 1.0
    assert rows.loc["Q", "loss"].tolist() == pytest.approx([0.0, 0.0], abs=1e-9)
    assert rows.loc["Q", "own_cost"].tolist() == pytest.approx([0.0, 0.0], abs=1e-9)


def test_prices_of_another_optimum_do_not_count():
    """Proves: with hardly any room left in the line, 0.00002 of 10, prices are P's for certain. Without it: a step of the search
    for other prices would pass the room, and a loss that is known would be said to be open."""
    rows = leverage(_open_price(10.00002), ["P", "T", "B"]).table.set_index(["actor", "target"])
    assert rows.loc[("B", "P"), ["loss_least", "loss_most"]].tolist() == pytest.approx([90.0, 90.0], abs=1e-6)


def test_a_share_saved_is_a_share():
    """Proves: on the reference case what rerouting saves lies between nothing and all, or is left open. Without it:
    124,000 % of nothing would stand there."""
    table = leverage(straits.load_case("caspian"), ["KAZ", "RUS", "AZE", "GEO"]).table
    told = table["saved"].dropna()
    assert told.between(0.0, 1.0).all()
    assert 0 < len(told) < len(table)


def test_items_add_up_to_the_loss():
    """Proves: the items of each loss sum to it. Without it: the parts told could be of another loss."""
    found = leverage(_case(), ["P", "T", "B"])
    summed = found.items.groupby(["actor", "target"])["loss"].sum()
    for row in found.table.to_dict("records"):
        assert summed.get((row["actor"], row["target"]), 0.0) == pytest.approx(row["loss"])
    assert found.items.set_index(["actor", "target"])["item"].loc[[("B", "T")]].tolist() == ["tariff"]


def test_who_may_close_what_in_the_reference_case():
    """Proves: China's hold on Kazakhstan's inner pipelines is half a company's shares, and Kazakhstan is their host; CPC in
    Russia is Russia's as territory, operator and regulator. Without it: the largest numbers would rest on other rights
    than the fact base gives."""
    players = ["KAZ", "RUS", "CHN"]
    case = straits.load_case("caspian")
    network = compile_case(case).network
    rights = rights_of(network, spokesmen(case, players), 3)
    of = {r.asset: r for r in rights}
    for asset in ("kenkiyak-kumkol", "beyneu-shymkent"):
        assert of[asset].why(2) == "owner of 50%"
        assert of[asset].hosts == 0b001
    assert of["cpc-shore"].why(1).startswith("operator, regulator, territory, owner of")
    left = {r.asset: r for r in under_access(rights, "host", network)}
    without_china = np.array([0b011])
    assert not of["kenkiyak-kumkol"].open_to(without_china)[0]
    assert left["kenkiyak-kumkol"].open_to(without_china)[0]
    assert not left["atasu-alashankou"].open_to(without_china)[0]


def test_all_parts_of_one_pipeline_have_the_same_owners():
    """Proves: each part of CPC lists the same owners with the same shares, which add up to all of it. Without it: a slip in
    one of six like rows would move an account unseen."""
    controls = straits.load_case("caspian").rows("controls").values()
    parts = ("cpc-tengiz-atyrau", "cpc-kz", "cpc-ru", "cpc-shore", "cpc-spm1", "cpc-spm2", "cpc-spm3")
    shares = [{c.actor: c.share for c in controls if c.asset == part and c.role == "owner"} for part in parts]
    assert all(part == shares[0] for part in shares)
    assert sum(shares[0].values()) == pytest.approx(1.0)


def test_no_host_keeps_a_ship_running():
    """Proves: T owns the ships from P's port to sea; under host it withholds them, 6 units worth 9, though both ports' states
    play. Without it: a route at sea would count as lying wholly on the land where it starts."""
    links = [*INNER[:2], _link("land", "sea", "town", "sea", "unlimited", 0)]
    controls = [{"id": "c0", "asset": "ship", "actor": "T", "role": "owner", "share": 1}]
    found = leverage(_case(links=links, controls=controls), ["P", "T", "B"])
    assert found.table.set_index(["actor", "target"]).loc[("T", "P"), "joint_loss"] == pytest.approx(54.0)
    assert found.rests_on("T", "P").set_index("asset").loc["ship", "kept_open_by"] == ""


def test_a_start_outside_the_case_is_an_error():
    """Proves: a withholding that starts before the case, or at its end, is refused with its days. Without it: a mistyped year
    would be answered as if the whole case were meant."""
    for start in (dt.date(2021, 1, 1), dt.date(2022, 2, 1)):
        with pytest.raises(
            GameError, match=f"start: {start} lies outside the time of case ways, 2022-01-01 to 2022-02-01"
        ):
            leverage(_case(), ["P", "T"], start=start)


def test_a_promise_without_a_price_leaves_a_loss_open():
    """Proves: P buys, at any price, all that a company of others makes on its land: what P loses by T's refusal is then open
    without limit, and table, text and report say so; T's own loss is not. Without it: both ends would be
    blank, or the solver's price would pass for the only one."""
    found = leverage(
        _case(
            actors=[{"id": k, "name": k, "kind": "state"} for k in ("P", "T", "B", "Q")],
            commodities=[{"id": k, "name": k, "unit": "unit", "tracked": True} for k in "xy"],
            supplies=[
                {"id": k, "name": k, "place": "field", "commodity": g, "capacity": 10, "capacity_unit": "unit/step", "cost": 0}
                for k, g in (("well", "x"), ("mill", "y"))
            ],
            markets=[
                {"id": "shop", "name": "shop", "place": "town", "commodity": "x", "buyer": "B", "demand_kind": "stepwise",
                 "demand": "unlimited", "demand_unit": "unit/step", "price": 10, "price_unit": "MUSD/unit"},
                {"id": "own", "name": "own", "place": "field", "commodity": "y", "buyer": "P", "demand_kind": "fixed",
                 "demand": 10, "demand_unit": "unit/step", "price": 10, "price_unit": "MUSD/unit"},
            ],
            controls=[
                {"id": "c1", "asset": "out", "actor": "T", "role": "owner", "share": 1},
                {"id": "c2", "asset": "mill", "actor": "Q", "role": "owner", "share": 1},
            ],
        ),
        ["P", "T", "B"],
    )  # fmt: skip
    rows = found.table.set_index(["actor", "target"])
    assert rows.loc[("T", "P"), ["loss_least", "loss_most"]].tolist() == [-np.inf, np.inf]
    assert np.isfinite(rows.loc[("P", "T"), ["loss_least", "loss_most"]].astype(float)).all()
    assert "or any other amount: a promise must be kept at any price" in " ".join(leverage_text(found))
    assert between(*rows.loc[("T", "P"), ["loss_least", "loss_most"]]) == "no limit"
