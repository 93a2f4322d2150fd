"""The workbook: one sheet for each table, units in the headings, a contents sheet in front."""

from __future__ import annotations

import io
from typing import Any

import numpy as np

from straits.report.study.content import Study
from straits.report.table import Table
from straits.results.workbook import write_cell
from straits.spreadsheet import workbook_in

#: Number formats: shares as percentages, the rest with as many decimals as its size asks for.
_SHARES = ("share", "of capacity", "share of observed", "share of capacity left")


def workbook(study: Study, tables: list[Table]) -> bytes:
    """Give `tables` as an XLSX workbook."""
    buffer = io.BytesIO()
    cells = sum(table.frame.size for table in tables)
    with workbook_in(buffer, study.case.settings.title, cells) as book:
        styles = {
            "head": book.add_format(
                {"bold": True, "text_wrap": True, "valign": "top", "bottom": 1, "bg_color": "#E9EEF2"}
            ),
            "title": book.add_format({"bold": True, "font_size": 14}),
            "link": book.add_format({"font_color": "#0072B2", "underline": 1}),
            "wrap": book.add_format({"text_wrap": True, "valign": "top"}),
            "big": book.add_format({"num_format": "#,##0"}),
            "middle": book.add_format({"num_format": "#,##0.0"}),
            "small": book.add_format({"num_format": "0.000"}),
            "share": book.add_format({"num_format": "0.0 %"}),
        }
        _contents(book, styles, study, tables)
        for table in tables:
            _sheet(book, styles, table)
    return buffer.getvalue()


def _contents(book: Any, styles: dict[str, Any], study: Study, tables: list[Table]) -> None:
    sheet = book.add_worksheet("contents")
    sheet.set_column(0, 0, 22)
    sheet.set_column(1, 1, 60)
    sheet.set_column(2, 2, 10)
    sheet.set_column(3, 3, 100)
    sheet.write(0, 0, study.case.settings.title, styles["title"])
    sheet.write(1, 0, f"Case {study.case.settings.id}, hash {study.case.hash}")
    for column, head in enumerate(("sheet", "content", "rows", "how to read it")):
        sheet.write(3, column, head, styles["head"])
    for row, table in enumerate(tables, 4):
        sheet.write_url(row, 0, f"internal:'{table.name[:31]}'!A1", styles["link"], table.name[:31])
        sheet.write(row, 1, table.title)
        sheet.write_number(row, 2, len(table.frame))
        sheet.write(row, 3, table.told(), styles["wrap"])


def _sheet(book: Any, styles: dict[str, Any], table: Table) -> None:
    sheet = book.add_worksheet(table.name[:31])
    sheet.freeze_panes(1, 0)
    frame = table.frame
    for column, name in enumerate(frame.columns):
        heading = table.heading(str(name))
        sheet.set_column(column, column, _width(frame[name], heading), _style(styles, table, str(name)))
    for column, name in enumerate(frame.columns):
        sheet.write_string(0, column, table.heading(str(name)), styles["head"])
    for row, values in enumerate(frame.itertuples(index=False, name=None), 1):
        for column, value in enumerate(values):
            write_cell(sheet, row, column, value)
    sheet.autofilter(0, 0, max(1, len(frame)), max(0, len(frame.columns) - 1))


def _style(styles: dict[str, Any], table: Table, column: str) -> Any:
    values = table.frame[column]
    if values.dtype.kind not in "if":
        return None
    if table.units.get(column) in _SHARES:
        return styles["share"]
    finite = np.abs(values.to_numpy(float)[np.isfinite(values.to_numpy(float))])
    largest = finite.max(initial=0.0)
    return styles["big" if largest >= 1000 else "middle" if largest >= 10 else "small"]


def _width(values: Any, heading: str) -> float:
    if values.dtype.kind in "ifb":
        return min(24.0, max(10.0, len(heading) * 0.75))
    longest = max((len(str(value)) for value in values.head(200)), default=8)
    return float(min(60, max(10, longest + 1, len(heading) * 0.75)))
