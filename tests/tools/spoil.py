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
import ast
import builtins
import contextlib
import gc
import hashlib
import json
import multiprocessing
import os
import random
import resource
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import CodeType, FunctionType

ROOT = Path(__file__).resolve().parents[2]
EQUIVALENT = Path(__file__).with_name("spoil_equivalent.txt")

#: Each room's own tests.
ROOMS = {
    "model": ["tests/model"],
    "lp": ["tests/lp"],
    "engine": ["tests/engine"],
    "worst": ["tests/worst"],
    "power": ["tests/power"],
    "stress": ["tests/stress"],
    "contingency": ["tests/contingency"],
    "case": ["tests/case"],
    "evidence": ["tests/evidence"],
    "goods": ["tests/goods"],
    "report": ["tests/report"],
    "hedge": ["tests/hedge"],
    "threat": ["tests/threat"],
    "ways": ["tests/ways"],
    "results": ["tests/results"],
    "export": ["tests/export"],
    "access": ["tests/worst/test_rights.py", "tests/power"],
}

TURNED = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip
REVERSED = {ast.Lt: ast.GtE, ast.LtE: ast.Gt, ast.Gt: ast.LtE, ast.GtE: ast.Lt}
SWAPPED = {"min": "max", "max": "min", "minimum": "maximum", "maximum": "minimum", "any": "all", "all": "any",
           "argmin": "argmax", "argmax": "argmin", "floor": "ceil", "ceil": "floor",
           "left": "right", "right": "left"}  # fmt: skip
ARITHMETIC = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult}


@dataclass(frozen=True)
class Spoiling:
    """One change of one module: characters `begin` to `end` of the source become `text`."""

    module: str
    function: str
    line: int
    begin: int
    end: int
    text: str
    kind: str

    def apply(self, source: str) -> str:
        return source[: self.begin] + self.text + source[self.end :]

    def told(self, source: str) -> str:
        """Say the line before and after."""
        first = source.rfind("\n", 0, self.begin) + 1
        last = source.find("\n", self.end)
        before = source[first:last]
        after = source[first : self.begin] + self.text + source[self.end : last]
        return f"{' '.join(before.split())} -> {' '.join(after.split())}"


