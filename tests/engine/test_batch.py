"""Batches: the same answers whatever the order, workers, executor or store; nothing lost when something breaks."""

from __future__ import annotations

import datetime as dt
import importlib.util
import os
import signal
import time
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from itertools import combinations

import numpy as np
import pandas as pd
import pytest

import straits
from straits.engine import Session, Variant, change, close, combine, patch_of, solve_many
from straits.engine import executors as ex
from straits.engine.store import Store, StoreError
from straits.engine.walk import tree_of
from straits.errors import ModelError, SolveError
from straits.model import Effect, compile_case

MEASURES = ["value", "lp_value", "exports:oil:AAA", "account:AAA", "flow:near", "unmet_cost"]


def two_fields() -> straits.Case:
    """Two fields, two ports, a dear and a cheap way to each of two buyers, a tank, a promise."""

    def link(key, a, b, capacity, cost):
        return {"id": key, "name": key, "from_place": a, "to_place": b, "mode": "pipeline", "commodities": "oil",
                "capacity": capacity, "capacity_unit": "kt/d", "cost": cost, "cost_unit": "USD/t", "tariff": 1.5,
                "tariff_unit": "USD/t"}  # fmt: skip

    return straits.Case.from_tables(
        {
            "actors": [{"id": a, "name": a, "kind": "state"} for a in ("AAA", "BBB")],
            "commodities": [{"id": "oil", "name": "oil", "unit": "kt"}],
            "places": [{"id": p, "name": p, "kind": "junction", "territory": 3 * t}
                       for p, t in zip("fghijk", "AAABBB", strict=True)],
            "links": [link("near", "f", "h", 6.1, 3), link("far", "f", "g", 5.3, 4), link("across", "g", "h", 4.7, 2),
                      link("sea", "h", "i", 7.9, 6), link("land", "g", "i", 3.1, 9), link("idle", "h", "g", 2.0, 50),
                      link("on", "i", "j", 8.3, 1), link("round", "h", "j", 2.2, 14), link("end", "i", "k", 3.7, 2)],
            "supplies": [{"id": s, "name": s, "place": p, "commodity": "oil", "capacity": c, "capacity_unit": "kt/d",
                          "cost": 8 + c, "cost_unit": "USD/t"} for s, p, c in (("one", "f", 7.3), ("two", "g", 3.9))],
            "markets": [
                {"id": "buyer", "name": "buyer", "place": "j", "commodity": "oil", "demand_kind": "stepwise", "demand": 9,
                 "demand_unit": "kt/d", "price": 90, "price_unit": "USD/t"},
                {"id": "promise", "name": "promise", "place": "k", "commodity": "oil", "demand_kind": "fixed", "demand": 2.1,
                 "demand_unit": "kt/d", "price": 70, "price_unit": "USD/t", "unmet_price": 33, "unmet_price_unit": "USD/t"},
            ],
            "stores": [{"id": "tank", "name": "tank", "place": "h", "commodity": "oil", "capacity": 4, "capacity_unit": "kt",
                        "start": 1, "start_unit": "kt"}],
        },
        id="two-fields", title="two fields",
        time={"start": "2022-01-01", "end": "2022-01-07", "step": "day", "boundary": "empty"},
    )  # fmt: skip


START, END = dt.date(2022, 1, 3), dt.date(2022, 1, 5)


@pytest.fixture(scope="module")
def model():
    return compile_case(two_fields())


@pytest.fixture(scope="module")
def variants(model):
    parts = [close(model, a, START, END) for a in model.network.link_ids]
    singles = [Variant(p.name, (p,)) for p in parts]
    return [
        Variant("none"),
        *singles,
        *(Variant(f"{a.name}+{b.name}", (a, b)) for a, b in combinations(parts, 2)),
    ]


@pytest.fixture(scope="module")
def answers(model, variants):
    return solve_many(model, variants, MEASURES, check=len(variants))


def same(a: pd.DataFrame, b: pd.DataFrame) -> None:
    a, b = a.set_index("variant"), b.set_index("variant").loc[a["variant"]]
    assert (a["status"] == b["status"]).all()
    for name in MEASURES:
        assert np.allclose(a[name], b[name], rtol=1e-9, atol=1e-9, equal_nan=True), name


