"""What is not accepted, collected: every refusal of every file is found before any is told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING

from straits.errors import StraitsError

if TYPE_CHECKING:
    import pandas as pd

#: Refusals of one kind in one column that are told one by one; the rest are counted.
MOST = 100


@dataclass(frozen=True)
class Refusal:
    """One thing that is not accepted.

    Attributes
    ----------
    file : str
        Name of the file, or of the question if no file is at fault.
    row : str
        Line of the file counted from 1, or what names the row; empty if the whole file is meant.
    column : str
    found : str
        What stands there.
    accepted : str
        What could stand there.
    code : str
        Stable name of the check.
    """

    file: str
    row: str
    column: str
    found: str
    accepted: str
    code: str

    @property
    def text(self) -> str:
        """One line: place, what was found, what is accepted."""
        row = f", row {self.row}" if self.row else ""
        column = f", column {self.column}" if self.column else ""
        return f"{self.file}{row}{column}: found {self.found}; accepted: {self.accepted} [{self.code}]"


@dataclass(frozen=True)
class Finding:
    """One thing that is accepted, but that a reader should know of. Fields as of `Refusal`; `meaning` says what follows."""

    file: str
    row: str
    column: str
    found: str
    meaning: str
    code: str


class Refusals:
    """The list to which readers and checks add what they do not accept, and what should be known."""

    def __init__(self) -> None:
        self.refused: list[Refusal] = []
        self.findings: list[Finding] = []
        self._count: dict[tuple[str, str, str], int] = {}
        self._last: dict[tuple[str, str, str], Refusal] = {}

    def refuse(self, file: str, row: object, column: str, found: object, accepted: str, code: str) -> None:
        """Add a refusal. Of one kind in one column the first `MOST` are kept and the others counted."""
        key = (file, column, code)
        self._count[key] = self._count.get(key, 0) + 1
        if self._count[key] <= MOST:
            self.refused.append(Refusal(file, str(row), column, str(found), accepted, code))

    def note(self, file: str, row: object, column: str, found: object, meaning: str, code: str) -> None:
        """Add a finding: something that is no reason to refuse."""
        self.findings.append(Finding(file, str(row), column, str(found), meaning, code))

    def __len__(self) -> int:
        return len(self.refused)

    def __iter__(self) -> Iterator[Refusal]:
        yield from self.refused
        for (file, column, code), count in self._count.items():
            if count > MOST:
                more = f"{count - MOST:,} more rows of the same kind"
                yield Refusal(file, "", column, more, "as said for the first", code)

    def table(self) -> pd.DataFrame:
        """Return the refusals as a table: file, row, column, found, accepted, code."""
        import pandas as pd

        from straits.results.result import REFUSED

        return pd.DataFrame([astuple(refusal) for refusal in self], columns=list(REFUSED), dtype="object")

    def findings_table(self) -> pd.DataFrame:
        """Return the findings as a table: file, row, column, found, meaning, code."""
        import pandas as pd

        columns = ["file", "row", "column", "found", "meaning", "code"]
        return pd.DataFrame([astuple(finding) for finding in self.findings], columns=columns, dtype="object")


class InputRefused(StraitsError):
    """Input from which no answer can be given. Carries every refusal."""

    def __init__(self, refusals: Refusals) -> None:
        self.refusals = refusals
        told = list(refusals)
        count = sum(1 for _ in told)
        head = f"{count} refusal{'' if count == 1 else 's'}"
        super().__init__("\n".join([head, *(f"  {refusal.text}" for refusal in told)]))
