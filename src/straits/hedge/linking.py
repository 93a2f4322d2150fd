"""Rows that tie what one commodity moves to what is built: the strong formulation of fixed-charge network design.

The relaxation of a capacity row opens an arc in part, for all commodities together: a tenth of the arc for a tenth of its
capacity. If some best plan moves no more than `D` of a commodity over it, `flow <= D built` holds for that commodity alone, and
says more (Gendron, Crainic and Frangioni 1999, in *Telecommunications Network Planning*; Chouman, Crainic and Gendron 2017,
*Transportation Science* 51(2)).
"""

from __future__ import annotations

import time
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from straits.lp import Bounds, LinearProgram, Status
from straits.lp.solver.door import Solver

#: Rounds in which rows that the relaxation breaks are added. The published networks needed eight at most.
_ROUNDS = 30
#: What a row is broken by, as a share of the most that it could allow, before it is added.
_BROKEN = 1e-6

Array = NDArray[np.float64]


class Linking(NamedTuple):
    """Rows `matrix x <= upper` over all columns of a program."""

    matrix: sparse.csr_matrix
    upper: Array


def strengthened(
    program: LinearProgram, size: int, balance: slice, *, seconds: float = np.inf
) -> LinearProgram:
    """Add the linking rows that the relaxation breaks, a few rounds of them; the same optimum, found sooner.

    Parameters
    ----------
    program : LinearProgram
        Its columns: those of a model, parts of options, and whether each is built.
    size : int
        Columns of the model; half of the rest are parts.
    balance : slice
        Rows in which cargo comes and goes.
    seconds : float
        Time after which no further round begins.
    """
    began = time.perf_counter()
    most = most_moved(program, size, balance)
    if not np.isfinite(most).any():
        return program
    bare = without_repeats(program, size)
    every = linking_rows(bare, size, most)
    if not len(every.upper):
        return program
    added = np.zeros(len(every.upper), dtype=bool)
    allowed = np.maximum(every.upper, abs(every.matrix).max(axis=1).toarray().ravel())
    solver = Solver.of(bare)
    for number in range(_ROUNDS):
        if time.perf_counter() - began > seconds:
            break
        relaxed = solver.run(duals=False)
        if relaxed.status != Status.OPTIMAL:
            break
        broken = every.matrix @ relaxed.x - every.upper > _BROKEN * allowed
        new = broken & ~added
        if not new.any():
            break
        added |= new
        solver.add_rows(every.matrix[new], np.full(int(new.sum()), -np.inf), every.upper[new])
        if not number:
            solver.prefer_warm()
    return _with_rows(bare, Linking(every.matrix[added], every.upper[added]))


def most_moved(program: LinearProgram, size: int, balance: slice) -> Array:
    """Give for each column of the model what it need not exceed in some best plan, whatever is built; infinite if not known.

    Returns
    -------
    ndarray, shape (size,)

    Notes
    -----
    Take the columns that move one unit from one balance to another, that cost nothing or more, and of which less loosens every
    other row that they stand in. A circle of them can be taken out of a plan, which stays one and costs no more. What is left
    are ways from where cargo comes into the part of the network that these columns join, to where it leaves it; so none moves
    more than all that can come in, or all that can leave. All else that stands in a balance counts as coming in or leaving:
    supplies, sales, what is under way at the start, a link on which something is lost, a process, a store that pays to be
    full. With delays and stores the steps hang together, and the sum over all of them seldom says anything; the rows are for
    networks in which each step stands for itself.
    """
    matrix, b = program.matrix.tocsr(), program.bounds
    model = matrix[:, :size].tocoo()
    model.eliminate_zeros()
    in_balance = (model.row >= balance.start) & (model.row < balance.stop)
    inner = _inner(program, size, model, in_balance)
    if not inner.any():
        return np.full(size, np.inf)
    # Balances that inner columns join.
    row, column, value = (a[in_balance] for a in (model.row - balance.start, model.col, model.data))
    count = balance.stop - balance.start
    own = inner[column]
    from_, to = np.zeros(size, dtype=int), np.zeros(size, dtype=int)
    from_[column[own & (value < 0)]] = row[own & (value < 0)]
    to[column[own & (value > 0)]] = row[own & (value > 0)]
    joins = sparse.coo_matrix((np.ones(int(inner.sum())), (from_[inner], to[inner])), shape=(count, count))
    parts, part = connected_components(joins, directed=False)
    # What can come in and leave: by columns that are not inner, and by the other side of the balance.
    low, high = b.row_lower[balance], b.row_upper[balance]
    greatest = _greatest(program, size)
    amount = np.abs(value[~own]) * greatest[column[~own]]
    comes = value[~own] > 0
    into = np.bincount(part, np.maximum(-low, 0.0), parts)
    out = np.bincount(part, np.maximum(high, 0.0), parts)
    into += np.bincount(part[row[~own][comes]], amount[comes], parts)
    out += np.bincount(part[row[~own][~comes]], amount[~comes], parts)
    found = np.full(size, np.inf)
    found[inner] = np.minimum(into, out)[part[from_[inner]]]
    return found


