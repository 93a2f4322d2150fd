"""What a study asks as jobs: the same answers however many processes, kept as they come, and not asked twice."""

from __future__ import annotations

import os
import shutil
import sqlite3
import time
from concurrent.futures import Future
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pandas as pd
import pytest

import straits
from straits.case.case import Case
from straits.cli.report import older
from straits.errors import SolveError, StraitsError
from straits.report import build_study, study_tables
from straits.report.study.content import Study
from straits.report.study.jobs import Job, Jobs, Outcome
from straits.report.study.pieces import Pieces, is_whole, key_of, mark_whole


def test_answers_do_not_hang_on_processes():
    """Proves: a study of a teaching case by two processes has the tables of one by one, number for number.
    Without it: what a report says would depend on the machine.
    """
    case = straits.load_case("two-routes")
    alone, together = (
        {t.name: t.frame for t in study_tables(build_study(case, workers=n)) if t.name != "runs"}
        for n in (1, 2)
    )
    assert alone.keys() == together.keys() and len(alone) > 10
    for name, frame in alone.items():
        pd.testing.assert_frame_equal(frame, together[name], obj=name)


def failing(_: object, why: type[Exception]) -> None:
    raise why("no answer")


def found(_: object) -> int:
    return 7


def test_a_question_without_an_answer_takes_nothing_with_it(study, tmp_path):
    """Proves: what the solver does not answer is told as failed and what has no meaning is not; who waits for either is not
    asked; answers are kept, and asked no more. Without it: one question could end a report, or be asked again for ever.
    """
    asked = [
        Job("a", "A", partial(failing, why=SolveError)),
        Job("b", "B", partial(failing, why=StraitsError)),
        Job("c", "C", found, after="a"),
        Job("d", "D", found),
    ]
    told: list[tuple[int, int]] = []
    kept = Pieces("k" * 40, tmp_path)
    outcomes = Jobs(kept=kept, told=lambda done, every, left: told.append((done, every))).finish(
        study, None, asked
    )
    assert outcomes == {
        "a": Outcome(None, "no answer", True),
        "b": Outcome(None, "no answer"),
        "d": Outcome(7),
    }
    assert told[-1] == (3, 3)
    never = [
        Job(job.name, job.title, partial(failing, why=ZeroDivisionError), after=job.after) for job in asked
    ]
    assert Jobs(kept=kept).finish(study, None, never) == outcomes
    next(kept.folder.glob("d-*")).write_bytes(b"half")
    with pytest.raises(ZeroDivisionError):
        Jobs(kept=kept).finish(study, None, never)
    old, young = (tmp_path / "runs" / name for name in ("old", "young"))
    for folder in (old, young):
        folder.mkdir()
    os.utime(old, (0, 0))
    kept.clear()
    assert not kept.folder.exists() and not old.exists() and young.exists()


def two(_: object, __: str) -> int:
    return 7


def slow_too(_: object, __: str) -> None:
    time.sleep(60)


class Beside:
    """Stands for other processes: answers at once, of what it was sent."""

    def submit(self, call, *arguments):
        future = Future()
        try:
            future.set_result(call(*arguments))
        except Exception as error:
            future.set_exception(error)
        return future


@dataclass(frozen=True)
class Answered:
    """A part that another question waits for."""

    number: int


def give(_: object) -> Answered:
    return Answered(7)


def take(study: Study) -> int:
    return study.found(Answered).number + 1


def test_what_waits_for_a_part_gets_it_whoever_answered_it(study):
    """Proves: a study goes to another process before a question is answered here; what waits for that answer is sent the study
    with it, and not the one that was packed before. Without it: a report ended in an error where this process was the quicker.
    """
    jobs = Jobs()
    jobs._pool, jobs._others = Beside(), 1
    asked = [
        Job("other", "O", found, weight=9),
        Job("first", "F", give, here=True),
        Job("then", "T", take, after="first"),
    ]
    outcomes = jobs.finish(study, None, asked)
    assert outcomes == {"other": Outcome(7), "first": Outcome(Answered(7)), "then": Outcome(8)}


