"""`straits goods divert`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from straits.cli.goods.shared import Concordance, Exporter, Files, Level, Rates, asks_files

if TYPE_CHECKING:
    from straits.goods.readers.base import Options
    from straits.results import Result


@asks_files
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
    concordance: Concordance = None,
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
    level: Level = 0.9,
    least: Annotated[
        float, typer.Option(min=0, help="Least yearly value to the target of a code that is tested.")
    ] = 1e5,
    rates: Rates = None,
    options: Options | None = None,
) -> Result:
    """Look whether goods moved from a target to hubs: three answers that rest on different things."""
    from straits import goods

    return goods.divert(
        files, target=target, hubs=hub, event=event, after=after, exporter=exporter, concordance=concordance, listed=listed,
        reference=reference, parts=part, fdr=fdr, level=level, least=least, rates=rates, options=options,
    )  # fmt: skip
