"""`straits goods growth`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from straits.cli.goods.shared import (
    After,
    Basis,
    Before,
    Currency,
    Exporter,
    Files,
    Flow,
    Good,
    Importer,
    Rates,
    Vintage,
    asks_files,
)

if TYPE_CHECKING:
    from straits.goods.readers.base import Options
    from straits.results import Result


@asks_files
def growth(
    files: Files,
    before: Before,
    after: After,
    exporter: Exporter = None,
    importer: Importer = None,
    flow: Flow = None,
    good: Good = None,
    basis: Basis = None,
    vintage: Vintage = None,
    currency: Currency = None,
    rates: Rates = None,
    options: Options | None = None,
) -> Result:
    """Compare like with like: growth over the months that both periods have."""
    from straits import goods

    return goods.growth(
        files, before=before, after=after, exporter=exporter, importer=importer, flow=flow, good=good, basis=basis,
        vintage=vintage, currency=currency, rates=rates, options=options,
    )  # fmt: skip
