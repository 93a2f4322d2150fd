"""Drawings of chances and of pairs: an exceedance curve, parts of an expected loss, and losses of pairs beside their parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from straits.report import format as fmt
from straits.report.drawing.bars import draw_axis
from straits.report.drawing.charts import WIDTH
from straits.report.drawing.svg import (
    BLUE,
    FAINT,
    INK,
    ORANGE,
    PAPER,
    QUIET,
    VERMILION,
    Svg,
    path_data,
    shorten,
)


@dataclass(frozen=True)
class Level:
    """A point to name on the curve: the loss, its standard error, the chance that more is lost, and what it is."""

    loss: float
    error: float
    chance: float
    name: str


def exceedance_curve(
    ident: str,
    title: str,
    description: str,
    losses: np.ndarray,
    chances: np.ndarray,
    errors: np.ndarray,
    levels: Sequence[Level],
    mean: tuple[float, float],
    axis: str,
    unit: str,
) -> str:
    """Draw the chance that a loss is exceeded, as a falling step curve with two standard errors to each side.

    Parameters
    ----------
    losses, chances, errors
        Rising losses of 0 or more, shape (n,), the chance that more is lost, and its standard error.
    levels
        Points to name, from frequent to rare.
    mean
        Expected loss and its standard error.
    axis
        What is lost, over what time, and its unit.
    unit
        Unit of the losses.
    """
    left, right, top, bottom = 62.0, 780.0, 26.0, 336.0
    svg = Svg(ident, WIDTH, bottom + 48.0, title, description)
    marks = fmt.ticks(0.0, float(losses[-1]) or 1.0, 6)
    draw_axis(svg, marks, left, right, top, bottom, axis)
    svg.text(left - 62, top - 12, "chance that more is lost, %", size=11, fill=QUIET)
    # Chances are drawn by their orders of magnitude, since what is rare matters most, down to half of the rarest.
    least = float(np.min(chances[chances > 0], initial=0.05)) / 2

    def height(chance: float) -> float:
        return bottom - (1 - np.log(max(chance, least)) / np.log(least)) * (bottom - top)

    def at(loss: float, chance: float) -> tuple[float, float]:
        return left + loss / marks[-1] * (right - left), height(chance)

    for share in (1.0, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001):
        if share >= least:
            svg.line(left, height(share), right, height(share), "#e3e7eb", 0.8)
            svg.text(left - 7, height(share) + 4, fmt.number(share * 100), size=11, anchor="end", fill=QUIET)

    def stairs(values: np.ndarray) -> list[tuple[float, float]]:
        ends = [*losses[1:], losses[-1]]
        return [
            at(x, value) for begin, end, value in zip(losses, ends, values, strict=True) for x in (begin, end)
        ]

    high, low = np.clip(chances + 2 * errors, 0, 1), np.clip(chances - 2 * errors, 0, 1)
    svg.path(path_data(stairs(high) + stairs(low)[::-1], True), fill=BLUE, opacity=0.18)
    svg.path(path_data(stairs(chances)), stroke=BLUE, stroke_width=2.4)
    # What is gained on average lies beyond the axis, on which nothing is the least: its line stands at the end.
    x = at(max(mean[0], 0.0), 0)[0]
    svg.line(x, top, x, bottom, INK, 1.2, stroke_dasharray="4 3")
    svg.text(x + 6, bottom - 23, f"on average {fmt.number(mean[0])} {unit}", size=11.5, bold=True, halo=True)
    svg.text(x + 6, bottom - 8, f"standard error {fmt.number(mean[1], 2)}", size=11, fill=QUIET, halo=True)
    key = right + 44.0
    y = top + 6.0
    for number, level in enumerate(levels, 1):
        px, py = at(level.loss, level.chance)
        for cx, cy in ((px, py), (key + 8, y)):
            svg.circle(cx, cy, 9, VERMILION, stroke=PAPER)
            svg.text(cx, cy + 4, str(number), size=11, anchor="middle", bold=True, fill=PAPER)
        svg.text(key + 28, y + 4, level.name, size=12, bold=True)
        error = f"standard error {fmt.number(level.error, 2)}"
        svg.text(key + 28, y + 20, f"{fmt.number(level.loss)} {unit}, {error}", size=11.5)
        y += 46.0
    svg.rect(key - 1, y - 6, 18, 12, BLUE, opacity=0.18)
    svg.line(key - 1, y, key + 17, y, BLUE, 2.4)
    svg.text(key + 28, y + 4, "chance, and two standard errors", size=11.5)
    svg.text(key + 28, y + 19, "of the draws to each side", size=11.5)
    return svg.render()


@dataclass(frozen=True)
class Share:
    """What one hazard adds to an expected loss, its standard error, and what stands beside it."""

    name: str
    value: float
    error: float
    note: str


def part_bars(ident: str, title: str, description: str, parts: Sequence[Share], axis: str) -> str:
    """Draw parts as bars with two standard errors to each side, notes at the right; what is below nothing to the left of it."""
    label, left, right, top, row = 330.0, 340.0, 760.0, 8.0, 30.0
    bottom = top + row * len(parts)
    svg = Svg(ident, WIDTH, bottom + 40.0, title, description)
    least = min((p.value - 2 * p.error for p in parts if p.value < 0), default=0.0)
    most = max(max(p.value + 2 * p.error for p in parts), 0.0)
    marks = fmt.ticks(least, most if most > 1e-9 or least < -1e-9 else 1.0, 5)
    draw_axis(svg, marks, left, right, top, bottom, axis)

    def place(value: float) -> float:
        return left + (max(value, marks[0]) - marks[0]) / (marks[-1] - marks[0]) * (right - left)

    for i, part in enumerate(parts):
        y = top + (i + 0.5) * row
        svg.text(label, y + 4, shorten(part.name, 12, label), size=12, anchor="end")
        ends = sorted((place(0.0), place(part.value)))
        svg.rect(ends[0], y - 8, ends[1] - ends[0], 16, BLUE)
        spread = place(part.value - 2 * part.error), place(part.value + 2 * part.error)
        svg.line(spread[0], y, spread[1], y, INK, 1.4)
        for x in spread:
            svg.line(x, y - 4, x, y + 4, INK, 1.4)
        svg.text(max(spread[1], ends[1]) + 8, y + 4, fmt.number(part.value), size=11.5, bold=True, halo=True)
        svg.text(right + 40, y + 4, shorten(part.note, 11.5, WIDTH - right - 44), size=11.5, fill=QUIET)
    return svg.render()


@dataclass(frozen=True)
class Pair:
    """A pair of failures: names, what each takes alone, and what both take together beyond that."""

    first: str
    second: str
    first_alone: float
    second_alone: float
    beyond: float
    note: str = ""


def pair_bars(ident: str, title: str, description: str, pairs: Sequence[Pair], axis: str) -> str:
    """Draw for each pair what its parts take alone, end to end, and in a third colour what both take beyond that."""
    label, left, right, top, row = 330.0, 340.0, 860.0, 34.0, 38.0
    bottom = top + row * len(pairs)
    svg = Svg(ident, WIDTH, bottom + 40.0, title, description)
    x = left
    for colour, text in (
        (FAINT, "first alone"),
        (ORANGE, "second alone"),
        (VERMILION, "beyond the sum of both"),
    ):
        svg.rect(x, 5, 14, 12, colour)
        svg.text(x + 20, 15, text, size=11.5)
        x += 150.0
    parts = [[max(0.0, v) for v in (p.first_alone, p.second_alone, p.beyond)] for p in pairs]
    marks = fmt.ticks(0.0, max(max(sum(p) for p in parts), 1e-9), 5)
    draw_axis(svg, marks, left, right, top, bottom, axis)
    for i, (pair, values) in enumerate(zip(pairs, parts, strict=True)):
        y = top + (i + 0.5) * row
        svg.text(label, y - 3, shorten(pair.first, 12, label), size=12, anchor="end")
        svg.text(label, y + 12, shorten(f"and {pair.second}", 12, label), size=12, anchor="end")
        svg.line(0, y + row / 2, WIDTH, y + row / 2, "#eceff2", 0.8)
        begin = left
        for value, colour in zip(values, (FAINT, ORANGE, VERMILION), strict=True):
            end = begin + value / marks[-1] * (right - left)
            svg.rect(begin, y - 9, end - begin, 18, colour)
            begin = end
        svg.text(begin + 8, y + 4, f"+{fmt.number(pair.beyond)}", size=11.5, bold=True, halo=True)
        svg.text(right + 64, y + 4, shorten(pair.note, 11.5, WIDTH - right - 66), size=11.5, fill=QUIET)
    return svg.render()


__all__ = ["Level", "Pair", "Share", "exceedance_curve", "pair_bars", "part_bars"]
