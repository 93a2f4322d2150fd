"""What was asked before decides no answer: not in the solver, not in a worker, not in a store."""

from __future__ import annotations

import datetime as dt
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import Executor, Future, ThreadPoolExecutor

import numpy as np
import pandas as pd
import pytest

import straits
from straits.contingency import histories
from straits.contingency.hazards import read_hazards
from straits.engine import Session, Variant, batch, close, solve_many
from straits.engine.store import pieces
from straits.model import compile_case


@pytest.fixture(scope="module")
def caspian():
    return compile_case(straits.load_case("caspian"))


def test_a_solve_depends_on_its_start_alone(caspian):
    """Proves: from one basis, a closure of the reference case has the same plan, prices and number of iterations, to the last
    digit, whichever closures were solved before it.
    Without it: flows and accounts of the many equally good plans would depend on order and workers."""
    axis = caspian.case.settings.time
    links = caspian.network.link_ids[::6]
    start = axis.start + dt.timedelta(days=90)
    patches = [close(caspian, a, start, start + dt.timedelta(days=60)) for a in links]
    session = Session(caspian)
    session.run()
    basis = session.basis()
    first: dict[str, tuple] = {}
    iterations = 0
    for order in (patches, patches[::-1]):
        for patch in order:
            session.take(patch)
            session.start_from(basis)
            answer = session.run()
            iterations += answer.iterations
            found = (answer.iterations, answer.x.tobytes(), answer.dual.tobytes())
            assert first.setdefault(patch.name, found) == found, patch.name
    assert iterations > 100


def test_a_surprise_costs_the_same_whatever_was_drawn_before(caspian):
    """Proves: histories that come as surprises have the same values in another order.
    Without it: more draws would change the losses of the first ones."""
    hazards = read_hazards(caspian.case)
    drawn = list(dict.fromkeys([(), *hazards.draw(np.random.default_rng(0), 4)]))
    there, back = (
        histories._surprised(caspian, hazards, order, "value", None)[0] for order in (drawn, drawn[::-1])
    )
    assert there == back


def test_a_store_tells_owners_apart(tmp_path):
    """Proves: a case in which another company owns a pipeline is another question, though its program is the same.
    Without it: the store would give the account of the old owner."""
    case = straits.load_case("two-routes")
    tables = {name: frame for name, frame in case.tables.items() if len(frame)}
    controls = tables["controls"].copy()
    controls["actor"] = controls["actor"].replace({"pipeco": "oilco", "oilco": "pipeco"})
    swapped = straits.Case.from_tables(tables | {"controls": controls}, **case.settings.model_dump())
    one, other = compile_case(case), compile_case(swapped)
    assert one.hash == other.hash

    def account(model, store):
        return solve_many(model, [Variant("a")], ["account:pipeco"], store=store).table["account:pipeco"][0]

    truth = account(other, None)
    assert account(one, tmp_path) != pytest.approx(truth)
    assert account(other, tmp_path) == pytest.approx(truth)


def test_a_store_tells_rules_apart(tmp_path, monkeypatch):
    """Proves: what was stored when another rule chose between equally good plans is not told as if this one had chosen.
    Without it: a store begun by an older state of this version would go on giving accounts that `stress` does not tell."""
    model = compile_case(straits.load_case("two-routes"))

    def stored():
        return solve_many(model, [Variant("a")], ["account:pipeco"], store=tmp_path).stats["stored"]

    with monkeypatch.context() as before:
        before.setattr(pieces, "_RULE", pieces._RULE - 1)
        assert (stored(), stored()) == (0, 1)
    assert (stored(), stored()) == (0, 1)


class _Waiting(Executor):
    """Does the first piece, and leaves the others waiting."""

    def __init__(self):
        self.futures = []

    def submit(self, work, *arguments):
        self.futures.append(future := Future())
        if len(self.futures) == 1:
            future.set_result(work(*arguments))
        return future


def test_an_executor_is_not_left_with_work_that_nobody_waits_for(monkeypatch):
    """Proves: a batch that is stopped half-way takes back what it asked of an executor that goes on.
    Without it: a cluster would go on with it, before whatever is asked next.
    """
    model = compile_case(straits.load_case("two-routes"))
    axis = model.case.settings.time
    variants = [Variant(a, (close(model, a, axis.start, axis.end),)) for a in model.network.link_ids]

    class Stop(Exception):
        pass

    def stop(*_):
        raise Stop

    monkeypatch.setattr(batch, "_PIECE", 1)
    executor = _Waiting()
    with pytest.raises(Stop):
        solve_many(model, variants, executor=executor, progress=stop)
    assert [f.cancelled() for f in executor.futures] == [False] + [True] * (len(variants) - 1)


def test_a_worker_forgets_the_last_batch():
    """Proves: in a worker that stays up, a second batch of one model is answered with its own variants and measures.
    Without it: it would answer the question before."""
    model = compile_case(straits.load_case("two-routes"))
    axis = model.case.settings.time
    variants = [Variant(a, (close(model, a, axis.start, axis.end),)) for a in model.network.link_ids]
    with ThreadPoolExecutor(1) as pool:
        for measures, some in ((["value"], variants[:2]), (["exports:crude", "value"], variants)):
            found = solve_many(model, some, measures, executor=pool).table
            here = solve_many(model, some, measures).table
            pd.testing.assert_frame_equal(found.drop(columns="seconds"), here.drop(columns="seconds"))


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no such signal")
def test_workers_end_with_the_process_that_started_them(tmp_path):
    """Proves: a run that is killed leaves no process behind. Without it: each worker stayed, with the model in its memory."""
    script = tmp_path / "killed.py"
    script.write_text(
        "import os, signal\n"
        "from straits.engine.executors import LocalProcesses\n"
        "if __name__ == '__main__':\n"
        "    processes = LocalProcesses(1)\n"
        "    print(processes._pool.submit(os.getpid).result(), flush=True)\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run(
        [sys.executable, str(script)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=60
    )
    worker = int(done.stdout)
    for _ in range(200):
        try:
            os.kill(worker, 0)
        except ProcessLookupError:
            return
        time.sleep(0.05)
    pytest.fail(f"process {worker} is still there")


def test_no_more_processes_than_the_machine_has_use_for(monkeypatch):
    """Proves: a slip in `--workers` starts a few processes for each processor. Without it: a hundred thousand were started."""
    from straits.engine import executors

    monkeypatch.setattr(executors.os, "cpu_count", lambda: 2)
    monkeypatch.setattr(executors.LocalProcesses, "_begin", lambda self: None)
    assert executors.LocalProcesses(100_000)._others == 8
