"""Words on a map: changes and losses beside links, names of places and of countries, each where it covers nothing."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import TYPE_CHECKING

import numpy as np

from straits.report import format as fmt
from straits.report.drawing.svg import BLUE, PAPER, QUIET, VERMILION, Svg, element, text_width
from straits.report.maps.basemap import NAME_SIZE, Basemap
from straits.report.maps.geometry import at_share
from straits.report.maps.labels import NEAR, Box, Placer

if TYPE_CHECKING:
    from straits.report.maps.arc import Arc

#: A change of flow smaller than this share of the largest flow is drawn as no change.
NOTABLE = 0.005
#: Places with most flow whose names are written even where they cover lines.
ALWAYS = 3


def change_labels(sheet: Svg, rows: list[Arc], placer: Placer, largest: float, unit: str) -> None:
    """Write the largest changes of flow beside their links."""
    told = [
        (row, row.change, f"{fmt.signed(row.change, 2)} {unit}", BLUE if row.change > 0 else VERMILION)
        for row in rows
        if row.change
    ]
    number_labels(sheet, told, placer, 4 * NOTABLE * largest)


def number_labels(
    sheet: Svg, numbers: list[tuple[Arc, float, str, str]], placer: Placer, least: float, most: int = 8
) -> None:
    """Write the largest numbers (value, text, colour of the frame) beside their links, none below `least` in size.

    A chain of links with one number gets one label.
    """
    told: list[tuple[set[str], float]] = []
    for row, value, text, colour in sorted(numbers, key=lambda item: -abs(item[1])):
        if len(told) >= most or abs(value) <= least:
            break
        ends = {row.from_place, row.to_place}
        if any(ends & places and abs(value - other) < 0.03 * abs(other) for places, other in told):
            next(places for places, _ in told if ends & places).update(ends)
            continue
        width = text_width(text, 10.5, bold=True) + 8
        candidates: list[Box] = []
        for away in (12.0, 22.0, 34.0):
            for share in (0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8):
                (x, y), along = at_share(row.line, share)
                for side in (1.0, -1.0):
                    reach = away + abs(along[1]) * width / 2
                    cx, cy = x - along[1] * side * reach, y + along[0] * side * away
                    candidates.append((cx - width / 2, cy - 7.5, cx + width / 2, cy + 7.5))
        box = placer.best(candidates)
        if box is None:
            continue
        told.append((ends, value))
        sheet.rect(box[0], box[1], width, 15, PAPER, rx=3, stroke=colour, stroke_width=1)
        sheet.text((box[0] + box[2]) / 2, box[3] - 4, text, size=10.5, anchor="middle", bold=True)


def place_labels(
    sheet: Svg, marks: list[tuple[str, str, float, float, float]], used: Mapping[str, float], placer: Placer
) -> set[str]:
    """Write the names of places, those with most flow first; returns those for which there was no room.

    `marks` are id, name, position and radius of each. The first few have their names wherever there is room, with a line that
    leads to them from further off: a map without the name of its largest market would be read wrongly.
    """
    dropped, told = set(), []
    for number, (_, name, x, y, radius) in enumerate(
        sorted(marks, key=lambda mark: (-used[mark[0]], mark[1]))
    ):
        label = placer.label_point(x, y, radius, name, 10.5, needed=number < ALWAYS)
        if label is None:
            dropped.add(name)
            continue
        end_x, end_y = (
            min(max(at, low), high) for at, low, high in ((x, *label.box[::2]), (y, *label.box[1::2]))
        )
        if np.hypot(end_x - x, end_y - y) > radius + NEAR[-1] + 2:
            leader = {"stroke": QUIET, "stroke_width": 0.8}
            sheet.add(element("line", x1=float(x), y1=float(y), x2=float(end_x), y2=float(end_y), **leader))
        told.append(element("text", escape(name), x=float(label.x), y=float(label.y)))
    sheet.add(element("g", "".join(told), font_size=10.5, paint_order="stroke", stroke=PAPER, stroke_width=3))
    return dropped


def country_names(sheet: Svg, base: Basemap, placer: Placer) -> None:
    """Write the names of countries where they fit inside, near their middle, off lines and other labels."""
    size = NAME_SIZE
    for text, half, spots in base.name_spots:
        boxes = np.column_stack(
            [spots[:, 0] - half, spots[:, 1] - size / 2, spots[:, 0] + half, spots[:, 1] + size / 2]
        )
        order = np.argsort(np.hypot(*(spots - spots.mean(axis=0)).T), kind="stable")
        free = [i for i in order[:120] if placer.free(tuple(boxes[i]), gap=3.0)]
        best = next((i for i in free if placer.covered(tuple(boxes[i])) == 0), None)
        if best is None:
            continue
        placer.block(tuple(boxes[best]))
        x, y = spots[best]
        sheet.text(
            x, y + 0.35 * size, text, size=size, anchor="middle", fill=QUIET, letter_spacing=1.2, opacity=0.8
        )
