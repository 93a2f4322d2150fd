"""What measures add to costs: a way that is open and dear, worked out by hand."""

from __future__ import annotations

import pytest

import straits
from small import amount, build, days, link, market, million, places, supply
from straits.contingency import sweep
from straits.engine import Warm
from straits.errors import CaseError, ModelError
from straits.hedge import hedge
from straits.stress import stress
from straits.stress.varied.numbers import uncertain_numbers
from straits.testing import reference_lp

TWO_DAYS = ("2022-01-02", "2022-01-04")


def premium(key="danger", cost=30.0, **more):
    """A measure that makes the strait dearer on the second and third of four days."""
    row = {"id": key, "name": key, "kind": "attack", "status": "not_legal", "asset": "strait", "cost": cost, "cost_unit": "USD/t",
           "start": TWO_DAYS[0], "end": TWO_DAYS[1]} | more  # fmt: skip
    return {k: v for k, v in row.items() if v is not None}


def shipping(*measures, **more):
    """AAA and CCC each sell 5 kt a day at 100: through the strait at 10, or round the cape at 35."""
    return {
        "places": places("A", "B", B="BBB"),
        "links": [link("strait", "A", "B", cost=10, **more), link("cape", "A", "B", cost=35)],
        "supplies": [supply("of-a", "A", 5, cost=20), supply("of-c", "A", 5, cost=20, origin="CCC")],
        "markets": [market("buyer", "B", 100)],
        "measures": list(measures),
    }


STRIKE = {"id": "strike", "title": "strike", "measures": ["danger"]}


def by_origin(solution, name):
    flows = solution.flows
    return flows[flows["link"] == name].groupby("origin")["amount"].sum().to_dict()


def test_traffic_leaves_by_itself_where_the_premium_exceeds_the_detour(solved):
    """Proves: a premium of 24 is paid, because the detour costs 25 more; at 26 all goes round on the two days, and nothing is
    closed. 24 costs 2 days x 10 kt x 24 more, the detour 25.
    Without it: carriers who leave by choice would have to be told as a strait that is shut.
    """
    case = {"time": days(4), "scenarios": [STRIKE], "how": {"scenario": "strike"}}
    plain = solved(shipping(premium()), time=days(4))
    stays = solved(shipping(premium(cost=24)), **case)
    assert amount(stays, "strait") == pytest.approx(40)
    assert plain.objective - stays.objective == pytest.approx(million((20, 24)))
    leaves = solved(shipping(premium(cost=26)), **case)
    assert amount(leaves, "strait") == pytest.approx(20) and amount(leaves, "cape") == pytest.approx(20)
    assert plain.objective - leaves.objective == pytest.approx(million((20, 25)))


def test_it_strikes_some_origins(solved):
    """Proves: with a premium on cargo of AAA alone, AAA goes round on two days and CCC stays on all four.
    Without it: ships that are spared would leave with the others.
    """
    case = {"time": days(4), "scenarios": [STRIKE], "how": {"scenario": "strike"}}
    found = solved(shipping(premium(origins="AAA")), **case)
    assert by_origin(found, "strait") == pytest.approx({"AAA": 10, "CCC": 20})
    assert by_origin(found, "cape") == pytest.approx({"AAA": 10})


def test_who_receives_it(solved):
    """Proves: what insurers receive is no loss to all together but a payment by shippers, 10 kt x 24, and is theirs in accounts;
    received by nobody it is a loss. With internal tariffs a payment inside the group moves nobody, and a loss still does.
    Without it: premiums would stand in no account, or danger would be thought away where tariffs are.
    """
    time, scenarios = days(4), [STRIKE]
    plain = solved(shipping(premium()), time=time)
    paid = shipping(premium(cost=24, origins="AAA", cost_to="BBB"))
    found = solved(paid, time=time, scenarios=scenarios, how={"scenario": "strike"})
    assert found.objective == pytest.approx(plain.objective)
    assert plain.lp_value - found.lp_value == pytest.approx(million((10, 24)))
    held = found.accounts().groupby(["actor", "item"])["amount"].sum()
    assert held["BBB", "premium"] == pytest.approx(million((10, 24)))
    assert found.accounts()["amount"].sum() == pytest.approx(found.objective)
    for to, on_cape in (("BBB", 0), (None, 10)):
        case = build(shipping(premium(origins="AAA", cost_to=to)), time=time, scenarios=scenarios)
        inside = straits.solve(case, "strike", tariffs="internal")
        assert amount(inside, "cape") == pytest.approx(on_cape)
        expected = reference_lp(case, "strike", tariffs="internal")
        assert inside.lp_value == pytest.approx(expected.lp_value)


