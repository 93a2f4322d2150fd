"""Network maps: capacity as a halo, flow as a width, arrows for direction, dashes where a link is closed."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from straits.report import format as fmt
from straits.report.drawing.legend import (
    FLOW,
    HALO,
    IDLE,
    PROCESS,
    THINNEST,
    WIDEST_FLOW,
    WIDEST_HALO,
    Grades,
    closed_mark,
    draw_legend,
    legend_height,
    place_symbol,
    process_mark,
)
from straits.report.drawing.svg import (
    BLUE,
    INK,
    PAPER,
    VERMILION,
    Svg,
    element,
    path_data,
    shorten,
)
from straits.report.maps.arc import Arc
from straits.report.maps.basemap import Basemap
from straits.report.maps.geometry import arc_length, at_share, link_lines, resample
from straits.report.maps.labels import Placer
from straits.report.maps.projection import Points, simplify
from straits.report.maps.words import NOTABLE, change_labels, country_names, number_labels, place_labels

GAP, TITLE_HEIGHT = 20.0, 30.0


@dataclass(frozen=True)
class Panel:
    """One map: a title and the links to draw.

    `links` has the columns id, name, from_place, to_place, mode, flow, capacity (inf: no limit), closed, lost_capacity
    (share, for links that are closed in part), change (flow less the baseline's; 0 in the baseline itself).
    All rates have one unit. A graded map needs a column loss too (nan: not known).
    """

    title: str
    links: pd.DataFrame


def _arcs(panel: Panel, lines: Mapping[str, Points]) -> list[Arc]:
    """Return the links of a panel that can be drawn, the widest flow first."""
    table = panel.links.sort_values("flow", ascending=False)
    if "loss" not in table:
        table = table.assign(loss=np.nan)
    names = [
        "id",
        "name",
        "from_place",
        "to_place",
        "flow",
        "capacity",
        "change",
        "closed",
        "lost_capacity",
        "loss",
    ]
    return [
        Arc(
            str(name),
            lines[ident],
            start,
            end,
            float(flow),
            float(capacity),
            float(change),
            bool(closed),
            float(lost),
            float(loss),
        )
        for ident, name, start, end, flow, capacity, change, closed, lost, loss in zip(
            *(table[n] for n in names), strict=True
        )
        if ident in lines
    ]


@dataclass(frozen=True)
class NetworkMap:
    """A finished map, and the labels of places for which there was no room in any panel."""

    svg: str
    dropped: tuple[str, ...]
    missing: tuple[str, ...]
    """Links that cannot be drawn, since a place of theirs has no coordinates."""


def width_scale(panels: list[Panel]) -> float:
    """Return pixels per unit of flow, the same for all panels."""
    largest = max((float(panel.links["flow"].max()) for panel in panels if len(panel.links)), default=0.0)
    if largest <= 0:
        finite = [c for panel in panels for c in panel.links["capacity"] if np.isfinite(c)]
        largest = max(finite, default=1.0) or 1.0
    return WIDEST_FLOW / largest


def network_map(
    ident: str,
    title: str,
    description: str,
    panels: list[Panel],
    places: pd.DataFrame,
    base: Basemap,
    *,
    unit: str,
    base_id: str | None = None,
    routes: Mapping[str, object] | None = None,
    grades: Grades | None = None,
    changes: bool = False,
    processes: Collection[str] = (),
) -> NetworkMap:
    """Draw one or two maps of a network side by side, at one scale.

    Parameters
    ----------
    ident, title, description
        For the page and for screen readers.
    panels
        The maps; the first is the one that others are compared with.
    places
        Columns id, name, kind, lon, lat; rows without coordinates are not drawn.
    base
        Countries, coasts and borders. Its view is the view of every panel.
    unit
        Unit of flows and capacities.
    base_id
        Id of a basemap that is already in the page; None puts a copy into the drawing.
    routes
        GeoJSON geometry of links.
    grades
        Classes that colour links by their loss, in place of their change of flow.
    changes
        Whether the first map shows changes too: it is of a scenario, and what it is compared with is not drawn.
    processes
        Places at which processes stand.
    """
    view = base.view
    width = len(panels) * view.width + (len(panels) - 1) * GAP
    svg = Svg(
        ident,
        width,
        TITLE_HEIGHT + view.height + legend_height(width, graded=grades is not None),
        title,
        description,
    )
    scale = width_scale(panels)
    located = places[places["lon"].notna() & places["lat"].notna()]
    columns = (located["id"], located["lon"], located["lat"])
    positions = {str(ident): (float(lon), float(lat)) for ident, lon, lat in zip(*columns, strict=True)}
    links = pd.concat([panel.links for panel in panels]).drop_duplicates("id")
    widest = pd.concat([panel.links for panel in panels]).groupby("id")["flow"].max()
    lines = link_lines(
        links, positions, view, routes, {str(key): float(value) * scale for key, value in widest.items()}
    )
    dropped: set[str] | None = None
    for place, panel in enumerate(panels):
        left = place * (view.width + GAP)
        svg.text(left, 18, panel.title, size=14, bold=True)
        body, lost = _draw_panel(
            f"{ident}-{place}",
            panel,
            lines,
            located,
            base,
            scale,
            unit,
            base_id,
            changes or place > 0,
            grades,
            processes,
        )
        frame = {"width": view.width, "height": view.height}
        # Ends of lines are round in the whole panel, which says so once.
        svg.add(
            element("svg", body, x=left, y=TITLE_HEIGHT, overflow="hidden", stroke_linecap="round", **frame)
        )
        svg.rect(left, TITLE_HEIGHT, fill="none", stroke="#8a939c", stroke_width=0.8, **frame)
        dropped = lost if dropped is None else dropped & lost
    draw_legend(
        svg,
        TITLE_HEIGHT + view.height + 14,
        scale,
        unit,
        compared=changes or len(panels) > 1,
        grades=grades,
        processes=bool(set(processes) & set(located["id"])),
    )
    missing = tuple(ident for ident in links["id"] if ident not in lines)
    return NetworkMap(svg.render(), tuple(sorted(dropped or ())), missing)


def _draw_panel(
    ident: str,
    panel: Panel,
    lines: Mapping[str, Points],
    places: pd.DataFrame,
    base: Basemap,
    scale: float,
    unit: str,
    base_id: str | None,
    compared: bool,
    grades: Grades | None,
    processes: Collection[str],
) -> tuple[str, set[str]]:
    view = base.view
    sheet = Svg(ident, view.width, view.height, panel.title, "")
    sheet.add(element("use", href=f"#{base_id}") if base_id else base.svg(f"{ident}-base"))
    placer = Placer(view.width, view.height)
    rows = _arcs(panel, lines)
    largest = max((row.flow for row in rows), default=0.0)

    def colour(row: Arc) -> str:
        return _flow_colour(row, largest, compared) if grades is None else grades.colour(row.loss)

    # Halos lie under every flow. Lines of one look are a group that says it once.
    halos = [
        element(
            "path",
            d=_course(row.line),
            stroke_width=round(min(row.capacity * scale + 2.0, WIDEST_HALO), 2),
        )
        for row in rows
        if np.isfinite(row.capacity) and row.capacity > 0 and not row.closed
    ]
    sheet.add(element("g", "".join(halos), fill="none", stroke=HALO, opacity=0.75))
    idle = [element("path", d=_course(row.line)) for row in rows if row.flow <= 0 and not row.closed]
    sheet.add(element("g", "".join(idle), fill="none", stroke=IDLE, stroke_width=0.9))
    for row in rows:
        if row.flow > 0:
            _stroke(sheet, row.line, colour(row), max(row.flow * scale, THINNEST))
    for row in rows:
        if row.flow > 0:
            _arrow(sheet, row.line, row.flow * scale, colour(row))
    for row in rows:
        thick = max(row.flow * scale, 2.0)
        placer.keep_off(resample(row.line, 5.0), thick / 2)
        if row.closed:
            _stroke(sheet, row.line, PAPER, 3.4)
            dashes = {"stroke_dasharray": "5 4", "stroke_linecap": "butt"}
            sheet.path(_course(row.line), stroke=INK, stroke_width=1.8, **dashes)
    used = _used_places(rows)
    marks = _place_marks(sheet, places, used, base, placer, processes)
    _closures(sheet, rows, placer)
    if compared:
        change_labels(sheet, rows, placer, largest, unit)
    if grades is not None:
        losses = [(row, row.loss, fmt.number(row.loss), colour(row)) for row in rows if row.loss > 0]
        number_labels(
            sheet, losses, placer, 0.02 * max((row.loss for row in rows if row.loss > 0), default=0.0)
        )
    dropped = place_labels(sheet, marks, used, placer)
    country_names(sheet, base, placer)
    return "\n".join(sheet.parts), dropped


def _flow_colour(row: Arc, largest: float, compared: bool) -> str:
    change = row.change if compared else 0.0
    if abs(change) <= NOTABLE * largest:
        return FLOW
    return BLUE if change > 0 else VERMILION


def _stroke(sheet: Svg, line: Points, colour: str, width: float, **more: Any) -> None:
    sheet.path(
        _course(line),
        stroke=colour,
        stroke_width=round(width, 2),
        **more,
    )


def _course(line: Points) -> str:
    """Return the path of a line without the points that nobody sees: a fifth of a pixel off."""
    return path_data(simplify(line, 0.2))


def _arrow(sheet: Svg, line: Points, width: float, colour: str) -> None:
    half, length = width / 2 + 2.6, width * 0.45 + 5.5
    if arc_length(line)[-1] < 2.2 * length:
        return
    point, along = at_share(line, 0.58)
    across = np.array([-along[1], along[0]])
    tip, tail = point + along * length * 0.6, point - along * length * 0.4
    sheet.path(
        path_data([tip, tail + across * half, tail - across * half], close=True),
        fill=colour,
        stroke=PAPER,
        stroke_width=0.8,
    )


def _closures(sheet: Svg, rows: list[Arc], placer: Placer, most: int = 4) -> None:
    """Mark closed and partly closed links above all places, and name those whose closing changes most."""
    struck = sorted(
        (row for row in rows if row.closed or row.lost > 0), key=lambda row: (not row.closed, row.change)
    )
    spots = []
    for row in struck:
        (x, y), _ = at_share(row.line, 0.5 if row.closed else 0.42)
        closed_mark(sheet, float(x), float(y), partial=not row.closed)
        placer.block((x - 6.5, y - 6.5, x + 6.5, y + 6.5))
        spots.append((float(x), float(y), row))
    for x, y, row in spots[:most]:
        text = shorten(row.name, 10.5, 210, bold=True) if row.closed else ""
        label = placer.label_point(x, y, 6.5, text, 10.5, bold=True) if text else None
        if label is not None:
            sheet.text(label.x, label.y, text, size=10.5, bold=True, halo=True)


def _used_places(rows: list[Arc]) -> dict[str, float]:
    """Return the places at the ends of drawn links, with the flow that passes there: the larger of in and out."""
    ins: dict[str, float] = {}
    outs: dict[str, float] = {}
    for row in rows:
        outs[row.from_place] = outs.get(row.from_place, 0.0) + row.flow
        ins[row.to_place] = ins.get(row.to_place, 0.0) + row.flow
    return {place: max(ins.get(place, 0.0), outs.get(place, 0.0)) for place in ins.keys() | outs.keys()}


def _place_marks(
    sheet: Svg,
    places: pd.DataFrame,
    used: Mapping[str, float],
    base: Basemap,
    placer: Placer,
    processes: Collection[str],
) -> list[tuple[str, str, float, float, float]]:
    """Draw the marks, take their room, and return id, name, position and radius of each."""
    shown = places[places["id"].isin(list(used))]
    xy = base.view.pixels(shown["lon"].to_numpy(float), shown["lat"].to_numpy(float))
    out = []
    for (x, y), ident, name, kind in zip(xy, shown["id"], shown["name"], shown["kind"], strict=True):
        if ident in processes:
            process_mark(sheet, x, y)
        place_symbol(sheet, str(kind), x, y)
        half = PROCESS if ident in processes else 3.0
        placer.block((x - half, y - half, x + half, y + half))
        out.append((str(ident), str(name), float(x), float(y), half))
    return out
