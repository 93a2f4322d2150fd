"""Losses that equally good plans leave open."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import straits
from small import amount, build, link, market, places, supply
from straits.stress.losses import lost_of


def solved(*, at_home: float = 6, field: float = 6) -> straits.model.Solution:
    """Six kt, as good at home as abroad: of exports, all from 6 less what home takes to 6 is as good."""
    case = build(
        {
            "places": places("A", "B", "C", B="BBB", C="AAA"),
            "links": [link("abroad", "A", "B", capacity=10, cost=5), link("home", "A", "C", capacity=10, cost=5)],
            "supplies": [supply("field", "A", field)],
            "markets": [market("buyer", "B", 100, demand=10), market("town", "C", 100, demand=at_home)],
            "commodities": [{"id": "oil", "name": "oil", "unit": "kt", "tracked": True}],
        }
    )  # fmt: skip
    return straits.solve(case)


def sold_abroad(solution, kt: float, field: float = 6):
    """The same optimum with so much of it sold abroad."""
    x = solution.x.copy()
    for j in range(len(x)):
        name = solution.model.column_name(j)
        if name.startswith(("flow(abroad", "sale(buyer")):
            x[j] = kt
        if name.startswith(("flow(home", "sale(town")):
            x[j] = field - kt
    moved = replace(solution, x=x)
    assert moved.lp_value == pytest.approx(solution.lp_value) and amount(moved, "abroad") == pytest.approx(kt)
    return moved


@pytest.mark.parametrize(("kt", "usual"), [(6, 6), (0, 6), (0, 1), (6, 0)])
def test_what_is_open_is_no_loss(kt, usual):
    """Proves: where the solver ends with another of equally good plans, the loss is that as given. Without it: 6 kt would be
    lost, or won, by a number that moves nothing."""
    base = solved()
    given = [sold_abroad(base, 6), sold_abroad(base, usual)]
    found = [sold_abroad(base, 6), sold_abroad(base, kt)]
    assert lost_of(found, "AAA", "oil")[0] == pytest.approx(6 - kt)
    assert lost_of(found, "AAA", "oil", given) == pytest.approx((6 - usual, 0.0))


def test_what_must_be_lost_is():
    """Proves: what no equally good plan can keep is lost, and no more. By hand: home takes 1, so 5 to 6 of 6 are exported, and 3
    to 4 of 4: 1 to 3 are lost, whatever the plans found say, and 2 × 95 thousand. As given nothing was lost, or all: 1, or 3."""
    base, whole, small = solved(), solved(at_home=1), solved(field=4, at_home=1)
    given = [sold_abroad(base, 6), sold_abroad(base, 6)]
    for kt in (3, 4):
        found = [sold_abroad(whole, 6), sold_abroad(small, kt, 4)]
        assert lost_of(found, "AAA", "oil", given) == pytest.approx((1.0, 0.19))
    all_lost = [sold_abroad(base, 6), sold_abroad(base, 0)]
    found = [sold_abroad(whole, 6), sold_abroad(small, 4, 4)]
    assert lost_of(found, "AAA", "oil", all_lost)[0] == pytest.approx(3.0)


def test_nothing_is_asked_where_nothing_moves(monkeypatch):
    """Proves: where the loss is as given, no program is solved for its range."""
    base = solved()
    monkeypatch.setattr("straits.stress.losses.Plans", None)
    assert lost_of([base, base], "AAA", "oil", [base, base]) == (0.0, 0.0)
    assert np.isfinite(base.lp_value)
