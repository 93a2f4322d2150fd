"""What a file says and hardly anybody means: another calendar, another unit, another YAML, another script, another mark."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import straits
from straits.case import check_case
from straits.case.files.csv import read_csv
from straits.case.files.parse import parse_table
from straits.case.findings import Finding


def two_routes(
    folder: Path, name: str, old: str, new: str
) -> list[tuple[str, str, str | None, str | None, str | None]]:
    """Change one file of a copy of the bundled case, and give what is found but missing sources."""
    straits.load_case("two-routes").save(folder)
    text = (folder / name).read_text()
    assert old in text
    (folder / name).write_text(text.replace(old, new))
    return [
        (f.severity, f.code, f.table, f.row, f.column)
        for f in check_case(folder)
        if f.code not in ("unsourced", "uncontrolled")
    ]


SCENARIO, STOP = "scenarios/pipeline-stop.yaml", "scenarios/pipeline-stop"


@pytest.mark.parametrize(
    ("name", "old", "new", "found"),
    [
        ("measures.csv", "2022-07-05", "2565-07-05", ("error", "calendar", "measures", "order", "start")),
        ("measures.csv", "2022-07-11", "1401-04-20", ("error", "calendar", "measures", "order", "end")),
        (SCENARIO, "end: 2022-08-05", "end: 1443-12-06", ("error", "calendar", "scenarios/pipeline-stop", None, "end")),
        ("case.yaml", "end: 2023-01-01", "end: 2566-01-01", ("error", "calendar", "case.yaml", None, "time.end")),
        ("case.yaml", "price_year: 2022", "price_year: 22", ("error", "calendar", "case.yaml", None, "price_year")),
        ("case.yaml", "price_year: 2022", "price_year: true", ("error", "settings", "case.yaml", None, "price_year")),
        (SCENARIO, "asset: pipe", "asset: pipe\n  factor: true", ("error", "settings", STOP, None, "disruptions.0.factor")),
        (SCENARIO, "asset: pipe", "asset: pipe\n  factor: false", ("error", "settings", STOP, None, "disruptions.0.factor")),
        ("commodities.csv", "7.5", "0.137", ("warning", "factor_slip", "commodities", "crude", "bbl_per_t")),
        ("actors.csv", "company,LND", "company,oilco", ("warning", "belongs_in_a_round", "actors", "oilco", "state")),
        ("actors.csv", "Neighbour,state,", "Neighbour,state,LND", ("warning", "state_of_a_state", "actors", "NBR", "state")),
    ],
)  # fmt: skip
def test_what_is_hardly_meant_is_told(
    name: str, old: str, new: str, found: tuple[Any, ...], tmp_path: Path
) -> None:
    """Proves: a day of the Buddhist, Persian or Islamic calendar, a truth value in the place of a number, tonnes per barrel, and
    an actor of itself are found at their cells. Without it: an owner since 2565 owned nothing in 2022, and `factor: true` was a
    stop that stops nothing."""
    assert found in two_routes(tmp_path / "case", name, old, new)


@pytest.mark.parametrize(("name", "old", "new"), [
    ("commodities.csv", "7.5", "6.1"), ("commodities.csv", "7.5", "12.4"), ("case.yaml", "price_year: 2022", "price_year: 1998"),
    ("case.yaml", "price_year: 2022", ""), ("measures.csv", "2022-07-05", "1999-07-05"),
])  # fmt: skip
def test_what_may_well_be_meant_is_not(name: str, old: str, new: str, tmp_path: Path) -> None:
    """Proves: bitumen, propane, old price years and days long ago are no slips."""
    told = {"calendar", "factor_slip", "settings", "belongs_in_a_round", "state_of_a_state"}
    assert not told & {code for _, code, *_ in two_routes(tmp_path / "case", name, old, new)}


def test_rounds_of_belonging_are_told_step_by_step(tmp_path: Path) -> None:
    """Proves: two companies that belong to each other are told with the way round, and an actor that only leads there is not."""
    straits.load_case("two-routes").save(tmp_path)
    actors = tmp_path / "actors.csv"
    text = actors.read_text().replace("company,LND", "company,pipeco").replace("company,NBR", "company,oilco")
    actors.write_text(text + "shop,Shop,company,oilco\n")
    told = {f.row: f.message for f in check_case(tmp_path) if f.code == "belongs_in_a_round"}
    assert told.pop("oilco").endswith("oilco -> pipeco -> oilco") and "shop" not in told


def test_yaml_of_another_version_is_refused(tmp_path: Path) -> None:
    """Proves: a file that says it is YAML 1.1 is refused, one that says 1.2 is read. Without it: `price_year: 03747` was 2023,
    and `1:30` 90."""
    straits.load_case("two-routes").save(tmp_path)
    settings = tmp_path / "case.yaml"
    text = settings.read_text().replace("price_year: 2022", "price_year: 03747")
    settings.write_text(f"%YAML 1.1\n---\n{text}")
    [found] = check_case(tmp_path).errors
    assert found.code == "unreadable_file" and "YAML 1.1" in found.message and "YAML 1.2" in found.message
    settings.write_text("%YAML 1.2\n---\n" + text.replace("03747", "2022"))
    assert not check_case(tmp_path).errors


@pytest.mark.parametrize("digits", ["\u09ea", "\u0663\u0660", "3\u0660", "\uff13\uff10", "1\u09ea.5"])
def test_digits_of_other_scripts_are_no_numbers(digits: str, tmp_path: Path) -> None:
    """Proves: a number is of the digits 0 to 9, and the message says so. Without it: the Bengali digit 4, which looks like 8, was
    read as 4 among figures."""
    straits.load_case("two-routes").save(tmp_path)
    links = tmp_path / "links.csv"
    links.write_text(links.read_text().replace(",25,kt/d,35", f",{digits},kt/d,35"))
    [found] = check_case(tmp_path).errors
    assert (found.table, found.row, found.column) == ("links", "rail", "capacity")
    assert "the digits 0 to 9" in found.message


@pytest.mark.parametrize(
    ("table", "rows", "column", "read"),
    [
        (
            "converts",
            "id;name;place;commodity;capacity;capacity_unit;cost;cost_unit;yields;yields_low\n"
            "k;K;pit;ore;2,5;kt/d;0;;slag={};slag=0,05\n",
            "yields",
            "slag={}",
        ),
        (
            "joints",
            "id;name;links;capacity;unit;weights\nk;K;rail;2,5;call;ore={}|oil=1\n",
            "weights",
            "ore={}|oil=1",
        ),
        ("regimes", "id;name;start_probability;transitions\nk;K;0,5;k:{}\n", "transitions", "k:{}"),
    ],
)
def test_decimal_commas_in_texts_that_hold_numbers(
    table: str, rows: str, column: str, read: str, tmp_path: Path
) -> None:
    """Proves: yields, weights and transitions of a file with decimal commas are read as its numbers are, and what would be
    ambiguous in the cell beside them is here. Without it: such a comma was no number, and a point of thousands a decimal one."""

    def found(number: str) -> tuple[object, list[str]]:
        findings: list[Finding] = []
        raw = read_csv(table, rows.format(number).encode(), findings)
        assert raw is not None
        return parse_table(raw, findings).cells[0].get(column), [f.code for f in findings]

    assert found("0,125") == (read.format("0.125"), [])
    assert found("1") == (read.format("1"), [])
    for number in ("0.5", "1.250"):
        assert found(number)[1] and set(found(number)[1]) == {"ambiguous_number"}


@pytest.mark.parametrize("text", ["diesel=0_5", "diesel=nan", "diesel=inf", "diesel=1e999", "diesel=\u0665"])
def test_yields_are_numbers_as_cells_are(text: str) -> None:
    """Proves: what is no number in a cell is none in a text: `0_5` was 5."""
    from straits.case.answers import numbers_of

    assert numbers_of([text]) == {}


def _routes(*points: tuple[float, float], **more: Any) -> dict[str, Any]:
    line = {"type": "LineString", "coordinates": [list(point) for point in points]}
    return {
        "type": "FeatureCollection",
        "features": [{"type": "Feature", "id": "pipe", "geometry": line}],
        **more,
    }


@pytest.mark.parametrize(
    ("routes", "told"),
    [
        (_routes((54, 46), (45, 45), (38, 44.5)), None),
        (_routes((38, 44.5), (54, 46)), None),
        (_routes((55, 47), (38.5, 45)), None),
        (_routes((46, 54), (44.5, 38)), "latitude seems to stand before longitude"),
        (_routes((-100, -40), (-90, -50)), "km from its place; expected within 300 km"),
        (_routes((54, 46), (540_000, 5_100), (38, 44.5)), "expected longitude and latitude in degrees"),
    ],
    ids=["right", "the other way", "near", "turned round", "elsewhere", "metres"],
)
def test_a_route_that_leads_elsewhere(routes: dict[str, Any], told: str | None, tmp_path: Path) -> None:
    """Proves: a route whose ends are not where the places of its link are is told, with a word where latitude came first. Without
    it: the pipe was drawn through another continent, and nothing said so."""
    straits.load_case("two-routes").save(tmp_path)
    (tmp_path / "routes.geojson").write_text(json.dumps(routes))
    found = [f.message for f in check_case(tmp_path) if f.code == "route_away"]
    assert len(found) == (told is not None) and (told is None or told in found[0])


@pytest.mark.parametrize(
    ("name", "read"), [("urn:ogc:def:crs:OGC:1.3:CRS84", True), ("EPSG:3857", False), ("EPSG:4326", True)]
)
def test_routes_of_another_reference_system_are_refused(name: str, read: bool, tmp_path: Path) -> None:
    """Proves: routes in metres are refused by the system that they name, and the usual names of degrees are accepted."""
    straits.load_case("two-routes").save(tmp_path)
    crs = {"type": "name", "properties": {"name": name}}
    (tmp_path / "routes.geojson").write_text(json.dumps(_routes((54, 46), (38, 44.5), crs=crs)))
    errors = [f.message for f in check_case(tmp_path).errors]
    assert (not errors) == read and (read or "reference system" in errors[0])


def test_scenarios_that_differ_in_capitals(tmp_path: Path) -> None:
    """Proves: two scenarios whose files some systems take for one are told. Without it: saved there, one of them was gone."""
    straits.load_case("two-routes").save(tmp_path)
    stop = (tmp_path / f"{STOP}.yaml").read_text()
    (tmp_path / "scenarios" / "Pipeline-Stop.yaml").write_text(
        stop.replace("id: pipeline-stop", "id: Pipeline-Stop")
    )
    found = [f.message for f in check_case(tmp_path) if f.code == "look_alike"]
    assert len(found) == 1 and "differ in capitals" in found[0] and "lose one" in found[0]
