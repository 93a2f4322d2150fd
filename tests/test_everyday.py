"""What is done with a case every day: another number, another form, a picture, another case beside it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

import straits
from small import TWO, build, link, market, places, supply
from straits.cases import bundled
from straits.cli import app
from straits.cli.shared.loading import change_of
from straits.errors import StraitsError


def run(*words, status=0):
    found = CliRunner().invoke(app, [str(word) for word in words], env={"COLUMNS": "200"})
    assert found.exit_code == status, found.output
    return found.stdout if status == 0 else found.output


@pytest.fixture
def folder(tmp_path):
    build(TWO).save(tmp_path / "two")
    return tmp_path / "two"


def test_bundled_cases_are_listed_by_their_titles():
    """Proves: each bundled case stands in the list with the title that it has when it is loaded. Without it: the list, which is
    read from the settings alone, could name a case otherwise than its report does."""
    titles = {name: straits.load_case(name).settings.title for name in bundled()}
    assert len(titles) >= 6
    assert run("cases").splitlines() == [f"{name:20} {title}" for name, title in titles.items()]


def test_other_values_for_cells(folder):
    """Proves: with the cheap route at 5 and the dear one at 30 USD/t, 5 kt earn 140 and 1 kt earns 120 USD/t: 0.82 million; the
    case on disk is as before.
    Without it: what if it were 5? would need a copy of the folder.
    """
    cells = ["--set", "links.cheap.capacity=5", "--set", "links.dear.cost = 30"]
    assert json.loads(run("solve", folder, *cells, "--json"))["objective_million"] == pytest.approx(0.82)
    assert json.loads(run("solve", folder, "--json"))["objective_million"] == pytest.approx(0.78)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("links.cheap=5", "expected TABLE.ROW.COLUMN=VALUE"),
        ("links.cheap.capacity", "expected TABLE.ROW.COLUMN=VALUE"),
        ("link.cheap.capacity=5", "did you mean 'links'"),
        ("links.cheep.capacity=5", "no row 'cheep'; did you mean 'cheap'"),
        ("links.cheap.capacity=-5", "row 'cheap', column capacity: found -5; accepted: 0 or more"),
        ("links.cheap.id=x", "an id cannot be changed"),
    ],
)
def test_a_cell_that_is_none(folder, text, told):
    """Proves: a cell that the case does not have, or a value that cannot be right, is refused like in a file.
    Without it: a slip would solve the case as it is and be quoted as the answer.
    """
    assert told in " ".join(run("solve", folder, "--set", text, status=1).split())


def test_a_row_with_points_in_its_id():
    """Proves: the table ends at the first point and the column begins after the last one; the value keeps its own signs.
    Without it: `links.A.B.cost` could not be named.
    """
    found = change_of("links.a.b=c.cost=1".replace("b=c", "b-c"))
    assert (found.table, found.row, found.column, found.value) == ("links", "a.b-c", "cost", "1")
    assert change_of("sources.s.address=http://x?a=1").value == "http://x?a=1"
    with pytest.raises(StraitsError):
        change_of("=1")


def test_forms_of_a_case(folder, tmp_path):
    """Proves: a case goes into a workbook and back and is the same; what is there is replaced only if it is said.
    Without it: a slip of the second name would write over a case.
    """
    book, back = tmp_path / "two.xlsx", tmp_path / "back"
    run("convert", folder, book)
    run("convert", book, back)
    first, second = straits.load_case(folder), straits.load_case(back)
    assert first.hash == second.hash
    told = run("convert", folder, book, status=1)
    assert "is there already" in told
    assert "--overwrite" in told
    run("convert", folder, book, "--overwrite")


def test_a_new_workbook(tmp_path):
    """Proves: `new x.xlsx` makes a workbook that runs; it does not replace one.
    Without it: who lives in Excel would begin with a folder.
    """
    book = tmp_path / "mine.xlsx"
    run("new", book)
    assert straits.load_case(book).settings.id == "mine"
    assert "is there already" in run("new", book, status=1)


def test_two_cases_beside_each_other(folder, tmp_path):
    """Proves: of two cases that differ in one number the cell is named, with both values, and what it changes: 1 kt more goes the
    cheap way and 30 thousand USD more are earned; a row that only one has is one line.
    Without it: two versions of a case would be compared by eye.
    """
    more = straits.load_case(folder).with_changes([change_of("links.cheap.capacity=5")])
    found = straits.stress.compare_cases(straits.load_case(folder), more)
    assert found.cells.to_numpy().tolist() == [["links", "cheap", "capacity", "4", "5"]]
    values = found.tables["values"].set_index("what")["change"]
    assert values["joint value"] == pytest.approx(0.03)
    assert values["tariffs paid"] == 0
    assert "joint value changes by 0.03 million" in found.sentences[0]
    fewer = build(TWO | {"links": TWO["links"][:1]})
    rows = straits.stress.compare_cases(more, fewer).cells
    assert ["links", "dear", "", "there", ""] in rows.fillna("").to_numpy().tolist()
    settings = more.settings.model_dump(mode="json") | {"tariffs": "internal"}
    stop = {
        "id": "stop",
        "title": "Stop",
        "disruptions": [{"asset": "cheap", "start": "2022-01-01", "end": "2022-01-02"}],
    }
    tables = {name: frame for name, frame in more.tables.items() if len(frame)}
    other = straits.Case.from_tables(tables, scenarios=[stop], **settings)
    beyond = straits.stress.compare_cases(more, other).cells.fillna("").to_numpy().tolist()
    assert beyond == [
        ["case.yaml", "", "tariffs", more.settings.tariffs, "internal"],
        ["scenarios", "stop", "", "", "there"],
    ]
    euros = straits.Case.from_tables(
        tables, **settings | {"currency": "EUR", "exchange_rates": [{"currency": "USD", "rate": 0.9}]}
    )
    with pytest.raises(straits.errors.ModelError, match="currency: found USD in the first case and EUR"):
        straits.stress.compare_cases(more, euros)
    more.save(tmp_path / "more")
    told = run("compare", folder, tmp_path / "more", "--out", tmp_path / "out")
    assert "1 cell or row differs" in told
    assert (tmp_path / "out" / "cells.csv").is_file()
    assert json.loads(run("compare", folder, folder, "--json"))["tables"]


def test_a_map_without_an_answer(tmp_path):
    """Proves: the map of a case is drawn from its inputs, and that of a scenario from its flows; another ending is refused.
    Without it: to see a network one would have to run a study.
    """
    for name, more in (("plain.svg", ()), ("flows.svg", ("--scenario", "baseline"))):
        run("map", "two-routes", tmp_path / name, *more)
    plain, flows = ((tmp_path / name).read_text(encoding="utf-8") for name in ("plain.svg", "flows.svg"))
    assert plain.startswith("<svg")
    assert "flow" in flows
    assert plain != flows
    run("map", "two-routes", tmp_path / "map.bmp", status=1)


def _two_goods(wells: int) -> straits.Case:
    """AAA sells oil to BBB by a pipe, kt, and boxes by train, TEU."""
    goods = [{"id": "oil", "name": "oil", "unit": "kt"}, {"id": "box", "name": "box", "unit": "TEU"}]
    more = {"commodities": "box", "capacity_unit": "TEU/d", "cost_unit": "USD/TEU", "corridor": "boxes"}
    return build(
        {
            "commodities": goods,
            "places": places("A", "B", B="BBB"),
            "links": [link("pipe", "A", "B", capacity=4, corridor="pipe"), link("train", "A", "B", capacity=9, **more)],
            "supplies": [
                supply("wells", "A", wells),
                supply("plant", "A", 2 * wells, commodity="box", capacity_unit="TEU/d", cost_unit="USD/TEU"),
            ],
            "markets": [market("b", "B", 200), market("c", "B", 900, commodity="box", demand="unlimited", price_unit="USD/TEU")],
        }
    )  # fmt: skip


def test_flows_of_two_goods_have_their_units(tmp_path: Path) -> None:
    """Proves: `straits solve` and `compare` say of each flow by corridor, and `compare` of each sale, in which unit it is, oil
    in kt and boxes in TEU. Without it: numbers of two units stood in one column under "unit of the commodity"."""
    case = _two_goods(4)
    case.save(tmp_path / "case")
    shown = CliRunner().invoke(app, ["solve", str(tmp_path / "case")], env={"COLUMNS": "120"}).stdout
    rows = [
        [cell.strip() for cell in line.strip("│").split("│")]
        for line in shown.splitlines()
        if line.startswith("│")
    ]
    assert ["boxes", "box", "AAA", "TEU"] in [row[:4] for row in rows]
    assert ["pipe", "oil", "AAA", "kt"] in [row[:4] for row in rows]
    found = straits.stress.compare_cases(case, _two_goods(3))
    for table, of in (("corridors", ["boxes", "pipe"]), ("sales", ["c", "b"])):
        frame = found.tables[table]
        assert "unit of" not in frame.attrs["title"]
        units = frame.set_index(frame.columns[0])["unit"]
        assert [units[name] for name in of] == ["TEU", "kt"]
