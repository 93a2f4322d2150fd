"""Workbooks as people make them, and spoilt ones: read, or refused in words, and soon."""

from __future__ import annotations

import time
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from straits.case import load_case
from straits.case.files import sheet as sheets
from straits.case.files.xlsx import read_sheets

from .readers import SOON, repacked, texts


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


@pytest.mark.parametrize("name", [b"UTF-9x", b"shift_jis", b"idna", b"hex", b"utf-16"])
def test_an_encoding_of_another_name_changes_nothing(tmp_path: Path, name: bytes) -> None:
    """Proves: whatever encoding a part of a workbook claims, it is read as the UTF-8 that it is. Without it: a name that
    Python does not know, or knows for something else, ended with a trace of the parser."""
    path = tmp_path / "a.xlsx"
    load_case("two-routes").save(path)

    def spoil(part: str, old: bytes) -> bytes:
        return old.replace(b'encoding="UTF-8"', b'encoding="' + name + b'"') if part.endswith(".xml") else old

    assert load_case(repacked(path, spoil)).hash == load_case("two-routes").hash


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


@pytest.mark.parametrize(
    ("code", "value", "told"),
    [
        ("#,##0,", 25_000.0, "G4 holds 25000 and shows 25"),
        ("0.0,,", 25e6, "G4 holds 25000000 and shows 25,"),
        ("#,##0,_)", 25_000.0, "leaves out the last 3 digits"),
        ('#,##0,"k"', 25.0, None),
        ("#,##0", 25.0, None),
        ("#,##0.00", 25.0, None),
        ("0.00E+00", 25.0, None),
        ("0%", 25.0, None),
        ('0 "TEU"', 25.0, None),
    ],
)
def test_a_number_that_is_shown_in_thousands(
    code: str, value: float, told: str | None, tmp_path: Path
) -> None:
    """Proves: a number whose format leaves out digits that people would have to add in their heads is refused with cell, value
    and what is seen. Without it: who saw 25 kt/d had a railway of 25,000."""

    def change(book: Any, sheets: dict[str, Any]) -> None:
        sheets["links"].write_number("G4", value, book.add_format({"num_format": code}))

    found = [text for text in texts(book_of(tmp_path / "a.xlsx", change)) if "holds" in text]
    assert (len(found) == 1 and told in found[0] and "capacity" in found[0]) if told else not found


@pytest.mark.parametrize(
    ("code", "currency"),
    [('#,##0 "€"', "EUR"), ("#,##0\\ [$€-407]", "EUR"), ("[$£-809]#,##0", "GBP"), ("[$KZT] 0", "KZT"), ("€0", "EUR"),
     ("[$$-409]#,##0", None), ("$#,##0", None), ('0 "USD"', None), ('0 "t"', None)],
)  # fmt: skip
def test_a_price_that_is_shown_in_another_currency(code: str, currency: str | None, tmp_path: Path) -> None:
    """Proves: a price shown in euros beside a unit in dollars is refused, and one shown in the currency of its unit is not.
    Without it: 35 euros were 35 dollars."""

    def change(book: Any, sheets: dict[str, Any]) -> None:
        sheets["links"].write_number("I4", 35, book.add_format({"num_format": code}))

    found = [text for text in texts(book_of(tmp_path / "a.xlsx", change)) if "holds" in text]
    assert len(found) == (currency is not None)
    assert not currency or f"I4 holds 35 and shows it in {currency}, beside the unit 'USD/t'" in found[0]
