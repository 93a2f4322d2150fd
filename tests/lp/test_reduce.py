"""The smaller program that variants are answered on has the answers of the whole one."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from scipy import sparse

import straits
from small import build, days, link, market, places, store, supply
from straits.engine import Session, change, close, combine, patch_of
from straits.engine.variant import Patch
from straits.errors import SolveError
from straits.lp import Status
from straits.lp.parts.parted import labels
from straits.lp.parts.reduce import Compact
from straits.model import Bounds, Effect, compile_case

#: Columns with their bounds and costs, rows with their bounds: none.
NOTHING = (np.empty(0, dtype=int), *[np.empty(0)] * 3, np.empty(0, dtype=int), *[np.empty(0)] * 2)

CHAIN = {
    "places": places("A", "B", "C", "D"),
    "links": [
        link("one", "A", "B", capacity=9, cost=10, loss=0.1),
        link("two", "B", "C", cost=5),
        link("three", "C", "D", capacity=4, cost=1),
    ],
    "supplies": [supply("field", "A", 6, cost=50)],
    "markets": [market("buyer", "D", 200)],
}


def same_answer(model, compact, patch):
    """Solve both ways from nothing; the plan of the smaller program must be a plan of the whole one, worth as much."""
    whole, small = Session(model), Session(compact)
    whole.take(patch)
    small.take(compact.patch(patch))
    answer, found = whole.run(), small.run()
    assert found.status == answer.status
    if answer.status != Status.OPTIMAL:
        return answer.status
    assert found.value == pytest.approx(answer.value, rel=1e-9)
    b = model.bounds
    lower, upper, cost = b.column_lower.copy(), b.column_upper.copy(), model.cost.copy()
    lower[patch.columns], upper[patch.columns] = patch.column_lower, patch.column_upper
    cost[patch.columns] = patch.cost
    row_lower, row_upper = b.row_lower.copy(), b.row_upper.copy()
    row_lower[patch.rows], row_upper[patch.rows] = patch.row_lower, patch.row_upper
    x = compact.spread(found.x)
    near = 1e-6 * (1 + np.abs(x).max())
    assert np.all(x >= lower - near) and np.all(x <= upper + near)
    rows = model.matrix @ x
    assert np.all(rows >= row_lower - near) and np.all(rows <= row_upper + near)
    assert cost @ x == pytest.approx(answer.value, rel=1e-9)
    return answer.status


def test_a_chain_is_one_column_with_the_tightest_bound():
    """Proves: three pipelines in a row, with a loss in the first, become one column bounded by field, pipes and market together.
    Without it: nothing would show that anything is left out, or that losses multiply along the way.
    """
    model = compile_case(build(CHAIN))
    compact = Compact(model, [])
    assert compact.matrix.shape[1] == 1
    answer = Session(compact).run()
    x = compact.spread(answer.x)
    named = {
        model.column_name(j).split("(")[1].split(",")[0].rstrip(")"): v for j, v in enumerate(x.tolist())
    }
    assert named == pytest.approx({"one": 4 / 0.9, "two": 4, "three": 4, "field": 4 / 0.9, "buyer": 4})


@pytest.mark.parametrize("reference", ["two-routes", "eurasian-gas", "caspian"])
def test_random_closures_have_the_same_answers(reference):
    """Proves: on the bundled cases, random closures, alone and together, and a price have the value and a plan of the whole.
    Without it: a bound carried over to the wrong column, or a cost to the wrong multiple, would pass.
    """
    case = straits.load_case(reference)
    model = compile_case(case)
    rng = np.random.default_rng(3)
    axis = case.settings.time
    length = (axis.end - axis.start).days
    assets = [a for a, row in case.rows("links").items() if np.isfinite(row.capacity)]

    def closure(i):
        first, last = np.sort(rng.choice(length + 1, 2, replace=False))
        start, end = (axis.start + dt.timedelta(days=int(d)) for d in (first, last))
        factor = float(rng.choice([0.0, 0.5]))
        effects = [
            Effect(a, factor, start, end, known=start, expected_end=end) for a in rng.choice(assets, 2)
        ]
        return patch_of(model, f"closure{i}", effects)

    parts = [closure(i) for i in range(8)]
    somewhere = model.column_name(int(np.flatnonzero(model.cost > 0)[0]))
    parts.append(change(model, "dearer", costs={somewhere: 123.0}))
    compact = Compact(model, parts)
    assert compact.matrix.shape[0] < model.matrix.shape[0]
    for part in parts:
        same_answer(model, compact, part)
    for _ in range(6):
        some = [parts[i] for i in sorted(rng.choice(len(parts), 3, replace=False))]
        same_answer(model, compact, combine(model, some))


def moved(price, old, new):
    """What bounds that move are worth at a price; one that has no end has none."""
    counts = np.isfinite(old) & np.isfinite(new)
    assert np.all(np.abs(price[~counts]) < 1e-6 * (1 + np.abs(price).max()))
    return float(price[counts] @ (new[counts] - old[counts]))


@pytest.mark.parametrize("reference", ["two-routes", "eurasian-gas", "caspian"])
def test_prices_of_the_smaller_program_bound_all_variants(reference):
    """Proves: what bounds of the whole program are worth at an optimum of the smaller one, under a closure, gives a plane that
    lies nowhere above the value of another closure, as the whole program has it (weak duality), and some of the planes touch.
    Without it: a price on the wrong one of two bounds would call a set of options the best that is not.
    """
    case = straits.load_case(reference)
    model = compile_case(case)
    rng = np.random.default_rng(4)
    axis = case.settings.time
    length = (axis.end - axis.start).days
    assets = [a for a, row in case.rows("links").items() if np.isfinite(row.capacity)]
    parts = []
    start, end = (axis.start + dt.timedelta(days=int(d)) for d in (0, length))
    for asset in rng.choice(assets, min(len(assets), 8), replace=False):
        for factor in (0.0, 0.5, 0.499):
            effect = Effect(str(asset), factor, start, end, known=start, expected_end=end)
            parts.append(patch_of(model, f"{asset} {factor}", [effect]))
    compact = Compact(model, parts)
    whole, small = Session(model), Session(compact)
    values, touch, away = [], 0, 0
    for part in parts:
        whole.take(part)
        values.append(whole.run().value)
    for part, value in zip(parts, values, strict=True):
        small.take(compact.patch(part))
        found = small.run()
        reduced, dual = compact.prices(found.reduced_cost, found.dual, part)
        here = part.bounds_over(model.bounds)
        for other, known in zip(parts, values, strict=True):
            there = other.bounds_over(model.bounds)
            plane = value + sum((
                moved(np.maximum(reduced, 0), here.column_lower, there.column_lower),
                moved(np.minimum(reduced, 0), here.column_upper, there.column_upper),
                moved(np.maximum(dual, 0), here.row_lower, there.row_lower),
                moved(np.minimum(dual, 0), here.row_upper, there.row_upper),
            ))  # fmt: skip
            near = 1e-7 * (1 + abs(known))
            assert plane <= known + near
            away += plane < known - near
            touch += other is not part and abs(plane - known) <= near and abs(known - value) > near
    assert touch and away


def test_a_price_goes_by_the_tightest_bound_and_what_it_is_a_multiple_of():
    """Proves: by hand, of the chain with a field of 3, whose tonne sells 0.9 at 200 and costs 50, 10, and 0.9 times 5 and 1; the
    field has the whole price, and other bounds of the same cargo none.
    Without it: a loss on the way would be left out of what more capacity brings.
    """
    model = compile_case(build(CHAIN | {"supplies": [supply("field", "A", 3, cost=50)]}, time=days(1)))
    compact = Compact(model, [])
    found = Session(compact).run()
    reduced, dual = compact.prices(found.reduced_cost, found.dual, None)
    names = [model.column_name(j) for j in range(len(model.cost))]
    priced = {names[j]: reduced[j] for j in np.flatnonzero(np.abs(reduced) > 1e-9)}
    assert list(priced) == [n for n in names if "field" in n] and not np.any(np.abs(dual) > 1e-9)
    assert list(priced.values()) == pytest.approx([-(0.9 * (200 - 5 - 1) - 10 - 50)])


def test_rows_that_variants_touch_stay():
    """Proves: a row that some variant changes is not used to leave out a column, and a change of one that was is refused.
    Without it: a variant's change would be lost without a word.
    """
    model = compile_case(build(CHAIN))
    balance = next(
        n for n in (model.row_name(i) for i in range(model.matrix.shape[0])) if n.startswith("balance(B")
    )
    spill = change(model, "spill", rows={balance: (0.5, 0.5)})
    assert same_answer(model, Compact(model, [spill]), spill) == Status.OPTIMAL
    with pytest.raises(SolveError, match="spill"):
        Compact(model, []).patch(spill)


def test_what_is_infeasible_stays_infeasible():
    """Proves: a promise that cannot be kept once its only way is closed is infeasible in the smaller program too."""
    tables = CHAIN | {"markets": [market("buyer", "D", 200, demand=3, demand_kind="fixed")]}
    model = compile_case(build(tables, time=days(3)))
    shut = close(model, "two", dt.date(2022, 1, 2), dt.date(2022, 1, 3))
    assert same_answer(model, Compact(model, [shut]), shut) == Status.INFEASIBLE


def test_stores_keep_their_steps():
    """Proves: with a tank on the way, what is held over from a day when the way out is closed is the same."""
    tables = CHAIN | {"stores": [store("tank", "C", 5)]}
    model = compile_case(build(tables, time=days(4)))
    shut = close(model, "three", dt.date(2022, 1, 2), dt.date(2022, 1, 3))
    assert same_answer(model, Compact(model, [shut]), shut) == Status.OPTIMAL


def test_vectors_are_read_as_the_solver_has_them():
    """Proves: values of rows and reduced costs that are worked out are those of the solver, with bounds and costs changed.
    Without it: proofs would rest on prices of another question.
    """
    model = compile_case(build(CHAIN, time=days(6)))
    cut = patch_of(model, "cut", [Effect("three", 0.5, dt.date(2022, 1, 2), dt.date(2022, 1, 4))])
    patch = combine(model, [cut, change(model, "dearer", costs={"flow(one,*": 0.02})])
    session = Session(model)
    session.take(patch)
    theirs = session.run()
    ours = session.read(session.run(read=False))
    for vector in ("x", "row_value", "dual", "reduced_cost"):
        np.testing.assert_allclose(getattr(ours, vector), getattr(theirs, vector), atol=1e-9)
    assert np.any(theirs.reduced_cost)


def test_bounds_asked_for_after_a_patch_are_without_it():
    """Proves: a session that answered a patch answers the model as it is, and other bounds, as if it had not."""
    model = compile_case(build(CHAIN, time=days(6)))
    session = Session(model)
    plain = session.solve().value
    session.take(close(model, "two", dt.date(2022, 1, 2), dt.date(2022, 1, 4)))
    assert session.run().value > plain + 1.0
    assert session.solve().value == pytest.approx(plain)
    session.take(close(model, "two", dt.date(2022, 1, 2), dt.date(2022, 1, 4)))
    half = replace(model.bounds, column_upper=np.minimum(model.bounds.column_upper, 2.0))
    assert session.solve(half).value == pytest.approx(Session(model).solve(half).value)


@pytest.mark.parametrize("block", range(4))
def test_random_programs_have_the_same_answers(block):
    """Proves: 100 small programs, with chains of either sign, rows of one column or none, and patches of columns, rows and costs,
    have the status and value of the whole, and a plan of it.
    Without it: what networks never have, a column that is minus another or an empty row that cannot hold, could be wrong.
    """
    seen = set()
    for seed in range(25 * block, 25 * block + 25):
        rng = np.random.default_rng(seed)
        columns, rows = 7, 9
        matrix = np.zeros((rows, columns))
        lower, upper = np.full(rows, -np.inf), np.full(rows, np.inf)
        for i, kind in enumerate(rng.choice(["pair", "one", "none", "some"], rows, p=[0.4, 0.2, 0.1, 0.3])):
            size = {"pair": 2, "one": 1, "none": 0, "some": 4}[kind]
            at = rng.choice(columns, size, replace=False)
            matrix[i, at] = rng.choice([-2.0, -1.0, 1.0, 0.5], size)
            if kind == "pair":
                lower[i] = upper[i] = 0.0
            elif kind == "none":
                lower[i], upper[i] = rng.choice([-1.0, 0.0]), rng.choice([0.0, 1.0])
            else:
                lower[i], upper[i] = -rng.integers(0, 6), rng.integers(0, 6)
        low, high = -rng.integers(0, 4, columns).astype(float), rng.integers(0, 5, columns).astype(float)
        program = SimpleNamespace(
            cost=rng.integers(-5, 6, columns).astype(float),
            matrix=sparse.csc_matrix(matrix),
            bounds=Bounds(low, high, lower, upper),
        )
        free = np.flatnonzero(lower != upper)

        def patch(name, rng=rng, free=free, columns=columns):
            at = np.sort(rng.choice(columns, 3, replace=False))
            row = np.sort(rng.choice(free, min(2, len(free)), replace=False))
            ends = np.sort(rng.integers(-3, 4, (5, 2)), axis=1).astype(float)
            few = ends[3 : 3 + len(row)]
            cost = rng.integers(-5, 6, 3).astype(float)
            return Patch(name, at, ends[:3, 0], ends[:3, 1], cost, row, few[:, 0], few[:, 1])

        parts = [patch("one"), patch("two")]
        compact = Compact(program, parts)
        # One after another: what one changed must be gone when the next is asked for.
        for asked in (Patch("nothing", *NOTHING), *parts, parts[0]):
            seen.add(same_answer(program, compact, asked))
    assert seen == {Status.OPTIMAL, Status.INFEASIBLE}


@pytest.mark.parametrize("seed", range(40))
def test_what_is_fixed_and_what_asks_for_nothing_is_left_out(seed):
    """Proves: programs of two parts with columns that can take one value only, not always zero, rows without bounds and pairs of
    columns: value and plan are those of the whole, also under patches; fewer columns are left than can move, and two more.
    Without it: what was decided before news would be lost, or the two parts grow into one.
    """
    rng = np.random.default_rng(seed)
    blocks, lower, upper, least, most = [], [], [], [], []
    for _ in range(2):
        rows, columns = 5, 8
        block = rng.integers(-1, 3, (rows, columns)).astype(float)
        block[0] = 0.0
        block[0, rng.choice(columns, 2, replace=False)] = (1.0, -0.5)
        low, high = np.zeros(columns), rng.integers(1, 7, columns).astype(float)
        still = rng.random(columns) < 0.4
        low[still] = high[still] = rng.choice([0.0, 1.0, 2.5], int(still.sum()))
        free = rng.random(rows) < 0.3
        held = block @ (low + (high - low) * rng.random(columns))
        blocks.append(block)
        lower.append(low)
        upper.append(high)
        least.append(np.where(free, -np.inf, np.where(np.arange(rows) == 0, 0.0, held - 1.0)))
        most.append(np.where(free, np.inf, np.where(np.arange(rows) == 0, 0.0, held + 2.0)))
    bounds = Bounds(*(np.concatenate(part) for part in (lower, upper, least, most)))
    matrix = sparse.csc_matrix(sparse.block_diag(blocks))
    program = SimpleNamespace(cost=rng.integers(-5, 6, 16).astype(float), matrix=matrix, bounds=bounds)
    moves = np.flatnonzero(bounds.column_lower < bounds.column_upper)
    some = np.sort(rng.choice(moves, min(3, len(moves)), replace=False))
    tighter = Patch(
        "tighter", some, np.zeros(len(some)), np.ones(len(some)), program.cost[some], *NOTHING[4:]
    )
    compact = Compact(program, [tighter])
    assert compact.matrix.shape[1] <= len(moves) + 2
    assert len(np.unique(labels(compact)[0])) >= len(np.unique(labels(program)[0])) - 1
    for asked in (Patch("nothing", *NOTHING), tighter):
        same_answer(program, compact, asked)


def test_a_patch_of_what_is_fixed_is_refused():
    """Proves: a change of a column that was taken for fixed is refused, unless it was said before that it may change.
    Without it: the change would be lost without a word.
    """
    model = compile_case(build(CHAIN | {"supplies": [supply("field", "A", 0, cost=50)]}))
    at = next(
        n for n in (model.column_name(j) for j in range(len(model.cost))) if n.startswith("supply(field")
    )
    opened = change(model, "opened", columns={at: (0.0, 3.0)})
    with pytest.raises(SolveError, match=r"opened.*fixed"):
        Compact(model, []).patch(opened)
    assert same_answer(model, Compact(model, [opened]), opened) == Status.OPTIMAL
