"""What the checks of a case found: one record per error or warning, and the list of them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, overload

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Console, ConsoleOptions, RenderResult

Severity = Literal["error", "warning"]

#: Columns of `Findings.unsourced`.
UNSOURCED_COLUMNS = ("table", "row", "column", "value")


#: Columns that place a thing on the map; no result depends on them, so they are counted apart.
COORDINATES = ("lon", "lat", "precision_km")


#: Table, row, column and value of a number.
Number = tuple[str, str, str, float]


def count_by_table(unsourced: Iterable[Number]) -> dict[str, int]:
    """Count unsourced numbers by table, those of `places` that only serve maps as `places (coordinates)`.

    Parameters
    ----------
    unsourced : iterable of (table, row, column, value)

    Returns
    -------
    dict of str to int
    """
    counts: dict[str, int] = {}
    for table, _, column, _ in unsourced:
        label = "places (coordinates)" if table == "places" and column in COORDINATES else table
        counts[label] = counts.get(label, 0) + 1
    return counts


@dataclass(frozen=True)
class Finding:
    """One error or warning, with the cell it speaks of.

    Attributes
    ----------
    code : str
        Stable name of the check.
    severity : {"error", "warning"}
    message : str
        What was found, what would be accepted, and a near miss if there is one.
    table, row, column : str or None
        The cell. `table` may also be `case.yaml`, `scenarios/<id>` or `routes`.
    line : int or None
        Line in the CSV file, or row of the sheet, counted from 1; None for cases made in memory.
    """

    code: str
    severity: Severity
    message: str
    table: str | None = None
    row: str | None = None
    column: str | None = None
    line: int | None = None

    @property
    def where(self) -> str:
        """The cell in words."""
        parts = []
        if self.table is not None:
            parts.append(self.table)
        if self.line is not None:
            parts.append(f"line {self.line}")
        if self.row is not None:
            parts.append(f"row {self.row!r}")
        if self.column is not None:
            parts.append(f"column {self.column}")
        return ", ".join(parts)

    @property
    def text(self) -> str:
        """Place, message and code in one line."""
        return f"{self.where + ': ' if self.where else ''}{self.message} [{self.code}]"


@dataclass(frozen=True)
class Findings(Sequence[Finding]):
    """All findings of a case, errors first, and its unsourced numbers.

    Attributes
    ----------
    all : tuple of Finding
    numbers : tuple of (table, row, column, value)
        Every number that no chosen claim with a source supports.
    """

    all: tuple[Finding, ...]
    numbers: tuple[Number, ...] = field(default=(), repr=False)

    @cached_property
    def unsourced(self) -> pd.DataFrame:
        """The unsourced numbers as a frame with columns table, row, column, value."""
        import pandas as pd

        return pd.DataFrame(list(self.numbers), columns=list(UNSOURCED_COLUMNS))

    @property
    def errors(self) -> list[Finding]:
        """Findings that stop a run."""
        return [finding for finding in self.all if finding.severity == "error"]

    @property
    def warnings(self) -> list[Finding]:
        """Findings that do not stop a run."""
        return [finding for finding in self.all if finding.severity == "warning"]

    @property
    def unsourced_by_table(self) -> dict[str, int]:
        """How many unsourced numbers each table has; see `count_by_table`."""
        return count_by_table(self.numbers)

    @overload
    def __getitem__(self, index: int) -> Finding: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Finding]: ...
    def __getitem__(self, index: int | slice) -> Finding | Sequence[Finding]:
        return self.all[index]

    def __len__(self) -> int:
        return len(self.all)

    def __iter__(self) -> Iterator[Finding]:
        return iter(self.all)

    def to_dict(self) -> dict[str, Any]:
        """Give errors, warnings and unsourced numbers as plain values."""
        return {
            "errors": [asdict(finding) for finding in self.errors],
            "warnings": [asdict(finding) for finding in self.warnings],
            "unsourced": {
                "total": len(self.numbers),
                "by_table": self.unsourced_by_table,
                "numbers": [
                    {
                        "table": table,
                        "row": row,
                        "column": column,
                        "value": value if abs(value) != float("inf") else "unlimited",
                    }
                    for table, row, column, value in self.numbers
                ],
            },
        }

    def to_json(self) -> str:
        """Give `to_dict` as JSON text (RFC 8259: no bare infinities)."""
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=2, allow_nan=False)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Show findings as coloured lines, then the unsourced numbers by table."""
        from rich.text import Text

        for finding in self.all:
            style = "bold red" if finding.severity == "error" else "yellow"
            line = Text(f"{finding.severity}: ", style=style)
            if finding.where:
                line.append(f"{finding.where}: ", style="bold")
            line.append(finding.message, style="default not bold")
            line.append(f"  [{finding.code}]", style="dim")
            yield line
        if self.errors and not self.warnings and not self.numbers:
            # Nobody has looked for the others yet; none is not what was found.
            yield Text(_count(len(self.errors), "error") + "; warnings are looked for once there is none.")
            return
        yield Text(_count(len(self.errors), "error") + ", " + _count(len(self.warnings), "warning") + ".")
        by_table = ", ".join(f"{table} {count}" for table, count in self.unsourced_by_table.items())
        total = len(self.numbers)
        yield Text(f"Numbers that no source supports: {total}" + (f" ({by_table})." if by_table else "."))


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
