"""Whatever a case's files hold, reading them ends soon, in a case or in words."""

from __future__ import annotations

import io
import os
import time
import zipfile
from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from straits.case import Case, check_case, load_case
from straits.case.files import folder as folder_module
from straits.case.files import sheet as sheets
from straits.case.files.csv import read_csv
from straits.case.files.routes import read_routes, sound_routes
from straits.case.files.xlsx import read_sheets
from straits.case.files.yaml import build, read_yaml
from straits.case.findings import Finding
from straits.case.schema.settings import Scenario, Settings
from straits.errors import CaseError, did_you_mean, few_suggestions

#: Seconds that no reading of a small input may take; ten times what the slowest takes on a busy machine.
SOON = 20.0


def texts(path: Path) -> list[str]:
    return [finding.text for finding in check_case(path).errors]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    load_case("two-routes").save(tmp_path / "case")
    return tmp_path / "case"


# --- links, devices, pipes ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["places.csv", "case.yaml", "routes.geojson", "scenarios/pipeline-stop.yaml"]
)
@pytest.mark.parametrize("what", ["link", "pipe", "device", "folder"])
def test_only_regular_files_are_read(name: str, what: str, home: Path, tmp_path: Path) -> None:
    """Proves: a link, a pipe or a device in the place of a file of a case is an error at once, and nothing of what it leads to is
    shown. Without it: lines of a private file stood in an error, and a pipe hung the check."""
    (tmp_path / "private").write_text("root:secret:0:0\nid,name\n")
    path = home / name
    path.unlink(missing_ok=True)
    {
        "link": lambda: path.symlink_to(tmp_path / "private"),
        "pipe": lambda: os.mkfifo(path),
        "device": lambda: path.symlink_to("/dev/zero"),
        "folder": path.mkdir,
    }[what]()
    began = time.perf_counter()
    found = texts(home)
    assert found and not any("secret" in text for text in found)
    assert any("link" in text or "regular" in text or "directory" in text for text in found), found
    assert time.perf_counter() - began < SOON


def test_a_linked_folder_of_scenarios_is_not_read(home: Path, tmp_path: Path) -> None:
    """Proves: the scenarios of another folder are not read through a link."""
    (home / "scenarios").rename(tmp_path / "elsewhere")
    (home / "scenarios").symlink_to(tmp_path / "elsewhere")
    assert any("scenarios is a link" in text for text in texts(home))


def test_notes_may_be_links(home: Path) -> None:
    """Proves: what is left alone is left alone, whatever it is."""
    (home / "README.md").symlink_to("/dev/zero")
    os.mkfifo(home / "_pipe.csv")
    assert texts(home) == []


