"""One cell: from what stands in a file or frame to a typed value, and back to its canonical text."""

from __future__ import annotations

import math
import re
import reprlib
import unicodedata
from datetime import date, datetime
from numbers import Integral, Real
from typing import Any

from straits.case.schema.fields import LIST_SEPARATOR, UNLIMITED
from straits.case.schema.tables import Column
from straits.errors import did_you_mean

# ASCII alone: a digit of another script can look like another one (the Bengali 4 like 8).
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_COMMA_NUMBER = re.compile(r"[+-]?(\d+,\d*|,\d+)([eE][+-]?\d+)?", re.ASCII)
#: A comma or point before exactly three digits can be a decimal mark or group thousands.
_COULD_GROUP = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}", re.ASCII)
_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_FLAGS = {"true": True, "false": False}
#: Control characters that no cell may hold; XML, and so a workbook, has no way to write them.
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")

#: Letters of a text by the name of its column: what is shown in a line, drawn on a map or looked up stays short.
LONGEST = {"id": 200, "name": 500, "title": 500, "corridor": 200, "currency": 20}
_LONGEST_MEMBER = 500

Value = str | float | bool | date | None


class CellError(ValueError):
    """A cell that cannot be read. `code` names the check."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def _short(value: Any) -> str:
    """Give what stands in a cell as Python writes it, but no more than a line of it."""
    return (
        repr(value if len(value) <= 100 else value[:97] + "...")
        if isinstance(value, str)
        else reprlib.repr(value)
    )


def clean_text(text: str, longest: float = math.inf) -> str | None:
    """Strip a text, unify its line ends, and compose its letters (Unicode NFC); None if nothing is left.

    Composed and decomposed letters are the same text to every reader, so they are one text here.

    Parameters
    ----------
    text : str
    longest : float
        How many letters it may have.

    Raises
    ------
    CellError
        A control character, or more letters.
    """
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = text.strip()
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    if len(text) > longest:
        raise CellError("text", f"found a text of {len(text):,} letters; accepted: at most {longest:,}")
    if not text.isprintable() and (found := _CONTROL.search(text)):
        raise CellError("text", f"found the control character {found.group()!r}; remove it")
    return text or None


def is_blank(value: Any) -> bool:
    """Whether a cell holds nothing: None, NaN, NaT, empty or blank text, or an empty list."""
    if isinstance(value, str):
        return not value.strip()
    if value is None:
        return True
    if isinstance(value, list | tuple | set | frozenset):
        return not value
    unequal = value != value  # true of NaN and NaT; neither true nor false of pandas' NA
    return unequal is True or type(unequal).__name__ == "NAType" or bool(unequal)


def decimal_mark(texts: list[str], delimiter: str) -> str:
    """Find which mark the numbers of a CSV file use.

    Only a number that cannot be a grouped thousand is evidence: `0,25`, not `1,234`. A comma is possible only where it does
    not separate fields.

    Parameters
    ----------
    texts : list of str
        All cells of number columns.
    delimiter : str
        Field separator of the file.

    Returns
    -------
    str
        `.` or `,`, or an empty text if a file with another separator than the comma gives no evidence.
    """
    if delimiter == ",":
        return "."
    marks = decimal_marks(texts)
    return marks.pop() if len(marks) == 1 else ""


def decimal_marks(texts: list[str]) -> set[str]:
    """Give the decimal marks that the numbers of a file show, those left out that could be grouped thousands."""
    marks = set()
    for text in (text.strip() for text in texts):
        if _COULD_GROUP.fullmatch(text):
            continue
        if "," in text and _COMMA_NUMBER.fullmatch(text):
            marks.add(",")
        elif "." in text and _NUMBER.fullmatch(text):
            marks.add(".")
    return marks


def parse_number(text: str, mark: str = ".") -> float:
    """Read a number strictly: no thousands separators, no percent, one decimal mark.

    Parameters
    ----------
    text : str
    mark : str
        Decimal mark of the file as `decimal_mark` found it.

    Returns
    -------
    float

    Raises
    ------
    CellError
        Not a number, or one that could be read in two ways.
    """
    found = f"found {text[:100]!r}"
    if mark == "" and _COULD_GROUP.fullmatch(text):
        raise CellError(
            "ambiguous_number",
            f"{found}, which can be read with a decimal mark or with grouped thousands; nothing else in this file shows "
            f"which. Write it without grouping, or separate the fields of the file by commas",
        )
    if (
        mark == ""
        and ("," in text or "." in text)
        and (_COMMA_NUMBER.fullmatch(text) or _NUMBER.fullmatch(text))
    ):
        raise CellError(
            "ambiguous_number",
            f"{found}, but this file uses both a comma and a point as decimal mark; use one of them",
        )
    if mark == "," and _COMMA_NUMBER.fullmatch(text):
        return _finite(text.replace(",", "."), found)
    if mark == "," and "." in text:
        raise CellError("ambiguous_number", f"{found}, but the decimal mark of this file is a comma")
    if _NUMBER.fullmatch(text):
        return _finite(text, found)
    if "," in text:
        raise CellError(
            "ambiguous_number",
            f"{found}; accepted: a number without grouped thousands and with a decimal "
            f"{'comma' if mark == ',' else 'point'}",
        )
    hint = ""
    if text.endswith("%"):
        hint = "; write a share, such as 0.05 for 5 %"
    elif "\N{MINUS SIGN}" in text:
        hint = "; write the minus as -"
    elif any(sign.isdigit() and not sign.isascii() for sign in text):
        hint = "; write it with the digits 0 to 9"
    raise CellError("number", f"{found}; accepted: a number, such as 12.5 or 1e-3{hint}")


def _finite(text: str, found: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise CellError("number", f"{found}, which is too large")
    return value + 0.0  # turns -0.0 into 0.0


def _parse_number_cell(column: Column, value: Any, mark: str) -> float:
    limit = column.kind == "limit"
    if isinstance(value, bool):
        raise CellError("number", f"found the truth value {value}; accepted: a number")
    if isinstance(value, Real):
        number = float(value)
        if math.isfinite(number):
            return number + 0.0
        if limit and number > 0:
            return math.inf
        raise CellError(
            "number", f"found {number}; accepted: a finite number" + (f" or {UNLIMITED!r}" * limit)
        )
    if isinstance(value, str):
        text = value.strip()
        if limit and text.lower() == UNLIMITED:
            return math.inf
        try:
            return parse_number(text, mark)
        except CellError as error:
            more = f", or {UNLIMITED!r}{did_you_mean(text, [UNLIMITED])}" if limit else ""
            raise CellError(error.code, f"{error}{more}") from None
    raise CellError("number", f"found {_short(value)}; accepted: a number")


def _parse_text(value: Any, longest: float = math.inf) -> str | None:
    if isinstance(value, str):
        return clean_text(value, longest)
    if isinstance(value, bool):
        raise CellError("text", f"found the truth value {value} in a text column; mark the cell as text")
    if isinstance(value, Integral):
        return str(int(value))
    if isinstance(value, Real):
        return format_number(float(value))
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == value.time().min else value.isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    raise CellError("text", f"found {_short(value)}; accepted: a text")


def _parse_date(value: Any) -> date:
    if isinstance(value, datetime):
        if value.hour or value.minute or value.second or value.microsecond:
            raise CellError("date", f"found {value}; accepted: a day without a time")
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, str) and _ISO_DATE.fullmatch(value.strip()):
        try:
            return date.fromisoformat(value.strip())
        except ValueError as error:
            raise CellError("date", f"found {value!r}: {error}") from None
    raise CellError("date", f"found {_short(value)}; accepted: a date as YYYY-MM-DD")


def _parse_list(value: Any) -> str | None:
    members = value.split(LIST_SEPARATOR) if isinstance(value, str) else value
    if not isinstance(members, list | tuple | set | frozenset):
        members = [_parse_text(members)]
    texts = [
        text
        for member in members
        if not is_blank(member) and (text := _parse_text(member, _LONGEST_MEMBER)) is not None
    ]
    if any(LIST_SEPARATOR in text for text in texts):
        raise CellError("text", f"found {_short(value)}; a member of a list may not hold {LIST_SEPARATOR!r}")
    return LIST_SEPARATOR.join(texts) or None


def parse_cell(column: Column, value: Any, mark: str = ".") -> Value:
    """Read one cell.

    Parameters
    ----------
    column : Column
        What the column holds.
    value : Any
        Text from a CSV file, or a typed value from a workbook or frame.
    mark : str
        Decimal mark, for texts.

    Returns
    -------
    str, float, bool, date or None
        None for a blank cell. Lists stay one text with `|`.

    Raises
    ------
    CellError
    """
    if is_blank(value):
        return None
    if column.is_number:
        return _parse_number_cell(column, value, mark)
    if column.kind == "flag":
        if type(value).__name__ in ("bool", "bool_"):
            return bool(value)
        flag = _FLAGS.get(value.strip().lower()) if isinstance(value, str) else None
        if flag is None:
            raise CellError("flag", f"found {_short(value)}; accepted: true or false")
        return flag
    if column.kind == "date":
        return _parse_date(value)
    if column.kind == "list":
        return _parse_list(value)
    text = _parse_text(value, LONGEST.get(column.name, math.inf))
    if column.kind == "choice" and text not in column.choices:
        raise CellError(
            "choice",
            f"found {_short(text)}; accepted: {', '.join(column.choices)}{did_you_mean(str(text), column.choices)}",
        )
    return text


def format_number(value: float) -> str:
    """Give the shortest text that reads back as the same number; whole numbers without a point."""
    if math.isinf(value):
        return UNLIMITED if value > 0 else f"-{UNLIMITED}"
    if value == int(value) and abs(value) < 1e15:
        return str(int(value))
    return repr(value)


def format_cell(value: Any) -> str:
    """Give the canonical text of a typed cell; an empty text for a blank one."""
    if is_blank(value):
        return ""
    if type(value).__name__ in ("bool", "bool_"):
        return "true" if value else "false"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Real):
        return format_number(float(value))
    return str(value)
