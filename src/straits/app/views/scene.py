"""The scene of the map: basemap, places, courses of links, and what can be closed. Drawn once for each case."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from straits.app.views.seats import seats_of
from straits.case.territory import territory_of_place
from straits.case.timeaxis import Steps
from straits.report.drawing.svg import path_data
from straits.report.maps.basemap import NAME_SIZE, Basemap, View, draw_basemap
from straits.report.maps.geometry import link_lines
from straits.report.maps.labels import Placer
from straits.results.plain import finite, plain
from straits.stress.tables.imports import direction_of

if TYPE_CHECKING:
    import pandas as pd

    from straits.case.case import Case
    from straits.model import Solution

#: Width of the drawing, in its own units.
WIDTH = 1200.0
#: How far the basemap reaches, as a multiple of the view.
_BEYOND = 1.8
#: Distance between places that were laid out because they have no coordinates, degrees.
_APART = 4.0


def scene_of(case: Case, baseline: Solution | None) -> dict[str, Any]:
    """Give what the map of a case is drawn from.

    Parameters
    ----------
    case : Case
    baseline : Solution or None
        Whose flows decide how far apart parallel links lie.

    Returns
    -------
    dict
        `view` (size and projection), `base` (paths in the drawing's units), `places`, `links` (with their courses), `seats`
        (where actors stand), `direction` (of the focus), `time`, `goods`, `actors`, `options`, `scenarios`, and `laid_out`:
        whether places lie where they are only to be seen.
    """
    places = case.tables["places"]
    located, laid_out = _positions(case, places)
    keys = list(located)
    direction = "exports" if baseline is None else direction_of(baseline)
    found: dict[str, Any] = {"laid_out": laid_out, "direction": direction, **_world(case)}
    if not keys:
        return found | {"view": None, "base": None, "places": [], "links": [], "seats": {}}
    lon, lat = np.array([located[k] for k in keys], dtype=float).T
    view = View.around(lon, lat, WIDTH, margin=50.0, tallest=0.62, flattest=0.5)
    xy = dict(zip(keys, view.pixels(lon, lat), strict=True))
    base = None if laid_out == "all" else _wider(view)
    widths = _widths(case, baseline)
    lines = link_lines(case.tables["links"], located, view, case.routes, widths)
    rows = case.rows("places")
    found["view"] = {"width": view.width, "height": view.height, **_projection(view)}
    shift = (-view.width * (_BEYOND - 1) / 2, -view.height * (_BEYOND - 1) / 2)
    found["base"] = None if base is None else _base(base, shift, case)
    found["seats"] = seats_of(case, xy, base, shift)
    found["places"] = [
        {
            "id": key,
            "name": rows[key].name,
            "kind": rows[key].kind,
            "x": xy[key][0],
            "y": xy[key][1],
            "lon": located[key][0],
            "lat": located[key][1],
            "territory": territory_of_place(case, key),
        }
        for key in keys
    ]
    found["links"] = [
        {
            "id": key,
            "name": row.name,
            "from": row.from_place,
            "to": row.to_place,
            "mode": row.mode,
            "goods": list(row.commodities),
            "corridor": row.corridor,
            "line": np.round(lines[key], 1) if key in lines else None,
        }
        for key, row in case.rows("links").items()
    ]
    out: dict[str, Any] = finite(plain(found))
    return out


def _wider(view: View) -> Basemap:
    """Draw the basemap beyond the view on all sides: the page may be of another shape, and can be moved."""
    wide = View(view.projection, view.width * _BEYOND, view.height * _BEYOND, view.scale, view.centre)
    return draw_basemap(wide, tolerance=0.5)


def _world(case: Case) -> dict[str, Any]:
    """What a case has beside its geography: time, goods, actors, assets at places, options, scenarios."""
    settings = case.settings
    steps = Steps(settings.time)
    actors = case.rows("actors")
    return {
        "id": settings.id,
        "title": settings.title,
        "description": settings.description,
        "boundaries": settings.boundaries or "Borders as in the atlas used; they imply no position.",
        "currency": settings.currency,
        "focus": settings.focus.model_dump() if settings.focus else None,
        "start": settings.time.start,
        "end": settings.time.end,
        "step": settings.time.step,
        "steps": list(steps.labels),
        "days": steps.days,
        "goods": [{"id": k, "name": r.name, "unit": r.unit} for k, r in case.rows("commodities").items()],
        "actors": [{"id": k, "name": r.name, "kind": r.kind, "state": r.state} for k, r in actors.items()],
        "assets": [
            {"id": k, "name": r.name, "table": table, "place": getattr(r, "place", None)}
            for table in ("supplies", "markets", "stores", "converts", "fleets", "joints")
            for k, r in case.rows(table).items()
        ],
        "options": [{"id": k, "name": r.name} for k, r in case.rows("options").items()],
        "scenarios": [scenario_view(case, key) for key in case.scenarios],
    }


def scenario_view(case: Case, key: str) -> dict[str, Any]:
    """Give a scenario as the list of scenarios shows it."""
    s = case.scenarios[key]
    return {
        "id": s.id,
        "title": s.title,
        "description": s.description,
        "foresight": s.foresight,
        "compare_with": s.compare_with,
        "disruptions": [
            d.model_dump(include={"asset", "factor", "start", "end", "commodity"}) for d in s.disruptions
        ],
        "measures": list(s.measures),
        "options": list(s.options),
        "changes": len(s.changes),
    }


def _positions(case: Case, places: pd.DataFrame) -> tuple[dict[str, tuple[float, float]], str]:
    """Where places lie; those without coordinates are laid out near their neighbours: none, some or all of them."""
    found = {
        str(k): (float(x), float(y))
        for k, x, y in zip(places["id"], places["lon"], places["lat"], strict=True)
        if np.isfinite(x) and np.isfinite(y)
    }
    lost = [k for k in places["id"] if k not in found]
    if not lost:
        return found, "none"
    links = [(r.from_place, r.to_place) for r in case.rows("links").values()]
    if not found:
        return laid_out([str(k) for k in places["id"]], links), "all"
    for place, key in enumerate(lost):
        near = [b if a == key else a for a, b in links if key in (a, b)]
        at = [found[n] for n in near if n in found] or list(found.values())
        x, y = np.mean(at, axis=0)
        turn = 2.4 * (place + 1)
        found[key] = (float(x + 1.5 * np.cos(turn)), float(np.clip(y + 1.5 * np.sin(turn), -85, 85)))
    return found, "some"


def laid_out(keys: list[str], links: list[tuple[str, str]]) -> dict[str, tuple[float, float]]:
    """Lay places out in columns by how far they lie from where links begin, so that links run from left to right.

    Within a column each place stands at the mean of its neighbours to the left (barycentre method: Sugiyama, Tagawa and Toda,
    IEEE Transactions on Systems, Man and Cybernetics 11, 1981).
    """
    rank = dict.fromkeys(keys, 0)
    for _ in keys:
        moved = False
        for a, b in links:
            if a in rank and b in rank and a != b and rank[b] < rank[a] + 1 < len(keys):
                rank[b], moved = rank[a] + 1, True
        if not moved:
            break
    ranks = sorted(set(rank.values()))
    height: dict[str, float] = {}
    found: dict[str, tuple[float, float]] = {}
    for column, level in enumerate(ranks):
        here = [k for k in keys if rank[k] == level]
        before = {k: [height[a] for a, b in links if b == k and a in height] for k in here}
        here.sort(key=lambda k: (float(np.mean(before[k])) if before[k] else 0.0, keys.index(k)))
        for place, key in enumerate(here):
            height[key] = place - (len(here) - 1) / 2
            found[key] = (column * _APART * 1.6, height[key] * -_APART)
    return found


def _widths(case: Case, baseline: Solution | None) -> dict[str, float]:
    if baseline is None:
        return {}
    from straits.app.views.series import link_rates

    found: dict[str, float] = {}
    for key in case.rows("commodities"):
        means = {link: float(rate.mean()) for link, rate in link_rates(baseline, key).items()}
        most = max(means.values(), default=0.0)
        for link, mean in means.items():
            found[link] = max(found.get(link, 0.0), 9.0 * mean / most if most > 0 else 0.0)
    return found


def _projection(view: View) -> dict[str, Any]:
    """The projection in the words of d3-geo: a conic equal-area projection, so that the page can place a point by itself."""
    p = view.projection
    return {
        "rotate": [-p.lon0, 0.0],
        "centre": [0.0, p.lat0],
        "parallels": [p.parallel1, p.parallel2],
        "scale": view.scale,
        "translate": [
            view.width / 2 - view.centre[0] * view.scale,
            view.height / 2 + view.centre[1] * view.scale,
        ],
    }


def _base(base: Basemap, shift: tuple[float, float], case: Case) -> dict[str, Any]:
    focus = case.settings.focus
    actors = case.rows("actors")
    home = None
    if focus and focus.actor in actors:
        home = actors[focus.actor].iso3 or focus.actor
    placer = Placer(base.view.width, base.view.height)
    names = []
    for text, half, spots in base.name_spots:
        order = np.argsort(np.hypot(*(spots - spots.mean(axis=0)).T), kind="stable")
        for i in order[:40]:
            x, y = spots[i]
            box = (x - half, y - NAME_SIZE / 2, x + half, y + NAME_SIZE / 2)
            if placer.free(box, gap=4.0):
                placer.block(box)
                names.append({"text": text, "x": float(x), "y": float(y)})
                break
    return {
        "dx": shift[0],
        "dy": shift[1],
        "land": [
            {
                "code": code,
                "name": name,
                "d": "".join(path_data(r, close=True) for r in rings),
                "home": code == home,
            }
            for code, (name, rings) in base.countries.items()
        ],
        "coasts": "".join(path_data(line) for line in base.coasts),
        "borders": "".join(path_data(line) for line in base.borders),
        "names": names,
    }
