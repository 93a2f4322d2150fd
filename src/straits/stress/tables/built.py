"""What the options of a scenario bring by the year, beside what they cost by the year, and from when they work."""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from straits.case.built import works
from straits.model.options import yearly_cost
from straits.stress.tables.changes import Pair, dearer_at_the_end, less, value_lost
from straits.wording import as_amount, listed

if TYPE_CHECKING:
    from straits.case.case import Case
    from straits.case.schema.records import Option
    from straits.case.schema.settings import Scenario
    from straits.model import Solution

#: Stands for all options of a scenario, where there are several: what each brings hangs on the others.
TOGETHER = "(together)"
#: Gain up to which an option is said to bring nothing, million.
_LITTLE = 1e-6
#: Share of a gain from which what is on its way at the start, or left at the end, is worth a sentence.
_NOTABLE = 0.01
#: Share of a time from which on it is all of it.
_WHOLE = 0.95
#: Share by which a yearly cost is more than the mean from which both are told.
_UNEVEN = 0.001
#: Fields of a scenario that say nothing of the world, or how it is foreseen.
_WORDS = {"id", "title", "description", "probability", "compare_with", "back_test", "foresight"}


def bare_of(scenario: Scenario) -> Scenario:
    """Give a scenario as it would be if none of its options were built."""
    update = {"id": f"{scenario.id} without options", "options": (), "decisions": ()}
    return scenario.model_copy(update=update)


def world_of(scenario: Scenario) -> dict[str, object]:
    """Give all that a scenario says of the world: two that say the same have the same numbers, if foreseen alike."""
    return scenario.model_dump(exclude=_WORDS)


def built_table(solutions: Mapping[str, Solution], without: Mapping[str, Solution | None]) -> pd.DataFrame:
    """Set what the options of scenarios bring beside what they cost.

    Parameters
    ----------
    solutions : mapping of str to Solution
        By scenario.
    without : mapping of str to Solution or None
        The same without its options, for those that have some; None where that has no answer.

    Returns
    -------
    DataFrame
        One row per scenario and option, and one for all of them together where there are several. Columns scenario, option,
        decided, works_from, works_until (ISO days; empty: since before the case, without an end), years (of 365 days within the
        axis, in which it works), gain, gain_per_year (joint value more than without the options, nan for one of several), cost,
        cost_per_year (annuity of `capital_cost` and `fixed_cost` over `life_years` at the discount rate of the case, and
        `yearly_cost`; nan where it is not known), net, net_per_year, at_start (of the gain, what more is on its way when the axis
        begins because the options were there before: it has cost nothing within the case), at_end (not in the gain: how much
        more what is left at the end is worth to a network that has the options than to one without; each scenario plans by its
        own prices there, so that gains of options one by one need not fit that of all of them). Money in million currency; gain,
        cost, net, at_start and at_end over the axis.
        Gain and cost by the year are means over the years in which any of them works. No account bears the cost.
    """
    rows: list[tuple[object, ...]] = []
    for name, bare in without.items():
        solution = solutions[name]
        case, scenario = solution.case, solution.model.scenario
        assert scenario is not None
        table = case.rows("options")
        options = [table[key] for key in scenario.options]
        spans = [_within(case, *works(scenario, option, table)) for option in options]
        costs = [cost_of(case, option) for option in options]
        gain = np.nan if bare is None else 0.0 - value_lost(Pair(solution, bare))
        ends = (
            (np.nan, np.nan)
            if bare is None
            else (
                less(solution.opening_worth, bare.opening_worth),
                dearer_at_the_end(Pair(solution, bare)),
            )
        )
        decided = {decision.option: decision.day for decision in scenario.decisions}
        alone = len(options) == 1
        for option, span, cost in zip(options, spans, costs, strict=True):
            days = (decided.get(option.id), *works(scenario, option, table))
            told = ("" if day is None else day.isoformat() for day in days)
            ours, theirs = (gain, ends) if alone else (np.nan, (np.nan, np.nan))
            rows.append((name, option.id, *told, *_money(_years(*span), ours, cost), *theirs))
        if not alone:
            years = _any(spans)
            paid = sum(cost * _years(*span) for cost, span in zip(costs, spans, strict=True))
            rows.append(
                (name, TOGETHER, "", "", "", *_money(years, gain, paid / years if years else np.nan), *ends)
            )
    columns = ["scenario", "option", "decided", "works_from", "works_until", "years", "gain", "gain_per_year", "cost",
               "cost_per_year", "net", "net_per_year", "at_start", "at_end"]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def cost_of(case: Case, option: Option) -> float:
    """Give what an option costs in a year at the discount rate of the case, million currency; nan where that is not known."""
    if option.capital_cost is None or option.life_years is None:
        return np.nan
    s = case.settings
    return yearly_cost(option, s.currency, s.discount_rate, s.rates).total


def _within(case: Case, first: dt.date | None, last: dt.date | None) -> tuple[dt.date, dt.date]:
    axis = case.settings.time
    return max(first or axis.start, axis.start), min(last or axis.end, axis.end)


def _years(first: dt.date, last: dt.date) -> float:
    return max((last - first).days, 0) / 365.0


def _any(spans: list[tuple[dt.date, dt.date]]) -> float:
    """Give the years in which any of some spans runs."""
    total, until = 0.0, dt.date.min
    for first, last in sorted(spans):
        total += _years(max(first, until), last)
        until = max(until, last)
    return total


def _money(years: float, gain: float, yearly: float) -> tuple[float, ...]:
    """Give years, gain, gain by the year, cost, cost by the year, net, net by the year."""
    each, cost = gain / years if years else np.nan, yearly * years
    return years, gain, each, cost, yearly, gain - cost, each - yearly


