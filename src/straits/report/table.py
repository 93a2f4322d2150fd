"""What a table of the report is."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd


@dataclass(frozen=True)
class Table:
    """A table with what a reader needs to understand it.

    Attributes
    ----------
    name : str
        Short name, for files and sheets.
    title : str
    frame : DataFrame
    units : dict of str to str
        Units of columns; they become part of the column's heading.
    note : str
        What the numbers mean and how they are counted.
    """

    name: str
    title: str
    frame: pd.DataFrame
    units: dict[str, str] = field(default_factory=dict)
    note: str = ""

    def heading(self, column: str) -> str:
        """Return the heading of a column with its unit."""
        words = str(column).replace("_", " ")
        return f"{words} [{self.units[column]}]" if column in self.units else words
