"""Where an actor stands on the map: what arrows between actors start from and lead to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from straits.case.territory import territory_of_place

if TYPE_CHECKING:
    from straits.case.case import Case
    from straits.report.maps.basemap import Basemap

Point = tuple[float, float]


def seats_of(case: Case, xy: dict[str, Point], base: Basemap | None, shift: Point) -> dict[str, list[float]]:
    """Give a point for each actor that has a place on the map.

    Parameters
    ----------
    case : Case
    xy : dict
        Where places lie, in the drawing's units.
    base : Basemap or None
    shift : (float, float)
        From the basemap's units to those of the drawing.

    Returns
    -------
    dict
        By id of the actor. It stands amid the places of its territory; without any, amid its land on the basemap; else amid what
        it holds, else with its state. Who has none of these is left out.
    """
    home: dict[str, list[Point]] = {}
    for key, point in xy.items():
        home.setdefault(territory_of_place(case, key) or "", []).append(point)
    held: dict[str, list[Point]] = {}
    links = case.arcs
    for control in case.rows("controls").values():
        ends = [control.asset]
        if control.asset in links:
            ends = [links[control.asset].from_place, links[control.asset].to_place]
        held.setdefault(control.actor, []).extend(xy[p] for p in ends if p in xy)
    land = {} if base is None else {code: rings for code, (_, rings) in base.countries.items() if rings}
    actors = case.rows("actors")
    found: dict[str, list[float]] = {}
    for key, row in actors.items():
        code = row.iso3 or key
        if key in home:
            found[key] = _middle(home[key])
        elif code in land:
            found[key] = _middle(np.concatenate(land[code]) + np.array(shift))
        elif held.get(key):
            found[key] = _middle(held[key])
    for key, row in actors.items():
        if key not in found and row.state in found:
            found[key] = found[str(row.state)]
    return found


def _middle(points: list[Point] | np.ndarray) -> list[float]:
    x, y = np.mean(np.asarray(points), axis=0)
    return [round(float(x), 1), round(float(y), 1)]
