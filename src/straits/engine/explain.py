"""Say why a model is infeasible: what is missing where, and which limits stand in the way."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from straits.errors import InfeasibleError
from straits.model import Bounds, Model, highs

#: Relative price of breaking a row of each kind. Promises give way first, mass balance last: so the explanation says
#: what is missing, not that cargo could appear from nowhere.
_PRICE = {
    "demand": 1.0,
    "contract": 1.0,
    "least_output": 1.0,
    "ramp_down": 1.0,
    "ramp_up": 1.0,
    "balance": 1000.0,
}
_OTHER = 100.0
#: Conflicting limits listed in the text; the error carries all.
_LISTED = 12
_SMALL = 1e-6


def explain(model: Model, bounds: Bounds | None = None) -> InfeasibleError:
    """Find what cannot hold and give it as an error.

    Parameters
    ----------
    model : Model
    bounds : Bounds, optional
        Default: those of the model.

    Returns
    -------
    InfeasibleError
        To be raised by the caller. Its `conflicts` name the rows that cannot hold and the limits in conflict with them.

    Notes
    -----
    Solves the elastic model in which every row may be broken at a price (Chinneck 2008, *Feasibility and Infeasibility in
    Optimization*, ch. 4): broken rows are what is missing; rows and bounds with a dual there form a Farkas certificate.
    """
    b = bounds or model.bounds
    rows, columns = model.matrix.shape
    price = np.full(rows, _OTHER)
    for name, block in model.formulation.rows.blocks.items():
        price[block.slice] = _PRICE.get(name, _OTHER)
    one = sparse.identity(rows, format="csc")
    solver = highs.Solver(
        np.concatenate([np.zeros(columns), price, price]),
        sparse.hstack([model.matrix, one, -one], format="csc"),
        np.concatenate([b.column_lower, np.zeros(2 * rows)]),
        np.concatenate([b.column_upper, np.full(2 * rows, np.inf)]),
        b.row_lower,
        b.row_upper,
    )
    answer = solver.run()
    if answer.status != highs.OPTIMAL or answer.value <= _SMALL:
        crossed = np.flatnonzero(b.column_lower > b.column_upper + _SMALL).tolist()
        names = [model.column_name(j) for j in crossed]
        return InfeasibleError(
            "the model is infeasible: least and greatest value exclude each other in " + ", ".join(names),
            names,
        )
    broken = answer.x[columns : columns + rows] + answer.x[columns + rows :]
    missing = [(i, broken[i]) for i in np.flatnonzero(broken > _SMALL).tolist()]
    priced_rows = (np.abs(answer.dual) > _SMALL) | (broken > _SMALL)
    at_limit = np.isfinite(b.column_upper) & (np.abs(answer.x[:columns] - b.column_upper) <= _SMALL)
    near_rows, near_columns = _connected(model.matrix, broken > _SMALL, priced_rows)
    standing = [
        model.row_name(i)
        for i in near_rows
        if broken[i] <= _SMALL and model.formulation.rows.find(i)[0].name != "balance"
    ]
    standing += [
        model.column_name(j)
        for j in near_columns
        if at_limit[j]
        and abs(answer.reduced_cost[j]) > _SMALL
        and model.formulation.columns.find(j)[0].name != "stranded"
    ]
    lines = [
        f"  {model.row_name(i)}: {amount:.6g} {_unit(model, i)} cannot be had"
        for i, amount in missing[:_LISTED]
    ]
    more = f"\n  … and {len(missing) - _LISTED} more" if len(missing) > _LISTED else ""
    limits = "\n".join(f"  {name}" for name in standing[:_LISTED])
    rest = f"\n  … and {len(standing) - _LISTED} more" if len(standing) > _LISTED else ""
    text = (
        f"the case is infeasible: {len(missing)} hard requirement{'s' if len(missing) != 1 else ''} cannot hold.\n"
        + "\n".join(lines) + more
        + (f"\nin conflict with these limits:\n{limits}{rest}" if standing else "\nno supply reaches them at all")
        + "\nGive the promise an unmet_price (or a penalty, or a forced_cost), or raise one of the limits."
    )  # fmt: skip
    return InfeasibleError(text, [model.row_name(i) for i, _ in missing] + standing)


def _connected(
    matrix: sparse.csc_matrix, start: np.ndarray, allowed: np.ndarray
) -> tuple[list[int], list[int]]:
    """Rows of `allowed` that hang together with `start` by common columns, nearest first, and these columns."""
    by_row = matrix.tocsr()
    seen_rows, seen_columns = start.copy(), np.zeros(matrix.shape[1], dtype=bool)
    rows: list[int] = []
    columns: list[int] = []
    frontier = np.flatnonzero(start)
    while len(frontier):
        rows += frontier.tolist()
        touched = np.unique(by_row[frontier].indices)
        touched = touched[~seen_columns[touched]]
        seen_columns[touched] = True
        columns += touched.tolist()
        frontier = np.unique(matrix[:, touched].indices)
        frontier = frontier[allowed[frontier] & ~seen_rows[frontier]]
        seen_rows[frontier] = True
    return rows, columns


def _unit(model: Model, row: int) -> str:
    block, entry, _ = model.formulation.rows.find(row)
    commodities = model.case.rows("commodities")
    if block.name == "demand":
        market = model.case.rows("markets")[model.network.markets.ids[entry]]
        return commodities[market.commodity].unit
    if block.name == "balance":
        return commodities[model.network.cargoes[model.formulation.balance_cargo[entry]].commodity].unit
    return ""
