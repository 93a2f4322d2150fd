"""GeoJSON, GeoPackage and courses of links: what a map program reads is what the solution says."""

from __future__ import annotations

import json
import re
import sqlite3
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest

import straits
from refinerycase import trade
from straits.case import Case
from straits.errors import StraitsError
from straits.export import export, find_routes, geometry
from straits.export.features import features, totals
from straits.export.geometry import distance, sea_course
from straits.export.geopackage import _plain
from straits.stress import Comparison


@pytest.fixture(scope="module")
def compared() -> Comparison:
    return straits.stress(straits.load_case("two-routes"), ["pipeline-stop"])


def bare(case: Case) -> Case:
    """Return the case without coordinates."""
    tables = {name: frame for name, frame in case.tables.items() if len(frame)}
    tables["places"] = tables["places"].assign(lon=np.nan, lat=np.nan)
    return Case.from_tables(tables, **case.settings.model_dump())


def check_against(solution: straits.Solution, found: pd.DataFrame) -> None:
    """Hold the rows of links against the solution."""
    by_link = solution.flows.groupby("link")["amount"].sum()
    assert found["total"].sum() == pytest.approx(by_link.sum())
    rows = found.set_index("link")
    assert np.allclose(rows.loc[list(by_link.index), "total"], by_link)
    loss = {key: row.loss for key, row in solution.case.rows("links").items()}
    assert np.allclose(found["lost"], found["total"] * found["link"].map(loss))
    days = solution.network.steps.days.sum()
    assert np.allclose(found["flow"] * days, found["total"])
    limited = found[np.isfinite(found["capacity"])]
    assert (limited["load"] <= 1 + 1e-9).all() and np.allclose(
        limited["load"], limited["flow"] / limited["capacity"]
    )


@pytest.mark.parametrize("scenario", [None, "pipeline-stop"])
def test_geojson_holds_the_solution(compared: Comparison, tmp_path: Path, scenario: str | None) -> None:
    """Proves: totals, loads, losses and coordinates of the files are those of the solution and the case; changes are against
    what the scenario is compared with. Without it: QGIS would show another run.
    """
    solution = compared.solutions[scenario] if scenario else compared.baseline
    export(compared, "geojson", tmp_path / "out", scenario=scenario)
    links = json.loads((tmp_path / "out" / "links.geojson").read_text())
    check_against(
        solution,
        pd.DataFrame([f["properties"] for f in links["features"]]).astype({"capacity": float, "load": float}),
    )
    places = compared.case.rows("places")
    for feature in links["features"]:
        ends = [places[feature["properties"][k]] for k in ("from_place", "to_place")]
        assert feature["geometry"]["coordinates"] == [[p.lon, p.lat] for p in ends]
    points = json.loads((tmp_path / "out" / "places.geojson").read_text())
    assert {f["properties"]["place"]: f["geometry"]["coordinates"] for f in points["features"]} == {
        key: [p.lon, p.lat] for key, p in places.items()
    }
    if scenario:
        changes = {f["properties"]["link"]: f["properties"]["change"] for f in links["features"]}
        before = totals(compared.baseline).set_index("link")["amount"]
        after = totals(solution).set_index("link")["amount"]
        assert changes["pipe"] * 365 == pytest.approx(after["pipe"] - before["pipe"]) and changes["pipe"] < 0
    else:
        assert "change" not in links["features"][0]["properties"]


def test_geopackage_is_read_by_gdal(compared: Comparison, tmp_path: Path) -> None:
    """Proves: another reader finds layers, coordinates, totals, the coordinate system and the table of styles, which QGIS looks
    for with the same reader. Without it: only we could open it, or QGIS would draw thin lines of one colour."""
    pyogrio = pytest.importorskip("pyogrio")
    path = tmp_path / "out.gpkg"
    export(compared, "gpkg", path, scenario="pipeline-stop")
    assert {name for name, _ in pyogrio.list_layers(path)} == {"links", "places", "about", "layer_styles"}
    about, _, shapes, columns = pyogrio.raw.read(path, layer="links")
    assert about["crs"] == "EPSG:4326" and about["geometry_type"] == "LineString"
    frame = pd.DataFrame(dict(zip(about["fields"], columns, strict=True)))
    check_against(compared.solutions["pipeline-stop"], frame.astype({"capacity": float, "load": float}))
    first = compared.case.rows("links")[frame["link"][0]]
    start = compared.case.rows("places")[first.from_place]
    assert tuple(np.frombuffer(shapes[0], "<f8", 2, 9)) == (start.lon, start.lat)
    about, _, shapes, columns = pyogrio.raw.read(path, layer="places")
    assert len(shapes) == len(compared.case.rows("places"))


