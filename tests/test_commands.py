"""What the commands print: whole numbers on narrow terminals, parts of pairs, ties, and what rates rest on."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pandas as pd
import pytest
from rich.console import Console
from typer.testing import CliRunner

import straits
from straits.cli import app
from straits.cli.shared import console

HAZARD = {
    "id": "quarrel", "name": "Transit is refused", "assets": "pipe", "rate_per_year": 0.5, "duration_days": 40,
    "events_known": 2,
}  # fmt: skip


@pytest.fixture
def printed(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """Let the commands print into a text, on a terminal of 80 columns."""
    text = io.StringIO()
    monkeypatch.setattr(console, "out", Console(file=text, width=80))
    return text


def run(*arguments: str) -> int:
    return CliRunner().invoke(app, list(arguments)).exit_code


def test_words_make_room_for_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Proves: on a terminal that is too narrow names go on in the next line, and no digit is lost or parted. Without it: 3,846
    stood as 3,8 and 46 below it, or a table of bars alone."""
    table = pd.DataFrame(
        {
            "name": ["a very long name of an asset, and another one"],
            "ok": [True],
            "loss": [123456.0],
            "gap": [0.5],
        }
    )
    for width in (40, 80):
        text = io.StringIO()
        monkeypatch.setattr(console, "out", Console(file=text, width=width))
        console.print_table(table, "Title that is longer than the table is wide, and stays in one piece")
        assert "123,456" in text.getvalue() and "0.5" in text.getvalue() and "yes" in text.getvalue()
        assert all(word in text.getvalue() for word in table["name"][0].split())
        assert max(len(line) for line in text.getvalue().splitlines()[3:]) <= width


def test_inputs_and_outputs_that_are_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Proves: a command whose input and outputs were closed before it began, as by `0<&- 1>&-`, reads nothing and writes nowhere.
    Without it: a review, or an answer as JSON, ended in an AttributeError of None."""
    said: list[bool] = []

    @console.shown
    def command() -> None:
        console.write_json({"a": 1})
        console.say("b")
        said.append(sys.stdin.isatty())

    for name in ("stdin", "stdout", "stderr"):
        monkeypatch.setattr(sys, name, None)
    command()
    assert said == [False]
    for name in ("stdin", "stdout", "stderr"):
        getattr(sys, name).close()


def test_time_left_is_told_only_where_known() -> None:
    """Proves: seconds become hours, minutes and seconds; what is not known is not told as nothing left."""
    assert console.time_left(3725.2) == "1:02:05 left"
    assert console.time_left(float("nan")) == console.time_left(float("inf")) == ""


def test_solve_says_what_is_open(printed: io.StringIO) -> None:
    """Proves: `solve --ranges` prints what equally good plans leave open and how many numbers are not; for a plan made window by
    window it ends with an error that says so. Without it: the solver's choice would be all that a user sees."""
    assert run("solve", "caspian", "--ranges") == 0
    text = printed.getvalue()
    assert "32 of 139 numbers are open: the same joint value from least to most" in text
    assert "flow:cpc-spm1" in text and "flow:btc" not in text
    assert run("solve", "eurasian-gas", "--ranges") == 0
    stopped = ("two-routes", "--scenario", "pipeline-stop", "--ranges")
    assert run("solve", *stopped) == 0
    assert run("solve", *stopped, "--foresight", "rolling(2)") == 1


def test_stress_says_how_far_changes_could_be_others(printed: io.StringIO) -> None:
    """Proves: `stress --ranges` prints changes of accounts that prices as good leave open, and of which scenario it is not known.
    Without it: a change would be quoted that hangs on prices nobody knows."""
    assert run("stress", "caspian", "moorings-autumn", "--ranges") == 0
    assert "Changes of accounts that could be others at prices as good" in printed.getvalue()
    assert run("stress", "two-routes", "--ranges", "--foresight", "rolling(2)") == 0
    assert "Of pipeline-stop it is not known how far" in printed.getvalue()
    assert run("stress", "two-routes", "--ranges") == 0
    assert "No change of an account could be another" in printed.getvalue()


