"""A patch answered by the part of a program that it moves has the answer of the whole."""

from __future__ import annotations

from dataclasses import replace
from unittest import mock

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from drawnprograms import bounds_moved, drawn
from small import build, link, market, places, supply
from straits.engine import Variant, close, solve_many
from straits.errors import StraitsError
from straits.lp import Basis, LinearProgram, Session, Status, session
from straits.lp.parts import local as lp_local
from straits.lp.parts.local import Local
from straits.lp.patch import Patch
from straits.lp.program import Arrays
from straits.model import Bounds, compile_case
from straits.testing.drawn import random_case

NONE, NOTHING = np.empty(0, dtype=int), np.empty(0)


@pytest.fixture
def small_ones_too(monkeypatch):
    """Answer patches of programs of any size locally, however large a part they move."""
    monkeypatch.setattr(session, "pays_locally", lambda rows: True)
    monkeypatch.setattr(lp_local, "_MOST", 1.0)


def arrays(program) -> Arrays:
    b = program.bounds
    return Arrays(program.cost, program.matrix, b.column_lower, b.column_upper, b.row_lower, b.row_upper)


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 10**6))
def test_a_part_answers_as_the_whole(seed):
    """Proves: whatever bounds a patch moves, so that it is tighter, wider or broken, what is answered locally is worth what a
    cold solve says, proves itself, and has a basis from which the whole comes to the same.
    Without it: a column that never entered, or a dual that was not followed, would be a plan too dear.
    """
    random = np.random.default_rng(seed)
    p = drawn(random)
    whole = Session(p)
    if whole.run().status != Status.OPTIMAL:
        return
    local = Local(arrays(p), whole.basis())
    assert local.holds
    for patch in (bounds_moved(random, p) for _ in range(6)):
        with mock.patch.object(lp_local, "_MOST", 1.0):
            found = local.answer(patch)
        whole.take(patch)
        meant = whole.run_cold()
        if found is None:
            continue
        assert meant.status == Status.OPTIMAL
        assert p.cost @ found.x == pytest.approx(meant.value, rel=1e-9, abs=1e-7)
        assert whole._solver.take(found.x, found.dual, 0) is not None
        whole.start_from(found.basis)
        assert whole.run().value == pytest.approx(meant.value, rel=1e-9, abs=1e-7)


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 10**6))
def test_a_patch_after_another(seed):
    """Proves: what starts from the answer of another patch, of which it keeps all, some or nothing, is worth what a cold solve
    says. Without it: the second of two failures would be counted from a plan without the first.
    """
    random = np.random.default_rng(seed)
    p = drawn(random)
    whole, home = Session(p), Session(p, local=True)
    with mock.patch.object(lp_local, "_MOST", 1.0):
        home.locates = True
        if home.run().status != Status.OPTIMAL:
            return
        basis = home.basis()
        first, other = bounds_moved(random, p), bounds_moved(random, p)
        home.take(first)
        home.start_from(basis)
        if home.run().status != Status.OPTIMAL:
            return
        after = home.basis()
        for patch in (first.with_over(other), other, other.with_over(first)):
            home.take(patch)
            home.start_from(after)
            found = home.run()
            whole.take(patch)
            meant = whole.run_cold()
            assert found.status == meant.status
            if meant.status == Status.OPTIMAL:
                assert found.value == pytest.approx(meant.value, rel=1e-9, abs=1e-7)


def test_the_second_of_two_is_located(small_ones_too):
    """Proves: a closure that starts from the answer of another one is answered locally, from there, also where that one is open
    again; after two more answers were kept it is not. Without it: pairs of failures of large networks would be solved whole.
    """
    home = Session(detour(), local=True)
    home.run()
    basis = home.basis()
    home.take(closing(2))
    home.start_from(basis)
    assert home.run().value == pytest.approx(-1) and home._located is not None
    after = home.basis()
    home.take(closing(0, 2))
    home.start_from(after)
    assert home.run().value == pytest.approx(7) and home._located is not None
    assert home._located.size == (2, 1)
    home.take(closing(0))
    home.start_from(after)
    assert home.run().value == pytest.approx(6) and home._located is not None
    for column in (3, 4, 5):
        home.take(closing(column))
        home.start_from(basis)
        home.run()
        home.basis()
    home.take(closing(0, 2))
    home.start_from(after)
    assert home.run().value == pytest.approx(7) and home._located is None


