"""Least cost of building and moving: published optima, all sets of options, and what can be worked out by hand."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import numpy as np
import pytest

from hedge.random_options import Everything, allowed_sets, cost, random_case
from publishednetworks import instances
from small import build, days, link, market, places, supply
from straits import Case
from straits.errors import InfeasibleError, ModelError
from straits.hedge import design
from straits.model.options import annuity_of

INSTANCES = Path(__file__).parents[3] / "shared" / "truth" / "fcnetlib_instances.json"
#: Those that take less than a second; the other six were solved once, to their published optimum.
QUICK = ("k20x380e", "sp100x200", "sp150x300b", "sp150x300d", "sp80x160", "sp90x250")

CANAD = instances("canad_instances")


def network_case(instance) -> Case:
    """A link without room for each arc, and an option that gives it its capacity; fields and promises by demand."""
    arcs, demand = instance["arcs"], instance["demand"]
    nodes = sorted({n for a in arcs for n in a[:2]} | set(demand))
    return Case.from_tables(
        {
            "actors": [{"id": "AAA", "name": "A", "kind": "state"}],
            "commodities": [{"id": "x", "name": "x", "unit": "unit", "tracked": False}],
            "places": [{"id": n, "name": n, "kind": "junction"} for n in nodes],
            "links": [
                {"id": f"a{i}", "name": f"a{i}", "from_place": a[0], "to_place": a[1], "mode": "transfer", "commodities": "x",
                 "capacity": 0, "cost": a[3], "cost_unit": "MUSD/unit"}
                for i, a in enumerate(arcs)
            ],
            "supplies": [
                {"id": f"s{n}", "name": n, "place": n, "commodity": "x", "capacity": -v, "capacity_unit": "unit/d", "cost": 0}
                for n, v in demand.items() if v < 0
            ],
            "markets": [
                {"id": f"m{n}", "name": n, "place": n, "commodity": "x", "demand_kind": "fixed", "demand": v,
                 "demand_unit": "unit/d", "price": 0}
                for n, v in demand.items() if v > 0
            ],
            "options": [
                {"id": f"o{i}", "name": f"o{i}", "asset": f"a{i}", "adds": a[4], "adds_unit": "unit/d",
                 "capital_cost": a[2] * 365, "capital_cost_unit": "MUSD", "life_years": 1}
                for i, a in enumerate(arcs)
            ],
        },
        id="network", title="network", time=days(1),
    )  # fmt: skip


@pytest.mark.parametrize("name", QUICK)
def test_published_optimum(name: str) -> None:
    """Proves: fixed-charge network design finds the published optimum of FCNetLib, arcs on no way included.
    Without it: a capacity could count twice, or an arc that nothing reaches stop the question."""
    if not INSTANCES.exists():
        pytest.skip("the published instances are not here")
    instance = next(i for i in json.loads(INSTANCES.read_text())["instances"] if i["id"] == name)
    found = design(network_case(instance), discount_rate=0.0)
    assert found.design["proved"].all()
    assert -found.design["net"].iloc[0] == pytest.approx(instance["published_optimum"], rel=1e-9)


def canad_case(instance) -> Case:
    """The same with a commodity for each pair of ends: arcs of no room that all commodities share once they are built."""
    goods = [f"k{i}" for i in range(len(instance["commodities"]))]
    nodes = [f"n{n}" for n in range(1, instance["nodes"] + 1)]
    ends = [dict(zip(("from", "to", "amount"), c, strict=True)) for c in instance["commodities"]]
    return Case.from_tables(
        {
            "actors": [{"id": "AAA", "name": "A", "kind": "state"}],
            "commodities": [{"id": k, "name": k, "unit": "unit", "tracked": False} for k in goods],
            "places": [{"id": n, "name": n, "kind": "junction"} for n in nodes],
            "links": [
                {"id": f"a{i}", "name": f"a{i}", "from_place": f"n{a[0]}", "to_place": f"n{a[1]}", "mode": "transfer",
                 "commodities": "|".join(goods), "capacity": 0, "cost": a[2], "cost_unit": "MUSD/unit"}
                for i, a in enumerate(instance["arcs"])
            ],
            "supplies": [
                {"id": f"s{k}", "name": k, "place": f"n{e['from']}", "commodity": k, "capacity": e["amount"],
                 "capacity_unit": "unit/d", "cost": 0}
                for k, e in zip(goods, ends, strict=True)
            ],
            "markets": [
                {"id": f"m{k}", "name": k, "place": f"n{e['to']}", "commodity": k, "demand_kind": "fixed",
                 "demand": e["amount"], "demand_unit": "unit/d", "price": 0}
                for k, e in zip(goods, ends, strict=True)
            ],
            "options": [
                {"id": f"o{i}", "name": f"o{i}", "asset": f"a{i}", "adds": a[3], "adds_unit": "unit/d",
                 "capital_cost": a[4] * 365, "capital_cost_unit": "MUSD", "life_years": 1}
                for i, a in enumerate(instance["arcs"])
            ],
        },
        id="canad", title="canad", time=days(1),
    )  # fmt: skip


@pytest.mark.parametrize("name", [n for n in CANAD if n.startswith("R/") or n.endswith("10_V_L_5.dow")])
def test_published_optimum_of_several_commodities(name: str) -> None:
    """Proves: with commodities that share arcs, what is built and moved costs the optimum that is published for the Canad
    networks; those that are published as infeasible are. Without it: an arc could be paid once for each commodity, or have room
    for each."""
    optimum = CANAD[name]["expected"]["mip_optimum"]
    case = canad_case(CANAD[name])
    if optimum is None:
        with pytest.raises(InfeasibleError):
            design(case, discount_rate=0.0)
        return
    found = design(case, discount_rate=0.0)
    assert found.design["proved"].all()
    assert -found.design["net"].iloc[0] == pytest.approx(optimum, rel=1e-7)


@pytest.mark.parametrize("seed", range(10))
def test_against_all_sets(seed: int) -> None:
    """Proves: what is built, and the value less the cost, are those of trying all sets of options.
    Without it: an option could add more in the program than in the model."""
    case = random_case(seed)
    everything = Everything(case, [])
    share = 6 / 365
    nets = {chosen: everything.value(chosen) - share * cost(case, chosen) for chosen in allowed_sets(case)}
    best = max(nets.values())
    found = design(case)
    row = found.design.iloc[0]
    assert row["net"] == pytest.approx(best, rel=1e-7, abs=1e-9)
    chosen = tuple(row["portfolio"].split("|")) if row["portfolio"] else ()
    assert nets[chosen] == pytest.approx(best, rel=1e-7, abs=1e-9)
    assert row["cost"] == pytest.approx(cost(case, chosen), abs=1e-9)


def roads(worths, costs, adds=1):
    """Fields with a road of their own, each worth so much a day (million), at so much a year."""
    n = len(worths)
    return build(
        {
            "places": places("M", *(f"F{i}" for i in range(n))),
            "links": [link(f"l{i}", f"F{i}", "M", capacity=0) for i in range(n)],
            "supplies": [supply(f"s{i}", f"F{i}", adds, origin="AAA", cost=1000 - 1000 * w) for i, w in enumerate(worths)],
            "markets": [market("m", "M", 1000)],
            "options": [
                {"id": f"o{i}", "name": f"o{i}", "asset": f"l{i}", "adds": 1, "adds_unit": "kt/d", "capital_cost": 0,
                 "life_years": 1, "yearly_cost": c, "yearly_cost_unit": "MUSD/y"}
                for i, c in enumerate(costs)
            ],
        },
        time=days(1),
    )  # fmt: skip


def test_a_knapsack() -> None:
    """Proves: of roads that share nothing, a limit of spending chooses as a knapsack does.
    Without it: spending could be a wish."""
    worths, costs = [0.9, 0.7, 0.6, 0.45, 0.2], [50, 40, 35, 20, 10]
    best = max(
        sum(worths[i] - costs[i] / 365 for i in chosen)
        for size in range(6)
        for chosen in itertools.combinations(range(5), size)
        if sum(costs[i] for i in chosen) <= 75
    )
    found = design(roads(worths, costs), spend=75)
    assert found.design["net"].iloc[0] == pytest.approx(best)
    assert found.design["cost"].iloc[0] <= 75


def test_a_part_of_what_is_divisible() -> None:
    """Proves: of a divisible option so much is built as is used, at that part of its cost, and `fixed_cost` whole.
    Without it: all of it would be paid for, or the fixed cost be shared."""
    case = build(
        {
            "places": places("A", "B"),
            "links": [link("new", "A", "B", capacity=0)],
            "supplies": [supply("s", "A", 3)],
            "markets": [market("m", "B", 100)],
            "options": [{"id": "way", "name": "way", "asset": "new", "adds": 10, "adds_unit": "kt/d", "divisible": True,
                         "capital_cost": 10, "capital_cost_unit": "MUSD", "life_years": 10, "fixed_cost": 2,
                         "fixed_cost_unit": "MUSD"}],
        },
        time=days(1),
    )  # fmt: skip
    found = design(case, discount_rate=0.08)
    yearly = 0.3 * annuity_of(10, 10, 0.08) + annuity_of(2, 10, 0.08)
    assert found.built["part"].iloc[0] == pytest.approx(0.3)
    assert found.design["cost"].iloc[0] == pytest.approx(yearly)
    assert found.design["net"].iloc[0] == pytest.approx(0.3 - yearly / 365)


def test_annuities() -> None:
    """Proves: discounted, the payments of an annuity are worth the capital; without a rate they are equal parts.
    Without it: a long life would be cheaper than it is."""
    paid = annuity_of(100.0, 7, 0.05)
    assert sum(paid / 1.05**y for y in range(1, 8)) == pytest.approx(100.0, rel=1e-12)
    assert annuity_of(100.0, 8, 0.0) == 12.5
    assert annuity_of(100.0, 30, 1e-12) == pytest.approx(100 / 30, rel=1e-6)


def test_what_cannot_be_met_is_explained() -> None:
    """Proves: a promise that no set of options can keep is an error that says where; a blank cost names its cell.
    Without it: the program would only be called infeasible."""
    hard = [market("m", "M", 1000, demand=9, demand_kind="fixed")]
    case = roads([0.9], [50])
    tables = {name: table.to_dict("records") for name, table in case.tables.items() if len(table)}
    with pytest.raises(InfeasibleError, match="demand"):
        design(build(tables | {"markets": hard}, time=days(1)))
    with pytest.raises(ModelError, match="spend"):
        design(case, spend=np.nan)
