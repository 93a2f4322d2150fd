"""A name in plain letters, taken apart: tokens, initials, legal form, numbers."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from straits.errors import StraitsError
from straits.goods.screening.names.words import (
    ABBREVIATIONS,
    GIVEN_NAMES,
    LEGAL_FORMS,
    NUMBERS,
    PARTICLES,
    SHIP_PREFIXES,
    STOP,
    TITLES,
)

try:
    from anyascii import anyascii
except ImportError:  # pragma: no cover
    anyascii = None  # type: ignore[assignment]

PERSON, ENTITY, VESSEL = "person", "entity", "vessel"

_LONGEST_FORM = max(len(form.split()) for form in LEGAL_FORMS)
#: Scripts in which one sign is a syllable: their transliteration runs words together.
_SYLLABLES = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]")
#: Scripts that write consonants only.
_ABJAD = re.compile(r"[\u0590-\u06ff\u0750-\u077f]")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_APOSTROPHES = re.compile(r"['’‘ʼʻ`´ʿʾ′ʹ\u02bc]")
_INITIALS = re.compile(r"\b(?:\w\.){2,}(?:\w\b)?|\b(?:\w\. ){2,}")
_SPLIT = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Name:
    """A name made ready for comparison.

    Attributes
    ----------
    tokens : tuple of str
        What is compared: plain lower-case letters, without titles, legal forms and joining words. In the order of the name, each
        once.
    folded : tuple of str
        The tokens with spellings of one sound made alike.
    joined : str
        The tokens without spaces.
    every : str
        The same with joining words and particles.
    form : str
        Kind of legal form, or an empty text.
    vowels : bool
        Whether the script writes vowels; Arabic and Hebrew leave most of them out.
    """

    tokens: tuple[str, ...]
    folded: tuple[str, ...]
    joined: str
    every: str
    form: str
    vowels: bool


def need_extra() -> None:
    """Stop if the packages for names are not installed.

    Raises
    ------
    StraitsError
        What to install.
    """
    if anyascii is None:
        raise StraitsError("names need two packages that are not installed: pip install 'straits[goods]'")


@lru_cache(maxsize=200_000)
def prepare(text: str, kind: str = "") -> Name:
    """Make a name ready.

    Parameters
    ----------
    text : str
        In any script.
    kind : str
        `person`, `entity` or `vessel`; empty if it is not known.
    """
    need_extra()
    if kind == PERSON and text.count(",") == 1:
        # `SURNAME, Given names`.
        text = " ".join(reversed(text.split(",")))
    plain = latin(text)
    vowels = not _ABJAD.search(text)
    if not vowels:
        # The letters waw and yeh are mostly vowels.
        plain = plain.translate(str.maketrans("wy", "ui"))
    words = [word for word in _SPLIT.split(plain) if word]
    words = [NUMBERS.get(word, word) for word in words]
    form = ""
    if kind in (ENTITY, "") and not _SYLLABLES.search(text):
        words, form = _without_legal_form(words)
    if kind != PERSON:
        words = [part for word in words for part in ABBREVIATIONS.get(word, word).split()]
    if kind in (PERSON, ""):
        words = _without(words, TITLES)
        words = _servants(words)
    if kind == VESSEL:
        words = _without(words, SHIP_PREFIXES)
    every = "".join(words)
    words = _without(words, STOP | PARTICLES if kind == PERSON else STOP)
    tokens = tuple(dict.fromkeys(words))
    return Name(tokens, tuple(fold(token) for token in tokens), "".join(tokens), every, form, vowels)


def latin(text: str) -> str:
    """Give a text in lower-case Latin letters without marks; initials like `A.B.C.` become one word."""
    text = unicodedata.normalize("NFKC", text)
    if not text.isascii():
        syllables = _SYLLABLES.search(text)
        text = anyascii(text)
        if syllables:
            text = _CAMEL.sub(" ", text)
    elif "," not in text and not text.isupper():
        text = _CAMEL.sub(" ", text) if _one_word(text) else text
    text = _APOSTROPHES.sub("", text)
    text = _INITIALS.sub(lambda found: found[0].replace(".", "").replace(" ", "") + " ", text)
    return text.lower()


def _one_word(text: str) -> bool:
    """Say whether it is one word of several, run together: `PolPot`."""
    return text.isalpha() and not text.istitle()


def _without(words: list[str], skip: frozenset[str]) -> list[str]:
    """Leave words out, unless nothing would be left."""
    return [word for word in words if word not in skip] or words


def _without_legal_form(words: list[str]) -> tuple[list[str], str]:
    """Take legal forms off, longest first; a name that is nothing else keeps them."""
    kept: list[str] = []
    kinds: list[str] = []
    place = 0
    while place < len(words):
        for length in range(min(_LONGEST_FORM, len(words) - place), 0, -1):
            kind = LEGAL_FORMS.get(" ".join(words[place : place + length]))
            if kind is not None:
                kinds.append(kind)
                place += length
                break
        else:
            kept.append(words[place])
            place += 1
    strong = [kind for kind in kinds if kind != "corporation"]
    return (kept, (strong or kinds or [""])[0]) if kept else (words, "")


def _servants(words: list[str]) -> list[str]:
    """Join the names that begin with servant of: `Abd al-Aziz`, `Abdul Aziz` are `Abdulaziz`; endings in -din likewise."""
    made: list[str] = []
    place = 0
    while place < len(words):
        word = words[place]
        if word in ("abd", "abdul", "abdel", "abdal", "abdol") and place + 1 < len(words):
            place += 1
            while words[place] in ("al", "el", "ul", "ur", "ar", "as", "ash", "us", "er") and place + 1 < len(
                words
            ):
                place += 1
            made.append("abdul" + words[place])
        elif (
            place + 2 < len(words)
            and words[place + 1] in ("al", "ad", "ud", "ed", "ul", "eddin")
            and words[place + 2] in ("din", "deen", "dine")
        ):
            made.append(word + "uddin")
            place += 2
        else:
            made.append(word)
        place += 1
    return made


_SOUNDS = (
    (re.compile(r"(.)\1+"), r"\1"), (re.compile(r"sch|sh|shch"), "s"), (re.compile(r"tch|ch|tsch|cz"), "c"),
    (re.compile(r"ph"), "f"), (re.compile(r"zh|dzh|dj|j(?=[aeiou])|g(?=[ei])"), "j"), (re.compile(r"kh|gh|h(?=[^aeiou]|$)"), "h"),
    (re.compile(r"ck|q|c(?=[aoukrlt])"), "k"), (re.compile(r"x"), "ks"), (re.compile(r"w"), "v"), (re.compile(r"th"), "t"),
    (re.compile(r"ou|oo|u"), "o"), (re.compile(r"iy|ij|yi|ei|ey|ej|ai|ay|aj|ee|ie|y|e|j$"), "i"), (re.compile(r"ts|tz|z"), "s"),
    (re.compile(r"(.)\1+"), r"\1"),
)  # fmt: skip


@lru_cache(maxsize=200_000)
def fold(token: str) -> str:
    """Make spellings of one sound alike; short forms of given names become the full one."""
    token = GIVEN_NAMES.get(token, token)
    for pattern, sound in _SOUNDS:
        token = pattern.sub(sound, token)
    return token
