"""Which numbers move the answer: each uncertain one is set to its ends, and both runs are solved again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from straits.engine import solve
from straits.errors import ModelError, SolveError
from straits.model import Solution, find_scenario
from straits.stress.measures import exports

if TYPE_CHECKING:
    from straits.case.case import Case
    from straits.case.settings import Scenario

#: Numbers that are varied, by table: the column, the columns of its interval, and the kind of bound it sets.
VARIED: dict[str, tuple[str, ...]] = {
    "links": ("capacity", "cost", "tariff", "loss", "transit_days"),
    "supplies": ("capacity", "cost", "ramp_down", "forced_cost"),
    "markets": ("price", "demand", "unmet_price"),
    "stores": ("capacity", "start", "in_rate", "out_rate"),
    "fleets": ("count", "payload", "turnaround_days", "availability"),
    "contracts": ("amount", "penalty"),
}

#: Spread of a number without an interval of its own, as share of its value.
SPREAD = 0.2

COLUMNS = [
    "table", "row", "column", "name", "value", "unit", "low", "high", "basis", "confidence", "answer", "answer_low",
    "answer_high", "swing", "answer_unit",
]  # fmt: skip


@dataclass(frozen=True)
class Uncertain:
    """A number that may be otherwise: its cell, its ends, and what is known of it."""

    table: str
    row: str
    column: str
    name: str
    value: float
    unit: str
    low: float
    high: float
    basis: str
    confidence: str


def uncertain_numbers(case: Case, *, spread: float = SPREAD) -> list[Uncertain]:
    """List the numbers that no source supports, that rest on a claim of low confidence, or that have an interval.

    Parameters
    ----------
    case : Case
    spread : float
        Half the width given to a number without an interval, as share of its value.

    Returns
    -------
    list of Uncertain
        Zeros and unlimited values without an interval are left out: a share of them is no variation.
    """
    confidence = {
        (c.table, c.row, c.column): (c.confidence if c.source else "no source")
        for c in case.rows("claims").values()
        if c.chosen
    }
    found = []
    for table, columns in VARIED.items():
        for key, row in case.rows(table).items():
            for column in columns:
                value = getattr(row, column)
                low, high = getattr(row, f"{column}_low", None), getattr(row, f"{column}_high", None)
                known = confidence.get((table, key, column), _of_row(row))
                if value is None or not np.isfinite(value):
                    continue
                basis = f"±{spread:.0%}"
                if low is not None and high is not None:
                    basis = "interval"
                elif value == 0 or known not in ("low", "no source"):
                    continue
                else:
                    low, high = value * (1 - spread), value * (1 + spread)
                if column in ("loss", "availability"):
                    high = min(high, 1.0)
                unit = getattr(row, f"{column}_unit", None) or ""
                found.append(Uncertain(table, key, column, row.name, value, unit, low, high, basis, known))
    return found


def _of_row(row: object) -> str:
    """What supports a row that carries its source itself; a row that cannot has none."""
    return getattr(row, "confidence", "no source") if getattr(row, "source", None) else "no source"


def sensitivity(
    case: Case,
    scenario: Scenario | str,
    *,
    limit: int = 40,
    spread: float = SPREAD,
    progress: Callable[[str], None] | None = None,
) -> pd.DataFrame:
    """Set uncertain numbers to their ends, one at a time, and see how far the lost exports of a scenario move.

    Parameters
    ----------
    case : Case
        With a focus: the answer is the exports of its actor and commodity that are lost.
    scenario : Scenario or str
    limit : int
        Numbers that are tried in full; those whose first-order effect or use of capacity is largest.
    spread : float
        As `uncertain_numbers`.
    progress : callable, optional
        Called with the name of each number tried.

    Returns
    -------
    DataFrame
        Columns as `COLUMNS`, largest swing first; answers in the unit of the commodity, `swing` is the largest less the
        smallest of the answers at low, given and high value.

    Raises
    ------
    ModelError
        If the case has no focus.
    """
    focus = case.settings.focus
    if focus is None:
        raise ModelError("sensitivity needs `focus` with `actor` and `commodity` in the settings of the case")
    unit = case.rows("commodities")[focus.commodity].unit
    runs = _runs(case, scenario)
    solved = [solve(case, run) for run in runs]
    answer = _lost(solved, focus.actor, focus.commodity)
    rows = []
    for item in screen(uncertain_numbers(case, spread=spread), solved, limit):
        if progress:
            progress(f"{item.table} {item.row} {item.column}")
        ends = [
            _answer_at(case, runs, [(item, value)], focus.actor, focus.commodity)
            for value in (item.low, item.high)
        ]
        swing = float(np.nanmax([answer, *ends]) - np.nanmin([answer, *ends]))
        rows.append(
            (item.table, item.row, item.column, item.name, item.value, item.unit, item.low, item.high, item.basis,
             item.confidence, answer, *ends, swing, unit)
        )  # fmt: skip
    table = pd.DataFrame(rows, columns=COLUMNS)
    return table.sort_values("swing", ascending=False, kind="stable", ignore_index=True)


def cost_intervals(case: Case, scenario: Scenario | str) -> pd.DataFrame:
    """Set all costs, tariffs and prices that have intervals to their ends together.

    Parameters
    ----------
    case : Case
        With a focus.
    scenario : Scenario or str

    Returns
    -------
    DataFrame
        Columns setting (as given, all low, all high, costs low and prices high, costs high and prices low), lost (unit of
        the commodity), value_lost (million currency), unit.
    """
    focus = case.settings.focus
    if focus is None:
        raise ModelError(
            "cost intervals need `focus` with `actor` and `commodity` in the settings of the case"
        )
    items = [u for u in uncertain_numbers(case) if u.basis == "interval"]
    unit = case.rows("commodities")[focus.commodity].unit
    settings: dict[str, tuple[str, str] | None] = {
        "as given": None,
        "all low": ("low", "low"),
        "all high": ("high", "high"),
        "costs low, prices high": ("low", "high"),
        "costs high, prices low": ("high", "low"),
    }
    runs, rows = _runs(case, scenario), []
    for name, ends in settings.items():
        values = []
        for item in items if ends else ():
            assert ends is not None
            values.append((item, getattr(item, ends[1] if item.column == "price" else ends[0])))
        solved = _solve_at(case, runs, values)
        lost = _lost(solved, focus.actor, focus.commodity)
        rows.append((name, lost, solved[0].objective - solved[1].objective, unit))
    return pd.DataFrame(rows, columns=["setting", "lost", "value_lost", "unit"])


def screen(items: Sequence[Uncertain], solved: Sequence[Solution], limit: int) -> list[Uncertain]:
    """Choose the numbers worth trying in full.

    A number of the objective (cost, tariff, price) scores by its interval times the amount it applies to, a number that
    limits by its interval times the worth of the limit; a limit that is used to within its interval is kept in any case,
    because it may begin to bind. The larger score of the two runs counts.
    """
    scores = np.array([max(score(item, s) for s in solved) for item in items]) if items else np.zeros(0)
    order = np.argsort(-scores, kind="stable")
    return [items[i] for i in order[:limit] if scores[i] > 0]


def score(item: Uncertain, solution: Solution) -> float:
    """First-order size of the effect of a number, million currency."""
    width = (item.high - item.low) / abs(item.value) if item.value else 1.0
    amount, worth, used = _use(item, solution)
    if item.column in ("cost", "tariff", "price", "unmet_price", "forced_cost", "penalty"):
        return abs(item.high - item.low) * amount / 1000.0
    return width * (abs(worth) + (amount if used >= item.low / item.value - 1e-9 else 0.0) * 1e-3)


def _use(item: Uncertain, s: Solution) -> tuple[float, float, float]:
    """Amount that a number applies to, worth of the limit over the run, and the largest share of the limit used."""
    n = s.network
    table, ids = {
        "links": (s.flows, "link"), "supplies": (s.supply, "supply"), "markets": (s.sales, "market"),
        "stores": (s.stores, "store"),
    }.get(item.table, (None, ""))  # fmt: skip
    if table is None:
        return 1.0, 1.0, 1.0
    mine = table[table[ids] == item.row]
    column = "level" if item.table == "stores" else "amount"
    per_step = mine.groupby("step")[column].sum()
    limits = s.bottlenecks
    worth = float(limits.loc[limits["asset"] == item.row, "value"].sum()) * abs(item.value)
    kind = {"links": "link", "supplies": "supply", "markets": "market", "stores": "store"}[item.table]
    assets = n.assets_of(item.row) or []
    capacity = (
        np.full(n.T, n.stores.capacity[n.stores.ids.index(item.row)])
        if kind == "store"
        else n.capacity_of(*assets[0])
        if assets
        else np.zeros(n.T)
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        used = per_step.to_numpy() / capacity[per_step.index.to_numpy(dtype=int)]
    return float(per_step.sum()), worth / 1000.0, float(np.nanmax(used, initial=0.0))


def _runs(case: Case, scenario: Scenario | str) -> list[Scenario | None]:
    """The run that a scenario is compared with, and its own."""
    found = find_scenario(case, scenario)
    if found is None:
        raise ModelError("the baseline loses nothing against itself: name a scenario")
    return [find_scenario(case, found.compare_with), found]


def _answer_at(
    case: Case, runs: list[Scenario | None], values: list[tuple[Uncertain, float]], actor: str, commodity: str
) -> float:
    try:
        return _lost(_solve_at(case, runs, values), actor, commodity)
    except SolveError:
        # An end at which the promises of the case cannot be kept has no answer; the table shows the gap.
        return float("nan")


def _solve_at(
    case: Case, runs: list[Scenario | None], values: list[tuple[Uncertain, float]]
) -> list[Solution]:
    varied = case
    for item, value in values:
        varied = varied.with_number(item.table, item.row, item.column, value)
    return [solve(varied, run) for run in runs]


def _lost(solved: Sequence[Solution], actor: str, commodity: str) -> float:
    amounts = []
    for solution in solved:
        sold = exports(solution)
        amounts.append(sold.loc[(sold["commodity"] == commodity) & (sold["origin"] == actor), "amount"].sum())
    return float(amounts[0] - amounts[1])
