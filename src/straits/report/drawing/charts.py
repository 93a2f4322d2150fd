"""Figures over time: exports by route as stacked areas with dated events, and levels of storage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from html import escape
from typing import Any

import numpy as np
import pandas as pd

from straits.report import format as fmt
from straits.report.drawing.svg import (
    BLUE,
    INK,
    PAPER,
    QUIET,
    SERIES,
    Svg,
    element,
    num,
    path_data,
    shorten,
    text_width,
    wrap,
)
from straits.report.maps.labels import spread

WIDTH = 1180.0


@dataclass(frozen=True)
class TimeScale:
    """Steps of time laid out between two pixel positions; `edges` are days since `start`, length T+1."""

    start: date
    edges: np.ndarray
    left: float
    right: float

    def x(self, days: float) -> float:
        """Return the position of a day."""
        return self.left + (days - self.edges[0]) / (self.edges[-1] - self.edges[0]) * (
            self.right - self.left
        )

    def at(self, when: date) -> float:
        """Return the position of a date."""
        return self.x((when - self.start).days)

    def stairs(self, values: np.ndarray) -> list[tuple[float, float]]:
        """Return the corners of a step curve: each value holds from its step's start to its end."""
        xs = [self.x(edge) for edge in self.edges]
        return [
            point
            for i, value in enumerate(values)
            for point in ((xs[i], float(value)), (xs[i + 1], float(value)))
        ]

    def months(self) -> list[tuple[date, str]]:
        """Return the dates to mark on the axis, with their names: months, or quarters or years of long spans."""
        first = self.start + timedelta(days=float(self.edges[0]))
        last = self.start + timedelta(days=float(self.edges[-1]))
        count = (last.year - first.year) * 12 + last.month - first.month + 1
        every = 1 if count <= 18 else 3 if count <= 60 else 12
        out: list[tuple[date, str]] = []
        for index in range(first.year * 12 + first.month - 1, last.year * 12 + last.month):
            when = date(index // 12, index % 12 + 1, 1)
            if when < first or when >= last or (when.month - 1) % every:
                continue
            name = f"{when.year}" if every == 12 else f"{when:%b}"
            out.append((when, f"{name} {when.year}" if (when.month == 1 or not out) and every < 12 else name))
        return out


def _frame(svg: Svg, scale: TimeScale, top: float, bottom: float, marks: Sequence[float], label: str) -> None:
    """Draw the grid, the value axis and the months of a panel; `marks` are the values on the axis, from low to high."""
    low, high = marks[0], marks[-1]
    for value in marks:
        y = bottom - (value - low) / (high - low) * (bottom - top)
        svg.line(scale.left, y, scale.right, y, "#e3e7eb" if value != low else QUIET, 0.8)
        svg.text(scale.left - 7, y + 4, fmt.number(value), size=11, anchor="end", fill=QUIET)
    svg.text(scale.left, top - 9, label, size=11, fill=QUIET)
    edge, ticks, names = -1e9, "", []
    for when, name in scale.months():
        x = scale.at(when)
        ticks += f"M{num(x)},{num(bottom)}v5"
        if x > edge + 4 and x + text_width(name, 11) < scale.right + 30:
            names.append(element("text", escape(name), x=float(x + 2), y=float(bottom + 16)))
            edge = x + text_width(name, 11)
    svg.path(ticks, stroke=QUIET, stroke_width=0.8)
    svg.add(element("g", "".join(names), font_size=11, fill=QUIET))


@dataclass(frozen=True)
class Mark:
    """A dated event for the axis."""

    when: date
    text: str


def _lanes(xs: Sequence[float], radius: float) -> list[int]:
    """Stack marks at positions `xs` (rising) so that discs of `radius` in one lane do not touch."""
    ends: list[float] = []
    out = []
    for x in xs:
        lane = next((i for i, end in enumerate(ends) if x - radius >= end + 2), len(ends))
        if lane == len(ends):
            ends.append(0.0)
        ends[lane] = x + radius
        out.append(lane)
    return out


def _event_key(svg: Svg, marks: Sequence[Mark], top: float, columns: int = 2) -> float:
    """Write the numbered key of events; returns its height."""
    rows = -(-len(marks) // columns)
    column = svg.width / columns
    y = top
    height = 0.0
    for place, mark in enumerate(marks):
        if place % rows == 0:
            y = top
        x = (place // rows) * column
        lines = wrap(mark.text, 11.5, column - 120, lines=2)
        _disc(svg, x + 9, y + 7, str(place + 1))
        svg.text(x + 24, y + 11, fmt.day(mark.when), size=11.5, bold=True)
        for i, line in enumerate(lines):
            svg.text(x + 104, y + 11 + 14 * i, line, size=11.5)
        y += 14 * len(lines) + 7
        height = max(height, y - top)
    return height


def _key_height(marks: Sequence[Mark], width: float, columns: int = 2) -> float:
    probe = Svg("probe", width, 10, "", "")
    return _event_key(probe, marks, 0.0, columns) if marks else 0.0


def _disc(svg: Svg, x: float, y: float, text: str) -> None:
    svg.circle(x, y, 8.5, PAPER, stroke=INK, stroke_width=1.2)
    svg.text(x, y + 3.8, text, size=10.5, anchor="middle", bold=True)


@dataclass(frozen=True)
class Stack:
    """Series to stack: a title and one column of rates for each series, one row for each step."""

    title: str
    values: pd.DataFrame


def stacked_exports(
    ident: str,
    title: str,
    description: str,
    stacks: Sequence[Stack],
    start: date,
    edges: np.ndarray,
    unit: str,
    marks: Sequence[Mark] = (),
    shaded: tuple[float, float] | None = None,
) -> str:
    """Draw rates by series over time, one panel below the other on the same scale, with numbered events.

    Parameters
    ----------
    stacks
        Panels. The first is the one whose total is drawn as a dotted line in the others.
    start, edges
        First day, and days since then at which steps begin and the last ends, shape (T+1,).
    unit
        Unit of the rates.
    marks
        Events, in order of date. Those outside the axis are left out.
    shaded
        Days since `start` between which the later panels are shaded: when the disruption lasts.
    """
    scale = TimeScale(start, edges, 60.0, WIDTH - 230.0)
    last = start + timedelta(days=float(edges[-1]))
    marks = [mark for mark in sorted(marks, key=lambda m: m.when) if start <= mark.when < last]
    names = list(dict.fromkeys(name for stack in stacks for name in stack.values.columns))
    highest = max(
        (float(stack.values.sum(axis=1).max()) for stack in stacks if stack.values.size), default=1.0
    )
    ticks = fmt.ticks(0.0, max(highest, 1e-9), 4)
    panel, lanes = 210.0, _lanes([scale.at(mark.when) for mark in marks], 8.5)
    lane_height = 20.0 * (max(lanes, default=-1) + 1)
    tops = [58.0 + lane_height + i * (panel + 76.0) for i in range(len(stacks))]
    bottom = tops[-1] + panel
    key_top = bottom + 34.0
    svg = Svg(ident, WIDTH, key_top + _key_height(marks, WIDTH), title, description)
    _patterns(svg, ident, len(names))
    for place, (stack, top) in enumerate(zip(stacks, tops, strict=True)):
        head = top - 30.0 if place else 16.0
        svg.text(0, head, stack.title, size=14, bold=True)
        if shaded and place:
            x0, x1 = (scale.x(np.clip(day, edges[0], edges[-1])) for day in shaded)
            svg.rect(x0, top, x1 - x0, panel, "#f3e3d8")
            svg.text(x0 + 3, top + 12, shorten("disruption", 10.5, max(x1 - x0, 60)), size=10.5, fill=QUIET)
        _frame(svg, scale, top, top + panel, ticks, unit)
        _stack(svg, ident, stack.values, names, scale, top, top + panel, ticks[-1])
        if place:
            total = stacks[0].values.sum(axis=1).to_numpy(float)
            points = [(x, top + panel * (1 - y / ticks[-1])) for x, y in scale.stairs(total)]
            svg.path(path_data(points), stroke=INK, stroke_width=1.3, stroke_dasharray="2 3")
            svg.text(scale.right, points[-1][1] - 5, "total above", size=10.5, anchor="end", halo=True)
    for number, (mark, lane) in enumerate(zip(marks, lanes, strict=True), 1):
        x, y = scale.at(mark.when), 40.0 + 20.0 * lane
        svg.line(x, y + 8, x, bottom, INK, 0.7, stroke_dasharray="1 3", opacity=0.75)
        _disc(svg, x, y, str(number))
    _event_key(svg, marks, key_top) if marks else None
    return svg.render()


def _patterns(svg: Svg, ident: str, count: int) -> None:
    """Define hatched fills, so that neighbouring areas differ without colour."""
    lines = ["", "M0,6L6,0", "M0,0L6,6", "M3,0V6", "M0,3H6"]
    parts = [
        element(
            "pattern",
            element("rect", width=6, height=6, fill=SERIES[i % len(SERIES)])
            + element("path", d=lines[i % 5], stroke=PAPER, stroke_width=1.1, opacity=0.55),
            id=f"{ident}-hatch{i}",
            width=6,
            height=6,
            patternUnits="userSpaceOnUse",
        )
        for i in range(count)
        if lines[i % 5]
    ]
    svg.add(element("defs", "".join(parts)))


def _area(svg: Svg, ident: str, data: str, place: int) -> None:
    fill = f"url(#{ident}-hatch{place})" if place % 5 else SERIES[place % len(SERIES)]
    svg.path(data, fill=fill, stroke=PAPER, stroke_width=0.7)


def _stack(
    svg: Svg,
    ident: str,
    values: pd.DataFrame,
    names: list[str],
    scale: TimeScale,
    top: float,
    bottom: float,
    high: float,
) -> None:
    """Draw the areas of a panel and their names at the right, each by its area with its average."""
    days = np.diff(scale.edges)
    base = np.zeros(len(days))
    labels: list[tuple[str, int, float, float]] = []
    for place, name in enumerate(names):
        if name not in values or not (values[name].to_numpy(float) > 1e-9).any():
            continue
        value = values[name].to_numpy(float)
        lower, upper = base, base + value
        ring = scale.stairs(upper) + scale.stairs(lower)[::-1]
        points = [(x, bottom - (bottom - top) * y / high) for x, y in ring]
        _area(svg, ident, path_data(points, close=True), place)
        middle = bottom - (bottom - top) * float(lower[-1] + upper[-1]) / 2 / high
        labels.append((name, place, middle, float(np.average(value, weights=days))))
        base = upper
    ys = spread([-label[2] for label in labels], 16.0, -bottom + 4, -top - 6)
    for (name, place, middle, average), y in zip(labels, (-y for y in ys), strict=True):
        svg.line(scale.right + 2, middle, scale.right + 14, y, QUIET, 0.7)
        x = scale.right + 16
        _area(svg, ident, f"M{num(x)},{num(y - 5)}h12v10h-12Z", place)
        text = f" {fmt.number(average)}"
        svg.text(x + 17, y + 4, shorten(name, 11.5, 196 - text_width(text, 11.5, True)), size=11.5)
        svg.text(WIDTH, y + 4, text, size=11.5, bold=True, anchor="end")
    svg.text(WIDTH, top - 9, "average", size=10.5, fill=QUIET, anchor="end")


@dataclass(frozen=True)
class Levels:
    """Levels of one store at the ends of steps, in what is compared with and in a scenario (None: only the baseline)."""

    name: str
    baseline: np.ndarray
    scenario: np.ndarray | None
    capacity: float
    unit: str


def storage_levels(
    ident: str,
    title: str,
    description: str,
    stores: Sequence[Levels],
    start: date,
    edges: np.ndarray,
    scenario: str,
    beside: str = "baseline",
) -> str:
    """Draw the level of each store in a panel of its own: what is compared with dashed, scenario solid, capacity dotted."""
    columns = min(3, max(1, len(stores)))
    gap, key = 26.0, 30.0
    each = (WIDTH - gap * (columns - 1)) / columns
    panel = 130.0
    rows = -(-len(stores) // columns)
    svg = Svg(ident, WIDTH, key + rows * (panel + 66.0), title, description)
    x = 0.0
    for name, style in ((beside, "base"), (scenario, "line"), ("capacity", "cap")):
        if style == "line" and all(store.scenario is None for store in stores):
            continue
        if style == "cap" and not any(np.isfinite(store.capacity) for store in stores):
            continue
        look = {"base": (QUIET, 1.6, "5 3"), "line": (BLUE, 2.2, ""), "cap": (INK, 1.0, "1 3")}[style]
        svg.line(x, 9, x + 30, 9, look[0], look[1], stroke_dasharray=look[2])
        svg.text(x + 36, 13, shorten(name, 11.5, 520), size=11.5)
        x += 36 + min(text_width(name, 11.5), 520) + 26
    for place, store in enumerate(stores):
        left = (place % columns) * (each + gap) + 46
        top = key + (place // columns) * (panel + 66.0) + 34
        scale = TimeScale(start, edges, left, left + each - 46)
        curves = [store.baseline] if store.scenario is None else [store.baseline, store.scenario]
        finite = [store.capacity] if np.isfinite(store.capacity) else []
        high = max([float(np.max(curve)) for curve in curves if len(curve)] + finite + [1e-9])
        marks = fmt.ticks(0.0, high, 3)
        svg.text(left - 40, top - 25, shorten(store.name, 12.5, each - 60, True), size=12.5, bold=True)
        _frame(svg, scale, top, top + panel, marks, store.unit)

        def position(
            days: float, level: float, scale: TimeScale = scale, top: float = top, high: float = marks[-1]
        ) -> tuple[Any, ...]:
            return scale.x(days), top + panel * (1 - level / high)

        for level in finite:
            y = position(0.0, level)[1]
            svg.line(scale.left, y, scale.right, y, INK, 1.0, stroke_dasharray="1 3")
        looks = [(QUIET, 1.6, "5 3"), (BLUE, 2.2, None)]
        for curve, (colour, width, dash) in reversed(list(zip(curves, looks, strict=False))):
            points = [position(day, level) for day, level in zip(edges[1:], curve, strict=True)]
            svg.path(
                path_data(points),
                stroke=colour,
                stroke_width=width,
                stroke_dasharray=dash,
                stroke_linejoin="round",
            )
    return svg.render()


__all__ = ["WIDTH", "Levels", "Mark", "Stack", "TimeScale", "stacked_exports", "storage_levels"]
