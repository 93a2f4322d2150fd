"""How the benchmarks measure, and what they leave: one JSON file each in `benchmarks/results/`, of which the pages are made.

Measured is processor time, because all runs on one thread and other work on the machine should not count. Ways that are
compared run in turns, round by round, so that other work strikes them alike. `pages.py` makes the tables of
`docs/performance.md` from the files.
"""

from __future__ import annotations

import argparse
import datetime as dt
import gc
import importlib.metadata
import json
import logging
import os
import platform
import statistics
import time
import warnings
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from straits import Case
from straits.lp.solver.door import KNOWN
from straits.model import Model

RESULTS = Path(__file__).parent / "results"
#: How often each way is run. The page shows medians; the files have the smallest and the largest too.
REPEATS = 3
#: A way that took more processor seconds is not run again; the file says how often it was run.
PATIENCE = 20.0
#: Packages whose version is noted where they are installed.
PACKAGES = ("straits", "highspy", "numpy", "scipy", "pypsa", "linopy")

Name = TypeVar("Name", bound=Hashable)


def seconds(task: Callable[[], Any]) -> tuple[float, Any]:
    """Run a task once and give its processor seconds and its result."""
    gc.collect()
    forget()
    began = time.process_time()
    found = task()
    return time.process_time() - began, found


def forget() -> None:
    """Forget the optima that this process found from nothing: what is asked cold is to be solved, each time."""
    KNOWN.clear()


def timed(task: Callable[[], Any]) -> Callable[[], tuple[float, Any]]:
    """Make a way of a task: what `rounds` runs."""
    return lambda: seconds(task)


def rounds(
    ways: Mapping[Name, Callable[[], tuple[float, Any]]], repeats: int = REPEATS
) -> tuple[dict[Name, dict[str, Any]], dict[Name, Any]]:
    """Run each way once, then each again, and so on.

    Parameters
    ----------
    ways : mapping
        Callables that give seconds (of all or of one of many things) and a result.
    repeats : int
        A way that took longer than `PATIENCE` is not run again.

    Returns
    -------
    times : dict
        For each way: median, least and most seconds, and how often it was run.
    results : dict
        The last result of each way.
    """
    times: dict[Name, list[float]] = {name: [] for name in ways}
    results: dict[Name, Any] = {}
    tired: set[Name] = set()
    for _ in range(repeats):
        for name, way in ways.items():
            if name in tired:
                continue
            forget()
            began = time.process_time()
            taken, results[name] = way()
            times[name].append(taken)
            if time.process_time() - began > PATIENCE:
                tired.add(name)
    return {name: spread(found) for name, found in times.items()}, results


def spread(times: Iterable[float]) -> dict[str, Any]:
    """Give the median of some times, the smallest and the largest, and how many they are."""
    found = sorted(times)
    return {
        "median": statistics.median(found),
        "least": found[0],
        "most": found[-1],
        "repeats": len(found),
    }


def rounded(value: Any) -> Any:
    """Round all numbers of what is written to four significant digits."""
    if isinstance(value, Mapping):
        return {str(key): rounded(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [rounded(entry) for entry in value]
    return float(f"{value:.4g}") if isinstance(value, float) else value


def times(slow: Mapping[str, Any], quick: Mapping[str, Any]) -> float:
    """Give how many times as long the one took as the other: their medians."""
    return slow["median"] / quick["median"]


def size_of(model: Model) -> dict[str, int]:
    """Give rows and columns of a compiled case."""
    rows, columns = model.matrix.shape
    return {"rows": rows, "columns": columns}


def each_transit(**size: Any) -> dict[bool, Case]:
    """Give a generated case without transit and with; with, a link takes its length / 100 days."""
    from generate import generate_case

    return {transit: generate_case(**size, transit=transit) for transit in (False, True)}


class Part:
    """One part of a bench: what one run measured, to be written as one entry of the bench's file.

    Parameters
    ----------
    bench : str
        Name of the file.
    name : str
        Name of the part in it. Writing it leaves other parts as they were, each with its own date and load.
    quick : bool
        Whether smaller sizes than the whole ones are measured.
    """

    def __init__(self, bench: str, name: str, *, quick: bool = False) -> None:
        self.path, self.name = RESULTS / f"{bench}.json", name
        self.lines: list[dict[str, Any]] = []
        self.about: dict[str, Any] = {
            "size": "quick" if quick else "whole",
            "measured": dt.datetime.now(dt.UTC).date().isoformat(),
            "cores": os.cpu_count(),
            "versions": versions(),
        }
        self.before = os.getloadavg()[0]

    def line(self, **values: Any) -> None:
        """Add a line of what was measured, and show it."""
        self.lines.append(values)
        shown = (f"{key} {short(value)}" for key, value in values.items() if value is not None)
        print(f"{self.name}: {', '.join(shown)}", flush=True)

    def write(self, **more: Any) -> None:
        """Write what was measured.

        Parameters
        ----------
        **more
            What is said of all lines of the part.
        """
        load = {"before": round(self.before, 1), "after": round(os.getloadavg()[0], 1)}
        made = self.about | {"load": load, "lines": self.lines} | more
        kept = json.loads(self.path.read_text(encoding="utf-8")) if self.path.exists() else {}
        self.path.parent.mkdir(exist_ok=True)
        text = json.dumps(kept | {self.name: rounded(made)}, indent=1, sort_keys=True, ensure_ascii=False)
        self.path.write_text(text + "\n", encoding="utf-8")


def versions() -> dict[str, str]:
    """Give the versions of Python and of the packages that are installed."""
    found = {"python": platform.python_version()}
    for name in PACKAGES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


def short(value: Any) -> str:
    """Give a value as a line on the screen shows it."""
    if isinstance(value, Mapping) and "median" in value:
        return (
            f"{value['median']:.4g} ({value['least']:.4g} to {value['most']:.4g}, {value['repeats']} times)"
        )
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def ask(
    description: str | None,
    parts: Sequence[str],
    *,
    default: Sequence[str] | None = None,
    quick: Sequence[str] | None = None,
    **more: tuple[Any, str],
) -> argparse.Namespace:
    """Read the command line of a bench, and keep warnings off the screen.

    Parameters
    ----------
    description : str
    parts : sequence of str
        Parts of the bench; `--parts` chooses among them.
    default, quick : sequence of str, optional
        Parts that are measured if none is named, and with `--quick`. Default: all; as without it.
    **more
        Default and meaning of further options.
    """
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    usual = list(default or parts)
    parser.add_argument("--quick", action="store_true", help="smaller sizes, fewer samples")
    parser.add_argument("--parts", nargs="+", choices=parts, help=f"default: {' '.join(usual)}")
    for name, (value, meaning) in more.items():
        if isinstance(value, bool):
            parser.add_argument(f"--{name}", action="store_true", help=meaning)
        else:
            parser.add_argument(f"--{name}", type=type(value), default=value, help=meaning)
    asked = parser.parse_args()
    asked.parts = asked.parts or list((quick if asked.quick else None) or usual)
    warnings.filterwarnings("ignore")
    logging.disable(logging.WARNING)
    return asked
