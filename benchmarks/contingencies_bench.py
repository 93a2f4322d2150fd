"""Single failures over three months, each answered again: straits beside cold solves, linopy and PyPSA, in one run.

    python benchmarks/contingencies_bench.py [--medium] [--sample N]

Take the ratios, not the seconds. Processor time, because each runs on one thread and other work on the machine should not
count; two workers are measured by the clock.
"""

from __future__ import annotations

import argparse
import datetime as dt
import importlib.util
import logging
import resource
import time
import warnings

import numpy as np
from generate import SIZES, both_ways, generate_case

from straits.engine import Batch, Session, Variant, close, solve_many
from straits.model import Model, compile_case

START, END = dt.date(2022, 4, 1), dt.date(2022, 7, 1)


def straits_sweep(model: Model, links: list[list[str]], *, skip: bool) -> tuple[float, np.ndarray, dict]:
    """Seconds for each failure, loading, the first solve and reading included; values; statistics."""
    began = time.process_time()
    variants = [Variant("+".join(a), (close(model, a, START, END),)) for a in links]
    batch = solve_many(model, [Variant("none"), *variants], ["lp_value"], check=0, skip=skip)
    batch = Batch(batch.table.iloc[1:], batch.stats | {"solved": batch.stats["solved"] - 1})
    return (time.process_time() - began) / max(len(links), 1), batch.table["lp_value"].to_numpy(), batch.stats


def cold(model: Model, links: list[list[str]]) -> tuple[float, list[float]]:
    """Mean seconds of passing the changed model to HiGHS and solving it from nothing; values."""
    times, values = [], []
    for a in links:
        patch = close(model, a, START, END)
        began = time.process_time()
        session = Session(model)
        session.take(patch)
        values.append(-session.run_cold().value / 1000)
        times.append(time.process_time() - began)
    return float(np.mean(times)), values


def pypsa(model: Model, links: list[list[str]]) -> tuple[float, list[float]]:
    """Mean seconds of `n.optimize()` with a link closed, on one network; values."""
    from in_pypsa import PypsaModel  # here, because worker processes read this file too

    theirs = PypsaModel(model)
    network, n = theirs.network, model.network
    whole = network.dynamic("Link").p_max_pu.copy()
    months = [t for t, d in enumerate(n.steps.dates) if START <= d < END]
    times, values = [], []
    for a in links:
        changed = whole.copy()
        for name in names_of(network, n, a):
            if name not in changed:
                changed[name] = 1.0
            changed.loc[network.snapshots[months], name] = 0.0
        network.dynamic("Link").p_max_pu = changed
        began = time.process_time()
        values.append(theirs.optimize() / 1000)
        times.append(time.process_time() - began)
    network.dynamic("Link").p_max_pu = whole
    return float(np.mean(times)), values


def names_of(network, n, links: list[str]) -> list[str]:
    """Names that the pairs of links have in the PyPSA network."""
    pairs = np.flatnonzero(np.isin(n.pair_link, [n.link_ids.index(a) for a in links]))
    names = network.components["Link"].static.index[: len(n.pair_link)]
    return [names[p] for p in pairs]


