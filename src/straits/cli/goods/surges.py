"""`straits goods surges`."""

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
    Importer,
    Out,
    Rates,
    Set,
    Thousands,
    declared_options,
    deliver,
)
from straits.cli.options import AsJson


@shown
def surges(
    files: Files,
    before: Annotated[str, typer.Option(help="Span: 2021, 2021-H1, 2021-05/2021-11.")],
    after: Annotated[str, typer.Option(help="Span, whole years later.")],
    exporter: Exporter = None,
    importer: Importer = None,
    flow: Annotated[str, typer.Option(help="Whose records: export or import.")] = "export",
    concordance: Annotated[Path | None, typer.Option(help="Two editions of the HS, code by code.")] = None,
    least: Annotated[float, typer.Option(min=0, help="Least difference that is called a surge.")] = 1e5,
    fdr: Annotated[
        float, typer.Option(min=0.001, max=0.5, help="Part of the surges that may be none.")
    ] = 0.1,
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
    """Find goods that grew beyond their own past; a code without a past is `no baseline`."""
    from straits import goods

    chosen: list[Path | str] = [*files]
    result = goods.surges(
        chosen, before=before, after=after, exporter=exporter, importer=importer, flow=flow, concordance=concordance, least=least,
        fdr=fdr, currency=currency, rates=rates, options=declared_options(column, set_, format, decimal, thousands),
    )  # fmt: skip
    deliver(result, as_json=as_json, out=out)
    raise typer.Exit(0 if len(result.table) else 1)
