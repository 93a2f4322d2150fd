"""Published values of network problems, reproduced through the public API (sources and grades: README.md here)."""

from __future__ import annotations

import bz2
import pickle
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

import straits
from publishednetworks import fixed, instances, make_case, max_flow_case, min_cost_case
from straits.errors import InfeasibleError

SINGLE = instances("single_commodity")
CANAD = instances("canad_instances")
INTERDICTION = instances("interdiction")
CLOSE = {"rel": 1e-9, "abs": 1e-9}


def objective(case: straits.Case, scenario: str | None = None) -> float:
    return straits.solve(case, scenario).objective


def published(instance: dict[str, Any]) -> float:
    """Give the published value, or the one that two solvers agree on where none was published."""
    if instance["expected"] is not None:
        return instance["expected"]
    assert instance["ortools"] == instance["highs"]
    return instance["highs"]


def packaged(name: str) -> Any:
    """Load an instance that networkx carries among its own tests."""
    import networkx.algorithms.flow as flow

    file = Path(flow.__file__).parent / "tests" / f"{name}.gpickle.bz2"
    if not file.exists():
        pytest.skip(f"this installation of networkx does not carry {file.name}")
    return pickle.loads(bz2.decompress(file.read_bytes()))


@pytest.mark.parametrize(
    "name", [name for name, it in SINGLE.items() if it["kind"] == "max_flow" and "data" in it]
)
def test_greatest_flow(name: str) -> None:
    """Proves: the greatest flow between two places is the published one.
    Without it: capacities or balances could be wrong in a way that no hand-made case shows."""
    data = SINGLE[name]["data"]
    assert objective(max_flow_case(data["arcs"], data["s"], data["t"])) == pytest.approx(
        published(SINGLE[name]), **CLOSE
    )


def test_greatest_flow_of_a_large_network() -> None:
    """Proves: the greatest flow of 1,116 places and 4,800 arcs (`gl1` of networkx) is the published one.
    Without it: an error that needs size to show, such as an index that overflows its block, would stay hidden."""
    graph, instance = packaged("gl1"), SINGLE["nx_gl1"]
    # An arc without capacity is unlimited by networkx's convention.
    arcs = [(tail, head, most) for tail, head, most in graph.edges(data="capacity", default=float("inf"))]
    assert (graph.number_of_nodes(), len(arcs)) == (instance["nodes"], instance["arcs"])
    case = max_flow_case(arcs, instance["s"], instance["t"])
    assert objective(case) == pytest.approx(instance["expected"], **CLOSE)


def min_cost_problem(data: dict[str, Any]) -> straits.Case:
    supply = data["supply"]
    if isinstance(supply, list):
        return min_cost_case(data["arcs"], dict(enumerate(supply)))
    arcs = []
    for tail, head, lower, upper, cost in data["arcs"]:
        assert lower == 0
        arcs.append((tail, head, upper, cost))
    return min_cost_case(arcs, {int(place): amount for place, amount in supply.items()})


@pytest.mark.parametrize(
    "name",
    [name for name, it in SINGLE.items() if it["kind"] == "min_cost_flow" and "supply" in it.get("data", {})],
)
def test_least_cost_flow(name: str) -> None:
    """Proves: the least cost of keeping hard promises is the published one.
    Without it: costs, or the way fixed demand binds, could be wrong."""
    instance = SINGLE[name]
    assert objective(min_cost_problem(instance["data"])) == pytest.approx(-published(instance), **CLOSE)


def test_least_cost_flow_of_a_large_network() -> None:
    """Proves: the least cost of `netgen-2` of networkx (400 places, 1,416 arcs, cost near 7·10⁹) is the published one.
    Without it: numbers of large size could lose digits on their way to the solver and back."""
    graph, instance = packaged("netgen-2"), SINGLE["nx_netgen2"]
    assert (graph.number_of_nodes(), graph.number_of_edges()) == (instance["nodes"], instance["arcs"])
    arcs = [
        (tail, head, data.get("capacity", float("inf")), data.get("weight", 0))
        for tail, head, data in graph.edges(data=True)
    ]
    balance = {place: -demand for place, demand in graph.nodes(data="demand", default=0)}
    assert objective(min_cost_case(arcs, balance)) == pytest.approx(-instance["expected"], **CLOSE)


def test_assignment() -> None:
    """Proves: a linear model of workers and tasks finds the published assignment cost.
    Without it: many equal small markets at once would be untried."""
    instance = SINGLE["ortools_assignment4"]
    cost = instance["data"]["cost"]
    arcs = [(f"w{w}", f"t{t}", 1, cost[w][t]) for w in range(4) for t in range(4)]
    balance = {**{f"w{w}": 1 for w in range(4)}, **{f"t{t}": -1 for t in range(4)}}
    assert objective(min_cost_case(arcs, balance)) == pytest.approx(-instance["expected"], **CLOSE)


def test_transport_problem_of_dantzig() -> None:
    """Proves: Dantzig's transport problem costs the published 153.675 although supply exceeds demand.
    Without it: spare supply could be forced to flow."""
    instance = SINGLE["dantzig_transport"]
    data = instance["data"]
    arcs = []
    for pair, distance in data["distance_kmiles"].items():
        plant, market = pair.split("|")
        arcs.append((plant, market, float("inf"), data["freight"] * distance / 1000))
    balance = {**data["capacity"], **{market: -demand for market, demand in data["demand"].items()}}
    assert objective(min_cost_case(arcs, balance)) == pytest.approx(-instance["expected"], **CLOSE)


