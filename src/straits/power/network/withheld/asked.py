"""One network, one time, and the players who withhold in it: what each withholding does."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from straits.access.rights import Access, rights_of, spokesmen, under_access
from straits.access.withheld import Closure, closed, closures_of, moved, without_growth
from straits.engine import Session, explain
from straits.engine.cold import Told
from straits.engine.foresight.settled import settled_solution
from straits.engine.foresight.surprise import Foresight, knowing
from straits.engine.prices.base import at_reference_prices, with_reference_dual
from straits.engine.prices.nearest import with_nearest_prices
from straits.engine.prices.ranges import account_ranges
from straits.engine.solve import alike
from straits.errors import SolveError
from straits.lp import Basis, Status
from straits.lp.states.part import surely
from straits.lp.tolerance import NOTHING
from straits.model import Bounds, Solution, compile_case, find_scenario
from straits.power.games.game import Array
from straits.power.network.program import Players
from straits.power.network.times import fitted_to, steps_of
from straits.power.network.withheld.held import exports_of, lost_supplies, supplies_of

if TYPE_CHECKING:
    from straits.case.case import Case
    from straits.case.schema.settings import Scenario


class Asked:
    """One network, one time, and the players who withhold in it.

    Parameters
    ----------
    case, players, access, start, days, options, scenario, refine, players_only, foresight
        As `straits.power.leverage` takes them.
    near : Asked, optional
        Another network that differs in bounds and costs at most, to start from; prices are those nearest to its.
    """

    def __init__(
        self,
        case: Case,
        players: Players,
        access: Access | Mapping[str, Access],
        start: str | dt.date | None,
        days: float | None,
        options: Sequence[str],
        scenario: Scenario | str | None,
        *,
        refine: bool = True,
        players_only: bool = False,
        foresight: Foresight | None = None,
        near: Asked | None = None,
    ) -> None:
        self.names, self.speaker = [str(p) for p in players], spokesmen(case, players)
        options = [options] if isinstance(options, str) else list(options)
        self.n = len(self.names)
        chosen = _with_built(case, scenario, options)
        self.fit = fitted_to(case, chosen, start, days, refine=refine)
        self.model = compile_case(self.fit.case, chosen)
        if near is None:
            self.model = with_reference_dual(self.model, self.fit, chosen, None)
        self.steps, self.moved = steps_of(self.model.network.steps, start, days, case.settings.id)
        rights = rights_of(self.model.network, self.speaker, self.n, any_host=True)
        left = under_access(rights, access, self.model.network)
        found = [
            closures_of(self.model, rights, left, self.speaker, i, self.n, players_only=players_only)
            for i in range(self.n)
        ]
        self.withheld, self.kept_open = [w for w, _ in found], [k for _, k in found]
        edges, axis = self.model.network.steps.edges, case.settings.time
        first, last = np.flatnonzero(self.steps)[[0, -1]]
        begin = axis.start + dt.timedelta(days=float(edges[first]))
        like = near if near is not None and alike(near.model, self.model) else None
        past = None if like is None else like.model.decided
        starts = () if past is None else past.bases
        self.model, foresight, told = knowing(self.model, foresight, begin, acts=True, starts=starts)
        self.session = Session(self.model)
        #: Where the plan before stands that is chosen of those as good.
        self._chosen: Basis | None = None
        if like is not None and (past is None) == (self.model.decided is None):
            self.session.start_from(like._basis)
        self.before = self._solved(self.model.bounds)
        # Each reply starts here, so that it does not depend on who was asked about before.
        self._basis: Basis = self.session.basis()
        if like is not None:
            self.before = with_nearest_prices(self.before, like.before)
        else:
            self.before = at_reference_prices(self.before)
        self.had = self.accounts(self.before)
        self.sold = exports_of(self.before, self.speaker, self.names)
        self.used = supplies_of(self.before, self.speaker, self.names)
        self.parameters = {
            "case": case.settings.id,
            "case_hash": case.hash,
            "currency": case.settings.currency,
            "scenario": self.model.scenario.id if self.model.scenario else "baseline",
            "options": options,
            "access": access if isinstance(access, str) else dict(access),
            "withheld_from": "players" if players_only else "all",
            "start": begin,
            "end": axis.start + dt.timedelta(days=float(edges[last + 1])),
            "foresight": foresight,
            "told": told,
            "moved": self.moved,
            "refined": self.fit.words,
        }

    @cached_property
    def had_range(self) -> Array:
        """Least and greatest account of each player before, shape (n, 2)."""
        return self.ranges(self.before)

    def losses(self) -> dict[tuple[str, str], float]:
        """Return the loss of each target by each actor."""
        return {
            (actor, target): float(loss)
            for i, actor in enumerate(self.names)
            for target, loss in zip(self.names, self.loss(self.after(self.withheld[i])), strict=True)
            if target != actor
        }

    def after(self, closures: Sequence[Closure]) -> Solution:
        """Return the best reply when some assets are closed, at the prices nearest to those of before."""
        return with_nearest_prices(self._reply(closed(self.model.bounds, closures, self.steps)), self.before)

    def loss(self, after: Solution) -> Array:
        """Return what each player loses, million currency."""
        return self._clean(self.had - self.accounts(after))

    def accounts(self, solution: Solution) -> Array:
        """Return the account of each player."""
        found = np.zeros(self.n)
        for actor, amount in solution.accounts().groupby("actor")["amount"].sum().items():
            if actor in self.speaker:
                found[self.speaker[str(actor)]] += amount
        return found

    def ranges(self, solution: Solution) -> Array:
        """Return the least and greatest account of each player over the prices that support a plan, shape (n, 2)."""
        return account_ranges(
            solution, [[actor for actor, k in self.speaker.items() if k == j] for j in range(self.n)]
        )

    def _alike(self, loss: Array, has_range: Array) -> tuple[Array, Array]:
        """Return the least and greatest loss of each player if what prices leave open fell to it as little, or as much, as it
        can, before and after alike; infinite where a price has no limit: nothing then says what is lost by it."""
        with np.errstate(invalid="ignore"):
            alike = self._clean(self.had_range - has_range)
        unknown = np.isnan(alike).any(axis=1)
        least = np.where(unknown, -np.inf, np.minimum(loss, alike.min(axis=1)))
        return least, np.where(unknown, np.inf, np.maximum(loss, alike.max(axis=1)))

    def told(self, i: int, lost: float) -> Told:
        """Return what is told of player i who withholds, so that it can be checked."""
        return Told(lost, None, closed(self.model.bounds, self.withheld[i], self.steps))

    def about(self, i: int) -> tuple[tuple[list[Any], ...], float]:
        """Return the rows of all tables for player i who withholds, and what that takes from the worth of the program."""
        after = self.after(self.withheld[i])
        loss, left = self.loss(after), exports_of(after, self.speaker, self.names)
        least, most = self._alike(loss, self.ranges(after))
        veto = loss
        if self.kept_open[i]:
            veto = self.loss(self.after([*self.withheld[i], *self.kept_open[i]]))
        rigid = closed(self.model.bounds, self.withheld[i], self.steps)
        # At prices as they were: where no flow can grow, scarcity prices say nothing.
        stiff = self.loss(
            replace(self._reply(without_growth(self.model, rigid, self.before)), dual=self.before.dual)
        )
        joint = float(self._clean(np.array([self.before.objective - after.objective]))[0])
        table, exports = [], []
        for j in range(self.n):
            if j != i:
                saved = 1.0 - loss[j] / stiff[j] if 0 <= loss[j] <= stiff[j] > 0 else np.nan
                pair = (self.names[i], self.names[j])
                table.append(
                    (*pair, loss[j], least[j], most[j], veto[j], stiff[j], saved, loss[i], _ratio(loss[j], loss[i]), joint)
                )  # fmt: skip
                for (commodity, unit), was in self.sold[pair[1]].items():
                    amount, revenue = was - left[pair[1]].get((commodity, unit), np.zeros(2))
                    exports.append((*pair, commodity, unit, float(amount), float(revenue)))
        supplies = lost_supplies(self.used, supplies_of(after, self.speaker, self.names), self.names[i])
        lost = float(self.model.cost @ (after.x - self.before.x)) / 1000.0
        return (table, exports, supplies, self._items(i, after), self._assets(i)), lost

    def _items(self, i: int, after: Solution) -> list[tuple[Any, ...]]:
        both = pd.concat([self.before.accounts(), after.accounts().assign(amount=lambda t: -t["amount"])])
        both = both[both["actor"].isin(list(self.speaker))]
        both = both.assign(target=both["actor"].map(self.speaker))
        lost = both.groupby(["target", "item"], as_index=False)["amount"].sum()
        return [
            (self.names[i], self.names[j], item, amount)
            for j, item, amount in lost[["target", "item", "amount"]].itertuples(index=False)
            if j != i and abs(amount) > self._noise
        ]

    def _assets(self, i: int) -> list[tuple[Any, ...]]:
        rows = []
        for closure in [*self.withheld[i], *self.kept_open[i]]:
            amount, unit = moved(closure, self.before, self.steps)
            alone, joint = np.zeros(self.n), 0.0
            if not amount <= 0:  # closing what nobody else uses takes nothing: the plan stays as it is
                after = self.after([closure])
                alone, joint = self.loss(after), self.before.objective - after.objective
            by = ", ".join([*(self.names[k] for k in closure.kept_open_by), *closure.hosts_apart])
            if closure in self.kept_open[i] and not by:
                by = "access rule"
            rows += [
                (self.names[i], closure.asset, closure.kind, closure.right, by, amount, unit, self.names[j], alone[j], joint)
                for j in range(self.n)
                if j != i
            ]  # fmt: skip
        return rows

    @property
    def _noise(self) -> float:
        return NOTHING * abs(self.before.objective)

    def _clean(self, loss: Array) -> Array:
        return np.where(np.abs(loss) <= self._noise, 0.0, loss)

    def _reply(self, bounds: Bounds) -> Solution:
        self.session.start_from(self._basis)
        return self._solved(bounds)

    def _solved(self, bounds: Bounds) -> Solution:
        answer = surely(self.session, bounds)
        if answer.status == Status.INFEASIBLE:
            raise explain(self.model, bounds)
        if answer.status != Status.OPTIMAL:
            raise SolveError(f"the solver stopped without an answer ({answer.status}; {answer.story})")
        start = self._chosen or self.session.basis()
        solution, chosen = settled_solution(replace(self.model, bounds=bounds), answer, start)
        self._chosen = self._chosen or chosen
        return solution


def _with_built(case: Case, scenario: Scenario | str | None, options: Sequence[str]) -> Scenario | None:
    from straits.case.schema.settings import Scenario

    found = find_scenario(case, scenario)
    if not options:
        return found
    if found is None:
        return Scenario(id="built", title="options built", options=tuple(options))
    return found.model_copy(update={"options": (*found.options, *options)})


def _ratio(loss: float, cost: float) -> float:
    if loss <= 0:
        return np.nan
    return loss / cost if cost > 0 else np.inf


__all__ = ["Asked"]
