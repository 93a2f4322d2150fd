"""The door to the solver: what is proved, what is found out, what is tried when an answer cannot be believed."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from scipy import sparse
from scipy.optimize import linprog

from straits.lp import Basis, Solver, Status, highs
from straits.lp.program import Arrays
from straits.lp.solver import door
from straits.lp.solver.door import LADDER
from straits.lp.solver.proof import PROVED, flaw_of_optimum, no_end, nothing_fits
from straits.lp.solver.refactor import vertex_of
from straits.lp.solver.scaling import each_its_own, one_unit

INF = np.inf


def two_roads() -> Arrays:
    """Ten units are wanted; road a costs 1 and carries 6, road b costs 3. Least cost 6 + 12 = 18, dual 3, a worth -2."""
    return Arrays(
        np.array([1.0, 3.0]), sparse.csc_matrix([[1.0, 1.0]]), np.zeros(2), np.array([6.0, INF]),
        np.array([10.0]), np.array([INF]),
    )  # fmt: skip


def solver_of(p: Arrays, **how) -> Solver:
    return Solver(p.cost, p.matrix, *p.bounds(), **how)


def random_program(rng: np.random.Generator, spread: float = 0.0) -> Arrays:
    """A program with an optimum: rows are bounded around a plan within bounds; amounts and prices over `spread` powers of ten."""
    rows, columns = rng.integers(3, 12), rng.integers(4, 20)
    # A signed incidence matrix with some losses, like a network.
    matrix = np.zeros((rows, columns))
    for j in range(columns):
        i, k = rng.choice(rows, 2, replace=False)
        matrix[i, j], matrix[k, j] = -1.0, rng.choice([1.0, 0.97, 0.5])
    size = 10.0 ** rng.uniform(-spread / 2, spread / 2, columns)
    x = size * rng.uniform(0, 1, columns) * (rng.random(columns) < 0.7)
    value = matrix @ x
    equal = rng.random(rows) < 0.6
    room = 10.0 ** rng.uniform(-spread / 2, spread / 2, rows)
    cost = rng.normal(size=columns) * 10.0 ** rng.uniform(-spread / 2, spread / 2, columns)
    return Arrays(
        cost, sparse.csc_matrix(matrix), np.zeros(columns), size,
        value, np.where(equal, value, value + room),
    )  # fmt: skip


def test_by_hand():
    """Proves: value, plan, dual and reduced cost of two roads, worked out by hand, at the first try."""
    answer = (solver := solver_of(two_roads())).run()
    assert (answer.status, answer.value, answer.tried) == (Status.OPTIMAL, 18.0, ())
    assert answer.x.tolist() == [6.0, 4.0] and answer.dual.tolist() == [3.0]
    assert answer.reduced_cost.tolist() == [-2.0, 0.0] and answer.row_value.tolist() == [10.0]
    assert solver.count == {"proved": 1}


@pytest.mark.parametrize(
    ("x", "dual", "kind"),
    [
        ([6.0, 4.0], [3.0], None),
        ([6.0, 4.0 - 1e-7], [3.0], "row"),  # less arrives than is wanted
        ([6.0 + 1e-7, 4.0 - 1e-7], [3.0], "column"),  # more than the road carries
        ([6.0, 4.0], [3.0 + 1e-7], "reduced cost"),  # road b would be worth more than it costs
        ([6.0, 4.0], [1.0], "reduced cost"),  # b costs more than it is worth, yet is used
        ([5.0, 5.0], [3.0], "reduced cost"),  # a is worth using to the full
        ([6.0, 5.0], [3.0], "dual"),  # more arrives than is wanted, and has a price
        ([6.0, np.nan], [3.0], "numbers"),
        ([6.0], [3.0], "numbers"),
    ],
)
def test_what_is_spoiled_is_found(x, dual, kind):
    """Proves: each condition of optimality, broken by a ten-millionth, is found by its name. Without it: an answer would be
    believed that another condition does not exclude."""
    flaw = flaw_of_optimum(two_roads(), np.array(x), np.array(dual))
    assert (flaw and flaw.kind) == kind


def test_a_gap_is_found_that_no_single_condition_shows():
    """Proves: 9e-4 that a row of a million does not feel, at a price of 1e9, is found as a gap: 900,000 of costs where all the
    rest costs a million. Without it: a small wrong at a great price would pass."""
    # The first is fixed at 1e6, the third takes what the first two bring.
    p = Arrays(
        np.array([1.0, 1e9, 0.0]), sparse.csc_matrix([[1.0, 1.0, -1.0]]), np.array([1e6, 0.0, 0.0]),
        np.array([1e6, 1.0, 2e6]), np.zeros(1), np.zeros(1),
    )  # fmt: skip
    assert flaw_of_optimum(p, np.array([1e6, 0.0, 1e6]), np.zeros(1)) is None
    flaw = flaw_of_optimum(p, np.array([1e6, 9e-4, 1e6 + 9e-4]), np.zeros(1))
    assert flaw is not None and flaw.kind == "gap"


@pytest.mark.parametrize("seed", range(40))
def test_spoiled_answers_of_random_programs_are_found(seed):
    """Proves: a proved answer, one number of which is moved by a millionth, is no longer proved, or is one of equally good."""
    rng = np.random.default_rng(seed)
    p = random_program(rng)
    answer = solver_of(p).run()
    assert answer.status == Status.OPTIMAL and flaw_of_optimum(p, answer.x, answer.dual) is None
    for j in range(len(answer.x)):
        x = answer.x.copy()
        x[j] += rng.choice([-1, 1]) * 1e-6 * np.abs(answer.x).max()
        value = p.matrix @ x
        kept = (x >= p.column_lower).all() and (x <= p.column_upper).all()
        kept = kept and (value >= p.row_lower - 1e-12).all() and (value <= p.row_upper + 1e-12).all()
        if not kept or p.cost @ x > answer.value + 1e-9:
            assert flaw_of_optimum(p, x, answer.dual) is not None


def within(p: Arrays, answer) -> float:
    """What a billionth of the size of each row and column is worth at the answer's prices: no answer can be told from another."""
    rows = np.maximum(1.0, np.abs(p.matrix) @ np.abs(answer.x))
    columns = np.maximum(1.0, np.abs(answer.x))
    reduced = p.cost - p.matrix.T @ answer.dual
    return 4e-9 * float(np.abs(answer.dual) @ rows + np.abs(reduced) @ columns) + 1e-12


