"""Figures of comparisons: losses by scenario, gains and losses by actor, the back-test, and what moves the answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from straits.report import format as fmt
from straits.report.drawing.charts import WIDTH
from straits.report.drawing.svg import BLUE, INK, PAPER, QUIET, VERMILION, Svg, path_data, shorten, text_width

ROW = 24.0


def draw_axis(
    svg: Svg, marks: Sequence[float], left: float, right: float, top: float, bottom: float, name: str
) -> None:
    """Draw a value axis with its grid; zero is a dark line. `name` gives what is measured and its unit."""
    low, high = marks[0], marks[-1]
    digits = fmt.digits_apart(marks)
    for value in marks:
        x = left + (value - low) / (high - low) * (right - left)
        svg.line(x, top, x, bottom, INK if value == 0 else "#e3e7eb", 1.0 if value == 0 else 0.8)
        svg.text(x, bottom + 15, fmt.number(value, digits), size=11, anchor="middle", fill=QUIET)
    svg.text(left, bottom + 31, name, size=11, fill=QUIET)


@dataclass(frozen=True)
class Bar:
    """A row of a bar chart: name, value, and a note written after the value."""

    name: str
    value: float
    note: str = ""


def diverging_bars(
    ident: str,
    title: str,
    description: str,
    bars: Sequence[Bar],
    axis: str,
    *,
    loss_is_left: bool = True,
    signs: bool = True,
    label_width: float = 300.0,
) -> str:
    """Draw values as bars to both sides of zero; losses are hatched as well as coloured, and each bar tells its value."""
    values = [bar.value for bar in bars] or [0.0]
    marks = fmt.ticks(min(0.0, *values), max(0.0, *values), 5) if any(values) else [0.0, 1.0]
    left, right, top = label_width + 70.0, WIDTH - 190.0, 8.0
    bottom = top + ROW * len(bars)
    svg = Svg(ident, WIDTH, bottom + 40.0, title, description)
    hatch = f"{ident}-loss"
    svg.add(
        f'<defs><pattern id="{hatch}" width="5" height="5" patternUnits="userSpaceOnUse">'
        f'<path d="M0,5L5,0" stroke="{PAPER}" stroke-width="1" opacity="0.6"/></pattern></defs>'
    )
    draw_axis(svg, marks, left, right, top, bottom, axis)

    def place(value: float) -> float:
        return left + (value - marks[0]) / (marks[-1] - marks[0]) * (right - left)

    for row, bar in enumerate(bars):
        y = top + row * ROW
        svg.text(label_width - 6, y + 16, shorten(bar.name, 12, label_width - 8), size=12, anchor="end")
        x0, x1 = sorted((place(0.0), place(bar.value)))
        lost = (bar.value < 0) == loss_is_left and bar.value != 0
        svg.rect(x0, y + 4, x1 - x0, ROW - 8, VERMILION if lost else BLUE)
        if lost:
            svg.rect(x0, y + 4, x1 - x0, ROW - 8, f"url(#{hatch})")
        text = fmt.signed(bar.value) if signs else fmt.number(bar.value)
        right_side = bar.value >= 0
        svg.text(
            x1 + 5 if right_side else x0 - 5,
            y + 16,
            text,
            size=11.5,
            bold=True,
            anchor="start" if right_side else "end",
        )
        if bar.note:
            reach = x1 + 12 + text_width(text, 11.5, True) if right_side else place(0.0) + 8
            svg.text(reach, y + 16, shorten(bar.note, 11, WIDTH - reach), size=11, fill=QUIET)
    return svg.render()


@dataclass(frozen=True)
class Test:
    """One observation beside the model's value, both in `unit`."""

    __test__ = False

    name: str
    modelled: float
    observed: float
    unit: str
    reason: str = ""

    @property
    def error(self) -> float:
        """Modelled less observed as a share of observed; not a number if nothing was observed."""
        return (self.modelled - self.observed) / self.observed if self.observed else float("nan")


