"""Numbers that stand in columns of text: steps of demand, and values of claims. They have the decimal mark of their file.

A text in the form that the rest of straits reads has a decimal point, so such texts are brought into it where a file is read.
Only files whose separator is no comma can have another mark.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from straits.case.files.cells import CellError, format_number, parse_number
from straits.case.files.raw import RawTable
from straits.case.schema.fields import LIST_SEPARATOR, UNLIMITED
from straits.case.schema.tables import TABLES, columns


class NumbersInTexts:
    """The numbers in text columns of one table.

    Parameters
    ----------
    raw : RawTable
    places : mapping of str to int
        Where each known column stands.
    """

    def __init__(self, raw: RawTable, places: Mapping[str, int]) -> None:
        self.raw, self.places = raw, places
        self.column = {"markets": "steps", "claims": "value"}.get(raw.name)
        self.possible = raw.delimiter != "," and self.column in places

    def texts(self) -> Iterator[str]:
        """Yield every such number as it is written."""
        if self.possible:
            for cells in self.raw.rows:
                for member in self._members(cells) or ():
                    yield from (part.strip() for part in member)

    def canonical(self, name: str, cells: Sequence[Any], mark: str) -> Any:
        """Give a cell of a column, its numbers with a decimal point if it is a text that holds some.

        Raises
        ------
        CellError
            A number that could be read in two ways.
        """
        cell = cells[self.places[name]]
        members = self._members(cells) if self.possible and name == self.column else None
        if members is None:
            return cell
        return LIST_SEPARATOR.join(":".join(_with_point(part, mark) for part in member) for member in members)

    def _members(self, cells: Sequence[Any]) -> list[list[str]] | None:
        """Give the parts of each member of a list of numbers; None for a cell that holds none."""
        cell = self._cell(cells, str(self.column))
        if cell is None:
            return None
        kind = "steps" if self.column == "steps" else self._kind_of_claim(cells)
        if kind == "steps":
            return [member.split(":") for member in cell.split(LIST_SEPARATOR)]
        return [[cell]] if kind == "number" else None

    def _kind_of_claim(self, cells: Sequence[Any]) -> str:
        table, column = self._cell(cells, "table") or "", self._cell(cells, "column") or ""
        about = columns(table).get(column) if table in TABLES else None
        if (table, column) == ("markets", "steps"):
            return "steps"
        return "number" if about is not None and about.is_number else ""

    def _cell(self, cells: Sequence[Any], name: str) -> str | None:
        at = self.places.get(name)
        found = cells[at] if at is not None and at < len(cells) else None
        return found.strip() if isinstance(found, str) and found.strip() else None


def _with_point(text: str, mark: str) -> str:
    """Give a number in its canonical form; what is none, or has no other form, stays for the checks to name."""
    bare = text.strip()
    if not any(sign in bare for sign in ",.") or bare.lower() == UNLIMITED:
        return bare
    try:
        return format_number(parse_number(bare, mark))
    except CellError as error:
        if error.code == "number":
            return bare
        raise
