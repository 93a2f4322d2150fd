"""What the commands of `straits evidence` share: the app, options, and how errors are shown."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from straits.console import AsJson, err, out, say, shown, write_json

evidence_app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="From press report to sourced claim and dated event: documents, drafts, review.",
)

LedgerPath = Annotated[
    Path, typer.Option("--ledger", "-l", envvar="STRAITS_LEDGER", help="The ledger's file.")
]
By = Annotated[str, typer.Option(help="Who judges.")]
Reason = Annotated[str, typer.Option(help="Why.")]
RecordId = Annotated[str, typer.Argument(help="Record id, or the beginning of one.")]
DEFAULT = Path("evidence.db")


def open_ledger(path: Path, create: bool = False) -> Any:
    from straits.evidence.ledger import Ledger

    return Ledger(path, create)


__all__ = [
    "DEFAULT",
    "AsJson",
    "By",
    "LedgerPath",
    "Reason",
    "RecordId",
    "err",
    "evidence_app",
    "open_ledger",
    "out",
    "say",
    "shown",
    "write_json",
]
