"""Numbers with a unit or an object in running text.

A number counts if it has a unit (money, share, mass, volume, rate, length, time, "times") or, written in digits, an object
("17 suspected countries"); numbers in words count only with things that move or carry ("ten new tankers"). Dates, clock times
and ordinals are not quantities.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from straits.evidence.lexicon import lexicon

_WORDS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11,
    "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19,
    "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90, "hundred": 100,
}  # fmt: skip
_VAGUE = {
    "tens": 10,
    "dozens": 12,
    "hundreds": 100,
    "thousands": 1e3,
    "millions": 1e6,
    "billions": 1e9,
    "trillions": 1e12,
}
_SCALE = {
    "hundred": 1e2, "thousand": 1e3, "thousands": 1e3,
    "million": 1e6, "millions": 1e6, "mln": 1e6, "mn": 1e6, "m": 1e6, "billion": 1e9,
    "billions": 1e9, "bln": 1e9, "bn": 1e9, "b": 1e9, "trillion": 1e12, "trillions": 1e12, "trn": 1e12, "k": 1e3,
    "тыс": 1e3, "млн": 1e6, "млрд": 1e9,
}  # fmt: skip
_UNITS: list[tuple[str, str, str, float]] = [  # words, unit, measure, factor
    (r"%|per\s?cent\b|percent\b|процент\w*", "%", "share", 1),
    (r"percentage\s+points?\b|p\.p\.", "percentage point", "change", 1),
    (r"(?:barrels|bbls?)\s+(?:per|a|of\s+oil\s+(?:per|a))\s+day\b|b/d\b|bpd\b|bbl/d\b", "bbl/d", "rate", 1),
    (r"(?:metric\s+)?(?:tons|tonnes|t)\s+(?:per|a)\s+year\b|t/y\b", "t/y", "rate", 1),
    (r"(?:metric\s+)?(?:tons|tonnes|t)\s+(?:per|a)\s+month\b", "t/month", "rate", 1),
    (r"(?:metric\s+)?(?:tons|tonnes|t)\s+(?:per|a)\s+day\b|t/d\b", "t/d", "rate", 1),
    (r"(?:cubic\s+met(?:er|re)s?|m3|cu\s?m)\s+(?:per|a)\s+year\b", "m3/y", "rate", 1),
    (r"(?:cubic\s+met(?:er|re)s?|m3|cu\s?m)\s+(?:per|a)\s+day\b", "m3/d", "rate", 1),
    (r"bcm\s+(?:per|a)\s+year\b|bcm/y(?:r|ear)?\b", "m3/y", "rate", 1e9),
    (r"bcm\b", "m3", "volume", 1e9),
    (r"mcm\b", "m3", "volume", 1e6),
    (r"Mt\s+(?:per|a)\s+year\b|mtpa\b|Mt/y(?:r|ear)?\b", "t/y", "rate", 1e6),
    (r"kt\b", "t", "mass", 1e3),
    (r"Mt\b", "t", "mass", 1e6),
    (r"barrels\b|bbls?\b", "bbl", "volume", 1),
    (r"(?:metric\s+)?(?:tons?|tonnes?)\b|тонн\w*", "t", "mass", 1),
    (r"(?:kilograms?|kg)\b", "kg", "mass", 1),
    (r"cubic\s+met(?:er|re)s?\b|m3\b|кубометр\w*", "m3", "volume", 1),
    (r"(?:kilomet(?:er|re)s?|km)\b", "km", "length", 1),
    (r"(?:nautical\s+)?miles?\b", "mile", "length", 1),
    (r"(?:MWh|megawatt-hours?)\b", "MWh", "energy", 1),
    (r"(?:MW|megawatts?)\b", "MW", "energy", 1),
    (r"TEUs?\b", "TEU", "count", 1),
    (r"hours?\b(?!\s+ago)", "hour", "duration", 1),
    (r"days?\b(?!\s+ago)|дн(?:ей|я)\b", "day", "duration", 1),
    (r"weeks?\b(?!\s+ago)", "week", "duration", 1),
    (r"months?\b(?!\s+(?:ago|of))", "month", "duration", 1),
    (r"years?\b(?!\s+(?:ago|old))", "year", "duration", 1),
    (r"times\b|-?fold\b", "times", "factor", 1),
]
_UNIT = re.compile("|".join(f"(?P<u{i}>{words})" for i, (words, *_) in enumerate(_UNITS)), re.I)
_WORDS_OF = lexicon()["quantities"]
_MONEY = {word: code for code, words in _WORDS_OF["money"].items() for word in words}
_CARRIED = frozenset(_WORDS_OF["carriers"])
_OBJECTS = _CARRIED | frozenset(_WORDS_OF["objects"])

_SCALES = r"thousands?|millions?|billions?|trillions?|hundred|mln|bln|mn|bn|trn|тыс\.?|млн\.?|млрд\.?"
_DIGITS = r"\d{1,3}(?:[,\u00a0\u202f ]\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\d+,\d+(?!\d)"
_NUMBER = re.compile(
    rf"(?P<vague>\b(?:tens|dozens|hundreds|thousands|millions|billions)(?:\s+of\s+(?:thousands|millions|billions|trillions))?(?:\s+of)?\b)"
    rf"|(?P<symbol>US\$|[$€£¥₽₸])\s?(?P<digits1>{_DIGITS})(?:\s?(?P<scale1>(?:{_SCALES})\b|(?:[mkb]|bn|mn)\b))?"
    rf"|(?<![\w.$€£/-])(?P<digits>{_DIGITS})(?![\d:]|[.,]\d|(?:st|nd|rd|th)\b)(?:[\s-]?(?P<scale>(?:{_SCALES})\b))?"
    rf"|\b(?P<word>{'|'.join(_WORDS)})(?:[\s-](?P<word2>one|two|three|four|five|six|seven|eight|nine|hundred|thousand|million|billion)\b)?"
    rf"(?:[\s-](?P<scale2>(?:{_SCALES})\b))?\b",
    re.I,
)
_CURRENCY = re.compile(
    r"\s?(?:of\s+)?(?:U\.?S\.?\s+|Russian\s+|Kazakh\w*\s+|American\s+)?(?P<c>dollars?|euros?|rubles?|roubles?|tenge|yuan|renminbi|pounds|yen|lira|manat"
    r"|USD|EUR|RUB|KZT|рублей|тенге|долларов)\b",
    re.I,
)
_OP = re.compile(
    r"\b(?:(?P<gt>more\s+than|over|above|exceed(?:s|ed|ing)?)|(?P<ge>at\s+least|no\s+less\s+than|not\s+less\s+than|minimum(?:\s+of)?)"
    r"|(?P<lt>less\s+than|under|below|fewer\s+than)|(?P<le>up\s+to|at\s+most|no\s+more\s+than|maximum(?:\s+of)?)"
    r"|(?P<approx>about|around|approximately|nearly|almost|some|roughly|circa|close\s+to|an?\s+estimated))\s*$",
    re.I,
)
_OPS = {"gt": ">", "ge": ">=", "lt": "<", "le": "<="}
_CHANGE = re.compile(
    r"\b(?:increas|grow|grew|rose|ris(?:e|en|ing)|fell|fall|drop|declin|decreas|up|down|jump|surg|soar|plung|shrank|shrink)\w*\b.{0,40}$",
    re.I | re.S,
)
_MAYBE = re.compile(rf"\d|\b(?:tens|dozens|hundreds|thousands|millions|billions|{'|'.join(_WORDS)})\b", re.I)


@dataclass(frozen=True, slots=True)
class QuantityHit:
    """A quantity and what it says."""

    start: int
    end: int
    text: str
    value: float
    unit: str
    measure: str
    op: str
    approx: bool


def number(text: str) -> float:
    """Read a number written in digits with `,` or spaces between thousands and `.` (or, alone, `,`) before decimals."""
    bare = text.replace("\u00a0", "").replace("\u202f", "").replace(" ", "")
    if re.fullmatch(r"\d{1,3}(,\d{3})+(\.\d+)?", bare):
        bare = bare.replace(",", "")
    return float(bare.replace(",", "."))


def find_quantities(
    text: str, start: int = 0, end: int | None = None, barred: list[tuple[int, int]] | None = None
) -> list[QuantityHit]:
    """Find the quantities in `text[start:end]`, dates (`barred`) left out."""
    end = len(text) if end is None else end
    if not _MAYBE.search(text, start, end):
        return []
    found: list[QuantityHit] = []
    for m in _NUMBER.finditer(text, start, end):
        if any(m.start() < e and s < m.end() for s, e in barred or ()):
            continue
        hit = _read(text, m, end)
        if hit and not (found and hit.start < found[-1].end):
            found.append(hit)
    return found


def _read(text: str, m: re.Match[str], end: int) -> QuantityHit | None:
    approx, op, in_words = False, "=", False
    if m["vague"]:
        parts = re.findall(r"tens|dozens|hundreds|thousands|millions|billions|trillions", m["vague"].lower())
        value, approx, op = 1.0, True, ">="
        for part in parts:
            value *= _VAGUE[part]
        if "of" not in m["vague"].lower():
            return None
    elif m["digits1"]:
        value = number(m["digits1"]) * _scale(m["scale1"])
    elif m["digits"]:
        value = number(m["digits"]) * _scale(m["scale"])
    else:
        in_words, value = True, float(_WORDS[m["word"].lower()])
        extra = (m["word2"] or "").lower()
        value = value * _SCALE[extra] if extra in _SCALE else value + _WORDS.get(extra, 0)
        value *= _scale(m["scale2"])
    before = text[max(0, m.start() - 24) : m.start()]
    said = _OP.search(before)
    if said:
        op = next((_OPS[k] for k in _OPS if said[k]), op)
        approx = approx or bool(said["approx"])
    unit = _unit(text, m, end, value, in_words)
    if unit is None:
        return None
    stop, name, measure, factor = unit
    if (
        measure == "share"
        and re.search(r"\bby\s*$", before)
        and _CHANGE.search(text[max(0, m.start() - 60) : m.start()])
    ):
        measure = "change"
    value = float(f"{value * factor:.12g}")
    return QuantityHit(m.start(), stop, text[m.start() : stop], value, name, measure, op, approx)


def _scale(word: str | None) -> float:
    return _SCALE[word.lower().rstrip(".")] if word else 1.0


def _unit(
    text: str, m: re.Match[str], end: int, value: float, in_words: bool
) -> tuple[int, str, str, float] | None:
    """Give (end of the quantity, unit, measure, factor), or None if the number has neither unit nor object."""
    if m["symbol"]:
        return m.end(), _MONEY[m["symbol"].lower()], "money", 1.0
    money = _CURRENCY.match(text, m.end(), end)
    if money:
        return money.end(), _MONEY[money["c"].lower()], "money", 1.0
    at = m.end() + len(re.match(r"[\s-]{0,2}", text[m.end() : end])[0])  # type: ignore[index]
    unit = _UNIT.match(text, at, end)
    if unit and unit.lastgroup:
        _, name, measure, factor = _UNITS[int(unit.lastgroup[1:])]
        if measure == "duration" and (m["vague"] or (in_words and value == 1)):
            return None
        return unit.end(), name, measure, factor
    thing = re.match(r"\s+((?:[a-z][\w-]+\s+){0,2}?)([a-z]+s|people|troops)\b", text[m.end() : end])
    if not thing or (thing[2] not in _OBJECTS):
        return None
    if in_words and thing[2] not in _CARRIED:
        return None
    name = thing[2]
    singular = (
        name if name in ("people", "troops") else name[:-3] + "y" if name.endswith("ies") else name[:-1]
    )
    return m.end() + thing.end(), singular, "count", 1.0


def readings(text: str) -> list[QuantityHit]:
    """Give the quantities that the whole of `text` reads as."""
    return [q for q in find_quantities(text) if q.text.strip() == text.strip()]
