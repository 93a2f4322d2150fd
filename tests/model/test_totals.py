"""Sums over a whole plan as plain rows, against the tables that they add up."""

from __future__ import annotations

import pytest

import straits
from straits.errors import StraitsError
from straits.model.accounts import account_totals
from straits.stress import corridors
from straits.testing import random_case


def test_totals_are_sums_of_the_tables():
    """Proves: what `straits solve` prints by plain rows are the sums of the tables of flows, units and accounts, row by row, and
    a block is said to hold something exactly where its table has rows. Without it: the command and the library could tell
    different amounts, or a promise that is not kept would not be printed.
    """
    seen = {"unmet": set(), "stranded": set()}
    named = [straits.load_case(name) for name in ("caspian", "red-sea")]
    for case in (*named, *(random_case(seed, hard=0.3) for seed in range(30))):
        scenario = next(iter(case.scenarios), None)
        try:
            plan = straits.solve(case, scenario, foresight="surprise")
        except StraitsError:
            continue  # no steady state
        frame = corridors(plan).groupby(["corridor", "commodity", "origin"])["amount"].sum()
        goods = case.rows("commodities")
        found = plan.corridor_totals()
        assert [row[:3] for row in found] == [*frame.index]
        assert [row[3] for row in found] == [goods[row[1]].unit for row in found]
        assert [row[4] for row in found] == pytest.approx([*frame], rel=1e-9)
        gains = plan.accounts().groupby("actor")["amount"].sum()
        size = max(1.0, plan.accounts()["amount"].abs().max())
        assert [actor for actor, _ in account_totals(plan)] == [*gains.index]
        assert [amount for _, amount in account_totals(plan)] == pytest.approx([*gains], abs=1e-10 * size)
        for name, block in (("unmet", plan.formulation.unmet), ("stranded", plan.formulation.stranded)):
            assert plan.occurs(block) == bool(len(getattr(plan, name)))
            seen[name].add(plan.occurs(block))
    assert seen == {"unmet": {True, False}, "stranded": {True, False}}
