"""Divide the value of a solution among actors: every unit of cargo changes hands at the local price (the dual of balance).

Each actor's account is a sum of receipts and payments at these prices, so that for any prices all accounts together are the
value of sales less all real costs: what is bought at a place is what is sold there (the balance row). Tariffs are paid by
one actor to another and cancel.

For a given plan each entry is a constant and a sum of duals, each times an amount of the plan. It is kept in that form
(`Books`), so that one can ask what the accounts would be at other prices that support the same plan.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import sparse

if TYPE_CHECKING:
    from straits.case.case import Case
    from straits.model.network import Network
    from straits.model.solution import Solution

#: Items of an account, in the order of reports.
ITEMS = (
    "supply margin", "tariff", "link scarcity", "fleet scarcity", "storage", "buyer surplus", "commitment",
    "on the way at the start", "stranded", "emergency shut-in", "unmet demand", "shortfall penalty",
)  # fmt: skip

Ledger = dict[tuple[str, str], float]
_NONE = np.empty(0, dtype=int)
#: Entries below this share of the largest are rounding of the solver and are not listed.
_NOTHING = 1e-12


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
    ledger = ledger_of(solution)
    nothing = _NOTHING * max((abs(v) for v in ledger.values()), default=0.0)
    rows = sorted(
        ((a, i, v / 1000.0) for (a, i), v in ledger.items() if abs(v) > nothing),
        key=lambda r: (r[0], order[r[1]]),
    )
    return pd.DataFrame(rows, columns=["actor", "item", "amount"])


def ledger_of(solution: Solution) -> Ledger:
    """Give the entries of the accounts, thousand currency by (actor, item)."""
    return books_of(solution).at(solution.dual)


@dataclass(frozen=True)
class Books:
    """The accounts of a plan at any prices.

    Attributes
    ----------
    keys : tuple of (actor, item)
    constant : ndarray, shape (keys,)
        What does not depend on prices, thousand currency.
    amount : csr_matrix, shape (keys, rows)
        What each entry adds times the dual of each row of the model.
    """

    keys: tuple[tuple[str, str], ...]
    constant: np.ndarray
    amount: sparse.csr_matrix

    def at(self, dual: np.ndarray) -> Ledger:
        """Give the entries for duals of the rows, thousand currency."""
        values = self.constant + self.amount @ dual
        return dict(zip(self.keys, values.tolist(), strict=True))


def books_of(solution: Solution) -> Books:
    """Give the accounts of a solution's plan at any prices."""
    writer = _Writer()
    for write in (_supplies, _links, _fleets, _markets, _stores, _contracts, _opening, _stranded):
        write(solution, writer)
    return writer.books(len(solution.dual))


class _Writer:
    """Collects the entries of all assets and their shares."""

    def __init__(self) -> None:
        self._number: dict[tuple[str, str], int] = {}
        self._shares: list[tuple[int, int, float]] = []
        self._constant: list[np.ndarray] = [np.empty(0)]
        self._taken: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
        self._assets = 0

    def enter(
        self,
        item: str,
        shares: Sequence[Mapping[str, float]],
        constant: np.ndarray | float = 0.0,
        *taken: tuple[np.ndarray, np.ndarray, np.ndarray],
    ) -> None:
        """Divide an item among those who hold each asset.

        `taken`: assets, rows and amounts, which broadcast: the item of an asset has the dual of the row times the amount.
        """
        for a, of in enumerate(shares):
            for actor, share in of.items():
                key = self._number.setdefault((actor, item), len(self._number))
                self._shares.append((key, self._assets + a, share))
        self._constant.append(np.broadcast_to(constant, len(shares)))
        for asset, row, amount in taken:
            spread = np.broadcast_arrays(self._assets + asset, row, amount)
            self._taken.append((spread[0].ravel(), spread[1].ravel(), spread[2].ravel()))
        self._assets += len(shares)

    def books(self, rows: int) -> Books:
        """Put the books together."""
        key, asset, share = (
            (np.array(part) for part in zip(*self._shares, strict=True)) if self._shares else (_NONE,) * 3
        )
        shares = sparse.csr_matrix((share, (key, asset)), shape=(len(self._number), self._assets))
        assets, duals, amounts = (np.concatenate([_NONE, *part]) for part in zip(*self._taken, strict=True))
        amount = sparse.csr_matrix((amounts, (assets, duals)), shape=(self._assets, rows))
        return Books(tuple(self._number), shares @ np.concatenate(self._constant), shares @ amount)


