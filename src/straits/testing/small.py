"""Tables of small cases, with everything that is not given filled in."""

from __future__ import annotations

from typing import Any

from straits.case import Case

DAY = {"start": "2022-01-01", "end": "2022-01-02", "step": "day", "boundary": "empty"}


def days(count: int, **more: Any) -> dict[str, Any]:
    """A time axis of `count` daily steps in January 2022."""
    return {
        "start": "2022-01-01",
        "end": f"2022-01-{1 + count:02d}",
        "step": "day",
        "boundary": "empty",
        **more,
    }


def link(
    key: str, a: str, b: str, *, capacity: Any = "unlimited", cost: float = 0, **more: Any
) -> dict[str, Any]:
    """A pipeline for `oil`; capacity in kt/d, money in USD/t."""
    row: dict[str, Any] = {
        "id": key,
        "name": key,
        "from_place": a,
        "to_place": b,
        "mode": "pipeline",
        "commodities": "oil",
    }
    row |= {"capacity": capacity, "cost": cost, "cost_unit": "USD/t"}
    if capacity != "unlimited":
        row["capacity_unit"] = "kt/d"
    if "tariff" in more:
        row["tariff_unit"] = "USD/t"
    return row | more


def supply(key: str, place: str, capacity: float, *, cost: float = 0, **more: Any) -> dict[str, Any]:
    """A field of `oil`; rates in kt/d, money in USD/t."""
    row: dict[str, Any] = {
        "id": key,
        "name": key,
        "place": place,
        "commodity": "oil",
        "capacity": capacity,
        "capacity_unit": "kt/d",
    }
    row |= {"cost": cost, "cost_unit": "USD/t"}
    if "forced_cost" in more:
        row["forced_cost_unit"] = "USD/t"
    if "min_output" in more:
        row["min_output_unit"] = "kt/d"
    return row | more


def market(key: str, place: str, price: float, *, demand: Any = "unlimited", **more: Any) -> dict[str, Any]:
    """A buyer of `oil` with stepwise demand in kt/d, unless another kind is given; money in USD/t."""
    row: dict[str, Any] = {
        "id": key,
        "name": key,
        "place": place,
        "commodity": "oil",
        "demand_kind": "stepwise",
        "price": price,
    }
    row |= {"price_unit": "USD/t", "demand": demand}
    if demand != "unlimited":
        row["demand_unit"] = "kt/d"
    if "unmet_price" in more:
        row["unmet_price_unit"] = "USD/t"
    return row | more


def store(key: str, place: str, capacity: float, *, start: float = 0, **more: Any) -> dict[str, Any]:
    """A tank for `oil`; amounts in kt, rates in kt/d."""
    row: dict[str, Any] = {
        "id": key,
        "name": key,
        "place": place,
        "commodity": "oil",
        "capacity": capacity,
        "capacity_unit": "kt",
    }
    row |= {"start": start, "start_unit": "kt"}
    for name in ("in_rate", "out_rate"):
        if name in more:
            row[f"{name}_unit"] = "kt/d"
    return row | more


def places(*keys: str, **territories: str) -> list[dict[str, Any]]:
    """Junctions; the first lies in AAA, others where it is said (`B="BBB"`), else nowhere."""
    return [
        {
            "id": k,
            "name": k,
            "kind": "junction",
            "territory": territories.get(k, "AAA" if k == keys[0] else None),
        }
        for k in keys
    ]


def build(tables: dict[str, Any], *, scenarios: Any = (), time: Any = None, **settings: Any) -> Case:
    """Make a case; missing actors and the commodity `oil` are added."""
    tables = dict(tables)
    states = ("AAA", "BBB", "CCC")
    tables.setdefault("actors", [])
    known = {a["id"] for a in tables["actors"]}
    tables["actors"] = [
        *tables["actors"],
        *({"id": s, "name": s, "kind": "state"} for s in states if s not in known),
    ]
    tables.setdefault("commodities", [{"id": "oil", "name": "oil", "unit": "kt", "bbl_per_t": 7.5}])
    return Case.from_tables(
        tables, scenarios=scenarios, **{"id": "small", "title": "small", "time": time or DAY, **settings}
    )
