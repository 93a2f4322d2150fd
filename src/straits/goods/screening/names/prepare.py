"""A name in plain letters, taken apart: tokens, initials, legal form, numbers."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec

from straits.errors import StraitsError
from straits.goods.screening.names.words import (
    ABBREVIATIONS,
    COMMON_WORDS,
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
    if anyascii is None or find_spec("rapidfuzz") is None:
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
    if kind == ENTITY:
        words = [COMMON_WORDS.get(word, word) for word in words]
    if kind in (PERSON, ""):
        # A title that leaves one word is a name: `AL-SHAYKH, Muhammad`.
        plain_words = [word for word in words if word not in TITLES]
        words = plain_words if len(set(plain_words) - PARTICLES) > 1 or kind != PERSON else words
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


#: Letters of one sound, in one pass; longer spellings first.
_SOUND_OF = {
    sound: letters
    for letters, sounds in {
        "s": "shch sch sh ts tz z",
        "c": "tsch tch ch cz",
        "f": "ph",
        "j": "dzh zh dj",
        "h": "kh gh",
        "k": "ck q",
        "ks": "x",
        "v": "w",
        "t": "th",
        "o": "ou oo u",
        "i": "iy ij yi ei ey ej ai ay aj ee ie y e",
    }.items()
    for sound in sounds.split()
}
_SOUNDS = re.compile(
    "j(?=[aeiou])|g(?=[ei])|c(?=[aoukrlt])(?!h)|"
    + "|".join(sorted(_SOUND_OF, key=lambda sound: (-len(sound), sound)))
)
_BY_PLACE = {"g": "j", "c": "k"}
_DOUBLE = re.compile(r"(.)\1+")


@lru_cache(maxsize=200_000)
def fold(token: str) -> str:
    """Make spellings of one sound alike; short forms of given names become the full one."""
    token = _DOUBLE.sub(r"\1", GIVEN_NAMES.get(token, token))
    if token.endswith("j"):
        token = token[:-1] + "i"
    return _DOUBLE.sub(r"\1", _SOUNDS.sub(_sound, token))


def _sound(found: re.Match[str]) -> str:
    letters = found[0]
    return _SOUND_OF.get(letters) or _BY_PLACE.get(letters, letters)
