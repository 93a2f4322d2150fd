"""Whatever a case's files hold, reading them ends soon, in a case or in words."""

from __future__ import annotations

import io
import os
import time
from pathlib import Path
from typing import Any

import pytest

from straits.case import Case, load_case
from straits.case.files import folder as folder_module
from straits.case.files.yaml import build, read_yaml
from straits.case.findings import Finding
from straits.case.schema.settings import Scenario, Settings
from straits.errors import CaseError, did_you_mean, few_suggestions

from .readers import SOON, texts

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
