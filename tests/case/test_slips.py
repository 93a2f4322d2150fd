"""Slips of people who edit a case in a spreadsheet or text editor: read right, or refused once, in words that say what to do."""

from __future__ import annotations

import io
import os
import zipfile
from datetime import date
from pathlib import Path

import pytest

import straits
from straits.case import check_case, read_wide
from straits.errors import CaseError, StraitsError

FILES = {
    "case.yaml": "id: tiny\ntitle: Tiny\ntime: {start: 2022-01-01, end: 2022-03-05, step: week}\n",
    "actors.csv": "id,name,kind\nTIN,Tinyland,state\n",
    "places.csv": "id,name,kind\npit,Pit,mine\nsea,Sea,market\n",
    "links.csv": "id,name,from_place,to_place,mode,commodities,capacity,capacity_unit,cost,cost_unit\n"
    "rail,Rail,pit,sea,rail,ore,2.5,kt/d,9,USD/t\n",
    "commodities.csv": "id,name,unit\nore,Ore,kt\n",
    "supplies.csv": "id,name,place,commodity,origin,capacity,capacity_unit,cost,cost_unit\n"
    "mine,Mine,pit,ore,TIN,3,kt/d,5,USD/t\n",
    "markets.csv": "id,name,place,commodity,demand_kind,demand,price,price_unit\n"
    "world,World,sea,ore,stepwise,unlimited,80,USD/t\n",
}


def write(folder: Path, **files: str | bytes) -> Path:
    """Write the case, with other texts of some files (`links` for links.csv, `case` for case.yaml)."""
    for name, text in FILES.items():
        data = files.get(name.partition(".")[0], text)
        (folder / name).write_bytes(data if isinstance(data, bytes) else data.encode())
    return folder


def errors(folder: Path) -> list[str]:
    return [finding.text for finding in check_case(folder).errors]


def test_the_case_is_sound(tmp_path: Path) -> None:
    """Proves: what the other tests spoil is sound, so that what they find is the slip."""
    assert errors(write(tmp_path)) == []


@pytest.mark.parametrize("lead", ["\n", "\r\n\n", ",,,\n", "sep=,\n", "\ufeffsep=,\r\n", '"sep=,"\n\n'])
def test_lines_above_the_header(tmp_path: Path, lead: str) -> None:
    """Proves: empty lines and Excel's `sep=` line above it are passed over, and lines keep their numbers. Without it:
    the header was taken for a row, and every row for one with too many cells."""
    table = FILES["links.csv"]
    write(tmp_path, links=lead + table)
    assert straits.load_case(tmp_path).rows("links")["rail"].capacity == 2.5
    write(tmp_path, links=lead + table.replace("2.5", "x"))
    line = 2 + lead.count("\n")
    assert [finding.line for finding in check_case(tmp_path).errors] == [line]


def test_the_separator_that_is_announced(tmp_path: Path) -> None:
    """Proves: `sep=;` is believed, and so is a tab. Without it: the tab was stripped off the line, which then was a column."""
    write(tmp_path, links="sep=;\n" + FILES["links.csv"].replace(",", ";").replace("2.5", "2,5"))
    assert straits.load_case(tmp_path).rows("links")["rail"].capacity == 2.5
    write(tmp_path, links="sep=\t\n" + FILES["links.csv"].replace(",", "\t"))
    assert straits.load_case(tmp_path).rows("links")["rail"].capacity == 2.5


def test_a_quote_never_closed_is_found(tmp_path: Path) -> None:
    """Proves: the error names the line on which the quote opens. Without it: an unexpected end in a file of any length."""
    write(tmp_path, places='id,name,kind\npit,Pit,mine\nsea,"Sea,market\n')
    (text,) = errors(tmp_path)
    assert "line 3" in text and "quote" in text


