"""Answer many variants of one model."""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from straits.engine.executors import ANSWERED, Executors, Job, Progress, check_workers, do_all, rows_of
from straits.engine.store import Store, StoreError
from straits.engine.variant import Variant, combine, key_of
from straits.engine.walk import Names, Result, tree_of, worth_alone
from straits.errors import ModelError, SolveError
from straits.lp import Status, solver_version
from straits.lp.patch import Patch
from straits.lp.session import Session
from straits.lp.tolerance import SAME
from straits.model import Model
from straits.results.brief import Brief

_log = logging.getLogger("straits.engine")

#: Variants in a piece of work: few enough to stop and resume soon, many enough that neighbours stay together.
_PIECE = 256
_FIRST_PIECE = 8


@dataclass(frozen=True, repr=False)
class Batch(Brief):
    """Answers of many variants.

    Attributes
    ----------
    table : DataFrame
        One row per variant in the order asked: variant, status (optimal, infeasible, or stopped: no answer that could be
        believed, all its numbers are nan), method (solved, skipped, stored),
        iterations, seconds, and a column per measure.
    stats : dict
        variants, solved, skipped, stored, seconds, checked (solved cold and compared), stored_checked and stored_unchecked (of
        the answers of the store, how many were solved again, and how many were not), largest_difference (relative), and
        the model's hash; repaired (answers that were believed only after a second look, see `straits.lp`) and
        failed (variants without an answer, and what was tried).
    """

    table: pd.DataFrame
    stats: dict[str, Any] = field(default_factory=dict)


def solve_many(
    model: Model,
    variants: Sequence[Variant],
    measures: Sequence[str] = ("lp_value",),
    *,
    workers: int = 1,
    executor: Executors | None = None,
    store: str | Path | None = None,
    progress: Progress | None = None,
    check: int = 3,
    skip: bool = True,
    alike: bool = False,
    rng: np.random.Generator | int = 0,
) -> Batch:
    """Answer many variants of one model.

    Parameters
    ----------
    model : Model
    variants : sequence of Variant
        Each starts from the variant that has all its parts but the last, if that is among them, else from the model as it
        is: variants that share beginnings are answered fastest.
    measures : sequence of str
        What is read off each answer; see `straits.engine.measures.Measures`.
    workers : int
        Processes, this one among them. The answers do not depend on it.
    executor : concurrent.futures.Executor or callable, optional
        Where to work instead of in processes of this machine: any executor, or what makes one, so that a broken one is replaced.
        loky has one, Dask (`client.get_executor()`), MPI (`mpi4py.futures`). It is left running.
    store : path or str, optional
        Folder in which answers are kept as they come (needs `straits[parquet]`), or an address of an object store such as
        `s3://bucket/answers` (needs `straits[objects]` too). Answers found there are not worked out again. Workers write there
        themselves if they see it, so that what they have answered outlives this process and its machine.
    progress : callable, optional
        Called with variants done, all variants and seconds left.
    check : int
        How many variants, drawn at random, are solved cold and compared with their answers, and how many of those from the
        store. 0 for none.
    skip : bool
        Whether variants may be left unsolved whose answer is proved: to be that of the one they start from, or that and what
        their other parts change alone. (Variants that change the same are answered once in any case.)
    alike : bool
        Whether many variants resemble one another without sharing parts, like drawn histories. They are then answered in the
        order of the names of their parts, each from whichever of the last answers says most about it.
    rng : Generator or int
        Draws the variants to be checked.

    Returns
    -------
    Batch

    Raises
    ------
    ModelError
        If two variants share an id, two different patches share a name, or a measure is unknown.
    SolveError
        If the solver fails, workers keep dying, or a check finds a difference.
    StoreError
        If answers cannot be written, or one of the store is not that of the model.
    """
    began = time.perf_counter()
    check_workers(workers, executor)
    measures = list(dict.fromkeys(measures))
    # The value is always read: the check compares it.
    read = tuple(dict.fromkeys([*measures, "lp_value"]))
    parts = _parts(variants)
    asked = [v.names for v in variants]
    keys = {names: key_of(model, parts, names) for names in asked}
    # Asked twice, answered once: two optima of one question could differ in their plans.
    first = {key: names for names, key in reversed(keys.items())}
    asked = list(first.values())[::-1]
    ordered, parents = tree_of(sorted(asked) if alike else asked)
    kept = Store(store, _meaning(model), read) if store is not None else None
    done = _stored(kept, {names: keys[names] for names in ordered})
    shared = kept.shared() if kept is not None else None
    job = Job(model, parts, read, parents, skip, worth_alone(asked, alike=alike), alike, shared)
    stored = len(done)
    # Closed at once when something breaks, so that workers stop and a cluster takes nothing more.
    left = [piece for piece in _pieces(ordered) if not done.keys() >= set(piece)]
    with closing(do_all(job, left, workers, executor)) as pieces:
        for piece in pieces:
            fresh = [r for r in piece.results if r.names not in done]
            if kept is not None and not piece.kept:
                kept.write(rows_of(fresh, keys))
            done |= {r.names: r for r in fresh}
            if progress is not None:
                pace = (time.perf_counter() - began) / max(len(done) - stored, 1)
                progress(len(done), len(ordered), pace * (len(ordered) - len(done)))
    checked, difference = _check(
        job,
        [n for n in ordered if done[n].method != "stored" and done[n].status in ANSWERED],
        done, check, rng,
    )  # fmt: skip
    # Drawn anew each time, so that nobody can know which answers of a store will be looked at.
    believed = [names for names in ordered if done[names].method == "stored"]
    again, apart = _check(job, believed, done, check, np.random.default_rng())
    results = [_of(v.names, done, first[keys[v.names]]) for v in variants]
    table = _table(variants, results, measures)
    methods = table["method"].value_counts()
    stats: dict[str, Any] = {
        "variants": len(variants),
        **{m: int(methods.get(m, 0)) for m in ("solved", "skipped", "stored")},
    }
    stats |= {"stored_checked": again, "stored_unchecked": len(believed) - again}
    stats |= {"checked": checked, "largest_difference": max(difference, apart)}
    stats["seconds"] = time.perf_counter() - began
    stats["repaired"] = sum(bool(r.tried) and r.status in ANSWERED for r in done.values())
    stats["failed"] = {
        v.id: r.tried or f"the solver ended {r.status}"
        for v, r in zip(variants, results, strict=True)
        if r.status not in ANSWERED
    }
    _log.info(
        "%d variants: %d solved, %d skipped, %d stored, %d repaired, %d failed", len(variants), stats["solved"],
        stats["skipped"], stats["stored"], stats["repaired"], len(stats["failed"]),
    )  # fmt: skip
    return Batch(table, stats | {"model_hash": model.hash, "solver": solver_version()})


