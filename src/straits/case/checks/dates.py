"""Checks of the time axis and of periods."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from straits.case.checks.registry import Problem, check

if TYPE_CHECKING:
    from straits.case.data import CaseData

#: Names of first and last day in each table that has a period, and whether the last is the day after (so must be later).
PERIODS: dict[str, tuple[str, str, bool]] = {
    "controls": ("start", "end", True),
    "contracts": ("start", "end", True),
    "fiscal": ("start", "end", True),
    "rights": ("start", "end", True),
    "measures": ("start", "end", False),
    "observations": ("start", "end", True),
    "events": ("start", "end", False),
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
    if steps > _MOST_STEPS:
        message = f"{axis.start} to {axis.end} has {steps:,.0f} steps of a {axis.step}; accepted: at most {_MOST_STEPS:,}"
        yield Problem(message, "case.yaml", None, "time.end")


@check("period", "error")
def period(case: CaseData) -> Iterator[Problem]:
    """A period that ends before it begins: of the time axis, a row, a physical effect or a disruption."""
    axis = case.settings.time
    if axis.end <= axis.start:
        yield Problem(f"end {axis.end} is not after start {axis.start}", "case.yaml", None, "time.end")
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
