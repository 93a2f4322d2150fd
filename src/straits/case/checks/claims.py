"""Checks of claims, and the list of numbers that no source supports."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from straits.case.checks.registry import Problem, check
from straits.case.checks.units import step_lengths
from straits.case.files.cells import CellError, parse_cell
from straits.case.findings import Number, count_by_table
from straits.case.schema.records import Sourced
from straits.case.schema.tables import FIXED_UNITS, TABLES, columns
from straits.case.units.quantities import canonical
from straits.errors import UnitError, did_you_mean

if TYPE_CHECKING:
    from straits.case.data import CaseData
    from straits.case.schema.records import Claim

#: Tables whose rows make no statements about the world.
_NOT_CLAIMED = ("claims", "sources")


def target_problem(case: CaseData, claim: Claim) -> tuple[str, str] | None:
    """Give the column of table claims and the message, if a claim names no field of a row; None if it names one."""
    if claim.table not in TABLES or claim.table in _NOT_CLAIMED:
        accepted = [table for table in TABLES if table not in _NOT_CLAIMED]
        message = (
            f"found {claim.table!r}; accepted: {', '.join(accepted)}{did_you_mean(claim.table, accepted)}"
        )
        return "table", message
    known = case.known_ids(claim.table)
    if claim.row not in known:
        return "row", f"found {claim.row!r}, which is no id of {claim.table}{did_you_mean(claim.row, known)}"
    cols = [name for name in columns(claim.table) if name != "id"]
    if claim.column not in cols:
        return (
            "column",
            f"found {claim.column!r}; accepted: {', '.join(cols)}{did_you_mean(claim.column, cols)}",
        )
    return None


@check("claim_target", "error", refers=True)
def claim_target(case: CaseData) -> Iterator[Problem]:
    """A claim that names no table, row or column."""
    for key, claim in case.fresh("claims").items():
        problem = target_problem(case, claim)
        if problem:
            yield Problem(problem[1], "claims", key, problem[0])


def _good_claims(case: CaseData) -> Iterator[tuple[str, Claim]]:
    for key, claim in case.fresh("claims").items():
        if target_problem(case, claim) is None and claim.row in case.rows(claim.table):
            yield key, claim


@check("claim_chosen", "error", whole=True)
def claim_chosen(case: CaseData) -> Iterator[Problem]:
    """A field with several chosen claims, or with claims of which none is chosen."""
    fields: dict[tuple[str, str, str], list[Claim]] = defaultdict(list)
    for _, claim in _good_claims(case):
        fields[claim.table, claim.row, claim.column].append(claim)
    for (table, row, column), claims in fields.items():
        chosen = [claim.id for claim in claims if claim.chosen]
        if len(chosen) != 1:
            what = f"{', '.join(map(repr, chosen))} are all chosen" if chosen else "none is chosen"
            message = (
                f"of the {len(claims)} claims about {table} {row!r} {column}, {what}; choose exactly one"
            )
            yield Problem(message, "claims", claims[0].id, "chosen")


@check("claim_value", "error")
def claim_value(case: CaseData) -> Iterator[Problem]:
    """A claim whose value cannot stand in its cell, whose unit does not fit, or that is chosen and differs from the cell."""
    for key, claim in _good_claims(case):
        row = case.rows(claim.table)[claim.row]
        try:
            same = claim_agrees(case, claim, row)
        except (CellError, UnitError) as error:
            column = "value" if isinstance(error, CellError) else "unit"
            yield Problem(
                f"claim about {claim.table} {claim.row!r} {claim.column}: {error}", "claims", key, column
            )
            continue
        if claim.chosen and not same:
            cell = getattr(row, claim.column)
            unit_column = columns(claim.table)[claim.column].unit_column
            unit = f" {getattr(row, unit_column)}" if unit_column and getattr(row, unit_column) else ""
            said = f"{claim.value}{' ' + claim.unit if claim.unit else unit}"
            message = f"the chosen claim says {said}, and {claim.table} {claim.row!r} {claim.column} says {cell}{unit}"
            yield Problem(message, "claims", key, "value")


def claim_agrees(case: CaseData, claim: Claim, row: Any) -> bool:
    """Whether a claim says what stands in its cell, numbers compared in canonical units to a relative 1e-9.

    Raises
    ------
    CellError
        The value could not stand in the cell.
    UnitError
        The unit does not fit the cell.
    """
    column = columns(claim.table)[claim.column]
    claimed = parse_cell(column, claim.value)
    cell = getattr(row, claim.column)
    if column.kind == "list":
        return tuple(str(claimed).split("|")) == cell
    if not column.is_number:
        _refuse_unit(claim, None)
        return claimed == cell
    assert isinstance(claimed, float)
    if column.unit_column is None:
        _refuse_unit(claim, FIXED_UNITS.get(claim.column))
        return cell is not None and math.isclose(claimed, cell, rel_tol=1e-9)
    own = getattr(row, column.unit_column)
    unit = claim.unit if claim.unit is not None else own
    if unit is not None:
        canonical(
            case, claim.table, row, claim.column, claimed, unit
        )  # a unit that does not suit is named, whatever the cell
    if cell is None:
        return False
    if claimed == 0 or cell == 0 or math.isinf(claimed) or math.isinf(cell):
        return bool(claimed == cell)
    if unit in (None, own):
        return math.isclose(claimed, cell, rel_tol=1e-9)
    for days in step_lengths(case, unit, own):
        left = canonical(case, claim.table, row, claim.column, claimed, unit, step_days=days)
        try:
            right = canonical(case, claim.table, row, claim.column, cell, own, step_days=days)
        except UnitError:
            return True  # the cell's own unit is wrong, and the check of units says so
        if not all(math.isclose(a, b, rel_tol=1e-9) for a, b in zip(left, right, strict=False)):
            return False
    return True


def _refuse_unit(claim: Claim, own: str | None) -> None:
    if claim.unit is not None and claim.unit != own:
        accepted = f"; accepted: {own!r} or blank" if own else "; leave it blank"
        raise UnitError(f"found unit {claim.unit!r} for a column that has none of its own{accepted}")


def unsourced_numbers(case: CaseData) -> list[Number]:
    """List the numbers that nothing supports.

    A number is supported by the chosen claim about its cell if that has a source, or, in tables whose rows name a source,
    by the source of its row; in threats and exchange rates, by its own source. Blank cells, `unlimited` and defaults that are
    not written out are no numbers.

    Parameters
    ----------
    case : Case

    Returns
    -------
    list of (table, row, column, value)
        In the order of the tables.
    """
    sourced = {
        (claim.table, claim.row, claim.column)
        for _, claim in _good_claims(case)
        if claim.chosen and claim.source is not None
    }
    found: list[Number] = []
    for table, model in TABLES.items():
        rows = case.rows(table)
        numbers = [name for name, column in columns(table).items() if column.is_number]
        for cells in case.parsed(table).cells:
            key = cells["id"]
            if issubclass(model, Sourced) and rows[key].source is not None:
                continue
            for name in numbers:
                value = cells.get(name)
                if value is not None and math.isfinite(value) and (table, key, name) not in sourced:
                    found.append((table, key, name, value))
    for other in case.settings.exchange_rates:
        if other.source is None:
            found.append(("case.yaml", other.currency, "exchange_rates", other.rate))
    for threat in case.threats.values():
        for name, amount in threat.amounts().items():
            if amount.source is None:
                found.append(("threats", threat.id, name, amount.point))
        for k, kind in enumerate(threat.resolve):
            found.append(("threats", threat.id, f"resolve.{k}.probability", kind.probability))
    return found


@check("unsourced", "warning", whole=True)
def unsourced(case: CaseData) -> Iterator[Problem]:
    """Numbers that no source supports, counted by table; coordinates apart."""
    for table, count in count_by_table(unsourced_numbers(case)).items():
        yield Problem(f"{count} number{' rests' if count == 1 else 's rest'} on no source", table)
