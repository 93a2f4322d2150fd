"""Restrictions that restrict nothing: disruptions, measures, hazards, options, contracts, controls and lists that change nothing.

Each would be answered with "nothing is lost", which reads as good news and is a slip."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from straits.case.changes import with_changes_of
from straits.case.checks.network import Cargo, accepts, arcs_of, carries, goals, inflows, reach, sources
from straits.case.checks.registry import Problem
from straits.case.schema.tables import ASSET_TABLES, TABLES
from straits.case.scopes import touched
from straits.case.territory import AT_PLACES
from straits.errors import CaseError

if TYPE_CHECKING:
    from straits.case.data import CaseData
    from straits.case.schema.settings import Scenario

_NOTHING = "it changes nothing"


class Struck(NamedTuple):
    """Something that takes from assets: a disruption, a measure, or one asset of a hazard."""

    asset: str
    factor: float
    start: date
    end: date
    commodity: str | None = None
    origins: tuple[str, ...] = ()


class Use:
    """Which cargo can move where in a case: from a supply or a filled store, and on to a market that accepts it."""

    def __init__(self, case: CaseData) -> None:
        self.case = case
        self.enlarged = {row.asset for row in case.rows("options").values()}

    @cached_property
    def places(self) -> dict[Cargo, set[str]]:
        """Places on some way of each cargo from where it comes to a buyer."""
        found: dict[Cargo, set[str]] = {}
        begins = sources(self.case)
        ends = goals(self.case, begins)
        for cargo, starts in begins.items():
            back = arcs_of(self.case, cargo, turned=True)
            found[cargo] = reach(starts, arcs_of(self.case, cargo)) & reach(ends[cargo], back)
        return found

    def of(self, table: str, row: Any) -> set[Cargo]:
        """Give the cargoes that can use an asset."""
        if table == "places":
            return {cargo for cargo, places in self.places.items() if row.id in places}
        if table in ("fleets", "joints"):
            links = self.case.rows("links")
            served = (self.of("links", links[key]) for key in row.links if key in links)
            return set().union(*served)
        if table == "links":
            ends = {row.from_place, row.to_place}
            return {cargo for cargo, places in self.places.items() if ends <= places and carries(row, cargo)}
        here = {cargo for cargo, places in self.places.items() if row.place in places}
        if table == "supplies":
            own = {
                inflow.cargo for inflow in inflows(self.case) if (inflow.table, inflow.id) == (table, row.id)
            }
            return here & own
        return {
            cargo
            for cargo in here
            if cargo[0] == row.commodity and (table != "markets" or accepts(row, cargo))
        }

    def has_room(self, table: str, row: Any) -> bool:
        """Whether an asset has a capacity that could be taken from, now or with an option."""
        name = {
            "links": "capacity",
            "supplies": "capacity",
            "markets": "demand",
            "converts": "capacity",
            "fleets": "count",
            "joints": "capacity",
        }.get(table)
        return name is None or getattr(row, name) > 0 or row.id in self.enlarged

    def asset(self, key: str) -> tuple[str, Any] | None:
        """Give table and row of an asset."""
        for table in ASSET_TABLES:
            if key in self.case.rows(table):
                return table, self.case.rows(table)[key]
        return None


def why_idle(use: Use, item: Struck) -> tuple[str, str] | None:
    """Say which column makes an effect change nothing, and why; None if it can change something."""
    case = use.case
    if item.factor == 1:
        return "factor", f"factor 1 leaves {item.asset!r} all of its capacity: {_NOTHING}"
    axis = case.settings.time
    if item.start >= axis.end or item.end <= axis.start:
        return (
            "start",
            f"{item.start} to {item.end} lies outside the time of the case, {axis.start} to {axis.end}: {_NOTHING}",
        )
    scope, colon, actor = item.asset.partition(":")
    assets = list(touched(case, item.asset, item.start, item.end))
    if not assets:
        none = {
            "actor": f"{actor} and who belongs to it own no half of anything and operate nothing from {item.start} to {item.end}",
            "transit": f"no link leaves or crosses the territory of {actor}",
            "territory": f"nothing lies on the territory of {actor}",
        }.get(scope if colon else "", "nothing stands there, and no link begins or ends there")
        return "asset", f"{item.asset!r}: {none}; {_NOTHING}"
    cargoes = {(table, row.id): use.of(table, row) for table, row in assets if use.has_room(table, row)}
    if scope == "transit" and colon:
        cargoes = {key: {cargo for cargo in of if cargo[1] != actor} for key, of in cargoes.items()}
    if not any(cargoes.values()):
        who = "no cargo of others" if scope == "transit" and colon else "no cargo"
        return "asset", f"{item.asset!r}: {who} that some market takes can move there; {_NOTHING}"
    carried = {key: {c for c in of if item.commodity in (None, c[0])} for key, of in cargoes.items()}
    if not any(carried.values()):
        have = ", ".join(sorted({c[0] for of in cargoes.values() for c in of}))
        return "commodity", f"no {item.commodity} can move by {item.asset!r}, only {have}; {_NOTHING}"
    if item.origins:
        moving = {
            c
            for (table, _), of in carried.items()
            if table in ("links", "supplies", "converts", "joints")
            for c in of
        }
        if not any(c[1] in item.origins for c in moving):
            have = (
                ", ".join(sorted({c[1] or "origins that are not kept" for c in moving}))
                or "nothing whose origin counts"
            )
            what = ", ".join(item.origins)
            return "origins", f"no cargo of {what} can move by {item.asset!r}, only {have}; {_NOTHING}"
    return None


def idle_in(use: Use, scenario: Scenario | None = None) -> list[Problem]:
    """List what acts in a run and changes nothing: measures, and of a scenario its disruptions, options, measures and changes.

    Parameters
    ----------
    use : Use
        Of the case, as tables have it.
    scenario : Scenario, optional
        Default: the baseline.
    """
    found: list[Problem] = []
    case = use.case
    where = f"scenarios/{scenario.id}" if scenario else ""
    if scenario is not None:
        for change in scenario.changes:
            rows = case.rows(change.table) if change.table in TABLES else {}
            if change.row in rows and _same(getattr(rows[change.row], change.column, None), change.value):
                message = (
                    f"{change.table} {change.row!r} {change.column} is {change.value} already: {_NOTHING}"
                )
                found.append(Problem(message, where, None, "changes"))
        if scenario.changes:
            try:
                use = Use(with_changes_of(case, scenario))
            except CaseError:
                return []  # the check of changes says what is wrong
    now = use.case
    measures = now.rows("measures")
    named = scenario.measures if scenario else ()
    # A factor of 1 among others on one asset is the peak of a season, not a slip.
    seasonal = {row.asset for row in measures.values() if row.factor not in (None, 1)}
    for key, row in measures.items():
        if row.baseline and key in named:
            message = f"measure {key!r} is baseline and acts in every run: to name it here changes nothing"
            found.append(Problem(message, where, None, "measures"))
        if (row.baseline or key in named) and row.asset is not None and row.acts:
            start, end = row.effect_start or row.start, row.effect_end or row.end or case.settings.time.end
            # What costs more is looked at as if it stopped: a cost of nothing is told apart.
            factor = 0.0 if row.cost else 1.0 if row.factor is None else row.factor
            why = why_idle(use, Struck(row.asset, factor, start, end, row.commodity, row.origins))
            if why and why[0] == "factor" and row.factor is None:
                why = "cost", f"a cost of 0 for using {row.asset!r}: {_NOTHING}"
            if why and not (why[0] == "factor" and row.asset in seasonal):
                found.append(Problem(why[1], "measures", key, why[0]))
    for item in scenario.disruptions if scenario else ():
        why = why_idle(
            use, Struck(item.asset, item.factor, item.start, item.end, item.commodity, tuple(item.origins))
        )
        if why:
            found.append(Problem(why[1], where, None, why[0]))
    for key in scenario.options if scenario else ():
        if key in now.rows("options") and (why_not := idle_option(use, now.rows("options")[key])):
            found.append(Problem(why_not, "options", key, "asset"))
    return found


def idle_rows(use: Use) -> Iterator[Problem]:
    """Yield the rows of a case that change nothing in any run."""
    case = use.case
    for key, row in case.rows("options").items():
        if why := idle_option(use, row):
            yield Problem(why, "options", key, "asset")
    yield from _contracts(use)
    yield from _controls(use)
    yield from _hazards(use)
    yield from _lists(use)
    for key, store in case.rows("stores").items():
        if store.releaser is not None and (store.release_price is None or store.reserve == 0):
            lacks = "release_price" if store.release_price is None else "reserve"
            yield Problem(
                f"{store.releaser!r} may release nothing: it has no {lacks}; {_NOTHING}",
                "stores",
                key,
                "releaser",
            )
    ordered = {
        change.row
        for scenario in case.scenarios.values()
        for change in scenario.changes
        if (change.table, change.column) == ("markets", "regulated_price")
    }
    for key, sales in case.rows("markets").items():
        if sales.seller is not None and sales.regulated_price is None and key not in ordered:
            yield Problem(
                f"{sales.seller!r} sells by no order: the market has no regulated_price; {_NOTHING}",
                "markets",
                key,
                "seller",
            )
    for key, fleet in case.rows("fleets").items():
        if fleet.count == 0 and key not in use.enlarged:
            continue  # no ships yet: what they could carry is stopped, which is no small thing
        for name in fleet.links:
            link = case.rows("links").get(name)
            if link is not None and not use.of("links", link):
                message = f"no cargo that some market takes can move by link {name!r}: nothing to serve there"
                yield Problem(message, "fleets", key, "links")


def idle_option(use: Use, row: Any) -> str | None:
    """Say why an option changes nothing, however much it adds; None if it can change something."""
    found = use.asset(row.asset)
    if found is None:
        contract = use.case.rows("contracts").get(row.asset)
        bound = use.asset(contract.asset) if contract is not None else None
        if bound is not None and not use.of(*bound):
            return f"no cargo that some market takes can move by {bound[1].id!r}, which {row.asset!r} binds: {_NOTHING}"
        return None
    table, asset = found
    if table not in ("links", "supplies", "stores", "converts", "fleets", "joints"):
        return (
            f"found {row.asset!r} of {table}, which has no capacity to enlarge; accepted: a link, supply, store, process, fleet "
            "or joint capacity"
        )
    if table != "fleets" and math.isinf(asset.capacity):
        return f"the capacity of {row.asset!r} is unlimited: {_NOTHING}"
    if not use.of(table, asset):
        return f"no cargo that some market takes can move by {row.asset!r}, however large: {_NOTHING}"
    return None


def _contracts(use: Use) -> Iterator[Problem]:
    for key, row in use.case.rows("contracts").items():
        found = use.asset(row.asset)
        if found is None or found[0] not in ("links", "supplies", "markets", "converts"):
            continue
        cargoes = use.of(*found)
        if not cargoes:
            message = (
                f"no cargo that some market takes can move by {row.asset!r}: there is nothing to agree on"
            )
            yield Problem(message, "contracts", key, "asset")
        elif not (good := {c for c in cargoes if row.commodity in (None, c[0])}):
            have = ", ".join(sorted({c[0] for c in cargoes}))
            yield Problem(
                f"no {row.commodity} can move by {row.asset!r}, only {have}", "contracts", key, "commodity"
            )
        elif row.origins and not any(c[1] in row.origins for c in good):
            have = ", ".join(sorted(c[1] or "origins that are not kept" for c in good))
            message = f"no cargo of {', '.join(row.origins)} can move by {row.asset!r}, only {have}"
            yield Problem(message, "contracts", key, "origins")
        if row.kind == "least" and row.amount == 0:
            yield Problem("at least 0 is always kept", "contracts", key, "amount")
        capacity = getattr(found[1], "capacity", None)
        unit = getattr(found[1], "capacity_unit", None)
        fixed = row.asset not in use.enlarged and unit == row.amount_unit
        if row.kind == "greatest" and fixed and capacity is not None and row.amount >= capacity:
            message = (
                f"at most {row.amount:g} is always kept: the capacity of {row.asset!r} is {capacity:g} {unit}"
            )
            yield Problem(message, "contracts", key, "amount")


def _controls(use: Use) -> Iterator[Problem]:
    case, axis = use.case, use.case.settings.time
    at = {row.place for table in AT_PLACES for row in case.rows(table).values()}
    for key, row in case.rows("controls").items():
        found = use.asset(row.asset)
        if (row.start is not None and row.start >= axis.end) or (
            row.end is not None and row.end <= axis.start
        ):
            column = "start" if row.start is not None and row.start >= axis.end else "end"
            yield Problem(
                f"it holds on no day of the case, {axis.start} to {axis.end}", "controls", key, column
            )
        elif row.role == "owner" and row.share == 0:
            yield Problem("a share of 0 holds nothing", "controls", key, "share")
        elif found is not None and found[0] == "places" and row.asset not in at:
            message = f"no supply, market, store or process stands at {row.asset!r}; a control of a place does not hold for links"
            yield Problem(f"{message}: {_NOTHING}", "controls", key, "asset")
        elif found is not None and found[0] != "places" and not use.of(*found):
            message = f"no cargo that some market takes can use {row.asset!r}: there is nothing to close"
            yield Problem(message, "controls", key, "asset")


def _hazards(use: Use) -> Iterator[Problem]:
    axis = use.case.settings.time
    days = (axis.start + timedelta(days=d) for d in range((axis.end - axis.start).days))
    inside = {day.month for day in days}
    for key, row in use.case.rows("hazards").items():
        if row.rate_per_year == 0:
            yield Problem("a rate of 0 never happens", "hazards", key, "rate_per_year")
        months = {int(text) for text in row.months if text.isdigit()}
        if months and not months & inside:
            message = f"none of its months lies in the time of the case, {axis.start} to {axis.end}"
            yield Problem(message, "hazards", key, "months")
        for asset in row.assets:
            if why := why_idle(use, Struck(asset, row.factor, axis.start, axis.end)):
                yield Problem(why[1], "hazards", key, "factor" if why[0] == "factor" else "assets")


def _lists(use: Use) -> Iterator[Problem]:
    """Yield origins, in lists of links and markets, of which nothing comes."""
    case = use.case
    made: dict[str, set[str | None]] = defaultdict(set)
    for good, origin in sources(case):
        made[good].add(origin)
    for table, names in (("links", "commodities"), ("markets", "commodity")):
        for key, row in case.rows(table).items():
            goods: Collection[str] = getattr(row, names) if table == "links" else (getattr(row, names),)
            from_there = set().union(*(made[good] for good in goods))
            if row.origins and from_there == {None}:
                message = (
                    f"origins of {', '.join(goods)} are not kept (column tracked of commodities): {_NOTHING}"
                )
                yield Problem(message, table, key, "origins")
                continue
            for origin in row.origins:
                if origin not in from_there:
                    yield Problem(
                        f"no supply, filled store or process has {' or '.join(goods)} of {origin}",
                        table,
                        key,
                        "origins",
                    )


def _same(old: Any, new: Any) -> bool:
    if isinstance(old, tuple):
        return "|".join(map(str, old)) == str(new)
    try:
        return float(old) == float(new)
    except (TypeError, ValueError):
        return str("" if old is None else old) == str("" if new is None else new)


def idle_effects(case: CaseData, scenario: Scenario | None = None) -> list[str]:
    """Word what acts in a run and changes nothing, each with its table, row and column."""
    told = []
    for p in idle_in(Use(case), scenario):
        where = (p.table, p.row and f"row {p.row!r}", p.column and f"column {p.column}")
        told.append(f"{', '.join(part for part in where if part)}: {p.message}")
    return told


__all__ = ["Struck", "Use", "idle_effects", "idle_in", "idle_option", "idle_rows", "why_idle"]