@pytest.mark.parametrize("seed", range(60))
def test_badly_scaled_programs_against_others(seed):
    """Proves: with amounts and prices over ten powers of ten, the value is that of another interface and of each way of the
    ladder that is proved. Without it: what a way forgets to scale back would be found by nobody."""
    rng = np.random.default_rng(1000 + seed)
    p = random_program(rng, spread=10.0)
    answer = solver_of(p).run()
    assert answer.status == Status.OPTIMAL
    near = within(p, answer)
    bounds = list(zip(p.column_lower, p.column_upper, strict=True))
    a = sparse.vstack([p.matrix, -p.matrix])
    other = linprog(p.cost, a, np.concatenate([p.row_upper, -p.row_lower]), bounds=bounds, method="highs-ds")
    if other.status == 0 and np.all(a @ other.x <= np.concatenate([p.row_upper, -p.row_lower]) + 1e-12):
        assert answer.value == pytest.approx(other.fun, abs=near)
    solver = solver_of(p)
    solver.run()
    proved = 0
    for rung in LADDER:
        start = solver.basis() if rung.from_basis or rung.from_start else None
        found, _, _ = solver._try(rung, start)
        if not found.flaw:
            proved += 1
            other_near = within(p, found)
            assert found.status == Status.OPTIMAL and found.value == pytest.approx(
                answer.value, abs=near + other_near
            )
    assert proved >= 5


@pytest.mark.parametrize("amount", [1e-9, 1e-4, 1.0, 1e7])
@pytest.mark.parametrize("price", [1e-8, 1.0, 1e9])
def test_units_make_no_difference(amount, price):
    """Proves: in tiny and in huge units the plan, the duals and the value are those of the same program times the units, and are
    as exact. Without it: what is smaller than the solver's tolerance would be nothing."""
    p = two_roads()
    cl, cu, rl, ru = (v * amount for v in p.bounds())
    answer = Solver(p.cost * price, p.matrix, cl, cu, rl, ru).run()
    assert answer.status == Status.OPTIMAL and answer.value == pytest.approx(18 * amount * price, rel=1e-12)
    assert answer.x == pytest.approx([6 * amount, 4 * amount], rel=1e-12)
    assert answer.dual == pytest.approx([3 * price], rel=1e-12)


