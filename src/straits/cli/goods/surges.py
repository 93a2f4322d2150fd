"""`straits goods surges`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from straits.cli.goods.shared import (
    After,
    Basis,
    Before,
    Concordance,
    Currency,
    Exporter,
    Files,
    Importer,
    Rates,
    asks_files,
)

if TYPE_CHECKING:
    from straits.goods.readers.base import Options
    from straits.results import Result


@asks_files
def surges(
    files: Files,
    before: Before,
    after: After,
    exporter: Exporter = None,
    importer: Importer = None,
    flow: Annotated[str, typer.Option(help="Whose records: export or import.")] = "export",
    basis: Basis = None,
    concordance: Concordance = None,
    least: Annotated[float, typer.Option(min=0, help="Least difference that is called a surge.")] = 1e5,
    fdr: Annotated[
        float, typer.Option(min=0.001, max=0.5, help="Part of the surges that may be none.")
    ] = 0.1,
    currency: Currency = None,
    rates: Rates = None,
    options: Options | None = None,
) -> Result:
    """Find goods that grew beyond their own past; a code without a past is `no baseline`."""
    from straits import goods

    return goods.surges(
        files, before=before, after=after, exporter=exporter, importer=importer, flow=flow, basis=basis,
        concordance=concordance, least=least, fdr=fdr, currency=currency, rates=rates, options=options,
    )  # fmt: skip
