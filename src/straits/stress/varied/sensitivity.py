"""Which numbers move the answer: each uncertain one is set to its ends, and both runs are solved again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from straits.errors import ModelError, SolveError
from straits.model import Solution
from straits.stress.losses import lost_of, swing
from straits.stress.tables.imports import direction_of
from straits.stress.tables.measures import per_step
from straits.stress.varied.effort import NUMBERS
from straits.stress.varied.numbers import PRICES, SPREAD, Uncertain, uncertain_numbers
from straits.stress.varied.ranking import ranking
from straits.stress.varied.runs import Given, runs_of, solve_both
from straits.wording import as_amount

if TYPE_CHECKING:
    from straits.case.case import Case
    from straits.case.schema.settings import Scenario

COLUMNS = [
    "table", "row", "column", "name", "value", "unit", "low", "high", "basis", "confidence",
    "lost", "lost_low", "lost_high", "swing", "lost_unit", "value_lost", "value_lost_low", "value_lost_high", "value_swing",
    "first_order", "solved",
]  # fmt: skip


def sensitivity(
    case: Case,
    scenario: Scenario | str,
    *,
    limit: int | Literal["all"] | None = None,
    spread: float = SPREAD,
    progress: Callable[[str], None] | None = None,
) -> pd.DataFrame:
    """Set uncertain numbers to their ends, one at a time, and see how far the lost exports of a scenario move.

    Parameters
    ----------
    case : Case
        With a focus: the answer is the exports of its actor and commodity that are lost.
    scenario : Scenario or str
    limit : int or "all", optional
        Numbers that are solved at their ends: those that can move the value lost most, as `straits.stress.varied.ranking` ranks
        them. Default: as `effort.NUMBERS` says, which depends on the size of the case and on nothing else.
    spread : float
        As `uncertain_numbers`.
    progress : callable, optional
        Called with the name of each number tried.

    Returns
    -------
    DataFrame
        Columns as `COLUMNS`, one line for each uncertain number that can change a plan (`can_act`): those that were `solved`,
        the largest swing first, then the others, the largest `first_order` first. Answers at the ends of the others are nan:
        they were not worked out. `lost` are exports lost, or what the state of a focus on imports uses less (unit of the
        commodity), `value_lost` is the joint value lost (million currency), each with the number as given, low and high; a
        swing is the largest less the smallest of the three. Where equally good plans leave the loss open at an end, it is the
        one nearest to the loss as given: what an optimum leaves open is no swing. `first_order` is how far the value lost moves
        over the range if plans and prices stay as they are (million currency; nan where it is not known), see
        `straits.stress.varied.ranking`.

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
    items = can_act(uncertain_numbers(case, focus.commodity, spread=spread), both.whole)
    ranked = ranking(items, both.runs, both.part)
    if limit is None:
        limit = NUMBERS.variants(len(both.runs[0].kept.cost), 2 * sum(run.solves for run in both.runs))
    chosen = set(ranked.order[: len(items) if limit == "all" else limit].tolist())
    rows = []
    for i, item in enumerate(items):
        ends, solved = [(np.nan, np.nan)] * 2, i in chosen
        if solved:
            if progress:
                progress(f"{item.table} {item.row} {item.column}")
            ends = [
                _lost_at(both, [(item, end)], focus.actor, focus.commodity, rest, imports=imports)
                for end in (item.low, item.high)
            ]
        lost, value = zip(given, *ends, strict=True)
        swings = (swing(lost), swing(value)) if solved else (np.nan, np.nan)
        rows.append(
            (item.table, item.row, item.column, item.name, item.value, item.unit, item.low, item.high, item.basis,
             item.confidence, *lost, swings[0], unit, *value, swings[1], ranked.moved[i], solved)
        )  # fmt: skip
    table = pd.DataFrame(rows, columns=COLUMNS)
    by = ["solved", "swing", "value_swing", "first_order"]
    return table.sort_values(by, ascending=False, kind="stable", ignore_index=True)


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
        Columns setting (as given, all low, all high, costs low and prices high, costs high and prices low; those that would be
        another's are not there), lost (unit of the commodity), value_lost (million currency), unit.
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
    prices = sum(item.column == "price" for item in items)
    if not 0 < prices < len(items):  # costs alone, or prices alone, have no ends apart
        settings = {name: ends for name, ends in settings.items() if ends is None or ends[0] == ends[1]}
    if not items:
        settings = {"as given": None}
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


def chosen_of(table: pd.DataFrame, currency: str) -> str:
    """Say how many numbers of a sensitivity table were solved, how they were chosen, and what the others could do.

    Parameters
    ----------
    table : DataFrame
        As `sensitivity` gives it.
    currency : str
    """
    solved, others = int(table["solved"].sum()), table[~table["solved"].astype(bool)]
    if not len(others):
        return f"All {solved} uncertain numbers that can change a plan were solved at both ends."
    told = (
        f"{solved} of {len(table)} uncertain numbers that can change a plan were solved at both ends: those that can move the "
        "value lost most, by the plans and prices with the numbers as given. The others were not solved"
    )
    known = others[others["first_order"].notna()]
    if not len(known):
        return f"{told}."
    top = known.sort_values("first_order", ascending=False, kind="stable").iloc[0]
    return (
        f"{told}; to the first order none of them moves the value lost by more than {as_amount(top['first_order'])} million "
        f"{currency} ({top['name']}, {str(top['column']).replace('_', ' ')})."
    )


def can_act(items: Sequence[Uncertain], solved: Sequence[Solution]) -> list[Uncertain]:
    """Leave out amounts that limit nothing in any of the runs, at neither end of their interval: they change no plan."""
    return [i for i in items if i.column in PRICES or any(_may_bind(i, s) for s in solved)]


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
    """Amount per step (T,) that passes what an amount limits."""
    table, key, value = {
        "links": (s.flows, "link", "amount"), "supplies": (s.supply, "supply", "amount"),
        "markets": (s.sales, "market", "amount"), "stores": (s.stores, "store", "level"),
        "converts": (s.processes[s.processes["side"] == "takes"], "process", "amount"),
    }[item.table]  # fmt: skip
    return per_step(table[table[key] == item.row], s.network.T, value)


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
