"""How far the main answer moves."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection

import pandas as pd

from straits.report import format as fmt
from straits.report.study.content import Study
from straits.stress import Uncertainty

#: Writes two numbers, the lower first; nothing where they look alike.
Span = Callable[[float, float], str]

#: Over what a range of draws goes, in words.
OVER = "in nine of ten draws of all uncertain numbers"


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
        return f" ([{drawn_span(study)}](#intervals) {OVER})"
    if math.isfinite(answer_range(study)[0]):
        return f" ([{answer_span(study)}](#intervals) across the intervals of unknown costs)"
    return ""


def drawn_span(study: Study) -> str:
    """Return that range of the main answer in words, such as 11.4 to 13.0 Mt."""
    low, high = drawn_range(study)
    unit, factor = fmt.larger_unit(study.commodity_unit, max(abs(low), abs(high)))
    return f"{fmt.number(low * factor)} to {fmt.number(high * factor)} {unit}"


def spread(study: Study, answer: str, span: Span, otherwise: str, sign: float = 1.0) -> str:
    """Tell another answer by the numbers between which the same draws put it, so that a sentence holds no row of numbers.

    Parameters
    ----------
    study : Study
    answer : str
        As `Uncertainty.answers` names it.
    span : callable
        Writes two numbers; see `amounts` and `monies`.
    otherwise : str
        What is told where nothing was drawn, it is one number, or its sign is open.
    sign : {1, -1}
        By which the answer is told: a loss below zero as a gain.
    """
    low, high = sorted(sign * end for end in drawn_range(study, answer))
    return (span(low, high) if math.isfinite(high) and low >= 0 else "") or otherwise


def amounts(study: Study) -> Span:
    """Return what writes two amounts of the good that the report leads with: 14.9 to 37.6 kt."""

    def span(low: float, high: float) -> str:
        unit, factor = fmt.larger_unit(study.commodity_unit, max(abs(low), abs(high)))
        ends = fmt.number(low * factor), fmt.number(high * factor)
        return f"{ends[0]} to {ends[1]} {unit}" if ends[0] != ends[1] else ""

    return span


def in_unit(unit: str) -> Span:
    """Return what writes two numbers in a unit: 231 to 348 USD/t."""

    def span(low: float, high: float) -> str:
        ends = fmt.number(low), fmt.number(high)
        return f"{ends[0]} to {ends[1]} {unit}" if ends[0] != ends[1] else ""

    return span


def monies(study: Study) -> Span:
    """Return what writes two amounts of money, millions."""

    def span(low: float, high: float) -> str:
        ends = fmt.money(low, study.currency), fmt.money(high, study.currency)
        return f"{ends[0]} to {ends[1]}" if ends[0] != ends[1] else ""

    return span


def _in_brackets(low: float, high: float, span: Span, where: str = "intervals", over: str = "") -> str:
    text = span(low, high) if math.isfinite(low) and math.isfinite(high) else ""
    return f" ([{text}](#{where}){over})" if text else ""


#: An amount that differs by more from what the draws begin with is another amount: of other steps, or another run.
_SAME = 0.01


def usual_range(study: Study) -> str:
    """Say in brackets between what numbers the trade of the baseline lies: over draws, else over plans that are as good.

    Empty where neither is known, or it is one number.
    """
    word, whole, span = study.trade.word, study.trade.amount, amounts(study)
    found = study.part(Uncertainty)
    if found is not None and found.parameters["compared_with"] == "baseline" and whole > 0:
        names = [word, f"lost {word}"]
        given = float(found.answers.set_index("answer").loc[names, "given"].sum())
        if abs(given - whole) <= _SAME * whole:
            drawn = _quantiles(found.draws[names].sum(axis=1, skipna=False))
            return _in_brackets(*drawn, span, over=f" {OVER}")
    return open_range(study, study.trade.measure)


def open_range(study: Study, measure: str) -> str:
    """Say in brackets between what amounts a measure of the baseline lies in plans that are as good; empty where it is one."""
    found = study.ranges
    if "measure" not in found:
        return ""
    mine = found[(found["scenario"] == "baseline") & (found["measure"] == measure) & found["open"]]
    if not len(mine):
        return ""
    least, most = (float(mine[end].iloc[0]) for end in ("least", "most"))
    return _in_brackets(least, most, amounts(study), "open", " in plans that are as good")


def together_range(study: Study, states: Collection[str]) -> tuple[float, float]:
    """Return where nine of ten draws put the change of several states' accounts together; not numbers if none were drawn."""
    found = study.part(Uncertainty)
    names = [f"account of {state}" for state in states]
    if found is None or not names or any(name not in found.draws for name in names):
        return math.nan, math.nan
    return _quantiles(found.draws[names].sum(axis=1, skipna=False))


def _quantiles(draws: pd.Series) -> tuple[float, float]:
    known = draws.dropna()
    return (float(known.quantile(0.05)), float(known.quantile(0.95))) if len(known) else (math.nan, math.nan)


def prices_counted(study: Study, state: str) -> bool:
    """Return whether that range counts what prices leave open, which is not known of every plan."""
    found = study.part(Uncertainty)
    mine = None if found is None else found.states[found.states["state"] == state]
    return mine is not None and bool(mine["open_least"].notna().all())


def how_ranged(study: Study, state: str) -> str:
    """Return over what that range goes, in words."""
    return f"{OVER}, and at other prices that are as good" if prices_counted(study, state) else OVER


def account_range(study: Study, state: str) -> tuple[float, float]:
    """Return the range of a state's change in the main scenario, over draws and what prices leave open, million."""
    found = study.part(Uncertainty)
    if found is None or state not in set(found.states["state"]):
        return math.nan, math.nan
    mine = found.states[found.states["state"] == state]
    return float(mine["low"].iloc[0]), float(mine["high"].iloc[0])
