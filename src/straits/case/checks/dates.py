"""Checks of the time axis and of periods."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING

from straits.case.checks.registry import Problem, check
from straits.case.effects import acting
from straits.case.timeaxis import FEWEST, Steps, so_short, too_short

if TYPE_CHECKING:
    from straits.case.data import CaseData
    from straits.case.schema.settings import Refine

#: Names of first and last day in each table that has a period, and whether the last is the day after (so must be later).
PERIODS: dict[str, tuple[str, str, bool]] = {
    "controls": ("start", "end", True),
    "contracts": ("start", "end", True),
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
    steps = (axis.end - axis.start).days / {"day": 1, "week": 7, "month": 30}[axis.step]
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
                told[
                    Problem(
                        f"{so_short(effect.start, effect.end, filled)}; {_REFINE}", *effect.where, "start"
                    )
                ] = None
    axis = case.settings.time
    longest = Steps(axis).days.max() if axis.end > axis.start else 1.0
    for key, hazard in case.rows("hazards").items():
        if longest > 1 and hazard.duration_days < FEWEST * longest:
            message = f"an event lasts {hazard.duration_days:g} days on average, less than {FEWEST} steps of a {axis.step}"
            told[Problem(f"{message}; {_REFINE}", "hazards", key, "duration_days")] = None
    yield from told


#: What can be done about steps that are too long.
_REFINE = "runs cut them into shorter ones unless told not to; `refine` in the scenario or under `time` in case.yaml says so"
