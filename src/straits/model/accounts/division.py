"""Divide the value of a solution among actors: every unit of cargo changes hands at the local price (the dual of balance).

Each actor's account is a sum of receipts and payments at these prices, so that for any prices all accounts together are the
value of sales less all real costs: what is bought at a place is what is sold there (the balance row). Tariffs, duties, scarcity
that goes to holders of rights and to shippers, and what treasuries take are paid by one actor to another and cancel.

For a given plan each entry is a constant and a sum of duals, each times an amount of the plan. It is kept in that form
(`Books`), so that one can ask what the accounts would be at other prices that support the same plan.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np

from straits.case.ownership import state_of
from straits.lp.tolerance import NOISE
from straits.model.accounts.agreements import agreed, agreements
from straits.model.accounts.books import Books, Ledger, Taken, Worth, Writer, summed_by
from straits.model.accounts.buyers import markets
from straits.model.accounts.layers import Layers, bear, share_what_is_left, take
from straits.model.accounts.parties import kind_of
from straits.model.accounts.shippers import BY_RIGHT, TO_SHIPPERS, UNTRACED, Scarcity, Shippers, divide
from straits.model.earning import Earners

if TYPE_CHECKING:
    import pandas as pd

    from straits.model.network import Network
    from straits.model.plan import Plan

#: What the capacity of processes is worth: products less what goes in, cost and tariff.
OF_PROCESS = "process margin"

#: Items of an account, in the order of reports.
ITEMS = (
    "supply margin", "tariff", "link scarcity", OF_PROCESS, "fleet scarcity", "joint scarcity", "storage", BY_RIGHT,
    TO_SHIPPERS, UNTRACED,
    "regulated price", "buyer surplus", "world price", "commitment", "royalty", "export duty", "excise", "toll", "premium",
    "fixed payment",
    "profit share", "on the way at the start", "stranded", "emergency shut-in", "unmet demand", "shortfall penalty",
    "release of reserves",
)  # fmt: skip

#: Items of scarcity that owners keep, and that the rule `tariff` gives to holders of rights and to shippers.
OF_OWNERS = ("link scarcity", OF_PROCESS, "fleet scarcity", "joint scarcity", "storage")
AT_TARIFF = (BY_RIGHT, TO_SHIPPERS, UNTRACED)

_DUTIES = {"export_duty": "export duty", "excise": "excise", "toll": "toll", "premium": "premium"}


def accounts(plan: Plan) -> pd.DataFrame:
    """Give what each actor gains, item by item.

    Parameters
    ----------
    plan : Plan

    Returns
    -------
    DataFrame
        Columns actor, item, amount (million currency), kind (budget, company, consumer, group, cargo, nobody), residence (the
        state that the actor belongs to, or the actor itself). The amounts add up to `plan.objective`.

    Notes
    -----
    supply margin: local price less cost of output, to the owners of a supply. link scarcity: price at the end less price at
    the start, cost, tariff and duty of a link; process margin: the same of a process, worth of what it makes less what goes in;
    fleet scarcity and joint scarcity: the parts of it that vessels and joint capacities earn; toll: of a joint capacity, to
    `toll_to`, else to its owners; premium: what a measure adds to costs, to its `cost_to`; storage: what holding earns: all three
    to the owners, where their rule is `scarcity`. Where it is `tariff`, scarcity by right goes to who holds a right, scarcity to
    shippers to the owners of the supplies that the cargo comes from, and as untraced to the state of origin what was under way at
    the start. commitment: what an agreed flow costs (least) or is worth (greatest) to the payer named in the
    contract, else to whoever has the scarcity. buyer surplus: worth less local price and duty. tariff: to `tariff_to`, else to
    the owners. royalty, export duty, excise, fixed payment, profit share: to their takers, from those who bear them
    (`docs/formulation.md`). regulated price: what sellers do not get where a price by order is below the local price, or get more
    where it is above; the buyer has it. world price: worth of what is sold there to all beyond the network, less the world price.

    Who earns of an asset is as of the day: its owners, else those of its place, else its operator, else that of its place, else
    nobody, shown as `(nobody) asset`. In a step in which it changes hands all share by days.
    """
    import pandas as pd

    return pd.DataFrame(entries(plan), columns=["actor", "item", "amount", "kind", "residence"])


def entries(plan: Plan) -> list[tuple[str, str, float, str, str]]:
    """Give the rows of `accounts`, without pandas, which takes longer to import than accounts take to be worked out."""
    order = {item: i for i, item in enumerate(ITEMS)}
    ledger = ledger_of(plan)
    nothing = NOISE * max((abs(v) for v in ledger.values()), default=0.0)
    case = plan.case
    return sorted(
        (
            (a, i, v / 1000.0, kind_of(case, a, i), state_of(case, a))
            for (a, i), v in ledger.items()
            if abs(v) > nothing
        ),
        key=lambda r: (r[0], order[r[1]]),
    )


def account_totals(plan: Plan) -> list[tuple[str, float]]:
    """Add up what each actor gains, million currency: (actor, amount), in the order of the actors."""
    total: dict[str, float] = defaultdict(float)
    for actor, _, amount, _, _ in entries(plan):
        total[actor] += amount
    return sorted(total.items())


def ledger_of(plan: Plan) -> Ledger:
    """Give the entries of the accounts, thousand currency by (actor, item)."""
    return _written(plan, Writer(plan.network.earning, plan.dual, _settled(plan))).at(plan.dual)


def books_of(plan: Plan, first: int = 0) -> Books:
    """Give the accounts of a solution's plan at any prices; `first` as `Plan.agreed_earlier` takes it."""
    return _written(plan, Writer(plan.network.earning, settled=_settled(plan, first)))


