"""What the commands of `straits evidence` share: the app, options, and how errors are shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from straits.cli.shared import console
from straits.cli.shared.console import shown, write_json
from straits.cli.shared.options import AsJson
from straits.errors import StraitsError
from straits.plain import one_line

if TYPE_CHECKING:
    from straits.evidence.ledger.ledger import Ledger

#: Names the file of the key where no option does.
KEY_VARIABLE = "STRAITS_LEDGER_KEY_FILE"
#: What the command that is running was given.
_named_key: ContextVar[Path | None] = ContextVar("key of the ledger", default=None)
T = TypeVar("T")

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
RecordIds = Annotated[list[str], typer.Argument(help="Record ids, or beginnings of them.")]
Parse = Annotated[
    bool, typer.Option("--parse", help="Tell the parties of events by a parser of English (straits[parse]).")
]
DEFAULT = Path("evidence.db")


def say(text: str) -> None:
    """Print one line: whoever wrote what stands in it, it makes no second."""
    console.say(one_line(text))


@evidence_app.callback()
def _evidence(
    key_file: Annotated[
        Path | None,
        typer.Option(envvar=KEY_VARIABLE, help="File with the key of the ledger's seal, if it has one."),
    ] = None,
) -> None:
    _named_key.set(key_file)


@contextmanager
def open_ledger(path: Path, create: bool = False, whole: bool = False) -> Iterator[Ledger]:
    """Open the ledger of a command, with the key of its seal if one is named.

    Parameters
    ----------
    whole : bool
        Check all of it first: for what leaves the ledger and is believed elsewhere.
    """
    from straits.evidence.ledger.ledger import Ledger

    with Ledger(path, create, key=ledger_key()) as book:
        if whole:
            book.verify()
        yield book


def ledger_key() -> bytes | None:
    """Read the key that the options or the environment of the running command name."""
    from straits.evidence.ledger.chain import read_key

    named = _named_key.get()
    return read_key(named) if named else None


def each(what: str, items: Iterable[T], name: Callable[[T], str], work: Callable[[T], None]) -> None:
    """Do a work for each of several items: one that fails is told and does not end the others.

    Raises
    ------
    StraitsError
        In the end, if some failed.
    """
    failed, count = 0, 0
    for item in items:
        count += 1
        try:
            work(item)
        except (KeyboardInterrupt, BrokenPipeError, typer.Exit, typer.Abort):
            raise
        except Exception as error:  # whatever one document brings, the others are not to pay for it
            failed += 1
            why, head = _why(error), f"{name(item)}: "
            console.err.print(
                one_line(why if why.startswith(head) else head + why),
                markup=False,
                highlight=False,
                soft_wrap=True,
            )
    if failed:
        raise StraitsError(f"{failed} of {count} {what}")


def _why(error: Exception) -> str:
    if isinstance(error, StraitsError):
        return str(error)
    if isinstance(error, OSError):
        return str(error.strerror or error)
    return f"{type(error).__name__}: {error}"


__all__ = [
    "DEFAULT",
    "AsJson",
    "By",
    "LedgerPath",
    "Reason",
    "RecordId",
    "RecordIds",
    "each",
    "evidence_app",
    "ledger_key",
    "open_ledger",
    "say",
    "shown",
    "write_json",
]
