"""Which numbers move the answer: each uncertain one is set to its ends, and both runs are solved again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from straits.case.quantities import asset_table
from straits.errors import ModelError, SolveError
from straits.model import Solution
from straits.stress.losses import lost_of, swing
from straits.stress.tables.imports import direction_of
from straits.stress.tables.measures import per_step
from straits.stress.varied.numbers import PRICES, SPREAD, Uncertain, uncertain_numbers
from straits.stress.varied.runs import Given, runs_of, solve_both

if TYPE_CHECKING:
    from straits.case.case import Case
    from straits.case.schema.settings import Scenario

COLUMNS = [
    "table", "row", "column", "name", "value", "unit", "low", "high", "basis", "confidence",
    "lost", "lost_low", "lost_high", "swing", "lost_unit", "value_lost", "value_lost_low", "value_lost_high", "value_swing",
]  # fmt: skip


def sensitivity(
    case: Case,
    scenario: Scenario | str,
    *,
    limit: int = 15,
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
        Prices that are tried in full; see `screen`.
    spread : float
        As `uncertain_numbers`.
    progress : callable, optional
        Called with the name of each number tried.

    Returns
    -------
    DataFrame
        Columns as `COLUMNS`, largest swing first. `lost` are exports lost, or what the state of a focus on imports uses less
        (unit of the commodity), `value_lost` is the joint
        value lost (million currency), each with the number as given, low and high; a swing is the largest less the smallest
        of the three. Where equally good plans leave the loss open at an end, it is the one nearest to the loss as given: what an
        optimum leaves open is no swing.

    Raises
    ------
    ModelError
        If the case has no focus.
    """
    focus = case.settings.focus
    if focus is None:
        raise ModelError("sensitivity needs `focus` with `actor` and `commodity` in the settings of the case")
    unit = case.rows("commodities")[focus.commodity].unit
    both = runs_of(case, scenario, focus.commodity)
    imports = direction_of(both.whole[0]) == "imports"
    given = lost_of(both.whole, focus.actor, focus.commodity, imports=imports)
    # What the rest of the case loses, with the numbers as given.
    rest = given[1] - lost_of(both.part, focus.actor, focus.commodity, imports=imports)[1]
    rows = []
    for item in screen(uncertain_numbers(case, focus.commodity, spread=spread), both.whole, limit):
        if progress:
            progress(f"{item.table} {item.row} {item.column}")
        ends = [
            _lost_at(both, [(item, end)], focus.actor, focus.commodity, rest, imports=imports)
            for end in (item.low, item.high)
        ]
        lost, value = zip(given, *ends, strict=True)
        rows.append(
            (item.table, item.row, item.column, item.name, item.value, item.unit, item.low, item.high, item.basis,
             item.confidence, *lost, swing(lost), unit, *value, swing(value))
        )  # fmt: skip
    table = pd.DataFrame(rows, columns=COLUMNS)
    return table.sort_values(["swing", "value_swing"], ascending=False, kind="stable", ignore_index=True)


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
    priced = ("cost", "tariff", "price", "unmet_price", "forced_cost", "rate")
    items = [
        u for u in uncertain_numbers(case, focus.commodity) if u.basis == "interval" and u.column in priced
    ]
    unit = case.rows("commodities")[focus.commodity].unit
    settings: dict[str, tuple[str, str] | None] = {
        "as given": None,
        "all low": ("low", "low"),
        "all high": ("high", "high"),
        "costs low, prices high": ("low", "high"),
        "costs high, prices low": ("high", "low"),
    }
    rows = []
    both = runs_of(case, scenario, focus.commodity)
    imports = direction_of(both.whole[0]) == "imports"
    whole, part = (
        lost_of(of, focus.actor, focus.commodity, imports=imports) for of in (both.whole, both.part)
    )
    for name, ends in settings.items():
        values = []
        for item in items if ends else ():
            assert ends is not None
            values.append((item, getattr(item, ends[1] if item.column == "price" else ends[0])))
        lost = whole
        if ends:
            solved = solve_both(both.runs, values)
            sold, worth = lost_of(solved, focus.actor, focus.commodity, both.part, imports=imports)
            lost = sold, worth + whole[1] - part[1]
        rows.append((name, *lost, unit))
    return pd.DataFrame(rows, columns=["setting", "lost", "value_lost", "unit"])


def screen(items: Sequence[Uncertain], solved: Sequence[Solution], limit: int) -> list[Uncertain]:
    """Choose the numbers worth trying in full.

    All amounts that limit, or would limit at the lower end of their interval, in one of the runs; and of the prices the
    `limit` with the largest first-order effect on the value lost: the interval times the difference of the amounts they
    apply to, plus a hundredth of the amount itself, because a price can also turn a flow.
    """
    amounts = [i for i in items if i.column not in PRICES and any(_may_bind(i, s) for s in solved)]
    prices = [i for i in items if i.column in PRICES]
    scores = np.array([_price_score(i, solved) for i in prices])
    order = np.argsort(-scores, kind="stable")[:limit]
    return amounts + [prices[i] for i in order if scores[i] > 0]


def _price_score(item: Uncertain, solved: Sequence[Solution]) -> float:
    before, after = (_moved(item, s).sum() for s in solved)
    return (item.high - item.low) * (abs(before - after) + 0.01 * max(before, after))


def _may_bind(item: Uncertain, solution: Solution) -> bool:
    """Whether the use of what a number limits comes within its interval. Rates, fleets, contracts and curves are always tried."""
    if (
        item.table in ("fleets", "joints", "contracts")
        or item.column not in ("capacity", "demand", "start")
        or item.value == 0
    ):
        return True
    n = solution.network
    if item.table == "stores":
        limit = n.stores.capacity[n.stores.ids.index(item.row)]
    else:
        kind = {"links": "link", "converts": "link", "supplies": "supply", "markets": "market"}[item.table]
        limit = n.capacities_of(kind, next(i for _, i in n.assets_of(item.row) or ()))[item.column]
    return bool(np.any(_moved(item, solution) >= limit * (item.low / item.value) - 1e-9))


def _moved(item: Uncertain, s: Solution) -> np.ndarray:
    """Amount per step (T,) that passes what a number belongs to."""
    home, row = item.table, item.row
    if home == "fiscal":
        row = s.case.rows("fiscal")[row].asset
        home = asset_table(s.case, row) or ""
    if home == "price_responses":
        home, row = "world_markets", s.case.rows("price_responses")[row].world
    if home == "world_markets":
        sold = {w.id: i for i, w in enumerate(s.network.markets.worlds)}
        return np.asarray(s.world_sales[sold[row]]) if row in sold else np.zeros(s.network.T)
    table, key, value = {
        "links": (s.flows, "link", "amount"), "supplies": (s.supply, "supply", "amount"),
        "markets": (s.sales, "market", "amount"),
        "converts": (s.processes[s.processes["side"] == "takes"], "process", "amount"), "stores": (s.stores, "store", "level"),
    }.get(home, (s.flows, "link", "amount"))  # fmt: skip
    return per_step(table[table[key] == row], s.network.T, value)


def _lost_at(
    both: Given,
    values: Sequence[tuple[Uncertain, float]],
    actor: str,
    commodity: str,
    rest: float,
    *,
    imports: bool,
) -> tuple[float, float]:
    try:
        sold, worth = lost_of(solve_both(both.runs, values), actor, commodity, both.part, imports=imports)
    except (ModelError, SolveError):
        # An end that cannot be (a store below its least content, a promise that cannot be kept) has no answer;
        # the table shows the gap.
        return float("nan"), float("nan")
    return sold, worth + rest