class Places(ast.NodeVisitor):
    """Find what can be spoiled in a module."""

    def __init__(self, source: str, module: str) -> None:
        self.source, self.module = source, module
        self.lines = [0]
        for line in source.splitlines(keepends=True):
            self.lines.append(self.lines[-1] + len(line))
        self.found: list[Spoiling] = []
        self.function, self.inside = "", ""

    def at(self, line: int, column: int) -> int:
        text = self.source[self.lines[line - 1] : self.lines[line]]
        return self.lines[line - 1] + len(text.encode()[:column].decode())

    def span(self, node: ast.AST) -> tuple[int, int]:
        return self.at(node.lineno, node.col_offset), self.at(node.end_lineno, node.end_col_offset)

    def text(self, node: ast.AST) -> str:
        begin, end = self.span(node)
        return self.source[begin:end]

    def put(self, node: ast.AST, text: str, kind: str) -> None:
        begin, end = self.span(node)
        if self.function:
            self.found.append(Spoiling(self.module, self.function, node.lineno, begin, end, text, kind))

    # words and types are left alone

    def visit_Raise(self, node: ast.Raise) -> None:
        pass

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        pass

    def visit_keyword(self, node: ast.keyword) -> None:
        if node.arg not in ("strict", "dtype", "frozen", "repr", "copy"):
            self.visit(node.value)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.visit(node.value)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        before, self.inside = self.inside, f"{self.inside}{node.name}."
        self.generic_visit(node)
        self.inside = before

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        if node.name in ("__repr__", "__str__", "_headline") or node.name.startswith("_repr"):
            return
        before = self.function, self.inside
        # As Python calls it (`co_qualname`).
        self.function = f"{self.inside}{node.name}"
        self.inside = f"{self.function}.<locals>."
        for default in [*node.args.defaults, *node.args.kw_defaults]:
            if default is not None:
                self.visit(default)
        for statement in node.body:
            self.visit(statement)
        self.function, self.inside = before

    # what can be spoiled

    def visit_Compare(self, node: ast.Compare) -> None:
        if len(node.ops) == 1:
            kinds = [TURNED] + ([REVERSED] if type(node.ops[0]) in REVERSED else [])
            for kind in kinds:
                other = ast.unparse(ast.Compare(ast.Name("x"), [kind[type(node.ops[0])]()], [ast.Name("y")]))[
                    2:-2
                ]
                self.put(
                    node, f"({self.text(node.left)} {other} {self.text(node.comparators[0])})", "comparison"
                )
        self.generic_visit(node)

    def visit_BinOp(self, node: ast.BinOp) -> None:
        if type(node.op) in ARITHMETIC and not _text(node):
            left, right = f"({self.text(node.left)})", f"({self.text(node.right)})"
            other = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}[ARITHMETIC[type(node.op)]]
            self.put(node, f"({left} {other} {right})", "arithmetic")
            self.put(node, left, "term left out")
            if isinstance(node.op, (ast.Add, ast.Mult)):
                self.put(node, right, "term left out")
        self.generic_visit(node)

    def visit_BoolOp(self, node: ast.BoolOp) -> None:
        word = " or " if isinstance(node.op, ast.And) else " and "
        self.put(node, "(" + word.join(f"({self.text(v)})" for v in node.values) + ")", "and/or")
        for left_out in range(len(node.values)):
            rest = [f"({self.text(v)})" for i, v in enumerate(node.values) if i != left_out]
            self.put(
                node, "(" + (" and " if word == " or " else " or ").join(rest) + ")", "condition left out"
            )
        self.generic_visit(node)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> None:
        if isinstance(node.op, (ast.USub, ast.Not, ast.Invert)):
            self.put(node, f"({self.text(node.operand)})", "sign")
        self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, bool):
            self.put(node, repr(not node.value), "flag")
        elif isinstance(node.value, (int, float)):
            self.put(node, f"({node.value!r} + 1)" if node.value >= 0 else f"({node.value!r} - 1)", "number")
        elif node.value in ("left", "right"):
            self.put(node, repr(SWAPPED[node.value]), "side")

    def visit_Call(self, node: ast.Call) -> None:
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        if name in SWAPPED and name not in ("left", "right"):
            end = self.span(node.func)[1]
            start = end - len(name)
            if self.function and self.source[start:end] == name:
                self.found.append(
                    Spoiling(self.module, self.function, node.lineno, start, end, SWAPPED[name], "least/most")
                )
        if name in ("sorted", "abs", "clip", "unique", "cumsum") and node.args:
            self.put(node, f"({self.text(node.args[0])})", "call left out")
        self.generic_visit(node)

    def visit_If(self, node: ast.If) -> None:
        guards = len(node.body) == 1 and isinstance(node.body[0], ast.Raise)
        self.put(node.test, "True", "branch") if not guards else None
        self.put(node.test, "False", "branch")
        self.generic_visit(node)

    def visit_IfExp(self, node: ast.IfExp) -> None:
        self.put(node, f"({self.text(node.body)})", "branch")
        self.put(node, f"({self.text(node.orelse)})", "branch")
        self.generic_visit(node)

    def visit_comprehension(self, node: ast.comprehension) -> None:
        for test in node.ifs:
            self.put(test, "True", "filter")
        self.generic_visit(node)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        if type(node.op) in ARITHMETIC:
            other = {ast.Add: "-=", ast.Sub: "+=", ast.Mult: "/=", ast.Div: "*="}[type(node.op)]
            self.put(node, f"{self.text(node.target)} {other} {self.text(node.value)}", "arithmetic")
        self.put(node, "pass", "statement left out")
        self.generic_visit(node)

    def visit_Expr(self, node: ast.Expr) -> None:
        if isinstance(node.value, ast.Call):
            self.put(node, "pass", "statement left out")
        if not isinstance(node.value, ast.Constant):
            self.generic_visit(node)


def _text(node: ast.BinOp) -> bool:
    return any(
        isinstance(side, ast.JoinedStr) or (isinstance(side, ast.Constant) and isinstance(side.value, str))
        for n in ast.walk(node) for side in [n]
    )  # fmt: skip


def by_lines(path: Path, root: Path = ROOT) -> dict[tuple[str, int], list[Spoiling]]:
    """Give all spoilings of a module by its lines."""
    source = (root / path.relative_to(ROOT)).read_text()
    places = Places(source, path.relative_to(ROOT).as_posix())
    places.visit(ast.parse(source))
    by_line: dict[tuple[str, int], list[Spoiling]] = {}
    for spoiling in sorted(places.found, key=lambda one: one.line):
        by_line.setdefault((spoiling.module, spoiling.line), []).append(spoiling)
    return by_line


