"""The nearest duals, found by the few rows whose duals must move, are those of the whole program."""

from __future__ import annotations

from dataclasses import replace
from unittest import mock

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from drawnprograms import bounds_moved, drawn
from straits.engine import close
from straits.engine.prices.passing import passing_at
from straits.errors import StraitsError
from straits.lp import Session, Status, nearest
from straits.lp.nearest import nearest_duals
from straits.lp.optimal_set import is_optimum
from straits.lp.parts import nearby
from straits.lp.program import LinearProgram
from straits.model import compile_case
from straits.testing.drawn import random_case

CLEAR = 1e-7


def least_away(p, bounds, answer, wanted, weights):
    """Solve for the least weighted distance from what is wanted, over all duals that go with the plan."""
    rows, columns = p.matrix.shape

    def signs(value, lower, upper):
        """Between what a price may be: none off both bounds, of one sign on one, any on both."""
        low, high = np.abs(value - lower) <= CLEAR, np.abs(value - upper) <= CLEAR
        return np.where(high, -np.inf, 0.0), np.where(low, np.inf, 0.0)

    least, most = signs(answer.row_value, bounds.row_lower, bounds.row_upper)
    price_least, price_most = signs(answer.x, bounds.column_lower, bounds.column_upper)
    matrix = p.matrix.toarray().T
    none = np.zeros((columns, rows))
    above = np.hstack([np.eye(rows), -np.eye(rows)])
    under = [np.isfinite(price_least), np.isfinite(price_most)]
    found = linprog(
        np.concatenate([np.zeros(rows), weights]),
        # cost - matrix dual is a price.
        A_ub=np.vstack([
            above, np.hstack([-np.eye(rows), -np.eye(rows)]),
            np.hstack([matrix, none])[under[0]], np.hstack([-matrix, none])[under[1]],
        ]),
        b_ub=np.concatenate([
            wanted, -wanted, (p.cost - price_least)[under[0]], (price_most - p.cost)[under[1]],
        ]),
        bounds=[*zip(least, most, strict=True), *[(0, None)] * rows],
    )  # fmt: skip
    assert found.status == 0
    return found.fun


def away_by_part(p, bounds, answer, basis, wanted, weights):
    """Give duals and the distance found with no help of the whole program; None where it would be needed."""
    program = LinearProgram(p.cost, p.matrix, bounds)
    with (
        mock.patch.object(nearest._Sought, "of_all", lambda *_: iter(())),
        mock.patch.object(nearby, "_MOST", 1.0),
    ):
        dual = nearest_duals(program, answer.x, answer.dual, basis, wanted, weights)
    dual = answer.dual if dual is None else dual
    return dual, float(weights @ np.abs(dual - wanted))


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 10**6))
def test_a_part_finds_what_brute_force_finds(seed):
    """Proves: on drawn programs with ranges, equations and ties, for duals that are wanted at random and rows that count much,
    little or nothing, what is found by the rows that must move supports the plan and lies as near as duals can lie.
    Without it: a column outside that may not carry what a dual held off its place asks of it would go unseen.
    """
    random = np.random.default_rng(seed)
    p = drawn(random)
    session = Session(p)
    patch = bounds_moved(random, p)
    bounds = patch.bounds_over(p.bounds)
    if session.run().status != Status.OPTIMAL:
        return
    known = session.run().dual
    session.take(patch)
    answer = session.run()
    if answer.status != Status.OPTIMAL:
        return
    wanted = known + random.choice([0.0, 0.0, 1.0, -2.0, 0.5], len(known))
    weights = random.choice([0.0, 1.0, 2.5, 7.0], len(known)) * random.uniform(0.9, 1.1, len(known))
    # The second time the duals are not those of the basis.
    for _ in range(2):
        dual, away = away_by_part(p, bounds, answer, session.basis(), wanted, weights)
        assert is_optimum(LinearProgram(p.cost, p.matrix, bounds), answer.x, dual)
        assert away == pytest.approx(least_away(p, bounds, answer, wanted, weights), rel=1e-7, abs=1e-6)
        answer = replace(answer, dual=dual, reduced_cost=p.cost - p.matrix.T @ dual)
        wanted = known + random.choice([0.0, 1.0, -2.0, 0.5], len(known))


@pytest.mark.parametrize("first", range(0, 60, 15))
def test_closures_of_drawn_cases(first):
    """Proves: in drawn cases (transit, stores, joint capacities, years that repeat), duals after a closure that are found by the
    rows that must move lie as near to those before as the whole program's, nearly all without its help.
    Without it: accounts of batches would be at prices that are not the nearest, or take as long as before.
    """
    asked = by_part = 0
    for seed in range(first, first + 15):
        try:
            model = compile_case(random_case(seed))
        except StraitsError:
            continue
        session, random, days = Session(model), np.random.default_rng(seed), model.network.steps.dates
        before = session.run()
        if before.status != Status.OPTIMAL or days[0] == days[-1]:
            continue
        for name in random.choice(model.network.link_ids, 3):
            patch = close(model, [name], days[0], days[-1])
            session.take(patch)
            answer = session.run()
            if answer.status != Status.OPTIMAL:
                continue
            basis, bounds, weights = (
                session.basis(),
                patch.bounds_over(model.bounds),
                passing_at(model, answer.x),
            )
            wanted = before.dual * random.uniform(0.8, 1.2, len(before.dual))
            with mock.patch.object(nearest, "moved_duals", lambda *_: None):
                program = LinearProgram(model.cost, model.matrix, bounds)
                whole = nearest_duals(program, answer.x, answer.dual, basis, wanted, weights)
            dual, away = away_by_part(model, bounds, answer, basis, wanted, weights)
            meant, size = float(weights @ np.abs(whole - wanted)), 1e-6 * (1.0 + weights.sum())
            assert away >= meant - 1e-6 * abs(meant) - size
            asked, by_part = asked + 1, by_part + (away <= meant + 1e-6 * abs(meant) + size)
            assert is_optimum(program, answer.x, dual)
    assert by_part >= 0.9 * asked > 0
