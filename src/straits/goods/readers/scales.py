"""What the name of a column of money says of its scale: `value_keur`, `Wert in 1000 EUR`, `TEUR`, `млн USD`."""

from __future__ import annotations

import re

CURRENCIES = "eur|usd|gbp|rub|kzt|kgs|amd|cny|chf|try"
_THOUSAND = (
    "k",
    "th",
    "ths",
    "tsd",
    "thd",
    "thousand",
    "thousands",
    "tausend",
    "000",
    "000s",
    "000's",
    "тыс",
    "тысяч",
)
_MILLION = (
    "m",
    "mn",
    "mio",
    "mln",
    "mill",
    "million",
    "millions",
    "millionen",
    "млн",
    "миллион",
    "миллионов",
)
_BILLION = ("bn", "bln", "mrd", "mlrd", "billion", "billions", "milliarden", "млрд", "миллиардов")
_WORDS = {
    **dict.fromkeys(_THOUSAND, 1e3),
    **dict.fromkeys(_MILLION, 1e6),
    **dict.fromkeys(_BILLION, 1e9),
}
#: As they stand before a currency without a gap: TEUR are thousands of euros.
_SHORT = {**_WORDS, "t": 1e3}
_NUMBERS = {"1000": 1e3, "1000000": 1e6, "1000000000": 1e9}
_TOKEN = re.compile(r"(?<!\d)'?000s?\b|\d{1,3}(?:[ .,'’\u00a0\u202f]\d{3})+(?!\d)|\d+|[^\W\d_]+")
_MONEY = re.compile(rf"(?P<before>[^\W\d_]*?)(?P<currency>{CURRENCIES})")
#: Signs of currencies, as their codes.
_SIGNS = {"us$": " usd ", "€": " eur ", "£": " gbp "}
_OTHER_MASSES = {"t", "kt", "mt", "ton", "tons", "tonne", "tonnes", "tonnen", "тонн", "т", "lb", "lbs"}
_VALUE = re.compile(r"(?:values?|amounts?|trade|imports?|exports?|wert)(?=.)")


def scale_of(name: str) -> float | None:
    """Give what one unit of a column is worth in units of its currency, as its name says; 1 where it says nothing.

    Parameters
    ----------
    name : str

    Returns
    -------
    float or None
        None where it says something that is not known, or two things.
    """
    told = name.lower()
    for sign, code in _SIGNS.items():
        told = told.replace(sign, code)
    tokens = _TOKEN.findall(told)
    found: set[float] = set()
    for at, token in enumerate(tokens):
        beside = tokens[max(at - 1, 0) : at] + tokens[at + 1 : at + 2]
        # A letter by itself may be anything, but for one beside a currency: `m_usd`, `USD m`.
        alone = len(token) > 1 or any(_MONEY.fullmatch(one) for one in beside)
        money = _MONEY.fullmatch(token)
        if token[0].isdigit() or token[0] == "'":
            bare = re.sub(r"\D", "", token)
            scale = _WORDS["000"] if bare == "000" else _NUMBERS.get(bare)
            found |= {scale} if scale else set()
        elif money and money["before"]:
            before = (
                _VALUE.sub("", money["before"], count=1) if money["before"] not in _SHORT else money["before"]
            )
            if before in _SHORT:
                found.add(_SHORT[before])
            elif len(before) < 3:
                return None
        elif token in _WORDS and alone:
            found.add(_WORDS[token])
        elif token == "t" and alone:
            return None  # thousands, or of tonnes
    return None if len(found) > 1 else found.pop() if found else 1.0


def is_kg(name: str) -> bool:
    """Whether the name of a column of masses lets them be kilograms: not tonnes, nor 100 or 1000 kg."""
    low = name.lower()
    other = _OTHER_MASSES & set(_TOKEN.findall(low))
    return not other and not re.search(r"(?<!\d)10+[\W_]*kg", low) and scale_of(name) == 1.0
