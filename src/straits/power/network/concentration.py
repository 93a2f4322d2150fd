"""Balance: how concentrated exports are on partners, and how far the network would let them be spread at a stated
extra cost.

The measure is the Herfindahl-Hirschman index (Hirschman 1945): the sum of squared shares, 1 for one partner, 1/n for
n equal ones; the chance that two units drawn at random share a partner. Partners are counted in four ways:

- market: who buys, and the states whose processes take it in;
- ports: the state from whose ports the cargo puts to sea before it is sold, `by land` for what is sold abroad without. What
  is lost at sea counts for its port. Left out where cargo can put to sea twice on its way, or come back from sea to a market
  at home: flows on links do not tell then which port a unit that is exported left last;
- territory: the states that cargo crosses on its way to the buyer (transit). A unit may cross several states, or none, so
  that shares of exports do not add up to one; the index, their squares summed, is the number of transit states that two
  units drawn at random are expected to have in common: 0 if nothing is in transit, 1 if all crosses one and the same
  state, up to the number of states that all of it crosses. Left out where cargo can come home from a state that it crossed, or
  cross the same state twice: flows on links do not tell then how much of them is exported, and once;
- corridor: the export routes named in table links, for which observations exist; what goes by none of them counts as one
  partner, `no named route`, where it is a hundredth or more. What is observed by ports and territory
  follows from them: an observed corridor counts for a state if every way through it to a buyer leads through that state
  (its ports), so that these shares are the least that was observed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from numbers import Real
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from straits.case import units
from straits.case.ownership import buyer_of
from straits.engine.measures import processed_abroad
from straits.errors import did_you_mean
from straits.lp.tolerance import DIFFERS, NOTHING
from straits.model import Model, compile_case, find_scenario, provenance_of
from straits.model.assets import UNTRACKED
from straits.power.games.game import Array, GameError
from straits.power.network.crossings import comes_home, forced, port_links, sails_again, transit_links
from straits.power.network.imports import bought, entering, leaving
from straits.power.network.spread import BY_LAND, UNNAMED, ends, least_concentrated, solved
from straits.power.network.summary import balance_text
from straits.results.result import Result, described

if TYPE_CHECKING:
    from straits.case.case import Case
    from straits.case.schema.settings import Scenario

WAYS = ("market", "ports", "territory", "corridor")

#: Share of exports from which on what takes no named route is told.
_REST = 0.01


class Balance(Result):
    """Concentration of the exports, or imports, of one commodity of one actor.

    Attributes
    ----------
    table : DataFrame
        way, partner, kind, observed, modelled, spread: shares (observed is nan where nothing was observed; `spread` is the least
        concentrated pattern). They add up to one in each way but territory, where a unit counts for each state that it crosses.
        `kind` is that of a partner who is an actor: groups of many count as one partner and stand after the others.
    indices : DataFrame
        way, observed, modelled, lowest (index of the least concentrated pattern, proved to a millionth unless `proof` says less).
    parameters : dict
        Case and its hash, origin, commodity, amount exported, extra cost; `left_out`: ways of counting that the flows do not
        determine; `groups`: buyers that are groups, each counted as one partner; `options` that are built, and what they cost;
        `proof`: by way, how far below the true least may lie.
    """

    @property
    def indices(self) -> pd.DataFrame:
        """Index of concentration by way of counting."""
        return self.tables["indices"]


def balance(
    case: Case,
    actor: str,
    commodity: str,
    *,
    extra_cost: float,
    scenario: Scenario | str | None = None,
    options: bool | Sequence[str] = False,
    imports: bool = False,
) -> Balance:
    """Measure how concentrated exports or imports are, and how little they could be.

    Parameters
    ----------
    case : Case
        The case.
    actor, commodity : str
        Whose exports or imports of what; of an alliance the imports of its members as one. For exports the commodity's origin
        must be tracked.
    extra_cost : float
        By how much the joint value may fall below its greatest, million currency: what spreading may cost.
    scenario : Scenario or str, optional
        Default: the undisturbed case.
    options : bool or sequence of str
        Options of the case that are built: all, or those named. What they cost to build is told and not in the extra cost.
    imports : bool
        What is sold in the actor's land of other origins: by seller, by the state from which it enters (`by sea` if by ship), and
        by the route by which it enters. Of a good whose origin is not tracked and that the actor's land supplies too, all that
        enters, also what leaves again; no more leaves in the least concentrated pattern than in the cheapest.

    Returns
    -------
    Balance
        The least concentrated pattern has the same amount in all, and is found by cutting planes with a proved gap.

    Raises
    ------
    GameError
        Unknown actor, commodity or option, a commodity that is not tracked, nothing exported or imported, a negative extra cost.
    """
    if not isinstance(extra_cost, Real) or not extra_cost >= 0:
        raise GameError(f"extra_cost: expected a number from 0 up, found {extra_cost!r}")
    built = _built(case, options)
    model = compile_case(case, _with(case, scenario, built), tariffs="internal")
    counted = _imported(model, actor, commodity) if imports else _exported(model, actor, commodity)
    sold, cheapest = solved(model.cost, model.matrix, *ends(model))
    amount = float(counted.whole @ sold.x)
    if amount <= 0:
        does = "imports no" if imports else "exports no"
        raise GameError(f"balance: case {case.settings.id}: {actor} {does} {commodity}")
    rows, indices, proof = [], [], {}
    left_out = list(counted.left_out)
    if counted.gross:
        model = _no_more_leaves(model, actor, commodity, sold.x)
    for way, groups in counted.groups.items():
        if way == "corridor" and not imports:
            groups = groups | _unnamed(counted.whole, groups, sold.x)
        flows = {p: max(float(coefficients @ sold.x), 0.0) for p, coefficients in groups.items()}
        # Each unit has one partner, but for the states that exports cross.
        whole = counted.whole if way == "territory" else sum(groups.values(), np.zeros(len(model.cost)))
        total = float(whole @ sold.x)
        if (
            total - flows.get(UNNAMED, 0.0) <= NOTHING * amount
        ):  # routes are named, but none is used: there are no shares
            left_out.append(way)
            continue
        spread, lowest, proof[way] = least_concentrated(
            model, groups, whole, total, sold.value + extra_cost * 1000.0, cheapest
        )
        seen = counted.seen.get(way, {})
        for partner in sorted(flows, key=lambda p: (p == UNNAMED or _kind(case, p) == "group", -flows[p])):
            share = flows[partner] / total
            rows.append(
                (way, partner, _kind(case, partner), seen.get(partner, np.nan), share, spread[partner])
            )
        observed = sum(share**2 for share in seen.values()) if seen else np.nan
        indices.append((way, observed, sum((f / total) ** 2 for f in flows.values()), lowest))
    shares = pd.DataFrame(rows, columns=["way", "partner", "kind", "observed", "modelled", "spread"])
    trade = "imports" if imports else "exports"
    plain = Result(
        question=f"How concentrated are {trade} of {commodity} of {actor}, and how little could they be for {extra_cost:,.0f} "
        f"million {case.settings.currency}?",
        method="Hirschman-Herfindahl index of shares (Hirschman 1945); the least by cutting planes (Kelley 1960).",
        provenance=provenance_of(case, model),
        tables={
            "shares": described(shares, title=f"Shares of {trade} by partner", note="spread: the least concentrated pattern"),
            "indices": described(
                pd.DataFrame(indices, columns=["way", "observed", "modelled", "lowest"]),
                title="Index of concentration", note="the sum of squares of the shares; lowest: the least possible",
            ),
        },
        parameters={
            "case": case.settings.id,
            "case_hash": case.hash,
            "names": {
                actor: case.rows("actors")[actor].name if actor in case.rows("actors") else actor,
                commodity: case.rows("commodities")[commodity].name,
                **{key: case.rows("options")[key].name for key in built},
            },
            "origin": actor,
            "commodity": commodity,
            "trade": trade,
            "exported": amount,
            "unit": case.rows("commodities")[commodity].unit,
            "extra_cost": extra_cost,
            "left_out": left_out,
            "gross": counted.gross,
            "groups": _groups_among(case, rows),
            "options": built,
            "capital": _capital(case, built),
            "proof": {way: gap for way, gap in proof.items() if gap > DIFFERS},
            "currency": case.settings.currency,
            "scenario": model.scenario.id if model.scenario else "baseline",
        },
    )  # fmt: skip
    return Balance(**{**vars(plain), "sentences": tuple(balance_text(plain))})


class _Counted(NamedTuple):
    """What is counted: coefficients of the whole, of each partner by way, what was observed, ways that flows do not tell, and
    whether all that enters counts, also what leaves again."""

    whole: Array
    groups: dict[str, dict[str, Array]]
    seen: dict[str, dict[str, float]]
    left_out: tuple[str, ...]
    gross: bool = False


def _exported(model: Model, origin: str, commodity: str) -> _Counted:
    cargo = _cargo(model, origin, commodity)
    whole = sum(_sales_abroad(model, cargo).values(), np.zeros(len(model.cost)))
    left_out = (["ports"] if sails_again(model, cargo) else []) + (
        ["territory"] if comes_home(model, cargo) else []
    )
    ways = [way for way in WAYS if way not in left_out]
    groups = {way: found for way in ways if (found := _groups(model, cargo, way))}
    measured = _observed(model.network.case, origin, commodity)
    return _Counted(
        whole, groups, {way: _seen(model, cargo, way, measured) for way in groups}, tuple(left_out)
    )


def _imported(model: Model, actor: str, commodity: str) -> _Counted:
    _known("commodities", commodity, model.network.case)
    _known("actors", actor, model.network.case)
    sellers = bought(model, actor, commodity)
    if not sellers:
        # Nobody can say what of a pool is from abroad; what enters the land can be counted all the same.
        ways = {way: entering(model, actor, commodity, way, again=True) for way in ("entry", "corridor")}
        if not ways["entry"]:
            raise GameError(f"balance: nothing of {commodity} can enter {actor}")
        whole = sum(ways["entry"].values(), np.zeros(len(model.cost)))
        return _Counted(whole, {way: found for way, found in ways.items() if found}, {}, (), gross=True)
    whole = sum(sellers.values(), np.zeros(len(model.cost)))
    groups = {"seller": sellers} if UNTRACKED not in sellers else {}
    others = {way: entering(model, actor, commodity, way) for way in ("entry", "corridor")}
    left_out = () if others["entry"] else ("entry",)
    return _Counted(whole, groups | {way: found for way, found in others.items() if found}, {}, left_out)


def _no_more_leaves(model: Model, actor: str, commodity: str, plan: Array) -> Model:
    """Give the model in which on no link and step more leaves the actor's land than in a plan.

    Else goods could go out and in again, and partners would seem many."""
    bounds, out = model.bounds.copy(), leaving(model, actor, commodity)
    bounds.column_upper[out] = np.minimum(
        bounds.column_upper[out], np.maximum(plan[out], bounds.column_lower[out])
    )
    return replace(model, bounds=bounds)


def _built(case: Case, options: bool | Sequence[str]) -> list[str]:
    known = case.rows("options")
    if isinstance(options, bool):
        if options and not known:
            raise GameError(f"balance: case {case.settings.id} has no options")
        return list(known) if options else []
    chosen = [options] if isinstance(options, str) else list(options)
    for key in chosen:
        _known("options", key, case)
    return chosen


def _with(case: Case, scenario: Scenario | str | None, built: Sequence[str]) -> Scenario | None:
    from straits.case.schema.settings import Scenario

    found = find_scenario(case, scenario)
    if not built:
        return found
    if found is None:
        return Scenario(id="built", title="options built", options=tuple(built))
    return found.model_copy(update={"options": tuple(dict.fromkeys((*found.options, *built)))})


def _capital(case: Case, built: Sequence[str]) -> float:
    """Return what options cost to build, million currency, of those whose cost is known."""
    rows = [case.rows("options")[key] for key in built]
    return sum(
        units.money(cost, unit, case.settings.currency, case.settings.rates) / 1000.0
        for o in rows
        for cost, unit in ((o.capital_cost, o.capital_cost_unit), (o.fixed_cost, o.fixed_cost_unit))
        if cost is not None and unit is not None
    )


def _kind(case: Case, partner: str) -> str:
    row = case.rows("actors").get(partner)
    return row.kind if row is not None else ""


def _groups_among(case: Case, rows: Sequence[tuple[Any, ...]]) -> dict[str, str]:
    """Give the names of buyers or sellers who are groups of many, and count as one partner, by id."""
    actors = case.rows("actors")
    partners = [row[1] for row in rows if row[0] in ("market", "seller") and row[4] > 0]
    return {b: actors[b].name for b in partners if b in actors and actors[b].kind == "group"}


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
    found = {buyer: _ones(model, model.formulation.sale.every(np.array(of))) for buyer, of in entries.items()}
    for pair, processed, share in processed_abroad(n):
        if processed != n.cargoes[cargo]:
            continue
        if share < 0:
            raise GameError(
                f"balance: {processed.commodity} of {processed.origin} is made abroad, by {n.link_ids[n.pair_link[pair]]!r}, so "
                "that what is sold there has not all been exported; ask for what goes in"
            )
        place = int(n.link_tail[n.pair_link[pair]])
        taker = n.territory_of_place(place) or n.link_ids[n.pair_link[pair]]
        taken = _ones(model, model.formulation.flow.every(np.array([pair])))
        found[taker] = found.get(taker, np.zeros(len(model.cost))) + taken
    return found


def _unnamed(whole: Array, routes: dict[str, Array], plan: Array) -> dict[str, Array]:
    """Give what is sold abroad and takes no named route, as one partner; empty where that is next to nothing.

    What is lost on the way, or under way at either end, makes routes and sales differ by a little."""
    rest = whole - sum(routes.values())
    return {UNNAMED: rest} if float(rest @ plan) >= _REST * float(whole @ plan) else {}


def _groups(model: Model, cargo: int, way: str) -> dict[str, Array]:
    """Give for each partner the coefficients (columns,) whose product with the solution is what goes by way of it.

    Only cargo sold abroad counts as market; what goes by land is what is sold abroad less what puts to sea.
    """
    n = model.network
    if way == "market":
        return _sales_abroad(model, cargo)
    links: dict[str, set[int]] = defaultdict(set)
    if way == "corridor":
        rows = n.case.arcs
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


__all__ = ["Balance", "balance"]
