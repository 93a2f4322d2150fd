"""Checks of the time axis, of periods, and of profiles: stretches that cover the time of the case, in units that suit."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from straits.case.checks.registry import Problem, check
from straits.case.effects import acting
from straits.case.schema.tables import columns
from straits.case.timeaxis import FEWEST, Steps, by_day, end_of, growth_by_day, so_short, too_short
from straits.case.units.quantities import canonical
from straits.errors import UnitError

if TYPE_CHECKING:
    from straits.case.data import CaseData
    from straits.case.schema.network import Market
    from straits.case.schema.profiles import Profile
    from straits.case.schema.settings import Refine, Scenario

#: Names of first and last day in each table that has a period, and whether the last is the day after (so must be later).
PERIODS: dict[str, tuple[str, str, bool]] = {
    "controls": ("start", "end", True),
    "contracts": ("start", "end", True),
    "profiles": ("start", "end", True),
    "stores": ("release_start", "release_end", True),
    "converts": ("start", "end", True),
    "fiscal": ("start", "end", True),
    "rights": ("start", "end", True),
    "measures": ("start", "end", False),
    "observations": ("start", "end", True),
    "events": ("start", "end", False),
    "people": ("start", "end", False),
}


def reversed_period(first: date | None, last: date | None, day_after: bool) -> bool:
    """Whether a period ends before it begins, or holds no day although its end is the day after the last."""
    return first is not None and last is not None and (last <= first if day_after else last < first)


#: Steps of a time axis at most: two and a half centuries of days.
_MOST_STEPS = 100_000


@check("axis_length", "error")
def axis_length(case: CaseData) -> Iterator[Problem]:
    """A time axis of more steps than can be solved, most likely a slip in a year."""
    axis = case.settings.time
    steps = (axis.end - axis.start).days / {"day": 1, "week": 7, "month": 30, "year": 365}[axis.step]
    steps += sum(
        (min(p.end, axis.end) - max(p.start, axis.start)).days for p in axis.refine if p.step == "day"
    )
    if steps > _MOST_STEPS:
        message = f"{axis.start} to {axis.end} has {steps:,.0f} steps of a {axis.step}; accepted: at most {_MOST_STEPS:,}"
        yield Problem(message, "case.yaml", None, "time.end")


@check("period", "error")
def period(case: CaseData) -> Iterator[Problem]:
    """A period that ends before it begins: of the time axis, a row, a physical effect or a disruption."""
    axis = case.settings.time
    if axis.end <= axis.start:
        yield Problem(f"end {axis.end} is not after start {axis.start}", "case.yaml", None, "time.end")
    for where, part in refinements(case):
        if part.end <= part.start:
            yield Problem(f"refine: to {part.end} is not after from {part.start}", where, None, "refine")
    for table, (first, last, day_after) in PERIODS.items():
        for key, row in case.fresh(table).items():
            start, end = getattr(row, first), getattr(row, last)
            if reversed_period(start, end, day_after):
                yield Problem(f"{last} {end} is not after {first} {start}", table, key, last)
    for key, row in case.fresh("measures").items():
        start, end = row.effect_start or row.start, row.effect_end or row.end
        if (row.effect_start or row.effect_end) and reversed_period(start, end, True):
            yield Problem(
                f"the physical effect ends on {end}, not after its start {start}",
                "measures",
                key,
                "effect_end",
            )
    for scenario in case.scenarios.values():
        yield from periods_of(scenario)


def periods_of(scenario: Scenario) -> Iterator[Problem]:
    """Give the disruptions of a scenario that end before they begin."""
    for item in scenario.disruptions:
        if reversed_period(item.start, item.end, True):
            message = f"disruption of {item.asset!r}: end {item.end} is not after start {item.start}"
            yield Problem(message, f"scenarios/{scenario.id}", None, "end")


@check("people_terms", "error")
def people_terms(case: CaseData) -> Iterator[Problem]:
    """Two terms of one person in one office of one state that overlap."""
    terms: dict[tuple[str, str, str], list[tuple[date, date, str]]] = {}
    for key, row in case.rows("people").items():
        span = (row.start or date.min, row.end or date.max, key)
        terms.setdefault((row.name.casefold(), row.office.casefold(), row.state), []).append(span)
    for spans in terms.values():
        ordered = sorted(spans)
        for (_, last, one), (first, _, two) in pairwise(ordered):
            if first <= last:
                until = f"until {last}" if last < date.max else "without an end"
                yield Problem(f"overlaps with {one!r}, which runs {until}", "people", two, "start")


def refinements(case: CaseData) -> Iterator[tuple[str, Refine]]:
    """Yield the refinements of the axis, and where each is written: in the settings or in a scenario."""
    yield from (("case.yaml", part) for part in case.settings.time.refine)
    for scenario in case.scenarios.values():
        yield from ((f"scenarios/{scenario.id}", part) for part in scenario.refine)


@check("refine_nothing", "warning")
def refine_nothing(case: CaseData) -> Iterator[Problem]:
    """A refinement that cuts no step: it lies outside the axis, or its steps are no shorter."""
    axis = case.settings.time.model_copy(update={"refine": ()})
    for where, part in refinements(case):
        finer = axis.model_copy(update={"refine": (part,)})
        if len(Steps(finer)) == len(Steps(axis)):
            message = f"refining {part.start} to {part.end} by {part.step}s cuts no step of a {axis.step}"
            yield Problem(message, where, None, "refine")


@check("short_for_steps", "warning")
def short_for_steps(case: CaseData) -> Iterator[Problem]:
    """A disruption, physical effect or hazard shorter than three of its steps, so that its steps blur what it costs."""
    told: dict[Problem, None] = {}
    for scenario in (None, *case.scenarios.values()):
        axis = case.with_steps(scenario.refine if scenario else ()).settings.time
        for effect in acting(case, scenario):
            if effect.factor < 1 and (filled := too_short(axis, effect.start, effect.end)):
                table, key = effect.where
                always = table == "measures" and case.rows("measures")[key or ""].baseline
                done = _AS_IT_IS if always else _REFINE
                message = f"{so_short(effect.start, effect.end, filled)}; {done}"
                told[Problem(message, *effect.where, "start")] = None
    axis = case.settings.time
    longest = Steps(axis).days.max() if axis.end > axis.start else 1.0
    for key, hazard in case.rows("hazards").items():
        if longest > 1 and hazard.duration_days < FEWEST * longest:
            message = f"an event lasts {hazard.duration_days:g} days on average, less than {FEWEST} steps of a {axis.step}"
            told[Problem(f"{message}; {_AS_IT_IS}", "hazards", key, "duration_days")] = None
    yield from told


#: What can be done about steps that are too long.
_REFINE = "runs cut them into shorter ones unless told not to; `refine` in the scenario or under `time` in case.yaml says so"
#: The same of what every run holds, or draws: no window of its own is cut for it.
_AS_IT_IS = "runs take it in the steps of the case, which blur what it costs; `refine` under `time` in case.yaml cuts them"


#: Days of a year at most.
_YEAR = 366


def _length_problem(row: Profile) -> tuple[str, str] | None:
    """Say which column makes the length of a stretch unknown, and why."""
    if (row.end is None) == (row.step is None):
        found = "neither is given" if row.end is None else "both are given"
        return "end", f"give `end` or `step`, and not both: {found}"
    if row.every is None:
        return (
            ("growth", "growth is from year to year: give every = year, or leave it out")
            if row.growth
            else None
        )
    for name, day in (("start", row.start), ("end", row.end)):
        if day is not None and (day.month, day.day) == (2, 29):
            return name, f"found {day}, a day that not every year has; accepted: 2 of 28 February or 1 March"
    if (end_of(row) - row.start).days > _YEAR:
        return (
            "end",
            f"the stretch is longer than a year ({row.start} to {end_of(row)}), so it cannot repeat every year",
        )
    return None


@check("profile_length", "error")
def profile_length(case: CaseData) -> Iterator[Problem]:
    """A stretch of a profile with both an end and a step, or neither, or that cannot repeat every year."""
    for key, row in case.fresh("profiles").items():
        problem = _length_problem(row)
        if problem:
            yield Problem(problem[1], "profiles", key, problem[0])


def _sound(case: CaseData) -> Iterator[tuple[str, list[Profile]]]:
    """Yield the profiles whose stretches all have a length."""
    for name, rows in case.profiles.items():
        if not any(_length_problem(row) or end_of(row) <= row.start for row in rows):
            yield name, list(rows)


@check("profile_gap", "error", whole=True)
def profile_gap(case: CaseData) -> Iterator[Problem]:
    """A profile that some cell follows and that says nothing, or two things, on some day of the case."""
    axis = case.settings.time
    if axis.end <= axis.start or (axis.end - axis.start).days > 200_000:
        return  # another check says so
    for name, rows in _sound(case):
        if name not in case.profile_uses:
            continue
        holds, count = by_day(rows, axis.start, axis.end)
        for wrong, what in ((count == 0, "says nothing"), (count > 1, "says several things")):
            if wrong.any():
                first = int(np.argmax(wrong))
                length = int(np.argmin(np.append(wrong[first:], False)))
                days = [axis.start + timedelta(days=d) for d in (first, first + length - 1)]
                told = f"profile {name!r} {what} from {days[0]} to {days[1]}; accepted: one row for each day of the case"
                where = rows[int(holds[first])] if holds[first] >= 0 else rows[0]
                yield Problem(told, "profiles", where.id, "start")


@check("profile_unit", "error", whole=True, refers=True)
def profile_unit(case: CaseData) -> Iterator[Problem]:
    """A profile with a unit in some rows and none in others, or in a unit that does not suit a cell that follows it."""
    for name, rows in case.profiles.items():
        bare = [row for row in rows if row.value_unit is None]
        if bare and len(bare) < len(rows):
            other = next(row for row in rows if row.value_unit is not None)
            told = f"it is blank, and row {other.id!r} of profile {name!r} has {other.value_unit!r}; give all a unit, or none"
            yield Problem(told, "profiles", bare[0].id, "value_unit")
            continue
        for row in {row.value_unit: row for row in rows}.values() if not bare else ():
            for table, key, column in case.profile_uses.get(name, ()):
                try:
                    canonical(case, table, case.rows(table)[key], column, 1.0, row.value_unit)
                except UnitError as error:
                    yield Problem(
                        f"{table}, row {key}, column {column}: {error}", "profiles", row.id, "value_unit"
                    )


@check("profile_cell", "error", whole=True, refers=True)
def profile_cell(case: CaseData) -> Iterator[Problem]:
    """A cell that leaves its profile nothing to multiply, or a price over time beyond `floor_price` or `choke_price`."""
    for name, uses in case.profile_uses.items():
        rows = case.profiles.get(name, ())
        factors = any(row.value_unit is None for row in rows)
        for table, key, column in uses:
            row = case.rows(table)[key]
            value = getattr(row, column)
            if factors and math.isinf(value):
                told = f"{column} is unlimited, and profile {name!r} holds factors; give a number, or a profile with a unit"
                yield Problem(told, table, key, column)
            elif table == "markets" and value == 0 and rows and _has_curve(row):
                told = f"{column} is 0, and profile {name!r} moves all steps in proportion to it; give a number above 0"
                yield Problem(told, table, key, column)
            elif (
                table == "markets" and column == "price" and row.demand_kind == "elastic" and row.choke_price
            ):
                yield from _above_choke(case, row, rows)


def _has_curve(row: object) -> bool:
    return getattr(row, "demand_kind", "") in ("linear", "elastic") or bool(getattr(row, "steps", ()))


def _above_choke(case: CaseData, market: Market, rows: Sequence[Profile]) -> Iterator[Problem]:
    """Find prices over time that lie above the price at which the buyer goes without, or below the lowest."""

    def size(column: str, value: float, unit: str | None) -> float:
        return canonical(case, "markets", market, column, value, unit)[0]

    assert market.choke_price is not None
    try:
        choke = size("choke_price", market.choke_price, market.choke_price_unit)
        floor = (
            size("floor_price", market.floor_price, market.floor_price_unit) if market.floor_price else 0.0
        )
        axis = case.settings.time
        grown_rows = [(row, times) for row in rows for times in _grown(row, axis.start, axis.end)]
        for row, grown in grown_rows:
            unit = row.value_unit or market.price_unit
            value = row.value * grown if row.value_unit else row.value * grown * market.price
            price = size("price", value, unit)
            if price <= 0 or not floor * (1 - 1e-9) <= price <= choke * (1 + 1e-9):
                told = (
                    f"found {row.value:g}, by which the price of market {market.id!r} is {value:g} {unit}; accepted: above 0, "
                    "from its floor_price to its choke_price"
                )
                yield Problem(told, "profiles", row.id, "value")
                return
    except (UnitError, IndexError):
        return  # named by the checks of units


def _grown(row: Profile, start: date, end: date) -> set[float]:
    """Give the least and the most that a row grows to within the axis, as multiples of its value."""
    found = growth_by_day(row, start, end)
    return {float(found.min()), float(found.max())} if len(found) else {1.0}


@check("profile_idle", "warning", whole=True)
def profile_idle(case: CaseData) -> Iterator[Problem]:
    """A profile that no cell follows, or one with a unit over a cell that has an interval, which no run then reads."""
    for name, rows in case.profiles.items():
        if name not in case.profile_uses:
            yield Problem(
                f"no cell follows profile {name!r}: it changes nothing", "profiles", rows[0].id, "profile"
            )
            continue
        if rows[0].value_unit is None:
            continue
        for table, key, column in case.profile_uses[name]:
            row, known = case.rows(table)[key], columns(table)
            ends = [
                end
                for end in (f"{column}_low", f"{column}_high")
                if end in known and getattr(row, end) is not None
            ]
            if ends:
                told = f"profile {name!r} gives the number itself, so that no run reads {column}, nor its interval; give factors"
                yield Problem(told, table, key, ends[0])