@pytest.mark.parametrize(
    "files",
    [{"places": FILES["places.csv"].replace("Pit", "Gr\u00fcbe").encode("latin-1")}, {"places": b""},
     {"places": "name,kind\nPit,mine\n"}, {"commodities": b"\xff\xfe"}],
)  # fmt: skip
def test_one_unreadable_table_is_one_error(tmp_path: Path, files: dict[str, str | bytes]) -> None:
    """Proves: where a table cannot be read, only that is said. Without it: every row that refers to it was an error too, and a
    case of thousands of rows buried the one cause."""
    assert len(errors(write(tmp_path, **files))) == 1


def test_a_misnamed_table_is_one_error_and_a_hint(tmp_path: Path) -> None:
    """Proves: `commodity.csv` is answered with the name it should have, and nothing else."""
    write(tmp_path)
    (tmp_path / "commodities.csv").rename(tmp_path / "commodity.csv")
    (text,) = errors(tmp_path)
    assert "did you mean 'commodities.csv'" in text


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="rights of files")
def test_a_file_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Proves: a file or folder without the right to read is a finding, or an error, that names it. Without it: a traceback."""
    write(tmp_path)
    (tmp_path / "links.csv").unlink()
    (tmp_path / "links.csv").mkdir()
    (text,) = errors(tmp_path)
    assert text.startswith("links: ") and "directory" in text
    (tmp_path / "links.csv").rmdir()

    def denied(self: Path):
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "iterdir", denied)
    with pytest.raises(StraitsError, match="Permission denied"):
        check_case(tmp_path)


def test_a_folder_that_is_no_case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Proves: a folder without any file of a case is one error; an output folder does not hide the bundled case of its name; no
    name is not this folder. Without it: every file of the folder was listed as unknown."""
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "photo.jpg").touch()
    with pytest.raises(StraitsError, match=r"holds no case.*case\.yaml"):
        straits.load_case(tmp_path / "notes")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "two-routes").mkdir()
    (tmp_path / "two-routes" / "report.html").touch()
    assert straits.load_case("two-routes").settings.id == "two-routes"
    with pytest.raises(StraitsError, match="no case ''"):
        straits.load_case("")


def test_a_workbook_that_is_none(tmp_path: Path) -> None:
    """Proves: a file that is no workbook is one error. Without it: missing sheets and tables were listed besides."""
    (tmp_path / "case.xlsx").write_text("hello")
    assert len(errors(tmp_path / "case.xlsx")) == 1


@pytest.mark.parametrize("found", ["1/2/2022", "01.02.2022", "2022", "20220201", "0", "2022-02-30", "true"])
def test_dates_in_yaml(tmp_path: Path, found: str) -> None:
    """Proves: what is no date is refused, and the form of a date is said. Without it: 'input is too short', and a number would be
    seconds since 1970."""
    write(tmp_path, case=FILES["case.yaml"].replace("2022-01-01", found))
    (text,) = errors(tmp_path)
    assert "time.start" in text and "accepted: a date as YYYY-MM-DD" in text and "found" in text


def test_a_date_in_yaml_may_be_quoted(tmp_path: Path) -> None:
    """Proves: a quoted date is a date."""
    write(tmp_path, case=FILES["case.yaml"].replace("2022-01-01", "'2022-01-01'"))
    assert straits.load_case(tmp_path).settings.time.start == date(2022, 1, 1)


def test_yaml_errors_are_short(tmp_path: Path) -> None:
    """Proves: a slip in YAML is told with its line, without the library's advice on itself, and so is another encoding."""
    for text, line, word in (
        (FILES["case.yaml"] + "id: other\n", 4, "duplicate key"),
        (FILES["case.yaml"] + "x: [1,\n", 5, "expected"),
        (FILES["case.yaml"].replace("Tiny", "T\u00efny").encode("latin-1"), 2, "UTF-8"),
    ):
        (found,) = errors(write(tmp_path, case=text))
        assert f"line {line}" in found and word in found, found
        assert "unicode string" not in found and "http" not in found and "suppress" not in found


