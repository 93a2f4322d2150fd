"""The formulation as LP files: a change of any coefficient, sign, bound or name shows as a difference to look at.

Write them anew with `STRAITS_WRITE_GOLDEN=1 pytest tests/model/test_golden.py`, and read the difference before committing.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from small import build, days, link, market, places, store, supply

GOLDEN = Path(__file__).parent / "golden"

BASE = {
    "places": places("A", "B"),
    "links": [link("pipe", "A", "B", capacity=4, cost=10, tariff=5)],
    "supplies": [supply("field", "A", 6, cost=50)],
    "markets": [market("buyer", "B", 200)],
}
STOP = [
    {
        "id": "stop",
        "title": "stop",
        "disruptions": [{"asset": "pipe", "start": "2022-01-02", "end": "2022-01-03"}],
    },
    {
        "id": "origin",
        "title": "origin",
        "disruptions": [
            {"asset": "pipe", "factor": 0.5, "origins": ["AAA"], "start": "2022-01-01", "end": "2022-01-02"}
        ],
    },
]
SHIP = {
    "kind": "vessel", "commodity": "oil", "payload": 5, "payload_unit": "kt", "speed_knots": 10, "turnaround_days": 1,
}  # fmt: skip

#: Name of the file, the rows it covers, tables, time, and scenario.
CASES = {
    "balance": ("balance, demand, bounds of flow and supply", BASE, days(2), "stop"),
    "transit": (
        "balance with transit time over steps of unequal length, loss, stranded cargo, steady boundary",
        BASE | {"links": [link("pipe", "A", "B", capacity=4, cost=10, loss=0.1, transit_days=3)]},
        {"start": "2022-01-01", "end": "2022-01-17", "step": "week", "boundary": "steady"},
        None,
    ),
    "capacity": (
        "capacity shared by two origins",
        BASE
        | {
            "places": places("A", "C", "B", A="AAA", C="CCC"),
            "links": [link("a", "A", "C", capacity=4, cost=1), link("pipe", "C", "B", capacity=5, cost=2)],
            "supplies": [supply("field", "A", 6, cost=50), supply("other", "C", 3, cost=40)],
        },
        days(1),
        None,
    ),
    "supply": (
        "least_output, ramp_down, ramp_up, forced",
        BASE
        | {"supplies": [supply("field", "A", 6, cost=50, min_output=2, ramp_down=0.2, ramp_up=0.1, forced_cost=30)]},
        days(3),
        "stop",
    ),
    "demand": (
        "fixed demand with unmet, stepwise and linear demand with tranches",
        BASE
        | {
            "markets": [
                market("fixed", "B", 200, demand=3, demand_kind="fixed", unmet_price=400),
                market("steps", "B", 150, demand=4, steps="150:1|80:3"),
                market("line", "B", 100, demand=8, demand_kind="linear", elasticity=-1.0),
            ]
        },
        days(1),
        None,
    ),
    "store": (
        "level, rate, holding cost, content at the start",
        BASE
        | {
            "stores": [
                store("tank", "B", 5, start=2, start_origin="AAA", in_rate=1, out_rate=3, cost=36.5, cost_unit="USD/t")
            ]
        },
        days(2),
        None,
    ),
    "fleet": (
        "fleet_days, and carried_by where two fleets serve a link",
        BASE
        | {
            "places": places("A", "P", "B"),
            "links": [
                link("one", "A", "P", capacity=9, mode="sea", length_km=888.96),
                link("pipe", "P", "B", capacity=9, mode="sea", length_km=444.48),
            ],
            "fleets": [
                {"id": "both", "name": "both", "links": "one|pipe", "count": 4, **SHIP},
                {"id": "second", "name": "second", "links": "pipe", "count": 1, **SHIP},
            ],
        },
        days(1),
        None,
    ),
    "contract": (
        "contract, least with shortfall per month and greatest over the period",
        BASE
        | {
            "contracts": [
                {"id": "least", "name": "least", "kind": "least", "asset": "pipe", "amount": 3, "amount_unit": "kt/d",
                 "per": "month", "penalty": 70, "penalty_unit": "USD/t", "start": "2022-01-02"},
                {"id": "most", "name": "most", "kind": "greatest", "asset": "field", "amount": 5, "amount_unit": "kt/d"},
            ]
        },
        days(3),
        None,
    ),
    "world": (
        "one_price, a demand of constant elasticity, and a price by order",
        BASE
        | {
            "places": places("A", "B", "C"),
            "links": [link("pipe", "A", "B", capacity=6, cost=10), link("way", "A", "C", cost=1)],
            "markets": [
                market("sea", "B", 100, world="world", bbl_per_t=7.125),
                market("home", "C", 60, demand=2, demand_kind="elastic", elasticity=-0.5, choke_price=240,
                       choke_price_unit="USD/t", regulated_price=50, regulated_price_unit="USD/t"),
            ],
            "world_markets": [
                {"id": "world", "name": "world", "commodity": "oil", "volume": 49, "volume_unit": "kt/d", "price": 90,
                 "price_unit": "USD/t", "sold": 4.9, "sold_unit": "kt/d"}
            ],
            "price_responses": [{"id": "answer", "world": "world", "horizon": "months", "elasticity": -0.25}],
        },
        days(1),
        None,
    ),
    "reserve": (
        "reserve and release: a target that lacks at the start, released on the second day, and a level at the end",
        BASE
        | {
            "stores": [store("tank", "B", 5, start=1, start_origin="AAA", reserve=3, reserve_unit="kt", release_price=70,
                             release_price_unit="USD/t", release_start="2022-01-02", end_level=2, end_level_unit="kt")]
        },
        days(2),
        None,
    ),
    "lots": (
        "of_origin: two lots of an origin, one of which pays a duty, on a pipe that is half shut to the origin",
        BASE
        | {
            "places": places("A", "B", B="BBB"),
            "supplies": [supply("field", "A", 6, cost=50), supply("other", "A", 3, cost=40)],
            "fiscal": [
                {"id": "duty", "asset": "field", "taker": "AAA", "kind": "export_duty", "rate": 20, "rate_unit": "USD/t"}
            ],
        },
        days(2),
        "origin",
    ),
    "process": (
        "flow of a process in balance: what goes in, and what is made of it",
        BASE
        | {
            "commodities": [{"id": g, "name": g, "unit": "kt"} for g in ("oil", "diesel", "fuel")],
            "converts": [{"id": "ref", "name": "ref", "place": "B", "commodity": "oil", "yields": "diesel=0.5|fuel=0.3",
                          "capacity": 3, "capacity_unit": "kt/d", "cost": 10, "cost_unit": "USD/t"}],
            "markets": [market("cars", "B", 500, commodity="diesel"), market("ships", "B", 100, commodity="fuel")],
        },
        days(1),
        None,
    ),
    "ships": (
        "ships: ballast legs, fleet_days and ships of a fleet that is free to go on",
        BASE
        | {
            "links": [link("pipe", "A", "B", length_km=1000), link("back", "B", "A", length_km=1000, origins="BBB")],
            "fleets": [{"id": "f", "name": "f", "links": "pipe|back", "count": 2, "returns": "free", **SHIP}],
        },
        days(1),
        None,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_golden(name, tmp_path):
    """Proves: the model of a small case is, to the letter, the one that was read and agreed.
    Without it: a coefficient could change without any test that looks at it.
    """
    _, tables, time, scenario = CASES[name]
    written = tmp_path / f"{name}.lp"
    build(tables, time=time, scenarios=STOP).to_lp(written, scenario)
    golden = GOLDEN / f"{name}.lp"
    if os.environ.get("STRAITS_WRITE_GOLDEN"):
        golden.write_text(written.read_text())
    assert written.read_text() == golden.read_text()


def test_every_row_and_column_kind_is_covered():
    """Proves: every kind of row and column of the formulation stands in some golden file.
    Without it: a new row could escape.
    """
    from straits.model import compile_case

    kinds, text = set(), "".join(p.read_text() for p in GOLDEN.glob("*.lp"))
    for _, tables, time, _ in CASES.values():
        f = compile_case(build(tables, time=time)).formulation
        kinds |= set(f.rows.blocks) | set(f.columns.blocks)
    assert {k for k in kinds if f"{k}(" not in text} == set()
