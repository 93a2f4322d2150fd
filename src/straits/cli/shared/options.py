"""Options that several commands have: each is written once, and means the same everywhere."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

CaseName = Annotated[
    str, typer.Argument(help="A bundled case (see `straits cases`), a folder, or an .xlsx workbook.")
]
#: How scenarios are played.
Foresight = Annotated[
    str | None, typer.Option(help="perfect, surprise or rolling(n); default: the scenario's.")
]
#: When closures are known, in analyses of many of them.
Known = Annotated[
    str | None,
    typer.Option(
        "--foresight",
        help="perfect: closures are known from the start; surprise: from the first day of the window, with their end. Default: "
        "surprise where a named actor closes, else perfect.",
    ),
]
Scenario = Annotated[str | None, typer.Option(help="What acts besides; default: the undisturbed case.")]
Tariffs = Annotated[str | None, typer.Option(help="paid or internal; default: the case's.")]
Window = Annotated[
    str | None,
    typer.Option(metavar="2022-07-01:30d", help="First day and length; default: the whole time axis."),
]
Refine = Annotated[
    bool,
    typer.Option(
        "--refine/--no-refine",
        help="Cut steps into shorter ones round what lasts less than three of them, and show both answers where they differ.",
    ),
]
Commodity = Annotated[str | None, typer.Option(help="Only this commodity; default: all.")]

Workers = Annotated[int, typer.Option(help="Processes; the answer does not depend on it.")]
StoreFolder = Annotated[
    str | None,
    typer.Option(
        help="Folder that keeps answers, so that a stopped run goes on; needs straits\\[parquet]. Or the address of an object "
        "store, such as s3://bucket/answers; needs straits\\[objects] too."
    ),
]

AsJson = Annotated[bool, typer.Option("--json", help="Write JSON to standard output, for machines.")]
Out = Annotated[
    Path | None, typer.Option("--out", help="Folder for whole tables as CSV, besides what is printed.")
]
Top = Annotated[int, typer.Option(min=1, help="Rows printed of each table.")]

SetCells = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="TABLE.ROW.COLUMN=VALUE",
        help="Another value for a cell, as links.cpc-shore.capacity=5; several times for several cells. Checked like a case.",
    ),
]
