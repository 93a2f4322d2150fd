"""`straits goods pick`."""

from __future__ import annotations

from typing import Annotated

import typer

from straits.cli.goods.shared import (
    Column,
    Decimal,
    Files,
    Format,
    Out,
    Thousands,
    declared_options,
    deliver,
)
from straits.cli.shared.console import shown
from straits.cli.shared.options import AsJson
from straits.errors import StraitsError


@shown
def pick(
    files: Files,
    k: Annotated[int, typer.Option("-k", "--count", help="How many are inspected.")],
    least_per_post: Annotated[
        list[str] | None,
        typer.Option(help="At least so many of every post: 2; or of one: Dostyk=3, repeated."),
    ] = None,
    most_per_holder: Annotated[int | None, typer.Option(help="At most so many of any holder.")] = None,
    column: Column = None,
    format: Format = None,
    decimal: Decimal = None,
    thousands: Thousands = None,
    as_json: AsJson = False,
    out: Out = None,
) -> None:
    """Choose the consignments to inspect: the greatest expected finding, proved."""
    from straits import goods

    result = goods.pick(
        list(files),
        k=k,
        least_per_post=_least(least_per_post or []),
        most_per_holder=most_per_holder,
        options=declared_options(column, None, format, decimal, thousands),
    )
    deliver(result, as_json=as_json, out=out)


def _least(texts: list[str]) -> int | dict[str, int]:
    """Read `2`, or `POST=2` several times."""
    if len(texts) == 1 and texts[0].isdigit():
        return int(texts[0])
    named: dict[str, int] = {}
    for text in texts:
        post, mark, number = text.rpartition("=")
        if not mark or not number.isdigit():
            raise StraitsError(f"--least-per-post {text!r}: a number, or POST=NUMBER, is accepted")
        named[post] = int(number)
    return named or 0
