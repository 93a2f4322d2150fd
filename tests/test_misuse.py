"""What a stranger does wrong at the terminal: every slip ends in one line that says what to do, and loses no file."""

from __future__ import annotations

import errno
import io
import json
import shutil
import sys
from pathlib import Path

import pandas as pd
import pytest
from rich.console import Console
from typer.testing import CliRunner

from straits.cases import home
from straits.cli import app
from straits.cli.shared import console


def run(*arguments: str) -> tuple[int, str, str]:
    """Give the exit status and what stands on standard error and output; a traceback is no answer."""
    streams = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(console.out, "_file", streams[0])
        patch.setattr(console.err, "_file", streams[1])
        result = CliRunner().invoke(app, list(arguments))
    assert result.exception is None or isinstance(result.exception, SystemExit), repr(result.exception)
    return result.exit_code, streams[1].getvalue(), streams[0].getvalue() + result.output


def test_files_that_cannot_be_written_or_read_are_one_line(tmp_path: Path) -> None:
    """Proves: a file in the place of a folder, or a folder that cannot be made, is an error that names it. Without it: `run` and
    `new` ended in a traceback, and `lp` crashed."""
    (tmp_path / "file").write_text("mine")
    for arguments in (
        ("new", str(tmp_path / "file" / "below")),
        ("run", "two-routes", "--out", str(tmp_path / "file")),
        ("evidence", "init", "-l", str(tmp_path / "nowhere" / "e.db")),
        ("evidence", "init", "-l", str(tmp_path)),
        ("lp", "two-routes", str(tmp_path / "nowhere" / "m.lp")),
    ):
        status, error, _ = run(*arguments)
        assert status == 1 and error.startswith("error: ") and error.count("\n") == 1, (arguments, error)
        assert str(tmp_path) in error, (arguments, error)
    assert (tmp_path / "file").read_text() == "mine"


def test_short_of_memory_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """Proves: a question too large for the memory is an error. Without it: a million million draws ended in NumPy's traceback."""

    def hungry() -> None:
        raise MemoryError("Unable to allocate 7.28 TiB")

    monkeypatch.setattr(console.err, "_file", text := io.StringIO())
    with pytest.raises(console.typer.Exit):
        console.shown(hungry)()
    assert "not enough memory: Unable to allocate 7.28 TiB" in text.getvalue()


def test_a_pipe_that_closes_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """Proves: that the reader of the output has gone stays what Click handles, in silence. Without it: `… | head -1` would say
    that a file cannot be written."""

    def gone() -> None:
        raise BrokenPipeError(errno.EPIPE, "Broken pipe")

    with pytest.raises(BrokenPipeError):
        console.shown(gone)()


def test_letters_that_the_terminal_does_not_have(monkeypatch: pytest.MonkeyPatch) -> None:
    """Proves: on a terminal of another encoding a name is written with escapes, and JSON stays JSON. Without it: a dash or a
    Kazakh letter ended in UnicodeEncodeError."""
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="ascii", write_through=True))
    console.shown(lambda: print("Ақтау –"))()
    assert b"\\u049b" in raw.getvalue()
    raw.truncate(0), raw.seek(0)
    console.write_json({"é": "Ақтау 𐐷"})
    import json

    assert json.loads(raw.getvalue().decode("ascii")) == {"é": "Ақтау 𐐷"}


def test_names_never_vanish_from_a_narrow_table(monkeypatch: pytest.MonkeyPatch) -> None:
    """Proves: a table too wide for the terminal goes on in a second one that begins with the names again. Without it: nine
    columns of numbers on 80 columns left none for the name, and nobody could tell whose they were."""
    numbers = {f"a number of the kind {i}": [123456.0 + i] for i in range(9)}
    monkeypatch.setattr(console, "out", Console(file=(text := io.StringIO()), width=80))
    console.print_table(pd.DataFrame({"player": ["Kazakhstan"], **numbers}), "")
    shown = text.getvalue()
    assert max(map(len, shown.splitlines())) <= 80
    assert shown.count("Kazakhstan") == 2 and all(f"{123456 + i:,}" in shown for i in range(9))


@pytest.mark.parametrize("command", ["sweep", "ensemble", "worst"])
def test_top_is_one_or_more(command: str) -> None:
    """Proves: `--top 0` and `--top -1` are refused. Without it: the first printed all rows, the second all but the last."""
    for top in ("0", "-1"):
        assert run(command, "two-routes", "--top", top)[0] == 2


