"""Whether a sentence is in a language whose numbers are read: English or Russian, told by its words and letters.

A number before a unit looks alike in many languages, its period and its bounds do not ("55 Mrd. m³ Gas pro Jahr", "жылына 67 млн
тонна"): of a sentence that is in another language no quantity is read.
"""

from __future__ import annotations

import re

from straits.evidence.finding.lexicon import lexicon

_LATIN, _CYRILLIC = re.compile(r"[A-Za-z\u00c0-\u024f]"), re.compile(r"[\u0400-\u04ff]")
_WORD = re.compile(r"(?<![\w-])[^\W\d_]+(?![\w-])")
_WORDS = lexicon()["languages"]
_ENGLISH, _OTHERS, _RUSSIAN = (frozenset(_WORDS[name]) for name in ("english", "others", "russian"))
_NOT_RUSSIAN = re.compile(r"[әғқңөұүһіїєґўђћџљњјѓќѕ]")


def is_read(sentence: str, languages: str) -> bool:
    """Tell whether the numbers of a sentence are read.

    Parameters
    ----------
    languages : str
        Those of its document, as `language` gives them: where English or Russian is not among them, a sentence has to show it.
    """
    words = _WORD.findall(sentence)
    known = languages.split("+")
    if len(_CYRILLIC.findall(sentence)) > len(_LATIN.findall(sentence)):
        odd = [word for word in words if _NOT_RUSSIAN.search(word.lower())]
        if len(odd) > 1 or any(word.islower() for word in odd):
            return False
        return "ru" in known or any(word.lower() in _RUSSIAN for word in words)
    common = [word for i, word in enumerate(words) if i == 0 or word.islower()]
    english = sum(word.lower() in _ENGLISH for word in common)
    others = sum(word.lower() in _OTHERS for word in common)
    if "en" in known:
        return others < 2 or others <= english
    return english > 0 and english >= others


__all__ = ["is_read"]
