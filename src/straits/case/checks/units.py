"""Checks of units, and of numbers that can only be compared in one unit."""

from __future__ import annotations

import math
from calendar import isleap
from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from straits.case.checks.registry import Problem, check
from straits.case.schema.tables import TABLES, columns
from straits.case.timeaxis import Steps
from straits.case.units import common_factor, split_rate
from straits.case.units.quantities import canonical, commodities_of, dimension_of
from straits.errors import UnitError, did_you_mean

if TYPE_CHECKING:
    from straits.case.data import CaseData

_DAY = timedelta(days=1)
#: Days of an axis beyond which its length is an error anyhow.
_LONGEST = 200_000


def quantities(case: CaseData) -> Iterator[tuple[str, str, Any, str, float, str, str | None]]:
    """Yield table, id, row, column, value, unit column and unit of every number that has a unit column and is given."""
    for table in TABLES:
        cols = [(name, column.unit_column) for name, column in columns(table).items() if column.unit_column]
        for key, row in case.fresh(table).items():
            for name, unit_column in cols:
                value = getattr(row, name)
                if value is not None and unit_column is not None:
                    yield table, key, row, name, value, unit_column, getattr(row, unit_column)


@check("missing_unit", "error")
def missing_unit(case: CaseData) -> Iterator[Problem]:
    """A number without its unit. Zero and `unlimited` are the same in every unit and need none."""
    for table, key, row, name, value, unit_column, unit in quantities(case):
        counted = dimension_of(case, table, row, name) in ("count", "share")
        if unit is None and value != 0 and math.isfinite(value) and not counted:
            yield Problem(f"{name} is {value:g}, and its unit is missing", table, key, unit_column)


@check("unit", "error")
def unit_known(case: CaseData) -> Iterator[Problem]:
    """A unit that is unknown, of the wrong dimension, or needs a conversion factor that the commodity does not give."""
    seen = set()
    for table, key, row, name, _, unit_column, unit in quantities(case):
        if unit is None or table == "profiles" or (table, key, unit_column) in seen:
            continue  # those of profiles are held against each cell that follows one
        seen.add((table, key, unit_column))
        try:
            canonical(case, table, row, name, 1.0, unit)
        except UnitError as error:
            yield Problem(str(error), table, key, unit_column)


@check("exchange_rate", "error", refers=True)
def exchange_rate(case: CaseData) -> Iterator[Problem]:
    """An exchange rate that is not above 0, of the currency of the case itself, given twice, or whose source does not exist."""
    given = [other.currency for other in case.settings.exchange_rates]
    sources = case.known_ids("sources")
    for other in case.settings.exchange_rates:
        name = other.currency
        if not 0 < other.rate < math.inf:
            yield Problem(
                f"found {other.rate:g} for {name!r}; accepted: a number above 0",
                "case.yaml",
                name,
                "exchange_rates",
            )
        if name == case.settings.currency:
            message = f"found {name!r}, the currency of the case; accepted: other currencies"
            yield Problem(message, "case.yaml", name, "exchange_rates")
        elif given.count(name) > 1:
            yield Problem(
                f"{name!r} has {given.count(name)} rates; accepted: one", "case.yaml", name, "exchange_rates"
            )
        if other.source is not None and other.source not in sources:
            near = did_you_mean(other.source, sources)
            message = f"found source {other.source!r} for {name!r}, which is no id of sources{near}"
            yield Problem(message, "case.yaml", name, "exchange_rates")


@check("mixed_units", "error")
def mixed_units(case: CaseData) -> Iterator[Problem]:
    """Commodities that cannot share a number: kept in different units, or its unit means different amounts of them."""
    for key, link in case.fresh("links").items():
        carried = commodities_of(case, "links", link)
        kept = sorted({commodity.unit for commodity in carried})
        if len(kept) > 1:
            message = f"its commodities are kept in {', '.join(kept)}; give each unit its own link"
            yield Problem(message, "links", key, "commodities")
        elif len(carried) > 1 and link.capacity_unit is not None and math.isfinite(link.capacity):
            try:
                common_factor(split_rate(link.capacity_unit)[0], carried)
            except UnitError as error:
                yield Problem(str(error), "links", key, "capacity_unit")
    yield from _one_number_for_several(case)


