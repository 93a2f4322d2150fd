"""What a result shows: plain values, pages for a notebook, workbooks and pictures, cell by cell."""

from __future__ import annotations

import enum
import json
import struct
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
import pandas as pd
import pytest

from straits.errors import StraitsError
from straits.results import Figure, Result, described, load, write_workbook
from straits.results import page as pages
from straits.results.brief import Brief, short
from straits.results.columns import decode, encode
from straits.results.picture import Picture, standing_alone
from straits.results.plain import finite, plain, records
from straits.results.result import _class_of, signed


class Word(enum.StrEnum):
    """A text with a name."""

    ONE = "one"


def test_plain_values() -> None:
    """Proves: each kind of value becomes what JSON can hold: days as days and moments with their time, sets in order, numbers of
    NumPy and texts with names as plain ones; what has no plain form is named with its place.
    Without it: a moment would lose its hour, or a saved answer could not be read without the program."""
    told = {
        "day": pd.Timestamp("2022-01-02"), "moment": pd.Timestamp("2022-01-02 03:00"), "date": date(2022, 1, 2),
        "time": datetime(2022, 1, 2, 3), "gone": pd.NaT, "na": pd.NA, "none": None, "flag": np.bool_(True), "n": np.int64(3),
        "f": np.float32(0.5), "word": Word.ONE, "path": PurePosixPath("a/b"), "set": {"b", "a"}, "array": np.array([1, 2]),
        "deep": ({"x": (1,)},), 5: True,
    }  # fmt: skip
    made = plain(told)
    assert made == {
        "day": "2022-01-02", "moment": "2022-01-02T03:00:00", "date": "2022-01-02", "time": "2022-01-02T03:00:00", "gone": None,
        "na": None, "none": None, "flag": True, "n": 3, "f": 0.5, "word": "one", "path": "a/b", "set": ["a", "b"],
        "array": [1, 2], "deep": [{"x": [1]}], "5": True,
    }  # fmt: skip
    assert [type(made[name]) for name in ("flag", "n", "f", "word")] == [bool, int, float, str]
    with pytest.raises(TypeError, match=r"here\.a\[1\]: object has no plain form"):
        plain({"a": [1, object()]}, "here")
    assert finite({"a": [1.5, np.inf, -np.inf, np.nan, "x", 3], "b": 2.0}) == {
        "a": [1.5, None, None, None, "x", 3],
        "b": 2.0,
    }
    table = pd.DataFrame({"a": [1.5, np.nan], "b": ["x", None]}, index=[7, 8])
    assert records(table) == [{"a": 1.5, "b": "x"}, {"a": None, "b": None}]
    assert Result("q", "m", tables={"t": table}).to_json()["tables"] == {"t": records(table)}


def test_cells_of_a_page() -> None:
    """Proves: numbers from a thousand on without decimals and with separators, below with four digits; what is missing as a dash;
    long texts cut; units in headings; what is left out is counted. Without it: 0.1234 would be shown as 0."""
    cells = [
        1000.4,
        999.96,
        -1234.5,
        0.123456,
        12.0,
        float("nan"),
        None,
        pd.NA,
        pd.NaT,
        3,
        True,
        "x" * 60,
        "x" * 61,
    ]
    assert [pages._cell(value) for value in cells] == [
        "1,000", "1000", "-1,234", "0.1235", "12", "–", "–", "–", "–", "3", "True", "x" * 60, "x" * 59 + "…",
    ]  # fmt: skip
    frame = described(
        pd.DataFrame({f"col_{n}": range(100, 112) for n in range(14)}), title="t" * 301, units={"col_0": "kt"}
    )
    page = pages._table("name", frame)
    assert (
        "<th>col 0 [kt]</th><th>col 1</th>" in page
        and page.count("<tr>") == 13
        and page.count("<td>") == 12 * 14
    )
    assert "<tr><td>100</td>" in page and "more rows" not in page and "more columns" not in page
    assert "t" * 300 + "<" in page and "t" * 301 not in page
    longer = pd.concat([frame, frame.head(1)]).assign(more=1)
    assert "… and 1 more rows and 1 more columns" in pages._table("name", longer)
    assert "<p>name</p>" in pages._table("name", pd.DataFrame({"a": [1]}))


