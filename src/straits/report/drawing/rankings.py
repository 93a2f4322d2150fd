"""Drawings of rankings and searches: lollipops with their cumulative share, losses by budget, and spans of an index."""

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
    VERMILION,
    Svg,
    path_data,
    shorten,
    text_width,
    wrap,
)


@dataclass(frozen=True)
class Lollipop:
    """A row of a ranking: name, value (0 or more), share that this and the rows above make up, and what stands beside it."""

    name: str
    value: float
    cumulative: float
    beside: tuple[str, ...] = ()


def lollipops(
    ident: str,
    title: str,
    description: str,
    items: Sequence[Lollipop],
    axis: str,
    cumulative_axis: str,
    heads: Sequence[tuple[str, str]] = (),
) -> str:
    """Draw values as discs on stems, greatest first, and beside them the share that all rows so far make up.

    `heads` are the headings, two lines each, of what stands beside the rows.
    """
    label, left, middle, cum_left, right = 300.0, 308.0, 580.0, 910.0, WIDTH - 46.0
    top = 36.0 if heads else 8.0
    columns = [middle + 150.0 + 130.0 * place for place in range(len(heads))]
    bottom = top + ROW * len(items)
    svg = Svg(ident, WIDTH, bottom + 40.0, title, description)
    marks = fmt.ticks(0.0, max((item.value for item in items), default=0.0) or 1.0, 4)
    shares = [0.0, 25.0, 50.0, 75.0, 100.0]
    draw_axis(svg, marks, left, middle, top, bottom, axis)
    draw_axis(svg, shares, cum_left, right, top, bottom, cumulative_axis)
    for place, head in zip(columns, heads, strict=True):
        for line, words in enumerate(head):
            svg.text(place, top - 20 + 13 * line, words, size=11, anchor="end", fill=QUIET)
    points = []
    for row, item in enumerate(items):
        y = top + (row + 0.5) * ROW
        svg.text(label, y + 4, shorten(item.name, 12, label), size=12, anchor="end")
        x = left + (item.value - marks[0]) / (marks[-1] - marks[0]) * (middle - left)
        svg.line(left, y, x, y, VERMILION, 2.4)
        svg.circle(x, y, 5.5, VERMILION, stroke=PAPER)
        text = fmt.number(item.value)
        svg.text(x + 10, y + 4, text, size=11.5, bold=True, halo=True)
        for place, beside in zip(columns, item.beside, strict=True):
            svg.text(place, y + 4, beside, size=11.5, anchor="end")
        if np.isfinite(item.cumulative):
            points.append((cum_left + item.cumulative * (right - cum_left), y, item.cumulative))
    if points:
        svg.path(path_data([(x, y) for x, y, _ in points]), stroke=BLUE, stroke_width=2)
    for x, y, share in points:
        svg.circle(x, y, 4, BLUE, stroke=PAPER)
        svg.text(x + 8, y + 4, fmt.percent(share), size=11, halo=True)
    return svg.render()


@dataclass(frozen=True)
class Step:
    """What a budget of closures takes at the worst: their number, what they are, the loss, its bound (at least the loss),
    the loss if the best choice of safe assets is made first (nan if not known), and how many other choices take as much."""

    budget: float
    closures: str
    loss: float
    bound: float
    proved: bool
    protected: float = float("nan")
    safe: str = ""
    others: int = 0