def test_on_a_joint_capacity_it_is_due_on_all_links():
    """Proves: on a strait that two links share, one there and one back, oil of both directions pays 30, and boxes nothing where
    oil is named. Without it: a premium would have to be told link by link.
    """
    tables = shipping(premium(asset="both", cost=30, commodity="oil", baseline=True))
    tables["commodities"] = [
        {"id": "oil", "name": "oil", "unit": "kt"},
        {"id": "box", "name": "box", "unit": "TEU"},
    ]
    tables["links"] += [
        link("back", "B", "A", cost=1),
        link("boxes", "B", "A", commodities="box", cost=1) | {"cost_unit": "USD/TEU"},
    ]
    tables["supplies"] += [supply("of-b", "B", 2, cost=20, origin="BBB")]
    tables["supplies"] += [
        supply("works", "B", 3, commodity="box", capacity_unit="TEU/d", cost_unit="USD/TEU")
    ]
    tables["markets"] += [market("other", "A", 60, origins="BBB")]
    tables["markets"] += [market("shops", "A", 60, commodity="box", price_unit="USD/TEU")]
    tables["joints"] = [{"id": "both", "name": "both", "links": "strait|back|boxes", "capacity": 1000, "unit": "call",
                         "weights": "oil=0.001|box=1"}]  # fmt: skip
    found = straits.solve(build(tables, time=days(4)))
    paid = found.model.network.pair_premium
    cost = {
        k: paid[i].tolist()
        for i, k in enumerate(map(found.model.network.link_ids.__getitem__, found.model.network.pair_link))
    }
    assert cost["back"] == cost["strait"] == [0, 30, 30, 0]  # kUSD for a kt
    assert cost["boxes"] == cost["cape"] == [0, 0, 0, 0]


def test_a_premium_comes_by_surprise():
    """Proves: a ship needs two days through the strait and four round it. Known from the start, cargo is sent early round the
    cape; by surprise what has entered has paid nothing. Premiums that are feared longer than they last change plans: expected for
    ten days and over after two, what a fixed buyer wants is still sent through the strait again on the day of the news.
    Without it: danger would be known before the first shot.
    """
    tables = shipping(premium(cost=26, known="2022-01-02", expected_days=10), transit_days=1)
    tables["links"][1]["transit_days"] = 1
    case = build(tables, time=days(6), scenarios=[STRIKE | {"foresight": "surprise"}])
    found = straits.solve(case, "strike")
    assert found.provenance["solves"] == 3  # the start, the news, and that it is over
    sent = found.flows[found.flows["link"] == "cape"].groupby("step")["amount"].sum()
    assert sent.to_dict() == pytest.approx({1: 10, 2: 10})
    assert found.objective == pytest.approx(straits.solve(case, "strike", foresight="perfect").objective)


def test_a_surprise_that_would_have_been_met(solved):
    """Proves: a tank at the strait's far end, filled before the premium at 1 USD a tonne and day, spares the detour to who knows
    (20 kt for a day, 10 for another); by surprise all goes round for two days: 20 kt x 25.
    Without it: surprise and foresight would cost the same.
    """
    tables = shipping(premium())
    tables["supplies"] = [supply("of-a", "A", 100, cost=20)]
    tables["markets"] = [market("buyer", "B", 100, demand=10)]
    tables["stores"] = [{"id": "tank", "name": "tank", "place": "B", "commodity": "oil", "capacity": 100, "capacity_unit": "kt",
                         "cost": 365, "cost_unit": "USD/t",
                         "start": 0, "start_origin": "AAA"}]  # fmt: skip
    case = build(tables, time=days(4), scenarios=[STRIKE])
    plain = straits.solve(case).objective
    lost = {f: plain - straits.solve(case, "strike", foresight=f).objective for f in ("perfect", "surprise")}
    assert lost["perfect"] == pytest.approx(million((30, 1)))
    assert lost["surprise"] == pytest.approx(million((20, 25)))


def test_an_act_in_force_is_a_surprise(solved):
    """Proves: a measure in force that adds to costs is a surprise unless the scenario says otherwise. Without it: only stops
    were."""
    found = solved(
        shipping(premium(status="in_force")), time=days(4), scenarios=[STRIKE], how={"scenario": "strike"}
    )
    assert found.provenance["foresight"] == "surprise"


