"""Land is land and sea is sea, on any map on Earth."""

from __future__ import annotations

import numpy as np
import pytest

from straits.report.maps.basemap import Basemap, View, draw_basemap, load_world, unwrap
from straits.report.maps.projection import inside_rings, ring_area

EARTH_KM = 6371.0088

VIEWS = {
    "caspian": ([14.0, 85.0, 30.0, 70.0, 53.0], [53.0, 38.0, 60.0, 47.0, 36.0]),
    "pacific": ([130.0, -150.0, 170.0], [35.0, 60.0, -10.0]),
    "australia": ([115.0, 150.0], [-35.0, -12.0]),
    "world": ([-170.0, -80.0, 0.0, 60.0, 120.0, 179.0], [60.0, -30.0, 50.0, 20.0, -40.0, 10.0]),
    "equator": ([-75.0, -40.0], [-10.0, 10.0]),
    "one place": ([51.9], [47.1]),
}


@pytest.fixture(scope="module")
def maps() -> dict[str, Basemap]:
    return {
        name: draw_basemap(View.around(np.array(lon), np.array(lat), 900.0))
        for name, (lon, lat) in VIEWS.items()
    }


def country_at(base: Basemap, lon: float, lat: float) -> list[str]:
    """Codes of the countries that cover a place."""
    point = base.view.pixels(np.array([lon]), np.array([lat]))
    return [code for code, (_, rings) in base.countries.items() if inside_rings(point, rings)[0]]


def test_every_ring_of_the_atlas_turns_the_right_way() -> None:
    """Proves: outer rings run clockwise and holes counter-clockwise, as TopoJSON has them, for all 242 countries, so that no
    polygon is the whole Earth less itself. Without it: one turned ring would flood the map."""
    world = load_world()
    assert len(world.countries) == 242
    shrunk = 0
    for country in world.countries:
        for polygon in country.polygons:
            areas = [ring_area(unwrap(world.ring(ring))) for ring in polygon]
            assert areas[0] <= 0, country.code  # islets may have shrunk to a line when the atlas was rounded
            shrunk += areas[0] == 0
            assert all(area >= 0 for area in areas[1:]), country.code
            assert sum(areas[1:]) <= -areas[0], country.code
    assert shrunk <= 20


@pytest.mark.parametrize("name", VIEWS)
def test_nothing_covers_what_it_should_not(maps: dict[str, Basemap], name: str) -> None:
    """Proves: every visible ring lies in the frame, outer rings turn one way, and all countries together do not cover more
    than the frame. Without it: a polygon cut wrongly would lie over its neighbours."""
    base = maps[name]
    frame = base.view.width * base.view.height
    assert base.countries
    covered = 0.0
    for _, rings in base.countries.values():
        assert sum(ring_area(ring) for ring in rings) <= 1e-6  # y runs down: outer rings are negative
        covered -= sum(ring_area(ring) for ring in rings)
        for ring in rings:
            assert ring.min() >= -1e-6
            assert (ring <= [base.view.width + 1e-6, base.view.height + 1e-6]).all()
    assert covered <= frame * 1.001


@pytest.mark.parametrize("name", ["caspian", "pacific", "world"])
def test_the_180th_meridian_does_not_smear(maps: dict[str, Basemap], name: str) -> None:
    """Proves: no coast or border has a segment across a third of the map. Without it: Russia or Fiji would draw a bar."""
    base = maps[name]
    for line in [*base.coasts, *base.borders]:
        assert np.hypot(*np.diff(line, axis=0).T).max() < base.view.width / 3


@pytest.mark.parametrize(
    ("name", "lon", "lat", "expected"),
    [
        ("caspian", 51.0, 42.0, []),  # middle of the Caspian Sea
        ("caspian", 50.5, 39.0, []),  # its south
        ("caspian", 34.0, 43.0, []),  # Black Sea
        ("caspian", 71.4, 51.1, ["KAZ"]),  # Astana
        ("caspian", 37.6, 55.7, ["RUS"]),  # Moscow
        ("caspian", 49.9, 40.4, ["AZE"]),  # Baku
        ("pacific", 178.0, 67.0, ["RUS"]),  # Chukotka on both sides of the 180th meridian
        ("pacific", -175.0, 66.5, ["RUS"]),
        ("pacific", -150.0, 64.0, ["USA"]),
        ("pacific", -170.0, 30.0, []),
        ("world", 90.0, 60.0, ["RUS"]),
        ("world", -30.0, 30.0, []),
        ("australia", 133.0, -25.0, ["AUS"]),
        ("equator", -60.0, -3.0, ["BRA"]),
    ],
)
def test_places_lie_where_they_lie(
    maps: dict[str, Basemap], name: str, lon: float, lat: float, expected: list[str]
) -> None:
    """Proves: known places are in their country, and seas, the landlocked Caspian among them, in none."""
    assert country_at(maps[name], lon, lat) == expected


@pytest.mark.parametrize(
    ("code", "area"), [("KAZ", 2_724_900), ("TUR", 783_562), ("UKR", 603_628), ("GEO", 69_700)]
)
def test_areas_are_true(maps: dict[str, Basemap], code: str, area: float) -> None:
    """Proves: a country's area on the map is its published area (km2) within 3 %, so reading, joining, simplifying,
    projecting and cutting lose nothing. Turkey, Kazakhstan, Ukraine and Georgia lie wholly in the view."""
    view = maps["caspian"].view
    base = draw_basemap(View(view.projection, view.width, view.height * 1.6, view.scale * 0.8, view.centre))
    pixels = -sum(ring_area(ring) for ring in base.countries[code][1])
    assert pixels / base.view.scale**2 * EARTH_KM**2 == pytest.approx(area, rel=0.03)


def test_a_ring_round_the_pole_closes_over_it() -> None:
    """Proves: unwrapping leads a ring that circles the Earth over its pole. Without it: Antarctica would have a cut."""
    ring = np.array([[lon, -70.0] for lon in range(-180, 180, 20)], float)
    run = unwrap(ring)
    assert run[:, 1].min() == -90.0
    assert abs(ring_area(run)) == pytest.approx(360.0 * 20.0)


def test_view_needs_a_place() -> None:
    """Proves: an empty map is refused in words."""
    with pytest.raises(ValueError, match="at least one place"):
        View.around(np.array([]), np.array([]), 600.0)
