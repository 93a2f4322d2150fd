"""Cases made of bare network problems, through the public API: one step of one day, abstract units."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from straits import Case

HERE = Path(__file__).parent / "truth"
ONE_DAY = {"start": "2022-01-01", "end": "2022-01-02", "step": "day"}


def instances(name: str) -> dict[str, dict[str, Any]]:
    """Read the instances of a file of this folder, by id."""
    content = json.loads((HERE / f"{name}.json").read_text(encoding="utf-8"))
    return {instance["id"]: instance for instance in content["instances"]}


def capacity(amount: float) -> Any:
    return "unlimited" if amount == float("inf") else amount


def make_case(
    arcs: Iterable[tuple[Any, Any, float, float]],
    supplies: Iterable[tuple[Any, str, float]],
    markets: Iterable[Mapping[str, Any]],
    scenarios: Iterable[dict[str, Any]] = (),
) -> Case:
    """Make a case.

    Parameters
    ----------
    arcs : iterable of (tail, head, capacity, cost)
        Links `a0`, `a1`, … in this order, open to every commodity; units per day and million per unit.
    supplies : iterable of (place, commodity, capacity)
    markets : iterable of dict
        With place, commodity, demand_kind, demand, price in million per unit.
    scenarios : iterable of dict
    """
    arcs, supplies, markets = list(arcs), list(supplies), list(markets)
    commodities = list(dict.fromkeys([commodity for _, commodity, _ in supplies]))
    places = dict.fromkeys(
        [end for tail, head, *_ in arcs for end in (tail, head)] + [place for place, *_ in supplies]
    )
    return Case.from_tables(
        {
            "actors": [{"id": "AAA", "name": "A", "kind": "state"}],
            "commodities": [{"id": c, "name": c, "unit": "unit", "tracked": False} for c in commodities],
            "places": [
                {"id": f"p{place}", "name": str(place), "kind": "junction", "territory": "AAA"}
                for place in places
            ],
            "links": [
                {
                    "id": f"a{number}",
                    "name": f"{tail} to {head}",
                    "from_place": f"p{tail}",
                    "to_place": f"p{head}",
                    "mode": "transfer",
                    "commodities": "|".join(commodities),
                    "capacity": capacity(most),
                    "capacity_unit": "unit/d",
                    "cost": cost,
                    "cost_unit": "MUSD/unit",
                }
                for number, (tail, head, most, cost) in enumerate(arcs)
            ],
            "supplies": [
                {
                    "id": f"s{number}",
                    "name": f"supply at {place}",
                    "place": f"p{place}",
                    "commodity": commodity,
                    "capacity": capacity(most),
                    "capacity_unit": "unit/d",
                    "cost": 0,
                    "cost_unit": "MUSD/unit",
                }
                for number, (place, commodity, most) in enumerate(supplies)
            ],
            "markets": [
                {
                    "id": f"m{number}",
                    "name": f"demand at {market['place']}",
                    "demand_unit": "unit/d",
                    "price_unit": "MUSD/unit",
                    **({"unmet_price_unit": "MUSD/unit"} if "unmet_price" in market else {}),
                    **market,
                    "place": f"p{market['place']}",
                    "demand": capacity(market["demand"]),
                }
                for number, market in enumerate(markets)
            ],
        },
        scenarios=scenarios,
        id="truth",
        title="Truth",
        time=ONE_DAY,
    )


def fixed(place: Any, commodity: str, demand: float, **more: Any) -> dict[str, Any]:
    """Give a promise that must be kept and earns nothing, so that the objective is minus the cost."""
    return {
        "place": place,
        "commodity": commodity,
        "demand_kind": "fixed",
        "demand": demand,
        "price": 0,
        **more,
    }


def max_flow_case(
    arcs: Iterable[tuple[Any, Any, float]], source: Any, sink: Any, scenarios: Iterable[dict[str, Any]] = ()
) -> Case:
    """Make a case in which each unit that reaches the sink is worth one: the objective is the greatest flow."""
    market = {
        "place": sink,
        "commodity": "flow",
        "demand_kind": "stepwise",
        "demand": float("inf"),
        "price": 1,
    }
    return make_case(
        [(tail, head, most, 0) for tail, head, most in arcs],
        [(source, "flow", float("inf"))],
        [market],
        scenarios,
    )


def min_cost_case(arcs: Iterable[tuple[Any, Any, float, float]], balance: Mapping[Any, float]) -> Case:
    """Make a case in which all that `balance` asks for (negative values) must arrive from where it offers (positive)."""
    offers = [(place, "flow", amount) for place, amount in balance.items() if amount > 0]
    needs = [fixed(place, "flow", -amount) for place, amount in balance.items() if amount < 0]
    return make_case(arcs, offers, needs)
