"""Consignments from which some are chosen for inspection: id, post, holder, probability and value."""

from __future__ import annotations

import numpy as np
import pandas as pd

from straits.goods.cells import LINE, mapped, read_cells
from straits.goods.numbers import parse_numbers
from straits.goods.readers.base import Options, Reader, Source
from straits.goods.refusals import Refusals

COLUMNS = ("id", "post", "holder", "p", "v")


def _read(
    source: Source, options: Options, refusals: Refusals
) -> tuple[pd.DataFrame, tuple[tuple[str, str, str], ...]]:
    empty = pd.DataFrame(columns=[*COLUMNS, LINE])
    cells = read_cells(source, refusals)
    if cells is None:
        return empty, ()
    columns = {name: name for name in COLUMNS if name in cells.columns} | dict(options.columns)
    frame = mapped(cells, columns, file=source.file, needed=COLUMNS, refusals=refusals)
    if frame is None:
        return empty, ()
    good = np.ones(len(frame), dtype=bool)
    for name in ("id", "post", "holder"):
        frame[name] = frame[name].str.strip()
        for place in np.flatnonzero(frame[name] == ""):
            good[place] = False
            refusals.refuse(
                source.file,
                frame[LINE].iloc[place],
                name,
                "nothing",
                f"a {name} for each consignment",
                "missing_text",
            )
    for name, most, accepted in (
        ("p", 1.0, "a probability from 0 to 1"),
        ("v", np.inf, "a value of 0 or more"),
    ):
        texts = frame[name]
        before = len(refusals)
        # A probability has a point before its decimals: 0.125 is no thousand.
        numbers = parse_numbers(
            texts, file=source.file, column=name, lines=frame[LINE], refusals=refusals,
            decimal=options.decimal or ("." if name == "p" else None), thousands=options.thousands,
        )  # fmt: skip
        wrong = (numbers < 0) | (numbers > most) | (np.isnan(numbers) & (len(refusals) == before))
        for place in np.flatnonzero(wrong):
            refusals.refuse(
                source.file, frame[LINE].iloc[place], name, repr(texts.iloc[place]), accepted, "out_of_range"
            )
        good &= ~wrong & ~np.isnan(numbers)
        frame[name] = numbers
    again = frame["id"].duplicated().to_numpy()
    for place in np.flatnonzero(again & good):
        refusals.refuse(
            source.file,
            frame[LINE].iloc[place],
            "id",
            f"{frame['id'].iloc[place]!r} again",
            "one row for each",
            "duplicate_key",
        )
    return frame[good & ~again].reset_index(drop=True), ()


READERS = (
    Reader("consignments", "consignments", "consignments to choose from: id, post, holder, p, v", lambda source: set(COLUMNS)
    <= set(source.header), _read),
)  # fmt: skip