def linopy_persistent(model: Model, links: list[list[str]]) -> tuple[float, list[float]]:
    """Mean seconds of linopy's persistent solver, told of the changed limits, solving again; values."""
    from in_pypsa import SOLVER, PypsaModel
    from linopy import solvers

    theirs = PypsaModel(model)
    network, n = theirs.network, model.network
    built = network.optimize.create_model(include_objective_constant=False)
    theirs.shared_limits(network, network.snapshots)
    solver = solvers.Highs.from_model(built, io_api="direct", options=dict(SOLVER), track_updates=True)
    solver.solve()
    rows = built.constraints["Link-fix-p-upper"]
    months = [t for t, d in enumerate(n.steps.dates) if START <= d < END]
    whole = rows.rhs.copy()
    times, values = [], []
    for a in links:
        changed = whole.copy()
        for name in names_of(network, n, a):
            changed.loc[{"name": name, "snapshot": network.snapshots[months]}] = 0.0
        began = time.process_time()
        rows.rhs = changed
        solver.update(built)
        result = solver.solve()
        times.append(time.process_time() - began)
        values.append(-(float(result.solution.objective) + theirs.constant) / 1000)
    return float(np.mean(times)), values


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument(
        "--medium", action="store_true", help="300 places, 800 links, 6 commodities, 52 weeks"
    )
    arguments.add_argument("--sample", type=int, default=20, help="failures solved by the slow ways")
    arguments.add_argument(
        "--some",
        type=int,
        help="only so many failures, evenly chosen from all",
    )

    asked = arguments.parse_args()
    warnings.filterwarnings("ignore")
    logging.disable(logging.WARNING)
    model = compile_case(generate_case(**SIZES["medium" if asked.medium else "small"]))
    links = list(both_ways(model.network.link_ids).values())
    if asked.some:
        links = [links[int(i)] for i in np.linspace(0, len(links) - 1, asked.some)]
    rows, columns = model.matrix.shape
    print(f"{len(links)} single failures, {START} to {END}; {columns:,} columns, {rows:,} rows\n")
    first, *_ = straits_sweep(model, [], skip=True)
    print(f"loading and first solve  {first * 1e3:10.1f} ms, once")
    whole, values, stats = straits_sweep(model, links, skip=True)
    ours = whole - first / len(links)
    print(
        f"straits, per failure     {ours * 1e3:10.2f} ms each   ({stats['solved']} solved, {stats['skipped']} proved); "
        f"{whole * 1e3:.2f} ms with its part of the first solve"
    )

    def compare(label: str, chosen: list[int], seconds: float, found: list[float]) -> None:
        worst = max(abs(v - values[i]) / abs(values[i]) for v, i in zip(found, chosen, strict=True))
        print(
            f"{label:24} {seconds * 1e3:10.2f} ms each   {seconds / ours:8.1f} times "
            f"({seconds / whole:.1f} with the first solve); "
            f"values differ by {worst:.0e}"
        )

    def some(count: int) -> tuple[list[int], list[list[str]]]:
        chosen = [int(i) for i in np.linspace(0, len(links) - 1, min(count, len(links)))]
        return chosen, [links[i] for i in chosen]

    if not asked.medium:
        every, found, _ = straits_sweep(model, links, skip=False)
        compare("straits, all solved", list(range(len(links))), every - first / len(links), list(found))
    chosen, sample = some(asked.sample)
    compare("cold HiGHS", chosen, *cold(model, sample))
    known = importlib.util.find_spec("pypsa") is not None
    if known and not asked.medium:
        for label, count, way in (
            ("linopy, persistent", asked.sample, linopy_persistent),
            ("PyPSA, n.optimize()", 4, pypsa),
        ):
            chosen, sample = some(count)
            try:
                compare(label, chosen, *way(model, sample))
            except Exception as error:  # an interface that changed must not hide the other figures
                print(f"{label:24} not measured: {type(error).__name__}: {error}")
    elif not asked.medium:
        print(
            "PyPSA and linopy are not installed here: `make bench` installs them into an environment of its own"
        )
    if not asked.medium:
        two_workers(model)
    print(f"\npeak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.2f} GB")


def two_workers(model: Model) -> None:
    """Time a sweep of pairs by the clock, with one process and with two."""
    parts = [close(model, a, START, END) for a in both_ways(model.network.link_ids).values()]
    variants = [Variant(p.name, (p,)) for p in parts]
    variants += [Variant(f"{a.name}+{b.name}", (a, b)) for i, a in enumerate(parts) for b in parts[i + 1 :]]
    taken = {}
    for workers in (1, 2):
        began = time.perf_counter()
        solve_many(model, variants, ["value"], workers=workers, check=0, skip=False)
        taken[workers] = time.perf_counter() - began
    one, two = taken[1], taken[2]
    print(
        f"\n{len(variants)} variants, none skipped: one worker {one:.1f} s, two {two:.1f} s, {one / two:.2f} times"
    )


if __name__ == "__main__":
    main()