def _settled(plan: Plan, first: int = 0) -> tuple[int, np.ndarray] | None:
    """Give the first row of agreed flows, and what they were worth before the last news, if there are any."""
    block, price = plan.formulation.contract, plan.agreed_earlier(first)
    return None if price is None or not block.count else (block.offset, price)


def _written(plan: Plan, writer: Writer) -> Books:
    shippers = Shippers(plan, writer)
    scarcity = {table: Scarcity(plan, table) for table in ("links", "fleets", "stores")}
    _links(plan, writer, shippers, scarcity["links"])
    _fleets(plan, writer, shippers, scarcity["fleets"])
    _stores(plan, writer, shippers, scarcity["stores"])
    markets(plan, writer, shippers)
    _contracts(plan, writer, shippers, scarcity["links"])
    _duties(plan, writer)
    _opening(plan, writer)
    _stranded(plan, writer)
    # Last, because what comes back to shippers is a part of the margin of their supplies.
    _supplies(plan, writer, shippers.close())
    return writer.books(len(plan.dual))


def _supplies(s: Plan, writer: Writer, returned: Worth) -> None:
    n, f = s.network, s.formulation
    output, count = s.block(f.supply), len(n.supplies.ids)
    owners = [writer.earning.of(key) for key in n.supplies.ids]
    sold = (np.arange(count)[:, None], np.arange(n.T), f.balance.every(f.supply_at), output)
    margin = writer.worth(-n.supplies.cost * output, sold, agreed(s, "supply"))
    writer.enter("supply margin", owners, margin)
    forced = np.zeros((count, n.T))
    forced[f.can_force] = n.supplies.forced_cost[f.can_force][:, None] * s.block(f.forced)
    writer.enter("emergency shut-in", owners, writer.worth(-forced))
    layers = Layers(n, n.supplies.ids)
    value = writer.worth(np.zeros((count, n.T)), sold).plus(returned)
    take(writer, "royalty", layers.of("royalty"), value)
    royalty = bear(writer, "royalty", owners, value, layers.total("royalty"))
    left = margin.plus(writer.worth(-forced)).plus(returned).plus(royalty.times(-1.0))
    share_what_is_left(writer, layers, owners, left)


