"""What equally good plans leave open, and what bottlenecks are worth, against plainer ways, in one run. Take the ratios.

    python benchmarks/ranges_bench.py [--large]

Ranges: `straits.ranges`, which asks only what can move at all, against two warm solves of the whole program with its optimum
held for each number (a sample of flows, multiplied up). Worth of bottlenecks: exact, of all assets, against solving the whole
program again, warm, with each limit of those that are worth something a little wider and a little narrower, which is right only
up to the next kink. Answers of the sample are compared. Processor time."""

from __future__ import annotations

import argparse
import time
from dataclasses import replace

import numpy as np
from generate import generate_case

import straits
from straits.case import Case
from straits.engine import Session
from straits.lp import Status
from straits.lp.optimal_set import equally_good
from straits.model import Solution
from straits.stress.bottlenecks import bottleneck_values, limits_of

#: Numbers measured the plain way.
SAMPLE = 12
#: Part of a unit by which limits are moved.
LITTLE = 1e-4


def plain_range(solution: Solution, link: str) -> tuple[float, float]:
    """Solve the whole program twice with its optimum held."""
    model, n, f = solution.model, solution.network, solution.formulation
    face = equally_good(
        model.bounds, solution.x, model.matrix @ solution.x, solution.reduced_cost, solution.dual
    )
    weights = np.zeros(len(model.cost))
    weights[f.flow.slice] = np.repeat((n.pair_link == n.link_ids.index(link)).astype(float), n.T)
    session = Session(model)
    session.start_from(solution.basis)
    least, most = (sign * session.solve(face, sign * weights, read=False).value for sign in (1.0, -1.0))
    return least, most


def plain_worth(solution: Solution, session: Session, kind: str, asset: str) -> float:
    """Solve again with a little more of an asset, and with a little less."""
    b = solution.model.bounds
    rate = np.ones(solution.network.T) if kind == "store" else solution.network.steps.days
    columns, rows = limits_of(solution, kind, asset)
    found = []
    for sign in (1.0, -1.0):
        column_upper, row_upper = b.column_upper.copy(), b.row_upper.copy()
        column_upper[columns] += sign * LITTLE * np.tile(rate, len(columns) // len(rate))
        row_upper[rows] += sign * LITTLE * np.tile(rate, len(rows) // len(rate))
        session.start_from(solution.basis)
        moved = session.solve(replace(b, column_upper=column_upper, row_upper=row_upper), read=False)
        found.append(
            (-moved.value / 1000.0 - solution.lp_value) / LITTLE if moved.status == Status.OPTIMAL else np.nan
        )
    return found[0]


def compare(title: str, case: Case) -> None:
    """Print both comparisons for a case."""
    solution = straits.solve(case)
    began = time.process_time()
    found = straits.ranges(solution)
    took = time.process_time() - began
    flows = found[found["measure"].str.startswith("flow:")].sample(
        min(SAMPLE, len(solution.network.link_ids)), random_state=0
    )
    began, worst = time.process_time(), 0.0
    for row in flows.to_dict("records"):
        least, most = plain_range(solution, row["measure"].removeprefix("flow:"))
        worst = max(
            worst, *(abs(a - b) / (1.0 + abs(b)) for a, b in ((row["least"], least), (row["most"], most)))
        )
    plain = (time.process_time() - began) / len(flows) * len(found)
    print(
        f"{title:34} {len(solution.x):7} columns | ranges of {len(found):4} numbers, {int(found['open'].sum()):3} open: "
        f"{took:6.2f} s, plain {plain:7.1f} s, ratio {plain / took:6.1f}, largest difference {worst:.0e}",
        flush=True,
    )
    began = time.process_time()
    values = bottleneck_values(solution)
    took = time.process_time() - began
    drawn = values.sample(min(SAMPLE, len(values)), random_state=0)
    session = Session(solution.model)
    began, worst = time.process_time(), 0.0
    for row in drawn.to_dict("records"):
        worth = plain_worth(solution, session, row["kind"], row["asset"])
        worst = max(worst, abs(worth - row["worth"]) / (1.0 + abs(worth)))
    plain = (time.process_time() - began) / len(drawn) * len(values)
    print(
        f"{'':34} {'':15} | worth of {len(values):4} bottlenecks:          {took:6.2f} s, plain {plain:7.1f} s, "
        f"ratio {plain / took:6.1f}, largest difference {worst:.0e}",
        flush=True,
    )


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--large", action="store_true", help="the larger generated case too")
    chosen = parser.parse_args()
    compare("caspian", straits.load_case("caspian"))
    compare("generated, 40 places, 12 months", generate_case())
    if chosen.large:
        large = generate_case(places=100, links=260, commodities=4, steps=52, step="week")
        compare("generated, 100 places, 52 weeks", large)


if __name__ == "__main__":
    main()
