"""A small case that no check objects to, for tests to spoil."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from straits.case import Case

Tables = dict[str, list[dict[str, Any]]]

SETTINGS: dict[str, Any] = {
    "id": "small",
    "title": "Small",
    "time": {"start": "2022-01-03", "end": "2022-03-28", "step": "week"},
}

TABLES: Tables = {
    "actors": [
        {"id": "AAA", "name": "Aland", "kind": "state"},
        {"id": "BBB", "name": "Beland", "kind": "state"},
    ],
    "commodities": [
        {"id": "crude", "name": "Crude", "unit": "kt", "bbl_per_t": 8.0},
        {"id": "diesel", "name": "Diesel", "unit": "kt"},
    ],
    "places": [
        {"id": "field", "name": "Field", "kind": "field", "territory": "AAA"},
        {"id": "port", "name": "Port", "kind": "port", "territory": "BBB"},
    ],
    "links": [
        {
            "id": "pipe",
            "name": "Pipe",
            "from_place": "field",
            "to_place": "port",
            "mode": "pipeline",
            "commodities": ["crude"],
            "capacity": 70.0,
            "capacity_unit": "kt/week",
            "tariff_profile": "season",
            "cost": 5.0,
            "cost_unit": "USD/t",
            "corridor": "south",
        }
    ],
    "supplies": [
        {
            "id": "wells",
            "name": "Wells",
            "place": "field",
            "commodity": "crude",
            "capacity": 10.0,
            "capacity_unit": "kt/d",
            "cost": 20.0,
            "cost_unit": "USD/t",
            "cost_profile": "lifting",
        }
    ],
    "markets": [
        {
            "id": "spot",
            "name": "Spot",
            "place": "port",
            "commodity": "crude",
            "demand_kind": "stepwise",
            "demand": "unlimited",
            "price": 500.0,
            "price_unit": "USD/t",
            "price_profile": "season",
            "world": "brent",
        },
        {
            "id": "cars",
            "name": "Cars",
            "place": "port",
            "commodity": "diesel",
            "demand_kind": "stepwise",
            "demand": "unlimited",
            "price": 900.0,
            "price_unit": "USD/t",
        },
    ],
    "converts": [
        {
            "id": "refinery",
            "name": "Refinery",
            "place": "port",
            "commodity": "crude",
            "yields": ["diesel=0.6"],
            "yields_low": ["diesel=0.5"],
            "capacity": 4.0,
            "capacity_unit": "kt/d",
            "cost": 10.0,
            "cost_unit": "USD/t",
            "cost_profile": "season",
            "source": "book",
        }
    ],
    "stores": [
        {
            "id": "tanks",
            "name": "Tanks",
            "place": "port",
            "commodity": "crude",
            "capacity": 100.0,
            "capacity_unit": "kt",
            "start": 50.0,
            "start_unit": "kt",
            "cost_profile": "season",
            "reserve": 20.0,
            "reserve_unit": "kt",
            "release_price": 100.0,
            "release_price_unit": "USD/t",
            "releaser": "BBB",
        }
    ],
    "profiles": [
        {
            "id": "s1",
            "profile": "season",
            "start": "2021-07-01",
            "end": "2022-03-01",
            "every": "year",
            "value": 1.0,
            "source": "book",
        },
        {
            "id": "s2",
            "profile": "season",
            "start": "2021-03-01",
            "end": "2021-07-01",
            "every": "year",
            "value": 1.2,
            "source": "book",
        },
        {
            "id": "l1",
            "profile": "lifting",
            "start": "2022-01-01",
            "step": "year",
            "value": 20.0,
            "value_unit": "USD/t",
            "source": "book",
        },
    ],
    "fleets": [
        {
            "id": "ships",
            "name": "Ships",
            "kind": "vessel",
            "commodity": "crude",
            "links": ["pipe"],
            "count": 3,
            "payload": 12.0,
            "payload_unit": "kt",
            "turnaround_days": 2.0,
        }
    ],
    "joints": [
        {
            "id": "strait",
            "name": "Strait",
            "links": ["pipe"],
            "capacity": 12.0,
            "unit": "call",
            "weights": ["crude=0.001"],
            "toll": 10.0,
        }
    ],
    "controls": [
        {"id": "c1", "asset": "pipe", "actor": "AAA", "role": "owner", "share": 1.0, "source": "book"},
        {"id": "farm", "asset": "tanks", "actor": "AAA", "role": "owner", "share": 1.0, "source": "book"},
        {"id": "line", "asset": "ships", "actor": "AAA", "role": "owner", "share": 1.0, "source": "book"},
        {"id": "canal", "asset": "strait", "actor": "AAA", "role": "owner", "share": 1.0, "source": "book"},
        {"id": "c4", "asset": "refinery", "actor": "AAA", "role": "owner", "share": 1.0, "source": "book"},
        {"id": "c2", "asset": "wells", "actor": "AAA", "role": "owner", "share": 1.0, "source": "book"},
    ],
    "measures": [
        {
            "id": "order",
            "name": "Order",
            "kind": "order",
            "asset": "pipe",
            "status": "ordered",
            "start": "2022-02-01",
            "end": "2022-02-08",
            "factor": 0.5,
            "source": "book",
        }
    ],
    "options": [
        {
            "id": "loop",
            "name": "Loop",
            "asset": "pipe",
            "adds": 5.0,
            "adds_unit": "kt/d",
            "source": "book",
            "years_to_build": 0.5,
            "life_years": 20.0,
        }
    ],
    "contracts": [
        {
            "id": "quota",
            "name": "Quota",
            "kind": "greatest",
            "asset": "pipe",
            "amount": 9.0,
            "amount_unit": "kt/d",
            "source": "book",
        }
    ],
    "fiscal": [
        {
            "id": "tax",
            "name": "extraction tax",
            "asset": "wells",
            "taker": "AAA",
            "kind": "royalty",
            "rate": 0.1,
            "rate_low": 0.05,
            "rate_high": 0.2,
            "source": "book",
        },
        {
            "id": "duty",
            "asset": "wells",
            "taker": "AAA",
            "kind": "export_duty",
            "rate": 2.0,
            "rate_unit": "USD/bbl",
            "end": "2022-02-01",
            "source": "book",
        },
    ],
    "rights": [
        {
            "id": "slots",
            "asset": "pipe",
            "actor": "BBB",
            "share": 0.25,
            "start": "2022-01-05",
            "source": "book",
        },
        {
            "id": "room",
            "asset": "tanks",
            "actor": "BBB",
            "amount": 200,
            "amount_unit": "kb",
            "source": "book",
        },
    ],
    "world_markets": [
        {
            "id": "brent",
            "name": "Brent",
            "commodity": "crude",
            "volume": 100,
            "volume_unit": "mb/d",
            "price": 100,
            "price_unit": "USD/bbl",
            "sold": 80,
            "sold_unit": "kb/d",
            "buyer": "BBB",
            "source": "book",
        }
    ],
    "price_responses": [
        {"id": "season", "world": "brent", "horizon": "months", "elasticity": -0.2, "source": "book"},
        {"id": "long", "world": "brent", "horizon": "year", "elasticity": -0.4, "source": "book"},
    ],
    "exposures": [
        {
            "id": "beyond",
            "actor": "BBB",
            "world": "brent",
            "net_exports": -1,
            "net_exports_unit": "mb/d",
            "source": "book",
        }
    ],
    "claims": [
        {
            "id": "cl1",
            "table": "links",
            "row": "pipe",
            "column": "capacity",
            "value": "10",
            "unit": "kt/d",
            "source": "book",
        }
    ],
    "sources": [{"id": "book", "title": "A book"}],
}

SCENARIOS: list[dict[str, Any]] = [
    {
        "id": "stop",
        "title": "Stop",
        "measures": ["order"],
        "disruptions": [
            {"asset": "territory:BBB", "factor": 0.0, "start": "2022-01-10", "end": "2022-01-17"}
        ],
        "changes": [{"table": "links", "row": "pipe", "column": "cost", "value": 6.0}],
        "options": ["loop"],
        "decisions": [{"option": "loop", "day": "2021-07-20"}],
    }
]

Build = Callable[[Tables], Case]


@pytest.fixture
def tables() -> Tables:
    """Tables of the small case, free to change."""
    return copy.deepcopy(TABLES)


@pytest.fixture
def scenarios() -> list[dict[str, Any]]:
    """Scenarios of the small case, free to change."""
    return copy.deepcopy(SCENARIOS)


@pytest.fixture
def small(tables: Tables, scenarios: list[dict[str, Any]]) -> Case:
    """The small case."""
    return Case.from_tables(tables, scenarios=scenarios, **SETTINGS)
