"""What words and signs beside a number make of it: a bound, a number that is about right, or one that the text rejects."""

from __future__ import annotations

import re
from dataclasses import dataclass

from straits.evidence.finding.numbers import SCALES

#: Signs of what is looked at before a number.
REACH = 48

_ABOUT = re.compile(
    r"(?:(?:\b(?:about|around|approximately|nearly|almost|some|roughly|circa|close\s+to|(?:an?\s+)?estimated|in\s+the\s+region\s+of"
    r"|something\s+like|около|примерно|порядка|почти|приблизительно|ориентировочно|в\s+районе)\b|\b(?:approx|ca|c)\.|[~≈∼≃])\s*)$",
    re.I,
)
_NOT = r"(?:no|not|n[’']t|never|nowhere|nor)"
_CANNOT = (
    r"(?:\b(?:will|would|shall|should|must|may|can|could|do|does|did|has|have|had|to)\s*)?"
    r"(?:\b(?:not|never)|n[’']t|\bcannot)\s+"
)
#: A verb of what is not done up to an amount: "cannot export more than", not "did not only lose more than".
_DONE = r"(?!only|just|merely|that|because|if|but)[a-z]+\s+(?:[a-z]+ed\s+)?"
_REACH = r"(?:reach|attain|amount\s+to)(?:ed|ing|es)?"
_EXCEED = r"(?:exceed|surpass|top)(?:ed|ing|s)?|go(?:es|ne)?\s+(?:over|above|beyond)|rise\s+above"
#: Words and signs before a number and what they make of it. "Not more than" stands before "more than", which it holds.
_BEFORE = [
    (re.compile(rf"(?:{words})\s*$", re.I), op)
    for words, op in (
        (
            rf"{_CANNOT}{_DONE}(?:more|greater|higher|larger|longer)\s+than|\b{_NOT}\s+(?:more|greater|higher|larger|bigger|longer|over|above|beyond|in\s+excess)(?:\s+(?:than|of))?|{_CANNOT}(?:{_EXCEED})"
            r"|\b(?:up\s+to|at\s+(?:the\s+)?most|a?\s*maximum(?:\s+of)?|as\s+(?:much|many|high|long)\s+as|без\s+превышения)|[≤⩽]|<="
            r"|\bне\s+(?:более|больше|выше|свыше)(?:\s+чем)?(?:\s+на)?|\bне\s+превы[а-я]+|\b(?:как\s+)?максимум|\bмаксимально",
            "<=",
        ),
        (
            rf"{_CANNOT}{_DONE}(?:less|fewer|lower|smaller)\s+than|\b{_NOT}\s+(?:less|fewer|lower|smaller|under|below|short)(?:\s+(?:than|of))?|\bat\s+(?:the\s+very\s+)?least|\ba?\s*minimum(?:\s+of)?"
            r"|\bas\s+(?:little|few|low)\s+as|[≥⩾]|>=|\bне\s+(?:менее|меньше|ниже)(?:\s+чем)?(?:\s+на)?|\b(?:как\s+)?минимум|\bпо\s+(?:меньшей|крайней)\s+мере"
            r"|\bминимально",
            ">=",
        ),
        (
            rf"{_CANNOT}(?:even\s+)?{_REACH}|\b(?:fail(?:s|ed|ing)?\s+to|without)\s+{_REACH}|\b(?:less|fewer|lower|smaller)\s+than|\b(?:under|below|short\s+of)"
            r"|<|\b(?:менее|меньше|ниже)(?:\s+чем)?(?:\s+на)?|\bне\s+дости[а-я]+",
            "<",
        ),
        (
            r"\b(?:more|greater|higher|larger|bigger|better)\s+than|\b(?:over|above|beyond|exceed(?:s|ed|ing)?|surpass(?:es|ed|ing)?|north\s+of"
            r"|in\s+excess\s+of|upwards?\s+of)|>|\b(?:более|больше|выше)(?:\s+чем)?(?:\s+на)?|\bсвыше|\bпревы[а-я]+",
            ">",
        ),
    )
]
#: "Up to" in Russian, but not the level that something fell or rose to, nor the second end of a range.
_RUSSIAN_UP_TO = re.compile(r"(?:^|(?<=[\s(«—–-]))до\s*$", re.I)
_RUSSIAN_TO_LEVEL = re.compile(
    r"\b(?:сни[зж]|сокра[тщ]|упа[лд]|вырос|выраст|раст[иеу]|увелич|уменьш|подорож|подешев|рост|паден|повы[сш]|подн[иья]|пони[зж]|обвал|возрос|довест|довед|довел"
    r"|расшир|урез|ограни[чш]|опуст|доход|дош[леё]|просе[лд]|ускор|замедл|нарас|скор+ект|пересмотр|измен|прибав|сжа[лт]|приблиз|дотян|раз[ао]гна|округл"
    r"|снов|с\s+\d|от\s+\d|на\s+\d)\w*\b.{0,60}$",
    re.I | re.S,
)
#: A number that was told before and is taken back: "correcting an earlier figure of", "from a previously reported".
_TAKEN_BACK = re.compile(
    r"\b(?:correct\w*|revis\w*|replac\w*|retract\w*|instead\s+of|not)\s+(?:[\w’'-]+\s+){0,3}?(?:figures?|estimates?|numbers?|values?|counts?)\s+of\s*$"
    r"|\b(?:previously|earlier|initially|originally|wrongly|erroneously|mistakenly)\s+(?:reported|stated|given|published|announced|quoted)\s*$",
    re.I,
)
#: What the text says it is not, a sign, a difference on both sides, a factor of the next number, a part of another number.
_REJECTED = re.compile(
    r"(?:\b(?:not|rather\s+than|instead\s+of|nor|а\s+не|не|вместо|от|minus|negative|минус|no\.|№)\s*|±\s*|\+\s?/\s?[-−–]\s*|\d\s?[x×х*]\s*"
    r"|(?<!this\s)(?<!that\s)(?<!the\s)\bpoint\s+|\b(?:halves|half|thirds?|quarters?|fifths?|tenths?)\s+of\s+(?:an?\s+)?|\b(?:twice|double|triple)\s+(?:the\s+)?"
    rf"|(?<=\d)\s?(?:{SCALES})\s+)$",
    re.I,
)
_ENDS = r"(?=\s*(?:[.,;:)]|$|an?\s+(?:year|day|month|week)\b|per\s))"
_BEHIND = re.compile(
    rf",?\s+(?:(?P<ge>or\s+(?:more|over|above|upwards?|higher)|(?:at\s+(?:the\s+very\s+)?least|at\s+a\s+minimum|minimum|минимум){_ENDS}|(?:и|или)\s+(?:более|выше))"
    rf"|(?P<le>or\s+(?:less|fewer|lower|below|under)|(?:at\s+(?:the\s+(?:very\s+)?)?most|at\s+a\s+maximum|maximum|tops|максимум){_ENDS}|(?:и|или)\s+(?:менее|ниже))"
    r"|(?P<about>or\s+so|or\s+thereabouts))\b(?!\s+(?:than|чем)\b)|(?P<plus>\s?\+|-plus\b)",
    re.I,
)


