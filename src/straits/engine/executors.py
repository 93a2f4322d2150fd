"""Where pieces of a batch are answered: in this process, in processes of this machine, or on Ray."""

from __future__ import annotations

import hashlib
import importlib.util
import pickle
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Any

from straits.engine.variant import Patch
from straits.engine.walk import Names, Result, Walker
from straits.engine.workingset import Seen
from straits.errors import ModelError, SolveError
from straits.model import Model

#: How often a piece is tried again after the process that worked on it died.
_TRIES = 3


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
    seen: Seen | None = None

    def walker(self) -> Walker:
        """Give a walker for this process."""
        return Walker(
            self.model, self.parts, self.measures,
            skip=self.skip, alone=self.alone, alike=self.alike, seen=self.seen,
        )  # fmt: skip


#: The job and walker of this worker process, and the key of the job.
_here: dict[str, tuple[Job, Walker]] = {}


def _answer_piece(key: str, packed: bytes | None, piece: Sequence[Names]) -> list[Result]:
    """Answer a piece of the job in a worker process, which keeps its walker warm between pieces."""
    if key not in _here:
        assert packed is not None
        job: Job = pickle.loads(packed)
        _here.clear()
        _here[key] = (job, job.walker())
    job, walker = _here[key]
    return list(walker.run(piece, job.parents))


def _packed(job: Job) -> tuple[str, bytes]:
    """Give a job as bytes and their key: workers of a cluster outlive a batch, and the next may ask other things of the model."""
    packed = pickle.dumps(job)
    return hashlib.sha256(packed).hexdigest(), packed


#: What workers run; a name of its own, so that tests of faults can put theirs in its place.
_task = _answer_piece


def _begin(key: str, packed: bytes) -> None:
    _answer_piece(key, packed, ())


def answer_here(job: Job, pieces: Sequence[Sequence[Names]]) -> Iterator[list[Result]]:
    """Answer pieces in this process."""
    walker = job.walker()
    for piece in pieces:
        yield list(walker.run(piece, job.parents))


def answer_locally(job: Job, pieces: Sequence[Sequence[Names]], workers: int) -> Iterator[list[Result]]:
    """Answer pieces in processes of this machine. A process that dies is replaced, and its piece tried again.

    Raises
    ------
    SolveError
        If processes keep dying.
    """
    key, packed = _packed(job)
    left = dict(enumerate(pieces))
    for _ in range(_TRIES):
        pool = ProcessPoolExecutor(
            min(workers, len(left)),
            mp_context=get_context("spawn"),
            initializer=_begin,
            initargs=(key, packed),
        )
        try:
            waiting: dict[Future[list[Result]], int] = {
                pool.submit(_task, key, None, piece): i for i, piece in left.items()
            }
            while waiting:
                done, _ = wait(waiting, return_when=FIRST_COMPLETED)
                for future in done:
                    results = future.result()
                    del left[waiting.pop(future)]
                    yield results
            return
        except BrokenProcessPool:
            continue
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
    raise SolveError(
        f"worker processes died {_TRIES} times, with {len(left)} of {len(pieces)} pieces of work left; the machine may be "
        "short of memory. Try fewer workers."
    )


def answer_on_ray(job: Job, pieces: Sequence[Sequence[Names]], workers: int) -> Iterator[list[Result]]:
    """Answer pieces on Ray: on the cluster that this process is connected to, else on a local one of `workers` processes.

    Raises
    ------
    ModelError
        If Ray is not installed.
    """
    if importlib.util.find_spec("ray") is None:
        raise ModelError(
            "executor='ray' needs Ray: install it with `pip install ray`, or use executor='local'"
        )
    import ray

    own = not ray.is_initialized()
    if own:
        ray.init(num_cpus=workers, include_dashboard=False, log_to_driver=False, logging_level=40)
    waiting: list[Any] = []
    try:
        key, packed = _packed(job)
        shared = ray.put(packed)
        task: Any = ray.remote(max_retries=_TRIES, retry_exceptions=False)(_answer_piece)
        waiting = [task.remote(key, shared, piece) for piece in pieces]
        while waiting:
            done, waiting = ray.wait(waiting)
            yield from ray.get(done)
    finally:
        # A cluster goes on with what it was asked for, whoever stopped waiting for it.
        for left in waiting:
            ray.cancel(left)
        if own:
            ray.shutdown()
