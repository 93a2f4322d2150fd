"""Which tests enter which functions, and how long they take: each room is watched once, in a copy whose functions tell."""

from __future__ import annotations

import ast
import builtins
import hashlib
import json
import os
import sys
from pathlib import Path

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


class Watch:
    """A pytest plugin that notes which marked functions each test enters (`marked`), and its seconds of processor."""

    def __init__(self, functions: list[tuple[str, str]]) -> None:
        self.functions = functions
        self.entered: dict[str, list[tuple[str, str]]] = {}
        self.seconds: dict[str, float] = {}
        self.failed: list[str] = []
        #: Why modules of tests cannot be loaded.
        self.unread: list[str] = []
        self.seen: set[int] = set()
        #: What is entered when modules are loaded.
        self.always: set[int] = set()
        self.begun = 0.0
        builtins._spoil_seen = self.seen  # type: ignore[attr-defined]

    def pytest_collectreport(self, report):  # type: ignore[no-untyped-def]
        if report.failed:
            self.unread.append(f"{report.nodeid}: {report.longreprtext}")

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


def child(work: Path, arguments: list[str], plugins: list[object], out: Path | None = None) -> int:
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
            code = child(work, ["--maxfail=1000", *tests], [watch])
            for nodeid in watch.failed:
                watch.entered.pop(nodeid, None)
            told = [watch.entered, watch.seconds, watch.failed] if code <= 1 else watch.unread
            note.write_text(json.dumps(told))
            # Some tests may fail; all must have been loaded.
            os._exit(code if code > 1 else 0)
        if os.waitpid(pid, 0)[1]:
            why = json.loads(note.read_text()) if note.exists() else tests[:3]
            sys.exit("\n".join(["the tests cannot be loaded:", *why]))
    finally:
        for path, source in sources.items():
            path.write_text(source)