#: "Over 10 years" is during them, unless something is, takes or lasts longer.
_OVER = re.compile(r"\bover\s+$", re.I)
_LONGER = re.compile(
    r"\b(?:for|well|just|after|of|by|little|slightly|is|are|was|were|be|been|being|held|last(?:s|ed|ing)?|t(?:ook|akes?|aken|aking)"
    r"|wait(?:s|ed|ing)?|spen[dt]s?|spending|exceed\w*)\s+over\s+$",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Said:
    """What stands beside a number."""

    op: str = "="
    approx: bool = False


def said_before(before: str, russian: str = "") -> Said | None:
    """Say what the words that end `before` make of the number behind them, or None if they reject it.

    Parameters
    ----------
    russian : str
        What stands before it within more signs: in Russian "up to" and "to" are one word, told by the verb.
    """
    about = _ABOUT.search(before)
    bare = before[: about.start()] if about else before
    for words, op in _BEFORE:
        if words.search(bare):
            return Said(op, about is not None)
    if _RUSSIAN_UP_TO.search(bare):
        return Said("=" if _RUSSIAN_TO_LEVEL.search(russian or bare) else "<=", about is not None)
    if _REJECTED.search(bare) or _TAKEN_BACK.search(bare):
        return None
    return Said("=", about is not None or _ABOUT.search(bare) is not None)


def is_during(before: str) -> bool:
    """Tell whether a time behind `before` is that during which something goes on, not a bound: "lent over 10 years"."""
    return _OVER.search(before) is not None and _LONGER.search(before) is None


def said_behind(text: str, at: int, end: int) -> Said:
    """Say what the words behind a quantity that ends at `at` make of it ("5 million tonnes or more")."""
    found = _BEHIND.match(text, at, end)
    if found is None:
        return Said()
    return Said(
        ">=" if found["ge"] or found["plus"] else "<=" if found["le"] else "=", found["about"] is not None
    )


__all__ = ["REACH", "Said", "is_during", "said_before", "said_behind"]
