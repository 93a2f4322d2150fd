"""What equally good plans leave open, and what bottlenecks are worth, against plainer ways, in one run. Take the ratios.

    python benchmarks/ranges_bench.py [--quick] [--parts caspian months weeks large]

Ranges: `straits.ranges`, which asks only what can move at all, against two warm solves of the whole program with its optimum
held for each number (a sample of flows, multiplied up). Worth of bottlenecks: exact, of all assets, against solving the whole
program again, warm, with each limit of those that are worth something a little wider and a little narrower, which is right only
up to the next kink. Answers of the sample are compared. Generated cases without transit and with. Processor time."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pandas as pd
from generate import SIZES, generate_case
from measuring import Part, ask, each_transit, rounds, size_of, timed, times

import straits
from straits.case import Case
from straits.engine import Session
from straits.lp import Status
from straits.lp.optimal_set import equally_good
from straits.model import Solution, compile_case
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


def plain_ranges(solution: Solution, found: pd.DataFrame) -> tuple[float, float]:
    """Give seconds of two solves for each number, and how far those of a sample are off what was found."""
    links = len(solution.network.link_ids)
    flows = found[found["measure"].str.startswith("flow:")].sample(min(SAMPLE, links), random_state=0)
    began, worst = time.process_time(), 0.0
    for row in flows.to_dict("records"):
        least, most = plain_range(solution, row["measure"].removeprefix("flow:"))
        for plain, ours in ((least, row["least"]), (most, row["most"])):
            worst = max(worst, abs(ours - plain) / (1.0 + abs(plain)))
    return (time.process_time() - began) / len(flows) * len(found), worst


def plain_worths(solution: Solution, values: pd.DataFrame) -> tuple[float, float]:
    """Give seconds of moving each limit a little, and how far those of a sample are off what was found."""
    drawn = values.sample(min(SAMPLE, len(values)), random_state=0)
    session = Session(solution.model)
    began, worst = time.process_time(), 0.0
    for row in drawn.to_dict("records"):
        worth = plain_worth(solution, session, row["kind"], row["asset"])
        worst = max(worst, abs(worth - row["worth"]) / (1.0 + abs(worth)))
    return (time.process_time() - began) / len(drawn) * len(values), worst


def optimum(case: Case) -> Solution:
    """Give the optimum of the linear program, whether or not cargo goes round in it.

    Of a plan of `solve` that was chosen so that none does, no one program has all equally good plans, and `ranges` refuses it.
    """
    model = compile_case(case)
    session = Session(model)
    answer = session.solve()
    return Solution(model, answer.x, answer.dual, answer.reduced_cost, answer.status, {}, session.basis())


def compare(part: Part, name: str, cases: dict[bool, Case]) -> None:
    """Add a line for a case without transit and with."""
    solutions = {transit: optimum(case) for transit, case in cases.items()}
    ways, found = {}, {}
    for transit, solution in solutions.items():
        found[transit] = straits.ranges(solution), bottleneck_values(solution)
        numbers, worths = found[transit]
        ways["ranges", transit] = timed(lambda s=solution: straits.ranges(s))
        ways["plain_ranges", transit] = lambda s=solution, n=numbers: plain_ranges(s, n)
        ways["worths", transit] = timed(lambda s=solution: bottleneck_values(s))
        ways["plain_worths", transit] = lambda s=solution, w=worths: plain_worths(s, w)
    taken, told = rounds(ways)
    for transit, solution in solutions.items():
        numbers, worths = found[transit]
        mine = {way: taken[way, transit] for way in ("ranges", "plain_ranges", "worths", "plain_worths")}
        part.line(
            case=name, transit=transit, **size_of(solution.model), numbers=len(numbers), open=int(numbers["open"].sum()),
            bottlenecks=len(worths), **mine, ratio=times(mine["plain_ranges"], mine["ranges"]),
            ratio_worths=times(mine["plain_worths"], mine["worths"]), differs=told["plain_ranges", transit],
            differs_worths=told["plain_worths", transit],
        )  # fmt: skip


def main() -> None:
    """Run the benchmark."""
    asked = ask(__doc__, ["caspian", "months", "weeks", "large"], quick=["caspian", "months"])
    for name in asked.parts:
        part = Part("ranges", name, quick=asked.quick)
        if name == "caspian":
            compare(part, "caspian", {False: straits.load_case("caspian")})
        elif name == "large":
            size = {"places": 100, "links": 260, "commodities": 4, "steps": 52, "step": "week"}
            compare(part, "generated, 260 links, 52 weeks", {False: generate_case(**size)})
        else:
            compare(part, f"generated, {name}", each_transit(**SIZES[name]))
        part.write()


if __name__ == "__main__":
    main()
