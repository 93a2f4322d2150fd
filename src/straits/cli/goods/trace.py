"""`straits goods trace`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from straits.cli.goods.shared import Files, asks_files

if TYPE_CHECKING:
    from straits.goods.readers.base import Options
    from straits.results import Result


@asks_files
def trace(
    files: Files,
    target: Annotated[str, typer.Option(help="Country of destination that is asked about.")],
    barred: Annotated[
        list[str] | None, typer.Option(help="Country whose goods may not go there; repeat.")
    ] = None,
    lawful: Annotated[
        list[str] | None, typer.Option(help="Or: country whose goods may; all others may not.")
    ] = None,
    as_of: Annotated[
        str | None,
        typer.Option(help="Day on which deadlines are looked at; default: the last of the ledger."),
    ] = None,
    released_by: Annotated[
        list[str] | None, typer.Option(help="Events that end a deadline's duty: exit (default), use.")
    ] = None,
    options: Options | None = None,
) -> Result:
    """Find what left without a lawful source, with its certificates, and what never left."""
    from straits import goods

    return goods.trace(
        files, target=target, barred=barred or (), lawful=lawful or (), as_of=as_of,
        released_by=tuple(released_by or ("exit",)), options=options,
    )  # fmt: skip
