"""Background work: each job is a process of its own that writes into a folder of its own, so that it can be stopped at once.

Jobs are known to the server, not to a window: they go on when the page is loaded again. A worker whose server is gone removes its
folder and ends; what it has written until then nobody reads.
"""

from __future__ import annotations

import json
import os
import pickle
import re
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, Any

from straits.errors import StraitsError
from straits.files import write_file

if TYPE_CHECKING:
    from straits.case.case import Case

#: Jobs that run at the same time; more wait. Jobs that are kept.
_AT_ONCE, _MOST = 2, 50


class UnknownJob(StraitsError):
    """A job that the server does not know."""


@dataclass
class Job:
    """One piece of work."""

    id: str
    case: str
    analysis: str
    title: str
    given: dict[str, Any]
    folder: Path
    asked: float = field(default_factory=time.time)
    process: subprocess.Popen[bytes] | None = None
    stopped: bool = False

    @property
    def result(self) -> Path:
        """Folder of the result, once it is there whole."""
        return self.folder / "result"

    @property
    def state(self) -> str:
        """waiting, running, done, stopped or failed."""
        if self.result.exists():
            return "done"
        if self.stopped:
            return "stopped"
        if self.process is None:
            return "waiting"
        if self.process.poll() is None:
            return "running"
        return "failed"

    def view(self) -> dict[str, Any]:
        """Give the job as the page shows it."""
        told = _read(self.folder / "progress.json")
        found = {
            "id": self.id, "case": self.case, "analysis": self.analysis, "title": self.title, "given": self.given,
            "state": self.state, "asked": self.asked, "done": told.get("done"), "all": told.get("all"),
            "left": told.get("left"), "seconds": told.get("seconds", 0.0),
        }  # fmt: skip
        if found["state"] == "failed":
            found["error"] = _read(self.folder / "error.json").get(
                "error",
                "the work ended without a word: it was ended from outside, or the machine ran out of memory",
            )
        return found


class Board:
    """All jobs of a server, and the processes that do them."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="straits-app-"))
        self._jobs: dict[str, Job] = {}
        self._lock = RLock()

    def ask(self, case: Case, key: str, analysis: str, title: str, given: dict[str, Any]) -> Job:
        """Take a job in, and start it if there is room.

        Raises
        ------
        StraitsError
            If too many wait already.
        """
        with self._lock:
            if sum(job.state in ("waiting", "running") for job in self._jobs.values()) >= _MOST:
                raise StraitsError(f"{_MOST} jobs are waiting; stop some first")
            ident = secrets.token_hex(8)
            folder = self.folder / ident
            folder.mkdir(mode=0o700)
            write_file(
                folder / "question.pickle", pickle.dumps({"case": case, "analysis": analysis, "given": given})
            )
            job = Job(ident, key, analysis, title, given, folder)
            self._jobs[ident] = job
            self._forget()
            self._start()
            return job

    def get(self, ident: str) -> Job:
        """Give a job.

        Raises
        ------
        UnknownJob
        """
        with self._lock:
            self._start()
            if not re.fullmatch(r"[0-9a-f]{16}", ident) or ident not in self._jobs:
                raise UnknownJob("there is no such job; it ended with an earlier server, or was removed")
            return self._jobs[ident]

    def all(self, key: str | None = None) -> list[Job]:
        """Give all jobs, the newest first."""
        with self._lock:
            self._start()
            return [j for j in reversed(self._jobs.values()) if key in (None, j.case)]

    def stop(self, ident: str) -> Job:
        """Stop a job; one that is done stays done."""
        job = self.get(ident)
        with self._lock:
            job.stopped = True
            if job.process is not None and job.process.poll() is None:
                job.process.terminate()
                try:
                    job.process.wait(3)
                except subprocess.TimeoutExpired:
                    job.process.kill()
                    job.process.wait()
            self._start()
        return job

    def remove(self, ident: str) -> None:
        """Stop a job and forget it."""
        job = self.stop(ident)
        with self._lock:
            shutil.rmtree(job.folder, ignore_errors=True)
            self._jobs.pop(ident, None)

    def close(self) -> None:
        """Stop all jobs and remove what they wrote."""
        with self._lock:
            for job in self._jobs.values():
                if job.process is not None and job.process.poll() is None:
                    job.process.kill()
                    job.process.wait()
            shutil.rmtree(self.folder, ignore_errors=True)

    def _start(self) -> None:
        states = [job.state for job in self._jobs.values()]
        room = _AT_ONCE - states.count("running")
        for job in self._jobs.values():
            if room > 0 and job.state == "waiting":
                command = [sys.executable, "-m", "straits.app.jobs.worker", str(job.folder), str(os.getpid())]
                nothing = subprocess.DEVNULL
                job.process = subprocess.Popen(command, stdin=nothing, stdout=nothing, stderr=nothing)
                room -= 1

    def _forget(self) -> None:
        for ident in list(self._jobs)[:-_MOST]:
            if self._jobs[ident].state not in ("running", "waiting"):
                shutil.rmtree(self._jobs.pop(ident).folder, ignore_errors=True)


def _read(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
