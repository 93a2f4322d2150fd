"""Closures that nobody expects, in analyses of many of them: by hand, and against each one run as a scenario."""

from __future__ import annotations

import datetime as dt
from itertools import combinations

import numpy as np
import pytest

import straits
from small import build, days, link, market, places, store, supply
from straits.case.schema.settings import Disruption, Scenario
from straits.contingency import sweep
from straits.engine import Session, close, combine
from straits.engine.foresight.stepwise import plan_under_way, with_surprises
from straits.engine.foresight.surprise import surprised
from straits.engine.steps import fitted
from straits.errors import InfeasibleError, ModelError, StraitsError
from straits.model import compile_case
from straits.power import leverage, with_each_option
from straits.testing import random_case
from straits.worst import minimal_cut_sets, protect, worst

#: The two days on which the pipe is shut.
WINDOW = "2022-01-04:2d"
START, END = dt.date(2022, 1, 4), dt.date(2022, 1, 6)


def city(**more):
    """A field of 6 kt/d at 10 in CCC, a city of BBB that is promised 4 at 100 (500 more for what is missed) and could fill a tank
    of 8 kt; AAA works the pipe to it."""
    tables = {
        "places": places("A", "B", A="CCC", B="BBB"),
        "links": [link("pipe", "A", "B", capacity=6), link("road", "A", "B", capacity=1, cost=30)],
        "supplies": [supply("field", "A", 6, cost=10)],
        "markets": [market("heat", "B", 100, demand=4, demand_kind="fixed", unmet_price=500, buyer="BBB")],
        "stores": [store("tank", "B", 8)],
        "controls": [{"id": "c", "asset": "pipe", "actor": "AAA", "role": "operator"}],
    }
    return build(tables | more, time=days(8))


#: On the two days 8 kt are promised and the road brings 2, for 30 more a tonne; 6 kt are missed, each worth 100 less 10, and 500.
BY_SURPRISE = (2 * 30 + 6 * (100 - 10 + 500)) / 1000


def test_a_failure_by_surprise_costs_what_nobody_stored():
    """Proves: who knows of the stop fills the tank with 8 kt, or with 6 and sends 2 by road, whichever is dearer costs nothing;
    whom it surprises has an empty tank: 2 kt come by road at 30, 6 kt are missed at 590. Both stand in one row.
    Without it: a sweep would say of a failure what it costs those who had the date of it.
    """
    found = sweep(city(), over="pipe", window=WINDOW, foresight="surprise", refine=False)
    row = found.table.iloc[0]
    assert row["loss"] == pytest.approx(BY_SURPRISE)
    assert row["loss_known"] == pytest.approx(0.060)
    assert row["unmet:oil:BBB"] == pytest.approx(6)
    assert found.parameters["foresight"] == "surprise"
    assert "0.06" in found.sentences[-1]
    known = sweep(city(), over="pipe", window=WINDOW, refine=False)
    assert known.table["loss"].iloc[0] == pytest.approx(0.060)
    assert "loss_known" not in known.table
    assert known.parameters["foresight"] == "perfect"
    # Accounts of steps before the news are at the prices of the plan that was under way: the losses add up.
    accounts = [c for c in found.table if c.startswith("account:")]
    assert row[accounts].sum() == pytest.approx(row["loss"])


def test_an_attack_is_a_surprise_unless_it_is_said():
    """Proves: AAA, who operates the pipe, takes 3.6 million by surprise and 0.06 of those who know; closures of nobody are known.
    Without it: the default would be another than that of scenarios, in which acts of states are a surprise.
    """
    how = {"attacker": "AAA", "access": "veto", "objective": "value", "window": WINDOW, "budget": 1, "assets": "pipe",
           "refine": False}  # fmt: skip
    for given, loss in ((None, BY_SURPRISE), ("surprise", BY_SURPRISE), ("perfect", 0.060)):
        found = worst(city(), **how, foresight=given)
        last = found.curve.iloc[-1]
        assert last["proved"]
        assert last["loss"] == pytest.approx(loss)
        assert last.get("loss_known", 0.060) == pytest.approx(0.060)
    nobody = worst(city(), assets="pipe", window=WINDOW, budget=1, refine=False)
    assert nobody.parameters["foresight"] == "perfect"
    assert nobody.curve["loss"].iloc[-1] == pytest.approx(0.060)


