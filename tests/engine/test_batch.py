"""Batches: the same answers whatever the order, workers, executor or store; nothing lost when something breaks."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest

import straits
from straits.engine import Session, Variant, change, close, solve_many
from straits.engine.walk import tree_of
from straits.errors import ModelError, SolveError
from twofields import END, MEASURES, START, same, two_fields


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