def test_skipped_answers_are_those_of_cold_solves(model, variants, answers):
    """Proves: every answer of singles and doubles, skipped ones too, has the value of a cold solve of the whole model.
    Without it: a wrong certificate would go unseen.
    """
    assert answers.stats["skipped"] > 5 and answers.stats["solved"] > 5
    for variant, row in zip(variants, answers.table.itertuples(), strict=True):
        effects = [e for p in variant.parts for e in p.made_of]
        session = Session(replace(model, bounds=model.bounds_under((*model.effects, *effects))))
        assert row.lp_value == pytest.approx(-session.run_cold().value / 1000, rel=1e-9)
    assert answers.stats["checked"] == len(variants)


def test_measures_are_those_of_a_solution(model, variants, answers):
    """Proves: what a batch reads off an answer is what the tables of a Solution say.
    Without it: two analyses would give two numbers for one question.
    """
    case = two_fields()
    for name in ("none", "sea", "land+near"):
        closed = [] if name == "none" else name.split("+")
        scenario = straits.case.schema.settings.Scenario(
            id="x", title="x", disruptions=tuple({"asset": a, "start": START, "end": END} for a in closed)
        )
        s = straits.solve(case, scenario)
        row = answers.table.set_index("variant").loc[name]
        assert row["value"] == pytest.approx(s.objective)
        assert row["lp_value"] == pytest.approx(s.lp_value)
        assert row["exports:oil:AAA"] == pytest.approx(s.sales["amount"].sum())
        assert row["flow:near"] == pytest.approx(s.flows.loc[s.flows["link"] == "near", "amount"].sum())
        assert row["unmet_cost"] == pytest.approx(s.unmet["cost"].sum())


def test_order_does_not_matter(model, variants, answers):
    """Proves: asked in any order, every variant has the same answer, prices included."""
    for seed in range(3):
        mixed = [variants[i] for i in np.random.default_rng(seed).permutation(len(variants))]
        same(solve_many(model, mixed, MEASURES, check=0).table, answers.table)


def test_workers_do_not_matter(model, variants, answers):
    """Proves: two processes give the same table as one."""
    same(solve_many(model, variants, MEASURES, workers=2, check=0).table, answers.table)


def test_any_executor_gives_the_same_table(model, variants, answers):
    """Proves: threads that were handed over give the same table, each with a solver of its own, and are left running.
    Without it: threads could share one solver, or clusters have to be started for every batch."""
    with ThreadPoolExecutor(3) as pool:
        same(solve_many(model, variants, MEASURES, executor=pool, check=0).table, answers.table)
        assert pool.submit(int).result() == 0
    with pytest.raises(ModelError, match=r"expected a concurrent\.futures\.Executor"):
        solve_many(model, variants, executor="ray")


class _Breaking(Executor):
    """Does the first piece, then breaks."""

    def __init__(self):
        self.asked = 0

    def submit(self, work, *arguments):
        self.asked += 1
        future = Future()
        if self.asked == 1:
            future.set_result(work(*arguments))
        else:
            future.set_exception(BrokenProcessPool("a worker died"))
        return future


def test_a_broken_executor_is_replaced_if_that_is_possible(model, variants, answers):
    """Proves: of executors that each do one piece and break, three are tried; one that then works goes on with what is left, and
    the table is the same; one alone that breaks is said to have, with what to do.
    Without it: a worker that dies would take the batch with it, or be tried for ever."""
    made = []

    def make():
        made.append(_Breaking() if len(made) < 2 else ThreadPoolExecutor(1))
        return made[-1]

    same(solve_many(model, variants, MEASURES, executor=make, check=0).table, answers.table)
    assert len(made) == 3
    with pytest.raises(SolveError, match="Hand over what makes one"):
        solve_many(model, variants, MEASURES, executor=_Breaking())
    with pytest.raises(SolveError, match="3 executors broke"):
        solve_many(model, variants, MEASURES, executor=_Breaking)


class OnRay(Executor):
    """Ray as an executor, in as many lines as it takes."""

    def submit(self, work, *arguments):
        import ray

        return ray.remote(work).remote(*arguments).future()


@pytest.mark.skipif(importlib.util.find_spec("ray") is None, reason="Ray is not installed")
def test_ray_gives_the_same_table(model, variants, answers):
    """Proves: on a local Ray of two processes the table is the same, also of a second batch on the same processes."""
    import ray

    try:
        ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False, logging_level=40)
    except Exception as error:
        pytest.skip(f"Ray does not start here: {error}")
    try:
        same(solve_many(model, variants, MEASURES, executor=OnRay(), check=0).table, answers.table)
        few = solve_many(model, variants[:3], MEASURES[:1], executor=OnRay(), check=0).table
        assert few[MEASURES[0]].tolist() == answers.table[MEASURES[0]][:3].tolist()
    finally:
        ray.shutdown()