def test_a_page_has_room_for_what_fits() -> None:
    """Proves: what fits beside the words into 100 kB is shown and what does not is named; the main table goes before drawings,
    and drawings stand above tables. Without it: a page could grow without end, or a drawing that fits be left out."""
    table = pd.DataFrame({"a": [1]})
    words = len(pages.html_page("q", "m", ["s"], {}, {}).encode()) - len("<div></div>")
    block = len(pages._table("t", table).encode())
    frame = len("<figure><svg></svg><figcaption></figcaption></figure>")
    room = pages.LIMIT - 2_000 - words - block - frame
    fits, larger = (Figure("f", f"<svg>{'x' * size}</svg>", "", "t") for size in (room, room + 1))
    shown = pages.html_page("q", "m", ["s"], {"t": table}, {"f": fits})
    assert "Not shown" not in shown and shown.index("<svg>") < shown.index("<table>")
    cut = pages.html_page("q", "m", ["s"], {"t": table}, {"f": larger})
    assert "Not shown for want of room: figure f." in cut and "<table>" in cut and "<svg>" not in cut
    assert "<table>" not in pages.html_page("q", "m", [], {"t": table.iloc[:0]}, {})


def test_cells_of_a_workbook(tmp_path: Path) -> None:
    """Proves: each kind of cell: numbers, flags, texts, days; what is missing in any way is a blank and what is unlimited the
    word. The first sheet says question, method, answer, sheets and parameters; folders are made.
    Without it: a missing whole number ended the command, and infinity would be a broken file."""
    from python_calamine import CalamineWorkbook

    table = pd.DataFrame(
        {
            "number": [1.5, np.inf, -np.inf, np.nan],
            "whole": pd.array([1, pd.NA, 3, 4], dtype="Int64"),
            "flag": pd.array([True, pd.NA, False, True], dtype="boolean"),
            "day": [pd.Timestamp("2022-01-02"), pd.NaT, pd.Timestamp("2022-01-03"), pd.NaT],
            "text": ["a", None, "", "0"],
        }
    )
    made = Result(
        "Why?", "By hand.", {"limit": 5}, tables={"t": described(table, title="T")}, sentences=("Because.",)
    )
    path = write_workbook(made, tmp_path / "deep" / "er" / "b.xlsx")
    book = CalamineWorkbook.from_path(path)
    rows = book.get_sheet_by_name("t").to_python()
    assert rows[0] == ["number", "whole", "flag", "day", "text"]
    assert rows[1] == [1.5, 1.0, True, "2022-01-02", "a"] and rows[2] == ["unlimited", "", "", "", ""]
    assert rows[3][:3] == ["minus unlimited", 3.0, False] and rows[4] == ["", 4.0, True, "", "0"]
    about = book.get_sheet_by_name("about").to_python()
    assert about == [
        ["question", "Why?"],
        ["method", "By hand."],
        ["answer", "Because."],
        ["sheet t", "T"],
        ["limit", "5"],
    ]


