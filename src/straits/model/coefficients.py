"""The rows of the model's program: each function adds the coefficients of the rows of its name. `docs/formulation.md` has them.

Indices and columns are those of `formulation`.
"""

from __future__ import annotations

import numpy as np
from scipy import sparse

from straits.model.blocks import Triplets
from straits.model.formulation import Formulation


def coefficients(f: Formulation) -> sparse.csc_matrix:
    """Give the coefficients of all rows, shape (rows, columns)."""
    entries = Triplets()
    for build in (
        balance, capacity, least_output, ramps, demand, level_and_rate, reserve, fleet_days, ships, contract, one_price,
        of_origin,
    ):  # fmt: skip
        build(f, entries)
    return entries.matrix(f.rows.size, f.columns.size)


def balance(f: Formulation, entries: Triplets) -> None:
    """balance[i,k,t]: arrivals (of links, and what processes make) - departures + supply - sales - change of stock -
    stranded = - arrivals from before the start."""
    steps = np.arange(f.network.T)
    for days, landed in f.by_transit():
        a = f.transit[days]
        rows = f.balance.at(f.landing_at[landed][:, None], a.arrival)
        columns = f.flow.at(f.landing_pair[landed][:, None], a.departure)
        entries.add(rows, columns, f.landing_share[landed][:, None] * a.share)
    for at, block, sign in (
        (f.pair_from, f.flow, -1.0),
        (f.supply_at, f.supply, 1.0),
        (f.sale_at, f.sale, -1.0),
        (f.stock_at, f.stock, -1.0),
        (f.can_strand, f.stranded, -1.0),
    ):
        entries.add(f.balance.every(at), block.every(np.arange(block.count)), sign)
    later = steps[1:]
    stocks = np.arange(f.stock.count)[:, None]
    entries.add(f.balance.at(f.stock_at[:, None], later), f.stock.at(stocks, later - 1), 1.0)


def capacity(f: Formulation, entries: Triplets) -> None:
    """capacity[a,t]: sum over cargoes of flow <= capacity."""
    number = np.full(len(f.network.link_ids), -1)
    number[f.shared] = np.arange(len(f.shared))
    pairs = np.flatnonzero(number[f.network.pair_link] >= 0)
    entries.add(f.capacity.every(number[f.network.pair_link[pairs]]), f.flow.every(pairs), 1.0)


def least_output(f: Formulation, entries: Triplets) -> None:
    """least_output[s,t]: supply + forced >= min_output."""
    each = np.arange(len(f.least))
    entries.add(f.least_output.every(each), f.supply.every(f.least), 1.0)
    entries.add(f.least_output.every(each), f.forced.every(np.searchsorted(f.can_force, f.least)), 1.0)


def ramps(f: Formulation, entries: Triplets) -> None:
    """ramp_down[s,t]: supply_t/days_t - supply_{t-1}/days_{t-1} + forced_t/days_t >= - largest fall of the rate;
    ramp_up[s,t]: supply_t/days_t - supply_{t-1}/days_{t-1} <= largest rise of the rate. Both from the second step."""
    days = f.network.steps.days
    later = np.arange(1, f.network.T)
    for block, chosen in ((f.ramp_down, f.ramps_down), (f.ramp_up, f.ramps_up)):
        rows = block.at(np.arange(len(chosen))[:, None], later)
        entries.add(rows, f.supply.at(chosen[:, None], later), 1.0 / days[1:])
        entries.add(rows, f.supply.at(chosen[:, None], later - 1), -1.0 / days[:-1])
    forceable = np.isin(f.ramps_down, f.can_force)
    rows = f.ramp_down.at(np.flatnonzero(forceable)[:, None], later)
    forced = np.searchsorted(f.can_force, f.ramps_down[forceable])
    entries.add(rows, f.forced.at(forced[:, None], later), 1.0 / days[1:])


def demand(f: Formulation, entries: Triplets) -> None:
    """demand[m,t]: sum over cargoes of sale (+ unmet) = demand if fixed, <= demand if one step, = sum of tranches else."""
    entries.add(
        f.demand.every(f.network.markets.sale_market),
        f.sale.every(np.arange(f.sale.count)),
        1.0,
    )
    entries.add(f.demand.every(f.can_miss), f.unmet.every(np.arange(f.unmet.count)), 1.0)
    entries.add(f.demand.every(f.tranche_market), f.tranche.every(np.arange(f.tranche.count)), -1.0)


def level_and_rate(f: Formulation, entries: Triplets) -> None:
    """level[h,t]: sum over cargoes of stock <= capacity (both above the least content);
    rate[h,t]: - out_rate <= sum over cargoes of stock_t - stock_{t-1} <= in_rate."""
    store, each = f.network.stores.stock_store, np.arange(f.stock.count)
    entries.add(f.level.every(store), f.stock.every(each), 1.0)
    entries.add(f.rate.every(store), f.stock.every(each), 1.0)
    later = np.arange(1, f.network.T)
    entries.add(f.rate.at(store[:, None], later), f.stock.at(each[:, None], later - 1), -1.0)


