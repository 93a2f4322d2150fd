"""The case: tables, settings and scenarios that describe one system of trade."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, KeysView, Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pandas as pd

from straits.case.files.cells import format_cell
from straits.case.files.csv import write_csv
from straits.case.files.folder import (
    ROUTES_FILE,
    SCENARIOS_FOLDER,
    SETTINGS_FILE,
    RawCase,
    write_folder,
)
from straits.case.files.parse import ParsedTable, empty_frame, raw_from_frame
from straits.case.files.yaml import write_yaml
from straits.case.findings import Finding, Findings
from straits.case.schema.fields import Row
from straits.case.schema.settings import Change, Scenario, Settings
from straits.case.schema.tables import REQUIRED_TABLES, TABLES, Column, columns
from straits.errors import StraitsError, did_you_mean
from straits.files import write_file


class Case:
    """One system of trade: tables, settings, scenarios and routes. Never changed; `with_changes` gives another.

    Made by `load_case` and `Case.from_tables`, which raise a `CaseError` with every error of the case.

    Attributes
    ----------
    settings : Settings
    scenarios : dict of str to Scenario
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
    ) -> None:
        self.settings = settings
        self.scenarios = {scenario.id: scenario for scenario in sorted(scenarios, key=lambda item: item.id)}
        self.name = name or settings.id
        self._tables = {table: tables.get(table) or ParsedTable(empty_frame(table)) for table in TABLES}
        self._routes = json.dumps(routes) if routes is not None else None

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

    def known_ids(self, table: str) -> KeysView[str]:
        """Give the ids of a table in its order, also those of rows that could not be read."""
        return self._tables[table].ids.keys()

    def line(self, table: str, row: str) -> int | None:
        """Give the line of a row in the file it was read from, or None."""
        return self._tables[table].lines.get(row) if table in self._tables else None

    @classmethod
    def from_tables(
        cls,
        tables: Mapping[str, pd.DataFrame | list[dict[str, Any]]],
        *,
        scenarios: Iterable[Scenario | Mapping[str, Any]] = (),
        routes: dict[str, Any] | None = None,
        **settings: Any,
    ) -> Case:
        """Make a case of tables in memory.

        Parameters
        ----------
        tables : dict of str to DataFrame or list of dict
            By table name; `places` and `links` are required. A missing cell is None, NaN or an empty text.
        scenarios : iterable of Scenario or dict
        routes : dict, optional
            GeoJSON feature collection.
        **settings
            Fields of `Settings`: `id`, `title`, `time` (a dict with start, end, step) and so on.

        Returns
        -------
        Case

        Raises
        ------
        CaseError
            With every error found.
        """
        raw = RawCase(settings=dict(settings), routes=routes)
        findings: list[Finding] = []
        for name, data in tables.items():
            if name in TABLES:
                raw.tables[name] = raw_from_frame(name, data)
            else:
                message = f"unknown table {name!r}; accepted: {', '.join(TABLES)}{did_you_mean(name, TABLES)}"
                findings.append(Finding("unknown_table", "error", message))
        raw.scenarios = [_as_mapping(scenario) for scenario in scenarios]
        from straits.case.load import assemble

        return assemble(raw, findings)

    def with_changes(self, changes: Iterable[Change]) -> Case:
        """Give a case in which some cells hold other values.

        Where claims speak of a changed cell, the one that says the new value becomes the chosen one; if none does, a claim
        without a source is added for it, so that the number counts as unsourced.

        Parameters
        ----------
        changes : iterable of Change
            Table, row id, column and the new value as it would stand in the cell.

        Returns
        -------
        Case
            Checked like any other.

        Raises
        ------
        CaseError
            A change that names no cell, or values that cannot be right.
        """
        from straits.case.changes import changed_raw
        from straits.case.load import assemble

        changes = list(changes)
        findings: list[Finding] = []
        touched = {change.table for change in changes} | {"claims"}
        kept = {name: parsed for name, parsed in self._tables.items() if name not in touched}
        return assemble(changed_raw(self, changes, findings), findings, self.name, kept)

    def with_number(self, table: str, row: str, column: str, value: float) -> Case:
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
        frame = parsed.frame.copy()
        frame.loc[frame["id"] == row, column] = float(value)
        rows = {**parsed.rows, row: parsed.rows[row].model_copy(update={column: float(value)})}
        tables = {**self._tables, table: ParsedTable(frame, rows, parsed.lines)}
        return Case(self.settings, tables, self.scenarios.values(), self.routes, self.name)

    def without_scenarios(self) -> Case:
        """Give the same case without its scenarios."""
        return Case(self.settings, self._tables, (), self.routes, self.name)

    def to_raw(self) -> RawCase:
        """Give the case as a reader would: settings, tables and scenarios before typing."""
        raw = RawCase(settings=self.settings.model_dump(), routes=self.routes)
        raw.scenarios = [_as_mapping(scenario) for scenario in self.scenarios.values()]
        for name, parsed in self._tables.items():
            if len(parsed.frame) or name in REQUIRED_TABLES:
                table = raw_from_frame(name, parsed.frame)
                lines = [parsed.lines.get(key) for key in parsed.frame["id"]]
                known = [line for line in lines if line is not None]
                raw.tables[name] = replace(table, lines=known if len(known) == len(lines) else None)
        return raw

    @cached_property
    def hash(self) -> str:
        """SHA-256 of what the case says.

        Does not depend on folder or workbook, on the order of rows or columns, on how a number is written, or on whether a
        default is written out.
        """
        content = {
            "settings": self.settings.model_dump(mode="json"),
            "tables": {
                name: [_plain_row(parsed.rows[key]) for key in sorted(parsed.rows)]
                for name, parsed in self._tables.items()
            },
            "scenarios": [scenario.model_dump(mode="json") for scenario in self.scenarios.values()],
            "routes": self.routes,
        }
        text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)
        return hashlib.sha256(text.encode("utf-8")).hexdigest()

    def save(self, path: str | Path) -> None:
        """Write the case to a folder, or to one workbook if the path ends in `.xlsx`.

        Parameters
        ----------
        path : str or Path
            A folder is made if it does not exist; tables that the case does not have are removed from it. The old file or
            folder stays whole if writing fails.
        """
        path = Path(path)
        if path.suffix.lower() == ".xlsx":
            from straits.case.files.workbook import workbook_bytes

            write_file(path, workbook_bytes(self))
        else:
            write_folder(path, self._files())

    def _files(self) -> dict[str, bytes]:
        files = {SETTINGS_FILE: write_yaml(self.settings)}
        for name in TABLES:
            used = self.used_columns(name)
            if used:
                frame = self._tables[name].frame
                cells = [[format_cell(cell) for cell in frame[column]] for column in used]
                files[f"{name}.csv"] = write_csv(list(used), list(zip(*cells, strict=True)))
        for scenario in self.scenarios.values():
            files[f"{SCENARIOS_FOLDER}/{scenario.id}.yaml"] = write_yaml(scenario)
        if self._routes is not None:
            files[ROUTES_FILE] = routes_bytes(json.loads(self._routes))
        return files

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

    def to_lp(self, path: str | Path, scenario: str | Scenario | None = None) -> None:
        """Write the linear model of the case as LP or MPS, with the names of its rows and columns.

        Parameters
        ----------
        path : str or Path
            Ends in .lp or .mps.
        scenario : str or Scenario, optional
            Default: the undisturbed case.

        Raises
        ------
        ModelError
            If no model can be built, or the file cannot be written.
        """
        # The one look upwards of this room, at the moment of the call: users look for it here.
        from straits.model import compile_case

        compile_case(self, scenario).write(path)

    def check(self) -> Findings:
        """Run all checks and give every error, warning and unsourced number.

        Returns
        -------
        Findings
        """
        from straits.case.checks.run import run_checks

        return run_checks(self)


def _as_mapping(scenario: Scenario | Mapping[str, Any]) -> dict[str, Any]:
    return scenario.model_dump() if isinstance(scenario, Scenario) else dict(scenario)


def _plain_row(row: Row) -> dict[str, Any]:
    # Python's mode: JSON mode would write an infinity as null.
    return row.model_dump()


def routes_bytes(routes: dict[str, Any]) -> bytes:
    """Give GeoJSON text, one feature per line."""
    features = routes.get("features", [])
    head = {key: value for key, value in routes.items() if key != "features"}
    lines = ",\n".join(json.dumps(feature, ensure_ascii=False, allow_nan=False) for feature in features)
    start = json.dumps(head, ensure_ascii=False, allow_nan=False)[:-1]
    return f'{start}, "features": [\n{lines}\n]}}\n'.encode()
