"""Single failures over three months, each answered again: straits beside cold solves, linopy and PyPSA, in one run.

    python benchmarks/contingencies_bench.py [--quick] [--parts months weeks middle two_workers medium large accounts]

Each case without transit and with, in turns. Take the ratios, not the seconds. Processor time, because each runs on one thread
and other work on the machine should not count; two workers are measured by the clock.
"""

from __future__ import annotations

import datetime as dt
import importlib.util
import resource
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from generate import SIZES, both_ways, generate_case
from measuring import Part, ask, each_transit, forget, rounds, seconds, size_of, spread

from straits.case import Case
from straits.engine import Batch, Session, Variant, close, solve_many
from straits.engine.walk import Walker
from straits.model import Model, compile_case

#: Title of each part.
TITLE = {
    "months": "generated, months",
    "two_workers": "generated, months",
    "weeks": "generated, weeks",
    "middle": "generated, 260 links, 26 weeks",
    "medium": "generated, 800 links, 52 weeks",
    "large": "generated, 3,000 links, 52 weeks",
    "accounts": "generated, 3,000 links, 52 weeks, with the accounts of all actors",
}
START, END = dt.date(2022, 4, 1), dt.date(2022, 7, 1)


def sweep(model: Model, links: list[list[str]], *, skip: bool) -> tuple[float, Batch]:
    """Seconds of loading, the first solve, all failures and reading; the answers of the failures."""
    began = time.process_time()
    variants = [Variant("+".join(a), (close(model, a, START, END),)) for a in links]
    batch = solve_many(model, [Variant("none"), *variants], ["lp_value"], check=0, skip=skip)
    taken = time.process_time() - began
    return taken, Batch(batch.table.iloc[1:], batch.stats | {"solved": batch.stats["solved"] - 1})


def cold(model: Model, links: list[list[str]]) -> tuple[float, list[float]]:
    """Mean seconds of passing the changed model to HiGHS and solving it from nothing; values."""
    times, values = [], []
    for a in links:
        patch = close(model, a, START, END)
        forget()
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


def some(links: list[list[str]], count: int) -> tuple[list[int], list[list[str]]]:
    """Give so many of the failures, evenly chosen."""
    chosen = [int(i) for i in np.linspace(0, len(links) - 1, min(count, len(links)))]
    return chosen, [links[i] for i in chosen]


def compare(
    part: Part, name: str, cases: dict[bool, Case], *, failures: int, sample: int, beside: bool
) -> None:
    """Add a line for a case without transit and with: all times are of one failure, but for `first`, which comes once.

    Slow ways are measured on a sample of failures, PyPSA on four.
    """
    models = {transit: compile_case(case) for transit, case in cases.items()}
    all_links = {
        t: some(list(both_ways(m.network.link_ids).values()), failures)[1] for t, m in models.items()
    }
    ways: dict[tuple[str, bool], Callable[[], tuple[float, Any]]] = {}
    others: dict[str, list[int]] = {}
    for transit, model in models.items():
        links = all_links[transit]
        ways["first", transit] = lambda m=model: seconds(lambda: sweep(m, [], skip=True))
        ways["sweep", transit] = lambda m=model, a=links: sweep(m, a, skip=True)
        if beside:
            ways["all_solved", transit] = lambda m=model, a=links: sweep(m, a, skip=False)
        others["cold"], chosen = some(links, sample)
        ways["cold", transit] = lambda m=model, a=chosen: cold(m, a)
        if beside and importlib.util.find_spec("pypsa") is not None:
            for way, count, run in (("linopy", sample, linopy_persistent), ("pypsa", 4, pypsa)):
                others[way], chosen = some(links, count)
                ways[way, transit] = lambda run=run, m=model, a=chosen: run(m, a)
    taken, found = rounds(ways)
    for transit, model in models.items():
        count, batch = len(all_links[transit]), found["sweep", transit]
        values, first = batch.table["lp_value"].to_numpy(), taken["first", transit]
        mine = {
            way: each(taken[way, transit], first["median"], count)
            for way in ("sweep", "all_solved")
            if (way, transit) in ways
        }
        whole = each(taken["sweep", transit], 0.0, count)["median"]
        beside_it = {way: taken[way, transit] for way in others}
        gaps = [
            abs(v - values[i]) / abs(values[i])
            for way, chosen in others.items()
            for v, i in zip(found[way, transit], chosen, strict=True)
        ]
        part.line(
            case=name, transit=transit, **size_of(model), failures=count, solved=batch.stats["solved"],
            proved=batch.stats["skipped"], first=first, **mine, **beside_it,
            ratios={way: times["median"] / mine["sweep"]["median"] for way, times in beside_it.items()},
            ratios_with_first={way: times["median"] / whole for way, times in beside_it.items()}, differs=max(gaps),
        )  # fmt: skip


