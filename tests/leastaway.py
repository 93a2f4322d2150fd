"""The least distance of optimal duals to others, by a program that is written in another way than `straits.lp.nearest`."""

from __future__ import annotations

import numpy as np
from hypothesis import assume
from scipy.optimize import linprog

from straits.lp.program import Program


def least_away(model: Program, wanted: np.ndarray, weights: np.ndarray, worth: float) -> float:
    """Give the least weighted distance to some duals (rows,), of all worth as much as the plan: a price for each bound."""
    b, (rows, columns) = model.bounds, model.matrix.shape
    sides = [(b.row_lower, 1), (b.row_upper, -1), (b.column_lower, 1), (b.column_upper, -1)]
    finite = [np.isfinite(bound) for bound, _ in sides]
    each = [np.eye(rows)] * 2 + [np.eye(columns)] * 2
    matrix = model.matrix.toarray()
    into = [
        (matrix.T if k < 2 else np.eye(columns)) @ (s * each[k][:, finite[k]])
        for k, (_, s) in enumerate(sides)
    ]
    dual = [
        s * each[k][:, finite[k]] if k < 2 else np.zeros((rows, finite[k].sum()))
        for k, (_, s) in enumerate(sides)
    ]
    value = np.concatenate([s * bound[finite[k]] for k, (bound, s) in enumerate(sides)])
    count = len(value)
    found = linprog(
        np.concatenate([np.zeros(count), weights, weights]),
        A_ub=[np.concatenate([-value, np.zeros(2 * rows)])],
        b_ub=[-worth + 1e-11 * (1 + abs(worth))],
        A_eq=np.block(
            [[np.hstack(into), np.zeros((columns, 2 * rows))], [np.hstack(dual), -np.eye(rows), np.eye(rows)]]
        ),
        b_eq=np.concatenate([model.cost, wanted]),
        bounds=(0, None),
    )
    assume(found.status == 0)
    return float(found.fun)