def test_every_room_asks_with_the_premium():
    """Proves: comparisons, sweeps of a case whose danger is in every run, and questions of an app know the premium: the loss is
    that of the detour, a closed cape then costs 26 instead of 25 a tonne on the two days, and warm answers are those of `solve`.
    Without it: a premium would hold in one command and not in the next.
    """
    case = build(shipping(premium(cost=26)), time=days(4), scenarios=[STRIKE])
    told = stress(case, ["strike"])
    assert told.summary["value_lost"].iloc[0] == pytest.approx(million((20, 25)))
    always = build(shipping(premium(cost=26, baseline=True)), time=days(4))
    table = sweep(always, over="links", window="2022-01-02:2d", check=2).table.set_index("failure")
    assert table.loc["cape", "loss"] == pytest.approx(million((20, 1)))
    warm = Warm(case)
    for scenario in (None, "strike", None, "strike"):
        assert warm.solve(scenario).objective == pytest.approx(straits.solve(case, scenario).objective)


@pytest.mark.parametrize(
    ("row", "code", "words"),
    [
        (premium(asset="of-a"), "measure_cost", "accepted: a link or a joint capacity"),
        (premium(asset="A"), "measure_cost", "accepted: a link or a joint capacity"),
        (premium(cost=None, cost_unit=None, cost_to="BBB", factor=0), "measure_cost", "not given"),
        (premium(cost_unit=None), "missing_unit", "unit is missing"),
        (premium(cost_unit="USD/TEU"), "unit", "TEU"),
        (premium(cost=-3), "range", "0 or more"),
        (premium(cost=3, cost_low=4, cost_high=5), "interval", "below cost_low"),
        (premium(cost_to="ZZZ"), "unknown_id", "ZZZ"),
    ],
)
def test_slips_are_refused(row, code, words):
    """Proves: a cost on what carries nothing, without a unit, below nothing, outside its ends or for nobody known is refused.
    Without it: it would add to nothing, and the scenario would read as harmless.
    """
    with pytest.raises(CaseError) as caught:
        straits.solve(build(shipping(row | {"baseline": True}), time=days(4)))
    assert code in {f.code for f in caught.value.findings} and words in str(caught.value)


@pytest.mark.parametrize(
    ("row", "code", "column"),
    [
        (premium(cost=0), "changes_nothing", "cost"),
        (premium(origins="BBB"), "changes_nothing", "origins"),
        (premium(start="2021-01-01", end="2021-01-05"), "outside_axis", "start"),
    ],
)
def test_what_changes_nothing_is_told(row, code, column):
    """Proves: a premium of nothing, on cargo that is not there, or outside the time is told of. Without it: no loss would read
    as safety."""
    case = build(shipping(row | {"baseline": True}), time=days(4))
    found = [f for f in case.check().warnings if f.code == code]
    assert [(f.row, f.column) for f in found] == [("danger", column)]


def test_histories_and_threats_take_from_capacities_only():
    """Proves: a history that names a premium is refused by `hedge`, which knows bounds alone. Without it: the danger would be
    left out of the sum without a word."""
    tables = shipping(premium())
    tables["options"] = [{"id": "o", "name": "o", "asset": "of-a", "adds": 1, "adds_unit": "kt/d", "capital_cost": 1,
                          "capital_cost_unit": "MUSD", "life_years": 10}]  # fmt: skip
    worse = STRIKE | {"probability": 1.0}
    with pytest.raises(ModelError, match="danger adds to costs"):
        hedge(build(tables, time=days(4), scenarios=[worse]), "hazards", histories=["strike"])


def test_premiums_and_joint_capacities_are_uncertain_numbers():
    """Proves: the ends of a premium that a scenario names, and of a joint capacity with the good asked for, are among the numbers
    that are varied; a premium that no run names is not. Without it: the number that decides would count as known, and a joint
    capacity with ends stopped a report.
    """
    tables = shipping(premium(cost=26, cost_low=20, cost_high=40), premium("idle", cost_low=20, cost_high=40))
    tables["joints"] = [{"id": "both", "name": "both", "links": "strait", "capacity": 1000, "unit": "call",
                         "weights": "oil=0.001", "capacity_low": 900, "capacity_high": 2000}]  # fmt: skip
    found = uncertain_numbers(build(tables, time=days(4), scenarios=[STRIKE]), "oil", spread=0)
    assert {(u.table, u.row, u.column, u.low, u.high) for u in found} == {
        ("measures", "danger", "cost", 20.0, 40.0),
        ("joints", "both", "capacity", 900.0, 2000.0),
    }
