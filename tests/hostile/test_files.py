"""What is written is whole or not at all, keeps rights, goes through no link, and leaves nothing behind."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from straits import files, load_case
from straits.case.files.scaffold import new_case
from straits.cli import app
from straits.errors import StraitsError
from straits.files import replacing, write_file, write_together

NO_ROOM = OSError(errno.ENOSPC, "No space left on device")


def listed(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*")}


# --- rights and links --------------------------------------------------------------------------------------------


def test_rights_of_a_file_are_kept(tmp_path: Path) -> None:
    """Proves: a private file that is written again stays private, and a new one has the usual rights. Without it: a case that
    only its owner may read became readable by all."""
    old, new = tmp_path / "old.csv", tmp_path / "new.csv"
    old.write_text("a")
    old.chmod(0o640)
    for path in (old, new):
        write_file(path, b"b")
    mask = os.umask(0)
    os.umask(mask)
    assert (old.stat().st_mode & 0o777, new.stat().st_mode & 0o777) == (0o640, 0o666 & ~mask)
    case = load_case("two-routes")
    case.save(tmp_path / "case")
    (tmp_path / "case" / "links.csv").chmod(0o600)
    case.save(tmp_path / "case")
    assert (tmp_path / "case" / "links.csv").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("what", ["link", "dangling", "fifo", "folder"])
def test_nothing_is_written_through_what_is_no_file(what: str, tmp_path: Path) -> None:
    """Proves: a link (also to nothing), a pipe or a folder in the place of a file is refused, and stays. Without it: a link in a
    folder that came by mail chose which file of the reader was overwritten."""
    theirs, target = tmp_path / "theirs", tmp_path / "out.csv"
    theirs.write_text("mine")
    {
        "link": lambda: target.symlink_to(theirs),
        "dangling": lambda: target.symlink_to(tmp_path / "nothing"),
        "fifo": lambda: os.mkfifo(target),
        "folder": target.mkdir,
    }[what]()
    kind = target.lstat().st_mode
    for write in (
        lambda: write_file(target, b"x"),
        lambda: write_together(tmp_path, {"other": b"y", "out.csv": b"x"}),
    ):
        with pytest.raises(OSError):
            write()
    assert theirs.read_text() == "mine" and target.lstat().st_mode == kind
    assert listed(tmp_path) == {"theirs", "out.csv"}


@pytest.mark.parametrize("several", [False, True])
def test_a_folder_that_takes_no_file_is_told_by_what_was_asked_for(
    several: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Proves: where nothing may be written, the error names what was to be written. Without it: it named a temporary file."""

    def denied(*_: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", str(tmp_path / ".out.abcdefgh.part"))

    monkeypatch.setattr("tempfile.mkstemp", denied)
    monkeypatch.setattr("tempfile.mkdtemp", denied)
    asked = tmp_path / "out"
    with pytest.raises(PermissionError) as told:
        write_together(asked, {"a.csv": b"x"}) if several else write_file(asked, b"x")
    assert told.value.filename == str(asked)


def test_names_lead_nowhere_else(tmp_path: Path) -> None:
    """Proves: of several files written together none can stand outside the folder."""
    for name in ("../x", "/tmp/x", "a/../../x", "a/b/c/d"):
        with pytest.raises(OSError):
            write_together(tmp_path / "in", {name: b"x"})
    assert listed(tmp_path) == set()


def _cases(tmp_path: Path) -> list[tuple[str, list[str]]]:
    case = load_case("two-routes")
    case.save(tmp_path / "case")
    sampled = [
        "power",
        str(tmp_path / "case"),
        "--players",
        "LND,NBR",
        "--sample",
        "2",
        "--seed",
        "1",
        "--store",
    ]
    return [
        ("sweep.csv", ["sweep", str(tmp_path / "case"), "--out", str(tmp_path / "out")]),
        ("m.lp", ["lp", str(tmp_path / "case"), str(tmp_path / "out" / "m.lp")]),
        ("store", [*sampled, str(tmp_path / "out" / "store")]),
    ]  # fmt: skip


def test_no_command_writes_through_a_link(tmp_path: Path) -> None:
    """Proves: `sweep --out`, `lp` and `power --store` refuse a link with one line of words."""
    (tmp_path / "out").mkdir()
    theirs = tmp_path / "theirs"
    theirs.write_text("mine")
    for name, arguments in _cases(tmp_path):
        (tmp_path / "out" / name).symlink_to(theirs)
        result = CliRunner().invoke(app, arguments)
        assert isinstance(result.exception, SystemExit) and result.exit_code == 1, (
            arguments,
            result.exception,
        )
        assert theirs.read_text() == "mine" and (tmp_path / "out" / name).is_symlink(), name


def test_a_study_writes_through_no_link(tmp_path: Path) -> None:
    """Proves: neither the tables nor the folder of tables of a study may be a link."""
    from straits.report.writing.build import put_in_place

    (tmp_path / "theirs").mkdir()
    (tmp_path / "theirs" / "a.csv").write_text("mine")
    (tmp_path / "study").mkdir()
    (tmp_path / "study" / "tables").symlink_to(tmp_path / "theirs")
    for made, without in (({"tables/a.csv": b"x"}, []), ({}, ["a.csv"])):
        with pytest.raises(OSError):
            put_in_place(tmp_path / "study", made, without)
    assert (tmp_path / "theirs" / "a.csv").read_text() == "mine"


# --- saving a case -----------------------------------------------------------------------------------------------


def test_saving_removes_only_what_the_case_was(tmp_path: Path) -> None:
    """Proves: notes, drafts and files of others in the folder of a case survive its saving; tables and scenarios that it no
    longer has do not. Without it: `scenarios/_notes.yaml` was deleted."""
    case = load_case("two-routes")
    home = tmp_path / "case"
    case.save(home)
    own = listed(home)
    kept = ["_scratch.csv", "notes.md"]
    kept += [f"scenarios/{name}" for name in ("_notes.yaml", ".draft.yaml", "read.txt", "x.yml", "~$a.yaml")]
    for name in kept:
        (home / name).write_text("mine")
    (home / "scenarios" / "sub.yaml").mkdir()
    (home / "scenarios" / "old.yaml").write_text("id: old\ntitle: Old\n")
    (home / "events.csv").write_text("id,title,kind,start\n")
    case.save(home)
    assert listed(home) == own | set(kept) | {"scenarios/sub.yaml"}
    assert all((home / name).read_text() == "mine" for name in kept)


@pytest.mark.parametrize(
    "place", ["scenarios", "scenarios/old.yaml", "links.csv", "events.csv", "case.yaml", "routes.geojson"]
)
def test_saving_refuses_links(place: str, tmp_path: Path) -> None:
    """Proves: a link inside a case's folder stops its saving before anything is written or removed. Without it: through a linked
    `scenarios` every *.yaml of another folder was deleted."""
    case = load_case("two-routes")
    home, theirs = tmp_path / "case", tmp_path / "theirs"
    case.save(home)
    theirs.mkdir()
    for name in ("mine.yaml", "old.yaml"):
        (theirs / name).write_text("mine")
    path = home / place
    if path.is_dir():
        for each in path.iterdir():
            each.unlink()
        path.rmdir()
    path.unlink(missing_ok=True)
    path.symlink_to(theirs if place == "scenarios" else theirs / "mine.yaml")
    (home / "places.csv").write_text("before")
    with pytest.raises(OSError, match="link"):
        case.save(home)
    assert {each.name for each in theirs.iterdir()} == {"mine.yaml", "old.yaml"}
    assert (home / "places.csv").read_text() == "before" and path.is_symlink()


def test_a_full_disk_leaves_the_old_case_or_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Proves: if the last file finds no room, an old case stays as it was, and of a new one nothing appears. Without it: `straits
    new` left a half-made folder that it then refused."""
    case = load_case("two-routes")
    case.save(tmp_path / "old")
    before = {path: path.read_bytes() for path in (tmp_path / "old").rglob("*") if path.is_file()}
    real, count = Path.write_bytes, [0]

    def full(path: Path, data: bytes) -> int:
        count[0] += 1
        if count[0] > 4:
            real(path, data[:5])
            raise NO_ROOM
        return real(path, data)

    monkeypatch.setattr(Path, "write_bytes", full)
    for attempt in (
        lambda: case.save(tmp_path / "old"),
        lambda: case.save(tmp_path / "new"),
        lambda: new_case(tmp_path / "newer"),
    ):
        count[0] = 0
        with pytest.raises(OSError):
            attempt()
    monkeypatch.undo()
    assert {path: path.read_bytes() for path in (tmp_path / "old").rglob("*") if path.is_file()} == before
    assert {path.name for path in tmp_path.iterdir()} == {"old"}
    new_case(tmp_path / "newer")
    assert load_case(tmp_path / "newer").settings.id == "newer"


# --- what killed runs leave --------------------------------------------------------------------------------------


DYING = """
import os, sys
from pathlib import Path
from straits import files
target = Path(sys.argv[1])
if sys.argv[2] == "file":
    with files.replacing(target) as beside:
        beside.write_text("half")
        print("here", flush=True)
        sys.stdin.read()
else:
    with files._beside(target, folder=True) as staging:
        (staging / "case.yaml").write_text("half")
        print("here", flush=True)
        sys.stdin.read()
"""


def held(target: Path, what: str) -> subprocess.Popen[bytes]:
    run = subprocess.Popen(
        [sys.executable, "-c", DYING, str(target), what], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert run.stdout is not None and run.stdout.readline() == b"here\n"
    return run


@pytest.mark.skipif(files.fcntl is None, reason="no locks that die with a process")
def test_what_a_killed_run_left_is_removed(tmp_path: Path) -> None:
    """Proves: the half-written file of a living run stays, that of a killed run goes when the next writes there. Without it: such
    files stayed for ever, or two runs at once would take each other's."""
    target = tmp_path / "table.csv"
    run = held(target, "file")
    try:
        write_file(target, b"one")
        assert len(listed(tmp_path)) == 2, "the file of the living run is left alone"
    finally:
        run.send_signal(signal.SIGKILL)
        run.wait()
    write_file(target, b"two")
    assert listed(tmp_path) == {"table.csv"} and target.read_bytes() == b"two"


@pytest.mark.skipif(files.fcntl is None, reason="no locks that die with a process")
def test_a_killed_new_can_be_repeated(tmp_path: Path) -> None:
    """Proves: `straits new` killed in the middle does not stand in the way of the next, in a folder that was there or not."""
    for there in (True, False):
        home = tmp_path / f"home{there}"
        if there:
            home.mkdir()
        run = held(home / "case" if there else home, "folder")
        run.send_signal(signal.SIGKILL)
        run.wait()
        assert any(name.endswith(".part") for name in listed(tmp_path))
        assert CliRunner().invoke(app, ["new", str(home)]).exit_code == 0
        assert load_case(home).settings.id == home.name
        assert not any(".part" in name for name in listed(tmp_path))


def test_new_refuses_what_is_not_its_own(tmp_path: Path) -> None:
    """Proves: a folder with anything in it but leftovers is still refused, and stays."""
    (tmp_path / "mine").write_text("x")
    with pytest.raises(StraitsError, match="not empty"):
        new_case(tmp_path)
    assert listed(tmp_path) == {"mine"}


def test_many_writers_at_once(tmp_path: Path) -> None:
    """Proves: writers of one file in many threads each write it whole, and take nothing from each other."""
    from concurrent.futures import ThreadPoolExecutor

    target, began = tmp_path / "a.txt", time.perf_counter()
    contents = [bytes([65 + number]) * 1000 for number in range(8)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda data: [write_file(target, data) for _ in range(10)], contents))
    assert target.read_bytes() in contents and listed(tmp_path) == {"a.txt"}
    assert time.perf_counter() - began < 30


