"""How numbers, units and dates are written for people: one place, so that the same number looks the same everywhere."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from straits.case.units import customary_unit
from straits.lp.tolerance import NOTHING

MINUS = "\u2212"
MISSING = "\u2013"

#: Larger name of a unit and how many of the unit it holds; used when a figure's largest number would be unwieldy.
_LARGER = {"kt": ("Mt", 1e3), "mcm": ("bcm", 1e3), "GWh": ("TWh", 1e3), "TEU": ("million TEU", 1e6)}

#: From what amount on the larger name is used: a number of seven digits nobody reads.
_UNWIELDY = {"kt": 1e3, "mcm": 1e3, "GWh": 1e3, "TEU": 1e5}

#: Amounts of money and of goods as the command line writes them. TEU are no currency.
_NUMBER = rf"[+{MINUS}]?\d[\d,]*(?:\.\d+)?"
_CURRENCY = rf"(?!(?:{'|'.join(_LARGER)})\b)[A-Z]{{3}}"
_MONEY = re.compile(rf"(?<![\w.,])({_NUMBER}) million ({_CURRENCY})\b")
_RANGED = re.compile(rf"(?<![\w.,])({_NUMBER}) \(({_NUMBER}) to ({_NUMBER})\) million ({_CURRENCY})\b")
_AMOUNT = re.compile(rf"(?<![\w.,])({_NUMBER}) ({'|'.join(_LARGER)})(?![\w/])")

#: Money in the results is in millions.
_MONEY_LARGER = 10_000.0


def number(value: Any, digits: int = 3) -> str:
    """Write a number with thousands separators and a true minus sign.

    Numbers below 1000 keep `digits` significant digits, larger ones lose their fraction. Missing is an en dash.

    >>> number(-12345.6), number(0.012345), number(float("inf")), number(-4e-12)
    ('−12,346', '0.0123', 'unlimited', '0')
    """
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return MISSING
    value = float(value)
    if math.isinf(value):
        return "unlimited" if value > 0 else f"{MINUS}unlimited"
    size = abs(value)
    if size < NOTHING:
        return "0"
    places = max(0, digits - 1 - math.floor(math.log10(size))) if size < 1000 else 0
    text = f"{size:,.{min(places, 12)}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text if value > 0 or float(text.replace(",", "")) == 0 else MINUS + text


def digits_apart(values: Sequence[float], most: int = 8) -> int:
    """Return how many significant digits `number` needs, three or more, to write no two of some rising values alike.

    >>> digits_apart([12.18, 12.2, 12.22]), digits_apart([0, 5, 10])
    (4, 3)
    """
    for digits in range(3, most):
        if len({number(value, digits) for value in values}) == len(values):
            return digits
    return most


def signed(value: Any, digits: int = 3) -> str:
    """Write a change: as `number`, with a plus sign before gains."""
    text = number(value, digits)
    return text if text in ("0", MISSING) or text.startswith(MINUS) else "+" + text


def percent(share: Any, digits: int = 2) -> str:
    """Write a share (1 is the whole) as a percentage; what is not the whole, or minus the whole, is not told as 100 %."""
    if share is None or math.isnan(float(share)):
        return MISSING
    whole = ("100", f"{MINUS}100")
    texts = [number(float(share) * 100, more) for more in range(digits, digits + 4)]
    return f"{texts[0] if texts[-1] in whole else next((t for t in texts if t not in whole), texts[0])} %"


def larger_unit(unit: str, largest: float) -> tuple[str, float]:
    """Return the unit in which amounts up to `largest` are readable, and what to multiply them by."""
    if unit in _LARGER and abs(largest) >= _UNWIELDY[unit]:
        name, holds = _LARGER[unit]
        return name, 1.0 / holds
    return unit, 1.0


def amount(value: float, unit: str, digits: int = 3) -> str:
    """Write an amount with its unit: `amount(52200, "kt")` is 52.2 Mt."""
    name, factor = larger_unit(unit, 0.0 if math.isnan(value) else value)
    return f"{number(value * factor, digits)} {name}"


def money(millions: float, currency: str, digits: int = 3, *, plus: bool = False) -> str:
    """Write millions of a currency: `money(12500, "USD")` is USD 12.5 billion, with `plus` USD +12.5 billion."""
    if abs(millions) < NOTHING:
        return f"{currency} 0"
    billions = math.isfinite(millions) and abs(millions) >= _MONEY_LARGER / 10
    text = number(millions / 1000 if billions else millions, digits)
    return f"{currency} {'+' if plus and millions > 0 else ''}{text} {'billion' if billions else 'million'}"


def price_unit(unit: str, currency: str) -> str:
    """Return the unit of the prices that tables show: those of a tonne, a thousand m³, a MWh, else of one of the units."""
    return f"{currency}/{customary_unit(unit).replace('m3', 'm³')}"


def typeset(text: str) -> str:
    """Write a sentence as the whole report writes it: a true minus, a space before per cent, days as 2 Jul 2022, amounts of money
    and goods with three digits and a unit of their size. What is written so already stays.

    >>> typeset("net -17.77 (92.7%)"), typeset("gains 30,180 million USD on 2022-07-02; 151,400 GWh more")
    ('net −17.77 (92.7 %)', 'gains USD 30.2 billion on 2 Jul 2022; 151 TWh more')
    """
    text = re.sub(r"(?<![\w-])\d{4}-\d\d-\d\d(?![\w-])", lambda found: day(found[0]), text)
    text = re.sub(r"(?<=\d)%", " %", re.sub(r"(?<![\w)-])-(?=\d)", MINUS, text))
    text = _RANGED.sub(r"\1 million \4 (\2 million \4 to \3 million \4)", text)
    text = _MONEY.sub(lambda found: money(_read(found[1]), found[2], plus=found[1].startswith("+")), text)
    return _AMOUNT.sub(lambda found: amount(_read(found[1]), found[2]), text)


def _read(text: str) -> float:
    return float(text.replace(",", "").replace(MINUS, "-"))


def day(value: Any) -> str:
    """Write a date as 6 Jul 2022. Text that is no ISO date is returned as it is."""
    if not isinstance(value, date):
        try:
            value = date.fromisoformat(str(value)[:10])
        except ValueError:
            return str(value)
    return f"{value.day} {value:%b %Y}"


def unbroken(text: str) -> str:
    """Keep a number on one line with its unit or its currency, by spaces that do not break.

    >>> unbroken("5.4 % of it, USD 12 million").split(" ")
    ['5.4\\xa0%', 'of', 'it,', 'USD\\xa012\\xa0million']
    """
    text = re.sub(r"(?<=\d) (?=(%|[kM]t|[GT]Wh|[bm]cm|TEU|million|billion)(?![\w]))", "\u00a0", text)
    return re.sub(r"(?<=\b[A-Z]{3}) (?=[\u2212\d])", "\u00a0", text)


def plural(count: int, one: str, many: str | None = None) -> str:
    """Write a count with its noun: 1 link, 3 links."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def ticks(low: float, high: float, count: int = 5) -> list[float]:
    """Return round numbers (1, 2 or 5 times a power of ten apart) that cover from `low` to `high`.

    The first is not above `low`, the last not below `high`; there are about `count` intervals.
    """
    if not (math.isfinite(low) and math.isfinite(high)):
        raise ValueError(f"ticks need finite ends, found {low} and {high}")
    if high <= low:
        high = low + (abs(low) or 1.0)
    rough = (high - low) / max(1, count)
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough * 0.999999)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(index * step, 12) for index in range(first, last + 1)]


#: A range narrower than this share of its loss is not told.
NARROW = 0.01


def between(least: float, most: float) -> str:
    """Write the range that local prices leave to a loss; empty where it is narrow."""
    if not math.isfinite(most - least):
        return "no limit"
    narrow = most - least <= NARROW * max(abs(least), abs(most), 1.0)
    return "" if narrow else f"{number(round(least))} to {number(round(most))}"
