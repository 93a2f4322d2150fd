"""A refinery between a field and two buyers, small enough to be solved by hand."""

from __future__ import annotations

from small import build, days, link, market, places, supply

GOODS = [{"id": g, "name": g, "unit": "kt"} for g in ("oil", "diesel", "fuel")]


def refinery(**more):
    """A refinery at B that takes 10 kt/d of oil for 10 USD/t, and makes half diesel and three tenths fuel oil of it."""
    row = {"id": "ref", "name": "Refinery", "place": "B", "commodity": "oil", "yields": "diesel=0.5|fuel=0.3",
           "capacity": 10, "capacity_unit": "kt/d", "cost": 10, "cost_unit": "USD/t"}  # fmt: skip
    return row | more


def trade(field=12, time=None, scenarios=(), **more):
    """AAA pumps oil (100 USD/t) to a refinery in BBB, whose diesel goes to CCC (1,000 USD/t) and whose fuel oil to ships at B
    (200); what it does not take is sold at B for 150. CCC owns it."""
    tables = {
        "commodities": GOODS,
        "places": places("A", "B", "C", B="BBB", C="CCC"),
        "links": [link("pipe", "A", "B", cost=5), link("truck", "B", "C", commodities="diesel", cost=20)],
        "supplies": [supply("field", "A", field, cost=100)],
        "converts": [refinery()],
        "markets": [market("cars", "C", 1000, commodity="diesel"), market("ships", "B", 200, commodity="fuel"),
                    market("spot", "B", 150)],
        "controls": [{"id": "c", "asset": "ref", "actor": "CCC", "role": "owner", "share": 1}],
    }  # fmt: skip
    return build(tables | more, time=time or days(4), scenarios=scenarios)


def stop(asset="ref", **more):
    effect = {"asset": asset, "start": "2022-01-02", "end": "2022-01-03"} | more
    return {"id": "stop", "title": "stop", "disruptions": [effect]}
