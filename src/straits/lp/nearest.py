"""Duals that support a plan, nearest to known ones where anything passes, from the basis that the plan was found with.

The least weighted distance to known duals, over all optimal ones, is a linear program. Its dual is solved here: directions in
which a plan may leave its bounds, with slack in each row that is bought and sold at the known dual, up to its weight. Columns and
rows are those of the program, so the basis of the plan is a start, and the end where no dual must move: on real networks a few
pivots. The program over all duals (`straits.lp.optimal_set.Duals.nearest`) takes hundreds, most for places where nothing passes.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy import sparse

from straits.lp import highs
from straits.lp.answer import Answer, Basis, Status
from straits.lp.program import Arrays, Bounds
from straits.lp.solver.ladder import TIGHT
from straits.lp.solver.proof import flaw_of_optimum
from straits.lp.solver.scaling import one_unit, units_of
from straits.lp.tolerance import NEAR, NOISE, NOTHING, ON, PRICED, ZERO

#: Costs as they are: with perturbed ones the solver wanders through hundreds of bases and back where next to no dual must move.
_EXACT: dict[str, highs.Option] = {"dual_simplex_cost_perturbation_multiplier": 0.0}
_WARM: dict[str, highs.Option] = {"presolve": "off", "simplex_dual_edge_weight_strategy": 1, **_EXACT}
#: Where that finds no way on.
_PERTURBED: dict[str, highs.Option] = {"dual_simplex_cost_perturbation_multiplier": 1.0}


def nearest_duals(
    cost: np.ndarray,
    matrix: sparse.csc_matrix,
    bounds: Bounds,
    answer: Answer,
    basis: Basis,
    wanted: np.ndarray,
    weights: np.ndarray,
) -> np.ndarray:
    """Give the duals that are nearest to others, of all that support a plan.

    Parameters
    ----------
    cost : ndarray, shape (columns,)
    matrix : csc_matrix, shape (rows, columns)
    bounds : Bounds
        Of the program.
    answer : Answer
        An optimum of it, with its vectors.
    basis : Basis
        At which it stands.
    wanted : ndarray, shape (rows,)
    weights : ndarray, shape (rows,)
        What it counts that a dual is one away from what is wanted. Of rows that count nothing, duals are any that go with the
        others.

    Returns
    -------
    ndarray, shape (rows,)
        The duals of the answer where none are found.
    """
    away = wanted - answer.dual
    away[np.abs(away) <= PRICED * (1.0 + np.abs(wanted))] = 0.0
    counts = weights > NOTHING * (1.0 + float(weights.max(initial=0.0)))
    if not away[counts].any():
        return answer.dual
    b = bounds
    program = Arrays(cost, matrix, b.column_lower, b.column_upper, b.row_lower, b.row_upper)
    one = units_of(one_unit(program))
    # A hair from a bound is on it; where the proof does not allow that, what has no price is a hair nearer to it.
    for hair in (NEAR, ON):
        for dual in _tried(program, answer, basis, away, wanted, np.where(counts, weights, 0.0), hair):
            if flaw_of_optimum(program, answer.x, dual, one) is None:
                return dual
    return answer.dual


def _tried(
    p: Arrays,
    answer: Answer,
    basis: Basis,
    away: np.ndarray,
    wanted: np.ndarray,
    weights: np.ndarray,
    hair: float,
) -> Iterator[np.ndarray]:
    """Give duals of the program of moves, each time asked for more exactly. They are proved elsewhere."""
    x, there, sizes = answer.x, answer.row_value, abs(p.matrix) @ np.abs(answer.x)
    lower, upper = _directions(
        x, answer.reduced_cost, p.column_lower, p.column_upper, hair, _noise(p.matrix, sizes)
    )
    least, most = _directions(there, answer.dual, p.row_lower, p.row_upper, hair, NOISE * sizes)
    able, tight = lower < upper, np.isfinite(least) | np.isfinite(most)
    # A column that cannot leave where it is has a place in the basis all the same, if its row is there: without it the solver
    # would look for another.
    basic, still = basis.columns == Basis.BASIC, tight & (basis.rows == Basis.BASIC)
    if np.count_nonzero(basic) + np.count_nonzero(still) == np.count_nonzero(tight):
        able |= basic
    free, rows, bought = np.flatnonzero(able), np.flatnonzero(tight), np.flatnonzero(tight & (weights > 0))
    slack = sparse.eye_array(len(tight), format="csc")[:, bought]
    none, cheap, dear = np.zeros(len(bought)), away[bought] < 0, away[bought] > 0
    slack_program = Arrays(
        np.concatenate([p.cost[free], wanted[bought], -wanted[bought]]),
        sparse.csc_matrix(
            sparse.csr_matrix(sparse.hstack([p.matrix[:, free], slack, -slack], format="csr"))[rows]
        ),
        np.concatenate([lower[free], none, none]),
        np.concatenate([upper[free], weights[bought], weights[bought]]),
        least[rows],
        most[rows],
    )
    at = [np.where(all_, Basis.UPPER, Basis.LOWER).astype(np.int8) for all_ in (cheap, dear)]
    start = Basis(np.concatenate([basis.columns[free], *at]), basis.rows[rows])
    for found in _duals_of(slack_program, start):
        dual = np.zeros(len(wanted))
        dual[rows] = found
        yield dual


def _duals_of(p: Arrays, start: Basis) -> Iterator[np.ndarray]:
    """Solve a program from a basis, and again where its duals are not taken: from the basis with perturbed costs, with tighter
    tolerances, and from the basis at costs as they are. They are proved elsewhere."""
    scale = one_unit(p)
    solver = highs.new_solver(scaled=False, options=_WARM)
    if not highs.load(solver, p if scale.is_one else scale.applied(p)):
        return
    highs.start_from(solver, start)
    for options in ({}, _PERTURBED, TIGHT, _EXACT):
        if options is _PERTURBED or options is _EXACT:
            highs.start_from(solver, start)
        highs.go_on(solver, options)
        if highs.run(solver).status != Status.OPTIMAL:
            continue
        yield np.asarray(highs.duals(highs.solution(solver)) * scale.cost / scale.row)


def _noise(matrix: sparse.csc_matrix, sizes: np.ndarray) -> np.ndarray:
    """Give what rounding of the rows (rows,), of known sizes, may leave in each column (columns,): that of the largest row."""
    found, filled = np.zeros(matrix.shape[1]), np.flatnonzero(np.diff(matrix.indptr))
    if len(filled):
        of = sizes[matrix.indices] / np.maximum(np.abs(matrix.data), ZERO)
        found[filled] = np.maximum.reduceat(of, matrix.indptr[:-1][filled])
    return NOISE * found


def _directions(
    value: np.ndarray, price: np.ndarray, lower: np.ndarray, upper: np.ndarray, hair: float, noise: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Give the bounds of directions in which values may leave where they are."""
    # What has a price is on its bound, but for rounding.
    within = np.where(np.abs(price) > PRICED, NEAR, hair) * (1.0 + np.abs(value)) + noise

    def on(bound: np.ndarray) -> np.ndarray:
        return np.abs(value - bound) <= within

    return np.where(on(lower), 0.0, -np.inf), np.where(on(upper), 0.0, np.inf)
