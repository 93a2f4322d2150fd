"""Numbers as running text writes them: in digits, with whatever parts their groups, and in words.

A number whose signs can be read in two ways (`816.000`, which is eight hundred in English and eight hundred thousand in most of
Europe) is no number here: what cannot be read for certain is not read.
"""

from __future__ import annotations

import math
import re
import unicodedata

_SPACES = "\u00a0\u202f\u2009\u2007\u2008\u200a\u2002\u2003 "
_FRACTIONS = "½¼¾⅓⅔⅛"
#: A number in digits with its groups; ordinary blanks only before exactly three digits. Signs of which no reading is sure
#: ("1˙234") are taken in, so that what stands behind them is not read as a number of its own.
DIGITS = (
    rf"(?:\d{{1,3}}(?:[{_SPACES}]\d{{3}})+(?!\d)(?:[.,·]\d+)?"
    rf"|\d+(?:[.,·'’ʼ٬٫˙‧⋅∙_`´]\d+)*(?:\s?[{_FRACTIONS}])?|[{_FRACTIONS}])"
)
_ONES = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11,
    "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19,
}  # fmt: skip
_TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip
_BIG = {"thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12}
_SCALE = {
    "hundred": 1e2, "thousand": 1e3, "thousands": 1e3, "million": 1e6, "millions": 1e6, "mln": 1e6, "mn": 1e6, "m": 1e6,
    "billion": 1e9, "billions": 1e9, "bln": 1e9, "bn": 1e9, "b": 1e9, "trillion": 1e12, "trillions": 1e12, "trn": 1e12, "k": 1e3,
    "tn": 1e12, "trln": 1e12, "mm": 1e6, "mio": 1e6, "bil": 1e9, "mld": 1e9, "mlrd": 1e9, "mrd": 1e9, "milliard": 1e9,
    "milliards": 1e9, "thsd": 1e3, "lakh": 1e5, "lakhs": 1e5, "crore": 1e7, "crores": 1e7, "тыс": 1e3, "млн": 1e6, "млрд": 1e9,
    "трлн": 1e12,
}  # fmt: skip
_SCALE |= {
    stem + end: value
    for stem, ends, value in (
        ("тысяч", ("", "а", "и"), 1e3), ("миллион", ("", "а", "ов"), 1e6), ("миллиард", ("", "а", "ов"), 1e9),
        ("триллион", ("", "а", "ов"), 1e12),
    )
    for end in ends
}  # fmt: skip
#: Russian numbers in words, as they stand with units of time.
RUSSIAN_WORDS = {
    word: float(value)
    for value, words in (
        (1.5, "полтора полторы полутора"), (2, "два две двух"), (3, "три трех трёх"), (4, "четыре четырех четырёх"),
        (5, "пять пяти"),
        (6, "шесть шести"), (7, "семь семи"), (8, "восемь восьми"), (9, "девять девяти"), (10, "десять десяти"),
    )
    for word in words.split()
}  # fmt: skip
#: Words that multiply a number in digits.
SCALES = (
    r"thousands?|millions?|billions?|trillions?|hundred(?:[\s-](?:thousand|million|billion|trillion))?|mln\.?|bln\.?|mn|bn|trn|tn"
    r"|trln\.?|mio\.?|bil\.?|mld\.?|mlrd\.?|mrd\.?|milliards?|thsd\.?|lakhs?|crores?|тыс\.?|млн\.?|млрд\.?|трлн\.?"
    r"|тысяч[аи]?|миллион(?:а|ов)?|миллиард(?:а|ов)?|триллион(?:а|ов)?"
)
#: Words that multiply, and by what depends on whose they are, or letters behind an amount of money that no scale explains: $1.5T.
UNSURE = re.compile(r"[^\W\d_]|\s(?:mil|t|thou)\b", re.I)
_SMALL = "|".join((*_ONES, *_TENS))
#: A number in words.
WORDS = (
    rf"(?:half\s+an?\s+(?:million|billion|trillion)"
    rf"|(?:an?\s+)?(?:hundred|thousand|million|billion|trillion)(?:[\s-]+(?:and\s+)?(?:{_SMALL}|hundred|thousand|million|billion|trillion)\b)*"
    rf"|(?:{_SMALL})\b(?:[\s-]+(?:and\s+)?(?:{_SMALL}|hundred|thousand|million|billion|trillion)\b)*(?:\s+and\s+a\s+half(?:\s+(?:million|billion|trillion))?\b)?)"
)
_GROUPED = (
    (re.compile(r"\d{1,3}(?:,\d{3})+(?:[.·]\d+)?"), ",", "."),
    (re.compile(r"\d{1,2}(?:,\d{2})+,\d{3}(?:[.·]\d+)?"), ",", "."),  # lakh and crore
    (re.compile(r"\d{1,3}(?: \d{3})+(?:[.,·]\d+)?"), " ", ".,"),
    (re.compile(r"\d{1,3}(?:'\d{3})+(?:[.,·]\d+)?"), "'", ".,"),
    (re.compile(r"\d{1,3}(?:\.\d{3}){2,}(?:,\d+)?|\d{1,3}\.\d{3},\d{1,2}"), ".", ","),
    (re.compile(r"\d{1,3}(?:٬\d{3})+(?:٫\d+)?|\d+٫\d+"), "٬", "٫"),  # Arabic
)


def scale(word: str | None) -> float:
    """Give what a scale word, or two of them, multiply with; 1 for none."""
    return math.prod(_SCALE[one.rstrip(".")] for one in re.split(r"[\s-]+", word.lower())) if word else 1.0


def read_digits(text: str, scaled: str | None = None) -> float | None:
    """Read a number in digits, or None if it is none or could be two.

    Parameters
    ----------
    scaled : str, optional
        What follows and multiplies or divides it (million, %): before it a lone point parts decimals, and before a Russian word
        a lone comma does.
    """
    bare = re.sub(rf"[{_SPACES}]", " ", text.strip())
    bare = re.sub(r"[’ʼ]", "'", bare)
    mixed = re.fullmatch(rf"(\d*)\s?([{_FRACTIONS}])", bare)
    if mixed:
        return float(mixed[1] or 0) + unicodedata.numeric(mixed[2])
    lone = re.fullmatch(r"(\d+)([.,·])(\d+)", bare)
    if lone:
        whole, mark, part = lone.groups()
        could_group = len(part) == 3 and len(whole) <= 3 and not whole.startswith("0")
        russian = bool(scaled and re.match(r"[а-я]", scaled, re.I))
        if mark == "." and could_group and not scaled:
            return None
        if mark != "," or not could_group or russian:
            return float(f"{whole}.{part}")
    for pattern, group, decimals in _GROUPED:
        if pattern.fullmatch(bare):
            plain = bare.replace(group, "")
            return float(re.sub(rf"[{decimals}·]", ".", plain))
    return float(bare) if re.fullmatch(r"\d+", bare) else None


def read_words(text: str) -> float | None:
    """Read a number in words, or None if they do not make one ("five and six")."""
    low = text.lower()
    half = re.search(r"\s+and\s+a\s+half\b", low)
    if half:
        head, tail = read_words(low[: half.start()]), low[half.end() :].split()
        return None if head is None else (head + 0.5) * scale(tail[0] if tail else None)
    if low.startswith("half"):
        return 0.5 * _BIG[low.split()[-1]]
    total, current, least, joined = 0.0, 0.0, float("inf"), False
    for word in re.split(r"[\s-]+", re.sub(r"^an?\s+", "one ", low)):
        if word == "and":
            if current % 100 or not (current or total):
                return None
            joined = True
            continue
        if word in _ONES:
            value = _ONES[word]
            if current % 100 and not (
                value < 10 and current % 100 >= 20 and current % 10 == 0 and not joined
            ):
                return None
            current += value
        elif word in _TENS:
            if current % 100:
                return None
            current += _TENS[word]
        elif word == "hundred":
            if current >= 100 or (current and current % 10 == 0 and current != 10):
                return None
            current = (current or 1) * 100
        else:
            if _BIG[word] >= least:
                return None
            least = _BIG[word]
            total, current = total + (current or 1) * least, 0.0
        joined = False
    return None if joined else total + current


def number(text: str) -> float:
    """Read a number in digits.

    Raises
    ------
    ValueError
        If it is none, or could be two.
    """
    found = read_digits(text)
    if found is None:
        raise ValueError(f"{text!r} is not a number that can be read for certain")
    return found


__all__ = ["DIGITS", "SCALES", "WORDS", "number", "read_digits", "read_words", "scale"]
