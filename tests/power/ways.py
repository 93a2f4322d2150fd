"""A small case that can be solved by hand: one producer, two ways to one buyer."""

from __future__ import annotations

from straits.case import Case


def case_of_ways(**replaced) -> Case:
    """Return a case: producer P sells at home of buyer B (10 a unit) by way of transit state T (cost 1) or by sea (cost 4, room
    for 6 of 10 units)."""
    tables = {
        "actors": [{"id": k, "name": k, "kind": "state"} for k in ("P", "T", "B")],
        "commodities": [{"id": "x", "name": "x", "unit": "unit", "tracked": True}],
        "places": [
            {"id": "field", "name": "field", "kind": "field", "territory": "P"},
            {"id": "port", "name": "port", "kind": "port", "territory": "P"},
            {"id": "sea", "name": "sea", "kind": "junction"},
            {"id": "hub", "name": "hub", "kind": "junction", "territory": "T"},
            {"id": "town", "name": "town", "kind": "market", "territory": "B"},
        ],
        "links": [
            link("in", "field", "hub", "pipeline", "unlimited", 0, corridor="land"),
            link("out", "hub", "town", "pipeline", "unlimited", 1, tariff=2),
            link("rail", "field", "port", "rail", "unlimited", 0),
            link("ship", "port", "sea", "sea", 6, 4, corridor="sea"),
            link("land", "sea", "town", "sea", "unlimited", 0),
        ],
        "supplies": [{"id": "well", "name": "well", "place": "field", "commodity": "x", "capacity": 10,
                      "capacity_unit": "unit/step", "cost": 0}],
        "markets": [{"id": "shop", "name": "shop", "place": "town", "commodity": "x", "buyer": "B", "demand_kind": "stepwise",
                     "demand": "unlimited", "demand_unit": "unit/step", "price": 10, "price_unit": "MUSD/unit"}],
        "controls": [{"id": "c1", "asset": "out", "actor": "T", "role": "owner", "share": 1}],
        **replaced,
    }  # fmt: skip
    tables["controls"] = [*tables["controls"], *_owners_of_the_rest(tables)]
    return Case.from_tables(
        tables,
        id="ways",
        title="ways",
        time={"start": "2022-01-01", "end": "2022-02-01", "step": "month", "boundary": "empty"},
    )


def _owners_of_the_rest(tables):
    """Return owners where a test names none: the first state, in alphabetical order, on whose land a field or line lies."""
    state = {row["id"]: row.get("territory") for row in tables["places"]}
    earns = {row["asset"] for row in tables["controls"] if row["role"] in ("owner", "operator")}
    for row in [*tables["supplies"], *tables["links"]]:
        ends = {state[row[end]] for end in ("place", "from_place", "to_place") if end in row} - {None}
        if row["id"] not in earns and ends:
            yield {
                "id": f"own-{row['id']}",
                "asset": row["id"],
                "actor": min(ends),
                "role": "owner",
                "share": 1,
            }


def link(ident, start, end, mode, capacity, cost, tariff=0, corridor=None):
    """Return a row of table links."""
    return {"id": ident, "name": ident, "from_place": start, "to_place": end, "mode": mode, "commodities": "x",
            "capacity": capacity, "capacity_unit": "unit/step", "cost": cost, "cost_unit": "MUSD/unit", "tariff": tariff,
            "tariff_unit": "MUSD/unit", "corridor": corridor}  # fmt: skip