def test_changes_are_in_the_units_of_the_program():
    """Proves: bounds, costs and rows that are changed or added later are scaled like the first ones. By hand: a carries 2 at 5,
    b the rest of 10 at 3; then the rest of 12; then at least 11; then twice that, a row counting half of it."""
    p, big = two_roads(), 1e8
    solver = Solver(p.cost * big, p.matrix, *(v * big for v in p.bounds()))
    assert solver.run().value == pytest.approx(18 * big**2)
    one = np.array([0])
    solver.set_columns(one, np.array([2 * big]), np.array([2 * big]))
    solver.set_costs(one, np.array([5 * big]))
    assert solver.run().value == pytest.approx((2 * 5 + 8 * 3) * big**2)
    solver.set_rows(one, np.array([12 * big]), np.array([INF]))
    assert solver.run().value == pytest.approx((2 * 5 + 10 * 3) * big**2)
    solver.add_rows(sparse.csr_matrix([[0.0, 1.0]]), np.array([11 * big]), np.array([INF]))
    answer = solver.run()
    assert answer.value == pytest.approx((2 * 5 + 11 * 3) * big**2)
    assert answer.dual == pytest.approx([0.0, 3 * big])
    solver.set_coefficient(1, 1, 0.5)
    assert solver.run().value == pytest.approx((2 * 5 + 22 * 3) * big**2)


def gives_up(monkeypatch, times: int) -> list[object]:
    """Let the solver give up so many times; the solvers that were asked."""
    asked: list[object] = []

    def failing(run):
        def give_up(solver, *more):
            asked.append(solver)
            return highs.Said("stopped", "Not Set", np.nan, 0) if len(asked) <= times else run(solver, *more)

        return give_up

    for way in ("run", "run_at_most"):
        monkeypatch.setattr(highs, way, failing(getattr(highs, way)))
    return asked


#: Ways that need no basis.
AFRESH = [r for r in LADDER if not (r.from_basis or r.from_start)]


@pytest.mark.parametrize("times", range(1, len(AFRESH) + 1))
def test_each_way_is_tried_in_turn(monkeypatch, times):
    """Proves: however many ways give up, the next one finds the answer, and what was tried is said. (The way from the first basis
    is for answers that were wrong, not for none; that from the start for solves that were told one.)"""
    solver = solver_of(two_roads())
    gives_up(monkeypatch, times)
    answer = solver.run()
    assert (answer.status, answer.value) == (Status.OPTIMAL, 18.0)
    assert [t.way for t in answer.tried] == ["as asked", *[r.way for r in AFRESH[:times]]]
    assert "Not Set" in answer.story and solver.count == {"climbed": 1}
    # Its basis is the start of what comes next.
    assert solver.run().iterations == 0


def test_no_answer_is_first_looked_for_where_the_solve_began(monkeypatch):
    """Proves: a solve that was told a basis and gave up is asked for again from there, which is optimal here: no iteration.
    A start that rows were added to since, or that an earlier solve had, is none; nor is it one for a solve from nothing.
    Without it: each would be solved from nothing, ten times as long on `red-sea`.
    """

    def tried(solver, *, asked=1, fresh=False):
        with monkeypatch.context() as patched:
            gives_up(patched, asked)
            answer = solver.run(fresh=fresh)
        assert answer.status == Status.OPTIMAL
        return [t.way for t in answer.tried], answer.iterations

    rung = next(r.way for r in LADDER if r.from_start)
    solver = solver_of(two_roads())
    solver.run()
    basis = solver.basis()
    solver.start_from(basis)
    assert tried(solver) == (["as asked", rung], 0)
    assert tried(solver)[0] == ["as asked", AFRESH[0].way]
    solver.start_from(basis)
    assert tried(solver, asked=2)[0] == ["as asked", rung, AFRESH[0].way]
    solver.start_from(basis)
    assert tried(solver, fresh=True)[0] == ["as asked", AFRESH[0].way]
    solver.start_from(basis)
    solver.prefer_cold()
    assert tried(solver)[0] == ["as asked", AFRESH[0].way]
    solver.start_from(basis)
    solver.add_rows(sparse.csr_matrix([[1.0, 1.0]]), np.array([0.0]), np.array([INF]))
    assert tried(solver)[0] == ["as asked", AFRESH[0].way]


def test_the_way_from_the_start_is_given_up_soon(monkeypatch):
    """Proves: from a start that is far from the optimum that way ends soon without an answer; the next finds it.
    Without it: one solve of `red-sea` went on for 29,548 iterations.
    """
    monkeypatch.setattr(door, "_BRIEFLY", 3)
    p = random_program(np.random.default_rng(5))
    start = Basis(np.zeros(len(p.cost), dtype=np.int8), np.ones(len(p.row_lower), dtype=np.int8))
    value, solver = solver_of(p).run().value, solver_of(p)
    solver.start_from(start)
    gives_up(monkeypatch, 1)
    answer = solver.run()
    assert [t.way for t in answer.tried] == [
        "as asked",
        *[r.way for r in LADDER if r.from_start],
        AFRESH[0].way,
    ]
    assert "Iteration limit" in answer.tried[1].outcome
    assert answer.value == pytest.approx(value)


