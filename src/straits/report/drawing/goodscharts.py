"""Figures of goods: ranges under several assumptions, and a certificate drawn as a flow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from straits.report import format as fmt
from straits.report.drawing.bars import ROW, draw_axis
from straits.report.drawing.charts import WIDTH
from straits.report.drawing.svg import (
    BLUE,
    FAINT,
    INK,
    ORANGE,
    PAPER,
    QUIET,
    SKY,
    VERMILION,
    Svg,
    path_data,
    shorten,
)


@dataclass(frozen=True)
class Range:
    """A row: a value with its interval (nan: none), and another value beside it under another assumption.

    Attributes
    ----------
    name : str
    value, low, high : float
    beside : float
    note : str
        Written in place of a value that is not given.
    """

    name: str
    value: float
    low: float
    high: float
    beside: float = float("nan")
    note: str = ""


def ranges_plot(
    ident: str,
    title: str,
    description: str,
    rows: Sequence[Range],
    axis: str,
    value_name: str,
    beside_name: str,
) -> str:
    """Draw a disc with its interval for each row, and a diamond for the value beside it."""
    told = [v for row in rows for v in (row.value, row.low, row.high, row.beside) if np.isfinite(v)] or [
        0.0,
        1.0,
    ]
    marks = fmt.ticks(min(0.0, *told), max(0.0, *told), 6)
    left, right, top = 200.0, WIDTH - 60.0, 30.0
    bottom = top + ROW * len(rows)
    svg = Svg(ident, WIDTH, bottom + 40.0, title, description)
    svg.circle(left + 6, 11, 5, BLUE)
    svg.text(left + 17, 15, value_name, size=11.5)
    _diamond(svg, left + 300, 11)
    svg.text(left + 311, 15, beside_name, size=11.5)
    draw_axis(svg, marks, left, right, top, bottom, axis)

    def place(value: float) -> float:
        return left + (value - marks[0]) / (marks[-1] - marks[0]) * (right - left)

    for number, row in enumerate(rows):
        y = top + (number + 0.5) * ROW
        svg.text(left - 10, y + 4, shorten(row.name, 12, left - 20), anchor="end")
        if np.isfinite(row.low) and np.isfinite(row.high):
            svg.line(place(row.low), y, place(row.high), y, SKY, 5, stroke_linecap="round")
        if np.isfinite(row.beside):
            _diamond(svg, place(row.beside), y)
        if np.isfinite(row.value):
            svg.circle(place(row.value), y, 5, BLUE, stroke=PAPER, stroke_width=1)
        elif row.note:
            svg.text(place(max(told)) - 4, y + 4, row.note, size=11.5, anchor="end", fill=QUIET, halo=True)
    return svg.render()


def _diamond(svg: Svg, x: float, y: float) -> None:
    svg.path(path_data([(x, y - 6), (x + 6, y), (x, y + 6), (x - 6, y)], True), fill=ORANGE, stroke=PAPER)


def certificate_flow(
    ident: str,
    title: str,
    description: str,
    sources: Sequence[tuple[str, float]],
    claim: float,
    lawful: float,
    unit: str,
) -> str:
    """Draw what lawful sources can give as bands that enter the exits that claim more; what is missing is hatched."""
    height, left, right, bar = 180.0, 220.0, WIDTH - 260.0, 26.0
    svg = Svg(ident, WIDTH, height + 50.0, title, description)
    hatch = f"{ident}-missing"
    svg.add(
        f'<defs><pattern id="{hatch}" width="6" height="6" patternUnits="userSpaceOnUse">'
        f'<path d="M0,6L6,0" stroke="{VERMILION}" stroke-width="2"/></pattern></defs>'
    )
    scale = height / max(claim, lawful, 1e-9)
    y, total = 20.0, sum(amount for _, amount in sources) or 1.0
    for name, amount in sources:
        size = amount / total * lawful * scale
        svg.rect(left - bar, y, bar, size, BLUE)
        curve = f"M{left},{y}C{(left + right) / 2},{y} {(left + right) / 2},{y} {right},{y}"
        curve += f"L{right},{y + size}C{(left + right) / 2},{y + size} {(left + right) / 2},{y + size} {left},{y + size}Z"
        svg.path(curve, fill=SKY, opacity=0.5)
        svg.text(left - bar - 8, y + size / 2 + 4, f"{name}: {fmt.number(amount)}", anchor="end")
        y += size
    svg.rect(right, 20.0, bar, lawful * scale, BLUE)
    svg.rect(right, 20.0 + lawful * scale, bar, (claim - lawful) * scale, f"url(#{hatch})", stroke=VERMILION)
    svg.text(right + bar + 8, 20.0 + lawful * scale / 2 + 4, f"lawful at most: {fmt.number(lawful)} {unit}")
    missing = f"without source: {fmt.number(claim - lawful)} {unit}"
    svg.text(right + bar + 8, 20.0 + (lawful + claim) * scale / 2 + 4, missing, fill=VERMILION, bold=True)
    svg.text(
        right + bar,
        height + 38.0,
        f"exits to the target claim {fmt.number(claim)} {unit}",
        anchor="end",
        fill=INK,
    )
    svg.line(left, height + 24.0, right, height + 24.0, FAINT)
    return svg.render()


__all__ = ["Range", "certificate_flow", "ranges_plot"]
