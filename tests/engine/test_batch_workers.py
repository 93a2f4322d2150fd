"""Batches in other processes and kept in stores: the same answers, also where something dies."""

from __future__ import annotations

import importlib.util
import os
import signal
import time
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool

import pytest

from straits.engine import executors as ex
from straits.engine import solve_many
from straits.engine.store import Store, StoreError
from straits.errors import ModelError, SolveError
from twofields import MEASURES, same


def test_workers_do_not_matter(model, variants, answers):
    """Proves: two processes give the same table as one."""
    same(solve_many(model, variants, MEASURES, workers=2, check=0).table, answers.table)


def test_any_executor_gives_the_same_table(model, variants, answers):
    """Proves: threads that were handed over give the same table, each with a solver of its own, and are left running.
    Without it: threads could share one solver, or clusters have to be started for every batch."""
    with ThreadPoolExecutor(3) as pool:
        same(solve_many(model, variants, MEASURES, executor=pool, check=0).table, answers.table)
        assert pool.submit(int).result() == 0
    with pytest.raises(ModelError, match=r"expected a concurrent\.futures\.Executor"):
        solve_many(model, variants, executor="ray")


class _Breaking(Executor):
    """Does the first piece, then breaks."""

    def __init__(self):
        self.asked = 0

    def submit(self, work, *arguments):
        self.asked += 1
        future = Future()
        if self.asked == 1:
            future.set_result(work(*arguments))
        else:
            future.set_exception(BrokenProcessPool("a worker died"))
        return future


def test_a_broken_executor_is_replaced_if_that_is_possible(model, variants, answers):
    """Proves: of executors that each do one piece and break, three are tried; one that then works goes on with what is left, and
    the table is the same; one alone that breaks is said to have, with what to do.
    Without it: a worker that dies would take the batch with it, or be tried for ever."""
    made = []

    def make():
        made.append(_Breaking() if len(made) < 2 else ThreadPoolExecutor(1))
        return made[-1]

    same(solve_many(model, variants, MEASURES, executor=make, check=0).table, answers.table)
    assert len(made) == 3
    with pytest.raises(SolveError, match="Hand over what makes one"):
        solve_many(model, variants, MEASURES, executor=_Breaking())
    with pytest.raises(SolveError, match="3 executors broke"):
        solve_many(model, variants, MEASURES, executor=_Breaking)


class OnRay(Executor):
    """Ray as an executor, in as many lines as it takes."""

    def submit(self, work, *arguments):
        import ray

        return ray.remote(work).remote(*arguments).future()


@pytest.mark.skipif(importlib.util.find_spec("ray") is None, reason="Ray is not installed")
def test_ray_gives_the_same_table(model, variants, answers):
    """Proves: on a local Ray of two processes the table is the same, also of a second batch on the same processes."""
    import ray

    try:
        ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False, logging_level=40)
    except Exception as error:
        pytest.skip(f"Ray does not start here: {error}")
    try:
        same(solve_many(model, variants, MEASURES, executor=OnRay(), check=0).table, answers.table)
        few = solve_many(model, variants[:3], MEASURES[:1], executor=OnRay(), check=0).table
        assert few[MEASURES[0]].tolist() == answers.table[MEASURES[0]][:3].tolist()
    finally:
        ray.shutdown()


def test_a_run_that_stops_resumes(model, variants, answers, tmp_path):
    """Proves: after an interruption what is done is kept, only the rest is solved, and a third run solves nothing.
    Without it: a night of work would be lost to Ctrl-C.
    """

    def stop(done, total, left):
        assert total == len(variants) and left >= 0
        if done > 10:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        solve_many(model, variants, MEASURES, store=tmp_path, progress=stop, check=0)
    again = solve_many(model, variants, MEASURES, store=tmp_path, check=0)
    assert 0 < again.stats["stored"] < len(variants)
    same(again.table, answers.table)
    third = solve_many(model, variants, MEASURES, store=tmp_path)
    assert third.stats["stored"] == len(variants) and third.stats["checked"] == 0
    same(third.table, answers.table)