def test_what_changes_the_same_is_answered_once(model):
    """Proves: of three closures, two of which are the same under two names, two are solved, and one has the answer of its twin.
    Without it: where plans tie, one question could have two answers in one table.
    """
    variants = [Variant(name, (close(model, asset, START, END, name=name),))
                for name, asset in (("b", "near"), ("a", "near"), ("c", "far"))]  # fmt: skip
    table = solve_many(
        model, variants, [*MEASURES, MEASURES[0]], skip=False
    ).table  # and a measure asked for twice
    assert table["variant"].tolist() == ["b", "a", "c"]
    assert table["method"].tolist() == ["solved", "skipped", "solved"]
    assert table.loc[0, MEASURES].tolist() == table.loc[1, MEASURES].tolist()


def test_without_skipping_the_answers_are_the_same(model, variants, answers):
    """Proves: leaving out what is proved changes no value."""
    table = solve_many(model, variants, ["lp_value"], skip=False, check=0).table
    assert (table["method"] == "solved").all()
    assert np.allclose(table["lp_value"], answers.table["lp_value"], rtol=1e-9)


def test_a_run_that_stops_resumes(model, variants, answers, tmp_path):
    """Proves: after an interruption what is done is kept, only the rest is solved, and a third run solves nothing.
    Without it: a night of work would be lost to Ctrl-C.
    """

    def stop(done, total, left):
        assert total == len(variants) and left >= 0
        if done > 10:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        solve_many(model, variants, MEASURES, store=tmp_path, progress=stop, check=0)
    again = solve_many(model, variants, MEASURES, store=tmp_path, check=0)
    assert 0 < again.stats["stored"] < len(variants)
    same(again.table, answers.table)
    third = solve_many(model, variants, MEASURES, store=tmp_path)
    assert third.stats["stored"] == len(variants) and third.stats["checked"] == 0
    same(third.table, answers.table)


def test_a_damaged_store_is_set_aside(model, variants, answers, tmp_path):
    """Proves: flipped bytes and a file that is no Parquet are noticed, set aside with a warning, and answered again.
    Without it: a bad disk would become a wrong number.
    """
    solve_many(model, variants, MEASURES, store=tmp_path, check=0)
    files = sorted(tmp_path.rglob("*.parquet"))
    content = bytearray(files[0].read_bytes())
    for i in range(40, 60):
        content[i] ^= 0xFF
    files[0].write_bytes(content)
    files[1].write_bytes(b"not a table")
    with pytest.warns(UserWarning, match="damaged"):
        again = solve_many(model, variants, MEASURES, store=tmp_path, check=0)
    assert again.stats["stored"] < len(variants)
    assert len(list(tmp_path.rglob("*.damaged"))) == 2
    same(again.table, answers.table)


def test_a_full_disk_is_said_and_loses_nothing(model, variants, tmp_path, monkeypatch):
    """Proves: when writing fails, the error says so in words, and what was written before is read back."""
    store = Store(tmp_path, model.hash, ["lp_value"])
    store.write([("k", "optimal", "solved", 3, 0.1, (1.5,))])
    import pyarrow.parquet

    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pyarrow.parquet, "write_table", full)
    with pytest.raises(StoreError, match="No space left"):
        solve_many(model, variants, ["lp_value"], store=tmp_path, check=0)
    assert store.read() == {"k": ("optimal", 3, (1.5,))}


def test_no_room_for_what_workers_need_is_said(model, variants, monkeypatch):
    """Proves: when the folder for temporary files is full, the error says where and what to do."""

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(ex.Path, "write_bytes", full)
    with pytest.raises(SolveError, match=r"No space left on device.*TMPDIR"):
        solve_many(model, variants, ["lp_value"], workers=2, check=0)


def _die_once(key, packed, piece):
    """Kill this worker process the first time it gets a piece, as a machine short of memory would."""
    flag = os.environ["STRAITS_TEST_DIED"]
    if piece and not os.path.exists(flag):  # noqa: PTH110
        with open(flag, "w"):  # noqa: PTH123
            pass
        os.kill(os.getpid(), signal.SIGKILL)
    return ex._do_piece(key, packed, piece)


def test_a_worker_that_dies_is_replaced(model, variants, answers, tmp_path, monkeypatch):
    """Proves: when a worker process is killed, its piece is answered by another and the table is the same."""
    monkeypatch.setenv("STRAITS_TEST_DIED", str(tmp_path / "died"))
    monkeypatch.setattr(ex, "_task", _die_once)
    batch = solve_many(model, variants, MEASURES, workers=2, check=0)
    assert (tmp_path / "died").exists()
    same(batch.table, answers.table)


