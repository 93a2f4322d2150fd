"""Where pieces of a batch are answered: in this process, in processes of this machine, or with any executor."""

from __future__ import annotations

import hashlib
import logging
import os
import pickle
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    Executor,
    Future,
    ProcessPoolExecutor,
    as_completed,
    wait,
)  # fmt: skip
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import get_context, parent_process
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread, local
from typing import NamedTuple

from straits.engine.store import Shared, StoreError
from straits.engine.variant import key_of
from straits.engine.walk import Names, Result, Walker
from straits.errors import SolveError
from straits.lp import Status
from straits.lp.patch import Patch
from straits.model import Model

_log = logging.getLogger("straits.engine")
#: An executor (processes, threads, loky, Dask, Ray, MPI), or what makes one: then a broken one is replaced.
Executors = Executor | Callable[[], Executor]
#: How often a piece is tried again after the process that worked on it died.
_TRIES = 3
#: Processes that are started for each processor of the machine at most.
_PER_PROCESSOR = 4
#: How a variant with an answer ends; what has none is tried again next time.
ANSWERED = (Status.OPTIMAL, Status.INFEASIBLE)


class Piece(NamedTuple):
    """Answers to a piece of work, and whether who worked on it has put them into the store."""

    results: list[Result]
    kept: bool = False


@dataclass(frozen=True)
class Job:
    """What every worker needs to know."""

    model: Model
    parts: Mapping[str, Patch]
    measures: tuple[str, ...]
    parents: Mapping[Names, Names]
    skip: bool
    alone: frozenset[str]
    alike: bool
    #: Where workers put what they have answered, so that it outlives this process.
    shared: Shared | None = None

    def walker(self) -> Walker:
        """Give a walker for this process."""
        return Walker(
            self.model, self.parts, self.measures,
            skip=self.skip, alone=self.alone, alike=self.alike,
        )  # fmt: skip


#: The job and walker of this worker, a process or a thread, and the key of the job.
_here = local()


def _answer_piece(key: str, packed: bytes | Path, piece: Sequence[Names]) -> Piece:
    """Answer a piece of the job in a worker process, which keeps its walker warm between pieces, and put it into the store."""
    if getattr(_here, "key", None) != key:
        _here.job = pickle.loads(packed if isinstance(packed, bytes) else packed.read_bytes())
        _here.key, _here.walker = key, _here.job.walker()
        _here.store = _here.job.shared.opened() if _here.job.shared is not None else None
    job: Job = _here.job
    walker: Walker = _here.walker
    results = list(walker.run(piece, job.parents))
    if _here.store is None:
        return Piece(results)
    try:
        _here.store.write(rows_of(results, {r.names: key_of(job.model, job.parts, r.names) for r in results}))
    except (StoreError, OSError) as error:
        # Who asked has the store too, and says so if it does not take the answers there either.
        _log.warning("answers could not be stored by a worker: %s", error)
        return Piece(results)
    return Piece(results, kept=True)


def rows_of(results: Sequence[Result], keys: Mapping[Names, str]) -> list[tuple[object, ...]]:
    """Give the rows of a store for results that are answers."""
    return [(keys[r.names], *r[1:6]) for r in results if r.status in ANSWERED]


def _packed(job: Job) -> tuple[str, bytes]:
    """Give a job as bytes and their key: workers of a cluster outlive a batch, and the next may ask other things of the model."""
    packed = pickle.dumps(job)
    return hashlib.sha256(packed).hexdigest(), packed


#: What workers run; a name of its own, so that tests of faults can put theirs in its place.
_task = _answer_piece


def _end_with_parent() -> None:
    """Let this worker process end when the process that started it has: killed, that cannot tell its workers to stop."""

    def watch() -> None:
        parent = parent_process()
        if parent is not None:
            parent.join()
            os._exit(1)

    Thread(target=watch, daemon=True).start()


def _wake() -> None:
    """Do nothing: a process that is asked for it imports this package."""


def other_processes(count: int) -> ProcessPoolExecutor:
    """Start processes of this machine that end with this one, and get ready while nothing is asked of them yet."""
    pool = ProcessPoolExecutor(count, mp_context=get_context("spawn"), initializer=_end_with_parent)
    for _ in range(count):
        pool.submit(_wake)
    return pool


