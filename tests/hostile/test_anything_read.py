"""Drawn bytes and texts in the place of files of a case: read, or refused in words, and soon."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from straits.case import check_case, load_case
from straits.case.files.csv import read_csv
from straits.case.files.routes import read_routes, sound_routes
from straits.case.files.yaml import build, read_yaml
from straits.case.findings import Finding
from straits.case.schema.settings import Scenario, Settings

from .readers import repacked

_FUZZ = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
_LINES = st.text(st.sampled_from('ab,;\t"\n\r=0159.-:|\u202e\u0661é\x00 '), max_size=200)
_YAML = st.text(st.sampled_from("ab: -[]{}&*!?|>'\"\n#%@0x19.\t,<"), max_size=120)


@_FUZZ
@given(_LINES | st.text(max_size=100))
def test_any_csv_is_read_or_told(text: str) -> None:
    """Proves: any text in the place of a table ends in rows or in errors of ours."""
    findings: list[Finding] = []
    table = read_csv("places", text.encode("utf-8", "surrogatepass"), findings)
    assert table is not None or findings
    if table is not None:
        from straits.case.files.parse import parse_table

        parse_table(table, findings)


@_FUZZ
@given(st.binary(max_size=100) | _YAML.map(str.encode))
def test_any_yaml_is_read_or_told(data: bytes) -> None:
    """Proves: any bytes in the place of settings or a scenario end in a mapping or in errors of ours."""
    findings: list[Finding] = []
    found = read_yaml("case.yaml", data, findings)
    assert found is not None or findings
    for model in (Settings, Scenario):
        if found is not None:
            assert build(model, found, "case.yaml", findings) is not None or findings


_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from(["LineString", "Feature"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["type", "features", "properties", "geometry", "coordinates", "link", "id"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@_FUZZ
@given(_JSON)
def test_any_routes_are_read_or_told(features: Any) -> None:
    """Proves: any value in the place of routes is drawn or is an error of ours."""
    from straits.report.maps.geometry import given_routes

    findings: list[Finding] = []
    routes = sound_routes({"type": "FeatureCollection", "features": features}, findings)
    assert (routes is None) == bool(findings)
    given_routes(routes)
    read_routes(repr(features).encode(), [])


_PARTS = ["workbook", "worksheets/sheet1", "worksheets/sheet4", "sharedStrings", "styles"]


@_FUZZ
@given(
    part=st.sampled_from(
        [*(f"xl/{name}.xml" for name in _PARTS), "xl/_rels/workbook.xml.rels", "_rels/.rels"]
    ),
    at=st.floats(0, 1),
    new=st.binary(max_size=4) | st.sampled_from([b"<c/>", b'r="B2"', b"&lt;", b"e", b"9"]),
)
def test_any_workbook_is_read_or_told(part: str, at: float, new: bytes) -> None:
    """Proves: a workbook with some bytes of some part changed ends in a case or in errors of ours."""

    def spoil(name: str, old: bytes) -> bytes:
        where = int(at * len(old))
        return old[:where] + new + old[where + len(new) :] if name == part else old

    with TemporaryDirectory() as folder:
        path = Path(folder) / "a.xlsx"
        path.write_bytes(_whole_book())
        check_case(repacked(path, spoil))


@cache
def _whole_book() -> bytes:
    with TemporaryDirectory() as folder:
        load_case("two-routes").save(Path(folder) / "a.xlsx")
        return (Path(folder) / "a.xlsx").read_bytes()