def _always_die(key, packed, piece):
    os.kill(os.getpid(), signal.SIGKILL)


def test_workers_that_keep_dying_end_with_an_error(model, variants, answers, tmp_path, monkeypatch):
    """Proves: if workers die again and again, the run ends with an error instead of going on for ever; what this process answered
    meanwhile is in the store, and the next run goes on from there.
    """
    monkeypatch.setattr(ex, "_task", _always_die)
    begin = ex.Job.begin

    def slowly(self, *, away):
        answer = begin(self, away=away)

        def later(piece):
            time.sleep(0.5)  # more than the others need to die three times, all pieces together
            return answer(piece)

        return later

    monkeypatch.setattr(ex.Job, "begin", slowly)
    with pytest.raises(SolveError, match="died 3 times"):
        solve_many(model, variants, MEASURES, workers=2, store=tmp_path, check=0)
    resumed = solve_many(model, variants, MEASURES, store=tmp_path, check=0)
    assert resumed.stats["stored"] > 0
    same(resumed.table, answers.table)


def test_a_check_that_fails_is_an_error(model, variants, monkeypatch):
    """Proves: if a warm answer and a cold one differ, the batch is refused.
    Without it: the check would be for show.
    """
    from straits.engine import batch

    class Wrong(Session):
        def run_cold(self, *, read=True):
            return replace(super().run_cold(read=read), value=1e6)

    monkeypatch.setattr(batch, "Session", Wrong)
    with pytest.raises(SolveError, match="when solved cold"):
        solve_many(model, variants, ["lp_value"], check=1)


@pytest.mark.parametrize("seed", range(8))
def test_patches_are_the_bounds_of_all_effects(model, seed):
    """Proves: patches of random effects, put together, give the bounds of all effects at once.
    Without it: closures that overlap in time or on one link would not be what a scenario with both would be.
    """
    rng = np.random.default_rng(seed)
    case = model.case
    ids = [i for t in ("links", "places", "supplies", "markets", "stores") for i in case.rows(t)] + [
        "territory:AAA",
        "transit:BBB",
    ]
    parts, effects = [], []
    for k in range(3):
        first = START + dt.timedelta(days=int(rng.integers(-2, 2)))
        last = first + dt.timedelta(days=int(rng.integers(1, 4)))
        factor = float(rng.choice([0.0, 0.4]))
        found = [
            Effect(str(a), factor, first, last, known=first, expected_end=last)
            for a in rng.choice(ids, 2, replace=False)
        ]
        found = [e for e in found if factor == 0.0 or (e.asset not in ("tank", "h") and ":" not in e.asset)]
        if found:
            parts.append(patch_of(model, f"part{k}", found))
            effects += found
    if not parts:
        return
    joined = combine(model, parts, "all")
    truth = model.bounds_under((*model.effects, *effects))
    for kind, at in (("column", joined.columns), ("row", joined.rows)):
        for side in ("lower", "upper"):
            bounds = getattr(model.bounds, f"{kind}_{side}").copy()
            bounds[at] = getattr(joined, f"{kind}_{side}")
            assert np.allclose(bounds, getattr(truth, f"{kind}_{side}"))


def test_named_changes(model):
    """Proves: bounds and costs changed by name do what they say, and an unknown name is refused with the nearest."""
    shut = change(model, "shut", columns={"flow(sea,*": (0, 0)})
    dear = change(model, "dear", costs={"supply(one,*": 1000.0})
    table = solve_many(
        model, [Variant("shut", (shut,)), Variant("both", (shut, dear))], ["flow:sea", "lp_value"], check=2
    ).table
    assert table["flow:sea"].tolist() == [0.0, 0.0]
    assert table["lp_value"][1] < table["lp_value"][0]
    with pytest.raises(ModelError, match="did you mean"):
        change(model, "x", columns={"flow(see,oil.AAA,2022-01-01)": (0, 0)})
    with pytest.raises(ModelError, match="not above the upper"):
        change(model, "x", columns={"flow(sea,oil.AAA,2022-01-01)": (2, 1)})
    for wrong in ({"columns": {"flow(sea,*": (0, np.nan)}}, {"columns": {"flow(sea,*": (np.inf, np.inf)}},
                  {"costs": {"supply(one,*": np.nan}}):  # fmt: skip
        with pytest.raises(ModelError, match="change x"):
            change(model, "x", **wrong)
    with pytest.raises(ModelError, match="factor nan"):
        close(model, "sea", START, END, factor=float("nan"))


