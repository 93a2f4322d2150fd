"""A case as one XLSX workbook: a sheet per table, and the sheets case, scenarios, disruptions, changes and routes.

Texts are written as texts and numbers as numbers. A number that Excel's sixteen digits would change is written as text,
which reads back exactly; so folder to workbook to folder gives the same bytes.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from straits.case.cells import CellError, format_cell, is_blank, parse_cell
from straits.case.findings import Finding
from straits.case.folder import RawCase, read_routes
from straits.case.parse import RawTable
from straits.case.settings import Change, Disruption, Scenario
from straits.case.tables import TABLES, Column, row_columns
from straits.errors import StraitsError, did_you_mean

if TYPE_CHECKING:
    from straits.case.case import Case

_CELL_CHARACTERS = 32_767  # what a cell of a workbook can hold
_SHEETS = ("case", *TABLES, "scenarios", "disruptions", "changes", "routes")
_NUMBER_SETTINGS = ("schema_version", "price_year")
_LIST_SETTINGS = ("focus.players",)
_TEXT = Column("", "text", False, None, (), None, None, None, "")


def _scenario_columns() -> dict[str, Column]:
    return row_columns(Scenario, skip=("disruptions", "changes"))


def _change_columns() -> dict[str, Column]:
    return row_columns(Change, skip=("value",))


# --- writing -----------------------------------------------------------------------------------------------------


class _Writer:
    """Writes sheets and refuses what a workbook cannot hold."""

    def __init__(self) -> None:
        import xlsxwriter

        self.buffer = io.BytesIO()
        self.book = xlsxwriter.Workbook(self.buffer, {"in_memory": True})
        self.book.set_properties({"created": datetime(2000, 1, 1)})  # the same case gives the same bytes
        self.bold = self.book.add_format({"bold": True})
        self.text = self.book.add_format({"num_format": "@"})

    def sheet(
        self, name: str, header: Sequence[str], rows: Iterable[Sequence[Any]], texts: Sequence[bool]
    ) -> None:
        """Write a sheet; `texts` says which columns Excel should keep as text when a user types into them."""
        sheet = self.book.add_worksheet(name)
        sheet.freeze_panes(1, 0)
        for at, column in enumerate(header):
            sheet.set_column(at, at, max(10, min(40, len(column) + 4)), self.text if texts[at] else None)
            self._write(sheet, name, 0, at, column, self.bold)
        for number, cells in enumerate(rows, start=1):
            for at, cell in enumerate(cells):
                self._write(sheet, name, number, at, cell, self.text if texts[at] else None)

    @staticmethod
    def _write(sheet: Any, name: str, row: int, at: int, cell: Any, style: Any) -> None:
        if is_blank(cell):
            return
        if type(cell).__name__ in ("bool", "bool_"):
            code = sheet.write_boolean(row, at, bool(cell), style)
        elif isinstance(cell, int | float) and float(f"{cell:.16G}") == cell and abs(cell) != float("inf"):
            code = sheet.write_number(row, at, cell, style)
        else:
            code = sheet.write_string(row, at, format_cell(cell), style)
        if code:
            raise StraitsError(
                f"sheet {name!r}, row {row + 1}: {str(cell)[:60]!r} does not fit into a workbook (a cell holds "
                f"{_CELL_CHARACTERS} characters, a sheet 1048576 rows); save the case as a folder"
            )

    def close(self) -> bytes:
        self.book.close()
        return self.buffer.getvalue()


def workbook_bytes(case: Case) -> bytes:
    """Give the workbook of a case.

    Parameters
    ----------
    case : Case

    Returns
    -------
    bytes

    Raises
    ------
    StraitsError
        A text too long for a cell, or a table too long for a sheet.
    """
    writer = _Writer()
    writer.sheet(
        "case", ["name", "value"], _flat(case.settings.model_dump(exclude_defaults=True)), [True, True]
    )
    tables = case.tables
    for name in TABLES:
        used = case.used_columns(name)
        if used:
            rows = tables[name][list(used)].itertuples(index=False, name=None)
            writer.sheet(name, list(used), rows, [not column.is_number for column in used.values()])
    scenarios = list(case.scenarios.values())
    if scenarios:
        _write_records(writer, "scenarios", _scenario_columns(), [("", scenario) for scenario in scenarios])
    disruptions = [(scenario.id, item) for scenario in scenarios for item in scenario.disruptions]
    if disruptions:
        _write_records(writer, "disruptions", row_columns(Disruption), disruptions)
    changes = [(scenario.id, item) for scenario in scenarios for item in scenario.changes]
    if changes:
        cols = {**_change_columns(), "value": _TEXT}
        _write_records(writer, "changes", cols, changes)
    if case.routes is not None:
        from straits.case.case import routes_bytes

        text = routes_bytes(case.routes).decode()
        size = _CELL_CHARACTERS // 2  # counted in UTF-16 by Excel: two units at most for one character
        parts = [[f'"{text[at : at + size]}"'] for at in range(0, len(text), size)]
        writer.sheet("routes", ["geojson"], parts, [True])
    return writer.close()


def _flat(settings: Mapping[str, Any], prefix: str = "") -> list[list[Any]]:
    rows: list[list[Any]] = []
    for key, value in settings.items():
        if isinstance(value, dict):
            rows += _flat(value, f"{prefix}{key}.")
        else:
            rows.append([f"{prefix}{key}", "|".join(value) if isinstance(value, tuple) else value])
    return rows


def _write_records(
    writer: _Writer, sheet: str, cols: Mapping[str, Column], items: Sequence[tuple[str, Any]]
) -> None:
    """Write models as rows; those that belong to a scenario begin with its id."""
    owned = sheet != "scenarios"
    rows = []
    for owner, item in items:
        values = item.model_dump(exclude_defaults=True)
        cells = ["|".join(cell) if isinstance(cell := values.get(name), tuple) else cell for name in cols]
        rows.append([owner, *cells] if owned else cells)
    texts = [not column.is_number for column in cols.values()]
    writer.sheet(
        sheet, ["scenario", *cols] if owned else list(cols), rows, [True, *texts] if owned else texts
    )


# --- reading -----------------------------------------------------------------------------------------------------


def read_workbook(path: Path, findings: list[Finding]) -> RawCase:
    """Read a workbook, adding what is wrong to `findings`. Sheets whose names begin with an underscore are left alone.

    Parameters
    ----------
    path : Path
    findings : list of Finding

    Returns
    -------
    RawCase
    """
    from python_calamine import CalamineError, CalamineWorkbook

    raw = RawCase()
    try:
        book = CalamineWorkbook.from_path(str(path))
        sheets = {
            name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names
        }
    except (CalamineError, OSError, ValueError) as error:
        findings.append(Finding("unreadable_file", "error", f"{path.name}: {error}"))
        return raw
    findings += _error_cells(path)
    found: dict[str, RawTable] = {}
    for name, grid in sheets.items():
        if name.startswith("_"):
            continue
        if name not in _SHEETS:
            message = f"unknown sheet {name!r}; accepted: {', '.join(_SHEETS)}{did_you_mean(name, _SHEETS)}"
            findings.append(Finding("unknown_file", "error", message))
            continue
        table = _raw_table(name, grid, findings)
        if table is not None:
            found[name] = table
    raw.tables = {name: table for name, table in found.items() if name in TABLES}
    if "case" in found:
        raw.settings = _settings(found["case"], findings)
    else:
        findings.append(Finding("missing_file", "error", "sheet 'case' is missing"))
    raw.scenarios = _scenarios(found, findings)
    if "routes" in found:
        text = "".join(str(row[0])[1:-1] for row in found["routes"].rows)
        raw.routes = read_routes(text.encode(), findings)
    return raw


def _error_cells(path: Path) -> Iterable[Finding]:
    """Yield cells that the reader would give as blank ones: an error such as #N/A, or a formula whose value was not stored."""
    with zipfile.ZipFile(path) as archive:
        book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
        links = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
        targets = {link.get("Id"): str(link.get("Target")).removeprefix("/xl/") for link in links}
        for sheet in book.iterfind(".//{*}sheet"):
            identity = next(value for key, value in sheet.attrib.items() if key.endswith("}id"))
            part = f"xl/{targets[identity]}"
            if part not in archive.namelist():
                continue
            for cell in ElementTree.fromstring(archive.read(part)).iterfind(".//{*}c"):
                if cell.get("t") == "e":
                    message = f"cell {cell.get('r')} holds the error {cell.findtext('{*}v')}"
                elif cell.find("{*}f") is not None and cell.find("{*}v") is None:
                    message = (
                        f"cell {cell.get('r')} holds the formula ={cell.findtext('{*}f')} and no value: a program wrote it that "
                        "does not reckon. Open and save the workbook in a spreadsheet, or write the value"
                    )
                else:
                    continue
                yield Finding("number", "error", message, sheet.get("name"))


