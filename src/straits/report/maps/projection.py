"""Equal-area map projection fitted to data, and cutting shapes to a view. Angles in degrees, lengths on a unit sphere."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]


def centre_longitude(lon: Points) -> tuple[float, float]:
    """Return the middle and the width (degrees) of the shortest arc of longitudes that holds all of `lon`.

    The arc may cross the 180th meridian: it is the complement of the widest gap between neighbouring longitudes.
    """
    ordered = np.unique(np.mod(lon, 360.0))
    gaps = np.diff(np.append(ordered, ordered[0] + 360.0))
    widest = int(np.argmax(gaps))
    start, width = ordered[(widest + 1) % len(ordered)], 360.0 - gaps[widest]
    return float((start + width / 2 + 180.0) % 360.0 - 180.0), float(width)


@dataclass(frozen=True)
class Albers:
    """Albers equal-area conic projection of the sphere; with standard parallels of opposite sign, equal-area cylindrical.

    Formulae: Snyder, Map Projections: A Working Manual (USGS Professional Paper 1395, 1987), equations 14-1 to 14-11
    (conic) and 10-1 to 10-2 (cylindrical).
    """

    lon0: float
    lat0: float
    parallel1: float
    parallel2: float

    @classmethod
    def fitted(cls, lon: Points, lat: Points) -> Albers:
        """Fit to places: central meridian in their middle, standard parallels a sixth inside their extent."""
        middle, _ = centre_longitude(lon)
        south, north = float(np.min(lat)), float(np.max(lat))
        inset = (north - south) / 6.0
        return cls(middle, (south + north) / 2.0, south + inset, north - inset)

    @property
    def cone(self) -> float:
        """Cone constant n; 0 stands for the cylinder."""
        n = (np.sin(np.radians(self.parallel1)) + np.sin(np.radians(self.parallel2))) / 2.0
        return float(n) if abs(n) > 1e-3 else 0.0

    def relative(self, lon: Points) -> Points:
        """Return longitudes counted from the central meridian, in [-180, 180)."""
        return np.mod(np.asarray(lon, float) - self.lon0 + 180.0, 360.0) - 180.0

    def forward(self, lam: Points, lat: Points) -> Points:
        """Project relative longitudes and latitudes; shape (n,) each to (n, 2), y upwards."""
        lam, phi, n = np.radians(lam), np.radians(lat), self.cone
        scale = np.cos(np.radians(self.parallel1))
        if n == 0.0:
            return np.column_stack([lam * scale, (np.sin(phi) - np.sin(np.radians(self.lat0))) / scale])
        c = scale**2 + 2.0 * n * np.sin(np.radians(self.parallel1))
        rho = np.sqrt(np.maximum(c - 2.0 * n * np.sin(phi), 0.0)) / n
        rho0 = np.sqrt(max(c - 2.0 * n * np.sin(np.radians(self.lat0)), 0.0)) / n
        return np.column_stack([rho * np.sin(n * lam), rho0 - rho * np.cos(n * lam)])

    def inverse(self, xy: Points) -> tuple[Points, Points]:
        """Return relative longitude and latitude of points (n, 2); not a number where the plane shows no place."""
        x, y, n = xy[:, 0], xy[:, 1], self.cone
        scale = np.cos(np.radians(self.parallel1))
        with np.errstate(invalid="ignore"):
            if n == 0.0:
                lam, sine = x / scale, y * scale + np.sin(np.radians(self.lat0))
            else:
                c = scale**2 + 2.0 * n * np.sin(np.radians(self.parallel1))
                rho0 = np.sqrt(max(c - 2.0 * n * np.sin(np.radians(self.lat0)), 0.0)) / n
                rho2 = x**2 + (rho0 - y) ** 2
                lam = np.arctan2(np.sign(n) * x, np.sign(n) * (rho0 - y)) / n
                sine = (c - rho2 * n * n) / (2.0 * n)
            lam = np.where(np.abs(lam) > np.pi, np.nan, lam)
            return np.degrees(lam), np.degrees(np.arcsin(np.where(np.abs(sine) <= 1.0, sine, np.nan)))


def ring_area(ring: Points) -> float:
    """Return the signed area inside a closed ring (n, 2); positive if it runs counter-clockwise with y upwards."""
    x, y = ring[:, 0], ring[:, 1]
    return float(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y) / 2.0)


def cut_ring(ring: Points, box: tuple[float, float, float, float]) -> Points:
    """Cut a closed ring (n, 2) to a box (x0, y0, x1, y1); Sutherland and Hodgman's method, one side after another.

    The result may run along the sides of the box, so it is right for filling and wrong for outlining.
    """
    for axis, limit, sign in ((0, box[0], 1.0), (0, box[2], -1.0), (1, box[1], 1.0), (1, box[3], -1.0)):
        if not len(ring):
            return ring
        depth = (ring[:, axis] - limit) * sign
        inside = depth >= 0
        if inside.all():
            continue
        ahead, depth_ahead, inside_ahead = np.roll(ring, -1, 0), np.roll(depth, -1), np.roll(inside, -1)
        crosses = inside != inside_ahead
        gap = np.where(crosses, depth - depth_ahead, 1.0)
        crossing = ring + (ahead - ring) * (depth / gap)[:, None]
        out = np.stack([crossing, ahead], axis=1).reshape(-1, 2)
        keep = np.stack([crosses, inside_ahead], axis=1).reshape(-1)
        ring = out[keep]
    return ring


def cut_line(line: Points, box: tuple[float, float, float, float]) -> list[Points]:
    """Cut a line (n, 2) to a box; returns the pieces inside, in order (Liang and Barsky's method for each segment)."""
    if len(line) < 2:
        return []
    start, step = line[:-1], np.diff(line, axis=0)
    enter, leave = np.zeros(len(step)), np.ones(len(step))
    for axis, low, high in ((0, box[0], box[2]), (1, box[1], box[3])):
        move = step[:, axis]
        still = np.abs(move) < 1e-12
        safe = np.where(still, 1.0, move)
        to_low, to_high = (low - start[:, axis]) / safe, (high - start[:, axis]) / safe
        outside = still & ((start[:, axis] < low) | (start[:, axis] > high))
        enter = np.maximum(enter, np.where(still, 0.0, np.minimum(to_low, to_high)))
        leave = np.minimum(leave, np.where(still, 1.0, np.maximum(to_low, to_high)))
        leave = np.where(outside, -1.0, leave)
    pieces: list[Points] = []
    current: list[Points] = []
    for i in np.flatnonzero(leave > enter):
        first, last = start[i] + step[i] * enter[i], start[i] + step[i] * leave[i]
        if not current or enter[i] > 0.0 or not np.array_equal(current[-1], first):
            if len(current) > 1:
                pieces.append(np.array(current))
            current = [first]
        current.append(last if leave[i] < 1.0 else line[i + 1])
    if len(current) > 1:
        pieces.append(np.array(current))
    return pieces


def inside_rings(points: Points, rings: list[Points]) -> NDArray[np.bool_]:
    """Tell for each point (n, 2) whether an odd number of rings encloses it."""
    inside = np.zeros(len(points), bool)
    for ring in rings:
        ahead = np.roll(ring, -1, 0)
        near = (ring[:, 1] > ahead[:, 1]) | (ring[:, 1] < ahead[:, 1])
        a, b = ring[near], ahead[near]
        for start in range(0, len(points), 512):  # keeps the table of points by edges small
            x, y = points[start : start + 512, 0, None], points[start : start + 512, 1, None]
            spans = (a[:, 1] > y) != (b[:, 1] > y)
            cross = a[:, 0] + (y - a[:, 1]) / (b[:, 1] - a[:, 1]) * (b[:, 0] - a[:, 0])
            inside[start : start + 512] ^= (np.sum(spans & (x < cross), axis=1) % 2).astype(bool)
    return inside


def simplify(line: Points, tolerance: float) -> Points:
    """Leave out points that lie within `tolerance` of the line through those kept (Douglas and Peucker's method).

    Both ends stay, so lines that met still meet.
    """
    if len(line) < 3:
        return line
    keep = np.zeros(len(line), bool)
    keep[0] = keep[-1] = True
    stack = [(0, len(line) - 1)]
    while stack:
        first, last = stack.pop()
        if last - first < 2:
            continue
        chord = line[last] - line[first]
        offset = line[first + 1 : last] - line[first]
        length = float(np.hypot(*chord))
        if length < 1e-12:
            distance = np.hypot(offset[:, 0], offset[:, 1])
        else:
            distance = np.abs(chord[0] * offset[:, 1] - chord[1] * offset[:, 0]) / length
        far = int(np.argmax(distance))
        if distance[far] > tolerance:
            middle = first + 1 + far
            keep[middle] = True
            stack += [(first, middle), (middle, last)]
    return line[keep]
