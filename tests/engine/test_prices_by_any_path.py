"""What a scenario changes in accounts hangs neither on the path that the solver took nor on what else was asked."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

import straits
import straits.engine.foresight.stepwise as stepwise
from closedcase import accounts_lost, closing
from straits.lp.answer import Basis


@pytest.mark.parametrize(
    ("name", "scenarios"),
    [
        ("caspian", ["unrest-january", "closure-ten-ships-alone"]),
        ("caspian-2023", ["history"]),
        ("euro-gas", ["history", "history-no-rule"]),
        ("red-sea", ["history", "fewer-ships"]),
    ],
)
def test_news_after_news_moves_the_same_money_on_any_path(monkeypatch, name, scenarios):
    """Proves: where news comes several times, in a scenario or in what it is compared with, accounts change by the same if each
    decision is solved from another start.
    Without it: what was decided between two days of news had the prices that the solver ended with: of `red-sea`, owners of
    tankers gained 695 million USD by what happened or lost 5,038, and lost 419 by `fewer-ships`, which changes nothing for them.
    """
    case = straits.load_case(name)
    told = straits.stress(case, scenarios)
    solve = stepwise.solve_remaining

    def from_nothing(cost, matrix, bounds, start, repeated=None):
        rows, columns = matrix.shape
        slack = Basis(
            np.full(columns, Basis.NONBASIC, dtype=np.int8), np.full(rows, Basis.BASIC, dtype=np.int8)
        )
        return solve(cost, matrix, bounds, slack, repeated)

    monkeypatch.setattr(stepwise, "solve_remaining", from_nothing)
    again = straits.stress(case, scenarios)
    for scenario in scenarios:
        one, other = accounts_lost(told, scenario), accounts_lost(again, scenario)
        assert told.solutions[scenario].provenance["foresight"] == "surprise"
        np.testing.assert_allclose(other[one.index], one, atol=0.01)


def test_a_surprise_costs_each_the_same_whatever_else_is_asked():
    """Proves: of two surprises in the same finer steps each has the accounts that it has alone.
    Without it: the second had other prices up to the news than what it is compared with: tankers of `red-sea` gained 14,096
    million USD by closing Hormuz, and 14,144 if that alone was asked.
    """
    case, days = straits.load_case("red-sea"), (dt.date(2024, 2, 5), dt.date(2024, 2, 25))
    asked = [closing(link, *days, foresight="surprise") for link in ("oil-ras-laffan-gulf", "oil-hormuz")]
    both, alone = straits.stress(case, asked), straits.stress(case, asked[1:])
    name = asked[1].id
    one, other = accounts_lost(alone, name), accounts_lost(both, name)
    np.testing.assert_allclose(other[one.index], one, atol=0.01)
