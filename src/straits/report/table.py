"""What a table of the report is."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import pandas as pd

from straits.wording import capital


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
    called : dict of str to str
        Headings for people of columns that files call by an id, as those of scenarios.
    """

    name: str
    title: str
    frame: pd.DataFrame
    units: dict[str, str] = field(default_factory=dict)
    note: str = ""
    called: dict[str, str] = field(default_factory=dict)

    def heading(self, column: str) -> str:
        """Return the heading of a column with its unit."""
        words = str(column).replace("_", " ")
        return f"{words} [{self.units[column]}]" if column in self.units else words

    def words(self, column: str) -> tuple[str, str]:
        """Return the heading of a column for people and its unit, which is empty where cells or the heading say it: a share is a
        percentage, and days to loss are days.
        """
        words, _, unit = self.heading(str(column)).partition(" [")
        unit = unit[:-1]
        return self.called.get(str(column), words), "" if unit == "share" or unit in words.split() else unit

    def told(self) -> str:
        """Return the note with columns called as their headings are; one that opens a sentence has a capital.

        >>> Table("t", "T", pd.DataFrame({"days_to_loss": []}), note="days_to_loss: until it is felt.").told()
        'Days to loss: until it is felt.'
        """
        heads = sorted((str(name).replace("_", " ") for name in self.frame.columns), key=len, reverse=True)
        ids = [head.replace(" ", "_") for head in heads if " " in head]
        note = re.sub(
            rf"\b(?:{'|'.join(map(re.escape, ids))})\b", lambda found: found[0].replace("_", " "), self.note
        ) if ids else self.note  # fmt: skip
        # One with digits is no word: q05 stays as it is.
        opening = "|".join(re.escape(head) for head in heads if head.replace(" ", "").isalpha())
        return (
            re.sub(rf"(^|\. )({opening})\b", lambda found: found[1] + capital(found[2]), note)
            if opening
            else note
        )
