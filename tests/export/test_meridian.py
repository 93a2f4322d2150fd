"""Lines over the 180th meridian: cut there, in GeoJSON and GeoPackage."""

from __future__ import annotations

import json
import math
import random
import sqlite3
import struct
from itertools import pairwise
from pathlib import Path

import pytest

import straits
from straits.export import export
from straits.export.features import link_shapes
from straits.export.meridian import Line, cut
from straits.testing import build, link, market, supply

AT = {"A": (131.9, 43.1), "B": (-122.3, 47.6), "C": (140.0, 35.0)}


def pacific(routes: object = None) -> straits.Case:
    tables = {
        "places": [
            {"id": key, "name": key, "kind": "port", "lon": lon, "lat": lat}
            | ({"territory": "AAA"} if key == "A" else {})
            for key, (lon, lat) in AT.items()
        ],
        "links": [link("over", "A", "B", cost=1), link("near", "A", "C", cost=1)],
        "supplies": [supply("field", "A", 6)],
        "markets": [market("there", "B", 200, demand=3), market("here", "C", 200)],
    }
    return build(tables, **({"routes": routes} if routes else {}))


def turns(line: Line) -> list[float]:
    return [abs(b[0] - a[0]) for a, b in pairwise(line)]


@pytest.mark.parametrize(
    ("line", "parts"),
    [
        ([(170, 10), (-170, 30)], [[(170, 10), (180, 20)], [(-180, 20), (-170, 30)]]),
        ([(-170, 10), (170, 30)], [[(-170, 10), (-180, 20)], [(180, 20), (170, 30)]]),
        ([(170, 10), (190, 30)], [[(170, 10), (180, 20)], [(-180, 20), (-170, 30)]]),
        ([(175, 0), (180, 0), (-175, 0)], [[(175, 0), (180, 0)], [(-180, 0), (-175, 0)]]),
        ([(170, 0), (-170, 0), (170, 0)], [[(170, 0), (180, 0)], [(-180, 0), (-170, 0), (-180, 0)], [(180, 0), (170, 0)]]),
        ([(-100, 0), (70, 0)], [[(-100, 0), (70, 0)]]),
        ([(5, 5), (5, 5)], [[(5, 5), (5, 5)]]),
    ],
)  # fmt: skip
def test_cut_by_hand(line: Line, parts: list[Line]) -> None:
    """Proves: a line that crosses, either way, by a jump or by running on, is cut where it crosses; one that does not, or that
    stands still, stays. Without it: a map program drew a link over the Pacific round the whole Earth."""
    assert cut(line) == parts


def test_any_line_is_cut_into_what_it_was() -> None:
    """Proves: parts lie within -180 and 180, they follow on each other at the meridian, and all
    turns together are those of the line."""
    drawn = random.Random(4)
    for _ in range(500):
        line = [(drawn.uniform(-180, 180), drawn.uniform(-80, 80)) for _ in range(drawn.randint(2, 6))]
        parts = cut(line)
        assert all(-180 <= lon <= 180 for part in parts for lon, _ in part)
        for one, two in pairwise(parts):
            assert abs(one[-1][0]) == 180 and two[0] == (-one[-1][0], one[-1][1])
        shortest = sum(abs(math.remainder(b[0] - a[0], 360)) for a, b in pairwise(line))
        assert sum(sum(turns(part)) for part in parts) == pytest.approx(shortest)
        ends = parts[0][0], parts[-1][-1]
        assert ends[0] == line[0] and ends[1] == pytest.approx(line[-1])


def test_a_link_over_the_pacific(tmp_path: Path) -> None:
    """Proves: such a link is a MultiLineString in GeoJSON, the other stays a LineString; in a GeoPackage all of the layer are
    MultiLineStrings, as its table says, and the box holds them."""
    compared = straits.stress(pacific())
    export(compared, "geojson", tmp_path / "out")
    found = json.loads((tmp_path / "out" / "links.geojson").read_text())["features"]
    shapes = {one["properties"]["link"]: one["geometry"] for one in found}
    assert shapes["near"] == {"type": "LineString", "coordinates": [list(AT["A"]), list(AT["C"])]}
    assert shapes["over"]["type"] == "MultiLineString"
    assert [[lon for lon, _ in part] for part in shapes["over"]["coordinates"]] == [
        [131.9, 180],
        [-180, -122.3],
    ]

    export(compared, "gpkg", tmp_path / "out.gpkg")
    with sqlite3.connect(tmp_path / "out.gpkg") as base:
        kind = "SELECT geometry_type_name FROM gpkg_geometry_columns WHERE table_name = ?"
        assert base.execute(kind, ("links",)).fetchone() == ("MULTILINESTRING",)
        assert base.execute(kind, ("places",)).fetchone() == ("POINT",)
        box = base.execute("SELECT min_x, max_x FROM gpkg_contents WHERE table_name = 'links'").fetchone()
        assert box == (-180, 180)
        for name, count in (("over", 2), ("near", 1)):
            (data,) = base.execute("SELECT geom FROM links WHERE link = ?", (name,)).fetchone()
            assert struct.unpack_from("<BII", data, 8) == (1, 5, count)
            assert struct.unpack_from("<BIIdd", data, 17) == (1, 2, 2, *AT["A"])
            assert len(data) == 17 + count * (9 + 32)


def test_a_course_over_the_pacific_runs_from_its_start() -> None:
    """Proves: a course whose longitudes run on beyond 180 is turned round only where it runs from end to start. Without it: the
    distance of its ends was taken round the Earth, and it ran backwards."""
    course = [[-179.0, 40.0], [190.0, 45.0], [237.7, 47.6]]
    tables = dict(pacific().tables)
    tables["places"] = tables["places"].assign(lon=[179.0, -122.3, 140.0], lat=[40.0, 47.6, 35.0])
    routes = {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": {"link": "over"},
                "geometry": {"type": "LineString", "coordinates": course},
            }
        ],
    }
    settings = pacific().settings.model_dump(mode="json")
    case = straits.Case.from_tables({k: v for k, v in tables.items() if len(v)}, routes=routes, **settings)
    assert [lon for lon, _ in link_shapes(case)["over"]] == [-179.0, 190.0, 237.7]
