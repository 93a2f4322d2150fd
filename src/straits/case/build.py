"""From a case as it was read to one that is typed and checked, or to every error of it."""

from __future__ import annotations

from typing import TypeVar

from straits.case.changes import canonical_change
from straits.case.checks.registry import run_error_checks
from straits.case.data import CaseData
from straits.case.files.folder import SCENARIOS_FOLDER, SETTINGS_FILE, THREATS_FOLDER
from straits.case.files.parse import marks_of, parse_table
from straits.case.files.raw import RawCase
from straits.case.files.routes import sound_routes
from straits.case.files.yaml import build
from straits.case.findings import Finding
from straits.case.schema.settings import Scenario, Settings
from straits.case.schema.tables import REQUIRED_TABLES, TABLES
from straits.case.schema.threats import Threat
from straits.errors import CaseError, few_suggestions

D = TypeVar("D", bound=CaseData)


def build_case(made: type[D], raw: RawCase, findings: list[Finding], name: str = "") -> D | None:
    """Type and validate a raw case, adding every error to `findings`.

    Returns
    -------
    Case or None
        With the rows that could be read; None if there are no settings, without which nothing can be checked.
    """
    settings = None if raw.settings is None else build(Settings, raw.settings, SETTINGS_FILE, findings)
    marks = frozenset(mark for table in raw.tables.values() for mark in marks_of(table))
    tables = {
        table: parse_table(raw.tables[table], findings, marks) for table in TABLES if table in raw.tables
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
    threats: list[Threat] = []
    for found in raw.threats:
        where = f"{THREATS_FOLDER}/{str(found.get('id', '?'))[:100]}"
        threat = build(Threat, found, where, findings)
        if threat is not None and any(other.id == threat.id for other in threats):
            findings.append(Finding("duplicate_id", "error", f"threat {threat.id!r} stands twice", where))
        elif threat is not None:
            threats.append(threat)
    routes = None if raw.routes is None else sound_routes(raw.routes, findings)
    return None if settings is None else made(settings, tables, scenarios, routes, name, threats)


def examine(made: type[D], raw: RawCase, findings: list[Finding], name: str = "") -> D | None:
    """Build a raw case and add every error to `findings`: of reading, of typing, and of the checks that can then run.

    Returns
    -------
    Case or None
        None if there is an error.
    """
    with few_suggestions():
        case = build_case(made, raw, findings, name)
        if case is None:
            return None
        findings += run_error_checks(case, partial=bool(findings), hidden=any(map(_hides_rows, findings)))
    return None if findings else case


def _hides_rows(finding: Finding) -> bool:
    """Whether a finding means that the rows of a table are not known."""
    return finding.code in ("unreadable_file", "unknown_file", "missing_table") or (
        finding.code == "missing_column" and finding.column == "id"
    )


def assemble(made: type[D], raw: RawCase, findings: list[Finding], name: str = "") -> D:
    """Make the case, or raise a `CaseError` with every error of it."""
    case = examine(made, raw, findings, name)
    if case is None:
        raise CaseError(findings, name or str((raw.settings or {}).get("id", "case")))
    return case
