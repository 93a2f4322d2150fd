"""CSV files as columns of texts with the line of each row."""

from __future__ import annotations

import csv
import io
import warnings
from typing import TYPE_CHECKING

import pandas as pd

from straits.errors import did_you_mean

if TYPE_CHECKING:
    from straits.goods.readers.base import Source
    from straits.goods.refusals import Refusals

#: Column that holds the line of a row in its file.
LINE = "line"


def read_cells(source: Source, refusals: Refusals, *, header: list[str] | None = None) -> pd.DataFrame | None:
    """Return every cell of a CSV file as text, and the line of each row in column `line`.

    Parameters
    ----------
    source : Source
    refusals : Refusals
        Grows by every row that has too few or too many cells.
    header : list of str, optional
        Names of the columns of a file that has no header line.

    Returns
    -------
    DataFrame or None
        None if the file is no CSV at all; the refusal says why.
    """
    try:
        text = source.data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = source.above + source.data[: error.start].count(b"\n") + 1
        refusals.refuse(
            source.file, line, "", "letters that are not UTF-8", "the file saved as CSV UTF-8", "encoding"
        )
        return None
    fast = _read_fast(source, text, header)
    return fast if fast is not None else _read_slowly(source, text, header, refusals)


def _twice(names: list[str]) -> list[str]:
    """Give the names of columns that stand twice; columns without a name are none."""
    return sorted({name for name in names if name and names.count(name) > 1})


def _read_fast(source: Source, text: str, header: list[str] | None) -> pd.DataFrame | None:
    """Read a file without quotes whose rows all have as many cells as its header; None for any other."""
    mark = source.separator
    if '"' in text or (
        header is None and _twice([name.strip() for name in text.partition("\n")[0].split(mark)])
    ):
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", pd.errors.ParserWarning)
            frame = pd.read_csv(
                io.StringIO(text), sep=mark, dtype=str, keep_default_na=False, na_filter=False, header=None if header else 0,
                names=header, index_col=False, skip_blank_lines=False, encoding_errors="strict", low_memory=False,
                on_bad_lines="error",
            )  # fmt: skip
    except (pd.errors.ParserError, pd.errors.ParserWarning, pd.errors.EmptyDataError, ValueError):
        return None
    lines = text.count("\n") + (not text.endswith("\n")) - (0 if header else 1)
    if len(frame) != lines:
        return None
    # A cell that is missing at the end of a row comes as an empty text: only counting the marks tells a short row.
    if text.count(mark) != (len(frame.columns) - 1) * (lines + (0 if header else 1)):
        return None
    frame.columns = [str(name).strip() for name in frame.columns]
    first = source.above + (1 if header else 2)
    frame[LINE] = range(first, first + len(frame))
    return frame


def _read_slowly(
    source: Source, text: str, header: list[str] | None, refusals: Refusals
) -> pd.DataFrame | None:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=source.separator, strict=True)
    rows: list[list[str]] = []
    lines: list[int] = []
    names = header
    before = source.above
    try:
        for row in reader:
            line, before = before + 1, source.above + reader.line_num
            if not any(cell.strip() for cell in row):
                continue
            if names is None:
                names = [cell.strip() for cell in row]
                if twice := _twice(names):
                    refusals.refuse(
                        source.file, line, ", ".join(twice), "a column name twice", "each name once", "header"
                    )
                    return None
                continue
            if len(row) != len(names):
                found = f"{len(row)} cells"
                refusals.refuse(
                    source.file, line, "", found, f"{len(names)} cells, as in the header", "ragged_row"
                )
                continue
            rows.append(row)
            lines.append(line)
    except csv.Error as error:
        refusals.refuse(
            source.file,
            before + 1,
            "",
            f"a broken row: {error}",
            'quotes inside a text as ""',
            "unreadable_file",
        )
        return None
    if names is None:
        refusals.refuse(source.file, "", "", "no header line", "a line of column names", "header")
        return None
    frame = pd.DataFrame(rows, columns=pd.Index(names), dtype="str")
    frame[LINE] = lines
    return frame


def mapped(
    frame: pd.DataFrame, columns: dict[str, str], *, file: str, needed: tuple[str, ...], refusals: Refusals
) -> pd.DataFrame | None:
    """Rename columns of a file to the fields of this room.

    Parameters
    ----------
    frame : DataFrame
    columns : dict of str to str
        Field -> column of the file.
    file : str
    needed : tuple of str
        Fields without which the file cannot be read.
    refusals : Refusals

    Returns
    -------
    DataFrame or None
        Only the mapped fields and `line`; None if a needed one is missing.
    """
    missing = False
    kept = {}
    for name, column in columns.items():
        if column in frame.columns:
            kept[name] = column
        elif name in needed:
            hint = did_you_mean(column, [str(c) for c in frame.columns])
            refusals.refuse(
                file, "1", column, "no such column", f"a column for {name}{hint}", "missing_column"
            )
            missing = True
    for name in needed:
        if name not in columns:
            refusals.refuse(
                file, "1", name, "no column for it", f"a column map: --column {name}=COLUMN", "missing_column"
            )
            missing = True
    if missing:
        return None
    return pd.DataFrame({**{name: frame[column] for name, column in kept.items()}, LINE: frame[LINE]})