def test_amounts_by_surprise_start_from_the_plan_of_traders():
    """Proves: the most that could be brought in, and the least that is missed, are counted from the plan that traders had under
    way, an empty tank, and not from one that hoards; what to make safe first is asked of the same program.
    Without it: an objective in tonnes would give the reply weeks in which everybody already worked for it.
    """
    how = {"objective": "unmet", "window": WINDOW, "budget": 1, "refine": False}
    found = worst(city(), **how, assets="pipe,road", foresight="surprise")
    assert found.curve["loss"].iloc[-1] == pytest.approx(6)
    assert found.curve["loss_known"].iloc[-1] == pytest.approx(0)
    safe = protect(city(), **how, assets="pipe,road", foresight="surprise", protect=1)
    assert safe.table["loss"].tolist() == pytest.approx([6, 0])
    assert safe.parameters["foresight"] == "surprise"
    cuts = minimal_cut_sets(city(), objective="imports", assets="pipe,road", window=WINDOW, remaining=0.8, refine=False,
                            foresight="surprise")  # fmt: skip
    # Of 32 kt 24 come in on the other days, and 2 by road: with both shut three quarters are left, with one more than 0.8.
    assert cuts.table["attack"].tolist() == ["pipe|road"]
    assert cuts.table["value"].tolist() == pytest.approx([24])


def test_leverage_by_surprise():
    """Proves: AAA lets nothing through for two days: BBB misses 6 kt by surprise, and none if it knew; the range of prices is
    there, and options are asked alike.
    Without it: leverage would be that over a neighbour who had been told.
    """
    option = {"id": "bigger", "name": "bigger", "asset": "pipe", "adds": 4, "adds_unit": "kt/d"}
    case = city(options=[option])
    when = {"start": START, "days": 2}
    found = leverage(case, ["AAA", "BBB"], **when)
    row = found.table[found.table["actor"] == "AAA"].iloc[0]
    supplies = found.supplies[found.supplies["actor"] == "AAA"].iloc[0]
    assert found.parameters["foresight"] == "surprise"
    assert supplies["unmet_more"] == pytest.approx(6)
    assert row["loss_least"] <= row["loss"] <= row["loss_most"]
    known = leverage(case, ["AAA", "BBB"], **when, foresight="perfect")
    assert row["loss_known"] == pytest.approx(known.table[known.table["actor"] == "AAA"]["loss"].iloc[0])
    assert "loss_known" not in known.table
    assert known.supplies[known.supplies["actor"] == "AAA"]["unmet_more"].iloc[0] == pytest.approx(0)
    each = with_each_option(case, ["AAA", "BBB"], ["bigger"], **when)
    assert each[each["actor"] == "AAA"]["as_it_is"].iloc[0] == pytest.approx(row["loss"])


def test_in_the_first_step_there_is_no_surprise():
    """Proves: closures that begin with the case leave nothing that was decided before: the same answer, and it is said.
    Without it: two equal numbers would look like a finding.
    """
    found = sweep(city(), over="pipe", window="2022-01-01:2d", foresight="surprise", refine=False)
    known = sweep(city(), over="pipe", window="2022-01-01:2d", refine=False)
    assert found.table["loss"].tolist() == known.table["loss"].tolist()
    assert any("first step" in told for told in found.warnings)
    told = leverage(city(), ["AAA", "BBB"], foresight="surprise").sentences
    assert any("first step" in text for text in told)
    assert not any("first step" in text for text in leverage(city(), ["AAA", "BBB"]).sentences)


@pytest.mark.parametrize(
    "ask",
    [
        lambda case: sweep(case, foresight="known"),
        lambda case: worst(case, foresight="rolling(2)"),
        lambda case: leverage(case, ["AAA", "BBB"], foresight=""),
    ],
)
def test_other_foresight_is_refused(ask):
    """Proves: what is neither perfect nor surprise is refused, with what is accepted.
    Without it: a slip would mean one of them.
    """
    with pytest.raises(ModelError, match=r"'perfect'.*'surprise'"):
        ask(city())


def brute(case, assets, start, end, most):
    """Solve each set of closures as a scenario that is a surprise; {assets: value}, minus infinity where nothing fits."""
    found = {}
    for size in range(most + 1):
        for chosen in combinations(assets, size):
            stops = tuple(Disruption(asset=a, start=start, end=end) for a in chosen)
            scenario = Scenario(id="x", title="x", foresight="surprise", disruptions=stops)
            try:
                solution = straits.solve(case, scenario, refine=False)
            except InfeasibleError:
                found[chosen] = -np.inf
                continue
            if solution.provenance.get("circles"):
                return {}
            found[chosen] = solution.lp_value
    return found


