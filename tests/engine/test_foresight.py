"""Foresight: what is known when, and what that costs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import straits
from small import amount, build, days, link, market, places, store, supply
from straits.engine import Session
from straits.engine.foresight.stepwise import with_surprises
from straits.engine.steps import fitted
from straits.errors import InfeasibleError, ModelError, SolveError
from straits.model import compile_case


def tank_case(expected: float):
    """A field of 4, a tank of 4 at the port, and a stop of loading on days 3 and 4."""
    return build(
        {
            "places": places("A", "P", "B"),
            "links": [link("pipe", "A", "P", capacity=4), link("load", "P", "B", capacity=6)],
            "supplies": [supply("field", "A", 4, cost=10)],
            "markets": [market("buyer", "B", 100)],
            "stores": [store("tank", "P", 4, start=2, start_origin="AAA")],
        },
        time=days(6),
        scenarios=[{"id": "stop", "title": "stop", "disruptions": [
            {"asset": "load", "start": "2022-01-03", "end": "2022-01-05", "expected_days": expected}]}],
    )  # fmt: skip


def sold(case, foresight):
    return straits.solve(case, "stop", foresight=foresight).sales.set_index("step")["amount"].to_dict()


def test_perfect_foresight_empties_the_tank_before():
    """Proves: who knows of the stop empties the tank before it and loses only 4 of the 8 kt of two days.
    Without it: foresight would be an accident of the solver.
    """
    s = straits.solve(tank_case(2), "stop", foresight="perfect")
    assert s.supply["amount"].sum() == pytest.approx(20)
    assert s.sales["amount"].sum() == pytest.approx(22)


def test_surprise_keeps_what_was_decided():
    """Proves: the first two days are the same as without the stop, whatever follows.
    Without it: the past would be decided with tomorrow's news.
    """
    case = tank_case(2)
    calm, hit = (straits.solve(case, name, foresight="surprise") for name in (None, "stop"))
    past = lambda s: s.flows[s.flows["step"] < 2].set_index(["link", "step"])["amount"].to_dict()  # noqa: E731
    assert past(hit) == pytest.approx(past(calm))


def test_a_stop_that_is_lifted_early_is_news():
    """Proves: expected to last 4 days and lifted after 2, loading starts again on day 5: 10 kt of the first two days and
    8 of the last two. Only the tank stayed empty, because a stop to the end of the axis was believed.
    Without it: it would stay shut until day 7, as first believed, and 10 kt would be all.
    """
    assert sum(sold(tank_case(4), "surprise").values()) == pytest.approx(18)
    assert sum(sold(tank_case(2), "surprise").values()) == pytest.approx(22)


def test_a_stop_that_outlasts_its_expectation():
    """Proves: expected to last 1 day and lasting 2, nothing is loaded on either.
    Without it: the plan would load on day 4, through a closed berth.
    """
    amounts = sold(tank_case(1), "surprise")
    assert amounts.get(2, 0) == amounts.get(3, 0) == 0


def test_rolling_window_of_all_steps_is_perfect():
    """Proves: a window as long as the axis gives the value of perfect foresight.
    Without it: the window would lose value at its end.
    """
    case = tank_case(2)
    full = straits.solve(case, "stop", foresight="rolling(6)").objective
    assert full == pytest.approx(straits.solve(case, "stop", foresight="perfect").objective)


@pytest.mark.parametrize("text", ["perfekt", "rolling", "rolling(0)", "rolling(-1)"])
def test_unknown_foresight(text):
    """Proves: an unknown foresight is refused, with the accepted ones.
    Without it: it would silently mean perfect.
    """
    with pytest.raises(ModelError, match=r"perfect|whole number"):
        straits.solve(tank_case(2), foresight=text)


def test_infeasible_names_place_step_and_limit():
    """Proves: a hard promise of 5 behind a link of 3 is reported with market, step, amount and the limiting link.
    Without it: the analyst would see `infeasible` and nothing else.
    """
    case = build(
        {
            "places": places("A", "B", "C"),
            "links": [link("narrow", "A", "B", capacity=3), link("other", "A", "C", capacity=3)],
            "supplies": [supply("field", "A", 9)],
            "markets": [market("city", "B", 100, demand=5, demand_kind="fixed"), market("away", "C", 50)],
        }
    )
    with pytest.raises(InfeasibleError) as caught:
        straits.solve(case)
    text = str(caught.value)
    assert "demand(city" in text and "2 kt" in text and "narrow" in text
    assert "other" not in text


def test_unbounded_is_named():
    """Proves: unlimited supply to an unlimited market over unlimited links at a gain is refused with its cause.
    Without it: the solver's status would be all there is.
    """
    row = supply("field", "A", 1) | {"capacity": "unlimited"}
    case = build({"places": places("A", "B"), "links": [link("l", "A", "B")], "supplies": [row],
                  "markets": [market("m", "B", 5)]})  # fmt: skip
    with pytest.raises(SolveError, match="no finite optimum"):
        straits.solve(case)


def test_part_of_an_unlimited_capacity_is_refused():
    """Proves: leaving half of an unlimited link has no meaning and is refused.
    Without it: half of infinity would stay infinity and the disruption would vanish.
    """
    half = {"asset": "l", "start": "2022-01-01", "end": "2022-01-02", "factor": 0.5}
    case = build({"places": places("A", "B"), "links": [link("l", "A", "B")], "supplies": [supply("f", "A", 1)],
                  "markets": [market("m", "B", 5)]}, scenarios=[{"id": "h", "title": "h", "disruptions": [half]}])  # fmt: skip
    with pytest.raises(ModelError, match="unlimited"):
        straits.solve(case, "h")


def test_a_closure_of_an_unlimited_link_may_end_within_a_step():
    """Proves: with weekly steps, a link without a limit that is closed for ten days is closed in the week that is covered whole,
    and makes up what it missed in the other; closed for three days, it is refused.
    Without it: no window but of whole weeks could be asked of a case with such links, or a closure could vanish without a word.
    """

    def closed(end):
        stop = {"asset": "l", "start": "2022-01-01", "end": end}
        return build({"places": places("A", "B"), "links": [link("l", "A", "B")], "supplies": [supply("f", "A", 1)],
                      "markets": [market("m", "B", 5)]}, scenarios=[{"id": "s", "title": "s", "disruptions": [stop]}],
                     time={"start": "2022-01-01", "end": "2022-01-22", "step": "week", "boundary": "empty"})  # fmt: skip

    assert amount(straits.solve(closed("2022-01-11"), "s", refine=False), "l") == pytest.approx(14)
    with pytest.raises(ModelError, match="unlimited"):
        straits.solve(closed("2022-01-04"), "s", refine=False)
    assert amount(straits.solve(closed("2022-01-04"), "s"), "l") == pytest.approx(18)


def test_half_of_an_unlimited_link_is_refused_beside_a_closure():
    """Proves: a link without a limit, closed for its first week and halved in its second, is refused.
    Without it: the closure would let the half pass unseen.
    """
    both = [{"asset": "l", "start": "2022-01-01", "end": "2022-01-08"},
            {"asset": "l", "start": "2022-01-08", "end": "2022-01-15", "factor": 0.5}]  # fmt: skip
    case = build({"places": places("A", "B"), "links": [link("l", "A", "B")], "supplies": [supply("f", "A", 1)],
                  "markets": [market("m", "B", 5)]}, scenarios=[{"id": "s", "title": "s", "disruptions": both}],
                 time={"start": "2022-01-01", "end": "2022-01-22", "step": "week", "boundary": "empty"})  # fmt: skip
    with pytest.raises(ModelError, match="unlimited"):
        straits.solve(case, "s")


def test_unknown_scenario():
    """Proves: an unknown scenario is refused with the known ones. Without it: the baseline would be solved instead."""
    with pytest.raises(ModelError, match="stop"):
        straits.solve(tank_case(2), "stopp")


@pytest.mark.parametrize("scenario", ["july-order-five-days", "storm-november-2023"])
def test_what_a_surprise_costs_does_not_hang_on_the_start(scenario):
    """Proves: solved from nothing or from the plan without surprises, valued by the same answer of the world price, a surprise
    costs the same.
    Without it: which of many equally good plans was under way when the news came would be chance, and so would the loss: it was
    8 or 60 million for the order of five days.
    """
    case = straits.load_case("caspian")
    case = fitted(case, [case.scenarios[scenario]], refine=False).case
    base = straits.solve(case)
    model = compile_case(case, scenario)
    values = []
    for basis in (None, base.basis):
        session = Session(model)
        if basis is not None:
            session.start_from(basis)
        values.append(-float(model.cost @ with_surprises(model, session).x) / 1000)
    assert np.ptp(values) < 0.05
    assert base.lp_value - values[0] > 1


def test_fields_run_on_while_there_is_room():
    """Proves: when a stop becomes known, a field of 4 runs on into a tank of 4 on the first day, and is shut in on the second,
    when the tank is full, though the other way round would be as good in hindsight.
    Without it: what is lost if the stop ends early would be whatever the solver happened to find.
    """
    stopped = straits.solve(tank_case(2), "stop", foresight="surprise")
    output = stopped.supply.groupby("step")["amount"].sum()
    assert output.tolist() == pytest.approx([4, 4, 4, 0, 4, 4])


def test_a_window_of_one_step_does_not_see_the_next():
    """Proves: a tank of 4 kt before a stop that is known from the first day: who sees the whole sells 4 kt more than who sees one
    step at a time, since nothing is kept for the day when the price is 300.
    Without it: every rolling window could be perfect foresight.
    """
    tables = {
        "places": places("A", "B"),
        "links": [link("l", "A", "B", capacity=4)],
        "supplies": [supply("f", "A", 4)],
        "stores": [store("t", "B", 4)],
        "markets": [market("m", "B", 100, demand=8), market("dear", "B", 300, demand=8)],
    }
    shut = [{"asset": "dear", "start": "2022-01-01", "end": "2022-01-02"},
            {"asset": "l", "start": "2022-01-02", "end": "2022-01-03"}]  # fmt: skip
    case = build(tables, time=days(2), scenarios=[{"id": "s", "title": "s", "disruptions": shut}])
    worth = {
        how: straits.solve(case, "s", foresight=how).lp_value
        for how in ("perfect", "rolling(1)", "rolling(2)")
    }
    # The first day brings 4 kt: sold at 100 at once, or kept for the second day at 300.
    assert worth == pytest.approx({"perfect": 1.2, "rolling(1)": 0.4, "rolling(2)": 1.2})


@pytest.mark.parametrize("foresight", ["perfect", "surprise", "rolling(2)", "rolling(4)"])
def test_nothing_is_sent_off_that_the_end_has_no_room_for(foresight):
    """Proves: a field that may not give less than 4 sends 4 a day to a port that loads 4, also on the last day, whose cargo
    arrives after the end of the axis or of a window; of a ship-or-pay of 6 it is 2 short each day, whatever is known when.
    Without it: what is sent on the last day would keep the promise, and be thrown away behind the end.
    """
    pay = {"name": "pay", "kind": "least", "asset": "pipe", "amount": 6, "amount_unit": "kt/d", "penalty": 50}
    case = build(
        {
            "places": places("A", "P", "B"),
            "links": [
                link("pipe", "A", "P", capacity=10, cost=1, transit_days=1),
                link("load", "P", "B", capacity=4),
            ],
            "supplies": [supply("field", "A", 6, cost=10, min_output=4)],
            "markets": [market("buyer", "B", 100)],
            "contracts": [
                pay
                | {
                    "id": f"pay{d}",
                    "penalty_unit": "USD/t",
                    "start": f"2022-01-0{d}",
                    "end": f"2022-01-0{d + 1}",
                }
                for d in (1, 2, 3, 4)
            ],
        },
        time=days(4, boundary="steady"),
    )
    found = straits.solve(case, foresight=foresight)
    assert found.supply["amount"].tolist() == pytest.approx([4, 4, 4, 4])
    assert found.shortfall["amount"].tolist() == pytest.approx([2, 2, 2, 2])
    # Four days sold and the last day's 4 kt under way, which are worth nothing; 2 kt short a day.
    assert found.objective == pytest.approx((16 * 100 - 16 * 11 - 8 * 50) / 1000)


def test_circles_that_stay_are_told_under_surprise(monkeypatch):
    """Proves: where no program is left to spend on a plan without circles, the answer by surprise and by windows says that cargo
    still goes round, as the one with foresight does. Without it: a search cut short would look like a proof.
    """
    from functools import partial

    from straits.engine.circles.uncircled import uncircled
    from straits.engine.foresight import stepwise

    case = build(
        {
            "places": places("A", "B", "C", A="AAA", B="AAA", C="AAA"),
            "links": [link("ab", "A", "B", cost=1), link("bc", "B", "C", cost=1), link("ca", "C", "A", cost=1)],
            "supplies": [supply("at-a", "A", 4), supply("at-b", "B", 2), supply("at-c", "C", 2)],
            "markets": [market("a", "A", 80, demand=1), market("b", "B", 84, demand=5), market("c", "C", 80, demand=1)],
            "contracts": [{"id": "p", "name": "p", "kind": "least", "asset": "ab", "amount": 8, "amount_unit": "kt/d",
                           "penalty": 500, "penalty_unit": "USD/t"}],
        },
        time=days(1),
    )  # fmt: skip
    assert not straits.solve(case, foresight="surprise").circles["left"].any()
    monkeypatch.setattr(stepwise, "uncircled", partial(uncircled, limit=0))
    for how in ("surprise", "rolling(1)"):
        found = straits.solve(case, foresight=how)
        assert len(found.circles) and found.circles["left"].all()


def test_a_flow_a_hair_below_nothing_counts_as_nothing(monkeypatch):
    """Proves: what the solver gives as -1e-9 kt of a plan is kept as nothing, so that after the next news no less than nothing
    arrives. Without it: a surprise ended as an infeasible case that names no conflict.
    """
    solve = Session.solve

    def rounded(self, bounds, cost):
        found = solve(self, bounds, cost)
        return replace(found, x=np.where(found.x == 0.0, -1e-9, found.x))

    monkeypatch.setattr(Session, "solve", rounded)
    found = straits.solve(tank_case(2), "stop", foresight="surprise")
    assert found.x.min() == 0.0 and found.provenance["solves"] > 1
