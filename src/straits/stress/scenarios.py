"""Solve scenarios, each from the optimum of what it is compared with."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from straits.engine import solve
from straits.errors import SolveError
from straits.model import find_scenario
from straits.stress.comparison import Comparison

if TYPE_CHECKING:
    from straits.case.case import Case
    from straits.case.schema.settings import Scenario


def stress(
    case: Case,
    scenarios: Sequence[str | Scenario] | None = None,
    *,
    foresight: str | None = None,
    tariffs: str | None = None,
    progress: Callable[[str], None] | None = None,
) -> Comparison:
    """Solve scenarios and compare them with the baseline.

    Parameters
    ----------
    case : Case
    scenarios : sequence of str or Scenario, optional
        Default: all of the case's.
    foresight : str, optional
        For all scenarios; default: that of each scenario. The baseline is solved with perfect foresight.
    tariffs : {"paid", "internal"}, optional
        Default: the setting of the case.
    progress : callable, optional
        Called with the id of each scenario when it is solved.

    Returns
    -------
    Comparison

    Raises
    ------
    CaseError, ModelError
        As `straits.solve`.
    InfeasibleError, SolveError
        If the baseline has no solution, or none of the scenarios that are named has. One of several that has none is listed in
        `Comparison.failed`, and so is one that is compared with it.

    Notes
    -----
    Each scenario is solved from the optimum of what it is compared with. Where several plans or prices are equally good, what a
    scenario does not touch then stays as it was, and does not show as somebody's gain or loss.

    A scenario that another is compared with is solved whether it is asked for or not, so that the answer for one scenario
    does not depend on which others are asked for with it.
    """
    chosen = list(case.scenarios) if scenarios is None else list(scenarios)
    asked = {s.id: s for s in (find_scenario(case, s) for s in chosen) if s is not None}
    solved = {"baseline": solve(case, tariffs=tariffs)}
    if progress:
        progress("baseline")
    failed: dict[str, SolveError] = {}
    for scenario in _references_first(case, asked):
        near = solved.get(scenario.compare_with, solved["baseline"])
        try:
            solved[scenario.id] = solve(case, scenario, foresight=foresight, tariffs=tariffs, near=near)
        except SolveError as error:
            failed[scenario.id] = error
        if progress:
            progress(scenario.id)
    for scenario in asked.values():
        if scenario.id in solved and scenario.compare_with in failed:
            why = f"it is compared with {scenario.compare_with}, which has no solution"
            failed[scenario.id] = SolveError(why)
    baseline = solved.pop("baseline")
    solutions = {key: solved.pop(key) for key in asked if key not in failed}
    if failed and not solutions and scenarios is not None:
        raise next(iter(failed.values()))
    why_not = {key: str(failed[key]) for key in asked if key in failed}
    return Comparison(case, baseline, solutions, references=solved, failed=why_not)


def _references_first(case: Case, asked: Mapping[str, Scenario]) -> list[Scenario]:
    """Give the scenarios asked for and those they are compared with, each after what it is compared with.

    Two that are compared with each other stand in the order asked for.
    """
    ordered: dict[str, Scenario] = {}
    for scenario in asked.values():
        way: dict[str, Scenario] = {}
        while scenario.id not in ordered and scenario.id not in way:
            way[scenario.id] = scenario
            name = scenario.compare_with
            if name == "baseline":
                break
            found = asked.get(name) or find_scenario(case, name)
            if found is None:
                break
            scenario = found
        ordered.update(reversed(way.items()))
    return list(ordered.values())
