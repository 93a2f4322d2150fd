"""Divide the value of a solution among actors: every unit of cargo changes hands at the local price (the dual of balance).

Each actor's account is a sum of receipts and payments at these prices, so that for any prices all accounts together are the
value of sales less all real costs: what is bought at a place is what is sold there (the balance row). Tariffs are paid by
one actor to another and cancel.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from straits.model.network import Network
    from straits.model.solution import Solution

#: Items of an account, in the order of reports.
ITEMS = (
    "supply margin", "tariff", "link scarcity", "fleet scarcity", "storage", "buyer surplus", "commitment",
    "on the way at the start", "stranded", "emergency shut-in", "unmet demand", "shortfall penalty",
)  # fmt: skip

Ledger = dict[tuple[str, str], float]


def accounts(solution: Solution) -> pd.DataFrame:
    """Give what each actor gains, item by item.

    Parameters
    ----------
    solution : Solution

    Returns
    -------
    DataFrame
        Columns actor, item, amount (million currency). The amounts add up to `solution.objective`.

    Notes
    -----
    supply margin: local price less cost of output, to the owners of a supply. link scarcity: price at the end less price at
    the start, cost and tariff of a link, to its owners. fleet scarcity: the part of it that vessels earn. commitment: what
    an agreed flow costs (least) or is worth (greatest) to the payer named in the contract, else to the owners of the asset.
    buyer surplus: worth less local price. A regulated tariff and the scarcity of a link both go to its owners, or the
    tariff to `tariff_to`.
    """
    order = {item: i for i, item in enumerate(ITEMS)}
    rows = sorted(
        ((a, i, v / 1000.0) for (a, i), v in ledger_of(solution).items() if v != 0.0),
        key=lambda r: (r[0], order[r[1]]),
    )
    return pd.DataFrame(rows, columns=["actor", "item", "amount"])


def ledger_of(solution: Solution) -> Ledger:
    """Give the entries of the accounts, thousand currency by (actor, item)."""
    ledger: Ledger = defaultdict(float)
    _supplies(solution, ledger)
    _links(solution, ledger)
    _markets(solution, ledger)
    _stores(solution, ledger)
    _contracts(solution, ledger)
    _opening(solution, ledger)
    _stranded(solution, ledger)
    return ledger


def owners(
    network: Network, asset: str, place: int | None = None, territory: str | None = None
) -> dict[str, float]:
    """Give the owners of an asset and their shares, which add up to one.

    Owners of the asset itself; else of its place; else its operator; else the state on whose territory it lies; else nobody
    named, shown as `(nobody) asset`. Shares that add up to less than one leave the rest to nobody named.
    """
    known = network.owners_found
    if (asset, place, territory) not in known:
        known[asset, place, territory] = _find_owners(network, asset, place, territory)
    return known[asset, place, territory]


def _find_owners(network: Network, asset: str, place: int | None, territory: str | None) -> dict[str, float]:
    case = network.case
    axis = case.settings.time
    rows = [
        r for r in case.rows("controls").values()
        if (r.start is None or r.start < axis.end) and (r.end is None or r.end > axis.start)
    ]  # fmt: skip
    places = [network.place_ids[place]] if place is not None else []
    for role in ("owner", "operator"):
        for key in [asset, *places]:
            if found := [r for r in rows if r.asset == key and r.role == role]:
                return _shares(found, asset)
    return {territory or f"(nobody) {asset}": 1.0}


def _shares(found: list, asset: str) -> dict[str, float]:
    shares: dict[str, float] = defaultdict(float)
    if any(r.share is None for r in found):
        for r in found:
            shares[r.actor] += 1.0 / len(found)
        return dict(shares)
    total = sum(r.share for r in found)
    for r in found:
        shares[r.actor] += r.share / max(total, 1.0)
    if total < 1.0 - 1e-9:
        shares[f"(nobody) {asset}"] += 1.0 - total
    return dict(shares)


def _credit(ledger: Ledger, shares: dict[str, float], item: str, amount: float) -> None:
    for actor, share in shares.items():
        ledger[actor, item] += share * amount


def _supplies(s: Solution, ledger: Ledger) -> None:
    n, f = s.network, s.formulation
    output = s.block(f.supply)
    price = s.local_price[f.supply_at]
    margin = ((price - n.supplies.cost[:, None]) * output).sum(axis=1) - s.contract_value(
        "supply", len(n.supplies.ids)
    )
    forced = np.zeros(len(n.supplies.ids))
    forced[f.can_force] = n.supplies.forced_cost[f.can_force] * s.block(f.forced).sum(axis=1)
    for i, key in enumerate(n.supplies.ids):
        place = int(n.supplies.place[i])
        shares = owners(n, key, place, n.territory_of_place(place))
        _credit(ledger, shares, "supply margin", margin[i])
        _credit(ledger, shares, "emergency shut-in", -forced[i])


def _links(s: Solution, ledger: Ledger) -> None:
    n, f = s.network, s.formulation
    flow = s.block(f.flow)
    tariff = n.pair_tariff * flow.sum(axis=1)
    margin = (
        s.landed_value()
        - (s.local_price[f.pair_from] * flow).sum(axis=1)
        - n.pair_cost * flow.sum(axis=1)
        - tariff
    )
    margin -= s.contract_value("flow", len(n.pair_link))
    rent, fleet_rent = s.fleet_rent()
    margin -= rent
    by_link = np.bincount(n.pair_link, weights=margin, minlength=len(n.link_ids))
    tariff_by_link = np.bincount(n.pair_link, weights=tariff, minlength=len(n.link_ids))
    rows = n.case.rows("links")
    for a, key in enumerate(n.link_ids):
        if by_link[a] == 0.0 and tariff_by_link[a] == 0.0:
            continue
        shares = owners(n, key, None, min(n.crossed(a), default=None))
        _credit(ledger, shares, "link scarcity", by_link[a])
        to = rows[key].tariff_to
        _credit(ledger, dict.fromkeys(to, 1.0 / len(to)) if to else shares, "tariff", tariff_by_link[a])
    for i, key in enumerate(n.fleets.ids):
        _credit(ledger, owners(n, key), "fleet scarcity", fleet_rent[i])


def _markets(s: Solution, ledger: Ledger) -> None:
    n, f = s.network, s.formulation
    m, count = n.markets, len(n.markets.ids)
    sale = s.block(f.sale)
    single = np.array([t[0].price if len(t) == 1 else 0.0 for t in m.tranches])
    value = (
        np.bincount(m.sale_market, weights=single[m.sale_market] * sale.sum(axis=1), minlength=count)
        if count
        else single
    )
    value = value - np.bincount(
        m.sale_market, weights=(s.local_price[f.sale_at] * sale).sum(axis=1), minlength=count
    )
    filled = s.block(f.tranche).sum(axis=1)
    for i, b, amount in zip(f.tranche_market, f.tranche_number, filled, strict=True):
        value[i] += m.tranches[i][b].price * amount
    value -= np.bincount(m.sale_market, weights=s.contract_value("sale", len(m.sale_market)), minlength=count)
    missed = np.zeros(count)
    missed[f.can_miss] = m.unmet_price[f.can_miss] * s.block(f.unmet).sum(axis=1)
    rows = n.case.rows("markets")
    for i, key in enumerate(m.ids):
        buyer = rows[key].buyer or n.territory_of_place(int(m.place[i])) or f"(nobody) {key}"
        ledger[buyer, "buyer surplus"] += value[i]
        ledger[buyer, "unmet demand"] -= missed[i]


def _stores(s: Solution, ledger: Ledger) -> None:
    n, f = s.network, s.formulation
    st = n.stores
    stock = s.block(f.stock)
    before = np.concatenate([st.stock_start[:, None], stock[:, :-1]], axis=1)
    gain = -(s.local_price[f.stock_at] * (stock - before)).sum(axis=1)
    gain -= (st.cost[st.stock_store][:, None] * n.steps.days * stock).sum(axis=1)
    if f.boundary is not None and len(gain):
        gain += f.boundary.price[f.stock_at] * stock[:, -1]
    by_store = np.bincount(st.stock_store, weights=gain, minlength=len(st.ids))
    for i, key in enumerate(st.ids):
        place = int(st.place[i])
        _credit(ledger, owners(n, key, place, n.territory_of_place(place)), "storage", by_store[i])


def _contracts(s: Solution, ledger: Ledger) -> None:
    n, f = s.network, s.formulation
    rows = n.case.rows("contracts")
    values = np.zeros(len(n.contracts.ids))
    for kind, count in (
        ("flow", len(n.pair_link)),
        ("supply", len(n.supplies.ids)),
        ("sale", len(n.markets.sale_market)),
    ):
        values += s.contract_value(kind, count, by_contract=True)
    short = np.zeros(len(n.contracts.ids))
    for j, r in enumerate(f.can_fall_short):
        c = n.contracts.rows[r].contract
        short[c] += n.contracts.penalty[c] * s.x[f.shortfall.offset + j]
    for c, key in enumerate(n.contracts.ids):
        row = rows[key]
        kind, index = n.contracts.asset[c]
        place = {"supply": n.supplies.place, "market": n.markets.place}.get(kind)
        shares = owners(n, row.asset, int(place[index]) if place is not None else None, None)
        shares = {row.payer: 1.0} if row.payer else shares
        _credit(ledger, shares, "commitment", values[c])
        _credit(ledger, shares, "shortfall penalty", -short[c])


def _opening(s: Solution, ledger: Ledger) -> None:
    """Cargo on its way at the start belongs to the state that it originates from."""
    f, n = s.formulation, s.network
    if f.boundary is None:
        return
    arrived = f.opening_arrivals()
    np.add.at(arrived, (f.stock_at, 0), -n.stores.stock_start)
    worth = (s.local_price * arrived).sum(axis=1)
    for b, amount in enumerate(worth):
        ledger[n.cargoes[f.balance_cargo[b]].origin, "on the way at the start"] += amount


def _stranded(s: Solution, ledger: Ledger) -> None:
    """Stranded cargo is worth nothing: the state that it originates from bears what it cost to bring there."""
    f, n = s.formulation, s.network
    worth = (s.local_price[f.can_strand] * s.block(f.stranded)).sum(axis=1)
    for b, amount in zip(f.can_strand, worth, strict=True):
        ledger[n.cargoes[f.balance_cargo[b]].origin, "stranded"] -= amount