@pytest.mark.parametrize("first", range(0, 60, 15))
def test_closures_of_drawn_cases(first, small_ones_too):
    """Proves: in drawn cases (transit, stores, joint capacities, years that repeat, prices that answer), closures of one asset
    and of two are worth what cold solves say, most answered locally.
    Without it: what the format can say but no network in the benchmarks has could be answered wrong.
    """
    asked = located = 0
    for seed in range(first, first + 15):
        try:
            model = compile_case(random_case(seed))
        except StraitsError:
            continue
        home, whole = Session(model, local=True), Session(model)
        if home.run().status != Status.OPTIMAL:
            continue
        basis, days = home.basis(), model.network.steps.dates
        random = np.random.default_rng(seed)
        if days[0] == days[-1]:
            continue
        for names in (random.choice(model.network.link_ids, n) for n in (1, 1, 2, 2)):
            patch = close(model, sorted(set(names.tolist())), days[0], days[-1])
            if patch.idle:
                continue
            home.take(patch)
            home.start_from(basis)
            found = home.run()
            whole.take(patch)
            meant = whole.run_cold()
            assert found.status == meant.status
            asked, located = asked + 1, located + (home._located is not None)
            if meant.status == Status.OPTIMAL:
                assert found.value == pytest.approx(meant.value, rel=1e-9, abs=1e-6)
    assert located > asked / 2


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 10**6))
def test_prices_beyond_the_part(seed):
    """Proves: where the duals of closed rows change, those of all others follow so that no basic column elsewhere is worth more
    or less than it costs, and all columns and rows that their prices then ask to move are found, and no others, each with
    the share of the change at which it begins to ask.
    Without it: what a wrong price left out, or asked for again and again, would show in the last proof alone, or never.
    """
    random = np.random.default_rng(seed)
    p = drawn(random)
    whole = Session(p)
    if whole.run().status != Status.OPTIMAL:
        return
    local = Local(arrays(p), whole.basis())
    assert local.holds
    count, b = len(p.cost), p.bounds
    rows = np.sort(local.closed(random.choice(len(local.pair), 2)))
    inside = np.zeros(count, dtype=bool)
    pairs = local.pair[rows]
    inside[pairs[pairs < count]] = True
    change = random.integers(-3, 4, len(rows)).astype(float)
    found = local.extended(rows, change, inside)
    assert found[rows] == pytest.approx(change, abs=1e-12)
    others = np.setdiff1d(np.arange(len(local.pair)), rows)
    assert found[others][local.basic_row[others]] == pytest.approx(0.0, abs=1e-12)
    worth = p.matrix.T @ found
    assert worth[local.basic & ~inside] == pytest.approx(0.0, abs=1e-9)

    columns, asked, first = local.asking(found)
    price = local.reduced - worth
    rising = ~local.basic & (local.x < b.column_upper - 1e-6) & (price < -1e-6) & (worth > 1e-6)
    falling = ~local.basic & (local.x > b.column_lower + 1e-6) & (price > 1e-6) & (worth < -1e-6)
    assert sorted(columns) == np.flatnonzero(rising | falling).tolist()
    dual, up = local.dual + found, local.basis.rows == Basis.UPPER
    leaves = ~local.basic_row & (b.row_lower != b.row_upper) & (np.abs(found) > 1e-6)
    leaves &= np.where(up, dual > 1e-6, dual < -1e-6)
    assert sorted(asked) == np.flatnonzero(leaves).tolist()
    shares = [*(local.reduced[columns] / worth[columns]), *(-local.dual[asked] / found[asked])]
    assert first == pytest.approx(shares, abs=1e-9)


def test_no_row_binds(small_ones_too):
    """Proves: where no row binds, a closed column is answered by itself. Without it: a basis of slacks alone, which has nothing
    to be factored, would stop everything.
    """
    bounds = Bounds(np.zeros(2), np.full(2, 3.0), np.zeros(1), np.array([9.0]))
    p = LinearProgram(np.array([-1.0, -2.0]), sparse.csc_matrix([[1.0, 1.0]]), bounds)
    whole = Session(p)
    whole.run()
    shut = Patch("shut", np.array([0]), np.zeros(1), np.zeros(1), p.cost[:1], NONE, NOTHING, NOTHING)
    found = Local(arrays(p), whole.basis()).answer(shut)
    assert found is not None and found.x.tolist() == [0, 3]


