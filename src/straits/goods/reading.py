"""Files read, and what of them is accepted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from straits.errors import StraitsError, did_you_mean
from straits.goods.answer import answer
from straits.goods.readers.base import Options, Read, read_files
from straits.goods.refusals import InputRefused, Refusals
from straits.results import described
from straits.wording import counted

if TYPE_CHECKING:
    from straits.results import Result

Files = Path | str | Sequence[Path | str]


def options_of(
    columns: Mapping[str, str] | None = None,
    format: str | None = None,
    decimal: str | None = None,
    thousands: str | None = None,
    **more: str,
) -> Options:
    """Return what a user declares; see `Options`.

    Raises
    ------
    StraitsError
        A mark of numbers that is none.
    """
    for name, mark in (("decimal", decimal), ("thousands", thousands)):
        if mark is not None and mark not in {".", ",", " ", "'"}:
            raise StraitsError(f"{name} {mark!r}: a point, a comma, a space or an apostrophe is accepted")
    if decimal is not None and decimal == thousands:
        raise StraitsError(f"decimal and thousands are both {decimal!r}")
    return Options(dict(columns or {}), format, decimal, thousands, dict(more))


def read(files: Files, *, kind: str | None = None, options: Options | None = None) -> list[Read]:
    """Read files, all of them or none.

    Parameters
    ----------
    files : path or list of paths
    kind : str, optional
        Kind that every file must be: `trade`, `events`, `list`, ….
    options : Options, optional

    Raises
    ------
    InputRefused
        If anything of any file is refused; it carries every refusal.
    """
    refusals = Refusals()
    found = read_files(files, options, refusals)
    for one in found:
        if kind is not None and one.kind != kind:
            refusals.refuse(one.file, "", "", f"a file of {one.kind}", f"a file of {kind}", "wrong_kind")
    if len(refusals):
        raise InputRefused(refusals)
    return found


def check(files: Files, *, options: Options | None = None) -> Result:
    """Read files and say what is accepted, what is not, and what should be known.

    Parameters
    ----------
    files : path or list of paths
    options : Options, optional

    Returns
    -------
    Result
        `.table` a row per file: format, kind, rows, first and last period; `.refused` every refusal.
    """
    from straits.goods.rows import refuse_keys

    refusals = Refusals()
    reads = read_files(files, options, refusals)
    trade = [one for one in reads if one.kind == "trade"]
    if trade:
        refuse_keys(trade, refusals)
    count: dict[str, int] = {}
    for refusal in refusals:
        count[refusal.file] = count.get(refusal.file, 0) + 1
    every = [str(file) for file in ([files] if isinstance(files, Path | str) else files)]
    by_file = {one.file: one for one in reads}
    rows = [_row(file, by_file.get(file), count.get(file, 0)) for file in every]
    table = pd.DataFrame(rows, columns=["file", "format", "kind", "rows", "first", "last", "refused"])
    told = len(refusals)
    accepted = sum(len(one.frame) for one in reads)
    return answer(
        f"What of {len(every)} file{'s' * (len(every) != 1)} is accepted?",
        "Typed readers; each says what it accepts. Everything that is not accepted is listed, not only the first.",
        tables={"files": described(table, title="Files, what they are, and how much of them is accepted")},
        sentences=[f"{counted(accepted, 'row')} accepted, {counted(told, 'refusal')}."],
        refusals=refusals,
        inputs=reads,
        assumptions=[row for one in reads for row in one.assumptions],
    )


def _row(file: str, one: Read | None, refused: int) -> tuple[str, str, str, int, str, str, int]:
    if one is None:
        return file, "", "", 0, "", "", refused
    column = next(
        (name for name in ("period", "time", "edition", "first_seen") if name in one.frame.columns), None
    )
    told = one.frame[column].astype(str) if column is not None else pd.Series(dtype=str)
    told = told[told != ""]
    first, last = (str(told.min()), str(told.max())) if len(told) else ("", "")
    return file, one.reader, one.kind, len(one.frame), first, last, refused


def declared(
    pairs: Sequence[str], *, known: Sequence[str] | None = None, option: str = "--column"
) -> dict[str, str]:
    """Return `NAME=TEXT` pairs of the command line as a dict.

    Raises
    ------
    StraitsError
        A pair without `=`, a name twice, or one that is not known.
    """
    found: dict[str, str] = {}
    for pair in pairs:
        name, mark, text = pair.partition("=")
        if not mark or not name or not text:
            raise StraitsError(f"{option} {pair}: expected NAME=TEXT")
        if name in found:
            raise StraitsError(f"{option} names {name} twice: {found[name]} and {text}")
        if known is not None and name not in known:
            raise StraitsError(
                f"{option} {name}: not known{did_you_mean(name, known)}; known: {', '.join(known)}"
            )
        found[name] = text
    return found
