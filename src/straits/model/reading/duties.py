"""Duties: what shippers pay a treasury for a unit that leaves the state. They see it as they see a tariff.

*Where.* A duty on a supply is due on what is sold outside the state of its taker, where it is sold, or where a process there
takes it in: what is made of it pays no more; one on a market, on what that
state sent there; one on a link, on what enters it, where the link leads out of the state. An export duty on a link spares cargo
of other origins, which only passes; an excise does not.

*Lots.* Cargo of one commodity and origin is all alike. Where some of its supplies pay other duties than others, it is kept apart
by lots, so that each unit pays what is due on the supply that it came from, and it matters to each field what is due on its own.
What lies in store at the start is of no lot and pays nothing, unless all supplies of the cargo pay alike.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from straits.case.ownership import holdings_of, state_of
from straits.model.assets import UNTRACKED, Duty
from straits.model.network import Network

if TYPE_CHECKING:
    from straits.model.reading.reader import Reader

#: Kinds of fiscal rows that change what shippers do.
PER_UNIT = ("export_duty", "excise")


def _rows_on(reader: Reader, asset: str) -> list[Any]:
    return [row for row in reader.fiscal_of(asset) if row.kind in PER_UNIT]


def _terms(reader: Reader, supply: str) -> tuple[tuple[Any, ...], ...]:
    """Give what tells the duties of a supply from those of another."""
    rows = _rows_on(reader, supply)
    return tuple(sorted((r.kind, r.taker, r.rate, r.rate_unit or "", str(r.start), str(r.end)) for r in rows))


def lots(reader: Reader) -> dict[str, str]:
    """Give the lot of each supply: the first supply of those that pay alike, none where nothing is due or all pay alike."""
    by_cargo: dict[tuple[str, str], dict[tuple[Any, ...], list[str]]] = defaultdict(lambda: defaultdict(list))
    for key, row in reader.rows("supplies").items():
        cargo = (row.commodity, reader.origin(row.commodity, row.origin, row.place))
        by_cargo[cargo][_terms(reader, key)].append(key)
    found: dict[str, str] = {}
    for groups in by_cargo.values():
        for terms, supplies in groups.items():
            lot = supplies[0] if terms and len(groups) > 1 else ""
            found |= dict.fromkeys(supplies, lot)
    return found


def read(reader: Reader, network: Network) -> tuple[Duty, ...]:
    """Read the duties of table fiscal; see `Duty`. Needs the pruned pairs and sales of the network."""
    found = (*_duties(reader, network), *_tolls(reader, network))
    return tuple(duty for duty in found if len(duty.entries) and duty.rate.any())


def _tolls(reader: Reader, network: Network) -> Iterator[Duty]:
    """Give the tolls of joint capacities: of each unit of theirs that a flow takes, to those named or to the owners of the
    day."""
    fleets, held = network.fleets, holdings_of(reader.case)
    for f in np.flatnonzero(fleets.joint):
        key = fleets.ids[f]
        row = reader.case.rows("joints")[key]
        uses = np.flatnonzero(fleets.use_fleet == f)
        # Money in the model is in thousands.
        rate = fleets.use_days[uses] * row.toll / 1000.0
        for start, end in held.periods(key):
            takers = (
                dict.fromkeys(row.toll_to, 1.0 / len(row.toll_to))
                if row.toll_to
                else held.earners(key, start)
            )
            during = reader.steps.overlap(start, end)
            for taker, share in sorted(takers.items()):
                yield Duty(
                    key, "toll", taker, "flow", fleets.use_pair[uses], rate[:, None] * (share * during)
                )


def _duties(reader: Reader, network: Network) -> Iterator[Duty]:
    rows = reader.rows("fiscal")
    if not any(row.kind in PER_UNIT for row in rows.values()):
        return
    done: set[int] = set()
    for s, key in enumerate(network.supplies.ids):
        cargo = int(network.supplies.cargo[s])
        # Supplies of one cargo pay alike, and each unit pays once.
        if cargo not in done:
            done.add(cargo)
            for row in _rows_on(reader, key):
                yield _on_sales(reader, network, row, network.markets.sale_cargo == cargo)
                yield _on_intake(reader, network, row, cargo)
    for m, key in enumerate(network.markets.ids):
        for row in _rows_on(reader, key):
            state = state_of(reader.case, row.taker)
            sent = np.array([k.origin in (state, UNTRACKED) for k in network.cargoes], dtype=bool)
            here = (network.markets.sale_market == m) & sent[network.markets.sale_cargo]
            yield _on_sales(reader, network, row, here)
    for a, key in enumerate(network.link_ids):
        for row in _rows_on(reader, key):
            yield _on_flow(reader, network, row, a)


def _on_sales(reader: Reader, network: Network, row: Any, chosen: np.ndarray) -> Duty:
    """A duty on the sales chosen that lie outside the state of its taker."""
    m, state = network.markets, state_of(reader.case, row.taker)
    abroad = np.array([network.territory_of_place(int(p)) != state for p in m.place], dtype=bool)
    sales = np.flatnonzero(chosen & abroad[m.sale_market]) if len(m.ids) else np.empty(0, dtype=int)
    market = reader.case.rows("markets")
    grades = [market[m.ids[i]].bbl_per_t for i in m.sale_market[sales]]
    commodity = [network.cargoes[k].commodity for k in m.sale_cargo[sales]]
    return _duty(reader, row, "sale", sales, commodity, grades)


def _on_intake(reader: Reader, network: Network, row: Any, cargo: int) -> Duty:
    """A duty on what processes outside the state of its taker take of a cargo: it has left the state as if it were sold there."""
    state = state_of(reader.case, row.taker)
    abroad = np.array([network.territory_of_place(int(p)) != state for p in network.link_tail], dtype=bool)
    pairs = np.flatnonzero(network.pair_process & (network.pair_cargo == cargo) & abroad[network.pair_link])
    return _duty(
        reader, row, "flow", pairs, [network.cargoes[cargo].commodity] * len(pairs), [None] * len(pairs)
    )


def _on_flow(reader: Reader, network: Network, row: Any, link: int) -> Duty:
    """A duty on what enters a link, if it leads out of the state of its taker."""
    state = state_of(reader.case, row.taker)
    tail, head = (network.territory_of_place(int(of[link])) for of in (network.link_tail, network.link_head))
    due = np.array(
        [row.kind == "excise" or k.origin in (state, UNTRACKED) for k in network.cargoes], dtype=bool
    )
    pairs = np.flatnonzero((network.pair_link == link) & due[network.pair_cargo])
    if tail != state or head == state:
        pairs = pairs[:0]
    commodity = [network.cargoes[k].commodity for k in network.pair_cargo[pairs]]
    return _duty(reader, row, "flow", pairs, commodity, [None] * len(pairs))


def _duty(
    reader: Reader,
    row: Any,
    block: str,
    entries: np.ndarray,
    commodity: list[str],
    grades: list[float | None],
) -> Duty:
    """Put a duty together: its rate for each entry, on the days of each step on which it is in force."""
    rate = [
        reader.price(row.rate, row.rate_unit, c, grade) for c, grade in zip(commodity, grades, strict=True)
    ]
    held = reader.steps.overlap(row.start, row.end)
    return Duty(row.id, row.kind, row.taker, block, entries, np.array(rate, dtype=float)[:, None] * held)