def detour() -> LinearProgram:
    """Two ways to one place, 3 each at prices of 1 and 5, which must get 2; and four columns far away, which bring 1 each."""
    matrix = sparse.block_diag([[[1.0, 1.0]], sparse.eye_array(4)], format="csc")
    least, most = np.array([2.0, 0, 0, 0, 0]), np.array([2.0, 1, 1, 1, 1])
    bounds = Bounds(np.zeros(6), np.full(6, 3.0), least, most)
    return LinearProgram(np.array([1.0, 5, -1, -1, -1, -1]), sparse.csc_matrix(matrix), bounds)


def closing(*columns: int) -> Patch:
    p, c = detour(), np.array(columns)
    return Patch("closed", c, np.zeros(len(c)), np.zeros(len(c)), p.cost[c], NONE, NOTHING, NOTHING)


def test_only_what_moves_is_solved():
    """Proves: with the cheap way closed, the part has the two ways and their row; the other rows and columns are not looked at.
    Without it: a closure would cost as much as the network is large.
    """
    p = detour()
    whole = Session(p)
    whole.run()
    found = Local(arrays(p), whole.basis()).answer(closing(0))
    assert found is not None
    assert found.x.tolist() == [0, 2, 1, 1, 1, 1] and found.dual.tolist() == [5, -1, -1, -1, -1]
    # In the first of them breaking the row costs less than the other way.
    assert found.size == (2, 1) and found.rounds == 3


def test_what_cannot_be_kept_is_left_to_the_whole(small_ones_too):
    """Proves: with both ways closed the part finds no plan, and the session says that there is none, proved; a patch after that
    is answered locally again. Without it: a broken row would pass for a plan at a high price.
    """
    home = Session(detour(), local=True)
    home.run()
    basis = home.basis()
    home.take(closing(0, 1))
    home.start_from(basis)
    assert home.run().status == Status.INFEASIBLE and home._located is None
    home.take(closing(0))
    home.start_from(basis)
    assert home.run().value == pytest.approx(6) and home._located is not None


def test_a_way_round_that_costs_more_than_breaking(small_ones_too):
    """Proves: where the cheap way is closed, the other one, of eight legs at 5 each, is taken locally: dearer than breaking
    what was closed does at first. Without it: long ways round would be left to the whole program.
    """
    legs = 8
    matrix = np.zeros((legs, legs + 1))
    matrix[0, 0] = matrix[0, legs] = 1.0
    for leg in range(1, legs):
        matrix[leg, leg], matrix[leg, leg + 1] = 1.0, -1.0
    equal = np.concatenate([[2.0], np.zeros(legs - 1)])
    bounds = Bounds(np.zeros(legs + 1), np.full(legs + 1, 3.0), equal, equal)
    p = LinearProgram(np.array([1.0, *[5.0] * legs]), sparse.csc_matrix(matrix), bounds)
    whole = Session(p)
    whole.run()
    shut = Patch("shut", np.array([0]), np.zeros(1), np.zeros(1), p.cost[:1], NONE, NOTHING, NOTHING)
    found = Local(arrays(p), whole.basis()).answer(shut)
    assert found is not None and found.x.tolist() == [0.0, *[2.0] * legs]


@pytest.mark.parametrize("shares", [True, False])
def test_what_arrives_in_shares_is_answered_locally_sooner(shares, monkeypatch):
    """Proves: a program below the size from which parts pay is answered by one where most columns stand in three equations, and
    only there. Without it: networks in weeks, whose prices all move whatever closes, would be solved whole.
    """
    monkeypatch.setattr(lp_local, "_LARGE_SPREAD", 3)
    monkeypatch.setattr(lp_local, "_MOST", 1.0)
    arrives = [[0.7, 0.7, 0.0, 0.7], [0.3, 0.3, 0.7, 0.0]] if shares else [[1.0, 1.0, 0, 1.0], [0, 0, 1.0, 0]]
    matrix = sparse.csc_matrix(np.vstack([arrives, [-1.0, -1.0, -1.0, 1.0]]))
    equal = np.array([1.4, 0.6, -2.0]) if shares else np.array([2.0, 0.0, -2.0])
    p = LinearProgram(np.array([1.0, 5, 9, 9]), matrix, Bounds(np.zeros(4), np.full(4, 3.0), equal, equal))
    home = Session(p, local=True)
    assert home.run().value == pytest.approx(2)
    basis = home.basis()
    home.take(Patch("shut", np.array([0]), np.zeros(1), np.zeros(1), p.cost[:1], NONE, NOTHING, NOTHING))
    home.start_from(basis)
    assert home.run().value == pytest.approx(10)
    assert (home._located is not None) == shares


