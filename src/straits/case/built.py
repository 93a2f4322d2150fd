"""When the options of a scenario work."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

from straits.case.timeaxis import later

if TYPE_CHECKING:
    from straits.case.schema.records import Option
    from straits.case.schema.settings import Scenario


def works(scenario: Scenario, option: Option) -> tuple[date | None, date | None]:
    """Give the first day on which an option of a scenario works, and the day after the last.

    Parameters
    ----------
    scenario : Scenario
    option : Option
        One of its options.

    Returns
    -------
    tuple of (date or None, date or None)
        None: since before the case; to its end and beyond. Both where the scenario has no decision of it.
    """
    for decision in scenario.decisions:
        if decision.option == option.id:
            first = later(decision.day, option.years_to_build or 0.0)
            return first, None if option.life_years is None else later(first, option.life_years)
    return None, None


def standing(scenario: Scenario, options: Mapping[str, Option], day: date) -> Scenario:
    """Give a scenario as if the options that work on a day had always worked, and no other.

    Parameters
    ----------
    scenario : Scenario
    options : mapping of str to Option
        Table options of the case.
    day : date
    """
    spans = {key: works(scenario, options[key]) for key in scenario.options}
    there = [
        key
        for key, (first, last) in spans.items()
        if (first is None or first <= day) and (last is None or day < last)
    ]
    return scenario.model_copy(update={"options": tuple(there), "decisions": ()})
