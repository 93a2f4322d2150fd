"""What states use, lack and pay at home, before and after: the side of those who live by what reaches them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from straits.app.views.series import once, rounded
from straits.case.ownership import state_of
from straits.case.units import customary_unit
from straits.stress.tables.changes import Pair
from straits.stress.tables.imports import by_state_and_good, import_table
from straits.wording import in_sentence

if TYPE_CHECKING:
    from straits.model import Solution


def supply_view(after: Solution, before: Solution) -> list[dict[str, Any]]:
    """Give one line for each state and good that it uses, as `Comparison.imports`, those that lack most first.

    Parameters
    ----------
    after, before : Solution
        The run and what it is compared with; the same for the undisturbed case.

    Returns
    -------
    list of dict
        Columns of `straits.stress.tables.imports.import_table`, names and units, `focus` (the state and good of the case's
        focus), and of what moves, and of the focus, `before` and `after`: what is used, a day, and the price, by step.
    """
    case = after.case
    actors, goods = case.rows("actors"), case.rows("commodities")
    focus = case.settings.focus
    mine = (state_of(case, focus.actor), focus.commodity) if focus else None
    now = by_state_and_good(after)
    shown = _series(after, now)
    usual = (
        shown
        if after is before
        else once(before, "supply", lambda: _series(before, by_state_and_good(before)))
    )
    found = []
    none: dict[str, list[float | None]] = {}
    for row in import_table({"run": Pair(after, before)}).to_dict("records"):
        state, good = row["state"], row["commodity"]
        unit = goods[good].unit
        own = (state, good) == mine
        moved = own or row["lost"] != 0 or row["unmet_more"] != 0 or abs(row["price_rise"]) > 1e-6
        found.append(
            {
                **{str(k): v for k, v in row.items() if k not in ("scenario", "compared_with")},
                "state_name": actors[state].name if state in actors else state,
                **good_names(goods[good].name),
                "price_unit": f"{case.settings.currency}/{customary_unit(unit)}",
                "recovers": bool(np.isfinite(row["days_to_recovery"]) or np.isnan(row["days_to_recovery"])),
                "focus": own,
                "before": usual.get((state, good), none) if moved else none,
                "after": shown.get((state, good), none) if moved else none,
            }
        )
    return sorted(
        found, key=lambda r: (not r["focus"], -(r["lost"] + r["unmet_more"]), -abs(r["price_rise"] or 0.0))
    )


def good_names(name: str) -> dict[str, str]:
    """Return the name of a good by itself and as it stands in a sentence."""
    return {"commodity_name": name, "commodity_said": in_sentence(name)}


def _series(
    solution: Solution, table: dict[tuple[str, str], dict[str, np.ndarray]]
) -> dict[tuple[str, str], dict[str, list[float | None]]]:
    """Give use, stock and price of each state and good by step, as a screen shows them."""
    days = solution.network.steps.days
    found = {}
    for key, columns in table.items():
        price = columns["price"]
        told = rounded(np.where(np.isfinite(price), price, 0.0))
        found[key] = {
            "used": rounded(columns["used"] / days),
            "price": [v if known else None for v, known in zip(told, np.isfinite(price), strict=True)],
        }
    return found
