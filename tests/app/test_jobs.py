"""Analyses in the background: they answer as the library does, can be stopped, and leave nothing half written."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import straits
from app.client import Client
from straits.app.analyses import all_analyses, analysis
from straits.app.jobs.board import Board
from straits.app.world.opened import Cases
from straits.errors import ModelError


def ended(client: Client, job: str, most: float = 60.0) -> dict:
    until = time.monotonic() + most
    while time.monotonic() < until:
        found = client.get(f"/api/jobs/{job}").json
        if found["state"] not in ("waiting", "running"):
            return found
        time.sleep(0.1)
    raise AssertionError("the job did not end")


def test_a_job_answers_as_the_library(client: Client) -> None:
    """Proves: failures asked on the page are those of `straits.contingency.sweep`; the result names its code, leaves as CSV, is
    there for another window too, and goes when it is removed. Without it: a table of the page would be one of its own."""
    given = {"window": "2022-07-01:30d", "over": "links"}
    started = client.post("/api/cases/mine/jobs", {"analysis": "failures", "given": given})
    assert started.status == 202, started.json
    job = started.json["id"]
    assert ended(client, job)["state"] == "done"
    assert [j["id"] for j in client.get("/api/jobs?case=mine").json["jobs"]] == [job]
    found = client.get(f"/api/jobs/{job}/result").json
    from straits.contingency import sweep

    expected = sweep(straits.load_case("two-routes"), window="2022-07-01:30d", split=False).table
    assert [r["failure"] for r in found["tables"]["sweep"]] == list(expected["failure"])
    assert [r["loss"] for r in found["tables"]["sweep"]] == pytest.approx(list(expected["loss"]))
    assert "sweep(" in found["code"] and found["sentences"] and found["units"]["sweep"]["loss"]
    assert client.get(f"/api/jobs/{job}/export/csv").status == 200
    assert client.ask("DELETE", f"/api/jobs/{job}").status == 200
    assert client.get(f"/api/jobs/{job}").status == 404


def test_a_job_is_stopped_at_once_and_leaves_no_result(client: Client, folder: Path) -> None:
    """Proves: a long job ends within seconds when it is stopped, has no result, its process is gone, and the next can run; what
    cannot be asked fails with the words of the library. Without it: a wrong number in a form would hold a core for an hour."""
    case = client.app.app.state.straits.cases.get("mine").case
    board = client.app.app.state.straits.board
    job = board.ask(
        case,
        "mine",
        "histories",
        "Random histories",
        {"draws": 50000, "foresight": "surprise", "scenario": None},
    )
    began = time.monotonic()
    stopped = client.post(f"/api/jobs/{job.id}/stop").json
    assert stopped["state"] in ("stopped", "failed") and time.monotonic() - began < 10
    assert job.process is None or job.process.poll() is not None
    assert client.get(f"/api/jobs/{job.id}/result").code == "not_done"
    wrong = client.post(
        "/api/cases/mine/jobs", {"analysis": "worst", "given": {"attacker": "NOBODY-KNOWS"}}
    ).json
    failed = ended(client, wrong["id"])
    assert failed["state"] == "failed" and "NOBODY-KNOWS" in failed["error"]


def test_a_worker_whose_server_is_gone_ends_and_leaves_nothing(tmp_path: Path) -> None:
    """Proves: when the server is killed outright, the process of its job ends by itself and removes what it wrote. Without it:
    every crash would leave a core busy and a folder behind."""
    program = (
        "import sys, time, straits\n"
        "from straits.app.jobs.board import Board\n"
        "b = Board(); c = straits.load_case('caspian')\n"
        "j = b.ask(c, 'c', 'failures', 'x', {'k': 2, 'over': 'links', 'window': None, 'scenario': None})\n"
        "print(b.folder, j.process.pid, flush=True); time.sleep(60)\n"
    )
    server = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    place, pid = server.stdout.readline().split()
    server.send_signal(signal.SIGKILL)
    server.wait()
    until = time.monotonic() + 45
    while time.monotonic() < until and (Path(place).exists() or alive(int(pid))):
        time.sleep(0.2)
    assert not Path(place).exists() and not alive(int(pid))


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return (
        Path(f"/proc/{pid}/stat").exists()
        and Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    )


def test_forms_are_read_before_anything_starts(client: Client) -> None:
    """Proves: an unknown analysis or parameter, a number out of range, a choice that is none and what is needed and not given are
    refused before a process starts; every analysis describes itself, and its code is Python."""
    for body in (
        {"analysis": "nothing"},
        {"analysis": "failures", "given": {"kk": 1}},
        {"analysis": "failures", "given": {"k": 9}},
        {"analysis": "failures", "given": {"over": "linkz"}},
        {"analysis": "leverage", "given": {"players": "KAZ"}},
        {"analysis": "sensitivity", "given": {}},
    ):
        assert client.post("/api/cases/mine/jobs", body).status == 422, body
    assert client.get("/api/jobs").json["jobs"] == []
    for found in client.get("/api/cases/mine/analyses").json["analyses"]:
        assert found["title"] and found["about"]
        compile(analysis(found["id"]).code("mine", {"players": ["A"], "scenario": None}), "code", "exec")
    assert {"failures", "worst", "leverage", "shares", "histories", "ranges"} <= set(all_analyses())
    with pytest.raises(ModelError, match="did you mean"):
        analysis("failure")


def test_quick_analyses_run(tmp_path: Path) -> None:
    """Proves: worst case, power, balance, hedges and ranges run through their forms on a small case and give a table each."""
    case = straits.load_case("two-routes")
    for name, given in (
        ("worst", {"budget": 2, "window": "2022-07-01:30d"}),
        ("protect", {"protect": 1, "budget": 1}),
        ("leverage", {"players": ["LND", "NBR"]}),
        ("shares", {"players": ["LND", "NBR"]}),
        ("balance", {}),
        ("hedge", {"budget": 1, "window": "2022-07-01:30d"}),
        ("ranges", {"scenario": "pipeline-stop"}),
    ):
        chosen = analysis(name)
        result = chosen.run(case, chosen.read(given), lambda done, all_, left: None)
        assert result.question and result.tables, name
        for column in (*chosen.closes, *chosen.matrix, *chosen.chart):
            assert column in result.table.columns, (name, column)


def test_what_is_known_beforehand_can_be_set(tmp_path: Path) -> None:
    """Proves: failures, the worst case, protection, hedges and leverage take from their forms whether closures are known
    beforehand, and say in what they give which it was; left blank, an actor's acts are a surprise and failures are known.
    Without it: the page would answer one of two questions, and not say which.
    """
    case, when = straits.load_case("two-routes"), {"window": "2022-07-01:30d"}
    for name, given, blank in (
        ("failures", when, "perfect"),
        ("worst", {**when, "attacker": "NBR", "budget": 1}, "surprise"),
        ("protect", {**when, "attacker": "NBR", "budget": 1, "protect": 1}, "surprise"),
        ("hedge", {**when, "attacker": "NBR", "budget": 1}, "surprise"),
        (
            "leverage",
            {"players": ["LND", "NBR"]},
            "perfect",
        ),  # from the first day of the case on: nothing was decided before
    ):
        chosen = analysis(name)
        for asked in (None, "perfect", "surprise"):
            result = chosen.run(
                case, chosen.read({**given, "foresight": asked}), lambda done, all_, left: None
            )
            expected = blank if asked is None or name == "leverage" else asked
            assert {**result.provenance, **result.parameters}["foresight"] == expected, (name, asked)


def test_jobs_beyond_the_room_wait(tmp_path: Path) -> None:
    """Proves: no more jobs run at once than there is room for; the next starts when one ends; closing the board ends all."""
    board = Board()
    case = Cases(["two-routes"], tmp_path).get("two-routes").case
    slow = {"draws": 100000, "foresight": "surprise", "scenario": None}
    jobs = [board.ask(case, "c", "histories", "x", slow) for _ in range(4)]
    assert [j.state for j in board.all()].count("waiting") >= 1 or all(j.state == "failed" for j in jobs)
    board.close()
    assert not board.folder.exists() and all(j.process is None or j.process.poll() is not None for j in jobs)


def test_balance_asks_about_the_trade_that_the_case_is_about(capsys: pytest.CaptureFixture[str]) -> None:
    """Proves: of an importer that does not say so balance is of imports, of an exporter of exports, and the call that the page
    gives to take away runs and asks the same.
    Without it: for an importer it failed, and the call named neither whose trade nor of what."""
    base = straits.load_case("landlocked-importer")
    tables = {name: frame for name, frame in base.tables.items() if len(frame)}
    settings = base.settings.model_dump(mode="json")
    settings["focus"]["direction"] = None
    silent = straits.Case.from_tables(tables, **settings)
    chosen = analysis("balance")
    for case, trade in ((silent, "imports"), (straits.load_case("two-routes"), "exports")):
        found = chosen.run(case, chosen.read({}), lambda done, all_, left: None)
        assert found.parameters["trade"] == trade
    assert chosen.code is not None
    for name, trade in (("landlocked-importer", "imports"), ("two-routes", "exports")):
        exec(chosen.code(name, chosen.read({"extra_cost": 1.0})), {})
        assert f"How concentrated are {trade}" in capsys.readouterr().out
