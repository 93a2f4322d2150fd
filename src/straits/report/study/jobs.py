"""What a study asks beside its scenarios, as independent jobs: here and in other processes, each kept when it is done."""

from __future__ import annotations

import hashlib
import os
import pickle
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from straits.case.timeaxis import Steps
from straits.engine.executors import check_workers, other_processes
from straits.errors import SolveError, StraitsError
from straits.report.study.pieces import Outcome, Pieces

if TYPE_CHECKING:
    from straits.case.case import Case
    from straits.report.study.content import Study

#: Called with the parts that are done, all of them, and the seconds left.
Told = Callable[[int, int, float], None]


#: Links times steps from which on a second process saves more than the second that it takes to start.
_WORTH_ANOTHER = 2000


def usual_workers(case: Case) -> int:
    """Give the processes that a study of a case is worth: two, where there are two processors and enough to do."""
    size = len(case.rows("links")) * len(Steps(case.settings.time))
    return min(2, os.cpu_count() or 1) if size >= _WORTH_ANOTHER else 1


@dataclass(frozen=True)
class Job:
    """One question.

    Attributes
    ----------
    name, title : str
    call : callable
        Of the study; or, of a job that asks the case alone, of the case and the id of the main scenario.
    weight : float
        How long it takes beside others, for the order and the time that is left.
    of_case : bool
        Whether it asks the case alone, so that it need not wait for the scenarios.
    after : str
        Name of the job whose answer it needs; empty for none.
    here : bool
        Whether it is of this process: what it works out stays in the study.
    """

    name: str
    title: str
    call: Callable[..., Any]
    weight: float = 1.0
    of_case: bool = False
    after: str = ""
    here: bool = False


def outcome_of(call: Callable[..., Any], *args: Any) -> Outcome:
    """Ask, and give what was found, or why there is no answer."""
    try:
        return Outcome(call(*args))
    except StraitsError as error:
        return Outcome(None, str(error), isinstance(error, SolveError))


