"""A solution as an xarray data set: arrays with named dimensions, for those who live in xarray."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from straits.errors import StraitsError

if TYPE_CHECKING:
    import xarray

    from straits.model.blocks import Block
    from straits.model.solution import Solution

#: Cells of all arrays together that are made dense; more would not fit into the memory of a common machine.
_MOST = 300_000_000


def to_xarray(solution: Solution) -> xarray.Dataset:
    """Return a solution as a data set. Needs xarray.

    Parameters
    ----------
    solution : Solution

    Returns
    -------
    xarray.Dataset
        Dimensions `time` (start of each step), `cargo` (commodity and origin), `link`, `market`, `supply`, `store`, `place`.
        Variables `flow` (link, cargo, time), `capacity` (link, time), `sale` (market, cargo, time), `output` and `forced`
        (supply, time), `level` (store, cargo, time), `price` (place, cargo, time) and `days` (time). Amounts are in the unit of
        the cargo's commodity per step, prices in thousand currency per unit. What a link, market, store or place cannot hold is
        not a number. Coordinates say the commodity, origin and unit of each cargo, and the ends, mode and position of links and
        places.

    Raises
    ------
    StraitsError
        xarray is not installed, or the arrays would not fit into memory.
    """
    try:
        import xarray
    except ImportError as error:
        raise StraitsError(
            "to_xarray needs xarray; install it with: pip install 'straits[xarray]'"
        ) from error
    n, f = solution.network, solution.formulation
    rows = len(n.link_ids) + len(n.markets.ids) + len(n.stores.ids) + len(n.place_ids)
    if rows * len(n.cargoes) * n.T > _MOST:
        raise StraitsError(
            f"{rows:,} rows, {len(n.cargoes)} cargoes and {n.T} steps are too many for dense arrays; use the tables of the "
            "solution (flows, sales, prices)"
        )
    case = n.case

    def dense(count: int, at: np.ndarray, cargo: np.ndarray, values: np.ndarray) -> np.ndarray:
        found = np.full((count, len(n.cargoes), n.T), np.nan)
        found[at, cargo] = values
        return found

    def block(of: Block) -> np.ndarray:
        return solution.block(of)

    s, m = n.stores, n.markets
    forced = np.zeros((len(n.supplies.ids), n.T))
    forced[f.can_force] = block(f.forced)
    by_cargo = ("cargo", "time")
    amount = {"units": "unit of the cargo per step"}
    variables: dict[str, Any] = {
        "flow": (
            ("link", *by_cargo),
            dense(len(n.link_ids), n.pair_link, n.pair_cargo, block(f.flow)),
            amount,
        ),
        "capacity": (("link", "time"), n.link_capacity, amount),
        "sale": (
            ("market", *by_cargo),
            dense(len(m.ids), m.sale_market, m.sale_cargo, block(f.sale)),
            amount,
        ),
        "output": (("supply", "time"), block(f.supply), amount),
        "forced": (("supply", "time"), forced, amount),
        "level": (
            ("store", *by_cargo),
            dense(len(s.ids), s.stock_store, s.stock_cargo, block(f.stock)),
            {"units": "unit of the cargo, at the end of the step, above the least content"},
        ),
        "price": (
            ("place", *by_cargo),
            dense(len(n.place_ids), f.balance_place, f.balance_cargo, solution.local_price),
            {"units": f"thousand {case.settings.currency} per unit of the cargo"},
        ),
        "days": (("time",), n.steps.days, {"units": "d"}),
    }
    links, places = case.arcs, case.rows("places")
    commodities = case.rows("commodities")
    supplied = [n.cargoes[k].label for k in n.supplies.cargo]
    coordinates: dict[str, Any] = {
        "time": np.array(n.steps.dates, dtype="datetime64[ns]"),
        "cargo": [cargo.label for cargo in n.cargoes],
        "commodity": ("cargo", [cargo.commodity for cargo in n.cargoes]),
        "origin": ("cargo", [cargo.origin for cargo in n.cargoes]),
        "unit": ("cargo", [commodities[cargo.commodity].unit for cargo in n.cargoes]),
        "link": n.link_ids,
        "from_place": ("link", [links[key].from_place for key in n.link_ids]),
        "to_place": ("link", [links[key].to_place for key in n.link_ids]),
        "mode": ("link", [links[key].mode for key in n.link_ids]),
        "place": n.place_ids,
        "lon": ("place", [_number(places[key].lon) for key in n.place_ids]),
        "lat": ("place", [_number(places[key].lat) for key in n.place_ids]),
        "market": m.ids,
        "supply": n.supplies.ids,
        "supply_cargo": ("supply", supplied),
        "store": s.ids,
    }
    about = {key: str(value) for key, value in solution.provenance.items() if isinstance(value, str | int)}
    return xarray.Dataset(variables, coordinates, {"title": case.settings.title, **about})


def _number(value: float | None) -> float:
    return float("nan") if value is None else value
