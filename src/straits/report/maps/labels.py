"""Placing labels so that none covers another: greedy, most important first, each at the best of a few candidate positions."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from straits.report.drawing.svg import text_width
from straits.report.maps.projection import Points

Box = tuple[float, float, float, float]

#: A name that would hide more of the lines than this many of their points is left out.
MOST_COVERED = 9
#: Distances of a name from the edge of its point, and those of one that has to stand further off.
NEAR, FAR = (3.0, 9.0, 17.0), (28.0, 40.0, 54.0, 70.0)


def boxes_meet(a: Box, b: Box, gap: float = 0.0) -> bool:
    """Tell whether two boxes (x0, y0, x1, y1) overlap or come nearer than `gap`."""
    return a[0] < b[2] + gap and b[0] < a[2] + gap and a[1] < b[3] + gap and b[1] < a[3] + gap


@dataclass(frozen=True)
class Label:
    """A placed label: where its baseline starts, and the box that it fills."""

    text: str
    x: float
    y: float
    box: Box


@dataclass
class Placer:
    """The free room of a drawing of the given size.

    `taken` holds boxes that no label may touch; `avoid` points (x, y, radius) that labels rather keep off, such as lines.
    """

    width: float
    height: float
    taken: list[Box] = field(default_factory=list)
    avoid: Points = field(default_factory=lambda: np.empty((0, 3)))

    def block(self, box: Box) -> None:
        """Take a box out of the free room."""
        self.taken.append(box)

    def keep_off(self, line: Points, radius: float) -> None:
        """Let labels rather keep off a line (n, 2) of half-width `radius`; `line` should have a point every few pixels."""
        self.avoid = np.vstack([self.avoid, np.column_stack([line, np.full(len(line), radius)])])

    def free(self, box: Box, gap: float = 1.0) -> bool:
        """Tell whether a box lies inside the drawing and touches nothing taken."""
        if box[0] < 2 or box[1] < 2 or box[2] > self.width - 2 or box[3] > self.height - 2:
            return False
        left, top, right, bottom = box[0] - gap, box[1] - gap, box[2] + gap, box[3] + gap
        # As boxes_meet, written out: this is asked a hundred thousand times for a report.
        return all(
            left >= other[2] or other[0] >= right or top >= other[3] or other[1] >= bottom
            for other in self.taken
        )

    def covered(self, box: Box) -> int:
        """Count the points to keep off that a box would cover."""
        if not len(self.avoid):
            return 0
        x, y, r = self.avoid.T
        return int(np.sum((x > box[0] - r) & (x < box[2] + r) & (y > box[1] - r) & (y < box[3] + r)))

    def best(self, candidates: list[Box], most: int | None = None) -> Box | None:
        """Return the free candidate that covers least, the earlier one of equals, and take its room.

        None if none is free, or if each would cover more than `most` points to keep off.
        """
        chosen, least = None, None
        for box in candidates:
            if self.free(box) and (least is None or least > 0):
                covers = self.covered(box)
                if least is None or covers < least:
                    chosen, least = box, covers
        if chosen is None or (most is not None and least is not None and least > most):
            return None
        self.block(chosen)
        return chosen

    def label_point(
        self,
        x: float,
        y: float,
        radius: float,
        text: str,
        size: float,
        bold: bool = False,
        needed: bool = False,
    ) -> Label | None:
        """Place a label beside a point of the given radius; None if there is no room.

        One that is `needed` may cover lines, or stand further off, from where a line should lead to the point.
        """
        box = self.best(_round_about(x, y, radius, text, size, bold, NEAR), most=MOST_COVERED)
        if box is None and needed:
            # The nearest room, whatever it covers: a name far off is read as that of another point.
            rings = (_round_about(x, y, radius, text, size, bold, (away,)) for away in (*NEAR, *FAR))
            box = next((found for ring in rings if (found := self.best(ring)) is not None), None)
        return None if box is None else Label(text, box[0], box[3] - 0.22 * size, box)


def _round_about(
    x: float, y: float, radius: float, text: str, size: float, bold: bool, distances: tuple[float, ...]
) -> list[Box]:
    """Return the boxes in which the label of a point could stand, the nearest first."""
    width, height = text_width(text, size, bold), size
    candidates: list[Box] = []
    for away in distances:
        reach = radius + away
        slant = reach * 0.7
        corners = [
            (x + reach, y - height / 2),
            (x - reach - width, y - height / 2),
            (x + slant, y - slant - height),
            (x + slant, y + slant),
            (x - slant - width, y - slant - height),
            (x - slant - width, y + slant),
            (x - width / 2, y - reach - height),
            (x - width / 2, y + reach),
        ]
        candidates += [(left, top, left + width, top + height) for left, top in corners]
    return candidates


def spread(wanted: list[float], size: float, low: float, high: float) -> list[float]:
    """Move positions on a line apart until neighbours are `size` from each other, changing them little.

    Keeps the order of `wanted` and stays between `low` and `high` if there is room. Least squares by pooling neighbours.
    """
    order = sorted(range(len(wanted)), key=lambda i: (wanted[i], i))
    blocks: list[list[float]] = []  # [sum of positions less their offset in the block, count]
    for place, i in enumerate(order):
        blocks.append([wanted[i] - place * size, 1.0])
        while len(blocks) > 1 and blocks[-2][0] / blocks[-2][1] > blocks[-1][0] / blocks[-1][1]:
            total, count = blocks.pop()
            blocks[-1][0] += total
            blocks[-1][1] += count
    out = [0.0] * len(wanted)
    place = 0
    top = high - (len(wanted) - 1) * size
    for total, count in blocks:
        base = max(low, min(total / count, top))
        for _ in range(int(count)):
            out[order[place]] = base + place * size
            place += 1
    return out
