"""What counts for agreed flows, as entries of accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from straits.model.accounts.books import Taken

if TYPE_CHECKING:
    from straits.model.plan import Plan


def agreed(s: Plan, kind: str, *, contracts: np.ndarray | None = None) -> Taken:
    """Amounts that count for agreed flows: entries of `kind` ("flow", "supply", "sale"), steps, rows, amounts.

    `contracts`: only those marked, shape (contracts,); default all.
    """
    entry, step, row, amount, contract = agreements(s, kind)
    if contracts is not None:
        chosen = contracts[contract]
        entry, step, row, amount = entry[chosen], step[chosen], row[chosen], amount[chosen]
    return entry, step, row, amount


def agreements(s: Plan, kind: str) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Give the same with the contract of each."""
    f = s.formulation
    x = s.block({"flow": f.flow, "supply": f.supply, "sale": f.sale}[kind])
    # Many plans are of one formulation.
    memory = vars(f).setdefault("_agreements", {})
    if kind not in memory:
        memory[kind] = _counted(s, kind)
    entry, step, row, weight, contract = memory[kind]
    return entry, step, row, weight * x[entry, step], contract


def _counted(s: Plan, kind: str) -> tuple[np.ndarray, ...]:
    """Give entries, steps, rows and contracts of all that counts, with what a unit of it counts for."""
    n, f = s.network, s.formulation
    found = [
        (index, int(step), f.contract.offset + r, share * float(row.weight[step]), row.contract)
        for r, row in enumerate(n.contracts.rows)
        for k, index, share in n.contracts.entries[row.contract]
        if k == kind
        for step in np.flatnonzero(row.weight)
    ]
    entry, step, row, weight, contract = zip(*found, strict=True) if found else ((),) * 5
    at = [np.array(part, dtype=int) for part in (entry, step, row, contract)]
    return at[0], at[1], at[2], np.array(weight, dtype=float), at[3]
