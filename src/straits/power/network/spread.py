"""The least concentrated pattern of flows within a cost: a sum of squared shares minimised by cutting planes."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from straits.errors import InfeasibleError, SolveError
from straits.lp import Answer, Solver, Status
from straits.lp.answer import Basis
from straits.lp.tolerance import DIFFERS
from straits.model import Model
from straits.power.games.game import Array

BY_LAND = "by land"
#: What goes by no link that names a route, counted as one partner beside the routes.
UNNAMED = "no named route"
ROUNDS = 200


def ends(model: Model) -> tuple[Array, Array, Array, Array]:
    b = model.bounds
    return b.column_lower, b.column_upper, b.row_lower, b.row_upper


def solved(cost: Array, matrix: sparse.csc_matrix, *ends: Array) -> tuple[Answer, Basis]:
    """Solve a program; gives its answer and where the solver ended."""
    solver = Solver(cost, matrix, *ends)
    answer = solver.run()
    if answer.status == Status.INFEASIBLE:
        raise InfeasibleError("the case is infeasible; solve it by itself for an explanation")
    if answer.status != Status.OPTIMAL:
        raise SolveError(f"the solver stopped without an answer ({answer.status}; {answer.story})")
    return answer, solver.basis()


def least_concentrated(
    model: Model, groups: dict[str, Array], whole: Array, total: float, most_cost: float, cheapest: Basis
) -> tuple[dict[str, float], float, float]:
    """Minimise the sum of squared shares over all patterns of the same whole whose cost is at most `most_cost`.

    Kelley's cutting planes: y ≥ s² is replaced by tangents, which are added at each solution. The first solve starts from the
    basis of the cheapest pattern: there nothing but the tangents is broken, so that the dual simplex needs no first phase, and a
    seventh of the iterations. Returns shares, index and gap."""
    count, columns = len(groups), model.matrix.shape[1]
    picks = sparse.csr_matrix(np.array(list(groups.values())))
    eye = sparse.identity(count)
    base = sparse.vstack(
        [
            sparse.hstack([model.matrix, sparse.csr_matrix((model.matrix.shape[0], 2 * count))]),
            sparse.hstack([picks / total, -eye, sparse.csr_matrix((count, count))]),  # share = flow / total
            sparse.hstack([sparse.csr_matrix(whole[None, :] / total), sparse.csr_matrix((1, 2 * count))]),
            sparse.hstack(
                [sparse.csr_matrix(model.cost[None, :] / 1000.0), sparse.csr_matrix((1, 2 * count))]
            ),
        ],
        format="csc",
    )
    lower, upper, row_lower, row_upper = ends(model)
    cost = np.concatenate([np.zeros(columns + count), np.ones(count)])
    zero, many = np.zeros(count), np.full(2 * count, np.inf)
    # More may put to sea than is sold, because some is lost there: then nothing goes by land, not less; and so with routes.
    at_least = np.where([g in (BY_LAND, UNNAMED) for g in groups], -np.inf, 0.0)
    slack = 1e-9 * max(abs(most_cost), 1.0)
    solver = Solver(
        cost,
        base,
        np.concatenate([lower, zero, zero]),
        np.concatenate([upper, many]),
        np.concatenate([row_lower, at_least, [1.0], [-np.inf]]),
        np.concatenate([row_upper, zero, [1.0], [(most_cost + slack) / 1000.0]]),
    )
    best, shares = np.inf, np.zeros(count)
    at = np.linspace(0.0, 1.0, 11)[:, None] + np.zeros(count)
    for number in range(ROUNDS):
        solver.add_rows(*_tangents(at, columns))
        if not number:
            solver.prefer_warm()
            solver.start_from(_widened(cheapest, count, at.size))
        answer = solver.run()
        if answer.status != Status.OPTIMAL:
            raise SolveError(
                f"the least concentrated pattern was not found ({answer.status}; {answer.story})"
            )
        found = answer.x[columns : columns + count]
        if float(found @ found) < best:
            best, shares = float(found @ found), np.maximum(picks @ answer.x[:columns] / total, 0.0)
        if best - answer.value <= DIFFERS:
            break
        at = found[None, :]
    return dict(zip(groups, shares.tolist(), strict=True)), best, max(best - answer.value, 0.0)


def _widened(cheapest: Basis, count: int, tangents: int) -> Basis:
    """Give the basis of the cheapest pattern with shares, which follow from it, and all rows that only measure it."""
    shares, squares = np.full(count, Basis.BASIC), np.full(count, Basis.LOWER)
    # A share is fixed by its row; the whole, the cost and the tangents stand free.
    rows = np.concatenate([np.full(count, Basis.LOWER), np.full(2 + tangents, Basis.BASIC)])
    return Basis(
        np.concatenate([cheapest.columns, shares, squares]).astype(np.int8),
        np.concatenate([cheapest.rows, rows]).astype(np.int8),
    )


def _tangents(at: Array, columns: int) -> tuple[sparse.csr_matrix, Array, Array]:
    """Return rows y >= 2 s share - s² for squares y of shares at some points (rows of `at`), and their bounds."""
    points, count = at.shape
    s = at.ravel()
    share = columns + np.tile(np.arange(count), points)
    entries, where = np.stack([-2.0 * s, np.ones(len(s))], axis=1), np.stack([share, share + count], axis=1)
    rows = sparse.csr_matrix(
        (entries.ravel(), where.ravel(), 2 * np.arange(len(s) + 1)), shape=(len(s), columns + 2 * count)
    )
    return rows, -(s**2), np.full(len(s), np.inf)


__all__ = ["BY_LAND", "UNNAMED", "ends", "least_concentrated", "solved"]
