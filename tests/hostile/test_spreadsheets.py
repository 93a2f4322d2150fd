"""CSV made for people holds no formulas; a case's own CSV is exact."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import straits
from straits.case import Case
from straits.results import Result, load
from straits.spreadsheet import bared, guarded, harmless, write_frame, write_rows

EVIL = [
    "=1+1", "+1+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "=HYPERLINK(\"http://x\",\"y\")", " =1+1", "\t=1+1", "\r=1", "\n=1",
    "＝1+1", "＠x", "a;=1+1", "a\n=1+1", "a\t=1+1", "a; \"=1+1", "\"=1+1\"",
]  # fmt: skip
TAME = [
    "",
    "-",
    "=",
    "-5",
    "+7.25",
    "-1,5",
    "-3.2e-5",
    "-12 %",
    "a-b",
    "a = b",
    "text; more",
    "Baku–Ceyhan",
    "1=1",
    "x, -5 degrees",
]


def begins_a_formula(text: str) -> bool:
    """Whether some reading of the text, with any mark between cells, has a cell that a spreadsheet takes for a formula."""
    cells = re.split(r"[;\t\r\n]", text)
    return any(re.match(r'[\s"]*[=+\-@＝＋－＠].', cell) for cell in cells)


@pytest.mark.parametrize("text", EVIL)
def test_formulas_become_texts(text: str) -> None:
    """Proves: what a spreadsheet would take for a formula begins with an apostrophe, also after a mark by which a spreadsheet of
    another country cuts the line. Without it: opening a table ran what somebody had put in a name."""
    assert begins_a_formula(text) and not begins_a_formula(harmless(text))
    assert harmless(text).replace("'", "") == text.replace("'", "")


@pytest.mark.parametrize("text", TAME)
def test_numbers_and_plain_texts_stay(text: str) -> None:
    """Proves: negative numbers, lone signs and signs inside a text stay as they are."""
    assert harmless(text) == text


@given(st.text(st.sampled_from("=+-@;,\t\n\r\"' a1＝")))
def test_any_text(text: str) -> None:
    """Proves: no text is left that begins a formula, unless it is a number or one sign."""
    if len(text) > 1 and not re.fullmatch(r"[+-]?[\d.,]+", text):
        assert not begins_a_formula(harmless(text))


def test_frames_and_rows(tmp_path: Path) -> None:
    """Proves: headings and texts are made harmless, numbers, dates and blanks stay typed."""
    frame = pd.DataFrame(
        {"=x": ["=1+1", None, "b"], "n": [-1.5, float("nan"), 2.0], "c": pd.Categorical(["-1+1", "b", "b"])}
    )
    frame["t"] = pd.Series(["@a", None, "c"], dtype="str")
    write_frame(tmp_path / "a.csv", frame)
    rows = list(csv.reader(io.StringIO((tmp_path / "a.csv").read_text(encoding="utf-8"))))
    assert rows == [
        ["'=x", "n", "c", "t"],
        ["'=1+1", "-1.5", "'-1+1", "'@a"],
        ["", "", "b", ""],
        ["b", "2.0", "b", "c"],
    ]
    write_rows(tmp_path / "b.csv", ["=x", "n"], [["=1", -1], [None, True]])
    assert (tmp_path / "b.csv").read_text() == "'=x,n\n'=1,-1\n,True\n"


def test_every_writer_for_people_uses_the_one() -> None:
    """Proves: no module writes CSV by itself, but the spreadsheets' own and those whose files are read back exactly. Without
    it: a new table would be forgotten."""
    home = Path(str(straits.__file__)).parent
    own = {
        "spreadsheet.py",
        "case/files/csv.py",
        "evidence/use/into_case.py",
        "results/stored.py",
        "export/pypsa.py",
    }
    for path in home.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        if path.relative_to(home).as_posix() not in own:
            assert not re.search(r"\.to_csv\(|csv\.writer|DictWriter", text), path


def test_every_file_is_written_by_one_module() -> None:
    """Proves: no module but `files` opens a file to write it, apart from private temporary ones. Without it: one of them would
    write through a link or lose rights."""
    home = Path(str(straits.__file__)).parent
    private = {"engine/executors.py", "app/serving/cases.py", "results/typeset.py"}
    for path in home.rglob("*.py"):
        name = path.relative_to(home).as_posix()
        if name in ("files.py", *private):
            continue
        for line in path.read_text(encoding="utf-8").splitlines():
            wrong = re.search(
                r"open\([^)]*[\"'][wax]b?\+?[\"']|write_bytes\(|(?<!beside)\.write_text\(", line
            )
            beside = name.startswith("report/") and path.name in (
                "summary.py",
                "html.py",
                "build.py",
            )  # into `replacing`
            assert not wrong or beside, f"{name}: {line}"


def test_a_case_stays_exact(tmp_path: Path) -> None:
    """Proves: the files of a case hold its texts as they are, so that it reads back the same."""
    case = straits.load_case("two-routes")
    tables = case.tables
    tables["places"]["note"] = "=1+1"
    again = Case.from_tables(tables, **{**case.settings.model_dump(), "id": "x"})
    again.save(tmp_path / "case")
    assert (
        "=1+1" in (tmp_path / "case" / "places.csv").read_text()
        and "'=1+1" not in (tmp_path / "case" / "places.csv").read_text()
    )
    assert straits.load_case(tmp_path / "case").hash == again.hash


def test_tables_of_a_study_and_of_a_sweep(tmp_path: Path) -> None:
    """Proves: names that are formulas come out of `sweep --out` and of a study's tables as texts."""
    from straits.cli.shared.console import write_tables
    from straits.report.table import Table
    from straits.report.writing.tables import csv_files

    frame = pd.DataFrame({"failure": ["=cmd|' /C calc'!A0"], "loss": [-3.0]})
    write_tables({"sweep": frame}, tmp_path)
    files, _ = csv_files([Table("study", "Study", frame, {"loss": "kt"})])
    (tmp_path / "study.csv").write_bytes(files["study.csv"])
    for name in ("sweep", "study"):
        [_, row] = csv.reader(io.StringIO((tmp_path / f"{name}.csv").read_text()))
        assert row[0] == "'=cmd|' /C calc'!A0" and float(row[1]) == -3.0


def test_a_saved_answer_holds_no_formula_and_comes_back(tmp_path: Path) -> None:
    """Proves: the CSV of a saved answer, which `--out FOLDER` writes for people, has no formula in cells or names, and the answer
    that is loaded has the texts as they were. Without it: the file `=1+1.csv` that was asked about stood in it as a formula."""
    texts = [*EVIL, *TAME, *(f"'{text}" for text in EVIL), "''=1", "it's", "'"]
    table = pd.DataFrame({"=A1": texts, "plain": range(len(texts))})
    saved = Result("q", "m", tables={"t": table}).save(tmp_path / "out", parquet=False)
    with (saved / "tables" / "t.csv").open(newline="", encoding="utf-8") as file:
        cells = [cell for row in csv.reader(file) for cell in row]
    assert len(cells) == 2 * len(texts) + 2 and [harmless(cell) for cell in cells] == cells
    found = load(saved).tables["t"]
    assert list(found) == ["=A1", "plain"] and found["=A1"].tolist() == texts


@given(st.text(alphabet="='-+@;\t\r\n\x00 a5＝", max_size=12))
def test_apostrophes_that_are_put_are_taken_away(text: str) -> None:
    """Proves: what is put before formulas can be taken away from any text, and leaves none. Without it: a saved text changed."""
    assert bared(guarded(text)) == text
    assert harmless(guarded(text)) == guarded(text)
