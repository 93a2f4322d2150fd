"""Files are read right or refused, never misread."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from straits.case import Case, check_case, load_case
from straits.case.checks.registry import READING_ERRORS
from straits.case.files import cells as cells_module
from straits.case.files.cells import CellError, decimal_mark, format_number, parse_number
from straits.case.files.csv import find_delimiter
from straits.errors import CaseError, StraitsError

from .conftest import SETTINGS, Tables


@pytest.fixture
def folder(small: Case, tmp_path: Path) -> Path:
    """The small case as a folder."""
    small.save(tmp_path / "case")
    return tmp_path / "case"


def codes(path: Path) -> list[str]:
    return [finding.code for finding in check_case(path).errors]


def rewrite(path: Path, change: Callable[[str], str]) -> None:
    text = path.read_text(encoding="utf-8")
    assert change(text) != text
    path.write_text(change(text), encoding="utf-8")


# --- numbers -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ["1,234", "1.234,5", "1,234.5", "1 000", "5%", "1_000", "0x10", "nan", "inf", "1e999", "−3", "", "1.2.3"],
)
def test_refused_in_comma_files(text: str) -> None:
    """Proves: what is no plain number is refused. Without it: 1,234 could be read as 1.234 or 1234."""
    with pytest.raises(CellError):
        parse_number(text, ".")


@pytest.mark.parametrize(
    ("texts", "mark"),
    [
        (["12,5", "1,234"], ","),
        (["12.5", "3"], "."),
        (["0,125"], ","),
        (["1,2345"], ","),
        (["1,234"], ""),
        (["1.234"], ""),
        (["7", "8"], ""),
        (["12,5", "12.5"], ""),
        (["1.234,5"], ""),
    ],
)
def test_evidence_of_the_decimal_mark(texts: list[str], mark: str) -> None:
    """Proves: only a number that cannot be a grouped thousand shows the mark of a `;` file."""
    assert decimal_mark(texts, ";") == mark
    assert decimal_mark(texts, ",") == "."


@pytest.mark.parametrize(
    ("text", "mark", "value"),
    [
        ("12,5", ",", 12.5),
        ("1,234", ",", 1.234),
        ("1,5e3", ",", 1500.0),
        ("7", "", 7.0),
        ("1.234", ".", 1.234),
        ("-0", ".", 0.0),
    ],
)
def test_read_right(text: str, mark: str, value: float) -> None:
    """Proves: once the mark is known, numbers are read with it."""
    assert parse_number(text, mark) == value
    assert math.copysign(1, parse_number("-0.0")) == 1


@pytest.mark.parametrize(
    ("text", "mark"),
    [("1.234", ","), ("1,234", "."), ("1,234", ""), ("1.234", ""), ("1.234,5", ","), ("12.5", "")],
)
def test_refused_when_it_could_be_misread(text: str, mark: str) -> None:
    """Proves: a second mark, or a number that could group thousands, is refused as ambiguous."""
    with pytest.raises(CellError) as error:
        parse_number(text, mark)
    assert error.value.code == "ambiguous_number"


@given(st.lists(st.floats(1e-3, 1e6).map(lambda x: round(x, 3)), min_size=1, max_size=6))
def test_semicolon_files_give_the_same_numbers_or_none(values: list[float]) -> None:
    """Proves: numbers written with a decimal comma come back as they were, or are refused. Without it: off by a thousand."""
    texts = [format_number(value).replace(".", ",") for value in values]
    mark = decimal_mark(texts, ";")
    for text, value in zip(texts, values, strict=True):
        try:
            assert parse_number(text, mark) == value
        except CellError:
            assert mark == ""


# --- dialects ----------------------------------------------------------------------------------------------------


def test_semicolons_and_decimal_commas(folder: Path, small: Case) -> None:
    """Proves: a table saved by a European Excel is the same case. Without it: half of the users could not begin."""
    path = folder / "commodities.csv"
    path.write_bytes("\ufeffid;name;unit;bbl_per_t\r\ncrude;Crude;kt;8,0\r\ndiesel;Diesel;kt;\r\n".encode())
    assert load_case(folder).hash == small.hash


def test_byte_order_mark_blank_lines_and_crlf(folder: Path, small: Case) -> None:
    """Proves: BOM, CRLF, blank lines and empty columns at the end are no obstacle."""
    path = folder / "places.csv"
    lines = path.read_text().splitlines()
    path.write_bytes(("\ufeff" + "\r\n\r\n".join(f"{line},," for line in lines) + "\r\n").encode())
    assert load_case(folder).hash == small.hash


def test_lines_are_those_of_the_file(folder: Path) -> None:
    """Proves: a finding names the line that an editor shows, also after a text of two lines."""
    (folder / "places.csv").write_text(
        'id,name,kind,note\nfield,Field,field,"two\nlines"\n\nport,Port,prt,\n'
    )
    finding = next(found for found in check_case(folder).errors if found.code == "choice")
    assert (finding.table, finding.row, finding.column, finding.line) == ("places", "port", "kind", 5)
    assert "did you mean 'port'" in finding.message


def test_header_shows_the_separator() -> None:
    """Proves: the separator is found outside quotes, and two sorts are refused."""
    assert [find_delimiter(text) for text in ("id,name", "id;name", "id\tname", "id", '"a;b",c')] == [
        ",",
        ";",
        "\t",
        ",",
        ",",
    ]
    with pytest.raises(ValueError, match="use one of them"):
        find_delimiter("id,name;kind")


def test_no_and_na_stay_text(folder: Path) -> None:
    """Proves: NO (Norway), NA and 001 are texts. Without it: Norway would be false and Namibia missing."""
    (folder / "actors.csv").write_text("id,name,kind\nAAA,NO,state\nBBB,NA,state\nNO,001,state\n")
    case = load_case(folder)
    assert [row.name for row in case.rows("actors").values()] == ["NO", "NA", "001"]
    assert case.tables["actors"]["id"].tolist() == ["AAA", "BBB", "NO"]


def test_yaml_no_is_text(folder: Path) -> None:
    """Proves: `title: NO` is a title."""
    rewrite(folder / "case.yaml", lambda text: text.replace("title: Small", "title: NO"))
    assert load_case(folder).settings.title == "NO"


def test_everything_is_collected(folder: Path) -> None:
    """Proves: one error lists all that is wrong, of every file. Without it: a user mends one slip at a time."""
    rewrite(folder / "places.csv", lambda text: text.replace("Field,field", "Field,feild"))
    rewrite(folder / "links.csv", lambda text: text.replace("pipeline", "pipline").replace(",5,", ",-5,"))
    rewrite(folder / "supplies.csv", lambda text: text.replace("kt/d", "kt/day").replace(",20,", ",-20,"))
    (folder / "lnks.csv").write_text("id\n")
    with pytest.raises(CaseError) as error:
        load_case(folder)
    found = {(finding.code, finding.table) for finding in error.value.findings}
    expected = {
        ("choice", "places"),
        ("choice", "links"),
        ("unit", "supplies"),
        ("range", "supplies"),
        ("unknown_file", None),
    }
    assert expected <= found
    assert ("unknown_id", "supplies") not in found, "a row that could not be read is not also unknown"
    assert str(error.value).count("\n") == len(error.value.findings)


# --- workbooks ---------------------------------------------------------------------------------------------------


def workbook(path: Path, sheets: dict[str, list[list[Any]]]) -> Path:
    book = xlsxwriter.Workbook(str(path))
    for name, grid in sheets.items():
        sheet = book.add_worksheet(name)
        for number, cells in enumerate(grid):
            for at, cell in enumerate(cells):
                if cell == "#N/A":
                    sheet.write_formula(number, at, "=NA()", None, "#N/A")
                else:
                    sheet.write(number, at, cell)
    book.close()
    return path


SHEETS: dict[str, list[list[Any]]] = {
    "case": [
        ["name", "value"], ["id", 7], ["title", 2022],
        ["time.start", "2022-01-01"], ["time.end", "2022-02-01"], ["time.step", "day"],
    ],
    "commodities": [["id", "name", "unit", "tracked"], ["c", 5, "unit", False]],
    "places": [["id", "name", "kind"], [1, "A", "field"], [2, "B", "port"]],
    "links": [
        ["id", "name", "from_place", "to_place", "mode", "commodities", "capacity", "capacity_unit", "cost"],
        ["ab", "AB", 1, 2, "rail", "c", 3.5, "unit/d", 0],
    ],
}  # fmt: skip


def test_a_workbook_typed_by_hand(tmp_path: Path) -> None:
    """Proves: numbers that Excel makes of ids and titles are read as the text that was typed."""
    case = load_case(workbook(tmp_path / "a.xlsx", SHEETS))
    assert (case.settings.id, case.settings.title) == ("7", "2022")
    assert case.rows("links")["ab"].from_place == "1"
    assert case.rows("commodities")["c"].tracked is False


def test_error_cells_are_errors(tmp_path: Path) -> None:
    """Proves: #N/A in a cell stops the reading. Without it: a broken formula would read as a blank with its default."""
    sheets = {
        **SHEETS,
        "places": [[*SHEETS["places"][0], "lon"], [1, "A", "field", "#N/A"], [2, "B", "port", 1.0]],
    }
    with pytest.raises(CaseError, match=r"cell D2 holds the error #N/A"):
        load_case(workbook(tmp_path / "a.xlsx", sheets))


