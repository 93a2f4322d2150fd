"""Tables, claims, edits and scenarios: the same checks and messages as the command line, and nothing half written."""

from __future__ import annotations

from pathlib import Path

import pytest

import straits
from app.client import Client
from straits.case.load import check_case

QUESTION = {"closures": [{"asset": "pipe", "start": "2022-07-01", "end": "2022-07-31"}]}


def edit(column: str, value: str, row: str = "rail", table: str = "links") -> dict:
    return {"set": [{"table": table, "row": row, "column": column, "value": value}]}


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_a_wrong_cell_is_told_at_the_cell_in_the_words_of_check(client: Client, folder: Path) -> None:
    """Proves: an edit that cannot be right gives the finding that `straits check` gives for the same file, at its cell, and is
    not saved. Without it: page and command line would disagree about a case."""
    before = bytes_of(folder)
    found = client.post("/api/cases/mine/check", edit("capacity", "many")).json["errors"]
    refused = client.post("/api/cases/mine/save", edit("capacity", "many"))
    assert refused.status == 422 and refused.code == "case" and bytes_of(folder) == before
    file = folder / "mine" / "links.csv"
    file.write_text(file.read_text().replace(",25,kt/d,35,", ",many,kt/d,35,"))
    told = check_case(folder / "mine").errors
    assert [(f.table, f.row, f.column, f.message) for f in told] == [
        (f["table"], f["row"], f["column"], f["message"]) for f in found
    ]
    assert refused.json["error"]["findings"] == found


def test_an_edit_is_saved_where_it_belongs_and_nothing_else(client: Client, folder: Path) -> None:
    """Proves: a good edit changes its table and the claims about it, the comments of case.yaml stay, and the case is read again.
    Without it: saving a cell would rewrite a folder that a person keeps by hand."""
    before = bytes_of(folder / "mine")
    reply = client.post(
        "/api/cases/mine/save", {**edit("capacity", "26"), "mark": client.get("/api/cases/mine").json["mark"]}
    )
    assert reply.status == 200, reply.json
    after = bytes_of(folder / "mine")
    assert {name for name in after if after[name] != before.get(name)} <= {"links.csv", "claims.csv"}
    assert after["case.yaml"] == before["case.yaml"] and b"# Settings" in after["case.yaml"]
    assert straits.load_case(folder / "mine").rows("links")["rail"].capacity == 26
    assert reply.json["mark"] == client.get("/api/cases/mine").json["mark"]


def test_rows_are_added_and_removed_with_what_is_said_of_them(client: Client, folder: Path) -> None:
    """Proves: a place, a link and its cells can be added in one go, and a row removed with its claims; a row that others need
    cannot go, and the message says who needs it."""
    cells = {"id": "north", "name": "North", "kind": "port", "lon": "20", "lat": "60"}
    link = {"id": "way", "name": "Way", "from_place": "field", "to_place": "north", "mode": "rail", "commodities": "crude",
            "capacity": "5", "capacity_unit": "kt/d", "cost": "3", "cost_unit": "USD/t"}  # fmt: skip
    edits = {
        "add": [{"table": "places", "cells": cells}, {"table": "links", "cells": link}],
        **edit("capacity", "7", "way"),
    }
    scene = client.post("/api/cases/mine/preview", edits)
    assert {"north"} <= {p["id"] for p in scene.json["scene"]["places"]}
    assert client.post("/api/cases/mine/save", edits).status == 200
    assert straits.load_case(folder / "mine").rows("links")["way"].capacity == 7
    refused = client.post("/api/cases/mine/save", {"remove": [{"table": "places", "row": "north"}]})
    assert refused.status == 422 and "way" in str(refused.json)
    both = {"remove": [{"table": "places", "row": "north"}, {"table": "links", "row": "way"}]}
    assert client.post("/api/cases/mine/save", both).status == 200
    assert "north" not in straits.load_case(folder / "mine").rows("places")
    gone = client.post("/api/cases/mine/save", {"remove": [{"table": "links", "row": "wey"}]})
    assert gone.status == 422 and "to remove" in str(gone.json)


def test_the_second_writer_is_told_and_nothing_is_lost(client: Client, folder: Path) -> None:
    """Proves: of two windows that opened one case the second to save is refused, and so is who saves over a change on disk; the
    first change stays. Without it: the later of two analysts would undo the earlier without knowing."""
    mark = client.get("/api/cases/mine").json["mark"]
    assert client.post("/api/cases/mine/save", {**edit("capacity", "26"), "mark": mark}).status == 200
    second = client.post("/api/cases/mine/save", {**edit("cost", "30"), "mark": mark})
    assert second.status == 409 and second.code == "changed"
    assert straits.load_case(folder / "mine").rows("links")["rail"].capacity == 26
    file = folder / "mine" / "links.csv"
    file.write_text(file.read_text().replace("Railway to the port", "Railway renamed"))
    assert client.get("/api/cases/mine/mark").json["stale"]
    mine = client.get("/api/cases/mine").json["mark"]
    assert client.post("/api/cases/mine/save", {**edit("cost", "30"), "mark": mine}).status == 409
    assert "renamed" in file.read_text()
    fresh = client.post("/api/cases/mine/reload").json["mark"]
    assert client.post("/api/cases/mine/save", {**edit("cost", "30"), "mark": fresh}).status == 200
    assert "renamed" in file.read_text()


