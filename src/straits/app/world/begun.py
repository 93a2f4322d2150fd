"""A case that is begun from nothing: a field, a market and one link, to be built on."""

from __future__ import annotations

import re
from collections.abc import Sequence

from straits.case.case import Case
from straits.case.units import customary_unit


def begun(
    name: str, title: str, time: tuple[str, str, str], unit: str, places: Sequence[tuple[str, float, float]]
) -> Case:
    """Give a small case that can be solved.

    Parameters
    ----------
    name, title : str
    time : (str, str, str)
        First day, day after the last, step.
    unit : str
        Unit of the one good.
    places : two of (name, longitude, latitude)
        Field and market.

    Raises
    ------
    CaseError
        If something of it cannot be right.
    """
    (field, fx, fy), (market, mx, my) = places
    one, two = (re.sub(r"[^a-z0-9]+", "-", n.lower()).strip("-") or "place" for n in (field, market))
    if one == two:
        two = f"{two}-2"
    rate, price = f"{unit}/d", f"USD/{customary_unit(unit)}"
    return Case.from_tables(
        {
            "actors": [{"id": "HOME", "name": "Home", "kind": "state"}, {"id": "ABROAD", "name": "Abroad", "kind": "state"}],
            "commodities": [{"id": "good", "name": "Good", "unit": unit, "tracked": "true"}],
            "places": [
                {"id": one, "name": field, "kind": "field", "lon": fx, "lat": fy, "territory": "HOME"},
                {"id": two, "name": market, "kind": "market", "lon": mx, "lat": my, "territory": "ABROAD"},
            ],
            "links": [
                {"id": f"{one}-{two}", "name": f"{field} to {market}", "from_place": one, "to_place": two, "mode": "pipeline",
                 "commodities": "good", "capacity": 10, "capacity_unit": rate, "cost": 1, "cost_unit": price},
            ],
            "supplies": [
                {"id": f"{one}-supply", "name": f"{field}, output", "place": one, "commodity": "good", "origin": "HOME",
                 "capacity": 10, "capacity_unit": rate, "cost": 10, "cost_unit": price},
            ],
            "markets": [
                {"id": f"{two}-market", "name": f"{market}, purchases", "place": two, "commodity": "good",
                 "demand_kind": "stepwise", "demand": 10, "demand_unit": rate, "price": 100, "price_unit": price},
            ],
        },
        id=name,
        title=title,
        time={"start": time[0], "end": time[1], "step": time[2]},
    )  # fmt: skip
