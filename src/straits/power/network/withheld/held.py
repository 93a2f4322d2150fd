"""What `leverage` returns: who loses what when whom withholds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from straits.engine.measures import processed_abroad, processing_states, users_of
from straits.lp.tolerance import NOTHING
from straits.power.games.game import Array
from straits.power.network.summary import rests_on
from straits.results.result import Result

if TYPE_CHECKING:
    from straits.model import Solution

#: For each player and (commodity, unit): amount and revenue (million currency) of its sales abroad.
Exports = dict[str, dict[tuple[str, str], Array]]
#: For each player, commodity and unit: what is used, and what is promised and not delivered.
Supplies = dict[tuple[str, str, str], tuple[float, float]]
#: Columns of a table of leverage that are money; which of them it has depends on what was asked.
LOSSES = (
    "loss", "loss_coarse", "loss_known", "loss_least", "loss_most", "loss_veto", "loss_without_reply", "own_cost", "joint_loss",
)  # fmt: skip


class Leverage(Result):
    """Who loses what when whom withholds.

    Attributes
    ----------
    table : DataFrame
        One row for each pair: actor (who withholds), target, loss (of the target's account, million currency), loss_least
        and loss_most (the same if the rents that prices leave open fell to the target as little or as much as they can,
        before and after alike: where they differ, the loss is known no better; infinite where a promise must be kept at any
        price), loss_veto (if all rights held, those of owners against hosts too), loss_without_reply (if no flow could grow
        anywhere, at the prices before), saved (share of that loss which rerouting saves; nan where prices that move take or
        give more), own_cost (of the actor), ratio (loss per unit of own cost; inf where the actor loses nothing, nan where
        the target does not), joint_loss (of all actors
        together; no division by prices, it moves only where shippers who pay tariffs are indifferent between plans).
    exports : DataFrame
        actor, target, commodity, unit, amount_lost, revenue_lost (million currency): the target's sales abroad, of goods
        whose origin is tracked.
    supplies : DataFrame
        actor, target, commodity, unit, used_lost, unmet_more: what is used less on the target's territory, and promised there and
        not delivered, over the whole axis; for an importer, leverage in tonnes.
    items : DataFrame
        actor, target, item, loss: the loss by item of the account (`straits.model.accounts`), million currency.
    assets : DataFrame
        What each loss rests on. actor, asset, kind (link, fleet, market; `sale` for own cargo not sold to others), right (by
        which the actor may close it), kept_open_by (who keeps it open; then it is not withheld), moved and unit (cargo of
        others that used it before), target, loss_alone (of the target, if it alone were closed), joint_alone (of all).
        Assets one behind the other each take as much alone as all together.
    parameters : dict
        Case and its hash, scenario, options, access, first and last day of the withholding, withheld_from (all, or players),
        checked (actors whose reply was solved cold), largest_difference (relative).
    """

    @property
    def exports(self) -> pd.DataFrame:
        """Sales abroad that each loses."""
        return self.tables["exports"]

    @property
    def supplies(self) -> pd.DataFrame:
        """What each uses less, and is promised and does not get."""
        return self.tables["supplies"]

    @property
    def items(self) -> pd.DataFrame:
        """Loss by item of the account."""
        return self.tables["items"]

    @property
    def assets(self) -> pd.DataFrame:
        """What each loss rests on."""
        return self.tables["assets"]

    @property
    def window(self) -> tuple[dt.date, dt.date]:
        """First day of the withholding, and the day after the last."""
        return dt.date.fromisoformat(self.parameters["start"]), dt.date.fromisoformat(self.parameters["end"])

    def matrix(self, column: str = "loss") -> pd.DataFrame:
        """Return a column as a matrix: who withholds in rows, who is hit in columns."""
        order = list(dict.fromkeys(self.table["actor"]))
        return self.table.pivot_table(index="actor", columns="target", values=column, dropna=False).loc[
            order, order
        ]

    def rests_on(self, actor: str, target: str) -> pd.DataFrame:
        """Return what the actor withholds with what it takes from the target alone, the most first."""
        return rests_on(self, actor, target)


def exports_of(solution: Solution, speaker: Mapping[str, int], names: Sequence[str]) -> Exports:
    """Return sales abroad of each player's cargo by commodity, at the price the buyer pays."""
    net, f = solution.network, solution.formulation
    sale, m = solution.block(f.sale), net.markets
    unit = {key: row.unit for key, row in net.case.rows("commodities").items()}
    found: Exports = {name: {} for name in names}
    for q in range(len(m.sale_market)):
        cargo, market = net.cargoes[m.sale_cargo[q]], int(m.sale_market[q])
        if cargo.origin not in speaker or net.territory_of_place(int(m.place[market])) == cargo.origin:
            continue
        usual = solution.buyer_price[market]
        price = np.where(np.isfinite(usual), usual, solution.local_price[f.sale_at[q]])
        key = (cargo.commodity, unit[cargo.commodity])
        worth = np.array([sale[q].sum(), float((price * sale[q]).sum()) / 1000.0])
        name = names[speaker[cargo.origin]]
        found[name][key] = found[name].get(key, np.zeros(2)) + worth
    flow, number = solution.block(f.flow), {cargo: k for k, cargo in enumerate(net.cargoes)}
    for pair, cargo, share in processed_abroad(net):
        if cargo.origin in speaker:
            at = f.balance_of[net.link_tail[net.pair_link[pair]], number[cargo]]
            amount, key = share * flow[pair], (cargo.commodity, unit[cargo.commodity])
            worth = np.array([amount.sum(), float(solution.local_price[at] @ amount) / 1000.0])
            name = names[speaker[cargo.origin]]
            found[name][key] = found[name].get(key, np.zeros(2)) + worth
    return found


def supplies_of(solution: Solution, speaker: Mapping[str, int], names: Sequence[str]) -> Supplies:
    """Return what each player uses of each commodity, and is promised and does not get, over the whole axis."""
    net, f = solution.network, solution.formulation
    m, rows = net.markets, net.case.rows("markets")
    unit = {key: row.unit for key, row in net.case.rows("commodities").items()}
    sold, missed = np.zeros(len(m.ids)), np.zeros(len(m.ids))
    np.add.at(sold, m.sale_market, solution.block(f.sale).sum(axis=1))
    missed[f.can_miss] = solution.block(f.unmet).sum(axis=1)
    found: Supplies = {}
    for key, user, used, unmet in zip(m.ids, users_of(net), sold, missed, strict=True):
        if user in speaker:
            good = rows[key].commodity
            at = (names[speaker[user]], good, unit[good])
            before = found.get(at, (0.0, 0.0))
            found[at] = (before[0] + float(used), before[1] + float(unmet))
    taken = solution.block(f.flow)[net.pair_process].sum(axis=1)
    cargoes = net.pair_cargo[net.pair_process]
    for user, k, used in zip(processing_states(net), cargoes, taken, strict=True):
        if user in speaker:
            good = net.cargoes[k].commodity
            at = (names[speaker[user]], good, unit[good])
            before = found.get(at, (0.0, 0.0))
            found[at] = (before[0] + float(used), before[1])
    return found


def lost_supplies(had: Supplies, left: Supplies, actor: str) -> list[tuple[object, ...]]:
    """Return for each other player and commodity what is used less and what is unmet more when an actor withholds."""
    found: list[tuple[object, ...]] = []
    for (name, commodity, unit), (used, unmet) in had.items():
        now = left.get((name, commodity, unit), (0.0, 0.0))
        nothing = NOTHING * (1.0 + used + unmet)
        less, more = (0.0 if abs(x) <= nothing else x for x in (used - now[0], now[1] - unmet))
        if name != actor:
            found.append((actor, name, commodity, unit, less, more))
    return found