def multicommodity_case(instance: dict[str, Any]) -> straits.Case:
    pairs = [
        (f"k{number}", origin, target, demand)
        for number, (origin, target, demand) in enumerate(instance["commodities"])
    ]
    return make_case(
        [(tail, head, most, cost) for tail, head, cost, most, _fixed_cost in instance["arcs"]],
        [(origin, commodity, demand) for commodity, origin, _, demand in pairs],
        [fixed(target, commodity, demand) for commodity, _, target, demand in pairs],
    )


@pytest.mark.parametrize(
    "name", [name for name, it in CANAD.items() if it["expected"]["mcf_lp"] != "Infeasible"]
)
def test_multicommodity_flow(name: str) -> None:
    """Proves: commodities that share capacities cost what the literature's instances cost as pure linear flows.
    Without it: a shared capacity could be given to each commodity anew."""
    expected = CANAD[name]["expected"]["mcf_lp"]
    assert objective(multicommodity_case(CANAD[name])) == pytest.approx(-expected, **CLOSE)


@pytest.mark.parametrize(
    "name", [name for name, it in CANAD.items() if it["expected"]["mcf_lp"] == "Infeasible"]
)
def test_multicommodity_flow_that_cannot_be(name: str) -> None:
    """Proves: an instance known to be infeasible is reported as such, with places or links in conflict.
    Without it: a promise that cannot be kept could be dropped without a word."""
    with pytest.raises(InfeasibleError) as caught:
        objective(multicommodity_case(CANAD[name]))
    assert caught.value.conflicts


def closures(arcs: int, most: int) -> list[dict[str, Any]]:
    """Give one scenario for every set of at most `most` closed arcs."""
    return [
        {
            "id": "x" + "_".join(map(str, closed)),
            "title": "closed",
            "disruptions": [
                {"asset": f"a{number}", "start": "2022-01-01", "end": "2022-01-02"} for number in closed
            ],
        }
        for size in range(1, most + 1)
        for closed in combinations(range(arcs), size)
    ]


def worst(case: straits.Case, size: int) -> tuple[float, set[frozenset[int]]]:
    """Give the least objective over all sets of `size` closed arcs, and the sets that attain it."""
    values = {
        frozenset(int(number) for number in name[1:].split("_")): objective(case, name)
        for name, scenario in case.scenarios.items()
        if len(scenario.disruptions) == size
    }
    least = min(values.values())
    return least, {closed for closed, value in values.items() if value == pytest.approx(least, **CLOSE)}


def attacks(instance: dict[str, Any], size: int) -> set[frozenset[int]]:
    ends = [[arc["tail"], arc["head"]] for arc in instance["arcs"]]
    listed = instance["all_optimal_attacks"][str(size)]
    return {frozenset(ends.index(pair) for pair in attack) for attack in listed}


def test_closed_arcs_and_greatest_flow() -> None:
    """Proves: with one or two arcs closed by a disruption the published flow remains, for the published arcs and no others.
    Without it: a disruption could leave flow on what it closes."""
    instance = INTERDICTION["pyomo_maxflow"]
    assert all(arc["attackable"] for arc in instance["arcs"])
    arcs = [(arc["tail"], arc["head"], arc["capacity"]) for arc in instance["arcs"]]
    case = max_flow_case(arcs, instance["s"], instance["t"], closures(len(arcs), 2))
    assert objective(case) == pytest.approx(instance["expected"]["0"], **CLOSE)
    for size in (1, 2):
        flow, sets = worst(case, size)
        assert flow == pytest.approx(instance["expected"][str(size)], **CLOSE)
        assert sets == attacks(instance, size)


def test_closed_arcs_and_promises() -> None:
    """Proves: closures that leave promises unkept cost the published penalty, for the published arcs and no others.
    Without it: an unmet promise could go unpriced, or a blocked supply be counted as delivered."""
    instance = INTERDICTION["pyomo_min_cost_flow"]
    assert all(arc["attackable"] for arc in instance["arcs"])
    arcs = [(arc["tail"], arc["head"], arc["capacity"], arc["cost"]) for arc in instance["arcs"]]
    penalty, balance = instance["shortage_penalty"], instance["supply_demand"]
    offers = [(place, "flow", -amount) for place, amount in balance.items() if amount < 0]
    needs = [
        # The published penalty falls on supply left over and on demand unmet alike; supply equals demand, so twice on each.
        fixed(place, "flow", amount, unmet_price=2 * penalty)
        for place, amount in balance.items()
        if amount > 0
    ]
    assert sum(balance.values()) == 0
    case = make_case(arcs, offers, needs, closures(len(arcs), 2))
    assert objective(case) == pytest.approx(-instance["expected"]["0"], **CLOSE)
    for size in (1, 2):
        value, sets = worst(case, size)
        assert value == pytest.approx(-instance["expected"][str(size)], **CLOSE)
        assert sets == attacks(instance, size)
