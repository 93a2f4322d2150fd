"""Texts that look alike and are not the same: letters of other alphabets, digits of other scripts, invisible signs."""

from __future__ import annotations

import unicodedata
from difflib import SequenceMatcher
from functools import lru_cache

#: Cyrillic, Greek and Armenian letters, dashes and quotes, each beside the Latin sign that it looks like.
_TWINS = str.maketrans(
    "авеԁһіјкмнорԛѕтԝхуѵԍгАВЕЅІЈКМНОРСТХУЅсαιικνορτυχγΑΒΕΖΗΙΚΜΝΟΡΤΥΧօսոհ\u2010\u2011\u2012\u2013\u2014\u2212\u2018\u2019\u02bc",
    "abedhijkmhopqstwxyvgrABESIJKMHOPCTXYScaiiknoptuxyABEZHIKMNOPTYXounh------'''",
)


@lru_cache(maxsize=4096)
def skeleton(text: str) -> str:
    """Give what a text looks like: without invisible signs, each letter and digit as its Latin twin, widths and spaces as one.

    Parameters
    ----------
    text : str

    Returns
    -------
    str
        The same for two texts that a reader takes for one.

    References
    ----------
    Unicode Technical Standard 39, section 4; its table is much longer than the letters here, which are those of the alphabets
    that cases are written in.
    """
    if text.isascii() and text.isprintable():
        return " ".join(text.split())  # nearly every id: Latin letters look like themselves
    signs = []
    for sign in unicodedata.normalize("NFKC", text):
        if unicodedata.category(sign) in ("Cf", "Cc"):
            continue
        digit = unicodedata.digit(sign, None)
        signs.append(sign if digit is None else str(digit))
    return " ".join("".join(signs).translate(_TWINS).split())


def code_points(text: str) -> str:
    """Name the signs of a text: `U+0440 CYRILLIC SMALL LETTER ER`."""
    return ", ".join(f"U+{ord(sign):04X} {unicodedata.name(sign, 'without a name')}" for sign in text)


def difference(found: str, meant: str) -> str:
    """Say by code points where two texts differ, if a reader could not see it; else nothing.

    Parameters
    ----------
    found, meant : str

    Returns
    -------
    str
    """
    if found == meant or (found.isascii() and meant.isascii()):
        return ""
    told = []
    for kind, a, b, c, d in SequenceMatcher(None, found, meant, autojunk=False).get_opcodes():
        if kind == "equal" or (found[a:b] + meant[c:d]).isascii():
            continue
        there, here = code_points(found[a:b]) or "nothing", code_points(meant[c:d]) or "nothing"
        told.append(f"{there} stands where {here} is meant")
    return "; ".join(told[:3])
