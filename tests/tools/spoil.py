"""Spoil the code a little, one place at a time, and see which tests notice.

    python tests/tools/spoil.py --room model --each 8            # every module of a room
    python tests/tools/spoil.py src/straits/model/limits.py      # one module
    python tests/tools/spoil.py --room worst --sample 80 --seed 7 # 80 places drawn over the whole room
    python tests/tools/spoil.py --room lp --keep notes           # in parts: goes on where an earlier run was stopped
    python tests/tools/spoil.py --keep notes --rates             # the rates of all that was tried, by room

Each spoiling changes one expression: a comparison turned or made strict, a sign, a term or factor left out, a number moved by
one, `min` for `max`, `and` for `or`, a branch that is always or never taken, a statement left out. Words are left alone:
docstrings, what is raised, names in tables, annotations. Only the tests of the module's own room are run (`ROOMS`), and of these
only those that enter the spoiled function, the fastest first and no more of them than take `--budget` seconds; a spoiling is
killed when one of them fails or takes five times as long as it should.

With `--keep` a folder holds which test enters what, worked out once a room, and what came of each spoiling; one that survived is
tried again when the tests have changed. What survives is printed with its line. A survivor that changes no answer (a quicker way,
a bound that cannot bind) is written with the reason into `spoil_equivalent.txt`; those do not count. There a line is
`module: line of code -> spoiled line # reason`.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import json
import multiprocessing
import os
import resource
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from types import CodeType, FunctionType

from spoil_places import ROOT, Spoiling, by_lines, drawn
from spoil_watch import ROOMS, child, shown, watched

EQUIVALENT = Path(__file__).with_name("spoil_equivalent.txt")


def run(work: Path, spoiling: Spoiling, tests: list[str], limit: float, loaded: Loaded | None) -> str:
    """Run tests against one spoiling, for `limit` seconds of processor at most: killed, survived or late."""
    path = work / spoiling.module
    source = path.read_text()
    path.write_text(spoiling.apply(source))
    try:
        answer = loaded and loaded.answer(path, source, spoiling, tests, limit)
        return answer or _limited(lambda: child(work, tests, []), limit)
    finally:
        path.write_text(source)


def _limited(what: Callable[[], int], limit: float) -> str:
    """Do something in a fork of this process that may take `limit` seconds of processor."""
    pid = os.fork()
    if pid == 0:
        os.setsid()
        resource.setrlimit(resource.RLIMIT_CPU, (round(limit), round(limit) + 5))
        code = 1
        with contextlib.suppress(BaseException):
            code = what()
        os._exit(min(code, 100))
    # What waits without working, or leaves its work to other processes, is stopped by the clock.
    deadline = time.monotonic() + 10 * limit
    while time.monotonic() < deadline:
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            late = os.WIFSIGNALED(status) and os.WTERMSIG(status) in (signal.SIGXCPU, signal.SIGKILL)
            return "late" if late else "survived" if status == 0 else "killed"
        time.sleep(0.02)
    os.killpg(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    return "late"


class Loaded:
    """A process that has loaded a room's tests and, for each spoiling, forks, exchanges the code of the spoiled function, and
    runs some of them. Loading takes seconds, most tests do not."""

    def __init__(self, work: Path, tests: list[str]) -> None:
        self.here, there = multiprocessing.Pipe()
        self.pid = os.fork()
        if self.pid == 0:
            os.setsid()
            self.pipe = there
            with contextlib.suppress(BaseException):
                child(work, tests, [self])
            os._exit(0)
        there.close()

    def answer(
        self, path: Path, source: str, spoiling: Spoiling, tests: list[str], limit: float
    ) -> str | None:
        """Give what comes of a spoiling; None where its function's code cannot be exchanged."""
        self.here.send((path, source, spoiling, tests, limit))
        return self.here.recv()

    def end(self) -> None:
        """End the process."""
        with contextlib.suppress(OSError):
            self.here.send(None)
        os.waitpid(self.pid, 0)

    def pytest_runtestloop(self, session):  # type: ignore[no-untyped-def]
        items = {item.nodeid: item for item in session.items}
        while (asked := self.pipe.recv()) is not None:
            path, source, spoiling, tests, limit = asked
            functions = _live(path, source, spoiling)
            if functions is None or not set(tests) <= set(items):
                self.pipe.send(None)
                continue
            chosen = [items[test] for test in tests]
            self.pipe.send(_limited(lambda f=functions, c=chosen: _spoiled(session, f, c), limit))
        return True