def answer_here(job: Job, pieces: Sequence[Sequence[Names]]) -> Iterator[Piece]:
    """Answer pieces in this process."""
    walker = job.walker()
    for piece in pieces:
        yield Piece(list(walker.run(piece, job.parents)))


class LocalProcesses:
    """This process and others of this machine.

    The others start at once, so that what is done before the first piece is done while they get ready; this one takes pieces too,
    from the end, instead of waiting for them.

    Parameters
    ----------
    others : int
        No more are started than a few for each processor: more would only take memory.
    """

    def __init__(self, others: int) -> None:
        self._others = min(others, _PER_PROCESSOR * (os.cpu_count() or 1))
        self._pool = self._begin()
        self._walker: Walker | None = None

    def _begin(self) -> ProcessPoolExecutor:
        return other_processes(self._others)

    def close(self) -> None:
        """Let the others end, and take back what they have not begun."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def answer(self, job: Job, pieces: Sequence[Sequence[Names]]) -> Iterator[Piece]:
        """Answer pieces. A process that dies is replaced, and its piece tried again.

        Raises
        ------
        SolveError
            If processes keep dying, or there is no room for what they must know.
        """
        key, packed = _packed(job)
        left = dict(enumerate(pieces))
        with TemporaryDirectory(prefix="straits-", ignore_cleanup_errors=True) as folder:
            path = Path(folder) / "job"
            try:
                path.write_bytes(packed)
            except OSError as error:
                raise SolveError(
                    f"the {len(packed):,} bytes that worker processes need could not be written to {folder} "
                    f"({error.strerror}). Make room there, let TMPDIR name another folder, or use one worker."
                ) from error
            for _ in range(_TRIES):
                try:
                    yield from self._together(job, key, path, left)
                    return
                except BrokenProcessPool:
                    self.close()
                    self._pool = self._begin()
        raise SolveError(
            f"worker processes died {_TRIES} times, with {len(left)} of {len(pieces)} pieces of work left; the machine may be "
            "short of memory. Try fewer workers."
        )

    def _together(self, job: Job, key: str, path: Path, left: dict[int, Sequence[Names]]) -> Iterator[Piece]:
        """Answer what is left, and take it off."""
        queue = deque(left)
        waiting: dict[Future[Piece], int] = {}
        while queue or waiting:
            # One piece to work on and one to go on with for each of the others, before this process takes one itself.
            while queue and len(waiting) < 2 * self._others:
                i = queue.popleft()
                waiting[self._pool.submit(_task, key, path, left[i])] = i
            done = [future for future in waiting if future.done()]
            if queue and not done:
                i = queue.pop()
                answered = self._here(job, left[i])
                del left[i]
                yield answered
                continue
            for future in done or wait(waiting, return_when=FIRST_COMPLETED).done:
                answered = future.result()
                del left[waiting.pop(future)]
                yield answered

    def _here(self, job: Job, piece: Sequence[Names]) -> Piece:
        if self._walker is None:
            self._walker = job.walker()
        return Piece(list(self._walker.run(piece, job.parents)))


def answer_with(job: Job, pieces: Sequence[Sequence[Names]], executor: Executors) -> Iterator[Piece]:
    """Answer pieces with an executor that was handed over. It is left running.

    Raises
    ------
    SolveError
        If the executor broke, and nothing was given that makes another one, or these broke too.
    """
    left = dict(enumerate(pieces))
    key, packed = _packed(job)
    for _ in range(_TRIES):
        pool = executor if isinstance(executor, Executor) else executor()
        waiting: dict[Future[Piece], int] = {}
        try:
            for i, piece in left.items():
                waiting[pool.submit(_answer_piece, key, packed, piece)] = i
            for future in as_completed(waiting):
                answered = future.result()
                del left[waiting[future]]
                yield answered
            return
        except BrokenExecutor as error:
            if pool is executor:
                raise SolveError(
                    f"the executor broke with {len(left)} of {len(pieces)} pieces of work left ({error}). Hand over what "
                    "makes one, such as executor=lambda: ProcessPoolExecutor(4), and a new one goes on from there."
                ) from error
            _log.warning("executor broke, another one is made: %s", error)
        finally:
            # A cluster goes on with what it was asked for, whoever stopped waiting for it.
            for future in waiting:
                future.cancel()
    raise SolveError(f"{_TRIES} executors broke, with {len(left)} of {len(pieces)} pieces of work left")
