"""The worst attack of 3 and 4 links, proved: straits beside warm brute force and one mixed-integer program, in one run.

    python benchmarks/worst_bench.py [--limit SECONDS] [--budgets 3,4] [--large]

Brute force is timed on a sample of attacks and multiplied by their number. The single program minimises the dual of the best
reply over closures and duals at once; products of the two are linearised with a bound on the duals (Wood 1993). Take the
ratios, not the seconds. `--large` answers budgets 3 to 6 on 160 two-way links instead, alone, and once stopped early.
"""

from __future__ import annotations

import argparse
import time
from math import comb

import highspy
import numpy as np
from contingencies_bench import END, START
from generate import SIZES, both_ways, generate_case
from scipy import sparse

from straits.engine import Session, close, combine
from straits.lp import highs
from straits.lp.program import Arrays
from straits.model import Model, compile_case
from straits.worst.oracle import Oracle, bits
from straits.worst.search import Search


def brute(model: Model, patches: list, size: int, sample: int = 60) -> float:
    """Seconds that warm brute force would take."""
    session, rng = Session(model), np.random.default_rng(0)
    session.run()
    basis = session.basis()
    began = time.process_time()
    for _ in range(sample):
        session.take(combine(model, [patches[i] for i in rng.choice(len(patches), size, replace=False)]))
        session.start_from(basis)
        session.run(read=False)
    return (time.process_time() - began) / sample * comb(len(patches), size)


def dual_program(model: Model, patches: list, size: int, limit: float) -> tuple[float, float, float]:
    """Seconds, value and bound of the dualised mixed-integer program given to HiGHS.

    Attack z relaxes the term (upper bound) x (dual) of what it closes. With the best reply as max -cost x, rows A x in
    [l, u] and columns in [lo, up], its dual has prices for every finite side; of a side that attack z closes from u to u',
    the term is (u - (u - u') z) times its price, and the product p = z times price is at least price - M (1 - z).
    """
    b, a = model.bounds, model.matrix.tocsc()
    big = float(np.abs(model.cost).max()) * 2
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
    info = solver.getInfo()
    return time.process_time() - began, info.objective_function_value / 1000, info.mip_dual_bound / 1000


def ours(model: Model, patches: list, size: int, seconds: float = np.inf) -> float:
    """Seconds that the search takes, from loading the model on; prints what it finds."""
    began = time.process_time()
    search = Search(Oracle(model, patches, 1e-3), [1.0] * len(patches), seconds=seconds)
    found = search.worst(size)
    taken = time.process_time() - began
    names = ", ".join(patches[i].name for i in bits(found.attack))
    loss, most = search.whole - found.value, search.whole - found.bound
    proved = "proved" if most == loss else f"at most {most:,.1f}"
    print(
        f"\n{size} of {len(patches)} links: {names}; {loss:,.3f} of {search.whole:,.0f} lost, {proved}, {len(found.ties)} ties"
    )
    print(
        f"straits                     {taken:10.2f} s   {search.oracle.solves} solves of {comb(len(patches), size):,} attacks"
    )
    return taken


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--limit", type=float, default=300.0, help="seconds for the mixed-integer program")
    arguments.add_argument("--budgets", default="3,4")
    arguments.add_argument("--large", action="store_true", help="160 two-way links")
    asked = arguments.parse_args()
    more = {"places": 80, "links": 160} if asked.large else {}
    model = compile_case(generate_case(**SIZES["small"] | more))
    patches = [close(model, both, START, END) for both in both_ways(model.network.link_ids).values()]
    if asked.large:
        for size in (3, 4, 5, 6):
            ours(model, patches, size)
        ours(model, patches, 6, seconds=1.0)
        return
    for size in [int(text) for text in asked.budgets.split(",")]:
        mine = ours(model, patches, size)
        slow = brute(model, patches, size)
        print(f"warm brute force            {slow:10.2f} s   {slow / mine:8.1f} times   (from a sample)")
        taken, value, bound = dual_program(model, patches, size, asked.limit)
        done = "proved" if taken < asked.limit else f"stopped: best {value:,.3f}, bound {bound:,.3f}"
        print(
            f"one mixed-integer program   {taken:10.2f} s   {taken / mine:8.1f} times   {value:,.3f} left, {done}"
        )


if __name__ == "__main__":
    main()
