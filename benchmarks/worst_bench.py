"""The worst attack of 3 and 4 links, proved: straits beside warm brute force and one mixed-integer program, in one run.

    python benchmarks/worst_bench.py [--quick] [--parts beside weeks large] [--limit SECONDS]

Brute force is timed on a sample of attacks and multiplied by their number. The single program minimises the dual of the best
reply over closures and duals at once; products of the two are linearised with a bound on the duals (Wood 1993). Each case without
transit and with, in turns. Take the ratios, not the seconds. `large` answers budgets 3 to 6 on 160 two-way links, alone, and once
stopped early.
"""

from __future__ import annotations

import time
from math import comb
from typing import Any

import highspy
import numpy as np
from contingencies_bench import END, START
from generate import SIZES, both_ways
from measuring import Part, ask, each_transit, rounds, size_of, times
from scipy import sparse

from straits.case import Case
from straits.engine import Session, close, combine
from straits.lp import highs
from straits.lp.program import Arrays
from straits.model import Model, compile_case
from straits.worst.oracle import Oracle, bits
from straits.worst.search import Search


def brute(model: Model, patches: list, size: int, sample: int = 60) -> tuple[float, None]:
    """Seconds that warm brute force would take."""
    session, rng = Session(model), np.random.default_rng(0)
    session.run()
    basis = session.basis()
    began = time.process_time()
    for _ in range(sample):
        session.take(combine(model, [patches[i] for i in rng.choice(len(patches), size, replace=False)]))
        session.start_from(basis)
        session.run(read=False)
    return (time.process_time() - began) / sample * comb(len(patches), size), None


def dual_program(
    model: Model, patches: list, size: int, limit: float, most: float
) -> tuple[float, dict[str, Any]]:
    """Seconds, value and bound of the dualised mixed-integer program given to HiGHS.

    Attack z relaxes the term (upper bound) x (dual) of what it closes. With the best reply as max -cost x, rows A x in
    [l, u] and columns in [lo, up], its dual has prices for every finite side; of a side that attack z closes from u to u',
    the term is (u - (u - u') z) times its price, and the product p = z times price is at least price - M (1 - z). `most` is M
    over the largest cost: 2 is enough without transit; with it prices reach many times that, and too small an M gives another
    answer.
    """
    b, a = model.bounds, model.matrix.tocsc()
    big = float(np.abs(model.cost).max()) * most
    sides = []  # (kind, index, sign, limit)
    for kind, lower, upper in (("row", b.row_lower, b.row_upper), ("col", b.column_lower, b.column_upper)):
        sides += [(kind, i, 1.0, upper[i]) for i in np.flatnonzero(np.isfinite(upper))]
        sides += [(kind, i, -1.0, -lower[i]) for i in np.flatnonzero(np.isfinite(lower))]
    place = {(kind, i, sign): j for j, (kind, i, sign, _) in enumerate(sides)}
    m, n = a.shape
    rows = [i if kind == "row" else m + i for kind, i, _, _ in sides]
    signs = [sign for _, _, sign, _ in sides]
    pick = sparse.csc_matrix((signs, (rows, np.arange(len(sides)))), shape=(m + n, len(sides)))
    duals = sparse.vstack([a, sparse.identity(n)]).T @ pick  # = -cost
    cost = [limit_ for *_, limit_ in sides]
    relief, owner = [], []
    for k, p in enumerate(patches):
        for kind, at, new, old in (
            ("row", p.rows, p.row_upper, b.row_upper),
            ("col", p.columns, p.column_upper, b.column_upper),
        ):
            for i, value in zip(at, new, strict=True):
                relief.append((place[kind, int(i), 1.0], old[i] - value))
                owner.append(k)
    # Columns: prices, products, attacks. Minimise prices*limits - products*relief with product <= price, product <= M z.
    r, s, k = len(relief), len(sides), len(patches)
    one = sparse.identity(r, format="csc")
    price = sparse.csc_matrix((np.ones(r), (np.arange(r), [i for i, _ in relief])), shape=(r, s))
    attack = sparse.csc_matrix((np.full(r, big), (np.arange(r), owner)), shape=(r, k))
    matrix = sparse.bmat(
        [[duals, None, None], [-price, one, None], [None, one, -attack], [None, None, np.ones((1, k))]],
        format="csc",
    )
    solver = highs.new_solver()
    solver.setOptionValue("time_limit", limit)
    solver.setOptionValue("mip_rel_gap", 1e-6)
    highs.load(solver, Arrays(
        np.concatenate([cost, [-x for _, x in relief], np.zeros(k)]), matrix, np.zeros(s + r + k),
        np.concatenate([np.full(s, big), np.full(r, big), np.ones(k)]),
        np.concatenate([-model.cost, np.full(2 * r + 1, -np.inf)]), np.concatenate([-model.cost, np.zeros(2 * r), [size]]),
    ))  # fmt: skip
    whole = np.arange(s + r, s + r + k, dtype=np.int32)
    solver.changeColsIntegrality(k, whole, np.array([highspy.HighsVarType.kInteger] * k))
    began = time.process_time()
    solver.run()
    taken, info = time.process_time() - began, solver.getInfo()
    done = solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
    return taken, {
        "left": info.objective_function_value / 1000,
        "left_at_least": info.mip_dual_bound / 1000,
        "done": done,
    }


