"""`straits hedge` at the terminal, and its result in a file."""

from __future__ import annotations

import json
import pickle

import pandas as pd
import pytest
from typer.testing import CliRunner

import straits
from straits.cli import app
from straits.hedge import hedge
from straits.results import load


def run(*arguments: str) -> tuple[int, str]:
    done = CliRunner(env={"COLUMNS": "110", "NO_COLOR": "1", "TERM": "dumb"}).invoke(
        app, ["hedge", *arguments]
    )
    assert done.exception is None or isinstance(done.exception, SystemExit), repr(done.exception)
    return done.exit_code, done.output


def test_json_is_the_answer_of_python() -> None:
    """Proves: the command and the function give the same frontier.
    Without it: an option of the command could be lost on the way."""
    code, text = run(
        "two-routes", "--attacker", "NBR", "--budget", "1", "--window", "2022-07-02:56d", "--json"
    )
    found = hedge(straits.load_case("two-routes"), attacker="NBR", budget=1, window="2022-07-02:56d")
    assert code == 0
    rows = json.loads(text)["tables"]["frontier"]
    assert [r["portfolio"] for r in rows] == found.frontier["portfolio"].tolist()
    assert [r["loss"] for r in rows] == pytest.approx(found.frontier["loss"].tolist())


def test_portfolios_nearly_as_good_stand_in_files_too(tmp_path) -> None:
    """Proves: what `--near` asks for stands in the JSON and in the file, as it is printed; without it there is no such table.
    Without it: an analyst who asks for a file would be told nothing, and not that it is nothing."""
    asked = ("two-routes", "--attacker", "NBR", "--window", "2022-07-02:56d")
    code, text = run(*asked, "--near", "0.5", "--json", "--out", str(tmp_path / "h.zip"))
    rows = json.loads(text)["tables"]["near"]
    found = hedge(straits.load_case("two-routes"), attacker="NBR", window="2022-07-02:56d").near(0.5)
    assert code == 0 and [r["portfolio"] for r in rows] == found["portfolio"].tolist()
    assert load(tmp_path / "h.zip").tables["near"]["cost"].tolist() == found["cost"].tolist()
    assert "near" not in json.loads(run(*asked, "--json")[1])["tables"]


def test_what_is_printed() -> None:
    """Proves: the staircase, what each option saves and the sentences are printed; nearly as good portfolios where asked for.
    Without it: only a file would tell."""
    code, text = run("two-routes", "--attacker", "NBR", "--window", "2022-07-02:56d", "--near", "0.5")
    assert code == 0
    for words in (
        "What to build for how much",
        "berth",
        "alone with what it requires, and added last",
        "add berth",
        "within 0.5 of a step",
        "With nothing built",
    ):
        assert words in text


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--timing", "--attacker", "NBR"], "no table regimes"),
        (["--hazards"], "no table hazards"),
        (["--horizon", "5"], "--timing only"),
        (["--timing", "--spend", "5"], "--spend"),
        (["--histories", "baseline"], "probability"),
        (["--options", "bert"], "berth"),
        (["--measure", "mean"], "expected"),
        (["--near", "-1"], "--near: found -1"),
    ],
)
def test_a_slip_is_one_error(arguments, words) -> None:
    """Proves: what does not go together, or is not in the case, ends with status 1 and says what to do.
    Without it: an option that its question does not heed would be passed over."""
    code, text = run("two-routes", *arguments)
    assert code == 1 and text.startswith("error: ") and words in text


def test_a_result_comes_back_from_a_file(tmp_path) -> None:
    """Proves: what is saved is loaded as the same class, with the same tables, and can be asked for what is near.
    Without it: a staircase of an hour could not be kept."""
    found = hedge(straits.load_case("two-routes"), attacker="NBR", window="2022-07-02:56d")
    found.save(tmp_path / "kept", parquet=False)
    again = load(tmp_path / "kept")
    assert type(again) is type(found)
    pd.testing.assert_frame_equal(again.frontier, found.frontier, check_dtype=False)
    assert len(again.near(10.0)) == len(found.near(10.0)) > 0
    assert repr(pickle.loads(pickle.dumps(found))) == repr(found)
    assert "<table" in found._repr_html_()