def test_pictures_are_saved_by_their_ending(tmp_path: Path) -> None:
    """Proves: SVG as it is, HTML with title and caption, PNG as many pixels wide as asked and PDF; another ending is refused with
    those that are known. Without it: a picture would be half as sharp as asked."""
    rect = '<rect width="40" height="20"/>'
    drawn = Picture(
        "A & B", f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 20">{rect}</svg>', "c & d"
    )
    assert drawn.save(tmp_path / "a.svg").read_text() == drawn.svg + "\n"
    page = drawn.save(tmp_path / "a.HTML").read_text()
    assert "<title>A &amp; B</title>" in page and "<small>c &amp; d</small>" in page and drawn.svg in page
    assert "figcaption" not in Picture("t", drawn.svg)._repr_html_()
    with pytest.raises(
        StraitsError, match=r"the ending '.gif' is unknown; accepted: .svg, .html, .png, .pdf"
    ):
        drawn.save(tmp_path / "a.gif")
    with pytest.raises(StraitsError, match="cannot be written"):
        drawn.save(tmp_path / "nowhere" / "a.svg")
    pytest.importorskip("typst")
    for asked, width in (({}, 2000), ({"width": 300}, 300)):
        data = drawn.save(tmp_path / "a.png", **asked).read_bytes()
        assert struct.unpack(">II", data[16:24]) == (width, width // 2)
    assert drawn.save(tmp_path / "a.pdf").read_bytes()[:5] == b"%PDF-"


def test_a_drawing_takes_along_what_it_refers_to() -> None:
    """Proves: shared parts are put inside once each, in the order in which they are used, and others are not.
    Without it: a saved map would have no coasts, or carry every map of the page."""
    shared = {"land": '<g id="land"/>', "sea": '<g id="sea"/>', "ice": '<g id="ice"/>'}
    svg = '<svg w="1"><use href="#sea"/><use href="#land"/><use href="#sea"/><use href="#own"/></svg>'
    assert standing_alone(svg, shared) == svg.replace(
        'w="1">', 'w="1"><defs><g id="sea"/><g id="land"/></defs>'
    )
    assert standing_alone("<svg/>", shared) == "<svg/>"


@dataclass(repr=False)
class Shown(Brief):
    """Fields of each kind."""

    name: str
    price: float
    day: date
    table: pd.DataFrame
    rows: pd.DataFrame
    amounts: np.ndarray
    parts: dict[str, int]
    secret: str = field(repr=False)
    case: Any = None


class Settings:
    """What a case has."""

    id = "two-routes"


class Case:
    """Something with settings that have an id."""

    settings = Settings()


def test_two_lines_of_an_object() -> None:
    """Proves: the first line says the plain fields and the case's id, the second how much the others hold, one row in the
    singular; the notebook shows the tables alone. Without it: an object would print all that it holds, or nothing."""
    one = Shown(
        "x", 1234567.0, date(2022, 1, 2), pd.DataFrame({"a": [1]}), pd.DataFrame({"a": range(1500)}), np.zeros((3, 1200)),
        {"k": 1, "l": 2}, "hidden", Case(),
    )  # fmt: skip
    assert repr(one).splitlines() == [
        "Shown: name x, price 1.23457e+06, day 2022-01-02, case two-routes",
        "  table 1 row, rows 1,500 rows, amounts 3 x 1,200, parts 2",
    ]
    assert list(one._tables()) == ["table", "rows"] and one._repr_html_().count("<table>") == 2
    assert repr(Result("q" * 151, "m")).splitlines()[0] == f"Result: {'q' * 149}…"
    assert (
        short("a  b\nc") == "a b c" and short("x" * 150) == "x" * 150 and short("x" * 151) == "x" * 149 + "…"
    )


def test_columns_that_cannot_be_saved() -> None:
    """Proves: a column that stands twice or is not named by a text is named in the error; a missing text comes back as what it
    was; letters of other scripts are written as they are. Without it: one of two columns would be lost in silence."""
    with pytest.raises(StraitsError, match="table t: column a stands twice"):
        encode(pd.DataFrame([[1, 2]], columns=["a", "a"]), "t")
    with pytest.raises(StraitsError, match="column 3 is not named by a text"):
        encode(pd.DataFrame({3: [1]}), "t")
    for missing, kept in ((None, "none"), (np.nan, "nan")):
        (told,), (cells,) = encode(pd.DataFrame({"a": pd.Series(["x", missing, ""], dtype="object")}), "t")
        assert told["missing"] == kept and cells == ["x", "", "\\"]
        back = decode(told, cells).tolist()
        assert (
            back[0] == "x" and back[2] == "" and (back[1] is None if missing is None else back[1] != back[1])
        )
    (told,), (cells,) = encode(pd.DataFrame({"a": [["x", 1], 1.5, "x"]}), "t")
    assert cells == ['["x", 1]', "1.5", '"x"'] and decode(told, cells).tolist() == [["x", 1], 1.5, "x"]
    # To the last billionth of a second: as a number with decimals it would be rounded.
    moments = pd.Series(pd.to_datetime(["2022-01-01 10:00:00.123456789", None]))
    (told,), (cells,) = encode(moments.to_frame("a"), "t")
    assert told["kind"] == "time" and decode(told, cells).equals(moments)
    (told,), (cells,) = encode(pd.DataFrame({"a": [{"k": "Ж"}, (1, "ü"), np.inf]}), "t")
    assert told == {"name": "a", "kind": "json"}
    assert cells == ['{"dict": {"k": "Ж"}}', '{"tuple": [1, "ü"]}', '{"float": "inf"}']
    assert decode(told, cells).tolist() == [{"k": "Ж"}, (1, "ü"), np.inf]


def test_only_what_needs_it_is_quoted(tmp_path: Path) -> None:
    """Proves: a plain table is plain CSV, one with a lone carriage return is quoted throughout; a result that stands where it is
    saved is replaced and other files stay; numbers that JSON does not know are never written bare.
    Without it: other programs would read every number as a text, or saving twice would fail."""
    frame = pd.DataFrame({"a": ["x", "y"], "n": [1, 2]})
    where = Result("q", "m", {"limit": float("inf")}, tables={"t": frame}).save(tmp_path / "r", parquet=False)
    assert (where / "tables" / "t.csv").read_text() == "a,n\nx,1\ny,2\n"
    (where / "tables" / "own.txt").write_text("mine")
    again = Result("q", "m", tables={"t": frame.assign(a=["x\rz", "y"])}).save(where, parquet=False)
    assert (again / "tables" / "t.csv").read_bytes() == b'"a","n"\n"x\rz","1"\n"y","2"\n'
    assert (where / "tables" / "own.txt").read_text() == "mine" and load(where).table["a"].tolist() == [
        "x\rz",
        "y",
    ]
    with pytest.raises(ValueError, match="constant"):
        json.loads(
            '{"limit": Infinity}', parse_constant=lambda text: (_ for _ in ()).throw(ValueError("constant"))
        )
    saved = Result("q", "m", {"limit": float("-inf")}, tables={"t": frame}).save(
        tmp_path / "s", parquet=False
    )
    json.loads((saved / "result.json").read_text(), parse_constant=lambda text: pytest.fail(f"bare {text}"))
    assert load(saved).parameters["limit"] == float("-inf")


def test_an_index_is_kept_unless_it_counts_rows(tmp_path: Path) -> None:
    """Proves: a plain count of rows is no column of the file; one that begins elsewhere or has a name is.
    Without it: each table on disk would have a column that nobody made, or lose the one that somebody did."""
    plain_ = pd.DataFrame({"a": [1, 2]})
    tables = {
        "plain": plain_,
        "later": plain_.set_axis(pd.RangeIndex(1, 3)),
        "named": plain_.rename_axis("row"),
    }
    where = Result("q", "m", tables=tables).save(tmp_path / "r", parquet=False)
    heads = {name: (where / "tables" / f"{name}.csv").read_text().splitlines()[0] for name in tables}
    assert heads == {"plain": "a", "later": "index_0,a", "named": "row,a"}
    for name, table in load(where).tables.items():
        pd.testing.assert_frame_equal(table, tables[name])


def test_large_tables_are_hashed_when_they_are_saved(monkeypatch: pytest.MonkeyPatch) -> None:
    """Proves: up to the limit of cells a table has its hash at once, above it not; the cells are not copied.
    Without it: each answer with a large table would be read through before anyone asks."""
    monkeypatch.setattr("straits.results.result._HASHED_AT_ONCE", 4)
    small, large = (
        pd.DataFrame({"a": [1.0, 2.0], "b": [1, 2]}),
        pd.DataFrame({"a": [1.0, 2.0, 3.0, 4.0, 5.0]}),
    )
    assert "hash" in signed("t", small).attrs and "hash" not in signed("t", large).attrs
    assert np.shares_memory(signed("t", large)["a"].to_numpy(), large["a"].to_numpy())
    assert np.shares_memory(described(large, title="t")["a"].to_numpy(), large["a"].to_numpy())


@pytest.mark.parametrize(
    "kind",
    [
        "",
        "os:system",
        "straits.nowhere:Result",
        "straits.stress:stress",
        "straits.stress:Comparison",
        "straits.a b:C",
    ],
)
def test_what_is_loaded_is_a_result(kind: str) -> None:
    """Proves: a file may name a class of results of this package and nothing else; what it cannot make is a plain result.
    Without it: loading could call any function that a stranger names."""
    assert _class_of(kind) is Result


def test_what_is_loaded_is_of_its_class() -> None:
    """Proves: an analysis that adds nothing to a result comes back as its own class. Without it: its methods would be gone."""
    from straits.contingency import Sweep

    assert _class_of("straits.contingency:Sweep") is Sweep
