"""`straits goods gap`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from straits.cli.goods.shared import (
    Currency,
    Exporter,
    Files,
    Good,
    Importer,
    Level,
    Rates,
    Vintage,
    asks_files,
)

if TYPE_CHECKING:
    from straits.goods.readers.base import Options
    from straits.results import Result


@asks_files
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
    level: Level = 0.9,
    options: Options | None = None,
) -> Result:
    """Compare what exporters record with what importers record, raw and against the pair's own past."""
    from straits import goods

    return goods.gap(
        files, importer=importer, exporter=exporter, period=period, event=event, baseline=baseline, good=good, vintage=vintage,
        currency=currency, rates=rates, level=level, options=options,
    )  # fmt: skip
