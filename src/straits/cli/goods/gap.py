"""`straits goods gap`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from straits.cli.console import shown
from straits.cli.goods.shared import (
    Column,
    Currency,
    Decimal,
    Exporter,
    Files,
    Format,
    Good,
    Importer,
    Out,
    Rates,
    Set,
    Thousands,
    Vintage,
    declared_options,
    deliver,
)
from straits.cli.options import AsJson


@shown
def gap(
    files: Files,
    exporter: Exporter = None,
    importer: Importer = None,
    period: Annotated[str | None, typer.Option(help="Year asked about; default: the last one.")] = None,
    event: Annotated[
        str | None, typer.Option(help="Day or year of the event: baseline years lie before it.")
    ] = None,
    baseline: Annotated[
        list[str] | None, typer.Option(help="A baseline year, again for each; default: all before the event.")
    ] = None,
    good: Good = None,
    vintage: Vintage = None,
    currency: Currency = None,
    rates: Rates = None,
    level: Annotated[float, typer.Option(min=0.5, max=0.999, help="Level of the intervals.")] = 0.9,
    column: Column = None,
    set_: Set = None,
    format: Format = None,
    decimal: Decimal = None,
    thousands: Thousands = None,
    as_json: AsJson = False,
    out: Out = None,
) -> None:
    """Compare what exporters record with what importers record, raw and against the pair's own past."""
    from straits import goods

    chosen: list[Path | str] = [*files]
    result = goods.gap(
        chosen, importer=importer, exporter=exporter, period=period, event=event, baseline=baseline, good=good, vintage=vintage,
        currency=currency, rates=rates, level=level, options=declared_options(column, set_, format, decimal, thousands),
    )  # fmt: skip
    deliver(result, as_json=as_json, out=out)
    raise typer.Exit(0 if len(result.table) else 1)