def _spoiled(session, functions, items) -> int:  # type: ignore[no-untyped-def]
    for function, code in functions:
        function.__code__ = code
    for item, following in zip(items, [*items[1:], None], strict=True):
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        if session.testsfailed:
            return 1
    return 0


def _live(path: Path, source: str, spoiling: Spoiling) -> list[tuple[FunctionType, CodeType]] | None:
    """Give the functions to be spoiled with their spoiled code; none if their module is not loaded yet, None if it cannot
    be exchanged."""
    if not any(getattr(module, "__file__", None) == str(path) for module in list(sys.modules.values())):
        return []
    name = spoiling.function.split(".<locals>")[0]
    before = _codes(compile(source, str(path), "exec"), name)
    after = _codes(compile(spoiling.apply(source), str(path), "exec"), name)
    changed = [(b, a) for b, a in zip(before, after, strict=False) if b != a]
    found = [
        (one, a) for b, a in changed for one in gc.get_objects()
        if isinstance(one, FunctionType) and one.__code__ == b and one.__code__.co_filename == str(path)
    ]  # fmt: skip
    same = all(b.co_freevars == a.co_freevars for b, a in changed)
    return found if found and same and len(before) == len(after) else None


def _codes(code: CodeType, name: str) -> list[CodeType]:
    inner = [const for const in code.co_consts if isinstance(const, CodeType)]
    return [
        found for const in inner
        for found in ([const] if const.co_qualname == name else _codes(const, name))
    ]  # fmt: skip


def copied() -> Path:
    """Copy what the tests need to a place where it can be spoiled; what lies beside the project is read where it is."""
    work = Path(tempfile.mkdtemp(prefix="spoil-")) / "straits"
    leave = shutil.ignore_patterns("__pycache__", ".hypothesis", "node_modules", "_build", "*.pyc")
    for name in ("src", "tests", "docs", "benchmarks"):
        shutil.copytree(ROOT / name, work / name, ignore=leave)
    for name in ("pyproject.toml", "README.md", "Makefile"):
        shutil.copy(ROOT / name, work / name)
    # Tests that read published truths skip where these are missing, and a skipped test sees nothing.
    if (beside := ROOT.parent / "shared").is_dir():
        (work.parent / "shared").symlink_to(beside, target_is_directory=True)
    return work


def judged() -> set[str]:
    """Spoilings that were found to change no answer."""
    if not EQUIVALENT.exists():
        return set()
    lines = (line.split(" # ")[0].strip() for line in EQUIVALENT.read_text().splitlines())
    return {line for line in lines if line and not line.startswith("#")}


def _still(told: str) -> bool:
    """Whether a line that was spoiled still stands in its module."""
    module, _, change = told.partition(": ")
    path = ROOT / "src/straits" / module
    return path.exists() and change.partition(" -> ")[0] in _squeezed(path)


@lru_cache
def _squeezed(path: Path) -> str:
    return " ".join(path.read_text().split())


def modules_of(room: str) -> Iterator[Path]:
    for path in sorted((ROOT / "src/straits" / room).rglob("*.py")):
        if path.stem not in ("__init__", "cli"):
            yield path


def chosen(paths: list[Path], asked: argparse.Namespace, work: Path) -> Iterator[Spoiling]:
    """Give the spoilings of a run, in order: of each module, or of each room where a sample of it is asked for."""
    together: dict[str, list[Path]] = {}
    for path in paths:
        at = path.relative_to(ROOT)
        together.setdefault(at.parts[2] if asked.sample else at.as_posix(), []).append(path)
    for name, members in together.items():
        found = {at: some for path in members for at, some in by_lines(path, work).items()}
        seed = f"{asked.seed} {name if asked.sample else members[0].relative_to(ROOT)}"
        yield from drawn(found, asked.sample or asked.each, seed)


