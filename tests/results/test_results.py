"""Results: what they say of themselves, and that saving and loading loses nothing."""

from __future__ import annotations

import copy
import json
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from straits.errors import StraitsError
from straits.results import Figure, Result, described, load, write_workbook

FORMS = ["folder", "zip", "parquet"]


def every_type() -> pd.DataFrame:
    """Give a table with every type of column, a missing value in each that can have one, and texts that tempt a CSV reader."""
    return pd.DataFrame(
        {
            "text": pd.Series(["", "007", None], dtype="object"),
            "nan_text": pd.Series(["\\", 'a "quoted", text\r\nof two lines', np.nan], dtype="object"),
            "own_text": ["a", None, ""],
            "dtype_text": pd.array(["é", "", pd.NA], dtype="string"),
            "whole": np.array([1, -(2**62), 3], dtype=np.int64),
            "small": np.array([1, 2, 3], dtype=np.int8),
            "maybe": pd.array([1, pd.NA, 2**60], dtype="Int64"),
            "float": [0.1 + 0.2, np.nan, -np.inf],
            "single": np.array([0.1, 1e-30, 3], dtype=np.float32),
            "flag": [True, False, True],
            "maybe_flag": pd.array([True, pd.NA, False], dtype="boolean"),
            "day": pd.to_datetime(["2022-01-01", None, "2023-04-01"]),
            "moment": pd.to_datetime(["2022-01-01 10:00", "2022-06-01 00:30", None]).tz_localize(
                "Asia/Almaty"
            ),
            "lasts": pd.to_timedelta(["1D", None, "2h"]),
            "group": pd.Categorical(["b", None, "a"], categories=["b", "a", "c"], ordered=True),
            "mixed": [date(2022, 2, 24), 1.5, None],
            "deep": [["a", 1], {"k": float("1e300")}, ("t", "u")],
            "moments": [datetime(2022, 2, 24, 5), True, "x"],
        }
    )


def written(result: Result, folder: Path, form: str) -> Path:
    """Save a result in one of the three forms."""
    if form == "parquet":
        pytest.importorskip("pyarrow")
    return result.save(folder / ("r.zip" if form == "zip" else "r"), parquet=form == "parquet")


@pytest.mark.parametrize("form", FORMS)
def test_round_trip_is_exact(tmp_path: Path, form: str) -> None:
    """Proves: what is loaded equals what was saved in every type, value, missing value, order, index and word.
    Without it: a code would lose its zero, an empty text would become a missing one, and 0.1 + 0.2 would be 0.3."""
    frame = described(every_type(), title="Everything", units={"float": "EUR"}, note="as it is")
    indexed = frame[["whole", "float", "own_text"]].set_index(["own_text", "whole"])
    picked = frame.loc[[2, 0], ["flag"]]
    wide = picked.rename_axis(columns="kind")
    empty = pd.DataFrame({"a": pd.Series([], dtype="object"), "b": pd.Series([], dtype="float64")})
    drawn = Figure("A line", "<svg/>", "A caption", "main")
    result = Result(
        "How much?", "By hand.", {"day": date(2022, 1, 1), "limit": float("inf"), "list": (1, 2)},
        {"file": "x.csv"}, {"main": frame, "indexed": indexed, "picked": picked, "empty": empty, "none": pd.DataFrame(),
         "wide": wide},
        {"line": drawn}, ("One.", "Two."),
    )  # fmt: skip
    again = load(written(result, tmp_path, form))
    assert list(again.tables) == list(result.tables)
    for name, table in result.tables.items():
        pd.testing.assert_frame_equal(again.tables[name], table, check_exact=True, check_index_type="equiv")
    assert again.tables["main"]["text"].tolist() == ["", "007", None]
    for said in ("question", "method", "parameters", "provenance", "sentences", "figures"):
        assert getattr(again, said) == getattr(result, said)
    assert {k: v for k, v in again.tables["main"].attrs.items() if k != "hash"} == frame.attrs
    assert len(again.tables["main"].attrs["hash"]) == 64
    assert all(again.tables[name].attrs == table.attrs for name, table in result.tables.items())
    # Saved once more it is the same file.
    if form == "zip":
        assert again.save(tmp_path / "s.zip", parquet=False).read_bytes() == (tmp_path / "r.zip").read_bytes()


