"""Results, studies and tables that others sent: only regular files inside are read, and no further than they say."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pandas as pd
import pytest

from straits.app.world.opened import mark_of
from straits.case import load_case
from straits.case.files.wide import read_wide
from straits.errors import StraitsError
from straits.export.geometry import read_waypoints
from straits.export.write import export_study
from straits.results import Result, load


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    made = Result(question="q", method="m", tables={"one": pd.DataFrame({"a": ["x", "y"]})}, provenance={})
    made.save(tmp_path / "saved", parquet=False)
    return tmp_path / "saved"


def test_a_saved_result_reads_only_its_own_files(saved: Path, tmp_path: Path) -> None:
    """Proves: a table that is a link, lies behind a linked folder, or that `result.json` looks for elsewhere is refused, and the
    error shows nothing of it. Without it: a result that came by mail took in a file of the reader, and passed it on."""
    table, secret = saved / "tables" / "one.csv", tmp_path / "secret.csv"
    assert load(saved).tables["one"]["a"].tolist() == ["x", "y"]
    table.rename(secret)
    table.symlink_to(secret)
    with pytest.raises(StraitsError, match=r"no saved result: .*link"):
        load(saved)
    table.unlink()
    (saved / "tables").rmdir()
    (tmp_path / "theirs").mkdir()
    secret.rename(tmp_path / "theirs" / "one.csv")
    (saved / "tables").symlink_to(tmp_path / "theirs")
    with pytest.raises(StraitsError, match=r"no saved result: .*link"):
        load(saved)
    said = json.loads((saved / "result.json").read_text())
    for elsewhere in (
        "../theirs/one.csv",
        str(tmp_path / "theirs" / "one.csv"),
        "tables/../../theirs/one.csv",
    ):
        said["tables"]["one"]["file"] = elsewhere
        (saved / "result.json").write_text(json.dumps(said))
        with pytest.raises(StraitsError, match=r"damaged: tables of result\.json"):
            load(saved)


def test_a_study_passes_nothing_else_on(tmp_path: Path) -> None:
    """Proves: a link among the tables of a study, or in place of its summary, is refused by the export. Without it: a file of
    the reader went into the data package."""
    study = tmp_path / "study"
    (study / "tables").mkdir(parents=True)
    (study / "summary.json").write_text("{}")
    (tmp_path / "secret").write_text("a\n1\n")
    (study / "tables" / "x.csv").symlink_to(tmp_path / "secret")
    with pytest.raises(StraitsError, match="link, which is not followed"):
        export_study(study, "datapackage", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_what_is_named_is_no_pipe(tmp_path: Path) -> None:
    """Proves: a pipe in the place of a wide table or of way points is refused; among the notes of a case that is open in
    the app it is passed by. Without it: each waited for somebody to write into it."""
    os.mkfifo(tmp_path / "pipe.csv")
    with pytest.raises(StraitsError, match="no regular file"):
        read_wide(tmp_path / "pipe.csv")
    with pytest.raises(StraitsError, match="no regular file"):
        read_waypoints(tmp_path / "pipe.csv", load_case("two-routes"))
    load_case("two-routes").save(tmp_path / "case")
    os.mkfifo(tmp_path / "case" / "_notes.csv")
    assert len(mark_of(tmp_path / "case")) == 64