def state_of(case: Case, actor: str) -> str:
    """Give the state that an actor belongs to, as in table actors; the actor itself if it belongs to none."""
    rows = case.rows("actors")
    return (rows[actor].state or actor) if actor in rows else actor


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


def _supplies(s: Solution, writer: _Writer) -> None:
    n, f = s.network, s.formulation
    output, count = s.block(f.supply), len(n.supplies.ids)
    each = np.arange(count)[:, None]
    shares = [
        owners(n, key, int(place), n.territory_of_place(int(place)))
        for key, place in zip(n.supplies.ids, n.supplies.place, strict=True)
    ]
    sold = (each, f.balance.every(f.supply_at), output)
    writer.enter("supply margin", shares, -n.supplies.cost * output.sum(axis=1), sold, _agreed(s, "supply"))
    forced = np.zeros(count)
    forced[f.can_force] = n.supplies.forced_cost[f.can_force] * s.block(f.forced).sum(axis=1)
    writer.enter("emergency shut-in", shares, -forced)


def _links(s: Solution, writer: _Writer) -> None:
    n, f = s.network, s.formulation
    flow, link, count = s.block(f.flow), n.pair_link, len(n.link_ids)
    tariff = n.pair_tariff * flow.sum(axis=1)
    spent = _landed_later(s) - n.pair_cost * flow.sum(axis=1) - tariff
    uses, rows, days = _vessel_days(s)
    pair, row, amount = _agreed(s, "flow")
    shares = [owners(n, key, None, min(n.crossed(a), default=None)) for a, key in enumerate(n.link_ids)]
    writer.enter(
        "link scarcity",
        shares,
        np.bincount(link, weights=spent, minlength=count),
        *_landed(s),
        (link[:, None], f.balance.every(f.pair_from), -flow),
        (link[n.fleets.use_pair][uses][:, None], rows, days),
        (link[pair], row, amount),
    )
    paid_to = [n.case.rows("links")[key].tariff_to for key in n.link_ids]
    writer.enter(
        "tariff",
        [dict.fromkeys(to, 1.0 / len(to)) if to else of for to, of in zip(paid_to, shares, strict=True)],
        np.bincount(link, weights=tariff, minlength=count),
    )