def test_parquet_where_it_can_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Proves: tables are Parquet if pyarrow is there and CSV if not, and who asks for Parquet then is told what is missing.
    Without it: a result could be saved on one machine and not on another."""
    result = Result("q", "m", tables={"t": pd.DataFrame({"v": [1.5]})})
    pytest.importorskip("pyarrow")
    result.save(tmp_path / "with")
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    result.save(tmp_path / "without")
    files = [[p.name for p in (tmp_path / where / "tables").iterdir()] for where in ("with", "without")]
    assert files == [["t.parquet"], ["t.csv"]]
    with pytest.raises(StraitsError, match="needs pyarrow"):
        result.save(tmp_path / "none", parquet=True)


def test_tables_and_parameters_are_attributes() -> None:
    """Proves: what a result holds is found under its own name, and what it does not hold is an error that names it.
    Without it: code written for an answer would not run on the same answer loaded."""
    result = Result("q", "m", {"unit": "kt"}, tables={"curve": pd.DataFrame({"v": [1]})})
    assert result.curve is result.tables["curve"] and result.unit == "kt"
    with pytest.raises(AttributeError, match="no attribute, table or parameter 'curv'"):
        result.curv  # noqa: B018
    assert result.provenance["straits"]


@given(
    st.lists(
        st.tuples(
            st.one_of(st.none(), st.text(st.characters(exclude_categories=["Cs"]))),
            st.floats(allow_nan=True),
            st.one_of(st.none(), st.booleans(), st.integers(-(2**53), 2**53), st.text("ab\\\n,")),
        ),
        max_size=8,
    )
)
@settings(max_examples=80, deadline=None)
def test_any_cells_come_back(tmp_path_factory: pytest.TempPathFactory, rows: list[tuple]) -> None:
    """Proves: any text, number or mixture of them comes back from CSV as it was.
    Without it: line ends, quotes or a lone backslash would be read as something else."""
    frame = pd.DataFrame({k: pd.Series([row[i] for row in rows], dtype=d) for i, (k, d) in enumerate(
        {"text": "object", "number": "float64", "any": "object"}.items())})  # fmt: skip
    folder = tmp_path_factory.mktemp("r")
    again = load(Result("q", "m", tables={"t": frame}).save(folder, parquet=False)).table
    pd.testing.assert_frame_equal(again, frame, check_exact=True)
    assert [type(v) for v in again["any"]] == [type(v) for v in frame["any"]]


def test_changed_table_is_refused(tmp_path: Path) -> None:
    """Proves: a cell that was changed on disk is noticed and named. Without it: provenance would vouch for another number."""
    Result("q", "m", tables={"t": pd.DataFrame({"v": [1.5, 2.5]})}).save(tmp_path / "r", parquet=False)
    file = tmp_path / "r" / "tables" / "t.csv"
    file.write_text(file.read_text().replace("2.5", "25"))
    with pytest.raises(StraitsError, match=r"tables/t\.csv was changed"):
        load(tmp_path / "r")


def test_nothing_is_pickled(tmp_path: Path) -> None:
    """Proves: the files are CSV and JSON that any program reads. Without it: loading a stranger's result could run code."""
    path = Result("q", "m", tables={"t": every_type()}).save(tmp_path / "r.zip", parquet=False)
    with zipfile.ZipFile(path) as archive:
        assert sorted(archive.namelist()) == ["result.json", "tables/t.csv"]
        json.loads(archive.read("result.json"))
    with pytest.raises(StraitsError, match="no plain form"):
        Result("q", "m", tables={"t": pd.DataFrame({"o": [object(), 1]})}).save(tmp_path / "s")


