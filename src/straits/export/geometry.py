"""Courses of links for maps: ships along real sea lanes, pipelines through way points. The model takes no distance from them."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from straits.case.files.csv import MOST_BYTES
from straits.errors import MissingExtra, StraitsError, did_you_mean
from straits.files import read_regular

if TYPE_CHECKING:
    from straits.case.case import Case

#: How far the sea network may begin or end from a place, km, and how much longer than the straight line a course may be: a sea
#: that the network does not know (the Caspian) would else be left over land.
_NEAR, _LONGEST = 150.0, 12.0
#: Points that a line may have, and how far, degrees, it may be moved to have fewer.
_TOLERANCE = 0.02
_WAYPOINTS = ("link", "lon", "lat")


@dataclass(frozen=True)
class Routes:
    """What was found.

    Attributes
    ----------
    collection : dict
        GeoJSON feature collection, one line for each link that has a course.
    left_out : dict of str to str
        Links that are drawn straight, and why.
    """

    collection: dict[str, Any]
    left_out: dict[str, str]


def find_routes(case: Case, waypoints: Path | str | None = None) -> Routes:
    """Find the course of links: of sea links on the network of the package searoute, of others through way points.

    Parameters
    ----------
    case : Case
    waypoints : Path or str, optional
        CSV with columns link, lon, lat: points between the two ends of a link, in order.

    Returns
    -------
    Routes
        What `routes.geojson` of the case has and neither way points nor the sea network give stays.

    Raises
    ------
    StraitsError
        No place has coordinates, searoute is not installed, or the way points are wrong: all that is wrong, together.
    """
    places, links = case.rows("places"), case.rows("links")
    at = {key: (p.lon, p.lat) for key, p in places.items() if p.lon is not None and p.lat is not None}
    if not at:
        raise StraitsError(
            f"case {case.settings.id}: no place has coordinates, so no link has a course; give lon and lat in table places"
        )
    between = {} if waypoints is None else read_waypoints(Path(waypoints), case)
    kept = {
        str((f.get("properties") or {}).get("link", f.get("id"))): f
        for f in (case.routes or {}).get("features", [])
    }
    left: dict[str, str] = {}
    for ident, link in links.items():
        start, end = at.get(link.from_place), at.get(link.to_place)
        if start is None or end is None:
            left[ident] = f"place {link.from_place if start is None else link.to_place} has no coordinates"
        elif ident in between:
            kept[ident] = _feature(ident, [start, *between[ident], end], "way points")
        elif link.mode == "sea":
            line, why = sea_course(start, end)
            if line is not None:
                kept[ident] = _feature(ident, line, "searoute")
            elif ident not in kept:
                left[ident] = why
    features = [kept[ident] for ident in links if ident in kept]
    return Routes({"type": "FeatureCollection", "features": features}, left)


def sea_course(
    start: tuple[float, float], end: tuple[float, float]
) -> tuple[list[tuple[float, float]] | None, str]:
    """Return the course of a ship between two points; None and why, where the sea network does not reach them.

    Raises
    ------
    MissingExtra
        If searoute is not installed.
    """
    try:
        import searoute
    except ImportError as error:
        raise MissingExtra("a course along sea lanes", "geo", error) from error
    straight = distance(start, end)
    found = searoute.searoute(list(start), list(end), units="km")
    line = [(float(x), float(y)) for x, y, *_ in found["geometry"]["coordinates"]]
    if len(line) < 2:
        return None, "the sea network has no course between its ends"
    away = max(distance(line[0], start), distance(line[-1], end))
    if away > _NEAR:
        return None, f"the sea network comes no nearer than {away:,.0f} km to one of its ends"
    length = sum(distance(a, b) for a, b in pairwise(line))
    if length > max(_LONGEST * straight, 500.0) or (straight < _NEAR and length > 4 * straight + 50):
        return (
            None,
            f"the course of the sea network is {length:,.0f} km long, its ends are {straight:,.0f} km apart",
        )
    return _thinned([start, *line, end]), ""


def read_waypoints(path: Path, case: Case) -> dict[str, list[tuple[float, float]]]:
    """Read way points by link.

    Raises
    ------
    StraitsError
        With every row that is wrong.
    """
    try:
        text = read_regular(path, MOST_BYTES, links=True).decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise StraitsError(f"{path}: cannot be read: {error}") from error
    rows = list(csv.DictReader(io.StringIO(text)))
    names = tuple(rows[0]) if rows else ()
    if not set(_WAYPOINTS) <= set(names):
        raise StraitsError(
            f"{path}: found columns {', '.join(map(str, names)) or 'none'}; accepted: {', '.join(_WAYPOINTS)}"
        )
    known = case.rows("links")
    out: dict[str, list[tuple[float, float]]] = {}
    wrong = []
    for line, row in enumerate(rows, 2):
        link = (row["link"] or "").strip()
        if link not in known:
            wrong.append(
                f"line {line}, column link: {link!r} is no link of the case{did_you_mean(link, known)}"
            )
            continue
        try:
            lon, lat = float(row["lon"] or ""), float(row["lat"] or "")
        except ValueError:
            lon = lat = float("nan")
        if not (-180 <= lon <= 180 and -90 <= lat <= 90):
            wrong.append(
                f"line {line}, columns lon and lat: found {row['lon']!r}, {row['lat']!r}; accepted: degrees"
            )
            continue
        out.setdefault(link, []).append((lon, lat))
    if wrong:
        more = f"\n… and {len(wrong) - 20} more" if len(wrong) > 20 else ""
        raise StraitsError(f"{path}: way points that are wrong:\n" + "\n".join(wrong[:20]) + more)
    return out


def distance(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Return the distance of two points on the sphere, km (haversine formula)."""
    lon, lat = np.radians([b[0] - a[0], b[1] - a[1]])
    h = np.sin(lat / 2) ** 2 + np.cos(np.radians(a[1])) * np.cos(np.radians(b[1])) * np.sin(lon / 2) ** 2
    return float(2 * 6371.0 * np.arcsin(np.sqrt(min(1.0, h))))


def _thinned(line: list[tuple[float, float]]) -> list[tuple[float, float]]:
    from straits.report.maps.projection import simplify

    return [(float(x), float(y)) for x, y in simplify(np.array(line), _TOLERANCE)]


def _feature(link: str, line: list[tuple[float, float]], source: str) -> dict[str, Any]:
    points = [[round(x, 4), round(y, 4)] for x, y in line]
    properties: Mapping[str, Any] = {"link": link, "source": source}
    return {
        "type": "Feature",
        "properties": dict(properties),
        "geometry": {"type": "LineString", "coordinates": points},
    }
