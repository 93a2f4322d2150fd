"""The app: first paint, first load, toggle to repaint in Chromium, beside the bare warm solve of the same closures; memory.

    python benchmarks/app_bench.py [--quick] [--parts server browser]

`server` needs no browser: the processor time of a toggle, of `caspian` and of a generated case without transit and with (300
places, 400 links both ways, one good and a year of weeks; `--quick`: 100 places, 130 links, half a year). `browser` needs the
built page (`make front`), Node.js and Chromium.
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

from generate import generate_case
from measuring import Part, ask, each_transit, size_of, spread

import straits
from straits.app.views.answer import answer_view
from straits.app.world.opened import answer_of
from straits.app.world.question import Closure, Question
from straits.case import Case
from straits.engine import Warm
from straits.model import compile_case

WEB = Path(straits.__file__).parent / "app" / "web"
LARGE = {"places": 300, "links": 400, "commodities": 1, "steps": 52, "step": "week"}
QUICK = {"places": 100, "links": 130, "commodities": 1, "steps": 26, "step": "week"}


def the_case(name: str, folder: Path) -> Path | str:
    """Give the case of a name, written to the folder if it has to be generated."""
    if name == "caspian":
        return name
    generate_case(**LARGE).save(folder / "generated")
    return folder / "generated"


def toggles(case: Case) -> tuple[list[float], list[float]]:
    """Give processor seconds of toggles without a browser: the bare warm solve of each, and the view on top of it."""
    warm, window = Warm(case), in_july(case)
    questions = [
        Question(closures=[Closure.model_validate({"asset": a, "start": window[0], "end": window[1]})])
        for a in busiest(case, 15)
    ]
    solves, views = [], []
    for question in questions * 2:
        begun = time.process_time()
        comparison, run = answer_of(warm, question)
        solved = time.process_time()
        answer_view(comparison, run)
        solves.append(solved - begun)
        views.append(time.process_time() - solved)
    return solves, views


def in_july(case: Case) -> tuple[str, str]:
    """Give the first and the last day of a month of the case."""
    start = case.settings.time.start
    first = str(start.replace(month=7, day=1)) if start.month == 1 else str(start)
    return first, first[:8] + "31"


def server(part: Part, name: str, cases: dict[bool, Case]) -> None:
    """Add a line for a case without transit and with: medians of 30 toggles."""
    for transit, case in cases.items():
        solves, views = toggles(case)
        whole = [a + b for a, b in zip(solves, views, strict=True)]
        part.line(
            case=name, transit=transit, **size_of(compile_case(case)), warm_solve=spread(solves), view=spread(whole),
            ratio=statistics.median(whole) / statistics.median(solves),
        )  # fmt: skip


def busiest(case: Case, count: int) -> list[str]:
    """Give the links that carry most in the undisturbed case and are drawn."""
    flows = straits.solve(case).flows.groupby("link")["amount"].sum().sort_values(ascending=False)
    goods = case.settings.focus.commodity if case.settings.focus else next(iter(case.rows("commodities")))
    return [k for k in flows.index if goods in case.rows("links")[k].commodities][:count]


def browser(part: Part, name: str) -> None:
    """Add a line for one case in the browser: milliseconds by the clock."""
    with tempfile.TemporaryDirectory() as place:
        case_path = the_case(name, Path(place))
        case = straits.load_case(case_path)
        command = [sys.executable, "-m", "straits", "app", str(case_path), "--no-browser", "--folder", place]
        before = os.getloadavg()[0]
        running = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert running.stdout is not None
        try:
            found = re.search(r"http://\S+", running.stdout.readline())
            assert found
            time.sleep(5)
            words = ["node", "e2e/measure.mjs", found[0], "30", *busiest(case, 15)]
            told = subprocess.run(words, cwd=WEB, capture_output=True, text=True, check=True)
            page = json.loads(told.stdout)
            status = Path(f"/proc/{running.pid}/status").read_text(encoding="utf-8")
            memory = re.search(r"VmRSS:\s+(\d+)", status)
        finally:
            running.terminate()
            running.wait(10)
    part.line(
        case=name, transit=False, load_before=round(before, 1), first_load_kb=page["first_load_bytes"] / 1000,
        memory_mb=int(memory[1]) / 1024 if memory else None,
        **{key: spread(page[key]) for key in ("first_paint_ms", "map_ms", "toggle_ms", "server_ms")},
    )  # fmt: skip


def main() -> None:
    asked = ask(__doc__, ["server", "browser"], default=["server"])
    for name in asked.parts:
        part = Part("app", name, quick=asked.quick)
        if name == "server":
            server(part, "caspian", {False: straits.load_case("caspian")})
            size = QUICK if asked.quick else LARGE
            server(part, f"generated, {size['links']} links, {size['steps']} weeks", each_transit(**size))
        else:
            for case in ("caspian", "generated"):
                browser(part, case)
        part.write()


if __name__ == "__main__":
    main()
