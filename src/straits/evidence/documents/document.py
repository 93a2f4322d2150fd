"""Documents: their bytes, where they come from, and what part of them is what."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from datetime import date
from pathlib import Path
from typing import Literal

from straits.errors import StraitsError
from straits.evidence import edtf
from straits.evidence.documents.publication import first_day, published_day
from straits.evidence.documents.reading import Reading, decode, media_type, read, refuse_others
from straits.evidence.documents.regions import Region, find_regions
from straits.evidence.records import Frozen

#: Written where the outlet or the date of publication is not known: it has to be said, not left out.
UNKNOWN = "unknown"


class DocumentError(StraitsError, ValueError):
    """A document cannot be taken in as described."""


class Published(Frozen):
    """When a document appeared."""

    value: str | None
    """EDTF date. Blank only where the analyst says that it is unknown."""
    basis: Literal["given", "read", "inferred", "unknown"]
    """given: the analyst knows it. read: it stands in the document. inferred: the analyst concluded it. unknown: nobody knows."""


class Document(Frozen):
    """A document of the ledger."""

    sha256: str
    """Hash of the bytes; the document's id."""
    name: str
    """File name when it was added."""
    media: Literal["text/plain", "text/html"]
    encoding: str
    chars: int
    """Length of the decoded text, code points."""
    outlet: str | None
    """Who published it. Blank only where the analyst says that it is unknown."""
    author: str | None = None
    published: Published
    language: str
    """ISO 639 codes of the languages of its prose, the main one first: `en`, `en+ru`."""
    regions: tuple[Region, ...]


def published_between(document: Document) -> tuple[date | None, date | None]:
    """Give the first and the last day on which the document may have appeared; None for an end that is not known."""
    if document.published.value is None:
        return None, None
    try:
        return edtf.bounds(document.published.value)
    except edtf.EdtfError:  # written by an earlier version, which did not look
        return None, None


class Suggestion(Frozen):
    """What a document itself says of its outlet, author and date. Shown to the analyst; taken over only on request."""

    outlet: str | None = None
    author: str | None = None
    published: str | None = None


def digest(data: bytes) -> str:
    """Give the SHA-256 of the bytes in hex."""
    return hashlib.sha256(data).hexdigest()


#: Scripts by the first word of the names of their letters, as ISO 15924 codes.
_SCRIPTS = {
    "CJK": "Hani", "HIRAGANA": "Jpan", "KATAKANA": "Jpan", "HANGUL": "Kore", "ARABIC": "Arab", "HEBREW": "Hebr", "GREEK": "Grek",
    "GEORGIAN": "Geor", "ARMENIAN": "Armn", "THAI": "Thai", "DEVANAGARI": "Deva", "BENGALI": "Beng", "TAMIL": "Taml",
}  # fmt: skip


