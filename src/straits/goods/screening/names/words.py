"""Words that say what kind of name it is, or nothing at all; the lists stand in `data/name_words.txt`."""

from __future__ import annotations

from importlib import resources


def _sections() -> dict[str, list[list[str]]]:
    """Read the file: section -> lines -> words."""
    text = (resources.files("straits.goods") / "data" / "name_words.txt").read_text(encoding="utf-8")
    found: dict[str, list[list[str]]] = {}
    lines: list[list[str]] = []
    for line in text.splitlines():
        if line.startswith("["):
            lines = found.setdefault(line.strip("[]"), [])
        elif line.strip() and not line.startswith("#"):
            lines.append([word.strip() for word in line.split("|")])
    return found


def _words(section: str) -> frozenset[str]:
    return frozenset(word for line in _ALL[section] for word in line)


def _pairs(section: str) -> dict[str, str]:
    return {left.strip(): right.strip() for (line,) in _ALL[section] for left, right in [line.split("=")]}


_ALL = _sections()

#: Legal forms, written out and short, each to the kind of company that it names. Dots and spaces are gone from short forms.
LEGAL_FORMS: dict[str, str] = {
    form: name.partition(": ")[2]
    for name, lines in _ALL.items()
    if name.startswith("legal form")
    for line in lines
    for form in line
}
#: Words of organisations that say little about which one it is.
WEAK_WORDS = _words("weak words")
#: Titles and forms of address.
TITLES = _words("titles")
SHIP_PREFIXES = _words("ship prefixes")
#: Joining words of several languages.
STOP = _words("joining words")
#: Particles of Arabic names, which are written in many ways or left out.
PARTICLES = _words("particles")
NUMBERS = _pairs("numbers")
#: Abbreviations of places and bodies, and what they stand for.
ABBREVIATIONS = _pairs("abbreviations")
#: Words that many trade names have, in other languages, each to the English word.
COMMON_WORDS = _pairs("common words")
#: Short forms of given names, and forms of one name in several languages, each to the one that stands for all.
GIVEN_NAMES: dict[str, str] = {name: line[0] for line in _ALL["given names"] for name in line}
