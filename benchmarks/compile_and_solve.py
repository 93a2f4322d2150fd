"""How long straits takes to build and solve, beside PyPSA with the same solver, in one run. Take the ratios, not the seconds.

Run it with `make bench`, or with any Python that has straits and PyPSA. Without PyPSA its columns stay empty.
`--quick` leaves out the largest case.
"""

from __future__ import annotations

import argparse
import logging
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from generate import SIZES, generate_case

import straits
from straits import Case
from straits.lp.session import Session
from straits.model import Model, compile_case
from straits.model.availability import factors_of
from straits.model.coefficients import coefficients
from straits.model.formulation import Formulation
from straits.model.limits import Limits

try:
    from in_pypsa import PypsaModel
except ImportError:
    PypsaModel = None

#: Relative difference of optima that is allowed between straits and PyPSA.
SAME = 1e-6


def seconds(task: Callable[[], Any], repeats: int = 1) -> tuple[float, Any]:
    """Give the median processor time of a task, and its last result.

    Processor time, because all of this runs on one thread and other work on the machine should not count.
    """
    times, result = [], None
    for _ in range(repeats):
        began = time.process_time()
        result = task()
        times.append(time.process_time() - began)
    return statistics.median(times), result


def plain(case: Case) -> Case:
    """Give a case without what PyPSA cannot express: transit time, fleets, contracts, ramps, least outputs, store rates."""
    tables = {name: frame for name, frame in case.tables.items() if len(frame)}
    for name in ("fleets", "contracts", "controls", "claims", "options", "observations", "events"):
        tables.pop(name, None)
    blank: dict[str, dict[str, Any]] = {
        "links": {"transit_days": 0.0},
        "supplies": dict.fromkeys(
            ("min_output", "min_output_unit", "ramp_down", "ramp_up", "forced_cost", "forced_cost_unit"),
            np.nan,
        ),
        "stores": dict.fromkeys(("in_rate", "in_rate_unit", "out_rate", "out_rate_unit"), np.nan),
    }
    for name, values in blank.items():
        if name in tables:
            tables[name] = tables[name].assign(**values)
    markets = tables["markets"]
    hard = (markets["demand_kind"] == "fixed") & markets["unmet_price"].isna()
    markets.loc[hard, "unmet_price"], markets.loc[hard, "unmet_price_unit"] = 1000.0, "USD/t"
    settings = case.settings.model_dump()
    settings["time"]["boundary"] = "empty"
    settings["id"] += "-plain"
    assets = {row_id for name in tables for row_id in tables[name].get("id", [])}
    if "measures" in tables:
        tables["measures"] = tables["measures"][tables["measures"]["asset"].isin(assets)]
    return Case.from_tables(tables, **settings)


def straits_times(case: Case, repeats: int) -> dict[str, Any]:
    """Measure compiling a case and solving it cold.

    `arrays` is the part of `compile` that builds matrix, costs and bounds; the rest reads the tables and, where the axis
    begins and ends in a steady state, solves the network at rest.
    """
    compile_time, model = seconds(lambda: compile_case(case), max(5, repeats))
    boundary = model.formulation.boundary

    def build() -> None:
        formulation = Formulation(model.network, boundary)
        coefficients(formulation)
        formulation.costs()
        Limits(formulation).under(factors_of(model.network, model.effects))

    arrays_time, _ = seconds(build, max(5, repeats))
    solve_time, answer = seconds(lambda: Session(model).solve(), repeats)
    assert answer.status == "optimal", answer.status
    return {
        "model": model,
        "columns": model.matrix.shape[1],
        "rows": model.matrix.shape[0],
        "compile": compile_time,
        "arrays": arrays_time,
        "solve": solve_time,
        "value": -float(model.cost @ answer.x),
    }


def pypsa_times(model: Model) -> dict[str, float]:
    """Measure building the same network in PyPSA, and building and solving its model."""
    build, network = seconds(lambda: PypsaModel(model))
    solve, value = seconds(network.solve)
    return {"build": build, "solve": solve, "value": value}


def line(*cells: Any, widths: tuple[int, ...] = (22, 8, 8, 9, 8, 9, 8, 8, 8, 10, 8, 9)) -> None:
    shown = [f"{cell:.3f}" if isinstance(cell, float) else str(cell) for cell in cells]
    print("  ".join(cell.rjust(width) for cell, width in zip(shown, widths, strict=False)), flush=True)


