"""Places in a text: folding of typographic signs, W3C text selectors, and finding a quoted passage again.

Offsets are code points of the decoded file, first included, last excluded. What is stored is always the raw text; folding
serves only to recognise a passage that somebody (a person at a keyboard, a language model) typed with plain signs.
"""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from straits.errors import StraitsError

#: Length of the context kept before and after a passage, in code points.
CONTEXT = 32

# One sign for one sign, so that offsets in the folded text are offsets in the raw text.
_FOLD = {
    **dict.fromkeys(map(ord, "‘’‚‛′´`"), "'"),
    **dict.fromkeys(map(ord, "“”„‟″«»"), '"'),
    **dict.fromkeys(map(ord, "‐‑‒–—―−"), "-"),
    **dict.fromkeys(map(ord, "\u00a0\u2002\u2003\u2007\u2009\u200a\u202f\t\n\r\x0b\x0c"), " "),
}


class SpanError(StraitsError, ValueError):
    """A passage is not in the document, or not where it is said to be, or cannot be told from its twins."""


class Selector(BaseModel):
    """A passage of one document: W3C TextPositionSelector and TextQuoteSelector in one."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    start: int = Field(ge=0)
    """First code point."""
    end: int = Field(gt=0)
    """Code point after the last."""
    exact: str = Field(min_length=1)
    """The passage to the letter."""
    prefix: str = ""
    """What stands just before it."""
    suffix: str = ""
    """What stands just after it."""


def fold(text: str) -> str:
    """Give `text` with plain quotes, dashes and spaces; as long as `text`, sign for sign."""
    return text.translate(_FOLD)


def select(text: str, start: int, end: int, context: int = CONTEXT) -> Selector:
    """Make the selector of `text[start:end]`.

    Raises
    ------
    SpanError
        If the bounds are not inside the text or hold nothing.
    """
    if not 0 <= start < end <= len(text):
        raise SpanError(f"span {start}..{end} is not inside a text of {len(text)} code points")
    return Selector(
        start=start,
        end=end,
        exact=text[start:end],
        prefix=text[max(0, start - context) : start],
        suffix=text[end : end + context],
    )


def check_selector(text: str, selector: Selector, name: str = "evidence") -> None:
    """Refuse a selector whose passage, or context, is not in `text` to the letter at its place."""
    found = text[selector.start : selector.end]
    if selector.end > len(text) or found != selector.exact:
        raise SpanError(
            f"{name}: the document has {found[:60]!r} at {selector.start}..{selector.end}, not {selector.exact[:60]!r}"
        )
    before = text[max(0, selector.start - len(selector.prefix)) : selector.start]
    after = text[selector.end : selector.end + len(selector.suffix)]
    if before != selector.prefix or after != selector.suffix:
        raise SpanError(
            f"{name}: the context kept beside {selector.exact[:40]!r} is not what the document has there"
        )


def _occurrences(haystack: str, needle: str, begin: int, end: int) -> list[int]:
    found, at = [], haystack.find(needle, begin, end)
    while at >= 0:
        found.append(at)
        at = haystack.find(needle, at + 1, end)
    return found


def locate(
    text: str, exact: str, prefix: str = "", suffix: str = "", within: tuple[int, int] | None = None
) -> Selector:
    """Find a passage by its words.

    To the letter first; failing that with typographic quotes, dashes and spaces folded. Several occurrences are told
    apart by their context.

    Parameters
    ----------
    text : str
        The document.
    exact, prefix, suffix : str
        The passage and, where it occurs more than once, what stands around it.
    within : (int, int), optional
        Part of the document to search.

    Returns
    -------
    Selector
        With the raw text of the document, whatever signs `exact` was typed with.

    Raises
    ------
    SpanError
        If it is not there, or is there several times and the context does not decide.
    """
    if not exact.strip():
        raise SpanError("an empty passage has no place")
    begin, end = within or (0, len(text))
    starts = _occurrences(text, exact, begin, end)
    folded = fold(text)
    if not starts:
        starts = _occurrences(folded, fold(exact), begin, end)
    if not starts:
        raise SpanError(f"not in the document: {exact[:80]!r}")
    if len(starts) > 1 and (prefix or suffix):
        before, after = fold(prefix), fold(suffix)
        starts = [
            s
            for s in starts
            if s >= len(before)
            and folded.startswith(before, s - len(before))
            and folded.startswith(after, s + len(exact))
        ] or starts
    if len(starts) > 1:
        raise SpanError(f"{len(starts)} times in the document, give more context: {exact[:80]!r}")
    return select(text, starts[0], starts[0] + len(exact))


def line_of(text: str, offset: int) -> int:
    """Number of the line, from 1, that holds code point `offset`."""
    return text.count("\n", 0, offset) + 1
