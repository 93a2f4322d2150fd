"""A scenario and what it is compared with, solved again and again with other numbers, each time from the same start."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from straits.engine.foresight.news import news_days
from straits.engine.solve import alike, foresight_of, solution_of, solve_model, told_circles
from straits.engine.steps import fitted
from straits.errors import ModelError
from straits.lp.session import Session
from straits.model import Model, Solution, compile_case, find_scenario
from straits.stress.varied.numbers import Uncertain, with_numbers
from straits.stress.varied.within import basis_within, connected, scenario_within, within

if TYPE_CHECKING:
    from straits.case.case import Case
    from straits.case.schema.settings import Scenario
    from straits.lp.answer import Basis
    from straits.model.formulation import Boundary


@dataclass
class _Start:
    """An answered model, the bases of its solves, and the program in the solver."""

    model: Model
    bases: tuple[Basis, ...]
    session: Session


class Run:
    """A scenario with its changes of cells made, solved again and again with other numbers.

    Every solve starts from an answer that was kept and has the same rows and columns, if there is one, so that what a number
    does not touch stays as it is there, whatever was tried before.

    Parameters
    ----------
    case : Case
        With the changes of the scenario.
    scenario : Scenario or None
        Without them.
    cells : mapping of (table, row, column) to value
        Cells that the scenario itself sets; they stay as it sets them.
    beside : Run, optional
        Of what it is compared with.
    """

    def __init__(
        self,
        case: Case,
        scenario: Scenario | None,
        cells: Mapping[tuple[str, str, str], object] = MappingProxyType({}),
        beside: Run | None = None,
    ) -> None:
        self.case, self.scenario, self.cells = case, scenario, dict(cells)
        self.foresight = foresight_of(case, scenario)
        #: Whether only bounds differ from what it is compared with.
        self._bounds_only = beside is not None and _same_network(self, beside)
        self._kept: list[_Start] = []
        self._last: _Start | None = None

    def keep(self) -> None:
        """Let later solves of models with the same rows and columns start from the last answer."""
        if self._last is not None:
            self._kept.append(self._last)

    @property
    def kept(self) -> Model:
        """The model of the last answer that was kept."""
        return self._kept[-1].model

    @property
    def solves(self) -> int:
        """Programs that were solved for that answer: one, and one for each day of news."""
        return max(len(self._kept[-1].bases) // 2, 1)

    def within(self, commodities: Collection[str], beside: Run | None) -> Run:
        """Give the run of what is connected with some commodities, which starts where this one does."""
        case = beside.case if beside is not None and self._bounds_only else within(self.case, commodities)
        made = Run(case, scenario_within(self.case, case, self.scenario), self.cells, beside)
        made.foresight = self.foresight
        model = compile_case(case, made.scenario)
        start = self._kept[-1]
        # The news of what is left out are none, so that there may be fewer solves.
        bases = start.bases[
            : 1 if self.foresight != "perfect" and not _same_news(start.model, model) else None
        ]
        bases = tuple(basis_within(start.model, model, basis) for basis in bases)
        made._kept = [_Start(model, bases, Session(model))]
        return made

    def compiled(
        self,
        values: Sequence[tuple[Uncertain, float]] = (),
        boundary: Boundary | None = None,
        beside: Model | None = None,
    ) -> Model:
        """Compile with other numbers, of which what it is compared with may have been compiled already.

        What runs before the start and after the end is worked out where it is not given.
        """
        if beside is not None and self._bounds_only:
            return beside.under_scenario(self.scenario)
        free = [(i, v) for i, v in values if (i.table, i.row, i.column) not in self.cells]
        return compile_case(
            with_numbers(self.case, free) if free else self.case, self.scenario, boundary=boundary
        )

    def solve(
        self, values: Sequence[tuple[Uncertain, float]] = (), beside: Solution | None = None
    ) -> Solution:
        """Solve with other numbers.

        Parameters
        ----------
        values : sequence of (Uncertain, float)
        beside : Solution, optional
            What it is compared with, with the same numbers: the plan before any news.
        """
        model = self.compiled(values, beside=None if beside is None else beside.model)
        foresight = self.foresight
        start = next((kept for kept in self._kept if alike(kept.model, model)), None)
        bases = start.bases if start is not None else ()
        if beside is not None and (start is None or foresight != "perfect") and alike(beside.model, model):
            bases = (beside.basis, *bases[1:])
        session = None
        if start is not None and _same(start.session.model.matrix, model.matrix):
            session = start.session
        session = session or Session(model)
        found = solve_model(model, foresight, session=session, starts=bases, under_way=beside)
        self._last = _Start(model, found.bases, session)
        return solution_of(model, found, {"foresight": str(foresight)} | told_circles(model, found))


def _same(a: sparse.csc_matrix, b: sparse.csc_matrix) -> bool:
    return (
        a.shape == b.shape
        and np.array_equal(a.indptr, b.indptr)
        and np.array_equal(a.indices, b.indices)
        and np.array_equal(a.data, b.data)
    )


def solve_both(runs: Sequence[Run], values: Sequence[tuple[Uncertain, float]] = ()) -> list[Solution]:
    """Solve what a scenario is compared with, and the scenario, with other numbers."""
    reference, own = runs
    before = reference.solve(values)
    return [before, own.solve(values, before)]


@dataclass
class Given:
    """A scenario and what it is compared with, with the numbers as given.

    Attributes
    ----------
    runs : list of Run
        What it is compared with, and the scenario, to be solved with other numbers: of the part of the case that they can change.
    part : list of Solution
        Both solved, of that part.
    whole : list of Solution
        Both solved, of the whole case.
    """

    runs: list[Run]
    part: list[Solution]
    whole: list[Solution]


def runs_of(case: Case, scenario: Scenario | str, commodity: str | None = None) -> Given:
    """Solve a scenario and what it is compared with, with the numbers as given, ready to be solved with others.

    They are solved as `straits.stress` does, from the baseline on, each from what it is compared with; what is solved later
    starts from there.

    Parameters
    ----------
    case : Case
    scenario : Scenario or str
    commodity : str, optional
        What all numbers that will be varied concern: then only what is connected with it is solved again.
    """
    found = find_scenario(case, scenario)
    if found is None:
        raise ModelError("the baseline loses nothing against itself: name a scenario")
    reference = find_scenario(case, found.compare_with)
    case = fitted(case, [found, reference]).case
    near = None if reference is None else _run(case, None).solve()
    before = _run(case, reference)
    runs, whole = [before, _run(case, found, before)], []
    for run in runs:
        near = run.solve(beside=near)
        run.keep()
        whole.append(near)
    goods = {cargo.commodity for cargo in whole[0].network.cargoes}
    chosen = goods if commodity is None else set().union(*(connected(s.model, commodity) for s in whole))
    if chosen >= goods:
        return Given(runs, whole, whole)
    first = runs[0].within(chosen, None)
    parts = [first, runs[1].within(chosen, first)]
    return Given(parts, solve_both(parts), whole)


def _same_news(one: Model, other: Model) -> bool:
    """Whether beliefs change on the same days in two models."""
    axis = one.case.settings.time
    days = [news_days(model.news, axis.start, axis.end) for model in (one, other)]
    return days[0] == days[1]


def _run(case: Case, scenario: Scenario | None, beside: Run | None = None) -> Run:
    if scenario is None or not scenario.changes:
        return Run(case, scenario, beside=beside)
    cells = {(c.table, c.row, c.column): c.value for c in scenario.changes}
    plain = scenario.model_copy(update={"changes": ()})
    same = beside is not None and beside.cells == cells
    made = beside.case if same and beside is not None else case.with_changes(scenario.changes)
    return Run(made, plain, cells, beside)


def _same_network(one: Run, other: Run) -> bool:
    """Whether two runs are of one case with the same options and steps."""

    def meaning(run: Run) -> tuple[object, ...]:
        s = run.scenario
        return (frozenset(), (), ()) if s is None else (frozenset(s.options), s.decisions, s.refine)

    return one.case is other.case and meaning(one) == meaning(other)


__all__ = ["Given", "Run", "runs_of", "solve_both"]
