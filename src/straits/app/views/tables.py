"""Tables of a case as the page shows them: columns with what they hold, cells as texts, and how sure each number is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from straits.app.world.edits import cells_of
from straits.app.world.numbers import grade_of
from straits.case.schema.tables import FIXED_UNITS, TABLES, columns
from straits.errors import ModelError, did_you_mean

if TYPE_CHECKING:
    from straits.case.case import Case
    from straits.case.findings import Finding


def tables_view(case: Case) -> list[dict[str, Any]]:
    """List all tables with what a row is and how many there are."""
    return [
        {"name": name, "rows": len(case.rows(name)), "meaning": " ".join((model.__doc__ or "").split())}
        for name, model in TABLES.items()
    ]


def table_view(case: Case, table: str) -> dict[str, Any]:
    """Give one table whole.

    Raises
    ------
    ModelError
        If there is no such table.
    """
    if table not in TABLES:
        raise ModelError(
            f"there is no table {table!r}; accepted: {', '.join(TABLES)}{did_you_mean(table, TABLES)}"
        )
    known = columns(table)
    rows = cells_of(case, table)
    used = {name for row in rows for name, value in row.items() if value}
    return {
        "table": table,
        "meaning": " ".join((TABLES[table].__doc__ or "").split()),
        "columns": [
            {
                "name": name,
                "kind": c.kind,
                "required": c.required,
                "choices": list(c.choices),
                "refers": c.refers,
                "unit_column": c.unit_column if not name.endswith(("_low", "_high")) else None,
                "unit": FIXED_UNITS.get(name, ""),
                "meaning": " ".join(c.doc.split()),
                "used": name in used or c.required,
            }
            for name, c in known.items()
        ],
        "rows": rows,
        "grades": _grades(case, table),
    }


def _grades(case: Case, table: str) -> dict[str, dict[str, str]]:
    """How sure each number of a table is, by row and column; sources and claims make no statements of their own."""
    if table in ("claims", "sources"):
        return {}
    numbers = [n for n, c in columns(table).items() if c.is_number and not n.endswith(("_low", "_high"))]
    found: dict[str, dict[str, str]] = {}
    for key, row in case.rows(table).items():
        graded = {n: grade_of(case, table, key, n) for n in numbers if getattr(row, n) is not None}
        if graded:
            found[key] = graded
    return found


def finding_view(finding: Finding) -> dict[str, Any]:
    """Give a finding with its cell, in the words of `straits check`."""
    return {
        "code": finding.code,
        "severity": finding.severity,
        "message": finding.message,
        "table": finding.table,
        "row": finding.row,
        "column": finding.column,
        "line": finding.line,
        "text": finding.text,
    }
