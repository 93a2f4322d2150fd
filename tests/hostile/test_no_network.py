"""Nothing that works on a case opens a socket."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

#: Makes every socket an error, then runs commands in this process. Pairs within the machine serve event loops of workers.
GUARD = """
import socket, sys

class Forbidden(BaseException):
    pass

def refuse(*arguments, **named):
    raise Forbidden(f"a socket: {arguments} {named}")

def audit(event, arguments):
    if event.startswith("socket.") and event.split(".")[1] in ("connect", "bind", "getaddrinfo", "gethostbyname", "sendto"):
        raise Forbidden(event)

sys.addaudithook(audit)
socket.socket.__init__ = refuse
socket.create_connection = socket.getaddrinfo = refuse
from straits.cli import app
for line in sys.argv[1].split(";"):
    try:
        app(line.split(), standalone_mode=False)
    except SystemExit as end:
        assert not end.code, line
print("no socket")
"""


def guarded(lines: list[str], where: Path) -> str:
    run = subprocess.run(
        [sys.executable, "-c", GUARD, ";".join(lines)], cwd=where, capture_output=True, text=True, timeout=300
    )
    assert run.returncode == 0 and run.stdout.rstrip().endswith("no socket"), run.stderr[-2_000:]
    return run.stdout


def test_solving_and_saving_open_no_socket(tmp_path: Path) -> None:
    """Proves: check, solve, stress, sweep, worst and lp open no socket and look up no name. Without it: a case could
    tell that it was opened, or fetch what its maker wants."""
    case = tmp_path / "case"
    asked = ["new", "check", "solve", "stress", "sweep"]
    guarded([*(f"{name} {case}" for name in asked), f"worst {case} --budget 1", f"lp {case} m.lp"], tmp_path)


def test_running_a_study_opens_no_socket(tmp_path: Path) -> None:
    """Proves: a whole study, with its report and workbook, opens none."""
    guarded(["run two-routes --out study"], tmp_path)
    assert (tmp_path / "study" / "report.html").exists()


def test_drafting_by_rules_opens_no_socket(tmp_path: Path) -> None:
    """Proves: adding a document and drafting by rules open none, whatever addresses the document holds."""
    pytest.importorskip("ahocorasick")
    pytest.importorskip("syntok")
    text = "Port closed\n\n3 March 2021\n\nRussia suspended oil loading at Novorossiysk. See http://example.org/a.png for more.\n"
    (tmp_path / "a.txt").write_text(text)
    guarded(
        ["evidence init", "evidence add a.txt --outlet Tide --published 2021-03-03", "evidence draft"],
        tmp_path,
    )


def test_the_guard_guards(tmp_path: Path) -> None:
    """Proves: a socket is an error under the guard."""
    code = GUARD.replace("from straits.cli import app", "socket.socket()")
    run = subprocess.run(
        [sys.executable, "-c", code, ""], cwd=tmp_path, capture_output=True, text=True, timeout=60
    )
    assert run.returncode != 0 and "a socket" in run.stderr
