"""Checks of how far the numbers of a case lie apart: a solver works with sixteen digits, and keeps nine of them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from straits.case.checks.registry import Problem, check
from straits.case.checks.units import quantities
from straits.case.units.quantities import canonical, dimension_of
from straits.errors import UnitError

if TYPE_CHECKING:
    from straits.case.data import CaseData

#: Times by which numbers of one kind may lie apart.
MOST_APART = 1e9

#: Dimensions that meet in one program, by kind.
_KINDS = {"rate": "amounts", "amount": "amounts", "price": "prices"}


class Cell(NamedTuple):
    """A number of a case as it stands there, and its size in canonical units (rates a day)."""

    size: float
    table: str
    row: str
    column: str
    text: str

    def __str__(self) -> str:
        return f"{self.text} ({self.table}, row {self.row}, column {self.column})"


def extremes(case: CaseData) -> dict[str, tuple[Cell, Cell]]:
    """Give the smallest and the largest of each kind of number (amounts, prices) that is neither zero nor unlimited.

    Parameters
    ----------
    case : Case

    Returns
    -------
    dict of str to (Cell, Cell)
    """
    found: dict[str, tuple[Cell, Cell]] = {}
    for table, key, row, column, value, _, unit in quantities(case):
        kind = _KINDS.get(dimension_of(case, table, row, column) or "")
        if (
            kind is None
            or unit is None
            or value == 0
            or not math.isfinite(value)
            or table in ("observations", "exposures")
        ):
            continue
        try:
            sizes = [
                abs(v) for v in canonical(case, table, row, column, value, unit) if v and math.isfinite(v)
            ]
        except UnitError:
            continue  # another check says so
        for size in sizes:
            cell = Cell(size, table, key, column, f"{value:g} {unit}")
            least, most = found.get(kind, (cell, cell))
            found[kind] = (min(least, cell, key=_size), max(most, cell, key=_size))
    return found


def _size(cell: Cell) -> float:
    return cell.size


def told(kind: str, least: Cell, most: Cell) -> str:
    """Say from which to which cell a kind of number ranges."""
    return f"{kind} from {least} to {most}, {most.size / least.size:.1e} times as much"


@check("far_apart", "warning")
def far_apart(case: CaseData) -> Iterator[Problem]:
    """Amounts or prices more than 1e9 times apart: the solver keeps nine digits, so the small ones may count for nothing."""
    for kind, (least, most) in extremes(case).items():
        if most.size > MOST_APART * least.size:
            yield Problem(
                f"{told(kind, least, most)}: beside the large, the small may count for nothing. Is one of them a slip of a unit, "
                "or a number that stands for `unlimited`?",
                most.table, most.row, most.column,
            )  # fmt: skip
