"""A result as a workbook: one sheet for each table, units in the headings, and a first sheet that says what was asked."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from straits.errors import StraitsError
from straits.plain import as_text
from straits.spreadsheet import new_workbook

if TYPE_CHECKING:
    from straits.results.result import Result


def write_workbook(result: Result, path: Path | str) -> Path:
    """Write a result as XLSX and return its path.

    Raises
    ------
    StraitsError
        If the file cannot be written.
    """
    path = Path(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        cells = sum(table.size for table in result.tables.values())
        with new_workbook(path, result.question[:200], cells) as book:
            _about(book, result)
            head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
            for name, table in result.tables.items():
                sheet = book.add_worksheet(name[:31])
                sheet.freeze_panes(1, 0)
                units = table.attrs.get("units", {})
                for place, column in enumerate(table.columns):
                    words = str(column).replace("_", " ")
                    sheet.write_string(
                        0, place, f"{words} [{units[column]}]" if column in units else words, head
                    )
                for row, values in enumerate(table.itertuples(index=False, name=None), 1):
                    for place, value in enumerate(values):
                        write_cell(sheet, row, place, value)
    except OSError as error:
        raise StraitsError(f"{path}: the workbook cannot be written: {error.strerror or error}") from error
    return path


def _about(book: Any, result: Result) -> None:
    sheet = book.add_worksheet("about")
    sheet.set_column(0, 0, 18)
    sheet.set_column(1, 1, 120)
    lines = [("question", result.question), ("method", result.method)]
    lines += [("answer", sentence) for sentence in result.sentences]
    lines += [(f"sheet {name}", str(table.attrs.get("title", ""))) for name, table in result.tables.items()]
    lines += [(name, str(value)) for name, value in result.parameters.items()]
    for row, (what, text) in enumerate(lines):
        sheet.write_string(row, 0, what)
        sheet.write_string(row, 1, text[:32767])


def write_cell(sheet: Any, row: int, column: int, value: Any) -> None:
    """Write a cell; a missing value is a blank cell and an unlimited one the word, since a sheet knows neither."""
    if isinstance(value, str):
        sheet.write_string(row, column, value[:32767])
    elif isinstance(value, bool | np.bool_):
        sheet.write_boolean(row, column, bool(value))
    elif isinstance(value, int | float | np.integer | np.floating):
        if math.isfinite(value):
            sheet.write_number(row, column, float(value))
        elif not math.isnan(value):
            sheet.write_string(row, column, "unlimited" if value > 0 else "minus unlimited")
    elif value is not None and value is not pd.NA and value == value:
        sheet.write_string(row, column, as_text(value)[:32767])
