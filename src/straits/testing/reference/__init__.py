"""The model once more, slowly: a plain program, cell by cell, that shares no code with `straits.model`.

Written from `docs/formulation.md` and `docs/format.md`, and solved by `scipy.optimize.linprog`. A case that both solve to the
same value is one on which neither has slipped. For small cases: every way through the network is walked."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass, field, replace
from typing import Any

from straits.case import Case
from straits.case.schema.settings import Scenario
from straits.testing.reference.amounts import working
from straits.testing.reference.boundary import at_rest
from straits.testing.reference.linear import Name
from straits.testing.reference.trade import Rest, Trade


@dataclass(frozen=True)
class Reference:
    """What a case is worth by the reference program.

    Attributes
    ----------
    status : {"optimal", "infeasible", "unbounded", "no steady state"}
    lp_value : float
        As `Solution.lp_value`, millions of the currency; nan unless optimal.
    objective : float
        Joint value, as `Solution.objective`.
    plan : dict
        Amount in each cell, by its name, such as `("flow", link, (commodity, origin), step)`.
    """

    status: str
    lp_value: float = math.nan
    objective: float = math.nan
    plan: dict[Name, float] = field(default_factory=dict)


def reference_lp(
    case: Case, scenario: Scenario | str | None = None, *, tariffs: str | None = None
) -> Reference:
    """Solve a case with perfect foresight by the reference program.

    Parameters
    ----------
    case : Case
    scenario : Scenario or str, optional
        Default: the case without any.
    tariffs : {"paid", "internal"}, optional
        Default: the setting of the case.

    Returns
    -------
    Reference
        Cargo that goes round is not looked for: its `lp_value` is that of the linear program,
        `lp_value_at_most` in the provenance of `straits.solve`.
    """
    if isinstance(scenario, str):
        scenario = None if scenario == "baseline" else case.scenarios[scenario]
    if scenario is not None and scenario.changes:
        case = case.with_changes(scenario.changes)
    if scenario is not None:
        case = case.with_steps(scenario.refine)
    tariffs = tariffs or case.settings.tariffs
    rest = None
    waiting = any(row.transit_days > 0 for row in case.rows("links").values())
    if case.settings.time.boundary == "steady" and (case.rows("stores") or waiting):
        rest = _ends(case, scenario, tariffs)
        if rest is None:
            return Reference("no steady state")
    trade = Trade(case, scenario, tariffs, rest=rest)
    best = trade.program.best()
    if best.status != "optimal":
        return Reference(best.status)
    return Reference("optimal", best.value / 1e3, (best.value + _tolls(trade, best.plan)) / 1e3, best.plan)


def _ends(case: Case, scenario: Scenario | None, tariffs: str) -> Rest | None:
    """Give the network at rest; where options come or go, before the start with those of the day before, after the end with those
    of the day after."""
    if scenario is None or not scenario.decisions:
        return at_rest(case, scenario, tariffs)
    decided, axis = {d.option: d.day for d in scenario.decisions}, case.settings.time
    found = []
    for day in (axis.start - dt.timedelta(days=1), axis.end):
        rows = case.rows("options")
        there = tuple(o for o in scenario.options if working(rows[o], decided, day, rows))
        found.append(at_rest(case, scenario.model_copy(update={"options": there, "decisions": ()}), tariffs))
    before, after = found
    return None if before is None or after is None else replace(after, flow=before.flow)


def _tolls(trade: Trade, plan: dict[Name, Any]) -> float:
    """Give the tariffs that shippers pay in a plan."""
    if trade.tariffs != "paid":
        return 0.0
    links, processes, amounts = trade.case.rows("links"), trade.case.rows("converts"), trade.amounts
    total, tolls = 0.0, dict[tuple[str, str], list[float]]()
    for name, amount in plan.items():
        if isinstance(name, tuple) and name[0] == "flow":
            _, key, cargo, step = name
            if (key, cargo[0]) not in tolls:
                table = "links" if key in links else "converts"
                moved: Any = links[key] if key in links else processes[key]
                tolls[key, cargo[0]] = amounts.price_of(table, moved, "tariff", cargo[0])
            total += amount * tolls[key, cargo[0]][step]
            total += amount * trade.dear(key, cargo, step, received=True)
            for row in trade.case.rows("joints").values():
                if key in row.links:
                    total += amount * amounts.joint_use(row)[cargo[0]] * row.toll / 1e3
    return total