def test_files_above_the_stated_size_are_not_read(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Proves: a table or settings larger than is read is an error with the size."""
    monkeypatch.setattr(folder_module, "MOST_BYTES", 100)
    assert any("it holds more than 0.0001 million bytes" in text for text in texts(home))


# --- YAML --------------------------------------------------------------------------------------------------------

BOMB = b"a: &a [x,x,x,x,x,x,x,x,x]\n" + b"".join(
    b"%c: &%c [%s]\n" % (98 + at, 98 + at, b",".join([b"*%c" % (97 + at)] * 9)) for at in range(9)
)
YAMLS: dict[str, bytes] = {
    "aliases": BOMB,
    "merges": b"a0: &a0 {x: 1}\n"
    + b"".join(b"a%d: &a%d {<<: [%s]}\n" % (i, i, b",".join([b"*a%d" % (i - 1)] * 9)) for i in range(1, 12)),
    "itself": b"title: &a [*a]\n",
    "itself in a mapping": b"title: &a\n  b: *a\n",
    "nested flow": b"title: " + b"[" * 2_000,
    "nested mappings": b"title: " + b"{a: " * 1_000 + b"1" + b"}" * 1_000,
    "nested blocks": b"".join(b" " * at + b"a:\n" for at in range(300)),
    "dashes": b"- " * 20_000,
    "questions": b"? " * 20_000,
    "hex": b"title: 0x" + b"F" * 100_000,
    "octal": b"title: 0o" + b"7" * 100_000,
    "digits": b"title: " + b"9" * 100_000,
    "tag without a value": b"title: !!int ''\nid: !!bool x\n",
    "python": b"title: !!python/object/apply:os.system [true]\n",
    "binary": b"title: !!binary aGVsbG8=\n",
    "set": b"title: !!set {a, b}\n",
    "list as key": b"? [a]\n: 1\n",
    "two documents": b"a: 1\n---\n" * 1_000,
    "numbers as names": b"1: 2\n2: 3\n",
    "UTF-16": "id: x".encode("utf-16"),
    "control": b"id: a\x07b\n",
    "long name": b"id: x\ntitle: " + b"y" * 900_000,
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(YAMLS))
def test_hostile_yaml_ends_in_words(name: str) -> None:
    """Proves: bombs of aliases and merges, a value inside itself, nesting, endless digits, and tags end in errors at once.
    Without it: 395 bytes filled the memory, and others ended in a traceback."""
    findings: list[Finding] = []
    began = time.perf_counter()
    found = read_yaml("case.yaml", YAMLS[name], findings)
    if found is not None:
        for model in (Settings, Scenario):
            assert build(model, found, "case.yaml", findings) is None
    assert findings and all(len(finding.message) < 1_500 for finding in findings)
    assert time.perf_counter() - began < SOON


def test_anchors_that_grow_little_are_read() -> None:
    """Proves: an anchor that is used twice, and a merge, are YAML as ever."""
    findings: list[Finding] = []
    found = read_yaml("x", b"a: &a {factor: 0}\nb: [*a, *a]\nc:\n  <<: *a\n  d: 1\n", findings)
    assert not findings and found == {
        "a": {"factor": 0},
        "b": [{"factor": 0}] * 2,
        "c": {"factor": 0, "d": 1},
    }


# --- routes ------------------------------------------------------------------------------------------------------

ROUTES = [
    b"null", b"[]", b"{}", b"[" * 100_000, b'{"type":"FeatureCollection"}', b'{"type":"FeatureCollection","features":{}}',
    b'{"type":"FeatureCollection","features":[1]}', b'{"type":"FeatureCollection","features":[{"properties":[]}]}',
    b'{"type":"FeatureCollection","features":[{"properties":{"link":[]}}]}',
    b'{"type":"FeatureCollection","features":[{"geometry":5}]}',
    b'{"type":"FeatureCollection","features":[{"geometry":{"type":"LineString"}}]}',
    b'{"type":"FeatureCollection","features":[{"geometry":{"type":"LineString","coordinates":[[1],"ab"]}}]}',
    b'{"type":"FeatureCollection","features":[{"geometry":{"type":"LineString","coordinates":[[NaN,1],[1,2]]}}]}',
    b'{"type":"FeatureCollection","features":[{"geometry":{"type":"LineString","coordinates":[[true,1],[1,2]]}}]}',
    b'{"type":"FeatureCollection","x":' + b"9" * 10_000 + b"}", b'{"type":"FeatureCollection","features":[],"x":Infinity}',
    b"\xff\xfe",
]  # fmt: skip


@pytest.mark.parametrize("data", ROUTES, ids=range(len(ROUTES)))
def test_routes_of_wrong_shape_end_in_words(data: bytes, home: Path) -> None:
    """Proves: routes that are no lines of points are errors of the file. Without it: they ended in a traceback, some only when
    the map was drawn."""
    (home / "routes.geojson").write_bytes(data)
    assert any("routes.geojson" in text and "set_int_max" not in text for text in texts(home))


def test_routes_made_in_memory_are_looked_at_and_left_as_they_are() -> None:
    """Proves: `from_tables` refuses the same shapes, and does not change what it was given."""
    case = load_case("two-routes")
    given_routes: dict[str, Any] = {
        "type": "FeatureCollection",
        "features": [{"properties": {"link": "cafe\u0301"}, "geometry": None}],
    }
    before = repr(given_routes)
    for routes in (
        given_routes,
        {"type": "FeatureCollection", "features": [{"geometry": {"type": "LineString", "coordinates": 3}}]},
    ):
        with pytest.raises(CaseError, match="routes"):
            Case.from_tables(case.tables, routes=routes, **case.settings.model_dump())
    assert repr(given_routes) == before


# --- workbooks ---------------------------------------------------------------------------------------------------


def book_of(
    path: Path, change: Callable[[Any, dict[str, Any]], None] | None = None, *, without: str = ""
) -> Path:
    """Write the teaching case as a workbook with formats, comments, filters, hidden rows, a chart and scratch sheets."""
    case = load_case("two-routes")
    case.save(path.with_name("plain.xlsx"))
    book = xlsxwriter.Workbook(str(path))
    bold, day = (
        book.add_format({"bold": True, "bg_color": "#eeeeee"}),
        book.add_format({"num_format": "dd/mm/yyyy"}),
    )
    sheets: dict[str, Any] = {}
    for sheet in read_sheets(path.with_name("plain.xlsx"), lambda name: True):
        sheets[sheet.name] = page = book.add_worksheet(sheet.name)
        for row, cells in sheet.rows.items():
            for at, value in cells.items():
                if isinstance(value, str) and at and value.startswith("2022-") and len(value) == 10:
                    page.write_datetime(row - 1, at, date.fromisoformat(value), day)
                else:
                    page.write(row - 1, at, value, bold if row == 1 else None)
        page.autofilter(0, 0, 10, 3)
        page.write_comment(0, 0, "a comment")
        page.set_row(40, 30, bold)
        page.conditional_format("A1:C9", {"type": "no_blanks", "format": bold})
    scratch = book.add_worksheet("_scratch")
    scratch.write_formula(0, 0, "=NA()", None, "#N/A")
    scratch.merge_range("B2:D9", "x")
    chart = book.add_chart({"type": "line"})
    chart.add_series({"values": "=links!$G$2:$G$4"})
    book.add_chartsheet("Chart1").set_chart(chart)
    book.define_name("rate", "=links!$G$2")
    if change is not None:
        change(book, sheets)
    book.close()
    return path


def test_a_workbook_as_people_make_them(tmp_path: Path) -> None:
    """Proves: formats, comments, filters, dates as dates, charts and scratch sheets with errors change nothing of a case."""
    assert load_case(book_of(tmp_path / "a.xlsx")).hash == load_case("two-routes").hash


def test_a_stray_blank_far_away(tmp_path: Path) -> None:
    """Proves: a blank in the last column costs nothing, and a value there is an error. Without it: it took 6 GB."""

    def stray(text: str) -> Callable[[Any, dict[str, Any]], None]:
        return lambda book, sheets: sheets["links"].write_string("XFD20001", text)

    began = time.perf_counter()
    assert load_case(book_of(tmp_path / "a.xlsx", stray(" "))).hash == load_case("two-routes").hash
    assert any("line 20001: a cell right" in text for text in texts(book_of(tmp_path / "b.xlsx", stray("x"))))
    assert time.perf_counter() - began < SOON


def test_a_name_far_away_is_one_error(tmp_path: Path) -> None:
    """Proves: a name in the last column of the first row is one error. Without it: each row below became 16,384 cells."""

    def change(book: Any, sheets: dict[str, Any]) -> None:
        sheets["links"].write_string("XFD1", "x")

    found = [text for text in texts(book_of(tmp_path / "a.xlsx", change)) if text.startswith("links")]
    assert len(found) == 1 and "16,384 columns" in found[0]


def merged(cells: str, value: Any) -> Callable[[Any, dict[str, Any]], None]:
    return lambda book, sheets: sheets["places"].merge_range(cells, value)


def test_cells_merged_downwards_hold_for_each_row(tmp_path: Path) -> None:
    """Proves: a value merged over rows is that of each. Without it: the second row silently took the default."""
    case = load_case("two-routes")
    columns = list(case.used_columns("places"))
    at = chr(65 + len(columns))

    def change(book: Any, sheets: dict[str, Any]) -> None:
        sheets["places"].write(f"{at}1", "precision_km")
        sheets["places"].merge_range(f"{at}2:{at}4", 7.5)
        sheets["places"].merge_range(f"{at}200:{at}300", "")

    read = load_case(book_of(tmp_path / "a.xlsx", change))
    assert [row.precision_km for row in read.rows("places").values()][:4] == [7.5, 7.5, 7.5, None]
    assert len(read.rows("places")) == len(case.rows("places"))


def test_cells_merged_across_columns_are_refused(tmp_path: Path) -> None:
    """Proves: one value over two columns, which mean different things, is an error that names the cells; one that runs on over
    columns without a name is no matter."""
    assert any(
        "cells B2:C2 are merged" in text
        for text in texts(book_of(tmp_path / "a.xlsx", merged("B2:C2", "Field")))
    )
    last = len(load_case("two-routes").used_columns("places"))
    wide = f"{chr(64 + last)}2:{chr(67 + last)}2"
    assert not any("merged" in text for text in texts(book_of(tmp_path / "b.xlsx", merged(wide, "x"))))


def test_names_merged_with_rows_below_are_refused(tmp_path: Path) -> None:
    """Proves: the name of a column that is merged with the first row below is an error that names the cells, since that row has
    no value there; one over blank rows is no matter. Without it: that row silently took the default."""
    names = list(load_case("two-routes").used_columns("links"))
    at = chr(65 + len(names))

    def down(last: int) -> Callable[[Any, dict[str, Any]], None]:
        return lambda book, sheets: sheets["links"].merge_range(f"{at}1:{at}{last}", "loss")

    assert any(
        f"line 2: cells {at}1:{at}2 merge the name" in text
        for text in texts(book_of(tmp_path / "a.xlsx", down(2)))
    )
    sheet = sheets.Sheet("links", {1: {0: "id", 1: "loss"}, 3: {0: "x", 1: 0.1}}, [(1, 1, 2, 1)])
    assert sheets.spread_merges(sheet, 1, 2) == []


def test_merged_cells_without_end_are_refused() -> None:
    """Proves: thousands of merges over all rows end at once. Without it: time grew with their product."""
    sheet = sheets.Sheet(
        "links", {row: {0: "x", 1: "y"} for row in range(1, 20_000)}, [(2, 0, 20_000, 0)] * 10_000
    )
    with pytest.raises(sheets.WorkbookError, match="merged"):
        sheets.spread_merges(sheet, 1, 2)


def repacked(path: Path, change: Callable[[str, bytes], bytes | None]) -> Path:
    """Write a workbook anew, each part as `change` gives it; None leaves it out."""
    out = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = change(name, old.read(name))
            if data is not None:
                new.writestr(name, data)
    path.write_bytes(out.getvalue())
    return path


SPOILT: dict[str, tuple[str, Callable[[bytes], bytes | None]]] = {
    "no workbook part": ("xl/workbook.xml", lambda data: None),
    "no sheet": ("xl/worksheets/sheet1.xml", lambda data: None),
    "broken XML": ("xl/worksheets/sheet1.xml", lambda data: data[: len(data) // 2]),
    "entities": ("xl/sharedStrings.xml", lambda data: b'<!DOCTYPE x [<!ENTITY a "aaaa">]>' + data.partition(b"?>")[2]),
    "no string": ("xl/sharedStrings.xml", lambda data: None),
    "wrong cell": ("xl/worksheets/sheet1.xml", lambda data: data.replace(b'r="A1"', b'r="1A"')),
    "wrong index": ("xl/worksheets/sheet1.xml", lambda data: data.replace(b"<v>0</v>", b"<v>-1</v>", 1)),
    "no number": ("xl/worksheets/sheet4.xml", lambda data: data.replace(b"<v>0</v></c></row>", b"<v>1e999</v></c></row>")),
    "nothing": ("xl/workbook.xml", lambda data: b""),
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(SPOILT))
def test_spoilt_workbooks_end_in_words(name: str, tmp_path: Path) -> None:
    """Proves: a workbook without parts, with broken XML or with entities is an error. Without it: it ended in a traceback."""
    part, spoil = SPOILT[name]
    path = tmp_path / "a.xlsx"
    load_case("two-routes").save(path)
    found = texts(repacked(path, lambda each, data: spoil(data) if each == part else data))
    assert found or name == "no number"


def test_a_workbook_that_unpacks_to_much_is_not_read(tmp_path: Path) -> None:
    """Proves: a small file that unpacks to more than is stated is refused before it is unpacked; large pictures are no matter."""
    path = tmp_path / "a.xlsx"
    load_case("two-routes").save(path)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/image1.png", b"\0" * 150_000_000)
    began = time.perf_counter()
    assert texts(path) == []
    repacked(
        path,
        lambda name, data: (
            b"<a>" + b" " * 110_000_000 + b"</a>" if name == "xl/worksheets/sheet2.xml" else data[: 10**6]
        ),
    )
    assert path.stat().st_size < 1_000_000
    assert any("unpacks to more than 100 million bytes" in text for text in texts(path))
    assert time.perf_counter() - began < SOON


def test_dotted_names_of_settings_that_clash(tmp_path: Path) -> None:
    """Proves: settings of a workbook that are a value and a group at once, repeated, or nested without end, are errors."""
    for name in ("id.more", "time", ".".join("a" * 900), "title"):

        def change(book: Any, sheets: dict[str, Any], name: str = name) -> None:
            sheets["case"].write(50, 0, name)
            sheets["case"].write(50, 1, "x")

        assert any("case" in text for text in texts(book_of(tmp_path / "a.xlsx", change))), name


# --- many slips, long texts --------------------------------------------------------------------------------------


def test_a_thousand_wrong_ids_are_told_soon(home: Path) -> None:
    """Proves: every wrong id is an error, and near ones are looked for only as often as helps. Without it: 72 s."""
    lines = (home / "controls.csv").read_text().splitlines()
    asset = lines[0].split(",").index("asset")
    row = lines[1].split(",")
    key = lines[0].split(",").index("id")
    rows = []
    for number in range(2_000):
        row[key], row[asset] = f"c{number}", f"pipelinne-{number:05d}"
        rows.append(list(row))
    (home / "controls.csv").write_text("\n".join([lines[0], *(",".join(cells) for cells in rows)]) + "\n")
    began = time.perf_counter()
    assert sum("pipelinne" in text for text in texts(home)) >= 2_000
    assert time.perf_counter() - began < SOON


def test_near_ids_among_thousands() -> None:
    """Proves: among many ids the nearest is still found, in time that does not grow with the number of slips."""
    known = [f"station-{number:05d}" for number in range(20_000)]
    assert "'station-01234'" in did_you_mean("staton-01234", known)
    began = time.perf_counter()
    with few_suggestions():
        told = [did_you_mean(f"statoin-{number:05d}", known[:2_000]) for number in range(5_000)]
    assert told[0] and not told[-1]
    assert time.perf_counter() - began < SOON
    assert did_you_mean("x" * 1_000_000, known) == ""


@pytest.mark.parametrize(
    ("table", "column"), [("links", "name"), ("links", "id"), ("links", "corridor"), ("places", "aliases")]
)
def test_names_have_a_length(table: str, column: str) -> None:
    """Proves: a name of 8,000 letters is an error that says how many are accepted. Without it: a map took 25 s to place it."""
    case = load_case("two-routes")
    tables = case.tables
    tables[table].loc[0, column] = "x" * 8_000
    with pytest.raises(CaseError, match=r"8,000 letters; accepted: at most \d00"):
        Case.from_tables(tables, **case.settings.model_dump())


# --- look-alikes -------------------------------------------------------------------------------------------------


def test_composed_and_decomposed_letters_are_one() -> None:
    """Proves: é in one sign or two is one id. Without it: the message showed the same word twice."""
    case = load_case("two-routes")
    tables = case.tables
    tables["places"] = tables["places"].replace("port", "café")
    for name in tables:
        tables[name] = tables[name].replace("port", "cafe\u0301") if name != "places" else tables[name]
    tables["places"]["kind"] = case.tables["places"]["kind"]
    again = Case.from_tables(tables, **case.settings.model_dump())
    ends = {end for link in again.rows("links").values() for end in (link.from_place, link.to_place)}
    assert "café" in again.rows("places") and "café" in ends


@pytest.mark.parametrize(
    ("found", "told"),
    [
        ("\u0440\u043ert", "U+0440 CYRILLIC SMALL LETTER ER"),
        ("\u0440\u043e\u0433t", "U+0440"),
        ("po\u200brt", "U+200B ZERO WIDTH SPACE stands where nothing is meant"),
        ("\u202eport", "U+202E RIGHT-TO-LEFT OVERRIDE"),
        ("po\u00adrt", "U+00AD SOFT HYPHEN"),
        ("\uff50ort", "U+FF50 FULLWIDTH LATIN SMALL LETTER P"),
        ("port\u0661", "U+0661 ARABIC-INDIC DIGIT ONE stands where U+0031 DIGIT ONE is meant"),
        ("berth\u2011a", "U+2011 NON-BREAKING HYPHEN stands where U+002D HYPHEN-MINUS is meant"),
    ],
)
def test_a_difference_that_is_not_seen_is_told(found: str, told: str) -> None:
    """Proves: where two ids look the same, the message names the signs that differ."""
    text = did_you_mean(found, ["port", "port1", "berth-a", "field"])
    assert told in text and "did you mean" in text


# --- decimal commas ----------------------------------------------------------------------------------------------


def semicolons(path: Path) -> None:
    """Write a table as a European spreadsheet would."""
    import csv

    rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"))))
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=";").writerows(rows)


def test_numbers_in_texts_have_the_mark_of_their_file(home: Path) -> None:
    """Proves: steps and claims of a file with decimal commas are read as its numbers are, and what could be read in two ways is
    refused. Without it: they were refused, or 2.500 became 2.5 beside cells where it means 2500."""
    semicolons(home / "links.csv")
    semicolons(home / "markets.csv")
    links = (home / "links.csv").read_text().splitlines()
    head = links[0].split(";")
    first = links[1].split(";")
    first[head.index("cost")] = "2,5"
    (home / "links.csv").write_text("\n".join([links[0], ";".join(first), *links[2:]]) + "\n")
    claim = f"id;table;row;column;value;unit;chosen\nk1;links;{first[0]};cost;{{}};{first[head.index('cost_unit')]};true\n"
    for value, good in (("2,5", True), ("2,50", True), ("2.5", False), ("2.500", False), ("2,5x", False)):
        (home / "claims.csv").write_text(claim.format(value))
        found = texts(home)
        assert (found == []) == good, (value, found)


# --- anything ----------------------------------------------------------------------------------------------------

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
