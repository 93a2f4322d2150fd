"""What a report tells: one comparison of scenarios, how far its main answer moves, and the tables read off them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import pandas as pd

from straits.model.assets import UNTRACKED
from straits.report import format as fmt
from straits.report.study.links import links_of, lost_capacity
from straits.report.study.trade import Trade, trade_of
from straits.results.brief import Brief

if TYPE_CHECKING:
    from straits.case.case import Case
    from straits.case.findings import Findings
    from straits.case.schema.settings import Scenario
    from straits.case.timeaxis import Steps
    from straits.model import Effect, Solution
    from straits.stress import Comparison

T = TypeVar("T")


@dataclass(frozen=True, repr=False)
class Study(Brief):
    """Everything that a report, workbook and tables are made of.

    Attributes
    ----------
    comparison : Comparison
        Baseline and scenarios, solved.
    sensitivity : DataFrame
        How far the main answer moves with single numbers, as `straits.stress.varied.sensitivity` gives it; empty if not tried.
    intervals : DataFrame
        The main answer with all intervals of costs and prices at their ends together, as `straits.stress.cost_intervals`
        gives it; empty if not tried.
    ranges : DataFrame
        Numbers that equally good plans or prices leave open, as `open_numbers` of the section on openness gives it; empty if not
        looked for.
    findings : Findings or None
        What the checks of the case found.
    parts : dict of type to object
        What was found beyond the scenarios, by its type; see `part`.
    lacking : dict of str to str
        Why a part that was asked for is not there, by its name.
    unanswered : dict of str to str
        What the solver gave no answer to, and why.
    lead : str or None
        Scenario that the report leads with; None for that of the focus.
    sections : frozenset of str or None
        Ids of the sections that are wanted; None for all.
    tried : bool
        Whether uncertain numbers are tried, one by one and all together.
    seconds : float
        Time that solving took, all scenarios together; not a number if unknown.
    """

    comparison: Comparison
    sensitivity: pd.DataFrame = field(default_factory=pd.DataFrame)
    intervals: pd.DataFrame = field(default_factory=pd.DataFrame)
    ranges: pd.DataFrame = field(default_factory=pd.DataFrame)
    findings: Findings | None = None
    parts: Mapping[type, Any] = field(default_factory=dict)
    lacking: dict[str, str] = field(default_factory=dict)
    unanswered: dict[str, str] = field(default_factory=dict)
    lead: str | None = None
    sections: frozenset[str] | None = None
    tried: bool = False
    seconds: float = float("nan")

    @property
    def failed(self) -> dict[str, str]:
        """What has no answer, and why: scenarios without a solution first."""
        return {f"scenario {key}": why for key, why in self.comparison.failed.items()} | self.unanswered

    def part(self, kind: type[T]) -> T | None:
        """Return what was found of a kind, such as `Failures`; None if it was not asked for, or could not be answered."""
        found = self.parts.get(kind)
        return found if isinstance(found, kind) else None

    def found(self, kind: type[T]) -> T:
        """Return what was found of a kind that is there."""
        found = self.part(kind)
        if found is None:
            raise KeyError(f"nothing of the kind {kind.__name__} was found")
        return found

    def with_part(self, found: object) -> Study:
        """Return the study with one more part, or with another in the place of one of its kind."""
        return replace(self, parts={**self.parts, type(found): found})

    def light(self) -> Study:
        """Return what another process needs to ask more: baseline, main scenario and what that is compared with, and parts."""
        from straits.stress import Comparison

        found = self.comparison
        chosen = {self.main: found.solutions[self.main]} if self.main else {}
        beside = {key: found.reference(key) for key in chosen}
        lighter = Comparison(found.case, found.baseline, chosen, beside=beside)
        made = replace(self, comparison=lighter, findings=None, lead=self.main)
        return replace(made, sensitivity=pd.DataFrame(), intervals=pd.DataFrame(), ranges=pd.DataFrame())

    # ------------------------------------------------------------------ names

    @property
    def case(self) -> Case:
        """The case."""
        return self.comparison.case

    @property
    def baseline(self) -> Solution:
        """The case without any scenario."""
        return self.comparison.baseline

    @property
    def scenarios(self) -> dict[str, Solution]:
        """Solved scenarios by id."""
        return self.comparison.solutions

    def run(self, ident: str) -> Solution:
        """Return a solved run: the baseline, a scenario, or one that nobody asked for and others are compared with."""
        known = {"baseline": self.baseline, **self.comparison.references, **self.scenarios}
        return known[ident]

    @cached_property
    def _names(self) -> dict[str, dict[str, str]]:
        tables = (
            "actors",
            "commodities",
            "places",
            "links",
            "supplies",
            "markets",
            "stores",
            "converts",
            "fleets",
            "joints",
        )
        return {table: {key: row.name for key, row in self.case.rows(table).items()} for table in tables}

    def name(self, table: str, ident: Any) -> str:
        """Return the name of a row, or the id itself where there is no such row."""
        if table == "actors" and ident == UNTRACKED:
            return "any origin"
        return self._names[table].get(str(ident), str(ident))

    def asset_name(self, ident: str) -> str:
        """Return the name of a link, supply, store, process, fleet, joint capacity, market or place."""
        if ident.startswith("release:"):
            return f"release of {self.name('stores', ident.removeprefix('release:'))}"
        for table in ("links", "supplies", "stores", "converts", "fleets", "joints", "markets", "places"):
            if ident in self._names[table]:
                return self._names[table][ident]
        return ident

    def scenario_title(self, ident: str) -> str:
        """Return the title of a scenario."""
        if ident == "baseline":
            return "Baseline"
        found = self.scenario(ident)
        return found.title if found else ident

    def scenario(self, ident: str) -> Scenario | None:
        """Return a scenario as it was solved: one of the case's, or one that was made for the comparison."""
        return (
            self.scenarios[ident].model.scenario
            if ident in self.scenarios
            else self.case.scenarios.get(ident)
        )

    # ------------------------------------------------------------------ focus

    @cached_property
    def focus(self) -> tuple[str, str, str | None]:
        """Origin and commodity that the report leads with, and the state whose bypassing it measures.

        Without a focus in the case: the pair with the largest sales abroad, else the first supply's.
        """
        found = self.case.settings.focus
        if found:
            return found.actor, found.commodity, found.against
        from straits.stress.tables.measures import exports

        table = exports(self.baseline)
        if len(table):
            totals = table.groupby(["origin", "commodity"], as_index=False)["revenue"].sum()
            best = totals.iloc[int(totals["revenue"].to_numpy(float).argmax())]
            return str(best["origin"]), str(best["commodity"]), None
        cargo = self.baseline.network.cargoes[0]
        return cargo.origin or "", cargo.commodity, None

    @property
    def commodity_unit(self) -> str:
        """Unit of the focus commodity."""
        return self.unit(self.focus[1])

    def unit(self, commodity: str) -> str:
        """Return the unit of a commodity."""
        return str(self.case.rows("commodities")[commodity].unit)

    @property
    def currency(self) -> str:
        """Currency of the case."""
        return self.case.settings.currency

    @cached_property
    def trade(self) -> Trade:
        """What the main answer counts: exports, or deliveries to an importer."""
        return trade_of(self)

    @cached_property
    def main(self) -> str | None:
        """Id of the scenario that the report leads with (`Comparison.main_scenario`); None without scenarios."""
        if not self.scenarios:
            return None
        if self.lead in self.scenarios:
            return self.lead
        return self.comparison.main_scenario(*self.focus[:2])

    @cached_property
    def focus_summary(self) -> pd.DataFrame:
        """Rows of the summary about the focus."""
        table = self.comparison.summary
        if not len(table):
            return table
        origin, commodity, _ = self.focus
        return table[(table["commodity"] == commodity) & (table["origin"] == origin)].reset_index(drop=True)

    # ------------------------------------------------------------------ time

    @property
    def days(self) -> np.ndarray:
        """Length of each step of the baseline, days, shape (T,)."""
        return self.baseline.network.steps.days

    def steps(self, scenario: str | None) -> Steps:
        """Return the steps of a run, which may be finer round what a scenario stops; None: those of the baseline."""
        return (self.baseline if scenario is None else self.run(scenario)).network.steps

    def reference(self, scenario: str) -> Solution:
        """Return what a run is compared with, on the same axis; the baseline is compared with itself."""
        return self.baseline if scenario == "baseline" else self.comparison.reference(scenario)

    @property
    def edges(self) -> np.ndarray:
        """Days since the start at which steps of the baseline begin and the last ends, shape (T+1,)."""
        return self.baseline.network.steps.edges

    def struck(self, scenario: str) -> np.ndarray:
        """Return the share of each step in which some disruption of the scenario acts, shape (T,).

        All ones for a scenario without disruptions, and for the baseline: the whole axis counts.
        """
        steps = self.steps(scenario)
        share = np.zeros(len(steps))
        for effect in self.effects(scenario):
            share = np.maximum(share, steps.overlap(effect.start, effect.end))
        return share if share.any() else np.ones(len(steps))

    def shown_steps(self, scenario: str) -> np.ndarray:
        """Return the steps (T,) whose flows show the scenario: those wholly disrupted, or if there are none, in part."""
        share = self.struck(scenario)
        whole = share > 0.999
        return whole if whole.any() else share > 0

    def effects(self, scenario: str) -> list[Effect]:
        """Return what a scenario takes from capacities beyond what the baseline does."""
        if scenario not in self.scenarios:
            return []
        usual = set(self.baseline.model.effects)
        return [e for e in self.scenarios[scenario].model.effects if e not in usual and e.factor < 1]

    def disrupted_days(self, scenario: str) -> tuple[float, float] | None:
        """Return the first and last day (since the start) of a scenario's disruptions within the axis, or None."""
        steps = self.baseline.network.steps
        inside = [
            (max(steps.day(e.start), float(steps.edges[0])), min(steps.day(e.end), float(steps.edges[-1])))
            for e in self.effects(scenario)
        ]
        inside = [(first, last) for first, last in inside if last > first]
        return (min(first for first, _ in inside), max(last for _, last in inside)) if inside else None

    # ------------------------------------------------------------------ flows

    def links_table(self, scenario: str, commodity: str) -> pd.DataFrame:
        """Flows of a commodity by link while the scenario's disruptions act, as daily rates.

        Returns
        -------
        DataFrame
            Columns id, name, from_place, to_place, mode, capacity, reference, flow, change (unit of the commodity per day;
            reference is the run the scenario is compared with over the same steps), lost_capacity (share), closed.
        """
        if (scenario, commodity) not in self._links:
            solution, effects = self.run(scenario), self.effects(scenario)
            lost = lost_capacity(solution, effects, self.struck(scenario), commodity)
            shown = self.shown_steps(scenario)
            self._links[scenario, commodity] = links_of(
                solution, self.reference(scenario), shown, lost, commodity
            )
        return self._links[scenario, commodity].copy()

    @cached_property
    def _links(self) -> dict[tuple[str, str], pd.DataFrame]:
        return {}

    def routes_over_time(self, solution: Solution) -> pd.DataFrame:
        """Exports of the focus by corridor, one row for each step, one column for each corridor, daily rates."""
        if id(solution) not in self._routes:
            self._routes[id(solution)] = self._routes_over_time(solution)
        return self._routes[id(solution)].copy()

    @cached_property
    def _routes(self) -> dict[int, pd.DataFrame]:
        return {}

    def _routes_over_time(self, solution: Solution) -> pd.DataFrame:
        from straits.stress.tables.measures import corridors

        origin, commodity, _ = self.focus
        table = corridors(solution)
        table = table[(table["commodity"] == commodity) & (table["origin"] == origin)]
        wide = table.pivot_table(index="step", columns="corridor", values="amount", aggfunc="sum")
        days = solution.network.steps.days
        wide = wide.reindex(range(len(days))).fillna(0.0)
        return wide.div(days, axis=0)

    def route_totals(self, solution: Solution) -> dict[str, float]:
        """Exports of the focus by corridor over the whole axis, unit of the commodity."""
        wide = self.routes_over_time(solution)
        days = solution.network.steps.days
        return {str(name): float(wide[name].to_numpy(float) @ days) for name in wide}

    @cached_property
    def corridor_order(self) -> list[str]:
        """Corridors of the focus in any run, the one with most flow first."""
        runs = [self.baseline, *self.scenarios.values()]
        totals: dict[str, float] = {}
        for place, solution in enumerate(runs):
            weight = 1.0 if place == 0 else 1e-3
            for name, value in self.route_totals(solution).items():
                totals[str(name)] = totals.get(str(name), 0.0) + weight * value
        return sorted(
            (name for name, total in totals.items() if total > 1e-9), key=lambda name: -totals[name]
        )

    @property
    def weak(self) -> pd.DataFrame:
        """Rows of `sensitivity` about numbers without a source or of low confidence, widest swing first."""
        table = self.sensitivity
        return (
            table[table["confidence"].isin(["low", "no source"])].reset_index(drop=True)
            if len(table)
            else table
        )

    @property
    def single_intervals(self) -> pd.DataFrame:
        """Rows of `sensitivity` about numbers that the case gives as an interval, widest swing first."""
        table = self.sensitivity
        return table[table["basis"] == "interval"].reset_index(drop=True) if len(table) else table

    @cached_property
    def exports(self) -> float:
        """Exports of the focus in the baseline over the whole axis, unit of the commodity."""
        return self.exports_of(self.baseline)

    def exports_of(self, solution: Solution) -> float:
        """Return the exports of the focus in a run over the whole axis, unit of the commodity."""
        from straits.stress.tables.measures import exports

        origin, commodity, _ = self.focus
        table = exports(solution)
        return float(
            table.loc[(table["commodity"] == commodity) & (table["origin"] == origin), "amount"].sum()
        )

    def route_share(self, solution: Solution, route: str) -> float:
        """Return the share of the exports of the focus that goes by a route.

        Of all exports, not of what routes carry together: cargo that takes two routes one after the other is counted on both.
        """
        whole = self.exports_of(solution)
        return min(1.0, self.route_totals(solution).get(route, 0.0) / whole) if whole > 0 else float("nan")

    @cached_property
    def bypass(self) -> pd.DataFrame:
        """Both meanings of going round a state, or an empty table where the case names none or is about what is brought in."""
        return self.comparison.bypass if self.focus[2] and not self.trade.imports else pd.DataFrame()

    @property
    def period(self) -> str:
        """The time covered, in words."""
        axis = self.case.settings.time
        if (axis.start.month, axis.start.day, axis.end.month, axis.end.day) == (1, 1, 1, 1):
            last = axis.end.year - 1
            years = f"the years {axis.start.year} to {last}"
            return {0: f"{last}", 1: f"{axis.start.year} and {last}"}.get(last - axis.start.year, years)
        return f"the time from {fmt.day(axis.start)} to {fmt.day(axis.end - timedelta(days=1))}"
