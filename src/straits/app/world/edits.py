"""Edits of a case: cells, new rows, removed rows. Checked as files are; saved whole or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import pandas as pd
from pydantic import Field

from straits.app.world.question import Asked, Short, Trial
from straits.case.case import Case
from straits.case.files.cells import format_cell
from straits.case.findings import Finding
from straits.case.schema.settings import Change, Scenario
from straits.case.schema.tables import TABLES, columns
from straits.errors import CaseError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Mapping

Cell = Annotated[str, Field(max_length=5000)]


class NewRow(Asked):
    """A row that is added: its cells by column, as they would stand in a file."""

    table: Short
    cells: Annotated[dict[Short, Cell], Field(max_length=100)]


class RowOf(Asked):
    """A row of a table."""

    table: Short
    row: Short


class Edits(Asked):
    """What is to be changed: first rows are removed, then added, then cells are set."""

    set: list[Trial] = Field(default_factory=list, max_length=2000)
    add: list[NewRow] = Field(default_factory=list, max_length=1000)
    remove: list[RowOf] = Field(default_factory=list, max_length=1000)


def cells_of(case: Case, table: str) -> list[dict[str, str]]:
    """Give the rows of a table as texts, each cell as it would stand in a file."""
    frame = case.parsed(table).frame
    names = list(frame.columns)
    return [
        {
            name: "" if isinstance(value, float) and pd.isna(value) else format_cell(value)
            for name, value in zip(names, row, strict=True)
        }
        for row in frame.itertuples(index=False, name=None)
    ]


def edited(case: Case, edits: Edits) -> Case:
    """Give the case with edits.

    Raises
    ------
    CaseError
        With every error found, at its cell.
    """
    made, cells = case, [t for t in edits.set if not _of_new_row(t, edits)]
    if edits.add or edits.remove:
        made = _with_rows(case, edits)
    if not cells:
        return made
    return made.with_changes(Change(table=t.table, row=t.row, column=t.column, value=t.value) for t in cells)


def _of_new_row(cell: Trial, edits: Edits) -> bool:
    return any(a.table == cell.table and a.cells.get("id") == cell.row for a in edits.add)


def _with_rows(case: Case, edits: Edits) -> Case:
    findings: list[Finding] = []
    tables: dict[str, list[dict[str, Any]]] = {t: cells_of(case, t) for t in TABLES}
    for gone in edits.remove:
        if gone.table not in TABLES or not any(r["id"] == gone.row for r in tables[gone.table]):
            known = TABLES if gone.table not in TABLES else [r["id"] for r in tables[gone.table]]
            name = gone.table if gone.table not in TABLES else gone.row
            findings.append(
                Finding(
                    "change",
                    "error",
                    f"there is no {name!r} to remove{did_you_mean(name, known)}",
                    gone.table,
                    gone.row,
                )
            )
            continue
        tables[gone.table] = [r for r in tables[gone.table] if r["id"] != gone.row]
        # What is said of a row that is no more has no meaning any more.
        tables["claims"] = [r for r in tables["claims"] if (r["table"], r["row"]) != (gone.table, gone.row)]
    for new in edits.add:
        if new.table not in TABLES:
            text = f"unknown table {new.table!r}{did_you_mean(new.table, TABLES)}"
            findings.append(Finding("change", "error", text, new.table))
            continue
        own = new.cells.get("id", "")
        over = {t.column: t.value for t in edits.set if t.table == new.table and t.row == own}
        unknown = [c for c in {**new.cells, **over} if c not in columns(new.table)]
        findings += [
            Finding(
                "unknown_column",
                "error",
                f"there is no such column{did_you_mean(c, columns(new.table))}",
                new.table,
                own,
                c,
            )
            for c in unknown
        ]
        tables[new.table].append({**new.cells, **over})
    if findings:
        raise CaseError(findings, case.name)
    return rebuilt(case, tables)


def rebuilt(
    case: Case, tables: Mapping[str, list[dict[str, Any]]], scenarios: list[Scenario] | None = None
) -> Case:
    """Make the case anew of other tables or scenarios, with its settings and routes."""
    return Case.from_tables(
        {name: rows for name, rows in tables.items() if rows or name in ("places", "links")},
        scenarios=list(case.scenarios.values()) if scenarios is None else scenarios,
        routes=case.routes,
        threats=list(case.threats.values()),
        **case.settings.model_dump(),
    )
