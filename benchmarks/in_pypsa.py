"""The network of a compiled case as a PyPSA network: one bus per place and cargo, as a user of PyPSA would write it.

PyPSA has no capacity that several links share, nor demand or storage that several origins share; these come as extra
constraints, built whole with linopy. What PyPSA cannot express is refused.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pypsa
import xarray as xr

from straits.model import Model
from straits.model.availability import factors_of
from straits.model.transit import arrivals

#: Stands for an unlimited capacity, in units per day: far above any amount of the cases, small enough for the solver.
LARGE = 1e6

#: HiGHS as straits runs it.
SOLVER = {"threads": 1, "parallel": "off", "output_flag": False}


class PypsaModel:
    """A case in PyPSA.

    Parameters
    ----------
    model : Model
        Compiled case without fleets, contracts, ramps, least outputs or rates of stores, that begins and ends empty.

    Attributes
    ----------
    constant : float
        Penalty of keeping no promise at all, which PyPSA's objective does not hold, thousand currency.
    """

    def __init__(self, model: Model) -> None:
        self.model = model
        self.net = n = model.network
        refuse(model)
        self.days = n.steps.days
        factors = factors_of(n, model.effects)
        self.link_rate = factors.apply("link", n.link_capacity) / self.days
        self.pair_factor = factors.by_kind["pair"]
        self.supply_rate = factors.apply("supply", n.supplies.capacity) / self.days
        market = np.ones((len(n.markets.ids), n.T))
        for index, share in factors.by_kind["market"].items():
            market[index] = share
        self.tranches = [
            (m, float(tranche.price[0]), tranche.width * market[m] / self.days)
            for m, curve in enumerate(n.markets.tranches)
            for tranche in curve
        ]
        self.constant = 0.0
        self.groups: list[tuple[str, list[str], list[int], np.ndarray]] = []
        self.network = self.build()

    def build(self) -> pypsa.Network:
        """Give the network, ready to optimise."""
        n, network = self.net, pypsa.Network()
        network.set_snapshots(pd.RangeIndex(n.T, name="snapshot"))
        network.snapshot_weightings.loc[:, :] = np.repeat(self.days[:, None], 3, axis=1)
        f = self.model.formulation
        network.add("Bus", [self.bus(i, k) for i, k in zip(f.balance_place, f.balance_cargo, strict=True)])
        self.add_links(network)
        self.add_supplies(network)
        self.add_sales(network)
        self.add_stores(network)
        return network

    def bus(self, place: int, cargo: int) -> str:
        return f"{self.net.place_ids[place]} {self.net.cargoes[cargo].label}"

    def add_links(self, network: pypsa.Network) -> None:
        n, count = self.net, len(self.net.pair_link)
        rate = self.link_rate[n.pair_link].copy()
        for p, factor in self.pair_factor.items():
            full = n.link_capacity[n.pair_link[p]] / self.days
            rate[p] = np.minimum(
                rate[p], np.where(factor == 0, 0.0, full * np.where(factor == 0, 1.0, factor))
            )
        names = [f"link{p}" for p in range(count)]
        self.add_limited(
            network, "Link", names, rate,
            bus0=[self.bus(i, k) for i, k in zip(n.link_tail[n.pair_link], n.pair_cargo, strict=True)],
            marginal_cost=(n.pair_cost + n.pair_tariff)[:, 0],
            **self.ends(network, names),
        )  # fmt: skip
        self.share("Link-p", names, n.pair_link, self.link_rate)

    def ends(self, network: pypsa.Network, names: list[str]) -> dict[str, Any]:
        """Give where links arrive, when, and how much of what enters: one end for each step over which their flow spreads."""
        n = self.net
        heads = [self.bus(i, k) for i, k in zip(n.link_head[n.pair_link], n.pair_cargo, strict=True)]
        kept = 1.0 - n.link_loss[n.pair_link]
        if not np.any(n.link_transit > 0):
            return {"bus1": heads, "efficiency": kept}
        spread = {float(d): self.landing(float(d)) for d in np.unique(n.link_transit)}
        landings = [spread[float(d)] for d in n.link_transit[n.pair_link]]
        columns: dict[str, Any] = {}
        for end in range(max(len(parts) for parts in landings)):
            reached = [end < len(parts) for parts in landings]
            number = "" if end == 0 else str(end + 1)
            columns[f"bus{end + 1}"] = [
                head if is_in else "" for head, is_in in zip(heads, reached, strict=True)
            ]
            columns[f"delay{number}"] = [parts[end][0] if end < len(parts) else 0 for parts in landings]
            columns[f"cyclic_delay{number}"] = False
            columns[f"efficiency{number}"] = pd.DataFrame(
                {
                    name: parts[end][1] * share if end < len(parts) else np.zeros(n.T)
                    for name, parts, share in zip(names, landings, kept, strict=True)
                },
                index=network.snapshots,
            )
            if all(
                (frame := columns[f"efficiency{number}"]).iloc[-1].eq(frame.iloc[row]).all()
                for row in range(end + 1, n.T)
            ):
                columns[f"efficiency{number}"] = frame.iloc[-1].to_numpy()
        return columns

    def landing(self, transit: float) -> list[tuple[int, np.ndarray]]:
        """Give the parts in which flow arrives: delay in days, as PyPSA counts it, and the part's rate over that of the flow.

        PyPSA takes what arrives in a step from the last step that began at least `delay` before it.
        """
        edges, found, parts = self.net.steps.edges, arrivals(self.net.steps.edges, transit), []
        lags = found.arrival - found.departure
        for lag in np.unique(lags):
            at = lags == lag
            share = np.zeros(self.net.T)
            share[found.arrival[at]] = found.share[at] * (
                self.days[found.departure[at]] / self.days[found.arrival[at]]
            )
            delay = 0
            if lag:
                steps = self.net.T - lag
                delay = int((edges[lag - 1 : lag - 1 + steps + 1] - edges[: steps + 1]).max()) + 1
                if delay > (edges[lag:] - edges[: steps + 1]).min():
                    raise ValueError(f"no delay stands for {lag} steps of such different lengths")
            parts.append((delay, share))
        return parts

    def add_supplies(self, network: pypsa.Network) -> None:
        s = self.net.supplies
        buses = [self.bus(i, k) for i, k in zip(s.place, s.cargo, strict=True)]
        names = [f"supply{j}" for j in range(len(s.ids))]
        self.add_limited(network, "Generator", names, self.supply_rate, bus=buses, marginal_cost=s.cost[:, 0])

    def add_sales(self, network: pypsa.Network) -> None:
        m = self.net.markets
        names, buses, costs, rates, groups = [], [], [], [], []
        for t, (market, price, rate) in enumerate(self.tranches):
            promised = m.kind[market] == "fixed"
            penalty = m.unmet_price[market] if promised else 0.0
            if promised:
                self.constant += float(penalty * (rate @ self.days))
            for q in np.flatnonzero(m.sale_market == market):
                names.append(f"sale{t}_{q}")
                buses.append(self.bus(m.place[market], m.sale_cargo[q]))
                costs.append(-(price + penalty))
                rates.append(rate)
                groups.append(t)
        self.add_limited(
            network, "Generator", names, np.array(rates), bus=buses, marginal_cost=costs, sign=-1.0
        )
        self.share("Generator-p", names, np.array(groups), np.array([rate for *_, rate in self.tranches]))

    def add_stores(self, network: pypsa.Network) -> None:
        s = self.net.stores
        if not s.ids:
            return
        names = [f"store{j}" for j in range(len(s.stock_store))]
        network.add(
            "Store", names,
            bus=[self.bus(i, k) for i, k in zip(s.place[s.stock_store], s.stock_cargo, strict=True)],
            e_nom=np.minimum(s.capacity[s.stock_store, 0], LARGE), e_initial=s.stock_start,
            marginal_cost_storage=s.cost[s.stock_store, 0], e_cyclic=False,
        )  # fmt: skip
        self.share("Store-e", names, s.stock_store, s.capacity)

    def add_limited(
        self, network: pypsa.Network, component: str, names: list[str], rate: np.ndarray, **columns: Any
    ) -> None:
        """Add components whose limit (count, T) may vary over time."""
        rate = np.minimum(rate, LARGE)
        most = rate.max(axis=1)
        varying = np.flatnonzero((rate != most[:, None]).any(axis=1))
        share = pd.DataFrame(
            (rate[varying] / most[varying, None]).T,
            index=network.snapshots,
            columns=[names[j] for j in varying],
        )
        network.add(component, names, p_nom=most, **columns)
        if len(varying):
            known = network.dynamic(component)
            known.p_max_pu = pd.concat([known.p_max_pu, share], axis=1)

    def share(self, variable: str, names: list[str], group: np.ndarray, limit: np.ndarray) -> None:
        """Note a limit (groups, T) on sums of a variable; groups of one are limited by their own bound."""
        size = np.bincount(group, minlength=len(limit))
        chosen = np.flatnonzero((size > 1)[group] & np.isfinite(limit[group]).all(axis=1))
        if len(chosen):
            self.groups.append((variable, [names[j] for j in chosen], group[chosen].tolist(), limit))

    def shared_limits(self, network: pypsa.Network, _snapshots: pd.Index) -> None:
        """Add the noted limits to PyPSA's model."""
        for number, (variable, names, group, limit) in enumerate(self.groups):
            key = xr.DataArray(group, coords={"name": names}, dims="name", name="group")
            left = network.model.variables[variable].sel(name=names).groupby(key).sum()
            right = xr.DataArray(
                limit.T,
                coords={"snapshot": network.snapshots, "group": np.arange(len(limit))},
                dims=("snapshot", "group"),
            ).sel(group=np.unique(group))
            network.model.add_constraints(left <= right, name=f"shared_{number}")

    def solve(self) -> float:
        """Build PyPSA's model, solve it, and give the value in the terms of straits, thousand currency.

        `Network.optimize` would also work out the topology of every bus for power flows, which takes longer than all the
        rest here and which no one asked for; so its parts are called one by one.

        Raises
        ------
        RuntimeError
            If no optimum was found.
        """
        model = self.network.optimize.create_model(include_objective_constant=False)
        self.shared_limits(self.network, self.network.snapshots)
        status, condition = model.solve(solver_name="highs", progress=False, **SOLVER)
        return self.value(status, condition, model.objective.value)

    def optimize(self) -> float:
        """Do the same with `Network.optimize`, all that it does included."""
        status, condition = self.network.optimize(
            solver_name="highs",
            extra_functionality=self.shared_limits,
            include_objective_constant=False,
            solver_options=SOLVER,
        )
        return self.value(status, condition, self.network.objective)

    def value(self, status: str, condition: str, objective: float) -> float:
        if (status, condition) != ("ok", "optimal"):
            raise RuntimeError(f"PyPSA ended with {status}, {condition}")
        return -(float(objective) + self.constant)


def refuse(model: Model) -> None:
    """Stop if the case has what is not carried over."""
    n = model.network
    problems = {
        "fleets": len(n.fleets.ids),
        "contracts": len(n.contracts.rows),
        "duties": np.any(n.sale_duty) or np.any(n.pair_duty) or np.any(n.pair_premium),
        "world markets": len(n.markets.worlds),
        "disruptions of one origin": model.formulation.of_origin.count,
        "reserves": np.any(n.stores.reserve > 0),
        "ramps": np.isfinite(n.supplies.ramp_down).any() or np.isfinite(n.supplies.ramp_up).any(),
        "least outputs": np.any(n.supplies.min_output > 0),
        "capacities of stores that change": np.any(n.stores.capacity != n.stores.capacity[:, :1]),
        "rates of stores": np.isfinite(n.stores.in_rate).any() or np.isfinite(n.stores.out_rate).any(),
        "hard promises": any(
            kind == "fixed" and np.isnan(price)
            for kind, price in zip(n.markets.kind, n.markets.unmet_price, strict=True)
        ),
        "a boundary": model.formulation.boundary is not None,
    }
    if found := [name for name, present in problems.items() if present]:
        raise ValueError(f"not carried over to PyPSA: {', '.join(found)}")
