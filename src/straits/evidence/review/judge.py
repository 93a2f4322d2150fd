"""A sheet of drafts that somebody has judged: read, checked as a whole, and written to the log, all of it or nothing.

A row without a decision is left alone. Every row that cannot be carried out is told, with its line; then nothing is written.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from straits.errors import StraitsError, did_you_mean
from straits.evidence.edtf import EdtfError
from straits.evidence.ledger.ledger import Ledger, LedgerError
from straits.evidence.ledger.schema import named
from straits.evidence.records import Claim, Event, Quantity
from straits.evidence.review.sheet import COLUMNS, DECISIONS, FIELDS, SHEET, cell_of, passage_of
from straits.evidence.review.terminal import changes_for
from straits.files import read_regular
from straits.plain import one_line
from straits.spreadsheet import harmless

#: What a blank reason becomes: the decision speaks for itself, and who judged stands beside it.
_REASON = "judged in a sheet"
_NEEDED = ("decision", "passage", "standing", "record")


class SheetRefused(StraitsError, ValueError):
    """A judged sheet cannot be carried out. `problems` lists every row."""

    def __init__(self, file: str, problems: list[str]) -> None:
        self.problems = problems
        super().__init__(f"{file}: nothing was written; " + "; ".join(problems))


@dataclass
class Decision:
    """What a row asks for."""

    line: int
    record: Event | Quantity | Claim
    action: str
    reason: str
    changes: dict[str, Any] = field(default_factory=dict)
    other: str | None = None
    """Known event or record that it tells the same as."""

    def __str__(self) -> str:
        more = (
            f" {self.other}" if self.other else f" {', '.join(sorted(self.changes))}" if self.changes else ""
        )
        return f"line {self.line}: {self.action}{more}: {self.record.id}"


def read_sheet(path: Path) -> list[tuple[int, dict[str, str]]]:
    """Read a sheet: (line, cells by column) of each row, blank cells left out.

    Raises
    ------
    LedgerError
        If the file is no sheet, or lacks a column that judging needs.
    """
    rows = _from_csv(path) if path.suffix.lower() == ".csv" else _from_workbook(path)
    header = rows[0][1] if rows else []
    missing = [c for c in _NEEDED if c not in header]
    if missing:
        raise LedgerError(
            f"{path.name}: column {', '.join(missing)} is missing; found {', '.join(filter(None, header)) or 'none'}; "
            "`straits evidence sheet` writes such a file"
        )
    twice = [name for name, number in Counter(header).items() if name and number > 1]
    unknown = [name for name in header if name and name not in COLUMNS]
    if twice or unknown:
        raise LedgerError(
            f"{path.name}: column {', '.join(twice or unknown)} {'stands twice' if twice else 'is not known'}"
            + ("" if twice else did_you_mean(unknown[0], COLUMNS))
        )
    found = []
    for line, cells in rows[1:]:
        row = {name: cell for name, cell in zip(header, cells, strict=False) if name and cell}
        if row:
            found.append((line, row))
    return found


def _from_csv(path: Path) -> list[tuple[int, list[str]]]:
    from straits.case.files.csv import MOST_BYTES, read_csv
    from straits.case.findings import Finding

    findings: list[Finding] = []
    table = read_csv(path.name, read_regular(path, MOST_BYTES, links=True), findings)
    if table is None or findings:
        raise LedgerError(
            "; ".join(str(f.message) + (f" (line {f.line})" if f.line else "") for f in findings)
        )
    lines = table.lines or list(range(2, len(table.rows) + 2))
    rows = [(line, [str(cell).strip() for cell in row]) for line, row in zip(lines, table.rows, strict=True)]
    return [(1, table.header), *rows]


def _from_workbook(path: Path) -> list[tuple[int, list[str]]]:
    from straits.case.files.sheet import WorkbookError
    from straits.case.files.xlsx import read_sheets

    try:
        sheet = next((s for s in read_sheets(path, lambda name: name == SHEET) if s.name == SHEET), None)
    except WorkbookError as error:
        raise LedgerError(f"{path.name}: {error}") from None
    if sheet is None:
        raise LedgerError(f"{path.name}: there is no sheet {SHEET!r}")
    if sheet.faults:
        where, what = sheet.faults[0]
        raise LedgerError(f"{path.name}: cell {where}: {what}")
    width = max((max(cells) + 1 for cells in sheet.rows.values() if cells), default=0)
    return [(line, [_text(cells.get(i)) for i in range(width)]) for line, cells in sorted(sheet.rows.items())]


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.15g}"
    if hasattr(value, "isoformat"):
        return str(value.isoformat())[:10]
    return str(value).strip()


def decisions(ledger: Ledger, path: Path, by: str) -> list[Decision]:
    """Read the decisions of a sheet and check them all.

    Raises
    ------
    SheetRefused
        Listing every row that cannot be carried out: an unknown or ambiguous id, another passage than the ledger's, a record
        judged meanwhile or decided twice, an unknown decision, actor, type or event, a date or number that is none, an amendment
        that changes nothing, changes without one.
    """
    named(by, "x")
    found: list[Decision] = []
    problems: list[str] = []
    for line, row in read_sheet(path):
        if not row.get("decision"):
            if any(row.get(c) for c in ("reason", "same_as")):
                problems.append(
                    f"line {line}: a reason or `same_as` without a decision; accepted: {', '.join(DECISIONS)}"
                )
            continue
        try:
            found.append(_decision(ledger, line, row, by))
        except (StraitsError, ValidationError) as error:
            problems.append(f"line {line}: {one_line(str(error))}")
    lines: dict[str, list[int]] = defaultdict(list)
    for decision in found:
        lines[decision.record.id].append(decision.line)
    problems += [
        f"lines {', '.join(map(str, at))}: {id} is decided more than once"
        for id, at in lines.items()
        if len(at) > 1
    ]
    merged = {d.record.id: d for d in found if d.action in ("reject", "merge", "amend")}
    problems += [
        f"line {d.line}: same as {d.other}, which line {merged[d.other].line} decides to {merged[d.other].action}"
        for d in found
        if d.action == "merge" and d.other in merged
    ]
    if problems:
        raise SheetRefused(path.name, problems)
    return found


def _decision(ledger: Ledger, line: int, row: dict[str, str], by: str) -> Decision:
    action = " ".join(row["decision"].lower().split())
    if action not in DECISIONS:
        raise LedgerError(
            f"decision: found {row['decision']!r}; accepted: {', '.join(DECISIONS)}{did_you_mean(action, DECISIONS)}"
        )
    record = ledger.record(row.get("record") or "-")
    now = ledger.standing(record.id)
    if now != row.get("standing", "draft"):
        raise LedgerError(
            f"{record.id} was judged meanwhile: it is {now}, the sheet has {row.get('standing')}"
        )
    passage = " ".join(row.get("passage", "").split())
    if passage not in (passage_of(record), harmless(passage_of(record)), one_line(passage_of(record))):
        raise LedgerError(f"{record.id}: the passage was changed: found {passage[:60]!r}")
    changes = _changes(record, row)
    if action == "amend" and not changes:
        raise LedgerError(f"{record.id}: to be amended, and no field was changed")
    if action != "amend" and changes:
        raise LedgerError(
            f"{record.id}: {', '.join(sorted(changes))} changed, and the decision is {action}, not amend"
        )
    if action == "amend":
        ledger.amended(record.id, changes, by)
    decision = Decision(line, record, action, row.get("reason") or _REASON, changes)
    other = row.get("same_as")
    if (action == "same as") != bool(other):
        raise LedgerError(
            f"{record.id}: same_as names a known event or a record, and the decision is `same as`: found {other or 'nothing'!r}"
        )
    if other:
        _same_as(ledger, decision, other)
    return decision


def _same_as(ledger: Ledger, decision: Decision, other: str) -> None:
    """Find out what a record is the same as: a known event of the case, or another record."""
    name = other.partition(": ")[0].strip()
    known = [e.id for e in ledger.gazetteer.known]
    if name in known:
        if not isinstance(decision.record, Event):
            raise LedgerError(
                f"{decision.record.id} is a {decision.record.kind}; only events tell of known events"
            )
        decision.action, decision.other = "accept as", name
        return
    try:
        found = ledger.record(name)
    except LedgerError as error:
        raise LedgerError(
            f"same_as: no known event {name!r}{did_you_mean(name, known)}, and {error}"
        ) from None
    if found.id == decision.record.id or found.kind != decision.record.kind:
        raise LedgerError(f"same_as: {decision.record.id} and {found.id} are not two records of one kind")
    if ledger.standing(found.id) in ("merged", "rejected", "amended"):
        raise LedgerError(f"same_as: {found.id} is {ledger.standing(found.id)}; name one that stands")
    decision.action, decision.other = "merge", found.id


def _changes(record: Event | Quantity | Claim, row: dict[str, str]) -> dict[str, Any]:
    """Give the fields whose cells differ from the record."""
    changes: dict[str, Any] = {}
    for name in FIELDS[record.kind]:
        cell, value = row.get(name, ""), cell_of(record, name)
        if isinstance(value, float):
            try:
                same = float(cell) == float(f"{value:.15g}")
            except ValueError:
                same = False
        else:
            was = _squeezed(value or "")
            same = _squeezed(cell) in (was, _squeezed(harmless(value or "")))
        if not same:
            try:
                changes.update({k: v for k, v in changes_for(record, name, cell).items() if k not in changes})
            except EdtfError as error:
                raise LedgerError(f"{name}: {error}") from None
    return changes


def _squeezed(text: str) -> str:
    return "|".join(part.strip() for part in " ".join(one_line(text).split()).split("|"))


def carry_out(ledger: Ledger, found: list[Decision], by: str) -> None:
    """Write the decisions to the log, all or none."""
    with ledger.transaction():
        for d in found:
            if d.action == "accept":
                ledger.accept(d.record.id, by, d.reason)
            elif d.action == "accept as":
                ledger.accept(d.record.id, by, d.reason, d.other)
            elif d.action == "reject":
                ledger.reject(d.record.id, by, d.reason)
            elif d.action == "flag":
                ledger.flag(d.record.id, by, d.reason)
            elif d.action == "merge":
                assert d.other is not None
                ledger.merge(d.record.id, d.other, by, d.reason)
            else:
                ledger.amend(d.record.id, d.changes, by, d.reason)


__all__ = ["Decision", "SheetRefused", "carry_out", "decisions", "read_sheet"]
