"""Random small cases for comparison with brute force."""

from __future__ import annotations

from typing import Any

import numpy as np

import straits

STEPS = 3


def random_case(
    seed: int, *, promises: bool = False, ramps: bool = False, rich: bool = False
) -> straits.Case:
    """Five or six places, up to nine links in two directions, two fields, two or three buyers, sometimes a tank.

    Promises: some demand is fixed with a price for what is unmet. Ramps: fields have a least output and fall slowly.
    Rich: whatever else a model can hold: two goods on each link, transit that splits arrivals between steps, a full tank with
    rates, demand curves, two fleets on one link, quotas with a penalty.
    """
    rng = np.random.default_rng(seed)
    count = int(rng.integers(5, 7))
    ids = [f"p{i}" for i in range(count)]
    places = [
        {"id": p, "name": p, "kind": "junction", "territory": "AAA" if i < 3 else "BBB"}
        for i, p in enumerate(ids)
    ]
    pairs = [(i, i + 1) for i in range(count - 1)]
    others = [(i, j) for i in range(count) for j in range(count) if i != j and (i, j) not in pairs]
    pairs += [others[k] for k in rng.choice(len(others), 9 - len(pairs), replace=False)]
    links = [
        {
            "id": f"l{k}", "name": f"l{k}", "from_place": ids[i], "to_place": ids[j], "mode": "pipeline", "commodities": "oil",
            "capacity": round(float(rng.uniform(2, 12)), 3), "capacity_unit": "kt/d", "cost": round(float(rng.uniform(1, 20)), 3),
            "cost_unit": "USD/t", "transit_days": 0, "loss": round(float(rng.uniform(0, 0.02)), 4),
        }
        for k, (i, j) in enumerate(pairs)
    ]  # fmt: skip
    supplies: list[dict[str, Any]] = []
    for k, i in enumerate((0, 1)):
        row: dict[str, Any] = {
            "id": f"s{k}", "name": f"s{k}", "place": ids[i], "commodity": "oil", "origin": "AAA",
            "capacity": round(float(rng.uniform(5, 15)), 3), "capacity_unit": "kt/d", "cost": round(float(rng.uniform(5, 30)), 3),
            "cost_unit": "USD/t",
        }  # fmt: skip
        if ramps:
            row |= {
                "min_output": 1.0,
                "min_output_unit": "kt/d",
                "ramp_down": 0.5,
                "forced_cost": 40.0,
                "forced_cost_unit": "USD/t",
            }
        supplies.append(row)
    markets = []
    for k, i in enumerate(range(count - int(rng.integers(2, 4)), count)):
        fixed = promises and k % 2 == 0
        row = {
            "id": f"m{k}", "name": f"m{k}", "place": ids[i], "commodity": "oil", "buyer": "BBB",
            "demand_kind": "fixed" if fixed else "stepwise", "demand": round(float(rng.uniform(3, 9)), 3), "demand_unit": "kt/d",
            "price": round(float(rng.uniform(60, 150)), 3), "price_unit": "USD/t",
        }  # fmt: skip
        if fixed:
            row |= {"unmet_price": 50.0, "unmet_price_unit": "USD/t"}
        markets.append(row)
    stores = []
    if rng.random() < 0.5:
        stores.append({"id": "tank", "name": "tank", "place": ids[2], "commodity": "oil", "capacity": 5.0, "capacity_unit": "kt",
                       "start": 1.0, "start_unit": "kt", "start_origin": "AAA"})  # fmt: skip
    more: dict[str, list[dict[str, Any]]] = _rich(rng, links, supplies, markets, stores) if rich else {}
    controls = [
        {"id": f"c{k}", "asset": f"l{k}", "actor": "AAA" if k % 2 else "BBB", "role": "owner", "share": 1.0}
        for k in range(9)
    ]
    return straits.Case.from_tables(
        {
            "actors": [{"id": a, "name": a, "kind": "state"} for a in ("AAA", "BBB")],
            "commodities": [{"id": c, "name": c, "unit": "kt"} for c in ("oil", *(["gas"] if rich else []))],
            "places": places, "links": links, "supplies": supplies, "markets": markets, "controls": controls,
            **({"stores": stores} if stores else {}),
            **more,
        },
        id=f"random-{seed}",
        title="random",
        time={"start": "2022-01-01", "end": "2022-01-04", "step": "day", "boundary": "empty"},
    )  # fmt: skip


def _rich(
    rng: np.random.Generator, links: list[dict], supplies: list[dict], markets: list[dict], stores: list[dict]
) -> dict[str, list[dict[str, Any]]]:
    """Add to the rows of a case, and give more tables."""
    for row in links:
        row |= {"transit_days": round(float(rng.uniform(0, 0.9)), 2), "commodities": "oil|gas"}
    for row in [*supplies, *markets]:
        twin = row | {"id": row["id"] + "g", "name": row["id"] + "g", "commodity": "gas"}
        (supplies if row in supplies else markets).append(twin)
    markets[0] |= {"demand_kind": "linear", "elasticity": -0.7, "unmet_price": None, "unmet_price_unit": None}
    stores[:] = [{"id": "tank", "name": "tank", "place": links[1]["from_place"], "commodity": "oil", "capacity": 5.0,
                  "capacity_unit": "kt", "start": round(float(rng.uniform(0, 5)), 3), "start_unit": "kt",
                  "start_origin": "AAA", "in_rate": 2.0, "in_rate_unit": "kt/d", "out_rate": 3.0,
                  "out_rate_unit": "kt/d"}]  # fmt: skip
    ship = {
        "kind": "vessel",
        "commodity": "oil",
        "payload": 3,
        "payload_unit": "kt",
        "turnaround_days": 0.5,
        "speed_knots": 10,
    }
    for row in links[2:4]:
        row |= {"mode": "sea", "length_km": 300.0}
    return {
        "fleets": [
            {"id": "both", "name": "both", "links": f"{links[2]['id']}|{links[3]['id']}", "count": 2, **ship},
            {"id": "second", "name": "second", "links": links[3]["id"], "count": 1, **ship},
        ],
        "contracts": [
            {"id": "least", "name": "least", "kind": "least", "asset": links[int(rng.integers(4, 9))]["id"], "amount": 2,
             "amount_unit": "kt/d", "per": "month", "penalty": 30, "penalty_unit": "USD/t", "commodity": "oil"},
            {"id": "most", "name": "most", "kind": "greatest", "asset": supplies[0]["id"], "amount": 6, "amount_unit": "kt/d"},
        ],
    }  # fmt: skip