def drawn(by_line: dict[tuple[str, int], list[Spoiling]], count: int, seed: str) -> list[Spoiling]:
    """Draw `count` spoilings evenly over lines, at most one of each; of a larger count the first are the same."""
    chance = random.Random(seed)
    lines = sorted(by_line)
    chance.shuffle(lines)
    return [chance.choice(by_line[line]) for line in lines[:count]]


def shown(entering: list[str], seconds: dict[str, float], budget: float) -> list[str]:
    """Give the tests that a spoiling is shown to: those that enter its function, then the others of their files, which may look
    at what these have made for all, the fastest first, as long as they stay within the budget together; always the fastest."""
    if not entering:
        return []
    files = {test.split("::")[0] for test in entering}
    others = [test for test in seconds if test.split("::")[0] in files and test not in set(entering)]
    tests = [*sorted(entering, key=seconds.__getitem__), *sorted(others, key=seconds.__getitem__)]
    spent = seconds[tests[0]]
    found = tests[:1]
    for test in tests[1:]:
        if spent + seconds[test] <= budget:
            spent += seconds[test]
            found.append(test)
    return found


# ------------------------------------------------------------------------------------------------ which tests


class Watch:
    """A pytest plugin that notes which marked functions each test enters (`marked`), and its seconds of processor."""

    def __init__(self, functions: list[tuple[str, str]]) -> None:
        self.functions = functions
        self.entered: dict[str, list[tuple[str, str]]] = {}
        self.seconds: dict[str, float] = {}
        self.failed: list[str] = []
        self.seen: set[int] = set()
        #: What is entered when modules are loaded.
        self.always: set[int] = set()
        self.begun = 0.0
        builtins._spoil_seen = self.seen  # type: ignore[attr-defined]

    def pytest_collection_finish(self):  # type: ignore[no-untyped-def]
        self.always = set(self.seen)

    def pytest_runtest_logreport(self, report):  # type: ignore[no-untyped-def]
        if report.failed:
            self.failed.append(report.nodeid)

    def pytest_runtest_logstart(self, nodeid, location):  # type: ignore[no-untyped-def]
        self.seen.clear()
        self.begun = sum(os.times()[:4])

    def pytest_runtest_logfinish(self, nodeid, location):  # type: ignore[no-untyped-def]
        self.seconds[nodeid] = sum(os.times()[:4]) - self.begun
        self.entered[nodeid] = sorted(self.functions[number] for number in self.seen | self.always)


class _Functions(ast.NodeVisitor):
    """Find all functions of a module: their names as Python calls them, and their first statements."""

    def __init__(self) -> None:
        self.inside = ""
        self.found: list[tuple[str, ast.stmt, int]] = []

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        before, self.inside = self.inside, f"{self.inside}{node.name}."
        self.generic_visit(node)
        self.inside = before

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        before, name = self.inside, f"{self.inside}{node.name}"
        told = isinstance(node.body[0], ast.Expr) and isinstance(node.body[0].value, ast.Constant)
        if not (told and len(node.body) == 1):
            first = node.body[1 if told else 0]
            self.found.append((name, first, node.lineno))
        self.inside = f"{name}.<locals>."
        self.generic_visit(node)
        self.inside = before


def marked(source: str, module: str, functions: list[tuple[str, str]]) -> str:
    """Give a module whose functions note that they were entered; `functions` gains their names."""
    visitor = _Functions()
    visitor.visit(ast.parse(source))
    lines = source.splitlines(keepends=True)
    for name, first, header in sorted(visitor.found, key=lambda one: -one[1].lineno):
        note = f"_spoil_seen.add({len(functions)})"
        functions.append((module, name))
        at = min([first.lineno, *(d.lineno for d in getattr(first, "decorator_list", []))]) - 1
        if at + 1 == header or lines[at][: first.col_offset].strip():
            begin = lines[at].encode()[: first.col_offset].decode()
            lines[at] = f"{begin}{note}; {lines[at][len(begin) :]}"
        else:
            lines.insert(at, f"{' ' * first.col_offset}{note}\n")
    return "".join(lines)


