"""Batches on executors of several machines: what is answered outlives workers and whoever asked, and is the same everywhere."""

from __future__ import annotations

import importlib.util
import os
import signal
import subprocess
import sys
import textwrap
import time
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import combinations
from pathlib import Path

import pandas as pd
import pytest

import straits
from straits.engine import Variant, close, solve_many
from straits.engine import executors as ex
from straits.engine.store import Store, StoreError
from straits.engine.store.places import place_of
from straits.errors import SolveError
from straits.model import compile_case

pytest.importorskip("pyarrow.parquet")

MEASURES = ["value", "lp_value"]


def asked():
    case = straits.load_case("two-routes")
    model = compile_case(case)
    time = case.settings.time
    parts = [close(model, link, time.start, time.end, name=link) for link in case.rows("links")]
    sets = [(p,) for p in parts] + list(combinations(parts, 2)) + list(combinations(parts, 3))
    return model, [Variant("+".join(p.name for p in s), tuple(s)) for s in sets]


@pytest.fixture(scope="module")
def question():
    return asked()


@pytest.fixture(scope="module")
def answers(question):
    return solve_many(*question, MEASURES, check=0).table


def same(a: pd.DataFrame, b: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(a[["variant", "status", *MEASURES]], b[["variant", "status", *MEASURES]])


class _Deaf(Executor):
    """Does all pieces, and breaks before any result has come back."""

    def submit(self, work, *arguments):
        work(*arguments)
        future: Future = Future()
        future.set_exception(BrokenProcessPool("the line is dead"))
        return future


def test_what_workers_answered_is_stored_though_no_result_came_back(question, answers, tmp_path):
    """Proves: of an executor that works and loses all results, the store has every answer; a later run solves nothing and gives
    the same table. Without it: the loss of the machine that asks loses what the others had done."""
    with pytest.raises(SolveError, match="the line is dead"):
        solve_many(*question, MEASURES, executor=_Deaf(), store=tmp_path, check=0)
    again = solve_many(*question, MEASURES, store=tmp_path, check=0)
    assert again.stats["solved"] == 0 and again.stats["stored"] == len(question[1])
    same(again.table, answers)


def test_nothing_is_stored_twice(question, tmp_path):
    """Proves: what a worker has put into the store is not written again by who asked. Without it: two copies of every answer."""
    with ThreadPoolExecutor(2) as pool:
        solve_many(*question, MEASURES, executor=pool, store=tmp_path, check=0)
    import pyarrow.parquet

    rows = sum(pyarrow.parquet.read_table(path).num_rows for path in tmp_path.rglob("*.parquet"))
    assert rows == len(question[1])


def test_a_worker_that_sees_another_store_leaves_it_alone(question, answers, tmp_path, monkeypatch):
    """Proves: where the folder of the name is another on the worker's machine, the worker writes nothing there, and who asked
    writes the answers. Without it: answers land on a machine where nobody looks for them."""
    other = tmp_path / "other"
    other.mkdir()
    opened = ex.Shared.opened
    monkeypatch.setattr(ex.Shared, "opened", lambda self: opened(self._replace(where=str(other))))
    with ThreadPoolExecutor(1) as pool:
        batch = solve_many(*question, MEASURES, executor=pool, store=tmp_path / "mine", check=0)
    assert not list(other.rglob("*"))
    same(batch.table, answers)
    again = solve_many(*question, MEASURES, store=tmp_path / "mine", check=0)
    assert again.stats["stored"] == len(question[1])


def test_a_worker_that_cannot_write_hands_its_answers_over(question, answers, tmp_path, monkeypatch):
    """Proves: a worker whose disk is full still gives its answers, and who asked stores them."""
    write, calls = Store.write, []

    def full(self, rows):
        calls.append(len(rows))
        if len(calls) == 1:
            raise StoreError("no room")
        write(self, rows)

    monkeypatch.setattr(Store, "write", full)
    with ThreadPoolExecutor(1) as pool:
        batch = solve_many(*question, MEASURES, executor=pool, store=tmp_path, check=0)
    same(batch.table, answers)
    assert solve_many(*question, MEASURES, store=tmp_path, check=0).stats["stored"] == len(question[1])


SCRIPT = """
    import os, signal, sys, time
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context
    from pathlib import Path

    sys.path.insert(0, {tests!r})

    def stop(done, total, left):
        # Wait until workers have answered more than has come back, then die as a machine does.
        while len(list(Path({store!r}).rglob("*.parquet"))) < 3:
            time.sleep(0.05)
        Path({seen!r}).write_text(str(done))
        os.kill(os.getpid(), signal.SIGKILL)

    if __name__ == "__main__":
        from test_scale_out import MEASURES, asked
        from straits.engine import solve_many
        from straits.engine.executors import _end_with_parent

        pool = ProcessPoolExecutor(2, mp_context=get_context("spawn"), initializer=_end_with_parent)
        solve_many(*asked(), MEASURES, executor=pool, store={store!r}, progress=stop, check=0)
"""


def test_who_asked_is_killed_and_another_goes_on(question, answers, tmp_path):
    """Proves: when the process that asked is killed as soon as it has one piece of answers, the pieces that workers finished
    meanwhile are in the store, whole; another process goes on from them to the same table.
    Without it: a batch of a night depends on the one machine that asked."""
    store, seen = tmp_path / "store", tmp_path / "seen"
    script = tmp_path / "asks.py"
    script.write_text(
        textwrap.dedent(SCRIPT).format(tests=str(Path(__file__).parent), store=str(store), seen=str(seen))
    )
    died = subprocess.run([sys.executable, script], check=False, timeout=300)
    assert died.returncode == -signal.SIGKILL
    resumed = solve_many(*question, MEASURES, store=store, check=0)
    assert int(seen.read_text()) < resumed.stats["stored"]
    same(resumed.table, answers)


def test_an_object_store_is_a_store(question, answers):
    """Proves: an address that fsspec reaches serves as a store for workers and for a later run, and a piece that is damaged there
    is set aside and answered again. Without it: machines need a folder in common."""
    fsspec = pytest.importorskip("fsspec")
    address = "memory://straits-test/answers"
    with ThreadPoolExecutor(2) as pool:
        solve_many(*question, MEASURES, executor=pool, store=address, check=0)
    again = solve_many(*question, MEASURES, store=address, check=0)
    assert again.stats["stored"] == len(question[1])
    same(again.table, answers)
    files = fsspec.filesystem("memory")
    piece = next(path for path in files.find("/straits-test") if path.endswith(".parquet"))
    files.pipe_file(piece, b"not a table")
    with pytest.warns(UserWarning, match="set aside"):
        mended = solve_many(*question, MEASURES, store=address, check=0)
    assert 0 < mended.stats["stored"] < len(question[1])
    same(mended.table, answers)


def test_an_address_that_nothing_reaches_is_said(question):
    """Proves: an unknown kind of address, and fsspec that is not installed, end in words that name the address."""
    with pytest.raises(StoreError, match="nowhere://answers"):
        solve_many(*question, MEASURES, store="nowhere://answers", check=0)


@pytest.mark.parametrize("where", ["C:/answers", "answers", "./a://b"])
def test_what_is_no_address_is_a_folder(where):
    """Proves: drives and relative paths are folders."""
    from straits.engine.store.places import Folder

    assert isinstance(place_of(where, "x"), Folder)


# ---------------------------------------------------------------------- clusters on this machine


def _die_once(flag: str) -> None:
    path = Path(flag)
    if not path.exists():
        path.write_text("")
        os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.skipif(importlib.util.find_spec("loky") is None, reason="loky is not installed")
def test_loky_loses_a_worker_and_the_batch_goes_on(question, answers, tmp_path):
    """Proves: on loky, a worker that is killed breaks its executor, another is made, and the table is the same."""
    from loky import get_reusable_executor

    made = []

    def make():
        made.append(get_reusable_executor(max_workers=2, kill_workers=bool(made)))
        flag, until = tmp_path / "died", time.monotonic() + 60
        made[-1].submit(_die_once, str(flag))
        while not flag.exists() and time.monotonic() < until:
            time.sleep(0.05)  # else the other worker could answer all before this one dies
        return made[-1]

    batch = solve_many(*question, MEASURES, executor=make, store=tmp_path / "store", check=0)
    same(batch.table, answers)
    assert (tmp_path / "died").exists()
    assert len(made) > 1
    made[-1].shutdown(kill_workers=True)


@pytest.mark.skipif(importlib.util.find_spec("distributed") is None, reason="Dask is not installed")
def test_dask_loses_a_worker_and_the_batch_goes_on(question, answers, tmp_path):
    """Proves: on a local Dask of two processes, of which one is killed, the table is the same."""
    from distributed import Client, LocalCluster

    with (
        LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster,
        Client(cluster) as client,
    ):
        doomed = next(iter(client.run(os.getpid).values()))
        killed = []

        def kill(done, total, left):
            if not killed:
                killed.append(doomed)
                os.kill(doomed, signal.SIGKILL)

        pool = client.get_executor()
        batch = solve_many(
            *question, MEASURES, executor=pool, store=tmp_path / "store", progress=kill, check=0
        )
    assert killed
    same(batch.table, answers)


@pytest.mark.skipif(importlib.util.find_spec("mpi4py") is None, reason="mpi4py is not installed")
def test_mpi_gives_the_same_table(answers, tmp_path):
    """Proves: the executor of mpi4py, with two processes that it starts, gives the same table. In a process of
    its own: MPI takes the whole process."""
    script, out = tmp_path / "asks.py", tmp_path / "table.pickle"
    script.write_text(
        textwrap.dedent("""
            import sys
            sys.path.insert(0, {tests!r})
            if __name__ == "__main__":
                from mpi4py.futures import MPIPoolExecutor
                from test_scale_out import MEASURES, asked
                from straits.engine import solve_many
                with MPIPoolExecutor(2) as pool:
                    solve_many(*asked(), MEASURES, executor=pool, check=0).table.to_pickle({out!r})
        """).format(tests=str(Path(__file__).parent), out=str(out))
    )
    done = subprocess.run([sys.executable, script], check=False, timeout=300, capture_output=True, text=True)
    if done.returncode and "MPI" in done.stderr:
        pytest.skip(f"MPI starts no processes here: {done.stderr.strip().splitlines()[-1]}")
    assert done.returncode == 0, done.stderr
    same(pd.read_pickle(out), answers)
