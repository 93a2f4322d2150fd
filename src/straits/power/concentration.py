"""Balance: how concentrated exports are on partners, and how far the network would let them be spread at a stated
extra cost.

The measure is the Herfindahl-Hirschman index (Hirschman 1945): the sum of squared shares, 1 for one partner, 1/n for
n equal ones. Partners are counted in four ways, each of which counts every unit once:

- market: who buys;
- ports: the state from whose ports the cargo puts to sea last before it is sold, `by land` for cargo that does not;
- territory: the state that cargo enters first when it leaves its own, `open sea` for cargo that enters none;
- corridor: the export routes named in table links, the only ones for which observations exist.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy import sparse

from straits.case import units
from straits.errors import InfeasibleError, SolveError
from straits.model import Model, compile_case, highs
from straits.power.games import Array, GameError

if TYPE_CHECKING:
    from straits.case.case import Case
    from straits.case.settings import Scenario

WAYS = ("market", "ports", "territory", "corridor")
#: Gap between the bounds of the least index that is left.
GAP = 1e-6
ROUNDS = 200
#: Modes on which cargo puts to sea.
TO_SEA = ("sea", "loading")


@dataclass(frozen=True)
class Balance:
    """Concentration of the exports of one commodity of one origin.

    Attributes
    ----------
    table : DataFrame
        way, partner, observed, modelled, spread: shares of exports (observed is nan where nothing was observed;
        `spread` is the least concentrated pattern).
    indices : DataFrame
        way, observed, modelled, lowest (index of the least concentrated pattern), gap (proved distance from the true
        least).
    parameters : dict
        Case, origin, commodity, amount exported, extra cost.
    """

    table: pd.DataFrame
    indices: pd.DataFrame
    parameters: dict[str, Any]


def balance(
    case: Case,
    origin: str,
    commodity: str,
    *,
    extra_cost: float,
    scenario: Scenario | str | None = None,
) -> Balance:
    """Measure how concentrated exports are, and how little they could be.

    Parameters
    ----------
    case : Case
        The case.
    origin, commodity : str
        Whose exports of what; the commodity's origin must be tracked.
    extra_cost : float
        By how much the joint value may fall below its greatest, million currency: what spreading may cost.
    scenario : Scenario or str, optional
        Default: the undisturbed case.

    Returns
    -------
    Balance
        The least concentrated pattern exports the same amount in all, and is found by cutting planes with a proved gap.

    Raises
    ------
    GameError
        Unknown origin or commodity, a commodity that is not tracked, nothing exported, a negative extra cost.
    """
    if not extra_cost >= 0:
        raise GameError(f"extra_cost: must not be negative, found {extra_cost}")
    model = compile_case(case, scenario, tariffs="internal")
    cargo = _cargo(model, origin, commodity)
    sold = _solve(model.cost, model.matrix, *_ends(model))
    rows, indices = [], []
    measured = _observed(case, origin, commodity)
    amount = 0.0
    for way in WAYS:
        groups = _groups(model, cargo, way)
        if not groups:
            continue
        flows = {partner: float(coefficients @ sold.x) for partner, coefficients in groups.items()}
        total = sum(flows.values())
        if total <= 0:
            raise GameError(f"balance: case {case.settings.id} exports no {commodity} of {origin}")
        if way == "market":
            amount = float(total)
        spread, lowest, gap = _least_concentrated(model, groups, total, sold.value + extra_cost * 1000.0)
        seen = measured if way == "corridor" else {}
        seen_total = sum(seen.values())
        for partner in sorted(flows, key=lambda p: -flows[p]):
            share = seen.get(partner, 0.0) / seen_total if seen_total else np.nan
            rows.append((way, partner, share, flows[partner] / total, spread[partner]))
        observed = sum((v / seen_total) ** 2 for v in seen.values()) if seen_total else np.nan
        indices.append((way, observed, sum((f / total) ** 2 for f in flows.values()), lowest, gap))
    return Balance(
        pd.DataFrame(rows, columns=["way", "partner", "observed", "modelled", "spread"]),
        pd.DataFrame(indices, columns=["way", "observed", "modelled", "lowest", "gap"]),
        {
            "case": case.settings.id,
            "origin": origin,
            "commodity": commodity,
            "exported": amount,
            "unit": case.rows("commodities")[commodity].unit,
            "extra_cost": extra_cost,
            "currency": case.settings.currency,
            "scenario": model.scenario.id if model.scenario else "baseline",
        },
    )


def _cargo(model: Model, origin: str, commodity: str) -> int:
    for k, cargo in enumerate(model.network.cargoes):
        if (cargo.commodity, cargo.origin) == (commodity, origin):
            return k
    known = ", ".join(f"{c.commodity} of {c.origin}" for c in model.network.cargoes)
    raise GameError(f"balance: no cargo {commodity} of {origin} can reach a buyer; there is {known}")


def _groups(model: Model, cargo: int, way: str) -> dict[str, Array]:
    """Give for each partner the coefficients (columns,) whose product with the solution is what goes by way of it.

    Only cargo sold abroad counts as market; what goes by land is what is sold abroad less what puts to sea.
    """
    n, f = model.network, model.formulation
    origin = n.cargoes[cargo].origin
    links = n.case.rows("links")
    entries: dict[str, list[int]] = defaultdict(list)
    block = f.sale if way == "market" else f.flow
    if way == "market":
        rows = n.case.rows("markets")
        for q in np.flatnonzero(n.markets.sale_cargo == cargo):
            market = int(n.markets.sale_market[q])
            home = n.territory_of_place(int(n.markets.place[market]))
            if home != origin:
                entries[rows[n.markets.ids[market]].buyer or home or n.markets.ids[market]].append(int(q))
    for p in np.flatnonzero(n.pair_cargo == cargo) if way != "market" else ():
        a = int(n.pair_link[p])
        tail, head = (n.territory_of_place(int(x[a])) for x in (n.link_tail, n.link_head))
        row = links[n.link_ids[a]]
        if way == "corridor" and row.corridor:
            entries[row.corridor].append(int(p))
        elif way == "territory" and tail == origin and (head != origin or n.crossed(a) - {origin}):
            foreign = sorted(n.crossed(a) - {origin})
            entries[head if head and head != origin else (foreign[0] if foreign else "open sea")].append(
                int(p)
            )
        elif way == "ports" and row.mode in TO_SEA and tail is not None and head is None:
            entries[tail].append(int(p))
    found = {}
    for partner, chosen in entries.items():
        found[partner] = np.zeros(len(model.cost))
        found[partner][block.every(np.array(chosen)).ravel()] = 1.0
    if way == "ports" and found:
        abroad = sum(_groups(model, cargo, "market").values(), np.zeros(len(model.cost)))
        found["by land"] = abroad - sum(found.values())
    return found


def _observed(case: Case, origin: str, commodity: str) -> dict[str, float]:
    """Return observed amounts by corridor over the time of the case."""
    axis, found = case.settings.time, {}
    row = case.rows("commodities")[commodity]
    for seen in case.rows("observations").values():
        if (seen.target_kind, seen.commodity, seen.origin) != ("corridor", commodity, origin):
            continue
        if (
            (seen.start, seen.end) == (axis.start, axis.end)
            and seen.target is not None
            and seen.value_unit is not None
        ):
            found[seen.target] = float(units.amount(seen.value, seen.value_unit, row))
    return found


def _ends(model: Model) -> tuple[Array, Array, Array, Array]:
    b = model.bounds
    return b.column_lower, b.column_upper, b.row_lower, b.row_upper


def _solve(cost: Array, matrix: sparse.csc_matrix, *ends: Array) -> highs.Answer:
    solver = highs.new_solver()
    highs.load(solver, cost, matrix, *ends)
    answer = highs.run(solver)
    if answer.status == highs.INFEASIBLE:
        raise InfeasibleError("the case is infeasible; solve it by itself for an explanation")
    if answer.status != highs.OPTIMAL:
        raise SolveError(f"the solver stopped without an answer ({answer.status})")
    return answer


def _least_concentrated(
    model: Model, groups: dict[str, Array], total: float, most_cost: float
) -> tuple[dict[str, float], float, float]:
    """Minimise the sum of squared shares over all patterns of the same total whose cost is at most `most_cost`.

    Kelley's cutting planes: y ≥ s² is replaced by tangents, which are added at each solution. Returns shares, index
    and gap."""
    count, columns = len(groups), model.matrix.shape[1]
    picks = sparse.csr_matrix(np.array(list(groups.values())))
    eye = sparse.identity(count)
    base = sparse.vstack(
        [
            sparse.hstack([model.matrix, sparse.csr_matrix((model.matrix.shape[0], 2 * count))]),
            sparse.hstack([picks / total, -eye, sparse.csr_matrix((count, count))]),  # share = flow / total
            sparse.hstack(
                [sparse.csr_matrix((1, columns)), np.ones((1, count)), sparse.csr_matrix((1, count))]
            ),
            sparse.hstack(
                [sparse.csr_matrix(model.cost[None, :] / 1000.0), sparse.csr_matrix((1, 2 * count))]
            ),
        ],
        format="csc",
    )
    lower, upper, row_lower, row_upper = _ends(model)
    cost = np.concatenate([np.zeros(columns + count), np.ones(count)])
    zero, many = np.zeros(count), np.full(2 * count, np.inf)
    slack = 1e-9 * max(abs(most_cost), 1.0)
    solver = highs.new_solver()
    highs.load(
        solver,
        cost,
        base,
        np.concatenate([lower, zero, zero]),
        np.concatenate([upper, many]),
        np.concatenate([row_lower, zero, [1.0], [-np.inf]]),
        np.concatenate([row_upper, zero, [1.0], [(most_cost + slack) / 1000.0]]),
    )
    best, shares = np.inf, np.zeros(count)
    at = np.linspace(0.0, 1.0, 11)[:, None] + np.zeros(count)
    for _ in range(ROUNDS):
        for points in at:
            for g, s in enumerate(points):  # y >= 2 s share - s^2
                solver.addRow(
                    -(s**2),
                    np.inf,
                    2,
                    np.array([columns + g, columns + count + g], dtype=np.int32),
                    np.array([-2 * s, 1.0]),
                )
        answer = highs.run(solver)
        if answer.status != highs.OPTIMAL:
            raise SolveError(f"the least concentrated pattern was not found ({answer.status})")
        highs.prefer_warm(solver)
        found = answer.x[columns : columns + count]
        if float(found @ found) < best:
            best, shares = float(found @ found), found
        if best - answer.value <= GAP:
            break
        at = found[None, :]
    return dict(zip(groups, shares.tolist(), strict=True)), best, max(best - answer.value, 0.0)


__all__ = ["Balance", "balance"]
