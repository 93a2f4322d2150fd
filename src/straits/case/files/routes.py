"""Routes of links: GeoJSON, read and looked at before anything is drawn from it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from straits.case.files.cells import CellError, clean_text
from straits.case.findings import Finding

ROUTES_FILE = "routes.geojson"
#: Features and points that are looked at one by one before the rest of the faults is only counted.
_TOLD = 20


def read_routes(data: bytes, findings: list[Finding]) -> Any:
    """Read GeoJSON text; None, with an error added to `findings`, for what is no JSON.

    Parameters
    ----------
    data : bytes
    findings : list of Finding

    Returns
    -------
    Any
        What `sound_routes` then looks at.
    """
    try:
        found = json.loads(data.decode("utf-8-sig"))
        if found is not None:
            return found
        text = "found no GeoJSON FeatureCollection"
    except RecursionError:
        text = "the file is nested too deeply"
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        text = str(error)[:300]
    except ValueError:  # Python's own words name one of its settings
        text = "found a whole number of too many digits; accepted: numbers of degrees"
    findings.append(Finding("unreadable_file", "error", text, ROUTES_FILE))
    return None


def sound_routes(found: Any, findings: list[Finding]) -> dict[str, Any] | None:
    """Give the routes if they have the form of GeoJSON lines, names of links as ids are written; else add errors to `findings`.

    Parameters
    ----------
    found : Any
        A feature collection as it was read, or made in memory.
    findings : list of Finding

    Returns
    -------
    dict or None
    """
    if not isinstance(found, dict) or found.get("type") != "FeatureCollection":
        text = "found no GeoJSON FeatureCollection"
        findings.append(Finding("unreadable_file", "error", text, ROUTES_FILE))
        return None
    crs = found.get("crs")
    if crs is not None and not re.search(r"CRS84|4326\b", str(crs)):
        text = f"found the reference system {_short(crs)}; accepted: WGS 84, longitude and latitude in degrees (RFC 7946)"
        findings.append(Finding("unreadable_file", "error", text, ROUTES_FILE))
        return None
    try:
        found = json.loads(json.dumps(found))  # a copy, in which names can be cleaned
    except (TypeError, ValueError, RecursionError) as error:
        text = f"it cannot be written as JSON: {str(error)[:200]}"
        findings.append(Finding("unreadable_file", "error", text, ROUTES_FILE))
        return None
    problems = list(_problems(found))
    for text in problems[:_TOLD]:
        findings.append(Finding("unreadable_file", "error", text, ROUTES_FILE))
    if len(problems) > _TOLD:
        more = f"{len(problems) - _TOLD} more features are wrong"
        findings.append(Finding("unreadable_file", "error", more, ROUTES_FILE))
    if problems:
        return None
    try:
        json.dumps(found, allow_nan=False)
    except ValueError:
        text = "a property is not a number or without limit, which JSON cannot hold"
        findings.append(Finding("unreadable_file", "error", text, ROUTES_FILE))
        return None
    return found


def _problems(found: dict[str, Any]) -> Iterator[str]:
    features = found.get("features")
    if not isinstance(features, list):
        yield "features is missing or no list"
        return
    for number, feature in enumerate(features, start=1):
        try:
            problem = _problem(feature)
        except CellError as error:
            problem = str(error)
        if problem:
            yield f"feature {number}: {problem}"


def _problem(feature: Any) -> str | None:
    if not isinstance(feature, dict):
        return "it is no mapping; accepted: a Feature with properties and a geometry"
    properties, geometry = feature.get("properties"), feature.get("geometry")
    if not isinstance(properties, dict | None):
        return "properties is no mapping"
    for holder, name in ((properties or {}, "link"), (feature, "id")):
        if isinstance(holder.get(name), str):
            holder[name] = clean_text(holder[name]) or ""
        elif isinstance(holder.get(name), dict | list):
            return f"{name} is no id of a link"
    if geometry is None:
        return None
    if not isinstance(geometry, dict):
        return "geometry is no mapping"
    if geometry.get("type") != "LineString":
        return None  # drawn as a straight line, like a link without a route
    points = geometry.get("coordinates")
    if not isinstance(points, list | tuple):
        return "coordinates is missing or no list"
    wrong = next((point for point in points if not _is_point(point)), None)
    if wrong is None:
        return None
    return f"found the point {_short(wrong)}; accepted: [longitude, latitude] in degrees"


def _is_point(point: Any) -> bool:
    return (
        isinstance(point, list | tuple)
        and len(point) >= 2
        and all(isinstance(n, int | float) and not isinstance(n, bool) for n in point[:2])
        and all(abs(n) < 1e6 for n in point[:2])
    )


def _short(value: Any) -> str:
    import reprlib

    return reprlib.repr(value)


def routes_bytes(routes: dict[str, Any]) -> bytes:
    """Give GeoJSON text, one feature per line."""
    features = routes.get("features", [])
    head = {key: value for key, value in routes.items() if key != "features"}
    lines = ",\n".join(json.dumps(feature, ensure_ascii=False, allow_nan=False) for feature in features)
    start = json.dumps(head, ensure_ascii=False, allow_nan=False)[:-1]
    return f'{start}, "features": [\n{lines}\n]}}\n'.encode()
