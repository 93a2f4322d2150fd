"""Borders, coasts and countries under a map: read from the packed atlas, projected, cut to the view.

The atlas is TopoJSON: lines ("arcs") that neighbours share, with rounded coordinates written as differences; a ring is a
list of arc numbers, a number i < 0 meaning arc ~i backwards. Shared lines make borders that neighbours agree on, also
after simplifying, and tell a border (two countries) from a coast (one).
"""

from __future__ import annotations

import gzip
import json
from collections import Counter
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files

import numpy as np

from straits.report.drawing.svg import element, path_data, text_width
from straits.report.maps.projection import (
    Albers,
    Points,
    centre_longitude,
    cut_line,
    cut_ring,
    inside_rings,
    ring_area,
    simplify,
)

LAND, LAND_FOCUS, WATER, COAST, BORDER = "#f1efe8", "#e6e1d3", "#dfe9f0", "#9fb0bd", "#b3aca0"

#: Font size of the names of countries, pixels.
NAME_SIZE = 10.0

Ring = tuple[int, ...]


@dataclass(frozen=True)
class Country:
    """A country: code, name, polygons; a polygon is its outer ring followed by its holes."""

    code: str
    name: str
    polygons: tuple[tuple[Ring, ...], ...]


@dataclass(frozen=True)
class World:
    """The atlas: arcs as (n, 2) arrays of longitude and latitude, and the countries made of them."""

    arcs: tuple[Points, ...]
    countries: tuple[Country, ...]

    def ring(self, ring: Ring, arcs: tuple[Points, ...] | None = None) -> Points:
        """Return the points of a ring, the first not repeated at the end. `arcs` may be simplified ones."""
        arcs = self.arcs if arcs is None else arcs
        parts = [arcs[i] if i >= 0 else arcs[~i][::-1] for i in ring]
        return np.concatenate([part[:-1] for part in parts])


@cache
def load_world() -> World:
    """Read the atlas that comes with the package."""
    packed = files("straits.report").joinpath("data/world-50m.json.gz").read_bytes()
    topology = json.loads(gzip.decompress(packed))
    scale, shift = np.array(topology["transform"]["scale"]), np.array(topology["transform"]["translate"])
    arcs = tuple(np.cumsum(np.array(arc, float), axis=0) * scale + shift for arc in topology["arcs"])
    countries = tuple(
        Country(
            shape["id"],
            shape["properties"]["name"],
            tuple(tuple(tuple(ring) for ring in polygon) for polygon in shape["arcs"]),
        )
        for shape in topology["objects"]["countries"]["geometries"]
    )
    return World(arcs, countries)


def unwrap(ring: Points) -> Points:
    """Return a ring whose longitudes run on without jumps at the 180th meridian.

    A ring round a pole does not come back to where it started: it is led over the pole, so that it closes.
    """
    lon = ring[:, 0]
    steps = np.mod(np.diff(np.append(lon, lon[0])) + 180.0, 360.0) - 180.0
    # A step of exactly half a turn has no direction; the atlas has none, and -180 is as good as 180 for a closed ring.
    run = lon[0] + np.concatenate([[0.0], np.cumsum(steps)])
    out = np.column_stack([run[:-1], ring[:, 1]])
    turn = round((run[-1] - run[0]) / 360.0)
    if turn:
        pole = 90.0 if ring[:, 1].mean() > 0 else -90.0
        out = np.vstack([out, [run[-1], ring[0, 1]], [run[-1], pole], [run[0], pole]])
    return out


