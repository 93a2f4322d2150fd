"""The one kind of result: what was asked, how it was answered, and the tables, figures and sentences of the answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Self

import pandas as pd

from straits.results.page import html_page
from straits.results.plain import plain


@dataclass(frozen=True)
class Figure:
    """A drawing with its caption, and the name of the table that holds its numbers.

    Attributes
    ----------
    title : str
    svg : str
        The drawing, one `<svg>` element.
    caption : str
    twin : str
        Name of the table of the same result that says in numbers what the drawing shows.
    """

    title: str
    svg: str
    caption: str
    twin: str


def described(
    frame: pd.DataFrame, *, title: str, units: Mapping[str, str] | None = None, note: str = ""
) -> pd.DataFrame:
    """Return a table that says what it is: `attrs` with title, unit by column and a note on how to read it.

    Parameters
    ----------
    frame : DataFrame
    title : str
    units : mapping of str to str, optional
        Units of columns; columns without one are names or plain counts.
    note : str, optional
    """
    unknown = sorted(set(units or {}) - set(map(str, frame.columns)))
    if unknown:
        raise ValueError(f"units are given for columns that the table does not have: {', '.join(unknown)}")
    told = frame.copy(deep=False)
    told.attrs = {"title": title, "units": dict(units or {}), "note": note}
    return told


@dataclass(frozen=True, repr=False, eq=False)
class Result:
    """The answer to one question.

    Attributes
    ----------
    question : str
        What was asked, one sentence.
    method : str
        How it was answered, with the source of the method.
    parameters : dict of str to plain value
        What the answer depends on besides its input.
    provenance : dict of str to plain value
        Version of straits, and name and SHA-256 of every input.
    tables : dict of str to DataFrame
        `attrs` of each: `title`, `units` (by column), `note`, and after `save` and `load` its `hash`.
        The first is the main answer; `refused` and `assumptions` have the same meaning everywhere.
    figures : dict of str to Figure
    sentences : tuple of str
        The answer in words, most important first.
    """

    question: str
    method: str
    parameters: dict[str, Any] = field(default_factory=dict)
    provenance: dict[str, Any] = field(default_factory=dict)
    tables: dict[str, pd.DataFrame] = field(default_factory=dict)
    figures: dict[str, Figure] = field(default_factory=dict)
    sentences: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Turn parameters and provenance into plain values, so that what is saved is what was there."""
        object.__setattr__(self, "parameters", plain(self.parameters, "parameters"))
        object.__setattr__(self, "provenance", plain(self.provenance, "provenance"))
        object.__setattr__(self, "sentences", tuple(self.sentences))
        for name, figure in self.figures.items():
            if figure.twin not in self.tables:
                raise ValueError(f"figure {name} has no table {figure.twin!r} beside it")

    @property
    def table(self) -> pd.DataFrame:
        """The main table."""
        if not self.tables:
            return pd.DataFrame()
        return next(iter(self.tables.values()))

    @property
    def refused(self) -> pd.DataFrame:
        """What was not accepted: file, row, column, found, accepted, code; empty if everything was."""
        return self.tables.get("refused", pd.DataFrame(columns=list(REFUSED)))

    @property
    def assumptions(self) -> pd.DataFrame:
        """What the answer takes for granted: assumption, value, why."""
        return self.tables.get("assumptions", pd.DataFrame(columns=list(ASSUMED)))

    def with_tables(self, **tables: pd.DataFrame) -> Self:
        """Return the result with more tables, or with others of the same names."""
        return replace(self, tables={**self.tables, **tables})

    def save(self, path: Path | str, *, parquet: bool | None = None) -> Path:
        """Write the result to a folder or, if the name ends in `.zip`, one file; see `straits.results.save`."""
        from straits.results.stored import save

        return save(self, path, parquet=parquet)

    def to_json(self) -> dict[str, Any]:
        """Return everything as plain values; missing and infinite numbers are None."""
        from straits.results.plain import records

        return {
            "question": self.question,
            "method": self.method,
            "parameters": self.parameters,
            "sentences": list(self.sentences),
            "tables": {name: records(table) for name, table in self.tables.items()},
            "units": {name: dict(table.attrs.get("units", {})) for name, table in self.tables.items()},
            "provenance": self.provenance,
        }

    def __repr__(self) -> str:
        """Two lines: the question, and what the answer holds."""
        tables = ", ".join(f"{name} {len(table):,}" for name, table in self.tables.items()) or "no tables"
        first = f": {_short(self.sentences[0])}" if self.sentences else ""
        return f"{type(self).__name__}: {_short(self.question)}\n  rows: {_short(tables)}{first}"

    def _repr_html_(self) -> str:
        """Return HTML for a notebook, at most 100 kB."""
        return html_page(self.question, self.method, self.sentences, self.tables, self.figures)


#: Columns of `Result.refused` and of `Result.assumptions`.
REFUSED = ("file", "row", "column", "found", "accepted", "code")
ASSUMED = ("assumption", "value", "why")


def _short(text: str, most: int = 150) -> str:
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1] + "…"
