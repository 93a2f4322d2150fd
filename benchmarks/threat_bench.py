"""Time a threat against compiling and solving each node of its game, and a long horizon against a short one; prints ratios.

    python benchmarks/threat_bench.py [--json FILE]

Compared in one run, with the same case (caspian) and the act of `cpc-july-2022`:

- programs solved, and distinct states of the network, for 12 and 60 months with five packages;
- seconds for 60 months over seconds for 12 months;
- seconds for one answer over compiling and solving cold each state of the network that a node of the game over 60 months needs
  (each month of each package, with and without the act), estimated from eight of them.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import straits
from straits.case.schema.threats import Threat
from straits.engine import Session
from straits.model import solution
from straits.threat.network.packages import schedules
from straits.threat.network.states import States

PACKAGES = {
    "tankers": ["opt-ten-tankers"],
    "aktau": ["opt-ten-tankers", "opt-aktau"],
    "west": ["opt-ten-tankers", "opt-aktau", "opt-baku-supsa"],
    "east": ["opt-kenkiyak-atyrau", "opt-kenkiyak-kumkol"],
    "all-crude": ["opt-ten-tankers", "opt-aktau", "opt-baku-supsa", "opt-kenkiyak-atyrau", "opt-kenkiyak-kumkol"],
}  # fmt: skip


def seconds(function: Callable[[], Any]) -> tuple[float, Any]:
    """Return how much processor time a call took, and what it returned."""
    began = time.process_time()
    found = function()
    return time.process_time() - began, found


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", type=Path)
    to = parser.parse_args().json
    case = straits.load_case("caspian")
    row = case.threats["cpc-july-2022"].model_dump(exclude_unset=True)
    row["packages"] = [{"id": name, "options": options} for name, options in PACKAGES.items()]
    row["retreat_cost"] = 700
    asked = Threat.model_validate(row)
    straits.threat.threat(case, asked, horizon=1, packages=["tankers"])  # imports and caches
    found: dict[str, Any] = {}
    for horizon in (12, 60):
        took, answer = seconds(lambda h=horizon: straits.threat.threat(case, asked, horizon=h))
        found[f"seconds_{horizon}"] = took
        found[f"programs_{horizon}"] = answer.provenance["programs_solved"]
        found[f"game_states_{horizon}"] = answer.provenance["game_states"]
    plans = schedules(case, asked)
    distinct = {built for plan in plans for _, built in plan.built} | {()}
    nodes = 2 * (60 + sum(59 for _ in plans))
    states = States(case, asked)

    def cold(built: tuple[str, ...]) -> None:
        model = states.model(built)
        for bounds in (model.bounds, states.bounds(model)):
            session = Session(model)
            answer = session.solve(bounds)
            solution.Solution(model, answer.x, answer.dual, answer.reduced_cost, answer.status).accounts()

    sample = sorted(distinct)[:4]
    took, _ = seconds(lambda: [cold(built) for built in sample])
    each = took / (2 * len(sample))
    found |= {
        "distinct_states": 2 * len(distinct) + 1,
        "nodes_with_a_state": nodes,
        "seconds_cold_each": each,
        "ratio_60_to_12": found["seconds_60"] / found["seconds_12"],
        "ratio_cold_nodes": each * nodes / found["seconds_60"],
        "ratio_cold_states": each * (2 * len(distinct) + 1) / found["seconds_60"],
    }
    for name, value in found.items():
        print(f"{name:22} {value:,.2f}" if isinstance(value, float) else f"{name:22} {value:,}")
    if to is not None:
        to.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
