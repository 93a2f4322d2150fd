"""A drawing written shorter: what neighbours have in common is said once, of the group that they make."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

#: What an element takes from its group if it does not say it (SVG 2, section 6.7): not opacity, which is of the group as a whole.
_INHERITED = (
    "fill", "fill-opacity", "stroke", "stroke-width", "stroke-opacity", "stroke-dasharray", "stroke-linecap", "stroke-linejoin",
    "font-size", "font-weight", "font-style", "text-anchor", "letter-spacing", "paint-order",
)  # fmt: skip
_LEAF = re.compile(r"<(?:path|circle|rect|line|polyline|polygon|text|ellipse)\b[^<>]*(?:/>|>[^<>]*</text>)")
_ATTRIBUTE = re.compile(r' ([\w-]+)="([^"]*)"')
#: Length of the tags of a group, and how many elements are looked at for one.
_TAGS, _LONGEST = 7, 120

Said = frozenset[tuple[str, str]]


def grouped(svg: str) -> str:
    """Return the same drawing with what neighbouring elements have in common moved to a group.

    Parameters
    ----------
    svg : str
        With the elements of a group on lines of their own.
    """
    lines = svg.split("\n")
    return "\n".join(
        _written(lines[begin:end], common) if common else "\n".join(lines[begin:end])
        for begin, end, common in _runs([_said(line) for line in lines])
    )


def _said(line: str) -> Said | None:
    """Return what a line that is one element says of what groups can say; None for any other line."""
    if not _LEAF.fullmatch(line):
        return None
    start = line[: line.index(">") + 1]
    return frozenset((name, value) for name, value in _ATTRIBUTE.findall(start) if name in _INHERITED)


def _runs(said: Sequence[Said | None]) -> Iterator[tuple[int, int, Said]]:
    """Divide lines into runs, with what is said of each as a group, so that as much as possible is left out in all."""
    nothing: Said = frozenset()
    best = [0] * (len(said) + 1)
    cut: list[tuple[int, Said]] = [(0, nothing)] * (len(said) + 1)
    for begin, common in reversed(list(enumerate(said))):
        best[begin], cut[begin] = best[begin + 1], (begin + 1, nothing)
        for end in range(begin + 1, min(begin + _LONGEST, len(said)) + 1):
            if not common:
                break
            saved = _length(common) * (end - begin - 1) - _TAGS + best[end]
            if saved > best[begin]:
                best[begin], cut[begin] = saved, (end, common)
            following = said[end] if end < len(said) else None
            common = None if following is None else common & following
    begin = 0
    while begin < len(said):
        end, common = cut[begin]
        yield begin, end, common
        begin = end


def _length(said: Said) -> int:
    return sum(len(name) + len(value) + 4 for name, value in said)


def _written(lines: Sequence[str], common: Said) -> str:
    def without(line: str) -> str:
        head, tail = line[: line.index(">")], line[line.index(">") :]
        return _ATTRIBUTE.sub(lambda m: "" if (m[1], m[2]) in common else m[0], head) + tail

    said = "".join(f' {name}="{value}"' for name, value in sorted(common))
    return f"<g{said}>" + "\n".join(map(without, lines)) + "</g>"


__all__ = ["grouped"]
