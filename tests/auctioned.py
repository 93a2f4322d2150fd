"""The division before there were rules of scarcity and fiscal terms: every scarcity to the owner of what is scarce.

A reference that the present accounts must meet where no treasury takes anything and every pipe is auctioned.

Each actor's account is a sum of receipts and payments at these prices, so that for any prices all accounts together are the
value of sales less all real costs: what is bought at a place is what is sold there (the balance row). Tariffs are paid by
one actor to another and cancel.

For a given plan each entry is a constant and a sum of duals, each times an amount of the plan. It is kept in that form
(`Books`), so that one can ask what the accounts would be at other prices that support the same plan.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from straits.case.ownership import buyer_of, nobody
from straits.model.earning import Earners, Earning

if TYPE_CHECKING:
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
    writer = _Writer(solution.network.earning)
    for write in (_supplies, _links, _fleets, _markets, _stores, _contracts, _opening, _stranded):
        write(solution, writer)
    return writer.books(len(solution.dual))


class _Writer:
    """Collects the entries of all assets and their shares, period by period (`Earning`)."""

    def __init__(self, earning: Earning) -> None:
        self.earning = earning
        self._number: dict[tuple[str, str], int] = {}
        self._shares: list[tuple[int, int, float]] = []
        self._constant: list[np.ndarray] = [np.empty(0)]
        self._taken: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
        self._cells = 0

    def enter(
        self,
        item: str,
        shares: Sequence[Earners],
        constant: np.ndarray | float = 0.0,
        *taken: tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray],
    ) -> None:
        """Divide an item among those who earn of each asset.

        `constant`: of each asset and step, shape (assets, T). `taken`: assets, steps, rows and amounts, which broadcast: the
        item of an asset in a step has the dual of the row times the amount.
        """
        first, period = self.earning.first, self.earning.period
        count = len(first)
        for a, periods in enumerate(shares):
            for p, of in enumerate(periods):
                for actor, share in of.items():
                    key = self._number.setdefault((actor, item), len(self._number))
                    self._shares.append((key, self._cells + a * count + p, share))
        each_step = np.broadcast_to(constant, (len(shares), len(period)))
        self._constant.append(np.add.reduceat(each_step, first, axis=1).ravel())
        for asset, step, row, amount in taken:
            spread = np.broadcast_arrays(self._cells + asset * count + period[step], row, amount)
            self._taken.append((spread[0].ravel(), spread[1].ravel(), spread[2].ravel()))
        self._cells += len(shares) * count

    def always(self, shares: Mapping[str, float]) -> Earners:
        """Give shares that stay the same all the time."""
        return (dict(shares),) * len(self.earning.first)

    def books(self, rows: int) -> Books:
        """Put the books together."""
        key, cell, share = (
            (np.array(part) for part in zip(*self._shares, strict=True)) if self._shares else (_NONE,) * 3
        )
        shares = sparse.csr_matrix((share, (key, cell)), shape=(len(self._number), self._cells))
        cells, duals, amounts = (np.concatenate([_NONE, *part]) for part in zip(*self._taken, strict=True))
        amount = sparse.csr_matrix((amounts, (cells, duals)), shape=(self._cells, rows))
        return Books(tuple(self._number), shares @ np.concatenate(self._constant), shares @ amount)


def _supplies(s: Solution, writer: _Writer) -> None:
    n, f = s.network, s.formulation
    output, count = s.block(f.supply), len(n.supplies.ids)
    shares = [writer.earning.of(key) for key in n.supplies.ids]
    sold = (np.arange(count)[:, None], np.arange(n.T), f.balance.every(f.supply_at), output)
    writer.enter("supply margin", shares, -n.supplies.cost * output, sold, _agreed(s, "supply"))
    forced = np.zeros((count, n.T))
    forced[f.can_force] = n.supplies.forced_cost[f.can_force][:, None] * s.block(f.forced)
    writer.enter("emergency shut-in", shares, -forced)


def _links(s: Solution, writer: _Writer) -> None:
    n, f = s.network, s.formulation
    flow, link, every = s.block(f.flow), n.pair_link, np.arange(n.T)
    tariff = n.pair_tariff * flow
    spent = _landed_later(s) - n.pair_cost * flow - tariff
    uses, rows, days = _vessel_days(s)
    pair, step, row, amount = _agreed(s, "flow")
    shares = [writer.earning.of(key) for key in n.link_ids]
    writer.enter(
        "link scarcity",
        shares,
        _summed(link, spent, len(n.link_ids)),
        *_landed(s),
        (link[:, None], every, f.balance.every(f.pair_from), -flow),
        (link[n.fleets.use_pair][uses][:, None], every, rows, days),
        (link[pair], step, row, amount),
    )
    paid_to = [n.case.rows("links")[key].tariff_to for key in n.link_ids]
    writer.enter(
        "tariff",
        [
            writer.always(dict.fromkeys(to, 1.0 / len(to))) if to else of
            for to, of in zip(paid_to, shares, strict=True)
        ],
        _summed(link, tariff, len(n.link_ids)),
    )


def _summed(asset: np.ndarray, amount: np.ndarray, count: int) -> np.ndarray:
    """Add up amounts, shape (entries, T), by asset, shape (count, T)."""
    found = np.zeros((count, amount.shape[1]))
    np.add.at(found, asset, amount)
    return found


def _landed(s: Solution) -> list[tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]]:
    """What entered each link is worth the price of its step of arrival: links, steps of entry, balance rows, amounts."""
    n, f, flow = s.network, s.formulation, s.block(s.formulation.flow)
    days = n.link_transit[n.pair_link]
    found = []
    for d in np.unique(days):
        pairs, a = np.flatnonzero(days == d), f.transit[d]
        amount = flow[pairs][:, a.departure] * a.share * f.landing_share[pairs][:, None]
        found.append(
            (
                n.pair_link[pairs][:, None],
                a.departure,
                f.balance.at(f.landing_at[pairs][:, None], a.arrival),
                amount,
            )
        )
    return found


def _landed_later(s: Solution) -> np.ndarray:
    """Worth of what arrives after the end, at the closing prices, by step of entry, shape (P, T), thousands."""
    n, f = s.network, s.formulation
    if f.boundary is None:
        return np.zeros((len(n.pair_link), n.T))
    beyond = np.array([f.transit[d].beyond for d in n.link_transit[n.pair_link]]).reshape(-1, n.T)
    return (f.boundary.price[f.landing_at] * f.landing_share)[:, None] * s.block(f.flow) * beyond


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
    taken = (n.fleets.use_fleet[uses][:, None], np.arange(n.T), rows, -days)
    writer.enter("fleet scarcity", [writer.earning.of(key) for key in n.fleets.ids], 0.0, taken)


def _markets(s: Solution, writer: _Writer) -> None:
    n, f = s.network, s.formulation
    m, count = n.markets, len(n.markets.ids)
    sale = s.block(f.sale)
    single = np.array([t[0].price if len(t) == 1 else np.zeros(n.T) for t in m.tranches])
    worth = np.zeros((count, n.T))
    if count:
        np.add.at(worth, m.sale_market, single[m.sale_market] * sale)
    for i, b, amount in zip(f.tranche_market, f.tranche_number, s.block(f.tranche), strict=True):
        worth[i] += m.tranches[i][b].price * amount
    missed = np.zeros((count, n.T))
    missed[f.can_miss] = m.unmet_price[f.can_miss][:, None] * s.block(f.unmet)
    rows = n.case.rows("markets")
    buyers = [writer.always({buyer_of(n.case, rows[key]) or nobody(key): 1.0}) for key in m.ids]
    q, step, row, amount = _agreed(s, "sale")
    writer.enter(
        "buyer surplus",
        buyers,
        worth,
        (m.sale_market[:, None], np.arange(n.T), f.balance.every(f.sale_at), -sale),
        (m.sale_market[q], step, row, amount),
    )
    writer.enter("unmet demand", buyers, -missed)


def _stores(s: Solution, writer: _Writer) -> None:
    n, f = s.network, s.formulation
    st, stock = n.stores, s.block(f.stock)
    put_in = np.diff(stock, axis=1, prepend=st.stock_start[:, None])
    gain = _summed(st.stock_store, -st.cost[st.stock_store] * n.steps.days * stock, len(st.ids))
    if f.boundary is not None:
        np.add.at(gain[:, -1], st.stock_store, f.boundary.in_store * stock[:, -1])
    shares = [writer.earning.of(key) for key in st.ids]
    taken = (st.stock_store[:, None], np.arange(n.T), f.balance.every(f.stock_at), -put_in)
    writer.enter("storage", shares, gain, taken)


def _agreed(
    s: Solution, kind: str, *, by_contract: bool = False
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Amounts that count for agreed flows: entries of `kind` ("flow", "supply", "sale") or contracts, steps, rows, amounts."""
    n, f = s.network, s.formulation
    x = s.block({"flow": f.flow, "supply": f.supply, "sale": f.sale}[kind])
    found = [
        (
            row.contract if by_contract else index,
            int(step),
            f.contract.offset + r,
            share * float(row.weight[step] * x[index, step]),
        )
        for r, row in enumerate(n.contracts.rows)
        for k, index, share in n.contracts.entries[row.contract]
        if k == kind
        for step in np.flatnonzero(row.weight)
    ]  # fmt: skip
    entry, step, row, amount = zip(*found, strict=True) if found else ((), (), (), ())
    at = [np.array(part, dtype=int) for part in (entry, step, row)]
    return at[0], at[1], at[2], np.array(amount, dtype=float)


