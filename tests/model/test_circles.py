"""Cargo that goes round keeps no promise, burns nothing and counts for nothing."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

import straits
from small import build, days, link, market, places, store, supply
from straits.engine.circles.uncircled import _Search, uncircled
from straits.lp import Solver, Status
from straits.lp.session import Session
from straits.model import compile_case
from straits.model.circles import circles
from straits.model.reading import read_network
from straits.model.reading.pruning import _Ways

PROPERTY = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def promise(asset, amount, **more):
    return {
        "id": "c",
        "name": "c",
        "kind": "least",
        "asset": asset,
        "amount": amount,
        "amount_unit": "kt/d",
    } | more


PENALTY = {"penalty": 50, "penalty_unit": "USD/t"}


def test_way_back_to_nowhere_is_no_way(solved):
    """Proves: of a promise of 16 kt/d on a pipe from a field of 8, 8 count: the pipe back leads only where the oil came from.
    Without it: 8 more go to and fro each day and count.
    """
    tables = {
        "places": places("A", "B"),
        "links": [link("there", "A", "B", cost=1), link("back", "B", "A", cost=1)],
        "supplies": [supply("field", "A", 8)],
        "markets": [market("buyer", "B", 100)],
        "contracts": [promise("there", 16, **PENALTY)],
    }
    s = solved(tables, time=days(7))
    assert s.flows["amount"].sum() == pytest.approx(56)
    assert s.shortfall["amount"].tolist() == pytest.approx([56])


def test_promise_counts_net_of_what_comes_back(solved):
    """Proves: with buyers and fields at both ends, so that both pipes lead somewhere, a promise counts what goes there less what
    comes back (measured where it entered: 10 % are lost on the way): 4 of 8 a day, not 8.
    Without it: 8 would go there and 3.6 back, for 2 USD/t and against a penalty of 50.
    """
    tables = {
        "places": places("A", "B", A="AAA", B="AAA"),
        "links": [link("there", "A", "B", cost=1, loss=0.1), link("back", "B", "A", cost=1)],
        "supplies": [supply("west", "A", 5), supply("east", "B", 1)],
        "markets": [market("at-a", "A", 300, demand=1), market("at-b", "B", 100)],
        "contracts": [promise("there", 8, **PENALTY)],
    }
    s = solved(tables, time=days(2))
    assert s.shortfall["amount"].tolist() == pytest.approx([8])
    assert s.flows.groupby("link")["amount"].sum().to_dict() == pytest.approx({"there": 8})
    assert s.accounts()["amount"].sum() == pytest.approx(s.objective)
    with pytest.raises(straits.errors.InfeasibleError, match="contract"):
        straits.solve(build(tables | {"contracts": [promise("there", 8)]}, time=days(2)))


def test_long_circles_are_broken_and_told(solved):
    """Proves: a promise on one side of a triangle whose other sides lead somewhere too is kept as far as cargo has a use; what
    would go round is told, with the bound of the plans that were passed over. Hard, it cannot be kept.
    Without it: 8 would count where 4 have a use.
    """
    tables = {
        "places": places("A", "B", "C", A="AAA", B="AAA", C="AAA"),
        "links": [link("ab", "A", "B", capacity=20, cost=1), link("bc", "B", "C", capacity=20, cost=1),
                  link("ca", "C", "A", capacity=20, cost=1)],
        "supplies": [supply("at-a", "A", 4), supply("at-b", "B", 2), supply("at-c", "C", 2)],
        "markets": [market("a", "A", 80, demand=1), market("b", "B", 84, demand=5), market("c", "C", 80, demand=1)],
        "contracts": [promise("ab", 8, **PENALTY)],
    }  # fmt: skip
    s = solved(tables, time=days(1))
    assert s.circles["links"].tolist() == ["ab → bc → ca"]
    assert not s.circles["left"].any()
    assert circles(s.formulation, s.x) == []
    assert s.objective <= s.provenance["lp_value_at_most"] - 1e-6
    assert s.shortfall["amount"].tolist() == pytest.approx([4])
    with pytest.raises(straits.errors.InfeasibleError, match="contract"):
        straits.solve(build(tables | {"contracts": [promise("ab", 8)]}))


@pytest.mark.parametrize("transit", [0, 1])
def test_loss_on_a_circle_keeps_no_field_running(solved, transit):
    """Proves: a field that must give 8 is shut in when its port is, though a lossy pipe and one back could burn its oil, with and
    without transit time.
    Without it: 8 kt a day would be burned, which costs less than the emergency.
    """
    tables = {
        "places": places("A", "P", "B", A="AAA", P="AAA"),
        "links": [link("out", "A", "P", capacity=40, cost=1, loss=0.2, transit_days=transit),
                  link("back", "P", "A", capacity=40, cost=1, loss=0.5), link("load", "P", "B", capacity=40)],
        "supplies": [supply("field", "A", 10, min_output=8, forced_cost=30), supply("port-field", "P", 1)],
        "markets": [market("abroad", "B", 84), market("home", "A", 80, demand=1)],
    }  # fmt: skip
    scenarios = [
        {
            "id": "shut",
            "title": "shut",
            "disruptions": [{"asset": "load", "start": "2022-01-02", "end": "2022-01-06"}],
        }
    ]
    s = solved(tables, time=days(8), scenarios=scenarios, how={"scenario": "shut"})
    assert s.supply["forced"].sum() == pytest.approx(4 * 7)
    assert circles(s.formulation, s.x) == []


def test_seasonal_store_is_no_circle(solved):
    """Proves: what is put into store over a pipe in summer and comes back in winter does not go round.
    Without it: a store at the end of its own pipe could not be used.
    """
    tables = {
        "places": places("A", "S", "B"),
        "links": [
            link("in", "A", "S", capacity=9),
            link("out", "S", "A", capacity=9),
            link("sell", "A", "B", capacity=9),
        ],
        "supplies": [supply("field", "A", 4)],
        "markets": [market("buyer", "B", 100)],
        "stores": [store("cave", "S", 9)],
    }
    scenarios = [
        {
            "id": "stop",
            "title": "stop",
            "disruptions": [{"asset": "sell", "start": "2022-01-02", "end": "2022-01-03"}],
        }
    ]
    s = solved(tables, time=days(3), scenarios=scenarios, how={"scenario": "stop"})
    assert s.sales["amount"].sum() == pytest.approx(12)
    assert len(s.circles) == 0


@given(st.data())
@PROPERTY
def test_ways_against_all_simple_paths(data):
    """Proves: a link is kept exactly if one of all ways without a place twice, listed one by one, passes over it.
    Without it: the search could keep a way back, or drop a way out.
    """
    size = data.draw(st.integers(2, 7))
    every = list(itertools.permutations(range(size), 2))
    arcs = data.draw(st.lists(st.sampled_from(every), min_size=1, max_size=16, unique=True))
    begins = data.draw(st.lists(st.integers(0, size - 1), max_size=2, unique=True))
    ends = data.draw(st.lists(st.integers(0, size - 1), max_size=2, unique=True))
    on: set[tuple[int, int]] = set()

    def extend(path):
        if path[-1] in ends:
            on.update(itertools.pairwise(path))
        for a, b in arcs:
            if a == path[-1] and b not in path:
                extend([*path, b])

    for begin in begins:
        extend([begin])
    found = _Ways(np.array(arcs).T, np.array(begins, dtype=int), np.array(ends, dtype=int)).on_some()
    assert {arc for arc, kept in zip(arcs, found, strict=True) if kept} == on


def without_circles(case):
    """Value of the best plan without circles in any step, by a mixed-integer program: in every step each place has a height for
    each cargo, and flow only goes down.
    """
    model = compile_case(case)
    f, n, b = model.formulation, model.network, model.bounds
    columns, pairs, steps = len(model.cost), f.flow.count, n.T
    heights = len(n.place_ids) * len(n.cargoes)
    size = columns + pairs * steps + heights * steps
    big, high = 1e3, float(len(n.place_ids))
    rows, low = [], []
    for p in range(pairs):
        tail, head = (
            int(e[n.pair_link[p]]) * len(n.cargoes) + int(n.pair_cargo[p]) for e in (n.link_tail, n.link_head)
        )
        for t in range(steps):
            used = columns + p * steps + t
            row = np.zeros(size)
            row[used], row[int(f.flow.at(p, t))] = big, -1.0
            rows.append(row)
            low.append(0.0)
            row = np.zeros(size)
            (
                row[columns + pairs * steps + tail * steps + t],
                row[columns + pairs * steps + head * steps + t],
            ) = 1.0, -1.0
            row[used] = -high
            rows.append(row)
            low.append(1.0 - high)
    whole = np.zeros((model.matrix.shape[0], size))
    whole[:, :columns] = model.matrix.toarray()
    answer = milp(
        np.concatenate([model.cost, np.zeros(size - columns)]),
        constraints=[
            LinearConstraint(whole, b.row_lower, b.row_upper),
            LinearConstraint(np.array(rows).reshape(-1, size), low, np.full(len(rows), np.inf)),
        ],
        integrality=np.concatenate([np.zeros(columns), np.ones(pairs * steps), np.zeros(heights * steps)]),
        bounds=Bounds(
            np.concatenate([b.column_lower, np.zeros(size - columns)]),
            np.concatenate([b.column_upper, np.ones(pairs * steps), np.full(heights * steps, high - 1.0)]),
        ),
        options={"mip_rel_gap": 1e-9},
    )
    return -answer.fun / 1000.0


@st.composite
def round_cases(draw):
    """Small cases with ways round, losses, a promise, and fields that must go on."""
    nodes = "ABCD"
    every = list(itertools.permutations(nodes, 2))
    ends = draw(st.lists(st.sampled_from(every), min_size=4, max_size=8, unique=True))
    links = [
        link(
            f"l{i}",
            a,
            b,
            capacity=draw(st.integers(3, 20)),
            cost=draw(st.integers(0, 3)),
            loss=draw(st.sampled_from([0, 0, 0.3])),
        )
        for i, (a, b) in enumerate(ends)
    ]
    supplies = [supply(f"s{p}", p, draw(st.integers(1, 6)), min_output=1, forced_cost=20) for p in "AC"]
    markets = [
        market(f"m{p}", p, draw(st.sampled_from([60, 80])), demand=draw(st.integers(1, 4))) for p in "ABD"
    ]
    return build(
        {"places": places(*nodes, **dict.fromkeys(nodes, "AAA")), "links": links, "supplies": supplies, "markets": markets,
         "contracts": [promise("l0", draw(st.integers(4, 15)), **PENALTY)]},
        time=days(2),
    )  # fmt: skip


@given(round_cases())
@PROPERTY
def test_plans_without_circles_against_integers(case):
    """Proves: the plan has no circle, is worth what a mixed-integer program with heights of places finds, within the bound.
    Without it: the search could break a circle where it costs most.
    """
    s = straits.solve(case)
    assert circles(s.formulation, s.x) == []
    best = without_circles(case)
    assert s.lp_value == pytest.approx(best, abs=1e-6)
    assert best <= s.provenance.get("lp_value_at_most", s.lp_value) + 1e-6


def test_given_up_circles_are_left_and_told():
    """Proves: with no program to spend, the plan with circles stays and says so.
    Without it: a search cut short would look like a proof.
    """
    tables = {
        "places": places("A", "B", "C", A="AAA", B="AAA", C="AAA"),
        "links": [link("ab", "A", "B", cost=1), link("bc", "B", "C", cost=1), link("ca", "C", "A", cost=1)],
        "supplies": [supply("at-a", "A", 4), supply("at-b", "B", 2), supply("at-c", "C", 2)],
        "markets": [
            market("a", "A", 80, demand=1),
            market("b", "B", 84, demand=5),
            market("c", "C", 80, demand=1),
        ],
        "contracts": [promise("ab", 8, **PENALTY)],
    }
    model = compile_case(build(tables))
    b = model.bounds
    answer = Solver(model.cost, model.matrix, b.column_lower, b.column_upper, b.row_lower, b.row_upper).run()
    found = uncircled(model, b, answer, lambda _: answer, limit=0)
    assert found.left and found.left == found.circles and found.answer is answer
    assert found.bound == answer.value


def test_links_of_a_case_are_pruned_by_cargo():
    """Proves: of two pipes back, the one that leads a cargo on is kept for it, and dropped for the other.
    Without it: one cargo would keep the ways of all.
    """
    tables = {
        "places": places("A", "B", "C", A="AAA", B="BBB"),
        "links": [link("ab", "A", "B"), link("ba", "B", "A"), link("bc", "B", "C")],
        "supplies": [supply("west", "A", 4), supply("east", "B", 4)],
        "markets": [market("c", "C", 90), market("a", "A", 95, origins="BBB")],
    }
    n = read_network(build(tables))
    kept = {(n.link_ids[a], n.cargoes[k].origin) for a, k in zip(n.pair_link, n.pair_cargo, strict=True)}
    assert kept == {("ab", "AAA"), ("bc", "AAA"), ("bc", "BBB"), ("ba", "BBB")}


def waiting(goods, spurs, steps):
    """A hub with spurs that carry a little each: what comes too early for them waits by going out and back."""
    names = [f"g{i}" for i in range(goods)]
    all_goods = {"commodities": "|".join(names), "cost": 1}
    links = [link("ab", "A", "B", capacity=9 * goods, transit_days=1, **all_goods)]
    ends = "CDEFG"[:spurs]
    for end in ends:
        wide = {"capacity": 4 * goods, "transit_days": 1.5} | all_goods
        links += [link(f"b{end}", "B", end, **wide), link(f"{end}b", end, "B", **wide)]
        links.append(link(f"{end}z", end, "Z", capacity=goods, **all_goods))
    tables = {
        "commodities": [{"id": g, "name": g, "unit": "kt"} for g in names],
        "places": places("A", "B", "Z", *ends), "links": links,
        "supplies": [supply(f"f-{g}", "A", 9, commodity=g) for g in names],
        "markets": [market(f"m-{g}", "Z", 100 + i, demand=4, commodity=g) for i, g in enumerate(names)],
    }  # fmt: skip
    stop = {"asset": "ab", "start": "2022-01-05", "end": "2022-01-20"}
    scenarios = [{"id": "stop", "title": "stop", "disruptions": [stop]}]
    return compile_case(build(tables, time=days(steps), scenarios=scenarios), "stop")


def searched(model):
    """Value of the plan without circles that is found, and programs that were solved for it."""
    session, solved = Session(model), []
    first = session.solve()
    found = uncircled(
        model, model.bounds, first, lambda b: solved.append(b) or session.solve(b), basis=session.basis()
    )
    assert circles(model.formulation, found.answer.x) == [] and not found.left
    return found.answer.value, len(solved)


@pytest.mark.parametrize(("goods", "spurs", "steps"), [(1, 2, 8), (1, 3, 12), (3, 3, 8), (3, 4, 8)])
def test_a_plan_is_as_good_where_branching_is_left_out(monkeypatch, goods, spurs, steps):
    """Proves: where more circles had to be broken than there are programs for, the plan that is shown is worth what it is
    worth if branching goes on to the last program, for a sixth of the programs.
    Without it: a better plan would be given up for programs saved, or none be saved.
    """
    model = waiting(goods, spurs, steps)
    value, solved = searched(model)
    monkeypatch.setattr(_Search, "may_branch", True)
    whole, all_solved = searched(model)
    assert value == pytest.approx(whole, rel=1e-9)
    assert solved <= (all_solved if goods == 1 else all_solved // 6)


def test_branching_finds_what_breaking_all_at_once_does_not():
    """Proves: to break a circle where least goes round costs 464; branching, which has programs enough, finds a plan for 428.52.
    Without it: the first plan without circles would be taken for the best.
    """
    lossy = {"cost": 1, "loss": 0.3}
    tables = {
        "places": places(*"ABCD", **dict.fromkeys("ABCD", "AAA")),
        "links": [
            link("db", "D", "B", capacity=18, loss=0.3), link("ba", "B", "A", capacity=19, **lossy),
            link("ca", "C", "A", capacity=16, **lossy), link("cd", "C", "D", capacity=16, **lossy),
            link("ab", "A", "B", capacity=3, cost=1), link("ac", "A", "C", capacity=7, **lossy),
        ],
        "supplies": [supply(f"s{p}", p, 4, min_output=1, forced_cost=20) for p in "AC"],
        "markets": [market("a", "A", 80, demand=2), market("b", "B", 60, demand=1), market("d", "D", 80, demand=1)],
        "contracts": [promise("db", 12, **PENALTY)],
    }  # fmt: skip
    case = build(tables, time=days(2))
    assert searched(compile_case(case))[0] == pytest.approx(428.52)
    assert without_circles(case) == pytest.approx(-0.42852)


def test_a_circle_may_be_broken_at_one_link_now_and_at_another_later():
    """Proves: where what is agreed keeps each link of a circle in use on another day, the best plan without circles is found,
    which breaks it elsewhere each day. Without it: the case would be told to have no plan, as no link can be without the cargo on
    all days.
    """
    ways = ["ab", "bc", "ca"]
    tables = {
        "places": places("A", "B", "C", **dict.fromkeys("ABC", "AAA")),
        "links": [link(way, *way.upper(), cost=1) for way in ways],
        "supplies": [supply(f"at-{p}", p, 4) for p in "ABC"],
        "markets": [
            market(f"{name}-{p}", p, price, demand=4)
            for p in "ABC"
            for name, price in (("dear", 90), ("cheap", 60))
        ],
        "contracts": [
            promise(way, 3, id=way, start=f"2022-01-0{i + 1}", end=f"2022-01-0{i + 2}")
            for i, way in enumerate(ways)
        ],
    }
    case = build(tables, time=days(3))
    s = straits.solve(case)
    assert s.circles["first"].min() != s.circles["last"].max() and not s.circles["left"].any()
    assert circles(s.formulation, s.x) == []
    assert s.lp_value == pytest.approx(without_circles(case), abs=1e-6)


def test_what_has_no_answer_is_not_told_to_have_no_plan():
    """Proves: where programs with a link of a circle barred end without an answer, the circle is left, and told; only where all
    are infeasible is there no plan. Without it: a case would be refused because the solver had trouble.
    """
    model = waiting(1, 2, 8)
    answer = Session(model).solve()
    for status, still in ((Status.STOPPED, Status.OPTIMAL), (Status.INFEASIBLE, Status.INFEASIBLE)):
        none = replace(answer, status=status)
        found = uncircled(model, model.bounds, answer, lambda _, none=none: none)
        assert found.answer.status == still
        assert bool(found.left) == (still == Status.OPTIMAL)