def reserve(f: Formulation, entries: Triplets) -> None:
    """reserve[h,t]: sum over cargoes of stock + lacking >= reserve;
    release[h,t]: lacking_t - lacking_{t-1} - drawn_t - unfilled_t <= 0, in the first step what lacks at the start."""
    number = np.full(len(f.network.stores.ids), -1)
    number[f.reserved] = np.arange(len(f.reserved))
    stocks = np.flatnonzero(number[f.network.stores.stock_store] >= 0)
    each, later = np.arange(len(f.reserved)), np.arange(1, f.network.T)
    entries.add(f.reserve.every(number[f.network.stores.stock_store[stocks]]), f.stock.every(stocks), 1.0)
    entries.add(f.reserve.every(each), f.lacking.every(each), 1.0)
    entries.add(f.release.every(each), f.lacking.every(each), 1.0)
    for given_up in (f.drawn, f.unfilled):
        entries.add(f.release.every(each), given_up.every(each), -1.0)
    entries.add(f.release.at(each[:, None], later), f.lacking.at(each[:, None], later - 1), -1.0)


def fleet_days(f: Formulation, entries: Triplets) -> None:
    """fleet_days[f,t]: sum of flow (or carry) times days per unit, and of ballast times days, <= vessel-days; of a joint
    capacity, sum of flow times weight <= capacity;
    carried_by[a,k,t]: flow = sum over fleets of carry, where several fleets serve a link."""
    fleets = f.network.fleets
    alone = np.setdiff1d(np.arange(len(fleets.use_pair)), f.carried)
    for uses, block, columns in (
        (alone, f.flow, fleets.use_pair[alone]),
        (f.carried, f.carry, np.arange(f.carry.count)),
    ):
        entries.add(
            f.fleet_days.every(fleets.use_fleet[uses]), block.every(columns), fleets.use_days[uses][:, None]
        )
    entries.add(
        f.carried_by.every(np.arange(len(f.carried_pairs))),
        f.flow.every(f.carried_pairs),
        1.0,
    )
    of = np.searchsorted(f.carried_pairs, fleets.use_pair[f.carried])
    entries.add(f.carried_by.every(of), f.carry.every(np.arange(f.carry.count)), -1.0)


def ships(f: Formulation, entries: Triplets) -> None:
    """ships[f,i,t]: ships that come to a place, with cargo or empty, = ships that leave it; and days of ships that sail
    empty."""
    fleets, legs = f.network.fleets, np.arange(f.ballast.count)
    for block, at, leave, come, each in f.uses_of_ships():
        entries.add(f.ships.every(leave), block.every(at), -each[:, None])
        entries.add(f.ships.every(come), block.every(at), each[:, None])
    entries.add(f.fleet_days.every(fleets.leg_fleet), f.ballast.every(legs), fleets.leg_days[:, None])


def contract(f: Formulation, entries: Triplets) -> None:
    """contract[c,p]: sum over the period of what counts, net (+ shortfall) >= amount if least, <= amount if greatest."""
    blocks = {"flow": f.flow, "supply": f.supply, "sale": f.sale}
    for r, row in enumerate(f.network.contracts.rows):
        steps = np.flatnonzero(row.weight)
        for kind, block in blocks.items():
            counted = [(i, share) for k, i, share in f.network.contracts.entries[row.contract] if k == kind]
            if counted:
                index, share = (np.array(part)[:, None] for part in zip(*counted, strict=True))
                entries.add(f.contract.at(r, 0), block.at(index, steps), share * row.weight[steps])
    entries.add(
        f.contract.at(f.can_fall_short, 0),
        f.shortfall.at(np.arange(f.shortfall.count), 0),
        1.0,
    )


def one_price(f: Formulation, entries: Triplets) -> None:
    """one_price[w,t]: sum of weight * sale of the markets that a world market joins = sum of the parts of its curve."""
    m = f.network.markets
    of = m.sale_market[m.joined]
    entries.add(f.one_price.every(m.world[of]), f.sale.every(m.joined), m.world_weight[of][:, None])
    parts = np.arange(f.world.count)
    entries.add(f.one_price.every(f.part_world), f.world.every(parts), -1.0)


def of_origin(f: Formulation, entries: Triplets) -> None:
    """of_origin[a,c,o,t]: sum over the lots of an origin of flow <= what an effect on this origin leaves of the capacity."""
    for j, pairs in enumerate(f.lots):
        entries.add(f.of_origin.every(np.array([j])), f.flow.every(pairs), 1.0)
