"""Profiles from a wide table: dates down, one column for each profile."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from straits.case.files.cells import decimal_mark, format_cell, is_blank, parse_cell
from straits.case.files.csv import MOST_BYTES, read_csv
from straits.case.files.raw import RawTable
from straits.case.files.sheet import letters
from straits.case.files.xlsx import read_sheets
from straits.case.findings import Finding
from straits.case.schema.tables import columns
from straits.errors import CaseError, StraitsError
from straits.files import read_regular

_MONTH = re.compile(r"\d{4}-\d{2}")
#: Months from one date to the next, by the step that they stand for.
_STEPS = {1: "month", 3: "quarter", 12: "year"}


def read_wide(
    path: str | Path, *, unit: str | None = None, every_year: bool = False, sheet: str | None = None
) -> list[dict[str, Any]]:
    """Read a wide table as rows of table profiles.

    Parameters
    ----------
    path : str or Path
        CSV file or XLSX workbook: the first column holds rising dates (`2021-01-01`, or `2021-01` for a month), and the header of
        each other column is the name of a profile.
    unit : str, optional
        Unit of all numbers. Default: they are factors.
    every_year : bool
        Whether each row holds on the same days of every year.
    sheet : str, optional
        Of a workbook. Default: the first.

    Returns
    -------
    list of dict
        A stretch reaches to the next date; the last is as long as the one before it.

    Raises
    ------
    StraitsError
        The file cannot be read, or nothing says how long the last stretch is.
    CaseError
        With every cell that is no number or no date, and every profile without a number.
    """
    path = Path(path)
    findings: list[Finding] = []
    raw = _read(path, sheet, findings)
    if raw is None or findings:
        raise CaseError(findings, str(path))
    if len(raw.header) < 2 or not raw.rows:
        raise StraitsError(
            f"{path}: expected dates in the first column, a profile in each other one, and at least one row of numbers"
        )
    findings += _unnamed(raw)
    starts = _starts(raw, findings)
    rows = [] if findings else list(_rows(raw, starts, _times(path, starts), unit, every_year, findings))
    if findings:
        raise CaseError(findings, str(path))
    return rows


def _read(path: Path, sheet: str | None, findings: list[Finding]) -> RawTable | None:
    if path.suffix.lower() != ".xlsx":
        try:
            return read_csv(path.name, read_regular(path, MOST_BYTES, links=True), findings)
        except OSError as error:
            raise StraitsError(f"{path}: cannot be read: {error.strerror}") from error
    names: list[str] = []
    try:
        for found in read_sheets(path, lambda name: sheet is None or name == sheet):
            names.append(found.name)
            if not found.rows or (sheet is not None and found.name != sheet):
                continue
            findings += [
                Finding("number", "error", f"cell {cell}: {told}", path.name) for cell, told in found.faults
            ]
            lines = list(found.rows)
            width = max(max(cells) for cells in found.rows.values()) + 1
            grid = [[found.rows[line].get(c) for c in range(width)] for line in lines]
            return RawTable(path.name, [format_cell(c).strip() for c in grid[0]], list(grid[1:]), lines[1:])
    except (OSError, ValueError) as error:
        raise StraitsError(f"{path}: cannot be read: {error}") from error
    raise StraitsError(f"{path}: no sheet {sheet or 'with cells'!r}; it has {', '.join(names) or 'none'}")


def _unnamed(raw: RawTable) -> Iterator[Finding]:
    """Find the numbers that stand in a column whose name is missing, and the names that stand twice."""
    for at, name in enumerate(raw.header[1:], start=1):
        lines = raw.lines or range(2, len(raw.rows) + 2)
        under = [line for row, line in zip(raw.rows, lines, strict=True) if not is_blank(row[at])]
        if not name and under:
            told = f"column {letters(at)} holds numbers and has no name; accepted: the name of a profile above each number"
            yield Finding("missing_column", "error", told, raw.name, line=under[0])
        elif name and name in raw.header[1:at]:
            yield Finding("repeated_column", "error", "this column stands twice", raw.name, None, name)


def _starts(raw: RawTable, findings: list[Finding]) -> list[date]:
    """Give the date of each row, and add an error for each that is none or does not rise."""
    column, found = columns("profiles")["start"], list[date]()
    for at, row in enumerate(raw.rows):
        line = raw.lines[at] if raw.lines else None
        text = str(row[0]).strip() if row[0] is not None else ""
        try:
            day = parse_cell(column, f"{text}-01" if _MONTH.fullmatch(text) else row[0])
        except ValueError as error:
            findings.append(Finding("date", "error", str(error), raw.name, None, raw.header[0], line))
            continue
        if not isinstance(day, date) or (found and day <= found[-1]):
            told = f"found {text!r}; accepted: a date later than that of the row above"
            findings.append(Finding("date", "error", told, raw.name, None, raw.header[0], line))
            continue
        found.append(day)
    return found


def _times(path: Path, starts: Sequence[date]) -> list[dict[str, Any]]:
    """Give `step` or `end` of each stretch."""
    months = {
        (b.year - a.year) * 12 + b.month - a.month for a, b in itertools.pairwise(starts) if b.day == a.day
    }
    lengths = {(b - a).days for a, b in itertools.pairwise(starts)}
    apart = all(b.day == a.day for a, b in itertools.pairwise(starts))
    step = None
    if len(starts) > 1 and apart and len(months) == 1 and min(months) in _STEPS:
        step = _STEPS[min(months)]
    elif lengths in ({1}, {7}):
        step = "day" if lengths == {1} else "week"
    elif len(starts) == 1 and starts[0].day == 1:
        step = "month"
    if step:
        return [{"step": step}] * len(starts)
    if len(lengths) != 1:
        raise StraitsError(
            f"{path}: the rows are not one step of a day, week, month, quarter or year apart, so that nothing says how long the "
            "last one holds; add the missing rows"
        )
    length = timedelta(days=lengths.pop())
    return [{"end": (day + length).isoformat()} for day in starts]


def _rows(
    raw: RawTable,
    starts: Sequence[date],
    times: Sequence[dict[str, Any]],
    unit: str | None,
    every_year: bool,
    findings: list[Finding],
) -> Any:
    """Yield the rows, profile by profile, and add an error for each cell that is no number."""
    column = columns("profiles")["value"]
    texts = [str(cell) for row in raw.rows for cell in row[1:] if isinstance(cell, str)]
    mark = decimal_mark(texts, raw.delimiter)
    more = {"value_unit": unit} if unit else {}
    more |= {"every": "year"} if every_year else {}
    for at, name in enumerate(raw.header):
        if at == 0 or not name:
            continue
        for number, (row, start, time) in enumerate(zip(raw.rows, starts, times, strict=True)):
            line = raw.lines[number] if raw.lines else None
            try:
                value = None if is_blank(row[at]) else parse_cell(column, row[at], mark)
                if value is None:
                    raise ValueError("this number is missing; a blank is neither 0 nor the number above it")
            except ValueError as error:
                findings.append(
                    Finding("number", "error", str(error), raw.name, start.isoformat(), name, line)
                )
                continue
            yield {
                "id": f"{name}-{start.isoformat()}", "profile": name, "start": start.isoformat(), "value": value, **time, **more
            }  # fmt: skip
