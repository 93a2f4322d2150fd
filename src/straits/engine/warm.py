"""A case kept ready: the next question starts from the last optimum, so that an answer comes while one waits."""

from __future__ import annotations

import time
from collections import OrderedDict
from dataclasses import dataclass
from threading import RLock
from typing import TYPE_CHECKING

from straits.engine.solve import Rolling, alike, read_foresight, solution_of, solve_model, told_circles
from straits.engine.steps import fitted
from straits.lp.session import Session
from straits.model import Model, Solution, compile_case, find_scenario, provenance_of

if TYPE_CHECKING:
    from straits.case.case import Case
    from straits.case.schema.settings import Scenario

#: Programs that are kept: one for each set of changes and options that was asked for, the last ones.
_KEPT = 6


#: Key of the program without changes, options and finer steps.
_PLAIN: object = ((), frozenset(), ())


@dataclass
class _Program:
    """A model before its disruptions, loaded into the solver, and its own optimum once it was asked for."""

    model: Model
    session: Session
    optimum: Solution | None = None


class Warm:
    """Answers scenarios of one case one after another, each from the optimum of what it is compared with.

    A disruption changes bounds only, so the compiled model and the solver stay loaded. Scenarios with other changes or options
    are compiled once each. The answer does not depend on what was asked before: every solve starts from a stated optimum.

    Parameters
    ----------
    case : Case
    tariffs : {"paid", "internal"}, optional
        Default: the setting of the case.

    Raises
    ------
    CaseError, ModelError, InfeasibleError, SolveError
        As `straits.solve`, of the undisturbed case.

    Notes
    -----
    May be asked from several threads: one question is answered at a time.
    """

    def __init__(self, case: Case, *, tariffs: str | None = None) -> None:
        self.case, self.tariffs = case, tariffs
        self._lock = RLock()
        self._programs: OrderedDict[object, _Program] = OrderedDict()
        self._same: dict[tuple[int, int], tuple[bool, object, object]] = {}
        self.baseline = self.solve(None)

    def solve(
        self,
        scenario: Scenario | str | None = None,
        *,
        foresight: str | Rolling | None = None,
        near: Solution | None = None,
    ) -> Solution:
        """Solve one scenario; as `straits.solve` with `near`.

        Parameters
        ----------
        scenario : Scenario or str, optional
            Default: the undisturbed case.
        foresight : str or Rolling, optional
            Default: that of the scenario.
        near : Solution, optional
            An answer of this object from which to start. Default: the undisturbed case.

        Raises
        ------
        ModelError, InfeasibleError, SolveError
            As `straits.solve`.
        """
        with self._lock:
            began = time.perf_counter()
            scenario = find_scenario(self.case, scenario)
            foresight = read_foresight(foresight, self.case, scenario)
            program = self._program(scenario)
            model = program.model.under_scenario(scenario)
            compiled = time.perf_counter()
            start = near or getattr(self, "baseline", None)
            basis = start.basis if start is not None and self._alike(start.model, model) else None
            found = solve_model(model, foresight, basis, program.session, under_way=start)
            how = {
                **provenance_of(self.case, model),
                "foresight": str(foresight),
                "solves": found.solves,
                "iterations": found.iterations,
                "tried": list(found.tried),
                "seconds_compile": compiled - began,
                "seconds_solve": time.perf_counter() - compiled,
                "columns": len(model.cost),
                "rows": model.matrix.shape[0],
                **told_circles(model, found),
            }
            # Steps stay those of the case, so that any two answers can be set side by side; what they blur is told.
            if told := fitted(self.case, [scenario], refine=False).told:
                how["short_for_steps"] = list(told)
            return solution_of(model, found, how)

    def _program(self, scenario: Scenario | None) -> _Program:
        """Give the model for the changes and options of a scenario, loaded into the solver."""
        key: object = _PLAIN
        if scenario is not None:
            key = (scenario.changes, frozenset(scenario.options), scenario.decisions, scenario.refine)
        if key in self._programs:
            self._programs.move_to_end(key)
            return self._programs[key]
        model = compile_case(self.case, scenario, tariffs=self.tariffs, disturbed=False)
        self._programs[key] = _Program(model, Session(model))
        # The first, that of the undisturbed case, stays.
        while len(self._programs) > _KEPT:
            self._same.clear()
            del self._programs[list(self._programs)[1 if next(iter(self._programs)) == _PLAIN else 0]]
        return self._programs[key]

    def _alike(self, one: Model, other: Model) -> bool:
        """Whether a basis of one model is a basis of the other; asked once for each pair of layouts."""
        if one.formulation.columns is other.formulation.columns:
            return True
        pair = id(one.formulation), id(other.formulation)
        if pair not in self._same:
            # Both stay alive while they are known by their ids.
            self._same[pair] = alike(one, other), one.formulation, other.formulation
        return self._same[pair][0]