def budget_curve(ident: str, title: str, description: str, steps: Sequence[Step], unit: str) -> str:
    """Draw the worst loss for each budget, with its bound where it is not proved and its closures named beside."""
    left, right, top, height = 62.0, 430.0, 26.0, 250.0
    key = right + 60.0
    lines = [wrap(step.closures, 12, WIDTH - key - 30, 3) for step in steps]
    told = [step for step in steps if step.safe]
    rows = sum(
        46.0 + 15.0 * (len(found) - 1) + (16.0 if step.safe else 0.0)
        for step, found in zip(steps, lines, strict=True)
    )
    bottom = top + max(height, rows - 10.0)
    svg = Svg(ident, WIDTH, bottom + 48.0, title, description)
    finite = [v for s in steps for v in (s.loss, s.bound, s.protected) if np.isfinite(v)]
    marks = fmt.ticks(0.0, max(finite, default=0.0) or 1.0, 5)
    last = max(step.budget for step in steps)

    def at(budget: float, loss: float) -> tuple[float, float]:
        return left + budget / last * (right - left - 20), bottom - loss / marks[-1] * (bottom - top)

    for value in marks:
        y = at(0, value)[1]
        svg.line(left, y, right, y, "#e3e7eb" if value else QUIET, 0.8)
        svg.text(left - 7, y + 4, fmt.number(value), size=11, anchor="end", fill=QUIET)
    svg.text(0, top - 12, f"lost, {unit}", size=11, fill=QUIET)
    for step in [0.0, *(s.budget for s in steps)]:
        svg.text(at(step, 0)[0], bottom + 16, fmt.number(step), size=11, anchor="middle", fill=QUIET)
    svg.text((left + right) / 2, bottom + 33, "closures at most", size=11, anchor="middle", fill=QUIET)
    safe = [(0.0, 0.0), *((s.budget, s.protected) for s in steps if np.isfinite(s.protected))]
    if told:
        svg.path(
            path_data([at(*point) for point in safe]), stroke=BLUE, stroke_width=2, stroke_dasharray="7 3"
        )
    svg.path(
        path_data([at(0, 0), *(at(s.budget, s.loss) for s in steps)]), stroke=VERMILION, stroke_width=2.4
    )
    for s in steps:
        x, y = at(s.budget, s.loss)
        if not s.proved and np.isfinite(s.bound):
            svg.line(x, y, x, at(s.budget, s.bound)[1], VERMILION, 1.4, stroke_dasharray="2 2")
        if np.isfinite(s.protected):
            px, py = at(s.budget, s.protected)
            svg.rect(px - 4, py - 4, 8, 8, BLUE, stroke=PAPER)
        svg.circle(x, y, 5.5, VERMILION if s.proved else PAPER, stroke=VERMILION, stroke_width=1.6)
    y = top
    for s, found in zip(steps, lines, strict=True):
        bound = "proved" if s.proved else "not proved"
        if not s.proved and np.isfinite(s.bound):
            bound += f": at most {fmt.number(s.bound)} {unit}"
        svg.circle(key + 8, y, 11, VERMILION if s.proved else PAPER, stroke=VERMILION)
        svg.text(
            key + 8,
            y + 4.5,
            fmt.number(s.budget),
            size=12,
            anchor="middle",
            bold=True,
            fill=PAPER if s.proved else INK,
        )
        for i, text in enumerate(found):
            svg.text(key + 30, y + 4 + 15 * i, text, size=12, bold=True)
        y += 15.0 * len(found) + 4
        if s.others:
            bound += f"; {fmt.plural(s.others, 'other choice')} as bad"
        svg.text(key + 30, y, f"takes {fmt.number(s.loss)} {unit}, {bound}", size=11.5)
        if s.safe:
            y += 16.0
            svg.rect(key + 30, y - 8, 8, 8, BLUE)
            svg.text(key + 43, y, shorten(s.safe, 11.5, WIDTH - key - 50), size=11.5)
        y += 27.0
    return svg.render()


@dataclass(frozen=True)
class Span:
    """An index as modelled, the lowest it could be, and as observed (nan: not observed)."""

    name: str
    modelled: float
    lowest: float
    observed: float = float("nan")


def index_spans(ident: str, title: str, description: str, spans: Sequence[Span], axis: str) -> str:
    """Draw for each way of counting the span of an index: a disc as modelled, a ring at the least, a diamond as observed.

    The axis ends at 1, or at the next whole number where units cross several states."""
    label, left, right, top, height = 230.0, 240.0, WIDTH - 60.0, 34.0, 32.0
    bottom = top + height * len(spans)
    svg = Svg(ident, WIDTH, bottom + 40.0, title, description)
    x = left
    for kind, text in (
        ("modelled", "as modelled"),
        ("lowest", "the least the network could reach"),
        ("observed", "as observed"),
    ):
        _mark(svg, kind, x + 6, 10)
        svg.text(x + 18, 14, text, size=11.5)
        x += 40 + text_width(text, 11.5)
    values = [value for span in spans for value in (span.modelled, span.lowest, span.observed)]
    end = float(np.ceil(np.nanmax([1.0, *values]) - 1e-9))
    draw_axis(svg, [end * k / 5 for k in range(6)], left, right, top, bottom, axis)

    def place(value: float) -> float:
        return left + value / end * (right - left)

    for row, span in enumerate(spans):
        y = top + (row + 0.5) * height
        svg.text(label, y + 4, span.name, size=12, anchor="end")
        svg.line(place(span.lowest), y, place(span.modelled), y, FAINT, 6)
        for kind, value in (
            ("observed", span.observed),
            ("lowest", span.lowest),
            ("modelled", span.modelled),
        ):
            if np.isfinite(value):
                _mark(svg, kind, place(value), y)
        near = place(span.modelled) - place(span.lowest) < 40
        svg.text(place(span.lowest) - 10, y + 4, fmt.number(span.lowest), size=11.5, anchor="end", halo=True)
        if not near or fmt.number(span.lowest) != fmt.number(span.modelled):
            svg.text(place(span.modelled) + 10, y + 4, fmt.number(span.modelled), size=11.5, halo=True)
    return svg.render()


def _mark(svg: Svg, kind: str, x: float, y: float) -> None:
    if kind == "observed":
        svg.path(path_data([(x, y - 6), (x + 6, y), (x, y + 6), (x - 6, y)], True), fill=ORANGE, stroke=PAPER)
    else:
        svg.circle(x, y, 5.5, BLUE if kind == "modelled" else PAPER, stroke=BLUE, stroke_width=1.8)


__all__ = ["Lollipop", "Span", "Step", "budget_curve", "index_spans", "lollipops"]
