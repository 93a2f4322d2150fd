"""Lines that cross the 180th meridian, cut there: map programs else draw them round the whole Earth the other way."""

from __future__ import annotations

import math
from itertools import pairwise

Line = list[tuple[float, float]]


def cut(line: Line) -> list[Line]:
    """Cut a line at the 180th meridian.

    Parameters
    ----------
    line : list of (lon, lat)
        Degrees; longitudes may run on beyond 180, or jump. Each step goes the shorter way round.

    Returns
    -------
    list of list of (lon, lat)
        The parts in order, longitudes from -180 to 180; one, if the line does not cross.

    References
    ----------
    RFC 7946, The GeoJSON Format, section 3.1.9.
    """
    parts = [[(_turned(line[0][0]), line[0][1])]]
    for (_, lat), (lon, end) in pairwise(line):
        here = parts[-1][-1][0]
        ahead = here + _turned(lon - here)
        if abs(ahead) > 180.0:
            side = math.copysign(180.0, ahead)
            at = lat + (end - lat) * (side - here) / (ahead - here)
            _add(parts[-1], (side, at))
            parts.append([(-side, at)])
            ahead -= 2 * side
        exact = _turned(lon)  # to the last digit, where it is not the other side of the meridian
        _add(parts[-1], (exact if abs(exact - ahead) < 1.0 else ahead, end))
    kept = [part for part in parts if len(part) > 1]
    return kept or [[parts[0][0]] * 2]


def _turned(lon: float) -> float:
    """Return a longitude, or a difference of two, between -180 and 180; what is in between already stays to the last digit."""
    return lon if abs(lon) <= 180.0 else math.remainder(lon, 360.0)


def _add(part: Line, point: tuple[float, float]) -> None:
    if point != part[-1]:
        part.append(point)
