"""A drawing of how leverage decays: what an act takes, and what it costs its sender, as options come on line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from straits.report import format as fmt
from straits.report.drawing.charts import WIDTH
from straits.report.drawing.svg import BLUE, QUIET, VERMILION, Svg, path_data, shorten


@dataclass(frozen=True)
class Course:
    """One package: its name, loss with its ends and own cost by step, and the steps in which options come on line, with their
    day."""

    name: str
    loss: Sequence[float]
    least: Sequence[float]
    most: Sequence[float]
    own: Sequence[float]
    marks: Sequence[tuple[int, str]]


def decay_chart(
    ident: str, title: str, description: str, courses: Sequence[Course], step: str, unit: str
) -> str:
    """Draw loss and own cost by step, one panel for each course, all at one scale.

    Parameters
    ----------
    courses
        At least one; values may be below zero (a gain).
    step
        Name of a step.
    unit
        Of loss and cost.
    """
    left, gap, top, height = 70.0, 26.0, 52.0, 210.0
    width = (WIDTH - left - 10.0 - gap * (len(courses) - 1)) / len(courses)
    bottom = top + height
    svg = Svg(ident, WIDTH, bottom + 58.0, title, description)
    ends = [x for c in courses for x in (*c.least, *c.most, *c.own) if abs(x) < float("inf")]
    marks = fmt.ticks(min(0.0, *ends), max(1e-9, *ends), 5)
    low, high = marks[0], marks[-1]

    def height_of(value: float) -> float:
        return bottom - (min(max(value, low), high) - low) / (high - low) * height

    svg.text(left - 66, 14, unit, size=11, fill=QUIET)
    for x, colour, dash, text in (
        (left + 90, BLUE, "", "what one act takes from the target (band: its range)"),
        (left + 480, VERMILION, "6 4", "what it costs the sender"),
    ):
        svg.line(x, 10, x + 26, 10, colour, 2.4, stroke_dasharray=dash)
        svg.text(x + 32, 14, text, size=11.5)
    for value in marks:
        svg.text(left - 7, height_of(value) + 4, fmt.number(value), size=11, anchor="end", fill=QUIET)
    for number, course in enumerate(courses):
        begin = left + number * (width + gap)
        last = len(course.loss)
        for value in marks:
            svg.line(begin, height_of(value), begin + width, height_of(value), "#e3e7eb", 0.8)

        def stairs(
            values: Sequence[float], begin: float = begin, last: int = last
        ) -> list[tuple[float, float]]:
            return [
                (begin + at / last * width, height_of(v)) for k, v in enumerate(values) for at in (k, k + 1)
            ]

        svg.path(path_data(stairs(course.most) + stairs(course.least)[::-1], True), fill=BLUE, opacity=0.18)
        svg.path(path_data(stairs(course.loss)), stroke=BLUE, stroke_width=2.4)
        svg.path(path_data(stairs(course.own)), stroke=VERMILION, stroke_width=2.0, stroke_dasharray="6 4")
        svg.text(begin, top - 14, shorten(course.name, 12, width, True), size=12, bold=True)
        for at, day in course.marks:
            x = begin + at / last * width
            svg.line(x, top, x, bottom, QUIET, 0.9, stroke_dasharray="2 3")
            svg.text(x + 3, top + 10, day, size=10.5, fill=QUIET, halo=True)
        for at in (0, last):
            anchor = "start" if at == 0 else "end"
            svg.text(begin + at / last * width, bottom + 16, str(at), size=11, anchor=anchor, fill=QUIET)
        svg.text(
            begin + width / 2, bottom + 16, f"{step}s from the start", size=11, anchor="middle", fill=QUIET
        )
    return svg.render()


__all__ = ["Course", "decay_chart"]
