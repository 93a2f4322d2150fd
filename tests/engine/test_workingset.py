"""Settling what was alike in all answers seen: whatever is settled, what is answered is the optimum of the whole."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from scipy import sparse

from small import build, days, link, market, places, store, supply
from straits.engine import Session, Variant, close, combine, lesson, solve_many
from straits.engine.variant import Patch
from straits.engine.walk import Walker, tree_of
from straits.engine.workingset import Moved, Seen, WorkingSet
from straits.model import Bounds, compile_case, highs

COLUMNS, ROWS = 14, 10


def random_program(rng):
    """Columns between bounds, rows of few columns, each with room around one plan, so that there always is an answer."""
    matrix = np.zeros((ROWS, COLUMNS))
    for row in matrix:
        at = rng.choice(COLUMNS, rng.integers(2, 5), replace=False)
        row[at] = rng.choice([-2.0, -1.0, 0.5, 1.0], len(at))
    plan = rng.integers(1, 4, COLUMNS).astype(float)
    room = rng.choice([0.0, 0.0, 2.0], ROWS)
    level = matrix @ plan
    bounds = Bounds(
        np.zeros(COLUMNS), np.full(COLUMNS, 8.0), level - room, level + rng.choice([0.0, 1.0], ROWS) * room
    )
    cost = rng.integers(-5, 6, COLUMNS).astype(float)
    return SimpleNamespace(cost=cost, matrix=sparse.csc_matrix(matrix), bounds=bounds), plan


def random_patch(rng, program, plan, name):
    """Other bounds and a cost for some of the first five columns, and more room for some of the first three rows."""
    at = np.sort(rng.choice(5, 2, replace=False))
    row = np.sort(rng.choice(3, 1))
    b = program.bounds
    upper = plan[at] + rng.integers(0, 3, 2)
    cost = program.cost[at] + rng.choice([0.0, 0.0, 3.0], 2)
    return Patch(
        name, at, np.zeros(2), upper, cost, row, b.row_lower[row] - 1.0, b.row_upper[row] + rng.integers(0, 2)
    )


def proved(program, patch, answer):
    """Whether an answer keeps the optimality conditions of the whole program, looked at one by one."""
    lower, upper = program.bounds.column_lower.copy(), program.bounds.column_upper.copy()
    row_lower, row_upper = program.bounds.row_lower.copy(), program.bounds.row_upper.copy()
    cost = program.cost.copy()
    lower[patch.columns], upper[patch.columns], cost[patch.columns] = (
        patch.column_lower,
        patch.column_upper,
        patch.cost,
    )
    row_lower[patch.rows], row_upper[patch.rows] = patch.row_lower, patch.row_upper
    inside = np.all(answer.x >= lower - 1e-7) and np.all(answer.x <= upper + 1e-7)
    row_value = program.matrix @ answer.x
    inside &= np.all(row_value >= row_lower - 1e-7) and np.all(row_value <= row_upper + 1e-7)
    reduced = cost - program.matrix.T @ answer.dual
    slack = [reduced * np.where(reduced > 0, answer.x - lower, answer.x - upper),
             answer.dual * np.where(answer.dual > 0, row_value - row_lower, row_value - row_upper)]  # fmt: skip
    np.testing.assert_allclose(np.concatenate(slack), 0.0, atol=1e-6)
    np.testing.assert_allclose(answer.row_value, row_value, atol=1e-9)
    np.testing.assert_allclose(answer.reduced_cost, reduced, atol=1e-9)
    return inside and answer.value == pytest.approx(cost @ answer.x, abs=1e-9)


@pytest.mark.parametrize("block", range(4))
def test_random_programs_have_the_answers_of_the_whole(block):
    """Proves: with all settled that was alike in four answers, 200 programs under eight patches each have the value of a cold
    solve, and vectors that prove it, or say that something settled has to move; then the whole, solved from there, has it.
    Without it: a bound or a price of what was settled could be overlooked, and a value be too high or too low.
    """
    answered = moved = left_out = 0
    for seed in range(50 * block, 50 * block + 50):
        rng = np.random.default_rng(seed)
        program, plan = random_program(rng)
        patches = [random_patch(rng, program, plan, str(i)) for i in range(8)]
        whole = Session(program)
        seen = Seen(program, np.arange(COLUMNS), np.arange(ROWS))
        seen.add(whole.run(), whole.basic())
        root = whole.basis()
        for patch in patches[:4]:
            whole.take(patch)
            seen.add(whole.run(), whole.basic())
        working = WorkingSet(program, np.arange(5), np.arange(3), seen)
        left_out += COLUMNS - len(working.cost)
        small = Session(working, scaled=False)
        for patch in patches:
            whole.take(patch)
            cold = whole.run_cold()
            assert cold.status == highs.OPTIMAL
            small.take(working.patch(patch))
            small.start_from(working.smaller_basis(root))
            answer = small.run(read=False)
            if answer.status != highs.OPTIMAL:
                continue
            found = working.postsolve(small.read(answer), patch)
            if isinstance(found, Moved):
                moved += 1
                assert len(found.columns) or len(found.rows)
                whole.start_from(working.larger_basis(small.basis()))
                assert whole.run().value == pytest.approx(cold.value, abs=1e-7)
            else:
                answered += 1
                assert found.value == pytest.approx(cold.value, abs=1e-7)
                assert proved(program, patch, found)
                whole.start_from(working.larger_basis(small.basis()))
                assert whole.run().iterations == 0
    assert answered > 50
    assert moved > 10
    assert left_out > 100


def test_what_nobody_changes_is_all_settled():
    """Proves: where nothing may change, nothing is left to solve, and the answer is that of the whole; where all may, nothing is
    settled.
    """
    rng = np.random.default_rng(0)
    program, _ = random_program(rng)
    whole = Session(program)
    seen = Seen(program, np.arange(COLUMNS), np.arange(ROWS))
    answer = whole.run()
    seen.add(answer, whole.basic())
    nothing = np.empty(0, dtype=int)
    working = WorkingSet(program, nothing, nothing, seen)
    assert len(working.cost) == 0
    all_of_it = WorkingSet(program, np.arange(COLUMNS), np.arange(ROWS), seen)
    assert all_of_it.matrix.shape == (ROWS, COLUMNS)
    for each in (working, all_of_it):
        small = Session(each, scaled=False)
        small.start_from(each.smaller_basis(whole.basis()))
        found = each.postsolve(small.read(small.run(read=False)), None)
        np.testing.assert_allclose(found.x, answer.x, atol=1e-9)


def test_long_chains_keep_their_figures():
    """Proves: of goods that arrive partly in this step and partly in the next, the flow of each step is given by the row in which
    it weighs more, so that sixty steps do not blow up a rounding error.
    Without it: the shorter rows would give the flows, each -2.5 times the last, and after sixty steps nothing would be true.
    """
    steps = 60
    flows = sparse.diags([0.2857, 0.7143], [0, -1], shape=(steps + 1, steps))
    others = np.tril(np.full((steps + 1, steps + 1), 0.01), -1) + np.eye(steps + 1)
    matrix = sparse.csc_matrix(sparse.hstack([flows, others]))
    plan = np.concatenate([np.linspace(10, 20, steps), [1.0], np.zeros(steps)])
    arrives = matrix @ plan
    cost = np.concatenate([np.ones(steps), [1.0], np.full(steps, 1e3)])
    program = SimpleNamespace(
        cost=cost,
        matrix=matrix,
        bounds=Bounds(np.zeros(2 * steps + 1), np.full(2 * steps + 1, 50.0), arrives, arrives),
    )
    whole = Session(program)
    seen = Seen(program, np.arange(2 * steps + 1), np.arange(steps + 1))
    answer = whole.run()
    seen.add(answer, whole.basic())
    working = WorkingSet(program, np.arange(steps, 2 * steps + 1), np.empty(0, dtype=int), seen)
    assert len(working.cost) < 2 * steps
    small = Session(working, scaled=False)
    small.start_from(working.smaller_basis(whole.basis()))
    found = working.postsolve(small.read(small.run(read=False)), None)
    assert not isinstance(found, Moved)
    np.testing.assert_allclose(found.x, plan, atol=1e-7)


def test_a_family_is_settled_no_more():
    """Proves: if a column has to move in one step, those of its family are settled in no step; others stay settled."""
    rng = np.random.default_rng(1)
    program, _ = random_program(rng)
    whole = Session(program)
    seen = Seen(program, np.arange(COLUMNS) // 2, np.arange(ROWS) // 2)
    seen.add(whole.run(), whole.basic())
    before = seen.at_lower | seen.at_upper | seen.free
    seen.release(np.array([4]), np.array([7]))
    after = seen.at_lower | seen.at_upper | seen.free
    assert not after[4:6].any()
    assert (before == after)[[*range(4), *range(6, COLUMNS)]].all()
    rows = seen.tight_lower | seen.tight_upper | seen.slack
    assert not rows[6:8].any()
    assert rows[[*range(6), 8, 9]].any()


@pytest.fixture
def many():
    """A model with storage and ties, and 400 variants of one or two closures of some days each."""
    ways = [link(f"way{i}", "A", "B", capacity=3, cost=10 + i // 2) for i in range(4)]
    tables = {
        "places": places("A", "B", "C", B="BBB"),
        "links": [*ways, link("on", "B", "C", cost=1)],
        "supplies": [supply("field", "A", 9, cost=50)],
        "stores": [store("tank", "A", 12)],
        "markets": [market("buyer", "C", 200), market("near", "B", 90)],
    }
    model = compile_case(build(tables, time=days(14)))
    rng = np.random.default_rng(3)
    first = model.case.settings.time.start

    def closure(i):
        begin, length = int(rng.integers(0, 12)), int(rng.integers(1, 4))
        day = np.datetime64(first) + begin
        asset = str(rng.choice(["way0", "way1", "way2", "on"]))
        return close(model, asset, day.astype(object), (day + length).astype(object), name=f"{i:03}")

    parts = [closure(i) for i in range(400)]
    variants = [Variant(p.name, (p,)) for p in parts[:200]]
    return model, variants + [
        Variant(f"{p.name}+{q.name}", (p, q)) for p, q in zip(parts[:200], parts[200:], strict=True)
    ]


@pytest.fixture
def short_lesson(monkeypatch):
    monkeypatch.setattr(lesson, "_FIRST", 16)
    monkeypatch.setattr(lesson, "_STEP", 16)


def test_answers_after_a_lesson_are_those_of_cold_solves(many, short_lesson):
    """Proves: of 400 closures, after a lesson on a quarter of them, each value is that of a cold solve, with skipping or without.
    Without it: what was learned could be taken for true where it is not.
    """
    model, variants = many
    for skip in (True, False):
        batch = solve_many(model, variants, ["lp_value"], alike=True, skip=skip, check=len(variants))
        assert batch.stats["checked"] > 250  # of 400, some change the same and are answered once
        assert batch.stats["largest_difference"] < 1e-9


def test_a_lesson_does_not_hang_on_workers_or_stores(many, short_lesson, tmp_path):
    """Proves: values and flows are the same, to the last digit, from one process, from two, and when a stopped run goes on.
    Without it: what is learned, and so which of equal plans is found, could depend on who answers what.
    """
    model, variants = many
    ask = {"measures": ["value", "flow:way0", "flow:way3"], "alike": True, "check": 0}
    once = solve_many(model, variants, **ask).table[ask["measures"]]
    twice = solve_many(model, variants, workers=2, **ask).table[ask["measures"]]
    assert np.array_equal(once, twice)

    class Stop(Exception):
        pass

    def stop(done, *_):
        if done > 250:
            raise Stop

    with pytest.raises(Stop):
        solve_many(model, variants, store=tmp_path, progress=stop, **ask)
    resumed = solve_many(model, variants, store=tmp_path, **ask)
    assert resumed.stats["stored"] > 0
    assert np.array_equal(once, resumed.table[ask["measures"]])


def test_an_infeasible_variant_after_a_lesson(many, short_lesson):
    """Proves: a promise without a price that a closure breaks is infeasible after a lesson too, and no other variant is.
    Without it: what is settled could make a program infeasible that is not, or hide that it is.
    """
    model, variants = many
    rows = {name: frame for name, frame in model.case.tables.items() if len(frame)}
    rows["markets"] = [market("buyer", "C", 200, demand=2, demand_kind="fixed"), market("near", "B", 90)]
    case = type(model.case).from_tables(rows, **model.case.settings.model_dump())
    hard = compile_case(case)
    again = [
        Variant(
            v.id, tuple(close(hard, e.asset, e.start, e.end, name=p.name) for p in v.parts for e in p.effects)
        )
        for v in variants
    ]
    batch = solve_many(hard, again, ["lp_value"], alike=True, check=len(again))
    broken = {v.id for v in again if any(e.asset == "on" for p in v.parts for e in p.effects)}
    assert set(batch.table.query("status == 'infeasible'")["variant"]) == broken


def test_a_change_of_what_is_settled_is_seen():
    """Proves: a patch that changes a column or row that was settled (as two cuts of one field change its ramps together) is
    answered by the whole.
    Without it: the change would be lost without a word.
    """
    rng = np.random.default_rng(2)
    program, _ = random_program(rng)
    whole = Session(program)
    seen = Seen(program, np.arange(COLUMNS), np.arange(ROWS))
    seen.add(whole.run(), whole.basic())
    none = np.empty(0, dtype=int)
    working = WorkingSet(program, none, none, seen)
    small = Session(working, scaled=False)
    small.start_from(working.smaller_basis(whole.basis()))
    answer = small.read(small.run(read=False))
    one, zero = np.array([9]), np.zeros(1)
    column = Patch("column", one, zero, zero, program.cost[one], none, none, none)
    row = Patch("row", none, none, none, none, one, zero, zero)
    assert working.postsolve(answer, column).columns.tolist() == [9]
    assert working.postsolve(answer, row).rows.tolist() == [9]


def test_a_lesson_is_a_quarter_evenly_among_all():
    """Proves: the lesson is a quarter of the variants, a thousand at most, from the whole range of them; of a few, none."""
    names = [(str(i),) for i in range(10_000)]
    assert lesson.lesson_of(names[:200]) == []
    assert lesson.lesson_of(names[:400]) == names[:400:4]
    most = lesson.lesson_of(names)
    assert len(most) == 512
    assert int(most[-1][0]) > 9000


def test_what_has_to_move_is_learned(many, monkeypatch):
    """Proves: after 16 answers less than the whole is solved; a variant for which something settled has to move has the answer of
    a cold solve, and what had to move is settled no more when the lesson goes on.
    Without it: the lesson could be one in name only, or the same miss be made again and again.
    """
    model, variants = many
    parts = {p.name: p for v in variants for p in v.parts}
    walker = Walker(model, parts, ["lp_value"], alike=True)
    asked, parents = tree_of(sorted(v.names for v in variants))
    monkeypatch.setattr(lesson, "_FIRST", 16)
    whole = len(walker.program.cost)
    released = []
    monkeypatch.setattr(
        Seen, "release", lambda seen, *moved, real=Seen.release: (released.append(moved), real(seen, *moved))
    )
    seen, results = None, []

    def all_of_it():
        nonlocal seen
        seen = yield from lesson.learn(walker, asked[::4], parents)

    for piece in all_of_it():
        results += piece
    assert len(walker.program.cost) < whole
    assert released
    settled = seen.at_lower | seen.at_upper | seen.free
    assert not any(settled[columns].any() for columns, _ in released)
    session = Session(model)
    for result in results:
        session.take(combine(model, [parts[name] for name in result.names]))
        assert result.values[0] == pytest.approx(-session.run_cold().value / 1000.0)
