"""Tables of scenarios beside what they are compared with, each worked out when it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from functools import cached_property
from math import inf
from typing import TYPE_CHECKING

import pandas as pd

from straits.case.checks.idle.effects import idle_effects
from straits.case.ownership import state_of
from straits.errors import ModelError
from straits.model import Solution
from straits.stress.backtest import back_test
from straits.stress.bottlenecks import bottleneck_values
from straits.stress.tables import measures, worldprices
from straits.stress.tables.built import built_table
from straits.stress.tables.changes import Pair, joined, stacked, value_lost
from straits.stress.tables.fleets import fleet_use
from straits.stress.tables.gains import (
    by_party,
    by_rule,
    by_state,
    changes_by_actor,
    of_parts,
    ranges_by_state,
)
from straits.stress.tables.imports import direction_of, entries, import_table
from straits.stress.tables.processes import process_table
from straits.stress.tables.summaries import deliveries_table, summary_table
from straits.stress.twoways import both_answers

if TYPE_CHECKING:
    from straits.case.case import Case

#: Share of its trade below which a scenario takes nothing from the focus.
_TAKEN = 1e-3


class Compared:
    """Scenarios beside the baseline.

    Attributes
    ----------
    case : Case
    baseline : Solution
        The case without any scenario.
    solutions : dict of str to Solution
        One for each scenario, in the order asked for.
    references : dict of str to Solution
        Scenarios that these are compared with and that nobody asked for; no table lists them.
    failed : dict of str to str
        Scenarios that have no solution, and why: themselves, or what they are compared with, are infeasible or gave no answer
        that could be believed. No table lists them.
    beside : dict of str to Solution
        What each scenario is compared with, where it was solved on another axis than by itself.
    coarse : dict of str to Pair or None
        Scenarios that were solved in finer steps than the case has, with what each is compared with, in the steps of the case;
        None where these give no answer.
    expected : dict of str to Pair or None
        Scenarios that are a surprise by themselves, as if all had known them from the start.
    without : dict of str to Solution or None
        Scenarios that build options, as they would be without these; None where that gives no answer.
    """

    case: Case
    baseline: Solution
    solutions: dict[str, Solution]
    references: dict[str, Solution]
    failed: dict[str, str]
    beside: dict[str, Solution]
    coarse: dict[str, Pair | None]
    expected: dict[str, Pair | None]
    without: dict[str, Solution | None]

    def __init__(
        self,
        case: Case,
        baseline: Solution,
        solutions: dict[str, Solution],
        references: dict[str, Solution] | None = None,
        failed: dict[str, str] | None = None,
        *,
        beside: dict[str, Solution] | None = None,
        coarse: dict[str, Pair | None] | None = None,
        expected: dict[str, Pair | None] | None = None,
        without: dict[str, Solution | None] | None = None,
    ) -> None:
        # Tables are worked out when they are asked for: most are never looked at.
        vars(self).update(
            case=case,
            baseline=baseline,
            solutions=solutions,
            references=references or {},
            failed=failed or {},
            beside=beside or {},
            coarse=coarse or {},
            expected=expected or {},
            without=without or {},
        )

    @cached_property
    def warnings(self) -> dict[str, list[str]]:
        """What acts in a scenario, or in every run (`baseline`), and changes nothing, in words; only where there is something."""
        usual = idle_effects(self.case)
        acting = {name: idle_effects(self.case, s.model.scenario) for name, s in self.solutions.items()}
        found = {
            name: [*(told for told in all_ if told not in usual), *_short(self.solutions[name])]
            for name, all_ in acting.items()
        }
        usual = [*usual, *_short(self.baseline)]
        return {name: told for name, told in {"baseline": usual, **found}.items() if told}

    def reference(self, scenario: str) -> Solution:
        """Solution that a scenario is compared with: the baseline, or the scenario that its `compare_with` names."""
        if scenario in self.beside:
            return self.beside[scenario]
        found = self.solutions[scenario].model.scenario
        name = found.compare_with if found else "baseline"
        return self.baseline if name == "baseline" else {**self.references, **self.solutions}[name]

    def reference_id(self, scenario: str) -> str:
        """Id of that solution."""
        return self.reference(scenario).scenario_id

    def value_lost(self, scenario: str) -> float:
        """Joint value that a scenario loses, million currency, what is left at the end worth the same in both plans."""
        return value_lost(self._asked[scenario])

    @cached_property
    def lost_exports(self) -> pd.DataFrame:
        """Flow lost on each corridor: scenario, commodity, origin, corridor, step, start, reference, amount, lost.

        `lost` is negative where a corridor gains. Flow that is only late appears as lost and, later, as gained.
        """
        keys = ["commodity", "origin", "corridor", "step", "start"]
        return self._lost(measures.corridors, keys)

    @cached_property
    def export_loss(self) -> pd.DataFrame:
        """Sales abroad lost: scenario, commodity, origin, step, start, reference, amount, lost."""
        return self._lost(measures.exports, ["commodity", "origin", "step", "start"])

    def _lost(self, table: Callable[[Solution], pd.DataFrame], keys: list[str]) -> pd.DataFrame:
        both = joined(self._asked, table, keys)
        return both.assign(lost=both["reference"] - both["amount"])

    @cached_property
    def steps(self) -> pd.DataFrame:
        """Scenarios solved in finer steps than the case has: both answers, and whether they differ by more than a tenth.

        Columns scenario, answer, of, unit, coarse, fine, differs; see `straits.stress.twoways.both_answers`. `coarse` is nan
        where the steps of the case give no answer.
        """
        return both_answers(self.case, self._pairs(self.coarse), self.coarse, ("coarse", "fine"))

    @cached_property
    def foresights(self) -> pd.DataFrame:
        """Scenarios that are a surprise by themselves: what they cost, and would cost if all had known them from the start.

        Columns scenario, answer, of, unit, known, surprise, differs, as `steps`.
        """
        return both_answers(self.case, self._pairs(self.expected), self.expected, ("known", "surprise"))

    @cached_property
    def _asked(self) -> dict[str, Pair]:
        """Each scenario with what it is compared with."""
        return {name: Pair(solution, self.reference(name)) for name, solution in self.solutions.items()}

    def _pairs(self, names: Iterable[str]) -> dict[str, Pair]:
        return {name: self._asked[name] for name in names}

    @cached_property
    def actors(self) -> pd.DataFrame:
        """Who gains and loses: scenario, actor, item, reference, amount, change (million currency), kind, residence.

        `kind` and `residence` as in `Solution.accounts`.
        """
        return changes_by_actor(self._asked)

    @cached_property
    def states(self) -> pd.DataFrame:
        """Gains and losses by state: scenario, state, change, kind.

        A state counts its budget, the companies resident in it, its consumers and cargo of it that is under way. Who belongs to
        no state stands for itself after the states; `kind` says what it is: state, group, company, alliance, or nobody.
        """
        return by_state(self.case, self.actors)

    def state_ranges(self, scenario: str, states: Collection[str] | None = None) -> pd.DataFrame:
        """Changes of accounts by state in one scenario, with the least and the most at other prices that are as good.

        Parameters
        ----------
        scenario : str
        states : collection of str, optional
            Default: all, and who belongs to none.

        Returns
        -------
        DataFrame
            Columns state, change, least, most (million currency; nan where it is not known), open; see
            `straits.stress.tables.gains.ranges_by_state`.
        """
        return ranges_by_state(self._asked[scenario], states)

    @cached_property
    def parties(self) -> pd.DataFrame:
        """Gains and losses by budgets, companies and consumers: scenario, party, residence, reference, amount, change.

        Companies are home companies where they reside in the state of `focus`, else foreign companies; without a focus they are
        companies. groups: of many who belong to no state. cargo under way: worth of what no supply of the run brought.
        """
        return by_party(self.case, self.actors)

    @cached_property
    def scarcity(self) -> pd.DataFrame:
        """Scarcity by the rule that moved it: scenario, rule, item, reference, amount, change (million currency)."""
        return by_rule(self.actors)

    @cached_property
    def world_prices(self) -> pd.DataFrame:
        """Prices of world markets: scenario and the columns of `worldprices.price_changes`; none where prices do not answer."""
        return stacked(self._asked, worldprices.price_changes)

    @cached_property
    def exposures(self) -> pd.DataFrame:
        """What dearer or cheaper cargo brings those beyond the network: scenario and the columns of `worldprices.exposures`.

        No part of the objective or of any account.
        """
        return stacked(self._asked, worldprices.exposures)

    @cached_property
    def value_parts(self) -> pd.DataFrame:
        """What the joint value that is lost is made of: scenario, part, reference, amount, change (million currency)."""
        return stacked(self._asked, of_parts)

    @cached_property
    def storage(self) -> pd.DataFrame:
        """Content of stores: scenario (`baseline` too), store, commodity, step, start, level, capacity, share."""
        return self._of_each(measures.storage)

    @cached_property
    def storage_days(self) -> pd.DataFrame:
        """Days that stores could take in what passes them: scenario and the columns of `measures.storage_days`."""
        return self._of_each(measures.storage_days)

    @cached_property
    def fleets(self) -> pd.DataFrame:
        """What is used of fleets and joint capacities: scenario (`baseline` too) and the columns of `fleets.fleet_use`."""
        return self._of_each(fleet_use)

    @cached_property
    def built(self) -> pd.DataFrame:
        """What options of scenarios bring and cost by the year, and from when they work: the columns of `built.built_table`."""
        return built_table(self.solutions, self.without)

    @cached_property
    def processes(self) -> pd.DataFrame:
        """What processes take in and make beside the reference: the columns of `processes.process_table`."""
        return process_table(self._asked)

    @cached_property
    def bottlenecks(self) -> pd.DataFrame:
        """Worth of one more unit of each bottleneck: scenario and the columns of `bottleneck_values`."""
        return self._of_each(bottleneck_values)

    @cached_property
    def unmet(self) -> pd.DataFrame:
        """Promised and not delivered: scenario, market, commodity, step, start, amount, cost (million currency)."""
        return self._of_each(lambda s: s.unmet)

    @cached_property
    def shortfall(self) -> pd.DataFrame:
        """Agreed and not moved: scenario, contract, period, amount, cost (million currency)."""
        return self._of_each(lambda s: s.shortfall)

    @cached_property
    def stranded(self) -> pd.DataFrame:
        """Cargo that was sent before it was known that nothing leads on: scenario, place, commodity, origin, unit, amount."""
        return self._of_each(lambda s: s.stranded_by_place)

    @cached_property
    def circles(self) -> pd.DataFrame:
        """Cargo that would have gone round: scenario and the columns of `Solution.circles`."""
        return self._of_each(lambda s: s.circles)

    @cached_property
    def bypass(self) -> pd.DataFrame:
        """Both meanings of going round the state of `focus.against`: scenario and the columns of `measures.bypass`.

        Raises
        ------
        ModelError
            If the case names no focus with `against`.
        """
        focus = self.case.settings.focus
        if focus is None or focus.against is None:
            raise ModelError(
                "bypass needs `focus` with `actor`, `commodity` and `against` in the settings of the case"
            )
        return self._of_each(lambda s: measures.bypass(s, focus.actor, focus.commodity, focus.against or ""))

    def _of_each(self, table: Callable[[Solution], pd.DataFrame]) -> pd.DataFrame:
        parts = []
        for name, solution in {"baseline": self.baseline, **self.solutions}.items():
            part = table(solution).copy()
            part.insert(0, "scenario", name)
            parts.append(part)
        kept = [p for p in parts if len(p)]
        return pd.concat(kept, ignore_index=True) if kept else parts[0]

    @cached_property
    def summary(self) -> pd.DataFrame:
        """One line per scenario and cargo that is exported.

        Columns scenario, compared_with, commodity, origin, unit, exports, lost_exports, lost_share, revenue_lost (million
        currency), days_to_loss, days_to_recovery, forced (output lost by emergency), value_lost (million currency, joint
        value of everybody and all cargoes).

        `days_to_loss`, the time to survive: from the first day of a disruption to the start of the first step at whose end
        exports are behind the reference by a quarter of a day's exports; nan if that never happens. `days_to_recovery`, the
        time to recover: from that day to the end of the last step in which they fall further behind (by more than 1 % of
        the step's exports); inf if that is the last step of the axis. Both to the length of a step.
        """
        return summary_table(self._asked)

    @cached_property
    def direction(self) -> str:
        """Whether the focus is on exports, imports, transit or their balance: `imports.direction_of`."""
        return direction_of(self.baseline)

    @cached_property
    def imports(self) -> pd.DataFrame:
        """One line per scenario, state and good that it uses; see `straits.stress.tables.imports.import_table`."""
        return import_table(self._asked)

    @cached_property
    def entries(self) -> pd.DataFrame:
        """By which links goods enter states: scenario (`baseline` too) and the columns of `imports.entries`."""
        return self._of_each(entries)

    @cached_property
    def deliveries(self) -> pd.DataFrame:
        """Sales, at home and abroad, for cases that are about imports: one line per scenario and commodity that is sold or owed.

        Columns scenario, compared_with, commodity, unit, sold, sold_less, unmet, unmet_more (all origins and markets), value_lost
        (million currency, joint value of everybody and all commodities).
        """
        return deliveries_table(self._asked)

    @cached_property
    def back_test(self) -> pd.DataFrame:
        """Modelled beside observed, for the scenarios marked `back_test`: scenario and the columns of `back_test`."""
        parts = []
        for name, solution in self.solutions.items():
            if self.case.scenarios.get(name) and self.case.scenarios[name].back_test:
                part = back_test(solution)
                part.insert(0, "scenario", name)
                parts.append(part)
        return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()

    def main_scenario(self, origin: str | None = None, commodity: str | None = None) -> str:
        """Return the scenario that the answer leads with.

        The one that the focus of the case names; else the one by which most is lost of what the focus counts: exports of an
        origin, or what an importer uses. Where none takes a thousandth of that, the one by which most joint value is lost.

        Parameters
        ----------
        origin, commodity : str, optional
            Whose exports of what count. Default: those of the focus; without one, all.

        Raises
        ------
        ModelError
            There is no scenario.
        """
        focus = self.case.settings.focus
        if focus and focus.scenario in self.solutions:
            return str(focus.scenario)
        if not self.solutions:
            raise ModelError("there is no scenario to compare with the baseline")
        if focus and self.direction == "imports":
            lost, table = "lost", self.imports
            mine = table["state"] == state_of(self.case, focus.actor)
            table = table[mine & (table["commodity"] == focus.commodity)]
        else:
            lost, table = "lost_exports", self.summary
            if focus and origin is None:
                origin, commodity = focus.actor, focus.commodity
            if origin is not None and len(table):
                table = table[(table["origin"] == origin) & (table["commodity"] == commodity)]
        if len(table) and (table["lost_share"] > _TAKEN).any():
            return str(table["scenario"].iloc[int(table[lost].to_numpy(float).argmax())])
        values = {name: self.value_lost(name) for name in self.solutions}
        return max(values, key=lambda name: values[name] if values[name] == values[name] else -inf)


def _short(solution: Solution) -> list[str]:
    """Say what is too short for its steps in a run."""
    return list(solution.provenance.get("short_for_steps", ()))