def language(text: str) -> str:
    """Give the languages of a text by script and commonest words; a language counts with a tenth of the letters or more."""
    cyrillic, latin = len(re.findall(r"[А-Яа-яЁё\u0400-\u04ff]", text)), len(re.findall(r"[A-Za-z]", text))
    others = re.findall(r"[^\W\d_\u0000-\u036f\u0400-\u04ff\u1e00-\u1eff]", text)
    letters = cyrillic + latin + len(others)
    if not letters:
        return "und"
    found = []
    if latin * 10 >= letters:
        words = re.findall(r"[a-z]+", text.lower())
        common = sum(w in ("the", "of", "and", "to", "in", "is", "that", "for", "was", "on") for w in words)
        found.append((latin, "en" if common * 12 >= len(words) else "und-Latn"))
    if cyrillic * 10 >= letters:
        low = text.lower()
        kazakh, ukrainian = len(re.findall(r"[әғқңөұүһ]", low)), len(re.findall(r"[їєґ]", low))
        code = "kk" if kazakh * 30 >= cyrillic else "uk" if ukrainian * 60 >= cyrillic else "ru"
        found.append((cyrillic, code))
    if len(others) * 10 >= letters:
        script = unicodedata.name(others[len(others) // 2], "").split(" ")[0]
        found.append((len(others), f"und-{_SCRIPTS[script]}" if script in _SCRIPTS else "und"))
    return "+".join(code for _, code in sorted(found, reverse=True))


#: Signs of a document's head, where a dateline stands.
_HEAD = 600
_SPOKEN = {"ru": "Russian", "kk": "Kazakh", "uk": "Ukrainian"}


def unread(document: Document, share: float | None = None, read: bool = False) -> str | None:
    """Say that a document, or a good part of it, is in a language that the rules do not read; None if they read it.

    Parameters
    ----------
    share : float, optional
        Part of its prose, 0 to 1, that is not in Latin letters.
    read : bool
        Whether the extra that reads Russian is there.
    """
    others = [code for code in document.language.split("+") if code != "en"]
    if not others or (others == ["ru"] and read):
        return None
    names = ", ".join(
        _SPOKEN.get(c, "no language that is known" if c == "und" else f"a language that is not known ({c})")
        for c in others
    )
    much = "a part of it" if "en" in document.language.split("+") else "all of it"
    if share is not None and all(c in _SPOKEN for c in others):
        much = f"{100 * share:.0f} % of its letters" if share < 0.995 else "all of it"
    more = ""
    if "ru" in others and not read:
        more = "; of Russian, dates, numbers and a few names are read; `pip install 'straits[russian]'` lets it be drafted"
    verb = "are" if much.endswith("letters") else "is"
    return f"{document.name}: the rules read English, and {much} {verb} in {names}; what it says there is not drafted{more}"


def suggest(reading: Reading, regions: tuple[Region, ...]) -> Suggestion:
    """Read what the document says of itself: mark-up, date lines, byline."""
    author = reading.found.get("author")
    for region in regions:
        text = reading.raw[region.start : region.end]
        if region.label == "byline" and not author:
            author = re.sub(
                r"^\W*(?:by|author|written by|text|автор|текст)\b:?\s*", "", text.splitlines()[0], flags=re.I
            )
    return Suggestion(
        outlet=reading.found.get("outlet"), author=author, published=published_day(reading, regions)
    )


def describe(
    data: bytes,
    name: str,
    outlet: str | None,
    published: str | None,
    *,
    basis: str | None = None,
    author: str | None = None,
) -> tuple[Document, Reading]:
    """Describe a document.

    Parameters
    ----------
    data : bytes
        The file.
    name : str
        Its name.
    outlet : str
        Who published it, or `"unknown"`.
    published : str
        EDTF date; `"read"` to take the one that the document states; or `"unknown"`.
    basis : {"given", "inferred"}, optional
        On what a date rests that is given here. Default: given.

    Raises
    ------
    DocumentError
        If outlet or date are not said; the error tells what the document itself suggests.
    """
    if basis not in (None, "given", "inferred"):
        raise DocumentError(f"{name}: basis: found {basis!r}; accepted: given or inferred")
    try:
        refuse_others(data)
        raw, encoding = decode(data)
    except ValueError as error:
        raise DocumentError(f"{name}: {error}") from None
    media = media_type(name, raw)
    reading = read(raw, media)
    regions = find_regions(reading)
    hint = suggest(reading, regions)
    missing = [
        f"{field} is missing; the document suggests {repr(found) if found else 'none'}; say it, or 'unknown'"
        for field, given, found in (("outlet", outlet, hint.outlet), ("published", published, hint.published))
        if not given
    ]
    if missing:
        raise DocumentError(f"{name}: " + "; ".join(missing))
    prose = " ".join(raw[r.start : r.end] for r in regions if r.label in ("title", "lead", "body"))
    document = Document(
        sha256=digest(data),
        name=Path(name).name,
        media=media,
        encoding=encoding,
        chars=len(raw),
        outlet=None if outlet == UNKNOWN else outlet,
        author=author or hint.author,
        published=_published(name, published or "", basis, hint, reading.text),
        language=language(prose or raw),
        regions=regions,
    )
    return document, reading


def _published(name: str, published: str, basis: str | None, hint: Suggestion, text: str) -> Published:
    if published == UNKNOWN:
        return Published(value=None, basis="unknown")
    if published == "read":
        if not hint.published:
            head = first_day(text[:_HEAD])
            seen = f" (at its head stands {head[0]!r}: if that is the day, give {head[1]})" if head else ""
            raise DocumentError(
                f"{name}: no date of publication stands in the document; give it, or 'unknown'{seen}"
            )
        return Published(value=hint.published, basis="read")
    try:
        edtf.bounds(published)
    except edtf.EdtfError as error:
        raise DocumentError(f"{name}: published: {error}") from None
    return Published(value=published, basis=basis or "given")
