"""Say why a program is infeasible: what is missing where, and which limits stand in the way."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from straits.errors import InfeasibleError
from straits.lp.elastic import conflict_set
from straits.lp.program import Bounds
from straits.lp.tolerance import PROVED
from straits.model.formulation import Formulation

#: Relative price of breaking a row of each kind. Promises give way first, mass balance last: so the explanation says
#: what is missing, not that cargo could appear from nowhere. Where a promise and a ramp exclude each other,
#: the ramp is told.
_PRICE = {
    "demand": 1.0,
    "contract": 1.0,
    "least_output": 1.0,
    "ramp_down": 0.9,
    "ramp_up": 0.9,
    "balance": 1000.0,
}
_OTHER = 100.0
#: What it means that a row of each kind is missed by an amount.
_WORDS = {
    "least_output": "{} of the least output have no way on",
    "ramp_down": "output would have to fall by {} a day more than it can",
    "ramp_up": "output would have to rise by {} a day more than it can",
}
#: What helps where the solver is at its end.
_SURER = "Numbers of one kind that lie closer together are solved more surely."
#: Conflicting limits listed in the text; the error carries all.
_LISTED = 12


def conflict_of(
    formulation: Formulation, matrix: sparse.csc_matrix, bounds: Bounds, question: str, more: str = ""
) -> InfeasibleError:
    """Find what cannot hold and give it as an error.

    Parameters
    ----------
    formulation : Formulation
    matrix : csc_matrix, shape (rows, columns)
    bounds : Bounds
    question : str
        Scenario of which no plan was found.
    more : str
        What else can be done about it, as a sentence.

    Returns
    -------
    InfeasibleError
        To be raised by the caller. Its `conflicts` name the rows that cannot hold and the limits in conflict with them; none
        where nothing is missed by more than rounding, or where what is missed could not be found, which it then says.
    """
    case = formulation.network.case.settings.id
    form, labels, rows = formulation, formulation.network.steps.labels, matrix.shape[0]
    # A least output without a price is a bound of its column: a row of its own can be missed like the others.
    least = np.flatnonzero(bounds.column_lower > 0)
    soft = bounds.copy()
    soft.column_lower[least] = 0.0
    own = sparse.csc_matrix(
        (np.ones(len(least)), (np.arange(len(least)), least)), shape=(len(least), matrix.shape[1])
    )
    both = sparse.vstack([matrix, own], format="csc")
    soft = Bounds(
        soft.column_lower, soft.column_upper,
        np.concatenate([bounds.row_lower, bounds.column_lower[least]]),
        np.concatenate([bounds.row_upper, np.full(len(least), np.inf)]),
    )  # fmt: skip
    price = np.full(both.shape[0], _OTHER)
    for each, block in form.rows.blocks.items():
        price[block.slice] = _PRICE.get(each, _OTHER)
    price[rows:] = _PRICE["least_output"]

    def kind(row: int) -> str:
        return form.rows.find(row)[0].name if row < rows else "least_output"

    def name(row: int) -> str:
        if row < rows:
            return form.rows.name(row, labels)
        return form.columns.name(int(least[row - rows]), labels).replace("supply(", "least_output(", 1)

    found = conflict_set(both, soft, price)
    where = f"case {case}, scenario {question}"
    crossed = [form.columns.name(j, labels) for j in found.crossed] + [name(i) for i in found.crossed_rows]
    if crossed:
        return InfeasibleError(
            f"{where}: the model is infeasible: least and greatest value exclude each other in "
            + ", ".join(crossed),
            crossed,
        )
    if found.unsolved:
        return InfeasibleError(
            f"{where}: no plan keeps all that is hard, and what is missing could not be found: the program that would tell, in "
            f"which each requirement can be missed at a price, ended {found.unsolved}. {_SURER}"
        )
    if not found.broken.any():
        return InfeasibleError(
            f"{where}: the solver finds no plan, although all that is hard can hold but for rounding ({PROVED:g}). {_SURER}"
        )
    missing = [(i, found.broken[i]) for i in np.flatnonzero(found.broken).tolist()]
    standing = [name(i) for i in found.rows if kind(i) != "balance"]
    standing += [
        form.columns.name(j, labels) for j in found.columns if form.columns.find(j)[0].name != "stranded"
    ]
    lines = []
    for i, amount in missing[:_LISTED]:
        unit = _unit(form, i if i < rows else None, int(least[i - rows]) if i >= rows else 0)
        words = _WORDS.get(kind(i), "{} cannot be had").format(f"{amount:.6g} {unit}".strip())
        lines.append(f"  {name(i)}: {words}")
    hidden = f"\n  … and {len(missing) - _LISTED} more" if len(missing) > _LISTED else ""
    limits = "\n".join(f"  {limit}" for limit in standing[:_LISTED])
    rest = f"\n  … and {len(standing) - _LISTED} more" if len(standing) > _LISTED else ""
    text = (
        f"{where}: infeasible: {len(missing)} hard requirement{'s' if len(missing) != 1 else ''} cannot hold.\n"
        + "\n".join(lines) + hidden
        + (f"\nin conflict with these limits:\n{limits}{rest}" if standing else "\nno supply reaches them at all")
        + "\nGive the promise an unmet_price (or a penalty, or a forced_cost), or raise one of the limits."
        + (f" {more}" if more else "")
    )  # fmt: skip
    return InfeasibleError(text, [name(i) for i, _ in missing] + standing)


def _unit(form: Formulation, row: int | None, column: int) -> str:
    """Give the unit in which a row counts; of a bound that was made a row, that of its column."""
    n = form.network
    commodities = n.case.rows("commodities")
    if row is None:
        return commodities[n.cargoes[n.supplies.cargo[form.columns.find(column)[1]]].commodity].unit
    block, entry, _ = form.rows.find(row)
    if block.name == "demand":
        return commodities[n.case.rows("markets")[n.markets.ids[entry]].commodity].unit
    if block.name == "balance":
        return commodities[n.cargoes[form.balance_cargo[entry]].commodity].unit
    supply = {"least_output": form.least, "ramp_down": form.ramps_down, "ramp_up": form.ramps_up}
    if block.name in supply:
        return commodities[n.cargoes[n.supplies.cargo[supply[block.name][entry]]].commodity].unit
    return ""
