"""Cases that the server has opened: each with its warm session, and a mark of what stood on disk."""

from __future__ import annotations

import hashlib
import re
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from threading import RLock
from typing import Any, TypeVar

from straits.app.world.question import Question, scenario_of
from straits.case import load_case
from straits.case.case import Case
from straits.case.files.csv import MOST_BYTES
from straits.case.files.folder import SCENARIOS_FOLDER, THREATS_FOLDER
from straits.case.load import locate
from straits.case.schema.settings import Change, Scenario
from straits.cases import bundled
from straits.engine import Warm
from straits.engine.prices.nearest import with_nearest_prices
from straits.engine.steps import answers_of
from straits.errors import StraitsError, did_you_mean
from straits.files import read_regular
from straits.model import Solution
from straits.stress.comparison import Comparison

T = TypeVar("T")
#: Warm sessions that are kept for each case: the case as it is, and values that are tried.
_TRIALS = 4
#: Answers that are kept for each case: of what is on the map more is asked, and it is switched to and fro.
_ANSWERS = 4
#: Pattern of the name of a case that is saved.
NAME = r"^[a-z0-9][a-z0-9._-]{0,62}$"


class CaseChanged(StraitsError):
    """A case that was changed on disk, or by another reader, since it was read."""


class Opened:
    """One case, ready to answer.

    Parameters
    ----------
    key : str
        Its name in addresses.
    path : Path
        Folder or workbook.
    name : str
        What the user called it, for code that gives the same.
    writable : bool
        Whether it may be saved to; bundled cases may not.
    """

    def __init__(self, key: str, path: Path, name: str, writable: bool) -> None:
        self.key, self.path, self.name, self.writable = key, path, name, writable
        self.lock = RLock()
        self.mark = mark_of(path)
        self.case: Case = load_case(path)
        self._warm: OrderedDict[tuple[object, ...], Warm] = OrderedDict()
        self._answers: OrderedDict[str, tuple[Comparison, str]] = OrderedDict()
        self._kept: dict[str, Any] = {}

    @property
    def stale(self) -> bool:
        """Whether what stands on disk is no longer what was read."""
        return mark_of(self.path) != self.mark

    def reload(self) -> None:
        """Read the case again.

        Raises
        ------
        CaseError
            If it cannot be read; then the old one stays.
        """
        with self.lock:
            mark = mark_of(self.path)
            self.case = load_case(self.path)
            self.mark = mark
            self._warm.clear()
            self._answers.clear()
            self._kept.clear()

    def demand_fresh(self, mark: str | None) -> None:
        """Refuse to write if the writer, or this server, has not seen what stands on disk.

        Raises
        ------
        CaseChanged
        """
        if self.stale or (mark is not None and mark != self.mark):
            raise CaseChanged(
                f"case {self.key} was changed since you opened it, by another window or on disk. Nothing was written: look at "
                "the other change first (reload the case), then save again"
            )

    def warm(self, question: Question) -> Warm:
        """Give the warm session of the case with the values that are tried."""
        with self.lock:
            key = tuple((c.table, c.row, c.column, c.value) for c in question.changes)
            if key not in self._warm:
                case = self.case.with_changes(question.changes) if key else self.case
                self._warm[key] = Warm(case)
            self._warm.move_to_end(key)
            while len(self._warm) > _TRIALS:
                del self._warm[next((k for k in self._warm if k), next(iter(self._warm)))]
            return self._warm[key]

    def compare(self, question: Question) -> tuple[Comparison, str]:
        """Answer a question beside what it is compared with; the second value is the id of the run in the comparison."""
        with self.lock:
            key = question.model_dump_json()
            if key not in self._answers:
                self._answers[key] = answer_of(self.warm(question), question)
            self._answers.move_to_end(key)
            while len(self._answers) > _ANSWERS:
                self._answers.popitem(last=False)
            return self._answers[key]

    def kept(self, name: str, make: Callable[[], T]) -> T:
        """Give something that is made of the case once, until the case is read again."""
        with self.lock:
            if name not in self._kept:
                self._kept[name] = make()
            found: T = self._kept[name]
            return found

    @property
    def default_days(self) -> int:
        """Length of the window that is set at first."""
        axis = self.case.settings.time
        return min(30, (axis.end - axis.start).days)


def answer_of(warm: Warm, question: Question) -> tuple[Comparison, str]:
    """Answer a question beside what it is compared with; the second value is the id of the run in the comparison."""
    scenario = scenario_of(warm.case, question)
    if scenario is None:
        return Comparison(warm.case, warm.baseline, {}), "baseline"
    references: dict[str, Solution] = {}
    near = warm.baseline
    if scenario.compare_with not in ("baseline", scenario.id):
        near = _reference(warm, scenario.compare_with)
        references[scenario.compare_with] = near
    beside: dict[str, Solution] = {}
    if answers := answers_of([scenario]):
        near = beside[scenario.id] = _answering(warm, near, answers)
    found = _beside(warm, scenario, near)
    return Comparison(warm.case, warm.baseline, {scenario.id: found}, references, beside=beside), scenario.id


