"""From raw tables, as any reader gives them, to typed frames and validated rows. Collects every error."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from straits.case.data import ParsedTable
from straits.case.files.cells import CellError, decimal_marks, parse_cell
from straits.case.files.numbers_in_texts import NumbersInTexts
from straits.case.files.raw import RawTable
from straits.case.findings import Finding
from straits.case.schema.fields import Row
from straits.case.schema.tables import TABLES, columns
from straits.errors import did_you_mean


def check_header(raw: RawTable) -> Iterable[Finding]:
    """Yield errors of unknown, repeated and missing columns."""
    known = columns(raw.name)
    seen: set[str] = set()
    nameless = [at for at, name in enumerate(raw.header, start=1) if not name]
    if nameless:
        what = f"column {nameless[0]} has" if len(nameless) == 1 else f"{len(nameless)} columns have"
        message = f"{what} no name, left of {raw.header[-1]!r}; name each column, or leave none empty"
        yield Finding("unknown_column", "error", message, raw.name, column="")
    for name in raw.header:
        if not name:
            continue
        if name not in known:
            message = f"unknown column {name!r}; accepted: {', '.join(known)}{did_you_mean(name, known)}"
            yield Finding("unknown_column", "error", message, raw.name, column=name)
        elif name in seen:
            yield Finding("repeated_column", "error", f"column {name!r} stands twice", raw.name, column=name)
        seen.add(name)
    for name, column in known.items():
        if column.required and name not in seen:
            message = f"column {name!r} is missing, and every row needs it"
            yield Finding("missing_column", "error", message, raw.name, column=name)


def marks_of(raw: RawTable) -> set[str]:
    """Give the decimal marks that a file shows; none for one whose separator is a comma, which has points."""
    if raw.delimiter == ",":
        return set()
    places = _places(raw)
    return decimal_marks(_number_texts(raw, places) + list(NumbersInTexts(raw, places).texts()))


def _places(raw: RawTable) -> dict[str, int]:
    """Give where each known column stands, the first of those of one name."""
    known = columns(raw.name)
    return {name: index for index, name in reversed(list(enumerate(raw.header))) if name in known}


def _number_texts(raw: RawTable, places: Mapping[str, int]) -> list[str]:
    known = columns(raw.name)
    return [
        cell for name, at in places.items() if known[name].is_number
        for row in raw.rows if at < len(row) and isinstance(cell := row[at], str) and cell.strip()
    ]  # fmt: skip


def parse_table(raw: RawTable, findings: list[Finding], others: frozenset[str] = frozenset()) -> ParsedTable:
    """Type every cell of a table and validate every row, adding what is wrong to `findings`.

    Parameters
    ----------
    raw : RawTable
    others : set of str
        Decimal marks of the files that claims speak of: a claim's value stands as it would stand in the cell.
    findings : list of Finding
        Grows by every error found.

    Returns
    -------
    ParsedTable
        With the rows that could be read. It stands for the table only if no error was found.
    """
    known = columns(raw.name)
    header_errors = list(check_header(raw))
    findings += header_errors
    missing = {finding.column for finding in header_errors if finding.code == "missing_column"}
    places, written = _places(raw), NumbersInTexts(raw, _places(raw))
    marks = marks_of(raw) | (others if raw.name == "claims" else set())
    mark = "." if raw.delimiter == "," else marks.pop() if len(marks) == 1 else ""
    model = TABLES[raw.name]
    records: list[dict[str, Any]] = []
    rows: dict[str, Row] = {}
    lines: dict[str, int] = {}
    for number, cells in enumerate(raw.rows):
        line = raw.lines[number] if raw.lines else None
        record: dict[str, Any] = {}
        wrong: list[Finding] = []
        row_id = _row_id(cells, places.get("id"))
        for name, at in places.items():
            try:
                cell = written.canonical(name, cells, mark) if at < len(cells) else None
                value = parse_cell(known[name], cell, mark)
            except CellError as error:
                wrong.append(Finding(error.code, "error", str(error), raw.name, row_id, name, line))
                continue
            if value is not None:
                record[name] = value
            elif known[name].required and name not in missing:
                what = "number" if known[name].is_number else "value"
                wrong.append(
                    Finding("missing_value", "error", f"this {what} is missing", raw.name, row_id, name, line)
                )
        key = record.get("id")
        if isinstance(key, str) and key in rows:
            at_line = f" (first on line {lines[key]})" if key in lines else ""
            wrong.append(
                Finding(
                    "duplicate_id", "error", f"id {key!r} stands twice{at_line}", raw.name, key, "id", line
                )
            )
        if not wrong and not missing:
            rows[record["id"]] = model.model_validate(record)
        findings += wrong
        if isinstance(key, str) and line is not None:
            lines.setdefault(key, line)
        records.append(record)
    ids = dict.fromkeys(key for record in records if isinstance(key := record.get("id"), str))
    return ParsedTable(raw.name, records, rows, lines, ids)


def _row_id(cells: Sequence[Any], at: int | None) -> str | None:
    if at is None or at >= len(cells) or cells[at] is None:
        return None
    return str(cells[at]).strip() or None


def raw_from_frame(table: str, data: Any) -> RawTable:
    """Give the raw table of a DataFrame or a list of mappings.

    Parameters
    ----------
    table : str
    data : DataFrame or list of dict

    Returns
    -------
    RawTable
    """
    import pandas as pd

    if isinstance(data, pd.DataFrame):
        header = [str(name) for name in data.columns]
        return RawTable(table, header, list(data.astype(object).itertuples(index=False, name=None)))
    records = list(data)
    header = list(dict.fromkeys(name for record in records for name in record))
    return RawTable(table, header, [[record.get(name) for name in header] for record in records])