def test_a_damaged_store_is_set_aside(model, variants, answers, tmp_path):
    """Proves: flipped bytes and a file that is no Parquet are noticed, set aside with a warning, and answered again.
    Without it: a bad disk would become a wrong number.
    """
    solve_many(model, variants, MEASURES, store=tmp_path, check=0)
    files = sorted(tmp_path.rglob("*.parquet"))
    content = bytearray(files[0].read_bytes())
    for i in range(40, 60):
        content[i] ^= 0xFF
    files[0].write_bytes(content)
    files[1].write_bytes(b"not a table")
    with pytest.warns(UserWarning, match="damaged"):
        again = solve_many(model, variants, MEASURES, store=tmp_path, check=0)
    assert again.stats["stored"] < len(variants)
    assert len(list(tmp_path.rglob("*.damaged"))) == 2
    same(again.table, answers.table)


def test_a_full_disk_is_said_and_loses_nothing(model, variants, tmp_path, monkeypatch):
    """Proves: when writing fails, the error says so in words, and what was written before is read back."""
    store = Store(tmp_path, model.hash, ["lp_value"])
    store.write([("k", "optimal", "solved", 3, 0.1, (1.5,))])
    import pyarrow.parquet

    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pyarrow.parquet, "write_table", full)
    with pytest.raises(StoreError, match="No space left"):
        solve_many(model, variants, ["lp_value"], store=tmp_path, check=0)
    assert store.read() == {"k": ("optimal", 3, (1.5,))}


def test_no_room_for_what_workers_need_is_said(model, variants, monkeypatch):
    """Proves: when the folder for temporary files is full, the error says where and what to do."""

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(ex.Path, "write_bytes", full)
    with pytest.raises(SolveError, match=r"No space left on device.*TMPDIR"):
        solve_many(model, variants, ["lp_value"], workers=2, check=0)


def _die_once(key, packed, piece):
    """Kill this worker process the first time it gets a piece, as a machine short of memory would."""
    flag = os.environ["STRAITS_TEST_DIED"]
    if piece and not os.path.exists(flag):  # noqa: PTH110
        with open(flag, "w"):  # noqa: PTH123
            pass
        os.kill(os.getpid(), signal.SIGKILL)
    return ex._do_piece(key, packed, piece)


def test_a_worker_that_dies_is_replaced(model, variants, answers, tmp_path, monkeypatch):
    """Proves: when a worker process is killed, its piece is answered by another and the table is the same."""
    monkeypatch.setenv("STRAITS_TEST_DIED", str(tmp_path / "died"))
    monkeypatch.setattr(ex, "_task", _die_once)
    batch = solve_many(model, variants, MEASURES, workers=2, check=0)
    assert (tmp_path / "died").exists()
    same(batch.table, answers.table)


def _always_die(key, packed, piece):
    os.kill(os.getpid(), signal.SIGKILL)


def test_workers_that_keep_dying_end_with_an_error(model, variants, answers, tmp_path, monkeypatch):
    """Proves: if workers die again and again, the run ends with an error instead of going on for ever; what this process answered
    meanwhile is in the store, and the next run goes on from there.
    """
    monkeypatch.setattr(ex, "_task", _always_die)
    begin = ex.Job.begin

    def slowly(self, *, away):
        answer = begin(self, away=away)

        def later(piece):
            time.sleep(0.5)  # more than the others need to die three times, all pieces together
            return answer(piece)

        return later

    monkeypatch.setattr(ex.Job, "begin", slowly)
    with pytest.raises(SolveError, match="died 3 times"):
        solve_many(model, variants, MEASURES, workers=2, store=tmp_path, check=0)
    resumed = solve_many(model, variants, MEASURES, store=tmp_path, check=0)
    assert resumed.stats["stored"] > 0
    same(resumed.table, answers.table)
