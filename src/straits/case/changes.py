"""Other values for some cells of a case, and what becomes of the claims about them.

Cells are read and rows validated as in a file; what is not changed is shared with the case that it came from.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from straits.case.checks.claims import claim_agrees
from straits.case.checks.registry import run_error_checks
from straits.case.data import CaseData, Cells, ParsedTable
from straits.case.files.cells import CellError, format_cell, is_blank, parse_cell
from straits.case.findings import Finding
from straits.case.schema.fields import Row
from straits.case.schema.records import Claim
from straits.case.schema.settings import Change, Scenario
from straits.case.schema.tables import TABLES, columns
from straits.errors import CaseError, UnitError, did_you_mean, few_suggestions

D = TypeVar("D", bound=CaseData)
#: Table, row and column of a cell.
Cell = tuple[str, str, str]


def changed(case: D, changes: Iterable[Change], *, tried: bool = False) -> D:
    """Give a case with other values in some cells, checked like any other.

    Parameters
    ----------
    case : Case
        Without errors.
    changes : iterable of Change
        Later changes of one cell win.
    tried : bool
        Whether the checks were run on the same changes of the same case before: they are not run again.

    Returns
    -------
    Case

    Raises
    ------
    CaseError
        With every error found.
    """
    findings: list[Finding] = []
    with few_suggestions():
        good = _good(case, changes, findings)
        dated = [change for change in good if change.dated]
        for change in dated:
            findings += _of_dated(case, change)
        good = [change for change in good if not change.dated]
        cells = _typed(case, good, findings)
        made = case.with_tables({table: _with_rows(case, table, found) for table, found in cells.items()})
        # A changed row that cannot be read is not known: what looks at it waits until it can.
        lost = {(finding.table, finding.row) for finding in findings}
        if good and case.rows("claims"):
            made = made.with_tables({"claims": _choose_claims(case, made, good, lost, findings)})
        made = made.with_tables({table: _without(made.parsed(table), table, lost) for table in cells})
        # The scenarios were tried when the case was loaded, and who may close what is looked at again where that can change.
        if not tried:
            looked_at = made if findings else _narrowed(made, cells, case)
            left_out = ("scenario_change", *(() if _moves_rights(cells) else ("threat_right",)))
            findings += run_error_checks(looked_at, partial=bool(findings), left_out=left_out)
    if findings:
        raise CaseError(findings, case.name)
    return made.with_dated(dated) if dated else made


#: Scenarios whose changes of a case were found right, by id: a case is never changed.
_TRIED: WeakKeyDictionary[CaseData, dict[str, Scenario]] = WeakKeyDictionary()


def with_changes_of(case: D, scenario: Scenario) -> D:
    """Give the case of the runs of a scenario: with its changes, and no scenarios. They are checked once.

    Raises
    ------
    CaseError
        With every error found.
    """
    tried = _TRIED.setdefault(case, {})
    known = tried.get(scenario.id) is scenario
    made = changed(case.without_scenarios(), scenario.changes, tried=known)
    tried[scenario.id] = scenario
    return made


def _of_dated(case: CaseData, change: Change) -> list[Finding]:
    """Give what is wrong with a change that holds for a time: days, column, or a value that could not stand in the cell."""
    if change.start is not None and change.end is not None and change.end <= change.start:
        told = f"end {change.end} is not after start {change.start}"
        return [Finding("period", "error", told, change.table, change.row, change.column)]
    if f"{change.column}_profile" not in columns(change.table):
        accepted = [
            f"{table}.{name.removesuffix('_profile')}"
            for table in TABLES
            for name, column in columns(table).items()
            if column.refers == "profile"
        ]
        told = f"a change with a start or an end needs a number that may change over time; accepted: {', '.join(accepted)}"
        return [Finding("change", "error", told, change.table, change.row, change.column)]
    try:
        changed(case, [change.model_copy(update={"start": None, "end": None})])
    except CaseError as error:
        return list(error.findings)
    return []


#: Tables whose rows say what numbers of other tables mean, or are judged several together.
_JUDGED_TOGETHER = ("actors", "commodities", "controls", "claims", "sources")


def _moves_rights(cells: Mapping[str, Mapping[str, Cells]]) -> bool:
    """Say whether changed cells may change who can close what: all but numbers, and those of acts and of reserves."""
    return any(
        table in ("measures", "stores", *_JUDGED_TOGETHER) or not columns(table)[name].is_number
        for table, rows in cells.items()
        for of in rows.values()
        for name in of
    )


def _narrowed(made: CaseData, cells: Mapping[str, Mapping[str, Cells]], case: CaseData) -> CaseData:
    """Give a changed case with the rows that can have become wrong as the only ones to look at.

    Those are the changed rows, the claims about them, and claims that are new. Of changes that other rows may hang on, of
    references, lists and the tables that others read, all rows are looked at.
    """
    for table, rows in cells.items():
        known = columns(table)
        names = {name for of in rows.values() for name in of}
        if table in _JUDGED_TOGETHER or any(known[n].refers or known[n].kind == "list" for n in names):
            return made
    before = case.rows("claims")
    fresh: dict[str, Collection[str]] = {table: list(rows) for table, rows in cells.items()}
    fresh["claims"] = [
        key
        for key, claim in made.rows("claims").items()
        if claim.row in cells.get(claim.table, ()) or key not in before
    ]
    return made.only(fresh)


def _without(parsed: ParsedTable, table: str, lost: set[tuple[str | None, str | None]]) -> ParsedTable:
    """Give a table without the rows that could not be read."""
    rows = {key: row for key, row in parsed.rows.items() if (table, key) not in lost}
    return ParsedTable(table, lambda: parsed.cells, rows, parsed.lines, parsed.ids) if lost else parsed


def canonical_change(change: Change) -> Change:
    """Give a change whose value has the type of its column: a number in number columns, else the text of the cell.

    A folder tells the number 1 from the text "1" and a workbook may not, so that without this the two could differ. A value
    that cannot be read stays as it is, for the checks to name.
    """
    column = columns(change.table).get(change.column) if change.table in TABLES else None
    if column is None:
        return change
    try:
        value = parse_cell(column, change.value)
    except CellError:
        return change
    finite = isinstance(value, float) and math.isfinite(value)
    return change.model_copy(update={"value": value if finite else format_cell(value)})


def _good(case: CaseData, changes: Iterable[Change], findings: list[Finding]) -> list[Change]:
    """Give the changes that name a cell, and add an error for each other one."""
    good = []
    for change in changes:
        problem = _problem(case, change)
        if problem:
            findings.append(Finding("change", "error", problem, change.table, change.row, change.column))
        else:
            good.append(change)
    return good


def _problem(case: CaseData, change: Change) -> str | None:
    if change.table not in TABLES:
        return f"unknown table {change.table!r}{did_you_mean(change.table, TABLES)}"
    known, cols = case.known_ids(change.table), columns(change.table)
    if change.row not in known:
        return f"no row {change.row!r}{did_you_mean(change.row, known)}"
    if change.column not in cols:
        return f"unknown column {change.column!r}; accepted: {', '.join(cols)}{did_you_mean(change.column, cols)}"
    return "an id cannot be changed" if change.column == "id" else None


def _typed(
    case: CaseData, changes: list[Change], findings: list[Finding]
) -> dict[str, dict[str, dict[str, Any]]]:
    """Give the new values by table, row and column, typed; and add an error for each that cannot stand in its cell."""
    last = {(change.table, change.row, change.column): change.value for change in changes}
    found: dict[str, dict[str, dict[str, Any]]] = {}
    order = {table: number for number, table in enumerate(TABLES)}
    for (table, row, name), value in sorted(last.items(), key=lambda item: order[item[0][0]]):
        column, line = columns(table)[name], case.line(table, row)
        cells = found.setdefault(table, {}).setdefault(row, {})
        try:
            cells[name] = parse_cell(column, value)
        except CellError as error:
            findings.append(Finding(error.code, "error", str(error), table, row, name, line))
            continue
        if cells[name] is None and column.required:
            what = "number" if column.is_number else "value"
            findings.append(
                Finding("missing_value", "error", f"this {what} is missing", table, row, name, line)
            )
    return found


def _with_rows(case: CaseData, table: str, cells: Mapping[str, Mapping[str, Any]]) -> ParsedTable:
    """Give a table with other values in some cells, as far as they could be read."""
    parsed, cols = case.parsed(table), columns(table)
    fit = {
        key: {name: value for name, value in of.items() if value is not None or not cols[name].required}
        for key, of in cells.items()
    }
    return parsed.with_cells(fit, {key: _row_with(parsed.rows[key], of) for key, of in fit.items()})


def _row_with(row: Row, cells: Mapping[str, Any]) -> Row:
    """Give a row with other values, validated; a blank one takes its default."""
    record = {name: getattr(row, name) for name in row.model_fields_set} | dict(cells)
    return type(row).model_validate({name: value for name, value in record.items() if value is not None})


def _choose_claims(
    case: CaseData,
    made: CaseData,
    changes: list[Change],
    lost: set[tuple[str | None, str | None]],
    findings: list[Finding],
) -> ParsedTable:
    """Let the chosen claims about changed cells say what now stands there.

    A changed unit changes what its number says, so the claims about the number are looked at again.
    """
    touched: dict[Cell, str | None] = {}
    for change in changes:
        for name, column in columns(change.table).items():
            if change.column in (name, column.unit_column):
                touched[change.table, change.row, name] = change.note
    parsed = made.parsed("claims")
    about: dict[Cell, list[Claim]] = {}
    for claim in parsed.rows.values():
        field = (claim.table, claim.row, claim.column)
        if field in touched:
            about.setdefault(field, []).append(claim)
    chosen: dict[str, dict[str, Any]] = {}
    gone: set[str] = set()
    assumed: list[dict[str, Any]] = []
    taken = set(parsed.ids)
    for field, note in touched.items():
        table, row_id, name = field
        if field not in about or (table, row_id) in lost:
            continue  # nothing is claimed, or the new value cannot be read, which is an error of its own
        row = made.parsed(table).rows[row_id]
        agreeing = [claim for claim in about[field] if _agrees(case, claim, row)]
        best = next((claim for claim in agreeing if claim.chosen), agreeing[0] if agreeing else None)
        if best is None and is_blank(getattr(row, name)):
            gone |= {claim.id for claim in about[field]}  # a blank cell says nothing that could be claimed
            continue
        chosen |= {c.id: {"chosen": c is best} for c in about[field] if c.chosen != (c is best)}
        if best is None:
            assumed.append(_assumption(taken, field, row, note))
    return _claims_with(parsed, chosen, gone, assumed, findings)


def _agrees(case: CaseData, claim: Claim, row: Any) -> bool:
    try:
        return claim_agrees(case, claim, row)
    except (CellError, UnitError):
        return False


def _assumption(taken: set[str], field: Cell, row: Any, note: str | None) -> dict[str, Any]:
    """Give a claim without a source that says what stands in a changed cell."""
    table, row_id, column = field
    value = getattr(row, column)
    name = f"change-{table}-{row_id}-{column}"
    while name in taken:
        name += "+"
    taken.add(name)
    return {
        "id": name,
        "table": table,
        "row": row_id,
        "column": column,
        "value": "|".join(value) if isinstance(value, tuple) else format_cell(value),
        "confidence": "low",
        "chosen": True,
        "note": note or "assumed in a changed case",
    }


def _claims_with(
    parsed: ParsedTable,
    chosen: Mapping[str, dict[str, Any]],
    gone: set[str],
    assumed: list[dict[str, Any]],
    findings: list[Finding],
) -> ParsedTable:
    """Give the table of claims with others chosen, some gone, and some added at its end."""
    # Whether a claim is chosen needs no validation: a copy is ten times as fast.
    rows = {key: parsed.rows[key].model_copy(update=of) for key, of in chosen.items()}
    table = parsed.with_cells(chosen, rows)
    if not gone and not assumed:
        return table
    cols = columns("claims")
    added: dict[str, Claim] = {}
    records: list[dict[str, Any]] = []
    for cells in assumed:
        record: dict[str, Any] = {}
        for name, value in cells.items():
            try:
                record[name] = parse_cell(cols[name], value)
            except CellError as error:
                findings.append(Finding(error.code, "error", str(error), "claims", cells["id"], name))
        records.append(record)
        if len(record) == len(cells):
            added[record["id"]] = Claim.model_validate(record)

    def left() -> list[Cells]:
        return [*(of for of in table.cells if of["id"] not in gone), *records]

    kept = {key: row for key, row in table.rows.items() if key not in gone}
    ids = dict.fromkeys([*(key for key in table.ids if key not in gone), *added])
    return ParsedTable("claims", left, {**kept, **added}, table.lines, ids)