def test_changes_of_one_column_add_to_one_another(model):
    """Proves: a cost set after a bound of the same column leaves the bound, and the other way round.
    Without it: to make a closed link dear would open it."""
    sea = "flow(sea,oil.AAA,2022-01-03)"
    at = [model.column_name(j) for j in range(len(model.cost))].index(sea)
    shut, dear = change(model, "shut", columns={sea: (0, 0)}), change(model, "dear", costs={sea: 7.0})
    for parts in ((shut, dear), (dear, shut)):
        both = combine(model, parts)
        assert (both.columns.tolist(), both.column_upper.tolist(), both.cost.tolist()) == ([at], [0.0], [7.0])
    later = change(model, "later", columns={sea: (0, 2)})
    assert combine(model, (shut, dear, later)).column_upper.tolist() == [2.0]


def test_changes_by_mask(model):
    """Proves: a mask changes what a list of all names that it fits would, and one that fits nothing is refused."""
    day = change(model, "day", columns={"flow(*,2022-01-03)": (0, 0)})
    names = [
        n for n in map(model.column_name, range(len(model.cost))) if n.startswith("flow(") and "01-03" in n
    ]
    assert len(names) == 9
    assert day.key == change(model, "names", columns=dict.fromkeys(names, (0, 0))).key
    with pytest.raises(ModelError, match="no column"):
        change(model, "x", columns={"flow(*,2023-*": (0, 0)})


def test_infeasible_variants_are_said_to_be(model):
    """Proves: a variant without any feasible answer is infeasible, its value minus infinity, and neighbours are unharmed."""
    name = model.row_name(model.formulation.demand.offset)
    broken = change(model, "broken", rows={name: (500, 500)})
    sea = close(model, "sea", START, END)
    table = solve_many(
        model,
        [Variant("a", (broken,)), Variant("b", (broken, sea)), Variant("c", (sea,))],
        ["value"],
        check=3,
    ).table
    assert table["status"].tolist() == ["infeasible", "infeasible", "optimal"]
    assert table["value"][0] == -np.inf


def test_bad_batches_are_refused(model):
    """Proves: double ids, one name for two patches, unknown measures, assets, windows and workers are errors."""
    sea, on = close(model, "sea", START, END), close(model, "on", START, END, name="sea")
    with pytest.raises(ModelError, match="the id"):
        solve_many(model, [Variant("a"), Variant("a")])
    with pytest.raises(ModelError, match="two different patches"):
        solve_many(model, [Variant("a", (sea,)), Variant("b", (on,))])
    with pytest.raises(ModelError, match="did you mean 'AAA'"):
        solve_many(model, [Variant("a")], ["account:AAB"])
    with pytest.raises(ModelError, match="unknown measure"):
        solve_many(model, [Variant("a")], ["profit"])
    with pytest.raises(ModelError, match="workers"):
        solve_many(model, [Variant("a")], workers=0)
    with pytest.raises(ModelError, match="Did you mean sea"):
        close(model, "see", START, END)
    with pytest.raises(ModelError, match="outside"):
        close(model, "sea", dt.date(2025, 1, 1), dt.date(2025, 2, 1))


def test_tree_of_variants():
    """Proves: a variant follows the one it starts from, its longest beginning that is asked for."""
    ordered, parents = tree_of([("a", "b", "c"), ("a",), ("b",), ("a", "b"), ()])
    assert ordered == [(), ("a",), ("a", "b"), ("a", "b", "c"), ("b",)]
    assert parents == {("a", "b", "c"): ("a", "b"), ("a",): (), ("b",): (), ("a", "b"): ("a",)}


def test_who_listens_hears_of_solves_and_skips(model, variants, caplog, capfd):
    """Proves: each variant is told to a listener with how it was answered, the batch with how many were; nothing is printed.
    Without it: a long run could not be followed, or would write into what a command prints."""
    with caplog.at_level("DEBUG", logger="straits.engine"):
        stats = solve_many(model, variants, check=0).stats
    told = [r.getMessage() for r in caplog.records]
    assert sum(" skipped: " in line for line in told) + sum(" solved: " in line for line in told) == len(
        variants
    )
    assert f"{len(variants)} variants: {stats['solved']} solved, {stats['skipped']} skipped" in told[-1]
    assert capfd.readouterr() == ("", "")
