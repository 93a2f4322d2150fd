"""A small case with a dear and a cheap way, and what tests of batches ask of its answers."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

import straits

MEASURES = ["value", "lp_value", "exports:oil:AAA", "account:AAA", "flow:near", "unmet_cost"]
START, END = dt.date(2022, 1, 3), dt.date(2022, 1, 5)


def two_fields() -> straits.Case:
    """Two fields, two ports, a dear and a cheap way to each of two buyers, a tank, a promise."""

    def link(key, a, b, capacity, cost):
        return {"id": key, "name": key, "from_place": a, "to_place": b, "mode": "pipeline", "commodities": "oil",
                "capacity": capacity, "capacity_unit": "kt/d", "cost": cost, "cost_unit": "USD/t", "tariff": 1.5,
                "tariff_unit": "USD/t"}  # fmt: skip

    return straits.Case.from_tables(
        {
            "actors": [{"id": a, "name": a, "kind": "state"} for a in ("AAA", "BBB")],
            "commodities": [{"id": "oil", "name": "oil", "unit": "kt"}],
            "places": [{"id": p, "name": p, "kind": "junction", "territory": 3 * t}
                       for p, t in zip("fghijk", "AAABBB", strict=True)],
            "links": [link("near", "f", "h", 6.1, 3), link("far", "f", "g", 5.3, 4), link("across", "g", "h", 4.7, 2),
                      link("sea", "h", "i", 7.9, 6), link("land", "g", "i", 3.1, 9), link("idle", "h", "g", 2.0, 50),
                      link("on", "i", "j", 8.3, 1), link("round", "h", "j", 2.2, 14), link("end", "i", "k", 3.7, 2)],
            "supplies": [{"id": s, "name": s, "place": p, "commodity": "oil", "capacity": c, "capacity_unit": "kt/d",
                          "cost": 8 + c, "cost_unit": "USD/t"} for s, p, c in (("one", "f", 7.3), ("two", "g", 3.9))],
            "markets": [
                {"id": "buyer", "name": "buyer", "place": "j", "commodity": "oil", "demand_kind": "stepwise", "demand": 9,
                 "demand_unit": "kt/d", "price": 90, "price_unit": "USD/t"},
                {"id": "promise", "name": "promise", "place": "k", "commodity": "oil", "demand_kind": "fixed", "demand": 2.1,
                 "demand_unit": "kt/d", "price": 70, "price_unit": "USD/t", "unmet_price": 33, "unmet_price_unit": "USD/t"},
            ],
            "stores": [{"id": "tank", "name": "tank", "place": "h", "commodity": "oil", "capacity": 4, "capacity_unit": "kt",
                        "start": 1, "start_unit": "kt"}],
        },
        id="two-fields", title="two fields",
        time={"start": "2022-01-01", "end": "2022-01-07", "step": "day", "boundary": "empty"},
    )  # fmt: skip


def same(a: pd.DataFrame, b: pd.DataFrame) -> None:
    a, b = a.set_index("variant"), b.set_index("variant").loc[a["variant"]]
    assert (a["status"] == b["status"]).all()
    for name in MEASURES:
        assert np.allclose(a[name], b[name], rtol=1e-9, atol=1e-9, equal_nan=True), name