def test_other_processes_are_given_bytes(study):
    """Proves: neither a case nor a study is handed to a pool, which makes bytes of what it is given in a thread of its own.
    Without it: a study ended now and then with "dictionary changed size during iteration", as this process went on with the case.
    """
    jobs, given = Jobs(), []

    class Watched(Beside):
        def submit(self, task, *args):
            given.extend(args)
            return super().submit(task, *args)

    jobs._pool, jobs._others = Watched(), 1
    of_case, of_study = Job("c", "C", two, weight=9, of_case=True), Job("s", "S", found, weight=5)
    jobs.begin(study.case, "stop", [of_case])
    assert jobs.finish(study, "stop", [of_case, of_study]) == {"c": Outcome(7), "s": Outcome(7)}
    assert len(given) >= 8
    assert not [one for one in given if isinstance(one, (Case, Study))]


def test_what_is_stopped_ends_at_once_and_keeps_what_was_done(study, tmp_path):
    """Proves: what another process has answered is kept from there, before this one asks for it, and under the main scenario that
    it is about; what it is still at ends when nobody waits for it any more.
    Without it: a stopped run would go on for a minute, or lose what was done.
    """
    kept, began = Pieces("k" * 40, tmp_path), time.perf_counter()
    with closing(Jobs(2, kept)) as jobs:
        jobs.begin(
            study.case, "stop", [Job("d", "D", two, 2, of_case=True), Job("e", "E", slow_too, of_case=True)]
        )
        while not list(tmp_path.rglob("d-*")) and time.perf_counter() - began < 50:
            time.sleep(0.05)
    assert time.perf_counter() - began < 50
    again = Jobs(kept=kept)
    assert again.finish(study, "stop", [Job("d", "D", failing, of_case=True)])["d"] == Outcome(7)
    with pytest.raises(TypeError):
        Jobs(kept=kept).finish(study, "another", [Job("d", "D", failing, of_case=True)])


def of(case: object, main: str) -> tuple[object, str]:
    return type(case), main


def test_what_is_asked_after_another_scenario_was_begun_is_asked_of_its_own(study):
    """Proves: another process that ends with what was begun of another scenario, while the new questions are being added, asks
    these of the new scenario. Without it: where a main scenario has no answer, a report now and then told numbers of it.
    """
    old: Future = Future()

    class Held(Beside):
        def submit(self, call, *arguments):
            return super().submit(call, *arguments) if old.done() else old

    class Kept(Pieces):
        def get(self, name: str) -> None:
            if name.startswith("b"):
                old.set_result(Outcome(0))

        def put(self, name: str, outcome: Outcome) -> None:
            pass

    jobs = Jobs(kept=Kept("k" * 40))
    jobs._pool, jobs._others = Held(), 1
    jobs.begin(study.case, "old", [Job("first", "F", of, of_case=True)])
    jobs.forget()
    outcomes = jobs.finish(study, "new", [Job(name, name, of, of_case=True) for name in "ab"])
    assert outcomes == dict.fromkeys("ab", Outcome((Case, "new")))


def process(_: object, __: str) -> int:
    return os.getpid()


def until_others_are_done(_: object, folder: Path) -> int:
    """Work until three answers are kept, for at most 50 seconds."""
    began = time.perf_counter()
    while len(list(folder.rglob("d?-*"))) < 3 and time.perf_counter() - began < 50:
        time.sleep(0.05)
    return len(list(folder.rglob("d?-*")))


def dying(_: object, __: str, parent: int) -> int:
    if os.getpid() != parent:
        os._exit(1)
    return os.getpid()


def test_another_process_goes_on_while_this_one_is_at_work(study, tmp_path):
    """Proves: a process that has answered takes the next job at once, whatever this one is at, and only then.
    Without it: the second of two processors would stand idle for as long as the first is at its longest job.
    """
    short = [Job(f"d{i}", "D", process, weight=i, of_case=True) for i in (1, 2, 3)]
    long = Job("long", "L", partial(until_others_are_done, folder=tmp_path), weight=9, here=True)
    with closing(Jobs(2, Pieces("k" * 40, tmp_path))) as jobs:
        outcomes = jobs.finish(study, "stop", [*short, long])
    assert outcomes["long"].found == 3
    assert {outcomes[job.name].found for job in short}.isdisjoint({os.getpid()})


def test_what_a_dead_process_had_is_answered_here(study):
    """Proves: where another process dies, its job and all that are left are answered by this one, each once.
    Without it: a process killed for want of memory would end the report, or take answers with it.
    """
    killing = Job("k", "K", partial(dying, parent=os.getpid()), weight=9, of_case=True)
    rest = [Job(f"d{i}", "D", process, weight=i, of_case=True) for i in (1, 2, 3)]
    with closing(Jobs(2)) as jobs:
        outcomes = jobs.finish(study, "stop", [killing, *rest])
    assert {name: outcome.found for name, outcome in outcomes.items()} == dict.fromkeys(
        ("k", "d1", "d2", "d3"), os.getpid()
    )


