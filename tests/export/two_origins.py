"""A case of two fields before one strait, with hand-made numbers."""

from __future__ import annotations

from typing import Any

import pandas as pd

from straits.case import Case


def two_origins(
    capacity: float = 10.0,
    start: str = "2024-01-01",
    end: str = "2024-04-01",
    scenarios: Any = (),
    **more: Any,
) -> Case:
    """Return fields of two states before one strait that takes three quarters of what they have, for 91 days."""
    at = [
        {"id": i, "name": i, "kind": "field", "territory": t}
        for i, t in (("fa", "A"), ("fb", "B"), ("hub", "A"), ("w", "A"))
    ]
    sea = [
        ("la", "fa", "hub", capacity, 1),
        ("lb", "fb", "hub", capacity, 1),
        ("sea", "hub", "w", 1.5 * capacity, 2),
    ]
    tables: dict[str, list[dict[str, Any]]] = {
        "actors": [{"id": i, "name": i, "kind": "state"} for i in "AB"],
        "commodities": [{"id": "crude", "name": "Crude", "unit": "unit"}],
        "places": at,
        "links": [
            {"id": i, "name": i, "from_place": a, "to_place": b, "mode": "sea", "commodities": "crude", "capacity": most,
             "capacity_unit": "unit/d", "cost": cost, "cost_unit": "USD/unit"} for i, a, b, most, cost in sea
        ],
        "supplies": [
            {"id": f"s{i}", "name": i, "place": f"f{i}", "commodity": "crude", "capacity": capacity, "capacity_unit": "unit/d",
             "cost": 10, "cost_unit": "USD/unit"} for i in "ab"
        ],
        "markets": [
            {"id": "m", "name": "m", "place": "w", "commodity": "crude", "demand_kind": "stepwise", "demand": "unlimited",
             "price": 100, "price_unit": "USD/unit"}
        ],
        **more,
    }  # fmt: skip
    frames = {name: pd.DataFrame(rows) for name, rows in tables.items()}
    axis = {"start": start, "end": end, "step": "month", "boundary": "empty"}
    return Case.from_tables(frames, id="straits", title="Two fields", time=axis, scenarios=list(scenarios))
