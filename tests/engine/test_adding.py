"""Answers that are added up instead of solved, and starts chosen among answers: the same values as solved from nothing."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

import straits
from small import build, days, link, market, places, supply
from straits.contingency import ensemble
from straits.engine import Session, Variant, change, close, patch_of, solve_many, walk
from straits.engine.walk import worth_alone
from straits.model import Effect, compile_case

DAY = [dt.date(2022, 1, d) for d in range(1, 9)]
#: Field A sells over a cheap and a dear way; field C has a market of its own.
APART = {
    "places": places("A", "B", "C", "D", C="CCC"),
    "links": [
        link("cheap", "A", "B", capacity=4, cost=10),
        link("dear", "A", "B", capacity=3, cost=40),
        link("far", "C", "D", capacity=5, cost=1),
    ],
    "supplies": [supply("field", "A", 6, cost=50), supply("other", "C", 5, cost=20)],
    "markets": [market("buyer", "B", 200), market("wide", "D", 100)],
}


def cold(model, variant):
    effects = [e for p in variant.parts for e in p.made_of]
    session = Session(model)
    session.take(patch_of(model, "all", effects))
    return -session.run_cold().value / 1000


@pytest.fixture(scope="module")
def model():
    return compile_case(build(APART, time=days(7)))


def test_closures_that_do_not_meet_are_added_up(model):
    """Proves: closures of unconnected links, or of one link on two days, are proved without a solve; those of a way and the way
    round it are solved, because together they cost more. All values are those of cold solves.
    Without it: the sum could be claimed where it does not hold, or never be used.
    """
    parts = {
        name: close(model, link_id, DAY[first], DAY[first + 1], name=name)
        for name, link_id, first in [("cheap1", "cheap", 1), ("cheap3", "cheap", 3), ("dear1", "dear", 1), ("far1", "far", 1)]
    }  # fmt: skip
    singles = [Variant(n, (p,)) for n, p in parts.items()]
    pairs = [Variant("+".join(ab), tuple(parts[n] for n in ab)) for ab in combinations(parts, 2)]
    batch = solve_many(model, [Variant("none"), *singles, *pairs], ["value", "flow:cheap"], check=0)
    table = batch.table.set_index("variant")
    for variant in (*singles, *pairs):
        assert table.loc[variant.id, "value"] == pytest.approx(cold(model, variant))
    method = table["method"].to_dict()
    assert method["cheap1+far1"] == method["cheap1+cheap3"] == method["dear1+far1"] == "skipped"
    assert method["cheap1+dear1"] == "solved"
    loss = table.loc["none", "value"] - table["value"]
    # Of 6 kt a day, 4 earn 140 and 2 earn 110 USD/t; closed together, both are lost; apart, some of one goes the other way.
    assert loss["cheap1+dear1"] == pytest.approx(0.78)
    assert loss["cheap1"] + loss["dear1"] == pytest.approx((0.78 - 0.33) + (0.78 - 0.56))
    assert table.loc["cheap1+cheap3", "flow:cheap"] == pytest.approx(4 * 5)


def test_detours_that_share_a_limit_are_not_added_up():
    """Proves: two goods of 3 kt a day have a way each, and one way round of 4 kt a day for both: closed alone, each goes round;
    closed together, 2 kt have no way, and the sum of the two is refused.
    Without it: each detour fits, so that only the limit they share says that both do not.
    """
    both = {"commodities": "oil|diesel"}
    tables = {
        "commodities": [{"id": "oil", "name": "oil", "unit": "kt"}, {"id": "diesel", "name": "diesel", "unit": "kt"}],
        "places": places("A", "B", B="BBB"),
        "links": [
            link("own-oil", "A", "B", cost=1),
            link("own-diesel", "A", "B", cost=1, commodities="diesel"),
            link("round", "A", "B", capacity=4, cost=2, **both),
        ],
        "supplies": [supply("field", "A", 3, cost=5), supply("plant", "A", 3, cost=5, commodity="diesel")],
        "markets": [market("buyer", "B", 100), market("pump", "B", 100, commodity="diesel")],
    }  # fmt: skip
    model = compile_case(build(tables, time=days(1)))
    parts = [close(model, a, DAY[0], DAY[1]) for a in ("own-oil", "own-diesel")]
    variants = [*(Variant(p.name, (p,)) for p in parts), Variant("both", tuple(parts))]
    table = solve_many(model, variants, ["value"], check=0).table.set_index("variant")
    assert table.loc["both", "method"] == "solved"
    assert table["value"].tolist() == pytest.approx([0.561, 0.561, 4 * 0.093])


@pytest.mark.parametrize("seed", range(4))
def test_random_closures_are_those_of_cold_solves(seed):
    """Proves: with random closures over random days, up to four at once, every answer of a batch, added or solved, started from
    its parent or from a like one, has the value of a cold solve.
    """
    case = straits.load_case("two-routes")
    model = compile_case(case)
    rng = np.random.default_rng(seed)
    axis = case.settings.time
    length = (axis.end - axis.start).days
    assets = list(case.rows("links"))

    def part(i):
        first = int(rng.integers(0, length - 1))
        start = axis.start + dt.timedelta(days=first)
        end = start + dt.timedelta(days=int(rng.integers(1, 40)))
        asset = str(rng.choice(assets))
        factor = (
            float(rng.choice([0.0, 0.0, 0.5])) if np.isfinite(case.rows("links")[asset].capacity) else 0.0
        )
        return patch_of(model, f"p{i:02}", [Effect(asset, factor, start, end, known=start, expected_end=end)])

    parts = [part(i) for i in range(12)]
    chosen = {tuple(sorted(rng.choice(12, rng.integers(1, 5), replace=False).tolist())) for _ in range(60)}
    variants = [Variant("+".join(map(str, c)), tuple(parts[i] for i in c)) for c in chosen]
    for alike in (False, True):
        table = solve_many(model, variants, ["lp_value"], alike=alike, check=0).table
        for variant, value in zip(variants, table["lp_value"], strict=True):
            assert value == pytest.approx(cold(model, variant), rel=1e-9)


def test_like_variants_do_not_depend_on_workers_order_or_a_stop(tmp_path):
    """Proves: drawn histories give the same table, flows included, with two workers, in another order, and after a stop.
    Without it: a start chosen among earlier answers would let the order of work decide between equally good plans.
    """
    case = straits.load_case("two-routes")
    model = compile_case(case)
    axis, rng = case.settings.time, np.random.default_rng(0)
    assets = list(case.rows("links"))

    def part(i):
        start = axis.start + dt.timedelta(days=int(rng.integers(0, 60)))
        return close(model, str(rng.choice(assets)), start, start + dt.timedelta(days=20), name=f"p{i:02}")

    variants = [Variant(f"v{i}", (part(2 * i), part(2 * i + 1))) for i in range(40)]
    measures = ["value", *(f"flow:{a}" for a in assets)]
    whole = solve_many(model, variants, measures, alike=True, check=0).table.set_index("variant")[measures]

    def compare(table):
        found = table.set_index("variant").loc[whole.index, measures]
        np.testing.assert_allclose(found, whole, rtol=1e-9, atol=1e-9)

    compare(solve_many(model, variants, measures, alike=True, check=0, workers=2).table)
    compare(solve_many(model, variants[::-1], measures, alike=True, check=0).table)

    class Stop(Exception):
        pass

    def stop(done, *_):
        if done > 15:
            raise Stop

    with pytest.raises(Stop):
        solve_many(model, variants, measures, alike=True, check=0, store=tmp_path, progress=stop)
    resumed = solve_many(model, variants, measures, alike=True, check=0, store=tmp_path)
    assert 0 < resumed.stats["stored"] < len(variants)
    compare(resumed.table)


def test_cuts_that_meet_in_a_ramp_that_neither_touches():
    """Proves: two cuts to six tenths of a field whose output may halve in a day leave its ramp alone, both at once do not; and
    variants like this are answered in order of likeness too.
    Without it: a bound that only patches together change has no place among those that are compared."""
    field = supply("field", "A", 6, cost=50, ramp_down=0.5, forced_cost=40.0)
    model = compile_case(build(APART | {"supplies": [field]}, time=days(6)))
    cuts = [
        patch_of(model, name, [Effect("field", 0.6, DAY[first], DAY[4])]) for name, first in (("a", 2), ("b", 2), ("c", 3))
    ]  # fmt: skip
    variants = [Variant(p.name + q.name, (p, q)) for p, q in combinations(cuts, 2)]
    assert set(patch_of(model, "ab", [e for p in cuts[:2] for e in p.made_of]).rows) - set(cuts[0].rows)
    table = solve_many(model, variants, ["lp_value"], alike=True).table
    for variant, value in zip(variants, table["lp_value"], strict=True):
        assert value == pytest.approx(cold(model, variant))


def test_what_is_cheaper_but_closed_is_used_once_it_is_open():
    """Proves: with a dear way closed and made cheap (which changes nothing, and is not solved), opening it to 2 kt saves 9 USD/t.
    Without it: an answer carried over to other costs would keep the old reduced costs, and prove what is not so."""
    model = compile_case(build(APART | {"supplies": [supply("field", "A", 4, cost=50)]}, time=days(2)))
    closed = change(model, "closed", columns={"flow(dear,*": (0, 0)}, costs={"flow(dear,*": 1.0})
    opened = change(model, "opened", columns={"flow(dear,*": (0, 2)})
    variants = [Variant("none"), Variant("closed", (closed,)), Variant("opened", (closed, opened))]
    table = solve_many(model, variants, ["lp_value"], check=0).table
    assert table["method"].tolist()[1] == "skipped"
    assert table["lp_value"][1] == pytest.approx(table["lp_value"][0])
    assert table["lp_value"][2] - table["lp_value"][0] == pytest.approx(2 * 2 * 9 / 1000)


def test_nothing_is_added_to_a_model_without_an_answer():
    """Proves: where the model as it is has no answer, parts that each give it one are answered right together."""
    tables = APART | {"markets": [market("buyer", "B", 200, demand=9, demand_kind="fixed"), market("wide", "D", 100)],
                      "supplies": [supply("field", "A", 20, cost=50), supply("other", "C", 5, cost=20)]}  # fmt: skip
    model = compile_case(build(tables, time=days(2)))
    more = [change(model, link_id, columns={f"flow({link_id},*": (0, 15)}) for link_id in ("cheap", "dear")]
    variants = [Variant("none"), *(Variant(p.name, (p,)) for p in more), Variant("both", tuple(more))]
    table = solve_many(model, variants, ["lp_value"], check=4).table
    assert table["status"].tolist() == ["infeasible", *["optimal"] * 3]
    assert table["lp_value"].tolist()[1:] == pytest.approx([
        2 * (9 * 140 + 5 * 79) / 1000, 2 * (9 * 110 + 4 * 30 + 5 * 79) / 1000, 2 * (9 * 140 + 5 * 79) / 1000
    ])  # fmt: skip


def test_ties_do_not_hang_on_what_a_store_held_already(tmp_path, monkeypatch):
    """Proves: where six ways cost the same, like variants have the same flows when a stopped run goes on as when they are asked
    for at once.
    Without it: the answer that a start is taken from, or the parent of a pair, could differ, and with it the plan.
    """
    monkeypatch.setattr(walk, "_NEAR", 0)  # so that starts are taken from answers of so small a case too
    ways = [f"way{i}" for i in range(6)]
    tables = {
        "places": places("A", "B"),
        "links": [link(way, "A", "B", capacity=2, cost=10) for way in ways],
        "supplies": [supply("field", "A", 5, cost=50)],
        "markets": [market("buyer", "B", 200)],
    }
    model = compile_case(build(tables, time=days(7)))
    rng = np.random.default_rng(1)

    def part(name):
        first, last = np.sort(rng.choice(7, 2, replace=False))
        return close(model, str(rng.choice(ways)), DAY[first], DAY[last], name=name)

    first, second = [part(f"a{i}") for i in range(7)], [part(f"b{i}") for i in range(7)]
    variants = [Variant(a.name, (a,)) for a in first]
    variants += [Variant(f"{a.name}+{b.name}", (a, b)) for a in first for b in second]
    variants += [Variant(f"{b.name}+{c.name}", (b, c)) for b, c in combinations(second, 2)]
    measures = [f"flow:{way}" for way in ways]
    ask = {"measures": measures, "alike": True, "skip": False, "check": 0}
    whole = solve_many(model, variants, **ask).table.set_index("variant")[measures]

    class Stop(Exception):
        pass

    for stop_after in (9, 20, 31):
        folder = tmp_path / str(stop_after)

        def stop(done, *_, most=stop_after):
            if done > most:
                raise Stop

        with pytest.raises(Stop):
            solve_many(model, variants, **ask, store=folder, progress=stop)
        resumed = solve_many(model, variants, **ask, store=folder)
        assert resumed.stats["stored"] > 0
        np.testing.assert_allclose(
            resumed.table.set_index("variant").loc[whole.index, measures], whole, atol=1e-9
        )


def test_what_is_worth_answering_alone():
    """Proves: parts asked for alone are, and parts of more than two variants, unless variants are alike; others are not."""
    asked = [("a",), ("a", "b"), ("b", "c"), ("c", "d"), ("b", "d", "e")]
    assert worth_alone(asked) == {"a", "b"}
    assert worth_alone(asked, alike=True) == {"a"}


def test_histories_of_events_are_those_of_their_effects():
    """Proves: a history answered event by event has the loss of one answered with all its effects at once.
    Without it: events that overlap would be counted once, or twice.
    """
    case = straits.load_case("caspian")
    found = ensemble(case, draws=6, rng=4, contributions=False, check=6)
    assert found.stats["checked"] == 6


def test_what_closures_leave_as_it_is_is_read_once(monkeypatch):
    """Proves: accounts of closures that change nothing are read off once for all of them, and are those that each would have by
    itself; closures that are solved have their own.
    Without it: in a large network reading them again took as long as solving many a failure, or all had those of the first.
    """
    spare = link("spare", "A", "B", capacity=9, cost=900)
    model = compile_case(build(APART | {"links": [*APART["links"], spare]}, time=days(4)))
    read, measure = [], walk.Measures.read

    def counted(self, answer):
        read.append(answer)
        return measure(self, answer)

    monkeypatch.setattr(walk.Measures, "read", counted)
    shut = [(f"idle{d.day}", close(model, ["spare"], d, d + dt.timedelta(1))) for d in DAY[:3]]
    idle = [Variant(name, (replace(patch, name=name),)) for name, patch in shut]
    far = Variant("far", (close(model, ["far"], DAY[0], DAY[1]),))
    measures = ["lp_value", "exports:oil", "account:AAA", "account:CCC"]
    batch = solve_many(model, [idle[0], far, *idle[1:]], measures, check=0)
    assert batch.table["method"].tolist() == ["skipped", "solved", "skipped", "skipped"]
    assert len(read) == 2
    each = solve_many(model, [idle[0], far, *idle[1:]], measures, check=0, skip=False)
    assert batch.table[measures].to_numpy() == pytest.approx(each.table[measures].to_numpy(), rel=1e-9)
    assert batch.table["lp_value"][1] < batch.table["lp_value"][0]