def test_geopackage_is_sound(compared: Comparison, tmp_path: Path) -> None:
    """Proves: the file says it is a GeoPackage, keeps its rules of reference, holds a well-formed default style for each layer,
    and is the same when written again. Without it: QGIS would show grey lines, and a repository a change that is none.
    """
    export(compared, "gpkg", tmp_path / "a.gpkg")
    export(compared, "gpkg", tmp_path / "b.gpkg")
    assert (tmp_path / "a.gpkg").read_bytes() == (tmp_path / "b.gpkg").read_bytes()
    base = sqlite3.connect(tmp_path / "a.gpkg")
    assert base.execute("PRAGMA application_id").fetchone() == (0x47504B47,)
    assert base.execute("PRAGMA foreign_key_check").fetchall() == []
    assert base.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    told = base.execute(
        "SELECT table_name, data_type FROM gpkg_contents WHERE data_type = 'attributes'"
    ).fetchall()
    assert sorted(told) == [("about", "attributes"), ("layer_styles", "attributes")]
    styles = base.execute("SELECT f_table_name, styleQML, useAsDefault FROM layer_styles").fetchall()
    assert {name for name, _, default in styles if default} == {"links", "places"}
    for name, style, _ in styles:
        ElementTree.fromstring(style)
        fields = set(re.findall(r"&quot;(\w+)&quot;|\"(\w+)\" [<>]", style))
        columns = {row[1] for row in base.execute(f"PRAGMA table_info({name})")}
        assert {a or b for a, b in fields} <= columns
    base.close()


def test_routes_give_the_course(compared: Comparison) -> None:
    """Proves: a link with a route follows it, from its start to its end whichever way the route was written. Without it: ships
    would cross land, or arrows point backwards.
    """
    case = compared.case
    link = case.rows("links")["pipe"]
    places = case.rows("places")
    start, end = (places[p] for p in (link.from_place, link.to_place))
    course = [[end.lon, end.lat], [45.0, 50.0], [start.lon, start.lat]]
    routes = {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": {"link": "pipe"},
                "geometry": {"type": "LineString", "coordinates": course},
            }
        ],
    }
    tables = {name: frame for name, frame in case.tables.items() if len(frame)}
    routed = Case.from_tables(tables, routes=routes, **case.settings.model_dump())
    layer = features(straits.solve(routed)).layers[0]
    shape = layer.shapes[list(layer.frame["link"]).index("pipe")]
    assert shape == [tuple(point) for point in reversed(course)]


def test_what_cannot_be_written_leaves_nothing(compared: Comparison, tmp_path: Path) -> None:
    """Proves: an unknown format or scenario, a case without coordinates, a wrong ending and a place that takes no file are
    errors that say what would be accepted, and nothing is there afterwards. Without it: half an export.
    """
    for to, path, scenario, told in [
        ("shp", "x", None, "format 'shp' is unknown; accepted: geojson"),
        ("geojson", "x", "stop", "scenario 'stop' is unknown; accepted: pipeline-stop"),
        ("gpkg", "x.zip", None, r"accepted: a name that ends in \.gpkg"),
    ]:
        with pytest.raises(StraitsError, match=told):
            export(compared, to, tmp_path / path, scenario=scenario)
    blank = straits.stress(bare(compared.case), [])
    for to, path in [("geojson", "y"), ("gpkg", "y.gpkg")]:
        with pytest.raises(StraitsError, match="no place has coordinates"):
            export(blank, to, tmp_path / path)
    (tmp_path / "file").write_text("")
    for to, path in [("geojson", "file/in"), ("gpkg", "file/in.gpkg"), ("star", "file")]:
        with pytest.raises(StraitsError, match="cannot be written"):
            export(compared, to, tmp_path / path)
    assert [p.name for p in tmp_path.iterdir()] == ["file"]


