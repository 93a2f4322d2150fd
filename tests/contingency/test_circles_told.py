"""Analyses of many variants solve the linear program alone, and say so where cargo goes round in it."""

from __future__ import annotations

import pytest

from small import build, days, link, market, places, supply
from straits.contingency import ensemble, sweep
from straits.worst import worst


def triangle(amount):
    """A triangle of which each side leads somewhere, and an agreed flow on one side, on which 4 kt/d have a use at most."""
    tables = {
        "places": places("A", "B", "C", A="AAA", B="AAA", C="AAA"),
        "links": [
            link(a + b, a.upper(), b.upper(), capacity=20, cost=1) for a, b in (("a", "b"), ("b", "c"), ("c", "a"))
        ],
        "supplies": [supply("at-a", "A", 4), supply("at-b", "B", 2), supply("at-c", "C", 2)],
        "markets": [market("a", "A", 80, demand=1), market("b", "B", 84, demand=5), market("c", "C", 80, demand=1)],
        "contracts": [{"id": "c", "name": "c", "kind": "least", "asset": "ab", "amount": amount, "amount_unit": "kt/d",
                       "penalty": 50, "penalty_unit": "USD/t"}],
        "hazards": [{"id": "h", "name": "h", "assets": "bc", "rate_per_year": 300, "duration_days": 1,
                     "duration_shape": "fixed"}],
    }  # fmt: skip
    return build(tables, time=days(1))


@pytest.mark.parametrize(("amount", "told"), [(8, True), (3, False)])
def test_what_goes_round_is_told(amount, told):
    """Proves: where a promise is kept by cargo that goes round, sweeps, ensembles and worst cases name it and its links; where
    nothing goes round, though it could, they say nothing of it.
    Without it: flows of a sweep would differ from those of a solve, in silence.
    """
    case = triangle(amount)
    found = [
        sweep(case, split=False).warnings,
        ensemble(case, draws=3, contributions=False).parameters["warnings"],
        worst(case, budget=1).warnings,
    ]
    assert [any("go round by ab → bc → ca" in text for text in warnings) for warnings in found] == [told] * 3