@dataclass(frozen=True)
class View:
    """A window on the projected Earth, in pixels.

    `scale` is pixels per unit of the sphere's radius; `centre` the projected point in the middle of the window.
    """

    projection: Albers
    width: float
    height: float
    scale: float
    centre: tuple[float, float]

    @classmethod
    def around(
        cls,
        lon: Points,
        lat: Points,
        width: float,
        *,
        margin: float = 40.0,
        tallest: float = 0.75,
        flattest: float = 0.4,
    ) -> View:
        """Fit a window of the given width round places, with a margin in pixels.

        The height follows the data between `flattest` and `tallest` times the width.
        """
        lon, lat = np.asarray(lon, float), np.asarray(lat, float)
        if not len(lon):
            raise ValueError("a map needs at least one place with coordinates")
        projection = Albers.fitted(lon, lat)
        xy = projection.forward(projection.relative(lon), lat)
        low, high = xy.min(0), xy.max(0)
        # Half a degree keeps a single place or a straight line of places from blowing up the scale.
        span = np.maximum(high - low, np.radians(0.5))
        height = float(
            np.clip((width - 2 * margin) * span[1] / span[0] + 2 * margin, flattest * width, tallest * width)
        )
        scale = float(min((width - 2 * margin) / span[0], (height - 2 * margin) / span[1]))
        centre = (low + high) / 2
        return cls(projection, width, height, scale, (float(centre[0]), float(centre[1])))

    def pixels(self, lon: Points, lat: Points) -> Points:
        """Return pixel positions (n, 2), y downwards, of longitudes and latitudes."""
        lam = self.projection.relative(np.asarray(lon, float))
        return self.plane_to_pixels(self.projection.forward(lam, np.asarray(lat, float)))

    def plane_to_pixels(self, xy: Points) -> Points:
        """Return pixel positions of projected points."""
        x = (xy[:, 0] - self.centre[0]) * self.scale + self.width / 2
        y = self.height / 2 - (xy[:, 1] - self.centre[1]) * self.scale
        return np.column_stack([x, y])

    def window(self, pad: float = 1.0) -> tuple[float, float, float, float]:
        """Return a box of relative longitude and latitude that holds all the view shows."""
        across, down = np.meshgrid(np.linspace(0, self.width, 41), np.linspace(0, self.height, 41))
        x = (across.ravel() - self.width / 2) / self.scale + self.centre[0]
        y = (self.height / 2 - down.ravel()) / self.scale + self.centre[1]
        lam, lat = self.projection.inverse(np.column_stack([x, y]))
        seen = np.isfinite(lam) & np.isfinite(lat)
        if not seen.all():  # beyond the edge of the world: everything may show
            return -180.0, -90.0, 180.0, 90.0
        west, east = max(-180.0, lam.min() - pad), min(180.0, lam.max() + pad)
        # A view that holds a pole sees all longitudes near it, between the points of the grid.
        pole = self.plane_to_pixels(self.projection.forward(np.zeros(2), np.array([90.0, -90.0])))
        inside = np.all((pole >= 0) & (pole <= [self.width, self.height]), axis=1)
        north = 90.0 if inside[0] else min(90.0, lat.max() + pad)
        south = -90.0 if inside[1] else max(-90.0, lat.min() - pad)
        return (-180.0, south, 180.0, north) if inside.any() else (west, south, east, north)


@dataclass(frozen=True)
class Basemap:
    """What lies under a map: each country's visible rings in pixels (outer rings and holes), coasts and borders."""

    view: View
    countries: dict[str, tuple[str, list[Points]]]
    """Code to name and rings; outer rings run counter-clockwise as seen (y downwards gives them negative area)."""
    coasts: list[Points]
    borders: list[Points]

    @cached_property
    def name_spots(self) -> list[tuple[str, float, Points]]:
        """Where the names of countries fit inside them: text, half its width, and the possible middles (n, 2).

        The largest countries come first; those too small for their name are left out.
        """
        step = 14.0
        xs, ys = np.arange(step, self.view.width, step), np.arange(step, self.view.height, step)
        grid = np.stack(np.meshgrid(xs, ys), axis=-1).reshape(-1, 2)
        found = []
        for name, rings in self.countries.values():
            text = name.upper()
            half = (text_width(text, NAME_SIZE) + len(text) * 1.2) / 2
            main = max(rings, key=lambda ring: abs(ring_area(ring)))
            low, high = main.min(axis=0), main.max(axis=0)
            room = float(np.prod(high - low))
            if high[0] - low[0] < 2 * half or room < 4 * half * NAME_SIZE:
                continue
            spots = grid[((grid > low) & (grid < high)).all(axis=1)]
            for offset in (
                (0, 0),
                (-half, 0),
                (half, 0),
                (-half / 2, 0),
                (half / 2, 0),
                (0, -NAME_SIZE),
                (0, NAME_SIZE),
            ):
                spots = spots[inside_rings(spots + np.array(offset), rings)]
            if len(spots):
                found.append((room, text, half, spots))
        return [(text, half, spots) for _, text, half, spots in sorted(found, key=lambda item: -item[0])]

    def svg(self, ident: str, focus: frozenset[str] = frozenset()) -> str:
        """Return a group element with water, land, coasts and borders; countries in `focus` are a shade darker."""
        parts = [element("rect", width=self.view.width, height=self.view.height, fill=WATER)]
        for dark in (False, True):
            data = "".join(
                path_data(ring, close=True)
                for code, (_, rings) in self.countries.items()
                if (code in focus) == dark
                for ring in rings
            )
            if data:
                fill = LAND_FOCUS if dark else LAND
                parts.append(
                    element("path", d=data, fill=fill, fill_rule="evenodd", stroke=fill, stroke_width=0.5)
                )
        for lines, colour, width in ((self.borders, BORDER, 0.8), (self.coasts, COAST, 0.7)):
            data = "".join(path_data(line) for line in lines)
            if data:
                parts.append(
                    element(
                        "path",
                        d=data,
                        fill="none",
                        stroke=colour,
                        stroke_width=width,
                        stroke_linejoin="round",
                    )
                )
        return element("g", "".join(parts), id=ident)