HEAD = ("", "columns", "rows", "compile s", "of it", "cold", "compile/", "arrays/")
UNDER = ("", "", "", "", "arrays", "solve s", "solve", "solve")


def ours_cells(name: str, ours: dict[str, Any]) -> list[Any]:
    """Give the cells of a line that speak of straits."""
    compile_time, arrays, solve = ours["compile"], ours["arrays"], ours["solve"]
    shares = [f"{compile_time / solve:.1%}", f"{arrays / solve:.1%}"]
    return [name, ours["columns"], ours["rows"], compile_time, arrays, solve, *shares]


def compare(cases: Iterator[tuple[str, Case, int]]) -> bool:
    """Print one line per case; give whether all optima agree."""
    agree = True
    line(*HEAD, "PyPSA", "model and", "PyPSA/", "optimum,")
    line(*UNDER, "build s", "solve s", "straits", "rel. diff")
    for name, case, repeats in cases:
        ours = straits_times(case, repeats)
        cells = ours_cells(name, ours)
        if PypsaModel is not None:
            try:
                theirs = pypsa_times(ours["model"])
            except ValueError as error:
                line(*cells, f" {error}")
                continue
            ratio = (theirs["build"] + theirs["solve"]) / (ours["compile"] + ours["solve"])
            gap = abs(theirs["value"] - ours["value"]) / abs(ours["value"])
            agree &= gap <= SAME
            cells += [theirs["build"], theirs["solve"], f"{ratio:.1f}", f"{gap:.0e}"]
        line(*cells)
    return agree


def cases(quick: bool) -> Iterator[tuple[str, Case, int]]:
    yield "two-routes, plain", plain(straits.load_case("two-routes")), 5
    caspian = straits.load_case("caspian")
    yield "caspian", caspian, 3
    yield "caspian, plain", plain(caspian), 3
    yield "generated small", generate_case(**SIZES["small"]), 5
    if not quick:
        yield "generated medium", generate_case(**SIZES["medium"]), 1


def growth() -> None:
    """Print how times grow with links, and with steps, one at a time."""
    line(*HEAD)
    line(*UNDER)
    base = {"places": 40, "links": 80, "commodities": 4, "steps": 12, "step": "week"}
    sizes = [{**base, "places": 40 * k, "links": 80 * k} for k in (1, 2, 4, 8)]
    sizes += [{**base, "steps": 12 * k} for k in (2, 4, 8)]
    for size in sizes:
        ours = straits_times(generate_case(**size), 3)
        name = f"{size['links']} links, {size['steps']} steps"
        line(*ours_cells(name, ours))


def elapsed(command: list[str], repeats: int = 7) -> float:
    """Give the median time that a program takes from start to end."""
    times = []
    for _ in range(repeats):
        began = time.perf_counter()
        subprocess.run(command, check=True)
        times.append(time.perf_counter() - began)
    return statistics.median(times)


def command_line() -> None:
    """Print what importing straits and running the reference case take."""
    empty, loaded = (elapsed([sys.executable, "-c", code]) for code in ("pass", "import straits"))
    print(f"import straits: {loaded - empty:.3f} s beyond an empty interpreter ({empty:.3f} s)")
    with tempfile.TemporaryDirectory() as folder:
        program = Path(sys.executable).with_name("straits")
        # Through a fresh interpreter: a process begins its peak at the size of the one that starts it, and this one is large.
        code = (
            "import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL);"
            "used = resource.getrusage(resource.RUSAGE_CHILDREN); print(used.ru_utime + used.ru_stime, used.ru_maxrss)"
        )
        run = [sys.executable, "-c", code, program, "run", "caspian", "--out", Path(folder) / "study"]
        began = time.perf_counter()
        done = subprocess.run(run, check=True, capture_output=True, text=True)
        took = time.perf_counter() - began
    processor, size = (float(word) for word in done.stdout.split()[-2:])
    peak = size / (2**20 if sys.platform == "darwin" else 2**10)
    print(f"straits run caspian: {took:.1f} s, {processor:.1f} s of processors, peak memory {peak:.0f} MB")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="leave out the largest case")
    quick = parser.parse_args().quick
    logging.disable(logging.WARNING)
    warnings.simplefilter("ignore")
    if PypsaModel is None:
        print("PyPSA is not installed here: `make bench` installs it into an environment of its own\n")
    agree = compare(cases(quick))
    print()
    growth()
    print()
    command_line()
    if not agree:
        print(f"\nOptima differ by more than {SAME:g}.")
    return 0 if agree else 1


if __name__ == "__main__":
    sys.exit(main())
