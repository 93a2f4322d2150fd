"""Runs of steps are solved apart, and their bases joined: duals are right, and amounts are what is left to mend."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from small import link
from straits.lp import Basis, Session, highs
from straits.lp.program import Arrays
from straits.lp.sifting.runs import Runs
from straits.model import Model
from weeklycase import arrays, ends_as_cold, weekly


def at_once() -> tuple[Model, Arrays]:
    """A network in time in which nothing takes time but what is in store, and whose last step does not lead to its first."""
    model = weekly(
        boundary="empty",
        links=[link("way", "A", "B", capacity=6, cost=4), link("quick", "A", "B", capacity=2, cost=30),
               link("on", "B", "C", cost=5, loss=0.1), link("last", "C", "D", capacity=4, cost=1)],
        measures=[{"id": "shut", "name": "Shut", "kind": "weather", "asset": "way", "status": "not_legal", "start": "2022-02-05",
                   "end": "2022-03-12", "factor": 0.0, "baseline": True}],
    )  # fmt: skip
    return model, arrays(model)


def joined(
    model: Model, p: Arrays, x: np.ndarray, lengths: list[int], run=lambda solver: highs.run(solver).status
) -> tuple[np.ndarray, Basis]:
    """Give duals and basis of runs of these lengths, from a plan and no basis or duals."""
    dual = np.zeros(len(p.row_lower))
    columns = np.full(len(p.cost), Basis.LOWER, dtype=np.int8)
    rows = np.full(len(dual), Basis.BASIC, dtype=np.int8)
    runs = Runs(p, model.repeated, x, dual, columns, rows, run)
    for length in lengths:
        runs.solve(length, np.ones(len(p.cost), dtype=bool))
    return dual, Basis(columns, rows)


@pytest.mark.parametrize("lengths", [[1], [3], [1, 4, 16]])
def test_joined_duals_are_right_whatever_was_guessed(lengths):
    """Proves: with no guess at all, no column would enter at the duals of the joined runs, the last of them shorter or not, and
    the basis is one.
    Without it: what leaves a run would be given away, and the dual simplex could not go on from there."""
    model, p = at_once()
    dual, basis = joined(model, p, np.zeros(len(p.cost)), lengths)
    assert np.count_nonzero(basis.columns == Basis.BASIC) == np.count_nonzero(basis.rows != Basis.BASIC) > 0
    reduced = p.cost - p.matrix.T @ dual
    moves = p.column_upper > p.column_lower
    assert reduced[moves & (basis.columns == Basis.LOWER)].min() > -1e-7
    assert reduced[moves & (basis.columns == Basis.UPPER)].max(initial=0.0) < 1e-7
    assert np.abs(reduced[basis.columns == Basis.BASIC]).max() < 1e-7
    assert (dual != 0.0).any()


def test_runs_begin_with_what_the_guess_leaves_them():
    """Proves: of an optimum as the guess, the part of each run is a plan of that run's program.
    Without it: each run would begin with empty stores, and the whole be solved from there."""
    model, p = at_once()
    best, seen = Session(model).solve().x, []
    assert best[model.formulation.stock.slice].any()

    def run(solver):
        number = (model.network.T - 1) // 4 - len(seen)
        of_run = best[model.repeated.columns.step // 4 == number]
        lp = solver.getLp()
        matrix = sparse.csc_matrix((lp.a_matrix_.value_, lp.a_matrix_.index_, lp.a_matrix_.start_))
        amounts = matrix @ of_run
        assert (amounts >= np.array(lp.row_lower_) - 1e-9).all()
        assert (amounts <= np.array(lp.row_upper_) + 1e-9).all()
        seen.append(number)
        return highs.run(solver).status

    joined(model, p, best, [4], run)
    assert seen == [4, 3, 2, 1, 0]


def test_a_run_without_a_plan_leaves_the_guess():
    """Proves: a run that begins with less than nothing leaves its duals and basis as they were; those before it are solved.
    Without it: a poor guess would end the search, or leave numbers that mean nothing."""
    model, p = at_once()
    x, last = np.zeros(len(p.cost)), model.network.T - 1
    x[model.formulation.stock.at(0, last - 1)] = -1e6
    dual, basis = joined(model, p, x, [1])
    at_end = model.repeated.rows.step == last
    assert (dual[at_end] == 0.0).all() and (basis.rows[at_end] == Basis.BASIC).all()
    assert (basis.rows[~at_end] != Basis.BASIC).any()
    assert ends_as_cold(model, basis) > 0


def test_the_basis_of_a_solve_is_read_off_its_values():
    """Proves: where columns and rows stand by their values is where HiGHS says, for what is not fixed.
    Without it: a column on its upper bound would start at its lower one."""
    _, p = at_once()
    solver = highs.new_solver()
    highs.load(solver, p)
    highs.run(solver)
    said, read = highs.basis(solver), highs.basis_of(solver, p, highs.solution(solver))
    for one, other, fixed in (
        (said.columns, read.columns, p.column_lower == p.column_upper),
        (said.rows, read.rows, p.row_lower == p.row_upper),
    ):
        assert np.array_equal(one[~fixed], other[~fixed])
        assert np.array_equal(one == Basis.BASIC, other == Basis.BASIC)
    assert (said.columns == Basis.UPPER).any()
