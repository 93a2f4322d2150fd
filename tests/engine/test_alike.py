"""Variants that resemble one another without sharing parts: each starts from whichever earlier answer says most about it."""

from __future__ import annotations

import numpy as np
import pytest

from small import build, days, link, market, places, store, supply
from straits.engine import Variant, close, solve_many
from straits.model import compile_case


@pytest.fixture
def many():
    """A model with storage and ties, and 400 variants of one or two closures of some days each."""
    ways = [link(f"way{i}", "A", "B", capacity=3, cost=10 + i // 2) for i in range(4)]
    tables = {
        "places": places("A", "B", "C", B="BBB"),
        "links": [*ways, link("on", "B", "C", cost=1)],
        "supplies": [supply("field", "A", 9, cost=50)],
        "stores": [store("tank", "A", 12)],
        "markets": [market("buyer", "C", 200), market("near", "B", 90)],
    }
    model = compile_case(build(tables, time=days(14)))
    rng = np.random.default_rng(3)
    first = model.case.settings.time.start

    def closure(i):
        begin, length = int(rng.integers(0, 12)), int(rng.integers(1, 4))
        day = np.datetime64(first) + begin
        asset = str(rng.choice(["way0", "way1", "way2", "on"]))
        return close(model, asset, day.astype(object), (day + length).astype(object), name=f"{i:03}")

    parts = [closure(i) for i in range(400)]
    variants = [Variant(p.name, (p,)) for p in parts[:200]]
    return model, variants + [
        Variant(f"{p.name}+{q.name}", (p, q)) for p, q in zip(parts[:200], parts[200:], strict=True)
    ]


def test_answers_are_those_of_cold_solves(many):
    """Proves: of 400 closures, each value is that of a cold solve, with skipping or without.
    Without it: the smaller program, or a start from a stranger's basis, could change an answer.
    """
    model, variants = many
    for skip in (True, False):
        batch = solve_many(model, variants, ["lp_value"], alike=True, skip=skip, check=len(variants))
        assert batch.stats["checked"] > 250  # of 400, some change the same and are answered once
        assert batch.stats["largest_difference"] < 1e-9


def test_answers_do_not_hang_on_workers_or_stores(many, tmp_path):
    """Proves: values and flows are the same, to the last digit, from one process, from two, and when a stopped run goes on.
    Without it: which of equal plans is found could depend on who answers what.
    """
    model, variants = many
    ask = {"measures": ["value", "flow:way0", "flow:way3"], "alike": True, "check": 0}
    once = solve_many(model, variants, **ask).table[ask["measures"]]
    twice = solve_many(model, variants, workers=2, **ask).table[ask["measures"]]
    assert np.array_equal(once, twice)

    class Stop(Exception):
        pass

    def stop(done, *_):
        if done > 250:
            raise Stop

    with pytest.raises(Stop):
        solve_many(model, variants, store=tmp_path, progress=stop, **ask)
    resumed = solve_many(model, variants, store=tmp_path, **ask)
    assert resumed.stats["stored"] > 0
    assert np.array_equal(once, resumed.table[ask["measures"]])


def test_infeasible_variants_are_found(many):
    """Proves: a promise without a price that a closure breaks is infeasible, and no other variant is.
    Without it: the smaller program could be infeasible where the whole is not, or hide that it is.
    """
    model, variants = many
    rows = {name: frame for name, frame in model.case.tables.items() if len(frame)}
    rows["markets"] = [market("buyer", "C", 200, demand=2, demand_kind="fixed"), market("near", "B", 90)]
    case = type(model.case).from_tables(rows, **model.case.settings.model_dump())
    hard = compile_case(case)
    again = [
        Variant(
            v.id, tuple(close(hard, e.asset, e.start, e.end, name=p.name) for p in v.parts for e in p.made_of)
        )
        for v in variants
    ]
    batch = solve_many(hard, again, ["lp_value"], alike=True, check=len(again))
    broken = {v.id for v in again if any(e.asset == "on" for p in v.parts for e in p.made_of)}
    assert set(batch.table.query("status == 'infeasible'")["variant"]) == broken