def _simplified(world: World, view: View, tolerance: float) -> tuple[Points, ...]:
    """Simplify the arcs that may show to `tolerance` pixels; of the others only the ends matter.

    An arc whose bounding box misses the window may become a straight line: both stay on the same side of the window.
    """
    west, south, east, north = view.window()
    degrees = np.degrees(tolerance / view.scale)
    shrink = np.array([np.cos(np.radians(np.clip((south + north) / 2, -80, 80))), 1.0])
    out = []
    for arc in world.arcs:
        lon, lat = arc[:, 0], arc[:, 1]
        low, high = lon.min() - view.projection.lon0, lon.max() - view.projection.lon0
        hidden = lat.max() < south or lat.min() > north
        if high - low < 180.0:
            hidden = hidden or all(high + turn < west or low + turn > east for turn in (-360.0, 0.0, 360.0))
            out.append(arc[[0, -1]] if hidden else simplify(arc * shrink, degrees) / shrink)
        else:  # crosses the 180th meridian: left as it is, since its longitudes jump
            out.append(arc)
    return tuple(out)


def _visible_rings(
    ring: Points, view: View, window: tuple[float, float, float, float], least: float
) -> list[Points]:
    """Return the pieces of a ring in the view that cover more than `least` square pixels."""
    run = unwrap(ring)
    run[:, 0] -= view.projection.lon0
    frame = (0.0, 0.0, view.width, view.height)
    out = []
    for turn in (-720.0, -360.0, 0.0, 360.0, 720.0):
        if run[:, 0].max() + turn < window[0] or run[:, 0].min() + turn > window[2]:
            continue
        piece = cut_ring(run + np.array([turn, 0.0]), window)
        if len(piece) < 3:
            continue
        piece = _densify(piece)
        piece = cut_ring(view.plane_to_pixels(view.projection.forward(piece[:, 0], piece[:, 1])), frame)
        if len(piece) >= 3 and abs(ring_area(piece)) > least:
            out.append(piece)
    return out


def _densify(ring: Points, longest: float = 2.0) -> Points:
    """Put points on edges longer than `longest` degrees, so that parallels and cut edges bend with the projection."""
    ahead = np.roll(ring, -1, 0)
    pieces = np.maximum(1, np.ceil(np.abs(ahead - ring).max(1) / longest)).astype(int)
    if (pieces == 1).all():
        return ring
    start = np.repeat(np.arange(len(ring)), pieces)
    share = np.concatenate([np.arange(count) / count for count in pieces])
    return ring[start] + (ahead - ring)[start] * share[:, None]


def draw_basemap(view: View, tolerance: float = 0.35) -> Basemap:
    """Project the atlas and cut it to the view.

    Parameters
    ----------
    view
        The window.
    tolerance
        How far (pixels) simplified lines may lie from the true ones.
    """
    world = load_world()
    arcs = _simplified(world, view, tolerance)
    window = view.window()
    countries: dict[str, tuple[str, list[Points]]] = {}
    uses: Counter[int] = Counter()
    for country in world.countries:
        rings = []
        for polygon in country.polygons:
            for place, ring in enumerate(polygon):
                uses.update(i if i >= 0 else ~i for i in ring)
                points = world.ring(ring, arcs)
                if len(points) < 3:
                    continue
                for piece in _visible_rings(points, view, window, 0.15 * tolerance):
                    wanted = -1.0 if place == 0 else 1.0  # y runs downwards: counter-clockwise is negative
                    rings.append(piece if ring_area(piece) * wanted > 0 else piece[::-1])
        if rings:
            countries[country.code] = (country.name, rings)
    coasts: list[Points] = []
    borders: list[Points] = []
    for i, count in uses.items():
        (borders if count > 1 else coasts).extend(_visible_lines(arcs[i], view, window))
    return Basemap(view, countries, coasts, borders)


def _visible_lines(arc: Points, view: View, window: tuple[float, float, float, float]) -> list[Points]:
    lam, lat = view.projection.relative(arc[:, 0]), arc[:, 1]
    if lat.max() < window[1] or lat.min() > window[3] or lam.max() < window[0] or lam.min() > window[2]:
        return []
    # The 180th meridian is where the atlas was cut, not a coast.
    seam = (np.abs(np.abs(arc[:-1, 0]) - 180.0) < 1e-3) & (np.abs(np.abs(arc[1:, 0]) - 180.0) < 1e-3)
    breaks = np.flatnonzero(seam | (np.abs(np.diff(lam)) > 180.0) | (np.abs(arc[:-1, 1]) > 89.9)) + 1
    out = []
    for part in np.split(np.arange(len(arc)), breaks):
        if len(part) > 1:
            points = view.plane_to_pixels(view.projection.forward(lam[part], lat[part]))
            out += cut_line(points, (0.0, 0.0, view.width, view.height))
    return out


__all__ = ["Basemap", "View", "World", "centre_longitude", "draw_basemap", "load_world"]
