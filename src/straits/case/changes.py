"""Other values for some cells of a case, and what becomes of the claims about them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from straits.case.checks.claims import claim_agrees
from straits.case.files.cells import CellError, format_cell, is_blank, parse_cell
from straits.case.files.folder import RawCase
from straits.case.files.parse import RawTable, parse_table
from straits.case.findings import Finding
from straits.case.schema.settings import Change
from straits.case.schema.tables import TABLES, columns
from straits.errors import UnitError, did_you_mean

if TYPE_CHECKING:
    from straits.case.case import Case


def changed_raw(case: Case, changes: list[Change], findings: list[Finding]) -> RawCase:
    """Give the raw case with other values, adding changes that name no cell to `findings`.

    Parameters
    ----------
    case : Case
    changes : list of Change
        Later changes of one cell win.
    findings : list of Finding

    Returns
    -------
    RawCase
    """
    raw = case.to_raw()
    good: list[Change] = []
    for change in changes:
        problem = _problem(case, change)
        if problem:
            findings.append(Finding("change", "error", problem, change.table, change.row, change.column))
            continue
        _set_cell(raw.tables[change.table], list(case.known_ids(change.table)), change)
        good.append(change)
    if "claims" in raw.tables and good:
        _choose_claims(case, raw, good)
    return raw


def canonical_change(change: Change) -> Change:
    """Give a change whose value has the type of its column: a number in number columns, else the text of the cell.

    A folder tells the number 1 from the text "1" and a workbook may not, so that without this the two could differ. A value
    that cannot be read stays as it is, for the checks to name.
    """
    column = columns(change.table).get(change.column) if change.table in TABLES else None
    if column is None:
        return change
    try:
        value = parse_cell(column, change.value)
    except CellError:
        return change
    finite = isinstance(value, float) and math.isfinite(value)
    return change.model_copy(update={"value": value if finite else format_cell(value)})


def _problem(case: Case, change: Change) -> str | None:
    if change.table not in TABLES:
        return f"unknown table {change.table!r}{did_you_mean(change.table, TABLES)}"
    known, cols = case.known_ids(change.table), columns(change.table)
    if change.row not in known:
        return f"no row {change.row!r}{did_you_mean(change.row, known)}"
    if change.column not in cols:
        return f"unknown column {change.column!r}; accepted: {', '.join(cols)}{did_you_mean(change.column, cols)}"
    return "an id cannot be changed" if change.column == "id" else None


def _set_cell(table: RawTable, ids: list[str], change: Change) -> None:
    at = ids.index(change.row)
    cells = list(table.rows[at])
    cells[table.header.index(change.column)] = change.value
    table.rows[at] = cells


def _choose_claims(case: Case, raw: RawCase, changes: list[Change]) -> None:
    """Let the chosen claims about changed cells say what now stands there.

    A changed unit changes what its number says, so the claims about the number are looked at again.
    """
    touched: dict[tuple[str, str, str], str | None] = {}
    for change in changes:
        for name, column in columns(change.table).items():
            if change.column in (name, column.unit_column):
                touched[change.table, change.row, name] = change.note
    claims = raw.tables["claims"]
    at = {name: claims.header.index(name) for name in columns("claims")}
    rows: list[list[Any]] = [list(cells) for cells in claims.rows]
    parsed: dict[str, Mapping[str, Any]] = {}
    for field, note in touched.items():
        table, row_id, name = field
        about = [
            cells for cells in rows if (cells[at["table"]], cells[at["row"]], cells[at["column"]]) == field
        ]
        if table not in parsed:
            parsed[table] = parse_table(raw.tables[table], []).rows
        row = parsed[table].get(row_id)
        if not about or row is None:
            continue  # nothing is claimed, or the new value cannot be read, which is an error of its own
        agreeing = [cells for cells in about if _agrees(case, cells, at, row)]
        chosen = next((cells for cells in agreeing if cells[at["chosen"]]), agreeing[0] if agreeing else None)
        for cells in about:
            cells[at["chosen"]] = cells is chosen
        if chosen is None and not is_blank(getattr(row, name)):
            rows.append(_assumption(claims.header, [cells[at["id"]] for cells in rows], field, row, note))
        elif chosen is None:
            # A blank cell says nothing that could be claimed.
            rows = [cells for cells in rows if cells not in about]
    raw.tables["claims"] = replace(claims, rows=list[Sequence[Any]](rows), lines=None)


def _agrees(case: Case, cells: Sequence[Any], at: dict[str, int], row: Any) -> bool:
    found: Mapping[str, Any] = parse_table(
        RawTable("claims", list(at), [[cells[at[name]] for name in at]]), []
    ).rows
    try:
        return all(claim_agrees(case, claim, row) for claim in found.values())
    except (CellError, UnitError):
        return False


def _assumption(
    header: list[str], taken: list[str], field: tuple[str, str, str], row: Any, note: str | None
) -> list[Any]:
    """Give a claim without a source that says what stands in a changed cell."""
    table, row_id, column = field
    value = getattr(row, column)
    name = f"change-{table}-{row_id}-{column}"
    while name in taken:
        name += "+"
    record = {
        "id": name,
        "table": table,
        "row": row_id,
        "column": column,
        "value": "|".join(value) if isinstance(value, tuple) else format_cell(value),
        "confidence": "low",
        "chosen": True,
        "note": note or "assumed in a changed case",
    }
    return [record.get(name) for name in header]
