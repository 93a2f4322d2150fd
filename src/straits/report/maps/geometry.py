"""Where links run on a map, in pixels: along given routes, or bent so that parallel links lie side by side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from straits.report.maps.basemap import View
from straits.report.maps.projection import Points

#: A sea link without a given route bows out by this share of its length, so that it does not look like a pipeline.
SEA_BEND = 0.10

_SAMPLES = 14


def given_routes(routes: Mapping[str, Any] | None) -> dict[str, Points]:
    """Return longitudes and latitudes (n, 2) by link from a GeoJSON collection of LineStrings.

    A feature names its link in the property `link`, or else in `id`.
    """
    out: dict[str, Points] = {}
    for feature in (routes or {}).get("features", []):
        properties = feature.get("properties") or {}
        link = properties.get("link", feature.get("id"))
        geometry = feature.get("geometry") or {}
        if link is None or geometry.get("type") != "LineString":
            continue
        points = np.array([pair[:2] for pair in geometry["coordinates"]], float)
        if len(points) > 1:
            out[str(link)] = points
    return out


def arc_length(line: Points) -> Points:
    """Return the length (n,) along a line up to each of its points."""
    return np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])


def resample(line: Points, spacing: float) -> Points:
    """Return points along a line about `spacing` apart, its ends among them."""
    along = arc_length(line)
    count = max(2, int(np.ceil(along[-1] / spacing)) + 1)
    at = np.linspace(0.0, along[-1], count)
    return np.column_stack([np.interp(at, along, line[:, 0]), np.interp(at, along, line[:, 1])])


def at_share(line: Points, share: float) -> tuple[Points, Points]:
    """Return the point at a share of the length of a line, and the unit direction there."""
    along = arc_length(line)
    at = share * along[-1]
    point = np.array([np.interp(at, along, line[:, 0]), np.interp(at, along, line[:, 1])])
    step = max(along[-1] * 0.04, 1e-6)
    ends = [np.array([np.interp(s, along, line[:, k]) for k in (0, 1)]) for s in (at - step, at + step)]
    direction = ends[1] - ends[0]
    length = float(np.hypot(*direction))
    return point, direction / length if length > 0 else np.array([1.0, 0.0])


def bow(start: Points, end: Points, height: float) -> Points:
    """Return a smooth arc from start to end that rises by `height` pixels to the right of its direction."""
    chord = end - start
    length = float(np.hypot(*chord))
    if length < 1e-9:
        return np.array([start, end])
    right = np.array([-chord[1], chord[0]]) / length  # y runs downwards
    control = (start + end) / 2 + 2 * height * right
    t = np.linspace(0.0, 1.0, 2 if height == 0 else _SAMPLES)[:, None]
    return (1 - t) ** 2 * start + 2 * t * (1 - t) * control + t**2 * end


def link_lines(
    links: pd.DataFrame,
    positions: Mapping[str, tuple[float, float]],
    view: View,
    routes: Mapping[str, Any] | None = None,
    widths: Mapping[str, float] | None = None,
) -> dict[str, Points]:
    """Return the line of each link in pixels, from where it starts to where it ends.

    Parameters
    ----------
    links
        Columns `id`, `from_place`, `to_place`, `mode`.
    positions
        Longitude and latitude of places; links of places without are left out.
    view
        The window.
    routes
        GeoJSON of the case: used as it is, turned round where it runs from end to start.
    widths
        Width in pixels of links, for the distance between links that join the same two places.
    """
    widths = widths or {}
    given = given_routes(routes)
    out: dict[str, Points] = {}
    parallel: dict[tuple[str, str], list[tuple[str, str, str, str]]] = {}
    rows = links[["id", "from_place", "to_place", "mode"]].itertuples(index=False, name=None)
    for ident, start, end, mode in rows:
        if start not in positions or end not in positions:
            continue
        if ident in given:
            line = view.pixels(given[ident][:, 0], given[ident][:, 1])
            first = view.pixels(*np.array([positions[start]]).T)[0]
            out[ident] = line[::-1] if np.hypot(*(line[-1] - first)) < np.hypot(*(line[0] - first)) else line
        else:
            parallel.setdefault((min(start, end), max(start, end)), []).append((ident, start, end, mode))
    for (low, high), group in parallel.items():
        a, b = view.pixels(*np.array([positions[low], positions[high]]).T)
        distance = float(np.hypot(*(b - a)))
        gap = 4.0 + max(widths.get(ident, 0.0) for ident, *_ in group)
        for place, (ident, start, _, mode) in enumerate(group):
            height = (place - (len(group) - 1) / 2) * gap
            if mode == "sea":
                height += SEA_BEND * distance
            line = bow(a, b, height)
            out[ident] = line if start == low else line[::-1]
    return out
