"""What the solver says of a model: values of the columns, duals of the rows, and what they are worth."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from straits.lp.tolerance import NOTHING
from straits.model.blocks import Block

if TYPE_CHECKING:
    from straits.case.case import Case
    from straits.model.compiled import Model
    from straits.model.formulation import Formulation
    from straits.model.network import Network


@dataclass(frozen=True, repr=False)
class Plan:
    """A plan of a model and the prices that support it, in arrays.

    Attributes
    ----------
    model : Model
    x : ndarray, shape (columns,)
        Values of the columns.
    dual : ndarray, shape (rows,)
        Duals of the rows, thousand currency per unit. Where an optimum is degenerate, duals are not unique; `duals` of the
        provenance says which these are: of the solver's last basis, or the nearest to those of a reference.
    reduced_cost : ndarray, shape (columns,)
    status : str
    provenance : dict
        Case and model hash, scenario, foresight, tariffs, solver, seconds, iterations.
    basis : object, optional
        The solver's basis, from which a like model can be solved.
    remaining : Model, optional
        Of a plan decided step by step: the program of the last decision, in whose bounds all that was decided before is fixed.
        None where the plan is an optimum of `model` itself, or of no one program.
    agreed_before : ndarray, shape (rows of contracts, T), optional
        Of a plan decided step by step: the dual of each agreed flow in the solve that decided a step, nan where that is `dual`.
    """

    model: Model
    x: np.ndarray
    dual: np.ndarray
    reduced_cost: np.ndarray
    status: str
    provenance: dict[str, Any] = field(default_factory=dict)
    basis: Any = field(default=None, repr=False, compare=False)
    remaining: Model | None = field(default=None, repr=False, compare=False)
    agreed_before: np.ndarray | None = field(default=None, repr=False, compare=False)

    @property
    def network(self) -> Network:
        """The case in arrays."""
        return self.model.network

    @property
    def formulation(self) -> Formulation:
        """Layout of rows and columns."""
        return self.model.formulation

    @property
    def case(self) -> Case:
        """The case, with the changes of the scenario."""
        return self.model.case

    @property
    def scenario_id(self) -> str:
        """Id of the scenario, `baseline` for none."""
        return self.model.scenario.id if self.model.scenario else "baseline"

    def block(self, block: Block) -> np.ndarray:
        """Values of a block of columns, shape (count, steps)."""
        return self.x[block.slice].reshape(block.count, block.steps)

    def agreed_earlier(self, first: int = 0) -> np.ndarray | None:
        """Give what an agreed flow was worth in steps decided before the last news; shape (rows of contracts, T), nan for later.

        A period may begin before the news and end after it: what had moved by then moved at the price of that day.

        Parameters
        ----------
        first : int
            Of a plan that is compared with one decided again from this step on: what moved before it counts so as well.
        """
        past, dual = self.model.decided, self.dual[self.formulation.contract.slice][:, None]
        price, step = self.agreed_before, np.arange(self.network.T)
        if price is None and past is not None:
            price = np.where(step < past.first, past.dual[self.formulation.contract.slice][:, None], np.nan)
        if first > 0:
            price = np.full((len(dual), len(step)), np.nan) if price is None else price
            price = np.where(np.isnan(price) & (step < first), dual, price)
        return price

    @property
    def least_amount(self) -> float:
        """The amount up to which a number of the plan is taken for nothing."""
        return NOTHING * max(1.0, float(np.abs(self.x).max(initial=0.0)))

    def occurs(self, block: Block) -> bool:
        """Tell whether any number of a block of columns is more than nothing."""
        return bool((np.abs(self.x[block.slice]) > self.least_amount).any())

    def corridor_totals(self) -> list[tuple[str, str, str, str, float]]:
        """Add up what enters the links of each corridor, over all steps; plain rows, as pandas takes about as long as to solve.

        Returns
        -------
        list of (corridor, commodity, origin, unit, amount)
            In this order; amount in the unit of the commodity.
        """
        n, links, goods = self.network, self.case.rows("links"), self.case.rows("commodities")
        flow = self.block(self.formulation.flow)
        moved = np.where(np.abs(flow) > self.least_amount, flow, 0.0).sum(axis=1)
        total: dict[tuple[str, str, str], float] = defaultdict(float)
        for pair in np.flatnonzero(moved):
            link = links.get(n.link_ids[n.pair_link[pair]])  # None for a process
            if link is not None and link.corridor:
                cargo = n.cargoes[n.pair_cargo[pair]]
                total[link.corridor, cargo.commodity, cargo.origin] += float(moved[pair])
        return [(*key, goods[key[1]].unit, amount) for key, amount in sorted(total.items())]

    @cached_property
    def lp_value(self) -> float:
        """What the model maximised, million currency: with tariffs paid, the value that shippers see."""
        return float(-(self.model.cost @ self.x)) / 1000.0

    @cached_property
    def tariffs_paid(self) -> float:
        """Tariffs paid from shippers to others, million currency; 0 with internal tariffs."""
        return float((self.network.pair_tariff * self.block(self.formulation.flow)).sum()) / 1000.0

    @cached_property
    def duties_paid(self) -> float:
        """Duties and excise paid from shippers to treasuries, million currency; 0 with internal tariffs."""
        n, f = self.network, self.formulation
        on_flow = (n.pair_duty * self.block(f.flow)).sum()
        return float(on_flow + (n.sale_duty * self.block(f.sale)).sum()) / 1000.0

    @property
    def objective(self) -> float:
        """Joint value, million currency: sales less supply, moving, holding and penalties. Tariffs and duties stay inside it."""
        return self.lp_value + self.tariffs_paid + self.duties_paid

    @cached_property
    def local_price(self) -> np.ndarray:
        """Worth of one more unit at each (place, cargo) and step, thousand currency per unit, shape (N, T)."""
        block = self.formulation.balance
        return self.dual[block.slice].reshape(block.count, block.steps)

    @cached_property
    def world_price(self) -> np.ndarray:
        """Price of each world market in each step, thousand currency per unit, shape (W, T): the dual of `one_price`."""
        block = self.formulation.one_price
        return self.dual[block.slice].reshape(block.count, block.steps)

    @cached_property
    def world_sales(self) -> np.ndarray:
        """What the markets of each world market buy in each step, in its unit, shape (W, T)."""
        f, found = self.formulation, np.zeros((len(self.network.markets.worlds), self.network.T))
        np.add.at(found, f.part_world, self.block(f.world))
        return found

    @cached_property
    def buyer_price(self) -> np.ndarray:
        """What each market pays for a unit, thousand currency, shape (M, T): by order, listed, or listed with the world's moves.

        nan for a market with a demand curve, where the local price is paid.
        """
        m = self.network.markets
        if not m.ids:
            return np.empty((0, self.network.T))
        moves = np.vstack([self.world_price, np.zeros(self.network.T)])[m.world]
        found = m.beside_world + m.world_weight[:, None] * moves
        curve = np.array([len(t) > 1 for t in m.tranches], dtype=bool)
        found[curve] = np.nan
        return np.where(np.isnan(m.regulated)[:, None], found, m.regulated[:, None])

    @cached_property
    def opening_worth(self) -> float:
        """Worth at local prices of what was on its way or in store at the start, million currency.

        It is part of `objective`, because its costs were borne before: compare runs that start alike, not values as such.
        """
        return float((self.local_price * self.formulation.opening_arrivals()).sum()) / 1000.0

    @cached_property
    def closing_worth(self) -> float:
        """Worth of what is on its way or in store at the end, million currency: part of `objective`, sold by nobody yet."""
        f = self.formulation
        return float(f.closing_value(self.network.T - 1) @ self.x) / 1000.0
