"""`straits goods reexport`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from straits.cli.console import shown
from straits.cli.goods.shared import (
    Column,
    Currency,
    Decimal,
    Files,
    Format,
    Good,
    Out,
    Rates,
    Set,
    Thousands,
    declared_options,
    deliver,
)
from straits.cli.options import AsJson


@shown
def reexport(
    files: Files,
    hub: Annotated[str, typer.Option(help="Country that goods enter and leave.")],
    target: Annotated[str, typer.Option(help="Country they leave for.")],
    source: Annotated[
        str | None, typer.Option(help="Country or group they enter from; default: all.")
    ] = None,
    good: Good = None,
    span: Annotated[str | None, typer.Option(help="Months or years counted; default: all.")] = None,
    lags: Annotated[
        int, typer.Option(min=0, max=12, help="Months after entry within which goods leave.")
    ] = 3,
    currency: Currency = None,
    rates: Rates = None,
    column: Column = None,
    set_: Set = None,
    format: Format = None,
    decimal: Decimal = None,
    thousands: Thousands = None,
    as_json: AsJson = False,
    out: Out = None,
) -> None:
    """Look whether what enters leaves again: pass-through, share, unit values, with and without weights that cannot be right."""
    from straits import goods

    chosen: list[Path | str] = [*files]
    result = goods.reexport(
        chosen, hub=hub, target=target, source=source, good=good, span=span, lags=lags, currency=currency, rates=rates,
        options=declared_options(column, set_, format, decimal, thousands),
    )  # fmt: skip
    deliver(result, as_json=as_json, out=out)
    raise typer.Exit(0 if len(result.table) else 1)
