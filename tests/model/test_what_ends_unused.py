"""Cargo that no use is found for: what may strand, what must be shut in, what is worth something at the end. Solved by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from scipy.optimize import linprog

import straits
from randomcases import cases
from small import build, days, link, market, million, places, store, supply
from straits.model import Formulation
from straits.model.boundary.rest import _at_rest, steady_state
from straits.model.coefficients import coefficients
from straits.model.limits import Limits
from straits.model.reading import read_network

PROPERTY = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])

#: A field that gives 4 at least, a day's way to a port, and a ship from there.
PORT = {
    "places": places("A", "P", "B"),
    "links": [
        link("pipe", "A", "P", capacity=10, cost=1, transit_days=1),
        link("load", "P", "B", capacity=10),
    ],
    "supplies": [supply("field", "A", 4, cost=10, min_output=4, forced_cost=30)],
    "markets": [market("buyer", "B", 100)],
}
SHUT = [
    {
        "id": "shut",
        "title": "shut",
        "disruptions": [{"asset": "load", "start": "2022-01-02", "end": "2022-01-05"}],
    }
]


def test_known_stop_shuts_the_field_in(solved):
    """Proves: a port that is known to be shut on days 2 to 4 shuts the field in on days 1 to 3, 12 kt; nothing is thrown away.
    Without it: the field would go on and 12 kt would end at the port, at no cost.
    """
    s = solved(PORT, time=days(8, boundary="steady"), scenarios=SHUT, how={"scenario": "shut"})
    assert s.supply["forced"].tolist() == pytest.approx([4, 4, 4, 0, 0, 0, 0, 0])
    assert s.stranded["amount"].sum() == pytest.approx(0)
    # 5 days sold from the field or from under way, the last day's 4 kt are worth 100 at the port; 3 days shut in.
    assert s.objective == pytest.approx(million((20, 100), (4, 100), (-20, 11), (-12, 30)))


def test_surprise_strands_what_was_sent(solved):
    """Proves: if the stop becomes known on its day, the 4 kt sent the day before strand, and no more; from then on the field is
    shut in until what it sends can be loaded: on days 2 and 3.
    Without it: what was decided could not be kept, or everything could be thrown away.
    """
    s = solved(
        PORT,
        time=days(8, boundary="steady"),
        scenarios=SHUT,
        how={"scenario": "shut", "foresight": "surprise"},
    )
    assert s.stranded["amount"].tolist() == pytest.approx([4])
    assert s.stranded["step"].tolist() == [1]
    assert s.supply["forced"].sum() == pytest.approx(8)
    assert s.stranded_by_place[["place", "unit", "amount"]].to_numpy().tolist() == [
        ["P", "kt", pytest.approx(4)]
    ]


def test_what_was_under_way_at_the_start_may_strand(solved):
    """Proves: of a stop on the first day, the 4 kt that left the day before strand, and can be seen.
    Without it: the case would have no solution.
    """
    scenarios = [
        {
            "id": "now",
            "title": "now",
            "disruptions": [{"asset": "load", "start": "2022-01-01", "end": "2022-01-03"}],
        }
    ]
    s = solved(PORT, time=days(5, boundary="steady"), scenarios=scenarios, how={"scenario": "now"})
    assert s.stranded["amount"].tolist() == pytest.approx([4])
    assert s.supply["forced"].tolist() == pytest.approx([4, 0, 0, 0, 0])


@pytest.mark.parametrize("foresight", ["perfect", "surprise"])
def test_hard_least_output_before_a_closed_port_has_no_solution(foresight):
    """Proves: a field that must give 4 and may not be shut in has no solution when its port is known to be shut.
    Without it: it would throw 12 kt away.
    """
    tables = PORT | {"supplies": [supply("field", "A", 4, min_output=4)]}
    with pytest.raises(straits.errors.InfeasibleError, match="field"):
        straits.solve(
            build(tables, time=days(8, boundary="steady"), scenarios=SHUT), "shut", foresight=foresight
        )


def test_agreed_flow_is_not_kept_by_throwing_away(solved):
    """Proves: ship-or-pay of 4 kt/d over a pipe that leads to a shut port counts as short on the days when nothing can be used.
    Without it: it would be kept, at no cost, with cargo that is thrown away.
    """
    tables = PORT | {
        "supplies": [supply("field", "A", 4)],
        "contracts": [{"id": "pay", "name": "pay", "kind": "least", "asset": "pipe", "amount": 4, "amount_unit": "kt/d",
                       "penalty": 50, "penalty_unit": "USD/t"}],
    }  # fmt: skip
    s = solved(tables, time=days(8, boundary="steady"), scenarios=SHUT, how={"scenario": "shut"})
    assert s.shortfall["amount"].tolist() == pytest.approx([12])


def test_rolling_strands_what_it_sent(solved):
    """Proves: who sees one day at a time still sends on the days of the stop, since at the end of each window what is under way
    has its worth at rest, and 4 kt strand each day.
    Without it: a window that ends before the stop would leave the next one without a solution.
    """
    s = solved(
        PORT,
        time=days(8, boundary="steady"),
        scenarios=SHUT,
        how={"scenario": "shut", "foresight": "rolling(1)"},
    )
    assert s.stranded["amount"].tolist() == pytest.approx([4, 4, 4])


def test_what_no_network_at_rest_could_take_is_not_sent(solved):
    """Proves: behind a port that stays shut for good nothing is under way at the end: the field is shut in on all days.
    Without it: the last days' output would vanish in a long pipe at the end of the axis.
    """
    tables = PORT | {
        "links": [link("pipe", "A", "P", capacity=10, transit_days=3), link("load", "P", "B", capacity=0.0)]
    }
    s = solved(tables, time=days(6, boundary="steady"))
    assert s.supply["forced"].tolist() == pytest.approx([4] * 6)
    assert s.flows["amount"].sum() == pytest.approx(0)


def test_tank_takes_what_has_no_buyer_whatever_it_starts_with(solved):
    """Proves: a tank of 9 kt keeps 9 of the 16 kt that a field without a buyer must give; with 0.001 kt in it, 8.999.
    Without it: an empty tank takes nothing, and 0.001 kt make a jump of 0.27 million.
    """
    for start, kept in ((0, 9.0), (0.001, 8.999)):
        tables = {
            "places": places("A", "P"),
            "links": [link("pipe", "A", "P")],
            "supplies": [supply("field", "A", 4, min_output=4, forced_cost=30)],
            "stores": [store("tank", "P", 9, start=start, start_origin="AAA")],
        }
        s = solved(tables, time=days(4))
        assert s.flows["amount"].sum() == pytest.approx(kept)
        assert s.supply["forced"].sum() == pytest.approx(16 - kept)


def worth_of_more(network):
    """What one more unit brings at each (place, cargo) at rest, by solving with a little more; nan where that cannot be."""
    still = _at_rest(network)
    f = Formulation(still)
    matrix, b = coefficients(f), Limits(f).undisturbed
    little, found = 1e-3, []

    def value(row_lower, row_upper):
        equal = row_lower == row_upper
        below, above = ~equal & np.isfinite(row_upper), ~equal & np.isfinite(row_lower)
        from scipy import sparse

        answer = linprog(
            f.costs(), A_ub=sparse.vstack([matrix[below], -matrix[above]]),
            b_ub=np.concatenate([row_upper[below], -row_lower[above]]), A_eq=matrix[equal], b_eq=row_upper[equal],
            bounds=np.stack([b.column_lower, b.column_upper], axis=1), method="highs-ipm",
        )  # fmt: skip
        return -answer.fun if answer.status == 0 else np.nan

    base = value(b.row_lower, b.row_upper)
    for r in range(f.balance.size):
        lower, upper = b.row_lower.copy(), b.row_upper.copy()
        lower[r] -= little
        upper[r] -= little
        found.append((value(lower, upper) - base) / little)
    return f, np.array(found)


@given(cases())
@PROPERTY
def test_closing_price_is_what_one_more_unit_brings(case):
    """Proves: the price at the end is the worth of a little more at rest, by another program with a little more of it; where that
    cannot be, the place is full.
    Without it: it would be any price that supports the flows at rest.
    """
    network = read_network(case)
    boundary = steady_state(network)
    f, expected = worth_of_more(network)
    moving = Formulation(network)
    counted = np.union1d(moving.can_strand, moving.stock_at)
    for at in counted.tolist():
        there = f.balance_of[moving.balance_place[at], moving.balance_cargo[at]]
        if there < 0:
            assert boundary.price[at] == 0
        elif np.isnan(expected[there]):
            assert boundary.full[at]
        else:
            assert boundary.price[at] == pytest.approx(expected[there], rel=1e-4, abs=1e-3)
            assert (boundary.in_store >= 0).all()


def test_store_keeps_a_worth_of_zero_at_least():
    """Proves: where one more unit at rest only costs an emergency, cargo under way bears that cost at the end (10 + 1 - 30), and
    cargo in store is worth nothing.
    Without it: a full network would be paid for, or a tank would cost its content.
    """
    tables = PORT | {
        "links": [
            link("pipe", "A", "P", capacity=10, cost=1, transit_days=1),
            link("load", "P", "B", capacity=4),
        ],
        "stores": [store("tank", "P", 5)],
    }
    boundary = steady_state(read_network(build(tables, time=days(5, boundary="steady"))))
    assert boundary.price.min() == pytest.approx(10 - 30 + 1)
    assert boundary.in_store.min() == 0
