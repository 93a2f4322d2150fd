"""`straits goods to-case`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from straits.cli.goods.shared import (
    Out,
    deliver,
)
from straits.cli.shared.console import shown
from straits.cli.shared.options import AsJson

Pair = tuple[float, float]


@shown
def to_case(
    diverted: Annotated[Path, typer.Argument(help="Saved answer of `straits goods divert --out`.")],
    case: Annotated[str, typer.Argument(help="A bundled case, a folder, or an .xlsx workbook.")],
    hub: Annotated[str, typer.Option(help="Hub of the diversion.")],
    link: Annotated[list[str], typer.Option(help="Link that carries the goods, again for each.")],
    kg_per_currency: Annotated[
        Pair | None, typer.Option(metavar="LOW HIGH", help="Kilograms for one unit of currency.")
    ] = None,
    t_per_teu: Annotated[Pair | None, typer.Option(metavar="LOW HIGH", help="Tonnes in a container.")] = None,
    source: Annotated[str, typer.Option(help="Where the factors are from; needed if low is high.")] = "",
    unit: Annotated[str, typer.Option(help="kt or TEU.")] = "kt",
    scenario: Annotated[str, typer.Option(help="Id of the scenario that is written.")] = "hub-closed",
    folder: Annotated[Path | None, typer.Option(help="Folder of the case, for the scenario.")] = None,
    start: Annotated[str | None, typer.Option(help="First day of the closure.")] = None,
    end: Annotated[str | None, typer.Option(help="Day after the last.")] = None,
    as_json: AsJson = False,
    out: Out = None,
) -> None:
    """Hold a diverted flow against the capacity left on links of a case, and close them."""
    from straits import goods

    result = goods.to_case(
        diverted, case, hub=hub, links=link, kg_per_currency=kg_per_currency, t_per_teu=t_per_teu, source=source, unit=unit,
        scenario=scenario, folder=folder, start=start, end=end,
    )  # fmt: skip
    deliver(result, as_json=as_json, out=out)
    raise typer.Exit(0 if len(result.table) else 1)
