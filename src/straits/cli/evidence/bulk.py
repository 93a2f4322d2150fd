"""`straits evidence sheet` and `judge`: all drafts in a spreadsheet, and its decisions back, all or nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from straits.cli.evidence.base import DEFAULT, By, LedgerPath, evidence_app, open_ledger, say, shown


@evidence_app.command()
@shown
def sheet(
    file: Annotated[Path, typer.Argument(help="File to write: .xlsx or .csv.")],
    kind: Annotated[str | None, typer.Option(help="event, quantity or claim.")] = None,
    document: Annotated[str | None, typer.Option(help="Hash of a document.")] = None,
    ledger: LedgerPath = DEFAULT,
) -> None:
    """Write a row per draft, most useful to the case first, with known events and an empty decision."""
    from straits.evidence.review.sheet import DECISIONS, write_sheet

    with open_ledger(ledger) as book:
        sha256 = book.document(document).sha256 if document else None
        number = write_sheet(book, file, kind, sha256)
    say(f"{file}: {number} drafts; decisions: {', '.join(DECISIONS)}; `straits evidence judge` reads them")


@evidence_app.command()
@shown
def judge(
    file: Annotated[Path, typer.Argument(help="Judged sheet: .xlsx or .csv.", exists=True, dir_okay=False)],
    by: By,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be written, and write nothing.")
    ] = False,
    ledger: LedgerPath = DEFAULT,
) -> None:
    """Write the decisions of a sheet to the log, all or nothing."""
    from straits.evidence.review.judge import carry_out, decisions

    with open_ledger(ledger) as book:
        found = decisions(book, file, by)
        if dry_run:
            for decision in found:
                say(str(decision))
            say(f"{len(found)} decisions would be written; nothing was")
            return
        carry_out(book, found, by)
    say(f"{len(found)} decisions written, by {by}")
