"""The app: first paint, first load, toggle to repaint in Chromium, beside the bare warm solve of the same closures; memory.

Run: OPENBLAS_NUM_THREADS=1 python benchmarks/app_bench.py [caspian|generated …]. Needs the built page (`make front`),
Node.js and Chromium. `generated` has 300 places, 800 links (400 both ways), one good and a year of weeks.
"""

from __future__ import annotations

import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import straits
from straits.app.views.answer import answer_view
from straits.app.world.opened import answer_of
from straits.app.world.question import Closure, Question
from straits.case import Case
from straits.engine import Warm

WEB = Path(straits.__file__).parent / "app" / "web"


def the_case(name: str, folder: Path) -> Path | str:
    """Give the case of a name, written to the folder if it has to be generated."""
    if name != "generated":
        return name
    from generate import generate_case

    generate_case(300, 400, 1, 52, "week").save(folder / "generated")
    return folder / "generated"


def in_python(case: Case, assets: list[str], window: tuple[str, str]) -> dict[str, float]:
    """Give CPU milliseconds of a toggle without a browser: the bare warm solve, and the view on top of it (medians)."""
    warm = Warm(case)
    questions = [
        Question(closures=[Closure.model_validate({"asset": a, "start": window[0], "end": window[1]})])
        for a in assets
    ]
    solves, views = [], []
    for question in questions * 2:
        begun = time.process_time()
        comparison, run = answer_of(warm, question)
        solved = time.process_time()
        answer_view(comparison, run)
        solves.append(solved - begun)
        views.append(time.process_time() - solved)
    return {
        "warm_solve_cpu_ms": 1e3 * statistics.median(solves),
        "view_cpu_ms": 1e3 * statistics.median(views),
    }


def busiest(case: Case, count: int) -> list[str]:
    """Give the links that carry most in the undisturbed case and are drawn."""
    flows = straits.solve(case).flows.groupby("link")["amount"].sum().sort_values(ascending=False)
    goods = case.settings.focus.commodity if case.settings.focus else next(iter(case.rows("commodities")))
    return [k for k in flows.index if goods in case.rows("links")[k].commodities][:count]


def measure(name: str) -> dict[str, object]:
    """Measure one case in the browser and without."""
    with tempfile.TemporaryDirectory() as place:
        case_path = the_case(name, Path(place))
        case = straits.load_case(case_path)
        assets = busiest(case, 15)
        command = [sys.executable, "-m", "straits", "app", str(case_path), "--no-browser", "--folder", place]
        before = os.getloadavg()[0]
        server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert server.stdout is not None
        try:
            found = re.search(r"http://\S+", server.stdout.readline())
            assert found
            time.sleep(5)
            told = subprocess.run(
                ["node", "e2e/measure.mjs", found[0], "30", *assets],
                cwd=WEB,
                capture_output=True,
                text=True,
                check=True,
            )
            page = json.loads(told.stdout)
            memory = (
                int(re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{server.pid}/status").read_text())[1]) / 1024
            )  # type: ignore[index]
        finally:
            server.terminate()
            server.wait(10)
        axis = case.settings.time
        start = str(axis.start.replace(month=7, day=1)) if axis.start.month == 1 else str(axis.start)
        alone = in_python(case, assets, (start, start[:8] + "31"))
    return {
        "case": name,
        "load_before": before,
        "load_after": os.getloadavg()[0],
        "first_paint_ms": statistics.median(page["first_paint_ms"]),
        "map_ms": statistics.median(page["map_ms"]),
        "first_load_kb": page["first_load_bytes"] / 1000,
        "toggle_ms": statistics.median(page["toggle_ms"]),
        "toggle_worst_ms": max(page["toggle_ms"]),
        "server_ms": statistics.median(page["server_ms"]),
        "memory_mb": memory,
        **alone,
    }


def main() -> None:
    """Measure the cases named and print a line each."""
    rows = [measure(name) for name in sys.argv[1:] or ["caspian", "generated"]]
    for row in rows:
        total = float(row["warm_solve_cpu_ms"]) + float(row["view_cpu_ms"])  # type: ignore[arg-type]
        print(
            f"{row['case']}: first paint {row['first_paint_ms']:.0f} ms, map {row['map_ms']:.0f} ms, "
            f"first load {row['first_load_kb']:.0f} kB; toggle to repaint {row['toggle_ms']:.0f} ms "
            f"(worst {row['toggle_worst_ms']:.0f}; server {row['server_ms']:.0f}), of processor {total:.0f} ms, "
            f"{total / float(row['warm_solve_cpu_ms']):.1f} x the bare warm solve; server {row['memory_mb']:.0f} MB; "  # type: ignore[arg-type]
            f"load of the machine before {row['load_before']:.1f}, after {row['load_after']:.1f}"
        )


if __name__ == "__main__":
    main()