def test_a_block_that_fails_leaves_the_old_file(tmp_path: Path) -> None:
    """Proves: whatever goes wrong while a file is written, the old one stays and nothing is left beside it."""
    target = tmp_path / "a.csv"
    target.write_text("old")
    for error in (ValueError("x"), KeyboardInterrupt(), NO_ROOM):
        with pytest.raises(type(error)), replacing(target) as beside:
            beside.write_text("half")
            raise error
    assert target.read_text() == "old" and listed(tmp_path) == {"a.csv"}


def test_a_killed_export_leaves_nothing_for_ever(tmp_path: Path) -> None:
    """Proves: a GeoPackage that is written when the process is killed leaves one file, which the next run removes. Without it:
    the journal that SQLite keeps beside its file stayed for ever, after a full disk too."""
    code = (
        "import os, signal, sys\n"
        "from pathlib import Path\n"
        "from straits import load_case, stress\n"
        "from straits.export import geopackage, export\n"
        "add = geopackage._add\n"
        "def killed(base, layer, about):\n"
        "    add(base, layer, about)\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
        "geopackage._add = killed\n"
        "export(stress(load_case('two-routes'), []), 'gpkg', Path(sys.argv[1]))\n"
    )
    target = tmp_path / "o.gpkg"
    ended = subprocess.run([sys.executable, "-c", code, str(target)], check=False)
    assert ended.returncode == -signal.SIGKILL
    [left] = listed(tmp_path)
    assert left.endswith(".part.gpkg")
    write_file(target, b"whole")
    assert listed(tmp_path) == {"o.gpkg"}


