"""The model, written as on paper: columns, objective, rows. `docs/formulation.md` uses the same names.

Indices: i place, k cargo (commodity, origin), a link or process, s supply, m market, h store, f fleet, c contract, t step.
Columns, all >= 0, in units per step (stock: units at the end of the step):

    supply[s,t]     output                        flow[a,k,t]     what enters a link or a process
    forced[s,t]     output lost by emergency      carry[f,a,k,t]  flow carried by one of several fleets of a link
    sale[m,k,t]     what a market buys            tranche[m,b,t]  part of a demand curve that is filled
    unmet[m,t]      promised, not delivered       stock[h,k,t]    content of a store
    shortfall[c,p]  agreed, not moved, in period p   stranded[i,k,t]  arrived, and no way on
    lacking[h,t]    what a reserve lacks          drawn[h,t]      drawn on a reserve, at its price
    unfilled[h,t]   of a reserve that rises, not filled, at that price
    world[w,b,t]    part of a world market's curve that is filled
    ballast[f,l,t]  ships that sail a leg empty

Minimise   sum_s (cost_s supply + forced_cost_s forced) + sum_a (cost_a + premium_a + tariff_a + duty_a) flow
           + sum_h cost_h days_t stock
           - sum_m (price - duty) sale (or price_b tranche) + sum_m unmet_price_m unmet + sum_c penalty_c shortfall
           + sum_w (price_w weight_m sale - price_b world)
           + sum_h release_price_h (drawn + unfilled)
           - closing value of what is on its way or in store at the end

subject to the rows that the functions of `coefficients` build, each those of its name. The row's dual of `balance` is the local
price.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from straits.model.blocks import Block, Layout
from straits.model.network import Network
from straits.model.transit import Arrivals, arrivals

INF = float("inf")
#: Columns that are what there is at the end of a step; all others are what passes during it.
LEVELS = ("stock", "lacking")


@dataclass(frozen=True)
class Boundary:
    """What the network does before the start and after the end of the axis.

    Attributes
    ----------
    flow : ndarray, shape (P,)
        Flow per day that entered each pair before the start.
    price : ndarray, shape (N,)
        Worth of one more unit of cargo that comes to a (place, cargo) after the end, thousand currency; below zero where it would
        only stand in the way of other cargo.
    full : ndarray of bool, shape (N,)
        Where the network at rest could take no more at all.
    in_store : ndarray, shape (J,)
        Worth of one more unit in store after the end, not below zero: it need not come out.
    told : str
        What sort of boundary it is, in words.
    """

    flow: np.ndarray
    price: np.ndarray
    full: np.ndarray
    in_store: np.ndarray
    told: str


class Formulation:
    """Layout of rows and columns of a network, and the equations.

    Parameters
    ----------
    network : Network
    boundary : Boundary, optional
        None: nothing is on its way at the start, what is left at the end is worthless.
    """

    def __init__(self, network: Network, boundary: Boundary | None = None) -> None:
        self.network = n = network
        self.boundary = boundary
        self._landed_by_transit: list[tuple[float, np.ndarray]] | None = None
        self.columns, self.rows = Layout(), Layout()
        self._balances()
        self._select()
        cargo, steps = n.cargoes, n.T
        stores, markets, supplies = n.stores, n.markets, n.supplies

        def pair(p: int) -> str:
            return f"{n.link_ids[n.pair_link[p]]},{cargo[n.pair_cargo[p]].label}"

        def sale(q: int) -> str:
            return f"{markets.ids[markets.sale_market[q]]},{cargo[markets.sale_cargo[q]].label}"

        def stock(j: int) -> str:
            return f"{stores.ids[stores.stock_store[j]]},{cargo[stores.stock_cargo[j]].label}"

        def period(r: int) -> str:
            return f"{n.contracts.ids[n.contracts.rows[r].contract]},{n.contracts.rows[r].label}"

        def balance(b: int) -> str:
            return f"{n.place_ids[self.balance_place[b]]},{cargo[self.balance_cargo[b]].label}"

        def carry(j: int) -> str:
            return f"{n.fleets.ids[n.fleets.use_fleet[self.carried[j]]]},{pair(n.fleets.use_pair[self.carried[j]])}"

        def leg(g: int) -> str:
            ends = n.fleets.leg_from[g], n.fleets.leg_to[g]
            return ",".join(
                (
                    n.fleets.ids[n.fleets.leg_fleet[g]],
                    n.link_ids[n.fleets.leg_link[g]],
                    *(n.place_ids[i] for i in ends),
                )
            )

        add = self.columns.add
        self.supply = add("supply", len(supplies.ids), steps, lambda s: supplies.ids[s])
        self.forced = add("forced", len(self.can_force), steps, lambda j: supplies.ids[self.can_force[j]])
        self.flow = add("flow", len(n.pair_link), steps, pair)
        self.carry = add("carry", len(self.carried), steps, carry)
        self.ballast = add("ballast", len(n.fleets.leg_fleet), steps, leg)
        self.sale = add("sale", len(markets.sale_market), steps, sale)
        self.tranche = add(
            "tranche", len(self.tranche_market), steps,
            lambda b: f"{markets.ids[self.tranche_market[b]]},{self.tranche_number[b]}",
        )  # fmt: skip
        self.world = add(
            "world", len(self.part_world), steps,
            lambda b: f"{markets.worlds[self.part_world[b]].id},{self.part_number[b]}",
        )  # fmt: skip
        self.unmet = add("unmet", len(self.can_miss), steps, lambda j: markets.ids[self.can_miss[j]])
        self.stock = add("stock", len(stores.stock_store), steps, stock)
        self.lacking = add("lacking", len(self.reserved), steps, lambda j: stores.ids[self.reserved[j]])
        self.drawn = add("drawn", len(self.reserved), steps, lambda j: stores.ids[self.reserved[j]])
        self.unfilled = add("unfilled", len(self.reserved), steps, lambda j: stores.ids[self.reserved[j]])
        self.stranded = add("stranded", len(self.can_strand), steps, lambda j: balance(self.can_strand[j]))
        self.shortfall = add(
            "shortfall", len(self.can_fall_short), 1, lambda j: period(self.can_fall_short[j])
        )

        add = self.rows.add
        self.balance = add("balance", len(self.balance_place), steps, balance)
        self.capacity = add("capacity", len(self.shared), steps, lambda j: n.link_ids[self.shared[j]])
        self.least_output = add("least_output", len(self.least), steps, lambda j: supplies.ids[self.least[j]])
        self.ramp_down = add(
            "ramp_down", len(self.ramps_down), steps, lambda j: supplies.ids[self.ramps_down[j]]
        )
        self.ramp_up = add("ramp_up", len(self.ramps_up), steps, lambda j: supplies.ids[self.ramps_up[j]])
        self.demand = add("demand", len(markets.ids), steps, lambda m: markets.ids[m])
        self.level = add("level", len(stores.ids), steps, lambda h: stores.ids[h])
        self.rate = add("rate", len(stores.ids), steps, lambda h: stores.ids[h])
        self.reserve = add("reserve", len(self.reserved), steps, lambda j: stores.ids[self.reserved[j]])
        self.release = add("release", len(self.reserved), steps, lambda j: stores.ids[self.reserved[j]])
        self.fleet_days = add("fleet_days", len(n.fleets.ids), steps, lambda f: n.fleets.ids[f])
        self.carried_by = add(
            "carried_by", len(self.carried_pairs), steps, lambda j: pair(self.carried_pairs[j])
        )
        self.ships = add(
            "ships",
            len(self.calls),
            steps,
            lambda j: f"{n.fleets.ids[self.calls[j][0]]},{n.place_ids[self.calls[j][1]]}",
        )
        self.contract = add("contract", len(n.contracts.rows), 1, period)
        self.one_price = add("one_price", len(markets.worlds), steps, lambda w: markets.worlds[w].id)
        self.of_origin = add("of_origin", len(self.lots), steps, lambda j: pair(int(self.lots[j][0])))

    def __reduce__(self) -> tuple[type[Formulation], tuple[Network, Boundary | None]]:
        """Travel to another process as what it is built from: names of rows and columns are functions, which do not."""
        return Formulation, (self.network, self.boundary)

    # ------------------------------------------------------------------ which rows and columns there are

    def _balances(self) -> None:
        """Number the (place, cargo) at which cargo can be."""
        n = self.network
        keys = np.zeros((len(n.place_ids), len(n.cargoes)), dtype=bool)
        keys[n.link_tail[n.pair_link], n.pair_cargo] = True
        landing = n.landing
        head = n.link_head[n.pair_link[landing.pair]]
        keys[head, landing.cargo] = True
        keys[n.supplies.place, n.supplies.cargo] = True
        keys[n.markets.place[n.markets.sale_market], n.markets.sale_cargo] = True
        keys[n.stores.place[n.stores.stock_store], n.stores.stock_cargo] = True
        self.balance_place, self.balance_cargo = np.nonzero(keys)
        self.balance_of = np.full(keys.shape, -1)
        self.balance_of[keys] = np.arange(len(self.balance_place))
        self.pair_from = self.balance_of[n.link_tail[n.pair_link], n.pair_cargo]
        #: What comes out of each pair: the pair, where it lands, and how much of what enters.
        self.landing_pair, self.landing_share = landing.pair, landing.share
        self.landing_at = self.balance_of[head, landing.cargo]
        self.supply_at = self.balance_of[n.supplies.place, n.supplies.cargo]
        self.sale_at = self.balance_of[n.markets.place[n.markets.sale_market], n.markets.sale_cargo]
        self.stock_at = self.balance_of[n.stores.place[n.stores.stock_store], n.stores.stock_cargo]
        #: Where cargo comes in that left some time ago: it cannot be called back, so it can be stranded, worth nothing.
        self.can_strand = np.unique(self.landing_at[n.link_transit[n.pair_link[landing.pair]] > 0])
        self.transit: dict[float, Arrivals] = {
            d: arrivals(n.steps.edges, d) for d in np.unique(n.link_transit)
        }

    def _select(self) -> None:
        n, s, m = self.network, self.network.supplies, self.network.markets
        uses = np.bincount(n.pair_link, minlength=len(n.link_ids))
        #: Links whose capacity several cargoes share; a link of one cargo is limited by the bound of its column.
        self.shared = np.flatnonzero(uses > 1)
        #: Pairs of a link that are lots of one commodity and origin: what strikes an origin limits them together.
        self.lots = self._lots()
        forceable = ~np.isnan(s.forced_cost)
        has_least = (s.min_output > 0).any(axis=1) if len(s.ids) else np.zeros(0, dtype=bool)
        limit = self._ramp_reach()
        down, up = (
            ~(s.ramp_down * limit >= 1) & ~np.isnan(s.ramp_down),
            ~(s.ramp_up * limit >= 1) & ~np.isnan(s.ramp_up),
        )
        self.ramps_down, self.ramps_up = np.flatnonzero(down), np.flatnonzero(up)
        self.can_force = np.flatnonzero(forceable & (has_least | down))
        self.least = np.flatnonzero(forceable & has_least)
        curves = [len(t) > 1 for t in m.tranches]
        numbered = [(i, b) for i, t in enumerate(m.tranches) if curves[i] for b in range(len(t))]
        self.tranche_market = np.array([i for i, _ in numbered], dtype=int)
        self.tranche_number = np.array([b for _, b in numbered], dtype=int)
        #: Parts of the curves of world markets: which, and its number.
        self.world_parts = [part for world in m.worlds for part in world.tranches]
        parts = [(w, b) for w, world in enumerate(m.worlds) for b in range(len(world.tranches))]
        self.part_world = np.array([w for w, _ in parts], dtype=int)
        self.part_number = np.array([b for _, b in parts], dtype=int)
        self.can_miss = np.flatnonzero(
            np.array([k == "fixed" for k in m.kind], dtype=bool) & ~np.isnan(m.unmet_price)
        )
        #: Stores that hold a reserve back in some step.
        self.reserved = np.flatnonzero((n.stores.reserve > 0).any(axis=1))
        fleets = n.fleets
        ships = ~fleets.joint[fleets.use_fleet]
        served = (
            np.bincount(fleets.use_pair[ships], minlength=len(n.pair_link))
            if len(n.pair_link)
            else np.zeros(0)
        )
        #: Uses of pairs that more than one fleet serves: there the flow must be divided among the fleets.
        self.carried = np.flatnonzero(ships & (served[fleets.use_pair] > 1))
        self.carried_pairs = np.unique(fleets.use_pair[self.carried])
        #: Fleets that do not come back by themselves, and the places that they come to.
        ends = np.concatenate([fleets.leg_from, fleets.leg_to])
        self.calls = sorted(set(zip(np.tile(fleets.leg_fleet, 2).tolist(), ends.tolist(), strict=True)))
        penalised = [not np.isnan(n.contracts.penalty[r.contract]) for r in n.contracts.rows]
        least = [n.contracts.kind[r.contract] == "least" for r in n.contracts.rows]
        self.can_fall_short = np.flatnonzero(np.array(penalised, dtype=bool) & np.array(least, dtype=bool))

    def _lots(self) -> list[np.ndarray]:
        n = self.network
        if not any(cargo.lot for cargo in n.cargoes):
            return []
        found: dict[tuple[int, str, str], list[int]] = {}
        for p, (a, k) in enumerate(zip(n.pair_link, n.pair_cargo, strict=True)):
            found.setdefault((int(a), n.cargoes[k].commodity, n.cargoes[k].origin), []).append(p)
        return [np.array(pairs) for pairs in found.values() if len(pairs) > 1]

    def _ramp_reach(self) -> float:
        """Shortest time between the middles of neighbouring steps, days; a ramp that takes less never binds."""
        days = self.network.steps.days
        return float(((days[1:] + days[:-1]) / 2).min()) if len(days) > 1 else INF

    # ------------------------------------------------------------------ objective

    def costs(self, closing_step: int | None = None) -> np.ndarray:
        """Objective coefficients, thousand currency per unit.

        Parameters
        ----------
        closing_step : int, optional
            Last step before the books are closed. Default: the last step of the axis. A rolling window closes earlier.
        """
        n, cost = self.network, np.zeros(self.columns.size)
        days = n.steps.days
        _fill(cost, self.supply, n.supplies.cost)
        _fill(cost, self.forced, n.supplies.forced_cost[self.can_force][:, None])
        _fill(cost, self.flow, n.pair_cost + n.pair_premium + n.pair_tariff + n.pair_duty)
        if len(n.markets.ids):
            _fill(cost, self.sale, n.sale_duty - n.markets.beside_world[n.markets.sale_market])
        tranche_price = [
            n.markets.tranches[i][b].price
            for i, b in zip(self.tranche_market, self.tranche_number, strict=True)
        ]
        _fill(cost, self.tranche, -np.array(tranche_price) if tranche_price else 0.0)
        world_price = [part.price for part in self.world_parts]
        _fill(cost, self.world, -np.array(world_price) if world_price else 0.0)
        _fill(cost, self.unmet, n.markets.unmet_price[self.can_miss][:, None])
        _fill(cost, self.stock, n.stores.cost[n.stores.stock_store] * days)
        price = n.stores.release_price[self.reserved]
        for given_up in (self.drawn, self.unfilled):
            _fill(cost, given_up, np.where(np.isnan(price), 0.0, price)[:, None])
        penalty = n.contracts.penalty[[n.contracts.rows[r].contract for r in self.can_fall_short]]
        _fill(cost, self.shortfall, penalty[:, None])
        return cost - self.closing_value(n.T - 1 if closing_step is None else closing_step)

    def transfers(self) -> np.ndarray:
        """What a unit of each column costs shippers and is a receipt of somebody else: tariffs and duties, thousand currency."""
        n, found = self.network, np.zeros(self.columns.size)
        _fill(found, self.flow, n.pair_tariff + n.pair_duty)
        _fill(found, self.sale, n.sale_duty)
        return found

    def closing_value(self, last: int) -> np.ndarray:
        """Worth at the end of step `last` of a unit in each column: on its way beyond that step, or in store."""
        value = np.zeros(self.columns.size)
        if self.boundary is None:
            return value
        price = self.boundary.price
        for days, landed in self.by_transit():
            beyond = self.transit[days].later_than(last)
            if beyond.any():  # processes, of which one pair lands as several cargoes, take no time
                worth = price[self.landing_at[landed]] * self.landing_share[landed]
                value[self.flow.every(self.landing_pair[landed])] += worth[:, None] * beyond[None, :]
        value[self.stock.at(np.arange(self.stock.count), last)] += self.boundary.in_store
        return value

    def by_transit(self) -> list[tuple[float, np.ndarray]]:
        """Give, for each transit time, what lands after it: numbers of `landing_pair`."""
        if self._landed_by_transit is None:
            days = self.network.link_transit[self.network.pair_link[self.landing_pair]]
            self._landed_by_transit = [(float(d), np.flatnonzero(days == d)) for d in np.unique(days)]
        return self._landed_by_transit

    # ------------------------------------------------------------------ ships

    def uses_of_ships(self) -> list[tuple[Block, np.ndarray, np.ndarray, np.ndarray, np.ndarray]]:
        """List what moves ships from place to place: block, its entries, calls that they leave and come to, ships in one unit."""
        n, f = self.network, self.network.fleets
        free = np.flatnonzero(f.use_voyages > 0)
        shared = np.isin(free, self.carried)
        alone, divided = free[~shared], free[shared]
        found = []
        for uses, block, entries in (
            (alone, self.flow, f.use_pair[alone]),
            (divided, self.carry, np.searchsorted(self.carried, divided)),
        ):
            link, fleet = n.pair_link[f.use_pair[uses]], f.use_fleet[uses]
            leave, come = self.calls_of(fleet, n.link_tail[link]), self.calls_of(fleet, n.link_head[link])
            found.append((block, entries, leave, come, f.use_voyages[uses]))
        legs = np.arange(self.ballast.count)
        leave, come = self.calls_of(f.leg_fleet, f.leg_from), self.calls_of(f.leg_fleet, f.leg_to)
        found.append((self.ballast, legs, leave, come, np.ones(len(legs))))
        return found

    def calls_of(self, fleet: np.ndarray, place: np.ndarray) -> np.ndarray:
        """Give the numbers of pairs of fleet and place among `calls`."""
        number = {call: j for j, call in enumerate(self.calls)}
        return np.array(
            [number[call] for call in zip(fleet.tolist(), place.tolist(), strict=True)], dtype=int
        )

    def on(self, network: Network) -> Formulation:
        """Return the same rows and columns for a network in which nothing but capacities, agreed amounts and costs differs."""
        # Not `copy.copy`, which would build it anew, as for another process.
        made = object.__new__(Formulation)
        made.__dict__.update(self.__dict__)
        made.network = network
        return made

    # ------------------------------------------------------------------ what is under way

    def opening_arrivals(self) -> np.ndarray:
        """Cargo that arrives from before the start, and content of stores at the start, shape (N, T)."""
        found = self.under_way_at_start()
        np.add.at(found, (self.stock_at, 0), self.network.stores.stock_start)
        return found

    def under_way_at_start(self) -> np.ndarray:
        """Cargo that arrives from before the start, shape (N, T)."""
        found = np.zeros((self.balance.count, self.network.T))
        if self.boundary is not None:
            for days, landed in self.by_transit():
                entered = self.boundary.flow[self.landing_pair[landed]] * self.landing_share[landed]
                np.add.at(found, self.landing_at[landed], entered[:, None] * self.transit[days].opening)
        return found

    def committed(self, x: np.ndarray | None = None, first: int = 0) -> np.ndarray:
        """Cargo that arrives from before step `first` and cannot be called back, shape (stranded entries, T).

        Parameters
        ----------
        x : ndarray, shape (columns,), optional
            What was decided before that step. Default: nothing, so that only what was under way at the start counts.
        first : int
        """
        found = self.under_way_at_start()
        if x is not None:
            flow = x[self.flow.slice].reshape(self.flow.count, self.flow.steps)
            for days, landed in self.by_transit():
                a, pairs = self.transit[days], self.landing_pair[landed]
                for d, t, share in zip(a.departure, a.arrival, a.share, strict=True):
                    if d < first <= t:
                        amount = share * self.landing_share[landed] * flow[pairs, d]
                        np.add.at(found[:, t], self.landing_at[landed], amount)
        return found[self.can_strand]

    def most_under_way(self, last: int) -> np.ndarray:
        """Most that may enter each pair in each step, for what is under way after step `last`, shape (P, T).

        Where the network at rest can take no more, no more than its own flow may be under way: it would be thrown away.
        """
        n, most = self.network, np.full((self.flow.count, self.network.T), INF)
        if self.boundary is None or not self.boundary.full.any():
            return most
        for days, landed in self.by_transit():
            held = self.landing_pair[landed[self.boundary.full[self.landing_at[landed]]]]
            steps = np.flatnonzero(self.transit[days].later_than(last))
            most[np.ix_(held, steps)] = self.boundary.flow[held][:, None] * n.steps.days[steps]
        return most


def _fill(target: np.ndarray, block: Block, values: np.ndarray | float) -> None:
    target[block.slice] = np.broadcast_to(values, (block.count, block.steps)).ravel()