def _links(s: Plan, writer: Writer, shippers: Shippers, scarcity: Scarcity) -> None:
    n, f = s.network, s.formulation
    flow, link, every, count = s.block(f.flow), n.pair_link, np.arange(n.T), len(n.link_ids)
    pairs = np.arange(len(link))
    tariff = n.pair_tariff * flow
    spent = _landed_later(s) - (n.pair_cost + n.pair_premium) * flow - tariff - n.pair_duty * flow
    uses, rows, days = _vessel_days(s)
    bought = (pairs[:, None], every, f.balance.every(f.pair_from), -flow)
    worth = writer.worth(
        spent, *_landed(s), bought, (n.fleets.use_pair[uses][:, None], every, rows, days), agreed(s, "flow")
    )
    owners = [writer.earning.of(key) for key in n.link_ids]
    kept = worth.times(scarcity.to_owner[link][:, None].astype(float)).summed(link, count)
    if not n.link_process.any():
        writer.enter("link scarcity", owners, kept)
    else:
        for item, chosen in (("link scarcity", ~n.link_process), (OF_PROCESS, n.link_process)):
            writer.enter(item, owners, kept.times(chosen[:, None].astype(float)))
    divide(writer, shippers, scarcity, worth, link)
    paid_to = [n.case.arcs[key].tariff_to for key in n.link_ids]
    earners = [
        writer.always(dict.fromkeys(to, 1.0 / len(to))) if to else of
        for to, of in zip(paid_to, owners, strict=True)
    ]
    earned = writer.worth(summed_by(link, tariff, count))
    writer.enter("tariff", earners, earned)
    layers = Layers(n, n.link_ids)
    value = writer.worth(np.zeros(flow.shape), (bought[0], bought[1], bought[2], flow))
    take(writer, "royalty", layers.of("royalty"), value.summed(link, count))
    if len(link):
        shippers.by_pair("royalty", value.times(-layers.total("royalty")[link]))
    take(writer, "profit share", layers.of("profit_share"), earned)
    bear(writer, "profit share", earners, earned, layers.total("profit_share"))
    share_what_is_left(writer, layers, owners, kept)


def _landed(s: Plan) -> list[Taken]:
    """What entered each pair is worth the price of its step of arrival: pairs, steps of entry, balance rows, amounts."""
    f, flow = s.formulation, s.block(s.formulation.flow)
    found = []
    for d, landed in f.by_transit():
        pairs, a = f.landing_pair[landed], f.transit[d]
        amount = flow[pairs][:, a.departure] * a.share * f.landing_share[landed][:, None]
        rows = f.balance.at(f.landing_at[landed][:, None], a.arrival)
        found.append((pairs[:, None], a.departure, rows, amount))
    return found


def _landed_later(s: Plan) -> np.ndarray:
    """Worth of what arrives after the end, at the closing prices, by step of entry, shape (P, T), thousands."""
    n, f = s.network, s.formulation
    if f.boundary is None:
        return np.zeros((len(n.pair_link), n.T))
    beyond = np.array([f.transit[d].beyond for d in n.link_transit[n.pair_link]]).reshape(-1, n.T)
    worth = np.bincount(
        f.landing_pair, f.boundary.price[f.landing_at] * f.landing_share, minlength=len(n.pair_link)
    )
    return worth[:, None] * s.block(f.flow) * beyond


