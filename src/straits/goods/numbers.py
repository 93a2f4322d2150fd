"""Numbers, periods and codes as texts of a file: read strictly, whole columns at a time, each refusal with its row."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from straits.goods.refusals import Refusals

#: What stands for a missing number, which is not zero. Eurostat adds a letter to the colon.
MISSING = re.compile(r"|:\s*[a-zA-Z]?|-|–|—|\.\.\.?|…")
#: One to three digits, then groups of three after points: 1.234 may be 1234 or 1 and a bit.
_GROUPED = re.compile(r"[+-]?[1-9]\d{0,2}\.\d{3}")
#: A point that can only be a decimal one.
_DECIMAL = re.compile(r"[+-]?(0\.\d*|\d+\.(\d{1,2}|\d{4,})|\d{4,}\.\d+|\.\d+)")


def parse_numbers(
    texts: pd.Series,
    *,
    file: str,
    column: str,
    lines: pd.Series,
    refusals: Refusals,
    decimal: str | None = None,
    thousands: str | None = None,
) -> np.ndarray:
    """Return a column of texts as floats; NaN for a missing number and for a refused one.

    A number is digits with a point before its decimals. `1,5` and `1.234,5` are refused unless `decimal=","` is declared; `1.234`
    is refused if no other number of the column shows that its point is a decimal one (`1.5`, `1234.567`, `0.123`), unless
    `decimal="."` is declared. A declared thousands mark stands between groups of digits as thousands marks do, or the number is
    refused. `:` and `-` are missing, not zero.

    Parameters
    ----------
    texts : Series of str, shape (n,)
    file, column : str
        For refusals.
    lines : Series of int, shape (n,)
    refusals : Refusals
    decimal, thousands : str, optional
        Marks that the user declares.

    Returns
    -------
    ndarray of float, shape (n,)
    """
    stripped = texts.str.strip()
    if thousands:
        # Groups of three, or of two before the last as in India; 1,5 under a thousands comma is a slip, and not 15.
        whole = rf"[+-]?\d{{1,3}}({re.escape(thousands)}\d{{2,3}})*{re.escape(thousands)}\d{{3}}"
        right = stripped.str.fullmatch(rf"{whole}({re.escape(decimal or '.')}\d*)?")
        wrong = stripped.str.contains(thousands, regex=False) & ~right & ~stripped.str.fullmatch(MISSING)
        stripped = stripped.str.replace(thousands, "", regex=False).where(~wrong, stripped + "?")
    if decimal == ",":
        # A point left over is no number then: `1.5` under a decimal comma could be either.
        stripped = stripped.where(~stripped.str.contains(".", regex=False), stripped + "?").str.replace(
            ",", "."
        )
    values = pd.to_numeric(stripped, errors="coerce").to_numpy(dtype=float, copy=True)
    odd = ~np.isfinite(values)
    for place in np.flatnonzero(odd):
        found = texts.iloc[place].strip()
        values[place] = np.nan
        if MISSING.fullmatch(found):
            continue
        accepted = "digits with a point before the decimals, or a declared decimal and thousands mark"
        code = "number_ambiguous" if re.search(r"\d[.,\s'’]\d", found) else "number"
        refusals.refuse(file, lines.iloc[place], column, repr(texts.iloc[place]), accepted, code)
    if decimal is None:
        grouped = stripped.str.fullmatch(_GROUPED).to_numpy(dtype=bool)
        if grouped.any() and not stripped.str.fullmatch(_DECIMAL).any():
            accepted = "1234 or 1.2340, or decimal='.' declared: nothing in the column tells a thousands point from a decimal one"
            for place in np.flatnonzero(grouped):
                refusals.refuse(
                    file, lines.iloc[place], column, repr(texts.iloc[place]), accepted, "number_ambiguous"
                )
                values[place] = np.nan
    return values


_PERIODS = (
    (re.compile(r"([0-9]{4})"), "year"),
    (re.compile(r"([0-9]{4})-([0-9]{2})"), "month"),
    (re.compile(r"([0-9]{4})M([0-9]{2})"), "month"),
    (re.compile(r"([0-9]{4})([0-9]{2})"), "month"),
    (re.compile(r"([0-9]{4})-([0-9]{2})-01"), "month"),
)


def parse_period(text: str) -> tuple[str, str] | None:
    """Return a period as (`2022`, `year`) or (`2022-03`, `month`), or None if it is neither.

    Accepted: 2022, 2022-03, 202203, 2022M03, 2022-03-01.
    """
    found = text.strip()
    for pattern, kind in _PERIODS:
        match = pattern.fullmatch(found)
        if match and 1900 <= int(match[1]) <= 2100:
            if kind == "year":
                return match[1], kind
            if 1 <= int(match[2]) <= 12:
                return f"{match[1]}-{match[2]}", kind
    return None


def parse_periods(
    texts: pd.Series, *, file: str, column: str, lines: pd.Series, refusals: Refusals
) -> pd.Series:
    """Return periods as texts, empty where one is refused; each different text is read once."""
    read = {text: parse_period(text) for text in texts.unique()}
    for text, found in read.items():
        if found is None:
            accepted = "a year 2022 or a month 2022-03, with a month from 01 to 12"
            for line in lines[texts == text]:
                refusals.refuse(file, line, column, repr(text), accepted, "period")
    return texts.map({text: found[0] if found else "" for text, found in read.items()})


def parse_codes(
    texts: pd.Series, digits: int | None, *, file: str, column: str, lines: pd.Series, refusals: Refusals
) -> pd.Series:
    """Return codes of goods as texts, empty where one is refused.

    Parameters
    ----------
    texts : Series of str
    digits : int, optional
        Length that every code must have; None: the length that most have.
    """
    stripped = texts.str.strip()
    unique = pd.Index(stripped.unique())
    usual = digits or _usual_length([code for code in unique if _digits(code)])
    bad: dict[str, tuple[str, str]] = {}
    for code in unique:
        if not _digits(code):
            bad[code] = ("not_a_code", f"{usual} digits" if usual else "an HS code in digits")
        elif len(code) != usual:
            if len(code) % 2:
                bad[code] = (
                    "hs_lost_zero",
                    f"{usual} digits; a code that lost its zero is {code.zfill(len(code) + 1)!r}",
                )
            else:
                what = (
                    "heading and subheading"
                    if {len(code), usual} <= {4, 6}
                    else f"{len(code)} and {usual} digits"
                )
                bad[code] = (
                    "mixed_levels",
                    f"codes of one length ({usual} digits): {what} in one column count goods twice",
                )
    for code, (name, accepted) in bad.items():
        for line in lines[stripped == code]:
            refusals.refuse(file, line, column, repr(code), accepted, name)
    return stripped.where(~stripped.isin(list(bad)), "") if bad else stripped


def _digits(code: str) -> bool:
    """Whether a code is of digits as statistical offices write them: those of other scripts would be another code."""
    return code.isascii() and code.isdigit()


def _usual_length(codes: list[str]) -> int | None:
    """Return the even length that most codes have, the longer of two equally frequent ones."""
    lengths: dict[int, int] = {}
    for code in codes:
        lengths[len(code)] = lengths.get(len(code), 0) + 1
    even = {length: count for length, count in lengths.items() if length % 2 == 0}
    return (
        max(even, key=lambda length: (even[length], length))
        if even
        else (max(lengths) + 1 if lengths else None)
    )
