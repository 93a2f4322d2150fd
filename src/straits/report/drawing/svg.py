"""Writing SVG: elements as text, colours, and the width of a word without a browser."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from itertools import pairwise
from typing import Any

#: Metric-compatible on every common system: Arial, Helvetica and Liberation Sans have the same widths.
FONT = "Arial, Helvetica, 'Liberation Sans', 'DejaVu Sans', sans-serif"

INK = "#1b1f24"
QUIET = "#5b6570"
FAINT = "#c9cfd6"
PAPER = "#fff"

BLUE, VERMILION, GREEN, ORANGE = "#0072B2", "#D55E00", "#009E73", "#E69F00"
SKY, PURPLE, YELLOW, GREY = "#56B4E9", "#CC79A7", "#F0E442", "#8a939c"

#: Colours that people with any common colour-vision deficiency can tell apart (Okabe and Ito, 2008).
SERIES = (BLUE, ORANGE, GREEN, PURPLE, SKY, VERMILION, YELLOW, GREY)

#: Dash patterns that go with the colours where lines are drawn, so that colour never tells alone.
DASHES = ("", "7 3", "2 3", "9 3 2 3", "4 2", "12 4", "1 2", "5 5")

# Advance widths of Helvetica for the characters from space to tilde, thousandths of the font size.
_WIDTHS = [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556,
    556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833,
    722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556,
    556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334,
    260, 334, 584,
]  # fmt: skip


def text_width(text: str, size: float, bold: bool = False) -> float:
    """Return the width of `text` in pixels at font size `size`, slightly generous for fonts that are wider than Arial."""
    total = sum(_WIDTHS[ord(char) - 32] if 32 <= ord(char) < 127 else 600 for char in text)
    return total / 1000 * size * (1.10 if bold else 1.03)


def shorten(text: str, size: float, width: float, bold: bool = False) -> str:
    """Cut `text` with an ellipsis so that it is at most `width` pixels wide."""
    if text_width(text, size, bold) <= width:
        return text
    while text and text_width(text + "…", size, bold) > width:
        text = text[:-1]
    return text.rstrip(" ,;:–-(") + "…"


def wrap(text: str, size: float, width: float, lines: int = 3) -> list[str]:
    """Break `text` into at most `lines` lines of at most `width` pixels; the last is cut if need be."""
    out: list[str] = []
    words = text.split()
    while words and len(out) < lines:
        if len(out) == lines - 1:
            out.append(shorten(" ".join(words), size, width))
            break
        line = words.pop(0)
        while words and text_width(f"{line} {words[0]}", size) <= width:
            line += " " + words.pop(0)
        out.append(shorten(line, size, width))
    return out


def num(value: float) -> str:
    """Write a coordinate with at most two decimals."""
    text = f"{value:.2f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def path_data(points: Iterable[Any], close: bool = False) -> str:
    """Return the `d` of a path through points, in tenths of pixels and as short as can be.

    Every point after the first is written as the step from the one before; points on the spot are left out, straight runs along
    an axis are one step. Steps are differences of rounded positions, so that no error adds up along the path.
    """
    rounded = [(round(float(x) * 10), round(float(y) * 10)) for x, y in points]
    if not rounded:
        return "Z" if close else ""
    steps: list[tuple[str, int, int]] = []
    for (x0, y0), (x1, y1) in pairwise(rounded):
        dx, dy = x1 - x0, y1 - y0
        if not dx and not dy:
            continue
        kind = "l" if dx and dy else "h" if dx else "v"
        if (
            kind != "l"
            and steps
            and steps[-1][0] == kind
            and (steps[-1][1] + steps[-1][2] > 0) == (dx + dy > 0)
        ):
            dx, dy = dx + steps[-1][1], dy + steps[-1][2]
            steps.pop()
        steps.append((kind, dx, dy))
    text, last = f"M{_tenths(rounded[0][0])}{_joined(_tenths(rounded[0][1]))}", "M"
    for kind, dx, dy in steps:
        first = _tenths(dx if kind != "v" else dy)
        text += _joined(first) if kind == last else kind + first
        text += _joined(_tenths(dy)) if kind == "l" else ""
        last = kind
    return text + ("Z" if close else "")


def _tenths(value: int) -> str:
    """Write a number of tenths."""
    whole, tenth = divmod(abs(value), 10)
    digits = (str(whole) if whole or not tenth else "") + (f".{tenth}" if tenth else "")
    return f"-{digits}" if value < 0 else digits


def _joined(number: str) -> str:
    """Part a number from the one before it: a sign does it alone."""
    return number if number.startswith("-") else f",{number}"


def element(tag: str, content: str | None = None, /, **attributes: Any) -> str:
    """Return one element. Underscores in attribute names become hyphens; None and "" leave an attribute out.

    `content` must already be escaped; attribute values are escaped here.
    """
    parts = [tag]
    for name, value in attributes.items():
        if value is None or value == "":
            continue
        if isinstance(value, float):
            value = num(value)
        parts.append(f'{name.rstrip("_").replace("_", "-")}="{escape(str(value), quote=True)}"')
    head = " ".join(parts)
    return f"<{head}/>" if content is None else f"<{head}>{content}</{tag}>"


class Svg:
    """A drawing under construction. Later elements lie above earlier ones.

    Parameters
    ----------
    ident
        Identifier, unique in the page.
    width, height
        Size in pixels; the drawing scales with its container.
    title, description
        Read out by screen readers in place of the picture.
    """

    def __init__(self, ident: str, width: float, height: float, title: str, description: str) -> None:
        self.ident, self.width, self.height = ident, width, height
        self.title, self.description = title, description
        self.parts: list[str] = []

    def add(self, *parts: str) -> None:
        """Put finished elements on top."""
        self.parts.extend(parts)

    def text(
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: float = 12,
        anchor: str = "start",
        fill: str = INK,
        bold: bool = False,
        halo: bool = False,
        italic: bool = False,
        **more: Any,
    ) -> None:
        """Write a line of text with its baseline at `y`."""
        if halo:
            more |= {"paint_order": "stroke", "stroke": PAPER, "stroke_width": 3}
        self.add(
            element(
                "text",
                escape(text),
                x=float(x),
                y=float(y),
                font_size=size,
                text_anchor=None if anchor == "start" else anchor,
                fill=None if fill == INK else fill,
                font_weight="bold" if bold else None,
                font_style="italic" if italic else None,
                **more,
            )
        )

    def line(
        self, x1: float, y1: float, x2: float, y2: float, stroke: str = INK, width: float = 1, **more: Any
    ) -> None:
        """Draw a straight line."""
        ends = {"x1": float(x1), "y1": float(y1), "x2": float(x2), "y2": float(y2)}
        self.add(element("line", **ends, stroke=stroke, stroke_width=width, **more))

    def rect(self, x: float, y: float, width: float, height: float, fill: str, **more: Any) -> None:
        """Draw a rectangle."""
        box = {
            "x": float(x),
            "y": float(y),
            "width": float(max(0.0, width)),
            "height": float(max(0.0, height)),
        }
        self.add(element("rect", **box, fill=fill, **more))

    def circle(self, x: float, y: float, r: float, fill: str, **more: Any) -> None:
        """Draw a circle."""
        self.add(element("circle", cx=float(x), cy=float(y), r=float(r), fill=fill, **more))

    def path(self, data: str, fill: str = "none", stroke: str | None = None, **more: Any) -> None:
        """Draw a path."""
        self.add(element("path", d=data, fill=fill, stroke=stroke, **more))

    def render(self) -> str:
        """Return the finished SVG element."""
        names = f"{self.ident}-title {self.ident}-desc"
        content = "\n".join(
            [
                element("title", escape(self.title), id=f"{self.ident}-title"),
                element("desc", escape(self.description), id=f"{self.ident}-desc"),
                *self.parts,
            ]
        )
        return element(
            "svg",
            content,
            xmlns="http://www.w3.org/2000/svg",
            id=self.ident,
            viewBox=f"0 0 {num(self.width)} {num(self.height)}",
            width=num(self.width),
            height=num(self.height),
            role="img",
            aria_labelledby=names,
            font_family=FONT,
            fill=INK,
            stroke_linejoin="round",
        )
