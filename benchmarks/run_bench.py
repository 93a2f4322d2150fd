"""The main job: how long `straits run` takes beside another checkout, run again unchanged, and what it writes.

    python benchmarks/run_bench.py --beside ../before/src --times 3 --out run.json

Both sides alternate within one run. Processor seconds are those of the command and of the processes that it starts.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any


def asked(source: Path, *words: str) -> dict[str, float]:
    """Run a command of one checkout in a process of its own; gives seconds by the clock and of the processors."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    environment = {**os.environ, "PYTHONPATH": str(source), "OPENBLAS_NUM_THREADS": "1"}
    subprocess.run(
        [sys.executable, "-m", "straits", *words], env=environment, check=True, capture_output=True
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"clock": time.perf_counter() - began, "processor": spent, "load": os.getloadavg()[0]}


def medians(runs: list[dict[str, float]]) -> dict[str, float]:
    return {name: round(statistics.median(run[name] for run in runs), 2) for name in runs[0]}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--case", default="caspian")
    parser.add_argument("--beside", type=Path, help="`src` of another checkout.")
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    here = Path(__file__).parents[1] / "src"
    found: dict[str, list[dict[str, float]]] = {}
    told: dict[str, Any] = {"case": options.case, "times": options.times}
    for _ in range(options.times):
        with tempfile.TemporaryDirectory() as folder:
            if options.beside:
                found.setdefault("before", []).append(
                    asked(options.beside, "run", options.case, "--out", f"{folder}/a")
                )
            for name, out, words in (
                ("now", "b", ()),
                ("again", "b", ()),
                ("one process", "c", ("--workers", "1")),
            ):
                found.setdefault(name, []).append(
                    asked(here, "run", options.case, "--out", f"{folder}/{out}", *words)
                )
            told["report_bytes"] = Path(folder, "b/report.html").stat().st_size
        for words in (("check", options.case), ("solve", options.case), ("--help",)):
            found.setdefault(words[0], []).append(asked(here, *words))
    told |= {name: medians(runs) for name, runs in found.items()}
    text = json.dumps(told, indent=1)
    print(text)
    if options.out:
        options.out.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