def _vessel_days(s: Plan) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Uses of fleets on pairs, the rows of vessel-days, and of ships at places, that they weigh on, and by how much, shape
    (entries, T). A use of ships that do not come back by themselves weighs on the places that they leave and come to as well:
    what a ship is worth there is what it costs to have it there, empty legs included."""
    n, f = s.network, s.formulation
    fleets = n.fleets
    amount = s.block(f.flow)[fleets.use_pair]
    amount[f.carried] = s.block(f.carry)
    uses, rows = np.arange(len(fleets.use_pair)), f.fleet_days.every(fleets.use_fleet)
    taken = amount * fleets.use_days[:, None]
    free = np.flatnonzero(fleets.use_voyages > 0)
    if not len(free):
        return uses, rows, taken
    link = n.pair_link[fleets.use_pair[free]]
    parts = [(uses, rows, taken)]
    for at, sign in ((n.link_tail, -1.0), (n.link_head, 1.0)):
        calls = f.calls_of(fleets.use_fleet[free], at[link])
        ships = sign * amount[free] * fleets.use_voyages[free][:, None]
        parts.append((free, f.ships.every(calls), ships))
    of, where, weight = zip(*parts, strict=True)
    return np.concatenate(of), np.concatenate(where), np.concatenate(weight)


def _fleets(s: Plan, writer: Writer, shippers: Shippers, scarcity: Scarcity) -> None:
    n = s.network
    uses, rows, days = _vessel_days(s)
    nothing = np.zeros((len(n.fleets.use_pair), n.T))
    worth = writer.worth(nothing, (uses[:, None], np.arange(n.T), rows, -days))
    fleet, pair, count = n.fleets.use_fleet, n.fleets.use_pair, len(n.fleets.ids)
    kept = worth.times(scarcity.to_owner[fleet][:, None].astype(float)).summed(fleet, count)
    for item, chosen in (("fleet scarcity", ~n.fleets.joint), ("joint scarcity", n.fleets.joint)):
        if chosen.any():
            part_of = kept.times(chosen[:, None].astype(float))
            writer.enter(item, [writer.earning.of(key) for key in n.fleets.ids], part_of)
    for a, actor, part in scarcity.holders:
        held = worth.times(np.where((fleet == a)[:, None], part, 0.0)).summed(np.zeros_like(fleet), 1)
        writer.enter(BY_RIGHT, [writer.always({actor: 1.0})], held)
    if len(fleet):
        shippers.by_pair(TO_SHIPPERS, worth.times(scarcity.left[fleet]).summed(pair, len(n.pair_link)))


def _stores(s: Plan, writer: Writer, shippers: Shippers, scarcity: Scarcity) -> None:
    n, f = s.network, s.formulation
    st, stock, every = n.stores, s.block(f.stock), np.arange(n.T)
    rows, entries = f.balance.every(f.stock_at), np.arange(len(st.stock_store))[:, None]
    holding = -st.cost[st.stock_store] * n.steps.days * stock
    if f.boundary is not None:
        holding[:, -1] += f.boundary.in_store * stock[:, -1]
    put_in = np.diff(stock, axis=1, prepend=st.stock_start[:, None])
    owners, count = [writer.earning.of(key) for key in st.ids], len(st.ids)
    # Whoever releases a reserve gives up what it is for.
    given_up = np.zeros((count, n.T))
    given_up[f.reserved] = -np.nan_to_num(st.release_price[f.reserved])[:, None] * (
        s.block(f.drawn) + s.block(f.unfilled)
    )
    if len(f.reserved):
        released_by = [n.case.rows("stores")[key].releaser for key in st.ids]
        payers = [writer.always({by: 1.0}) if by else of for by, of in zip(released_by, owners, strict=True)]
        writer.enter("release of reserves", payers, writer.worth(given_up))
    # What lay there at the start was the owner's, whatever the rule.
    opening = np.zeros(stock.shape)
    opening[:, 0] = st.stock_start
    mine = scarcity.to_owner[st.stock_store][:, None].astype(float)
    sold = writer.worth(np.zeros(stock.shape), (entries, every, rows, opening)).times(1.0 - mine)
    whole = writer.worth(holding, (entries, every, rows, -put_in))
    writer.enter("storage", owners, whole.times(mine).plus(sold).summed(st.stock_store, count))
    # At a tariff: the opening content is bought at the start, and what is put in and taken out is the shippers' own.
    parts = [
        writer.worth(np.zeros(stock.shape), (entries, every, rows, -np.maximum(put_in, 0.0))),
        writer.worth(holding),
        writer.worth(np.zeros(stock.shape), (entries, every, rows, np.maximum(-put_in, 0.0) - opening)),
    ]
    for a, actor, part in scarcity.holders:
        weight = np.where((st.stock_store == a)[:, None], part, 0.0)
        held = whole.plus(writer.worth(np.zeros(stock.shape), (entries, every, rows, -opening))).times(weight)
        writer.enter(BY_RIGHT, [writer.always({actor: 1.0})], held.summed(np.zeros_like(st.stock_store), 1))
    if len(st.stock_store):
        shippers.by_stock(TO_SHIPPERS, *(part.times(scarcity.left[st.stock_store]) for part in parts))


def _contracts(s: Plan, writer: Writer, shippers: Shippers, scarcity: Scarcity) -> None:
    """Who is the payer of a commitment: whom the contract names, else whoever has the scarcity of the asset."""
    n, f = s.network, s.formulation
    rows, count = n.case.rows("contracts"), len(n.contracts.ids)
    payers = [
        writer.always({payer: 1.0}) if (payer := rows[key].payer) else writer.earning.of(rows[key].asset)
        for key in n.contracts.ids
    ]
    divided = np.array(
        [
            rows[key].payer is None and kind == "link" and not scarcity.to_owner[index]
            for key, (kind, index) in zip(n.contracts.ids, n.contracts.asset, strict=True)
        ],
        dtype=bool,
    )
    due = Worth.nothing(count, n.T)
    for kind in ("flow", "supply", "sale"):
        _, step, row, amount, contract = agreements(s, kind)
        own = ~divided[contract]
        due = due.plus(
            writer.worth(np.zeros((count, n.T)), (contract[own], step[own], row[own], -amount[own]))
        )
    writer.enter("commitment", payers, due)
    if divided.any():
        pair, step, row, amount = agreed(s, "flow", contracts=divided)
        shared = writer.worth(np.zeros((len(n.pair_link), n.T)), (pair, step, row, -amount))
        divide(writer, shippers, scarcity, shared, n.pair_link, "commitment", "commitment")
        # A way back takes its part off what counts, and its owner may keep what that is worth.
        kept = shared.times(scarcity.to_owner[n.pair_link][:, None].astype(float)).summed(
            n.pair_link, len(n.link_ids)
        )
        writer.enter("commitment", [writer.earning.of(key) for key in n.link_ids], kept)
    short = np.zeros((count, n.T))
    for r, fell in zip(f.can_fall_short, s.x[f.shortfall.slice], strict=True):
        period = n.contracts.rows[r]
        # A penalty falls due for the whole period, day by day alike.
        days = period.weight * n.steps.days
        short[period.contract] += n.contracts.penalty[period.contract] * fell * days / days.sum()
    writer.enter("shortfall penalty", payers, writer.worth(-short))


def _duties(s: Plan, writer: Writer) -> None:
    """Duties go to their takers; shippers have paid them within the scarcity of links and the buyer's surplus."""
    blocks = {"flow": s.block(s.formulation.flow), "sale": s.block(s.formulation.sale)}
    for duty in s.network.payments:
        paid = (duty.rate * blocks[duty.block][duty.entries]).sum(axis=0, keepdims=True)
        writer.enter(_DUTIES[duty.kind], [writer.always({duty.taker: 1.0})], writer.worth(paid))


