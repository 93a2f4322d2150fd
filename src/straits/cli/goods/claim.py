"""`straits goods claim`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from straits.cli.goods.shared import (
    Out,
    Vintage,
    deliver,
)
from straits.cli.shared.console import shown
from straits.cli.shared.options import AsJson


@shown
def claim(
    claims: Annotated[
        Path,
        typer.Argument(
            help="Quoted figures: a CSV with claim_id, kind, subject, statement, value_a, value_b, unit, factor_claimed, "
            "period_a, period_b; cells may be blank. Columns exporter, importer, flow and good may be added."
        ),
    ],
    against: Annotated[
        list[Path] | None, typer.Option(help="Statistics to hold them against, again for each file.")
    ] = None,
    ledger: Annotated[
        Path | None, typer.Option(help="Ledger of evidence in which contradictions are opened as conflicts.")
    ] = None,
    by: Annotated[str | None, typer.Option(help="Who opens them.")] = None,
    vintage: Vintage = None,
    as_json: AsJson = False,
    out: Out = None,
) -> None:
    """Say of quoted figures whether they can be right: consistent, contradicted or undecidable."""
    from straits import goods

    result = goods.claim(claims, [*against] if against else None, ledger=ledger, by=by, vintage=vintage)
    deliver(result, as_json=as_json, out=out)
    raise typer.Exit(0 if len(result.table) else 1)