def _raw_table(name: str, grid: list[list[Any]], findings: list[Finding]) -> RawTable | None:
    above = next((at for at, cells in enumerate(grid) if not all(is_blank(cell) for cell in cells)), 0)
    grid = grid[above:]
    header = [str(cell).strip() for cell in grid[0]] if grid else []
    while header and not header[-1]:
        header.pop()
    if not header:
        findings.append(Finding("unreadable_file", "error", "the sheet has no header row", name))
        return None
    rows: list[Sequence[Any]] = []
    lines: list[int] = []
    for number, cells in enumerate(grid[1:], start=above + 2):
        if all(is_blank(cell) for cell in cells):
            continue
        if any(not is_blank(cell) for cell in cells[len(header) :]):
            findings.append(
                Finding("ragged_row", "error", "a cell right of the last column name", name, line=number)
            )
            continue
        rows.append(cells)
        lines.append(number)
    return RawTable(name, header, rows, lines)


def _settings(table: RawTable, findings: list[Finding]) -> dict[str, Any]:
    """Give the nested settings of a sheet of dotted names and values."""
    settings: dict[str, Any] = {}
    if table.header[:2] != ["name", "value"]:
        message = f"found the columns {', '.join(table.header)}; accepted: name, value"
        findings.append(Finding("unknown_column", "error", message, table.name))
        return settings
    for cells, line in zip(table.rows, table.lines or [], strict=True):
        if is_blank(cells[1]):
            continue
        name = str(cells[0]).strip()
        *parents, leaf = name.split(".")
        inner = settings
        for parent in parents:
            inner = inner.setdefault(parent, {})
        value = cells[1]
        try:
            if isinstance(value, bool) or name not in _NUMBER_SETTINGS:
                value = parse_cell(_TEXT, value)
                if name in _LIST_SETTINGS:
                    value = [part.strip() for part in str(value).split("|") if part.strip()]
            elif isinstance(value, float) and value.is_integer():
                value = int(value)
        except CellError as error:
            findings.append(Finding(error.code, "error", str(error), table.name, name, "value", line))
            continue
        inner[leaf] = value
    return settings