def rates(outcomes: dict[str, str]) -> str:
    """Give the table of rates by room."""
    lines = [f"{'room':12} {'spoilings':>9} {'killed':>7} {'survived':>9} {'equivalent':>11} {'rate':>6}"]
    rooms: dict[str, list[str]] = {}
    for told, outcome in outcomes.items():
        rooms.setdefault(told.split("/")[0], []).append(outcome)
    for room, found in sorted(rooms.items()):
        killed = sum(o in ("killed", "late") for o in found)
        survived, same = found.count("survived"), found.count("equivalent")
        rate = killed / max(killed + survived, 1)
        lines.append(f"{room:12} {len(found):9} {killed:7} {survived:9} {same:11} {rate:6.0%}")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("modules", nargs="*", type=Path)
    parser.add_argument("--room", action="append", default=[], choices=sorted(ROOMS))
    parser.add_argument("--each", type=int, default=6, help="spoilings of each module")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--sample", type=int, help="spoilings of each room, drawn over all its lines, instead of each module"
    )
    parser.add_argument(
        "--budget", type=float, default=30.0, help="seconds of tests that one spoiling is shown to"
    )
    parser.add_argument(
        "--stop-after", type=float, default=float("inf"), help="seconds after which no other is begun"
    )
    parser.add_argument("--keep", type=Path, help="folder of what earlier runs found")
    parser.add_argument("--rates", action="store_true", help="only print the rates of what the folder holds")
    a = parser.parse_args()
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    import highspy  # noqa: F401
    import hypothesis  # noqa: F401
    import pandas  # noqa: F401
    import pydantic  # noqa: F401
    import scipy.optimize
    import scipy.sparse  # noqa: F401

    end = time.monotonic() + a.stop_after
    paths = [p.resolve() for p in a.modules] + [p for room in a.room for p in modules_of(room)]
    work, equivalent = copied(), judged()
    folder = a.keep or work / "kept"
    folder.mkdir(parents=True, exist_ok=True)
    kept = folder / "outcomes.json"
    outcomes: dict[str, str] = json.loads(kept.read_text()) if kept.exists() else {}
    outcomes = {told: found for told, found in outcomes.items() if _still(told)}
    outcomes |= {told: "equivalent" for told in outcomes if told in equivalent}
    again = folder / "survived.json"
    #: Of each survivor, the tests that it survived.
    survived: dict[str, str] = json.loads(again.read_text()) if again.exists() else {}
    watches: dict[str, tuple] = {}
    loaded: dict[str, Loaded] = {}
    try:
        for spoiling in () if a.rates else chosen(paths, a, work):
            room = spoiling.module.split("/")[2]
            if room not in watches:
                watches[room] = watched(work, room, folder)
                loaded[room] = Loaded(work, ROOMS[room])
            entered, seconds, tests_now = watches[room]
            # From the copy: the tree may change while this runs.
            source = (work / spoiling.module).read_text()
            told = f"{spoiling.module.removeprefix('src/straits/')}: {spoiling.told(source)}"
            if told in equivalent:
                outcomes[told] = "equivalent"
            if outcomes.get(told, "survived") != "survived" or survived.get(told) == tests_now:
                continue
            if time.monotonic() > end:
                raise KeyboardInterrupt
            key = [spoiling.module, spoiling.function]
            tests = shown([t for t, at in entered.items() if key in at], seconds, a.budget)
            # What is entered while modules are loaded has to be spoiled before they are.
            ready = loaded[room] if any(key not in at for at in entered.values()) else None
            enough = 20.0 + 5.0 * sum(seconds[t] for t in tests)
            outcomes[told] = outcome = run(work, spoiling, tests, enough, ready) if tests else "survived"
            if outcome == "survived":
                survived[told] = tests_now
            kept.write_text(json.dumps(outcomes, indent=0))
            (folder / "survived.json").write_text(json.dumps(survived, indent=0))
            if outcome == "survived":
                print(
                    f"{told}   ({spoiling.function}, line {spoiling.line}, {spoiling.kind}, {len(tests)} tests)",
                    flush=True,
                )
    except KeyboardInterrupt:
        print("# stopped before the end; the rates are of what was tried")
    finally:
        for one in loaded.values():
            one.end()
        shutil.rmtree(work.parent, ignore_errors=True)
    print("\n" + rates(outcomes))


if __name__ == "__main__":
    main()
