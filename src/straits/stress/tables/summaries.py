"""One line per scenario and cargo: what is exported and lost, what is sold and owed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from straits.stress.tables import measures
from straits.stress.tables.changes import Pair, difference, value_lost
from straits.stress.times import times

if TYPE_CHECKING:
    from straits.model import Solution

_SUMMARY = [
    "scenario", "compared_with", "commodity", "origin", "unit", "exports", "lost_exports", "lost_share", "revenue_lost",
    "days_to_loss", "days_to_recovery", "forced", "value_lost",
]  # fmt: skip
_DELIVERIES = [
    "scenario", "compared_with", "commodity", "unit", "sold", "sold_less", "unmet", "unmet_more", "value_lost",
]  # fmt: skip


def summary_table(pairs: Mapping[str, Pair]) -> pd.DataFrame:
    """Give one line per scenario and cargo that is exported; see `Comparison.summary`."""
    rows = [row for name, pair in pairs.items() for row in _exported(name, pair)]
    return pd.DataFrame(rows, columns=_SUMMARY)


def _exported(name: str, pair: Pair) -> list[tuple[object, ...]]:
    solution, reference = pair
    after, before = measures.exported(solution), measures.exported(reference)
    commodities = solution.case.rows("commodities")
    shut_in = _shut_in(solution)
    nothing = measures.Exported(np.zeros(solution.network.T), 0.0)
    lost_value = value_lost(pair)
    rows: list[tuple[object, ...]] = []
    for cargo in sorted(before.keys() | after.keys()):
        a, b = after.get(cargo, nothing), before.get(cargo, nothing)
        usual, now = float(b.amount.sum()), float(a.amount.sum())
        lost = difference(usual, now)
        survive, recover = times(solution, reference, b.amount, a.amount)
        rows.append(
            (name, reference.scenario_id, *cargo, commodities[cargo[0]].unit, now, lost,
             lost / usual if usual > 0 else np.nan, difference(b.revenue, a.revenue), survive, recover,
             shut_in.get(cargo, 0.0), lost_value)
        )  # fmt: skip
    return rows


def _shut_in(solution: Solution) -> dict[tuple[str, str], float]:
    """Give the output that is lost by emergency, by commodity and origin."""
    n, f = solution.network, solution.formulation
    found: dict[tuple[str, str], float] = {}
    for supply, lost in zip(
        np.arange(len(n.supplies.ids))[f.can_force], solution.block(f.forced), strict=True
    ):
        cargo = n.cargoes[n.supplies.cargo[supply]]
        key = cargo.commodity, cargo.origin
        found[key] = found.get(key, 0.0) + float(lost.sum())
    return found


def deliveries_table(pairs: Mapping[str, Pair]) -> pd.DataFrame:
    """Give one line per scenario and commodity that is sold or owed; see `Comparison.deliveries`."""
    totals = {id(s): measures.sold_and_missed(s) for pair in pairs.values() for s in pair}
    asked = {c for sold, unmet in totals.values() for c in (*sold, *unmet)}
    rows = []
    for name, pair in pairs.items():
        (solution, reference), lost = pair, value_lost(pair)
        commodities = solution.case.rows("commodities")
        for commodity in sorted(asked or commodities):
            sold, unmet = (t.get(commodity, 0.0) for t in totals[id(solution)])
            usual, due = (t.get(commodity, 0.0) for t in totals[id(reference)])
            rows.append(
                (name, reference.scenario_id, commodity, commodities[commodity].unit, sold, difference(usual, sold), unmet,
                 -difference(due, unmet), lost)
            )  # fmt: skip
    return pd.DataFrame(rows, columns=_DELIVERIES)
