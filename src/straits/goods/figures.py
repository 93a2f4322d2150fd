"""How the words of a quoted figure can be read: its unit, its last digit, up or down, and ranges that rounding allows."""

from __future__ import annotations

import re
from typing import Any

#: Words of size, in English and Russian, and what they stand for.
_SIZES = {
    "thousand": 1e3, "thousands": 1e3, "thsd": 1e3, "k": 1e3, "тыс": 1e3, "тысяч": 1e3,
    "million": 1e6, "millions": 1e6, "mio": 1e6, "mln": 1e6, "mn": 1e6, "m": 1e6, "млн": 1e6, "миллионов": 1e6,
    "billion": 1e9, "billions": 1e9, "bln": 1e9, "bn": 1e9, "b": 1e9, "млрд": 1e9, "миллиардов": 1e9,
    "trillion": 1e12, "trillions": 1e12, "trn": 1e12, "tn": 1e12, "трлн": 1e12,
}  # fmt: skip
#: Words of currencies.
_MONEY = {
    "$": "USD", "us$": "USD", "dollar": "USD", "dollars": "USD", "долл": "USD", "долларов": "USD", "€": "EUR", "euro": "EUR",
    "euros": "EUR", "евро": "EUR", "tenge": "KZT", "тенге": "KZT", "rouble": "RUB", "roubles": "RUB", "ruble": "RUB",
    "rubles": "RUB", "руб": "RUB", "рублей": "RUB", "£": "GBP", "yuan": "CNY",
}  # fmt: skip
_CODES = "USD EUR GBP RUB KZT KGS AMD CNY CHF TRY AZN GEL UZS BYN UAH JPY"
#: Words between them that say nothing of the unit.
_FILLERS = ("of", "us", "u.s.", "current", "сша", "%", "per", "cent", "times")


def unit_of(text: str) -> tuple[float, str] | None:
    """Return the size and the currency of a unit of money; None if it is none.

    Examples: `million USD` is (1e6, `USD`), `bn EUR` (1e9, `EUR`), `billion` (1e9, ``); `kt` and `million t` are no money.
    """
    size, currency = 1.0, ""
    for word in re.findall(r"us\$|u\.s\.|[^\W\d]+|[$€£%]", text.casefold()):
        if word in _SIZES:
            size *= _SIZES[word]
        elif word in _MONEY or word.upper() in _CODES.split():
            currency = _MONEY.get(word, word.upper())
        elif word not in _FILLERS:
            return None
    return size, currency


def last_digit(number: float) -> float:
    """Return the size of the last digit of a number as it is written; 13.0 counts as 13."""
    text = f"{number:.10g}"
    return 10.0 ** -len(text.partition(".")[2]) if "." in text else 1.0


#: A number, with groups of three or not.
_NUMBER = r"\d{1,3}(?:[ \u00a0\u202f,]\d{3})+(?:\.\d+)?|\d+(?:[.,]\d+)?"
#: A number in per cent, or two of them between which it lies.
_PERCENT = re.compile(
    rf"(?<![\d.,])(?P<first>[+\-−]?(?:{_NUMBER}))(?:\s*(?:[-–—]|to)\s*(?P<last>{_NUMBER}))?\s*(?:%|per ?cent|процент)"
)
_FELL = re.compile(
    r"\b(fell|fall|down|drop|declin|decreas|shr[aiu]nk|plung|plummet|slump|contract|less|lower|сниз|сократ|упал|уменьш|паден)",
    re.IGNORECASE,
)
_ROSE = re.compile(
    r"\b(rose|rise|rising|grew|grow|increas|up\b|jump|surg|climb|gain|more|higher|вырос|увелич|рост|прирост)",
    re.IGNORECASE,
)


def _direction(statement: str) -> int:
    """Return 1 where words speak of a rise alone, −1 of a fall alone, else 0."""
    fell, rose = bool(_FELL.search(statement)), bool(_ROSE.search(statement))
    return 0 if fell == rose else (1 if rose else -1)


def turned(row: dict[str, Any], said: float) -> str:
    """Say that words and number of a growth go opposite ways; empty where they do not."""
    way = _direction(row["statement"]) if row["kind"] == "growth_pct" else 0
    if way * (said - 1) >= 0:
        return ""
    return f"its words speak of a {'rise' if way > 0 else 'fall'}, and its factor {said:g} is the opposite"


def _written(text: str) -> list[tuple[float, float]]:
    """Return the numbers that a text may be, each with the size of its last digit: `1,200` is 1200 or 1.2."""
    plain = text.replace("−", "-")
    sign = -1.0 if plain.startswith("-") else 1.0
    bare = plain.lstrip("+-")
    found = []
    grouped = re.fullmatch(r"(\d{1,3}(?:[ \u00a0\u202f,]\d{3})+)(\.\d+)?", bare)
    if grouped:
        joined = re.sub(r"\D", "", grouped[1]) + (grouped[2] or "")
        found.append((sign * float(joined), 10.0 ** -len(joined.partition(".")[2])))
    dotted = bare.replace(",", ".")
    if re.fullmatch(r"\d+(\.\d+)?", dotted):
        found.append((sign * float(dotted), 10.0 ** -len(dotted.partition(".")[2])))
    return found


def readings(row: dict[str, Any], said: float) -> dict[str, tuple[float, float]]:
    """Return the ranges of factors that the words allow: rounded, cut off, and `times more` as so much on top.

    Of growth in per cent the words say how many digits were written, and whether it lies between two numbers: of all numbers in
    per cent that a statement holds it is the one with which the claimed factor agrees.
    """
    step = last_digit(said)
    tiny = 1e-9 * max(1.0, abs(said))
    rounded = (said - step / 2 - tiny, said + step / 2 + tiny)
    if row["kind"] == "growth_pct":
        return {"rounded": _percent(row["statement"], said, tiny) or rounded}
    found = {"rounded": rounded, "cut off": (said - tiny, said + step - tiny)}
    if re.search(r"times\s+(more|higher|larger|greater)|раз[а]?\s+больше", row["statement"], re.IGNORECASE):
        found["so many times on top"] = (said + 1 - step / 2 - tiny, said + 1 + step / 2 + tiny)
    return found


def _percent(statement: str, said: float, tiny: float) -> tuple[float, float] | None:
    """Return the range of factors of the number in per cent that a claimed factor agrees with."""
    way = _direction(statement)
    for match in _PERCENT.finditer(statement):
        signed = match["first"][0] in "+-−"
        for first, digit in _written(match["first"]):
            for last, other in _written(match["last"]) if match["last"] else [(first, digit)]:
                for sign in (1.0,) if signed else ((1.0, -1.0) if way == 0 else (float(way),)):
                    ends = sorted((1 + sign * first / 100, 1 + sign * last / 100))
                    half = max(digit, other) / 200
                    if ends[0] - half - tiny <= said <= ends[1] + half + tiny:
                        return ends[0] - half - tiny, ends[1] + half + tiny
    return None


def shares(row: dict[str, Any], said: float) -> list[tuple[float, float]]:
    """Return the shares that a number may mean, each with the size of its last digit: 0.5 with unit % is half, or half of 1 %.

    Where the statement writes `0.5 %` it is the second.
    """
    step = last_digit(said)
    percent = (said / 100, step / 100)
    if row["unit"] != "%":
        return [(said, step)]
    written = any(
        said == number
        for match in _PERCENT.finditer(row["statement"])
        for number, _ in _written(match["first"])
    )
    return [percent] if said > 1 or written else [percent, (said, step)]
