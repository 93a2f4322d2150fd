"""Whether PyPSA, reading what `straits export --to pypsa` writes, finds the same optimum; and how far off it is where
something was left out. Needs PyPSA (`make bench` has it).

    python benchmarks/exported_to_pypsa.py [--quick] [--draws 30] [--json FILE]
"""

from __future__ import annotations

import argparse
import json
import logging
import re
import tempfile
import warnings
from pathlib import Path

import pypsa
from compile_and_solve import plain

import straits
from straits.cases import bundled
from straits.errors import StraitsError
from straits.export.pypsa import left_out, pypsa_files
from straits.testing.drawn import random_case


def in_pypsa(files: dict[str, bytes]) -> float:
    """Give the optimum that PyPSA finds in a folder, in the terms of straits: million currency."""
    with tempfile.TemporaryDirectory() as folder:
        for name, data in files.items():
            (Path(folder) / name).write_bytes(data)
        network = pypsa.Network()
        network.import_from_csv_folder(folder)
    network.optimize(
        solver_name="highs", solver_options={"output_flag": False}, include_objective_constant=False
    )
    found = re.search(r"objective \+ (\S+)\)", files["README.txt"].decode())
    assert found is not None
    return -(network.objective + float(found[1])) / 1000


def main() -> None:
    """Print a line for each bundled case, and one for all drawn ones."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--draws", type=int, default=30)
    parser.add_argument("--quick", action="store_true", help="five drawn cases")
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    draws = 5 if asked.quick else asked.draws
    rows = []
    for name in bundled():
        solution = straits.solve(straits.load_case(name))
        other = in_pypsa(pypsa_files(solution.model))
        left = [what for what, _, _ in left_out(solution.model)]
        off = abs(other - solution.lp_value) / max(abs(solution.lp_value), 1.0)
        rows.append(
            {"case": name, "straits": solution.lp_value, "pypsa": other, "differs": off, "left_out": left}
        )
        print(f"{name:16} optima differ by {off:.1e}; left out: {', '.join(left) or 'nothing'}", flush=True)
    worst, count, seed = 0.0, 0, 0
    while count < draws and seed < 20 * draws:  # drawn cases now have much that PyPSA's network cannot hold
        seed += 1
        try:
            solution = straits.solve(plain(random_case(seed)))
        except StraitsError:
            continue
        if left_out(solution.model):
            continue
        other = in_pypsa(pypsa_files(solution.model))
        worst = max(worst, abs(other - solution.lp_value) / max(abs(solution.lp_value), 1.0))
        count += 1
    print(f"{count} drawn cases, nothing left out: optima differ by at most {worst:.1e}")
    if asked.json:
        asked.json.write_text(
            json.dumps({"cases": rows, "drawn": count, "largest_difference": worst}, indent=1)
        )


if __name__ == "__main__":
    main()