def test_when_all_ways_fail_nothing_is_believed(monkeypatch):
    """Proves: with every way giving up the answer is `stopped`, names all of them, and has no numbers."""
    solver = solver_of(two_roads())
    gives_up(monkeypatch, 99)
    answer = solver.run()
    assert answer.status == Status.STOPPED and len(answer.tried) == 1 + len(AFRESH) and not len(answer.x)
    assert solver.count == {"refused": 1}


@pytest.mark.parametrize("drift", [1e-7, 1e-3, -1e-6])
def test_a_drifted_plan_is_worked_out_afresh(monkeypatch, drift):
    """Proves: a plan that drifted off its rows is worked out from its basis. Without it: rows of warm answers would drift by
    more with every answer that starts from another."""
    solver, values = solver_of(two_roads()), highs.values
    monkeypatch.setattr(highs, "values", lambda s: values(s) + np.array([0.0, drift]))
    answer = solver.run()
    assert answer.status == Status.OPTIMAL and answer.x.tolist() == [6.0, 4.0] and answer.value == 18.0
    assert solver.count == {"refactored": 1} and "afresh" in answer.story


def test_a_wrong_basis_is_not_believed(monkeypatch):
    """Proves: an `optimum` with the wrong basis (all by the dear road) is caught, and the right one found from it."""
    p = two_roads()
    solver, wrong = (
        solver_of(p),
        solver_of(Arrays(-p.cost, p.matrix, p.column_lower, np.array([6.0, 10.0]), *p.bounds()[2:])),
    )
    wrong.run()
    other, first, run = wrong._solver, solver._solver, highs.run
    basis = wrong.basis()

    def lying(s, better=None):
        if s is not first:
            return run(s)
        said = run(s)
        highs.start_from(s, basis)
        return said

    monkeypatch.setattr(highs, "run", lying)
    true, lie = highs.solution, SimpleNamespace(col_value=[0.0, 10.0], row_dual=[3.0])
    monkeypatch.setattr(highs, "solution", lambda s: lie if s is first else true(s))
    answer = solver.run()
    assert other is not first and answer.status == Status.OPTIMAL and answer.x.tolist() == [6.0, 4.0]
    assert answer.tried[0].outcome.startswith("optimal, but") and solver.count == {"climbed": 1}


def test_a_wrong_value_is_not_believed(monkeypatch):
    """Proves: the value is that of the plan, whatever the solver says it is (2.9e-6 better, once)."""
    run = highs.run
    monkeypatch.setattr(highs, "run", lambda s, better=None: run(s)._replace(value=17.0))
    assert solver_of(two_roads()).run().value == 18.0


def infeasible() -> Arrays:
    """Ten are wanted of a road that carries six."""
    p = two_roads()
    return Arrays(p.cost, p.matrix, p.column_lower, np.array([6.0, 1.0]), *p.bounds()[2:])


@pytest.mark.parametrize("scale", [1e-7, 1.0, 1e7])
def test_infeasible_is_proved_by_weights(scale):
    """Proves: weights of rows prove that nothing fits, and do not prove it of a program that something fits; in any units."""
    p = infeasible()
    p = Arrays(p.cost, p.matrix, *(v * scale for v in p.bounds()))
    assert nothing_fits(p, np.array([1.0])) and nothing_fits(p, np.array([-1.0])) and not nothing_fits(p)
    assert not nothing_fits(two_roads(), np.array([1.0])) and not nothing_fits(p, np.array([np.nan]))
    assert solver_of(p).run().status == Status.INFEASIBLE


def test_bounds_that_cross_are_infeasible():
    """Proves: bounds that cross are seen, and those that cross by rounding are not taken for it."""
    p = two_roads()
    for most, status in ((-1.0, Status.INFEASIBLE), (-1e-12, Status.OPTIMAL)):
        crossed = Arrays(p.cost, p.matrix, p.column_lower, np.array([most, INF]), *p.bounds()[2:])
        assert nothing_fits(crossed) == (status == Status.INFEASIBLE)
    assert (
        solver_of(Arrays(p.cost, p.matrix, p.column_lower, np.array([-1.0, INF]), *p.bounds()[2:]))
        .run()
        .status
        == Status.INFEASIBLE
    )


@pytest.mark.parametrize("claim", [Status.INFEASIBLE, Status.UNBOUNDED])
def test_a_false_claim_needs_a_second_opinion(monkeypatch, claim):
    """Proves: a program with an optimum, of which the solver says once that it has none, is answered."""
    solver = solver_of(two_roads())
    first, run = solver._solver, highs.run
    monkeypatch.setattr(
        highs, "run", lambda s, better=None: highs.Said(claim, "", 0.0, 1) if s is first else run(s)
    )
    answer = solver.run()
    assert (answer.status, answer.value) == (Status.OPTIMAL, 18.0)
    assert answer.tried[0].outcome == f"{claim}, without proof"