def test_uncertainty_says_how_sure_and_what_matters(printed: io.StringIO, tmp_path) -> None:
    """Proves: the command prints the main answers with their quantiles, accounts with their range and what moves the first, names
    draws and seed, and writes the same tables where it is asked. Without it: the analysis would be Python's alone."""
    assert (
        run("uncertainty", "two-routes", "--draws", "12", "--seed", "3", "--out", str(tmp_path / "sure")) == 0
    )
    text = printed.getvalue()
    assert "lost exports" in text and "12 draws of" in text and "seed 3" in text
    from straits.stress import uncertainty

    found = uncertainty(straits.load_case("two-routes"), draws=12, rng=3)
    lost = found.answers.set_index("answer").loc["lost exports"]
    assert console.number(lost["q05"]) in text and console.number(lost["q95"]) in text
    kept = straits.results.load(tmp_path / "sure")
    assert isinstance(kept, type(found))
    assert kept.draws["lost exports"].tolist() == pytest.approx(found.draws["lost exports"].tolist())


def test_sweep_prints_what_each_part_of_a_pair_costs(printed: io.StringIO) -> None:
    """Proves: a pair stands with the loss of each alone, and storage against route is explained in a sentence."""
    assert run("sweep", "two-routes", "--k", "2", "--window", "2022-07-02:28d") == 0
    text = printed.getvalue()
    assert "pipe + rail" in text and "closed from 2022-07-02 for 28 days" in text
    assert "Lack of storage: kept if every store, those not built yet included, had no limit" in text
    from straits.contingency import sweep

    found = sweep(straits.load_case("two-routes"), k=2, window="2022-07-02:28d")
    pair = found.pairs.iloc[0]
    single = found.table.set_index("failure")["loss"]
    row = next(
        line
        for line in text.split("Pairs worse")[1].splitlines()
        if f"{pair['first']} + {pair['second']} " in line
    )
    numbers = [cell.strip() for cell in row.strip("│").split("│")][1:]
    assert numbers == [
        console.number(v)
        for v in (pair["loss"], single[pair["first"]], single[pair["second"]], pair["excess"])
    ]


def test_ensemble_says_what_rates_rest_on(printed: io.StringIO, tmp_path) -> None:
    """Proves: chances, seed, and the number of events that happened stand in the output. Without it: rates from two events
    would be read as statistics."""
    base = straits.load_case("two-routes")
    tables = {name: frame for name, frame in base.tables.items() if len(frame)} | {"hazards": [HAZARD]}
    straits.Case.from_tables(tables, **base.settings.model_dump()).save(tmp_path / "case")
    assert run("ensemble", str(tmp_path / "case"), "--draws", "50", "--out", str(tmp_path / "out")) == 0
    text = " ".join(printed.getvalue().split())
    assert "50 histories drawn in which something happens, seed 0, perfect foresight" in text
    assert "the rates rest on 2 events that happened" in text
    curve = pd.read_csv(tmp_path / "out" / "exceedance.csv")
    loss = curve.loc[curve["probability"] <= 0.2, "loss"].iloc[0]
    assert f"│ 20 % │ {console.number(loss)} │" in text
    assert run("ensemble", str(tmp_path / "case"), "--seed", "-1") == 2


def test_worst_names_ties_and_speaks_of_one_objective(printed: io.StringIO) -> None:
    """Proves: others that take as much are printed, and what to make safe is asked of the same loss as the attacks. Without it:
    one table would be of an account and the next of exports."""
    arguments = ["worst", "two-routes", "--target", "LND", "--budget", "2", "--window", "2022-07-02:28d"]
    assert run(*arguments, "--protect", "1") == 0
    text = " ".join(printed.getvalue().split())
    assert "volume of LND lost, kt" in text and "volume still lost, kt" in text and "account" not in text
    assert "Others that take as much" in text
    printed.truncate(0)
    assert run(*arguments) == 0
    assert "The account of LND, with those who belong to it" in printed.getvalue()


