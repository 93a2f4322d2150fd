"""Properties of every model: accounts add up, closing more never helps, mass is kept, tariffs only move money."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import straits
from small import build, link, market, places, store, supply

NODES = "ABCDEF"


@st.composite
def cases(draw):
    """Small cases: fields with ramps, links with losses, transit and tariffs, a store, a fleet, markets of all kinds."""
    edges = draw(
        st.lists(
            st.tuples(st.sampled_from(NODES), st.sampled_from(NODES)).filter(lambda e: e[0] != e[1]),
            min_size=3, max_size=9, unique=True,
        )
    )  # fmt: skip
    number = st.integers(0, 20)
    links = [
        link(
            f"l{i}", a, b, capacity=draw(st.integers(1, 12)), cost=draw(number), tariff=draw(number),
            loss=draw(st.sampled_from([0, 0, 0.1])), transit_days=draw(st.sampled_from([0, 0, 1, 1.5, 9])),
            mode="sea", length_km=500,
        )
        for i, (a, b) in enumerate(edges)
    ]  # fmt: skip
    field = {"ramp_down": draw(st.sampled_from([None, 0.02])), "forced_cost": 15}
    supplies = [supply("s0", "A", draw(st.integers(1, 20)), cost=draw(number), **field),
                supply("s1", "B", draw(st.integers(1, 20)), cost=draw(number), min_output=1, forced_cost=9)]  # fmt: skip
    kind = draw(st.sampled_from(["stepwise", "linear", "fixed"]))
    more = {"linear": {"elasticity": -0.5}, "fixed": {"unmet_price": 300}}.get(kind, {})
    markets = [
        market("m0", "E", 100, demand=draw(st.integers(2, 15)), demand_kind=kind, **more),
        market("m1", "F", 60, demand=9, steps="60:4|20:5"),
    ]
    tables = {
        "places": places(*NODES, B="BBB"),
        "links": links,
        "supplies": supplies,
        "markets": markets,
        "stores": [store("t", draw(st.sampled_from("CDE")), 20, start=draw(st.integers(0, 20)), start_origin="AAA")],
        "fleets": [{"id": "f", "name": "f", "kind": "vessel", "commodity": "oil", "links": "l0|l1", "count": 3, "payload": 4,
                    "payload_unit": "kt", "speed_knots": 10, "turnaround_days": 2}],
        "contracts": [{"id": "c", "name": "c", "kind": "least", "asset": "l2", "amount": 1, "amount_unit": "kt/d",
                       "penalty": 50, "penalty_unit": "USD/t"},
                      {"id": "q", "name": "q", "kind": "greatest", "asset": "l0", "amount": 4, "amount_unit": "kt/d"}],
    }  # fmt: skip
    day = draw(st.integers(2, 20))
    stop = {"asset": draw(st.sampled_from([row["id"] for row in links])), "start": f"2022-01-{day:02d}",
            "end": f"2022-01-{day + 6:02d}", "expected_days": draw(st.sampled_from([2, 6, 12]))}  # fmt: skip
    time = {"start": "2022-01-01", "end": "2022-01-31", "step": draw(st.sampled_from(["week", "day"])),
            "boundary": draw(st.sampled_from(["steady", "empty"]))}  # fmt: skip
    return build(tables, time=time, scenarios=[{"id": "stop", "title": "stop", "disruptions": [stop]}])


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
        straits.solve(case, "stop", tariffs="internal").objective
        <= straits.solve(case, tariffs="internal").objective + 1e-6
    )


@given(cases())
@PROPERTY
def test_less_foresight_never_helps(case):
    """Proves: surprise is at most as good as perfect foresight.
    Without it: a plan might use what the past did not leave.
    """
    perfect = straits.solve(case, "stop", foresight="perfect").lp_value
    assert straits.solve(case, "stop", foresight="surprise").lp_value <= perfect + 1e-6


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
        (flow[p] * f.transit[n.link_transit[n.pair_link[p]]].beyond).sum() * f.pair_yield[p]
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
