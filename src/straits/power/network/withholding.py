"""Leverage: what others lose when an actor withholds what it controls, and what that costs the actor itself."""

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
from straits.engine.foresight.surprise import Foresight, knowing
from straits.engine.ranges import account_ranges
from straits.errors import SolveError
from straits.lp import Status
from straits.lp.states.part import surely
from straits.lp.tolerance import NOTHING
from straits.model import Bounds, Solution, compile_case, find_scenario, provenance_of
from straits.power.games.game import Array, GameError
from straits.power.network.held import LOSSES, Leverage, exports_of, lost_supplies, supplies_of
from straits.power.network.program import Players
from straits.power.network.summary import leverage_text
from straits.power.network.times import fitted_to, steps_of
from straits.results.result import Result, described

if TYPE_CHECKING:
    from straits.case.case import Case
    from straits.case.schema.settings import Scenario

#: Columns of the tables of `Leverage`.
_COLUMNS = (
    ["actor", "target", "loss", "loss_least", "loss_most", "loss_veto", "loss_without_reply", "saved", "own_cost", "ratio",
     "joint_loss"],
    ["actor", "target", "commodity", "unit", "amount_lost", "revenue_lost"],
    ["actor", "target", "commodity", "unit", "used_lost", "unmet_more"],
    ["actor", "target", "item", "loss"],
    ["actor", "asset", "kind", "right", "kept_open_by", "moved", "unit", "target", "loss_alone", "joint_alone"],
)  # fmt: skip


def leverage(
    case: Case,
    players: Players,
    *,
    access: Access | Mapping[str, Access] = "host",
    start: dt.date | None = None,
    days: float | None = None,
    options: Sequence[str] = (),
    scenario: Scenario | str | None = None,
    foresight: Foresight | None = None,
    refine: bool = True,
    from_players_only: bool = False,
) -> Leverage:
    """Find what each player loses when each other withholds what it controls, all others replying as well as they can.

    The actor who withholds (i) lets no cargo of others over links and vessels that it may close, (ii) lets no cargo
    of others be sold in markets that it may close, (iii) sells nothing of its own to others, players or not
    (`from_players_only`: to
    buyers who are other players). What lies on the land of a state its owners do not close, whether the state is a player or
    not: who else is asked about changes no loss.
    Cargo whose origin is not tracked counts as everybody's. The reply is the optimum of the model, which knows the
    withholding from the start of the case or, by surprise, from its first day. Values are accounts of the players and of
    those they speak for, with tariffs as the case sets them.

    Parameters
    ----------
    case : Case
        The case.
    players : sequence of actor ids, or mapping of name to actor ids
        As in `game`.
    access : "host", "veto", "regulated" or mapping of asset to one of them
        Which rights hold, as in `game`. Default host: what lies wholly on the territory of another state that state keeps
        running against an owner, since to withhold is to act, and owners of shares have no hand on the valve. Column
        `loss_veto` says what it would be if they had.
    start : datetime.date, optional
        First day of the withholding; default: the case's.
    days : float, optional
        How long; default: to the end of the case.
    options : sequence of str
        Options that are built.
    from_players_only : bool
        Whether own cargo is withheld from buyers who are other players only; the rest may still go to everybody else.
    scenario : Scenario or str, optional
        Default: the undisturbed case.
    foresight : {"perfect", "surprise"}, optional
        perfect: all know from the start who will withhold what, when. surprise: they learn it on its first day, with its end;
        what was decided before is carried out. Column `loss_known` has the loss with foresight beside. Default: surprise, as
        acts of states are in scenarios.
    refine : bool
        Whether steps are cut so that they begin and end with the time given and are no longer than a third of it; column
        `loss_coarse` then has the loss in the steps of the case. If not, steps that have their middle in this time are closed
        as a whole, and the answer says which time that is.

    Raises
    ------
    GameError
        Fewer than two players; no step has its middle in the time given, a start outside the case, or unknown actors.
    InfeasibleError
        A promise without a price cannot be kept.
    """
    if len(players) < 2:
        raise GameError(f"leverage: needs at least two players, found {len(players)}")
    asked = _Asked(
        case, players, access, start, days, options, scenario, refine=refine, players_only=from_players_only,
        foresight=foresight,
    )  # fmt: skip
    tables: tuple[list[Any], ...] = ([], [], [], [], [])
    for i in range(asked.n):
        for rows, more in zip(tables, asked.about(i), strict=True):
            rows.extend(more)
    table, exports, supplies, items, assets = (
        pd.DataFrame(rows, columns=columns) for rows, columns in zip(tables, _COLUMNS, strict=True)
    )
    beside: dict[str, dict[str, Any]] = {}
    if asked.fit.refine:
        beside["loss_coarse"] = {"refine": False, "foresight": foresight}
    if asked.model.decided is not None:
        beside["loss_known"] = {"refine": refine, "foresight": "perfect"}
    for name, how in beside.items():
        found = _losses(
            case, players, access, start, days, options, scenario, players_only=from_players_only, **how
        )
        keys = zip(table["actor"], table["target"], strict=True)
        table.insert(3, name, [found.get(key, np.nan) for key in keys])
    p = asked.parameters
    money = f"million {p['currency']}"
    plain = Result(
        question=f"Who loses what when one of {', '.join(asked.names)} withholds "
        f"{'from the other players only' if from_players_only else 'from all others'}, from {p['start']} to {p['end']} (the day "
        "after the last)?",
        method="One optimum of the model for each actor who withholds, all others replying; losses are differences of accounts "
        "at the prices of the optimum, with their range where prices are not unique.",
        parameters=p,
        provenance=provenance_of(case, asked.model),
        tables={
            "leverage": described(
                table, title="What each loses when another withholds", units={c: money for c in LOSSES if c in table}
            ),
            "exports": described(exports, title="Sales abroad that each loses", units={"revenue_lost": money}),
            "supplies": described(
                supplies, title="What each uses less, and is promised and does not get",
                note="used_lost and unmet_more in the unit of the commodity",
            ),
            "items": described(items, title="Loss by item of the account", units={"loss": money}),
            "assets": described(
                assets, title="What each loss rests on", units={"loss_alone": money, "joint_alone": money},
                note="Assets one behind the other each take as much alone as all together.",
            ),
        },
    )  # fmt: skip
    return Leverage(**{**vars(plain), "sentences": tuple(leverage_text(plain))})


