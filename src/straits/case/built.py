"""When the options of a scenario work, and which of them may stand together."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from itertools import combinations
from typing import TYPE_CHECKING

from straits.case.timeaxis import later

if TYPE_CHECKING:
    from straits.case.schema.records import Option
    from straits.case.schema.settings import Scenario


def works(
    scenario: Scenario, option: Option, options: Mapping[str, Option]
) -> tuple[date | None, date | None]:
    """Give the first day on which an option of a scenario works, and the day after the last.

    Parameters
    ----------
    scenario : Scenario
    option : Option
        One of its options.
    options : mapping of str to Option
        Table options of the case: without what it requires, an option does not work.

    Returns
    -------
    tuple of (date or None, date or None)
        None: since before the case; to its end and beyond. Both where the scenario has no decision of it.
    """
    spans = [
        _decided(scenario, options[key])
        for key in (option.id, *required(options, option.id))
        if key in scenario.options
    ]
    first = max((day for day, _ in spans if day is not None), default=None)
    last = min((day for _, day in spans if day is not None), default=None)
    return first, last if first is None or last is None else max(first, last)


def _decided(scenario: Scenario, option: Option) -> tuple[date | None, date | None]:
    """Give the first and last day of an option by its decision alone."""
    for decision in scenario.decisions:
        if decision.option == option.id:
            first = later(decision.day, option.years_to_build or 0.0)
            return first, None if option.life_years is None else later(first, option.life_years)
    return None, None


def required(options: Mapping[str, Option], key: str) -> list[str]:
    """Give all options that an option requires, directly or not, in order; itself among them if it goes round."""
    found: dict[str, None] = {}
    waiting = list(options[key].requires)
    while waiting:
        other = waiting.pop()
        if other in options and other not in found:
            found[other] = None
            waiting += options[other].requires
    return sorted(found)


def apart(options: Mapping[str, Option], one: str, other: str) -> bool:
    """Say whether two options exclude each other, whichever of the two names the other."""
    return other in options[one].excludes or one in options[other].excludes


def impossible(scenario: Scenario, options: Mapping[str, Option]) -> list[str]:
    """Say which options of a scenario cannot be built: without what they require, or beside what they exclude at the time.

    Parameters
    ----------
    scenario : Scenario
        Its options are all in the table.
    options : mapping of str to Option
        Table options of the case.
    """
    chosen = sorted(set(scenario.options))
    found = [
        f"{key!r} requires {other!r}, which is not built; add it, or leave {key!r} out"
        for key in chosen
        for other in required(options, key)
        if other not in chosen
    ]
    for one, other in combinations(chosen, 2):
        if apart(options, one, other):
            spans = [works(scenario, options[key], options) for key in (one, other)]
            # What comes to its end before it works has a span of no day.
            if all(_before(first, last) for first, _ in spans for _, last in spans):
                found.append(
                    f"{one!r} and {other!r} exclude each other, and stand at the same time; leave one of them out"
                )
    return found


def _before(first: date | None, last: date | None) -> bool:
    """Say whether what begins on a day begins before something ends; None: before the case, and never."""
    return first is None or last is None or first < last


def standing(scenario: Scenario, options: Mapping[str, Option], day: date) -> Scenario:
    """Give a scenario as if the options that work on a day had always worked, and no other.

    Parameters
    ----------
    scenario : Scenario
    options : mapping of str to Option
        Table options of the case.
    day : date
    """
    spans = {key: works(scenario, options[key], options) for key in scenario.options}
    there = [
        key
        for key, (first, last) in spans.items()
        if (first is None or first <= day) and (last is None or day < last)
    ]
    return scenario.model_copy(update={"options": tuple(there), "decisions": ()})