def _contracts(s: Solution, writer: _Writer) -> None:
    n, f = s.network, s.formulation
    rows = n.case.rows("contracts")
    shares = [
        writer.always({rows[key].payer: 1.0}) if rows[key].payer else writer.earning.of(rows[key].asset)
        for key in n.contracts.ids
    ]
    taken = []
    for kind in ("flow", "supply", "sale"):
        contract, step, row, amount = _agreed(s, kind, by_contract=True)
        taken.append((contract, step, row, -amount))
    writer.enter("commitment", shares, 0.0, *taken)
    short = np.zeros((len(n.contracts.ids), n.T))
    for r, fell in zip(f.can_fall_short, s.x[f.shortfall.slice], strict=True):
        due = n.contracts.rows[r]
        # A penalty falls due for the whole period, day by day alike.
        days = due.weight * n.steps.days
        short[due.contract] += n.contracts.penalty[due.contract] * fell * days / days.sum()
    writer.enter("shortfall penalty", shares, -short)


def _opening(s: Solution, writer: _Writer) -> None:
    """Cargo on its way at the start belongs to the state that it originates from."""
    f, n = s.formulation, s.network
    if f.boundary is None:
        return
    arrived = f.opening_arrivals()
    np.add.at(arrived, (f.stock_at, 0), -n.stores.stock_start)
    each = np.arange(f.balance.count)
    taken = (each[:, None], np.arange(n.T), f.balance.every(each), arrived)
    writer.enter("on the way at the start", _origins(n, f.balance_cargo, writer), 0.0, taken)


def _stranded(s: Solution, writer: _Writer) -> None:
    """Stranded cargo is worth nothing: the state that it originates from bears what it cost to bring there."""
    f, n = s.formulation, s.network
    each = np.arange(len(f.can_strand))
    taken = (each[:, None], np.arange(n.T), f.balance.every(f.can_strand), -s.block(f.stranded))
    writer.enter("stranded", _origins(n, f.balance_cargo[f.can_strand], writer), 0.0, taken)


def _origins(network: Network, cargoes: np.ndarray, writer: _Writer) -> list[Earners]:
    return [writer.always({network.cargoes[k].origin: 1.0}) for k in cargoes]
