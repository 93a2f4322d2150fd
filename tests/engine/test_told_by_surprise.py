"""Closures that nobody expects: batches tell of them what `stress` tells, and news that matters to nobody changes nothing."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

import straits
from closedcase import agree, closing
from randomcases import cases
from straits.contingency import sweep
from straits.engine.foresight.surprise import surprised
from straits.lp import Session

START, END = dt.date(2022, 7, 1), dt.date(2022, 9, 29)


@pytest.mark.parametrize(
    ("name", "window", "links"),
    [
        ("euro-gas", "2022-07-01:90d", ["deu-aut", "gbr-nld", "emden-deu", "nord-stream", "aut-deu"]),
        ("caspian", "2022-07-01:90d", ["northern-corridor", "cpc-ru", "kenkiyak-kumkol"]),
        ("red-sea", "2024-02-05:20d", ["oil-ras-laffan-gulf", "oil-hormuz"]),
    ],
)
def test_a_failure_by_surprise_is_told_as_the_scenario_of_it(name, window, links):
    """Proves: what a closure that nobody expects costs, and whom, is the same in `sweep` and in `stress`.
    Without it: in `euro-gas`, where tariffs are paid, `stress` counted from another plan: 21.8 million USD less of each loss, so
    that closing `gbr-nld`, which costs 12.6, was a gain of 8.9.
    """
    case = straits.load_case(name)
    found = sweep(case, over=links, window=window, foresight="surprise", split=False, beside=False)
    table, (start, end) = found.tables["sweep"].set_index("failure"), found.parameters["window"]
    scenarios = [closing(link, start, end, foresight="surprise") for link in links]
    agree(table, straits.stress(case, scenarios), links, leave_out=["(nobody)"])


@pytest.mark.parametrize(("name", "link"), [("euro-gas", "aut-deu"), ("caspian", "akhalkalaki-kars")])
def test_news_that_matters_to_nobody_changes_nothing(name, link):
    """Proves: when something closes that nobody uses then, the plan under way is carried out, to the last step.
    Without it: closing what is idle "gained" 21.8 million USD in `euro-gas`: fields ran on, into stores, along other ways.
    """
    compared = straits.stress(
        straits.load_case(name), [closing(link, START, END, foresight="surprise")], refine=False
    )
    scenario = f"no-{link}"
    before, after = compared.beside[scenario], compared.solutions[scenario]
    np.testing.assert_allclose(after.x, before.x, atol=1e-6 * np.abs(before.x).max())
    assert compared.value_lost(scenario) == pytest.approx(0.0, abs=1e-4)


@given(cases(), st.booleans(), st.integers(0, 30))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_drawn_news_keeps_what_is_as_good(case, paid, late):
    """Proves: on drawn cases the joint value that a closure by surprise takes is that of `sweep`; and where the plan under way is
    as good as any other when the news comes, it is carried out.
    Without it: what a surprise costs would be counted from a plan that nobody carried out.
    """
    tariffs, time = "paid" if paid else "internal", case.settings.time
    day = min(time.start + dt.timedelta(days=late), time.end - dt.timedelta(days=1))
    links = sorted(case.rows("links"))[:4]
    asked = [closing(link, day, time.end, foresight="surprise") for link in links]
    try:
        compared = straits.stress(case, asked, tariffs=tariffs, refine=False)
        found = sweep(
            case, over=links, window=(day, time.end), foresight="surprise", tariffs=tariffs, refine=False,
            split=False, beside=False,
        )  # fmt: skip
    except straits.errors.StraitsError:
        assume(False)
    table = found.tables["sweep"].set_index("failure")
    plans = [compared.baseline, *compared.solutions.values()]
    assume(all(plan.circles.empty for plan in plans))
    model = surprised(compared.baseline.model, day)
    if model.decided is not None:
        # Where it is a gain to let strand what was sent though nothing is closed, losses are counted from that.
        best = Session(model).solve().value
        assume(best == pytest.approx(model.cost @ model.decided.x, rel=1e-9, abs=1e-6))
    for scenario in asked:
        link = scenario.id.removeprefix("no-")
        if scenario.id not in compared.solutions or table.loc[link, "status"] != "optimal":
            continue
        before, after = compared.beside[scenario.id], compared.solutions[scenario.id]
        scale = 1.0 + abs(before.objective)
        assert table.loc[link, "loss"] == pytest.approx(compared.value_lost(scenario.id), abs=1e-6 * scale)
        flow, cost, b = after.model.formulation.flow.slice, after.model.cost, after.model.bounds
        # What cargoes of several origins share is closed in its row, not in their columns.
        rows = after.model.matrix @ before.x
        carried = (before.x[flow] <= b.column_upper[flow] + 1e-9).all() and (rows <= b.row_upper + 1e-6).all()
        if carried and cost @ after.x == pytest.approx(cost @ before.x, abs=1e-6 * scale):
            np.testing.assert_allclose(after.x, before.x, atol=1e-6 * (1.0 + np.abs(before.x).max()))
