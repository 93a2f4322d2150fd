"""What `leverage` returns: who loses what when whom withholds."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from straits.power.network.summary import rests_on
from straits.results.result import Result


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
    items : DataFrame
        actor, target, item, loss: the loss by item of the account (`straits.model.accounts`), million currency.
    assets : DataFrame
        What each loss rests on. actor, asset, kind (link, fleet, market; `sale` for own cargo not sold to others), right (by
        which the actor may close it), kept_open_by (who keeps it open; then it is not withheld), moved and unit (cargo of
        others that used it before), target, loss_alone (of the target, if it alone were closed), joint_alone (of all).
        Assets one behind the other each take as much alone as all together.
    parameters : dict
        Case and its hash, scenario, options, access, first and last day of the withholding.
    """

    @property
    def exports(self) -> pd.DataFrame:
        """Sales abroad that each loses."""
        return self.tables["exports"]

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
