"""Accounts of buyers: what a delivered unit is worth to them, and what they pay, by order or at the price of a world market."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from straits.case.ownership import buyer_of, nobody
from straits.model.accounts.agreements import agreed
from straits.model.accounts.books import Taken, Worth, Writer
from straits.model.accounts.layers import Layers, share_what_is_left, take
from straits.model.accounts.shippers import Shippers

if TYPE_CHECKING:
    from straits.model.plan import Plan


def markets(s: Plan, writer: Writer, shippers: Shippers) -> None:
    """Enter what buyers gain and miss, and what is levied on sales; of world markets, what all beyond them gain."""
    n, f = s.network, s.formulation
    m, count = n.markets, len(n.markets.ids)
    sale, every = s.block(f.sale), np.arange(n.T)
    worth = np.zeros((count, n.T))
    if count:
        np.add.at(worth, m.sale_market, (m.beside_world[m.sale_market] - n.sale_duty) * sale)
    for i, b, amount in zip(f.tranche_market, f.tranche_number, s.block(f.tranche), strict=True):
        worth[i] += m.tranches[i][b].price * amount
    missed = np.zeros((count, n.T))
    missed[f.can_miss] = m.unmet_price[f.can_miss][:, None] * s.block(f.unmet)
    rows = n.case.rows("markets")
    buyers = [writer.always({buyer_of(n.case, rows[key]) or nobody(key): 1.0}) for key in m.ids]
    q, step, row, amount = agreed(s, "sale")
    bought = (m.sale_market[:, None], every, f.balance.every(f.sale_at), -sale)
    surplus = writer.worth(
        worth, bought, (m.sale_market[q], step, row, amount), _at_world_price(s, m.sale_market)
    )
    surplus = surplus.plus(_by_order(s, writer, shippers))
    writer.enter("buyer surplus", buyers, surplus)
    writer.enter("unmet demand", buyers, writer.worth(-missed))
    layers = Layers(n, m.ids)
    sales = np.arange(len(m.sale_market))
    # What is sold by order is worth the price by order.
    order = m.regulated[m.sale_market] if count else np.empty(0)
    free = sales[np.isnan(order)]
    value = writer.worth(
        np.nan_to_num(order)[:, None] * sale,
        (free[:, None], every, f.balance.every(f.sale_at[free]), sale[free]),
    )
    take(writer, "royalty", layers.of("royalty"), value.summed(m.sale_market, count))
    if len(sales):
        _to_sellers(s, writer, shippers, "royalty", value.times(-layers.total("royalty")[m.sale_market]))
    share_what_is_left(writer, layers, buyers, surplus.plus(writer.worth(-missed)))
    if m.worlds:
        _worlds(s, writer)


def _at_world_price(s: Plan, of: np.ndarray) -> Taken:
    """What is sold at markets that belong to a world market is worth its price to the buyer; `of` (Q,) says whose each is."""
    n, f, m = s.network, s.formulation, s.network.markets
    joined = m.joined
    market = m.sale_market[joined]
    amount = m.world_weight[market][:, None] * s.block(f.sale)[joined]
    return of[joined][:, None], np.arange(n.T), f.one_price.every(m.world[market]), amount


def _by_order(s: Plan, writer: Writer, shippers: Shippers) -> Worth:
    """Take from sellers what the local price is above a price by order, and give it by market, shape (M, T)."""
    n, f, m = s.network, s.formulation, s.network.markets
    sale = s.block(f.sale)
    ordered = np.flatnonzero(~np.isnan(m.regulated[m.sale_market])) if len(m.ids) else np.empty(0, dtype=int)
    constant = np.zeros(sale.shape)
    constant[ordered] = -m.regulated[m.sale_market[ordered]][:, None] * sale[ordered]
    above = writer.worth(
        constant, (ordered[:, None], np.arange(n.T), f.balance.every(f.sale_at[ordered]), sale[ordered])
    )
    if len(ordered):
        _to_sellers(s, writer, shippers, "regulated price", above.times(-1.0))
    return above.summed(m.sale_market, len(m.ids))


def _to_sellers(s: Plan, writer: Writer, shippers: Shippers, item: str, worth: Worth) -> None:
    """Give what sales (Q, T) bring to who sells by order at their market, else to whose cargo is sold."""
    m, rows = s.network.markets, s.network.case.rows("markets")
    ordered = ~np.isnan(m.regulated)
    sellers = [rows[key].seller if order else None for key, order in zip(m.ids, ordered, strict=True)]
    named = np.array([seller is not None for seller in sellers], dtype=float)[m.sale_market][:, None]
    shippers.by_sale(item, worth.times(1.0 - named))
    if named.any():
        own = worth.times(named).summed(m.sale_market, len(m.ids))
        writer.enter(item, [writer.always({seller: 1.0} if seller else {}) for seller in sellers], own)


def _worlds(s: Plan, writer: Writer) -> None:
    """What all beyond the network gain of a world price: what a unit is worth to them, less the price."""
    n, f, m = s.network, s.formulation, s.network.markets
    part = s.block(f.world)
    price = np.array([t.price for t in f.world_parts])
    parts = writer.worth(
        price * part, (np.arange(len(part))[:, None], np.arange(n.T), f.one_price.every(f.part_world), -part)
    )
    owners = [writer.always({world.buyer or nobody(world.id): 1.0}) for world in m.worlds]
    writer.enter("world price", owners, parts.summed(f.part_world, len(m.worlds)))