def test_unbounded_is_proved_by_a_direction():
    """Proves: a road that pays without limit is unbounded, proved by a direction; a direction that a bound ends is no proof."""
    p = two_roads()
    gain = Arrays(np.array([1.0, -3.0]), p.matrix, *p.bounds())
    assert solver_of(gain).run().status == Status.UNBOUNDED
    assert (
        no_end(gain, np.array([0.0, 1.0]))
        and not no_end(gain, np.array([1.0, 1.0]))
        and not no_end(p, np.array([0.0, 1.0]))
    )


@pytest.mark.parametrize("seed", range(20))
def test_a_basis_gives_its_plan(seed):
    """Proves: plan and duals worked out from the solver's basis are its own, and prove each other."""
    p = random_program(np.random.default_rng(seed))
    answer = (solver := solver_of(p)).run()
    inside, n = solver.basic(), len(p.cost)
    x, dual = vertex_of(p, inside[:n], inside[n:], answer.x, answer.row_value)
    assert x == pytest.approx(answer.x, abs=1e-9) and dual == pytest.approx(answer.dual, abs=1e-9)
    assert flaw_of_optimum(p, x, dual) is None
    assert vertex_of(p, np.zeros(n, dtype=bool), inside[n:] & False, answer.x, answer.row_value) is None


@pytest.mark.parametrize("seed", range(20))
def test_scaling_brings_numbers_near_one_and_back(seed):
    """Proves: scaled by rows and columns the spread of bounds is less, all factors are powers of two, and the same plan has the
    same cost; a program that is near 1 is left as it is."""
    rng = np.random.default_rng(seed)
    p = random_program(rng, spread=12.0)
    scale = each_its_own(p)
    scaled = scale.applied(p)
    for factor in (scale.column, scale.row, scale.cost):
        assert (np.frexp(factor)[0] == 0.5).all()
    x = rng.random(len(p.cost)) * scale.column
    assert scaled.cost @ (x / scale.column) * scale.cost == pytest.approx(p.cost @ x)
    assert scaled.matrix @ (x / scale.column) * scale.row == pytest.approx(p.matrix @ x, rel=1e-12)
    assert np.ptp(np.log10(scaled.column_upper)) < np.ptp(np.log10(p.column_upper))
    assert one_unit(random_program(rng)).is_one


def test_numbers_that_the_solver_does_not_take():
    """Proves: coefficients that HiGHS drops (1e-10) or refuses (1e16) are found out, and the rescaled program is solved. By hand:
    1e10 of a gives 1, or 1e-16 of b does. Without it: the row would be empty, or the program."""
    for coefficient in (1e-10, 1e16):
        p = Arrays(
            np.array([1.0]), sparse.csc_matrix([[coefficient]]), np.zeros(1), np.array([INF]), np.array([1.0]), np.array([INF])
        )  # fmt: skip
        answer = solver_of(p).run()
        assert answer.status == Status.OPTIMAL and answer.x == pytest.approx([1 / coefficient], rel=1e-9)
        assert answer.value == pytest.approx(1 / coefficient, rel=1e-9) and answer.tried


def test_a_price_of_rounding_has_no_gap():
    """Proves: a reduced cost of 2e-9, beside costs of a thousand, on a column without an upper bound is rounding and no gap.
    Without it: zero times no bound made an answer wrong by infinity."""
    p = Arrays(
        np.array([1000.0, 1000.0 - 2e-9]), sparse.csc_matrix([[1.0, 1.0]]), np.zeros(2), np.full(2, INF),
        np.array([1.0]), np.array([INF]),
    )  # fmt: skip
    assert flaw_of_optimum(p, np.array([1.0, 0.0]), np.array([1000.0])) is None
    assert flaw_of_optimum(p, np.array([1.0, 0.0]), np.array([1000.1])) is not None


def test_tolerance_is_what_the_page_says():
    """Proves: a billionth of the size, neither more nor less, is what is let pass."""
    assert PROVED == 1e-9
    p = two_roads()
    p.row_lower[:] = 1e6 + 6
    good, bad = (np.array([6.0, 1e6 * (1 - s)]) for s in (0.9e-9, 1.2e-9))
    assert (
        flaw_of_optimum(p, good, np.array([3.0])) is None
        and flaw_of_optimum(p, bad, np.array([3.0])) is not None
    )
