"""What one more unit of a limit is worth, by hand and against widening it a little."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from scipy import sparse

import straits
from randomcases import cases
from small import build, days, link, market, places, supply
from straits.engine import Session
from straits.lp import Bounds, LinearProgram, Status
from straits.lp.marginal import Marginal
from straits.stress.bottlenecks import assets_of, bottleneck_values, limits_of

#: A line of 6 kt/d from a field of 9 to a market.
LINE = {
    "places": places("A", "B", B="BBB"),
    "links": [link("line", "A", "B", capacity=6, cost=10)],
    "supplies": [supply("field", "A", 9, cost=50)],
}


def worth(tables):
    """Worth of one more unit and of the last one, by asset."""
    solution = straits.solve(build(tables))
    return bottleneck_values(solution).set_index("asset")[["worth", "worth_of_last"]].T.to_dict("list")


def test_a_line_that_carries_exactly_what_its_buyer_takes():
    """Proves: where the market takes 6 kt/d, as much as the line carries, one more unit of the line alone is worth nothing and
    the last one 140 thousand, whichever of the two the solver prices; where the market takes more, both are worth as much.
    Without it: the solver's choice of a shadow price would be printed as what an investment brings.
    """
    assert worth({**LINE, "markets": [market("buyer", "B", 200, demand=6)]}) == {
        "line": pytest.approx([0, 0.14])
    }
    assert worth({**LINE, "markets": [market("buyer", "B", 200, demand=8)]}) == {
        "line": pytest.approx([0.14, 0.14])
    }


def test_two_limits_one_behind_the_other():
    """Proves: of two lines of 6 kt/d one behind the other neither brings anything alone, and the last unit of each is worth what
    goes through both: both are listed, though the solver prices one.
    Without it: each could be shown with the whole worth, or one of them by chance.
    """
    tables = {
        **LINE,
        "places": places("A", "M", "B", B="BBB"),
        "links": [link("first", "A", "M", capacity=6), link("second", "M", "B", capacity=6)],
        "markets": [market("buyer", "B", 200)],
    }
    assert worth(tables) == {"first": pytest.approx([0, 0.15]), "second": pytest.approx([0, 0.15])}


def test_a_plan_that_rounding_left_a_little_off_its_balance():
    """Proves: a plan whose flow is 2e-7 off, as the sum of many numbers can be, has the worths of the plan that is not.
    Without it: the balance, which has a price, would count as free to move for ever, and the question would end in `unbounded`.
    """
    tables = {**LINE, "markets": [market("buyer", "B", 200, demand=6)]}
    solution = straits.solve(build(tables))
    off = solution.x.copy()
    off[solution.formulation.flow.slice.start] -= 2e-7
    found = bottleneck_values(replace(solution, x=off)).set_index("asset")
    assert found["worth_of_last"].to_dict() == {"line": pytest.approx(0.14)}


def test_a_price_that_is_next_to_none_lets_nothing_move_for_ever():
    """Proves: a column between its bounds whose reduced cost is 5e-8, as of plans as good that a rule chooses, does not end the
    question what a closed column is worth: 2 a unit.
    Without it: the report of an importer ended in "the solver stopped without an answer (unbounded)".
    """
    matrix = sparse.csc_matrix((0, 2))
    none = np.empty(0)
    for noise in (5e-8, -5e-8):
        bounds = Bounds(np.zeros(2), np.array([np.inf, 0.0]), none, none)
        worth = Marginal(LinearProgram(np.array([noise, -2.0]), matrix, bounds), np.array([3.0, 0.0]), none)
        nowhere, nothing = np.empty(0, dtype=int), none
        assert worth.change(np.array([1]), np.ones(1), nowhere, nothing) == pytest.approx(2.0)


def test_a_promise_hangs_on_the_last_unit():
    """Proves: where a promise without a price takes all that the line carries, its last unit is worth more than any number.
    Without it: it would be shown as worth what the solver happened to price.
    """
    promise = market("buyer", "B", 200, demand=6, demand_kind="fixed")
    assert worth({**LINE, "markets": [promise]}) == {"line": [0.0, np.inf]}


def test_a_closed_line_has_no_last_unit():
    """Proves: a line that is closed on one of two days brings 140 thousand a day on both by one more unit kept open, and loses by
    one less on the day on which it is open; the steps in which it binds are both.
    Without it: a closure would make the worth of the last unit infinite.
    """
    tables = {**LINE, "markets": [market("buyer", "B", 200)]}
    stop = {"asset": "line", "start": "2022-01-01", "end": "2022-01-02"}
    case = build(tables, time=days(2), scenarios=[{"id": "stop", "title": "stop", "disruptions": [stop]}])
    row = bottleneck_values(straits.solve(case, "stop")).set_index("asset").loc["line"]
    assert row[["worth", "worth_of_last", "steps_binding"]].tolist() == pytest.approx([0.28, 0.14, 2])
    assert row["mean_value"] == pytest.approx(140)


def test_a_closed_line_is_worth_something_only_when_it_is_wanted():
    """Proves: a line closed on both days brings 140 thousand by one more unit kept open, on the day on which the cheaper line is
    closed too, and nothing on the other; it does not lose there what its use would cost more.
    Without it: days on which nobody wants it would be taken off its worth.
    """
    tables = {
        **LINE,
        "links": [*LINE["links"], link("cheap", "A", "B", capacity=10, cost=5)],
        "markets": [market("buyer", "B", 200)],
    }
    stops = [
        {"asset": "line", "start": "2022-01-01", "end": "2022-01-03"},
        {"asset": "cheap", "start": "2022-01-02", "end": "2022-01-03"},
    ]
    case = build(tables, time=days(2), scenarios=[{"id": "stop", "title": "stop", "disruptions": stops}])
    row = bottleneck_values(straits.solve(case, "stop")).set_index("asset").loc["line"]
    assert row["worth"] == pytest.approx(0.14) and np.isnan(row["worth_of_last"])


@given(cases())
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_worth_is_what_a_little_more_or_less_changes(case):
    """Proves: for every asset of random cases both worths are the changes from moving its limits by a ten-thousandth of a unit,
    and what is not listed is worth nothing on both sides.
    Without it: columns, rows or rates of an asset could be those of another, or degenerate optima be priced wrong.
    """
    solution = straits.solve(case, "stop", tariffs="internal")
    assume(solution.circles.empty)  # the program alone would let cargo go round, and be worth more
    model, b = solution.model, solution.model.bounds
    found = bottleneck_values(solution).set_index("asset")
    small = 1e-4
    for kind, asset in assets_of(solution):
        rate = np.ones(model.network.T) if kind == "store" else model.network.steps.days
        columns, rows = limits_of(solution, kind, asset)
        for sign, name in ((1, "worth"), (-1, "worth_of_last")):
            column_upper, row_upper = b.column_upper.copy(), b.row_upper.copy()
            some = (sign > 0) | (column_upper[columns] > 0), (sign > 0) | (row_upper[rows] > 0)
            column_upper[columns] += sign * small * np.tile(rate, len(columns) // len(rate)) * some[0]
            row_upper[rows] += sign * small * np.tile(rate, len(rows) // len(rate)) * some[1]
            wider = Session(model).solve(replace(b, column_upper=column_upper, row_upper=row_upper))
            told = found[name].get(asset, 0.0)
            if sign < 0 and not some[0].any() and not some[1].any():
                assert not told > 0  # all of it is closed
                continue
            if wider.status == Status.INFEASIBLE:
                assert told == np.inf
            else:
                change = abs(-wider.value / 1000.0 - solution.lp_value) / small
                assert told == pytest.approx(change, abs=2e-4, rel=1e-4)
