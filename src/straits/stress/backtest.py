"""Compare what the model says happened with what was measured."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from straits.case import units
from straits.case.units.quantities import grade_of
from straits.stress.tables.measures import corridors, exports, per_step

if TYPE_CHECKING:
    from straits.model import Solution

COLUMNS = [
    "observation", "name", "target_kind", "target", "commodity", "origin", "start", "end", "unit", "observed", "modelled",
    "difference", "error", "source", "confidence", "reason",
]  # fmt: skip


def back_test(solution: Solution) -> pd.DataFrame:
    """Set modelled amounts beside the observations marked `back_test` whose period lies within the axis.

    Parameters
    ----------
    solution : Solution

    Returns
    -------
    DataFrame
        Columns as `COLUMNS`; amounts in the unit of the commodity, `error` is (modelled - observed) / observed. `reason` is
        the note of the observation.

    Notes
    -----
    Observations are never inputs of the run. A period that cuts a step takes that part of the step's flow.
    """
    case, steps = solution.case, solution.network.steps
    found = []
    for key, row in case.rows("observations").items():
        if row.use != "back_test" or row.start < steps.start or row.end > steps.end:
            continue
        commodity = case.rows("commodities")[row.commodity]
        grade = grade_of(case, "observations", row)
        observed = units.amount(row.value, row.value_unit or commodity.unit, commodity, bbl_per_t=grade)
        modelled = _modelled(solution, row)
        error = (modelled - observed) / observed if observed else np.nan
        found.append(
            (key, row.name, row.target_kind, row.target or "", row.commodity, row.origin or "", row.start,
             row.end, commodity.unit, observed, modelled, modelled - observed, error, row.source or "",
             row.confidence, row.note or "")
        )  # fmt: skip
    return pd.DataFrame(found, columns=COLUMNS).astype({"start": "datetime64[ns]", "end": "datetime64[ns]"})


def _modelled(solution: Solution, row: Any) -> float:
    weight = solution.network.steps.overlap(row.start, row.end)
    steps = len(weight)
    if row.target_kind == "store":
        return _content(solution, row, int(np.flatnonzero(weight)[-1]))
    match row.target_kind:
        case "corridor":
            table = corridors(solution)
            table = table[table["corridor"] == row.target]
        case "link":
            table = solution.flows[solution.flows["link"] == row.target]
        case "process":
            table = solution.processes
            table = table[(table["process"] == row.target) & (table["side"] == "takes")]
        case "market":
            table = solution.sales[solution.sales["market"] == row.target]
        case "supply":
            table = solution.supply[solution.supply["supply"] == row.target]
        case "exports":
            table = exports(solution)
        case _:
            table = solution.supply
    table = table[table["commodity"] == row.commodity]
    if row.origin:
        table = table[table["origin"] == row.origin]
    return float(per_step(table, steps) @ weight)


def _content(solution: Solution, row: Any, step: int) -> float:
    """Content of a store at the end of a step; the least content, which has no origin, only where all origins are asked for."""
    stores, level = solution.network.stores, solution.stores
    chosen = (level["store"] == row.target) & (level["commodity"] == row.commodity) & (level["step"] == step)
    if row.origin:
        return float(level.loc[chosen & (level["origin"] == row.origin), "level"].sum())
    return float(level.loc[chosen, "level"].sum() + stores.min_level[stores.ids.index(row.target)])
