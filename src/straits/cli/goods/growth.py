"""`straits goods growth`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from straits.cli.console import shown
from straits.cli.goods.shared import (
    Basis,
    Column,
    Currency,
    Decimal,
    Exporter,
    Files,
    Flow,
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
def growth(
    files: Files,
    before: Annotated[str, typer.Option(help="Span: 2021, 2021-H1, 2021-05/2021-11.")],
    after: Annotated[str, typer.Option(help="Span, whole years later.")],
    exporter: Exporter = None,
    importer: Importer = None,
    flow: Flow = None,
    good: Good = None,
    basis: Basis = None,
    vintage: Vintage = None,
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
    """Compare like with like: growth over the months that both periods have."""
    from straits import goods

    chosen: list[Path | str] = [*files]
    result = goods.growth(
        chosen, before=before, after=after, exporter=exporter, importer=importer, flow=flow, good=good, basis=basis,
        vintage=vintage, currency=currency, rates=rates, options=declared_options(column, set_, format, decimal, thousands),
    )  # fmt: skip
    deliver(result, as_json=as_json, out=out)
    raise typer.Exit(0 if len(result.table) else 1)
