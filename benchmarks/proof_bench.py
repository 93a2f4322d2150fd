"""What share of a batch goes into working out every answer of the solver again before it is believed.

    python benchmarks/proof_bench.py [--rounds N] [--json FILE]

Counted is what would not be done if answers were believed: the check, and the products of those answers that nobody reads.
Processor time, the least share of some rounds. The named alternative is the same batch without that time.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import straits
from straits.contingency import ensemble, sweep
from straits.lp.solver import door
from straits.worst import worst


class Clock:
    """Time spent below `straits.lp.solver.door` on checks and on products, and answers that were read."""

    def __init__(self) -> None:
        self.check = self.products = 0.0
        self.checks = self.read = 0

    def timed(self, of: Callable[..., Any], name: str) -> Callable[..., Any]:
        """Give a function that notes how long it takes."""

        def run(*arguments: Any) -> Any:
            began = time.process_time()
            found = of(*arguments)
            setattr(self, name, getattr(self, name) + time.process_time() - began)
            self.checks += name == "check"
            return found

        return run

    def counted(self, read: Callable[..., Any]) -> Callable[..., Any]:
        """Give `Solver.read` that counts answers with vectors."""

        def run(*arguments: Any, **named: Any) -> Any:
            found = read(*arguments, **named)
            self.read += len(found.x) > 0
            return found

        return run

    def extra(self) -> float:
        """Seconds that believing would save."""
        return self.check + self.products * (1.0 - min(self.read / max(self.checks, 1), 1.0))


def batches() -> dict[str, Callable[[], object]]:
    """Give batches of many short solves, where the check weighs most."""
    case = straits.load_case("caspian")
    return {
        "ensemble, 300 drawn histories": lambda: ensemble(case, draws=300, check=0),
        "sweep, single failures of links": lambda: sweep(case, check=0),
        "worst, two closures by RUS": lambda: worst(case, attacker="RUS", budget=2),
    }


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--json", type=Path)
    asked = arguments.parse_args()
    plain = {name: getattr(door, name) for name in ("flaw_of_optimum", "products_of") if hasattr(door, name)}
    read, rows = door.Solver.read, []
    for title, batch in batches().items():
        best: dict[str, Any] = {}
        for _ in range(asked.rounds):
            clock = Clock()
            for name, of in plain.items():
                setattr(door, name, clock.timed(of, "check" if name == "flaw_of_optimum" else "products"))
            door.Solver.read = clock.counted(read)  # type: ignore[method-assign]
            began = time.process_time()
            batch()
            took = time.process_time() - began
            row = {
                "batch": title,
                "seconds": took,
                "checks": clock.checks,
                "milliseconds": 1e3 * clock.extra() / max(clock.checks, 1),
                "share": clock.extra() / (took - clock.extra()),
            }
            best = row if not best or row["share"] < best["share"] else best
        print(
            f"{title:34} {best['seconds']:7.2f} s, {best['checks']:5} answers: {best['milliseconds']:6.3f} ms each, "
            f"{best['share']:5.1%} more than without"
        )
        rows.append(best)
    if asked.json:
        asked.json.write_text(json.dumps(rows, indent=1))


if __name__ == "__main__":
    main()
