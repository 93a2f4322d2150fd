"""Properties of every model: accounts add up, closing more never helps, mass is kept, tariffs only move money."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import straits
from randomcases import cases
from straits.lp.session import Session
from straits.model import compile_case

PROPERTY = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@given(cases(), st.sampled_from(["paid", "internal"]), st.sampled_from(["perfect", "surprise", "rolling(2)"]))
@PROPERTY
def test_accounts_add_up(case, tariffs, foresight):
    """Proves: the accounts of all actors add up to the joint value to 1e-6 of it, whatever the foresight and tariffs.
    Without it: value would appear from nowhere or be lost between actors.
    """
    s = straits.solve(case, "stop", tariffs=tariffs, foresight=foresight)
    total = s.accounts()["amount"].sum()
    assert total == pytest.approx(s.objective, rel=1e-6, abs=1e-6)


@given(cases())
@PROPERTY
def test_closing_more_never_helps(case):
    """Proves: what shippers can reach together does not grow when a link is closed for a time.
    Without it: a sign could be wrong in a bound.
    """
    assert (
        straits.solve(case, "stop", tariffs="internal", refine=False).objective
        <= straits.solve(case, tariffs="internal").objective + 1e-6
    )


@given(cases())
@PROPERTY
def test_less_foresight_never_helps(case):
    """Proves: surprise is at most as good as perfect foresight that may throw away exactly as much, where and when surprise
    strands it; where nothing strands, at most as good as perfect foresight.
    Without it: a plan might use what the past did not leave, and hide behind a little cargo that strands.
    """
    surprise = straits.solve(case, "stop", foresight="surprise", refine=False)
    model = compile_case(case, "stop")
    stranded = model.formulation.stranded.slice
    bounds = model.bounds.copy()
    bounds.column_upper[stranded] = np.maximum(bounds.column_upper[stranded], surprise.x[stranded])
    perfect = -Session(model).solve(bounds).value / 1000.0
    assert surprise.lp_value <= perfect + 1e-6


@given(cases(), st.sampled_from(["perfect", "surprise", "rolling(3)"]))
@PROPERTY
def test_mass_is_kept(case, foresight):
    """Proves: what is supplied, comes in from before, and was in store, is sold, lost, stranded, in store or on its way.
    Without it: transit or storage could make or lose cargo.
    """
    s = straits.solve(case, "stop", foresight=foresight)
    f, n = s.formulation, s.network
    flow = s.block(f.flow)
    lost = (flow.sum(axis=1) * n.link_loss[n.pair_link]).sum()
    late = sum(
        (flow[p] * f.transit[n.link_transit[n.pair_link[p]]].beyond).sum() * f.landing_share[p]
        for p in range(len(flow))
    )
    into = s.supply["amount"].sum() + f.opening_arrivals().sum()
    out = s.sales["amount"].sum() + lost + late + s.stranded["amount"].sum() + s.block(f.stock)[:, -1].sum()
    assert out == pytest.approx(into, rel=1e-6, abs=1e-4)


@given(cases())
@PROPERTY
def test_no_flow_above_capacity(case):
    """Proves: in every step the flow of all cargoes of a link stays within what the disruption leaves of its capacity.
    Without it: shared capacity could be given to each cargo anew.
    """
    s = straits.solve(case, "stop")
    n, (stop,) = s.network, case.scenarios["stop"].disruptions
    flow = np.zeros((len(n.link_ids), n.T))
    np.add.at(flow, n.pair_link, s.block(s.formulation.flow))
    left = n.link_capacity.copy()
    left[n.link_ids.index(stop.asset)] *= 1 - n.steps.overlap(stop.start, stop.end)
    assert (flow <= left + 1e-6).all()
