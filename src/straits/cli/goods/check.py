"""`straits goods check`."""

from __future__ import annotations

import typer

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
from straits.cli.shared.console import shown
from straits.cli.shared.options import AsJson


@shown
def check(
    files: Files,
    column: Column = None,
    set_: Set = None,
    format: Format = None,
    decimal: Decimal = None,
    thousands: Thousands = None,
    as_json: AsJson = False,
    out: Out = None,
) -> None:
    """Read files and list all that is not accepted; status 1 if there is anything."""
    from straits import goods

    result = goods.check(files, options=declared_options(column, set_, format, decimal, thousands))
    deliver(result, as_json=as_json, out=out)
    raise typer.Exit(1 if len(result.refused) else 0)
