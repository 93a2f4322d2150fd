"""Where pieces of work are done: in this process, in processes of this machine, or with any executor."""

from __future__ import annotations

import hashlib
import logging
import os
import pickle
import time
from collections import deque
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
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
from contextlib import closing
from dataclasses import dataclass
from multiprocessing import get_context, parent_process
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread, local
from typing import Any, NamedTuple, Protocol

from straits.engine.store import Shared, StoreError
from straits.engine.variant import key_of
from straits.engine.walk import Names, Result, Walker
from straits.errors import ModelError, SolveError
from straits.lazy import collect_seldom
from straits.lp import Status
from straits.lp.patch import Patch
from straits.model import Model

_log = logging.getLogger("straits.engine")
#: Called with what is done, all there is to do, and the seconds that are left at the present pace.
Progress = Callable[[int, int, float], None]
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


class Work(Protocol):
    """What every worker needs to know. It can be pickled; so can its pieces and what they give."""

    def begin(self, *, away: bool) -> Callable[[Any], Any]:
        """Give what does a piece; it stays in its process, `away` if that is not the one that asked."""


@dataclass(frozen=True)
class Job:
    """Variants of a model: `Work` whose pieces are their names."""

    model: Model
    parts: Mapping[str, Patch]
    measures: tuple[str, ...]
    parents: Mapping[Names, Names]
    skip: bool
    alone: frozenset[str]
    alike: bool
    #: Where workers put what they have answered, so that it outlives this process.
    shared: Shared | None = None

    def begin(self, *, away: bool) -> Callable[[Sequence[Names]], Piece]:
        """Give what answers a piece, warm from one to the next, and puts it into the store where nobody else would."""
        walker = Walker(
            self.model, self.parts, self.measures,
            skip=self.skip, alone=self.alone, alike=self.alike,
        )  # fmt: skip
        store = self.shared.opened() if away and self.shared is not None else None

        def answer(piece: Sequence[Names]) -> Piece:
            results = list(walker.run(piece, self.parents))
            if store is None:
                return Piece(results)
            try:
                keys = {r.names: key_of(self.model, self.parts, r.names) for r in results}
                store.write(rows_of(results, keys))
            except (StoreError, OSError) as error:
                # Who asked has the store too, and says so if it does not take the answers there either.
                _log.warning("answers could not be stored by a worker: %s", error)
                return Piece(results)
            return Piece(results, kept=True)

        return answer


#: What does pieces in this worker, a process or a thread, and the key of the work.
_here = local()


def _do_piece(key: str, packed: bytes | Path, piece: Any) -> Any:
    """Do a piece in a worker process."""
    if getattr(_here, "key", None) != key:
        work: Work = pickle.loads(packed if isinstance(packed, bytes) else packed.read_bytes())
        _here.key, _here.do = key, work.begin(away=True)
    return _here.do(piece)


def rows_of(results: Sequence[Result], keys: Mapping[Names, str]) -> list[tuple[object, ...]]:
    """Give the rows of a store for results that are answers."""
    return [(keys[r.names], *r[1:6]) for r in results if r.status in ANSWERED]


def _packed(work: Work) -> tuple[str, bytes]:
    """Give work as bytes and their key: workers of a cluster outlive a batch, and the next may ask other things of the model."""
    packed = pickle.dumps(work)
    return hashlib.sha256(packed).hexdigest(), packed


#: What workers run; a name of its own, so that tests of faults can put theirs in its place.
_task = _do_piece


def _end_with_parent() -> None:
    """Let this worker process end when the process that started it has: killed, that cannot tell its workers to stop."""

    def watch() -> None:
        parent = parent_process()
        if parent is not None:
            parent.join()
            os._exit(1)

    Thread(target=watch, daemon=True).start()


def _begin_process() -> None:
    """Get a worker process ready."""
    collect_seldom()
    _end_with_parent()


def _wake() -> None:
    """Do nothing: a process that is asked for it imports this package."""