def test_the_key_knows_what_a_ledger_that_is_open_holds(tmp_path):
    """Proves: an acceptance in a ledger that somebody has open changes the key, as does a file of a folder that is moved
    within it. Without it: a reviewer's work would stand in the log beside the ledger, and the next run would say that nothing
    has changed."""
    path = tmp_path / "ledger.db"
    with sqlite3.connect(path) as made:
        made.execute("PRAGMA journal_mode=WAL")
        made.execute("CREATE TABLE t (x)")
    made.close()
    held = sqlite3.connect(path)
    before, whole = key_of({}, [path]), path.read_bytes()
    held.execute("INSERT INTO t VALUES (1)")
    held.commit()
    assert path.read_bytes() == whole and key_of({}, [path]) != before
    held.close()
    folder = tmp_path / "goods"
    (folder / "sub").mkdir(parents=True)
    (folder / "a").write_text("a")
    before = key_of({}, [folder])
    (folder / "a").rename(folder / "sub" / "a")
    assert key_of({}, [folder]) != before


def test_the_code_is_all_files_that_answers_hang_on(tmp_path, monkeypatch):
    """Proves: lists and page templates of the package and versions of others are part of what answers, bundled cases are not.
    Without it: after an update of one of these an old report would pass for a new one."""
    from straits.report.study import pieces

    monkeypatch.setattr(straits, "__file__", str(tmp_path / "__init__.py"))
    for name in ("report/page.css", "cases/a.csv"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text("one")
    before = pieces.code_mark()
    (tmp_path / "cases/a.csv").write_text("another")
    assert pieces.code_mark() == before
    with monkeypatch.context() as patch:
        patch.setattr(pieces, "_version", lambda name: "another")
        assert pieces.code_mark() != before
    (tmp_path / "report/page.css").write_text("another")
    assert pieces.code_mark() != before


def test_a_run_is_whole_until_something_changes(tmp_path, monkeypatch):
    """Proves: what a run wrote is found whole under its key, and no more once a file is another or gone, or the key is; the
    key changes with what is asked and with what a file that is read holds. What says so is not in the folder: a study that was
    sent, or moved, is made anew, whatever lies beside it. Without it: an old report, or a forged one, could pass for a new one.
    """
    monkeypatch.setenv("STRAITS_CACHE", str(tmp_path / "cache"))
    ledger = tmp_path / "ledger"
    ledger.write_text("one")
    key = key_of({"case": "x"}, [ledger])
    assert key == key_of({"case": "x"}, [ledger]) != key_of({"case": "y"}, [ledger])
    out = tmp_path / "out"
    (out / "tables").mkdir(parents=True)
    page, table = out / "report.html", out / "tables/a.csv"
    page.write_text("page")
    table.write_text("a")
    mark_whole(out, key, [page, out / "tables"])
    assert is_whole(out, key) == [page, out / "tables"]
    ledger.write_text("two")
    assert not is_whole(out, key_of({"case": "x"}, [ledger]))
    table.write_text("b")
    assert not is_whole(out, key)
    table.write_text("a")
    assert is_whole(out, key)
    (mark,) = (tmp_path / "cache/written").iterdir()
    sent = tmp_path / "sent"
    shutil.copytree(out, sent)
    shutil.copy(mark, sent / mark.name)
    assert not is_whole(sent, key)
    assert {path.name for path in out.iterdir()} == {"report.html", "tables"}
    page.unlink()
    assert not is_whole(out, key)
    page.write_text("page")
    mark.write_text("[]")
    assert not is_whole(out, key)


def test_what_an_earlier_run_left_is_named(tmp_path):
    """Proves: a PDF and a table that are older than a run are told by name, and what the run itself wrote is not. Without it: a
    report of last week as PDF would be read as that of today."""
    (tmp_path / "tables").mkdir()
    for name, seconds in (("report.pdf", 10), ("tables/old.csv", 10), ("tables/new.csv", 30)):
        (tmp_path / name).write_text("a")
        os.utime(tmp_path / name, (seconds, seconds))
    assert older(tmp_path, 20.0) == ["report.pdf", "tables/old.csv"]
