"""`straits goods reexport`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from straits.cli.goods.shared import Basis, Currency, Files, Good, Rates, asks_files

if TYPE_CHECKING:
    from straits.goods.readers.base import Options
    from straits.results import Result


@asks_files
def reexport(
    files: Files,
    hub: Annotated[str, typer.Option(help="Country that goods enter and leave.")],
    target: Annotated[str, typer.Option(help="Country they leave for.")],
    source: Annotated[
        str | None, typer.Option(help="Country or group they enter from; default: all.")
    ] = None,
    good: Good = None,
    span: Annotated[
        str | None, typer.Option(help="Months or years counted; default: all that both ways have.")
    ] = None,
    basis: Basis = None,
    lags: Annotated[
        int, typer.Option(min=0, max=12, help="Months after entry within which goods leave.")
    ] = 3,
    currency: Currency = None,
    rates: Rates = None,
    options: Options | None = None,
) -> Result:
    """Look whether what enters leaves again: pass-through, share, unit values, with and without weights that cannot be right."""
    from straits import goods

    return goods.reexport(
        files, hub=hub, target=target, source=source, good=good, span=span, basis=basis, lags=lags, currency=currency,
        rates=rates, options=options,
    )  # fmt: skip
