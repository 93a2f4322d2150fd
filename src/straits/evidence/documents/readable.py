"""From the characters of a file to those that a person reads: invisible signs left out, wrapped lines joined.

What is dropped or joined here is nothing to a reader: soft hyphens, zero-width and bidirectional marks, blanks that only
justify a line, the ends of lines that a mail program or a page of fixed width has cut. Letters written as base and accent are
composed (NFC), typographic ligatures are taken apart. Every character that remains keeps its place in the raw file.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

#: Signs without a width of their own (Default_Ignorable_Code_Point of Unicode, and the interlinear marks).
INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff"
    "\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_ODD = re.compile(
    rf"(?P<invisible>[{INVISIBLE}]+)|(?P<accented>[^\W\d_][\u0300-\u036f]+)|(?P<ligature>[\ufb00-\ufb06])"
    r"|(?P<line>\r(?!\n)|[\x0b\x0c\x85\u2028\u2029])"
)
#: A sign without which `_ODD` finds nothing: one look at each sign instead of several.
_ODD_SIGN = re.compile(rf"[{INVISIBLE}\u0300-\u036f\ufb00-\ufb06\r\x0b\x0c\x85\u2028\u2029]")
_BLANKS = re.compile(r"[ \t]{2,}")
_CYRILLIC = re.compile(r"[\u0400-\u04ff]")
_BULLET = re.compile(r"\s*(?:[•·▪◦*►»›–—-]|\d{1,2}[.)]|[a-z][.)])\s")
_STOP = re.compile(r"[.!?…:;][\"'”’»)\]]*$")
_HYPHENS = "-\u2010\u00ad\u00ac"
#: Signs of a line, at least and at most, that count as a full line of wrapped text.
_NARROW, _WIDE = 30, 160


@dataclass
class Characters:
    """Readable characters, each with the first and the last place it has in the text they came from (last excluded)."""

    text: str
    starts: list[int]
    ends: list[int]


def tidy(text: str, lines: bool = True) -> Characters | None:
    """Give the characters of `text` that a person reads, or None if they are those of `text`.

    Parameters
    ----------
    lines : bool
        Whether the ends of lines may be there for the width alone.
    """
    edits = [*_odd(text), *(_wrapped(text) if lines else ())]
    if not edits:
        return None
    edits.sort()
    signs: list[str] = []
    first: list[int] = []
    last: list[int] = []
    at = 0
    for begin, end, new in [*edits, (len(text), len(text), "")]:
        if begin < at:
            continue
        signs += (text[at:begin], new)
        first += [*range(at, begin), *[begin] * len(new)]
        last += [*range(at + 1, begin + 1), *[end] * len(new)]
        at = end
    return Characters("".join(signs), first, last)


def _odd(text: str) -> list[tuple[int, int, str]]:
    """Give what to put in the place of odd signs: (start, end, new text)."""
    edits = []
    for m in _BLANKS.finditer(text):
        beside = (text[m.start() - 1 : m.start()], text[m.end() : m.end() + 1])
        if all(sign and not sign.isspace() for sign in beside):
            edits.append((m.start(), m.end(), " "))
    for m in _ODD.finditer(text) if _ODD_SIGN.search(text) else ():
        new = ""
        if m.lastgroup == "accented":
            new = unicodedata.normalize("NFC", m[0])
            if len(new) > 1 and _CYRILLIC.match(new):
                new = new[0]  # an accent that shows the stress is not part of the word
            if new == m[0]:
                continue
        elif m.lastgroup == "ligature":
            new = unicodedata.normalize("NFKC", m[0])
        elif m.lastgroup == "line":
            new = "\n"
        edits.append((m.start(), m.end(), new))
    return edits


# ---- lines that a fixed width has cut --------------------------------------------------------------------------------


@dataclass
class _Line:
    start: int
    end: int
    """Without blanks at the end."""
    indent: int

    @property
    def width(self) -> int:
        return self.end - self.start


def _wrapped(text: str) -> list[tuple[int, int, str]]:
    """Give the line ends to be joined: (start, end, " " or nothing after a hyphen that only the wrapping has put)."""
    lines = []
    for m in re.finditer(r"[^\n]+", text):
        bare = m[0].rstrip()
        if bare:
            lines.append(_Line(m.start(), m.start() + len(bare), len(bare) - len(bare.lstrip())))
    pairs = [
        (a, b)
        for a, b in itertools.pairwise(lines)
        if text.count("\n", a.end, b.start) == 1 and not _BULLET.match(text, b.start, b.end)
    ]
    joins = _rule(text, pairs)
    if joins is None:
        return []
    words = _Words(text)
    edits = []
    for a, b in pairs:
        if b.indent > a.indent + 1 or not joins(a, b):
            continue
        begin, end, new = a.end, b.start + b.indent, " "
        if text[begin - 1] in _HYPHENS and begin > 1 and text[begin - 2].islower() and text[end].islower():
            new = ""
            if words.joined(begin - 1, end):
                begin -= 1
        edits.append((begin, end, new))
    return edits


def _rule(text: str, pairs: list[tuple[_Line, _Line]]) -> Callable[[_Line, _Line], bool] | None:
    """Give the test of two neighbouring lines for being one, or None if the text is not wrapped.

    Lines that go on with a small letter, and do not end with a stop, show the width. Of a greedy wrapping every such line is
    no longer than the width, and with the first word of the next would be; of a page with proportional letters they are of
    about one length.
    """
    shown = [
        (a, b)
        for a, b in pairs
        if text[b.start + b.indent].islower() and not _STOP.search(text, max(a.start, a.end - 6), a.end)
    ]
    if len(shown) < 2:
        return None
    widths = sorted(a.width for a, _ in shown)
    reaches = sorted(_reach(text, a, b) for a, b in shown)
    full = widths[-1 - len(widths) // 10]
    if not _NARROW <= full <= _WIDE:
        return None
    if sum(a.width <= full < _reach(text, a, b) for a, b in shown) >= 0.85 * len(shown):
        least = max(full, reaches[len(reaches) // 10] - 1)
        return lambda a, b: _reach(text, a, b) > min(full, least)
    if len(shown) >= 6 and sum(w >= 0.7 * full for w in widths) >= 0.8 * len(widths):
        return lambda a, b: (
            a.width >= 0.7 * full
            and (a.width >= 0.9 * full or not _STOP.search(text, max(a.start, a.end - 6), a.end))
        )
    return None


def _reach(text: str, a: _Line, b: _Line) -> int:
    """Give the width of line `a` with the first word of `b` behind it."""
    begin = b.start + b.indent
    blank = re.compile(r"\s|(?<=\w)-(?=\w)").search(text, begin, b.end)
    return a.width + 1 + ((blank.start() if blank else b.end) - begin)


class _Words:
    """The words of a text and of the lists, to tell a hyphen of the wrapping from one of the word."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._known: set[str] | None = None

    def joined(self, hyphen: int, end: int) -> bool:
        """Tell whether the word that is cut by the hyphen at `hyphen`, and goes on at `end`, is known without it."""
        if self.text[hyphen] in "\u00ad\u00ac":
            return True
        head = re.compile(r"\w+\Z").search(self.text, max(0, hyphen - 40), hyphen)
        tail = re.compile(r"\w+").match(self.text, end, end + 40)
        if head is None or tail is None:
            return False
        if self._known is None:
            from straits.evidence.finding.lexicon import vocabulary

            self._known = {w.lower() for w in re.findall(r"\w+", self.text)} | vocabulary()
        return (head[0] + tail[0]).lower() in self._known


__all__ = ["INVISIBLE", "Characters", "tidy"]
