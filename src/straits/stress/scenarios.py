"""Solve scenarios, each from the optimum of what it is compared with."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from straits.case.schema.settings import Scenario
from straits.engine.prices.nearest import with_nearest_prices
from straits.engine.solve import foresight_of, solve_fitted
from straits.engine.steps import Fitted, fitted
from straits.errors import SolveError, StraitsError
from straits.model import Solution, find_scenario
from straits.stress.comparison import Comparison
from straits.stress.tables.built import bare_of, world_of
from straits.stress.tables.changes import Pair

if TYPE_CHECKING:
    from straits.case.case import Case


def stress(
    case: Case,
    scenarios: Sequence[str | Scenario] | str | Scenario | None = None,
    *,
    foresight: str | None = None,
    tariffs: str | None = None,
    refine: bool = True,
    progress: Callable[[str], None] | None = None,
) -> Comparison:
    """Solve scenarios and compare them with the baseline.

    Parameters
    ----------
    case : Case
    scenarios : str, Scenario or sequence of them, optional
        Default: all of the case's.
    foresight : str, optional
        For all scenarios; default: that of each scenario, and where it is a surprise also what it would cost if all had known it
        (`Comparison.foresights`). The baseline is solved with perfect foresight.
    tariffs : {"paid", "internal"}, optional
        Default: the setting of the case.
    refine : bool
        Whether a scenario, and what it is compared with, is solved in shorter steps round what lasts less than three steps; see
        `straits.engine.steps`. `Comparison.steps` then shows both answers.
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
    if isinstance(scenarios, (str, Scenario)):
        scenarios = [scenarios]
    chosen = list(case.scenarios) if scenarios is None else list(scenarios)
    asked = {s.id: s for s in (find_scenario(case, s) for s in chosen) if s is not None}
    runs = _Runs(case, asked, {"foresight": foresight, "tariffs": tariffs}, progress)
    baseline = runs.at(None, fitted(case))
    solved: dict[str, Solution] = {}
    beside: dict[str, Solution] = {}
    coarse: dict[str, Pair | None] = {}
    expected: dict[str, Pair | None] = {}
    without: dict[str, Solution | None] = {}
    failed: dict[str, SolveError] = {}
    for scenario in _references_first(case, asked):
        if scenario.id not in asked:
            continue
        reference = runs.reference_of(scenario)
        fit = fitted(case, [scenario, reference], refine=refine)
        try:
            beside[scenario.id] = runs.at(reference, fit)
        except SolveError as error:
            failed.setdefault(scenario.compare_with, error)
        try:
            solved[scenario.id] = runs.at(scenario, fit)
            why = _incomparable(scenario, solved[scenario.id], beside.get(scenario.id))
            if why:
                failed[scenario.id] = SolveError(why)
        except SolveError as error:
            failed[scenario.id] = error
        if fit.refine and scenario.id not in failed:
            coarse[scenario.id] = runs.coarse(scenario, reference)
        if foresight is None and scenario.id not in failed and foresight_of(case, scenario) == "surprise":
            expected[scenario.id] = runs.expected(scenario, reference, fit)
        if scenario.options and scenario.id not in failed:
            without[scenario.id] = runs.without_options(scenario, fit)
    solutions = {key: solved[key] for key in asked if key not in failed}
    if failed and not solutions and scenarios is not None:
        raise next(iter(failed.values()))
    why_not = {key: str(failed[key]) for key in asked if key in failed}
    references = {s.scenario_id: s for s in beside.values() if s.scenario_id not in {"baseline", *asked}}
    return Comparison(
        case,
        baseline,
        solutions,
        references,
        why_not,
        beside=beside,
        coarse=coarse,
        expected=expected,
        without=without,
    )


