"""Numbers with a unit or an object in running text.

A number counts if it has a unit (money, share, mass, volume, rate, length, time, "times") or, written in digits, an object
("17 suspected countries"); numbers in words count only with things that move or carry ("ten new tankers"). Dates, clock times
and ordinals are not quantities. A range ("12.8–13.0 bcm") is two quantities, its lower and its upper bound.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from straits.evidence.finding.lexicon import lexicon
from straits.evidence.finding.numbers import (
    DIGITS,
    SCALES,
    UNSURE,
    WORDS,
    number,
    read_digits,
    read_words,
    scale,
)
from straits.evidence.finding.units import UnitHit, money_unit, unit_at, with_period

_VAGUE = {
    "tens": 10,
    "dozens": 12,
    "hundreds": 100,
    "thousands": 1e3,
    "millions": 1e6,
    "billions": 1e9,
    "trillions": 1e12,
}
_WORDS_OF = lexicon()["quantities"]
_MONEY = {word: code for code, words in _WORDS_OF["money"].items() for word in words}
_CARRIED = frozenset(_WORDS_OF["carriers"])
_OBJECTS = _CARRIED | frozenset(_WORDS_OF["objects"])

_SIGN = r"US\$|[$€£¥₽₸]|\b(?:USD|EUR|RUB|KZT)(?=\s?\d)"
_ATTACHED = r"[mk](?=\s?(?:tons?|tonnes|barrels|bbl|b/d|bpd|cubic|cu|people|TEU)\b)"
_AFTER_DIGITS = r"(?![\d:]|[.,·'’ʼ]\d|(?:st|nd|rd|th)\b)"
_END = rf"{_AFTER_DIGITS}(?:(?:[\s-]?(?P<scale>(?:{SCALES})(?!\w)))|(?P<letter>{_ATTACHED}))?"
_DASH = "–—−‒‐‑-"
#: Units behind which a dash leads to the upper end of a range ("5%-7%", "5bcm–7bcm"); not behind other letters ("Il-76").
_BEFORE_DASH = (
    "%", "tcm", "bcm", "mcm", "km", "kg", "kt", "Mt", "mt", "MT", "MW", "GW", "Wh", "bpd", "b/d", "bbl", "tons", "tonnes",
    "barrels", "miles", "days", "weeks", "months", "years", "m3", "TEU", "cent", "euros", "dollars",
)  # fmt: skip
#: Where a number in digits can begin.
_BEGINS = (
    rf"(?=[\d½¼¾⅓⅔⅛])(?<!&nbsp;)(?:(?<![\w.,$€£/^{_DASH}])|"
    + "|".join(rf"(?<={u}[{_DASH}])" for u in _BEFORE_DASH)
    + ")"
)
#: A word of scale alone, behind digits that are no number, is no number either ("10^6 million", "2 1/2 million").
_NO_SCALE = r"(?!(?<=[\d½¼¾⅓⅔⅛][\s-])(?:hundred|thousand|million|billion|trillion))"
_NUMBER = re.compile(
    # what a number can begin with, so that most signs are passed over at once
    r"(?=[\d½¼¾⅓⅔⅛$€£¥₽₸]|\b[abdefhkmnorstu]|us\$)(?:"
    # a range in digits, with or without a sign of money at either number
    rf"(?:(?P<sign_a>{_SIGN})\s?|{_BEGINS})(?P<digits_a>{DIGITS})(?:[\s-]?(?P<scale_a>(?:{SCALES})(?!\w)|(?:[mkb]|bn|mn)\b(?=\s?[{_DASH}])))?"
    rf"(?P<sep>\s?[{_DASH}]\s?|~|…|\.{{2,3}}|(?:\s+|-)(?:to|and|or)(?:\s+|-))(?P<sign_b>{_SIGN})?\s?(?P<digits_b>{DIGITS}){_AFTER_DIGITS}(?![{_DASH}]\d)"
    rf"(?:\s?(?P<letters_b>(?:[mkb]|bn|mn)\b)|[\s-]?(?P<scale_b>(?:{SCALES})(?!\w)))?"
    # a range in words
    rf"|\b(?P<words_a>{WORDS})\b(?P<words_sep>\s?[–—]\s?|\s+-\s+|\s+(?:to|or)\s+)(?P<words_b>{WORDS})\b"
    rf"|(?P<vague>\b(?:tens|dozens|hundreds|thousands|millions|billions)(?:\s+of\s+(?:thousands|millions|billions|trillions))?(?:\s+of)?\b)"
    rf"|(?P<symbol>{_SIGN})\s?(?P<digits1>{DIGITS})(?:[\s-]?(?P<scale1>(?:{SCALES})(?!\w))|\s?(?P<short1>(?:[mkb]|bn|mn|mm)\b))?"
    rf"|{_BEGINS}(?P<digits>{DIGITS}){_END}"
    rf"|\b{_NO_SCALE}(?P<words>{WORDS})\b)",
    re.I,
)
_CURRENCY = re.compile(
    r"\s?(?:of\s+)?(?:U\.?S\.?\s+|Russian\s+|Kazakh\w*\s+|American\s+)?(?P<c>dollars?|euros?|rubles?|roubles?|tenge|yuan|renminbi|pounds|yen|lira|manat"
    r"|USD|EUR|RUB|KZT|руб(?:л(?:ь|я|и|ей|ях))?|тенге|долл(?:ар(?:|а|ы|ов|ах))?|евро|юан(?:ь|я|и|ей|ях))\b(?:\.?\s+США\b|\.(?=\s+за\s))?",
    re.I,
)
_OP = re.compile(
    r"\b(?:(?P<gt>more\s+than|over|above|exceed(?:s|ed|ing)?)|(?P<ge>at\s+least|no\s+less\s+than|not\s+less\s+than|minimum(?:\s+of)?)"
    r"|(?P<lt>less\s+than|under|below|fewer\s+than)|(?P<le>up\s+to|at\s+most|no\s+more\s+than|maximum(?:\s+of)?)"
    r"|(?P<approx>about|around|approximately|nearly|almost|some|roughly|circa|close\s+to|an?\s+estimated))\s*$",
    re.I,
)
_SEVERAL = re.compile(r"\b(?:several|many|few|couple\s+of|some)\s+$", re.I)
#: Behind these a number is part of another ("one in five", "per 1,000 cubic metres", "долларов за 1000 кубометров").
_PART = re.compile(
    r"\b(?:(?:one|\d+)\s+in|per|(?:долл|руб|евро|тенге|юан)[а-я]*\.?(?:\s+США)?\s+за)\s+$", re.I
)
_OPS = {"gt": ">", "ge": ">=", "lt": "<", "le": "<="}
_CHANGE = re.compile(
    r"\b(?:increas|grow|grew|rose|ris(?:e|en|ing)|rais|fell|fall|drop|declin|decreas|up|down|jump|surg|soar|plung|shrank|shrink|cut|reduc|chang|"
    r"lower|expand|boost|slump|climb|went|slid|halv|doubl)\w*\b.{0,60}$",
    re.I | re.S,
)
#: A level before a fall is at most so many times that after it, if they share a scale: not in "fell from 900 to 1.2 million".
_NEAR = 100
#: Changes of which the second level is the lower one.
_FALL = re.compile(
    r"\b(?:fell|fall|drop|declin|decreas|down|plung|shrank|shrink|cut|reduc|lower|slump|slid|halv)\w*\b.{0,60}$",
    re.I | re.S,
)
#: "снизил на 30%", "на 49% меньше": by so much, in Russian.
_RUSSIAN_BY = re.compile(r"\bна\s*(?:около\s+|почти\s+|примерно\s+)?$", re.I)
_RUSSIAN_CHANGE = re.compile(
    r"\b(?:сни[зж]|сокра[тщ]|упа[лд]|вырос|выраст|увелич|уменьш|подорож|подешев|рост|паден|повы[сш]|пони[зж]|обвал|возрос)\w*\b.{0,60}$",
    re.I | re.S,
)
_RUSSIAN_MORE = re.compile(r"\s+(?:меньше|больше|ниже|выше|дороже|дешевле|менее|более)\b", re.I)
_MAYBE = re.compile(rf"[\d½¼¾⅓⅔⅛]|\b(?:tens|dozens|hundreds|thousands|millions|billions|{WORDS})\b", re.I)
_TO = re.compile(rf"\s*(?:[{_DASH}]|to|or)\s*", re.I)
_OTHER_NUMBER = re.compile(rf"\b(?:in|and|or|to|{WORDS})\b", re.I)
_THING = re.compile(r"\s+((?:[a-z][\w-]{0,40}\s+){0,2}?)([a-z]{1,40}s|people|troops)\b")


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
    of: str | None = None
    """What is measured, where it stands between a unit and its period."""


def find_quantities(
    text: str, start: int = 0, end: int | None = None, barred: list[tuple[int, int]] | None = None
) -> list[QuantityHit]:
    """Find the quantities in `text[start:end]`, dates (`barred`) left out. Of a range both bounds are given, with one span."""
    end = len(text) if end is None else end
    if not _MAYBE.search(text, start, end):
        return []
    found: list[QuantityHit] = []
    at = start
    for first, last in [*sorted(barred or ()), (end, end)]:
        for m in _NUMBER.finditer(text, at, max(at, first)):
            hits = _read(text, m, start, max(at, first))
            if hits and not (found and hits[0].start < found[-1].end):
                found += hits
        at = max(at, last)
    return _joined(text, found)


def _read(text: str, m: re.Match[str], first: int, end: int) -> list[QuantityHit]:
    """Read the one or two quantities of a number, or of a range."""
    if m["sep"] or m["words_sep"]:
        return _range(text, m, first, end)
    before = text[max(first, m.start() - 24) : m.start()]
    if _PART.search(before):
        return []
    if m["symbol"] and not (m["scale1"] or m["short1"]) and UNSURE.match(text, m.end(), end):
        return []
    said = _OP.search(before)
    op = next((_OPS[k] for k in _OPS if said[k]), "=") if said else "="
    approx = bool(said and said["approx"])
    in_words, scaled = False, m["scale"] or m["scale1"] or m["short1"] or m["letter"]
    value: float | None
    if m["vague"]:
        if "of" not in m["vague"].lower():
            return []
        value, approx = 1.0, True
        for part in re.findall(
            r"tens|dozens|hundreds|thousands|millions|billions|trillions", m["vague"].lower()
        ):
            value *= _VAGUE[part]
        op = op if said and not said["approx"] else ">="
    elif m["words"]:
        in_words, value = True, read_words(m["words"])
        if _SEVERAL.search(before):
            op, approx = ">=", True
    else:
        percent = scaled or ("%" if re.match(r"\s?(?:%|per\s?cent)", text[m.end() : m.end() + 9]) else None)
        value = read_digits(m["digits1"] or m["digits"], percent)
        value = None if value is None else value * scale(scaled)
    if value is None:
        return []
    unit = _unit(
        text, m.start(), m.end(), first, end, value, m["symbol"], bool(scaled), in_words, bool(m["vague"])
    )
    return [_hit(text, m.start(), unit, value, op, approx)] if unit else []


def _hit(text: str, start: int, unit: UnitHit, value: float, op: str, approx: bool) -> QuantityHit:
    measure = unit.measure
    before = text[max(0, start - 60) : start]
    if (
        measure == "share"
        and re.search(r"\bby\s*(?:about\s+|some\s+|nearly\s+|almost\s+)?$", before)
        and _CHANGE.search(before)
    ):
        measure = "change"
    of_change = _RUSSIAN_CHANGE.search(before) or _RUSSIAN_MORE.match(text, unit.end)
    if measure == "share" and of_change and _RUSSIAN_BY.search(before):
        measure = "change"
    start = start if unit.start is None else unit.start
    amount = float(f"{value * unit.factor:.12g}")
    return QuantityHit(
        start, unit.end, text[start : unit.end], amount, unit.name, measure, op, approx, unit.of
    )


def _range(text: str, m: re.Match[str], first: int, end: int) -> list[QuantityHit]:
    """Read a range: its two ends as bounds; "rose from 5 to 7" as two levels."""
    levels = _levels(text, m, first)
    separator = (m["sep"] or m["words_sep"]).strip(" \n\t-").lower()
    before = text[max(first, m.start() - 60) : m.start()]
    between = re.search(r"\bbetween\s+(?:about\s+|some\s+)?$", before, re.I)
    if separator == "and" and not between:
        return _apart(text, m, first, end)
    word_b = m["scale_b"] or m["letters_b"]
    if m["words_sep"]:
        low, high = read_words(m["words_a"]), read_words(m["words_b"])
        if low is not None and high is not None and low < 1000 <= high:
            tail = re.search(r"(?:hundred|thousand|million|billion|trillion)\Z", m["words_b"], re.I)
            low = low * scale(tail[0]) if tail else low
    else:
        percent = "%" if re.match(r"\s?(?:%|per\s?cent)", text[m.end() : m.end() + 9]) else None
        low = read_digits(m["digits_a"], m["scale_a"] or word_b or percent)
        high = read_digits(m["digits_b"], word_b or percent)
        if low is not None and high is not None:
            shares = m["scale_a"] is None and (
                low < high or (levels == "fall" and high * scale(word_b) > low < _NEAR * high)
            )
            if word_b and m["scale_a"] is None and not shares and low < 1000:
                return _apart(text, m, first, end)  # "from 900 to 1.2 million": 900, or 900,000
            low *= scale(m["scale_a"] or (word_b if shares else None))
            high *= scale(word_b)
    if low is None or high is None or low == high or (low > high and levels != "fall"):
        return _apart(text, m, first, end)
    if (
        separator != "to"
        and not word_b
        and _bare(m["digits_a"])
        and m["digits_b"]
        and not _bare(m["digits_b"])
        and low < 1000 <= high
    ):
        return []  # "650-700,000": 650,000 to 700,000, or as it stands
    symbol = m["sign_a"] or m["sign_b"]
    if symbol and not word_b and UNSURE.match(text, m.end(), end):
        return []
    unit = _unit(
        text, m.start(), m.end(), first, end, high, symbol, bool(word_b), bool(m["words_sep"]), False
    )
    if unit is None:
        return []
    if unit.start is not None:
        unit = replace(unit, start=min(unit.start, m.start()))
    said = _OP.search(before[-24:])
    approx = bool(said and said["approx"])
    if levels:
        return [_hit(text, m.start(), unit, v, "=", approx) for v in (low, high)]
    lower, upper = (
        _hit(text, m.start(), unit, low, ">=", approx),
        _hit(text, m.start(), unit, high, "<=", approx),
    )
    if said and (said["gt"] or said["ge"]):
        return [lower]
    return [upper] if said and (said["lt"] or said["le"]) else [lower, upper]


def _levels(text: str, m: re.Match[str], first: int) -> str:
    """Say whether two numbers are levels before and after: `fall` in "fell from 40 to 32", `change` in "rose from 32 to 40"."""
    separator = (m["sep"] or m["words_sep"]).strip(" \n\t-").lower()
    before = text[max(first, m.start() - 60) : m.start()]
    if separator != "to" or not re.search(r"\bfrom\s+$", before) or not _CHANGE.search(before):
        return ""
    return "fall" if _FALL.search(before) else "change"


def _bare(digits: str | None) -> bool:
    """Whether a number has neither groups nor decimals; not one that is in words."""
    return digits is not None and digits.isdigit()


def _apart(text: str, m: re.Match[str], first: int, end: int) -> list[QuantityHit]:
    """Read two numbers that are no range each for itself."""
    cut = m.start("sep") if m["sep"] else m.start("words_sep")
    rest = m.end("sep") if m["sep"] else m.end("words_sep")
    found: list[QuantityHit] = []
    for at, stop in ((m.start(), cut), (rest, end)):
        part = _NUMBER.match(text, at, stop)
        if part and not (part["sep"] or part["words_sep"]):
            # The first has no unit of its own: another number stands where it would be.
            found += [h for h in _read(text, part, first, stop) if not found or h.start >= found[-1].end]
    return found


def _joined(text: str, hits: list[QuantityHit]) -> list[QuantityHit]:
    """Make bounds of two amounts that words join into a range ("10% to 15%", "between 5 km and 7 km")."""
    found = list(hits)
    for i in range(len(found) - 1):
        a, b = found[i], found[i + 1]
        if (a.op, b.op) != ("=", "=") or a.value >= b.value or a.end > b.start:
            continue
        if a.unit != b.unit and not b.unit.startswith(a.unit + "/"):
            continue
        link, before = text[a.end : b.start], text[max(0, a.start - 60) : a.start]
        between = link.strip() == "and" and re.search(r"\bbetween\s+(?:about\s+|some\s+)?$", before, re.I)
        change = re.search(r"\bfrom\s+$", before) and _CHANGE.search(before)
        by = re.search(r"\bby\s+$", before) and link.strip() == "to"
        if change and a.unit != b.unit and _TO.fullmatch(link):
            a = found[i] = replace(a, unit=b.unit, measure=b.measure, end=b.end, text=text[a.start : b.end])
            found[i + 1] = replace(b, start=a.start, text=a.text)
        if between or (_TO.fullmatch(link) and not change and not by):
            if (
                a.unit != b.unit
            ):  # the period behind the second is that of both: one span, as with "5–7 bcm a year"
                whole = text[a.start : b.end]
                a = replace(a, unit=b.unit, measure=b.measure, of=b.of, end=b.end, text=whole)
                b = replace(b, start=a.start, text=whole)
            found[i], found[i + 1] = replace(a, op=">="), replace(b, op="<=")
    return found


def _unit(
    text: str,
    start: int,
    stop: int,
    first: int,
    end: int,
    value: float,
    symbol: str | None,
    scaled: bool,
    in_words: bool,
    vague: bool,
) -> UnitHit | None:
    """Give the unit of the number `text[start:stop]`, or None if it has neither unit nor object."""
    if symbol:
        return money_unit(text, _MONEY[symbol.lower()], stop, start, first, end)
    money = _CURRENCY.match(text, stop, end)
    if money:
        return money_unit(text, _MONEY[money["c"].lower()], money.end(), start, first, end)
    at = stop
    while at < min(end, stop + 2) and (text[at].isspace() or text[at] == "-"):
        at += 1
    unit = unit_at(text, at, end, value, scaled)
    if unit:
        if unit.measure == "duration" and (vague or (in_words and value == 1)):
            return None
        return with_period(text, unit, start, first, end)
    thing = _THING.match(text, stop, end)
    if not thing or thing[2] not in _OBJECTS or (in_words and thing[2] not in _CARRIED):
        return None
    if _OTHER_NUMBER.search(thing[1]):
        return None
    name = thing[2]
    singular = (
        name if name in ("people", "troops") else name[:-3] + "y" if name.endswith("ies") else name[:-1]
    )
    return with_period(text, UnitHit(thing.end(), singular, "count", 1.0), start, first, end)


def readings(text: str) -> list[QuantityHit]:
    """Give the quantities that the whole of `text` reads as."""
    return [q for q in find_quantities(text) if q.text.strip() == text.strip()]


__all__ = ["QuantityHit", "find_quantities", "number", "readings"]