def _child(work: Path, arguments: list[str], plugins: list[object], out: Path | None = None) -> int:
    """Run pytest in this process, which is a fork that ends with it."""
    import pytest

    devnull = os.open(os.devnull, os.O_WRONLY)
    os.dup2(devnull, 1)
    os.dup2(devnull, 2)
    os.chdir(work)
    sys.dont_write_bytecode = True
    os.environ |= {
        "PYTHONPATH": str(work / "src"),
        "PYTHONDONTWRITEBYTECODE": "1",
        "HYPOTHESIS_STORAGE_DIRECTORY": str(work / ".h"),
    }
    sys.path.insert(0, str(work / "src"))
    common = ["-x", "-q", "-p", "no:cacheprovider", "-p", "no:randomly"]
    return int(pytest.main([*common, *arguments], plugins=plugins))


def watched(work: Path, room: str, folder: Path) -> tuple[dict[str, list], dict[str, float], str]:
    """Give which functions each test of a room enters, its time, and a hash of all tests; files that have not changed are not run
    again."""
    note = folder / f"{room}.json"
    known = json.loads(note.read_text()) if note.exists() else {}
    files = {p.relative_to(work).as_posix(): p for t in ROOMS[room] for p in _files(work / t)}
    hashes = {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in files.items()}
    stale = [name for name in files if known.get(name, {}).get("hash") != hashes[name]]
    if stale:
        _watch(work, stale, found := work / "watched.json")
        entered, seconds, failed = json.loads(found.read_text())
        for name in stale:
            mine = {t for t in seconds if t.split("::")[0] == name}
            known[name] = {
                "hash": hashes[name],
                "entered": {t: at for t, at in entered.items() if t in mine},
                "seconds": {t: s for t, s in seconds.items() if t in mine},
            }
        note.write_text(json.dumps(known))
        if failed:
            print(f"# {room}: {len(failed)} tests fail unspoiled and are left out: {failed[:3]}", flush=True)
    kept = [known[name] for name in files]
    return (
        {t: at for file in kept for t, at in file["entered"].items()},
        {t: s for file in kept for t, s in file["seconds"].items()},
        hashlib.sha256("".join(hashes.values()).encode()).hexdigest(),
    )


def _files(at: Path) -> list[Path]:
    return [at] if at.is_file() else sorted(at.rglob("test_*.py"))


def _watch(work: Path, tests: list[str], note: Path) -> None:
    sources = {path: path.read_text() for path in (work / "src").rglob("*.py")}
    functions: list[tuple[str, str]] = []
    for path, source in sources.items():
        path.write_text(marked(source, path.relative_to(work).as_posix(), functions))
    try:
        pid = os.fork()
        if pid == 0:
            os.setsid()
            watch = Watch(functions)
            code = _child(work, ["--maxfail=1000", *tests], [watch])
            for nodeid in watch.failed:
                watch.entered.pop(nodeid, None)
            note.write_text(json.dumps([watch.entered, watch.seconds, watch.failed]))
            # Some tests may fail; all must have been loaded.
            os._exit(code if code > 1 else 0)
        if os.waitpid(pid, 0)[1]:
            sys.exit(f"the tests cannot be loaded: {' '.join(tests[:3])}")
    finally:
        for path, source in sources.items():
            path.write_text(source)


def run(work: Path, spoiling: Spoiling, tests: list[str], limit: float, loaded: Loaded | None) -> str:
    """Run tests against one spoiling, for `limit` seconds of processor at most: killed, survived or late."""
    path = work / spoiling.module
    source = path.read_text()
    path.write_text(spoiling.apply(source))
    try:
        answer = loaded and loaded.answer(path, source, spoiling, tests, limit)
        return answer or _limited(lambda: _child(work, tests, []), limit)
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
                _child(work, tests, [self])
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
    """Copy what the tests need to a place where it can be spoiled."""
    work = Path(tempfile.mkdtemp(prefix="spoil-"))
    leave = shutil.ignore_patterns("__pycache__", ".hypothesis", "node_modules", "_build", "*.pyc")
    for name in ("src", "tests", "docs"):
        shutil.copytree(ROOT / name, work / name, ignore=leave)
    for name in ("pyproject.toml", "README.md", "Makefile"):
        shutil.copy(ROOT / name, work / name)
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
        shutil.rmtree(work, ignore_errors=True)
    print("\n" + rates(outcomes))


if __name__ == "__main__":
    main()