class Jobs:
    """Answers jobs.

    Parameters
    ----------
    workers : int
        Processes, this one among them. The answers do not depend on it.
    kept : Pieces, optional
        Where answers are kept as they come, and found again by a later run.
    progress : callable, optional
        Called with the title of each job that is done.
    told : callable, optional
        Called with jobs done, all of them, and the seconds left.
    """

    def __init__(
        self,
        workers: int = 1,
        kept: Pieces | None = None,
        progress: Callable[[str], None] | None = None,
        told: Told | None = None,
    ) -> None:
        check_workers(workers, None)
        self._others, self._kept, self._progress, self._told = workers - 1, kept, progress, told
        self._pool: ProcessPoolExecutor | None = other_processes(self._others) if self._others > 0 else None
        self._begun = time.perf_counter()
        self._known: dict[str, Outcome] = {}
        self._waiting: dict[Future[Outcome], Job] = {}
        self._todo: list[Job] = []
        self._all: dict[str, Job] = {}
        self._main = ""
        #: What is asked goes to other processes as bytes: a pool makes bytes of what it is given in a thread of its own, while
        #: this process works on, and adds to, the same objects. No bytes of the study: it has changed since.
        self._case_bytes, self._study_bytes = b"", b""
        # Of what is to be done and who does it: another process that is done takes its next job in a thread of its pool.
        self._lock = threading.RLock()

    def _piece(self, job: Job) -> str:
        """Give the name under which the answer to a job is kept; one about another main scenario has another."""
        return f"{job.name}-{hashlib.sha256(self._main.encode()).hexdigest()[:8]}"

    def close(self) -> None:
        """End the other processes, whatever they are at: nobody waits for it any more."""
        with self._lock:
            pool, self._pool = self._pool, None
        if pool is not None:
            working = list((pool._processes or {}).values())
            pool.shutdown(wait=False, cancel_futures=True)
            for process in working:
                process.terminate()

    def begin(self, case: Case, main: str, jobs: Sequence[Job]) -> None:
        """Begin in the other processes, if there are any, with jobs that ask the case alone, the longest first."""
        self._main = main
        if self._pool is not None:
            self._case_bytes = pickle.dumps((case, main))
            self._add(jobs)
            self._fill()

    def forget(self) -> None:
        """Forget what was begun: it was about another scenario."""
        with self._lock:
            for names in (self._known, self._waiting, self._todo, self._all):
                names.clear()

    def finish(self, study: Study, main: str | None, jobs: Sequence[Job]) -> Mapping[str, Outcome]:
        """Answer these jobs and those that were begun, and give the outcome of each by its name."""
        self._main = main or ""
        asked = (study.case, main or "")
        if self._pool is not None:
            # First: whoever is done with what was begun takes what is added at once, and asks it of these bytes.
            self._case_bytes = pickle.dumps(asked)
        self._add(jobs)
        for job in jobs:
            if job.after and (found := self._known.get(job.after)) is not None and found.found is not None:
                study = study.with_part(found.found)
        while self._is_at_work():
            if self._pool is not None and self._todo:
                self._study_bytes = self._study_bytes or pickle.dumps(study.light())
                self._fill()
            done = [future for future in list(self._waiting) if future.done()]
            here = None if done else self._take(beside=False)
            if here is not None:
                study = self._end(here, outcome_of(here.call, *(asked if here.of_case else (study,))), study)
                continue
            for future in done or wait(list(self._waiting), return_when=FIRST_COMPLETED).done:
                job = self._waiting.pop(future)
                try:
                    outcome = future.result()
                except BrokenProcessPool:
                    # A process that dies, for want of memory as a rule, takes no answer with it: what is left is answered here.
                    self._pool = None
                    outcome = outcome_of(job.call, *(asked if job.of_case else (study,)))
                study = self._end(job, outcome, study, beside=self._pool is not None)
        return self._known

    def _add(self, jobs: Sequence[Job]) -> None:
        for job in jobs:
            if job.name in self._all or (job.after and not self._can_come(job.after)):
                continue
            self._all[job.name] = job
            found = None if self._kept is None or job.here else self._kept.get(self._piece(job))
            if found is None:
                self._todo.append(job)
            else:
                self._known[job.name] = found
                if self._progress is not None:
                    self._progress(job.title)

    def _can_come(self, name: str) -> bool:
        """Whether a job has an answer or may get one; one that was kept without is not asked again."""
        return name in self._all and (name not in self._known or self._known[name].found is not None)

    def _is_at_work(self) -> bool:
        with self._lock:
            return bool(self._todo or self._waiting)

    def _take(self, *, beside: bool) -> Job | None:
        """Take the longest job that can begin, beside this process or here: there those that ask the case alone come first."""
        with self._lock:
            ready = [job for job in self._todo if not job.after or job.after in self._known]
            if self._others:
                ready.sort(key=lambda job: (job.here, job.of_case == beside, job.weight), reverse=True)
            if beside:
                ready = [job for job in ready if (job.of_case or self._study_bytes) and not job.here]
            if ready:
                self._todo.remove(ready[0])
            return ready[0] if ready else None

    def _fill(self) -> None:
        """Give each other process that has nothing to do a job. What waits in a pool's own queue could not be taken back."""
        with self._lock:
            while self._pool is not None and sum(not f.done() for f in list(self._waiting)) < self._others:
                job = self._take(beside=True)
                if job is None:
                    return
                task = (_of_case, self._case_bytes) if job.of_case else (_of_study, self._study_bytes)
                try:
                    future = self._pool.submit(
                        _kept, self._kept, self._piece(job), task[0], job.call, task[1]
                    )
                except BrokenProcessPool:
                    self._todo.append(job)
                    self._pool = None
                    return
                self._waiting[future] = job
                future.add_done_callback(self._go_on)

    def _go_on(self, done: Future[Outcome]) -> None:
        # A pool that is broken or closed is at work on that, and takes no job.
        if not done.cancelled() and done.exception() is None:
            self._fill()

    def _end(self, job: Job, outcome: Outcome, study: Study, *, beside: bool = False) -> Study:
        with self._lock:
            self._known[job.name] = outcome
            waiting = [left for left in self._todo if left.after == job.name]
            if outcome.found is None:
                # What needs an answer that is not there is not asked.
                for left in waiting:
                    self._todo.remove(left)
                    del self._all[left.name]
            elif waiting:
                # Whoever answered the part that others wait for, here or there: it goes to them with the study.
                self._study_bytes = b""
        if self._kept is not None and not (job.here or beside):
            self._kept.put(self._piece(job), outcome)
        if self._progress is not None:
            self._progress(job.title)
        if self._told is not None:
            weight = sum(self._all[name].weight for name in self._known)
            rest = sum(of.weight for of in self._all.values()) - weight
            gone = time.perf_counter() - self._begun
            self._told(len(self._known), len(self._all), gone / weight * rest)
        return study.with_part(outcome.found) if waiting and outcome.found is not None else study


def _kept(kept: Pieces | None, name: str, answer: Callable[..., Outcome], *asked: Any) -> Outcome:
    """Answer in another process, and keep the answer from there: this one may be at work, or be stopped, before it is told."""
    outcome = answer(*asked)
    if kept is not None:
        kept.put(name, outcome)
    return outcome


def _of_case(call: Callable[..., Any], packed: bytes) -> Outcome:
    return outcome_of(call, *pickle.loads(packed))


def _of_study(call: Callable[..., Any], packed: bytes) -> Outcome:
    return outcome_of(call, pickle.loads(packed))


__all__ = ["Job", "Jobs", "Outcome", "Told", "outcome_of", "usual_workers"]
