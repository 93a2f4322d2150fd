"""Generated cases of any size: connected, feasible, with numbers of the order of real ones. Every seed gives one case."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np

from straits import Case

START = date(2022, 1, 1)


def time_axis(steps: int, step: str, boundary: str) -> dict[str, Any]:
    """Give the time settings of an axis of `steps` whole steps from the start of 2022."""
    if step == "month":
        end = date(START.year + steps // 12, steps % 12 + 1, 1)
    else:
        end = START + timedelta(days=steps * {"day": 1, "week": 7}[step])
    return {"start": START.isoformat(), "end": end.isoformat(), "step": step, "boundary": boundary}


def routes_between(points: np.ndarray, count: int) -> list[tuple[int, int]]:
    """Give `count` pairs of points: a tree that joins each point to its nearest forerunner, then the shortest others."""
    n = len(points)
    if count < n - 1:
        raise ValueError(f"{n} places need at least {n - 1} links to be connected, not {count}")
    distance = np.hypot(*(points[:, None, :] - points[None, :, :]).transpose(2, 0, 1))
    routes = [(int(np.argmin(distance[i, :i])), i) for i in range(1, n)]
    present = set(routes)
    order = np.dstack(np.unravel_index(np.argsort(distance, axis=None, kind="stable"), distance.shape))[0]
    for i, j in order.tolist():
        if len(routes) == count:
            break
        if i < j and (i, j) not in present:
            present.add((i, j))
            routes.append((i, j))
    return routes


def both_ways(link_ids: list[str]) -> dict[str, list[str]]:
    """Give the two directions of each link: what closes together when a link is closed."""
    found: dict[str, list[str]] = {}
    for a in link_ids:
        found.setdefault(a.removesuffix("r"), []).append(a)
    return found


def generate_case(
    places: int = 40,
    links: int = 80,
    commodities: int = 4,
    steps: int = 12,
    step: str = "month",
    *,
    seed: int = 0,
    states: int = 6,
    tracked: bool = False,
    transit: bool = False,
    boundary: str = "empty",
) -> Case:
    """Generate a case.

    Parameters
    ----------
    places, links, commodities, steps : int
        Size. Each link runs both ways: `l7` there and `l7r` back, with capacities and costs of their own.
    step : {"day", "week", "month"}
    seed : int
    states : int
        Territories, in bands from west to east. Each owns what lies on its land through a company of its own.
    tracked : bool
        Whether cargo keeps its origin (cargoes = commodities × states that produce them).
    transit : bool
        Whether links take time.
    boundary : {"empty", "steady"}

    Returns
    -------
    Case
        A quarter of the links have a season in which half of their capacity or all of it is missing. Half of the markets are
        promises with a penalty, so every closure leaves the case feasible; half buy up to an amount at a price.
    """
    rng = np.random.default_rng(seed)
    points = rng.uniform(0, 1000, (places, 2))
    band = np.minimum((points[:, 0] / 1000 * states).astype(int), states - 1)
    state = [f"S{chr(65 + b)}{chr(65 + b)}" for b in range(states)]
    routes = routes_between(points, links)
    arcs = [
        (f"l{a}{way}", *ends)
        for a, (i, j) in enumerate(routes)
        for way, ends in (("", (i, j)), ("r", (j, i)))
    ]
    goods = [f"good{c}" for c in range(commodities)]
    axis = time_axis(steps, step, boundary)
    start, end = date.fromisoformat(axis["start"]), date.fromisoformat(axis["end"])

    # What an average link has to carry grows with the goods and with the length of the ways; 80 links of 40 places carry 1.
    load = (commodities / 4) * (places / 40) ** 1.5 / (links / 80)
    place_rows = [
        {
            "id": f"p{i}",
            "name": f"Place {i}",
            "kind": "junction",
            "lon": 40 + x / 50,
            "lat": 40 + y / 80,
            "territory": state[band[i]],
        }
        for i, (x, y) in enumerate(points)
    ]
    link_rows, measure_rows = [], []
    for link, i, j in arcs:
        length = float(np.hypot(*(points[i] - points[j])))
        link_rows.append(
            {
                "id": link,
                "name": f"{i} to {j}",
                "from_place": f"p{i}",
                "to_place": f"p{j}",
                "mode": str(rng.choice(["pipeline", "rail", "road"])),
                "commodities": "|".join(goods),
                "capacity": round(load * float(rng.lognormal(4.0, 0.8)), 2),
                "capacity_unit": "kt/d",
                "cost": round(2 + 0.05 * length * float(rng.uniform(0.6, 1.6)), 2),
                "cost_unit": "USD/t",
                "tariff": round(float(rng.uniform(0, 8)), 2),
                "tariff_unit": "USD/t",
                "loss": round(float(rng.uniform(0, 0.01)), 4),
                "transit_days": round(length / 100, 1) if transit else 0,
                "length_km": round(length, 1),
            }
        )
        if rng.random() < 0.25:
            first, after = sorted(rng.choice((end - start).days + 1, 2, replace=False).tolist())
            measure_rows.append(
                {
                    "id": f"season-{link}",
                    "name": f"Season of link {link}",
                    "kind": "weather",
                    "asset": link,
                    "status": "not_legal",
                    "start": (start + timedelta(days=first)).isoformat(),
                    "end": (start + timedelta(days=after)).isoformat(),
                    "factor": float(rng.choice([0.0, 0.5])),
                    "baseline": True,
                }
            )

    supply_rows, market_rows, store_rows = [], [], []
    for c, good in enumerate(goods):
        seats = rng.permutation(places)
        sellers, buyers = max(2, places // 10), max(3, places // 6)
        demand = rng.lognormal(2.0, 0.6, buyers)
        output = rng.lognormal(2.5, 0.6, sellers)
        output *= 1.2 * demand.sum() / output.sum()
        for r, i in enumerate(seats[:sellers]):
            supply_rows.append(
                {
                    "id": f"sup{c}_{r}",
                    "name": f"Supply {r} of {good}",
                    "place": f"p{i}",
                    "commodity": good,
                    "capacity": round(float(output[r]), 2),
                    "capacity_unit": "kt/d",
                    "cost": round(float(rng.uniform(20, 120)), 2),
                    "cost_unit": "USD/t",
                }
            )
        for r, i in enumerate(seats[sellers : sellers + buyers]):
            promise = r % 2 == 0
            market_rows.append(
                {
                    "id": f"mar{c}_{r}",
                    "name": f"Market {r} for {good}",
                    "place": f"p{i}",
                    "commodity": good,
                    "demand_kind": "fixed" if promise else "stepwise",
                    "demand": round(float(demand[r]), 2),
                    "demand_unit": "kt/d",
                    "price": round(float(rng.uniform(250, 500)), 2),
                    "price_unit": "USD/t",
                    "unmet_price": 400 if promise else None,
                    "unmet_price_unit": "USD/t" if promise else None,
                }
            )
        for r, i in enumerate(seats[: max(1, sellers // 2)]):
            size = round(float(output[r] * rng.uniform(5, 40)), 1)
            store_rows.append(
                {
                    "id": f"sto{c}_{r}",
                    "name": f"Store {r} of {good}",
                    "place": f"p{i}",
                    "commodity": good,
                    "capacity": size,
                    "capacity_unit": "kt",
                    "start": round(size / 3, 1),
                    "start_unit": "kt",
                }
            )

    owner = {f"p{i}": state[band[i]] for i in range(places)}
    assets = [(row["id"], owner[row["from_place"]]) for row in link_rows]
    assets += [(row["id"], owner[row["place"]]) for row in [*supply_rows, *store_rows]]
    controls = [
        {"id": f"own_{asset}", "asset": asset, "actor": f"co_{home}", "role": "owner", "share": 1.0}
        for asset, home in assets
    ]
    return Case.from_tables(
        {
            "actors": [{"id": s, "name": f"State {s}", "kind": "state"} for s in state]
            + [{"id": f"co_{s}", "name": f"Company of {s}", "kind": "company", "state": s} for s in state],
            "commodities": [{"id": good, "name": good, "unit": "kt", "tracked": tracked} for good in goods],
            "places": place_rows,
            "links": link_rows,
            "supplies": supply_rows,
            "markets": market_rows,
            "stores": store_rows,
            "controls": controls,
            "measures": measure_rows,
        },
        id=f"generated-{places}-{links}-{commodities}-{steps}-{seed}",
        title=f"Generated: {places} places, {links} links, {commodities} commodities, {steps} steps",
        time=axis,
    )


#: Sizes that the benchmarks share.
SIZES: dict[str, dict[str, Any]] = {
    "months": {"places": 40, "links": 80, "commodities": 4, "steps": 12, "step": "month"},
    "weeks": {"places": 40, "links": 80, "commodities": 4, "steps": 26, "step": "week"},
    "middle": {"places": 100, "links": 260, "commodities": 6, "steps": 26, "step": "week"},
    "medium": {"places": 300, "links": 800, "commodities": 6, "steps": 52, "step": "week"},
    "large": {"places": 1000, "links": 3000, "commodities": 6, "steps": 52, "step": "week"},
}
