"""Loss over cost: a falling staircase whose steps are named by what changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from straits.report import format as fmt
from straits.report.drawing.svg import INK, PAPER, QUIET, VERMILION, Svg, path_data, wrap

WIDTH = 900.0
#: Steps that the key tells of at most: more would make the drawing higher than a page.
KEYED = 10


@dataclass(frozen=True)
class Stair:
    """A step: yearly cost, loss, the least it could be, and whether it is proved."""

    cost: float
    loss: float
    least: float
    proved: bool


def staircase(
    ident: str,
    title: str,
    description: str,
    steps: Sequence[Stair],
    changes: Mapping[int, str],
    axis: str,
    unit: str,
) -> str:
    """Draw what remains to be lost by what is spent in a year, with a numbered key of what the largest steps change.

    Parameters
    ----------
    steps
        By cost, the first with nothing built.
    changes
        What the key says of some of the steps (`told_of`), by their places.
    axis, unit
        What is spent, and the unit of losses.
    """
    left, right, top, bottom, key = 62.0, 430.0, 30.0, 320.0, 470.0
    lines = {place: wrap(text, 11.5, WIDTH - key - 80, 3) for place, text in changes.items()}
    height = max(bottom + 48.0, top + sum(15.0 * len(found) + 24.0 for found in lines.values()) + 8.0)
    svg = Svg(ident, WIDTH, height, title, description)
    high = fmt.ticks(min(0.0, min(s.least for s in steps)), max(s.loss for s in steps) or 1.0)
    wide = fmt.ticks(0.0, max(s.cost for s in steps) or 1.0)

    def at(cost: float, loss: float) -> tuple[float, float]:
        share = (loss - high[0]) / (high[-1] - high[0])
        return left + cost / wide[-1] * (right - left), bottom - share * (bottom - top)

    for value in high:
        y = at(0, value)[1]
        svg.line(left, y, right, y, "#e3e7eb" if value else QUIET, 0.8)
        svg.text(left - 7, y + 4, fmt.number(value), size=11, anchor="end", fill=QUIET)
    for value in wide:
        svg.text(at(value, high[0])[0], bottom + 16, fmt.number(value), size=11, anchor="middle", fill=QUIET)
    svg.text(0, top - 12, f"remains to be lost, {unit}", size=11, fill=QUIET)
    svg.text((left + right) / 2, bottom + 34, axis, size=11, anchor="middle", fill=QUIET)
    points: list[tuple[float, float]] = []
    for s in steps:
        if points:
            points.append((at(s.cost, s.loss)[0], points[-1][1]))
        points.append(at(s.cost, s.loss))
    points.append((right, points[-1][1]))
    svg.path(path_data(points), stroke=VERMILION, stroke_width=2.2)
    taken: list[float] = []
    for number, s in enumerate(steps, start=1):
        x, y = at(s.cost, s.loss)
        if not s.proved and np.isfinite(s.least):
            svg.line(x, y, x, at(s.cost, s.least)[1], VERMILION, 1.4, stroke_dasharray="2 2")
        svg.circle(x, y, 4.5, VERMILION if s.proved else PAPER, stroke=VERMILION, stroke_width=1.6)
        if number - 1 in lines and all(abs(x - other) > 12 for other in taken):
            svg.text(x, y - 8, str(number), size=11, anchor="middle", halo=True)
            taken.append(x)
    y = top
    for place, found in lines.items():
        s = steps[place]
        svg.text(key, y + 4, str(place + 1), size=12, bold=True)
        for i, text in enumerate(found):
            svg.text(key + 26, y + 4 + 15 * i, text, size=11.5, fill=INK)
        y += 15.0 * len(found)
        proof = "proved" if s.proved else f"not proved: at least {fmt.number(s.least)} {unit}"
        much = (
            f"{fmt.number(s.loss)} {unit} remain"
            if s.loss >= 0
            else f"{fmt.number(-s.loss)} {unit} more than undisturbed"
        )
        told = f"{fmt.number(s.cost)} a year: {much}, {proof}"
        svg.text(key + 26, y + 4, told, size=11, fill=QUIET)
        y += 24.0
    return svg.render()


def told_of(steps: Sequence[Stair]) -> list[int]:
    """Return the steps that the key tells of: the first, the last, and those at which most is saved; the table has all."""
    saved = [0.0, *(before.loss - after.loss for before, after in pairwise(steps))]
    ranked = sorted(range(len(steps)), key=lambda n: (n not in (0, len(steps) - 1), -saved[n]))
    return sorted(ranked[:KEYED])


__all__ = ["KEYED", "Stair", "staircase", "told_of"]
