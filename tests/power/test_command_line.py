"""`straits power` as a user meets it: slips, names, what is printed and what is written."""

from __future__ import annotations

import io
import json

import pandas as pd
import pytest
from rich.console import Console
from typer.testing import CliRunner

import straits
from straits.cli.power import power_app
from straits.cli.shared import console


def _run(*asked: str):
    return CliRunner().invoke(power_app, list(asked))


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (["--players", ""], "--players: expected actors, found nothing"),
        (["--union", ""], "--union: expected actors, found nothing"),
        (["--balance", "", "--commodity", "crude"], "--balance: expected one actor, found ''"),
        (["--seed", "1"], "--seed is of a sample: it needs --sample"),
        (["--store", "x"], "--store needs --sample or --outsiders baseline"),
        (["--sample", "3"], "--sample needs --seed, so that it can be repeated"),
        (["--sample", "3", "--seed", "-1"], "a seed must not be negative, found -1"),
        (["--sample", "0", "--seed", "1"], "at least 1 replicate must be drawn, found 0"),
        (["--sample", "2", "--seed", "1", "--store", "/dev/null/x"], "store /dev/null/x cannot be written"),
        (["--players", "lnd,NBR"], "'lnd' is neither an id nor a name in table actors of case two-routes; did you mean 'LND'"),
        (["--balance", "FOO", "--commodity", "crude"], "'FOO' is neither an id nor a name in table actors"),
        (["--leverage", "--players", "LND"], "leverage: needs at least two players, found 1"),
        (["--leverage", "--days", "-5"], "days: expected a number above 0, found -5"),
        (["--commodity", "gas"], "'gas' is not in table commodities; there are crude"),
    ],
)  # fmt: skip
def test_slips(asked, message):
    """Proves: what cannot be meant ends with status 1 and a line that says what to write instead. Without it: an empty list would
    be read as the default players, a seed without a sample be passed over, a bad seed end in a traceback."""
    found = _run("two-routes", *asked)
    assert found.exit_code == 1 and message in " ".join(found.stderr.split())
    assert found.exception is None or isinstance(found.exception, SystemExit)


def test_a_slip_in_a_name():
    """Proves: names are looked up, and a name that is nearly right is offered. Without it: only ids would be."""
    found = _run("caspian", "--union", "Russia,Kazakstan")
    assert found.exit_code == 1 and "did you mean 'Kazakhstan'" in found.stderr


def test_options_of_a_case_without_any(tmp_path):
    """Proves: --options is refused where the case lists none. Without it: the same table would be printed twice as if they had
    changed nothing."""
    straits.load_case("two-routes").save(tmp_path / "bare")
    (tmp_path / "bare" / "options.csv").unlink()
    found = _run(str(tmp_path / "bare"), "--options")
    assert found.exit_code == 1 and "--options: case two-routes has no table options" in found.stderr


def test_every_answer_says_how_it_was_found():
    """Proves: JSON holds the parameters of each question, the text access, scenario and options. Without it: a matrix on file
    would not tell which rights it counts."""
    held = json.loads(_run("two-routes", "--leverage", "--scenario", "pipeline-stop", "--json").stdout)
    assert held["parameters"]["access"] == "host" and held["parameters"]["scenario"] == "pipeline-stop"
    assert any(
        "access host, foresight perfect, scenario pipeline-stop, options none." in note
        for note in held["notes"]
    )
    shares = json.loads(_run("two-routes", "--options", "--json").stdout)["parameters"]
    assert shares["as it is"]["options"] == [] and shares["with options"]["options"] == ["berth"]
    assert shares["as it is"]["solves"] > 0 and "pipe" in shares["as it is"]["controlled"]
    spread = json.loads(_run("two-routes", "--balance", "LND", "--commodity", "crude", "--json").stdout)
    assert (
        spread["parameters"]["case_hash"]
        == held["parameters"]["case_hash"]
        == shares["as it is"]["case_hash"]
    )
    assert spread["parameters"]["extra_cost"] == 0 and any(
        "scenario baseline" in note for note in spread["notes"]
    )
    union = json.loads(_run("two-routes", "--union", "LND,NBR", "--json").stdout)
    assert union["parameters"]["outsiders"] == "absent"


def test_a_sample_tells_its_unit_and_size():
    """Proves: a sampled share is printed with unit, replicates and what its error is. Without it: nobody could tell dollars from
    millions, or a standard error from a range."""
    told = " ".join(_run("two-routes", "--sample", "3", "--seed", "1").output.split())
    assert "million USD" in told and "3 replicates" in told and "standard error" in told


def test_tables_as_csv(tmp_path):
    """Proves: --out writes each whole table, as JSON has them. Without it: a union or a matrix of other days
    than the report's could not be taken into a spreadsheet."""
    folder = tmp_path / "new" / "tables"
    assert _run("two-routes", "--leverage", "--out", str(folder)).exit_code == 0
    assert {path.stem for path in folder.glob("*.csv")} == {
        "leverage",
        "exports",
        "supplies",
        "items",
        "assets",
    }
    table = pd.read_csv(folder / "leverage.csv")
    shown = json.loads(_run("two-routes", "--leverage", "--json").stdout)["leverage"]
    assert table["loss"].tolist() == pytest.approx([row["loss"] for row in shown])
    assert _run("two-routes", "--union", "LND,NBR", "--out", str(folder)).exit_code == 0
    assert pd.read_csv(folder / "members.csv")["member"].tolist() == ["LND", "NBR"]


def test_a_union_fits_a_terminal_of_80_columns(monkeypatch):
    """Proves: the members are named beside their numbers on a common terminal. Without it: nine columns would leave no room for
    names."""
    text = io.StringIO()
    monkeypatch.setattr(console, "out", Console(file=text, width=80))
    assert _run("eurasian-gas", "--union", "RUS,UKR,BLR").exit_code == 0
    rows = [line for line in text.getvalue().splitlines() if "RUS" in line and "│" in line]
    assert any("14,325" in line for line in rows) and any("2,275" in line for line in rows)


@pytest.mark.parametrize("width", [48, 60, 80])
def test_names_stay_on_narrow_terminals(monkeypatch, width):
    """Proves: on a terminal too narrow for a matrix each row still names who withholds and who loses. Without it: columns of
    names would shrink to nothing beside their numbers."""
    text = io.StringIO()
    monkeypatch.setattr(console, "out", Console(file=text, width=width))
    assert _run("two-routes", "--leverage").exit_code == 0
    printed = text.getvalue()
    for column in ("veto", "ratio"):
        part = next(part for part in printed.split("┏") if column in part)
        assert all(name in part for name in ("NBR", "LND"))
    assert "12,492" in printed and "23.13" in printed
    assert max(len(line) for line in printed.splitlines() if line[:1] in "┏┃┡│└") <= width


def test_a_stopped_sample_names_its_own_option(monkeypatch):
    """Proves: who stops the command reads which option would have kept the work. Without it: what is done would be lost next
    time too."""

    def stop(case):
        raise KeyboardInterrupt

    monkeypatch.setattr(straits, "load_case", stop, raising=False)
    found = _run("two-routes", "--sample", "2", "--seed", "1")
    assert found.exit_code == 130 and "--store" in found.stderr
