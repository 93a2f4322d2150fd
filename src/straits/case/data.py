"""The data of a case: settings, typed tables, validated rows, scenarios and routes. Reads no file, runs no check."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Iterable, KeysView, Mapping, Sequence
from datetime import date
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, Self, overload

from straits.case.schema import converts, network, prices, profiles, records
from straits.case.schema.fields import Row
from straits.case.schema.settings import Change, Refine, Scenario, Settings
from straits.case.schema.tables import REQUIRED_TABLES, TABLES, Column, columns
from straits.case.schema.threats import Threat
from straits.errors import StraitsError, did_you_mean

if TYPE_CHECKING:
    import pandas as pd

#: Typed cells of a row: what stands in a frame, except that days are `date`.
Cells = Mapping[str, Any]


class ParsedTable:
    """A typed table: its cells, its rows by id, where each stood, and its frame.

    Parameters
    ----------
    table : str
        Its name in `TABLES`.
    cells : sequence of mapping of str to value, or function that gives one
        Typed values of each row by column, in the order of the table; blank cells are None or absent. A function is called
        when cells are asked for: most cases are only solved, from their rows.
    rows : dict of str to Row
        Those that could be read.
    lines : dict of str to int
        Where each row stood in its file.
    ids : dict of str to None, optional
        Ids of all rows, those in error too, in their order. Default: those of the cells.
    """

    def __init__(
        self,
        table: str,
        cells: Sequence[Cells] | Callable[[], Sequence[Cells]],
        rows: dict[str, Any] | None = None,
        lines: dict[str, int] | None = None,
        ids: dict[str, None] | None = None,
    ) -> None:
        self.table = table
        self._cells = cells
        self.rows: dict[str, Any] = rows or {}
        self.lines = lines or {}
        if ids is not None:
            self.__dict__["ids"] = ids

    def __getstate__(self) -> dict[str, Any]:
        """Travel to another process with the cells made."""
        return self.__dict__ | {"_cells": self.cells}

    @property
    def cells(self) -> Sequence[Cells]:
        """Typed values of each row by column. Not to be changed."""
        if callable(self._cells):
            self._cells = self._cells()
        return self._cells

    @cached_property
    def frame(self) -> pd.DataFrame:
        """The frame: numbers as float, flags as bool, the rest as text; dates as ISO text."""
        return build_frame(columns(self.table), self.cells)

    @cached_property
    def ids(self) -> dict[str, None]:
        """Ids of all rows, those in error too, in their order. Cases that differ in one number share the other tables."""
        return dict.fromkeys(key for of in self.cells if isinstance(key := of.get("id"), str))

    def with_cells(self, changed: Mapping[str, Cells], rows: Mapping[str, Row]) -> ParsedTable:
        """Give the table with other values in some cells of rows that it has.

        Parameters
        ----------
        changed : mapping of str to mapping
            Typed values by row id and column; None where the cell becomes blank.
        rows : mapping of str to Row
            The same rows, validated.
        """

        def cells() -> Sequence[Cells]:
            return [{**of, **changed.get(of["id"], {})} for of in self.cells]

        return ParsedTable(self.table, cells, {**self.rows, **rows}, self.lines, self.ids)

    def only(self, rows: dict[str, Any]) -> ParsedTable:
        """Give the table with some of its rows alone."""
        return ParsedTable(
            self.table,
            lambda: [of for of in self.cells if of["id"] in rows],
            rows,
            self.lines,
            dict.fromkeys(rows),
        )


def build_frame(cols: Mapping[str, Column], cells: Sequence[Cells]) -> pd.DataFrame:
    """Give the typed frame of parsed cells: numbers as float, flags as bool, the rest as text; dates as ISO text."""
    import pandas as pd

    def series(column: Column, values: list[Any]) -> pd.Series:
        if column.is_number:
            return pd.Series([float("nan") if value is None else value for value in values], dtype="float64")
        if column.kind == "flag":
            return pd.Series([column.default if value is None else value for value in values], dtype="bool")
        texts = [value.isoformat() if isinstance(value, date) else value for value in values]
        return pd.Series(texts, dtype="str")

    data = {name: series(column, [of.get(name) for of in cells]) for name, column in cols.items()}
    return pd.DataFrame(data, columns=list(cols))


class CaseData:
    """One system of trade: tables, settings, scenarios and routes. Never changed.

    Attributes
    ----------
    settings : Settings
    scenarios : dict of str to Scenario
        By id, in alphabetical order.
    threats : dict of str to Threat
        By id, in alphabetical order.
    routes : dict or None
        GeoJSON feature collection with the geometry of links.
    name : str
        What it was loaded from, or its id; for messages.
    """

    def __init__(
        self,
        settings: Settings,
        tables: Mapping[str, ParsedTable],
        scenarios: Iterable[Scenario] = (),
        routes: dict[str, Any] | None = None,
        name: str = "",
        threats: Iterable[Threat] = (),
    ) -> None:
        self.settings = settings
        self.scenarios = {scenario.id: scenario for scenario in sorted(scenarios, key=lambda item: item.id)}
        self.threats = {threat.id: threat for threat in sorted(threats, key=lambda item: item.id)}
        self.name = name or settings.id
        self._tables = {
            table: tables[table] if table in tables else ParsedTable(table, ()) for table in TABLES
        }
        self._routes = json.dumps(routes) if routes is not None else None

    #: Ids of the rows to look at, by table; None for all. Set while a change of a sound case is checked.
    _fresh: Mapping[str, Collection[str]] | None = None

    #: Changes that hold for a time only: tables cannot say them.
    dated: tuple[Change, ...] = ()

    def __repr__(self) -> str:
        counts = ", ".join(
            f"{len(parsed.rows)} {name}" for name, parsed in self._tables.items() if parsed.rows
        )
        return f"<Case {self.settings.id}: {counts}>"

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """Every table of the schema as a frame, empty ones with their columns.

        Texts are str or missing, numbers float (infinity for `unlimited`, missing where blank), dates ISO text, flags bool.
        The frames are copies: changing them does not change the case.
        """
        return {name: parsed.frame.copy() for name, parsed in self._tables.items()}

    @property
    def routes(self) -> dict[str, Any] | None:
        """GeoJSON feature collection with the geometry of links, as a copy, or None."""
        return None if self._routes is None else json.loads(self._routes)

    # What each table holds, so that a type checker and an editor know the columns of a row.
    @overload
    def rows(self, table: Literal["actors"]) -> Mapping[str, network.Actor]: ...
    @overload
    def rows(self, table: Literal["commodities"]) -> Mapping[str, network.Commodity]: ...
    @overload
    def rows(self, table: Literal["places"]) -> Mapping[str, network.Place]: ...
    @overload
    def rows(self, table: Literal["links"]) -> Mapping[str, network.Link]: ...
    @overload
    def rows(self, table: Literal["supplies"]) -> Mapping[str, network.Supply]: ...
    @overload
    def rows(self, table: Literal["markets"]) -> Mapping[str, network.Market]: ...
    @overload
    def rows(self, table: Literal["stores"]) -> Mapping[str, network.Store]: ...
    @overload
    def rows(self, table: Literal["fleets"]) -> Mapping[str, network.Fleet]: ...
    @overload
    def rows(self, table: Literal["profiles"]) -> Mapping[str, profiles.Profile]: ...
    @overload
    def rows(self, table: Literal["converts"]) -> Mapping[str, converts.Convert]: ...
    @overload
    def rows(self, table: Literal["joints"]) -> Mapping[str, network.Joint]: ...
    @overload
    def rows(self, table: Literal["controls"]) -> Mapping[str, records.Control]: ...
    @overload
    def rows(self, table: Literal["contracts"]) -> Mapping[str, records.Contract]: ...
    @overload
    def rows(self, table: Literal["world_markets"]) -> Mapping[str, prices.WorldMarket]: ...
    @overload
    def rows(self, table: Literal["exposures"]) -> Mapping[str, prices.Exposure]: ...
    @overload
    def rows(self, table: Literal["measures"]) -> Mapping[str, records.Measure]: ...
    @overload
    def rows(self, table: Literal["hazards"]) -> Mapping[str, records.Hazard]: ...
    @overload
    def rows(self, table: Literal["options"]) -> Mapping[str, records.Option]: ...
    @overload
    def rows(self, table: Literal["regimes"]) -> Mapping[str, records.Regime]: ...
    @overload
    def rows(self, table: Literal["observations"]) -> Mapping[str, records.Observation]: ...
    @overload
    def rows(self, table: Literal["events"]) -> Mapping[str, records.Event]: ...
    @overload
    def rows(self, table: Literal["people"]) -> Mapping[str, records.Person]: ...
    @overload
    def rows(self, table: Literal["claims"]) -> Mapping[str, records.Claim]: ...
    @overload
    def rows(self, table: Literal["sources"]) -> Mapping[str, records.Source]: ...
    @overload
    def rows(self, table: str) -> Mapping[str, Any]: ...
    def rows(self, table: str) -> Mapping[str, Any]:
        """Give the rows of a table by id, as validated row models with defaults filled in.

        Parameters
        ----------
        table : str

        Returns
        -------
        mapping of str to Row
            In the order of the table; a view that cannot be written to.

        Raises
        ------
        StraitsError
            Unknown table.
        """
        if table not in self._tables:
            raise StraitsError(
                f"unknown table {table!r}; accepted: {', '.join(TABLES)}{did_you_mean(table, TABLES)}"
            )
        return MappingProxyType(self._tables[table].rows)

    @cached_property
    def arcs(self) -> Mapping[str, Any]:
        """Rows of links and of processes by id: all on which cargo flows. A process begins and ends at its place."""
        return {**self.rows("links"), **self.rows("converts")}

    def parsed(self, table: str) -> ParsedTable:
        """Give a table of the schema as it was read: frame, rows, lines. Not to be changed."""
        return self._tables[table]

    def known_ids(self, table: str) -> KeysView[str]:
        """Give the ids of a table in its order, also those of rows that could not be read."""
        return self._tables[table].ids.keys()

    def fresh(self, table: str) -> Mapping[str, Any]:
        """Give the rows that checks of single rows look at: all, or those that a change of a sound case can make wrong."""
        if self._fresh is None:
            return self.rows(table)
        rows = self._tables[table].rows
        return {key: rows[key] for key in self._fresh.get(table, ()) if key in rows}

    def fresh_ids(self, table: str) -> Collection[str]:
        """Give the ids that checks of ids look at: all, or those of `fresh`."""
        return self.known_ids(table) if self._fresh is None else self.fresh(table).keys()

    def only(self, fresh: Mapping[str, Collection[str]]) -> Self:
        """Give the case with some rows as the only ones that checks of single rows look at."""
        made = self._like(self.scenarios)
        made._fresh = fresh
        return made

    @cached_property
    def profiles(self) -> Mapping[str, Sequence[profiles.Profile]]:
        """Rows of each profile, by its name, in their order."""
        found: dict[str, list[profiles.Profile]] = {}
        for row in self.rows("profiles").values():
            found.setdefault(row.profile, []).append(row)
        return found

    @cached_property
    def profile_uses(self) -> Mapping[str, Sequence[tuple[str, str, str]]]:
        """Cells (table, row, column) that follow each profile, by its name."""
        found: dict[str, list[tuple[str, str, str]]] = {}
        for table in TABLES:
            named = [name for name, column in columns(table).items() if column.refers == "profile"]
            for key, row in self.rows(table).items() if named else ():
                for name in named:
                    if (profile := getattr(row, name)) is not None:
                        found.setdefault(profile, []).append((table, key, name.removesuffix("_profile")))
        return found

    def line(self, table: str, row: str) -> int | None:
        """Give the line of a row in the file it was read from, or None."""
        return self._tables[table].lines.get(row) if table in self._tables else None

    def with_tables(self, changed: Mapping[str, ParsedTable]) -> Self:
        """Give the case with other tables, unchecked."""
        made = self._like(self.scenarios)
        made._tables = {**self._tables, **changed}
        return made

    def with_steps(self, refine: Iterable[Refine]) -> Self:
        """Give the case with more times of its axis in shorter steps, unchecked; itself where there is no more."""
        more = tuple(part for part in refine if part not in self.settings.time.refine)
        if not more:
            return self
        made = self._like(self.scenarios)
        axis = self.settings.time.model_copy(update={"refine": (*self.settings.time.refine, *more)})
        made.settings = self.settings.model_copy(update={"time": axis})
        return made

    def with_threats(self, threats: Mapping[str, Threat]) -> Self:
        """Give the case with other threats, unchecked."""
        made = self._like(self.scenarios)
        made.threats = dict(threats)
        return made

    def without_scenarios(self) -> Self:
        """Give the same case without its scenarios and threats, which are questions about it."""
        return self._like({}).with_threats({})

    def _like(self, scenarios: Mapping[str, Scenario]) -> Self:
        """Give a case of the same settings, tables and routes. None of them is copied: nobody can change them."""
        made = object.__new__(type(self))
        made.settings, made.name, made.scenarios = self.settings, self.name, dict(scenarios)
        made._tables, made._routes, made.threats = self._tables, self._routes, self.threats
        made.dated = self.dated
        return made

    def with_dated(self, changes: Iterable[Change]) -> Self:
        """Give the case with changes that hold for a time only, unchecked; later ones of a cell win."""
        made = self._like(self.scenarios)
        made.dated = (*self.dated, *changes)
        return made

    def with_number(self, table: str, row: str, column: str, value: float) -> Self:
        """Give a case in which one number is another, without checking it anew; for analyses that vary a number.

        Parameters
        ----------
        table, row, column : str
            The cell; it must hold a number.
        value : float
            In the unit of the cell.

        Returns
        -------
        Case
            Claims stay as they are: `check` of it would report that the value differs from its chosen claim.

        Raises
        ------
        StraitsError
            No such cell, or not one of a number.
        """
        cells = columns(table) if table in TABLES else {}
        if row not in self.rows(table) or column not in cells or not cells[column].is_number:
            raise StraitsError(f"no number in table {table!r}, row {row!r}, column {column!r}")
        parsed = self._tables[table]
        changed = parsed.rows[row].model_copy(update={column: float(value)})
        return self.with_tables({table: parsed.with_cells({row: {column: float(value)}}, {row: changed})})

    @cached_property
    def hash(self) -> str:
        """SHA-256 of what the case says.

        Does not depend on folder or workbook, on the order of rows or columns, on how a number is written, or on whether a
        default is written out.
        """
        content = {
            "settings": self.settings.model_dump(mode="json"),
            "tables": {
                # Python's mode: JSON mode would write an infinity as null.
                name: [parsed.rows[key].model_dump() for key in sorted(parsed.rows)]
                for name, parsed in self._tables.items()
            },
            "scenarios": [scenario.model_dump(mode="json") for scenario in self.scenarios.values()],
            "routes": self.routes,
        }
        if self.dated:
            content["dated"] = [change.model_dump(mode="json") for change in self.dated]
        if self.threats:
            content["threats"] = [threat.model_dump(mode="json") for threat in self.threats.values()]
        text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)
        return hashlib.sha256(text.encode("utf-8")).hexdigest()

    def used_columns(self, table: str) -> dict[str, Column]:
        """Give the columns that a saved table has: those required and those with a value that is not the default flag.

        An empty dict for a table without rows, unless it is a required one.
        """
        frame = self._tables[table].frame
        if frame.empty and table not in REQUIRED_TABLES:
            return {}
        used = {}
        for name, column in columns(table).items():
            says = (frame[name] != column.default) if column.kind == "flag" else frame[name].notna()
            if column.required or says.any():
                used[name] = column
        return used