def built_text(solution: Solution, table: pd.DataFrame, called: str) -> str:
    """Say what the options of a scenario bring and cost in a year, and from when they work.

    Parameters
    ----------
    solution : Solution
        Of the scenario.
    table : DataFrame
        Its rows of `built_table`, one or more.
    called : str
        How the scenario is called.
    """
    case, rows = solution.case, table.to_dict("records")
    last, each = rows[-1], [row for row in rows if row["option"] != TOGETHER]
    since: dict[str, list[str]] = {}
    for row in each:
        since.setdefault(_since(case, row), []).append(_name(case, row))
    what = "; ".join(f"{listed(names)} ({when})" for when, names in since.items())
    told = [f"{called} has built {what}."]
    it, s, them = ("It", "s", "it") if len(each) == 1 else ("They", "", "them")
    if not last["years"]:
        return f"{told[0]} Nothing of that works within the case."
    most = _most_at_once(each)
    uneven = most > (1 + _UNEVEN) * last["cost_per_year"]
    mean = ", on average over the time in which any of them works," if uneven else ""
    money, gain, cost = f"million {case.settings.currency}", last["gain_per_year"], last["cost_per_year"]
    if np.isnan(gain):
        told.append(f"Without {them} there is no plan, so that what is gained cannot be said.")
    else:
        does = f"bring{s}" if gain >= -_LITTLE else f"take{s}"
        much = (
            f"{as_amount(abs(gain))} {money} of joint value a year{mean}"
            if abs(gain) > _LITTLE
            else "nothing"
        )
        told.append(f"{it} {does} {much} beside the same without {them}.")
        if abs(last["at_start"]) > max(_NOTABLE * abs(last["gain"]), _LITTLE):
            # Who was there before has more, or less, on its way on the first day, and has not paid for it in the case.
            own = (last["gain"] - last["at_start"]) / last["years"]
            # Of what it brings, or takes, as the sentence before.
            much = as_amount(own if gain >= -_LITTLE else -own)
            told.append(
                f"Without what {'more' if last['at_start'] > 0 else 'less'} is on its way on the first day, which costs nothing "
                f"within the case, that would be {much} {money} a year."
            )
        if abs(last["at_end"]) > max(_NOTABLE * abs(last["gain"]), _LITTLE):
            # What is left is counted at one worth in both plans, though each was made by its own.
            told.append(
                f"What is left at the end is counted at its worth without {them}; at its worth with {them}, that is "
                f"{as_amount(abs(last['at_end']))} {money} {'more' if last['at_end'] > 0 else 'less'}."
            )
    if np.isnan(cost):
        unknown = [_name(case, row) for row in each if np.isnan(row["cost_per_year"])]
        told.append(f"Cost not known: capital_cost or life_years of {', '.join(unknown)} is blank.")
    else:
        net = "" if np.isnan(gain) else f": net {as_amount(last['net_per_year'])} {money}"
        rate = f"{100 * case.settings.discount_rate:.3g}%"
        over = f" on average, {as_amount(most)} when most of it is to be paid" if uneven else ""
        told.append(
            f"{it} cost{s} {as_amount(cost)} {money} a year{over}, with capital paid back over its life at {rate}{net}."
        )
    if _struck(solution) and not np.isnan(gain):
        lasts, years = _lasts(solution), as_amount(last["years"], 2)
        often = as_amount(lasts, 2) if lasts else "none"
        told.append(
            f"The gain is a mean over {years} year{'' if years == '1' else 's'}, in {often} of which this happens."
            if lasts < _WHOLE * last["years"] and (last["years"] > 1 / _WHOLE or not lasts)
            else "The gain is that of a year in which this happens."
        )
    return " ".join(told)


def _most_at_once(rows: list[dict[Hashable, Any]]) -> float:
    """Give the most that options cost by the year at one time; those that never work within the case cost nothing in it."""
    paid = [row for row in rows if row["years"]]
    days = {row["works_from"] for row in paid}
    return max(
        (
            sum(
                row["cost_per_year"]
                for row in paid
                if row["works_from"] <= day and (not row["works_until"] or day < row["works_until"])
            )
            for day in days
        ),
        default=0.0,
    )


def _struck(solution: Solution) -> bool:
    """Say whether a scenario closes or changes anything but what it builds: its gain is then none of every year."""
    scenario = solution.model.scenario
    return scenario is not None and bool(scenario.disruptions or scenario.measures or scenario.changes)


def _lasts(solution: Solution) -> float:
    """Give for how many of the years in which an option works a scenario closes something; what is no closure counts for all."""
    scenario, case = solution.model.scenario, solution.case
    assert scenario is not None
    if scenario.changes or not scenario.disruptions:
        return np.inf
    spans: list[tuple[dt.date | None, dt.date | None]] = [
        (item.start, item.end) for item in scenario.disruptions
    ]
    acts = case.rows("measures")
    spans += [
        (acts[key].effect_start or acts[key].start, acts[key].effect_end or acts[key].end)
        for key in scenario.measures
    ]
    shut = [_within(case, *span) for span in spans]
    table = case.rows("options")
    works_in = [_within(case, *works(scenario, table[key], table)) for key in scenario.options]
    return _any([(max(a, c), min(b, d)) for a, b in shut for c, d in works_in])


def _name(case: Case, row: Mapping[Hashable, Any]) -> str:
    return case.rows("options")[row["option"]].name


def _since(case: Case, row: Mapping[Hashable, Any]) -> str:
    """Say from when an option works, and to when."""
    if not row["works_from"]:
        return "there from the start"
    ends = row["works_until"]
    until = f" to {ends}" if ends and ends < case.settings.time.end.isoformat() else ""
    return f"decided on {row['decided']}, works from {row['works_from']}{until}"
