"""Drawn histories of the reference case: straits beside cold solves, and how the standard error falls, in one run.

    python benchmarks/ensemble_bench.py [--quick] [--draws N] [--sample N]

The hazards are invented here (every link of more than one cargo or of the sea stops now and then); only times are measured.
"""

from __future__ import annotations

import time

import numpy as np
from measuring import Part, ask, forget, rounds, size_of, times

import straits
from straits import Case
from straits.contingency import Ensemble, ensemble
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
    asked = ask(
        __doc__, ["caspian"], draws=(10_000, "histories"), sample=(30, "histories that are solved cold")
    )
    part = Part("ensemble", "caspian", quick=asked.quick)
    draws = 1_000 if asked.quick else asked.draws
    case = with_hazards(straits.load_case("caspian"))
    model, hazards = compile_case(case), read_hazards(case)
    histories = hazards.draw(np.random.default_rng(0), asked.sample)
    patches = [
        patch_of(model, "history", [e for event in h for e in hazards.effects(event)]) for h in histories
    ]

    def ours() -> tuple[float, Ensemble]:
        began = time.process_time()
        found = ensemble(case, draws=draws, contributions=False, check=0)
        return (time.process_time() - began) / draws, found

    def cold() -> tuple[float, None]:
        began = time.process_time()
        for patch in patches:
            forget()
            session = Session(model)
            session.take(patch)
            session.run_cold()
        return (time.process_time() - began) / len(patches), None

    taken, found = rounds({"straits": ours, "cold": cold})
    part.line(
        case="caspian", transit=False, **size_of(model), histories=draws, events=hazards.total,
        proved=found["straits"].stats["skipped"], **taken, ratio=times(taken["cold"], taken["straits"]),
    )  # fmt: skip
    part.write(convergence=found["straits"].convergence.to_dict("records"))


if __name__ == "__main__":
    main()
