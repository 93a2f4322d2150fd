"""One sheet of a workbook: its cells, what is merged, and what is wrong in it."""

from __future__ import annotations

import bisect
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

#: Work that merged cells may ask for.
_MOST_MERGED = 1_000_000


class WorkbookError(ValueError):
    """A file that is no workbook, or one that is larger than is read."""


@dataclass
class Sheet:
    """One sheet.

    Attributes
    ----------
    rows : dict of int to dict of int to value
        Cells that hold something, by row (from 1) and column (from 0), in the order of the file: str, float, bool or a date.
    merges : list of (first row, first column, last row, last column)
    faults : list of (cell, text)
        Cells that hold an error such as #N/A, or a formula whose value was not stored.
    shown : dict of (row, column) to str
        Numbers that their format shows as others, or as amounts of a currency; see `kind_of_format`.
    """

    name: str
    rows: dict[int, dict[int, Any]] = field(default_factory=dict)
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    faults: list[tuple[str, str]] = field(default_factory=list)
    shown: dict[tuple[int, int], str] = field(default_factory=dict)


def spread_merges(sheet: Sheet, header_row: int, columns: int) -> Iterable[tuple[int, str]]:
    """Write the value of cells that are merged downwards into each of their rows that holds anything, and name other merges.

    People read such a value as that of every row; the file has it in the first alone.

    Parameters
    ----------
    sheet : Sheet
        Its rows are changed.
    header_row : int
        Row of the column names.
    columns : int
        How many columns have names.

    Returns
    -------
    list of (row, text)
        Cells merged across columns, or with the name of a column, each of which needs a value of its own.

    Raises
    ------
    WorkbookError
        More merged cells than a sheet can have.
    """
    wrong, work = [], 0
    filled = sorted(number for number in sheet.rows if number > header_row)
    held = {number: set(sheet.rows[number]) for number in filled}
    for top, left, bottom, right in sheet.merges:
        value = sheet.rows.get(top, {}).get(left)
        if top <= header_row < bottom and left < columns and filled and filled[0] <= bottom:
            span = f"{letters(left)}{top}:{letters(right)}{bottom}"
            text = f"cells {span} merge the name of a column with rows below it; separate them and give each row its value"
            wrong.append((filled[0], text))
            continue
        if top <= header_row or left >= columns or value is None:
            continue
        if right > left and columns > left + 1:
            span = f"{letters(left)}{top}:{letters(right)}{bottom}"
            wrong.append(
                (top, f"cells {span} are merged across columns; separate them and give each column its value")
            )
            continue
        inside = filled[bisect.bisect_right(filled, top) : bisect.bisect_right(filled, bottom)]
        work += 1 + len(inside)
        if work > _MOST_MERGED:
            raise WorkbookError("the sheet has more merged cells than are read; separate them")
        for number in inside:
            if held[number] - {left}:
                sheet.rows[number][left] = value
    return wrong


def letters(column: int) -> str:
    """Give the letters of a column, counted from 0."""
    name, left = "", column + 1
    while left > 0:
        left, digit = divmod(left - 1, 26)
        name = chr(65 + digit) + name
    return name
