"""Certificates: why at least so much of what left has no source of the colour, in terms that can be checked by adding up.

A certificate names a region of the ledger: stretches of accounts. What left from the region towards the target is its
*claim*. All that can have come into the region in the colour is its *supply*: the coloured entries in it, what was sent into
it from outside, and the stock that stood there when a stretch began. The claim less the supply has no source of the colour,
whichever piece was which.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from straits.goods.tracing.legs import CONSUME, ENTRY, EXIT, PRODUCE, Legs
from straits.goods.tracing.network import Cut, Nodes
from straits.goods.tracing.stock import Stocks


@dataclass(frozen=True)
class Certificate:
    """One region whose exits claim more than its sources hold.

    Attributes
    ----------
    hs6, unit : str
        The good of the exits.
    exits : tuple of str
        Events by which goods left from the region to the target.
    claim : float
        What they took.
    sources : tuple of str
        Entries of the colour in the region.
    sources_total : float
    limits : tuple of dict
        What else can have come in: `kind` (`transfer`, `stock` or `process`), `event_id`, `holder`, `quantity`.
    supply : float
        `sources_total` and all limits.
    shortfall : float
        `claim - supply`: at least so much has no source of the colour.
    region : tuple of (holder, hs6, unit, first, last, weight)
        Stretches of accounts: movements of an account, counted from 1 in the order in which they happened, first to last.
        For a cut the weight is 1. With processes it is the worth of one unit there, in units of the exits.
    """

    hs6: str
    unit: str
    exits: tuple[str, ...]
    claim: float
    sources: tuple[str, ...]
    sources_total: float
    limits: tuple[Mapping[str, Any], ...]
    supply: float
    shortfall: float
    region: tuple[tuple[str, str, str, int, int, float], ...] = field(repr=False)

    @property
    def text(self) -> str:
        """The certificate as a sentence."""
        sources = [
            f"lawful sources total {_plain(self.sources_total)}"
            + (f": {_some(self.sources)}" if self.sources else "")
        ]
        for limit in self.limits:
            sources.append(_limit_text(limit))
        more = f"; with them at most {_plain(self.supply)}" if self.limits else ""
        return (
            f"these exits claim {_plain(self.claim)}: {_some(self.exits)}; {'; '.join(sources)}{more}; "
            f"{_plain(self.shortfall)} without a lawful source"
        )

    def to_dict(self) -> dict[str, Any]:
        """Give it as plain data, for JSON."""
        return {
            "hs6": self.hs6,
            "unit": self.unit,
            "exits": list(self.exits),
            "claim": self.claim,
            "lawful_sources": list(self.sources),
            "lawful_total": self.sources_total,
            "limits": [dict(limit) for limit in self.limits],
            "supply": self.supply,
            "shortfall": self.shortfall,
            "region": [list(stretch) for stretch in self.region],
        }


def _plain(number: float) -> str:
    return f"{number:,.6f}".rstrip("0").rstrip(".")


def _some(ids: tuple[str, ...]) -> str:
    return ", ".join(ids[:12]) + (f" and {len(ids) - 12} more" if len(ids) > 12 else "")


def _limit_text(limit: Mapping[str, Any]) -> str:
    amount = _plain(limit["quantity"])
    if limit["kind"] == "stock":
        return f"stock of {limit['holder']} before {limit['event_id']}: {amount}"
    if limit["kind"] == "transfer":
        return f"received by {limit['event_id']} from outside: {amount}"
    return f"made by {limit['event_id']}: {amount}"


def make_certificates(
    events: pd.DataFrame,
    legs: Legs,
    held: Stocks,
    nodes: Nodes,
    cut: Cut,
    coloured: np.ndarray,
    asked: np.ndarray,
    every_input: bool = True,
) -> list[Certificate]:
    """Write a certificate for each connected part of the side of the exits, the greatest shortfall first."""
    weight, part = cut.inside[nodes.of_leg], cut.part[nodes.of_leg]
    size = np.abs(legs.change) / legs.scale[legs.good]
    names = events["event_id"].astype(str).to_numpy(dtype=object)
    holders, hs6, unit = (legs.accounts[name].to_numpy(dtype=object) for name in ("holder", "hs6", "unit"))
    limits = pd.concat([_transfers(legs, nodes, weight, part, size), _stocks(legs, held, weight, part)])
    limits = pd.concat([limits, _processes(legs, weight, part, size, every_input)])
    limits = limits.sort_values("part", kind="stable")
    kinds, at, of_part, amounts = (limits[name].to_numpy() for name in ("kind", "leg", "part", "quantity"))
    event_of, holder_of = names[legs.row[at]], holders[legs.account[at]]
    inside = np.flatnonzero(part >= 0)
    inside = inside[np.argsort(part[inside], kind="stable")]
    number = _movements(legs, held)
    found = []
    for mine in np.split(inside, np.flatnonzero(np.diff(part[inside])) + 1):
        claims = mine[asked[mine] & (legs.role[mine] == EXIT)]
        if not len(claims):
            continue
        entries = mine[coloured[mine] & (legs.role[mine] == ENTRY)]
        claim = float(size[claims] @ np.minimum(weight[claims], 1.0))
        total = float(size[entries] @ weight[entries])
        first, last = np.searchsorted(of_part, [part[mine[0]], part[mine[0]] + 1])
        supply = total + float(amounts[first:last].sum())
        if claim - supply <= 1e-9 * max(1.0, claim):
            continue
        account_of_exit = legs.account[claims[0]]
        runs = _runs(legs.account[mine], number[mine], weight[mine])
        found.append(
            Certificate(
                hs6=hs6[account_of_exit],
                unit=unit[account_of_exit],
                exits=tuple(names[legs.row[claims]]),
                claim=_tidy(claim),
                sources=tuple(names[legs.row[entries]]),
                sources_total=_tidy(total),
                limits=tuple(
                    {"kind": kind, "event_id": event, "holder": holder, "quantity": _tidy(amount)}
                    for kind, event, holder, amount in zip(
                        kinds[first:last],
                        event_of[first:last],
                        holder_of[first:last],
                        amounts[first:last],
                        strict=True,
                    )
                ),
                supply=_tidy(supply),
                shortfall=_tidy(claim - supply),
                region=tuple(
                    (holders[account], hs6[account], unit[account], first, last, worth)
                    for account, first, last, worth in runs
                ),
            )
        )
    return sorted(found, key=lambda one: -one.shortfall)


def _movements(legs: Legs, held: Stocks) -> np.ndarray:
    """Return the number of each leg among those of its account, from 1."""
    account = legs.account[held.order]
    first = np.flatnonzero(np.r_[True, account[1:] != account[:-1]])
    number = np.empty(len(account), dtype=np.int64)
    number[held.order] = np.arange(len(account)) - np.repeat(first, np.diff(np.r_[first, len(account)])) + 1
    return number


def _runs(account: np.ndarray, number: np.ndarray, weight: np.ndarray) -> list[tuple[int, int, int, float]]:
    """Return stretches of one account and weight without a gap: account, first and last movement, weight."""
    order = np.lexsort((number, account))
    account, number, weight = account[order], number[order], weight[order]
    new = (np.diff(account) != 0) | (np.diff(number) != 1) | (np.diff(weight) != 0)
    first = np.flatnonzero(np.r_[True, new])
    last = np.r_[first[1:], len(account)] - 1
    return list(
        zip(
            account[first].tolist(),
            number[first].tolist(),
            number[last].tolist(),
            weight[first].tolist(),
            strict=True,
        )
    )


def _tidy(number: float) -> float:
    """Drop what only the floating point made."""
    return float(round(number, 9))


def _rows(kind: str, legs_: np.ndarray, part: np.ndarray, quantity: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame({"kind": kind, "leg": legs_, "part": part, "quantity": quantity})


def _transfers(
    legs: Legs, nodes: Nodes, weight: np.ndarray, part: np.ndarray, size: np.ndarray
) -> pd.DataFrame:
    """Find what was sent into a region from outside it, or from where it was worth less."""
    rise = weight[nodes.receive_leg] - weight[nodes.send_leg]
    chosen = nodes.receive_leg[rise > 0]
    return _rows("transfer", chosen, part[chosen], size[chosen] * rise[rise > 0])


def _stocks(legs: Legs, held: Stocks, weight: np.ndarray, part: np.ndarray) -> pd.DataFrame:
    """Find the stock with which a stretch of a region began."""
    order = held.order
    rise = np.zeros(len(order))
    same = legs.account[order][1:] == legs.account[order][:-1]
    rise[1:] = np.where(same, weight[order][1:] - weight[order][:-1], 0.0)
    chosen = order[(rise > 0) & (held.before[order] > 0)]
    worth = np.empty(len(order))
    worth[order] = rise
    return _rows(
        "stock", chosen, part[chosen], held.before[chosen] / legs.scale[legs.good[chosen]] * worth[chosen]
    )


def _processes(
    legs: Legs, weight: np.ndarray, part: np.ndarray, size: np.ndarray, every_input: bool
) -> pd.DataFrame:
    """Find what processes can have added: the worth of their outputs above that of the inputs they need."""
    outputs = np.flatnonzero((legs.role == PRODUCE) & (weight > 0))
    inputs = np.flatnonzero((legs.role == CONSUME) & np.isin(legs.process, legs.process[outputs]))
    made = pd.Series(size[outputs] * weight[outputs]).groupby(legs.process[outputs]).sum()
    taken = (
        pd.Series(size[inputs] * weight[inputs]).groupby([legs.process[inputs], legs.account[inputs]]).sum()
    )
    by_process = taken.groupby(level=0)
    cost = (by_process.sum() if every_input else by_process.min()).reindex(made.index).fillna(0.0)
    gain = (made - cost)[made - cost > 1e-12]
    first = (
        pd.Series(outputs).groupby(legs.process[outputs]).first().reindex(gain.index).to_numpy(dtype=np.int64)
    )
    return _rows("process", first, part[first], gain.to_numpy())
