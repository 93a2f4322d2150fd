"""How a result leaves a command: as JSON on standard output, or written to where `--out` says."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from straits.cli.shared.console import write_json, write_tables

if TYPE_CHECKING:
    from straits.results import Result


def write_result(result: Result, out: Path | None) -> None:
    """Write a result to FOLDER (each table as CSV for people; result.json and tables/ to be loaded), FILE.zip, .xlsx or .csv.

    Parameters
    ----------
    result : Result
    out : Path or None
        None writes nothing.

    Raises
    ------
    StraitsError
        If it cannot be written.
    """
    if out is None:
        return
    kind = out.suffix.lower()
    if kind == ".xlsx":
        from straits.results import write_workbook

        write_workbook(result, out)
    elif kind == ".csv":
        write_tables({out.stem: result.table}, out.parent)
    elif kind == ".zip":
        result.save(out)
    else:
        write_tables(result.tables, out)
        result.save(out, parquet=False)


def leave(result: Result, out: Path | None, as_json: bool) -> bool:
    """Write a result where it is asked for; return whether it was printed as JSON, so that nothing else is."""
    write_result(result, out)
    if as_json:
        write_json(result.to_json())
    return as_json
