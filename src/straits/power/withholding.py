"""Leverage: what others lose when an actor withholds what it controls, and what that costs the actor itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from straits.engine import Session, explain
from straits.errors import SolveError
from straits.model import Bounds, Model, Solution, compile_case, find_scenario, highs
from straits.power.casegame import Players
from straits.power.games import Array, GameError
from straits.power.rights import Right, rights_of, spokesmen
from straits.power.states import surely

if TYPE_CHECKING:
    from straits.case.case import Case
    from straits.case.settings import Scenario

#: For each player and (commodity, unit): amount and revenue (million currency) of its sales abroad.
Exports = dict[str, dict[tuple[str, str], Array]]
#: Losses below this share of the joint value are rounding.
NOTHING = 1e-9


@dataclass(frozen=True)
class Leverage:
    """Who loses what when whom withholds.

    Attributes
    ----------
    table : DataFrame
        One row for each pair: actor (who withholds), target, loss (of the target's account, million currency),
        loss_without_reply (if no flow could grow anywhere), saved (share of that loss which rerouting saves; nan
        where there is none), own_cost (of the actor), ratio (loss per unit of own cost; inf where the actor loses
        nothing, nan where the target does not), joint_loss (of all actors together). Accounts rest on local prices,
        which are not unique where an optimum is degenerate; the joint loss is no division, and moves only where shippers
        who pay tariffs are indifferent between plans.
    exports : DataFrame
        actor, target, commodity, unit, amount_lost, revenue_lost (million currency): the target's sales abroad.
    parameters : dict
        Case, scenario, options, first and last day of the withholding.
    """

    table: pd.DataFrame
    exports: pd.DataFrame
    parameters: dict[str, Any]

    def matrix(self, column: str = "loss") -> pd.DataFrame:
        """Return a column as a matrix: who withholds in rows, who is hit in columns."""
        order = list(dict.fromkeys(self.table["actor"]))
        return self.table.pivot_table(index="actor", columns="target", values=column, dropna=False).loc[
            order, order
        ]


def leverage(
    case: Case,
    players: Players,
    *,
    start: dt.date | None = None,
    days: float | None = None,
    options: Sequence[str] = (),
    scenario: Scenario | str | None = None,
) -> Leverage:
    """Find what each player loses when each other withholds what it controls, all others replying as well as they can.

    The actor who withholds (i) lets no cargo of others over links and vessels that it may close, (ii) lets no cargo
    of others be sold in markets that it may close, (iii) sells nothing of its own to buyers who are other players.
    Cargo whose origin is not tracked counts as everybody's. Who may close what is as in `game`. The reply is the
    optimum of the model, which knows the withholding from the start of the case. Values are accounts of the players
    and of those they speak for, with tariffs as the case sets them.

    Parameters
    ----------
    case : Case
        The case.
    players : sequence of actor ids, or mapping of name to actor ids
        As in `game`.
    start : datetime.date, optional
        First day of the withholding; default: the case's.
    days : float, optional
        How long; default: to the end of the case. Steps that have their middle in this time are closed as a whole.
    options : sequence of str
        Options that are built.
    scenario : Scenario or str, optional
        Default: the undisturbed case.

    Raises
    ------
    GameError
        No step has its middle in the time given, or unknown actors.
    InfeasibleError
        A promise without a price cannot be kept.
    """
    names = [str(p) for p in players]
    speaker = spokesmen(case, players)
    model = compile_case(case, _with_built(case, scenario, options))
    closed_steps = _steps(model, start, days)
    rights = rights_of(model.network, speaker, len(names))
    session = Session(model)
    before = _solved(model, session, model.bounds)
    accounts = _accounts(before, speaker, len(names))
    sold = _exports(before, speaker, names)
    noise = NOTHING * abs(before.objective)
    rows, exported = [], []
    for i, actor in enumerate(names):
        columns = _withheld(model, rights, speaker, i, len(names))
        bounds = _closed(model.bounds, columns, closed_steps)
        after = _solved(model, session, bounds)
        loss = accounts - _accounts(after, speaker, len(names))
        stiff = accounts - _accounts(
            _solved(model, session, _no_growth(model, bounds, before)), speaker, len(names)
        )
        loss, stiff = (np.where(np.abs(v) <= noise, 0.0, v) for v in (loss, stiff))
        fall = before.objective - after.objective
        left = _exports(after, speaker, names)
        for j, target in enumerate(names):
            if j != i:
                saved = 1.0 - loss[j] / stiff[j] if stiff[j] > 0 else np.nan
                rows.append(
                    (actor, target, loss[j], stiff[j], saved, loss[i], _ratio(loss[j], loss[i]), fall)
                )
                for (commodity, unit), was in sold[target].items():
                    amount, revenue = was - left[target].get((commodity, unit), np.zeros(2))
                    exported.append((actor, target, commodity, unit, float(amount), float(revenue)))
    steps = model.network.steps
    first, last = np.flatnonzero(closed_steps)[[0, -1]]
    return Leverage(
        pd.DataFrame(
            rows,
            columns=[
                "actor",
                "target",
                "loss",
                "loss_without_reply",
                "saved",
                "own_cost",
                "ratio",
                "joint_loss",
            ],
        ),
        pd.DataFrame(
            exported, columns=["actor", "target", "commodity", "unit", "amount_lost", "revenue_lost"]
        ),
        {
            "case": case.settings.id,
            "currency": case.settings.currency,
            "scenario": model.scenario.id if model.scenario else "baseline",
            "options": list(options),
            "start": case.settings.time.start + dt.timedelta(days=float(steps.edges[first])),
            "end": case.settings.time.start + dt.timedelta(days=float(steps.edges[last + 1])),
        },
    )


def with_each_option(
    case: Case,
    players: Players,
    options: Sequence[str],
    *,
    start: dt.date | None = None,
    days: float | None = None,
    scenario: Scenario | str | None = None,
) -> pd.DataFrame:
    """Compare leverage on the network as it is with that after each option is built by itself.

    Parameters
    ----------
    case, players, start, days, scenario
        As in `leverage`.
    options : sequence of str
        Options, each tried alone.

    Returns
    -------
    DataFrame
        actor, target, as_it_is (loss of the target), and a column of losses for each option; million currency.
    """
    how: dict[str, Any] = {"start": start, "days": days, "scenario": scenario}
    found = (
        leverage(case, players, **how).table[["actor", "target", "loss"]].rename(columns={"loss": "as_it_is"})
    )
    for option in options:
        found[option] = leverage(case, players, options=[option], **how).table["loss"]
    return found


def _with_built(case: Case, scenario: Scenario | str | None, options: Sequence[str]) -> Scenario | None:
    from straits.case.settings import Scenario

    found = find_scenario(case, scenario)
    if not options:
        return found
    if found is None:
        return Scenario(id="built", title="options built", options=tuple(options))
    return found.model_copy(update={"options": (*found.options, *options)})


def _steps(model: Model, start: dt.date | None, days: float | None) -> NDArray[np.bool_]:
    edges = model.network.steps.edges
    begin = 0.0 if start is None else float(model.network.steps.day(start))
    end = float(edges[-1]) if days is None else begin + days
    middle = (edges[:-1] + edges[1:]) / 2
    chosen = (middle >= begin) & (middle < end)
    if not chosen.any():
        raise GameError(
            f"leverage: no step of case {model.case.settings.id} has its middle within {end - begin:g} days from "
            f"{model.case.settings.time.start + dt.timedelta(days=begin)}; steps are {edges[1] - edges[0]:g} days long"
        )
    return chosen


def _withheld(
    model: Model, rights: list[Right], speaker: dict[str, int], i: int, n: int
) -> list[tuple[Any, int]]:
    """List the (block, entry) that the actor closes."""
    net, f = model.network, model.formulation
    others = np.array([speaker.get(c.origin) != i for c in net.cargoes], dtype=bool)
    without = np.array([((1 << n) - 1) ^ (1 << i)], dtype=np.int64)
    mine = [r for r in rights if not r.open_to(without)[0]]
    of = {kind: [r.index for r in mine if r.kind == kind] for kind in ("link", "fleet", "market")}
    found: list[tuple[Any, int]] = []
    foreign = others[net.pair_cargo]
    found += [(f.flow, int(p)) for p in np.flatnonzero(np.isin(net.pair_link, of["link"]) & foreign)]
    for use in np.flatnonzero(np.isin(net.fleets.use_fleet, of["fleet"]) & foreign[net.fleets.use_pair]):
        carried = np.flatnonzero(f.carried == use)
        found.append((f.carry, int(carried[0])) if len(carried) else (f.flow, int(net.fleets.use_pair[use])))
    sale_cargo, sale_market = net.markets.sale_cargo, net.markets.sale_market
    found += [
        (f.sale, int(q)) for q in np.flatnonzero(np.isin(sale_market, of["market"]) & others[sale_cargo])
    ]
    buyers = np.array([_buyer(model, m, speaker) for m in range(len(net.markets.ids))], dtype=int)
    to_players = np.isin(buyers, [k for k in range(n) if k != i])[sale_market]
    found += [(f.sale, int(q)) for q in np.flatnonzero(to_players & ~others[sale_cargo])]
    return found


def _buyer(model: Model, market: int, speaker: dict[str, int]) -> int:
    net = model.network
    buyer = net.case.rows("markets")[net.markets.ids[market]].buyer or net.territory_of_place(
        int(net.markets.place[market])
    )
    return speaker.get(buyer, -1) if buyer else -1


def _copy(b: Bounds) -> Bounds:
    return Bounds(b.column_lower.copy(), b.column_upper.copy(), b.row_lower.copy(), b.row_upper.copy())


def _closed(bounds: Bounds, entries: list[tuple[Any, int]], steps: NDArray[np.bool_]) -> Bounds:
    b = _copy(bounds)
    for block, entry in entries:
        b.column_upper[block.at(entry, np.flatnonzero(steps))] = 0.0
    return b


def _no_growth(model: Model, bounds: Bounds, before: Solution) -> Bounds:
    """Let no flow exceed what it was before: nothing can be rerouted."""
    f, b = model.formulation, _copy(bounds)
    for block in (f.flow, f.carry):
        b.column_upper[block.slice] = np.minimum(
            b.column_upper[block.slice], np.maximum(before.x[block.slice], 0.0)
        )
    return b


def _solved(model: Model, session: Session, bounds: Bounds) -> Solution:
    answer = surely(session, bounds)
    if answer.status == highs.INFEASIBLE:
        raise explain(model, bounds)
    if answer.status != highs.OPTIMAL:
        raise SolveError(f"the solver stopped without an answer ({answer.status})")
    return Solution(replace(model, bounds=bounds), answer.x, answer.dual, answer.reduced_cost, answer.status)


def _accounts(solution: Solution, speaker: dict[str, int], n: int) -> Array:
    found = np.zeros(n)
    for actor, amount in solution.accounts().groupby("actor")["amount"].sum().items():
        if actor in speaker:
            found[speaker[str(actor)]] += amount
    return found


def _exports(solution: Solution, speaker: dict[str, int], names: Sequence[str]) -> Exports:
    """Return sales abroad of each player's cargo by commodity, at the price the buyer pays."""
    net, f = solution.network, solution.formulation
    sale, m = solution.block(f.sale), net.markets
    unit = {key: row.unit for key, row in net.case.rows("commodities").items()}
    found: Exports = {name: {} for name in names}
    for q in range(len(m.sale_market)):
        cargo, market = net.cargoes[m.sale_cargo[q]], int(m.sale_market[q])
        if cargo.origin not in speaker or net.territory_of_place(int(m.place[market])) == cargo.origin:
            continue
        tranches = m.tranches[market]
        price = tranches[0].price if len(tranches) == 1 else solution.local_price[f.sale_at[q]]
        key = (cargo.commodity, unit[cargo.commodity])
        worth = np.array([sale[q].sum(), float((price * sale[q]).sum()) / 1000.0])
        name = names[speaker[cargo.origin]]
        found[name][key] = found[name].get(key, np.zeros(2)) + worth
    return found


def _ratio(loss: float, cost: float) -> float:
    if loss <= 0:
        return np.nan
    return loss / cost if cost > 0 else np.inf


__all__ = ["Leverage", "leverage", "with_each_option"]