def _inner(
    program: LinearProgram, size: int, model: sparse.coo_matrix, in_balance: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Say which columns move a unit from one balance to another, and can do less of it."""
    b = program.bounds
    row, column, value = model.row, model.col, model.data
    leaves = np.bincount(column[in_balance & (value == -1.0)], minlength=size)
    enters = np.bincount(column[in_balance & (value == 1.0)], minlength=size)
    ends = np.bincount(column[in_balance], minlength=size)
    looser = ((value > 0) & np.isneginf(b.row_lower[row])) | ((value < 0) & np.isposinf(b.row_upper[row]))
    held = np.bincount(column[~in_balance & ~looser], minlength=size)
    can = (program.cost[:size] >= 0) & (b.column_lower[:size] == 0)
    return can & (held == 0) & (leaves == 1) & (enters == 1) & (ends == 2)


def _greatest(program: LinearProgram, size: int) -> Array:
    """Give the most that each column of the model can be: by its bound, and by rows in which nothing counts against it."""
    rows, model = _Loosened.of(program, size), program.matrix[:, :size].tocoo()
    found = program.bounds.column_upper[:size].copy()
    use = rows.plain[model.row] & (model.data > 0)
    np.minimum.at(found, model.col[use], rows.total[model.row[use]] / model.data[use])
    return found


class _Loosened(NamedTuple):
    """Rows `a x <= c + sum of u_o z_o`, all `a` and `u_o` at least 0, of parts `z_o`.

    Attributes
    ----------
    plain : ndarray of bool, shape (rows,)
        Which rows are such rows.
    total : ndarray, shape (rows,)
        What they allow with all parts whole.
    amounts : csr_matrix, shape (rows, size)
        a.
    parts : csr_matrix, shape (rows, options)
        u_o.
    lifted : ndarray of bool, shape (rows,)
        Which of them some part loosens.
    """

    plain: NDArray[np.bool_]
    total: Array
    amounts: sparse.csr_matrix
    parts: sparse.csr_matrix
    lifted: NDArray[np.bool_]

    @classmethod
    def of(cls, program: LinearProgram, size: int) -> _Loosened:
        matrix, b = program.matrix.tocsr(), program.bounds
        count = (matrix.shape[1] - size) // 2
        amounts, parts, built = matrix[:, :size], -matrix[:, size : size + count], matrix[:, size + count :]
        plain = np.isfinite(b.row_upper) & (b.column_lower[:size] >= 0).all()
        for part in (amounts, parts):
            plain &= np.bincount(part.tocoo().row[part.data < 0], minlength=len(plain)) == 0
        plain &= np.diff(built.indptr) == 0
        total = b.row_upper + np.asarray(parts.sum(axis=1)).ravel()
        return cls(plain, total, amounts, parts, plain & (np.diff(parts.indptr) > 0))


def linking_rows(program: LinearProgram, size: int, most: Array) -> Linking:
    """Give a row for each column that a row loosened by parts bounds less closely than `most` does.

    With `a x + … <= c + sum of u_o z_o`, `x <= D`, and `z_o <= y_o`, `y_o` 0 or 1, there holds
    `x <= min(D, c / a) + sum of min(D, u_o / a) y_o`.
    """
    rows, upper = _Loosened.of(program, size), program.bounds.row_upper
    count = rows.parts.shape[1]
    each = rows.amounts.tocoo()
    c = np.maximum(upper[each.row], 0.0)
    need = each.data * most[each.col]
    use = rows.lifted[each.row] & (c < need) & (need < rows.total[each.row] * (1 - _BROKEN))
    row, column, a, c = each.row[use], each.col[use], each.data[use], c[use]
    lifts = rows.parts[row].tocoo()
    least = np.minimum(most[column[lifts.row]], lifts.data / a[lifts.row])
    linked = sparse.csr_matrix((-least, (lifts.row, lifts.col)), shape=(len(row), count))
    own = sparse.csr_matrix((np.ones(len(row)), (np.arange(len(row)), column)), shape=(len(row), size))
    nothing = sparse.csr_matrix((len(row), count))
    return Linking(sparse.hstack([own, nothing, linked], format="csr"), c / a)


def without_repeats(program: LinearProgram, size: int) -> LinearProgram:
    """Leave out rows that bound one column alone, loosened by parts, where a row of several columns bounds it as closely."""
    rows, b = _Loosened.of(program, size), program.bounds
    number = np.diff(rows.amounts.indptr)
    alone = np.flatnonzero(rows.lifted & (number == 1) & np.isneginf(b.row_lower))
    several = np.flatnonzero(rows.lifted & (number > 1))
    own = rows.amounts[alone].tocoo()
    alone, column, a = alone[own.row], own.col, own.data
    # Pairs of a row of one column and a row of several that has it.
    shared = sparse.csc_matrix(rows.amounts[several])[:, column].tocoo()
    other, row = several[shared.row], alone[shared.col]
    factor = shared.data / a[shared.col]
    more = rows.parts[other] - sparse.diags(factor) @ rows.parts[row]
    looser = np.bincount(more.tocoo().row[more.data > 0], minlength=len(row)) > 0
    repeats = ~looser & (b.row_upper[other] <= b.row_upper[row] * factor)
    kept = np.ones(len(number), dtype=bool)
    kept[row[repeats]] = False
    bounds = Bounds(b.column_lower, b.column_upper, b.row_lower[kept], b.row_upper[kept])
    return LinearProgram(program.cost, program.matrix.tocsr()[kept].tocsc(), bounds)


def _with_rows(program: LinearProgram, rows: Linking) -> LinearProgram:
    b = program.bounds
    bounds = Bounds(
        b.column_lower, b.column_upper,
        np.concatenate([b.row_lower, np.full(len(rows.upper), -np.inf)]), np.concatenate([b.row_upper, rows.upper]),
    )  # fmt: skip
    return LinearProgram(program.cost, sparse.vstack([program.matrix, rows.matrix], format="csc"), bounds)
