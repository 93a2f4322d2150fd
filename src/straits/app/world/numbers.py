"""Where a number comes from: its unit, its sources, how sure it is, and what others say instead."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from straits.case.files.cells import format_cell
from straits.case.schema.records import Claim
from straits.case.schema.tables import FIXED_UNITS, TABLES, Column, columns, tables_of
from straits.errors import ModelError, did_you_mean

if TYPE_CHECKING:
    from straits.case.case import Case

#: How sure a number is, in the words of the page, by the confidence of the claim that the case uses.
GRADES = {"high": "hard", "medium": "soft", "low": "guess"}
#: A number that nothing supports.
UNSOURCED = "unsourced"

_CLAIMS: WeakKeyDictionary[Case, dict[tuple[str, str, str], list[Claim]]] = WeakKeyDictionary()


def claims_about(case: Case, table: str, row: str, column: str) -> list[Claim]:
    """Give the claims about a cell, the chosen one first."""
    if case not in _CLAIMS:
        found: dict[tuple[str, str, str], list[Claim]] = defaultdict(list)
        for claim in case.rows("claims").values():
            found[claim.table, claim.row, claim.column].append(claim)
        _CLAIMS[case] = found
    return sorted(_CLAIMS[case].get((table, row, column), []), key=lambda c: not c.chosen)


def grade_of(case: Case, table: str, row: str, column: str) -> str:
    """Say how sure a number is: hard, soft, guess or unsourced."""
    held = case.rows(table)[row]
    for claim in claims_about(case, table, row, column)[:1]:
        if claim.source:
            return GRADES[claim.confidence]
    if getattr(held, "source", None):
        return GRADES[held.confidence]
    return UNSOURCED


def unit_of(case: Case, table: str, row: str, column: Column) -> str:
    """Give the unit of a number; empty where it has none."""
    held = case.rows(table)[row]
    if column.unit_column:
        return str(getattr(held, column.unit_column, None) or "")
    return FIXED_UNITS.get(column.name, "")


def number_view(case: Case, table: str, row: str, name: str) -> dict[str, Any]:
    """Give all that is known of one cell.

    Raises
    ------
    ModelError
        If there is no such cell.
    """
    column = _demand_cell(case, table, row, name)
    value = getattr(case.rows(table)[row], name)
    known = columns(table)
    held = case.rows(table)[row]
    ends = [
        getattr(held, f"{name}_{end}", None) if f"{name}_{end}" in known else None for end in ("low", "high")
    ]
    own = getattr(held, "source", None)
    return {
        "table": table,
        "row": row,
        "column": name,
        "name": getattr(held, "name", row),
        "value": _text(value),
        "unit": unit_of(case, table, row, column),
        "low": _text(ends[0]),
        "high": _text(ends[1]),
        "meaning": column.doc,
        "kind": column.kind,
        "choices": list(column.choices),
        "grade": grade_of(case, table, row, name) if column.is_number else None,
        "claims": [_claim(case, c) for c in claims_about(case, table, row, name)],
        "row_source": _source(case, own),
        "locator": getattr(held, "locator", None),
        "note": getattr(held, "note", None),
    }


def row_view(case: Case, table: str, row: str) -> dict[str, Any]:
    """Give a row with each of its cells: value, unit, and for numbers how sure they are and how many rival claims there are."""
    _demand_row(case, table, row)
    held = case.rows(table)[row]
    cells = []
    for name, column in columns(table).items():
        if name.endswith(("_unit", "_low", "_high")) or name in ("id", "note", "locator"):
            continue
        value = getattr(held, name)
        if value in (None, (), ""):
            continue
        claims = claims_about(case, table, row, name)
        cells.append(
            {
                "column": name,
                "value": _named(case, column, value),
                "unit": unit_of(case, table, row, column),
                "number": column.is_number,
                "grade": grade_of(case, table, row, name) if column.is_number else None,
                "rivals": sum(not c.chosen for c in claims),
                "meaning": column.doc,
            }
        )
    return {
        "table": table,
        "row": row,
        "name": getattr(held, "name", row),
        "note": getattr(held, "note", None),
        "cells": cells,
        "controls": _controls(case, row),
    }


def table_of(case: Case, asset: str) -> str:
    """Give the table in which an asset stands.

    Raises
    ------
    ModelError
        If there is no such asset.
    """
    for table in (
        "links",
        "places",
        "supplies",
        "markets",
        "stores",
        "converts",
        "fleets",
        "joints",
        "actors",
        "commodities",
        "options",
    ):
        if asset in case.rows(table):
            return table
    raise ModelError(f"the case has no asset {asset!r}{did_you_mean(asset, case.rows('links'))}")


def _controls(case: Case, asset: str) -> list[dict[str, Any]]:
    actors = case.rows("actors")
    return [
        {
            "actor": c.actor,
            "name": actors[c.actor].name if c.actor in actors else c.actor,
            "role": c.role,
            "share": c.share,
            "start": c.start.isoformat() if c.start else None,
            "end": c.end.isoformat() if c.end else None,
            "source": _source(case, c.source),
        }
        for c in case.rows("controls").values()
        if c.asset == asset
    ]


def _claim(case: Case, claim: Claim) -> dict[str, Any]:
    return {
        "id": claim.id,
        "value": claim.value,
        "unit": claim.unit,
        "period": claim.period,
        "locator": claim.locator,
        "grade": GRADES[claim.confidence] if claim.source else UNSOURCED,
        "chosen": claim.chosen,
        "note": claim.note,
        "source": _source(case, claim.source),
    }


def _source(case: Case, key: str | None) -> dict[str, Any] | None:
    sources = case.rows("sources")
    if key is None or key not in sources:
        return None
    return sources[key].model_dump()


def _demand_row(case: Case, table: str, row: str) -> None:
    if table not in TABLES:
        raise ModelError(f"there is no table {table!r}{did_you_mean(table, TABLES)}")
    if row not in case.rows(table):
        raise ModelError(f"{table} has no row {row!r}{did_you_mean(row, case.rows(table))}")


def _demand_cell(case: Case, table: str, row: str, name: str) -> Column:
    _demand_row(case, table, row)
    known = columns(table)
    if name not in known:
        raise ModelError(f"{table} has no column {name!r}{did_you_mean(name, known)}")
    return known[name]


def _named(case: Case, column: Column, value: Any) -> str:
    """Write a cell for people: names in place of the ids of the rows that it refers to, and spaces in the words of a choice."""
    if column.choices and isinstance(value, str):
        return value.replace("_", " ")
    if column.refers is None:
        return _text(value)
    tables = [case.rows(name) for name in tables_of(column.refers)]

    def name(key: Any) -> str:
        return next((str(getattr(rows[key], "name", key)) for rows in tables if key in rows), str(key))

    return ", ".join(map(name, value)) if isinstance(value, tuple) else name(value)


def _text(value: Any) -> str:
    if isinstance(value, tuple):
        return " | ".join(map(str, value))
    return format_cell(value)
