"""Worst attacks of published networks, found and proved by `straits.worst`."""

from __future__ import annotations

import pytest

from publishednetworks import instances, make_case, max_flow_case
from straits.worst import worst

PUBLISHED = instances("interdiction")


def named(instance, table, budget):
    """Attacks of a budget as sets of (tail, head)."""
    ends = [(arc["tail"], arc["head"]) for arc in instance["arcs"]]
    return {
        frozenset(ends[int(a[1:])] for a in attack.split("|") if a)
        for attack in table.loc[table["budget"] == budget, "attack"]
    }


def compare(instance, found, remaining):
    for row in found.curve.itertuples():
        key = str(row.budget)
        assert remaining(row) == pytest.approx(instance["expected"][key], rel=1e-9, abs=1e-9)
        assert row.proved and row.all_ties
        optimal = {frozenset(tuple(arc) for arc in attack) for attack in instance["all_optimal_attacks"][key]}
        assert named(instance, found.ties, row.budget) == optimal


@pytest.mark.parametrize("objective", ["value", "volume"])
def test_greatest_flow(objective):
    """Proves: what remains of the greatest flow after 0, 1 and 2 arcs are cut, and every best attack, are the published ones.
    Without it: the search could agree with our own brute force and with nobody else."""
    instance = PUBLISHED["pyomo_maxflow"]
    arcs = [(arc["tail"], arc["head"], arc["capacity"]) for arc in instance["arcs"]]
    found = worst(max_flow_case(arcs, instance["s"], instance["t"]), budget=2, objective=objective)
    compare(instance, found, lambda row: row.value)


def test_least_cost_with_shortage():
    """Proves: the cost of the best reply with what cannot be shipped at 350 for each unit not sent and 350 for each not
    received, after 0, 1 and 2 arcs are cut, and every best attack, are the published ones.
    Without it: unserved demand could be priced or counted wrongly."""
    instance = PUBLISHED["pyomo_min_cost_flow"]
    arcs = [(arc["tail"], arc["head"], arc["capacity"], arc["cost"]) for arc in instance["arcs"]]
    commodity = "goods"
    net = instance["supply_demand"]
    supplies = [(place, commodity, -amount) for place, amount in net.items() if amount < 0]
    # Supply and demand are equal in total, so each unit that does not arrive was not sent either: 350 + 350.
    markets = [
        {"place": place, "commodity": commodity, "demand_kind": "fixed", "demand": amount, "price": 0,
         "unmet_price": 2 * instance["shortage_penalty"]}
        for place, amount in net.items()
        if amount > 0
    ]  # fmt: skip
    assert -sum(a for a in net.values() if a < 0) == sum(a for a in net.values() if a > 0)
    compare(instance, worst(make_case(arcs, supplies, markets), budget=2), lambda row: -row.value)