def _one_number_for_several(case: CaseData) -> Iterator[Problem]:
    """Find numbers of contracts and options that count for several commodities, in a unit that is not the same for all."""
    for table, key, row, name, value, unit_column, unit in quantities(case):
        if table not in ("contracts", "options") or unit is None or value == 0 or not math.isfinite(value):
            continue
        try:
            found = canonical(case, table, row, name, 1.0, unit)
        except UnitError:
            continue  # named by the check of units
        if found and max(found) > min(found) * (1 + 1e-12):
            goods = ", ".join(repr(commodity.id) for commodity in commodities_of(case, table, row))
            message = (
                f"unit {unit!r} means different amounts of {goods}, which {row.asset!r} carries; give a unit that is the "
                f"same for all{', or name one `commodity`' if table == 'contracts' else ''}"
            )
            yield Problem(message, table, key, unit_column)


@check("bounds", "error")
def bounds(case: CaseData) -> Iterator[Problem]:
    """A least output above capacity, or a store whose start or least level does not fit its capacity."""
    lengths = lengths_of(case)
    pairs = (
        ("supplies", "min_output", "capacity"),
        ("stores", "start", "capacity"),
        ("stores", "min_level", "capacity"),
        ("stores", "min_level", "start"),
        ("stores", "reserve", "capacity"),
        ("stores", "end_level", "capacity"),
        ("stores", "min_level", "end_level"),
    )
    for table, small, large in pairs:
        for key, row in case.fresh(table).items():
            if getattr(row, small) is None or getattr(row, large) is None:
                continue
            try:
                ends = (_in_canonical(case, table, row, name, lengths) for name in (small, large))
                least, most = next(
                    ((low, high) for low, high in zip(*ends, strict=True) if low > high * (1 + 1e-9)),
                    (0.0, 0.0),
                )
            except UnitError:
                continue  # named by the check of units
            if least > most:
                low, high = least, most
                said = _apart(getattr(row, small), getattr(row, large))
                message = f"{small} {said[0]} is above {large} {said[1]} in the same unit"
                if getattr(row, f"{small}_unit") != getattr(row, f"{large}_unit"):
                    said = _apart(low, high)
                    message = (
                        f"{small} is above {large} once both are in one unit ({said[0]} against {said[1]})"
                    )
                yield Problem(message, table, key, small)


def _apart(one: float, other: float) -> tuple[str, str]:
    """Write two numbers with as few digits as tell them apart, six at least."""
    for digits in (6, 9, 12):
        first, second = f"{one:.{digits}g}", f"{other:.{digits}g}"
        if first != second:
            break
    return first, second


def _in_canonical(
    case: CaseData, table: str, row: Any, name: str, lengths: list[tuple[float, float]]
) -> list[float]:
    """Give a number in canonical units, once for each length of step and year that the axis has."""
    value = getattr(row, name)
    if value == 0 or math.isinf(value):
        return [float(value)] * len(lengths)
    found = [
        canonical(case, table, row, name, value, getattr(row, f"{name}_unit"), step_days=step, year_days=year)
        for step, year in lengths
    ]
    if not all(found):
        raise UnitError("no commodity")
    return [of[0] for of in found]


def lengths_of(case: CaseData) -> list[tuple[float, float]]:
    """Give the lengths of steps and years, in days, in which rates of a case are counted."""
    axis = case.settings.time
    if not 0 < (axis.end - axis.start).days <= _LONGEST:
        return [(1.0, 365.0)]  # another check says so
    years = {366.0 if isleap(y) else 365.0 for y in range(axis.start.year, (axis.end - _DAY).year + 1)}
    return [
        (step, year)
        for step in sorted(set(np.diff(Steps(axis).calendar_edges).tolist()))
        for year in sorted(years)
    ]


def step_lengths(case: CaseData, *units: str | None) -> list[float]:
    """Give the lengths of steps, in days, in which numbers of these units are to be compared: one is enough unless some count by
    the step and some do not."""
    by_step = {(unit or "").endswith("/step") for unit in units}
    return sorted({step for step, _ in lengths_of(case)}) if len(by_step) > 1 else [1.0]