def _scenarios(found: Mapping[str, RawTable], findings: list[Finding]) -> list[dict[str, Any]]:
    """Give the scenarios of their three sheets as nested mappings."""
    scenarios: dict[str, dict[str, Any]] = {}
    for record, line in _records(found.get("scenarios"), _scenario_columns(), findings):
        name = str(record.get("id", ""))
        if name in scenarios:
            findings.append(
                Finding(
                    "duplicate_id", "error", f"scenario {name!r} stands twice", "scenarios", name, "id", line
                )
            )
        scenarios[name] = record
    for sheet, cols in (
        ("disruptions", row_columns(Disruption)),
        ("changes", {**_change_columns(), "value": _TEXT}),
    ):
        for record, line in _records(found.get(sheet), {"scenario": _TEXT, **cols}, findings):
            owner = str(record.pop("scenario", ""))
            if owner not in scenarios:
                message = f"found scenario {owner!r}, which sheet 'scenarios' does not have{did_you_mean(owner, scenarios)}"
                findings.append(Finding("unknown_id", "error", message, sheet, None, "scenario", line))
                continue
            if sheet == "changes":
                record.setdefault("value", "")  # a blank value makes the cell blank
            scenarios[owner].setdefault(sheet, []).append(record)
    return list(scenarios.values())


def _records(
    table: RawTable | None, cols: Mapping[str, Column], findings: list[Finding]
) -> Iterable[tuple[dict[str, Any], int]]:
    """Yield the rows of a sheet as mappings with typed cells, blank ones left out."""
    if table is None:
        return
    for name in table.header:
        if name not in cols:
            message = f"unknown column {name!r}; accepted: {', '.join(cols)}{did_you_mean(name, cols)}"
            findings.append(Finding("unknown_column", "error", message, table.name, column=name))
    for cells, line in zip(table.rows, table.lines or [], strict=True):
        record: dict[str, Any] = {}
        for name, cell in zip(table.header, cells, strict=False):
            if name not in cols or is_blank(cell):
                continue
            try:
                value = parse_cell(cols[name], cell)
            except CellError as error:
                findings.append(Finding(error.code, "error", str(error), table.name, None, name, line))
                continue
            record[name] = str(value).split("|") if cols[name].kind == "list" else value
        yield record, line