@pytest.mark.parametrize(
    ("new", "former"),
    [
        ("power shares two-routes --players LND,NBR", "power two-routes --players LND,NBR"),
        ("power leverage two-routes", "power two-routes --leverage"),
        ("power union two-routes --members LND,NBR", "power two-routes --union LND,NBR"),
        ("power balance two-routes", "power --balance LND --commodity crude two-routes"),
        ("worst attack two-routes --budget 1", "worst two-routes --budget 1"),
    ],
)
def test_former_commands_answer_the_same(printed: io.StringIO, new: str, former: str) -> None:
    """Proves: each question has a command, and its former form still prints the same. Without it: scripts would break, or two
    forms would answer differently."""
    told = []
    for line in (new, former):
        printed.seek(0)
        printed.truncate()
        assert run(*line.split()) == 0
        told.append(printed.getvalue())
    assert told[0] and told[0] == told[1]


def test_a_mistyped_command_is_named() -> None:
    """Proves: two words in front, the first no command, are a slip, not a case. Without it: `sharse` would be a missing case."""
    found = CliRunner().invoke(app, ["power", "sharse", "two-routes"])
    assert found.exit_code == 2 and "No such command 'sharse'" in found.output


def test_whole_answer_goes_where_it_is_asked(tmp_path: Path) -> None:
    """Proves: --out takes a folder, a zip or a workbook for every question, and what is written can be loaded. Without it: each
    command would have its own meaning of --out."""
    from straits.results import load

    window = ("--window", "2022-07-02:28d")
    for name, line in {
        "curve": ("worst", "attack", "two-routes", "--budget", "1", *window),
        "sweep": ("sweep", "two-routes", *window),
        "leverage": ("power", "leverage", "two-routes"),
    }.items():
        assert (
            run(*line, "--out", str(tmp_path / name))
            == run(*line, "--out", str(tmp_path / f"{name}.zip"))
            == 0
        )
        assert (tmp_path / name / f"{name}.csv").exists()
        assert len(load(tmp_path / name).table) == len(load(tmp_path / f"{name}.zip").table) > 0


def test_what_is_lost_with_tariffs_paid_is_named(tmp_path: Path, printed: io.StringIO) -> None:
    """Proves: a pipe that costs 1 and charges 10 stands beside a road that costs 5: shippers take the road, and closed it gains
    all together 4 a tonne, 10 kt/d for 10 days: -0.4 million. The sweep says why that is; the worst case, which counts what
    shippers have after tariffs, loses 6 a tonne by the road and says so; with internal tariffs the pipe is the loss, of joint
    value. Without it: two tables called two things `value lost`, and a gain stood there without a word."""
    from straits.testing.small import build, days, link, market, places, supply

    case = build(
        {
            "places": places("A", "B"),
            "links": [link("pipe", "A", "B", capacity=10, cost=1, tariff=10, tariff_to="BBB"),
                      link("road", "A", "B", capacity=10, cost=5)],
            "supplies": [supply("field", "A", 10)],
            "markets": [market("sea", "B", 100)],
        },
        time=days(10),
    )  # fmt: skip
    case.save(tmp_path / "two")
    assert run("sweep", str(tmp_path / "two")) == 0
    words = " ".join(printed.getvalue().split())
    assert "road │ -0.4" in words and "Negative: all together gain." in words
    printed.truncate(0)
    assert run("worst", "attack", str(tmp_path / "two"), "--budget", "1") == 0
    words = " ".join(printed.getvalue().split())
    assert "value to shippers after tariffs lost" in words and "road │ 0.6 │ yes" in words
    printed.truncate(0)
    assert run("worst", "attack", str(tmp_path / "two"), "--budget", "1", "--tariffs", "internal") == 0
    words = " ".join(printed.getvalue().split())
    assert "joint value lost" in words and "pipe │ 0.4 │ yes" in words
