"""Large programs are solved by few of their columns: with the answers of all of them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import sparse

import straits
from small import build, link, market, places, store, supply
from straits.errors import StraitsError
from straits.lp import Basis, Session, Status, highs
from straits.lp.program import Arrays, Bounds, LinearProgram
from straits.lp.sifting import rounds
from straits.lp.sifting.repeated import Places, Repeated, in_runs
from straits.lp.sifting.substitution import Substitution
from straits.model import compile_case
from straits.testing.drawn import random_case
from weeklycase import arrays, ends_as_cold, weekly

INF = np.inf


def in_steps(columns: int, balances: int, steps: int) -> Repeated:
    """Columns of all time, and balances in steps."""

    def none(n):
        return np.zeros(n, dtype=bool)

    size = balances * steps
    of = Places(np.arange(columns), np.full(columns, -1), none(columns))
    rows = Places(np.repeat(np.arange(balances), steps), np.tile(np.arange(steps), balances), none(size))
    return Repeated(of, rows, ~none(size), np.ones(steps))


def sifted(model) -> Basis | None:
    return rounds.first_basis(arrays(model), model.repeated)[0]


@pytest.mark.parametrize("first", range(0, 60, 15))
def test_drawn_cases_end_as_all_columns_would(first):
    """Proves: whatever the format can say, few columns end where all do, with next to no iteration left.
    Without it: a first solve could rest on columns that never entered."""
    left = []
    for seed in range(first, first + 15):
        try:
            model = compile_case(random_case(seed))
        except StraitsError:
            continue
        if model.network.T > 1 and Session(model).solve().status == Status.OPTIMAL:
            left.append(ends_as_cold(model, sifted(model)))
    assert left and all(n is not None and n <= 5 for n in left)


def test_shares_that_arrive_later():
    """Proves: with transit of part of a step, losses, a store and ways back, the basis found is the optimal one.
    Without it: worths that skip a share would leave it out."""
    model = weekly()
    assert ends_as_cold(model, sifted(model)) == 0
    assert rounds.first_basis(arrays(model), model.repeated)[1] > 0


@pytest.mark.parametrize("unmet", [400, None])
@pytest.mark.parametrize("days", [0, 2])
def test_a_useless_guess_is_mended(monkeypatch, days, unmet):
    """Proves: from no plan and no prices, and with a promise that must be kept, the columns it needs are found (Farkas).
    Without it: a program whose longer steps mislead would be given up."""
    fixed = {"demand_kind": "fixed", **({} if unmet is None else {"unmet_price": unmet})}
    model = weekly(markets=[market("town", "C", 200), market("buyer", "D", 90, demand=1, **fixed)],
                   links=[link("slow", "A", "B", capacity=9, cost=4, transit_days=days), link("on", "B", "C", cost=5),
                          link("last", "C", "D", capacity=4, cost=100)],
                   stores=[store("tank", "D", 40, start=20, start_origin="AAA")])  # fmt: skip
    monkeypatch.setattr(rounds._Sift, "begin", lambda self, longer, coarser: True)
    basis = sifted(model)
    assert basis is not None
    assert ends_as_cold(model, basis) == 0


def test_nothing_fits():
    """Proves: a promise that cannot be kept ends in no basis, not in a search without end.
    Without it: an infeasible case would hang."""
    model = weekly(boundary="empty", markets=[market("buyer", "D", 90, demand=300, demand_kind="fixed")])
    assert sifted(model) is None
    assert Session(model).solve().status == Status.INFEASIBLE


def test_sessions_sift_what_is_large(monkeypatch):
    """Proves: a large program is sifted as it is set, closures and all, and a cold check is cold.
    Without it: the first solve of a large case would be of another scenario, or the check its own judge."""
    asked = []

    def counted(p, repeated):
        asked.append(p.column_upper.copy())
        return rounds.first_basis(p, repeated)

    monkeypatch.setattr("straits.lp.solver.door.first_basis", counted)
    model = weekly()
    Session(model).solve()
    assert not asked
    monkeypatch.setattr(rounds, "_LARGE", 1)
    closed = model.bounds.copy()
    closed.column_upper[model.formulation.flow.at(0, np.arange(model.network.T))] = 0.0
    session = Session(model)
    answer = session.solve(closed)
    assert len(asked) == 1 and np.array_equal(asked[0], closed.column_upper)
    cold = session.run_cold()
    assert len(asked) == 1
    assert answer.value == pytest.approx(cold.value, rel=1e-9)
    assert answer.value > Session(model).solve().value
    later = session.solve(model.bounds)
    assert (
        len(asked) == 2 and later.iterations > 0
    )  # the other session asked once; this one goes on from its basis


def test_many_iterations_from_a_basis_are_given_up_for_few_columns(monkeypatch):
    """Proves: a warm solve that goes on for long is begun again from what few columns lead to, and ends with the same value; one
    that needs few iterations is left alone.
    Without it: news that turns a plan round would take longer than a plan from nothing."""
    model = compile_case(straits.load_case("caspian"))
    stopped = model.bounds.copy()
    stopped.column_upper[model.formulation.flow.slice] *= 0.3
    cold = Session(model).solve(stopped)
    asked = []

    def counted(p, repeated):
        asked.append(p)
        return rounds.first_basis(p, repeated)

    monkeypatch.setattr("straits.lp.solver.door.first_basis", counted)
    monkeypatch.setattr(rounds, "_LARGE", 1)
    monkeypatch.setattr(highs, "_LARGE", 1)
    monkeypatch.setattr(highs, "_PATIENCE", 100)
    session = Session(model)
    session.solve()
    assert len(asked) == 1
    warm = session.solve(stopped)
    assert len(asked) == 2
    assert np.array_equal(asked[1].column_upper, stopped.column_upper)
    assert warm.value == pytest.approx(cold.value, rel=1e-9)
    assert warm.iterations > model.matrix.shape[0] // 10
    session.start_from(session.basis())
    assert session.solve(stopped).iterations == 0 and len(asked) == 2


def test_where_it_pays():
    """Proves: size and what arrives in shares decide, the second as counted column by column.
    Without it: small programs would take longer, or those with transit ten times as long."""
    model = weekly()
    network = Substitution(arrays(model), model.repeated)
    assert model.repeated.spread == pytest.approx((np.diff(network.heads.indptr) > 1).mean())
    assert model.repeated.spread > 0.1
    plain = in_steps(1, 1, 9)
    assert not rounds.pays(14_999, plain) and rounds.pays(15_000, plain)
    spread = replace(plain, spread=0.7)
    assert not rounds.pays(2_999, spread) and rounds.pays(3_000, spread)


def test_a_program_of_one_step_is_left_alone():
    """Proves: without steps to put together there is nothing to begin from.
    Without it: the same program would be solved again and again inside itself."""
    tables = {
        "places": places("A", "B"),
        "links": [link("way", "A", "B")],
        "supplies": [supply("field", "A", 8)],
        "markets": [market("town", "B", 200)],
    }
    case = build(tables, time={"start": "2022-01-01", "end": "2022-01-08", "step": "week"})
    model = compile_case(case)
    assert model.network.T == 1
    assert sifted(model) is None


# ---------------------------------------------------------------------- longer steps


def test_runs_of_one_step_are_the_program_itself():
    """Proves: sums over single steps change nothing.
    Without it: an error of place or weight could hide behind the guess being only a guess."""
    model = weekly()
    p = arrays(model)
    coarser = in_runs(p, model.repeated, 1)
    assert abs(coarser.program.matrix - p.matrix).max() == 0
    for name in ("cost", "column_lower", "column_upper", "row_lower", "row_upper"):
        assert np.array_equal(getattr(coarser.program, name), getattr(p, name))


def test_longer_steps_keep_amounts_costs_and_what_is_in_store():
    """Proves: a steady plan costs as much and keeps the same sums of rows in longer steps, the last run being shorter.
    Without it: the first prices would be those of another network."""
    model = weekly()
    p, f, steps = arrays(model), model.formulation, model.network.T
    assert steps == 20
    coarser = in_runs(p, model.repeated, 6)
    assert coarser.repeated.days.tolist() == [42.0, 42.0, 42.0, 14.0]
    x = np.zeros(len(p.cost))
    x[f.flow.slice], x[f.supply.slice], x[f.stock.slice] = 3.0, 5.0, 11.0
    short = np.zeros(len(coarser.program.cost))
    for block in (f.flow, f.supply):
        np.add.at(short, coarser.column[block.slice], x[block.slice])
    short[coarser.column[f.stock.slice]] = 11.0
    assert coarser.program.cost @ short == pytest.approx(p.cost @ x)
    sums = np.bincount(coarser.row, weights=p.matrix @ x)
    assert coarser.program.matrix @ short == pytest.approx(sums)
    upper = coarser.program.column_upper[coarser.column[f.stock.slice]]
    assert upper == pytest.approx(p.column_upper[f.stock.slice])
    assert coarser.program.column_upper[coarser.column[f.flow.at(1, 0)]] == pytest.approx(
        6 * p.column_upper[f.flow.at(1, 0)]
    )


def test_bounds_of_what_passes_add_up_and_those_of_levels_do_not():
    """Proves: four steps of 1, 1, 2 and 6 days in runs of two, by hand: a flow of at most 1, 2, 3 and 4 passes 3 and 7, a
    level of as much stands at 1.5 and 3.5, a cost of 8 and 16 weighs by days, and a column of all time stays as it is.
    Without it: a store would hold as many times its size as a run has steps.
    """
    none, steps = np.zeros(9, dtype=bool), np.tile(np.arange(4), 2)
    columns = Places(
        np.repeat([0, 1, 2], [4, 4, 1]), np.append(steps, -1), np.repeat([False, True, False], [4, 4, 1])
    )
    rows = Places(np.zeros(4, dtype=int), np.arange(4), none[:4])
    repeated = Repeated(columns, rows, ~none[:4], np.array([1.0, 1.0, 2.0, 6.0]))
    upper = np.array([1.0, 2.0, 3.0, 4.0, 1.0, 2.0, 3.0, 4.0, 5.0])
    cost = np.array([8.0, 8.0, 8.0, 16.0, 1.0, 1.0, 1.0, 1.0, 7.0])
    p = Arrays(cost, sparse.csc_matrix((4, 9)), np.zeros(9), upper, np.zeros(4), np.ones(4))
    coarser = in_runs(p, repeated, 2)
    assert coarser.column.tolist() == [0, 0, 1, 1, 2, 2, 3, 3, 4]
    assert coarser.program.column_upper == pytest.approx([3.0, 7.0, 1.5, 3.5, 5.0])
    assert coarser.program.cost == pytest.approx([8.0, 14.0, 2.0, 2.0, 7.0])
    assert coarser.program.row_upper.tolist() == [2.0, 2.0]
    assert coarser.repeated.days.tolist() == [2.0, 8.0]


def test_places_that_no_cargo_comes_to_have_the_right_worth(monkeypatch):
    """Proves: where a way out is there but nothing comes, the column that would be best is basic, so that all columns confirm the
    basis without an iteration.
    Without it: each such place and step would cost an iteration over all columns.
    """
    model = weekly(
        places=places("A", "B", "C", "D", "E"),
        links=[link("slow", "A", "B", capacity=9, cost=4, transit_days=10.5), link("on", "B", "C", cost=5),
               link("aside", "B", "E", cost=300), link("out", "E", "C", cost=1), link("last", "C", "D", capacity=4, cost=1)],
    )  # fmt: skip
    real, said = highs.run, []
    monkeypatch.setattr(
        highs, "run", lambda solver, better=None: (said.append(real(solver, better)), said[-1])[1]
    )
    assert rounds.first_basis(arrays(model), model.repeated)[0] is not None
    assert said[-1].iterations == 0


# ---------------------------------------------------------------------- what a unit is worth


def hypernetwork(rng: np.random.Generator, balances: int, steps: int) -> tuple[Arrays, Repeated]:
    """Draw columns that take from one balance and give shares to balances of the same step or later ones."""
    size = balances * steps
    columns = []
    for _ in range(4 * size):
        tail = int(rng.integers(size))
        column = np.zeros(size)
        for _ in range(int(rng.integers(0, 3))):
            head = int(rng.integers(balances)) * steps + int(rng.integers(tail % steps, steps))
            if head != tail:
                column[head] += rng.uniform(0.05, 0.45)
        column[tail] = -rng.uniform(1.0, 1.5)
        columns.append(column)
    matrix = sparse.csc_matrix(np.array(columns).T)
    n = len(columns)
    zero = np.zeros(size)
    p = Arrays(rng.uniform(-3, 5, n), matrix, np.zeros(n), np.full(n, INF), zero, zero)
    return p, in_steps(n, balances, steps)


@pytest.mark.parametrize("seed", range(8))
def test_worth_is_that_of_a_linear_program(seed):
    """Proves: what a unit is worth at a balance is the optimum of a program that must get rid of one unit there; and following
    the best columns never leads round.
    Without it: prices that are too low let no column enter that should, and a way round makes a basis singular."""
    rng = np.random.default_rng(seed)
    p, repeated = hypernetwork(rng, 4, 3)
    network = Substitution(p, repeated)
    assert network.holds
    gain = network.gains(p.cost, np.zeros(len(p.row_lower)))
    assert np.array_equal(gain, -p.cost)
    worth = network.worth(gain)
    assert worth is not None
    for b in range(12):
        rid = np.zeros(12)
        rid[b] = -1.0
        program = LinearProgram(p.cost, p.matrix, Bounds(p.column_lower, p.column_upper, rid, rid))
        answer = Session(program).solve()
        if worth.best[b] < 0:
            assert answer.status == Status.INFEASIBLE
        else:
            assert -answer.value == pytest.approx(worth.unit[b], rel=1e-6, abs=1e-6)
    chosen = worth.best[worth.best >= 0]
    keyed = p.matrix[np.flatnonzero(worth.best >= 0)][:, chosen].toarray()
    assert np.linalg.cond(keyed) < 1e6


def test_a_way_round_that_pays_for_itself_has_no_worth():
    """Proves: two links that gain by going round end in none, within a stated number of passes.
    Without it: prices would rise for ever."""
    matrix = sparse.csc_matrix(np.array([[-1.0, 1.0, 0.0], [1.0, -1.0, -1.0]]))
    p = Arrays(np.array([-1.0, -1.0, 0.0]), matrix, np.zeros(3), np.full(3, 5.0), np.zeros(2), np.zeros(2))
    network = Substitution(p, in_steps(3, 2, 1))
    assert network.holds
    assert network.worth(-p.cost) is None


@pytest.mark.parametrize(("loses", "near"), [(0.05, 1e-6), (0.01, 0.25)])
def test_a_way_round_that_loses_on_the_way_has_a_worth(loses, near):
    """Proves: cargo that must go somewhere is sent round where that gets rid of it: each round costs 3 and loses a share, beside
    a way out that costs 10,000. What a unit is worth comes nearer with each pass, and is known where it is near.
    Without it: slow losses were taken for a gain without end, and a network of 100,000 columns was solved by all of them: 39 s
    instead of 5.
    """
    matrix = sparse.csc_matrix(np.array([[-1.0, 1.0 - loses, 0.0], [1.0, -1.0, -1.0]]))
    p = Arrays(np.array([1.0, 2.0, 1e4]), matrix, np.zeros(3), np.full(3, INF), np.zeros(2), np.zeros(2))
    worth = Substitution(p, in_steps(3, 2, 1)).worth(-p.cost)
    assert worth is not None
    # At A: -1 + B; at B: -2 + (1 - loses) A, or -10,000. Worths come near from below.
    assert worth.unit == pytest.approx([-3.0 / loses, -3.0 / loses + 1.0], rel=near)
    assert (worth.unit <= np.array([-3.0 / loses, -3.0 / loses + 1.0]) + 1e-6).all()


def test_what_is_fixed_takes_no_more():
    """Proves: of two ways out the better one, whose flow is fixed, is not what one more unit gets; nor is a closed one.
    Without it: after news, ways that were decided would promise what they cannot give.
    """
    matrix = sparse.csc_matrix(np.array([[-1.0, -1.0, -1.0]]))
    lower, upper = np.array([4.0, 0.0, 0.0]), np.array([4.0, 0.0, 9.0])
    p = Arrays(np.array([-9.0, -8.0, -7.0]), matrix, lower, upper, np.zeros(1), np.zeros(1))
    worth = Substitution(p, in_steps(3, 1, 1)).worth(-p.cost)
    assert worth is not None
    assert worth.unit.tolist() == [7.0] and worth.best.tolist() == [2]


@pytest.mark.parametrize(
    ("matrix", "why"),
    [
        ([[-1.0, 0.0], [-1.0, 1.0]], "takes from two balances"),
        ([[1.0, 0.0], [-1.0, 1.0]], "arrives before it left"),
    ],
)
def test_what_is_no_network_in_time_is_seen(matrix, why):
    """Proves: the structure that worths rest on is checked, not assumed.
    Without it: some program that happens to be laid out in steps would get prices of another."""
    p = Arrays(
        np.zeros(2), sparse.csc_matrix(np.array(matrix)), np.zeros(2), np.ones(2), np.zeros(2), np.zeros(2)
    )
    repeated = in_steps(2, 1, 2)
    assert not Substitution(p, repeated).holds, why
    assert rounds.first_basis(p, repeated) == (None, 0)


def test_bundled_cases():
    """Proves: bundled cases, with fleets, contracts, world prices and seasons, end as they do cold.
    Without it: only drawn cases would have been tried."""
    for name in ("caspian", "red-sea", "euro-gas", "landlocked-importer", "two-routes"):
        model = compile_case(straits.load_case(name))
        left = ends_as_cold(model, sifted(model))
        assert left is not None and left <= 5
