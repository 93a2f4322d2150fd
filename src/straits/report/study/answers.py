"""How far the main answer moves."""

from __future__ import annotations

import math

from straits.report import format as fmt
from straits.report.study.content import Study
from straits.stress import Uncertainty


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


def drawn_range(study: Study, answer: str | None = None) -> tuple[float, float]:
    """Return where nine of ten draws of all uncertain numbers put an answer (default: the main one); not numbers if none
    were drawn."""
    answer = answer or f"lost {study.trade.word}"
    found = study.part(Uncertainty)
    if found is None or answer not in set(found.answers["answer"]):
        return math.nan, math.nan
    mine = found.answers[found.answers["answer"] == answer]
    return float(mine["q05"].iloc[0]), float(mine["q95"].iloc[0])


def ranged(study: Study) -> str:
    """Say in brackets between what numbers the main answer lies: over draws, else over intervals of costs; empty if neither was
    tried."""
    if math.isfinite(drawn_range(study)[0]):
        return f" ([{drawn_span(study)}](#intervals) in nine of ten draws of all uncertain numbers)"
    if math.isfinite(answer_range(study)[0]):
        return f" ([{answer_span(study)}](#intervals) across the intervals of unknown costs)"
    return ""


def drawn_span(study: Study) -> str:
    """Return that range of the main answer in words, such as 11.4 to 13.0 Mt."""
    low, high = drawn_range(study)
    unit, factor = fmt.larger_unit(study.commodity_unit, max(abs(low), abs(high)))
    return f"{fmt.number(low * factor)} to {fmt.number(high * factor)} {unit}"


def prices_counted(study: Study, state: str) -> bool:
    """Return whether that range counts what prices leave open, which is not known of every plan."""
    found = study.part(Uncertainty)
    mine = None if found is None else found.states[found.states["state"] == state]
    return mine is not None and bool(mine["open_least"].notna().all())


def how_ranged(study: Study, state: str) -> str:
    """Return over what that range goes, in words."""
    over = "in nine of ten draws of all uncertain numbers"
    return f"{over}, and at other prices that are as good" if prices_counted(study, state) else over


def account_range(study: Study, state: str) -> tuple[float, float]:
    """Return the range of a state's change in the main scenario, over draws and what prices leave open, million."""
    found = study.part(Uncertainty)
    if found is None or state not in set(found.states["state"]):
        return math.nan, math.nan
    mine = found.states[found.states["state"] == state]
    return float(mine["low"].iloc[0]), float(mine["high"].iloc[0])
