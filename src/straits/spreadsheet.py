"""CSV and workbooks made for people, who open them in a spreadsheet: no text in them is taken for a formula.

A case's own CSV files are not written here: they stay exact, so that a case reads back as it was.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from straits.files import replacing, write_file

if TYPE_CHECKING:
    import pandas as pd

#: A sign by which spreadsheets know a formula (also in its full-width form), where a cell begins: at the start of the text, or
#: after a mark that separates cells or lines where a spreadsheet of another country opens the file.
_FORMULA = re.compile(r"(^|[;\t\r\n])(?=[\s\"\x00]*[=+\-@\uff1d\uff0b\uff0d\uff20])")
#: The same, whatever apostrophes stand there: as many places of a text before one more is put there as after.
_GUARDED = r"(?=[\s\"\x00']*[=+\-@\uff1d\uff0b\uff0d\uff20])"
_PUT, _TAKE = (re.compile(rf"(^|[;\t\r\n]){sign}{_GUARDED}") for sign in ("", "'"))
#: Cells of a workbook that may be held in memory, about 200 bytes each.
_HELD = 1_000_000
_NUMBER = re.compile(r"[+-]?(\d+([.,]\d*)?|\.\d+)([eE][+-]?\d+)?\s?%?")


@lru_cache(maxsize=1 << 16)
def harmless(text: str) -> str:
    """Put an apostrophe before what a spreadsheet would take for a formula; a number, or a lone sign, stays as it is.

    Parameters
    ----------
    text : str

    Returns
    -------
    str

    References
    ----------
    OWASP, CSV Injection, https://owasp.org/www-community/attacks/CSV_Injection.
    """
    if len(text) < 2 or _NUMBER.fullmatch(text):
        return text
    return _FORMULA.sub(r"\1'", text)


def guarded(text: str) -> str:
    """Put apostrophes as `harmless` does, in such a way that `bared` gives the text back, whatever apostrophes it had."""
    return text if len(text) < 2 or _NUMBER.fullmatch(text) else _PUT.sub(r"\1'", text)


def bared(text: str) -> str:
    """Take away the apostrophes that `guarded` put."""
    return _TAKE.sub(r"\1", text) if "'" in text else text


def write_frame(target: Path, frame: pd.DataFrame, **how: Any) -> None:
    """Write a frame as UTF-8 CSV for people, whole or not at all, without its index.

    Parameters
    ----------
    target : Path
    frame : DataFrame
    **how
        Passed to `DataFrame.to_csv`, such as `float_format`.

    Raises
    ------
    OSError
        If the file cannot be written.
    """
    with replacing(target) as beside:
        _harmless(frame).to_csv(beside, index=False, **how)


def frame_bytes(frame: pd.DataFrame, **how: Any) -> bytes:
    """Give what `write_frame` would write, with line feeds on every system."""
    return str(_harmless(frame).to_csv(index=False, lineterminator="\n", **how)).encode("utf-8")


def _harmless(frame: pd.DataFrame) -> pd.DataFrame:
    tame = frame.rename(columns=_tame)
    for at in range(frame.shape[1]):
        cells = frame.iloc[:, at]
        if cells.dtype.kind not in "biufM":
            tame.isetitem(at, [_tame(cell) for cell in cells])
    return tame


def write_rows(target: Path, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write rows as UTF-8 CSV for people, whole or not at all; None is a blank cell.

    Parameters
    ----------
    target : Path
    header : sequence of str
    rows : iterable of sequence
        Cells in the order of the header.

    Raises
    ------
    OSError
        If the file cannot be written.
    """
    write_file(target, rows_bytes(header, rows))


def rows_bytes(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """Give what `write_rows` would write."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([_tame(name) for name in header])
    writer.writerows([_tame(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8")


@contextmanager
def new_workbook(path: Path, title: str, cells: int | None = None) -> Iterator[Any]:
    """Give an empty XLSX workbook, which is written to `path`, whole or not at all, when the block has ended well.

    Parameters
    ----------
    path : Path
    title, cells
        As `workbook_in`.

    Yields
    ------
    xlsxwriter.Workbook

    Raises
    ------
    OSError
        If the file, or what is kept on disk until then, cannot be written.
    """
    buffer = io.BytesIO()
    with workbook_in(buffer, title, cells) as book:
        yield book
    write_file(path, buffer.getvalue())


@contextmanager
def workbook_in(buffer: io.BytesIO, title: str, cells: int | None = None) -> Iterator[Any]:
    """Give an empty XLSX workbook, which stands in `buffer` when the block has ended well.

    The same cells give the same file: a workbook would otherwise carry the moment it was written.

    Parameters
    ----------
    buffer : BytesIO
    title : str
        Of the document.
    cells : int, optional
        How many will be written, if that is known. Up to a million are held until the end, which takes two thirds of the time of
        writing row by row, and equal texts stand in the file once.

    Yields
    ------
    xlsxwriter.Workbook

    Raises
    ------
    OSError
        If what is kept on disk until then cannot be written.
    """
    import xlsxwriter
    from xlsxwriter.exceptions import FileCreateError

    by_row = cells is None or cells > _HELD
    options = {"constant_memory": by_row, "strings_to_urls": False, "strings_to_formulas": False}
    try:
        with xlsxwriter.Workbook(buffer, options) as book:
            book.set_properties({"title": title, "created": date(2000, 1, 1)})
            yield book
    except FileCreateError as error:
        # The library hides what the system said in an error of its own.
        said = error.args[0] if error.args else error
        raise said if isinstance(said, OSError) else OSError(str(said)) from error


def _tame(value: Any) -> Any:
    if isinstance(value, bool | int | float) or value is None:
        return value
    return harmless(value if isinstance(value, str) else str(value)) if value == value else value
