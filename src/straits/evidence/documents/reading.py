"""Reading a file: its bytes, the characters a person sees, and where each of them stands in the raw text.

What no reader sees is left out: invisible signs and the line ends of a fixed width (`readable`), and of HTML tags, scripts and
hidden elements (`markup`). Every remaining character keeps its place in the raw file, so that a passage found in the readable
text is stored as raw text.
"""

from __future__ import annotations

import bisect
import codecs
import re
from dataclasses import dataclass, field
from functools import cached_property

from straits.errors import StraitsError
from straits.evidence.documents.markup import Stamp, parse
from straits.evidence.documents.readable import tidy


class DecodeError(StraitsError, ValueError):
    """The bytes are not text in a known encoding."""


def decode(data: bytes) -> tuple[str, str]:
    """Give the text and its encoding: UTF-8, or UTF-16 where a byte-order mark says so.

    Offsets count from the first character after the decoding, a UTF-8 byte-order mark included.

    Raises
    ------
    DecodeError
        If the bytes are something else. A guess would move every offset.
    """
    encoding = "utf-16" if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8"
    try:
        return data.decode(encoding), encoding
    except UnicodeDecodeError as error:
        raise DecodeError(
            f"byte {error.start} is not {encoding}: save the file as UTF-8, the encoding is never guessed"
        ) from None


#: How files begin that hold no text as it stands.
_OTHERS = {
    b"%PDF": "a PDF",
    b"PK\x03\x04": "an office document or another zip",
    b"\xd0\xcf\x11\xe0": "an office document of an old kind",
    b"{\\rtf": "RTF",
    b"\x1f\x8b": "gzip",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
}


def refuse_others(data: bytes) -> None:
    """Refuse what is not text: it would be read as gibberish, or be told to be in another encoding.

    Raises
    ------
    DecodeError
    """
    kind = next((said for mark, said in _OTHERS.items() if data.startswith(mark)), None)
    if kind is not None:
        raise DecodeError(
            f"it is {kind}; accepted: text and HTML. Save what it says as text (.txt), in UTF-8"
        )
    if not data.strip():
        raise DecodeError("the file is empty")
    if b"\x00" in data and not data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise DecodeError(
            f"byte {data.index(0)} is 0, as in UTF-16 without the mark that says so; save the file as UTF-8"
        )


@dataclass
class Reading:
    """A document as a person reads it.

    Attributes
    ----------
    raw : str
        The decoded file.
    text : str
        What a person sees; equal to `raw` for plain text without invisible signs and wrapped lines.
    labels : list of (start, end, label)
        Parts of `text` that the mark-up itself calls menu, comment, title, caption or byline.
    found : dict
        What the mark-up says of outlet, author and title. Suggestions, never taken over silently.
    stamps : list of Stamp
        The dates that the mark-up gives.
    """

    raw: str
    text: str
    starts: list[int] | None = None
    ends: list[int] | None = None
    labels: list[tuple[int, int, str]] = field(default_factory=list)
    found: dict[str, str] = field(default_factory=dict)
    stamps: list[Stamp] = field(default_factory=list)

    def to_raw(self, start: int, end: int) -> tuple[int, int]:
        """Give the raw offsets of `text[start:end]`."""
        if self.starts is None or self.ends is None:
            return start, end
        return self.starts[start], self.ends[end - 1]

    def from_raw(self, start: int, end: int) -> tuple[int, int]:
        """Give the part of `text` that lies in `raw[start:end]`."""
        if self.starts is None or self.ends is None:
            return start, end
        return bisect.bisect_left(self.starts, start), bisect.bisect_right(self.ends, end)

    @cached_property
    def is_raw(self) -> bool:
        """Whether text and raw text are one."""
        return self.starts is None


def read_html(raw: str) -> Reading:
    """Read HTML text."""
    page = parse(raw)
    text, starts, ends, marks = "".join(page.pieces), page.starts, page.ends, page.marks
    tidied = tidy(text, lines=page.has_pre)
    if tidied:
        text = tidied.text
        marks = [marks[i] for i in tidied.starts]
        starts, ends = [starts[i] for i in tidied.starts], [ends[i - 1] for i in tidied.ends]
    reading = Reading(raw, text, starts, ends, found=page.found, stamps=page.stamps)
    names = page.labels()
    for i, mark in enumerate(marks):
        label = names[mark] if mark >= 0 else None
        if not label:
            continue
        if reading.labels and reading.labels[-1][1] == i and reading.labels[-1][2] == label:
            reading.labels[-1] = (reading.labels[-1][0], i + 1, label)
        else:
            reading.labels.append((i, i + 1, label))
    return reading


def read(raw: str, media: str = "text/plain") -> Reading:
    """Read a decoded file of media type `text/plain` or `text/html`."""
    if media == "text/html":
        return read_html(raw)
    if media != "text/plain":
        raise DecodeError(f"media type {media!r} is not read; text/plain and text/html are")
    tidied = tidy(raw)
    return Reading(raw, tidied.text, tidied.starts, tidied.ends) if tidied else Reading(raw, raw)


def media_type(name: str, raw: str) -> str:
    """Tell HTML from plain text by the file's name, and where that says nothing by its first sign of mark-up."""
    if name.lower().endswith((".html", ".htm", ".xhtml")):
        return "text/html"
    if name.lower().endswith((".txt", ".md", ".text")):
        return "text/plain"
    return "text/html" if re.match(r"\s*<(?:!doctype html|html|\?xml)", raw, re.I) else "text/plain"