def test_what_a_part_is_not_asked(small_ones_too, monkeypatch):
    """Proves: other costs, another start than the program as it is, a cold solve, sessions not told so and small programs are
    left to the whole. Without it: a reduced cost of other prices would be taken for that of these.
    """
    p = detour()
    home = Session(p, local=True)
    home.run()
    basis = home.basis()
    dearer = replace(closing(0), column_upper=np.array([3.0]), cost=np.array([9.0]))
    for patch, start, value in ((dearer, basis, 6), (closing(0), Basis(basis.columns, basis.rows), 6)):
        home.take(patch)
        home.start_from(start)
        assert home.run().value == pytest.approx(value) and home._located is None
    home.take(closing(0))
    home.start_from(basis)
    assert home.run_cold().value == pytest.approx(6) and home._located is None
    monkeypatch.undo()
    for plain in (Session(p), Session(p, local=True)):
        plain.run()
        basis = plain.basis()
        plain.take(closing(0))
        plain.start_from(basis)
        assert plain.run().value == pytest.approx(6) and plain._located is None


def test_what_follows_a_local_answer(small_ones_too):
    """Proves: a local answer has its plan, its prices and its basis, which says what is basic; the program as it is follows it.
    Without it: what builds on an answer would begin with that of another question.
    """
    home = Session(detour(), local=True)
    first = home.run()
    basis = home.basis()
    home.take(closing(0))
    home.start_from(basis)
    answer = home.run(read=False)
    assert home.read(answer).x.tolist() == [0, 2, 1, 1, 1, 1]
    assert home.read(answer).reduced_cost.tolist() == [-4, 0, 0, 0, 0, 0]
    assert home.basis().columns.tolist() == [Basis.LOWER, *[Basis.BASIC] * 5]
    assert home.basic().tolist() == [False, *[True] * 5, *[False] * 5]
    home.take(None)
    home.start_from(basis)
    assert home.run().value == pytest.approx(first.value)


def test_a_sweep_is_the_same(monkeypatch, request):
    """Proves: failures, single and double, with parents to start from and sums that prove others, are worth the same locally.
    Without it: what a batch leaves out would rest on answers of another kind.
    """
    days = {"start": "2022-01-01", "end": "2022-01-05", "step": "day", "boundary": "empty"}
    ends = [(a, b) for a in "ABCD" for b in "ABCD" if a < b]
    tables = {
        "places": places(*"ABCD"),
        "links": [
            link(f"{a}{b}", a, b, capacity=4 + ord(b) % 3, cost=ord(a) % 7, transit_days=ord(b) % 2)
            for a, b in ends
        ],
        "supplies": [supply("field", "A", 9, cost=3), supply("other", "B", 2, cost=9, origin="BBB")],
        "markets": [market("town", "D", 60, demand=8), market("port", "C", 40, demand=3)],
    }
    case = build(tables, time=days)
    model = compile_case(case)
    dates = model.network.steps.dates
    parts = [close(model, a, dates[0], dates[-1]) for a in model.network.link_ids]
    variants = [Variant("none"), *(Variant(p.name, (p,)) for p in parts)]
    variants += [Variant(f"{a.name}+{b.name}", (a, b)) for i, a in enumerate(parts) for b in parts[i + 1 :]]
    meant = solve_many(model, variants, ["lp_value"], check=0).table["lp_value"]
    request.getfixturevalue("small_ones_too")
    found = solve_many(model, variants, ["lp_value"], check=len(variants)).table["lp_value"]
    assert found.to_numpy() == pytest.approx(meant.to_numpy(), rel=1e-9)
    # As drawn histories are answered: one is no start for the next.
    alike = solve_many(model, variants, ["lp_value"], check=0, alike=True).table["lp_value"]
    assert alike.to_numpy() == pytest.approx(meant.to_numpy(), rel=1e-9)
