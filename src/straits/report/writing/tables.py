"""The tables of a study: the same for CSV, workbook and the twins of figures."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from straits.files import refuse_link, write_together
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


def write_csv(tables: Iterable[Table], folder: Path) -> list[Path]:
    """Write each table that has rows as UTF-8 CSV with units in the headings; returns the paths.

    A spreadsheet takes no text in them for a formula.

    All files are whole, or none is there. What a run before left of tables that now have no rows is removed: it would be read
    as this study's.
    """
    refuse_link(folder)
    files, without = {}, []
    for table in tables:
        name = f"{table.name}.csv"
        if not len(table.frame):
            without.append(folder / name)
            continue
        frame = table.frame.rename(columns={column: table.heading(str(column)) for column in table.frame})
        files[name] = frame_bytes(frame, float_format="%.10g")
    write_together(folder, files)
    for path in without:
        refuse_link(path)
        path.unlink(missing_ok=True)
    return [folder / name for name in files]
