"""Drawn histories of the reference case: straits beside cold solves, and how the standard error falls, in one run.

    python benchmarks/ensemble_bench.py [--draws N] [--sample N]

The hazards are invented here (every link of more than one cargo or of the sea stops now and then); only times are measured.
"""

from __future__ import annotations

import argparse
import time

import numpy as np

import straits
from straits import Case
from straits.contingency import ensemble
from straits.contingency.hazards import read_hazards
from straits.engine import Session, patch_of
from straits.model import compile_case


def with_hazards(case: Case) -> Case:
    """Give the case with invented hazards: each link with a finite capacity stops once in fifty years, for ten days."""
    if len(case.rows("hazards")):
        return case
    rows = [
        {"id": f"h-{a}", "name": f"stop of {a}", "assets": a, "rate_per_year": 0.02, "duration_days": 10}
        for a, row in case.rows("links").items()
        if np.isfinite(row.capacity)
    ]
    tables = {name: frame for name, frame in case.tables.items() if len(frame)}
    return Case.from_tables(tables | {"hazards": rows}, **case.settings.model_dump())


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--draws", type=int, default=10_000)
    arguments.add_argument("--sample", type=int, default=30)
    asked = arguments.parse_args()
    case = with_hazards(straits.load_case("caspian"))
    model, hazards = compile_case(case), read_hazards(case)
    began = time.process_time()
    found = ensemble(case, draws=asked.draws, contributions=False, check=0)
    ours = (time.process_time() - began) / asked.draws
    times = []
    for history in hazards.draw(np.random.default_rng(0), asked.sample):
        patch = patch_of(model, "history", [e for event in history for e in hazards.effects(event)])
        began = time.process_time()
        session = Session(model)
        session.take(patch)
        session.run_cold()
        times.append(time.process_time() - began)
    cold = float(np.mean(times))
    print(
        f"{asked.draws} histories, {hazards.total:.1f} events expected in each; {len(model.cost):,} columns"
    )
    print(f"straits {ours * 1e3:8.2f} ms each ({found.stats['skipped']} proved without solving)")
    print(f"cold    {cold * 1e3:8.2f} ms each, {cold / ours:.1f} times\n")
    print(found.convergence.to_string(index=False))


if __name__ == "__main__":
    main()
