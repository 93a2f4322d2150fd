"""Cases as commands take them: by name or path, with other values in some cells."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from straits.errors import StraitsError

if TYPE_CHECKING:
    from straits.case import Case, Change


def case_with(name: str, cells: Sequence[str] | None) -> Case:
    """Load a case, and give some cells other values.

    Parameters
    ----------
    name : str
    cells : sequence of str, optional
        Each `TABLE.ROW.COLUMN=VALUE`, as it would stand in the cell; `ROW` may hold points.

    Raises
    ------
    StraitsError
        A text of another form.
    CaseError
        A cell that the case does not have, or a value that cannot be right.
    """
    import straits

    case = straits.load_case(name)
    return case.with_changes([change_of(text) for text in cells]) if cells else case


def change_of(text: str) -> Change:
    """Read `TABLE.ROW.COLUMN=VALUE`."""
    from straits.case import Change

    cell, equals, value = text.partition("=")
    table, _, rest = cell.strip().partition(".")
    row, _, column = rest.rpartition(".")
    if not (equals and table and row and column):
        raise StraitsError(f"--set {text!r}: expected TABLE.ROW.COLUMN=VALUE, as links.cpc-shore.capacity=5")
    return Change(table=table, row=row, column=column, value=value.strip(), note="set on the command line")
