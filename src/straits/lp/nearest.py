"""Duals that support a plan, nearest to known ones, from the basis that the plan was found with.

The least weighted distance to known duals, over all optimal ones, is a linear program. Its dual is solved here: directions in
which a plan may leave its bounds, with slack in each row that is bought and sold at the known dual, up to its weight. Columns and
rows are those of the program, so the basis of the plan is a start, and the end where no dual must move: on real networks a few
pivots, where the program over the duals themselves takes hundreds. Where few rows must move, they are found without the others
(`straits.lp.parts.nearby`); else rows whose dual cannot move, or need not, are left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from straits.lp import highs
from straits.lp.answer import Basis, Status
from straits.lp.optimal_set import can_move, is_optimum
from straits.lp.parts.nearby import Directions, moved_duals
from straits.lp.program import Arrays, Program
from straits.lp.solver.proof import flaw_of_optimum
from straits.lp.solver.scaling import Scale, one_unit, units_of
from straits.lp.tolerance import NEAR, NOISE, NOTHING, ON, PRICED, TIGHT, ZERO

#: The duals of this program are the answer, and asked for exactly; its columns are not. Costs as they are: with perturbed ones
#: the solver wanders through hundreds of bases and back where next to no dual must move.
_WARM: dict[str, highs.Option] = {
    "presolve": "off",
    "simplex_dual_edge_weight_strategy": 1,
    "dual_simplex_cost_perturbation_multiplier": 0.0,
    "dual_feasibility_tolerance": TIGHT,
}
#: Where cargo arrives in shares, duals hang on each other through many of them, and may not be had that exactly.
_LESS_EXACT: dict[str, highs.Option] = {**_WARM, "dual_feasibility_tolerance": NEAR}
#: Where there is no start, or none from which the solver finds an end.
_COLD: dict[str, highs.Option] = {"presolve": "off"}


def nearest_duals(
    program: Program,
    x: np.ndarray,
    dual: np.ndarray,
    basis: Basis | None,
    wanted: np.ndarray,
    weights: np.ndarray,
) -> np.ndarray | None:
    """Give the duals that are nearest to others, of all that support a plan.

    Parameters
    ----------
    program : Program
    x : ndarray, shape (columns,)
        An optimal plan.
    dual : ndarray, shape (rows,)
        Optimal duals.
    basis : Basis or None
        At which both stand, as a start.
    wanted : ndarray, shape (rows,)
    weights : ndarray, shape (rows,)
        What it counts that a dual is one away from what is wanted. Of rows that count nothing, duals are any that go with the
        others.

    Returns
    -------
    ndarray, shape (rows,), or None
        None where the solver finds none that are proved.
    """
    b, weights = program.bounds, np.where(weights > NOTHING * (1.0 + weights.max(initial=0.0)), weights, 0.0)
    p = Arrays(program.cost, program.matrix, b.column_lower, b.column_upper, b.row_lower, b.row_upper)
    sought = _Sought(p, x, dual, basis, wanted, weights)
    if not sought.moves:
        return dual
    one = units_of(sought.scale)
    # A hair from a bound is on it; where the proof does not allow that, what has no price is a hair nearer to it.
    for hair in (NEAR, ON):
        for found in sought.tried(hair):
            flaw = flaw_of_optimum(p, x, found, one)
            if flaw is None or (flaw.share <= hair and is_optimum(program, x, found)):
                return found
    return None


class _Sought:
    """What is asked for."""

    def __init__(
        self,
        p: Arrays,
        x: np.ndarray,
        dual: np.ndarray,
        basis: Basis | None,
        wanted: np.ndarray,
        weights: np.ndarray,
    ) -> None:
        self._p, self._x, self._dual, self._basis, self._weights = p, x, dual, basis, weights
        # What rounding left is no price: so the known duals are allowed whatever that is, and the program has an end.
        self._known = np.where(np.abs(dual) <= PRICED, 0.0, dual)
        away = wanted - self._known
        self._away = np.where((np.abs(away) <= PRICED * (1.0 + np.abs(wanted))) | (weights == 0), 0.0, away)
        self.moves = bool(self._away.any())

    @cached_property
    def scale(self) -> Scale:
        """In which the solver is asked about the whole program."""
        return one_unit(self._p)

    def tried(self, hair: float) -> Iterator[np.ndarray]:
        """Give duals by the few rows that must move, then of the whole program of directions, found in other ways each time. They
        are proved elsewhere."""
        p = self._p
        reduced = p.cost - p.matrix.T @ self._dual
        reduced[np.abs(reduced) <= PRICED] = 0.0
        to = self._directions(reduced, hair)
        if self._basis is not None:
            near = moved_duals(p, self._known, reduced, self._basis, to, self.scale)
            if near is not None:
                yield np.where(near == self._known, self._dual, near)
        yield from self.of_all(reduced, to)

    def _directions(self, reduced: np.ndarray, hair: float) -> Directions:
        p, x, there = self._p, self._x, self._p.matrix @ self._x
        sizes = abs(p.matrix) @ np.abs(x)
        noise = _noise(p.matrix, sizes, x, p.column_lower, p.column_upper)
        lower, upper = _directions(x, reduced, p.column_lower, p.column_upper, hair, noise)
        least, most = _directions(there, self._known, p.row_lower, p.row_upper, hair, NOISE * sizes)
        return Directions(lower, upper, least, most, self._away, self._weights)

    def of_all(self, reduced: np.ndarray, to: Directions) -> Iterator[np.ndarray]:
        """Give duals of the program of directions, at prices of columns (columns,), found in other ways each time."""
        p, known, lower, upper, least, most = self._p, self._known, to.lower, to.upper, to.least, to.most
        # A dual is known where it stands alone in the price of what lies between its bounds, and so on along trees of a network.
        # Each such column is in any basis, so what is left of one is a basis.
        priced = np.isinf(lower) & np.isinf(upper)
        free = can_move(p.by_row.T, np.isfinite(least) | np.isfinite(most), priced)
        basic = self._basic(reduced)
        rows, columns, part = self._joined(np.flatnonzero(free), (lower < upper) | basic)
        bought = np.flatnonzero(self._weights[rows] > 0)
        of, slack = rows[bought], sparse.eye_array(len(rows), format="csc")[:, bought]
        none, price, most_of = np.zeros(len(of)), (known + self._away)[of], self._weights[of]
        slack_program = Arrays(
            np.concatenate([reduced[columns] + part.T @ known[rows], price, -price]),
            sparse.csc_matrix(sparse.hstack([part, slack, -slack], format="csc")),
            np.concatenate([lower[columns], none, none]),
            np.concatenate([upper[columns], most_of, most_of]),
            least[rows],
            most[rows],
        )
        start = None
        if self._basis is not None:
            at = [
                np.where(all_, Basis.UPPER, Basis.LOWER) for all_ in (self._away[of] < 0, self._away[of] > 0)
            ]
            stands = [
                np.where(inside, Basis.BASIC, Basis.NONBASIC)
                for inside in (basic[columns], self._basis.rows[rows] == Basis.BASIC)
            ]
            start = Basis(np.concatenate([stands[0], *at]).astype(np.int8), stands[1].astype(np.int8))
        for found in _duals_of(slack_program, start):
            dual = self._dual.copy()
            dual[rows] += found - known[rows]
            yield dual

    def _basic(self, reduced: np.ndarray) -> np.ndarray:
        """Say which columns are in the basis: none that has a price; of a plan decided step by step none that was decided."""
        if self._basis is None:
            return np.zeros(len(reduced), dtype=bool)
        basic = (self._basis.columns == Basis.BASIC) & (reduced == 0.0)
        count = np.count_nonzero(basic) + np.count_nonzero(self._basis.rows == Basis.BASIC)
        return basic if count <= len(self._dual) else basic & (self._p.column_lower != self._p.column_upper)

    def _joined(
        self, rows: np.ndarray, columns: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, sparse.csc_matrix]:
        """Give the rows, of some, that hang together by some columns with one whose dual is not what is wanted; the columns; and
        the matrix of both."""
        part = sparse.csc_matrix(self._p.by_row[rows])
        columns = np.flatnonzero(columns & (np.diff(part.indptr) > 0))
        part = part[:, columns]
        joined = sparse.block_array([[None, part], [part.T, None]], format="csr")
        label = connected_components(joined, directed=False)[1]
        of_rows, of_columns = label[: len(rows)], label[len(rows) :]
        moved = np.zeros(len(label), dtype=bool)
        moved[of_rows[self._away[rows] != 0]] = True
        kept = moved[of_rows]
        columns, part = columns[moved[of_columns]], part[:, moved[of_columns]]
        return rows[kept], columns, sparse.csc_matrix(sparse.csr_matrix(part)[kept])


def _duals_of(p: Arrays, start: Basis | None) -> Iterator[np.ndarray]:
    """Solve a program from a basis, and again where its duals are not taken: less exactly, and from nothing."""
    scale = one_unit(p)
    scaled = p if scale.is_one else scale.applied(p)
    for options in (_COLD,) if start is None else (_WARM, _LESS_EXACT, _COLD):
        solver = highs.new_solver(scaled=False, options=options)
        if not highs.load(solver, scaled):
            return
        if start is not None and options is not _COLD:
            highs.start_from(solver, start)
        if highs.run(solver).status == Status.OPTIMAL:
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
    """Give the bounds of directions in which values may leave where they are: what has a price is on its bound."""
    within = hair * (1.0 + np.abs(value)) + noise

    def on(bound: np.ndarray) -> np.ndarray:
        return np.abs(value - bound) <= within

    return np.where(on(lower) | (price > 0), 0.0, -np.inf), np.where(on(upper) | (price < 0), 0.0, np.inf)