def test_half_a_model_is_not_a_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Proves: a disk that is full before the end of an LP file is an error, and the old file stays. Without it: HiGHS
    says nothing, and another solver would answer for a part of the model."""
    from straits.lp import highs

    path = tmp_path / "m.lp"
    assert run("lp", "two-routes", str(path))[0] == 0
    whole = path.read_bytes()
    write = highs.write

    def full(solver, beside, columns, rows) -> None:
        write(solver, beside, columns, rows)
        beside.write_bytes(beside.read_bytes()[:5000])

    monkeypatch.setattr(highs, "write", full)
    status, error, _ = run("lp", "two-routes", str(path))
    assert status == 1 and "only a part of the model" in error
    assert path.read_bytes() == whole and list(tmp_path.iterdir()) == [path]


def test_a_workbook_on_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Proves: a workbook that the disk does not take is an error in words, and the one before stays, whether the disk is full for
    the file or for what the library keeps until then. Without it: the library's own error ended in a traceback."""
    out = tmp_path / "o.xlsx"
    ask = ("sweep", "two-routes", "--window", "2022-02-01:1d", "--out", str(out))
    assert run(*ask)[0] == 0
    before = out.read_bytes()

    def full(*arguments: object, **named: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    for place in ("xlsxwriter.workbook.ZipFile", "straits.files.Path.write_bytes"):
        with monkeypatch.context() as patch:
            patch.setattr(place, full)
            status, error, _ = run(*ask)
        assert status == 1 and "o.xlsx: the workbook cannot be written: No space left on device" in error
        assert out.read_bytes() == before and list(tmp_path.iterdir()) == [out]


@pytest.mark.parametrize(
    "ask",
    [
        ("sweep", "two-routes", "--window", "2022-02-01:1d", "--out", "new"),
        ("threat", "caspian", "coal-wagons", "--out", "new"),
        ("convert", "two-routes", "new"),
        ("new", "new"),
    ],
    ids=lambda ask: ask[0],
)
def test_a_full_disk_leaves_nothing_half(ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Proves: where the disk is full after the first file of a folder, no folder is left, and the error names what was asked for.
    Without it: an empty folder, or the first of several tables, would pass for an answer, and the error would speak of "the
    output".
    """
    monkeypatch.chdir(tmp_path)
    write, written = Path.write_bytes, []

    def full(self, data) -> None:
        written.append(self)
        if len(written) > 1:
            raise OSError(errno.ENOSPC, "No space left on device")
        write(self, data)

    with monkeypatch.context() as patch:
        patch.setattr("straits.files.Path.write_bytes", full)
        status, error, _ = run(*ask)
    assert status == 1 and error.startswith("error: new") and "No space left on device" in error
    assert not list(tmp_path.iterdir())


def test_tables_are_whole_or_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Proves: a full disk leaves the tables of the run before. Without it: half a table lay where a whole one had been."""
    console.write_tables({"a": pd.DataFrame({"x": [1]})}, tmp_path)
    before = (tmp_path / "a.csv").read_bytes()

    def full(self, data) -> None:
        self.write_text("x")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("straits.files.Path.write_bytes", full)
    with pytest.raises(console.StraitsError, match="No space left"):
        console.write_tables({"a": pd.DataFrame({"x": [2]})}, tmp_path)
    assert (tmp_path / "a.csv").read_bytes() == before and len(list(tmp_path.iterdir())) == 1


def test_nothing_to_compare_is_said(tmp_path: Path) -> None:
    """Proves: a case without scenarios, and `baseline` alone, end in a sentence. Without it: KeyError."""
    import straits
    import straits.errors

    base = straits.load_case("two-routes")
    tables = {name: frame for name, frame in base.tables.items() if len(frame)}
    bare = straits.Case.from_tables(tables, **base.settings.model_dump())
    bare.save(tmp_path / "bare")
    with pytest.raises(straits.errors.ModelError, match="no scenario"):
        straits.stress(bare).main_scenario()
    for arguments in (
        ("two-routes", "baseline"),
        (str(tmp_path / "bare"),),
        (str(tmp_path / "bare"), "--all"),
    ):
        status, error, _ = run("stress", *arguments)
        assert status == 1 and "no scenario to compare" in error, error
    assert "did you mean 'pipeline-stop'" in run("stress", "two-routes", "pipelinestop")[1]


@pytest.mark.parametrize("scenario", [{"id": "pipeline-stop"}, 3])
def test_what_is_no_scenario_is_named(scenario: object) -> None:
    """Proves: where neither an id nor a Scenario is given, the error says what was found and what would do. Without it: an
    AttributeError from within."""
    import straits
    from straits.contingency import sweep

    case = straits.load_case("two-routes")
    for ask in (straits.solve, sweep):
        with pytest.raises(straits.errors.ModelError, match=r"scenario=.*expected the id of a scenario"):
            ask(case, scenario=scenario)
    with pytest.raises(straits.errors.ModelError, match=r"scenario=.*expected the id of a scenario"):
        straits.stress(case, [scenario])


def test_the_next_command_can_be_copied(tmp_path: Path) -> None:
    """Proves: `new` quotes a path with blanks and breaks no line. Without it: the command it advises failed when copied."""
    import shlex

    folder = tmp_path / "my case in a folder with a long name, so that the line is longer than a terminal"
    status, _, text = run("new", str(folder))
    assert status == 0 and text.count("\n") == 1
    assert str(folder) in shlex.split(text.partition("Next: ")[2].partition(";")[0])
    assert run("run", str(folder), "--out", str(folder / "out"))[2].splitlines()[0] == str(
        folder / "out" / "report.html"
    )


def test_worst_of_slips() -> None:
    """Proves: no budget, a time that is none, and a weight said twice are answered. Without it: nothing was printed, no time was
    endless, and the last weight won in silence."""
    assert "Nothing may be closed" in run("worst", "two-routes", "--budget", "0")[2]
    for seconds in ("nan", "-1"):
        assert "seconds" in run("worst", "two-routes", "--budget", "1", "--seconds", seconds)[1]
    assert "pipe twice" in run("worst", "two-routes", "--weight", "pipe=1", "--weight", "pipe=5")[1]


def test_worst_closes_all_where_the_budget_is_not_said(tmp_path: Path) -> None:
    """Proves: without `--budget` a case of one railway is answered for that one. Without it: the default of 3 was refused."""
    status, error, text = run("worst", "two-routes", "--over", "pipe")
    assert status == 0, error
    assert "out of 1 asset" in text
    assert "choose no more" in run("worst", "two-routes", "--over", "pipe", "--budget", "3")[1]


def test_cut_sets_say_what_is_left() -> None:
    """Proves: where closing all leaves exports, that is said with its amount; with `--remaining` the sets are found.
    Without it: a country of one pipeline read that nothing stops its exports."""
    question = ("worst", "two-routes", "--budget", "2", "--window", "2022-07-02:56d", "--cut-sets")
    text = " ".join(run(*question)[2].split())
    assert "closing all of them leaves" in text and "--remaining" in text
    text = run(*question, "--remaining", "0.95")[2]
    assert "pipe" in text.partition("Smallest sets of closures")[2]


def test_a_study_is_whole_and_of_one_case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Proves: a full disk leaves the report of the run before; a run over another case leaves no table of it, and no
    file of the user goes. Without it: half a report lay where a whole one had been, and the tables of two cases side by side."""
    import straits
    from straits import files
    from straits.report import build_study, write_study

    base = straits.load_case("two-routes")
    kept = {
        name: frame
        for name, frame in base.tables.items()
        if len(frame) and name in {"actors", "commodities", "places", "links"}
    }
    bare = build_study(straits.Case.from_tables(kept, **base.settings.model_dump()))
    out = tmp_path / "out"
    write_study(build_study(base), out)
    assert (out / "tables" / "scenarios.csv").exists()
    (out / "tables" / "mine.csv").write_text("mine")
    before = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}

    for last in ("report.html", "results.xlsx", "summary.json"):

        def full(path: Path, target: Path, settle=files._settle, last: str = last) -> None:
            if target.name == last:
                path.write_text("half")
                raise OSError(errno.ENOSPC, "No space left on device")
            settle(path, target)

        with monkeypatch.context() as patch:
            patch.setattr(files, "_settle", full)
            with pytest.raises(OSError, match="No space"):
                write_study(bare, out)
        assert {path: path.read_bytes() for path in out.rglob("*") if path.is_file()} == before, last
    write_study(bare, out)
    assert not (out / "tables" / "scenarios.csv").exists()
    assert (out / "tables" / "mine.csv").read_text() == "mine"
    assert (out / "report.html").read_bytes() != before[out / "report.html"]


def test_ranges_of_no_scenario_are_none(tmp_path: Path) -> None:
    """Proves: where no scenario has an answer, `stress --ranges --json` writes no ranges and says why, with the status of a part.
    Without it: it ended in a traceback of pandas."""
    case = tmp_path / "case"
    shutil.copytree(home() / "two-routes", case)
    markets = case / "markets.csv"
    markets.write_text(markets.read_text().replace(",300,USD/t", ",,"))
    stop = case / "scenarios" / "pipeline-stop.yaml"
    stop.write_text(stop.read_text().replace("asset: pipe ", "asset: wells "))
    status, _, text = run("stress", str(case), "--ranges", "--json")
    found = json.loads(text)
    assert status == 3 and found["state_ranges"] == [] and "pipeline-stop" in found["failed"]