def each(times: dict[str, Any], first: float, count: int) -> dict[str, Any]:
    """Give times of one failure, the first solve left out."""
    return {key: value if key == "repeats" else (value - first) / count for key, value in times.items()}


def two_workers(part: Part, name: str, model: Model) -> None:
    """Time a sweep of pairs by the clock, with one process and with two."""
    parts = [close(model, a, START, END) for a in both_ways(model.network.link_ids).values()]
    variants = [Variant(p.name, (p,)) for p in parts]
    variants += [Variant(f"{a.name}+{b.name}", (a, b)) for i, a in enumerate(parts) for b in parts[i + 1 :]]

    def run(workers: int) -> tuple[float, Any]:
        began = time.perf_counter()
        found = solve_many(model, variants, ["value"], workers=workers, check=0, skip=False)
        return time.perf_counter() - began, found

    taken, _ = rounds({"one": lambda: run(1), "two": lambda: run(2)})
    part.line(
        case=name, variants=len(variants), **size_of(model), **taken,
        ratio=taken["one"]["median"] / taken["two"]["median"],
    )  # fmt: skip


def one_by_one(part: Part, name: str, model: Model, *, failures: int, accounts: bool) -> None:
    """Time each failure of a sample, evenly chosen, after one first solve, which takes long; add what all would take."""
    links = list(both_ways(model.network.link_ids).values())
    chosen = some(links, failures)[1]
    parts = {p.name: p for p in (close(model, a, START, END) for a in chosen)}
    actors = [f"account:{actor}" for actor in model.case.rows("actors")] if accounts else []
    began = time.process_time()
    walker = Walker(model, parts, ["lp_value", *actors])
    first = time.process_time() - began
    taken: dict[str, list[float]] = {"solved": [], "skipped": []}
    answers = walker.run([(key,) for key in parts], {(key,): () for key in parts})
    began = time.process_time()
    for result in answers:
        taken[result.method].append(time.process_time() - began)
        began = time.process_time()
    each = np.array([*taken["solved"], *taken["skipped"]])
    part.line(
        case=name, **size_of(model), failures=len(each), solved=len(taken["solved"]), first=first,
        **{f"each_{way}": spread(times) for way, times in taken.items() if times}, mean_solved=float(np.mean(taken["solved"])),
        mean=float(each.mean()), all=float(each.mean()) * len(links),
        all_error=float(each.std(ddof=1) / np.sqrt(len(each))) * len(links),
    )  # fmt: skip


def main() -> None:
    asked = ask(
        __doc__,
        ["months", "weeks", "middle", "two_workers", "medium", "large", "accounts"],
        default=["months", "weeks", "middle", "two_workers"],
        quick=["months"],
        failures=(80, "failures, evenly chosen from all"),
        sample=(20, "failures solved by the slow ways; one in the larger cases"),
    )
    sample = 5 if asked.quick else asked.sample
    for name in asked.parts:
        part = Part("contingencies", name, quick=asked.quick)
        if name in ("large", "accounts"):
            model, accounts = compile_case(generate_case(**SIZES["large"])), name == "accounts"
            one_by_one(part, TITLE[name], model, failures=asked.failures, accounts=accounts)
            part.write(peak_gb=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20)
            continue
        cases = (
            each_transit(**SIZES["months" if name == "two_workers" else name])
            if name != "medium"
            else {False: generate_case(**SIZES[name])}
        )
        if name == "two_workers":
            two_workers(part, TITLE[name], compile_case(cases[False]))
        else:
            beside = name == "months"
            compare(
                part,
                TITLE[name],
                cases,
                failures=asked.failures,
                sample=sample if beside else 1,
                beside=beside,
            )
        part.write(peak_gb=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20)


if __name__ == "__main__":
    main()