def _landed(s: Solution) -> list[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """What entered each link is worth the price of its step of arrival: links, balance rows, amounts."""
    n, f, flow = s.network, s.formulation, s.block(s.formulation.flow)
    days = n.link_transit[n.pair_link]
    found = []
    for d in np.unique(days):
        pairs, a = np.flatnonzero(days == d), f.transit[d]
        amount = flow[pairs][:, a.departure] * a.share * f.pair_yield[pairs][:, None]
        found.append(
            (n.pair_link[pairs][:, None], f.balance.at(f.pair_to[pairs][:, None], a.arrival), amount)
        )
    return found


def _landed_later(s: Solution) -> np.ndarray:
    """Worth of what arrives after the end, at the closing prices, shape (P,), thousands."""
    n, f = s.network, s.formulation
    if f.boundary is None:
        return np.zeros(len(n.pair_link))
    beyond = np.array([f.transit[d].beyond for d in n.link_transit[n.pair_link]]).reshape(-1, n.T)
    return f.boundary.price[f.pair_to] * f.pair_yield * (s.block(f.flow) * beyond).sum(axis=1)


def _vessel_days(s: Solution) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Uses of fleets on pairs, their rows of vessel-days, and the vessel-days that they take, shape (uses, T)."""
    n, f = s.network, s.formulation
    fleets = n.fleets
    amount = s.block(f.flow)[fleets.use_pair]
    amount[f.carried] = s.block(f.carry)
    uses = np.arange(len(fleets.use_pair))
    return uses, f.fleet_days.every(fleets.use_fleet), amount * fleets.use_days[:, None]


def _fleets(s: Solution, writer: _Writer) -> None:
    n = s.network
    uses, rows, days = _vessel_days(s)
    taken = (n.fleets.use_fleet[uses][:, None], rows, -days)
    writer.enter("fleet scarcity", [owners(n, key) for key in n.fleets.ids], 0.0, taken)


def _markets(s: Solution, writer: _Writer) -> None:
    n, f = s.network, s.formulation
    m, count = n.markets, len(n.markets.ids)
    sale = s.block(f.sale)
    single = np.array([t[0].price if len(t) == 1 else 0.0 for t in m.tranches])
    worth = np.zeros(count)
    np.add.at(worth, m.sale_market, single[m.sale_market] * sale.sum(axis=1) if count else 0.0)
    filled = s.block(f.tranche).sum(axis=1)
    for i, b, amount in zip(f.tranche_market, f.tranche_number, filled, strict=True):
        worth[i] += m.tranches[i][b].price * amount
    missed = np.zeros(count)
    missed[f.can_miss] = m.unmet_price[f.can_miss] * s.block(f.unmet).sum(axis=1)
    rows = n.case.rows("markets")
    buyers = [
        {rows[key].buyer or n.territory_of_place(int(place)) or f"(nobody) {key}": 1.0}
        for key, place in zip(m.ids, m.place, strict=True)
    ]
    q, row, amount = _agreed(s, "sale")
    writer.enter(
        "buyer surplus",
        buyers,
        worth,
        (m.sale_market[:, None], f.balance.every(f.sale_at), -sale),
        (m.sale_market[q], row, amount),
    )
    writer.enter("unmet demand", buyers, -missed)


def _stores(s: Solution, writer: _Writer) -> None:
    n, f = s.network, s.formulation
    st, stock = n.stores, s.block(f.stock)
    put_in = np.diff(stock, axis=1, prepend=st.stock_start[:, None])
    gain = -(st.cost[st.stock_store][:, None] * n.steps.days * stock).sum(axis=1)
    if f.boundary is not None:
        gain += f.boundary.price[f.stock_at] * stock[:, -1]
    shares = [
        owners(n, key, int(place), n.territory_of_place(int(place)))
        for key, place in zip(st.ids, st.place, strict=True)
    ]
    constant = np.bincount(st.stock_store, weights=gain, minlength=len(st.ids))
    taken = (st.stock_store[:, None], f.balance.every(f.stock_at), -put_in)
    writer.enter("storage", shares, constant, taken)


def _agreed(
    s: Solution, kind: str, *, by_contract: bool = False
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Amounts that count for agreed flows: entries of `kind` ("flow", "supply", "sale") or contracts, rows, amounts."""
    n, f = s.network, s.formulation
    x = s.block({"flow": f.flow, "supply": f.supply, "sale": f.sale}[kind])
    found = [
        (row.contract if by_contract else index, f.contract.offset + r, float(row.weight @ x[index]))
        for r, row in enumerate(n.contracts.rows)
        for k, index in n.contracts.entries[row.contract]
        if k == kind
    ]
    entry, row, amount = zip(*found, strict=True) if found else ((), (), ())
    return np.array(entry, dtype=int), np.array(row, dtype=int), np.array(amount, dtype=float)


def _contracts(s: Solution, writer: _Writer) -> None:
    n, f = s.network, s.formulation
    rows, place_of = n.case.rows("contracts"), {"supply": n.supplies.place, "market": n.markets.place}
    shares = []
    for key, (kind, index) in zip(n.contracts.ids, n.contracts.asset, strict=True):
        place = int(place_of[kind][index]) if kind in place_of else None
        shares.append({rows[key].payer: 1.0} if rows[key].payer else owners(n, rows[key].asset, place, None))
    taken = []
    for kind in ("flow", "supply", "sale"):
        contract, row, amount = _agreed(s, kind, by_contract=True)
        taken.append((contract, row, -amount))
    writer.enter("commitment", shares, 0.0, *taken)
    short = np.zeros(len(n.contracts.ids))
    fell = [n.contracts.rows[r].contract for r in f.can_fall_short]
    np.add.at(short, fell, n.contracts.penalty[fell] * s.x[f.shortfall.slice])
    writer.enter("shortfall penalty", shares, -short)


def _opening(s: Solution, writer: _Writer) -> None:
    """Cargo on its way at the start belongs to the state that it originates from."""
    f, n = s.formulation, s.network
    if f.boundary is None:
        return
    arrived = f.opening_arrivals()
    np.add.at(arrived, (f.stock_at, 0), -n.stores.stock_start)
    each = np.arange(f.balance.count)
    writer.enter(
        "on the way at the start",
        _origins(n, f.balance_cargo),
        0.0,
        (each[:, None], f.balance.every(each), arrived),
    )


def _stranded(s: Solution, writer: _Writer) -> None:
    """Stranded cargo is worth nothing: the state that it originates from bears what it cost to bring there."""
    f, n = s.formulation, s.network
    each = np.arange(len(f.can_strand))
    taken = (each[:, None], f.balance.every(f.can_strand), -s.block(f.stranded))
    writer.enter("stranded", _origins(n, f.balance_cargo[f.can_strand]), 0.0, taken)


def _origins(network: Network, cargoes: np.ndarray) -> list[dict[str, float]]:
    return [{network.cargoes[k].origin: 1.0} for k in cargoes]
