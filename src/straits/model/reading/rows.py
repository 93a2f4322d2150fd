"""Read supplies, markets, stores, fleets and contracts of a case into arrays."""

from __future__ import annotations

import datetime as dt
import itertools
import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from straits.case.answers import weights_of
from straits.case.units import customary
from straits.case.units.quantities import grade_of
from straits.errors import ModelError
from straits.model.assets import UNTRACKED, Cargo, ContractRow, Contracts, Fleets, Markets, Stores, Supplies
from straits.model.network import Network
from straits.model.reading import curves

if TYPE_CHECKING:
    from straits.model.reading.reader import Reader

KM_PER_NAUTICAL_MILE = 1.852


def _floats(values: Any) -> np.ndarray:
    return np.array([float("nan") if v is None else v for v in values], dtype=float)


def _matrix(rows: list[np.ndarray], steps: int) -> np.ndarray:
    return np.array(rows, dtype=float).reshape(len(rows), steps)


def supplies(reader: Reader, place: dict[str, int], cargoes: list[Cargo]) -> Supplies:
    """Read table supplies; see `Supplies`."""
    rows = list(reader.rows("supplies").values())
    steps = len(reader.steps.days)
    for r in rows:
        if (
            np.isinf(r.capacity)
            and not r.capacity_profile
            and (r.ramp_down is not None or r.ramp_up is not None)
        ):
            raise ModelError(
                f"supplies, row {r.id}: a ramp is a share of capacity per day, and the capacity is unlimited; give a "
                "capacity, or leave ramp_down and ramp_up blank"
            )
    cargo = [reader.cargo(r) for r in rows]
    capacity = _matrix([reader.capacity(r, r.commodity) for r in rows], steps)
    least = _matrix([reader.rate(r.min_output, r.min_output_unit, r.commodity) for r in rows], steps)
    return Supplies(
        ids=[r.id for r in rows],
        place=np.array([place[r.place] for r in rows], dtype=int),
        cargo=np.array([cargoes.index(k) for k in cargo], dtype=int),
        capacity=capacity,
        cost=_matrix([reader.price_of(r, "cost", r.commodity) for r in rows], steps),
        # A season that leaves less than the least output lets all of it be the least.
        min_output=np.minimum(least, capacity),
        ramp_down=_floats(r.ramp_down for r in rows),
        ramp_up=_floats(r.ramp_up for r in rows),
        forced_cost=_floats(reader.price(r.forced_cost, r.forced_cost_unit, r.commodity) for r in rows),
    )


def markets(reader: Reader, place: dict[str, int], cargoes: list[Cargo]) -> Markets:
    """Read table markets; see `Markets`."""
    rows = list(reader.rows("markets").values())
    worlds = curves.worlds(reader)
    world, weight = curves.members(reader, worlds)
    pairs = [
        (m, k)
        for m, r in enumerate(rows)
        for k, cargo in enumerate(cargoes)
        if cargo.commodity == r.commodity
        and (not r.origins or cargo.origin in r.origins or cargo.origin == UNTRACKED)
    ]
    return Markets(
        ids=[r.id for r in rows],
        place=np.array([place[r.place] for r in rows], dtype=int),
        kind=[r.demand_kind for r in rows],
        tranches=[curves.tranches(reader, r) for r in rows],
        unmet_price=_floats(
            reader.price(r.unmet_price, r.unmet_price_unit, r.commodity, r.bbl_per_t) for r in rows
        ),
        sale_market=np.array([m for m, _ in pairs], dtype=int),
        sale_cargo=np.array([k for _, k in pairs], dtype=int),
        regulated=_floats(
            reader.price(r.regulated_price, r.regulated_price_unit, r.commodity, r.bbl_per_t) for r in rows
        ),
        worlds=worlds,
        world=world,
        world_weight=weight,
    )


