"""Accounts where several assets change hands, and where nobody's supply brought the cargo."""

from __future__ import annotations

import pytest

import straits
from small import build, days, link, market, places, store, supply
from straits.model.circles import can_go_round
from straits.testing.drawn import random_case


def amounts(solution):
    table = solution.accounts()
    return {(r.actor, r.item): round(r.amount, 9) for r in table.itertuples()}


def test_lines_that_change_hands():
    """Proves: a line of 3 kt/d earns its scarcity of 100 - 50 - 10, 120 thousand a day, for X on the first of four days and for Y
    on the others; a line of 5 earns 100 - 50 - 20, 150 thousand, of which Z has three quarters and Y one for two days, and X all
    of it afterwards: X 120 + 300, Y 360 + 75, Z 225 thousand.
    Without it: the days of one line could be entered for another, and each of them alone still be right.
    """

    def owner(key, asset, actor, share, start=None, end=None):
        return {
            "id": key,
            "asset": asset,
            "actor": actor,
            "role": "owner",
            "share": share,
            "start": start,
            "end": end,
        }

    case = build(
        {
            "actors": [{"id": key, "name": key, "kind": "company"} for key in "XYZ"],
            "places": places("A", "B", B="BBB"),
            "links": [
                link("one", "A", "B", capacity=3, cost=10, scarcity_rule="scarcity"),
                link("two", "A", "B", capacity=5, cost=20, scarcity_rule="scarcity"),
            ],
            "supplies": [supply("field", "A", 100, cost=50)],
            "markets": [market("sea", "B", 100)],
            "controls": [
                owner("a", "one", "X", 1.0, end="2022-01-02"),
                owner("b", "one", "Y", 1.0, start="2022-01-02"),
                owner("c", "two", "Z", 0.75, end="2022-01-03"),
                owner("d", "two", "Y", 0.25, end="2022-01-03"),
                owner("e", "two", "X", 1.0, start="2022-01-03"),
            ],
        },
        time=days(4),
    )
    assert amounts(straits.solve(case)) == {
        (a, "link scarcity"): m for a, m in (("X", 0.42), ("Y", 0.435), ("Z", 0.225))
    }


def test_two_promises_with_a_payer_each():
    """Proves: 2 kt/d promised to a way that costs 60 more are 240 thousand in two days, and 1 kt/d to one that costs 80 more 160
    thousand: each falls on the payer of its own promise, and the field keeps 9 × 70 a day.
    Without it: the price of one promise would be paid for the amount of another.
    """

    def least(key, asset, amount, payer):
        row = {
            "id": key,
            "name": key,
            "kind": "least",
            "asset": asset,
            "amount": amount,
            "amount_unit": "kt/d",
        }
        return row | {"per": "step", "payer": payer}

    case = build(
        {
            "places": places("A", "B", B="BBB"),
            "links": [
                link("near", "A", "B", cost=10),
                link("far", "A", "B", cost=70),
                link("farther", "A", "B", cost=90),
            ],
            "supplies": [supply("field", "A", 9, cost=20)],
            "markets": [market("sea", "B", 100)],
            "contracts": [least("one", "far", 2, "BBB"), least("two", "farther", 1, "CCC")],
        },
        time=days(2),
    )
    assert amounts(straits.solve(case)) == {
        ("(nobody) field", "supply margin"): 1.26, ("BBB", "commitment"): -0.24, ("CCC", "commitment"): -0.16,
    }  # fmt: skip


def test_cargo_that_no_field_brought():
    """Proves: what a tank holds at the start, of an origin of which nothing is produced, goes through a full pipe at a tariff and
    earns 2 × 3 × 90 thousand, which no supply is behind; a field elsewhere earns its own 3 × 3 × 70.
    Without it: the accounts of such a case ended in a traceback.
    """
    case = build(
        {
            "commodities": [{"id": "oil", "name": "oil", "unit": "kt", "tracked": True}],
            "places": places("A", "B", "C", B="BBB", C="AAA"),
            "links": [
                link("pipe", "A", "B", capacity=2, cost=10),
                link("other", "C", "B", capacity=3, cost=10),
            ],
            "supplies": [supply("far", "C", 3, cost=20)],
            "markets": [market("sea", "B", 100)],
            "stores": [store("tank", "A", 10, start=8, start_origin="CCC")],
        },
        time=days(3),
    )
    assert amounts(straits.solve(case)) == {
        ("(nobody) far", "scarcity to shippers"): 0.63,
        ("CCC", "untraced"): 0.54,
    }


@pytest.mark.parametrize("part", range(3))
def test_accounts_of_drawn_cases_add_up(part):
    """Proves: whatever a case holds, its accounts add up to its joint value, as it is and under its scenarios.
    Without it: a feature that the cases of other tests lack, or have alone, would be missing from the accounts.
    """
    solved = 0
    for seed in range(20 * part, 20 * (part + 1)):
        case = random_case(seed)
        for scenario in (None, *case.scenarios):
            try:
                solution = straits.solve(case, scenario)
            except straits.errors.InfeasibleError:
                continue
            except straits.errors.ModelError as error:
                # What is expected of a surprise may end within a step of something unlimited.
                assert "has no meaning" in str(error)
                continue
            total = solution.accounts()["amount"].sum()
            assert total == pytest.approx(solution.objective, rel=1e-6, abs=1e-6), (seed, scenario)
            solved += 1
    assert solved >= 20


def test_one_cargo_that_can_go_round_is_enough():
    """Proves: a way back for one of two goods is a way round, a way back for none is not, whichever is listed first.
    Without it: circles would be looked for only where every cargo has one.
    """
    for back, round_ in ((None, False), ("oil", True), ("gas", True)):
        links = [link("there", "A", "B", capacity=5, commodities="oil|gas")]
        links += [link("back", "B", "A", capacity=5, commodities=back)] if back else []
        case = build(
            {
                "commodities": [{"id": k, "name": k, "unit": "kt"} for k in ("oil", "gas")],
                "places": places("A", "B"),
                "links": [*links, link("on", "B", "C", commodities="oil|gas"), link("more", "A", "C", commodities="oil|gas")],
                "supplies": [
                    supply("field", "A", 4), {**supply("wells", "A", 4), "commodity": "gas"},
                    supply("far", "B", 4), {**supply("deep", "B", 4), "commodity": "gas"},
                ],
                "markets": [market("sale", "C", 100), {**market("gas-sale", "C", 90), "commodity": "gas"}],
            } | {"places": places("A", "B", "C", B="AAA", C="BBB")}
        )  # fmt: skip
        assert can_go_round(straits.solve(case).formulation) is round_
