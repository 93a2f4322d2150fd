"""A case as one XLSX workbook: a sheet per table, and the sheets case, scenarios, disruptions, changes, threats and
routes.

Texts are written as texts and numbers as numbers. A number that Excel's sixteen digits would change is written as text,
which reads back exactly; so folder to workbook to folder gives the same bytes.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from straits.case.files.cells import CellError, format_cell, is_blank, parse_cell
from straits.case.files.formats import shown_otherwise
from straits.case.files.nested import flat, nested, put
from straits.case.files.raw import RawCase, RawTable
from straits.case.files.routes import read_routes, routes_bytes
from straits.case.files.sheet import Sheet, WorkbookError, spread_merges
from straits.case.files.xlsx import read_sheets
from straits.case.findings import Finding
from straits.case.schema.fields import Row
from straits.case.schema.settings import Change, Disruption, Scenario
from straits.case.schema.tables import TABLES, Column, row_columns
from straits.errors import StraitsError, did_you_mean

if TYPE_CHECKING:
    from straits.case.data import CaseData

_MOST_COLUMNS, _MOST_GRID = 500, 20_000_000
_CELL_CHARACTERS = 32_767  # what a cell of a workbook can hold
_SHEETS = ("case", *TABLES, "scenarios", "disruptions", "changes", "threats", "routes")
_THREATS = ["threat", "name", "value"]
_NUMBER_SETTINGS = ("schema_version", "price_year")
_LIST_SETTINGS = ("focus.players", "time.refine", "exchange_rates")
_TEXT = Column("", "text", False, None, (), None, None, None, Row)


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


def workbook_bytes(case: CaseData) -> bytes:
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
    threats = [
        (threat.id, *entry)
        for threat in case.threats.values()
        for entry in flat(threat.model_dump(exclude_defaults=True, exclude={"id"}))
    ]
    if threats:
        writer.sheet("threats", _THREATS, threats, [True, True, False])
    if case.routes is not None:
        text = routes_bytes(case.routes).decode()
        size = _CELL_CHARACTERS // 2  # counted in UTF-16 by Excel: two units at most for one character
        parts = [[f'"{text[at : at + size]}"'] for at in range(0, len(text), size)]
        writer.sheet("routes", ["geojson"], parts, [True])
    return writer.close()


def _joined(value: Any) -> Any:
    """Give a list as one cell; of members that are mappings, such as refinements of the axis, the values."""
    if not isinstance(value, tuple):
        return value
    return "|".join(m if isinstance(m, str) else ":".join(map(str, m.values())) for m in value)


def _flat(settings: Mapping[str, Any], prefix: str = "") -> list[list[Any]]:
    rows: list[list[Any]] = []
    for key, value in settings.items():
        if isinstance(value, dict):
            rows += _flat(value, f"{prefix}{key}.")
        else:
            rows.append([f"{prefix}{key}", _joined(value)])
    return rows


def _write_records(
    writer: _Writer, sheet: str, cols: Mapping[str, Column], items: Sequence[tuple[str, Any]]
) -> None:
    """Write models as rows; those that belong to a scenario begin with its id."""
    owned = sheet != "scenarios"
    rows = []
    for owner, item in items:
        values = item.model_dump(exclude_defaults=True)
        cells = [_joined(values.get(name)) for name in cols]
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
    raw = RawCase()
    found: dict[str, RawTable] = {}
    try:
        for sheet in read_sheets(path, _SHEETS.__contains__):
            name = sheet.name
            if name.startswith("_"):
                continue
            if name not in _SHEETS:
                message = (
                    f"unknown sheet {name!r}; accepted: {', '.join(_SHEETS)}{did_you_mean(name, _SHEETS)}"
                )
                findings.append(Finding("unknown_file", "error", message))
                continue
            if name in found:
                findings.append(Finding("unreadable_file", "error", "two sheets have this name", name))
            findings += [
                Finding("number", "error", f"cell {cell} {fault}", name) for cell, fault in sheet.faults
            ]
            table = _raw_table(sheet, findings)
            if table is not None:
                found[name] = table
    except (WorkbookError, OSError) as error:
        told = error.strerror if isinstance(error, OSError) else error
        findings.append(Finding("unreadable_file", "error", f"{path.name}: {told}"))
        return RawCase()
    raw.tables = {name: table for name, table in found.items() if name in TABLES}
    if "case" in found:
        raw.settings = _settings(found["case"], findings)
    else:
        findings.append(Finding("missing_file", "error", "sheet 'case' is missing"))
    raw.scenarios = _scenarios(found, findings)
    raw.threats = _threats(found.get("threats"), findings)
    if "routes" in found:
        text = "".join(str(row[0])[1:-1] for row in found["routes"].rows)
        raw.routes = read_routes(text.encode(), findings)
    return raw


def _raw_table(sheet: Sheet, findings: list[Finding]) -> RawTable | None:
    numbers = sorted(sheet.rows)
    if not numbers:
        findings.append(Finding("unreadable_file", "error", "the sheet has no header row", sheet.name))
        return None
    first = sheet.rows[numbers[0]]
    header = [str(first.get(at, "")).strip() for at in range(max(first) + 1)]
    if len(header) > _MOST_COLUMNS or len(header) * len(numbers) > _MOST_GRID:
        message = (
            f"the names in the first row reach over {len(header):,} columns, with {len(numbers):,} rows below; accepted: at most "
            f"{_MOST_COLUMNS} columns side by side, and {_MOST_GRID:,} cells of them together"
        )
        findings.append(Finding("unreadable_file", "error", message, sheet.name))
        return None
    for line, text in spread_merges(sheet, numbers[0], len(header)):
        findings.append(Finding("unreadable_file", "error", text, sheet.name, line=line))
    if sheet.name in TABLES:
        findings += shown_otherwise(sheet, header)
    rows: list[Sequence[Any]] = []
    lines: list[int] = []
    for number in numbers[1:]:
        cells = sheet.rows[number]
        if max(cells) >= len(header):
            message = "a cell right of the last column name"
            findings.append(Finding("ragged_row", "error", message, sheet.name, line=number))
            continue
        rows.append([cells.get(at) for at in range(len(header))])
        lines.append(number)
    return RawTable(sheet.name, header, rows, lines)


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
        *parents, leaf = name.split(".", 3)
        inner: Any = settings
        for parent in parents:
            inner = inner.setdefault(parent, {}) if isinstance(inner, dict) else None
        if not isinstance(inner, dict) or leaf in inner:
            message = f"{name[:100]!r} stands twice, or beside a name that it belongs to"
            findings.append(Finding("settings", "error", message, table.name, name[:100], "value", line))
            continue
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


def _threats(table: RawTable | None, findings: list[Finding]) -> list[dict[str, Any]]:
    """Give the threats of their sheet as nested mappings."""
    threats: dict[str, dict[str, Any]] = {}
    if table is not None and table.header[:3] != _THREATS:
        message = f"found the columns {', '.join(table.header)}; accepted: {', '.join(_THREATS)}"
        findings.append(Finding("unknown_column", "error", message, table.name))
        return []
    for cells, line in zip(table.rows, table.lines or [], strict=True) if table is not None else ():
        if is_blank(cells[2]):
            continue
        owner, name, value = str(cells[0]).strip(), str(cells[1]).strip(), cells[2]
        if isinstance(value, datetime):
            value = value.date().isoformat()
        if not put(threats.setdefault(owner, {"id": owner}), name, value):
            message = f"{name[:100]!r} stands twice, or beside a name that it belongs to"
            findings.append(Finding("settings", "error", message, "threats", owner[:100], name[:100], line))
    return [nested(threat) for threat in threats.values()]


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