def stores(reader: Reader, place: dict[str, int], cargoes: list[Cargo]) -> Stores:
    """Read table stores; see `Stores`.

    The least content is set apart: it stays where it is and is no shipper's cargo, so that no origin has to be given to it.
    """
    rows = list(reader.rows("stores").values())
    steps = len(reader.steps.days)
    least = [reader.amount(r.min_level, r.min_level_unit, r.commodity) for r in rows]
    pairs = [
        (h, k)
        for h, r in enumerate(rows)
        for k, cargo in enumerate(cargoes)
        if cargo.commodity == r.commodity
    ]
    start = []
    for h, k in pairs:
        r = rows[h]
        # What lies in store at the start is of no lot: nobody says which supply it came from.
        own = r.start > 0 and cargoes[k] == Cargo(
            r.commodity, reader.origin(r.commodity, r.start_origin, r.place)
        )
        above = reader.amount(r.start, r.start_unit, r.commodity) - least[h]
        if above < 0:
            raise ModelError(
                f"stores, row {r.id}, column start: the content at the start lies {-above:g} below min_level; "
                "expected at least min_level"
            )
        start.append(above if own else 0.0)
    capacity = [
        reader.amount(r.capacity, r.capacity_unit, r.commodity) + _more_room(reader, r) - set_apart
        for r, set_apart in zip(rows, least, strict=True)
    ]
    return Stores(
        ids=[r.id for r in rows],
        place=np.array([place[r.place] for r in rows], dtype=int),
        capacity=_matrix(capacity, steps),
        min_level=_floats(least),
        in_rate=_matrix([reader.rate_of(r, "in_rate", r.commodity) for r in rows], steps),
        out_rate=_matrix([reader.rate_of(r, "out_rate", r.commodity) for r in rows], steps),
        cost=_matrix(
            [reader.price_of(r, "cost", r.commodity) * reader.years / reader.steps.days for r in rows], steps
        ),
        stock_store=np.array([h for h, _ in pairs], dtype=int),
        stock_cargo=np.array([k for _, k in pairs], dtype=int),
        stock_start=_floats(start),
        reserve=_matrix(
            [np.maximum(_held_back(reader, r) - least[h], 0.0) for h, r in enumerate(rows)], steps
        ),
        release_price=_floats(reader.price(r.release_price, r.release_price_unit, r.commodity) for r in rows),
        released=_matrix([_released(reader, r) for r in rows], steps) > 0,
        end_level=_floats(
            -math.inf
            if r.end_level is None
            else reader.amount(r.end_level, r.end_level_unit, r.commodity) - least[h]
            for h, r in enumerate(rows)
        ),
    )


def _more_room(reader: Reader, row: Any) -> np.ndarray:
    """Give what options add to a store in each step, shape (T,)."""
    return reader.added(row.id, lambda adds, unit: reader.amount(adds, unit, row.commodity))


def _count(reader: Reader, row: Any) -> np.ndarray:
    """Give the vessels of a fleet, or the daily capacity of several links, with what options add, in each step, shape (T,)."""
    own = row.capacity if row.id in reader.rows("joints") else row.count
    return np.asarray(own + reader.added(row.id, lambda adds, _: adds), dtype=float)


def _held_back(reader: Reader, row: Any) -> np.ndarray:
    """Give the reserve of a store in each step, shape (T,)."""
    return reader.over_time(row, "reserve", lambda value, unit: reader.amount(value, unit, row.commodity))


def _released(reader: Reader, row: Any) -> np.ndarray:
    """Give the part of each step on whose days the reserve of a store may be drawn on, shape (T,)."""
    if row.release_price is None:
        return np.zeros(len(reader.steps.days))
    return reader.steps.overlap(row.release_start, row.release_end)


def no_fleets() -> Fleets:
    """Give an empty table of fleets."""
    none = np.empty(0, dtype=int)
    nothing = np.empty(0)
    return Fleets(
        [],
        np.empty((0, 0)),
        none,
        none,
        nothing,
        np.empty(0, dtype=bool),
        nothing,
        none,
        none,
        none,
        none,
        nothing,
    )


def no_contracts() -> Contracts:
    """Give an empty table of contracts."""
    return Contracts([], [], [], [], np.empty(0), [])


