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

from straits.case.cells import format_cell
from straits.case.csvfile import write_csv
from straits.case.fields import Row
from straits.case.findings import UNSOURCED_COLUMNS, Finding, Findings
from straits.case.folder import (
    ROUTES_FILE,
    SCENARIOS_FOLDER,
    SETTINGS_FILE,
    RawCase,
    read_folder,
    write_file,
    write_folder,
)
from straits.case.parse import ParsedTable, empty_frame, parse_table, raw_from_frame
from straits.case.settings import Change, Scenario, Settings
from straits.case.tables import REQUIRED_TABLES, TABLES, Column, columns
from straits.case.yamlfile import build, write_yaml
from straits.errors import CaseError, StraitsError, did_you_mean


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
        self._ids = {
            table: dict.fromkeys(key for key in parsed.frame["id"].tolist() if isinstance(key, str))
            for table, parsed in self._tables.items()
        }
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
        return self._ids[table].keys()

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

        findings: list[Finding] = []
        return assemble(changed_raw(self, list(changes), findings), findings, name=self.name)

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
            from straits.case.workbook import workbook_bytes

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
        from straits.case.checks import run_checks

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


def build_case(raw: RawCase, findings: list[Finding], name: str = "") -> Case | None:
    """Type and validate a raw case, adding every error to `findings`.

    Returns
    -------
    Case or None
        With the rows that could be read; None if there are no settings, without which nothing can be checked.
    """
    from straits.case.changes import canonical_change

    settings = None if raw.settings is None else build(Settings, raw.settings, SETTINGS_FILE, findings)
    tables = {table: parse_table(raw.tables[table], findings) for table in TABLES if table in raw.tables}
    for table in REQUIRED_TABLES:
        if table not in raw.tables and not any(finding.table == table for finding in findings):
            findings.append(
                Finding("missing_table", "error", f"table {table!r} is missing; every case needs it")
            )
    scenarios: list[Scenario] = []
    for found in raw.scenarios:
        where = f"{SCENARIOS_FOLDER}/{found.get('id', '?')}"
        scenario = build(Scenario, found, where, findings)
        if scenario is not None and any(other.id == scenario.id for other in scenarios):
            findings.append(Finding("duplicate_id", "error", f"scenario {scenario.id!r} stands twice", where))
        elif scenario is not None:
            changes = tuple(canonical_change(change) for change in scenario.changes)
            scenarios.append(scenario.model_copy(update={"changes": changes}))
    return None if settings is None else Case(settings, tables, scenarios, raw.routes, name)


def examine(raw: RawCase, findings: list[Finding], name: str = "") -> Case | None:
    """Build a raw case and add every error to `findings`: of reading, of typing, and of the checks that can then run.

    Returns
    -------
    Case or None
        None if there is an error.
    """
    from straits.case.checks import run_error_checks

    case = build_case(raw, findings, name)
    if case is not None:
        findings += run_error_checks(case, partial=bool(findings))
    return None if findings else case


def assemble(raw: RawCase, findings: list[Finding], name: str = "") -> Case:
    """Make the case, or raise a `CaseError` with every error of it."""
    case = examine(raw, findings, name)
    if case is None:
        raise CaseError(findings, name or str((raw.settings or {}).get("id", "case")))
    return case


def read_raw(path: Path, findings: list[Finding]) -> RawCase:
    """Read a folder or workbook without typing its cells."""
    if path.is_dir():
        return read_folder(path, findings)
    from straits.case.workbook import read_workbook

    return read_workbook(path, findings)


def locate(name_or_path: str | Path) -> Path:
    """Find a case: a folder, an `.xlsx` file, or the name of a bundled case.

    Raises
    ------
    StraitsError
        Neither.
    """
    from straits.cases import bundled, find_bundled

    path = Path(name_or_path)
    if path.is_dir() or (path.is_file() and path.suffix.lower() == ".xlsx"):
        return path
    if path.name == SETTINGS_FILE and path.is_file():
        return path.parent
    found = find_bundled(str(name_or_path)) if isinstance(name_or_path, str) else None
    if found is not None:
        return found
    names = bundled()
    raise StraitsError(
        f"no case {str(name_or_path)!r}: neither a folder, nor an .xlsx file, nor a bundled case "
        f"({', '.join(names)}){did_you_mean(str(name_or_path), names)}"
    )


def load_case(name_or_path: str | Path) -> Case:
    """Load a bundled case by its name, or a folder or `.xlsx` workbook.

    Parameters
    ----------
    name_or_path : str or Path

    Returns
    -------
    Case

    Raises
    ------
    CaseError
        With every error of the case.
    StraitsError
        No such case.
    """
    path = locate(name_or_path)
    findings: list[Finding] = []
    return assemble(read_raw(path, findings), findings, name=str(name_or_path))


def check_case(name_or_path: str | Path) -> Findings:
    """Find everything that is wrong or doubtful in a case, without raising a `CaseError`.

    Parameters
    ----------
    name_or_path : str or Path
        As in `load_case`.

    Returns
    -------
    Findings
        If the case can be read, errors, warnings and unsourced numbers; if not, all errors that can be known.

    Raises
    ------
    StraitsError
        No such case.
    """
    path = locate(name_or_path)
    findings: list[Finding] = []
    case = examine(read_raw(path, findings), findings, name=str(name_or_path))
    if case is not None:
        return case.check()
    return Findings(tuple(findings), pd.DataFrame(columns=list(UNSOURCED_COLUMNS)))
