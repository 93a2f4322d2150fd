"""What the model leaves open: numbers of the report that could be others without anything being worse."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from straits.report.study.content import Study
from straits.report.table import Table

if TYPE_CHECKING:
    from straits.stress import Comparison

#: Narrower ranges than this share of their largest end (or of one unit) are in the tables but not in the report's text.
TOLD = 0.01
#: Kinds of number, by the first word of their measure, in the order of the report.
KINDS = {"exports": "exports", "corridor": "route", "state": "account", "flow": "link"}


def open_numbers(comparison: Comparison) -> pd.DataFrame:
    """Find the ranges of exports, routes, links and accounts of states in the runs that a report leads with.

    Parameters
    ----------
    comparison : Comparison

    Returns
    -------
    DataFrame
        Columns scenario and those of `straits.engine.ranges`: for the baseline, and the main scenario if it is known from the
        start.
    """
    from straits.engine import ranges

    runs = {"baseline": comparison.baseline}
    if comparison.solutions:
        main = comparison.main_scenario()
        if comparison.solutions[main].provenance.get("foresight") == "perfect":
            runs[main] = comparison.solutions[main]
    parts = [ranges(solution).assign(scenario=name) for name, solution in runs.items()]
    return pd.concat(parts, ignore_index=True)


def ranges_table(study: Study) -> Table:
    """Give all numbers that are open, widest first within their kind."""
    frame = named_ranges(study)
    if len(frame):
        frame = frame[frame["open"]].drop(columns=["open", "width"])
    return Table(
        "ranges",
        "Numbers that equally good plans or prices leave open",
        frame,
        {},
        "Over the whole period. shown is the number of the run that this report shows; it could be anything from least to most, "
        "and all together would be worth the same. Links and routes range over equally good plans; accounts of states over the "
        "prices that support the plan shown, and what one gains by other prices another loses.",
    )


def named_ranges(study: Study) -> pd.DataFrame:
    """Give the ranges with names, widest first within their kind; `width` as a share of the largest end, or of one unit."""
    found = study.ranges
    if not len(found):
        return found
    kind, _, rest = zip(*(str(m).partition(":") for m in found["measure"]), strict=True)
    ends, largest = found[["least", "most"]], found[["least", "most"]].abs().max(axis=1)
    unlimited = ends.isin([np.inf, -np.inf]).any(axis=1)
    width = ((ends["most"] - ends["least"]) / largest.clip(lower=1.0)).where(~unlimited, np.inf)
    frame = pd.DataFrame(
        {
            "scenario": found["scenario"],
            "title": [study.scenario_title(str(name)) for name in found["scenario"]],
            "kind": [KINDS[k] for k in kind],
            "name": [_name(study, k, r) for k, r in zip(kind, rest, strict=True)],
            "unit": found["unit"],
            "shown": found["amount"],
            "least": found["least"],
            "most": found["most"],
            "open": found["open"],
            "width": width,
        }
    )
    order = {name: i for i, name in enumerate(KINDS.values())}
    by = frame.assign(order=frame["kind"].map(order), run=frame["scenario"] != "baseline")
    by = by.sort_values(["run", "order", "width"], ascending=[True, True, False], kind="stable")
    return frame.loc[by.index].reset_index(drop=True)


def _name(study: Study, kind: str, rest: str) -> str:
    if kind == "flow":
        return study.name("links", rest)
    if kind == "state":
        return study.name("actors", rest)
    head, commodity, origin = ["", *rest.split(":")] if kind == "exports" else rest.rsplit(":", 2)
    cargo = f"{study.name('commodities', commodity)} from {study.name('actors', origin)}"
    return f"{head}: {cargo}" if head else cargo


__all__ = ["TOLD", "named_ranges", "open_numbers", "ranges_table"]
