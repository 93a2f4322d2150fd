"""A case that can be solved by hand."""

from __future__ import annotations

import straits


def case(*, tank: float = 0.0, days: int = 4) -> straits.Case:
    """A field of 10 kt/d behind two parallel lines of 6, then one ship of 10; sold at 100 USD/t, all at no cost."""

    def link(key, a, b, capacity):
        return {"id": key, "name": key, "from_place": a, "to_place": b, "mode": "pipeline", "commodities": "oil",
                "capacity": capacity, "capacity_unit": "kt/d", "cost": 0, "cost_unit": "USD/t"}  # fmt: skip

    tables = {
        "actors": [{"id": a, "name": a, "kind": "state"} for a in ("AAA", "BBB")],
        "commodities": [{"id": "oil", "name": "oil", "unit": "kt"}],
        "places": [{"id": p, "name": p, "kind": "junction", "territory": t}
                   for p, t in (("f", "AAA"), ("h", "AAA"), ("m", "BBB"))],
        "links": [link("one", "f", "h", 6), link("two", "f", "h", 6), link("ship", "h", "m", 20)],
        "supplies": [{"id": "field", "name": "field", "place": "f", "commodity": "oil", "capacity": 10, "capacity_unit": "kt/d",
                      "cost": 0, "cost_unit": "USD/t"}],
        "markets": [{"id": "sale", "name": "sale", "place": "m", "commodity": "oil", "demand_kind": "stepwise", "demand": 100,
                     "demand_unit": "kt/d", "price": 100, "price_unit": "USD/t", "buyer": "BBB"}],
        "controls": [{"id": "c", "asset": "ship", "actor": "BBB", "role": "owner", "share": 1.0}],
    }  # fmt: skip
    if tank:
        tables["stores"] = [{"id": "tank", "name": "tank", "place": "h", "commodity": "oil", "capacity": tank,
                             "capacity_unit": "kt", "start": 0}]  # fmt: skip
    time = {"start": "2022-01-01", "end": f"2022-01-{days + 1:02d}", "step": "day", "boundary": "empty"}
    return straits.Case.from_tables(tables, id="lines", title="lines", time=time)
