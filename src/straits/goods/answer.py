"""What a command of this room returns: a `Result` that says its assumptions, its input, and that a pattern is no proof."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

import straits
from straits.goods.refusals import Refusals
from straits.results import Result, described
from straits.results.result import ASSUMED

if TYPE_CHECKING:
    from straits.goods.readers.base import Read

#: Said by every output of this room.
CAVEAT = "A pattern is not proof: it says where to look, not that anybody broke a law."


def answer(
    question: str,
    method: str,
    *,
    tables: Mapping[str, pd.DataFrame],
    sentences: Sequence[str],
    assumptions: Iterable[tuple[str, object, str]] = (),
    refusals: Refusals | None = None,
    inputs: Iterable[Read] = (),
    parameters: Mapping[str, Any] | None = None,
    **more: Any,
) -> Result:
    """Return a result with the tables of this room beside its own.

    Parameters
    ----------
    question, method : str
    tables : mapping of str to DataFrame
        The first is the main answer; empty if the question was refused.
    sentences : sequence of str
        The caveat is added as the last.
    assumptions : iterable of (assumption, value, why)
    refusals : Refusals, optional
        Table `refused` (always there) and, if there are any, `findings`.
    inputs : iterable of Read
        For the provenance.
    parameters : mapping, optional
    **more
        Other fields of `Result`.
    """
    refusals = refusals if refusals is not None else Refusals()
    assumed = pd.DataFrame([(a, str(v), w) for a, v, w in assumptions], columns=list(ASSUMED), dtype="object")
    every = dict(tables)
    every["assumptions"] = described(assumed, title="What the answer takes for granted")
    every["refused"] = described(refusals.table(), title="What was not accepted, and what would be")
    if refusals.findings:
        every["findings"] = described(
            refusals.findings_table(), title="What was accepted but should be known"
        )
    return Result(
        question=question,
        method=method,
        parameters=dict(parameters or {}),
        provenance=provenance(inputs),
        tables=every,
        sentences=(*sentences, CAVEAT),
        **more,
    )


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a table as dicts by column, for sentences about them."""
    return [dict(zip(table.columns, row, strict=True)) for row in table.itertuples(index=False, name=None)]


def provenance(inputs: Iterable[Read]) -> dict[str, Any]:
    """Return the version of straits, and name, SHA-256, format and rows of every input."""
    files = [
        {"file": read.file, "sha256": read.sha256, "format": read.reader, "rows": len(read.frame)}
        for read in inputs
    ]
    return {"straits": straits.__version__, "inputs": files}