def ours(model: Model, patches: list, size: int, seconds: float = np.inf) -> tuple[float, dict[str, Any]]:
    """Seconds that the search takes, from loading the model on; what it finds."""
    began = time.process_time()
    search = Search(Oracle(model, patches, 1e-3), [1.0] * len(patches), seconds=seconds)
    found = search.worst(size)
    taken = time.process_time() - began
    loss, most = search.whole - found.value, search.whole - found.bound
    return taken, {
        "attack": [patches[i].name for i in bits(found.attack)], "loss": loss, "loss_at_most": most, "left": found.value,
        "proved": most == loss, "ties": len(found.ties), "solves": search.oracle.solves,
    }  # fmt: skip


def compare(
    part: Part, name: str, cases: dict[bool, Case], budgets: list[int], *, beside: bool, limit: float = np.inf
) -> None:
    """Add a line for each budget without transit and with; `limit` is that of the mixed-integer program."""
    models = {transit: compile_case(case) for transit, case in cases.items()}
    closed = {
        transit: [close(model, both, START, END) for both in both_ways(model.network.link_ids).values()]
        for transit, model in models.items()
    }
    for size in budgets:
        ways = {}
        for transit, model in models.items():
            patches = closed[transit]
            ways["straits", transit] = lambda m=model, p=patches, k=size: ours(m, p, k)
            if beside:
                ways["brute", transit] = lambda m=model, p=patches, k=size: brute(m, p, k)
                most = 200.0 if transit else 2.0
                ways["program", transit] = lambda m=model, p=patches, k=size, b=most: dual_program(
                    m, p, k, limit, b
                )
        taken, found = rounds(ways)
        for transit, model in models.items():
            mine, told = taken["straits", transit], found["straits", transit]
            more: dict[str, Any] = {}
            if beside:
                slow, program = taken["brute", transit], taken["program", transit]
                other = found["program", transit]
                more = {
                    "brute": slow, "program": program, "program_done": other["done"],
                    "ratio_brute": times(slow, mine), "ratio_program": times(program, mine),
                    "differs": abs(other["left"] - told["left"]) / abs(told["left"]),
                }  # fmt: skip
            part.line(
                case=name, transit=transit, **size_of(model), closures=size, attacks=comb(len(closed[transit]), size),
                **{key: told[key] for key in ("solves", "proved", "ties", "loss")}, straits=mine, **more,
            )  # fmt: skip


def stopped(part: Part, name: str, cases: dict[bool, Case], size: int, seconds: float) -> None:
    """Add a line for a search that is stopped early."""
    for transit, case in cases.items():
        model = compile_case(case)
        patches = [close(model, both, START, END) for both in both_ways(model.network.link_ids).values()]
        _, told = ours(model, patches, size, seconds)
        part.line(case=name, transit=transit, closures=size, stopped_after=seconds, **told)


def main() -> None:
    asked = ask(
        __doc__,
        ["beside", "weeks", "large"],
        quick=["beside"],
        limit=(300.0, "seconds for the mixed-integer program"),
    )
    for name in asked.parts:
        part = Part("worst", name, quick=asked.quick)
        if name == "beside":
            cases = each_transit(**SIZES["months"])
            budgets = [3] if asked.quick else [3, 4]
            compare(part, "generated, months", cases, budgets, beside=True, limit=asked.limit)
        elif name == "weeks":
            compare(part, "generated, weeks", each_transit(**SIZES["weeks"]), [3], beside=False)
        else:
            cases = each_transit(**SIZES["months"] | {"places": 80, "links": 160})
            compare(part, "generated, 160 links", cases, [3, 4, 5, 6], beside=False)
            stopped(part, "generated, 160 links", cases, 6, 1.0)
        part.write()


if __name__ == "__main__":
    main()
