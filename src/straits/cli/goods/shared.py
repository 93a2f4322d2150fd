"""What the commands of this room share: options, and how an answer is shown or written."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_type_hints

import typer

from straits.cli.shared import console
from straits.cli.shared.answers import leave
from straits.cli.shared.console import print_table, say, shown
from straits.cli.shared.options import AsJson
from straits.cli.shared.options import Out as Out

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
Before = Annotated[str, typer.Option(help="Span: 2021, 2021-H1, 2021-05/2021-11.")]
After = Annotated[str, typer.Option(help="Span, whole years later.")]
Concordance = Annotated[Path | None, typer.Option(help="Two editions of the HS, code by code.")]
Level = Annotated[float, typer.Option(min=0.5, max=0.999, help="Level of the intervals.")]


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


def _of_all(
    column: Column = None,
    set_: Set = None,
    format: Format = None,
    decimal: Decimal = None,
    thousands: Thousands = None,
    as_json: AsJson = False,
    out: Out = None,
) -> None:
    """Stand for the options that every question to files has."""


def _parameters(question: Callable[..., Any]) -> dict[str, inspect.Parameter]:
    """Return the parameters of a function with their types; those of `options` and of the result are not loaded for that."""
    types = get_type_hints(question, localns={"Options": Any, "Result": Any}, include_extras=True)
    return {
        name: one.replace(annotation=types[name])
        for name, one in inspect.signature(question).parameters.items()
    }


def asks_files(question: Callable[..., Result]) -> Callable[..., None]:
    """Make a command of a function that asks files and returns a result.

    The command has the parameters of the function, of which the first is `files` and the last `options`, and the options of all
    questions: how the files are written, and where the answer goes. Its status is 1 if the answer has no row.
    """
    own, more = _parameters(question), _parameters(_of_all)

    @functools.wraps(question)
    def command(**given: Any) -> None:
        files: list[Path | str] = [*given.pop("files")]
        shared = {name: given.pop(name) for name in more}
        as_json, out = shared.pop("as_json"), shared.pop("out")
        result = question(files, **given, options=declared_options(**shared))
        deliver(result, as_json=as_json, out=out)
        raise typer.Exit(0 if len(result.table) else 1)

    told: Any = command
    mine = [one for name, one in own.items() if name != "options"]
    told.__signature__ = inspect.Signature([*mine, *more.values()], return_annotation=None)
    told.__annotations__ = {one.name: one.annotation for one in [*mine, *more.values()]}
    del told.__wrapped__
    return shown(command)


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
        console.err.print(f"{len(result.refused)} not accepted:", style="bold red", highlight=False)
        for file, row, column, found, accepted, code in result.refused.head(50).astype(str).to_numpy():
            where = ", ".join([file, *[f"row {row}"] * bool(row), *[f"column {column}"] * bool(column)])
            text = f"  {where}: found {found}; accepted: {accepted} [{code}]"
            console.err.print(text, markup=False, highlight=False, soft_wrap=True)


def _title(name: str, attrs: dict[Any, Any]) -> str:
    units = attrs.get("units", {})
    told = "; ".join(f"{column} in {unit}" for column, unit in units.items())
    return f"{attrs.get('title', name)}{f' ({told})' if told else ''}"
