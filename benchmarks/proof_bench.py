"""What share of a batch goes into working out every answer of the solver again before it is believed.

    python benchmarks/proof_bench.py [--quick] [--parts batches]

Counted is what would not be done if answers were believed: the check, and the products of those answers that nobody reads.
Processor time, the median of some rounds. The named alternative is the same batch without that time.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from generate import SIZES
from measuring import Part, ask, each_transit, rounds, size_of, spread

import straits
from straits.contingency import ensemble, sweep
from straits.lp.solver import door
from straits.model import compile_case
from straits.worst import worst


class Clock:
    """Time spent below `straits.lp.solver.door` on checks and on products, and answers that were read."""

    def __init__(self) -> None:
        self.check = self.products = self.taken = 0.0
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


def batches(quick: bool) -> dict[tuple[str, str, bool], tuple[straits.Case, Callable[[], object]]]:
    """Give batches of many short solves, where the check weighs most: by their name, case and whether it has transit."""
    case, draws = straits.load_case("caspian"), 60 if quick else 300
    found: dict[tuple[str, str, bool], tuple[straits.Case, Callable[[], object]]] = {
        (f"{draws} drawn histories", "caspian", False): (case, lambda: ensemble(case, draws=draws, check=0)),
        ("single failures of links", "caspian", False): (case, lambda: sweep(case, check=0)),
        ("worst, two closures by RUS", "caspian", False): (
            case,
            lambda: worst(case, attacker="RUS", budget=2),
        ),
    }
    for transit, made in each_transit(**SIZES["months"]).items():
        key = ("single failures of links", "generated, months", transit)
        found[key] = made, lambda made=made: sweep(made, window="2022-04-01:91d", check=0)
    return found


def main() -> None:
    asked = ask(__doc__, ["batches"])
    plain = {name: getattr(door, name) for name in ("flaw_of_optimum", "products_of") if hasattr(door, name)}
    read, part = door.Solver.read, Part("proof", "batches", quick=asked.quick)

    def watched(batch: Callable[[], object]) -> tuple[float, Clock]:
        """Run a batch with its checks timed."""
        clock = Clock()
        for name, of in plain.items():
            setattr(door, name, clock.timed(of, "check" if name == "flaw_of_optimum" else "products"))
        door.Solver.read = clock.counted(read)  # type: ignore[method-assign]
        began = time.process_time()
        batch()
        clock.taken = time.process_time() - began
        clocks.append((batch, clock))
        return clock.taken, clock

    clocks: list[tuple[Any, Clock]] = []
    asked_of = batches(asked.quick)
    taken, _ = rounds({key: lambda batch=batch: watched(batch) for key, (_, batch) in asked_of.items()})
    for (title, name, transit), (case, batch) in asked_of.items():
        mine = [clock for of, clock in clocks if of is batch]
        part.line(
            batch=title, case=name, transit=transit, **size_of(compile_case(case)), answers=mine[-1].checks,
            seconds=taken[title, name, transit], each=spread(c.extra() / max(c.checks, 1) for c in mine),
            share=spread(c.extra() / (c.taken - c.extra()) for c in mine),
        )  # fmt: skip
    part.write()


if __name__ == "__main__":
    main()
