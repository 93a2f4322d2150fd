"""Numbers with a unit or an object in running text.

A number counts if it has a unit (money, share, mass, volume, rate, length, time, "times") or, written in digits, an object
("17 suspected countries"); numbers in words count only with things that move or carry ("ten new tankers"). Dates, clock times
and ordinals are not quantities. A range ("12.8–13.0 bcm") is two quantities, its lower and its upper bound.
"""

from __future__ import annotations

import re
from dataclasses import replace

from straits.evidence.finding.bounds import REACH, is_during, said_before, said_behind
from straits.evidence.finding.changes import NEAR, by_so_much, is_change, is_factor, levels_of
from straits.evidence.finding.joined import DASH, TO_LEVEL, QuantityHit, joined
from straits.evidence.finding.lexicon import lexicon
from straits.evidence.finding.numbers import (
    DIGITS,
    RUSSIAN_WORDS,
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

#: A sign of money; not that of another dollar ("C$", "HK$"), nor ¥, which is that of two currencies.
_SIGN = r"\bUS\$|(?<![A-Za-z])[$€£₽₸]|\b(?:USD|EUR|RUB|KZT)(?=\s?\d)"
#: Money behind a minus is no amount: "a profit of -$12 million".
_NO_MINUS = r"(?<!\s[-−])"
_ATTACHED = r"[mk](?=\s?(?:tons?|tonnes|barrels|bbl|b/d|bpd|cubic|cu|people|TEU)\b)"
_AFTER_DIGITS = r"(?![\d:]|[.,·'’ʼ]\d|(?:st|nd|rd|th)\b)"
_END = rf"{_AFTER_DIGITS}(?:(?:[\s-]?(?P<scale>(?:{SCALES})(?!\w)))|(?P<letter>{_ATTACHED}))?"
#: Units behind which a dash leads to the upper end of a range ("5%-7%", "5bcm–7bcm"); not behind other letters ("Il-76").
_BEFORE_DASH = (
    "%", "tcm", "bcm", "mcm", "km", "kg", "kt", "Mt", "mt", "MT", "MW", "GW", "Wh", "bpd", "b/d", "bbl", "tons", "tonnes",
    "barrels", "miles", "days", "weeks", "months", "years", "m3", "TEU", "cent", "euros", "dollars",
)  # fmt: skip
#: Where a number in digits can begin.
_BEGINS = (
    rf"(?=[\d½¼¾⅓⅔⅛])(?<!&nbsp;)(?:(?<![\w.,$€£¥₹/^+×{DASH}])|"
    + "|".join(rf"(?<={u}[{DASH}])" for u in _BEFORE_DASH)
    + ")"
)
#: A word of scale alone, behind digits that are no number or a part of one, is no number either ("10^6 million", "half million").
_NO_SCALE = (
    r"(?!(?:(?<=[\d½¼¾⅓⅔⅛][\s+-])|(?<=\d\+\s)|(?<=\bhalf[\s-])"
    r"|(?<=\bquarter[\s-])|(?<=\bmulti-))(?:hundred|thousand|million|billion|trillion))"
)
_NUMBER = re.compile(
    # what a number can begin with, so that most signs are passed over at once
    r"(?=[\d½¼¾⅓⅔⅛$€£₽₸]|\b[abdefhkmnorstuвдпстчш])(?:"
    # a range in digits, with or without a sign of money at either number
    rf"(?:{_NO_MINUS}(?P<sign_a>{_SIGN})\s?|{_BEGINS})(?P<digits_a>{DIGITS})(?:[\s-]?(?P<scale_a>(?:{SCALES})(?!\w)|(?:[mkb]|bn|mn)\b(?=\s?[{DASH}])))?"
    rf"(?P<sep>\s?[{DASH}]\s?|~|…|\.{{2,3}}|(?:\s+|-)(?:to|and|or|до|и|или)(?:\s+|-))(?P<sign_b>{_SIGN})?\s?(?P<digits_b>{DIGITS}){_AFTER_DIGITS}(?![{DASH}]\d)"
    rf"(?:\s?(?P<letters_b>(?:[mkb]|bn|mn)\b)|[\s-]?(?P<scale_b>(?:{SCALES})(?!\w)))?"
    # a range in words
    rf"|\b(?P<words_a>{WORDS})\b(?P<words_sep>\s?[–—]\s?|\s+-\s+|\s+(?:to|or)\s+)(?P<words_b>{WORDS})\b"
    rf"|(?P<vague>\b(?:tens|dozens|hundreds|thousands|millions|billions)(?:\s+of\s+(?:thousands|millions|billions|trillions))?(?:\s+of)?\b)"
    rf"|{_NO_MINUS}(?P<symbol>{_SIGN})\s?(?P<digits1>{DIGITS})(?:[\s-]?(?P<scale1>(?:{SCALES})(?!\w))|\s?(?P<short1>(?:[mkb]|bn|mn|mm)\b))?"
    rf"|{_BEGINS}(?P<digits>{DIGITS}){_END}"
    rf"|(?<![\w{DASH}])(?P<russian>{'|'.join(RUSSIAN_WORDS)})(?=\s+(?:дн|сут|недел|месяц|год|лет|час))"
    rf"|\b{_NO_SCALE}(?P<words>{WORDS})\b)",
    re.I,
)
_CURRENCY = re.compile(
    r"\s?(?:of\s+)?(?:U\.?S\.?\s+|Russian\s+|Kazakh\w*\s+|American\s+)?(?P<c>dollars?|euros?|rubles?|roubles?|tenge|yuan|renminbi|pounds(?!\s+of\b)|yen|lira|manat"
    r"|USD|EUR|RUB|KZT|руб(?:л(?:ь|я|и|ей|ях))?|тенге|долл(?:ар(?:|а|ы|ов|ах))?|евро|юан(?:ь|я|и|ей|ях))\b(?:\.?\s+США\b|\.(?=\s+за\s))?",
    re.I,
)
_SEVERAL = re.compile(r"\b(?:several|many|few|couple(?:\s+of)?|some)\s+$", re.I)
#: Behind these a number is part of another ("one in five", "per 1,000 cubic metres", "долларов за 1000 кубометров").
_PART = re.compile(
    r"\b(?:(?:one|\d+)\s+in|(?:\w+\s+)?out\s+of|per|(?:долл|руб|евро|тенге|юан)[а-я]*\.?(?:\s+США)?\s+за)\s+$",
    re.I,
)
#: A clock ("в 18 часов"), or a time from now: none that lasts.
_CLOCK = re.compile(r"\b(?:в|к|через)\s+$", re.I)
#: The lower end of a time in words that are no number: "from a month and a half to two months".
_FROM_WORDS = re.compile(r"\bfrom\s+(?:an?|one|several|a\s+few)\s+(?:[a-z]+\s+){1,4}to\s+$", re.I)
#: The two ends of a range in Russian: "от 5% до 7%".
_RUSSIAN_FROM, _RUSSIAN_TO = re.compile(r"\bот\s+$", re.I), re.compile(r"[^.;,]{0,30}?\sдо\s+\d", re.I)
#: The rest of a number that two words of scale part: "$3 million 200 thousand".
_MORE_OF_IT = re.compile(r"\s+\d[\d., ]*\s?(?:hundred|thousand|тыс)", re.I)
_FIRST_OF_IT = re.compile(rf"\d\s?(?:{SCALES})\s+(?:and|и)\s+$", re.I)
_MAYBE = re.compile(
    rf"[\d½¼¾⅓⅔⅛]|\b(?:tens|dozens|hundreds|thousands|millions|billions|{WORDS}|{'|'.join(RUSSIAN_WORDS)})\b",
    re.I,
)
_OTHER_NUMBER = re.compile(rf"\b(?:in|and|or|to|dozens?|scores?|{WORDS})\b", re.I)
_THING = re.compile(r"\s+((?:[a-z][\w-]{0,40}\s+){0,2}?)([a-z]{1,40}s|people|troops)\b")


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
            if hits and not (found and m.start() < found[-1].end):
                found += hits
        at = max(at, last)
    return joined(text, found, end)


def _read(text: str, m: re.Match[str], first: int, end: int) -> list[QuantityHit]:
    """Read the one or two quantities of a number, or of a range."""
    if m["sep"] or m["words_sep"]:
        return _range(text, m, first, end)
    before = text[max(first, m.start() - REACH) : m.start()]
    if _PART.search(before):
        return []
    if m["symbol"] and not (m["scale1"] or m["short1"]) and UNSURE.match(text, m.end(), end):
        return []
    in_words, scaled = False, m["scale"] or m["scale1"] or m["short1"] or m["letter"]
    least = False
    value: float | None
    if m["vague"]:
        if "of" not in m["vague"].lower():
            return []
        value, least = 1.0, True
        for part in re.findall(
            r"tens|dozens|hundreds|thousands|millions|billions|trillions", m["vague"].lower()
        ):
            value *= _VAGUE[part]
    elif m["russian"]:
        value = RUSSIAN_WORDS[m["russian"].lower()]
    elif m["words"]:
        in_words, value = True, read_words(m["words"])
        least = _SEVERAL.search(before) is not None
    else:
        percent = scaled or ("%" if re.match(r"\s?(?:%|per\s?cent)", text[m.end() : m.end() + 9]) else None)
        value = read_digits(m["digits1"] or m["digits"], percent)
        value = None if value is None else value * scale(scaled)
    if value is None:
        return []
    unit = _unit(
        text, m.start(), m.end(), first, end, value, m["symbol"], bool(scaled), in_words, bool(m["vague"])
    )
    rest = scaled is not None and scale(scaled) == 1e3 and _FIRST_OF_IT.search(before) is not None
    if unit is None or rest or _MORE_OF_IT.match(text, m.end(), end):
        return []
    if _RUSSIAN_FROM.search(before) and _RUSSIAN_TO.match(text, m.end(), end):
        before = before.rstrip()[:-2]
    said = said_before(before, text[max(first, m.start() - 60) : m.start()])
    if said is None:
        return []
    alone = m.start() == first and unit.end == end
    if unit.name == "times" and not alone and not is_factor(text, m.start(), unit.end):
        return []
    if unit.measure == "duration" and (_CLOCK.search(before) or (unit.name == "year" and value > 1000)):
        return []
    behind = said_behind(text, unit.end, end)
    during = unit.measure == "duration" and is_during(before)
    bounds = ("=" if during else said.op, behind.op, ">=" if least else "=")
    op = next((op for op in bounds if op != "="), "=")
    if (
        op == "="
        and unit.measure == "duration"
        and _FROM_WORDS.search(text[max(first, m.start() - 60) : m.start()])
    ):
        op = "<="
    return [_hit(text, m.start(), unit, value, op, said.approx or behind.approx or least)]


def _hit(text: str, start: int, unit: UnitHit, value: float, op: str, approx: bool) -> QuantityHit:
    measure = unit.measure
    if measure == "share" and is_change(text[max(0, start - 60) : start], text, unit.end):
        measure = "change"
    start = start if unit.start is None else unit.start
    amount = float(f"{value * unit.factor:.12g}")
    return QuantityHit(
        start, unit.end, text[start : unit.end], amount, unit.name, measure, op, approx, unit.of
    )


def _range(text: str, m: re.Match[str], first: int, end: int) -> list[QuantityHit]:
    """Read a range: its two ends as bounds; "rose from 5 to 7" as two levels."""
    separator = (m["sep"] or m["words_sep"]).strip(" \n\t-").lower()
    before = text[max(first, m.start() - 60) : m.start()]
    between = re.search(r"\b(?:between|между)\s+(?:about\s+|some\s+)?$", before, re.I)
    levels = levels_of(before, separator)
    if (separator in ("and", "и") and not between) or (
        separator == "до" and not (levels or _RUSSIAN_FROM.search(before))
    ):
        return _apart(text, m, first, end)
    low, high, scaled = _ends(text, m, levels)
    if low is None and high is not None and scaled:  # "from 900 to 1.2 million": 900, or 900,000
        return [] if between else _apart(text, m, first, end, "=" if levels not in ("", "from") else "<=")
    if low is None or high is None or low == high:
        return _apart(text, m, first, end)
    if low > high and levels not in ("fall", "from"):
        return [] if between else _apart(text, m, first, end)
    symbol = m["sign_a"] or m["sign_b"]
    to_level = separator in ("to", "до") and not levels and by_so_much(before)
    if to_level and (symbol or low * TO_LEVEL <= high):
        if low * TO_LEVEL > high or not (m["sign_a"] or m["scale_a"]):
            return []
        if not m["sign_a"] or (scaled and not m["scale_a"]):
            return _apart(text, m, first, end, "=")
        levels = "change"
    if (
        separator != "to"
        and not scaled
        and _bare(m["digits_a"])
        and m["digits_b"]
        and not _bare(m["digits_b"])
        and low < 1000 <= high
    ):
        return []  # "650-700,000": 650,000 to 700,000, or as it stands
    if symbol and not scaled and UNSURE.match(text, m.end(), end):
        return []
    unit = _unit(
        text, m.start(), m.end(), first, end, high, symbol, bool(scaled), bool(m["words_sep"]), False
    )
    if unit is None:
        return []
    if unit.start is not None:
        unit = replace(unit, start=min(unit.start, m.start()))
    said = said_before(_RUSSIAN_FROM.sub("", before)[-REACH:])
    if said is None:
        return []
    if levels and (levels != "from" or low > high):
        return [_hit(text, m.start(), unit, v, "=", said.approx) for v in (low, high)]
    lower, upper = (
        _hit(text, m.start(), unit, low, ">=", said.approx),
        _hit(text, m.start(), unit, high, "<=", said.approx),
    )
    if said.op in (">", ">="):
        return [lower]
    return [upper] if said.op in ("<", "<=") else [lower, upper]


def _ends(text: str, m: re.Match[str], levels: str) -> tuple[float | None, float | None, str | None]:
    """Give the two numbers of a range and the word that scales the second; no first where its scale is in doubt."""
    scaled = m["scale_b"] or m["letters_b"]
    if m["words_sep"]:
        low, high = read_words(m["words_a"]), read_words(m["words_b"])
        if low is not None and high is not None and low < 1000 <= high:
            tail = re.search(r"(?:hundred|thousand|million|billion|trillion)\Z", m["words_b"], re.I)
            low = low * scale(tail[0]) if tail else low
        return low, high, None
    percent = "%" if re.match(r"\s?(?:%|per\s?cent)", text[m.end() : m.end() + 9]) else None
    low = read_digits(m["digits_a"], m["scale_a"] or scaled or percent)
    high = read_digits(m["digits_b"], scaled or percent)
    if low is None or high is None:
        return low, high, None
    near = NEAR if levels == "fall" else NEAR / 10 if levels == "from" else 0
    shares = m["scale_a"] is None and (low < high or high * scale(scaled) > low < near * high)
    if scaled and m["scale_a"] is None and not shares and low < 1000:
        return None, high, scaled
    return low * scale(m["scale_a"] or (scaled if shares else None)), high * scale(scaled), scaled


def _bare(digits: str | None) -> bool:
    """Whether a number has neither groups nor decimals; not one that is in words."""
    return digits is not None and digits.isdigit()


def _apart(text: str, m: re.Match[str], first: int, end: int, second: str | None = None) -> list[QuantityHit]:
    """Read two numbers that are no range each for itself; only the second, as `second`, where the first is in doubt."""
    cut = m.start("sep") if m["sep"] else m.start("words_sep")
    rest = m.end("sep") if m["sep"] else m.end("words_sep")
    found: list[QuantityHit] = []
    for at, stop in ((m.start(), cut), (rest, end)):
        part = _NUMBER.match(text, at, stop)
        if part and not (part["sep"] or part["words_sep"]) and not (second and at < cut):
            # The first has no unit of its own: another number stands where it would be.
            hits = _read(text, part, first, stop)
            hits = [replace(h, op=second) for h in hits] if second else hits
            found += [h for h in hits if not found or h.start >= found[-1].end]
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
    # "2.2 million dwt of tankers", "12 members of parties": of something else.
    if _OTHER_NUMBER.search(thing[1]) or re.match(r"\S+\s+of\b", thing[1]):
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
