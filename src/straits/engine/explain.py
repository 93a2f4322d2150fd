"""Say why a model is infeasible: what is missing where, and which limits stand in the way."""

from __future__ import annotations

import numpy as np

from straits.errors import InfeasibleError
from straits.lp.elastic import conflict_set
from straits.model import Bounds, Model

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
    """
    b = bounds or model.bounds
    price = np.full(model.matrix.shape[0], _OTHER)
    for name, block in model.formulation.rows.blocks.items():
        price[block.slice] = _PRICE.get(name, _OTHER)
    found = conflict_set(model.matrix, b, price)
    if not found.broken.any():
        names = [model.column_name(j) for j in found.crossed]
        return InfeasibleError(
            "the model is infeasible: least and greatest value exclude each other in " + ", ".join(names),
            names,
        )
    missing = [(i, found.broken[i]) for i in np.flatnonzero(found.broken).tolist()]
    form = model.formulation
    standing = [model.row_name(i) for i in found.rows if form.rows.find(i)[0].name != "balance"]
    standing += [model.column_name(j) for j in found.columns if form.columns.find(j)[0].name != "stranded"]
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


def _unit(model: Model, row: int) -> str:
    block, entry, _ = model.formulation.rows.find(row)
    commodities = model.case.rows("commodities")
    if block.name == "demand":
        market = model.case.rows("markets")[model.network.markets.ids[entry]]
        return commodities[market.commodity].unit
    if block.name == "balance":
        return commodities[model.network.cargoes[model.formulation.balance_cargo[entry]].commodity].unit
    return ""
