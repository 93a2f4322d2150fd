"""The projection keeps areas, and cutting keeps what lies inside."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from straits.report.maps.projection import (
    Albers,
    centre_longitude,
    cut_line,
    cut_ring,
    inside_rings,
    ring_area,
    simplify,
)

parallels = st.floats(-70, 70)
BOX = (0.0, 0.0, 10.0, 6.0)
coordinates = st.tuples(
    st.integers(-8, 17).map(lambda i: i + 0.53), st.integers(-6, 11).map(lambda i: i + 0.41)
)
rings = st.lists(coordinates, min_size=3, max_size=7).map(np.array)


@given(parallels, parallels, st.floats(-150, 150), st.floats(-75, 75))
def test_albers_keeps_areas(one: float, two: float, lam: float, lat: float) -> None:
    """Proves: a small patch has the same area on the map as on the sphere, for cones of either hemisphere and the cylinder.
    Without it: countries would look larger or smaller than they are."""
    projection = Albers(0.0, (one + two) / 2, one, two)
    step = 1e-3
    corners = np.array([[-step, -step], [step, -step], [step, step], [-step, step]])
    flat = ring_area(projection.forward(lam + corners[:, 0], lat + corners[:, 1]))
    south, north = np.radians([lat - step, lat + step])
    assert flat == pytest.approx(np.radians(2 * step) * (np.sin(north) - np.sin(south)), rel=1e-3)


@given(parallels, parallels, st.floats(-150, 150), st.floats(-75, 75))
def test_inverse_undoes_forward(one: float, two: float, lam: float, lat: float) -> None:
    """Proves: the inverse gives back the place. Without it: the window of a map could miss what the map shows."""
    projection = Albers(20.0, (one + two) / 2, one, two)
    back = projection.inverse(projection.forward(np.array([lam]), np.array([lat])))
    assert back[0][0] == pytest.approx(lam, abs=1e-6)
    assert back[1][0] == pytest.approx(lat, abs=1e-6)


def test_centre_crosses_the_180th_meridian() -> None:
    """Proves: places in Chukotka and Alaska are neighbours. Without it: their map would go round the Earth."""
    middle, width = centre_longitude(np.array([170.0, -170.0, -160.0]))
    assert middle == pytest.approx(-175.0)
    assert width == pytest.approx(30.0)


@given(rings)
def test_cut_ring_covers_the_same_points(ring: np.ndarray) -> None:
    """Proves: a point of the box is inside the cut ring exactly if it was inside the ring. Without it: land at the edge of a
    map would become sea."""
    grid = np.stack(np.meshgrid(np.linspace(0.37, 9.61, 12), np.linspace(0.29, 5.83, 8)), -1).reshape(-1, 2)
    cut = cut_ring(ring, BOX)
    if len(cut):
        assert (cut >= [-1e-9, -1e-9]).all() and (cut <= [10 + 1e-9, 6 + 1e-9]).all()
    inside = inside_rings(grid, [cut]) if len(cut) > 2 else np.zeros(len(grid), bool)
    # Points within a hair of an edge may fall either way.
    far = np.array([_distance(point, ring) > 1e-6 for point in grid])
    assert (inside == inside_rings(grid, [ring]))[far].all()


def _distance(point: np.ndarray, ring: np.ndarray) -> float:
    a, b = ring, np.roll(ring, -1, 0)
    along = b - a
    share = np.clip(((point - a) * along).sum(1) / np.maximum((along**2).sum(1), 1e-300), 0, 1)
    return float(np.hypot(*(a + along * share[:, None] - point).T).min())


@given(rings)
def test_cut_line_keeps_the_length_inside(line: np.ndarray) -> None:
    """Proves: the pieces are as long as the part of the line inside, measured by many small steps. Without it: borders would
    break off or run out of the frame."""
    pieces = cut_line(line, BOX)
    length = sum(float(np.hypot(*np.diff(piece, axis=0).T).sum()) for piece in pieces)
    steps = np.linspace(0, 1, 4001)
    expected = 0.0
    for start, end in itertools.pairwise(line):
        points = start + (end - start) * steps[:, None]
        middle = (points[1:] + points[:-1]) / 2
        inside = ((middle >= [0, 0]) & (middle <= [10, 6])).all(1)
        expected += float(inside.mean() * np.hypot(*(end - start)))
    assert length == pytest.approx(expected, abs=0.05)


@given(rings, st.floats(0.1, 3))
def test_simplified_lines_stay_near(line: np.ndarray, tolerance: float) -> None:
    """Proves: no point left out lies farther than the tolerance from the line kept, and ends stay. Without it: simplifying
    could move a border."""
    kept = simplify(line, tolerance)
    assert (kept[0] == line[0]).all() and (kept[-1] == line[-1]).all()
    assume(len(np.unique(line, axis=0)) == len(line))  # so that each kept point has one place
    indices = [int(np.flatnonzero((line == point).all(1))[0]) for point in kept]
    for i, j in itertools.pairwise(indices):
        along = line[j] - line[i]
        length = float(np.hypot(*along))
        for point in line[i + 1 : j]:
            offset = point - line[i]
            away = (
                abs(along[0] * offset[1] - along[1] * offset[0]) / length
                if length > 1e-12
                else np.hypot(*offset)
            )
            assert away <= tolerance + 1e-9
