"""What a number format of a workbook makes of a number: a date, a length of time, thousands of it, an amount of a currency; and
numbers that people see as others than they are.

Source: ECMA-376, part 1, sections 18.8.30 and 18.8.31.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from straits.case.files.sheet import Sheet, letters
from straits.case.findings import Finding
from straits.case.schema.tables import columns

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


def shown_otherwise(sheet: Sheet, header: Sequence[str]) -> Iterator[Finding]:
    """Yield an error for each number whose format shows another: it can be read in two ways.

    Parameters
    ----------
    sheet : Sheet
        Of a table.
    header : sequence of str
        Names of its columns.
    """
    known = columns(sheet.name)
    for (row, at), shown in sheet.shown.items():
        column = known.get(header[at]) if at < len(header) else None
        value = sheet.rows.get(row, {}).get(at)
        if column is None or not column.is_number or not isinstance(value, float) or value == 0:
            continue
        where = f"cell {letters(at)}{row} holds {value:.15g}"
        scale, _, digits = shown.partition(":")
        told = None
        if scale == "scaled":
            seen = value / 10.0 ** int(digits)
            told = f"{where} and shows {seen:.15g}, as its format leaves out the last {digits} digits; show the number as it is"
        elif column.unit_column in header:
            unit = sheet.rows[row].get(header.index(str(column.unit_column)))
            if isinstance(unit, str) and unit.strip() and shown not in unit:
                told = f"{where} and shows it in {shown}, beside the unit {unit.strip()!r}; mend one of them"
        if told:
            yield Finding("ambiguous_number", "error", told, sheet.name, None, header[at], row)
