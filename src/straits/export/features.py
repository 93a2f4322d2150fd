"""Places and links with what moves on them, as rows with a geometry: what every map format is written from."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from straits.errors import StraitsError

if TYPE_CHECKING:
    from straits.case.case import Case
    from straits.model import Solution

#: Longitude and latitude of a point, or of the points of a line; None where an end has no coordinates.
Geometry = list[tuple[float, float]] | None

LINK_UNITS = {
    "capacity": "unit per day, all commodities of the link together",
    "load": "share of capacity that all commodities together use",
    "flow": "unit per day that enters, mean of the period",
    "total": "unit that enters, whole period",
    "lost": "unit that enters and does not arrive, whole period",
    "reference": "unit per day in the run compared with",
    "change": "flow less reference",
}


@dataclass(frozen=True)
class Layer:
    """Features of one kind.

    Attributes
    ----------
    name : str
    kind : {"Point", "LineString"}
    frame : DataFrame
        One row for each feature.
    shapes : list of Geometry
        In the same order.
    """

    name: str
    kind: str
    frame: pd.DataFrame
    shapes: list[Geometry]


@dataclass(frozen=True)
class Features:
    """Layers of a solution, and what they are of: names and values, in words."""

    layers: tuple[Layer, ...]
    about: dict[str, str]


def features(solution: Solution, reference: Solution | None = None) -> Features:
    """Return places and links of a solution with totals, loads and losses over the whole period.

    Parameters
    ----------
    solution : Solution
    reference : Solution, optional
        What flows are compared with. Default: nothing, and no columns about it.

    Raises
    ------
    StraitsError
        If no place has coordinates.
    """
    case = solution.case
    places = _places(solution)
    if not any(places.shapes):
        raise StraitsError(
            f"case {case.settings.id}: no place has coordinates, so nothing can be put on a map; give lon and lat in table places"
        )
    about = {
        "case": case.settings.id,
        "title": case.settings.title,
        "scenario": solution.scenario_id,
        "period": f"{case.settings.time.start.isoformat()} to {case.settings.time.end.isoformat()} (day after the last)",
        "case_hash": case.hash,
        "licence": case.settings.licence,
        "borders": case.settings.boundaries,
        **{f"links.{name}": text for name, text in LINK_UNITS.items()},
        "places.inflow": "unit of the commodity that arrives by links over the period; a row for each commodity that moves there",
        "places.outflow": "the same that leaves by links",
    }
    if reference is not None:
        about["compared_with"] = reference.scenario_id
    return Features((_links(solution, reference), places), {k: v for k, v in about.items() if v})


def totals(solution: Solution) -> pd.DataFrame:
    """Return what enters each link over the whole period: link, commodity, amount, arrived."""
    table = solution.flows.groupby(["link", "commodity"], as_index=False)[["amount"]].sum()
    n = solution.network
    loss = dict(zip(n.link_ids, n.link_loss, strict=True))
    return table.assign(arrived=table["amount"] * (1.0 - table["link"].map(loss).astype(float)))


def _links(solution: Solution, reference: Solution | None) -> Layer:
    n, case = solution.network, solution.case
    days = float(n.steps.days.sum())
    found = totals(solution).set_index(["link", "commodity"])
    before = None if reference is None else totals(reference).set_index(["link", "commodity"])["amount"]
    rate = dict(zip(n.link_ids, n.link_capacity.sum(axis=1) / days, strict=True))
    used = found.groupby("link")["amount"].sum()
    units = {key: row.unit for key, row in case.rows("commodities").items()}
    lines = link_shapes(case)
    rows, shapes = [], []
    for ident, link in case.rows("links").items():
        capacity = float(rate.get(ident, np.nan))
        load = float(used.get(ident, 0.0)) / days / capacity if capacity > 0 else np.nan
        for commodity in link.commodities:
            key = (ident, commodity)
            total = float(found["amount"].get(key, 0.0))
            arrived = float(found["arrived"].get(key, 0.0))
            row: dict[str, Any] = {
                "link": ident,
                "name": link.name,
                "from_place": link.from_place,
                "to_place": link.to_place,
                "mode": link.mode,
                "corridor": link.corridor,
                "commodity": commodity,
                "unit": units[commodity],
                "capacity": capacity if np.isfinite(capacity) else np.nan,
                "load": load if np.isfinite(load) else np.nan,
                "flow": total / days,
                "total": total,
                "lost": total - arrived,
            }
            if before is not None:
                usual = float(before.get(key, 0.0)) / days
                row |= {"reference": usual, "change": total / days - usual}
            rows.append(row)
            shapes.append(lines[ident])
    return Layer("links", "LineString", pd.DataFrame(rows), shapes)


def _places(solution: Solution) -> Layer:
    case = solution.case
    links = case.rows("links")
    table = totals(solution)
    table = table.assign(
        into=[links[key].to_place for key in table["link"]],
        out=[links[key].from_place for key in table["link"]],
    )
    into = table.groupby(["into", "commodity"])["arrived"].sum().to_dict()
    out = table.groupby(["out", "commodity"])["amount"].sum().to_dict()
    units = {key: row.unit for key, row in case.rows("commodities").items()}
    rows, shapes = [], []
    for ident, place in case.rows("places").items():
        # Amounts of two goods have two units: a row for each that moves here, and one without for a place where none does.
        moving: list[str | None] = [
            good for good in units if into.get((ident, good)) or out.get((ident, good))
        ]
        for good in moving or [None]:
            rows.append(
                {
                    "place": ident,
                    "name": place.name,
                    "kind": place.kind,
                    "territory": place.territory,
                    "precision_km": np.nan if place.precision_km is None else place.precision_km,
                    "commodity": good,
                    "unit": units.get(good or ""),
                    "inflow": float(into.get((ident, good), 0.0)),
                    "outflow": float(out.get((ident, good), 0.0)),
                }
            )
            shapes.append(_point(place))
    return Layer("places", "Point", pd.DataFrame(rows), shapes)


def _point(place: Any) -> Geometry:
    if place.lon is None or place.lat is None:
        return None
    return [(float(place.lon), float(place.lat))]


def link_shapes(case: Case) -> dict[str, Geometry]:
    """Return the course of each link: as `routes.geojson` gives it, else straight; None where an end has no coordinates."""
    given = _given(case.routes)
    places = case.rows("places")
    out: dict[str, Geometry] = {}
    for ident, link in case.rows("links").items():
        start, end = _point(places[link.from_place]), _point(places[link.to_place])
        line = given.get(ident)
        if line is not None and start is not None and _far(line[0], start[0]) > _far(line[-1], start[0]):
            line = line[::-1]
        out[ident] = line if line is not None else [*start, *end] if start and end else None
    return out


def _far(a: tuple[float, float], b: tuple[float, float]) -> float:
    return float(np.hypot(math.remainder(a[0] - b[0], 360.0), a[1] - b[1]))


def _given(routes: Mapping[str, Any] | None) -> dict[str, list[tuple[float, float]]]:
    out = {}
    for feature in (routes or {}).get("features", []):
        geometry = feature.get("geometry") or {}
        link = (feature.get("properties") or {}).get("link", feature.get("id"))
        if link is None or geometry.get("type") != "LineString" or len(geometry["coordinates"]) < 2:
            continue
        out[str(link)] = [(float(x), float(y)) for x, y, *_ in geometry["coordinates"]]
    return out
