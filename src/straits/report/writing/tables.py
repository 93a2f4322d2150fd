"""The tables of a study: the same for CSV, workbook and the twins of figures."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from straits.report.registry import all_parts
from straits.report.study.content import Study
from straits.report.table import Table
from straits.spreadsheet import frame_bytes

#: Numbers below this are rounding.
_NOISE = 1e-9


def study_tables(study: Study) -> list[Table]:
    """Return all tables of a study that have rows, in the order of the report."""
    return [table for table in every_table(study) if len(table.frame)]


def every_table(study: Study) -> list[Table]:
    """Return every table that a study can have; those of what the case does not have are without rows."""
    chosen = study.sections
    parts = [part for part in all_parts() if chosen is None or part.ident in chosen]
    return [_without_noise(table) for part in parts for table in part.every_table(study)]


def _without_noise(table: Table) -> Table:
    """Write what is rounding as nothing, as the page does: 4e-12 kt is no loss."""
    noisy = [
        name
        for name in table.frame.columns
        if (cells := table.frame[name]).dtype.kind == "f" and ((cells != 0) & (cells.abs() < _NOISE)).any()
    ]
    if not noisy:
        return table
    calm = {name: table.frame[name].mask(table.frame[name].abs() < _NOISE, 0.0) for name in noisy}
    return replace(table, frame=table.frame.assign(**calm))


def csv_files(tables: Iterable[Table]) -> tuple[dict[str, bytes], list[str]]:
    """Give tables that have rows as UTF-8 CSV with units in the headings, by name of file, and the names of the others.

    A spreadsheet takes no text in them for a formula.
    """
    files, without = {}, []
    for table in tables:
        name = f"{table.name}.csv"
        if not len(table.frame):
            without.append(name)
            continue
        frame = table.frame.rename(columns={column: table.heading(str(column)) for column in table.frame})
        files[name] = frame_bytes(frame, float_format="%.10g")
    return files, without
