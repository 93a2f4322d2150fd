"""What the commands of `straits evidence` share: the app, options, and how errors are shown."""

from __future__ import annotations

import functools
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from straits.errors import StraitsError

evidence_app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="From press report to sourced claim and dated event: documents, drafts, review.",
)
out, err = Console(), Console(stderr=True)

LedgerPath = Annotated[
    Path, typer.Option("--ledger", "-l", envvar="STRAITS_LEDGER", help="The ledger's file.")
]
By = Annotated[str, typer.Option(help="Who judges.")]
Reason = Annotated[str, typer.Option(help="Why.")]
RecordId = Annotated[str, typer.Argument(help="Record id, or the beginning of one.")]
AsJson = Annotated[bool, typer.Option("--json", help="Write JSON to standard output, for machines.")]
DEFAULT = Path("evidence.db")


def shown(command: Callable[..., None]) -> Callable[..., None]:
    """Show an error of straits as its text and end with status 1."""

    @functools.wraps(command)
    def run(*args: Any, **kwargs: Any) -> None:
        try:
            command(*args, **kwargs)
        except StraitsError as error:
            err.print("error:", style="bold red", end=" ")
            err.print(str(error), markup=False, highlight=False, soft_wrap=True)
            raise typer.Exit(1) from None

    return run


def open_ledger(path: Path, create: bool = False) -> Any:
    from straits.evidence.ledger import Ledger

    return Ledger(path, create)


def say(text: str) -> None:
    out.print(text, markup=False, highlight=False, soft_wrap=True)


def write_json(data: Any) -> None:
    json.dump(data, sys.stdout, ensure_ascii=False, indent=1)
    sys.stdout.write("\n")
