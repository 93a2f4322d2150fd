"""The linear program in which no cargo goes straight back.

Cargo that comes to a place from a neighbour can leave to anywhere but there. What comes to a place in a step can be divided so
exactly if, for each neighbour, what comes from it is no more than what leaves the place otherwise: one row each. A plan in which
no cargo goes round keeps these rows, so that none is better than the optimum with them. Few are needed: those that are broken are
added, and the program is solved again from where it ended, until none is (cutting planes: Dantzig, Fulkerson and Johnson 1954,
*Operations Research* 2(4)). Longer circles stay possible.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy import sparse

from straits.lp import Answer, Basis, LinearProgram, Session, Status
from straits.lp.tolerance import DIFFERS
from straits.model import Bounds, Model

#: Times that rows are added at most.
_ROUNDS = 12


class WithoutReturns:
    """A program with rows that keep cargo from going straight back, as far as they were needed.

    Parameters
    ----------
    cost : ndarray, shape (columns,)
    matrix : csc_matrix, shape (rows, columns)
        The rows are last.
    bounds : Bounds
        Of the program without them.
    basis : Basis
        Where to start.
    """

    def __init__(self, cost: np.ndarray, matrix: sparse.csc_matrix, bounds: Bounds, basis: Basis) -> None:
        self._added = matrix.shape[0] - len(bounds.row_lower)
        self._session = Session(LinearProgram(cost, matrix, self._with_rows(bounds)))
        self._session.start_from(basis)
        #: Under the bounds that it was made with.
        self.answer = self._session.solve()

    def _with_rows(self, bounds: Bounds) -> Bounds:
        lower = np.concatenate([bounds.row_lower, np.zeros(self._added)])
        upper = np.concatenate([bounds.row_upper, np.full(self._added, np.inf)])
        return replace(bounds, row_lower=lower, row_upper=upper)

    def solve(self, bounds: Bounds) -> Answer:
        """Solve under other bounds, from where the last solve ended."""
        return self._session.solve(self._with_rows(bounds))

    def basis(self) -> Basis:
        """Give the basis of the last solve."""
        return self._session.basis()


def without_returns(
    model: Model, bounds: Bounds, cost: np.ndarray, answer: Answer, basis: Basis
) -> WithoutReturns | None:
    """Solve again with rows that keep cargo from going straight back, where it does.

    Parameters
    ----------
    model : Model
    bounds : Bounds
    cost : ndarray, shape (columns,)
    answer : Answer
        Optimal under these bounds and costs.
    basis : Basis
        Of this answer.

    Returns
    -------
    WithoutReturns or None
        None if no row is broken, or the program has no answer with them.
    """
    every = _rows(model, bounds)
    added = np.zeros(0, dtype=int)
    matrix, found = model.matrix, None
    for _ in range(_ROUNDS):
        short = every @ answer.x
        size = abs(every) @ np.abs(answer.x)
        broken = np.setdiff1d(np.flatnonzero(short < -DIFFERS * (1.0 + size)), added)
        if not len(broken):
            break
        added = np.concatenate([added, broken])
        matrix = sparse.vstack([matrix, every[broken]]).tocsc()
        rows = np.concatenate([basis.rows, np.full(len(broken), Basis.BASIC, dtype=basis.rows.dtype)])
        found = WithoutReturns(cost, matrix, bounds, Basis(basis.columns, rows))
        if found.answer.status != Status.OPTIMAL:
            return None
        answer, basis = found.answer, found.basis()
    return found


def _rows(model: Model, bounds: Bounds) -> sparse.csr_matrix:
    """Give the rows: what leaves a place to elsewhere, is sold, or lies there at the end, less what comes from a neighbour, >= 0.

    They are made of those of the balance. Where all is decided there is none.
    """
    f, n = model.formulation, model.network
    tail, head = np.full(len(model.cost), -1), np.full(len(model.cost), -1)
    of = np.repeat(n.pair_link, f.flow.steps)
    tail[f.flow.slice], head[f.flow.slice] = n.link_tail[of], n.link_head[of]
    ends = {
        (int(n.link_tail[a]), int(n.link_head[a]), int(k))
        for a, k in zip(n.pair_link, n.pair_cargo, strict=True)
    }
    turns = np.array(
        sorted((j, i, k) for i, j, k in ends if i != j and (j, i, k) in ends), dtype=int
    ).reshape(-1, 3)
    at, neighbour = f.balance_of[turns[:, 0], turns[:, 2]], np.repeat(turns[:, 1], n.T)
    balance = sparse.csr_matrix(model.matrix)[f.balance.every(at).ravel()].tocoo()
    other = neighbour[balance.row]
    leaves = (balance.data < 0) & (head[balance.col] != other)
    comes = (balance.data > 0) & (tail[balance.col] == other)
    kept = leaves | comes
    rows = sparse.csr_matrix(
        (-balance.data[kept], (balance.row[kept], balance.col[kept])), shape=balance.shape
    )
    free = bounds.column_lower != bounds.column_upper
    return rows[(rows != 0) @ free]
