"""What comes back to shippers is the same whether it is followed from what has a value or from each supply."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

import straits
from randomcases import cases
from straits.errors import StraitsError
from straits.model.accounts import books_of, ledger_of
from straits.model.accounts.tracing import Tracing


def solved(case):
    try:
        return straits.solve(case)
    except StraitsError:
        assume(False)
        raise


@given(cases())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_accounts_at_prices_are_those_of_the_books(case):
    """Proves: on drawn cases with stores, processes, rights and fiscal terms of which some hold for a time, entries valued at
    once, of steps that are alike together, are those of the books that hold for any prices, where each share is known.
    Without it: what comes back to shippers would be another in tables of failures than in a solution.
    """
    plan = solved(case)
    valued, books = ledger_of(plan), books_of(plan).at(plan.dual)
    size = 1.0 + max(map(abs, valued.values()))
    for key in {*valued, *books}:
        assert valued.get(key, 0.0) == pytest.approx(books.get(key, 0.0), abs=1e-9 * size), key


@given(cases(), st.integers(0, 2**16))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_what_is_given_is_what_shares_say(case, seed):
    """Proves: values at places and in stores, drawn at random, are given to supplies as their shares there say, and the shares of
    all add up to those of all together. Without it: one solve for all supplies would be of another mixture.
    """
    plan = solved(case)
    traced, random = Tracing(plan), np.random.default_rng(seed)
    for cargo in np.unique(plan.formulation.balance_cargo).tolist():
        shares = traced.shares(cargo)
        value = random.uniform(-5, 5, (len(shares), 3))
        assert traced.given(cargo, value) == pytest.approx(shares.T @ value, abs=1e-8)
        assert traced.totals(cargo) == pytest.approx(shares.sum(axis=1), abs=1e-8)