def test_sheets_that_are_no_part_of_a_case(tmp_path: Path) -> None:
    """Proves: a sheet with a wrong name is an error with the near miss, one with an underscore is left alone."""
    load_case(workbook(tmp_path / "a.xlsx", {**SHEETS, "_notes": [["x"]]}))
    with pytest.raises(CaseError, match="did you mean 'markets'"):
        load_case(workbook(tmp_path / "b.xlsx", {**SHEETS, "market": [["id"]]}))


def test_scenarios_of_a_workbook_name_their_scenario(tmp_path: Path) -> None:
    """Proves: a disruption of no scenario is an error. Without it: it would be dropped."""
    sheets = {
        **SHEETS,
        "disruptions": [["scenario", "asset", "start", "end"], ["x", "ab", "2022-01-01", "2022-01-02"]],
    }
    with pytest.raises(CaseError, match="found scenario 'x'"):
        load_case(workbook(tmp_path / "a.xlsx", sheets))


def test_a_file_that_is_no_workbook(tmp_path: Path) -> None:
    """Proves: a broken workbook is an error that names it."""
    (tmp_path / "a.xlsx").write_text("id,name")
    with pytest.raises(CaseError, match=r"a\.xlsx"):
        load_case(tmp_path / "a.xlsx")


def test_unknown_case() -> None:
    """Proves: a wrong name lists the bundled cases."""
    with pytest.raises(StraitsError, match="did you mean 'two-routes'"):
        load_case("two-route")


