"""Building blocks of the row models: what a column holds is said once, here, and used by checks, units and docs."""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from functools import cache
from itertools import pairwise
from threading import Lock
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

#: Separates the members of a list inside one cell. Neither a field nor a decimal separator of any CSV dialect.
LIST_SEPARATOR = "|"

#: Text that stands for "no limit" in a capacity cell. A blank capacity is an error, never a limit of zero or infinity.
UNLIMITED = "unlimited"

#: Python 3.11 parses in one thread at a time alone: in two at once it now and then ends in a SystemError (CPython issue 106905).
_PARSING = Lock()

_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def _split(value: Any) -> Any:
    if value is None or value == "":
        return ()
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(LIST_SEPARATOR) if part.strip())
    return value


def _limit(value: Any) -> Any:
    if isinstance(value, str) and value.strip().lower() == UNLIMITED:
        return float("inf")
    return value


def as_day(value: Any) -> Any:
    """Refuse what pydantic would take for a day and nobody means: a number as seconds since 1970, a text of another form."""
    if isinstance(value, bool | int | float) or (
        isinstance(value, str) and not _ISO_DATE.fullmatch(value.strip())
    ):
        raise ValueError("accepted: a date as YYYY-MM-DD")
    return value.strip() if isinstance(value, str) else value


TextList = Annotated[tuple[str, ...], BeforeValidator(_split)]
Limit = Annotated[float, BeforeValidator(_limit)]


def ref(table: str, **kwargs: Any) -> Any:
    """Give a column that must hold the id of a row of `table` (or several, in a list column).

    `table` is a table name, `"asset"` for any of links, places, supplies, markets, stores and fleets, `"asset or contract"`, or
    `"profile"` for the name of a profile.
    """
    return Field(json_schema_extra={"refers": table}, **kwargs)


def quantity(dimension: str, **kwargs: Any) -> Any:
    """Give a number with a companion column `<name>_unit`.

    `dimension` is one of `rate` (amount per time), `amount`, `price` (money per amount), `money`, `payment` (money per time).
    `per` (optional) names the column that holds the commodity the amount is of.
    """
    return Field(json_schema_extra={"dimension": dimension}, **kwargs)


class Row(BaseModel):
    """A row of a table: unknown columns are errors, texts are stripped, values are immutable."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        str_strip_whitespace=True,
        allow_inf_nan=True,
    )


@cache
def docs_of(model: type[Row]) -> dict[str, str]:
    """Give the docstring of each field of a row model that has one.

    Read from the source when somebody asks, once: read as models are made, by pydantic, it takes a third of the time of importing
    them, and most who import them only read cases.
    """
    above = model.__base__
    found = dict(docs_of(above)) if above is not None and issubclass(above, Row) else {}
    with _PARSING:
        (body,) = ast.parse(textwrap.dedent(inspect.getsource(model))).body
    assert isinstance(body, ast.ClassDef)
    for field, said in pairwise(body.body):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name):
            text = (
                said.value.value
                if isinstance(said, ast.Expr) and isinstance(said.value, ast.Constant)
                else None
            )
            if isinstance(text, str):
                found[field.target.id] = inspect.cleandoc(text)
    return found
