"""Balance: how concentrated exports are on partners, and how far the network would let them be spread at a stated
extra cost.

The measure is the Herfindahl-Hirschman index (Hirschman 1945): the sum of squared shares, 1 for one partner, 1/n for
n equal ones; the chance that two units drawn at random share a partner. Partners are counted in four ways:

- market: who buys;
- ports: the state from whose ports the cargo puts to sea before it is sold, `by land` for what is sold abroad without. What
  is lost at sea counts for its port. Left out where cargo can put to sea twice on its way, or come back from sea to a market
  at home: flows on links do not tell then which port a unit that is exported left last;
- territory: the states that cargo crosses on its way to the buyer (transit). A unit may cross several states, or none, so
  that shares of exports do not add up to one; the index, their squares summed, is the number of transit states that two
  units drawn at random are expected to have in common: 0 if nothing is in transit, 1 if all crosses one and the same
  state, up to the number of states that all of it crosses. Left out where cargo can come home from a state that it crossed, or
  cross the same state twice: flows on links do not tell then how much of them is exported, and once;
- corridor: the export routes named in table links, for which observations exist. What is observed by ports and territory
  follows from them: an observed corridor counts for a state if every way through it to a buyer leads through that state
  (its ports), so that these shares are the least that was observed.
"""

from __future__ import annotations

from collections import defaultdict
from numbers import Real
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy import sparse

from straits.case import units
from straits.case.ownership import buyer_of
from straits.errors import InfeasibleError, SolveError, did_you_mean
from straits.lp import Answer, Solver, Status
from straits.lp.tolerance import DIFFERS, NOTHING
from straits.model import Model, compile_case, provenance_of
from straits.model.network import UNTRACKED
from straits.power.games.game import Array, GameError
from straits.power.network.crossings import comes_home, forced, port_links, sails_again, transit_links
from straits.power.network.summary import balance_text
from straits.results.result import Result, described

if TYPE_CHECKING:
    from straits.case.case import Case
    from straits.case.schema.settings import Scenario

WAYS = ("market", "ports", "territory", "corridor")
BY_LAND = "by land"
ROUNDS = 200


class Balance(Result):
    """Concentration of the exports of one commodity of one origin.

    Attributes
    ----------
    table : DataFrame
        way, partner, observed, modelled, spread: shares of exports (observed is nan where nothing was observed;
        `spread` is the least concentrated pattern). They add up to one in each way but territory, where a unit counts for
        each state that it crosses.
    indices : DataFrame
        way, observed, modelled, lowest (index of the least concentrated pattern), gap (proved distance from the true
        least).
    parameters : dict
        Case and its hash, origin, commodity, amount exported, extra cost; `left_out`: ways of counting that the flows do not
        determine; `groups`: buyers that are groups, each counted as one partner.
    """

    @property
    def indices(self) -> pd.DataFrame:
        """Index of concentration by way of counting."""
        return self.tables["indices"]


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
    if not isinstance(extra_cost, Real) or not extra_cost >= 0:
        raise GameError(f"extra_cost: expected a number from 0 up, found {extra_cost!r}")
    model = compile_case(case, scenario, tariffs="internal")
    cargo = _cargo(model, origin, commodity)
    sold = _solve(model.cost, model.matrix, *_ends(model))
    exports = sum(_sales_abroad(model, cargo).values(), np.zeros(len(model.cost)))
    amount = float(exports @ sold.x)
    if amount <= 0:
        raise GameError(f"balance: case {case.settings.id} exports no {commodity} of {origin}")
    measured = _observed(case, origin, commodity)
    rows, indices = [], []
    left_out = ["ports"] if sails_again(model, cargo) else []
    left_out += ["territory"] if comes_home(model, cargo) else []
    for way in WAYS:
        if way in left_out:
            continue
        groups = _groups(model, cargo, way)
        if not groups:
            continue
        flows = {p: max(float(coefficients @ sold.x), 0.0) for p, coefficients in groups.items()}
        # Each unit that is exported has one partner, but for the states that it crosses.
        whole = exports if way == "territory" else sum(groups.values(), np.zeros(len(model.cost)))
        total = float(whole @ sold.x)
        if total <= NOTHING * amount:  # routes are named, but none is used: there are no shares
            left_out.append(way)
            continue
        spread, lowest, gap = _least_concentrated(
            model, groups, whole, total, sold.value + extra_cost * 1000.0
        )
        seen = _seen(model, cargo, way, measured)
        for partner in sorted(flows, key=lambda p: -flows[p]):
            rows.append((way, partner, seen.get(partner, np.nan), flows[partner] / total, spread[partner]))
        observed = sum(share**2 for share in seen.values()) if seen else np.nan
        indices.append((way, observed, sum((f / total) ** 2 for f in flows.values()), lowest, gap))
    shares = pd.DataFrame(rows, columns=["way", "partner", "observed", "modelled", "spread"])
    plain = Result(
        question=f"How concentrated are exports of {commodity} of {origin}, and how little could they be for {extra_cost:,.0f} "
        f"million {case.settings.currency}?",
        method="Hirschman-Herfindahl index of shares (Hirschman 1945); the least by cutting planes (Kelley 1960), with its gap.",
        provenance=provenance_of(case, model),
        tables={
            "shares": described(shares, title="Shares of exports by partner", note="spread: the least concentrated pattern"),
            "indices": described(
                pd.DataFrame(indices, columns=["way", "observed", "modelled", "lowest", "gap"]),
                title="Index of concentration", note="the sum of squares of the shares; gap: proved distance from the least",
            ),
        },
        parameters={
            "case": case.settings.id,
            "case_hash": case.hash,
            "origin": origin,
            "commodity": commodity,
            "exported": amount,
            "unit": case.rows("commodities")[commodity].unit,
            "extra_cost": extra_cost,
            "left_out": left_out,
            "groups": _sold_to_groups(case, rows),
            "currency": case.settings.currency,
            "scenario": model.scenario.id if model.scenario else "baseline",
        },
    )  # fmt: skip
    return Balance(**{**vars(plain), "sentences": tuple(balance_text(plain))})


