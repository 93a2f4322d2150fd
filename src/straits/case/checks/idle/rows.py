"""The check of what restricts nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from straits.case.checks.idle.effects import Use, idle_in, idle_rows
from straits.case.checks.registry import Problem, check

if TYPE_CHECKING:
    from straits.case.data import CaseData


@check("changes_nothing", "warning", whole=True)
def changes_nothing(case: CaseData) -> Iterator[Problem]:
    """A disruption, measure, hazard, option, contract, control, fleet, list of origins or change that changes nothing."""
    use = Use(case)
    found = [*idle_rows(use), *idle_in(use)]
    for scenario in case.scenarios.values():
        found += idle_in(use, scenario)
    for problem in dict.fromkeys(found):
        # Of what lies outside the axis `outside_axis` speaks, which knows its table.
        if problem.column != "start" or problem.table == "controls":
            yield problem