def test_choices_in_yaml_are_accepted_ones(tmp_path: Path) -> None:
    """Proves: a word that is none of the choices is answered with them, in the words of all other errors."""
    (text,) = errors(write(tmp_path, case=FILES["case.yaml"].replace("step: week", "step: weekly")))
    assert "found 'weekly'; accepted: 'day', 'week', 'month' or 'year'" in text


def test_an_axis_of_ten_thousand_years(tmp_path: Path) -> None:
    """Proves: a slip in the year is an error. Without it: a model of millions of steps was begun, and never came back."""
    (text,) = errors(write(tmp_path, case=FILES["case.yaml"].replace("end: 2022-03-05", "end: 9022-03-05")))
    assert "time.end" in text and "steps" in text and "[axis_length]" in text


@pytest.mark.parametrize(
    ("cell", "code"), [("1e25", "range"), ("1e300", "range"), ("999999999999999999", "too_large")]
)
def test_numbers_beyond_sense(tmp_path: Path, cell: str, code: str) -> None:
    """Proves: `check` warns of a number beside which the solver loses the others, and refuses one from 1e20. Without it: a
    price of 1e25 ended in advice on the boundary of the time axis, and `check` had nothing to say."""
    report = check_case(write(tmp_path, markets=FILES["markets.csv"].replace(",80,", f",{cell},")))
    found = report.errors if code == "range" else report.warnings
    assert [(f.table, f.row, f.column) for f in found if f.code == code] == [("markets", "world", "price")]
    assert bool(report.errors) == (code == "range")


def test_what_is_not_counted_is_not_said_to_be_none(tmp_path: Path) -> None:
    """Proves: of a case with errors nothing is said about numbers without source. Without it: it read that there are none."""
    from rich.console import Console

    write(tmp_path, links=FILES["links.csv"].replace("2.5", "x"))
    console = Console(width=100, record=True, file=io.StringIO())
    console.print(check_case(tmp_path))
    text = console.export_text()
    assert "1 error" in text and "no source supports" not in text and "0 warnings" not in text


def spoil(path: Path, old: str, new: str) -> None:
    """Put other XML into the sheet `links` of a workbook, as programs do that write workbooks without reckoning."""
    with zipfile.ZipFile(path) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    (name,) = [name for name in parts if name.endswith(".xml") and old.encode() in parts[name]]
    parts[name] = parts[name].replace(old.encode(), new.encode(), 1)
    with zipfile.ZipFile(path, "w") as book:
        for part, data in parts.items():
            book.writestr(part, data)


def test_a_formula_without_its_value(tmp_path: Path) -> None:
    """Proves: a formula written without its value is an error that names the cell, however it is left out. Without it: in an
    optional column it was a blank cell, and the default took its place in silence."""
    (tmp_path / "csv").mkdir()
    links = (
        FILES["links.csv"].replace("cost_unit", "cost_unit,transit_days").replace("9,USD/t", "9,USD/t,3.25")
    )
    case = straits.load_case(write(tmp_path / "csv", links=links))
    path = tmp_path / "case.xlsx"
    case.save(path)
    spoil(path, "<v>3.25</v>", "<f>1+1</f>")
    (text,) = errors(path)
    assert "links: cell " in text and "=1+1" in text and "no value" in text
    for empty in ("<v />", "<v></v>", "<v> </v>"):  # as openpyxl writes it
        case.save(path)
        spoil(path, "<v>3.25</v>", f"<f>1+1</f>{empty}")
        assert errors(path) == [text]
    case.save(path)
    spoil(path, "<v>3.25</v>", "<f>1+1</f><v>2</v>")
    # The workbook still asks to be reckoned when it is opened, so nobody did: XlsxWriter writes 0, other programs what was there
    # before they changed the numbers. Spreadsheets take that back when they save.
    assert errors(path) == [text]
    spoil(path, ' fullCalcOnLoad="1"', "")
    assert straits.load_case(path).rows("links")["rail"].transit_days == 2


