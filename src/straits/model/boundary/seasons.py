"""The network over a year that repeats: what is under way when a seasonal axis starts, and what is left when it ends is worth.

Where profiles make seasons, one average step would say nothing of the days before the start and after the end: a store that is
full in autumn would be worth what gas is worth on average. So the undisturbed network is solved over a year whose end leads into
its start: each store ends with what it began with, at a level that is best. The first year of the axis is taken to have come
before it, the last to come after it; days of these years that lie outside the axis take what profiles say of the same days of
other years. Transit time, ramps and reserves are left out, as at rest (`straits.model.boundary.rest`).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from straits.case.data import ParsedTable
from straits.case.timeaxis import by_day, same_day
from straits.lp import Answer, LinearProgram
from straits.lp.optimal_set import Duals, Plans
from straits.model.blocks import Triplets
from straits.model.boundary.rest import FLAT, preference, solved_at_rest
from straits.model.coefficients import coefficients
from straits.model.formulation import Boundary, Formulation
from straits.model.limits import Limits
from straits.model.network import Network
from straits.model.reading import read_network

if TYPE_CHECKING:
    from straits.case.case import Case
    from straits.case.schema.settings import Scenario

#: What a boundary of a repeating year says of itself.
YEAR = "a year that repeats: stores end it with what they began it with"


def why_flat(case: Case) -> str | None:
    """Say why the state before the start and after the end is one average step; None if it is a year that repeats.

    Parameters
    ----------
    case : Case
    """
    if not case.profile_uses:
        return FLAT
    for start, end in _years(case):
        for name in case.profile_uses:
            if (by_day(case.profiles[name], start, end, around=True)[0] < 0).any():
                return f"{FLAT}, because profile {name} does not say enough of a whole year"
    return None


def seasonal_state(
    network: Network, scenario: Scenario | None, tariffs: str | None, question: str
) -> Boundary:
    """Find the flows of the undisturbed network just before the start, and what cargo is worth just after the end.

    Parameters
    ----------
    network : Network
    scenario : Scenario or None
        Its options are built.
    tariffs : {"paid", "internal"}, optional
    question : str
        Scenario it is for, in words of errors.

    Returns
    -------
    Boundary

    Raises
    ------
    InfeasibleError
        If not everything that is hard can hold over the year.
    ModelError
        If there is no best year for another reason.
    """
    case, moving = network.case, Formulation(network)
    before, after = _years(case)
    built = scenario.model_copy(update={"changes": (), "refine": ()}) if scenario is not None else None
    solved = {
        year: _solved(read_network(_on(case, *year), built, tariffs, around=True), question)
        for year in dict.fromkeys((before, after))
    }
    first, program, answer = solved[before]
    x = np.maximum(Plans(program, answer.x, answer.dual).least(preference(network, first)), 0.0)
    flow = x[first.flow.slice].reshape(first.flow.count, first.flow.steps)[:, -1]
    last, program, answer = solved[after]
    plan = x if after == before else np.maximum(answer.x, 0.0)
    duals = Duals(program, plan, answer.dual)

    def worth(balance: int, rate: int | None = None) -> float:
        weights = np.zeros(len(answer.dual))
        weights[balance] = 1.0
        if rate is not None:
            weights[rate] = -1.0
        return float(weights @ answer.dual) + duals.fall_of(weights)

    counted = np.union1d(moving.can_strand, moving.stock_at)
    at = last.balance_of[moving.balance_place[counted], moving.balance_cargo[counted]]
    price, full = np.zeros(moving.balance.count), np.zeros(moving.balance.count, dtype=bool)
    for entry, row in zip(counted.tolist(), at.tolist(), strict=True):
        found = worth(int(last.balance.at(row, 0))) if row >= 0 else 0.0
        price[entry], full[entry] = (found, False) if np.isfinite(found) else (0.0, True)
    # More in store at the end of one step is more at the place in the next, where as much less may then be taken out.
    stores = [
        worth(
            int(last.balance.at(last.stock_at[j], 0)),
            int(last.rate.at(last.network.stores.stock_store[j], 0)),
        )
        for j in range(last.stock.count)
    ]
    in_store = np.maximum(np.nan_to_num(np.array(stores), neginf=0.0), 0.0)
    return Boundary(flow / float(first.network.steps.days[-1]), price, full, in_store, YEAR)


def _years(case: Case) -> tuple[tuple[date, date], tuple[date, date]]:
    """Give the first year of the axis and the last, each from a day to the same day of the next year."""
    axis = case.settings.time
    return (axis.start, same_day(axis.start, 1)), (same_day(axis.end, -1), axis.end)


def _on(case: Case, start: date, end: date) -> Case:
    """Give the case over a year of months, with the contracts that hold over its whole axis, and no change for a time."""
    axis = case.settings.time
    rows = {
        key: row.model_copy(update={"start": None, "end": None})
        for key, row in case.rows("contracts").items()
        if (row.start or axis.start) <= axis.start and (row.end or axis.end) >= axis.end
    }
    parsed = case.parsed("contracts")
    made = case.with_tables(
        {"contracts": ParsedTable("contracts", lambda: parsed.cells, rows, parsed.lines, parsed.ids)}
    )
    time = axis.model_copy(update={"start": start, "end": end, "step": "month", "refine": ()})
    made.settings = case.settings.model_copy(update={"time": time})
    made.dated = ()
    return made


def _solved(network: Network, question: str) -> tuple[Formulation, LinearProgram, Answer]:
    """Solve a year whose last step leads into its first, without transit time and ramps."""
    none = np.full(len(network.supplies.ids), np.nan)
    still = replace(
        network,
        link_transit=np.zeros(len(network.link_ids)),
        supplies=replace(network.supplies, ramp_down=none, ramp_up=none),
        stores=replace(
            network.stores,
            stock_start=np.zeros(len(network.stores.stock_start)),
            reserve=np.zeros(network.stores.reserve.shape),
            end_level=np.full(len(network.stores.ids), -np.inf),
        ),
    )
    f = Formulation(still)
    stocks, last = np.arange(f.stock.count), network.T - 1
    ring = Triplets()
    ring.add(f.balance.at(f.stock_at, 0), f.stock.at(stocks, last), 1.0)
    ring.add(f.rate.at(network.stores.stock_store, 0), f.stock.at(stocks, last), -1.0)
    matrix = (coefficients(f) + ring.matrix(f.rows.size, f.columns.size)).tocsc()
    program = LinearProgram(f.costs(), matrix, Limits(f).undisturbed)
    return f, program, solved_at_rest(f, program, question)
