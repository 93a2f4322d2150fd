"""The key under a map: widths with their scale, line styles, marks of places."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from typing import Any

from straits.report import format as fmt
from straits.report.drawing.svg import BLUE, INK, PAPER, QUIET, VERMILION, Svg, path_data, text_width

#: Height of the key, and of the second row that it has where the map is too narrow for one.
_HEIGHT, _ROW = 74.0, 24.0


def legend_height(width: float, *, graded: bool = False) -> float:
    """Return the height of the key under a map of that width, pixels."""
    return _HEIGHT + (_ROW if _narrow(width, graded) else 0.0)


def _narrow(width: float, graded: bool) -> bool:
    return width < (1150.0 if graded else 830.0)


FLOW, HALO, IDLE = "#3d4f60", "#b9c6cf", "#9aa4ad"

#: Width of the widest flow, pixels, and the widest a halo may grow: a capacity far beyond any flow says no more.
WIDEST_FLOW, WIDEST_HALO = 15.0, 24.0
#: Thinnest line that a flow is drawn with, pixels. Smaller flows are drawn at this width, as the legend says.
THINNEST = 0.8


#: Colours of graded links, from least to most: one hue order that gets darker, told apart without seeing colour.
GRADES = ("#f0b84f", "#e07b2a", "#bb3d1e", "#6b1414")
UNGRADED = "#8ea0ae"


#: Radius of the hexagon of a process, pixels, and its corners.
PROCESS = 7.0
_HEXAGON = ((0.0, -1.0), (0.866, -0.5), (0.866, 0.5), (0.0, 1.0), (-0.866, 0.5), (-0.866, -0.5))


@dataclass(frozen=True)
class Grades:
    """Classes of a number by which links are coloured: what it is, with its unit, and the upper ends of the classes."""

    title: str
    bounds: tuple[float, ...]

    @classmethod
    def up_to(cls, title: str, largest: float) -> Grades:
        """Return at most four classes with round ends that cover 0 to `largest`."""
        marks = next(
            m for count in (4, 3, 2, 1) if len(m := fmt.ticks(0.0, largest, count)) - 1 <= len(GRADES)
        )
        return cls(title, tuple(marks[1:]))

    def colour(self, value: float) -> str:
        """Return the colour of a value; nothing lost, or not a number, has the neutral one."""
        if not value > 0:
            return UNGRADED
        place = min(bisect_left(self.bounds, value * (1 - 1e-9)), len(self.bounds) - 1)
        return GRADES[len(GRADES) - len(self.bounds) + place]


def closed_mark(svg: Svg, x: float, y: float, *, partial: bool = False) -> None:
    """Draw the disc that marks a closed link: with a cross, or with a bar if part of its capacity is left."""
    svg.circle(x, y, 6, PAPER, stroke=INK, stroke_width=1.3)
    if partial:
        svg.line(x - 3.2, y, x + 3.2, y, INK, 1.8)
        return
    svg.path(f"M{x - 2.6:.1f},{y - 2.6:.1f}l5.2,5.2m0,-5.2l-5.2,5.2", stroke=INK, stroke_width=1.6)


def place_symbol(sheet: Svg, kind: str, x: float, y: float) -> None:
    """Draw the mark of a kind of place: disc for sources, square for ports, diamond for refineries, ring for markets."""
    outline: dict[str, Any] = {"stroke": PAPER, "stroke_width": 0.9}
    if kind in ("field", "mine", "plant"):
        sheet.circle(x, y, 3.6, INK, **outline)
    elif kind in ("port", "terminal"):
        sheet.rect(x - 3.1, y - 3.1, 6.2, 6.2, INK, **outline)
    elif kind == "refinery":
        sheet.path(
            path_data([(x, y - 4.4), (x + 4.4, y), (x, y + 4.4), (x - 4.4, y)], True), fill=INK, **outline
        )
    elif kind in ("market", "city"):
        sheet.circle(x, y, 3.2, PAPER, stroke=INK, stroke_width=1.4)
    else:
        sheet.circle(x, y, 2.1, INK, **outline)


def process_mark(sheet: Svg, x: float, y: float) -> None:
    """Draw the hexagon round a place at which a process stands; the mark of the place lies on it."""
    corners = [(x + PROCESS * dx, y + PROCESS * dy) for dx, dy in _HEXAGON]
    sheet.path(path_data(corners, True), fill=PAPER, stroke=INK, stroke_width=1.3)


def draw_legend(
    svg: Svg,
    top: float,
    scale: float,
    unit: str,
    *,
    compared: bool,
    grades: Grades | None = None,
    processes: bool = False,
) -> None:
    """Draw the key in the width of `svg` from `top` down. `scale` is pixels per unit of flow; `processes`: whether there are."""
    size, row = 11.0, 15.0
    svg.text(0, top + 8, f"Width: flow, {unit}", size=size, bold=True)
    x = 0.0
    largest = WIDEST_FLOW / scale
    marks = [tick for tick in fmt.ticks(0, largest, 6) if 0 < tick <= largest * 1.001][-3:]
    for tick in marks or [largest]:
        svg.line(x, top + row + 12, x + 30, top + row + 12, FLOW, tick * scale)
        text = fmt.number(tick)
        svg.text(x + 35, top + row + 16, text, size=size)
        x += 35 + text_width(text, size) + 14
    x += 4
    svg.text(
        0, top + 50, f"below {fmt.number(THINNEST / scale, 1)} {unit}: thinnest line", size=10, fill=QUIET
    )

    x = max(x, text_width(f"Width: flow, {unit}", size, True) + 24, 210)
    entries = [("halo", "capacity at the same scale"), ("idle", "open, no flow"), ("closed", "closed")]
    if compared:
        entries += [
            ("less", "less than before"),
            ("more", "more than before"),
            ("part", "part of capacity lost"),
        ]
    column = 0.0
    for place, (style, text) in enumerate(entries):
        y = top + 4 + (place % 3) * (row + 4)
        if place % 3 == 0 and place:
            x, column = x + column, 0.0
        column = max(column, 44 + text_width(text, size) + 20)
        if style == "halo":
            svg.line(x, y, x + 34, y, HALO, 11, opacity=0.75)
            svg.line(x, y, x + 34, y, FLOW, 4)
        elif style == "idle":
            svg.line(x, y, x + 34, y, IDLE, 0.9)
        elif style == "closed":
            svg.line(x, y, x + 34, y, INK, 1.8, stroke_dasharray="5 4")
            closed_mark(svg, x + 17, y)
        elif style == "part":
            svg.line(x, y, x + 34, y, FLOW, 3)
            closed_mark(svg, x + 17, y, partial=True)
        else:
            colour = {"less": VERMILION, "more": BLUE}[style]
            svg.line(x, y, x + 34, y, colour, 5)
            svg.path(
                path_data([(x + 24, y), (x + 15, y - 5), (x + 15, y + 5)], True), fill=colour, stroke=PAPER
            )
        svg.text(x + 40, y + 4, text, size=size)
    x, column = x + column, 0.0
    if grades is not None:
        x += _grade_key(svg, x, top, grades)
    kinds = [("field", "field, mine or plant"), ("port", "port or terminal"), ("refinery", "refinery")]
    kinds += [("market", "market or city"), ("junction", "other place")]
    kinds += [("process", "with a process")] if processes else []
    if _narrow(svg.width, grades is not None):
        x = 0.0
        for kind, text in kinds:
            _key_mark(svg, kind, x + 5, top + 70)
            svg.text(x + 16, top + 74, text, size=size)
            x += 14 + text_width(text, size) + 18
        return
    for place, (kind, text) in enumerate(kinds):
        y = top + 4 + (place % 3) * (row + 4)
        if place % 3 == 0 and place:
            x, column = x + column, 0.0
        column = max(column, 14 + text_width(text, size) + 20)
        _key_mark(svg, kind, x + 5, y)
        svg.text(x + 16, y + 4, text, size=size)


def _key_mark(svg: Svg, kind: str, x: float, y: float) -> None:
    if kind == "process":
        process_mark(svg, x, y)
    place_symbol(svg, kind, x, y)


def _grade_key(svg: Svg, x: float, top: float, grades: Grades) -> float:
    """Draw the colours of graded links with the ends of their classes, and return the width taken."""
    svg.text(x, top + 8, grades.title, size=11, bold=True)
    ends = [("no loss", UNGRADED)]
    low = 0.0
    for bound in grades.bounds:
        ends.append((f"{fmt.number(low)}–{fmt.number(bound)}", grades.colour(bound)))
        low = bound
    at = x
    for text, colour in ends:
        width = max(46.0, text_width(text, 10.5) + 8)
        svg.rect(at, top + 17, width - 3, 10, colour)
        svg.text(at, top + 41, text, size=10.5)
        at += width
    return max(at - x, text_width(grades.title, 11, True)) + 26
