"""Load a case: read a folder or workbook, type and validate it, and raise every error at once."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from straits.case.case import Case
from straits.case.files.folder import SCENARIOS_FOLDER, SETTINGS_FILE, RawCase, holds_case, read_folder
from straits.case.files.parse import ParsedTable, marks_of, parse_table
from straits.case.files.routes import sound_routes
from straits.case.files.yaml import build
from straits.case.findings import UNSOURCED_COLUMNS, Finding, Findings
from straits.case.schema.settings import Scenario, Settings
from straits.case.schema.tables import REQUIRED_TABLES, TABLES
from straits.errors import CaseError, StraitsError, did_you_mean, few_suggestions


def build_case(
    raw: RawCase, findings: list[Finding], name: str = "", kept: Mapping[str, ParsedTable] | None = None
) -> Case | None:
    """Type and validate a raw case, adding every error to `findings`. Tables in `kept` are taken as they are.

    Returns
    -------
    Case or None
        With the rows that could be read; None if there are no settings, without which nothing can be checked.
    """
    from straits.case.changes import canonical_change

    settings = None if raw.settings is None else build(Settings, raw.settings, SETTINGS_FILE, findings)
    kept = kept or {}
    marks = frozenset(mark for table in raw.tables.values() for mark in marks_of(table))
    tables = {
        table: kept[table] if table in kept else parse_table(raw.tables[table], findings, marks)
        for table in TABLES
        if table in kept or table in raw.tables
    }
    for table in REQUIRED_TABLES:
        # A workbook that is none lacks them all: that it cannot be read has been said.
        told = any(
            finding.table == table or (finding.code == "unreadable_file" and finding.table is None)
            for finding in findings
        )
        if table not in raw.tables and not told:
            findings.append(
                Finding("missing_table", "error", f"table {table!r} is missing; every case needs it")
            )
    scenarios: list[Scenario] = []
    for found in raw.scenarios:
        where = f"{SCENARIOS_FOLDER}/{str(found.get('id', '?'))[:100]}"
        scenario = build(Scenario, found, where, findings)
        if scenario is not None and any(other.id == scenario.id for other in scenarios):
            findings.append(Finding("duplicate_id", "error", f"scenario {scenario.id!r} stands twice", where))
        elif scenario is not None:
            changes = tuple(canonical_change(change) for change in scenario.changes)
            scenarios.append(scenario.model_copy(update={"changes": changes}))
    # Those of a case that is changed were looked at when it was loaded.
    routes = raw.routes if raw.routes is None or kept else sound_routes(raw.routes, findings)
    return None if settings is None else Case(settings, tables, scenarios, routes, name)


def examine(
    raw: RawCase, findings: list[Finding], name: str = "", kept: Mapping[str, ParsedTable] | None = None
) -> Case | None:
    """Build a raw case and add every error to `findings`: of reading, of typing, and of the checks that can then run.

    Returns
    -------
    Case or None
        None if there is an error.
    """
    from straits.case.checks.run import run_error_checks

    with few_suggestions():
        case = build_case(raw, findings, name, kept)
        if case is None:
            return None
        # Where most tables are kept, a change of a checked case is under way: its scenarios were tried when it was loaded.
        findings += run_error_checks(
            case, partial=bool(findings), hidden=any(map(_hides_rows, findings)), scenarios=kept is None
        )
    return None if findings else case


def _hides_rows(finding: Finding) -> bool:
    """Whether a finding means that the rows of a table are not known."""
    return finding.code in ("unreadable_file", "unknown_file", "missing_table") or (
        finding.code == "missing_column" and finding.column == "id"
    )


def assemble(
    raw: RawCase, findings: list[Finding], name: str = "", kept: Mapping[str, ParsedTable] | None = None
) -> Case:
    """Make the case, or raise a `CaseError` with every error of it."""
    case = examine(raw, findings, name, kept)
    if case is None:
        raise CaseError(findings, name or str((raw.settings or {}).get("id", "case")))
    return case


def read_raw(path: Path, findings: list[Finding]) -> RawCase:
    """Read a folder or workbook without typing its cells."""
    with few_suggestions():
        if path.is_dir():
            return read_folder(path, findings)
        from straits.case.files.workbook import read_workbook

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
    named = bool(str(name_or_path).strip())  # an empty name would be this folder
    if named and (
        (path.is_dir() and holds_case(path)) or (path.is_file() and path.suffix.lower() == ".xlsx")
    ):
        return path
    if path.name == SETTINGS_FILE and path.is_file():
        return path.parent
    found = find_bundled(str(name_or_path)) if isinstance(name_or_path, str) else None
    if found is not None:
        return found
    if named and path.is_dir():
        raise StraitsError(
            f"folder {path} holds no case: neither {SETTINGS_FILE} nor a table such as links.csv; `straits new` makes a case"
        )
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
