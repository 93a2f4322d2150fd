"""Numbers that stand in columns of text: steps of demand, yields, weights, transitions, and values of claims. They have the
decimal mark of their file.

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

#: Columns of lists whose members hold numbers: the sign between the parts of a member, and whether the first part is a name.
_HOLDING: dict[tuple[str, str], tuple[str, bool]] = {
    ("markets", "steps"): (":", False),
    ("converts", "yields"): ("=", True),
    ("converts", "yields_low"): ("=", True),
    ("converts", "yields_high"): ("=", True),
    ("joints", "weights"): ("=", True),
    ("regimes", "transitions"): (":", True),
}


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
        held = ["value"] if raw.name == "claims" else [name for table, name in _HOLDING if table == raw.name]
        self.columns = [name for name in held if name in places] if raw.delimiter != "," else []

    def texts(self) -> Iterator[str]:
        """Yield every such number as it is written."""
        for cells in self.raw.rows if self.columns else ():
            for name in self.columns:
                for _, _, numbers in self._members(name, cells) or ():
                    yield from (part.strip() for part in numbers)

    def canonical(self, name: str, cells: Sequence[Any], mark: str) -> Any:
        """Give a cell of a column, its numbers with a decimal point if it is a text that holds some.

        Raises
        ------
        CellError
            A number that could be read in two ways.
        """
        members = self._members(name, cells) if name in self.columns else None
        if members is None:
            return cells[self.places[name]]
        return LIST_SEPARATOR.join(
            named + sign.join(_with_point(part, mark) for part in numbers) for named, sign, numbers in members
        )

    def _members(self, name: str, cells: Sequence[Any]) -> list[tuple[str, str, list[str]]] | None:
        """Give of each member of a list its name with the sign behind it, the sign, and its numbers; None without any."""
        cell = self._cell(cells, name)
        if cell is None:
            return None
        where = (self.raw.name, name)
        if self.raw.name == "claims":
            where = (self._cell(cells, "table") or "", self._cell(cells, "column") or "")
            about = columns(where[0]).get(where[1]) if where[0] in TABLES else None
            if about is not None and about.is_number:
                return [("", "", [cell])]
        if where not in _HOLDING:
            return None
        sign, named = _HOLDING[where]
        members = cell.split(LIST_SEPARATOR)
        if not named:
            return [("", sign, member.split(sign)) for member in members]
        cut = [member.rpartition(sign) for member in members]
        return [(name + between, sign, [number]) for name, between, number in cut]

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
