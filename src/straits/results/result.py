"""The one kind of result: what was asked, how it was answered, and the tables, figures and sentences of the answer."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import pandas as pd

from straits.errors import StraitsError
from straits.results.figure import Figure
from straits.results.page import html_page
from straits.results.plain import plain
from straits.results.stored import hash_of, read, write


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


#: Cells of a table up to which its hash is worked out at once; that of a larger one when it is saved.
_HASHED_AT_ONCE = 100_000


@dataclass(frozen=True, repr=False, eq=False)
class Result:
    """The answer to one question.

    Tables and parameters are attributes too: `found.summary` is `found.tables["summary"]`. An analysis has a class of its own
    that names them; what is loaded is of that class again, or a plain `Result` where it held more than can be saved (solutions,
    games).

    Attributes
    ----------
    question : str
        What was asked, one sentence.
    method : str
        How it was answered, with the source of the method.
    parameters : dict of str to plain value
        What the answer depends on besides its input.
    provenance : dict of str to plain value
        Version of straits, and name and SHA-256 of every input; of a case its hash, that of the model, scenario and solver.
    tables : dict of str to DataFrame
        `attrs` of each: `title`, `units` (by column), `note`, and `hash` (SHA-256 of its cells; of a table with more than 100,000
        cells after `save` and `load`). The first is the main answer; `refused` and `assumptions` mean the same everywhere.
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
        """Turn parameters and provenance into plain values, so that what is saved is what was there, and sign the tables."""
        made = {"straits": version(), **self.provenance}
        object.__setattr__(self, "parameters", plain(self.parameters, "parameters"))
        object.__setattr__(self, "provenance", plain(made, "provenance"))
        object.__setattr__(self, "tables", {name: signed(name, table) for name, table in self.tables.items()})
        object.__setattr__(self, "sentences", tuple(self.sentences))
        for name, figure in self.figures.items():
            if figure.twin not in self.tables:
                raise ValueError(f"figure {name} has no table {figure.twin!r} beside it")

    if not TYPE_CHECKING:  # a checker knows what a class names itself, and finds slips in the rest

        def __getattr__(self, name):
            """Return the table, or else the parameter, of that name."""
            state = vars(self)
            for place in ("tables", "parameters"):
                if name in state.get(place, ()):
                    return state[place][name]
            raise AttributeError(f"{type(self).__name__} has no attribute, table or parameter {name!r}")

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


def save(result: Result, path: Path | str, *, parquet: bool | None = None) -> Path:
    """Write a result to a folder or, if the name ends in `.zip`, to one file.

    Parameters
    ----------
    result : Result
    path : Path or str
        A folder is made if it does not exist; a result that stands there is replaced, other files stay.
    parquet : bool, optional
        Tables as Parquet (needs pyarrow) instead of CSV. Default: as Parquet if pyarrow is installed.

    Returns
    -------
    Path

    Raises
    ------
    StraitsError
        A table that cannot be written without loss, or a place that cannot be written to.
    """
    own = type(result)
    # What has more than a result has cannot be made again from a file.
    whole = own is not Result and own.__init__ is Result.__init__
    said = {
        "kind": f"{'.'.join(own.__module__.split('.')[:2])}:{own.__name__}" if whole else "",
        **{
            name: getattr(result, name)
            for name in ("question", "method", "parameters", "provenance", "sentences")
        },
    }
    return write(said, result.tables, result.figures, path, parquet=parquet)


def load(path: Path | str) -> Result:
    """Read a result that `save` wrote.

    Raises
    ------
    StraitsError
        Nothing there, a newer format, or a table that was changed since.
    """
    content = read(path)
    return _class_of(content.pop("kind"))(**content)


def _class_of(kind: str) -> type[Result]:
    """Return the class of an analysis by its room and name; `Result` if this version has none of that name."""
    room, _, name = kind.partition(":")
    if not room.startswith("straits.") or not room.replace(".", "").isidentifier():
        return Result
    try:
        found = getattr(import_module(room), name, None)
    except ImportError:
        return Result
    if isinstance(found, type) and issubclass(found, Result) and found.__init__ is Result.__init__:
        return found
    return Result


def signed(name: str, table: pd.DataFrame) -> pd.DataFrame:
    """Return a table with its hash, if it is not too large and can be saved."""
    attrs = {key: value for key, value in table.attrs.items() if key != "hash"}
    if table.size <= _HASHED_AT_ONCE:
        with suppress(StraitsError):  # what cannot be saved is told when it is tried
            attrs["hash"] = hash_of(table, name)
    told = table.copy(deep=False)
    told.attrs = attrs
    return told


def version() -> str:
    """Return the version of straits that makes a result."""
    return str(sys.modules["straits"].__version__)