def _sold_to_groups(case: Case, rows: list[tuple[Any, ...]]) -> dict[str, str]:
    """Give the names of buyers who are groups of many, and count as one partner, by id."""
    actors = case.rows("actors")
    buyers = [partner for way, partner, _, share, _ in rows if way == "market" and share > 0]
    return {b: actors[b].name for b in buyers if b in actors and actors[b].kind == "group"}


def _cargo(model: Model, origin: str, commodity: str) -> int:
    case = model.network.case
    _known("commodities", commodity, case)
    if any(c.origin == UNTRACKED for c in model.network.cargoes if c.commodity == commodity):
        raise GameError(
            f"balance: the origin of {commodity} is not tracked in case {case.settings.id} (column tracked of table "
            "commodities), so that nobody's exports can be told apart"
        )
    _known("actors", origin, case)
    for k, cargo in enumerate(model.network.cargoes):
        if (cargo.commodity, cargo.origin) == (commodity, origin):
            return k
    known = ", ".join(f"{c.commodity} of {c.origin}" for c in model.network.cargoes)
    raise GameError(f"balance: no cargo {commodity} of {origin} can reach a buyer; there is {known}")


def _known(table: str, key: str, case: Case) -> None:
    rows = case.rows(table)
    if key not in rows:
        few = f"; there are {', '.join(rows)}" if len(rows) <= 12 else ""
        hint = did_you_mean(key, rows) or few
        raise GameError(f"balance: {key!r} is not in table {table} of case {case.settings.id}{hint}")


def _sales_abroad(model: Model, cargo: int) -> dict[str, Array]:
    """Give for each buyer abroad the coefficients (columns,) whose product with the solution is what it buys."""
    n = model.network
    rows, entries = n.case.rows("markets"), defaultdict(list)
    for q in np.flatnonzero(n.markets.sale_cargo == cargo):
        market = int(n.markets.sale_market[q])
        home = n.territory_of_place(int(n.markets.place[market]))
        if home != n.cargoes[cargo].origin:
            key = n.markets.ids[market]
            entries[buyer_of(n.case, rows[key]) or key].append(int(q))
    return {buyer: _ones(model, model.formulation.sale.every(np.array(of))) for buyer, of in entries.items()}


def _groups(model: Model, cargo: int, way: str) -> dict[str, Array]:
    """Give for each partner the coefficients (columns,) whose product with the solution is what goes by way of it.

    Only cargo sold abroad counts as market; what goes by land is what is sold abroad less what puts to sea.
    """
    n = model.network
    if way == "market":
        return _sales_abroad(model, cargo)
    links: dict[str, set[int]] = defaultdict(set)
    if way == "corridor":
        rows = n.case.rows("links")
        for a in n.pair_link[n.pair_cargo == cargo]:
            if corridor := rows[n.link_ids[a]].corridor:
                links[corridor].add(int(a))
    else:
        links |= port_links(n, cargo) if way == "ports" else transit_links(n, n.cargoes[cargo].origin)
    found = {}
    for partner, used in links.items():
        pairs = np.flatnonzero((n.pair_cargo == cargo) & np.isin(n.pair_link, list(used)))
        if len(pairs):
            found[partner] = _ones(model, model.formulation.flow.every(pairs))
    if way == "ports" and found:
        abroad = sum(_sales_abroad(model, cargo).values(), np.zeros(len(model.cost)))
        found[BY_LAND] = abroad - sum(found.values())
    return found


