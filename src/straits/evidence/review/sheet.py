"""All drafts in one sheet, to be judged in a spreadsheet: a row per draft, with its sentence, fields and known events.

Sorted by use to the case: what names its assets, its states and a day stands first. Nothing in it is a formula.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from straits.evidence.ledger.ledger import Ledger, LedgerError
from straits.evidence.records import CANDIDATE, Claim, Event, Quantity
from straits.evidence.review.known import Candidate, candidates_of, sentence_of, titles
from straits.plain import one_line
from straits.spreadsheet import new_workbook, write_rows

DECISIONS = ("accept", "reject", "amend", "flag", "same as")
#: Fields that can be amended in the sheet, by kind of record.
FIELDS: dict[str, tuple[str, ...]] = {
    "event": ("type", "sources", "targets", "source_states", "target_states", "assets", "goods", "when",
              "duration", "modality", "voice"),
    "quantity": ("value", "unit", "measure", "object", "period", "voice"),
    "claim": ("speaker", "form", "via"),
}  # fmt: skip
_ALL_FIELDS = tuple(dict.fromkeys(f for fields in FIELDS.values() for f in fields))
COLUMNS = (
    "decision", "reason", "same_as", "sentence", "passage", "kind", *_ALL_FIELDS, "candidate_1", "candidate_2", "candidate_3",
    "outlet", "published", "document", "standing", "record",
)  # fmt: skip
SHEET = "drafts"
_WIDE = {"sentence": 70, "passage": 45, "reason": 25, "candidate_1": 45, "candidate_2": 30, "candidate_3": 30}


def cell_of(record: Event | Quantity | Claim, field: str) -> str | float | None:
    """Give the value of a field as the sheet shows it: lists joined by `|`, a time by its EDTF value."""
    value = getattr(record, field)
    if isinstance(value, tuple):
        return " | ".join(value) or None
    if field in ("when", "period"):
        return value.value if value else None
    return value


def rows_of(ledger: Ledger, kind: str | None = None, document: str | None = None) -> list[dict[str, Any]]:
    """Give the drafts, most useful to the case first, each as a row of `COLUMNS`."""
    own = {e.id for e in ledger.gazetteer.entries if e.kind == "asset"}
    rows: list[tuple[float, int, dict[str, Any]]] = []
    for record in ledger.records(kind, "draft", document):
        found = candidates_of(ledger, record)
        about = ledger.document(record.document)
        row: dict[str, Any] = dict.fromkeys(COLUMNS)
        row |= {field: cell_of(record, field) for field in FIELDS[record.kind]}
        row |= {
            "sentence": sentence_of(ledger, record), "passage": passage_of(record), "kind": record.kind, "outlet": about.outlet,
            "published": about.published.value, "document": about.name, "standing": "draft", "record": record.id,
        }  # fmt: skip
        row |= {f"candidate_{i}": title for i, title in enumerate(titles(found), 1)}
        rows.append((-_use(record, own, found), len(rows), row))
    return [row for _, _, row in sorted(rows, key=lambda r: r[:2])]


def passage_of(record: Event | Quantity | Claim) -> str:
    """Give the evidence of a record in one line."""
    return " ".join(record.evidence.exact.split())


def _use(record: Event | Quantity | Claim, own: set[str], found: list[Candidate]) -> float:
    """Tell how much a case may make of a draft."""
    if isinstance(record, Claim):
        return 0.5 * (record.salience == "core")
    if isinstance(record, Quantity):
        return 2.0 * (record.object in own) + (record.period is not None) + 0.5 * (record.unit.count("/") > 0)
    states = [s for s in (*record.source_states, *record.target_states) if not s.startswith(CANDIDATE)]
    dated = record.when is not None and record.when.value is not None
    best = found[0].likeness if found else 0.0
    named = any(a in own for a in record.assets)
    return 2.0 * named + bool(states) + bool(record.goods) + dated + (record.salience == "core") + best


def write_sheet(ledger: Ledger, target: Path, kind: str | None = None, document: str | None = None) -> int:
    """Write the drafts to a `.xlsx` or `.csv` file, whole or not at all, and give how many there are.

    Raises
    ------
    LedgerError
        If the name of the file ends otherwise.
    """
    if target.suffix.lower() not in (".xlsx", ".csv"):
        raise LedgerError(f"{target.name}: found {target.suffix or 'no ending'}; accepted: .xlsx or .csv")
    rows = rows_of(ledger, kind, document)
    if target.suffix.lower() == ".csv":
        write_rows(target, COLUMNS, [[row[c] for c in COLUMNS] for row in rows])
    else:
        _write_workbook(target, rows)
    return len(rows)


def _write_workbook(target: Path, rows: Iterable[dict[str, Any]]) -> None:
    from straits.evidence.finding.lexicon import codebook

    listed = list(rows)
    with new_workbook(target, "Drafts of evidence") as book:
        sheet = book.add_worksheet(SHEET)
        head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        wrap = book.add_format({"text_wrap": True, "valign": "top"})
        asked = book.add_format({"text_wrap": True, "valign": "top", "bg_color": "#FFF8E1"})
        # Written row by row (constant memory): widths and lists first, then the cells in order.
        for i, column in enumerate(COLUMNS):
            sheet.set_column(i, i, _WIDE.get(column, 14), wrap)
        sheet.freeze_panes(1, 3)
        last = max(1, len(listed))
        sheet.autofilter(0, 0, last, len(COLUMNS) - 1)
        for column, accepted in (
            ("decision", DECISIONS), ("modality", ("asserted", "planned", "denied", "hypothetical")), ("type", tuple(codebook())),
        ):  # fmt: skip
            at = COLUMNS.index(column)
            if len(",".join(accepted)) <= 255:
                sheet.data_validation(
                    1, at, last, at, {"validate": "list", "source": list(accepted), "error_type": "warning"}
                )
        for i, column in enumerate(COLUMNS):
            sheet.write_string(0, i, column, head)
        for number, row in enumerate(listed, 1):
            for i, column in enumerate(COLUMNS):
                value, look = row[column], asked if column in ("decision", "reason", "same_as") else wrap
                if value is None:
                    sheet.write_blank(number, i, None, look)
                elif isinstance(value, float):
                    sheet.write_number(number, i, value, look)
                else:
                    sheet.write_string(number, i, one_line(str(value)), look)


__all__ = ["COLUMNS", "DECISIONS", "FIELDS", "SHEET", "cell_of", "passage_of", "rows_of", "write_sheet"]
