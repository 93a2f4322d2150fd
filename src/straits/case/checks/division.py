"""Checks of fiscal terms and of rights to scarce capacity."""

from __future__ import annotations

import itertools
import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from straits.case.checks.registry import Problem, check
from straits.case.checks.units import step_lengths
from straits.case.ownership import holds_on, rule_of, state_of
from straits.case.schema.division import SCARCE
from straits.case.territory import territory_of_place
from straits.case.units.quantities import asset_table, canonical
from straits.errors import UnitError

if TYPE_CHECKING:
    from straits.case.data import CaseData

_TAXED = ("supplies", "links", "markets", "converts")
#: Kinds that divide what a process earns; what it takes in leaves no state, and is taxed where it is put out.
_OF_PROCESSES = ("fixed", "profit_share")
_SHARES = ("royalty", "profit_share")
_PER_UNIT = ("export_duty", "excise")


def _days_of_change(rows: list[Any]) -> list[date]:
    """List the days from which the sum of rows can be another: the first of all time, and each on which one begins or ends."""
    return sorted({date.min, *(day for row in rows for day in (row.start, row.end) if day)})


def _other_assets(case: CaseData, table: str, accepted: Sequence[str]) -> Iterator[Problem]:
    """Find rows of a table whose asset is known, but of another sort than the table may name."""
    for key, row in case.rows(table).items():
        found = asset_table(case, row.asset)
        if found is not None and found not in accepted:
            names = [
                name.removesuffix("s").replace("supplie", "supply").replace("convert", "process")
                for name in accepted
            ]
            message = f"found {row.asset!r} of table {found}; accepted: the id of a {', '.join(names[:-1])} or {names[-1]}"
            yield Problem(message, table, key, "asset")


@check("fiscal_asset", "error", refers=True)
def fiscal_asset(case: CaseData) -> Iterator[Problem]:
    """A fiscal term on what cannot bear it, such as a duty on a process, or a right to what has no capacity to be scarce."""
    yield from _other_assets(case, "fiscal", _TAXED)
    for key, row in case.rows("fiscal").items():
        if row.asset in case.rows("converts") and row.kind not in _OF_PROCESSES:
            message = (
                f"found {row.kind!r} on process {row.asset!r}; accepted there: {' and '.join(_OF_PROCESSES)}"
            )
            yield Problem(message, "fiscal", key, "kind")
    yield from _other_assets(case, "rights", SCARCE)


@check("contract_asset", "error", refers=True)
def contract_asset(case: CaseData) -> Iterator[Problem]:
    """A contract on what is no link, supply, market or process, such as a place or a store."""
    yield from _other_assets(case, "contracts", ("links", "supplies", "markets", "converts"))


@check("fiscal_rate", "error")
def fiscal_rate(case: CaseData) -> Iterator[Problem]:
    """A share above 1, in one row or in all rows of a kind on one asset and day."""
    groups: dict[tuple[str, str], list[Any]] = defaultdict(list)
    for key, row in case.rows("fiscal").items():
        if row.kind not in _SHARES:
            continue
        groups[row.asset, row.kind].append(row)
        ends = (("rate", row.rate), ("rate_low", row.rate_low), ("rate_high", row.rate_high))
        for column, value in ends:
            if value is not None and value > 1:
                message = (
                    f"found {value:g}; accepted: a share from 0 to 1, so {value / 100:g} for {value:g} %"
                )
                yield Problem(message, "fiscal", key, column)
    for (asset, kind), rows in groups.items():
        if any(row.rate > 1 for row in rows):
            continue
        for day in _days_of_change(rows):
            held = [row for row in rows if holds_on(row, day)]
            total = math.fsum(row.rate for row in held)
            if total > 1 + 1e-9:
                named = ", ".join(f"{row.id} {row.rate:g}" for row in held)
                since = "" if day == date.min else f" from {day}"
                message = f"rates of {kind} on {asset!r} add to {total:g}{since} ({named}); accepted: at most 1 together"
                yield Problem(message, "fiscal", held[-1].id, "rate")
                break


@check("fiscal_overlap", "error")
def fiscal_overlap(case: CaseData) -> Iterator[Problem]:
    """Two fiscal terms of one asset, taker, kind and name, or two rights of one actor to one asset, that hold on one day."""
    fiscal = [(("fiscal", r.asset, r.taker, r.kind, r.name), r) for r in case.rows("fiscal").values()]
    rights = [(("rights", r.asset, r.actor), r) for r in case.rows("rights").values()]
    groups: dict[tuple[Any, ...], list[Any]] = defaultdict(list)
    for group, row in (*fiscal, *rights):
        groups[group].append(row)
    for group, rows in groups.items():
        rows.sort(key=lambda r: (r.start or date.min, r.id))
        for first, second in itertools.pairwise(rows):
            if first.end is None or first.end > (second.start or date.min):
                what = f"{group[3]} of {group[2]}" if group[0] == "fiscal" else f"right of {group[2]}"
                names = ", or give them names" if group[0] == "fiscal" else ""
                message = (
                    f"the {what} on {group[1]!r} holds at the same time in row {first.id!r}; end one on the day on which the "
                    f"other starts{names}"
                )
                yield Problem(message, group[0], second.id, "start")