def with_each_option(
    case: Case,
    players: Players,
    options: Sequence[str],
    *,
    access: Access | Mapping[str, Access] = "host",
    start: dt.date | None = None,
    days: float | None = None,
    scenario: Scenario | str | None = None,
    foresight: Foresight | None = None,
    refine: bool = True,
    from_players_only: bool = False,
) -> pd.DataFrame:
    """Compare leverage on the network as it is with that after each option is built by itself.

    Parameters
    ----------
    case, players, access, start, days, scenario, foresight, refine, from_players_only
        As in `leverage`.
    options : sequence of str
        Options, each tried alone.

    Returns
    -------
    DataFrame
        actor, target, as_it_is (loss of the target), and a column of losses for each option; million currency. Each network
        is compared with itself: what an option is worth in quiet times is no part of it.
    """
    found: dict[str, Any] = {}
    options = [options] if isinstance(options, str) else list(options)
    for name, built in {"as_it_is": [], **{option: [option] for option in options}}.items():
        asked = _Asked(
            case, players, access, start, days, built, scenario, refine=refine, players_only=from_players_only,
            foresight=foresight,
        )  # fmt: skip
        pairs = [(i, j) for i in range(asked.n) for j in range(asked.n) if i != j]
        found.setdefault("actor", [asked.names[i] for i, _ in pairs])
        found.setdefault("target", [asked.names[j] for _, j in pairs])
        losses = [asked.loss(asked.after(asked.withheld[i])) for i in range(asked.n)]
        found[name] = [losses[i][j] for i, j in pairs]
    return pd.DataFrame(found)


def _losses(case: Case, *asked: Any, **how: Any) -> dict[tuple[str, str], float]:
    """Return the loss of each target by each actor, asked otherwise; empty where no step has its middle in the time."""
    try:
        found = _Asked(case, *asked, **how)
    except GameError:
        return {}
    losses = [found.loss(found.after(found.withheld[i])) for i in range(found.n)]
    return {
        (found.names[i], found.names[j]): float(losses[i][j])
        for i in range(found.n)
        for j in range(found.n)
        if i != j
    }


class _Asked:
    """One network, one time, and the players who withhold in it."""

    def __init__(
        self,
        case: Case,
        players: Players,
        access: Access | Mapping[str, Access],
        start: dt.date | None,
        days: float | None,
        options: Sequence[str],
        scenario: Scenario | str | None,
        *,
        refine: bool = True,
        players_only: bool = False,
        foresight: Foresight | None = None,
    ) -> None:
        self.names, self.speaker = [str(p) for p in players], spokesmen(case, players)
        options = [options] if isinstance(options, str) else list(options)
        self.n = len(self.names)
        chosen = _with_built(case, scenario, options)
        self.fit = fitted_to(case, chosen, start, days, refine=refine)
        self.model = compile_case(self.fit.case, chosen)
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
        self.model, foresight, told = knowing(self.model, foresight, begin, acts=True)
        self.session = Session(self.model)
        self.before = self._solved(self.model.bounds)
        # Each reply starts here, so that it does not depend on who was asked about before.
        self._basis = self.session.basis()
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

    def after(self, closures: Sequence[Closure]) -> Solution:
        """Return the best reply when some assets are closed."""
        return self._reply(closed(self.model.bounds, closures, self.steps))

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

    def about(self, i: int) -> tuple[list[Any], ...]:
        """Return the rows of all tables for player i who withholds."""
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
        return table, exports, supplies, self._items(i, after), self._assets(i)

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
        model = replace(self.model, bounds=bounds)
        return Solution(model, answer.x, *model.prices(answer.dual, answer.reduced_cost), answer.status)


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


__all__ = ["Leverage", "leverage", "with_each_option"]
