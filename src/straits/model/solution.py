"""A solved model as tables with units, prices and accounts, and how it was made."""

from __future__ import annotations

import sys
from dataclasses import dataclass, fields
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from straits.case.checks.idle.effects import idle_effects
from straits.case.units import customary
from straits.model.accounts import accounts, books_of
from straits.model.blocks import Block
from straits.model.plan import Plan
from straits.results.brief import Brief
from straits.results.figure import Figure, map_for_notebook

if TYPE_CHECKING:
    import pandas as pd

    from straits.model.accounts.books import Books
    from straits.results.picture import Picture


@dataclass(frozen=True, repr=False)
class Solution(Plan, Brief):
    """What moves, what it is worth, and to whom.

    The attributes are those of `straits.model.plan.Plan`.
    """

    def _headline(self) -> str:
        currency = self.case.settings.currency
        worth = f"joint value {self.objective:,.1f} million {currency}" if len(self.x) else "no plan"
        return f"case {self.case.settings.id}, scenario {self.scenario_id}, {self.status}, {worth}"

    def _tables(self) -> dict[str, pd.DataFrame]:
        flows = self.flows.groupby(["link", "commodity", "origin"], as_index=False)[["amount"]].sum()
        return {"flows": flows, "accounts": self.accounts()}

    def _drawings(self) -> dict[str, Figure]:
        return map_for_notebook(self)

    def map(self, commodity: str | None = None) -> Picture:
        """Draw the flows, averaged over the period; see `straits.draw_map`.

        Parameters
        ----------
        commodity : str, optional
            Default: that of the focus, else the one that is worth most abroad.

        Returns
        -------
        Picture
            Shows itself in a notebook; `save` writes SVG, HTML, PNG or PDF.

        Raises
        ------
        StraitsError
            No place has coordinates, or there is no such commodity.
        """
        # Users look for it here; who draws it, the façade knows. This room knows no map.
        return sys.modules["straits"].draw_map(self, commodity=commodity)

    def __getstate__(self) -> dict[str, Any]:
        """Travel without the solver's basis, which is of this process, and without what can be worked out again."""
        return {f.name: getattr(self, f.name) for f in fields(self)} | {"basis": None}

    @property
    def warnings(self) -> list[str]:
        """What acts in the run and changes nothing, a slip most likely, and what is too short for its steps, in words."""
        scenario = self.model.scenario
        # Its changes are in the case already.
        idle = idle_effects(self.case, scenario and scenario.model_copy(update={"changes": ()}))
        return [*idle, *self.provenance.get("short_for_steps", ())]

    @cached_property
    def world_prices(self) -> pd.DataFrame:
        """Prices of world markets: world, step, start, sold, usual, missing, price.

        sold in the unit of the commodity; missing as a share of what the world buys; usual is the price that the case gives,
        price the one on the curve itself, which the model cuts into steps, both in currency per customary unit (USD/t).
        """
        import pandas as pd

        n, rows, commodities = self.network, self.case.rows("world_markets"), self.case.rows("commodities")
        parts = []
        for world, sold in zip(n.markets.worlds, self.world_sales, strict=True):
            scale = 1000.0 / customary(commodities[rows[world.id].commodity].unit)
            ids = {"world": np.array([world.id], dtype=object)}
            table = self._table(ids, None, sold[None, :], "sold")
            missing = world.missing(sold)
            parts.append(
                table.assign(usual=world.price * scale, missing=missing, price=world.price_at(sold) * scale)
            )
        columns = ["world", "step", "start", "sold", "usual", "missing", "price"]
        return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)

    def accounts(self) -> pd.DataFrame:
        """Give the accounts of actors; see `straits.model.accounts.accounts`."""
        return self._accounts.copy()

    @cached_property
    def _accounts(self) -> pd.DataFrame:
        """The accounts, worked out once: many scenarios are compared with one plan."""
        return accounts(self)

    @cached_property
    def books(self) -> Books:
        """The accounts at any prices, worked out once: what is compared with many is asked again and again."""
        return books_of(self)

    # ------------------------------------------------------------------ tables

    @cached_property
    def flows(self) -> pd.DataFrame:
        """Flow entering each link: link, commodity, origin, step, start, amount (unit of the commodity per step)."""
        n = self.network
        moved = np.flatnonzero(~n.pair_process)
        ids = np.array(n.link_ids, dtype=object)[n.pair_link[moved]]
        flow = self.block(self.formulation.flow)[moved]
        return self._table({"link": ids}, n.pair_cargo[moved], flow, "amount", least=self.least_amount)

    @cached_property
    def processes(self) -> pd.DataFrame:
        """What processes do: process, side (`takes` or `makes`), commodity, origin, step, start, amount."""
        import pandas as pd

        n, flow = self.network, self.block(self.formulation.flow)
        taking = np.flatnonzero(n.pair_process)
        parts = []
        for side, pair, cargo, amount in (
            ("takes", taking, n.pair_cargo[taking], flow[taking]),
            ("makes", n.made.pair, n.made.cargo, flow[n.made.pair] * n.made.share[:, None]),
        ):
            ids = np.array(n.link_ids, dtype=object)[n.pair_link[pair]]
            named = {"process": ids, "side": np.full(len(pair), side, dtype=object)}
            parts.append(self._table(named, cargo, amount, "amount", least=self.least_amount))
        return pd.concat(parts, ignore_index=True)

    @cached_property
    def sales(self) -> pd.DataFrame:
        """Sales: market, commodity, origin, step, start, amount."""
        m = self.network.markets
        return self._long(
            self.formulation.sale, {"market": np.array(m.ids, dtype=object)[m.sale_market]}, m.sale_cargo
        )

    @cached_property
    def supply(self) -> pd.DataFrame:
        """Output: supply, commodity, origin, step, start, amount, forced (lost by emergency), zeros included."""
        s, f = self.network.supplies, self.formulation
        table = self._long(f.supply, {"supply": np.array(s.ids, dtype=object)}, s.cargo, zeros=True)
        forced = np.zeros((len(s.ids), self.network.T))
        forced[f.can_force] = self.block(f.forced)
        return table.assign(forced=forced.ravel())

    @cached_property
    def stores(self) -> pd.DataFrame:
        """Content at the end of each step above the least content: store, commodity, origin, step, start, level."""
        s = self.network.stores
        ids = np.array(s.ids, dtype=object)[s.stock_store]
        table = self._long(self.formulation.stock, {"store": ids}, s.stock_cargo, zeros=True)
        return table.rename(columns={"amount": "level"})

    @cached_property
    def unmet(self) -> pd.DataFrame:
        """Promised and not delivered: market, commodity, step, start, amount, cost (million currency)."""
        f, m = self.formulation, self.network.markets
        rows = self.case.rows("markets")
        ids = np.array(m.ids, dtype=object)[f.can_miss]
        table = self._long(
            f.unmet, {"market": ids, "commodity": np.array([rows[i].commodity for i in ids], dtype=object)}
        )
        price = dict(zip(m.ids, m.unmet_price, strict=True))
        return table.assign(cost=table["amount"] * table["market"].map(price).astype(float) / 1000.0)

    @cached_property
    def stranded(self) -> pd.DataFrame:
        """Cargo that arrived and found no way on: place, commodity, origin, step, start, amount."""
        f = self.formulation
        ids = np.array(self.network.place_ids, dtype=object)[f.balance_place[f.can_strand]]
        return self._long(f.stranded, {"place": ids}, f.balance_cargo[f.can_strand])

    @cached_property
    def stranded_by_place(self) -> pd.DataFrame:
        """Cargo that found no way on, in all steps: place, commodity, origin, unit, amount."""
        keys = ["place", "commodity", "origin"]
        table = self.stranded.groupby(keys, as_index=False)[["amount"]].sum()
        rows = self.case.rows("commodities")
        table.insert(3, "unit", [rows[c].unit for c in table["commodity"]])
        return table

    @cached_property
    def circles(self) -> pd.DataFrame:
        """Cargo that would have gone round: commodity, origin, links, first and last step (their starts), amount, left.

        Where `left` is true it does go round: no plan without was found. Elsewhere the plan is another one, in which each unit is
        moved for a use.
        """
        import pandas as pd

        names = ["commodity", "origin", "links", "first", "last", "amount", "left"]
        table = pd.DataFrame(self.provenance.get("circles", []), columns=names)
        return table.assign(links=[" → ".join(links) for links in table["links"]])

    @cached_property
    def shortfall(self) -> pd.DataFrame:
        """Agreed and not moved: contract, period, amount, cost (million currency)."""
        import pandas as pd

        n, f = self.network, self.formulation
        rows = [n.contracts.rows[r] for r in f.can_fall_short]
        amount = self.x[f.shortfall.slice]
        table = pd.DataFrame(
            {
                "contract": [n.contracts.ids[r.contract] for r in rows],
                "period": [r.label for r in rows],
                "amount": amount,
                "cost": [
                    a * n.contracts.penalty[r.contract] / 1000.0 for a, r in zip(amount, rows, strict=True)
                ],
            }
        )
        return table[table["amount"] > self.least_amount].reset_index(drop=True)

    @cached_property
    def prices(self) -> pd.DataFrame:
        """Worth of one more unit at a place: place, commodity, origin, step, start, price (currency per unit, e.g. USD/t)."""
        n, f = self.network, self.formulation
        ids = np.array(n.place_ids, dtype=object)[f.balance_place]
        commodities = self.case.rows("commodities")
        size = np.array([customary(commodities[n.cargoes[k].commodity].unit) for k in f.balance_cargo])
        return self._table(
            {"place": ids}, f.balance_cargo, self.local_price * (1000.0 / size)[:, None], "price"
        )

    @cached_property
    def bottlenecks(self) -> pd.DataFrame:
        """Worth of one more unit of capacity: asset, kind (link, process, supply, fleet, joint, store), step, start, value.

        Value in currency per unit (per vessel-day for fleets, per unit of its own for joint capacities); only where it is
        not zero.
        """
        import pandas as pd

        n, f, dual, reduced = self.network, self.formulation, self.dual, self.reduced_cost
        parts = []
        link = np.zeros((len(n.link_ids), n.T))
        link[f.shared] = -dual[f.capacity.slice].reshape(-1, n.T)
        alone = ~np.isin(n.pair_link, f.shared)
        link[n.pair_link[alone]] = -np.minimum(reduced[f.flow.slice].reshape(-1, n.T)[alone], 0.0)
        parts.append(("link", n.link_ids, link))
        parts.append(("supply", n.supplies.ids, -np.minimum(reduced[f.supply.slice].reshape(-1, n.T), 0.0)))
        parts.append(("fleet", n.fleets.ids, -dual[f.fleet_days.slice].reshape(-1, n.T)))
        parts.append(("store", n.stores.ids, np.maximum(-dual[f.level.slice].reshape(-1, n.T), 0.0)))
        tables = []
        for kind, ids, value in parts:
            kinds = np.full(len(ids), kind, dtype=object)
            if kind == "fleet":
                kinds[n.fleets.joint] = "joint"
            elif kind == "link":
                kinds[n.link_process] = "process"
            table = self._table({"asset": np.array(ids, dtype=object), "kind": kinds}, None, value, "value")
            # Money inside the model is in thousands of the currency per unit (kt, mcm, TEU).
            table["value"] *= 1000.0 / self._unit_size(table["asset"], kind)
            tables.append(table[table["value"].abs() > 1e-6])
        return pd.concat(tables, ignore_index=True)

    def _unit_size(self, assets: pd.Series, kind: str) -> np.ndarray:
        """Customary units in a model unit, so that values read in USD/t, USD/1000 m3, USD/TEU; 1 for vessel-days."""
        if kind == "fleet":
            return np.ones(len(assets))
        case = self.case
        table: Any = {"link": case.arcs, "supply": case.rows("supplies"), "store": case.rows("stores")}[kind]
        place, different = assets.factorize()
        commodity = [table[a].commodities[0] if kind == "link" else table[a].commodity for a in different]
        return np.array([customary(case.rows("commodities")[c].unit) for c in commodity], dtype=float)[place]

    # ------------------------------------------------------------------ long tables

    def _long(
        self,
        block: Block,
        ids: dict[str, np.ndarray],
        cargo: np.ndarray | None = None,
        *,
        zeros: bool = False,
    ) -> pd.DataFrame:
        least = None if zeros else self.least_amount
        return self._table(ids, cargo, self.block(block), "amount", least=least)

    def _table(
        self,
        ids: dict[str, np.ndarray],
        cargo: np.ndarray | None,
        values: np.ndarray,
        name: str,
        *,
        least: float | None = None,
    ) -> pd.DataFrame:
        """Make a long table of values (rows, T); with `least`, of those that are larger in size."""
        import pandas as pd

        n = self.network
        ids = dict(ids)
        if cargo is not None:
            ids["commodity"] = np.array([k.commodity for k in n.cargoes], dtype=object)[cargo]
            ids["origin"] = np.array([k.origin for k in n.cargoes], dtype=object)[cargo]
            if any(k.lot for k in n.cargoes):
                if name == "price":
                    # A price is of a lot; amounts of the lots of an origin are added up.
                    ids["lot"] = np.array([k.lot for k in n.cargoes], dtype=object)[cargo]
                else:
                    ids, values = _added_up(ids, values)
        flat = values.ravel()
        kept = np.arange(flat.size) if least is None else np.flatnonzero(np.abs(flat) > least)
        row, step = np.divmod(kept, n.T)
        columns: dict[str, Any] = {key: pd.Index(value).take(row) for key, value in ids.items()}
        columns["step"] = step
        columns["start"] = np.array(n.steps.dates, dtype="datetime64[ns]")[step]
        columns[name] = flat[kept]
        return pd.DataFrame(columns)


def _added_up(ids: dict[str, np.ndarray], values: np.ndarray) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Add up the rows of values (rows, T) that all ids call the same, in the order in which they first appear."""
    place: dict[tuple[object, ...], int] = {}
    group = np.array(
        [place.setdefault(key, len(place)) for key in zip(*ids.values(), strict=True)], dtype=int
    )
    total = np.zeros((len(place), values.shape[1]))
    np.add.at(total, group, values)
    keys = np.array([*place], dtype=object).reshape(len(place), len(ids))
    return {name: keys[:, i] for i, name in enumerate(ids)}, total