# --- every error of reading is triggered -------------------------------------------------------------------------


def _append(name: str, text: str) -> Callable[[Path], None]:
    return lambda folder: rewrite(folder / name, lambda old: old + text)


def _replace(name: str, old: str, new: str) -> Callable[[Path], None]:
    return lambda folder: rewrite(folder / name, lambda text: text.replace(old, new, 1))


SPOIL: dict[str, Callable[[Path], Any]] = {
    "missing_file": lambda folder: (folder / "case.yaml").unlink(),
    "unknown_file": lambda folder: (folder / "link.csv").write_text("id\n"),
    "unreadable_file": lambda folder: (folder / "places.csv").write_bytes(
        "id,name\ncafé,x\n".encode("latin-1")
    ),
    "missing_table": lambda folder: (folder / "links.csv").unlink(),
    "unknown_column": _replace("places.csv", "territory", "teritory"),
    "repeated_column": _replace("places.csv", "name,kind", "name,name"),
    "missing_column": _replace("places.csv", "kind", "note"),
    "ragged_row": _append("places.csv", "x,X\n"),
    "missing_value": _replace("links.csv", ",70,", ",,"),
    "number": _replace("links.csv", ",70,", ",seventy,"),
    "ambiguous_number": _replace("links.csv", ",70,", ',"70,000",'),
    "text": _replace("places.csv", "Field", "Fi\x07eld"),
    "flag": lambda folder: (folder / "commodities.csv").write_text(
        "id,name,unit,bbl_per_t,tracked\ncrude,C,kt,8,maybe\n"
    ),
    "date": _replace("measures.csv", "2022-02-01", "01.02.2022"),
    "choice": _replace("places.csv", "port,BBB", "harbour,BBB"),
    "duplicate_id": _append("places.csv", "port,Again,port,BBB\n"),
    "settings": _replace("case.yaml", "step: week", "step: fortnight"),
    "scenario_id": _replace("scenarios/stop.yaml", "id: stop", "id: go"),
}

IN_MEMORY = {"unknown_table", "change"}


@pytest.mark.parametrize("code", sorted(READING_ERRORS))
def test_every_reading_error_is_triggered(code: str, folder: Path, small: Case, tables: Tables) -> None:
    """Proves: each code in the reference is found in a case spoilt for it. Without it: a check could be dead."""
    if code == "unknown_table":
        with pytest.raises(CaseError, match=r"did you mean 'links'.*\[unknown_table\]"):
            Case.from_tables({**tables, "link": []}, **SETTINGS)
    elif code == "change":
        from straits.case import Change

        with pytest.raises(CaseError, match=r"did you mean 'cost'.*\[change\]"):
            small.with_changes([Change(table="links", row="pipe", column="costs", value=1.0)])
    else:
        assert codes(folder) == []
        SPOIL[code](folder)
        assert code in codes(folder)


def test_every_code_in_the_readers_is_documented() -> None:
    """Proves: no reader invents a code that the reference does not have."""
    from straits.case.checks.registry import CHECKS

    home = Path(cells_module.__file__).parent
    used = set()
    for path in home.glob("*.py"):
        used |= set(re.findall(r'(?:Finding|CellError)\(\s*"(\w+)"', path.read_text()))
    assert used
    assert used <= {*READING_ERRORS, *CHECKS}


@pytest.mark.parametrize("empty", [[], pd.DataFrame()])
def test_a_table_in_memory_without_rows_is_none(empty: object, tables: Tables) -> None:
    """Proves: an empty list, or a frame without columns, is a table without rows; of a required table it is said that it lacks.
    Without it: who makes tables by a program would have to leave empty ones out.
    """
    case = Case.from_tables({**tables, "people": empty}, **SETTINGS)
    assert not case.rows("people")
    with pytest.raises(CaseError, match="table 'links' is missing"):
        Case.from_tables({**tables, "links": empty}, **SETTINGS)
