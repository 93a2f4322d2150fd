"""Text that a terminal shows as text: signs that steer it, or that turn the order of letters, are written out."""

from __future__ import annotations

import re
from datetime import datetime, time
from typing import Any

#: Controls (C0 but tab and line feed, delete, C1), separators of lines and paragraphs, marks and overrides of direction,
#: invisible operators, the byte-order mark, annotation anchors, halves of pairs, and invisible tags. Joiners of letters stay:
#: Persian and Indian names need them.
_STEERING = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)


def plain(text: str) -> str:
    """Write out every sign that would steer a terminal or reorder what it shows, as Python escapes it.

    Escape sequences (ESC, C1), carriage returns and backspaces, bidirectional controls and invisible letters become `\\x1b`,
    `\\u202e` and so on. Tab, line feed and all that is seen stay. Doing it twice changes nothing more.

    Parameters
    ----------
    text : str
        Whatever came from a file, a name, a document or an answer.

    Returns
    -------
    str
    """
    return _STEERING.sub(lambda found: found.group().encode("unicode_escape", "surrogatepass").decode(), text)


def as_text(value: Any) -> str:
    """Write a value as text; the beginning of a day, as tables hold dates, as its date."""
    if isinstance(value, datetime) and value == value and value.tzinfo is None and value.time() == time(0):
        return value.date().isoformat()
    return str(value)


def one_line(text: str) -> str:
    """Write a text as `plain` does, and in one line, so that no name or reason can look like a line of our own.

    Parameters
    ----------
    text : str

    Returns
    -------
    str
    """
    return plain(text).replace("\n", "\\n").replace("\t", " ")


def plain_json(text: str) -> str:
    """Write out the same signs in a JSON text, as JSON escapes them: it means what it meant before."""

    def escape(found: re.Match[str]) -> str:
        sign = found.group()
        if sign == "\r":  # JSON's own white space; inside strings it is escaped already
            return sign
        units = sign.encode("utf-16-be", "surrogatepass")
        return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))

    return _STEERING.sub(escape, text)