def drawn(seed):
    """Draw a case, a window in its middle, up to four links, and the value by surprise of each one or two closed; None where
    the case has no plan, or one in which cargo goes round (analyses of many closures let it)."""
    case = random_case(seed)
    axis = case.settings.time
    length = (axis.end - axis.start).days
    start = axis.start + dt.timedelta(days=length // 3)
    end = start + dt.timedelta(days=max(length // 4, 1))
    links = list(case.rows("links"))[:4]
    try:
        model = compile_case(case)
        if any(
            e.known > axis.start for e in model.news
        ):  # what acts besides is known from the start in analyses of closures
            return None
        values = brute(case, links, start, end, 2)
        close(model, links, start, end)
    except StraitsError:
        return None
    return (case, model, links, start, end, values) if len(values) > 1 and values[()] > -np.inf else None


@pytest.mark.parametrize("block", range(6))
def test_every_attack_is_the_scenario_of_it(block):
    """Proves: on 150 random cases with all features of the format, one program from the day of the news on gives for each set
    of closures the value of the scenario of it, solved by itself as a surprise: in a session, in a sweep of pairs, and as the
    worst of a budget, which is that of the worst scenario, proved.
    Without it: what comes before the news could be another plan in each analysis, or a bound could be none.
    """
    met = searched = alone = 0
    for seed in range(25 * block, 25 * block + 25):
        found = drawn(seed)
        if found is None:
            continue
        case, model, links, start, end, values = found
        program = surprised(model, start)
        session = Session(program)
        near = 1e-6 * (1.0 + abs(values[()]))
        for chosen, value in values.items():
            patches = [close(program, a, start, end) for a in chosen]
            session.take(combine(program, patches) if patches else None)
            answer = session.run_cold()
            got = -answer.value / 1000 if answer.status == "optimal" else -np.inf
            if not chosen:
                # What was sent before may strand, also where nothing is closed. Where that is a gain by itself, a scenario has it
                # only in the part of the model that its closures touch.
                spared = max(got - value, 0.0)
                alone += spared > near
            assert got == value or -near < got - value < spared + near, (seed, chosen)
            values[chosen] = got
            met += 1
        how = {"window": (start, end), "foresight": "surprise", "refine": False}
        try:
            attack = worst(case, assets=links, budget=2, **how)
        except StraitsError:
            continue
        last = attack.curve.iloc[-1]
        least = min(values.values())
        assert last["proved"]
        assert last["value"] == least or abs(last["value"] - least) < near, seed
        searched += 1
        if model.network.tariffs == "internal" and len(links) > 1:
            table = sweep(case, over=links, k=2, split=False, actors=(), **how).table
            for row in table.itertuples():
                key = tuple(a for a in links if a in (row.first, row.second))
                lost = values[()] - values[key]
                assert row.loss == lost or abs(row.loss - lost) < near, (seed, key)
    assert met > 60
    assert searched > 5
    assert alone <= 2


@pytest.mark.parametrize("name", ["landlocked-importer", "eurasian-gas"])
def test_the_plan_under_way_is_one(name):
    """Proves: from other starting bases, which end in other optima, the plan under way is the same.
    Without it: what a surprise costs would hang on which of many equally good plans the solver met.
    """
    model = compile_case(straits.load_case(name))
    plan, random = plan_under_way(model).x, np.random.default_rng(0)
    apart = 0.0
    for _ in range(3):
        session = Session(model)
        session.solve(cost=model.cost + random.uniform(0, 1, len(model.cost)))
        basis = session.basis()
        session = Session(model)
        session.start_from(basis)
        apart = max(apart, float(np.abs(session.solve().x - plan).max()))
        session = Session(model)
        session.start_from(basis)
        assert np.abs(with_surprises(model, session).x - plan).max() < 1e-6 * (1 + np.abs(plan).max())
    assert float(model.cost @ plan) == pytest.approx(Session(model).solve().value)
    assert apart > 1 or name != "eurasian-gas"


@pytest.mark.parametrize("scenario", ["july-order-five-days", "july-order-as-ordered", "russia-transit-90"])
def test_orders_cost_the_same_from_any_start(scenario):
    """Proves: orders of the reference case, one of them lifted before it was expected to be, cost the same to a thousand dollars
    whatever basis the solver starts from.
    Without it: it was 844 to 857 million for the five days, 2,579 to 2,589 as ordered.
    """
    case = straits.load_case("caspian")
    case = fitted(case, [case.scenarios[scenario]]).case
    model, random = compile_case(case, scenario), np.random.default_rng(0)
    values = []
    for k in range(2):
        session = Session(model)
        if k:
            session.solve(cost=model.cost + random.uniform(0, 1, len(model.cost)))
            basis = session.basis()
            session = Session(model)
            session.start_from(basis)
        values.append(-float(model.cost @ with_surprises(model, session).x) / 1000)
    assert np.ptp(values) < 0.001
