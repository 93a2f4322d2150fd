"""Answers of a run kept as they come, so that a stopped run goes on, and the mark of a run that is whole."""

from __future__ import annotations

import hashlib
import json
import os
import pickle
import shutil
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, NamedTuple

from straits.case.files.folder import is_ours
from straits.files import write_file, write_text

#: Seconds after which what a stopped run has kept is thrown away.
_OLD = 30 * 86400.0
#: Folders of this package that answers do not hang on.
_BESIDE = frozenset(("app", "cases", "__pycache__"))
#: Packages on which answers, and how they are written, can hang.
_USED = (
    "numpy",
    "pandas",
    "scipy",
    "pyarrow",
    "jinja2",
    "xlsxwriter",
    "python-calamine",
    "pydantic",
    "rapidfuzz",
    "typst",
)


class Outcome(NamedTuple):
    """What a job came to: what it found, or why it found nothing, and whether that is the solver's failure."""

    found: Any = None
    why: str = ""
    failed: bool = False


def cache_folder() -> Path:
    """Give the folder of this user in which answers of stopped runs are kept: what stands there is believed."""
    named = os.environ.get("STRAITS_CACHE")
    if named:
        return Path(named)
    base = os.environ.get("LOCALAPPDATA") if sys.platform == "win32" else os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "straits"


def code_mark() -> str:
    """Give the fingerprint of this package as it is installed, and of what it computes with."""
    import straits
    from straits.lp import solver_version

    root = Path(straits.__file__).parent
    # Its lists, words and page templates too; cases are what is asked.
    own = (
        p for p in sorted(root.rglob("*")) if p.is_file() and _BESIDE.isdisjoint(p.relative_to(root).parts)
    )
    stats = ((p.relative_to(root).as_posix(), p.stat()) for p in own)
    told = [
        straits.__version__,
        sys.version,
        solver_version(),
        *(f"{name} {_version(name)}" for name in _USED),
    ]
    files = [f"{name} {stat.st_size} {stat.st_mtime_ns}" for name, stat in stats]
    return hashlib.sha256("\n".join([*told, *files]).encode()).hexdigest()


def _version(package: str) -> str:
    with suppress(PackageNotFoundError):
        return version(package)
    return "none"


def key_of(parts: Mapping[str, Any], files: Iterable[Path] = ()) -> str:
    """Give the fingerprint of what is asked: plain values, what files hold, and the code that answers."""
    digest = hashlib.sha256(json.dumps([code_mark(), parts], sort_keys=True, default=str).encode())
    for path in _every(files):
        digest.update(path.as_posix().encode() + b"\0" + _digest(path).encode())
    return digest.hexdigest()


def _every(files: Iterable[Path]) -> Iterator[Path]:
    for path in files:
        if path.is_dir():
            # Links are not followed where a case is read, unless it came with the program.
            yield from sorted(
                p for p in path.rglob("*") if p.is_file() and (is_ours(p) or not p.is_symlink())
            )
        elif path.is_file():
            yield path
            # What was written to a ledger that somebody has open stands there.
            log = path.with_name(f"{path.name}-wal")
            if log.is_file() and log.stat().st_size:
                yield log


class Pieces:
    """A folder with one file for each answer of a run, which is gone when the run is whole.

    Parameters
    ----------
    key : str
        Of what is asked, see `key_of`.
    folder : Path, optional
        Default: `cache_folder`. It holds pickled objects and must be the user's own.

    Notes
    -----
    A file is written beside and renamed: one that is there is whole. One that cannot be read is answered again.
    """

    def __init__(self, key: str, folder: Path | None = None) -> None:
        self.folder = (folder or cache_folder()) / "runs" / key[:32]

    def get(self, name: str) -> Outcome | None:
        """Give the answer that was kept under a name; None if there is none."""
        try:
            found: Outcome = pickle.loads((self.folder / name).read_bytes())
        except Exception:  # whatever a damaged file makes of reading it
            return None
        return found

    def put(self, name: str, outcome: Outcome) -> None:
        """Keep an answer; where that cannot be done the run goes on without."""
        with suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            write_file(self.folder / name, pickle.dumps(outcome))

    def clear(self) -> None:
        """Remove what was kept, and what runs that nobody went on with left a month ago."""
        shutil.rmtree(self.folder, ignore_errors=True)
        with suppress(OSError):
            for left in self.folder.parent.iterdir():
                if time.time() - left.stat().st_mtime > _OLD:
                    shutil.rmtree(left, ignore_errors=True)


def is_whole(folder: Path, key: str) -> list[Path]:
    """Give the paths that a run of this user with this key wrote into a folder, if all still are as it wrote them; else none."""
    try:
        mark = json.loads(_mark_of(folder).read_text(encoding="utf-8"))
        whole = mark["key"] == key and all(_digest(folder / name) == of for name, of in mark["files"].items())
        return [folder / name for name in mark["paths"]] if whole else []
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return []


def mark_whole(folder: Path, key: str, paths: Iterable[Path]) -> None:
    """Keep what was written into a folder, and of what it was made; where that cannot be kept the next run does all again."""
    names = [path.relative_to(folder).as_posix() for path in paths]
    files = {p.relative_to(folder).as_posix(): _digest(p) for p in _every(folder / name for name in names)}
    mark = _mark_of(folder)
    with suppress(OSError):
        mark.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_text(mark, json.dumps({"key": key, "paths": names, "files": files}, indent=1))


def _mark_of(folder: Path) -> Path:
    """Give the file that says of what a folder was made. It is not in the folder: who sends a study could write it too."""
    place = hashlib.sha256(str(folder.resolve()).encode()).hexdigest()
    return cache_folder() / "written" / f"{place[:32]}.json"


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


__all__ = ["Pieces", "cache_folder", "is_whole", "key_of", "mark_whole"]