def _opening(s: Plan, writer: Writer) -> None:
    """Cargo on its way at the start belongs to the state that it originates from."""
    f, n = s.formulation, s.network
    if f.boundary is None:
        return
    arrived = f.opening_arrivals()
    np.add.at(arrived, (f.stock_at, 0), -n.stores.stock_start)
    _of_cargo(s, writer, "on the way at the start", np.arange(f.balance.count), arrived)


def _stranded(s: Plan, writer: Writer) -> None:
    """Stranded cargo is worth nothing: the state that it originates from bears what it cost to bring there."""
    f = s.formulation
    _of_cargo(s, writer, "stranded", f.can_strand, -s.block(f.stranded))


def _of_cargo(s: Plan, writer: Writer, item: str, balances: np.ndarray, amount: np.ndarray) -> None:
    f, n = s.formulation, s.network
    each = np.arange(len(balances))
    taken = (each[:, None], np.arange(n.T), f.balance.every(balances), amount)
    writer.enter(
        item, _origins(n, f.balance_cargo[balances], writer), writer.worth(np.zeros(amount.shape), taken)
    )


def _origins(network: Network, cargoes: np.ndarray, writer: Writer) -> list[Earners]:
    return [writer.always({network.cargoes[k].origin: 1.0}) for k in cargoes]
