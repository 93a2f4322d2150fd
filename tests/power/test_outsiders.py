"""Coalitions against outsiders who are absent, or who go on as when all act together; by hand."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from straits.case import Case, load_case
from straits.power import Game, game, shares, union
from straits.power.games.core import best_split


def _rivals() -> Case:
    """A and B (10 a month each) sell to one bystander, who takes 12."""
    return Case.from_tables(
        {
            "actors": [{"id": k, "name": k, "kind": "state"} for k in "AB"] + [{"id": "W", "name": "W", "kind": "group"}],
            "commodities": [{"id": "x", "name": "x", "unit": "unit", "tracked": True}],
            "places": [{"id": "pa", "name": "pa", "kind": "field", "territory": "A"}, {"id": "pb", "name": "pb", "kind": "field",
                       "territory": "B"}, {"id": "m", "name": "m", "kind": "market"}],
            "links": [{"id": f"l{k}", "name": k, "from_place": f"p{k}", "to_place": "m", "mode": "rail", "commodities": "x",
                       "capacity": "unlimited", "cost": 0} for k in "ab"],
            "supplies": [{"id": f"s{k}", "name": k, "place": f"p{k}", "commodity": "x", "capacity": 10,
                          "capacity_unit": "unit/step", "cost": c, "cost_unit": "kUSD/unit"}
                         for k, c in (("a", 0.1), ("b", 0.2))],
            "markets": [{"id": "out", "name": "out", "place": "m", "commodity": "x", "buyer": "W", "demand_kind": "stepwise",
                         "demand": 12, "demand_unit": "unit/step", "price": 1, "price_unit": "kUSD/unit"}],
        },
        id="two", title="two", time={"start": "2022-01-01", "end": "2022-02-01", "step": "month", "boundary": "empty"},
    )  # fmt: skip


def test_outsiders_who_go_on_take_up_demand():
    """Proves: by hand, on two producers A (10 a step) and B (10) for one market of 12 at price 1: alone each sells 10
    when the other is absent; when the other goes on with x in the baseline, only 12 - x is left. Without it:
    outsiders could be ignored."""
    case = _rivals()
    absent = game(case, ["A", "B"]).values * 1000.0
    np.testing.assert_allclose(absent, [0, 10 * 0.9, 10 * 0.8, 10 * 0.9 + 2 * 0.8], atol=1e-9)
    against = game(case, ["A", "B"], outsiders="baseline").values * 1000.0
    np.testing.assert_allclose(against, [0, 10 * 0.9, 2 * 0.8, 10 * 0.9 + 2 * 0.8], atol=1e-9)


def test_what_bystanders_buy_from_both_is_told_to_count_twice():
    """Proves: by hand, the two sell 9 and 8 apart and 10.6 together, so that apart they reach 6.4 more; shares and union say
    so and why, and nothing of the kind is said where outsiders go on, nor of a game that is superadditive.
    Without it: "no division is stable" would be quoted, though it holds of nobody's trade.
    """
    case = _rivals()
    told = " ".join(union(case, ["A", "B"]).sentences)
    assert (
        "Counted apart, A on one side and B on the other reach 0.0064 million USD more than all together"
        in told
    )
    assert "what bystanders buy from both" in told
    assert "Counted apart" in " ".join(shares(case, ["A", "B"]).sentences)
    assert "Counted apart" not in " ".join(union(case, ["A", "B"], outsiders="baseline").sentences)
    assert "Counted apart" not in " ".join(shares(load_case("two-routes"), ["LND", "NBR"]).sentences)


def test_the_best_split_is_that_of_all_partitions_in_two():
    """Proves: on random games, the split reaches as much as the best of all pairs of a coalition and its complement, and is None
    where none reaches more than all; games of one player have none.
    Without it: the wrong two would be told to be rivals.
    """
    draw = np.random.default_rng(5)
    seen = set()
    for n in [1, 2, 3, 4, 5] * 6:
        values = np.r_[0.0, draw.uniform(0, 10, 2**n - 1)]
        values[-1] += draw.choice([0.0, 5.0])
        v = Game(tuple("ABCDE"[:n]), values)
        sums = {
            (part, rest): v[part] + v[rest] - v.grand
            for k in range(1, n)
            for part in combinations(v.players, k)
            for rest in [tuple(p for p in v.players if p not in part)]
        }
        found = best_split(v)
        most = max(sums.values(), default=-1.0)
        assert (found is None) == (most <= 0)
        if found is not None:
            assert found.excess == pytest.approx(most)
            assert sums[found.parts] == pytest.approx(most)
        seen.add(found is None)
    assert seen == {True, False}


def _widened() -> Case:
    """A (10 a month, cost 0.1) and B (10, cost 0.2) ship over one line of 6 to a market of 12 at price 1; B may widen the line
    by 6 for 1.2, that is 0.2 a unit."""
    return Case.from_tables(
        {
            "actors": [{"id": k, "name": k, "kind": "state"} for k in "AB"] + [{"id": "W", "name": "W", "kind": "group"}],
            "commodities": [{"id": "x", "name": "x", "unit": "unit", "tracked": True}],
            "places": [{"id": "pa", "name": "pa", "kind": "field", "territory": "A"}, {"id": "pb", "name": "pb", "kind": "field",
                       "territory": "B"}, {"id": "j", "name": "j", "kind": "junction"},
                       {"id": "m", "name": "m", "kind": "market"}],
            "links": [{"id": f"l{k}", "name": k, "from_place": f"p{k}", "to_place": "j", "mode": "rail", "commodities": "x",
                       "capacity": "unlimited", "cost": 0} for k in "ab"]
            + [{"id": "line", "name": "line", "from_place": "j", "to_place": "m", "mode": "rail", "commodities": "x",
                "capacity": 6, "capacity_unit": "unit/step", "cost": 0}],
            "supplies": [{"id": f"s{k}", "name": k, "place": f"p{k}", "commodity": "x", "capacity": 10,
                          "capacity_unit": "unit/step", "cost": c, "cost_unit": "kUSD/unit"}
                         for k, c in (("a", 0.1), ("b", 0.2))],
            "markets": [{"id": "out", "name": "out", "place": "m", "commodity": "x", "buyer": "W", "demand_kind": "stepwise",
                         "demand": 12, "demand_unit": "unit/step", "price": 1, "price_unit": "kUSD/unit"}],
            "options": [{"id": "wide", "name": "wide", "asset": "line", "actor": "B", "adds": 6, "adds_unit": "unit/step",
                         "capital_cost": 1.2 * 365 / 31, "capital_cost_unit": "kUSD", "life_years": 1}],
        },
        id="two", title="two", time={"start": "2022-01-01", "end": "2022-02-01", "step": "month", "boundary": "empty"},
    )  # fmt: skip


def test_outsiders_keep_what_they_built():
    """Proves: by hand, together they ship 10 of A's and 2 of B's, all of it built:
    10 x 0.9 + 2 x 0.8 - 1.2 = 9.4. Outsiders absent: A ships 6 (5.4); B ships 10 and builds 4 (8 - 0.8 = 7.2). Outsiders go
    on: A has the line that B built and paid, and ships 10 (9); for B, A's 10 need two thirds of the widening, which stand;
    B's 2 need the last third (1.6 - 0.4 = 1.2). Without it: the coalition could pay for what outsiders built, or use what
    nobody built."""
    case = _widened()
    how = {"options": True, "discount_rate": 0.0}
    absent = game(case, ["A", "B"], **how)
    np.testing.assert_allclose(absent.values * 1000.0, [0, 5.4, 7.2, 9.4], atol=1e-9)
    against = game(case, ["A", "B"], outsiders="baseline", **how)
    np.testing.assert_allclose(against.values * 1000.0, [0, 9.0, 1.2, 9.4], atol=1e-9)


@pytest.mark.parametrize("origins", ["A", "A|B"])
def test_a_new_route_that_outsiders_built_is_closed_by_them(origins):
    """Proves: where the line has no room but by B's widening, and B operates it, together they ship 6 of A's (5.4 - 1.2). B
    alone keeps A's cargo moving, which fills the line: it adds nothing. A without B has no line, though it stands: 0. So for a
    line with a bound of its own, and for one that two origins share. Without it: whoever asks could use what B built and
    closes."""
    case = _widened()
    tables = {name: table.to_dict("records") for name, table in case.tables.items() if len(table)}
    line = next(row for row in tables["links"] if row["id"] == "line")
    line.update(capacity=0, origins=origins)
    tables["controls"] = [{"id": "c", "asset": "line", "actor": "B", "role": "operator"}]
    new = Case.from_tables(
        tables,
        id="two",
        title="two",
        time={"start": "2022-01-01", "end": "2022-02-01", "step": "month", "boundary": "empty"},
    )
    how = {"options": True, "discount_rate": 0.0}
    absent = game(new, ["A", "B"], **how)
    np.testing.assert_allclose(absent.values * 1000.0, [0, 0, 3.6 if origins == "A|B" else 0, 4.2], atol=1e-9)
    against = game(new, ["A", "B"], outsiders="baseline", **how)
    np.testing.assert_allclose(against.values * 1000.0, [0, 0, 0, 4.2], atol=1e-9)


def test_what_a_coalition_would_build_is_not_built_without_it():
    """Proves: with B the only player A is a bystander, who ships 6 (5.4) unless B widens the line: B adds 9.4 - 5.4 = 4, as
    outsiders there are none to go on. Without it: the network without B could use the option that only B may build."""
    for outsiders in ("absent", "baseline"):
        alone = game(_widened(), ["B"], outsiders=outsiders, options=True, discount_rate=0.0)
        np.testing.assert_allclose(alone.values * 1000.0, [0, 4.0], atol=1e-9)
