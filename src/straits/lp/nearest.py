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
from straits.lp.parts.nearby import Directions, moved_duals
from straits.lp.program import Arrays, Bounds
from straits.lp.solver.ladder import TIGHT
from straits.lp.solver.proof import flaw_of_optimum
from straits.lp.solver.scaling import Scale, one_unit, units_of
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
    scale = one_unit(program)
    one = units_of(scale)
    # A hair from a bound is on it; where the proof does not allow that, what has no price is a hair nearer to it.
    for hair in (NEAR, ON):
        to = _directions_of(program, answer, away, np.where(counts, weights, 0.0), hair)
        for dual in _tried(program, answer, basis, wanted, to, scale):
            if flaw_of_optimum(program, answer.x, dual, one) is None:
                return dual
    return answer.dual


def _directions_of(
    p: Arrays, answer: Answer, away: np.ndarray, weights: np.ndarray, hair: float
) -> Directions:
    x, there, sizes = answer.x, answer.row_value, abs(p.matrix) @ np.abs(answer.x)
    lower, upper = _directions(
        x,
        answer.reduced_cost,
        p.column_lower,
        p.column_upper,
        hair,
        _noise(p.matrix, sizes, x, p.column_lower, p.column_upper),
    )
    least, most = _directions(there, answer.dual, p.row_lower, p.row_upper, hair, NOISE * sizes)
    return Directions(lower, upper, least, most, away, weights)


def _tried(
    p: Arrays, answer: Answer, basis: Basis, wanted: np.ndarray, to: Directions, scale: Scale
) -> Iterator[np.ndarray]:
    """Give duals by the few rows that must move, then of the whole program of moves. They are proved elsewhere."""
    near = moved_duals(p, answer, basis, to, scale)
    if near is not None:
        yield near
    yield from _of_all(p, basis, wanted, to)


def _of_all(p: Arrays, basis: Basis, wanted: np.ndarray, to: Directions) -> Iterator[np.ndarray]:
    """Give duals of the program of moves, each time asked for more exactly. They are proved elsewhere."""
    able, tight = to.lower < to.upper, np.isfinite(to.least) | np.isfinite(to.most)
    # A column that cannot leave where it is has a place in the basis all the same, if its row is there: without it the solver
    # would look for another.
    basic, still = basis.columns == Basis.BASIC, tight & (basis.rows == Basis.BASIC)
    if np.count_nonzero(basic) + np.count_nonzero(still) == np.count_nonzero(tight):
        able |= basic
    free, rows, bought = np.flatnonzero(able), np.flatnonzero(tight), np.flatnonzero(tight & (to.weights > 0))
    slack = sparse.eye_array(len(tight), format="csc")[:, bought]
    none, cheap, dear = np.zeros(len(bought)), to.away[bought] < 0, to.away[bought] > 0
    slack_program = Arrays(
        np.concatenate([p.cost[free], wanted[bought], -wanted[bought]]),
        sparse.csc_matrix(
            sparse.csr_matrix(sparse.hstack([p.matrix[:, free], slack, -slack], format="csr"))[rows]
        ),
        np.concatenate([to.lower[free], none, none]),
        np.concatenate([to.upper[free], to.weights[bought], to.weights[bought]]),
        to.least[rows],
        to.most[rows],
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


def _noise(
    matrix: sparse.csc_matrix, sizes: np.ndarray, x: np.ndarray, lower: np.ndarray, upper: np.ndarray
) -> np.ndarray:
    """Give what rounding of the rows (rows,), of known sizes, may leave in each column (columns,) that is off a bound but may be
    taken for on it: that of the largest row."""
    most = NOISE * float(sizes.max(initial=0.0)) / max(float(np.abs(matrix.data).min(initial=1.0)), ZERO)
    near = NEAR * (1.0 + np.abs(x)) + most
    off = ((x != lower) & (np.abs(x - lower) <= near)) | ((x != upper) & (np.abs(x - upper) <= near))
    found, at = np.zeros(len(x)), np.flatnonzero(off & (np.diff(matrix.indptr) > 0))
    if len(at):
        part = matrix[:, at]
        of = sizes[part.indices] / np.maximum(np.abs(part.data), ZERO)
        found[at] = np.maximum.reduceat(of, part.indptr[:-1])
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