def test_a_zip_that_unpacks_to_too_much_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Proves: a zip whose files unpack to more than is accepted is refused before anything of it is unpacked, with a way out.
    Without it: a file of a few kilobytes from a mail could take all memory."""
    from straits.results import stored

    made = Result(question="q", method="m", tables={"t": every_type()})
    path = made.save(tmp_path / "r.zip")
    unpacked = sum(info.file_size for info in zipfile.ZipFile(path).infolist())
    monkeypatch.setattr(stored, "MOST_UNPACKED", unpacked)
    load(path)
    monkeypatch.setattr(stored, "MOST_UNPACKED", unpacked - 1)
    monkeypatch.setattr(zipfile.ZipFile, "read", None)
    with pytest.raises(
        StraitsError, match=r"unpack to .* GB; accepted of a zip: up to .* Unpack it into a folder"
    ):
        load(path)


def test_a_damaged_or_locked_zip_is_told(tmp_path):
    """Proves: wherever bytes of a saved zip are spoiled, loading gives the result or ends in words, as it does for one with a
    password. Without it: an answer that arrived damaged would end with a trace of the library."""
    path, answer = tmp_path / "a.zip", Result("q", "m", tables={"t": pd.DataFrame({"x": range(400)})})
    whole = answer.save(path).read_bytes()
    for at in range(0, len(whole), 7):
        path.write_bytes(whole[:at] + bytes(b ^ 0xA5 for b in whole[at : at + 3]) + whole[at + 3 :])
        with suppress(StraitsError):
            load(path)
    locked = bytearray(whole)
    for mark, flag in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        locked[whole.index(mark) + flag] |= 1
    path.write_bytes(locked)
    with pytest.raises(StraitsError, match="password"):
        load(path)


def test_what_a_saved_answer_says_of_itself_may_be_forged(tmp_path: Path) -> None:
    """Proves: whatever stands in the place of any value of `result.json`, loading gives a result or ends in words. Without it:
    `"tables": 3` ended with a trace."""
    saved = Result("q", "m", {"a": [1]}, tables={"t": pd.DataFrame({"x": [1.5], "y": ["z"]})}).save(
        tmp_path / "r", parquet=False
    )
    file = saved / "result.json"
    told = json.loads(file.read_text())

    def places(inside: Any, *above: str | int) -> Iterator[tuple[str | int, ...]]:
        members = (
            inside.items()
            if isinstance(inside, dict)
            else enumerate(inside)
            if isinstance(inside, list)
            else ()
        )
        for key, member in members:
            yield *above, key
            yield from places(member, *above, key)

    tried = 0
    for *above, last in places(told):
        for wrong in (3, None, [], {}, "x", -1.5, [[1]], {"x": 1}, True):
            forged = copy.deepcopy(told)
            inner = forged
            for key in above:
                inner = inner[key]
            inner[last] = wrong
            file.write_text(json.dumps(forged))
            with suppress(StraitsError):
                repr(load(saved))
            tried += 1
    assert tried > 200


@pytest.mark.parametrize(
    ("content", "said"),
    [(None, "no saved result"), (b"PK", "neither a folder nor a zip"), (b"", "neither a folder nor a zip")],
)
def test_what_is_no_result_is_refused(tmp_path: Path, content: bytes | None, said: str) -> None:
    """Proves: a missing or broken file is said to be one. Without it: its reader would see a traceback."""
    path = tmp_path / "r.zip"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(StraitsError, match=said):
        load(path)


def test_repr_is_two_lines_and_page_is_small() -> None:
    """Proves: a result of a million rows prints in two lines and shows in a notebook in less than 100 kB, escaped.
    Without it: a notebook would carry the whole table, or run what a source wrote."""
    table = pd.DataFrame({f"c{n}": ["<script>" * 100] * 2000 for n in range(50)})
    drawn = Figure("t", "<svg>" + "x" * 200_000 + "</svg>", "c", "t")
    result = Result(
        "Who? " * 100, "m", tables={"t": table}, figures={"f": drawn}, sentences=("s" * 5000,) * 50
    )
    assert repr(result).count("\n") == 1 and max(map(len, repr(result).splitlines())) < 400
    page = result._repr_html_()
    assert len(page.encode()) < 100_000
    assert (
        "<script>" not in page
        and "Not shown for want of room: figure f" in page
        and "1,988 more rows" in page
    )


def test_units_must_be_of_columns() -> None:
    """Proves: a unit for a column that is not there is an error. Without it: a renamed column would lose its unit in silence."""
    with pytest.raises(ValueError, match="does not have: valu"):
        described(pd.DataFrame({"value": [1]}), title="t", units={"valu": "EUR"})


def test_workbook_has_every_table(tmp_path: Path) -> None:
    """Proves: the workbook holds each table with its units, codes as texts, missing as blanks.
    Without it: a sheet would turn code 010121 into a number."""
    from python_calamine import CalamineWorkbook

    table = described(
        pd.DataFrame({"hs6": ["010121", "=1+1"], "value": [1.5, np.nan]}), title="t", units={"value": "EUR"}
    )
    path = write_workbook(Result("q", "m", tables={"t": table}), tmp_path / "b.xlsx")
    book = CalamineWorkbook.from_path(path)
    assert book.sheet_names == ["about", "t"]
    assert book.get_sheet_by_name("t").to_python() == [["hs6", "value [EUR]"], ["010121", 1.5], ["=1+1", ""]]