def fleets(reader: Reader, network: Network) -> Fleets:
    """Read tables fleets and joints; see `Fleets`. Needs the pruned pairs of the network.

    A round trip takes twice the sailing days (from `length_km` and `speed_knots`, else the link's transit days) and the
    turn-round; a unit of flow needs round-trip days / payload vessel-days. Ships that are free to go on where a voyage ends need
    the days there alone, with half of the turn-round at each end that is a port of call, and those of the legs they sail empty.
    """
    rows: list[Any] = list(reader.rows("fleets").values())
    days, use, legs = [], [], list[tuple[int, int, int, int, float]]()
    for f, row in enumerate(rows):
        days.append(_count(reader, row) * row.availability * reader.steps.days)
        payload = reader.amount(row.payload, row.payload_unit, row.commodity)
        for key in sorted(row.links):
            a = network.link_ids.index(key)
            link = reader.case.rows("links")[key]
            sailing = _sailing_days(link, row)
            voyage, voyages = 2 * sailing + row.turnaround_days, 0.0
            if row.returns == "free":
                calls = sum(_is_call(reader, place) for place in (link.from_place, link.to_place))
                voyage, voyages = sailing + row.turnaround_days * calls / 2, 1.0 / payload
                one, other = int(network.link_tail[a]), int(network.link_head[a])
                legs += [(f, a, one, other, sailing), (f, a, other, one, sailing)]
            use += [(f, int(p), voyage / payload, voyages) for p in np.flatnonzero(network.pair_link == a)]
    joints = list(reader.rows("joints").values())
    for j, row in enumerate(joints, start=len(rows)):
        days.append(_count(reader, row) * reader.steps.days)
        weights = weights_of(row)
        for key in sorted(row.links):
            for p in np.flatnonzero(network.pair_link == network.link_ids.index(key)):
                commodity = network.cargoes[network.pair_cargo[p]].commodity
                size = customary(reader.case.rows("commodities")[commodity].unit)
                use.append((j, int(p), weights.get(commodity, 0.0 if weights else 1.0) * size, 0.0))
    is_joint = np.repeat([False, True], [len(rows), len(joints)])
    rows += joints
    return Fleets(
        joint=is_joint,
        ids=[r.id for r in rows],
        days=_matrix(days, len(reader.steps.days)),
        use_fleet=np.array([u[0] for u in use], dtype=int),
        use_pair=np.array([u[1] for u in use], dtype=int),
        use_days=np.array([u[2] for u in use], dtype=float),
        use_voyages=np.array([u[3] for u in use], dtype=float),
        leg_fleet=np.array([leg[0] for leg in legs], dtype=int),
        leg_link=np.array([leg[1] for leg in legs], dtype=int),
        leg_from=np.array([leg[2] for leg in legs], dtype=int),
        leg_to=np.array([leg[3] for leg in legs], dtype=int),
        leg_days=np.array([leg[4] for leg in legs], dtype=float),
    )


def _is_call(reader: Reader, place: str) -> bool:
    """Whether a ship calls at a place to load or discharge; junctions and borders are only passed."""
    return reader.case.rows("places")[place].kind not in ("junction", "border")


def _sailing_days(link: Any, fleet: Any) -> float:
    """Days at sea one way; none where neither the length nor the days are known, of which the check `fleet_days` warns."""
    if fleet.speed_knots and link.length_km:
        return float(link.length_km / (fleet.speed_knots * KM_PER_NAUTICAL_MILE * 24))
    return float(link.transit_days)


def contracts(reader: Reader, network: Network) -> Contracts:
    """Read table contracts; see `Contracts`. Needs the pruned pairs of the network.

    For a least flow a link counts net: what the same cargo takes back from its end to its start, measured where it entered, is
    taken off. Otherwise a promise could be kept by cargo that goes to and fro.
    """
    rows = list(reader.rows("contracts").values())
    entries, assets, periods = [], [], []
    penalty = []
    for c, row in enumerate(rows):
        found = network.assets_of(row.asset)
        if not found or len(found) != 1 or found[0][0] not in ("link", "supply", "market"):
            raise ModelError(
                f"contracts, row {row.id}, column asset: found {row.asset!r}, expected the id of a link, process, supply "
                "or market"
            )
        assets.append(found[0])
        entries.append(list(_counted(network, row, *found[0])))
        commodity = row.commodity or _commodity_of(reader, *found[0], network)
        periods += list(_periods(reader, c, row, commodity))
        grade = grade_of(reader.case, "contracts", row)
        penalty.append(reader.price(row.penalty, row.penalty_unit, commodity, grade))
    return Contracts([r.id for r in rows], [r.kind for r in rows], assets, entries, _floats(penalty), periods)


def _commodity_of(reader: Reader, kind: str, index: int, network: Network) -> str:
    case = reader.case
    known = {"link": case.arcs, "supply": case.rows("supplies"), "market": case.rows("markets")}[kind]
    row: Any = known[network.name_of(kind, index)]
    return row.commodities[0] if kind == "link" else row.commodity