def other_processes(count: int) -> ProcessPoolExecutor:
    """Start processes of this machine that end with this one, and get ready while nothing is asked of them yet."""
    pool = ProcessPoolExecutor(count, mp_context=get_context("spawn"), initializer=_begin_process)
    for _ in range(count):
        pool.submit(_wake)
    return pool


def check_workers(workers: int, executor: Executors | None) -> None:
    """Refuse, as `ModelError`, a number of workers that is none, and an executor that is none."""
    if not (executor is None or isinstance(executor, Executor) or callable(executor)):
        raise ModelError(
            f"executor={executor!r}: expected a concurrent.futures.Executor, or a function that makes one"
        )
    if isinstance(workers, bool) or not isinstance(workers, int) or workers < 1:
        raise ModelError(f"workers={workers!r}: expected a whole number, 1 or more")


def do_all(
    work: Work, pieces: Sequence[Any], workers: int = 1, executor: Executors | None = None
) -> Generator[Any, None, None]:
    """Do all pieces, and give what each gives as it comes: with an executor, in processes of this machine, or here.

    Closed early, it takes back what nobody has begun.
    """
    if not pieces:
        return
    if executor is not None:
        yield from do_with(work, pieces, executor)
    elif workers > 1 and len(pieces) > 1:
        with closing(LocalProcesses(workers - 1)) as processes:
            yield from processes.do(work, pieces)
    else:
        yield from map(work.begin(away=False), pieces)


def with_progress(
    given: Generator[Any, None, None], every: int, progress: Progress | None
) -> Generator[Any, None, None]:
    """Pass on what pieces of equal size give, and tell the progress."""
    began = time.perf_counter()
    with closing(given):
        for done, one in enumerate(given, 1):
            yield one
            if progress is not None:
                progress(done, every, (time.perf_counter() - began) / done * (every - done))


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
        self._do: Callable[[Any], Any] | None = None

    def _begin(self) -> ProcessPoolExecutor:
        return other_processes(self._others)

    def close(self) -> None:
        """Let the others end, and take back what they have not begun."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def do(self, work: Work, pieces: Sequence[Any]) -> Iterator[Any]:
        """Do pieces. A process that dies is replaced, and its piece tried again.

        Raises
        ------
        SolveError
            If processes keep dying, or there is no room for what they must know.
        """
        key, packed = _packed(work)
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
                    yield from self._together(work, key, path, left)
                    return
                except BrokenProcessPool:
                    self.close()
                    self._pool = self._begin()
        raise SolveError(
            f"worker processes died {_TRIES} times, with {len(left)} of {len(pieces)} pieces of work left; the machine may be "
            "short of memory. Try fewer workers."
        )

    def _together(self, work: Work, key: str, path: Path, left: dict[int, Any]) -> Iterator[Any]:
        """Do what is left, and take it off."""
        queue = deque(left)
        waiting: dict[Future[Any], int] = {}
        while queue or waiting:
            # One piece to work on and one to go on with for each of the others, before this process takes one itself.
            while queue and len(waiting) < 2 * self._others:
                i = queue.popleft()
                waiting[self._pool.submit(_task, key, path, left[i])] = i
            done = [future for future in waiting if future.done()]
            if queue and not done:
                i = queue.pop()
                if self._do is None:
                    self._do = work.begin(away=False)
                done_here = self._do(left[i])
                del left[i]
                yield done_here
                continue
            for future in done or wait(waiting, return_when=FIRST_COMPLETED).done:
                given = future.result()
                del left[waiting.pop(future)]
                yield given


def do_with(work: Work, pieces: Sequence[Any], executor: Executors) -> Iterator[Any]:
    """Do pieces with an executor that was handed over. It is left running.

    Raises
    ------
    SolveError
        If the executor broke, and nothing was given that makes another one, or these broke too.
    """
    left = dict(enumerate(pieces))
    key, packed = _packed(work)
    for _ in range(_TRIES):
        pool = executor if isinstance(executor, Executor) else executor()
        waiting: dict[Future[Any], int] = {}
        try:
            for i, piece in left.items():
                waiting[pool.submit(_do_piece, key, packed, piece)] = i
            for future in as_completed(waiting):
                given = future.result()
                del left[waiting[future]]
                yield given
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