def test_what_an_earlier_run_left_in_a_study_is_named(tmp_path: Path) -> None:
    """Proves: a report as PDF and tables that this run did not write are named as of an earlier one, and its own are not. Without
    it: the PDF of another case lay beside a new report."""
    from straits.cli.report import older

    (tmp_path / "tables").mkdir()
    for name in ("report.pdf", "report.html", "tables/old.csv", "tables/new.csv"):
        (tmp_path / name).write_text("x")
    for name in ("report.pdf", "tables/old.csv"):
        os.utime(tmp_path / name, (1e9, 1e9))
    assert older(tmp_path, time.time() - 60) == ["report.pdf", "tables/old.csv"]
    assert older(tmp_path / "none", time.time()) == []


def test_of_two_runs_into_one_folder_the_files_are_of_one(tmp_path, monkeypatch):
    """Proves: a run that comes while another puts its files into the folder waits for it, and one that finds a folder that was
    not there when it began puts its files into that. Without it: a report would stand beside tables of another run, or minutes of
    work end in "Directory not empty".
    """
    one, other = (dict.fromkeys(("a", "tables/b", "tables/c"), text) for text in (b"1", b"2"))
    folder, late = tmp_path / "out", threading.Thread(target=lambda: write_together(folder, other))
    rename, replace = Path.rename, Path.replace

    def beaten(path: Path, target: Path) -> Path:
        monkeypatch.setattr(Path, "rename", rename)
        write_together(target, other)
        return rename(path, target)

    def followed(path: Path, target: Path) -> Path:
        if path.name == "c" and not late.ident and path.read_bytes() == b"1":
            late.start()
            late.join(0.5)
        return replace(path, target)

    monkeypatch.setattr(Path, "rename", beaten)
    write_together(folder, one)
    assert {(folder / name).read_bytes() for name in one} == {b"1"}
    monkeypatch.setattr(Path, "replace", followed)
    write_together(folder, one)
    late.join()
    assert {(folder / name).read_bytes() for name in one} == {b"2"}
    assert sorted(path.name for path in folder.iterdir()) == ["a", "tables"]