def test_a_full_disk_leaves_no_geopackage(
    compared: Comparison, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Proves: a disk that takes only the first table is told with the file, and no part of it stays.
    Without it: the command would end with a trace of SQLite.
    """

    def full(path: Path, _: object) -> None:
        with sqlite3.connect(path) as base:
            base.execute("PRAGMA max_page_count = 2")
            base.execute("CREATE TABLE first (x)")
            base.execute("INSERT INTO first VALUES (zeroblob(100000))")

    monkeypatch.setattr("straits.export.geopackage.write_geopackage", full)
    with pytest.raises(StraitsError, match=r"out\.gpkg: cannot be written: database or disk is full"):
        export(compared, "gpkg", tmp_path / "out.gpkg")
    assert not list(tmp_path.iterdir())


# ---------------------------------------------------------------------- courses


def test_distance() -> None:
    """Proves: a quarter of the equator is a quarter of the sphere. Without it: a wrong radius would pass as a sea too far."""
    assert distance((0, 0), (90, 0)) == pytest.approx(np.pi / 2 * 6371)
    assert distance((10, 0), (10, 1)) == pytest.approx(np.pi / 180 * 6371)


def test_ships_go_round_land() -> None:
    """Proves: from the Black Sea to Rotterdam a ship passes the Bosporus and Gibraltar, and the course begins and ends at the
    ports. Without it: tankers would cross the Balkans.
    """
    pytest.importorskip("searoute")
    line, why = sea_course((37.8, 44.7), (4.1, 51.95))
    assert line is not None and not why
    assert line[0] == (37.8, 44.7) and line[-1] == (4.1, 51.95)
    for strait in [(29.1, 41.1), (-5.6, 35.95)]:
        assert min(distance(point, strait) for point in line) < 60
    assert sea_course((76.9, 43.2), (4.1, 51.95))[0] is None  # Almaty is no port


def test_a_number_that_is_none_is_no_text() -> None:
    """Proves: what is unlimited or not known has no value in a layer, and a number stays one.
    Without it: a filter of QGIS would meet the word `nan` among capacities."""
    assert [_plain(value) for value in (2.5, np.inf, np.nan, None, "x", 3)] == [
        2.5,
        None,
        None,
        None,
        "x",
        "3",
    ]


def test_a_course_is_put_on_its_link(monkeypatch: pytest.MonkeyPatch) -> None:
    """Proves: links by sea that have no way points get the course that was found, and where there is none it is said why.
    Without it: a ship would be drawn straight over land, though its way was known."""
    whole = straits.load_case("two-routes")
    tables = {name: frame for name, frame in whole.tables.items() if len(frame)}
    case = Case.from_tables(tables, **whole.settings.model_dump())
    sea = [key for key, row in case.rows("links").items() if row.mode == "sea"]
    monkeypatch.setattr(geometry, "sea_course", lambda start, end: ([start, (10.0, 20.0), end], ""))
    found = find_routes(case)
    lines = {f["properties"]["link"]: f["geometry"]["coordinates"] for f in found.collection["features"]}
    assert sea and all(list(lines[key][1]) == [10.0, 20.0] for key in sea)
    monkeypatch.setattr(geometry, "sea_course", lambda start, end: (None, "no port is near"))
    left = find_routes(case).left_out
    assert all(left[key] == "no port is near" for key in sea)


def test_way_points_and_what_stays(tmp_path: Path) -> None:
    """Proves: way points lie between the ends of their link in their order, and the case that is read back has them. Without
    it: the report would draw another course than was given.
    """
    pytest.importorskip("searoute")
    case = straits.load_case("two-routes")
    (tmp_path / "way.csv").write_text("link,lon,lat\npipe,50,47\npipe,45,46\n")
    found = find_routes(case, tmp_path / "way.csv")
    lines = {f["properties"]["link"]: f["geometry"]["coordinates"] for f in found.collection["features"]}
    link, places = case.rows("links")["pipe"], case.rows("places")
    ends = [[places[p].lon, places[p].lat] for p in (link.from_place, link.to_place)]
    assert lines["pipe"] == [ends[0], [50.0, 47.0], [45.0, 46.0], ends[1]]
    tables = {name: frame for name, frame in case.tables.items() if len(frame)}
    again = Case.from_tables(tables, routes=found.collection, **case.settings.model_dump())
    assert again.routes == found.collection


def test_wrong_way_points_are_told_together(tmp_path: Path) -> None:
    """Proves: every wrong row is named by line and column. Without it: one slip a run."""
    case = straits.load_case("two-routes")
    (tmp_path / "way.csv").write_text("link,lon,lat\npip,50,47\npipe,500,46\npipe,x,46\n")
    with pytest.raises(StraitsError, match=r"(?s)line 2, column link: 'pip'.*did you mean.*line 3, .*line 4"):
        find_routes(case, tmp_path / "way.csv")
    (tmp_path / "way.csv").write_text("a,b\n1,2\n")
    with pytest.raises(StraitsError, match="found columns a, b; accepted: link, lon, lat"):
        find_routes(case, tmp_path / "way.csv")
    with pytest.raises(StraitsError, match="no place has coordinates"):
        find_routes(bare(case))


def test_a_place_has_a_row_for_each_good():
    """Proves: at the refinery 48 kt of oil come in, nothing of it leaves by a link, and 20 kt of diesel leave: two rows with
    their goods and units. Without it: the larger of kt and GWh stood there, and inflow and outflow were of two goods."""
    case = trade()
    tables = {name: frame for name, frame in case.tables.items() if len(frame)}
    tables["places"] = tables["places"].assign(lon=1.0, lat=2.0)
    case = straits.Case.from_tables(tables, **case.settings.model_dump(mode="json"))
    frame = features(straits.solve(case)).layers[1].frame.set_index(["place", "commodity"])
    assert frame.loc[("B", "oil"), ["unit", "inflow", "outflow"]].tolist() == ["kt", pytest.approx(48), 0.0]
    assert frame.loc[("B", "diesel"), ["inflow", "outflow"]].tolist() == [0.0, pytest.approx(20)]
    assert frame.loc[("C", "diesel"), "inflow"] == pytest.approx(20) and len(frame) == 4
