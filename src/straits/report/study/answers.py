"""How far the main answer moves."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from straits.report import format as fmt
from straits.report.study.content import Study

if TYPE_CHECKING:
    pass


def answer_range(study: Study) -> tuple[float, float]:
    """Return the lowest and highest main answer over intervals of costs, tariffs and prices; not numbers if none were tried.

    Over single intervals and over all of them at their ends together.
    """
    values: list[float] = []
    if len(study.intervals):
        values += [float(value) for value in study.intervals["lost"]]
    single = study.single_intervals
    if len(single):
        single = single[single["column"].isin(["cost", "tariff", "price"])]
        values += [float(value) for value in single[["lost_low", "lost_high"]].to_numpy(float).ravel()]
    values = [value for value in values if math.isfinite(value)]
    return (min(values), max(values)) if values else (math.nan, math.nan)


def answer_span(study: Study) -> str:
    """Return the range of the main answer in words."""
    low, high = answer_range(study)
    unit, factor = fmt.larger_unit(study.commodity_unit, max(abs(low), abs(high)))
    ends = fmt.number(low * factor), fmt.number(high * factor)
    return f"{ends[0]} {unit} throughout" if ends[0] == ends[1] else f"between {ends[0]} and {ends[1]} {unit}"