def test_a_scenario_is_saved_as_one_file_and_gives_the_same(client: Client, folder: Path) -> None:
    """Proves: what is on the map becomes scenarios/ID.yaml, all else stays as it was, and the library gives the same loss for it.
    Without it: what was seen could not be asked again."""
    before = bytes_of(folder / "mine")
    asked = {"question": QUESTION, "id": "shut-in-july", "title": "Shut in July"}
    assert client.post("/api/cases/mine/scenarios", asked).status == 200
    after = bytes_of(folder / "mine")
    assert {n for n in after if after[n] != before.get(n)} == {"scenarios/shut-in-july.yaml"}
    shown = client.post("/api/cases/mine/ask", QUESTION).json["headline"]["value_lost"]
    found = straits.stress(straits.load_case(folder / "mine"), ["shut-in-july"])
    assert found.baseline.objective - found.solutions["shut-in-july"].objective == pytest.approx(shown)
    assert client.post("/api/cases/mine/scenarios", asked).status == 422
    assert client.post("/api/cases/mine/scenarios", {**asked, "replace": True}).status == 200
    for wrong in ("../../evil", "a/b", "", "X", "a" * 80):
        assert client.post("/api/cases/mine/scenarios", {**asked, "id": wrong}).status == 422


def test_a_bundled_case_is_saved_as_a_copy_only(client: Client, folder: Path) -> None:
    """Proves: a case that came with the package is never written; a copy is made under the folder of the server, and a name that
    leads out of it, or is taken, is refused."""
    asked = {"question": {**QUESTION, "closures": []}, "id": "calm", "title": "Calm"}
    assert client.post("/api/cases/two-routes/scenarios", asked).status == 422
    done = client.post("/api/cases/two-routes/scenarios", {**asked, "copy_to": "own"})
    assert done.status == 200 and done.json["key"] == "own", done.json
    assert (folder / "own" / "scenarios" / "calm.yaml").is_file()
    for wrong in ("own", "../own2", "/tmp/own3", "a/b", ".hidden", "mine"):
        assert client.post("/api/cases/two-routes/scenarios", {**asked, "copy_to": wrong}).status == 422, (
            wrong
        )
    assert {p.name for p in folder.iterdir()} == {"mine", "own"}


def test_a_number_says_where_it_comes_from(client: Client) -> None:
    """Proves: value, unit, meaning, the chosen claim with its source, and rivals, are one question away; so is who can close an
    asset, and how sure each number of its row is."""
    case = straits.load_case("two-routes")
    claim = next(c for c in case.rows("claims").values() if c.chosen and c.source)
    found = client.get(f"/api/cases/mine/number/{claim.table}/{claim.row}/{claim.column}").json
    used = next(c for c in found["claims"] if c["chosen"])
    assert used["source"]["id"] == claim.source and found["grade"] in ("hard", "soft", "guess")
    assert found["unit"] and found["meaning"]
    assert [c["chosen"] for c in found["claims"]] == sorted(
        (c["chosen"] for c in found["claims"]), reverse=True
    )
    row = client.get("/api/cases/mine/asset/pipe").json
    assert {c["column"] for c in row["cells"]} >= {"capacity", "cost"} and row["controls"]
    bare = client.get("/api/cases/mine/number/links/rail/cost").json
    assert bare["grade"] == "unsourced" or bare["claims"]
    assert client.get("/api/cases/mine/number/links/rail/cots").status == 422
    assert client.get("/api/cases/mine/asset/pipo").status == 422


def test_a_workbook_is_taken_in_by_the_reader_of_the_command_line(
    client: Client, folder: Path, tmp_path: Path
) -> None:
    """Proves: an uploaded workbook becomes a case that says the same; what is no workbook is refused with the reader's words, and
    leaves nothing."""
    straits.load_case("two-routes").save(tmp_path / "book.xlsx")
    headers = {"content-type": "application/octet-stream"}
    done = client.ask(
        "PUT", "/api/cases?name=book", raw=(tmp_path / "book.xlsx").read_bytes(), headers=headers
    )
    assert done.status == 200, done.json
    assert straits.load_case(folder / "book").hash == straits.load_case("two-routes").hash
    for junk in (b"", b"PK\x03\x04broken", b"a,b\n1,2\n"):
        refused = client.ask("PUT", "/api/cases?name=junk", raw=junk, headers=headers)
        assert refused.status == 422 and not (folder / "junk").exists()


def test_numbers_leave_as_workbook_and_csv(client: Client, tmp_path: Path) -> None:
    """Proves: what is on the map leaves as a workbook that another reader opens and as CSV in a zip, flows before and after."""
    import io
    import zipfile

    for question in ({}, QUESTION):
        book = client.post("/api/cases/mine/export/xlsx", question)
        packed = zipfile.ZipFile(io.BytesIO(client.post("/api/cases/mine/export/csv", question).body))
        assert book.status == 200 and "attachment" in book.headers["content-disposition"]
        assert zipfile.ZipFile(io.BytesIO(book.body)).testzip() is None
        assert "before" in packed.read("flows.csv").decode("utf-8-sig").splitlines()[0]