def _answering(warm: Warm, reference: Solution, answers: tuple[Change, ...]) -> Solution:
    """Solve what a scenario is compared with again, with world prices that answer as the scenario asks for."""
    usual = reference.model.scenario or Scenario(id="baseline", title="Baseline")
    return _beside(warm, usual.model_copy(update={"changes": (*usual.changes, *answers)}), reference)


def _reference(warm: Warm, name: str) -> Solution:
    """Solve the scenario that another is compared with, from what it is itself compared with."""
    other = warm.case.scenarios[name].compare_with
    near = warm.baseline
    if other not in ("baseline", name) and warm.case.scenarios[other].compare_with == "baseline":
        near = _beside(warm, other, near)
    return _beside(warm, name, near)


def _beside(warm: Warm, scenario: Scenario | str, near: Solution) -> Solution:
    """Solve a scenario from what it is compared with, with the prices that `straits.stress` gives it beside that."""
    return with_nearest_prices(warm.solve(scenario, near=near), near)


class Cases:
    """All cases that the server may read or write.

    Parameters
    ----------
    names : sequence of str or Path
        What the user opened.
    folder : Path
        Where copies and new cases are saved.
    """

    def __init__(self, names: list[str], folder: Path) -> None:
        self.folder = folder.resolve()
        self._lock = RLock()
        self._known: dict[str, tuple[Path, str, bool]] = {}
        self._open: dict[str, Opened] = {}
        for name in names:
            self.add(name)
        for name in bundled():
            if name not in self._known:
                self._known[name] = (locate(name), name, False)
        self.first = next(iter(self._known))

    def add(self, name: str) -> str:
        """Make a case known by its name or path; return its key."""
        path = locate(name)
        own = path.resolve()
        shipped = {locate(n).resolve() for n in bundled()}
        key = re.sub(r"[^a-z0-9._-]+", "-", path.stem.lower()).strip("-.") or "case"
        base, count = key, 1
        while key in self._known and self._known[key][0].resolve() != own:
            count += 1
            key = f"{base}-{count}"
        self._known[key] = (path, str(name), own not in shipped)
        return key

    def keys(self) -> list[str]:
        """List the keys of all cases."""
        return list(self._known)

    def about(self) -> list[dict[str, object]]:
        """List all cases: key, name, whether it can be written, whether it is open."""
        return [
            {"key": key, "name": name, "writable": writable, "open": key in self._open}
            for key, (_, name, writable) in self._known.items()
        ]

    def get(self, key: str) -> Opened:
        """Give an opened case, opening it at first.

        Raises
        ------
        StraitsError
            If the server knows no such case.
        CaseError
            If it cannot be read.
        """
        with self._lock:
            if key not in self._known:
                raise UnknownCase(f"no case {key!r} is open here{did_you_mean(key, self._known)}")
            if key not in self._open:
                path, name, writable = self._known[key]
                self._open[key] = Opened(key, path, name, writable)
            return self._open[key]

    def save_new(self, case: Case, name: str) -> str:
        """Save a case as a new folder beside the others; return its key.

        Raises
        ------
        StraitsError
            If the name is none, or taken.
        """
        if not re.fullmatch(NAME, name) or name.endswith((".", "-")):
            raise StraitsError(
                f"name {name!r}: expected small letters, figures, points, dashes and underscores, such as caspian-trial"
            )
        with self._lock:
            path = self.folder / name
            if path.exists() or path.is_symlink() or name in self._known:
                raise StraitsError(f"there is {name!r} already; give another name")
            case.save(path)
            return self.add(str(path))


class UnknownCase(StraitsError):
    """A case that the server does not know."""


def mark_of(path: Path) -> str:
    """Give a fingerprint of what stands on disk: names, sizes, times and contents of the files of a case."""
    digest = hashlib.sha256()
    files = [path] if path.is_file() else sorted(p for p in _files(path))
    for file in files:
        try:
            digest.update(
                f"{file.name}\0{file.parent.name}\0".encode() + read_regular(file, MOST_BYTES, links=True)
            )
        except OSError:
            digest.update(b"gone")
    return digest.hexdigest()


def _files(folder: Path) -> list[Path]:
    here = [p for p in folder.iterdir() if p.suffix in (".csv", ".yaml", ".geojson")]
    for name in (SCENARIOS_FOLDER, THREATS_FOLDER):
        inner = folder / name
        if inner.is_dir() and not inner.is_symlink():
            here += inner.glob("*.yaml")
    return here


__all__ = ["NAME", "CaseChanged", "Cases", "Opened", "UnknownCase", "answer_of", "mark_of"]
