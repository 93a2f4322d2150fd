"""`straits goods divert`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from straits.cli.console import shown
from straits.cli.goods.shared import (
    Column,
    Decimal,
    Exporter,
    Files,
    Format,
    Out,
    Rates,
    Set,
    Thousands,
    declared_options,
    deliver,
)
from straits.cli.options import AsJson


@shown
def divert(
    files: Files,
    target: Annotated[str, typer.Option(help="Importer from which goods may have moved away.")],
    hub: Annotated[
        list[str] | None,
        typer.Option(help="Importer they may have moved to, again for each; default: all others."),
    ] = None,
    event: Annotated[str, typer.Option(help="Day or month of the event.")] = "2022-02-24",
    after: Annotated[
        str | None, typer.Option(help="Span compared with one year earlier; default: from the event on.")
    ] = None,
    exporter: Exporter = None,
    concordance: Annotated[Path | None, typer.Option(help="Two editions of the HS, code by code.")] = None,
    listed: Annotated[
        Path | None, typer.Option("--list", help="Codes expected to move, for the Poisson regression.")
    ] = None,
    reference: Annotated[
        str | None, typer.Option(help="Corridor that the regression compares with; default: the target.")
    ] = None,
    part: Annotated[
        list[str] | None,
        typer.Option(help="listed, codes or ppml, again for each; default: all that can be."),
    ] = None,
    fdr: Annotated[
        float, typer.Option(min=0.001, max=0.5, help="Part of the codes found that may be wrong.")
    ] = 0.1,
    level: Annotated[float, typer.Option(min=0.5, max=0.999, help="Level of the intervals.")] = 0.9,
    least: Annotated[
        float, typer.Option(min=0, help="Least yearly value to the target of a code that is tested.")
    ] = 1e5,
    rates: Rates = None,
    column: Column = None,
    set_: Set = None,
    format: Format = None,
    decimal: Decimal = None,
    thousands: Thousands = None,
    as_json: AsJson = False,
    out: Out = None,
) -> None:
    """Look whether goods moved from a target to hubs: three answers that rest on different things."""
    from straits import goods

    chosen: list[Path | str] = [*files]
    result = goods.divert(
        chosen, target=target, hubs=hub, event=event, after=after, exporter=exporter, concordance=concordance, listed=listed,
        reference=reference, parts=part, fdr=fdr, level=level, least=least, rates=rates,
        options=declared_options(column, set_, format, decimal, thousands),
    )  # fmt: skip
    deliver(result, as_json=as_json, out=out)
    raise typer.Exit(0 if len(result.table) else 1)
