"""What a number format of a workbook makes of a number: a date, a length of time, thousands of it, an amount of a currency.

Source: ECMA-376, part 1, sections 18.8.30 and 18.8.31.
"""

from __future__ import annotations

import re

#: What in a number format is no letter of a date: texts in quotes, letters after a backslash, colours and conditions.
_NO_DATE = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)
_BUILT_IN_DATES = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}
_BUILT_IN_LENGTHS = {46}
#: Commas behind the last digit leave out three digits each; where a text such as "k" follows, people see it.
_LEFT_OUT = re.compile(r"[0#?](,+)(?:\s|_.|\*.|\\ )*$")
#: Signs of one currency alone, and codes. `$` and `¥` are those of several.
_SIGNS = {
    "€": "EUR",
    "£": "GBP",
    "₽": "RUB",
    "₸": "KZT",
    "₹": "INR",
    "₺": "TRY",
    "₼": "AZN",
    "₴": "UAH",
    "$-409": "USD",
}
_CODES = frozenset(
    ("EUR", "USD", "GBP", "RUB", "KZT", "INR", "TRY", "AZN", "UAH", "CNY", "JPY", "CHF", "SEK", "NOK", "PLN", "AED", "SAR")
)  # fmt: skip
_MONEY = re.compile(
    r"\[\$(\$-409|[^\]-]{1,3})(?:-[^\]]*)?\]|\"\s*([^\"]{1,3}?)\s*\"|\\?([€£₽₸₹₺₼₴])", re.IGNORECASE
)


def kind_of_format(number: int, code: str | None) -> str:
    """Say what a number format shows.

    Parameters
    ----------
    number : int
        Of the format; below 164 a built-in one.
    code : str or None
        As it stands in the workbook; None for a built-in one.

    Returns
    -------
    str
        `date`, `length`, `scaled:N` (N digits are left out), a code such as `EUR`, or nothing for a plain number.
    """
    if code is None:
        return "date" if number in _BUILT_IN_DATES else "length" if number in _BUILT_IN_LENGTHS else ""
    shown = code.partition(";")[0]
    bare = _NO_DATE.sub("", shown).lower()
    if re.search(r"\[[hms]+\]", bare):
        return "length"
    if re.search(r"[dmyhs]", bare.replace("general", "").replace("e+", "").replace("e-", "")):
        return "date"
    if left_out := _LEFT_OUT.search(shown):
        return f"scaled:{3 * len(left_out[1])}"
    for found in _MONEY.finditer(shown):
        text = next(part for part in found.groups() if part is not None).strip()
        currency = _SIGNS.get(text, text)
        if currency in _CODES:
            return currency
    return ""
