"""What the commands of this room share: options, and how an answer is shown or written."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from straits.cli.answers import leave
from straits.cli.console import err, print_table, say
from straits.cli.options import Out as Out

if TYPE_CHECKING:
    from straits.goods.readers.base import Options
    from straits.results import Result

Files = Annotated[
    list[Path], typer.Argument(help="Files; gzip is unpacked. `straits goods check` says what is accepted.")
]
Column = Annotated[
    list[str] | None,
    typer.Option("--column", metavar="FIELD=COLUMN", help="Column map, for a table of your own: value=Wert."),
]
Set = Annotated[
    list[str] | None,
    typer.Option(
        "--set", metavar="FIELD=TEXT", help="What the file does not say itself: currency=EUR, edition=HS2022."
    ),
]
Format = Annotated[
    str | None, typer.Option(help="Format of the files; default: found from their first line.")
]
Decimal = Annotated[str | None, typer.Option(help="Decimal mark; default: a point.")]
Thousands = Annotated[str | None, typer.Option(help="Thousands mark; default: none.")]
Exporter = Annotated[
    str | None, typer.Option("--from", help="Exporter: a country or group (DE, Germany, EU).")
]
Importer = Annotated[str | None, typer.Option("--to", help="Importer: a country or group.")]
Flow = Annotated[
    str | None, typer.Option(help="Whose records: export, import, or turnover (both ways of one reporter).")
]
Good = Annotated[str | None, typer.Option(help="Code of a good, `total` or `listed`.")]
Basis = Annotated[str | None, typer.Option(help="origin or consignment, where a reporter gives both.")]
Vintage = Annotated[str | None, typer.Option(help="Edition of the statistic, where there are several.")]
Currency = Annotated[
    str | None, typer.Option(help="Currency of the answer; others are converted with --rates.")
]
Rates = Annotated[
    Path | None, typer.Option(help="Rates of currencies: a CSV with currency, per, period, rate.")
]


def declared_options(
    column: list[str] | None,
    set_: list[str] | None,
    format: str | None,
    decimal: str | None,
    thousands: str | None,
) -> Options:
    """Return what the user declares of the files."""
    from straits.goods.reading import declared, options_of

    return options_of(
        declared(column or []), format, decimal, thousands, **declared(set_ or [], option="--set")
    )


def deliver(result: Result, *, as_json: bool, out: Path | None, top: int | None = 30) -> None:
    """Show a result: words first, then its main table, then what was refused; or JSON; and write it if asked."""
    if leave(result, out, as_json):
        return
    for sentence in result.sentences:
        say(sentence)
    for name, table in result.tables.items():
        if name != "refused":
            print_table(table, _title(name, table.attrs), top)
    if len(result.refused):
        err.print(f"{len(result.refused)} not accepted:", style="bold red", highlight=False)
        for file, row, column, found, accepted, code in result.refused.head(50).astype(str).to_numpy():
            where = ", ".join([file, *[f"row {row}"] * bool(row), *[f"column {column}"] * bool(column)])
            text = f"  {where}: found {found}; accepted: {accepted} [{code}]"
            err.print(text, markup=False, highlight=False, soft_wrap=True)


def _title(name: str, attrs: dict[Any, Any]) -> str:
    units = attrs.get("units", {})
    told = "; ".join(f"{column} in {unit}" for column, unit in units.items())
    return f"{attrs.get('title', name)}{f' ({told})' if told else ''}"
