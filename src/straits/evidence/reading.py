"""Reading a file: its bytes, the characters a person sees, and where each of them stands in the raw text.

Plain text is read as it is. Of HTML, tags, scripts and styles are left out and entities resolved, and every remaining
character keeps its place in the raw file, so that a passage found in the readable text is stored as raw text.
"""

from __future__ import annotations

import bisect
import codecs
import html
import re
from dataclasses import dataclass, field
from functools import cached_property
from html.parser import HTMLParser

from straits.errors import StraitsError

_SILENT = {"script", "style", "noscript", "template", "svg"}
_CHROME = {"nav", "header", "footer", "aside", "menu", "form", "button", "select"}
_BLOCK = {
    "address", "article", "aside", "blockquote", "br", "dd", "div", "dl", "dt", "figcaption", "figure", "footer", "form",
    "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre", "section", "table", "td", "th",
    "title", "tr", "ul",
}  # fmt: skip
_VOID = {
    "br",
    "hr",
    "img",
    "input",
    "meta",
    "link",
    "source",
    "wbr",
    "area",
    "base",
    "col",
    "embed",
    "track",
    "param",
}
_COMMENT_CLASS = re.compile(r"\bcomments?\b|\bcomment-|\bdisqus", re.I)


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


@dataclass
class Reading:
    """A document as a person reads it.

    Attributes
    ----------
    raw : str
        The decoded file.
    text : str
        What a person sees; equal to `raw` for plain text.
    labels : list of (start, end, label)
        Parts of `text` that the mark-up itself calls menu, comment, title, caption or byline.
    found : dict
        What the mark-up says of outlet, author, title and publication date. Suggestions, never taken over silently.
    """

    raw: str
    text: str
    starts: list[int] | None = None
    ends: list[int] | None = None
    labels: list[tuple[int, int, str]] = field(default_factory=list)
    found: dict[str, str] = field(default_factory=dict)

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


class _Reader(HTMLParser):
    """Collects readable characters with their places."""

    def __init__(self, raw: str) -> None:
        super().__init__(convert_charrefs=False)
        self.raw = raw
        self.line_starts = [0, *(m.end() for m in re.finditer("\n", raw))]
        self.chars: list[str] = []
        self.starts: list[int] = []
        self.ends: list[int] = []
        self.stack: list[tuple[str, str | None]] = []
        self.marks: list[str | None] = []
        self.silent = 0
        self.found: dict[str, str] = {}

    def place(self) -> int:
        line, column = self.getpos()
        return self.line_starts[line - 1] + column

    def put(self, text: str, start: int, step: int, end: int | None = None) -> None:
        if self.silent:
            return
        label = next((mark for _, mark in reversed(self.stack) if mark), None)
        for i, sign in enumerate(text):
            self.chars.append(sign)
            self.starts.append(start + i * step)
            self.ends.append(end if end is not None else start + i * step + 1)
            self.marks.append(label)

    def break_line(self) -> None:
        if self.chars and self.chars[-1] != "\n":
            at = self.ends[-1]
            self.chars.append("\n")
            self.starts.append(at)
            self.ends.append(at)
            self.marks.append(None)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {k: v or "" for k, v in attrs}
        if tag == "meta":
            self._meta(values)
        if tag in _BLOCK:
            self.break_line()
        if tag in _VOID:
            return
        label = None
        named = f"{values.get('class', '')} {values.get('id', '')}"
        if tag in _CHROME and not any(t == "article" for t, _ in self.stack):
            label = "menu"
        elif _COMMENT_CLASS.search(named):
            label = "comment"
        elif tag == "h1":
            label = "title"
        elif tag == "title":
            label = "menu"
        elif tag == "figcaption":
            label = "caption"
        self.stack.append((tag, label))
        self.silent += tag in _SILENT

    def handle_endtag(self, tag: str) -> None:
        if tag in _BLOCK:
            self.break_line()
        if any(t == tag for t, _ in self.stack):
            while self.stack:
                top, _ = self.stack.pop()
                self.silent -= top in _SILENT
                if top == tag:
                    break

    def _meta(self, values: dict[str, str]) -> None:
        name = (values.get("property") or values.get("name") or values.get("itemprop") or "").lower()
        key = {
            "og:site_name": "outlet",
            "author": "author",
            "article:author": "author",
            "og:title": "title",
            "article:published_time": "published",
            "datepublished": "published",
            "article:modified_time": "modified",
        }.get(name)
        if key and values.get("content"):
            self.found.setdefault(key, values["content"])

    def handle_data(self, data: str) -> None:
        self.put(data, self.place(), 1)

    def handle_entityref(self, name: str) -> None:
        self._entity(f"&{name}")

    def handle_charref(self, name: str) -> None:
        self._entity(f"&#{name}")

    def _entity(self, source: str) -> None:
        start = self.place()
        end = start + len(source)
        if self.raw[end : end + 1] == ";":
            end += 1
        self.put(html.unescape(self.raw[start:end]), start, 0, end)


def read_html(raw: str) -> Reading:
    """Read HTML text."""
    parser = _Reader(raw)
    parser.feed(raw)
    parser.close()
    reading = Reading(raw, "".join(parser.chars), parser.starts, parser.ends, found=parser.found)
    for i, mark in enumerate(parser.marks):
        if not mark:
            continue
        if reading.labels and reading.labels[-1][1] == i and reading.labels[-1][2] == mark:
            reading.labels[-1] = (reading.labels[-1][0], i + 1, mark)
        else:
            reading.labels.append((i, i + 1, mark))
    return reading


def read(raw: str, media: str = "text/plain") -> Reading:
    """Read a decoded file of media type `text/plain` or `text/html`."""
    if media == "text/html":
        return read_html(raw)
    if media != "text/plain":
        raise DecodeError(f"media type {media!r} is not read; text/plain and text/html are")
    return Reading(raw, raw)


def media_type(name: str, raw: str) -> str:
    """Tell HTML from plain text by the file's name, and where that says nothing by its first sign of mark-up."""
    if name.lower().endswith((".html", ".htm", ".xhtml")):
        return "text/html"
    if name.lower().endswith((".txt", ".md", ".text")):
        return "text/plain"
    return "text/html" if re.match(r"\s*<(?:!doctype html|html|\?xml)", raw, re.I) else "text/plain"
