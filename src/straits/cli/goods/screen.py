"""`straits goods screen`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from straits.cli.goods.shared import Column, Concordance, Files, Format, Out, Set, declared_options, deliver
from straits.cli.shared.console import shown
from straits.cli.shared.options import AsJson


@shown
def screen(
    lists: Files,
    as_of: Annotated[str, typer.Option(help="The day, as 2023-05-19.")],
    party: Annotated[list[str] | None, typer.Option(help="A name to look for; repeat.")] = None,
    good: Annotated[list[str] | None, typer.Option(help="A code to look for; repeat.")] = None,
    asked: Annotated[
        list[Path] | None,
        typer.Option(
            help="Table of parties (name, kind, imo, registration, day) or goods (code, edition, day)."
        ),
    ] = None,
    kind: Annotated[str, typer.Option(help="Kind of the parties: person, entity, vessel.")] = "",
    edition: Annotated[str, typer.Option(help="Edition of the codes: HS2022, HS2017, CN2022.")] = "",
    concordance: Concordance = None,
    threshold: Annotated[float | None, typer.Option(help="Score from which a name is a hit.")] = None,
    column: Column = None,
    set_: Set = None,
    format: Format = None,
    as_json: AsJson = False,
    out: Out = None,
) -> None:
    """Screen goods and parties against copies of lists, as of a day; each answer names the copy and its hash."""
    from straits import goods
    from straits.goods.screening.names.score import THRESHOLD

    result = goods.screen(
        list(lists),
        as_of=as_of,
        parties=party or (),
        goods=good or (),
        asked=list(asked or ()),
        edition=edition,
        kind=kind,
        concordance=concordance,
        threshold=THRESHOLD if threshold is None else threshold,
        options=declared_options(column, set_, format, None, None),
    )
    deliver(result, as_json=as_json, out=out)