def back_test_plot(
    ident: str,
    title: str,
    description: str,
    tests: Sequence[Test],
    tolerance: float = 0.1,
    widest: float = 0.6,
) -> str:
    """Draw the error of each observation as a dot on a line from zero, with both values and the error written out.

    Errors within `tolerance` lie in the shaded band; errors beyond `widest` are drawn at the edge as arrows.
    """
    label, numbers = 330.0, 300.0
    left, right, top = label + 16.0, WIDTH - numbers - 20.0, 40.0
    rows = [ROW + (13.0 if test.reason else 0.0) for test in tests]
    bottom = top + sum(rows)
    svg = Svg(ident, WIDTH, bottom + 40.0, title, description)
    errors = [abs(test.error) for test in tests if np.isfinite(test.error)]
    reach = min(widest, max([1.5 * tolerance, *[1.08 * error for error in errors]]))
    marks = fmt.ticks(-reach * 100, reach * 100, 6)
    edge = marks[-1] = max(marks[-1], -marks[0])
    marks[0] = -edge

    def place(share: float) -> float:
        return left + (share * 100 + edge) / (2 * edge) * (right - left)

    svg.rect(place(-tolerance), top, place(tolerance) - place(-tolerance), bottom - top, "#e6f0e9")
    svg.text(place(0.0), top - 6, f"within {fmt.percent(tolerance)}", size=11, anchor="middle", fill=QUIET)
    draw_axis(svg, marks, left, right, top, bottom, "modelled less observed, % of observed")
    for x, head in ((WIDTH - 200, "observed"), (WIDTH - 100, "modelled"), (WIDTH, "error")):
        svg.text(x, top - 6, head, size=11, anchor="end", bold=True)
    y = top
    for test, height in zip(tests, rows, strict=True):
        middle = y + ROW / 2
        svg.line(0, y + height, WIDTH, y + height, "#eceff2", 0.8)
        svg.text(0, middle + 4, shorten(f"{test.name}, {test.unit}", 12, label), size=12)
        if test.reason:
            svg.text(
                0, middle + 18, shorten(test.reason, 10.5, WIDTH - 10), size=10.5, fill=QUIET, italic=True
            )
        good = abs(test.error) <= tolerance
        if np.isfinite(test.error):
            shown = float(np.clip(test.error, -edge / 100, edge / 100))
            x = place(shown)
            svg.line(place(0.0), middle, x, middle, BLUE if good else VERMILION, 2.2)
            if shown != test.error:
                sign = 1.0 if shown > 0 else -1.0
                arrow = [(x + 7 * sign, middle), (x - 3 * sign, middle - 6), (x - 3 * sign, middle + 6)]
                svg.path(path_data(arrow, True), fill=VERMILION)
            elif good:
                svg.circle(x, middle, 5, BLUE, stroke=PAPER)
            else:
                svg.rect(x - 4.5, middle - 4.5, 9, 9, VERMILION, stroke=PAPER)
        svg.text(WIDTH - 200, middle + 4, fmt.number(test.observed), size=12, anchor="end")
        svg.text(WIDTH - 100, middle + 4, fmt.number(test.modelled), size=12, anchor="end")
        error = fmt.signed(test.error * 100, 2)
        svg.text(
            WIDTH,
            middle + 4,
            error + (" %" if error != fmt.MISSING else ""),
            size=12,
            anchor="end",
            bold=not good,
        )
        y += height
    return svg.render()


@dataclass(frozen=True)
class Swing:
    """How far the answer moves when one number goes from its low to its high value."""

    name: str
    low: str
    """The low value with its unit, as text."""
    high: str
    answer_low: float
    """Answer at the low value."""
    answer_high: float
    note: str = ""


def tornado(
    ident: str, title: str, description: str, swings: Sequence[Swing], answer: float, axis: str
) -> str:
    """Draw the span of the answer for each number, widest first; the low end is an open disc, the high end a filled one."""
    label = 380.0
    left, right, top = label + 90.0, WIDTH - 90.0, 26.0
    height = 38.0
    bottom = top + height * len(swings)
    svg = Svg(ident, WIDTH, bottom + 44.0, title, description)
    values = [answer, *[v for s in swings for v in (s.answer_low, s.answer_high) if np.isfinite(v)]]
    pad = (max(values) - min(values)) * 0.02
    marks = fmt.ticks(min(values) - pad, max(values) + pad, 6)
    draw_axis(svg, marks, left, right, top, bottom, axis)

    def place(value: float) -> float:
        return left + (value - marks[0]) / (marks[-1] - marks[0]) * (right - left)

    # Ends that differ are told apart, however narrow the span.
    digits = fmt.digits_apart(sorted(set(values)), 6)
    x = place(answer)
    svg.line(x, top - 4, x, bottom, INK, 1.4)
    svg.text(
        x, top - 9, f"the case as it is: {fmt.number(answer, digits)}", size=11.5, anchor="middle", bold=True
    )
    for row, swing in enumerate(swings):
        y = top + row * height
        svg.text(0, y + 15, shorten(swing.name, 12, label), size=12)
        span = f"from {swing.low} to {swing.high}" + (f"; {swing.note}" if swing.note else "")
        svg.text(0, y + 30, shorten(span, 10.5, label), size=10.5, fill=QUIET)
        svg.line(0, y + height, WIDTH, y + height, "#eceff2", 0.8)
        middle = y + height / 2
        ends = [(swing.answer_low, PAPER), (swing.answer_high, BLUE)]
        shown = sorted((value, fill) for value, fill in ends if np.isfinite(value))
        if len(shown) == 2:
            svg.line(place(shown[0][0]), middle, place(shown[1][0]), middle, BLUE, 9, opacity=0.35)
        for i, (value, fill) in enumerate(shown):
            first = i == 0 and (len(shown) == 2 or value <= answer)
            svg.circle(place(value), middle, 5, fill, stroke=BLUE, stroke_width=1.8)
            at, anchor = place(value) + (-10 if first else 10), "end" if first else "start"
            svg.text(at, middle + 4, fmt.number(value, digits), size=11.5, anchor=anchor, halo=True)
        if len(shown) < 2:
            svg.text(
                right,
                middle + 4,
                "no answer at an end: promises cannot be kept",
                size=10.5,
                anchor="end",
                fill=QUIET,
            )
    svg.circle(left + 250, bottom + 27, 4.5, PAPER, stroke=BLUE, stroke_width=1.8)
    svg.text(left + 259, bottom + 31, "number at its low end", size=11, fill=QUIET)
    svg.circle(left + 400, bottom + 27, 4.5, BLUE)
    svg.text(left + 409, bottom + 31, "at its high end", size=11, fill=QUIET)
    return svg.render()


__all__ = ["Bar", "Swing", "Test", "back_test_plot", "diverging_bars", "draw_axis", "tornado"]
