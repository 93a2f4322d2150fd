"""Tables that questions need beside trade: concordances of nomenclatures, rates of currencies, quoted claims."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from straits.goods.cells import LINE, read_cells
from straits.goods.numbers import parse_codes, parse_numbers, parse_period
from straits.goods.readers.base import Reader

if TYPE_CHECKING:
    from straits.goods.readers.base import Options, Source
    from straits.goods.refusals import Refusals

CONCORDANCE = ("hs2022", "hs2017", "relationship", "conversion")
RATES = ("currency", "per", "period", "rate")
CLAIMS = (
    "claim_id",
    "kind",
    "subject",
    "statement",
    "value_a",
    "value_b",
    "unit",
    "factor_claimed",
    "period_a",
    "period_b",
)


def _concordance(
    source: Source, options: Options, refusals: Refusals
) -> tuple[pd.DataFrame, tuple[Any, ...]]:
    """Return `new`, `old`, `relationship`, `preferred`, and in `attrs` the names of both editions."""
    cells = read_cells(source, refusals)
    names = [name for name in source.header if name.lower().startswith("hs")][:2]
    if cells is None or len(names) < 2:
        return pd.DataFrame(columns=["new", "old", "relationship", "preferred", LINE]), ()
    made = {LINE: cells[LINE]}
    for field, column in zip(("new", "old"), names, strict=True):
        made[field] = parse_codes(
            cells[column], 6, file=source.file, column=column, lines=cells[LINE], refusals=refusals
        )
    made["relationship"] = cells["relationship"].str.strip()
    made["preferred"] = cells["conversion"].str.strip() == "1"
    frame = pd.DataFrame(made)
    twice = (
        frame["preferred"]
        & frame["new"].duplicated(keep=False)
        & frame.duplicated(["new", "preferred"], keep="first")
    )
    for line, code in zip(frame[LINE][twice], frame["new"][twice], strict=True):
        refusals.refuse(
            source.file,
            line,
            "conversion",
            f"a second preferred pair of {code}",
            "one for each code",
            "duplicate_key",
        )
    frame = frame[(frame["new"] != "") & (frame["old"] != "") & ~twice]
    frame.attrs = {"new": names[0].upper(), "old": names[1].upper()}
    return frame, ()


def _rates(source: Source, options: Options, refusals: Refusals) -> tuple[pd.DataFrame, tuple[Any, ...]]:
    """Return `currency`, `per`, `period`, `rate`: units of `currency` for one of `per`."""
    cells = read_cells(source, refusals)
    if cells is None:
        return pd.DataFrame(columns=[*RATES, LINE]), ()
    rate = parse_numbers(
        cells["rate"], file=source.file, column="rate", lines=cells[LINE], refusals=refusals,
        decimal=options.decimal or ".", thousands=options.thousands,
    )  # fmt: skip
    period = []
    for line, text, value in zip(cells[LINE], cells["period"], rate, strict=True):
        found = parse_period(text)
        if found is None:
            refusals.refuse(
                source.file, line, "period", repr(text), "a year 2022 or a month 2022-03", "period"
            )
        if not value > 0:
            refusals.refuse(source.file, line, "rate", value, "a number above 0", "number")
        period.append(found[0] if found else "")
    frame = pd.DataFrame(
        {
            "currency": cells["currency"].str.strip().str.upper(), "per": cells["per"].str.strip().str.upper(),
            "period": pd.Series(period, dtype="str", index=cells.index), "rate": rate, LINE: cells[LINE],
        }
    )  # fmt: skip
    for line in frame[LINE][frame.duplicated(["currency", "per", "period"])]:
        refusals.refuse(
            source.file,
            line,
            "period",
            "the same currencies and period again",
            "one rate for each",
            "duplicate_key",
        )
    return frame[(frame["period"] != "") & (frame["rate"] > 0)], ()


def _claims(source: Source, options: Options, refusals: Refusals) -> tuple[pd.DataFrame, tuple[Any, ...]]:
    """Return quoted figures as texts and numbers; what is not said stays empty or NaN."""
    cells = read_cells(source, refusals)
    if cells is None:
        return pd.DataFrame(columns=[*CLAIMS, LINE]), ()
    frame = cells.copy()
    for name in ("value_a", "value_b", "factor_claimed"):
        frame[name] = parse_numbers(
            cells[name], file=source.file, column=name, lines=cells[LINE], refusals=refusals, decimal=options.decimal or ".",
            thousands=options.thousands,
        )  # fmt: skip
    frame["claim_id"] = frame["claim_id"].str.strip()
    for place in np.flatnonzero(frame["claim_id"].duplicated()):
        line, name = frame[LINE].iloc[place], frame["claim_id"].iloc[place]
        refusals.refuse(source.file, line, "claim_id", f"{name} again", "each claim once", "duplicate_key")
    return frame, ()


READERS = (
    Reader(
        "concordance", "concordance", "two editions of the Harmonized System, code by code",
        lambda s: {"relationship", "conversion"} <= set(s.header), _concordance,
    ),
    Reader("rates", "rates", "rates of currencies: currency, per, period, rate", lambda s: set(RATES) <= set(s.header), _rates,
           RATES),
    Reader("claims", "claims", "quoted figures, one a row", lambda s: set(CLAIMS) <= set(s.header), _claims, CLAIMS),
)  # fmt: skip