def test_formulas_that_pandas_writes(tmp_path: Path) -> None:
    """Proves: a formula of a workbook that XlsxWriter made, alone or for pandas, is an error, in a table of profiles too.
    Without it: each was read as the 0 that stands beside it."""
    import pandas as pd

    path = tmp_path / "wide.xlsx"
    frame = pd.DataFrame({"day": ["2022-01-01", "2022-02-01"], "winter": [1.2, "=B2*0.9"]})
    frame.to_excel(path, index=False, engine="xlsxwriter")
    with pytest.raises(CaseError, match=r"cell B3.*holds the formula =B2\*0.9 and no value"):
        read_wide(path)


def test_blank_rows_above_the_header_of_a_sheet(tmp_path: Path) -> None:
    """Proves: a sheet is read as a file is, and rows keep their numbers."""
    import xlsxwriter

    tables = {name.removesuffix(".csv"): text for name, text in FILES.items() if name.endswith(".csv")}
    settings = [["name", "value"], ["id", "tiny"], ["title", "Tiny"], ["time.start", "2022-01-01"], ["time.end", "2022-03-05"],
                ["time.step", "week"]]  # fmt: skip
    for capacity, found in (("2.5", []), ("x", [5])):
        with xlsxwriter.Workbook(str(tmp_path / "case.xlsx")) as book:
            for row, cells in enumerate(settings):
                book.get_worksheet_by_name("case") or book.add_worksheet("case")
                book.get_worksheet_by_name("case").write_row(row, 0, cells)
            for name, text in tables.items():
                sheet = book.add_worksheet(name)
                for row, line in enumerate(
                    text.replace("2.5", capacity).splitlines(), start=3 if name == "links" else 0
                ):
                    sheet.write_row(row, 0, line.split(","))
        assert [finding.line for finding in check_case(tmp_path / "case.xlsx").errors] == found


def test_a_table_has_five_hundred_columns_at_most(tmp_path: Path) -> None:
    """Proves: a header of 500 columns is read (and its names told), one of 501 is refused at once with both numbers, and blank
    columns at its end do not count. Without it: a file of another kind would be compared with every column name, for minutes."""
    for count, told in ((500, False), (501, True)):
        names = "id,name," + ",".join(f"c{n}" for n in range(count - 2))
        (folder := tmp_path / str(count)).mkdir()
        found = errors(write(folder, actors=f"{names}{',' * 700}\nTIN,Tinyland\n"))
        assert any("the header has 501 columns; accepted: at most 500" in text for text in found) == told


@pytest.mark.parametrize(("step", "days"), [("day", 100_000), ("week", 700_000), ("month", 3_000_000)])
def test_an_axis_has_a_hundred_thousand_steps_at_most(step: str, days: int) -> None:
    """Proves: steps are counted by their own length, those that are cut into days by the day; a hundred thousand are accepted,
    one more is not. Without it: a slip in a year would be solved for hours."""
    from datetime import timedelta
    from types import SimpleNamespace

    from straits.case.checks.dates import axis_length

    def told(length: int, *refine: tuple[str, int]) -> int:
        start = date(1, 1, 1)
        parts = [SimpleNamespace(step=s, start=start, end=start + timedelta(n)) for s, n in refine]
        axis = SimpleNamespace(start=start, end=start + timedelta(length), step=step, refine=parts)
        return len(list(axis_length(SimpleNamespace(settings=SimpleNamespace(time=axis)))))

    assert told(days) == 0 and told(days + 30) == 1
    assert (
        told(days - 30 * 10, ("day", 10)) == 0
        and told(days, ("day", 1)) == 1
        and told(days, ("week", 10)) == 0
    )


def test_a_change_for_a_time_has_one_end_at_least() -> None:
    """Proves: a change with a first or a last day holds for a time only, one with neither for good.
    Without it: a change until May would hold for ever."""
    from straits.case.schema.settings import Change

    cell = {"table": "links", "row": "a", "column": "cost", "value": 1}
    dated = [Change(**cell, **days).dated for days in ({}, {"start": "2022-01-01"}, {"end": "2022-01-01"})]
    assert dated == [False, True, True]
