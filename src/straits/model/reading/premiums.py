"""What measures add to the cost of links: of the cargo that each strikes, on its days."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np

from straits.model.assets import UNTRACKED, Premium
from straits.model.network import Network
from straits.model.reading.reader import Reader

if TYPE_CHECKING:
    from straits.case.schema.settings import Scenario


def premiums_of(network: Network, scenario: Scenario | None) -> tuple[Premium, ...]:
    """Read what measures of every run, and those that a scenario names, add to costs.

    Parameters
    ----------
    network : Network
        With its fleets and joint capacities.
    scenario : Scenario or None
        Its measures count, not its changes, which the case of the network has already.

    Returns
    -------
    tuple of Premium
        In the order of the measures' ids. With internal tariffs those that somebody receives are left out, as tariffs are.

    Raises
    ------
    ModelError
        If a cost has no unit.
    """
    case = network.case
    named = set(scenario.measures) if scenario else set()
    acting = [
        row
        for key, row in sorted(case.rows("measures").items())
        if row.cost is not None and (row.baseline or key in named)
    ]
    if not acting:
        return ()
    reader, found = Reader(case, network.steps), []
    for row in acting:
        assert row.asset is not None and row.cost is not None  # a check of the case says so
        pairs = _pairs(network, row.asset, row.commodity, row.origins)
        if not len(pairs) or (row.cost_to and network.tariffs == "internal"):
            continue
        rate = [
            reader.price(row.cost, row.cost_unit, network.cargoes[k].commodity)
            for k in network.pair_cargo[pairs]
        ]
        start, end = row.effect_start or row.start, row.effect_end or row.end or case.settings.time.end
        expected = end if row.expected_days is None else start + dt.timedelta(days=row.expected_days)
        found.append(
            Premium(
                row.id, pairs, np.array(rate), tuple(row.cost_to), start, end, row.known or start, expected
            )
        )
    return tuple(found)


def _pairs(network: Network, asset: str, commodity: str | None, origins: tuple[str, ...]) -> np.ndarray:
    """Give the pairs of a link, or of the links of a joint capacity, whose cargo is struck.

    Cargo whose origin is not tracked is of no origin: a measure on some origins spares it, as a stop of some origins does.
    """
    joint = network.case.rows("joints").get(asset)
    links = set(joint.links) if joint is not None else {asset}
    on = np.array([key in links for key in network.link_ids], dtype=bool)
    struck = np.array(
        [
            commodity in (None, k.commodity)
            and (not origins or (k.origin != UNTRACKED and k.origin in origins))
            for k in network.cargoes
        ],
        dtype=bool,
    )
    if not len(network.pair_link):
        return np.empty(0, dtype=int)
    return np.flatnonzero(on[network.pair_link] & struck[network.pair_cargo])


__all__ = ["premiums_of"]
