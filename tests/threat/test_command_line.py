"""`straits threat`, and the threats of the reference case."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

import straits
from straits.cli import app
from straits.threat import read_efg, read_nfg
from straits.wording import as_money

CASE = "caspian"


def run(*args: str):
    return CliRunner().invoke(app, ["threat", CASE, *args])


def test_threats_are_listed():
    """Proves: without a name the threats of the case are listed. Without it: nobody would know what can be asked."""
    found = run()
    assert found.exit_code == 0
    assert all(t.sender in found.output for t in straits.load_case(CASE).threats.values())


def test_what_is_asked_of_no_threat_is_told():
    """Proves: options without the name of a threat are refused, with the names there are. Without it: --json would give a
    drawing of a table, and --out nothing."""
    found = run("--json", "--demand", "5")
    assert found.exit_code == 1 and found.stdout == ""
    assert (
        "--demand, --json: needs the ID of a threat" in found.stderr and "secondary-sanctions" in found.stderr
    )


def test_a_threat_is_answered_in_words_tables_and_files(tmp_path):
    """Proves: the command prints sentences and verdicts, writes JSON, a result and the text for Gambit, and heeds what is
    asked instead of the file's numbers. Without it: command and function could answer differently."""
    gambit = [str(tmp_path / name) for name in ("round.efg", "round.nfg")]
    shown = run(
        "secondary-sanctions", "--decay", "--gambit", gambit[0], "--out", str(tmp_path / "answer.zip")
    )
    assert shown.exit_code == 0, shown.output
    assert "could take 54" in shown.output and "Verdicts now" in shown.output
    assert read_efg((tmp_path / "round.efg").read_text()).players == ("USA", "RUS")
    assert (tmp_path / "answer.zip").exists()
    told = run(
        "secondary-sanctions", "--json", "--retreat-cost", "20", "--demand", "10", "--gambit", gambit[1]
    )
    found = json.loads(told.stdout)
    assert found["parameters"]["numbers"]["retreat_cost"] == 20
    assert found["parameters"]["numbers"]["cost"] == 10
    assert read_nfg((tmp_path / "round.nfg").read_text())[0][1][0] == 10


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("cpc-july",), "did you mean 'cpc-july-2022'"),
        (("coal-wagons", "--gambit", "x.txt"), "ends in .efg or .nfg"),
        (("coal-wagons", "--horizon", "0"), "1 or more"),
        (("cpc-july-2022", "--packages", "wst"), "did you mean 'west'"),
    ],
)
def test_slips_are_told(args, said):
    """Proves: a slip ends with its text and status 1. Without it: a traceback would be shown."""
    found = run(*args)
    assert found.exit_code == 1 and said in " ".join(found.output.split())


def test_threats_of_the_reference_case_count_their_guesses():
    """Proves: the four threats are there, and each of their numbers names a source or is counted as a guess. Without it: an
    assumption about what backing down costs would pass for knowledge."""
    case = straits.load_case(CASE)
    assert set(case.threats) == {"coal-wagons", "cpc-july-2022", "russia-transit", "secondary-sanctions"}
    counted = case.check().unsourced.query("table == 'threats'")
    unsourced = set(zip(counted["row"], counted["column"], strict=True))
    for key, threat in case.threats.items():
        for name, amount in threat.amounts().items():
            assert (amount.source is None) == ((key, name) in unsourced)
            assert amount.source is not None or amount.note is not None


def test_coal_wagons_are_small_money():
    """Proves: holding 14 days of Russian coal costs Russia and Kazakhstan a few million, as 58 kt at some tens of dollars do.
    Without it: units of a threat could be off by a thousand."""
    found = straits.threat.threat(straits.load_case(CASE), "coal-wagons")
    joint = found.payoffs.query("actor == 'all together'")["loss"].item()
    assert 58 * 10 / 1000 < joint < 58 * 120 / 1000
    # Of a few million whole ones would say too much: 0.69 was told as 1, and 2.07 as 2.
    assert f"could take {as_money(found.parameters['numbers']['loss'])} (" in found.sentences[0]
    assert [as_money(x) for x in (0.15, 3.57, 99.96, 896.4, -0.0)] == ["0.15", "3.57", "99.96", "896", "0"]