def _counted(network: Network, row: Any, kind: str, index: int) -> Iterator[tuple[str, int, float]]:
    """List the flows, sales or outputs that count for a contract, and how much of each."""

    def counts(cargo: int) -> bool:
        k = network.cargoes[cargo]
        return row.commodity in (None, k.commodity) and (not row.origins or k.origin in row.origins)

    if kind == "link":
        start, end = network.link_tail[index], network.link_head[index]
        back = (network.link_tail == end) & (network.link_head == start) & ~network.link_process
        for p in np.flatnonzero(network.pair_link == index):
            if not counts(cargo := network.pair_cargo[p]):
                continue
            yield "flow", int(p), 1.0
            if row.kind == "least":
                for q in np.flatnonzero(back[network.pair_link] & (network.pair_cargo == cargo)):
                    yield "flow", int(q), -1.0 / (1.0 - float(network.link_loss[index]))
    elif kind == "supply":
        if counts(network.supplies.cargo[index]):
            yield "supply", index, 1.0
    else:
        markets_ = network.markets
        yield from (
            ("sale", int(q), 1.0)
            for q in np.flatnonzero(markets_.sale_market == index)
            if counts(markets_.sale_cargo[q])
        )


def _periods(reader: Reader, contract: int, row: Any, commodity: str) -> Iterator[ContractRow]:
    """Cut the life of a contract within the axis into the periods over which it counts."""
    axis = reader.case.settings.time
    begin, end = max(row.start or axis.start, axis.start), min(row.end or axis.end, axis.end)
    per_step = reader.agreed(row, commodity)
    for first, last in _cut(reader, row.per, begin, end):
        weight = reader.steps.overlap(first, last)
        if weight.any():
            # Summed exactly: a matrix product rounds differently from processor to processor, and among equally good plans
            # the last digit of a bound can decide.
            amount = math.fsum(per_step * weight)
            yield ContractRow(contract, first.isoformat(), weight, amount)


def _cut(reader: Reader, per: str, begin: dt.date, end: dt.date) -> Iterator[tuple[dt.date, dt.date]]:
    if begin >= end:
        return
    if per == "period":
        yield begin, end
    elif per == "month":
        first = begin
        while first < end:
            following = dt.date(first.year + first.month // 12, first.month % 12 + 1, 1)
            yield first, min(following, end)
            first = following
    else:
        start = reader.case.settings.time.start
        edges = [start + dt.timedelta(days=int(e)) for e in reader.steps.calendar_edges]
        for a, b in itertools.pairwise(edges):
            if max(a, begin) < min(b, end):
                yield max(a, begin), min(b, end)


def right_parts(reader: Reader, network: Network) -> dict[str, np.ndarray]:
    """Read table rights: the part of the whole capacity that each row holds, in each step, shape (T,), while it holds.

    An amount counts as its part of the capacity before any disruption, with what the chosen options add. Of an unlimited
    capacity, which is never scarce, it is no part.
    """
    return {key: _part(reader, network, row) for key, row in reader.rows("rights").items()}


def _part(reader: Reader, network: Network, row: Any) -> np.ndarray:
    steps = len(reader.steps.days)
    if row.share is not None:
        return np.full(steps, row.share)
    kind, index = network.index_of.get(row.asset, ("none", -1))
    if kind == "link":
        amount = reader.rate(row.amount, row.amount_unit, reader.case.arcs[row.asset].commodities[0])
        capacity = network.link_capacity[index]
    elif kind == "store":
        commodity = reader.case.rows("stores")[row.asset].commodity
        amount = np.full(steps, reader.amount(row.amount, row.amount_unit, commodity))
        capacity = network.stores.capacity[index] + network.stores.min_level[index]
    elif kind == "fleet" and network.fleets.joint[index]:
        amount = row.amount * reader.steps.days
        capacity = _count(reader, reader.case.rows("joints")[row.asset]) * reader.steps.days
    elif kind == "fleet":
        amount = np.full(steps, row.amount)
        capacity = _count(reader, reader.case.rows("fleets")[row.asset])
    else:
        return np.zeros(steps)
    return np.divide(amount, capacity, out=np.zeros(steps), where=(capacity > 0) & np.isfinite(capacity))


def fixed_payments(reader: Reader) -> dict[str, np.ndarray]:
    """Read the fixed payments of table fiscal: thousand currency in each step, shape (T,)."""
    return {
        key: reader.payment(row.rate, row.rate_unit) * reader.steps.overlap(row.start, row.end)
        for key, row in reader.rows("fiscal").items()
        if row.kind == "fixed"
    }
