"""A table and a case as any reader gives them, before their cells are typed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class RawTable:
    """A table as it was read: cells are texts, or what a workbook or frame holds.

    Attributes
    ----------
    header : list of str
    rows : list of list
    lines : list of int or None
        Line of each row in its file; None for tables made in memory.
    delimiter : str
        Field separator of the CSV file; a comma for others, whose texts have decimal points.
    """

    name: str
    header: list[str]
    rows: list[Sequence[Any]]
    lines: list[int] | None = None
    delimiter: str = ","


@dataclass
class RawCase:
    """A case as it was read, before any cell is typed."""

    settings: dict[str, Any] | None = None
    tables: dict[str, RawTable] = field(default_factory=dict)
    scenarios: list[dict[str, Any]] = field(default_factory=list)
    threats: list[dict[str, Any]] = field(default_factory=list)
    routes: Any = None
