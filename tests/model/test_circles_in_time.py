"""Cargo that comes back in a later step goes round as well."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

import straits
from small import build, days, link, market, places, store, supply
from straits.engine.circles.uncircled import uncircled
from straits.lp import Session, Status
from straits.model import compile_case
from straits.model.circles import circles

PROPERTY = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)


def spur(hub, end, steps, transit=1):
    """A hub, and a link to the end of a spur and back,  with a field and a buyer at both."""
    tables = {
        "places": places(hub, end, **{hub: "AAA", end: "AAA"}),
        "links": [
            link("out", hub, end, capacity=9, cost=1, transit_days=transit),
            link("back", end, hub, capacity=9, cost=1, transit_days=transit),
        ],
        "supplies": [supply(f"at-{p}", p, 4) for p in (hub, end)],
        "markets": [market(f"buyer-{p}", p, 50) for p in (hub, end)],
    }
    return compile_case(build(tables, time=days(steps))).formulation


def sent(f, **amounts):
    """Columns of a plan that sends, over each link, an amount in each step."""
    n, x = f.network, np.zeros(f.columns.size)
    for p, a in enumerate(n.pair_link):
        for t, amount in amounts.get(n.link_ids[a], {}).items():
            x[f.flow.at(p, t)] = amount
    return x


@pytest.mark.parametrize("hub", ["A", "B"])
def test_what_comes_back_on_a_later_day_goes_round(hub):
    """Proves: what leaves a place, and comes back two days later, goes round, whichever of the two places is listed first, and
    even if it is still on its way back when the axis ends; what leaves when nothing has come does not.
    Without it: half of what goes out and back would be shown as plans in which nothing does.
    """
    f = spur(hub, "AB".replace(hub, ""), 5)
    (found,) = circles(f, sent(f, out={0: 4}, back={1: 3}))
    assert [f.network.link_ids[f.network.pair_link[p]] for p, _ in found.ways[0]] == ["out", "back"]
    assert found.amount == pytest.approx(3)
    for there, again in ((0, 1), (2, 3), (3, 4)):
        assert len(circles(f, sent(f, out={there: 4}, back={again: 3}))) == 1
        assert len(circles(f, sent(f, back={there: 4}, out={again: 3}))) == 1
    for there, other in ((1, 1), (2, 4), (4, 4), (0, 3)):
        assert circles(f, sent(f, out={there: 4}, back={other: 3})) == []


def test_no_flow_counts_twice_in_what_goes_round():
    """Proves: of 4 that go out on two days, to arrive in halves on two days each, 3 come back on the day on which both arrive: 3
    can have gone round, and 2 of the second alone.
    Without it: what comes back would be told once for each day on which it could have left, or more of it than has come.
    """
    f = spur("A", "B", 5, transit=1.5)
    assert sum(c.amount for c in circles(f, sent(f, out={0: 4, 1: 4}, back={2: 3}))) == pytest.approx(3)
    assert sum(c.amount for c in circles(f, sent(f, out={1: 4}, back={2: 3}))) == pytest.approx(2)


def walks_back(f, used):
    """List all walks along uses of pairs in steps that come back to the place where they began, one by one."""
    n, edges = f.network, f.network.steps.edges

    def arrives(p, t):
        """Steps, the one after the end among them, that a part of what enters reaches."""
        first, last = edges[t] + n.link_transit[n.pair_link[p]], edges[t + 1] + n.link_transit[n.pair_link[p]]
        return [s for s in range(n.T) if edges[s] < last and edges[s + 1] > first] + [n.T] * bool(
            last > edges[-1]
        )

    def on(walk):
        p, t = walk[-1]
        place = n.link_head[n.pair_link[p]]
        if place == n.link_tail[n.pair_link[walk[0][0]]]:
            yield walk
            return
        for q in range(f.flow.count):
            for s in arrives(p, t):
                if n.link_tail[n.pair_link[q]] == place and s < n.T and used[q, s] and (q, s) not in walk:
                    yield from on([*walk, (q, s)])

    return [walk for p in range(f.flow.count) for t in range(n.T) if used[p, t] for walk in on([(p, t)])]


@st.composite
def plans(draw):
    """Flows on a small network, with and without transit time, that need no balance."""
    every = list(itertools.permutations("ABC", 2))
    ends = draw(st.lists(st.sampled_from(every), min_size=2, max_size=6, unique=True))
    links = [link(f"l{i}", a, b, capacity=9, cost=1, transit_days=draw(st.sampled_from([0, 1, 1.5, 2])))
             for i, (a, b) in enumerate(ends)]  # fmt: skip
    tables = {
        "places": places(*"ABC", **dict.fromkeys("ABC", "AAA")), "links": links,
        "supplies": [supply(f"s{p}", p, 4) for p in "ABC"], "markets": [market(f"m{p}", p, 50) for p in "ABC"],
    }  # fmt: skip
    f = compile_case(build(tables, time=days(4))).formulation
    x = np.zeros(f.columns.size)
    used = draw(st.lists(st.booleans(), min_size=f.flow.size, max_size=f.flow.size))
    x[f.flow.slice] = np.where(used, 1.0, 0.0)
    return f, x


@given(plans())
@PROPERTY
def test_circles_against_all_walks(drawn):
    """Proves: circles are found exactly where one of all walks along flows, listed one by one, comes back to where it began; each
    is such a walk, and none is given twice.
    Without it: a circle could be seen from one of its places only, or two flows taken for one that do not meet.
    """
    f, x = drawn
    n, flow = f.network, x[f.flow.slice].reshape(f.flow.count, f.flow.steps)
    walks = walks_back(f, flow > 0)
    found = [way for c in circles(f, x) for way in c.ways]
    assert bool(found) == bool(walks)
    assert {frozenset(w) for w in found} <= {frozenset(w) for w in walks}
    assert len({frozenset(w) for w in found}) == len(found)
    assert len(found) <= len({(n.link_tail[n.pair_link[w[0][0]]], w[0][1]) for w in walks})


@st.composite
def crowded(draw):
    """Small cases in which more comes than can go on at once: cargo that could wait by going out and back."""
    every = list(itertools.permutations("ABCD", 2))
    ends = draw(st.lists(st.sampled_from(every), min_size=3, max_size=6, unique=True))
    links = [link(f"l{i}", a, b, capacity=draw(st.integers(2, 9)), cost=1, loss=draw(st.sampled_from([0, 0, 0.2])),
                  transit_days=draw(st.sampled_from([0, 1, 1, 1.5]))) for i, (a, b) in enumerate(ends)]  # fmt: skip
    supplies = [
        supply(f"s{p}", p, draw(st.integers(4, 9)), min_output=draw(st.integers(0, 4)), forced_cost=20)
        for p in "AB"
    ]
    markets = [market(f"m{p}", p, draw(st.integers(40, 90)), demand=draw(st.integers(1, 3))) for p in "BCD"]
    stores = [store("tank", "C", 4)] if draw(st.booleans()) else []
    tables = {
        "places": places(*"ABCD", **dict.fromkeys("ABCD", "AAA")), "links": links, "supplies": supplies, "markets": markets,
        "stores": stores,
    }  # fmt: skip
    return compile_case(build({k: v for k, v in tables.items() if v}, time=days(3)))


@given(crowded())
@settings(PROPERTY, max_examples=25)
def test_plans_and_bound_against_integers(model):
    """Proves: of each walk back that there could be, one use is barred in the plan; it is worth no more than what a mixed-integer
    program with all these walks finds, which is worth no more than the bound.
    Without it: a row against going straight back could leave out plans in which nothing goes round.
    """
    f, b, session = model.formulation, model.bounds, Session(model)
    first = session.solve()
    assume(first.status == Status.OPTIMAL and circles(f, first.x))
    found = uncircled(model, b, first, session.solve, basis=session.basis())
    assume(not found.left and found.answer.status == Status.OPTIMAL)
    assert circles(f, found.answer.x) == []
    used = len(model.cost) + np.arange(f.flow.size)
    walks = walks_back(f, np.ones((f.flow.count, f.flow.steps), dtype=bool))
    rows = np.zeros((f.flow.size + len(walks), len(model.cost) + f.flow.size))
    rows[np.arange(f.flow.size), f.flow.offset + np.arange(f.flow.size)] = 1.0
    rows[np.arange(f.flow.size), used] = -1e3
    for row, walk in zip(rows[f.flow.size :], walks, strict=True):
        row[[used[p * f.flow.steps + t] for p, t in walk]] = 1.0
    whole = np.zeros((model.matrix.shape[0], rows.shape[1]))
    whole[:, : len(model.cost)] = model.matrix.toarray()
    none = np.zeros(f.flow.size)
    best = milp(
        np.concatenate([model.cost, none]),
        constraints=[
            LinearConstraint(whole, b.row_lower, b.row_upper),
            LinearConstraint(rows, -np.inf, np.concatenate([none, [len(w) - 1.0 for w in walks]])),
        ],
        integrality=np.concatenate([np.zeros(len(model.cost)), none + 1.0]),
        bounds=Bounds(np.concatenate([b.column_lower, none]), np.concatenate([b.column_upper, none + 1.0])),
        options={"mip_rel_gap": 1e-9},
    )
    assert best.status == 0
    tolerance = 1e-6 * (1.0 + abs(best.fun))
    assert found.bound <= found.uncircled_bound <= best.fun + tolerance
    assert best.fun <= found.answer.value + tolerance


@pytest.mark.parametrize("ends", ["CD", "CDE"])
def test_what_waits_on_one_link_has_a_proved_plan(ends):
    """Proves: where cargo would wait at a hub by going to the end of a spur and back, the bound is what the plan is worth.
    Without it: 776 would be told to be possibly 1,151.
    """
    links = [link("ab", "A", "B", capacity=9, cost=1, transit_days=1)]
    for end in ends:
        links += [link(f"b{end}", "B", end, capacity=4, cost=1, transit_days=1.5),
                  link(f"{end}b", end, "B", capacity=4, cost=1, transit_days=1.5),
                  link(f"{end}z", end, "Z", capacity=1, cost=1)]  # fmt: skip
    tables = {
        "places": places("A", "B", "Z", *ends), "links": links, "supplies": [supply("field", "A", 9)],
        "markets": [market("buyer", "Z", 100, demand=4)],
    }  # fmt: skip
    stop = {"asset": "ab", "start": "2022-01-05", "end": "2022-01-20"}
    case = build(tables, time=days(8), scenarios=[{"id": "stop", "title": "stop", "disruptions": [stop]}])
    s = straits.solve(case, "stop")
    assert len(s.circles) and circles(s.formulation, s.x) == []
    assert s.provenance["uncircled_value_at_most"] == pytest.approx(s.lp_value)
    assert s.provenance["lp_value_at_most"] > 1.4 * s.lp_value
