"""`straits goods trace`."""

from __future__ import annotations

from typing import Annotated

import typer

from straits.cli.console import shown
from straits.cli.goods.shared import (
    Column,
    Decimal,
    Files,
    Format,
    Out,
    Set,
    Thousands,
    declared_options,
    deliver,
)
from straits.cli.options import AsJson


@shown
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
    column: Column = None,
    set_: Set = None,
    format: Format = None,
    decimal: Decimal = None,
    thousands: Thousands = None,
    as_json: AsJson = False,
    out: Out = None,
) -> None:
    """Find what left without a lawful source, with its certificates, and what never left."""
    from straits import goods

    result = goods.trace(
        list(files),
        target=target,
        barred=barred or (),
        lawful=lawful or (),
        as_of=as_of,
        released_by=tuple(released_by or ("exit",)),
        options=declared_options(column, set_, format, decimal, thousands),
    )
    deliver(result, as_json=as_json, out=out)