def _parts(variants: Sequence[Variant]) -> dict[str, Patch]:
    seen: set[str] = set()
    parts: dict[str, Patch] = {}
    for variant in variants:
        if variant.id in seen:
            raise ModelError(f"two variants of a batch have the id {variant.id!r}")
        seen.add(variant.id)
        for part in variant.parts:
            known = parts.setdefault(part.name, part)
            if known is not part and known.key != part.key:
                raise ModelError(f"two different patches of a batch have the name {part.name!r}")
    return parts


def _meaning(model: Model) -> str:
    """Fingerprint of all that answers rest on: accounts and flows are read off a plan by its case, and one program can be
    that of several cases (another owner, another name)."""
    return hashlib.sha256(f"{model.hash} {model.case.hash}".encode()).hexdigest()


def _of(names: Names, done: dict[Names, Result], twin: Names) -> Result:
    """Give the result of a variant, which may be that of another that changes the same."""
    found = done[twin]
    if names == twin:
        return found
    return found._replace(
        names=names, method="stored" if found.method == "stored" else "skipped", iterations=0, seconds=0.0
    )


def _stored(store: Store | None, keys: dict[Names, str]) -> dict[Names, Result]:
    if store is None:
        return {}
    rows = store.read()
    return {
        names: Result(names, status, "stored", iterations, 0.0, values)
        for names, key in keys.items()
        if key in rows
        for status, iterations, values in [rows[key]]
    }


def _pieces(ordered: Sequence[Names]) -> list[Sequence[Names]]:
    """Cut the work into pieces. They depend on the question alone, and each is answered whole, so that neither workers nor a
    stop in between decide which variants are answered one after another. The first are small: what is left is soon known."""
    most = min(_PIECE, max(1, -(-len(ordered) // 20)))
    pieces, begin, size = [], 0, min(_FIRST_PIECE, most)
    while begin < len(ordered):
        pieces.append(ordered[begin : begin + size])
        begin, size = begin + size, min(2 * size, most)
    return pieces


def _check(
    job: Job, names: Sequence[Names], done: dict[Names, Result], count: int, rng: np.random.Generator | int
) -> tuple[int, float]:
    """Solve some variants cold and compare: every clever step above is held against none, and a store against the model."""
    if not names or count < 1:
        return 0, 0.0
    chosen = np.random.default_rng(rng).choice(len(names), min(count, len(names)), replace=False)
    session, worst = Session(job.model), 0.0
    value_at = job.measures.index("lp_value")
    for i in sorted(chosen.tolist()):
        result = done[names[i]]
        session.take(combine(job.model, [job.parts[n] for n in names[i]], "check") if names[i] else None)
        answer = session.run_cold(read=False)
        status, value, warm = answer.status, -answer.value / 1000.0, result.values[value_at]
        same = status == result.status
        apart = abs(warm - value) / max(1.0, abs(value)) if same and status == Status.OPTIMAL else 0.0
        if result.method == "stored" and (not same or apart > SAME):
            raise StoreError(
                f"variant {'+'.join(names[i]) or 'without changes'}: the store says {result.status}, {warm!r}, and solving it "
                f"says {status}, {value!r}. The store was changed or damaged, and nothing of it is used: name another folder, "
                "or remove it"
            )
        if not same:
            raise SolveError(
                f"variant {'+'.join(names[i])}: {result.status} when solved warm, {status} when solved cold"
            )
        if status == Status.OPTIMAL:
            worst = max(worst, apart)
            if apart > SAME:
                raise SolveError(
                    f"variant {'+'.join(names[i])} ({result.method}): value {warm!r}, but {value!r} when solved cold"
                )
    return len(chosen), worst


def _table(variants: Sequence[Variant], results: Sequence[Result], measures: Sequence[str]) -> pd.DataFrame:
    columns: dict[str, Any] = {
        "variant": [v.id for v in variants],
        "status": [r.status for r in results],
        "method": [r.method for r in results],
        "iterations": [r.iterations for r in results],
        "seconds": [r.seconds for r in results],
    }
    values = np.array([r.values[: len(measures)] for r in results], dtype=float).reshape(
        len(results), len(measures)
    )
    return pd.DataFrame(columns | {name: values[:, i] for i, name in enumerate(measures)})
