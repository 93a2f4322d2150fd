"""One line per scenario and cargo: what is exported and lost, what is sold and owed."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from straits.stress.tables import measures
from straits.stress.tables.changes import Pair, difference
from straits.stress.times import times

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
    after, before = measures.exports(solution), measures.exports(reference)
    commodities = solution.case.rows("commodities")
    cargo = ["commodity", "origin"]
    keys = pd.concat([before, after])[cargo].drop_duplicates().sort_values(cargo)
    of_cargo = [dict(list(t.groupby(cargo, sort=False))) for t in (after, before)]
    shut_in = solution.supply.groupby(cargo, sort=False)["forced"].sum().to_dict()
    count = solution.network.T
    rows: list[tuple[object, ...]] = []
    for commodity, origin in keys.itertuples(index=False):
        a, b = (found.get((commodity, origin), after.iloc[:0]) for found in of_cargo)
        usual, now = float(b["amount"].sum()), float(a["amount"].sum())
        lost = difference(usual, now)
        survive, recover = times(
            solution, reference, measures.per_step(b, count), measures.per_step(a, count)
        )
        rows.append(
            (name, reference.scenario_id, commodity, origin, commodities[commodity].unit, now, lost,
             lost / usual if usual else np.nan, difference(b["revenue"].sum(), a["revenue"].sum()), survive, recover,
             shut_in.get((commodity, origin), 0.0), difference(reference.objective, solution.objective))
        )  # fmt: skip
    return rows


def deliveries_table(pairs: Mapping[str, Pair]) -> pd.DataFrame:
    """Give one line per scenario and commodity that is sold or owed; see `Comparison.deliveries`."""
    totals = {
        id(s): tuple(t.groupby("commodity")["amount"].sum() for t in (s.sales, s.unmet))
        for pair in pairs.values()
        for s in pair
    }
    asked = {c for sold, unmet in totals.values() for c in (*sold.index, *unmet.index)}
    rows = []
    for name, (solution, reference) in pairs.items():
        lost = difference(reference.objective, solution.objective)
        commodities = solution.case.rows("commodities")
        for commodity in sorted(asked or commodities):
            sold, unmet = (float(t.get(commodity, 0.0)) for t in totals[id(solution)])
            usual, due = (float(t.get(commodity, 0.0)) for t in totals[id(reference)])
            rows.append(
                (name, reference.scenario_id, commodity, commodities[commodity].unit, sold, difference(usual, sold), unmet,
                 -difference(due, unmet), lost)
            )  # fmt: skip
    return pd.DataFrame(rows, columns=_DELIVERIES)
