"""Changes and levels: "rose by 5%", "down 5% to 60 million", "fell from 40 to 32"."""

from __future__ import annotations

import re
from typing import Literal

_ROSE = (
    r"(?:increas|grow|grew|rose|ris(?:e|en|ing)|rais|(?<!make\s)(?<!makes\s)(?<!made\s)(?<!making\s)up\b|jump|surg|soar|expand|boost|climb|doubl|tripl|gain|advanc|add(?:ed|ing|s)\b"
    r"|вырос|выраст|увелич|подорож|рост|повы[сш]|возрос|подн[яи])"
)
_FELL = (
    r"(?:fell|fall|drop|declin|decreas|down\b|plung|shrank|shrink|cut|reduc|lower|slump|slid|halv|plummet|dip|tumbl|contract|sank|sink|eas(?:ed|es|ing)\b"
    r"|сни[зж]|сокра[тщ]|упа[лд]|уменьш|подешев|паден|пони[зж]|обвал)"
)
_OTHER = (
    r"(?:chang|went|go(?:es|ing)?\b|mov(?:ed|es|ing)|revis|correct|amend|adjust|shift|swung"
    r"|измен|пересмотр|скорректир|перешл)"
)
_CHANGE = re.compile(rf"\b(?:{_ROSE}|{_FELL}|{_OTHER})\w*\b.{{0,60}}$", re.I | re.S)
_UP = re.compile(rf"\b{_ROSE}\w*\b.{{0,60}}$", re.I | re.S)
_ABOUT = (
    r"(?:about|around|some|nearly|almost|approximately|roughly|an?|another|a\s+further|just|only|over|more\s+than|less\s+than|at\s+least"
    r"|up\s+to|почти|около|примерно)"
)
#: A change of so much, right before its number: "fell 5%", "up by about 12%", "a drop of 5%".
_BY = re.compile(
    rf"\b(?:(?:{_ROSE}|{_FELL})\w*\s+(?:by|of)|(?<!\bup\s)by|на|(?:was|were|is|are|been|be|,|;|\()\s*(?:up|down)|(?:{_ROSE}|{_FELL})(?!to\b)\w*)\s*"
    rf"(?:{_ABOUT}\s+)*$",
    re.I,
)
#: The same change told again: "fell $2.15, or 2.5%".
_AGAIN = re.compile(
    rf"\b(?:{_ROSE}|{_FELL})\w*\s+(?:by\s+)?(?:{_ABOUT}\s+)*[$€]?\d[^;()]{{0,30}}(?:,\s+or|\s*\()\s*(?:{_ABOUT}\s+)*$",
    re.I,
)
_BY_WORD = re.compile(rf"\b(?:by|на)\s*(?:{_ABOUT}\s+)*$", re.I)
_BEHIND = re.compile(
    r"(?:\s+|-)(?:(?:year-on-year|year-over-year|annual|sharp|further|steep|slight)\s+)?(?:increase|decrease|decline|drop|fall|growth|rise|reduction|cut|jump|surge|slump"
    r"|more|less|fewer|higher|lower|меньше|больше|ниже|выше|дороже|дешевле|менее|более|year-on-year|year[\s-]over[\s-]year|yoy|y-o-y|y/y"
    r"|(?:year|month|quarter|week)\s+on\s+(?:year|month|quarter|week))\b",
    re.I,
)
#: Behind a factor: "three times as many", "twice the level", "five times more".
_MULTIPLIED = re.compile(
    r"\s+(?:as|more|less|fewer|higher|lower|larger|bigger|greater|smaller|longer|shorter|faster|cheaper|dearer|costlier|better|worse|over|above|below|the|that|those|"
    r"what|its|their|his|than|\w+er\s+than)\b",
    re.I,
)
#: A level before a fall is at most so many times that after it, if they share a scale: not in "fell from 900 to 1.2 million".
NEAR = 100


def levels_of(before: str, separator: str) -> Literal["", "fall", "rise", "change", "from"]:
    """Say whether two numbers are levels before and after: `fall` in "fell from 40 to 32", `from` where no verb tells it.

    Parameters
    ----------
    before : str
        What stands before the first number.
    separator : str
        What stands between them.
    """
    if not re.search(r"\b(?:from|с|со)\s+$" if separator in ("to", "до") else r"(?!)", before, re.I):
        return ""
    if not _CHANGE.search(before):
        return "from"
    if re.search(rf"\b{_FELL}\w*\b[^.;]{{0,60}}$", before, re.I):
        return "change" if _UP.search(before) else "fall"
    return "rise" if _UP.search(before) else "change"


def by_so_much(before: str) -> bool:
    """Tell whether what stands before a number says that something changed by it, not to it."""
    return _BY.search(before) is not None and _CHANGE.search(before) is not None


def is_factor(text: str, start: int, end: int) -> bool:
    """Tell whether "three times" multiplies ("grew three times", "three times as many") or counts: "was hit three times"."""
    return (
        text[start:end].endswith("fold")
        or _CHANGE.search(text[max(0, start - 60) : start]) is not None
        or _MULTIPLIED.match(text, end) is not None
    )


def is_change(before: str, text: str, end: int) -> bool:
    """Tell whether a share between `before` and `text[end:]` is that by which something changed."""
    if _BEHIND.match(text, end) or _AGAIN.search(before):
        return True
    if not by_so_much(before):
        return False
    # "cut 5% of its staff": of so much, unless "by" says how far.
    return _BY_WORD.search(before) is not None or not re.match(r"\s+of\b", text[end : end + 6])


__all__ = ["NEAR", "by_so_much", "is_change", "is_factor", "levels_of"]