@check("fiscal_taker", "error", whole=True)
def fiscal_taker(case: CaseData) -> Iterator[Problem]:
    """A duty on a supply by somebody of another state: its cargo does not leave that state."""
    commodities = case.rows("commodities")
    for key, row in case.rows("fiscal").items():
        supply = case.rows("supplies").get(row.asset)
        if row.kind not in _PER_UNIT or supply is None:
            continue
        commodity = commodities.get(supply.commodity)
        here = supply.origin if commodity is not None and commodity.tracked else None
        here = here or territory_of_place(case, supply.place)
        taker = state_of(case, row.taker)
        if here is not None and taker != here:
            message = (
                f"found {row.taker!r} of {taker}, but what {row.asset!r} puts out is of {here}; accepted: {here} or who belongs "
                "to it"
            )
            yield Problem(message, "fiscal", key, "taker")


@check("duty_on_nothing", "warning", whole=True)
def duty_on_nothing(case: CaseData) -> Iterator[Problem]:
    """A duty on a link that does not lead out of the state of its taker, or on a market inside it: nobody pays it."""
    for key, row in case.rows("fiscal").items():
        if row.kind not in _PER_UNIT:
            continue
        state = state_of(case, row.taker)
        link, market = case.rows("links").get(row.asset), case.rows("markets").get(row.asset)
        if link is not None:
            ends = [territory_of_place(case, place) for place in (link.from_place, link.to_place)]
            if ends[0] != state or ends[1] == state:
                message = (
                    f"{row.asset!r} does not lead out of {state}, the state of {row.taker}: nobody pays it"
                )
                yield Problem(message, "fiscal", key, "asset")
        elif market is not None and territory_of_place(case, market.place) == state:
            message = (
                f"{row.asset!r} lies in {state}, the state of {row.taker}; what is sold there does not leave it: nobody "
                "pays it"
            )
            yield Problem(message, "fiscal", key, "asset")


@check("rights", "error", whole=True)
def rights(case: CaseData) -> Iterator[Problem]:
    """A right without share or amount, or with both; an amount of an unlimited capacity; rights to more than the whole."""
    groups: dict[str, list[tuple[Any, float]]] = defaultdict(list)
    for key, row in case.rows("rights").items():
        if (row.share is None) == (row.amount is None):
            found = "neither" if row.share is None else "both"
            yield Problem(f"found {found} of share and amount; give one of them", "rights", key, "share")
            continue
        part, problem = _part(case, row)
        if problem:
            yield Problem(problem, "rights", key, "amount")
        elif part is not None:
            groups[row.asset].append((row, part))
    for asset, held in groups.items():
        rows = [row for row, _ in held]
        for day in _days_of_change(rows):
            now = [(row, part) for row, part in held if holds_on(row, day)]
            total = math.fsum(part for _, part in now)
            if total > 1 + 1e-9:
                since = "" if day == date.min else f" from {day}"
                named = ", ".join(f"{row.actor} {part:.4g}" for row, part in now)
                last = now[-1][0]
                message = f"rights to {asset!r} add to {total:.4g} of its capacity{since} ({named}); accepted: at most 1 together"
                yield Problem(message, "rights", last.id, "share" if last.share is not None else "amount")
                break


def _part(case: CaseData, row: Any) -> tuple[float | None, str]:
    """Give the part of the capacity that a right holds, as the tables stand, or what is wrong."""
    if row.share is not None:
        return row.share, ""
    table = asset_table(case, row.asset)
    if table not in SCARCE:
        return None, ""  # another check names it
    asset = case.rows(table)[row.asset]
    if table in ("fleets", "joints"):
        whole = asset.count if table == "fleets" else asset.capacity
        return (row.amount / whole if whole else None), ""
    if math.isinf(asset.capacity):
        return (
            None,
            f"the capacity of {row.asset!r} is unlimited, so that an amount is no part of it; give a share",
        )
    if asset.capacity == 0:
        return None, ""
    try:
        parts = [
            amount[0] / whole[0]
            for days in step_lengths(case, row.amount_unit, asset.capacity_unit)
            if (
                amount := canonical(
                    case, "rights", row, "amount", row.amount, row.amount_unit, step_days=days
                )
            )
            and (
                whole := canonical(
                    case, table, asset, "capacity", asset.capacity, asset.capacity_unit, step_days=days
                )
            )
        ]
    except UnitError:
        return None, ""  # the check of units names it
    return max(parts, default=None), ""


@check("right_to_nothing", "warning", whole=True)
def right_to_nothing(case: CaseData) -> Iterator[Problem]:
    """A right to an asset whose owner keeps the scarcity, or that holds on no day of the case: it changes nothing."""
    axis = case.settings.time
    for table in ("rights", "fiscal"):
        for key, row in case.rows(table).items():
            if (row.start and row.start >= axis.end) or (row.end and row.end <= axis.start):
                column = "start" if row.start and row.start >= axis.end else "end"
                yield Problem(
                    f"it holds on no day of the case, {axis.start} to {axis.end}", table, key, column
                )
    for key, row in case.rows("rights").items():
        found = asset_table(case, row.asset)
        if found in SCARCE and rule_of(case, found, case.rows(found)[row.asset]) == "scarcity":
            message = f"the scarcity_rule of {row.asset!r} is scarcity: its owner keeps it, and the right changes nothing"
            yield Problem(message, "rights", key, "asset")
