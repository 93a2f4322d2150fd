"""What batches tell of a closure is what `stress` tells of it: the same of equally good plans, and the same prices."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

import straits
import straits.engine
import straits.lp
from closedcase import agree, closing
from leastaway import least_away
from randomcases import cases
from straits.contingency import sweep
from straits.engine.measures import Measures
from straits.engine.prices.passing import passing_at
from straits.lp import session
from straits.lp.nearest import nearest_duals
from straits.lp.optimal_set import is_optimum
from straits.lp.parts import local
from straits.lp.session import Session
from straits.model import compile_case
from straits.power.network.withheld.asked import Asked
from straits.worst.question import ask
from straits.worst.replies import all_replies


@pytest.mark.parametrize(
    ("name", "window", "links"),
    [
        ("euro-gas", "2022-07-01:90d", ["deu-aut", "gbr-nld", "emden-deu", "nord-stream"]),
        ("caspian", "2022-07-01:90d", ["northern-corridor", "cpc-ru", "kenkiyak-kumkol", "samara-unecha"]),
        ("red-sea", None, ["oil-oman-asia", "oil-suez-south"]),
    ],
)
def test_a_failure_is_told_as_the_scenario_of_it(name, window, links):
    """Proves: what a link's closure costs, and whom, is the same in `sweep` and in `stress`.
    Without it: where shippers find two ways equally good, tariffs and accounts were those of the way that the solver ended with:
    8.9 and 4.2 million USD for one closure of `euro-gas`; in `caspian` a company gained 78 million USD by another or nothing.
    Where two prices could move, each of the two took another: in `red-sea` up to 136 million USD for an actor.
    """
    case = straits.load_case(name)
    table = (
        sweep(case, over=links, window=window, split=False, beside=False).tables["sweep"].set_index("failure")
    )
    start, end = sweep(case, over=links[:1], window=window, actors=(), split=False).parameters["window"]
    compared = straits.stress(case, [closing(link, start, end) for link in links])
    agree(table, compared, links)


@pytest.mark.parametrize(
    ("name", "window", "links"),
    [
        ("caspian", "2022-07-05:20d", ["kenkiyak-kumkol", "ceyhan-loading"]),
        ("red-sea", "2024-02-05:20d", ["oil-ras-laffan-gulf", "oil-hormuz"]),
    ],
)
def test_a_failure_that_cuts_steps_is_told_as_the_scenario_of_it(name, window, links):
    """Proves: where a window cuts the steps of the case, accounts are those of `stress` too: prices of the finer steps are the
    nearest to those in the steps of the case, also where the solver, misled by perturbed costs, gives no word on them.
    Without it: 22.7 instead of 12.0 million USD gained by one company of `caspian`, 1,548 instead of 0 lost by one of `red-sea`.
    """
    case = straits.load_case(name)
    found = sweep(case, over=links, window=window, split=False, beside=False)
    assert found.provenance["refined"]
    table, (start, end) = found.tables["sweep"].set_index("failure"), found.parameters["window"]
    compared = straits.stress(case, [closing(link, start, end) for link in links])
    agree(table, compared, links, leave_out=["(nobody)"])


def test_the_worst_for_an_account_is_told_as_scenarios():
    """Proves: what a state keeps when a link is closed is the same in the search for the worst attack and in `stress`.
    Without it: the worst attack on a state's account would be the worst of what a solver happened to end with.
    """
    case, links = straits.load_case("caspian"), ["cpc-ru", "kenkiyak-kumkol", "samara-unecha", "btc"]
    question = ask(
        case, objective="account", target="KAZ", assets=links, window="2022-07-01:90d", foresight="perfect"
    )
    nodes = all_replies(question, 1.0).nodes
    compared = straits.stress(case, [closing(link, *question.window) for link in question.names])
    held = {name for name, row in case.rows("actors").items() if name == "KAZ" or row.state == "KAZ"}
    for i, link in enumerate(question.names):
        accounts = compared.solutions[f"no-{link}"].accounts()
        kept = accounts.loc[accounts["actor"].isin(held), "amount"].sum()
        assert nodes[1 << i].value == pytest.approx(kept, abs=0.1), link


@given(cases(), st.booleans())
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_drawn_failures_are_told_as_scenarios(case, paid):
    """Proves: on drawn cases, with tariffs paid or not, joint value, exports and what is used are those of `stress`.
    Without it: what a table of failures tells would rest on which of equally good plans a solver ends with.
    """
    tariffs = "paid" if paid else "internal"
    links = sorted(case.rows("links"))[:4]
    time = case.settings.time
    asked = [closing(link, time.start, time.end) for link in links]
    try:
        table = (
            sweep(case, over=links, tariffs=tariffs, split=False, beside=False)
            .tables["sweep"]
            .set_index("failure")
        )
        compared = straits.stress(case, asked, tariffs=tariffs)
    except straits.errors.StraitsError:
        assume(False)
    plans = [compared.baseline, *compared.solutions.values()]
    assume(all(plan.circles.empty for plan in plans))
    measures = [c for c in table.columns if c.startswith(("exports:", "used:"))]
    for scenario in asked:
        link = scenario.id.removeprefix("no-")
        if scenario.id not in compared.solutions or table.loc[link, "status"] != "optimal":
            continue
        beside, after = compared.beside[scenario.id], compared.solutions[scenario.id]
        assume(beside.model.matrix.shape == after.model.matrix.shape)
        scale = 1.0 + abs(beside.objective)
        assert table.loc[link, "loss"] == pytest.approx(compared.value_lost(scenario.id), abs=1e-6 * scale)
        for name in measures:
            kept = [Measures(s.model, [name]).read(_answer(s))[0] for s in (beside, after)]
            assert table.loc[link, name] == pytest.approx(
                kept[0] - kept[1], abs=1e-5 * (1.0 + abs(kept[0]))
            ), name


def _answer(solution):
    none = np.empty(0)
    cost = float(solution.model.cost @ solution.x)
    return straits.lp.Answer(
        straits.lp.Status.OPTIMAL, cost, solution.x, solution.reduced_cost, none, solution.dual, 0, 0.0
    )


@given(cases(), st.integers(0, 8), st.integers(0, 2**16))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_nearest_duals_from_a_basis_are_those_of_another_program(case, number, seed):
    """Proves: duals found from the basis of a plan support it, and no others lie nearer to some drawn at random by a program that
    is written in another way.
    Without it: accounts of batches would be those of prices that are not the nearest.
    """
    model = compile_case(case)
    session = Session(model)
    before = session.solve()
    assume(before.status == straits.lp.Status.OPTIMAL)
    links = sorted(case.rows("links"))
    patch = straits.engine.close(
        model, links[number % len(links)], case.settings.time.start, case.settings.time.end
    )
    bounds = patch.bounds_over(model.bounds)
    answer = session.solve(bounds)
    assume(answer.status == straits.lp.Status.OPTIMAL)
    wanted = before.dual * np.random.default_rng(seed).uniform(0.5, 1.5, len(before.dual))
    weights = passing_at(model, answer.x)
    program = straits.lp.LinearProgram(model.cost, model.matrix, bounds)
    found = nearest_duals(program, answer.x, answer.dual, session.basis(), wanted, weights)
    assert is_optimum(program, answer.x, found)
    away = float(weights @ np.abs(found - wanted))
    least = least_away(program, wanted, weights, float(model.cost @ answer.x))
    assert away == pytest.approx(least, rel=1e-6, abs=1e-6 * (1.0 + weights.sum()))


@pytest.mark.parametrize(("name", "window"), [("euro-gas", "2022-07-01:90d"), ("red-sea", None)])
def test_accounts_do_not_depend_on_how_failures_are_answered(monkeypatch, name, window):
    """Proves: answered by the part of the plan that they move, or by the whole program, failures have the same values, exports
    and accounts. Without it: accounts, whose prices are not unique, would be others in networks of more than some thousand rows.
    """
    case, answered = straits.load_case(name), []
    links = list(case.rows("links"))[::9]
    found = []
    located = local.Local.answer
    monkeypatch.setattr(local.Local, "answer", lambda *a: answered.append(located(*a)) or answered[-1])
    for by_part in (True, False):
        monkeypatch.setattr(session, "pays_locally", lambda rows, so=by_part: so)
        monkeypatch.setattr(session, "pays_by_shares", lambda program: False)
        found.append(
            sweep(case, over=links, window=window, split=False, beside=False, check=0)
            .tables["sweep"]
            .set_index("failure")
        )
    assert sum(one is not None for one in answered) > 3
    assert sum(c.startswith("account:") for c in found[0].columns) > 10
    there = found[0]["status"] == "optimal"
    for column in found[0].select_dtypes(float).columns.drop("cumulative_share"):
        one, other = (table[column].reindex(found[0].index)[there].to_numpy() for table in found)
        assert one == pytest.approx(other, rel=1e-6, abs=2e-2), column


def test_leverage_in_cut_steps_counts_from_what_stress_counts_from():
    """Proves: where a withholding cuts the steps of the case, accounts before it are those that `stress` tells before a closure
    on the same days. Without it: they would be at the prices that the solver ended with, 1,550 million USD off for one actor of
    `red-sea`, and what one state takes from another with them.
    """
    case, players = straits.load_case("red-sea"), ["EGY", "SAU", "IRN"]
    asked = Asked(case, players, "veto", dt.date(2024, 2, 5), 20, (), None, foresight="perfect")
    compared = straits.stress(case, [closing("oil-hormuz", dt.date(2024, 2, 5), dt.date(2024, 2, 25))])
    before = compared.beside["no-oil-hormuz"]
    assert before.model.matrix.shape == asked.model.matrix.shape
    held = [plan.accounts().groupby("actor")["amount"].sum() for plan in (asked.before, before)]
    apart = held[0].sub(held[1], fill_value=0.0).drop("(nobody)", errors="ignore")
    assert apart.abs().max() < 2e-2
