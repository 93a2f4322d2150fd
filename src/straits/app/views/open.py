"""Between what numbers the headline lies: what plans and prices that are as good as the one shown leave open."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from straits.case.ownership import state_of
from straits.engine.prices.ranges import ranges, without_ranges
from straits.results.plain import finite, plain
from straits.stress.tables import measures

if TYPE_CHECKING:
    from straits.stress.comparison import Comparison


def open_view(comparison: Comparison, run: str, commodity: str) -> dict[str, Any]:
    """Give the range of lost exports of a good, and of the change of the state that the case is about.

    Parameters
    ----------
    comparison : Comparison
    run : str
        Id of the scenario, or `baseline`.
    commodity : str

    Returns
    -------
    dict
        `why_not`: why there are no ranges, in words, or an empty text; `exports`: least and most lost, by origin; `state`: id,
        least and most change, million currency. The plan compared with is held as it is shown.
    """
    found: dict[str, Any] = {"why_not": "", "exports": {}, "state": None}
    if run == "baseline":
        return found
    after, before = comparison.solutions[run], comparison.reference(run)
    reason = without_ranges(after)
    if reason is not None:
        return found | {"why_not": reason}
    usual = {
        origin: float(e.amount.sum())
        for (good, origin), e in measures.exported(before).items()
        if good == commodity
    }
    focus = comparison.case.settings.focus
    state = state_of(comparison.case, focus.actor) if focus else None
    names = [f"exports:{commodity}:{origin}" for origin in usual]
    table = ranges(after, names)
    rows = {str(row["measure"]): row for row in table.to_dict("records")}
    for origin, name in zip(usual, names, strict=True):
        row = rows[name]
        found["exports"][origin] = {
            "least": usual[origin] - float(row["most"]), "most": usual[origin] - float(row["least"]), "open": bool(row["open"]),
        }  # fmt: skip
    if state:
        mine = comparison.state_ranges(run, [state]).iloc[0]
        ends = float(mine["least"]), float(mine["most"])
        found["state"] = {
            "id": state, "least": ends[0], "most": ends[1], "open": bool(mine["open"]) or not all(map(math.isfinite, ends)),
        }  # fmt: skip
    told: dict[str, Any] = finite(plain(found))
    return told
