"""The nearest duals by the few rows whose duals must move: those of all other rows stay as they are known.

That duals of a plan are nearest to others is proved by directions in which the plan may leave its bounds (`straits.lp.nearest`):
where a dual is off, all that its weight allows is bought or sold, and columns carry it there. Of duals that go with a basis one
solve with the basis gives what its columns must carry. If all may go that way, the duals are the nearest. A column that may not
is *wrong*; its dual row must move, and with it others: the basis pairs each column with a row, and rows are taken *together* with
those that are paired with the basic columns that stand in them. Then no basic column outside is worth more or less if these duals
move (the basis is block triangular, as in `straits.lp.parts.local`, of which this is the dual: there plans move within closed
rows, and duals follow). Rows taken together make a small program with the columns that stand in them. What these carry then goes
on outside, again by one solve; what is wrong there enters, until nothing is. So the proof is of the whole program.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import breadth_first_order, maximum_bipartite_matching
from scipy.sparse.linalg import splu

from straits.lp import highs
from straits.lp.answer import Basis, Status
from straits.lp.parts.local import TREES
from straits.lp.program import Arrays
from straits.lp.solver.scaling import Scale
from straits.lp.tolerance import NEAR, NOISE, PRICED

#: Rounds, and share of all rows, after which the whole program is asked.
_ROUNDS, _MOST = 30, 0.25
_WARM: dict[str, highs.Option] = {
    "presolve": "off", "simplex_dual_edge_weight_strategy": 1, "dual_simplex_cost_perturbation_multiplier": 0.0,
}  # fmt: skip


@dataclass(frozen=True)
class Directions:
    """In which directions columns and rows may leave where they are, and what it takes to hold duals off what is wanted.

    Attributes
    ----------
    lower, upper : ndarray, shape (columns,)
        Zero or infinite.
    least, most : ndarray, shape (rows,)
        The same of the values of rows.
    away : ndarray, shape (rows,)
        Wanted duals less known ones; zero where that is rounding.
    weights : ndarray, shape (rows,)
        How much of a row may be bought or sold.
    """

    lower: np.ndarray
    upper: np.ndarray
    least: np.ndarray
    most: np.ndarray
    away: np.ndarray
    weights: np.ndarray


def moved_duals(
    p: Arrays, dual: np.ndarray, reduced: np.ndarray, basis: Basis, to: Directions, scale: Scale
) -> np.ndarray | None:
    """Give the duals of a program that are nearest to what is wanted, of all that go with a plan.

    Parameters
    ----------
    p : Arrays
    dual : ndarray, shape (rows,)
        Optimal duals.
    reduced : ndarray, shape (columns,)
        The prices of columns at these; zero where that is rounding.
    basis : Basis
        At which the plan stands.
    to : Directions
    scale : Scale
        In which the solver is asked.

    Returns
    -------
    ndarray, shape (rows,), or None
        None where the basis is none, or too many rows must move.
    """
    around = _Around(p, dual, reduced, basis, to, scale)
    return around.found() if around.holds else None


class _Around:
    """Known duals, of which those of some `rows` move, with all `columns` that stand in these."""

    def __init__(
        self, p: Arrays, dual: np.ndarray, reduced: np.ndarray, basis: Basis, to: Directions, scale: Scale
    ) -> None:
        self._p, self._known, self._reduced, self._to = p, dual, reduced, to
        self._basic = np.flatnonzero(basis.columns == Basis.BASIC)
        self._tight = np.flatnonzero(basis.rows != Basis.BASIC)
        self.holds = len(self._basic) == len(self._tight) and self._factored()
        self._of_columns, self._of_rows = basis.columns.copy(), basis.rows.copy()
        # The dear side of what is bought, and the cheap one, as they stand in the basis.
        self._of_bought = [
            np.where(all_, Basis.UPPER, Basis.LOWER).astype(np.int8) for all_ in (to.away < 0, to.away > 0)
        ]
        #: What is bought of each row, less what is sold.
        self._bought = np.where(to.away < 0, to.weights, 0.0) - np.where(to.away > 0, to.weights, 0.0)
        self._carried = np.zeros(len(p.cost))
        self.rows = np.zeros(len(p.row_lower), dtype=bool)
        self.columns = np.zeros(len(p.cost), dtype=bool)
        self.dual = dual.copy()
        self._scale = scale

    def _factored(self) -> bool:
        """Factor the basis; say whether it is one."""
        part, number = self._p.matrix[:, self._basic], np.full(self._p.matrix.shape[0], -1, dtype=np.int32)
        number[self._tight] = np.arange(len(self._tight))
        self._of_basic = part
        at = number[part.indices]
        kept = at >= 0
        begin = np.concatenate([[0], np.cumsum(kept)])[part.indptr]
        square = sparse.csc_matrix((part.data[kept], at[kept], begin), shape=(len(self._tight),) * 2)
        try:
            self._factor = splu(square, **TREES)
        except RuntimeError:
            return False
        self._square = square
        self._number = number
        return True

    @cached_property
    def _ends(self) -> tuple[np.ndarray, np.ndarray]:
        """Between what basic columns may carry. What has a price, though it is in the basis, stays where it is."""
        still = np.abs(self._reduced[self._basic]) > PRICED
        lower, upper = self._to.lower[self._basic], self._to.upper[self._basic]
        return np.where(still, 0.0, lower), np.where(still, 0.0, upper)

    @cached_property
    def _slack(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Basic rows that are on a bound, and how far they may leave it."""
        to = self._to
        at = np.flatnonzero((self._of_rows == Basis.BASIC) & (np.isfinite(to.least) | np.isfinite(to.most)))
        still = np.abs(self._known[at]) > PRICED
        return at, np.where(still, 0.0, to.least[at]), np.where(still, 0.0, to.most[at])

    @cached_property
    def _leads(self) -> tuple[np.ndarray, sparse.csr_array]:
        """The tight row that each basic column is paired with, and the rows that each row is taken together with."""
        by_row = self._square.tocsr()
        at = maximum_bipartite_matching(by_row, perm_type="column")
        paired = np.empty_like(at)
        paired[at] = np.arange(len(at), dtype=at.dtype)
        return paired, sparse.csr_array(
            (by_row.data, paired[by_row.indices], by_row.indptr), shape=by_row.shape
        )

    def found(self) -> np.ndarray | None:
        """Give the duals, or None."""
        for _ in range(_ROUNDS):
            asked = self._carry()
            if asked is None:
                return None
            wrong, rows = asked
            if not len(wrong) and not len(rows):
                return self.dual
            self._enter(wrong, rows)
            if self.rows.sum() > _MOST * len(self.rows) or not self._solve():
                return None
        return None

    def _carry(self) -> tuple[np.ndarray, np.ndarray] | None:
        """Work out what basic columns outside carry; give those, and the rows, that may not go that way; None where it fails."""
        p, tight = self._p, self._tight
        at = np.flatnonzero(self.columns)
        there = self._bought + p.matrix[:, at] @ self._carried[at]
        there[self.rows] = 0.0
        outside = ~self.columns[self._basic]
        side = -there[tight]
        carried = self._factor.solve(side) if side.any() else np.zeros(len(tight))
        if not np.isfinite(carried).all():
            return None  # the basis is next to none: of what is no number nothing would be found wrong
        carried[~outside] = 0.0
        self._carried[self._basic[outside]] = carried[outside]
        hair = NEAR * float(self._scale.row) + NOISE * np.abs(carried).max(initial=0.0)
        lower, upper = self._ends
        wrong = self._basic[(carried < lower - hair) | (carried > upper + hair)]
        slack, least, most = self._slack
        if not len(slack):
            return wrong, slack
        value = (there + self._of_basic @ carried)[slack]
        return wrong, slack[~self.rows[slack] & ((value < least - hair) | (value > most + hair))]

    def _enter(self, columns: np.ndarray, rows: np.ndarray) -> None:
        """Add the rows that some basic columns are paired with, other rows, and all that are taken together with them."""
        p, number, (paired, leads) = self._p, self._number, self._leads
        stand = np.zeros(len(p.row_lower), dtype=bool)
        stand[rows] = True
        # A basic row is in no pair with a column, but columns stand in it.
        columns = np.concatenate(
            [np.searchsorted(self._basic, columns), _columns_in(self._of_basic, stand & (number < 0))]
        )
        self.rows[rows] = True
        begin = np.unique(np.concatenate([paired[columns], number[rows][number[rows] >= 0]]))
        if len(begin):
            # One more node leads to these, so that they are followed together.
            count = len(self._tight)
            graph = sparse.csr_array(
                (
                    np.ones(leads.nnz + len(begin)),
                    np.concatenate([leads.indices, begin]),
                    np.append(leads.indptr, leads.nnz + len(begin)),
                ),
                shape=(count + 1, count + 1),
            )
            together = breadth_first_order(graph, count, return_predecessors=False)[1:]
            self.rows[self._tight[together]] = True
        self.columns[_columns_in(p.matrix, self.rows)] = True

    def _solve(self) -> bool:
        """Solve the program of these rows from its last basis; say whether it has an optimum."""
        p, to = self._p, self._to
        held = self.rows & (np.isfinite(to.least) | np.isfinite(to.most))
        rows = np.flatnonzero(held)
        able = self.columns & ((to.lower < to.upper) | (self._of_columns == Basis.BASIC))
        columns = np.flatnonzero(able)
        bought = np.flatnonzero(to.weights[rows] > 0)
        slack = sparse.eye_array(len(rows), format="csc")[:, bought]
        bought = rows[bought]
        part = sparse.csr_matrix(p.matrix[:, columns])[rows]
        none, dual = np.zeros(len(bought)), self._known
        # What columns cost beside what they are worth in rows whose duals stay.
        cost = self._reduced[columns] + part.T @ dual[rows]
        wanted = dual[bought] + to.away[bought]
        some = Arrays(
            np.concatenate([cost, wanted, -wanted]),
            sparse.csc_matrix(sparse.hstack([part, slack, -slack], format="csc")),
            np.concatenate([to.lower[columns], none, none]),
            np.concatenate([to.upper[columns], to.weights[bought], to.weights[bought]]),
            to.least[rows],
            to.most[rows],
        )
        scale = self._scale
        solver = highs.new_solver(scaled=False, options=_WARM)
        if not highs.load(solver, some if scale.is_one else scale.applied(some)):
            return False
        sides = [of[bought] for of in self._of_bought]
        highs.start_from(
            solver, Basis(np.concatenate([self._of_columns[columns], *sides]), self._of_rows[rows])
        )
        if highs.run(solver).status != Status.OPTIMAL:
            return False
        found, basis = highs.solution(solver), highs.basis(solver)
        values = highs.values(found) * scale.row
        count, more = len(columns), len(columns) + len(bought)
        self._carried[self.columns] = 0.0
        self._carried[columns] = values[:count]
        self._bought[bought] = values[count:more] - values[more:]
        self.dual[rows] = highs.duals(found) * scale.cost / scale.row
        self._of_columns[columns], self._of_rows[rows] = basis.columns[:count], basis.rows
        for of, at in zip(self._of_bought, (slice(count, more), slice(more, None)), strict=True):
            of[bought] = basis.columns[at]
        return True


def _columns_in(matrix: sparse.csc_matrix, rows: np.ndarray) -> np.ndarray:
    """Give the columns that stand in some rows, of all rows (rows,), with repetitions."""
    return np.searchsorted(matrix.indptr, np.flatnonzero(rows[matrix.indices]), side="right") - 1