def _ones(model: Model, columns: Array) -> Array:
    found = np.zeros(len(model.cost))
    found[columns.ravel()] = 1.0
    return found


def _seen(model: Model, cargo: int, way: str, measured: dict[str, float]) -> dict[str, float]:
    """Return the observed share of each partner; empty where nothing was observed that tells it."""
    total, n = sum(measured.values()), model.network
    if way == "market" or not total:
        return {}
    if way == "corridor":
        return {corridor: amount / total for corridor, amount in measured.items()}
    groups = port_links(n, cargo) if way == "ports" else transit_links(n, n.cargoes[cargo].origin)
    found: dict[str, float] = defaultdict(float)
    for corridor, amount in measured.items():
        for state in forced(model, cargo, corridor, groups):
            found[state] += amount / total
    return dict(found)


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


def _solve(cost: Array, matrix: sparse.csc_matrix, *ends: Array) -> Answer:
    answer = Solver(cost, matrix, *ends).run()
    if answer.status == Status.INFEASIBLE:
        raise InfeasibleError("the case is infeasible; solve it by itself for an explanation")
    if answer.status != Status.OPTIMAL:
        raise SolveError(f"the solver stopped without an answer ({answer.status}; {answer.story})")
    return answer


def _least_concentrated(
    model: Model, groups: dict[str, Array], whole: Array, total: float, most_cost: float
) -> tuple[dict[str, float], float, float]:
    """Minimise the sum of squared shares over all patterns of the same whole whose cost is at most `most_cost`.

    Kelley's cutting planes: y ≥ s² is replaced by tangents, which are added at each solution. Returns shares, index
    and gap."""
    count, columns = len(groups), model.matrix.shape[1]
    picks = sparse.csr_matrix(np.array(list(groups.values())))
    eye = sparse.identity(count)
    base = sparse.vstack(
        [
            sparse.hstack([model.matrix, sparse.csr_matrix((model.matrix.shape[0], 2 * count))]),
            sparse.hstack([picks / total, -eye, sparse.csr_matrix((count, count))]),  # share = flow / total
            sparse.hstack([sparse.csr_matrix(whole[None, :] / total), sparse.csr_matrix((1, 2 * count))]),
            sparse.hstack(
                [sparse.csr_matrix(model.cost[None, :] / 1000.0), sparse.csr_matrix((1, 2 * count))]
            ),
        ],
        format="csc",
    )
    lower, upper, row_lower, row_upper = _ends(model)
    cost = np.concatenate([np.zeros(columns + count), np.ones(count)])
    zero, many = np.zeros(count), np.full(2 * count, np.inf)
    # More may put to sea than is sold, because some is lost there: then nothing goes by land, not less.
    at_least = np.where([g == BY_LAND for g in groups], -np.inf, 0.0)
    slack = 1e-9 * max(abs(most_cost), 1.0)
    solver = Solver(
        cost,
        base,
        np.concatenate([lower, zero, zero]),
        np.concatenate([upper, many]),
        np.concatenate([row_lower, at_least, [1.0], [-np.inf]]),
        np.concatenate([row_upper, zero, [1.0], [(most_cost + slack) / 1000.0]]),
    )
    best, shares = np.inf, np.zeros(count)
    at = np.linspace(0.0, 1.0, 11)[:, None] + np.zeros(count)
    for _ in range(ROUNDS):
        solver.add_rows(*_tangents(at, columns))
        answer = solver.run()
        if answer.status != Status.OPTIMAL:
            raise SolveError(
                f"the least concentrated pattern was not found ({answer.status}; {answer.story})"
            )
        solver.prefer_warm()
        found = answer.x[columns : columns + count]
        if float(found @ found) < best:
            best, shares = float(found @ found), np.maximum(picks @ answer.x[:columns] / total, 0.0)
        if best - answer.value <= DIFFERS:
            break
        at = found[None, :]
    return dict(zip(groups, shares.tolist(), strict=True)), best, max(best - answer.value, 0.0)


def _tangents(at: Array, columns: int) -> tuple[sparse.csr_matrix, Array, Array]:
    """Return rows y >= 2 s share - s² for squares y of shares at some points (rows of `at`), and their bounds."""
    points, count = at.shape
    s = at.ravel()
    share = columns + np.tile(np.arange(count), points)
    entries, where = np.stack([-2.0 * s, np.ones(len(s))], axis=1), np.stack([share, share + count], axis=1)
    rows = sparse.csr_matrix(
        (entries.ravel(), where.ravel(), 2 * np.arange(len(s) + 1)), shape=(len(s), columns + 2 * count)
    )
    return rows, -(s**2), np.full(len(s), np.inf)


__all__ = ["Balance", "balance"]