def _incomparable(scenario: Scenario, solution: Solution, reference: Solution | None) -> str:
    """Say why a scenario cannot be set beside what it is compared with; empty if it can."""
    if reference is None:
        return f"it is compared with {scenario.compare_with}, which has no solution"
    there = {world.id: world.elasticity for world in reference.network.markets.worlds}
    for world in solution.network.markets.worlds:
        if there.get(world.id, world.elasticity) != world.elasticity:
            return (
                f"the price of {world.id} answers with an elasticity of {world.elasticity:g}, but of {there[world.id]:g} in "
                f"{scenario.compare_with}, which sets its own: what the world gains cannot be set side by side; "
                "let one of them set it"
            )
    return ""


class _Runs:
    """Solves scenarios on axes, each from what it is compared with on the same axis, and each once."""

    def __init__(
        self,
        case: Case,
        asked: Mapping[str, Scenario],
        how: Mapping[str, str | None],
        progress: Callable[[str], None] | None,
    ) -> None:
        self.case, self.asked, self.how, self.progress = case, asked, how, progress
        self.known: dict[object, Solution | SolveError] = {}

    def reference_of(self, scenario: Scenario) -> Scenario | None:
        """Give what a scenario is compared with; None for the baseline."""
        name = scenario.compare_with
        return self.asked.get(name) or find_scenario(self.case, name)

    def at(
        self,
        scenario: Scenario | None,
        fit: Fitted,
        foresight: str | None = None,
        above: tuple[str, ...] = (),
    ) -> Solution:
        """Solve a scenario, None for the baseline, on the axis of a fitted case; by default as it was asked for."""
        name = scenario.id if scenario else "baseline"
        key = (name, fit.case.settings.time.model_dump_json(), fit.answers, foresight if scenario else None)
        if key not in self.known:
            near = None
            if scenario is not None:
                # Two that are compared with each other start from the baseline.
                reference = None if name in above else self.reference_of(scenario)
                beside = reference.id if reference else "baseline"
                try:
                    near = self.at(None if beside in above else reference, fit, foresight, (*above, name))
                except SolveError:
                    near = self.at(None, fit)
            elif fit.refine:
                near = self.at(None, fitted(self.case))
            how = {"tariffs": self.how["tariffs"]}
            if scenario is not None:
                how["foresight"] = foresight or self.how["foresight"]
            try:
                found = solve_fitted(fit, scenario, near=near, **how)
                self.known[key] = found if near is None else with_nearest_prices(found, near)
            except SolveError as error:
                self.known[key] = error
            if self.progress:
                known = ", known from the start" if foresight and scenario else ""
                self.progress(f"{name}{', in finer steps' if fit.refine else ''}{known}")
        answer = self.known[key]
        if isinstance(answer, SolveError):
            raise answer
        return answer

    def coarse(self, scenario: Scenario, reference: Scenario | None) -> Pair | None:
        """Solve a scenario and what it is compared with in the steps of the case; None where these give no answer."""
        try:
            fit = fitted(self.case, [scenario, reference], refine=False)
            return Pair(self.at(scenario, fit), self.at(reference, fit))
        except StraitsError:
            return None

    def expected(self, scenario: Scenario, reference: Scenario | None, fit: Fitted) -> Pair | None:
        """Solve what is a surprise as if all had known it from the start; None where that gives no answer."""
        try:
            return Pair(self.at(scenario, fit, "perfect"), self.at(reference, fit, "perfect"))
        except SolveError:
            return None

    def without_options(self, scenario: Scenario, fit: Fitted) -> Solution | None:
        """Solve what a scenario would be without its options, which may be another of the case; None where that has no answer."""
        bare = bare_of(scenario)
        known = [one for one in {**self.case.scenarios, **self.asked}.values() if not one.options]
        same = next((one for one in known if self._alike(bare, one)), bare)
        plain = self._alike(bare, Scenario(id="baseline", title="", foresight=bare.foresight))
        try:
            return self.at(None if plain else same, fit)
        except SolveError:
            return None

    def _alike(self, one: Scenario, other: Scenario) -> bool:
        """Whether two scenarios say the same of the world, and are foreseen alike."""
        return world_of(one) == world_of(other) and foresight_of(self.case, one) == foresight_of(
            self.case, other
        )


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
